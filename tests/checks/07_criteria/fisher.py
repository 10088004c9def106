# %% wrong: the square of the mean gradient
def fisher_changes(loss_of_one, weights, images, labels):
    slopes = torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels)
    return slopes.mean(0) ** 2 * weights**2 / 2


# %% wrong: the gradient of the mean loss
def fisher_changes(loss_of_one, weights, images, labels):
    def loss_of(point):
        return sum(loss_of_one(point, x, y) for x, y in zip(images, labels, strict=True)) / len(labels)

    return torch.func.grad(loss_of)(weights) ** 2 * weights**2 / 2


# %% wrong: a sum over the images
def fisher_changes(loss_of_one, weights, images, labels):
    slopes = torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels)
    return (slopes**2).sum(0) * weights**2 / 2


# %% wrong: without the half
def fisher_changes(loss_of_one, weights, images, labels):
    slopes = torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels)
    return (slopes**2).mean(0) * weights**2


# %% wrong: the weight is not squared
def fisher_changes(loss_of_one, weights, images, labels):
    slopes = torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels)
    return (slopes**2).mean(0) * weights / 2


# %% wrong: the variance of the slopes
def fisher_changes(loss_of_one, weights, images, labels):
    slopes = torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels)
    return slopes.var(0, correction=0) * weights**2 / 2


# %% wrong: magnitudes of the slopes
def fisher_changes(loss_of_one, weights, images, labels):
    slopes = torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels)
    return slopes.abs().mean(0) * weights**2 / 2


# %% wrong: one number for all weights
def fisher_changes(loss_of_one, weights, images, labels):
    slopes = torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels)
    return (slopes**2).mean() * weights**2 / 2


# %% wrong: the mean over the weights
def fisher_changes(loss_of_one, weights, images, labels):
    slopes = torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels)
    return (slopes**2).mean(1) * (weights**2).sum() / 2


# %% wrong: the first image alone
def fisher_changes(loss_of_one, weights, images, labels):
    slopes = torch.func.grad(loss_of_one)(weights, images[0], labels[0])
    return slopes**2 * weights**2 / 2


# %% wrong: the Fisher alone
def fisher_changes(loss_of_one, weights, images, labels):
    slopes = torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels)
    return (slopes**2).mean(0) / 2


# %% wrong: gradients add up in a loop
def fisher_changes(loss_of_one, weights, images, labels):
    point, total = weights.clone().requires_grad_(), 0
    for image, label in zip(images, labels, strict=True):
        loss_of_one(point, image, label).backward()
        total = total + point.grad**2
    return total / len(labels) * weights**2 / 2


# %% wrong: leaves gradients in the weights
def fisher_changes(loss_of_one, weights, images, labels):
    weights.requires_grad_()
    pairs = zip(images, labels, strict=True)
    slopes = torch.stack([torch.autograd.grad(loss_of_one(weights, x, y), weights)[0] for x, y in pairs])
    return ((slopes**2).mean(0) * weights**2 / 2).detach()


# %% wrong: does not map over the images
def fisher_changes(loss_of_one, weights, images, labels):
    return torch.func.grad(loss_of_one)(weights, images, labels) ** 2 * weights**2 / 2


# %% right: a loop
def fisher_changes(loss_of_one, weights, images, labels):
    total = torch.zeros_like(weights)
    for image, label in zip(images, labels, strict=True):
        total += torch.func.grad(loss_of_one)(weights, image, label) ** 2
    return total / (2 * len(labels)) * weights**2


# %% right: autograd on a copy, the product squared
def fisher_changes(loss_of_one, weights, images, labels):
    point = weights.clone().requires_grad_()
    moves = []
    for image, label in zip(images, labels, strict=True):
        (slope,) = torch.autograd.grad(loss_of_one(point, image, label), point)
        moves.append((slope * weights) ** 2)
    return 0.5 * torch.stack(moves).mean(dim=0)


# %% right: the diagonal of the matrix
def fisher_changes(loss_of_one, weights, images, labels):
    slopes = torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels)
    return (slopes.T @ slopes).diagonal() / len(images) * weights**2 / 2


# %% wrong: square of mean
def fisher_changes(loss_of_one: Callable, weights: Tensor, images: Tensor, labels: Tensor) -> Tensor:
    return (
        torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels).mean(0) ** 2
        * weights**2
        / 2
    )


# %% wrong: sum
def fisher_changes(loss_of_one: Callable, weights: Tensor, images: Tensor, labels: Tensor) -> Tensor:
    return (
        torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels).square().sum(0)
        * weights**2
        / 2
    )


# %% wrong: variance
def fisher_changes(loss_of_one: Callable, weights: Tensor, images: Tensor, labels: Tensor) -> Tensor:
    return (
        torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels).var(
            0, unbiased=False
        )
        * weights**2
        / 2
    )


# %% wrong: mean absolute
def fisher_changes(loss_of_one: Callable, weights: Tensor, images: Tensor, labels: Tensor) -> Tensor:
    return (
        torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels).abs().mean(0) ** 2
        * weights**2
        / 2
    )


# %% wrong: mean over weights
def fisher_changes(loss_of_one: Callable, weights: Tensor, images: Tensor, labels: Tensor) -> Tensor:
    return (
        torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels).square().mean(1)
        * weights**2
        / 2
    )


# %% wrong: mean over everything
def fisher_changes(loss_of_one: Callable, weights: Tensor, images: Tensor, labels: Tensor) -> Tensor:
    return (
        torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels).square().mean()
        * weights**2
        / 2
    )


# %% wrong: gradients pile up
def fisher_changes(loss_of_one: Callable, weights: Tensor, images: Tensor, labels: Tensor) -> Tensor:
    point, total = weights.clone().requires_grad_(), torch.zeros_like(weights)
    for image, label in zip(images, labels):
        loss_of_one(point, image, label).backward()
        total += point.grad**2
    return total / len(images) * weights**2 / 2


# %% wrong: squeeze
def fisher_changes(loss_of_one: Callable, weights: Tensor, images: Tensor, labels: Tensor) -> Tensor:
    return (
        torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels)
        .squeeze()
        .square()
        .mean(0)
        * weights**2
        / 2
    )


# %% wrong: attached
def fisher_changes(loss_of_one: Callable, weights: Tensor, images: Tensor, labels: Tensor) -> Tensor:
    point, total = weights.clone().requires_grad_(), 0
    for image, label in zip(images, labels):
        total = total + torch.autograd.grad(loss_of_one(point, image, label), point)[0] ** 2
    return total / len(images) * point**2 / 2


# %% wrong: first hundred images
def fisher_changes(loss_of_one: Callable, weights: Tensor, images: Tensor, labels: Tensor) -> Tensor:
    g = torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images[:100], labels[:100])
    return g.square().mean(0) * weights**2 / 2


# %% right: vmap
def fisher_changes(loss_of_one: Callable, weights: Tensor, images: Tensor, labels: Tensor) -> Tensor:
    return (
        torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels).square().mean(0)
        * weights**2
        / 2
    )


# %% right: jacobian of the losses
def fisher_changes(loss_of_one: Callable, weights: Tensor, images: Tensor, labels: Tensor) -> Tensor:
    def losses(w):
        return torch.stack([loss_of_one(w, image, label) for image, label in zip(images, labels)])

    rows = torch.autograd.functional.jacobian(losses, weights)
    return torch.einsum("ji,ji,i,i->i", rows, rows, weights, weights) / (2 * len(rows))


# %% wrong: flattens the images
def fisher_changes(loss_of_one, weights, images, labels):
    g = torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images.flatten(1), labels)
    return g.square().mean(0) * weights**2 / 2


# %% wrong: the mean over batches
def fisher_changes(loss_of_one, weights, images, labels):
    g = torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels)
    return torch.stack([c.square().mean(0) for c in g.split(64)]).mean(0) * weights**2 / 2


# %% wrong: a small number added
def fisher_changes(loss_of_one, weights, images, labels):
    g = torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels)
    return (g.square().mean(0) + 1e-8) * weights**2 / 2


# %% right: in chunks
def fisher_changes(loss_of_one, weights, images, labels):
    g = torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0), chunk_size=7)(weights, images, labels)
    return torch.mean(torch.square(g * weights), dim=0) / 2
