"""Read and rebuild one submission: for a process with limits, since whatever lies there is a student's."""

from dataclasses import dataclass
from pathlib import Path

from prunelab.instructor.submissions.flags import Flag, Refused
from prunelab.instructor.submissions.intake import read_submission
from prunelab.instructor.submissions.rebuild import Rebuilt, Release, rebuild


@dataclass
class Answers:
    """A submission that can be run: its notebook, rebuilt on the release, and the files beside it."""

    rebuilt: Rebuilt
    files: dict[str, bytes]
    timestamp: str | None


def read_answers(folder: Path, release: Release) -> Answers | Flag:
    """Return what a student handed in in `folder`, or why it is refused."""
    try:
        submission = read_submission(folder, release.lab)
        rebuilt = rebuild(submission.notebook, release)
    except Refused as refused:
        return refused.flag
    rebuilt.flags[:0] = submission.flags
    return Answers(rebuilt, submission.files, submission.timestamp)
