"""What one submission may use of the machine: its code, and the grader's own on what came from a student."""

import resource
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Limits:
    """Memory, processes and time of one submission."""

    memory: int = 6 << 30  # bytes beyond what the process has mapped at its start
    processes: int = 64  # threads included
    file: int = 1 << 29  # bytes of one file
    open_files: int = 256  # of one process: the system's buffers behind sockets count as nobody's memory
    cell_seconds: int = 300
    seconds: int = 3600  # for all cells together

    def impose(self) -> None:
        """Set those limits that the system keeps, for this process and its children."""
        memory = _mapped() + self.memory  # beyond it comes a MemoryError, and the kernel lives on
        _set({"AS": memory, "NPROC": self.processes, "FSIZE": self.file, "NOFILE": self.open_files, "CORE": 0})


@dataclass(frozen=True)
class Bounds:
    """Memory and time for reading one submission, or for judging what it did."""

    memory: int = 4 << 30  # bytes beyond what the process has mapped at its start
    seconds: int = 120  # of the processor

    def impose(self) -> None:
        """Set them for this process."""
        _set({"AS": _mapped() + self.memory, "CORE": 0})
        resource.setrlimit(resource.RLIMIT_CPU, (self.seconds, self.seconds + 1))  # SIGXCPU comes before SIGKILL


def _mapped() -> int:
    """Bytes of memory that this process has mapped."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _set(limits: dict[str, int]) -> None:
    for name, most in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
