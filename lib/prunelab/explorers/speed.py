"""What zeros are worth to the clock: measured speed-ups beside the promise of the MACs."""

import math

import numpy as np

from prunelab.explorers import panels
from prunelab.explorers.explorer import SPARSITIES, Explorer, Menu

TONES = ("pruned", "other", "kept")


class SpeedExplorer(Explorer):
    """Speed-up over the dense layer against the share of weights that are gone, for several ways to be gone.

    `found` maps each choice of the menu (a batch size, as text) to {way: {share from 0 to 1: speed-up}}; every choice
    has the same ways, at most three. The promise is 1 / (1 - share). ValueError if a choice has other ways.
    """

    def __init__(self, found: dict[str, dict[str, dict[float, float]]], name: str) -> None:
        ways = list(next(iter(found.values())))
        for choice, measured in found.items():
            if list(measured) != ways or len(ways) > len(TONES):
                raise ValueError(f"Batch {choice} has {list(measured)}; give each the same ways, three at most.")
        curves = [[_along(measured[way]) for way in ways] for measured in found.values()]
        high = [1.1 * max(max(points.values()) for points in measured.values()) for measured in found.values()]
        lines = panels.lines(
            "Faster than dense",
            "speed-up",
            [_lines(measured, along, top) for measured, along, top in zip(found.values(), curves, high, strict=True)],
            powers=True,
        )
        lines["labels"] = "end"
        rows = [_rows(ways, along) for along in curves]
        table = panels.table("At the slider", ["", "speed-up", "of the promise"], rows)
        summaries = [[_summary(ways, along, percent) for percent in range(101)] for along in curves]
        menu = Menu("Batch", list(found))
        super().__init__(name, [lines, table], summaries, menus=[menu])


def _along(points: dict[float, float]) -> list[float | None]:
    """Speed-ups at each whole per cent, on straight lines between the measured shares, None outside them."""
    shares, values = zip(*sorted(points.items()), strict=True)
    between = np.interp(SPARSITIES, shares, values).round(3).tolist()
    return [value if shares[0] <= s <= shares[-1] else None for s, value in zip(SPARSITIES, between, strict=True)]


def _promise(percent: int) -> float | None:
    return 100 / (100 - percent) if percent < 100 else None


def _lines(measured: dict, along: list[list], top: float) -> list[dict]:
    """The promise and each way, as logarithms; the promise leaves the picture above `top`."""
    promised = [value if (value := _promise(p)) is not None and value <= top else None for p in range(101)]
    drawn = [panels.series("promise of the MACs", _logs(promised), "reference")]
    for way, values, tone in zip(measured, along, TONES, strict=False):
        points = [[100 * share, math.log10(value)] for share, value in sorted(measured[way].items())]
        drawn.append(panels.series(way, _logs(values), tone, points=points))
    return drawn


def _logs(values: list[float | None]) -> list[float | None]:
    return [None if value is None else round(math.log10(value), 4) for value in values]


def _rows(ways: list[str], along: list[list]) -> list[dict]:
    promised = ["" if _promise(p) is None else f"{_promise(p):.1f}x" for p in range(101)]
    rows = [panels.row("promise of the MACs", promised, "", key=0, tone="reference")]
    for place, (way, values, tone) in enumerate(zip(ways, along, TONES, strict=False), 1):
        texts = ["not measured" if value is None else f"{value:.2f}x" for value in values]
        parts = ["" if v is None or not _promise(p) else f"{v / _promise(p):.0%}" for p, v in enumerate(values)]
        rows.append(panels.row(way, texts, parts, key=place, tone=tone))
    return rows


def _summary(ways: list[str], along: list[list], percent: int) -> str:
    if along[0][percent] is None:
        return f"{percent} % gone: not measured."
    parts = [f"{way} {values[percent]:.2f}x" for way, values in zip(ways, along, strict=True)]
    return f"{percent} % gone: {', '.join(parts)}; the MACs promise {_promise(percent):.1f}x."
