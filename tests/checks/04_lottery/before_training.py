# %% wrong: compares values instead of magnitudes
def shrunk_shares(before, after, masks):
    keys = [f"{name}.weight" for name in masks]
    shrunk = torch.cat([(after[key] < before[key]).flatten() for key in keys])
    kept = torch.cat([mask.flatten() for mask in masks.values()])
    return tuple(group.float().mean().item() if len(group) else 0.0 for group in (shrunk[~kept], shrunk[kept]))


best_untrained = "ticket"


# %% wrong: the kept weights first
def shrunk_shares(before, after, masks):
    keys = [f"{name}.weight" for name in masks]
    shrunk = torch.cat([(after[key].abs() < before[key].abs()).flatten() for key in keys])
    kept = torch.cat([mask.flatten() for mask in masks.values()])
    return tuple(group.float().mean().item() if len(group) else 0.0 for group in (shrunk[kept], shrunk[~kept]))


best_untrained = "ticket"


# %% wrong: averages the shares of the layers
def shrunk_shares(before, after, masks):
    shares = []
    for name, mask in masks.items():
        shrunk = after[f"{name}.weight"].abs() < before[f"{name}.weight"].abs()
        shares.append([group.float().mean().item() if len(group) else 0.0 for group in (shrunk[~mask], shrunk[mask])])
    return tuple(sum(column) / len(shares) for column in zip(*shares, strict=True))


best_untrained = "ticket"


# %% wrong: a share of all weights
def shrunk_shares(before, after, masks):
    keys = [f"{name}.weight" for name in masks]
    shrunk = torch.cat([(after[key].abs() < before[key].abs()).flatten() for key in keys])
    kept = torch.cat([mask.flatten() for mask in masks.values()])
    return (shrunk & ~kept).float().mean().item(), (shrunk & kept).float().mean().item()


best_untrained = "ticket"


# %% wrong: nan where there is no weight
def shrunk_shares(before, after, masks):
    keys = [f"{name}.weight" for name in masks]
    shrunk = torch.cat([(after[key].abs() < before[key].abs()).flatten() for key in keys])
    kept = torch.cat([mask.flatten() for mask in masks.values()])
    return shrunk[~kept].float().mean().item(), shrunk[kept].float().mean().item()


best_untrained = "ticket"


# %% wrong: those that stayed the same count as smaller
def shrunk_shares(before, after, masks):
    keys = [f"{name}.weight" for name in masks]
    shrunk = torch.cat([(after[key].abs() <= before[key].abs()).flatten() for key in keys])
    kept = torch.cat([mask.flatten() for mask in masks.values()])
    return tuple(group.float().mean().item() if len(group) else 0.0 for group in (shrunk[~kept], shrunk[kept]))


best_untrained = "ticket"


# %% wrong: biases count as kept
def shrunk_shares(before, after, masks):
    shrunk = torch.cat([(after[key].abs() < before[key].abs()).flatten() for key in before])
    full = {key: torch.ones_like(tensor, dtype=torch.bool) for key, tensor in before.items()}
    full |= {f"{name}.weight": mask for name, mask in masks.items()}
    kept = torch.cat([full[key].flatten() for key in before])
    return tuple(group.float().mean().item() if len(group) else 0.0 for group in (shrunk[~kept], shrunk[kept]))


best_untrained = "ticket"


# %% wrong: predicts the dense network
def shrunk_shares(before, after, masks):
    keys = [f"{name}.weight" for name in masks]
    shrunk = torch.cat([(after[key].abs() < before[key].abs()).flatten() for key in keys])
    kept = torch.cat([mask.flatten() for mask in masks.values()])
    return tuple(group.float().mean().item() if len(group) else 0.0 for group in (shrunk[~kept], shrunk[kept]))


best_untrained = "dense"


# %% wrong: predicts that all are at chance
def shrunk_shares(before, after, masks):
    keys = [f"{name}.weight" for name in masks]
    shrunk = torch.cat([(after[key].abs() < before[key].abs()).flatten() for key in keys])
    kept = torch.cat([mask.flatten() for mask in masks.values()])
    return tuple(group.float().mean().item() if len(group) else 0.0 for group in (shrunk[~kept], shrunk[kept]))


best_untrained = "none"


# %% wrong: predicts that the mask alone does it
def shrunk_shares(before, after, masks):
    keys = [f"{name}.weight" for name in masks]
    shrunk = torch.cat([(after[key].abs() < before[key].abs()).flatten() for key in keys])
    kept = torch.cat([mask.flatten() for mask in masks.values()])
    return tuple(group.float().mean().item() if len(group) else 0.0 for group in (shrunk[~kept], shrunk[kept]))


best_untrained = "re-initialised"


# %% wrong: predicts that the weights alone do it
def shrunk_shares(before, after, masks):
    keys = [f"{name}.weight" for name in masks]
    shrunk = torch.cat([(after[key].abs() < before[key].abs()).flatten() for key in keys])
    kept = torch.cat([mask.flatten() for mask in masks.values()])
    return tuple(group.float().mean().item() if len(group) else 0.0 for group in (shrunk[~kept], shrunk[kept]))


best_untrained = "shuffled"


# %% wrong: a name that the task does not know
def shrunk_shares(before, after, masks):
    keys = [f"{name}.weight" for name in masks]
    shrunk = torch.cat([(after[key].abs() < before[key].abs()).flatten() for key in keys])
    kept = torch.cat([mask.flatten() for mask in masks.values()])
    return tuple(group.float().mean().item() if len(group) else 0.0 for group in (shrunk[~kept], shrunk[kept]))


best_untrained = "the ticket"


# %% right: counts layer by layer
def shrunk_shares(before, after, masks):
    count, smaller = {True: 0, False: 0}, {True: 0, False: 0}
    for name, mask in masks.items():
        shrunk = before[f"{name}.weight"].abs() > after[f"{name}.weight"].abs()
        for kept in (True, False):
            count[kept] += int((mask == kept).sum())
            smaller[kept] += int((shrunk & (mask == kept)).sum())
    return smaller[False] / max(1, count[False]), smaller[True] / max(1, count[True])


best_untrained = "ticket"


# %% right: masked selection, squares instead of magnitudes
def shrunk_shares(before, after, masks):
    def share(groups):
        old = torch.cat([before[f"{name}.weight"][group] for name, group in groups.items()])
        new = torch.cat([after[f"{name}.weight"][group] for name, group in groups.items()])
        return (new**2 < old**2).double().mean().nan_to_num(0).item()

    return share({name: ~mask for name, mask in masks.items()}), share(masks)


best_untrained = "ticket"
