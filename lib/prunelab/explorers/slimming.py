"""Network slimming: what each penalty and each share of cut channels leave of a network."""

from collections.abc import Iterable, Sequence

import numpy as np

from prunelab.explorers import panels
from prunelab.explorers.explorer import Explorer, Menu, Slider
from prunelab.results import mean_interval

TONES = {"retrained": "kept", "as cut": "pruned"}


class SlimmingExplorer(Explorer):
    """Test accuracy, size and channels by layer against the share of channels cut, for each penalty.

    `record` is as `load_results("slimming-...")` gives it.
    """

    def __init__(self, record: dict) -> None:
        settings = record["settings"]
        charts = [_Chart(record, penalty) for penalty in settings["penalties"]]
        lines = panels.lines("Test accuracy", "%", [chart.curves() for chart in charts])
        lines |= {"labels": "end", "note": "bands: 95 % intervals"}
        bars = panels.bars("Channels that stay", "% of the layer", [chart.layers() for chart in charts])
        table = panels.table("At this fraction", ["", "left", "of dense"], [chart.sizes() for chart in charts])
        percents = [round(100 * share) for share in settings["shares"]]
        texts, spoken = [f"{p} %" for p in percents], [f"{p} per cent" for p in percents]
        ticks = list(enumerate(map(str, percents)))[::2]
        start = settings["shares"].index(settings["share"])
        slider = Slider("Channels cut", texts, spoken, "channels cut / %", ticks, start)
        choices = [f"{penalty:g}" for penalty in settings["penalties"]]
        menu = Menu("Penalty", choices, settings["penalties"].index(settings["penalty"]))
        summaries = [chart.summaries(texts) for chart in charts]
        super().__init__(
            "Network slimming", [lines, bars, table | {"wide": True}], summaries, slider=slider, menus=[menu]
        )


class _Chart:
    """What a record says of one penalty."""

    def __init__(self, record: dict, penalty: float) -> None:
        seeds = record["seeds"]
        arms = {"as cut": [seed["penalties"][str(penalty)]["cut"] for seed in seeds]}
        if penalty == record["settings"]["penalty"]:
            arms["retrained"] = [seed["retrained"] for seed in seeds]
        self.arms = {name: list(zip(*arm, strict=True)) for name, arm in arms.items()}  # {name: [share][seed]}
        self.control = [seed["dense"] for seed in seeds]

    def curves(self) -> list[dict]:
        """Accuracy as cut and after retraining, with intervals, and that of the dense control."""
        curves = []
        for name, by_share in self.arms.items():
            means, halves = zip(*map(_tests, by_share), strict=True)
            points = [list(pair) for pair in enumerate(means)]
            curves.append(panels.series(name, list(means), TONES[name], points, spread=halves))
        dense = _tests(self.control)[0]
        return [*curves, panels.series("dense", [dense] * len(self.arms["as cut"]), "reference")]

    def layers(self) -> list[dict]:
        """A bar for each layer: the mean share of its channels that stay."""
        bars, (whole, *_) = [], self.arms["as cut"][0]
        for number, (name, total) in enumerate(whole["channels"].items(), 1):
            shares = [100 * _mean(seed["channels"][name] for seed in seeds) / total for seeds in self.arms["as cut"]]
            bars.append(panels.bar(f"layer {number}", [round(s, 2) for s in shares], [f"{s:.0f} %" for s in shares]))
        return bars

    def left(self, kind: str) -> list[tuple[str, str]]:
        """The parameters or MACs at each fraction, means over the seeds, and their share of the dense network's."""
        counts = [_mean(seed[kind] for seed in seeds) for seeds in self.arms["as cut"]]
        return [(f"{count:,.0f}", f"{100 * count / counts[0]:.1f} %") for count in counts]

    def sizes(self) -> list[dict]:
        """A row for the parameters and one for the MACs."""
        rows = [(name, *map(list, zip(*self.left(name.lower()), strict=True))) for name in ("Parameters", "MACs")]
        return [panels.row(*row, key=place) for place, row in enumerate(rows)]

    def summaries(self, texts: list[str]) -> list[str]:
        """One sentence for each fraction."""
        accuracies = zip(*([_tests(seeds)[0] for seeds in by_share] for by_share in self.arms.values()), strict=True)
        sentences = []
        for text, (_, left), found in zip(texts, self.left("parameters"), accuracies, strict=True):
            said = ", ".join(f"{mean:.2f} % {name}" for mean, name in zip(found, self.arms, strict=True))
            sentences.append(f"{text} of the channels cut: {left} of the parameters left, {said}.")
        return sentences


def _tests(seeds: Sequence[dict]) -> tuple[float, float]:
    """Mean test accuracy and half its interval, to a thousandth."""
    mean, half = mean_interval([seed["test"] for seed in seeds])
    return round(mean, 3), round(half, 3)


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))
