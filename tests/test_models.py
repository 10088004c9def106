"""The networks have the shape of their originals, and the shipped weights match their record."""

import pytest
import torch
from torch import nn

from prunelab import models
from prunelab.data import DataNotFound, load_data
from prunelab.training import accuracy

SHIPPED = sorted(models.MODELS)


@pytest.fixture(scope="module")
def fashion():
    return load_data("fashion_mnist")


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32)])
@pytest.mark.parametrize("name", SHIPPED)
def test_every_network_takes_both_image_sizes(name, shape):
    assert models.MODELS[name](shape, 7)(torch.zeros(2, *shape)).shape == (2, 7)


def weights(model: nn.Module, kind: type) -> int:
    return sum(layer.weight.numel() for layer in model.modules() if isinstance(layer, kind))


def test_the_lenets_have_their_published_weights():
    """Han et al. (2015), tables 3 and 4: 266 thousand and 430.5 thousand weights."""
    lenet300, lenet5 = (models.MODELS[name]((1, 28, 28), 10) for name in ("lenet300", "lenet5"))
    assert weights(lenet300, nn.Linear) == 784 * 300 + 300 * 100 + 100 * 10
    assert weights(lenet5, nn.Conv2d) + weights(lenet5, nn.Linear) == 500 + 25_000 + 400_000 + 5_000


def test_alexnet_keeps_most_weights_in_linear_layers_and_vgg_in_convolutions():
    alexnet, vgg = (models.MODELS[name]((1, 28, 28), 10) for name in ("alexnet", "vgg"))
    assert weights(alexnet, nn.Linear) > 0.8 * (weights(alexnet, nn.Linear) + weights(alexnet, nn.Conv2d))
    assert weights(vgg, nn.Conv2d) > 0.9 * (weights(vgg, nn.Linear) + weights(vgg, nn.Conv2d))


@pytest.mark.middle
@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_network_is_as_accurate_as_its_record(name, fashion):
    recorded = models.record(name, fashion)
    assert {"seed", "command", "steps", "torch", "date"} <= recorded.keys()
    measured = accuracy(models.load(name, fashion), fashion.test)
    assert measured == pytest.approx(float(recorded["test_accuracy"]), abs=0.15)  # bf16 or float32, by machine


@pytest.mark.parametrize(("name", "target"), [("alexnet", 92.0), ("vgg", 93.5)])
def test_the_large_networks_meet_their_target(name, target, fashion):
    assert float(models.record(name, fashion)["test_accuracy"]) >= target


def test_all_checkpoints_together_stay_small():
    files = list((models.DATA / "checkpoints" / "fashion_mnist").glob("*.safetensors"))
    assert sum(file.stat().st_size for file in files) < 60e6


def test_an_unknown_model_names_the_known_ones(fashion):
    with pytest.raises(ValueError, match=r"'vgg16'.*lenet300, mlp, lenet5, alexnet, vgg, vgg_l1, resnet"):
        models.load("vgg16", fashion)


def test_a_missing_or_damaged_checkpoint_names_the_fix(fashion, tmp_path, monkeypatch):
    monkeypatch.setattr(models, "DATA", tmp_path)
    with pytest.raises(DataNotFound, match=r"lenet5\.safetensors is missing.*recipes/checkpoints\.py lenet5"):
        models.load("lenet5", fashion)
    path = models.checkpoint("lenet5", fashion)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\x10\0\0\0\0\0\0\0 truncated")
    with pytest.raises(DataNotFound, match=r"lenet5\.safetensors is damaged"):
        models.load("lenet5", fashion)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_narrow_network_has_about_the_square_of_its_width_in_weights(name, fashion):
    wide, narrow = (models.build(name, fashion, width) for width in (1, 0.25))
    counts = [weights(model, nn.Conv2d) + weights(model, nn.Linear) for model in (wide, narrow)]
    assert narrow(torch.zeros(2, 1, 28, 28)).shape == (2, 10)
    assert 0.05 < counts[1] / counts[0] < 0.3
