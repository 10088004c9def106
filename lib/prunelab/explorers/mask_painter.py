"""Which weights of a layer go, when single weights, kernels, whole filters or N:M patterns are removed."""

from torch import Tensor

from prunelab.explorers import panels
from prunelab.explorers.explorer import Explorer, Menu
from prunelab.explorers.levels import checked, cut_counts, cut_levels, pattern_levels, plane, window_note


class MaskPainter(Explorer):
    """The weights of one layer, kept or pruned by magnitude, against granularity and sparsity.

    `weight` is (out, in) of a linear or (out, in, kh, kw) of a convolution layer. A kernel or filter (a neuron, in a
    linear layer) counts with its L1 norm. N:M patterns lie along the inputs and are offered if 4 divides their number.
    """

    def __init__(self, weight: Tensor) -> None:
        magnitude = checked(weight, (2, 4), "(out, in) of a linear or (out, in, kh, kw) of a convolution layer")
        grains = _grains(magnitude)
        pictures = [plane(levels.expand_as(magnitude)) for levels, _, _ in grains.values()]
        painted, levels = panels.mask("Kept blue (darker: larger), pruned orange", 380, pictures)
        rows = (
            f"a row of {weight.shape[2]} × {weight.shape[3]} kernels is a filter"
            if weight.ndim == 4
            else "a row is a neuron"
        )
        painted["note"] = "; ".join(filter(None, (rows, window_note(weight.shape))))
        facts = [_facts(weight.numel(), cut, texts) for _, cut, texts in grains.values()]
        table = panels.table("The layer", [], [rows for rows, _ in facts])
        menus = [Menu("Granularity", list(grains))]
        super().__init__("Mask painter", [painted, table], [says for _, says in facts], menus=menus, levels=levels)


def _grains(magnitude: Tensor) -> dict[str, tuple[Tensor, list[int], list[str]]]:
    """For each granularity: levels that expand to the weight, weights cut at each per cent, and that in words."""
    per_row = magnitude.flatten(1).sum(1).reshape(-1, *[1] * (magnitude.ndim - 1))
    grains = {"single weights": _grain("weights", magnitude, magnitude.numel())}
    if magnitude.ndim == 4:
        grains["kernels"] = _grain("kernels", magnitude.sum((2, 3), keepdim=True), magnitude.numel())
    unit = "filters" if magnitude.ndim == 4 else "neurons"
    grains[unit] = _grain(unit, per_row, magnitude.numel())
    if magnitude.shape[1] % 4 == 0:
        cut = cut_counts(4)
        texts = [f"{4 - k}:4, that is {4 - k} of each 4 inputs kept" for k in cut]
        grains["N:M patterns"] = (pattern_levels(magnitude), [k * magnitude.numel() // 4 for k in cut], texts)
    return grains


def _grain(unit: str, scores: Tensor, total: int) -> tuple[Tensor, list[int], list[str]]:
    groups, cut = scores.numel(), cut_counts(scores.numel())
    texts = [f"{k:,} of {groups:,} {unit}" for k in cut]
    return cut_levels(scores), [k * total // groups for k in cut], texts


def _facts(total: int, cut: list[int], texts: list[str]) -> tuple[list[dict], list[str]]:
    """The table's rows and the spoken summaries."""
    sparsity = [f"{100 * k / total:.1f} %" for k in cut]
    kept = [f"{total - k:,} of {total:,}" for k in cut]
    word = "pattern" if ":4" in texts[0] else "cut"
    rows = [
        panels.row("achieved sparsity", sparsity, key=0),
        panels.row("weights kept", kept, key=1),
        panels.row(word, texts, key=2),
    ]
    states = zip(sparsity, kept, texts, strict=True)
    return rows, [f"Sparsity {share}, {left} weights kept, {word}: {text}." for share, left, text in states]
