"""Evidence of lab 10 for the grader: what the student's functions return for inputs that nobody knows beforehand.

The three targets' networks were made in the checks. Their evidence is the network itself as it came out of its file,
layer by layer; the trusted side builds it again and measures what the check measured.
"""

from functools import cache
from math import prod

import torch
from torch import Tensor, nn

from prunelab import LabError, models
from prunelab.challenge import trial
from prunelab.challenge.targets import costs, load_targets
from prunelab.data import Data, load_data
from prunelab.inputs import whole
from prunelab.measure import macs
from prunelab.packing import SETTINGS, TENSORS
from prunelab.training import accuracy

SLACK = 0.1  # points: accuracies on record are rounded, and sums in another order change the label of an image or two
MOST_LAYERS, MOST_MACS, MOST_NUMBERS = 200, 10**8, 10**7  # a network that needs more is not run on the trusted side


def shuffled(values: Tensor, draw: torch.Generator) -> Tensor:
    """The same numbers (n,) in another order."""
    return values[torch.randperm(len(values), generator=draw)]


def codebook_bytes(lab, draw):
    """Bytes of weights with few different values, many or none of them zero, and the weights afterwards."""
    weights = [torch.zeros(whole(draw, 20, 60)), *(_shared(levels, draw) for levels in (1, 1, 2, 4, 8, 16, 32))]
    weights += [_shared(whole(draw, 3, 40), draw) for _ in range(8)]
    weights += [_shared(levels, draw, zeros=False) for levels in (1, 4, whole(draw, 5, 30))]
    weights += [weights[9].reshape(-1, 1, 1).expand(-1, 3, 2).movedim(0, -1).double()]
    return [_typed(lab.codebook_bytes(weight)) for weight in weights], weights


def _shared(levels: int, draw: torch.Generator, zeros: bool = True) -> Tensor:
    """Weights with so many different values, each also with the other sign where there is room for it."""
    book = torch.randn((levels + 1) // 2, generator=draw)
    book = torch.cat([book, -book])[:levels]
    more = book[torch.randint(levels, (whole(draw, 20, 60),), generator=draw)]
    return shuffled(torch.cat([book, more, torch.zeros(whole(draw, 20, 60) * zeros)]), draw)


def _typed(number) -> list:
    """A number and what kind it is: bytes are whole."""
    return [type(number).__name__, float(number)]


def share_values(lab, draw):
    """Shared values of weights that leave some values without a weight, whether they learn, and the weights after."""
    found = []
    for bits, rounds in ((1, (0,)), (3, (1,)), (3, (whole(draw, 2, 4),)), (4, ()), (whole(draw, 3, 4), (20,))):
        weight = torch.randn(whole(draw, 20, 30), 3, 2, generator=draw, dtype=torch.float64) ** 3
        weight[torch.rand(weight.shape, generator=draw) < 0.3] = 0
        weight[0, 0, 0] = 40.0 + whole(draw, 0, 9)  # far away from all others
        for given in (weight, nn.Parameter(weight.movedim(0, -1))):
            shared = lab.share_values(given, bits, *rounds)
            found.append([shared.detach(), str(shared.dtype), str(shared.requires_grad), given.detach()])
    few = torch.randn(whole(draw, 9, 15), generator=draw)  # float32
    one_sign = torch.rand(whole(draw, 9, 15), generator=draw) + 1
    found.append([lab.share_values(one_sign, 2, 3), lab.share_values(-one_sign, 2, 3)])
    return found, lab.share_values(few, 2, 3), lab.share_values(torch.zeros(whole(draw, 2, 5), 3), 2)


def largest_moment(lab, draw):
    """The largest moments of several chains, whatever layer it is at, and the images afterwards."""
    found = []
    for layers, shape in _chains(*(whole(draw, 3, 7) for _ in range(3)), side=2 * whole(draw, 5, 9)):
        chain, image = nn.Sequential(*layers).eval(), torch.randn(1, *shape, generator=draw)
        for bytes_each in (4, whole(draw, 1, 3)):
            found.append([_typed(lab.largest_moment(chain, image, bytes_each)), image])
    return found


def _chains(a: int, b: int, c: int, side: int) -> list[tuple[list[nn.Module], tuple[int, ...]]]:
    """Layers and the shape of an image; the largest moment is at another kind of layer in each of them."""
    pixels = side * side
    return [
        ([nn.Conv2d(1, a, 3), nn.ReLU(), nn.MaxPool2d(2)], (1, side, side + 2)),
        ([nn.Conv2d(a, 1, 1), nn.Conv2d(1, a + b, 1), nn.MaxPool2d(1), nn.Conv2d(a + b, 1, 1)], (a, side, side)),
        ([nn.Linear(a, a * b), nn.Linear(a * b, 9 * a * b), nn.ReLU(), nn.Linear(9 * a * b, 2)], (a,)),
        ([nn.ReLU(), nn.BatchNorm2d(a)], (a, side, b)),
        ([nn.BatchNorm2d(b), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(b * pixels // 4, c)], (b, side, side)),
        ([nn.Flatten(), nn.Dropout(0.5), nn.Linear(c * pixels, b)], (c, side, side)),
        ([nn.Dropout(0.1), nn.AdaptiveAvgPool2d(1)], (b, side, c)),
        ([nn.AvgPool2d(2), nn.Conv2d(a, b, 3, padding=1, stride=2)], (a, side + 1, side)),
        ([nn.Conv2d(1, c, 1), nn.Sigmoid(), nn.Conv2d(c, 1, 1)], (1, a, b)),
        ([nn.Identity()], (a, b, c)),
        ([nn.BatchNorm1d(a)], (a,)),
        ([nn.Tanh(), nn.BatchNorm2d(b)], (b, a, c)),
    ]


def pareto_front(lab, draw):
    """The fronts of points with few and with many ties, and the points afterwards."""
    found = [list(lab.pareto_front([]))]
    for values in (1, 3, 3, 6, 6, 50, 1000):
        cost, right = torch.randint(values, (2, whole(draw, 8, 30)), generator=draw).tolist()
        for low, step in ((-2.5, 0.5), (2**24, 1), (-1.0, 2.0**-40)):
            points = [(low + step * x, low + step * y) for x, y in zip(cost, right, strict=True)]
            found += [list(lab.pareto_front(points)), points]
    return found


def compress_phone(lab, draw):
    """The network that the check measured for the phone."""
    return described(lab.trial.latest_measured("phone"))


def compress_web(lab, draw):
    """The network that the check measured for the web page."""
    return described(lab.trial.latest_measured("web"))


def compress_chip(lab, draw):
    """The network that the check measured for the microcontroller."""
    return described(lab.trial.latest_measured("chip"))


def described(network: nn.Sequential | None) -> list | None:
    """Each layer of a network as its kind, its settings and its tensors by name; None where nothing was measured."""
    return None if network is None else [_described(layer) for layer in network]


def _described(layer: nn.Module) -> list:
    settings = [getattr(layer, name) for name in SETTINGS[type(layer)]]
    tensors = {name: getattr(layer, name, None) for name in TENSORS}
    return [type(layer).__name__, settings, {name: each.detach() for name, each in tensors.items() if each is not None}]


def compress_phone_holds(evidence, reference) -> bool:
    """Whether the network for the phone keeps to its budget here."""
    return meets("phone", evidence)


def compress_web_holds(evidence, reference) -> bool:
    """Whether the network for the web page keeps to its budget here."""
    return meets("web", evidence)


def compress_chip_holds(evidence, reference) -> bool:
    """Whether the network for the microcontroller keeps to its budget here."""
    return meets("chip", evidence)


@cache  # read once in a process
def images() -> Data:
    """The images of the course; for the trusted side alone."""
    return load_data()


def meets(name: str, evidence) -> bool:
    """Whether a network, built again from the evidence, keeps to a target's budget: costs, and both accuracies."""
    data = images()
    try:
        counted, network = costs(rebuilt(evidence, data), data)
    except Exception:  # whatever is sent instead of a network
        return False
    target, dense = load_targets(data)[name], models.record("vgg", data)
    if any(counted[cost] > most for cost, most in target.limits.items()):
        return False
    network.to(memory_format=torch.channels_last)  # a third quicker
    allowed = {"validation": target.loss + SLACK, "test": target.loss + trial.TEST_SLACK + SLACK}
    return all(
        accuracy(network, getattr(data, split)) >= float(dense[f"{split}_accuracy"]) - loss
        for split, loss in allowed.items()
    )


@torch.no_grad()
def rebuilt(evidence: list, data: Data) -> nn.Sequential:
    """The network that the evidence describes; LabError where it is too large to be run, or does not answer in classes.

    Its layers are first made without memory, so that no size that the evidence claims costs any.
    """
    with torch.device("meta"):
        network = nn.Sequential(*(_layer(*each) for each in evidence[:MOST_LAYERS])).eval()
        shapes = _shapes(network, data.shape)
        if sum(map(prod, shapes)) > MOST_NUMBERS or macs(network, data.shape) > MOST_MACS:
            raise LabError("The network is larger than any that a compression starts from.")
    if shapes[-1] != (1, len(data.classes)):
        raise LabError("The network does not answer in classes.")
    for layer, (_, _, tensors) in zip(network, evidence, strict=True):
        layer.load_state_dict({name: each.float().contiguous() for name, each in tensors.items()}, False, assign=True)
    return network


def _layer(kind: str, settings: list, tensors: dict[str, Tensor]) -> nn.Module:
    """A layer of one of the kinds that a file may hold, its tensors still without values."""
    layer_type = {each.__name__: each for each in SETTINGS}[kind]
    options = {"bias": "bias" in tensors} if layer_type in (nn.Conv2d, nn.Linear) else {}
    options |= {"affine": "weight" in tensors} if "running_mean" in tensors else {}
    return layer_type(**dict(zip(SETTINGS[layer_type], settings, strict=True)), **options)


def _shapes(network: nn.Sequential, shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The shapes of what each layer reads and of what the last one writes, for one image."""
    maps = [torch.zeros(1, *shape)]
    for layer in network:
        maps.append(layer(maps[-1]))
    return [tuple(each.shape) for each in maps]
