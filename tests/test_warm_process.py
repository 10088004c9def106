"""New processes: one that ends too early is told apart, and none starts in a folder that nbgrader is about to leave."""

import os
from pathlib import Path
from threading import Event, Thread

import pytest

from prunelab.course.build import build
from prunelab.grading.journal import only_one
from prunelab.grading.rebuild import read_release
from prunelab.grading.record import Recorder
from prunelab.grading.warm_process import WORKING_FOLDER, Killed, run

LAB = "01_tiny"
pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.usefixtures("needs_isolation")]


class Ends:
    """What ends the process that reads it."""

    def __reduce__(self) -> tuple:
        return os._exit, (1,)


def test_a_process_that_ends_while_it_reads_what_to_do():
    with pytest.raises(Killed):
        run(print, Ends(), bytes(1 << 22))


def test_a_process_starts_in_the_folder_of_its_parent():
    assert run(os.getcwd) == os.getcwd()


def test_while_nbgrader_works_elsewhere_no_process_starts(tiny, monkeypatch):
    list(build(tiny))
    monkeypatch.setenv("PATH", os.environ["PATH"])  # the recorder adds to it
    seen, over = set(), Event()

    def watch() -> None:
        while not over.is_set():
            with WORKING_FOLDER:
                seen.add(Path.cwd())

    watcher = Thread(target=watch)
    watcher.start()
    try:
        with only_one(tiny):
            Recorder(tiny).prepare(read_release(tiny, LAB))
    finally:
        over.set()
        watcher.join()
    assert seen == {Path.cwd()}
