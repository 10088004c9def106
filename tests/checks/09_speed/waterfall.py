# %% wrong: factors over the first
def waterfall(seconds):
    names = list(seconds)
    total = math.log(seconds[names[0]] / seconds[names[-1]])
    steps = {}
    for name in names[1:]:
        factor = seconds[names[0]] / seconds[name]
        steps[name] = factor, math.log(factor) / total
    return steps


# %% wrong: upside down
def waterfall(seconds):
    names = list(seconds)
    total = math.log(seconds[names[0]] / seconds[names[-1]])
    steps = {}
    for before, name in pairwise(names):
        factor = seconds[name] / seconds[before]
        steps[name] = factor, math.log(factor) / total
    return steps


# %% wrong: shares of the seconds saved
def waterfall(seconds):
    names = list(seconds)
    steps = {}
    for before, name in pairwise(names):
        factor = seconds[before] / seconds[name]
        steps[name] = factor, (seconds[before] - seconds[name]) / (seconds[names[0]] - seconds[names[-1]])
    return steps


# %% wrong: shares of the sum of factors
def waterfall(seconds):
    names = list(seconds)
    steps = {}
    for before, name in pairwise(names):
        factor = seconds[before] / seconds[name]
        steps[name] = factor, factor / sum(seconds[a] / seconds[b] for a, b in pairwise(names))
    return steps


# %% wrong: log of the share of factors
def waterfall(seconds):
    names = list(seconds)
    steps = {}
    for before, name in pairwise(names):
        factor = seconds[before] / seconds[name]
        steps[name] = factor, math.log(factor * seconds[names[-1]] / seconds[names[0]])
    return steps


# %% wrong: shares without the logarithm
def waterfall(seconds):
    names = list(seconds)
    total = math.log(seconds[names[0]] / seconds[names[-1]])
    steps = {}
    for before, name in pairwise(names):
        factor = seconds[before] / seconds[name]
        steps[name] = factor, factor / math.exp(total)
    return steps


# %% wrong: in per cent
def waterfall(seconds):
    names = list(seconds)
    total = math.log(seconds[names[0]] / seconds[names[-1]])
    steps = {}
    for before, name in pairwise(names):
        factor = seconds[before] / seconds[name]
        steps[name] = factor, 100 * math.log(factor) / total
    return steps


# %% wrong: the first step included
def waterfall(seconds):
    names = list(seconds)
    total = math.log(seconds[names[0]] / seconds[names[-1]])
    steps = {}
    for before, name in zip([names[0], *names], names, strict=False):
        factor = seconds[before] / seconds[name]
        steps[name] = factor, math.log(factor) / total
    return steps


# %% wrong: factors alone
def waterfall(seconds):
    names = list(seconds)
    steps = {}
    for before, name in pairwise(names):
        factor = seconds[before] / seconds[name]
        steps[name] = factor
    return steps


# %% wrong: a slower step counts nothing
def waterfall(seconds):
    names = list(seconds)
    total = math.log(seconds[names[0]] / seconds[names[-1]])
    steps = {}
    for before, name in pairwise(names):
        factor = seconds[before] / seconds[name]
        steps[name] = factor, max(0, math.log(factor)) / total
    return steps


# %% wrong: the step's name is the one before
def waterfall(seconds):
    names = list(seconds)
    total = math.log(seconds[names[0]] / seconds[names[-1]])
    steps = {}
    for before, name in pairwise(names):
        factor = seconds[before] / seconds[name]
        steps[before] = factor, math.log(factor) / total
    return steps


# %% wrong: total by the slowest and fastest
def waterfall(seconds):
    names = list(seconds)
    total = math.log(max(seconds.values()) / min(seconds.values()))
    steps = {}
    for before, name in pairwise(names):
        factor = seconds[before] / seconds[name]
        steps[name] = factor, math.log(factor) / total
    return steps


# %% wrong: the logarithm as the factor
def waterfall(seconds):
    names = list(seconds)
    total = math.log(seconds[names[0]] / seconds[names[-1]])
    steps = {}
    for before, name in pairwise(names):
        factor = seconds[before] / seconds[name]
        steps[name] = math.log(factor), math.log(factor) / total
    return steps


# %% right: differences of logarithms to the base of two
def waterfall(seconds):
    logs = np.log2(list(seconds.values()))
    falls = -np.diff(logs)
    return {name: (2**fall, fall / falls.sum()) for name, fall in zip(list(seconds)[1:], falls, strict=True)}


# %% right: one variable that remembers
def waterfall(seconds):
    steps, last = {}, None
    for name, taken in seconds.items():
        if last is not None:
            steps[name] = last / taken
        last = taken
    whole = math.prod(steps.values())
    return {name: [factor, math.log(factor, whole)] for name, factor in steps.items()}


# %% wrong: against the first
def waterfall(seconds):
    names = list(seconds)
    first, last = seconds[names[0]], seconds[names[-1]]
    return {n: (first / seconds[n], math.log(first / seconds[n]) / math.log(first / last)) for n in names[1:]}


# %% wrong: first step included
def waterfall(seconds):
    names = list(seconds)
    whole = math.log(seconds[names[0]] / seconds[names[-1]])
    return {names[0]: (1.0, 0.0)} | {
        b: (seconds[a] / seconds[b], math.log(seconds[a] / seconds[b]) / whole) for a, b in pairwise(names)
    }


# %% wrong: slowest over fastest
def waterfall(seconds):
    names = list(seconds)
    whole = math.log(max(seconds.values()) / min(seconds.values()))
    return {b: (seconds[a] / seconds[b], math.log(seconds[a] / seconds[b]) / whole) for a, b in pairwise(names)}


# %% wrong: sorted by time
def waterfall(seconds):
    names = sorted(seconds, key=seconds.get, reverse=True)
    whole = math.log(seconds[names[0]] / seconds[names[-1]])
    return {b: (seconds[a] / seconds[b], math.log(seconds[a] / seconds[b]) / whole) for a, b in pairwise(names)}


# %% wrong: empties the input
def waterfall(seconds):
    steps = list(seconds.items())
    whole = math.log(steps[0][1] / steps[-1][1])
    seconds.clear()
    for (_, a), (n, b) in pairwise(steps):
        seconds[n] = (a / b, math.log(a / b) / whole)
    return seconds


# %% wrong: rounded
def waterfall(seconds):
    names = list(seconds)
    whole = math.log(seconds[names[0]] / seconds[names[-1]])
    return {
        b: (round(seconds[a] / seconds[b], 2), round(math.log(seconds[a] / seconds[b]) / whole, 2))
        for a, b in pairwise(names)
    }


# %% wrong: last share as the rest to one
def waterfall(seconds):
    names = list(seconds)
    whole = math.log(seconds[names[0]] / seconds[names[-1]])
    out = {b: (seconds[a] / seconds[b], math.log(seconds[a] / seconds[b]) / whole) for a, b in pairwise(names)}
    total = sum(s for _, s in out.values())
    return {n: (f, min(s, 1.5)) for n, (f, s) in out.items()}
