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


# %% right: torch pruner
def keep_masks(model, share):
    norms = norms_of(deepcopy(model))
    k = round(share * sum(m.num_features for m in norms.values()))
    prune.global_unstructured([(m, "weight") for m in norms.values()], pruning_method=prune.L1Unstructured, amount=k)
    masks = {n: m.weight_mask.bool() for n, m in norms.items()}
    for n, mask in masks.items():
        if not mask.any():
            mask[norms[n].weight_orig.abs().argmax()] = True
    return masks


# %% right: python sorted pairs
def keep_masks(model, share):
    norms = norms_of(model)
    entries = sorted((abs(float(v)), n, i) for n, m in norms.items() for i, v in enumerate(m.weight))
    gone = {(n, i) for _, n, i in entries[: round(share * len(entries))]}
    out = {}
    for n, m in norms.items():
        bits = [(n, i) not in gone for i in range(len(m.weight))]
        if not any(bits):
            bits[max(range(len(bits)), key=lambda i: abs(float(m.weight[i])))] = True
        out[n] = torch.tensor(bits)
    return out


# %% wrong: floor
def keep_masks(model, share):
    gammas = {n: m.weight.detach().abs() for n, m in norms_of(model).items()}
    every = torch.cat(list(gammas.values()))
    mask = torch.ones(len(every), dtype=torch.bool)
    mask[every.argsort()[: int(len(every) * share)]] = False
    masks = dict(zip(gammas, mask.split([len(g) for g in gammas.values()])))
    for n, part in masks.items():
        if not part.any():
            part[gammas[n].argmax()] = True
    return masks


# %% wrong: threshold greater
def keep_masks(model, share):
    gammas = {n: m.weight.detach().abs() for n, m in norms_of(model).items()}
    every = torch.cat(list(gammas.values())).sort().values
    k = round(share * len(every))
    limit = every[k - 1] if k else -1
    masks = {n: g > limit for n, g in gammas.items()}
    for n, part in masks.items():
        if not part.any():
            part[gammas[n].argmax()] = True
    return masks


# %% wrong: threshold greater equal
def keep_masks(model, share):
    gammas = {n: m.weight.detach().abs() for n, m in norms_of(model).items()}
    every = torch.cat(list(gammas.values())).sort().values
    k = round(share * len(every))
    limit = every[k] if k < len(every) else float("inf")
    masks = {n: g >= limit for n, g in gammas.items()}
    for n, part in masks.items():
        if not part.any():
            part[gammas[n].argmax()] = True
    return masks


# %% wrong: per layer
def keep_masks(model, share):
    masks = {}
    for n, m in norms_of(model).items():
        g = m.weight.detach().abs()
        part = torch.ones(len(g), dtype=torch.bool)
        part[g.argsort()[: round(len(g) * share)]] = False
        if not part.any():
            part[g.argmax()] = True
        masks[n] = part
    return masks


# %% wrong: protects each largest first
def keep_masks(model, share):
    gammas = {n: m.weight.detach().abs().clone() for n, m in norms_of(model).items()}
    for g in gammas.values():
        g[g.argmax()] = float("inf")
    every = torch.cat(list(gammas.values()))
    mask = torch.ones(len(every), dtype=torch.bool)
    k = min(round(len(every) * share), int(torch.isfinite(every).sum()))
    mask[every.argsort()[:k]] = False
    return dict(zip(gammas, mask.split([len(g) for g in gammas.values()])))


# %% wrong: guard whole layer back
def keep_masks(model, share):
    gammas = {n: m.weight.detach().abs() for n, m in norms_of(model).items()}
    every = torch.cat(list(gammas.values()))
    mask = torch.ones(len(every), dtype=torch.bool)
    mask[every.argsort()[: round(len(every) * share)]] = False
    masks = dict(zip(gammas, mask.split([len(g) for g in gammas.values()])))
    for n, part in masks.items():
        if not part.any():
            part[:] = True
    return masks


# %% wrong: inverted
def keep_masks(model, share):
    gammas = {n: m.weight.detach().abs() for n, m in norms_of(model).items()}
    every = torch.cat(list(gammas.values()))
    mask = torch.zeros(len(every), dtype=torch.bool)
    mask[every.argsort()[: round(len(every) * share)]] = True
    return dict(zip(gammas, mask.split([len(g) for g in gammas.values()])))


# %% wrong: normalised by layer
def keep_masks(model, share):
    gammas = {n: m.weight.detach().abs() for n, m in norms_of(model).items()}
    every = torch.cat([g / g.mean() for g in gammas.values()])
    mask = torch.ones(len(every), dtype=torch.bool)
    mask[every.argsort()[: round(len(every) * share)]] = False
    masks = dict(zip(gammas, mask.split([len(g) for g in gammas.values()])))
    for n, part in masks.items():
        if not part.any():
            part[gammas[n].argmax()] = True
    return masks


# %% wrong: float masks
def keep_masks(model, share):
    gammas = {n: m.weight.detach().abs() for n, m in norms_of(model).items()}
    every = torch.cat(list(gammas.values()))
    mask = torch.ones(len(every))
    mask[every.argsort()[: round(len(every) * share)]] = 0
    masks = dict(zip(gammas, mask.split([len(g) for g in gammas.values()])))
    for n, part in masks.items():
        if not part.any():
            part[gammas[n].argmax()] = 1
    return masks


# %% wrong: prunes the model itself
def keep_masks(model, share):
    norms = norms_of(model)
    k = round(share * sum(m.num_features for m in norms.values()))
    prune.global_unstructured([(m, "weight") for m in norms.values()], pruning_method=prune.L1Unstructured, amount=k)
    masks = {n: m.weight_mask.bool() for n, m in norms.items()}
    for n, mask in masks.items():
        if not mask.any():
            mask[norms[n].weight_orig.abs().argmax()] = True
    return masks


# %% wrong: exactly two layers
def keep_masks(model, share):
    (na, ga), (nb, gb) = ((n, m.weight.detach().abs()) for n, m in list(norms_of(model).items())[:2])
    every = torch.cat([ga, gb])
    mask = torch.ones(len(every), dtype=torch.bool)
    mask[every.argsort()[: round(len(every) * share)]] = False
    masks = {na: mask[: len(ga)], nb: mask[len(ga) :]}
    for n, g in ((na, ga), (nb, gb)):
        if not masks[n].any():
            masks[n][g.argmax()] = True
    return masks


# %% wrong: share of remaining nonzero
def keep_masks(model, share):
    gammas = {n: m.weight.detach().abs() for n, m in norms_of(model).items()}
    every = torch.cat(list(gammas.values()))
    mask = torch.ones(len(every), dtype=torch.bool)
    mask[every.argsort()[: round(int((every != 0).sum()) * share)]] = False
    masks = dict(zip(gammas, mask.split([len(g) for g in gammas.values()])))
    for n, part in masks.items():
        if not part.any():
            part[gammas[n].argmax()] = True
    return masks
