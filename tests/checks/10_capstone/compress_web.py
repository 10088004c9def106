# %% wrong: the network as it is
def compress_web(networks, data):
    return networks["vgg_l1"]


# %% wrong: one weight in ten is left, and the bitmask alone is too large
def compress_web(networks, data):
    small = networks["vgg"]
    layers = [layer for layer in small.modules() if isinstance(layer, nn.Conv2d)]
    prune.global_unstructured([(layer, "weight") for layer in layers], prune.L1Unstructured, amount=0.9)
    return small


# %% wrong: shared values only
def compress_web(networks, data):
    return clustered(networks["vgg_l1"], 2)


# %% wrong: channels cut and values shared, and that is all
def compress_web(networks, data):
    small = networks["vgg_l1"]
    tp.pruner.BNScalePruner(
        small, torch.zeros(1, *data.shape), tp.importance.BNScaleImportance(normalizer=None), global_pruning=True,
        pruning_ratio=0.65, max_pruning_ratio=0.9, ignored_layers=[small.classifier],
    ).step()  # fmt: skip
    return clustered(small, 5)


# %% wrong: everything but the repair
def compress_web(networks, data):
    small = networks["vgg_l1"]
    tp.pruner.BNScalePruner(
        small, torch.zeros(1, *data.shape), tp.importance.BNScaleImportance(normalizer=None), global_pruning=True,
        pruning_ratio=0.65, max_pruning_ratio=0.9, ignored_layers=[small.classifier],
    ).step()  # fmt: skip
    for layer in small.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.weight.data *= layer.weight.abs() > layer.weight.abs().quantile(0.7)
    return clustered(small, 5)


# %% wrong: trained after sharing, so that no values are shared
def compress_web(networks, data):
    small = networks["vgg_l1"]
    tp.pruner.BNScalePruner(
        small, torch.zeros(1, *data.shape), tp.importance.BNScaleImportance(normalizer=None), global_pruning=True,
        pruning_ratio=0.65, max_pruning_ratio=0.9, ignored_layers=[small.classifier],
    ).step()  # fmt: skip
    small = clustered(small, 4)
    fit(small, data.train, steps=5, lr=0.01)
    return small


# %% wrong: the masks are still on when values are to be shared
def compress_web(networks, data):
    small = networks["vgg_l1"]
    prune.l1_unstructured(small.classifier, "weight", amount=0.5)
    return clustered(small, 4)


# %% right: twenty values a layer, weights pruned layer by layer and held by after_step
def compress_web(networks, data):
    small = networks["vgg_l1"]
    tp.pruner.BNScalePruner(
        small, torch.zeros(1, *data.shape), tp.importance.BNScaleImportance(normalizer=None), global_pruning=True,
        pruning_ratio=0.65, max_pruning_ratio=0.9, ignored_layers=[small.classifier],
    ).step()  # fmt: skip
    layers = [layer for layer in small.features if isinstance(layer, nn.Conv2d)][1:]
    masks = [layer.weight.abs() > layer.weight.abs().quantile(0.75) for layer in layers]

    def hold():
        for layer, mask in zip(layers, masks, strict=True):
            layer.weight.data *= mask

    hold()
    fit(small, data.train, steps=200, lr=0.03, after_step=hold)
    return clustered(small, 5)


# %% right: numbers into a grid instead of clusters
def compress_web(networks, data):
    small = networks["vgg_l1"]
    tp.pruner.BNScalePruner(
        small, torch.zeros(1, *data.shape), tp.importance.BNScaleImportance(normalizer=None), global_pruning=True,
        pruning_ratio=0.65, max_pruning_ratio=0.9, ignored_layers=[small.classifier],
    ).step()  # fmt: skip
    layers = [layer for layer in small.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    prune.global_unstructured([(layer, "weight") for layer in layers], prune.L1Unstructured, amount=0.75)
    fit(small, data.train, steps=250, lr=0.03)
    for layer in layers:
        prune.remove(layer, "weight")
        step = layer.weight.abs().max() / 31
        layer.weight.data = (layer.weight / step).round() * step
    return small


# %% wrong: shares before training
def compress_web(networks, data):
    network, example = networks["vgg_l1"], torch.zeros(1, *data.shape)
    tp.pruner.BNScalePruner(
        network,
        example,
        tp.importance.BNScaleImportance(normalizer=None),
        global_pruning=True,
        pruning_ratio=0.65,
        max_pruning_ratio=0.9,
        ignored_layers=[network.classifier],
    ).step()
    network = clustered(network, bits=5)
    fit(network, data.train, steps=3, lr=0.03)
    return network


# %% wrong: forgets remove
def compress_web(networks, data):
    network, example = networks["vgg_l1"], torch.zeros(1, *data.shape)
    tp.pruner.BNScalePruner(
        network,
        example,
        tp.importance.BNScaleImportance(normalizer=None),
        global_pruning=True,
        pruning_ratio=0.65,
        max_pruning_ratio=0.9,
        ignored_layers=[network.classifier],
    ).step()
    layers = [l for l in network.modules() if isinstance(l, nn.Conv2d | nn.Linear)]
    prune.global_unstructured([(l, "weight") for l in layers], prune.L1Unstructured, amount=0.75)
    fit(network, data.train, steps=3, lr=0.03)
    return network


# %% wrong: forgets remove then clustered
def compress_web(networks, data):
    network, example = networks["vgg_l1"], torch.zeros(1, *data.shape)
    tp.pruner.BNScalePruner(
        network,
        example,
        tp.importance.BNScaleImportance(normalizer=None),
        global_pruning=True,
        pruning_ratio=0.65,
        max_pruning_ratio=0.9,
        ignored_layers=[network.classifier],
    ).step()
    layers = [l for l in network.modules() if isinstance(l, nn.Conv2d | nn.Linear)]
    prune.global_unstructured([(l, "weight") for l in layers], prune.L1Unstructured, amount=0.75)
    fit(network, data.train, steps=3, lr=0.03)
    return clustered(network, bits=5)


# %% wrong: weights only
def compress_web(networks, data):
    network = networks["vgg"]
    layers = [l for l in network.modules() if isinstance(l, nn.Conv2d | nn.Linear)]
    prune.global_unstructured([(l, "weight") for l in layers], prune.L1Unstructured, amount=0.97)
    fit(network, data.train, steps=2, lr=0.03)
    for l in layers:
        prune.remove(l, "weight")
    return clustered(network, bits=5)


# %% wrong: trains on validation
def compress_web(networks, data):
    network, example = networks["vgg_l1"], torch.zeros(1, *data.shape)
    tp.pruner.BNScalePruner(
        network,
        example,
        tp.importance.BNScaleImportance(normalizer=None),
        global_pruning=True,
        pruning_ratio=0.65,
        max_pruning_ratio=0.9,
        ignored_layers=[network.classifier],
    ).step()
    layers = [l for l in network.modules() if isinstance(l, nn.Conv2d | nn.Linear)]
    prune.global_unstructured([(l, "weight") for l in layers], prune.L1Unstructured, amount=0.75)
    fit(network, data.validation, steps=80, lr=0.03)
    for l in layers:
        prune.remove(l, "weight")
    return clustered(network, bits=5)
