"""Which checkpoints a student has passed, read from the saved notebooks under labs/."""

from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
from IPython.display import Markdown

from prunelab.course import course_folder, lab_names, original, read_cells, student_copy
from prunelab.plain import LabCell, grade_id, known_cells

RESET = "`prunelab reset {}` puts the original there and keeps a copy."


@dataclass(frozen=True)
class Checkpoint:
    """One check of a lab: `result` is "passed", "failed" or "not run"; of a text "written" or "not written".

    A written text is graded by hand, so it earns its points in the grade book and not here.
    """

    name: str
    points: int
    result: str

    @property
    def earned(self) -> int:
        """Its points if it has passed, else 0; nobody knows yet what a written text is worth."""
        return self.points if self.result == "passed" else 0


@dataclass(frozen=True)
class LabProgress:
    """The checkpoints of one lab, and a sentence where its notebook cannot be read."""

    name: str
    checkpoints: list[Checkpoint]
    problem: str = ""

    @property
    def earned(self) -> int:
        """The points of the passed checkpoints."""
        return sum(checkpoint.earned for checkpoint in self.checkpoints)

    @property
    def points(self) -> int:
        """The points of all checkpoints."""
        return sum(checkpoint.points for checkpoint in self.checkpoints)


def progress(course: Path) -> list[LabProgress]:
    """Return the progress in each lab that the course has."""
    return [_lab_progress(course, name) for name in lab_names(course)]


def as_json(labs: list[LabProgress]) -> dict:
    """Return the same as plain lists and dicts, with the totals."""
    rows = [asdict(lab) | {"earned": lab.earned, "points": lab.points} for lab in labs]
    return {"labs": rows, "earned": sum(lab.earned for lab in labs), "points": sum(lab.points for lab in labs)}


def as_markdown(labs: list[LabProgress]) -> str:
    """Return the table that both the terminal and the index show."""
    rows = ["| Lab | Checkpoint | Result | Points |", "|:---|:---|:---|---:|"]
    for lab in labs:
        rows += [f"| {lab.name} | {c.name} | {_in_words(c)} | {c.earned} / {c.points} |" for c in lab.checkpoints]
        rows.append(f"| **{lab.name}** | **together** | | **{lab.earned} / {lab.points}** |")
    total = as_json(labs)
    rows.append(f"| **all labs** | | | **{total['earned']} / {total['points']}** |")
    return "\n".join([*rows, *(f"\n{lab.problem}" for lab in labs if lab.problem)])


def show() -> Markdown:
    """Return the table for the notebook of the course map."""
    return Markdown(as_markdown(progress(course_folder())))


def _in_words(checkpoint: Checkpoint) -> str:
    return f"{checkpoint.result} (graded by hand)" if "written" in checkpoint.result else checkpoint.result


def _lab_progress(course: Path, name: str) -> LabProgress:
    """Take names and points from the pristine copy, the results from the student's."""
    copy, problem = student_copy(course, name), ""
    cells = read_cells(copy)
    if cells is None:
        problem = f"{copy.relative_to(course)} is {'damaged' if copy.exists() else 'missing'}. {RESET.format(name)}"
    released = {each: cell for cell in read_cells(original(course, name)) or [] if (each := grade_id(cell))}
    known_by = {each: LabCell(cell.id, cell.source, cell.metadata.nbgrader.locked) for each, cell in released.items()}
    found = {each: cells[number] for number, each in known_cells(cells, known_by).items()} if cells else {}
    if cells and (unknown := [each for each in released if each not in found]):
        problem = f"{copy.relative_to(course)} lacks cells of the lab: {', '.join(unknown)}. {RESET.format(name)}"
    checkpoints = [
        Checkpoint(each.removesuffix("-check"), cell.metadata.nbgrader.points, _result(each, found.get(each), cell))
        for each, cell in released.items()
        if cell.metadata.nbgrader.grade
    ]
    return LabProgress(name, checkpoints, problem)


def _result(grade_id: str, cell: nbformat.NotebookNode | None, released: nbformat.NotebookNode) -> str:
    """Return what a text or the outputs of a check say: it has passed when it printed so and raised nothing."""
    if released.cell_type == "markdown":
        return "not written" if cell is None or cell.source.strip() in ("", released.source.strip()) else "written"
    if cell is None or cell.cell_type != "code":
        return "not run"
    name = grade_id.removesuffix("-check")
    printed = "".join(output.get("text", "") for output in cell.outputs if output.output_type == "stream").splitlines()
    if any(output.output_type == "error" for output in cell.outputs):
        return "failed"
    if any(line.startswith(f"Passed: {name} ") for line in printed):
        return "passed"
    return "failed" if cell.outputs or cell.execution_count else "not run"
