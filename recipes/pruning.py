"""Pruning as the recipes do it: masks are values, {layer: 0 or 1 for each weight}, and torch's pruner holds them."""

import math

import torch
from torch import Tensor, nn
from torch.nn.utils import prune

from prunelab.data import Data
from prunelab.measure import encoded_bytes
from prunelab.training import accuracy, seeded

Masks = dict[str, Tensor]


def layers(model: nn.Module) -> dict[str, nn.Conv2d | nn.Linear]:
    """The layers whose weights are pruned: convolutions and linear layers, by name."""
    return {name: module for name, module in model.named_modules() if isinstance(module, nn.Conv2d | nn.Linear)}


def full_masks(model: nn.Module) -> Masks:
    """Masks that keep every weight."""
    return {name: torch.ones(layer.weight.shape) for name, layer in layers(model).items()}


def magnitude_masks(model: nn.Module, masks: Masks, kept: int) -> Masks:
    """Masks that keep the `kept` largest magnitudes of all layers together, out of those that `masks` keep."""
    weights = {name: weight_of(layer).abs() * masks[name] for name, layer in layers(model).items()}
    largest = torch.cat([weight.reshape(-1) for weight in weights.values()]).topk(kept).indices
    flat = torch.zeros(sum(weight.numel() for weight in weights.values())).index_fill(0, largest, 1)
    pieces = flat.split([weight.numel() for weight in weights.values()])
    return {name: piece.reshape(weights[name].shape) for (name, piece) in zip(weights, pieces, strict=True)}


def random_masks(masks: Masks, like: Masks, seed: int) -> Masks:
    """Masks that keep as many weights of each layer as `like`, chosen at random out of those that `masks` keep."""
    generator, chosen = seeded(seed), {}
    for name, mask in masks.items():
        draws = torch.rand(mask.numel(), generator=generator) * mask.reshape(-1)
        kept = draws.topk(int(like[name].sum())).indices
        chosen[name] = torch.zeros(mask.numel()).index_fill(0, kept, 1).reshape(mask.shape)
    return chosen


def hold(model: nn.Module, masks: Masks) -> None:
    """Apply `masks` to `model` in every forward pass from now on."""
    for name, layer in layers(model).items():
        if prune.is_pruned(layer):
            layer.weight_mask.copy_(masks[name])
        else:
            prune.custom_from_mask(layer, "weight", masks[name])


def weight_of(layer: nn.Module) -> Tensor:
    """The trained weight of a layer, whether torch's pruner holds it or not."""
    return getattr(layer, "weight_orig", layer.weight).detach()


def scale_dropout(model: nn.Module, masks: Masks) -> None:
    """Scale dropout with the layer after it, by the square root of its density (Han et al. 2015, eq. 3).

    The density is the kept fraction of connections C_r / C_o; a sparser layer overfits less. Dropout was 0.5 before.
    """
    dropout = None
    for name, module in model.named_modules():
        if isinstance(module, nn.Dropout):
            dropout = module
        elif dropout and isinstance(module, nn.Linear):
            dropout.p, dropout = 0.5 * math.sqrt(masks[name].mean().item()), None


def measured(model: nn.Module, masks: Masks, data: Data) -> dict:
    """The record of a network: weights kept by layer, bytes, and accuracy on every split in per cent."""
    weights = {name: weight_of(layer) * masks[name] for name, layer in layers(model).items()}
    return {
        "kept": {name: int(mask.sum()) for name, mask in masks.items()},
        "bytes": {
            "weights alone": 4 * int(sum(mask.sum() for mask in masks.values())),
            **{kind: sum(encoded_bytes(w, kind) for w in weights.values()) for kind in ("dense", "bitmask", "csr32")},
        },
        "validation": round(accuracy(model, data.validation), 3),
        "test": round(accuracy(model, data.test), 3),
    }
