# %% wrong: the share of the weights that are kept (density)
def sparsity(weight):
    return (weight != 0).float().mean().item()


# %% wrong: the number of zeros, not their share
def sparsity(weight):
    return (weight == 0).sum().item()


# %% wrong: counts negative weights as zeros
def sparsity(weight):
    return (weight <= 0).float().mean().item()


# %% wrong: counts small weights as zeros
def sparsity(weight):
    return (weight.abs() < 0.01).float().mean().item()


# %% wrong: divides by the number of rows
def sparsity(weight):
    return (weight == 0).sum().item() / len(weight)


# %% wrong: in per cent
def sparsity(weight):
    return 100 * (weight == 0).float().mean().item()


# %% wrong: forgets to return
def sparsity(weight):
    (weight == 0).float().mean().item()


# %% right: count the weights that are not zero
def sparsity(weight):
    return 1 - torch.count_nonzero(weight).item() / weight.numel()


# %% right: a tensor of one number
def sparsity(weight):
    return (weight == 0).double().mean()


# %% right: plain Python
def sparsity(weight):
    values = weight.flatten().tolist()
    return values.count(0.0) / len(values)


# %% wrong: density
def sparsity(weight):
    return torch.count_nonzero(weight).item() / weight.numel()


# %% wrong: percent
def sparsity(weight):
    return (weight == 0).float().mean().item() * 100


# %% wrong: le zero
def sparsity(weight):
    return (weight <= 0).float().mean().item()


# %% wrong: rounded
def sparsity(weight):
    return round((weight == 0).float().mean().item(), 4)


# %% right: tolist loop
def sparsity(weight):
    values = weight.flatten().tolist()
    return sum(1 for value in values if value == 0) / len(values)


# %% right: count nonzero
def sparsity(weight):
    return 1 - torch.count_nonzero(weight).item() / weight.numel()
