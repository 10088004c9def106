"""Print the latency of the explorers on this machine, beside the goal.

Milliseconds from a key press to the painted picture, 50 moves of each slider in a real JupyterLab. Run it on an
otherwise idle machine: `make bench`.
"""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from playwright.sync_api import Locator

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))

import driver

MOVES, PICTURE_MS = 50, 50
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
    with driver.jupyter_server(course, home) as address, driver.chromium() as browser:
        lab = driver.Lab(browser.new_page(viewport=driver.WINDOW), address)
        with lab.notebook("explorers.ipynb") as panel:
            lab.run_all()
            for explorer in panel.locator(".prunelab-explorer").all():
                p50, p95 = np.percentile(key_to_picture(lab, explorer), [50, 95])
                name = explorer.get_attribute("aria-label")
                print(f"{name:<34} p50 {p50:5.1f} ms   p95 {p95:5.1f} ms   goal: p95 at most {PICTURE_MS} ms")


def main() -> None:
    if not shutil.which("chromium"):
        sys.exit(driver.NO_CHROMIUM)
    with TemporaryDirectory() as folder:
        course = driver.copy_course(Path(folder) / "course")
        bench_explorers(course, Path(folder) / "home")


if __name__ == "__main__":
    main()
