"""A child process without the instructor's files, network and processes.

It sees the system's libraries, this Python with its packages, the course's data, and a working folder of its own in
memory, of limited size. All else is not forbidden but absent. Three ways lead there: `namespaces` (with Landlock on
top), which keeps what the parent has imported; `bubblewrap`, a fresh Python; and `none`, when the instructor insists.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from prunelab.files import DATA
from prunelab.instructor.sandbox import linux

SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime",
          "/etc/passwd")  # fmt: skip
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
HOME = Path("/home/student")  # the working folder of every submission
SCRATCH = {HOME: 1 << 29, Path("/tmp"): 1 << 29, Path("/dev/shm"): 1 << 28}  # bytes
NOBODY = 65534
OWNER = f"uid={NOBODY},gid={NOBODY}"
Main = Callable[[], None]


@dataclass
class Child:
    """A process in a sandbox: `pid` gets signals, `supervisor` is waited for."""

    pid: int
    supervisor: int
    returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status, None while it runs."""
        if self.returncode is None:
            ended, status = os.waitpid(self.supervisor, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if ended else None
        return self.returncode

    def wait(self) -> int:
        """Return the exit status as soon as there is one."""
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.supervisor, 0)[1])
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal unless the process has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it may end before its supervisor
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it with all its children."""
        self.send_signal(signal.SIGKILL)


def readable() -> list[Path]:
    """What a sandbox may read of this machine; none of the paths lies below another."""
    packages = [Path(path) for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    wanted = [*map(Path, SYSTEM), Path(sys.base_prefix), Path(sys.prefix), *packages, Path(__file__).parents[2], DATA]
    there = {path for path in wanted if path.exists()}
    return sorted(path for path in there if not there & set(path.parents))


def plain(main: Main) -> Child:
    """Run `main` in a child that is not isolated at all."""
    pid = os.fork()
    if pid == 0:
        _run(main, None)
    return Child(pid, pid)


def namespaces(main: Main, workdir: Path) -> Child:
    """Run `main` in namespaces of its own, restricted by Landlock; raise OSError where the machine does not allow it.

    The supervisor stands between this process and the child, ends as the child does, and each dies with its parent.
    """
    (workdir / "root").mkdir()
    ours, theirs = socket.socketpair()
    supervisor = os.fork()
    if supervisor == 0:
        _run(lambda: _keep(main, workdir, theirs), theirs)
    theirs.close()
    with ours, ours.makefile("rw") as line:
        said = line.readline()
        if said == "unshared\n":
            _map_user(supervisor)
            print("mapped", file=line, flush=True)
            said = line.read()
    if said.strip().isdecimal():
        return Child(int(said), supervisor)
    os.waitpid(supervisor, 0)
    raise OSError(said.strip().lstrip("0123456789") or "the sandbox ended while it was set up")


def _run(main: Main, report: socket.socket | None) -> None:
    """Run `main` as all that this process ever does; tell the parent if it raises."""
    status = 1
    try:
        linux.die_with_parent()
        main()
        status = 0
    except BaseException as error:
        if report and report.fileno() >= 0:
            report.sendall(f"{error!r}\n".encode())
    finally:
        os._exit(status)


def _map_user(supervisor: int) -> None:
    """Let this user be nobody inside; root, whom no limit of processes binds, becomes the real nobody."""
    root = os.geteuid() == 0
    Path(f"/proc/{supervisor}/setgroups").write_text("deny")
    for kind, own in (("uid", os.geteuid()), ("gid", os.getegid())):
        lines = f"0 0 1\n{NOBODY} {NOBODY} 1" if root else f"{NOBODY} {own} 1"
        Path(f"/proc/{supervisor}/{kind}_map").write_text(lines)


def _keep(main: Main, workdir: Path, report: socket.socket) -> None:
    linux.unshare()
    report.sendall(b"unshared\n")
    report.recv(16)
    child = os.fork()
    if child == 0:
        _run(lambda: _enter(main, workdir, report), report)
    report.sendall(str(child).encode())
    os.closerange(0, 1 << 16)
    os._exit(max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0))


def _enter(main: Main, workdir: Path, report: socket.socket) -> None:
    _build_root(workdir)
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    linux.drop_capabilities()
    linux.die_with_parent()  # forgotten with the change of user
    rights = dict.fromkeys([*readable(), Path("/proc"), workdir], linux.READ)
    rights |= dict.fromkeys(map(Path, DEVICES), linux.FOR_FILES) | dict.fromkeys(SCRATCH, linux.EVERYTHING)
    linux.restrict(rights | {workdir / "sockets": linux.READ | linux.MAKE_SOCKET})
    report.close()
    main()


def _build_root(workdir: Path) -> None:
    """Put together a file system in memory, of bind mounts that cannot be written, and move into it."""
    root = workdir / "root"
    linux.mount("none", Path("/"), flags=linux.RECURSIVE | linux.PRIVATE)
    linux.mount("tmpfs", root, "tmpfs", options="size=1m,mode=755")
    for path, size in SCRATCH.items():
        linux.mount("tmpfs", _place(root, path), "tmpfs", options=f"size={size},mode=1777,{OWNER}")
    for path in [*readable(), *map(Path, DEVICES), workdir / "files", workdir / "sockets"]:
        linux.mount(path, target := _place(root, path), flags=linux.BIND | linux.RECURSIVE)
        if path.name != "sockets" and str(path) not in DEVICES:
            linux.make_read_only(target)
    linux.mount("proc", _place(root, Path("/proc")), "proc")
    linux.change_root(root)


def _place(root: Path, path: Path) -> Path:
    """Make an empty folder or file in the new root to mount something on."""
    target = root / path.relative_to("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() or path in SCRATCH:
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    return target


def bubblewrap(main: str, workdir: Path, environment: dict[str, str]) -> Child:
    """Run the Python code `main` in bubblewrap, in a fresh Python; raise OSError where there is none."""
    binds = [option for path in [*readable(), workdir / "files"] for option in ("--ro-bind", path, path)]
    scratch = [option for path, size in SCRATCH.items() for option in ("--size", size, "--tmpfs", path)]
    settings = [option for item in environment.items() for option in ("--setenv", *item)]
    reading, writing = os.pipe()
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--as-pid-1", "--clearenv", *settings,
               "--info-fd", writing, "--proc", "/proc", "--dev", "/dev", *scratch, *binds,
               "--bind", workdir / "sockets", workdir / "sockets", sys.executable, "-c", main]  # fmt: skip
    supervisor = subprocess.Popen(list(map(str, command)), pass_fds=[writing], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    os.close(writing)
    with os.fdopen(reading) as pipe:
        status = pipe.read()
    if not status:
        raise OSError("bubblewrap could not start")
    return Child(json.loads(status)["child-pid"], supervisor.pid)
