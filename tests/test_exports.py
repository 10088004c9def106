"""Scores in CSV files, from a grade book that `prunelab grade` and a teacher have filled."""

import csv
import json
import shutil
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

LAB = "01_small"
SOURCE = '''# %% [markdown]
# # Small

# %% locked="setup"
from prunelab.checks import check

# %% exercise="double"
def double(x):
    """Return 2 x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% check="double" points=12
with check("double", points=12) as c:
    c.returns(double, 1, want=2, idea="Twice.")

# %% [markdown] written="essay" points=8
# Everything.
'''
RIGHT, WRONG = "def double(x):\n    return x + x", "def double(x):\n    return 3 * x"
STUDENTS = {  # answer and text
    "Zoë van der Berg_1234567": (RIGHT, "A text."),
    "=cmd|'calc'!A0_77": (RIGHT, None),
    "doejane_42": (WRONG, None),
    "late": (RIGHT, None),
    "@plain": (WRONG, None),
}
pytestmark = [
    pytest.mark.middle,
    pytest.mark.xdist_group("exports"),  # one class for all
    pytest.mark.filterwarnings("default"),  # nbgrader's own
    pytest.mark.usefixtures("needs_isolation"),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory, empty_grade_book) -> Path:
    """A class with automatic and manual scores, a late submission, a refused one, and a lab without submissions."""
    from prunelab.instructor.authoring.build import build_labs
    from prunelab.instructor.grade import grade

    folder = tmp_path_factory.mktemp("class")
    source = folder / "solutions" / LAB / f"{LAB}.py"
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE)
    (folder / "nbgrader_config.py").write_text((Path(__file__).parents[1] / "nbgrader_config.py").read_text())
    list(build_labs(folder, ["01"]))
    shutil.copy(empty_grade_book, folder)
    for student, (answer, text) in STUDENTS.items():
        hand_in(folder, student, answer, text)
    broken = folder / "submitted" / "broken" / LAB / f"{LAB}.ipynb"
    broken.parent.mkdir(parents=True)
    broken.write_text("{")
    outcomes = {entry.student: entry.outcome for entry in grade(folder, LAB)}
    assert outcomes == dict.fromkeys(STUDENTS, "graded") | {"broken": "refused"}
    with book_of(folder) as book:
        essay = book.find_grade("essay", LAB, LAB, "Zoë van der Berg_1234567")
        essay.manual_score, essay.needs_manual_grade = 5.5, False
        notebook = book.find_submission_notebook(LAB, LAB, "late")
        notebook.late_submission_penalty = 2
        book.find_student("late").email = "late@example.org"
        book.find_student("late").first_name = "Lena"
        book.add_student("waiting")
        book.add_submission(LAB, "waiting")  # not graded yet
        book.add_assignment("02_nobody", duedate=datetime(2026, 1, 1))
        book.db.commit()
    return folder


def book_of(course: Path):
    """The course's grade book, opened."""
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{course / 'gradebook.db'}", "prunelab")


def hand_in(course: Path, student: str, answer: str, text: str | None) -> None:
    """Write the released notebook with an answer and a text to submitted/."""
    import nbformat

    notebook = nbformat.read(course / "labs" / LAB / f"{LAB}.ipynb", as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = {"double": answer, "essay": text}.get(name) or cell.source
    target = course / "submitted" / student / LAB / f"{LAB}.ipynb"
    target.parent.mkdir(parents=True)
    nbformat.write(notebook, target)


@pytest.fixture
def rows(course, tmp_path):
    """Return a function that exports and reads the file."""
    from prunelab.instructor.gradebook.exports import export_grades

    def run(kind: str, *labs: str, encoding: str = "utf-8") -> list[list[str]]:
        path = export_grades(course, kind, list(labs), tmp_path / "out.csv")
        with open(path, newline="", encoding=encoding) as file:
            return list(csv.reader(file))

    return run


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("Ada O'Neil; Ben", "Ada O'Neil; Ben"),
        ("=1+1", "'=1+1"),
        ("  -2", "  '-2"),
        ("x;=HYPERLINK(B1);y", "x;'=HYPERLINK(B1);y"),
        ("x\t@y", "x\t'@y"),
        ("\uff1d1", "'\uff1d1"),
        ("a\n=1", "a =1"),
    ],
)
def test_no_cell_is_a_formula_whatever_separates_cells(name, cell):
    from prunelab.instructor.gradebook.exports import _safe

    assert _safe(name) == cell


def test_for_people(rows, tmp_path):
    header, *found = rows("gradebook", encoding="utf-8-sig")
    assert header == ["student", "first name", "last name", "e-mail", LAB, f"{LAB} maximum", "02_nobody",
                    "02_nobody maximum", "total", "maximum", "note"]  # fmt: skip
    found = {row[0]: row[1:] for row in found}
    nobody = ["", "0"]
    assert found.pop("waiting") == ["", "", "", "", "20", *nobody, "", "20", ""]
    assert list(found) == [
        "'@plain",
        "broken",
        "late",
        "'=cmd|'calc'!A0_77",
        "Zoë van der Berg_1234567",
        "doejane_42",
    ]
    assert found["Zoë van der Berg_1234567"] == ["Zoë van der", "Berg", "", "17.5", "20", *nobody, "17.5", "20", ""]
    assert found["late"][:-1] == ["Lena", "", "late@example.org", "10", "20", *nobody, "10", "20"]
    assert found["doejane_42"][:-1] == ["", "doejane", "", "0", "20", *nobody, "0", "20"]
    assert found["'=cmd|'calc'!A0_77"][:2] == ["", "'=cmd|'calc'!A0"]
    assert found["broken"][3] == found["broken"][7] == ""
    assert found["broken"][9].startswith(f"{LAB}: refused. The notebook cannot be read: ")
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_for_canvas(rows):
    header, maxima, *found = rows("canvas")
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", LAB, "02_nobody"]
    assert maxima == ["    Points Possible", "", "", "", "", "20", "0"]
    assert found == [
        ["'@plain", "", "", "'@plain", "", "0", ""],
        ["broken", "", "", "broken", "", "", ""],
        ["waiting", "", "", "waiting", "", "", ""],
        ["Lena", "", "", "late", "", "10", ""],
        ["'=cmd|'calc'!A0", "77", "", "", "", "12", ""],
        ["Zoë van der Berg", "1234567", "", "", "", "17.5", ""],
        ["doejane", "42", "", "", "", "0", ""],
    ]


def test_for_moodle(rows):
    header, *found = rows("moodle")
    assert header == ["Identifier", "Full name", "Email address", LAB, "02_nobody"]
    assert ["Participant 1234567", "Zoë van der Berg", "", "17.5", ""] in found
    assert ["", "Lena", "late@example.org", "10", ""] in found
    assert len(found) == 7


def test_the_grading_worksheet_of_moodle(rows):
    header, *found = rows("moodle", LAB)
    assert header == ["Identifier", "Full name", "Email address", "Grade", "Maximum Grade", "Last modified (grade)"]
    assert ["Participant 1234567", "Zoë van der Berg", "", "17.5", "20", ""] in found
    assert len(found) == 5


def test_as_a_plugin_of_nbgrader(course, run_in, tmp_path):
    from prunelab.instructor.gradebook.exports import export_grades

    done = run_in(course, "nbgrader", "export", "--exporter=prunelab.instructor.gradebook.exports.CanvasExporter",
                  f"--to={tmp_path / 'theirs.csv'}")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert export_grades(course, "canvas", [], None) == course / "grades-canvas.csv"
    assert (course / "grades-canvas.csv").read_bytes() == (tmp_path / "theirs.csv").read_bytes()


def test_a_refused_submission_after_a_graded_one(course, rows):
    path = course / "grading" / LAB / "late.json"
    kept = path.read_text()
    try:
        refused = json.loads(kept) | {"outcome": "refused", "flags": [{"code": "broken", "detail": "it is empty"}]}
        path.write_text(json.dumps(refused))
        (row,) = [row for row in rows("gradebook", encoding="utf-8-sig") if row[0] == "late"]
    finally:
        path.write_text(kept)
    assert (row[4], row[8]) == ("", "")
    assert row[10].endswith("hand it in again. The grade book has 10 points from before.")


def test_a_text_that_waits_for_its_mark(course, rows):
    with book_of(course) as book:
        essay = book.find_grade("essay", LAB, LAB, "Zoë van der Berg_1234567")
        essay.needs_manual_grade, essay.manual_score = True, None
        book.db.commit()
        try:
            (row,) = [row for row in rows("gradebook", encoding="utf-8-sig") if row[0].startswith("Zoë")]
        finally:
            essay.needs_manual_grade, essay.manual_score = False, 5.5
            book.db.commit()
    assert (row[4], row[10]) == ("12", f"{LAB}: a part waits to be graded by hand.")


def test_the_command(course, invoke, tmp_path):
    done = invoke(course, "export", "--for", "moodle", "--lab", "1", "--output", str(tmp_path / "a.csv"))
    assert (done.stdout, done.stderr) == (f"{tmp_path / 'a.csv'}\n", "")
    assert (tmp_path / "a.csv").read_text().startswith("Identifier,Full name,Email address,Grade,")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--for", "excel"], "--for knows gradebook, canvas, moodle, but not 'excel'"),
        (["--lab", "7"], "No lab is called '7'"),
        (["--output", "."], "could not be written"),
    ],
)
def test_bad_input_is_one_sentence(course, refused, words, sentence):
    assert sentence in refused(course, "export", *words)


def test_without_a_readable_grade_book(tiny, refused):
    assert "There is no grade book at" in refused(tiny, "export")
    sqlite3.connect(tiny / "gradebook.db").close()
    assert "holds no lab to export" in refused(tiny, "export")
    (tiny / "gradebook.db").write_bytes(b"no database" * 500)
    assert "cannot be read (DatabaseError)" in refused(tiny, "export")
