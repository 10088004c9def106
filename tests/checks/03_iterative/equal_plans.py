# %% wrong: drops the remainder


def equal_plans(targets, total):
    steps = total // len(targets)
    return {
        "rounds": [(kept, steps) for kept in targets],
        "one shot": [(targets[-1], total)],
        "dense": [(1.0, total)],
    }


# %% wrong: every round gets the whole budget
def equal_plans(targets, total):
    return {
        "rounds": [(kept, total) for kept in targets],
        "one shot": [(targets[-1], total)],
        "dense": [(1.0, total)],
    }


# %% wrong: the whole remainder goes to the last round
def equal_plans(targets, total):
    steps, rest = divmod(total, len(targets))
    rounds = [(kept, steps) for kept in targets]
    rounds[-1] = (targets[-1], steps + rest)
    return {"rounds": rounds, "one shot": [(targets[-1], total)], "dense": [(1.0, total)]}


# %% wrong: the longer rounds come first
def equal_plans(targets, total):
    steps, rest = divmod(total, len(targets))
    rounds = [(kept, steps + (r < rest)) for r, kept in enumerate(targets)]
    return {"rounds": rounds, "one shot": [(targets[-1], total)], "dense": [(1.0, total)]}


# %% wrong: one shot goes to the first target
def equal_plans(targets, total):
    steps, rest = divmod(total, len(targets))
    rounds = [(kept, steps + (r >= len(targets) - rest)) for r, kept in enumerate(targets)]
    return {"rounds": rounds, "one shot": [(targets[0], total)], "dense": [(1.0, total)]}


# %% wrong: one shot trains for a single round
def equal_plans(targets, total):
    steps, rest = divmod(total, len(targets))
    rounds = [(kept, steps + (r >= len(targets) - rest)) for r, kept in enumerate(targets)]
    return {"rounds": rounds, "one shot": [(targets[-1], rounds[-1][1])], "dense": [(1.0, total)]}


# %% wrong: the dense network keeps nothing
def equal_plans(targets, total):
    steps, rest = divmod(total, len(targets))
    rounds = [(kept, steps + (r >= len(targets) - rest)) for r, kept in enumerate(targets)]
    return {"rounds": rounds, "one shot": [(targets[-1], total)], "dense": [(0.0, total)]}


# %% wrong: fractions of steps
def equal_plans(targets, total):
    rounds = [(kept, total / len(targets)) for kept in targets]
    return {"rounds": rounds, "one shot": [(targets[-1], total)], "dense": [(1.0, total)]}


# %% wrong: no dense plan
def equal_plans(targets, total):
    steps, rest = divmod(total, len(targets))
    rounds = [(kept, steps + (r >= len(targets) - rest)) for r, kept in enumerate(targets)]
    return {"rounds": rounds, "one shot": [(targets[-1], total)]}


# %% right: differences of rounded milestones
def equal_plans(targets, total):
    n = len(targets)
    lengths = sorted(total * (r + 1) // n - total * r // n for r in range(n))
    rounds = [(kept, length) for kept, length in zip(targets, lengths, strict=True)]
    return {"rounds": rounds, "one shot": [(targets[-1], total)], "dense": [(1.0, total)]}


# %% right: hands the remainder out from the end
def equal_plans(targets, total):
    lengths = [total // len(targets)] * len(targets)
    for r in range(total % len(targets)):
        lengths[-1 - r] += 1
    plans = {"rounds": [list(pair) for pair in zip(targets, lengths, strict=True)]}
    plans["one shot"] = [[targets[-1], total]]
    plans["dense"] = [[1, total]]
    return plans


# %% wrong: milestones rounded down, so that a longer round may come before a shorter one
def equal_plans(targets, total):
    n = len(targets)
    rounds = [(kept, total * (r + 1) // n - total * r // n) for r, kept in enumerate(targets)]
    return {"rounds": rounds, "one shot": [(targets[-1], total)], "dense": [(1.0, total)]}


# %% wrong: a plan that is not a list of rounds
def equal_plans(targets, total):
    steps, rest = divmod(total, len(targets))
    rounds = [(kept, steps + (r >= len(targets) - rest)) for r, kept in enumerate(targets)]
    return {"rounds": rounds, "one shot": (targets[-1], total), "dense": (1.0, total)}


# %% wrong: float steps
def equal_plans(targets, total):
    n = len(targets)
    return {"rounds": [(k, total / n) for k in targets], "one shot": [(targets[-1], total)], "dense": [(1.0, total)]}


# %% wrong: proportional to cut
def equal_plans(targets, total):
    n = len(targets)
    edges = [round(total * r / n) for r in range(n + 1)]
    return {
        "rounds": [(k, edges[r + 1] - edges[r]) for r, k in enumerate(targets)],
        "one shot": [(targets[-1], total)],
        "dense": [(1.0, total)],
    }


# %% wrong: dense never in plan kept none
def equal_plans(targets, total):
    s, rest = divmod(total, len(targets))
    n = len(targets)
    return {
        "rounds": [(k, s + (r >= n - rest)) for r, k in enumerate(targets)],
        "one shot": [(targets[-1], total)],
        "dense": [(0.0, total)],
    }


# %% right: plus reversed
def equal_plans(targets, total):
    steps = [total // len(targets)] * len(targets)
    for r in range(1, total % len(targets) + 1):
        steps[-r] += 1
    return {"rounds": list(zip(targets, steps)), "one shot": [(targets[-1], total)], "dense": [(1.0, total)]}


# %% right: numpy array split
def equal_plans(targets, total):
    import numpy as np

    sizes = [len(part) for part in np.array_split(np.arange(total), len(targets))][::-1]
    return {
        "rounds": [(k, n) for k, n in zip(targets, sizes)],
        "one shot": [(targets[-1], total)],
        "dense": [(1.0, total)],
    }


# %% right: lists and int one
def equal_plans(targets, total):
    n = len(targets)
    s, rest = divmod(total, n)
    return {
        "rounds": [[k, s + 1 if r + rest >= n else s] for r, k in enumerate(targets)],
        "one shot": [[targets[-1], total]],
        "dense": [[1, total]],
    }


# %% right: bool plus extra key free
def equal_plans(targets, total):
    n = len(targets)
    s, rest = divmod(total, n)
    return {
        "rounds": [(k, s + int(r in range(n - rest, n))) for r, k in enumerate(targets)],
        "one shot": [(targets[-1], total)],
        "dense": [(1.0, total)],
    }


# %% wrong: one dict for all calls
PLANS = {}


def equal_plans(targets, total):
    steps, rest = divmod(total, len(targets))
    lengths = [steps + (r >= len(targets) - rest) for r in range(len(targets))]
    PLANS["rounds"] = list(zip(targets, lengths, strict=True))
    PLANS["one shot"], PLANS["dense"] = [(targets[-1], total)], [(1.0, total)]
    return PLANS


# %% wrong: whole steps as floats
def equal_plans(targets, total):
    steps, rest = divmod(float(total), len(targets))
    lengths = [steps + (r >= len(targets) - rest) for r in range(len(targets))]
    rounds = list(zip(targets, lengths, strict=True))
    return {"rounds": rounds, "one shot": [(targets[-1], total)], "dense": [(1.0, total)]}


# %% wrong: a step more in every round where nothing is left over
def equal_plans(targets, total):
    steps, rest = divmod(total, len(targets))
    lengths = [steps] * len(targets)
    lengths[-rest:] = [steps + 1] * len(lengths[-rest:])
    rounds = list(zip(targets, lengths, strict=True))
    return {"rounds": rounds, "one shot": [(targets[-1], total)], "dense": [(1.0, total)]}


# %% wrong: a round for each different target
def equal_plans(targets, total):
    targets = list(dict.fromkeys(targets))
    steps, rest = divmod(total, len(targets))
    lengths = [steps + (r >= len(targets) - rest) for r in range(len(targets))]
    rounds = list(zip(targets, lengths, strict=True))
    return {"rounds": rounds, "one shot": [(targets[-1], total)], "dense": [(1.0, total)]}


# %% right: numpy's whole numbers
def equal_plans(targets, total):
    import numpy as np

    lengths = np.full(len(targets), total // len(targets))
    lengths[len(targets) - total % len(targets) :] += 1
    return {"rounds": list(zip(targets, lengths)), "one shot": [(targets[-1], total)], "dense": [(1.0, total)]}
