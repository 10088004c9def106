# %% wrong: operations instead of MACs
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    weights = sum(parameter.numel() for parameter in layer.parameters())
    moved = math.prod(shape) + weights + outputs
    return {"parameters": weights, "macs": 2 * outputs * layer.weight[0].numel(), "bytes": 4 * moved}


# %% wrong: the bias counts as a MAC
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    weights = sum(parameter.numel() for parameter in layer.parameters())
    moved = math.prod(shape) + weights + outputs
    return {
        "parameters": weights,
        "macs": outputs * (layer.weight[0].numel() + (layer.bias is not None)),
        "bytes": 4 * moved,
    }


# %% wrong: the MACs of one image
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    weights = sum(parameter.numel() for parameter in layer.parameters())
    moved = math.prod(shape) + weights + outputs
    return {"parameters": weights, "macs": outputs * layer.weight[0].numel() // shape[0], "bytes": 4 * moved}


# %% wrong: parameters without the bias
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    weights = layer.weight.numel()
    moved = math.prod(shape) + weights + outputs
    return {"parameters": weights, "macs": outputs * layer.weight[0].numel(), "bytes": 4 * moved}


# %% wrong: numbers instead of bytes
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    weights = sum(parameter.numel() for parameter in layer.parameters())
    moved = math.prod(shape) + weights + outputs
    return {"parameters": weights, "macs": outputs * layer.weight[0].numel(), "bytes": moved}


# %% wrong: weights moved once an image
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    weights = sum(parameter.numel() for parameter in layer.parameters())
    moved = math.prod(shape) + weights + outputs
    return {
        "parameters": weights,
        "macs": outputs * layer.weight[0].numel(),
        "bytes": 4 * (moved + (shape[0] - 1) * weights),
    }


# %% wrong: outputs are not moved
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    weights = sum(parameter.numel() for parameter in layer.parameters())
    moved = math.prod(shape) + weights
    return {"parameters": weights, "macs": outputs * layer.weight[0].numel(), "bytes": 4 * moved}


# %% wrong: the weights alone are moved
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    weights = sum(parameter.numel() for parameter in layer.parameters())
    moved = weights
    return {"parameters": weights, "macs": outputs * layer.weight[0].numel(), "bytes": 4 * moved}


# %% wrong: inputs of one image
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    weights = sum(parameter.numel() for parameter in layer.parameters())
    moved = math.prod(shape[1:]) + weights + outputs
    return {"parameters": weights, "macs": outputs * layer.weight[0].numel(), "bytes": 4 * moved}


# %% wrong: blind to groups
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    weights = sum(parameter.numel() for parameter in layer.parameters())
    moved = math.prod(shape) + weights + outputs
    return {
        "parameters": weights,
        "macs": outputs * layer.weight[0].numel() * getattr(layer, "groups", 1),
        "bytes": 4 * moved,
    }


# %% wrong: the output is as large as the input
def layer_cost(layer, shape):
    outputs = len(layer.weight) * math.prod(shape) // shape[1]
    weights = sum(parameter.numel() for parameter in layer.parameters())
    moved = math.prod(shape) + weights + outputs
    return {"parameters": weights, "macs": outputs * layer.weight[0].numel(), "bytes": 4 * moved}


# %% wrong: MACs from the size of the input
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    weights = sum(parameter.numel() for parameter in layer.parameters())
    moved = math.prod(shape) + weights + outputs
    return {"parameters": weights, "macs": layer.weight.numel() * math.prod(shape) // shape[1], "bytes": 4 * moved}


# %% wrong: a weight for each input, however many outputs
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    weights = sum(parameter.numel() for parameter in layer.parameters())
    moved = math.prod(shape) + weights + outputs
    return {"parameters": weights, "macs": math.prod(shape) * layer.weight[0].numel(), "bytes": 4 * moved}


# %% wrong: fractions
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    weights = sum(parameter.numel() for parameter in layer.parameters())
    moved = math.prod(shape) + weights + outputs
    return {"parameters": weights, "macs": outputs * layer.weight[0].numel() / 1, "bytes": 4 * moved}


# %% wrong: by the formula, without dilation
def layer_cost(layer, shape):
    if isinstance(layer, nn.Linear):
        parameters = layer.in_features * layer.out_features
        places, outputs = 1, layer.out_features
    else:
        kernel = math.prod(layer.kernel_size)
        parameters = layer.out_channels * layer.in_channels // layer.groups * kernel
        sides = zip(shape[2:], layer.kernel_size, layer.stride, layer.padding, strict=True)
        places = math.prod((size + 2 * p - k) // s + 1 for size, k, s, p in sides)
        outputs = layer.out_channels
    macs = shape[0] * places * parameters
    parameters += outputs if layer.bias is not None else 0
    moved = math.prod(shape) + parameters + shape[0] * outputs * places
    return {"parameters": parameters, "macs": macs, "bytes": 4 * moved}


# %% right: by the formula
def layer_cost(layer, shape):
    if isinstance(layer, nn.Linear):
        parameters = layer.in_features * layer.out_features
        places, outputs = 1, layer.out_features
    else:
        kernel = math.prod(layer.kernel_size)
        parameters = layer.out_channels * layer.in_channels // layer.groups * kernel
        sides = zip(shape[2:], layer.kernel_size, layer.stride, layer.padding, layer.dilation, strict=True)
        places = math.prod((size + 2 * p - d * (k - 1) - 1) // s + 1 for size, k, s, p, d in sides)
        outputs = layer.out_channels
    macs = shape[0] * places * parameters
    parameters += outputs if layer.bias is not None else 0
    moved = math.prod(shape) + parameters + shape[0] * outputs * places
    return {"parameters": parameters, "macs": macs, "bytes": 4 * moved}


# %% right: asks torch's counter and counts bytes
def layer_cost(layer, shape):
    from torch.utils.flop_counter import FlopCounterMode

    inputs = torch.zeros(*shape)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        outputs = layer(inputs)
    weights = parameters(layer)
    moved = inputs.nbytes + outputs.nbytes + sum(p.nbytes for p in layer.parameters())
    return {"bytes": moved, "macs": counter.get_total_flops() // 2, "parameters": weights}


# %% right: ask the layer
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    count = sum(p.numel() for p in layer.parameters())
    return {
        "parameters": count,
        "macs": outputs * layer.weight[0].numel(),
        "bytes": 4 * (math.prod(shape) + count + outputs),
    }


# %% right: formula
def layer_cost(layer, shape):
    bias = 0 if layer.bias is None else layer.bias.numel()
    if isinstance(layer, nn.Linear):
        out = math.prod(shape[:-1]) * layer.out_features
        each = layer.in_features
        params = layer.out_features * layer.in_features + bias
    else:
        h, w = (
            (n + 2 * p - d * (k - 1) - 1) // s + 1
            for n, p, d, k, s in zip(shape[2:], layer.padding, layer.dilation, layer.kernel_size, layer.stride)
        )
        out = shape[0] * layer.out_channels * h * w
        each = layer.in_channels // layer.groups * math.prod(layer.kernel_size)
        params = layer.out_channels * each + bias
    return {"parameters": params, "macs": out * each, "bytes": 4 * (math.prod(shape) + params + out)}


# %% right: flop counter
def layer_cost(layer, shape):
    from torch.utils.flop_counter import FlopCounterMode

    x = torch.zeros(shape)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        y = layer(x)
    params = sum(p.numel() for p in layer.parameters())
    return {
        "parameters": params,
        "macs": int(counter.get_total_flops() // 2),
        "bytes": 4 * (x.numel() + params + y.numel()),
    }


# %% wrong: tp counter
def layer_cost(layer, shape):
    x = torch.zeros(shape)
    macs_, params = tp.utils.count_ops_and_params(layer, x)
    return {"parameters": int(params), "macs": int(macs_), "bytes": 4 * (x.numel() + int(params) + layer(x).numel())}


# %% wrong: groups ignored
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    count = sum(p.numel() for p in layer.parameters())
    each = layer.in_channels * math.prod(layer.kernel_size) if isinstance(layer, nn.Conv2d) else layer.in_features
    return {"parameters": count, "macs": outputs * each, "bytes": 4 * (math.prod(shape) + count + outputs)}


# %% wrong: same size output
def layer_cost(layer, shape):
    outputs = shape[0] * layer.weight.shape[0] * math.prod(shape[2:])
    count = sum(p.numel() for p in layer.parameters())
    return {
        "parameters": count,
        "macs": outputs * layer.weight[0].numel(),
        "bytes": 4 * (math.prod(shape) + count + outputs),
    }


# %% wrong: bytes without parameters
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    count = sum(p.numel() for p in layer.parameters())
    return {"parameters": count, "macs": outputs * layer.weight[0].numel(), "bytes": 4 * (math.prod(shape) + outputs)}


# %% wrong: numbers not bytes
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    count = sum(p.numel() for p in layer.parameters())
    return {"parameters": count, "macs": outputs * layer.weight[0].numel(), "bytes": math.prod(shape) + count + outputs}


# %% wrong: floats
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    count = sum(p.numel() for p in layer.parameters())
    return {
        "parameters": count,
        "macs": outputs * layer.weight.numel() / layer.weight.shape[0],
        "bytes": 4 * (math.prod(shape) + count + outputs),
    }


# %% wrong: trainable only
def layer_cost(layer, shape):
    outputs = layer(torch.zeros(shape)).numel()
    count = sum(p.numel() for p in layer.parameters() if p.requires_grad)
    return {
        "parameters": count,
        "macs": outputs * layer.weight[0].numel(),
        "bytes": 4 * (math.prod(shape) + count + outputs),
    }


# %% wrong: symmetric stride padding
def layer_cost(layer, shape):
    bias = 0 if layer.bias is None else layer.bias.numel()
    out = shape[0] * layer.weight.shape[0]
    if isinstance(layer, nn.Conv2d):
        for n, k in zip(shape[2:], layer.kernel_size):
            out *= (n + 2 * layer.padding[0] - layer.dilation[0] * (k - 1) - 1) // layer.stride[0] + 1
    count = layer.weight.numel() + bias
    return {"parameters": count, "macs": out * layer.weight[0].numel(), "bytes": 4 * (math.prod(shape) + count + out)}
