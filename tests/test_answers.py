"""The bank in tests/checks/: right answers pass check and probe, wrong ones not even the visible check.

The answers run through the real cells of the solution. Here the probes run in this process; the grader runs them beside
the student's code, in an untrusted process, and compares their output elsewhere.
"""

import functools
import importlib.util
from types import ModuleType, SimpleNamespace

import pytest
import torch

import bank
from prunelab.challenge import trial
from prunelab.checks import Check, CheckFailed

NAMES = ("lab", "exercise", "kind", "answer")
EXPECTED = {  # of the check, hidden tests included for right answers alone, and of the probe
    "right": {"check": True, "probe": True},
    "wrong": {"check": False, "probe": False},
    "breach": {"check": False},
    "missed": {"check": True},
}
SEEDS = (11, 222)
CHALLENGE, ON_TEST = trial.attempt, trial.attempt_on_test
NETWORKS, TESTED = {}, set()
pytestmark = pytest.mark.filterwarnings("default")  # an answer may warn


@functools.cache
def probes(lab: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"probes_{lab}", bank.SOURCES[lab].with_name("probes.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def evidence(lab: str, exercise: str, names: dict, seed: int):
    return getattr(probes(lab), exercise)(SimpleNamespace(**names), torch.Generator().manual_seed(seed))


def trains(lab: str, exercise: str) -> bool:
    return exercise in bank.TRAINS.get(lab, ())


@functools.cache
def reference(lab: str, exercise: str, seed: int):
    return evidence(lab, exercise, bank.answered(lab, trained=trains(lab, exercise)), seed)


def verdict_of(judge, *arguments) -> bool:
    """The verdict of a judge, False where it or the answer raises an exception."""
    try:
        return judge(*arguments)
    except (Exception, CheckFailed):
        return False


def passes(lab: str, exercise: str, names: dict, hidden: bool = True) -> bool:
    """Whether an answer passes the check of its own exercise, beside the reference's other answers."""
    check = bank.check_of(lab, exercise) if hidden else bank.visible_check_of(lab, exercise)
    bank.run(check, f"{exercise} check", names)
    return True


def agrees(lab: str, exercise: str, names: dict) -> bool:
    """Whether an answer gives the reference's evidence for every seed, or evidence that holds by a rule of its own."""
    if holds := getattr(probes(lab), f"{exercise}_holds", None):
        return holds(evidence(lab, exercise, names, SEEDS[0]), reference(lab, exercise, SEEDS[0]))
    found = {seed: evidence(lab, exercise, names, seed) for seed in SEEDS}
    for seed, got in found.items():
        Check(exercise).equal(got, reference(lab, exercise, seed), idea="", atol=1e-4)
    return True


@pytest.mark.parametrize(NAMES, bank.answers())
def test_answer_meets_its_check_and_its_probe(lab, exercise, kind, answer, record_property):
    record_property("check_answer", kind)
    try:
        names = bank.answered(lab, exercise, answer, trains(lab, exercise))
    except Exception:
        assert kind == "wrong"
        return
    # The check first, since some probes return what it has measured.
    found = {"check": verdict_of(passes, lab, exercise, names, kind == "right")}
    found["probe"] = verdict_of(agrees, lab, exercise, names)
    if kind == "missed" and found["probe"]:
        record_property("points", verdict_of(passes, lab, exercise, bank.answered(lab, exercise, answer)))
    assert EXPECTED[kind].items() <= found.items()


@pytest.mark.middle
@pytest.mark.parametrize("lab", [pytest.param(lab, marks=pytest.mark.xdist_group(lab)) for lab in bank.SOURCES])
def test_every_exercise_has_a_probe_whose_evidence_follows_the_seed(lab):
    for _, name, _ in bank.cells(lab, "exercise"):
        # Both taken now: lab 10's probes return what a check of another test has measured last.
        right, again = (evidence(lab, name, bank.answered(lab), SEEDS[0]) for _ in range(2))
        Check(name).equal(again, right, idea="")
        if not hasattr(probes(lab), f"{name}_holds"):
            with pytest.raises(CheckFailed):
                Check(name).equal(reference(lab, name, SEEDS[1]), right, idea="")


def lost(lab: str, exercise: str, answer: str) -> set[str]:
    """The other checks that fail when `answer` stands in the cell of `exercise`.

    Only those that can see it are run: what uses a name that the answer defines, or that a later cell makes of it.
    """
    try:
        names = bank.answered(lab, exercise, answer)
    except Exception:
        names = bank.answered(lab, exercise)  # without the names that it should define
    _, defined = bank.solved(lab)
    changed, failed = set(defined[exercise]), set()
    for kind, name, code in bank.cells(lab, "exercise", "check"):
        if name != exercise and changed & bank.used(code, name):
            try:
                bank.run(code, f"{name} {kind}", names)
            except Exception:
                failed.add(name)
            changed |= defined[name] if kind == "exercise" else set()
    return failed


def challenge_once(c, target, compress, data):
    """Lab 10's challenge; code that has met it once meets it again, for each answer runs the other exercises, too."""
    key = target.name, getattr(compress, "__code__", None)
    if key not in NETWORKS:
        NETWORKS[key] = CHALLENGE(c, target, compress, data)
    return NETWORKS[key]


def on_test_once(c, target, network, data):
    """Its test images, once for each network."""
    if id(network) not in TESTED:
        ON_TEST(c, target, network, data)
        TESTED.add(id(network))


@pytest.mark.whole
@pytest.mark.parametrize(NAMES, [each for each in bank.answers(apart=True) if each.values[2] != "missed"])
def test_answer_changes_no_other_check(lab, exercise, kind, answer, monkeypatch):
    monkeypatch.setattr(trial, "attempt", challenge_once)
    monkeypatch.setattr(trial, "attempt_on_test", on_test_once)
    assert lost(lab, exercise, answer) == set()
