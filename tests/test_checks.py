"""Every wrong answer in tests/checks/ loses exactly its exercise's points, every right one gets them.

The answers run through the real cells of the solution: setup, exercises and checks, in order.
"""

import copy
import functools
from pathlib import Path

import jupytext
import pytest
from torch import nn

from prunelab import capstone

ROOT = Path(__file__).parents[1]
BANK = Path(__file__).parent / "checks"


def answers() -> list:
    """One parameter set (lab, exercise, kind, code) for each answer in the bank."""
    found = []
    for path in sorted(BANK.glob("*/*.py")):
        for cell in jupytext.read(path, fmt="py:percent").cells:
            kind, what = cell.metadata["title"].split(":", 1)
            label = f"{path.parent.name}-{path.stem}-{kind}-{what.strip()}"
            found.append(pytest.param(path.parent.name, path.stem, kind, cell.source, id=label))
    return found


@functools.cache
def graded_cells(lab: str) -> list:
    """The exercise and check cells of a lab, each as (kind, name, code)."""
    cells = jupytext.read(ROOT / "solutions" / lab / f"{lab}.py", fmt="py:percent").cells
    kinds = ("exercise", "check")
    return [(kind, cell.metadata[kind], cell.source) for cell in cells for kind in kinds if kind in cell.metadata]


@functools.cache
def prepared(lab: str) -> dict:
    """The names that the locked cells of a lab define."""
    names = {}
    for cell in jupytext.read(ROOT / "solutions" / lab / f"{lab}.py", fmt="py:percent").cells:
        if "locked" in cell.metadata:
            exec(compile(cell.source, f"<{lab} setup>", "exec"), names)
    return names


def lost(lab: str, exercise: str, answer: str) -> set[str]:
    """The checks that fail when `answer` stands in the cell of `exercise`."""
    names = {
        key: copy.deepcopy(value) if isinstance(value, nn.Module) else value for key, value in prepared(lab).items()
    }
    failed = set()
    for kind, name, code in graded_cells(lab):
        try:
            exec(compile(answer if (kind, name) == ("exercise", exercise) else code, f"<{name}>", "exec"), names)
        except Exception:
            failed.add(name)
    return failed


CHALLENGE, ON_TEST = capstone.challenge, capstone.on_test
NETWORKS, TESTED = {}, set()


def challenge_once(c, customer, compress, data):
    """Lab 10's challenge; code that has met it once meets it again, for each answer runs the other exercises, too."""
    key = customer.name, getattr(compress, "__code__", None)
    if key not in NETWORKS:
        NETWORKS[key] = CHALLENGE(c, customer, compress, data)
    return NETWORKS[key]


def on_test_once(c, customer, network, data):
    """Its test images, once for each network."""
    if id(network) not in TESTED:
        ON_TEST(c, customer, network, data)
        TESTED.add(id(network))


@pytest.fixture(autouse=True)
def _each_compression_once(monkeypatch):
    monkeypatch.setattr(capstone, "challenge", challenge_once)
    monkeypatch.setattr(capstone, "on_test", on_test_once)


@pytest.mark.filterwarnings("default")  # an answer may warn
@pytest.mark.parametrize(("lab", "exercise", "kind", "answer"), answers())
def test_answer(lab, exercise, kind, answer, record_property):
    record_property("check_answer", kind)
    assert lost(lab, exercise, answer) == ({exercise} if kind == "wrong" else set())
