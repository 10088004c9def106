"""What a weight really costs: encoded, not estimated."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

FORMATS = ("dense", "coo", "csr", "csr32", "bitmask", "2:4")


def encoded_bytes(weight: Tensor, layout: str) -> int:
    """Bytes of `weight` (out, ...) after really encoding it; tensors of more dimensions are stored as (out, rest).

    `layout` is one of FORMATS: `coo` and `csr` have torch's 64-bit indices, `csr32` 32-bit ones, `bitmask` one bit a
    weight and the values that are not zero, `2:4` two values of every four and two bits of position for each (Mishra
    et al. 2021). ValueError for another layout, or where a weight has not the 2:4 pattern.
    """
    matrix = weight.detach().reshape(len(weight), -1)
    if layout == "dense":
        parts = [matrix]
    elif layout == "coo":
        encoded = matrix.to_sparse_coo().coalesce()
        parts = [encoded.indices(), encoded.values()]
    elif layout in ("csr", "csr32"):
        index = torch.int64 if layout == "csr" else torch.int32
        crow, column, values = _compressed_rows(matrix)
        parts = [crow.to(index), column.to(index), values]
    elif layout == "bitmask":
        parts = [torch.from_numpy(np.packbits((matrix != 0).numpy())), matrix[matrix != 0]]
    elif layout == "2:4":
        parts = _two_of_four(matrix)
    else:
        raise ValueError(f"No layout is called {layout!r}; choose one of {', '.join(FORMATS)}.")
    return sum(part.numel() * part.element_size() for part in parts)


def _compressed_rows(matrix: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Row starts, column indices and values of a matrix, as scipy and torch store them."""
    kept = matrix != 0
    starts = torch.cat([torch.zeros(1, dtype=torch.int64), kept.sum(1).cumsum(0)])
    return starts, kept.nonzero()[:, 1], matrix[kept]


def _two_of_four(matrix: Tensor) -> list[Tensor]:
    """Two values of every four in reading order, and their positions, two bits each."""
    fours = F.pad(matrix.flatten(), (0, -matrix.numel() % 4)).reshape(-1, 4)
    if ((fours != 0).sum(1) > 2).any():
        raise ValueError("The weight has four neighbours of which more than two are not zero; prune it 2:4 first.")
    kept = (fours != 0).byte().topk(2).indices.sort().values  # (n / 4, 2)
    bits = torch.stack([kept // 2, kept % 2], dim=-1)
    return [fours.gather(1, kept), torch.from_numpy(np.packbits(bits.numpy().astype(bool)))]
