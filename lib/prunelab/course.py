"""The course's folders and notebooks, for the commands of students and of instructors."""

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, cast

from prunelab import LabError
from prunelab.plain import decode, plain_notebook

if TYPE_CHECKING:
    from nbformat import NotebookNode  # whose checks of notebooks take two seconds to import

MAP = "course.toml"  # in the instructor's course


class LabEntry(TypedDict):
    """What the map says about a lab: its number has two digits, its goal is one sentence."""

    number: str
    title: str
    minutes: int
    goal: str


def course_folder() -> Path:
    """Return the nearest folder at or above the current one that holds a course, else the package's own repository."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).parents[2]):
        if (folder / "labs" / ".originals").is_dir() or (folder / "solutions" / "index.py").is_file():
            return folder
    raise LabError(
        f"There is no course at or above {here}; change into the course's folder first. The package alone is no "
        "course: the labs and their data come with the repository or with an instructor's bundle."
    )


def course_map(course: Path) -> list[LabEntry]:
    """Return the labs that the course's map lists; raise LabError where it is missing or damaged."""
    path = course / MAP
    try:
        labs = tomllib.loads(path.read_text(encoding="utf-8"))["labs"]
        return [LabEntry(**{name: kind(lab[name]) for name, kind in LabEntry.__annotations__.items()}) for lab in labs]
    except FileNotFoundError:
        raise LabError(f"{path} is missing; copy it from the course's repository.") from None
    except (KeyError, TypeError, ValueError) as error:
        raise LabError(f"{path} is damaged ({error}); each lab needs number, title, minutes and goal.") from None


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


def notebook_of(text: str) -> "NotebookNode":
    """Return the notebook that `text` holds, in the current format; raise what nbformat raises where it is none."""
    import nbformat

    return cast("NotebookNode", nbformat.reads(text, as_version=4))  # nbformat announces what old formats had, too


def read_notebook(path: Path) -> "NotebookNode":
    """Return the notebook at `path`; raise OSError where it cannot be read, else as `notebook_of`."""
    return notebook_of(path.read_text(encoding="utf-8"))


def read_cells(path: Path) -> "list[NotebookNode] | None":
    """Return the cells of the notebook at `path`, whichever program wrote it; None where it is missing or damaged."""
    import nbformat

    try:
        text, _ = decode(path.read_bytes())
        raw = json.loads(text)
        return notebook_of(json.dumps(plain_notebook(raw)) if raw["nbformat"] == 4 else text).cells
    except (AttributeError, KeyError, OSError, TypeError, ValueError, nbformat.ValidationError):
        return None
