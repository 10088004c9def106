"""A network as one file: pack it, count the bytes, and build it again from that file alone.

The file holds a chain of plain layers: the kinds and sizes, then each tensor in the smallest of the layouts that hold
it exactly. What is not in the file is not in the network that comes out, so its length is the honest size.
"""

import json
import zlib
from collections.abc import Sequence
from copy import deepcopy

import numpy as np
import torch
from torch import Tensor, nn

from prunelab import LabError, models

CONVOLUTION = "in_channels out_channels kernel_size stride padding dilation groups padding_mode"
# The kinds of layers that a file may hold, and what each needs to be built again.
SETTINGS: dict[type[nn.Module], Sequence[str]] = {
    nn.Conv2d: CONVOLUTION.split(),
    nn.Linear: ["in_features", "out_features"],
    nn.BatchNorm1d: ["num_features", "eps"],
    nn.BatchNorm2d: ["num_features", "eps"],
    nn.MaxPool2d: ["kernel_size", "stride", "padding", "dilation", "ceil_mode"],
    nn.AvgPool2d: ["kernel_size", "stride", "padding", "ceil_mode"],
    nn.AdaptiveAvgPool2d: ["output_size"],
    nn.Flatten: ["start_dim", "end_dim"],
    nn.ReLU: [],
}
IDLE = (nn.Dropout, nn.Identity)  # do nothing in eval mode
CHAINS = (nn.Sequential, models.AlexNet, models.VGG, models.LeNet5, models.LeNet300, models.MLP)
TENSORS = ("weight", "bias", "running_mean", "running_var")
MOST_LEVELS = 256  # different values that a codebook holds at most


def chain(network: nn.Module | None) -> list[nn.Module]:
    """The layers of a plain chain from input to output, idle ones left out; LabError where there is another kind."""
    if isinstance(network, nn.Module) and type(network) in CHAINS:
        return [layer for part in network._modules.values() for layer in chain(part)]
    if isinstance(network, nn.Module) and type(network) in SETTINGS:
        return [network]
    if type(network) in IDLE:
        return []
    known = ", ".join(kind.__name__ for kind in (*SETTINGS, *IDLE))
    raise LabError(
        f"A {type(network).__name__} does not go into the file; return a chain (nn.Sequential, VGG, AlexNet) of "
        f"{known}."
    )


def pack(network: nn.Module) -> bytes:
    """The file of a chain of layers; LabError where the network is none."""
    layers, parts = [], []
    for layer in chain(network):
        stored = {name: _encoded(tensor) for name, tensor in _tensors(layer).items()}
        settings = [getattr(layer, name) for name in SETTINGS[type(layer)]]
        layers.append([type(layer).__name__, settings, {name: layout for name, (layout, _) in stored.items()}])
        parts += [part for _, part in stored.values()]
    header = zlib.compress(json.dumps(layers, separators=(",", ":")).encode(), 9)
    return b"".join([len(header).to_bytes(4, "little"), header, *parts])


def unpack(file: bytes) -> nn.Sequential:
    """The network that `pack` has written, in eval mode."""
    start = 4 + int.from_bytes(file[:4], "little")
    body, network = memoryview(file)[start:], nn.Sequential()
    for kind, settings, layouts in json.loads(zlib.decompress(file[4:start])):
        layer_type = getattr(nn, kind)
        options = {"bias": "bias" in layouts} if layer_type in (nn.Conv2d, nn.Linear) else {}
        options |= {"affine": "weight" in layouts} if "running_mean" in layouts else {}
        layer = layer_type(**dict(zip(SETTINGS[layer_type], settings, strict=True)), **options)
        for name, layout in layouts.items():
            tensor = getattr(layer, name).data
            values, body = _decoded(body, layout, tensor.numel())
            tensor.copy_(values.reshape(tensor.shape))
        network.append(layer)
    return network.eval()


def _tensors(layer: nn.Module) -> dict[str, Tensor]:
    """What a layer has learned; a batch norm without running statistics would not be the same for every batch."""
    found = {name: getattr(layer, name, None) for name in TENSORS}
    if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d) and found["running_mean"] is None:
        raise LabError("A batch norm without running statistics does not go into the file; keep them.")
    return {name: tensor.detach().float().cpu() for name, tensor in found.items() if tensor is not None}


def _encoded(tensor: Tensor) -> tuple[list, bytes]:
    """The smallest layout [places, values, number of values, levels] that gives the tensor back exactly, its bytes."""
    flat = tensor.numpy().ravel()
    kept = flat != 0
    choices = []
    for places, values, mask in (("all", flat, b""), ("bitmask", flat[kept], np.packbits(kept).tobytes())):
        choices.append((["float", places, len(values), 0], mask + values.tobytes()))
        with np.errstate(over="ignore"):
            half = values.astype(np.float16)
        if np.array_equal(half.astype(np.float32), values):
            choices.append((["half", places, len(values), 0], mask + half.tobytes()))
        levels, codes = np.unique(values, return_inverse=True)
        if len(levels) <= MOST_LEVELS:
            shared = levels.tobytes() + _bits(codes, len(levels))
            choices.append((["shared", places, len(values), len(levels)], mask + shared))
    return min(choices, key=lambda choice: len(choice[1]))


def _bits(codes: np.ndarray, levels: int) -> bytes:
    """Whole numbers below `levels`, written with as few bits each as tell them apart."""
    width = max(levels - 1, 0).bit_length()
    return np.packbits(codes.reshape(-1, 1) >> np.arange(width) & 1).tobytes()


def _decoded(body: memoryview, layout: list, size: int) -> tuple[Tensor, memoryview]:
    """A flat tensor of `size` values, and what is left of the body."""
    kind, places, count, levels = layout
    mask = np.ones(size, dtype=bool)
    if places == "bitmask":
        mask, body = (
            np.unpackbits(np.frombuffer(body[: -(-size // 8)], np.uint8), count=size) > 0,
            body[-(-size // 8) :],
        )
    if kind == "shared":
        width = max(levels - 1, 0).bit_length()
        book, end = np.frombuffer(body[: 4 * levels], np.float32), 4 * levels + -(-count * width // 8)
        bits = np.unpackbits(np.frombuffer(body[4 * levels : end], np.uint8), count=count * width)
        values = book[bits.reshape(count, width) @ (1 << np.arange(width))]
    else:
        stored = np.dtype(np.float32 if kind == "float" else np.float16)
        end = count * stored.itemsize
        values = np.frombuffer(body[:end], stored)
    flat = np.zeros(size, dtype=np.float32)
    flat[mask] = values
    return torch.from_numpy(flat), body[end:]


def clustered(network: nn.Module, bits: int, rounds: int = 10) -> nn.Module:
    """A copy in which the non-zero weights of each convolution and linear layer share 2 ** bits values (Han 2016).

    LabError while torch's pruning still holds masks.
    """
    if any(hasattr(layer, "weight_orig") for layer in network.modules()):
        raise LabError(
            "The network still holds masks; call `prune.remove(layer, 'weight')` on each pruned layer first."
        )
    twin = deepcopy(network)
    for layer in twin.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            weight = layer.weight.detach()
            values = weight[weight != 0].numpy().astype(np.float64)
            centres = np.linspace(values.min(initial=0), values.max(initial=0), 2**bits)
            for _ in range(rounds):
                code = np.searchsorted((centres[1:] + centres[:-1]) / 2, values)
                total, count = (np.bincount(code, each, len(centres)) for each in (values, None))
                centres = np.where(count > 0, total / np.maximum(count, 1), centres)
            code = np.searchsorted((centres[1:] + centres[:-1]) / 2, values)
            weight[weight != 0] = torch.from_numpy(centres[code]).to(weight.dtype)
    return twin
