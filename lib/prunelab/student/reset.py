"""Put the original of a lab back without losing the student's work."""

from datetime import datetime
from pathlib import Path

from prunelab import LabError
from prunelab.course import original, student_copy
from prunelab.files import write
from prunelab.notes import PREDICTIONS


def reset_lab(course: Path, name: str) -> Path | None:
    """Put the pristine notebook `name` back and forget its predictions.

    Return where the student's copy now is, None if there was none.
    """
    pristine, copy = original(course, name), student_copy(course, name)
    content = pristine.read_bytes()
    backup = _back_up(course / "labs" / "backups", copy) if copy.exists() else None
    write(copy, content)
    copy.with_name(PREDICTIONS).unlink(missing_ok=True)
    return backup


def _back_up(folder: Path, copy: Path) -> Path:
    """Copy a notebook into `folder` under a name of its own; raise LabError where it cannot be written."""
    attempt, stem = 1, f"{copy.stem}-{datetime.now():%Y%m%d-%H%M%S}"
    try:
        content = copy.read_bytes()
        folder.mkdir(exist_ok=True)
        while True:
            backup = folder / f"{stem}{f'-{attempt}' if attempt > 1 else ''}.ipynb"
            try:
                with open(backup, "xb") as file:
                    file.write(content)
                return backup
            except FileExistsError:
                attempt += 1
    except OSError as error:
        raise LabError(
            f"No copy of {copy.name} could be kept under {folder} ({error.strerror}), so nothing was reset; "
            "free or unlock that folder."
        ) from error
