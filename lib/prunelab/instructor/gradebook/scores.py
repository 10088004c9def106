"""Who has how many points: nbgrader's grade book, with what the grader's journal says of refused submissions."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Assignment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.api import Student as BookStudent
from sqlalchemy import func

from prunelab.instructor.gradebook import journal
from prunelab.instructor.gradebook.late import late_students

FROM_LMS = re.compile(r"(?P<name>.+)_(?P<number>\d+)")  # a student's id as `collect` makes it


@dataclass
class Student:
    """A row of the grade book; a lab without a score is not graded."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_id: str = ""  # in the learning-management system
    scores: dict[str, float] = field(default_factory=dict)  # by lab
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The full name, as far as it is known; else the id."""
        return f"{self.first_name} {self.last_name}".strip() or self.id


def students_of(gradebook: Gradebook, course: Path, labs: list[str]) -> list[Student]:
    """Return all students with their scores in some labs as nbgrader counts them, ordered by name."""
    found: dict[str, Student] = {each.id: _student(each.id, each) for each in gradebook.students}
    for lab, student, score, waits in _scores(gradebook):
        if lab in labs:
            found[student].scores[lab] = score
            found[student].notes |= {lab: "a part waits to be graded by hand."} if waits else {}
    for lab in labs:
        for entry in journal.read(course, lab).values():
            if entry.outcome == "refused":
                _refuse(found.setdefault(entry.student, _student(entry.student)), lab, entry.flags[0].instructor)
        for student, late in late_students(gradebook, lab).items():
            found[student].notes[lab] = f"{late}. {found[student].notes.get(lab, '')}".strip()
    return sorted(found.values(), key=lambda each: (each.last_name.casefold(), each.first_name.casefold(), each.id))


def _refuse(student: Student, lab: str, why: str) -> None:
    """Take out the score that the grade book may still have of an earlier submission."""
    before = student.scores.pop(lab, None)
    earlier = f" The grade book has {before:g} points from before." if before is not None else ""
    student.notes[lab] = f"refused. {why}{earlier}"


def _scores(gradebook: Gradebook) -> list[tuple[str, str, float, bool]]:
    """Return lab, student, score and whether a part waits to be graded by hand, of all submissions with a score.

    The sums are nbgrader's own; asked for one by one they take minutes for a thousand students.
    """
    query = gradebook.db.query
    late = func.sum(SubmittedNotebook.late_submission_penalty)
    penalties = dict(query(SubmittedNotebook.assignment_id, late).group_by(SubmittedNotebook.assignment_id).all())
    sums = (
        func.sum(Grade.score),
        func.max(Grade.needs_manual_grade),
        func.count(Grade.auto_score),
        func.count(Grade.manual_score),
    )
    found = (
        query(SubmittedAssignment.id, Assignment.name, SubmittedAssignment.student_id, *sums)
        .select_from(SubmittedAssignment)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .group_by(SubmittedAssignment.id)
    )
    return [
        (lab, student, max(0.0, (score or 0.0) - (penalties[key] or 0.0)), bool(waits))
        for key, lab, student, score, waits, *marks in found
        if any(marks)
    ]


def _student(student: str, known: BookStudent | None = None) -> Student:
    """Return a student as the grade book knows him; what it does not know may stand in the id."""
    match = FROM_LMS.fullmatch(student)
    name, number = match.groups() if match else ("", "")
    first, _, last = name.rpartition(" ")
    if known is None:
        return Student(student, first, last, "", number)
    return Student(
        student, known.first_name or first, known.last_name or last, known.email or "", known.lms_user_id or number
    )
