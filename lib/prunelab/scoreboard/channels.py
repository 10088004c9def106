"""Whole channels: slimming and filters (labs 05 and 06)."""

from dataclasses import dataclass
from statistics import mean

from prunelab.results import load_results
from prunelab.scoreboard.rows import Claim, Row, compared

LIU, LI = "Liu et al. 2017, table 1", "Li et al. 2017, table 1"


@dataclass(frozen=True)
class Cut:
    """A network that lost channels: which, where its record is, what was published and how much must be gone.

    `parameters` and `macs` are the shares that must be removed, `loss` the points that it may cost.
    """

    label: str
    run: str
    published: str
    parameters: float
    macs: float
    loss: float = 0.0


PERCEPTRON = "MLP 784-500-300-10, slimmed"
PERCEPTRON_PUBLISHED = f"84.4 % of parameters, error +0.06 points on MNIST ({LIU})"
CUTS = [
    Cut("VGG, slimmed", "slimming-vgg", f"88.5 % of parameters, 51 % of MACs, error -0.14 points on CIFAR-10 ({LIU})",
        0.885, 0.51),
    Cut(PERCEPTRON, "slimming-mlp-mnist", PERCEPTRON_PUBLISHED, 0.844, 0, 0.06),
    Cut(PERCEPTRON, "slimming-mlp", PERCEPTRON_PUBLISHED, 0.844, 0, 0.06),
    Cut("VGG, L1 filters", "filters-vgg", "VGG-16: 64 % of parameters, 34 % of MACs, error -0.15 points on CIFAR-10 "
        f"({LI})", 0.64, 0.34),
]  # fmt: skip


def cut_rows(cut: Cut) -> list[Row]:
    """Test accuracy after the retraining against three networks with as many steps: see recipes/channels.py."""
    record = load_results(cut.run)
    small = [_main_cut(seed, record["settings"]) for seed in record["seeds"]]
    gone = {kind: 1 - mean(one[kind] / seed["dense"][kind] for one, seed in zip(small, record["seeds"], strict=True))
            for kind in ("parameters", "macs")}  # fmt: skip
    enough = gone["parameters"] >= cut.parameters and gone["macs"] >= cut.macs
    size = f"{cut.label}, {gone['parameters']:.1%} of parameters and {gone['macs']:.1%} of MACs removed"
    rivals = {
        "dense": "dense after the same two cycles",
        "one cycle": "dense with all steps in one cycle",
        "scratch": "the small network from scratch",
    }
    rows = []
    for rival, words in rivals.items():
        pairs = [(one["test"], seed[rival]["test"]) for one, seed in zip(small, record["seeds"], strict=True)]
        claim = Claim(
            f"{size}: no less accurate than {words}", cut.published, lambda gain, _: enough and gain >= -cut.loss
        )
        rows.append(compared(cut.run, claim, pairs))
    return rows


def _main_cut(seed: dict, settings: dict) -> dict:
    """The retrained network of one seed at the record's main share."""
    place = settings["shares"].index(settings["share"])
    return seed["retrained"][place] if "retrained" in seed else seed["l1"][place]["retrained"]
