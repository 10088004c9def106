"""Structured pruning as the recipes do it: the kept channels are a value, and torch_pruning removes the others."""

from copy import deepcopy
from functools import partial

import torch
import torch_pruning
from torch import Tensor, nn

from prunelab.data import load_data
from prunelab.measure import macs, parameters
from prunelab.models import build
from prunelab.training import accuracy, fit, seeded
from runs import Advance, epoch

Kept = dict[str, Tensor]  # the indices of the kept output channels, ascending, by layer name


def norms(model: nn.Module) -> dict[str, nn.BatchNorm1d | nn.BatchNorm2d]:
    """The batch norms of a model, by name."""
    return {
        name: module for name, module in model.named_modules() if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d)
    }


def random_kept(model: nn.Module, kept: Kept, seed: int) -> Kept:
    """As many channels of each layer of `model` as are `kept`, chosen at random."""
    source = seeded(seed)
    orders = {name: torch.randperm(norm.num_features, generator=source) for name, norm in norms(model).items()}
    return {name: orders[name][: len(places)].sort().values for name, places in kept.items()}


def prune_channels(model: nn.Module, kept: Kept, shape: tuple[int, int, int]) -> nn.Module:
    """A smaller copy of `model` with only the kept channels; layers that read or add the others are cut with them."""
    small = deepcopy(model).eval()
    graph = torch_pruning.DependencyGraph().build_dependency(small, torch.zeros(2, *shape))
    for name, places in kept.items():
        layer = small.get_submodule(name)
        cut = sorted(set(range(layer.num_features)) - set(places.tolist()))
        if cut:
            graph.get_pruning_group(layer, torch_pruning.prune_batchnorm_out_channels, idxs=cut).prune()
    return small


def renewed(model: nn.Module, seed: int) -> nn.Module:
    """A copy with new weights."""
    torch.manual_seed(seed)
    model = deepcopy(model)
    for module in model.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()
    return model


class Trial:
    """One seed of one network: the common part of the channel recipes.

    The settings have `network` and `dataset`, `lr` and `epochs` of the first training, `retrain_lr` and
    `retrain_epochs` of the second; an arm of the comparison has both, or all their steps in one.
    """

    settings_type: type

    def __init__(self, settings: dict, seed: int, advance: Advance) -> None:
        self.settings, self.seed = self.settings_type(**settings), seed
        self.data, self.epoch = load_data(self.settings.dataset), epoch(self.settings.dataset)
        self.fit = partial(fit, dataset=self.data.train, after_step=advance)

    def new(self) -> nn.Module:
        torch.manual_seed(self.seed)
        return build(self.settings.network, self.data)

    def first_cycle(self, model: nn.Module) -> nn.Module:
        """`model`, trained in place for the epochs before a cut."""
        self.fit(model, steps=self.settings.epochs * self.epoch, lr=self.settings.lr, seed=self.seed)
        return model

    def retrained(self, model: nn.Module, kept: Kept) -> dict:
        """The record of a pruned network after retraining."""
        small, settings = prune_channels(model, kept, self.data.shape), self.settings
        steps = settings.retrain_epochs * self.epoch
        self.fit(small, steps=steps, lr=settings.retrain_lr, seed=1000 + self.seed)
        return self.record(small)

    def scratch(self, model: nn.Module) -> dict:
        """The record of a network trained in one go, for as many steps as the others in total."""
        epochs = self.settings.epochs + self.settings.retrain_epochs
        self.fit(model, steps=epochs * self.epoch, lr=self.settings.lr, seed=self.seed)
        return self.record(model)

    def record(self, model: nn.Module) -> dict:
        """Channels by layer, parameters, MACs, and accuracy on both splits in per cent."""
        return {
            "channels": {name: norm.num_features for name, norm in norms(model).items()},
            "parameters": parameters(model),
            "macs": macs(model, self.data.shape),
            "validation": round(accuracy(model, self.data.validation), 3),
            "test": round(accuracy(model, self.data.test), 3),
        }
