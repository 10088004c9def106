"""Take submissions from what a learning-management system exports, or from a plain folder, to where nbgrader looks."""

import hashlib
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from nbgrader.utils import parse_utc

from prunelab import LabError
from prunelab.course import lab_names
from prunelab.instructor.gradebook import journal
from prunelab.instructor.gradebook.record import Recorder
from prunelab.instructor.submissions.archive import Listing, Member, opened
from prunelab.instructor.submissions.intake import STAMP, is_notebook
from prunelab.instructor.submissions.layouts import Place, blackboard_title, place, student_id, unwrapped
from prunelab.instructor.submissions.roster import Person, owners, read_roster
from prunelab.instructor.submissions.unpack import ANY_TIME, Unpacker

DOWNLOAD = timedelta(hours=1)  # Moodle and Canvas stamp each file with the moment of the download, which takes minutes
OLDER, WORKDIR = ".older", ".collect-"  # nbgrader sees no folder whose name begins with a dot
ROSTER = "roster.csv"  # in the course's folder
SHOWN = 8  # names in a sentence


def collect(
    source: Path,
    course: Path,
    lab: str,
    pattern: re.Pattern | None = None,
    roster: Path | None = None,
    dry_run: bool = False,
) -> Iterator[str]:
    """Put the submissions of a lab from a folder or zip into submitted/; yield who was found, what was odd, how many.

    What is there already gives way only to a newer submission, and then moves to submitted/.older/. All is unpacked
    before anything is moved; in a dry run nothing is. `pattern`: see `place`; the roster is the course's if none is
    given. Raise LabError if the source is damaged, too large, or holds no submission.
    """
    people = read_roster(roster or course / ROSTER) if roster or (course / ROSTER).is_file() else []
    recorder = Recorder(course)
    parts = recorder.submission(lab, "*").parts
    root = Path(*parts[: parts.index("*")])
    with journal.only_one(course):
        try:
            root.mkdir(parents=True, exist_ok=True)
            for left_over in root.glob(f"{WORKDIR}*"):
                shutil.rmtree(left_over, ignore_errors=True)
            with TemporaryDirectory(dir=root, prefix=WORKDIR) as workdir, opened(source) as listing:
                run = _Collection(recorder, lab, Path(workdir), root / OLDER)
                run.sort(listing, source.stem, lab_names(course), pattern)
                if not run.students:
                    raise LabError(
                        f"{source} holds no submission of {lab}; it should be the export of a learning-management "
                        "system, hold STUDENT/notebook.ipynb, or fit your --pattern."
                    )
                yield from run.found(source.name)
                if people:
                    yield from run.assign(people)
                if not dry_run:
                    run.unpack(times_told=listing.is_zip and _spread(listing.members) > DOWNLOAD)
                    run.move()
        except OSError as error:
            raise LabError(f"{root} could not be written ({error.strerror}); free or unlock it.") from error
    yield from run.sentences(dry_run)


def _spread(members: list[Member]) -> timedelta:
    times = [member.time for member in members if member.time]
    return max(times) - min(times) if times else timedelta()


@dataclass
class _Collection:
    """One run: sort, unpack all, then move."""

    recorder: Recorder
    lab: str
    workdir: Path  # temporary
    older: Path
    students: dict[str, dict[tuple, list[tuple[Place, Member]]]] = field(default_factory=dict)  # by name of the file
    unpacked: list[tuple[str, Path, bool]] = field(default_factory=list)  # student, folder, whether it is the newest
    around: str = ""  # folders that stand around the whole export
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # as they were, by student
    layouts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # students by how they were read
    unpacker: Unpacker = field(default_factory=Unpacker)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("new", "replaced", "as before"), 0))

    def sort(self, listing: Listing, source: str, labs: list[str], pattern: re.Pattern | None) -> None:
        """Find out whose each file is."""
        self.unpacker.leave_out(listing)
        paths = [member.path for member in listing.members]
        depth = 0 if pattern else unwrapped(paths, self.lab, labs, source)
        self.around = "/".join(paths[0][:depth]) if paths else ""
        title = blackboard_title([path[depth:] for path in paths])
        for member in listing.members:
            found, name = place(member.path[depth:], self.lab, labs, pattern, title), "/".join(member.path)
            if not found or not student_id(found.student):
                self._odd("left out, being of no student or of another lab", name)
            elif found.from_lms and found.path == (STAMP,):
                self._odd(ANY_TIME, name)
            else:
                files = self.students.setdefault(student_id(found.student), defaultdict(list))
                files[found.path].append((found, member))
                self.names[student_id(found.student)].add(found.student)
                self.layouts[found.read_as].add(student_id(found.student))
        if mixed := {student: names for student, names in self.names.items() if len(names) > 1}:
            listed = "; ".join(" and ".join(sorted(names)) for names in mixed.values())
            raise LabError(f"These names would become one student's: {listed}. Rename one of them.")

    def found(self, source: str) -> Iterator[str]:
        """Yield how many students there are, and how their names were read."""
        inside = f" inside the folder {self.around}" if self.around else ""
        for layout, students in self.layouts.items():
            count = f"{len(students)} student{'s' * (len(students) > 1)}"
            yield f"{source} holds work of {count}, read as {layout}{inside}: {_listed(sorted(students))}."

    def assign(self, people: list[Person]) -> Iterator[str]:
        """Give each submission to the students of the roster whose it is; yield who is missing and who unknown."""
        given = {name: owners(name, people) for name in self.students}
        for name, members in given.items():
            files = self.students.pop(name)
            for student in [person.id for person in members] or [name]:
                if student in self.students:
                    raise LabError(f"{student} has handed in under several names, one of them {name}; remove one.")
                self.students[student] = {path: list(attempts) for path, attempts in files.items()}
        if missing := [person.id for person in people if person.id not in self.students]:
            yield f"Of the roster {len(missing)} handed in nothing: {_listed(missing)}."
        if unknown := [name for name, members in given.items() if not members]:
            yield f"Not in the roster: {_listed(unknown)}. What they handed in is taken under these names."

    def unpack(self, times_told: bool) -> None:
        """Write the files of all students to the temporary folder, each attempt to a folder of its own."""
        for student, files in sorted(self.students.items()):
            self._unpack_replaced(student, files)
            newest = {}
            for path, attempts in files.items():
                *before, (_, newest[path]) = sorted(attempts, key=lambda each: each[0].attempt)
                for _, member in before:
                    self._unpack(student, {path: member}, newest=False)
            folder = self._unpack(student, newest, newest=True)
            if any(found.late for attempts in files.values() for found, _ in attempts):
                self._odd("late, as Canvas says, which does not say when", student)
            if not any(is_notebook(path.name) for path in folder.rglob("*")):
                self._odd("without a notebook", student)
            if times_told and not (folder / STAMP).exists():
                (folder / STAMP).write_text(f"{_time(folder):%Y-%m-%d %H:%M:%S} UTC\n")

    def _unpack_replaced(self, student: str, files: dict[tuple, list[tuple[Place, Member]]]) -> None:
        """Write attempts that a later one replaces as a whole, each to its folder, and take them out of `files`."""
        attempts = {found.attempt for each in files.values() for found, _ in each if found.whole}
        for attempt in sorted(attempts)[:-1]:
            old = {path: member for path, each in files.items() for found, member in each if found.attempt == attempt}
            self._unpack(student, old, newest=False)
            for path in old:
                files[path] = [(found, member) for found, member in files[path] if found.attempt != attempt]
        for path in [path for path, each in files.items() if not each]:
            del files[path]

    def _unpack(self, student: str, files: dict[tuple, Member], newest: bool) -> Path:
        folder = self.workdir / str(len(self.unpacked))
        self.unpacker.unpack(student, files, folder)
        self.unpacked.append((student, folder, newest))
        return folder

    def move(self) -> None:
        """Put each folder where nbgrader looks, or to the older ones."""
        where = f"{self.older.parent.name}/{OLDER}"
        for student, folder, newest in self.unpacked:
            target = self.recorder.submission(self.lab, student)
            if not newest:
                self._move_to_older(student, folder)
                self._odd(f"handed in more than once; the newest counts, the others are in {where}", student)
            elif not target.exists():
                self._move_to(target, folder, "new")
            elif _content(folder) == _content(target):
                self.counts["as before"] += 1
            elif _time(folder) > _time(target):
                self._move_to_older(student, target)
                self._move_to(target, folder, "replaced")
                self._odd(f"replaced by a newer submission; the one before is in {where}", student)
            else:
                self._move_to_older(student, folder)
                self.counts["as before"] += 1
                self._odd(f"kept, since the other one is not newer; that one is in {where}", student)

    def _move_to(self, target: Path, folder: Path, count: str) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(target)
        self.counts[count] += 1

    def _move_to_older(self, student: str, folder: Path) -> None:
        """Keep a folder by its time and content; the same one from a run before is enough."""
        content = hashlib.sha256(repr(_content(folder)).encode()).hexdigest()[:8]
        target = self.older / student / self.lab / f"{_time(folder):%Y-%m-%dT%H-%M-%S}-{content}"
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            shutil.rmtree(folder)
        else:
            folder.rename(target)

    def _odd(self, what: str, name: str) -> None:
        self.unpacker.odd[what].append(name)

    def sentences(self, dry_run: bool) -> Iterator[str]:
        """Yield what was odd, then the count."""
        for what, names in self.unpacker.odd.items():
            yield f"{_listed(names)}: {what.removesuffix('.')}."
        if dry_run:
            yield "Nothing was collected; run this again without --dry-run."
            return
        counts = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        yield f"Collected {self.lab} of {sum(self.counts.values())} students: {counts}."


def _listed(names: Iterable[str]) -> str:
    unique = list(dict.fromkeys(names))
    return ", ".join(unique[:SHOWN]) + (f" and {len(unique) - SHOWN} more" if len(unique) > SHOWN else "")


def _content(folder: Path) -> dict[str, str]:
    """Return the digests of a submission's files; what was downloaded again has another time, but the same content."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != STAMP]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def _time(folder: Path) -> datetime:
    """Return when a submission was handed in, as nbgrader's timestamp or else the files tell."""
    try:
        return parse_utc((folder / STAMP).read_text("utf-8").strip()).replace(tzinfo=UTC)
    except (OSError, OverflowError, ValueError):
        files = [path for path in folder.rglob("*") if path.is_file()]
        notebooks = [path for path in files if is_notebook(path.name)]
        return datetime.fromtimestamp(max((path.stat().st_mtime for path in notebooks or files), default=0), UTC)
