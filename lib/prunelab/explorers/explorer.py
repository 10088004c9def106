"""What the four explorers share: a widget in JupyterLab, and a still image in front of it for every other reader."""

from pathlib import Path

import anywidget
import traitlets
from IPython.display import HTML, display

from prunelab.explorers.stills import still
from prunelab.figures import KEPT, PRUNED, REFERENCE, picture

SPARSITIES = [percent / 100 for percent in range(101)]  # the positions of every slider


class Explorer(anywidget.AnyWidget):
    """A sparsity slider, perhaps a menu beside it, and panels that follow them (see panels.py)."""

    _esm = Path(__file__).with_name("explorer.js")
    _css = Path(__file__).with_name("explorer.css")
    data = traitlets.Dict().tag(sync=True)
    levels = traitlets.Bytes().tag(sync=True)

    def __init__(
        self,
        name: str,
        panels: list[dict],
        summaries: list[list[str]],
        *,
        menu: tuple[str, list[str]] | None = None,
        start: int = 50,
        levels: bytes = b"",
    ) -> None:
        """`summaries[choice][percent]` says in words what the panels show; `menu` is a label and its choices."""
        label, choices = menu or ("", [])
        data = {"name": name, "menu": label, "choices": choices, "start": start, "panels": panels}
        colours = {"kept": KEPT, "pruned": PRUNED, "reference": REFERENCE}
        super().__init__(data=data | {"summaries": summaries, "colours": colours}, levels=levels)

    @property
    def alt(self) -> str:
        """What the still shows, in words."""
        choice = f"{self.data['menu']} {self.data['choices'][0]}: " if self.data["choices"] else ""
        return f"{self.data['name']}. {choice}{self.data['summaries'][0][self.data['start']]}"

    def __repr__(self) -> str:
        return f"{self.data['name']} (its slider works in a running JupyterLab)"

    def _ipython_display_(self) -> None:
        # Two outputs: nbconvert and GitHub show the first, which explorer.css hides in JupyterLab beside the widget.
        display(HTML(picture(still(self.data, self.levels), self.alt, "prunelab-still")))
        bundle, metadata = self._repr_mimebundle_()
        display(bundle, metadata=metadata, raw=True)
