"""The trial of a student's compression: run it in time, count what its network costs, and compare with a target."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from statistics import median
from time import perf_counter

import torch
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from prunelab import LabError, models
from prunelab.challenge.targets import NETWORKS, Target, costs, dense_accuracy
from prunelab.checks import Check
from prunelab.data import Data
from prunelab.measure import latencies
from prunelab.notes import RESULT, Attempt, remember
from prunelab.timelimit import within
from prunelab.training import accuracy

SECONDS = 120  # that a compression may take
TEST_SLACK = 0.7  # points that the test images may be harder on the small network than the validation images were
Compress = Callable[[dict[str, nn.Module], Data], nn.Module]  # what the student writes
_fitting: dict[str, nn.Sequential] = {}  # each target's last network that kept to the budget
_measured: dict[str, nn.Sequential] = {}  # and that of the last attempt, if it came as far as being measured

IDEAS = {
    "bytes": "Three things shrink the file: fewer channels, fewer weights, fewer different values. Indices count.",
    "MACs": "Zeros are multiplied like all others. Only smaller layers have fewer MACs.",
    "activations": "The largest maps are the first ones: which layer writes them, and how many channels has it?",
    "accuracy": "Cut what matters least, and train what is left. How far is the network from the limit of its costs?",
    "classes": "The outputs of the last layer are classes, not channels: `ignored_layers` keeps them. One row "
    "an image: maps of one pixel need `nn.Flatten`.",
}


def start_networks(data: Data) -> dict[str, nn.Module]:
    """The trained networks that a compression may start from, freshly loaded."""
    return {name: models.load(name, data) for name in NETWORKS}


def run_compress(compress: Compress, data: Data, seconds: float = SECONDS) -> tuple[nn.Module, float]:
    """Run `compress` on fresh starting networks and data without test images; the network and the seconds taken."""
    nothing = TensorDataset(*(tensor[:0] for tensor in data.test.tensors))
    torch.manual_seed(0)
    start = perf_counter()
    network = within(seconds, compress, start_networks(data), replace(data, test=nothing))
    return network, perf_counter() - start


def attempt(c: Check, target: Target, compress: Compress, data: Data, seconds: float = SECONDS) -> nn.Sequential:
    """Run `compress`, print its costs beside what the target allows, and fail the check where they exceed it.

    Return the network from the file. The attempt is remembered, whether it fits or not.
    """
    called = f"{getattr(compress, '__name__', 'compress')}(networks, data)"
    _measured.pop(target.name, None)
    counted, rebuilt, taken = _through_its_file(c, compress, data, seconds, called)
    _measured[target.name] = rebuilt
    reached, dense = accuracy(rebuilt, data.validation), dense_accuracy(data, "validation")
    least = dense - target.loss
    fits = reached >= least and all(counted[name] <= most for name, most in target.limits.items())
    remember(_as_attempt(target, data, counted, reached, dense, fits))
    if fits:
        _fitting[target.name] = rebuilt
    print(f"{target.name}: {taken:.0f} s; validation accuracy {reached:.2f} %, at least {least:.2f} %")
    print("\n".join(_report(target, counted, rebuilt)))
    _keeps_to(c, target, counted, called)
    expected, got = f"at least {least:.2f} % on the validation images", f"{reached:.2f} %"
    c.true(reached >= least, called=called, expected=expected, got=got, idea=IDEAS["accuracy"])
    return rebuilt


def _through_its_file(
    c: Check, compress: Compress, data: Data, seconds: float, called: str
) -> tuple[dict[str, int], nn.Sequential, float]:
    """What the compressed network costs, the network that its file gives back, and the seconds that `compress` took."""
    try:
        network, taken = run_compress(_checked(c, compress, called, seconds), data, seconds)
        counted, rebuilt = costs(network, data)
    except LabError as error:
        idea = "What may be returned, and how long may it take? Train less, or a smaller network, where time runs out."
        raise c.failure("a chain of plain layers in time", str(error), idea, called) from None
    _says_the_same(c, network, rebuilt, data, called)
    return counted, rebuilt, taken


def _as_attempt(
    target: Target, data: Data, counted: dict[str, int], reached: float, dense: float, fits: bool
) -> Attempt:
    size, macs, activations = (counted[name] for name in ("bytes", "MACs", "activations"))
    return Attempt(target=target.name, data=data.name, bytes=size, MACs=macs, activations=activations,
                   accuracy=reached, dense=dense, fits=fits)  # fmt: skip


def _keeps_to(c: Check, target: Target, counted: dict[str, int], called: str) -> None:
    """No cost exceeds what the target allows."""
    for name, most in target.limits.items():
        expected, got = f"at most {most:,} {name}", f"{counted[name]:,}"
        c.true(counted[name] <= most, called=called, expected=expected, got=got, idea=IDEAS[name])


def _report(target: Target, counted: dict[str, int], network: nn.Module) -> list[str]:
    """Costs beside what is allowed; how many weights there are, how many are zero, how many values in each layer."""
    lines = []
    for name, value in counted.items():
        allowed = f", at most {target.limits[name]:,}" if name in target.limits else ""
        lines.append(f"  {name:<12}{value:>12,}{allowed}")
    weights = [layer.weight.detach() for layer in network.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    total, zeros = sum(map(Tensor.numel, weights)), sum(int((weight == 0).sum()) for weight in weights)
    levels = max(len(weight[weight != 0].unique()) for weight in weights)
    known = f"{total:,} weights, {zeros / total:.0%} of them zero; up to {levels:,} different values in a layer"
    return [*lines, f"  {known}"]


def latest_fitting(target: str) -> nn.Sequential | None:
    """The last network of this session that kept to a target's budget, as it came out of its file."""
    return _fitting.get(target)


def latest_measured(target: str) -> nn.Sequential | None:
    """The network of a target's last attempt as it came out of its file, within the budget or not."""
    return _measured.get(target)


def _checked(c: Check, compress: Compress, called: str, seconds: float) -> Compress:
    """`compress`, with what a student should read where it raises an exception or returns no network."""

    def checked(networks: dict[str, nn.Module], data: Data) -> nn.Module:

        def call() -> nn.Module:
            with torch.random.fork_rng(devices=[]):  # training seeds and draws
                return compress(networks, data)

        call.__name__ = getattr(compress, "__name__", "compress")  # a message without the text of all networks
        idea = "Run its lines one by one on trial.start_networks(data) and data."
        network = c.call(call, idea=idea, seconds=seconds)
        c.true(
            isinstance(network, nn.Module),
            called=called,
            expected="a network",
            got=network,
            idea="Return the compressed network.",
        )
        return network

    return checked


@torch.no_grad()
def _says_the_same(c: Check, network: nn.Module, rebuilt: nn.Module, data: Data, called: str) -> None:
    """The network computes what its layers say: no hook, no forward of its own, nothing outside the file."""
    images = data.validation.tensors[0][:64]
    logits = [model.eval()(images) for model in (network.float(), rebuilt)]
    same = logits[0].shape == logits[1].shape and torch.allclose(*logits, rtol=1e-2, atol=1e-2)
    idea = "What is not in the layers' own weights is not in the file: hooks, a forward of your own, other networks."
    c.true(
        same,
        called=called,
        expected="a network that computes the same after it was packed and unpacked",
        got="another result",
        idea=idea,
    )
    answers = tuple(logits[1].shape[1:])  # of one image; maps of 1 x 1 pixels, not flattened, are no answer
    c.true(
        answers == (len(data.classes),),
        called=called,
        expected=f"{len(data.classes)} classes",
        got=" x ".join(map(str, answers)),
        idea=IDEAS["classes"],
    )


def attempt_on_test(c: Check, target: Target, network: nn.Sequential, data: Data) -> None:
    """The accuracy holds on the test images; print the line that the leaderboard reads."""
    reached, dense = accuracy(network, data.test), dense_accuracy(data, "test")
    least = dense - target.loss - TEST_SLACK
    c.true(
        reached >= least,
        called="the accuracy on the test images",
        expected=f"at least {least:.2f} %",
        got=f"{reached:.2f} %",
        idea="Learn from the training images, choose by the validation images.",
    )
    print(result_line(target, {**costs(network, data)[0], "accuracy": reached, "dense": dense, "data": data.name}))


def result_line(target: Target, measured: dict) -> str:
    """One line with the target, what was measured, and the score: what is allowed over what it takes."""
    score = target.limits[target.goal] / measured[target.goal]
    return RESULT + json.dumps({"target": target.name, "score": round(score, 3), **measured})


def speedup(network: nn.Module, data: Data, rounds: int = 60) -> float:
    """Time of the dense VGG over that of a network, for one image: the median of the rounds' ratios."""
    image = data.validation.tensors[0][:1]
    runs = {"dense": partial(models.load("vgg", data), image), "small": partial(network.eval(), image)}
    seconds = latencies(runs, rounds=rounds)
    return median(dense / small for dense, small in zip(seconds["dense"], seconds["small"], strict=True))
