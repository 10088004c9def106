"""Commands start fast: none imports what it does not use. The tests look at modules, not at seconds."""

import sys

import pytest

from prunelab.instructor.gradebook.journal import only_one

HEAVY = {"IPython", "distributed", "jupytext", "matplotlib", "nbclient", "nbconvert", "nbformat", "nbgrader", "onnx",
         "onnxruntime", "scipy", "sqlalchemy", "torch", "torchvision", "transformers"}  # fmt: skip
NBGRADER = {"jupytext", "nbclient", "nbconvert", "nbformat", "nbgrader", "sqlalchemy"}
MAY_IMPORT = {  # of HEAVY
    "import prunelab.results, prunelab.challenge.references, prunelab.notes": set(),
    "import prunelab.data, prunelab.models, prunelab.training, prunelab.measure, prunelab.checks": {"torch"},
    "import prunelab.figures": {"IPython", "matplotlib"},
    "import prunelab.explorers": {"IPython", "matplotlib", "torch"},
    "import prunelab.instructor.collect, prunelab.instructor.gradebook.exports": NBGRADER,  # `grade --from`, `export`
    "import prunelab.instructor.grade": NBGRADER | {"torch"},
    "prunelab --help": set(),
    "prunelab progress": {"IPython", "nbformat"},
    "prunelab reset 01": set(),
    "prunelab doctor": {"torch"},
    "prunelab scoreboard": {"scipy"},
    "prunelab build": {"jupytext", "nbformat"},
    "prunelab bundle": set(),
    "prunelab leaderboard": {"nbformat"},  # where nothing is graded
    "prunelab report 01": {"IPython", "matplotlib", "nbformat"},
    "prunelab grade 99": set(),
    "prunelab grade --from submissions.zip": set(),
}
LIST = "import atexit, sys; atexit.register(lambda: print(*{} & sys.modules.keys(), file=open({!r}, 'w')))\n"
COMMAND = "sys.argv = {}; from prunelab.student.cli import app; app()"
pytestmark = [pytest.mark.middle, pytest.mark.xdist_group("imports")]


@pytest.fixture(scope="module")
def course(tiny_course, tmp_path_factory):
    """The tiny course, built."""
    return tiny_course(tmp_path_factory.mktemp("imports") / "course")


@pytest.fixture
def run(course, run_in, tmp_path):
    """Return a function that runs code in the course, and returns its output and the heavy modules it imported."""

    def run(code: str) -> tuple[str, set[str]]:
        listed = tmp_path / "listed"
        done = run_in(course, sys.executable, "-c", LIST.format(HEAVY, str(listed)) + code)
        assert "Traceback" not in done.stderr, done.stderr
        return done.stderr, set(listed.read_text().split())

    return run


@pytest.mark.parametrize("what", MAY_IMPORT)
def test_nothing_is_imported_that_is_not_used(what, run):
    _, imported = run(what if what.startswith("import") else COMMAND.format(what.split()))
    assert imported <= MAY_IMPORT[what]


def test_a_second_grader_is_refused_before_it_imports_anything(course, run):
    with only_one(course):
        said, imported = run(COMMAND.format(["prunelab", "grade", "01"]))
    assert "Another `prunelab grade` is at work" in said
    assert not imported


def test_a_scheduler_without_dask_says_what_to_install(run):
    arguments = ["prunelab", "grade", "01", "--scheduler", "tcp://127.0.0.1:9"]
    said, imported = run("sys.modules['distributed'] = None\n" + COMMAND.format(arguments))
    assert 'get it with `pip install -e ".[cluster,grading]"`' in said
    assert imported <= {"distributed"}  # the None above


def test_without_the_packages_of_instructors_the_grader_says_what_to_install(run):
    said, _ = run("sys.modules['jupytext'] = None\n" + COMMAND.format(["prunelab", "grade", "01"]))
    assert 'get them with `pip install -e ".[grading]"`' in said
