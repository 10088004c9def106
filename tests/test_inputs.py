"""The vocabulary of inputs: each kind is as hard on a wrong answer as it says."""

import math
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from prunelab import inputs
from prunelab.contract import random_states
from prunelab.training import seeded

SHAPE = st.lists(st.integers(1, 7), min_size=1, max_size=4).map(tuple)
WAYS = {  # of counting a fraction that are not Python's round of the product
    "down": lambda fraction, count: math.floor(fraction * count),
    "up": lambda fraction, count: math.ceil(fraction * count),
    "half up": lambda fraction, count: math.floor(fraction * count + 0.5),
    "half down": lambda fraction, count: math.ceil(fraction * count - 0.5),
    "the rest": lambda fraction, count: count - round((1 - fraction) * count + 1e-9),
}


def draws(function, *limits: int) -> list:
    draw = seeded(0)
    return [function(draw, *limits) for _ in range(300)]


def test_whole_numbers_reach_both_ends():
    assert set(draws(inputs.whole, 3, 6)) == {3, 4, 5, 6}
    assert set(draws(inputs.whole, 2, 2)) == {2}
    assert type(draws(inputs.whole, 0, 1)[0]) is int


def test_fractions_fill_their_range():
    found = draws(inputs.fraction)
    assert 0.2 <= min(found) < 0.22
    assert 0.78 < max(found) <= 0.8
    assert type(found[0]) is float


def test_a_seed_gives_the_same_numbers():
    assert draws(inputs.fraction) == draws(inputs.fraction)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("count", [12, 35, 45, 120])
def test_fractions_tell_ways_of_rounding_apart(way, count):
    assert any(WAYS[way](fraction, count) != round(fraction * count) for fraction in inputs.fractions(count))


def test_fractions_tell_float32_apart():
    assert any(round((torch.tensor(fraction) * 45).item()) != round(fraction * 45) for fraction in inputs.fractions(45))


@given(st.integers(1, 300))
def test_fractions_are_from_0_to_1(count):
    found = inputs.fractions(count)
    assert {0.0, 1.0} <= set(found)
    assert all(0 <= fraction <= 1 for fraction in found)


@settings(deadline=None)
@given(SHAPE, st.integers(0, 2**40), st.sampled_from([torch.float32, torch.float64]))
def test_distinct_magnitudes_are_distinct_and_close(shape, seed, dtype):
    values = inputs.distinct(shape, seeded(seed), dtype)
    magnitudes = values.abs().flatten()
    assert values.shape == shape
    assert values.dtype == dtype
    assert len(magnitudes.unique()) == len(magnitudes)
    assert len(magnitudes) < 9 or len(magnitudes.half().unique()) < len(magnitudes)


def test_distinct_values_have_both_signs():
    values = inputs.distinct((9, 9), seeded(0))
    assert values.min() < 0 < values.max()
    assert not torch.equal(values.abs().flatten().sort().values, values.abs().flatten())


def test_half_precision_has_distinct_magnitudes_too():
    assert len(inputs.distinct((6, 9), seeded(0), torch.bfloat16).abs().unique()) == 54


def test_most_tied_magnitudes_come_several_times():
    _, counts = inputs.tied((9, 9), seeded(0)).abs().unique(return_counts=True)
    assert counts.min() > 1


def test_weights_differ_in_kind():
    found = inputs.weights(seeded(0))
    assert {weight.dtype for weight in found} == {torch.float32, torch.float64, torch.bfloat16}
    assert {weight.is_contiguous() for weight in found} == {True, False}
    assert any(isinstance(weight, nn.Parameter) for weight in found)
    assert {weight.dim() for weight in found} == {2, 4}
    assert all(len(set(weight.shape)) > 1 or weight.numel() == 1 for weight in found)


def test_a_nested_network_has_depth_and_names_with_a_common_beginning():
    network = inputs.nested(seeded(0))
    layers = [name for name, module in network.named_modules() if isinstance(module, nn.Conv2d | nn.Linear)]
    assert layers == ["stem.0", "blocks.wide.0", "fc1", "fc10"]
    assert {module.training for module in network.modules()} == {True, False}
    assert {parameter.requires_grad for parameter in network.parameters()} == {True, False}


def test_a_network_leaves_the_random_state():
    before = str(random_states())
    inputs.nested(seeded(0))
    assert str(random_states()) == before


def test_networks_follow_the_seed():
    first, again, other = (inputs.nested(seeded(seed)).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["fc1.weight"], other["fc1.weight"])


def test_labels_are_right_for_about_two_thirds():
    network = inputs.nested(seeded(0))
    modes = [module.training for module in network.modules()]
    pixels, labels = inputs.labelled(network, 600, seeded(1)).tensors
    assert [module.training for module in network.modules()] == modes
    right = (network.eval()(pixels).argmax(1) == labels).float().mean().item()
    assert Fraction(6, 10) < right < Fraction(8, 10)
