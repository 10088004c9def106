# %% wrong: zeros take part
def share_values(weight, bits, rounds=10):
    kept = weight.detach().flatten()
    values = torch.linspace(kept.min(), kept.max(), 2**bits, dtype=weight.dtype)
    for _ in range(rounds):
        nearest = (kept[:, None] - values).abs().argmin(1)
        for j in nearest.unique():
            values[j] = kept[nearest == j].mean()
    return values[(kept[:, None] - values).abs().argmin(1)].reshape(weight.shape)


# %% wrong: the values never move
def share_values(weight, bits, rounds=10):
    shared, kept = weight.detach().clone(), weight.detach()[weight != 0]
    if len(kept):
        values = torch.linspace(kept.min(), kept.max(), 2**bits, dtype=weight.dtype)
        shared[weight != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return shared


# %% wrong: the weights keep the assignment of the last round
def share_values(weight, bits, rounds=10):
    shared, kept = weight.detach().clone(), weight.detach()[weight != 0]
    if len(kept):
        values = torch.linspace(kept.min(), kept.max(), 2**bits, dtype=weight.dtype)
        nearest = (kept[:, None] - values).abs().argmin(1)
        for _ in range(rounds):
            nearest = (kept[:, None] - values).abs().argmin(1)
            for j in nearest.unique():
                values[j] = kept[nearest == j].mean()
        shared[weight != 0] = values[nearest]
    return shared


# %% wrong: always ten rounds
def share_values(weight, bits, rounds=10):
    shared, kept = weight.detach().clone(), weight.detach()[weight != 0]
    if len(kept):
        values = torch.linspace(kept.min(), kept.max(), 2**bits, dtype=weight.dtype)
        for _ in range(10):
            nearest = (kept[:, None] - values).abs().argmin(1)
            for j in nearest.unique():
                values[j] = kept[nearest == j].mean()
        shared[weight != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return shared


# %% wrong: as many values as bits
def share_values(weight, bits, rounds=10):
    shared, kept = weight.detach().clone(), weight.detach()[weight != 0]
    if len(kept):
        values = torch.linspace(kept.min(), kept.max(), bits, dtype=weight.dtype)
        for _ in range(rounds):
            nearest = (kept[:, None] - values).abs().argmin(1)
            for j in nearest.unique():
                values[j] = kept[nearest == j].mean()
        shared[weight != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return shared


# %% wrong: a value without weights becomes nan
def share_values(weight, bits, rounds=10):
    shared, kept = weight.detach().clone(), weight.detach()[weight != 0]
    if len(kept):
        values = torch.linspace(kept.min(), kept.max(), 2**bits, dtype=weight.dtype)
        for _ in range(rounds):
            nearest = (kept[:, None] - values).abs().argmin(1)
            values = torch.stack([kept[nearest == j].mean() for j in range(len(values))])
        shared[weight != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return shared


# %% wrong: a value without weights becomes zero
def share_values(weight, bits, rounds=10):
    shared, kept = weight.detach().clone(), weight.detach()[weight != 0]
    if len(kept):
        values = torch.linspace(kept.min(), kept.max(), 2**bits, dtype=weight.dtype)
        for _ in range(rounds):
            nearest = (kept[:, None] - values).abs().argmin(1)
            values = torch.stack([kept[nearest == j].sum() / max(1, (nearest == j).sum()) for j in range(len(values))])
        shared[weight != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return shared


# %% wrong: in place
def share_values(weight, bits, rounds=10):
    shared, kept = weight.data, weight.detach()[weight != 0]
    if len(kept):
        values = torch.linspace(kept.min(), kept.max(), 2**bits, dtype=weight.dtype)
        for _ in range(rounds):
            nearest = (kept[:, None] - values).abs().argmin(1)
            for j in nearest.unique():
                values[j] = kept[nearest == j].mean()
        shared[weight != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return shared


# %% wrong: a layer without weights has no smallest one
def share_values(weight, bits, rounds=10):
    shared, kept = weight.detach().clone(), weight.detach()[weight != 0]
    values = torch.linspace(kept.min(), kept.max(), 2**bits, dtype=weight.dtype)
    for _ in range(rounds):
        nearest = (kept[:, None] - values).abs().argmin(1)
        for j in nearest.unique():
            values[j] = kept[nearest == j].mean()
    shared[weight != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return shared


# %% wrong: only the values that are not zero come back
def share_values(weight, bits, rounds=10):
    kept = weight.detach()[weight != 0]
    if not len(kept):
        return weight.clone()
    values = torch.linspace(kept.min(), kept.max(), 2**bits, dtype=weight.dtype)
    for _ in range(rounds):
        nearest = (kept[:, None] - values).abs().argmin(1)
        for j in nearest.unique():
            values[j] = kept[nearest == j].mean()
    return values[(kept[:, None] - values).abs().argmin(1)]


# %% wrong: magnitudes share values
def share_values(weight, bits, rounds=10):
    shared, kept = weight.detach().clone(), weight.detach()[weight != 0].abs()
    if len(kept):
        values = torch.linspace(kept.min(), kept.max(), 2**bits, dtype=weight.dtype)
        for _ in range(rounds):
            nearest = (kept[:, None] - values).abs().argmin(1)
            for j in nearest.unique():
                values[j] = kept[nearest == j].mean()
        shared[weight != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return shared * weight.detach().sign()


# %% right: thresholds between the values, in numpy
def share_values(weight, bits, rounds=10):
    flat = weight.detach().double().numpy().copy()
    kept = flat[flat != 0]
    if not len(kept):
        return weight.detach().clone()
    book = np.linspace(kept.min(), kept.max(), 2**bits)
    for _ in range(rounds):
        code = np.searchsorted((book[1:] + book[:-1]) / 2, kept)
        book = np.array([kept[code == j].mean() if (code == j).any() else book[j] for j in range(len(book))])
    flat[flat != 0] = book[np.searchsorted((book[1:] + book[:-1]) / 2, kept)]
    return torch.from_numpy(flat).to(weight.dtype)


# %% right: until nothing moves or the rounds are over
def share_values(weight, bits, rounds=10):
    kept = weight.detach()[weight != 0]
    if kept.numel() == 0:
        return weight.detach().clone()
    steps = torch.arange(2**bits, dtype=weight.dtype)
    values = kept.min() + (kept.max() - kept.min()) * steps / (2**bits - 1)
    for _ in range(rounds):
        nearest = torch.cdist(kept[:, None], values[:, None]).argmin(1)
        moved = values.clone()
        for j in range(len(values)):
            if (nearest == j).any():
                moved[j] = kept[nearest == j].mean()
        if moved.equal(values):
            break
        values = moved
    return (
        torch.zeros_like(weight)
        .detach()
        .masked_scatter(weight != 0, values[torch.cdist(kept[:, None], values[:, None]).argmin(1)])
    )


# %% wrong: two values a bit
def share_values(weight, bits, rounds=10):
    shared, kept = weight.detach().clone(), weight.detach()[weight != 0]
    if len(kept):
        values = torch.linspace(kept.min(), kept.max(), 2 * bits, dtype=weight.dtype)
        for _ in range(rounds):
            nearest = (kept[:, None] - values).abs().argmin(1)
            for j in nearest.unique():
                values[j] = kept[nearest == j].mean()
        shared[weight != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return shared


# %% wrong: keeps the gradient
def share_values(weight, bits, rounds=10):
    shared, kept = weight.clone(), weight[weight != 0]
    if len(kept):
        values = torch.linspace(float(kept.min()), float(kept.max()), 2**bits, dtype=weight.dtype)
        for _ in range(rounds):
            nearest = (kept[:, None] - values).abs().argmin(1)
            for j in nearest.unique():
                values[j] = kept[nearest == j].detach().mean()
        shared[weight != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return shared


# %% wrong: absolute values lose sign
def share_values(weight, bits, rounds=10):
    shared = weight.detach().clone()
    kept = shared[shared != 0].abs()
    if len(kept) == 0:
        return shared
    values = torch.linspace(float(kept.min()), float(kept.max()), 2**bits)
    for _ in range(rounds):
        near = (kept[:, None] - values).abs().argmin(1)
        for j in range(len(values)):
            if (near == j).any():
                values[j] = kept[near == j].mean()
    shared[shared != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return shared


# %% wrong: float32 result
def share_values(weight, bits, rounds=10):
    shared = weight.detach().float().clone()
    kept = shared[shared != 0]
    if len(kept) == 0:
        return shared
    values = torch.linspace(float(kept.min()), float(kept.max()), 2**bits)
    for _ in range(rounds):
        near = (kept[:, None] - values).abs().argmin(1)
        for j in range(len(values)):
            if (near == j).any():
                values[j] = kept[near == j].mean()
    shared[shared != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return shared


# %% wrong: transposed back
def share_values(weight, bits, rounds=10):
    w = weight.detach()
    flat = w.transpose(0, -1).reshape(-1) if w.dim() > 1 else w.clone()
    kept = flat[flat != 0]
    if len(kept) == 0:
        return w.clone()
    values = torch.linspace(float(kept.min()), float(kept.max()), 2**bits)
    for _ in range(rounds):
        near = (kept[:, None] - values).abs().argmin(1)
        for j in range(len(values)):
            if (near == j).any():
                values[j] = kept[near == j].mean()
    out = torch.zeros_like(flat)
    out[flat != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return out.reshape(w.shape)


# %% wrong: mutates the parameter
def share_values(weight, bits, rounds=10):
    weight = weight.detach()
    kept = weight[weight != 0]
    if len(kept) == 0:
        return weight
    values = torch.linspace(float(kept.min()), float(kept.max()), 2**bits)
    for _ in range(rounds):
        near = (kept[:, None] - values).abs().argmin(1)
        for j in range(len(values)):
            if (near == j).any():
                values[j] = kept[near == j].mean()
    weight[weight != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return weight


# %% wrong: zeros take part, again
def share_values(weight, bits, rounds=10):
    out = weight.detach().clone()
    kept = out.flatten()
    values = torch.linspace(float(kept.min()), float(kept.max()), 2**bits)
    for _ in range(rounds):
        near = (kept[:, None] - values).abs().argmin(1)
        for j in range(len(values)):
            if (near == j).any():
                values[j] = kept[near == j].mean()
    return values[(kept[:, None] - values).abs().argmin(1)].reshape(weight.shape) * (weight != 0)


# %% wrong: symmetric range
def share_values(weight, bits, rounds=10):
    out = weight.detach().clone()
    kept = out[out != 0]
    if len(kept) == 0:
        return out
    top = float(kept.abs().max())
    values = torch.linspace(-top, top, 2**bits)
    for _ in range(rounds):
        near = (kept[:, None] - values).abs().argmin(1)
        for j in range(len(values)):
            if (near == j).any():
                values[j] = kept[near == j].mean()
    out[out != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return out


# %% wrong: rounds ignored
def share_values(weight, bits, rounds=10):
    out = weight.detach().clone()
    kept = out[out != 0]
    if len(kept) == 0:
        return out
    values = torch.linspace(float(kept.min()), float(kept.max()), 2**bits)
    for _ in range(10):
        near = (kept[:, None] - values).abs().argmin(1)
        for j in range(len(values)):
            if (near == j).any():
                values[j] = kept[near == j].mean()
    out[out != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return out


# %% wrong: empty value becomes zero
def share_values(weight, bits, rounds=10):
    out = weight.detach().clone()
    kept = out[out != 0]
    if len(kept) == 0:
        return out
    values = torch.linspace(float(kept.min()), float(kept.max()), 2**bits)
    for _ in range(rounds):
        near = (kept[:, None] - values).abs().argmin(1)
        values = torch.stack([kept[near == j].sum() / max(1, int((near == j).sum())) for j in range(len(values))])
    out[out != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return out


# %% wrong: bits are values
def share_values(weight, bits, rounds=10):
    out = weight.detach().clone()
    kept = out[out != 0]
    if len(kept) == 0:
        return out
    values = torch.linspace(float(kept.min()), float(kept.max()), 2 * bits)
    for _ in range(rounds):
        near = (kept[:, None] - values).abs().argmin(1)
        for j in range(len(values)):
            if (near == j).any():
                values[j] = kept[near == j].mean()
    out[out != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return out


# %% right: numpy
def share_values(weight, bits, rounds=10):
    w = weight.detach().numpy().copy()
    kept = w[w != 0].astype(np.float64)
    if kept.size == 0:
        return torch.from_numpy(w)
    c = np.linspace(kept.min(), kept.max(), 2**bits)
    for _ in range(rounds):
        a = np.abs(kept[:, None] - c[None]).argmin(1)
        for j in range(len(c)):
            if np.any(a == j):
                c[j] = kept[a == j].mean()
    w[w != 0] = c[np.abs(kept[:, None] - c[None]).argmin(1)]
    return torch.from_numpy(w)


# %% right: python loops
def share_values(weight, bits, rounds=10):
    flat = weight.detach().flatten().tolist()
    kept = [v for v in flat if v != 0]
    if not kept:
        return weight.detach().clone()
    low, high, n = min(kept), max(kept), 2**bits
    c = [low + (high - low) * j / (n - 1) for j in range(n)]

    def nearest(v):
        return min(range(n), key=lambda j: abs(v - c[j]))

    for _ in range(rounds):
        groups = [[] for _ in range(n)]
        for v in kept:
            groups[nearest(v)].append(v)
        c = [sum(g) / len(g) if g else old for g, old in zip(groups, c)]
    return torch.tensor([c[nearest(v)] if v else 0.0 for v in flat], dtype=weight.dtype).reshape(weight.shape)


# %% wrong: early stop
# Not right: its values are float32, so that it stops with an error on float64 weights, which the task names.
@torch.no_grad()
def share_values(weight, bits, rounds=10):
    out = weight.clone().detach()
    where = out.nonzero(as_tuple=True)
    kept = out[where]
    if not len(kept):
        return out
    c = torch.linspace(kept.min(), kept.max(), 2**bits)
    for _ in range(rounds):
        one_hot = F_one = torch.nn.functional.one_hot(torch.cdist(kept[:, None], c[:, None]).argmin(1), len(c)).to(
            kept.dtype
        )
        n = one_hot.sum(0)
        new = torch.where(n > 0, (one_hot.T @ kept) / n.clamp(min=1), c)
        if torch.equal(new, c):
            break
        c = new
    out[where] = c[torch.cdist(kept[:, None], c[:, None]).argmin(1)]
    return out
