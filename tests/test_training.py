"""Training is seeded, keeps what `after_step` sets, and sees each image once per epoch."""

from copy import deepcopy

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrize, prune
from torch.utils.data import TensorDataset

from prunelab import training


@pytest.fixture
def halves():
    """Images whose class is the brighter half: easy for a linear layer."""
    images = torch.randn(640, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    return TensorDataset(images, (images[..., :4].sum((1, 2, 3)) > images[..., 4:].sum((1, 2, 3))).long())


def linear() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 2))


def test_training_learns_and_repeats_bit_by_bit(halves):
    first, second = linear(), linear()
    assert training.accuracy(first, halves) < 70
    losses = training.fit(first, halves, steps=60)
    assert training.fit(second, halves, steps=60) == losses
    assert len(losses) == 60
    assert training.accuracy(first, halves) > 90


@pytest.mark.parametrize("steps", [1, 2, 3, 10])
def test_a_short_training_has_as_many_losses_as_steps(steps, halves):
    assert len(training.fit(linear(), halves, steps=steps)) == steps


def test_after_step_has_the_last_word(halves):
    model = linear()
    training.fit(model, halves, steps=5, after_step=lambda: model[1].weight.data[0].zero_())
    assert model[1].weight[0].count_nonzero() == 0
    assert model[1].weight[1].count_nonzero() == 64


def test_an_epoch_shows_every_image_once(halves):
    seen = torch.cat([labels for _, labels in training.batches(halves, 5)])
    images = torch.cat([images for images, _ in training.batches(halves, 5)])
    assert len(seen) == 640
    assert torch.equal(images.sum((1, 2, 3)).sort().values, halves.tensors[0].sum((1, 2, 3)).sort().values)


def test_augmentation_only_mirrors_and_shifts():
    images = torch.zeros(200, 1, 9, 9)
    images[:, 0, 4, 4] = 1  # one bright pixel in the middle
    torch.manual_seed(0)
    moved = training.augment_images(images)
    rows, columns = moved.nonzero()[:, 2:].T
    assert moved.sum() == 200
    assert set(rows.tolist()) == set(columns.tolist()) == {2, 3, 4, 5, 6}


@pytest.mark.parametrize(("isa", "allowed"), [("AVX2", False), ("AVX512_CORE_BF16", False), ("ALL", True), ("", True)])
def test_the_instruction_set_limit_of_onednn_is_respected(isa, allowed, monkeypatch):
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", isa)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": True})
    assert training.has_fast_bf16() == allowed


def test_a_rewound_network_goes_on_as_the_first_time(halves):
    """Without momentum only the weights carry over from step to step, and the schedule is the same."""
    snapshot, steps = {}, []
    first, rewound = linear(), linear()

    def keep():
        steps.append(1)
        if len(steps) == 7:
            snapshot.update({name: tensor.clone() for name, tensor in first.state_dict().items()})

    whole = training.fit(first, halves, steps=20, after_step=keep)
    rewound.load_state_dict(snapshot)
    rest = training.fit(rewound, halves, steps=20, start=7)
    assert len(rest) == 13
    assert rest[0] == whole[7]  # the same weights on the same batch; then the momentum differs
    assert rest[-1] == pytest.approx(whole[-1], abs=0.1)


def convolution() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.Conv2d(4, 4, 3), nn.Flatten(), nn.Linear(64, 2))


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_fit_leaves_weights_in_their_order_in_memory(layout, halves):
    model = convolution().to(memory_format=layout)
    training.fit(model, halves, steps=2)
    assert model[1].weight.is_contiguous(memory_format=layout)


def test_fit_does_so_even_where_it_is_interrupted(halves):
    def interrupt():
        raise KeyboardInterrupt

    model = convolution()
    with pytest.raises(KeyboardInterrupt):
        training.fit(model, halves, steps=2, after_step=interrupt)
    assert model[1].weight.is_contiguous()


def test_a_pruned_model_can_be_pruned_and_copied_after_fit(halves):
    model = convolution()
    layers = [(model[0], "weight"), (model[1], "weight")]
    prune.global_unstructured(layers, prune.L1Unstructured, amount=0.5)
    masks, hooks = [layer.weight_mask.clone() for layer, _ in layers], dict(model[1]._forward_pre_hooks)
    training.fit(model, halves, steps=2)
    assert all(torch.equal(layer.weight_mask, mask) for (layer, _), mask in zip(layers, masks, strict=True))
    assert model[1]._forward_pre_hooks == hooks
    assert model[1].weight.is_contiguous()
    deepcopy(model)
    prune.global_unstructured(layers, prune.L1Unstructured, amount=0.5)
    pruned = sum(int((layer.weight == 0).sum()) for layer, _ in layers)
    assert pruned == 36 * 5 * 3 // 4


def test_weights_of_a_parametrization_survive_fit(halves):
    model = convolution()
    parametrize.register_parametrization(model[1], "weight", nn.Tanh(), unsafe=True)
    training.fit(model, halves, steps=2)
    assert model[1].weight.is_contiguous()
    assert parametrize.is_parametrized(model[1], "weight")
