# %% wrong: one operation a MAC
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    dense = 4 * rows * columns + both, 1 * rows * columns * batch
    csr = 11 * kept + 8 * (rows + 1) + both, 1 * kept * batch
    return (
        max(dense[0] / machine["bandwidth"], dense[1] / machine["flops"]),
        max(csr[0] / machine["bandwidth"], csr[1] / machine["csr_flops"]),
    )


# %% wrong: 32-bit indices
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    dense = 4 * rows * columns + both, 2 * rows * columns * batch
    csr = 8 * kept + 4 * (rows + 1) + both, 2 * kept * batch
    return (
        max(dense[0] / machine["bandwidth"], dense[1] / machine["flops"]),
        max(csr[0] / machine["bandwidth"], csr[1] / machine["csr_flops"]),
    )


# %% wrong: row starts forgotten
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    dense = 4 * rows * columns + both, 2 * rows * columns * batch
    csr = 12 * kept + both, 2 * kept * batch
    return (
        max(dense[0] / machine["bandwidth"], dense[1] / machine["flops"]),
        max(csr[0] / machine["bandwidth"], csr[1] / machine["csr_flops"]),
    )


# %% wrong: as many row starts as rows
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    dense = 4 * rows * columns + both, 2 * rows * columns * batch
    csr = 12 * kept + 8 * rows + both, 2 * kept * batch
    return (
        max(dense[0] / machine["bandwidth"], dense[1] / machine["flops"]),
        max(csr[0] / machine["bandwidth"], csr[1] / machine["csr_flops"]),
    )


# %% wrong: row starts for the columns
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    dense = 4 * rows * columns + both, 2 * rows * columns * batch
    csr = 12 * kept + 8 * (columns + 1) + both, 2 * kept * batch
    return (
        max(dense[0] / machine["bandwidth"], dense[1] / machine["flops"]),
        max(csr[0] / machine["bandwidth"], csr[1] / machine["csr_flops"]),
    )


# %% wrong: values without their indices
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    dense = 4 * rows * columns + both, 2 * rows * columns * batch
    csr = 4 * kept + 8 * (rows + 1) + both, 2 * kept * batch
    return (
        max(dense[0] / machine["bandwidth"], dense[1] / machine["flops"]),
        max(csr[0] / machine["bandwidth"], csr[1] / machine["csr_flops"]),
    )


# %% wrong: weights read for each input
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    dense = 4 * rows * columns * batch + both, 2 * rows * columns * batch
    csr = 12 * kept + 8 * (rows + 1) + both, 2 * kept * batch
    return (
        max(dense[0] / machine["bandwidth"], dense[1] / machine["flops"]),
        max(csr[0] / machine["bandwidth"], csr[1] / machine["csr_flops"]),
    )


# %% wrong: the batch forgotten in the operations
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    dense = 4 * rows * columns + both, 2 * rows * columns * batch
    csr = 12 * kept + 8 * (rows + 1) + both, 2 * kept
    return (
        max(dense[0] / machine["bandwidth"], dense[1] / machine["flops"]),
        max(csr[0] / machine["bandwidth"], csr[1] / machine["csr_flops"]),
    )


# %% wrong: inputs and outputs of a single image
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows)
    dense = 4 * rows * columns + both, 2 * rows * columns * batch
    csr = 12 * kept + 8 * (rows + 1) + both, 2 * kept * batch
    return (
        max(dense[0] / machine["bandwidth"], dense[1] / machine["flops"]),
        max(csr[0] / machine["bandwidth"], csr[1] / machine["csr_flops"]),
    )


# %% wrong: inputs and outputs forgotten
def layer_seconds(rows, columns, batch, kept, machine):
    both = 0
    dense = 4 * rows * columns + both, 2 * rows * columns * batch
    csr = 12 * kept + 8 * (rows + 1) + both, 2 * kept * batch
    return (
        max(dense[0] / machine["bandwidth"], dense[1] / machine["flops"]),
        max(csr[0] / machine["bandwidth"], csr[1] / machine["csr_flops"]),
    )


# %% wrong: both times added
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    dense = 4 * rows * columns + both, 2 * rows * columns * batch
    csr = 12 * kept + 8 * (rows + 1) + both, 2 * kept * batch
    return (
        sum((dense[0] / machine["bandwidth"], dense[1] / machine["flops"])),
        sum((csr[0] / machine["bandwidth"], csr[1] / machine["csr_flops"])),
    )


# %% wrong: CSR at the dense rate
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    dense = 4 * rows * columns + both, 2 * rows * columns * batch
    csr = 12 * kept + 8 * (rows + 1) + both, 2 * kept * batch
    return (
        max(dense[0] / machine["bandwidth"], dense[1] / machine["flops"]),
        max(csr[0] / machine["bandwidth"], csr[1] / machine["flops"]),
    )


# %% wrong: CSR first
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    dense = 4 * rows * columns + both, 2 * rows * columns * batch
    csr = 12 * kept + 8 * (rows + 1) + both, 2 * kept * batch
    return tuple(
        reversed(
            (
                max(dense[0] / machine["bandwidth"], dense[1] / machine["flops"]),
                max(csr[0] / machine["bandwidth"], csr[1] / machine["csr_flops"]),
            )
        )
    )


# %% wrong: the smaller time
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    dense = 4 * rows * columns + both, 2 * rows * columns * batch
    csr = 12 * kept + 8 * (rows + 1) + both, 2 * kept * batch
    return (
        min(dense[0] / machine["bandwidth"], dense[1] / machine["flops"]),
        min(csr[0] / machine["bandwidth"], csr[1] / machine["csr_flops"]),
    )


# %% wrong: operations of the dense layer in CSR
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    dense = 4 * rows * columns + both, 2 * rows * columns * batch
    csr = 12 * kept + 8 * (rows + 1) + both, 2 * rows * columns * batch
    return (
        max(dense[0] / machine["bandwidth"], dense[1] / machine["flops"]),
        max(csr[0] / machine["bandwidth"], csr[1] / machine["csr_flops"]),
    )


# %% right: an inner function
def layer_seconds(rows, columns, batch, kept, machine):
    def slower(weights, count, rate):
        moved = weights + 4 * batch * columns + 4 * batch * rows
        wait, work = moved / machine["bandwidth"], 2 * count * batch / rate
        return wait if wait > work else work

    dense = slower(4 * rows * columns, rows * columns, machine["flops"])
    return dense, slower(kept * (4 + 8) + 8 * rows + 8, kept, machine["csr_flops"])


# %% right: tensors
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    moved = torch.tensor([4 * rows * columns + both, 12 * kept + 8 * (rows + 1) + both], dtype=torch.float64)
    done = 2 * batch * torch.tensor([rows * columns, kept], dtype=torch.float64)
    rates = torch.tensor([machine["flops"], machine["csr_flops"]], dtype=torch.float64)
    return [float(t) for t in torch.maximum(moved / machine["bandwidth"], done / rates)]


# %% wrong: weights read for each input, again
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    B = machine["bandwidth"]
    return (
        max((4 * rows * columns * batch + both) / B, 2 * rows * columns * batch / machine["flops"]),
        max((12 * kept * batch + 8 * (rows + 1) + both) / B, 2 * kept * batch / machine["csr_flops"]),
    )


# %% wrong: pointers without plus one
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    B = machine["bandwidth"]
    return (
        max((4 * rows * columns + both) / B, 2 * rows * columns * batch / machine["flops"]),
        max((12 * kept + 8 * rows + both) / B, 2 * kept * batch / machine["csr_flops"]),
    )


# %% wrong: pointers of columns
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    B = machine["bandwidth"]
    return (
        max((4 * rows * columns + both) / B, 2 * rows * columns * batch / machine["flops"]),
        max((12 * kept + 8 * (columns + 1) + both) / B, 2 * kept * batch / machine["csr_flops"]),
    )


# %% wrong: macs not operations
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    B = machine["bandwidth"]
    return (
        max((4 * rows * columns + both) / B, rows * columns * batch / machine["flops"]),
        max((12 * kept + 8 * (rows + 1) + both) / B, kept * batch / machine["csr_flops"]),
    )


# %% wrong: whole seconds
def layer_seconds(rows, columns, batch, kept, machine):
    both = 4 * (columns + rows) * batch
    B = machine["bandwidth"]
    return (
        max((4 * rows * columns + both) // B, 2 * rows * columns * batch // machine["flops"]),
        max((12 * kept + 8 * (rows + 1) + both) // B, 2 * kept * batch // machine["csr_flops"]),
    )


# %% wrong: swaps rows where it shows only if wide
def layer_seconds(rows, columns, batch, kept, machine):
    both = 8 * rows * batch + 4 * batch * (columns - rows)
    B = machine["bandwidth"]
    pointers = 8 * (min(rows, columns) + 1)
    return (
        max((4 * rows * columns + both) / B, 2 * rows * columns * batch / machine["flops"]),
        max((12 * kept + pointers + both) / B, 2 * kept * batch / machine["csr_flops"]),
    )


# %% wrong: kept read as share
def layer_seconds(rows, columns, batch, kept, machine):
    k = kept * rows * columns if kept <= 1 else kept
    both = 4 * (columns + rows) * batch
    B = machine["bandwidth"]
    return (
        max((4 * rows * columns + both) / B, 2 * rows * columns * batch / machine["flops"]),
        max((12 * k + 8 * (rows + 1) + both) / B, 2 * k * batch / machine["csr_flops"]),
    )


# %% right: numpy max
def layer_seconds(rows, columns, batch, kept, machine):
    moved = np.array([4.0 * rows * columns, 12.0 * kept + 8.0 * (rows + 1)]) + 4.0 * batch * (rows + columns)
    work = 2.0 * batch * np.array([rows * columns, kept])
    t = np.maximum(moved / machine["bandwidth"], work / np.array([machine["flops"], machine["csr_flops"]]))
    return float(t[0]), float(t[1])


# %% right: torch
def layer_seconds(rows, columns, batch, kept, machine):
    times = torch.tensor(
        [
            [
                (4 * (rows * columns + (rows + columns) * batch)) / machine["bandwidth"],
                2 * rows * columns * batch / machine["flops"],
            ],
            [
                (12 * kept + 8 * rows + 8 + 4 * batch * rows + 4 * batch * columns) / machine["bandwidth"],
                2 * kept * batch / machine["csr_flops"],
            ],
        ],
        dtype=torch.float64,
    )
    return tuple(times.amax(1).tolist())
