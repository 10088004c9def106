# %% wrong: single weights whatever is asked
def group_mask(scores, sparsity, granularity):
    order = scores.flatten().argsort()
    mask = torch.ones(scores.numel(), dtype=torch.bool)
    mask[order[: round(sparsity * scores.numel())]] = False
    return mask.view(scores.shape)


# %% wrong: removes the groups with the highest scores
def group_mask(scores, sparsity, granularity):
    first = {"weight": 4, "kernel": 2, "filter": 1}[granularity]
    groups = scores.reshape(*scores.shape[:first], -1).sum(-1)
    mask = torch.ones(groups.numel(), dtype=torch.bool)
    mask[groups.flatten().argsort(descending=True)[: round(sparsity * groups.numel())]] = False
    return mask.view(*groups.shape, *[1] * (4 - first)).expand(scores.shape)


# %% wrong: input channels instead of filters
def group_mask(scores, sparsity, granularity):
    dims = {"weight": (), "kernel": (2, 3), "filter": (0, 2, 3)}[granularity]
    groups = scores.sum(dims, keepdim=True) if dims else scores
    mask = torch.ones(groups.numel(), dtype=torch.bool)
    mask[groups.flatten().argsort()[: round(sparsity * groups.numel())]] = False
    return mask.view(groups.shape).expand(scores.shape)


# %% wrong: the largest score of a group instead of their sum
def group_mask(scores, sparsity, granularity):
    dims = {"weight": (), "kernel": (2, 3), "filter": (1, 2, 3)}[granularity]
    groups = scores.amax(dims, keepdim=True) if dims else scores
    mask = torch.ones(groups.numel(), dtype=torch.bool)
    mask[groups.flatten().argsort()[: round(sparsity * groups.numel())]] = False
    return mask.view(groups.shape).expand(scores.shape)


# %% wrong: rounds the number of groups down
def group_mask(scores, sparsity, granularity):
    dims = {"weight": (), "kernel": (2, 3), "filter": (1, 2, 3)}[granularity]
    groups = scores.sum(dims, keepdim=True) if dims else scores
    mask = torch.ones(groups.numel(), dtype=torch.bool)
    mask[groups.flatten().argsort()[: int(sparsity * groups.numel())]] = False
    return mask.view(groups.shape).expand(scores.shape)


# %% wrong: one value a group instead of the shape of the scores
def group_mask(scores, sparsity, granularity):
    dims = {"weight": (), "kernel": (2, 3), "filter": (1, 2, 3)}[granularity]
    groups = scores.sum(dims) if dims else scores
    mask = torch.ones(groups.numel(), dtype=torch.bool)
    mask[groups.flatten().argsort()[: round(sparsity * groups.numel())]] = False
    return mask.view(groups.shape)


# %% wrong: a threshold that takes ties along
def group_mask(scores, sparsity, granularity):
    dims = {"weight": (), "kernel": (2, 3), "filter": (1, 2, 3)}[granularity]
    groups = scores.sum(dims, keepdim=True) if dims else scores
    count = round(sparsity * groups.numel())
    if count == 0:
        return torch.ones(scores.shape, dtype=torch.bool)
    return (groups > groups.flatten().kthvalue(count).values).expand(scores.shape)


# %% wrong: kernels counted within each filter
def group_mask(scores, sparsity, granularity):
    if granularity == "kernel":
        groups = scores.sum((2, 3))
        mask = torch.ones(groups.shape, dtype=torch.bool)
        cut = groups.argsort(1)[:, : round(sparsity * groups.shape[1])]
        return mask.scatter(1, cut, False)[:, :, None, None].expand(scores.shape)
    dims = {"weight": (), "filter": (1, 2, 3)}[granularity]
    groups = scores.sum(dims, keepdim=True) if dims else scores
    mask = torch.ones(groups.numel(), dtype=torch.bool)
    mask[groups.flatten().argsort()[: round(sparsity * groups.numel())]] = False
    return mask.view(groups.shape).expand(scores.shape)


# %% right: topk of the groups to keep
def group_mask(scores, sparsity, granularity):
    depth = {"weight": 4, "kernel": 2, "filter": 1}[granularity]
    groups = scores.flatten(depth).sum(-1) if depth < 4 else scores
    kept = groups.numel() - round(sparsity * groups.numel())
    mask = torch.zeros(groups.numel(), dtype=torch.bool)
    mask[groups.flatten().topk(kept).indices] = True
    return mask.view(*groups.shape, *[1] * (4 - depth)).expand(scores.shape)


# %% right: multiplies the scores by a mask of ranks
def group_mask(scores, sparsity, granularity):
    rows = (
        scores.reshape({"weight": scores.numel(), "kernel": -1, "filter": len(scores)}[granularity], -1)
        if (granularity != "kernel")
        else scores.reshape(scores.shape[0] * scores.shape[1], -1)
    )
    ranks = rows.sum(1).argsort(stable=True).argsort()
    mask = (ranks >= round(sparsity * len(rows)))[:, None] & torch.ones_like(rows, dtype=torch.bool)
    return mask.reshape(scores.shape)


# %% right: a loop over the groups to remove
def group_mask(scores, sparsity, granularity):
    dims = {"weight": (), "kernel": (2, 3), "filter": (1, 2, 3)}[granularity]
    groups = scores.sum(dims) if dims else scores
    mask = torch.ones(scores.shape, dtype=torch.bool)
    for position in groups.flatten().argsort()[: round(sparsity * groups.numel())].tolist():
        mask[tuple(int(i) for i in torch.unravel_index(torch.tensor(position), groups.shape))] = False
    return mask


# %% wrong: absolute scores
def group_mask(scores, sparsity, granularity):
    dims = {"kernel": (2, 3), "filter": (1, 2, 3)}
    groups = scores.abs() if granularity == "weight" else scores.abs().sum(dims[granularity], keepdim=True)
    count = round(sparsity * groups.numel())
    mask = torch.ones(groups.numel(), dtype=torch.bool)
    mask[groups.flatten().argsort()[:count]] = False
    return mask.reshape(groups.shape).expand(scores.shape)


# %% wrong: kernels within filter
def group_mask(scores, sparsity, granularity):
    if granularity == "kernel":
        groups = scores.sum((2, 3), keepdim=True)
        count = round(sparsity * groups.shape[1])
        rank = groups.argsort(1).argsort(1)
        return (rank >= count).expand(scores.shape)
    groups = scores if granularity == "weight" else scores.sum((1, 2, 3), keepdim=True)
    count = round(sparsity * groups.numel())
    mask = torch.ones(groups.numel(), dtype=torch.bool)
    mask[groups.flatten().argsort()[:count]] = False
    return mask.reshape(groups.shape).expand(scores.shape)


# %% wrong: l2 norm
def group_mask(scores, sparsity, granularity):
    dims = {"kernel": (2, 3), "filter": (1, 2, 3)}
    groups = scores if granularity == "weight" else scores.square().sum(dims[granularity], keepdim=True)
    count = round(sparsity * groups.numel())
    mask = torch.ones(groups.numel(), dtype=torch.bool)
    mask[groups.flatten().argsort()[:count]] = False
    return mask.reshape(groups.shape).expand(scores.shape)


# %% wrong: float mask
def group_mask(scores, sparsity, granularity):
    dims = {"kernel": (2, 3), "filter": (1, 2, 3)}
    groups = scores if granularity == "weight" else scores.sum(dims[granularity], keepdim=True)
    count = round(sparsity * groups.numel())
    mask = torch.ones(groups.numel())
    mask[groups.flatten().argsort()[:count]] = 0
    return mask.reshape(groups.shape).expand(scores.shape)


# %% wrong: filter from kernel mask rows
def group_mask(scores, sparsity, granularity):
    o, i, h, w = scores.shape
    groups = {"weight": scores, "kernel": scores.reshape(o * i, -1).sum(1), "filter": scores.reshape(o, -1).mean(1)}[
        granularity
    ]
    rank = groups.flatten().argsort().argsort()
    keep = rank >= round(sparsity * rank.numel())
    size = scores.numel() // rank.numel()
    return keep.repeat(size).reshape(scores.shape)


# %% right: loops
def group_mask(scores, sparsity, granularity):
    o, i, h, w = scores.shape
    groups = {}
    for a in range(o):
        for b in range(i):
            for y in range(h):
                for x in range(w):
                    key = {"weight": (a, b, y, x), "kernel": (a, b), "filter": a}[granularity]
                    groups[key] = groups.get(key, 0.0) + float(scores[a, b, y, x])
    gone = set(sorted(groups, key=groups.get)[: round(sparsity * len(groups))])
    mask = torch.ones(o, i, h, w, dtype=torch.bool)
    for a in range(o):
        for b in range(i):
            for y in range(h):
                for x in range(w):
                    if {"weight": (a, b, y, x), "kernel": (a, b), "filter": a}[granularity] in gone:
                        mask[a, b, y, x] = False
    return mask


# %% right: numpy
import numpy as np


def group_mask(scores, sparsity, granularity):
    s = scores.numpy()
    groups = (
        s
        if granularity == "weight"
        else s.mean(axis={"kernel": (2, 3), "filter": (1, 2, 3)}[granularity], keepdims=True)
    )
    keep = np.ones(groups.size, bool)
    keep[np.argsort(groups, axis=None, kind="stable")[: round(sparsity * groups.size)]] = False
    return torch.from_numpy(np.broadcast_to(keep.reshape(groups.shape), s.shape).copy())


# %% right: topk largest false
def group_mask(scores, sparsity, granularity):
    dims = {"kernel": [2, 3], "filter": [1, 2, 3]}
    groups = scores if granularity == "weight" else scores.sum(dims[granularity], keepdim=True)
    gone = groups.flatten().topk(round(sparsity * groups.numel()), largest=False).indices
    mask = torch.ones(groups.numel(), dtype=torch.bool)
    mask[gone] = False
    return mask.reshape(groups.shape) & torch.ones_like(scores, dtype=torch.bool)
