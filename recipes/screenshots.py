"""Save docs/screenshot-lab02.png: the slider of lab 02 in JupyterLab, as the README shows it."""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

import driver

LAB = "02_magnitude"
TARGET = driver.REPOSITORY / "docs" / "screenshot-lab02.png"


def main() -> None:
    if not shutil.which("chromium"):
        sys.exit(driver.NO_CHROMIUM)
    TARGET.parent.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        course = driver.copy_course(Path(folder) / "course")
        notebook = driver.build(course, LAB)
        with driver.jupyter_server(course, Path(folder) / "home") as address, driver.chromium_page(1200, 1000) as page:
            lab = driver.Lab(page, address)
            lab.command("filebrowser:toggle-main")
            with lab.notebook(notebook) as panel:
                if errors := lab.run_all():
                    sys.exit(f"{LAB} failed: {errors[0]}")
                explorer = panel.get_by_role("region", name="Magnitude pruning")
                explorer.scroll_into_view_if_needed()
                explorer.get_by_role("slider").press("PageUp")
                page.screenshot(path=TARGET)
    print(f"Saved {TARGET.relative_to(driver.REPOSITORY)}.")


if __name__ == "__main__":
    main()
