"""A language model that loses attention heads, or weights: its perplexity, and what it still has to say."""

from collections.abc import Iterable

import numpy as np
import torch

from prunelab.explorers import panels
from prunelab.explorers.explorer import SPARSITIES, Explorer, Menu, Slider, sparsity_slider
from prunelab.explorers.levels import cut_levels


class HeadExplorer(Explorer):
    """Which heads are pruned as their number grows, and the perplexity that is left, for each order of pruning.

    `record` is as `load_results("language")` gives it; the map is that of its first seed.
    """

    def __init__(self, record: dict) -> None:
        shares, heads = record["settings"]["heads"], [seed["heads"] for seed in record["seeds"]]
        scores = {order: torch.tensor(found["scores"]) for order, found in heads[0].items()}
        title = "Open blue (darker: closed later), closed orange"
        painted, levels = panels.mask(title, 260, [cut_levels(score) for score in scores.values()])
        painted["note"] = "a row is a block, the first on top; a column is a query head"
        means = {order: _logs([seed[order]["perplexity"] for seed in heads]) for order in scores}
        curves = {order: _along(shares, values) for order, values in means.items()}
        lines = _perplexities(record, curves) | {"note": "straight lines between measured shares"}
        summaries = [_said("of the heads pruned", order, range(101), curves[order]) for order in curves]
        menu = Menu("Order", list(scores))
        super().__init__(
            "Attention heads", [painted, lines], summaries, slider=sparsity_slider(20), menus=[menu], levels=levels
        )


class PerplexityExplorer(Explorer):
    """Perplexity against sparsity for each method, and how each pruned model goes on with the same words.

    `record` is as `load_results("language")` gives it; the texts are those of its first seed.
    """

    def __init__(self, record: dict) -> None:
        settings, seeds, first = record["settings"], record["seeds"], record["seeds"][0]
        percents = {name: round(100 * p) for name, p in settings["patterns"].items() if isinstance(p, float)}
        curves, rows = {}, [_text_row("dense", [first["dense"]] * len(percents))]
        for method in settings["methods"]:
            cells = [[seed["sparse"][method][name] for name in percents] for seed in seeds]
            curves[method] = _logs([[cell["perplexity"] for cell in row] for row in cells])
            rows.append(_text_row(method, cells[0]) | {"key": len(rows)})
        table = panels.table(f"{settings['prompt']} ...", ["goes on", "perplexity"], [rows]) | {"wide": True}
        summaries = [_said("of the weights zero", method, percents.values(), curves[method]) for method in curves]
        texts, spoken = list(percents), [f"{p} per cent" for p in percents.values()]
        slider = Slider(
            "Sparsity", texts, spoken, "zeros / %", list(enumerate(map(str, percents.values()))), texts.index("50 %")
        )
        super().__init__(
            "A pruned language model",
            [_perplexities(record, curves), table],
            summaries,
            slider=slider,
            menus=[Menu("Method", list(curves))],
        )


def _logs(rows: list[list[float]]) -> list[float]:
    """The logarithm to the base 10 of the mean of each column."""
    return np.log10(np.mean(rows, axis=0)).round(8).tolist()


def _along(shares: list[float], values: list[float]) -> list[float | None]:
    """Values at each whole per cent up to the last share, straight lines between the measured ones."""
    last = round(100 * shares[-1])
    reached = np.interp(SPARSITIES, shares, values).round(8).tolist()
    return [value if percent <= last else None for percent, value in enumerate(reached)]


def _perplexities(record: dict, curves: dict[str, list]) -> dict:
    """The curves (of logarithms) for each choice, the chosen one blue, and the dense model's line."""
    dense, charts = np.log10(record["seeds"][0]["dense"]["perplexity"]).round(4).item(), []
    for chosen in curves:
        chart = [panels.series("dense", [dense] * len(curves[chosen]), "reference")]
        for name in sorted(curves, key=lambda name: name == chosen):
            chart.append(panels.series(name, curves[name], "kept" if name == chosen else "muted"))
        charts.append(chart)
    return panels.lines("Perplexity", "perplexity", charts, powers=True) | {"labels": "end"}


def _text_row(method: str, cells: list[dict]) -> dict:
    """What a method's model says, and its perplexity, at each position."""
    return panels.row([f"{method}: {cell['text']}" for cell in cells], [f"{cell['perplexity']:,.1f}" for cell in cells])


def _said(what: str, choice: str, percents: Iterable[int], values: list[float | None]) -> list[str]:
    """One sentence for each position."""
    measured = ["not measured" if value is None else f"perplexity {10**value:,.1f}" for value in values]
    return [f"{percent} % {what}, {choice}: {found}." for percent, found in zip(percents, measured, strict=True)]
