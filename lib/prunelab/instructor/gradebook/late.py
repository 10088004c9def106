"""Who handed in late, by the due dates and extensions of nbgrader's grade book."""

from nbgrader.api import Gradebook, MissingEntry

UNITS = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}  # seconds


def late_students(book: Gradebook, lab: str) -> dict[str, str]:
    """Return how late submissions of a lab came, such as "1 d 3 h late", by student; nobody without a due date."""
    try:
        submissions = book.assignment_submissions(lab)
    except MissingEntry:  # nobody's work is recorded
        return {}
    return {each.student.id: f"{in_words(late)} late" for each in submissions if (late := each.total_seconds_late) > 0}


def in_words(seconds: float) -> str:
    """Return a duration in its two largest units."""
    left, words = max(1, int(seconds)), []
    for unit, length in UNITS.items():
        count, left = divmod(left, length)
        words += [f"{count} {unit}"] if count else []
    return " ".join(words[:2])
