"""Print how fast the explorers and the labs are on this machine, beside the goals.

Milliseconds from a key press to the painted picture, 50 moves of each slider in a real JupyterLab; seconds to run each
lab's solution in a fresh kernel. Run it on an otherwise idle machine: `make bench`.
"""

import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import numpy as np
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from playwright.sync_api import Locator

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))

import driver

MOVES, PICTURE_MS = 50, 50
LAB_SECONDS = {"08_language": 120, "09_speed": 90, "10_capstone": 90}  # 60 for all others
# From keydown until the browser has painted the frame in which the canvas got its new label (set once it is drawn).
STOPWATCH = """(root) => {
  const label = () => root.querySelector("canvas").getAttribute("aria-label");
  window.moves = [];
  root.addEventListener("keydown", (event) => {
    const before = label();
    const painted = new MessageChannel();
    painted.port1.onmessage = () => window.moves.push(performance.now() - event.timeStamp);
    const look = () => (label() === before ? requestAnimationFrame(look) : painted.port2.postMessage(0));
    requestAnimationFrame(look);
  }, true);
}"""


def key_to_picture(lab: driver.Lab, explorer: Locator) -> np.ndarray:
    """Milliseconds from key to picture of MOVES key presses, (MOVES,)."""
    explorer.scroll_into_view_if_needed()
    explorer.evaluate(STOPWATCH)
    slider = explorer.get_by_role("slider")
    slider.press("Home")
    for move in range(1, MOVES + 1):
        slider.press("ArrowRight")
        lab.page.wait_for_function("(count) => window.moves.length > count", arg=move)
    return np.array(lab.page.evaluate("() => window.moves.slice(1)"))


def bench_explorers(course: Path, home: Path) -> None:
    """Print one line for each explorer."""
    with driver.jupyter_server(course, home) as address, driver.chromium_page() as page:
        lab = driver.Lab(page, address)
        with lab.notebook("explorers.ipynb") as panel:
            lab.run_all()
            for explorer in panel.locator(".prunelab-explorer").all():
                p50, p95 = np.percentile(key_to_picture(lab, explorer), [50, 95])
                name = explorer.get_attribute("aria-label")
                print(f"{name:<34} p50 {p50:5.1f} ms   p95 {p95:5.1f} ms   goal: p95 at most {PICTURE_MS} ms")


def bench_lab(course: Path, name: str) -> None:
    """Print the seconds that the solution of one lab takes."""
    path = course / driver.build(course, name)
    notebook = nbformat.read(path, 4)
    start = time.perf_counter()
    try:
        NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}}).execute()
    except CellExecutionError as error:
        sys.exit(f"{name} failed: {error.ename}: {error.evalue}")
    print(f"{name:<34} {time.perf_counter() - start:5.1f} s   goal: at most {LAB_SECONDS.get(name, 60)} s")


def main() -> None:
    if not shutil.which("chromium"):
        sys.exit(driver.NO_CHROMIUM)
    with TemporaryDirectory() as folder:
        course = driver.copy_course(Path(folder) / "course")
        bench_explorers(course, Path(folder) / "home")
        for source in sorted((course / "solutions").glob("[0-9][0-9]_*/[0-9][0-9]_*.py")):
            bench_lab(course, source.stem)


if __name__ == "__main__":
    main()
