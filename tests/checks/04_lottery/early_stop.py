# %% wrong: the lowest loss instead of its step
def early_stop(losses):
    return min(loss for loss in losses.values() if not math.isnan(loss))


# %% wrong: the first in the order of the dict, and nan in front wins
def early_stop(losses):
    return min(losses, key=losses.get)


# %% wrong: the first of ties in the order of the dict
def early_stop(losses):
    return min((step for step in losses if not math.isnan(losses[step])), key=losses.get)


# %% wrong: the last of ties
def early_stop(losses):
    return min((loss, -step) for step, loss in losses.items() if not math.isnan(loss))[1] * -1


# %% wrong: stops at the first rise
def early_stop(losses):
    steps = [step for step in sorted(losses) if not math.isnan(losses[step])]
    for place, step in enumerate(steps[:-1]):
        if losses[steps[place + 1]] >= losses[step]:
            return step
    return steps[-1]


# %% wrong: the place instead of the step
def early_stop(losses):
    values = [loss if not math.isnan(loss) else math.inf for _, loss in sorted(losses.items())]
    return values.index(min(values))


# %% wrong: the highest loss
def early_stop(losses):
    return max((loss, -step) for step, loss in losses.items() if not math.isnan(loss))[1] * -1


# %% wrong: nan counts as zero
def early_stop(losses):
    return min((0.0 if math.isnan(loss) else loss, step) for step, loss in losses.items())[1]


# %% right: nan counts as infinite, sorted steps
def early_stop(losses):
    return min(sorted(losses), key=lambda step: math.inf if math.isnan(losses[step]) else losses[step])


# %% right: a loop
def early_stop(losses):
    best = None
    for step in sorted(losses):
        loss = losses[step]
        if loss == loss and (best is None or loss < losses[best]):
            best = step
    return best


# %% right: torch, by the sorted steps
def early_stop(losses):
    steps = sorted(losses)
    values = torch.tensor([losses[step] for step in steps], dtype=torch.float64).nan_to_num(
        nan=math.inf, posinf=math.inf
    )
    return steps[int((values == values.min()).nonzero()[0])]


# %% wrong: index
def early_stop(losses: dict[int, float]) -> int:
    values = [l for _, l in sorted(losses.items()) if not math.isnan(l)]
    return values.index(min(values))


# %% wrong: first rise
def early_stop(losses: dict[int, float]) -> int:
    steps = sorted(s for s, l in losses.items() if not math.isnan(l))
    for now, later in zip(steps, steps[1:]):
        if losses[later] >= losses[now]:
            return now
    return steps[-1]


# %% wrong: sorted but nan
def early_stop(losses: dict[int, float]) -> int:
    return min(sorted(losses), key=losses.get)


# %% wrong: drops zero losses
def early_stop(losses: dict[int, float]) -> int:
    return min((l, s) for s, l in losses.items() if l and l == l)[1]


# %% wrong: nan as zero
def early_stop(losses: dict[int, float]) -> int:
    return min((0.0 if math.isnan(l) else l, s) for s, l in losses.items())[1]


# %% wrong: stops at nan
def early_stop(losses: dict[int, float]) -> int:
    best, stop = math.inf, min(losses)
    for step in sorted(losses):
        if math.isnan(losses[step]):
            break
        if losses[step] < best:
            best, stop = losses[step], step
    return stop


# %% wrong: isclose ties
def early_stop(losses: dict[int, float]) -> int:
    low = min(l for l in losses.values() if not math.isnan(l))
    return min(s for s, l in losses.items() if math.isclose(l, low, rel_tol=0.01))


# %% wrong: empty when all inf
def early_stop(losses: dict[int, float]) -> int:
    best, stop = math.inf, None
    for step in sorted(losses):
        if losses[step] < best:
            best, stop = losses[step], step
    return stop


# %% right: pairs
def early_stop(losses: dict[int, float]) -> int:
    return min((l, s) for s, l in losses.items() if not math.isnan(l))[1]


# %% right: loop
def early_stop(losses: dict[int, float]) -> int:
    best, stop = None, None
    for step, loss in sorted(losses.items()):
        if loss != loss:
            continue
        if best is None or loss < best:
            best, stop = loss, step
    return stop


# %% right: numpy
def early_stop(losses: dict[int, float]) -> int:
    import numpy as np

    steps = np.array(sorted(losses))
    values = np.array([losses[s] for s in steps.tolist()], dtype=float)
    return int(steps[np.nanargmin(values)])


# %% right: pandas like sort
def early_stop(losses: dict[int, float]) -> int:
    found = sorted(
        losses, key=lambda step: (math.isnan(losses[step]), losses[step] if losses[step] == losses[step] else 0.0, step)
    )
    return found[0]
