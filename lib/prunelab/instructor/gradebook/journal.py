"""What is known about each submission, in `grading/LAB/STUDENT.json` of the course.

An entry is written as soon as a submission is judged and again when nbgrader has it, so that a run that is killed at
any point goes on where it stopped: nothing is graded twice and nothing is lost.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from prunelab import LabError
from prunelab.files import write
from prunelab.instructor.submissions.flags import Flag

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from prunelab.instructor.submissions.rebuild import (
        Release,  # with all of Jupyter, for which nobody waits who is turned away
    )

WORKDIR = ".workdir-"  # begins the names of folders in which nbgrader works, for one submission
LARGEST = 100 << 20  # bytes; larger files are never read


@dataclass
class Entry:
    """One submission; `outcome` is graded, flagged (graded, with flags) or refused."""

    lab: str
    student: str
    digest: str  # of the submission and of the lab
    outcome: str
    recorded: bool = False  # whether nbgrader has it
    scores: dict[str, float] = field(default_factory=dict)  # by exercise, without what is graded by hand
    points: dict[str, float] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)  # what the checks said, by exercise
    flags: list[Flag] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)  # of each check
    total: float = 0.0  # seconds of the whole submission
    timestamp: str | None = None
    notebook: str | None = None  # the judged notebook, until it is recorded


def folder(course: Path) -> Path:
    """Return the journal's folder."""
    return course / "grading"


def read(course: Path, lab: str) -> dict[str, Entry]:
    """Return the entries of a lab by student; damaged ones count as none."""
    found = {}
    for path in sorted((folder(course) / lab).glob("*.json")):
        try:
            found[path.stem] = _entry(json.loads(path.read_text("utf-8")))
        except (KeyError, OSError, TypeError, ValueError):
            continue
    return found


def _entry(raw: dict) -> Entry:
    """Return the entry that JSON holds, with values of the right types; early journals say marks for scores."""
    named = {"scores" if name == "marks" else name: value for name, value in dict(raw).items()}
    return _types().validate_python(named)


@cache
def _types() -> "TypeAdapter[Entry]":
    from pydantic import TypeAdapter  # takes a moment to import

    return TypeAdapter(Entry)


def keep(course: Path, entry: Entry) -> None:
    """Write an entry, whole or not at all."""
    path = folder(course) / entry.lab / f"{entry.student}.json"
    write(path, f"{json.dumps(asdict(entry), indent=1, ensure_ascii=False)}\n".encode())


def digest(submission: Path, release: "Release") -> str:
    """Return a fingerprint of all that a grade depends on: the files handed in, the lab's cells and its probes."""
    found = hashlib.sha256()
    for place, folders, names in os.walk(submission):
        folders.sort()
        for path in (Path(place, name) for name in sorted(names)):
            found.update(f"{path.relative_to(submission)}\0".encode(errors="surrogateescape"))
            found.update(_fingerprint(path))
    for cell in release.official.values():
        found.update(f"{cell.source}\0{cell.metadata}\0".encode())
    found.update(release.probes.encode())
    return found.hexdigest()


def _fingerprint(path: Path) -> bytes:
    """Return what tells a file from others; of one that nobody will read, the size and the time."""
    status = path.lstat()
    if path.is_symlink() or not path.is_file():
        return b"link"
    if not os.access(path, os.R_OK):
        return b"unreadable"
    return path.read_bytes() if status.st_size <= LARGEST else f"{status.st_size} {status.st_mtime_ns}".encode()


@contextmanager
def only_one(course: Path) -> Generator[None]:
    """Hold the course's lock, which the system takes back from a process that is killed; LabError if it is not free."""
    place = folder(course)
    try:
        place.mkdir(exist_ok=True)
        held = FileLock(place / ".lock", timeout=0).acquire()
    except Timeout:
        raise LabError(f"Another `prunelab grade` is at work in {course}; wait for it, or stop it first.") from None
    except OSError as error:
        raise LabError(f"{place} could not be written ({error.strerror}); free or unlock it.") from error
    with held:
        for left_over in place.glob(f"{WORKDIR}*"):
            shutil.rmtree(left_over, ignore_errors=True)
        yield
