"""What is left of a network when each of its stages keeps a fraction of its channels: on paper and by the clock."""

import itertools

from prunelab.explorers import panels
from prunelab.explorers.explorer import Explorer, Menu, Slider

KINDS = {"parameters": "parameters", "macs": "MACs", "predicted": "predicted latency", "measured": "measured latency"}
TONES = {"parameters": "kept", "macs": "kept", "predicted": "reference", "measured": "pruned"}


class StageExplorer(Explorer):
    """Parameters, MACs, predicted and measured latency by the fraction that each stage keeps.

    `found` maps the kept fractions, (first stage, ..., last stage), to {"parameters", "macs", "predicted", "measured"},
    latencies in seconds; every combination of the fractions is there, whole stages among them; else ValueError.
    """

    def __init__(self, found: dict[tuple[float, ...], dict[str, float]], name: str) -> None:
        choices = [sorted(set(fractions)) for fractions in zip(*found, strict=True)]  # of each stage
        *menus, last = [[f"{100 * fraction:g} %" for fraction in fractions] for fractions in choices]
        variants = _variants(found, choices)
        whole = variants[-1][-1]  # every stage keeps all
        bars = panels.bars("Left of the whole", "%", [_bars(variant, whole) for variant in variants])
        table = panels.table("In numbers", ["", "left"], [_rows(variant) for variant in variants])
        ticks = list(enumerate(f"{100 * fraction:g}" for fraction in choices[-1]))
        slider = Slider(f"Stage {len(choices)} keeps", last, last, "channels kept / %", ticks, 0)
        stages = [Menu(f"Stage {number} keeps", texts, len(texts) - 1) for number, texts in enumerate(menus, 1)]
        summaries = [[_summary(stage, whole) for stage in variant] for variant in variants]
        super().__init__(name, [bars, table], summaries, slider=slider, menus=stages)


def _variants(found: dict, choices: list[list[float]]) -> list[list[dict]]:
    """What was found for each choice of the menus, last menu fastest, and each position of the slider."""
    combinations = list(itertools.product(*choices))
    missing = [combination for combination in combinations if combination not in found]
    if missing:
        raise ValueError(f"The stages have nothing for {missing[0]}; measure every combination of the fractions.")
    in_order = [found[combination] for combination in combinations]
    step = len(choices[-1])
    return [in_order[start : start + step] for start in range(0, len(in_order), step)]


def _bars(variant: list[dict], whole: dict) -> list[dict]:
    """A bar for each kind of cost, in per cent of the whole network."""
    bars = []
    for kind, label in KINDS.items():
        fractions = [round(100 * stage[kind] / whole[kind], 1) for stage in variant]
        bars.append(panels.bar(label, fractions, [f"{fraction:.0f} %" for fraction in fractions], TONES[kind]))
    return bars


def _rows(variant: list[dict]) -> list[dict]:
    return [
        panels.row(label, [_text(kind, stage[kind]) for stage in variant], key=place, tone=TONES[kind])
        for place, (kind, label) in enumerate(KINDS.items())
    ]


def _text(kind: str, value: float) -> str:
    return f"{value:,.0f}" if kind in ("parameters", "macs") else f"{1e3 * value:.2f} ms"


def _summary(stage: dict, whole: dict) -> str:
    fractions = [f"{label} {100 * stage[kind] / whole[kind]:.0f} %" for kind, label in KINDS.items()]
    return f"Left of the whole: {', '.join(fractions)}."
