"""The compression challenge: what each customer allows, and what a network costs once it has come out of its file."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from statistics import median
from time import perf_counter

import torch
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from prunelab import LabError, models
from prunelab.attempts import RESULT, remember
from prunelab.checks import Check
from prunelab.data import Data
from prunelab.measure import latencies, macs
from prunelab.packing import pack, unpack
from prunelab.timelimit import within
from prunelab.training import accuracy

NETWORKS = ("alexnet", "vgg", "vgg_l1")  # what a compression may start from
_latest: dict[str, nn.Sequential] = {}  # each customer's last network that kept to the budget
_measured: dict[str, nn.Sequential] = {}  # and that of the last challenge, if it came as far as being measured
SECONDS = 120  # that a compression may take
IN_PLACE = (nn.ReLU, nn.BatchNorm1d, nn.BatchNorm2d, nn.Flatten)  # write their output where their input was
TEST_SLACK = 0.7  # points that the test images may be harder on the small network than the validation images were

IDEAS = {
    "bytes": "Three things shrink the file: fewer channels, fewer weights, fewer different values. Indices count.",
    "MACs": "Zeros are multiplied like all others. Only smaller layers have fewer MACs.",
    "activations": "The largest maps are the first ones: which layer writes them, and how many channels has it?",
    "accuracy": "Cut what matters least, and train what is left. How far is the network from the limit of its costs?",
    "classes": "The outputs of the last layer are classes, not channels: `ignored_layers` keeps them. One row "
    "an image: maps of one pixel need `nn.Flatten`.",
}


@dataclass(frozen=True)
class Customer:
    """What a customer allows: `loss` in points of accuracy below the dense VGG, costs by name at most."""

    name: str
    goal: str  # the cost by which the leaderboard compares
    loss: float
    limits: dict[str, int]


def customers(data: Data) -> dict[str, Customer]:
    """The three customers, for images of this size: a phone, a web page and a microcontroller."""
    dense = macs(models.build("vgg", data), data.shape)
    return {
        "phone": Customer("phone", "MACs", 2.5, {"MACs": dense // 6}),
        "web": Customer("web", "bytes", 3.0, {"bytes": 48_000}),
        "chip": Customer("chip", "bytes", 2.5, {"bytes": 256 * 1024, "activations": 64 * 1024}),
    }


@cache
def dense_accuracy(data: Data, split: str) -> float:
    """Accuracy of the dense VGG on the split "validation" or "test", in per cent."""
    return accuracy(models.load("vgg", data), getattr(data, split))


def costs(network: nn.Module, data: Data) -> tuple[dict[str, int], nn.Sequential]:
    """Bytes of the file, MACs and bytes of activations, and the network that comes out of the file."""
    file = pack(network)
    rebuilt = unpack(file)
    try:
        counted = {"bytes": len(file), "MACs": macs(rebuilt, data.shape), "activations": _activations(rebuilt, data)}
    except RuntimeError as error:
        raise LabError(
            f"The layers of the network do not fit each other in the order of their names ({error})."
        ) from error
    return counted, rebuilt


@torch.no_grad()
def _activations(layers: nn.Sequential, data: Data) -> int:
    """The most bytes of float32 activations that are held at a time, layer by layer, for one image."""
    values, most = torch.zeros(1, *data.shape), 0
    for layer in layers:
        result = layer(values)
        most = max(most, values.numel() + (0 if isinstance(layer, IN_PLACE) else result.numel()))
        values = result
    return 4 * most


def fresh_networks(data: Data) -> dict[str, nn.Module]:
    """The trained networks that a compression may start from, loaded anew."""
    return {name: models.load(name, data) for name in NETWORKS}


def compressed(compress: Callable, data: Data, seconds: float = SECONDS) -> tuple[nn.Module, float]:
    """Run `compress` on fresh starting networks and data without test images; the network and the seconds taken."""
    nothing = TensorDataset(*(tensor[:0] for tensor in data.test.tensors))
    torch.manual_seed(0)
    start = perf_counter()
    network = within(seconds, compress, fresh_networks(data), replace(data, test=nothing))
    return network, perf_counter() - start


def challenge(c: Check, customer: Customer, compress: Callable, data: Data, seconds: float = SECONDS) -> nn.Sequential:
    """Run `compress`, print its costs beside what the customer allows, and fail the check where they exceed it.

    Return the network from the file. The attempt is remembered, whether it fits or not.
    """
    called = f"{getattr(compress, '__name__', 'compress')}(networks, data)"
    _measured.pop(customer.name, None)
    try:
        network, taken = compressed(_checked(c, compress, called), data, seconds)
        counted, rebuilt = costs(network, data)
    except LabError as error:
        idea = "What may be returned, and how long may it take?"
        raise c.failure("a chain of plain layers in time", str(error), idea, called) from None
    _says_the_same(c, network, rebuilt, data, called)
    _measured[customer.name] = rebuilt
    reached, dense = accuracy(rebuilt, data.validation), dense_accuracy(data, "validation")
    least = dense - customer.loss
    fits = reached >= least and all(counted[name] <= most for name, most in customer.limits.items())
    remember(
        {"customer": customer.name, "data": data.name, **counted, "accuracy": reached, "dense": dense, "fits": fits}
    )
    if fits:
        _latest[customer.name] = rebuilt
    print(f"{customer.name}: {taken:.0f} s; validation accuracy {reached:.2f} %, at least {least:.2f} %")
    print("\n".join(_report(customer, counted, rebuilt)))
    for name, most in customer.limits.items():
        c.true(counted[name] <= most, called=called, expected=f"at most {most:,} {name}", got=f"{counted[name]:,}",
               idea=IDEAS[name])  # fmt: skip
    c.true(reached >= least, called=called, expected=f"at least {least:.2f} % on the validation images",
           got=f"{reached:.2f} %", idea=IDEAS["accuracy"])  # fmt: skip
    return rebuilt


def _report(customer: Customer, counted: dict[str, int], network: nn.Module) -> list[str]:
    """Costs beside what is allowed; how many weights there are, how many are zero, how many values a layer has."""
    lines = []
    for name, value in counted.items():
        allowed = f", at most {customer.limits[name]:,}" if name in customer.limits else ""
        lines.append(f"  {name:<12}{value:>12,}{allowed}")
    weights = [layer.weight.detach() for layer in network.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    total, zeros = sum(map(Tensor.numel, weights)), sum(int((weight == 0).sum()) for weight in weights)
    levels = max(len(weight[weight != 0].unique()) for weight in weights)
    known = f"{total:,} weights, {zeros / total:.0%} of them zero; up to {levels:,} different values in a layer"
    return [*lines, f"  {known}"]


def latest(customer: str) -> nn.Sequential | None:
    """The last network of this session that kept to a customer's budget, as it came out of its file."""
    return _latest.get(customer)


def measured(customer: str) -> nn.Sequential | None:
    """The network of a customer's last challenge as it came out of its file, within the budget or not."""
    return _measured.get(customer)


def _checked(c: Check, compress: Callable, called: str) -> Callable:
    """`compress`, with what a student should read where it raises an exception or returns no network."""

    def checked(*args: object) -> nn.Module:

        def call() -> nn.Module:
            return compress(*args)

        call.__name__ = getattr(compress, "__name__", "compress")  # a message without the text of all networks
        network = c.call(call, idea="Run its lines one by one on capstone.fresh_networks(data) and data.")
        c.true(isinstance(network, nn.Module), called=called, expected="a network", got=network,
               idea="Return the compressed network.")  # fmt: skip
        return network

    return checked


@torch.no_grad()
def _says_the_same(c: Check, network: nn.Module, rebuilt: nn.Module, data: Data, called: str) -> None:
    """The network computes what its layers say: no hook, no forward of its own, nothing outside the file."""
    images = data.validation.tensors[0][:64]
    logits = [model.eval()(images) for model in (network.float(), rebuilt)]
    same = logits[0].shape == logits[1].shape and torch.allclose(*logits, rtol=1e-2, atol=1e-2)
    idea = "What is not in the layers' own weights is not in the file: hooks, a forward of your own, other networks."
    c.true(same, called=called, expected="a network that computes the same after it was packed and unpacked",
           got="another result", idea=idea)  # fmt: skip
    answers = tuple(logits[1].shape[1:])  # of one image; maps of 1 x 1 pixels, not flattened, are no answer
    c.true(answers == (len(data.classes),), called=called, expected=f"{len(data.classes)} classes",
           got=" x ".join(map(str, answers)), idea=IDEAS["classes"])  # fmt: skip


def on_test(c: Check, customer: Customer, network: nn.Sequential, data: Data) -> None:
    """The accuracy holds on the test images; print the line that the leaderboard reads."""
    reached, dense = accuracy(network, data.test), dense_accuracy(data, "test")
    least = dense - customer.loss - TEST_SLACK
    c.true(reached >= least, called="the accuracy on the test images", expected=f"at least {least:.2f} %",
           got=f"{reached:.2f} %", idea="Learn from the training images, choose by the validation images.")  # fmt: skip
    print(result_line(customer, {**costs(network, data)[0], "accuracy": reached, "dense": dense, "data": data.name}))


def result_line(customer: Customer, measured: dict) -> str:
    """One line with the customer, what was measured, and the score: what is allowed over what it takes."""
    score = customer.limits[customer.goal] / measured[customer.goal]
    return RESULT + json.dumps({"customer": customer.name, "score": round(score, 3), **measured})


def speedup(network: nn.Module, data: Data, rounds: int = 60) -> float:
    """Time of the dense VGG over that of a network, for one image: the median of the rounds' ratios."""
    image = data.validation.tensors[0][:1]
    runs = {"dense": partial(models.load("vgg", data), image), "small": partial(network.eval(), image)}
    seconds = latencies(runs, rounds=rounds)
    return median(dense / small for dense, small in zip(seconds["dense"], seconds["small"], strict=True))
