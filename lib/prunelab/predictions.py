"""Predictions: empty until they are made, and only then set beside what was measured.

    fall = predict("fall", "At which sparsity has LeNet-5 lost five points?", low=0, high=1, step=0.05)
    ...
    fall.reveal(0.6, "Lost from 60 % on.", fig, alt)  # shows the figure as soon as the prediction is locked in

Running a cell never locks a prediction and never waits for one. Without a front end, `fall.lock(0.8)` does what the
button does.
"""

import html
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import ipywidgets as widgets
import matplotlib.pyplot as plt
from IPython.display import HTML, display
from matplotlib.figure import Figure

from prunelab import LabError
from prunelab.explorers.explorer import Explorer
from prunelab.figures import picture
from prunelab.notes import keep_prediction, predictions

Guess = float | str
Control = widgets.RadioButtons | widgets.SelectionSlider | widgets.Text
HIDDEN = "<em>Lock in your prediction to see this.</em>"
_asked: dict[str, "Prediction"] = {}  # by name, in the order of the lab


class Prediction:
    """A question, the control that answers it, and what waits for the answer; made by `predict`."""

    def __init__(self, name: str, question: str, control: Control, read: Callable[[Any], Guess]) -> None:
        self.name, self.question = name, question
        self.measured: Guess | None = None
        self._control, self._read = control, read
        self._waiting: list[Callable[[], None]] = []
        self._button = widgets.Button(description="Lock in", disabled=True)
        self._button.on_click(lambda _: self._click())
        self._trouble = widgets.HTML()
        self._control.observe(self._choose, "value")
        if self.guess is not None:
            self._show_locked()

    @property
    def guess(self) -> Guess | None:
        """The prediction that was locked in, None before."""
        return predictions().get(self.name)

    def lock(self, guess: Guess) -> None:
        """Make the prediction, once and for all; raise LabError if it does not answer the question."""
        if self.guess is None:
            keep_prediction(self.name, self._read(guess))
        self._show_locked()
        while self._waiting:
            self._waiting.pop()()

    def reveal(
        self,
        measured: Guess,
        text: str,
        shown: Figure | Explorer | None = None,
        alt: str = "",
        mark: Callable[[Guess], object] | None = None,
    ) -> None:
        """Show what was measured as soon as the prediction is locked in: in words, with a figure or an explorer.

        A figure has the text `alt`, and `mark(guess)` draws the prediction into it.
        """
        self.measured = measured
        if isinstance(shown, Figure):
            plt.close(shown)  # or the notebook shows it at the end of the cell
        places = [display(HTML(words), display_id=True) for words in (HIDDEN, "", "")]
        show = partial(self._reveal, places, text, shown, alt, mark)
        if self.guess is None:
            self._waiting.append(show)
        else:
            show()

    def _reveal(self, places, text: str, shown: Figure | Explorer | None, alt: str, mark) -> None:
        if None in places:  # there is no display without a kernel
            return
        words, image, widget = places
        words.update(HTML(f"<p>You predicted {_text(self.guess)}. {html.escape(text)}</p>"))
        if isinstance(shown, Figure):
            if mark:
                mark(self.guess)
            image.update(HTML(picture(shown, alt)))
        elif shown is not None:
            image.update(HTML(shown.still))  # hidden where the widget beside it works
            if bundle := shown._repr_mimebundle_():
                widget.update(bundle[0], metadata=bundle[1], raw=True)

    def _click(self) -> None:
        try:
            self.lock(self._control.value)
        except LabError as error:
            self._trouble.value = html.escape(str(error))

    def _choose(self, change: dict) -> None:
        self._button.disabled = change["new"] in (None, "")

    def _show_locked(self) -> None:
        self._control.disabled = self._button.disabled = True
        self._trouble.value = ""
        self._button.description = f"Locked in: {_text(self.guess)}"
        self._button.layout.width = "auto"

    def ask(self) -> None:
        """Display the question and its control."""
        label = widgets.HTML(f"<b>Predict:</b> {html.escape(self.question)}")
        row = widgets.HBox([self._control, self._button])
        display(widgets.VBox([label, row, self._trouble]).add_class("prunelab-prediction"))


def predict(
    name: str,
    question: str,
    choices: Sequence[str] = (),
    *,
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
) -> Prediction:
    """Ask for a prediction: a choice, a number from `low` to `high`, or any number; `name` is its own in the lab.

    A slider from `low` to `high` has a hundred steps, or steps of the size `step`.
    """
    if choices:
        control, read = _choice(choices)
    elif low is not None and high is not None:
        control, read = _slider(low, high, step or (high - low) / 100)
    else:
        control, read = widgets.Text(placeholder="a number"), partial(_number, low=float("-inf"), high=float("inf"))
    _asked[name] = Prediction(name, question, control, read)
    _asked[name].ask()
    return _asked[name]


def compare_predictions() -> HTML:
    """A table of this lab's predictions, each beside what was measured; what is not locked in stays hidden."""
    return HTML(
        "<table><tr><th>Question</th><th>You predicted</th><th>Measured</th></tr>" + "".join(_rows()) + "</table>"
    )


def _rows() -> Iterator[str]:
    for asked in _asked.values():
        made = asked.guess is not None
        cells = asked.question, _text(asked.guess), _text(asked.measured if made else None)
        yield f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"


def _choice(choices: Sequence[str]) -> tuple[Control, Callable[[Any], Guess]]:
    def read(guess: Any) -> Guess:
        if guess not in choices:
            raise LabError(f"{guess!r} is none of the choices; predict one of: {', '.join(choices)}.")
        return guess

    return widgets.RadioButtons(options=list(choices), value=None), read


def _slider(low: float, high: float, step: float) -> tuple[Control, Callable[[Any], Guess]]:
    positions = [round(low + step * number, 6) for number in range(round((high - low) / step) + 1)]
    options = [("none yet", ""), *((f"{position:g}", position) for position in positions)]
    slider = widgets.SelectionSlider(options=options, layout=widgets.Layout(width="24em"))
    return slider, partial(_number, low=low, high=high)


def _number(guess: Any, low: float, high: float) -> Guess:
    try:
        found = float(guess)
    except (TypeError, ValueError):
        raise LabError(f"{guess!r} is no number; predict a number, such as 12.5.") from None
    if not low <= found <= high:
        raise LabError(f"{found:g} is out of range; predict a number from {low:g} to {high:g}.")
    return found


def _text(value: Guess | None) -> str:
    return "nothing yet" if value is None else value if isinstance(value, str) else f"{value:g}"
