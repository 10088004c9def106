"""The surgery of lab 06 on random architectures: the sliced network computes what the masked one does, and is plain.

The functions are those of the lab's source, its locked cells and solutions.
"""

import functools
import io
from copy import deepcopy
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

import bank
from prunelab import models

quick = settings(max_examples=25, deadline=None, derandomize=True)
sizes, flags = st.integers(1, 6), st.booleans()


@functools.cache
def lab() -> SimpleNamespace:
    """What the locked cells and the solutions of the lab define."""
    return SimpleNamespace(**bank.answered("06_surgery"))


@st.composite
def chains(draw) -> tuple[nn.Sequential, Tensor]:
    """A chain of random convolutions, batch norms, poolings and depthwise blocks, then linear layers; and images."""
    images = torch.randn(2, draw(sizes), draw(st.integers(5, 11)), draw(st.integers(5, 11)), dtype=torch.float64)
    layers, x = [], images
    for _ in range(draw(st.integers(1, 3))):
        for layer in draw(convolutions(x)):
            layers.append(layer.double())
            x = layer(x)
    if draw(flags):
        layers.append(nn.AdaptiveAvgPool2d(draw(st.integers(1, 2))))
        x = layers[-1](x)
    layers.append(nn.Flatten())
    hidden, features = draw(sizes), x[0].numel()
    if draw(flags):
        layers += [nn.Linear(features, hidden, bias=draw(flags)), nn.BatchNorm1d(hidden), nn.ReLU()]
        features = hidden
    layers.append(nn.Linear(features, 3, bias=draw(flags)))
    return lab().randomised(nn.Sequential(*layers)), images


@st.composite
def convolutions(draw, x: Tensor) -> list[nn.Module]:
    """A convolution that fits on `x`, with or without batch norm, depthwise convolution and pooling after it."""
    side, inputs, outputs = min(x.shape[2:]), x.shape[1], draw(st.integers(2, 6))
    kernel, dilation, padding = draw(st.sampled_from((1, 3, 5))), draw(st.integers(1, 2)), draw(st.integers(0, 2))
    if dilation * (kernel - 1) + 1 > side + 2 * padding:
        kernel = 1
    layers = [nn.Conv2d(inputs, outputs, kernel, draw(st.integers(1, 2)), padding, dilation, bias=draw(flags))]
    for depthwise in (False, True)[: draw(st.integers(1, 2))]:
        if depthwise:
            layers.append(nn.Conv2d(outputs, outputs, 3, padding=1, groups=outputs, bias=draw(flags)))
        layers += [nn.BatchNorm2d(outputs)] * draw(flags) + [nn.ReLU()]
    pooling = draw(st.sampled_from((nn.Identity(), nn.MaxPool2d(2, padding=1), nn.AvgPool2d(2, padding=1))))
    return [*layers, pooling]


@st.composite
def residuals(draw) -> tuple[models.ResNet, Tensor]:
    """A residual network of one to four blocks, each with any stride and width; and images."""
    images = torch.randn(2, 2, 9, 7, dtype=torch.float64)
    network, inputs, stages = models.ResNet((2, 9, 7), 3, width=0.25), 4, []
    for _ in range(draw(st.integers(1, 4))):
        outputs = draw(st.sampled_from((inputs, 3, 6)))
        stages.append(models.ResidualBlock(inputs, outputs, draw(st.integers(1, 2))))
        inputs = outputs
    network.stages = nn.Sequential(*stages, nn.AdaptiveAvgPool2d(1), nn.Flatten())
    network.classifier = nn.Linear(inputs, 3)
    return lab().randomised(network), images


@st.composite
def pruned_networks(draw) -> tuple[nn.Module, list, list[Tensor], Tensor]:
    """A network, its groups, the channels that each keeps, ascending, and images for it."""
    network, images = draw(st.one_of(chains(), residuals()))
    groups = (lab().residual_groups if isinstance(network, models.ResNet) else lab().chain_groups)(network)
    keeps = []
    for group in groups:
        channels = lab().channels_of(network, group)
        kept = draw(st.sets(st.integers(0, channels - 1), min_size=1))
        keeps.append(torch.tensor(sorted(kept)))
    return network, groups, keeps, images


@quick
@given(pruned_networks())
def test_sliced_equals_masked(case):
    network, groups, keeps, images = case
    before = deepcopy(network.state_dict())
    small, twin = lab().carve(network, groups, keeps), lab().masked(network, groups, keeps)
    with torch.no_grad():
        torch.testing.assert_close(small(images), twin(images), rtol=1e-9, atol=1e-9)
        single, reference = small.float()(images.float()), twin.float()(images.float())
    scale = max(1.0, reference.abs().max().item())
    torch.testing.assert_close(single / scale, reference / scale, rtol=0, atol=1e-5)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


@quick
@given(pruned_networks(), st.integers(0, 99))
def test_the_order_of_channels_means_nothing(case, seed):
    network, groups, _, images = case
    draw = torch.Generator().manual_seed(seed)
    orders = [torch.randperm(lab().channels_of(network, group), generator=draw) for group in groups]
    with torch.no_grad():
        torch.testing.assert_close(lab().carve(network, groups, orders)(images), network(images), rtol=1e-9, atol=1e-9)


@pytest.mark.filterwarnings("ignore::UserWarning:torch_pruning")
@quick
@given(pruned_networks())
def test_torch_pruning_builds_the_same(case):
    network, groups, keeps, images = case
    small, theirs = lab().carve(network, groups, keeps), deepcopy(network)
    graph = lab().tp.DependencyGraph().build_dependency(theirs, example_inputs=images)
    for group, keep in zip(groups, keeps, strict=True):
        writer = theirs.get_submodule(group["writes"][0])
        pruner = (
            lab().tp.prune_linear_out_channels if isinstance(writer, nn.Linear) else lab().tp.prune_conv_out_channels
        )
        if cut := sorted(set(range(len(writer.weight))) - set(keep.tolist())):
            graph.get_pruning_group(writer, pruner, idxs=cut).prune()
    torch.testing.assert_close(dict(theirs.state_dict()), dict(small.state_dict()), rtol=0, atol=0)
    with torch.no_grad():
        torch.testing.assert_close(theirs.eval()(images), small(images), rtol=1e-9, atol=1e-9)


@settings(quick, max_examples=6)
@given(pruned_networks())
def test_a_pruned_network_saves_loads_and_exports(case):
    network, groups, keeps, images = case
    small, file = lab().carve(network, groups, keeps), io.BytesIO()
    torch.save(small.state_dict(), file)
    file.seek(0)
    again = lab().carve(lab().randomised(network, seed=1), groups, keeps)
    again.load_state_dict(torch.load(file, weights_only=True))
    exported = torch.export.export(small, (images,)).module()
    with torch.no_grad():
        torch.testing.assert_close(again(images), small(images), rtol=0, atol=0)
        torch.testing.assert_close(exported(images), small(images), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["vgg", "alexnet", "resnet"])
def test_the_courses_networks(name):
    network = lab().randomised(models.build(name, lab().data))
    groups = (lab().residual_groups if name == "resnet" else lab().chain_groups)(network)
    keeps = [lab().strongest(lab().group_norms(network, group)[0], 0.4) for group in groups]
    images = torch.randn(4, *lab().data.shape, dtype=torch.float64)
    with torch.no_grad():
        want = lab().masked(network, groups, keeps)(images)
        torch.testing.assert_close(lab().carve(network, groups, keeps)(images), want, rtol=1e-9, atol=1e-9)
