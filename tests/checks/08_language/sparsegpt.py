# %% wrong: leaves what rounding left in place of a zero
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
    return weight


# %% wrong: no update
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            weight[~keep, j] = 0
    return weight


# %% wrong: the Hessian, not its inverse
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(hessian, upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: the lower factor
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian))
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: the inverse of the Hessian's own factor, transposed
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.inv(torch.linalg.cholesky(hessian)).T
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: the whole inverse for every column
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    inverse = torch.linalg.inv(hessian)
    weight = weight.clone()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose(weight[:, block] ** 2 / inverse.diagonal()[block])
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / inverse[j, j])
            weight[:, j:] -= torch.outer(errors, inverse[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: the columns to the left move, too
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            inverse = factor.T @ factor
            weight -= torch.outer(errors, inverse[j] * pivots[j] / inverse[j, j])
            weight[~keep, j] = 0
    return weight


# %% wrong: only the columns of the block move
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            end = min(start + width, weight.shape[1])
            weight[:, j:end] -= torch.outer(errors, factor[j, j:end])
            weight[~keep, j] = 0
    return weight


# %% wrong: all rows move
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = weight[:, j] / pivots[j] * (~keep).any()
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: kept and pruned exchanged
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(~keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[keep, j] = 0
    return weight


# %% wrong: not divided by the pivot
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: divided by the pivot's square
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j] ** 2)
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: added, not taken away
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] += torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: scores without the pivots
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose(weight[:, block] ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: scores without a square
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose(weight[:, block] / pivots[block])
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: scores of Wanda
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] * inputs.norm(dim=0)[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: scores from the weights of the beginning
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    old, weight, pivots = weight, weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((old[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: one mask for all columns at the beginning
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    stay = choose((weight / pivots) ** 2)
    for j, keep in enumerate(stay.T):
        errors = torch.where(keep, 0, weight[:, j] / pivots[j])
        weight[:, j:] -= torch.outer(errors, factor[j, j:])
        weight[~keep, j] = 0
    return weight


# %% wrong: a new mask for every column
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        for j in range(start, min(start + width, weight.shape[1])):
            keep = choose((weight[:, block] / pivots[block]) ** 2)[:, j - start]
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: next to no damping
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(1e-6)
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: damping by the mean of the whole Hessian
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: damping of 1
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(1.0)
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: Hessian divided by the samples, damping not
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    mean = hessian.diagonal().mean()
    hessian /= len(inputs)
    hessian.diagonal().add_(0.01 * mean)
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: the samples exchanged for the inputs
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs @ inputs.T
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: the last narrower block is left out
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1] - width + 1, width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: changes the weight that it was given
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight, factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: next to zero
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 1e-9
    return weight


# %% right: double precision, rows that lose a weight alone
def sparsegpt(weight, inputs, choose, width):
    x = inputs.double()
    hessian = x.T @ x
    hessian += 0.01 * hessian.diagonal().mean() * torch.eye(len(hessian), dtype=torch.float64)
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian)).T
    new, count = weight.double(), weight.shape[1]
    for start in range(0, count, width):
        end = min(start + width, count)
        stay = choose(new[:, start:end] ** 2 / factor.diagonal()[start:end] ** 2)
        for j in range(start, end):
            gone = ~stay[:, j - start]
            new[gone, j:] -= new[gone, j][:, None] / factor[j, j] * factor[j, j:]
            new[gone, j] = 0
    return new.to(weight.dtype)


# %% right: later blocks move at the end of each block
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian += 0.01 * hessian.diagonal().mean() * torch.eye(len(hessian))
    factor = torch.linalg.cholesky(torch.cholesky_inverse(torch.linalg.cholesky(hessian)), upper=True)
    weight = weight.clone()
    for start in range(0, weight.shape[1], width):
        end = min(start + width, weight.shape[1])
        part, own = weight[:, start:end].clone(), factor[start:end, start:end]
        stay = choose(part**2 / own.diagonal() ** 2)
        errors = torch.zeros_like(part)
        for j in range(end - start):
            errors[:, j] = torch.where(stay[:, j], 0, part[:, j] / own[j, j])
            part[:, j:] -= errors[:, j : j + 1] * own[j, j:]
        weight[:, start:end] = part * stay
        weight[:, end:] -= errors @ factor[start:end, end:]
    return weight


# %% right: the definition, an inverse a column
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.double().T @ inputs.double()
    hessian += 0.01 * hessian.diagonal().mean() * torch.eye(len(hessian), dtype=torch.float64)
    weight, count = weight.double(), weight.shape[1]
    inverses = [torch.linalg.inv(hessian[j:, j:]) for j in range(count)]
    for start in range(0, count, width):
        block = range(start, min(start + width, count))
        stay = choose(torch.stack([weight[:, j] ** 2 / inverses[j][0, 0] for j in block], 1))
        for j in block:
            gone = ~stay[:, j - start]
            weight[gone, j:] -= torch.outer(weight[gone, j] / inverses[j][0, 0], inverses[j][0])
            weight[gone, j] = 0
    return weight.float()


# %% right: every column moves all that is right of it
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        block = slice(start, start + width)
        stay = choose((weight[:, block] / pivots[block]) ** 2)
        for j, keep in enumerate(stay.T, start):
            errors = torch.where(keep, 0, weight[:, j] / pivots[j])
            weight[:, j:] -= torch.outer(errors, factor[j, j:])
            weight[~keep, j] = 0
    return weight


# %% wrong: later blocks move by the errors of the whole row, kept ones included
def sparsegpt(weight, inputs, choose, width):
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        end = min(start + width, weight.shape[1])
        stay = choose((weight[:, start:end] / pivots[start:end]) ** 2)
        errors = weight[:, start:end] / pivots[start:end]
        for j in range(start, end):
            lost = torch.where(stay[:, j - start], 0, weight[:, j] / pivots[j])
            weight[:, j:end] -= torch.outer(lost, factor[j, j:end])
        weight[:, start:end] *= stay
        weight[:, end:] -= errors @ factor[start:end, end:]
    return weight


# %% wrong: damping of trace
def sparsegpt(weight, inputs, choose, width):
    W = weight.clone()
    H = inputs.T @ inputs
    H = H + 0.01 * H.diagonal().sum() * torch.eye(len(H))
    U = torch.linalg.cholesky(torch.linalg.inv(H), upper=True)
    n = W.shape[1]
    for s in range(0, n, width):
        e = min(s + width, n)
        mask = choose(W[:, s:e] ** 2 / U.diagonal()[s:e] ** 2)
        E = torch.zeros(len(W), e - s)
        for j in range(s, e):
            err = torch.where(mask[:, j - s], 0.0, W[:, j] / U[j, j])
            W[:, j:e] -= torch.outer(err, U[j, j:e])
            E[:, j - s] = err
        W[:, e:] -= E @ U[s:e, e:]
        W[:, s:e] *= mask
    return W


# %% wrong: damping of all entries mean
def sparsegpt(weight, inputs, choose, width):
    W = weight.clone()
    H = inputs.T @ inputs
    H = H + 0.01 * H.mean() * torch.eye(len(H))
    U = torch.linalg.cholesky(torch.linalg.inv(H), upper=True)
    n = W.shape[1]
    for s in range(0, n, width):
        e = min(s + width, n)
        mask = choose(W[:, s:e] ** 2 / U.diagonal()[s:e] ** 2)
        E = torch.zeros(len(W), e - s)
        for j in range(s, e):
            err = torch.where(mask[:, j - s], 0.0, W[:, j] / U[j, j])
            W[:, j:e] -= torch.outer(err, U[j, j:e])
            E[:, j - s] = err
        W[:, e:] -= E @ U[s:e, e:]
        W[:, s:e] *= mask
    return W


# %% wrong: hessian times two
def sparsegpt(weight, inputs, choose, width):
    W = weight.clone()
    H = 2 * inputs.T @ inputs
    H = H + 0.01 * H.diagonal().mean() * torch.eye(len(H))
    U = torch.linalg.cholesky(torch.linalg.inv(H), upper=True)
    n = W.shape[1]
    for s in range(0, n, width):
        e = min(s + width, n)
        mask = choose(W[:, s:e] ** 2 / U.diagonal()[s:e] ** 2)
        E = torch.zeros(len(W), e - s)
        for j in range(s, e):
            err = torch.where(mask[:, j - s], 0.0, W[:, j] / U[j, j])
            W[:, j:e] -= torch.outer(err, U[j, j:e])
            E[:, j - s] = err
        W[:, e:] -= E @ U[s:e, e:]
        W[:, s:e] *= mask
    return W


# %% wrong: score wanda
def sparsegpt(weight, inputs, choose, width):
    W = weight.clone()
    H = inputs.T @ inputs
    H = H + 0.01 * H.diagonal().mean() * torch.eye(len(H))
    U = torch.linalg.cholesky(torch.linalg.inv(H), upper=True)
    n = W.shape[1]
    for s in range(0, n, width):
        e = min(s + width, n)
        mask = choose(W[:, s:e].abs() * inputs.norm(dim=0)[s:e])
        E = torch.zeros(len(W), e - s)
        for j in range(s, e):
            err = torch.where(mask[:, j - s], 0.0, W[:, j] / U[j, j])
            W[:, j:e] -= torch.outer(err, U[j, j:e])
            E[:, j - s] = err
        W[:, e:] -= E @ U[s:e, e:]
        W[:, s:e] *= mask
    return W


# %% wrong: scores of original weight
def sparsegpt(weight, inputs, choose, width):
    W = weight.clone()
    H = inputs.T @ inputs
    H = H + 0.01 * H.diagonal().mean() * torch.eye(len(H))
    U = torch.linalg.cholesky(torch.linalg.inv(H), upper=True)
    n = W.shape[1]
    for s in range(0, n, width):
        e = min(s + width, n)
        mask = choose(weight[:, s:e] ** 2 / U.diagonal()[s:e] ** 2)
        E = torch.zeros(len(W), e - s)
        for j in range(s, e):
            err = torch.where(mask[:, j - s], 0.0, W[:, j] / U[j, j])
            W[:, j:e] -= torch.outer(err, U[j, j:e])
            E[:, j - s] = err
        W[:, e:] -= E @ U[s:e, e:]
        W[:, s:e] *= mask
    return W


# %% wrong: mask from all columns once
def sparsegpt(weight, inputs, choose, width):
    W = weight.clone()
    H = inputs.T @ inputs
    H = H + 0.01 * H.diagonal().mean() * torch.eye(len(H))
    U = torch.linalg.cholesky(torch.linalg.inv(H), upper=True)
    n = W.shape[1]
    M = choose(W**2 / U.diagonal() ** 2)
    for s in range(0, n, width):
        e = min(s + width, n)
        mask = M[:, s:e]
        E = torch.zeros(len(W), e - s)
        for j in range(s, e):
            err = torch.where(mask[:, j - s], 0.0, W[:, j] / U[j, j])
            W[:, j:e] -= torch.outer(err, U[j, j:e])
            E[:, j - s] = err
        W[:, e:] -= E @ U[s:e, e:]
        W[:, s:e] *= mask
    return W


# %% wrong: last narrow block skipped
def sparsegpt(weight, inputs, choose, width):
    W = weight.clone()
    H = inputs.T @ inputs
    H = H + 0.01 * H.diagonal().mean() * torch.eye(len(H))
    U = torch.linalg.cholesky(torch.linalg.inv(H), upper=True)
    n = W.shape[1]
    for s in range(0, n - width + 1, width):
        e = min(s + width, n)
        mask = choose(W[:, s:e] ** 2 / U.diagonal()[s:e] ** 2)
        E = torch.zeros(len(W), e - s)
        for j in range(s, e):
            err = torch.where(mask[:, j - s], 0.0, W[:, j] / U[j, j])
            W[:, j:e] -= torch.outer(err, U[j, j:e])
            E[:, j - s] = err
        W[:, e:] -= E @ U[s:e, e:]
        W[:, s:e] *= mask
    return W


# %% wrong: mutates weight
def sparsegpt(weight, inputs, choose, width):
    W = weight
    H = inputs.T @ inputs
    H = H + 0.01 * H.diagonal().mean() * torch.eye(len(H))
    U = torch.linalg.cholesky(torch.linalg.inv(H), upper=True)
    n = W.shape[1]
    for s in range(0, n, width):
        e = min(s + width, n)
        mask = choose(W[:, s:e] ** 2 / U.diagonal()[s:e] ** 2)
        E = torch.zeros(len(W), e - s)
        for j in range(s, e):
            err = torch.where(mask[:, j - s], 0.0, W[:, j] / U[j, j])
            W[:, j:e] -= torch.outer(err, U[j, j:e])
            E[:, j - s] = err
        W[:, e:] -= E @ U[s:e, e:]
        W[:, s:e] *= mask
    return W


# %% wrong: assumes multiple of width
def sparsegpt(weight, inputs, choose, width):
    W = weight.clone()
    H = inputs.T @ inputs
    H = H + 0.01 * H.diagonal().mean() * torch.eye(len(H))
    U = torch.linalg.cholesky(torch.linalg.inv(H), upper=True)
    n = W.shape[1]
    for b in range(n // width):
        s, e = b * width, (b + 1) * width
        mask = choose(W[:, s:e] ** 2 / U.diagonal()[s:e] ** 2)
        for j in range(s, e):
            err = torch.where(mask[:, j - s], 0.0, W[:, j] / U[j, j])
            W[:, j:] -= torch.outer(err, U[j, j:])
        W[:, s:e] *= mask
    return W


# %% wrong: float64 returned
def sparsegpt(weight, inputs, choose, width):
    W = weight.double().clone()
    inputs = inputs.double()
    H = inputs.T @ inputs
    H = H + 0.01 * H.diagonal().mean() * torch.eye(len(H), dtype=torch.float64)
    U = torch.linalg.cholesky(torch.linalg.inv(H), upper=True)
    n = W.shape[1]
    for s in range(0, n, width):
        e = min(s + width, n)
        mask = choose(W[:, s:e] ** 2 / U.diagonal()[s:e] ** 2)
        E = torch.zeros(len(W), e - s, dtype=torch.float64)
        for j in range(s, e):
            err = torch.where(mask[:, j - s], 0.0, W[:, j] / U[j, j])
            W[:, j:e] -= torch.outer(err, U[j, j:e])
            E[:, j - s] = err
        W[:, e:] -= E @ U[s:e, e:]
        W[:, s:e] *= mask
    return W


# %% wrong: moves all rows
def sparsegpt(weight, inputs, choose, width):
    W = weight.clone()
    H = inputs.T @ inputs
    H = H + 0.01 * H.diagonal().mean() * torch.eye(len(H))
    U = torch.linalg.cholesky(torch.linalg.inv(H), upper=True)
    n = W.shape[1]
    for s in range(0, n, width):
        e = min(s + width, n)
        mask = choose(W[:, s:e] ** 2 / U.diagonal()[s:e] ** 2)
        E = torch.zeros(len(W), e - s)
        for j in range(s, e):
            err = W[:, j] / U[j, j] * (~mask[:, j - s]).any()
            W[:, j:e] -= torch.outer(err, U[j, j:e])
            E[:, j - s] = err
        W[:, e:] -= E @ U[s:e, e:]
        W[:, s:e] *= mask
    return W


# %% wrong: centred inputs
def sparsegpt(weight, inputs, choose, width):
    W = weight.clone()
    x = inputs - inputs.mean(0)
    H = x.T @ x
    H = H + 0.01 * H.diagonal().mean() * torch.eye(len(H))
    U = torch.linalg.cholesky(torch.linalg.inv(H), upper=True)
    n = W.shape[1]
    for s in range(0, n, width):
        e = min(s + width, n)
        mask = choose(W[:, s:e] ** 2 / U.diagonal()[s:e] ** 2)
        E = torch.zeros(len(W), e - s)
        for j in range(s, e):
            err = torch.where(mask[:, j - s], 0.0, W[:, j] / U[j, j])
            W[:, j:e] -= torch.outer(err, U[j, j:e])
            E[:, j - s] = err
        W[:, e:] -= E @ U[s:e, e:]
        W[:, s:e] *= mask
    return W


# %% wrong: obs full inverse each column
def sparsegpt(weight, inputs, choose, width):
    W = weight.clone()
    H = inputs.T @ inputs
    H = H + 0.01 * H.diagonal().mean() * torch.eye(len(H))
    U = torch.linalg.cholesky(torch.linalg.inv(H), upper=True)
    n = W.shape[1]
    P = torch.linalg.inv(H)
    for s in range(0, n, width):
        e = min(s + width, n)
        mask = choose(W[:, s:e] ** 2 / U.diagonal()[s:e] ** 2)
        E = torch.zeros(len(W), e - s)
        for j in range(s, e):
            err = torch.where(mask[:, j - s], 0.0, W[:, j] / U[j, j])
            W[:, j:e] -= torch.outer(torch.where(mask[:, j - s], 0.0, W[:, j] / P[j, j]), P[j, j:e])
            E[:, j - s] = err
        W[:, e:] -= E @ U[s:e, e:]
        W[:, s:e] *= mask
    return W


# %% wrong: width ignored single block
def sparsegpt(weight, inputs, choose, width):
    W = weight.clone()
    H = inputs.T @ inputs
    H = H + 0.01 * H.diagonal().mean() * torch.eye(len(H))
    U = torch.linalg.cholesky(torch.linalg.inv(H), upper=True)
    n = W.shape[1]
    for s in range(0, n, n):
        e = n
        mask = choose(W[:, s:e] ** 2 / U.diagonal()[s:e] ** 2)
        E = torch.zeros(len(W), e - s)
        for j in range(s, e):
            err = torch.where(mask[:, j - s], 0.0, W[:, j] / U[j, j])
            W[:, j:e] -= torch.outer(err, U[j, j:e])
            E[:, j - s] = err
        W[:, e:] -= E @ U[s:e, e:]
        W[:, s:e] *= mask
    return W


# %% wrong: float16 accumulate
def sparsegpt(weight, inputs, choose, width):
    W = weight.clone()
    H = (inputs.bfloat16().T @ inputs.bfloat16()).float()
    H = H + 0.01 * H.diagonal().mean() * torch.eye(len(H))
    U = torch.linalg.cholesky(torch.linalg.inv(H), upper=True)
    n = W.shape[1]
    for s in range(0, n, width):
        e = min(s + width, n)
        mask = choose(W[:, s:e] ** 2 / U.diagonal()[s:e] ** 2)
        E = torch.zeros(len(W), e - s)
        for j in range(s, e):
            err = torch.where(mask[:, j - s], 0.0, W[:, j] / U[j, j])
            W[:, j:e] -= torch.outer(err, U[j, j:e])
            E[:, j - s] = err
        W[:, e:] -= E @ U[s:e, e:]
        W[:, s:e] *= mask
    return W


# %% wrong: stray zeros thresholded
def sparsegpt(weight, inputs, choose, width):
    W = weight.clone()
    H = inputs.T @ inputs
    H = H + 0.01 * H.diagonal().mean() * torch.eye(len(H))
    U = torch.linalg.cholesky(torch.linalg.inv(H), upper=True)
    n = W.shape[1]
    for s in range(0, n, width):
        e = min(s + width, n)
        mask = choose(W[:, s:e] ** 2 / U.diagonal()[s:e] ** 2)
        E = torch.zeros(len(W), e - s)
        for j in range(s, e):
            err = torch.where(mask[:, j - s], 0.0, W[:, j] / U[j, j])
            W[:, j:e] -= torch.outer(err, U[j, j:e])
            E[:, j - s] = err
        W[:, e:] -= E @ U[s:e, e:]
        W[:, s:e][W[:, s:e].abs() < 1e-4] = 0
    return W


# %% right: definition double
def sparsegpt(weight, inputs, choose, width):
    W, X = weight.double(), inputs.double()
    H = X.T @ X
    H += 0.01 * H.diagonal().mean() * torch.eye(len(H), dtype=torch.float64)
    n = W.shape[1]
    inv = [torch.linalg.inv(H[j:, j:]) for j in range(n)]
    W = W.clone()
    for s in range(0, n, width):
        cols = range(s, min(s + width, n))
        mask = choose(torch.stack([W[:, j] ** 2 / inv[j][0, 0] for j in cols], 1).float())
        for i, j in enumerate(cols):
            g = ~mask[:, i]
            W[g, j:] -= torch.outer(W[g, j], inv[j][0] / inv[j][0, 0])
            W[g, j] = 0
    return W.float()


# %% right: numpy double
def sparsegpt(weight, inputs, choose, width):
    import numpy as np

    W, X = weight.double().numpy().copy(), inputs.double().numpy()
    H = X.T @ X
    H[np.diag_indices_from(H)] += 0.01 * np.diag(H).mean()
    L = np.linalg.cholesky(np.linalg.inv(H))
    U = L.T
    for s in range(0, W.shape[1], width):
        e = min(s + width, W.shape[1])
        mask = choose(torch.from_numpy(W[:, s:e] ** 2 / np.diag(U)[s:e] ** 2).float()).numpy()
        E = np.zeros((len(W), e - s))
        for j in range(s, e):
            E[:, j - s] = np.where(mask[:, j - s], 0, W[:, j] / U[j, j])
            W[:, j:e] -= np.outer(E[:, j - s], U[j, j:e])
        W[:, e:] -= E @ U[s:e, e:]
        W[:, s:e] *= mask
    return torch.from_numpy(W).float()
