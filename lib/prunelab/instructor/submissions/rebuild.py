"""Put a student's answers into the lab as it was released: what the student cannot change is not taken from him."""

from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from prunelab import LabError
from prunelab.course import original, read_notebook
from prunelab.instructor.authoring.source import KERNEL, read_source
from prunelab.instructor.submissions.flags import Flag, Refused
from prunelab.instructor.submissions.safe import (
    clean_attachments,
    clean_markdown,
    clean_output,
    without_lost_attachments,
)
from prunelab.plain import LabCell, bare, grade_id, known_cells

NEW = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
OUTPUTS, OUTPUTS_SIZE = 100, 4 << 20  # of one cell, in characters


@dataclass(frozen=True)
class Release:
    """A lab as the instructor has it and as the students got it."""

    lab: str
    official: dict[str, NotebookNode]  # the instructor's cells by grade_id, in order, hidden tests included
    stubs: dict[str, str]  # what stood in each of them for the students
    free: frozenset[str]  # sources of the other cells
    probes: str  # source of probes.py, empty if there is none

    @property
    def known_by(self) -> dict[str, LabCell]:
        """What each of its cells is known by."""
        return {
            name: LabCell(cell.id, self.stubs[name], cell.metadata.nbgrader.locked)
            for name, cell in self.official.items()
        }


def read_release(course: Path, lab: str) -> Release:
    """Return the lab as its source and its pristine notebook define it."""
    source = course / "solutions" / lab / f"{lab}.py"
    if not source.is_file() or not original(course, lab).is_file():
        raise LabError(f"{lab} has no source or was not built; run `prunelab build {lab}` in the instructor's course.")
    official = {name: cell for cell in read_source(source).cells if (name := grade_id(cell))}
    released = read_notebook(original(course, lab)).cells
    stubs = {name: cell.source for cell in released if (name := grade_id(cell))}
    free = {bare(cell.source) for cell in released if not grade_id(cell)}
    probes = source.with_name("probes.py")
    return Release(lab, official, stubs, frozenset(free), probes.read_text("utf-8") if probes.is_file() else "")


@dataclass
class Rebuilt:
    """A submission that can be run: see `Job` for `optional` and `blank`."""

    notebook: NotebookNode
    optional: tuple[int, ...] = ()
    blank: tuple[str, ...] = ()
    flags: list[Flag] = field(default_factory=list)


def rebuild(handed_in: NotebookNode, release: Release) -> Rebuilt:
    """Return the notebook that is graded; raise Refused for one of another lab."""
    odd = {"changed": [], "copies": [], "metadata": [], "missing": [], "tags": []}
    known = known_cells(handed_in.cells, release.known_by)
    if not known:
        raise Refused("foreign", _heading(handed_in.cells))
    cells = []
    for number, cell in enumerate(handed_in.cells):
        if number in known:
            cells.append(_taken(cell, known[number], release, odd))
            continue
        cells.append(_free(cell, release))
        if grade_id(cell) in release.official:
            odd["copies"].append(grade_id(cell))
    odd["missing"] = _put_back(cells, release, set(known.values()))
    flags = [Flag(code, _listed(names)) for code, names in odd.items() if names]
    optional = tuple(number for number, cell in enumerate(cells) if _is_optional(cell, release))
    blank = tuple(name for name in release.stubs if _is_blank(name, cells, release))
    return Rebuilt(new_notebook(cells=_with_ids(cells), metadata=KERNEL), optional, blank, flags)


def _heading(cells: list[NotebookNode]) -> str:
    """Return what a notebook calls itself, for the instructor who looks for another lab's."""
    lines = [line for cell in cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    heading = next((line for line in lines if line.startswith("# ")), "")
    shown = "".join(sign for sign in heading[2:82] if sign.isprintable())
    return f"it has {len(cells)} cells and " + (f"is headed '{shown}'" if shown else "no heading")


def _listed(names: list[str]) -> str:
    unique = list(dict.fromkeys(names))
    return ", ".join(unique[:8]) + (f" and {len(unique) - 8} more" if len(unique) > 8 else "")


def _taken(cell: NotebookNode, name: str, release: Release, odd: dict) -> NotebookNode:
    """Return the cell that stands for one of the lab's in the rebuilt notebook."""
    official = release.official[name]
    locked = official.metadata.nbgrader.locked
    if grade_id(cell) != name:
        odd["metadata"].append(name)
    if cell.metadata.get("tags"):
        odd["tags"].append(name)
    as_given = (release.stubs[name], official.source)  # nbgrader's autograde has put the hidden tests back
    if locked and bare(cell.source) not in map(bare, as_given):
        odd["changed"].append(name)
    return _with_source(official, official.source if locked else cell.source, cell.get("attachments"))


def _with_source(official: NotebookNode, source: str, attachments: object = None) -> NotebookNode:
    cell = _new_cell(official.cell_type, source, attachments)
    cell.metadata = official.metadata
    return cell


def _free(cell: NotebookNode, release: Release) -> NotebookNode:
    """Return a cell of the student's own; if it is as released, with the pictures and texts that it showed."""
    new = _new_cell(cell.cell_type, cell.source, cell.get("attachments"))
    if bare(cell.source) in release.free:
        new.source = cell.source
        if cell.cell_type == "code":
            new.outputs = _shown(cell.get("outputs", []))
    return new


def _new_cell(kind: str, source: str, attachments: object) -> NotebookNode:
    """Return a cell without outputs: code as it is, of a text what instructors can look at."""
    if kind == "code":
        return new_code_cell(source)
    pictures = clean_attachments(attachments) if kind == "markdown" else {}
    cell = NEW.get(kind, new_raw_cell)(without_lost_attachments(clean_markdown(source), pictures))
    return NotebookNode(cell, attachments=pictures) if pictures else cell


def _shown(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return the outputs that an instructor can look at, as many as a page can hold."""
    kept, size = [], 0
    for output in filter(None, map(clean_output, outputs[:OUTPUTS])):
        size += len(str(output))
        if size < OUTPUTS_SIZE:
            kept.append(output)
    return kept


def _put_back(cells: list[NotebookNode], release: Release, seen: set[str]) -> list[str]:
    """Insert the lab's cells that are missing, each after the one that it followed; return their names."""
    missing, place = [], 0
    for name, official in release.official.items():
        if name in seen:
            place = 1 + next(number for number, cell in enumerate(cells) if grade_id(cell) == name)
            continue
        locked = official.metadata.nbgrader.locked
        cells.insert(place, _with_source(official, official.source if locked else ""))
        missing, place = [*missing, name], place + 1
    return missing


def _is_optional(cell: NotebookNode, release: Release) -> bool:
    return cell.cell_type == "code" and not grade_id(cell) and bare(cell.source) in release.free


def _is_blank(name: str, cells: list[NotebookNode], release: Release) -> bool:
    answer = next(cell.source for cell in cells if grade_id(cell) == name)
    return not release.official[name].metadata.nbgrader.locked and bare(answer) in ("", bare(release.stubs[name]))


def _with_ids(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Number the cells, so that two runs write the same notebook."""
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    return cells
