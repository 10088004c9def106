"""The JSON of a notebook that somebody else wrote, made into what nbformat takes for granted."""

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
    code = {"execution_count": None, "outputs": [output for output in outputs if _is_output(output)]}
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
