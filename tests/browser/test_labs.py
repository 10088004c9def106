"""Open notebooks in JupyterLab, run them, and move every slider and menu by keyboard and mouse."""

from pathlib import Path

import driver
import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SOLUTIONS = Path(__file__).parents[2] / "solutions"
LABS = [path.stem for path in sorted(SOLUTIONS.glob("[0-9][0-9]_*/[0-9][0-9]_*.py"))]


@pytest.mark.parametrize("name", LABS)
def test_a_lab_runs_and_every_control_changes_the_picture(lab, course, name):
    check_notebook(lab, driver.build(course, name))


def test_each_explorer_follows_its_controls(lab):
    check_notebook(lab, "explorers.ipynb")


def test_the_index_shows_the_map_and_the_progress(lab, course):
    driver.build(course, LABS[0])
    with lab.notebook("labs/index.ipynb") as panel:
        assert lab.run_all() == []
        expect(panel.get_by_role("link", name="Dense and sparse layers")).to_be_visible()
        expect(panel.get_by_role("row", name="01_dense_sparse sparsity not run 0 / 1")).to_be_visible()


def check_notebook(lab, path):
    with lab.notebook(path) as panel:
        assert lab.run_all() == []
        explorers = panel.locator(".prunelab-explorer")
        expect(explorers.first).to_be_visible()
        assert explorers.count() >= 1
        for explorer in explorers.all():
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


def test_the_still_hides_beside_a_live_explorer(lab):
    with lab.notebook("explorers.ipynb") as panel:
        lab.run_all()
        expect(panel.locator(".prunelab-explorer")).to_have_count(4)
        expect(panel.locator("img.prunelab-still")).to_have_count(4)
        for still in panel.locator("img.prunelab-still").all():
            expect(still).to_be_hidden()


def test_spoken_labels_follow_the_slider(lab):
    with lab.notebook("explorers.ipynb") as panel:
        lab.run_all()
        explorer = panel.locator(".prunelab-explorer").first
        picture = explorer.get_by_role("img")
        expect(picture).to_have_attribute("aria-label", "Kept blue (darker: larger), pruned orange. Sparsity 50.0 %, "
            "36,864 of 73,728 weights kept, cut: 36,864 of 73,728 weights.")  # fmt: skip
        slider = explorer.get_by_role("slider", name="Sparsity")
        slider.press("PageUp")
        expect(slider).to_have_attribute("aria-valuetext", "60 per cent")
        expect(picture).to_have_attribute("aria-label", "Kept blue (darker: larger), pruned orange. Sparsity 60.0 %, "
            "29,491 of 73,728 weights kept, cut: 44,237 of 73,728 weights.")  # fmt: skip
        explorer.get_by_role("combobox", name="Granularity").select_option("filters")
        expect(explorer.locator("tbody")).to_contain_text("77 of 128 filters")


def test_dark_theme_and_narrow_window(lab):
    with lab.notebook("explorers.ipynb") as panel:
        lab.run_all()
        explorer = panel.locator(".prunelab-explorer").nth(1)
        light = lab.pictures(explorer)
        try:
            lab.set_theme("JupyterLab Dark")
            assert lab.pictures(explorer) != light, "the axes kept the colours of the light theme"
            lab.page.set_viewport_size({"width": 700, "height": 900})
            lab.page.wait_for_timeout(300)
            assert explorer.evaluate("(root) => root.scrollWidth <= root.clientWidth"), "the explorer is clipped"
        finally:
            lab.page.set_viewport_size({"width": 1280, "height": 1000})
            lab.set_theme("JupyterLab Light")
