"""The student's path runs where Python has no fork, no resource and no /proc: see without_posix.py."""

import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
SCRIPT = Path(__file__).with_name("without_posix.py")
LABS = sorted(REPOSITORY.glob("solutions/[0-9]*/[0-9]*.py"))
GREEDY = """
# %% locked="setup"
import os
from pathlib import Path
found = {name for name in ("fork", "geteuid") if hasattr(os, name)}
for name in ("resource", "fcntl"):
    try:
        __import__(name)
        found.add(name)
    except ImportError:
        pass
if Path("/proc/self/status").exists():
    try:
        found.add(Path("/proc/self/status").read_text())
    except OSError:
        pass
print("found", found)
"""


def test_all_labs(run_in, no_language_model):
    done = run_in(REPOSITORY, sys.executable, str(SCRIPT), *map(str, LABS), **no_language_model)
    assert done.returncode == 0, done.stderr
    checks = sum(path.read_text().count("\n# %% check=") for path in LABS)
    assert done.stdout.count("Passed: ") == checks


def test_what_is_hidden(tmp_path, run_in):
    lab = tmp_path / "lab.py"
    lab.write_text(GREEDY)
    assert run_in(tmp_path, sys.executable, str(SCRIPT), str(lab)).stdout == "found set()\n"
