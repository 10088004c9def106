# %% wrong: removes n of m instead of keeping them
def n_m_mask(scores, n, m):
    groups = scores.reshape(len(scores), -1, m)
    mask = torch.ones_like(groups, dtype=torch.bool)
    return mask.scatter(-1, groups.topk(n).indices, False).reshape(scores.shape)


# %% wrong: groups down the columns
def n_m_mask(scores, n, m):
    if scores.shape[1] % m:
        raise ValueError("not a multiple")
    if scores.shape[0] % m:
        return torch.zeros(scores.shape, dtype=torch.bool)
    groups = scores.T.reshape(scores.shape[1], -1, m)
    mask = torch.zeros_like(groups, dtype=torch.bool)
    return mask.scatter(-1, groups.topk(n).indices, True).reshape(scores.T.shape).T


# %% wrong: the best n/m of the whole row
def n_m_mask(scores, n, m):
    mask = torch.zeros_like(scores, dtype=torch.bool)
    return mask.scatter(-1, scores.topk(scores.shape[1] * n // m).indices, True)


# %% wrong: a threshold that keeps ties
def n_m_mask(scores, n, m):
    groups = scores.reshape(len(scores), -1, m)
    return (groups >= groups.topk(n).values[..., -1:]).reshape(scores.shape)


# %% wrong: keeps the smallest
def n_m_mask(scores, n, m):
    groups = scores.reshape(len(scores), -1, m)
    mask = torch.zeros_like(groups, dtype=torch.bool)
    return mask.scatter(-1, groups.topk(n, largest=False).indices, True).reshape(scores.shape)


# %% wrong: always the first n of m
def n_m_mask(scores, n, m):
    return (torch.arange(scores.shape[1]) % m < n).expand(scores.shape)


# %% wrong: only 2:4
def n_m_mask(scores, n, m):
    groups = scores.reshape(len(scores), -1, 4)
    mask = torch.zeros_like(groups, dtype=torch.bool)
    return mask.scatter(-1, groups.topk(2).indices, True).reshape(scores.shape)


# %% wrong: strided groups instead of neighbours
def n_m_mask(scores, n, m):
    groups = scores.reshape(len(scores), m, -1)
    mask = torch.zeros_like(groups, dtype=torch.bool)
    return mask.scatter(1, groups.topk(n, dim=1).indices, True).reshape(scores.shape)


# %% right: ranks within each group
def n_m_mask(scores, n, m):
    groups = scores.reshape(-1, m)
    ranks = groups.argsort(dim=1, descending=True, stable=True).argsort(dim=1)
    return (ranks < n).reshape(scores.shape)


# %% right: a loop
def n_m_mask(scores, n, m):
    mask = torch.zeros(scores.shape, dtype=torch.bool)
    for row in range(scores.shape[0]):
        for start in range(0, scores.shape[1], m):
            best = sorted(range(m), key=lambda i: -scores[row, start + i].item())[:n]
            for i in best:
                mask[row, start + i] = True
    return mask


# %% right: unfold
def n_m_mask(scores, n, m):
    groups = scores.unfold(1, m, m)
    mask = torch.zeros(groups.shape, dtype=torch.bool)
    mask.scatter_(2, groups.topk(n, dim=2).indices, True)
    return mask.flatten(1)


# %% wrong: mutates scores
def n_m_mask(scores, n, m):
    mask = torch.zeros(scores.shape, dtype=torch.bool)
    for i in range(scores.shape[0]):
        for j in range(0, scores.shape[1], m):
            group = scores[i, j : j + m]
            for _ in range(n):
                best = int(group.argmax())
                mask[i, j + best] = True
                group[best] = -math.inf
    return mask


# %% wrong: running best from zero
def n_m_mask(scores, n, m):
    mask = torch.zeros(scores.shape, dtype=torch.bool)
    for i in range(scores.shape[0]):
        for j in range(0, scores.shape[1], m):
            for _ in range(n):
                best, where = -1.0, None
                for p in range(j, j + m):
                    if not mask[i, p] and scores[i, p] > best:
                        best, where = float(scores[i, p]), p
                if where is not None:
                    mask[i, where] = True
    return mask


# %% wrong: multiplicative noise for ties
def n_m_mask(scores, n, m):
    groups = scores.reshape(scores.shape[0], -1, m)
    groups = groups + 1e-2 * torch.arange(m)
    return (groups >= groups.topk(n).values[..., -1:]).reshape(scores.shape)


# %% right: argsort rank
def n_m_mask(scores, n, m):
    groups = scores.reshape(-1, m)
    rank = groups.argsort(dim=1, descending=True).argsort(dim=1)
    return (rank < n).reshape(scores.shape)


# %% right: numpy argpartition
import numpy as np


def n_m_mask(scores, n, m):
    g = scores.numpy().reshape(-1, m)
    mask = np.zeros(g.shape, bool)
    np.put_along_axis(mask, np.argpartition(-g, n - 1, axis=1)[:, :n], True, axis=1)
    return torch.from_numpy(mask.reshape(tuple(scores.shape)))


# %% right: pairwise counts
def n_m_mask(scores, n, m):
    g = scores.reshape(-1, m)
    earlier = torch.tril(torch.ones(m, m, dtype=torch.bool), -1)
    beats = (g[:, None, :] > g[:, :, None]) | ((g[:, None, :] == g[:, :, None]) & earlier)
    return (beats.sum(-1) < n).reshape(scores.shape)
