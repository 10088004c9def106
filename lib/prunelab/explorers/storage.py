"""Bytes of a sparse matrix by formula, so that a curve needs no encoding: values, indices and row starts counted."""

FORMATS = ("dense", "COO int64", "CSR int64", "CSR int32", "bitmask", "2:4")


def stored_bytes(layout: str, elements: int, rows: int, nonzeros: int, value: int) -> int | None:
    """Bytes of a matrix with `nonzeros` values of `value` bytes each; `None` if the layout cannot hold it.

    COO keeps a row and a column index a value, CSR a column index a value and `rows + 1` row starts, a bitmask one bit
    an element. 2:4 (Mishra et al. 2021) keeps two values of each four and two bits of position for each of them.
    """
    fours = -(-elements // 4)
    sizes = {
        "dense": elements * value,
        "COO int64": nonzeros * (value + 16),
        "CSR int64": nonzeros * (value + 8) + 8 * (rows + 1),
        "CSR int32": nonzeros * (value + 4) + 4 * (rows + 1),
        "bitmask": nonzeros * value + -(-elements // 8),
        "2:4": fours * 2 * value + -(-fours // 2) if nonzeros <= elements / 2 else None,
    }
    return sizes[layout]


def break_even(layout: str, elements: int, rows: int, value: int) -> float | None:
    """The sparsity above which `layout` is smaller than dense, between 0 and 1; `None` if it never is."""
    if layout == "2:4":
        return 0.5
    index = {"COO int64": 16, "CSR int64": 8, "CSR int32": 4, "bitmask": 0}[layout]
    fixed = stored_bytes(layout, elements, rows, 0, value)
    nonzeros = (elements * value - fixed) / (value + index)
    return 1 - nonzeros / elements if nonzeros > 0 else None
