"""Evidence of lab 04 for the grader: what the student's functions return for inputs that nobody knows beforehand."""

import math

import torch
from torch import Tensor

from prunelab.inputs import distinct, fraction, fractions, whole
from prunelab.training import seeded


def copied(tensors: dict) -> dict:
    """A copy of a dict of tensors."""
    return {name: tensor.clone() for name, tensor in tensors.items()}


def random_weights(draw: torch.Generator) -> dict:
    """Random weights and biases of two linear layers, the second one larger in scale."""
    inputs, hidden, outputs = whole(draw, 5, 9), whole(draw, 4, 7), whole(draw, 3, 5)
    shapes = {"1.weight": (hidden, inputs), "1.bias": (hidden,), "3.weight": (outputs, hidden), "3.bias": (outputs,)}
    return {name: torch.randn(shape, generator=draw) * (1 + (name[0] == "3")) for name, shape in shapes.items()}


def random_masks(weights: dict, part: float, draw: torch.Generator) -> dict:
    """Random masks for the weights of each layer that keep about the share `part`."""
    names = [name for name in reversed(weights) if name.endswith(".weight")]  # in another order than the weights
    return {name[:-7]: torch.rand(weights[name].shape, generator=draw) < part for name in names}


def close_weights(draw: torch.Generator) -> dict:
    """Weights and biases like `random_weights`, with magnitudes that are all different and close to each other."""
    weights = random_weights(draw)
    sizes = [tensor.numel() for tensor in weights.values()]
    values = distinct((sum(sizes),), draw).split(sizes)
    return {name: piece.reshape(weights[name].shape) for name, piece in zip(weights, values, strict=True)}


def masked(weights: dict, masks: dict) -> dict:
    """The weights with zeros where the masks are False."""
    return weights | {f"{name}.weight": weights[f"{name}.weight"] * mask for name, mask in masks.items()}


def prune_survivors(lab, draw):
    """New masks for random weights, counts where weights are equal or zero, and the inputs afterwards."""
    found = []
    for part in (0.0, fraction(draw), fraction(draw), 1.0):
        weights = random_weights(draw)
        masks = random_masks(weights, 0.7, draw)
        turned = [{name: tensor.movedim(0, -1) for name, tensor in each.items()} for each in (weights, masks)]
        found += [lab.prune_survivors(weights, masks, part), lab.prune_survivors(*turned, part), weights, masks]
    weights = close_weights(draw)
    masks = random_masks(weights, 0.8, draw)
    for part in fractions(sum(int(mask.sum()) for mask in masks.values())):
        for scale in (1.0, 1e18, 1e-18):
            found.append(lab.prune_survivors({name: scale * each for name, each in weights.items()}, masks, part))
    rows = 1 + 2 * whole(draw, 0, 1)  # fifties of survivors, whose hundredths tell how a product is rounded
    one, full = {"1.weight": distinct((rows, 50), draw)}, {"1": torch.ones(rows, 50).bool()}
    found += [lab.prune_survivors(one, full, part) for part in fractions(50 * rows)]
    equal = {name: torch.randint(-1, 2, tensor.shape, generator=draw).float() for name, tensor in weights.items()}
    for weights in (equal, {name: torch.zeros_like(tensor) for name, tensor in equal.items()}):
        new = lab.prune_survivors(weights, masks, fraction(draw))
        revived = sum(int((new[name] & ~mask).sum()) for name, mask in masks.items())
        found.append((revived, sum(int(mask.sum()) for mask in new.values())))
    return found


class Workshop:
    """A `train` and a `cut` of the grader's own, which write down what they were given."""

    def __init__(self, draw: torch.Generator) -> None:
        self.start = random_weights(draw)
        for tensor in self.start.values():
            tensor[0] = 0.0  # survivors, too, may be zero
        self.masks = random_masks(self.start, 0.9, draw)
        self.pull = {name: torch.randn(tensor.shape, generator=draw) for name, tensor in self.start.items()}
        self.diary = []

    def train(self, weights: dict, masks: dict, step: int) -> dict:
        """Weights that depend on those given, on the masks and on the step; pruned ones end at zero."""
        self.diary.append(("train", copied(masked(weights, masks)), copied(masks), step))
        moved = {name: 0.7 * tensor + (1 - step / 200) * self.pull[name] for name, tensor in weights.items()}
        return masked(moved, masks)

    def cut(self, weights: dict, masks: dict, part: float) -> dict:
        """New masks, each layer by itself, by a rule of the grader's own: the most negative weights go."""
        self.diary.append(("cut", copied(masked(weights, masks)), copied(masks), float(part)))
        new = copied(masks)
        for name, mask in new.items():
            alive = mask.nonzero()
            order = weights[f"{name}.weight"][mask].argsort()
            mask[tuple(alive[order[: math.ceil(part * len(alive))]].T)] = False
        return new

    def inputs(self) -> tuple[dict, dict]:
        """The weights and masks to begin with, as they are now."""
        return self.start, self.masks


def find_ticket(lab, draw):
    """Tickets and masks, what `train` and `cut` were given on the way, and the inputs afterwards."""
    found = []
    for rounds, step in ((1, 0), (3, whole(draw, 1, 99)), (2, whole(draw, 1, 99)), (0, 0)):
        shop = Workshop(draw)
        if rounds == 0:
            shop.start = masked(shop.start, shop.masks)
        ticket, masks = lab.find_ticket(shop.train, shop.cut, *shop.inputs(), fraction(draw) / 2, rounds, step)
        found.append((ticket, masks, shop.diary, shop.inputs()))
    return found


def rewind_rate(lab, draw):
    """Surviving weights and masks, what `train` and `cut` were given on the way, and the inputs afterwards."""
    found = []
    for rounds in (1, 3, whole(draw, 2, 4), 0):
        shop = Workshop(draw)
        weights, masks = lab.rewind_rate(shop.train, shop.cut, *shop.inputs(), fraction(draw) / 2, rounds)
        found.append((masked(weights, masks), masks, shop.diary, shop.inputs()))
    return found


def controls(lab, draw):
    """What does not depend on how numbers are drawn: ranges and shapes, counts and places, which draws are the same."""
    return _reinitialised(lab.reinitialised, draw), _shuffled(lab.shuffled, draw)


def _reinitialised(reinitialised, draw: torch.Generator) -> list:
    """Range, spread and mean of each tensor, rounded so that chance has no effect; which draws are the same."""
    weights = {}
    for name in ("1", "3"):
        outputs, inputs = whole(draw, 4000, 5000), whole(draw, 2, 16)
        weights |= {f"{name}.weight": torch.full((outputs, inputs), 7.0), f"{name}.bias": torch.full((outputs,), 7.0)}
    source, seed = seeded(whole(draw, 0, 10**9)), whole(draw, 0, 10**9)
    draws = [reinitialised(weights, each) for each in (seeded(seed), seeded(seed), seeded(seed + 1), source, source)]
    same = [draws[a]["3.weight"].equal(draws[b]["3.weight"]) for a, b in ((0, 1), (0, 2), (3, 4))]
    shapes = [{name: list(tensor.shape) for name, tensor in new.items()} for new in draws]
    return [{name: _summary(tensor) for name, tensor in draws[0].items()}, same, shapes, weights["1.bias"][:3]]


def _summary(values: Tensor) -> tuple[int, int, int]:
    """Rounded: one over the square of the largest magnitude; ten times spread and mean, as shares of the largest."""
    largest = values.abs().max().item()
    return round(largest**-2), round(10 * values.std().item() / largest), round(10 * values.mean().item() / largest)


def _shuffled(shuffled, draw: torch.Generator) -> list:
    """Counts, rows and columns that hold both kinds, which draws and layers are the same, and the masks afterwards."""
    rows, columns = whole(draw, 80, 90), whole(draw, 91, 99)
    lying = (torch.arange(rows) < 0.3 * rows + whole(draw, 0, 20))[:, None].repeat(1, columns)  # whole rows are True
    upright = (torch.arange(columns) < 0.3 * columns + whole(draw, 0, 20)).repeat(rows, 1)  # whole columns are True
    masks = {"1": lying, "3": upright, "5": lying.clone(), "7": torch.rand(5, 4, generator=draw) < 0.5}
    source, seed = seeded(whole(draw, 0, 10**9)), whole(draw, 0, 10**9)
    draws = [shuffled(masks, each) for each in (seeded(seed), seeded(seed), seeded(seed + 1), source, source)]
    counts = [{name: int(mask.sum()) for name, mask in new.items()} for new in draws]
    mixed = [int((draws[0][name].any(dim) & ~draws[0][name].all(dim)).sum()) for name in ("1", "3") for dim in (0, 1)]
    same = [draws[a]["1"].equal(draws[b]["1"]) for a, b in ((0, 1), (0, 2), (3, 4))]
    kinds = {name: (str(mask.dtype), list(mask.shape)) for name, mask in draws[0].items()}
    return [counts, mixed, same, draws[0]["1"].equal(draws[0]["5"]), kinds, masks]


def early_stop(lab, draw):
    """The steps for random losses with ties and losses that are no numbers, in random order."""
    found = []
    for kinds in (2, 3, 4, 10**6, 10**15) * 6:
        count = whole(draw, 9, 15)
        losses = torch.randint(1, 1 + kinds, (count,), generator=draw).double() / kinds - fraction(draw)
        losses[torch.randperm(count, generator=draw)[:3]] = math.nan
        steps = torch.randint(3, 40, (count,), generator=draw).cumsum(0)
        order = torch.randperm(count, generator=draw).tolist()
        found.append(int(lab.early_stop({int(steps[place]): losses[place].item() for place in order})))
    found.append(int(lab.early_stop({3: math.nan, whole(draw, 4, 99): 3.0, 1: math.inf})))
    found.append(int(lab.early_stop({whole(draw, 50, 99): math.inf, whole(draw, 4, 40): math.inf})))
    low, step = fraction(draw), whole(draw, 2, 9)
    found.append(int(lab.early_stop({step - 1: math.nextafter(low, 1), step: low, step + 1: math.nextafter(low, 1)})))
    found.append(int(lab.early_stop({step: -1.0 * whole(draw, 0, 3), 100: 0.0, 7 * step: 0.5})))
    return found


def paired_decision(lab, draw):
    """Means, half widths and decisions for pairs that share their luck, and the lists afterwards."""
    found = []
    counts = (whole(draw, 4, 6), whole(draw, 9, 29), whole(draw, 30, 90), whole(draw, 100, 1000))
    for count, ahead in ((2, 0.0), (3, 0.0), (5, 2.0), (8, -2.0), *((count, 0.3) for count in counts)):
        luck = 80 + 5 * torch.randn(count, generator=draw, dtype=torch.float64)
        noise = ahead + 0.5 * torch.randn(count, generator=draw, dtype=torch.float64)
        # sixty-fourths are exact in single precision, too
        ours, rival = ((64 * values).round().div(64).tolist() for values in (luck + noise, luck))
        found += [_decided(lab.paired_decision, *pair) for pair in ((ours, rival), (rival, ours))]
        found += [_decided(lab.paired_decision, ours, list(ours)), ours, rival]
    found.append(_decided(lab.paired_decision, [value + 0.5 for value in ours], ours))
    for unit in (2.0**-10, 2.0**-40):  # small differences, all on one side or not
        tiny = [unit * whole(draw, 7, 9) for _ in range(6)]
        found += [_decided(lab.paired_decision, tiny, [unit * whole(draw, 0, most) for _ in tiny]) for most in (2, 99)]
    return found


def _decided(paired_decision, ours: list[float], rival: list[float]) -> tuple[float, float, str]:
    """What a decision consists of, as plain numbers and a word."""
    mean, half, decision = paired_decision(ours, rival)
    return float(mean), float(half), str(decision)


def before_training(lab, draw):
    """The shares of weights that shrank, with some that stay as they are, the inputs afterwards, and the prediction."""
    found = []
    for part in (fraction(draw), fraction(draw), 0.0, 1.0):
        before, after = random_weights(draw), {}
        for name, first in reversed(before.items()):  # magnitudes that change by the smallest step, a lot, or not
            steps = (-first, first.nextafter(0 * first), first.nextafter(3 * first))
            moves = torch.stack((*steps, first * torch.randn(first.shape, generator=draw) * 1.3))
            after[name] = moves.gather(0, torch.randint(4, (1, *first.shape), generator=draw))[0]
        masks = random_masks(before, part, draw)
        shares = [float(each) for each in lab.shrunk_shares(before, after, masks)]
        found.append((shares, before, after, masks))
    return found, str(lab.best_untrained)
