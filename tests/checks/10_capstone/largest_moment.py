# %% wrong: the largest map alone
def largest_moment(layers, image, bytes_each):
    most = image.numel()
    for layer in layers:
        image = layer(image)
        most = max(most, image.numel())
    return bytes_each * most


# %% wrong: every layer needs room for its output
def largest_moment(layers, image, bytes_each):
    most = 0
    for layer in layers:
        result = layer(image)
        most, image = max(most, image.numel() + result.numel()), result
    return bytes_each * most


# %% wrong: all maps at once
def largest_moment(layers, image, bytes_each):
    total = image.numel()
    for layer in layers:
        image = layer(image)
        total += 0 if isinstance(layer, IN_PLACE) else image.numel()
    return bytes_each * total


# %% wrong: always four bytes
def largest_moment(layers, image, bytes_each):
    most = 0
    for layer in layers:
        result = layer(image)
        most = max(most, image.numel() + (0 if isinstance(layer, IN_PLACE) else result.numel()))
        image = result
    return 4 * most


# %% wrong: the last moment
def largest_moment(layers, image, bytes_each):
    for layer in layers:
        result = layer(image)
        held = image.numel() + (0 if isinstance(layer, IN_PLACE) else result.numel())
        image = result
    return bytes_each * held


# %% wrong: the image of the first layer goes into every layer's count
def largest_moment(layers, image, bytes_each):
    most, first = 0, image.numel()
    for layer in layers:
        image = layer(image)
        most = max(most, first + (0 if isinstance(layer, IN_PLACE) else image.numel()))
    return bytes_each * most


# %% wrong: only ReLU is in place
def largest_moment(layers, image, bytes_each):
    most = 0
    for layer in layers:
        result = layer(image)
        most = max(most, image.numel() + (0 if isinstance(layer, nn.ReLU) else result.numel()))
        image = result
    return bytes_each * most


# %% wrong: everything without weights is in place
def largest_moment(layers, image, bytes_each):
    most = 0
    for layer in layers:
        result = layer(image)
        most = max(most, image.numel() + (result.numel() if list(layer.parameters()) else 0))
        image = result
    return bytes_each * most


# %% wrong: a layer in place counts nothing
def largest_moment(layers, image, bytes_each):
    most = 0
    for layer in layers:
        result = layer(image)
        if not isinstance(layer, IN_PLACE):
            most = max(most, image.numel() + result.numel())
        image = result
    return bytes_each * most


# %% wrong: a float
def largest_moment(layers, image, bytes_each):
    most = 0.0
    for layer in layers:
        result = layer(image)
        most = max(most, bytes_each * float(image.numel() + (0 if isinstance(layer, IN_PLACE) else result.numel())))
        image = result
    return most


# %% right: sizes first, then the largest sum
def largest_moment(layers, image, bytes_each):
    maps = [image]
    for layer in layers:
        maps.append(layer(maps[-1]).detach())
    held = [
        before.numel() if isinstance(layer, IN_PLACE) else before.numel() + after.numel()
        for layer, before, after in zip(layers, maps[:-1], maps[1:], strict=True)
    ]
    return max(held) * bytes_each


# %% right: by hooks
def largest_moment(layers, image, bytes_each):
    held = []

    def look(layer, inputs, output):
        held.append(inputs[0].numel() + output.numel() * (not isinstance(layer, IN_PLACE)))

    hooks = [layer.register_forward_hook(look) for layer in layers]
    with torch.inference_mode():
        layers(image)
    for hook in hooks:
        hook.remove()
    return bytes_each * max(held)


# %% breach: train mode side effect
def largest_moment(layers, image, bytes_each):
    layers.train()
    most, x = 0, image
    with torch.no_grad():
        for layer in layers:
            y = layer(x)
            most = max(most, x.numel() if isinstance(layer, IN_PLACE) else x.numel() + y.numel())
            x = y
    return most * bytes_each


# %% wrong: in place by same shape
def largest_moment(layers, image, bytes_each):
    most, x = 0, image
    with torch.no_grad():
        for layer in layers:
            y = layer(x)
            same = x.shape == y.shape and not isinstance(layer, nn.Sigmoid)
            most = max(most, x.numel() if same or isinstance(layer, nn.Flatten) else x.numel() + y.numel())
            x = y
    return most * bytes_each


# %% wrong: names without batchnorm1d
def largest_moment(layers, image, bytes_each):
    most, x = 0, image
    with torch.no_grad():
        for layer in layers:
            y = layer(x)
            place = type(layer).__name__ in ("ReLU", "BatchNorm2d", "Flatten", "Dropout")
            most = max(most, x.numel() if place else x.numel() + y.numel())
            x = y
    return most * bytes_each


# %% wrong: largest map only
def largest_moment(layers, image, bytes_each):
    most, x = image.numel(), image
    with torch.no_grad():
        for layer in layers:
            x = layer(x)
            most = max(most, x.numel())
    return most * bytes_each


# %% wrong: image not counted
def largest_moment(layers, image, bytes_each):
    most, x = 0, image
    with torch.no_grad():
        for number, layer in enumerate(layers):
            y = layer(x)
            held = 0 if number == 0 else x.numel()
            most = max(most, x.numel() if isinstance(layer, IN_PLACE) else held + y.numel())
            x = y
    return most * bytes_each


# %% wrong: last layer skipped
def largest_moment(layers, image, bytes_each):
    most, x = 0, image
    with torch.no_grad():
        for layer in list(layers)[:-1]:
            y = layer(x)
            most = max(most, x.numel() if isinstance(layer, IN_PLACE) else x.numel() + y.numel())
            x = y
    return most * bytes_each


# %% wrong: everything is kept
def largest_moment(layers, image, bytes_each):
    total, x = image.numel(), image
    with torch.no_grad():
        for layer in layers:
            x = layer(x)
            if not isinstance(layer, IN_PLACE):
                total += x.numel()
    return total * bytes_each


# %% wrong: weights counted
def largest_moment(layers, image, bytes_each):
    most, x = 0, image
    with torch.no_grad():
        for layer in layers:
            y = layer(x)
            w = sum(p.numel() for p in layer.parameters())
            most = max(most, x.numel() if isinstance(layer, IN_PLACE) else x.numel() + y.numel() + w)
            x = y
    return most * bytes_each


# %% wrong: only rising moments
def largest_moment(layers, image, bytes_each):
    moments, x = [], image
    with torch.no_grad():
        for layer in layers:
            y = layer(x)
            moments.append(x.numel() if isinstance(layer, IN_PLACE) else x.numel() + y.numel())
            x = y
    for a, b in zip(moments, moments[1:]):
        if b < a:
            return a * bytes_each
    return moments[-1] * bytes_each


# %% breach: moves layers to double
def largest_moment(layers, image, bytes_each):
    most, x = 0, image.double()
    layers.double()
    with torch.no_grad():
        for layer in layers:
            y = layer(x)
            most = max(most, x.numel() if isinstance(layer, IN_PLACE) else x.numel() + y.numel())
            x = y
    return most * bytes_each


# %% right: hooks
def largest_moment(layers, image, bytes_each):
    seen = []

    def hook(layer, inputs, output):
        seen.append(inputs[0].numel() + (0 if isinstance(layer, IN_PLACE) else output.numel()))

    handles = [layer.register_forward_hook(hook) for layer in layers]
    with torch.inference_mode():
        layers(image)
    for handle in handles:
        handle.remove()
    return max(seen) * bytes_each


# %% right: meta device
def largest_moment(layers, image, bytes_each):
    shadow, x, most = deepcopy(layers).to("meta"), image.to("meta"), 0
    for layer in shadow:
        before = x.numel()
        x = layer(x)
        most = max(most, before if isinstance(layer, IN_PLACE) else before + x.numel())
    return int(most * bytes_each)
