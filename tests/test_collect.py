"""Submissions from Moodle, Canvas and plain folders, and the tricks of hostile ones."""

import io
import os
import re
import shutil
import stat
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from prunelab import LabError

LAB = "01_tiny"
pytestmark = pytest.mark.filterwarnings("default")  # nbgrader's own
PLACES = {  # file in an export: where it belongs
    "Zoë Doe_1234567_assignsubmission_file_/my work.ipynb": "Zoë Doe_1234567/my work.ipynb",
    "Jo O'Neil_2_assignsubmission_file/sub/01_tiny.ipynb": "Jo O'Neil_2/sub/01_tiny.ipynb",
    "Jo O'Neil_2_assignsubmission_onlinetext_/onlinetext.html": "Jo O'Neil_2/onlinetext.html",
    "Ann Lee_3_assignsubmission_file_01_tiny.ipynb": "Ann Lee_3/01_tiny.ipynb",
    "Participant_4_assignsubmission_file_/Zoë Doe_1234567_assignsubmission_file_/x.ipynb": (
        "Participant_4/Zoë Doe_1234567_assignsubmission_file_/x.ipynb"
    ),
    "Ann [x] Lee_5_assignsubmission_file_/a.ipynb": "Ann _x_ Lee_5/a.ipynb",
    "Default group_assignsubmission_file_/a.ipynb": "Default group/a.ipynb",
    "doejane_1234567_7654321_01_tiny.ipynb": "doejane_1234567/01_tiny.ipynb",
    "roe_LATE_8_9_my_2_work.ipynb": "roe_8/my_2_work.ipynb",
    "anon_x5Fq2_10_11_work.ipynb": "anon_x5Fq2/11_work.ipynb",
    "alice/01_tiny/01_tiny.ipynb": "alice/01_tiny.ipynb",
    "alice/01_tiny/data/a.csv": "alice/data/a.csv",
    "bob/work.ipynb": "bob/work.ipynb",
    "bob/doejane_1234567_7654321_a.ipynb": "bob/doejane_1234567_7654321_a.ipynb",
    "carol.ipynb": "carol/carol.ipynb",
    "dave\\work.ipynb": "dave/work.ipynb",
}


@pytest.fixture
def course(tmp_path, tiny) -> Path:
    """The parts of a course of two labs that `collect` reads."""
    for lab in (LAB, "02_other"):
        (tiny / "labs" / ".originals").mkdir(parents=True, exist_ok=True)
        (tiny / "labs" / ".originals" / f"{lab}.ipynb").touch()
    return tiny


@pytest.fixture
def packed(tmp_path):
    """Return a function that makes a zip of names and contents, all of one time or each of its own."""

    def pack(files: dict[str, bytes], *times: datetime, name: str = "export.zip") -> Path:
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, (file, content) in enumerate(files.items()):
                time = times[min(number, len(times) - 1)] if times else datetime(2026, 3, 1, 12)
                archive.writestr(zipfile.ZipInfo(file, time.timetuple()[:6]), content)
        return tmp_path / name

    return pack


def collect(source: Path, course: Path) -> list[str]:
    """Collect the lab, and return the messages but for those that say who was found."""
    return [sentence for sentence in every_sentence(source, course) if " holds work of " not in sentence]


def every_sentence(source: Path, course: Path, **options) -> list[str]:
    """Collect the lab, and return the messages."""
    from prunelab.instructor.collect import collect

    return list(collect(source, course, LAB, **options))


def inner(files: dict[str, bytes]) -> bytes:
    """Return a zip that a student made."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def found(course: Path) -> dict[str, bytes]:
    """Return what was collected, by STUDENT/FILE."""
    root = course / "submitted"
    paths = [path for path in root.glob(f"*/{LAB}/**/*") if path.is_file()]
    return {path.relative_to(root).as_posix().replace(f"/{LAB}/", "/", 1): path.read_bytes() for path in paths}


def older(course: Path) -> list[bytes]:
    return sorted(path.read_bytes() for path in (course / "submitted" / ".older").rglob("*.ipynb"))


@pytest.mark.parametrize("wrapper", ["", "submissions/", "export/"])
def test_places(course, packed, wrapper):
    source = packed({f"{wrapper}{name}": name.encode() for name in PLACES})
    *_, count = collect(source, course)
    assert found(course) == {place: name.encode() for name, place in PLACES.items()}
    assert count == "Collected 01_tiny of 13 students: 13 new, 0 replaced, 0 as before."


def test_a_class_in_a_folder_of_any_name_is_no_student(course, packed):
    files = {f"class of 2027/{name}/{LAB}.ipynb": name.encode() for name in ("ada", "ben", "cleo")}
    first, count = every_sentence(packed(files, name="homework (1).zip"), course)
    assert first == (
        "homework (1).zip holds work of 3 students, read as folders inside the folder class of 2027: ada, ben, cleo."
    )
    assert count.startswith("Collected 01_tiny of 3 students")
    assert found(course) == {f"{name}/{LAB}.ipynb": name.encode() for name in ("ada", "ben", "cleo")}


def test_a_dry_run_says_who_was_found_and_changes_nothing(course, packed):
    files = {"doe_1_2_a.ipynb": b"1", "ann/01_tiny/a.ipynb": b"2", "readme.txt": b"3"}
    assert every_sentence(packed(files), course, dry_run=True) == [
        "export.zip holds work of 1 student, read as Canvas's names: doe_1.",
        "export.zip holds work of 1 student, read as folders: ann.",
        "readme.txt: left out, being of no student or of another lab.",
        "Nothing was collected; run this again without --dry-run.",
    ]
    assert not found(course)


def test_attempts_are_one_students_and_the_newest_counts_as_a_whole(course, packed):
    attempt = "12-34 - Jane Doe - Mar {}, 2027 1130 PM/"
    files = {
        f"{attempt.format(2)}new.ipynb": b"2",
        f"{attempt.format(1)}old.ipynb": b"1",
        f"{attempt.format(1)}data.csv": b"1",
        "Lab_jdoe_attempt_2027-03-01-12-30-05_a.ipynb": b"3",
        "Lab_jdoe_attempt_2027-03-02-12-30-05_b.ipynb": b"4",
    }
    collect(packed(files), course)
    assert found(course) == {"Jane Doe_12/new.ipynb": b"2", "jdoe/b.ipynb": b"4"}
    assert older(course) == [b"1", b"3"]


def test_a_pattern_of_ones_own(course, packed):
    source = packed({"week 3/v1-ada/work.ipynb": b"1", "week 3/v1-ben/work.ipynb": b"2", "list.csv": b""})
    every_sentence(source, course, pattern=re.compile(r"week 3/v\d-(?P<student>\w+)/.*"))
    assert found(course) == {"ada/work.ipynb": b"1", "ben/work.ipynb": b"2"}


def test_a_roster_names_who_is_missing_and_gives_a_teams_work_to_each_member(course, packed):
    (course / "roster.csv").write_text(
        "id,name,group\nada,Ada Lovelace,Team A\nben,Ben Roe,Team A\ncy,Cy Young,\nd,Di,\n"
    )
    files = {
        "Team A_assignsubmission_file_/a.ipynb": b"1",
        "Cy Young_77_assignsubmission_file_/a.ipynb": b"2",
        "Eve_78_assignsubmission_file_/a.ipynb": b"3",
    }
    _, missing, unknown, count = every_sentence(packed(files), course)
    assert missing == "Of the roster 1 handed in nothing: d."
    assert unknown == "Not in the roster: Eve_78. What they handed in is taken under these names."
    assert count.startswith("Collected 01_tiny of 4 students")
    assert found(course) == {"ada/a.ipynb": b"1", "ben/a.ipynb": b"1", "cy/a.ipynb": b"2", "Eve_78/a.ipynb": b"3"}
    own = packed(files | {"ada/b.ipynb": b"4"}, name="second.zip")
    with pytest.raises(LabError, match="handed in under several names"):
        every_sentence(own, course)


def test_two_names_that_would_become_one_are_told(course, packed):
    with pytest.raises(LabError, match=r"one student's: a\*b and a\?b\. Rename"):
        every_sentence(packed({"a*b/x.ipynb": b"1", "a?b/x.ipynb": b"2"}), course)
    assert not found(course)


def test_a_name_in_two_spellings_of_unicode_is_one_student(course, packed):
    files = {"Jose\u0301/a.ipynb": b"1", "Jos\u00e9/b.csv": b"2"}
    collect(packed(files), course)
    assert found(course) == {"Jos\u00e9/a.ipynb": b"1", "Jos\u00e9/b.csv": b"2"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--from", "x", "--pattern", "("), "--pattern is no regular expression"),
        (("--from", "x", "--pattern", ".*"), "--pattern names no student"),
        (("--dry-run",), "give --from, too"),
    ],
)
def test_options_that_make_no_sense(course, invoke, options, sentence):
    assert sentence in invoke(course, "grade", "01", *options, status=1).stderr


def test_a_folder_is_as_good_as_a_zip(course, packed, tmp_path):
    names = {name: place for name, place in PLACES.items() if "\\" not in name}
    for name in names:
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    collect(tmp_path / "folder", course)
    assert found(course) == {place: name.encode() for name, place in names.items()}


def test_another_lab_and_files_without_an_owner(course, packed):
    files = dict.fromkeys(("alice/01_tiny/a.ipynb", "alice/02_other/b.ipynb", "readme.txt"), b"x")
    litter = dict.fromkeys(
        ("__MACOSX/alice/._a.ipynb", "alice/01_tiny/.ipynb_checkpoints/a.ipynb", ".git/config"), b"x"
    )
    sentence, _ = collect(packed(files | litter), course)
    assert sentence == "alice/02_other/b.ipynb, readme.txt: left out, being of no student or of another lab."
    assert set(found(course)) == {"alice/a.ipynb"}


def test_the_newest_of_canvas_counts(course, packed):
    files = {
        f"doe_1_{number}_work{again}.ipynb": again.encode() for number, again in ((30, "-10"), (5, ""), (20, "-9"))
    }
    sentence, _ = collect(packed(files), course)
    assert sentence.startswith("doe_1: handed in more than once; the newest counts")
    assert found(course) == {"doe_1/work.ipynb": b"-10"}
    assert older(course) == [b"", b"-9"]


def test_a_zip_of_a_student_is_opened_once(course, packed):
    innermost = inner({"deep.ipynb": b"deep"})
    work = {"work/01_tiny.ipynb": b"nb", "work/data/a.csv": b"1", "work/more.zip": innermost, "work/a.zip": b"own name"}
    files = {
        "Ann_1_assignsubmission_file_/a.zip": inner(work),
        "bob.zip": inner({"x.ipynb": b"b", "timestamp.txt": b"2000"}),
    }
    sentences = collect(packed(files), course)
    collected = found(course)
    assert collected.pop("Ann_1/more.zip") == innermost
    assert collected == {"Ann_1/01_tiny.ipynb": b"nb", "Ann_1/data/a.csv": b"1", "bob/x.ipynb": b"b"}
    assert "Ann_1: a.zip: left out, since another file or folder has its name." in sentences
    assert "bob: timestamp.txt: left out, since students could write any time into it." in sentences


def test_a_damaged_zip_of_a_student_stops_no_other(course, packed):
    whole = inner({"a.ipynb": b"good", "b.ipynb": b"b" * 5000})
    middle = whole.index(b"b.ipynb") + len("b.ipynb")
    broken = whole[:middle] + b"\xff\xff\xff" + whole[middle + 3 :]
    sentences = collect(packed({"ann/w.zip": broken, "bob/x.ipynb": b"b"}), course)
    assert sum("kept as it is, since w.zip cannot be unpacked" in sentence for sentence in sentences) == 1
    assert found(course) == {"ann/w.zip": broken, "bob/x.ipynb": b"b"}


@pytest.mark.parametrize(
    "name", ["../../evil.ipynb", "ann/../../../evil.ipynb", "/evil.ipynb", "C:\\evil.ipynb", "..\\x\\e.ipynb"]
)
def test_names_that_leave_the_folder(course, packed, tmp_path, name):
    before = sorted(path for path in tmp_path.rglob("*") if "submitted" not in path.parts)
    source = packed({name: b"evil", "ann/x.ipynb": b"a", "bob.zip": inner({name: b"evil", "y.ipynb": b"b"})})
    first, *_ = collect(source, course)
    assert first.endswith("left out, since its name leads out of the folder.")
    assert set(found(course)) == {"ann/x.ipynb", "bob/y.ipynb"}
    after = sorted(
        path for path in tmp_path.rglob("*") if "submitted" not in path.parts and "grading" not in path.parts
    )
    assert after == sorted([*before, source])


def test_links_are_not_followed(course, tmp_path):
    link = zipfile.ZipInfo("ann/link.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "links.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("ann/x.ipynb", "a")
    folder = tmp_path / "folder"
    (folder / "bob").mkdir(parents=True)
    (folder / "bob" / "x.ipynb").write_text("b")
    (folder / "bob" / "link.txt").symlink_to("/etc/passwd")
    (folder / "bob" / "etc").symlink_to("/etc")
    (folder / "eve").symlink_to(course)
    for source in (tmp_path / "links.zip", folder):
        first, *_ = collect(source, course)
        assert first.endswith("left out, since it is a link or a device, not a file.")
    assert found(course) == {"ann/x.ipynb": b"a", "bob/x.ipynb": b"b"}


def test_limits_of_a_student(course, packed, monkeypatch):
    from prunelab.instructor.submissions import unpack

    monkeypatch.setattr(unpack, "STUDENT_SIZE", 1000)
    monkeypatch.setattr(unpack, "STUDENT_FILES", 3)
    bomb = inner({"a.csv": b"0" * 2000, "x.ipynb": b"n"})
    many = {f"{number}.csv": b"" for number in range(9)}
    source = packed({"ann/a.csv": b"0" * 2000, "ann/x.ipynb": b"a", "bob.zip": bomb, "eve.zip": inner(many)})
    sentence, _, _ = collect(source, course)
    assert sentence.startswith("ann: a.csv, bob: a.csv, eve: 2.csv, eve: 3.csv")
    assert sentence.endswith(f" and 1 more: {unpack.TOO_MUCH}.")
    assert set(found(course)) == {"ann/x.ipynb", "bob/x.ipynb", "eve/0.csv", "eve/1.csv"}


def test_an_invalid_path_stops_no_other(course, packed):
    deep = "/".join(["d" * 250] * 17)
    source = packed({"ann/a.zip": inner({f"{deep}/x.csv": b"x", "x.ipynb": b"a"}), "bob/x.ipynb": b"b"})
    first, *_ = collect(source, course)
    assert first.endswith("its name is too long.")
    assert set(found(course)) == {"ann/x.ipynb", "bob/x.ipynb"}


def test_leftovers_of_a_killed_run_are_removed(course, packed):
    left_over = course / "submitted" / ".collect-killed" / "0"
    left_over.mkdir(parents=True)
    (left_over / "x.ipynb").touch()
    collect(packed({"ann/x.ipynb": b"a"}), course)
    assert sorted(path.name for path in (course / "submitted").iterdir()) == ["ann"]


@pytest.mark.parametrize("pack", [lambda name, content: {f"{name}/x.ipynb": content},
                                  lambda name, content: {f"{name}.zip": inner({"x.ipynb": content})}])  # fmt: skip
def test_too_much_in_all_changes_nothing(course, packed, monkeypatch, pack):
    monkeypatch.setattr("prunelab.instructor.submissions.unpack.ALL_SIZE", 3000)
    files = pack("ann", b"0" * 1500) | pack("bob", b"0" * 1501)
    with pytest.raises(LabError, match="together; collect them in parts"):
        collect(packed(files), course)
    assert list((course / "submitted").iterdir()) == []


def test_names_in_other_encodings(course, tmp_path):
    """UTF-8 without its flag, as macOS writes it, decomposed; and code page 437."""
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        archive.writestr("Zoe\u0308_1_assignsubmission_file_/a.ipynb", "a")
        archive.writestr("Bj\u00f6rn_2_assignsubmission_file_/b.ipynb", "b")
    content = (tmp_path / "old.zip").read_bytes()
    flagged = content.replace("Bj\u00f6rn".encode(), b"Bj\x94rn!")
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        parts = flagged.split(mark)
        flagged = mark.join([parts[0], *(part[: offset - 4] + b"\0\0" + part[offset - 2 :] for part in parts[1:])])
    (tmp_path / "old.zip").write_bytes(flagged)
    collect(tmp_path / "old.zip", course)
    assert set(found(course)) == {"Zo\u00eb_1/a.ipynb", "Bj\u00f6rn!_2/b.ipynb"}


def test_times_of_a_zip(course, packed):
    """Files of a download are stamped within minutes; times over days are those of the students."""
    files = {"ann/x.ipynb": b"a", "bob/x.ipynb": b"b"}
    collect(packed(files, datetime(2026, 3, 1, 12), datetime(2026, 3, 1, 12, 10)), course)
    assert set(found(course)) == set(files)
    changed = {name: content * 2 for name, content in files.items()}
    collect(packed(changed, datetime(2026, 3, 1, 13), datetime(2026, 3, 2, 12)), course)
    local = datetime(2026, 3, 1, 13).astimezone()
    assert found(course)["ann/timestamp.txt"].decode() == f"{local - local.utcoffset():%Y-%m-%d %H:%M:%S} UTC\n"


def test_the_same_files_with_another_time_are_the_same(course, packed):
    files = {"ann/01_tiny/x.ipynb": b"a", "ann/01_tiny/timestamp.txt": b"2026-01-01 10:00:00 UTC"}
    collect(packed(files), course)
    *_, count = collect(packed(files | {"ann/01_tiny/timestamp.txt": b"2026-01-02 10:00:00 UTC"}), course)
    assert count.endswith("0 new, 0 replaced, 1 as before.")


def test_only_a_timestamp_outside_of_the_students_reach_counts(course, packed):
    stamp = b"2026-01-01 10:00:00 UTC"
    files = {"Ann_1_assignsubmission_file_/x.ipynb": b"a", "Ann_1_assignsubmission_file_/timestamp.txt": stamp}
    collect(packed(files | {"bob/01_tiny/x.ipynb": b"b", "bob/01_tiny/timestamp.txt": stamp}), course)
    assert set(found(course)) == {"Ann_1/x.ipynb", "bob/x.ipynb", "bob/timestamp.txt"}


def test_a_timestamp_beside_a_notebook_in_a_folder_does_not_count(course, packed):
    """nbgrader's own stands beside the folder."""
    import nbformat

    from prunelab.instructor.submissions.intake import read_submission

    own, theirs = b"2026-01-01 10:00:00 UTC", b"2025-01-01 10:00:00 UTC"
    files = {
        "work/x.ipynb": nbformat.writes(nbformat.v4.new_notebook()).encode(),
        "work/timestamp.txt": theirs,
        "b.csv": b"",
    }
    collect(packed({"Ann_1_assignsubmission_file_/a.zip": inner(files)}), course)
    submission = read_submission(course / "submitted" / "Ann_1" / LAB, LAB)
    assert submission.timestamp is None
    assert "timestamp.txt" not in submission.files
    (course / "submitted" / "Ann_1" / LAB / "timestamp.txt").write_bytes(own)
    assert read_submission(course / "submitted" / "Ann_1" / LAB, LAB).timestamp == own.decode()


def test_only_a_newer_submission_replaces_and_nothing_is_lost(course, packed):
    day = datetime(2026, 3, 2)
    first = packed({"ann/x.ipynb": b"1", "ann/old.csv": b"", "bob/x.ipynb": b"b"}, day)
    collect(first, course)
    *_, same = collect(packed({"ann/x.ipynb": b"1", "ann/old.csv": b""}, datetime(2026, 3, 9)), course)
    assert same.endswith("1 students: 0 new, 0 replaced, 1 as before.")
    newer, count = collect(packed({"ann/x.ipynb": b"2"}, datetime(2026, 3, 3)), course)
    assert newer == "ann: replaced by a newer submission; the one before is in submitted/.older."
    assert count.endswith("0 new, 1 replaced, 0 as before.")
    for _ in range(2):
        kept, _ = collect(packed({"ann/x.ipynb": b"0"}, datetime(2026, 3, 1)), course)
        assert kept == "ann: kept, since the other one is not newer; that one is in submitted/.older."
    assert found(course) == {"ann/x.ipynb": b"2", "bob/x.ipynb": b"b"}
    assert older(course) == [b"0", b"1"]


def test_nbgrader_does_not_see_the_older_ones(course, packed):
    from nbgrader.apps import NbGraderAPI

    from prunelab.instructor.gradebook.record import Recorder

    collect(packed({"ann/x.ipynb": b"1"}, datetime(2026, 3, 1)), course)
    collect(packed({"ann/x.ipynb": b"2"}, datetime(2026, 3, 2)), course)
    assert older(course) == [b"1"]
    recorder = Recorder(course)
    assert NbGraderAPI(config=recorder.config).get_submitted_students(LAB) == {"ann"}
    assert recorder.students(LAB) == ["ann"]


def test_a_damaged_zip_is_one_sentence_and_changes_nothing(course, packed, refused):
    source = packed({"ann/x.ipynb": b"1", "bob/x.ipynb": os.urandom(5000)})
    content = bytearray(source.read_bytes())
    content[content.index(b"bob/x.ipynb") + 100] ^= 0xFF
    source.write_bytes(content)
    with pytest.raises(LabError, match=r"export.zip cannot be unpacked \(bob/x.ipynb: Bad CRC.*; get it again, or"):
        collect(source, course)
    assert list((course / "submitted").iterdir()) == []
    source.write_bytes(content[: len(content) // 2])
    said = refused(course, "grade", "01", "--from", str(source))
    assert said.startswith("prunelab: export.zip is no zip that can be read")


@pytest.mark.parametrize("files", [{}, {"readme.txt": b""}])
def test_nothing_to_collect(course, packed, files):
    with pytest.raises(
        LabError, match="holds no submission of 01_tiny; it should be the export of a learning-management system"
    ):
        collect(packed(files), course)


def test_no_such_source(course, tmp_path):
    with pytest.raises(LabError, match=r"There is no .*nowhere; name a folder or zip"):
        collect(tmp_path / "nowhere", course)


def test_a_password_is_named(course, packed):
    source = packed({"ann/x.ipynb": b"1"})
    content = source.read_bytes()
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.index(mark) + offset
        content = content[:place] + bytes([content[place] | 1]) + content[place + 1 :]
    source.write_bytes(content)
    with pytest.raises(LabError, match="is encrypted, password required"):
        collect(source, course)


@pytest.mark.middle
def test_from_an_export_to_marks(tmp_path, tiny_course, empty_grade_book, packed, invoke):
    """nbgrader itself takes the names that Moodle and Canvas give."""
    course = tiny_course(tmp_path / "graded")
    shutil.copy(empty_grade_book, course)
    notebook = (course / "labs" / LAB / f"{LAB}.ipynb").read_bytes()
    files = {
        "Zoë [x] O'Neil_1234567_assignsubmission_file_/my work.ipynb": notebook,
        "doejane_42_7654321_01_tiny-1.ipynb": notebook,
        "roe_LATE_43_7654322_work.zip": inner({"work/01_tiny.ipynb": notebook}),
    }
    said = invoke(course, "grade", "01", "--not-isolated", "--from", str(packed(files))).stderr
    assert "Collected 01_tiny of 3 students: 3 new, 0 replaced, 0 as before." in said
    invoke(course, "export", "--for", "canvas")
    rows = (course / "grades-canvas.csv").read_text().splitlines()
    assert rows[2:] == ["doejane,42,,,,0", "Zoë _x_ O'Neil,1234567,,,,0", "roe,43,,,,0"]
    invoke(course, "report", "01")
    assert "3 submissions" in (course / "reports" / f"{LAB}.html").read_text()
