"""Whose file is it? The ways in which Moodle, Canvas and people lay out a folder of submissions.

Only the outermost name decides, which the learning-management system wrote; whatever stands behind it is the student's.
"""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

# Moodle: `Full Name_1234567_assignsubmission_file_/work.ipynb`, newer versions without the last underscore, or flat.
# A name holds no underscore, a group may come without a number.
MOODLE = re.compile(r"(?P<student>.+?)_assignsubmission_[a-z]+(?:_(?P<rest>.*))?")
# Canvas: `familygiven_1234567_7654321_work.ipynb`, with LATE behind the name; `anon_x5Fq2` where names are hidden.
# The last number is that of the file and grows with time.
CANVAS = re.compile(
    r"(?P<name>|.+?_)(?P<late>LATE_)?(?P<number>\d+|anon_[A-Za-z0-9]+)_(?P<file>\d+)_(?P<rest>.+)", re.DOTALL
)
AGAIN = re.compile(r"(?P<stem>.+)-(?P<time>\d+)\.ipynb")  # what Canvas adds to a name that was there before
PACKED = ("submitted", "submissions")  # usual names of a folder around all the others
PATTERN = re.compile(r"[*?\[\]/\\]")  # nbgrader would read these as a pattern or a folder


@dataclass(frozen=True)
class Place:
    """Where a file belongs: the student, the name in his folder; of the same name the latest `attempt` counts."""

    student: str
    path: tuple[str, ...]
    attempt: tuple[int, int] = (0, 0)
    late: bool = False
    from_lms: bool = True  # then all but the outermost name is the student's own


def place(path: tuple[str, ...], lab: str, labs: list[str]) -> Place | None:
    """Return where the file at `path` of an export belongs, None if it is nobody's or of another of the `labs`."""
    if match := MOODLE.fullmatch(path[0]):
        inner = path[1:] or ((match["rest"],) if match["rest"] else ())
        found = Place(match["student"], inner)
    elif len(path) == 1 and (match := CANVAS.fullmatch(path[0])):
        found = _of_canvas(match)
    elif len(path) == 1:
        name = PurePosixPath(path[0])
        found = Place(name.stem, path, from_lms=False) if name.suffix.lower() in (".ipynb", ".zip") else None
    elif len(path) > 2 and path[1] in labs:
        found = Place(path[0], path[2:], from_lms=False) if path[1] == lab else None
    else:
        found = Place(path[0], path[1:], from_lms=False)
    return found if found and found.path and found.student.strip() else None


def _of_canvas(match: re.Match) -> Place:
    name, number = match["rest"], int(match["file"])
    again = AGAIN.fullmatch(name)
    time = int(again["time"]) if again else 0
    student = f"{match['name']}{match['number']}"
    return Place(student, (f"{again['stem']}.ipynb" if again else name,), (time, number), bool(match["late"]))


def unwrapped(paths: list[tuple[str, ...]], lab: str, source: str) -> int:
    """Return how many folders stand around the whole export: 1 for `submitted/STUDENT/...`, 0 for `STUDENT/...`."""
    tops, seconds = {path[0] for path in paths}, {path[1:2] for path in paths}
    if len(tops) != 1 or () in seconds:
        return 0
    around = tops <= {*PACKED} or (tops <= {lab, source} and seconds != {(lab,)})
    return 1 + unwrapped([path[1:] for path in paths], lab, source) if around else 0


def student_id(name: str) -> str:
    """The name of a student's folder, without what nbgrader cannot have in it."""
    return PATTERN.sub("_", name).strip().lstrip(".")
