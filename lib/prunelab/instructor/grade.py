"""Grade what was handed in: assess each submission, have nbgrader record it."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, as_completed
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from prunelab import LabError
from prunelab.course import lab_names
from prunelab.instructor.assess import Assessor, Options, Starved, refuse
from prunelab.instructor.gradebook import journal
from prunelab.instructor.gradebook.journal import Entry
from prunelab.instructor.gradebook.record import NotRecorded, Recorder
from prunelab.instructor.sandbox.isolation import isolation
from prunelab.instructor.sandbox.warm_process import threads
from prunelab.instructor.sandbox.workers import workers
from prunelab.instructor.submissions.flags import Flag, Refused
from prunelab.instructor.submissions.intake import read_files
from prunelab.instructor.verdict.judge import Oracle

Tell = Callable[[Entry, int], None]
AHEAD = 64  # submissions that wait for the workers of a cluster at a time


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
        self.recorder, self.assessor = Recorder(course), Assessor(course, lab, options)
        self.known = {} if options.again else journal.read(course, lab)
        self.total = 0

    def grade(self, students: list[str] | None) -> list[Entry]:
        there = self.recorder.students(self.lab)
        if unknown := sorted(set(students or ()) - set(there)):
            raise LabError(f"{', '.join(unknown)} handed in no {self.lab}; look into {self.course / 'submitted'}.")
        chosen = list(dict.fromkeys(students or there))
        self.total = len(chosen)
        self.recorder.prepare(self.assessor.release)
        lost = self.recorder.lost(self.lab, self.known.values())
        done = {each: self._record(entry) for each in chosen if each not in lost and (entry := self._before(each))}
        todo = [student for student in chosen if student not in done]
        done |= {entry.student: entry for entry in self._graded_now(todo)} if todo else {}
        return [done[student] for student in chosen]

    def _before(self, student: str) -> Entry | None:
        """Return the journal's entry if it is about just these files and this lab."""
        entry = self.known.get(student)
        failed = entry and any(flag.code == "grader" for flag in entry.flags)
        return entry if entry and not failed and entry.digest == self._digest(student) else None

    def _digest(self, student: str) -> str:
        return journal.digest(self.recorder.submission(self.lab, student), self.assessor.release)

    def _graded_now(self, students: list[str]) -> Iterator[Entry]:
        if self.options.isolated and self.options.scheduler is None:
            isolation(self.course)  # better known before anything runs
        ahead = AHEAD if self.options.scheduler else self.options.workers
        with ExitStack() as stack:
            executor = stack.enter_context(workers(self.options.scheduler, self.options.workers))
            beside = stack.enter_context(threads(ahead))
            stack.callback(self.assessor.stop)
            oracle = beside.submit(self.assessor.oracle)
            starved = []
            for future in as_completed([beside.submit(self._assess, each, executor, oracle) for each in students]):
                try:
                    yield self._record(future.result())
                except Starved as error:
                    starved += error.args
            for student in starved:
                yield self._record(self._assess(student, executor, oracle, last=True))

    def _assess(self, student: str, executor: Executor, oracle: Future[Oracle], last: bool = False) -> Entry:
        entry = Entry(self.lab, student, self._digest(student), "graded", points=self.assessor.points)
        return self.assessor.assess(entry, self.recorder.submission(self.lab, student), executor, oracle, last)

    def _record(self, entry: Entry) -> Entry:
        """Have nbgrader take over an entry, unless it has it already, and say so in the journal."""
        if not entry.recorded:
            journal.keep(self.course, entry)
            folder = self.recorder.submission(self.lab, entry.student)
            try:
                self.recorder.record(entry, {} if entry.outcome == "refused" else read_files(folder, self.lab))
            except Refused as refused:  # it was changed in the meantime
                return self._record(refuse(entry, refused.flag))
            except NotRecorded as error:
                return self._record(refuse(entry, Flag("grader", f"{error}")))
            entry = replace(entry, recorded=True, notebook=None)
            journal.keep(self.course, entry)
        self.tell(entry, self.total)
        return entry
