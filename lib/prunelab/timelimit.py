"""Stop a function that takes too long, on every system and inside Jupyter."""

import ctypes
import threading
from collections.abc import Callable
from time import perf_counter, process_time
from typing import TypeVar

from prunelab import LabError

Result = TypeVar("Result")
PATIENCE = 2  # how many times longer a busy machine may take for the same seconds of computing


class TimeIsUp(BaseException):
    """Raised inside a function that takes too long; no `except Exception` holds it up."""


class TookTooLong(LabError):
    """A function was stopped because its time was up."""


def within(seconds: float, function: Callable[..., Result], *args: object) -> Result:
    """Return `function(*args)`, or raise TookTooLong as soon as Python is free after so many `seconds`.

    They are seconds of computing, so that a machine with other work stops nothing in the middle, but also seconds of
    the clock, so that many cores are no disadvantage.

    A thread raises TimeIsUp in this one, again and again until it is heard. That works on every system and in Jupyter,
    also where the process ignores interrupts; a single call into a library can still take as long as it likes.
    """
    thread, over = ctypes.c_ulong(threading.get_ident()), threading.Event()
    interrupt = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def watch() -> None:
        start, computed = perf_counter(), process_time()
        while not over.wait(min(seconds / 4, 1)):
            passed = perf_counter() - start
            if min(passed, process_time() - computed) > seconds or passed > PATIENCE * seconds:
                interrupt(thread, ctypes.py_object(TimeIsUp))

    watchdog = threading.Thread(target=watch, daemon=True)
    try:
        watchdog.start()
    except RuntimeError:  # no thread is left, as where the function's author has used them up; the sandbox has a limit
        return function(*args)
    try:
        return function(*args)
    except TimeIsUp:
        raise TookTooLong(f"It took more than {seconds:g} seconds and was stopped.") from None
    finally:
        _end(watchdog, over)


def _end(watchdog: threading.Thread, over: threading.Event) -> None:
    """Wait for the watchdog's end; hear what it has raised too late.

    To take that back instead, PyThreadState_SetAsyncExc(thread, NULL), leaves Python 3.11 looking for it for ever, and
    hanging as soon as a debugger traces a function.
    """
    heard = False
    while not heard:
        try:
            over.set()
            watchdog.join()
            for _ in range(2):  # where a loop jumps back, Python raises what waits
                pass
            heard = True
        except TimeIsUp:
            continue
