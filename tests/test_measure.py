"""Bytes, parameters and MACs against numbers done by hand; latencies in pairs."""

import pytest
import torch
from torch import nn

from prunelab import measure
from prunelab.measure import FORMATS, encoded_bytes


def test_bytes_by_hand():
    matrix = torch.tensor([[5.0, 0.0, 0.0], [0.0, 0.0, 0.0], [7.0, 0.0, 8.0]])
    sizes = {layout: encoded_bytes(matrix, layout) for layout in FORMATS if layout != "2:4"}
    assert sizes == {"dense": 36, "coo": 3 * 20, "csr": 4 * 8 + 3 * 12, "csr32": 4 * 4 + 3 * 8, "bitmask": 2 + 3 * 4}


def test_two_of_four_by_hand():
    matrix = torch.tensor([[5.0, 0.0, 0.0, 3.0, 0.0, 0.0, 9.0, 8.0]])
    assert encoded_bytes(matrix, "2:4") == 4 * 4 + 1  # four values, four positions of two bits
    assert encoded_bytes(torch.zeros(3, 8).half(), "2:4") == 12 * 2 + 3
    with pytest.raises(ValueError, match="prune it 2:4 first"):
        encoded_bytes(torch.ones(1, 4), "2:4")


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16])
def test_csr_is_what_torch_stores(dtype):
    weight = torch.randn(6, 4, 3, 3).relu().to(dtype)
    stored = weight.flatten(1).to_sparse_csr()
    parts = (stored.crow_indices(), stored.col_indices(), stored.values())
    assert encoded_bytes(weight, "csr") == sum(part.nbytes for part in parts)


def test_an_unknown_layout_names_the_known_ones():
    with pytest.raises(ValueError, match=r"'zip'.*dense, coo, csr, csr32, bitmask, 2:4"):
        encoded_bytes(torch.ones(1, 1), "zip")


def test_parameters_and_macs_by_hand():
    model = nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(3 * 4 * 5, 7))
    assert measure.parameters(model) == (2 * 3 * 9 + 3) + 2 * 3 + (60 * 7 + 7)
    assert measure.macs(model, (2, 4, 5)) == 2 * 3 * 9 * 4 * 5 + 60 * 7


def test_latencies_run_in_turn_after_a_warm_up():
    order = []
    found = measure.latencies({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=5)
    assert order == ["a", "b"] * 8
    assert {name: len(seconds) for name, seconds in found.items()} == {"a": 5, "b": 5}
    assert all(second >= 0 for seconds in found.values() for second in seconds)
