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
