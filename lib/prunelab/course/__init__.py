"""The course around the labs: build, progress, reset. Nothing in the student-facing core imports it."""

import tomllib
from pathlib import Path

from prunelab import LabError

MAP = Path(__file__).with_name("course.toml")


def course_folder() -> Path:
    """Return the nearest folder at or above the current one that holds a course, else the package's own repository."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).parents[3]):
        if (folder / "labs" / ".originals").is_dir() or (folder / "solutions" / "index.py").is_file():
            return folder
    raise LabError(f"There is no course at or above {here}; change into the course's folder first.")


def course_map() -> list[dict]:
    """Return number, title, minutes and goal of each lab, as `course.toml` lists them."""
    return tomllib.loads(MAP.read_text(encoding="utf-8"))["labs"]


def original(course: Path, name: str) -> Path:
    """Return the path of the pristine copy of the notebook `name`."""
    return course / "labs" / ".originals" / f"{name}.ipynb"


def student_copy(course: Path, name: str) -> Path:
    """Return the path of the notebook `name` that the student opens."""
    labs = course / "labs"
    return labs / "index.ipynb" if name == "index" else labs / name / f"{name}.ipynb"


def lab_names(course: Path) -> list[str]:
    """Return the names of the built labs, in order."""
    return sorted(path.stem for path in original(course, "index").parent.glob("*.ipynb") if path.stem != "index")


def find_lab(wanted: str, names: list[str]) -> str:
    """Return the one of `names` that `wanted` means: the name, its number, or the path of its notebook."""
    stem = Path(wanted).stem
    for name in names:
        if stem == name or (stem.isdecimal() and name.startswith(f"{stem:0>2}_")):
            return name
    raise LabError(f"No lab is called {wanted!r}; there are {', '.join(names) or 'none yet'}.")
