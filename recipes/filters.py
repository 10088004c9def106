"""Lab 06: whole filters by their L1 norm (Li et al. 2017): `python recipes/filters.py [NETWORK ...]`.

Each seed of a network is trained; then the same fraction of every layer's filters is removed, chosen by
  l1       the smallest sums of magnitudes,
  largest  the largest ones,
  first    the first of each layer,
  random   at random,
and the small network is measured before and after retraining. At the main fraction, with as many steps in total:
  dense      the same network, retrained without pruning: the control,
  one cycle  a dense network that has all steps in one learning rate decay: the best baseline,
  scratch    the small network with new weights, trained like that baseline.
The settings were chosen on the validation split of seed 0; the test split chose nothing.
"""

from dataclasses import asdict, dataclass
from functools import partial

import torch
from torch import Tensor, nn

import channels
from channels import Kept, norms, prune_channels
from prunelab.training import seeded
from runs import Advance, Run, epoch, main

ORDERS = ("l1", "largest", "first", "random")


@dataclass(frozen=True)
class Settings:
    """How a network is trained, before and after pruning; the fractions of each layer's filters that are removed."""

    network: str
    lr: float
    retrain_lr: float
    epochs: int
    retrain_epochs: int
    shares: tuple[float, ...]
    share: float  # the main one
    seeds: int
    dataset: str | None = None  # None: the one that PRUNELAB_DATASET names


SETTINGS = [Settings("vgg", 0.1, 0.1, 8, 5, shares=(0.2, 0.4, 0.6, 0.8), share=0.4, seeds=3)]


class Trial(channels.Trial):
    """One seed of one network: every arm of the comparison."""

    settings_type = Settings

    def results(self) -> dict:
        """Four orders at every fraction, and the arms at the main one."""
        model, shape = self.first_cycle(self.new()), self.data.shape
        small = prune_channels(model, kept_filters(model, "l1", self.settings.share, self.seed), shape)
        return {
            **{order: [self.cut(model, order, fraction) for fraction in self.settings.shares] for order in ORDERS},
            "dense": self.retrained(model, kept_filters(model, "l1", 0, self.seed)),
            "one cycle": self.scratch(self.new()),
            "scratch": self.scratch(channels.renewed(small, self.seed)),
        }

    def cut(self, model: nn.Module, order: str, fraction: float) -> dict:
        """The records of a small network right after pruning and, under "retrained", after retraining."""
        kept = kept_filters(model, order, fraction, self.seed)
        return self.record(prune_channels(model, kept, self.data.shape)) | {"retrained": self.retrained(model, kept)}


def kept_filters(model: nn.Module, order: str, fraction: float, seed: int) -> Kept:
    """The filters kept in each layer when the `fraction` of them that comes first in `order` is removed."""
    source, kept = seeded(seed), {}
    for (name, norm), filters in zip(norms(model).items(), convolutions(model), strict=True):
        size = filters.flatten(1).abs().sum(1)  # (out,)
        places = {
            "l1": size.argsort(),
            "largest": size.argsort(descending=True),
            "first": torch.arange(norm.num_features),
            "random": torch.randperm(norm.num_features, generator=source),
        }[order]
        kept[name] = places[round(fraction * norm.num_features) :].sort().values
    return kept


def convolutions(model: nn.Module) -> list[Tensor]:
    """The filters in front of each batch norm, (out, in, height, width)."""
    return [module.weight.detach() for module in model.modules() if isinstance(module, nn.Conv2d)]


def results(settings: dict, seed: int, advance: Advance) -> dict:
    """What one seed gives, for runs.Run."""
    return Trial(settings, seed, advance).results()


def as_run(settings: Settings) -> Run:
    """The run that data/results/filters-NETWORK.json records."""
    retrainings = len(ORDERS) * len(settings.shares) + 1
    epochs = 3 * settings.epochs + (retrainings + 2) * settings.retrain_epochs
    return Run(f"filters-{settings.network}", asdict(settings), results, settings.seeds, epochs * epoch())


if __name__ == "__main__":
    main(__doc__, {settings.network: partial(as_run, settings) for settings in SETTINGS})
