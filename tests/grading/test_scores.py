"""Scores as nbgrader's grade book adds them up, with the journal's word on refused submissions."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.api import Base, Gradebook
from sqlalchemy import create_engine

from prunelab.instructor.gradebook import journal
from prunelab.instructor.gradebook.journal import Entry
from prunelab.instructor.gradebook.late import in_words, late_students
from prunelab.instructor.gradebook.scores import Student, students_of
from prunelab.instructor.submissions.flags import Flag

ONE, TWO = "01_tiny", "02_other"
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A grade book of two labs, each with a check and a text."""
    url = f"sqlite:///{tmp_path_factory.mktemp('book') / 'gradebook.db'}"
    Base.metadata.create_all(bind=create_engine(url))  # for a new one nbgrader would start alembic
    with Gradebook(url, "prunelab") as book:
        for lab in (ONE, TWO):
            book.add_assignment(lab, duedate=datetime(2026, 1, 1))
            book.add_notebook(lab, lab)
            book.add_grade_cell("check", lab, lab, max_score=12, cell_type="code")
            book.add_grade_cell("essay", lab, lab, max_score=8, cell_type="markdown")
        yield book


@pytest.fixture
def book(filled):
    """The grade book with the labs, and no student in it."""
    yield filled
    for student in list(filled.students):
        filled.remove_student(student.id)


def mark(book: Gradebook, lab: str, student: str, late: float = 0, **marks: dict) -> None:
    """Enter scores for the cells of a submission: settings of nbgrader's Grade by cell."""
    book.update_or_create_student(student)
    book.add_submission(lab, student)
    notebook = book.find_submission_notebook(lab, lab, student)
    notebook.late_submission_penalty = late or None
    for grade in notebook.grades:
        for name, value in ({"needs_manual_grade": False} | marks.get(grade.name, {})).items():
            setattr(grade, name, value)
    book.db.commit()


def refuse(course: Path, lab: str, student: str) -> None:
    journal.keep(course, Entry(lab, student, "digest", "refused", flags=[Flag("broken", "it is empty")]))


def scores(book: Gradebook, course: Path, *labs: str) -> dict[str, dict[str, float]]:
    return {student.id: student.scores for student in students_of(book, course, list(labs))}


def test_scores_by_lab(book, tmp_path):
    mark(book, ONE, "ann", check={"auto_score": 12}, essay={"manual_score": 5.5})
    mark(book, TWO, "ann", check={"auto_score": 3})
    mark(book, ONE, "bob", check={"auto_score": 0})
    mark(book, ONE, "cy")
    book.add_student("dan")
    assert scores(book, tmp_path, ONE, TWO) == {"ann": {ONE: 17.5, TWO: 3}, "bob": {ONE: 0}, "cy": {}, "dan": {}}
    assert scores(book, tmp_path, TWO) == {"ann": {TWO: 3}, "bob": {}, "cy": {}, "dan": {}}


def test_scores_are_nbgraders_own(book, tmp_path):
    """A manual score replaces the automatic one, extra credit is added, a penalty is subtracted, none is below zero."""
    mark(book, ONE, "ann", check={"auto_score": 12, "manual_score": 4}, essay={"manual_score": 6, "extra_credit": 1.5})
    mark(book, ONE, "bob", late=2, check={"auto_score": 12})
    mark(book, ONE, "cy", late=20, check={"auto_score": 12})
    mark(book, TWO, "bob", check={"auto_score": 12})
    assert scores(book, tmp_path, ONE, TWO) == {"ann": {ONE: 11.5}, "bob": {ONE: 10, TWO: 12}, "cy": {ONE: 0}}
    for student, found in scores(book, tmp_path, ONE).items():
        theirs = book.find_submission(ONE, student)
        assert found[ONE] == max(0, theirs.score - theirs.late_submission_penalty)


def test_a_text_that_waits_for_a_mark(book, tmp_path):
    mark(book, ONE, "ann", check={"auto_score": 12}, essay={"needs_manual_grade": True})
    mark(book, TWO, "ann", check={"auto_score": 12}, essay={"manual_score": 1})
    mark(book, ONE, "bob", check={"auto_score": 12}, essay={"manual_score": 8})
    ann, bob = students_of(book, tmp_path, [ONE, TWO])
    assert ann.notes == {ONE: "a part waits to be graded by hand."}
    assert (bob.notes, bob.scores) == ({}, {ONE: 20})


def test_a_refused_submission_has_no_score(book, tmp_path):
    mark(book, ONE, "ann", check={"auto_score": 12.5})
    mark(book, TWO, "ann", check={"auto_score": 3})
    for lab, student in ((ONE, "ann"), (ONE, "new_7"), (TWO, "other")):
        refuse(tmp_path, lab, student)
    journal.keep(tmp_path, Entry(TWO, "ann", "digest", "flagged", flags=[Flag("time", "x")]))
    found = {student.id: student for student in students_of(book, tmp_path, [ONE])}
    why = "refused. The notebook cannot be read: it is empty. Ask the student to hand it in again."
    assert found["ann"].scores == found["new_7"].scores == {}
    assert found["ann"].notes == {ONE: f"{why} The grade book has 12.5 points from before."}
    assert (found["new_7"].notes, found["new_7"].last_name, found["new_7"].lms_id) == ({ONE: why}, "new", "7")
    assert "other" not in found
    assert scores(book, tmp_path, TWO)["ann"] == {TWO: 3}


def test_the_order_is_that_of_names(book, tmp_path):
    for student, first, last in (
        ("3", "Zoë", "abel"),
        ("2", "ann", "Abel"),
        ("1", "Ann", "Zorn"),
        ("4", "ann", "Abel"),
    ):
        book.add_student(student, first_name=first, last_name=last)
    assert list(scores(book, tmp_path, ONE)) == ["2", "4", "3", "1"]


@pytest.mark.parametrize(
    ("student", "first", "last", "number"),
    [
        ("Zoë van der Berg_12", "Zoë van der", "Berg", "12"),
        ("doejane_12", "", "doejane", "12"),
        ("a_b_12", "", "a_b", "12"),
        ("ann", None, None, None),
        ("ann_b", None, None, None),
        ("_12", None, None, None),
        ("ann_12 ", None, None, None),
    ],
)
def test_what_an_id_tells(book, tmp_path, student, first, last, number):
    refuse(tmp_path, ONE, student)
    (found,) = students_of(book, tmp_path, [ONE])
    assert (found.first_name or None, found.last_name or None, found.lms_id or None) == (first or None, last, number)
    assert found.email == ""


def test_the_grade_book_knows_better_than_the_id(book, tmp_path):
    book.add_student("Zoë Doe_12", first_name="Zoe", email="zoe@example.org", lms_user_id="99")
    (found,) = students_of(book, tmp_path, [ONE])
    assert found == Student("Zoë Doe_12", "Zoe", "Doe", "zoe@example.org", "99")
    assert found.name == "Zoe Doe"


def test_somebody_without_a_name_is_called_by_the_id():
    assert Student("ann").name == "ann"
    assert Student("ann", last_name="Lee").name == "Lee"


def test_who_was_late_is_noted(book, tmp_path):
    for student, time, extra in (
        ("ada", datetime(2026, 1, 2, 3), 0),
        ("ben", datetime(2025, 12, 31), 0),
        ("cy", datetime(2026, 1, 2), 36),
    ):
        mark(book, ONE, student, check={"auto_score": 12}, essay={"manual_score": 1})
        submission = book.find_submission(ONE, student)
        submission.timestamp, submission.extension = time, timedelta(hours=extra)
    book.db.commit()
    assert late_students(book, ONE) == {"ada": "1 d 3 h late"}
    notes = {student.id: student.notes for student in students_of(book, tmp_path, [ONE])}
    assert notes == {"ada": {ONE: "1 d 3 h late."}, "ben": {}, "cy": {}}
    assert late_students(book, "99_nobody") == {}


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (59, "59 s"), (3600, "1 h"), (90061, "1 d 1 h"), (61, "1 min 1 s")]
)
def test_a_duration_in_words(seconds, words):
    assert in_words(seconds) == words
