"""Predictions are empty until they are made, and hide what was measured; a slider runs the student's own function."""

import nbformat
import pytest
from nbclient import NotebookClient

from prunelab import LabError, figures, notes, predictions
from prunelab.predictions import compare_predictions, predict

SETUP = """
from prunelab import figures
from prunelab.live import explore
from prunelab.predictions import compare_predictions, predict
"""
MEASURE = """
fig, (ax,) = figures.figure()
guess.reveal(0.6, "Lost from 60 % on.", fig, alt="A curve.", mark=lambda value: ax.axvline(value))
"""


@pytest.fixture(autouse=True)
def session(tmp_path, monkeypatch):
    """A session of its own, away from any course."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(notes, "_predicted", {})
    monkeypatch.setattr(predictions, "_asked", {})


def outputs(*cells: str) -> list[str]:
    """What each cell of a notebook shows in the end, as text and HTML; a real kernel runs it."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in (SETUP, *cells)])
    NotebookClient(notebook, timeout=120).execute()
    return [
        "".join(part for output in cell.outputs for part in output.get("data", {}).values() if isinstance(part, str))
        for cell in notebook.cells[1:]
    ]


@pytest.mark.middle
def test_running_the_cells_shows_no_result_and_never_waits():
    _, measured, table = outputs(
        'guess = predict("fall", "When does it fall?", low=0, high=1)', MEASURE, "compare_predictions()"
    )
    assert "Lock in your prediction to see this." in measured
    assert "60 %" not in measured
    assert "image/png" not in measured
    assert "0.6" not in table


@pytest.mark.middle
def test_a_prediction_shows_the_result_whenever_it_is_made():
    ask = 'guess = predict("fall", "When does it fall?", low=0, high=1)'
    _, before, _, after, table = outputs(ask, MEASURE, "guess.lock(0.8)", MEASURE, "compare_predictions()")
    for shown in (before, after):
        assert 'alt="A curve."' in shown
        assert "You predicted 0.8. Lost from 60 % on." in shown
    assert "<td>0.8</td><td>0.6</td>" in table


@pytest.mark.middle
def test_an_explorer_appears_with_the_result():
    explorer = """
from prunelab.explorers import SensitivityExplorer
guess.reveal("a", "It is a.", SensitivityExplorer({"a": {0.0: 90.0, 0.5: 50.0}, "b": {0.0: 90.0, 0.5: 80.0}}, 90.0))
"""
    ask = 'guess = predict("layer", "Which?", ["a", "b"])'
    hidden, shown = outputs(ask, explorer)[1], outputs(ask, explorer, 'guess.lock("b")')[1]
    assert "prunelab-still" not in hidden
    assert "prunelab-still" in shown


def test_no_choice_is_made_beforehand():
    for prediction in (predict("a", "?", ["x", "y"]), predict("b", "?", low=0, high=1), predict("c", "?")):
        assert prediction.guess is None
        assert prediction._control.value in (None, "")
        assert prediction._button.disabled


def test_the_button_locks_what_was_chosen():
    prediction = predict("layer", "Which layer?", ["first", "last"])
    prediction._control.value = "last"
    assert not prediction._button.disabled
    prediction._button.click()
    assert prediction.guess == "last"
    assert prediction._button.disabled


def test_a_prediction_is_made_once_and_a_cell_that_runs_again_keeps_it():
    predict("fall", "When?", low=0, high=1).lock(0.8)
    again = predict("fall", "When?", low=0, high=1)
    again.lock(0.2)
    assert again.guess == 0.8


@pytest.mark.parametrize(
    ("options", "guess", "sentence"),
    [
        ({"choices": ["x", "y"]}, "z", "'z' is none of the choices; predict one of: x, y."),
        ({"low": 0, "high": 1}, 7, "7 is out of range; predict a number from 0 to 1."),
        ({"low": 0, "high": 1}, None, "None is no number"),
        ({}, "many", "'many' is no number; predict a number, such as 12.5."),
        ({}, "nan", "nan is out of range"),
    ],
)
def test_what_answers_no_question_is_refused(options, guess, sentence):
    prediction = predict("any", "?", **options)
    with pytest.raises(LabError) as error:
        prediction.lock(guess)
    assert sentence in str(error.value)
    assert prediction.guess is None


def test_the_button_says_what_is_wrong():
    prediction = predict("any", "?")
    prediction._control.value = "many"
    prediction._button.click()
    assert "is no number" in prediction._trouble.value
    assert prediction.guess is None


def test_predictions_outlive_the_kernel(tmp_path, monkeypatch):
    (tmp_path / "labs" / ".originals").mkdir(parents=True)
    (tmp_path / "labs" / "02").mkdir()
    monkeypatch.chdir(tmp_path / "labs" / "02")
    predict("fall", "When?").lock(3)
    notes._predicted.clear()
    assert predict("fall", "When?").guess == 3.0
    (tmp_path / "labs" / "02" / "predictions.json").write_text('{"fall": [1]}')
    assert predict("fall", "When?").guess is None


@pytest.mark.parametrize(("high", "options"), [(1, {}), (100, {}), (5, {"step": 0.05})])
def test_a_slider_has_a_hundred_steps_unless_told(high, options):
    slider = predict("any", "?", low=0, high=high, **options)._control
    assert len(slider.options) == 102  # with "none yet"
    assert slider.options[-1] == (str(high), high)


def test_a_question_is_text():
    predict("odd", "Is <b> less?").lock(1)
    assert "Is &lt;b&gt; less?" in compare_predictions().data


def test_a_figure_that_waits_is_not_shown_by_the_notebook():
    fig, _ = figures.figure()
    predict("fall", "When?").reveal(1, "One.", fig, alt="A curve.")
    assert not figures.plt.fignum_exists(fig.number)


DRAW = """
def draw(value, ax):
    ax.plot([0, value])
    return f"At {value}: {1 / value}."
"""


@pytest.mark.middle
def test_a_slider_shows_what_the_function_draws():
    (shown,) = outputs(DRAW + 'explore(draw, "sparsity", [0.25, 0.5, 0], start=0.5)')
    assert "At 0.5: 2.0." in shown
    assert "<img" in shown


@pytest.mark.middle
def test_moving_the_slider_runs_the_function_and_names_its_errors():
    move = """
import ipywidgets
(slider,) = [each for each in ipywidgets.Widget.widgets.values() if isinstance(each, ipywidgets.SelectionSlider)]
slider.value = {}
"""
    explored = DRAW + 'explore(draw, "sparsity", [0.25, 0.5, 0], start=0.5)'
    assert "At 0.25: 4.0." in outputs(explored, move.format(0.25))[0]
    shown, _ = outputs(explored, move.format(0))
    assert "At 0 your function raised ZeroDivisionError" in shown
    assert "<img" not in shown
