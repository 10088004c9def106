"""Which sparsity cuts which weight: one byte per weight, exact counts at each whole per cent."""

import torch
from torch import Tensor

from prunelab.explorers.explorer import SPARSITIES

WINDOW = 256  # a picture shows at most this many weights in each direction
SQUARE = 100  # the height up to which the picture of a convolution may be higher than wide


def cut_counts(groups: int) -> list[int]:
    """How many of `groups` are cut at each whole per cent from 0 to 100."""
    return [round(sparsity * groups) for sparsity in SPARSITIES]


def cut_levels(scores: Tensor) -> Tensor:
    """The lowest whole per cent of sparsity at which each group is cut, smallest score first; same shape, uint8.

    Of equal scores the earlier one is cut first, so that the counts are those of `cut_counts` whatever the ties.
    """
    order = scores.flatten().argsort(stable=True)
    counts = torch.tensor(cut_counts(len(order)))
    by_rank = torch.searchsorted(counts, torch.arange(1, len(order) + 1))
    return torch.empty(len(order), dtype=torch.uint8).scatter_(0, order, by_rank.byte()).reshape(scores.shape)


def pattern_levels(magnitude: Tensor) -> Tensor:
    """Levels of N:M patterns: among each four consecutive inputs the smallest are cut first; (out, in, ...) uint8."""
    groups = magnitude.unflatten(1, (-1, 4)).movedim(2, -1)  # (out, in / 4, ..., 4)
    ranks = groups.argsort(dim=-1, stable=True).argsort(dim=-1)
    levels = torch.tensor([cut_counts(4).index(cut) for cut in (1, 2, 3, 4)], dtype=torch.uint8)[ranks]
    return levels.movedim(-1, 2).flatten(1, 2)


def plane(levels: Tensor) -> Tensor:
    """Lay a layer out flat, whole kernels side by side, and keep the window that a picture shows; (height, width).

    A layer (out, in) keeps its shape, (out, in, kh, kw) becomes (out * kh, in * kw), and a flat tensor is sampled at
    equal distances and folded.
    """
    if levels.ndim == 1:
        return _folded(levels)
    filters, channels = _window(levels.shape)
    levels = levels[:filters, :channels]
    return levels.transpose(1, 2).flatten(2).flatten(0, 1) if levels.ndim == 4 else levels


def _window(shape: torch.Size) -> tuple[int, int]:
    """How many filters and channels (neurons and inputs) of a layer a picture shows.

    Of a convolution no more filters than make the picture about square: its kernels are to be recognised.
    """
    if len(shape) == 2:
        return min(shape[0], WINDOW), min(shape[1], WINDOW)
    height, width = shape[2:]
    channels = min(shape[1], max(1, WINDOW // width))
    return min(shape[0], max(channels * width, SQUARE) // height), channels


def _folded(levels: Tensor) -> Tensor:
    step = -(-len(levels) // WINDOW**2)  # the smallest that fits
    sample = levels[::step]
    width = min(WINDOW, max(1, int(len(sample) ** 0.5)))
    return sample[: len(sample) // width * width].reshape(-1, width)


def window_note(shape: torch.Size) -> str:
    """Which part of the layer the picture shows, in words; empty if all of it."""
    if len(shape) == 1:
        step = -(-shape[0] // WINDOW**2)
        return f"one weight in {step:,} is drawn" if step > 1 else ""
    names = ("filters", "channels") if len(shape) == 4 else ("neurons", "inputs")
    parts = [
        f"{name} 1 to {size} of {total}"
        for name, size, total in zip(names, _window(shape), shape, strict=False)
        if total > size
    ]
    return "drawn: " + ", ".join(parts) if parts else ""


def checked(weight: Tensor, dimensions: tuple[int, ...], allowed: str) -> Tensor:
    """The magnitude of `weight`, float32; raise ValueError if nothing can be drawn of it."""
    if weight.ndim not in dimensions:
        raise ValueError(f"The weight has shape {tuple(weight.shape)}; give {allowed}.")
    if not weight.numel():
        raise ValueError(f"The weight of shape {tuple(weight.shape)} is empty; give a layer that has weights.")
    magnitude = weight.detach().cpu().float().abs()
    if not magnitude.isfinite().all():
        raise ValueError("The weight holds nan or infinity; give a layer with finite weights.")
    return magnitude
