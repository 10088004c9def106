"""Marks as CSV files for people, Canvas and Moodle, from nbgrader's grade book.

Each is a plugin of nbgrader, too: `nbgrader export --exporter=prunelab.instructor.gradebook.exports.CanvasExporter`.
"""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from prunelab import LabError
from prunelab.files import write
from prunelab.instructor.gradebook.record import Recorder
from prunelab.instructor.gradebook.scores import Student, students_of

# What a spreadsheet takes for a formula: at the start of a cell, also where it splits a line at semicolons or tabs.
FORMULA = re.compile(r"(^|[;\t])(\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
Row = list[str | float | None]


class CsvExporter(ExportPlugin):
    """What the formats share: who has how many points in which lab."""

    default = ""  # name of the file

    def export(self, gradebook: Gradebook) -> None:
        """Write the file that `to` names; raise LabError if there is nothing to write or no place for it."""
        labs = {
            lab.name: lab.max_score
            for lab in sorted(gradebook.assignments, key=lambda lab: lab.name)
            if not self.assignment or lab.name in self.assignment
        }
        if not labs:
            raise LabError("The grade book holds no lab to export; run `prunelab grade` first.")
        everyone = students_of(gradebook, Path(CourseDirectory(parent=self).root), list(labs))
        students = [student for student in everyone if not self.student or student.id in self.student]
        text = io.StringIO()
        csv.writer(text).writerows([_safe(cell) for cell in row] for row in self.rows(labs, students))
        write(Path(self.to or self.default), self.encode(text.getvalue()))

    def rows(self, labs: dict[str, float], students: list[Student]) -> Iterator[Row]:
        """Yield the rows of the file; `labs` are the maxima by name."""
        raise NotImplementedError

    def encode(self, text: str) -> bytes:
        """Return the file's content; a program that imports it reads UTF-8."""
        return text.encode()


class PlainExporter(CsvExporter):
    """For people and spreadsheets: each lab's score and maximum, the total, and what to know."""

    default = "grades.csv"

    def rows(self, labs: dict[str, float], students: list[Student]) -> Iterator[Row]:
        """Yield a header and a row for each student."""
        headers = [header for lab in labs for header in (lab, f"{lab} maximum")]
        yield ["student", "first name", "last name", "e-mail", *headers, "total", "maximum", "note"]
        for student in students:
            scores = [cell for lab in labs for cell in (student.scores.get(lab), labs[lab])]
            total = sum(student.scores.values()) if student.scores else None
            notes = " ".join(f"{lab}: {student.notes[lab]}" for lab in labs if lab in student.notes)
            yield [
                student.id,
                student.first_name,
                student.last_name,
                student.email,
                *scores,
                total,
                sum(labs.values()),
                notes,
            ]

    def encode(self, text: str) -> bytes:
        """Return UTF-8; Excel takes it for another encoding unless a byte order mark says so, which ASCII can spare."""
        return text.encode("utf-8" if text.isascii() else "utf-8-sig")


class CanvasExporter(CsvExporter):
    """For the import of Canvas's grade book, which finds students by ID or else by SIS Login ID."""

    default = "grades-canvas.csv"

    def rows(self, labs: dict[str, float], students: list[Student]) -> Iterator[Row]:
        """Yield the header, the row of maxima, and a row for each student; Canvas leaves alone what is empty."""
        yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *labs]
        yield ["    Points Possible", None, None, None, None, *labs.values()]
        for student in students:
            login = None if student.lms_id else student.id
            yield [student.name, student.lms_id, None, login, None, *map(student.scores.get, labs)]


class MoodleExporter(CsvExporter):
    """For Moodle: of one lab the offline grading worksheet, of several a table for the import of its grade book.

    Moodle numbers participants separately in each assignment, so a student from Moodle is known by number in one lab
    only: the worksheet is the sure way. Its empty time of the last score keeps Moodle from replacing scores unless the
    teacher says so.
    """

    default = "grades-moodle.csv"

    def rows(self, labs: dict[str, float], students: list[Student]) -> Iterator[Row]:
        """Yield a header and a row for each student; the worksheet's rows are those with a score."""
        headers = ["Identifier", "Full name", "Email address"]
        if len(labs) > 1:
            yield [*headers, *labs]
            yield from ([*_participant(student), *map(student.scores.get, labs)] for student in students)
            return
        ((lab, maximum),) = labs.items()
        yield [*headers, "Grade", "Maximum Grade", "Last modified (grade)"]
        for student in students:
            if lab in student.scores:
                yield [*_participant(student), student.scores[lab], maximum, None]


EXPORTERS = {"gradebook": PlainExporter, "canvas": CanvasExporter, "moodle": MoodleExporter}


def export_grades(course: Path, kind: str, labs: list[str], output: Path | None) -> Path:
    """Write the scores of some labs, or of all, for a kind of reader; return where. LabError if there are none."""
    if kind not in EXPORTERS:
        raise LabError(f"--for knows {', '.join(EXPORTERS)}, but not {kind!r}; choose one of them.")
    recorder = Recorder(course)
    url = make_url(recorder.url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or ":memory:").is_file():
        raise LabError(f"There is no grade book at {url.database}; run `prunelab grade` first.")
    path = (output or course / EXPORTERS[kind].default).resolve()
    exporter = EXPORTERS[kind](config=recorder.config, to=str(path), assignment=labs)
    try:
        with Gradebook(recorder.url, recorder.folders.course_id) as book:
            exporter.export(book)
    except SQLAlchemyError as error:
        raise LabError(
            f"The grade book at {url.database} cannot be read ({error.__class__.__name__}); close what "
            "holds it, and see whether it is nbgrader's."
        ) from error
    return path


def _participant(student: Student) -> Row:
    return [f"Participant {student.lms_id}" if student.lms_id else None, student.name, student.email]


def _number(score: float) -> str:
    return f"{round(score, 4):.10g}"


def _safe(cell: str | float | None) -> str:
    """Return the text of a cell; an apostrophe before what would be a formula, since students choose their names."""
    if isinstance(cell, str):
        return FORMULA.sub(r"\1\2'", " ".join(cell.splitlines()))
    return "" if cell is None else _number(cell)
