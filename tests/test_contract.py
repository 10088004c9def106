"""The contract of a call: what a student's function may not do beside computing the right result."""

import copy
import random
import threading

import numpy as np
import pytest
import torch
from torch import nn

from prunelab.checks import Check, CheckFailed
from prunelab.data import Data


def model() -> nn.Sequential:
    """A model with a nested block, batch norm and dropout, in train mode."""
    block = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU())
    return nn.Sequential(block, nn.Dropout(0.5), nn.Flatten(), nn.Linear(8, 3))


def message(function, *args, **options) -> str:
    """What a student reads about a call that broke the contract; "" where it kept to it."""
    try:
        Check("answer").call(function, *args, **options)
    except CheckFailed as failure:
        return str(failure)
    return ""


def doubles(weight):
    """A function that keeps to everything."""
    return weight.detach().clone() * 2


@pytest.mark.parametrize(
    "weight",
    [torch.ones(2, 3), torch.ones(2, 3).T, nn.Parameter(torch.ones(2)), torch.tensor([1.0, float("nan")]),
     torch.ones(3, dtype=torch.int64), torch.ones(2, dtype=torch.bool), torch.ones(2, dtype=torch.bfloat16),
     torch.empty(0), torch.ones(2 << 20)],
)  # fmt: skip
def test_a_good_function_keeps_to_it(weight):
    assert message(doubles, weight) == ""


def in_place(weight):
    return weight.mul_(2).clone()


def through_numpy(weight):
    weight.numpy()[:] += 1
    return weight.clone()


def with_gradient(weight):
    weight.requires_grad_()
    return weight.detach().clone()


def leaves_gradient(weight):
    weight = weight.requires_grad_()
    (weight * 2).sum().backward()
    weight.requires_grad_(False)
    return torch.ones(1)


@pytest.mark.parametrize(
    ("function", "what"),
    [(in_place, "the values of weight"), (through_numpy, "the values of weight"),
     (with_gradient, "requires_grad of weight"), (leaves_gradient, "weight.grad")],
)  # fmt: skip
def test_a_changed_tensor_is_named(function, what):
    assert f"{what} changed" in message(function, torch.ones(3))


@pytest.mark.parametrize("size", [3, 2 << 20])
def test_large_tensors_are_watched_too(size):
    assert "the values of weight changed" in message(in_place, torch.ones(size))


def second_of_list(weights):
    weights[1].zero_()
    return 1


def appends(weights):
    weights.append(torch.ones(1))
    return 1


def deep(weights):
    weights["a"][0]["b"] += 1
    return 1


@pytest.mark.parametrize(
    ("function", "value", "what"),
    [(second_of_list, [torch.ones(2), torch.ones(2)], "the values of weights[1]"),
     (appends, [torch.ones(2)], "the length of weights"),
     (deep, {"a": [{"b": np.ones(2)}]}, "weights['a'][0]['b']"),
     (lambda weights: weights.pop("a") and 1, {"a": 1}, "the keys of weights")],
)  # fmt: skip
def test_containers_are_compared_deep(function, value, what):
    assert f"{what} changed" in message(function, value)


def to_eval(model):
    model.eval()
    return 1


def hooked(model):
    model[0][0].register_forward_hook(lambda *_: None)
    return 1


def frozen(model):
    model[3].weight.requires_grad_(False)
    return 1


def replaced(model):
    model[3].weight = nn.Parameter(model[3].weight.detach().clone())
    return 1


def statistics(model):
    model(torch.randn(4, 1, 4, 4, generator=torch.Generator().manual_seed(0)))
    return 1


@pytest.mark.parametrize(
    ("function", "what"),
    [(to_eval, "the mode of model"), (hooked, "the hooks of model.0.0"), (frozen, "requires_grad of model.3.weight"),
     (replaced, "the parameters and buffers of model.3"), (statistics, "the values of model.0.1.running_mean")],
)  # fmt: skip
def test_models_are_compared_deep(function, what):
    torch.manual_seed(0)
    assert f"{what} changed" in message(function, model(), may="draw")


@pytest.mark.parametrize(
    ("draw", "whose"),
    [(lambda w: torch.rand(1), "torch"), (lambda w: np.random.rand(), "numpy"), (lambda w: random.random(), "Python")],
)
def test_global_random_states_stay(draw, whose):
    assert f"{whose}'s state changed" in message(draw, torch.ones(1))


def test_a_layer_may_be_built_where_the_task_says_so():
    def builds(weight):
        return nn.Linear(2, 2).weight.detach() * 0

    def seeds(weight):
        torch.manual_seed(1234)
        return nn.Linear(2, 2).weight.detach()

    assert "torch's state changed" in message(builds, torch.ones(1))
    assert message(builds, torch.ones(1), may="draw") == ""
    assert "torch's seed changed" in message(seeds, torch.ones(1), may="draw")


def test_a_generator_may_advance_and_repeats():
    def draw(weight, generator):
        return torch.rand(3, generator=generator)

    assert message(draw, torch.ones(1), torch.Generator().manual_seed(0)) == ""


def test_a_result_has_no_graph():
    weight = nn.Parameter(torch.ones(2))
    assert "without a graph" in message(lambda weight: weight * 2, weight)
    assert "without a graph" in message(lambda weight: {"a": [weight * 2]}, weight)
    assert message(lambda weight: weight * 2, weight, may="differentiate") == ""
    assert message(copy.deepcopy, model()) == ""


@pytest.mark.parametrize("alias", [lambda w: w, lambda w: w.T, lambda w: [w[0]], lambda w: w.detach()])
def test_a_result_has_memory_of_its_own(alias):
    assert "shares memory with an argument" in message(alias, torch.ones(2, 2))
    assert message(alias, torch.ones(2, 2), may="share") == ""


def test_a_second_call_gives_the_same():
    found = []

    def counts(weight):
        found.append(1)
        return len(found)

    assert "the same result from a second call" in message(counts, torch.ones(1))


@pytest.mark.parametrize("result", [np.bool_(True), np.float64(0.5), torch.tensor(3)])
def test_a_second_call_may_give_a_number_of_a_library(result):
    assert message(lambda weight: result, torch.ones(1)) == ""


def test_a_result_may_be_none_where_the_task_says_so():
    assert "a result" in message(lambda weight: None, torch.ones(1))
    assert message(lambda weight: None, torch.ones(1), may="nothing") == ""


def test_models_of_two_calls_are_not_compared():
    assert message(lambda: model(), may="draw") == ""


def test_a_call_that_records_is_made_once():
    calls = []

    def uses(train):
        return train()

    assert message(uses, lambda: len(calls) or calls.append(1) or 1) == ""
    assert len(calls) == 1


def test_an_endless_loop_ends_with_a_sentence():
    def endless(weight):
        while True:
            pass

    text = message(endless, torch.ones(1), seconds=0.2)
    assert "a result within 0.2 seconds" in text
    assert "Does every loop come to an end?" in text


def test_a_call_needs_no_thread(monkeypatch):
    def refused(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    assert message(doubles, torch.ones(3)) == ""


def test_an_argument_without_a_name_is_numbered():
    assert "the values of argument 1 changed" in message(torch.Tensor.neg_, torch.ones(1))


def test_data_is_watched():
    images = torch.utils.data.TensorDataset(torch.zeros(4, 1, 2, 2), torch.zeros(4, dtype=torch.int64))
    data = Data("tiny", ("a", "b"), images, images, images)

    def spoils(data):
        data.test.tensors[0].add_(1)
        return 1

    assert "changed" in message(spoils, data)
