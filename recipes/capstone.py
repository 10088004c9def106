"""Lab 10: what the solution's three networks cost and reach: `python recipes/capstone.py`, about one minute per seed.

The seed orders the training images; everything else is as in solutions/10_capstone. The test split is read once.
"""

import sys
from functools import partial
from pathlib import Path

import jupytext
from torch import nn

from prunelab import LabError
from prunelab.challenge import trial
from prunelab.challenge.targets import costs, dense_accuracy, load_targets
from prunelab.data import Data, load_data
from prunelab.training import accuracy, fit
from runs import Advance, Run, run_all

SETTINGS = {"seeds": 3, "targets": ["phone", "web", "chip"]}
SOURCE = Path(__file__).parents[1] / "solutions" / "10_capstone" / "10_capstone.py"


def answers(seed: int) -> dict:
    """The names that the setup and the solution of lab 10 define, with the training images in another order."""
    names = {}
    for cell in jupytext.read(SOURCE, fmt="py:percent").cells:
        if {"locked", "exercise"} & cell.metadata.keys():
            exec(compile(cell.source, str(SOURCE), "exec"), names)
    names["fit"] = partial(fit, seed=seed)
    return names


def measured(name: str, network: nn.Module, data: Data) -> dict:
    """Costs, accuracies and score of one target's network, as the leaderboard has them."""
    target, (counted, rebuilt) = load_targets(data)[name], costs(network, data)
    reached = {split: round(accuracy(rebuilt, getattr(data, split)), 3) for split in ("validation", "test")}
    return {**counted, **reached, "score": round(target.limits[target.goal] / counted[target.goal], 3)}


def results(settings: dict, seed: int, advance: Advance) -> dict:
    """What each target's network costs and reaches, beside the dense VGG."""
    data, names, found = load_data(), answers(seed), {}
    for name in settings["targets"]:
        network, _ = trial.run_compress(names[f"compress_{name}"], data)
        found[name] = measured(name, network, data)
        advance()
    dense = {split: round(dense_accuracy(data, split), 3) for split in ("validation", "test")}
    return {"networks": found, "dense": dense}


def main() -> None:
    try:
        run_all([Run("capstone", SETTINGS, results, SETTINGS["seeds"], steps=len(SETTINGS["targets"]))])
    except LabError as error:
        sys.exit(f"capstone: {error}")


if __name__ == "__main__":
    main()
