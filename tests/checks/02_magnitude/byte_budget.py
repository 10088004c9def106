# %% wrong: forgets the bytes of the mask
vgg_sparsities = dict.fromkeys(vgg_layers, 0.75)

# %% wrong: cuts so much that no short retraining brings it back
vgg_sparsities = dict.fromkeys(vgg_layers, 0.995)

# %% wrong: cuts the two largest layers away altogether
vgg_sparsities = {"features.15": 1.0, "features.18": 1.0}

# %% wrong: takes sparsity for density
vgg_sparsities = dict.fromkeys(vgg_layers, 0.2)

# %% wrong: spares the large layers and cuts the small ones
vgg_sparsities = dict.fromkeys(vgg_layers, 0.95) | {"features.18": 0.5}

# %% wrong: per cent instead of shares
vgg_sparsities = dict.fromkeys(vgg_layers, 80)

# %% wrong: one number instead of one a layer
vgg_sparsities = 0.8

# %% wrong: names parameters instead of layers
vgg_sparsities = {f"{name}.weight": 0.8 for name in vgg_layers}

# %% wrong: the same sparsity for every layer
vgg_sparsities = dict.fromkeys(vgg_layers, 0.8)

# %% right: more, the larger the layer
vgg_sparsities = {"features.0": 0.2, "features.4": 0.4, "features.8": 0.6, "features.11": 0.7, "classifier": 0.3}
vgg_sparsities |= {"features.15": 0.8, "features.18": 0.87}

# %% right: the three largest layers alone
vgg_sparsities = {"features.11": 0.6, "features.15": 0.78, "features.18": 0.96}

# %% right: what one threshold for all layers takes from each
weights = {name: vgg.get_submodule(name).weight.detach().abs() for name in vgg_layers}
everything = torch.cat([weight.flatten() for weight in weights.values()])
threshold = everything.kthvalue(round(0.79 * len(everything))).values
vgg_sparsities = {name: (weight <= threshold).float().mean().item() for name, weight in weights.items()}


# %% wrong: uniform 75 forgets bits
vgg_sparsities = dict.fromkeys(vgg_layers, 0.75)


# %% wrong: uniform fits bytes
vgg_sparsities = dict.fromkeys(vgg_layers, 0.7813)


# %% wrong: per cent
vgg_sparsities = dict.fromkeys(vgg_layers, 80)


# %% wrong: list not dict
vgg_sparsities = [0.0, 0.5, 0.6, 0.65, 0.8, 0.841, 0.0]


# %% wrong: most sensitive cut most
vgg_sparsities = dict.fromkeys(vgg_layers, 0.77) | {
    "features.0": 0.9,
    "features.4": 0.95,
    "features.8": 0.9,
    "features.11": 0.85,
}


# %% right: from the curves
# The curves are those of the lab's cell before the exercise, which the bank does not run.
vgg_curves = sensitivity_scan(vgg, quick, (0.0, 0.5, 0.7, 0.8, 0.9))
vgg_sparsities = {}
for name in vgg_layers:
    ok = [s for s, a in vgg_curves[name].items() if a >= vgg_curves[name][0.0] - 1.0]
    vgg_sparsities[name] = max(ok)
while byte_share(cut_vgg(vgg_sparsities)) > BUDGET:
    for name in ("features.18", "features.15", "features.11", "features.8"):
        vgg_sparsities[name] = min(0.95, vgg_sparsities[name] + 0.01)
