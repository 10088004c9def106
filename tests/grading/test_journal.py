"""The journal survives damage to its files, and records everything a grade depends on."""

import json
import os
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from prunelab import LabError
from prunelab.instructor.gradebook import journal
from prunelab.instructor.gradebook.journal import Entry
from prunelab.instructor.submissions.flags import Flag

LAB = "01_tiny"


def entry(student: str = "ada", **more) -> Entry:
    return Entry(LAB, student, "digest", "flagged", **more)


class TestEntries:
    def test_what_is_kept_is_read(self, tmp_path):
        full = entry("Zoë Doe_12", recorded=True, scores={"double": 12}, points={"double": 12}, total=1.5,
                     flags=[Flag("renamed", "x.ipynb"), Flag("time")], failures={"half": "é\n"},
                     seconds={"double": 0.5}, timestamp="2026-01-01", notebook="{}")  # fmt: skip
        journal.keep(tmp_path, full)
        journal.keep(tmp_path, entry())
        assert journal.read(tmp_path, LAB) == {"Zoë Doe_12": full, "ada": entry()}
        assert journal.read(tmp_path, "02_other") == {}

    def test_a_later_entry_replaces_an_earlier_one(self, tmp_path):
        journal.keep(tmp_path, entry())
        journal.keep(tmp_path, entry(recorded=True))
        assert journal.read(tmp_path, LAB) == {"ada": entry(recorded=True)}
        assert [path.name for path in (tmp_path / "grading" / LAB).iterdir()] == ["ada.json"]

    def test_an_entry_of_an_early_journal_is_read(self, tmp_path):
        journal.keep(tmp_path, entry(scores={"double": 12}))
        path = tmp_path / "grading" / LAB / "ada.json"
        path.write_text(path.read_text().replace('"scores"', '"marks"'))
        assert journal.read(tmp_path, LAB) == {"ada": entry(scores={"double": 12})}

    @pytest.mark.parametrize(
        "damaged",
        [b"", b"{", b"[]", b"5", b"\xff\xfe", b'{"flags": []}', b'{"lab": "x"}', b'{"flags": [{"code": "none"}]}',
         b'{"flags": [5]}', b'{"flags": null}'],
    )  # fmt: skip
    def test_a_damaged_entry_counts_as_none(self, tmp_path, damaged):
        journal.keep(tmp_path, entry())
        (tmp_path / "grading" / LAB / "ben.json").write_bytes(damaged)
        assert list(journal.read(tmp_path, LAB)) == ["ada"]

    @pytest.mark.parametrize(
        ("name", "value"),
        [("scores", "12"), ("scores", {"double": "many"}), ("outcome", None), ("flags", [{"code": 5}]), ("total", [])],
    )
    def test_one_with_values_of_wrong_types_counts_as_none(self, tmp_path, name, value):
        journal.keep(tmp_path, entry())
        path = tmp_path / "grading" / LAB / "ada.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))
        assert journal.read(tmp_path, LAB) == {}

    def test_one_with_settings_that_are_unknown_counts_as_none(self, tmp_path):
        journal.keep(tmp_path, entry())
        path = tmp_path / "grading" / LAB / "ada.json"
        path.write_text(path.read_text().replace('"digest":', '"fingerprint":'))
        (tmp_path / "grading" / LAB / "folder.json").mkdir()
        assert journal.read(tmp_path, LAB) == {}


class TestDigest:
    @pytest.fixture
    def submission(self, tmp_path) -> Path:
        (tmp_path / "sub" / "b").mkdir(parents=True)
        (tmp_path / "sub" / "a.ipynb").write_text("a")
        (tmp_path / "sub" / "b" / "c.csv").write_text("c")
        return tmp_path / "sub"

    def test_the_same_files_have_the_same(self, submission, release):
        before = journal.digest(submission, release)
        os.utime(submission / "a.ipynb", (1, 1))
        assert journal.digest(submission.rename(submission.with_name("other")), release) == before

    @pytest.mark.parametrize(
        "change",
        [
            lambda folder: (folder / "a.ipynb").write_text("b"),
            lambda folder: (folder / "a.ipynb").rename(folder / "d.ipynb"),
            lambda folder: (folder / "b").rename(folder / "d"),
            lambda folder: (folder / "b" / "c.csv").unlink(),
            lambda folder: (folder / "d").write_text(""),
            lambda folder: (folder / "d").symlink_to("/etc/hostname"),
        ],
    )
    def test_other_files_have_another(self, submission, release, change):
        before = journal.digest(submission, release)
        change(submission)
        assert journal.digest(submission, release) != before

    def test_so_has_another_lab(self, submission, release):
        cells = {name: nbformat.from_dict(cell) for name, cell in release.official.items()}
        cells["half"].source += " "
        points = {name: nbformat.from_dict(cell) for name, cell in release.official.items()}
        points["half-check"].metadata.nbgrader.points = 1
        others = [replace(release, official=cells), replace(release, official=points), replace(release, probes="")]
        assert len({journal.digest(submission, each) for each in [release, *others]}) == 4

    def test_links_and_pipes_are_not_opened(self, submission, release):
        (submission / "link").symlink_to(submission.parent / "target")
        os.mkfifo(submission / "pipe")
        before = journal.digest(submission, release)
        (submission.parent / "target").write_text("of somebody else")
        assert journal.digest(submission, release) == before

    def test_unread_files_are_identified_by_size_and_time(self, submission, release, monkeypatch):
        monkeypatch.setattr(journal, "LARGEST", 3)
        found = set()
        for content, time in ((b"abc", 1), (b"xyz", 1), (b"abcd", 1), (b"abce", 1), (b"abce", 2), (b"abcde", 2)):
            (submission / "large").write_bytes(content)
            os.utime(submission / "large", (time, time))
            found.add(journal.digest(submission, release))
        assert len(found) == 5  # abcd and abce are one

    def test_names_that_are_no_text(self, submission, release):
        before = journal.digest(submission, release)
        Path(os.fsdecode(os.fsencode(submission) + b"/na\xefve")).touch()
        assert journal.digest(submission, release) != before


class TestLock:
    def test_only_one_at_a_time(self, tmp_path):
        with journal.only_one(tmp_path), pytest.raises(LabError, match="is at work in"), journal.only_one(tmp_path):
            pass
        with journal.only_one(tmp_path):
            pass

    def test_work_folders_that_a_killed_run_left_are_removed(self, tmp_path):
        journal.keep(tmp_path, entry())
        workdir = tmp_path / "grading" / f"{journal.WORKDIR}1"
        (workdir / "deep").mkdir(parents=True)
        with journal.only_one(tmp_path):
            assert not workdir.exists()
            assert list(journal.read(tmp_path, LAB)) == ["ada"]

    def test_a_place_that_cannot_be_written(self, tmp_path):
        (tmp_path / "grading").touch()
        with pytest.raises(LabError, match=r"could not be written .*; free or unlock it"), journal.only_one(tmp_path):
            pass
