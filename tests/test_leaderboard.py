"""The leaderboard of a graded class."""

import json
import re
import shutil
from pathlib import Path

import pytest

from prunelab import LabError

SETUP = '# %% locked="setup"\nimport json\nfrom prunelab.checks import check\n\n'
LEVEL = '''# %% exercise="compress_{name}"
def compress_{name}():
    """Return the cost."""
    ### BEGIN SOLUTION
    return 50
    ### END SOLUTION

# %% check="compress_{name}" points={points}
with check("compress_{name}", points={points}) as c:
    cost = c.call(compress_{name})
    ### BEGIN HIDDEN TESTS
    facts = {{"target": "{name}", "score": 100 / cost, "bytes": cost, "MACs": cost, "accuracy": 90.0}}
    print("capstone-result " + json.dumps(facts))
    c.true(cost <= 100, expected="at most 100", got=cost, idea="Less.")
    ### END HIDDEN TESTS

'''
STUDENTS = {  # what they return for the phone, the web page and the chip
    "ada": (20, 25, 50),
    "bob": (100, 40, 500),
    "Zoë Müller-Núñez": (None, None, None),
}
FORGED = 'print(\'capstone-result {"target": "phone", "score": 99, "bytes": 1, "MACs": 1, "accuracy": 99.9}\')'
pytestmark = [
    pytest.mark.middle,
    pytest.mark.xdist_group("leaderboard"),  # one class for all
    pytest.mark.filterwarnings("default"),  # nbgrader's own
    pytest.mark.usefixtures("needs_isolation"),
]


@pytest.fixture(scope="session")
def leaderboard():
    """The module, which takes a second to import."""
    from prunelab.instructor.gradebook import leaderboard

    return leaderboard


@pytest.fixture(scope="module")
def course(tmp_path_factory, empty_grade_book):
    """A graded course of one lab and three students."""
    from prunelab.instructor.authoring.build import build_labs
    from prunelab.instructor.grade import grade

    folder = tmp_path_factory.mktemp("class")
    source = folder / "solutions" / "10_capstone" / "10_capstone.py"
    source.parent.mkdir(parents=True)
    levels = zip(("phone", "web", "chip"), (8, 6, 6), strict=True)
    source.write_text(SETUP + "".join(LEVEL.format(name=name, points=points) for name, points in levels))
    config = (Path(__file__).parents[1] / "nbgrader_config.py").read_text()
    (folder / "nbgrader_config.py").write_text(config)
    list(build_labs(folder, ["10"]))
    shutil.copy(empty_grade_book, folder)
    for student, costs in STUDENTS.items():
        hand_in(folder, student, costs)
    assert {entry.outcome for entry in grade(folder, "10_capstone")} == {"graded"}
    return folder


def hand_in(folder, student, costs):
    """Fill in the released notebook; a forged line comes with every answer."""
    import nbformat

    notebook = nbformat.read(folder / "labs" / "10_capstone" / "10_capstone.ipynb", as_version=4)
    exercises = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    for cell, cost in zip(exercises, costs, strict=True):
        if cost is not None:
            name = cell.metadata.nbgrader.grade_id
            cell.source = f"def {name}():\n    {FORGED}\n    return {cost}"
    target = folder / "submitted" / student / "10_capstone" / "10_capstone.ipynb"
    target.parent.mkdir(parents=True)
    nbformat.write(notebook, target)


def test_the_best_comes_first_and_nothing_counts_that_failed(course, leaderboard):
    entries = {entry.who: entry for entry in leaderboard.leaderboard(course, names=True)}
    assert next(iter(entries)) == "ada"
    assert entries["ada"].score == pytest.approx((100 / 20 + 100 / 25 + 100 / 50) / 3, abs=1e-3)
    assert set(entries["bob"].results) == {"phone", "web"}
    assert entries["bob"].results["phone"]["MACs"] == 100
    assert entries["Zoë Müller-Núñez"].score == 0
    assert 1 < entries["the course"].score < 3


def test_a_printed_line_is_no_result(course, leaderboard):
    """The students' functions print results of their own, before the test does."""
    entries = {entry.who: entry for entry in leaderboard.leaderboard(course, names=True)}
    assert all(result["score"] != 99 for entry in entries.values() for result in entry.results.values())


def test_pseudonyms_are_stable_and_need_the_salt(course, leaderboard):
    first = [entry.who for entry in leaderboard.leaderboard(course)]
    assert [entry.who for entry in leaderboard.leaderboard(course)] == first
    assert not set(first) & set(STUDENTS)
    assert sum(bool(re.fullmatch("student [0-9a-f]{8}", who)) for who in first) == 3
    salt = course / leaderboard.SALT
    kept = salt.read_bytes()
    salt.unlink()
    assert not set(first) & {entry.who for entry in leaderboard.leaderboard(course)} - {"the course"}
    salt.write_bytes(b"short")
    with pytest.raises(LabError, match="is damaged; delete it"):
        leaderboard.leaderboard(course)
    salt.write_bytes(kept)


def test_the_command(course, invoke):
    shown = invoke(course, "leaderboard", "--names")
    assert "ada" in shown.stdout
    assert shown.stderr == ""
    rows = json.loads(invoke(course, "leaderboard", "--json").stdout)
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    assert len(rows) == 4
    assert "ada" not in json.dumps(rows)


def test_a_damaged_grade_book_is_named(tmp_path, leaderboard):
    (tmp_path / "gradebook.db").write_bytes(b"no database" * 500)
    with pytest.raises(LabError, match="cannot be read"):
        leaderboard.leaderboard(tmp_path)


def test_without_a_grade_book_one_sentence(tiny, refused):
    assert refused(tiny, "leaderboard").startswith("prunelab: There is no grade book at ")


def test_without_graded_submissions_one_sentence(tmp_path, empty_grade_book, leaderboard):
    shutil.copy(empty_grade_book, tmp_path)
    with pytest.raises(LabError, match="No submission of 10_capstone is graded yet; run `prunelab grade 10_capsto"):
        leaderboard.leaderboard(tmp_path)
