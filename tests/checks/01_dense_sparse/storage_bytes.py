# %% wrong: values only, indices forgotten
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    dense = rows * columns * value_bytes
    return dense if layout == "dense" else dense // 2 if layout == "2:4" else nonzeros * value_bytes


# %% wrong: one index a value in COO
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    return {
        "dense": rows * columns * value_bytes,
        "coo": nonzeros * (8 + value_bytes),
        "csr": (rows + 1) * 8 + nonzeros * (8 + value_bytes),
        "csr32": (rows + 1) * 4 + nonzeros * (4 + value_bytes),
        "bitmask": math.ceil(rows * columns / 8) + nonzeros * value_bytes,
        "2:4": rows * columns // 2 * value_bytes + rows * columns // 8,
    }[layout]


# %% wrong: a row pointer too few in CSR
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    return {
        "dense": rows * columns * value_bytes,
        "coo": nonzeros * (16 + value_bytes),
        "csr": rows * 8 + nonzeros * (8 + value_bytes),
        "csr32": rows * 4 + nonzeros * (4 + value_bytes),
        "bitmask": math.ceil(rows * columns / 8) + nonzeros * value_bytes,
        "2:4": rows * columns // 2 * value_bytes + rows * columns // 8,
    }[layout]


# %% wrong: a byte a weight in the bitmask
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    return {
        "dense": rows * columns * value_bytes,
        "coo": nonzeros * (16 + value_bytes),
        "csr": (rows + 1) * 8 + nonzeros * (8 + value_bytes),
        "csr32": (rows + 1) * 4 + nonzeros * (4 + value_bytes),
        "bitmask": rows * columns + nonzeros * value_bytes,
        "2:4": rows * columns // 2 * value_bytes + rows * columns // 8,
    }[layout]


# %% wrong: a bitmask rounded down to whole bytes
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    return {
        "dense": rows * columns * value_bytes,
        "coo": nonzeros * (16 + value_bytes),
        "csr": (rows + 1) * 8 + nonzeros * (8 + value_bytes),
        "csr32": (rows + 1) * 4 + nonzeros * (4 + value_bytes),
        "bitmask": rows * columns // 8 + nonzeros * value_bytes,
        "2:4": rows * columns // 2 * value_bytes + rows * columns // 8,
    }[layout]


# %% wrong: 2:4 without its positions
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    return {
        "dense": rows * columns * value_bytes,
        "coo": nonzeros * (16 + value_bytes),
        "csr": (rows + 1) * 8 + nonzeros * (8 + value_bytes),
        "csr32": (rows + 1) * 4 + nonzeros * (4 + value_bytes),
        "bitmask": math.ceil(rows * columns / 8) + nonzeros * value_bytes,
        "2:4": rows * columns // 2 * value_bytes,
    }[layout]


# %% wrong: always four bytes a value
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    return {
        "dense": rows * columns * 4,
        "coo": nonzeros * (16 + 4),
        "csr": (rows + 1) * 8 + nonzeros * (8 + 4),
        "csr32": (rows + 1) * 4 + nonzeros * (4 + 4),
        "bitmask": math.ceil(rows * columns / 8) + nonzeros * 4,
        "2:4": rows * columns // 2 * 4 + rows * columns // 8,
    }[layout]


# %% wrong: bits
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    return (
        8
        * {
            "dense": rows * columns * value_bytes,
            "coo": nonzeros * (16 + value_bytes),
            "csr": (rows + 1) * 8 + nonzeros * (8 + value_bytes),
            "csr32": (rows + 1) * 4 + nonzeros * (4 + value_bytes),
            "bitmask": math.ceil(rows * columns / 8) + nonzeros * value_bytes,
            "2:4": rows * columns // 2 * value_bytes + rows * columns // 8,
        }[layout]
    )


# %% wrong: a start for each column
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    return {
        "dense": rows * columns * value_bytes,
        "coo": nonzeros * (16 + value_bytes),
        "csr": (columns + 1) * 8 + nonzeros * (8 + value_bytes),
        "csr32": (columns + 1) * 4 + nonzeros * (4 + value_bytes),
        "bitmask": math.ceil(rows * columns / 8) + nonzeros * value_bytes,
        "2:4": rows * columns // 2 * value_bytes + rows * columns // 8,
    }[layout]


# %% wrong: 2:4 stores the values that are not zero
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    return {
        "dense": rows * columns * value_bytes,
        "coo": nonzeros * (16 + value_bytes),
        "csr": (rows + 1) * 8 + nonzeros * (8 + value_bytes),
        "csr32": (rows + 1) * 4 + nonzeros * (4 + value_bytes),
        "bitmask": math.ceil(rows * columns / 8) + nonzeros * value_bytes,
        "2:4": nonzeros * value_bytes + math.ceil(nonzeros * 2 / 8),
    }[layout]


# %% right: a chain of conditions
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    weights = rows * columns
    if layout == "dense":
        return weights * value_bytes
    if layout == "bitmask":
        return (weights + 7) // 8 + nonzeros * value_bytes
    if layout == "2:4":
        kept = weights // 2
        return kept * value_bytes + math.ceil(kept * 2 / 8)
    index = 4 if layout == "csr32" else 8
    row_information = nonzeros if layout == "coo" else rows + 1
    return index * (row_information + nonzeros) + nonzeros * value_bytes


# %% wrong: a fraction of a byte in 2:4
# The task rounds the positions of 2:4 up to whole bytes; 1 x 4 positions take 1 byte, not a half.
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    values = nonzeros * value_bytes
    match layout:
        case "dense":
            return rows * columns * value_bytes
        case "coo":
            return values + 2 * 8 * nonzeros
        case "csr":
            return values + 8 * nonzeros + 8 * (rows + 1)
        case "csr32":
            return values + 4 * nonzeros + 4 * (rows + 1)
        case "bitmask":
            return values + -(-rows * columns // 8)
        case "2:4":
            return rows * columns * value_bytes / 2 + rows * columns / 8


# %% wrong: bitmask padded per row
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    n = rows * columns
    return {
        "dense": n * value_bytes,
        "coo": nonzeros * (value_bytes + 16),
        "csr": nonzeros * (value_bytes + 8) + 8 * (rows + 1),
        "csr32": nonzeros * (value_bytes + 4) + 4 * (rows + 1),
        "bitmask": nonzeros * value_bytes + rows * math.ceil(columns / 8),
        "2:4": n // 2 * value_bytes + n // 8,
    }[layout]


# %% wrong: two four by nonzeros
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    n = rows * columns
    return {
        "dense": n * value_bytes,
        "coo": nonzeros * (value_bytes + 16),
        "csr": nonzeros * (value_bytes + 8) + 8 * (rows + 1),
        "csr32": nonzeros * (value_bytes + 4) + 4 * (rows + 1),
        "bitmask": nonzeros * value_bytes + math.ceil(n / 8),
        "2:4": nonzeros * value_bytes + math.ceil(nonzeros * 2 / 8),
    }[layout]


# %% wrong: two four index floor
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    n = rows * columns
    return {
        "dense": n * value_bytes,
        "coo": nonzeros * (value_bytes + 16),
        "csr": nonzeros * (value_bytes + 8) + 8 * (rows + 1),
        "csr32": nonzeros * (value_bytes + 4) + 4 * (rows + 1),
        "bitmask": nonzeros * value_bytes + math.ceil(n / 8),
        "2:4": n // 2 * value_bytes + n // 8,
    }[layout]


# %% wrong: never more than dense
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    n = rows * columns
    return min(
        n * value_bytes,
        {
            "dense": n * value_bytes,
            "coo": nonzeros * (value_bytes + 16),
            "csr": nonzeros * (value_bytes + 8) + 8 * (rows + 1),
            "csr32": nonzeros * (value_bytes + 4) + 4 * (rows + 1),
            "bitmask": nonzeros * value_bytes + math.ceil(n / 8),
            "2:4": n // 2 * value_bytes + n // 8,
        }[layout],
    )


# %% wrong: index bytes grow with columns
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    n = rows * columns
    wide = 8 if columns < 256 else 4
    return {
        "dense": n * value_bytes,
        "coo": nonzeros * (value_bytes + 2 * wide),
        "csr": nonzeros * (value_bytes + wide) + wide * (rows + 1),
        "csr32": nonzeros * (value_bytes + 4) + 4 * (rows + 1),
        "bitmask": nonzeros * value_bytes + math.ceil(n / 8),
        "2:4": n // 2 * value_bytes + math.ceil(n / 8),
    }[layout]


# %% wrong: csr32 only default bytes
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    n = rows * columns
    if layout == "bitmask" and value_bytes != 4:
        return nonzeros * value_bytes + n // 8
    return {
        "dense": n * value_bytes,
        "coo": nonzeros * (value_bytes + 16),
        "csr": nonzeros * (value_bytes + 8) + 8 * (rows + 1),
        "csr32": nonzeros * (value_bytes + 4) + 4 * (rows + 1),
        "bitmask": nonzeros * value_bytes + math.ceil(n / 8),
        "2:4": n // 2 * value_bytes + math.ceil(n / 8),
    }[layout]


# %% right: match, again
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    match layout:
        case "dense":
            return rows * columns * value_bytes
        case "coo":
            return nonzeros * value_bytes + 2 * 8 * nonzeros
        case "csr" | "csr32":
            wide = 4 if layout == "csr32" else 8
            return nonzeros * value_bytes + wide * (nonzeros + rows + 1)
        case "bitmask":
            return nonzeros * value_bytes + -(-rows * columns // 8)
        case "2:4":
            stored = rows * columns // 2
            return stored * value_bytes + -(-2 * stored // 8)


# %% right: counts bits
def storage_bytes(rows, columns, nonzeros, layout, value_bytes=4):
    stored = {"dense": rows * columns, "2:4": rows * columns // 2}.get(layout, nonzeros)
    bits = {
        "dense": 0,
        "coo": 128 * nonzeros,
        "csr": 64 * (nonzeros + rows + 1),
        "csr32": 32 * (nonzeros + rows + 1),
        "bitmask": rows * columns,
        "2:4": 2 * stored,
    }[layout]
    return stored * value_bytes + math.ceil(bits / 8)
