# %% wrong: the stem alone, its sum with block 0 forgotten
def residual_groups(model):
    groups, stream = [], {"writes": ["stem.0", "stem.1"], "reads": []}
    groups.append({"writes": ["stem.0", "stem.1"], "reads": ["stages.0.conv1"]})
    stream = {"writes": [], "reads": []}
    for number, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        path = f"stages.{number}"
        groups.append({"writes": [f"{path}.conv1", f"{path}.bn1"], "reads": [f"{path}.conv2"]})
        if number != "0":
            stream["reads"].append(f"{path}.conv1")
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{path}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{path}.shortcut.0", f"{path}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{path}.conv2", f"{path}.bn2"]
    stream["reads"].append("classifier")
    return [*groups, stream]


# %% wrong: no batch norms
def residual_groups(model):
    groups, stream = [], {"writes": ["stem.0"], "reads": []}
    for number, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        path = f"stages.{number}"
        groups.append({"writes": [f"{path}.conv1"], "reads": [f"{path}.conv2"]})
        stream["reads"].append(f"{path}.conv1")
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{path}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{path}.shortcut.0"], "reads": []}
        stream["writes"] += [f"{path}.conv2"]
    stream["reads"].append("classifier")
    return [*groups, stream]


# %% wrong: the classifier forgotten
def residual_groups(model):
    groups, stream = [], {"writes": ["stem.0", "stem.1"], "reads": []}
    for number, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        path = f"stages.{number}"
        groups.append({"writes": [f"{path}.conv1", f"{path}.bn1"], "reads": [f"{path}.conv2"]})
        stream["reads"].append(f"{path}.conv1")
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{path}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{path}.shortcut.0", f"{path}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{path}.conv2", f"{path}.bn2"]
    return [*groups, stream]


# %% wrong: the shortcut convolution does not read the stream before it
def residual_groups(model):
    groups, stream = [], {"writes": ["stem.0", "stem.1"], "reads": []}
    for number, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        path = f"stages.{number}"
        groups.append({"writes": [f"{path}.conv1", f"{path}.bn1"], "reads": [f"{path}.conv2"]})
        stream["reads"].append(f"{path}.conv1")
        if isinstance(block.shortcut, nn.Sequential):
            groups.append(stream)
            stream = {"writes": [f"{path}.shortcut.0", f"{path}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{path}.conv2", f"{path}.bn2"]
    stream["reads"].append("classifier")
    return [*groups, stream]


# %% wrong: conv2 and the shortcut apart
def residual_groups(model):
    groups, stream = [], {"writes": ["stem.0", "stem.1"], "reads": []}
    for number, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        path = f"stages.{number}"
        groups.append({"writes": [f"{path}.conv1", f"{path}.bn1"], "reads": [f"{path}.conv2"]})
        stream["reads"].append(f"{path}.conv1")
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{path}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{path}.shortcut.0", f"{path}.shortcut.1"], "reads": []}
        if isinstance(block.shortcut, nn.Sequential):
            groups.append({"writes": [f"{path}.conv2", f"{path}.bn2"], "reads": []})
        else:
            stream["writes"] += [f"{path}.conv2", f"{path}.bn2"]
    stream["reads"].append("classifier")
    return [*groups, stream]


# %% wrong: a new stream at every block
def residual_groups(model):
    groups, stream = [], {"writes": ["stem.0", "stem.1"], "reads": []}
    for number, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        path = f"stages.{number}"
        groups.append({"writes": [f"{path}.conv1", f"{path}.bn1"], "reads": [f"{path}.conv2"]})
        stream["reads"].append(f"{path}.conv1")
        if True:
            stream["reads"] += [f"{path}.shortcut.0"] * isinstance(block.shortcut, nn.Sequential)
            groups.append(stream)
            stream = {
                "writes": [f"{path}.shortcut.0", f"{path}.shortcut.1"] * isinstance(block.shortcut, nn.Sequential),
                "reads": [],
            }
        stream["writes"] += [f"{path}.conv2", f"{path}.bn2"]
    stream["reads"].append("classifier")
    return [*groups, stream]


# %% wrong: one stream for the whole network
def residual_groups(model):
    groups, stream = [], {"writes": ["stem.0", "stem.1"], "reads": []}
    for number, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        path = f"stages.{number}"
        groups.append({"writes": [f"{path}.conv1", f"{path}.bn1"], "reads": [f"{path}.conv2"]})
        stream["reads"].append(f"{path}.conv1")
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{path}.shortcut.0")
            stream["writes"] += [f"{path}.shortcut.0", f"{path}.shortcut.1"]
        stream["writes"] += [f"{path}.conv2", f"{path}.bn2"]
    stream["reads"].append("classifier")
    return [*groups, stream]


# %% wrong: new streams where the number of channels changes, not where the shortcut has a convolution
def residual_groups(model):
    groups, stream = [], {"writes": ["stem.0", "stem.1"], "reads": []}
    for number, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        path = f"stages.{number}"
        groups.append({"writes": [f"{path}.conv1", f"{path}.bn1"], "reads": [f"{path}.conv2"]})
        stream["reads"].append(f"{path}.conv1")
        if block.conv1.in_channels != block.conv2.out_channels:
            stream["reads"].append(f"{path}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{path}.shortcut.0", f"{path}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{path}.conv2", f"{path}.bn2"]
    stream["reads"].append("classifier")
    return [*groups, stream]


# %% wrong: new streams at every stride
def residual_groups(model):
    groups, stream = [], {"writes": ["stem.0", "stem.1"], "reads": []}
    for number, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        path = f"stages.{number}"
        groups.append({"writes": [f"{path}.conv1", f"{path}.bn1"], "reads": [f"{path}.conv2"]})
        stream["reads"].append(f"{path}.conv1")
        if block.conv1.stride[0] > 1:
            stream["reads"].append(f"{path}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{path}.shortcut.0", f"{path}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{path}.conv2", f"{path}.bn2"]
    stream["reads"].append("classifier")
    return [*groups, stream]


# %% wrong: conv2 reads the stream
def residual_groups(model):
    groups, stream = [], {"writes": ["stem.0", "stem.1"], "reads": []}
    for number, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        path = f"stages.{number}"
        groups.append({"writes": [f"{path}.conv1", f"{path}.bn1"], "reads": []})
        stream["reads"] += [f"{path}.conv1", f"{path}.conv2"]
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{path}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{path}.shortcut.0", f"{path}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{path}.conv2", f"{path}.bn2"]
    stream["reads"].append("classifier")
    return [*groups, stream]


# %% wrong: conv1 of the block reads the new stream
def residual_groups(model):
    groups, stream = [], {"writes": ["stem.0", "stem.1"], "reads": []}
    for number, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        path = f"stages.{number}"
        groups.append({"writes": [f"{path}.conv1", f"{path}.bn1"], "reads": [f"{path}.conv2"]})
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{path}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{path}.shortcut.0", f"{path}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{path}.conv2", f"{path}.bn2"]
        stream["reads"].append(f"{path}.conv1")
    stream["reads"].append("classifier")
    return [*groups, stream]


# %% wrong: ResNet-14 by heart
def residual_groups(model):
    groups, stream = [], {"writes": ["stem.0", "stem.1"], "reads": []}
    for number, block in models.build("resnet", data).stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        path = f"stages.{number}"
        groups.append({"writes": [f"{path}.conv1", f"{path}.bn1"], "reads": [f"{path}.conv2"]})
        stream["reads"].append(f"{path}.conv1")
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{path}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{path}.shortcut.0", f"{path}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{path}.conv2", f"{path}.bn2"]
    stream["reads"].append("classifier")
    return [*groups, stream]


# %% wrong: the classes are a group
def residual_groups(model):
    groups, stream = [], {"writes": ["stem.0", "stem.1"], "reads": []}
    for number, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        path = f"stages.{number}"
        groups.append({"writes": [f"{path}.conv1", f"{path}.bn1"], "reads": [f"{path}.conv2"]})
        stream["reads"].append(f"{path}.conv1")
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{path}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{path}.shortcut.0", f"{path}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{path}.conv2", f"{path}.bn2"]
    stream["reads"].append("classifier")
    return [*groups, stream, {"writes": ["classifier"], "reads": []}]


# %% wrong: the inside of the blocks forgotten
def residual_groups(model):
    groups, stream = [], {"writes": ["stem.0", "stem.1"], "reads": []}
    for number, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        path = f"stages.{number}"
        stream["reads"].append(f"{path}.conv1")
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{path}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{path}.shortcut.0", f"{path}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{path}.conv2", f"{path}.bn2"]
    stream["reads"].append("classifier")
    return [*groups, stream]


# %% wrong: pairs instead of dicts
def residual_groups(model):
    groups, stream = [], {"writes": ["stem.0", "stem.1"], "reads": []}
    for number, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        path = f"stages.{number}"
        groups.append({"writes": [f"{path}.conv1", f"{path}.bn1"], "reads": [f"{path}.conv2"]})
        stream["reads"].append(f"{path}.conv1")
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{path}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{path}.shortcut.0", f"{path}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{path}.conv2", f"{path}.bn2"]
    stream["reads"].append("classifier")
    return [(group["writes"], group["reads"]) for group in (*groups, stream)]


# %% wrong: as if it were a chain
def residual_groups(model):
    return chain_groups(model)


# %% wrong: the last group forgotten
def residual_groups(model):
    groups, stream = [], {"writes": ["stem.0", "stem.1"], "reads": []}
    for number, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        path = f"stages.{number}"
        groups.append({"writes": [f"{path}.conv1", f"{path}.bn1"], "reads": [f"{path}.conv2"]})
        stream["reads"].append(f"{path}.conv1")
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{path}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{path}.shortcut.0", f"{path}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{path}.conv2", f"{path}.bn2"]
    stream["reads"].append("classifier")
    return groups


# %% right: asks torch_pruning
def residual_groups(model):
    weight = model.stem[0].weight
    example = torch.zeros(1, weight.shape[1], 12, 12, dtype=weight.dtype)
    with torch.enable_grad():
        graph = tp.DependencyGraph().build_dependency(model, example_inputs=example)
    names, groups, done = {module: name for name, module in model.named_modules()}, [], set()
    for convolution in [module for module in names if isinstance(module, nn.Conv2d)]:
        if convolution in done:
            continue
        found = {"writes": [], "reads": []}
        for step, _ in graph.get_pruning_group(convolution, tp.prune_conv_out_channels, idxs=[0]):
            module = step.target.module
            if isinstance(module, nn.Conv2d | nn.BatchNorm2d | nn.Linear):
                reads = step.handler in (tp.prune_conv_in_channels, tp.prune_linear_in_channels)
                found["reads" if reads else "writes"].append(names[module])
                done |= set() if reads else {module}
        groups.append(found)
    return groups


# %% right: streams first, then the inside of the blocks, tuples of names
def residual_groups(model):
    blocks = {f"stages.{n}": b for n, b in model.stages.named_children() if isinstance(b, models.ResidualBlock)}
    streams = [(["stem.0", "stem.1"], [])]
    for path, block in blocks.items():
        writes, reads = streams[-1]
        reads.append(path + ".conv1")
        if len(list(block.shortcut.children())):
            reads.append(path + ".shortcut.0")
            writes = [path + ".shortcut.1", path + ".shortcut.0"]
            streams.append((writes, []))
        writes += [path + ".bn2", path + ".conv2"]
    streams[-1][1].append("classifier")
    inner = [((path + ".bn1", path + ".conv1"), (path + ".conv2",)) for path in blocks]
    return [{"reads": reads, "writes": writes} for writes, reads in streams + inner]


# %% wrong: no classifier
def residual_groups(model):
    groups = []
    stream = {"writes": ["stem.0", "stem.1"], "reads": []}
    for name, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        p = f"stages.{name}"
        stream["reads"].append(f"{p}.conv1")
        groups.append({"writes": [f"{p}.conv1", f"{p}.bn1"], "reads": [f"{p}.conv2"]})
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{p}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{p}.shortcut.0", f"{p}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{p}.conv2", f"{p}.bn2"]
    return [*groups, stream]


# %% wrong: new group each block
def residual_groups(model):
    groups = []
    stream = {"writes": ["stem.0", "stem.1"], "reads": []}
    for name, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        p = f"stages.{name}"
        stream["reads"].append(f"{p}.conv1")
        groups.append({"writes": [f"{p}.conv1", f"{p}.bn1"], "reads": [f"{p}.conv2"]})
        extra = []
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{p}.shortcut.0")
            extra = [f"{p}.shortcut.0", f"{p}.shortcut.1"]
        groups.append(stream)
        stream = {"writes": [f"{p}.conv2", f"{p}.bn2", *extra], "reads": []}
    stream["reads"].append("classifier")
    return [*groups, stream]


# %% wrong: by width
def residual_groups(model):
    groups = []
    stream = {"writes": ["stem.0", "stem.1"], "reads": []}
    for name, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        p = f"stages.{name}"
        stream["reads"].append(f"{p}.conv1")
        groups.append({"writes": [f"{p}.conv1", f"{p}.bn1"], "reads": [f"{p}.conv2"]})
        if block.conv1.in_channels != block.conv1.out_channels:
            stream["reads"].append(f"{p}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{p}.shortcut.0", f"{p}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{p}.conv2", f"{p}.bn2"]
    stream["reads"].append("classifier")
    return [*groups, stream]


# %% wrong: batch norms forgotten
def residual_groups(model):
    groups = []
    stream = {"writes": ["stem.0"], "reads": []}
    for name, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        p = f"stages.{name}"
        stream["reads"].append(f"{p}.conv1")
        groups.append({"writes": [f"{p}.conv1"], "reads": [f"{p}.conv2"]})
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{p}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{p}.shortcut.0"], "reads": []}
        stream["writes"] += [f"{p}.conv2"]
    stream["reads"].append("classifier")
    return [*groups, stream]


# %% wrong: classes are a group
def residual_groups(model):
    groups = []
    stream = {"writes": ["stem.0", "stem.1"], "reads": []}
    for name, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        p = f"stages.{name}"
        stream["reads"].append(f"{p}.conv1")
        groups.append({"writes": [f"{p}.conv1", f"{p}.bn1"], "reads": [f"{p}.conv2"]})
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{p}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{p}.shortcut.0", f"{p}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{p}.conv2", f"{p}.bn2"]
    stream["reads"].append("classifier")
    return [*groups, stream, {"writes": ["classifier"], "reads": []}]


# %% wrong: hard coded resnet14
def residual_groups(model):
    groups = []
    stream = {"writes": ["stem.0", "stem.1"], "reads": []}
    for i in range(6):
        p = f"stages.{i}"
        stream["reads"].append(f"{p}.conv1")
        groups.append({"writes": [f"{p}.conv1", f"{p}.bn1"], "reads": [f"{p}.conv2"]})
        if i in (2, 4):
            stream["reads"].append(f"{p}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{p}.shortcut.0", f"{p}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{p}.conv2", f"{p}.bn2"]
    stream["reads"].append("classifier")
    return [*groups, stream]


# %% wrong: global resnet
def residual_groups(model):
    groups = []
    stream = {"writes": ["stem.0", "stem.1"], "reads": []}
    for name, block in resnet.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        p = f"stages.{name}"
        stream["reads"].append(f"{p}.conv1")
        groups.append({"writes": [f"{p}.conv1", f"{p}.bn1"], "reads": [f"{p}.conv2"]})
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{p}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{p}.shortcut.0", f"{p}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{p}.conv2", f"{p}.bn2"]
    stream["reads"].append("classifier")
    return [*groups, stream]


# %% wrong: string sorted blocks
def residual_groups(model):
    groups = []
    stream = {"writes": ["stem.0", "stem.1"], "reads": []}
    blocks = {n: m for n, m in model.named_modules() if isinstance(m, models.ResidualBlock)}
    for p in sorted(blocks):
        stream["reads"].append(f"{p}.conv1")
        groups.append({"writes": [f"{p}.conv1", f"{p}.bn1"], "reads": [f"{p}.conv2"]})
        if isinstance(blocks[p].shortcut, nn.Sequential):
            stream["reads"].append(f"{p}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{p}.shortcut.0", f"{p}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{p}.conv2", f"{p}.bn2"]
    stream["reads"].append("classifier")
    return [*groups, stream]
