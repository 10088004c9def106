"""Claims: the conclusions of a lab, each with the experiment behind it and what its seeds say.

    @claim("The fractions of the layers matter more than the rule within them.", ahead("fractions", "rule"))
    def layer_fractions(lab, seed):
        return {"fractions": ..., "rule": ...}

`solutions/NN_name/claims.py` has one function for each claim; recipes/claims.py runs them with the lab's own names and
keeps every seed. The seeds are paired: an outcome rests on the differences within each of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Literal, NamedTuple

import numpy as np

from prunelab.records import Claims, Rule
from prunelab.results import load_results, mean_interval

Experiment = Callable[[ModuleType, int], dict[str, float]]
Outcome = Literal["holds", "fails", "undecided"]
SAID = {"holds": "It holds", "fails": "It does not hold", "undecided": "Undecided"}
EXPLAINED = (
    "In brackets: the mean difference over the seeds, and &plusmn; how far off the true mean may be. Were all of it "
    "repeated, 95 of 100 such ranges would hold it. Undecided is what these seeds cannot tell."
)


@dataclass(frozen=True)
class Claim:
    """A conclusion in words, the rule that decides it, and the experiment: the numbers of one seed."""

    words: str
    rule: Rule
    run: Experiment


class Finding(NamedTuple):
    """What the seeds say of a rule: the mean of the differences, half of their 95 % interval, and the outcome."""

    mean: float
    half: float
    outcome: Outcome


def claim(words: str, rule: Rule) -> Callable[[Experiment], Claim]:
    """Make a claim of the experiment below it."""
    return lambda run: Claim(words, rule, run)


def ahead(ours: str, other: str, by: float = 0) -> Rule:
    """The number `ours` is larger than `other` by more than `by`."""
    return Rule(kind="ahead", numbers=[ours, other], margin=by)


def equal(ours: str, other: str, within: float) -> Rule:
    """The numbers differ by less than `within`, by two one-sided tests at 5 % each (Schuirmann 1987)."""
    return Rule(kind="equal", numbers=[ours, other], margin=within)


def grows(*numbers: str) -> Rule:
    """The numbers grow in this order: the slope of a line through them, one apart, is positive."""
    return Rule(kind="grows", numbers=list(numbers), margin=0)


def find(rule: Rule, seeds: Sequence[dict[str, float]]) -> Finding:
    """What `seeds`, at least two, say of a rule."""
    differences = [_difference(rule, seed) for seed in seeds]
    mean, half = mean_interval(differences)
    low, high, margin = mean - half, mean + half, rule["margin"]
    if rule["kind"] == "equal":
        narrow = _half_of_90(differences)
        holds, fails = mean - narrow > -margin and mean + narrow < margin, low > margin or high < -margin
    else:
        holds, fails = low > margin, high < margin
    return Finding(mean, half, "holds" if holds else "fails" if fails else "undecided")


def show_seeds(lab: str, *names: str) -> None:
    """Show what the seeds of some claims of a lab found, folded, so that readers can look at their own figure first."""
    from IPython.display import HTML, display  # the grader and the command line need none

    record = load_results(f"claims-{lab}", Claims)
    lines = []
    for name in names:
        rule, seeds = record["settings"]["claims"][name], [seed["found"][name] for seed in record["seeds"]]
        found = find(rule, seeds)
        said = f"<b>{SAID[found.outcome]}</b> ({found.mean:+.2f} &plusmn; {found.half:.2f})."
        lines.append(f"<li>{rule['words']} {said}</li>")
    seeds = f"What {len(record['seeds'])} other seeds say"
    display(HTML(f"<details><summary>{seeds}</summary><ul>{''.join(lines)}</ul>{EXPLAINED}</details>"))


def _difference(rule: Rule, seed: dict[str, float]) -> float:
    values = [seed[name] for name in rule["numbers"]]
    if rule["kind"] == "grows":
        return float(np.polyfit(range(len(values)), values, 1)[0])
    return values[0] - values[1]


def _half_of_90(differences: Sequence[float]) -> float:
    """Half of the 90 % interval, which lies within a margin where both one-sided tests at 5 % reject."""
    from scipy import special  # takes half a second to import

    _, half = mean_interval(differences)
    degrees = len(differences) - 1
    return float(half * special.stdtrit(degrees, 0.95) / special.stdtrit(degrees, 0.975))
