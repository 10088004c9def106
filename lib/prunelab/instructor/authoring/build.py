"""Build the instructor's and the students' notebooks from the sources under solutions/.

solutions/NN_name/NN_name.py -> solutions/NN_name/NN_name.ipynb -> labs/NN_name/NN_name.ipynb, the last step by
nbgrader's own generate_assignment.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from prunelab import LabError
from prunelab.course import MAP, course_map, find_lab, original, read_cells, student_copy
from prunelab.files import write
from prunelab.instructor.authoring.source import read_source

MAP_MARK = "<!-- course map -->"


def build_labs(course: Path, wanted: list[str] | None = None) -> Iterator[str]:
    """Build the `wanted` notebooks, or all, and yield a sentence on each that changed or that holds a student's work.

    What is up to date is left alone. A bad source raises LabError before anything of its lab is written.
    """
    sources = find_sources(course)
    chosen = [find_lab(name, list(sources)) for name in wanted] if wanted else list(sources)
    for name in chosen:
        if name == "index":
            yield from _install(course, name, _written(index(course)))
        elif not _up_to_date(course, sources[name]):
            instructor = _written(read_source(sources[name]))
            yield from _install(course, name, release(course, name, instructor))
            write(sources[name].with_suffix(".ipynb"), instructor)  # last: its age says that the lab is built


def find_sources(course: Path) -> dict[str, Path]:
    """Return the sources of the index and of the labs by name."""
    solutions = course / "solutions"
    labs = [path for path in sorted(solutions.glob("[0-9][0-9]_*/*.py")) if path.stem == path.parent.name]
    return {path.stem: path for path in (solutions / "index.py", *labs) if path.is_file()}


def index(course: Path) -> nbformat.NotebookNode:
    """Return the course map's notebook: its source, with the table of the labs filled in."""
    notebook = read_source(course / "solutions" / "index.py")
    names = {name[:2]: name for name in find_sources(course)}
    rows = ["| Lab | Title | Minutes | You will be able to |", "|---|---|---|---|"]
    for lab in course_map(course):
        name = names.get(lab["number"])
        title = f"[{lab['title']}]({name}/{name}.ipynb)" if name else f"{lab['title']} (in preparation)"
        rows.append(f"| {lab['number']} | {title} | {lab['minutes']} | {lab['goal']} |")
    for cell in notebook.cells:
        cell.source = cell.source.replace(MAP_MARK, "\n".join(rows))
    return notebook


def release(course: Path, name: str, instructor: bytes) -> bytes:
    """Return the student's notebook that nbgrader makes of the instructor's, without touching the grade book."""
    from nbgrader.apps import NbGraderAPI  # slow to import, and not needed where all is up to date
    from traitlets.config import PyFileConfigLoader

    with TemporaryDirectory() as folder:
        config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
        config.CourseDirectory.root = folder
        config.GenerateAssignment.no_database = True
        config.SaveCells.enabled = False
        write(Path(folder) / "solutions" / name / f"{name}.ipynb", instructor)
        result = NbGraderAPI(config=config).generate_assignment(name)
        if not result["success"]:
            raise LabError(f"nbgrader refused {name}; fix its source. {str(result['log']).strip()}")
        return student_copy(Path(folder), name).read_bytes()


def _written(notebook: nbformat.NotebookNode) -> bytes:
    return f"{nbformat.writes(notebook)}\n".encode()


def _up_to_date(course: Path, source: Path) -> bool:
    built = source.with_suffix(".ipynb")
    needed = (built, original(course, source.stem), student_copy(course, source.stem))
    inputs = (source, course / "nbgrader_config.py", course / MAP, *Path(__file__).parent.glob("*.py"))
    return all(path.is_file() for path in needed) and all(
        path.stat().st_mtime <= built.stat().st_mtime for path in inputs
    )


def _install(course: Path, name: str, new: bytes) -> Iterator[str]:
    """Put the built notebook where the student opens it, unless the student has worked there."""
    pristine, copy = original(course, name), student_copy(course, name)
    if copy.is_file() and pristine.is_file() and pristine.read_bytes() == new:
        return
    untouched = not copy.is_file() or (_sources(copy) is not None and _sources(copy) == _sources(pristine))
    if untouched:
        write(copy, new)
        yield f"Built {copy.relative_to(course)}."
    write(pristine, new)
    if not untouched:
        yield (
            f"{copy.relative_to(course)} holds your work and was left as it is; "
            f"`prunelab reset {name}` puts the new version there and keeps a copy of yours."
        )


def _sources(notebook: Path) -> list[tuple[str, str]] | None:
    cells = read_cells(notebook)
    return None if cells is None else [(cell.cell_type, cell.source) for cell in cells]
