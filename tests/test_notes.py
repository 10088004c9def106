"""The student's own numbers are kept beside the labs, and a damaged file stops no lab."""

import json

import pytest

from prunelab import notes

ATTEMPT = {"target": "web", "data": "mnist", "bytes": 10, "MACs": 20, "activations": 30, "accuracy": 90.5,
           "dense": 91.0, "fits": True}  # fmt: skip


@pytest.fixture
def labs(tmp_path, monkeypatch):
    """The folder of the labs; the notebook runs in one of them."""
    (tmp_path / "labs" / ".originals").mkdir(parents=True)
    (tmp_path / "labs" / "02_magnitude").mkdir()
    monkeypatch.chdir(tmp_path / "labs" / "02_magnitude")
    monkeypatch.setattr(notes, "_session", [])
    return tmp_path / "labs"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder that belongs to no course, such as the grader's copy."""
    (tmp_path / "student" / "02_magnitude").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "student" / "02_magnitude")
    monkeypatch.setattr(notes, "_session", [])
    return tmp_path


def test_numbers_of_the_labs_stand_side_by_side(labs):
    notes.note("02 magnitude", compression=4, accuracy=90.25)
    notes.note("03 iterative", steps=240)
    notes.note("02 magnitude", compression=5)
    assert notes.noted() == {"02 magnitude": {"compression": 5.0}, "03 iterative": {"steps": 240.0}}
    assert [path.name for path in labs.glob("*.json")] == ["my_numbers.json"]


def test_nothing_is_written_outside_of_a_course(elsewhere):
    notes.note("02 magnitude", compression=4)
    notes.remember(ATTEMPT)
    assert notes.noted() == {}
    assert notes.attempts() == [ATTEMPT]
    assert not list(elsewhere.rglob("*.json"))


@pytest.mark.parametrize("content", ["", "{", "[]", "3", '{"a": 3}', '{"a": {"b": "text"}}', "\ufeff{}", b"\xff\xfe"])
def test_a_damaged_file_is_reset(labs, content):
    (labs / "my_numbers.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    assert notes.noted() == {}
    notes.note("01", speedup=2)
    assert notes.noted() == {"01": {"speedup": 2.0}}


@pytest.mark.parametrize("value", ["text", None, [1]])
def test_a_value_that_is_not_a_number_is_skipped(labs, value, capfd):
    notes.note("01", speedup=2)
    notes.note("02", speedup=value)
    assert notes.noted() == {"01": {"speedup": 2.0}}
    assert capfd.readouterr() == ("", "")


def test_a_folder_that_cannot_be_written_is_no_error(labs, capfd):
    (labs / "my_numbers.json").mkdir()  # as root, no file is read-only
    notes.note("01", speedup=2)
    assert notes.noted() == {}
    assert capfd.readouterr() == ("", "")


def test_attempts_add_up_and_can_be_forgotten(labs):
    notes.remember(ATTEMPT)
    notes.remember(ATTEMPT | {"bytes": 11})
    assert [each["bytes"] for each in notes.attempts()] == [10, 11]
    assert (labs / "02_magnitude" / "attempts.json").is_file()
    notes.forget_attempts()
    assert notes.attempts() == []


@pytest.mark.parametrize(
    ("content", "left"),
    [("", 0), ("{}", 0), ("[1, 2", 0), (json.dumps([ATTEMPT, {"bytes": 1}, 3, ATTEMPT | {"bytes": "x"}]), 1)],
)
def test_damaged_attempts_are_skipped(labs, content, left):
    (labs / "02_magnitude" / "attempts.json").write_text(content)
    assert notes.attempts() == [ATTEMPT] * left
    notes.remember(ATTEMPT)
    assert notes.attempts() == [ATTEMPT] * (left + 1)


def test_attempts_of_an_earlier_version_are_read(labs):
    old = {("customer" if name == "target" else name): value for name, value in ATTEMPT.items()}
    (labs / "02_magnitude" / "attempts.json").write_text(json.dumps([old]))
    assert notes.attempts() == [ATTEMPT]
