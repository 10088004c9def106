"""Whole channels: slimming and filters (labs 05 and 06)."""

from dataclasses import dataclass
from statistics import mean
from typing import Literal

from prunelab.records import Controls, Filters, Sliced, Slimming
from prunelab.results import load_results
from prunelab.scoreboard.rows import Claim, Row, compare

LIU, LI = "Liu et al. 2017, table 1", "Li et al. 2017, table 1"


@dataclass(frozen=True)
class Cut:
    """A network that lost channels: which, where its record is, what was published and how much must be gone.

    `parameters` and `macs` are the fractions that must be removed, `loss` the points that it may cost.
    """

    label: str
    run: str
    published: str
    parameters: float
    macs: float
    loss: float = 0.0


MLP = "MLP 784-500-300-10, slimmed"
MLP_PUBLISHED = f"84.4 % of parameters, error +0.06 points on MNIST ({LIU})"
CUTS = [
    Cut("VGG, slimmed", "slimming-vgg", f"88.5 % of parameters, 51 % of MACs, error -0.14 points on CIFAR-10 ({LIU})",
        0.885, 0.51),
    Cut(MLP, "slimming-mlp-mnist", MLP_PUBLISHED, 0.844, 0, 0.06),
    Cut(MLP, "slimming-mlp", MLP_PUBLISHED, 0.844, 0, 0.06),
    Cut("VGG, L1 filters", "filters-vgg", "VGG-16: 64 % of parameters, 34 % of MACs, error -0.15 points on CIFAR-10 "
        f"({LI})", 0.64, 0.34),
]  # fmt: skip


BASELINES: dict[Literal["dense", "one cycle", "scratch"], str] = {
    "dense": "dense after the same two cycles",
    "one cycle": "dense with all steps in one cycle",
    "scratch": "the small network from scratch",
}


def cut_rows(cut: Cut) -> list[Row]:
    """Test accuracy after the retraining against three networks with as many steps: see recipes/channels.py."""
    seeds = _main_cuts(cut.run)
    parameters = 1 - mean(small["parameters"] / controls["dense"]["parameters"] for small, controls in seeds)
    macs = 1 - mean(small["macs"] / controls["dense"]["macs"] for small, controls in seeds)
    enough = parameters >= cut.parameters and macs >= cut.macs
    size = f"{cut.label}, {parameters:.1%} of parameters and {macs:.1%} of MACs removed"
    rows = []
    for baseline, words in BASELINES.items():
        pairs = [(small["test"], controls[baseline]["test"]) for small, controls in seeds]
        claim = Claim(
            f"{size}: no less accurate than {words}", cut.published, lambda gain, _: enough and gain >= -cut.loss
        )
        rows.append(compare(cut.run, claim, pairs))
    return rows


def _main_cuts(run: str) -> list[tuple[Sliced, Controls]]:
    """The retrained network of each seed at the record's main fraction, and what it is compared with."""
    if run.startswith("filters"):
        filters = load_results(run, Filters)
        place = filters["settings"]["shares"].index(filters["settings"]["share"])
        return [(seed["l1"][place]["retrained"], seed) for seed in filters["seeds"]]
    slimming = load_results(run, Slimming)
    place = slimming["settings"]["shares"].index(slimming["settings"]["share"])
    return [(seed["retrained"][place], seed) for seed in slimming["seeds"]]
