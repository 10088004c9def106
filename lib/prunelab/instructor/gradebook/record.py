"""Write verdicts to nbgrader's folders and grade book, with nbgrader's own code; there is only one writer."""

import glob
import html
import os
import shutil
import sysconfig
import warnings
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config, ConfigFileNotFound, PyFileConfigLoader

from prunelab import LabError
from prunelab.files import write
from prunelab.instructor.authoring.source import read_source
from prunelab.instructor.gradebook import journal
from prunelab.instructor.gradebook.journal import Entry
from prunelab.instructor.gradebook.late import late_students
from prunelab.instructor.gradebook.steps import Replay, use_steps
from prunelab.instructor.sandbox.warm_process import WORKING_FOLDER
from prunelab.instructor.submissions.rebuild import Release

JUDGED = "judged.ipynb"
NAME_BYTES = 200  # of a student's id, of which names of files are made
DAMAGED = ("file is not a database", "database disk image is malformed")
SHARED = ("No space left", "Read-only file system", "quota")  # what no submission can be written for
OF_THE_EXCHANGE, LONGEST = ("timestamp.txt", "submission_secret.txt"), 1000  # files, and their bytes
REFUSED = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{lab}</title></head><body><h1>{lab}</h1><p>{why}</p></body></html>
"""


class NotRecorded(LabError):
    """nbgrader does not take one submission; others may be fine."""


class Recorder:
    """The writer for one course."""

    def __init__(self, course: Path) -> None:
        if glob.escape(str(course)) != str(course):
            raise LabError(f"nbgrader cannot work in {course}, since it reads * ? [ as patterns; rename the folder.")
        os.environ["PATH"] = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"  # nbgrader runs alembic
        self.config = _config(course)
        self.config.CourseDirectory.root = str(course)
        use_steps(self.config, Replay)
        self.folders = CourseDirectory(config=self.config)
        self.course, self.url = course, self.folders.db_url

    def students(self, lab: str) -> list[str]:
        """Return who handed in a lab."""
        found = Path(self.folders.format_path(self.folders.submitted_directory, "*", lab)).parts
        root = Path(*found[: found.index("*")])
        found = [path for path in root.glob(f"[!.]*/{lab}") if path.is_dir() or path.is_symlink()]
        students = sorted(path.parent.name for path in found)
        for student in students:
            name = os.fsencode(student)
            if len(name) > NAME_BYTES or name != student.encode(errors="replace"):
                raise LabError(f"No grade book has room for {name!r} as a student's id; rename the folder in {root}.")
        return students

    def submission(self, lab: str, student: str) -> Path:
        """Return the folder of what a student handed in."""
        return Path(self.folders.format_path(self.folders.submitted_directory, student, lab))

    def prepare(self, release: Release) -> None:
        """Have the grade book know the lab as it is now."""
        lab = release.lab
        with _in_one_sentence(lab):
            if self._known(release):
                return
            with self._workdir() as folder:
                workdir = Path(folder)
                source = read_source(self.course / "solutions" / lab / f"{lab}.py")
                write(workdir / "solutions" / lab / f"{lab}.ipynb", nbformat.writes(source).encode())
                with WORKING_FOLDER:
                    _check(self._api(workdir, source_directory="solutions").generate_assignment(lab))

    def _known(self, release: Release) -> bool:
        """Whether the grade book has the lab's cells and points; of an answer it keeps the stub."""
        settings = {name: cell.metadata.nbgrader for name, cell in release.official.items()}
        sources = {
            name: release.official[name].source if settings[name].locked else release.stubs[name] for name in settings
        }
        points = {name: each.points for name, each in settings.items() if each.grade}
        with Gradebook(self.url, self.folders.course_id) as book:
            try:
                known = book.find_notebook(release.lab, release.lab)
            except MissingEntry:
                return False
            found = {cell.name: cell.source for cell in known.source_cells}
            return (found, {cell.name: cell.max_score for cell in known.grade_cells}) == (sources, points)

    def lost(self, lab: str, entries: Iterable[Entry]) -> set[str]:
        """Return the students of those entries of a lab that nbgrader once took over and no longer has."""
        with _in_one_sentence(lab), Gradebook(self.url, self.folders.course_id) as book:
            known = {submission.student.id for submission in book.assignment_submissions(lab)}
        return {entry.student for entry in entries if entry.recorded and not self._has(entry, known)}

    def _has(self, entry: Entry, known: set[str]) -> bool:
        if entry.outcome == "refused":
            return (self._feedback(entry.lab, entry.student) / f"{entry.lab}.html").is_file()
        return entry.student in known and self._autograded(entry.lab, entry.student).is_dir()

    def late(self, lab: str) -> dict[str, str]:
        """Return how late the submissions of a lab came, by student: see `late_students`."""
        with _in_one_sentence(lab), Gradebook(self.url, self.folders.course_id) as book:
            return late_students(book, lab)

    def record(self, entry: Entry, files: dict[str, bytes]) -> None:
        """Put one verdict into the autograded folder and the grade book.

        Raise NotRecorded if that fails for this submission, LabError if it would for all.
        """
        lab, student = entry.lab, entry.student
        if entry.outcome == "refused":
            self._refuse(lab, student, entry.flags[0].student)
            return
        judged = _judged(entry)
        with _in_one_sentence(f"{student}'s {lab}"), self._workdir() as folder:
            workdir = Path(folder)
            for name, content in {**files, f"{lab}.ipynb": judged}.items():
                write(workdir / "submitted" / student / lab / name, content)
            if entry.timestamp:
                write(workdir / "submitted" / student / lab / "timestamp.txt", entry.timestamp.encode())
            write(workdir / JUDGED, judged)
            with WORKING_FOLDER:
                _check(self._api(workdir, submitted_directory="submitted").autograde(lab, student))
            self._move(workdir, lab, student)

    def graded(self, lab: str) -> list[str]:
        """Return who has a graded notebook of a lab."""
        return [student for student in self.students(lab) if self._autograded(lab, student).is_dir()]

    def write_feedback(self, lab: str, student: str) -> None:
        """Have nbgrader write the feedback page of one student; raise RuntimeError with its last words."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbgrader's own
            _check(NbGraderAPI(config=self.config).generate_feedback(lab, student))

    def _autograded(self, lab: str, student: str) -> Path:
        return Path(self.folders.format_path(self.folders.autograded_directory, student, lab))

    def _feedback(self, lab: str, student: str) -> Path:
        return Path(self.folders.format_path(self.folders.feedback_directory, student, lab))

    def _refuse(self, lab: str, student: str, why: str) -> None:
        """Write a page of feedback, with what nbgrader's exchange left in the submission to know it by.

        Without that, `nbgrader release_feedback` stops there and gives nobody anything.
        """
        feedback = self._feedback(lab, student)
        write(feedback / f"{lab}.html", REFUSED.format(lab=lab, why=html.escape(why)).encode())
        for name in OF_THE_EXCHANGE:
            path = self.submission(lab, student) / name
            if path.is_file() and not path.is_symlink() and path.stat().st_size < LONGEST:
                write(feedback / name, path.read_bytes())

    def _workdir(self) -> TemporaryDirectory:
        return TemporaryDirectory(dir=journal.folder(self.course), prefix=journal.WORKDIR)

    def _api(self, workdir: Path, **directories: str) -> NbGraderAPI:
        """nbgrader for a folder of its own, with the course's grade book."""
        config = Config(self.config)
        config.CourseDirectory.update({"root": str(workdir), "db_url": self.url, **directories})
        config.CourseDirectory.update({"autograded_directory": "autograded", "release_directory": "labs"})
        config.Replay.path = str(workdir / JUDGED)
        return NbGraderAPI(config=config)

    def _move(self, workdir: Path, lab: str, student: str) -> None:
        """Replace what was graded before; feedback on that is no longer true, and nbgrader would keep it."""
        target = self._autograded(lab, student)
        shutil.rmtree(target, ignore_errors=True)
        shutil.rmtree(self._feedback(lab, student), ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(workdir / "autograded" / student / lab, target)


def write_pages(course: Path, lab: str, students: list[str]) -> None:
    """Have nbgrader write the feedback of some students; for a process of its own."""
    recorder = Recorder(course)
    for student in students:
        recorder.write_feedback(lab, student)


def _config(course: Path) -> Config:
    """Return nbgrader's settings for a course; raise LabError where there are none."""
    try:
        return PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    except ConfigFileNotFound:
        raise LabError(f"There is no nbgrader_config.py in {course}; copy it from the course's repository.") from None
    except Exception as error:  # it is a program
        raise LabError(f"{course / 'nbgrader_config.py'} fails ({type(error).__name__}: {error}); fix it.") from error


def _judged(entry: Entry) -> bytes:
    """Return the judged notebook of an entry; raise NotRecorded where a damaged journal has lost it."""
    if entry.notebook is None:
        raise NotRecorded(f"The journal has lost what {entry.student} got for {entry.lab}; grade it again.")
    return entry.notebook.encode()


def _check(result: dict) -> None:
    """Raise RuntimeError with the last words of nbgrader if it did not succeed."""
    if not result["success"]:
        raise RuntimeError((result.get("error") or result["log"]).strip())


@contextmanager
def _in_one_sentence(what: str) -> Generator[None]:
    """Raise LabError with one sentence for what goes wrong with the disk or the grade book, else NotRecorded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbgrader's own
            yield
    except (OSError, RuntimeError, SQLAlchemyError) as error:
        if "database is locked" in str(error):
            fix = "Another program holds the grade book; close it (formgrader, nbgrader), then run this again."
            raise LabError(fix) from error
        if any(words in str(error) for words in DAMAGED):
            fix = "put a copy in its place, or delete it: what was graded is entered again, points by hand are not"
            raise LabError(f"The grade book, gradebook.db, is damaged; {fix}.") from error
        shared = isinstance(error, SQLAlchemyError) or any(words in str(error) for words in SHARED)
        last = str(error).splitlines()[-1]
        raise (LabError if shared else NotRecorded)(
            f"{what} could not be written ({last}); free or unlock its place, then run this again."
        ) from error
