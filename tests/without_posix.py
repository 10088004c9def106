"""Run labs as they would run on Windows, as far as Linux can show it: without fork, resource and /proc.

`python without_posix.py LAB ...` runs the commands of students, then setup, answers and checks of each lab.
"""

import importlib
import os
import pkgutil
import signal
import sys
import traceback

import torch_pruning  # noqa: F401
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast  # noqa: F401
from typer.testing import CliRunner

import bank
import prunelab

MODULES = ("fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty")
FUNCTIONS = {
    os: ("fork", "forkpty", "geteuid", "getgid", "getuid", "killpg", "mkfifo", "nice", "setsid", "sysconf", "uname"),
    signal: ("SIGALRM", "SIGKILL", "SIGUSR1", "alarm", "pause", "setitimer"),
}
COMMANDS = ("doctor", "progress", "scoreboard")


def hide_posix() -> None:
    """Remove what Windows lacks. The modules imported above have a Windows version, and keep what they have here."""
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


def main() -> None:
    hide_posix()
    for module in pkgutil.walk_packages(prunelab.__path__, "prunelab."):
        if not module.name.startswith(("prunelab.__main__", "prunelab.instructor")):
            importlib.import_module(module.name)
    from prunelab.student.cli import app

    for command in COMMANDS:
        done = CliRunner().invoke(app, command, catch_exceptions=False)
        assert done.exit_code == 0, done.output
    for lab in sys.argv[1:]:
        names = {"__name__": "__main__"}
        for kind, name, code in bank.cells(lab, "locked", "exercise", "check"):
            bank.run(code, f"{lab} {name} {kind}", names)


if __name__ == "__main__":
    main()
