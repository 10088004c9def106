# %% wrong: no magnitude
def head_importance(model, rows):
    gates = gates_of(model).requires_grad_()
    total = torch.zeros_like(gates)
    for row in rows:
        (slopes,) = torch.autograd.grad(gated_loss(model, gates, row[None]), gates)
        total += slopes
    return total.detach() / len(rows)


# %% wrong: the magnitude of the mean slope
def head_importance(model, rows):
    gates = gates_of(model).requires_grad_()
    (slopes,) = torch.autograd.grad(gated_loss(model, gates, rows), gates)
    return slopes.abs()


# %% wrong: the magnitude at the end
def head_importance(model, rows):
    gates = gates_of(model).requires_grad_()
    total = torch.zeros_like(gates)
    for row in rows:
        (slopes,) = torch.autograd.grad(gated_loss(model, gates, row[None]), gates)
        total += slopes
    return total.abs().detach() / len(rows)


# %% wrong: squared slopes
def head_importance(model, rows):
    gates = gates_of(model).requires_grad_()
    slopes = [torch.autograd.grad(gated_loss(model, gates, row[None]), gates)[0] for row in rows]
    return torch.stack(slopes).square().mean(0)


# %% wrong: root of the mean square
def head_importance(model, rows):
    gates = gates_of(model).requires_grad_()
    slopes = [torch.autograd.grad(gated_loss(model, gates, row[None]), gates)[0] for row in rows]
    return torch.stack(slopes).square().mean(0).sqrt()


# %% wrong: the sum, not the mean
def head_importance(model, rows):
    gates = gates_of(model).requires_grad_()
    slopes = [torch.autograd.grad(gated_loss(model, gates, row[None]), gates)[0] for row in rows]
    return torch.stack(slopes).abs().sum(0)


# %% wrong: closed gates
def head_importance(model, rows):
    gates = torch.zeros_like(gates_of(model)).requires_grad_()
    slopes = [torch.autograd.grad(gated_loss(model, gates, row[None]), gates)[0] for row in rows]
    return torch.stack(slopes).abs().mean(0)


# %% wrong: gradients pile up from row to row
def head_importance(model, rows):
    gates = gates_of(model).requires_grad_()
    total = torch.zeros_like(gates)
    parameters_ = list(model.parameters())
    for row in rows:
        gated_loss(model, gates, row[None]).backward()
        for parameter in parameters_:
            parameter.grad = None
        total += gates.grad.abs()
    return total.detach() / len(rows)


# %% wrong: leaves gradients in the model
def head_importance(model, rows):
    total = torch.zeros_like(gates_of(model))
    for row in rows:
        gates = gates_of(model).requires_grad_()
        gated_loss(model, gates, row[None]).backward()
        total += gates.grad.abs()
    return total / len(rows)


# %% wrong: switches the model's gradients off
def head_importance(model, rows):
    model.requires_grad_(False)
    gates = gates_of(model).requires_grad_()
    slopes = [torch.autograd.grad(gated_loss(model, gates, row[None]), gates)[0] for row in rows]
    return torch.stack(slopes).abs().mean(0)


# %% wrong: closes each gate instead of asking for its slope
def head_importance(model, rows):
    whole = torch.stack([gated_loss(model, gates_of(model), row[None]) for row in rows]).detach()
    importance = torch.zeros_like(gates_of(model))
    for place in torch.ones_like(importance).nonzero():
        gates = gates_of(model)
        gates[tuple(place)] = 0
        losses = torch.stack([gated_loss(model, gates, row[None]) for row in rows]).detach()
        importance[tuple(place)] = (losses - whole).abs().mean()
    return importance


# %% wrong: the first row only
def head_importance(model, rows):
    gates = gates_of(model).requires_grad_()
    (slopes,) = torch.autograd.grad(gated_loss(model, gates, rows[:1]), gates)
    return slopes.abs()


# %% wrong: one number a block
def head_importance(model, rows):
    gates = gates_of(model).requires_grad_()
    slopes = [torch.autograd.grad(gated_loss(model, gates, row[None]), gates)[0] for row in rows]
    return torch.stack(slopes).abs().mean(0).mean(1)


# %% right: all rows in a stack
def head_importance(model, rows):
    gates = gates_of(model).requires_grad_()
    slopes = [torch.autograd.grad(gated_loss(model, gates, row[None]), gates)[0] for row in rows]
    return torch.stack(slopes).abs().mean(0)


# %% right: backward, and everything cleaned up afterwards
def head_importance(model, rows):
    total = torch.zeros_like(gates_of(model))
    for b in range(len(rows)):
        gates = gates_of(model).requires_grad_()
        gated_loss(model, gates, rows[b : b + 1]).backward()
        total += gates.grad.abs()
        model.zero_grad(set_to_none=True)
    return total / len(rows)


# %% right: torch.func
def head_importance(model, rows):
    slope = torch.func.grad(lambda gates, row: gated_loss(model, gates, row[None]))
    return sum(slope(gates_of(model), row).abs() for row in rows) / len(rows)


# %% wrong: abs of mean
def head_importance(model, rows):
    gates = gates_of(model).requires_grad_()
    total = sum(torch.autograd.grad(gated_loss(model, gates, r[None]), gates)[0] for r in rows)
    return (total / len(rows)).abs()


# %% wrong: rms
def head_importance(model, rows):
    gates = gates_of(model).requires_grad_()
    total = sum(torch.autograd.grad(gated_loss(model, gates, r[None]), gates)[0] ** 2 for r in rows)
    return (total / len(rows)).sqrt()


# %% wrong: sum not mean
def head_importance(model, rows):
    gates = gates_of(model).requires_grad_()
    return sum(torch.autograd.grad(gated_loss(model, gates, r[None]), gates)[0].abs() for r in rows)


# %% wrong: slope at zero
def head_importance(model, rows):
    gates = torch.zeros_like(gates_of(model)).requires_grad_()
    return sum(torch.autograd.grad(gated_loss(model, gates, r[None]), gates)[0].abs() for r in rows) / len(rows)


# %% wrong: leaves grad but zeroed
def head_importance(model, rows):
    total = 0
    for r in rows:
        gates = gates_of(model).requires_grad_()
        gated_loss(model, gates, r[None]).backward()
        total = total + gates.grad.abs()
    model.zero_grad(set_to_none=False)
    return total / len(rows)


# %% breach: result keeps graph
def head_importance(model, rows):
    gates = gates_of(model).requires_grad_()
    return sum(
        torch.autograd.grad(gated_loss(model, gates, r[None]), gates, create_graph=True)[0].abs() for r in rows
    ) / len(rows)


# %% right: stack mean
def head_importance(model, rows):
    slopes = []
    for row in rows.split(1):
        gates = gates_of(model).requires_grad_(True)
        slopes.append(torch.autograd.grad(gated_loss(model, gates, row), gates)[0])
    return torch.stack(slopes).abs().mean(dim=0)


# %% right: running mean
def head_importance(model, rows):
    mean = torch.zeros_like(gates_of(model))
    for n, row in enumerate(rows, 1):
        gates = gates_of(model).requires_grad_()
        (g,) = torch.autograd.grad(gated_loss(model, gates, row.unsqueeze(0)), [gates])
        mean += (g.abs() - mean) / n
    return mean


# %% right: frozen and restored
def head_importance(model, rows):
    was = [p.requires_grad for p in model.parameters()]
    model.requires_grad_(False)
    gates = gates_of(model).requires_grad_()
    out = sum(torch.autograd.grad(gated_loss(model, gates, r[None]), gates)[0].abs() for r in rows) / len(rows)
    for p, w in zip(model.parameters(), was):
        p.requires_grad_(w)
    return out.detach()
