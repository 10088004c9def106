"""Evidence of lab 03 for the grader: what the student's functions return for inputs that nobody knows beforehand."""

import math

import torch
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from prunelab import models
from prunelab.data import Data
from prunelab.inputs import fraction, whole
from prunelab.instructor.verdict.probing import locked_cells, unmasked
from prunelab.training import BATCH, accuracy

SLACK = 1.0  # points: with sums in another order, the trusted side trains a slightly different dense twin
TOYS = 6  # pairs of datasets whose gap is asked for


def geometric_targets(lab, draw):
    """The targets for several sparsities and numbers of rounds."""
    cases = [(fraction(draw), whole(draw, 2, 9)) for _ in range(4)]
    cases += [(fraction(draw), 1), (0.99, whole(draw, 5, 12)), (0.0, whole(draw, 2, 5)), (1.0, whole(draw, 2, 5))]
    return [[float(kept) for kept in lab.geometric_targets(*case)] for case in cases]


def cubic_sparsity(lab, draw):
    """The sparsity at every step before, during and after several schedules."""
    found = []
    for frequency in (1, whole(draw, 3, 5), whole(draw, 6, 9)):
        begin, length = frequency * whole(draw, 1, 3) + 1, frequency * whole(draw, 3, 6) + frequency - 1
        settings = (begin, begin + length, frequency, fraction(draw) / 4)
        final = 0.5 + fraction(draw) / 2
        found += [float(lab.cubic_sparsity(step, final, *settings)) for step in range(begin + length + 5)]
        found.append(float(lab.cubic_sparsity(begin + length // 2, final, begin, begin + length)))
    return found


def prune_in_rounds(lab, draw):
    """The accuracies of two plans, and what the network that was given saw while it was trained."""
    splits, found = {}, []
    for split, most in (("train", 120), ("validation", 80), ("test", 40)):
        images = torch.randn(whole(draw, most - 30, most), 1, 4, 4, generator=draw)
        splits[split] = TensorDataset(images, torch.randint(3, (len(images),), generator=draw))
    data = Data("random", ("a", "b", "c"), **splits)
    for shares in ((1.0, 0.7, 0.7, 0.1), (fraction(draw),), (0.9, fraction(draw))):
        witness = Witness(draw)
        accuracies = lab.prune_in_rounds(witness, data, [(kept, whole(draw, 3, 6)) for kept in shares])
        found.append(([float(reached) for reached in accuracies], witness.diary, accuracy(witness, data.validation)))
    return found


class Witness(nn.Module):
    """A network on which no learning rate has an effect: its outputs depend on the cuts and the number of steps alone.

    Its weights are frozen; the one parameter that learns adds the same to each logit, so its gradient is zero. In
    training it writes down the number of images and the number of weights that are not zero.
    """

    def __init__(self, draw: torch.Generator) -> None:
        super().__init__()
        self.hidden = nn.Linear(16, whole(draw, 8, 12), bias=False)
        self.last = nn.Linear(self.hidden.out_features, 3, bias=False)
        for parameter in self.parameters():
            nn.init.normal_(parameter, generator=draw).requires_grad_(False)
        self.speed = 1 + torch.rand(3, generator=draw)
        self.idle, self.steps, self.diary = nn.Parameter(torch.zeros(1)), 0, []

    def forward(self, images: Tensor) -> Tensor:
        """The logits (N, 3), which sway with the steps of training."""
        logits = self.last(self.hidden(images.flatten(1)).relu())
        if self.training:
            self.steps += 1
            self.diary.append((len(images), sum(int((layer.weight != 0).sum()) for layer in (self.hidden, self.last))))
        return logits + 5 * torch.sin(self.steps * self.speed) + self.idle


def equal_plans(lab, draw):
    """The plans for several lists of targets, and the lists afterwards."""
    found = []
    for count in (1, 2, 3, whole(draw, 4, 6), whole(draw, 7, 9)):
        targets = sorted((fraction(draw) for _ in range(count)), reverse=True)
        for total in (whole(draw, 10, 99), 50 * count + max(count - 2, 0)):
            plans = lab.equal_plans(targets, total)
            found.append({name: [[float(kept), float(steps)] for kept, steps in plans[name]] for name in sorted(plans)})
        found.append(targets)
    return found


def scheduler_bug(lab, draw):
    """The rate predicted, on a logarithmic scale; rates, weights and modes of networks that `mended` trains."""
    one_batch = _task(BATCH, BATCH, draw)
    same_images = [_task(1, BATCH * batches, draw) for batches in (2, whole(draw, 3, 4))]
    found = [_mended(lab.mended, dataset, draw) for dataset in (one_batch, *same_images)]
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
    rates = mended(model.eval(), dataset, whole(draw, 5, 7), 0.5 * fraction(draw))
    return [[math.log10(rate) for rate in rates], sorted(modes), *(each.detach() for each in model.parameters())]


def gap(lab, draw):
    """The gaps between toy datasets beside how many labels are right in them, the share chosen and what came of it."""
    model, toys = nn.Flatten(), []
    for _ in range(TOYS // 2):
        pair = [TensorDataset(*_logits(whole(draw, 15, 40), fraction(draw), draw)) for _ in range(2)]
        toys += [(first, second, float(lab.gap(model, first, second))) for first, second in (pair, pair[::-1])]
    found = [[_right(first), len(first), _right(second), len(second), points] for first, second, points in toys]
    return {"gaps": found, "kept": float(lab.my_kept), "network": unmasked(lab.small_network(lab.my_kept))}


def _logits(count: int, part: float, draw: torch.Generator) -> tuple[Tensor, Tensor]:
    """Images that are logits (count, 3, 1, 1), and labels, about the share `part` of them that of the largest."""
    images, labels = torch.randn(count, 3, 1, 1, generator=draw), torch.randint(3, (count,), generator=draw)
    return images, torch.where(torch.rand(count, generator=draw) < part, images.flatten(1).argmax(1), labels)


def _right(dataset: TensorDataset) -> int:
    """How many labels are those of the largest logit."""
    images, labels = dataset.tensors
    return int((images.flatten(1).argmax(1) == labels).sum())


def gap_holds(evidence) -> bool:
    """Whether the gaps are those of the counts, and the network of this share closes the gap at no great cost."""
    lab, kept = locked_cells(__file__), evidence["kept"]
    gaps = [100 * (a / m - b / n) - points for a, m, b, n, points in evidence["gaps"]]
    if len(gaps) != TOYS or not all(abs(error) < 1e-3 for error in gaps) or not 0 <= kept <= 1:
        return False
    small = models.build("lenet300", lab.data)
    small.load_state_dict(evidence["network"])
    weights = torch.cat([layer.weight.detach().flatten() for layer in lab.layers_of(small).values()])
    if int((weights != 0).sum()) > round(kept * len(weights)):
        return False
    pair = (small, lab.twin)
    train, validation = ([accuracy(model, split) for model in pair] for split in (lab.noisy, lab.data.validation))
    most = max((train[1] - validation[1]) / 2, 0)
    return train[0] - validation[0] <= most + SLACK and validation[0] >= validation[1] - 0.5 - SLACK
