"""Which checkpoints a student has passed, read from the saved notebooks under labs/."""

from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
from IPython.display import Markdown

from prunelab.course import course_folder, lab_names, original, read_cells, student_copy


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
        state = f"{copy.relative_to(course)} is {'damaged' if copy.exists() else 'missing'}"
        problem = f"{state}; `prunelab reset {name}` puts the original there and keeps a copy."
    checks = _checks(cells or [])
    results = {cell.metadata.nbgrader.grade_id: _result(cell) for cell in checks if cell.cell_type == "code"}
    texts = {cell.metadata.nbgrader.grade_id: cell.source for cell in checks if cell.cell_type == "markdown"}
    checkpoints = []
    for pristine in _checks(read_cells(original(course, name)) or []):
        about = pristine.metadata.nbgrader
        if pristine.cell_type == "markdown":
            text = texts.get(about.grade_id, "").strip()
            result = "not written" if text in ("", pristine.source.strip()) else "written"
        else:
            result = results.get(about.grade_id, "not run")
        checkpoints.append(Checkpoint(about.grade_id.removesuffix("-check"), about.points, result))
    return LabProgress(name, checkpoints, problem)


def _checks(cells: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    return [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")]


def _result(cell: nbformat.NotebookNode) -> str:
    """Return what the outputs of a check say: it has passed when it printed so and raised nothing."""
    name = cell.metadata.nbgrader.grade_id.removesuffix("-check")
    printed = "".join(output.text for output in cell.outputs if output.output_type == "stream").splitlines()
    if any(output.output_type == "error" for output in cell.outputs):
        return "failed"
    if any(line.startswith(f"Passed: {name} ") for line in printed):
        return "passed"
    return "failed" if cell.outputs or cell.execution_count else "not run"
