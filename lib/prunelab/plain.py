"""A notebook that somebody else wrote: its text, its JSON as nbformat takes it for granted, and the lab's cells."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from nbformat import NotebookNode

MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
KINDS = ("code", "markdown")
OUTPUTS = ("display_data", "error", "execute_result", "stream")


def plain_notebook(raw: dict) -> dict:
    """Return a notebook of format 4 with well-formed cells alone; raise TypeError where there is no list of cells."""
    if not isinstance(raw["cells"], list):
        raise TypeError
    return {**raw, "metadata": {}, "cells": [_cell(cell) for cell in raw["cells"] if isinstance(cell, dict)]}


def _cell(cell: dict) -> dict:
    """Return a cell with what the format asks for, empty where that is missing or of another kind."""
    kind = cell["cell_type"] if cell.get("cell_type") in KINDS else "raw"
    kept = {"cell_type": kind, "source": _joined(cell.get("source"))}
    kept |= {"metadata": cell["metadata"]} if isinstance(cell.get("metadata"), dict) else {}
    kept |= {"attachments": _attachments(cell["attachments"])} if isinstance(cell.get("attachments"), dict) else {}
    kept |= {"id": cell["id"]} if isinstance(cell.get("id"), str) else {}
    outputs = cell.get("outputs") if isinstance(cell.get("outputs"), list) else []
    count = cell.get("execution_count")
    code = {
        "execution_count": count if isinstance(count, int) else None,
        "outputs": [output for output in outputs if _is_output(output)],
    }
    return {"metadata": {}, **kept, **(code if kind == "code" else {})}


def _attachments(attachments: dict) -> dict:
    """Return those attachments of a cell that have contents by type."""
    return {name: contents for name, contents in attachments.items() if isinstance(contents, dict)}


def _joined(source: object) -> str:
    """Return the text of a cell, which may be a list of lines."""
    lines = source if isinstance(source, list) else [source]
    return "".join(line for line in lines if isinstance(line, str))


def _is_output(output: object) -> bool:
    if not isinstance(output, dict) or output.get("output_type") not in OUTPUTS:
        return False
    data = output.get("data", {})
    if not isinstance(data, dict) or ("data" in output) != (output["output_type"] in OUTPUTS[::2]):
        return False
    texts = [output.get("text", ""), output.get("traceback", []), *data.values()]
    return all(isinstance(line, str) for text in texts if isinstance(text, list) for line in text)


def decode(content: bytes) -> tuple[str, str]:
    """Return the text of a file and its encoding: UTF-8 or another usual one; raise ValueError where it is no text."""
    marked = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    for encoding in (marked, "cp1252"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise ValueError("it is no text")


class LabCell(NamedTuple):
    """What a cell of a lab is known by."""

    id: str | None
    source: str  # as the students got it
    locked: bool


def grade_id(cell: "NotebookNode") -> str | None:
    """Return nbgrader's name of a cell, None where it has none."""
    settings = cell.get("metadata", {}).get("nbgrader")
    name = settings.get("grade_id") if isinstance(settings, dict) else None
    return name if isinstance(name, str) else None


def known_cells(cells: "Sequence[NotebookNode]", lab: dict[str, LabCell]) -> dict[int, str]:
    """Return the names of the cells that are the lab's, by number: by metadata, else by id, else by first line."""
    known = {}
    for same in (_same_name, _same_id, _same_opening):
        for name, official in ((name, official) for name, official in lab.items() if name not in known.values()):
            found = [number for number, cell in enumerate(cells) if number not in known and same(cell, name, official)]
            intact = [number for number in found if bare(cells[number].source) == bare(official.source)]
            if found:  # of copied checks the one that is as it was, of copied answers the first: the others run, too
                known[intact[0] if intact and official.locked else found[0]] = name
    return known


def bare(source: str) -> str:
    """Return a source without blanks around it and at the ends of its lines."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _same_name(cell: "NotebookNode", name: str, official: LabCell) -> bool:
    return grade_id(cell) == name


def _same_id(cell: "NotebookNode", name: str, official: LabCell) -> bool:
    return cell.get("id") == official.id


def _same_opening(cell: "NotebookNode", name: str, official: LabCell) -> bool:
    """Whether the first line is the same, which names what the cell defines or checks."""
    first, *_ = bare(cell.source).partition("\n")
    return bool(first) and first == bare(official.source).partition("\n")[0]
