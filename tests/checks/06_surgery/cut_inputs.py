# %% wrong: the pixels of a channel interleaved
def cut_inputs(layer, keep, channels):
    small, weight = deepcopy(layer), layer.weight.detach()
    if isinstance(layer, nn.Conv2d):
        small.weight, small.in_channels = nn.Parameter(weight[:, keep]), len(keep)
    else:
        small.weight = nn.Parameter(weight.unflatten(1, (-1, channels))[:, :, keep].flatten(1))
        small.in_features = small.weight.shape[1]
    return small


# %% wrong: one column a channel
def cut_inputs(layer, keep, channels):
    small = deepcopy(layer)
    small.weight = nn.Parameter(layer.weight.detach()[:, keep])
    setattr(small, "in_channels" if isinstance(layer, nn.Conv2d) else "in_features", len(keep))
    return small


# %% wrong: cuts the outputs
def cut_inputs(layer, keep, channels):
    small = deepcopy(layer)
    small.weight = nn.Parameter(layer.weight.detach()[keep])
    if isinstance(layer, nn.Conv2d):
        small.in_channels = len(keep)
    else:
        small.in_features = len(keep)
    return small


# %% wrong: cuts the bias, too
def cut_inputs(layer, keep, channels):
    small, weight = deepcopy(layer), layer.weight.detach()
    if isinstance(layer, nn.Conv2d):
        small.weight, small.in_channels = nn.Parameter(weight[:, keep]), len(keep)
    else:
        small.weight = nn.Parameter(weight.unflatten(1, (channels, -1))[:, keep].flatten(1))
        small.in_features = small.weight.shape[1]
    if layer.bias is not None:
        small.bias = nn.Parameter(layer.bias.detach()[: len(keep)])
    return small


# %% wrong: forgets the bias
def cut_inputs(layer, keep, channels):
    small, weight = deepcopy(layer), layer.weight.detach()
    small.bias = None
    if isinstance(layer, nn.Conv2d):
        small.weight, small.in_channels = nn.Parameter(weight[:, keep]), len(keep)
    else:
        small.weight = nn.Parameter(weight.unflatten(1, (channels, -1))[:, keep].flatten(1))
        small.in_features = small.weight.shape[1]
    return small


# %% wrong: sorts the channels
def cut_inputs(layer, keep, channels):
    small, weight, keep = deepcopy(layer), layer.weight.detach(), keep.sort().values
    if isinstance(layer, nn.Conv2d):
        small.weight, small.in_channels = nn.Parameter(weight[:, keep]), len(keep)
    else:
        small.weight = nn.Parameter(weight.unflatten(1, (channels, -1))[:, keep].flatten(1))
        small.in_features = small.weight.shape[1]
    return small


# %% wrong: the first channels
def cut_inputs(layer, keep, channels):
    small, weight, n = deepcopy(layer), layer.weight.detach(), len(keep)
    if isinstance(layer, nn.Conv2d):
        small.weight, small.in_channels = nn.Parameter(weight[:, :n].clone()), n
    else:
        small.weight = nn.Parameter(weight[:, : n * layer.in_features // channels].clone())
        small.in_features = small.weight.shape[1]
    return small


# %% wrong: in place
def cut_inputs(layer, keep, channels):
    weight = layer.weight.detach()
    if isinstance(layer, nn.Conv2d):
        layer.weight, layer.in_channels = nn.Parameter(weight[:, keep]), len(keep)
    else:
        layer.weight = nn.Parameter(weight.unflatten(1, (channels, -1))[:, keep].flatten(1))
        layer.in_features = layer.weight.shape[1]
    return layer


# %% wrong: the layer still says its old size
def cut_inputs(layer, keep, channels):
    small, weight = deepcopy(layer), layer.weight.detach()
    if isinstance(layer, nn.Linear):
        weight = weight.unflatten(1, (channels, -1))
    small.weight = nn.Parameter(weight[:, keep].flatten(1) if isinstance(layer, nn.Linear) else weight[:, keep])
    return small


# %% wrong: zeros instead of a smaller layer
def cut_inputs(layer, keep, channels):
    small = deepcopy(layer)
    mask = torch.zeros(channels, dtype=torch.bool)
    mask[keep] = True
    with torch.no_grad():
        if isinstance(layer, nn.Conv2d):
            small.weight[:, ~mask] = 0
        else:
            small.weight[:, ~mask.repeat_interleave(layer.in_features // channels)] = 0
    return small


# %% wrong: a new convolution without stride, padding and dilation
def cut_inputs(layer, keep, channels):
    if isinstance(layer, nn.Linear):
        small = deepcopy(layer)
        small.weight = nn.Parameter(layer.weight.detach().unflatten(1, (channels, -1))[:, keep].flatten(1))
        small.in_features = small.weight.shape[1]
        return small
    small = nn.Conv2d(len(keep), layer.out_channels, layer.kernel_size, bias=layer.bias is not None)
    small = small.to(layer.weight.dtype).train(layer.training)
    small.weight.data = layer.weight.detach()[:, keep]
    if layer.bias is not None:
        small.bias.data = layer.bias.detach().clone()
    return small


# %% wrong: the pixels of each kept channel in reversed order
def cut_inputs(layer, keep, channels):
    small, weight = deepcopy(layer), layer.weight.detach()
    if isinstance(layer, nn.Conv2d):
        small.weight, small.in_channels = nn.Parameter(weight[:, keep]), len(keep)
    else:
        small.weight = nn.Parameter(weight.unflatten(1, (channels, -1))[:, keep].flip(2).flatten(1))
        small.in_features = small.weight.shape[1]
    return small


# %% right: by the numbers of the columns
def cut_inputs(layer, keep, channels):
    small = deepcopy(layer)
    pixels = layer.weight.shape[1] // channels
    columns = (keep[:, None] * pixels + torch.arange(pixels)).flatten()
    small.weight = nn.Parameter(layer.weight.detach()[:, columns])
    setattr(small, "in_features" if isinstance(layer, nn.Linear) else "in_channels", len(columns))
    return small


# %% right: new layers, joined pieces
def cut_inputs(layer, keep, channels):
    weight = torch.cat([layer.weight.detach().chunk(channels, dim=1)[int(channel)] for channel in keep], dim=1)
    if isinstance(layer, nn.Linear):
        small = nn.Linear(weight.shape[1], layer.out_features, bias=layer.bias is not None)
    else:
        small = nn.Conv2d(len(keep), layer.out_channels, layer.kernel_size, layer.stride, layer.padding,
                          layer.dilation, bias=layer.bias is not None, padding_mode=layer.padding_mode)  # fmt: skip
    small.to(weight.dtype).train(layer.training)
    small.load_state_dict(layer.state_dict() | {"weight": weight})
    return small


# %% right: unflatten
def cut_inputs(layer, keep, channels):
    small = deepcopy(layer)
    w = layer.weight.detach()
    w = w.unflatten(1, (channels, -1))[:, keep].flatten(1, 2) if isinstance(layer, nn.Linear) else w[:, keep]
    small.weight.data = w.contiguous()
    setattr(small, "in_features" if isinstance(layer, nn.Linear) else "in_channels", w.shape[1])
    return small


# %% right: fresh layer split
def cut_inputs(layer, keep, channels):
    kw = dict(bias=layer.bias is not None, dtype=layer.weight.dtype, device=layer.weight.device)
    pieces = layer.weight.detach().chunk(channels, dim=1)
    w = torch.cat([pieces[i] for i in keep.tolist()], dim=1)
    if isinstance(layer, nn.Linear):
        small = nn.Linear(w.shape[1], layer.out_features, **kw)
    else:
        small = nn.Conv2d(
            w.shape[1],
            layer.out_channels,
            layer.kernel_size,
            layer.stride,
            layer.padding,
            layer.dilation,
            padding_mode=layer.padding_mode,
            **kw,
        )
    with torch.no_grad():
        small.weight.copy_(w)
        if layer.bias is not None:
            small.bias.copy_(layer.bias)
    return small.train(layer.training)


# %% right: numpy take
def cut_inputs(layer, keep, channels):
    import numpy as np

    w = layer.weight.detach().numpy()
    shape = w.shape
    picked = np.take(w.reshape(shape[0], channels, -1), keep.numpy(), axis=1)
    small = deepcopy(layer)
    if w.ndim == 4:
        new = picked.reshape(shape[0], len(keep), *shape[2:])
        small.in_channels = len(keep)
    else:
        new = picked.reshape(shape[0], -1)
        small.in_features = new.shape[1]
    small.weight = nn.Parameter(torch.from_numpy(new.copy()))
    return small


# %% wrong: sorted keep
def cut_inputs(layer, keep, channels):
    keep = keep.sort().values
    small = deepcopy(layer)
    w = layer.weight.detach()
    w = w.unflatten(1, (channels, -1))[:, keep].flatten(1, 2) if isinstance(layer, nn.Linear) else w[:, keep]
    small.weight = nn.Parameter(w)
    setattr(small, "in_features" if isinstance(layer, nn.Linear) else "in_channels", w.shape[1])
    return small


# %% wrong: rows
def cut_inputs(layer, keep, channels):
    small = deepcopy(layer)
    small.weight = nn.Parameter(layer.weight.detach()[keep])
    return small


# %% wrong: square pixels
def cut_inputs(layer, keep, channels):
    small = deepcopy(layer)
    w = layer.weight.detach()
    if isinstance(layer, nn.Linear):
        side = round((layer.in_features / channels) ** 0.5)
        w = w.reshape(len(w), channels, side, side)[:, keep].flatten(1)
        small.in_features = w.shape[1]
    else:
        w = w[:, keep]
        small.in_channels = len(keep)
    small.weight = nn.Parameter(w)
    return small


# %% wrong: frozen
def cut_inputs(layer, keep, channels):
    small = deepcopy(layer).requires_grad_(False)
    w = layer.weight.detach()
    w = w.unflatten(1, (channels, -1))[:, keep].flatten(1, 2) if isinstance(layer, nn.Linear) else w[:, keep]
    small.weight.data = w
    setattr(small, "in_features" if isinstance(layer, nn.Linear) else "in_channels", w.shape[1])
    return small


# %% wrong: bias shared
def cut_inputs(layer, keep, channels):
    import copy

    small = copy.copy(layer)
    small._parameters = dict(layer._parameters)
    w = layer.weight.detach()
    w = w.unflatten(1, (channels, -1))[:, keep].flatten(1, 2) if isinstance(layer, nn.Linear) else w[:, keep]
    small.weight = nn.Parameter(w)
    setattr(small, "in_features" if isinstance(layer, nn.Linear) else "in_channels", w.shape[1])
    return small


# %% wrong: mode lost
def cut_inputs(layer, keep, channels):
    kw = dict(bias=layer.bias is not None, dtype=layer.weight.dtype)
    w = layer.weight.detach()
    w = w.unflatten(1, (channels, -1))[:, keep].flatten(1, 2) if isinstance(layer, nn.Linear) else w[:, keep]
    if isinstance(layer, nn.Linear):
        small = nn.Linear(w.shape[1], layer.out_features, **kw)
    else:
        small = nn.Conv2d(
            w.shape[1],
            layer.out_channels,
            layer.kernel_size,
            layer.stride,
            layer.padding,
            layer.dilation,
            padding_mode=layer.padding_mode,
            **kw,
        )
    small.weight.data = w
    if layer.bias is not None:
        small.bias.data = layer.bias.detach().clone()
    return small
