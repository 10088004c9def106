# %% wrong: the weakest stay
def strongest(importance, ratio, multiple=1):
    wanted = max(1, round(ratio * len(importance)))
    count = min(len(importance), math.ceil(wanted / multiple) * multiple)
    return importance.argsort()[:count].sort().values


# %% wrong: in the order of importance
def strongest(importance, ratio, multiple=1):
    wanted = max(1, round(ratio * len(importance)))
    count = min(len(importance), math.ceil(wanted / multiple) * multiple)
    return importance.argsort(descending=True)[:count]


# %% wrong: the first channels, whatever the importance
def strongest(importance, ratio, multiple=1):
    wanted = max(1, round(ratio * len(importance)))
    return torch.arange(min(len(importance), math.ceil(wanted / multiple) * multiple))


# %% wrong: random channels
def strongest(importance, ratio, multiple=1):
    wanted = max(1, round(ratio * len(importance)))
    count = min(len(importance), math.ceil(wanted / multiple) * multiple)
    return torch.randperm(len(importance), generator=seeded(0))[:count].sort().values


# %% wrong: a layer may lose all its channels
def strongest(importance, ratio, multiple=1):
    count = min(len(importance), math.ceil(round(ratio * len(importance)) / multiple) * multiple)
    return importance.argsort(descending=True)[:count].sort().values


# %% wrong: more channels than there are, so an error
def strongest(importance, ratio, multiple=1):
    wanted = max(1, round(ratio * len(importance)))
    return importance.topk(math.ceil(wanted / multiple) * multiple).indices.sort().values


# %% wrong: down to a multiple
def strongest(importance, ratio, multiple=1):
    wanted = max(1, round(ratio * len(importance)))
    count = max(1, min(len(importance), wanted // multiple * multiple))
    return importance.argsort(descending=True)[:count].sort().values


# %% wrong: always one multiple more
def strongest(importance, ratio, multiple=1):
    wanted = max(1, round(ratio * len(importance)))
    count = min(len(importance), (wanted // multiple + (multiple > 1)) * multiple)
    return importance.argsort(descending=True)[:count].sort().values


# %% wrong: rounds down
def strongest(importance, ratio, multiple=1):
    wanted = max(1, int(ratio * len(importance)))
    count = min(len(importance), math.ceil(wanted / multiple) * multiple)
    return importance.argsort(descending=True)[:count].sort().values


# %% wrong: rounds up before the multiple
def strongest(importance, ratio, multiple=1):
    wanted = max(1, math.ceil(ratio * len(importance)))
    count = min(len(importance), math.ceil(wanted / multiple) * multiple)
    return importance.argsort(descending=True)[:count].sort().values


# %% wrong: the ratio is the share that goes
def strongest(importance, ratio, multiple=1):
    wanted = max(1, round((1 - ratio) * len(importance)))
    count = min(len(importance), math.ceil(wanted / multiple) * multiple)
    return importance.argsort(descending=True)[:count].sort().values


# %% wrong: a boolean mask
def strongest(importance, ratio, multiple=1):
    wanted = max(1, round(ratio * len(importance)))
    count = min(len(importance), math.ceil(wanted / multiple) * multiple)
    mask = torch.zeros(len(importance), dtype=torch.bool)
    mask[importance.argsort(descending=True)[:count]] = True
    return mask


# %% wrong: a threshold, which cannot split ties
def strongest(importance, ratio, multiple=1):
    wanted = max(1, round(ratio * len(importance)))
    count = min(len(importance), math.ceil(wanted / multiple) * multiple)
    return (importance >= importance.sort(descending=True).values[count - 1]).nonzero()[:, 0]


# %% wrong: by magnitude
def strongest(importance, ratio, multiple=1):
    wanted = max(1, round(ratio * len(importance)))
    count = min(len(importance), math.ceil(wanted / multiple) * multiple)
    return importance.abs().argsort(descending=True)[:count].sort().values


# %% wrong: ignores the multiple
def strongest(importance, ratio, multiple=1):
    count = max(1, round(ratio * len(importance)))
    return importance.argsort(descending=True)[:count].sort().values


# %% right: topk and whole division
def strongest(importance, ratio, multiple=1):
    channels = importance.numel()
    count = -(-max(1, round(ratio * channels)) // multiple) * multiple
    return torch.sort(importance.topk(min(count, channels)).indices)[0]


# %% right: plain Python
def strongest(importance, ratio, multiple=1):
    values = importance.tolist()
    count = max(1, round(ratio * len(values)))
    while count % multiple:
        count += 1
    ranked = sorted(range(len(values)), key=values.__getitem__, reverse=True)
    return torch.tensor(sorted(ranked[:count]))
