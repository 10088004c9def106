"""A folder from a student, which is untrusted: which notebook counts, which files may be beside it."""

import json
import os
from pathlib import Path

import pytest

from prunelab.instructor.submissions import intake
from prunelab.instructor.submissions.flags import Flag, Refused
from prunelab.instructor.submissions.intake import fits, read_files, read_submission, shadows

LAB = "01_tiny"
CELL = {"cell_type": "code", "metadata": {}, "source": "1", "execution_count": None, "outputs": [], "id": "a"}


def raw(*cells: dict, **more) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)} | more).encode()


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "ada" / LAB).mkdir(parents=True)
    return tmp_path / "ada" / LAB


@pytest.fixture
def put(folder):
    """Return a function that writes a file of a student."""

    def write(name: str, content: bytes = b"x") -> Path:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        return folder / name

    return write


def refused(folder: Path) -> Flag:
    with pytest.raises(Refused) as found:
        read_submission(folder, LAB)
    return found.value.flag


def chosen(folder: Path) -> str:
    return read_submission(folder, LAB).notebook.cells[0].source


class TestWhichNotebook:
    def test_the_one_with_the_right_name(self, folder, put):
        put(f"{LAB}.ipynb", raw(CELL))
        for name in ("01_tiny-Copy1.ipynb", f"deep/{LAB}.ipynb", "00.ipynb", f".ipynb_checkpoints/{LAB}.ipynb"):
            put(name, raw(CELL | {"source": "other"}))
        found = read_submission(folder, LAB)
        others = f"{LAB}.ipynb, not 00.ipynb, 01_tiny-Copy1.ipynb, {LAB}.ipynb"
        assert (found.notebook.cells[0].source, found.files, found.flags) == ("1", {}, [Flag("several", others)])

    @pytest.mark.parametrize("name", ["work.IPYNB", "work.ipynb.txt", "work.ipynb.json"])
    def test_other_endings(self, folder, put, name):
        put(name, raw(CELL))
        assert (chosen(folder), read_submission(folder, LAB).flags) == ("1", [Flag("renamed", name)])

    def test_else_one_with_its_number_else_the_newest(self, folder, put):
        for name, time in (("a.ipynb", 30), ("b.ipynb", 40), ("my 01.ipynb", 20), ("01.ipynb", 10)):
            os.utime(put(name, raw(CELL | {"source": name})), (time, time))
        for name in ("my 01.ipynb", "01.ipynb", "b.ipynb", "a.ipynb"):
            assert chosen(folder) == name
            assert read_submission(folder, LAB).flags[0] == Flag("renamed", name)
            (folder / name).unlink()
        assert refused(folder) == Flag("absent", "no file at all")

    def test_none(self, folder, put):
        put("work.py")
        put("a\nb.pdf")
        assert refused(folder) == Flag("absent", "'a\\nb.pdf', work.py")

    def test_links_are_not_followed(self, folder, put, tmp_path):
        target = tmp_path / "target.ipynb"
        target.write_bytes(raw(CELL))
        (folder / f"{LAB}.ipynb").symlink_to(target)
        assert refused(folder) == Flag("link", f"{LAB}.ipynb")
        (tmp_path / "ben").mkdir()
        (tmp_path / "ben" / LAB).symlink_to(folder)
        assert refused(tmp_path / "ben" / LAB) == Flag("link", LAB)
        (tmp_path / "eve").symlink_to(tmp_path / "ada")
        assert refused(tmp_path / "eve" / LAB) == Flag("link", LAB)

    def test_a_pipe_is_not_opened(self, folder):
        os.mkfifo(folder / f"{LAB}.ipynb")
        assert refused(folder) == Flag("link", f"{LAB}.ipynb")

    def test_an_id_that_is_a_pattern(self, tmp_path):
        (tmp_path / "Ana [2]" / LAB).mkdir(parents=True)
        assert refused(tmp_path / "Ana [2]" / LAB) == Flag("pattern", "Ana [2]")


class TestNotebook:
    @pytest.mark.parametrize(
        ("content", "detail"),
        [
            (b" \n", "it is empty"),
            (b"\x81\x8d", "it is no text"),
            (b"{", "Expecting property name"),
            (b"[]", "it is JSON, but no notebook"),
            (b"5", "it is JSON, but no notebook"),
            (b"{}", "it is JSON, but no notebook"),
            (raw(cells={"0": CELL}), "it is JSON, but no notebook"),
            (raw(cells=None), "it is JSON, but no notebook"),
            (b"[" * 100_000, "it is nested too deeply"),
            (raw(CELL, nbformat=5), ""),
        ],
    )
    def test_that_cannot_be_read(self, folder, put, content, detail):
        put(f"{LAB}.ipynb", content)
        assert refused(folder).code == "broken"
        assert refused(folder).detail.startswith(detail)
        assert "\n" not in refused(folder).detail

    @pytest.mark.parametrize(
        ("encoding", "flags"), [("utf-8", []), ("utf-8-sig", []), ("utf-16", ["encoding"]), ("cp1252", ["encoding"])]
    )
    def test_encodings(self, folder, put, encoding, flags):
        text = raw(CELL | {"source": "??"}).decode().replace("??", "é½")
        put(f"{LAB}.ipynb", text.encode(encoding))
        found = read_submission(folder, LAB)
        assert (found.notebook.cells[0].source, [flag.code for flag in found.flags]) == ("é½", flags)

    def test_half_a_surrogate_pair(self, folder, put):
        put(f"{LAB}.ipynb", raw(CELL | {"source": "a\ud800b"}))
        assert chosen(folder) == "a?b"

    def test_an_older_format(self, folder, put):
        cell = {"cell_type": "code", "language": "python", "input": "1", "outputs": [], "metadata": {}}
        old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [cell], "metadata": {}}]}
        put(f"{LAB}.ipynb", json.dumps(old).encode())
        found = read_submission(folder, LAB)
        assert (found.notebook.nbformat, found.notebook.cells[0].source) == (4, "1")
        assert found.flags == [Flag("format", "version 3.0")]

    def test_how_large_it_may_be(self, folder, put, monkeypatch):
        monkeypatch.setattr(intake, "CELLS", 3)
        put(f"{LAB}.ipynb", raw(*[CELL] * 3))
        assert len(read_submission(folder, LAB).notebook.cells) == 3
        put(f"{LAB}.ipynb", raw(*[CELL] * 4))
        assert refused(folder) == Flag("large", "4 cells")
        monkeypatch.setattr(intake, "NOTEBOOK_SIZE", 2 << 20)
        with put(f"{LAB}.ipynb").open("wb") as file:
            file.truncate((2 << 20) + 1)
        assert refused(folder) == Flag("large", "2 MB")


class TestFiles:
    @pytest.fixture(autouse=True)
    def notebook(self, put):
        put(f"{LAB}.ipynb", raw(CELL))

    def test_those_that_may_lie_there(self, folder, put):
        put("data/a.csv", b"1")
        put("tools.py", b"2")
        for litter in ("__pycache__/a.pyc", ".DS_Store", "__MACOSX/b.csv"):
            put(litter)
        found = read_submission(folder, LAB)
        assert (found.files, found.flags) == ({"data/a.csv": b"1", "tools.py": b"2"}, [])
        assert read_files(folder, LAB) == found.files

    def test_those_that_may_not(self, folder, put):
        put("torch.py")
        put(os.fsdecode(b"na\xefve.txt"))
        (folder / "link").symlink_to("/etc/hostname")
        (folder / "etc").symlink_to("/etc")
        os.mkfifo(folder / "pipe")
        found = read_submission(folder, LAB)
        assert found.files == {}
        assert found.flags == [Flag("files", r"'na\udcefve.txt', etc, link, pipe, torch.py")]

    def test_a_notebook_in_a_folder_has_its_files_there(self, folder, put):
        (folder / f"{LAB}.ipynb").rename(put(f"work/{LAB}.ipynb"))
        put("work/a.csv", b"inner")
        put("a.csv", b"outer")
        put("b.csv", b"b")
        found = read_submission(folder, LAB)
        assert found.files == {"a.csv": b"outer", "b.csv": b"b"}
        assert found.flags == [Flag("files", "a.csv")]

    def test_size_and_number(self, folder, put, monkeypatch):
        monkeypatch.setattr(intake, "FILES_SIZE", 10)
        put("a", b"1" * 6)
        put("b", b"1" * 5)
        put("c", b"1" * 4)
        assert set(read_files(folder, LAB)) == {"a", "c"}
        monkeypatch.setattr(intake, "FILES_COUNT", 1)
        assert set(read_files(folder, LAB)) == {"a"}

    def test_many_names_are_cut(self, folder, put):
        for number in range(10):
            (folder / f"{number}{'n' * 80}").symlink_to("nowhere")
        (flag,) = read_submission(folder, LAB).flags
        names = [f"{number}{'n' * 59}..." for number in range(8)]
        assert flag.detail == f"{', '.join(names)} and 2 more"

    @pytest.mark.parametrize(
        ("stamp", "time"),
        [
            (b" 2026-01-02 03:04:05 UTC\n", "2026-01-02 03:04:05 UTC"),
            (b"tomorrow", None),
            (b"\xff", None),
            (b"99999999999999999999", None),
        ],
    )
    def test_the_time_of_submission(self, folder, put, stamp, time):
        put("timestamp.txt", stamp)
        found = read_submission(folder, LAB)
        assert (found.timestamp, found.files) == (time, {})
        assert [flag.code for flag in found.flags] == ([] if time else ["timestamp"])
        assert read_files(folder, LAB) == {}


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("a.csv", True),
        ("data/a.csv", True),
        (f"{LAB}.ipynb", False),
        (f"{LAB}.ipynb/a.csv", False),
        (f"data/{LAB}.ipynb", True),
        ("timestamp.txt", True),
        ("timestamp.txt/a", False),
        ("a\nb", False),
        ("n" * 200, True),
        ("n" * 201, False),
        ("ü" * 101, False),
        ("/".join(["n" * 99] * 10), True),
        ("/".join(["n" * 99] * 10) + "/n", False),
        ("json.py", False),
    ],
)
def test_names_that_fit(name, want):
    assert fits(name, LAB) == want


@pytest.mark.parametrize(
    "name",
    [
        *("torch.py", "torch/a.txt", "json.pyc", "random.so", "numpy.cpython-311.so", "json.pyd", "prunelab/x"),
        *("_thread.py", "sys.py", "IPython/a/b.py"),
    ],
)
def test_names_of_libraries(name):
    assert shadows(name)


@pytest.mark.parametrize("name", ["torch.csv", "json", "tools.py", "data/json.py", "torch.txt", "my_torch.py"])
def test_names_that_are_free(name):
    assert not shadows(name)
