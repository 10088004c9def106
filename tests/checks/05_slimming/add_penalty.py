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


# %% right: repo style
def add_penalty(model, strength):
    for m in model.modules():
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
            pull = strength * torch.sign(m.weight.detach())
            if m.weight.grad is None:
                m.weight.grad = pull
            else:
                m.weight.grad.add_(pull)


# %% right: autograd
def add_penalty(model, strength):
    norms = [m.weight for m in model.modules() if isinstance(m, BatchNorm)]
    if norms:
        (strength * sum(w.abs().sum() for w in norms)).backward(inputs=norms)


# %% wrong: bn2d only
def add_penalty(model, strength):
    for m in model.modules():
        if isinstance(m, nn.BatchNorm2d):
            pull = strength * m.weight.detach().sign()
            m.weight.grad = pull if m.weight.grad is None else m.weight.grad + pull


# %% wrong: replaces grad
def add_penalty(model, strength):
    for m in model.modules():
        if isinstance(m, BatchNorm):
            m.weight.grad = strength * m.weight.detach().sign()


# %% wrong: bias too
def add_penalty(model, strength):
    for m in model.modules():
        if isinstance(m, BatchNorm):
            for p in (m.weight, m.bias):
                pull = strength * p.detach().sign()
                p.grad = pull if p.grad is None else p.grad + pull


# %% wrong: top level
def add_penalty(model, strength):
    for m in model.children():
        if isinstance(m, BatchNorm):
            pull = strength * m.weight.detach().sign()
            m.weight.grad = pull if m.weight.grad is None else m.weight.grad + pull


# %% wrong: nan at zero
def add_penalty(model, strength):
    for m in model.modules():
        if isinstance(m, BatchNorm):
            g = m.weight.detach()
            pull = strength * g / g.abs()
            m.weight.grad = pull if m.weight.grad is None else m.weight.grad + pull


# %% wrong: mean over channels
def add_penalty(model, strength):
    for m in model.modules():
        if isinstance(m, BatchNorm):
            pull = strength * m.weight.detach().sign() / m.num_features
            m.weight.grad = pull if m.weight.grad is None else m.weight.grad + pull


# %% wrong: dead zone
def add_penalty(model, strength):
    for m in model.modules():
        if isinstance(m, BatchNorm):
            g = m.weight.detach()
            pull = strength * g.sign() * (g.abs() > 1e-2)
            m.weight.grad = pull if m.weight.grad is None else m.weight.grad + pull


# %% wrong: float32 pull
def add_penalty(model, strength):
    for m in model.modules():
        if isinstance(m, BatchNorm):
            pull = strength * m.weight.detach().float().sign()
            m.weight.grad = pull if m.weight.grad is None else m.weight.grad + pull


# %% wrong: every vector weight
def add_penalty(model, strength):
    for name, p in model.named_parameters():
        if p.ndim == 1 and name.endswith("weight"):
            pull = strength * p.detach().sign()
            p.grad = pull if p.grad is None else p.grad + pull


# %% wrong: none grad first batch aliases sign
def add_penalty(model, strength):
    for m in model.modules():
        if isinstance(m, BatchNorm):
            if m.weight.grad is None:
                m.weight.grad = m.weight.data
                m.weight.grad.sign_().mul_(strength)
            else:
                m.weight.grad.add_(strength * m.weight.data.sign())
