# %% wrong: a threshold, which spares all weights of equal scores
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * torch.linalg.vector_norm(inputs, dim=0)
    gone = round(sparsity * weight.shape[1])
    if gone == weight.shape[1]:
        return torch.zeros_like(weight, dtype=torch.bool)
    return score >= score.sort(dim=1).values[:, gone : gone + 1]


# %% wrong: one competition for the whole layer
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * torch.linalg.vector_norm(inputs, dim=0)
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[score.flatten().argsort()[: round(sparsity * weight.numel())]] = False
    return mask.view(weight.shape)


# %% wrong: compares within a column
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * torch.linalg.vector_norm(inputs, dim=0)
    weakest = score.argsort(dim=0)[: round(sparsity * weight.shape[0])]
    return torch.ones_like(weight, dtype=torch.bool).scatter_(0, weakest, False)


# %% wrong: the mean of the inputs
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.mean(0).abs()
    weakest = score.argsort(dim=1)[:, : round(sparsity * weight.shape[1])]
    return torch.ones_like(weight, dtype=torch.bool).scatter_(1, weakest, False)


# %% wrong: the mean of the magnitudes
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.abs().mean(0)
    weakest = score.argsort(dim=1)[:, : round(sparsity * weight.shape[1])]
    return torch.ones_like(weight, dtype=torch.bool).scatter_(1, weakest, False)


# %% wrong: the largest magnitude
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.abs().amax(0)
    weakest = score.argsort(dim=1)[:, : round(sparsity * weight.shape[1])]
    return torch.ones_like(weight, dtype=torch.bool).scatter_(1, weakest, False)


# %% wrong: the spread
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.std(0, correction=0)
    weakest = score.argsort(dim=1)[:, : round(sparsity * weight.shape[1])]
    return torch.ones_like(weight, dtype=torch.bool).scatter_(1, weakest, False)


# %% wrong: magnitude alone
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs()
    weakest = score.argsort(dim=1)[:, : round(sparsity * weight.shape[1])]
    return torch.ones_like(weight, dtype=torch.bool).scatter_(1, weakest, False)


# %% wrong: without the magnitude of the weight
def wanda_mask(weight, inputs, sparsity):
    score = weight * torch.linalg.vector_norm(inputs, dim=0)
    weakest = score.argsort(dim=1)[:, : round(sparsity * weight.shape[1])]
    return torch.ones_like(weight, dtype=torch.bool).scatter_(1, weakest, False)


# %% wrong: the square of the weight, not of the norm
def wanda_mask(weight, inputs, sparsity):
    score = weight**2 * torch.linalg.vector_norm(inputs, dim=0)
    weakest = score.argsort(dim=1)[:, : round(sparsity * weight.shape[1])]
    return torch.ones_like(weight, dtype=torch.bool).scatter_(1, weakest, False)


# %% wrong: the square of the norm, not of the weight
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.square().sum(0)
    weakest = score.argsort(dim=1)[:, : round(sparsity * weight.shape[1])]
    return torch.ones_like(weight, dtype=torch.bool).scatter_(1, weakest, False)


# %% wrong: a norm over the inputs of a sample
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * torch.linalg.vector_norm(inputs, dim=1).mean()
    weakest = score.argsort(dim=1)[:, : round(sparsity * weight.shape[1])]
    return torch.ones_like(weight, dtype=torch.bool).scatter_(1, weakest, False)


# %% wrong: True where a weight goes
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * torch.linalg.vector_norm(inputs, dim=0)
    weakest = score.argsort(dim=1)[:, : round(sparsity * weight.shape[1])]
    return torch.zeros_like(weight, dtype=torch.bool).scatter_(1, weakest, True)


# %% wrong: the strongest go
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * torch.linalg.vector_norm(inputs, dim=0)
    weakest = score.argsort(dim=1, descending=True)[:, : round(sparsity * weight.shape[1])]
    return torch.ones_like(weight, dtype=torch.bool).scatter_(1, weakest, False)


# %% wrong: rounds down
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * torch.linalg.vector_norm(inputs, dim=0)
    weakest = score.argsort(dim=1)[:, : int(sparsity * weight.shape[1])]
    return torch.ones_like(weight, dtype=torch.bool).scatter_(1, weakest, False)


# %% wrong: the number that stays
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * torch.linalg.vector_norm(inputs, dim=0)
    weakest = score.argsort(dim=1)[:, : weight.shape[1] - round(sparsity * weight.shape[1])]
    return torch.ones_like(weight, dtype=torch.bool).scatter_(1, weakest, False)


# %% wrong: the weight, not the mask
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * torch.linalg.vector_norm(inputs, dim=0)
    weakest = score.argsort(dim=1)[:, : round(sparsity * weight.shape[1])]
    return weight * torch.ones_like(weight, dtype=torch.bool).scatter_(1, weakest, False)


# %% wrong: a threshold that removes one at least
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * torch.linalg.vector_norm(inputs, dim=0)
    count = max(1, round(sparsity * weight.shape[1]))
    return score > score.sort(dim=1).values[:, count - 1 : count]


# %% right: ranks
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.pow(2).sum(0).sqrt()
    ranks = score.argsort(dim=1).argsort(dim=1)
    return ranks >= round(sparsity * weight.shape[1])


# %% right: row by row, squared scores
def wanda_mask(weight, inputs, sparsity):
    energy = (inputs * inputs).sum(0)
    mask = torch.zeros(weight.shape, dtype=torch.bool)
    for i, row in enumerate(weight):
        stay = weight.shape[1] - round(sparsity * weight.shape[1])
        mask[i, (row**2 * energy).topk(stay).indices] = True
    return mask


# %% wrong: mean abs input
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.abs().mean(0)
    k = round(sparsity * weight.shape[1])
    mask = torch.ones_like(weight, dtype=torch.bool)
    mask.scatter_(1, score.topk(k, dim=1, largest=False).indices, False)
    return mask


# %% wrong: rms sum abs
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.abs().sum(0)
    k = round(sparsity * weight.shape[1])
    mask = torch.ones_like(weight, dtype=torch.bool)
    mask.scatter_(1, score.topk(k, dim=1, largest=False).indices, False)
    return mask


# %% wrong: squared norm
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.square().sum(0)
    k = round(sparsity * weight.shape[1])
    mask = torch.ones_like(weight, dtype=torch.bool)
    mask.scatter_(1, score.topk(k, dim=1, largest=False).indices, False)
    return mask


# %% wrong: no weight abs
def wanda_mask(weight, inputs, sparsity):
    score = weight * inputs.norm(dim=0)
    k = round(sparsity * weight.shape[1])
    mask = torch.ones_like(weight, dtype=torch.bool)
    mask.scatter_(1, score.topk(k, dim=1, largest=False).indices, False)
    return mask


# %% wrong: whole layer
def wanda_mask(weight, inputs, sparsity):
    return best_share(weight.abs() * inputs.norm(dim=0), sparsity)


# %% wrong: kth threshold ties
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.norm(dim=0)
    k = round(sparsity * weight.shape[1])
    return torch.ones_like(score, dtype=torch.bool) if k == 0 else score > score.kthvalue(k, dim=1, keepdim=True).values


# %% wrong: int floor k
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.norm(dim=0)
    k = int(sparsity * weight.shape[1])
    mask = torch.ones_like(weight, dtype=torch.bool)
    mask.scatter_(1, score.topk(k, dim=1, largest=False).indices, False)
    return mask


# %% wrong: k of rows
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.norm(dim=0)
    k = round(sparsity * weight.shape[0])
    mask = torch.ones_like(weight, dtype=torch.bool)
    mask.scatter_(1, score.topk(k, dim=1, largest=False).indices, False)
    return mask


# %% wrong: columns compete
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.norm(dim=0)
    k = round(sparsity * weight.shape[1])
    mask = torch.ones_like(weight, dtype=torch.bool)
    mask.scatter_(0, score.topk(round(sparsity * weight.shape[0]), dim=0, largest=False).indices, False)
    return mask


# %% wrong: inverted mask
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.norm(dim=0)
    k = round(sparsity * weight.shape[1])
    mask = torch.ones_like(weight, dtype=torch.bool)
    mask.scatter_(1, score.topk(k, dim=1, largest=False).indices, False)
    return ~mask


# %% wrong: norm over wrong dim
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.norm(dim=1)[: weight.shape[1]]
    k = round(sparsity * weight.shape[1])
    mask = torch.ones_like(weight, dtype=torch.bool)
    mask.scatter_(1, score.topk(k, dim=1, largest=False).indices, False)
    return mask


# %% wrong: magnitude only
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs()
    k = round(sparsity * weight.shape[1])
    mask = torch.ones_like(weight, dtype=torch.bool)
    mask.scatter_(1, score.topk(k, dim=1, largest=False).indices, False)
    return mask


# %% wrong: float mask
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.norm(dim=0)
    k = round(sparsity * weight.shape[1])
    mask = torch.ones_like(weight, dtype=torch.bool)
    mask.scatter_(1, score.topk(k, dim=1, largest=False).indices, False)
    return mask.float()


# %% wrong: mutates inputs
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.square_().sum(0).sqrt()
    k = round(sparsity * weight.shape[1])
    mask = torch.ones_like(weight, dtype=torch.bool)
    mask.scatter_(1, score.topk(k, dim=1, largest=False).indices, False)
    return mask


# %% wrong: half up rounding
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.norm(dim=0)
    k = int(sparsity * weight.shape[1] + 0.5)
    mask = torch.ones_like(weight, dtype=torch.bool)
    mask.scatter_(1, score.topk(k, dim=1, largest=False).indices, False)
    return mask


# %% wrong: kept topk of rounded down keep
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.norm(dim=0)
    k = weight.shape[1] - int((1 - sparsity) * weight.shape[1])
    mask = torch.ones_like(weight, dtype=torch.bool)
    mask.scatter_(1, score.topk(k, dim=1, largest=False).indices, False)
    return mask


# %% wrong: square only norm per row
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.norm(dim=0)[:, None]
    k = round(sparsity * weight.shape[1])
    mask = torch.ones_like(weight, dtype=torch.bool)
    mask.scatter_(1, score.topk(k, dim=1, largest=False).indices, False)
    return mask


# %% right: argsort twice
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * (inputs**2).sum(0).sqrt()
    rank = score.argsort(dim=1).argsort(dim=1)
    return rank >= round(sparsity * weight.shape[1])


# %% right: keep side
def wanda_mask(weight, inputs, sparsity):
    score = (weight * inputs.norm(dim=0)).abs()
    stay = weight.shape[1] - round(sparsity * weight.shape[1])
    return torch.zeros_like(weight).bool().scatter(1, score.topk(stay, 1).indices, True)


# %% right: squared scores same order
def wanda_mask(weight, inputs, sparsity):
    score = weight**2 * (inputs**2).sum(0)
    k = round(sparsity * weight.shape[1])
    return torch.ones_like(weight, dtype=torch.bool).scatter(1, score.argsort(1)[:, :k], False)


# %% right: rms same order
def wanda_mask(weight, inputs, sparsity):
    score = weight.abs() * inputs.square().mean(0).sqrt()
    k = round(sparsity * weight.shape[1])
    return torch.ones_like(weight, dtype=torch.bool).scatter(1, score.argsort(1)[:, :k], False)
