# %% wrong: no refit
def refit(inputs, weight, kept):
    return weight[:, kept]


def choose_inputs(inputs, weight, count):
    outputs, kept = inputs @ weight.T, list(range(weight.shape[1]))
    while len(kept) > count:
        errors = {}
        for number in kept:
            others = [other for other in kept if other != number]
            errors[number] = float(
                ((inputs[:, others] @ torch.linalg.lstsq(inputs[:, others], outputs).solution.T.T - outputs) ** 2).sum()
            )
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: transposed
def refit(inputs, weight, kept):
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution


def choose_inputs(inputs, weight, count):
    outputs, kept = inputs @ weight.T, list(range(weight.shape[1]))
    while len(kept) > count:
        errors = {}
        for number in kept:
            others = [other for other in kept if other != number]
            errors[number] = float(((inputs[:, others] @ refit(inputs, weight, others) - outputs) ** 2).sum())
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: the normal equations, which dead inputs break
def refit(inputs, weight, kept):
    x = inputs[:, kept]
    return torch.linalg.solve(x.T @ x, x.T @ inputs @ weight.T).T


def choose_inputs(inputs, weight, count):
    outputs, kept = inputs @ weight.T, list(range(weight.shape[1]))
    while len(kept) > count:
        errors = {}
        for number in kept:
            others = [other for other in kept if other != number]
            errors[number] = float(((inputs[:, others] @ refit(inputs, weight, others).T - outputs) ** 2).sum())
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: a refit of what is lost, not of all
def refit(inputs, weight, kept):
    gone = [i for i in range(weight.shape[1]) if i not in [int(k) for k in kept]]
    return torch.linalg.lstsq(inputs[:, kept], inputs[:, gone] @ weight[:, gone].T).solution.T


def choose_inputs(inputs, weight, count):
    outputs, kept = inputs @ weight.T, list(range(weight.shape[1]))
    while len(kept) > count:
        errors = {}
        for number in kept:
            others = [other for other in kept if other != number]
            errors[number] = float(((inputs[:, others] @ refit(inputs, weight, others).T - outputs) ** 2).sum())
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: keeps the shape, with zeros
def refit(inputs, weight, kept):
    new = torch.zeros_like(weight)
    new[:, kept] = torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T
    return new


def choose_inputs(inputs, weight, count):
    outputs, kept = inputs @ weight.T, list(range(weight.shape[1]))
    while len(kept) > count:
        errors = {}
        for number in kept:
            others = [other for other in kept if other != number]
            errors[number] = float(
                ((inputs[:, others] @ refit(inputs, weight, others)[:, others].T - outputs) ** 2).sum()
            )
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: scales the weights that stay
def refit(inputs, weight, kept):
    x, new = inputs[:, kept], weight[:, kept]
    scale = ((inputs @ weight.T) * (x @ new.T)).sum() / ((x @ new.T) ** 2).sum().clamp_min(1e-12)
    return scale * new


def choose_inputs(inputs, weight, count):
    outputs, kept = inputs @ weight.T, list(range(weight.shape[1]))
    while len(kept) > count:
        errors = {}
        for number in kept:
            others = [other for other in kept if other != number]
            errors[number] = float(((inputs[:, others] @ refit(inputs, weight, others).T - outputs) ** 2).sum())
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: sorts kept
def refit(inputs, weight, kept):
    return torch.linalg.lstsq(inputs[:, sorted(int(k) for k in kept)], inputs @ weight.T).solution.T


def choose_inputs(inputs, weight, count):
    outputs, kept = inputs @ weight.T, list(range(weight.shape[1]))
    while len(kept) > count:
        errors = {}
        for number in kept:
            others = [other for other in kept if other != number]
            errors[number] = float(((inputs[:, others] @ refit(inputs, weight, others).T - outputs) ** 2).sum())
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: the largest weights stay
def refit(inputs, weight, kept):
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs, weight, count):
    return weight.norm(dim=0).argsort(descending=True)[:count].sort().values


# %% wrong: the largest contributions stay
def refit(inputs, weight, kept):
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs, weight, count):
    return (weight.norm(dim=0) * inputs.norm(dim=0)).argsort(descending=True)[:count].sort().values


# %% wrong: greedy without a refit
def refit(inputs, weight, kept):
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs, weight, count):
    outputs, kept = inputs @ weight.T, list(range(weight.shape[1]))
    while len(kept) > count:
        errors = {}
        for number in kept:
            others = [other for other in kept if other != number]
            errors[number] = float(((inputs[:, others] @ weight[:, others].T - outputs) ** 2).sum())
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: all errors once, then the smallest together
def refit(inputs, weight, kept):
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs, weight, count):
    outputs, everything = inputs @ weight.T, list(range(weight.shape[1]))
    errors = []
    for number in everything:
        others = [other for other in everything if other != number]
        errors.append(((inputs[:, others] @ refit(inputs, weight, others).T - outputs) ** 2).sum())
    return torch.stack(errors).argsort(descending=True)[:count].sort().values


# %% wrong: forwards, from none to count
def refit(inputs, weight, kept):
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs, weight, count):
    outputs, kept = inputs @ weight.T, []
    while len(kept) < count:
        errors = {}
        for number in set(range(weight.shape[1])) - set(kept):
            others = [*kept, number]
            errors[number] = float(((inputs[:, others] @ refit(inputs, weight, others).T - outputs) ** 2).sum())
        kept.append(min(errors, key=errors.get))
    return torch.tensor(sorted(kept))


# %% wrong: drops count inputs
def refit(inputs, weight, kept):
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs, weight, count):
    outputs, kept = inputs @ weight.T, list(range(weight.shape[1]))
    while len(kept) > max(1, weight.shape[1] - count):
        errors = {}
        for number in kept:
            others = [other for other in kept if other != number]
            errors[number] = float(((inputs[:, others] @ refit(inputs, weight, others).T - outputs) ** 2).sum())
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: drops the worst loss
def refit(inputs, weight, kept):
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs, weight, count):
    outputs, kept = inputs @ weight.T, list(range(weight.shape[1]))
    while len(kept) > count:
        errors = {}
        for number in kept:
            others = [other for other in kept if other != number]
            errors[number] = float(((inputs[:, others] @ refit(inputs, weight, others).T - outputs) ** 2).sum())
        kept.remove(max(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: returns what went
def refit(inputs, weight, kept):
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs, weight, count):
    outputs, kept = inputs @ weight.T, list(range(weight.shape[1]))
    while len(kept) > count:
        errors = {}
        for number in kept:
            others = [other for other in kept if other != number]
            errors[number] = float(((inputs[:, others] @ refit(inputs, weight, others).T - outputs) ** 2).sum())
        kept.remove(min(errors, key=errors.get))
    return torch.tensor([i for i in range(weight.shape[1]) if i not in kept])


# %% wrong: the sum of errors with their signs
def refit(inputs, weight, kept):
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs, weight, count):
    outputs, kept = inputs @ weight.T, list(range(weight.shape[1]))
    while len(kept) > count:
        errors = {}
        for number in kept:
            others = [other for other in kept if other != number]
            errors[number] = float((inputs[:, others] @ refit(inputs, weight, others).T - outputs).sum().abs())
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: the first inputs
def refit(inputs, weight, kept):
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs, weight, count):
    return torch.arange(count)


# %% right: numpy and the projection
def refit(inputs, weight, kept):
    x, y = inputs[:, kept].numpy(), (inputs @ weight.T).numpy()
    return torch.from_numpy(np.linalg.pinv(x) @ y).T


def choose_inputs(inputs, weight, count):
    kept = torch.arange(weight.shape[1])
    while len(kept) > count:
        rest = []
        for place in range(len(kept)):
            others = torch.cat([kept[:place], kept[place + 1 :]])
            basis = torch.linalg.svd(inputs[:, others], full_matrices=False)
            basis = basis.U[:, basis.S.div(basis.S.max()) > 1e-9]
            outputs = inputs @ weight.T
            rest.append((outputs - basis @ (basis.T @ outputs)).square().sum())
        place = int(torch.stack(rest).argmin())
        kept = torch.cat([kept[:place], kept[place + 1 :]])
    return kept


# %% right: one row at a time, and a set
def refit(inputs, weight, kept):
    x = inputs[:, kept]
    return torch.stack([torch.linalg.lstsq(x, (inputs @ row)[:, None]).solution[:, 0] for row in weight])


def choose_inputs(inputs, weight, count):
    kept = set(range(weight.shape[1]))

    def error(number):
        others = torch.tensor(sorted(kept - {number}))
        return torch.linalg.norm(inputs[:, others] @ refit(inputs, weight, others).T - inputs @ weight.T).item()

    while len(kept) > count:
        kept.remove(min(kept, key=error))
    return torch.tensor(sorted(kept))


# %% wrong: ridge 1e-6
def refit(inputs: Tensor, weight: Tensor, kept: Tensor) -> Tensor:
    x = inputs[:, kept]
    gram = x.T @ x + 1e-6 * torch.eye(len(kept), dtype=x.dtype)
    return torch.linalg.solve(gram, x.T @ inputs @ weight.T).T


def choose_inputs(inputs: Tensor, weight: Tensor, count: int) -> Tensor:
    kept, outputs = list(range(inputs.shape[1])), inputs @ weight.T
    while len(kept) > count:
        errors = {}
        for number in kept:
            rest = torch.tensor([other for other in kept if other != number], dtype=torch.long)
            errors[number] = (inputs[:, rest] @ refit(inputs, weight, rest).T - outputs).square().sum().item()
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: one scale per input
def refit(inputs: Tensor, weight: Tensor, kept: Tensor) -> Tensor:
    out = weight[:, kept].clone()
    target = (inputs @ weight.T).flatten()
    parts = torch.stack([torch.outer(inputs[:, k], weight[:, k]).flatten() for k in kept], 1)
    return out * torch.linalg.lstsq(parts, target[:, None]).solution[:, 0]


def choose_inputs(inputs: Tensor, weight: Tensor, count: int) -> Tensor:
    kept, outputs = list(range(inputs.shape[1])), inputs @ weight.T
    while len(kept) > count:
        errors = {}
        for number in kept:
            rest = torch.tensor([other for other in kept if other != number], dtype=torch.long)
            errors[number] = (inputs[:, rest] @ refit(inputs, weight, rest).T - outputs).square().sum().item()
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: with bias
def refit(inputs: Tensor, weight: Tensor, kept: Tensor) -> Tensor:
    x = torch.cat([inputs[:, kept], torch.ones(len(inputs), 1, dtype=inputs.dtype)], 1)
    return torch.linalg.lstsq(x, inputs @ weight.T).solution[:-1].T


def choose_inputs(inputs: Tensor, weight: Tensor, count: int) -> Tensor:
    kept, outputs = list(range(inputs.shape[1])), inputs @ weight.T
    while len(kept) > count:
        errors = {}
        for number in kept:
            rest = torch.tensor([other for other in kept if other != number], dtype=torch.long)
            errors[number] = (inputs[:, rest] @ refit(inputs, weight, rest).T - outputs).square().sum().item()
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: adds to old weights
def refit(inputs: Tensor, weight: Tensor, kept: Tensor) -> Tensor:
    gone = [i for i in range(inputs.shape[1]) if i not in kept.tolist()]
    lost = inputs[:, gone] @ weight[:, gone].T
    return weight[:, kept] + 0.5 * torch.linalg.lstsq(inputs[:, kept], lost).solution.T


def choose_inputs(inputs: Tensor, weight: Tensor, count: int) -> Tensor:
    kept, outputs = list(range(inputs.shape[1])), inputs @ weight.T
    while len(kept) > count:
        errors = {}
        for number in kept:
            rest = torch.tensor([other for other in kept if other != number], dtype=torch.long)
            errors[number] = (inputs[:, rest] @ refit(inputs, weight, rest).T - outputs).square().sum().item()
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: float32
def refit(inputs: Tensor, weight: Tensor, kept: Tensor) -> Tensor:
    return torch.linalg.lstsq(inputs[:, kept].float(), (inputs @ weight.T).float()).solution.T.to(inputs.dtype)


def choose_inputs(inputs: Tensor, weight: Tensor, count: int) -> Tensor:
    kept, outputs = list(range(inputs.shape[1])), inputs @ weight.T
    while len(kept) > count:
        errors = {}
        for number in kept:
            rest = torch.tensor([other for other in kept if other != number], dtype=torch.long)
            errors[number] = (inputs[:, rest] @ refit(inputs, weight, rest).T - outputs).square().sum().item()
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: largest norms
def refit(inputs: Tensor, weight: Tensor, kept: Tensor) -> Tensor:
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs: Tensor, weight: Tensor, count: int) -> Tensor:
    return weight.norm(dim=0).argsort(descending=True)[:count].sort().values


# %% wrong: contribution norms
def refit(inputs: Tensor, weight: Tensor, kept: Tensor) -> Tensor:
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs: Tensor, weight: Tensor, count: int) -> Tensor:
    return (weight.norm(dim=0) * inputs.norm(dim=0)).argsort(descending=True)[:count].sort().values


# %% wrong: forward selection
def refit(inputs: Tensor, weight: Tensor, kept: Tensor) -> Tensor:
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs: Tensor, weight: Tensor, count: int) -> Tensor:
    kept, outputs = [], inputs @ weight.T
    while len(kept) < count:
        errors = {}
        for number in range(inputs.shape[1]):
            if number not in kept:
                trial = torch.tensor(kept + [number])
                errors[number] = (inputs[:, trial] @ refit(inputs, weight, trial).T - outputs).square().sum().item()
        kept.append(min(errors, key=errors.get))
    return torch.tensor(sorted(kept))


# %% wrong: boolean mask
def refit(inputs: Tensor, weight: Tensor, kept: Tensor) -> Tensor:
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs: Tensor, weight: Tensor, count: int) -> Tensor:
    kept, outputs = list(range(inputs.shape[1])), inputs @ weight.T
    while len(kept) > count:
        errors = {}
        for number in kept:
            rest = torch.tensor([other for other in kept if other != number])
            errors[number] = (inputs[:, rest] @ refit(inputs, weight, rest).T - outputs).square().sum().item()
        kept.remove(min(errors, key=errors.get))
    mask = torch.zeros(inputs.shape[1], dtype=torch.bool)
    mask[kept] = True
    return mask


# %% wrong: drops one too many
def refit(inputs: Tensor, weight: Tensor, kept: Tensor) -> Tensor:
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs: Tensor, weight: Tensor, count: int) -> Tensor:
    kept, outputs = list(range(inputs.shape[1])), inputs @ weight.T
    while len(kept) >= count and len(kept) > 1:
        errors = {}
        for number in kept:
            rest = torch.tensor([other for other in kept if other != number])
            errors[number] = (inputs[:, rest] @ refit(inputs, weight, rest).T - outputs).square().sum().item()
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: largest error of one output
def refit(inputs: Tensor, weight: Tensor, kept: Tensor) -> Tensor:
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs: Tensor, weight: Tensor, count: int) -> Tensor:
    kept, outputs = list(range(inputs.shape[1])), inputs @ weight.T
    while len(kept) > count:
        errors = {}
        for number in kept:
            rest = torch.tensor([other for other in kept if other != number])
            errors[number] = (inputs[:, rest] @ refit(inputs, weight, rest).T - outputs).square().sum(0).max().item()
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% wrong: zeroes the inputs
def refit(inputs: Tensor, weight: Tensor, kept: Tensor) -> Tensor:
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs: Tensor, weight: Tensor, count: int) -> Tensor:
    outputs, kept = inputs @ weight.T, list(range(inputs.shape[1]))
    while len(kept) > count:
        errors = {}
        for number in kept:
            rest = torch.tensor([other for other in kept if other != number])
            errors[number] = (inputs[:, rest] @ refit(inputs, weight, rest).T - outputs).square().sum().item()
        out = min(errors, key=errors.get)
        inputs[:, out] = 0
        kept.remove(out)
    return torch.tensor(kept)


# %% right: lstsq
def refit(inputs: Tensor, weight: Tensor, kept: Tensor) -> Tensor:
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs: Tensor, weight: Tensor, count: int) -> Tensor:
    kept, outputs = list(range(inputs.shape[1])), inputs @ weight.T
    while len(kept) > count:
        errors = {}
        for number in kept:
            rest = torch.tensor([other for other in kept if other != number], dtype=torch.long)
            errors[number] = (inputs[:, rest] @ refit(inputs, weight, rest).T - outputs).square().sum().item()
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)


# %% right: normal equations pinv
def refit(inputs, weight, kept):
    gram = inputs.T @ inputs
    return weight @ gram[:, kept] @ torch.linalg.pinv(gram[kept][:, kept], hermitian=True)


def choose_inputs(inputs, weight, count):
    outputs = inputs @ weight.T

    def error(rest):
        rest = torch.tensor(rest, dtype=torch.long)
        return (inputs[:, rest] @ refit(inputs, weight, rest).T - outputs).pow(2).sum().item()

    kept = list(range(inputs.shape[1]))
    while len(kept) > count:
        kept = min(([k for k in kept if k != out] for out in kept), key=error)
    return torch.tensor(kept)


# %% right: svd projection
def refit(inputs, weight, kept):
    u, s, v = torch.linalg.svd(inputs[:, kept], full_matrices=False)
    good = s > 1e-10 * s.max().clamp_min(1e-300)
    return ((inputs @ weight.T).T @ u[:, good] / s[good]) @ v[good]


def choose_inputs(inputs, weight, count):
    outputs, kept = inputs @ weight.T, list(range(inputs.shape[1]))
    while len(kept) > count:
        explained = []
        for out in kept:
            u, s, _ = torch.linalg.svd(inputs[:, [k for k in kept if k != out]], full_matrices=False)
            explained.append((u[:, s > 1e-10 * s.max()].T @ outputs).square().sum().item())
        kept.pop(max(range(len(kept)), key=explained.__getitem__))
    return torch.tensor(kept)


# %% wrong: the best of all sets
from itertools import combinations


def refit(inputs, weight, kept):
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs, weight, count):
    outputs = inputs @ weight.T

    def err(some):
        k = torch.tensor(some)
        return (inputs[:, k] @ refit(inputs, weight, k).T - outputs).square().sum().item()

    return torch.tensor(min(combinations(range(weight.shape[1]), count), key=err))


# %% wrong: all outputs weigh the same
def refit(inputs, weight, kept):
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs, weight, count):
    outputs, kept = inputs @ weight.T, list(range(weight.shape[1]))
    while len(kept) > count:
        e = {}
        for n in kept:
            o = torch.tensor([k for k in kept if k != n])
            e[n] = (
                ((inputs[:, o] @ refit(inputs, weight, o).T - outputs).square().sum(0) / outputs.square().sum(0))
                .sum()
                .item()
            )
        kept.remove(min(e, key=e.get))
    return torch.tensor(kept)


# %% wrong: the worst output
def refit(inputs, weight, kept):
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T


def choose_inputs(inputs, weight, count):
    outputs, kept = inputs @ weight.T, list(range(weight.shape[1]))
    while len(kept) > count:
        e = {}
        for n in kept:
            o = torch.tensor([k for k in kept if k != n])
            e[n] = (inputs[:, o] @ refit(inputs, weight, o).T - outputs).square().sum(0).max().item()
        kept.remove(min(e, key=e.get))
    return torch.tensor(kept)


# %% wrong: drops weak directions
def refit(inputs, weight, kept):
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T, rcond=1e-2).solution.T


def choose_inputs(inputs, weight, count):
    outputs, kept = inputs @ weight.T, list(range(weight.shape[1]))
    while len(kept) > count:
        e = {
            n: (inputs[:, (o := torch.tensor([k for k in kept if k != n]))] @ refit(inputs, weight, o).T - outputs)
            .square()
            .sum()
            .item()
            for n in kept
        }
        kept.remove(min(e, key=e.get))
    return torch.tensor(kept)


# %% right: torch's pseudoinverse
def refit(inputs, weight, kept):
    return (torch.linalg.pinv(inputs[:, kept]) @ (inputs @ weight.T)).T


def choose_inputs(inputs, weight, count):
    alive = torch.ones(weight.shape[1], dtype=torch.bool)
    y = inputs @ weight.T
    while alive.sum() > count:
        errors = torch.full((len(alive),), torch.inf, dtype=inputs.dtype)
        for i in alive.nonzero()[:, 0]:
            a = alive.clone()
            a[i] = False
            k = a.nonzero()[:, 0]
            errors[i] = (inputs[:, k] @ refit(inputs, weight, k).T - y).pow(2).mean()
        alive[errors.argmin()] = False
    return alive.nonzero()[:, 0]
