"""The pictures of the course: three colours, readable by colour-blind eyes and in greyscale.

Blue is what is kept, or the method of the lab; orange what is pruned, or its baseline; grey the reference for both: a
dense network, chance, a guess. Plot functions take data and an Axes and return the Axes.
"""

import base64
import html
import io
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML, display
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from torch import Tensor  # tensors come here from elsewhere, and an instructor's report has none

KEPT, PRUNED, REFERENCE = "#0072B2", "#E69F00", "#444444"  # blue and orange of Okabe & Ito (2008)
OTHER = "#009E73"  # their green, for a fourth curve
MUTED = "#999999"  # for what stands behind
MASK_COLOURS = ListedColormap([PRUNED, KEPT])


def figure(columns: int = 1, rows: int = 1, width: float = 4.2, height: float = 3.2) -> tuple[Figure, list[Axes]]:
    """A new figure and the flat list of its Axes, each `width` x `height` inches, without boxes around them."""
    fig, axes = plt.subplots(
        rows, columns, figsize=(width * columns, height * rows), squeeze=False, layout="constrained"
    )
    for ax in axes.flat:
        ax.spines[["top", "right"]].set_visible(False)
    return fig, list(axes.flat)


def picture(fig: Figure, alt: str, css_class: str = "prunelab-figure") -> str:
    """`fig` as an HTML image with alternative text; the figure is closed."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=110)
    plt.close(fig)
    data = base64.b64encode(buffer.getvalue()).decode()
    return (
        f'<img class="{css_class}" alt="{html.escape(alt)}" style="max-width:100%" src="data:image/png;base64,{data}">'
    )


def show(fig: Figure, alt: str) -> None:
    """Display `fig` in the notebook with the text `alt` for those who cannot see it."""
    display(HTML(picture(fig, alt)))


def plot_mask(mask: "Tensor", ax: Axes, title: str = "") -> Axes:
    """Draw a mask (any shape, shown as rows by everything else): kept blue, pruned orange."""
    rows = mask.reshape(len(mask), -1)
    ax.imshow(rows, cmap=MASK_COLOURS, vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    ax.set(title=title, xlabel="weights of a row", ylabel="row")
    return ax


def plot_weights(weight: "Tensor", mask: "Tensor", ax: Axes, title: str = "") -> Axes:
    """Histogram of the weights, those that the boolean `mask` keeps in blue, the others in orange."""
    edges = np.linspace(weight.min().item(), weight.max().item(), 80).tolist()
    groups = [weight[~mask].tolist(), weight[mask].tolist()]
    ax.hist(groups, bins=edges, color=[PRUNED, KEPT], label=["pruned", "kept"], stacked=True)
    ax.set(title=title, xlabel="weight", ylabel="count")
    ax.legend(frameon=False)
    return ax
