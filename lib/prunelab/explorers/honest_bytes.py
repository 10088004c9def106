"""What sparsity saves once the indices are counted."""

from prunelab.explorers import panels
from prunelab.explorers.explorer import SPARSITIES, Explorer, Menu, sparsity_slider
from prunelab.explorers.storage import pays_from, stored_bytes
from prunelab.measure import FORMATS

DTYPES = {"float32": 4, "float16 or bfloat16": 2, "int8": 1}
VISIBLE = 2.2  # the curves are drawn up to this many times the dense size


class HonestBytes(Explorer):
    """The bytes of a matrix of `elements` in `rows` against its sparsity, in six layouts and three value types."""

    def __init__(self, elements: int, rows: int) -> None:
        if elements < 1 or rows < 1 or elements % rows:
            raise ValueError(
                f"{elements} elements do not fill {rows} equal rows; give the numel and shape[0] of a matrix."
            )
        tables = [_table(elements, rows, value) for value in DTYPES.values()]
        charts = [_curves(elements, rows, value) for value in DTYPES.values()]
        curves = panels.lines("Size against dense", "% of dense", charts, low=0, high=100 * VISIBLE)
        curves |= {"labels": "start", "note": "circles: break-even with dense; blue: smaller than dense"}
        header = ["layout", "bytes", "of dense", "break-even"]
        title = f"{elements:,} elements in {rows:,} rows"
        summaries = [_summaries(rows_of_table) for rows_of_table in tables]
        every = [curves, panels.table(title, header, tables)]
        menus = [Menu("Values", list(DTYPES))]
        super().__init__("Honest bytes", every, summaries, menus=menus, slider=sparsity_slider(80))


def _sizes(layout: str, elements: int, rows: int, value: int) -> list[int | None]:
    kept = [elements - round(sparsity * elements) for sparsity in SPARSITIES]
    return [stored_bytes(layout, elements, rows, nonzeros, value) for nonzeros in kept]


def _tone(layout: str, sizes: list[int | None], dense: int) -> str | list[str]:
    if layout == "dense":
        return "reference"
    return ["kept" if size is not None and size < dense else "pruned" for size in sizes]


def _curves(elements: int, rows: int, value: int) -> list[dict]:
    curves, dense = [], elements * value
    for layout in FORMATS:
        sizes = _sizes(layout, elements, rows, value)
        even = None if layout == "dense" else pays_from(layout, elements, rows, value)
        marks = [] if even is None else [[100 * even, 100]]
        values = [None if size is None else round(100 * size / dense, 2) for size in sizes]
        curves.append(panels.series(layout, values, _tone(layout, sizes, dense), marks=marks))
    return curves


def _table(elements: int, rows: int, value: int) -> list[dict]:
    lines, dense = [], elements * value
    for layout in FORMATS:
        sizes = _sizes(layout, elements, rows, value)
        text = ["from 50 %" if size is None else f"{size:,}" for size in sizes]
        percents = ["" if size is None else f"{100 * size / dense:.0f} %" for size in sizes]
        even = None if layout == "dense" else pays_from(layout, elements, rows, value)
        key = [dense * 1e3 if size is None else size for size in sizes]  # a layout that cannot hold it comes last
        cells = (layout, text, percents, "" if even is None else f"{100 * even:.1f} %")
        lines.append(panels.row(*cells, key=key, tone=_tone(layout, sizes, dense)))
    return lines


def _summaries(lines: list[dict]) -> list[str]:
    """The smallest layout at each per cent, in words."""
    summaries = []
    for percent in range(101):
        best = min(lines, key=lambda line: line["key"][percent])
        layout, text, percents, _ = best["cells"]
        summaries.append(
            f"At {percent} % sparsity {layout} is smallest: {text[percent]} bytes, {percents[percent]} of dense."
        )
    return summaries
