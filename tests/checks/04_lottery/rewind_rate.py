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


# %% wrong: rewinds weights
def rewind_rate(
    train: Callable, cut: Callable, weights: State, masks: Masks, share: float, rounds: int
) -> tuple[State, Masks]:
    for _ in range(rounds):
        final = train(weights, masks, 0)
        masks = cut(final, masks, share)
    return final, masks


# %% wrong: step counts steps
def rewind_rate(
    train: Callable, cut: Callable, weights: State, masks: Masks, share: float, rounds: int
) -> tuple[State, Masks]:
    for number in range(rounds):
        weights = train(weights, masks, number * STEPS)
        masks = cut(weights, masks, share)
    return weights, masks


# %% wrong: masks before last cut
def rewind_rate(
    train: Callable, cut: Callable, weights: State, masks: Masks, share: float, rounds: int
) -> tuple[State, Masks]:
    for _ in range(rounds):
        old = masks
        weights = train(weights, masks, 0)
        masks = cut(weights, masks, share)
    return weights, old


# %% wrong: trains to finish
def rewind_rate(
    train: Callable, cut: Callable, weights: State, masks: Masks, share: float, rounds: int
) -> tuple[State, Masks]:
    for _ in range(rounds):
        weights = train(weights, masks, 0)
        masks = cut(weights, masks, share)
    return train(weights, masks, 0), masks


# %% wrong: rewinds biases
def rewind_rate(
    train: Callable, cut: Callable, weights: State, masks: Masks, share: float, rounds: int
) -> tuple[State, Masks]:
    start = weights
    for _ in range(rounds):
        weights = train(weights | {n: t for n, t in start.items() if n.endswith("bias")}, masks, 0)
        masks = cut(weights, masks, share)
    return weights, masks


# %% wrong: one cut compounded
def rewind_rate(
    train: Callable, cut: Callable, weights: State, masks: Masks, share: float, rounds: int
) -> tuple[State, Masks]:
    for _ in range(rounds):
        weights = train(weights, masks, 0)
    return weights, cut(weights, masks, 1 - (1 - share) ** rounds)


# %% wrong: starts from all ones
def rewind_rate(
    train: Callable, cut: Callable, weights: State, masks: Masks, share: float, rounds: int
) -> tuple[State, Masks]:
    masks = {name: torch.ones_like(mask) for name, mask in masks.items()}
    for _ in range(rounds):
        weights = train(weights, masks, 0)
        masks = cut(weights, masks, share)
    return weights, masks


# %% wrong: updates weights dict
def rewind_rate(
    train: Callable, cut: Callable, weights: State, masks: Masks, share: float, rounds: int
) -> tuple[State, Masks]:
    for _ in range(rounds):
        weights.update(train(weights, masks, 0))
        masks = cut(weights, masks, share)
    return weights, masks


# %% wrong: fails at zero rounds
def rewind_rate(
    train: Callable, cut: Callable, weights: State, masks: Masks, share: float, rounds: int
) -> tuple[State, Masks]:
    for _ in range(rounds):
        final = train(weights, masks, 0)
        masks, weights = cut(final, masks, share), final
    return final, masks


# %% right: loop
def rewind_rate(
    train: Callable, cut: Callable, weights: State, masks: Masks, share: float, rounds: int
) -> tuple[State, Masks]:
    for _ in range(rounds):
        weights = train(weights, masks, 0)
        masks = cut(weights, masks, share)
    return weights, masks


# %% right: recursion
def rewind_rate(
    train: Callable, cut: Callable, weights: State, masks: Masks, share: float, rounds: int
) -> tuple[State, Masks]:
    if rounds < 1:
        return weights, masks
    trained_now = train(weights, masks, 0)
    return rewind_rate(train, cut, trained_now, cut(trained_now, masks, share), share, rounds - 1)


# %% right: reduce
from functools import reduce


def rewind_rate(train, cut, weights, masks, share, rounds):
    def one(pair, _):
        end = train(pair[0], pair[1], 0)
        return end, cut(end, pair[1], share)

    return reduce(one, range(rounds), (weights, masks))
