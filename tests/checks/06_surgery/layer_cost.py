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
