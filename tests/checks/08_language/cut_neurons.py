# %% wrong: up_proj stays whole
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    small.gate_proj = narrowed(mlp.gate_proj, outputs=keep)
    small.down_proj = narrowed(mlp.down_proj, inputs=keep)
    return small


# %% wrong: down_proj stays whole
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    small.gate_proj = narrowed(mlp.gate_proj, outputs=keep)
    small.up_proj = narrowed(mlp.up_proj, outputs=keep)
    return small


# %% wrong: sorts the neurons of one layer
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    small.gate_proj = narrowed(mlp.gate_proj, outputs=keep)
    small.up_proj = narrowed(mlp.up_proj, outputs=keep)
    small.down_proj = narrowed(mlp.down_proj, inputs=keep.flip(0))
    return small


# %% wrong: the first neurons of down_proj
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    small.gate_proj = narrowed(mlp.gate_proj, outputs=keep)
    small.up_proj = narrowed(mlp.up_proj, outputs=keep)
    small.down_proj = narrowed(mlp.down_proj, inputs=torch.arange(len(keep)))
    return small


# %% wrong: the neurons that go
def cut_neurons(mlp, keep):
    keep = torch.tensor([j for j in range(mlp.down_proj.in_features) if j not in keep.tolist()])
    small = deepcopy(mlp)
    small.gate_proj = narrowed(mlp.gate_proj, outputs=keep)
    small.up_proj = narrowed(mlp.up_proj, outputs=keep)
    small.down_proj = narrowed(mlp.down_proj, inputs=keep)
    return small


# %% wrong: gate and up exchanged
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    small.gate_proj = narrowed(mlp.up_proj, outputs=keep)
    small.up_proj = narrowed(mlp.gate_proj, outputs=keep)
    small.down_proj = narrowed(mlp.down_proj, inputs=keep)
    return small


# %% wrong: changes the original
def cut_neurons(mlp, keep):
    small = mlp
    small.gate_proj = narrowed(mlp.gate_proj, outputs=keep)
    small.up_proj = narrowed(mlp.up_proj, outputs=keep)
    small.down_proj = narrowed(mlp.down_proj, inputs=keep)
    return small


# %% wrong: zeros in place of a cut
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    lost = torch.ones(mlp.down_proj.in_features, dtype=torch.bool)
    lost[keep] = False
    small.down_proj.weight.data[:, lost] = 0
    return small


# %% wrong: inputs of gate and up, outputs of down
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    small.gate_proj = narrowed(mlp.gate_proj, inputs=keep % mlp.gate_proj.in_features)
    small.up_proj = narrowed(mlp.up_proj, inputs=keep % mlp.up_proj.in_features)
    small.down_proj = narrowed(mlp.down_proj, outputs=keep % mlp.down_proj.out_features)
    return small


# %% wrong: forgets the biases
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    small.gate_proj = narrowed(mlp.gate_proj, outputs=keep)
    small.up_proj = narrowed(mlp.up_proj, outputs=keep)
    small.down_proj = narrowed(mlp.down_proj, inputs=keep)
    small.gate_proj.bias = small.up_proj.bias = None
    return small


# %% wrong: makes up for the missing neurons
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    small.gate_proj = narrowed(mlp.gate_proj, outputs=keep)
    small.up_proj = narrowed(mlp.up_proj, outputs=keep)
    small.down_proj = narrowed(mlp.down_proj, inputs=keep)
    small.down_proj.weight.data *= mlp.down_proj.in_features / len(keep)
    return small


# %% wrong: the same rows of up as of the small gate
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    small.gate_proj = narrowed(mlp.gate_proj, outputs=keep)
    small.up_proj = narrowed(mlp.up_proj, outputs=torch.arange(len(keep)))
    small.down_proj = narrowed(mlp.down_proj, inputs=keep)
    return small


# %% right: sorted in all three layers
def cut_neurons(mlp, keep):
    keep = keep.sort().values
    small = deepcopy(mlp)
    small.gate_proj = narrowed(mlp.gate_proj, outputs=keep)
    small.up_proj = narrowed(mlp.up_proj, outputs=keep)
    small.down_proj = narrowed(mlp.down_proj, inputs=keep)
    return small


# %% right: plain tensors
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    for layer in (small.gate_proj, small.up_proj):
        layer.weight = nn.Parameter(layer.weight.detach()[keep])
        layer.out_features = len(keep)
        if layer.bias is not None:
            layer.bias = nn.Parameter(layer.bias.detach()[keep])
    small.down_proj.weight = nn.Parameter(small.down_proj.weight.detach()[:, keep])
    small.down_proj.in_features = len(keep)
    return small


# %% right: swap by name
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    for name in ("gate_proj", "up_proj"):
        swap(small, name, outputs=keep)
    swap(small, "down_proj", inputs=keep)
    return small


# %% wrong: first k
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    k = torch.arange(len(keep))
    small.gate_proj = narrowed(mlp.gate_proj, outputs=k)
    small.up_proj = narrowed(mlp.up_proj, outputs=k)
    small.down_proj = narrowed(mlp.down_proj, inputs=k)
    return small


# %% wrong: zeroed not removed
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    m = torch.ones(mlp.down_proj.in_features, dtype=torch.bool)
    m[keep] = False
    small.down_proj.weight.data[:, m] = 0
    return small


# %% wrong: bias dropped
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)

    def lin(w):
        l = nn.Linear(w.shape[1], w.shape[0], bias=False)
        l.weight = nn.Parameter(w.detach().clone())
        return l

    small.gate_proj, small.up_proj, small.down_proj = (
        lin(mlp.gate_proj.weight[keep]),
        lin(mlp.up_proj.weight[keep]),
        lin(mlp.down_proj.weight[:, keep]),
    )
    return small


# %% wrong: shallow copy
def cut_neurons(mlp, keep):
    from copy import copy

    small = copy(mlp)
    small.gate_proj = narrowed(mlp.gate_proj, outputs=keep)
    small.up_proj = narrowed(mlp.up_proj, outputs=keep)
    small.down_proj = narrowed(mlp.down_proj, inputs=keep)
    return small


# %% wrong: gate up swapped
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    small.gate_proj = narrowed(mlp.up_proj, outputs=keep)
    small.up_proj = narrowed(mlp.gate_proj, outputs=keep)
    small.down_proj = narrowed(mlp.down_proj, inputs=keep)
    return small


# %% wrong: rescaled
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    small.gate_proj = narrowed(mlp.gate_proj, outputs=keep)
    small.up_proj = narrowed(mlp.up_proj, outputs=keep)
    small.down_proj = narrowed(mlp.down_proj, inputs=keep)
    small.down_proj.weight.data *= mlp.down_proj.in_features / len(keep)
    return small


# %% right: loop swap
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    for name, side in (("gate_proj", "outputs"), ("up_proj", "outputs"), ("down_proj", "inputs")):
        swap(small, name, **{side: keep})
    return small


# %% right: own parameters
def cut_neurons(mlp, keep):
    small = deepcopy(mlp)
    with torch.no_grad():
        for l in (small.gate_proj, small.up_proj):
            l.weight = nn.Parameter(l.weight.index_select(0, keep))
            l.out_features = len(keep)
            if l.bias is not None:
                l.bias = nn.Parameter(l.bias.index_select(0, keep))
        small.down_proj.weight = nn.Parameter(small.down_proj.weight.index_select(1, keep))
        small.down_proj.in_features = len(keep)
    small.intermediate_size = len(keep)
    return small
