"""What fits under a budget: each method's best network that costs no more."""

import math

from prunelab.explorers import panels
from prunelab.explorers.explorer import Explorer, Menu, Slider

STEPS_PER_DECADE = 8  # positions of the slider for each factor of ten


class ParetoExplorer(Explorer):
    """The best that each method offers within a budget that the slider sets.

    Each of the `points` has a "label", "lost" in points of accuracy, and its costs by name, None where it has none. A
    cost of `costs` is a choice of the menu. Own points, labelled `mine`, are drawn apart. ValueError where no point has
    a cost.
    """

    def __init__(self, points: list[dict], costs: tuple[str, ...], mine: str, start: float = 0.0) -> None:
        empty = [cost for cost in costs if not any(point.get(cost) for point in points)]
        if empty or not costs:
            raise ValueError(f"No point has {empty[0] if empty else 'a cost'}; give points with every cost.")
        budgets = _budgets([point[cost] for point in points for cost in costs if point.get(cost)])
        best = [[_within(points, cost, budget) for budget in budgets] for cost in costs]
        labels = list(dict.fromkeys(point["label"] for point in points))
        tones = {label: "pruned" if label == mine else "kept" for label in labels}
        tables = [_rows(found, labels, tones, cost) for found, cost in zip(best, costs, strict=True)]
        drawn = [_bars(found, labels, tones) for found in best]
        most = max(0.1, *(point["lost"] for point in points))
        texts = [f"{budget:,.0f}" for budget in budgets]
        ticks = [
            (position, f"{budget:.0e}") for position, budget in enumerate(budgets) if not position % STEPS_PER_DECADE
        ]
        place = next((position for position, budget in enumerate(budgets) if budget >= start), len(budgets) - 1)
        slider = Slider("Budget", texts, texts, "at most", ticks, place)
        summaries = [[_summary(found, labels) for found in row] for row in best]
        bars = panels.bars("The best within the budget", "points of accuracy lost", drawn, high=most)
        table = panels.table("In numbers", ["", "points lost", "cost"], tables)
        super().__init__("Budgets", [bars, table], summaries, slider=slider, menus=[Menu("Cost", list(costs))])


def _budgets(values: list[float]) -> list[float]:
    """Round budgets from below the smallest value to above the largest, as many in each factor of ten."""
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    steps = range(STEPS_PER_DECADE * first, STEPS_PER_DECADE * last + 1)
    return [float(f"{10 ** (step / STEPS_PER_DECADE):.2g}") for step in steps]


def _within(points: list[dict], cost: str, budget: float) -> dict[str, dict]:
    """The point of each label that loses least at no more than the budget, by label."""
    best = {}
    for point in points:
        fits = point.get(cost) is not None and point[cost] <= budget
        if fits and point["lost"] < best.get(point["label"], {"lost": float("inf")})["lost"]:
            best[point["label"]] = point
    return best


def _bars(best: list[dict], labels: list[str], tones: dict[str, str]) -> list[dict]:
    """A bar for each label; one that gained has none, and says so."""
    bars = []
    for label in labels:
        found = [each.get(label) for each in best]  # at each position of the slider
        values = [max(0.0, point["lost"]) if point else 0.0 for point in found]
        texts = [f"{point['lost']:+.2f}" if point else "nothing fits" for point in found]
        bars.append(panels.bar(label, values, texts, tones[label]))
    return bars


def _rows(best: list[dict], labels: list[str], tones: dict[str, str], cost: str) -> list[dict]:
    rows = []
    for place, label in enumerate(labels):
        found = [each.get(label) for each in best]  # at each position of the slider
        lost = [f"{point['lost']:+.2f}" if point else "-" for point in found]
        costs = [f"{point[cost]:,.0f}" if point else "-" for point in found]
        order = [point["lost"] if point else 1000 + place for point in found]
        rows.append(panels.row(label, lost, costs, key=order, tone=tones[label]))
    return rows


def _summary(best: dict[str, dict], labels: list[str]) -> str:
    if not best:
        return "Nothing fits."
    winner = min(best, key=lambda label: best[label]["lost"])
    return f"{len(best)} of {len(labels)} fit; {winner} loses least, {best[winner]['lost']:+.2f} points."
