# %% wrong: rewinds the weights
def rewind_rate(train, cut, weights, masks, share, rounds):
    trained = weights
    for _ in range(rounds):
        trained = train(weights, masks, 0)
        masks = cut(trained, masks, share)
    return trained, masks


# %% wrong: cuts the weights that the round began with
def rewind_rate(train, cut, weights, masks, share, rounds):
    for _ in range(rounds):
        begun, weights = weights, train(weights, masks, 0)
        masks = cut(begun, masks, share)
    return weights, masks


# %% wrong: the schedule goes on instead of beginning anew
def rewind_rate(train, cut, weights, masks, share, rounds):
    for number in range(rounds):
        weights = train(weights, masks, number)
        masks = cut(weights, masks, share)
    return weights, masks


# %% wrong: one training more after the last cut
def rewind_rate(train, cut, weights, masks, share, rounds):
    for _ in range(rounds):
        weights = train(weights, masks, 0)
        masks = cut(weights, masks, share)
    return train(weights, masks, 0), masks


# %% wrong: always cuts from the first masks
def rewind_rate(train, cut, weights, masks, share, rounds):
    found = masks
    for _ in range(rounds):
        weights = train(weights, found, 0)
        found = cut(weights, masks, share)
    return weights, found


# %% wrong: returns the weights it was given
def rewind_rate(train, cut, weights, masks, share, rounds):
    trained = weights
    for _ in range(rounds):
        trained = train(trained, masks, 0)
        masks = cut(trained, masks, share)
    return weights, masks


# %% wrong: only the masked weights go on, biases are rewound
def rewind_rate(train, cut, weights, masks, share, rounds):
    first = weights
    for _ in range(rounds):
        trained = train(weights, masks, 0)
        masks = cut(trained, masks, share)
        weights = first | {f"{name}.weight": trained[f"{name}.weight"] for name in masks}
    return weights, masks


# %% wrong: returns the weights alone
def rewind_rate(train, cut, weights, masks, share, rounds):
    for _ in range(rounds):
        weights = train(weights, masks, 0)
        masks = cut(weights, masks, share)
    return weights


# %% wrong: trains without the masks
def rewind_rate(train, cut, weights, masks, share, rounds):
    dense = masks
    for _ in range(rounds):
        weights = train(weights, dense, 0)
        masks = cut(weights, masks, share)
    return weights, masks


# %% right: recursive
def rewind_rate(train, cut, weights, masks, share, rounds):
    if not rounds:
        return weights, masks
    weights = train(weights, masks, 0)
    return rewind_rate(train, cut, weights, cut(weights, masks, share), share, rounds - 1)


# %% right: zeroes what was cut
def rewind_rate(train, cut, weights, masks, share, rounds):
    weights, masks = deepcopy(weights), deepcopy(masks)
    while rounds > 0:
        trained = train(weights, masks, 0)
        masks = cut(trained, masks, share)
        for name, mask in masks.items():
            trained[f"{name}.weight"] = trained[f"{name}.weight"] * mask
        weights, rounds = trained, rounds - 1
    return weights, masks
