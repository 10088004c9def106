# %% wrong: outputs and inputs swapped
def unit_norms(weight, p, dim):
    return torch.linalg.vector_norm(weight.transpose(0, 1 - dim).flatten(1), ord=p, dim=1)


# %% wrong: L2 without the square root
def unit_norms(weight, p, dim):
    return weight.transpose(0, dim).flatten(1).abs().pow(p).sum(1)


# %% wrong: L1 without the absolute value
def unit_norms(weight, p, dim):
    rows = weight.transpose(0, dim).flatten(1)
    return rows.sum(1) if p == 1 else rows.square().sum(1).sqrt()


# %% wrong: the mean instead of the sum
def unit_norms(weight, p, dim):
    return weight.transpose(0, dim).flatten(1).abs().pow(p).mean(1).pow(1 / p)


# %% wrong: L2 whatever p says
def unit_norms(weight, p, dim):
    return weight.transpose(0, dim).flatten(1).norm(dim=1)


# %% wrong: one norm a kernel
def unit_norms(weight, p, dim):
    return torch.linalg.vector_norm(weight.flatten(2), ord=p, dim=2) if weight.ndim == 4 else weight.abs()


# %% wrong: the outputs whatever dim says
def unit_norms(weight, p, dim):
    return torch.linalg.vector_norm(weight.flatten(1), ord=p, dim=1)


# %% wrong: reshapes where it must transpose
def unit_norms(weight, p, dim):
    return torch.linalg.vector_norm(weight.reshape(weight.shape[dim], -1), ord=p, dim=1)


# %% wrong: convolutions alone
def unit_norms(weight, p, dim):
    return torch.linalg.vector_norm(weight, ord=p, dim=(1 - dim, 2, 3))


# %% wrong: the norm of a matrix, the largest singular value
def unit_norms(weight, p, dim):
    units = weight.transpose(0, dim).flatten(2) if weight.ndim == 4 else weight.transpose(0, dim).unsqueeze(2)
    return torch.stack([torch.linalg.matrix_norm(unit, ord=2 if p == 2 else 1) for unit in units])


# %% wrong: a list of numbers
def unit_norms(weight, p, dim):
    return [float(torch.linalg.vector_norm(unit, ord=p)) for unit in weight.unbind(dim)]


# %% right: over all the other dimensions
def unit_norms(weight, p, dim):
    others = [d for d in range(weight.ndim) if d != dim]
    return torch.linalg.vector_norm(weight, ord=p, dim=others)


# %% right: one unit after another
def unit_norms(weight, p, dim):
    return torch.stack([unit.abs().pow(p).sum() ** (1 / p) for unit in weight.unbind(dim)])


# %% right: by numpy
def unit_norms(weight, p, dim):
    import numpy as np

    units = np.moveaxis(weight.detach().numpy(), dim, 0)
    return torch.from_numpy(np.linalg.norm(units.reshape(len(units), -1), ord=p, axis=1))


# %% wrong: swapped dim
def unit_norms(weight, p, dim):
    return weight.transpose(0, 1 - dim).flatten(1).norm(p, dim=1)


# %% wrong: no root
def unit_norms(weight, p, dim):
    return weight.transpose(0, dim).flatten(1).abs().pow(p).sum(1)


# %% wrong: p ignored
def unit_norms(weight, p, dim):
    return weight.transpose(0, dim).flatten(1).abs().sum(1)


# %% wrong: sum of kernel norms
def unit_norms(weight, p, dim):
    kernels = weight.flatten(2).norm(p, dim=2) if weight.dim() == 4 else weight.abs()
    return kernels.sum(1 - dim)


# %% wrong: dim ignored
def unit_norms(weight, p, dim):
    return weight.flatten(1).norm(p, dim=1)


# %% wrong: keepdim
def unit_norms(weight, p, dim):
    others = [d for d in range(weight.dim()) if d != dim]
    return weight.norm(p, dim=others, keepdim=True)


# %% wrong: abs in place
def unit_norms(weight, p, dim):
    w = weight.detach()
    if p == 1:
        return w.abs_().transpose(0, dim).flatten(1).sum(1)
    return w.transpose(0, dim).flatten(1).norm(2, dim=1)


# %% wrong: numpy result
import numpy as np


def unit_norms(weight, p, dim):
    return np.linalg.norm(weight.detach().transpose(0, dim).flatten(1).numpy(), ord=p, axis=1)


# %% wrong: matrix norm over kernel
def unit_norms(weight, p, dim):
    if weight.dim() == 2:
        return torch.linalg.vector_norm(weight, p, dim=1 - dim)
    return torch.linalg.matrix_norm(weight, ord=p).sum(1 - dim)


# %% wrong: kernel one row
def unit_norms(weight, p, dim):
    if weight.dim() == 4:
        weight = weight[:, :, 0]
    others = [d for d in range(weight.dim()) if d != dim]
    return weight.norm(p, dim=others)


# %% right: numpy
import numpy as np


def unit_norms(weight, p, dim):
    w = np.moveaxis(weight.detach().numpy(), dim, 0).reshape(weight.shape[dim], -1)
    return torch.from_numpy((np.abs(w) ** p).sum(1) ** (1 / p))
