"""The few calls of Linux that a sandbox needs and Python lacks: namespaces, mounts, capabilities, Landlock, memory.

Each raises OSError that names the call and the reason. Numbers are those of the kernel's headers; see the manual's
pages `unshare`, `mount_setattr`, `pivot_root`, `keyctl` (section 2), `mallopt` (section 3) and `landlock` (section 7).
"""

import ctypes
import os
import struct
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
MOUNT_NS, UTS_NS, IPC_NS, USER_NS, PID_NS, NETWORK_NS = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 1 << 30
BIND, RECURSIVE, PRIVATE = 0x1000, 0x4000, 0x40000
MOUNT_SETATTR, READ_ONLY_NO_SUID, BELOW, HERE = 442, 3, 0x8000, -100
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}  # by machine; the other numbers are the same on all
DETACH = 2
MMAP_THRESHOLD, TRIM_THRESHOLD, TOP_PAD = -3, -1, -2
PARENT_DEATH_SIGNAL, NO_NEW_PRIVILEGES = 1, 38
KEYCTL, JOIN_SESSION_KEYRING = {"x86_64": 250, "aarch64": 219}, 1
IO_URING_SETUP = 425
CAPABILITIES = struct.pack("Ii", 0x20080522, 0)
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
EXECUTE, WRITE_FILE, READ_FILE, READ_FOLDER, MAKE_SOCKET = 1, 2, 4, 8, 1 << 9
READ = EXECUTE | READ_FILE | READ_FOLDER
EVERYTHING = (1 << 13) - 1  # all that the first version of Landlock knows
FOR_FILES = EXECUTE | WRITE_FILE | READ_FILE


def _checked(what: str, result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare() -> None:
    """Leave the parent's namespaces; the next child is the first process of new ones."""
    flags = MOUNT_NS | UTS_NS | IPC_NS | USER_NS | PID_NS | NETWORK_NS
    _checked("unshare", LIBC.unshare(flags))


def mount(source: str | Path, target: Path, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount a file system of a kind, or with BIND the folder or file `source`, at `target`."""
    words = [str(word).encode() for word in (source, target, kind)]
    _checked(f"mount {target}", LIBC.mount(*words, ctypes.c_ulong(flags), options.encode()))


def make_read_only(target: Path) -> None:
    """Nothing below the mount `target` can be written any more, and no program there gives rights."""
    attributes = struct.pack("QQQQ", READ_ONLY_NO_SUID, 0, 0, 0)
    result = LIBC.syscall(MOUNT_SETATTR, HERE, str(target).encode(), BELOW, attributes, len(attributes))
    _checked(f"mount_setattr {target}", result)


def change_root(new: Path) -> None:
    """Make the mount `new` the root of the file system, and let go of the old one."""
    os.chdir(new)
    _checked("pivot_root", LIBC.syscall(PIVOT_ROOT[os.uname().machine], b".", b"."))
    _checked("umount", LIBC.umount2(b".", DETACH))
    os.chdir("/")


def die_with_parent() -> None:
    """Have this process killed when the one that started it ends."""
    _checked("prctl", LIBC.prctl(PARENT_DEATH_SIGNAL, 9, 0, 0, 0))


def keep_memory() -> None:
    """Have this process and its forks keep up to half a gigabyte of the memory that they free.

    Else each large tensor is given back to the system, and its successor comes page by page, which takes long.
    """
    for setting, size in ((MMAP_THRESHOLD, 64 << 20), (TRIM_THRESHOLD, 512 << 20), (TOP_PAD, 64 << 20)):
        LIBC.mallopt(setting, size)


def drop_capabilities() -> None:
    """Give up every privilege inside of the namespaces, too."""
    _checked("capset", LIBC.capset(CAPABILITIES, bytes(24)))


def leave_keys() -> None:
    """Change to an empty session keyring, since that of the parent may hold secrets, where the system lets us."""
    LIBC.syscall(KEYCTL[os.uname().machine], JOIN_SESSION_KEYRING, None)


def restrict(allowed: dict[Path, int]) -> None:
    """Leave this process and its children only the rights that `allowed` lists for a path and all below it."""
    _checked("prctl", LIBC.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    rules = _checked("landlock", LIBC.syscall(LANDLOCK_CREATE, struct.pack("Q", EVERYTHING), 8, 0))
    for path, rights in allowed.items():
        handle = os.open(path, os.O_PATH)
        rule = struct.pack("=Qi", rights if path.is_dir() else rights & FOR_FILES, handle)
        _checked(f"landlock {path}", LIBC.syscall(LANDLOCK_ADD, rules, 1, rule, 0))
        os.close(handle)
    _checked("landlock", LIBC.syscall(LANDLOCK_RESTRICT, rules, 0))
    os.close(rules)
