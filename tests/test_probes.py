"""Every right answer of the bank gives the evidence of the reference, every wrong one gives other evidence or fails.

Here the probes run in this process; the grader runs them beside the student's code, in a process that it does not
believe, and compares what comes out elsewhere.
"""

import functools
import importlib.util
from contextlib import suppress
from types import ModuleType, SimpleNamespace

import bank
import pytest
import torch

from prunelab.checks import Check, CheckFailed

SEEDS = (11, 222, 3333)


@functools.cache
def probes(lab: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"probes_{lab}", bank.SOURCES[lab].with_name("probes.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@functools.cache
def reference(lab: str, exercise: str, seed: int):
    return evidence(lab, exercise, bank.answered(lab), seed)


def evidence(lab: str, exercise: str, names: SimpleNamespace, seed: int):
    return getattr(probes(lab), exercise)(names, torch.Generator().manual_seed(seed))


def agrees(lab: str, exercise: str, answer: str) -> bool:
    """Whether an answer gives the reference's evidence for every seed, or evidence that holds by a rule of its own."""
    holds = getattr(probes(lab), f"{exercise}_holds", None)
    try:
        names = bank.answered(lab, exercise, answer)
        if holds:  # what is measured there was made in the check
            with suppress(Exception):
                bank.run(bank.check_of(lab, exercise), f"{exercise} check", vars(names))
            return holds(evidence(lab, exercise, names, SEEDS[0]))
        found = {seed: evidence(lab, exercise, names, seed) for seed in SEEDS}
        for seed, got in found.items():
            Check(exercise).equal(got, reference(lab, exercise, seed), idea="", atol=1e-4)
    except (Exception, CheckFailed):
        return False
    return True


@pytest.mark.filterwarnings("default")  # an answer may warn
@pytest.mark.parametrize(("lab", "exercise", "kind", "answer"), bank.answers())
def test_answer(lab, exercise, kind, answer):
    assert agrees(lab, exercise, answer) == (kind == "right")


@pytest.mark.parametrize("lab", [pytest.param(lab, marks=pytest.mark.xdist_group(lab)) for lab in bank.SOURCES])
def test_every_exercise_has_a_probe_whose_evidence_follows_the_seed(lab):
    for _, name, _ in bank.cells(lab, "exercise"):
        right = reference(lab, name, SEEDS[0])
        Check(name).equal(evidence(lab, name, bank.answered(lab), SEEDS[0]), right, idea="")
        if not hasattr(probes(lab), f"{name}_holds"):
            with pytest.raises(CheckFailed):
                Check(name).equal(reference(lab, name, SEEDS[1]), right, idea="")
