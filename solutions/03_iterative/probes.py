"""Evidence of lab 03 for the grader: what the student's functions return for inputs that nobody knows beforehand."""

import math
from operator import index

import torch
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from prunelab.checks import Check
from prunelab.data import Data
from prunelab.inputs import fraction, whole
from prunelab.instructor.verdict.probing import locked_cells
from prunelab.training import BATCH, accuracy

SLACK = 1.0  # points: with sums in another order, the trusted side trains slightly different networks


def geometric_targets(lab, draw):
    """The targets for several sparsities and numbers of rounds, as logarithms where none is zero."""
    cases = [(fraction(draw), whole(draw, 2, 9)) for _ in range(4)]
    cases += [(fraction(draw), 1), (0.99, whole(draw, 5, 12)), (1 - fraction(draw) / 1000, whole(draw, 2, 5))]
    found = [lab.geometric_targets(*case) for case in [*cases, (0.0, whole(draw, 2, 5))]]
    nothing = lab.geometric_targets(1.0, whole(draw, 5, 9))
    return [[math.log(kept) for kept in shares] for shares in found] + [[float(kept) for kept in nothing]]


def cubic_sparsity(lab, draw):
    """The sparsity at every step before, during and after several schedules."""
    found = []
    for frequency in (1, whole(draw, 3, 5), whole(draw, 6, 9)):
        begin, length = frequency * whole(draw, 1, 3) + 1, frequency * whole(draw, 3, 6) + frequency - 1
        settings = (begin, begin + length, frequency, fraction(draw) / 4)
        final = 0.5 + fraction(draw) / 2
        steps = torch.randperm(begin + length + 5, generator=draw).tolist()
        found += [float(lab.cubic_sparsity(step, final, *settings)) for step in steps]
        found += [float(lab.cubic_sparsity(step, settings[-1], *settings[:-1], final)) for step in steps]
        found.append(float(lab.cubic_sparsity(begin + length // 2, final, begin, begin + length)))
        tiny = fraction(draw) / 1000  # as logarithms, since the grader compares to four digits
        small = [lab.cubic_sparsity(step, tiny, *settings[:-1], tiny / 2) for step in steps]
        found += [math.log(sparsity) for sparsity in small]
    return found


def prune_in_rounds(lab, draw):
    """The accuracies of two plans, and what the network that was given saw while it was trained."""
    splits, found = {}, []
    for split, most in (("train", 120), ("validation", 80), ("test", 40)):
        images = torch.randn(whole(draw, most - 30, most), 1, 4, 4, generator=draw)
        splits[split] = TensorDataset(images, torch.randint(3, (len(images),), generator=draw))
    data = Data("random", ("a", "b", "c"), **splits)
    for shares in ((1.0, 0.7, 0.7, 0.1), (fraction(draw),), (0.9, fraction(draw))):
        witness = Witness(draw, data.train.tensors[0])
        plan = [(kept, 3 * number + whole(draw, 2, 4)) for number, kept in enumerate(shares)]
        reached = [float(reached) for reached in lab.prune_in_rounds(witness, data, plan)]
        found.append((reached, witness.diary, accuracy(witness, data.validation), witness.clock.item()))
    return found


class Witness(nn.Module):
    """A network whose outputs depend on the cuts and the number of steps alone, whatever the seed of the training.

    Its weights are frozen; the one parameter that learns, `clock`, adds the same to each logit, and its gradient is
    always 1, so that it tells the learning rates and the weight decay. In training it writes down how many images
    there are, how many of them are among `known`, and how many weights are not zero.
    """

    def __init__(self, draw: torch.Generator, known: Tensor) -> None:
        super().__init__()
        self.known = known.flatten(1)
        self.hidden = nn.Linear(16, whole(draw, 8, 12), bias=False)
        self.last = nn.Linear(self.hidden.out_features, 3, bias=False)
        for parameter in self.parameters():
            nn.init.normal_(parameter, generator=draw).requires_grad_(False)
        self.speed = 1 + torch.rand(3, generator=draw)
        self.clock, self.steps, self.diary = nn.Parameter(torch.ones(1)), 0, []
        self.clock.register_hook(torch.ones_like)

    def forward(self, images: Tensor) -> Tensor:
        """The logits (N, 3), which sway with the steps of training."""
        logits = self.last(self.hidden(images.flatten(1)).relu())
        if self.training:
            self.steps += 1
            among = (images.flatten(1)[:, None] == self.known).all(2).any(1)
            left = sum(int((layer.weight != 0).sum()) for layer in (self.hidden, self.last))
            self.diary.append((len(images), int(among.sum()), left))
        return logits + 5 * torch.sin(self.steps * self.speed) + self.clock


def equal_plans(lab, draw):
    """The plans for several lists of targets, and the lists afterwards."""
    found, counts = [], (1, 2, 3, whole(draw, 4, 6), whole(draw, 7, 9))
    lists = [[fraction(draw) for _ in range(count)] for count in counts]
    for targets in (*lists, 2 * lists[1]):
        count = len(targets)
        totals = (whole(draw, 10, 99), count * whole(draw, 2, 9), 50 * count + max(count - 2, 0))
        found += [(targets, lab.equal_plans(targets, total)) for total in totals]
    return [[targets, *(_plan(plans[name]) for name in sorted(plans)), sorted(plans)] for targets, plans in found]


def _plan(rounds: list) -> list[list[float]]:
    """The shares and steps of a plan; steps that are no whole numbers raise TypeError."""
    return [[float(kept), index(steps)] for kept, steps in rounds]


def scheduler_bug(lab, draw):
    """The rate predicted, on a logarithmic scale; rates, weights and modes of networks that `mended` trains."""
    one_batch = _task(BATCH, BATCH, draw)
    same_images = [_task(1, BATCH * batches, draw) for batches in (2, whole(draw, 3, 4))]
    found = [_mended(lab.mended, dataset, draw) for dataset in (one_batch, *same_images)]
    found.append(_seen(lab.mended, BATCH * whole(draw, 2, 4), whole(draw, 3, 5), fraction(draw)))
    found.append(_mended(lab.mended, _task(1, BATCH * whole(draw, 2, 4) + whole(draw, 1, BATCH - 1), draw), draw)[0])
    return math.log10(float(lab.predicted_rate)), found


def _task(different: int, count: int, draw: torch.Generator) -> TensorDataset:
    """A dataset of `count` images in which `different` are repeated, so that the order of the batches has no effect."""
    images = torch.randn(different, 1, 3, 3, generator=draw, dtype=torch.float64).repeat(count // different, 1, 1, 1)
    return TensorDataset(images, torch.randint(3, (different,), generator=draw).repeat(count // different))


def _mended(mended, dataset: TensorDataset, draw: torch.Generator) -> list:
    """The logarithms of the rates, the modes of the forward passes, and the weights after a training."""
    model, modes = nn.Sequential(nn.Flatten(), nn.Linear(9, whole(draw, 4, 6)), nn.Tanh()).double(), set()
    for parameter in model.parameters():
        nn.init.normal_(parameter, generator=draw)
    model.register_forward_pre_hook(lambda module, _: modes.add(str(module.training)))
    rates = mended(model.eval(), dataset, whole(draw, 9, 12), 0.5 * fraction(draw))
    return [[math.log10(rate) for rate in rates], sorted(modes), *(each.detach() for each in model.parameters())]


def _seen(mended, count: int, epochs: int, rate: float) -> list:
    """Whether each epoch of a training has all images, and whether they come in another order in each."""
    numbers, seen = torch.arange(count).float().reshape(-1, 1), []
    model = nn.Linear(1, 2)
    model.register_forward_pre_hook(lambda _, inputs: seen.extend(inputs[0].flatten().tolist()))
    mended(model, TensorDataset(numbers, torch.zeros(count, dtype=torch.long)), epochs, rate)
    orders = [tuple(seen[start : start + count]) for start in range(0, len(seen), count)]
    return [[sorted(order) == list(range(count)) for order in orders], len(set(orders))]


def gap(lab, draw):
    """The gaps between drawn datasets, and the share chosen."""
    gaps = [float(lab.gap(_toy_model(), first, second)) for first, second in _toys(draw)]
    return {"gaps": gaps, "kept": float(lab.my_kept)}


def _toy_model() -> nn.Module:
    """A model in training mode of images that are their own logits, in evaluation mode."""
    return nn.Sequential(nn.Dropout(0.5), nn.Flatten()).train()


def _toys(draw: torch.Generator) -> list[tuple[TensorDataset, TensorDataset]]:
    """Pairs of datasets, each pair in both orders."""
    pairs = []
    for low, high in ((1, 9), (15, 40), (1010, 1500)):
        pair = [TensorDataset(*_logits(whole(draw, low, high), fraction(draw), draw)) for _ in range(2)]
        pairs += [pair, pair[::-1]]
    return pairs


def _logits(count: int, part: float, draw: torch.Generator) -> tuple[Tensor, Tensor]:
    """Images that are logits (count, 3, 1, 1), and labels, about the share `part` of them that of the largest."""
    images, labels = torch.randn(count, 3, 1, 1, generator=draw), torch.randint(3, (count,), generator=draw)
    return images, torch.where(torch.rand(count, generator=draw) < part, images.flatten(1).argmax(1), labels)


def gap_holds(evidence, reference) -> bool:
    """Whether the gaps are the reference's, and the lab's network of this share closes its gap."""
    lab, kept = locked_cells(__file__), evidence["kept"]
    Check("gap").equal(evidence["gaps"], reference["gaps"], idea="", atol=1e-3)
    if not 0 <= kept <= 1:
        return False
    pair = (lab.small_network(kept), lab.twin)
    train, validation = ([accuracy(model, split) for model in pair] for split in (lab.noisy, lab.data.validation))
    most = max((train[1] - validation[1]) / 2, 0)
    return train[0] - validation[0] <= most + SLACK and validation[0] >= validation[1] - 0.5 - SLACK
