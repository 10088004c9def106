"""Grade a course on two Dask workers, each in a network namespace of its own; kill one when half is done.

The other half waits, as `WAIT` in test_grade.py says, until one worker is dead.

Run inside a user namespace: `unshare --user --map-root-user --net python two_workers.py COURSE LAB`. Each worker
reaches the scheduler over a cable of its own (a veth pair), and nothing else.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from dask.distributed import Client
from pyroute2 import IPRoute

from prunelab.files import DATA

PORT = 8786
READY = "the cable is there"


def cable(number: int, pid: int) -> None:
    """Create a veth pair to the network namespace of a process: 10.0.N.1 to 10.0.N.2."""
    with IPRoute() as here:
        peer = {"ifname": "eth0", "net_ns_pid": pid}
        here.link("add", ifname=f"worker{number}", kind="veth", peer=peer)
        index = here.link_lookup(ifname=f"worker{number}")[0]
        here.addr("add", index=index, address=f"10.0.{number}.1", prefixlen=24)
        here.link("set", index=index, state="up")


def plug_in(number: int) -> None:
    """Configure the other end of the veth pair in the worker's namespace."""
    with IPRoute() as here:
        for name in ("lo", "eth0"):
            index = here.link_lookup(ifname=name)[0]
            if name == "eth0":
                here.addr("add", index=index, address=f"10.0.{number}.2", prefixlen=24)
            here.link("set", index=index, state="up")


def worker(number: int) -> None:
    """Run a worker once the veth pair exists."""
    sys.stdin.readline()
    plug_in(number)
    command = ["dask", "worker", f"tcp://10.0.{number}.1:{PORT}", "--host", f"10.0.{number}.2", "--nthreads", "1",
               "--no-dashboard", "--local-directory", f"worker{number}"]  # fmt: skip
    os.execvp(command[0], command)


def start_worker(number: int) -> subprocess.Popen:
    """Start a worker in its own network namespace."""
    command = ["unshare", "--net", sys.executable, __file__, "worker", str(number)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, start_new_session=True)
    own = Path("/proc/self/ns/net").readlink()
    while Path(f"/proc/{process.pid}/ns/net").readlink() == own:
        time.sleep(0.05)
    cable(number, process.pid)
    print(READY, file=process.stdin, flush=True)
    return process


def done(course: Path, lab: str) -> list[dict]:
    """The journal entries that are in nbgrader's grade book."""
    entries = [json.loads(path.read_text()) for path in (course / "grading" / lab).glob("*.json")]
    return [entry for entry in entries if entry["recorded"]]


def main(course: Path, lab: str) -> int:
    """Grade with two workers, then with one; return the command's exit status."""
    with IPRoute() as here:
        here.link("set", index=here.link_lookup(ifname="lo")[0], state="up")
    scheduler = subprocess.Popen(["dask", "scheduler", "--host", "0.0.0.0", "--port", str(PORT), "--no-dashboard"])
    workers = [start_worker(number) for number in (1, 2)]
    address = f"tcp://127.0.0.1:{PORT}"
    with Client(address, timeout=120) as client:
        client.wait_for_workers(2)
    command = [sys.executable, "-m", "prunelab", "grade", lab, "--json", "--scheduler", address]
    grade = subprocess.Popen(command, cwd=course)
    handed_in = len(list((course / "submitted").iterdir()))
    while grade.poll() is None and len(done(course, lab)) < handed_in / 2:
        time.sleep(0.1)
    os.killpg(workers[0].pid, 9)
    (DATA / "closed").unlink()
    status = grade.wait()
    for process in (scheduler, workers[1]):
        process.kill()
    return status


if __name__ == "__main__":
    if sys.argv[1] == "worker":
        worker(int(sys.argv[2]))
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
