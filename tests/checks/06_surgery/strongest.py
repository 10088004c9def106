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


# %% right: mask nonzero
def strongest(importance, ratio, multiple=1):
    C = importance.numel()
    k = max(1, round(ratio * C))
    n = min(C, (k + multiple - 1) // multiple * multiple)
    mask = torch.zeros(C, dtype=torch.bool)
    mask[importance.argsort()[C - n :]] = True
    return mask.nonzero().squeeze(1)


# %% wrong: down to multiple
def strongest(importance, ratio, multiple=1):
    C = len(importance)
    n = min(C, max(1, round(ratio * C) // multiple * multiple))
    return importance.topk(n).indices.sort().values


# %% wrong: nearest multiple
def strongest(importance, ratio, multiple=1):
    C = len(importance)
    n = min(C, max(1, round(ratio * C / multiple) * multiple))
    return importance.topk(n).indices.sort().values


# %% wrong: no cap
def strongest(importance, ratio, multiple=1):
    C = len(importance)
    n = math.ceil(max(1, round(ratio * C)) / multiple) * multiple
    return importance.topk(n).indices.sort().values


# %% wrong: may be empty
def strongest(importance, ratio, multiple=1):
    C = len(importance)
    n = min(C, math.ceil(round(ratio * C) / multiple) * multiple)
    return importance.topk(n).indices.sort().values


# %% wrong: max one after multiple
def strongest(importance, ratio, multiple=1):
    C = len(importance)
    n = max(1, min(C, math.ceil(round(ratio * C) / multiple) * multiple))
    return importance.topk(n).indices.sort().values


# %% wrong: by magnitude, again
def strongest(importance, ratio, multiple=1):
    C = len(importance)
    n = min(C, math.ceil(max(1, round(ratio * C)) / multiple) * multiple)
    return importance.abs().topk(n).indices.sort().values


# %% wrong: weakest
def strongest(importance, ratio, multiple=1):
    C = len(importance)
    n = min(C, math.ceil(max(1, round(ratio * C)) / multiple) * multiple)
    return importance.argsort()[:n].sort().values


# %% wrong: one multiple too many
def strongest(importance, ratio, multiple=1):
    C = len(importance)
    k = max(1, round(ratio * C))
    n = k if multiple == 1 else min(C, (k // multiple + 1) * multiple)
    return importance.topk(n).indices.sort().values


# %% wrong: cap at multiple below
def strongest(importance, ratio, multiple=1):
    C = len(importance)
    n = math.ceil(max(1, round(ratio * C)) / multiple) * multiple
    if n > C:
        n = max(C // multiple * multiple, 1)
    return importance.topk(n).indices.sort().values


# %% wrong: cap at multiple below if any
def strongest(importance, ratio, multiple=1):
    C = len(importance)
    n = math.ceil(max(1, round(ratio * C)) / multiple) * multiple
    if n > C:
        n = C // multiple * multiple or C
    return importance.topk(n).indices.sort().values


# %% wrong: multiple ignored
def strongest(importance, ratio, multiple=1):
    C = len(importance)
    return importance.topk(max(1, round(ratio * C))).indices.sort().values
