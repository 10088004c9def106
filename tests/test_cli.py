"""The commands as a student types them."""

import shutil

import pytest

from prunelab.course.build import build


@pytest.fixture
def bundle(tiny):
    """What a student without an instructor has: labs/ alone."""
    list(build(tiny))
    shutil.rmtree(tiny / "solutions")
    (tiny / "nbgrader_config.py").unlink()
    return tiny


def refused(done) -> str:
    """Return the one sentence with which a command has ended."""
    assert done.returncode == 1, done
    assert done.stdout == ""
    (sentence,) = done.stderr.splitlines()
    return sentence


def test_build(tiny, run_in):
    first = run_in(tiny, "prunelab", "build")
    assert first.stdout == "Built labs/index.ipynb.\nBuilt labs/01_tiny/01_tiny.ipynb.\n"
    second = run_in(tiny / "solutions", "prunelab", "build")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")


def test_bad_source(tiny, run_in):
    source = tiny / "solutions" / "01_tiny" / "01_tiny.py"
    source.write_text(source.read_text().replace("points=8", "points=9"))
    assert refused(run_in(tiny, "prunelab", "build", "01")).endswith("21 points together; make them 20.")


def test_nothing_to_build_in_a_bundle(bundle, run_in):
    done = run_in(bundle, "prunelab", "build")
    assert (done.returncode, done.stdout) == (0, "There is nothing to build: this course has no solutions/.\n")


def test_reset_in_a_bundle(bundle, run_in):
    student = bundle / "labs" / "01_tiny" / "01_tiny.ipynb"
    pristine = student.read_bytes()
    student.write_bytes(b"work")
    done = run_in(bundle / "labs" / "01_tiny", "prunelab", "reset", "1")
    (backup,) = (bundle / "labs" / "backups").iterdir()
    assert done.returncode == 0
    assert str(backup) in done.stdout
    assert (student.read_bytes(), backup.read_bytes()) == (pristine, b"work")


@pytest.mark.parametrize("name", ["03", "tiny", "../../x", ""])
def test_reset_of_an_unknown_lab(bundle, run_in, name):
    sentence = refused(run_in(bundle, "prunelab", "reset", name))
    assert sentence == f"prunelab: No lab is called {name!r}; there are 01_tiny, index."


def test_progress(bundle, run_in):
    (bundle / "labs" / "01_tiny" / "01_tiny.ipynb").write_bytes(b"{")
    done = run_in(bundle, "prunelab", "progress", COLUMNS="120")
    assert done.returncode == 0
    assert "0 / 12" in done.stdout
    assert "labs/01_tiny/01_tiny.ipynb is damaged" in done.stdout


def test_lab_without_an_index(bundle, run_in):
    (bundle / "labs" / "index.ipynb").unlink()
    assert "index.ipynb is missing; run `prunelab build`" in refused(run_in(bundle, "prunelab", "lab", "--no-browser"))
