"""Evidence of lab 07 for the grader: what the student's functions return for inputs that nobody knows beforehand."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from prunelab.inputs import nested, tied, whole


def normal(draw: torch.Generator, *shape: int) -> Tensor:
    """Random numbers in double precision."""
    return torch.randn(shape, generator=draw, dtype=torch.float64)


def sizes_of(draw: torch.Generator, count: int) -> Tensor:
    """Powers of ten from 1e-4 to 100, for weights of many sizes."""
    return 10 ** torch.randint(-4, 3, (count,), generator=draw).double()


def random_loss(draw: torch.Generator) -> tuple[Callable, Tensor]:
    """The loss of a small network on random data as a function of its first layer, a vector, and such a vector.

    Weights are small and large, one is zero, and all but that one matter.
    """
    inputs, neurons, classes = whole(draw, 3, 5), whole(draw, 2, 3), whole(draw, 3, 5)
    pixels, last, labels = normal(draw, 20, inputs), normal(draw, classes, neurons), whole_numbers(draw, classes, 20)
    sizes, weights = sizes_of(draw, neurons * inputs), normal(draw, neurons * inputs)
    weights[whole(draw, 0, len(weights) - 1)] = 0

    def loss_of(weights: Tensor) -> Tensor:
        weights = weights / sizes
        hidden = torch.tanh(pixels @ weights.view(neurons, inputs).T)
        return 5 * F.cross_entropy(hidden @ last.T, labels) + (weights + 1).prod()  # curvatures of both signs

    return loss_of, weights * sizes


def long_loss(draw: torch.Generator) -> tuple[Callable, Tensor]:
    """A loss of more than a hundred weights in which neighbours count together, and such weights, two equal."""
    count = whole(draw, 110, 140)
    sizes, values = sizes_of(draw, count), normal(draw, count)
    sizes[1], values[1] = sizes[0], values[0]

    def loss_of(weights: Tensor) -> Tensor:
        weights = weights / sizes
        return weights.exp().sum().log() + weights.cos().sum() + (weights * weights.roll(1)).sum()

    return loss_of, values * sizes


def whole_numbers(draw: torch.Generator, below: int, count: int) -> Tensor:
    """`count` random whole numbers from 0 to `below` - 1."""
    return torch.randint(below, (count,), generator=draw)


def plain(values: Tensor) -> list:
    """Values, whether they ask for gradients or hold some, and the digits that float32 would drop, enlarged."""
    found = values.detach().clone()
    digits = 1e7 * (found.double() - found.float().double())
    return [values.requires_grad, values.is_leaf and values.grad is not None, found, digits]


def guesses(function: Callable, draw: torch.Generator) -> list:
    """What a function makes of five losses, two of them with the same weights, and the weights afterwards."""
    first, same = random_loss(draw)
    others = random_loss(draw), random_loss(draw), long_loss(draw)
    found = []
    for loss_of, weights in ((first, same), (lambda weights: 1 - 2 * first(weights), same), *others):
        found += [plain(function(loss_of, weights)), plain(weights)]
    return found


def true_changes(lab, draw):
    """The changes of random losses, one of them with jumps, and the weights afterwards."""
    price, weights = normal(draw, 9), normal(draw, 9) * sizes_of(draw, 9)
    jumps = lab.true_changes(lambda weights: ((weights != 0) * price).sum(), weights)
    return [*guesses(lab.true_changes, draw), plain(jumps)]


def first_order(lab, draw):
    """The first-order guesses for random losses, and the weights afterwards."""
    return guesses(lab.first_order_changes, draw)


def obd(lab, draw):
    """The saliencies of random losses, and the weights afterwards."""
    return guesses(lab.obd_changes, draw)


def fisher(lab, draw):
    """The saliencies for a linear layer and images of more than one dimension, many of them or one alone."""
    found = []
    for count in (whole(draw, 6, 9), whole(draw, 130, 140), 1):
        rows, neurons = whole(draw, 2, 5), whole(draw, 3, 4)
        images, labels = normal(draw, count, rows, 2), whole_numbers(draw, neurons, count)
        sizes = sizes_of(draw, 2 * rows * neurons)
        weights = normal(draw, 2 * rows * neurons) * sizes

        def loss_of_one(point: Tensor, image: Tensor, label: Tensor, shape=(neurons, rows, 2), sizes=sizes) -> Tensor:
            return 3 * F.cross_entropy(((point / sizes).view(shape) * image).flatten(1).sum(1), label)

        found += [plain(lab.fisher_changes(loss_of_one, weights, images, labels)), plain(weights), images, labels]
    return found


def obs(lab, draw):
    """Changes, weights and inverses while weight after weight goes, their exact zeros, and the inputs afterwards.

    The inverses are large in one case, tiny in another; changes and inverses count in that unit.
    """
    found = []
    for size, unit in ((3, 1.0), (whole(draw, 4, 6), 1e-6), (whole(draw, 7, 9), 1e6)):
        inputs = normal(draw, 3 * size, size)
        weights, inverse = normal(draw, size), unit * torch.linalg.inv(inputs.T @ inputs / size)
        weights[whole(draw, 0, size - 1)] = 0
        found += [plain(unit * lab.obs_changes(weights, inverse)), plain(lab.obs_remove(weights, inverse, 1)[0])]
        alive = torch.ones(size, dtype=torch.bool)
        for q in torch.randperm(size, generator=draw)[: size - 1].tolist():
            found.append(unit * lab.obs_changes(weights, inverse)[alive])
            new, smaller = lab.obs_remove(weights, inverse, q)
            zeros = [int((part == 0).sum()) for part in (new[q], smaller[q], smaller[:, q])]
            found += [new.clone(), smaller / unit, zeros, weights, inverse / unit]
            alive[q], weights, inverse = False, new, smaller
    return found


class Turn(nn.Module):
    """Turns the sign in evaluation mode only: what the layer behind it sees is not what the model sees."""

    def forward(self, inputs: Tensor) -> Tensor:
        """The inputs, or those with the other sign."""
        return inputs if self.training else -inputs


def randomise(model: nn.Module, draw: torch.Generator) -> None:
    """Draw all numbers of a model anew; variances are positive."""
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point():
            nn.init.normal_(tensor, generator=draw)
        if name.endswith("running_var"):
            tensor.abs_().add_(0.5)


def zero_shares(lab, draw):
    """Shares of linear layers and of convolutions in both modes, passes, modes and hooks, and the model afterwards."""
    channels, classes = whole(draw, 4, 7), whole(draw, 3, 5)
    flat = nn.Sequential(Turn(), nn.ReLU(), nn.Linear(channels, classes)).double()
    tiny = torch.where(torch.rand(1, channels, generator=draw) < 0.4, 1e-30, 1.0)
    front = nn.Sequential(nn.Conv2d(2, channels, 3), nn.BatchNorm2d(channels), nn.ReLU())
    deep = nn.Sequential(front, nn.MaxPool2d(2), nn.Conv2d(channels, classes, 2), nn.ReLU(), nn.Flatten()).double()
    shrink = nn.Sequential(Turn(), nn.Hardshrink(1.5), nn.ReLU(inplace=True))  # negative outputs, overwritten later
    randomise(flat, draw)
    found = []
    for training in (True, False):
        rows, maps = tiny * normal(draw, whole(draw, 20, 30), channels), tied((whole(draw, 2, 4), channels, 3, 5), draw)
        found.append(_shares(lab.zero_shares, flat.train(training), flat[1], rows))
        found += [_shares(lab.zero_shares, shrink.train(training), layer, maps) for layer in shrink[1:]]
    for layer, training in ((front[2], True), (front[2], False), (deep[3], True), (deep[3], False)):
        randomise(deep, draw)
        pictures = normal(draw, whole(draw, 6, 9), 2, 9, whole(draw, 7, 8))
        found.append(_shares(lab.zero_shares, deep.train(training), layer, pictures))
    network = nested(draw)  # its parts are in different modes
    found.append(_shares(lab.zero_shares, network, network.stem[2], torch.randn(130, 2, 6, 6, generator=draw)))
    return found


def _shares(zero_shares, model: nn.Module, layer: nn.Module, images: Tensor) -> list:
    """The shares, the sizes of the batches that the layer saw, hooks and modes, and all that the model holds."""
    passes, results, (*_, last) = [], [], model.children()
    handles = [layer.register_forward_hook(lambda *call: passes.append(len(call[-1]))),
               last.register_forward_hook(lambda *call: results.append(call[-1].detach().clone()))]  # fmt: skip
    found = [zero_shares(model, layer, images).detach()]
    found.append([len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules()])
    for handle in handles:
        handle.remove()
    found += [passes, results, [module.training for module in model.modules()]]
    return [*found, {name: tensor.clone() for name, tensor in model.state_dict().items()}]


def reconstruction(lab, draw):
    """Outputs after a refit, with dead inputs, too; inputs that are chosen, of which one is dead and two are equal.

    The inputs are tiny in one case, large in another.
    """
    units = (1e-5, 1.0, 1e5)
    refitted = [_refitted(lab.refit, draw, unit) for unit in units]
    return refitted, [_chosen(lab.choose_inputs, draw, unit) for unit in units]


def _layer(draw: torch.Generator, unit: float) -> tuple[Tensor, Tensor]:
    """Inputs that depend on each other (samples, in) and a weight (out, in).

    The first output is larger than the others; one input is small and has a large weight.
    """
    size, small = whole(draw, 6, 8), whole(draw, 0, 5)
    inputs = unit * normal(draw, 3 * size, size) @ normal(draw, size, size) / size**0.5
    weight = normal(draw, whole(draw, 2, 4), size)
    weight[0] *= 3
    inputs[:, small], weight[:, small] = inputs[:, small] / 200, weight[:, small] * 200
    return inputs, weight


def _refitted(refit, draw: torch.Generator, unit: float) -> list:
    """What a layer computes with fewer inputs, in any order, and with all of them; what it was given.

    Beside the outputs is their difference from numpy's solution, enlarged.
    """
    inputs, weight = _layer(draw, unit)
    order = torch.randperm(weight.shape[1], generator=draw)
    inputs[:, order[0]] = 0
    found = []
    for kept in (order[1 : whole(draw, 3, 4)], order[: whole(draw, 4, 5)], order):
        new, columns = refit(inputs, weight, kept).detach(), inputs[:, kept]
        best = torch.from_numpy(np.linalg.lstsq(columns.numpy(), (inputs @ weight.T).numpy(), rcond=None)[0])
        outputs = columns @ new.to(columns.dtype).T / unit
        found += [list(new.shape), outputs, 1e4 * (outputs - columns @ best / unit) / outputs.abs().max()]
    return [*found, inputs / unit, weight]


def _chosen(choose_inputs, draw: torch.Generator, unit: float) -> list:
    """The inputs that stay, for several counts, with the same number for both twins; what the function was given."""
    inputs, weight = _layer(draw, unit)
    found = [choose_inputs(inputs, weight, count) for count in (5, 4, 3, 2, 1, weight.shape[1])]
    dead, first, second = torch.randperm(weight.shape[1], generator=draw)[:3].tolist()
    inputs[:, dead], inputs[:, second] = 0, inputs[:, first]
    for count in (weight.shape[1] - 2, 3, 2, 1):
        kept = choose_inputs(inputs, weight, count)
        found.append([bool((kept.diff() > 0).all()), torch.where(kept == second, first, kept).sort().values])
    return [*found, inputs / unit, weight]
