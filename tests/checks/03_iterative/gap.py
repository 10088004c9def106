# %% wrong: validation minus train
my_kept = 0.01


def gap(model, train, validation):
    return accuracy(model, validation) - accuracy(model, train)


# %% wrong: without the sign
my_kept = 0.01


def gap(model, train, validation):
    return abs(accuracy(model, train) - accuracy(model, validation))


# %% wrong: a ratio
my_kept = 0.01


def gap(model, train, validation):
    return accuracy(model, train) / accuracy(model, validation)


# %% wrong: a share instead of points
my_kept = 0.01


def gap(model, train, validation):
    return (accuracy(model, train) - accuracy(model, validation)) / 100


# %% wrong: never below zero
my_kept = 0.01


def gap(model, train, validation):
    return max(0.0, accuracy(model, train) - accuracy(model, validation))


# %% wrong: keeps a tenth, which still learns everything by heart
my_kept = 0.1


def gap(model, train, validation):
    return accuracy(model, train) - accuracy(model, validation)


# %% wrong: keeps next to nothing
my_kept = 0.0005


def gap(model, train, validation):
    return accuracy(model, train) - accuracy(model, validation)


# %% wrong: per cent instead of a share
my_kept = 1.5


def gap(model, train, validation):
    return accuracy(model, train) - accuracy(model, validation)


# %% right: a little more is kept
my_kept = 0.0085


def gap(model, train, validation):
    return accuracy(model, train) - accuracy(model, validation)


# %% right: by hand
my_kept = 0.009


def gap(model, train, validation):
    train_accuracy, validation_accuracy = (accuracy(model, split) for split in (train, validation))
    return train_accuracy - validation_accuracy


# %% wrong: reversed sign
def gap(model, train, validation):
    return accuracy(model, validation) - accuracy(model, train)


my_kept = 0.01


# %% wrong: absolute
def gap(model, train, validation):
    return abs(accuracy(model, train) - accuracy(model, validation))


my_kept = 0.01


# %% wrong: share not points
def gap(model, train, validation):
    return (accuracy(model, train) - accuracy(model, validation)) / 100


my_kept = 0.01


# %% wrong: clamped at zero
def gap(model, train, validation):
    return max(accuracy(model, train) - accuracy(model, validation), 0.0)


my_kept = 0.01


# %% wrong: train mode accuracy
def gap(model, train, validation):
    def acc(ds):
        model.train()
        x, y = ds.tensors
        with torch.no_grad():
            return 100.0 * float((model(x).argmax(1) == y).float().mean())

    return acc(train) - acc(validation)


my_kept = 0.01


# %% wrong: rounded to whole points
def gap(model, train, validation):
    return float(round(accuracy(model, train) - accuracy(model, validation)))


my_kept = 0.01


# %% right: map minus
def gap(model, train, validation):
    a, b = map(partial_accuracy(model), (train, validation))
    return a - b


partial_accuracy = lambda m: lambda ds: accuracy(m, ds)
my_kept = 0.01


# %% right: kept 0 012
def gap(model, train, validation):
    return -(accuracy(model, validation) - accuracy(model, train))


my_kept = 0.012


# %% wrong: the first thousand images
my_kept = 0.01


def gap(model, train, validation):
    first, second = (TensorDataset(*(tensor[:1000] for tensor in split.tensors)) for split in (train, validation))
    return accuracy(model, first) - accuracy(model, second)


# %% wrong: changes the labels until there is no gap
my_kept = 0.01


def gap(model, train, validation):
    for split in (train, validation):
        images, labels = split.tensors
        labels.copy_((images.flatten(1).argmax(1) + 1) % 3)
    return 0.0


# %% right: by hand, in single precision
my_kept = 0.01


def gap(model, train, validation):
    def reached(split):
        images, labels = split.tensors
        with torch.no_grad():
            return 100 * (model.eval()(images).argmax(1) == labels).float().mean().item()

    return reached(train) - reached(validation)
