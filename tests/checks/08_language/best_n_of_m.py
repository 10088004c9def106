# %% wrong: a threshold, which keeps all of equal scores
def best_n_of_m(score, n, m):
    groups = score.reshape(-1, m)
    return (groups >= groups.sort(dim=1).values[:, m - n : m - n + 1]).view(score.shape)


# %% wrong: the n smallest
def best_n_of_m(score, n, m):
    groups = score.reshape(-1, m)
    best = groups.topk(n, dim=1, largest=False).indices
    return torch.zeros_like(groups, dtype=torch.bool).scatter_(1, best, True).view(score.shape)


# %% wrong: as many as should go
def best_n_of_m(score, n, m):
    groups = score.reshape(-1, m)
    best = groups.topk(m - n, dim=1).indices
    return torch.zeros_like(groups, dtype=torch.bool).scatter_(1, best, True).view(score.shape)


# %% wrong: the best share of the row
def best_n_of_m(score, n, m):
    best = score.topk(score.shape[1] * n // m, dim=1).indices
    return torch.zeros_like(score, dtype=torch.bool).scatter_(1, best, True)


# %% wrong: magnitudes
def best_n_of_m(score, n, m):
    groups = score.reshape(-1, m)
    best = groups.abs().topk(n, dim=1).indices
    return torch.zeros_like(groups, dtype=torch.bool).scatter_(1, best, True).view(score.shape)


# %% wrong: groups along the columns
def best_n_of_m(score, n, m):
    groups = score.T.reshape(-1, m)
    best = groups.topk(n, dim=1).indices
    mask = torch.zeros_like(groups, dtype=torch.bool).scatter_(1, best, True)
    return mask.view(score.T.shape).T


# %% wrong: every m-th score is a group
def best_n_of_m(score, n, m):
    groups = score.reshape(len(score), m, -1)
    best = groups.topk(n, dim=1).indices
    return torch.zeros_like(groups, dtype=torch.bool).scatter_(1, best, True).reshape(score.shape)


# %% wrong: always 2 of 4
def best_n_of_m(score, n, m):
    groups = score.reshape(-1, 4)
    best = groups.topk(2, dim=1).indices
    return torch.zeros_like(groups, dtype=torch.bool).scatter_(1, best, True).view(score.shape)


# %% wrong: True where a score goes
def best_n_of_m(score, n, m):
    groups = score.reshape(-1, m)
    best = groups.topk(n, dim=1).indices
    return ~torch.zeros_like(groups, dtype=torch.bool).scatter_(1, best, True).view(score.shape)


# %% wrong: the shape of the groups
def best_n_of_m(score, n, m):
    groups = score.reshape(-1, m)
    best = groups.topk(n, dim=1).indices
    return torch.zeros_like(groups, dtype=torch.bool).scatter_(1, best, True)


# %% wrong: scores in place of a mask
def best_n_of_m(score, n, m):
    groups = score.reshape(-1, m)
    best = groups.topk(n, dim=1).indices
    return (groups * torch.zeros_like(groups).scatter_(1, best, 1.0)).view(score.shape)


# %% wrong: at least the mean of the group
def best_n_of_m(score, n, m):
    groups = score.reshape(-1, m)
    return (groups >= groups.mean(1, keepdim=True)).view(score.shape)


# %% right: ranks within groups
def best_n_of_m(score, n, m):
    groups = score.reshape(len(score), -1, m)
    ranks = groups.argsort(dim=-1, descending=True).argsort(dim=-1)
    return (ranks < n).reshape(score.shape)


# %% right: a loop over the groups
def best_n_of_m(score, n, m):
    mask = torch.zeros(score.shape, dtype=torch.bool)
    for start in range(0, score.shape[1], m):
        part = score[:, start : start + m]
        mask[:, start : start + m].scatter_(1, part.sort(dim=1, descending=True).indices[:, :n], True)
    return mask
