# %% wrong: retrains before the cut
def prune_in_rounds(model, data, plan):
    accuracies = []
    for kept, steps in plan:
        fit(model, data.train, steps=steps)
        prune_to(model, kept)
        accuracies.append(accuracy(model, data.validation))
    return accuracies


# %% wrong: takes the shares for shares of what is left
def prune_in_rounds(model, data, plan):
    accuracies, left = [], 1.0
    for kept, steps in plan:
        left *= kept
        prune_to(model, left)
        fit(model, data.train, steps=steps)
        accuracies.append(accuracy(model, data.validation))
    return accuracies


# %% wrong: begins every round with a fresh copy
def prune_in_rounds(model, data, plan):
    accuracies = []
    for kept, steps in plan:
        copy = deepcopy(model)
        prune_to(copy, kept)
        fit(copy, data.train, steps=steps)
        accuracies.append(accuracy(copy, data.validation))
    return accuracies


# %% wrong: measures before the retraining
def prune_in_rounds(model, data, plan):
    accuracies = []
    for kept, steps in plan:
        prune_to(model, kept)
        accuracies.append(accuracy(model, data.validation))
        fit(model, data.train, steps=steps)
    return accuracies


# %% wrong: measures on the test images
def prune_in_rounds(model, data, plan):
    accuracies = []
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.train, steps=steps)
        accuracies.append(accuracy(model, data.test))
    return accuracies


# %% wrong: retrains on the validation images
def prune_in_rounds(model, data, plan):
    accuracies = []
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.validation, steps=steps)
        accuracies.append(accuracy(model, data.validation))
    return accuracies


# %% wrong: cuts everything first and retrains once
def prune_in_rounds(model, data, plan):
    for kept, _ in plan:
        prune_to(model, kept)
    fit(model, data.train, steps=sum(steps for _, steps in plan))
    return [accuracy(model, data.validation)] * len(plan)


# %% wrong: returns the last accuracy alone
def prune_in_rounds(model, data, plan):
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.train, steps=steps)
        reached = accuracy(model, data.validation)
    return reached


# %% wrong: prunes the sparsity instead of the share kept
def prune_in_rounds(model, data, plan):
    accuracies = []
    for kept, steps in plan:
        prune_to(model, 1 - kept)
        fit(model, data.train, steps=steps)
        accuracies.append(accuracy(model, data.validation))
    return accuracies


# %% wrong: forgets to return
def prune_in_rounds(model, data, plan):
    accuracies = []
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.train, steps=steps)
        accuracies.append(accuracy(model, data.validation))


# %% wrong: works on a copy
def prune_in_rounds(model, data, plan):
    model, accuracies = deepcopy(model), []
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.train, steps=steps)
        accuracies.append(accuracy(model, data.validation))
    return accuracies


# %% right: one round as a function of its own, named arguments
def prune_in_rounds(model, data, plan):
    def one(kept, steps):
        prune_to(model, kept=kept)
        fit(model, dataset=data.train, steps=steps)
        return accuracy(model, dataset=data.validation)

    return [one(*pair) for pair in plan]


# %% right: by index, with other seeds
def prune_in_rounds(model, data, plan):
    accuracies = [0.0] * len(plan)
    for number in range(len(plan)):
        prune_to(model, plan[number][0])
        fit(model, data.train, steps=plan[number][1], seed=number)
        accuracies[number] = accuracy(model, data.validation)
    return accuracies


# %% right: looks at the damage before it is mended, too
def prune_in_rounds(model, data, plan):
    accuracies = []
    for kept, steps in plan:
        prune_to(model, kept)
        accuracy(model, data.validation)
        fit(model, data.train, steps=steps)
        accuracies.append(accuracy(model, data.validation))
    return accuracies


# %% wrong: gives the steps by place, where fit wants them by name
def prune_in_rounds(model, data, plan):
    accuracies = []
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.train, steps)
        accuracies.append(accuracy(model, data.validation))
    return accuracies


# %% wrong: measure before fit
def prune_in_rounds(model, data, plan):
    out = []
    for kept, steps in plan:
        prune_to(model, kept)
        out.append(accuracy(model, data.validation))
        fit(model, data.train, steps=steps)
    return out


# %% wrong: fit then prune
def prune_in_rounds(model, data, plan):
    out = []
    for kept, steps in plan:
        fit(model, data.train, steps=steps)
        prune_to(model, kept)
        out.append(accuracy(model, data.validation))
    return out


# %% wrong: test split
def prune_in_rounds(model, data, plan):
    out = []
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.train, steps=steps)
        out.append(accuracy(model, data.test))
    return out


# %% wrong: train accuracy
def prune_in_rounds(model, data, plan):
    out = []
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.train, steps=steps)
        out.append(accuracy(model, data.train))
    return out


# %% wrong: cumulative steps
def prune_in_rounds(model, data, plan):
    out, total = [], 0
    for kept, steps in plan:
        total += steps
        prune_to(model, kept)
        fit(model, data.train, steps=total)
        out.append(accuracy(model, data.validation))
    return out


# %% breach: different seed per round
def prune_in_rounds(model, data, plan):
    out = []
    for r, (kept, steps) in enumerate(plan):
        prune_to(model, kept)
        fit(model, data.train, steps=steps, seed=r, augment=True)
        out.append(accuracy(model, data.validation))
    return out


# %% wrong: best so far
def prune_in_rounds(model, data, plan):
    out = []
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.train, steps=steps)
        out.append(max(out + [accuracy(model, data.validation)]))
    return out


# %% wrong: fraction not percent
def prune_in_rounds(model, data, plan):
    out = []
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.train, steps=steps)
        out.append(accuracy(model, data.validation) / 100)
    return out


# %% breach: makes pruning permanent removes masks
def prune_in_rounds(model, data, plan):
    out = []
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.train, steps=steps)
        out.append(accuracy(model, data.validation))
    for layer in layers_of(model).values():
        if prune.is_pruned(layer):
            prune.remove(layer, "weight")
    return out


# %% breach: masks removed each round zeros come back
def prune_in_rounds(model, data, plan):
    out = []
    for kept, steps in plan:
        prune_to(model, kept)
        for layer in layers_of(model).values():
            if prune.is_pruned(layer):
                prune.remove(layer, "weight")
        fit(model, data.train, steps=steps)
        out.append(accuracy(model, data.validation))
    return out


# %% right: comprehension helper
def prune_in_rounds(model, data, plan):
    def one(kept, steps):
        prune_to(model, kept)
        fit(model, data.train, steps=steps)
        return accuracy(model, data.validation)

    return [one(*entry) for entry in plan]


# %% right: positional model keyword kept
def prune_in_rounds(model, data, plan):
    reached = []
    for kept, steps in plan:
        prune_to(model, kept=kept)
        fit(model, dataset=data.train, steps=steps)
        reached.append(accuracy(model, data.validation))
    return reached


# %% right: manual accuracy
def prune_in_rounds(model, data, plan):
    reached = []
    x, y = data.validation.tensors
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.train, steps=steps)
        model.eval()
        with torch.no_grad():
            reached.append(100 * (model(x).argmax(1) == y).double().mean().item())
    return reached


# %% right: unwanted progress bar
def prune_in_rounds(model, data, plan):
    reached = []
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.train, steps=steps, progress=None)
        reached.append(accuracy(model, data.validation))
    return reached


# %% breach: no weight decay
def prune_in_rounds(model, data, plan):
    out = []
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.train, steps=steps, after_step=lambda: None, weight_decay=0.0)
        out.append(accuracy(model, data.validation))
    return out


# %% wrong: uses global validation
def prune_in_rounds(model, data, plan):
    out = []
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.train, steps=steps)
        out.append(accuracy(model, globals()["data"].validation))
    return out


# %% breach: rewinds to start weights each round
def prune_in_rounds(model, data, plan):
    start = {n: m.weight.detach().clone() for n, m in layers_of(model).items()}
    out = []
    for kept, steps in plan:
        prune_to(model, kept)
        with torch.no_grad():
            for n, m in layers_of(model).items():
                (m.weight_orig if prune.is_pruned(m) else m.weight).copy_(start[n])
        fit(model, data.train, steps=steps)
        out.append(accuracy(model, data.validation))
    return out


# %% wrong: another learning rate
# The task says that the settings of fit, but for the seed, stay as they are.
def prune_in_rounds(model, data, plan):
    accuracies = []
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.train, steps=steps, lr=0.02)
        accuracies.append(accuracy(model, data.validation))
    return accuracies


# %% right: no cut where all weights are kept
def prune_in_rounds(model, data, plan):
    accuracies = []
    for kept, steps in plan:
        if kept < kept_share(model):
            prune_to(model, kept)
        fit(model, data.train, steps=steps)
        accuracies.append(accuracy(model, data.validation))
    return accuracies


# %% wrong: the longest rounds of a share first
def prune_in_rounds(model, data, plan):
    accuracies = []
    for kept, steps in sorted(plan, reverse=True):
        prune_to(model, kept)
        fit(model, data.train, steps=steps)
        accuracies.append(accuracy(model, data.validation))
    return accuracies


# %% breach: takes the rounds out of the plan
def prune_in_rounds(model, data, plan):
    accuracies = []
    while plan:
        kept, steps = plan.pop(0)
        prune_to(model, kept)
        fit(model, data.train, steps=steps)
        accuracies.append(accuracy(model, data.validation))
    return accuracies


# %% wrong: random weights instead of the smallest
def prune_in_rounds(model, data, plan):
    accuracies = []
    for kept, steps in plan:
        pairs = [(layer, "weight") for layer in layers_of(model).values()]
        total = sum(layer.weight.numel() for layer, _ in pairs)
        left = round(kept_share(model) * total)
        prune.global_unstructured(pairs, prune.RandomUnstructured, amount=left - round(kept * total))
        fit(model, data.train, steps=steps)
        accuracies.append(accuracy(model, data.validation))
    return accuracies


# %% wrong: two short trainings a round
def prune_in_rounds(model, data, plan):
    accuracies = []
    for kept, steps in plan:
        prune_to(model, kept)
        for part in (steps // 2, steps - steps // 2):
            if part:
                fit(model, data.train, steps=part)
        accuracies.append(accuracy(model, data.validation))
    return accuracies


# %% wrong: measures in training mode
def prune_in_rounds(model, data, plan):
    accuracies, (images, labels) = [], data.validation.tensors
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.train, steps=steps)
        with torch.no_grad():
            accuracies.append(100 * (model(images).argmax(1) == labels).double().mean().item())
    return accuracies
