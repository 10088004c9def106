# %% wrong: the same sparsity in each layer
def global_masks(model, sparsity):
    masks = {}
    for name, layer in model.named_modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            mask = torch.ones(layer.weight.numel(), dtype=torch.bool)
            mask[layer.weight.abs().flatten().argsort()[: round(sparsity * len(mask))]] = False
            masks[name] = mask.reshape(layer.weight.shape)
    return masks


# %% wrong: forgets the absolute value
def global_masks(model, sparsity):
    layers = {name: m for name, m in model.named_modules() if isinstance(m, (nn.Conv2d, nn.Linear))}
    scores = torch.cat([layer.weight.flatten() for layer in layers.values()])
    kept = torch.ones(len(scores), dtype=torch.bool)
    kept[scores.argsort()[: round(sparsity * len(scores))]] = False
    parts = kept.split([layer.weight.numel() for layer in layers.values()])
    return {name: part.reshape(layers[name].weight.shape) for name, part in zip(layers, parts, strict=True)}


# %% wrong: ranks the biases too
def global_masks(model, sparsity):
    layers = {name: m for name, m in model.named_modules() if isinstance(m, (nn.Conv2d, nn.Linear))}
    scores = torch.cat([p.abs().flatten() for layer in layers.values() for p in layer.parameters()])
    threshold = scores.sort().values[min(round(sparsity * len(scores)), len(scores) - 1)]
    return {name: layer.weight.abs() >= threshold for name, layer in layers.items()}


# %% wrong: masks every parameter, batch norm and biases included
def global_masks(model, sparsity):
    parameters = dict(model.named_parameters())
    scores = torch.cat([p.abs().flatten() for p in parameters.values()])
    kept = torch.ones(len(scores), dtype=torch.bool)
    kept[scores.argsort()[: round(sparsity * len(scores))]] = False
    parts = kept.split([p.numel() for p in parameters.values()])
    return {name: part.reshape(parameters[name].shape) for name, part in zip(parameters, parts, strict=True)}


# %% wrong: takes batch norm's weights for those of a layer
def global_masks(model, sparsity):
    layers = {name: m for name, m in model.named_modules() if getattr(m, "weight", None) is not None}
    scores = torch.cat([layer.weight.abs().flatten() for layer in layers.values()])
    kept = torch.ones(len(scores), dtype=torch.bool)
    kept[scores.argsort()[: round(sparsity * len(scores))]] = False
    parts = kept.split([layer.weight.numel() for layer in layers.values()])
    return {name: part.reshape(layers[name].weight.shape) for name, part in zip(layers, parts, strict=True)}


# %% wrong: forgets the convolutions
def global_masks(model, sparsity):
    layers = {name: m for name, m in model.named_modules() if isinstance(m, nn.Linear)}
    scores = torch.cat([layer.weight.abs().flatten() for layer in layers.values()])
    kept = torch.ones(len(scores), dtype=torch.bool)
    kept[scores.argsort()[: round(sparsity * len(scores))]] = False
    parts = kept.split([layer.weight.numel() for layer in layers.values()])
    return {name: part.reshape(layers[name].weight.shape) for name, part in zip(layers, parts, strict=True)}


# %% wrong: only the layers at the top of the model
def global_masks(model, sparsity):
    layers = {name: m for name, m in model.named_children() if isinstance(m, (nn.Conv2d, nn.Linear))}
    scores = torch.cat([layer.weight.abs().flatten() for layer in layers.values()])
    kept = torch.ones(len(scores), dtype=torch.bool)
    kept[scores.argsort()[: round(sparsity * len(scores))]] = False
    parts = kept.split([layer.weight.numel() for layer in layers.values()])
    return {name: part.reshape(layers[name].weight.shape) for name, part in zip(layers, parts, strict=True)}


# %% wrong: a threshold that keeps every tie
def global_masks(model, sparsity):
    layers = {name: m for name, m in model.named_modules() if isinstance(m, (nn.Conv2d, nn.Linear))}
    scores = torch.cat([layer.weight.abs().flatten() for layer in layers.values()]).sort().values
    count = round(sparsity * len(scores))
    threshold = scores[count] if count < len(scores) else scores[-1] + 1
    return {name: layer.weight.abs() >= threshold for name, layer in layers.items()}


# %% wrong: averages the thresholds of the layers
def global_masks(model, sparsity):
    layers = {name: m for name, m in model.named_modules() if isinstance(m, (nn.Conv2d, nn.Linear))}
    cuts = [layer.weight.abs().flatten().quantile(sparsity) for layer in layers.values()]
    threshold = sum(cuts) / len(cuts)
    return {name: layer.weight.abs() > threshold for name, layer in layers.items()}


# %% wrong: cuts the count off with int()
def global_masks(model, sparsity):
    layers = {name: m for name, m in model.named_modules() if isinstance(m, (nn.Conv2d, nn.Linear))}
    scores = torch.cat([layer.weight.abs().flatten() for layer in layers.values()])
    kept = torch.ones(len(scores), dtype=torch.bool)
    kept[scores.argsort()[: int(sparsity * len(scores))]] = False
    parts = kept.split([layer.weight.numel() for layer in layers.values()])
    return {name: part.reshape(layers[name].weight.shape) for name, part in zip(layers, parts, strict=True)}


# %% wrong: takes sparsity for density
def global_masks(model, sparsity):
    layers = {name: m for name, m in model.named_modules() if isinstance(m, (nn.Conv2d, nn.Linear))}
    scores = torch.cat([layer.weight.abs().flatten() for layer in layers.values()])
    kept = torch.zeros(len(scores), dtype=torch.bool)
    kept[scores.argsort(descending=True)[: round(sparsity * len(scores))]] = True
    parts = kept.split([layer.weight.numel() for layer in layers.values()])
    return {name: part.reshape(layers[name].weight.shape) for name, part in zip(layers, parts, strict=True)}


# %% wrong: zeroes the weights of the model
def global_masks(model, sparsity):
    layers = {name: m for name, m in model.named_modules() if isinstance(m, (nn.Conv2d, nn.Linear))}
    scores = torch.cat([layer.weight.abs().flatten() for layer in layers.values()])
    kept = torch.ones(len(scores), dtype=torch.bool)
    kept[scores.argsort()[: round(sparsity * len(scores))]] = False
    parts = kept.split([layer.weight.numel() for layer in layers.values()])
    masks = {name: part.reshape(layers[name].weight.shape) for name, part in zip(layers, parts, strict=True)}
    for name, mask in masks.items():
        layers[name].weight.data.mul_(mask)
    return masks


# %% wrong: leaves torch's hooks in the model
def global_masks(model, sparsity):
    layers = {name: m for name, m in model.named_modules() if isinstance(m, (nn.Conv2d, nn.Linear))}
    pairs = [(layer, "weight") for layer in layers.values()]
    prune.global_unstructured(pairs, pruning_method=prune.L1Unstructured, amount=float(sparsity))
    return {name: layer.weight_mask.bool() for name, layer in layers.items()}


# %% wrong: names parameters instead of layers
def global_masks(model, sparsity):
    weights = {name: p for name, p in model.named_parameters() if p.ndim > 1}
    scores = torch.cat([p.abs().flatten() for p in weights.values()])
    kept = torch.ones(len(scores), dtype=torch.bool)
    kept[scores.argsort()[: round(sparsity * len(scores))]] = False
    parts = kept.split([p.numel() for p in weights.values()])
    return {name: part.reshape(weights[name].shape) for name, part in zip(weights, parts, strict=True)}


# %% wrong: masks of floats
def global_masks(model, sparsity):
    layers = {name: m for name, m in model.named_modules() if isinstance(m, (nn.Conv2d, nn.Linear))}
    scores = torch.cat([layer.weight.abs().flatten() for layer in layers.values()])
    kept = torch.ones(len(scores))
    kept[scores.argsort()[: round(sparsity * len(scores))]] = 0
    parts = kept.split([layer.weight.numel() for layer in layers.values()])
    return {name: part.reshape(layers[name].weight.shape) for name, part in zip(layers, parts, strict=True)}


# %% wrong: whatever has more than one dimension
def global_masks(model, sparsity):
    weights = {name.removesuffix(".weight"): p for name, p in model.named_parameters() if p.dim() > 1}
    magnitudes = torch.cat([weight.detach().abs().flatten() for weight in weights.values()])
    kept = torch.ones(len(magnitudes), dtype=torch.bool)
    kept[magnitudes.argsort()[: round(sparsity * len(magnitudes))]] = False
    pieces = kept.split([weight.numel() for weight in weights.values()])
    names = ("" if name == "weight" else name for name in weights)
    shapes = (weight.shape for weight in weights.values())
    return {name: piece.reshape(shape) for name, piece, shape in zip(names, pieces, shapes, strict=True)}


# %% right: with a running offset
def global_masks(model, sparsity):
    layers = [(name, m) for name, m in model.named_modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    scores = torch.cat([m.weight.detach().abs().reshape(-1) for _, m in layers])
    rank = scores.argsort().argsort()
    masks, start = {}, 0
    for name, m in layers:
        stop = start + m.weight.numel()
        masks[name] = (rank[start:stop] >= round(sparsity * len(scores))).reshape(m.weight.shape)
        start = stop
    return masks


# %% right: torch's pruner on a copy
def global_masks(model, sparsity):
    twin = deepcopy(model)
    layers = {name: m for name, m in twin.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}
    pairs = [(layer, "weight") for layer in layers.values()]
    prune.global_unstructured(pairs, pruning_method=prune.L1Unstructured, amount=float(sparsity))
    return {name: layer.weight_mask.bool() for name, layer in layers.items()}


# %% right: by topk and the layers' types
def global_masks(model, sparsity):
    layers = {name: m for name, m in model.named_modules() if type(m) in (nn.Linear, nn.Conv2d)}
    weights = {name: layer.weight.detach() for name, layer in layers.items()}
    scores = torch.cat([p.abs().flatten() for p in weights.values()])
    smallest = scores.topk(round(sparsity * len(scores)), largest=False).indices
    kept = torch.ones(len(scores), dtype=torch.bool).index_fill(0, smallest, False)
    parts = kept.split([p.numel() for p in weights.values()])
    return {name: part.view_as(weights[name]) for name, part in zip(weights, parts, strict=True)}


# %% wrong: local per layer
def global_masks(model, sparsity):
    return {
        n: magnitude_mask(m.weight, sparsity) for n, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)
    }


# %% wrong: batchnorm too
def global_masks(model, sparsity):
    layers = {n: m.weight for n, m in model.named_modules() if hasattr(m, "weight") and m.weight is not None}
    mask = magnitude_mask(torch.cat([w.flatten() for w in layers.values()]), sparsity)
    return {
        n: p.reshape(w.shape) for (n, w), p in zip(layers.items(), mask.split([w.numel() for w in layers.values()]))
    }


# %% wrong: threshold ties
def global_masks(model, sparsity):
    layers = {n: m.weight.detach().abs() for n, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}
    flat = torch.cat([w.flatten() for w in layers.values()])
    k = round(sparsity * len(flat))
    t = flat.kthvalue(k).values if k else -1.0
    return {n: w > t for n, w in layers.items()}


# %% wrong: flat pieces
def global_masks(model, sparsity):
    layers = {n: m.weight for n, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}
    mask = magnitude_mask(torch.cat([w.flatten() for w in layers.values()]), sparsity)
    return dict(zip(layers, mask.split([w.numel() for w in layers.values()])))


# %% wrong: hooks left on model
def global_masks(model, sparsity):
    names = [n for n, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    prune.global_unstructured(
        [(model.get_submodule(n), "weight") for n in names], pruning_method=prune.L1Unstructured, amount=sparsity
    )
    return {n: model.get_submodule(n).weight_mask.bool() for n in names}


# %% wrong: eval mode left
def global_masks(model, sparsity):
    model.eval()
    layers = {n: m.weight for n, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}
    mask = magnitude_mask(torch.cat([w.flatten() for w in layers.values()]), sparsity)
    return {
        n: p.reshape(w.shape) for (n, w), p in zip(layers.items(), mask.split([w.numel() for w in layers.values()]))
    }


# %% wrong: skips the root
def global_masks(model, sparsity):
    layers = {n: m.weight for n, m in list(model.named_modules())[1:] if isinstance(m, nn.Conv2d | nn.Linear)}
    mask = magnitude_mask(torch.cat([w.flatten() for w in layers.values()]), sparsity)
    return {
        n: p.reshape(w.shape) for (n, w), p in zip(layers.items(), mask.split([w.numel() for w in layers.values()]))
    }


# %% wrong: any convolution
def global_masks(model, sparsity):
    layers = {n: m.weight for n, m in model.named_modules() if isinstance(m, (nn.Linear, nn.modules.conv._ConvNd))}
    mask = magnitude_mask(torch.cat([w.flatten() for w in layers.values()]), sparsity)
    return {
        n: p.reshape(w.shape) for (n, w), p in zip(layers.items(), mask.split([w.numel() for w in layers.values()]))
    }


# %% wrong: normalised by layer
def global_masks(model, sparsity):
    layers = {n: m.weight for n, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}
    mask = magnitude_mask(torch.cat([(w.detach() / w.detach().norm()).flatten() for w in layers.values()]), sparsity)
    return {
        n: p.reshape(w.shape) for (n, w), p in zip(layers.items(), mask.split([w.numel() for w in layers.values()]))
    }


# %% wrong: ranks in half precision
def global_masks(model, sparsity):
    layers = {n: m.weight for n, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}
    mask = magnitude_mask(torch.cat([w.detach().half().flatten() for w in layers.values()]), sparsity)
    return {
        n: p.reshape(w.shape) for (n, w), p in zip(layers.items(), mask.split([w.numel() for w in layers.values()]))
    }
