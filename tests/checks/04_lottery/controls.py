# %% wrong: the seed is set inside, so that every draw is the same
def reinitialised(weights, generator):
    generator = torch.Generator().manual_seed(0)
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(inputs)
    return new


def shuffled(masks, generator):
    return {n: m.flatten()[torch.randperm(m.numel(), generator=generator)].reshape(m.shape) for n, m in masks.items()}


# %% wrong: the first dimension taken for the inputs
def reinitialised(weights, generator):
    new = {}
    for name, tensor in weights.items():
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(tensor.shape[0])
    return new


def shuffled(masks, generator):
    return {n: m.flatten()[torch.randperm(m.numel(), generator=generator)].reshape(m.shape) for n, m in masks.items()}


# %% wrong: only from 0 up
def reinitialised(weights, generator):
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = torch.rand(tensor.shape, generator=generator) / math.sqrt(inputs)
    return new


def shuffled(masks, generator):
    return {n: m.flatten()[torch.randperm(m.numel(), generator=generator)].reshape(m.shape) for n, m in masks.items()}


# %% wrong: normal instead of uniform
def reinitialised(weights, generator):
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = torch.randn(tensor.shape, generator=generator) / math.sqrt(3 * inputs)
    return new


def shuffled(masks, generator):
    return {n: m.flatten()[torch.randperm(m.numel(), generator=generator)].reshape(m.shape) for n, m in masks.items()}


# %% wrong: without the root
def reinitialised(weights, generator):
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / inputs
    return new


def shuffled(masks, generator):
    return {n: m.flatten()[torch.randperm(m.numel(), generator=generator)].reshape(m.shape) for n, m in masks.items()}


# %% wrong: the biases are kept
def reinitialised(weights, generator):
    new = dict(weights)
    for name, tensor in weights.items():
        if name.endswith("weight"):
            new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(tensor.shape[1])
    return new


def shuffled(masks, generator):
    return {n: m.flatten()[torch.randperm(m.numel(), generator=generator)].reshape(m.shape) for n, m in masks.items()}


# %% wrong: writes into the weights it was given
def reinitialised(weights, generator):
    for tensor in weights.values():
        inputs = tensor.shape[1] if tensor.ndim > 1 else inputs
        tensor.uniform_(-(inputs**-0.5), inputs**-0.5, generator=generator)
    return weights


def shuffled(masks, generator):
    return {n: m.flatten()[torch.randperm(m.numel(), generator=generator)].reshape(m.shape) for n, m in masks.items()}


# %% wrong: shuffles across the layers
def reinitialised(weights, generator):
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(inputs)
    return new


def shuffled(masks, generator):
    flat = torch.cat([mask.flatten() for mask in masks.values()])
    flat = flat[torch.randperm(len(flat), generator=generator)]
    pieces = flat.split([mask.numel() for mask in masks.values()])
    return {name: piece.reshape(masks[name].shape) for name, piece in zip(masks, pieces, strict=True)}


# %% wrong: a coin for each weight, so that the counts are not equal
def reinitialised(weights, generator):
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(inputs)
    return new


def shuffled(masks, generator):
    return {name: torch.rand(mask.shape, generator=generator) < mask.float().mean() for name, mask in masks.items()}


# %% wrong: whole rows change places
def reinitialised(weights, generator):
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(inputs)
    return new


def shuffled(masks, generator):
    return {name: mask[torch.randperm(len(mask), generator=generator)] for name, mask in masks.items()}


# %% wrong: the same permutation for layers of the same size
def reinitialised(weights, generator):
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(inputs)
    return new


def shuffled(masks, generator):
    seed = int(torch.randint(2**31, (), generator=generator))
    return {
        n: m.flatten()[torch.randperm(m.numel(), generator=seeded(seed))].reshape(m.shape) for n, m in masks.items()
    }


# %% wrong: shuffles within each row
def reinitialised(weights, generator):
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(inputs)
    return new


def shuffled(masks, generator):
    return {
        name: mask.gather(1, torch.rand(mask.shape, generator=generator).argsort(1)) for name, mask in masks.items()
    }


# %% wrong: chance that does not come from the generator
def reinitialised(weights, generator):
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = (2 * torch.rand(tensor.shape) - 1) / math.sqrt(inputs)
    return new


def shuffled(masks, generator):
    return {name: mask.flatten()[torch.randperm(mask.numel())].reshape(mask.shape) for name, mask in masks.items()}


# %% right: in-place uniform on empty tensors; positions by sorted random numbers
def reinitialised(weights, generator):
    new = {}
    for name, tensor in weights.items():
        layer, _, _ = name.rpartition(".")
        limit = weights[layer + ".weight"].size(1) ** -0.5
        new[name] = torch.empty_like(tensor).uniform_(-limit, limit, generator=generator)
    return new


def shuffled(masks, generator):
    new = {}
    for name, mask in masks.items():
        order = torch.rand(mask.numel(), generator=generator).argsort()
        new[name] = mask.reshape(-1)[order].view(mask.shape)
    return new


# %% right: nn.init, and places for the survivors
def reinitialised(weights, generator):
    new = {name: torch.zeros(tensor.shape) for name, tensor in weights.items()}
    for name, tensor in new.items():
        inputs = weights[name.removesuffix("bias") + "weight"].shape[1] if name.endswith("bias") else tensor.shape[1]
        nn.init.uniform_(tensor, -1 / inputs**0.5, 1 / inputs**0.5, generator=generator)
    return new


def shuffled(masks, generator):
    new = {}
    for name, mask in masks.items():
        flat = torch.zeros(mask.numel(), dtype=torch.bool)
        flat[torch.randperm(mask.numel(), generator=generator)[: int(mask.sum())]] = True
        new[name] = flat.reshape(mask.shape)
    return new


# %% wrong: fan out
def reinitialised(weights: State, generator: torch.Generator) -> State:
    new = {}
    for name, tensor in weights.items():
        n = weights[name.replace("bias", "weight")].shape[0]
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(n)
    return new


def shuffled(masks: Masks, generator: torch.Generator) -> Masks:
    return {
        name: mask.flatten()[torch.randperm(mask.numel(), generator=generator)].reshape(mask.shape)
        for name, mask in masks.items()
    }


# %% wrong: bias kept
def reinitialised(weights: State, generator: torch.Generator) -> State:
    new = dict(weights)
    for name, t in weights.items():
        if name.endswith("weight"):
            new[name] = (2 * torch.rand(t.shape, generator=generator) - 1) / math.sqrt(t.shape[1])
    return new


def shuffled(masks: Masks, generator: torch.Generator) -> Masks:
    return {
        name: mask.flatten()[torch.randperm(mask.numel(), generator=generator)].reshape(mask.shape)
        for name, mask in masks.items()
    }


# %% wrong: ignores generator
def reinitialised(weights: State, generator: torch.Generator) -> State:
    new = {}
    for name, t in weights.items():
        n = weights[name.replace("bias", "weight")].shape[1]
        new[name] = torch.empty_like(t).uniform_(-(n**-0.5), n**-0.5)
    return new


def shuffled(masks: Masks, generator: torch.Generator) -> Masks:
    return {
        name: mask.flatten()[torch.randperm(mask.numel(), generator=generator)].reshape(mask.shape)
        for name, mask in masks.items()
    }


# %% wrong: in place uniform
def reinitialised(weights: State, generator: torch.Generator) -> State:
    for name, t in weights.items():
        n = weights[name.replace("bias", "weight")].shape[1]
        t.uniform_(-(n**-0.5), n**-0.5, generator=generator)
    return weights


def shuffled(masks: Masks, generator: torch.Generator) -> Masks:
    return {
        name: mask.flatten()[torch.randperm(mask.numel(), generator=generator)].reshape(mask.shape)
        for name, mask in masks.items()
    }


# %% wrong: shuffle rows
def reinitialised(weights: State, generator: torch.Generator) -> State:
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(inputs)
    return new


def shuffled(masks: Masks, generator: torch.Generator) -> Masks:
    return {name: mask[torch.randperm(mask.shape[0], generator=generator)] for name, mask in masks.items()}


# %% wrong: shuffle columns
def reinitialised(weights: State, generator: torch.Generator) -> State:
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(inputs)
    return new


def shuffled(masks: Masks, generator: torch.Generator) -> Masks:
    return {name: mask[:, torch.randperm(mask.shape[1], generator=generator)] for name, mask in masks.items()}


# %% wrong: within rows
def reinitialised(weights: State, generator: torch.Generator) -> State:
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(inputs)
    return new


def shuffled(masks: Masks, generator: torch.Generator) -> Masks:
    return {
        name: torch.stack([row[torch.randperm(len(row), generator=generator)] for row in mask])
        for name, mask in masks.items()
    }


# %% wrong: bernoulli
def reinitialised(weights: State, generator: torch.Generator) -> State:
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(inputs)
    return new


def shuffled(masks: Masks, generator: torch.Generator) -> Masks:
    return {name: torch.rand(mask.shape, generator=generator) < mask.float().mean() for name, mask in masks.items()}


# %% wrong: cyclic shift
def reinitialised(weights: State, generator: torch.Generator) -> State:
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(inputs)
    return new


def shuffled(masks: Masks, generator: torch.Generator) -> Masks:
    return {
        name: mask.flatten().roll(int(torch.randint(mask.numel(), (1,), generator=generator))).reshape(mask.shape)
        for name, mask in masks.items()
    }


# %% wrong: with replacement
def reinitialised(weights: State, generator: torch.Generator) -> State:
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(inputs)
    return new


def shuffled(masks: Masks, generator: torch.Generator) -> Masks:
    new = {}
    for name, mask in masks.items():
        flat = torch.zeros(mask.numel(), dtype=torch.bool)
        flat[torch.randint(mask.numel(), (int(mask.sum()),), generator=generator)] = True
        new[name] = flat.reshape(mask.shape)
    return new


# %% wrong: only false places
def reinitialised(weights: State, generator: torch.Generator) -> State:
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(inputs)
    return new


def shuffled(masks: Masks, generator: torch.Generator) -> Masks:
    new = {}
    for name, mask in masks.items():
        free = (~mask.flatten()).nonzero()[:, 0]
        places = free[torch.randperm(len(free), generator=generator)][: int(mask.sum())]
        flat = torch.zeros(mask.numel(), dtype=torch.bool)
        flat[places] = True
        new[name] = flat.reshape(mask.shape)
    return new


# %% wrong: across layers
def reinitialised(weights: State, generator: torch.Generator) -> State:
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(inputs)
    return new


def shuffled(masks: Masks, generator: torch.Generator) -> Masks:
    flat = torch.cat([mask.flatten() for mask in masks.values()])
    flat = flat[torch.randperm(len(flat), generator=generator)]
    parts = flat.split([mask.numel() for mask in masks.values()])
    return {name: part.reshape(mask.shape) for (name, mask), part in zip(masks.items(), parts)}
