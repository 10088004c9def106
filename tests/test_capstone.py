"""The cost of a compressed network after it is read from its file, and what the challenge refuses."""

import sys
import time
from copy import deepcopy
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrize, prune
from torch.utils.data import TensorDataset

from prunelab import LabError, models, notes
from prunelab.challenge import trial
from prunelab.challenge.references import course_numbers, references
from prunelab.challenge.targets import Target, costs
from prunelab.checks import Check, CheckFailed
from prunelab.data import Data
from prunelab.packing import _encoded, chain, clustered, pack, unpack
from prunelab.timelimit import TimeIsUp, within


def random_data(shape=(1, 28, 28), classes=3) -> Data:
    torch.manual_seed(0)
    splits = (TensorDataset(torch.randn(60, *shape), torch.arange(60) % classes) for _ in range(3))
    return Data("random", tuple("abc"), *splits)


def randomised(network: nn.Module) -> nn.Module:
    torch.manual_seed(1)
    for name, tensor in network.state_dict().items():
        if tensor.is_floating_point():
            tensor.normal_()
        if name.endswith("running_var"):
            tensor.abs_().add_(0.5)
    return network.eval()


DATA = random_data()
CHAINS = {
    "vgg": lambda: models.build("vgg", DATA, width=0.2),
    "alexnet": lambda: models.build("alexnet", DATA, width=0.1),
    "lenet300": lambda: models.build("lenet300", DATA),
    "mlp": lambda: models.build("mlp", DATA, width=0.1),
    "odd": lambda: nn.Sequential(
        nn.Conv2d(1, 6, (3, 5), stride=(2, 1), padding=(1, 2), bias=False),
        nn.BatchNorm2d(6, eps=0.1),
        nn.ReLU(),
        nn.Conv2d(6, 6, 3, groups=3, dilation=2, padding_mode="reflect", padding=2),
        nn.AvgPool2d(2),
        nn.Identity(),
        nn.Sequential(nn.AdaptiveAvgPool2d((2, 1)), nn.Flatten(), nn.Dropout(0.3), nn.Linear(12, 3, bias=False)),
    ),
}


@pytest.mark.parametrize("name", CHAINS)
@torch.no_grad()
def test_what_comes_out_of_the_file_computes_the_same(name):
    network = randomised(CHAINS[name]())
    images = DATA.test.tensors[0][:4]
    rebuilt = unpack(pack(network))
    assert rebuilt(images).equal(nn.Sequential(*chain(network))(images))
    assert not rebuilt.training
    assert pack(rebuilt) == pack(network)


@pytest.mark.parametrize(
    ("tensor", "layout", "size"),
    [
        (torch.tensor([0.1, 0.2, 0.3, 0.7] * 2), "shared", 16 + 2),
        (torch.zeros(80), "shared", 4),  # one value, and no codes
        (torch.tensor([0.1] * 5 + [0.0] * 11), "shared", 2 + 4),  # one value needs no code
        (torch.linspace(0, 1, 1000), "float", 4000),
        (torch.arange(300.0) + 1, "half", 600),
        (torch.cat([torch.zeros(9000), torch.linspace(1, 2, 1000)]), "float", 1250 + 4000),
    ],
)
def test_each_tensor_lies_in_the_smallest_layout(tensor, layout, size):
    (kind, *_), stored = _encoded(tensor)
    assert (kind, len(stored)) == (layout, size)


def test_a_network_costs_what_its_file_has():
    network = randomised(models.build("vgg", DATA))
    dense = len(pack(network))
    counted, _ = costs(network, DATA)
    assert counted["bytes"] == dense
    assert counted["activations"] == 4 * 28 * 28 * 32 * 5 // 4
    assert dense < 4 * sum(tensor.numel() for tensor in network.state_dict().values()) + 2000
    assert len(pack(deepcopy(network).half().float())) < 0.51 * dense
    assert len(pack(clustered(network, 4))) < 0.14 * dense


def test_sharing_lowers_the_distance_of_a_plain_grid():
    layer = nn.Linear(64, 32)
    layer.weight.data[:, ::2] = 0
    shared = clustered(layer, 3).weight
    kept = layer.weight[layer.weight != 0].detach()
    grid = torch.from_numpy(np.linspace(kept.min().item(), kept.max().item(), 8)).float()
    distance = (kept[:, None] - grid).abs().amin(1).square().sum()
    assert len(shared[shared != 0].unique()) <= 8
    assert (shared - layer.weight).square().sum() < distance
    assert (shared == 0).equal(layer.weight == 0)


def test_a_mask_that_torch_holds_is_part_of_the_weight():
    layer = nn.Linear(20, 10)
    prune.l1_unstructured(layer, "weight", amount=0.5)
    rebuilt = unpack(pack(layer))[0]
    assert (rebuilt.weight == 0).sum() == 100
    with pytest.raises(LabError, match="still holds masks"):
        clustered(layer, 2)


def test_other_layers_are_named():
    network = nn.Sequential(nn.Linear(3, 3))
    parametrize.register_parametrization(network[0], "weight", nn.Identity())
    with pytest.raises(LabError, match="A ParametrizedLinear does not go into the file"):
        pack(network)
    with pytest.raises(LabError, match="A ResNet does not"):
        pack(models.build("resnet", DATA))
    with pytest.raises(LabError, match="without running statistics"):
        pack(nn.BatchNorm2d(3, track_running_stats=False))
    with pytest.raises(LabError, match="do not fit each other"):
        costs(nn.Sequential(nn.Flatten(), nn.Linear(5, 3)), DATA)


def endless(*_):
    while True:
        pass


TRACED = """
import faulthandler, sys
faulthandler.dump_traceback_later(300, exit=True)
from prunelab import LabError
from prunelab.timelimit import within

def endless():
    while True:
        pass

try:
    within(0.2, endless)
except LabError:
    print("time's up")
within(60, abs, -1)
sys.settrace(lambda *_: None)
(lambda: None)()
sys.settrace(None)
print("traced")
"""

NESTED = """
import faulthandler
faulthandler.dump_traceback_later(300, exit=True)
from prunelab.timelimit import TookTooLong, within

def endless():
    while True:
        pass

for _ in range(40):
    try:
        within(0.02, lambda: within(0.02, endless))
    except TookTooLong:
        print("stopped")
"""


def stubborn(*_):
    while True:
        try:
            time.sleep(0.01)
        except TimeIsUp:
            return "heard"


def test_an_endless_loop_is_stopped():
    with pytest.raises(LabError, match="seconds and was stopped"):
        within(0.2, endless)


@pytest.mark.middle
def test_functions_can_be_traced_afterwards(run_in, tmp_path):
    """As a debugger and coverage do; in a process of its own, since a failure hangs."""
    done = run_in(tmp_path, sys.executable, "-c", TRACED)
    assert done.stdout == "time's up\ntraced\n", done.stderr


@pytest.mark.middle
def test_two_limits_that_run_out_together_never_hang(run_in, tmp_path):
    done = run_in(tmp_path, sys.executable, "-c", NESTED)
    assert done.stdout == "stopped\n" * 40, done.stderr


def test_code_within_the_limit_is_not_interrupted():
    assert within(600, lambda value: value + 1, 1) == 2
    assert within(0.1, stubborn) == "heard"
    with pytest.raises(ZeroDivisionError):
        within(600, lambda: 1 / 0)
    time.sleep(0.3)  # nothing is interrupted later


@pytest.fixture
def small_data(monkeypatch):
    """Untrained networks instead of trained ones, and the attempts of this test only."""
    networks = {
        "vgg_l1": lambda: models.build("vgg", DATA, width=0.1),
        "alexnet": lambda: models.build("alexnet", DATA),
    }
    load = {"vgg": lambda: models.build("vgg", DATA, width=0.3)} | networks
    monkeypatch.setattr(trial.models, "load", lambda name, data: randomised(load[name]()))
    monkeypatch.setattr(notes, "_session", [])
    return DATA


LENIENT = Target("phone", "MACs", 100.0, {"MACs": 10**9, "bytes": 10**9})


def message(compress, data, target=LENIENT, seconds=600.0) -> str:
    with pytest.raises(CheckFailed) as failure:
        trial.attempt(Check("compress"), target, compress, data, seconds)
    return str(failure.value)


def test_a_network_within_the_limits_passes_and_is_remembered(small_data, capsys):
    network = trial.attempt(Check("compress"), LENIENT, lambda networks, data: networks["vgg_l1"], small_data)
    assert trial.latest_fitting("phone") is network
    assert trial.latest_measured("phone") is network
    (attempt,) = notes.attempts()
    assert attempt["fits"]
    assert attempt["bytes"] == len(pack(network))
    trial.attempt_on_test(Check("compress"), LENIENT, network, small_data)
    assert f'\n{notes.RESULT}{{"target": "phone", "score": ' in capsys.readouterr().out


def test_each_limit_is_named(small_data):
    for limit in ("bytes", "MACs", "activations"):
        strict = Target("web", limit, 100.0, {limit: 10})
        assert f"at most 10 {limit}" in message(lambda networks, data: networks["vgg_l1"], small_data, strict)
    exact = Target("web", "bytes", -200.0, {"bytes": 10**9})
    assert "on the validation images" in message(lambda networks, data: networks["vgg_l1"], small_data, exact)
    assert [attempt["fits"] for attempt in notes.attempts()] == [False] * 4


def test_the_last_network_that_was_measured_is_kept_whether_it_fits_or_not(small_data):
    strict = Target("web", "bytes", 100.0, {"bytes": 10})
    message(lambda networks, data: networks["vgg_l1"], small_data, strict)
    assert len(pack(trial.latest_measured("web"))) > 10
    message(lambda networks, data: None, small_data, strict)
    assert trial.latest_measured("web") is None


def test_maps_of_one_pixel_are_no_answer(small_data):
    maps = nn.Sequential(nn.Conv2d(1, 3, 1), nn.AdaptiveAvgPool2d(1))
    text = message(lambda networks, data: maps, small_data)
    assert "3 classes" in text
    assert "3 x 1 x 1" in text


def hooked(networks, data):
    networks["vgg_l1"].register_forward_hook(lambda layer, inputs, output: networks["vgg"](inputs[0]))
    return networks["vgg_l1"]


def replaced(networks, data):
    networks["vgg_l1"].forward = networks["vgg"].forward
    return networks["vgg_l1"]


@pytest.mark.parametrize("cheat", [hooked, replaced])
def test_parts_outside_the_file_do_not_count(small_data, cheat):
    assert "What is not in the layers' own weights is not in the file" in message(cheat, small_data)


def test_common_mistakes_have_a_message(small_data):
    assert "Does your function end with `return`?" in message(lambda networks, data: None, small_data)
    assert "Return the compressed network." in message(lambda networks, data: 3, small_data)
    assert "ZeroDivisionError" in message(lambda networks, data: 1 / 0, small_data)
    assert "0.2 seconds" in message(endless, small_data, seconds=0.2)


def test_compress_sees_no_test_images(small_data):
    seen = SimpleNamespace()

    def compress(networks, data):
        seen.sizes = [len(split) for split in (data.train, data.validation, data.test)]
        return networks["vgg_l1"]

    trial.run_compress(compress, small_data)
    assert seen.sizes == [60, 60, 0]


def test_the_records_give_points_to_compare_with():
    points = references()
    assert {point["label"] for point in points} == {
        "AlexNet, weights in rounds",
        "VGG, weights in rounds",
        "VGG, slimmed",
        "VGG, L1 filters",
    }
    assert all(point["bytes"] > 100_000 and -1 < point["lost"] < 10 for point in points)
    assert all(row["compression"] > 2 for row in course_numbers().values())
