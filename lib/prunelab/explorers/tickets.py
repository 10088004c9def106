"""Lottery tickets and their controls, against the weights that remain and the step they are rewound to."""

from collections.abc import Sequence

from prunelab.explorers import panels
from prunelab.explorers.explorer import Explorer, Menu, Slider
from prunelab.results import mean_interval

TONES = {"ticket": "kept", "learning rate": "other", "shuffled": "muted", "re-initialised": "pruned"}


class TicketExplorer(Explorer):
    """Test accuracy of the four networks of each size, as `load_results("tickets-...")` has it."""

    def __init__(self, record: dict) -> None:
        settings = record["settings"]
        charts = [_chart(record, step) for step in settings["rewind"]]
        lines = panels.lines("Test accuracy", "%", [_series(chart) for chart in charts])
        lines |= {"labels": "end", "note": "bands: 95 % intervals; all of them start from the same dense network"}
        rows = [_rows(chart) for chart in charts]
        table = panels.table("At this size", ["network", "test accuracy", "against the ticket"], rows)
        remaining = [100 * settings["keep"] ** number for number in range(settings["rounds"] + 1)]
        texts = [f"{share:.3g} %" for share in remaining]
        ticks = [(number, f"{share:.3g}") for number, share in enumerate(remaining)][::2]
        start = min(range(len(remaining)), key=lambda number: abs(remaining[number] - 15))
        slider = Slider("Weights remaining", texts, texts, "weights remaining / %", ticks, start)
        menus = [Menu("Rewound to step", [str(step) for step in settings["rewind"]])]
        summaries = [_summaries(chart, texts) for chart in charts]
        super().__init__("Tickets", [lines, table], summaries, slider=slider, menus=menus)


def _chart(record: dict, step: int) -> dict[str, list[Sequence[float]]]:
    """Test accuracies, {curve: [round][seed]}; round 0 is the dense network."""
    dense = [seed["dense"]["test"] for seed in record["seeds"]]
    chart: dict[str, list[Sequence[float]]] = {}
    for name in TONES:
        arms = [seed["rewind"][str(step)].get(name) or seed["learning rate"] for seed in record["seeds"]]
        chart[name] = [dense, *zip(*([entry["test"] for entry in arm] for arm in arms), strict=True)]
    return chart


def _series(chart: dict) -> list[dict]:
    curves = []
    for name, by_round in chart.items():
        means, halves = zip(*map(mean_interval, by_round), strict=True)
        points = [[number, round(mean, 3)] for number, mean in enumerate(means)]
        means, halves = ([round(value, 3) for value in values] for values in (means, halves))
        dashed = name == "learning rate"
        curves.append(panels.series(name, means, TONES[name], points, spread=halves, dashed=dashed))
    return curves


def _rows(chart: dict) -> list[dict]:
    """The four networks, best first, and by how much each differs from the ticket, seed by seed."""
    rows = []
    for name, by_round in chart.items():
        found = [mean_interval(values) for values in by_round]
        behind = [_difference(values, ticket) for values, ticket in zip(by_round, chart["ticket"], strict=True)]
        texts = [f"{mean:.2f} ± {half:.2f} %" for mean, half in found]
        rows.append(
            panels.row(
                name, texts, behind if name != "ticket" else "", key=[-mean for mean, _ in found], tone=TONES[name]
            )
        )
    return rows


def _difference(values: Sequence[float], ticket: Sequence[float]) -> str:
    mean, half = mean_interval([value - other for value, other in zip(values, ticket, strict=True)])
    return f"{mean:+.2f} ± {half:.2f}"


def _summaries(chart: dict, texts: list[str]) -> list[str]:
    return [
        f"{text} of the weights: "
        + ", ".join(f"{name} {mean_interval(by_round[number])[0]:.2f} %" for name, by_round in chart.items())
        + "."
        for number, text in enumerate(texts)
    ]
