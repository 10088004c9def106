# %% wrong: values only, so that everything pays at once
def break_even(rows, columns, layout, value_bytes=4):
    return 0.0


# %% wrong: the density instead of the sparsity
def break_even(rows, columns, layout, value_bytes=4):
    weights, v = rows * columns, value_bytes
    fixed, each = {
        "coo": (0, 16 + v),
        "csr": (8 * (rows + 1), 8 + v),
        "csr32": (4 * (rows + 1), 4 + v),
        "bitmask": (weights / 8, v),
    }[layout]
    return (weights * v - fixed) / each / weights


# %% wrong: without the row pointers and the bitmask
def break_even(rows, columns, layout, value_bytes=4):
    return 1 - value_bytes / (value_bytes + {"coo": 16, "csr": 8, "csr32": 4, "bitmask": 0}[layout])


# %% wrong: always four bytes a value
def break_even(rows, columns, layout, value_bytes=4):
    weights, v = rows * columns, 4
    fixed, each = {
        "coo": (0, 16 + v),
        "csr": (8 * (rows + 1), 8 + v),
        "csr32": (4 * (rows + 1), 4 + v),
        "bitmask": (weights / 8, v),
    }[layout]
    return 1 - (weights * v - fixed) / each / weights


# %% wrong: the published rule of thumb for every layout
def break_even(rows, columns, layout, value_bytes=4):
    return {"coo": 0.8, "csr": 2 / 3, "csr32": 0.5, "bitmask": 1 / 32}[layout]


# %% wrong: in per cent
def break_even(rows, columns, layout, value_bytes=4):
    weights, v = rows * columns, value_bytes
    fixed, each = {
        "coo": (0, 16 + v),
        "csr": (8 * (rows + 1), 8 + v),
        "csr32": (4 * (rows + 1), 4 + v),
        "bitmask": (weights / 8, v),
    }[layout]
    return 100 * (1 - (weights * v - fixed) / each / weights)


# %% wrong: the number of zeros
def break_even(rows, columns, layout, value_bytes=4):
    weights, v = rows * columns, value_bytes
    fixed, each = {
        "coo": (0, 16 + v),
        "csr": (8 * (rows + 1), 8 + v),
        "csr32": (4 * (rows + 1), 4 + v),
        "bitmask": (weights / 8, v),
    }[layout]
    return weights - (weights * v - fixed) / each


# %% wrong: the row starts of CSR forgotten, those of csr32 not
def break_even(rows, columns, layout, value_bytes=4):
    positions, v = rows * columns, value_bytes
    fixed, each = {
        "coo": (0, 16 + v),
        "csr": (0, 8 + v),
        "csr32": (4 * (rows + 1), 4 + v),
        "bitmask": (positions / 8, v),
    }[layout]
    return 1 - (positions * v - fixed) / each / positions


# %% right: search for the first count of zeros that pays
def break_even(rows, columns, layout, value_bytes=4):
    weights, v = rows * columns, value_bytes

    def size(nonzeros):
        if layout == "coo":
            return nonzeros * (16 + v)
        if layout == "bitmask":
            return weights / 8 + nonzeros * v
        index = 8 if layout == "csr" else 4
        return index * (rows + 1) + nonzeros * (index + v)

    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if size((1 - middle) * weights) > weights * v else (low, middle)
    return high


# %% right: one formula with the cost of an index a value
def break_even(rows, columns, layout, value_bytes=4):
    index = {"coo": 16, "csr": 8, "csr32": 4, "bitmask": 0}[layout]
    overhead = {"coo": 0, "csr": 8 * (rows + 1), "csr32": 4 * (rows + 1), "bitmask": rows * columns / 8}[layout]
    return (index + overhead / (rows * columns)) / (index + value_bytes)


# %% wrong: bitmask const
def break_even(rows, columns, layout, value_bytes=4):
    n = rows * columns
    fixed = {"coo": 0, "csr": 8 * (rows + 1), "csr32": 4 * (rows + 1), "bitmask": n / 8}[layout]
    each = value_bytes + {"coo": 16, "csr": 8, "csr32": 4, "bitmask": 0}[layout]
    return 0.03125 if layout == "bitmask" else 1 - (n * value_bytes - fixed) / each / n


# %% wrong: dense always 4 bytes
def break_even(rows, columns, layout, value_bytes=4):
    n = rows * columns
    fixed = {"coo": 0, "csr": 8 * (rows + 1), "csr32": 4 * (rows + 1), "bitmask": n / 8}[layout]
    each = value_bytes + {"coo": 16, "csr": 8, "csr32": 4, "bitmask": 0}[layout]
    return 1 - (n * 4 - fixed) / each / n


# %% wrong: density
def break_even(rows, columns, layout, value_bytes=4):
    n = rows * columns
    fixed = {"coo": 0, "csr": 8 * (rows + 1), "csr32": 4 * (rows + 1), "bitmask": n / 8}[layout]
    each = value_bytes + {"coo": 16, "csr": 8, "csr32": 4, "bitmask": 0}[layout]
    return (n * value_bytes - fixed) / each / n


# %% wrong: no row starts
def break_even(rows, columns, layout, value_bytes=4):
    each = value_bytes + {"coo": 16, "csr": 8, "csr32": 4, "bitmask": 1 / 8}[layout]
    return 1 - value_bytes / each


# %% wrong: whole k
def break_even(rows, columns, layout, value_bytes=4):
    n = rows * columns
    for k in range(n, -1, -1):
        if storage_bytes(rows, columns, k, layout, value_bytes) <= n * value_bytes:
            return 1 - k / n


# %% wrong: bitmask rounded up
def break_even(rows, columns, layout, value_bytes=4):
    n = rows * columns
    fixed = {"coo": 0, "csr": 8 * (rows + 1), "csr32": 4 * (rows + 1), "bitmask": math.ceil(n / 8)}[layout]
    each = value_bytes + {"coo": 16, "csr": 8, "csr32": 4, "bitmask": 0}[layout]
    return 1 - (n * value_bytes - fixed) / each / n


# %% right: fractions
from fractions import Fraction as _Fr


def break_even(rows, columns, layout, value_bytes=4):
    n = rows * columns
    fixed = {"coo": _Fr(0), "csr": _Fr(8 * (rows + 1)), "csr32": _Fr(4 * (rows + 1)), "bitmask": _Fr(n, 8)}[layout]
    each = value_bytes + {"coo": 16, "csr": 8, "csr32": 4, "bitmask": 0}[layout]
    return float(1 - (n * value_bytes - fixed) / each / n)


# %% right: closed forms
def break_even(rows, columns, layout, value_bytes=4):
    v, extra = value_bytes, (rows + 1) / (rows * columns)
    if layout == "coo":
        return 16 / (v + 16)
    if layout == "bitmask":
        return 1 / (8 * v)
    i = {"csr": 8, "csr32": 4}[layout]
    return (i + i * extra) / (v + i)
