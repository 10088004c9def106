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
        fit(model, dataset=data.train, steps=steps, lr=0.02)
        return accuracy(model, dataset=data.validation)

    return [one(*pair) for pair in plan]


# %% right: by index, with other settings of the training
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
