"""The students' zip: what must not be in it, and that it is self-contained."""

import re
import shutil
import sys
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import pytest

from prunelab import LabError
from prunelab.instructor.authoring.bundle import TOP, write_bundle

REPOSITORY = Path(__file__).parents[1]
LABS = sorted(REPOSITORY.glob("solutions/[0-9]*/[0-9]*.py"))
INSTRUCTORS = ("solutions/*/probes.py", "tests/**/*.py", "lib/prunelab/instructor/**/*.py")
SECRET = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END \1", re.DOTALL)
EXPORTS = """
import importlib, pkgutil, sys
import prunelab
for module in pkgutil.walk_packages(prunelab.__path__, "prunelab."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(prunelab.__file__)
"""


def lines(text: str) -> list[str]:
    """The significant lines of a text: no blank lines, imports, single brackets or single words."""
    stripped = (line.strip() for line in text.splitlines())
    return [line for line in stripped if len(line) > 11 and not line.startswith(("import ", "from "))]


@cache
def given() -> set[str]:
    """The lines of the labs that students get."""
    return {line for path in LABS for line in lines(SECRET.sub("", path.read_text()))}


@cache
def secrets() -> list[list[str]]:
    """The lines of each solution and of each group of hidden tests, except those that students get anyway."""
    groups = [lines(match[2]) for path in LABS for match in SECRET.finditer(path.read_text())]
    return [[line for line in group if line not in given()] for group in groups]


@cache
def secret_pairs() -> set[tuple[str, str]]:
    """Two lines in a row of a solution, of hidden tests, or of a file that only the instructor has."""
    files = [lines(path.read_text()) for pattern in INSTRUCTORS for path in REPOSITORY.glob(pattern)]
    return {pair for group in (*secrets(), *files) for pair in pairwise(group) if not given().issuperset(pair)}


def leaks(path: Path) -> set:
    """What a file gives away: two secret lines in a row; in a notebook even one of a solution or of hidden tests."""
    if path.suffix != ".ipynb":
        return secret_pairs() & set(pairwise(lines(path.read_bytes().decode(errors="replace"))))
    import nbformat

    text = "\n".join(f"{cell.source}\n{cell.get('outputs', '')}" for cell in nbformat.read(path, 4).cells)
    return {line for group in secrets() for line in group} & set(lines(text))


def of_this_repository(test):
    """Mark a test of the bundle of this repository, which takes seconds to make."""
    return pytest.mark.middle(pytest.mark.xdist_group("bundle")(test))


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """The bundle of this repository, unpacked."""
    folder = tmp_path_factory.mktemp("student")
    with ZipFile(write_bundle(REPOSITORY, folder / "bundle.zip")) as archive:
        archive.extractall(folder)
    return folder / TOP


@of_this_repository
def test_nothing_gives_an_answer_away(course):
    assert len(secrets()) > 2 * 60  # a solution and hidden tests for each exercise
    for path in filter(Path.is_file, course.rglob("*")):
        assert leaks(path) == set(), path.relative_to(course)


@pytest.mark.parametrize("number", range(4))
def test_a_leak_is_found(tmp_path, number):
    import nbformat

    solution = LABS[1].read_text().split("### BEGIN SOLUTION\n")[1 + number].splitlines()[:2]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("\n".join(solution))])
    nbformat.write(notebook, tmp_path / "lab.ipynb")
    (tmp_path / "more.py").write_text("\n".join(solution))
    (tmp_path / "probes.py").write_text((LABS[number].with_name("probes.py")).read_text())
    assert all(map(leaks, tmp_path.iterdir()))


@of_this_repository
def test_names(course):
    names = {path.relative_to(course).as_posix() for path in course.rglob("*") if path.is_file()}
    secret = re.compile(r"solution|hidden|(^|/)tests?/|probe|instructor/|__pycache__|\.pyc|-ubyte$")
    assert not list(filter(secret.search, names))
    assert {"README.md", "Makefile", "setup.mk", "labs/index.ipynb", "data/SOURCES.md"} <= names
    assert "lib/prunelab/student/cli.py" in names


@of_this_repository
def test_stands_alone(course, run_in):
    """Every module can be imported without the grader, and the commands of students are there, no others."""
    alone = {"PYTHONPATH": str(course / "lib")}
    run_in(course, sys.executable, "-c", "import setuptools; setuptools.setup()", "egg_info")  # as pip does it
    done = run_in(course, sys.executable, "-c", EXPORTS, **alone)
    assert done.stdout.strip() == str(course / "lib" / "prunelab" / "__init__.py"), done.stderr
    done = run_in(course, sys.executable, "-m", "prunelab", "--help", COLUMNS="100", **alone)
    assert set(re.findall(r"^│ (\w+) +\w", done.stdout, re.MULTILINE)) == {
        "lab",
        "progress",
        "scoreboard",
        "reset",
        "doctor",
    }
    for command in ("doctor", "progress", "scoreboard"):
        done = run_in(course, sys.executable, "-m", "prunelab", command, **alone)
        assert done.returncode == 0, done.stdout + done.stderr


def test_students_install_what_they_import(course, run_in):
    """No module and no lab of a bundle imports a package that only an extra declares, or an undeclared one."""
    extras = tomllib.loads((course / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    found = run_in(course, "deptry", ".", "--ignore", "DEP002", "--optional-dependencies-dev-groups", ",".join(extras))
    assert found.returncode == 0, found.stderr


def instructors(tiny: Path) -> Path:
    """A course with one tiny lab, built, and what a bundle needs besides."""
    from prunelab.instructor.authoring.build import build_labs

    list(build_labs(tiny))
    for part in ("docs/student", "lib/prunelab/jupyter"):
        shutil.copytree(REPOSITORY / part, tiny / part)
    return tiny


def test_same_course_same_bytes_and_no_work(tiny):
    """Work in labs/ and files that git ignores stay out."""
    course = instructors(tiny)
    first = write_bundle(course).read_bytes()
    for name in ("labs/01_tiny/attempts.json", "labs/backups/mine.ipynb", "lib/prunelab/__pycache__/x.pyc"):
        (course / name).parent.mkdir(exist_ok=True)
        (course / name).write_text("mine")
    (course / "labs" / "01_tiny" / "01_tiny.ipynb").write_text("the instructor's own answers")
    assert write_bundle(course).read_bytes() == first


def test_no_course_to_bundle(tiny):
    with pytest.raises(LabError, match="lacks docs/student; bundle a copy of the whole repository"):
        write_bundle(tiny)
    shutil.rmtree(tiny / "solutions")
    with pytest.raises(LabError, match="lacks solutions"):
        write_bundle(tiny)
    assert not (tiny / "dist").exists()
