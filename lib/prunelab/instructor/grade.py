"""Grade what was handed in: read, run, judge, record."""

import os
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from prunelab import LabError
from prunelab.course import course_folder, lab_names
from prunelab.instructor.gradebook import journal
from prunelab.instructor.gradebook.journal import Entry
from prunelab.instructor.gradebook.record import NotRecorded, Recorder
from prunelab.instructor.sandbox.execute import Job, Outcome
from prunelab.instructor.sandbox.isolation import isolation
from prunelab.instructor.sandbox.limits import Limits
from prunelab.instructor.sandbox.warm_process import Killed, run
from prunelab.instructor.sandbox.workers import perform, workers
from prunelab.instructor.submissions.flags import Flag, Refused
from prunelab.instructor.submissions.intake import read_files, read_submission
from prunelab.instructor.submissions.rebuild import Rebuilt, Release, read_release, rebuild
from prunelab.instructor.verdict.judge import Oracle, judge, questions, reference


@dataclass(frozen=True)
class Options:
    """How to grade."""

    scheduler: str | None = None  # address of a Dask scheduler; None grades on threads of this process
    workers: int = len(os.sched_getaffinity(0))  # so many threads
    isolated: bool = True
    again: bool = False  # also what is graded already
    every_cell: bool = False  # also those that nobody grades, for the figures of the feedback
    limits: Limits = field(default_factory=Limits)


Tell = Callable[[Entry, int], None]


def grade(
    course: Path, lab: str, students: list[str] | None = None, options: Options | None = None, tell: Tell | None = None
) -> list[Entry]:
    """Grade a lab's submissions, of all students or of some; return what is known about each of them.

    `tell` is called with each entry and the number of all, as soon as nbgrader has it. A run that was stopped is taken
    up where it ended. Raise LabError if the lab, a student, a scheduler or any isolation is not there.
    """
    with journal.only_one(course):
        return _Run(course, lab, options or Options(), tell or (lambda entry, total: None)).grade(students)


def grade_labs(course: Path, labs: list[str], students: list[str] | None, options: Options, tell: Tell) -> list[Entry]:
    """Grade several labs, or all that anybody handed in; see `grade`."""
    if labs:
        return [entry for lab in dict.fromkeys(labs) for entry in grade(course, lab, students, options, tell)]
    recorder = Recorder(course)
    there = {lab: recorder.students(lab) for lab in lab_names(course)}
    chosen = {lab: [who for who in found if not students or who in students] for lab, found in there.items()}
    if absent := sorted(set(students or ()).difference(*chosen.values())):
        raise LabError(f"{', '.join(absent)} handed in nothing; look into {course / 'submitted'}.")
    if not any(chosen.values()):
        raise LabError(f"Nobody handed in anything; put it under {course / 'submitted'}, or use --from.")
    return [entry for lab, who in chosen.items() if who for entry in grade(course, lab, who, options, tell)]


class _Run:
    """One run of the grader for one lab."""

    def __init__(self, course: Path, lab: str, options: Options, tell: Tell) -> None:
        self.course, self.lab, self.options, self.tell = course, lab, options, tell
        self.recorder, self.release = Recorder(course), read_release(course, lab)
        self.known = {} if options.again else journal.read(course, lab)
        self.seed, self.total = secrets.randbits(62), 0

    def grade(self, students: list[str] | None) -> list[Entry]:
        there = self.recorder.students(self.lab)
        if unknown := sorted(set(students or ()) - set(there)):
            raise LabError(f"{', '.join(unknown)} handed in no {self.lab}; look into {self.course / 'submitted'}.")
        chosen = list(dict.fromkeys(students or there))
        self.total = len(chosen)
        self.recorder.prepare(self.release)
        done = {student: self._record(entry) for student in chosen if (entry := self._graded_before(student))}
        todo = [student for student in chosen if student not in done]
        done |= {entry.student: entry for entry in self._graded_now(todo)} if todo else {}
        return [done[student] for student in chosen]

    def _graded_before(self, student: str) -> Entry | None:
        """Return the journal's entry if it is about just these files and this lab."""
        entry = self.known.get(student)
        failed = entry and any(flag.code == "grader" for flag in entry.flags)
        return entry if entry and not failed and entry.digest == self._digest(student) else None

    def _digest(self, student: str) -> str:
        return journal.digest(self.recorder.submission(self.lab, student), self.release)

    def _graded_now(self, students: list[str]) -> Iterator[Entry]:
        if self.options.isolated and self.options.scheduler is None:
            isolation(self.course)  # better known before anything runs
        with ThreadPoolExecutor(1) as beside, workers(self.options.scheduler, self.options.workers) as executor:
            oracle, running = beside.submit(oracle_of, self.release, self.course, self.seed), {}
            for student in students:
                entry = Entry(self.lab, student, self._digest(student), "graded", points=points(self.release))
                try:
                    rebuilt, job = self._read(entry)
                    running[executor.submit(perform, job, self.course)] = entry, rebuilt
                except Refused as refused:
                    yield self._refuse(entry, refused.flag)
            for future in as_completed(list(running)):
                entry, rebuilt = running.pop(future)
                try:
                    outcome = outcome_of(future)
                except Refused as refused:
                    yield self._refuse(entry, refused.flag)
                else:
                    yield self._finish(entry, rebuilt.flags, outcome, oracle.result())

    def _read(self, entry: Entry) -> tuple[Rebuilt, Job]:
        submission = read_submission(self.recorder.submission(self.lab, entry.student), self.lab)
        entry.timestamp = submission.timestamp
        rebuilt = rebuild(submission.notebook, self.release)
        rebuilt.flags[:0] = submission.flags
        return rebuilt, job_of(rebuilt, submission.files, self.release, self.seed, self.options)

    def _refuse(self, entry: Entry, flag: Flag) -> Entry:
        return self._record(replace(entry, outcome="refused", flags=[flag], scores=dict.fromkeys(entry.points, 0)))

    def _finish(self, entry: Entry, flags: list[Flag], outcome: Outcome, oracle: Oracle) -> Entry:
        verdict = judge(outcome, flags, oracle)
        entry = replace(
            entry,
            outcome="flagged" if verdict.flags else "graded",
            scores=verdict.scores,
            failures=verdict.failures,
            flags=verdict.flags,
            seconds=outcome.seconds,
            total=outcome.total,
            notebook=nbformat.writes(verdict.notebook),
        )
        return self._record(entry)

    def _record(self, entry: Entry) -> Entry:
        """Have nbgrader take over an entry, unless it has it already, and say so in the journal."""
        if not entry.recorded:
            journal.keep(self.course, entry)
            folder = self.recorder.submission(self.lab, entry.student)
            try:
                self.recorder.record(entry, {} if entry.outcome == "refused" else read_files(folder, self.lab))
            except Refused as refused:  # it was changed in the meantime
                return self._refuse(entry, refused.flag)
            except NotRecorded as error:
                return self._refuse(entry, Flag("grader", f"{error}"))
            entry = replace(entry, recorded=True, notebook=None)
            journal.keep(self.course, entry)
        self.tell(entry, self.total)
        return entry


def points(release: Release) -> dict[str, float]:
    """Return the points of the lab's checks by exercise."""
    graded = {name: cell for name, cell in release.official.items() if cell.metadata.nbgrader.grade}
    return {
        name.removesuffix("-check"): cell.metadata.nbgrader.points
        for name, cell in graded.items()
        if not cell.metadata.nbgrader.solution
    }


def job_of(rebuilt: Rebuilt, files: dict[str, bytes], release: Release, seed: int, options: Options) -> Job:
    """Return the job that runs a submission."""
    text, isolation = nbformat.writes(rebuilt.notebook), "best" if options.isolated else "none"
    optional = () if options.every_cell else rebuilt.optional
    return Job(text, files, optional, rebuilt.blank, release.probes, seed, isolation, options.limits)


def outcome_of(future: Future) -> Outcome:
    """Return the result of a job; raise Refused if it failed, LabError or OSError if all others would as well."""
    try:
        return future.result()
    except (LabError, OSError):  # no isolation there, no place for another process
        raise
    except CancelledError as error:
        raise LabError("The Dask scheduler is gone; start it, then run this again.") from error
    except Exception as error:  # Killed, RuntimeError, or Dask's KilledWorker
        raise Refused("grader", f"{error}") from error


def oracle_of(release: Release, course: Path, seed: int) -> Oracle:
    """Let the reference answers give their evidence; raise LabError if they fail."""
    try:
        right = run(reference, *questions(release, seed)) if release.probes else {}
    except (Killed, RuntimeError) as error:
        raise LabError(f"The reference answers of {release.lab} fail here: {error}") from error
    return Oracle(right, course / "solutions" / release.lab / "probes.py")


@cache
def _prepared(course: Path, lab: str) -> tuple[Release, Oracle, int]:
    release, seed = read_release(course, lab), secrets.randbits(62)
    return release, oracle_of(release, course, seed), seed


def judge_one(handed_in: NotebookNode, lab: str, student: str, options: Options) -> NotebookNode:
    """Return the judged notebook of one submission, for nbgrader's own Autograde.

    Its files are those that were handed in: nbgrader's copies are also of what links lead to.
    """
    course = course_folder()
    release, oracle, seed = _prepared(course, lab)
    rebuilt = rebuild(handed_in, release)
    files = read_files(Recorder(course).submission(lab, student), lab)
    job = job_of(rebuilt, files, release, seed, options)
    return judge(perform(job, course), rebuilt.flags, oracle).notebook
