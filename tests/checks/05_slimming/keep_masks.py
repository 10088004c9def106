# %% wrong: a threshold for each layer
def keep_masks(model, ratio):
    masks = {}
    for name, module in model.named_modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            size = module.weight.detach().abs()
            masks[name] = torch.ones(len(size), dtype=torch.bool)
            masks[name][size.argsort()[: min(round(ratio * len(size)), len(size) - 1)]] = False
    return masks


# %% wrong: forgets the absolute value
def keep_masks(model, ratio):
    gammas = {n: m.weight.detach() for n, m in model.named_modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)}
    together = torch.cat(list(gammas.values()))
    kept = torch.ones(len(together), dtype=torch.bool)
    kept[together.argsort()[: round(ratio * len(together))]] = False
    masks = dict(zip(gammas, kept.split([len(g) for g in gammas.values()]), strict=True))
    for name, mask in masks.items():
        if not mask.any():
            mask[gammas[name].argmax()] = True
    return masks


# %% wrong: no guard, a layer may lose all its channels
def keep_masks(model, ratio):
    norms = {n: m for n, m in model.named_modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)}
    sizes = torch.cat([m.weight.detach().abs() for m in norms.values()])
    kept = torch.ones(len(sizes), dtype=torch.bool)
    kept[sizes.argsort()[: round(ratio * len(sizes))]] = False
    return dict(zip(norms, kept.split([len(m.weight) for m in norms.values()]), strict=True))


# %% wrong: an empty layer gets its first channel back
def keep_masks(model, ratio):
    norms = {n: m for n, m in model.named_modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)}
    sizes = torch.cat([m.weight.detach().abs() for m in norms.values()])
    kept = torch.ones(len(sizes), dtype=torch.bool)
    kept[sizes.argsort()[: round(ratio * len(sizes))]] = False
    masks = dict(zip(norms, kept.split([len(m.weight) for m in norms.values()]), strict=True))
    for mask in masks.values():
        if not mask.any():
            mask[0] = True
    return masks


# %% wrong: an empty layer gets its largest signed gamma back
def keep_masks(model, ratio):
    norms = {n: m for n, m in model.named_modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)}
    sizes = torch.cat([m.weight.detach().abs() for m in norms.values()])
    kept = torch.ones(len(sizes), dtype=torch.bool)
    kept[sizes.argsort()[: round(ratio * len(sizes))]] = False
    masks = dict(zip(norms, kept.split([len(m.weight) for m in norms.values()]), strict=True))
    for name, mask in masks.items():
        if not mask.any():
            mask[norms[name].weight.argmax()] = True
    return masks


# %% wrong: an empty layer gets all its channels back
def keep_masks(model, ratio):
    norms = {n: m for n, m in model.named_modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)}
    sizes = torch.cat([m.weight.detach().abs() for m in norms.values()])
    kept = torch.ones(len(sizes), dtype=torch.bool)
    kept[sizes.argsort()[: round(ratio * len(sizes))]] = False
    masks = dict(zip(norms, kept.split([len(m.weight) for m in norms.values()]), strict=True))
    return {name: mask if mask.any() else torch.ones_like(mask) for name, mask in masks.items()}


# %% wrong: other layers pay for the channels that were spared
def keep_masks(model, ratio):
    norms = {n: m for n, m in model.named_modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)}
    sizes = {n: m.weight.detach().abs().clone() for n, m in norms.items()}
    count = round(ratio * sum(map(len, sizes.values())))
    for size in sizes.values():
        size[size.argmax()] = float("inf")
    together = torch.cat(list(sizes.values()))
    kept = torch.ones(len(together), dtype=torch.bool)
    kept[together.argsort()[:count]] = False
    kept |= together.isinf()
    return dict(zip(sizes, kept.split([len(size) for size in sizes.values()]), strict=True))


# %% wrong: a threshold that cuts every tie
def keep_masks(model, ratio):
    norms = {n: m for n, m in model.named_modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)}
    together = torch.cat([m.weight.detach().abs() for m in norms.values()])
    count = round(ratio * len(together))
    threshold = together.sort().values[count - 1] if count else -1.0
    masks = {n: m.weight.detach().abs() > threshold for n, m in norms.items()}
    for name, mask in masks.items():
        if not mask.any():
            mask[norms[name].weight.abs().argmax()] = True
    return masks


# %% wrong: a quantile as threshold
def keep_masks(model, ratio):
    norms = {n: m for n, m in model.named_modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)}
    threshold = torch.cat([m.weight.detach().abs() for m in norms.values()]).quantile(ratio)
    masks = {n: m.weight.detach().abs() >= threshold for n, m in norms.items()}
    for name, mask in masks.items():
        if not mask.any():
            mask[norms[name].weight.abs().argmax()] = True
    return masks


# %% wrong: True marks what goes
def keep_masks(model, ratio):
    norms = {n: m for n, m in model.named_modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)}
    sizes = torch.cat([m.weight.detach().abs() for m in norms.values()])
    gone = torch.zeros(len(sizes), dtype=torch.bool)
    gone[sizes.argsort()[: round(ratio * len(sizes))]] = True
    masks = dict(zip(norms, gone.split([len(m.weight) for m in norms.values()]), strict=True))
    for name, mask in masks.items():
        if mask.all():
            mask[norms[name].weight.abs().argmax()] = False
    return masks


# %% wrong: cuts the count off with int()
def keep_masks(model, ratio):
    norms = {n: m for n, m in model.named_modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)}
    sizes = torch.cat([m.weight.detach().abs() for m in norms.values()])
    kept = torch.ones(len(sizes), dtype=torch.bool)
    kept[sizes.argsort()[: int(ratio * len(sizes))]] = False
    masks = dict(zip(norms, kept.split([len(m.weight) for m in norms.values()]), strict=True))
    for name, mask in masks.items():
        if not mask.any():
            mask[norms[name].weight.abs().argmax()] = True
    return masks


# %% wrong: takes the ratio for the share that stays
def keep_masks(model, ratio):
    norms = {n: m for n, m in model.named_modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)}
    sizes = torch.cat([m.weight.detach().abs() for m in norms.values()])
    kept = torch.ones(len(sizes), dtype=torch.bool)
    kept[sizes.argsort()[: round((1 - ratio) * len(sizes))]] = False
    masks = dict(zip(norms, kept.split([len(m.weight) for m in norms.values()]), strict=True))
    for name, mask in masks.items():
        if not mask.any():
            mask[norms[name].weight.abs().argmax()] = True
    return masks


# %% wrong: keeps the first channels, not the largest
def keep_masks(model, ratio):
    masks = {}
    for name, module in model.named_modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            count = len(module.weight)
            masks[name] = torch.arange(count) < max(1, count - round(ratio * count))
    return masks


# %% wrong: keeps the smallest
def keep_masks(model, ratio):
    norms = {n: m for n, m in model.named_modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)}
    sizes = torch.cat([m.weight.detach().abs() for m in norms.values()])
    kept = torch.ones(len(sizes), dtype=torch.bool)
    kept[sizes.argsort(descending=True)[: round(ratio * len(sizes))]] = False
    masks = dict(zip(norms, kept.split([len(m.weight) for m in norms.values()]), strict=True))
    for name, mask in masks.items():
        if not mask.any():
            mask[norms[name].weight.abs().argmax()] = True
    return masks


# %% wrong: forgets the batch norms of images
def keep_masks(model, ratio):
    norms = {n: m for n, m in model.named_modules() if isinstance(m, nn.BatchNorm1d)}
    sizes = torch.cat([m.weight.detach().abs() for m in norms.values()])
    kept = torch.ones(len(sizes), dtype=torch.bool)
    kept[sizes.argsort()[: round(ratio * len(sizes))]] = False
    masks = dict(zip(norms, kept.split([len(m.weight) for m in norms.values()]), strict=True))
    for name, mask in masks.items():
        if not mask.any():
            mask[norms[name].weight.abs().argmax()] = True
    return masks


# %% wrong: ranks the vectors of other layers, too
def keep_masks(model, ratio):
    gammas = {
        name.removesuffix(".weight"): parameter.detach()
        for name, parameter in model.named_parameters()
        if name.endswith("weight") and parameter.ndim == 1
    }
    sizes = torch.cat([gamma.abs() for gamma in gammas.values()])
    kept = torch.ones(len(sizes), dtype=torch.bool)
    kept[sizes.argsort()[: round(ratio * len(sizes))]] = False
    masks = dict(zip(gammas, kept.split([len(gamma) for gamma in gammas.values()]), strict=True))
    for name, mask in masks.items():
        if not mask.any():
            mask[gammas[name].abs().argmax()] = True
    return masks


# %% wrong: masks of floats
def keep_masks(model, ratio):
    norms = {n: m for n, m in model.named_modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)}
    sizes = torch.cat([m.weight.detach().abs() for m in norms.values()])
    kept = torch.ones(len(sizes))
    kept[sizes.argsort()[: round(ratio * len(sizes))]] = 0
    masks = dict(zip(norms, kept.split([len(m.weight) for m in norms.values()]), strict=True))
    for name, mask in masks.items():
        if not mask.any():
            mask[norms[name].weight.abs().argmax()] = 1
    return masks


# %% wrong: sets the gammas to zero on the way
def keep_masks(model, ratio):
    norms = {n: m for n, m in model.named_modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)}
    sizes = torch.cat([m.weight.detach().abs() for m in norms.values()])
    kept = torch.ones(len(sizes), dtype=torch.bool)
    kept[sizes.argsort()[: round(ratio * len(sizes))]] = False
    masks = dict(zip(norms, kept.split([len(m.weight) for m in norms.values()]), strict=True))
    for name, mask in masks.items():
        if not mask.any():
            mask[norms[name].weight.abs().argmax()] = True
        norms[name].weight.data.mul_(mask)
    return masks


# %% wrong: leaves torch's pruner in the model
def keep_masks(model, ratio):
    norms = {n: m for n, m in model.named_modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)}
    count = round(ratio * sum(len(m.weight) for m in norms.values()))
    pairs = [(m, "weight") for m in norms.values()]
    prune.global_unstructured(pairs, pruning_method=prune.L1Unstructured, amount=count)
    masks = {n: m.weight_mask.bool() for n, m in norms.items()}
    for name, mask in masks.items():
        if not mask.any():
            mask[norms[name].weight_orig.abs().argmax()] = True
    return masks


# %% wrong: a list without names
def keep_masks(model, ratio):
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    sizes = torch.cat([m.weight.detach().abs() for m in norms])
    kept = torch.ones(len(sizes), dtype=torch.bool)
    kept[sizes.argsort()[: round(ratio * len(sizes))]] = False
    masks = list(kept.split([len(m.weight) for m in norms]))
    for norm, mask in zip(norms, masks, strict=True):
        if not mask.any():
            mask[norm.weight.abs().argmax()] = True
    return masks


# %% right: sorts (size, name, channel)
def keep_masks(model, ratio):
    norms = {n: m for n, m in model.named_modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))}
    ranking = sorted((abs(g), n, i) for n, m in norms.items() for i, g in enumerate(m.weight.tolist()))
    masks = {n: torch.ones(len(m.weight), dtype=torch.bool) for n, m in norms.items()}
    for _, name, channel in ranking[: round(ratio * len(ranking))]:
        masks[name][channel] = False
    last = {name: channel for _, name, channel in ranking}
    for name, mask in masks.items():
        if not mask.any():
            mask[last[name]] = True
    return masks


# %% right: torch's pruner on a copy
def keep_masks(model, ratio):
    twin = deepcopy(model)
    norms = {n: m for n, m in twin.named_modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)}
    count = round(ratio * sum(len(m.weight) for m in norms.values()))
    pairs = [(m, "weight") for m in norms.values()]
    prune.global_unstructured(pairs, pruning_method=prune.L1Unstructured, amount=count)
    masks = {}
    for name, norm in norms.items():
        masks[name] = norm.weight_mask.bool()
        if not masks[name].any():
            masks[name][norm.weight_orig.abs().argmax()] = True
    return masks


# %% right: the largest are ranked by numpy and kept
def keep_masks(model, ratio):
    import numpy as np

    gammas = {n: m.weight for n, m in model.named_modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)}
    sizes = np.concatenate([np.abs(gamma.detach().numpy()) for gamma in gammas.values()])
    kept = np.zeros(len(sizes), dtype=bool)
    kept[np.argsort(-sizes, kind="stable")[: len(sizes) - round(ratio * len(sizes))]] = True
    masks, start = {}, 0
    for name, gamma in gammas.items():
        masks[name] = torch.from_numpy(kept[start : start + len(gamma)].copy())
        if not masks[name].any():
            masks[name] = torch.arange(len(gamma)) == gamma.abs().argmax()
        start += len(gamma)
    return masks
