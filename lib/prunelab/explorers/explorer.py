"""What the explorers share: a widget in JupyterLab, and a still image in front of it for every other reader."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import anywidget
import traitlets
from IPython.display import HTML, display

from prunelab.explorers.stills import first_choice, still
from prunelab.figures import KEPT, OTHER, PRUNED, REFERENCE, picture

SPARSITIES = [percent / 100 for percent in range(101)]  # the positions of most sliders


@dataclass(frozen=True)
class Slider:
    """A slider's name, what each of its positions is called and how it is spoken; the axis that lies along it."""

    label: str
    texts: list[str]
    spoken: list[str]
    axis: str
    ticks: list[tuple[int, str]]
    start: int


@dataclass(frozen=True)
class Menu:
    """A menu's name, its choices and the index of the first one shown."""

    label: str
    choices: list[str]
    start: int = 0


def sparsity_slider(start: int = 50) -> Slider:
    """A slider over every whole per cent of sparsity."""
    texts, spoken = [f"{p} %" for p in range(101)], [f"{p} per cent" for p in range(101)]
    return Slider("Sparsity", texts, spoken, "sparsity / %", [(p, str(p)) for p in range(0, 101, 20)], start)


class Explorer(anywidget.AnyWidget):
    """A slider, perhaps menus beside it, and panels that follow them (see panels.py)."""

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
        slider: Slider | None = None,
        menus: Sequence[Menu] = (),
        levels: bytes = b"",
    ) -> None:
        """`summaries[choice][position]` says in words what the panels show.

        With two menus the choices are all pairs, those of the first menu slowest, as in a nested loop.
        """
        controls = {"slider": asdict(slider or sparsity_slider()), "menus": [asdict(menu) for menu in menus]}
        colours = {"kept": KEPT, "pruned": PRUNED, "reference": REFERENCE, "other": OTHER}
        data = {"name": name, "panels": panels, "summaries": summaries, "colours": colours}
        super().__init__(data=controls | data, levels=levels)

    @property
    def alt(self) -> str:
        """What the still shows, in words."""
        chosen = [f"{menu['label']} {menu['choices'][menu['start']]}" for menu in self.data["menus"]]
        choice = ", ".join(chosen) + ": " if chosen else ""
        summary = self.data["summaries"][first_choice(self.data["menus"])][self.data["slider"]["start"]]
        return f"{self.data['name']}. {choice}{summary}"

    def __repr__(self) -> str:
        return f"{self.data['name']} (its slider works in a running JupyterLab)"

    @property
    def still(self) -> str:
        """An HTML image of the panels as they are shown first, which explorer.css hides beside the widget."""
        return picture(still(self.data, self.levels), self.alt, "prunelab-still")

    def _ipython_display_(self) -> None:
        # Two outputs: nbconvert and GitHub show the first, JupyterLab the second.
        display(HTML(self.still))
        if found := self._repr_mimebundle_():
            bundle, metadata = found
            display(bundle, metadata=metadata, raw=True)
