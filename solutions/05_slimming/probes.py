"""Evidence of lab 05 for the grader: what the student's functions return for inputs that nobody knows beforehand."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from prunelab.inputs import distinct, fraction, fractions, whole
from prunelab.instructor.verdict.probing import locked_cells, state
from prunelab.measure import parameters
from prunelab.training import accuracy

SLACK = 0.1  # points: sums in another order change the label of an image or two
SIZES = ("in_channels", "out_channels", "in_features", "out_features", "num_features")
SETTINGS = ("kernel_size", "stride", "padding", "padding_mode", "dilation", "eps", "momentum", "training")
NORMS = nn.BatchNorm1d | nn.BatchNorm2d


@torch.no_grad()
def randomised(model: nn.Module, draw: torch.Generator) -> nn.Module:
    """The model itself, all its numbers random; variances are positive."""
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point():
            tensor.normal_(generator=draw)
            if name.endswith("running_var"):
                tensor.abs_().add_(0.5)
        else:
            tensor.fill_(whole(draw, 3, 99))  # batches that a batch norm has seen
    for norm in norms_of(model).values():
        norm.eps, norm.momentum = fraction(draw), norm.momentum and fraction(draw)
    return model


def norms_of(model: nn.Module) -> dict[str, nn.Module]:
    """The batch norms of a model, by name."""
    return {name: module for name, module in model.named_modules() if isinstance(module, NORMS)}


def mixed(count: int, draw: torch.Generator) -> Tensor:
    """A boolean mask that keeps one channel at least and cuts one at least."""
    mask = torch.rand(count, generator=draw) < 0.6
    keep, cut = torch.randperm(count, generator=draw)[:2].tolist()
    mask[keep], mask[cut] = True, False
    return mask


def convolutional(draw: torch.Generator) -> nn.Module:
    """A chain of two convolutions and a linear layer, with batch norms on two levels, and a layer norm."""
    first, second, classes = whole(draw, 4, 6), whole(draw, 7, 9), whole(draw, 3, 5)
    deeper = nn.Sequential(nn.Conv2d(first, second, 3, padding=1), nn.BatchNorm2d(second), nn.ReLU())
    end = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(second, classes), nn.BatchNorm1d(classes))
    front = (nn.Conv2d(2, first, 3, bias=False), nn.BatchNorm2d(first), nn.ReLU(), nn.MaxPool2d(2))
    return randomised(nn.Sequential(*front, deeper, *end, nn.LayerNorm(classes)), draw)


def perceptron(draw: torch.Generator) -> nn.Module:
    """A chain of linear layers, of which one has no batch norm behind it."""
    first, second, third = whole(draw, 4, 6), whole(draw, 7, 9), whole(draw, 10, 12)
    front = (nn.Flatten(), nn.Linear(72, first, bias=False), nn.BatchNorm1d(first), nn.ReLU(), nn.Linear(first, second))
    end = (nn.ReLU(), nn.Linear(second, third), nn.BatchNorm1d(third), nn.ReLU(), nn.Linear(third, whole(draw, 3, 5)))
    return randomised(nn.Sequential(*front, *end), draw)


def add_penalty(lab, draw):
    """The gradients after one call and after two, where there were some before and where there were none; the state."""
    found = []
    for filled, dtype in ((True, torch.float32), (False, torch.float32), (True, torch.float64), (False, torch.float64)):
        model = shuffled_modes(convolutional(draw), draw).to(dtype)
        for norm in norms_of(model).values():
            norm.weight.data *= 10.0 ** -whole(draw, 0, 9)  # the pull is as strong on a tiny one
            norm.weight.data[whole(draw, 0, len(norm.weight) - 1)] = 0
        for parameter in model.parameters():
            if filled or not whole(draw, 0, 2):
                parameter.grad = torch.randn(parameter.shape, generator=draw, dtype=dtype)
        for strength in (fraction(draw), fraction(draw) / 5, 4 * fraction(draw)):
            lab.add_penalty(model, strength)
            found.append({name: _gradient(parameter) for name, parameter in model.named_parameters()})
        found.append(state(model))
    return found


def _gradient(parameter: nn.Parameter) -> Tensor | str:
    """The gradient of a parameter, or a word where it has none."""
    return "none" if parameter.grad is None else parameter.grad.detach().clone()


def traits(model: nn.Module) -> list:
    """What a state does not tell of a network: kinds, modes, settings and hooks of its parts, dtypes, what trains."""
    found = [[type(module).__name__, module.training, *settings_and_hooks(module)] for module in model.modules()]
    tensors = [[str(tensor.dtype), tensor.requires_grad] for tensor in (*model.parameters(), *model.buffers())]
    return [found, tensors]


def settings_and_hooks(module: nn.Module) -> list:
    """The settings of a module, as texts, and how many hooks it has."""
    settings = [str(getattr(module, name, "")) for name in ("eps", "momentum", "padding", "stride")]
    return [*settings, len(module._forward_hooks) + len(module._forward_pre_hooks)]


def shuffled_modes(model: nn.Module, draw: torch.Generator) -> nn.Module:
    """The model itself, the mode of each part by chance."""
    for module in model.modules():
        module.training = bool(whole(draw, 0, 1))
    return model


def keep_masks(lab, draw):
    """Masks for several shares, some of which empty a layer; counts where knobs are equal; the models afterwards."""
    found = []
    for scale in (1.0, 0.01):
        model = shuffled_modes(convolutional(draw), draw)
        quiet = list(norms_of(model).values())[whole(draw, 0, 2)].weight.data
        quiet *= scale  # with 0.01 nearly any share takes this layer whole
        loudest = whole(draw, 1, len(quiet) - 1)
        quiet[loudest] = -1.5 * quiet.abs().max()
        channels = sum(len(norm.weight) for norm in norms_of(model).values())
        for part in (*fractions(channels), fraction(draw), fraction(draw), 0.9):
            found.append(lab.keep_masks(model, part))
        found.append(state(model))
    close = convolutional(draw).double()  # only double precision tells which is larger
    lengths = [len(norm.weight) for norm in norms_of(close).values()]
    gammas = (1 + 1e-9 * distinct((sum(lengths),), draw, torch.float64)).split(lengths)
    for norm, gamma in zip(norms_of(close).values(), gammas, strict=True):
        norm.weight.data = gamma.clone()
    found.append(lab.keep_masks(close, fraction(draw)))
    equal = convolutional(draw)  # of many that are equal, one comes back
    emptied = list(norms_of(equal).values())[whole(draw, 0, 2)].weight.data.fill_(1e-6)
    masks = lab.keep_masks(equal, len(emptied) / sum(len(norm.weight) for norm in norms_of(equal).values()))
    found.append([int(masks[name].sum()) for name in norms_of(equal)])
    layers = {"b": nn.BatchNorm1d(20), "a": nn.Sequential(nn.BatchNorm2d(18)), "c": nn.BatchNorm1d(7)}
    wide = randomised(nn.ModuleDict(layers), draw)
    found += [lab.keep_masks(wide, part) for part in fractions(45)]
    return found, [_tied_masks(lab.keep_masks, draw) for _ in range(6)]


def _tied_masks(keep_masks, draw: torch.Generator) -> tuple[int, float, float]:
    """How many channels go of many that are equal, the largest that goes and the smallest that stays."""
    model = convolutional(draw)
    for norm in norms_of(model).values():
        norm.weight.data = torch.randint(-2, 3, norm.weight.shape, generator=draw).float()
        norm.weight.data[0] = 7  # no layer is emptied
    masks = keep_masks(model, 0.75 * fraction(draw))
    kept = torch.cat([masks[name] for name in norms_of(model)])
    sizes = torch.cat([norm.weight.detach().abs() for norm in norms_of(model).values()])
    return int((~kept).sum()), float(sizes[~kept].max()), float(sizes[kept].min())


def silenced(lab, draw):
    """The state of silenced copies, in both modes, and that of the models afterwards."""
    found = []
    for training, chosen in ((True, slice(0, 2)), (False, slice(0, 3)), (False, slice(2, 3)), (True, slice(0))):
        model = shuffled_modes(convolutional(draw), draw).to(torch.float32 if training else torch.float64)
        names = list(norms_of(model))[chosen][::-1]
        keep = {name: mixed(len(model.get_submodule(name).weight), draw) for name in names}
        twin = lab.silenced(model, keep)
        found += [state(twin), traits(twin), state(model), keep]
    return found


def carve_layer(lab, draw):
    """Smaller layers of all kinds, described; the old ones as they are after the small ones have learned."""
    outputs, inputs = whole(draw, 5, 9), whole(draw, 3, 4)
    oblong = {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2)}
    layers = [nn.Conv2d(inputs, outputs, (3, 2), **oblong), nn.Conv2d(inputs, outputs, 3, bias=False).eval()]
    layers += [nn.Linear(inputs + 5, outputs), nn.Linear(inputs + 5, outputs, bias=False).eval()]
    layers += [nn.BatchNorm2d(outputs, eps=fraction(draw), momentum=fraction(draw)), nn.BatchNorm1d(outputs).eval()]
    layers += [nn.Conv2d(inputs, outputs, (1, 3), padding=(0, 2), padding_mode="circular").double()]
    layers += [nn.BatchNorm1d(outputs, momentum=None).double(), nn.Linear(outputs, outputs).double()]
    found = []
    for layer in layers:
        found += [_carved(lab.carve_layer, layer, everything, draw) for everything in (False, True)]
    return found


def _carved(carve_layer, layer: nn.Module, everything: bool, draw: torch.Generator) -> list:
    """A smaller layer with the settings, the numbers and the outputs that it has, and the old layer afterwards."""
    outputs = len(randomised(layer, draw).weight)
    inputs = outputs if layer.weight.ndim == 1 else layer.weight.shape[1]
    keep_out = torch.ones(outputs, dtype=torch.bool) if everything else mixed(outputs, draw)
    keep_in = mixed(inputs, draw)  # of a batch norm keep_out alone counts
    masks = [keep_in.clone(), keep_out.clone()]
    small = carve_layer(layer, *masks)
    found = [type(small).__name__, {name: str(getattr(small, name, "")) for name in (*SIZES, *SETTINGS)}, state(small)]
    found += [[name for name, _ in small.named_parameters()], traits(small), masks]
    sides = (9, 8) if layer.weight.ndim == 4 else (2, 3) if isinstance(layer, nn.BatchNorm2d) else ()
    images = torch.randn(4, inputs, *sides, generator=draw).to(layer.weight)
    images = images[:, keep_out if layer.weight.ndim == 1 else keep_in]
    learn(small)
    return [*found, small(images).detach(), state(layer)]


@torch.no_grad()
def learn(model: nn.Module) -> None:
    """Change all numbers of a model: what shares memory with it changes, too."""
    for tensor in (*model.parameters(), *model.buffers()):
        tensor.add_(1)


def carve(lab, draw):
    """Smaller networks, described; the models as they are after the small ones have learned."""
    found = []
    with library_layers(lab):
        for build, training in ((convolutional, True), (convolutional, False), (perceptron, False)):
            model = shuffled_modes(build(draw).double(), draw)
            names = list(norms_of(model))[: None if build is perceptron else 2][::-1]
            chosen = (names, names[:1])[whole(draw, 0, 1)] if training else names
            keep = {name: mixed(len(model.get_submodule(name).weight), draw) for name in chosen}
            found += [_carved_network(lab.carve(model, keep), draw), state(model), keep]
    return found


@contextmanager
def library_layers(lab) -> Iterator[None]:
    """While it lasts, `carve` uses the library's layers, as in the check: a mistake in `carve_layer` costs nothing."""
    names = getattr(lab.carve, "__globals__", {})
    yours = names.get("carve_layer")
    names["carve_layer"] = lambda layer, keep_in, keep_out: lab.library_layer(layer, keep_out, keep_in)
    try:
        yield
    finally:
        names["carve_layer"] = yours


def _carved_network(small: nn.Module, draw: torch.Generator) -> list:
    """Shapes by name, modes and hooks of a network, and its outputs in evaluation mode; it is changed afterwards."""
    found = [{name: list(tensor.shape) for name, tensor in small.state_dict().items()}]
    found.append(traits(small))
    found.append([int(norm.num_batches_tracked) for norm in norms_of(small).values()])
    found.append(sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in small.modules()))
    found.append(small.eval()(torch.randn(4, 2, 6, 6, generator=draw).double()).detach())
    learn(small)
    return found


def my_share(lab, draw):
    """The share that was chosen and, if it meets the budget, what the VGG holds that the check has retrained."""
    found = {"share": float(lab.my_share + 0)}  # a text is no share
    if parameters(lab.library_cut(lab.library_masks(lab.my_share))) <= lab.BUDGET * parameters(lab.original):
        small, _ = lab.slimmed(lab.my_share)  # else the check trains nothing
        found["vgg"] = {name: tensor.clone() for name, tensor in small.state_dict().items()}
    return found


def my_share_holds(evidence, reference) -> bool:
    """Whether VGG without this share of its channels keeps to the budget and, with these weights, its accuracy."""
    lab, share = locked_cells(__file__), evidence["share"]
    if not 0 <= share <= 1 or "vgg" not in evidence:
        return False
    small = lab.library_cut(lab.library_masks(share))
    if parameters(small) > lab.BUDGET * parameters(lab.original):
        return False
    small.load_state_dict(evidence["vgg"])
    reached = accuracy(small.to(memory_format=torch.channels_last), lab.data.validation)
    return reached >= lab.original_accuracy - lab.TOLERANCE - SLACK
