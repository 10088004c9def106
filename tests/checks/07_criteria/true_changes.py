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
