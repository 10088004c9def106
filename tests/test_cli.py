"""The commands as a student types them."""

import shutil

import pytest


@pytest.fixture
def bundle(tiny):
    """The course of a student without an instructor: only labs/."""
    from prunelab.instructor.authoring.build import build_labs

    list(build_labs(tiny))
    shutil.rmtree(tiny / "solutions")
    (tiny / "nbgrader_config.py").unlink()
    return tiny


@pytest.mark.middle
def test_build_with_the_installed_command(tiny, run_in):
    first = run_in(tiny, "prunelab", "build")
    assert first.stdout == "Built labs/index.ipynb.\nBuilt labs/01_tiny/01_tiny.ipynb.\n", first.stderr
    second = run_in(tiny / "solutions", "prunelab", "build")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")


def test_bad_source(tiny, refused):
    source = tiny / "solutions" / "01_tiny" / "01_tiny.py"
    source.write_text(source.read_text().replace("points=8", "points=9"))
    assert refused(tiny, "build", "01").endswith("21 points together; make them 20.")


def test_nothing_to_build_in_a_bundle(bundle, invoke):
    assert invoke(bundle, "build").stdout == "There is nothing to build: this course has no solutions/.\n"


def test_reset_in_a_bundle(bundle, invoke):
    student = bundle / "labs" / "01_tiny" / "01_tiny.ipynb"
    pristine = student.read_bytes()
    student.write_bytes(b"work")
    done = invoke(bundle / "labs" / "01_tiny", "reset", "1")
    (backup,) = (bundle / "labs" / "backups").iterdir()
    assert str(backup) in done.stdout
    assert "without predictions" in done.stdout
    assert (student.read_bytes(), backup.read_bytes()) == (pristine, b"work")


@pytest.mark.parametrize("name", ["03", "tiny", "../../x", ""])
def test_reset_of_an_unknown_lab(bundle, refused, name):
    sentence = refused(bundle, "reset", name)
    assert sentence == f"prunelab: No lab is called {name!r}; there are 01_tiny, index."


def test_progress(bundle, invoke):
    (bundle / "labs" / "01_tiny" / "01_tiny.ipynb").write_bytes(b"{")
    shown = invoke(bundle, "progress").stdout
    assert "0 / 12" in shown
    assert "labs/01_tiny/01_tiny.ipynb is damaged" in shown


def test_lab_without_an_index(bundle, refused):
    (bundle / "labs" / "index.ipynb").unlink()
    assert "index.ipynb is missing; run `prunelab build`" in refused(bundle, "lab", "--no-browser")
