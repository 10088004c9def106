"""Whose file is it? The ways in which learning-management systems and people lay out a folder of submissions.

Only the outermost name decides, which the learning-management system wrote; whatever stands behind it is the student's.
"""

import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from prunelab.instructor.submissions.intake import is_notebook

# Moodle: `Full Name_1234567_assignsubmission_file_/work.ipynb`, newer versions without the last underscore, or flat.
# A name holds no underscore, a group may come without a number.
MOODLE = re.compile(r"(?P<student>.+?)_assignsubmission_[a-z]+(?:_(?P<rest>.*))?")
# Canvas: `familygiven_1234567_7654321_work.ipynb`, with LATE behind the name; `anon_x5Fq2` where names are hidden.
# The last number is that of the file and grows with time.
CANVAS = re.compile(
    r"(?P<name>|.+?_)(?P<late>LATE_)?(?P<number>\d+|anon_[A-Za-z0-9]+)_(?P<file>\d+)_(?P<rest>.+)", re.DOTALL
)
# Blackboard, and nbgrader's own example: `Lab 2_jdoe_attempt_2027-03-01-12-30-05_work.ipynb`, beside a `.txt` about it.
BLACKBOARD = re.compile(r"(?P<whose>.+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<rest>.+)|\.txt)", re.DOTALL)
# Brightspace: `12345-67890 - Jane Doe - Mar 1, 2027 1230 PM/work.ipynb`; each attempt has a folder of its own.
BRIGHTSPACE = re.compile(r"(?P<number>\d+)-\d+ - (?P<name>.+) - (?P<time>\w{3} \d{1,2}, \d{4} \d{3,4} [AP]M)")
AGAIN = re.compile(r"(?P<stem>.+)-(?P<time>\d+)\.ipynb")  # what Canvas adds to a name that was there before
PACKED = ("submitted", "submissions")  # usual names of a folder around all the others
PEOPLE = ("folders", "names of files")  # layouts that people make by themselves
PATTERN = re.compile(r"[*?\[\]/\\]")  # nbgrader would read these as a pattern or a folder


@dataclass(frozen=True)
class Place:
    """Where a file belongs: the student, the name in his folder; of the same name the latest `attempt` counts."""

    student: str
    path: tuple[str, ...]
    attempt: tuple[int, ...] = (0, 0)
    late: bool = False
    read_as: str = "folders"  # which layout told; of an LMS, all but the outermost name is the student's own
    whole: bool = False  # whether an attempt replaces all files of the one before, not only those of the same name

    @property
    def from_lms(self) -> bool:
        """Whether a learning-management system wrote the outermost name."""
        return self.read_as not in PEOPLE


def place(
    path: tuple[str, ...], lab: str, labs: list[str], pattern: re.Pattern | None = None, title: str = ""
) -> Place | None:
    """Return where the file at `path` of an export belongs, None if it is nobody's or of another of the `labs`.

    An instructor's own `pattern` for the whole path, with a group `student` and maybe `file`, comes before all others.
    `title` is that of the assignment, before the names of Blackboard's users: see `blackboard_title`.
    """
    if not path:
        return None
    if pattern:
        found = _of_pattern(pattern, path)
    elif match := MOODLE.fullmatch(path[0]):
        inner = path[1:] or ((match["rest"],) if match["rest"] else ())
        found = Place(match["student"], inner, read_as="Moodle's names")
    elif match := BRIGHTSPACE.fullmatch(path[0]):
        found = _of_brightspace(match, path[1:])
    elif len(path) == 1 and (match := BLACKBOARD.fullmatch(path[0])):
        inner = (match["rest"],) if match["rest"] else ()
        user = match["whose"].removeprefix(title) if title else match["whose"].rpartition("_")[2]
        found = Place(user, inner, _numbers(match["time"]), read_as="Blackboard's names", whole=True)
    elif len(path) == 1 and (match := CANVAS.fullmatch(path[0])):
        found = _of_canvas(match)
    else:
        found = _of_people(path, lab, labs)
    return found if found and found.path and found.student.strip() else None


def _of_people(path: tuple[str, ...], lab: str, labs: list[str]) -> Place | None:
    if len(path) == 1:
        name = PurePosixPath(path[0])
        known = is_notebook(name.name) or name.suffix.lower() == ".zip"
        student = name.stem.removesuffix(".ipynb")
        return Place(student, path, read_as="names of files") if known else None
    if len(path) > 2 and path[1] in labs:
        return Place(path[0], path[2:]) if path[1] == lab else None
    return Place(path[0], path[1:])


def _of_pattern(pattern: re.Pattern, path: tuple[str, ...]) -> Place | None:
    match = pattern.fullmatch("/".join(path))
    if not match:
        return None
    name = match.groupdict().get("file") or path[-1]
    return Place(match["student"] or "", tuple(filter(None, name.split("/"))), read_as="your pattern")


def _of_brightspace(match: re.Match, inner: tuple[str, ...]) -> Place:
    try:
        attempt = tuple(datetime.strptime(match["time"], "%b %d, %Y %I%M %p").timetuple()[:6])
    except ValueError:  # a month of another language
        attempt = _numbers(match["time"])
    student = f"{match['name']}_{match['number']}"
    return Place(student, inner, attempt, read_as="Brightspace's names", whole=True)


def blackboard_title(paths: list[tuple[str, ...]]) -> str:
    """Return what the names that Blackboard gave have in common before their users, who may have underscores, too."""
    whose = [match["whose"] for path in paths if path and (match := BLACKBOARD.fullmatch(path[0]))]
    before, line, _ = os.path.commonprefix(whose).rpartition("_")  # noqa: RUF071, of names, not of paths
    return f"{before}{line}"


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)))


def _of_canvas(match: re.Match) -> Place:
    name, number = match["rest"], int(match["file"])
    again = AGAIN.fullmatch(name)
    time = int(again["time"]) if again else 0
    student = f"{match['name']}{match['number']}"
    name = f"{again['stem']}.ipynb" if again else name
    return Place(student, (name,), (time, number), bool(match["late"]), read_as="Canvas's names")


def unwrapped(paths: list[tuple[str, ...]], lab: str, labs: list[str], source: str) -> int:
    """Return how many folders stand around the whole export: 1 for `submitted/STUDENT/...`, 0 for `STUDENT/...`.

    A folder stands around others if it has a usual name, if at least two folders in it hold work, or if the only one in
    it stands around others.
    """
    work = [path for path in paths if path and (is_notebook(path[-1]) or path[-1].lower().endswith(".zip"))]
    tops, seconds = {path[0] for path in work}, {path[1:2] for path in work}
    if len(tops) != 1 or () in seconds or _is_of_lms(*tops):
        return 0
    inner = [path[1:] for path in work]
    usual = tops <= {*PACKED} or (tops <= {lab, source} and seconds != {(lab,)})
    deeper = 0 if not usual and {(name,) for name in labs} & seconds else unwrapped(inner, lab, labs, source)
    return 1 + deeper if usual or deeper or _holds_students(inner, labs) else 0


def _holds_students(work: list[tuple[str, ...]], labs: list[str]) -> bool:
    """Whether at least two names at the top are students': such as an LMS writes, or of folders with work in them."""
    students = {path[0] for path in work if len(path) > 1 or _is_of_lms(path[0])}
    return len(students) > 1 and not students & {*labs}


def _is_of_lms(name: str) -> bool:
    return any(layout.fullmatch(name) for layout in (MOODLE, BRIGHTSPACE, BLACKBOARD, CANVAS))


def student_id(name: str) -> str:
    """The name of a student's folder, without what nbgrader cannot have in it."""
    return PATTERN.sub("_", name).strip().lstrip(".")
