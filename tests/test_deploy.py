"""Networks outside torch: the exported one computes the same, int8 nearly, and a missing package is named."""

import pytest
import torch
from torch import nn

from prunelab import deploy
from prunelab.models import VGG

pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")


@pytest.fixture(scope="module")
def pruned():
    """A narrow VGG with random batch norms, some channels removed by torch_pruning; in training mode."""
    import torch_pruning as tp  # takes seconds

    torch.manual_seed(0)
    model = VGG((1, 28, 28), 3, width=0.25)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            for tensor in (module.weight.data, module.running_var):
                tensor.uniform_(0.5, 2.0)
            for tensor in (module.bias.data, module.running_mean):
                tensor.normal_()
    graph = tp.DependencyGraph().build_dependency(model, torch.zeros(1, 1, 28, 28))
    for name, cut in (("features.0", [1, 5, 6]), ("features.8", [0, 2])):
        graph.get_pruning_group(model.get_submodule(name), tp.prune_conv_out_channels, cut).prune()
    return model.train()


@pytest.mark.parametrize("batch", [1, 2, 7])
def test_an_exported_network_computes_the_same(pruned, batch, tmp_path, capfd):
    images, before = torch.randn(batch, 1, 28, 28), {k: v.clone() for k, v in pruned.state_dict().items()}
    predict = deploy.session(deploy.export(pruned, (1, 28, 28), tmp_path / "new" / "vgg.onnx"))
    logits = predict(images)
    assert pruned.training  # as it was
    assert all(torch.equal(value, before[name]) for name, value in pruned.state_dict().items())
    with torch.no_grad():
        assert (logits - pruned.eval()(images)).abs().max() < 1e-4
    pruned.train()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("first_in_float", [False, True])
def test_int8_is_near(pruned, first_in_float, tmp_path, capfd):
    images = torch.randn(60, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    path = deploy.export(pruned, (1, 28, 28), tmp_path / "vgg.onnx")
    small = deploy.quantize(path, tmp_path / "int8.onnx", images, first_in_float=first_in_float)
    exact, near = deploy.session(path)(images), deploy.session(small, threads=2)(images)
    assert 0 < (exact - near).abs().max() < 0.2 * exact.abs().max()
    assert small.stat().st_size < path.stat().st_size
    assert capfd.readouterr() == ("", "")


def test_a_missing_package_is_named(pruned, tmp_path, monkeypatch):
    monkeypatch.setattr(deploy, "PACKAGES", ("onnx", "no_such_package"))
    assert deploy.why_not().startswith(
        "no_such_package missing, which only lab 09 needs: run `pip install onnx onnxruntime`"
    )
    with pytest.raises(deploy.NotAvailable, match="no_such_package"):
        deploy.export(pruned, (1, 28, 28), tmp_path / "vgg.onnx")


def test_a_failure_names_its_reason():
    def fails():
        raise RuntimeError("No such unit. Buy a new processor.")

    def fails_later():
        return lambda: 1 / 0

    runs, reasons = deploy.what_runs({"works": lambda: lambda: 3, "fails": fails, "later": fails_later})
    assert {name: run() for name, run in runs.items()} == {"works": 3}
    assert reasons == {"fails": "No such unit", "later": "division by zero"}
