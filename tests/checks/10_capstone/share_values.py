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
