"""Open the ten labs in JupyterLab, run them, move every slider and menu, and check their looks in several settings."""

import ast

import driver
import looks
import pytest
from playwright.sync_api import expect

import bank
from prunelab import explorers as package

pytestmark = [pytest.mark.browser, pytest.mark.middle, pytest.mark.xdist_group("browser")]

WHOLE = pytest.mark.whole
SECOND = pytest.mark.xdist_group("second")  # every other lab runs on another worker, with a browser of its own
LABS = [
    pytest.param(name, marks=[WHOLE] * (number > 0) + [SECOND] * (number % 2))
    for number, name in enumerate(bank.SOURCES)
]
EXPLORERS = ".prunelab-explorer"
WITH_AXES = "(root) => [...root.querySelectorAll('canvas:not([style])')].map((canvas) => canvas.toDataURL())"


@pytest.mark.parametrize("name", LABS)
def test_a_lab(lab, course, name):
    with lab.notebook(driver.drop_in(course, name)) as panel:
        assert lab.run_all() == []
        driver.lock_predictions(panel)
        explorers = panel.locator(EXPLORERS)
        expect(explorers).to_have_count(count_explorers(bank.SOURCES[name]))
        assert explorers.count() >= 1
        stills = panel.locator("img.prunelab-still")
        expect(stills).to_have_count(explorers.count())
        for explorer, still in zip(explorers.all(), stills.all(), strict=True):
            expect(still).to_be_hidden()
            check_controls(lab, explorer)
        assert looks.violations(lab.page, looks.OURS) == []
        check_looks(lab, explorers.all())


def count_explorers(source):
    """How many explorers the source of a lab shows."""
    calls = (node for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Call))
    return sum(getattr(call.func, "id", None) in package.__all__ for call in calls)


def check_controls(lab, explorer):
    explorer.scroll_into_view_if_needed()
    check_keyboard(lab, explorer)
    check_drag(lab, explorer)
    check_menus(lab, explorer)


def check_keyboard(lab, explorer):
    slider = explorer.get_by_role("slider")
    if slider.input_value() == "0":
        slider.press("End")  # at its left end the first of the keys would move nothing
    page = max(1, round(int(slider.get_attribute("max")) / 10))  # what a browser takes for a page
    for key, step in {"ArrowLeft": -1, "ArrowUp": 1, "PageDown": -page, "PageUp": page, "Home": -100}.items():
        before, value, spoken = (
            lab.pictures(explorer),
            int(slider.input_value()),
            slider.get_attribute("aria-valuetext"),
        )
        slider.press(key)
        expect(slider).to_have_value(str(max(0, value + step)))
        expect(slider).not_to_have_attribute("aria-valuetext", spoken)
        assert lab.pictures(explorer) != before, f"{key} left the picture as it was"


def check_drag(lab, explorer):
    slider = explorer.get_by_role("slider")
    before, box = lab.pictures(explorer), slider.bounding_box()
    row = box["y"] + box["height"] / 2
    lab.page.mouse.move(box["x"] + 8, row)  # the thumb, since Home was pressed last
    lab.page.mouse.down()
    lab.page.mouse.move(box["x"] + 0.8 * box["width"], row, steps=5)
    during = lab.pictures(explorer)
    lab.page.mouse.up()
    assert during != before, "dragging left the picture as it was"
    value, last = int(slider.input_value()), int(slider.get_attribute("max"))
    assert abs(value - 0.8 * last) <= max(0.1 * last, 0.5), "the thumb is not where the pointer left it"


def check_menus(lab, explorer):
    for menu in explorer.get_by_role("combobox").all():
        seen = lab.pictures(explorer)
        for value in [option.get_attribute("value") for option in menu.locator("option").all()][1:]:
            menu.select_option(value=value)
            now = lab.pictures(explorer)
            assert now != seen, f"choice {value} left the picture as it was"
            seen = now


def check_looks(lab, explorers):
    """In the dark theme, in a narrow window with the file browser closed, and magnified with it open."""
    light = [explorer.evaluate(WITH_AXES) for explorer in explorers]
    assert usable(explorers) == {}
    with lab.dark_theme():
        dark = [explorer.evaluate(WITH_AXES) for explorer in explorers]
        assert not any(picture in light[i] for i, pictures in enumerate(dark) for picture in pictures), (
            "axes stay light"
        )
        assert usable(explorers) == {}
        assert looks.violations(lab.page, looks.OURS) == []
    with lab.file_browser_closed(), lab.window(400, 800):
        assert usable(explorers) == {}
    with lab.window(**driver.WINDOW, zoom=2):
        assert usable(explorers) == {}


def usable(explorers):
    """The unusable parts, by explorer."""
    problems = {explorer.get_attribute("aria-label"): looks.unusable(explorer) for explorer in explorers}
    return {name: found for name, found in problems.items() if found}


def test_the_index_shows_the_map_and_the_progress(lab):
    with lab.notebook("labs/index.ipynb") as panel:
        assert lab.run_all() == []
        expect(panel.get_by_role("link", name="Dense and sparse layers")).to_be_visible()
        expect(panel.get_by_role("row", name="01_dense_sparse sparsity not run 0 / 1")).to_be_visible()
        assert looks.violations(lab.page, looks.OURS) == []
        with lab.dark_theme():
            assert looks.violations(lab.page, looks.OURS) == []


def test_spoken_labels_follow_the_slider(lab):
    with lab.notebook("explorers.ipynb") as panel:
        lab.run_all()
        explorer = panel.locator(EXPLORERS).first
        picture = explorer.get_by_role("img")
        expect(picture).to_have_attribute(
            "aria-label",
            "Kept blue (darker: larger), pruned orange. Sparsity 50.0 %, "
            "36,864 of 73,728 weights kept, cut: 36,864 of 73,728 weights.",
        )
        slider = explorer.get_by_role("slider", name="Sparsity")
        slider.press("PageUp")
        expect(slider).to_have_attribute("aria-valuetext", "60 per cent")
        expect(picture).to_have_attribute(
            "aria-label",
            "Kept blue (darker: larger), pruned orange. Sparsity 60.0 %, "
            "29,491 of 73,728 weights kept, cut: 44,237 of 73,728 weights.",
        )
        explorer.get_by_role("combobox", name="Granularity").select_option("filters")
        expect(explorer.locator("tbody")).to_contain_text("77 of 128 filters")
