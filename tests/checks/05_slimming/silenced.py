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


# %% right: no grad index
def silenced(model, keep):
    twin = deepcopy(model)
    with torch.no_grad():
        for name, mask in keep.items():
            norm = twin.get_submodule(name)
            norm.weight[~mask] = 0
            norm.bias[~mask] = 0
    return twin


# %% right: state dict roundtrip
def silenced(model, keep):
    state = {k: v.clone() for k, v in model.state_dict().items()}
    for name, mask in keep.items():
        for part in ("weight", "bias"):
            state[f"{name}.{part}"] *= mask
    twin = deepcopy(model)
    twin.load_state_dict(state)
    return twin


# %% right: data loop
def silenced(model, keep):
    twin = deepcopy(model)
    modules = dict(twin.named_modules())
    for name in keep:
        for i, stays in enumerate(keep[name].tolist()):
            if not stays:
                modules[name].weight.data[i] = 0.0
                modules[name].bias.data[i] = 0.0
    return twin


# %% right: new parameters, again
def silenced(model, keep):
    twin = deepcopy(model)
    for name, mask in keep.items():
        norm = twin.get_submodule(name)
        norm.weight = nn.Parameter(
            torch.where(mask, norm.weight, 0.0).detach(), requires_grad=norm.weight.requires_grad
        )
        norm.bias = nn.Parameter(torch.where(mask, norm.bias, 0.0).detach(), requires_grad=norm.bias.requires_grad)
    return twin


# %% right: torch prune removed
def silenced(model, keep):
    twin = deepcopy(model)
    for name, mask in keep.items():
        norm = twin.get_submodule(name)
        for part in ("weight", "bias"):
            prune.custom_from_mask(norm, part, mask)
            prune.remove(norm, part)
    return twin


# %% wrong: gamma only
def silenced(model, keep):
    twin = deepcopy(model)
    for name, mask in keep.items():
        twin.get_submodule(name).weight.data.mul_(mask)
    return twin


# %% wrong: shallow copy
def silenced(model, keep):
    import copy

    twin = copy.copy(model)
    for name, mask in keep.items():
        norm = twin.get_submodule(name)
        norm.weight.data.mul_(mask)
        norm.bias.data.mul_(mask)
    return twin


# %% wrong: inverted
def silenced(model, keep):
    twin = deepcopy(model)
    for name, mask in keep.items():
        norm = twin.get_submodule(name)
        norm.weight.data[mask] = 0
        norm.bias.data[mask] = 0
    return twin


# %% wrong: masks left
def silenced(model, keep):
    twin = deepcopy(model)
    for name, mask in keep.items():
        prune.custom_from_mask(twin.get_submodule(name), "weight", mask)
        prune.custom_from_mask(twin.get_submodule(name), "bias", mask)
    return twin


# %% wrong: eval mode
def silenced(model, keep):
    twin = deepcopy(model).eval()
    for name, mask in keep.items():
        norm = twin.get_submodule(name)
        norm.weight.data.mul_(mask)
        norm.bias.data.mul_(mask)
    return twin


# %% wrong: no no grad
def silenced(model, keep):
    twin = deepcopy(model)
    for name, mask in keep.items():
        norm = twin.get_submodule(name)
        norm.weight *= mask
        norm.bias *= mask
    return twin


# %% breach: shares other layers
def silenced(model, keep):
    shared = {id(t): t for name, m in model.named_modules() if name not in keep for t in m.parameters(recurse=False)}
    twin = deepcopy(model, shared)
    for name, mask in keep.items():
        norm = twin.get_submodule(name)
        norm.weight.data.mul_(mask)
        norm.bias.data.mul_(mask)
    return twin


# %% wrong: state dict alias
def silenced(model, keep):
    state = model.state_dict()
    for name, mask in keep.items():
        state[f"{name}.weight"] *= mask
        state[f"{name}.bias"] *= mask
    twin = deepcopy(model)
    twin.load_state_dict(state)
    return twin


# %% wrong: empties keep
def silenced(model, keep):
    twin = deepcopy(model)
    while keep:
        name, mask = keep.popitem()
        norm = twin.get_submodule(name)
        norm.weight.data.mul_(mask)
        norm.bias.data.mul_(mask)
    return twin
