"""Released cells give nothing away: no function that a lab defines or imports for its students answers an exercise."""

from inspect import Parameter, isfunction, signature

import pytest

import bank
from test_answers import agrees, passes, verdict_of

pytestmark = [pytest.mark.whole, pytest.mark.filterwarnings("default")]


def released(lab: str) -> dict:
    """The names of a lab whose checks have run, with those that only they define."""
    names = {}
    for kind, name, code in bank.cells(lab, "locked", "exercise", "check"):
        if kind != "check" or name not in bank.TRAINS.get(lab, ()):
            bank.run(code, f"{name} {kind}", names)
    return names


def takes(function) -> tuple[int, int]:
    """How many positional arguments a function needs, and how many it can take."""
    kinds = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    given = [each for each in signature(function).parameters.values() if each.kind in kinds]
    return sum(each.default is Parameter.empty for each in given), len(given)


def candidates(lab: str) -> list[tuple[str, str, str]]:
    """Exercise, its function, and a released function that takes as many arguments."""
    names, (_, defined) = released(lab), bank.solved(lab)
    answers = set().union(*defined.values())
    others = {name: value for name, value in names.items() if isfunction(value) and name not in answers}
    found = []
    for exercise, own in defined.items():
        for answer in sorted(name for name in own if isfunction(names[name])):
            needed, most = takes(names[answer])
            found += [(exercise, answer, name) for name, value in others.items()
                      if takes(value)[0] <= most and needed <= takes(value)[1]]  # fmt: skip
    return found


@pytest.mark.parametrize("lab", bank.SOURCES)
def test_no_released_function_is_an_answer(lab):
    names, given_away = released(lab), []
    for exercise, answer, name in candidates(lab):
        if exercise in bank.TRAINS.get(lab, ()):
            continue
        tried = bank.own_networks(names) | {answer: names[name]}
        if verdict_of(passes, lab, exercise, tried) or verdict_of(agrees, lab, exercise, tried):
            given_away.append(f"{name} answers {exercise}")
    assert not given_away
