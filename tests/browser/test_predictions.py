"""Predictions are made by mouse and keyboard, and hide results until then; a slider runs the student's own function."""

import driver
import looks
import nbformat
import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.middle, pytest.mark.xdist_group("browser")]

HIDDEN = "Lock in your prediction to see this."


@pytest.fixture
def panel(lab, course):
    """The notebook of predictions, all cells run."""
    nbformat.write(driver.small_notebook("predictions"), course / "predictions.ipynb")
    with lab.notebook("predictions.ipynb") as panel:
        assert lab.run_all() == []
        yield panel


def test_predictions_hide_what_was_measured_until_they_are_made(lab, panel):
    expect(panel.get_by_text(HIDDEN)).to_have_count(3)
    expect(panel.locator(".prunelab-explorer")).to_have_count(0)
    driver.lock_predictions(panel)
    expect(panel.get_by_text(HIDDEN)).to_have_count(0)
    for sentence in ("You predicted first. It is the first.", "You predicted 0. It", "You predicted 1. There are 12."):
        expect(panel.get_by_text(sentence)).to_be_visible()
    expect(panel.get_by_alt_text("A curve that falls.")).to_be_visible()
    expect(panel.locator(".prunelab-explorer canvas").first).to_be_visible()
    assert looks.violations(lab.page, looks.OURS) == []


def test_a_slider_runs_the_function_when_it_is_released(lab, panel):
    handle = panel.locator(".prunelab-live").get_by_role("slider")
    expect(panel.get_by_text("Twice 1 is 2.")).to_be_visible()
    handle.press("ArrowRight")
    expect(panel.get_by_text("Twice 2 is 4.")).to_be_visible()
    place, track = handle.bounding_box(), panel.locator(".prunelab-live .noUi-target").bounding_box()
    lab.page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    lab.page.mouse.down()
    lab.page.mouse.move(track["x"] + track["width"], place["y"] + place["height"] / 2, steps=5)
    expect(panel.get_by_text("Twice 2 is 4.")).to_be_visible()
    lab.page.mouse.up()
    expect(panel.get_by_text("Twice 3 is 6.")).to_be_visible()
