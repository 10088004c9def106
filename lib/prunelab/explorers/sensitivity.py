"""Which layers tolerate pruning: accuracy against the sparsity of one layer at a time."""

from prunelab.explorers import panels
from prunelab.explorers.explorer import Explorer, Menu, sparsity_slider

LOSS = 1.0  # a layer that has lost more points of accuracy than this is drawn in the colour of the pruned


class SensitivityExplorer(Explorer):
    """The curves of a sensitivity scan, with the layers listed from the most to the least sensitive at one sparsity.

    `curves` maps a layer's name to {sparsity (0 to 1): accuracy in per cent}; `dense` is the accuracy unpruned.
    """

    def __init__(self, curves: dict[str, dict[float, float]], dense: float) -> None:
        if not curves:
            raise ValueError("There are no curves; give at least one layer, as in {'conv1': {0.5: 91.2}}.")
        if not 0 <= dense <= 100:
            raise ValueError(f"The dense accuracy is {dense}; give it in per cent, from 0 to 100.")
        reached = {layer: panels.interpolate(points, f"The curve of {layer}") for layer, points in curves.items()}
        tones = {layer: _tone(values, dense) for layer, values in reached.items()}
        choices = ["all", *curves]
        charts = [_chart(curves, reached, tones, dense, choice) for choice in choices]
        lines = panels.lines("Accuracy with one layer pruned", "%", charts) | {"labels": "end"}
        lines["note"] = f"dots are measured, lines between them interpolated; orange: more than {LOSS:g} point lost"
        rows = [[_row(layer, values, tones[layer], dense) for layer, values in reached.items()]]
        table = panels.table("Most sensitive first", ["layer", "accuracy", "lost"], rows)
        summaries = [_summaries(reached, dense, choice) for choice in choices]
        super().__init__(
            "Sensitivity of layers",
            [lines, table],
            summaries,
            menus=[Menu("Layer", choices)],
            slider=sparsity_slider(80),
        )


def _tone(values: list[float | None], dense: float) -> list[str]:
    return ["pruned" if value is not None and value < dense - LOSS else "kept" for value in values]


def _chart(curves: dict, reached: dict, tones: dict, dense: float, choice: str) -> list[dict]:
    """The reference and all layers, those not chosen muted and the chosen one drawn last."""
    chart = [panels.series(f"dense {dense:.1f} %", [dense] * 101, "reference")]
    for layer in sorted(curves, key=lambda layer: layer == choice):
        tone = tones[layer] if choice in ("all", layer) else "muted"
        chart.append(panels.series(layer, reached[layer], tone, points=panels.measured_points(curves[layer])))
    return chart


def _row(layer: str, values: list[float | None], tone: list[str], dense: float) -> dict:
    texts = ["not measured" if value is None else f"{value:.1f} %" for value in values]
    lost = ["" if value is None else f"{dense - value:.1f}" for value in values]
    return panels.row(layer, texts, lost, key=[101 if value is None else value for value in values], tone=tone)


def _summaries(reached: dict[str, list], dense: float, choice: str) -> list[str]:
    """The chosen layer's accuracy at each per cent, or that of the most sensitive one."""
    summaries = []
    for percent in range(101):
        known = {layer: values[percent] for layer, values in reached.items() if values[percent] is not None}
        layer = min(known, key=known.__getitem__, default=None) if choice == "all" else choice
        if layer not in known:
            summaries.append(f"At {percent} % sparsity nothing was measured.")
            continue
        role = "most sensitive" if choice == "all" else "layer"
        summaries.append(
            f"At {percent} % sparsity, {role} {layer}: accuracy {known[layer]:.1f} %, dense {dense:.1f} %."
        )
    return summaries
