"""Feedback of a whole class: nbgrader's own pages, several at a time, each in a process with limits."""

from collections.abc import Callable
from concurrent.futures import as_completed
from pathlib import Path

from prunelab import LabError
from prunelab.instructor.gradebook.record import Recorder, write_pages
from prunelab.instructor.sandbox.limits import Bounds
from prunelab.instructor.sandbox.warm_process import CORES, Killed, TooMuch, run, threads

TOGETHER = 8  # pages that one process writes: the first one takes three times as long as another


def write_feedback(
    course: Path, lab: str, students: list[str] | None, workers: int | None, tell: Callable
) -> dict[str, str]:
    """Write the feedback pages of a lab, of all who are graded or of some; return why some could not be, by student.

    `tell` is called with `total`, their number, and `advance` after some pages. Raise LabError if one is not graded.
    """
    graded = Recorder(course).graded(lab)
    if missing := sorted(set(students or ()) - set(graded)):
        raise LabError(f"{', '.join(missing)}: no {lab} is graded; run `prunelab grade {lab}` first.")
    if not graded:
        raise LabError(f"Nobody's {lab} is graded; run `prunelab grade {lab}` first.")
    chosen, failed = list(dict.fromkeys(students or graded)), {}
    size = max(1, min(TOGETHER, len(chosen) // (workers or CORES)))
    parts = [chosen[start : start + size] for start in range(0, len(chosen), size)]
    tell(total=len(chosen))
    with threads(workers or CORES) as executor:
        for part in as_completed([executor.submit(_write_some, course, lab, part) for part in parts]):
            failed |= part.result()
            tell(advance=size)
    return failed


def _write_some(course: Path, lab: str, students: list[str]) -> dict[str, str]:
    """Write some pages in one process and, if that fails, each in its own; return why some could not be."""
    try:
        run(write_pages, course, lab, students, bounds=Bounds())
    except (Killed, RuntimeError, TooMuch) as error:
        if len(students) == 1:
            return {students[0]: f"{error}"}
        return {name: why for each in students for name, why in _write_some(course, lab, [each]).items()}
    return {}
