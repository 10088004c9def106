"""What one submission may use of the machine."""

import resource
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Limits:
    """Memory, processes and time of one submission."""

    memory: int = 6 << 30  # bytes beyond what the process has mapped at its start
    processes: int = 64  # threads included
    file: int = 1 << 29  # bytes of one file
    cell_seconds: int = 300
    seconds: int = 3600  # for all cells together

    def impose(self) -> None:
        """Set those limits that the system keeps, for this process and its children."""
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        memory = mapped + self.memory  # beyond it comes a MemoryError, and the kernel lives on
        limits = {"AS": memory, "NPROC": self.processes, "FSIZE": self.file, "CORE": 0}
        for name, most in limits.items():
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
