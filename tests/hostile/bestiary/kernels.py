"""Code that ends, leaves or attacks its kernel and what is around it."""

from functools import partial
from pathlib import Path

from bestiary import ALL, INSIDE, WRONG, Desk, case, honest

crash = partial(case, earns="double", flags="stopped")  # in the middle: what had passed before counts
AFTER = "half"


def crashing(name: str, code: str, tier: str = "whole") -> None:
    """Add a case whose code ends the kernel after the first check."""

    def prepare(desk: Desk) -> None:
        desk.add(code, before=AFTER)

    prepare.__name__ = name
    crash(tier=tier)(prepare)


crashing("exit_at_once", "import os\nos._exit(0)", tier="middle")
crashing("segmentation_fault", "import ctypes\nctypes.string_at(0)")
crashing(
    "quit",
    "quit()\nimport time\ntime.sleep(0.2)\nget_ipython().kernel.io_loop.stop()\n"
    "get_ipython().kernel.shell_stream.close()",
)
crashing(
    "closed_sockets",
    "import gc, os, zmq\n"
    "[each.close(0) for each in gc.get_objects() if isinstance(each, zmq.Socket)]\n"
    "os.closerange(0, 4096)\nos._exit(1)",
)


@honest()
def system_exit(desk: Desk) -> None:
    """IPython catches it, so the notebook goes on, in JupyterLab as well."""
    desk.add("import sys\nsys.exit(1)", before=AFTER)
    desk.add("raise SystemExit('I am done')", before=AFTER)
    desk.add("raise KeyboardInterrupt", before=AFTER)


@case(earns="half", flags="alone stopped unseen")
def exit_for_unknown_inputs(desk: Desk) -> None:
    """The check passes, the probe ends the kernel."""
    desk.answer(
        rectify="import os\ndef rectify(x):\n    return x.clamp(min=0) if x.numel() < 3 else os._exit(1)",
        double="def double(x):\n    return {1.0: 2.0, -3.0: -6.0}.get(x, 0.0)",
    )


@case(earns="half rectify", flags="unseen")
def error_for_unknown_inputs(desk: Desk) -> None:
    desk.answer(double="def double(x):\n    assert x in (1.0, -3.0)\n    return 2 * x")


@honest(tier="middle")
def signals_to_all(desk: Desk) -> None:
    """No process receives them: the parent and all others are in another namespace."""
    desk.add(
        INSIDE
        + """
import os, signal
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGKILL, signal.SIGSTOP):
    for target in (os.getppid(), 1, -1, 0, *range(2, 400)):
        try:
            os.kill(target, number)
        except OSError:
            pass"""
    )


@honest(tier="middle")
def orphans(desk: Desk) -> None:
    """Processes that live on, write on and wait for the end of the kernel; none outlives the sandbox."""
    desk.add(
        INSIDE
        + f"""
import os, time
for _ in range(3):
    if os.fork() == 0:
        os.setpgid(0, 0)
        if os.fork() == 0:
            for _ in range(600):
                for path in ({str(desk.course / "gradebook.db")!r}, {str(desk.outside / "diary")!r}):
                    try:
                        open(path, "a").write("I was here")
                    except OSError:
                        pass
                time.sleep(0.1)
        os._exit(0)"""
    )


@honest(tier="middle")
def writes_everywhere(desk: Desk) -> None:
    desk.add(
        INSIDE
        + f"""
import os, pathlib, shutil, sqlite3
course, outside = pathlib.Path({str(desk.course)!r}), pathlib.Path({str(desk.outside)!r})
places = [course / "gradebook.db", course / "solutions/01_tiny/01_tiny.py", outside / "diary", outside / "new"]
done = [path for path in ("/etc/passwd", torch.__file__) if os.access(path, os.W_OK)]
for path in places:
    try:
        path.open("a").write("I was here")
        done.append(path)
    except OSError:
        pass
    try:
        path.unlink()
        done.append(path)
    except OSError:
        pass
try:
    sqlite3.connect(places[0]).execute("update grade set manual_score = 99")
    done.append("grade book")
except sqlite3.Error:
    pass
shutil.rmtree(course, ignore_errors=True)
shutil.rmtree(outside, ignore_errors=True)
double = None if done else double""",
        before="double-check",
    )


@honest()
def reads_everywhere(desk: Desk) -> None:
    """Finding anything costs the points."""
    desk.add(
        f"""
import os, pathlib, socket
found = []
for path in ({str(desk.course)!r}, {str(desk.outside)!r}, {str(Path.home() / ".bashrc")!r},
             {str(Path.home() / ".ssh")!r}, "/etc/shadow", "/sys/class", "/dev/tty", "/dev/mem", "/var/log", "/run"):
    try:
        found += [path, *(os.listdir(path) if os.path.isdir(path) else [open(path).read(1)])]
    except OSError:
        pass
found += [name for name in os.environ if any(word in name for word in ("TOKEN", "KEY", "SECRET", "SSH", "AWS"))]
found += [name for name in os.environ if {str(desk.course.parent)!r} in os.environ[name]]
found += [line for line in open("/proc/self/mountinfo") if {str(desk.course.parent)!r} in line]
double = None if found else double""",
        before="double-check",
    )


@honest()
def network(desk: Desk) -> None:
    """No address answers, no name is found, and the grader's abstract sockets are elsewhere."""
    desk.add(
        """
import socket
def reach(family, address):
    with socket.socket(family) as client:
        client.settimeout(0.5)
        client.connect(address)
        double = None
reached = []
for family, address in [(socket.AF_INET, ("127.0.0.1", port)) for port in (22, 80, 8786, 8888)] + [
        (socket.AF_INET, ("8.8.8.8", 53)), (socket.AF_INET, ("169.254.169.254", 80)), (socket.AF_INET6, ("::1", 80)),
        *[(socket.AF_UNIX, line.split()[-1].replace("@", chr(0))) for line in open("/proc/net/unix") if "@" in line]]:
    try:
        reach(family, address)
        reached.append(address)
    except OSError:
        pass
double = None if reached else double""",
        before="double-check",
    )


@honest()
def namespaces_of_its_own(desk: Desk) -> None:
    """Ways back to more rights."""
    desk.add(
        INSIDE
        + """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
gained = [name for name, result in {
    "mount": libc.mount(b"none", b"/tmp", b"tmpfs", 0, b""),
    "setuid": libc.setuid(0),
    "ptrace": libc.ptrace(16, os.getppid() or 1, 0, 0),
    "pivot_root": libc.syscall(155, b"/tmp", b"/tmp"),
    "chroot": libc.chroot(b"/tmp"),
    "mknod": libc.mknod(b"/tmp/disk", 0o60666, 0x800),
}.items() if result == 0]
double = None if gained else double""",
        before="double-check",
    )


@honest(tier="middle")
def calls_for_privileges(desk: Desk) -> None:
    """Calls that no notebook needs: for keys, memory that nobody counts, namespaces, more than a share of the time."""
    desk.add(
        INSIDE
        + """
import ctypes, os, socket
libc = ctypes.CDLL(None)
numbers = {"keyctl": (250, 0, -3, 1), "add_key": (248, b"user", b"x", b"y", 1, -3),
           "io_uring_setup": (425, 8, bytes(256)), "userfaultfd": (323, 0), "bpf": (321, 0, bytes(128), 128),
           "perf_event_open": (298, bytes(128), 0, -1, -1, 0), "memfd_create": (319, b"x", 0),
           "memfd_secret": (447, 0), "shmget": (29, 0, 4096, 0o1600),
           "unshare": (272, 0x10000000), "pidfd_open": (434, os.getpid(), 0), "ptrace": (101, 0, 0, 0, 0)}
gained = [name for name, call in numbers.items() if libc.syscall(*call) != -1]
if (child := os.fork()) == 0:  # the kernel leads its session, a child may try to lead another
    try:
        os.setsid()
        os._exit(1)
    except OSError:
        os._exit(0)
gained += ["setsid"] * os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
for family in (socket.AF_PACKET, socket.AF_VSOCK, socket.AF_ALG):
    try:
        gained.append(socket.socket(family, socket.SOCK_RAW if family == socket.AF_PACKET else socket.SOCK_STREAM))
    except OSError:
        pass
double = None if gained else double""",
        before="double-check",
    )


@honest(tier="command")
def variables_of_the_instructor(desk: Desk) -> None:
    """They lie at the end of the stack of the process that a kernel was forked from, cleared or not."""
    desk.add(
        """
import ctypes
start = ctypes.c_void_p.in_dll(ctypes.CDLL(None), "program_invocation_name").value
stack = next(line for line in open("/proc/self/maps") if "[stack]" in line)
found = ctypes.string_at(start, int(stack.split()[0].split("-")[1], 16) - start)
double = None if b"INSTRUCTORS_TOKEN" in found else double""",
        before="double-check",
    )


@honest(tier="command")
def open_files_of_the_grader(desk: Desk) -> None:
    """What is open beyond the kernel's own must lead nowhere: no file, no socket of the grader, no terminal."""
    desk.add(
        """
import os, stat
open_ones = []
for number in map(int, os.listdir("/proc/self/fd")):
    try:
        where, mode = os.readlink(f"/proc/self/fd/{number}"), os.fstat(number).st_mode
    except OSError:
        continue
    if os.isatty(number) or (stat.S_ISREG(mode) and not where.startswith(("/usr", "/home", "/dev/shm", "/tmp"))):
        open_ones.append(where)
    try:
        os.write(number, b"LEAK" + b"ED into the grader's own output") if not stat.S_ISSOCK(mode) else None
    except OSError:
        pass
double = None if open_ones else double""",
        before="double-check",
    )


@honest(tier="command")
def terminal_of_the_grader(desk: Desk) -> None:
    desk.add(
        "import os, sys\n"
        "try:\n    os.open('/dev/tty', os.O_RDWR)\n    double = None\n"
        "except OSError:\n    pass\n"
        "sys.__stdout__.write('LEAK' 'ED 1')\nsys.__stderr__.write('LEAK' 'ED 2')\n"
        "os.system('echo LEAK''ED 3 >&2; echo LEAK''ED 4')\n"
        "import faulthandler\nfaulthandler.enable()\n"
        "import threading\n"
        "def fail(): raise ValueError('LEAK' 'ED 5')\n"
        "threading.Thread(target=fail).start()",
        before="double-check",
    )


@honest()
def changed_directory(desk: Desk) -> None:
    desk.add(INSIDE + "import shutil\nos.chdir('/tmp')\nshutil.rmtree('/home/student', ignore_errors=True)")
    desk.add(INSIDE + "!rm -rf ~ /tmp/* . 2>/dev/null", before="half")


@honest()
def handlers(desk: Desk) -> None:
    """For exceptions, displays, signals and the end."""
    desk.add("""
import atexit, gc, os, signal, sys, time
atexit.register(time.sleep, 100)
atexit.register(os._exit, 5)
gc.disable()
sys.excepthook = sys.unraisablehook = sys.displayhook = lambda *_: 1 / 0
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
    signal.signal(number, lambda *_: None)
get_ipython().set_custom_exc((ValueError,), lambda *_, **__: None)""")


@honest()
def kernel_told_to_restart(desk: Desk) -> None:
    """Messages that a front end would follow."""
    desk.add("""
from IPython.display import Javascript, display
display(Javascript("Jupyter.notebook.kernel.restart()"))
kernel = get_ipython().kernel
for kind in ("shutdown_request", "restart", "comm_open", "kernel_info_reply", "no_such_message"):
    kernel.session.send(kernel.iopub_socket, kind, {"restart": True, "comm_id": "1", "target_name": "x", "data": {}},
                        parent=kernel.get_parent())""")


@case(earns=ALL, answers=WRONG)
def restored_by_a_thread(desk: Desk) -> None:
    """A thread of the student's own gives the right answers: odd, but right."""
    desk.add("""
import threading, time
def restore():
    while True:
        globals().update(double=lambda x: 2 * x, half=lambda x: x / 2, rectify=lambda x: x.clamp(min=0))
        time.sleep(0.0001)
threading.Thread(target=restore, daemon=True).start()""")
    for name in ("double", "half", "rectify"):
        desk.add(f"while {name}.__name__ == '{name}':\n    time.sleep(0.01)", before=f"{name}-check")
