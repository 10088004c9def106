"""The targets of the challenge: what each allows, and what a network costs once it has come out of its file."""

from dataclasses import dataclass
from functools import cache

import torch
from torch import nn

from prunelab import LabError, models
from prunelab.data import Data
from prunelab.measure import macs
from prunelab.packing import pack, unpack
from prunelab.training import accuracy

NETWORKS = ("alexnet", "vgg", "vgg_l1")  # what a compression may start from
IN_PLACE = (nn.ReLU, nn.BatchNorm1d, nn.BatchNorm2d, nn.Flatten)  # write their output where their input was


@dataclass(frozen=True)
class Target:
    """A device or page with a budget: `loss` in points of accuracy below the dense VGG, costs by name at most."""

    name: str
    goal: str  # the cost by which the leaderboard compares
    loss: float
    limits: dict[str, int]


def load_targets(data: Data) -> dict[str, Target]:
    """The three targets, for images of this size: a phone, a web page and a microcontroller."""
    dense = macs(models.build("vgg", data), data.shape)
    return {
        "phone": Target("phone", "MACs", 2.5, {"MACs": dense // 6}),
        "web": Target("web", "bytes", 3.0, {"bytes": 48_000}),
        "chip": Target("chip", "bytes", 2.5, {"bytes": 256 * 1024, "activations": 64 * 1024}),
    }


@cache
def dense_accuracy(data: Data, split: str) -> float:
    """Accuracy of the dense VGG on the split "validation" or "test", in per cent."""
    return accuracy(models.load("vgg", data), getattr(data, split))


def costs(network: nn.Module, data: Data) -> tuple[dict[str, int], nn.Sequential]:
    """Bytes of the file, MACs and bytes of activations, and the network that comes out of the file."""
    file = pack(network)
    rebuilt = unpack(file)
    try:
        counted = {"bytes": len(file), "MACs": macs(rebuilt, data.shape), "activations": _activations(rebuilt, data)}
    except RuntimeError as error:
        raise LabError(
            f"The layers of the network do not fit each other in the order of their names ({error})."
        ) from error
    return counted, rebuilt


@torch.no_grad()
def _activations(layers: nn.Sequential, data: Data) -> int:
    """The most bytes of float32 activations that are held at a time, layer by layer, for one image."""
    values, most = torch.zeros(1, *data.shape), 0
    for layer in layers:
        result = layer(values)
        most = max(most, values.numel() + (0 if isinstance(layer, IN_PLACE) else result.numel()))
        values = result
    return 4 * most
