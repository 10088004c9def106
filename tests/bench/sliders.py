"""Print how long the sliders over the student's own functions take, from the released handle to the new picture.

All values of each lab's slider, five times, with the reference's answers, in this process: the kernel's part, without
the browser's. Run it on an otherwise idle machine: `make bench`.
"""

import contextlib
import io
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from bank import SOURCES
from prunelab import live
from prunelab.figures import figure, picture
from prunelab.instructor.authoring.source import read_percent
from prunelab.instructor.sandbox.needs import needed

ROUNDS, GOAL_MS = 5, 200


def sliders(lab: str) -> list[tuple[Callable, list[float]]]:
    """What a lab gives to `explore`: the functions and their values; only the cells that they need are run."""
    cells = [cell.source for cell in read_percent(SOURCES[lab]).cells if cell.cell_type == "code"]
    wanted = {number for number, source in enumerate(cells) if "\nexplore(" in f"\n{source}"}
    found, names = [], {"__name__": "__main__"}
    live.explore = lambda draw, label, values, start: found.append((draw, values))
    for number in sorted(needed(cells, wanted) or range(max(wanted) + 1)):
        if not cells[number].startswith("with check("):
            exec(cells[number], names)
    return found


def milliseconds(draw: Callable, value: float, fig, ax) -> float:
    """From the value to the page that the front end gets."""
    start = time.perf_counter()
    ax.clear()
    picture(fig, draw(value, ax))
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    warnings.simplefilter("ignore")
    for lab in SOURCES:
        with contextlib.redirect_stdout(io.StringIO()):
            found = sliders(lab)
        for draw, values in found:
            fig, (ax,) = figure(width=6)
            milliseconds(draw, values[0], fig, ax)
            took = [milliseconds(draw, value, fig, ax) for _ in range(ROUNDS) for value in values]
            median, high = np.percentile(took, (50, 95))
            print(
                f"{lab:<18} {draw.__name__:<16} median {median:4.0f} ms, p95 {high:4.0f} ms   goal: {GOAL_MS}",
                flush=True,
            )


if __name__ == "__main__":
    main()
