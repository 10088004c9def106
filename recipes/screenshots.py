"""Save docs/screenshots/*.png: the course in a real browser, as students and instructors see it."""

import io
import random
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import jupytext
import nbformat
from PIL import Image
from playwright.sync_api import Locator, Page

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

import driver

TARGET = driver.REPOSITORY / "docs" / "screenshots"
BANK = driver.REPOSITORY / "tests" / "checks"
WINDOW = {"width": 1200, "height": 1000}
COLOURS = 256  # of a palette: half of the bytes, and text stays sharp
CLASS = ("ada", "ben", "chloe", "dmitri", "emeka", "fatima", "goran", "hana", "ivo", "jonas", "kofi", "lena")
GRADED = "01_dense_sparse"
MISTAKE = "forgets the absolute value"
RUN_TO = """async (call) => {
  const { content } = jupyterapp.shell.currentWidget;
  const makes = ({ model }) => model.type === "code" && model.sharedModel.source.includes(call);
  content.activeCellIndex = content.widgets.findIndex(makes);
  await jupyterapp.commands.execute("notebook:run-all-above");
  await jupyterapp.commands.execute("notebook:run-cell");
}"""
ANSWER = """async ([name, code]) => {
  const { content } = jupyterapp.shell.currentWidget;
  for (const [index, cell] of content.widgets.entries()) {
    const id = cell.model.getMetadata("nbgrader")?.grade_id;
    if (id === name) cell.model.sharedModel.setSource(code);
    if (id !== name && id !== `${name}-check`) continue;
    content.activeCellIndex = index;
    await jupyterapp.commands.execute("notebook:run-cell");
  }
}"""


def main() -> None:
    if not shutil.which("chromium"):
        sys.exit(driver.NO_CHROMIUM)
    TARGET.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, driver.chromium() as browser:
        course = driver.copy_course(Path(folder) / "course")
        (course / "explorers.ipynb").unlink()  # no part of the course
        built = {name: driver.build(course, name) for name in ("02_magnitude", "08_language", GRADED)}
        with driver.jupyter_server(course, Path(folder) / "home") as address:
            lab = driver.Lab(browser.new_page(viewport=WINDOW), address)
            lab.command("filebrowser:toggle-main")
            with lab.notebook(built["02_magnitude"]) as panel:
                show_explorer(lab, panel, "MagnitudeExplorer(")
            with lab.notebook("labs/02_magnitude/02_magnitude.ipynb") as panel:
                show_mistake(lab, panel)
            with lab.notebook(built["08_language"]) as panel:
                show_explorer(lab, panel, "HeadExplorer(")
            grade_a_class(course)
            show_grading(lab.page, course, address)


def save(name: str, picture: bytes) -> None:
    """Write a picture with few colours."""
    path = TARGET / f"{name}.png"
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(f"Saved {path.relative_to(driver.REPOSITORY)}, {path.stat().st_size // 1024} kB.")


def show_explorer(lab: driver.Lab, panel: Locator, call: str) -> None:
    """The explorer that a cell creates, with its slider moved by one page."""
    lab.page.evaluate(RUN_TO, call)
    explorer = panel.locator(".jp-mod-active .prunelab-explorer")
    explorer.get_by_role("slider").press("PageUp")
    explorer.evaluate("(root) => root.scrollIntoView({ block: 'center' })")
    lab.page.evaluate(driver.TWO_FRAMES)
    save(f"explorer-{call.removesuffix('Explorer(').lower()}", lab.page.screenshot())


def show_mistake(lab: driver.Lab, panel: Locator) -> None:
    """What a check says about an answer that is nearly right."""
    wrong = next(code for title, code in answers("02_magnitude", "magnitude_mask").items() if MISTAKE in title)
    lab.page.evaluate(RUN_TO, "def magnitude_mask(")
    lab.page.evaluate(ANSWER, ["magnitude_mask", wrong])
    said = panel.locator(".jp-CodeCell", has_text="magnitude_mask: not yet")
    said.wait_for()
    said.evaluate("(cell) => cell.scrollIntoView({ block: 'end' })")
    lab.page.evaluate(driver.TWO_FRAMES)
    save("check", lab.page.screenshot())


def answers(lab: str, exercise: str) -> dict[str, str]:
    """The bank's answers to an exercise: code by kind and what is wrong or different in it."""
    cells = jupytext.read(BANK / lab / f"{exercise}.py", fmt="py:percent").cells
    return {cell.metadata["title"]: cell.source for cell in cells}


def grade_a_class(course: Path) -> None:
    """Hand in answers of the bank for a class, grade them and write the report."""
    draw = random.Random(0)
    for student in CLASS:
        skill = draw.random()
        notebook = nbformat.read(course / "labs" / GRADED / f"{GRADED}.ipynb", as_version=4)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if (BANK / GRADED / f"{name}.py").is_file():
                kind = "right" if draw.random() < skill else "wrong"
                given = [code for title, code in answers(GRADED, name).items() if title.startswith(kind)]
                cell.source = draw.choice(given)
        path = course / "submitted" / student / GRADED / f"{GRADED}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    for command in ("grade", "report"):
        subprocess.run([sys.executable, "-m", "prunelab", command, GRADED], cwd=course, check=True)


def show_grading(page: Page, course: Path, address: str) -> None:
    page.goto(address.replace("lab?", f"formgrader/manage_submissions/{GRADED}?"))
    page.get_by_text(CLASS[-1]).wait_for()
    save("formgrader", page.screenshot())
    page.goto((course / "reports" / f"{GRADED}.html").as_uri())
    save("report", page.screenshot())


if __name__ == "__main__":
    main()
