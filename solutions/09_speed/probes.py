"""Evidence of lab 09 for the grader: what the student's functions return for inputs that nobody knows beforehand.

No probe reads a real clock: what takes time here takes it on a toy machine, whose calls are written down.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from prunelab.inputs import fraction, whole


def numbers(values) -> list[float]:
    """Several numbers of any type as floats."""
    return [float(value) for value in values]


class Toy:
    """A machine with a clock of its own; each call finds it at another speed, the first six find it very slow."""

    def __init__(self, rounds: int, draw: torch.Generator) -> None:
        self.now, self.log, self.order = 1000 * fraction(draw), [], []
        self.slow = [fraction(draw) * (50 if call < 6 else 1) for call in range(8 * rounds + 20)]

    def program(self, name: str, seconds: float) -> Callable[[], None]:
        """A program that takes so long and leaves its name in the log."""

        def run() -> None:
            self.now += seconds * self.slow[len(self.log)]
            self.log.append(name)
            self.order.append(name)

        return run

    def clock(self) -> float:
        """The time on this machine."""
        self.order.append("clock")
        return self.now

    def read_around(self) -> list[bool]:
        """Whether the clock was read just before and just after each timed call, and anew before each round."""
        ran = [place for place, name in enumerate(self.order) if name != "clock"][6:]
        around = [self.order[place - 1 : place + 2 : 2] == ["clock"] * 2 for place in ran]
        return around + [later - place > 2 for place, later in zip(ran[1::2], ran[2::2], strict=False)]


def race(lab, draw):
    """Logarithms of ratios, small and large, and who ran when; while they warm up, the order is free.

    At last both programs are the same function.
    """
    found = []
    for rounds, times in (1, 1), (2, 300), (whole(draw, 5, 8), 1e-4), (whole(draw, 9, 12), 1):
        toy = Toy(rounds, draw)
        old, new = toy.program("old", times * fraction(draw)), toy.program("new", fraction(draw))
        ratios = numbers(lab.race(old, new, rounds, toy.clock))
        found.append([list(map(math.log, ratios)), sorted(toy.log[:6]), toy.log[6:], toy.read_around()])
    toy = Toy(5, draw)
    program = toy.program("both", fraction(draw))
    return [*found, numbers(lab.race(program, program, 5, toy.clock))]


def median_interval(lab, draw):
    """Medians and ends of few and of many values of both signs, and of values that repeat; the values afterwards."""
    found = []
    for count in (*range(1, 32), 44, 67, 94, *(whole(draw, low, low + 20) for low in (32, 45, 70, 120))):
        values = (5 * torch.randn(count, generator=draw, dtype=torch.float64)).tolist()
        again = torch.randint(-4, 5, (count,), generator=draw).double().tolist()
        found += [numbers(lab.median_interval(values)), numbers(lab.median_interval(again)), values, again]
    return found


def layer_seconds(lab, draw):
    """Both times of small layers on machines that wait for bytes, for arithmetic or now for one, now for the other."""
    found = []
    for bandwidth in (1, 10, 100, 1000):
        for batch in (1, whole(draw, 3, 6), whole(draw, 20, 70)):
            sides = whole(draw, 2, 5), whole(draw, 7, 9)
            rows, columns = sides if whole(draw, 0, 1) else sides[::-1]
            for kept in (0, 1, whole(draw, 2, rows * columns - 1), rows * columns):
                flops, csr_flops = 30 * fraction(draw), 5 * fraction(draw)
                rates = {"bandwidth": bandwidth * fraction(draw), "flops": flops, "csr_flops": csr_flops}
                found += [numbers(lab.layer_seconds(rows, columns, batch, kept, rates)), rates]
    return found


def crossover(lab, draw):
    """Crossovers of curves that are slow at some per cents, or tie at the last of them, and fast at all others."""
    found, last = [], [whole(draw, low, low + 20) for low in (10, 40, 70)]
    some = [[p for p in range(end) if whole(draw, 0, 1)] + [end] for end in last]
    for places in ([], [0], [100], range(100), range(101), [whole(draw, 60, 95)], range(last[1]), *some):
        dense = 10 * fraction(draw)
        slower = [dense * (1 + fraction(draw) if p in places else fraction(draw)) for p in range(101)]
        ties = [dense if p == max(places, default=None) else seconds for p, seconds in enumerate(slower)]
        close = [dense * (1 + 1e-12 * (2 * (p in places) - 1)) for p in range(101)]
        found += [lab.crossover(dense, at_whole_per_cents(values)) for values in (slower, ties, close)]
    return [each if each is None else float(each) for each in found]


def at_whole_per_cents(values: list[float]) -> Callable[[int], float]:
    """A curve that has values from 0 to 100, at whole per cents alone."""

    def curve(percent: int) -> float:
        if percent not in range(101):
            raise ValueError(f"csr({percent}): whole per cents run from 0 to 100")
        return values[int(percent)]

    return curve


class Engine:
    """A random linear classifier that writes down the shapes it is given.

    Its classes come in similar pairs, and their logits lie around `level`.
    """

    def __init__(self, pixels: int, level: float, draw: torch.Generator) -> None:
        classes, self.shapes = whole(draw, 300, 400), []
        self.weight = torch.randn(pixels, classes, generator=draw)
        self.bias = torch.randn(classes, generator=draw) + level
        self.weight[:, 1::2], self.bias[1::2] = 1.0001 * self.weight[:, :-1:2], self.bias[:-1:2]

    def __call__(self, pack: Tensor) -> Tensor:
        """Logits (batch, classes)."""
        self.shapes.append(list(pack.shape))
        return pack.flatten(1) @ self.weight + self.bias


def answer_query(lab, draw):
    """Classes for queries that fill their batches and for others, shapes the engine saw, and what was given."""
    found, full, part = [], whole(draw, 2, 4), whole(draw, 3, 6)
    queries = (1, 12), (full, 6 * full), (part, 4 * part - whole(draw, 1, part - 1)), (40, 17)
    for (batch, asked), level in zip(queries, (0, -50, 50, 0), strict=True):
        channels, count = whole(draw, 1, 3), whole(draw, 7, 9)
        images, engine = torch.randn(count, channels, 4, 3, generator=draw), Engine(12 * channels, level, draw)
        indices = torch.randint(count, (asked,), generator=draw).tolist()
        found += [lab.answer_query(engine, images, indices, batch), engine.shapes, images, indices]
    return found


def gate(lab, draw):
    """Accuracies and verdicts against many dense accuracies, and for a log that just reaches the gate; both logs."""
    labels, entries = answers(all_kinds(draw), draw)
    dense = [5 + 0.35 * step + 0.1 * fraction(draw) for step in range(215)]
    found = [lab.gate(entries, labels, each) for each in dense]
    edge = float(found[0][0]) / 0.99
    for off in (0.01, 1e-3, 1e-4, 1e-5):
        found += [lab.gate(entries, labels, edge * (1 - off)), lab.gate(entries, labels, edge * (1 + off))]
    many, logged = answers(one_of_hundred_wrong(draw), draw)
    found += [lab.gate(logged, many, each) for each in (100.0, 100 + fraction(draw) / 1000, 100 - fraction(draw))]
    return [(float(accuracy), bool(passed)) for accuracy, passed in found], labels, entries, many, logged


def all_kinds(draw: torch.Generator) -> Tensor:
    """Kinds of answers, each at least once; a prime number of them, so that no accuracy is a whole number."""
    count = (37, 41, 43)[whole(draw, 0, 2)]
    kinds = torch.cat([torch.arange(6), torch.randint(6, (count - 6,), generator=draw)])
    return kinds[torch.randperm(count, generator=draw)]


def one_of_hundred_wrong(draw: torch.Generator) -> Tensor:
    """Kinds of answers of which 99 % are right."""
    hundreds = whole(draw, 1, 3)
    return (torch.randperm(100 * hundreds, generator=draw) < hundreds) * whole(draw, 2, 5)


def answers(kinds: Tensor, draw: torch.Generator) -> tuple[Tensor, list[dict]]:
    """Labels of one to three bytes, and a log in any order: 0, 1 right, 2 missing, 3 to 5 wrong in different ways."""
    length = torch.randint(1, 4, kinds.shape, generator=draw)
    labels = torch.randint(2**23, kinds.shape, generator=draw) % 256**length
    entries = []
    for sample in torch.randperm(len(kinds), generator=draw).tolist():
        label, kind = int(labels[sample]), int(kinds[sample])
        number = label ^ 1 << whole(draw, 0, 30) if kind == 4 else label
        text = number.to_bytes(4, "big" if kind == 3 else "little").hex() if kind < 5 else "ffffffff"
        if kind != 2:
            entries.append({"seq_id": len(entries), "qsl_idx": sample, "data": text})
    return labels, entries


def waterfall(lab, draw):
    """Factors and shares of steps that speed up, slow down or change nothing, times 10,000; the seconds afterwards."""
    found = []
    for count in (2, 3, 5, whole(draw, 6, 9)):
        for change in (fraction(draw), 1 / fraction(draw)):
            times = [20 * fraction(draw) for _ in range(count)]
            times[1:3] = times[0] / change, times[0] / change  # the other way, then nothing
            times[count - 1 :] = [times[0] * change]
            if count > 3:
                times[1:3] = times[0] / change**9, times[0] / change**9  # shares far outside of 0 to 1
            names = torch.randperm(99, generator=draw)[:count].tolist()
            seconds = {f"step {name}": taken for name, taken in zip(names, times, strict=True)}
            steps = lab.waterfall(seconds)
            parts = [(name, [1e4 * each for each in numbers(pair)]) for name, pair in steps.items()]
            found += [parts, list(seconds.items())]
    return found


def energy(lab, draw):
    """Microjoules in both kinds of numbers, with memory, with arithmetic and with both; picojoules of small layers."""
    found = []
    for kind in ("float32", "int8"):
        work, moved = whole(draw, 10**6, 10**8), whole(draw, 10**5, 10**6)
        found += [lab.energy(*pair, kind) for pair in ((work, moved), (work, 0), (0, moved), (moved, work))]
        for rest in range(4):
            found.append(1e6 * lab.energy(whole(draw, 1, 99), 4 * whole(draw, 0, 9) + rest, kind))
    return numbers(found)
