"""The student's own numbers, in JSON files of the course: what each lab measured, predictions, attempts of lab 10.

They are kept where the notebook runs in the students' folder of a course. Elsewhere, as when it is graded, no file is
written, and they last for the session. What is damaged is left out, and no lab stops because of it.
"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

from prunelab import LabError
from prunelab.files import write

NOTES = "my_numbers.json"  # beside the labs
ATTEMPTS, PREDICTIONS = "attempts.json", "predictions.json"  # beside the notebook that makes them
RESULT = "capstone-result "  # begins the line of a graded attempt from which the leaderboard reads
_session: list["Attempt"] = []
_predicted: dict[str, float | str] = {}


class Attempt(TypedDict):
    """One attempt at a target of lab 10: what the network from the file costs, and accuracies in per cent."""

    target: str
    data: str
    bytes: int
    MACs: int
    activations: int
    accuracy: float
    dense: float
    fits: bool


def note(lab: str, **measured: float) -> None:
    """Keep what a lab measured under its name, such as "02 magnitude"; where nothing can be written, do nothing.

    The trade-off table of lab 10 knows `compression` (dense bytes or parameters over those left), `accuracy` and
    `dense` (both on test images, in per cent), `speedup` (dense time over the small network's), `steps` of training.
    """
    folder = _labs_folder()
    if folder is not None:
        with contextlib.suppress(TypeError, ValueError):
            _save(folder / NOTES, noted() | {lab: {name: float(value) for name, value in measured.items()}})


def noted() -> dict[str, dict[str, float]]:
    """All numbers noted so far, by lab; empty where there are none or the file is damaged."""
    folder = _labs_folder()
    found = _load(folder / NOTES) if folder else {}
    return {lab: row for lab, row in found.items() if _is_row(row)} if isinstance(found, dict) else {}


def attempts() -> list[Attempt]:
    """All attempts so far, the earliest first."""
    if _labs_folder() is None:
        return list(_session)
    found = _load(Path(ATTEMPTS))
    return list(_whole(found)) if isinstance(found, list) else []


def remember(attempt: Attempt) -> None:
    """Keep one more attempt; where it cannot be written, for this session only."""
    _keep([*attempts(), attempt])


def predictions() -> dict[str, float | str]:
    """The predictions that are locked in, by name."""
    if _labs_folder() is None:
        return dict(_predicted)
    found = _load(Path(PREDICTIONS))
    kept = found.items() if isinstance(found, dict) else ()
    return {name: guess for name, guess in kept if type(guess) in (int, float, str)}


def keep_prediction(name: str, guess: float | str) -> None:
    """Keep one more prediction; where it cannot be written, for this session only."""
    _predicted[name] = guess
    if _labs_folder() is not None:
        _save(Path(PREDICTIONS), predictions() | {name: guess})


def forget_attempts() -> None:
    """Start again with no attempts."""
    _keep([])


def _labs_folder() -> Path | None:
    """The folder above the notebook's own if it holds the labs of a course, else None."""
    with contextlib.suppress(OSError):
        folder = Path.cwd().parent
        return folder if (folder / ".originals").is_dir() else None
    return None


def _load(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _save(path: Path, content: object) -> None:
    with contextlib.suppress(LabError):
        write(path, f"{json.dumps(content, indent=1)}\n".encode())


def _keep(entries: list[Attempt]) -> None:
    _session[:] = entries
    if _labs_folder() is not None:
        _save(Path(ATTEMPTS), entries)


def _is_row(row: object) -> bool:
    return isinstance(row, dict) and all(type(value) in (int, float) for value in row.values())


def _whole(entries: list) -> Iterator[Attempt]:
    """The entries that have every field in its type; early files say customer for target."""
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        if "customer" in entry:
            entry["target"] = entry.pop("customer")
        if all(type(entry.get(name)) is kind for name, kind in Attempt.__annotations__.items()):
            yield Attempt(**entry)
