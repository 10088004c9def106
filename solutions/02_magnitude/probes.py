"""Evidence of lab 02 for the grader: what the student's functions return for inputs that nobody knows beforehand."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import TensorDataset

from prunelab import models
from prunelab.data import Data
from prunelab.inputs import fraction, whole
from prunelab.instructor.verdict.probing import locked_cells, state, unmasked
from prunelab.training import accuracy, seeded

SLACK = 0.1  # points: sums in another order change the label of an image or two


def tied(shape: tuple[int, ...], draw: torch.Generator) -> Tensor:
    """Weights of five different values, zero among them."""
    return torch.randint(-2, 3, shape, generator=draw).float()


def network(draw: torch.Generator, pixels: int = 6) -> nn.Module:
    """A convolution, batch norm with statistics of its own and, one level deeper, a linear layer, weights random."""
    filters, classes = whole(draw, 4, 7), whole(draw, 3, 5)
    deeper = nn.Sequential(nn.Flatten(), nn.Linear(filters * (pixels - 2) ** 2, classes))
    model = nn.Sequential(nn.Conv2d(2, filters, 3), nn.BatchNorm2d(filters), nn.Tanh(), deeper)
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point():
            nn.init.normal_(tensor, std=0.2 if name == "0.weight" else 0.5, generator=draw)
    model[1].running_var.abs_().add_(0.5)
    return model


def images(count: int, draw: torch.Generator) -> Tensor:
    """Random images (count, 2, 6, 6)."""
    return torch.randn(count, 2, 6, 6, generator=draw)


def magnitude_mask(lab, draw):
    """Masks of weights of several shapes and dtypes, the weights afterwards, and counts where there are ties."""
    wide = torch.randn(whole(draw, 3, 6), 3, 2, 3, generator=draw)
    odd = torch.randn(4 * whole(draw, 3, 9) + 1, generator=draw, dtype=torch.float64)
    matrix = nn.Parameter(torch.randn(whole(draw, 4, 9), whole(draw, 4, 9), generator=draw))
    weights = (wide, wide.movedim(1, -1), odd, matrix, matrix.T)
    parts = (0.0, 0.5, fraction(draw), fraction(draw), 1)
    masks = [lab.magnitude_mask(weight, part) for weight in weights for part in parts]
    found = []
    for equal in (tied((7, 9), draw), tied((2, 3, 3), draw), torch.ones(whole(draw, 5, 9)), torch.zeros(9)):
        kept = lab.magnitude_mask(equal, fraction(draw))
        pruned, largest = equal.abs()[~kept], equal.abs().max().item()
        found.append((int(kept.sum()), pruned.max().item() if len(pruned) else largest, equal))
    return masks, found, [weight.detach() for weight in weights]


def global_masks(lab, draw):
    """Masks of two networks, one with an embedding, the state of both afterwards, and counts where there are ties."""
    model, mixed = network(draw), nn.Sequential(nn.Embedding(whole(draw, 5, 9), 4), nn.Linear(4, whole(draw, 3, 6)))
    for parameter in mixed.parameters():
        nn.init.normal_(parameter, generator=draw)
    masks = [lab.global_masks(model, part) for part in (0.0, fraction(draw), fraction(draw), 0.9, 1.0)]
    masks.append(lab.global_masks(mixed, fraction(draw)))
    equal = network(draw)
    for tensor in equal.parameters():
        tensor.data = tied(tensor.shape, draw)
    counts = [sum(int((~mask).sum()) for mask in lab.global_masks(equal, fraction(draw)).values()) for _ in range(3)]
    return masks, counts, state(model), state(mixed)


def pruner(lab, draw):
    """Weights and outputs of a network whose pruner comes while it is trained: at once, and after more steps."""
    return [_pruned(lab.Pruner, names, draw) for names in (("0", "3.1"), ("3.1",))]


def _pruned(pruner_class: type, names: tuple[str, ...], draw: torch.Generator) -> list:
    """A short training in double precision, with momentum; the layers `names` have masks."""
    model = network(draw).double().train()
    masks = {name: torch.rand(model.get_submodule(name).weight.shape, generator=draw) < 0.5 for name in names}
    pixels, labels = images(24, draw).double(), torch.randint(3, (24,), generator=draw)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=0.01, nesterov=True)
    _train(model, optimizer, pixels, labels)
    held = pruner_class(model, masks)
    found = [_looked_at(model, pixels)]
    model.to(memory_format=torch.channels_last)  # moves the convolution's weight to another place in memory
    for _ in range(4):
        _train(model, optimizer, pixels, labels)
        held.apply()
    return [*found, _looked_at(model, pixels), {name: mask.clone() for name, mask in masks.items()}]


def _train(model: nn.Module, optimizer: torch.optim.Optimizer, pixels: Tensor, labels: Tensor) -> None:
    """One step."""
    optimizer.zero_grad()
    F.cross_entropy(model(pixels), labels).backward()
    optimizer.step()


@torch.no_grad()
def _looked_at(model: nn.Module, pixels: Tensor) -> dict:
    """Outputs in evaluation mode, weights and biases of each layer, and how many weights are zero."""
    found = {"outputs": model.eval()(pixels)}  # torch's pruner renews a weight in the forward pass
    for name in ("0", "1", "3.1"):
        layer = model.get_submodule(name)
        found[name] = [layer.weight.detach().clone(), layer.bias.clone(), int((layer.weight == 0).sum())]
    model.train()
    return found


def unit_norms(lab, draw):
    """Norms of the units of a linear layer and of a convolution, each also the other way round."""
    linear = torch.randn(whole(draw, 3, 6), whole(draw, 7, 9), generator=draw, dtype=torch.float64)
    convolution = torch.randn(whole(draw, 6, 8), whole(draw, 3, 5), 3, whole(draw, 2, 4), generator=draw)
    weights = (linear, linear.T, convolution, convolution.transpose(0, 1))
    return [lab.unit_norms(weight, p, dim) for weight in weights for p in (1, 2) for dim in (0, 1)], weights


def sensitivity_scan(lab, draw):
    """The curves of a random network that gets about two thirds of its images right, and its state afterwards."""
    model, splits = network(draw).eval(), {}
    for split in ("train", "validation", "test"):
        pixels = images(whole(draw, 150, 200), draw)
        with torch.no_grad():
            guesses = model(pixels).argmax(1)
        chance = torch.randint(3, guesses.shape, generator=draw)
        wrong = torch.rand(guesses.shape, generator=draw) < 0.5
        splits[split] = TensorDataset(pixels, torch.where(wrong, chance, guesses))
    sparsities = (round(fraction(draw), 3), 0.0, 1.0, round(fraction(draw), 3), 0.9)
    curves = lab.sensitivity_scan(model, Data("random", ("a", "b", "c"), **splits), sparsities)
    found = {name: [float(curve[sparsity]) for sparsity in sparsities] for name, curve in curves.items()}
    return found, state(model)


def byte_budget(lab, draw):
    """The sparsities that were chosen and, if they meet the budget, the VGG that the check has retrained."""
    found = {"sparsities": {str(name): float(sparsity) for name, sparsity in lab.vgg_sparsities.items()}}
    if lab.byte_share(lab.cut_vgg(lab.vgg_sparsities)) <= lab.BUDGET:  # else the check trains nothing
        found["vgg"] = unmasked(lab.retrained(*sorted(lab.vgg_sparsities.items()))[0])
    return found


def byte_budget_holds(evidence) -> bool:
    """Whether the sparsities are shares of layers, and VGG keeps to the budget, before and after, and its accuracy."""
    lab, sparsities = locked_cells(__file__), evidence["sparsities"]
    shares = all(name in lab.vgg_layers and 0 <= sparsity <= 1 for name, sparsity in sparsities.items())
    if not shares or "vgg" not in evidence:
        return False
    model = models.build("vgg", lab.data)
    model.load_state_dict(evidence["vgg"])
    if max(map(lab.byte_share, (lab.cut_vgg(sparsities), model))) > lab.BUDGET:
        return False
    reached = accuracy(model.to(memory_format=torch.channels_last), lab.data.validation)
    return reached >= lab.vgg_dense - lab.TOLERANCE - SLACK


def baselines(lab, draw):
    """Masks without the largest weights; of random masks what does not depend on the draw; the order predicted."""
    wide = torch.randn(whole(draw, 3, 6), 3, 2, 3, generator=draw)
    odd = torch.randn(4 * whole(draw, 3, 9) + 1, generator=draw, dtype=torch.float64)
    weights, parts = (wide, wide.movedim(1, -1), odd), (0.0, 0.5, fraction(draw), fraction(draw), 1.0)
    largest = [lab.largest_mask(weight, part) for weight in weights for part in parts]
    ties = int(lab.largest_mask(tied((7, whole(draw, 5, 9)), draw), fraction(draw)).sum())
    seed = whole(draw, 0, 10**9)
    counts = [int((lab.random_mask(weight, part, seeded(seed)) == 0).sum()) for weight in weights for part in parts]
    return largest, ties, counts, _random_draws(lab.random_mask, draw), list(lab.predicted_order), weights


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
