"""Processes forked from a warm one, which has imported what the labs import and computes nothing."""

import multiprocessing
import os
from collections.abc import Callable
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from typing import Any

from prunelab.grading import linux
from prunelab.grading.kernel import BACKEND


@cache
def _warm() -> ForkServerContext:
    os.environ |= {"MPLBACKEND": BACKEND, "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")}
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["prunelab.grading.warm"])
    return context


def run(function: Callable, *args: Any) -> Any:
    """Return what the function returns in a new process; raise what it raises, or RuntimeError if the process died."""
    multiprocessing.current_process()._config["daemon"] = False  # a Dask worker may have children, too
    ours, theirs = _warm().Pipe(duplex=False)
    process = _warm().Process(target=_answer, args=(theirs, function, args))
    process.start()
    theirs.close()
    try:
        error, result = ours.recv()
    except EOFError:
        error, result = RuntimeError("the process that ran the submission was killed"), None
    process.join()
    process.close()
    ours.close()
    if error:
        raise error
    return result


def _answer(pipe: Connection, function: Callable, args: tuple) -> None:
    linux.die_with_parent()
    try:
        pipe.send((None, function(*args)))
    except Exception as error:
        pipe.send((RuntimeError(f"{type(error).__name__}: {error}"), None))
