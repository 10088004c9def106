"""The roster: whose a submission is."""

import pytest

from prunelab import LabError
from prunelab.instructor.submissions.roster import Person, owners, read_roster

JANE = Person("jd7", "Jane Doe", "jane.doe@example.org", "Group 7")
JOSE = Person("1234567", "Jos\u00e9 de la Cruz", "", "Group 7")
OTHER = Person("doe", "John Doe", "john@example.org")
ROSTER = [JANE, JOSE, OTHER]


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("jd7", [JANE]),
        ("JD7", [JANE]),
        ("Jane Doe", [JANE]),
        ("Doe, Jane", [JANE]),
        ("Jane Doe_998877", [JANE]),
        ("doejane_998877", [JANE]),
        ("jane.doe", [JANE]),
        ("Jane.Doe@example.org", [JANE]),
        ("Jose\u0301 de la Cruz", [JOSE]),
        ("Jose de la Cruz_5", [JOSE]),
        ("delacruzjose_5", [JOSE]),
        ("Eve Fox_1234567", []),  # a number of Moodle's may be anybody's id
        ("doe", [OTHER]),
        ("group 7", [JANE, JOSE]),
        ("Group 7_12", [JANE, JOSE]),
        ("Jan Doe", []),
        ("", []),
    ],
)
def test_whose_it_is(name, people):
    assert owners(name, ROSTER) == people


def test_two_of_one_name_are_told_apart_by_the_id_alone():
    twins = [Person("a1", "Ann Lee"), Person("a2", "Ann Lee")]
    assert owners("a2", twins) == [twins[1]]
    assert owners("Ann Lee_a2", twins) == []
    numbers = [Person("11", "Ann Lee"), Person("12", "Ann Lee")]
    assert owners("Ann Lee_12", numbers) == [numbers[1]]
    with pytest.raises(LabError, match="Ann Lee_5 may be a1 and a2 of the roster"):
        owners("Ann Lee_5", twins)


@pytest.mark.parametrize("text", ["id,name,e-mail,group\n", "\ufeffName;ID;Email;Group;room\n"])
def test_columns_in_any_order(tmp_path, text):
    path = tmp_path / "roster.csv"
    row = "jd7,Jane Doe,j@x.org,G\n" if text.startswith("id") else "Jane Doe;jd7;j@x.org;G;12\n"
    path.write_text(f"{text}{row}\n", "utf-8")
    assert read_roster(path) == [Person("jd7", "Jane Doe", "j@x.org", "G")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "no column `id`"),
        (b"name,group\nJane,1\n", "no column `id`"),
        (b"id\na\na\n", "line 3: the id is there twice"),
        (b"id,name\n,Jane\n", "line 2: there is no id that can name a folder"),
        (b"id\n../x\n", "line 2: there is no id that can name a folder"),
        (b"id\n\xff\n", "save it as CSV in UTF-8"),
    ],
)
def test_what_is_no_roster(tmp_path, text, sentence):
    path = tmp_path / "roster.csv"
    path.write_bytes(text)
    with pytest.raises(LabError, match=sentence):
        read_roster(path)


def test_no_such_file(tmp_path):
    with pytest.raises(LabError, match="cannot be read"):
        read_roster(tmp_path / "roster.csv")
