"""What the criteria of pruning think of the same weights, and what the loss says when they have had their way."""

import math

import numpy as np
from torch import Tensor

from prunelab.explorers import panels
from prunelab.explorers.explorer import SPARSITIES, Explorer, Menu
from prunelab.explorers.levels import checked, cut_levels, plane

HIGH = 6  # a curve leaves the picture where the loss is this many times that of the whole layer


class CriteriaExplorer(Explorer):
    """The loss of one layer against sparsity for each criterion, and which weights the chosen one cuts.

    `weights` is (out, in), and `truth` has the true change of the loss for each of them. `scores` maps a criterion's
    name to one score for each weight, smallest cut first, and `losses` to the loss measured at each of the `shares`
    (from 0 to 1, rising) of the layer cut. ValueError if the names or the numbers do not fit.
    """

    def __init__(
        self,
        weights: Tensor,
        truth: Tensor,
        *,
        scores: dict[str, Tensor],
        losses: dict[str, list[float]],
        shares: list[float],
    ) -> None:
        from scipy import stats  # takes a second to import, and no other explorer needs it

        size = checked(weights, (2,), "(out, in) of a linear layer").shape
        for name in scores | losses:
            _check(name, scores, losses, weights.numel(), len(shares))
        pictures = [plane(cut_levels(score.detach().reshape(size))) for score in scores.values()]
        painted, levels = panels.mask("Kept blue (darker: cut later), cut orange", 200, pictures)
        painted["note"] = "a row is a neuron"
        curves = {name: _along(shares, values) for name, values in losses.items()}
        high = HIGH * min(values[0] for values in losses.values())
        points = {
            name: [[100 * x, y] for x, y in zip(shares, losses[name], strict=True) if y <= high] for name in losses
        }
        charts = [_chart(curves, points, high, name) for name in scores]
        lines = panels.lines("Loss", "training loss", charts, low=0, high=high) | {"labels": "end"}
        lines["note"] = "dots are measured, lines between them interpolated"
        ranks = {name: stats.spearmanr(score.flatten(), truth.flatten()).statistic for name, score in scores.items()}
        rows = [_rows(curves, ranks, name) for name in scores]
        table = panels.table("Lowest loss first", ["criterion", "loss", "rank correlation"], rows)
        summaries = [[_summary(curves, name, percent) for percent in range(101)] for name in scores]
        menus = [Menu("Criterion", list(scores))]
        super().__init__(
            "Criteria of pruning", [lines, painted, table | {"wide": True}], summaries, menus=menus, levels=levels
        )


def _check(name: str, scores: dict, losses: dict, weights: int, shares: int) -> None:
    if name not in scores or name not in losses:
        raise ValueError(f"{name!r} is not in both scores and losses; give each criterion in both.")
    if scores[name].numel() != weights:
        raise ValueError(f"{name!r} has {scores[name].numel()} scores for {weights} weights; give one for each.")
    if len(losses[name]) != shares:
        raise ValueError(f"{name!r} has {len(losses[name])} losses for {shares} shares; give one for each.")


def _along(shares: list[float], values: list[float]) -> list[float | None]:
    """Values at each whole per cent, straight lines between the measured ones, `None` beyond them."""
    reached = np.interp(SPARSITIES, shares, values, left=np.nan, right=np.nan).round(4).tolist()
    return [None if math.isnan(value) else value for value in reached]


def _chart(curves: dict, points: dict, high: float, choice: str) -> list[dict]:
    """All criteria, those not chosen muted and the chosen one drawn last."""
    chart = []
    for name in sorted(curves, key=lambda name: name == choice):
        tone = "kept" if name == choice else "muted"
        seen = [None if value is None or value > high else value for value in curves[name]]
        chart.append(panels.series(name, seen, tone, points=points[name]))
    return chart


def _rows(curves: dict, ranks: dict[str, float], choice: str) -> list[dict]:
    rows = []
    for name, values in curves.items():
        tone = "kept" if name == choice else ""
        losses = ["not measured" if value is None else f"{value:.3f}" for value in values]
        keys = [value or 0 for value in values]
        rows.append(panels.row(name, losses, f"{ranks[name]:.2f}", key=keys, tone=tone))
    return rows


def _summary(curves: dict, choice: str, percent: int) -> str:
    if curves[choice][percent] is None:
        return f"{percent} % cut by {choice}: not measured."
    best = min(curves, key=lambda name: curves[name][percent])
    loss, least = curves[choice][percent], curves[best][percent]
    return f"{percent} % cut by {choice}: loss {loss:.3f}; lowest by {best}, {least:.3f}."
