"""The cells of a notebook that somebody may have damaged."""

from pathlib import Path

import nbformat


def read_cells(path: Path) -> list[nbformat.NotebookNode] | None:
    """Return the cells of the notebook at `path`, None where it is missing or damaged."""
    try:
        cells = nbformat.read(path, as_version=4).cells
        return cells if all(cell.source is not None and cell.metadata is not None for cell in cells) else None
    except (AttributeError, KeyError, OSError, TypeError, ValueError, nbformat.ValidationError):
        return None
