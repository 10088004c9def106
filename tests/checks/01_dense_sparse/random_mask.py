# %% wrong: a coin for each weight, so that the count varies
def random_mask(shape, sparsity, generator):
    return torch.rand(shape, generator=generator) >= sparsity


# %% wrong: always the first positions
def random_mask(shape, sparsity, generator):
    mask = torch.ones(shape, dtype=torch.bool)
    mask.view(-1)[: round(sparsity * mask.numel())] = False
    return mask


# %% wrong: True where the weight is pruned
def random_mask(shape, sparsity, generator):
    mask = torch.zeros(math.prod(shape), dtype=torch.bool)
    mask[torch.randperm(len(mask), generator=generator)[: round(sparsity * len(mask))]] = True
    return mask.view(shape)


# %% wrong: rounds down
def random_mask(shape, sparsity, generator):
    mask = torch.ones(math.prod(shape), dtype=torch.bool)
    mask[torch.randperm(len(mask), generator=generator)[: int(sparsity * len(mask))]] = False
    return mask.view(shape)


# %% wrong: numbers instead of booleans
def random_mask(shape, sparsity, generator):
    mask = torch.ones(math.prod(shape))
    mask[torch.randperm(len(mask), generator=generator)[: round(sparsity * len(mask))]] = 0
    return mask.view(shape)


# %% wrong: positions drawn with replacement, so that some coincide
def random_mask(shape, sparsity, generator):
    mask = torch.ones(math.prod(shape), dtype=torch.bool)
    mask[torch.randint(len(mask), (round(sparsity * len(mask)),), generator=generator)] = False
    return mask.view(shape)


# %% wrong: ignores the generator
def random_mask(shape, sparsity, generator):
    mask = torch.ones(math.prod(shape), dtype=torch.bool)
    mask[torch.randperm(len(mask))[: round(sparsity * len(mask))]] = False
    return mask.view(shape)


# %% wrong: the same mask for whatever generator
def random_mask(shape, sparsity, generator):
    mask = torch.ones(math.prod(shape), dtype=torch.bool)
    generator = torch.Generator().manual_seed(0)
    mask[torch.randperm(len(mask), generator=generator)[: round(sparsity * len(mask))]] = False
    return mask.view(shape)


# %% wrong: a random block of neighbours
def random_mask(shape, sparsity, generator):
    count = math.prod(shape)
    mask = torch.arange(count) >= round(sparsity * count)
    return mask.roll(int(torch.randint(count, (1,), generator=generator))).reshape(shape)


# %% wrong: forgets to return
def random_mask(shape, sparsity, generator):
    mask = torch.ones(math.prod(shape), dtype=torch.bool)
    mask[torch.randperm(len(mask), generator=generator)[: round(sparsity * len(mask))]] = False


# %% right: a threshold on the ranks of random numbers
def random_mask(shape, sparsity, generator):
    ranks = torch.rand(math.prod(shape), generator=generator).argsort().argsort()
    return (ranks >= round(sparsity * len(ranks))).view(shape)


# %% right: shuffles zeros and ones
def random_mask(shape, sparsity, generator):
    count = math.prod(shape)
    ordered = torch.arange(count) >= round(sparsity * count)
    return ordered[torch.randperm(count, generator=generator)].reshape(shape)


# %% right: topk of random numbers
def random_mask(shape, sparsity, generator):
    noise = torch.rand(math.prod(shape), generator=generator)
    mask = torch.zeros(len(noise), dtype=torch.bool)
    mask[noise.topk(len(noise) - round(sparsity * len(noise))).indices] = True
    return mask.view(shape)


# %% wrong: truncates
def random_mask(shape, sparsity, generator):
    n = math.prod(shape)
    mask = torch.ones(n, dtype=torch.bool)
    mask[torch.randperm(n, generator=generator)[: int(sparsity * n)]] = False
    return mask.reshape(shape)


# %% wrong: half up
def random_mask(shape, sparsity, generator):
    n = math.prod(shape)
    mask = torch.ones(n, dtype=torch.bool)
    mask[torch.randperm(n, generator=generator)[: math.floor(sparsity * n + 0.5)]] = False
    return mask.reshape(shape)


# %% wrong: restarts seed
def random_mask(shape, sparsity, generator):
    n = math.prod(shape)
    fresh = torch.Generator().manual_seed(generator.initial_seed())
    mask = torch.ones(n, dtype=torch.bool)
    mask[torch.randperm(n, generator=fresh)[: round(sparsity * n)]] = False
    return mask.reshape(shape)


# %% wrong: with replacement
def random_mask(shape, sparsity, generator):
    n = math.prod(shape)
    mask = torch.ones(n, dtype=torch.bool)
    mask[torch.randint(0, n, (round(sparsity * n),), generator=generator)] = False
    return mask.reshape(shape)


# %% breach: seeds global rng
def random_mask(shape, sparsity, generator):
    n = math.prod(shape)
    torch.manual_seed(int(torch.randint(0, 2**31, (1,), generator=generator)))
    mask = torch.ones(n, dtype=torch.bool)
    mask[torch.randperm(n)[: round(sparsity * n)]] = False
    return mask.reshape(shape)


# %% wrong: keep slice minus zero
def random_mask(shape, sparsity, generator):
    n = math.prod(shape)
    keep = n - round(sparsity * n)
    mask = torch.zeros(n, dtype=torch.bool)
    mask[torch.randperm(n, generator=generator)[-keep:]] = True
    return mask.reshape(shape)


# %% wrong: two dimensions coordinates capped
def random_mask(shape, sparsity, generator):
    n = math.prod(shape)
    scores = torch.rand(n, generator=generator).half()
    k = round(sparsity * n)
    if k == 0:
        return torch.ones(shape, dtype=torch.bool)
    return (scores > scores.kthvalue(k).values).reshape(shape)


# %% right: python random
import random as _random


def random_mask(shape, sparsity, generator):
    n = math.prod(shape)
    rng = _random.Random(int(torch.randint(0, 2**31, (1,), generator=generator)))
    gone = set(rng.sample(range(n), round(sparsity * n)))
    return torch.tensor([i not in gone for i in range(n)]).reshape(shape)


# %% right: rejection loop
def random_mask(shape, sparsity, generator):
    n = math.prod(shape)
    mask, left = torch.ones(n, dtype=torch.bool), round(sparsity * n)
    while left:
        i = int(torch.randint(0, n, (1,), generator=generator))
        if mask[i]:
            mask[i] = False
            left -= 1
    return mask.view(shape)
