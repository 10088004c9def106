# %% wrong: forgets the bias
def cut_outputs(layer, keep):
    small = deepcopy(layer)
    for name in ("weight", "running_mean", "running_var"):
        old = getattr(layer, name, None)
        if old is not None:
            new = old.detach()[keep]
            setattr(small, name, nn.Parameter(new) if isinstance(old, nn.Parameter) else new)
    if isinstance(layer, nn.Conv2d):
        small.out_channels = len(keep)
        if layer.groups > 1:
            small.in_channels = small.groups = len(keep)
    elif isinstance(layer, nn.Linear):
        small.out_features = len(keep)
    else:
        small.num_features = len(keep)
    return small


# %% wrong: the running mean is not cut
def cut_outputs(layer, keep):
    small = deepcopy(layer)
    for name in ("weight", "bias", "running_var"):
        old = getattr(layer, name, None)
        if old is not None:
            new = old.detach()[keep]
            setattr(small, name, nn.Parameter(new) if isinstance(old, nn.Parameter) else new)
    if isinstance(layer, nn.Conv2d):
        small.out_channels = len(keep)
        if layer.groups > 1:
            small.in_channels = small.groups = len(keep)
    elif isinstance(layer, nn.Linear):
        small.out_features = len(keep)
    else:
        small.num_features = len(keep)
    return small


# %% wrong: the running statistics of the first channels
def cut_outputs(layer, keep):
    small = deepcopy(layer)
    for name in ("weight", "bias"):
        if getattr(layer, name) is not None:
            setattr(small, name, nn.Parameter(getattr(layer, name).detach()[keep]))
    if isinstance(layer, NORMS):
        small.running_mean, small.running_var = layer.running_mean[: len(keep)], layer.running_var[: len(keep)]
        small.num_features = len(keep)
    elif isinstance(layer, nn.Linear):
        small.out_features = len(keep)
    else:
        small.out_channels = len(keep)
        if layer.groups > 1:
            small.in_channels = small.groups = len(keep)
    return small


# %% wrong: a new batch norm with the default statistics and settings
def cut_outputs(layer, keep):
    if isinstance(layer, NORMS):
        small = type(layer)(len(keep)).to(layer.weight.dtype).train(layer.training)
        small.weight.data, small.bias.data = layer.weight.detach()[keep], layer.bias.detach()[keep]
        return small
    small = deepcopy(layer)
    small.weight = nn.Parameter(layer.weight.detach()[keep])
    if layer.bias is not None:
        small.bias = nn.Parameter(layer.bias.detach()[keep])
    if isinstance(layer, nn.Linear):
        small.out_features = len(keep)
    else:
        small.out_channels = len(keep)
        if layer.groups > 1:
            small.in_channels = small.groups = len(keep)
    return small


# %% wrong: a batch norm with the statistics but the default eps
def cut_outputs(layer, keep):
    if isinstance(layer, NORMS):
        small = type(layer)(len(keep)).to(layer.weight.dtype).train(layer.training)
        small.load_state_dict({k: v if v.ndim == 0 else v[keep] for k, v in layer.state_dict().items()})
        return small
    small = deepcopy(layer)
    small.weight = nn.Parameter(layer.weight.detach()[keep])
    if layer.bias is not None:
        small.bias = nn.Parameter(layer.bias.detach()[keep])
    if isinstance(layer, nn.Linear):
        small.out_features = len(keep)
    else:
        small.out_channels = len(keep)
        if layer.groups > 1:
            small.in_channels = small.groups = len(keep)
    return small


# %% wrong: a new convolution without stride, padding and dilation
def cut_outputs(layer, keep):
    if isinstance(layer, nn.Conv2d):
        own = layer.groups > 1
        inputs = len(keep) if own else layer.in_channels
        small = nn.Conv2d(
            inputs, len(keep), layer.kernel_size, groups=len(keep) if own else 1, bias=layer.bias is not None
        )
        small = small.to(layer.weight.dtype).train(layer.training)
        small.load_state_dict({name: value[keep] for name, value in layer.state_dict().items()})
        return small
    small = deepcopy(layer)
    for name in ("weight", "bias", "running_mean", "running_var"):
        old = getattr(layer, name, None)
        if old is not None:
            setattr(small, name, nn.Parameter(old.detach()[keep]) if isinstance(old, nn.Parameter) else old[keep])
    setattr(small, "out_features" if isinstance(layer, nn.Linear) else "num_features", len(keep))
    return small


# %% wrong: sorts the channels
def cut_outputs(layer, keep):
    keep = keep.sort().values
    small = deepcopy(layer)
    for name in ("weight", "bias", "running_mean", "running_var"):
        old = getattr(layer, name, None)
        if old is not None:
            setattr(small, name, nn.Parameter(old.detach()[keep]) if isinstance(old, nn.Parameter) else old[keep])
    if isinstance(layer, nn.Conv2d):
        small.out_channels = len(keep)
        if layer.groups > 1:
            small.in_channels = small.groups = len(keep)
    setattr(small, "out_features" if isinstance(layer, nn.Linear) else "num_features", len(keep))
    return small


# %% wrong: the first channels
def cut_outputs(layer, keep):
    keep = torch.arange(len(keep))
    small = deepcopy(layer)
    for name in ("weight", "bias", "running_mean", "running_var"):
        old = getattr(layer, name, None)
        if old is not None:
            setattr(small, name, nn.Parameter(old.detach()[keep]) if isinstance(old, nn.Parameter) else old[keep])
    if isinstance(layer, nn.Conv2d):
        small.out_channels = len(keep)
        if layer.groups > 1:
            small.in_channels = small.groups = len(keep)
    setattr(small, "out_features" if isinstance(layer, nn.Linear) else "num_features", len(keep))
    return small


# %% wrong: the channels that go, not those that stay
def cut_outputs(layer, keep):
    keep = torch.tensor([c for c in range(len(layer.weight)) if c not in keep.tolist()], dtype=torch.long)
    small = deepcopy(layer)
    for name in ("weight", "bias", "running_mean", "running_var"):
        old = getattr(layer, name, None)
        if old is not None:
            setattr(small, name, nn.Parameter(old.detach()[keep]) if isinstance(old, nn.Parameter) else old[keep])
    if isinstance(layer, nn.Conv2d):
        small.out_channels = len(keep)
        if layer.groups > 1:
            small.in_channels = small.groups = len(keep)
    setattr(small, "out_features" if isinstance(layer, nn.Linear) else "num_features", len(keep))
    return small


# %% wrong: in place
def cut_outputs(layer, keep):
    small = layer
    for name in ("weight", "bias", "running_mean", "running_var"):
        old = getattr(layer, name, None)
        if old is not None:
            setattr(small, name, nn.Parameter(old.detach()[keep]) if isinstance(old, nn.Parameter) else old[keep])
    if isinstance(layer, nn.Conv2d):
        small.out_channels = len(keep)
        if layer.groups > 1:
            small.in_channels = small.groups = len(keep)
    elif isinstance(layer, nn.Linear):
        small.out_features = len(keep)
    else:
        small.num_features = len(keep)
    return small


# %% wrong: the groups of a depthwise convolution stay
def cut_outputs(layer, keep):
    small = deepcopy(layer)
    for name in ("weight", "bias", "running_mean", "running_var"):
        old = getattr(layer, name, None)
        if old is not None:
            setattr(small, name, nn.Parameter(old.detach()[keep]) if isinstance(old, nn.Parameter) else old[keep])
    if isinstance(layer, nn.Conv2d):
        small.out_channels = len(keep)
    elif isinstance(layer, nn.Linear):
        small.out_features = len(keep)
    else:
        small.num_features = len(keep)
    return small


# %% wrong: the layer still says its old size
def cut_outputs(layer, keep):
    small = deepcopy(layer)
    for name in ("weight", "bias", "running_mean", "running_var"):
        old = getattr(layer, name, None)
        if old is not None:
            setattr(small, name, nn.Parameter(old.detach()[keep]) if isinstance(old, nn.Parameter) else old[keep])
    if getattr(layer, "groups", 1) > 1:
        small.groups = len(keep)
    return small


# %% wrong: buffers become parameters
def cut_outputs(layer, keep):
    small = deepcopy(layer)
    for name in ("weight", "bias", "running_mean", "running_var"):
        old = getattr(layer, name, None)
        if old is not None:
            delattr(small, name)
            setattr(small, name, nn.Parameter(old.detach()[keep]))
    if isinstance(layer, nn.Conv2d):
        small.out_channels = len(keep)
        if layer.groups > 1:
            small.in_channels = small.groups = len(keep)
    setattr(small, "out_features" if isinstance(layer, nn.Linear) else "num_features", len(keep))
    return small


# %% wrong: a masked layer of the old size
def cut_outputs(layer, keep):
    small = deepcopy(layer)
    mask = torch.zeros(len(layer.weight), dtype=torch.bool)
    mask[keep] = True
    with torch.no_grad():
        for parameter in small.parameters():
            parameter[~mask] = 0
    return small


# %% wrong: always in training mode, always with a bias
def cut_outputs(layer, keep):
    depthwise = getattr(layer, "groups", 1) > 1
    if isinstance(layer, nn.Conv2d):
        inputs = len(keep) if depthwise else layer.in_channels
        small = nn.Conv2d(inputs, len(keep), layer.kernel_size, layer.stride, layer.padding, layer.dilation,
                          len(keep) if depthwise else 1, padding_mode=layer.padding_mode)  # fmt: skip
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(layer.in_features, len(keep))
    else:
        small = type(layer)(len(keep), layer.eps, layer.momentum)
    small = small.to(layer.weight.dtype)
    small.load_state_dict({k: v[keep] if v.ndim else v for k, v in layer.state_dict().items()}, strict=False)
    return small


# %% right: new layers with all settings
def cut_outputs(layer, keep):
    n = len(keep)
    if isinstance(layer, nn.Conv2d):
        depthwise = layer.groups > 1
        small = nn.Conv2d(n if depthwise else layer.in_channels, n, layer.kernel_size, layer.stride, layer.padding,
                          layer.dilation, n if depthwise else 1, layer.bias is not None,
                          layer.padding_mode)  # fmt: skip
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(layer.in_features, n, bias=layer.bias is not None)
    else:
        small = type(layer)(n, layer.eps, layer.momentum)
    small.to(layer.weight.dtype).train(layer.training)
    small.load_state_dict({name: value[keep] if value.ndim else value for name, value in layer.state_dict().items()})
    return small


# %% right: by the data of the parameters
def cut_outputs(layer, keep):
    small = deepcopy(layer)
    for parameter in small.parameters():
        parameter.data = parameter.data[keep]
    if isinstance(small, nn.BatchNorm1d | nn.BatchNorm2d):
        small.running_mean, small.running_var = small.running_mean[keep], small.running_var[keep]
        small.num_features = len(keep)
    if isinstance(small, nn.Linear):
        small.out_features = len(keep)
    if isinstance(small, nn.Conv2d):
        small.out_channels = len(keep)
        if small.groups != 1:
            small.groups = small.in_channels = len(keep)
    return small


# %% right: setattr parameters
def cut_outputs(layer, keep):
    small = deepcopy(layer)
    small.weight = nn.Parameter(layer.weight.detach()[keep])
    if layer.bias is not None:
        small.bias = nn.Parameter(layer.bias.detach()[keep])
    if isinstance(layer, NORMS):
        small.running_mean, small.running_var = layer.running_mean[keep], layer.running_var[keep]
        small.num_features = len(keep)
    elif isinstance(layer, nn.Linear):
        small.out_features = len(keep)
    else:
        small.out_channels = len(keep)
        if layer.groups > 1:
            small.groups = small.in_channels = len(keep)
    return small


# %% right: data loop
def cut_outputs(layer, keep):
    small = deepcopy(layer)
    for t in (*small.parameters(), *small.buffers()):
        if t.dim():
            t.data = t.data.index_select(0, keep)
    for name in ("out_channels", "out_features", "num_features") + (
        ("in_channels", "groups") if getattr(layer, "groups", 1) > 1 else ()
    ):
        if hasattr(small, name):
            setattr(small, name, len(keep))
    return small


# %% right: fresh layer
def cut_outputs(layer, keep):
    n, kw = len(keep), dict(device=layer.weight.device, dtype=layer.weight.dtype)
    if isinstance(layer, nn.Linear):
        small = nn.Linear(layer.in_features, n, layer.bias is not None, **kw)
    elif isinstance(layer, nn.Conv2d):
        deep = layer.groups > 1
        small = nn.Conv2d(
            n if deep else layer.in_channels,
            n,
            layer.kernel_size,
            layer.stride,
            layer.padding,
            layer.dilation,
            n if deep else 1,
            layer.bias is not None,
            layer.padding_mode,
            **kw,
        )
    else:
        small = type(layer)(
            n,
            eps=layer.eps,
            momentum=layer.momentum,
            affine=layer.affine,
            track_running_stats=layer.track_running_stats,
            **kw,
        )
    small.load_state_dict({k: v[keep] if v.ndim else v for k, v in layer.state_dict().items()})
    return small.train(layer.training)


# %% right: one hot matmul
def cut_outputs(layer, keep):
    pick = torch.eye(len(layer.weight), dtype=layer.weight.dtype)[keep]
    small = deepcopy(layer)
    for name, p in layer.named_parameters():
        getattr(small, name).data = (pick @ p.detach().flatten(1) if p.ndim > 1 else pick @ p.detach()).reshape(
            len(keep), *p.shape[1:]
        )
    for name, b in layer.named_buffers():
        if b.ndim:
            setattr(small, name, pick @ b)
    if isinstance(layer, NORMS):
        small.num_features = len(keep)
    elif isinstance(layer, nn.Linear):
        small.out_features = len(keep)
    else:
        small.out_channels = len(keep)
        if layer.groups == layer.out_channels and layer.groups > 1:
            small.in_channels = small.groups = len(keep)
    return small


# %% wrong: torch pruning sorted
def cut_outputs(layer, keep):
    small = deepcopy(layer)
    idxs = [i for i in range(len(layer.weight)) if i not in keep.tolist()]
    fn = (
        tp.prune_linear_out_channels
        if isinstance(layer, nn.Linear)
        else tp.prune_batchnorm_out_channels
        if isinstance(layer, NORMS)
        else tp.prune_depthwise_conv_out_channels
        if layer.groups > 1
        else tp.prune_conv_out_channels
    )
    return fn(small, idxs)


# %% wrong: statistics forgotten
def cut_outputs(layer, keep):
    small = deepcopy(layer)
    for p in small.parameters():
        p.data = p.data[keep]
    for name in ("out_channels", "out_features", "num_features") + (
        ("in_channels", "groups") if getattr(layer, "groups", 1) > 1 else ()
    ):
        if hasattr(small, name):
            setattr(small, name, len(keep))
    return small


# %% wrong: removes keep
def cut_outputs(layer, keep):
    stay = torch.tensor([i for i in range(len(layer.weight)) if i not in keep.tolist()])
    small = deepcopy(layer)
    for t in (*small.parameters(), *small.buffers()):
        if t.dim():
            t.data = t.data[stay]
    for name in ("out_channels", "out_features", "num_features") + (
        ("in_channels", "groups") if getattr(layer, "groups", 1) > 1 else ()
    ):
        if hasattr(small, name):
            setattr(small, name, len(stay))
    return small


# %% wrong: padding mode lost
def cut_outputs(layer, keep):
    n, kw = len(keep), dict(device=layer.weight.device, dtype=layer.weight.dtype)
    if isinstance(layer, nn.Linear):
        small = nn.Linear(layer.in_features, n, layer.bias is not None, **kw)
    elif isinstance(layer, nn.Conv2d):
        deep = layer.groups > 1
        small = nn.Conv2d(
            n if deep else layer.in_channels,
            n,
            layer.kernel_size,
            layer.stride,
            layer.padding,
            layer.dilation,
            n if deep else 1,
            layer.bias is not None,
            **kw,
        )
    else:
        small = type(layer)(n, eps=layer.eps, momentum=layer.momentum, **kw)
    small.load_state_dict({k: v[keep] if v.ndim else v for k, v in layer.state_dict().items()})
    return small.train(layer.training)


# %% wrong: mode lost
def cut_outputs(layer, keep):
    n, kw = len(keep), dict(device=layer.weight.device, dtype=layer.weight.dtype)
    if isinstance(layer, nn.Linear):
        small = nn.Linear(layer.in_features, n, layer.bias is not None, **kw)
    elif isinstance(layer, nn.Conv2d):
        deep = layer.groups > 1
        small = nn.Conv2d(
            n if deep else layer.in_channels,
            n,
            layer.kernel_size,
            layer.stride,
            layer.padding,
            layer.dilation,
            n if deep else 1,
            layer.bias is not None,
            layer.padding_mode,
            **kw,
        )
    else:
        small = type(layer)(n, eps=layer.eps, momentum=layer.momentum, **kw)
    small.load_state_dict({k: v[keep] if v.ndim else v for k, v in layer.state_dict().items()})
    return small


# %% wrong: bias shared
def cut_outputs(layer, keep):
    small = deepcopy(layer)
    for t in (*small.parameters(), *small.buffers()):
        if t.dim():
            t.data = t.data[keep]
    if layer.bias is not None and keep.tolist() == list(range(int(keep[0]), int(keep[0]) + len(keep))):
        small.bias = nn.Parameter(layer.bias.data[int(keep[0]) : int(keep[0]) + len(keep)])
    for name in ("out_channels", "out_features", "num_features") + (
        ("in_channels", "groups") if getattr(layer, "groups", 1) > 1 else ()
    ):
        if hasattr(small, name):
            setattr(small, name, len(keep))
    return small


# %% wrong: sorts keep in place
def cut_outputs(layer, keep):
    keep.copy_(keep.sort().values)
    small = deepcopy(layer)
    for t in (*small.parameters(), *small.buffers()):
        if t.dim():
            t.data = t.data[keep]
    for name in ("out_channels", "out_features", "num_features") + (
        ("in_channels", "groups") if getattr(layer, "groups", 1) > 1 else ()
    ):
        if hasattr(small, name):
            setattr(small, name, len(keep))
    return small


# %% wrong: same layer if all kept
def cut_outputs(layer, keep):
    if len(keep) == len(layer.weight):
        return layer
    small = deepcopy(layer)
    for t in (*small.parameters(), *small.buffers()):
        if t.dim():
            t.data = t.data[keep]
    for name in ("out_channels", "out_features", "num_features") + (
        ("in_channels", "groups") if getattr(layer, "groups", 1) > 1 else ()
    ):
        if hasattr(small, name):
            setattr(small, name, len(keep))
    return small


# %% wrong: depthwise if equal channels
def cut_outputs(layer, keep):
    small = deepcopy(layer)
    for t in (*small.parameters(), *small.buffers()):
        if t.dim():
            t.data = t.data[keep]
    if isinstance(layer, nn.Conv2d):
        small.out_channels = len(keep)
        if layer.weight.shape[1] == 1:
            small.in_channels = small.groups = len(keep)
    elif isinstance(layer, nn.Linear):
        small.out_features = len(keep)
    else:
        small.num_features = len(keep)
    return small
