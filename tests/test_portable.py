"""The student's path runs where Python has no fork, no resource and no /proc: see without_posix.py."""

import sys
from pathlib import Path

import pytest

import bank

TESTS = Path(__file__).parent
GREEDY = """
import os
import without_posix
without_posix.hide_posix()
found = {name for name in ("fork", "geteuid") if hasattr(os, name)}
for name in ("resource", "fcntl"):
    try:
        __import__(name)
        found.add(name)
    except ImportError:
        pass
if os.path.exists("/proc/self/status"):
    try:
        found.add(open("/proc/self/status").read())
    except OSError:
        pass
print("found", found)
"""


FIRST, *OTHERS = bank.SOURCES


@pytest.mark.middle
@pytest.mark.parametrize("lab", [FIRST, *(pytest.param(lab, marks=pytest.mark.whole) for lab in OTHERS)])
def test_a_lab(lab, run_in, no_language_model):
    done = run_in(TESTS, sys.executable, "without_posix.py", lab, **no_language_model)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Passed: ") == len(bank.cells(lab, "check"))


@pytest.mark.middle
def test_what_is_hidden(run_in):
    assert run_in(TESTS, sys.executable, "-c", GREEDY).stdout == "found set()\n"
