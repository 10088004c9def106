# %% wrong: multiplies with the first inputs instead of those that the columns name
def csr_matvec(starts, columns, values, vector):
    outputs = torch.zeros(len(starts) - 1, dtype=values.dtype)
    for row in range(len(starts) - 1):
        part = values[starts[row] : starts[row + 1]]
        outputs[row] = (part * vector[: len(part)]).sum()
    return outputs, len(values)


# %% wrong: counts the multiplications of a dense matrix
def csr_matvec(starts, columns, values, vector):
    outputs = torch.zeros(len(starts) - 1, dtype=values.dtype)
    for row in range(len(starts) - 1):
        part = slice(starts[row], starts[row + 1])
        outputs[row] = values[part] @ vector[columns[part]]
    return outputs, len(outputs) * len(vector)


# %% wrong: loses the last row
def csr_matvec(starts, columns, values, vector):
    outputs = torch.zeros(len(starts) - 1, dtype=values.dtype)
    for row in range(len(starts) - 2):
        part = slice(starts[row], starts[row + 1])
        outputs[row] = values[part] @ vector[columns[part]]
    return outputs, len(values)


# %% wrong: counts additions, too
def csr_matvec(starts, columns, values, vector):
    outputs = torch.zeros(len(starts) - 1, dtype=values.dtype)
    for row in range(len(starts) - 1):
        part = slice(starts[row], starts[row + 1])
        outputs[row] = values[part] @ vector[columns[part]]
    return outputs, 2 * len(values)


# %% wrong: the product without the sum
def csr_matvec(starts, columns, values, vector):
    return values * vector[columns], len(values)


# %% wrong: forgets the count
def csr_matvec(starts, columns, values, vector):
    outputs = torch.zeros(len(starts) - 1, dtype=values.dtype)
    for row in range(len(starts) - 1):
        part = slice(starts[row], starts[row + 1])
        outputs[row] = values[part] @ vector[columns[part]]
    return outputs


# %% wrong: the transposed product
def csr_matvec(starts, columns, values, vector):
    outputs = torch.zeros(len(vector), dtype=values.dtype)
    rows = torch.repeat_interleave(torch.arange(len(starts) - 1), starts[1:] - starts[:-1])
    outputs.index_add_(0, columns, values * vector[rows.clamp_max(len(vector) - 1)])
    return outputs, len(values)


# %% right: index_add over all values at once
def csr_matvec(starts, columns, values, vector):
    rows = torch.repeat_interleave(torch.arange(len(starts) - 1), starts[1:] - starts[:-1])
    outputs = torch.zeros(len(starts) - 1, dtype=values.dtype)
    return outputs.index_add(0, rows, values * vector[columns]), values.numel()


# %% right: plain Python, one multiplication at a time
def csr_matvec(starts, columns, values, vector):
    outputs, multiplications = [], 0
    for row in range(len(starts) - 1):
        total = 0.0
        for i in range(int(starts[row]), int(starts[row + 1])):
            total += values[i].item() * vector[columns[i]].item()
            multiplications += 1
        outputs.append(total)
    return torch.tensor(outputs, dtype=values.dtype), multiplications


# %% wrong: square only
def csr_matvec(starts, columns, values, vector):
    y = torch.zeros(len(vector))
    for i in range(len(starts) - 1):
        part = slice(starts[i], starts[i + 1])
        y[i] = values[part] @ vector[columns[part]]
    return y, len(values)


# %% wrong: dense count
def csr_matvec(starts, columns, values, vector):
    y = torch.stack(
        [values[starts[i] : starts[i + 1]] @ vector[columns[starts[i] : starts[i + 1]]] for i in range(len(starts) - 1)]
    )
    return y, len(y) * len(vector)


# %% right: index add
def csr_matvec(starts, columns, values, vector):
    rows = torch.repeat_interleave(torch.arange(len(starts) - 1), starts.diff())
    y = torch.zeros(len(starts) - 1, dtype=values.dtype).index_add(0, rows, values * vector[columns])
    return y, values.numel()


# %% right: python lists
def csr_matvec(starts, columns, values, vector):
    s, c, v, x = starts.tolist(), columns.tolist(), values.tolist(), vector.tolist()
    y = [sum(v[p] * x[c[p]] for p in range(a, b)) for a, b in zip(s, s[1:])]
    return torch.tensor(y, dtype=values.dtype), len(v)


# %% right: slices
def csr_matvec(starts, columns, values, vector):
    parts = [slice(a, b) for a, b in zip(starts[:-1], starts[1:])]
    return torch.stack([(values[p] * vector[columns[p]]).sum() for p in parts]), int(starts[-1] - starts[0])
