# %% wrong: predicts the rate that the author intended
predicted_rate = 0.1


def mended(model, dataset, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(optimizer.param_groups[0]["lr"])
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()
    return rates


# %% wrong: predicts one fall too many
predicted_rate = 1e-6


def mended(model, dataset, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(optimizer.param_groups[0]["lr"])
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()
    return rates


# %% wrong: the loop as it was found
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    return suspect(model, dataset, epochs, lr)


# %% wrong: no schedule at all
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    model.train()
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(lr)
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return rates


# %% wrong: steps the scheduler before the epoch
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        scheduler.step()
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(optimizer.param_groups[0]["lr"])
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return rates


# %% wrong: one rate an epoch
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        rates.append(optimizer.param_groups[0]["lr"])
        for images, labels in batches(dataset, len(dataset) // 128):
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()
    return rates


# %% wrong: falls every epoch
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=len(dataset) // 128, gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(optimizer.param_groups[0]["lr"])
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
    return rates


# %% wrong: the right rates, and no training
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    each = len(dataset) // 128
    return [lr * 0.1 ** (step // each // 2) for step in range(epochs * each)]


# %% wrong: forgets to update the weights
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.zero_grad()
            F.cross_entropy(model(images), labels).backward()
        optimizer.zero_grad()
        optimizer.step()
        scheduler.step()
    return rates


# %% right: counts the step size in batches
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    each = len(dataset) // 128
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2 * each, gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, each):
            rates.append(optimizer.param_groups[0]["lr"])
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
    return rates


# %% right: sets the rate by hand
predicted_rate = 0.00001


def mended(model, dataset, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    model.train()
    rates = []
    for epoch in range(epochs):
        optimizer.param_groups[0]["lr"] = lr * 0.1 ** (epoch // 2)
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.zero_grad()
            F.cross_entropy(model(images), labels).backward()
            optimizer.step()
    return rates


# %% wrong: gradients of all batches add up
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(optimizer.param_groups[0]["lr"])
            loss = F.cross_entropy(model(images), labels)
            loss.backward()
            optimizer.step()
        scheduler.step()
    return rates


# %% wrong: leaves the model in the mode it was in
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(optimizer.param_groups[0]["lr"])
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()
    return rates


# %% wrong: looks at every other batch only
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        for number, (images, labels) in enumerate(batches(dataset, len(dataset) // 128)):
            rates.append(optimizer.param_groups[0]["lr"])
            loss = F.cross_entropy(model(images), labels)
            if number % 2 == 0:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        scheduler.step()
    return rates


# %% wrong: rate one decay too many
predicted_rate = 0.1 * 0.1**5


def mended(model, dataset, epochs, lr):
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    sch = torch.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(opt.param_groups[0]["lr"])
            loss = F.cross_entropy(model(images), labels)
            opt.zero_grad()
            loss.backward()
            opt.step()
        sch.step()
    return rates


# %% wrong: step size one epoch
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    sch = torch.optim.lr_scheduler.StepLR(opt, step_size=len(dataset) // 128, gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(opt.param_groups[0]["lr"])
            loss = F.cross_entropy(model(images), labels)
            opt.zero_grad()
            loss.backward()
            opt.step()
            sch.step()
    return rates


# %% wrong: optimizer new every epoch momentum lost
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    model.train()
    rates = []
    for e in range(epochs):
        opt = torch.optim.SGD(model.parameters(), lr=lr * 0.1 ** (e // 2), momentum=0.9)
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(opt.param_groups[0]["lr"])
            loss = F.cross_entropy(model(images), labels)
            opt.zero_grad()
            loss.backward()
            opt.step()
    return rates


# %% wrong: no zero grad
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    sch = torch.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(opt.param_groups[0]["lr"])
            F.cross_entropy(model(images), labels).backward()
            opt.step()
        sch.step()
    return rates


# %% wrong: no train mode
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    sch = torch.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.1)
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(opt.param_groups[0]["lr"])
            loss = F.cross_entropy(model(images), labels)
            opt.zero_grad()
            loss.backward()
            opt.step()
        sch.step()
    return rates


# %% wrong: eval mode train only first epoch
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    sch = torch.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.1)
    model.eval()
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(opt.param_groups[0]["lr"])
            loss = F.cross_entropy(model(images), labels)
            opt.zero_grad()
            loss.backward()
            opt.step()
        sch.step()
    return rates


# %% breach: one batch too many
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    sch = torch.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, -(-len(dataset) // 128)):
            rates.append(opt.param_groups[0]["lr"])
            loss = F.cross_entropy(model(images), labels)
            opt.zero_grad()
            loss.backward()
            opt.step()
        sch.step()
    return rates


# %% wrong: rate recorded after scheduler
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    steps = 2 * (len(dataset) // 128)
    sch = torch.optim.lr_scheduler.StepLR(opt, step_size=steps, gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, len(dataset) // 128):
            loss = F.cross_entropy(model(images), labels)
            opt.zero_grad()
            loss.backward()
            opt.step()
            sch.step()
            rates.append(opt.param_groups[0]["lr"])
    return rates


# %% right: step size in batches
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    n = len(dataset) // 128
    sch = torch.optim.lr_scheduler.StepLR(opt, step_size=2 * n, gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, n):
            rates.append(opt.param_groups[0]["lr"])
            loss = F.cross_entropy(model(images), labels)
            opt.zero_grad()
            loss.backward()
            opt.step()
            sch.step()
    return rates


# %% right: set lr by hand
predicted_rate = 0.1 / 10**4


def mended(model, dataset, epochs, lr):
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    model.train()
    rates = []
    for e in range(epochs):
        for g in opt.param_groups:
            g["lr"] = lr * 0.1 ** (e // 2)
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(opt.param_groups[0]["lr"])
            opt.zero_grad()
            F.cross_entropy(model(images), labels).backward()
            opt.step()
    return rates


# %% right: multistep
predicted_rate = 1e-05


def mended(model, dataset, epochs, lr):
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    sch = torch.optim.lr_scheduler.MultiStepLR(opt, milestones=list(range(2, epochs + 1, 2)), gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(sch.get_last_lr()[0])
            loss = F.cross_entropy(model(images), labels)
            model.zero_grad()
            loss.backward()
            opt.step()
        sch.step()
    return rates


# %% right: one stream of batches
predicted_rate = 1e-05


def mended(model, dataset, epochs, lr):
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    n = len(dataset) // 128
    model.train()
    rates = []
    for step, (images, labels) in enumerate(batches(dataset, epochs * n)):
        opt.param_groups[0]["lr"] = lr * 0.1 ** (step // n // 2)
        rates.append(opt.param_groups[0]["lr"])
        opt.zero_grad()
        F.cross_entropy(model(images), labels).backward()
        opt.step()
    return rates


# %% wrong: the first images in every batch
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    model.train()
    rates = []
    for epoch in range(epochs):
        optimizer.param_groups[0]["lr"] = lr * 0.1 ** (epoch // 2)
        for images, labels in [dataset[:128]] * (len(dataset) // 128):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.zero_grad()
            F.cross_entropy(model(images), labels).backward()
            optimizer.step()
    return rates


# %% wrong: the same order of images in every epoch
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    model.train()
    rates = []
    for epoch in range(epochs):
        optimizer.param_groups[0]["lr"] = lr * 0.1 ** (epoch // 2)
        for images, labels in [dataset[128 * i : 128 * i + 128] for i in range(len(dataset) // 128)]:
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.zero_grad()
            F.cross_entropy(model(images), labels).backward()
            optimizer.step()
    return rates


# %% wrong: weight decay
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, weight_decay=5e-4)
    model.train()
    rates = []
    for epoch in range(epochs):
        optimizer.param_groups[0]["lr"] = lr * 0.1 ** (epoch // 2)
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.zero_grad()
            F.cross_entropy(model(images), labels).backward()
            optimizer.step()
    return rates


# %% wrong: falls no further after six epochs
predicted_rate = 1e-5


def mended(model, dataset, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    model.train()
    rates = []
    for epoch in range(epochs):
        optimizer.param_groups[0]["lr"] = lr * 0.1 ** min(epoch // 2, 3)
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.zero_grad()
            F.cross_entropy(model(images), labels).backward()
            optimizer.step()
    return rates
