"""Evidence of lab 06 for the grader: what the student's functions return for inputs that nobody knows beforehand."""

from copy import deepcopy
from numbers import Integral

import torch
from torch import Tensor, nn

from prunelab import models
from prunelab.inputs import distinct, fraction, fractions, tied, whole

SIZES = ("in_channels", "out_channels", "groups", "in_features", "out_features", "num_features")
SETTINGS = ("kernel_size", "stride", "padding", "dilation", "padding_mode", "eps", "momentum", "training")
NORMS = nn.BatchNorm1d | nn.BatchNorm2d


def state(layer: nn.Module) -> dict:
    """Type and shape of all that a layer holds, and its values, by name."""
    tensors = layer.state_dict()
    return {name: (str(tensor.dtype), list(tensor.shape), tensor.clone()) for name, tensor in tensors.items()}


@torch.no_grad()
def randomised(layer: nn.Module, draw: torch.Generator) -> nn.Module:
    """The layer itself, in double precision, all its numbers random; variances are positive."""
    for name, tensor in layer.double().state_dict().items():
        if tensor.is_floating_point():
            tensor.normal_(generator=draw)
            if name.endswith("running_var"):
                tensor.abs_().add_(0.5)
        elif name.endswith("num_batches_tracked"):
            tensor.fill_(whole(draw, 5, 50))
    return layer


def images(channels: int, layer: nn.Module, draw: torch.Generator) -> Tensor:
    """Random inputs in double precision with the number of dimensions that a layer reads."""
    sides = (9, 8) if layer.weight.ndim == 4 else (2, 3) if isinstance(layer, nn.BatchNorm2d) else ()
    return torch.randn(3, channels, *sides, generator=draw, dtype=torch.float64)


@torch.no_grad()
def described(small: nn.Module, layer: nn.Module, inputs: Tensor) -> list:
    """Kind, settings, contents and outputs of a small layer, and the large one after the small one has learned."""
    found = [type(small).__name__, {name: str(getattr(small, name, "")) for name in (*SIZES, *SETTINGS)}, state(small)]
    found.append([(name, parameter.requires_grad) for name, parameter in small.named_parameters()])
    found.append(deepcopy(small).double().eval()(inputs))
    for tensor in (*small.parameters(), *small.buffers()):
        tensor.add_(1)
    return [*found, state(layer), layer.training, {name: str(getattr(layer, name, "")) for name in SIZES}]


def channel_norms(lab, draw):
    """Both norms of pairs of layers, by p, and the weights afterwards."""
    a, b, c, pixels = (whole(draw, low, low + 2) for low in (3, 6, 9, 2))
    pairs = [(nn.Conv2d(a, b, 3, bias=False), nn.Conv2d(b, c, (1, 3))), (nn.Conv2d(a, b, 2), nn.Linear(b * pixels, c))]
    pairs += [(nn.Linear(c, b), nn.Linear(b, a, bias=False)), (nn.Conv2d(a, c, 1), nn.Linear(c * pixels * a, b))]
    pairs += [(nn.Conv2d(a, a, (3, 1)), nn.Conv2d(a, a, 3)), (nn.Conv2d(b, 1, 2, bias=False), nn.Linear(pixels, a))]
    found = []
    for pair in pairs:
        writer, reader = (randomised(layer, draw) for layer in pair)
        found += [[norms.detach() for norms in lab.channel_norms(writer, reader, p)] for p in (1, 2)]
        found += [state(writer), state(reader)]
    return found


def strongest(lab, draw):
    """Channels for many ratios and multiples, how many different ones there are among equals, and the importances."""
    count, multiple = 2 * whole(draw, 6, 11) + 1, whole(draw, 3, 5)
    importance = torch.randn(count, generator=draw)
    ratios = [0.0, 0.01, 0.5, 1.0, *((whole(draw, 1, count - 2) + part) / count for part in (0.3, 0.7, 0.2, 0.8))]
    found = [lab.strongest(values, ratio) for ratio in ratios for values in (importance, -importance)]
    for times in (1, 2):
        exact = multiple * times / count
        cases = ((exact, multiple), (exact + 0.9 / count, multiple), (exact, count + 3), (0.0, multiple), (1.0, 2))
        found += [lab.strongest(nn.Parameter(importance), ratio, each) for ratio, each in cases]
    for channels in (1, count, count + 1):
        values = distinct((channels,), draw)
        found += [lab.strongest(values, ratio, each) for ratio in fractions(channels) for each in (1, multiple, 8)]
    precise = 1 + 1e-12 * distinct((count,), draw, torch.float64)
    found += [lab.strongest(precise, fraction(draw)), lab.strongest(distinct((100,), draw), 0.29)]
    found += [lab.strongest(torch.randperm(count, generator=draw) - multiple, fraction(draw), each) for each in (1, 2)]
    ties = [lab.strongest(torch.ones(count), fraction(draw), each) for each in (1, multiple)]
    ties += [lab.strongest(tied((count,), draw), fraction(draw), each) for each in (1, multiple)]
    return found, [(len(each), len(set(each.tolist()))) for each in ties], importance


def cut_outputs(lab, draw):
    """Smaller layers of all kinds, described; the old ones as they are after the small ones have learned."""
    a, b = whole(draw, 3, 4), whole(draw, 6, 9)
    oblong = {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2), "padding_mode": "reflect"}
    layers = [nn.Conv2d(a, b, (3, 2), **oblong).eval(), nn.Conv2d(a, b, 3, bias=False), nn.Linear(a, b)]
    layers += [nn.Conv2d(b, b, 3, groups=b, padding=1), nn.Conv2d(b, b, 3, 2, groups=b, bias=False).eval()]
    layers += [nn.Linear(a, b, bias=False).eval(), nn.BatchNorm1d(b).eval()]
    layers += [nn.BatchNorm2d(b, eps=fraction(draw), momentum=fraction(draw))]
    layers += [nn.Conv2d(1, b, (2, 3)), nn.Conv2d(b, b, 3, padding="same").eval()]
    layers += [nn.Conv2d(b, b, (2, 3), groups=b, **oblong), nn.BatchNorm1d(b, fraction(draw), fraction(draw))]
    single, found = randomised(nn.Conv2d(a, 1, 3), draw), []  # one output
    for number, layer in enumerate(layers):
        kept = torch.randperm(b, generator=draw)[: whole(draw, 2, b - 2)]
        for keep in (kept, kept[:1], torch.arange(b), torch.arange(whole(draw, 1, 2), b - 1)):
            randomised(layer, draw).to((torch.float64, torch.float32)[number % 2])
            small = lab.cut_outputs(layer, keep.clone())
            alone = isinstance(layer, NORMS) or getattr(layer, "groups", 1) > 1  # reads the channels that it writes
            inputs = len(keep) if alone else getattr(layer, "in_channels", a)
            found += [described(small, layer, images(inputs, layer, draw)), keep]
    return found, described(lab.cut_outputs(single, torch.tensor([0])), single, images(a, single, draw))


def cut_inputs(lab, draw):
    """Smaller convolutions and linear layers, described; the old ones after the small ones have learned."""
    a, b, pixels = whole(draw, 3, 4), whole(draw, 6, 9), whole(draw, 2, 4)
    oblong = {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2), "padding_mode": "circular"}
    layers = [nn.Conv2d(b, a, (3, 2), **oblong).eval(), nn.Conv2d(b, b, 3, bias=False), nn.Linear(b, a)]
    layers += [nn.Linear(b * pixels, b), nn.Linear(b * pixels, a, bias=False).eval()]
    found = []
    for number, layer in enumerate(layers):
        kept = torch.randperm(b, generator=draw)[: whole(draw, 2, b - 2)]
        for keep in (kept, kept[:1], torch.arange(b), torch.arange(whole(draw, 1, 2), b - 1)):
            randomised(layer, draw).to((torch.float64, torch.float32)[number % 2])
            small = lab.cut_inputs(layer, keep.clone(), b)
            each = getattr(layer, "in_features", b) // b  # inputs that belong to one channel
            found += [described(small, layer, images(len(keep) * each, layer, draw)), keep]
    return found


def residual_groups(lab, draw):
    """The groups of networks with several patterns of blocks, names in alphabetical order."""
    found = []
    orders = [_order(plain_first, draw) for plain_first in (True, False)]
    for order in (*orders, orders[0] + orders[1] + orders[0], []):  # some have more than ten blocks, one has none
        network = residual_network(order, draw)
        groups = lab.residual_groups(network)
        found.append(sorted([sorted(group["writes"]), sorted(group["reads"]), sorted(group)] for group in groups))
        found.append([name for name, _ in network.named_modules()])
    return found


def _order(plain_first: bool, draw: torch.Generator) -> list[tuple[int, int]]:
    """Four to seven blocks in random order, by the channels that each adds and its stride."""
    kinds = [(0, 1), (0, 2), (whole(draw, 1, 3), 1), (whole(draw, 1, 3), 2), (0, 1), (0, 1)]
    order = torch.randperm(len(kinds), generator=draw)[: whole(draw, 4, 6)].tolist()
    return [kinds[number] for number in ([0] if plain_first else []) + order + ([] if plain_first else [1, 2])]


def residual_network(order: list[tuple[int, int]], draw: torch.Generator) -> nn.Module:
    """A network whose blocks change the number of channels, the stride, both or neither."""
    network = models.ResNet((2, 9, 7), 3, width=0.25)
    inputs, stages = network.stem[0].out_channels, []
    for more, stride in order:
        stages.append(models.ResidualBlock(inputs, inputs + more, stride))
        inputs += more
    network.stages = nn.Sequential(*stages, nn.AdaptiveAvgPool2d(1), nn.Flatten())
    network.classifier = nn.Linear(inputs, 3)
    return randomised(network, draw).eval()


def layer_cost(lab, draw):
    """The counts, with their types, of convolutions and linear layers of several kinds."""
    a, b, batch, height, width = (whole(draw, low, low + 3) for low in (2, 3, 2, 11, 16))
    layers = [nn.Conv2d(a, b, 3), nn.Conv2d(a, b, (3, 2), stride=(2, 3), padding=(1, 0), bias=False)]
    layers += [nn.Conv2d(2 * a, 2 * b, (1, 5), groups=2, dilation=(1, 2)), nn.Conv2d(b, b, 3, 2, 1, groups=b)]
    cases = [(layer, (batch, layer.in_channels, height, width)) for layer in layers]
    cases += [(layers[0], (1, a, width, height)), (nn.Linear(a, b), (batch, a)), (nn.Linear(b, a, bias=False), (1, b))]
    zeros = nn.Conv2d(a, b, (2, 3), (3, 2), (0, 1)).requires_grad_(False)
    zeros.weight[:2] = 0
    cases += [(zeros, (batch, a, height, width)), (nn.Linear(b, a).requires_grad_(False), (batch, b))]
    costs = [lab.layer_cost(layer, shape) for layer, shape in cases]
    whole_numbers = [{name: isinstance(count, Integral) for name, count in cost.items()} for cost in costs]
    return whole_numbers, [{name: str(count) for name, count in cost.items()} for cost in costs]


def predict_speedup(lab, draw):
    """The speed-ups for random costs, some of them limited by the operations and some by the bytes."""
    found = []
    for number in range(8):
        flops, counts = float(whole(draw, 100, 900)), (whole(draw, 6, 9), whole(draw, 3, 5))
        before, after = ([_cost(draw) for _ in range(count)] for count in counts)
        before += [dict(before[0])] * (number % 3)  # equal layers
        bandwidth = flops * (0.3 + 0.4 * fraction(draw))  # so that about half of the layers wait for their bytes
        pairs = ((before, after), (after, before), (before, before))
        found += [float(lab.predict_speedup(*lists, flops, bandwidth)) for lists in pairs]
    return found


def _cost(draw: torch.Generator) -> dict[str, int]:
    """The costs of a layer."""
    return {name: whole(draw, 100, 1000) for name in ("bytes", "parameters", "macs")}
