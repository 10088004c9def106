"""Item analysis: what the scores of a class say about each checkpoint of a lab."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import StatisticsError, correlation, median

from prunelab.instructor.gradebook.journal import Entry

BLANK = "nothing written yet"  # what a check says of an exercise that nobody touched
FEWEST = 5  # submissions for which a correlation says anything
SHOWN = 3  # kinds of failure
ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@dataclass(frozen=True)
class Failure:
    """A kind of failure: how many checks said it, up to numbers and addresses, and one example in full."""

    count: int
    student: str
    example: str


@dataclass(frozen=True)
class Item:
    """A checkpoint: fractions of the submissions that passed it and that left it blank; None is not known."""

    name: str
    points: float
    passed: float
    blank: float
    failures: list[Failure]
    seconds: float | None
    discrimination: float | None


def analyse(entries: Iterable[Entry]) -> list[Item]:
    """Return what is known about each checkpoint, in the lab's order; refused submissions say nothing about it."""
    ran = [entry for entry in entries if entry.outcome != "refused"]
    names = dict.fromkeys(name for entry in ran for name in entry.points if name in entry.scores)
    return [_item(name, [entry for entry in ran if name in entry.scores]) for name in names]


def _item(name: str, entries: list[Entry]) -> Item:
    said = {entry.student: entry.failures[name] for entry in entries if name in entry.failures}
    blank = [student for student, message in said.items() if BLANK in message]
    seconds = [entry.seconds[name] for entry in entries if name in entry.seconds]
    return Item(
        name,
        points=max(entry.points.get(name, 0) for entry in entries),
        passed=1 - len(said) / len(entries),
        blank=len(blank) / len(entries),
        failures=common({student: message for student, message in said.items() if student not in blank}),
        seconds=median(seconds) if seconds else None,
        discrimination=discrimination(name, entries),
    )


def discrimination(name: str, entries: list[Entry]) -> float | None:
    """Return how well a checkpoint tells strong from weak submissions; None for few submissions or no spread.

    It is the item-rest correlation r = cov(x, t - x) / (s(x) s(t - x)), Pearson's, over the submissions: x is the score
    for this checkpoint and t the score for the lab. The checkpoint is not part of t - x, or it would correlate with
    itself. Source: Crocker & Algina (1986), Introduction to Classical and Modern Test Theory, chapter 14.
    """
    scores = [entry.scores[name] for entry in entries]
    rest = [sum(entry.scores.values()) - entry.scores[name] for entry in entries]
    if len(entries) < FEWEST:
        return None
    try:
        return correlation(scores, rest)
    except StatisticsError:
        return None


def common(said: dict[str, str]) -> list[Failure]:
    """Return the most frequent kinds of what checks said to students."""
    kinds = Counter(map(normalised, said.values()))
    example = {normalised(message): student for student, message in reversed(said.items())}
    return [Failure(count, example[kind], said[example[kind]]) for kind, count in kinds.most_common(SHOWN)]


def normalised(message: str) -> str:
    """Return a message without what differs from run to run: addresses, numbers, white space."""
    return " ".join(NUMBER.sub("#", ADDRESS.sub("#", message)).split())


def hardest(items: list[Item]) -> str | None:
    """Return the checkpoint that the fewest passed, the first of several; None if all passed all."""
    lowest = min(items, key=lambda item: item.passed, default=None)
    return lowest.name if lowest and lowest.passed < 1 else None
