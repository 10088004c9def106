"""Names, kinds and times of the files of a folder or zip, before anything is read."""

import io
import os
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from prunelab import LabError
from prunelab.instructor.submissions.archive import opened

NOON = datetime(2026, 3, 1, 12)
LEADS_OUT, SPECIAL, TOO_LONG = (
    "its name leads out of the folder",
    "it is a link or a device, not a file",
    "its name is too long",
)


@pytest.fixture
def packed(tmp_path):
    """Return a function that makes a zip of members, each a name or a ZipInfo, with `x` in it."""

    def pack(*members: str | zipfile.ZipInfo) -> Path:
        with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
            for member in members:
                info = member if isinstance(member, zipfile.ZipInfo) else zipfile.ZipInfo(member, NOON.timetuple()[:6])
                archive.writestr(info, b"" if info.filename.endswith("/") else b"x")
        return tmp_path / "export.zip"

    return pack


def names(source: Path) -> list[str]:
    with opened(source) as listing:
        return ["/".join(member.path) for member in listing.members]


def left_out(source: Path) -> list[tuple[str, str]]:
    with opened(source) as listing:
        return listing.left_out


class TestContents:
    def test_of_a_zip(self, packed):
        with opened(packed("ann/", "ann/a.ipynb")) as listing:
            (member,) = listing.members
            assert (member.path, member.size, member.source.name) == (("ann", "a.ipynb"), 1, "export.zip")
            assert member.time == NOON.astimezone(UTC)
            assert list(member.chunks()) == [b"x"]
            assert listing.is_zip
            assert listing.left_out == []

    def test_of_a_folder(self, tmp_path):
        for name in ("b/z.ipynb", "b/a.ipynb", "a/x.ipynb", "c.zip"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(b"content")
        os.utime(tmp_path / "c.zip", (1e9, 1e9))
        with opened(tmp_path) as listing:
            assert ["/".join(member.path) for member in listing.members] == [
                "c.zip",
                "a/x.ipynb",
                "b/a.ipynb",
                "b/z.ipynb",
            ]
            assert (listing.members[0].time, listing.members[0].size) == (datetime.fromtimestamp(1e9, UTC), 7)
            assert [list(member.chunks()) for member in listing.members] == [[b"content"]] * 4
            assert not listing.is_zip

    def test_large_files_come_in_pieces(self, tmp_path):
        (tmp_path / "a.bin").write_bytes(bytes((1 << 20) + 1))
        with opened(tmp_path) as listing:
            assert [len(chunk) for chunk in listing.members[0].chunks()] == [1 << 20, 1]

    def test_what_systems_and_editors_leave_behind_is_dropped(self, packed):
        litter = ("__MACOSX/a.ipynb", "ann/.git/config", "ann/.hidden", "ann/__pycache__/a.pyc", "Thumbs.db",
                  "ann/.ipynb_checkpoints/a.ipynb", "ann/.DS_Store", "./")  # fmt: skip
        source = packed("./ann//./a.ipynb", *litter)
        assert names(source) == ["ann/a.ipynb"]
        assert left_out(source) == []


class TestDangerousNames:
    @pytest.mark.parametrize(
        "name", ["../a", "ann/../../a", "ann/..", "/a", "//host/a", "C:/a", "c:\\a", "..\\a", "\\a", "ann\\..\\..\\a"]
    )
    def test_that_lead_out(self, packed, name):
        source = packed(name, "a.ipynb")
        assert names(source) == ["a.ipynb"]
        assert left_out(source) == [(name.replace("\\", "/"), LEADS_OUT)]

    @pytest.mark.parametrize("name", ["..a", "a..b/c", "a/b...", "C/a", "ab:/a", "a:b"])
    def test_that_only_look_like_it(self, packed, name):
        assert left_out(packed(name)) == []

    def test_windows_separates_by_backslashes(self, packed):
        assert names(packed("ann\\data\\a.csv")) == ["ann/data/a.csv"]

    @pytest.mark.parametrize(
        ("name", "fits"),
        [
            ("n" * 200, True),
            ("n" * 201, False),
            ("ü" * 100, True),
            ("ü" * 101, False),
            ("/".join(["n" * 99] * 10), True),
            ("/".join(["n" * 99] * 10) + "/n", False),
        ],
    )
    def test_that_no_disk_takes(self, packed, name, fits):
        source = packed(name)
        assert (names(source), left_out(source)) == (([name], []) if fits else ([], [(f"{name[:40]}...", TOO_LONG)]))

    def test_invisible_characters(self, packed):
        assert names(packed("a\nb\x1b[31m\u202e.txt")) == ["a_b_[31m_.txt"]
        assert left_out(packed("../\x1b[31m")) == [("../_[31m", LEADS_OUT)]

    def test_two_spellings_are_one(self, packed):
        assert names(packed("Zoe\u0308")) == ["Zo\u00eb"]

    def test_bytes_that_are_no_text(self, tmp_path):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/na\xefve.txt")).touch()
        assert names(tmp_path) == ["na\ufffdve.txt"]

    @pytest.mark.parametrize(
        ("raw", "flags", "want"),
        [
            ("ü".encode(), 0x800, "ü"),
            ("ü".encode(), 0, "ü"),  # as macOS writes it
            (b"\x81", 0, "ü"),  # code page 437
        ],
    )
    def test_encodings(self, packed, raw, flags, want):
        """What zipfile itself would write carries the flag; here it is set by hand."""
        source = packed("%" * len(raw))
        content = source.read_bytes().replace(b"%" * len(raw), raw)
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = content.index(mark) + offset
            content = content[:at] + flags.to_bytes(2, "little") + content[at + 2 :]
        source.write_bytes(content)
        assert names(source) == [want]


class TestKinds:
    @pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK, stat.S_IFBLK])
    def test_links_and_devices_in_a_zip(self, packed, kind):
        info = zipfile.ZipInfo("ann/link")
        info.external_attr = (kind | 0o777) << 16
        assert left_out(packed(info)) == [("ann/link", SPECIAL)]

    @pytest.mark.parametrize("kind", [0, stat.S_IFREG])
    def test_plain_files_in_a_zip(self, packed, kind):
        info = zipfile.ZipInfo("ann/file")
        info.external_attr = (kind | 0o777) << 16
        assert names(packed(info)) == ["ann/file"]

    def test_links_and_pipes_in_a_folder(self, tmp_path):
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "secret").touch()
        (tmp_path / "source").mkdir()
        for name, target in {"a": "/etc/passwd", "b": tmp_path / "folder", "c": "nowhere"}.items():
            (tmp_path / "source" / name).symlink_to(target)
        os.mkfifo(tmp_path / "source" / "d")
        assert names(tmp_path / "source") == []
        assert sorted(left_out(tmp_path / "source")) == [(name, SPECIAL) for name in "abcd"]


class TestTimes:
    @pytest.mark.parametrize("date", [(1980, 1, 1, 0, 0, 0), (2026, 13, 1, 0, 0, 0), (2026, 1, 1, 25, 0, 0)])
    def test_that_are_none(self, packed, date):
        info = zipfile.ZipInfo("a")
        info.date_time = date
        with opened(packed(info)) as listing:
            assert listing.members[0].time is None


class TestDamage:
    def test_no_such_place(self, tmp_path):
        with pytest.raises(LabError, match=r"There is no .*gone; name a folder or zip"), opened(tmp_path / "gone"):
            pass

    @pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + bytes(10), b"PK\x03\x04" + bytes(100)])
    def test_no_zip(self, tmp_path, content):
        (tmp_path / "a.zip").write_bytes(content)
        with pytest.raises(LabError, match=r"a\.zip is no zip that can be read"), opened(tmp_path / "a.zip"):
            pass

    def test_a_member_whose_content_is_another(self, packed):
        source = packed("ann/a.ipynb")
        source.write_bytes(source.read_bytes().replace(b"a.ipynbx", b"a.ipynby"))
        with (
            opened(source) as listing,
            pytest.raises(LabError, match=r"export\.zip cannot be unpacked \(ann/a\.ipynb: "),
        ):
            list(listing.members[0].chunks())

    @pytest.mark.parametrize(("offset", "bits"), [(6, b"\x01\x00"), (8, b"\x63\x00")])
    def test_a_password_or_an_unknown_method(self, packed, offset, bits):
        source = packed("a.ipynb")
        content = source.read_bytes()
        for mark, more in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
            at = content.index(mark) + offset + more
            content = content[:at] + bits + content[at + 2 :]
        source.write_bytes(content)
        with opened(source) as listing, pytest.raises(LabError, match="unpack it yourself and give the folder"):
            list(listing.members[0].chunks())

    def test_what_its_own_size_denies(self, tmp_path):
        """A zip whose list says one byte for a member of a thousand gives no more than it says."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.csv", b"0" * 1000)
        listed = content.getvalue().rindex(b"PK\x01\x02") + 24  # the size of the unpacked file
        raw = content.getvalue()[:listed] + (1).to_bytes(4, "little") + content.getvalue()[listed + 4 :]
        (tmp_path / "bomb.zip").write_bytes(raw)
        with opened(tmp_path / "bomb.zip") as listing:
            (member,) = listing.members
            assert member.size == 1
            with pytest.raises(LabError, match="cannot be unpacked"):
                list(member.chunks())
