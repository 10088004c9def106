"""Each kind of isolation holds, none is said to hold that does not, and without any the command stops."""

import json
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from prunelab.course.build import build
from prunelab.grading.execute import Job, execute
from prunelab.grading.isolation import problem_of
from prunelab.grading.limits import Limits
from prunelab.grading.warm_process import run

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
pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.usefixtures("needs_isolation")]


@pytest.fixture
def course(tiny) -> Path:
    """The tiny course with all that must be out of reach."""
    list(build(tiny))
    for name in ("gradebook.db", "submitted/ada/secret"):
        (tiny / name).parent.mkdir(parents=True, exist_ok=True)
        (tiny / name).write_text("secret")
    return tiny


def look(kind: str, course: Path) -> dict:
    """What a notebook sees in a kind of isolation."""
    package = str(Path(shutil.__file__))
    cells = [new_code_cell(LOOK % (str(course), package))]
    outcome = run(execute, Job(nbformat.writes(new_notebook(cells=cells)), isolation=kind, limits=Limits()))
    return json.loads(nbformat.reads(outcome.notebook, as_version=4).cells[0].outputs[0].text)


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    """A kind of isolation; skip with the way out if its program is missing."""
    if request.param == "bubblewrap" and not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed; get it with `apt-get install bubblewrap`")
    return request.param


def test_nothing_gets_out(kind, course):
    assert problem_of(kind, course) is None


def test_no_isolation_is_seen_as_such(course):
    problem = problem_of("none", course)
    for what in ("gradebook.db", "solutions", "submitted", "the network", "other processes"):
        assert what in problem


def test_what_a_notebook_sees(kind, course, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "secret")
    seen = look(kind, course)
    assert seen["course"] in ("FileNotFoundError", "PermissionError")
    assert seen["home"] in ("FileNotFoundError", "PermissionError") or "course" not in seen["home"]
    assert "SECRET_TOKEN" not in seen["environment"]
    assert seen["network"] == "OSError"
    assert seen["package"] in ("OSError", "PermissionError")
    assert seen["scratch"].startswith("/tmp/")
    assert seen["own"] == "4"


def hand_in(course: Path) -> None:
    """Hand in the untouched notebook, and take the false grade book away."""
    (course / "gradebook.db").unlink()
    target = course / "submitted" / "ada" / LAB / f"{LAB}.ipynb"
    target.parent.mkdir(parents=True)
    shutil.copy(course / "labs" / LAB / f"{LAB}.ipynb", target)


def test_an_ordinary_user_needs_no_privilege(course, run_in):
    hand_in(course)
    ordinary = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    done = run_in(course, *ordinary, sys.executable, "-m", "prunelab", "grade", "01")
    assert done.returncode == 0, done.stderr
    assert "not-isolated" not in done.stderr


def test_without_isolation_the_command_stops_and_says_what_to_install(course, run_in):
    hand_in(course)
    grade = f"{sys.executable} -m prunelab grade 01"
    forbidden = f"echo 0 > /proc/sys/user/max_user_namespaces; PATH={Path(sys.executable).parent}"  # no bwrap there
    script = f'{forbidden}; {grade}; echo "first: $?"; {grade} --not-isolated; echo "second: $?"'
    done = run_in(course, "unshare", "--user", "--map-root-user", "sh", "-c", script)
    assert "first: 1" in done.stdout, done
    assert "apt install bubblewrap" in done.stderr
    assert "they can read and change your files" in done.stderr
    assert "second: 0" in done.stdout


def test_data_that_submissions_cannot_read(course, run_in, tmp_path):
    """Rather than a zero for all whose lab loads that network."""
    hand_in(course)
    tmp_path.chmod(0o755)
    network = tmp_path / "network.safetensors"
    network.touch(mode=0o000)
    done = run_in(course, sys.executable, "-m", "prunelab", "grade", "01", PRUNELAB_DATA=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.strip().endswith(f"Submissions cannot read {network}; let them with `chmod -R a+rX {tmp_path}`.")


@pytest.mark.parametrize("arguments", [(), ("--not-isolated",)])
def test_a_long_path_for_temporary_files_is_named(arguments, tiny_course, run_in, tmp_path):
    course = tiny_course(tmp_path / "course")
    shutil.copytree(course / "labs" / LAB, course / "submitted" / "ada" / LAB)
    (long := tmp_path / ("long" * 20)).mkdir()
    done = run_in(course, sys.executable, "-m", "prunelab", "grade", "01", *arguments, TMPDIR=str(long))
    assert done.returncode != 0
    assert "set TMPDIR to a shorter one" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
