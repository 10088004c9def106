"""The five kinds of panel as plain data, which explorer.js and stills.py draw alike.

A panel has one variant for each choice of the explorer's menus, or a single one for all of them. Where a value follows
the slider, it is a list of one value for each position (whole per cents of sparsity, if nothing else is said), `None`
where there is none.
"""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from prunelab.explorers.explorer import SPARSITIES


def mask(title: str, size: int, pictures: list[Tensor]) -> tuple[dict, bytes]:
    """A picture, `size` pixels high on the screen, of the levels (height, width) for each choice, and their bytes.

    The first of the pictures also shades the kept weights.
    """
    height, width = pictures[0].shape
    panel = {"type": "mask", "title": title, "height": height, "width": width, "size": size}
    return panel | {"variants": [{}]}, b"".join(levels.contiguous().numpy().tobytes() for levels in pictures)


def series(
    label: str,
    values: list,
    tone: str | list[str] = "kept",
    points: Sequence = (),
    marks: Sequence = (),
    spread: Sequence = (),
    dashed: bool = False,
) -> dict:
    """A curve along the slider; `points` are measured, `marks` circled.

    `tone` is kept, pruned, reference, other or muted. `spread` holds half the width of the interval at each position,
    drawn as a band.
    """
    curve = {"label": label, "values": values, "tone": tone}
    curve |= {"points": list(points), "marks": list(marks), "spread": list(spread)}
    return curve | {"dashed": dashed or tone == "reference"}


def lines(
    title: str,
    y: str,
    variants: list[list[dict]],
    low: float | None = None,
    high: float | None = None,
    powers: bool = False,
) -> dict:
    """Curves along the slider with the axis label `y`; limits not given follow the values.

    With `powers` the values are logarithms to the base 10, and the axis says what they are of.
    """
    axes = [_axes(curves, low, high, powers) for curves in variants]
    return {"type": "lines", "title": title, "y": y, "powers": powers, "variants": axes}


def _axes(curves: list[dict], low: float | None, high: float | None, powers: bool) -> dict:
    values = [value for curve in curves for value in curve["values"] if value is not None]
    low, high = (min(values) if low is None else low), (max(values) if high is None else high)
    if powers:
        ticks = list(range(math.floor(low), math.ceil(high) + 1))
    else:
        ticks = _ticks(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]), low, high)
    return {"series": curves, "ticks": ticks, "low": ticks[0], "high": ticks[-1]}


def _ticks(locator: MaxNLocator, low: float, high: float) -> list[float]:
    """Return where an axis from `low` to `high` has its marks."""
    return np.asarray(locator.tick_values(low, high)).tolist()


def bars(title: str, x: str, variants: list[list[dict]], high: float = 100) -> dict:
    """Horizontal bars (see `bar`) from 0 to `high` with the axis label `x`, first bar on top."""
    ticks = _ticks(MaxNLocator(5), 0, high)
    return {
        "type": "bars",
        "title": title,
        "x": x,
        "high": high,
        "ticks": ticks,
        "variants": [{"bars": b} for b in variants],
    }


def bar(label: str, values: list[float], texts: list[str], tone: str | list[str] = "kept") -> dict:
    """A bar that follows the slider, its name on the left and a text at its end."""
    return {"label": label, "values": values, "texts": texts, "tone": tone}


def histogram(title: str, counts: list[int], span: float, thresholds: list[float]) -> dict:
    """Counts of weights in equal bins from `-span` to `span`, and the magnitude below which each sparsity cuts."""
    ticks = _ticks(MaxNLocator(4), 0, max(counts))
    x_ticks = _ticks(MaxNLocator(4, symmetric=True), -span, span)
    variant = {"counts": counts, "span": span, "thresholds": thresholds, "ticks": ticks, "high": ticks[-1]}
    variant["xTicks"] = [tick for tick in np.round(x_ticks, 12).tolist() if abs(tick) <= span]
    return {"type": "histogram", "title": title, "variants": [variant]}


def table(title: str, header: list[str], variants: list[list[dict]]) -> dict:
    """A table whose rows (see `row`) are ordered by their keys; `header` may be empty."""
    return {"type": "table", "title": title, "head": header, "variants": [{"rows": rows} for rows in variants]}


def row(*cells: str | list[str], key: float | list[float] = 0, tone: str | list[str] = "") -> dict:
    """A row of a table; a cell, the key and the tone may each follow the slider."""
    return {"cells": list(cells), "key": key, "tone": tone}


def interpolate(points: dict[float, float], what: str) -> list[float | None]:
    """Values at each whole per cent, straight lines between the measured points, `None` outside them.

    A point between two whole per cents counts for both of its neighbours.
    """
    if not points:
        raise ValueError(f"{what} is empty; give at least one measured point, as in {{0.5: 91.2}}.")
    wrong = [point for point in points.items() if not (0 <= point[0] <= 1 and 0 <= point[1] <= 100)]
    if wrong:
        raise ValueError(f"{what} maps {wrong[0][0]} to {wrong[0][1]}; give sparsity from 0 to 1 and per cent.")
    x, y = zip(*sorted(points.items()), strict=True)
    values = np.interp(SPARSITIES, x, y).round(3).tolist()
    first, last = math.floor(100 * x[0] + 1e-9), math.ceil(100 * x[-1] - 1e-9)
    return [value if first <= percent <= last else None for percent, value in enumerate(values)]


def measured_points(points: dict[float, float]) -> list[list[float]]:
    """The points of `interpolate` for `series`: per cent of sparsity against value."""
    return [[100 * sparsity, value] for sparsity, value in sorted(points.items())]
