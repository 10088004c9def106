"""One tiny course per test module, its release, and a student's notebook."""

from pathlib import Path

import pytest

LAB = "01_tiny"
ESSAY = '\n# %% [markdown] written="essay" points=2\n# A model answer.\n'


@pytest.fixture(scope="session")
def make_course(tiny_course):
    """Return a function that makes the tiny course, built, with probes and a written answer."""
    return lambda folder: tiny_course(folder, ESSAY)


@pytest.fixture(scope="module")
def course(tmp_path_factory, make_course) -> Path:
    """The tiny course for tests that do not change it."""
    return make_course(tmp_path_factory.mktemp("tiny") / "course")


@pytest.fixture(scope="module")
def release(course):
    """The instructor's and the students' version of the tiny lab."""
    from prunelab.instructor.submissions.rebuild import read_release

    return read_release(course, LAB)


@pytest.fixture
def notebook(course):
    """The notebook as a student gets it, a new one for each test."""
    import nbformat

    return nbformat.read(course / "labs" / LAB / f"{LAB}.ipynb", as_version=4)


@pytest.fixture
def cell(notebook):
    """Return a function that finds a cell of `notebook` by its name, or a free one by its source."""

    def find(name: str):
        return next(
            each for each in notebook.cells if name in (each.metadata.get("nbgrader", {}).get("grade_id"), each.source)
        )

    return find
