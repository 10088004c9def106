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
