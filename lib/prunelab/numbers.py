"""The student's own numbers of all labs, in `my_numbers.json` beside the labs.

Kept where the notebook runs in the students' folder of a course; elsewhere, as when it is graded, nothing is written.
"""

import contextlib
import json
from pathlib import Path

from prunelab import LabError
from prunelab.files import write

FILE = "my_numbers.json"


def labs_folder() -> Path | None:
    """The folder above the notebook's own if it holds the labs of a course, else None."""
    with contextlib.suppress(OSError):
        folder = Path.cwd().parent
        return folder if (folder / ".originals").is_dir() else None


def note(lab: str, **measured: float) -> None:
    """Keep what a lab measured under its name, such as "02 magnitude"; where nothing can be written, do nothing.

    The trade-off table of lab 10 knows `compression` (dense bytes or parameters over those left), `accuracy` and
    `dense` (both on test images, in per cent), `speedup` (dense time over the small network's), `steps` of training.
    """
    folder = labs_folder()
    if folder is not None:
        with contextlib.suppress(LabError, TypeError, ValueError):
            numbers = noted() | {lab: {name: float(value) for name, value in measured.items()}}
            write(folder / FILE, f"{json.dumps(numbers, indent=1)}\n".encode())


def noted() -> dict[str, dict[str, float]]:
    """All numbers noted so far, by lab; empty where there are none or the file is damaged."""
    folder = labs_folder()
    if folder is None:
        return {}
    try:
        numbers = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {lab: row for lab, row in numbers.items() if _is_row(row)} if isinstance(numbers, dict) else {}


def _is_row(row: object) -> bool:
    return isinstance(row, dict) and all(type(value) in (int, float) for value in row.values())
