"""One row of the scoreboard: a claim about paired results of several seeds, and whether it holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prunelab.results import load_results, mean_interval


@dataclass(frozen=True)
class Row:
    """One claim, and whether it holds; `source` is the file that has every seed."""

    claim: str
    ours: str
    interval: str
    published: str
    source: str
    dataset: str
    met: bool


@dataclass(frozen=True)
class Claim:
    """What is to be measured, what was published, and when the claim holds.

    `holds` gets the mean of the paired differences and half the width of their 95 % interval.
    """

    words: str
    published: str
    holds: Callable[[float, float], bool]


def compare(run: str, claim: Claim, pairs: Sequence[tuple[float, float]]) -> Row:
    """The row for a claim about `pairs`, (ours, baseline) of each seed of a run, in per cent or points."""
    mean, half = mean_interval([ours - baseline for ours, baseline in pairs])
    ours, baseline = (sum(values) / len(values) for values in zip(*pairs, strict=True))
    return Row(
        claim=claim.words,
        ours=f"{ours:.2f} against {baseline:.2f}",
        interval=f"{mean:+.2f} ± {half:.2f} (95 %, {len(pairs)} seeds)",
        published=claim.published,
        source=f"data/results/{run}.json",
        dataset=load_results(run)["dataset"],
        met=claim.holds(mean, half),
    )


def ahead(mean: float, half: float) -> bool:
    """Whether the difference is larger than half of its interval."""
    return mean > half
