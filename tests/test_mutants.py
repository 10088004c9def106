"""No exercise falls below its recorded score of mutants, and every mutant that is listed as right exists."""

import pytest

import bank
import mutants

pytestmark = [pytest.mark.whole, pytest.mark.filterwarnings("default")]


def test_operators_change_one_place():
    code = "def f(x):\n    for i in range(2):\n        x = x.abs().sum(0) + 1\n    return x\n"
    changes = {mutant.change for mutant in mutants.mutants(code)}
    assert {"x.abs() -> x", "1 -> 2", "sum -> mean", "f returns its first result again"} <= changes


@pytest.mark.parametrize(
    ("lab", "exercise"), [pytest.param(*each, marks=pytest.mark.xdist_group(each[0])) for each in mutants.exercises()]
)
def test_score_does_not_fall(lab, exercise):
    found, recorded = mutants.verdicts(lab, exercise), mutants.scores(lab)[exercise]
    missed = [each.change for each in found if not each.check]
    assert len(missed) <= recorded["mutants"] - recorded["check"], missed
    assert sum(not each.both for each in found) <= recorded["mutants"] - recorded["both"], missed


@pytest.mark.parametrize("lab", bank.SOURCES)
def test_listed_equivalents_exist(lab):
    codes = {name: code for _, name, code in bank.cells(lab, "exercise")}
    for exercise, listed in mutants.equivalents(lab).items():
        assert set(listed) <= {mutant.change for mutant in mutants.mutants(codes[exercise])}
