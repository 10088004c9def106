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

# %% right: spares the first layer
vgg_sparsities = dict.fromkeys(vgg_layers, 0.8) | {"features.0": 0.2}

# %% right: the large layers alone
vgg_sparsities = {"features.11": 0.75, "features.15": 0.85, "features.18": 0.9}

# %% right: more where more bytes lie
vgg_sparsities = {name: 0.5 if vgg.get_submodule(name).weight.numel() < 50_000 else 0.82 for name in vgg_layers}
