"""Write what students handed in to a folder, within limits: a zip that a student made is opened once."""

import os
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from zipfile import is_zipfile

from prunelab import LabError
from prunelab.instructor.submissions.archive import Listing, Member, opened
from prunelab.instructor.submissions.intake import STAMP, is_notebook

ALL_SIZE, STUDENT_SIZE, STUDENT_FILES = 8 << 30, 200 << 20, 1000
TOO_MUCH = f"left out, since a student may hand in {STUDENT_SIZE >> 20} MB and {STUDENT_FILES} files"
ANY_TIME = "left out, since students could write any time into it"


class TooLarge(LabError):
    """All submissions together are too large."""


@dataclass
class Unpacker:
    """Keeps count of what was written, and of what was odd about it: names by a sentence's end."""

    odd: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    size: int = 0  # bytes

    def unpack(self, student: str, files: dict[tuple[str, ...], Member], folder: Path) -> None:
        """Write a student's files to a new folder, notebooks first; raise LabError if the source is damaged."""
        folder.mkdir()
        one = _Student(self, student, folder)
        for path, member in sorted(files.items(), key=lambda each: (not is_notebook(each[0][-1]), each[0])):
            written = one.write(path, member)
            if written and written.suffix.lower() == ".zip" and is_zipfile(written):
                one.open_zip(written)

    def leave_out(self, listing: Listing, where: str = "") -> None:
        """Tell which names must not be taken."""
        for name, why in listing.left_out:
            self.odd[f"left out, since {why}"].append(f"{where}{name}")


@dataclass
class _Student:
    """What was written for one student."""

    all: Unpacker
    name: str
    folder: Path
    size: int = 0
    files: int = 0

    def write(self, path: tuple[str, ...], member: Member) -> Path | None:
        """Write one file, with its time, and return where; None if it was left out."""
        what, target = f"{self.name}: {'/'.join(path)}", self.folder.joinpath(*path)
        if self.size + member.size > STUDENT_SIZE or self.files == STUDENT_FILES:
            self.all.odd[TOO_MUCH].append(what)
            return None
        if self.all.size + member.size > ALL_SIZE:
            raise TooLarge(f"The submissions hold more than {ALL_SIZE >> 20} MB together; collect them in parts.")
        self.size, self.files, self.all.size = self.size + member.size, self.files + 1, self.all.size + member.size
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                file.writelines(member.chunks())
        except (FileExistsError, IsADirectoryError, NotADirectoryError):
            self.all.odd["left out, since another file or folder has its name"].append(what)
            return None
        except LabError:
            target.unlink()
            raise
        if member.time:
            os.utime(target, (member.time.timestamp(),) * 2)
        return target

    def open_zip(self, packed: Path) -> None:
        """Put what a student's zip holds in its place; a damaged zip stays."""
        written = []
        try:
            with opened(packed) as listing:
                self.all.leave_out(listing, f"{self.name}: ")
                for path, member in _without_folder(listing.members):
                    if path == (STAMP,):
                        self.all.odd[ANY_TIME].append(f"{self.name}: {STAMP}")
                    else:
                        written.append(self.write((*packed.parent.relative_to(self.folder).parts, *path), member))
        except TooLarge:
            raise
        except LabError as error:
            for path in filter(None, written):
                path.unlink(missing_ok=True)
            self.all.odd[f"kept as it is, since {error}"].append(self.name)
        else:
            packed.unlink(missing_ok=True)


def _without_folder(members: list[Member]) -> list[tuple[tuple[str, ...], Member]]:
    """Return the members with their names inside the folder that is around all of them, if there is one."""
    folders = ["/".join(member.path[:-1]) for member in members]
    depth = len(PurePosixPath(os.path.commonpath(folders)).parts) if folders else 0
    return [(member.path[depth:], member) for member in members]
