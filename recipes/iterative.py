"""Lab 03: prune in rounds, against baselines that train as long: `python recipes/iterative.py [NETWORK ...]`.

Each seed of a network trains
  pruned     global magnitude pruning in rounds: prune, then retrain,
  random     as many weights of each layer in the same rounds, chosen at random,
  dense      the same rounds without pruning: the control, which differs in nothing else,
  one cycle  a dense network that has all steps up to the main round in one learning rate decay: the best baseline,
  small      a narrow dense network with as many weights as the main round keeps, trained like that baseline.
The settings were chosen on the validation split of seed 0; the test split chose nothing.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

import torch
from torch import nn

from prunelab.data import load_data
from prunelab.models import build
from prunelab.training import fit
from pruning import Masks, full_masks, hold, layers, magnitude_masks, measured, random_masks, scale_dropout
from runs import Advance, Run, epoch, main


@dataclass(frozen=True)
class Settings:
    """How a network is trained: epochs before the first cut and after each; the compression factor after each cut."""

    network: str
    lr: float  # at the top of the first cycle, and of the only one
    retrain_lr: float  # at the top of each round's cycle
    factors: tuple[int, ...]
    epochs: tuple[int, ...]  # one more than there are factors
    main: int  # the factor at which the baselines are trained
    seeds: int

    @property
    def epochs_to_main(self) -> int:
        """How long a network has trained when it is `main` times smaller."""
        return sum(self.epochs[: self.factors.index(self.main) + 2])


SETTINGS = [
    Settings("vgg", 0.1, 0.1, factors=(2, 5, 10, 20, 40), epochs=(6, 1, 1, 1, 3, 3), main=20, seeds=3),
    Settings("alexnet", 0.03, 0.05, factors=(2, 5, 10, 20, 40), epochs=(8, 1, 1, 1, 4, 4), main=20, seeds=3),
    Settings("lenet5", 0.05, 0.1, factors=(2, 5, 12, 20, 40), epochs=(6, 1, 1, 4, 3, 3), main=12, seeds=3),
    Settings("lenet300", 0.05, 0.1, factors=(2, 5, 12, 20, 40), epochs=(10, 3, 3, 12, 6, 6), main=12, seeds=5),
]


class Trial:
    """One seed of one network: every arm of the comparison."""

    def __init__(self, settings: dict, seed: int, advance: Advance) -> None:
        self.settings, self.seed, self.data = Settings(**settings), seed, load_data()
        self.epoch = epoch()
        self.fit = partial(fit, dataset=self.data.train, lr=self.settings.lr, after_step=advance)

    def results(self) -> dict:
        """A record for each network; for those in rounds, the first record is from before any pruning."""
        start = self.new()
        self.fit(start, steps=self.settings.epochs[0] * self.epoch, seed=self.seed)
        history = []

        def by_magnitude(model: nn.Module, masks: Masks, number: int) -> Masks:
            total = sum(mask.numel() for mask in masks.values())
            history.append(magnitude_masks(model, masks, round(total / self.settings.factors[number])))
            return history[-1]

        def at_random(model: nn.Module, masks: Masks, number: int) -> Masks:
            return random_masks(masks, history[number], self.seed)

        return {
            "pruned": self.rounds("pruned", start, by_magnitude),
            "dense": self.rounds("dense", start, lambda model, masks, number: masks),
            "one cycle": self.scratch("one cycle", width=1),
            "small": self.scratch("small", width=self.small_width()),
            "random": self.rounds("random", start, at_random),
        }

    def new(self, width: float = 1) -> nn.Module:
        torch.manual_seed(self.seed)
        return build(self.settings.network, self.data, width)

    def rounds(self, arm: str, start: nn.Module, choose: Callable[[nn.Module, Masks, int], Masks]) -> list[dict]:
        """Continue training from `start` in rounds, each with the masks chosen for it."""
        model, epochs = self.new(), self.settings.epochs
        model.load_state_dict(start.state_dict())
        masks = full_masks(model)
        hold(model, masks)
        records = [self.record(arm, model, masks, epochs[0])]
        for number in range(len(self.settings.factors)):
            masks = choose(model, masks, number)
            hold(model, masks)
            scale_dropout(model, masks)
            seed, lr = 1000 * (number + 1) + self.seed, self.settings.retrain_lr
            self.fit(model, steps=epochs[number + 1] * self.epoch, lr=lr, seed=seed)
            records.append(self.record(arm, model, masks, sum(epochs[: number + 2])))
        return records

    def scratch(self, arm: str, width: float) -> dict:
        """Train a dense network `width` times as wide, in one go, for the others' steps up to the main factor."""
        model, epochs = self.new(width), self.settings.epochs_to_main
        masks = full_masks(model)
        hold(model, masks)
        if width < 1:
            scale_dropout(model, {name: mask / self.settings.main for name, mask in masks.items()})
        self.fit(model, steps=epochs * self.epoch, seed=self.seed)
        return self.record(arm, model, masks, epochs) | {"width": width}

    def small_width(self) -> float:
        """The width at which the dense network has as many weights as the main factor keeps, to a thousandth."""
        goal = weights(self.new()) / self.settings.main
        return min((w / 1000 for w in range(1, 1000)), key=lambda width: abs(weights(self.new(width)) - goal))

    def record(self, arm: str, model: nn.Module, masks: Masks, epochs: int) -> dict:
        """The record of a trained network; also prints its validation accuracy."""
        found = {"steps": epochs * self.epoch} | measured(model, masks, self.data)
        kept = sum(found["kept"].values())
        print(
            f"{self.settings.network}, seed {self.seed}, {arm}: {kept:,} weights, {found['validation']:.2f} %",
            flush=True,
        )
        return found


def weights(model: nn.Module) -> int:
    """The number of weights that pruning counts."""
    return sum(layer.weight.numel() for layer in layers(model).values())


def results(settings: dict, seed: int, advance: Advance) -> dict:
    """What one seed gives, for runs.Run."""
    return Trial(settings, seed, advance).results()


def as_run(settings: Settings) -> Run:
    """The run that data/results/iterative-NETWORK.json records."""
    epochs = 3 * sum(settings.epochs) - 2 * settings.epochs[0] + 2 * settings.epochs_to_main
    return Run(f"iterative-{settings.network}", asdict(settings), results, settings.seeds, epochs * epoch())


if __name__ == "__main__":
    main(__doc__, {settings.network: partial(as_run, settings) for settings in SETTINGS})
