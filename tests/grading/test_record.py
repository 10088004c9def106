"""Verdicts in nbgrader's folders and grade book: what is written, for whom, and what is left alone."""

import os
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_output
from nbgrader.api import Gradebook

from prunelab import LabError
from prunelab.instructor.gradebook.journal import Entry, only_one
from prunelab.instructor.gradebook.record import LONGEST, NAME_BYTES, NotRecorded, Recorder
from prunelab.instructor.submissions.flags import Flag
from prunelab.instructor.submissions.rebuild import read_release, rebuild

LAB = "01_tiny"
CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "prunelab"\n'
FAILED = new_output("error", ename="CheckFailed", evalue="not yet", traceback=["not yet"])
pytestmark = pytest.mark.filterwarnings("default")  # nbgrader's own


@pytest.fixture(autouse=True)
def path(monkeypatch):
    """A recorder adds to PATH."""
    monkeypatch.setenv("PATH", os.environ["PATH"])


@pytest.fixture
def bare(tmp_path) -> Path:
    """A course that has only nbgrader's settings."""
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    return tmp_path


def refused(student: str = "ada") -> Entry:
    return Entry(LAB, student, "digest", "refused", flags=[Flag("foreign", "<b>7 cells</b>")])


class TestSettings:
    def test_none(self, tmp_path):
        with pytest.raises(LabError, match=r"There is no nbgrader_config\.py in .*; copy it"):
            Recorder(tmp_path)

    @pytest.mark.parametrize(("code", "why"), [("1 / 0", "ZeroDivisionError"), ("c = (", "SyntaxError")])
    def test_that_fail(self, tmp_path, code, why):
        (tmp_path / "nbgrader_config.py").write_text(code)
        with pytest.raises(LabError, match=rf"nbgrader_config\.py fails \({why}: "):
            Recorder(tmp_path)

    @pytest.mark.parametrize("name", ["lab [1]", "lab*", "lab?"])
    def test_a_folder_that_nbgrader_takes_for_a_pattern(self, tmp_path, name):
        (tmp_path / name).mkdir()
        (tmp_path / name / "nbgrader_config.py").write_text(CONFIG)
        with pytest.raises(LabError, match="as patterns; rename the folder"):
            Recorder(tmp_path / name)

    def test_the_courses_own_folders(self, bare):
        (bare / "nbgrader_config.py").write_text(f'{CONFIG}c.CourseDirectory.submitted_directory = "in"\n')
        assert Recorder(bare).submission(LAB, "ada") == bare / "in" / "ada" / LAB
        assert Recorder(bare).url == f"sqlite:///{bare / 'gradebook.db'}"


class TestStudents:
    def test_who_handed_in_a_lab(self, bare):
        for place in (f"zoë/{LAB}", f"ada/{LAB}", "ben/02_other", f".older/{LAB}", f"deep/er/{LAB}"):
            (bare / "submitted" / place).mkdir(parents=True)
        (bare / "submitted" / "file").mkdir()
        (bare / "submitted" / "file" / LAB).touch()
        (bare / "submitted" / "link").mkdir()
        (bare / "submitted" / "link" / LAB).symlink_to(bare / "nbgrader_config.py")
        assert Recorder(bare).students(LAB) == ["ada", "link", "zoë"]

    def test_nobody(self, bare):
        assert Recorder(bare).students(LAB) == []

    @pytest.mark.parametrize(
        ("name", "fits"),
        [
            (b"n" * NAME_BYTES, True),
            (b"n" * (NAME_BYTES + 1), False),
            ("ü".encode() * 101, False),
            (b"na\xefve", False),
        ],
    )
    def test_an_id_that_a_grade_book_has_room_for(self, bare, name, fits):
        os.makedirs(os.path.join(os.fsencode(bare), b"submitted", name, LAB.encode()))
        if fits:
            assert Recorder(bare).students(LAB) == [os.fsdecode(name)]
        else:
            with pytest.raises(LabError, match="rename the folder"):
                Recorder(bare).students(LAB)


def test_a_damaged_grade_book_is_named(bare):
    (bare / "gradebook.db").write_bytes(b"no database" * 100)
    with pytest.raises(LabError, match=r"The grade book, gradebook\.db, is damaged; put a copy in its place"):
        Recorder(bare).late(LAB)
    assert (bare / "gradebook.db").read_bytes().startswith(b"no database")


class TestRefused:
    def test_the_student_reads_why(self, bare):
        Recorder(bare).record(refused(), {"own.txt": b"x"})
        (page,) = (path for path in (bare / "feedback").rglob("*") if path.is_file())
        assert page == bare / "feedback" / "ada" / LAB / f"{LAB}.html"
        assert "<p>Your notebook is not of this lab: &lt;b&gt;7 cells&lt;/b&gt;." in page.read_text("utf-8")

    def test_what_was_graded_before_is_left_alone(self, bare):
        before = bare / "autograded" / "ada" / LAB / f"{LAB}.ipynb"
        before.parent.mkdir(parents=True)
        before.touch()
        Recorder(bare).record(refused(), {})
        assert before.exists()
        assert not (bare / "gradebook.db").exists()

    def test_what_the_exchange_knows_it_by_is_copied(self, bare):
        submission = bare / "submitted" / "ada" / LAB
        submission.mkdir(parents=True)
        (submission / "timestamp.txt").write_bytes(b"t" * (LONGEST - 1))
        (submission / "submission_secret.txt").write_bytes(b"secret")
        (submission / "other.txt").touch()
        Recorder(bare).record(refused(), {})
        copied = {path.name for path in (bare / "feedback" / "ada" / LAB).glob("*.txt")}
        assert copied == {"timestamp.txt", "submission_secret.txt"}
        assert (bare / "feedback" / "ada" / LAB / "submission_secret.txt").read_bytes() == b"secret"

    def test_but_no_link_no_folder_and_nothing_long(self, bare):
        submission = bare / "submitted" / "ada" / LAB
        submission.mkdir(parents=True)
        (submission / "submission_secret.txt").symlink_to("/etc/hostname")
        (submission / "timestamp.txt").write_bytes(b"t" * LONGEST)
        (bare / "submitted" / "ben" / LAB / "timestamp.txt").mkdir(parents=True)
        for student in ("ada", "ben"):
            Recorder(bare).record(refused(student), {})
            assert [path.name for path in (bare / "feedback" / student / LAB).iterdir()] == [f"{LAB}.html"]


def entry(course: Path, release, student: str, **more) -> Entry:
    """The verdict of a run in which one check passed and the other failed."""
    notebook = rebuild(nbformat.read(course / "labs" / LAB / f"{LAB}.ipynb", as_version=4), release).notebook
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = 1
            cell.outputs = [FAILED] if cell.metadata.get("nbgrader", {}).get("grade_id") == "half-check" else []
    return Entry(LAB, student, "digest", "graded", notebook=nbformat.writes(notebook), **more)


@pytest.fixture(scope="module")
def graded(tmp_path_factory, make_course):
    """A course in which ada's double is right and her half wrong, its recorder and its release."""
    course, patch = make_course(tmp_path_factory.mktemp("record") / "course"), pytest.MonkeyPatch()
    patch.setenv("PATH", os.environ["PATH"])
    recorder, release = Recorder(course), read_release(course, LAB)
    with only_one(course):
        recorder.prepare(release)
        for old in (f"autograded/ada/{LAB}/old.txt", f"feedback/ada/{LAB}/{LAB}.html"):
            (course / old).parent.mkdir(parents=True)
            (course / old).touch()
        files = {"data/a.csv": b"1,2", "own.txt": b"x"}
        recorder.record(entry(course, release, "ada", timestamp="2026-01-02 03:04:05 UTC"), files)
        yield course, recorder, release
    patch.undo()


@pytest.mark.middle
class TestGraded:
    """Uses nbgrader's own generate_assignment and autograde, which take seconds."""

    def test_marks_are_in_the_grade_book(self, graded):
        with Gradebook(graded[1].url, "prunelab") as book:
            submission = book.find_submission(LAB, "ada")
            grades = {grade.name: grade.auto_score for grade in submission.notebooks[0].grades}
            assert grades == {"double-check": 12, "half-check": 0, "essay": 0}
            assert f"{submission.timestamp}" == "2026-01-02 03:04:05"

    def test_files_are_those_of_this_submission_alone(self, graded):
        folder = graded[0] / "autograded" / "ada" / LAB
        found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert found == {f"{LAB}.ipynb", "data/a.csv", "own.txt", "timestamp.txt"}
        assert (folder / "data" / "a.csv").read_bytes() == b"1,2"

    def test_feedback_on_an_earlier_submission_is_gone(self, graded):
        assert not (graded[0] / "feedback" / "ada" / LAB).exists()

    def test_the_students_notebook_is_not_touched_and_no_room_is_left(self, graded):
        assert not (graded[0] / "submitted").exists()
        assert not list((graded[0] / "grading").glob(".workdir-*"))

    def test_a_lab_that_is_known_is_not_prepared_again(self, graded):
        course, recorder, release = graded
        (course / "solutions" / LAB / f"{LAB}.py").rename(course / "away.py")
        recorder.prepare(release)  # without the source
        (course / "away.py").rename(course / "solutions" / LAB / f"{LAB}.py")

    @pytest.mark.parametrize(
        ("name", "change"),
        [
            ("half-check", {"max_score": 5}),
            ("essay", {"max_score": 3}),
            ("double-check", {"source": "1"}),
            ("half", {"source": "1"}),
        ],
    )
    def test_one_that_the_grade_book_has_otherwise_is(self, graded, name, change):
        _, recorder, release = graded
        with Gradebook(recorder.url, "prunelab") as book:
            find = book.find_grade_cell if "max_score" in change else book.find_source_cell
            before = {key: getattr(find(name, LAB, LAB), key) for key in change}
            for key, value in change.items():
                setattr(find(name, LAB, LAB), key, value)
            book.db.commit()
        recorder.prepare(release)
        with Gradebook(recorder.url, "prunelab") as book:
            find = book.find_grade_cell if "max_score" in change else book.find_source_cell
            assert {key: getattr(find(name, LAB, LAB), key) for key in change} == before

    def test_one_that_nbgrader_does_not_take(self, graded):
        course, recorder, release = graded
        broken = entry(course, release, "ben")
        broken.notebook = broken.notebook.replace('"grade_id": "double"', '"grade_id": "half"')
        with pytest.raises(NotRecorded, match=rf"ben's {LAB} could not be written \(.*\); free or unlock its place"):
            recorder.record(broken, {})
        assert not (course / "autograded" / "ben").exists()
