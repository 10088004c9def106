"""The panels of an explorer as one matplotlib figure, at the position where its slider starts."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure

from prunelab.figures import KEPT, PRUNED, REFERENCE, figure

TONES = {"kept": KEPT, "pruned": PRUNED, "reference": REFERENCE, "muted": "#bdbdbd"}
SHADES = LinearSegmentedColormap.from_list("kept", ["#4D9CC9", KEPT, "#002F4A"])


def still(data: dict, levels: bytes) -> Figure:
    """Draw the panels of an explorer's `data` side by side, for the first choice of its menu."""
    painters = {"mask": _mask, "lines": _lines, "histogram": _histogram, "table": _table}
    panels = [panel for panel in data["panels"] if not panel.get("wide")]  # a wide table says what the summary says
    fig, axes = figure(2, len(panels) // 2)
    for ax, panel in zip(axes, panels, strict=True):
        painters[panel["type"]](ax, panel, panel["variants"][0], data["start"], levels)
        ax.set_title(panel["title"], fontsize=10, pad=10)
    choice = f", {data['menu'].lower()}: {data['choices'][0]}" if data["choices"] else ""
    fig.suptitle(f"{data['name']} at {data['start']} % sparsity{choice}", fontsize=11)
    fig.supxlabel(data["summaries"][0][data["start"]], fontsize=9)
    return fig


def _at(cell, percent: int):
    return cell[percent] if isinstance(cell, list) else cell


def _mask(ax: Axes, panel: dict, variant: dict, percent: int, levels: bytes) -> None:
    shape = panel["height"], panel["width"]
    ranks = np.frombuffer(levels, np.uint8, shape[0] * shape[1]).reshape(shape)
    colours = np.where((ranks <= percent)[..., None], to_rgb(PRUNED), SHADES(ranks / 100)[..., :3])
    ax.imshow(colours, aspect="auto", interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    ax.set_xlabel(panel["note"], fontsize=8)


def _lines(ax: Axes, panel: dict, variant: dict, percent: int, levels: bytes) -> None:
    for curve in variant["series"]:
        tone = _at(curve["tone"], percent)
        values = [np.nan if value is None else value for value in curve["values"]]
        ax.plot(values, "--" if tone == "reference" else "-", color=TONES[tone], label=curve["label"])
        if curve["points"]:
            ax.plot(*zip(*curve["points"], strict=True), "o", color=TONES[tone], markersize=3)
        for x, y in curve["marks"]:
            ax.plot(x, y, "o", color=REFERENCE, markerfacecolor="white")
    if "labels" in panel:
        {"start": _names_at_start, "end": _names_at_end}[panel["labels"]](ax, variant)
    ax.axvline(percent, color=REFERENCE, linewidth=0.8)
    ax.set(ylabel=panel["y"], ylim=(variant["low"], variant["high"]), xlim=(0, 100))
    note = panel.get("note", "").replace("; ", "\n")
    ax.set_xlabel(f"sparsity / %\n{note}".strip(), fontsize=8)


def _names_at_start(ax: Axes, variant: dict) -> None:
    """Write the name of each curve where it enters the picture, that of the reference at its end."""
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
    for curve in variant["series"]:
        seen = [x for x, value in enumerate(curve["values"]) if value is not None and value <= variant["high"]]
        if not seen:
            continue
        x = seen[-1 if curve["tone"] == "reference" else 0]
        offset, align = ((5, -8), "left") if x < 50 else ((0, 3), "right" if x == 100 else "left")
        text = {"xytext": offset, "textcoords": "offset points", "fontsize": 7, "ha": align, "bbox": paper}
        ax.annotate(curve["label"], (x, curve["values"][x]), **text)


def _names_at_end(ax: Axes, variant: dict) -> None:
    """Write the names of the curves to the right of the picture, none over another."""
    ends = []
    for curve in variant["series"]:
        last = max(x for x, value in enumerate(curve["values"]) if value is not None)
        ends.append((curve["values"][last], last, curve["label"]))
    gap, place = (variant["high"] - variant["low"]) / 15, -np.inf
    for y, x, label in sorted(ends):
        place = max(place + gap, y)
        line = {"arrowstyle": "-", "color": TONES["muted"], "linewidth": 0.8}
        ax.annotate(label, (x, y), (104, place), fontsize=7, va="center", arrowprops=line, annotation_clip=False)


def _histogram(ax: Axes, panel: dict, variant: dict, percent: int, levels: bytes) -> None:
    edges = np.linspace(-variant["span"], variant["span"], len(variant["counts"]) + 1)
    centres, threshold = (edges[1:] + edges[:-1]) / 2, variant["thresholds"][percent]
    colours = np.where(abs(centres) <= threshold, PRUNED, KEPT)
    ax.bar(centres, variant["counts"], edges[1] - edges[0], color=colours)
    for edge in (-threshold, threshold):
        ax.axvline(edge, color=REFERENCE, linewidth=0.8)
    ax.set(xlabel="weight", ylabel="count")


def _table(ax: Axes, panel: dict, variant: dict, percent: int, levels: bytes) -> None:
    rows = sorted(variant["rows"], key=lambda row: _at(row["key"], percent))
    texts = [[_at(cell, percent) for cell in row["cells"]] for row in rows]
    table = ax.table([panel["head"], *texts] if panel["head"] else texts, loc="center", edges="horizontal")
    table.auto_set_font_size(False)
    table.set_fontsize(8)
    table.auto_set_column_width(range(len(texts[0])))
    ax.set_axis_off()
