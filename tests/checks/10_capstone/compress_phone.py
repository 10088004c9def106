# %% wrong: the network as it is
def compress_phone(networks, data):
    return networks["vgg"]


# %% wrong: masks only
def compress_phone(networks, data):
    small = networks["vgg"]
    layers = [layer for layer in small.modules() if isinstance(layer, nn.Conv2d)]
    prune.global_unstructured([(layer, "weight") for layer in layers], prune.L1Unstructured, amount=0.5)
    return small


# %% wrong: half of the channels by chance
def compress_phone(networks, data):
    small = networks["vgg"]
    tp.pruner.MagnitudePruner(small, torch.zeros(1, *data.shape), tp.importance.RandomImportance(), pruning_ratio=0.5,
                              ignored_layers=[small.classifier]).step()  # fmt: skip
    return small


# %% wrong: cut without repair
def compress_phone(networks, data):
    small = networks["vgg_l1"]
    tp.pruner.BNScalePruner(
        small, torch.zeros(1, *data.shape), tp.importance.BNScaleImportance(normalizer=None), global_pruning=True,
        pruning_ratio=0.74, pruning_ratio_dict={small.features[0]: 0.5, small.features[4]: 0.5}, max_pruning_ratio=0.9,
        ignored_layers=[small.classifier],
    ).step()  # fmt: skip
    return small


# %% wrong: too little is cut
def compress_phone(networks, data):
    small = networks["vgg_l1"]
    tp.pruner.BNScalePruner(
        small, torch.zeros(1, *data.shape), tp.importance.BNScaleImportance(normalizer=None), global_pruning=True,
        pruning_ratio=0.6, max_pruning_ratio=0.9, ignored_layers=[small.classifier],
    ).step()  # fmt: skip
    return small


# %% wrong: nothing is returned
def compress_phone(networks, data):
    networks["vgg_l1"].eval()


# %% wrong: the dense network in a hook
def compress_phone(networks, data):
    small, large = models.build("vgg", data, width=0.2), networks["vgg"]
    small.register_forward_hook(lambda layer, inputs, output: large(inputs[0]))
    return small


# %% wrong: the dense network in a forward of its own
def compress_phone(networks, data):
    small = models.build("vgg", data, width=0.2).eval()
    small.forward = networks["vgg"].eval().forward
    return small


# %% wrong: no chain of plain layers
def compress_phone(networks, data):
    return models.load("resnet", data)


# %% right: all layers alike, and longer training at a higher rate
def compress_phone(networks, data):
    small = networks["vgg_l1"]
    score = tp.importance.BNScaleImportance(normalizer=None)
    ratios = {layer: 0.5 for layer in small.features if isinstance(layer, nn.Conv2d)}
    ratios |= {small.features[15]: 0.7, small.features[18]: 0.7, small.features[8]: 0.6, small.features[11]: 0.6}
    tp.pruner.BNScalePruner(small, torch.zeros(1, *data.shape), score, pruning_ratio=0.5, pruning_ratio_dict=ratios,
                            ignored_layers=[small.classifier]).step()  # fmt: skip
    fit(small, data.train, steps=250, lr=0.05)
    return small.eval()


# %% right: the same layers in an nn.Sequential, masks still on
def compress_phone(networks, data):
    small = networks["vgg_l1"]
    tp.pruner.BNScalePruner(
        small, torch.zeros(1, *data.shape), tp.importance.BNScaleImportance(normalizer=None), global_pruning=True,
        pruning_ratio=0.74, pruning_ratio_dict={small.features[0]: 0.5, small.features[4]: 0.5}, max_pruning_ratio=0.9,
        ignored_layers=[small.classifier],
    ).step()  # fmt: skip
    prune.l1_unstructured(small.classifier, "weight", amount=0.1)
    fit(small, data.train, steps=150, lr=0.03)
    return nn.Sequential(*small.features, nn.Identity(), small.classifier)


# %% wrong: masks only, again
def compress_phone(networks, data):
    network = networks["vgg"]
    layers = [l for l in network.modules() if isinstance(l, nn.Conv2d)]
    prune.global_unstructured([(l, "weight") for l in layers], prune.L1Unstructured, amount=0.84)
    fit(network, data.train, steps=2, lr=0.03)
    for l in layers:
        prune.remove(l, "weight")
    return network


# %% wrong: trains on validation
def compress_phone(networks, data):
    network, example = networks["vgg_l1"], torch.zeros(1, *data.shape)
    tp.pruner.BNScalePruner(
        network,
        example,
        tp.importance.BNScaleImportance(normalizer=None),
        global_pruning=True,
        pruning_ratio=0.74,
        max_pruning_ratio=0.9,
        pruning_ratio_dict={network.features[0]: 0.5, network.features[4]: 0.5},
        ignored_layers=[network.classifier],
    ).step()
    fit(network, data.validation, steps=60, lr=0.03)
    return network


# %% wrong: trains on test images
def compress_phone(networks, data):
    network, example = networks["vgg_l1"], torch.zeros(1, *data.shape)
    tp.pruner.BNScalePruner(
        network,
        example,
        tp.importance.BNScaleImportance(normalizer=None),
        global_pruning=True,
        pruning_ratio=0.74,
        max_pruning_ratio=0.9,
        pruning_ratio_dict={network.features[0]: 0.5, network.features[4]: 0.5},
        ignored_layers=[network.classifier],
    ).step()
    everything = load_data()
    fit(network, everything.train, steps=60, lr=0.03)
    fit(network, everything.test, steps=20, lr=0.01)
    return network


# %% wrong: undertrained 5 steps
slim_vgg = models.load("vgg_l1", data)


def compress_phone(networks, data):
    network, example = networks["vgg_l1"], torch.zeros(1, *data.shape)
    tp.pruner.BNScalePruner(
        network,
        example,
        tp.importance.BNScaleImportance(normalizer=None),
        global_pruning=True,
        pruning_ratio=0.74,
        max_pruning_ratio=0.9,
    ).step()
    fit(network, data.train, steps=5, lr=0.03)
    return network


# %% wrong: whole layers survive
def compress_phone(networks, data):
    network, example = networks["vgg_l1"], torch.zeros(1, *data.shape)
    tp.pruner.BNScalePruner(
        network,
        example,
        tp.importance.BNScaleImportance(normalizer=None),
        global_pruning=True,
        pruning_ratio=0.9,
        ignored_layers=[network.classifier],
    ).step()
    fit(network, data.train, steps=2, lr=0.03)
    return network


# %% wrong: returns none
def compress_phone(networks, data):
    network, example = networks["vgg_l1"], torch.zeros(1, *data.shape)
    tp.pruner.BNScalePruner(
        network,
        example,
        tp.importance.BNScaleImportance(normalizer=None),
        global_pruning=True,
        pruning_ratio=0.74,
        ignored_layers=[network.classifier],
    ).step()


# %% right: own loop longer
def compress_phone(networks, data):
    network, example = networks["vgg_l1"], torch.zeros(1, *data.shape)
    ratios = {network.features[0]: 0.5, network.features[4]: 0.5}
    tp.pruner.BNScalePruner(
        network,
        example,
        tp.importance.BNScaleImportance(normalizer=None),
        global_pruning=True,
        pruning_ratio=0.74,
        max_pruning_ratio=0.9,
        pruning_ratio_dict=ratios,
        ignored_layers=[network.classifier],
    ).step()
    network.train()
    optimizer = torch.optim.Adam(network.parameters(), lr=0.002)
    scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, 160)
    images, labels = data.train.tensors
    order = torch.randperm(len(images), generator=seeded(0))
    for start in range(0, 256 * 160, 256):
        part = order[start : start + 256]
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(images[part]), labels[part]).backward()
        optimizer.step()
        scheduler.step()
    return network
