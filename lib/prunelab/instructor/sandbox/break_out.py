"""What a notebook can reach that it must not: run inside of a sandbox, by `isolation`, before it is trusted."""

import ctypes
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

from prunelab.instructor.sandbox.linux import IO_URING_SETUP, KEYCTL, LIBC, USER_NS

SESSION_KEYRING, DESCRIBE = -3, 6


def reached(paths: list[str], port: int, variables: list[str]) -> Iterator[str]:
    """Yield what can be reached of files and folders, a port of this machine and the grader's variables, and more."""
    for path in map(Path, paths):
        if _works(lambda path=path: list(path.iterdir()) if path.is_dir() else path.read_bytes()):
            yield f"read {path}"
        if _works(lambda path=path: ((path / "x").open("xb") if path.is_dir() else path.open("r+b")).close()):
            yield f"write {path}"
    if _works(lambda: socket.create_connection(("127.0.0.1", port), 1)):
        yield "the network"
    if len([name for name in os.listdir("/proc") if name.isdecimal()]) > 1:
        yield "other processes"
    inherited = _inherited()
    yield from (f"the variable {name}" for name in variables if f"\0{name}=".encode() in inherited)
    yield from _calls()


def _works(action: Callable) -> bool:
    try:
        action()
    except OSError:
        return False
    return True


def _inherited() -> bytes:
    """The variables that this program began with: they stay at the end of the stack of whatever was forked from it."""
    start = ctypes.c_void_p.in_dll(LIBC, "program_invocation_name").value or 0
    stack = next(line for line in Path("/proc/self/maps").read_text().splitlines() if "[stack]" in line)
    return ctypes.string_at(start, int(stack.split()[0].split("-")[1], 16) - start)


def _calls() -> Iterator[str]:
    if _works(lambda: os.close(os.memfd_create("x"))):
        yield "memory that nobody counts"
    if LIBC.syscall(KEYCTL[os.uname().machine], DESCRIBE, SESSION_KEYRING, None, 0) > 0:
        yield "the keys of the session"
    if LIBC.syscall(IO_URING_SETUP, 8, bytes(256)) > 0:
        yield "calls past the filter"
    if LIBC.unshare(USER_NS) == 0:
        yield "namespaces of its own"


def unreadable(data: Path) -> list[str]:
    """Return what lies in the course's data and cannot be read."""
    return [str(path) for path in (data, *data.rglob("*")) if not os.access(path, os.R_OK)]
