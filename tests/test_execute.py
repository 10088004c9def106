"""One submission's run: which cells run, and a second try for those who got no core."""

import json
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from nbformat import writes
from nbformat.v4 import new_code_cell, new_notebook

pytestmark = [pytest.mark.middle, pytest.mark.usefixtures("needs_isolation")]


def run(*cells: str, optional: tuple[int, ...] = ()) -> list[dict]:
    """The executed cells of a notebook whose last two cells are an exercise and its check."""
    from prunelab.instructor.sandbox.execute import Job, execute
    from prunelab.instructor.sandbox.warm_process import run

    notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
    notebook.cells[-2].metadata.nbgrader = {"grade_id": "f", "solution": True, "grade": False}
    notebook.cells[-1].metadata.nbgrader = {"grade_id": "f-check", "solution": False, "grade": True}
    outcome = run(execute, Job(writes(notebook), optional=optional))
    return json.loads(outcome.notebook)["cells"]


def test_of_the_cells_that_nobody_grades_those_run_that_a_failing_answer_needs():
    needed, other, _, check = run("x = 2", "y = 3", "f = lambda: x", "assert f() == 2", optional=(0, 1))
    assert (needed["execution_count"], other["execution_count"]) == (1, None)
    assert check["execution_count"]
    assert not check["outputs"]


def test_an_answer_that_is_only_wrong_runs_once():
    other, _, check = run("x = 2", "f = lambda: 3", "assert f() == 2", optional=(0,))
    assert other["execution_count"] is None
    assert check["outputs"][0]["ename"] == "AssertionError"


def test_where_the_text_does_not_tell_all_cells_run():
    other, _, check = run("x = 2", "f = lambda: globals()['x']", "assert f() == 2", optional=(0,))
    assert other["execution_count"] == 1
    assert not check["outputs"]


def test_who_waited_for_a_core_is_tried_again_alone(course, monkeypatch):
    from prunelab.instructor.assess import Assessor, Options, Starved
    from prunelab.instructor.gradebook.journal import Entry
    from prunelab.instructor.sandbox.execute import Outcome
    from prunelab.instructor.verdict.judge import Oracle

    folder = course / "submitted" / "ada" / "01_tiny"
    folder.mkdir(parents=True)
    released = (course / "labs" / "01_tiny" / "01_tiny.ipynb").read_text()
    (folder / "01_tiny.ipynb").write_text(released)
    assessor, oracle = Assessor(course, "01_tiny", Options()), Future()
    oracle.set_result(Oracle({}, folder))
    monkeypatch.setattr("prunelab.instructor.assess.perform", lambda job, _: Outcome(job.notebook, starved=True))
    with ThreadPoolExecutor(1) as executor:
        entry = Entry("01_tiny", "ada", "", "graded", points=assessor.points)
        with pytest.raises(Starved):
            assessor.assess(entry, folder, executor, oracle, last=False)
        assert assessor.assess(entry, folder, executor, oracle, last=True).outcome == "flagged"


@pytest.fixture
def course(tmp_path, tiny_course):
    """The tiny course, built."""
    return tiny_course(tmp_path / "course")
