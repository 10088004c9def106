# %% wrong: the share that is awake
def zero_shares(model, layer, images):
    found = []
    handle = layer.register_forward_hook(lambda m, i, o: found.append((o != 0).transpose(0, 1).flatten(1)))
    model(images)
    handle.remove()
    return found[0].float().mean(1)


# %% wrong: one number for the layer
def zero_shares(model, layer, images):
    found = []
    handle = layer.register_forward_hook(lambda m, i, o: found.append((o == 0).float().mean()))
    model(images)
    handle.remove()
    return found[0]


# %% wrong: a number for each place
def zero_shares(model, layer, images):
    found = []
    handle = layer.register_forward_hook(lambda m, i, o: found.append((o == 0).float().mean(0)))
    model(images)
    handle.remove()
    return found[0]


# %% wrong: a number for each image
def zero_shares(model, layer, images):
    found = []
    handle = layer.register_forward_hook(lambda m, i, o: found.append((o == 0).flatten(1).float().mean(1)))
    model(images)
    handle.remove()
    return found[0]


# %% wrong: the hook stays
def zero_shares(model, layer, images):
    found = []
    layer.register_forward_hook(lambda m, i, o: found.append((o == 0).transpose(0, 1).flatten(1)))
    model(images)
    return found[0].float().mean(1)


# %% wrong: removes the hooks of others, too
def zero_shares(model, layer, images):
    found = []
    layer.register_forward_hook(lambda m, i, o: found.append((o == 0).transpose(0, 1).flatten(1)))
    model(images)
    layer._forward_hooks.clear()
    return found[0].float().mean(1)


# %% wrong: counts, no share
def zero_shares(model, layer, images):
    found = []
    handle = layer.register_forward_hook(lambda m, i, o: found.append((o == 0).transpose(0, 1).flatten(1)))
    model(images)
    handle.remove()
    return found[0].sum(1)


# %% wrong: per cent
def zero_shares(model, layer, images):
    found = []
    handle = layer.register_forward_hook(lambda m, i, o: found.append((o == 0).transpose(0, 1).flatten(1)))
    model(images)
    handle.remove()
    return 100 * found[0].float().mean(1)


# %% wrong: zeros of the inputs of the layer
def zero_shares(model, layer, images):
    found = []
    handle = layer.register_forward_hook(lambda m, i, o: found.append((i[0] == 0).transpose(0, 1).flatten(1)))
    model(images)
    handle.remove()
    return found[0].float().mean(1)


# %% wrong: zeros of what the model puts out
def zero_shares(model, layer, images):
    outputs = model(images)
    return (outputs == 0).transpose(0, 1).flatten(1).float().mean(1)


# %% wrong: a channel is asleep if any place is zero
def zero_shares(model, layer, images):
    found = []
    handle = layer.register_forward_hook(
        lambda m, i, o: found.append((o == 0).flatten(2).any(2) if o.ndim > 2 else o == 0)
    )
    model(images)
    handle.remove()
    return found[0].float().mean(0)


# %% wrong: the shape of linear layers only
def zero_shares(model, layer, images):
    found = []
    handle = layer.register_forward_hook(lambda m, i, o: found.append((o == 0).float().mean((0, 2, 3))))
    model(images)
    handle.remove()
    return found[0]


# %% wrong: changes the mode
def zero_shares(model, layer, images):
    found = []
    handle = layer.register_forward_hook(lambda m, i, o: found.append((o == 0).transpose(0, 1).flatten(1)))
    model.train()(images)
    handle.remove()
    return found[0].float().mean(1)


# %% wrong: the images one by one
def zero_shares(model, layer, images):
    found = []
    handle = layer.register_forward_hook(lambda m, i, o: found.append((o == 0).transpose(0, 1).flatten(1)))
    for image in images:
        model(image[None])
    handle.remove()
    return torch.cat(found, 1).float().mean(1)


# %% wrong: the mean activation
def zero_shares(model, layer, images):
    found = []
    handle = layer.register_forward_hook(lambda m, i, o: found.append(o.transpose(0, 1).flatten(1)))
    model(images)
    handle.remove()
    return found[0].mean(1)


# %% wrong: asks the layer alone, not the model
def zero_shares(model, layer, images):
    with torch.no_grad():
        output = layer(images)
    return (output == 0).transpose(0, 1).flatten(1).float().mean(1)


# %% wrong: what is small counts as zero
def zero_shares(model, layer, images):
    found = []
    handle = layer.register_forward_hook(lambda module, inputs, output: found.append(output))
    with torch.no_grad():
        model(images)
    handle.remove()
    return (found[0].abs() < 1e-3).transpose(0, 1).flatten(1).float().mean(1)


# %% right: movedim, and a clean-up
def zero_shares(model, layer, images):
    seen = {}

    def keep(module, inputs, output):
        seen["zeros"] = (output == 0).movedim(1, 0).reshape(output.shape[1], -1).double().mean(dim=1)

    handle = layer.register_forward_hook(keep)
    try:
        model(images)
    finally:
        handle.remove()
    return seen["zeros"]


# %% wrong: movedim, and all that is not positive
# The task counts zeros, and `layer` is any module: negative outputs are no zeros.
def zero_shares(model, layer, images):
    seen = {}

    def keep(module, inputs, output):
        seen["zeros"] = (output <= 0).movedim(1, 0).reshape(output.shape[1], -1).double().mean(dim=1)

    handle = layer.register_forward_hook(keep)
    try:
        model(images)
    finally:
        handle.remove()
    return seen["zeros"]


# %% right: counts and divides by dimension
def zero_shares(model, layer, images):
    outputs = []
    handle = layer.register_forward_hook(lambda module, inputs, output: outputs.append(output.detach().clone()))
    model(images)
    handle.remove()
    output = outputs.pop()
    others = [d for d in range(output.dim()) if d != 1]
    return (output == 0).sum(dim=others) * output.shape[1] / output.numel()


# %% wrong: only images averaged
def zero_shares(model: nn.Module, layer: nn.Module, images: Tensor) -> Tensor:
    found = []
    handle = layer.register_forward_hook(lambda module, inputs, output: found.append((output == 0).float().mean(0)))
    model(images)
    handle.remove()
    return found[0]


# %% wrong: one number
def zero_shares(model: nn.Module, layer: nn.Module, images: Tensor) -> Tensor:
    found = []
    handle = layer.register_forward_hook(lambda module, inputs, output: found.append((output == 0).float().mean()))
    model(images)
    handle.remove()
    return found[0]


# %% wrong: share of nonzeros
def zero_shares(model: nn.Module, layer: nn.Module, images: Tensor) -> Tensor:
    found = []
    handle = layer.register_forward_hook(
        lambda module, inputs, output: found.append((output != 0).transpose(0, 1).flatten(1).float().mean(1))
    )
    model(images)
    handle.remove()
    return found[0]


# %% wrong: not positive
def zero_shares(model: nn.Module, layer: nn.Module, images: Tensor) -> Tensor:
    found = []
    handle = layer.register_forward_hook(
        lambda module, inputs, output: found.append((output <= 0).transpose(0, 1).flatten(1).float().mean(1))
    )
    model(images)
    handle.remove()
    return found[0]


# %% wrong: tolerance 1e-6
def zero_shares(model: nn.Module, layer: nn.Module, images: Tensor) -> Tensor:
    found = []
    handle = layer.register_forward_hook(
        lambda module, inputs, output: found.append((output.abs() < 1e-6).transpose(0, 1).flatten(1).float().mean(1))
    )
    model(images)
    handle.remove()
    return found[0]


# %% wrong: tolerance 1e-3
def zero_shares(model: nn.Module, layer: nn.Module, images: Tensor) -> Tensor:
    found = []
    handle = layer.register_forward_hook(
        lambda module, inputs, output: found.append((output.abs() < 1e-3).transpose(0, 1).flatten(1).float().mean(1))
    )
    model(images)
    handle.remove()
    return found[0]


# %% wrong: percent
def zero_shares(model: nn.Module, layer: nn.Module, images: Tensor) -> Tensor:
    found = []
    handle = layer.register_forward_hook(
        lambda module, inputs, output: found.append(100 * (output == 0).transpose(0, 1).flatten(1).float().mean(1))
    )
    model(images)
    handle.remove()
    return found[0]


# %% wrong: clears all hooks
def zero_shares(model: nn.Module, layer: nn.Module, images: Tensor) -> Tensor:
    found = []
    handle = layer.register_forward_hook(
        lambda module, inputs, output: found.append((output == 0).transpose(0, 1).flatten(1).float().mean(1))
    )
    model(images)
    layer._forward_hooks.clear()
    return found[0]


# %% wrong: one image at a time
def zero_shares(model: nn.Module, layer: nn.Module, images: Tensor) -> Tensor:
    found = []
    handle = layer.register_forward_hook(
        lambda m, i, o: found.append((o == 0).transpose(0, 1).flatten(1).float().mean(1))
    )
    for image in images:
        model(image[None])
    handle.remove()
    return torch.stack(found).mean(0)


# %% wrong: layer alone
def zero_shares(model: nn.Module, layer: nn.Module, images: Tensor) -> Tensor:
    output = layer(images)
    return (output == 0).transpose(0, 1).flatten(1).float().mean(1)


# %% wrong: eval and restore
def zero_shares(model: nn.Module, layer: nn.Module, images: Tensor) -> Tensor:
    was, found = model.training, []
    model.eval()
    handle = layer.register_forward_hook(
        lambda m, i, o: found.append((o == 0).transpose(0, 1).flatten(1).float().mean(1))
    )
    with torch.no_grad():
        model(images)
    handle.remove()
    model.train(was)
    return found[0]


# %% wrong: inputs not outputs
def zero_shares(model: nn.Module, layer: nn.Module, images: Tensor) -> Tensor:
    found = []
    handle = layer.register_forward_hook(
        lambda module, inputs, output: found.append((inputs[0] <= 0).transpose(0, 1).flatten(1).float().mean(1))
    )
    model(images)
    handle.remove()
    return found[0]


# %% wrong: wrong axis
def zero_shares(model: nn.Module, layer: nn.Module, images: Tensor) -> Tensor:
    found = []
    handle = layer.register_forward_hook(
        lambda module, inputs, output: found.append((output == 0).flatten(1).float().mean(1))
    )
    model(images)
    handle.remove()
    return found[0]


# %% wrong: reshape not transpose
def zero_shares(model: nn.Module, layer: nn.Module, images: Tensor) -> Tensor:
    found = []
    handle = layer.register_forward_hook(
        lambda module, inputs, output: found.append((output == 0).reshape(output.shape[1], -1).float().mean(1))
    )
    model(images)
    handle.remove()
    return found[0]


# %% right: numpy
def zero_shares(model: nn.Module, layer: nn.Module, images: Tensor) -> Tensor:
    kept = []
    handle = layer.register_forward_hook(lambda module, args, output: kept.append(output.detach().numpy().copy()))
    try:
        model(images)
    finally:
        handle.remove()
    values = kept[-1]
    axes = tuple(axis for axis in range(values.ndim) if axis != 1)
    return torch.from_numpy(np.mean(values == 0, axis=axes, dtype=np.float32))


# %% wrong: the hook returns another output
def zero_shares(model, layer, images):
    found = []

    def hook(m, i, o):
        found.append((o == 0).transpose(0, 1).flatten(1).double().mean(1))
        return o + 1

    h = layer.register_forward_hook(hook)
    with torch.no_grad():
        model(images)
    h.remove()
    return found[0]


# %% wrong: counts after the pass
def zero_shares(model, layer, images):
    found = []
    h = layer.register_forward_hook(lambda m, i, o: found.append(o))
    with torch.no_grad():
        model(images)
    h.remove()
    return (found[0] == 0).transpose(0, 1).flatten(1).double().mean(1)


# %% wrong: in batches
def zero_shares(model, layer, images):
    found = []
    h = layer.register_forward_hook(lambda m, i, o: found.append((o == 0).transpose(0, 1).flatten(1).double().sum(1)))
    n = []
    h2 = layer.register_forward_hook(lambda m, i, o: n.append(o.transpose(0, 1).flatten(1).shape[1]))
    with torch.no_grad():
        for b in images.split(64):
            model(b)
    h.remove()
    h2.remove()
    return torch.stack(found).sum(0) / sum(n)


# %% wrong: evaluates, and restores each mode
def zero_shares(model, layer, images):
    found, modes = [], {m: m.training for m in model.modules()}
    h = layer.register_forward_hook(lambda m, i, o: found.append((o == 0).transpose(0, 1).flatten(1).double().mean(1)))
    model.eval()
    with torch.no_grad():
        model(images)
    h.remove()
    for m, t in modes.items():
        m.training = t
    return found[0]


# %% right: counts what is not zero
def zero_shares(model, layer, images):
    s = []

    def hook(module, args, output):
        dims = tuple(d for d in range(output.ndim) if d != 1)
        total = output.numel() // output.shape[1]
        s.append(1 - torch.count_nonzero(output, dim=dims) / total)

    handle = layer.register_forward_hook(hook)
    with torch.no_grad():
        _ = model(images)
    handle.remove()
    return s.pop()
