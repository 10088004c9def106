"""The Jupyter kernel of one submission: started in a sandbox, reached through sockets in a folder."""

import asyncio
import json
import os
import secrets
import shutil
import signal
import tempfile
from contextlib import suppress
from functools import partial
from multiprocessing import resource_tracker
from pathlib import Path

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo

from prunelab.instructor.sandbox import calls, linux, sandbox
from prunelab.instructor.sandbox.limits import Limits
from prunelab.instructor.sandbox.sandbox import HOME, Child
from prunelab.instructor.sandbox.warm_process import BACKEND

CONNECTION = Path("sockets") / "kernel.json"
KEPT = ("PATH", "LANG", "OMP_NUM_THREADS", "PRUNELAB_DATA", "PRUNELAB_DATASET")  # of the environment
ARGUMENTS = ["--HistoryManager.enabled=False", "--log-level=CRITICAL", "--InteractiveShell.xmode=Plain"]


class Kernel:
    """A running kernel, with what nbclient needs to know of a manager; use it as a context, which ends it."""

    has_kernel = True

    def __init__(self, isolation: str, workdir: Path, files: dict[str, bytes], limits: Limits) -> None:
        """Start it with copies of `files` in its working folder; raise OSError where that `isolation` cannot be had."""
        self.connection = _prepare(workdir, files)
        self.child = _start(isolation, workdir, limits)

    def client(self) -> AsyncKernelClient:
        """Return a client that is not connected yet."""
        client = _Client()
        client.child = self.child
        client.load_connection_info(self.connection)
        return client

    async def is_alive(self) -> bool:
        """Whether the process runs."""
        return self.child.poll() is None

    async def interrupt_kernel(self) -> None:
        """Ask the cell that runs to stop."""
        self.child.send_signal(signal.SIGINT)

    async def shutdown_kernel(self, now: bool = True) -> None:
        """End it at once."""
        self.child.kill()

    async def cleanup_resources(self) -> None:
        """Nothing is left to clean: everything is in the working folder."""

    def __enter__(self) -> "Kernel":
        return self

    def __exit__(self, *_: object) -> None:
        self.child.kill()
        self.child.wait()


class _Client(AsyncKernelClient):
    """A client that asks the process whether it lives, not the kernel, which may be busy starting."""

    child: Child

    async def _async_is_alive(self) -> bool:
        return self.child.poll() is None

    is_alive = _async_is_alive


def _prepare(workdir: Path, files: dict[str, bytes]) -> KernelConnectionInfo:
    """Lay out the folders of `workdir` and return the connection file's content."""
    for name, content in files.items():
        (workdir / "files" / name).parent.mkdir(parents=True, exist_ok=True)
        (workdir / "files" / name).write_bytes(content)
    for folder in ("files", "sockets", "home"):
        (workdir / folder).mkdir(exist_ok=True)
    (workdir / "sockets").chmod(0o777)  # inside, the student is nobody
    connection: KernelConnectionInfo = {
        "transport": "ipc",
        "ip": str(workdir / "sockets" / "kernel"),
        "shell_port": 1,
        "iopub_port": 2,
        "stdin_port": 3,
        "control_port": 4,
        "hb_port": 5,
        "key": secrets.token_hex(),
        "signature_scheme": "hmac-sha256",
        "kernel_name": "python3",
    }
    (workdir / CONNECTION).write_text(json.dumps(connection))
    return connection


def _start(isolation: str, workdir: Path, limits: Limits) -> Child:
    if isolation == "bubblewrap":
        code = "import prunelab.instructor.sandbox.warm; from prunelab.instructor.sandbox.kernel import Limits, serve; "
        code += f"serve({str(workdir)!r}, {str(HOME)!r}, {limits!r})"
        return sandbox.bubblewrap(code, workdir, environment(HOME))
    if isolation == "namespaces":
        return sandbox.namespaces(partial(serve, workdir, HOME, limits), workdir)
    return sandbox.plain(partial(serve, workdir, workdir / "home", limits, isolated=False))


def environment(home: Path) -> dict[str, str]:
    """The variables that a student's kernel gets."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    folders = {"HOME": str(home), "IPYTHONDIR": str(home / ".ipython"), "MPLCONFIGDIR": str(home / ".matplotlib")}
    folders["PYTHONPATH"] = str(Path(__file__).parents[3])
    return kept | folders | {"USER": "student", "NBGRADER_EXECUTION": "autograde", "MPLBACKEND": BACKEND}


def serve(workdir: Path | str, home: Path | str, limits: Limits, isolated: bool = True) -> None:
    """Be the kernel, inside of the sandbox if there is one, until it is ended."""
    from ipykernel.kernelapp import IPKernelApp  # with IPython: the warm process has it, the command needs neither

    null = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(null, number)
    with suppress(OSError):  # bubblewrap has made a session already
        os.setsid()
    os.closerange(3, 1 << 16)  # the grader's own files and sockets, and with them its event loop
    asyncio.set_event_loop(asyncio.new_event_loop())
    tempfile.tempdir = None  # the grader's own is not there
    resource_tracker._resource_tracker.__init__()  # nor is the warm process's
    variables = environment(Path(home))
    os.environ.clear()
    os.environ.update(variables)
    os.chdir("/")
    limits.impose()
    if isolated:
        linux.leave_keys()
        calls.allow_few()
    app = IPKernelApp.instance()
    app.initialize(["-f", str(Path(workdir) / CONNECTION), *ARGUMENTS])
    shutil.copytree(Path(workdir) / "files", home, dirs_exist_ok=True)  # what lies there configures no kernel
    os.chdir(home)
    app.start()
