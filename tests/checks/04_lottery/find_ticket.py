# %% wrong: never rewinds: each round goes on from the trained weights
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    weights = snapshot
    for _ in range(rounds):
        weights = train(weights, masks, step)
        masks = cut(weights, masks, share)
    ticket = snapshot | {f"{name}.weight": snapshot[f"{name}.weight"] * mask for name, mask in masks.items()}
    return ticket, masks


# %% wrong: returns the trained weights
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    ticket = snapshot
    for _ in range(rounds):
        trained = train(snapshot, masks, step)
        masks = cut(trained, masks, share)
        ticket = trained | {f"{name}.weight": trained[f"{name}.weight"] * mask for name, mask in masks.items()}
    return ticket, masks


# %% wrong: judges the snapshot instead of the trained weights
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    ticket = snapshot
    for _ in range(rounds):
        train(ticket, masks, step)
        masks = cut(ticket, masks, share)
        ticket = snapshot | {f"{name}.weight": snapshot[f"{name}.weight"] * mask for name, mask in masks.items()}
    return ticket, masks


# %% wrong: trains from step 0 although the weights are of step k
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    ticket = snapshot
    for _ in range(rounds):
        masks = cut(train(ticket, masks, 0), masks, share)
        ticket = snapshot | {f"{name}.weight": snapshot[f"{name}.weight"] * mask for name, mask in masks.items()}
    return ticket, masks


# %% wrong: biases are not rewound
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    ticket = snapshot
    for _ in range(rounds):
        trained = train(ticket, masks, step)
        masks = cut(trained, masks, share)
        ticket = trained | {f"{name}.weight": snapshot[f"{name}.weight"] * mask for name, mask in masks.items()}
    return ticket, masks


# %% wrong: multiplies the snapshot in place
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    for _ in range(rounds):
        masks = cut(train(snapshot, masks, step), masks, share)
        for name, mask in masks.items():
            snapshot[f"{name}.weight"] *= mask
    return snapshot, masks


# %% wrong: one cut by the whole share instead of rounds
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    masks = cut(train(snapshot, masks, step), masks, 1 - (1 - share) ** rounds)
    return snapshot | {f"{name}.weight": snapshot[f"{name}.weight"] * mask for name, mask in masks.items()}, masks


# %% wrong: always cuts from the first masks
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    ticket, found = snapshot, masks
    for _ in range(rounds):
        found = cut(train(ticket, found, step), masks, share)
        ticket = snapshot | {f"{name}.weight": snapshot[f"{name}.weight"] * mask for name, mask in found.items()}
    return ticket, found


# %% wrong: trains dense in every round
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    found = masks
    for _ in range(rounds):
        found = cut(train(snapshot, masks, step), found, share)
    return snapshot | {f"{name}.weight": snapshot[f"{name}.weight"] * mask for name, mask in found.items()}, found


# %% wrong: trains the ticket once more at the end
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    ticket = snapshot
    for _ in range(rounds):
        masks = cut(train(ticket, masks, step), masks, share)
        ticket = snapshot | {f"{name}.weight": snapshot[f"{name}.weight"] * mask for name, mask in masks.items()}
    return train(ticket, masks, step), masks


# %% wrong: the ticket still holds the pruned weights
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    for _ in range(rounds):
        masks = cut(train(snapshot, masks, step), masks, share)
    return snapshot, masks


# %% wrong: the masks alone
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    for _ in range(rounds):
        masks = cut(train(snapshot, masks, step), masks, share)
    return masks


# %% wrong: forgets the biases in the ticket
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    for _ in range(rounds):
        masks = cut(train(snapshot, masks, step), masks, share)
    return {f"{name}.weight": snapshot[f"{name}.weight"] * mask for name, mask in masks.items()}, masks


# %% right: trains from the whole snapshot, zeroes at the end
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    for _ in range(rounds):
        masks = cut(train(snapshot, masks, step), masks, share)
    ticket = {name: tensor.clone() for name, tensor in snapshot.items()}
    for name, mask in masks.items():
        ticket[f"{name}.weight"][~mask] = 0
    return ticket, masks


# %% right: recursive
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    if rounds == 0:
        return {
            name: tensor * masks[name[: -len(".weight")]] if name.endswith(".weight") else tensor
            for name, tensor in snapshot.items()
        }, masks
    masks = cut(train(snapshot, masks, step), masks, share)
    return find_ticket(train, cut, snapshot, masks, share, rounds - 1, step)


# %% right: copies everything and rewinds with torch.where
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    weights, masks = deepcopy(snapshot), deepcopy(masks)
    for _ in range(rounds):
        weights = train(weights, masks, step)
        masks = cut(weights, masks, share)
        weights = deepcopy(snapshot)
        for name, mask in masks.items():
            weights[f"{name}.weight"] = torch.where(mask, weights[f"{name}.weight"], torch.tensor(0.0))
    return weights, masks


# %% wrong: cuts by exercise 4.1 instead of the cut that was given
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    ticket = snapshot
    for _ in range(rounds):
        masks = prune_survivors(train(ticket, masks, step), masks, share)
        ticket = snapshot | {f"{name}.weight": snapshot[f"{name}.weight"] * mask for name, mask in masks.items()}
    return ticket, masks


# %% wrong: returns trained
def find_ticket(
    train: Callable, cut: Callable, snapshot: State, masks: Masks, share: float, rounds: int, step: int
) -> tuple[State, Masks]:
    def masked(values, which):
        return values | {f"{n}.weight": values[f"{n}.weight"] * m for n, m in which.items()}

    for _ in range(rounds):
        final = train(masked(snapshot, masks), masks, step)
        masks = cut(final, masks, share)
    return masked(final, masks), masks


# %% wrong: extra training
def find_ticket(
    train: Callable, cut: Callable, snapshot: State, masks: Masks, share: float, rounds: int, step: int
) -> tuple[State, Masks]:
    def masked(values, which):
        return values | {f"{n}.weight": values[f"{n}.weight"] * m for n, m in which.items()}

    for _ in range(rounds):
        final = train(masked(snapshot, masks), masks, step)
        masks = cut(final, masks, share)
    train(masked(snapshot, masks), masks, step)
    return masked(snapshot, masks), masks


# %% wrong: judges the snapshot
def find_ticket(
    train: Callable, cut: Callable, snapshot: State, masks: Masks, share: float, rounds: int, step: int
) -> tuple[State, Masks]:
    def masked(values, which):
        return values | {f"{n}.weight": values[f"{n}.weight"] * m for n, m in which.items()}

    for _ in range(rounds):
        train(masked(snapshot, masks), masks, step)
        masks = cut(snapshot, masks, share)
    return masked(snapshot, masks), masks


# %% wrong: biases go on
def find_ticket(
    train: Callable, cut: Callable, snapshot: State, masks: Masks, share: float, rounds: int, step: int
) -> tuple[State, Masks]:
    def masked(values, which):
        return values | {f"{n}.weight": values[f"{n}.weight"] * m for n, m in which.items()}

    now = masked(snapshot, masks)
    for _ in range(rounds):
        final = train(now, masks, step)
        masks = cut(final, masks, share)
        now = final | {f"{n}.weight": snapshot[f"{n}.weight"] * m for n, m in masks.items()}
    return masked(snapshot, masks), masks


# %% wrong: order swapped
def find_ticket(
    train: Callable, cut: Callable, snapshot: State, masks: Masks, share: float, rounds: int, step: int
) -> tuple[State, Masks]:
    def masked(values, which):
        return values | {f"{n}.weight": values[f"{n}.weight"] * m for n, m in which.items()}

    for _ in range(rounds):
        masks = cut(train(masked(snapshot, masks), masks, step), masks, share)
    return masks, masked(snapshot, masks)


# %% wrong: cuts from all
def find_ticket(
    train: Callable, cut: Callable, snapshot: State, masks: Masks, share: float, rounds: int, step: int
) -> tuple[State, Masks]:
    def masked(values, which):
        return values | {f"{n}.weight": values[f"{n}.weight"] * m for n, m in which.items()}

    first = masks
    for _ in range(rounds):
        masks = cut(train(masked(snapshot, masks), masks, step), first, share)
    return masked(snapshot, masks), masks


# %% wrong: ticket not masked
def find_ticket(
    train: Callable, cut: Callable, snapshot: State, masks: Masks, share: float, rounds: int, step: int
) -> tuple[State, Masks]:
    def masked(values, which):
        return values | {f"{n}.weight": values[f"{n}.weight"] * m for n, m in which.items()}

    for _ in range(rounds):
        masks = cut(train(masked(snapshot, masks), masks, step), masks, share)
    return dict(snapshot), masks


# %% wrong: uses the labs own
def find_ticket(
    train: Callable, cut: Callable, snapshot: State, masks: Masks, share: float, rounds: int, step: int
) -> tuple[State, Masks]:
    def masked(values, which):
        return values | {f"{n}.weight": values[f"{n}.weight"] * m for n, m in which.items()}

    for _ in range(rounds):
        final = trained(masked(snapshot, masks), masks, step).weights
        masks = prune_survivors(final, masks, share)
    return masked(snapshot, masks), masks


# %% wrong: starts from all ones
def find_ticket(
    train: Callable, cut: Callable, snapshot: State, masks: Masks, share: float, rounds: int, step: int
) -> tuple[State, Masks]:
    def masked(values, which):
        return values | {f"{n}.weight": values[f"{n}.weight"] * m for n, m in which.items()}

    masks = {n: torch.ones_like(m) for n, m in masks.items()}
    for _ in range(rounds):
        masks = cut(train(masked(snapshot, masks), masks, step), masks, share)
    return masked(snapshot, masks), masks


# %% wrong: share grows
def find_ticket(
    train: Callable, cut: Callable, snapshot: State, masks: Masks, share: float, rounds: int, step: int
) -> tuple[State, Masks]:
    def masked(values, which):
        return values | {f"{n}.weight": values[f"{n}.weight"] * m for n, m in which.items()}

    for number in range(rounds):
        masks = cut(train(masked(snapshot, masks), masks, step), masks, share * (number + 1))
    return masked(snapshot, masks), masks


# %% wrong: updates masks dict
def find_ticket(
    train: Callable, cut: Callable, snapshot: State, masks: Masks, share: float, rounds: int, step: int
) -> tuple[State, Masks]:
    def masked(values, which):
        return values | {f"{n}.weight": values[f"{n}.weight"] * m for n, m in which.items()}

    for _ in range(rounds):
        masks.update(cut(train(masked(snapshot, masks), masks, step), masks, share))
    return masked(snapshot, masks), masks


# %% right: loop
def find_ticket(
    train: Callable, cut: Callable, snapshot: State, masks: Masks, share: float, rounds: int, step: int
) -> tuple[State, Masks]:
    def masked(values, which):
        return values | {f"{n}.weight": values[f"{n}.weight"] * m for n, m in which.items()}

    for _ in range(rounds):
        masks = cut(train(masked(snapshot, masks), masks, step), masks, share)
    return masked(snapshot, masks), masks


# %% right: recursion
def find_ticket(
    train: Callable, cut: Callable, snapshot: State, masks: Masks, share: float, rounds: int, step: int
) -> tuple[State, Masks]:
    def masked(values, which):
        return values | {f"{n}.weight": values[f"{n}.weight"] * m for n, m in which.items()}

    if rounds == 0:
        return masked(snapshot, masks), masks
    final = train(masked(snapshot, masks), masks, step)
    return find_ticket(train, cut, snapshot, cut(final, masks, share), share, rounds - 1, step)


# %% right: deepcopy where
def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    def rewound(m):
        new = deepcopy(dict(snapshot))
        for name in m:
            new[name + ".weight"] = torch.where(m[name], snapshot[name + ".weight"], torch.zeros(()))
        return new

    current = deepcopy(masks)
    number = 0
    while number < rounds:
        end = train(rewound(current), deepcopy(current), step)
        current = cut(end, deepcopy(current), share)
        number += 1
    return rewound(current), current


# %% right: reduce
from functools import reduce


def find_ticket(train, cut, snapshot, masks, share, rounds, step):
    def apply(m):
        return {
            k: v.masked_fill(~m[k[:-7]], 0) if k.endswith(".weight") and k[:-7] in m else v.clone()
            for k, v in snapshot.items()
        }

    last = reduce(lambda m, _: cut(train(apply(m), m, step), m, share), range(rounds), masks)
    return apply(last), last


# %% right: keyword train holds masks
def find_ticket(
    train: Callable, cut: Callable, snapshot: State, masks: Masks, share: float, rounds: int, step: int
) -> tuple[State, Masks]:
    def masked(values, which):
        return values | {f"{n}.weight": values[f"{n}.weight"] * m for n, m in which.items()}

    for _ in range(rounds):
        masks = cut(train(dict(snapshot), masks, step), masks, share)
    return masked(snapshot, masks), masks
