"""Whose file it is: names from Moodle, Canvas and people, and names that a student made up."""

import re

import pytest

from prunelab.instructor.submissions.layouts import Place, blackboard_title, place, student_id, unwrapped

LAB, LABS = "01_tiny", ["01_tiny", "02_other"]


def where(name: str) -> Place | None:
    return place(tuple(name.split("/")), LAB, LABS)


@pytest.mark.parametrize(
    ("name", "student", "path"),
    [
        ("Zoë Doe_12_assignsubmission_file_/a.ipynb", "Zoë Doe_12", "a.ipynb"),
        ("Zoë Doe_12_assignsubmission_file/sub/a.ipynb", "Zoë Doe_12", "sub/a.ipynb"),
        ("Zoë Doe_12_assignsubmission_file_a.ipynb", "Zoë Doe_12", "a.ipynb"),
        ("Zoë Doe_12_assignsubmission_onlinetext_/onlinetext.html", "Zoë Doe_12", "onlinetext.html"),
        ("Group 7_assignsubmission_file_/a.ipynb", "Group 7", "a.ipynb"),
        # the student chose the inner name, which must not make the file somebody else's
        ("A_1_assignsubmission_file_B_2_assignsubmission_file_.ipynb", "A_1", "B_2_assignsubmission_file_.ipynb"),
        ("A_1_assignsubmission_file_/B_2_assignsubmission_file_/b", "A_1", "B_2_assignsubmission_file_/b"),
        ("A_1_assignsubmission_file_/02_other/a.ipynb", "A_1", "02_other/a.ipynb"),
    ],
)
def test_moodle(name, student, path):
    assert where(name) == Place(student, tuple(path.split("/")), read_as="Moodle's names")


@pytest.mark.parametrize(
    ("name", "student", "path", "attempt", "late"),
    [
        ("doejane_12_34_work.ipynb", "doejane_12", "work.ipynb", (0, 34), False),
        ("doejane_LATE_12_34_work.ipynb", "doejane_12", "work.ipynb", (0, 34), True),
        ("doejane_12_34_work-5.ipynb", "doejane_12", "work.ipynb", (5, 34), False),
        ("doejane_12_34_lab-1-2.ipynb", "doejane_12", "lab-1.ipynb", (2, 34), False),
        ("doejane_12_34_data-5.csv", "doejane_12", "data-5.csv", (0, 34), False),
        ("anon_x5Fq2_34_work.ipynb", "anon_x5Fq2", "work.ipynb", (0, 34), False),
        ("doe_jane_12_34_work.ipynb", "doe_jane_12", "work.ipynb", (0, 34), False),
        ("doejane_12_34_99_98_x.ipynb", "doejane_12", "99_98_x.ipynb", (0, 34), False),
        ("doejane_12_34_two\nlines.ipynb", "doejane_12", "two\nlines.ipynb", (0, 34), False),
    ],
)
def test_canvas(name, student, path, attempt, late):
    assert where(name) == Place(student, (path,), attempt, late, read_as="Canvas's names")


@pytest.mark.parametrize(
    ("name", "student", "path", "attempt"),
    [
        ("Lab 2_jdoe_attempt_2027-03-01-12-30-05_work.ipynb", "jdoe", "work.ipynb", (2027, 3, 1, 12, 30, 5)),
        ("jdoe_attempt_2027-03-01-12-30-05_my_lab.ipynb", "jdoe", "my_lab.ipynb", (2027, 3, 1, 12, 30, 5)),
    ],
)
def test_blackboard(name, student, path, attempt):
    assert where(name) == Place(student, (path,), attempt, read_as="Blackboard's names", whole=True)
    assert where("Lab 2_jdoe_attempt_2027-03-01-12-30-05.txt") is None


def test_blackboards_users_may_have_underscores():
    names = [f"Lab 1_{user}_attempt_2027-03-01-12-30-05_w.ipynb" for user in ("a_doe", "b_doe")]
    title = blackboard_title([(name,) for name in names])
    assert [place((name,), LAB, LABS, title=title).student for name in names] == ["a_doe", "b_doe"]
    assert blackboard_title([("jdoe_attempt_2027-03-01-12-30-05_w.ipynb",)]) == ""


def test_brightspace_in_another_language():
    found = where("12345-67890 - Jane Doe - Mai 1, 2027 1230 PM/work.ipynb")
    assert (found.student, found.attempt) == ("Jane Doe_12345", (1, 2027, 1230))


def test_brightspace():
    found = where("12345-67890 - Jane Doe - Mar 1, 2027 1230 PM/sub/work.ipynb")
    attempt = (2027, 3, 1, 12, 30, 0)
    assert found == Place("Jane Doe_12345", ("sub", "work.ipynb"), attempt, read_as="Brightspace's names", whole=True)


def test_a_pattern_of_ones_own():
    pattern = re.compile(r"week 3/(?P<student>[a-z]+)-v\d/(?P<file>.+)")
    found = place(("week 3", "ada-v2", "data", "a.csv"), LAB, LABS, pattern)
    assert found == Place("ada", ("data", "a.csv"), read_as="your pattern")
    assert place(("week 3", "readme.txt"), LAB, LABS, pattern) is None


@pytest.mark.parametrize(
    ("name", "student", "path"),
    [
        ("ann.ipynb", "ann", "ann.ipynb"),
        ("ann.ZIP", "ann", "ann.ZIP"),
        ("ann/work.ipynb", "ann", "work.ipynb"),
        ("doejane_12_34_a/work.ipynb", "doejane_12_34_a", "work.ipynb"),
        ("ann/doejane_12_34_work.ipynb", "ann", "doejane_12_34_work.ipynb"),  # Canvas has no folders
        ("ann/01_tiny/work.ipynb", "ann", "work.ipynb"),
        ("ann/01_tiny/02_other/work.ipynb", "ann", "02_other/work.ipynb"),
        ("ann/data/a.csv", "ann", "data/a.csv"),
        ("ann/01_tiny", "ann", "01_tiny"),  # a file, since nothing is in it
    ],
)
def test_people(name, student, path):
    read_as = "folders" if "/" in name else "names of files"
    assert where(name) == Place(student, tuple(path.split("/")), read_as=read_as)


@pytest.mark.parametrize(
    "name",
    [
        "readme.txt",
        "ann",
        "ann/02_other/a.ipynb",
        " /a.ipynb",
        "Ann_1_assignsubmission_file_",
        "  _assignsubmission_file_/a.ipynb",
    ],
)
def test_files_without_an_owner_or_of_another_lab(name):
    assert where(name) is None


def test_a_later_attempt_is_greater():
    """By Canvas's own count of names first, then by the number of the file, and as numbers, not as texts."""
    names = ("d_1_30_w.ipynb", "d_1_200_w.ipynb", "d_1_7_w-9.ipynb", "d_1_6_w-10.ipynb")
    attempts = [where(name).attempt for name in names]
    assert attempts == sorted(attempts)
    assert len(set(attempts)) == len(names)
    assert where("ann.ipynb").attempt == (0, 0)


@pytest.mark.parametrize(
    ("names", "source", "depth"),
    [
        (["ann/a.ipynb", "bob/a.ipynb"], "export", 0),
        (["submitted/ann/a.ipynb", "submitted/bob/a.ipynb"], "export", 1),
        (["submissions/ann/a.ipynb"], "export", 1),
        (["01_tiny/ann/a.ipynb"], "export", 1),
        (["export/ann/a.ipynb"], "export", 1),
        (["export/submitted/ann/a.ipynb", "export/submitted/bob/b.ipynb"], "export", 2),
        (["ann/01_tiny/a.ipynb"], "ann", 0),  # the zip of one student, with the student's name
        (["submitted/01_tiny/ann/a.ipynb"], "export", 2),
        (["ann/a.ipynb"], "export", 0),
        (["class of 2027/ada/a.ipynb", "class of 2027/ben/a.ipynb", "class of 2027/list.csv"], "homework", 1),
        (["export (1)/a_1_assignsubmission_file_/a.ipynb", "export (1)/b_2_assignsubmission_file_/a.ipynb"], "x", 1),
        (["export (1)/doe_1_2_a.ipynb", "export (1)/roe_3_4_a.ipynb"], "x", 1),
        (["ada/01_tiny/a.ipynb", "ada/02_other/b.ipynb"], "x", 0),
        (["ada/a.ipynb", "ada/b.ipynb"], "x", 0),
        (["class/ada/a.ipynb", "class/ben/a.ipynb", "readme.txt"], "x", 1),
        (["x/class/ada/a.ipynb", "x/class/ben/a.ipynb"], "y", 2),
        (["Zoe_1_assignsubmission_file_/p1/a.ipynb", "Zoe_1_assignsubmission_file_/p2/b.ipynb"], "x", 0),
        (["submitted/ann/a.ipynb", "readme.txt"], "export", 1),
        (["submitted/ann/a.ipynb", "submitted"], "export", 1),
        (["submitted/ann.ipynb"], "export", 1),
        (["a.ipynb"], "export", 0),
        ([], "export", 0),
    ],
)
def test_folders_around_everything(names, source, depth):
    assert unwrapped([tuple(name.split("/")) for name in names], LAB, LABS, source) == depth


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("Zoë Doe_12", "Zoë Doe_12"),
        ("a*b?c[d]e", "a_b_c_d_e"),
        ("a/b\\c", "a_b_c"),
        ("../../etc", "_.._etc"),
        (".hidden", "hidden"),
        ("  ann ", "ann"),
        ("...", ""),
    ],
)
def test_a_name_that_nbgrader_can_have(name, want):
    assert student_id(name) == want
