"""New processes: one that ends too early is detected, and none starts in a folder that nbgrader is about to leave."""

import multiprocessing
import os
import shutil
import signal
import time
from pathlib import Path
from threading import Event, Thread

import pytest

from prunelab.instructor.sandbox import warm_process
from prunelab.instructor.sandbox.limits import Bounds
from prunelab.instructor.sandbox.warm_process import WORKING_FOLDER, Killed, TooMuch, run, stopping

LAB = "01_tiny"
pytestmark = [pytest.mark.middle, pytest.mark.filterwarnings("default"), pytest.mark.usefixtures("needs_isolation")]


class Ends:
    """An object that ends the process that unpickles it."""

    def __reduce__(self) -> tuple:
        return os._exit, (1,)


def test_a_process_that_ends_while_it_reads_what_to_do():
    with pytest.raises(Killed):
        run(print, Ends(), bytes(1 << 22))


def test_a_process_that_breaks_its_bounds():
    with pytest.raises(TooMuch, match="too long"):
        run(eval, "[None for _ in iter(int, 1)]", bounds=Bounds(seconds=1))
    with pytest.raises(TooMuch, match="too much memory"):
        run(bytearray, 1 << 32, bounds=Bounds(memory=1 << 31))
    assert run(len, "within", bounds=Bounds()) == 6


def test_what_a_killed_process_left_is_removed(tmp_path):
    ended = multiprocessing.get_context("spawn").Process(target=int)
    ended.start()
    ended.join()
    for name in (f"prunelab-{ended.pid:x}-a", f"prunelab-{os.getpid():x}-b", "prunelab-course-c", "other"):
        (tmp_path / name / "deep").mkdir(parents=True)
    warm_process._remove_left_over(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "other",
        f"prunelab-{os.getpid():x}-b",
        "prunelab-course-c",
    ]


def test_an_interrupt_from_the_keyboard_is_for_its_parent():
    assert run(os.getsid, 0) != os.getsid(0)


def test_the_warm_process_inherits_few_variables_and_so_does_its_successor(monkeypatch):
    monkeypatch.setenv("INSTRUCTORS_TOKEN", "secret")
    os.kill(run(os.getppid), signal.SIGKILL)
    found = Path("/proc", f"{run(os.getppid)}", "environ").read_text()
    assert "MPLBACKEND" in found
    assert "TOKEN" not in found
    assert "PYTEST" not in found
    assert os.environ["INSTRUCTORS_TOKEN"] == "secret"


def test_a_process_that_has_just_ended_spares_no_other(monkeypatch):
    ended, other = (multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,)) for _ in range(2))
    for process in (ended, other):
        process.start()
    ended.kill()
    ended.join()
    ended.close()
    monkeypatch.setattr(warm_process, "_running", [ended, other])
    monkeypatch.setattr(warm_process, "_stopped", Event())
    with pytest.raises(KeyboardInterrupt), stopping():
        raise KeyboardInterrupt
    other.join()
    assert other.exitcode == -signal.SIGKILL


def test_a_process_starts_in_the_folder_of_its_parent():
    assert run(os.getcwd) == os.getcwd()


def test_while_nbgrader_works_elsewhere_no_process_starts(tmp_path, tiny_course, empty_grade_book, monkeypatch):
    from prunelab.instructor.gradebook.journal import only_one
    from prunelab.instructor.gradebook.record import Recorder
    from prunelab.instructor.submissions.rebuild import read_release

    course = tiny_course(tmp_path / "course")
    shutil.copy(empty_grade_book, course)
    monkeypatch.setenv("PATH", os.environ["PATH"])  # the recorder adds to it
    seen, over = set(), Event()

    def watch() -> None:
        while not over.is_set():
            with WORKING_FOLDER:
                seen.add(Path.cwd())

    watcher = Thread(target=watch)
    watcher.start()
    try:
        with only_one(course):
            Recorder(course).prepare(read_release(course, LAB))
    finally:
        over.set()
        watcher.join()
    assert seen == {Path.cwd()}
