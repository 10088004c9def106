"""What the course's long runs reached, as points to compare with: bytes, MACs, and points of accuracy lost."""

from collections.abc import Iterable, Iterator
from statistics import mean
from typing import TypedDict

from prunelab.records import Accuracies, Filters, Iterative, Sliced, Slimming
from prunelab.results import load_results

ROUNDS = {"iterative-alexnet": "AlexNet, weights in rounds", "iterative-vgg": "VGG, weights in rounds"}
WORTH_SHOWING = 10  # points lost at most


class Point(TypedDict):
    """One network: bytes of its weights, MACs (None where only masked), points of accuracy lost, means over seeds."""

    label: str
    bytes: float
    MACs: float | None
    lost: float


def references() -> list[Point]:
    """The points of data/results/.

    `lost` is the accuracy on the test images of the dense network that the same record has, less that of the small one.
    """
    slim, filters = load_results("slimming-vgg", Slimming), load_results("filters-vgg", Filters)
    points = [point for run, label in ROUNDS.items() for point in _rounds(load_results(run, Iterative), label)]
    points += _cuts("VGG, slimmed", [(seed["dense"], seed["retrained"][1:]) for seed in slim["seeds"]])
    ranked = [(seed["dense"], [cut["retrained"] for cut in seed["l1"]]) for seed in filters["seeds"]]
    return [*points, *_cuts("VGG, L1 filters", ranked)]


def course_numbers() -> dict[str, dict[str, float]]:
    """The course's own entries of the trade-off table, as `prunelab.notes.noted` has them: means over the seeds."""
    slim, filters = load_results("slimming-vgg", Slimming), load_results("filters-vgg", Filters)
    at_slim, at_filters = (each["settings"]["shares"].index(each["settings"]["share"]) for each in (slim, filters))
    return {
        "03 iterative": _round_numbers(load_results("iterative-vgg", Iterative)),
        "05 slimming": _cut_numbers([(seed["dense"], seed["retrained"][at_slim]) for seed in slim["seeds"]]),
        "06 surgery": _cut_numbers([(seed["dense"], seed["l1"][at_filters]["retrained"]) for seed in filters["seeds"]]),
    }


def _round_numbers(record: Iterative) -> dict[str, float]:
    number = record["settings"]["factors"].index(record["settings"]["main"]) + 1
    small = [seed["pruned"][number] for seed in record["seeds"]]
    return {
        "compression": mean(each["bytes"]["dense"] / each["bytes"]["bitmask"] for each in small),
        "steps": mean(each["steps"] for each in small) - record["seeds"][0]["pruned"][0]["steps"],
        **_accuracies((seed["dense"][number], seed["pruned"][number]) for seed in record["seeds"]),
    }


def _cut_numbers(pairs: list[tuple[Sliced, Sliced]]) -> dict[str, float]:
    smaller = mean(dense["parameters"] / small["parameters"] for dense, small in pairs)
    return {"compression": smaller, **_accuracies(pairs)}


def _accuracies(pairs: Iterable[tuple[Accuracies, Accuracies]]) -> dict[str, float]:
    dense, small = zip(*pairs, strict=True)
    return {"accuracy": mean(each["test"] for each in small), "dense": mean(each["test"] for each in dense)}


def _rounds(record: Iterative, label: str) -> Iterator[Point]:
    """One point for each round but the first, which cut nothing; each in the smaller of two layouts with indices."""
    for number in range(1, len(record["seeds"][0]["pruned"])):
        stages = [seed["pruned"][number] for seed in record["seeds"]]
        size = mean(min(stage["bytes"]["bitmask"], stage["bytes"]["csr32"]) for stage in stages)
        lost = mean(seed["dense"][number]["test"] - seed["pruned"][number]["test"] for seed in record["seeds"])
        yield {"label": label, "bytes": size, "MACs": None, "lost": lost}


def _cuts(label: str, seeds: list[tuple[Sliced, list[Sliced]]]) -> Iterator[Point]:
    """One point for each fraction of the channels that left a network worth the name."""
    for number in range(len(seeds[0][1])):
        pairs = [(dense, stages[number]) for dense, stages in seeds]
        lost = mean(dense["test"] - small["test"] for dense, small in pairs)
        size, macs = mean(small["parameters"] for _, small in pairs), mean(small["macs"] for _, small in pairs)
        if lost < WORTH_SHOWING:
            yield {"label": label, "bytes": 4 * size, "MACs": macs, "lost": lost}
