"""The clicks of a student who hands in and of an instructor who grades: a tiny course with lab 10's written answer."""

import getpass
import json
import re
import sys

import driver
import looks
import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import expect

LAB = "01_tiny"
STUDENT = getpass.getuser()  # the exchange's name for who submits
CAPSTONE = driver.REPOSITORY / "solutions" / "10_capstone" / "10_capstone.py"
ANSWERS = {
    "double": "def double(x):\n    return 2 * x\n\ntry:\n    open('BOOK')\nexcept OSError as error:\n    print(error)",
    "half": "def half(x):\n    return abs(x) / 2",
    "conclusion": r"First filters, since $\sum_i |w_i|$ costs nothing.",
}
WRITE = """(answers) => {
  for (const { model } of jupyterapp.shell.currentWidget.content.widgets) {
    const name = model.getMetadata("nbgrader")?.grade_id;
    if (name in answers) model.sharedModel.setSource(answers[name]);
  }
}"""
pytestmark = [
    pytest.mark.browser,
    pytest.mark.middle,
    pytest.mark.xdist_group("browser"),
    pytest.mark.filterwarnings("default"),  # nbgrader's own
    pytest.mark.usefixtures("needs_isolation"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The folder of a user whose JupyterLab shows nbgrader's Assignment List."""
    home = tmp_path_factory.mktemp("home")
    settings = home / "settings" / "labconfig"
    settings.mkdir(parents=True)
    shown = {"disabledExtensions": {"@jupyter/nbgrader:assignment-list": False}}
    (settings / "page_config.json").write_text(json.dumps(shown))
    return home


@pytest.fixture(scope="module")
def course(home, tiny_course):
    """A tiny course with an exchange, whose last answer is the one of lab 10 that a person reads."""
    source = CAPSTONE.read_text()
    start = source.index("# %% [markdown] written=")
    course = tiny_course(home / "course", "\n" + source[start : source.index("\n# %%", start)] + "\n")
    (home / "exchange").mkdir()
    (home / "exchange").chmod(0o777)
    with open(course / "nbgrader_config.py", "a") as config:
        config.write(f"\nc.Exchange.root = {str(home / 'exchange')!r}\nc.Exchange.cache = {str(home / 'cache')!r}\n")
    return course


@pytest.fixture(scope="module")
def address(home, course, browser):
    """Where JupyterLab runs on the tiny course."""
    with driver.jupyter_server(course, home) as started:
        yield started


@pytest.fixture
def visit(browser):
    """Return a function that opens a page for a new visitor; none may cause an error or an outside request."""
    visitors = []

    def start(kind: type = driver.Visitor, *arguments: str):
        visitors.append(kind(browser.new_page(viewport=driver.WINDOW), *arguments))
        return visitors[-1]

    yield start
    for visitor in visitors:
        assert visitor.complaints() == []
        visitor.page.close()


class Formgrader(driver.Visitor):
    """An instructor in nbgrader's formgrader, who clicks the buttons in the row of a lab or a student."""

    def __init__(self, page, address):
        super().__init__(page)
        self.address = address.replace("lab?token=", "formgrader/{}?token=")

    def open(self, path):
        self.page.goto(self.address.format(path))

    def click(self, column, said):
        """Click the symbol in a column, wait for the message that says so, and close it."""
        self.page.locator(f"td.{column} a").click()
        message = self.page.locator("#success-modal, #error-modal")
        expect(message).to_contain_text(said, timeout=120_000)
        message.get_by_role("button", name="OK").click()
        expect(message).to_have_count(0)


def test_from_release_to_feedback(course, address, visit):
    """The whole workflow of a lab, by clicks alone."""
    instructor, student = visit(Formgrader, address), visit(driver.Lab, address)
    instructor.open("manage_assignments")
    instructor.click("assign", "Successfully created the student version")
    instructor.click("release", "Successfully released")
    answer_and_submit(student, course)
    instructor.click("collect", "Successfully collected")
    instructor.page.locator("td.num-submissions a").click()
    instructor.click("autograde", "Successfully autograded")
    assert "No such file" in (course / "autograded" / STUDENT / LAB / f"{LAB}.ipynb").read_text()
    grade_by_hand(instructor, course)
    instructor.open(f"manage_submissions/{LAB}")
    expect(instructor.page.locator("td.score")).to_have_text("14 / 20")
    instructor.click("generate-feedback", "Successfully generated feedback")
    instructor.click("release-feedback", "Successfully released feedback")
    read_feedback(visit(), fetch_feedback(student, course))


def answer_and_submit(student, course):
    """Fetch the lab, answer, press Validate before and after, and submit."""
    student.command("nbgrader:open-assignment-list")
    student.page.locator("#released_assignments_list").get_by_role("button", name="Fetch").click()
    submit = student.page.locator("#fetched_assignments_list").get_by_role("button", name="Submit")
    expect(submit).to_be_visible()
    with student.notebook(f"{LAB}/{LAB}.ipynb") as panel:
        assert validate(student, panel).count("The following cell failed") == 3
        answers = {name: text.replace("BOOK", str(course / "gradebook.db")) for name, text in ANSWERS.items()}
        student.page.evaluate(WRITE, answers)  # Validate saves them; a second one at the same time would be in its way
        assert "Success! Your notebook passes all the tests." in validate(student, panel)
    student.command("nbgrader:open-assignment-list")
    submit.click()
    expect(student.page.locator("#submitted_assignments_list")).to_contain_text(LAB)


def validate(student, panel):
    """What nbgrader's button says about the open notebook."""
    panel.get_by_role("button", name="Validate").click()
    dialog = student.page.locator(".jp-Dialog", has_text="Validation Results")
    expect(dialog).to_be_visible(timeout=120_000)
    said = dialog.inner_text()
    student.accept_dialog()
    return said


def grade_by_hand(instructor, course):
    """Open the submission, give two points and a comment to the written answer, and see them kept."""
    page = instructor.page
    instructor.open(f"gradebook/{LAB}/{LAB}")
    page.get_by_role("link", name="Submission #1").click()
    answer = page.locator(".nbgrader_cell", has_text="First filters")
    expect(answer.locator("math")).to_be_visible()
    expect(page.locator("#conclusion")).to_have_class(re.compile("needs_manual_grade"))  # formgrader's script is ready
    expect(page.locator("#conclusion-comment")).to_have_attribute("placeholder", re.compile("Markdown"))
    for field, value in {"#conclusion": "2", "#conclusion-comment": "Which $L_1$?"}.items():
        with page.expect_response(lambda response: response.request.method == "PUT") as kept:
            page.locator(field).fill(value)
            page.locator(field).press("Tab")
        assert kept.value.ok
    page.reload()
    expect(page.locator("#conclusion")).to_have_value("2")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "prunelab") as book:
        assert book.find_grade("conclusion", LAB, LAB, STUDENT).manual_score == 2


def fetch_feedback(student, course):
    """Press Fetch Feedback, follow the link into the folder that it makes, and return the page there."""
    student.command("nbgrader:open-assignment-list")
    submitted = student.page.locator("#submitted_assignments_list")
    submitted.get_by_role("button", name="Fetch Feedback").click()
    submitted.get_by_text("view feedback").click()
    expect(student.page.locator(".jp-DirListing")).to_contain_text(f"{LAB}.html")
    (page,) = (course / LAB / "feedback").glob(f"*/{LAB}.html")
    return page


def read_feedback(student, page):
    """Open the page as a file, as a student does: points, comment and formulas, with no script and no network."""
    student.page.goto(page.as_uri())
    expect(student.page.locator("h4")).to_contain_text("(Score: 14.0 / 20.0)")
    expect(student.page.get_by_text("Which")).to_be_visible()
    expect(student.page.get_by_text("Notes of the grader")).to_have_count(0)
    expect(student.page.locator("math")).to_have_count(2)
    assert student.page.locator("script").count() == 0
    assert looks.violations(student.page) == []


def test_the_report(course, visit, run_in):
    for command in (("grade", LAB), ("report", LAB)):
        done = run_in(course, sys.executable, "-m", "prunelab", *command)
        assert done.returncode == 0, done.stderr
    instructor = visit()
    instructor.page.goto((course / "reports" / f"{LAB}.html").as_uri())
    expect(instructor.page.get_by_role("heading", name=LAB)).to_be_visible()
    for scheme in ("light", "dark"):
        instructor.page.emulate_media(color_scheme=scheme)
        assert looks.violations(instructor.page) == []
