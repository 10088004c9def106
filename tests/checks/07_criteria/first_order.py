# %% wrong: the wrong sign
def first_order_changes(loss_of, weights):
    return torch.func.grad(loss_of)(weights) * weights


# %% wrong: without its sign
def first_order_changes(loss_of, weights):
    return (torch.func.grad(loss_of)(weights) * weights).abs()


# %% wrong: the gradient alone
def first_order_changes(loss_of, weights):
    return -torch.func.grad(loss_of)(weights)


# %% wrong: squared, as a score
def first_order_changes(loss_of, weights):
    return (torch.func.grad(loss_of)(weights) * weights) ** 2


# %% wrong: magnitude of the weight
def first_order_changes(loss_of, weights):
    return -torch.func.grad(loss_of)(weights) * weights.abs()


# %% wrong: leaves gradients in the weights
def first_order_changes(loss_of, weights):
    weights.requires_grad_()
    loss_of(weights).backward()
    return -weights.grad * weights.detach()


# %% wrong: one number for all
def first_order_changes(loss_of, weights):
    return -torch.func.grad(loss_of)(weights) @ weights


# %% wrong: no gradient was asked for
def first_order_changes(loss_of, weights):
    loss_of(weights).backward()
    return -weights.grad * weights


# %% wrong: with the second term
def first_order_changes(loss_of, weights):
    curvatures = torch.func.hessian(loss_of)(weights).diagonal()
    return -torch.func.grad(loss_of)(weights) * weights + curvatures * weights**2 / 2


# %% wrong: the true change
def first_order_changes(loss_of, weights):
    masks = 1 - torch.eye(len(weights), dtype=weights.dtype)
    return torch.stack([loss_of(weights * mask) for mask in masks]) - loss_of(weights)


# %% wrong: the gradient where the weights are gone
def first_order_changes(loss_of, weights):
    return -torch.func.grad(loss_of)(torch.zeros_like(weights)) * weights


# %% wrong: still hangs on the graph
def first_order_changes(loss_of, weights):
    point = weights.clone().requires_grad_()
    return -torch.autograd.grad(loss_of(point), point)[0] * point


# %% right: autograd, the long way
def first_order_changes(loss_of, weights):
    point = weights.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(loss_of(point), point)
    return -(slopes * weights)


# %% right: backward on a copy
def first_order_changes(loss_of, weights):
    point = weights.detach().clone().requires_grad_(True)
    loss_of(point).backward()
    return (0 - weights) * point.grad


# %% right: forwards, a direction for each weight
def first_order_changes(loss_of, weights):
    moves = torch.diag(-weights)
    return torch.stack([torch.func.jvp(loss_of, (weights,), (move,))[1] for move in moves])


# %% wrong: plus
def first_order_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    return torch.func.grad(loss_of)(weights) * weights


# %% wrong: absolute
def first_order_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    return (torch.func.grad(loss_of)(weights) * weights).abs()


# %% wrong: grad in weights
def first_order_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    weights.requires_grad_()
    loss_of(weights).backward()
    return (-weights.grad * weights).detach()


# %% wrong: grad left behind
def first_order_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    weights.requires_grad_()
    loss_of(weights).backward()
    found = (-weights.grad * weights).detach()
    weights.requires_grad_(False)
    return found


# %% wrong: tuple forgotten
def first_order_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    point = weights.clone().requires_grad_()
    g = torch.autograd.grad(loss_of(point), point)
    return -g * weights


# %% wrong: finite difference coarse
def first_order_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    base, found = loss_of(weights), []
    for i in range(len(weights)):
        w = weights.clone()
        w[i] += 1e-3
        found.append(-(loss_of(w) - base) / 1e-3 * weights[i])
    return torch.stack(found)


# %% wrong: true change
def first_order_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    base, found = loss_of(weights), []
    for i in range(len(weights)):
        w = weights.clone()
        w[i] = 0
        found.append(loss_of(w) - base)
    return torch.stack(found)


# %% wrong: gradient at zero
def first_order_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    return -torch.func.grad(loss_of)(torch.zeros_like(weights)) * weights


# %% wrong: float32 gradient
def first_order_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    point = weights.float().clone().requires_grad_()
    (g,) = torch.autograd.grad(loss_of(point), point)
    return -g * weights.float()


# %% right: func grad
def first_order_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    return -torch.func.grad(loss_of)(weights) * weights


# %% right: backward copy
def first_order_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    point = weights.detach().clone().requires_grad_(True)
    loss_of(point).backward()
    return torch.neg(point.grad).mul(weights)


# %% right: functional jacobian
def first_order_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    return torch.autograd.functional.jacobian(loss_of, weights).mul(weights).neg()


# %% wrong: clipped slopes
def first_order_changes(loss_of, weights):
    g = torch.func.grad(loss_of)(weights)
    return -g.clamp(-100, 100) * weights


# %% wrong: central differences
def first_order_changes(loss_of, weights):
    out = []
    for i in range(len(weights)):
        e = torch.zeros_like(weights)
        e[i] = 1e-4 * weights[i].abs().clamp_min(1e-12)
        out.append(-(loss_of(weights + e) - loss_of(weights - e)) / (2 * e[i]) * weights[i])
    return torch.stack(out)


# %% right: the product from behind
def first_order_changes(loss_of, weights):
    out, f = torch.func.vjp(loss_of, weights)
    (g,) = f(torch.ones_like(out))
    return g * (0 - weights)
