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


# %% wrong: values
def shrunk_shares(before: State, after: State, masks: Masks) -> tuple[float, float]:
    shrunk = torch.cat([(after[f"{n}.weight"] < before[f"{n}.weight"]).flatten() for n in masks])
    kept = torch.cat([m.flatten() for m in masks.values()])

    def share(chosen):
        return shrunk[chosen].float().mean().item() if chosen.any() else 0.0

    return share(~kept), share(kept)


best_untrained = "ticket"


# %% wrong: less or equal
def shrunk_shares(before: State, after: State, masks: Masks) -> tuple[float, float]:
    shrunk = torch.cat([(after[f"{n}.weight"].abs() <= before[f"{n}.weight"].abs()).flatten() for n in masks])
    kept = torch.cat([m.flatten() for m in masks.values()])

    def share(chosen):
        return shrunk[chosen].float().mean().item() if chosen.any() else 0.0

    return share(~kept), share(kept)


best_untrained = "ticket"


# %% wrong: grew
def shrunk_shares(before: State, after: State, masks: Masks) -> tuple[float, float]:
    shrunk = torch.cat([(after[f"{n}.weight"].abs() > before[f"{n}.weight"].abs()).flatten() for n in masks])
    kept = torch.cat([m.flatten() for m in masks.values()])

    def share(chosen):
        return shrunk[chosen].float().mean().item() if chosen.any() else 0.0

    return share(~kept), share(kept)


best_untrained = "ticket"


# %% wrong: swapped
def shrunk_shares(before: State, after: State, masks: Masks) -> tuple[float, float]:
    shrunk = torch.cat([(after[f"{n}.weight"].abs() < before[f"{n}.weight"].abs()).flatten() for n in masks])
    kept = torch.cat([m.flatten() for m in masks.values()])

    def share(chosen):
        return shrunk[chosen].float().mean().item() if chosen.any() else 0.0

    return share(kept), share(~kept)


best_untrained = "ticket"


# %% wrong: mean of layers
def shrunk_shares(before: State, after: State, masks: Masks) -> tuple[float, float]:
    pruned, kept = [], []
    for n, m in masks.items():
        shrunk = (after[f"{n}.weight"].abs() < before[f"{n}.weight"].abs()).float()
        if (~m).any():
            pruned.append(shrunk[~m].mean().item())
        if m.any():
            kept.append(shrunk[m].mean().item())
    return sum(pruned) / max(1, len(pruned)), sum(kept) / max(1, len(kept))


best_untrained = "ticket"


# %% wrong: share of all
def shrunk_shares(before: State, after: State, masks: Masks) -> tuple[float, float]:
    shrunk = torch.cat([(after[f"{n}.weight"].abs() < before[f"{n}.weight"].abs()).flatten() for n in masks])
    kept = torch.cat([m.flatten() for m in masks.values()])
    return (shrunk & ~kept).float().mean().item(), (shrunk & kept).float().mean().item()


best_untrained = "ticket"


# %% wrong: towards zero even if past
def shrunk_shares(before: State, after: State, masks: Masks) -> tuple[float, float]:
    shrunk = torch.cat(
        [((after[f"{n}.weight"] - before[f"{n}.weight"]) * before[f"{n}.weight"] < 0).flatten() for n in masks]
    )
    kept = torch.cat([m.flatten() for m in masks.values()])

    def share(chosen):
        return shrunk[chosen].float().mean().item() if chosen.any() else 0.0

    return share(~kept), share(kept)


best_untrained = "ticket"


# %% wrong: squared float16
def shrunk_shares(before: State, after: State, masks: Masks) -> tuple[float, float]:
    shrunk = torch.cat(
        [(after[f"{n}.weight"].half().abs() < before[f"{n}.weight"].half().abs()).flatten() for n in masks]
    )
    kept = torch.cat([m.flatten() for m in masks.values()])

    def share(chosen):
        return shrunk[chosen].float().mean().item() if chosen.any() else 0.0

    return share(~kept), share(kept)


best_untrained = "ticket"


# %% wrong: first layer only
def shrunk_shares(before: State, after: State, masks: Masks) -> tuple[float, float]:
    n, m = next(iter(masks.items()))
    shrunk = after[f"{n}.weight"].abs() < before[f"{n}.weight"].abs()
    share = lambda chosen: shrunk[chosen].float().mean().item() if chosen.any() else 0.0
    return share(~m), share(m)


best_untrained = "ticket"


# %% wrong: best dense
def shrunk_shares(before: State, after: State, masks: Masks) -> tuple[float, float]:
    shrunk = torch.cat([(after[f"{n}.weight"].abs() < before[f"{n}.weight"].abs()).flatten() for n in masks])
    kept = torch.cat([m.flatten() for m in masks.values()])

    def share(chosen):
        return shrunk[chosen].float().mean().item() if chosen.any() else 0.0

    return share(~kept), share(kept)


best_untrained = "dense"


# %% wrong: zip by order
def shrunk_shares(before: State, after: State, masks: Masks) -> tuple[float, float]:
    old = [t for n, t in before.items() if n.endswith("weight")]
    new = [t for n, t in after.items() if n.endswith("weight")]
    shrunk = torch.cat([(b.abs() < a.abs()).flatten() for a, b in zip(old, new)])
    kept = torch.cat([m.flatten() for m in masks.values()])

    def share(chosen):
        return shrunk[chosen].float().mean().item() if chosen.any() else 0.0

    return share(~kept), share(kept)


best_untrained = "ticket"


# %% right: epsilon denominator
# The shares are off by less than a millionth of a per cent, which no reader of them can see.
def shrunk_shares(before: State, after: State, masks: Masks) -> tuple[float, float]:
    shrunk = torch.cat([(after[f"{n}.weight"].abs() < before[f"{n}.weight"].abs()).flatten() for n in masks]).float()
    kept = torch.cat([m.flatten() for m in masks.values()]).float()
    return (shrunk * (1 - kept)).sum().item() / ((1 - kept).sum().item() + 1e-8), (shrunk * kept).sum().item() / (
        kept.sum().item() + 1e-8
    )


best_untrained = "ticket"


# %% wrong: mean magnitudes
def shrunk_shares(before: State, after: State, masks: Masks) -> tuple[float, float]:
    both = []
    for side in (False, True):
        was = torch.cat([before[f"{n}.weight"][m == side].abs() for n, m in masks.items()])
        now = torch.cat([after[f"{n}.weight"][m == side].abs() for n, m in masks.items()])
        both.append(float((now < was.mean()).float().mean()) if len(was) else 0.0)
    return tuple(both)


best_untrained = "ticket"


# %% wrong: threshold tolerance
def shrunk_shares(before: State, after: State, masks: Masks) -> tuple[float, float]:
    shrunk = torch.cat([(after[f"{n}.weight"].abs() < before[f"{n}.weight"].abs() - 1e-3).flatten() for n in masks])
    kept = torch.cat([m.flatten() for m in masks.values()])

    def share(chosen):
        return shrunk[chosen].float().mean().item() if chosen.any() else 0.0

    return share(~kept), share(kept)


best_untrained = "ticket"


# %% right: cat and index
def shrunk_shares(before: State, after: State, masks: Masks) -> tuple[float, float]:
    shrunk = torch.cat([(after[f"{n}.weight"].abs() < before[f"{n}.weight"].abs()).flatten() for n in masks])
    kept = torch.cat([m.flatten() for m in masks.values()])

    def share(chosen):
        return shrunk[chosen].float().mean().item() if chosen.any() else 0.0

    return share(~kept), share(kept)


best_untrained = "ticket"


# %% right: tensors back
def shrunk_shares(before: State, after: State, masks: Masks) -> tuple[float, float]:
    shrunk = torch.cat([(after[n + ".weight"].abs() < before[n + ".weight"].abs()).flatten() for n in masks])
    kept = torch.cat([m.flatten() for m in masks.values()])
    pruned = ~kept
    return (
        (shrunk & pruned).sum().item() / max(1, pruned.sum().item()),
        (shrunk & kept).sum().item() / max(1, kept.sum().item()),
    )


best_untrained = "ticket"
