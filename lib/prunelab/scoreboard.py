"""The headline results of the course beside the published ones, read from data/results/."""

from collections.abc import Callable
from dataclasses import dataclass

from prunelab.results import load_results, mean_interval


@dataclass(frozen=True)
class Row:
    """One claim: what was measured and whether it holds; `source` is the file that holds every seed."""

    claim: str
    ours: str
    interval: str
    published: str
    source: str
    dataset: str
    met: bool


HAN = "Han et al. 2015, table 1"
FRANKLE = "Frankle & Carbin 2019"
PRUNED = {  # name of the run, label, published ratio and its test errors before and after
    "alexnet": ("AlexNet", f"9x, top-1 error 42.78 to 42.77 % on ImageNet ({HAN})"),
    "vgg": ("VGG", f"VGG-16 13x, top-1 error 31.50 to 31.34 % on ImageNet ({HAN})"),
    "lenet300": ("LeNet-300-100", f"12x, error 1.64 to 1.59 % on MNIST ({HAN})"),
    "lenet5": ("LeNet-5", f"12x, error 0.80 to 0.77 % on MNIST ({HAN})"),
}


def scoreboard() -> list[Row]:
    """All rows; raise DataNotFound if a record is missing."""
    rows = [row for network in PRUNED for row in pruning_rows(network)]
    return [*rows, gap_row(), *ticket_rows()]
