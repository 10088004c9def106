"""The course on JupyterHub, configured by docs/hub: log in, submit, collect, grade, feedback."""

import json
import os
import pwd
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

import pytest

REPOSITORY = Path(__file__).parents[1]
HUB = REPOSITORY / "docs" / "hub"
NO_PROXY = "configurable-http-proxy is not installed; get it with `apt-get install node-configurable-http-proxy`"
LAB = "01_tiny"
ANSWERS = {"double": "def double(x):\n    return x + x", "half": "def half(x):\n    return x // 2"}  # one is wrong
ME = pwd.getpwuid(os.getuid()).pw_name  # under whom nbgrader files what is submitted: all servers here have one account
pytestmark = [pytest.mark.whole, pytest.mark.filterwarnings("default"), pytest.mark.usefixtures("needs_isolation")]


class Hub(NamedTuple):
    """A running JupyterHub."""

    address: str
    process: subprocess.Popen


@pytest.fixture
def teacher(tiny, tmp_path, installed) -> Path:
    """The instructor's copy of the course."""
    from prunelab.instructor.authoring.build import build_labs

    list(build_labs(tiny))
    (tmp_path / "homes" / "teacher").mkdir(parents=True)
    return installed(tiny.rename(tmp_path / "homes" / "teacher" / "prunelab"))


@pytest.fixture
def course(teacher, tmp_path, installed) -> Path:
    """The parts of a bundle in the students' installation."""
    folder = tmp_path / "srv"
    shutil.copytree(teacher / "labs", folder / "labs")
    shutil.copy(teacher / "nbgrader_config.py", folder)
    (folder / "lib").symlink_to(REPOSITORY / "lib")
    return installed(folder)


@pytest.fixture
def environment(course, tmp_path, run_in) -> dict[str, str]:
    """JupyterHub's environment."""
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    chosen = {"PRUNELAB_COURSE": str(course), "PRUNELAB_EXCHANGE": str(exchange)}
    return run_in.environment | chosen | {"NODE_PATH": "/usr/share/nodejs"}  # where only Debian's node looks by itself


@pytest.fixture
def hub(environment, tmp_path):
    """A JupyterHub, with accounts and spawner for tests in place of the machine's."""
    if not shutil.which("configurable-http-proxy"):
        pytest.skip(NO_PROXY)
    public, internal, proxy = (f"http://127.0.0.1:{port}" for port in free_ports(3))
    settings = {
        "JupyterHub.bind_url": public,
        "JupyterHub.hub_bind_url": internal,
        "ConfigurableHTTPProxy.api_url": proxy,
        "JupyterHub.authenticator_class": "dummy",
        "JupyterHub.spawner_class": "simple",
        "SimpleLocalProcessSpawner.home_dir_template": f"{tmp_path}/homes/{{username}}",
        "Spawner.args": "--allow-root",  # in a container the only account is often root
    }
    command = ["jupyterhub", f"--config={HUB / 'jupyterhub_config.py'}", *(f"--{k}={v}" for k, v in settings.items())]
    with open(tmp_path / "hub.log", "w") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
        wait_for(lambda: answers(f"{public}/hub/health"), process)
        yield Hub(public, process)
        process.terminate()
        process.wait()


def free_ports(count: int) -> list[int]:
    """Return unused ports."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def answers(address: str) -> bool:
    """Return whether a server answers with a page."""
    import requests

    try:
        return requests.get(address, timeout=5).ok
    except requests.RequestException:
        return False


def wait_for(condition, process: subprocess.Popen) -> None:
    """Wait until the condition holds while the hub runs, ten minutes at most."""
    end = time.monotonic() + 600
    while not condition():
        assert process.poll() is None, "the hub has ended"
        assert time.monotonic() < end
        time.sleep(0.2)


class Browser:
    """A logged-in user with their own server."""

    def __init__(self, hub: Hub, user: str) -> None:
        import requests

        self.session, self.root = requests.Session(), f"{hub.address}/user/{user}/"
        self.session.get(f"{hub.address}/hub/login")
        form = {"username": user, "password": "any", "_xsrf": self.session.cookies["_xsrf"]}
        assert self.session.post(f"{hub.address}/hub/login?next=/hub/spawn", data=form).ok
        wait_for(self.sees_jupyterlab, hub.process)

    def sees_jupyterlab(self) -> bool:
        """Load the page; until the server runs it is one of the hub's own."""
        self.page = self.session.get(f"{self.root}lab").text
        return "jupyter-config-data" in self.page

    def get(self, path: str):
        """Fetch a page of the user's server."""
        answer = self.session.get(self.root + path)
        answer.raise_for_status()
        return answer

    def post(self, address: str, **data: str) -> object:
        """Press a button; return the response that JupyterLab would show."""
        (token,) = {cookie.value for cookie in self.session.cookies if cookie.name == "_xsrf" and "user" in cookie.path}
        answer = self.session.post(self.root + address, json=data, headers={"X-XSRFToken": token})
        answer.raise_for_status()
        return answer.json()


def fill_in(path: Path) -> None:
    """Write the answers into a student's notebook."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = ANSWERS.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    nbformat.write(notebook, path)


def statuses(listed: dict) -> dict[str, str]:
    """Return the statuses in the Assignment List, by lab."""
    assert listed["success"], listed
    return {row["assignment_id"]: row["status"] for row in listed["value"]}


def test_a_lab_goes_out_and_comes_back(hub, teacher, tmp_path, run_in):
    instructor = Browser(hub, "teacher")
    assert instructor.post(f"formgrader/api/assignment/{LAB}/release")["success"]

    student, labs = Browser(hub, "ada"), tmp_path / "homes" / "ada" / "prunelab" / "labs"
    assert student.get(f"api/contents/labs/{LAB}/{LAB}.ipynb").json()["type"] == "notebook"
    assert statuses(student.get("assignments?course_id=prunelab").json()) == {LAB: "fetched"}
    fill_in(labs / LAB / f"{LAB}.ipynb")
    said = student.post("assignments/validate", path=f"labs/{LAB}/{LAB}.ipynb")
    assert ["Half." in cell["raw_error"] for cell in said["value"]["failed"]] == [True], said
    assert statuses(student.post("assignments/submit", course_id="prunelab", assignment_id=LAB)) == {LAB: "submitted"}

    assert instructor.post(f"formgrader/api/assignment/{LAB}/collect")["success"]
    graded = run_in(teacher, "prunelab", "grade", "01", "--json")
    assert graded.returncode == 0, graded.stderr
    (entry,) = json.loads(graded.stdout)
    assert (entry["student"], entry["scores"], entry["outcome"]) == (ME, {"double": 12, "half": 0}, "graded")
    for step in ("generate_feedback", "release_feedback"):
        assert instructor.post(f"formgrader/api/assignment/{LAB}/{step}")["success"]

    student.post("assignments/fetch_feedback", course_id="prunelab", assignment_id=LAB)
    (page,) = (labs / LAB / "feedback").rglob("*.html")
    assert "12.0 / 20.0" in page.read_text()
    assert not any("HIDDEN TESTS" in path.read_text() for path in labs.parent.rglob("*") if path.is_file())
    shown = json.loads(re.search(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', student.page, re.DOTALL)[1])
    assert "@jupyter/nbgrader:create-assignment" in shown["disabledExtensions"]
    assert "@jupyter/nbgrader:assignment-list" not in shown["disabledExtensions"]


def test_the_start_keeps_a_students_work(course, environment, tmp_path):
    home = tmp_path / "homes" / "ada"
    home.mkdir()
    start = ["sh", str(HUB / "start.sh"), "--version"]
    subprocess.run(start, cwd=home, env=environment | {"HOME": str(home)}, check=True)
    copy, original = (home / "prunelab" / "labs" / path for path in (f"{LAB}/{LAB}.ipynb", f".originals/{LAB}.ipynb"))
    assert copy.read_bytes() == original.read_bytes()
    copy.write_text("work")
    (course / "labs" / ".originals" / f"{LAB}.ipynb").write_text("newer")
    subprocess.run(start, cwd=home, env=environment | {"HOME": str(home)}, check=True)
    assert (copy.read_text(), original.read_text()) == ("work", "newer")
    assert (home / "prunelab").stat().st_mode & 0o077 == 0
