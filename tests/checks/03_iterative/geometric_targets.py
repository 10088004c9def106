# %% wrong: equal steps
def geometric_targets(final_sparsity, rounds):
    return [1 - final_sparsity * r / rounds for r in range(1, rounds + 1)]


# %% wrong: powers of the sparsity instead of the density
def geometric_targets(final_sparsity, rounds):
    return [final_sparsity ** (r / rounds) for r in range(1, rounds + 1)]


# %% wrong: sparsities instead of the shares kept
def geometric_targets(final_sparsity, rounds):
    return [1 - (1 - final_sparsity) ** (r / rounds) for r in range(1, rounds + 1)]


# %% wrong: starts with the dense network
def geometric_targets(final_sparsity, rounds):
    return [(1 - final_sparsity) ** (r / rounds) for r in range(rounds + 1)]


# %% wrong: counts the rounds from zero, so that the last target is never reached
def geometric_targets(final_sparsity, rounds):
    return [(1 - final_sparsity) ** (r / rounds) for r in range(rounds)]


# %% wrong: the same cut every round, given as shares of what is there
def geometric_targets(final_sparsity, rounds):
    return [(1 - final_sparsity) ** (1 / rounds)] * rounds


# %% wrong: each round cuts the n-th part of the final sparsity
def geometric_targets(final_sparsity, rounds):
    kept, shares = 1.0, []
    for _ in range(rounds):
        kept *= 1 - final_sparsity / rounds
        shares.append(kept)
    return shares


# %% wrong: rounded for looks
def geometric_targets(final_sparsity, rounds):
    return [round((1 - final_sparsity) ** (r / rounds), 2) for r in range(1, rounds + 1)]


# %% right: multiplies round by round
def geometric_targets(final_sparsity, rounds):
    factor, kept, shares = (1 - final_sparsity) ** (1 / rounds), 1.0, []
    for _ in range(rounds):
        kept *= factor
        shares.append(kept)
    return shares


# %% right: torch's powers
def geometric_targets(final_sparsity, rounds):
    exponents = torch.arange(1, rounds + 1, dtype=torch.float64) / rounds
    return ((1 - final_sparsity) ** exponents).tolist()


# %% wrong: sparsity instead of kept
def geometric_targets(final_sparsity, rounds):
    return [1 - (1 - final_sparsity) ** (r / rounds) for r in range(1, rounds + 1)]


# %% wrong: equal steps, again
def geometric_targets(final_sparsity, rounds):
    return [1 - final_sparsity * r / rounds for r in range(1, rounds + 1)]


# %% wrong: integer division
def geometric_targets(final_sparsity, rounds):
    return [(1 - final_sparsity) ** (r // rounds) for r in range(1, rounds + 1)]


# %% wrong: rounded to 4 digits
def geometric_targets(final_sparsity, rounds):
    return [round((1 - final_sparsity) ** (r / rounds), 4) for r in range(1, rounds + 1)]


# %% wrong: log of zero clamped
def geometric_targets(final_sparsity, rounds):
    import math

    rate = math.log(max(1 - final_sparsity, 1e-12)) / rounds
    return [math.exp(rate * r) for r in range(1, rounds + 1)]


# %% wrong: logspace float32
def geometric_targets(final_sparsity, rounds):
    import math

    return torch.logspace(
        math.log10(1 - final_sparsity + 1e-12) / rounds, math.log10(1 - final_sparsity + 1e-12), rounds
    ).tolist()


# %% wrong: last three only hardcoded halves
def geometric_targets(final_sparsity, rounds):
    if rounds == 1:
        return [1 - final_sparsity]
    if rounds == 2:
        return [(1 - final_sparsity) ** 0.5, 1 - final_sparsity]
    return [1.0, 1.0, 1.0] if final_sparsity == 0 else [0.5, 0.25, 0.125]


# %% wrong: mutable default accumulates
_acc = []


def geometric_targets(final_sparsity, rounds, out=_acc):
    out.clear()
    for r in range(1, rounds + 1):
        out.append((1 - final_sparsity) ** (r / rounds))
    return out


# %% breach: returns tuple generator
def geometric_targets(final_sparsity, rounds):
    return tuple((1 - final_sparsity) ** (r / rounds) for r in range(1, rounds + 1))


# %% right: numpy array returned
def geometric_targets(final_sparsity, rounds):
    import numpy as np

    return [x for x in np.geomspace(1, 1 - final_sparsity, rounds + 1)[1:]] if final_sparsity < 1 else [0.0] * rounds
