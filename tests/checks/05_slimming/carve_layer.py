# %% wrong: the running mean is not cut
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean.clone()
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: the running variance is not cut
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var.clone()
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: new running statistics
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: a batch norm of the other channels
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[:outputs]
        small.running_var = layer.running_var[:outputs]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: the inputs are not cut
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
        small.weight.data = layer.weight.data[keep_out]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: the outputs are not cut
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
        small.weight.data = layer.weight.data[:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[:, keep_in]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: inputs and outputs swapped
def carve_layer(layer, keep_in, keep_out):
    keep_in, keep_out = keep_out, keep_in
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: forgets the bias
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=False)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=False)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if not isinstance(layer, nn.Conv2d | nn.Linear):
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: always makes a bias
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: the bias of the first channels
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[:outputs].clone()
    return small.train(layer.training)


# %% wrong: the first channels, as many as are kept
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
        small.weight.data = layer.weight.data[:outputs, :inputs].clone()
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[:outputs, :inputs].clone()
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: forgets stride and padding
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(inputs, outputs, layer.kernel_size, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: forgets the dilation
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(inputs, outputs, layer.kernel_size, layer.stride, layer.padding, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: takes every kernel for a square
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs,
            outputs,
            layer.kernel_size[0],
            layer.stride[0],
            layer.padding,
            layer.dilation,
            bias=layer.bias is not None,
        )
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: zeros instead of surgery
def carve_layer(layer, keep_in, keep_out):
    small = deepcopy(layer)
    small.weight.data[~keep_out] = 0
    if layer.weight.ndim > 1:
        small.weight.data[:, ~keep_in] = 0
    if layer.bias is not None:
        small.bias.data[~keep_out] = 0
    return small


# %% wrong: in place
def carve_layer(layer, keep_in, keep_out):
    for tensor in (*layer.parameters(), *layer.buffers()):
        if tensor.ndim > 0:
            tensor.data = tensor.data[keep_out]
        if tensor.ndim > 1:
            tensor.data = tensor.data[:, keep_in]
    return layer


# %% wrong: new random weights of the right size
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: keeps what should go
def carve_layer(layer, keep_in, keep_out):
    keep_in, keep_out = ~keep_in, ~keep_out
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: leaves the default eps of a batch norm
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = type(layer)(outputs)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: always a batch norm of images
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = nn.BatchNorm2d(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: every layer comes back in training mode
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small


# %% wrong: shares the bias with the old layer
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias = layer.bias if keep_out.all() else nn.Parameter(layer.bias.data[keep_out])
    return small.train(layer.training)


# %% wrong: the surviving inputs in the opposite order
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
        small.weight.data = layer.weight.data[keep_out][:, keep_in.nonzero().flatten().flip(0)]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in.nonzero().flatten().flip(0)]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% wrong: weights that no longer train
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training).requires_grad_(False)


# %% wrong: sizes that are not those of the weights
def carve_layer(layer, keep_in, keep_out):
    small = deepcopy(layer)
    for tensor in (*small.parameters(), *small.buffers()):
        if tensor.ndim > 0:
            tensor.data = tensor.data[keep_out]
        if tensor.ndim > 1:
            tensor.data = tensor.data[:, keep_in]
    return small


# %% wrong: new layers, one kind after the other
# The padding mode does not come along.
def carve_layer(layer, keep_in, keep_out):
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            inputs, outputs, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None
        )
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(inputs, outputs, bias=layer.bias is not None)
        small.weight.data = layer.weight.data[keep_out][:, keep_in]
    else:
        small = type(layer)(outputs, layer.eps, layer.momentum)
        small.weight.data = layer.weight.data[keep_out]
        small.running_mean = layer.running_mean[keep_out]
        small.running_var = layer.running_var[keep_out]
        small.num_batches_tracked = layer.num_batches_tracked.clone()
    if layer.bias is not None:
        small.bias.data = layer.bias.data[keep_out]
    return small.train(layer.training)


# %% right: by torch_pruning's functions, on a copy
def carve_layer(layer, keep_in, keep_out):
    small = deepcopy(layer)
    cut_in, cut_out = ((~mask).nonzero().flatten().tolist() for mask in (keep_in, keep_out))
    if isinstance(layer, nn.Conv2d):
        small = tp.prune_conv_in_channels(tp.prune_conv_out_channels(small, cut_out), cut_in)
    elif isinstance(layer, nn.Linear):
        small = tp.prune_linear_in_channels(tp.prune_linear_out_channels(small, cut_out), cut_in)
    else:
        small = tp.prune_batchnorm_out_channels(small, cut_out)
    return small


# %% right: index_select, and new parameters and buffers
def carve_layer(layer, keep_in, keep_out):
    rows, columns = keep_out.nonzero().flatten(), keep_in.nonzero().flatten()
    small = deepcopy(layer)
    for name, parameter in list(small.named_parameters()):
        value = parameter.detach().index_select(0, rows)
        setattr(small, name, nn.Parameter(value.index_select(1, columns) if value.ndim > 1 else value))
    for name, buffer in list(small.named_buffers()):
        if buffer.ndim:
            setattr(small, name, buffer.index_select(0, rows))
    sizes = {"in_channels": columns, "out_channels": rows, "in_features": columns, "out_features": rows}
    for name, kept in (sizes | {"num_features": rows}).items():
        if hasattr(small, name):
            setattr(small, name, len(kept))
    return small


# %% right: deepcopy data
def carve_layer(layer, keep_in, keep_out):
    small = deepcopy(layer)
    for tensor in (*small.parameters(), *small.buffers()):
        if tensor.ndim >= 1:
            tensor.data = tensor.data[keep_out]
        if tensor.ndim >= 2:
            tensor.data = tensor.data[:, keep_in]
    n_in, n_out = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small.in_channels, small.out_channels = n_in, n_out
    elif isinstance(layer, nn.Linear):
        small.in_features, small.out_features = n_in, n_out
    else:
        small.num_features = n_out
    return small


# %% right: fresh layers
def carve_layer(layer, keep_in, keep_out):
    i, o = int(keep_in.sum()), int(keep_out.sum())
    like = dict(device=layer.weight.device, dtype=layer.weight.dtype)
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            i,
            o,
            layer.kernel_size,
            layer.stride,
            layer.padding,
            layer.dilation,
            1,
            layer.bias is not None,
            layer.padding_mode,
            **like,
        )
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(i, o, layer.bias is not None, **like)
    else:
        small = type(layer)(o, layer.eps, layer.momentum, **like)
    state = {}
    for key, value in layer.state_dict().items():
        if value.ndim:
            value = value[keep_out]
        if value.ndim > 1:
            value = value[:, keep_in]
        state[key] = value
    small.load_state_dict(state)
    return small.train(layer.training)


# %% wrong: bn uses keep in
def carve_layer(layer, keep_in, keep_out):
    small = deepcopy(layer)
    if isinstance(layer, BatchNorm):
        for t in (small.weight, small.bias, small.running_mean, small.running_var):
            t.data = t.data[keep_in]
        small.num_features = int(keep_in.sum())
        return small
    small.weight.data = small.weight.data[keep_out][:, keep_in]
    if small.bias is not None:
        small.bias.data = small.bias.data[keep_out]
    for name, mask in (
        ("in_channels", keep_in),
        ("in_features", keep_in),
        ("out_channels", keep_out),
        ("out_features", keep_out),
    ):
        if hasattr(small, name):
            setattr(small, name, int(mask.sum()))
    return small


# %% wrong: padding mode lost
def carve_layer(layer, keep_in, keep_out):
    i, o = int(keep_in.sum()), int(keep_out.sum())
    like = dict(device=layer.weight.device, dtype=layer.weight.dtype)
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            i, o, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None, **like
        )
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(i, o, layer.bias is not None, **like)
    else:
        small = type(layer)(o, layer.eps, layer.momentum, **like)
    small.load_state_dict(
        {
            k: (v if not v.ndim else v[keep_out] if v.ndim == 1 else v[keep_out][:, keep_in])
            for k, v in layer.state_dict().items()
        }
    )
    return small.train(layer.training)


# %% wrong: float32 only
def carve_layer(layer, keep_in, keep_out):
    i, o = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small = nn.Conv2d(
            i,
            o,
            layer.kernel_size,
            layer.stride,
            layer.padding,
            layer.dilation,
            bias=layer.bias is not None,
            padding_mode=layer.padding_mode,
        )
    elif isinstance(layer, nn.Linear):
        small = nn.Linear(i, o, layer.bias is not None)
    else:
        small = type(layer)(o, layer.eps, layer.momentum)
    small.load_state_dict(
        {
            k: (v if not v.ndim else v[keep_out] if v.ndim == 1 else v[keep_out][:, keep_in])
            for k, v in layer.state_dict().items()
        }
    )
    return small.train(layer.training)


# %% wrong: batches tracked reset
def carve_layer(layer, keep_in, keep_out):
    small = deepcopy(layer)
    for p in small.parameters():
        p.data = p.data[keep_out] if p.ndim < 2 else p.data[keep_out][:, keep_in]
    if isinstance(layer, BatchNorm):
        fresh = type(layer)(int(keep_out.sum()), layer.eps, layer.momentum)
        fresh.weight, fresh.bias = small.weight, small.bias
        fresh.running_mean, fresh.running_var = layer.running_mean[keep_out], layer.running_var[keep_out]
        return fresh.train(layer.training)
    for name, mask in (
        ("in_channels", keep_in),
        ("in_features", keep_in),
        ("out_channels", keep_out),
        ("out_features", keep_out),
    ):
        if hasattr(small, name):
            setattr(small, name, int(mask.sum()))
    return small


# %% wrong: outer index
def carve_layer(layer, keep_in, keep_out):
    small = deepcopy(layer)
    for tensor in (*small.parameters(), *small.buffers()):
        if tensor.ndim >= 2:
            tensor.data = tensor.data[keep_out, keep_in]
        elif tensor.ndim == 1:
            tensor.data = tensor.data[keep_out]
    return small
