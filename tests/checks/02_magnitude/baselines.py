# %% wrong: the smallest instead of the largest
def largest_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort()[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[torch.randperm(weight.numel(), generator=generator)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% wrong: the largest without the absolute value
def largest_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.flatten().argsort(descending=True)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[torch.randperm(weight.numel(), generator=generator)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% wrong: a coin for each weight, so that the count is not exact
def largest_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    return torch.rand(weight.shape, generator=generator) >= sparsity


predicted_order = ["magnitude", "random", "largest"]


# %% wrong: ignores the generator
def largest_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[torch.randperm(weight.numel())[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% wrong: the same positions at every call
def largest_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    torch.manual_seed(0)
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[torch.randperm(weight.numel())[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% wrong: one block of weights at a random place
def largest_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    count = round(sparsity * weight.numel())
    start = int(torch.randint(weight.numel() - count + 1, (1,), generator=generator))
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[start : start + count] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% wrong: draws positions twice
def largest_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[torch.randint(weight.numel(), (round(sparsity * weight.numel()),), generator=generator)] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% wrong: kept and pruned swapped
def largest_mask(weight, sparsity):
    mask = torch.zeros(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[: round(sparsity * weight.numel())]] = True
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    mask = torch.zeros(weight.numel(), dtype=torch.bool)
    mask[torch.randperm(weight.numel(), generator=generator)[: round(sparsity * weight.numel())]] = True
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% wrong: expects random to be worse than the largest first
def largest_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[torch.randperm(weight.numel(), generator=generator)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "largest", "random"]


# %% wrong: the order from worst to best
def largest_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[torch.randperm(weight.numel(), generator=generator)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


predicted_order = ["largest", "random", "magnitude"]


# %% wrong: the opposite of a magnitude mask, which rounds the other way
def largest_mask(weight, sparsity):
    kept = torch.zeros(weight.numel(), dtype=torch.bool)
    kept[weight.abs().flatten().argsort()[: round((1 - sparsity) * len(kept))]] = True
    return kept.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[torch.randperm(len(mask), generator=generator)[: round(sparsity * len(mask))]] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% wrong: large weights are drawn more often
def largest_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[: round(sparsity * len(mask))]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    count = round(sparsity * len(mask))
    if count:
        mask[torch.multinomial(weight.abs().flatten().float(), count, generator=generator)] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% right: ranks of magnitudes and of random scores
def largest_mask(weight, sparsity):
    rank = (-weight.detach().abs()).flatten().argsort().argsort()
    return (rank >= round(sparsity * weight.numel())).reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    rank = torch.rand(weight.numel(), generator=generator).argsort().argsort()
    return (rank >= round(sparsity * weight.numel())).reshape(weight.shape)


predicted_order = ("magnitude", "random", "largest")


# %% right: by topk and by shuffling a row of zeros and ones
def largest_mask(weight, sparsity):
    largest = weight.abs().flatten().topk(round(sparsity * weight.numel())).indices
    return torch.ones(weight.numel(), dtype=torch.bool).index_fill(0, largest, False).reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    row = torch.arange(weight.numel()) >= round(sparsity * weight.numel())
    return row[torch.randperm(len(row), generator=generator)].reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% right: torch's pruner with other scores
def largest_mask(weight, sparsity):
    layer = nn.Module()
    layer.weight = nn.Parameter(weight.detach().clone())
    scores = -weight.detach().double()
    order = scores.abs().flatten().argsort(descending=True)
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[order[: round(sparsity * weight.numel())]] = False
    prune.custom_from_mask(layer, "weight", mask.reshape(weight.shape))
    return layer.weight_mask.bool()


def random_mask(weight, sparsity, generator):
    mask = torch.ones(weight.shape, dtype=torch.bool).flatten()
    order = sorted(range(len(mask)), key=torch.rand(len(mask), generator=generator).tolist().__getitem__)
    mask[order[: round(sparsity * len(mask))]] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% wrong: largest by complement
def largest_mask(weight, sparsity):
    return ~magnitude_mask(weight, 1 - sparsity)


def random_mask(weight, sparsity, generator):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[torch.randperm(weight.numel(), generator=generator)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% wrong: random ignores generator
def largest_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[torch.randperm(weight.numel())[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% wrong: random floor
def largest_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[torch.randperm(weight.numel(), generator=generator)[: int(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% wrong: random contiguous block
def largest_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    n = weight.numel()
    start = torch.randint(n, (1,), generator=generator).item()
    mask = torch.ones(n, dtype=torch.bool)
    mask[(torch.arange(round(sparsity * n)) + start) % n] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% wrong: random with replacement
def largest_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[torch.randint(weight.numel(), (round(sparsity * weight.numel()),), generator=generator)] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% wrong: random reseeds
def largest_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    generator = torch.Generator().manual_seed(generator.initial_seed())
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[torch.randperm(weight.numel(), generator=generator)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% wrong: order reversed
def largest_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[torch.randperm(weight.numel(), generator=generator)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


predicted_order = ["largest", "random", "magnitude"]


# %% wrong: largest mutates weight
def largest_mask(weight, sparsity):
    flat = weight.detach().flatten().abs_()
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[flat.argsort(descending=True)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[torch.randperm(weight.numel(), generator=generator)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% wrong: random mutates weight
def largest_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    noise = weight.detach()
    noise.uniform_(generator=generator)
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[noise.flatten().argsort()[: round(sparsity * weight.numel())]] = False
    return mask.reshape(weight.shape)


predicted_order = ["magnitude", "random", "largest"]


# %% right: multinomial and topk
def largest_mask(weight, sparsity):
    n = weight.numel()
    mask = torch.ones(n, dtype=torch.bool)
    mask[weight.detach().abs().reshape(-1).topk(round(sparsity * n)).indices] = False
    return mask.view(weight.shape)


def random_mask(weight, sparsity, generator):
    n = weight.numel()
    k = round(sparsity * n)
    mask = torch.ones(n, dtype=torch.bool)
    if k:
        mask[torch.multinomial(torch.ones(n), k, generator=generator)] = False
    return mask.view(weight.shape)


predicted_order = ("magnitude", "random", "largest")


# %% right: rand rank and negative
def largest_mask(weight, sparsity):
    k = round(sparsity * weight.numel())
    return ((-weight.abs()).flatten().argsort().argsort() >= k).reshape(weight.shape)


def random_mask(weight, sparsity, generator):
    noise = torch.rand(weight.numel(), generator=generator)
    return (noise.argsort().argsort() >= round(sparsity * weight.numel())).reshape(weight.shape)


predicted_order = "magnitude random largest".split()
