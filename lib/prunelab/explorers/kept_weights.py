"""Which layers a global ranking thins, round by round, and what the accuracy does meanwhile."""

from prunelab.explorers import panels
from prunelab.explorers.explorer import Explorer, Menu, Slider
from prunelab.results import mean_interval

ARMS = {"pruned": "kept", "random": "pruned", "dense": "reference"}  # and their tones


class KeptWeights(Explorer):
    """The kept share of each layer and the test accuracy of pruned, random and dense networks, against the round.

    `records` maps a network's name to its record as `load_results("iterative-...")` gives it; all have the same number
    of rounds.
    """

    def __init__(self, records: dict[str, dict]) -> None:
        if len({_rounds(record) for record in records.values()}) != 1:
            raise ValueError("Records of different numbers of rounds share no slider; give them one by one.")
        rounds = range(_rounds(next(iter(records.values()))))
        bars = panels.bars("Weights kept by layer", "% of the layer", [_layers(record) for record in records.values()])
        charts = [_curves(record) for record in records.values()]
        lines = panels.lines("Test accuracy", "%", charts) | {"labels": "end", "note": "bands: 95 % intervals"}
        texts, spoken = [str(number) for number in rounds], [f"round {number}" for number in rounds]
        slider = Slider("Round", texts, spoken, "round", [(number, str(number)) for number in rounds], len(rounds) - 2)
        summaries = [_summaries(record) for record in records.values()]
        menus = [Menu("Network", list(records))]
        super().__init__("Kept weights", [bars, lines], summaries, slider=slider, menus=menus)


def _rounds(record: dict) -> int:
    return len(record["settings"]["factors"]) + 1


def _layers(record: dict) -> list[dict]:
    """A bar for each layer: the mean share that the seeds kept in each round."""
    trajectories = [[entry["kept"] for entry in seed["pruned"]] for seed in record["seeds"]]
    bars = []
    for layer, (name, total) in zip(_names(trajectories[0][0]), trajectories[0][0].items(), strict=True):
        by_round = zip(*([kept[name] for kept in trajectory] for trajectory in trajectories), strict=True)
        values = [round(100 * sum(kept) / len(kept) / total, 2) for kept in by_round]
        bars.append(panels.bar(layer, values, [f"{value:.1f} %" for value in values]))
    return bars


def _names(layers: dict[str, int]) -> list[str]:
    """Layers by kind and number: in these networks `features` holds the convolutions, the rest is linear."""
    convolutions = sum(name.startswith("features") for name in layers)
    linear = range(1, len(layers) - convolutions + 1)
    return [f"convolution {n + 1}" for n in range(convolutions)] + [f"linear {n}" for n in linear]


def _accuracies(record: dict, arm: str) -> list[tuple[float, float]]:
    """Mean test accuracy and half the interval after each round."""
    by_round = zip(*([entry["test"] for entry in seed[arm]] for seed in record["seeds"]), strict=True)
    return [mean_interval(values) for values in by_round]


def _curves(record: dict) -> list[dict]:
    curves = []
    for arm, tone in ARMS.items():
        means, halves = zip(*_accuracies(record, arm), strict=True)
        points = [[number, round(mean, 3)] for number, mean in enumerate(means)]
        rounded = [round(mean, 3) for mean in means], [round(half, 3) for half in halves]
        curves.append(panels.series(arm, rounded[0], tone, points, spread=rounded[1]))
    return curves


def _summaries(record: dict) -> list[str]:
    summaries = []
    arms = [_accuracies(record, arm) for arm in ARMS]
    for factor, *found in zip((1, *record["settings"]["factors"]), *arms, strict=True):
        (pruned, half), (random, _), (dense, _) = found
        summaries.append(
            f"{factor}x fewer weights: {pruned:.2f} ± {half:.2f} % pruned, {random:.2f} % pruned at random, "
            f"{dense:.2f} % dense after the same rounds."
        )
    return summaries
