"""Whether the course is usable and visible at any width, in any theme, by keyboard and screen reader."""

from pathlib import Path

import driver
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

OURS = [".jp-NotebookPanel .jp-RenderedMarkdown", ".jp-NotebookPanel .jp-OutputArea-output"]  # the rest is JupyterLab's
NAMELESS = ".noUi-handle"  # ipywidgets 8 gives the handle of a slider no name, only the slider a description
USABLE = Path(__file__).with_name("usable.js").read_text()
LEAST = {"slider": 100, "canvas": 200, "text": 4.5, "mask": 2}  # CSS pixels; WCAG's contrast; orange on white has 2.2


def unusable(explorer: Locator) -> list[str]:
    """The parts of an explorer that cannot be reached or seen in the current window."""
    for _ in range(2):  # what JupyterLab draws only when it is seen may move the rest
        explorer.get_by_role("slider").scroll_into_view_if_needed()
        explorer.page.evaluate(driver.TWO_FRAMES)
    return explorer.evaluate(USABLE, LEAST)


def violations(page: Page, include: list[str] | None = None) -> list[str]:
    """The serious and critical violations that axe-core finds in the page, or in these parts of it."""
    context = {"exclude": [[NAMELESS]]}
    if include:
        context["include"] = [[selector] for selector in include]
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in Axe().run(page, context).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
