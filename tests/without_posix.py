"""Run labs as they would run on Windows, as far as Linux can show it: without fork, resource and /proc.

`python without_posix.py LAB.py ...` runs setup, answers and checks of each; then come the commands of students.
"""

import importlib
import os
import pkgutil
import signal
import sys
import traceback
from pathlib import Path

import jupytext
import torch_pruning  # noqa: F401
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast  # noqa: F401
from typer.testing import CliRunner

import prunelab

MODULES = ("fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty")
FUNCTIONS = {
    os: ("fork", "forkpty", "geteuid", "getgid", "getuid", "killpg", "mkfifo", "nice", "setsid", "sysconf", "uname"),
    signal: ("SIGALRM", "SIGKILL", "SIGUSR1", "alarm", "pause", "setitimer"),
}
COMMANDS = ("doctor", "progress", "scoreboard")


def hide_posix() -> None:
    """Take away what Windows lacks. What is imported above has its own version there, and keeps what it has here."""
    sys.modules |= dict.fromkeys(MODULES)
    for module, names in FUNCTIONS.items():
        for name in names:
            delattr(module, name)
    sys.addaudithook(no_proc)


def no_proc(event: str, arguments: tuple) -> None:
    """Open nothing in /proc, unless psutil does, which asks Windows for the same."""
    ours = event == "open" and str(arguments[0]).startswith("/proc")
    if ours and not any("psutil" in frame.filename for frame in traceback.extract_stack()):
        raise FileNotFoundError(arguments[0])


def run(lab: Path) -> None:
    """Run a lab's cells but for the free ones."""
    names = {"__name__": "__main__"}
    for cell in jupytext.read(lab, fmt="py:percent").cells:
        if cell.metadata.keys() & {"locked", "exercise", "check"}:
            exec(compile(cell.source, lab.name, "exec"), names)


def main() -> None:
    hide_posix()
    for module in pkgutil.walk_packages(prunelab.__path__, "prunelab."):
        if not module.name.startswith(("prunelab.__main__", "prunelab.grading")):
            importlib.import_module(module.name)
    from prunelab.cli import app

    for command in COMMANDS:
        done = CliRunner().invoke(app, command, catch_exceptions=False)
        assert done.exit_code == 0, done.output
    for lab in sys.argv[1:]:
        run(Path(lab))


if __name__ == "__main__":
    main()
