"""How a pruning schedule divides the work between its rounds."""

from collections.abc import Callable

from prunelab.explorers import panels
from prunelab.explorers.explorer import Explorer, Menu, Slider

FACTORS = (2, 3, 4, 5, 8, 10, 12, 16, 20, 30, 40, 50, 80, 100)  # how many times smaller the network gets
ROUNDS = range(1, 11)


class ScheduleDesigner(Explorer):
    """What is kept after each round, and which share of the weights still there the round cuts.

    `shapes` maps a name to a function of final sparsity (0 to 1) and number of rounds that returns the share of all
    weights kept after each round, none larger than the one before.
    """

    def __init__(self, shapes: dict[str, Callable[[float, int], list[float]]]) -> None:
        if not shapes:
            raise ValueError("There are no shapes; give at least one, as in {'one shot': lambda s, n: [1 - s] * n}.")
        plans = [[_plan(name, shape, n) for name, shape in shapes.items()] for n in ROUNDS]
        plans = [plan for same_shape in zip(*plans, strict=True) for plan in same_shape]
        kept = panels.bars("Weights kept after each round", "% of all weights", [_bars(plan) for plan in plans])
        cut = panels.bars("Cut in each round", "% of the weights still there", [_bars(_cuts(plan)) for plan in plans])
        texts = [f"{1 - 1 / factor:.4g}" for factor in FACTORS]
        texts = [f"{float(text):.1%}, {factor}x" for text, factor in zip(texts, FACTORS, strict=True)]
        ticks = [(position, f"{factor}x") for position, factor in enumerate(FACTORS)]
        slider = Slider("Final sparsity", texts, texts, "times fewer weights", ticks, FACTORS.index(20))
        menus = [Menu("Shape", list(shapes)), Menu("Rounds", [str(n) for n in ROUNDS], start=3)]
        summaries = [_summaries(plan) for plan in plans]
        super().__init__("Schedule designer", [kept, cut], summaries, slider=slider, menus=menus)


def _plan(name: str, shape: Callable, rounds: int) -> list[list[float]]:
    """The fractions kept, [factor][round]; raise ValueError if `shape` gives anything else."""
    plan = [[float(share) for share in shape(1 - 1 / factor, rounds)] for factor in FACTORS]
    for factor, shares in zip(FACTORS, plan, strict=True):
        falls = all(old + 1e-6 >= new >= -1e-6 for old, new in zip([1.0, *shares], shares, strict=False))
        if len(shares) != rounds or not falls:
            raise ValueError(
                f"{name} gives {shares} for sparsity {1 - 1 / factor:.3g} in {rounds} rounds; give one share of all "
                "weights a round, from 0 to 1, none larger than the one before."
            )
    return plan


def _cuts(plan: list[list[float]]) -> list[list[float]]:
    """Of the weights that a round finds, the fraction that it cuts."""
    return [
        [1 - new / old if old else 0.0 for old, new in zip([1.0, *shares], shares, strict=False)] for shares in plan
    ]


def _bars(plan: list[list[float]]) -> list[dict]:
    bars = []
    for number, by_factor in enumerate(zip(*plan, strict=True), 1):
        values = [round(100 * share, 2) for share in by_factor]
        bars.append(panels.bar(f"round {number}", values, [f"{value:.1f} %" for value in values]))
    return bars


def _summaries(plan: list[list[float]]) -> list[str]:
    return [
        f"Kept {', '.join(f'{share:.1%}' for share in shares)}; the hardest cut takes {max(cuts):.0%} of what it finds."
        for shares, cuts in zip(plan, _cuts(plan), strict=True)
    ]
