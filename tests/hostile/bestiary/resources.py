"""Bombs and floods: processes, memory, disk, time."""

from functools import partial

from bestiary import INSIDE, Desk, case, honest

slow = partial(case, earns="double rectify", flags="time")


@honest(tier="middle")
def fork_bomb(desk: Desk) -> None:
    desk.add(
        INSIDE
        + """
import os, time
def bomb(depth=0):
    while True:
        try:
            if os.fork() == 0:
                continue
        except OSError:
            time.sleep(0.05)
        if time.monotonic() > end:
            os._exit(0)
end = time.monotonic() + 2
child = os.fork()
if child == 0:
    bomb()
os.waitpid(child, 0)"""
    )


@honest()
def thread_bomb(desk: Desk) -> None:
    desk.add(
        INSIDE + "import threading, time\n"
        "while True:\n    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    )


@case(earns="double half rectify", flags="memory", tier="middle")
def memory_of_python(desk: Desk) -> None:
    """MemoryError ends the cell, and the kernel goes on."""
    desk.add("hoard = []\nwhile True:\n    hoard.append(bytearray(1 << 26))")
    desk.add("del hoard")


@case(earns="double", flags="memory", tier="middle")
def memory_of_many_processes(desk: Desk) -> None:
    """Each stays below the limit, all together do not; the kernel is ended."""
    desk.add(
        INSIDE
        + """
import signal
for _ in range(20):
    if os.fork() == 0:
        hoard = b"1" * (100 << 20)
        signal.pause()
signal.pause()""",
        before="half",
    )


@honest()
def many_processes_that_end(desk: Desk) -> None:
    """All together stay below the limit."""
    desk.add(
        INSIDE
        + """
children = []
for _ in range(20):
    children.append(os.fork())
    if children[-1] == 0:
        hoard = b"1" * (20 << 20)
        os._exit(0)
for child in children:
    os.waitpid(child, 0)"""
    )


@honest(tier="middle")
def full_disk(desk: Desk) -> None:
    """Its folders lie in memory, of limited size."""
    desk.add(
        INSIDE
        + """
for place in ("/home/student", "/tmp", "/dev/shm"):
    try:
        for number in range(100):
            with open(f"{place}/{number}", "wb") as file:
                for _ in range(64):
                    file.write(bytes(1 << 22))
    except OSError as error:
        print(error)"""
    )


@slow(tier="middle")
def endless_loop(desk: Desk) -> None:
    desk.answer(half="def half(x):\n    while True:\n        pass")


@case(earns="double", flags="time")
def loop_that_hears_no_interrupt(desk: Desk) -> None:
    """The kernel must be ended, and all that comes after is lost."""
    desk.add(
        """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except BaseException:
        pass""",
        before="half",
    )


@case(earns="double rectify", flags="time unseen")
def endless_for_unknown_inputs(desk: Desk) -> None:
    """The check passes and the probe never ends."""
    desk.answer(half="def half(x):\n    while x not in (1.0, -4.0):\n        pass\n    return x / 2")


@honest(flags="time")
def cell_of_its_own_that_never_ends(desk: Desk) -> None:
    desk.add("import time\nwhile True:\n    time.sleep(1)")


@honest()
def recursion(desk: Desk) -> None:
    desk.add("def deeper(x):\n    return deeper(x) + 1\ndeeper(1)")
