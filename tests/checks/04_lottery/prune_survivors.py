# %% wrong: a share of all weights instead of the survivors
def prune_survivors(weights, masks, share):
    alive = torch.cat([mask.flatten() for mask in masks.values()])
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks])
    magnitudes[~alive] = torch.inf
    alive[magnitudes.argsort()[: round(share * len(alive))]] = False
    pieces = alive.split([mask.numel() for mask in masks.values()])
    return {name: piece.reshape(masks[name].shape) for name, piece in zip(masks, pieces, strict=True)}


# %% wrong: ranks the weights that are gone already, and may bring them back
def prune_survivors(weights, masks, share):
    count = round(share * sum(int(mask.sum()) for mask in masks.values()))
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks])
    alive = torch.ones(len(magnitudes), dtype=torch.bool)
    alive[magnitudes.argsort()[:count]] = False
    pieces = alive.split([mask.numel() for mask in masks.values()])
    return {name: piece.reshape(masks[name].shape) for name, piece in zip(masks, pieces, strict=True)}


# %% wrong: pruned weights count as zeros and take the places of those to prune
def prune_survivors(weights, masks, share):
    alive = torch.cat([mask.flatten() for mask in masks.values()])
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks]) * alive
    alive[magnitudes.argsort()[: round(share * int(alive.sum()))]] = False
    pieces = alive.split([mask.numel() for mask in masks.values()])
    return {name: piece.reshape(masks[name].shape) for name, piece in zip(masks, pieces, strict=True)}


# %% wrong: each layer by itself
def prune_survivors(weights, masks, share):
    new = {}
    for name, mask in masks.items():
        magnitudes = weights[f"{name}.weight"].abs().masked_fill(~mask, torch.inf).flatten()
        kept = mask.flatten().clone()
        kept[magnitudes.argsort()[: round(share * int(mask.sum()))]] = False
        new[name] = kept.reshape(mask.shape)
    return new


# %% wrong: without the absolute value
def prune_survivors(weights, masks, share):
    alive = torch.cat([mask.flatten() for mask in masks.values()])
    values = torch.cat([weights[f"{name}.weight"].flatten() for name in masks])
    values[~alive] = torch.inf
    alive[values.argsort()[: round(share * int(alive.sum()))]] = False
    pieces = alive.split([mask.numel() for mask in masks.values()])
    return {name: piece.reshape(masks[name].shape) for name, piece in zip(masks, pieces, strict=True)}


# %% wrong: cuts the count off with int()
def prune_survivors(weights, masks, share):
    alive = torch.cat([mask.flatten() for mask in masks.values()])
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks])
    magnitudes[~alive] = torch.inf
    alive[magnitudes.argsort()[: int(share * int(alive.sum()))]] = False
    pieces = alive.split([mask.numel() for mask in masks.values()])
    return {name: piece.reshape(masks[name].shape) for name, piece in zip(masks, pieces, strict=True)}


# %% wrong: a threshold that takes every tie
def prune_survivors(weights, masks, share):
    alive = torch.cat([weights[f"{name}.weight"].abs()[mask] for name, mask in masks.items()]).sort().values
    count = round(share * len(alive))
    threshold = alive[count - 1] if count else -1
    return {name: mask & (weights[f"{name}.weight"].abs() > threshold) for name, mask in masks.items()}


# %% wrong: tells survivors by weights that are not zero
def prune_survivors(weights, masks, share):
    alive = torch.cat([(weights[f"{name}.weight"] * mask).flatten() != 0 for name, mask in masks.items()])
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks])
    magnitudes[~alive] = torch.inf
    alive[magnitudes.argsort()[: round(share * int(alive.sum()))]] = False
    pieces = alive.split([mask.numel() for mask in masks.values()])
    return {name: piece.reshape(masks[name].shape) for name, piece in zip(masks, pieces, strict=True)}


# %% wrong: changes the masks it was given
def prune_survivors(weights, masks, share):
    alive = torch.cat([mask.flatten() for mask in masks.values()])
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks])
    magnitudes[~alive] = torch.inf
    alive[magnitudes.argsort()[: round(share * int(alive.sum()))]] = False
    pieces = alive.split([mask.numel() for mask in masks.values()])
    for mask, piece in zip(masks.values(), pieces, strict=True):
        mask &= piece.reshape(mask.shape)
    return masks


# %% wrong: ranks biases as well
def prune_survivors(weights, masks, share):
    everything = {
        name: masks.get(name.removesuffix(".weight"), torch.ones_like(w).bool()) for name, w in weights.items()
    }
    alive = torch.cat([mask.flatten() for mask in everything.values()])
    magnitudes = torch.cat([weights[name].abs().flatten() for name in everything])
    magnitudes[~alive] = torch.inf
    count = round(share * sum(int(mask.sum()) for mask in masks.values()))
    alive[magnitudes.argsort()[:count]] = False
    pieces = dict(zip(everything, alive.split([mask.numel() for mask in everything.values()]), strict=True))
    return {name: pieces[f"{name}.weight"].reshape(mask.shape) for name, mask in masks.items()}


# %% wrong: keeps the share instead of pruning it
def prune_survivors(weights, masks, share):
    alive = torch.cat([mask.flatten() for mask in masks.values()])
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks])
    magnitudes[~alive] = torch.inf
    alive[magnitudes.argsort()[: round((1 - share) * int(alive.sum()))]] = False
    pieces = alive.split([mask.numel() for mask in masks.values()])
    return {name: piece.reshape(masks[name].shape) for name, piece in zip(masks, pieces, strict=True)}


# %% wrong: masks of floats
def prune_survivors(weights, masks, share):
    alive = torch.cat([mask.flatten() for mask in masks.values()])
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks])
    magnitudes[~alive] = torch.inf
    alive[magnitudes.argsort()[: round(share * int(alive.sum()))]] = False
    pieces = alive.float().split([mask.numel() for mask in masks.values()])
    return {name: piece.reshape(masks[name].shape) for name, piece in zip(masks, pieces, strict=True)}


# %% right: torch's own pruner
def prune_survivors(weights, masks, share):
    pairs = []
    for name, mask in masks.items():
        layer = nn.Module()
        layer.register_parameter("weight", nn.Parameter(weights[f"{name}.weight"].contiguous()))
        prune.custom_from_mask(layer, "weight", mask.contiguous())
        pairs.append((layer, "weight"))
    prune.global_unstructured(pairs, pruning_method=prune.L1Unstructured, amount=float(share))
    return {name: layer.weight_mask.bool() for name, (layer, _) in zip(masks, pairs, strict=True)}


# %% right: positions of the survivors, then topk among them
def prune_survivors(weights, masks, share):
    alive = torch.cat([mask.reshape(-1) for mask in masks.values()])
    places = alive.nonzero().flatten()
    survivors = torch.cat([weights[f"{name}.weight"].detach().reshape(-1) for name in masks])[places].abs()
    gone = survivors.topk(round(share * len(places)), largest=False).indices
    kept = alive.index_fill(0, places[gone], False)
    new, offset = {}, 0
    for name, mask in masks.items():
        new[name] = kept[offset : offset + mask.numel()].view(mask.shape)
        offset += mask.numel()
    return new


# %% right: plain Python
def prune_survivors(weights, masks, share):
    new = {name: mask.clone() for name, mask in masks.items()}
    found = []
    for name, mask in masks.items():
        for place in mask.nonzero().tolist():
            found.append((abs(weights[f"{name}.weight"][tuple(place)].item()), name, tuple(place)))
    found.sort()
    for _, name, place in found[: round(share * len(found))]:
        new[name][place] = False
    return new


# %% wrong: floor
def prune_survivors(weights: State, masks: Masks, share: float) -> Masks:
    alive = torch.cat([mask.flatten() for mask in masks.values()])
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks])
    magnitudes[~alive] = torch.inf
    k = int(share * int(alive.sum()))
    alive[magnitudes.argsort()[:k]] = False
    parts = alive.split([mask.numel() for mask in masks.values()])
    return {name: part.reshape(mask.shape) for (name, mask), part in zip(masks.items(), parts)}


# %% wrong: dead minus inf
def prune_survivors(weights: State, masks: Masks, share: float) -> Masks:
    alive = torch.cat([mask.flatten() for mask in masks.values()])
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks])
    magnitudes[~alive] = -torch.inf
    k = round(share * int(alive.sum()))
    alive[magnitudes.argsort()[:k]] = False
    parts = alive.split([mask.numel() for mask in masks.values()])
    return {name: part.reshape(mask.shape) for (name, mask), part in zip(masks.items(), parts)}


# %% wrong: float32 count
def prune_survivors(weights: State, masks: Masks, share: float) -> Masks:
    alive = torch.cat([mask.flatten() for mask in masks.values()])
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks])
    magnitudes[~alive] = torch.inf
    k = int(torch.round(share * alive.sum()))
    alive[magnitudes.argsort()[:k]] = False
    parts = alive.split([mask.numel() for mask in masks.values()])
    return {name: part.reshape(mask.shape) for (name, mask), part in zip(masks.items(), parts)}


# %% wrong: double rounding
def prune_survivors(weights: State, masks: Masks, share: float) -> Masks:
    alive = torch.cat([mask.flatten() for mask in masks.values()])
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks])
    magnitudes[~alive] = torch.inf
    k = round(round(share, 1) * int(alive.sum()))
    alive[magnitudes.argsort()[:k]] = False
    parts = alive.split([mask.numel() for mask in masks.values()])
    return {name: part.reshape(mask.shape) for (name, mask), part in zip(masks.items(), parts)}


# %% wrong: forgets dead
def prune_survivors(weights: State, masks: Masks, share: float) -> Masks:
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks])
    alive = torch.cat([mask.flatten() for mask in masks.values()])
    k = round(share * int(alive.sum()))
    alive[magnitudes.argsort()[:k]] = False
    parts = alive.split([mask.numel() for mask in masks.values()])
    return {name: part.reshape(mask.shape) for (name, mask), part in zip(masks.items(), parts)}


# %% wrong: layer by layer
def prune_survivors(weights: State, masks: Masks, share: float) -> Masks:
    new = {}
    for name, mask in masks.items():
        k = round(share * int(mask.sum()))
        magnitudes = weights[f"{name}.weight"].abs().masked_fill(~mask, torch.inf).flatten()
        kept = mask.flatten().clone()
        kept[magnitudes.argsort()[:k]] = False
        new[name] = kept.reshape(mask.shape)
    return new


# %% wrong: in place masks
def prune_survivors(weights: State, masks: Masks, share: float) -> Masks:
    alive = torch.cat([mask.flatten() for mask in masks.values()])
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks])
    magnitudes[~alive] = torch.inf
    alive[magnitudes.argsort()[: round(share * int(alive.sum()))]] = False
    for mask, part in zip(masks.values(), alive.split([mask.numel() for mask in masks.values()])):
        mask.copy_(part.reshape(mask.shape))
    return masks


# %% wrong: ranks biases
def prune_survivors(weights: State, masks: Masks, share: float) -> Masks:
    pool = torch.cat([tensor.abs().flatten() for tensor in weights.values()]).sort().values
    n = sum(int(mask.sum()) for mask in masks.values())
    k = round(share * n)
    threshold = pool[k - 1] if k else -1.0
    return {name: mask & (weights[f"{name}.weight"].abs() > threshold) for name, mask in masks.items()}


# %% wrong: survivor is nonzero
def prune_survivors(weights: State, masks: Masks, share: float) -> Masks:
    alive = torch.cat([(weights[f"{name}.weight"] * mask).flatten() != 0 for name, mask in masks.items()])
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks])
    magnitudes[~alive] = torch.inf
    alive[magnitudes.argsort()[: round(share * int(alive.sum()))]] = False
    parts = alive.split([mask.numel() for mask in masks.values()])
    return {name: part.reshape(mask.shape) for (name, mask), part in zip(masks.items(), parts)}


# %% breach: alias when nothing to do
def prune_survivors(weights: State, masks: Masks, share: float) -> Masks:
    alive = torch.cat([mask.flatten() for mask in masks.values()])
    k = round(share * int(alive.sum()))
    if k == 0:
        return masks
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks])
    magnitudes[~alive] = torch.inf
    alive[magnitudes.argsort()[:k]] = False
    parts = alive.split([mask.numel() for mask in masks.values()])
    return {name: part.reshape(mask.shape) for (name, mask), part in zip(masks.items(), parts)}


# %% wrong: half precision ranking
def prune_survivors(weights: State, masks: Masks, share: float) -> Masks:
    alive = torch.cat([mask.flatten() for mask in masks.values()])
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().half().flatten() for name in masks])
    magnitudes[~alive] = torch.inf
    k = round(share * int(alive.sum()))
    alive[magnitudes.argsort()[:k]] = False
    parts = alive.split([mask.numel() for mask in masks.values()])
    return {name: part.reshape(mask.shape) for (name, mask), part in zip(masks.items(), parts)}


# %% right: argsort
def prune_survivors(weights: State, masks: Masks, share: float) -> Masks:
    alive = torch.cat([mask.flatten() for mask in masks.values()])
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks])
    magnitudes[~alive] = torch.inf
    k = round(share * int(alive.sum()))
    alive[magnitudes.argsort()[:k]] = False
    parts = alive.split([mask.numel() for mask in masks.values()])
    return {name: part.reshape(mask.shape) for (name, mask), part in zip(masks.items(), parts)}


# %% right: numpy
def prune_survivors(weights: State, masks: Masks, share: float) -> Masks:
    import numpy as np

    names = list(masks)
    alive = np.concatenate([masks[n].numpy().ravel() for n in names])
    mags = np.concatenate([np.abs(weights[n + ".weight"].numpy()).ravel() for n in names])
    places = np.flatnonzero(alive)
    order = places[np.argsort(mags[places], kind="stable")]
    new = alive.copy()
    new[order[: round(share * len(places))]] = False
    cuts = np.cumsum([masks[n].numel() for n in names])[:-1]
    return {
        n: torch.from_numpy(part.reshape(tuple(masks[n].shape)).copy()) for n, part in zip(names, np.split(new, cuts))
    }
