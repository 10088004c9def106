"""Bytes of a sparse matrix at any sparsity, from two real encodings: none of its values kept, and all of them."""

from functools import cache

import torch

from prunelab.measure import encoded_bytes

TYPES = {1: torch.int8, 2: torch.float16, 4: torch.float32, 8: torch.float64}


def stored_bytes(layout: str, elements: int, rows: int, nonzeros: int, value: int) -> int | None:
    """Bytes of a matrix with `nonzeros` values of `value` bytes each; `None` if the layout cannot hold it."""
    if layout == "2:4":
        return _empty(layout, elements, rows, value) if nonzeros <= elements / 2 else None
    return bytes_in(layout, elements, rows, nonzeros, value)


def bytes_in(layout: str, elements: int, rows: int, nonzeros: int, value: int) -> int:
    """The same in a layout that can hold any matrix, so not in 2:4.

    Every value adds the same number of bytes, so what lies between empty and full is exact.
    """
    empty, full = _empty(layout, elements, rows, value), _full(layout, elements, rows, value)
    return empty + (full - empty) * nonzeros // elements


def pays_from(layout: str, elements: int, rows: int, value: int) -> float | None:
    """The sparsity above which `layout` is smaller than dense, 0 to 1; `None` if it never is, or always, as 2:4."""
    if layout == "2:4":
        return None
    empty, full = _empty(layout, elements, rows, value), _full(layout, elements, rows, value)
    dense = elements * value
    return (full - dense) / (full - empty) if empty < dense else None


@cache
def _empty(layout: str, elements: int, rows: int, value: int) -> int:
    return encoded_bytes(torch.zeros(rows, elements // rows, dtype=TYPES[value]), layout)


@cache
def _full(layout: str, elements: int, rows: int, value: int) -> int:
    return encoded_bytes(torch.ones(rows, elements // rows, dtype=TYPES[value]), layout)
