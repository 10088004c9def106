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


# %% wrong: kth threshold ties
def magnitude_mask(weight, sparsity):
    k = round(sparsity * weight.numel())
    if k == 0:
        return torch.ones_like(weight, dtype=torch.bool)
    return weight.abs() > weight.abs().flatten().kthvalue(k).values


# %% wrong: floor count
def magnitude_mask(weight, sparsity):
    k = int(sparsity * weight.numel())
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort()[:k]] = False
    return mask.reshape(weight.shape)


# %% wrong: round half up
def magnitude_mask(weight, sparsity):
    k = int(sparsity * weight.numel() + 0.5)
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort()[:k]] = False
    return mask.reshape(weight.shape)


# %% wrong: inverted
def magnitude_mask(weight, sparsity):
    k = round(sparsity * weight.numel())
    mask = torch.zeros(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort()[:k]] = True
    return mask.reshape(weight.shape)


# %% wrong: float mask
def magnitude_mask(weight, sparsity):
    k = round(sparsity * weight.numel())
    mask = torch.ones(weight.numel())
    mask[weight.abs().flatten().argsort()[:k]] = 0
    return mask.reshape(weight.shape)


# %% wrong: per row
def magnitude_mask(weight, sparsity):
    mask = torch.ones(weight.shape, dtype=torch.bool)
    k = round(sparsity * weight.shape[-1])
    index = weight.abs().argsort(dim=-1)[..., :k]
    return mask.scatter(-1, index, False)


# %% wrong: jitter breaks ties
def magnitude_mask(weight, sparsity):
    k = round(sparsity * weight.numel())
    if k == 0:
        return torch.ones_like(weight, dtype=torch.bool)
    a = weight.detach().abs() + torch.rand(weight.shape) * 1e-6
    return a > a.flatten().kthvalue(k).values


# %% wrong: ranks in half precision
def magnitude_mask(weight, sparsity):
    k = round(sparsity * weight.numel())
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.detach().half().abs().flatten().argsort()[:k]] = False
    return mask.reshape(weight.shape)


# %% wrong: count in float32
def magnitude_mask(weight, sparsity):
    k = int((torch.tensor(sparsity) * weight.numel()).round())
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort()[:k]] = False
    return mask.reshape(weight.shape)


# %% wrong: ones like flatten copy
def magnitude_mask(weight, sparsity):
    k = round(sparsity * weight.numel())
    mask = torch.ones_like(weight, dtype=torch.bool)
    mask.flatten()[weight.abs().flatten().argsort()[:k]] = False
    return mask


# %% wrong: topk min one
def magnitude_mask(weight, sparsity):
    k = max(1, round(sparsity * weight.numel()))
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().topk(k, largest=False).indices] = False
    return mask.reshape(weight.shape)


# %% right: python sorted
def magnitude_mask(weight, sparsity):
    flat = weight.detach().flatten().tolist()
    gone = set(sorted(range(len(flat)), key=lambda i: abs(flat[i]))[: round(sparsity * len(flat))])
    return torch.tensor([i not in gone for i in range(len(flat))]).reshape(weight.shape)


# %% right: torch prune
def magnitude_mask(weight, sparsity):
    w = weight.detach()
    return prune.L1Unstructured(amount=float(sparsity)).compute_mask(w, torch.ones_like(w)).bool()


# %% right: threshold then fix ties
def magnitude_mask(weight, sparsity):
    a = weight.detach().abs().flatten()
    k = round(sparsity * a.numel())
    if k == 0:
        return torch.ones_like(weight, dtype=torch.bool)
    t = a.kthvalue(k).values
    drop = a < t
    spare = k - int(drop.sum())
    drop[(a == t).nonzero().flatten()[:spare]] = True
    return ~drop.reshape(weight.shape)
