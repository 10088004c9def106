"""Processes forked from a warm one, which has imported what the labs import and computes nothing."""

import multiprocessing
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Generator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Lock
from typing import Any

import psutil

from prunelab import LabError
from prunelab.instructor.sandbox import linux
from prunelab.instructor.sandbox.limits import Bounds

BACKEND = "module://matplotlib_inline.backend_inline"  # what a kernel uses; matplotlib asks when it is imported
# Of the instructor's variables the warm process gets these and no other, since every submission can read its memory.
KEPT = {"HOME", "LANG", "MPLBACKEND", "OMP_NUM_THREADS", "PATH", "PRUNELAB_DATA", "PRUNELAB_DATASET", "PYTHONPATH",
        "TMPDIR"}  # fmt: skip
PRELOADED = ("sandbox.warm", "submissions.read", "verdict.judge")
CORES = len(os.sched_getaffinity(0))
LONGEST = 53  # bytes of the path to temporary files; kernels' sockets lie 54 deeper, and Linux has room for 107
WORKDIR = "prunelab-"  # begins the names of folders for temporary files; the number of the process follows


@cache
def _warm() -> ForkServerContext:
    """Return what starts processes; raise LabError where sockets have no room."""
    if len(os.fsencode(folder := tempfile.gettempdir())) > LONGEST:
        raise LabError(f"{folder} is too long a path for the sockets of kernels; set TMPDIR to a shorter one.")
    _remove_left_over(Path(folder))
    return multiprocessing.get_context("forkserver")


def _remove_left_over(folder: Path) -> None:
    """Remove what a process that was killed could not."""
    for path in folder.glob(f"{WORKDIR}*-*"):
        with suppress(ValueError):
            if not psutil.pid_exists(int(path.name.split("-")[1], 16)):
                shutil.rmtree(path, ignore_errors=True)


def warm_up(modules: tuple[str, ...] = PRELOADED) -> None:
    """Start the warm process, unless it runs, and do not wait for its imports: some modules of `instructor`."""
    with _STARTING:
        if not _is_warm():
            _warm().set_forkserver_preload([f"prunelab.instructor.{module}" for module in modules])
            with _variables():
                forkserver.ensure_running()


def _is_warm() -> bool:
    pid = forkserver._forkserver._forkserver_pid  # pyrefly: ignore[missing-attribute]
    return pid is not None and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


@contextmanager
def _variables() -> Generator[None]:
    """Let this process have those of the warm process for a moment: a program that it starts takes them over."""
    every = dict(os.environ)
    os.environ.clear()
    os.environ.update({"OMP_NUM_THREADS": "1"} | {name: every[name] for name in KEPT & every.keys()})
    os.environ["MPLBACKEND"] = BACKEND
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(every)


_running, _stopped = set(), Event()
KILLED = "the process that ran it was killed"
LONG, LARGE = "it took too long", "it took too much memory"
_STARTING = Lock()
WORKING_FOLDER = Lock()  # held while nbgrader changes this process's, which a new process takes over


class Killed(Exception):
    """A process that was killed before it answered."""


class TooMuch(Exception):
    """A process that broke its bounds."""


@contextmanager
def stopping() -> Generator[None]:
    """If this ends by an exception, an interrupt say, kill what still runs: nobody waits for it any more."""
    _stopped.clear()
    try:
        yield
    except BaseException:
        _stopped.set()
        for process in list(_running):
            with suppress(ValueError):  # it has just ended
                process.kill()
        raise


@contextmanager
def threads(count: int) -> Generator[Executor]:
    """Yield so many threads; if this ends by an exception, what waits is cancelled and what runs is killed."""
    with ThreadPoolExecutor(count) as executor, stopping():
        try:
            yield executor
        finally:
            executor.shutdown(wait=False, cancel_futures=True)


def run(function: Callable, *args: Any, bounds: Bounds | None = None) -> Any:
    """Return what the function returns in a new process, or in a second one if the first is killed.

    Raise RuntimeError with what the function raised, TooMuch where it broke its bounds, or Killed.
    """
    try:
        return _run(function, args, bounds)
    except Killed:
        return _run(function, args, bounds)


def _run(function: Callable, args: tuple, bounds: Bounds | None) -> Any:
    multiprocessing.current_process().daemon = False  # a Dask worker may have children, too
    warm_up()
    with TemporaryDirectory(prefix=f"{WORKDIR}{os.getpid():x}-", ignore_cleanup_errors=True) as workdir:
        ours, theirs = _warm().Pipe(duplex=False)
        process = _warm().Process(target=_answer, args=(theirs, workdir, function, args, bounds))
        with ours:
            _start(process, theirs)
            error, result = _wait(process, ours)
    process.close()
    if error:
        raise error
    return result


def _start(process: BaseProcess, theirs: Connection) -> None:
    try:
        with theirs, WORKING_FOLDER:
            process.start()
    except (ConnectionError, EOFError) as error:  # it ended before it had read what to do
        raise Killed(KILLED) from error


def _wait(process: BaseProcess, ours: Connection) -> tuple[Exception | None, Any]:
    """Return what a process answers: an error, or None and a result."""
    _running.add(process)
    try:
        if _stopped.is_set():
            process.kill()
        return ours.recv()
    except EOFError:
        process.join()
        return TooMuch(LONG) if process.exitcode == -signal.SIGXCPU else Killed(KILLED), None
    except BaseException:
        process.kill()
        raise
    finally:
        process.join()
        _running.discard(process)


def _answer(pipe: Connection, workdir: str, function: Callable, args: tuple, bounds: Bounds | None) -> None:
    linux.die_with_parent()
    os.setsid()  # a terminal's Ctrl-C is for who started this
    tempfile.tempdir = workdir  # what is left there when this process is killed is removed by its parent
    if bounds:
        bounds.impose()
    try:
        pipe.send((None, function(*args)))
    except MemoryError:
        pipe.send((TooMuch(LARGE), None))
    except Exception as error:
        pipe.send((RuntimeError(f"{type(error).__name__}: {error}"), None))
