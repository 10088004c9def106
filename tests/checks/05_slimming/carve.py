# %% wrong: the inputs of the next layer are not cut
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = torch.ones_like(keep_out)
        else:
            small.set_submodule(name, carve_layer(layer, keep_out, keep_out))
    return small


# %% wrong: the classifier is not cut
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for position, name in enumerate(names[:-1]):
        following = names[position + 1]
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        else:
            small.set_submodule(name, carve_layer(layer, keep_in, keep_in))
    return small


# %% wrong: the batch norms are not cut
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
    return small


# %% wrong: the running mean is not cut
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        else:
            norm = carve_layer(layer, keep_in, keep_in)
            norm.running_mean = layer.running_mean[: int(keep_in.sum())].clone()
            small.set_submodule(name, norm)
    return small


# %% wrong: the running variance is not cut
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        else:
            norm = carve_layer(layer, keep_in, keep_in)
            norm.running_var = layer.running_var[: int(keep_in.sum())].clone()
            small.set_submodule(name, norm)
    return small


# %% wrong: in place
def carve(model, keep):
    small, names = model, chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        else:
            small.set_submodule(name, carve_layer(layer, keep_in, keep_in))
    return small


# %% wrong: returns the silenced network, as large as before
def carve(model, keep):
    small = deepcopy(model)
    for name, mask in keep.items():
        small.get_submodule(name).weight.data.mul_(mask)
        small.get_submodule(name).bias.data.mul_(mask)
    return small


# %% wrong: keeps what should go
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = ~keep[following] if following in keep else torch.ones(len(layer.weight), dtype=torch.bool)
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        else:
            small.set_submodule(name, carve_layer(layer, keep_in, keep_in))
    return small


# %% wrong: takes the masks in the order of the dictionary
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    masks = iter(keep.values())
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = next(masks) if following in keep else torch.ones(len(layer.weight), dtype=torch.bool)
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        else:
            small.set_submodule(name, carve_layer(layer, keep_in, keep_in))
    return small


# %% wrong: expects a batch norm after every layer but the last
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = keep[following] if following else torch.ones(len(layer.weight), dtype=torch.bool)
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        else:
            small.set_submodule(name, carve_layer(layer, keep_in, keep_in))
    return small


# %% wrong: takes the mask of the next batch norm, however far away
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name in names:
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            later = [n for n in names[names.index(name) + 1 :] if n in keep]
            keep_out = keep[later[0]] if later else torch.ones(len(layer.weight), dtype=torch.bool)
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        else:
            small.set_submodule(name, carve_layer(layer, keep_in, keep_in))
    return small


# %% wrong: as many channels, but the first ones
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
            keep_out = torch.arange(len(keep_out)) < keep_out.sum()
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        else:
            small.set_submodule(name, carve_layer(layer, keep_in, keep_in))
    return small


# %% wrong: the last layer is the old one
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        else:
            small.set_submodule(name, carve_layer(layer, keep_in, keep_in))
    if keep[list(keep)[-1]].all() or True:
        last = small.get_submodule(names[-1])
        last.bias = model.get_submodule(names[-1]).bias
    return small


# %% wrong: loses the names of the layers
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        else:
            small.set_submodule(name, carve_layer(layer, keep_in, keep_in))
    return nn.Sequential(*(m for m in small.modules() if not list(m.children())))


# %% wrong: new weights
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        else:
            small.set_submodule(name, carve_layer(layer, keep_in, keep_in))
    for name in names:
        small.get_submodule(name).reset_parameters()
    return small


# %% wrong: always in training mode
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        else:
            small.set_submodule(name, carve_layer(layer, keep_in, keep_in))
    return small.train()


# %% wrong: always in eval mode
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        else:
            small.set_submodule(name, carve_layer(layer, keep_in, keep_in))
    return small.eval()


# %% wrong: convolutions alone
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d):
            keep_out = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        elif not isinstance(layer, nn.Linear):
            small.set_submodule(name, carve_layer(layer, keep_in, keep_in))
    return small


# %% wrong: masks that stay with the layers
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        else:
            small.set_submodule(name, carve_layer(layer, keep_in, keep_in))
    for name, mask in keep.items():
        small.get_submodule(name).register_buffer("mask", mask)
    return small


# %% wrong: hooks cut on the fly
def carve(model, keep):
    small = deepcopy(model)
    for name, mask in keep.items():
        shape = (1, -1, 1, 1) if isinstance(small.get_submodule(name), nn.BatchNorm2d) else (1, -1)
        small.get_submodule(name).register_forward_hook(lambda m, i, o, mask=mask, shape=shape: o * mask.view(shape))
    return small


# %% wrong: forgets to return
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        else:
            small.set_submodule(name, carve_layer(layer, keep_in, keep_in))


# %% wrong: the first layer reads as many inputs as it has outputs
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    arriving = torch.ones(len(model.get_submodule(names[0]).weight), dtype=torch.bool)
    for name, following in zip(names, [*names[1:], None], strict=True):
        layer = model.get_submodule(name)
        leaving = arriving
        if not isinstance(layer, BatchNorm):
            leaving = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
        small.set_submodule(name, carve_layer(layer, arriving, leaving))
        arriving = leaving
    return small


# %% right: one layer after the other
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    keep_in = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            keep_out = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
            small.set_submodule(name, carve_layer(layer, keep_in, keep_out))
            keep_in = keep_out
        else:
            small.set_submodule(name, carve_layer(layer, keep_in, keep_in))
    return small


# %% right: no mask of the inputs for batch norms
def carve(model, keep):
    small, names = deepcopy(model), chain(model)
    arriving = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], None], strict=True):
        layer = model.get_submodule(name)
        if isinstance(layer, BatchNorm):
            small.set_submodule(name, carve_layer(layer, None, arriving))
        else:
            leaving = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
            small.set_submodule(name, carve_layer(layer, arriving, leaving))
            arriving = leaving
    return small


# %% right: first all masks, then all layers, through the parent's attributes
def carve(model, keep):
    small = deepcopy(model)
    layers = [(name, small.get_submodule(name)) for name in chain(small)]
    before, plans = None, {}
    for position, (name, layer) in enumerate(layers):
        whole = torch.ones(layer.weight.shape[0], dtype=torch.bool)
        if name not in keep and layer.weight.ndim > 1:
            after = layers[position + 1][0] if position + 1 < len(layers) else None
            mask = keep.get(after, whole)
            inputs = torch.ones(layer.weight.shape[1], dtype=torch.bool) if before is None else before
            plans[name], before = (inputs, mask), mask
        else:
            plans[name] = (before, before)
    for name, (keep_in, keep_out) in plans.items():
        parent, _, child = name.rpartition(".")
        setattr(small.get_submodule(parent), child, carve_layer(small.get_submodule(name), keep_in, keep_out))
    return small


# %% right: torch_pruning's functions
def carve(model, keep):
    small = deepcopy(model)
    names = chain(small)
    for norm, mask in keep.items():
        cut = (~mask).nonzero().flatten().tolist()
        place = names.index(norm)
        for name, out in ((names[place - 1], True), (norm, True), *[(n, False) for n in names[place + 1 : place + 2]]):
            layer = small.get_submodule(name)
            if isinstance(layer, nn.Conv2d):
                (tp.prune_conv_out_channels if out else tp.prune_conv_in_channels)(layer, cut)
            elif isinstance(layer, nn.Linear):
                (tp.prune_linear_out_channels if out else tp.prune_linear_in_channels)(layer, cut)
            else:
                tp.prune_batchnorm_out_channels(layer, cut)
    return small


# %% right: walk
def carve(model, keep):
    small = deepcopy(model)
    names = chain(model)
    arriving = None
    for i, name in enumerate(names):
        layer = model.get_submodule(name)
        if isinstance(layer, BatchNorm):
            small.set_submodule(name, carve_layer(layer, arriving, arriving))
            continue
        if arriving is None:
            arriving = torch.ones(layer.weight.shape[1], dtype=torch.bool)
        nxt = names[i + 1] if i + 1 < len(names) else None
        leaving = keep.get(nxt, torch.ones(layer.weight.shape[0], dtype=torch.bool))
        small.set_submodule(name, carve_layer(layer, arriving, leaving))
        arriving = leaving
    return small


# %% right: backwards by hand no carve layer
def carve(model, keep):
    small = deepcopy(model)
    names = chain(small)
    for i, name in enumerate(names):
        if name not in keep:
            continue
        cut = torch.where(~keep[name])[0].tolist()
        norm, writer = small.get_submodule(name), small.get_submodule(names[i - 1])
        tp.prune_batchnorm_out_channels(norm, cut)
        (tp.prune_conv_out_channels if isinstance(writer, nn.Conv2d) else tp.prune_linear_out_channels)(writer, cut)
        reader = small.get_submodule(names[i + 1])
        (tp.prune_conv_in_channels if isinstance(reader, nn.Conv2d) else tp.prune_linear_in_channels)(reader, cut)
    return small


# %% right: setattr parent
def carve(model, keep):
    small, arriving = deepcopy(model), None
    names = chain(model)
    for name, following in zip(names, [*names[1:], None], strict=True):
        layer = small.get_submodule(name)
        if isinstance(layer, BatchNorm):
            new = carve_layer(layer, arriving, arriving)
        else:
            every = [torch.full((n,), True) for n in layer.weight.shape[:2]]
            inn = every[1] if arriving is None else arriving
            arriving = keep.get(following, every[0])
            new = carve_layer(layer, inn, arriving)
        parent, _, leaf = name.rpartition(".")
        setattr(small.get_submodule(parent), leaf, new)
    return small


# %% wrong: in place, again
def carve(model, keep):
    small = model
    names, arriving = chain(model), None
    for name, following in zip(names, [*names[1:], None]):
        layer = small.get_submodule(name)
        if isinstance(layer, BatchNorm):
            small.set_submodule(name, carve_layer(layer, arriving, arriving))
            continue
        inn = torch.ones(layer.weight.shape[1]).bool() if arriving is None else arriving
        arriving = keep.get(following, torch.ones(len(layer.weight)).bool())
        small.set_submodule(name, carve_layer(layer, inn, arriving))
    return small


# %% wrong: stale mask without norm
def carve(model, keep):
    small = deepcopy(model)
    names, arriving = chain(model), None
    for name, following in zip(names, [*names[1:], None]):
        layer = small.get_submodule(name)
        if isinstance(layer, BatchNorm):
            small.set_submodule(name, carve_layer(layer, arriving, arriving))
            continue
        inn = torch.ones(layer.weight.shape[1]).bool() if arriving is None else arriving
        leaving = keep.get(following, torch.ones(len(layer.weight)).bool())
        small.set_submodule(name, carve_layer(layer, inn, leaving))
        if following in keep:
            arriving = leaving
    return small


# %% wrong: dependency graph data shape
def carve(model, keep):
    small = deepcopy(model)
    modes = [m.training for m in small.modules()]
    graph = tp.DependencyGraph().build_dependency(small, torch.zeros(2, *data.shape))
    for name, mask in keep.items():
        if not mask.all():
            graph.get_pruning_group(
                small.get_submodule(name), tp.prune_batchnorm_out_channels, (~mask).nonzero().flatten().tolist()
            ).prune()
    for m, mode in zip(small.modules(), modes):
        m.training = mode
    return small


# %% wrong: silenced only
def carve(model, keep):
    return silenced(model, keep)


# %% wrong: rebuilt sequential
def carve(model, keep):
    layers, arriving = [], None
    mods = [m for m in model.modules() if not list(m.children())]
    names = {m: n for n, m in model.named_modules()}
    for m in mods:
        if isinstance(m, BatchNorm):
            layers.append(carve_layer(m, arriving, arriving))
        elif isinstance(m, nn.Conv2d | nn.Linear):
            inn = torch.ones(m.weight.shape[1]).bool() if arriving is None else arriving
            order = chain(model)
            k = order.index(names[m]) + 1
            arriving = keep.get(order[k] if k < len(order) else None, torch.ones(len(m.weight)).bool())
            layers.append(carve_layer(m, inn, arriving))
        else:
            layers.append(deepcopy(m))
    return nn.Sequential(*layers)


# %% wrong: mean and var stay first channels
def carve(model, keep):
    small = deepcopy(model)
    names, arriving = chain(model), None
    for name, following in zip(names, [*names[1:], None]):
        layer = small.get_submodule(name)
        if isinstance(layer, BatchNorm):
            new = carve_layer(layer, arriving, arriving)
            n = int(arriving.sum())
            new.running_mean, new.running_var = layer.running_mean[:n].clone(), layer.running_var[:n].clone()
            small.set_submodule(name, new)
            continue
        inn = torch.ones(layer.weight.shape[1]).bool() if arriving is None else arriving
        arriving = keep.get(following, torch.ones(len(layer.weight)).bool())
        small.set_submodule(name, carve_layer(layer, inn, arriving))
    return small


# %% wrong: dropped requires grad
def carve(model, keep):
    small = deepcopy(model)
    names, arriving = chain(model), None
    for name, following in zip(names, [*names[1:], None]):
        layer = small.get_submodule(name)
        if isinstance(layer, BatchNorm):
            small.set_submodule(name, carve_layer(layer, arriving, arriving))
            continue
        inn = torch.ones(layer.weight.shape[1]).bool() if arriving is None else arriving
        arriving = keep.get(following, torch.ones(len(layer.weight)).bool())
        small.set_submodule(name, carve_layer(layer, inn, arriving))
    return small.requires_grad_(False)
