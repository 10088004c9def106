# %% wrong: overwrites the gradient of the loss
def add_penalty(model, strength):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.weight.grad = strength * module.weight.detach().sign()


# %% wrong: weight decay, lambda times gamma
def add_penalty(model, strength):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            push = strength * module.weight.detach()
            module.weight.grad = push if module.weight.grad is None else module.weight.grad + push


# %% wrong: the size of the penalty instead of its slope
def add_penalty(model, strength):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            push = strength * module.weight.detach().abs()
            module.weight.grad = push if module.weight.grad is None else module.weight.grad + push


# %% wrong: pushes every gamma down, negative ones away from zero
def add_penalty(model, strength):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            push = torch.full_like(module.weight, strength)
            module.weight.grad = push if module.weight.grad is None else module.weight.grad + push


# %% wrong: the sign of zero is one
def add_penalty(model, strength):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            push = strength * torch.where(module.weight.detach() < 0, -1.0, 1.0)
            module.weight.grad = push if module.weight.grad is None else module.weight.grad + push


# %% wrong: the biases of the batch norms too
def add_penalty(model, strength):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            for parameter in module.parameters():
                push = strength * parameter.detach().sign()
                parameter.grad = push if parameter.grad is None else parameter.grad + push


# %% wrong: every weight of the model
def add_penalty(model, strength):
    for parameter in model.parameters():
        push = strength * parameter.detach().sign()
        parameter.grad = push if parameter.grad is None else parameter.grad + push


# %% wrong: every weight that is a vector, layer norms among them
def add_penalty(model, strength):
    for name, parameter in model.named_parameters():
        if name.endswith("weight") and parameter.ndim == 1:
            push = strength * parameter.detach().sign()
            parameter.grad = push if parameter.grad is None else parameter.grad + push


# %% wrong: forgets the batch norms after linear layers
def add_penalty(model, strength):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            push = strength * module.weight.detach().sign()
            module.weight.grad = push if module.weight.grad is None else module.weight.grad + push


# %% wrong: looks at the first level of the model alone
def add_penalty(model, strength):
    for module in model.children():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            push = strength * module.weight.detach().sign()
            module.weight.grad = push if module.weight.grad is None else module.weight.grad + push


# %% wrong: moves gamma itself
def add_penalty(model, strength):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.weight.data -= strength * module.weight.data.sign()


# %% wrong: subtracts
def add_penalty(model, strength):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            push = -strength * module.weight.detach().sign()
            module.weight.grad = push if module.weight.grad is None else module.weight.grad + push


# %% wrong: the mean over a layer instead of the sum
def add_penalty(model, strength):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            push = strength * module.weight.detach().sign() / len(module.weight)
            module.weight.grad = push if module.weight.grad is None else module.weight.grad + push


# %% wrong: fails where there is no gradient yet
def add_penalty(model, strength):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.weight.grad += strength * module.weight.detach().sign()


# %% wrong: skips what has no gradient yet
def add_penalty(model, strength):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) and module.weight.grad is not None:
            module.weight.grad += strength * module.weight.detach().sign()


# %% wrong: adds to a copy that is thrown away
def add_penalty(model, strength):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            gradient = torch.zeros_like(module.weight) if module.weight.grad is None else module.weight.grad
            gradient = gradient + strength * module.weight.detach().sign()


# %% right: torch derives the penalty
def add_penalty(model, strength):
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d)]
    (strength * sum(norm.weight.abs().sum() for norm in norms)).backward()


# %% right: in place, zeros where there was no gradient
def add_penalty(model, strength):
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            if module.weight.grad is None:
                module.weight.grad = torch.zeros_like(module.weight)
            module.weight.grad.add_(torch.sign(module.weight.data), alpha=strength)


# %% right: by comparisons, and returns the model
def add_penalty(model, strength):
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                gamma = module.weight
                push = strength * ((gamma > 0).to(gamma) - (gamma < 0).to(gamma))
                gamma.grad = push if gamma.grad is None else gamma.grad + push
    return model
