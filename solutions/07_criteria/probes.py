"""Evidence of lab 07 for the grader: what the student's functions return for inputs that nobody knows beforehand."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from prunelab.inputs import whole


def normal(draw: torch.Generator, *shape: int) -> Tensor:
    """Random numbers in double precision."""
    return torch.randn(shape, generator=draw, dtype=torch.float64)


def random_loss(draw: torch.Generator) -> tuple[Callable, Tensor]:
    """The loss of a small network on random data as a function of its first layer, a vector, and such a vector."""
    inputs, neurons, classes = whole(draw, 3, 5), whole(draw, 2, 3), whole(draw, 3, 5)
    pixels, last, labels = normal(draw, 20, inputs), normal(draw, classes, neurons), whole_numbers(draw, classes, 20)

    def loss_of(weights: Tensor) -> Tensor:
        hidden = torch.tanh(pixels @ weights.view(neurons, inputs).T)
        return 5 * F.cross_entropy(hidden @ last.T, labels) + weights.prod()  # curvatures of both signs

    return loss_of, normal(draw, neurons * inputs)


def whole_numbers(draw: torch.Generator, below: int, count: int) -> Tensor:
    """`count` random whole numbers from 0 to `below` - 1."""
    return torch.randint(below, (count,), generator=draw)


def plain(values: Tensor) -> list:
    """Values, and whether they ask for gradients or hold some."""
    return [values.requires_grad, values.is_leaf and values.grad is not None, values.detach().clone()]


def guesses(function: Callable, draw: torch.Generator) -> list:
    """What a function makes of three losses, and the weights afterwards."""
    found = []
    for _ in range(3):
        loss_of, weights = random_loss(draw)
        found += [plain(function(loss_of, weights)), plain(weights)]
    return found


def true_changes(lab, draw):
    """The changes of random losses, and the weights afterwards."""
    return guesses(lab.true_changes, draw)


def first_order(lab, draw):
    """The first-order guesses for random losses, and the weights afterwards."""
    return guesses(lab.first_order_changes, draw)


def obd(lab, draw):
    """The saliencies of random losses, and the weights afterwards."""
    return guesses(lab.obd_changes, draw)


def fisher(lab, draw):
    """The saliencies for a linear layer and images of more than one dimension, one of them alone, too."""
    found = []
    for count in (whole(draw, 6, 9), whole(draw, 10, 20), 1):
        rows, neurons = whole(draw, 2, 5), whole(draw, 3, 4)
        images, labels = normal(draw, count, rows, 2), whole_numbers(draw, neurons, count)
        weights = normal(draw, 2 * rows * neurons)

        def loss_of_one(point: Tensor, image: Tensor, label: Tensor, size: int = neurons) -> Tensor:
            return 3 * F.cross_entropy(point.view(size, -1) @ image.flatten(), label)

        found += [plain(lab.fisher_changes(loss_of_one, weights, images, labels)), plain(weights), images, labels]
    return found


def obs(lab, draw):
    """Changes, weights and inverses while weight after weight goes, their exact zeros, and the inputs afterwards."""
    found = []
    for size in (3, whole(draw, 4, 6), whole(draw, 7, 9)):
        inputs = normal(draw, 3 * size, size)
        weights, inverse = normal(draw, size), torch.linalg.inv(inputs.T @ inputs / size)
        alive = torch.ones(size, dtype=torch.bool)
        for q in torch.randperm(size, generator=draw)[: size - 1].tolist():
            found.append(lab.obs_changes(weights, inverse)[alive])
            new, smaller = lab.obs_remove(weights, inverse, q)
            zeros = [int((part == 0).sum()) for part in (new[q], smaller[q], smaller[:, q])]
            found += [new.clone(), smaller.clone(), zeros, weights, inverse]
            alive[q], weights, inverse = False, new, smaller
    return found


class Minus(nn.Module):
    """Turns the sign: what the layer behind it sees is not what the model sees."""

    def forward(self, inputs: Tensor) -> Tensor:
        """The inputs with the other sign."""
        return -inputs


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
    flat = nn.Sequential(Minus(), nn.ReLU(), nn.Linear(channels, classes)).double().eval()
    tiny = torch.where(torch.rand(1, channels, generator=draw) < 0.4, 1e-6, 1.0)
    front = nn.Sequential(nn.Conv2d(2, channels, 3), nn.BatchNorm2d(channels), nn.ReLU())
    deep = nn.Sequential(front, nn.MaxPool2d(2), nn.Conv2d(channels, classes, 2), nn.ReLU(), nn.Flatten()).double()
    randomise(flat, draw)
    found = [_shares(lab.zero_shares, flat, flat[1], tiny * normal(draw, whole(draw, 20, 30), channels))]
    for layer, training in ((front[2], True), (front[2], False), (deep[3], True), (deep[3], False)):
        randomise(deep, draw)
        pictures = normal(draw, whole(draw, 6, 9), 2, 9, whole(draw, 7, 8))
        found.append(_shares(lab.zero_shares, deep.train(training), layer, pictures))
    return found


def _shares(zero_shares, model: nn.Module, layer: nn.Module, images: Tensor) -> list:
    """The shares, the sizes of the batches that the layer saw, hooks and modes, and all that the model holds."""
    passes = []
    handle = layer.register_forward_hook(lambda module, inputs, output: passes.append(len(output)))
    found = [zero_shares(model, layer, images).detach()]
    found.append([len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules()])
    handle.remove()
    found += [passes, [module.training for module in model.modules()]]
    return [*found, {name: tensor.clone() for name, tensor in model.state_dict().items()}]


def reconstruction(lab, draw):
    """Outputs after a refit, with dead inputs, too; inputs that are chosen, of which one is dead and two are equal."""
    return [_refitted(lab.refit, draw) for _ in range(3)], [_chosen(lab.choose_inputs, draw) for _ in range(3)]


def _layer(draw: torch.Generator) -> tuple[Tensor, Tensor]:
    """Inputs that depend on each other (samples, in) and a weight (out, in)."""
    size = whole(draw, 6, 8)
    return normal(draw, 3 * size, size) @ normal(draw, size, size) / size**0.5, normal(draw, whole(draw, 2, 4), size)


def _refitted(refit, draw: torch.Generator) -> list:
    """What a layer computes with fewer inputs, in any order, and with all of them; what it was given."""
    inputs, weight = _layer(draw)
    order = torch.randperm(weight.shape[1], generator=draw)
    inputs[:, order[0]] = 0
    found = []
    for kept in (order[1 : whole(draw, 3, 4)], order[: whole(draw, 4, 5)], order):
        new = refit(inputs, weight, kept).detach()
        found += [list(new.shape), inputs[:, kept] @ new.T]
    return [*found, inputs, weight]


def _chosen(choose_inputs, draw: torch.Generator) -> list:
    """The inputs that stay, for several counts, with the same number for both twins; what the function was given."""
    inputs, weight = _layer(draw)
    found = [choose_inputs(inputs, weight, count) for count in (5, 4, 3, 2, 1, weight.shape[1])]
    dead, first, second = torch.randperm(weight.shape[1], generator=draw)[:3].tolist()
    inputs[:, dead], inputs[:, second] = 0, inputs[:, first]
    for count in (weight.shape[1] - 2, 3, 2, 1):
        kept = choose_inputs(inputs, weight, count)
        found.append([bool((kept.diff() > 0).all()), torch.where(kept == second, first, kept).sort().values])
    return [*found, inputs, weight]
