"""Networks train on the chosen device and come back; a callback may mix its tensors with those of the CPU."""

import pytest
import torch
from torch.nn.utils import prune
from torch.utils.data import TensorDataset

from prunelab import LabError, devices
from prunelab.devices import CPU, Together, chosen_device
from prunelab.models import LeNet300
from prunelab.training import accuracy, fit

META = torch.device("meta")  # which has shapes and no values: torch has it everywhere, and it mixes with none either
FOUND = sorted({"cpu", devices.best_device()})


def test_the_cpu_unless_another_is_chosen(monkeypatch):
    monkeypatch.delenv("PRUNELAB_DEVICE", raising=False)
    assert chosen_device() == CPU
    monkeypatch.setenv("PRUNELAB_DEVICE", "")
    assert chosen_device() == CPU
    monkeypatch.setenv("PRUNELAB_DEVICE", "abacus")
    with pytest.raises(LabError, match="torch finds no device 'abacus' here; set PRUNELAB_DEVICE to "):
        chosen_device()


@pytest.mark.parametrize("device", FOUND)
def test_a_network_trains_on_a_device_and_comes_back_with_its_masks(device, monkeypatch):
    monkeypatch.setenv("PRUNELAB_DEVICE", device)
    images = torch.rand(300, 1, 8, 8)
    dataset = TensorDataset(images, (images[..., :4].sum((1, 2, 3)) > 16).long())
    model, seen = LeNet300((1, 8, 8), 2), set()
    mask = torch.rand(model[1].weight.shape) < 0.5
    prune.random_unstructured(model[3], "weight", 0.5)

    @torch.no_grad()
    def after_step():
        seen.add(model[1].weight.device.type)
        model[1].weight *= mask

    fit(model, dataset, steps=30, augment=True, after_step=after_step)
    assert seen == {device}
    assert {tensor.device for tensor in model.state_dict().values()} == {CPU}
    assert torch.equal(model[1].weight == 0, ~mask)
    assert torch.equal(model[3].weight, model[3].weight_orig * model[3].weight_mask)
    assert 50 < accuracy(model, dataset) <= 100
    assert model[5].weight.device == CPU


@pytest.mark.parametrize("mix", [
    lambda mask, weight: mask * weight,
    lambda mask, weight: weight.mul_(mask),
    lambda mask, weight: weight.__imul__(mask),
    lambda mask, weight: torch.cat([mask, weight]),
    lambda mask, weight: torch.where(mask > 0, weight, 0.0),
    lambda mask, weight: torch.add(weight, other=mask),
])  # fmt: skip
def test_tensors_meet_on_the_accelerator(mix):
    mask, weight = torch.ones(2, 3), torch.ones(2, 3, device=META)
    with Together():
        assert mix(mask, weight).device == META


def test_a_tensor_that_is_changed_stays_where_it_is():
    kept, counts = torch.ones(2, 3, device=META), torch.zeros(2, 3, device=META)
    here = torch.arange(6.0)
    with Together():
        kept[:] = here.reshape(2, 3)
        counts += here.reshape(2, 3)
    assert kept.device == counts.device == META
    assert torch.equal(here, torch.arange(6.0))
