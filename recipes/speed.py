"""Lab 09: the gain of each step of the stack: `python recipes/speed.py`, a few minutes on an idle machine.

The steps of lab 09 from dense VGG, eager in torch, to a pruned network in int8, one thread. The channels are those of
largest |gamma|, in multiples of 16, which suits the kernels; retraining restores the accuracy above the gate. A seed
orders its images. LoadGen tests every step in both scenarios, the steps interleaved in rounds; the accuracy of each
step is read on the test split, once.
"""

import os
import sys
import tempfile
import time
from copy import deepcopy
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median

import torch
import torch_pruning as tp
from torch import Tensor, nn

from prunelab import LabError, deploy, measure, mlperf, models
from prunelab.data import Data, load_data
from prunelab.training import fit
from runs import Run

SETTINGS = {
    "model": "vgg_l1",
    "channels": (16, 32, 48, 48, 48, 64),  # that stay in each layer
    "steps": 3440,  # of retraining, eight epochs
    "lr": 0.05,
    "gate": 0.99,  # of the accuracy of the dense network
    "calibration": 300,  # training images that fix the ranges of int8
    "samples": 1000,  # validation images that LoadGen asks for
    "batch": 50,  # of Offline
    "rounds": 3,  # for each seed; the median counts
    "seconds": 1.5,  # of each test by LoadGen; an official run takes 600
    "seeds": 3,
}


def prune_channels(model: nn.Module, channels: tuple[int, ...], shape: tuple[int, ...]) -> nn.Module:
    """A copy that keeps the given number of channels of each layer, those of largest |gamma|."""
    norms = {name: m.weight.detach().abs() for name, m in model.named_modules() if isinstance(m, nn.BatchNorm2d)}
    small = deepcopy(model)
    graph = tp.DependencyGraph().build_dependency(small, torch.zeros(1, *shape))
    for (name, gamma), kept in zip(norms.items(), channels, strict=True):
        cut = gamma.argsort()[: len(gamma) - kept].tolist()
        graph.get_pruning_group(small.get_submodule(name), tp.prune_batchnorm_out_channels, cut).prune()
    return small


@torch.inference_mode()
def right(predict: deploy.Predict, images: Tensor, labels: Tensor) -> float:
    """Share of the images that a function from images to logits gets right, in per cent, in float32 as it is."""
    answers = torch.cat([predict(part).argmax(1) for part in images.split(500)])
    return round(100 * (answers == labels).float().mean().item(), 3)


def retrained(dense: nn.Module, data: Data, seed: int) -> nn.Module:
    """The pruned network after retraining; LabError where it does not pass the gate on the validation split."""
    small = prune_channels(dense, SETTINGS["channels"], data.shape)
    fit(small, data.train, steps=SETTINGS["steps"], lr=SETTINGS["lr"], augment=True, seed=seed, progress=f"seed {seed}")
    least = SETTINGS["gate"] * right(dense, *data.validation.tensors)
    if (reached := right(small.eval(), *data.validation.tensors)) < least:
        raise LabError(f"The pruned network reaches {reached} % and the gate is at {least:.2f} %; train it longer.")
    return small


def ladder(dense: nn.Module, small: nn.Module, data: Data, folder: Path) -> dict[str, deploy.Predict]:
    """The steps of the stack, each a function from images to logits."""
    path, ranges = deploy.export(small, data.shape, folder / "small.onnx"), data.train.tensors[0]
    ranges = ranges[: SETTINGS["calibration"]]
    int8 = deploy.quantize(path, folder / "int8.onnx", ranges)
    mixed = deploy.quantize(path, folder / "mixed.onnx", ranges, first_in_float=True)
    graphs = {"graph": path, "int8": int8, "first layer in float": mixed}
    return {"dense, torch": dense, "carved": small} | {name: deploy.session(file) for name, file in graphs.items()}


def answered(predict: deploy.Predict, images: Tensor, batch: int, indices: list[int]) -> Tensor:
    """The classes of the images with these numbers."""
    return torch.cat([predict(images[part]).argmax(1) for part in torch.tensor(indices).split(batch)])


def answered_at_once(predict: deploy.Predict, images: tuple[Tensor, ...], indices: list[int]) -> Tensor:
    """The class of one image that was loaded beforehand, as LoadGen lets a system load its samples."""
    return predict(images[indices[0]]).argmax(1)


def repetition(steps: dict[str, deploy.Predict], images: Tensor, folder: Path) -> dict:
    """Median seconds per sample of each step over the rounds, by scenario, as LoadGen reports them."""
    every = {"SingleStream": steps, "Offline": {"dense, one by one": steps["dense, torch"], **steps}}
    found = {scenario: {name: [] for name in named} for scenario, named in every.items()}
    for _ in range(SETTINGS["rounds"]):
        for scenario, named in every.items():
            for name, predict in named.items():
                batch = 1 if name == "dense, one by one" else SETTINGS["batch"]
                answer = partial(answered, predict, images, batch)
                if scenario == "SingleStream":
                    answer = partial(answered_at_once, predict, images.split(1))
                test = mlperf.load_test(answer, len(images), scenario, folder, seconds=SETTINGS["seconds"])
                found[scenario][name].append(test.seconds)
    return {scenario: {name: median(taken) for name, taken in named.items()} for scenario, named in found.items()}


def setting() -> dict:
    """The record's description of the machine, never its name."""
    flags = torch.cpu.get_capabilities()
    units = ("avx2", "avx512_f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_bf16", "amx_int8")
    packages = ("onnx", "onnxruntime", "mlcommons_loadgen")
    best = measure.machine()
    rates = {"flops": round(best.flops), "bytes": round(best.bandwidth)}
    return {
        "units": [unit for unit in units if flags.get(unit)],
        "a second": rates,
        "packages": {name: version(name) for name in packages},
    }


def result(dense: nn.Module, small: nn.Module, data: Data) -> dict:
    """Sizes, accuracies and seconds per sample of the steps from a dense network to a small one."""
    size = {
        name: {"parameters": measure.parameters(model), "macs": measure.macs(model, data.shape)}
        for name, model in (("dense", dense), ("carved", small))
    }
    images = data.validation.tensors[0][: SETTINGS["samples"]]
    splits = {"validation": data.validation.tensors, "test": data.test.tensors}
    with tempfile.TemporaryDirectory() as folder:
        steps = ladder(dense, small, data, Path(folder))
        same = {
            name: {split: right(predict, *tensors) for split, tensors in splits.items()}
            for name, predict in steps.items()
        }
        seconds = repetition(steps, images, Path(folder) / "logs")
    return {"size": size, "accuracy": same, "machine": setting(), "seconds a sample": seconds}


def main() -> None:
    if reason := deploy.why_not() or mlperf.why_not():
        sys.exit(f"speed: {reason}")
    data = load_data()
    dense, seeds = models.load(SETTINGS["model"], data), []
    run = Run("speed", SETTINGS, train=None, seeds=SETTINGS["seeds"], steps=1)
    for seed in range(SETTINGS["seeds"]):
        start = time.perf_counter()
        small = retrained(dense, data, seed)
        torch.set_num_threads(1)
        found = result(dense, small, data)
        torch.set_num_threads(os.cpu_count() or 1)
        seconds, date = round(time.perf_counter() - start), datetime.now(UTC).date().isoformat()
        seeds.append({"seed": seed, "date": date, "seconds": seconds} | found)
        run.keep(seeds)
        print(f"speed, seed {seed}: finished after {seconds} s", flush=True)


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        sys.exit(f"speed: {error}")
