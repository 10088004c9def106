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


# %% wrong: bincount loses last empty rows
def csr_encode(matrix):
    rows, columns = matrix.nonzero(as_tuple=True)
    starts = torch.cat([torch.zeros(1, dtype=torch.int64), torch.bincount(rows).cumsum(0)])
    return starts, columns, matrix[rows, columns]


# %% wrong: empty matrix float columns
def csr_encode(matrix):
    starts, columns, values = [0], [], []
    for row in matrix.tolist():
        for j, value in enumerate(row):
            if value != 0:
                columns.append(j)
                values.append(value)
        starts.append(len(values))
    return torch.tensor(starts), torch.tensor(columns), torch.tensor(values)


# %% wrong: positive only
def csr_encode(matrix):
    rows, columns = (matrix > 0).nonzero(as_tuple=True)
    starts = torch.cat([torch.zeros(1, dtype=torch.int64), (matrix > 0).sum(1).cumsum(0)])
    return starts, columns, matrix[rows, columns]


# %% wrong: float starts
def csr_encode(matrix):
    rows, columns = matrix.nonzero(as_tuple=True)
    return torch.cat([torch.zeros(1), (matrix != 0).float().sum(1).cumsum(0)]), columns, matrix[rows, columns]


# %% wrong: drops tiny
def csr_encode(matrix):
    keep = matrix.abs() > 1e-3
    rows, columns = keep.nonzero(as_tuple=True)
    return torch.cat([torch.zeros(1, dtype=torch.int64), keep.sum(1).cumsum(0)]), columns, matrix[rows, columns]


# %% wrong: sorts values
def csr_encode(matrix):
    starts = torch.cat([torch.zeros(1, dtype=torch.int64), (matrix != 0).sum(1).cumsum(0)])
    rows, columns = matrix.nonzero(as_tuple=True)
    values = matrix[rows, columns]
    order = values.abs().argsort()
    return starts, columns[order.sort().values], values[order.sort().values].sort().values


# %% right: numpy
import numpy as np


def csr_encode(matrix):
    m = matrix.numpy()
    r, c = np.nonzero(m)
    starts = np.searchsorted(r, np.arange(m.shape[0] + 1))
    return torch.from_numpy(starts), torch.from_numpy(c), torch.from_numpy(m[r, c])


# %% right: int32
def csr_encode(matrix):
    rows, columns = matrix.nonzero(as_tuple=True)
    starts = torch.zeros(matrix.shape[0] + 1, dtype=torch.int32)
    starts[1:] = (matrix != 0).sum(1).cumsum(0)
    return starts, columns.int(), matrix[rows, columns]


# %% right: list of three
def csr_encode(matrix):
    kept = matrix != 0
    return [F.pad(kept.sum(1).cumsum(0), (1, 0)), torch.arange(matrix.shape[1]).expand_as(matrix)[kept], matrix[kept]]


# %% right: scipy
def csr_encode(matrix):
    from scipy.sparse import csr_matrix

    m = csr_matrix(matrix.numpy())
    return torch.from_numpy(m.indptr.copy()), torch.from_numpy(m.indices.copy()), torch.from_numpy(m.data.copy())
