"""Each submission of the bestiary: how it is read, rebuilt and graded, and that no other one is affected."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
from bestiary import CASES, LAB, POINTS, PROBES, RIGHT, SOURCE, Case, Desk

from prunelab.instructor.sandbox.limits import Limits

REPOSITORY = Path(__file__).parents[2]
AUTOGRADED_SIZE = 16 << 20
RUNNING = {"alone", "memory", "output", "own", "stopped", "time", "unseen"}  # flags of a notebook that has run
GRADED = sorted((name for name in CASES if CASES[name].tier in ("middle", "whole")), key=lambda name: CASES[name].tier)
BATCHES = {"first": GRADED[::2], "second": GRADED[1::2]}  # each is graded by one worker
LIMITS = Limits(memory=1 << 30)
SHORT = replace(LIMITS, cell_seconds=10)  # for what never ends; a cell that ends takes a hundredth of it
pytestmark = pytest.mark.filterwarnings("default")  # nbgrader's own


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
    """Build a course with one tiny lab, beside an unrelated folder."""
    from prunelab.instructor.authoring.build import build_labs

    course = folder / "course"
    source = course / "solutions" / LAB
    source.mkdir(parents=True)
    (source / f"{LAB}.py").write_text(SOURCE)
    (source / "probes.py").write_text(PROBES)
    shutil.copy(REPOSITORY / "solutions" / "index.py", course / "solutions")
    for name in ("course.toml", "nbgrader_config.py"):
        shutil.copy(REPOSITORY / name, course)
    list(build_labs(course))
    (folder / "outside").mkdir()
    (folder / "outside" / "diary").write_text("private")
    return course


def scores(course: Path, student: str) -> dict[str, tuple]:
    """What the grade book has for a student by exercise: score, manual score, extra credit."""
    with grade_book(course) as book:
        grades = book.find_submission_notebook(LAB, LAB, student).grades
        return {each.name.removesuffix("-check"): (each.score, each.manual_score, each.extra_credit) for each in grades}


def grade_book(course: Path):
    """nbgrader's grade book."""
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{course / 'gradebook.db'}", "prunelab")


def sandboxed(workdirs: Path) -> set[str]:
    """The running processes of submissions: some of their files are mounted from a folder below `workdirs`."""
    place, found = "/".join(workdirs.parts[-3:]), set()
    for process in filter(str.isdecimal, os.listdir("/proc")):
        with suppress(OSError):
            if place in Path("/proc", process, "mountinfo").read_text():
                found.add(process)
    return found


@contextmanager
def watching(workdirs: Path) -> Iterator[set[str]]:
    """Yield a set to which the processes of submissions are added as they are seen."""
    seen, over = set(), Event()

    def watch() -> None:
        while not over.wait(0.1):
            seen.update(sandboxed(workdirs))

    (watcher := Thread(target=watch)).start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


class Graded:
    """A graded course, and its state before grading."""

    def __init__(self, folder: Path, workdirs: Path, names: list[str]) -> None:
        self.course, self.workdirs, self.bystanders = make_course(folder), workdirs, []
        self.places = [self.course / name for name in ("solutions", "labs", "submitted")] + [folder / "outside"]
        Desk(self.course, "earlier", RIGHT).save()
        self.grade(["earlier"], LIMITS)
        with grade_book(self.course) as book:
            grade = book.find_submission_notebook(LAB, LAB, "earlier").grades[0]
            grade.manual_score, grade.extra_credit = 1.5, 0.5
            book.db.commit()
        endless = [name for name in names if "time" in CASES[name].flags]
        others = self.hand_in([name for name in names if name not in endless])
        endless = self.hand_in(endless)
        self.before, self.earlier = fingerprint(*self.places), scores(self.course, "earlier")
        with watching(workdirs) as self.ran:
            entries = self.grade(others, LIMITS) + self.grade(endless, SHORT, workers=8)  # who only wait
        self.entries = {entry.student: entry for entry in entries}

    def hand_in(self, names: list[str]) -> list[str]:
        """Prepare cases, with a good submission after each ten and at the end; return the students."""
        students = []
        for number, name in enumerate(names, 1):
            CASES[name].hand_in(self.course)
            students.append(CASES[name].student)
            if number % 10 == 0 or number == len(names):
                self.bystanders.append(f"beside-{name}")
                Desk(self.course, self.bystanders[-1], RIGHT).save()
                students.append(self.bystanders[-1])
        return students

    def grade(self, students: list[str], limits: Limits, **options: int) -> list:
        """Grade some students, with temporary files in `workdirs`."""
        from prunelab.instructor.assess import Options
        from prunelab.instructor.grade import grade

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tempfile, "tempdir", str(self.workdirs))
            patch.setenv("PATH", os.environ["PATH"])  # the recorder adds to it
            return grade(self.course, LAB, students, Options(limits=limits, **options)) if students else []


@pytest.fixture(scope="session")
def graded(request, tmp_path_factory, needs_isolation) -> Graded:
    """The cases of a batch that the session has tests for, graded together with a good submission for ten of them."""
    params = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    chosen = {each["name"] for each in params if "graded" in each and "name" in each}
    workdirs = tmp_path_factory.mktemp("t")  # short, as paths of sockets must be
    names = [name for name in BATCHES[request.param] if name in chosen]
    return Graded(tmp_path_factory.mktemp("hostile"), workdirs, names)


def marks(batch: str, tier: str = "middle") -> list[pytest.MarkDecorator]:
    """Those of a test that looks at a batch, which one worker grades."""
    return [getattr(pytest.mark, tier), pytest.mark.xdist_group(f"hostile-{batch}")]


each_case = pytest.mark.parametrize(
    ("graded", "name"),
    [
        pytest.param(batch, name, id=name, marks=marks(batch, CASES[name].tier))
        for batch in BATCHES
        for name in BATCHES[batch]
    ],
    indirect=["graded"],
    scope="session",  # else that of `graded` would be a function, because of `name`
)
each_batch = pytest.mark.parametrize(
    "graded", [pytest.param(batch, marks=marks(batch)) for batch in BATCHES], indirect=True
)


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course in which nothing is graded."""
    return make_course(tmp_path_factory.mktemp("read"))


def check_sentences(flags: list) -> None:
    """Each flag has a sentence for the instructor and one for the student, both safe in a page."""
    for sentence in [text for flag in flags for text in (flag.instructor, flag.student)]:
        assert sentence.endswith(".")
        assert sentence.isprintable()
        assert len(sentence) < 1000
        assert "Traceback" not in sentence


def check_notebook(text: str) -> None:
    """A notebook that nbgrader takes, of moderate size."""
    import nbformat

    nbformat.validate(nbformat.reads(text, as_version=4))
    assert len(text.encode()) < AUTOGRADED_SIZE


def lines(source: str) -> list[str]:
    """A cell's lines without the blanks that editors leave."""
    return [line.rstrip() for line in source.strip().splitlines()]


@pytest.mark.xdist_group("hostile-reading")
@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=name, marks=[pytest.mark.middle] * (case.tier == "whole")) for name, case in CASES.items()],
)
def test_reading(course, case):
    import nbformat

    from prunelab.instructor.gradebook.journal import digest
    from prunelab.instructor.submissions.flags import Refused
    from prunelab.instructor.submissions.intake import read_submission
    from prunelab.instructor.submissions.rebuild import read_release, rebuild

    desk, release = case.hand_in(course), read_release(course, LAB)
    assert digest(desk.folder, release)
    if case.outcome == "refused":
        with pytest.raises(Refused) as refused:
            rebuild(read_submission(desk.folder, LAB).notebook, release)
        check_sentences([refused.value.flag])
        assert {refused.value.flag.code} == case.flags
        return
    submission = read_submission(desk.folder, LAB)
    rebuilt = rebuild(submission.notebook, release)
    flags = submission.flags + rebuilt.flags
    check_sentences(flags)
    check_notebook(nbformat.writes(rebuilt.notebook))
    assert {flag.code for flag in flags} == case.flags - RUNNING
    assert submission.files.keys() == case.files
    wanted = {name: cell.source for name, cell in release.official.items()} | desk.answers
    own = [(cell.metadata.nbgrader.grade_id, lines(cell.source)) for cell in rebuilt.notebook.cells if cell.metadata]
    assert sorted(own) == sorted((name, lines(source)) for name, source in wanted.items())


def check_entry(course: Path, case: Case, entry) -> None:
    """A submission got its expected result in the journal, in nbgrader's folders and in the grade book."""
    codes = {flag.code for flag in entry.flags}
    assert (entry.outcome, entry.scores) == (case.outcome, case.scores), (codes, entry.failures)
    assert codes >= case.flags
    check_sentences(entry.flags)
    if entry.outcome == "refused":
        assert "<p>" in (course / "feedback" / entry.student / LAB / f"{LAB}.html").read_text("utf-8")
    else:
        check_notebook((course / "autograded" / entry.student / LAB / f"{LAB}.ipynb").read_text("utf-8"))
        assert scores(course, entry.student) == {name: (mark, None, None) for name, mark in case.scores.items()}


@each_case
def test_case(graded, name):
    check_entry(graded.course, CASES[name], graded.entries[CASES[name].student])


@each_batch
def test_bystanders(graded):
    for student in graded.bystanders:
        entry = graded.entries[student]
        assert (entry.outcome, entry.scores, entry.flags) == ("graded", POINTS, [])
        assert scores(graded.course, student) == {name: (mark, None, None) for name, mark in POINTS.items()}


@each_batch
def test_nothing_else_changed(graded):
    assert fingerprint(*graded.places) == graded.before


@each_batch
def test_marks_given_by_hand_stay(graded):
    assert scores(graded.course, "earlier") == graded.earlier


@each_batch
def test_no_process_is_left(graded):
    assert graded.ran
    assert not sandboxed(graded.workdirs)


@each_batch
def test_no_file_is_left_on_the_disk(graded):
    assert not list(graded.course.glob("grading/.workdir-*"))
    assert not list(graded.workdirs.glob("prunelab-*"))


@pytest.mark.middle
def test_no_submission_gets_at_the_instructors_terminal_and_variables(tmp_path, run_in, needs_isolation):
    from prunelab.instructor.gradebook import journal

    course, cases = make_course(tmp_path), [case for case in CASES.values() if case.tier == "command"]
    for case in cases:
        case.hand_in(course)
    done = run_in(course, "prunelab", "grade", LAB, INSTRUCTORS_TOKEN="secret")
    assert "LEAKED" not in f"{done.stdout}{done.stderr}"
    for case in cases:
        check_entry(course, case, journal.read(course, LAB)[case.student])
