"""A real JupyterLab, started as the course starts it, in a real chromium."""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from zipfile import ZipFile

import jupytext
import nbformat
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from prunelab.instructor.authoring.bundle import TOP, write_bundle
from prunelab.instructor.authoring.source import read_source

REPOSITORY = Path(__file__).parents[2]
NO_CHROMIUM = "chromium is not installed; get it with `apt-get install chromium`"
QUIET = ("gpu", "quic", "background-networking", "component-update", "sync")  # that chromium would start by default
IDLE = """() => {
  const { context, sessionContext } = jupyterapp.shell.currentWidget;
  const code = context.model.toJSON().cells.filter((cell) => cell.cell_type === "code");
  const failed = code.some((cell) => cell.outputs.some((output) => output.output_type === "error"));
  const done = code.every((cell) => cell.execution_count || !cell.source.length);
  return window.ran && sessionContext.session.kernel.status === "idle" && (failed || done);
}"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))"
PICTURES = "(root) => [...root.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL())"
WINDOW = {"width": 1280, "height": 1000}


def small_notebook(name: str) -> nbformat.NotebookNode:
    """The notebook of a source beside this file: four explorers, or predictions and a slider."""
    notebook = jupytext.read(Path(__file__).with_name(f"{name}.py"))
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return notebook


def student_course(folder: Path) -> Path:
    """What a student has, the bundle unpacked, with the notebook of the explorers."""
    with ZipFile(write_bundle(REPOSITORY, folder / "bundle.zip")) as archive:
        archive.extractall(folder)
    # As pip does it: the bundle's metadata, which names no instructor's commands, then hides the repository's.
    write_metadata = [sys.executable, "-c", "import setuptools; setuptools.setup()", "--quiet", "egg_info"]
    subprocess.run(write_metadata, cwd=folder / TOP, check=True, capture_output=True)
    nbformat.write(small_notebook("explorers"), folder / TOP / "explorers.ipynb")
    return folder / TOP


def drop_in(course: Path, lab: str) -> str:
    """Put a lab's solution beside the student's notebook and return its path inside `course`."""
    path = f"labs/{lab}/solved.ipynb"
    nbformat.write(read_source(REPOSITORY / "solutions" / lab / f"{lab}.py"), course / path)
    return path


def lock_predictions(panel: Locator) -> None:
    """Make every prediction of an open notebook, by its first choice, a step of its slider or a number."""
    for asked in panel.locator(".prunelab-prediction").all():
        asked.scroll_into_view_if_needed()
        button = asked.get_by_role("button")
        expect(button).to_be_disabled()  # empty until it is made
        if (choices := asked.get_by_role("radio")).count():
            choices.first.check()
        elif (slider := asked.get_by_role("slider")).count():
            slider.press("ArrowRight")
        else:
            asked.get_by_role("textbox").fill("1")
            asked.get_by_role("textbox").press("Tab")  # a text counts when it is left
        expect(button).to_be_enabled()
        button.click()
        expect(button).to_contain_text("Locked in")


def copy_course(folder: Path) -> Path:
    """Copy the sources of the course to `folder`, apart from the repository, with the notebook of the explorers."""
    shutil.copytree(REPOSITORY / "solutions", folder / "solutions", ignore=shutil.ignore_patterns("*.ipynb"))
    for name in ("course.toml", "nbgrader_config.py"):
        shutil.copy(REPOSITORY / name, folder)
    build(folder, "index")
    nbformat.write(small_notebook("explorers"), folder / "explorers.ipynb")
    return folder


def build(course: Path, lab: str) -> str:
    """Build one lab and return the path of its solution notebook inside `course`."""
    subprocess.run([sys.executable, "-m", "prunelab", "build", lab], cwd=course, check=True)
    return f"solutions/{lab}/{lab}.ipynb"


@contextmanager
def jupyter_server(course: Path, home: Path) -> Iterator[str]:
    """Run `prunelab lab` on `course` for a user with the empty folder `home`; yields the address, token included."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port, token = free.getsockname()[1], secrets.token_hex()
    settings = home / "settings"
    settings.mkdir(parents=True, exist_ok=True)  # a test may have put more there
    (settings / "jupyter_lab_config.json").write_text('{"LabApp": {"expose_app_in_browser": true}}')
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON", "XDG"))
    }
    environment |= {"HOME": str(home), "JUPYTER_TOKEN": token, "JUPYTER_CONFIG_PATH": str(settings)}
    if (course / "lib").is_dir():  # a student's course has its own package, without the grader
        environment["PYTHONPATH"] = str(course / "lib")
    command = [sys.executable, "-m", "prunelab", "lab", "--no-browser", "--port", str(port)]
    with open(home / "server.log", "w") as log:
        process = subprocess.Popen(command, cwd=course, env=environment, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/api", process, home / "server.log")
        yield f"http://127.0.0.1:{port}/lab?token={token}"
    finally:
        process.terminate()
        process.wait(30)


def wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    """Return once the server answers; raise with its log if it ends or takes more than a minute."""
    for _ in range(240):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(address).close()
            return
        except urllib.error.URLError:
            time.sleep(0.25)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A fresh chromium, Debian's own."""
    flags = ["--no-sandbox", "--no-first-run", *(f"--disable-{part}" for part in QUIET)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        yield browser
        browser.close()


class Visitor:
    """A page that records its errors."""

    def __init__(self, page: Page) -> None:
        self.page, self.errors, self.hosts = page, [], set()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))
        page.on("websocket", lambda socket: self.hosts.add(urlsplit(socket.url).hostname))

    def complaints(self) -> list[str]:
        """Script errors and calls to the outside since the last time."""
        found = [*self.errors, *(f"a call to {host}" for host in outside(self.hosts))]
        self.errors.clear()
        self.hosts.clear()
        return found

    @contextmanager
    def window(self, width: int, height: int, zoom: int = 1) -> Iterator[None]:
        """A window of another size, or one in which the browser magnifies."""
        self._resize(width, height, zoom)
        try:
            yield
        finally:
            self._resize(**WINDOW)

    def _resize(self, width: int, height: int, zoom: int = 1) -> None:
        size = {"width": width // zoom, "height": height // zoom}
        self.page.set_viewport_size(size)
        metrics = size | {"deviceScaleFactor": zoom, "mobile": False}
        self.page.context.new_cdp_session(self.page).send("Emulation.setDeviceMetricsOverride", metrics)
        self.page.evaluate(TWO_FRAMES)


class Lab(Visitor):
    """One JupyterLab page that opens and runs notebooks."""

    def __init__(self, page: Page, address: str) -> None:
        super().__init__(page)
        page.goto(address)
        page.wait_for_function("() => window.jupyterapp?.restored.then(() => true)", timeout=60_000)

    def command(self, name: str, **arguments) -> None:
        """Start a JupyterLab command; its result stays in the page, since widgets cannot leave it."""
        self.page.evaluate("([name, args]) => void jupyterapp.commands.execute(name, args)", [name, arguments])

    @contextmanager
    def notebook(self, path: str) -> Iterator[Locator]:
        """Open a notebook, wait for its kernel, yield its panel, and close it with its kernel."""
        self.command("docmanager:open", path=path)
        ready = "(path) => { const open = jupyterapp.shell.currentWidget; return open?.context?.path === path && "
        ready += "open.context.isReady && open.sessionContext.session?.kernel?.status === 'idle'; }"
        self.page.wait_for_function(ready, arg=path, timeout=60_000)
        yield self.page.locator(".jp-NotebookPanel:visible")
        self.command("docmanager:save")
        self.command("notebook:close-and-shutdown")
        self.accept_dialog()
        self.page.wait_for_function("(path) => jupyterapp.shell.currentWidget?.context?.path !== path", arg=path)

    def accept_dialog(self) -> None:
        self.page.locator(".jp-Dialog .jp-mod-accept").click(timeout=5_000)

    def run_all(self, seconds: float = 900) -> list[str]:
        """Run all cells of the open notebook and return the errors that their outputs hold."""
        self.page.evaluate("""() => {
          window.ran = false;
          jupyterapp.commands.execute("notebook:run-all-cells").finally(() => { window.ran = true; });
        }""")  # JupyterLab moves the focus when the command ends, which is after the last cell has run
        self.page.wait_for_function(IDLE, timeout=1000 * seconds)
        return self.page.evaluate("""() => jupyterapp.shell.currentWidget.context.model.toJSON().cells
            .flatMap((cell) => cell.outputs ?? []).filter((output) => output.output_type === "error")
            .map((output) => `${output.ename}: ${output.evalue}`)""")

    def pictures(self, explorer: Locator) -> list[str]:
        """All canvases of an explorer as it stands two frames from now."""
        self.page.evaluate(TWO_FRAMES)
        return explorer.evaluate(PICTURES)

    @contextmanager
    def dark_theme(self) -> Iterator[None]:
        """JupyterLab's dark theme."""
        self._set_theme("JupyterLab Dark")
        try:
            yield
        finally:
            self._set_theme("JupyterLab Light")

    def _set_theme(self, name: str) -> None:
        self.command("apputils:change-theme", theme=name)
        self.page.wait_for_selector(f'body[data-jp-theme-name="{name}"]', state="attached")
        self.page.evaluate(TWO_FRAMES)

    @contextmanager
    def file_browser_closed(self) -> Iterator[None]:
        """JupyterLab without its left side bar."""
        self.page.evaluate("() => jupyterapp.shell.collapseLeft()")
        try:
            yield
        finally:
            self.page.evaluate("() => jupyterapp.shell.expandLeft()")

    def toasts(self) -> str:
        """What JupyterLab's pop-up messages say."""
        return " ".join(self.page.locator(".Toastify__toast").all_inner_texts())


def outside(hosts: set[str | None]) -> set[str]:
    """The `hosts` that are not this machine; addresses without a host are data and blobs."""
    return {host for host in hosts if host and not re.fullmatch(r"127\.0\.0\.1|localhost|::1", host)}
