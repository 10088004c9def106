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


# %% wrong: smallest
def best_n_of_m(score, n, m):
    g = score.reshape(-1, m)
    return (
        torch.zeros_like(g, dtype=torch.bool)
        .scatter_(1, g.topk(n, dim=1, largest=False).indices, True)
        .reshape(score.shape)
    )


# %% wrong: inverted
def best_n_of_m(score, n, m):
    g = score.reshape(-1, m)
    return ~torch.zeros_like(g, dtype=torch.bool).scatter_(1, g.topk(n, dim=1).indices, True).reshape(score.shape)


# %% wrong: groups down columns
def best_n_of_m(score, n, m):
    g = score.T.reshape(-1, m)
    return torch.zeros_like(g, dtype=torch.bool).scatter_(1, g.topk(n, dim=1).indices, True).reshape(score.T.shape).T


# %% wrong: threshold ties
def best_n_of_m(score, n, m):
    g = score.reshape(-1, m)
    return (g >= g.topk(n, dim=1).values[:, -1:]).reshape(score.shape)


# %% wrong: strict threshold
def best_n_of_m(score, n, m):
    g = score.reshape(-1, m)
    low = g.topk(m - n + 1 if n else m, dim=1, largest=False).values[:, -1:] if n < m else g.amin(1, keepdim=True) - 1
    return (g >= low).reshape(score.shape)


# %% wrong: strided groups
def best_n_of_m(score, n, m):
    g = score.reshape(score.shape[0], m, -1)
    return torch.zeros_like(g, dtype=torch.bool).scatter_(1, g.topk(n, dim=1).indices, True).reshape(score.shape)


# %% wrong: n zeros not kept
def best_n_of_m(score, n, m):
    g = score.reshape(-1, m)
    return (
        torch.ones_like(g, dtype=torch.bool)
        .scatter_(1, g.topk(n, dim=1, largest=False).indices, False)
        .reshape(score.shape)
    )


# %% wrong: mutates score
def best_n_of_m(score, n, m):
    g = score.view(-1, m)
    mask = torch.zeros(g.shape, dtype=torch.bool)
    for _ in range(n):
        i = g.argmax(1, keepdim=True)
        mask.scatter_(1, i, True)
        g.scatter_(1, i, float("-inf"))
    return mask.view(score.shape)


# %% wrong: flat shape
def best_n_of_m(score, n, m):
    g = score.reshape(-1, m)
    return torch.zeros_like(g, dtype=torch.bool).scatter_(1, g.topk(n, dim=1).indices, True)


# %% wrong: two rows only
def best_n_of_m(score, n, m):
    g = score.reshape(score.shape[0], -1, m)
    mask = torch.zeros_like(g, dtype=torch.bool)
    for i in range(min(2, len(g))):
        mask[i].scatter_(1, g[i].topk(n, dim=1).indices, True)
    return mask.reshape(score.shape)


# %% wrong: negative never kept
def best_n_of_m(score, n, m):
    g = score.reshape(-1, m)
    return (
        torch.zeros_like(g, dtype=torch.bool)
        .scatter_(1, g.clamp(min=0).topk(n, dim=1).indices, True)
        .reshape(score.shape)
    )


# %% right: loop
def best_n_of_m(score, n, m):
    mask = torch.zeros(score.shape, dtype=torch.bool)
    for i in range(score.shape[0]):
        for s in range(0, score.shape[1], m):
            for j in sorted(range(s, s + m), key=lambda j: -float(score[i, j]))[:n]:
                mask[i, j] = True
    return mask


# %% right: argsort ranks
def best_n_of_m(score, n, m):
    rank = score.unflatten(1, (-1, m)).argsort(-1, descending=True).argsort(-1)
    return (rank < n).flatten(1)


# %% right: numpy
def best_n_of_m(score, n, m):
    import numpy as np

    g = score.detach().numpy().reshape(-1, m)
    mask = np.zeros(g.shape, bool)
    np.put_along_axis(mask, np.argpartition(-g, n - 1, axis=1)[:, :n], True, axis=1)
    return torch.tensor(mask.reshape(score.shape))


# %% right: lose m minus n
def best_n_of_m(score, n, m):
    mask = torch.ones_like(score, dtype=torch.bool)
    lose = score.unfold(1, m, m).topk(m - n, dim=-1, largest=False).indices
    lose = lose + torch.arange(0, score.shape[1], m)[None, :, None]
    return mask.scatter(1, lose.flatten(1), False)
