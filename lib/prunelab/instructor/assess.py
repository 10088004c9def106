"""One submission's way from a folder to a verdict: read, run, judge, each in a process with limits of its own."""

import secrets
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from threading import Semaphore
from typing import Any

import nbformat
from nbformat import NotebookNode

from prunelab import LabError
from prunelab.course import course_folder
from prunelab.instructor.gradebook.journal import Entry
from prunelab.instructor.gradebook.record import Recorder
from prunelab.instructor.sandbox.execute import Job, Outcome
from prunelab.instructor.sandbox.limits import Bounds, Limits
from prunelab.instructor.sandbox.warm_process import CORES, Killed, TooMuch, run
from prunelab.instructor.sandbox.workers import perform
from prunelab.instructor.submissions.flags import Flag, Refused
from prunelab.instructor.submissions.intake import read_files
from prunelab.instructor.submissions.read import Answers, read_answers
from prunelab.instructor.submissions.rebuild import Rebuilt, read_release, rebuild
from prunelab.instructor.verdict.judge import Oracle, Verdict, judge, questions, reference


@dataclass(frozen=True)
class Options:
    """How to grade."""

    scheduler: str | None = None  # address of a Dask scheduler; None grades on threads of this process
    workers: int = CORES  # so many threads
    isolated: bool = True
    again: bool = False  # also what is graded already
    every_cell: bool = False  # also those that nobody grades, for the figures of the feedback
    limits: Limits = field(default_factory=Limits)


class Starved(Exception):
    """A student whose submission ran out of time while it waited for a core: it deserves another try, alone."""


class Assessor:
    """What the submissions of one lab share: the release, the seed and the right values."""

    def __init__(self, course: Path, lab: str, options: Options) -> None:
        self.course, self.options, self.release = course, options, read_release(course, lab)
        self.seed, self.here = secrets.randbits(62), Semaphore(options.workers)
        self.elsewhere: set[Future] = set()  # jobs that somebody waits for

    @property
    def points(self) -> dict[str, float]:
        """The points of the lab's checks by exercise."""
        graded = {name: cell for name, cell in self.release.official.items() if cell.metadata.nbgrader.grade}
        return {
            name.removesuffix("-check"): cell.metadata.nbgrader.points
            for name, cell in graded.items()
            if not cell.metadata.nbgrader.solution
        }

    def oracle(self) -> Oracle:
        """Let the reference answers give their evidence; raise LabError if they fail."""
        try:
            right = run(reference, *questions(self.release, self.seed)) if self.release.probes else {}
        except (Killed, RuntimeError) as error:
            raise LabError(f"The reference answers of {self.release.lab} fail here: {error}") from error
        return Oracle(right, self.course / "solutions" / self.release.lab / "probes.py")

    def assess(self, entry: Entry, folder: Path, executor: Executor, oracle: Future[Oracle], last: bool) -> Entry:
        """Return the entry with the verdict on what lies in a folder.

        Raise Starved for another try, unless this is the `last`; LabError or OSError if all others would fail as well.
        """
        try:
            answers = self._read(folder)
            outcome = self._outcome(executor, answers)
            if outcome.starved and not last:
                raise Starved(entry.student)
            verdict = self._within_bounds(judge, outcome, answers.rebuilt.flags, oracle.result())
        except Refused as refused:
            return refuse(entry, refused.flag)
        return _complete(replace(entry, timestamp=answers.timestamp), outcome, verdict)

    def judge_one(self, handed_in: NotebookNode, folder: Path) -> NotebookNode:
        """Return the judged notebook of one submission, with the files in a folder; raise Refused."""
        rebuilt = self._within_bounds(rebuild, handed_in, self.release)
        files = read_files(folder, self.release.lab)
        outcome = perform(self._job(rebuilt, files), self.course)
        return self._within_bounds(judge, outcome, rebuilt.flags, _right(self)).notebook

    def _read(self, folder: Path) -> Answers:
        found = self._within_bounds(read_answers, folder, self.release)
        if isinstance(found, Flag):
            raise Refused(found.code, found.detail)
        return found

    def _within_bounds(self, function: Callable, *args: Any) -> Any:
        """Run the grader's own code on what a student chose; raise Refused if that takes too much."""
        try:
            with self.here:
                return run(function, *args, bounds=Bounds())
        except TooMuch as error:
            raise Refused("heavy", f"{error}") from error
        except (Killed, RuntimeError) as error:
            raise Refused("grader", f"{error}") from error

    def _outcome(self, executor: Executor, answers: Answers) -> Outcome:
        future = executor.submit(perform, self._job(answers.rebuilt, answers.files), self.course)
        self.elsewhere.add(future)
        try:
            return future.result()
        except (LabError, OSError):  # no isolation there, no place for another process
            raise
        except CancelledError as error:
            raise LabError("The Dask scheduler is gone; start it, then run this again.") from error
        except Exception as error:  # Killed, RuntimeError, or Dask's KilledWorker
            raise Refused("grader", f"{error}") from error
        finally:
            self.elsewhere.discard(future)

    def _job(self, rebuilt: Rebuilt, files: dict[str, bytes]) -> Job:
        text, isolation = nbformat.writes(rebuilt.notebook), "best" if self.options.isolated else "none"
        optional = () if self.options.every_cell else rebuilt.optional
        more = self.release.probes, self.seed, isolation, self.options.limits
        return Job(text, files, optional, rebuilt.blank, *more)

    def stop(self) -> None:
        """Nobody waits any more for what runs elsewhere."""
        for future in list(self.elsewhere):
            future.cancel()


def refuse(entry: Entry, flag: Flag) -> Entry:
    """Return the entry of a submission that is not graded."""
    return replace(entry, outcome="refused", flags=[flag], scores=dict.fromkeys(entry.points, 0))


def _complete(entry: Entry, outcome: Outcome, verdict: Verdict) -> Entry:
    return replace(
        entry,
        outcome="flagged" if verdict.flags else "graded",
        scores=verdict.scores,
        failures=verdict.failures,
        flags=verdict.flags,
        seconds=outcome.seconds,
        total=outcome.total,
        notebook=nbformat.writes(verdict.notebook),
    )


@cache
def _prepared(course: Path, lab: str, options: Options) -> Assessor:
    return Assessor(course, lab, options)


@cache
def _right(assessor: Assessor) -> Oracle:
    return assessor.oracle()


def judge_one(handed_in: NotebookNode, lab: str, student: str, options: Options) -> NotebookNode:
    """Return the judged notebook of one submission, for nbgrader's own Autograde; raise LabError if it is refused.

    Its files are those that were handed in: nbgrader's copies are also of what links lead to.
    """
    course = course_folder()
    try:
        return _prepared(course, lab, options).judge_one(handed_in, Recorder(course).submission(lab, student))
    except Refused as refused:
        raise LabError(f"{refused}") from refused
