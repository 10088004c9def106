# %% wrong: without the half
def obs_changes(weights, inverse):
    return weights**2 / inverse.diagonal()


def obs_remove(weights, inverse, q):
    column = inverse[:, q]
    weights = weights - weights[q] / column[q] * column
    inverse = inverse - torch.outer(column, column) / column[q]
    weights[q] = 0
    inverse[q], inverse[:, q] = 0, 0
    return weights, inverse


# %% wrong: multiplies by the inverse's diagonal
def obs_changes(weights, inverse):
    return weights**2 * inverse.diagonal() / 2


def obs_remove(weights, inverse, q):
    column = inverse[:, q]
    weights = weights - weights[q] / column[q] * column
    inverse = inverse - torch.outer(column, column) / column[q]
    weights[q] = 0
    inverse[q], inverse[:, q] = 0, 0
    return weights, inverse


# %% wrong: OBD, the diagonal of the Hessian
def obs_changes(weights, inverse):
    return weights**2 * torch.linalg.inv(inverse).diagonal() / 2


def obs_remove(weights, inverse, q):
    column = inverse[:, q]
    weights = weights - weights[q] / column[q] * column
    inverse = inverse - torch.outer(column, column) / column[q]
    weights[q] = 0
    inverse[q], inverse[:, q] = 0, 0
    return weights, inverse


# %% wrong: the weight is not squared
def obs_changes(weights, inverse):
    return weights.abs() / (2 * inverse.diagonal())


def obs_remove(weights, inverse, q):
    column = inverse[:, q]
    weights = weights - weights[q] / column[q] * column
    inverse = inverse - torch.outer(column, column) / column[q]
    weights[q] = 0
    inverse[q], inverse[:, q] = 0, 0
    return weights, inverse


# %% wrong: the whole matrix
def obs_changes(weights, inverse):
    return weights**2 / (2 * inverse)


def obs_remove(weights, inverse, q):
    column = inverse[:, q]
    weights = weights - weights[q] / column[q] * column
    inverse = inverse - torch.outer(column, column) / column[q]
    weights[q] = 0
    inverse[q], inverse[:, q] = 0, 0
    return weights, inverse


# %% wrong: moves the wrong way
def obs_changes(weights, inverse):
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights, inverse, q):
    column = inverse[:, q]
    weights = weights + weights[q] / column[q] * column
    inverse = inverse - torch.outer(column, column) / column[q]
    weights[q] = 0
    inverse[q], inverse[:, q] = 0, 0
    return weights, inverse


# %% wrong: no update of the survivors
def obs_changes(weights, inverse):
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights, inverse, q):
    column = inverse[:, q]
    weights = weights.clone()
    inverse = inverse - torch.outer(column, column) / column[q]
    weights[q] = 0
    inverse[q], inverse[:, q] = 0, 0
    return weights, inverse


# %% wrong: not divided by the entry q
def obs_changes(weights, inverse):
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights, inverse, q):
    column = inverse[:, q]
    weights = weights - weights[q] * column
    inverse = inverse - torch.outer(column, column) / column[q]
    weights[q] = 0
    inverse[q], inverse[:, q] = 0, 0
    return weights, inverse


# %% wrong: the Hessian's column instead of the inverse's
def obs_changes(weights, inverse):
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights, inverse, q):
    hessian = torch.linalg.inv(inverse)
    column = inverse[:, q]
    weights = weights - weights[q] / hessian[q, q] * hessian[:, q]
    inverse = inverse - torch.outer(column, column) / column[q]
    weights[q] = 0
    inverse[q], inverse[:, q] = 0, 0
    return weights, inverse


# %% wrong: no downdate
def obs_changes(weights, inverse):
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights, inverse, q):
    column = inverse[:, q]
    weights = weights - weights[q] / column[q] * column
    weights[q] = 0
    return weights, inverse


# %% wrong: only row and column become zero
def obs_changes(weights, inverse):
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights, inverse, q):
    column = inverse[:, q]
    weights = weights - weights[q] / column[q] * column
    inverse = inverse.clone()
    weights[q] = 0
    inverse[q], inverse[:, q] = 0, 0
    return weights, inverse


# %% wrong: the downdate is not divided
def obs_changes(weights, inverse):
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights, inverse, q):
    column = inverse[:, q]
    weights = weights - weights[q] / column[q] * column
    inverse = inverse - torch.outer(column, column)
    weights[q] = 0
    inverse[q], inverse[:, q] = 0, 0
    return weights, inverse


# %% wrong: the downdate is added
def obs_changes(weights, inverse):
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights, inverse, q):
    column = inverse[:, q]
    weights = weights - weights[q] / column[q] * column
    inverse = inverse + torch.outer(column, column) / column[q]
    weights[q] = 0
    inverse[q], inverse[:, q] = 0, 0
    return weights, inverse


# %% wrong: a smaller matrix
def obs_changes(weights, inverse):
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights, inverse, q):
    column = inverse[:, q]
    new = weights - weights[q] / column[q] * column
    new[q] = 0
    left = [i for i in range(len(weights)) if i != q]
    return new, torch.linalg.inv(torch.linalg.inv(inverse)[left][:, left])


# %% wrong: works in the tensors it was given
def obs_changes(weights, inverse):
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights, inverse, q):
    column = inverse[:, q].clone()
    weights -= weights[q] / column[q] * column
    inverse -= torch.outer(column, column) / column[q]
    weights[q] = 0
    inverse[q], inverse[:, q] = 0, 0
    return weights, inverse


# %% wrong: leaves what rounding leaves
def obs_changes(weights, inverse):
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights, inverse, q):
    column = inverse[:, q]
    new = weights - weights[q] / column[q] * column * (1 + 1e-9)
    return new, inverse - torch.outer(column, column) / column[q]


# %% wrong: returns the weights alone
def obs_changes(weights, inverse):
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights, inverse, q):
    column = inverse[:, q]
    weights = weights - weights[q] / column[q] * column
    inverse = inverse - torch.outer(column, column) / column[q]
    weights[q] = 0
    inverse[q], inverse[:, q] = 0, 0
    return weights


# %% wrong: the other way round
def obs_changes(weights, inverse):
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights, inverse, q):
    column = inverse[:, q]
    weights = weights - weights[q] / column[q] * column
    inverse = inverse - torch.outer(column, column) / column[q]
    weights[q] = 0
    inverse[q], inverse[:, q] = 0, 0
    return inverse, weights


# %% right: the entries as loops
def obs_changes(weights, inverse):
    return torch.stack([w * w / inverse[q, q] / 2 for q, w in enumerate(weights)])


def obs_remove(weights, inverse, q):
    left = [i for i in range(len(weights)) if i != q]
    new, smaller = torch.zeros_like(weights), torch.zeros_like(inverse)
    for i in left:
        new[i] = weights[i] - weights[q] * inverse[i, q] / inverse[q, q]
        for j in left:
            smaller[i, j] = inverse[i, j] - inverse[i, q] * inverse[q, j] / inverse[q, q]
    return new, smaller


# %% right: multiplied by a mask
def obs_changes(weights, inverse):
    return 0.5 * weights.square() / torch.diag(inverse)


def obs_remove(weights, inverse, q):
    kept = torch.ones_like(weights)
    kept[q] = 0
    pull = inverse[q] / inverse[q, q]
    new = (weights - weights[q] * pull) * kept
    return new, (inverse - inverse[:, q][:, None] * pull[None, :]) * kept[:, None] * kept[None, :]


# %% wrong: obd price
def obs_changes(weights: Tensor, inverse: Tensor) -> Tensor:
    return weights**2 / 2 * torch.linalg.pinv(inverse).diagonal()


def obs_remove(weights: Tensor, inverse: Tensor, q: int) -> tuple[Tensor, Tensor]:
    column = inverse[:, q]
    new = weights - weights[q] / column[q] * column
    down = inverse - torch.outer(column, column) / column[q]
    new[q] = 0
    down[q] = 0
    down[:, q] = 0
    return new, down


# %% wrong: no half
def obs_changes(weights: Tensor, inverse: Tensor) -> Tensor:
    return weights**2 / inverse.diagonal()


def obs_remove(weights: Tensor, inverse: Tensor, q: int) -> tuple[Tensor, Tensor]:
    column = inverse[:, q]
    new = weights - weights[q] / column[q] * column
    down = inverse - torch.outer(column, column) / column[q]
    new[q] = 0
    down[q] = 0
    down[:, q] = 0
    return new, down


# %% wrong: magnitude
def obs_changes(weights: Tensor, inverse: Tensor) -> Tensor:
    return weights.abs() / (2 * inverse.diagonal())


def obs_remove(weights: Tensor, inverse: Tensor, q: int) -> tuple[Tensor, Tensor]:
    column = inverse[:, q]
    new = weights - weights[q] / column[q] * column
    down = inverse - torch.outer(column, column) / column[q]
    new[q] = 0
    down[q] = 0
    down[:, q] = 0
    return new, down


# %% wrong: precedence
def obs_changes(weights: Tensor, inverse: Tensor) -> Tensor:
    return weights**2 / 2 * inverse.diagonal()


def obs_remove(weights: Tensor, inverse: Tensor, q: int) -> tuple[Tensor, Tensor]:
    column = inverse[:, q]
    new = weights - weights[q] / column[q] * column
    down = inverse - torch.outer(column, column) / column[q]
    new[q] = 0
    down[q] = 0
    down[:, q] = 0
    return new, down


# %% wrong: epsilon 1e-6
def obs_changes(weights: Tensor, inverse: Tensor) -> Tensor:
    return weights**2 / (2 * inverse.diagonal() + 1e-6)


def obs_remove(weights: Tensor, inverse: Tensor, q: int) -> tuple[Tensor, Tensor]:
    column = inverse[:, q]
    new = weights - weights[q] / column[q] * column
    down = inverse - torch.outer(column, column) / column[q]
    new[q] = 0
    down[q] = 0
    down[:, q] = 0
    return new, down


# %% wrong: epsilon 1e-4
def obs_changes(weights: Tensor, inverse: Tensor) -> Tensor:
    return weights**2 / (2 * inverse.diagonal() + 1e-4)


def obs_remove(weights: Tensor, inverse: Tensor, q: int) -> tuple[Tensor, Tensor]:
    column = inverse[:, q]
    new = weights - weights[q] / column[q] * column
    down = inverse - torch.outer(column, column) / column[q]
    new[q] = 0
    down[q] = 0
    down[:, q] = 0
    return new, down


# %% wrong: clamped diagonal
def obs_changes(weights: Tensor, inverse: Tensor) -> Tensor:
    return weights**2 / (2 * inverse.diagonal().clamp_min(1e-3))


def obs_remove(weights: Tensor, inverse: Tensor, q: int) -> tuple[Tensor, Tensor]:
    column = inverse[:, q]
    new = weights - weights[q] / column[q] * column
    down = inverse - torch.outer(column, column) / column[q]
    new[q] = 0
    down[q] = 0
    down[:, q] = 0
    return new, down


# %% wrong: no downdate, again
def obs_changes(weights: Tensor, inverse: Tensor) -> Tensor:
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights: Tensor, inverse: Tensor, q: int) -> tuple[Tensor, Tensor]:
    column = inverse[:, q]
    new = weights - weights[q] / column[q] * column
    down = inverse.clone()
    new[q], down[q], down[:, q] = 0, 0, 0
    return new, down


# %% wrong: downdate plus
def obs_changes(weights: Tensor, inverse: Tensor) -> Tensor:
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights: Tensor, inverse: Tensor, q: int) -> tuple[Tensor, Tensor]:
    column = inverse[:, q]
    new = weights - weights[q] / column[q] * column
    down = inverse + torch.outer(column, column) / column[q]
    new[q], down[q], down[:, q] = 0, 0, 0
    return new, down


# %% wrong: weights in place
def obs_changes(weights: Tensor, inverse: Tensor) -> Tensor:
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights: Tensor, inverse: Tensor, q: int) -> tuple[Tensor, Tensor]:
    column = inverse[:, q].clone()
    weights -= weights[q].clone() / column[q] * column
    down = inverse - torch.outer(column, column) / column[q]
    weights[q], down[q], down[:, q] = 0, 0, 0
    return weights, down


# %% wrong: column is a view
def obs_changes(weights: Tensor, inverse: Tensor) -> Tensor:
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights: Tensor, inverse: Tensor, q: int) -> tuple[Tensor, Tensor]:
    column = inverse[:, q]
    inverse -= torch.outer(column, column) / column[q]
    new = weights - weights[q] / column[q] * column
    new[q], inverse[q], inverse[:, q] = 0, 0, 0
    return new, inverse


# %% wrong: damped downdate
def obs_changes(weights: Tensor, inverse: Tensor) -> Tensor:
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights: Tensor, inverse: Tensor, q: int) -> tuple[Tensor, Tensor]:
    column = inverse[:, q]
    new = weights - weights[q] / column[q] * column
    down = inverse - torch.outer(column, column) / (column[q] + 1e-8)
    new[q], down[q], down[:, q] = 0, 0, 0
    return new, down


# %% wrong: order swapped
def obs_changes(weights: Tensor, inverse: Tensor) -> Tensor:
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights: Tensor, inverse: Tensor, q: int) -> tuple[Tensor, Tensor]:
    column = inverse[:, q]
    new = weights - weights[q] / column[q] * column
    down = inverse - torch.outer(column, column) / column[q]
    new[q], down[q], down[:, q] = 0, 0, 0
    return down, new


# %% right: masks instead of writing
def obs_changes(weights, inverse):
    return weights.square() / inverse.diagonal() / 2


def obs_remove(weights, inverse, q):
    others = torch.arange(len(weights)) != q
    factor = inverse[q] / inverse[q, q]
    new = torch.where(others, weights - weights[q] * factor, torch.zeros_like(weights))
    down = torch.where(others[:, None] & others, inverse - inverse[:, q : q + 1] * factor, torch.zeros_like(inverse))
    return new, down


# %% wrong: damps the inverse
def obs_changes(weights, inverse):
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights, inverse, q):
    inverse = inverse + 1e-7 * inverse.diagonal().mean() * torch.eye(len(inverse), dtype=inverse.dtype)
    col = inverse[:, q]
    w = weights - weights[q] / col[q] * col
    d = inverse - torch.outer(col, col) / col[q]
    w[q] = 0
    d[q] = 0
    d[:, q] = 0
    return w, d


# %% wrong: takes zeros for gone
def obs_changes(weights, inverse):
    return weights**2 / (2 * inverse.diagonal())


def obs_remove(weights, inverse, q):
    col = inverse[:, q]
    w = (weights - weights[q] / col[q] * col) * (weights != 0)
    d = inverse - torch.outer(col, col) / col[q]
    w[q] = 0
    d[q] = 0
    d[:, q] = 0
    return w, d


# %% right: a list, and infinity for what is gone
def obs_changes(weights, inverse):
    d = inverse.diagonal()
    return torch.where(d > 0, weights**2 / (2 * d.where(d > 0, torch.ones_like(d))), torch.inf)


def obs_remove(weights, inverse, q):
    e = torch.nn.functional.one_hot(torch.tensor(q), len(weights)).to(weights.dtype)
    col = inverse @ e
    w = (weights - weights[q] / col[q] * col) * (1 - e)
    d = (inverse - torch.outer(col, col) / col[q]) * torch.outer(1 - e, 1 - e)
    return [w, d]
