# %% wrong: the squared gradient
def obd_changes(loss_of, weights):
    return torch.func.grad(loss_of)(weights) ** 2 * weights**2 / 2


# %% wrong: sums of the rows
def obd_changes(loss_of, weights):
    point = weights.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(loss_of(point), point, create_graph=True)
    (curvatures,) = torch.autograd.grad(slopes.sum(), point)
    return curvatures * weights**2 / 2


# %% wrong: without the half
def obd_changes(loss_of, weights):
    return torch.func.hessian(loss_of)(weights).diagonal() * weights**2


# %% wrong: the weight is not squared
def obd_changes(loss_of, weights):
    return torch.func.hessian(loss_of)(weights).diagonal() * weights / 2


# %% wrong: the magnitude is not squared
def obd_changes(loss_of, weights):
    return torch.func.hessian(loss_of)(weights).diagonal() * weights.abs() / 2


# %% wrong: without its sign
def obd_changes(loss_of, weights):
    return torch.func.hessian(loss_of)(weights).diagonal().abs() * weights**2 / 2


# %% wrong: the minus of the first order
def obd_changes(loss_of, weights):
    return -torch.func.hessian(loss_of)(weights).diagonal() * weights**2 / 2


# %% wrong: adds the first order
def obd_changes(loss_of, weights):
    curvatures = torch.func.hessian(loss_of)(weights).diagonal()
    return -torch.func.grad(loss_of)(weights) * weights + curvatures * weights**2 / 2


# %% wrong: the Hessian times the weights, so all pairs
def obd_changes(loss_of, weights):
    return weights * (torch.func.hessian(loss_of)(weights) @ weights) / 2


# %% wrong: the first row only
def obd_changes(loss_of, weights):
    return torch.func.hessian(loss_of)(weights)[0] * weights**2 / 2


# %% wrong: the first gradient without a graph
def obd_changes(loss_of, weights):
    point = weights.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(loss_of(point), point)
    rows = [torch.autograd.grad(slope, point, retain_graph=True)[0] for slope in slopes]
    return torch.stack([row[i] for i, row in enumerate(rows)]) * weights**2 / 2


# %% wrong: leaves gradients on in the weights
def obd_changes(loss_of, weights):
    weights.requires_grad_()
    (slopes,) = torch.autograd.grad(loss_of(weights), weights, create_graph=True)
    rows = [torch.autograd.grad(slope, weights, retain_graph=True)[0] for slope in slopes]
    return (torch.stack([row[i] for i, row in enumerate(rows)]) * weights**2 / 2).detach()


# %% wrong: the whole matrix
def obd_changes(loss_of, weights):
    return torch.func.hessian(loss_of)(weights) * weights**2 / 2


# %% wrong: the true change
def obd_changes(loss_of, weights):
    masks = 1 - torch.eye(len(weights), dtype=weights.dtype)
    return torch.stack([loss_of(weights * mask) for mask in masks]) - loss_of(weights)


# %% wrong: still hangs on the graph
def obd_changes(loss_of, weights):
    point = weights.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(loss_of(point), point, create_graph=True)
    rows = [torch.autograd.grad(slope, point, retain_graph=True)[0] for slope in slopes]
    return torch.stack([row[i] for i, row in enumerate(rows)]) * point**2 / 2


# %% right: torch's Hessian
def obd_changes(loss_of, weights):
    return 0.5 * torch.func.hessian(loss_of)(weights).diag() * weights.square()


# %% right: Hessian-vector products
def obd_changes(loss_of, weights):
    def product(direction):
        return torch.func.jvp(torch.func.grad(loss_of), (weights,), (direction,))[1]

    basis = torch.eye(len(weights), dtype=weights.dtype)
    return torch.stack([product(e) @ e for e in basis]) * weights**2 / 2


# %% right: differentiates along one weight at a time
def obd_changes(loss_of, weights):
    curvatures = torch.zeros_like(weights)
    for i in range(len(weights)):

        def along(value, i=i):
            return loss_of(torch.cat([weights[:i], value[None], weights[i + 1 :]]))

        curvatures[i] = torch.func.grad(torch.func.grad(along))(weights[i])
    return curvatures * weights**2 / 2


# %% wrong: squared slope
def obd_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    return torch.func.grad(loss_of)(weights) ** 2 * weights**2 / 2


# %% wrong: absolute
def obd_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    return (torch.func.hessian(loss_of)(weights).diagonal() * weights**2 / 2).abs()


# %% wrong: with first order
def obd_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    return (
        torch.func.hessian(loss_of)(weights).diagonal() * weights**2 / 2 - torch.func.grad(loss_of)(weights) * weights
    )


# %% wrong: symmetric difference of truth
def obd_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    base, found = loss_of(weights), []
    for i in range(len(weights)):
        up, down = weights.clone(), weights.clone()
        up[i] *= 2
        down[i] = 0
        found.append((loss_of(up) + loss_of(down) - 2 * base) / 2)
    return torch.stack(found)


# %% wrong: whole quadratic form
def obd_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    return weights * (torch.func.hessian(loss_of)(weights) @ weights) / 2


# %% wrong: off by one row
def obd_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    point = weights.clone().requires_grad_()
    (g,) = torch.autograd.grad(loss_of(point), point, create_graph=True)
    h = torch.stack([torch.autograd.grad(g[i], point, retain_graph=True)[0][i - 1] for i in range(len(point))])
    return h * weights**2 / 2


# %% right: double backward
def obd_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    point = weights.clone().requires_grad_()
    (g,) = torch.autograd.grad(loss_of(point), point, create_graph=True)
    h = torch.stack([torch.autograd.grad(g[i], point, retain_graph=True)[0][i] for i in range(len(point))])
    return h * weights**2 / 2


# %% right: functional hessian
def obd_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    return torch.diagonal(torch.autograd.functional.hessian(loss_of, weights)) * weights.square() * 0.5


# %% wrong: differences of slopes
def obd_changes(loss_of, weights):
    g = torch.func.grad(loss_of)
    out = []
    for i in range(len(weights)):
        e = torch.zeros_like(weights)
        e[i] = 1e-4 * max(1e-9, weights[i].abs())
        out.append((g(weights + e)[i] - g(weights - e)[i]) / (2 * e[i]))
    return torch.stack(out) * weights**2 / 2


# %% wrong: no negative curvature
def obd_changes(loss_of, weights):
    return torch.func.hessian(loss_of)(weights).diagonal().clamp_min(0) * weights**2 / 2


# %% wrong: the first hundred weights
def obd_changes(loss_of, weights):
    h = torch.func.hessian(loss_of)(weights).diagonal().clone()
    h[100:] = 0
    return h * weights**2 / 2
