"""Inputs that leave a wrong answer no way to pass: what checks and probes try an answer with.

All of it is drawn from a generator: a check with a fixed seed tries the same inputs each time, and a probe tries ones
that nobody knows beforehand. Nothing here touches the global random state.
"""

import torch
from torch import Tensor, nn
from torch.utils.data import TensorDataset

STEP = 2**-12  # between two magnitudes: float32 tells them apart, half precision does not


def whole(draw: torch.Generator, low: int, high: int) -> int:
    """A random whole number from `low` to `high`, both included."""
    return int(torch.randint(low, high + 1, (), generator=draw))


def fraction(draw: torch.Generator) -> float:
    """A random fraction from 0.2 to 0.8."""
    return 0.2 + 0.6 * torch.rand((), generator=draw, dtype=torch.float64).item()


def fractions(count: int) -> list[float]:
    """Fractions of `count` things that tell apart how a product is rounded: as Python's `round` does, or otherwise.

    They are 0 and 1; products a little below and above a half; products of exactly a half beside an even and an odd
    number; and hundredths whose product float32 rounds to another number than Python does.
    """
    middle = count // 2
    halves = [(k + 0.5) / count for k in (middle - 1, middle) if k >= 0 and (k + 0.5) / count * count == k + 0.5]
    hundredths = [k / 100 for k in range(1, 100) if round(k / 100 * count) != round(_in_float32(k / 100, count))]
    return [0.0, (middle + 0.3) / count, *halves, *hundredths[:2], max(middle - 0.3, 0) / count, 1.0]


def _in_float32(fraction: float, count: int) -> float:
    return (torch.tensor(fraction) * count).item()


def distinct(shape: tuple[int, ...], draw: torch.Generator, dtype: torch.dtype = torch.float32) -> Tensor:
    """Values of both signs in random order, their magnitudes all different, none zero, and close to each other.

    In float32 and float64 the magnitudes start at one half and are 2**-12 apart, which half precision cannot tell; in
    half precision they are as close as it allows.
    """
    count = torch.Size(shape).numel()
    step = max(STEP, torch.finfo(dtype).eps)
    magnitudes = 0.5 + step * torch.randperm(count, generator=draw)
    signs = 2 * torch.randint(2, (count,), generator=draw) - 1
    return (magnitudes * signs).reshape(shape).to(dtype)


def tied(shape: tuple[int, ...], draw: torch.Generator) -> Tensor:
    """Five different values, -2 to 2, so that most magnitudes come several times."""
    return torch.randint(-2, 3, shape, generator=draw).float()


def weights(draw: torch.Generator) -> list[Tensor]:
    """Weights of linear layers and convolutions, with distinct magnitudes: no two sides equal, odd and even counts.

    Among them are a matrix of one row, a single value, one in double and one in half precision, a Parameter, and two
    that are not contiguous.
    """
    matrix, filters = distinct((5, 7), draw), distinct((4, 3, 2, 5), draw)
    return [
        matrix, matrix.T, filters, filters.movedim(1, -1), distinct((1, 6), draw), distinct((1, 1), draw),
        distinct((9, 5), draw, torch.float64), distinct((3, 4), draw, torch.bfloat16),
        nn.Parameter(distinct((3, 2, 3, 1), draw)),
    ]  # fmt: skip


def fill(model: nn.Module, draw: torch.Generator) -> None:
    """Give every parameter and buffer of floats values of its own, variances positive ones."""
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point():
            tensor.copy_(0.5 * torch.randn(tensor.shape, generator=draw))
            if name.endswith("running_var"):
                tensor.abs_().add_(0.5)


class Nested(nn.Module):
    """A classifier of images (batch, 2, 6, 6), its layers at several depths.

    One name is the beginning of another, a convolution is grouped and has no bias, kernels are not square, batch norm
    has statistics, one layer is frozen, and the modes of its parts differ.
    """

    def __init__(self, classes: int = 3) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):  # layers draw first weights, which `fill` replaces
            self.stem = nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU())
            self.blocks = nn.ModuleDict({"wide": nn.Sequential(nn.Conv2d(4, 6, (1, 3), groups=2, bias=False))})
            self.fc1 = nn.Linear(6 * 6 * 4, 7)
            self.fc10 = nn.Linear(7, classes)
        self.fc1.bias.requires_grad_(False)
        self.stem.eval()

    def forward(self, images: Tensor) -> Tensor:
        """Logits (batch, classes) of images (batch, 2, 6, 6)."""
        features = self.blocks["wide"](self.stem(images)).tanh()
        return self.fc10(self.fc1(features.flatten(1)).tanh())


def nested(draw: torch.Generator, classes: int = 3) -> Nested:
    """A `Nested` network with random weights, in train mode but for its stem."""
    network = Nested(classes)
    fill(network, draw)
    return network


def labelled(model: nn.Module, count: int, draw: torch.Generator, shape: tuple[int, ...] = (2, 6, 6)) -> TensorDataset:
    """Random images of which `model`, in evaluation mode, classifies about two thirds as they are labelled."""
    images = torch.randn(count, *shape, generator=draw)
    modes = {module: module.training for module in model.modules()}
    with torch.no_grad():
        logits = model.eval()(images)
    for module, mode in modes.items():
        module.training = mode
    others = torch.randint(logits.shape[1], (count,), generator=draw)
    random = torch.rand(count, generator=draw) < 0.5
    return TensorDataset(images, torch.where(random, others, logits.argmax(1)))
