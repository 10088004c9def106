"""Stop a function that takes too long, on every system and inside Jupyter."""

import ctypes
import threading
from _thread import start_new_thread
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter, process_time
from typing import TypeVar

from prunelab import LabError

Result = TypeVar("Result")
SILENCE = 5  # seconds after which nobody waits for a watchdog's last word
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
    thread, interrupt = ctypes.c_ulong(threading.get_ident()), ctypes.pythonapi.PyThreadState_SetAsyncExc
    over, quiet, ended = threading.Lock(), threading.Lock(), []  # both locks are held until somebody says so
    over.acquire()
    quiet.acquire()

    def watch() -> None:
        start, computed = perf_counter(), process_time()
        while not over.acquire(timeout=min(seconds / 4, 1)):
            passed = perf_counter() - start
            if min(passed, process_time() - computed) > seconds or passed > PATIENCE * seconds:
                interrupt(thread, ctypes.py_object(TimeIsUp))
        ended.append(True)
        quiet.release()

    try:
        try:
            start_new_thread(watch, ())
        except RuntimeError:  # no thread is left, as where the function's author has used them up
            ended.append(True)
        return function(*args)
    except TimeIsUp:
        raise TookTooLong(f"It took more than {seconds:g} seconds and was stopped.") from None
    finally:
        _end(over, quiet, ended)


def _end(over: threading.Lock, quiet: threading.Lock, ended: list[bool]) -> None:
    """Let the watchdog end, and hear what it, or that of a call around this one, has raised too late.

    TimeIsUp may come between any two steps here. Each can be done again, and none holds a lock that the watchdog needs:
    those of Event and Thread do, and are held for ever if TimeIsUp comes just after they were taken. A watchdog that
    was never there says nothing: a call around this one may hit it at its start, when CPython takes it for its parent.

    To take back what was raised, PyThreadState_SetAsyncExc(thread, NULL), leaves Python 3.11 looking for it for ever,
    and hanging as soon as a debugger traces a function.
    """
    latest = perf_counter() + SILENCE
    heard = False
    while not heard:
        try:
            while not ended and perf_counter() < latest:
                with suppress(RuntimeError):  # it is released already
                    over.release()
                quiet.acquire(timeout=0.1)
            for _ in range(2):  # where a loop jumps back, Python raises what waits
                pass
            heard = True
        except TimeIsUp:
            continue
