"""Evidence of lab 01 for the grader: what the student's functions return for inputs that nobody knows beforehand."""

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from prunelab.inputs import distinct, fill, fraction, fractions, tied, whole
from prunelab.training import seeded

LAYOUTS = ("coo", "csr", "csr32", "bitmask")


def with_zeros(rows: int, columns: int, draw: torch.Generator) -> Tensor:
    """A random matrix, about half of it zero, its last row and another one empty, and a column; one value is small."""
    matrix = torch.randn(rows, columns, generator=draw) * (torch.rand(rows, columns, generator=draw) < 0.5)
    matrix[0, :2] = 1e-30 * (2 + torch.rand(2, generator=draw))
    matrix[whole(draw, 1, rows - 2)], matrix[-1], matrix[:, whole(draw, 2, columns - 1)] = 0, 0, 0
    return matrix


def sparsity(lab, draw):
    """The zeros of a matrix, of its negative, of a large one and of a tensor with more dimensions, from their share."""
    matrix = with_zeros(whole(draw, 5, 9), whole(draw, 11, 19), draw)
    wide = torch.randn(3, whole(draw, 2, 5), 3, 3, generator=draw).relu().movedim(1, -1)
    integers = torch.randint(-2, 3, (whole(draw, 20, 50),), generator=draw)
    double = 1e-300 * matrix.double().sign()
    large = tied((whole(draw, 80, 99), 101), draw)
    cases = (matrix, -matrix.T, matrix.half(), wide, wide.half(), integers, double, large, torch.zeros(3))
    return [float(lab.sparsity(case)) * case.numel() for case in cases], matrix


def random_mask(lab, draw):
    """What does not depend on how the places are drawn: the counts, that rows are mixed, which draws are the same."""
    seed, part, broad = whole(draw, 0, 10**9), 0.3 + fraction(draw) / 2, (whole(draw, 20, 30), whole(draw, 80, 99))
    shapes = [(whole(draw, 5, 9), whole(draw, 3, 7)), (whole(draw, 3, 7), 2, 3, 3), (whole(draw, 5, 9),), (1, 1)]
    cases = [(shape, each) for shape in shapes for each in (*fractions(torch.Size(shape).numel()), fraction(draw))]
    cases += [(broad, each) for each in (0.9, 0.52 + fraction(draw) / 2, 0.51 + fraction(draw) / 2)]
    masks = [lab.random_mask(shape, each, seeded(seed)) for shape, each in cases]
    counts = [(list(mask.shape), str(mask.dtype), int((mask == 0).sum())) for mask in masks]
    first, again, other = (lab.random_mask(broad, part, seeded(number)) for number in (seed, seed, seed + 1))
    source = seeded(seed)
    draws = [first, other, *(lab.random_mask(broad, part, source) for _ in range(2))]
    mixed = [(int((mask == 0).sum()), int((mask.any(1) & ~mask.all(1)).sum())) for mask in draws]
    uneven = [len(mask.sum(dim).unique()) > 2 for mask in draws for dim in (0, 1)]
    same = torch.equal(first, again), torch.equal(first, other), torch.equal(*draws[2:])
    return counts, mixed, uneven, same, _fair_pairs(lab.random_mask, source), _fair_masks(lab.random_mask, source)


def _fair_pairs(random_mask, source: torch.Generator) -> bool:
    """Whether any two of 24 positions are kept about as often as they should, to six standard deviations."""
    draws = torch.stack([random_mask((4, 3, 2), 0.25, source).flatten() for _ in range(300)]).double()
    pairs = draws.T @ draws / 300
    kept, both = pairs.diag(), pairs[~torch.eye(24, dtype=torch.bool)]
    return bool((kept - 0.75).abs().max() < 0.15 and (both - 0.55).abs().max() < 0.18)


def _fair_masks(random_mask, source: torch.Generator) -> bool:
    """Whether the 70 masks of 4 among 8 positions come equally often: chi-square, 150 once in ten million."""
    draws = torch.stack([random_mask((2, 4), 0.5, source).flatten() for _ in range(3500)]).long()
    counts = torch.unique(draws, dim=0, return_counts=True)[1].double()
    return len(counts) == 70 and bool((counts - 50).square().sum() / 50 < 150)


def masked_linear(lab, draw):
    """Outputs, gradients and state of layers with and without a bias, before and after their weights and masks change.

    Both layers exist before the first is used, and the second is of double precision.
    """
    layers = []
    for bias, dtype in ((True, torch.float32), (False, torch.float64)):
        linear = nn.Linear(whole(draw, 5, 9), whole(draw, 3, 4), bias=bias, dtype=dtype)
        fill(linear, draw)
        mask = torch.rand(linear.weight.shape, generator=draw) < 0.5
        layers.append((linear, lab.MaskedLinear(linear, mask.clone())))
    return [_masked(linear, layer, draw) for linear, layer in layers]


def _masked(linear: nn.Linear, layer: nn.Module, draw: torch.Generator) -> dict:
    """What one masked layer does."""
    rows, dtype = whole(draw, 3, 5), linear.weight.dtype
    inputs = torch.randn(rows, linear.in_features, generator=draw, dtype=dtype).requires_grad_()
    outputs = layer(inputs)
    outputs.square().sum().backward()
    found = {"outputs": outputs.detach(), "gradient": linear.weight.grad.clone(), "names": sorted(layer.state_dict())}
    found["gradients"] = [inputs.grad] + ([] if linear.bias is None else [linear.bias.grad])
    found["dtype"] = str(outputs.dtype)
    found["weight"], found["mask"] = linear.weight.detach().clone(), layer.mask.clone().bool()
    found["parameters"] = sorted(list(parameter.shape) for parameter in layer.parameters())
    fill(linear, draw)
    found["moved"] = layer.eval()(inputs).detach()
    other, twin = torch.rand(linear.weight.shape, generator=draw) < 0.5, copy.deepcopy(layer)
    twin.load_state_dict({**layer.state_dict(), "mask": other})
    found["twin"] = twin(inputs).detach(), layer(inputs).detach(), twin.mask.bool()
    layer.load_state_dict({**layer.state_dict(), "mask": ~other})
    return found | {"loaded": layer(inputs).detach(), "given": linear.weight.detach()}


def storage_bytes(lab, draw):
    """The bytes of matrices in each layout, wide and tall ones, of numbers of bits that fill no whole bytes."""
    found = {}
    for value_bytes in (1, 2, 4, 8):
        rows, columns = 2 * whole(draw, 1, 20) + 1, 2 * whole(draw, 2, 30) + 1
        sizes = [(rows, columns), (3, whole(draw, 257, 400)), (whole(draw, 257, 400), 3)]
        cases = [(*size, kept) for size in sizes for kept in (0, whole(draw, 1, size[0] * size[1]))]
        found[value_bytes] = [float(lab.storage_bytes(*case, each, value_bytes)) for case in cases
                              for each in ("dense", *LAYOUTS)]  # fmt: skip
        for groups in ((rows, 4 * columns), (columns, 4), (1, 8 * rows)):
            kept = whole(draw, 1, groups[0] * groups[1] // 2)
            found[value_bytes].append(float(lab.storage_bytes(*groups, kept, "2:4", value_bytes)))
            found[value_bytes] += [float(lab.storage_bytes(*groups, kept, each)) for each in ("bitmask", "2:4")]
    return found


def break_even(lab, draw):
    """The sparsities for matrices of several sizes and values, times the values of the matrix."""
    sizes = [(whole(draw, 3, 40), whole(draw, 15, 60), bytes_) for bytes_ in (1, 2, 4, 8)]
    cases = [(*size[:2], each, size[2]) for size in sizes for each in LAYOUTS]
    cases += [(*size[:2], each) for size in sizes for each in LAYOUTS]
    return [float(lab.break_even(*case)) * case[0] * case[1] for case in cases]


def csr_encode(lab, draw):
    """Starts, columns and values of matrices with empty rows and columns, and the dtypes of the values.

    Values are returned as multiples of the matrix's smallest, so that small ones count as much as others.
    """
    matrix = with_zeros(whole(draw, 5, 9), whole(draw, 4, 12), draw)
    broad = F.pad(matrix[:, :2], (whole(draw, 300, 400), 2))
    broadest = F.pad(matrix[:1], (whole(draw, 33_000, 40_000), 1))
    double = distinct(matrix.shape, draw, torch.float64) * (matrix != 0)
    found = []
    others = (matrix[:1], torch.zeros(matrix.shape), distinct((3, 5), draw))
    for case in (matrix, matrix.T, double, broad, broadest, *others):
        starts, columns, values = lab.csr_encode(case)
        found.append((starts, columns, values, values.double() * 1e30, str(values.dtype)))
    return found, matrix


def csr_matvec(lab, draw):
    """Products and numbers of multiplications of random matrices in torch's own CSR, and of one in another order."""
    found = []
    for dtype in (torch.float32, torch.float64):
        matrix = with_zeros(whole(draw, 5, 9), whole(draw, 4, 12), draw).to(dtype)
        vector = torch.randn(matrix.shape[1], generator=draw).to(dtype)
        vector[whole(draw, 0, 1) :: 3] = 0
        stored = matrix.flip(0).to_sparse_csr()  # the first row is empty, the last is not
        starts, columns, values = stored.crow_indices(), stored.col_indices(), stored.values()
        others = torch.randint(len(vector), columns.shape, generator=draw)  # in any order, some of them twice
        for each in (columns, others):
            product, count = lab.csr_matvec(starts, each, values, vector)
            found.append((product, int(count), str(product.dtype), vector))
    return found


def group_mask(lab, draw):
    """Masks of random scores of both signs, and the counts where scores are the same."""
    shape = (whole(draw, 5, 8), whole(draw, 3, 6), whole(draw, 2, 4), whole(draw, 2, 4))
    scores = torch.randn(shape, generator=draw, dtype=torch.float64)
    found = []
    for kind, dims in (("weight", 4), ("kernel", 2), ("filter", 1)):
        found += [lab.group_mask(case, fraction(draw), kind) for case in (scores, scores.transpose(2, 3)) * 2]
        for share in fractions(torch.Size(shape[:dims]).numel()):
            found.append(lab.group_mask(scores, share, kind))
            masks = [lab.group_mask(case, share, kind) for case in (torch.ones(shape), tied(shape, draw))]
            found += [(str(mask.dtype), int(mask.sum())) for mask in masks]
    return found, scores


def n_m_mask(lab, draw):
    """Masks of random scores, large, small and of both signs, and how many stay where scores are the same."""
    found = []
    for m in (2, 3, 4, 8):
        rows, groups = whole(draw, 3, 7), whole(draw, 2, 5)
        for n in (whole(draw, 1, m - 1), m):
            scores = torch.randn(groups * m, rows, generator=draw, dtype=torch.float64).T
            found += [lab.n_m_mask(case, n, m) for case in (scores, 1e-9 * scores, -1e30 * scores.abs())]
            equal = [torch.ones(rows, groups * m), torch.zeros(1, groups * m), tied((rows, groups * m), draw)]
            found += [lab.n_m_mask(case, n, m).reshape(-1, groups, m).sum(-1) for case in equal]
        found.append(scores)
    return found


def fetch_energy(lab, draw):
    """Energies of small and large networks, in millijoules for tens of millions of weights."""
    found = []
    for picojoules in (5.0, 640.0, 100 * fraction(draw)):
        for index_bits in (0, whole(draw, 1, 7), whole(draw, 9, 15), whole(draw, 17, 40)):
            for weights, scale in ((whole(draw, 10**7, 10**8), 1e3), (whole(draw, 5, 20), 1e9)):
                found.append(scale * float(lab.fetch_energy(weights, fraction(draw), index_bits, picojoules)))
    return found
