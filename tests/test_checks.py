"""Every wrong answer in tests/checks/ loses exactly its exercise's points, every right one gets them.

The answers run through the real cells of the solution: setup, exercises and checks, in order.
"""

import bank
import pytest

from prunelab import capstone

pytestmark = pytest.mark.filterwarnings("default")  # an answer may warn
NAMES = ("lab", "exercise", "kind", "answer")
CHALLENGE, ON_TEST = capstone.challenge, capstone.on_test
NETWORKS, TESTED = {}, set()


def passes(lab: str, exercise: str, answer: str) -> bool:
    """Whether an answer passes the check of its own exercise, beside the reference's other answers."""
    try:
        names = bank.answered(lab, exercise, answer)
        bank.run(bank.check_of(lab, exercise), f"{exercise} check", vars(names))
    except Exception:
        return False
    return True


def lost(lab: str, exercise: str, answer: str) -> set[str]:
    """The checks of the whole lab that fail when `answer` stands in the cell of `exercise`."""
    names, failed = bank.own_networks(bank.given(lab)), set()
    for kind, name, code in bank.cells(lab, "exercise", "check"):
        try:
            bank.run(answer if (kind, name) == ("exercise", exercise) else code, f"{name} {kind}", names)
        except Exception:
            failed.add(name)
    return failed


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


@pytest.mark.parametrize(NAMES, bank.answers())
def test_answer_meets_its_own_check(lab, exercise, kind, answer, record_property):
    record_property("check_answer", kind)
    assert passes(lab, exercise, answer) == (kind == "right")


@pytest.mark.whole
@pytest.mark.parametrize(NAMES, bank.answers(group="{lab}-{exercise}"))
def test_answer_changes_no_other_check(lab, exercise, kind, answer, monkeypatch):
    monkeypatch.setattr(capstone, "challenge", challenge_once)
    monkeypatch.setattr(capstone, "on_test", on_test_once)
    assert lost(lab, exercise, answer) == ({exercise} if kind == "wrong" else set())
