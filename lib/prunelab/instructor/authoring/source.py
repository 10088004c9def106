"""Read a lab's py:percent source and expand its short cell headers into nbgrader's metadata.

`locked="setup"`, `exercise="sparsity"` and `check="sparsity" points=2` become nbgrader's schema 3, and so does a text
that is graded by hand, `[markdown] written="conclusion" points=2`, whose model answer the students do not see; every
cell gets an id hashed from lab, kind and source, so that a rebuild changes no byte.
"""

import hashlib
import re
from pathlib import Path
from typing import cast

import jupytext
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from prunelab import LabError

ROLES = ("locked", "exercise", "check", "written")  # the last is text, the others are code
EVIDENCE = ("claims", "undecided", "facts")  # what the conclusions of a text rest on, for authors
LAB_POINTS = 20
UNFOLDED = 12  # lines of a cell that is no exercise
GUESS = re.compile(r"^my_\w+.* = ", re.MULTILINE)  # a line that students change
HIDDEN = re.compile(r"^ *### BEGIN HIDDEN TESTS\n.*?^ *### END HIDDEN TESTS\n?", re.MULTILINE | re.DOTALL)
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def read_percent(path: Path) -> NotebookNode:
    """Return the notebook that a py:percent file is, as it stands there."""
    return cast(NotebookNode, jupytext.read(path, fmt="py:percent"))  # jupytext announces what old formats had, too


def read_source(path: Path) -> NotebookNode:
    """Return the instructor's notebook of the source at `path`; raise LabError naming file, cell and fix."""
    lab = path.stem
    cells = read_percent(path).cells
    for number, cell in enumerate(cells, 1):
        if problem := _cell_problem(cell):
            raise LabError(f"{path}, cell {number} ({_first_line(cell)}): {problem}")
    if problem := _lab_problem(lab, cells):
        raise LabError(f"{path}: {problem}")
    seen = {}
    for cell in cells:
        kind = next((role for role in ROLES if role in cell.metadata), cell.cell_type)
        key = hashlib.sha256("\0".join((lab, kind, cell.source)).encode()).hexdigest()[:12]
        seen[key] = seen.get(key, 0) + 1
        cell.id = key if seen[key] == 1 else f"{key}-{seen[key]}"
        folded = {"jupyter": {"source_hidden": True}} if _is_folded(cell) else {}
        cell.metadata = _expanded(cell.metadata) | folded
    return new_notebook(cells=cells, metadata=KERNEL)


def _is_folded(cell: NotebookNode) -> bool:
    """Whether JupyterLab shows a cell's source only at a click: long code that students neither write nor change."""
    if cell.cell_type != "code" or "exercise" in cell.metadata or GUESS.search(cell.source):
        return False
    return len(HIDDEN.sub("", cell.source).splitlines()) > UNFOLDED


def _expanded(short: dict) -> dict:
    """Return nbgrader's metadata for a cell's short header; keys of other tools stay as they are."""
    kept = {
        key: value for key, value in short.items() if key not in (*ROLES, *EVIDENCE, "points", "lines_to_next_cell")
    }
    name = next((short[role] for role in ROLES if role in short), None)
    if name is None:
        return kept
    written = "written" in short
    grade, solution = "check" in short or written, "exercise" in short or written
    nbgrader = {
        "grade": grade,
        "grade_id": f"{name}-check" if "check" in short else name,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return kept | {"nbgrader": nbgrader | ({"points": short["points"]} if grade else {})}


def _first_line(cell: NotebookNode) -> str:
    return cell.source.partition("\n")[0][:60] or "empty"


def _cell_problem(cell: NotebookNode) -> str | None:
    """Return what is wrong with one cell and how to fix it, or None."""
    short = cell.metadata
    if "title" in short:
        return f'the line "# %% {short["title"]}" starts a new cell; write it without "%%".'
    if "incorrectly_encoded_metadata" in short:
        return f'its header {short["incorrectly_encoded_metadata"]} cannot be read; write key="value".'
    if cell.cell_type == "markdown" and re.search(r"^%%", cell.source, re.MULTILINE):
        return 'a line of text starts with "%%", which would be read as a cell; begin it with another word.'
    if cell.cell_type == "markdown" and "(attachment:" in cell.source:
        return "py:percent cannot keep an attachment; put the picture into a file and link that."
    roles = [role for role in ROLES if role in short]
    if len(roles) > 1 or (roles and cell.cell_type != ("markdown" if roles == ["written"] else "code")):
        return f"a cell is one of {', '.join(ROLES)}, and a code cell, or a text if it is written; split it."
    for role in roles:
        if not re.fullmatch(r"[\w-]+", str(short[role]), re.ASCII):
            return f"{role}={short[role]!r} is no name; use letters, digits, _ and -."
    return _marker_problem(cell) or _points_problem(cell)


def _marker_problem(cell: NotebookNode) -> str | None:
    for words, role, needed in (("SOLUTION", "exercise", True), ("HIDDEN TESTS", "check", False)):
        marks = re.findall(rf"\b(BEGIN|END) {words}\b", cell.source)
        if marks and role not in cell.metadata:
            return f'it holds "{marks[0]} {words}" but is no {role}; put {role}="name" in its header.'
        if marks != ["BEGIN", "END"] * (len(marks) // 2):
            return f"BEGIN {words} and END {words} do not pair up; write one END after each BEGIN."
        if needed and role in cell.metadata and not marks:
            return f"the {role} marks no answer; put ### BEGIN {words} and ### END {words} around it."
    return None


def _points_problem(cell: NotebookNode) -> str | None:
    role = "written" if "written" in cell.metadata else "check"
    name, points = cell.metadata.get(role), cell.metadata.get("points")
    if name is None:
        return None if points is None else "points belong to a check or a written text; move them to its header."
    if type(points) is not int or points < 1:
        return f"{role} {name!r} has {points!r} points; write a whole number such as points=2 in its header."
    if role == "check" and f'check("{name}", points={points})' not in cell.source:
        return f'it must run `with check("{name}", points={points})`, as its header says.'
    return None


def _lab_problem(lab: str, cells: list[NotebookNode]) -> str | None:
    """Return what is wrong with the lab as a whole and how to fix it, or None."""
    numbers = {role: {} for role in ROLES}  # number of the cell by role and name
    for number, cell in enumerate(cells, 1):
        for role in (role for role in ROLES if role in cell.metadata):
            name = cell.metadata[role]
            others = numbers["locked"] | numbers["exercise"] | numbers["written"]
            earlier = numbers["check"] if role == "check" else others
            if name in earlier:
                return f"cells {earlier[name]} and {number} are both called {name!r}; rename one of them."
            numbers[role][name] = number
    for name, number in numbers["exercise"].items():
        if numbers["check"].get(name, 0) < number:
            return f'cell {number}, exercise {name!r}, has no check after it; add a cell with check="{name}" points=2.'
    for name, number in numbers["check"].items():
        if name not in numbers["exercise"]:
            return f'cell {number}, check {name!r}, has no exercise before it; add a cell with exercise="{name}".'
    total = sum(cell.metadata.get("points", 0) for cell in cells)
    if re.match(r"\d\d_", lab) and total != LAB_POINTS:
        return f"its checks and written texts are worth {total} points together; make them {LAB_POINTS}."
    return None
