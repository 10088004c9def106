"""nbgrader's exchange: what collect accepts, and that a refused submission delays no one's feedback."""

import os
import pwd
import shutil
from functools import partial
from pathlib import Path

import pytest

LAB = "01_tiny"
ME = pwd.getpwuid(os.getuid()).pw_name
pytestmark = [pytest.mark.middle, pytest.mark.filterwarnings("default")]  # nbgrader's own


@pytest.fixture
def course(tiny, tmp_path, empty_grade_book) -> Path:
    """The tiny course, built, with its own exchange."""
    from prunelab.instructor.authoring.build import build_labs

    config = tiny / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}c.Exchange.root = {str(tmp_path / 'exchange')!r}\n")
    (tmp_path / "exchange" / "prunelab" / "inbound").mkdir(parents=True)
    (tmp_path / "exchange").chmod(0o777)
    list(build_labs(tiny))
    shutil.copy(empty_grade_book, tiny)
    return tiny


@pytest.fixture
def submit(course, tmp_path):
    """Return a function that puts a submission into the exchange, as nbgrader's submit lays it out."""

    def put(student: str, minute: int, text: str | None = None) -> Path:
        stamp = f"2027-03-01 12:{minute:02}:00.000000 UTC"
        folder = tmp_path / "exchange" / "prunelab" / "inbound" / f"{student}+{LAB}+{stamp}+secret"
        folder.mkdir()
        released = (course / "labs" / LAB / f"{LAB}.ipynb").read_text()
        (folder / f"{LAB}.ipynb").write_text(text or released)
        (folder / "timestamp.txt").write_text(stamp)
        (folder / "submission_secret.txt").write_text(f"{student} {minute}")
        return folder

    return put


@pytest.fixture
def collect(course, monkeypatch):
    """Return a function that collects as formgrader does and returns nbgrader's output."""
    from nbgrader.apps import NbGraderAPI

    from prunelab.instructor.gradebook.record import Recorder

    monkeypatch.setenv("PATH", os.environ["PATH"])  # the recorder adds to it
    monkeypatch.chdir(course)

    def run() -> str:
        done = NbGraderAPI(config=Recorder(course).config).collect(LAB)
        assert done["success"], done
        return done["log"]

    return run


def test_a_link_gives_nothing_away(course, submit, collect, tmp_path):
    private = tmp_path / "private"
    private.mkdir()
    (private / "secret.txt").write_text("secret")
    folder = submit(ME, 1)
    (folder / "file.txt").symlink_to(private / "secret.txt")
    (folder / "folder").symlink_to(private)
    collect()
    collected = course / "submitted" / ME / LAB
    assert (collected / f"{LAB}.ipynb").is_file()
    assert (collected / "file.txt").is_symlink()
    assert (collected / "folder").is_symlink()


def test_a_link_in_place_of_a_submission(course, submit, collect, tmp_path):
    other = submit(ME, 1).rename(tmp_path / "elsewhere")
    inbound = tmp_path / "exchange" / "prunelab" / "inbound"
    (inbound / f"{ME}+{LAB}+2027-03-01 12:02:00.000000 UTC+secret").symlink_to(other)
    assert "left out, since it is no folder" in collect()
    assert not (course / "submitted" / ME).exists()


def test_no_student_hands_in_for_another(course, submit, collect):
    submit("eve", 1)
    assert "left out, since it is not made by eve" in collect()
    assert not (course / "submitted" / "eve").exists()


def test_a_forged_one_does_not_displace_the_right_one(course, submit, collect, tmp_path):
    submit(ME, 1)
    collect()
    inbound = tmp_path / "exchange" / "prunelab" / "inbound"
    (inbound / f"{ME}+{LAB}+2027-03-01 12:02:00.000000 UTC+secret").symlink_to(tmp_path)
    collect()
    assert (course / "submitted" / ME / LAB / "submission_secret.txt").read_text() == f"{ME} 1"


def test_a_large_one_stops_no_other(course, submit, collect):
    config = course / "nbgrader_config.py"
    config.write_text(
        f"{config.read_text()}c.CourseDirectory.max_dir_size = 100\nc.ExchangeCollect.check_owner = False\n"
    )
    (submit("ada", 1) / "large.bin").write_bytes(bytes(200_000))
    submit("ben", 1)
    assert "left out, since it is too large" in collect()
    assert [path.name for path in (course / "submitted").iterdir()] == ["ben"]


@pytest.mark.usefixtures("needs_isolation")
def test_a_refused_submission_delays_no_feedback(course, submit, run_in, invoke, tmp_path):
    config = course / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}c.ExchangeCollect.check_owner = False\n")
    submit("ada", 1)
    submit("aaron", 1, text='{"cells": [')
    nbgrader = partial(run_in, course, "nbgrader")
    assert nbgrader("collect", LAB, "--update").returncode == 0
    invoke(course, "grade", "01", status=3)
    for command in ("generate_feedback", "release_feedback"):
        done = nbgrader(command, LAB)
        assert done.returncode == 0, done.stderr
    pages = [path.read_text() for path in (tmp_path / "exchange" / "prunelab" / "feedback").glob("*.html")]
    assert sorted("Score:" in page for page in pages) == [False, True]
