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
