"""The files of a folder or zip from elsewhere: names and links are checked before anything is read."""

import lzma
import os
import re
import stat
import unicodedata
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from prunelab import LabError
from prunelab.instructor.submissions.intake import IGNORED

DAMAGED = (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, lzma.LZMAError, zlib.error)
UTF8_NAME, CHUNK, NAME_BYTES, PATH_BYTES = 0x800, 1 << 20, 200, 1000
FIRST = datetime(1980, 1, 2, tzinfo=UTC)  # a zip that tells no time says 1980


@dataclass(frozen=True)
class Member:
    """A file; `time` is when it was changed, as far as the source tells."""

    path: tuple[str, ...]
    size: int
    time: datetime | None
    source: Path
    open: Callable[[], BinaryIO] = field(repr=False)

    def chunks(self) -> Iterator[bytes]:
        """Yield the content; raise LabError if the zip is damaged at this place or asks for a password."""
        try:
            with self.open() as content:
                while chunk := content.read(CHUNK):
                    yield chunk
        except DAMAGED as error:
            raise LabError(
                f"{self.source.name} cannot be unpacked ({'/'.join(self.path)}: {error}); get it again, "
                "or unpack it yourself and give the folder."
            ) from error


@dataclass
class Listing:
    """What a folder or zip holds, and what must not be taken from it: a name and why."""

    members: list[Member] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    is_zip: bool = False

    def add(self, name: str, parts: list[str], special: bool, size: int, time: datetime | None, **how) -> None:
        """Take in one file, unless its name or kind is dangerous; what systems and editors leave behind is dropped."""
        path = tuple(_readable(part) for part in parts if part not in ("", "."))
        if not path or any(part in IGNORED or (part.startswith(".") and part != "..") for part in path):
            return
        if ".." in path or name.startswith("/") or re.match(r"[A-Za-z]:/", name):
            self.left_out.append((_readable(name), "its name leads out of the folder"))
        elif special:
            self.left_out.append((_readable(name), "it is a link or a device, not a file"))
        elif len("/".join(path).encode()) > PATH_BYTES or any(len(part.encode()) > NAME_BYTES for part in path):
            self.left_out.append((f"{_readable(name)[:40]}...", "its name is too long"))
        else:
            self.members.append(Member(path, size, time, **how))


@contextmanager
def opened(source: Path) -> Generator[Listing]:
    """Give what a folder or zip holds; its members can be read as long as it is open. LabError if it is neither."""
    if source.is_dir():
        yield _of_folder(source)
        return
    if not source.exists():
        raise LabError(f"There is no {source}; name a folder or zip of submissions.")
    try:
        archive = ZipFile(source)
    except DAMAGED as error:
        raise LabError(
            f"{source.name} is no zip that can be read ({error}); get it again, or give a folder."
        ) from error
    with archive:
        yield _of_zip(source, archive)


def _of_folder(source: Path) -> Listing:
    listing = Listing()
    for place, folders, names in os.walk(source):
        folders.sort()
        links = [name for name in folders if Path(place, name).is_symlink()]
        for path in (Path(place, name) for name in sorted(names) + links):
            about, relative = path.lstat(), path.relative_to(source)
            time = datetime.fromtimestamp(about.st_mtime, UTC)
            listing.add(
                str(relative),
                list(relative.parts),
                not stat.S_ISREG(about.st_mode),
                about.st_size,
                time,
                source=source,
                open=lambda path=path: path.open("rb"),
            )
    return listing


def _of_zip(source: Path, archive: ZipFile) -> Listing:
    listing = Listing(is_zip=True)
    for info in archive.infolist():
        name = _name(info).replace("\\", "/")  # as some programs on Windows separate
        kind = stat.S_IFMT(info.external_attr >> 16)
        if not name.endswith("/"):
            listing.add(
                name,
                name.split("/"),
                kind not in (0, stat.S_IFREG),
                info.file_size,
                _time(info),
                source=source,
                open=lambda info=info: archive.open(info),
            )
    return listing


def _name(info: ZipInfo) -> str:
    """The name of a zip's member: without the flag for UTF-8 it may be UTF-8 all the same, as macOS writes it."""
    if info.flag_bits & UTF8_NAME:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except UnicodeError:
        return info.filename


def _time(info: ZipInfo) -> datetime | None:
    """A zip has local times, of a clock that may stand in another place."""
    try:
        time = datetime(*info.date_time).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return time if time > FIRST else None


def _readable(name: str) -> str:
    """A name in one spelling, NFC, without bytes that are no UTF-8 and characters that nobody can see."""
    text = name.encode(errors="surrogateescape").decode(errors="replace")
    return "".join(sign if sign.isprintable() else "_" for sign in unicodedata.normalize("NFC", text))
