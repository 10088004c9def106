"""Every right answer of the bank gives the evidence of the reference, every wrong one gives other evidence or fails.

Here the probes run in this process; the grader runs them beside the student's code, in a process that it does not
believe, and compares what comes out elsewhere.
"""

import copy
import functools
import importlib.util
from contextlib import suppress
from pathlib import Path
from types import ModuleType, SimpleNamespace

import jupytext
import pytest
import torch
from torch import nn

from prunelab.checks import Check, CheckFailed

ROOT = Path(__file__).parents[1]
LABS = sorted(path.parent.name for path in ROOT.glob("solutions/*/probes.py"))
SEEDS = (11, 222, 3333)


@functools.cache
def cells(lab: str) -> list:
    return jupytext.read(ROOT / "solutions" / lab / f"{lab}.py", fmt="py:percent").cells


@functools.cache
def probes(lab: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"probes_{lab}", ROOT / "solutions" / lab / "probes.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@functools.cache
def locked(lab: str) -> dict:
    """The names that the locked cells of a lab define."""
    names = {}
    for cell in cells(lab):
        if "locked" in cell.metadata:
            exec(compile(cell.source, "<setup>", "exec"), names)
    return names


def answered(lab: str, exercise: str = "", answer: str = "") -> SimpleNamespace:
    """The names of a lab with the reference's answers, but for one exercise."""
    names = {key: copy.deepcopy(value) if isinstance(value, nn.Module) else value for key, value in locked(lab).items()}
    for cell in cells(lab):
        name = cell.metadata.get("exercise")
        if name:
            exec(compile(answer if name == exercise else cell.source, f"<{name}>", "exec"), names)
    return SimpleNamespace(**names)


def check_of(lab: str, exercise: str) -> str:
    """The code of an exercise's check."""
    return next(cell.source for cell in cells(lab) if cell.metadata.get("check") == exercise)


@functools.cache
def reference(lab: str, exercise: str, seed: int):
    return evidence(lab, exercise, answered(lab), seed)


def evidence(lab: str, exercise: str, names: SimpleNamespace, seed: int):
    return getattr(probes(lab), exercise)(names, torch.Generator().manual_seed(seed))


def agrees(lab: str, exercise: str, answer: str) -> bool:
    """Whether an answer gives the reference's evidence for every seed, or evidence that holds by a rule of its own."""
    holds = getattr(probes(lab), f"{exercise}_holds", None)
    try:
        names = answered(lab, exercise, answer)
        if holds:  # what is measured there was made in the check
            with suppress(Exception):
                exec(compile(check_of(lab, exercise), "<check>", "exec"), vars(names))
            return holds(evidence(lab, exercise, names, SEEDS[0]))
        found = {seed: evidence(lab, exercise, names, seed) for seed in SEEDS}
        for seed, got in found.items():
            Check(exercise).equal(got, reference(lab, exercise, seed), idea="", atol=1e-4)
    except (Exception, CheckFailed):
        return False
    return True


def answers() -> list:
    found = []
    for lab in LABS:
        for path in sorted((ROOT / "tests" / "checks" / lab).glob("*.py")):
            for cell in jupytext.read(path, fmt="py:percent").cells:
                kind, what = cell.metadata["title"].split(":", 1)
                label = f"{lab}-{path.stem}-{kind}-{what.strip()}"
                found.append(pytest.param(lab, path.stem, kind == "right", cell.source, id=label))
    return found


@pytest.mark.filterwarnings("default")  # an answer may warn
@pytest.mark.parametrize(("lab", "exercise", "right", "answer"), answers())
def test_answer(lab, exercise, right, answer):
    assert agrees(lab, exercise, answer) == right


@pytest.mark.parametrize("lab", LABS)
def test_every_exercise_has_a_probe_whose_evidence_follows_the_seed(lab):
    for name in (cell.metadata["exercise"] for cell in cells(lab) if "exercise" in cell.metadata):
        right = reference(lab, name, SEEDS[0])
        Check(name).equal(evidence(lab, name, answered(lab), SEEDS[0]), right, idea="")
        if not hasattr(probes(lab), f"{name}_holds"):
            with pytest.raises(CheckFailed):
                Check(name).equal(reference(lab, name, SEEDS[1]), right, idea="")
