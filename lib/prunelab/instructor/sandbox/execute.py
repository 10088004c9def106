"""Run one submission's notebook in a sandbox: bytes in, executed notebook and evidence out. It keeps no state.

What comes from the kernel is untrusted: its outputs are shown, its evidence is judged elsewhere.
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from tempfile import TemporaryDirectory

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from prunelab.course import notebook_of
from prunelab.instructor.sandbox.evidence import SIZE
from prunelab.instructor.sandbox.kernel import Kernel
from prunelab.instructor.sandbox.limits import Limits
from prunelab.instructor.sandbox.needs import needed

STARVED = 0.2  # of the time of a cell: who has waited so long for a core may try again
GRACE = 10  # seconds that a cell gets to end after it was interrupted
CELL_OUTPUT, TEXT_KEPT = 8 << 20, 1 << 16  # characters of one cell's outputs, and of the stream that goes beyond
FLOOD = 256 << 20  # characters of all outputs, at which the kernel is ended
COLLECT = "__import__('prunelab.instructor.sandbox.evidence', fromlist=['collect']).collect({}, {!r}, {}, globals())"


@dataclass(frozen=True)
class Job:
    """One submission, ready to run."""

    notebook: str  # rebuilt on the release, as JSON
    files: dict[str, bytes] = field(default_factory=dict)  # others that were handed in
    optional: tuple[int, ...] = ()  # cells that are as released and graded by nobody
    blank: tuple[str, ...] = ()  # exercises without an answer
    probes: str = ""  # source of the lab's probes
    seed: int = 0
    isolation: str = "namespaces"
    limits: Limits = field(default_factory=Limits)


@dataclass
class Outcome:
    """The result of a job."""

    notebook: str  # executed as far as it went
    evidence: dict[str, str] = field(default_factory=dict)  # of the exercises whose check ran to its end
    flags: list[str] = field(default_factory=list)  # see flags.py
    seconds: dict[str, float] = field(default_factory=dict)  # of each check's cell
    total: float = 0.0
    starved: bool = False  # whether a cell ran out of time while others had the cores


def execute(job: Job) -> Outcome:
    """Run a job; of the cells that nobody grades only those that an answer fails without, and all if the kernel ended.

    Raises OSError where the job's isolation cannot be had on this machine.
    """
    optional = set(job.optional)
    first = _run(job, skipped=optional)
    failed = set() if {"time", "memory", "output"} & set(first.flags) else _failed(first) - set(job.blank)
    if not optional or not failed:
        return first
    missed = optional if "stopped" in first.flags else optional & _needed(job, failed)
    if not missed:
        return first
    second = _run(job, skipped=optional - missed)
    second.total += first.total
    return second


def _needed(job: Job, exercises: set[str]) -> set[int]:
    """Return the numbers of the cells that some exercises need: all where their text does not tell."""
    cells = notebook_of(job.notebook).cells
    sources = [cell.source if cell.cell_type == "code" else "" for cell in cells]
    names = [cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("-check") for cell in cells]
    found = needed(sources, {number for number, name in enumerate(names) if name in exercises})
    return set(range(len(cells))) if found is None else found


def exercise(cell: NotebookNode) -> str | None:
    """Return the name of the exercise that a cell checks, None for any other cell."""
    settings = cell.metadata.get("nbgrader", {})
    checks = cell.cell_type == "code" and settings.get("grade") and not settings.get("solution")
    return settings["grade_id"].removesuffix("-check") if checks else None


def _failed(outcome: Outcome) -> set[str]:
    cells = notebook_of(outcome.notebook).cells
    return {name for cell in cells if (name := exercise(cell)) and not succeeded(cell)}


def succeeded(cell: NotebookNode) -> bool:
    """Whether a cell ran, and without an error."""
    return bool(cell.execution_count) and not any(output.output_type == "error" for output in cell.outputs)


def _run(job: Job, skipped: set[int]) -> Outcome:
    start = time.perf_counter()
    notebook = notebook_of(job.notebook)
    with (
        TemporaryDirectory() as workdir,
        Kernel(job.isolation, Path(workdir), job.files, job.limits) as kernel,
    ):
        client = _Client(notebook, kernel, job, skipped)
        asyncio.run(client.run())
    outcome = client.outcome
    outcome.notebook, outcome.total = nbformat.writes(client.nb), time.perf_counter() - start
    return outcome


def _used(pid: int) -> int:
    """Bytes of memory that a process and its descendants have; what several share counts once among them."""
    used = 0
    with suppress(psutil.Error):
        for process in (top := psutil.Process(pid), *top.children(recursive=True)):
            with suppress(psutil.Error):
                used += process.memory_full_info().pss
    return used


def _waited(pid: int) -> float:
    """Seconds that a process was ready to run and had no core; 0 where Linux does not count them."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc", f"{pid}", "schedstat").read_text().split()[1]) / 1e9
    return 0.0


class _Client(NotebookClient):
    """Executes the cells that are not skipped, collects evidence after each check, and keeps the limits."""

    def __init__(self, notebook: NotebookNode, kernel: Kernel, job: Job, skipped: set[int]) -> None:
        seconds = job.limits.cell_seconds  # to run, and to deliver what it shows, which a busy machine may hold up
        # nbclient announces a KernelManager, and asks no more of it than a Kernel has.
        super().__init__(
            notebook,
            km=kernel,  # pyrefly: ignore[bad-argument-type]
            allow_errors=True,
            timeout=seconds,
            iopub_timeout=seconds,
            interrupt_on_timeout=True,
            raise_on_iopub_timeout=False,
            startup_timeout=120,
            store_widget_state=False,
            record_timing=False,
        )
        self.kernel = kernel
        self.job, self.skipped, self.outcome = job, skipped, Outcome("")
        self.received, self.shown = 0, 0  # characters from the kernel: in all, and of this cell
        self.waited = 0.0  # seconds that the kernel had waited for a core when this cell began
        self.log.disabled = True  # what happens is in the flags

    async def run(self) -> None:
        """Execute the notebook as far as it goes; whatever the kernel does to stop that, the cells so far stay."""
        watch = asyncio.create_task(self._watch_memory())
        try:
            async with asyncio.timeout(self.job.limits.seconds):
                await self.async_execute()
        except TimeoutError:
            self._flag("time")
        except Exception:  # a kernel that is dead, or that sent what no kernel sends
            self._flag("stopped")
        finally:
            watch.cancel()
            if self.kc:
                self.kc.stop_channels()

    def _flag(self, name: str) -> None:
        if name not in self.outcome.flags:
            self.outcome.flags.append(name)

    async def _watch_memory(self) -> None:
        """End the kernel if it and its children together use more than one may."""
        before = _used(self.kernel.child.pid)  # what it shares with the warm process
        while _used(self.kernel.child.pid) - before < self.job.limits.memory:
            await asyncio.sleep(0.5)
        self._flag("memory")
        self.kernel.child.kill()

    async def async_execute_cell(
        self, cell: NotebookNode, cell_index: int, execution_count: int | None = None, store_history: bool = True
    ) -> NotebookNode:
        """Execute one cell, and if it is a check, gather the evidence that its exercise gives at this moment."""
        if cell_index in self.skipped:
            return cell
        start, self.shown, self.waited = time.perf_counter(), 0, _waited(self.kernel.child.pid)
        await super().async_execute_cell(cell, cell_index, execution_count, store_history)
        if any(output.get("ename") == "MemoryError" for output in cell.get("outputs", [])):
            self._flag("memory")
        if name := exercise(cell):
            self.outcome.seconds[name] = time.perf_counter() - start
            if succeeded(cell) and self.job.probes:
                await self._collect(name)
        return cell

    async def _collect(self, name: str) -> None:
        expression = COLLECT.format(repr(self.job.probes), name, self.job.seed)
        assert self.kc is not None  # nbclient connects it before the first cell
        asked = self.kc.execute("", silent=True, store_history=False, user_expressions={"evidence": expression})
        reply = await self.async_wait_for_reply(asked)
        answer = reply["content"].get("user_expressions", {}).get("evidence", {}) if reply else {}
        text = answer.get("data", {}).get("text/plain", "").strip("'")
        if text and len(text) <= SIZE:
            self.outcome.evidence[name] = text

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> dict:
        """Interrupt the cell, and end the kernel if it does not hear; its reply may have been lost on the way."""
        self._flag("time")
        waited = _waited(self.kernel.child.pid) - self.waited
        self.outcome.starved = self.outcome.starved or waited > STARVED * timeout
        assert self.kc is not None
        await self.kernel.interrupt_kernel()
        self.kc.kernel_info()  # a kernel that has finished the cell answers
        try:
            return await self.kc.shell_channel.get_msg(timeout=GRACE)
        except Empty:
            await self.kernel.shutdown_kernel()
            raise DeadKernelError("The kernel ignores interrupts") from None

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Add what the kernel sent to the cell, unless it is too much or what no kernel sends."""
        try:
            return super().process_message(msg, cell, cell_index) if self._fits(msg) else None
        except (AttributeError, KeyError, TypeError, ValueError, nbformat.ValidationError):
            return None

    def _fits(self, msg: dict) -> bool:
        """Whether there is room for a message; cut the one that fills it."""
        size = len(str(msg["content"]))
        self.received, self.shown = self.received + size, self.shown + size
        if self.received > FLOOD:
            self._flag("output")
            self.kernel.child.kill()
        if self.shown <= CELL_OUTPUT or msg["msg_type"] in ("status", "error"):
            return True
        self._flag("output")
        msg["content"]["text"] = msg["content"]["text"][:TEXT_KEPT] if msg["msg_type"] == "stream" else ""
        return msg["msg_type"] == "stream" and self.shown - size <= CELL_OUTPUT
