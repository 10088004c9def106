"""Size limits of a student's files, and zips inside a submission; see test_collect for the rest."""

import io
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from prunelab import LabError
from prunelab.instructor.submissions import unpack
from prunelab.instructor.submissions.archive import Member
from prunelab.instructor.submissions.unpack import TooLarge, Unpacker

TIME = datetime(2026, 1, 2, tzinfo=UTC)


def member(content: bytes = b"x", time: datetime | None = None) -> Member:
    return Member(("name",), len(content), time, Path("export.zip"), lambda: io.BytesIO(content))


def zipped(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return content.getvalue()


@pytest.fixture
def work(tmp_path):
    """Return a function that unpacks a student's files and returns the files, and what was odd."""

    def run(files: dict[str, Member], unpacker: Unpacker | None = None, student: str = "ada") -> tuple[dict, dict]:
        unpacker, folder = unpacker or Unpacker(), tmp_path / student
        unpacker.unpack(student, {tuple(name.split("/")): each for name, each in files.items()}, folder)
        there = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        return there, dict(unpacker.odd)

    return run


def test_files_and_times(work, tmp_path):
    assert work({"a.ipynb": member(b"a", TIME), "b/c.csv": member(b"c")}) == ({"a.ipynb": b"a", "b/c.csv": b"c"}, {})
    assert (tmp_path / "ada" / "a.ipynb").stat().st_mtime == TIME.timestamp()


def test_notebooks_come_first_so_that_they_have_room(work, monkeypatch):
    monkeypatch.setattr(unpack, "STUDENT_SIZE", 10)
    there, odd = work({"a.csv": member(b"1" * 8), "b.ipynb": member(b"2" * 8), "c.csv": member(b"3" * 2)})
    assert there == {"b.ipynb": b"2" * 8, "c.csv": b"3" * 2}
    assert odd == {unpack.TOO_MUCH: ["ada: a.csv"]}


def test_the_number_of_files(work, monkeypatch):
    monkeypatch.setattr(unpack, "STUDENT_FILES", 2)
    assert set(work({name: member() for name in "abc"})[0]) == {"a", "b"}


def test_all_together_have_a_limit_over_students(work, monkeypatch):
    monkeypatch.setattr(unpack, "ALL_SIZE", 10)
    unpacker = Unpacker()
    work({"a": member(b"1" * 6)}, unpacker)
    work({"a": member(b"1" * 4)}, unpacker, "ben")
    with pytest.raises(TooLarge):
        work({"a": member(b"1")}, unpacker, "cy")


def test_two_names_at_one_place(work):
    there, odd = work({"a": member(b"1"), "a/b": member(b"2")})
    assert there == {"a": b"1"}
    assert odd == {"left out, since another file or folder has its name": ["ada: a/b"]}


def test_a_damaged_file_leaves_nothing(work, tmp_path):
    def fail() -> None:
        raise OSError("no")

    with pytest.raises(LabError, match="cannot be unpacked"):
        work({"a": Member(("a",), 1, None, Path("export.zip"), fail)})
    assert os.listdir(tmp_path / "ada") == []


def test_a_zip_is_opened_in_its_place_without_the_folder_around_all(work):
    inner = zipped(work__a_dot_ipynb=b"a", work__data__b_dot_csv=b"b")
    there, odd = work({"sub/w.zip": member(inner), "c.csv": member(b"c")})
    assert there == {"sub/a.ipynb": b"a", "sub/data/b.csv": b"b", "c.csv": b"c"}
    assert odd == {}


def test_a_zip_within_a_zip_stays(work):
    innermost = zipped(deep=b"x")
    assert work({"w.ZIP": member(zipped(more_dot_zip=innermost))})[0] == {"more.zip": innermost}


def test_what_is_only_called_a_zip_stays(work):
    assert work({"w.zip": member(b"no zip")}) == ({"w.zip": b"no zip"}, {})


def test_a_time_of_the_students_own_does_not_count(work):
    there, odd = work({"w.zip": member(zipped(timestamp_dot_txt=b"2000", a=b"a"))})
    assert (there, odd) == ({"a": b"a"}, {unpack.ANY_TIME: ["ada: timestamp.txt"]})


def test_a_zip_that_has_been_damaged_stays_as_it_is(work):
    inner = zipped(a=b"good", b=b"broken").replace(b"broken", b"bad!!!", 1)
    there, odd = work({"w.zip": member(inner), "a.csv": member(b"own")})
    assert there == {"w.zip": inner, "a.csv": b"own"}
    ((sentence, who),) = odd.items()
    assert sentence.startswith("kept as it is, since w.zip cannot be unpacked (b: ")
    assert who == ["ada"]


def test_names_that_lead_out_of_a_zip_are_reported(work, tmp_path):
    there, odd = work({"w.zip": member(zipped(**{"..__..__evil": b"x", "a": b"a"}))})
    assert (there, odd) == ({"a": b"a"}, {"left out, since its name leads out of the folder": ["ada: ../../evil"]})
    assert [path.name for path in tmp_path.iterdir()] == ["ada"]


def test_a_zip_counts_as_much_as_it_holds(work, monkeypatch):
    monkeypatch.setattr(unpack, "ALL_SIZE", 1000)
    with pytest.raises(TooLarge):
        work({"w.zip": member(zipped(a=b"1" * 450, b=b"1" * 450))})
