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
