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
