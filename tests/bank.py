"""The bank of answers in tests/checks/, and the lab cells that they are tested in, without a notebook.

An answer is *right*; *wrong*, so that check and probe refuse it; a *breach*, which computes the right result but breaks
the contract of a call, so that the check refuses it and the probe need not; or *missed*: wrong, and not refused yet.
"""

import copy
import functools
import re
from pathlib import Path
from types import CodeType

import pytest

ROOT = Path(__file__).parents[1]
BANK = ROOT / "tests" / "checks"
SOURCES = {path.stem: path for path in sorted(ROOT.glob("solutions/[0-9]*/[0-9]*.py"))}
TRAINS = {  # exercises whose checks train networks, seconds for each answer, and locked cells for these alone
    "02_magnitude": ("budget", "byte_budget"),
    "03_iterative": ("noise", "gap"),
    "05_slimming": ("budget", "my_share"),
    "10_capstone": ("compress_phone", "compress_web", "compress_chip"),
}
KEPT_LABS = 2  # whose networks a worker holds at a time: together they take gigabytes
HEADER = re.compile(r"^# %% (right|wrong|breach|missed): *(.*)\n", re.MULTILINE)


def answers_in(path: Path) -> list[tuple[str, str, str]]:
    """The answers in a file of the bank: kind, description and code of each."""
    _, *parts = HEADER.split(path.read_text("utf-8"))
    return list(zip(parts[::3], parts[1::3], parts[2::3], strict=True))


def answers(apart: bool = False) -> list:
    """A parameter set (lab, exercise, kind, answer) for each answer; those to a lab, or apart, run on one worker.

    Answers to exercises whose checks train networks are of the middle tier, and always apart.
    """
    found = []
    for path in sorted(BANK.glob("*/*.py")):
        lab, exercise = path.parent.name, path.stem
        slow = exercise in TRAINS.get(lab, ())
        marks = [pytest.mark.xdist_group(f"{lab}-{exercise}" if apart or slow else lab)]
        marks += [pytest.mark.middle] * slow
        for kind, what, code in answers_in(path):
            label = f"{lab}-{exercise}-{kind}-{what}"
            found.append(pytest.param(lab, exercise, kind, code, id=label, marks=marks))
    return found


@functools.cache
def cells(lab: str, *kinds: str) -> list[tuple[str, str, str]]:
    """The cells of these kinds (locked, exercise, check) in a lab's source, in order: kind, name and code of each."""
    import jupytext  # takes a second, which mere collection need not spend

    read = jupytext.read(SOURCES[lab], fmt="py:percent").cells
    return [(kind, cell.metadata[kind], cell.source) for cell in read for kind in kinds if kind in cell.metadata]


@functools.cache
def compiled(code: str, name: str) -> CodeType:
    """The code of a cell, ready to run."""
    return compile(code, f"<{name}>", "exec")


def used(code: str, name: str) -> set[str]:
    """The names that a cell uses, those inside of its functions among them."""
    found, left = set(), [compiled(code, name)]
    while left:
        part = left.pop()
        found.update(part.co_names)
        left += [each for each in part.co_consts if isinstance(each, CodeType)]
    return found


def run(code: str, name: str, names: dict) -> None:
    """Run a cell on the names of a notebook."""
    exec(compiled(code, name), names)


def own_networks(names: dict) -> dict:
    """The same names, with copies of the networks, which an answer may change."""
    from torch import nn

    return {key: copy.deepcopy(value) if isinstance(value, nn.Module) else value for key, value in names.items()}


@functools.lru_cache(maxsize=KEPT_LABS)
def solved(lab: str, trained: bool = True) -> tuple[dict, dict[str, set[str]]]:
    """The names of a lab with the reference's answers, and those that the answer to each exercise defines.

    Without the cells of TRAINS, unless `trained`: what comes before them needs no network that takes seconds.
    """
    names, defined = {}, {}
    for kind, name, code in cells(lab, "locked", "exercise"):
        if name in TRAINS.get(lab, ()) and not trained:
            continue
        before = dict(names)
        run(code, name, names)
        if kind == "exercise":
            defined[name] = {key for key in names if key not in before or names[key] is not before[key]}
    return names, defined


def answered(lab: str, exercise: str = "", answer: str = "", trained: bool = True) -> dict:
    """The names of a lab with the reference's answers, but for one exercise; `trained` as in `solved`."""
    names, defined = solved(lab, trained)
    names = own_networks({key: value for key, value in names.items() if key not in defined.get(exercise, ())})
    run(answer, exercise, names)
    return names


def check_of(lab: str, exercise: str) -> str:
    """The code of an exercise's check."""
    return next(code for _, name, code in cells(lab, "check") if name == exercise)


def visible_check_of(lab: str, exercise: str) -> str:
    """The code of an exercise's check as a student has it, without the hidden tests."""
    from prunelab.instructor.authoring.source import HIDDEN  # imports jupytext

    return HIDDEN.sub("", check_of(lab, exercise))
