"""A slider over a function of the notebook, which runs each time the handle is released."""

import html
from collections.abc import Callable

import ipywidgets as widgets
from IPython.display import HTML, display
from matplotlib.axes import Axes

from prunelab.figures import figure, picture


def explore(draw: Callable[[float, Axes], str], label: str, values: list[float], start: float) -> None:
    """Show a slider over `values`, and what `draw(value, ax)` draws for it, first for `start`.

    `draw` returns a sentence on what it drew, which stands below the picture and is read aloud in its place. An error
    in it is shown there as well. Exports show the last picture.
    """
    slider = widgets.SelectionSlider(
        options=[(f"{value:g}", value) for value in values],
        value=start,
        description=label,
        continuous_update=False,
        style={"description_width": "initial"},
        layout=widgets.Layout(width="32em"),
    ).add_class("prunelab-live")
    fig, (ax,) = figure(width=6)

    def drawn(value: float) -> HTML:
        ax.clear()
        try:
            text = draw(value, ax)
        except Exception as error:  # the student's own, which must not leave the old picture at the new position
            return HTML(f"<p>At {value:g} your function raised {type(error).__name__}: {html.escape(str(error))}</p>")
        return HTML(f"{picture(fig, text)}<p>{html.escape(text)}</p>")

    display(slider)
    if place := display(drawn(start), display_id=True):  # there is no display without a kernel
        slider.observe(lambda change: place.update(drawn(change["new"])), "value")
