"""Each submission of the bestiary is graded beside a good one: what comes of it, and that nobody else is touched."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest
from bestiary import CASES, LAB, POINTS, PROBES, RIGHT, SOURCE, Desk
from nbgrader.api import Gradebook

from prunelab.course.build import build
from prunelab.grading import journal

REPOSITORY = Path(__file__).parents[2]
AUTOGRADED_SIZE = 16 << 20
GRADE = f"""
import sys
from pathlib import Path
from prunelab.grading.grade import Options, grade
from prunelab.grading.limits import Limits
if __name__ == "__main__":
    limits = Limits(memory=1 << 30, cell_seconds=8, seconds=60)
    grade(Path(sys.argv[1]), {LAB!r}, sys.argv[2:], Options(limits=limits, again=True))
"""
pytestmark = pytest.mark.filterwarnings("default")  # nbgrader's own


def bystander(name: str) -> str:
    """The student who is graded right after a case."""
    return f"{name}-beside"


def fingerprint(*folders: Path) -> dict[str, str]:
    """What lies in folders; links are not followed."""
    found = {}
    for place, folders_there, names in (step for folder in folders for step in os.walk(folder)):
        for path in (Path(place, name) for name in [*folders_there, *names]):
            status = path.lstat()
            small = path.is_file() and not path.is_symlink() and status.st_size < 1 << 30
            content = hashlib.sha256(path.read_bytes()).hexdigest() if small else ""
            found[str(path)] = f"{status.st_mode} {status.st_mtime_ns} {content}"
    return found


def make_course(folder: Path) -> Path:
    """Build a course with one tiny lab, beside a folder that is none of its business."""
    course = folder / "course"
    source = course / "solutions" / LAB
    source.mkdir(parents=True)
    (source / f"{LAB}.py").write_text(SOURCE)
    (source / "probes.py").write_text(PROBES)
    shutil.copy(REPOSITORY / "solutions" / "index.py", course / "solutions")
    shutil.copy(REPOSITORY / "nbgrader_config.py", course)
    list(build(course))
    (folder / "outside").mkdir()
    (folder / "outside" / "diary").write_text("private")
    return course


def sandboxed(rooms: Path) -> set[str]:
    """The processes of submissions, as long as they run: of their files, some are lent by a folder below `rooms`."""
    place, found = "/".join(rooms.parts[-3:]), set()
    for process in filter(str.isdecimal, os.listdir("/proc")):
        with suppress(OSError):
            if place in Path("/proc", process, "mountinfo").read_text():
                found.add(process)
    return found


class Graded:
    """The graded course, and what it was like before."""

    def __init__(self, folder: Path, rooms: Path, names: list[str]) -> None:
        self.course, self.rooms, self.ran = make_course(folder), rooms, set()
        self.places = [self.course / name for name in ("solutions", "labs", "submitted")] + [folder / "outside"]
        Desk(self.course, "earlier", RIGHT).save()
        self.run("earlier")
        with self.book() as book:
            grade = book.find_submission_notebook(LAB, LAB, "earlier").grades[0]
            grade.manual_score, grade.extra_credit = 1.5, 0.5
            book.db.commit()
        for name in names:
            case = CASES[name]
            desk = Desk(self.course, case.student, case.answers)
            case.prepare(desk)
            desk.save()
            Desk(self.course, bystander(name), RIGHT).save()
        self.before, self.earlier = fingerprint(*self.places), self.scores("earlier")
        self.done = self.run(*(student for name in names for student in (CASES[name].student, bystander(name))))
        self.entries = journal.read(self.course, LAB)

    def run(self, *students: str) -> subprocess.CompletedProcess:
        """Grade some students in a process of its own, as an instructor would."""
        command = [sys.executable, "-c", GRADE, str(self.course), *students]
        settings = {"text": True, "errors": "replace", "env": os.environ | {"TMPDIR": str(self.rooms)}}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **settings)
        end = time.monotonic() + 900
        while True:
            try:
                said = process.communicate(timeout=0.5)
                return subprocess.CompletedProcess(command, process.returncode, *said)
            except subprocess.TimeoutExpired:
                self.ran |= sandboxed(self.rooms)
                if time.monotonic() > end:
                    process.kill()
                    raise

    def book(self) -> Gradebook:
        """nbgrader's grade book."""
        return Gradebook(f"sqlite:///{self.course / 'gradebook.db'}", "prunelab")

    def scores(self, student: str) -> dict[str, tuple]:
        """What the grade book has for a student by exercise: score, manual score, extra credit."""
        with self.book() as book:
            grades = book.find_submission_notebook(LAB, LAB, student).grades
            return {
                each.name.removesuffix("-check"): (each.score, each.manual_score, each.extra_credit) for each in grades
            }


@pytest.fixture(scope="session")
def graded(request, tmp_path_factory, needs_isolation) -> Graded:
    """All cases that the session has tests for, each graded between its bystander and that of the case before."""
    own = [item for item in request.session.items if item.path == Path(__file__) and hasattr(item, "callspec")]
    wanted = {item.callspec.params["name"] for item in own}
    rooms = tmp_path_factory.mktemp("t")  # short, as paths of sockets must be
    return Graded(tmp_path_factory.mktemp("hostile"), rooms, [name for name in CASES if name in wanted])


@pytest.mark.parametrize("name", CASES)
def test_case(graded, name):
    expected, entry = CASES[name], graded.entries[CASES[name].student]
    codes = {flag.code for flag in entry.flags}
    assert (entry.outcome, entry.marks) == (expected.outcome, expected.marks), (codes, entry.failures)
    assert codes >= expected.flags
    for sentence in [text for flag in entry.flags for text in (flag.instructor, flag.student)]:
        assert sentence.endswith(".")
        assert sentence.isprintable()
        assert len(sentence) < 1000
        assert "Traceback" not in sentence
    if entry.outcome == "refused":
        assert "<p>" in (graded.course / "feedback" / entry.student / LAB / f"{LAB}.html").read_text("utf-8")
    else:
        path = graded.course / "autograded" / entry.student / LAB / f"{LAB}.ipynb"
        nbformat.validate(nbformat.read(path, as_version=4))
        assert path.stat().st_size < AUTOGRADED_SIZE
        assert graded.scores(entry.student) == {name: (mark, None, None) for name, mark in expected.marks.items()}


@pytest.mark.parametrize("name", CASES)
def test_bystander(graded, name):
    entry = graded.entries[bystander(name)]
    assert (entry.outcome, entry.marks, entry.flags) == ("graded", POINTS, [])
    assert graded.scores(entry.student) == {name: (mark, None, None) for name, mark in POINTS.items()}


def test_the_batch_finished(graded):
    assert graded.done.returncode == 0, graded.done.stderr[-3000:]


def test_nothing_else_changed(graded):
    assert fingerprint(*graded.places) == graded.before


def test_marks_given_by_hand_stay(graded):
    assert graded.scores("earlier") == graded.earlier


def test_no_process_is_left(graded):
    assert graded.ran
    assert not sandboxed(graded.rooms)


def test_nothing_is_left_on_the_disk(graded):
    assert not list(graded.course.glob("grading/.room-*"))
    assert not list(graded.rooms.glob("prunelab-*"))


def test_nobody_writes_into_the_instructors_terminal(graded):
    assert "LEAKED" not in f"{graded.done.stdout}{graded.done.stderr}"
