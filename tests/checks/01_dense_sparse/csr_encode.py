# %% wrong: the row of each value instead of where rows start (that is COO)
def csr_encode(matrix):
    rows, columns = matrix.nonzero(as_tuple=True)
    return rows, columns, matrix[rows, columns]


# %% wrong: counts a row instead of running totals
def csr_encode(matrix):
    rows, columns = matrix.nonzero(as_tuple=True)
    counts = (matrix != 0).sum(1)
    return torch.cat([torch.zeros(1, dtype=torch.int64), counts]), columns, matrix[rows, columns]


# %% wrong: no leading zero
def csr_encode(matrix):
    rows, columns = matrix.nonzero(as_tuple=True)
    return (matrix != 0).sum(1).cumsum(0), columns, matrix[rows, columns]


# %% wrong: by columns (that is CSC)
def csr_encode(matrix):
    columns, rows = matrix.T.nonzero(as_tuple=True)
    counts = (matrix != 0).sum(0).cumsum(0)
    return torch.cat([torch.zeros(1, dtype=torch.int64), counts]), rows, matrix[rows, columns]


# %% wrong: empty rows are left out
def csr_encode(matrix):
    rows, columns = matrix.nonzero(as_tuple=True)
    counts = torch.unique(rows, return_counts=True)[1].cumsum(0)
    return torch.cat([torch.zeros(1, dtype=torch.int64), counts]), columns, matrix[rows, columns]


# %% wrong: negative values are lost
def csr_encode(matrix):
    kept = matrix > 0
    starts = torch.cat([torch.zeros(1, dtype=torch.int64), kept.sum(1).cumsum(0)])
    return starts, kept.nonzero()[:, 1], matrix[kept]


# %% wrong: positions in the flattened matrix instead of columns
def csr_encode(matrix):
    kept = matrix != 0
    starts = torch.cat([torch.zeros(1, dtype=torch.int64), kept.sum(1).cumsum(0)])
    return starts, kept.flatten().nonzero()[:, 0], matrix[kept]


# %% right: torch's own conversion
def csr_encode(matrix):
    encoded = matrix.to_sparse_csr()
    return encoded.crow_indices(), encoded.col_indices(), encoded.values()


# %% right: a loop over the rows
def csr_encode(matrix):
    starts, columns, values = [0], [], []
    for row in matrix:
        (positions,) = row.nonzero(as_tuple=True)
        columns.append(positions)
        values.append(row[positions])
        starts.append(starts[-1] + len(positions))
    return torch.tensor(starts), torch.cat(columns), torch.cat(values)


# %% right: 32-bit indices
def csr_encode(matrix):
    kept = matrix != 0
    starts = torch.zeros(len(matrix) + 1, dtype=torch.int32)
    starts[1:] = kept.sum(1).cumsum(0)
    return starts, torch.where(kept)[1].int(), matrix[torch.where(kept)]
