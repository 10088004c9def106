# %% wrong: keeps the smallest weights
def magnitude_mask(weight, sparsity):
    count = round(sparsity * weight.numel())
    mask = torch.zeros(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort()[:count]] = True
    return mask.reshape(weight.shape)


# %% wrong: forgets the absolute value
def magnitude_mask(weight, sparsity):
    count = round(sparsity * weight.numel())
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.flatten().argsort()[:count]] = False
    return mask.reshape(weight.shape)


# %% wrong: a threshold that cuts every tie
def magnitude_mask(weight, sparsity):
    count = round(sparsity * weight.numel())
    if count == 0:
        return torch.ones_like(weight, dtype=torch.bool)
    threshold = weight.abs().flatten().kthvalue(count).values
    return weight.abs() > threshold


# %% wrong: a threshold that keeps every tie
def magnitude_mask(weight, sparsity):
    count = round(sparsity * weight.numel())
    if count == weight.numel():
        return torch.zeros_like(weight, dtype=torch.bool)
    threshold = weight.abs().flatten().sort().values[count]
    return weight.abs() >= threshold


# %% wrong: takes sparsity for density
def magnitude_mask(weight, sparsity):
    count = round((1 - sparsity) * weight.numel())
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort()[:count]] = False
    return mask.reshape(weight.shape)


# %% wrong: cuts the count off with int() instead of rounding it
def magnitude_mask(weight, sparsity):
    count = int(sparsity * weight.numel())
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort()[:count]] = False
    return mask.reshape(weight.shape)


# %% wrong: a mask of floats
def magnitude_mask(weight, sparsity):
    count = round(sparsity * weight.numel())
    mask = torch.ones(weight.numel())
    mask[weight.abs().flatten().argsort()[:count]] = 0
    return mask.reshape(weight.shape)


# %% wrong: changes the weight that it was given
def magnitude_mask(weight, sparsity):
    count = round(sparsity * weight.numel())
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort()[:count]] = False
    mask = mask.reshape(weight.shape)
    with torch.no_grad():
        weight.mul_(mask)
    return mask


# %% wrong: a quantile of the magnitudes as threshold
def magnitude_mask(weight, sparsity):
    return weight.abs() > torch.quantile(weight.abs().flatten().float(), sparsity)


# %% wrong: a threshold relative to the largest magnitude
def magnitude_mask(weight, sparsity):
    return weight.abs() > sparsity * weight.abs().max()


# %% wrong: kthvalue has no zeroth value
def magnitude_mask(weight, sparsity):
    count = round(sparsity * weight.numel())
    order = weight.abs().flatten().argsort()
    weight.abs().flatten().kthvalue(count)
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[order[:count]] = False
    return mask.reshape(weight.shape)


# %% wrong: returns the pruned weight instead of the mask
def magnitude_mask(weight, sparsity):
    count = round(sparsity * weight.numel())
    pruned = weight.detach().flatten().clone()
    pruned[pruned.abs().argsort()[:count]] = 0
    return pruned.reshape(weight.shape)


# %% wrong: loses the shape
def magnitude_mask(weight, sparsity):
    count = round(sparsity * weight.numel())
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort()[:count]] = False
    return mask


# %% wrong: prunes each row on its own
def magnitude_mask(weight, sparsity):
    count = round(sparsity * weight.shape[-1])
    smallest = weight.abs().argsort(-1)[..., :count]
    return torch.ones_like(weight, dtype=torch.bool).scatter(-1, smallest, False)


# %% wrong: takes weights that were zero before for pruned ones
def magnitude_mask(weight, sparsity):
    count = round(sparsity * weight.numel())
    pruned = weight.detach().clone().reshape(-1)
    pruned[pruned.abs().argsort()[:count]] = 0
    return pruned.reshape(weight.shape) != 0


# %% wrong: writes into a copy that flatten() makes of a transposed mask
def magnitude_mask(weight, sparsity):
    count = round(sparsity * weight.numel())
    mask = torch.ones_like(weight, dtype=torch.bool)
    mask.flatten()[weight.abs().flatten().argsort()[:count]] = False
    return mask


# %% wrong: rounds half up
def magnitude_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort()[: int(sparsity * weight.numel() + 0.5)]] = False
    return mask.reshape(weight.shape)


# %% right: by sorting
def magnitude_mask(weight, sparsity):
    order = weight.abs().flatten().argsort(stable=True)
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[order[: round(sparsity * weight.numel())]] = False
    return mask.view(weight.shape)


# %% right: by the k-th value, ties broken by position
def magnitude_mask(weight, sparsity):
    count = round(sparsity * weight.numel())
    if count == 0:
        return torch.ones(weight.shape, dtype=torch.bool)
    magnitude = weight.detach().abs().flatten()
    threshold = magnitude.kthvalue(count).values
    pruned = magnitude < threshold
    ties = (magnitude == threshold).nonzero().flatten()
    pruned[ties[: count - int(pruned.sum())]] = True
    return ~pruned.reshape(weight.shape)


# %% right: by torch.nn.utils.prune
def magnitude_mask(weight, sparsity):
    method = prune.L1Unstructured(amount=float(sparsity))
    return method.compute_mask(weight.detach().contiguous(), torch.ones(weight.shape)).bool()


# %% right: by numpy
def magnitude_mask(weight, sparsity):
    import numpy as np

    magnitude = np.abs(weight.detach().double().numpy())
    rank = magnitude.ravel().argsort().argsort().reshape(magnitude.shape)
    return torch.from_numpy(rank >= round(sparsity * magnitude.size))
