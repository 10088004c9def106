# %% wrong: forgets to put the weights back
def true_changes(loss_of, weights):
    without, whole, changes = weights.clone(), loss_of(weights), []
    for i in range(len(weights)):
        without[i] = 0
        changes.append(loss_of(without) - whole)
    return torch.stack(changes)


# %% wrong: compares with the loss of the step before
def true_changes(loss_of, weights):
    last, changes = loss_of(weights), []
    for i in range(len(weights)):
        without = weights.clone()
        without[i] = 0
        now = loss_of(without)
        changes.append(now - last)
        last = now
    return torch.stack(changes)


# %% wrong: without its sign
def true_changes(loss_of, weights):
    whole, changes = loss_of(weights), []
    for i in range(len(weights)):
        without = weights.clone()
        without[i] = 0
        changes.append((loss_of(without) - whole).abs())
    return torch.stack(changes)


# %% wrong: the wrong way round
def true_changes(loss_of, weights):
    whole, changes = loss_of(weights), []
    for i in range(len(weights)):
        without = weights.clone()
        without[i] = 0
        changes.append(whole - loss_of(without))
    return torch.stack(changes)


# %% wrong: a share of the loss
def true_changes(loss_of, weights):
    whole, changes = loss_of(weights), []
    for i in range(len(weights)):
        without = weights.clone()
        without[i] = 0
        changes.append((loss_of(without) - whole) / whole)
    return torch.stack(changes)


# %% wrong: the loss itself
def true_changes(loss_of, weights):
    losses = []
    for i in range(len(weights)):
        without = weights.clone()
        without[i] = 0
        losses.append(loss_of(without))
    return torch.stack(losses)


# %% wrong: writes zeros into the weights it was given
def true_changes(loss_of, weights):
    whole, changes = loss_of(weights), []
    for i in range(len(weights)):
        weights[i] = 0
        changes.append(loss_of(weights) - whole)
    return torch.stack(changes)


# %% wrong: clone forgotten, the name is no copy
def true_changes(loss_of, weights):
    whole, changes = loss_of(weights), []
    for i in range(len(weights)):
        without = weights
        without[i] = 0
        changes.append(loss_of(without) - whole)
    return torch.stack(changes)


# %% wrong: keeps this weight alone
def true_changes(loss_of, weights):
    whole, changes = loss_of(weights), []
    for i in range(len(weights)):
        only = torch.zeros_like(weights)
        only[i] = weights[i]
        changes.append(loss_of(only) - whole)
    return torch.stack(changes)


# %% wrong: turns the weight round
def true_changes(loss_of, weights):
    whole, changes = loss_of(weights), []
    for i in range(len(weights)):
        without = weights.clone()
        without[i] = -weights[i]
        changes.append(loss_of(without) - whole)
    return torch.stack(changes)


# %% wrong: the first-order guess
def true_changes(loss_of, weights):
    return -torch.func.grad(loss_of)(weights) * weights


# %% wrong: the sum of all changes
def true_changes(loss_of, weights):
    whole, total = loss_of(weights), 0
    for i in range(len(weights)):
        without = weights.clone()
        without[i] = 0
        total = total + loss_of(without) - whole
    return total


# %% wrong: forgets to return
def true_changes(loss_of, weights):
    whole, changes = loss_of(weights), []
    for i in range(len(weights)):
        without = weights.clone()
        without[i] = 0
        changes.append(loss_of(without) - whole)


# %% right: a mask with vmap
def true_changes(loss_of, weights):
    masks = 1 - torch.eye(len(weights), dtype=weights.dtype)
    return torch.func.vmap(loss_of)(weights * masks) - loss_of(weights)


# %% right: in place, and put back
def true_changes(loss_of, weights):
    whole = loss_of(weights).item()
    changes = torch.zeros_like(weights)
    for i in range(len(weights)):
        value = weights[i].item()
        weights[i] = 0
        changes[i] = loss_of(weights) - whole
        weights[i] = value
    return changes


# %% wrong: cumulative
def true_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    base, w, found = loss_of(weights), weights.clone(), []
    for i in range(len(weights)):
        w[i] = 0
        found.append(loss_of(w) - base)
    return torch.stack(found)


# %% wrong: cumulative in place
def true_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    base, found = loss_of(weights), []
    for i in range(len(weights)):
        weights[i] = 0
        found.append(loss_of(weights) - base)
    return torch.stack(found)


# %% wrong: absolute
def true_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    base, found = loss_of(weights), []
    for i in range(len(weights)):
        w = weights.clone()
        w[i] = 0
        found.append((loss_of(w) - base).abs())
    return torch.stack(found)


# %% wrong: second order taylor
def true_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    g = torch.func.grad(loss_of)(weights)
    h = torch.func.hessian(loss_of)(weights).diagonal()
    return -g * weights + h * weights**2 / 2


# %% wrong: skips small weights
def true_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    base, found = loss_of(weights), torch.zeros_like(weights)
    for i in weights.abs().gt(1e-3).nonzero()[:, 0]:
        w = weights.clone()
        w[i] = 0
        found[i] = loss_of(w) - base
    return found


# %% wrong: restores too late
def true_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    base, found, last = loss_of(weights), [], None
    w = weights.clone()
    for i in range(len(weights)):
        w[i] = 0
        if i > 1:
            w[i - 2] = weights[i - 2]
        found.append(loss_of(w) - base)
    return torch.stack(found)


# %% wrong: only first three
def true_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    base, found = loss_of(weights), []
    for i in range(min(3, len(weights))):
        w = weights.clone()
        w[i] = 0
        found.append(loss_of(w) - base)
    return torch.stack(found)


# %% right: matrix of versions
def true_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    versions = weights.repeat(len(weights), 1).fill_diagonal_(0)
    return torch.stack([loss_of(row) for row in versions]) - loss_of(weights)


# %% right: vmap
def true_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    keep = 1 - torch.eye(len(weights), dtype=weights.dtype)
    return torch.func.vmap(lambda k: loss_of(weights * k))(keep) - loss_of(weights)


# %% right: one hot moves
def true_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    unit = torch.eye(len(weights), dtype=weights.dtype)
    with torch.no_grad():
        start = float(loss_of(weights))
        return torch.tensor(
            [float(loss_of(weights - weights[i] * unit[i])) - start for i in range(len(weights))], dtype=weights.dtype
        )


# %% wrong: remembers the weights, not the loss
_cache = {}


def true_changes(loss_of, weights):
    key = tuple(weights.tolist())
    if key not in _cache:
        base = loss_of(weights)
        out = []
        for i in range(len(weights)):
            w = weights.clone()
            w[i] = 0
            out.append(loss_of(w) - base)
        _cache[key] = torch.stack(out)
    return _cache[key]


# %% wrong: equal weights go together
def true_changes(loss_of, weights):
    base = loss_of(weights)
    return torch.stack([loss_of(torch.where(weights == v, 0.0, weights)) - base for v in weights])


# %% right: a list of Python numbers, double precision
def true_changes(loss_of, weights):
    base = loss_of(weights).item()
    return torch.tensor(
        [loss_of(torch.where(torch.arange(len(weights)) == i, 0, weights)).item() - base for i in range(len(weights))],
        dtype=torch.float64,
    )


# %% right: numpy's copies
def true_changes(loss_of, weights):
    values = weights.numpy().copy()
    base = loss_of(torch.from_numpy(values)).item()
    out = np.zeros_like(values)
    for i in range(values.size):
        v = values.copy()
        v[i] = 0
        out[i] = loss_of(torch.from_numpy(v)).item() - base
    return torch.from_numpy(out)
