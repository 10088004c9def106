"""Encoded bytes, against numbers done by hand and against the tensors that torch stores."""

import pytest
import torch

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
