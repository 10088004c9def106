"""Evidence of lab 02 for the grader: what the student's functions return for inputs that nobody knows beforehand."""

from collections import Counter
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import TensorDataset

from prunelab import models
from prunelab.data import Data
from prunelab.inputs import distinct, fill, fraction, fractions, nested, tied, weights, whole
from prunelab.instructor.verdict.probing import locked_cells, state, unmasked
from prunelab.training import accuracy, seeded

SLACK = 0.1  # points: sums in another order change the label of an image or two


def close(shape: tuple[int, ...], draw: torch.Generator) -> Tensor:
    """Values in double precision, of both signs, whose magnitudes float32 cannot tell apart."""
    values = distinct(shape, draw, torch.float64)
    return values.sign() + 2**-30 * values


def matrices(draw: torch.Generator) -> list[Tensor]:
    """Weights of many shapes in single and double precision, no two magnitudes the same."""
    known = [weight for weight in weights(draw) if weight.dtype != torch.bfloat16]
    wide = distinct((whole(draw, 3, 6), 3, 2, 3), draw)
    matrix = nn.Parameter(distinct((whole(draw, 4, 9), whole(draw, 4, 9)), draw))
    return [*known, wide, wide.movedim(1, -1), matrix, close((4 * whole(draw, 3, 9) + 1,), draw)]


def in_any_layout(rule, weight, *rest):
    """What `rule` returns for a weight that is not contiguous, where it may also raise an error."""
    try:
        return rule(weight, *rest)
    except RuntimeError:
        return rule(weight.contiguous(), *rest)


def mask_of(rule, weight, *rest):
    """The mask that `rule` makes of a weight of any layout."""
    return rule(weight, *rest) if weight.is_contiguous() else in_any_layout(rule, weight, *rest)


def magnitude_mask(lab, draw):
    """Masks of weights of several shapes and dtypes, the weights afterwards, and counts where there are ties."""
    tried = matrices(draw)
    masks = []
    for weight in tried:
        parts = (fraction(draw), fraction(draw), 0.9, *fractions(weight.numel()))
        masks.append([mask_of(lab.magnitude_mask, weight, part) for part in parts])
    found = []
    for equal in (tied((7, 9), draw), tied((2, 3, 3), draw), torch.ones(whole(draw, 5, 9)), torch.zeros(9)):
        for part in (fraction(draw), *fractions(equal.numel())):
            kept = lab.magnitude_mask(equal, part)
            pruned, largest = equal.abs()[~kept], equal.abs().max().item()
            found.append((int(kept.sum()), pruned.max().item() if len(pruned) else largest))
        found.append(equal)
    return masks, found, [weight.detach() for weight in tried]


def spread(model: nn.Module, values: Tensor) -> nn.Module:
    """The model, its parameters with these values, one after another."""
    nn.utils.vector_to_parameters(values, model.parameters())
    return model


def size(model: nn.Module) -> int:
    """How many values the parameters of a model have."""
    return sum(parameter.numel() for parameter in model.parameters())


def global_masks(lab, draw):
    """Masks of networks with layers of many kinds, the state of all afterwards, and counts where there are ties."""
    others = (nn.Embedding(whole(draw, 3, 5), 2), nn.Linear(2, 3), nn.LayerNorm(3), nn.Conv1d(2, 4, 3), nn.PReLU())
    mixed = nn.Sequential(*others, nn.ConvTranspose2d(4, 2, 3), nn.Conv2d(3, whole(draw, 2, 5), (1, 3)))
    alone = nn.Linear(whole(draw, 4, 7), 3)
    deep, double = nested(draw), nested(draw).double()
    deep.fc1.weight.requires_grad_(False)
    tried = [spread(model, distinct((size(model),), draw)) for model in (mixed, alone, deep)]
    tried.append(spread(double, close((size(double),), draw)))
    masks = []
    for model in tried:
        count = sum(m.weight.numel() for m in model.modules() if isinstance(m, nn.Conv2d | nn.Linear))
        masks.append([lab.global_masks(model, part) for part in (fraction(draw), 0.9, *fractions(count))])
    equal = spread(nested(draw), tied((size(deep),), draw))
    counts = [sum(int((~mask).sum()) for mask in lab.global_masks(equal, fraction(draw)).values()) for _ in range(3)]
    return masks, counts, [state(model) for model in (*tried, equal)]


def pruner(lab, draw):
    """Weights and outputs of networks with pruners: while they are trained, and while values change by themselves."""
    names = (("stem.0", "fc1"), ("fc10", "blocks.wide.0"))
    return [_pruned(lab.Pruner, each, draw) for each in names], _alike(lab.Pruner, draw)


def _masks(model: nn.Module, names: tuple[str, ...], draw: torch.Generator) -> dict[str, Tensor]:
    """A random mask for each of these layers, which prunes all weights of its first unit."""
    masks = {name: torch.rand(model.get_submodule(name).weight.shape, generator=draw) < 0.5 for name in names}
    for mask in masks.values():
        mask[0] = False
    return masks


def _pruned(pruner_class: type, names: tuple[str, ...], draw: torch.Generator) -> list:
    """A short training in double precision, with momentum; the layers `names` have masks."""
    model = nested(draw).double()
    masks = _masks(model, names, draw)
    pixels = torch.randn(24, 2, 6, 6, generator=draw, dtype=torch.float64)
    labels = torch.randint(3, (24,), generator=draw)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=0.01, nesterov=True)
    _train(model, optimizer, pixels, labels)
    held = pruner_class(model, masks)
    found = [state(model)]
    model.to(memory_format=torch.channels_last)  # moves the convolution's weight to another place in memory
    for _ in range(4):
        _train(model, optimizer, pixels, labels)
        held.apply()
    found += [state(model), {name: mask.clone() for name, mask in masks.items()}]
    with torch.no_grad():
        return [*found, model.eval()(pixels)]


def _train(model: nn.Module, optimizer: torch.optim.Optimizer, pixels: Tensor, labels: Tensor) -> None:
    """One step."""
    optimizer.zero_grad()
    F.cross_entropy(model(pixels), labels).backward()
    optimizer.step()


def _alike(pruner_class: type, draw: torch.Generator) -> list:
    """Three pruners of two models, whose layers have one shape and names that begin or end alike."""
    pair = []
    for _ in range(2):
        inner = nn.ModuleDict({"fc1": nn.Linear(4, 4), "norm": nn.LayerNorm((4, 4))})
        pair.append(nn.ModuleDict({"fc1": nn.Linear(4, 4), "fc10": nn.Linear(4, 4), "a": inner}))
        fill(pair[-1], draw)
    owners = [(pair[0], ("fc1",)), (pair[1], ("fc1", "fc10")), (pair[1], ("a.fc1",))]
    pruners = [pruner_class(model, _masks(model, names, draw)) for model, names in owners]
    found = [state(model) for model in pair]
    for each in pruners:
        for model in pair:
            fill(model, draw)
        each.apply()
        found += [state(model) for model in pair]
    return found


def unit_norms(lab, draw):
    """Norms of the units of linear layers and convolutions, in single and double precision."""
    linear = distinct((whole(draw, 3, 6), whole(draw, 7, 9)), draw, torch.float64)
    convolution = torch.randn(whole(draw, 6, 8), whole(draw, 3, 5), 3, whole(draw, 4, 5), generator=draw)
    tried = (linear, linear.T.contiguous(), convolution, convolution.transpose(0, 1).contiguous(), tied((3, 5), draw))
    return [lab.unit_norms(weight, p, dim) for weight in tried for p in (1, 2) for dim in (0, 1)], tried


class Gates(nn.Module):
    """Each image has one bright pixel, which meets one weight of each layer: class 0 if both live, else class 1."""

    def __init__(self, count: int, draw: torch.Generator) -> None:
        super().__init__()
        convolution = nn.Conv2d(count, count, (1, 3), groups=count, bias=False)
        self.stem = nn.ModuleDict({"conv": convolution, "norm": nn.BatchNorm2d(count)})
        self.other = nn.ConvTranspose2d(count, count, 1, groups=count, bias=False)
        self.head = nn.Sequential(nn.Flatten(), nn.Dropout(), nn.Linear(count, 1))
        convolution.weight.data = distinct((count, 1, 1, 3), draw)
        self.other.weight.data.fill_(1)
        self.head[2].weight.data, self.head[2].bias.data = 8 * distinct((1, count), draw), torch.tensor([0.5])

    def forward(self, images: Tensor) -> Tensor:
        """Logits (batch, 2) of images (batch, count, 1, 3)."""
        signal = self.head(self.other(self.stem["norm"](self.stem["conv"](images)))) - 0.5
        return torch.cat([signal.abs(), torch.full_like(signal, 0.01)], 1)


def sensitivity_scan(lab, draw):
    """The curves of two networks of which each weight counts, one with ties, and their states afterwards."""
    return [_scanned(lab, ties, draw) for ties in (False, True)]


def _scanned(lab, ties: bool, draw: torch.Generator) -> list:
    """The curves of one network; with ties its weights are all equal and its images count alike."""
    count = whole(draw, 7, 12)
    model, pixels = Gates(count, draw), torch.eye(3 * count).reshape(3 * count, count, 1, 3)
    labels, times = torch.randint(2, (3 * count,), generator=draw), torch.randperm(3 * count, generator=draw) + 1
    if ties:
        model.stem["conv"].weight.data.fill_(-1)
        model.head[2].weight.data.fill_(1)
        labels, times = torch.zeros_like(labels), torch.full_like(times, 2)
    images, labels = pixels.repeat_interleave(times, 0), labels.repeat_interleave(times)
    splits = {"train": torch.ones_like(labels), "validation": labels, "test": 1 - labels}
    data = Data("gates", ("alive", "cut"), **{name: TensorDataset(images, each) for name, each in splits.items()})
    sparsities = (fraction(draw), 0.0, 1.0, *fractions(3 * count)[1:-1], fraction(draw), 0.9)
    objects = dict(model.named_parameters())
    curves = lab.sensitivity_scan(model, data, sparsities)
    found = {name: [float(curve[sparsity]) for sparsity in sparsities] for name, curve in curves.items()}
    same = {name: parameter is objects.get(name) for name, parameter in model.named_parameters()}
    return [found, same, state(model)]


def byte_budget(lab, draw):
    """The sparsities that were chosen and, if they meet the budget, the VGG that the check has retrained."""
    found = {"sparsities": {str(name): float(sparsity) for name, sparsity in lab.vgg_sparsities.items()}}
    if lab.byte_share(lab.cut_vgg(lab.vgg_sparsities)) <= lab.BUDGET:  # else the check trains nothing
        found["vgg"] = unmasked(lab.retrained(*sorted(lab.vgg_sparsities.items()))[0])
    return found


def byte_budget_holds(evidence, reference) -> bool:
    """Whether the sparsities are shares of layers, and VGG, pruned by them, keeps to the budget and its accuracy."""
    lab, sparsities = locked_cells(__file__), evidence["sparsities"]
    shares = all(name in lab.vgg_layers and 0 <= sparsity <= 1 for name, sparsity in sparsities.items())
    if not shares or "vgg" not in evidence:
        return False
    model, cut = models.build("vgg", lab.data), lab.cut_vgg(sparsities)
    model.load_state_dict(evidence["vgg"])
    if max(map(lab.byte_share, (cut, model))) > lab.BUDGET:
        return False
    for name in lab.vgg_layers:  # what these sparsities prune, and no other choice, is zero
        pruned = cut.get_submodule(name).weight == 0
        if (model.get_submodule(name).weight[pruned] != 0).any():
            return False
    reached = accuracy(model.to(memory_format=torch.channels_last), lab.data.validation)
    return reached >= lab.vgg_dense - lab.TOLERANCE - SLACK


def baselines(lab, draw):
    """Masks without the largest weights; of random masks what does not depend on the draw; the order predicted."""
    tried, seed = matrices(draw), whole(draw, 0, 10**9)
    largest, counts = [], []
    for weight in tried:
        parts = (fraction(draw), 0.9, *fractions(weight.numel()))
        largest.append([mask_of(lab.largest_mask, weight, part) for part in parts])
        chosen = [mask_of(partial(_with_seed, lab.random_mask, seed), weight, part) for part in parts]
        counts.append([(int((mask == 0).sum()), list(mask.shape), str(mask.dtype)) for mask in chosen])
    equal = tied((7, whole(draw, 5, 9)), draw)
    ties = [int(lab.largest_mask(equal, part).sum()) for part in fractions(equal.numel())]
    drawn = _random_draws(lab.random_mask, draw), _choices(lab.random_mask, draw)
    return largest, ties, counts, drawn, list(lab.predicted_order), [weight.detach() for weight in tried]


def _with_seed(random_mask, seed, weight, part):
    return random_mask(weight, part, seeded(seed))


def _choices(random_mask, draw: torch.Generator) -> list:
    """How many of the 20 ways to choose 3 of 6 weights came in 1000 draws, and whether each came about as often."""
    source, weight = seeded(whole(draw, 0, 10**9)), distinct((2, 3), draw) * torch.tensor([1.0, 1e6, 1e3])
    masks = torch.stack([random_mask(weight, 0.5, source) for _ in range(1000)])
    ways = Counter(map(tuple, masks.flatten(1).tolist()))
    return [len(ways), min(ways.values()) > 15, max(ways.values()) < 90]


def _random_draws(random_mask, draw: torch.Generator) -> list:
    """Counts of pruned weights and of rows that hold both kinds, and which of the draws are the same."""
    seed, part = whole(draw, 0, 10**9), 0.3 + fraction(draw) / 2
    weight = torch.randn(whole(draw, 20, 30), whole(draw, 80, 99), generator=draw)
    weight[::2] *= 1e6  # who draws large weights more often takes whole rows
    source = seeded(seed)
    draws = [random_mask(weight, part, each) for each in (seeded(seed), seeded(seed), seeded(seed + 1), source, source)]
    counts = [(int((mask == 0).sum()), int((mask.any(1) & ~mask.all(1)).sum())) for mask in draws]
    same = [torch.equal(draws[0], draws[other]) for other in (1, 2, 4)]
    return [counts, same, list(draws[0].shape), str(draws[0].dtype)]
