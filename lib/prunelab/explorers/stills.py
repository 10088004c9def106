"""The panels of an explorer as one matplotlib figure, at the position where its slider starts."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure

from prunelab.figures import KEPT, MUTED, OTHER, PRUNED, REFERENCE, figure

TONES = {"kept": KEPT, "pruned": PRUNED, "reference": REFERENCE, "other": OTHER, "muted": MUTED}
SHADES = LinearSegmentedColormap.from_list("kept", ["#4D9CC9", KEPT, "#002F4A"])


def still(data: dict, levels: bytes) -> Figure:
    """Draw the panels of an explorer's `data` side by side, as its slider and menus stand at first."""
    painters = {"mask": _mask, "lines": _lines, "bars": _bars, "histogram": _histogram, "table": _table}
    slider, menus = data["slider"], data["menus"]
    choice, position = first_choice(menus), slider["start"]
    panels = [panel for panel in data["panels"] if not panel.get("wide")]  # a wide table says what the summary says
    fig, axes = figure(2, len(panels) // 2) if len(panels) > 1 else figure(width=6.5)
    for ax, panel in zip(axes, panels, strict=True):
        variant = panel["variants"][min(choice, len(panel["variants"]) - 1)]
        painters[panel["type"]](ax, panel | {"slider": slider}, variant, position, levels)
        ax.set_title(panel["title"], fontsize=10, pad=10)
    settings = [f"{menu['label'].lower()} {menu['choices'][menu['start']]}" for menu in menus]
    settings.append(f"{slider['label'].lower()} {slider['texts'][position]}")
    fig.suptitle(f"{data['name']} at {', '.join(settings)}", fontsize=11)
    fig.supxlabel(data["summaries"][choice][position], fontsize=9)
    return fig


def first_choice(menus: list[dict]) -> int:
    """The index of the variant that is shown first."""
    later = [math.prod(len(menu["choices"]) for menu in menus[i + 1 :]) for i in range(len(menus))]
    return sum(menu["start"] * count for menu, count in zip(menus, later, strict=True))


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
        ax.plot(values, "--" if curve["dashed"] else "-", color=TONES[tone], label=curve["label"])
        if curve["spread"]:
            middle, half = np.array(values), np.array(curve["spread"], dtype=float)
            ax.fill_between(
                range(len(values)), middle - half, middle + half, color=TONES[tone], alpha=0.15, linewidth=0
            )
        if curve["points"]:
            ax.plot(*zip(*curve["points"], strict=True), "o", color=TONES[tone], markersize=3)
        for x, y in curve["marks"]:
            ax.plot(x, y, "o", color=REFERENCE, markerfacecolor="white")
    if "labels" in panel:
        {"start": _names_at_start, "end": _names_at_end}[panel["labels"]](ax, variant)
    ax.axvline(percent, color=REFERENCE, linewidth=0.8)
    slider = panel["slider"]
    ax.set(ylabel=panel["y"], ylim=(variant["low"], variant["high"]), xlim=(0, len(slider["texts"]) - 1))
    if panel["powers"]:
        ax.set_yticks(variant["ticks"], [f"{10**tick:,}" for tick in variant["ticks"]])
    ax.set_xticks(*zip(*slider["ticks"], strict=True))
    note = panel.get("note", "").replace("; ", "\n")
    ax.set_xlabel(f"{slider['axis']}\n{note}".strip(), fontsize=8)


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
    """Write the names of the curves to the right of the picture, none over another and none above it."""
    ends, right = [], len(variant["series"][0]["values"]) - 1
    for curve in variant["series"]:
        last = max(x for x, value in enumerate(curve["values"]) if value is not None)
        ends.append((curve["values"][last], last, curve["label"]))
    ends.sort()
    heights = _apart([y for y, *_ in ends], (variant["high"] - variant["low"]) / 15, variant["high"])
    line = {"arrowstyle": "-", "color": TONES["muted"], "linewidth": 0.8}
    text = {"fontsize": 7, "va": "center", "annotation_clip": False, "arrowprops": line}
    for (y, x, label), height in zip(ends, heights, strict=True):
        ax.annotate(label, (x, y), (1.04 * right, height), **text)


def _apart(wanted: list[float], gap: float, high: float) -> list[float]:
    """Heights near those wanted, which ascend: `gap` apart, the highest at most `high`."""
    heights = []
    for height in wanted:
        heights.append(max(height, heights[-1] + gap) if heights else height)
    for place in reversed(range(len(heights))):
        heights[place] = min(heights[place], high)
        high = heights[place] - gap
    return heights


def _bars(ax: Axes, panel: dict, variant: dict, position: int, levels: bytes) -> None:
    for row, bar in enumerate(variant["bars"]):
        ax.barh(row, bar["values"][position], color=TONES[_at(bar["tone"], position)])
        ax.text(bar["values"][position], row, f" {bar['texts'][position]}", va="center", fontsize=8)
    ax.set_yticks(range(len(variant["bars"])), [bar["label"] for bar in variant["bars"]], fontsize=8)
    ax.set(xlim=(0, 1.2 * panel["high"]), xticks=panel["ticks"], xlabel=panel["x"])
    ax.invert_yaxis()


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
    lines = len(texts) + 1
    table.set_fontsize(min(8, 100 / lines))
    table.scale(1, min(1.4, 16 / lines))  # higher, many rows would reach into the title
    table.auto_set_column_width(range(len(texts[0])))
    ax.set_axis_off()
