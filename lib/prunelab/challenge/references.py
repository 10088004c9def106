"""What the course's long runs reached, as points to compare with: bytes, MACs, and points of accuracy lost."""

from collections.abc import Callable

from prunelab.results import load_results

ROUNDS = {"iterative-alexnet": "AlexNet, weights in rounds", "iterative-vgg": "VGG, weights in rounds"}


def references() -> list[dict]:
    """The points of data/results/: label, bytes of the weights, MACs (None where only masked) and `lost`.

    `lost` is the accuracy on the test images of the dense network that the same record has, less that of the small one,
    the mean over the seeds.
    """
    points = [point for run, label in ROUNDS.items() for point in _rounds(load_results(run), label)]
    slim, filters = load_results("slimming-vgg"), load_results("filters-vgg")
    points += _cuts(slim, "VGG, slimmed", lambda seed: seed["retrained"][1:])
    points += _cuts(filters, "VGG, L1 filters", lambda seed: [cut["retrained"] for cut in seed["l1"]])
    return points


def course_numbers() -> dict[str, dict[str, float]]:
    """The course's own entries of the trade-off table, as `prunelab.notes.noted` has them: means over the seeds."""
    rounds, slim, filters = (load_results(run) for run in ("iterative-vgg", "slimming-vgg", "filters-vgg"))
    number = rounds["settings"]["factors"].index(rounds["settings"]["main"]) + 1
    small, dense = ([seed[key][number] for seed in rounds["seeds"]] for key in ("pruned", "dense"))
    place = [record["settings"]["shares"].index(record["settings"]["share"]) for record in (slim, filters)]
    return {
        "03 iterative": {
            "compression": mean([each["bytes"]["dense"] / each["bytes"]["bitmask"] for each in small]),
            "steps": mean([each["steps"] for each in small]) - rounds["seeds"][0]["pruned"][0]["steps"],
            **_accuracies(small, dense),
        },
        "05 slimming": _cut_numbers(slim, [seed["retrained"][place[0]] for seed in slim["seeds"]]),
        "06 surgery": _cut_numbers(filters, [seed["l1"][place[1]]["retrained"] for seed in filters["seeds"]]),
    }


def _cut_numbers(record: dict, small: list[dict]) -> dict[str, float]:
    dense = [seed["dense"] for seed in record["seeds"]]
    smaller = mean([big["parameters"] / cut["parameters"] for big, cut in zip(dense, small, strict=True)])
    return {"compression": smaller, **_accuracies(small, dense)}


def _accuracies(small: list[dict], dense: list[dict]) -> dict[str, float]:
    return {"accuracy": mean([each["test"] for each in small]), "dense": mean([each["test"] for each in dense])}


def _rounds(record: dict, label: str) -> list[dict]:
    """One point for each round but the first, which cut nothing; each in the smaller of two layouts with indices."""
    points = []
    for number in range(1, len(record["seeds"][0]["pruned"])):
        stages = [seed["pruned"][number] for seed in record["seeds"]]
        sizes = [min(stage["bytes"]["bitmask"], stage["bytes"]["csr32"]) for stage in stages]
        lost = [seed["dense"][number]["test"] - seed["pruned"][number]["test"] for seed in record["seeds"]]
        points.append({"label": label, "bytes": mean(sizes), "MACs": None, "lost": mean(lost)})
    return points


def _cuts(record: dict, label: str, stages_of: Callable[[dict], list[dict]]) -> list[dict]:
    """One point for each share of channels that left a network worth the name."""
    points: list[dict] = []
    for stages in zip(*(stages_of(seed) for seed in record["seeds"]), strict=True):
        lost = mean(
            [seed["dense"]["test"] - stage["test"] for seed, stage in zip(record["seeds"], stages, strict=True)]
        )
        size, macs = (mean([stage[key] for stage in stages]) for key in ("parameters", "macs"))
        points.append({"label": label, "bytes": 4 * size, "MACs": macs, "lost": lost})
    return [point for point in points if point["lost"] < 10]


def mean(values: list[float]) -> float:
    """The mean of some numbers."""
    return sum(values) / len(values)
