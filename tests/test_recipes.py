"""The long runs: what they prune, and that a killed run loses no finished seed."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import nn
from torch.nn.utils import prune

from prunelab.models import VGG

RECIPES = Path(__file__).parents[1] / "recipes"
sys.path.insert(0, str(RECIPES))

import channels  # noqa: E402
import filters  # noqa: E402
import pruning  # noqa: E402
import slimming  # noqa: E402

TOY = """
import sys, time
from pathlib import Path
sys.path.insert(0, {recipes!r})
from runs import Run, run_all

def train(settings, seed, advance):
    while seed and not Path({go!r}).exists():
        time.sleep(0.05)
    for _ in range(settings["steps"]):
        advance()
    return {{"answer": seed + 0.5}}

if __name__ == "__main__":
    run_all([Run("toy", {{"steps": 20}}, train, seeds=3, steps=20)])
"""


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Dropout(0.5), nn.Linear(16, 5))


def test_magnitude_masks_are_those_of_torchs_pruner():
    model, twin = network().to(memory_format=torch.channels_last), network()
    masks = pruning.magnitude_masks(model, pruning.full_masks(model), 50)
    pairs = [(twin[0], "weight"), (twin[4], "weight")]
    prune.global_unstructured(pairs, prune.L1Unstructured, amount=116 - 50)
    assert torch.equal(masks["0"], twin[0].weight_mask)
    assert torch.equal(masks["4"], twin[4].weight_mask)
    pruning.hold(model, masks)
    fewer = pruning.magnitude_masks(model, masks, 20)
    assert sum(int(mask.sum()) for mask in fewer.values()) == 20
    assert all((fewer[name] <= masks[name]).all() for name in masks)


def test_random_masks_keep_the_counts_of_each_layer():
    model = network()
    full = pruning.full_masks(model)
    masks = pruning.magnitude_masks(model, full, 50)
    first, second = (pruning.random_masks(full, masks, seed) for seed in (1, 2))
    assert {name: int(mask.sum()) for name, mask in first.items()} == {n: int(m.sum()) for n, m in masks.items()}
    assert not torch.equal(first["4"], second["4"])
    nested = pruning.random_masks(masks, masks, 3)
    assert all(torch.equal(nested[name], masks[name]) for name in masks)


def test_dropout_scales_with_the_root_of_the_density():
    model = network()
    masks = pruning.full_masks(model)
    masks["4"] = torch.zeros(5, 16).index_fill(1, torch.arange(4), 1)  # a quarter is kept
    pruning.scale_dropout(model, masks)
    assert model[3].p == pytest.approx(0.25)


def vgg() -> nn.Module:
    """A narrow VGG with random batch norms."""
    torch.manual_seed(0)
    model = VGG((1, 28, 28), 10, width=0.2).eval()
    for norm in channels.norms(model).values():
        for tensor in (norm.weight.data, norm.bias.data, norm.running_mean):
            tensor.normal_()
        norm.running_var.uniform_(0.5, 2)
    return model


@pytest.mark.parametrize("choose", ["slimming", "l1", "random"])
def test_the_pruned_network_computes_what_the_masked_one_does(choose):
    model, images = vgg(), torch.randn(4, 1, 28, 28)
    kept = (
        slimming.global_kept(model, 0.6) if choose == "slimming" else filters.kept_filters(model, choose, 0.6, seed=0)
    )
    small = channels.prune_channels(model, kept, (1, 28, 28))
    assert [norm.num_features for norm in channels.norms(small).values()] == [len(places) for places in kept.values()]
    for name, norm in channels.norms(model).items():
        gone = torch.ones(norm.num_features, dtype=torch.bool).index_fill(0, kept[name], False)
        norm.weight.data[gone], norm.bias.data[gone] = 0, 0
    with torch.no_grad():
        torch.testing.assert_close(small(images), model(images), atol=1e-5, rtol=0)


def test_the_smallest_factors_are_removed_but_one_per_layer_stays():
    model = nn.Sequential(nn.BatchNorm2d(4), nn.BatchNorm2d(3))
    model[0].weight.data = torch.tensor([0.1, -0.3, 0.2, 0.0])
    model[1].weight.data = torch.tensor([5.0, -6.0, 0.25])
    kept = slimming.global_kept(model, 5 / 7)  # all of the first layer and 0.25 of the second
    assert {name: places.tolist() for name, places in kept.items()} == {"0": [1], "1": [0, 1]}


def test_the_penalty_is_added_to_each_gradient_until_it_is_removed():
    model, twin = vgg(), vgg()
    images, labels = torch.randn(4, 1, 28, 28), torch.arange(4)
    hooks = slimming.penalise(model, 0.25)
    for network in (model, twin):
        nn.functional.cross_entropy(network(images), labels).backward()
    for norm, plain in zip(channels.norms(model).values(), channels.norms(twin).values(), strict=True):
        torch.testing.assert_close(norm.weight.grad, plain.weight.grad + 0.25 * norm.weight.sign())
        torch.testing.assert_close(norm.bias.grad, plain.bias.grad)
    for hook in hooks:
        hook.remove()
    model.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    torch.testing.assert_close(model.features[1].weight.grad, twin.features[1].weight.grad)


def test_the_orders_of_filters():
    model = nn.Sequential(nn.Conv2d(1, 4, 1, bias=False), nn.BatchNorm2d(4))
    model[0].weight.data = torch.tensor([3.0, -4.0, 1.0, -2.0]).reshape(4, 1, 1, 1)
    kept = {order: filters.kept_filters(model, order, 0.5, seed=0)["1"].tolist() for order in filters.ORDERS[:3]}
    assert kept == {"l1": [0, 1], "largest": [2, 3], "first": [2, 3]}
    assert len(filters.kept_filters(model, "random", 0.5, seed=0)["1"]) == 2


@pytest.fixture
def toy(tmp_path):
    """Return a function that starts a run of three seeds; all but the first wait for the file `go`."""
    script = tmp_path / "toy.py"
    script.write_text(TOY.format(recipes=str(RECIPES), go=str(tmp_path / "go")))
    for part, label, number in itertools.product(("train", "test"), ("dark", "bright"), range(20)):
        file = tmp_path / "images" / part / label / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (28, 28), 255 * (label == "bright")).save(file)
    settings = {"PRUNELAB_DATA": str(tmp_path / "data"), "PRUNELAB_DATASET": f"folder:{tmp_path / 'images'}"}

    def start() -> subprocess.Popen:
        command, pipe = [sys.executable, str(script)], subprocess.PIPE
        return subprocess.Popen(command, env=os.environ | settings, stdout=pipe, stderr=subprocess.STDOUT, text=True)

    return start


@pytest.mark.middle
def test_a_killed_run_loses_no_finished_seed(toy, tmp_path):
    results = tmp_path / "data" / "results" / "toy.json"
    partial = results.parent / "partial" / "toy.json"
    first = toy()
    while not partial.exists() and first.poll() is None:
        time.sleep(0.1)
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=600)  # until its workers have also noticed
    (kept,) = json.loads(partial.read_text())["seeds"]
    assert (kept["seed"], kept["answer"]) == (0, 0.5)
    assert not results.exists()

    kept["answer"] = "kept"  # training it again would overwrite this
    record = json.loads(partial.read_text())
    partial.write_text(json.dumps(record | {"seeds": [kept]}))
    (tmp_path / "go").touch()
    second = toy()
    said, _ = second.communicate(timeout=600)
    assert second.returncode == 0, said
    assert "2 seeds to train, 1 kept of an interrupted run" in said
    record = json.loads(results.read_text())
    assert [seed["answer"] for seed in record["seeds"]] == ["kept", 1.5, 2.5]
    assert record["command"].endswith("toy.py")
    assert not partial.exists()


@pytest.mark.middle
def test_other_settings_do_not_go_on_with_the_seeds_of_an_interrupted_run(toy, tmp_path):
    partial = tmp_path / "data" / "results" / "partial" / "toy.json"
    partial.parent.mkdir(parents=True)
    partial.write_text(json.dumps({"settings": {"steps": 10}, "seeds": [{"seed": 0, "answer": "old"}]}))
    (tmp_path / "go").touch()
    run = toy()
    said, _ = run.communicate(timeout=600)
    assert run.returncode == 0, said
    record = json.loads((tmp_path / "data" / "results" / "toy.json").read_text())
    assert [seed["answer"] for seed in record["seeds"]] == [0.5, 1.5, 2.5]
    second = toy()  # a run after a finished one starts again, and knows how long it will take
    said, _ = second.communicate(timeout=600)
    assert "3 seeds to train, 0 kept of an interrupted run" in said
