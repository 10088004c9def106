"""Each kind of isolation holds, a broken one is detected, and without any the command stops."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

LAB = "01_tiny"
KINDS = ("namespaces", "bubblewrap")
LOOK = """
import json, os, socket, tempfile
def attempt(action):
    try:
        return str(action())[:80]
    except Exception as error:
        return type(error).__name__
print(json.dumps({
    "course": attempt(lambda: os.listdir(%r)),
    "home": attempt(lambda: os.listdir(os.path.expanduser("~root"))),
    "environment": sorted(os.environ),
    "network": attempt(lambda: socket.create_connection(("192.0.2.1", 80), 1)),
    "package": attempt(lambda: open(%r, "a")),
    "scratch": attempt(tempfile.mkdtemp),
    "own": attempt(lambda: open("own.txt", "w").write("here")),
}))
"""
whole = pytest.mark.whole
pytestmark = [pytest.mark.middle, pytest.mark.filterwarnings("default"), pytest.mark.usefixtures("needs_isolation")]


@pytest.fixture
def course(tiny) -> Path:
    """The tiny course with everything that must be out of reach."""
    from prunelab.instructor.authoring.build import build_labs

    list(build_labs(tiny))
    for name in ("gradebook.db", "submitted/ada/secret"):
        (tiny / name).parent.mkdir(parents=True, exist_ok=True)
        (tiny / name).write_text("secret")
    return tiny


def look(kind: str, course: Path) -> dict:
    """What a notebook can see under a kind of isolation."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    from prunelab.instructor.sandbox.execute import Job, execute
    from prunelab.instructor.sandbox.warm_process import run

    package = str(Path(shutil.__file__))
    cells = [new_code_cell(LOOK % (str(course), package))]
    outcome = run(execute, Job(nbformat.writes(new_notebook(cells=cells)), isolation=kind))
    return json.loads(nbformat.reads(outcome.notebook, as_version=4).cells[0].outputs[0].text)


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    """A kind of isolation; if its program is missing, skip and say how to install it."""
    if request.param == "bubblewrap" and not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed; get it with `apt-get install bubblewrap`")
    return request.param


def test_nothing_gets_out(kind, course):
    from prunelab.instructor.sandbox.isolation import problem_of

    assert problem_of(kind, course) is None


def test_no_isolation_is_seen_as_such(course):
    from prunelab.instructor.sandbox.isolation import problem_of

    problem = problem_of("none", course)
    for what in ("gradebook.db", "solutions", "submitted", "the network", "other processes"):
        assert what in problem


def test_what_a_notebook_sees(kind, course):
    seen = look(kind, course)
    assert seen["course"] in ("FileNotFoundError", "PermissionError")
    assert seen["home"] in ("FileNotFoundError", "PermissionError") or "course" not in seen["home"]
    assert "PYTEST_CURRENT_TEST" in os.environ  # and in the environment of the warm process
    assert "PYTEST_CURRENT_TEST" not in seen["environment"]
    assert seen["network"] == "OSError"
    assert seen["package"] in ("OSError", "PermissionError")
    assert seen["scratch"].startswith("/tmp/")
    assert seen["own"] == "4"


@pytest.fixture
def handed_in(tmp_path, tiny_course, empty_grade_book) -> Path:
    """A course in which somebody handed in the untouched notebook."""
    course = tiny_course(tmp_path / "course")
    shutil.copy(empty_grade_book, course)
    shutil.copytree(course / "labs" / LAB, course / "submitted" / "ada" / LAB)
    return course


@whole
def test_an_ordinary_user_needs_no_privilege(handed_in, run_in):
    ordinary = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    done = run_in(handed_in, *ordinary, sys.executable, "-m", "prunelab", "grade", "01")
    assert done.returncode == 0, done.stderr
    assert "not-isolated" not in done.stderr


@whole
def test_without_isolation_the_command_stops_and_says_what_to_install(handed_in, run_in):
    grade = f"{sys.executable} -m prunelab grade 01"
    forbidden = f"echo 0 > /proc/sys/user/max_user_namespaces; PATH={Path(sys.executable).parent}"  # no bwrap there
    script = f'{forbidden}; {grade}; echo "first: $?"; {grade} --not-isolated; echo "second: $?"'
    done = run_in(handed_in, "unshare", "--user", "--map-root-user", "sh", "-c", script)
    assert "first: 1" in done.stdout, done
    assert "apt install bubblewrap" in done.stderr
    assert "they can read and change your files" in done.stderr
    assert "second: 0" in done.stdout


@whole
def test_data_that_submissions_cannot_read(handed_in, run_in, tmp_path):
    """Otherwise every lab that loads the network would get zero."""
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    network = data / "network.safetensors"
    network.touch(mode=0o000)
    done = run_in(handed_in, sys.executable, "-m", "prunelab", "grade", "01", PRUNELAB_DATA=str(data))
    assert done.returncode == 1
    assert done.stderr.strip().endswith(f"Submissions cannot read {network}; let them with `chmod -R a+rX {data}`.")


@whole
@pytest.mark.parametrize("arguments", [(), ("--not-isolated",)])
def test_a_long_path_for_temporary_files_is_named(arguments, handed_in, run_in, tmp_path):
    (long := tmp_path / ("long" * 20)).mkdir()
    done = run_in(handed_in, sys.executable, "-m", "prunelab", "grade", "01", *arguments, TMPDIR=str(long))
    assert done.returncode != 0
    assert "set TMPDIR to a shorter one" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
