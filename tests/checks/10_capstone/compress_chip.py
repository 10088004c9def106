# %% wrong: the network as it is
def compress_chip(networks, data):
    return networks["vgg_l1"]


# %% wrong: values shared, all channels there
def compress_chip(networks, data):
    return clustered(networks["vgg_l1"], 3)


# %% wrong: one threshold for all, so the first maps are too large
def compress_chip(networks, data):
    small = networks["vgg_l1"]
    tp.pruner.BNScalePruner(
        small, torch.zeros(1, *data.shape), tp.importance.BNScaleImportance(normalizer=None), global_pruning=True,
        pruning_ratio=0.6, max_pruning_ratio=0.9, ignored_layers=[small.classifier],
    ).step()  # fmt: skip
    return clustered(small, 6)


# %% wrong: it fits into the memory, and not into the flash
def compress_chip(networks, data):
    small = networks["vgg_l1"]
    tp.pruner.BNScalePruner(
        small, torch.zeros(1, *data.shape), tp.importance.BNScaleImportance(normalizer=None), global_pruning=True,
        pruning_ratio=0.6, pruning_ratio_dict={small.features[0]: 0.625}, max_pruning_ratio=0.9,
        ignored_layers=[small.classifier],
    ).step()  # fmt: skip
    return small


# %% wrong: half of the channels by chance, four bits
def compress_chip(networks, data):
    small = networks["vgg"]
    tp.pruner.MagnitudePruner(small, torch.zeros(1, *data.shape), tp.importance.RandomImportance(), pruning_ratio=0.5,
                              ignored_layers=[small.classifier]).step()  # fmt: skip
    return clustered(small, 4)


# %% wrong: cut without repair
def compress_chip(networks, data):
    small = networks["vgg_l1"]
    tp.pruner.BNScalePruner(
        small, torch.zeros(1, *data.shape), tp.importance.BNScaleImportance(normalizer=None), global_pruning=True,
        pruning_ratio=0.6, pruning_ratio_dict={small.features[0]: 0.625}, max_pruning_ratio=0.9,
        ignored_layers=[small.classifier],
    ).step()  # fmt: skip
    return clustered(small, 6)


# %% wrong: the masked network, which is as large as before
def compress_chip(networks, data):
    small = networks["vgg_l1"]
    for norm in (layer for layer in small.modules() if isinstance(layer, nn.BatchNorm2d)):
        weak = norm.weight.abs() <= norm.weight.abs().quantile(0.5)
        norm.weight.data[weak] = norm.bias.data[weak] = 0
    return small


# %% right: fewer channels and half precision
def compress_chip(networks, data):
    small = networks["vgg_l1"]
    tp.pruner.BNScalePruner(
        small, torch.zeros(1, *data.shape), tp.importance.BNScaleImportance(normalizer=None), global_pruning=True,
        pruning_ratio=0.7, pruning_ratio_dict={small.features[0]: 0.5}, max_pruning_ratio=0.9,
        ignored_layers=[small.classifier],
    ).step()  # fmt: skip
    fit(small, data.train, steps=200, lr=0.03)
    return small.half().float()


# %% right: seven bits, cut by hand in the graph
def compress_chip(networks, data):
    small = networks["vgg_l1"].eval()
    graph = tp.DependencyGraph().build_dependency(small, torch.zeros(1, *data.shape))
    for layer in [layer for layer in small.features if isinstance(layer, nn.BatchNorm2d)]:
        keep = {32: 16, 64: 40, 128: 56, 256: 80}[layer.num_features]
        cut = layer.weight.abs().argsort()[: layer.num_features - keep].tolist()
        graph.get_pruning_group(layer, tp.prune_batchnorm_out_channels, cut).prune()
    fit(small, data.train, steps=200, lr=0.03)
    return clustered(small, 7)


# %% right: returns half
def compress_chip(networks, data):
    network, example = networks["vgg_l1"], torch.zeros(1, *data.shape)
    tp.pruner.BNScalePruner(
        network,
        example,
        tp.importance.BNScaleImportance(normalizer=None),
        global_pruning=True,
        pruning_ratio=0.68,
        pruning_ratio_dict={network.features[0]: 0.5},
        ignored_layers=[network.classifier],
    ).step()
    fit(network, data.train, steps=40, lr=0.03)
    return network.half()


# %% wrong: clustered result dropped
def compress_chip(networks, data):
    network, example = networks["vgg_l1"], torch.zeros(1, *data.shape)
    tp.pruner.BNScalePruner(
        network,
        example,
        tp.importance.BNScaleImportance(normalizer=None),
        global_pruning=True,
        pruning_ratio=0.5,
        pruning_ratio_dict={network.features[0]: 0.5},
        ignored_layers=[network.classifier],
    ).step()
    fit(network, data.train, steps=2, lr=0.03)
    clustered(network, bits=6)
    return network
