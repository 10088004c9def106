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
