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
