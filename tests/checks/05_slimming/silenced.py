# %% wrong: gamma alone
def silenced(model, keep):
    twin = deepcopy(model)
    for name, mask in keep.items():
        twin.get_submodule(name).weight.data[~mask] = 0
    return twin


# %% wrong: beta alone
def silenced(model, keep):
    twin = deepcopy(model)
    for name, mask in keep.items():
        twin.get_submodule(name).bias.data[~mask] = 0
    return twin


# %% wrong: the running statistics as well
def silenced(model, keep):
    twin = deepcopy(model)
    with torch.no_grad():
        for name, mask in keep.items():
            norm = twin.get_submodule(name)
            for tensor in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
                tensor.mul_(mask)
    return twin


# %% wrong: the running statistics instead
def silenced(model, keep):
    twin = deepcopy(model)
    for name, mask in keep.items():
        norm = twin.get_submodule(name)
        norm.running_mean.mul_(mask)
        norm.running_var.mul_(mask)
    return twin


# %% wrong: the filters in front of the batch norm
def silenced(model, keep):
    twin, before = deepcopy(model), None
    for name, module in twin.named_modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            before = module
        elif name in keep:
            before.weight.data[~keep[name]] = 0
            if before.bias is not None:
                before.bias.data[~keep[name]] = 0
    return twin


# %% wrong: in place
def silenced(model, keep):
    for name, mask in keep.items():
        model.get_submodule(name).weight.data.mul_(mask)
        model.get_submodule(name).bias.data.mul_(mask)
    return model


# %% wrong: a copy that shares its layers
def silenced(model, keep):
    import copy

    twin = copy.copy(model)
    for name, mask in keep.items():
        twin.get_submodule(name).weight.data.mul_(mask)
        twin.get_submodule(name).bias.data.mul_(mask)
    return twin


# %% wrong: silences what is kept
def silenced(model, keep):
    twin = deepcopy(model)
    for name, mask in keep.items():
        twin.get_submodule(name).weight.data[mask] = 0
        twin.get_submodule(name).bias.data[mask] = 0
    return twin


# %% wrong: a very negative beta instead of zero
def silenced(model, keep):
    twin = deepcopy(model)
    for name, mask in keep.items():
        twin.get_submodule(name).weight.data[~mask] = 0
        twin.get_submodule(name).bias.data[~mask] = -1e3
    return twin


# %% wrong: the biases of kept channels get lost
def silenced(model, keep):
    twin = deepcopy(model)
    for name, mask in keep.items():
        twin.get_submodule(name).weight.data.mul_(mask)
        twin.get_submodule(name).bias.data.zero_()
    return twin


# %% wrong: in place on a leaf that requires its gradient
def silenced(model, keep):
    twin = deepcopy(model)
    for name, mask in keep.items():
        twin.get_submodule(name).weight.mul_(mask)
        twin.get_submodule(name).bias.mul_(mask)
    return twin


# %% wrong: expects a mask for every batch norm
def silenced(model, keep):
    twin = deepcopy(model)
    for name, module in twin.named_modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.weight.data.mul_(keep[name])
            module.bias.data.mul_(keep[name])
    return twin


# %% wrong: leaves torch's masks and hooks
def silenced(model, keep):
    twin = deepcopy(model)
    for name, mask in keep.items():
        prune.custom_from_mask(twin.get_submodule(name), "weight", mask)
        prune.custom_from_mask(twin.get_submodule(name), "bias", mask)
    return twin


# %% wrong: forgets to return
def silenced(model, keep):
    twin = deepcopy(model)
    for name, mask in keep.items():
        twin.get_submodule(name).weight.data.mul_(mask)
        twin.get_submodule(name).bias.data.mul_(mask)


# %% right: torch's pruner, made permanent
def silenced(model, keep):
    twin = deepcopy(model)
    for name, mask in keep.items():
        for part in ("weight", "bias"):
            prune.custom_from_mask(twin.get_submodule(name), part, mask)
            prune.remove(twin.get_submodule(name), part)
    return twin


# %% right: through the state
def silenced(model, keep):
    state = {key: value.clone() for key, value in model.state_dict().items()}
    for name, mask in keep.items():
        for part in ("weight", "bias"):
            state[f"{name}.{part}"] = torch.where(mask, state[f"{name}.{part}"], 0.0)
    twin = deepcopy(model)
    twin.load_state_dict(state)
    return twin


# %% right: new parameters
def silenced(model, keep):
    twin = deepcopy(model)
    for name, mask in keep.items():
        norm = twin.get_submodule(name)
        norm.weight = nn.Parameter(norm.weight.detach() * mask)
        norm.bias = nn.Parameter(norm.bias.detach() * mask)
    return twin
