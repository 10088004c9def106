"""Stock nbgrader works on this course, generate to formgrader, and `prunelab grade` gives the same scores."""

import csv
import json
import re
import shutil
import urllib.parse
import urllib.request
from functools import partial
from pathlib import Path

import pytest

LABS = {  # who hands in; all eight kinds of submissions in one lab
    "01_dense_sparse": ("perfect", "blank", "raises", "Zoë Müller-Núñez"),
    "02_magnitude": ("perfect", "blank"),
    "03_iterative": ("perfect", "blank"),
    "04_lottery": ("perfect", "blank"),
    "05_slimming": ("perfect", "blank", "half", "raises", "Zoë Müller-Núñez", "third", "two thirds", "wordy"),
    "06_surgery": ("perfect", "blank"),
    "07_criteria": ("perfect", "blank", "half"),
    "08_language": ("perfect", "blank"),
    "09_speed": ("perfect", "blank"),
    "10_capstone": ("perfect", "blank"),
}
pytestmark = pytest.mark.filterwarnings("default")  # nbgrader's own


def in_labs(*labs: str) -> pytest.MarkDecorator:
    """Run a test in these labs: in the first one always, in the others with the whole suite; a lab on one worker."""
    tier = {lab: pytest.mark.middle if lab.startswith("01") else pytest.mark.whole for lab in labs}
    chosen = [pytest.param(lab, marks=[tier[lab], pytest.mark.xdist_group(lab)]) for lab in labs]
    return pytest.mark.parametrize("course", chosen, indirect=True, scope="module")


in_all_labs = in_labs(*LABS)
in_the_first_lab = in_labs("01_dense_sparse")


class Course:
    """A graded copy of the course, with the expected points of each student for each check."""

    def __init__(self, folder: Path, lab: str) -> None:
        import nbformat

        self.folder, self.lab = folder, lab
        instructor = nbformat.read(folder / "solutions" / lab / f"{lab}.ipynb", as_version=4)
        graded = {cell.metadata.nbgrader.grade_id: cell for cell in instructor.cells if "nbgrader" in cell.metadata}
        self.answers = {name: cell.source for name, cell in graded.items() if cell.metadata.nbgrader.solution}
        points = {name: cell.metadata.nbgrader.points for name, cell in graded.items() if cell.metadata.nbgrader.grade}
        self.by_hand = {name for name in points if name in self.answers}  # a text is its own answer
        self.points = {name.removesuffix("-check"): points[name] for name in points.keys() - self.by_hand}
        names = list(self.answers)
        raising = {**self.answers, names[-1]: 'raise RuntimeError("I gave up here")'}
        self.handed_in = {  # what stands in the cells of the exercises that the student filled in
            "perfect": self.answers,
            "blank": {},
            "half": {name: self.answers[name] for name in names[: len(names) // 2]},
            "raises": raising,
            "Zoë Müller-Núñez": {names[0]: self.answers[names[0]]},
            "third": {name: self.answers[name] for name in names[: len(names) // 3]},
            "two thirds": {name: self.answers[name] for name in names[: 2 * len(names) // 3]},
            "wordy": {name: f'print("about {name}")\n{answer}' for name, answer in self.answers.items()},
        }

    def expected(self, student: str) -> dict[str, float]:
        """Return the points that the student must get for each check."""
        filled = self.handed_in[student]
        right = {name for name in self.points if filled.get(name, "").endswith(self.answers[name])}
        return {name: points * (name in right) for name, points in self.points.items()}

    def hand_in(self, student: str) -> None:
        """Write the released notebook, with the student's answers filled in, to submitted/."""
        import nbformat

        notebook = nbformat.read(self.folder / "labs" / self.lab / f"{self.lab}.ipynb", as_version=4)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = self.handed_in[student].get(name, cell.source)
        target = self.folder / "submitted" / student / self.lab / f"{self.lab}.ipynb"
        target.parent.mkdir(parents=True)
        nbformat.write(notebook, target)


def marks_in(folder: Path, lab: str) -> dict[str, dict[str, float | None]]:
    """The score of each cell of each student in a course's grade book, None where manual grading is due."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "prunelab") as book:
        return {
            each.student.id: {grade.name: grade.auto_score for grade in each.notebooks[0].grades}
            for each in book.assignment_submissions(lab)
        }


@pytest.fixture(scope="module")
def course(request, copy_of_course, run_in, no_language_model) -> Course:
    """Hand in, grade and give feedback, all with nbgrader's own commands, and no time for a language model."""
    lab = request.param
    graded = Course(copy_of_course(), lab)
    steps = [("generate_assignment", lab, "--force"), ("autograde", lab), ("generate_feedback", lab), ("export",)]
    for step in steps:
        done = run_in(graded.folder, "nbgrader", *step, PRUNELAB_STOCK="1", **no_language_model)
        assert done.returncode == 0, done.stderr
        if step[0] == "generate_assignment":
            for student in LABS[lab]:
                graded.hand_in(student)
    return graded


@pytest.fixture(scope="module")
def get(course, tmp_path_factory):
    """Start `prunelab lab` in the course and return a function that fetches a page."""
    import driver

    with driver.jupyter_server(course.folder, tmp_path_factory.mktemp("home")) as address:
        root, token = address.split("lab?token=")

        def fetch(path: str) -> str:
            headers = {"Authorization": f"token {token}"}
            request = urllib.request.Request(root + urllib.parse.quote(path), headers=headers)
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.read().decode()

        yield fetch


@in_all_labs
def test_marks_cell_by_cell(course):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}", "prunelab") as book:
        marks = {}
        for student in LABS[course.lab]:
            grades = book.find_submission_notebook(course.lab, course.lab, student).grades
            waiting = {grade.name for grade in grades if grade.needs_manual_grade}
            assert waiting == course.by_hand & course.handed_in[student].keys()
            scores = {grade.name.removesuffix("-check"): grade.score for grade in grades}
            marks[student] = {name: scores[name] for name in course.points}
    assert marks == {student: course.expected(student) for student in LABS[course.lab]}
    assert sum(marks["perfect"].values()) == (18 if course.by_hand else 20)
    assert sum(marks["blank"].values()) == 0


@in_all_labs
@pytest.mark.usefixtures("needs_isolation")
def test_prunelab_gives_the_same_marks(course, invoke):
    stock = marks_in(course.folder, course.lab)
    again = course.folder.with_name(f"{course.folder.name}-again")
    shutil.copytree(course.folder, again, ignore=shutil.ignore_patterns("gradebook.db", "autograded", "feedback"))
    entries = json.loads(invoke(again, "grade", course.lab, "--json").stdout)
    ours = marks_in(again, course.lab)
    different = {student for student in stock if ours.get(student) != stock[student]}
    assert not different, [entry for entry in entries if entry["student"] in different]
    assert ours.keys() == stock.keys()
    assert {entry["outcome"] for entry in entries} == {"graded"}


@in_all_labs
def test_feedback(course):
    for student in LABS[course.lab]:
        page = (course.folder / "feedback" / student / course.lab / f"{course.lab}.html").read_text()
        assert f"(Score: {sum(course.expected(student).values()):.1f} / 20.0)" in page


@in_all_labs
def test_export(course):
    with open(course.folder / "grades.csv", newline="", encoding="utf-8") as file:
        rows = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert rows == {student: sum(course.expected(student).values()) for student in LABS[course.lab]}


@in_all_labs
def test_formgrader_lists_the_submissions(course, get):
    (lab,) = [lab for lab in json.loads(get("formgrader/api/assignments")) if lab["name"] == course.lab]
    assert (lab["num_submissions"], lab["max_score"]) == (len(LABS[course.lab]), 20)
    assert "formgrader" in get("formgrader/manage_assignments")
    assert course.lab in get(f"formgrader/manage_submissions/{course.lab}")
    listed = json.loads(get(f"formgrader/api/submissions/{course.lab}"))
    assert {row["student"]: row["score"] for row in listed} == {
        student: sum(course.expected(student).values()) for student in LABS[course.lab]
    }


@in_all_labs
def test_formgrader_opens_a_submission(course, get):
    for row in json.loads(get(f"formgrader/api/submitted_notebooks/{course.lab}/{course.lab}")):
        page = get(f"formgrader/submissions/{row['id']}")
        assert all(f"{name}-check" in page for name in course.points)


@in_the_first_lab
def test_jupyterlab_makes_no_outside_requests(get):
    page = get("lab/tree/labs/index.ipynb")
    config = json.loads(re.search(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    assert config["news"] == {"disabled": True}
    assert config["extensionManager"]["name"] == "read-only"
    settings = json.loads(get("lab/api/settings/@jupyterlab/apputils-extension:notification"))["schema"]["properties"]
    assert settings["fetchNews"]["default"] == "false"
    assert settings["checkForUpdates"]["default"] is False
    assert settings["doNotDisturbMode"]["default"] is True


@in_labs("01_dense_sparse", "05_slimming", "07_criteria")
def test_validate(course, run_in, no_language_model):
    """The untouched notebook fails every check, the solution none; from the course's folder, for its timeouts.

    In some labs: Validate runs a notebook as the browser tests do, from first to last.
    """
    validate = partial(run_in, course.folder, "nbgrader", "validate", **no_language_model)
    blank = validate(f"labs/{course.lab}/{course.lab}.ipynb")
    unanswered = len(course.points) + len(course.by_hand)
    assert f"VALIDATION FAILED ON {unanswered} CELL(S)!" in blank.stdout, blank
    solved = validate(f"solutions/{course.lab}/{course.lab}.ipynb")
    assert solved.stdout == "Success! Your notebook passes all the tests.\n", solved
