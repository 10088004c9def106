"""The class's results in the compression challenge, from the grade book and the notebooks that were graded.

A result counts where the grade book gives the check its full score; its numbers are those that the hidden test printed
last. Code that runs in the same process as the test could still change the test itself, so read a notebook before you
give a prize for it.
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from prunelab import LabError
from prunelab.course import read_cells
from prunelab.files import write
from prunelab.notes import RESULT
from prunelab.records import Capstone
from prunelab.results import load_results

LAB = "10_capstone"
BOOK, SALT = "gradebook.db", ".leaderboard-salt"
COMPARED = {"phone": "MACs", "web": "bytes", "chip": "bytes"}  # what each target's score compares


@dataclass(frozen=True)
class Standing:
    """One submission: its name or pseudonym, and what was measured for each target it satisfied."""

    who: str
    results: dict[str, dict]

    @property
    def score(self) -> float:
        """The mean over the targets of the allowed cost over the measured one, 0 for one that was not satisfied."""
        return round(sum(self.results.get(name, {}).get("score", 0.0) for name in COMPARED) / len(COMPARED), 3)


def leaderboard(course: Path, names: bool = False) -> list[Standing]:
    """All graded submissions and the course's own, the best first; LabError where there is none."""
    graded = _full_scores(course / BOOK)
    if not graded:
        raise LabError(f"No submission of {LAB} is graded yet; run `prunelab grade {LAB}` in the course's folder.")
    salt = b"" if names else salt_of(course / SALT)
    entries = [
        Standing(student if names else pseudonym(student, salt), results(course, student, checks))
        for student, checks in graded.items()
    ]
    return sorted([Standing("the course", course_results()), *entries], key=lambda entry: (-entry.score, entry.who))


def course_results() -> dict[str, dict]:
    """The solution's own networks, from data/results/capstone.json: the means over the seeds."""
    seeds = [seed["networks"] for seed in load_results("capstone", Capstone)["seeds"]]
    found = {}
    for name in COMPARED:
        means = {key: mean(seed[name][key] for seed in seeds) for key in ("score", "bytes", "MACs", "test")}
        found[name] = means | {"bytes": round(means["bytes"]), "MACs": round(means["MACs"]), "accuracy": means["test"]}
    return found


def results(course: Path, student: str, checks: set[str]) -> dict[str, dict]:
    """What the hidden tests of these checks printed last in a student's graded notebook, by target."""
    found = {}
    for cell in read_cells(course / "autograded" / student / LAB / f"{LAB}.ipynb") or []:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in checks:
            printed = "".join(output.get("text", "") for output in cell.outputs if output.output_type == "stream")
            lines = [line for line in printed.splitlines() if line.startswith(RESULT)]
            result = _read(lines[-1].removeprefix(RESULT)) if lines else None
            if result and cell.metadata.nbgrader.grade_id == f"compress_{result['target']}-check":
                found[result["target"]] = result
    return found


def pseudonym(student: str, salt: bytes) -> str:
    """Eight characters that stand for a student; without the salt nobody can tell whom, even by trying all names."""
    return f"student {hmac.new(salt, student.encode(), hashlib.sha256).hexdigest()[:8]}"


def as_markdown(entries: list[Standing]) -> str:
    """The table for the terminal."""
    headers = [f"{name} ({cost}, test accuracy)" for name, cost in COMPARED.items()]
    rows = [f"| | who | score | {' | '.join(headers)} |", "|---:|:---|---:|" + "---:|" * len(headers)]
    for place, entry in enumerate(entries, 1):
        cells = [_cell(entry.results.get(name), cost) for name, cost in COMPARED.items()]
        rows.append(f"| {place} | {entry.who} | {entry.score:.2f} | {' | '.join(cells)} |")
    note = "Score: the allowed cost over the measured one, the mean of the three targets; 0 where a check has failed."
    return "\n".join([*rows, "", note])


def _cell(result: dict | None, cost: str) -> str:
    return f"{result[cost]:,}, {result['accuracy']:.2f} %" if result else "-"


def _read(text: str) -> dict | None:
    try:
        result = json.loads(text)
        result.setdefault("target", result.get("customer"))  # its name in early records
        whole = all(type(result[key]) in (int, float) for key in ("score", "bytes", "MACs", "accuracy"))
        return result if whole and result["target"] in COMPARED else None
    except (AttributeError, KeyError, TypeError, ValueError):  # what a student printed may be anything
        return None


def _full_scores(book: Path) -> dict[str, set[str]]:
    """The checks with the full score of each student whose submission is graded, from nbgrader's grade book."""
    if not book.is_file():
        raise LabError(f"There is no grade book at {book}; collect the notebooks in submitted/ and grade them first.")
    from nbgrader.api import Gradebook, MissingEntry
    from sqlalchemy.exc import DatabaseError

    try:
        with Gradebook(f"sqlite:///{book}") as grades:
            return {each.student.id: _full(each) for each in grades.assignment_submissions(LAB) if _is_graded(each)}
    except MissingEntry:
        return {}
    except DatabaseError as error:
        raise LabError(f"{book} cannot be read ({error.__class__.__name__}); is it nbgrader's grade book?") from error


def _grades(submission) -> list:
    return [grade for notebook in submission.notebooks for grade in notebook.grades]


def _is_graded(submission) -> bool:
    return any(grade.auto_score is not None for grade in _grades(submission))


def _full(submission) -> set[str]:
    """The checks that have the full score."""
    return {grade.name for grade in _grades(submission) if grade.auto_score and grade.score == grade.max_score}


def salt_of(path: Path) -> bytes:
    """The secret from which this course's pseudonyms are made; made once and kept beside the grade book."""
    if not path.exists():
        write(path, secrets.token_hex(32).encode())
    salt = path.read_bytes().strip()
    if len(salt) < 32:
        raise LabError(f"{path} is damaged; delete it, and all pseudonyms will be new.")
    return salt
