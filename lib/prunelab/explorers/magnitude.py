"""Magnitude pruning at a glance: histogram, mask, accuracy and bytes follow one sparsity slider."""

import torch
from torch import Tensor

from prunelab.explorers import panels
from prunelab.explorers.explorer import SPARSITIES, Explorer, sparsity_slider
from prunelab.explorers.levels import checked, cut_counts, cut_levels, plane, window_note
from prunelab.explorers.storage import bytes_in

BINS = 81  # odd, so that one bin is centred on zero
TAIL = 0.001  # the share of the largest weights that the histogram's axis leaves out
LAYOUTS = ("dense", "bitmask", "csr32")


class MagnitudeExplorer(Explorer):
    """One layer (or all weights of a model, flattened) with its smallest weights cut, and what that costs and saves.

    `weight` is (out, in), (out, in, kh, kw) or flat; `accuracy` maps sparsity (0 to 1) to accuracy in per cent as
    measured, at least one point; between the points the picture shows straight lines.
    """

    def __init__(self, weight: Tensor, accuracy: dict[float, float], name: str = "") -> None:
        magnitude = checked(weight, (1, 2, 4), "(out, in), (out, in, kh, kw) or all weights in one flat tensor")
        reached = panels.interpolate(accuracy, "The accuracy")
        ordered = magnitude.flatten().sort().values
        thresholds = [float(ordered[k - 1]) if k else 0.0 for k in cut_counts(len(ordered))]
        painted, levels = panels.mask("Mask: kept blue (darker: larger)", 260, [plane(cut_levels(magnitude))])
        painted["note"] = window_note(weight.shape)
        sizes = _sizes(weight)
        every = [_histogram(weight, ordered, thresholds), painted, _accuracy(accuracy, reached), _bytes(sizes)]
        facts, summaries = _facts(thresholds, reached, sizes)
        title = f"Magnitude pruning of {name}" if name else "Magnitude pruning"
        super().__init__(title, [*every, facts], [summaries], slider=sparsity_slider(80), levels=levels)


def _histogram(weight: Tensor, ordered: Tensor, thresholds: list[float]) -> dict:
    span = float(ordered[int((1 - TAIL) * (len(ordered) - 1))]) or float(ordered[-1]) or 1.0
    counts = torch.histc(weight.detach().cpu().float(), BINS, -span, span).int().tolist()
    hidden = weight.numel() - sum(counts)
    panel = panels.histogram("Weights: kept blue, cut orange", counts, span, thresholds)
    return panel | {"note": f"{hidden:,} larger weights lie outside" if hidden else ""}


def _accuracy(accuracy: dict[float, float], reached: list[float | None]) -> dict:
    curve = panels.series("accuracy", reached, points=panels.measured_points(accuracy))
    return panels.lines("Accuracy", "%", [[curve]]) | {"note": "dots are measured, lines between them interpolated"}


def _sizes(weight: Tensor) -> dict[str, list[int]]:
    """Bytes in each layout at each per cent; a flat tensor counts as one row."""
    elements, rows = weight.numel(), len(weight) if weight.ndim > 1 else 1
    kept = [elements - k for k in cut_counts(elements)]
    return {layout: [bytes_in(layout, elements, rows, k, weight.element_size()) for k in kept] for layout in LAYOUTS}


def _bytes(sizes: dict[str, list[int]]) -> dict:
    dense = sizes["dense"]
    unit, name = (1e6, "MB") if dense[0] >= 1e6 else (1e3, "kB")
    curves = []
    for layout, values in sizes.items():
        tones = ["kept" if size < full else "pruned" for size, full in zip(values, dense, strict=True)]
        tone = "reference" if layout == "dense" else tones
        curves.append(panels.series(layout, [round(size / unit, 4) for size in values], tone))
    return panels.lines("Bytes, indices counted", name, [curves], low=0) | {"labels": "start"}


def _facts(thresholds: list[float], reached: list, sizes: dict[str, list[int]]) -> tuple[dict, list[str]]:
    """One row of numbers under the pictures, and the spoken summaries."""
    accuracy = ["not measured" if value is None else f"{value:.1f} %" for value in reached]
    limits = [f"{value:.4f}" for value in thresholds]
    columns = [limits, accuracy, *([f"{size:,}" for size in values] for values in sizes.values())]
    header = ["threshold", "accuracy", *(f"{layout}, bytes" for layout in sizes)]
    texts = zip(SPARSITIES, *columns, strict=True)
    summaries = [
        f"{sparsity:.0%}: threshold {limit}, accuracy {value}, bytes {dense} dense, {mask} bitmask, {csr} csr32."
        for sparsity, limit, value, dense, mask, csr in texts
    ]
    return panels.table("In numbers", header, [[panels.row(*columns)]]) | {"wide": True}, summaries
