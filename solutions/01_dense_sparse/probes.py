"""Evidence of lab 01 for the grader: what the student's functions return for inputs that nobody knows beforehand."""

import torch
from torch import Tensor, nn

from prunelab.inputs import fraction, whole
from prunelab.training import seeded

LAYOUTS = ("coo", "csr", "csr32", "bitmask")


def with_zeros(rows: int, columns: int, draw: torch.Generator) -> Tensor:
    """A random matrix, about half of it zero, with an empty row and an empty column."""
    matrix = torch.randn(rows, columns, generator=draw) * (torch.rand(rows, columns, generator=draw) < 0.5)
    matrix[whole(draw, 1, rows - 2)], matrix[:, whole(draw, 0, columns - 1)] = 0, 0
    return matrix


def sparsity(lab, draw):
    """The share of zeros of a matrix, of its negative and of a tensor with more dimensions."""
    matrix = with_zeros(whole(draw, 5, 9), whole(draw, 11, 19), draw)
    small = matrix.relu() * 1e-3
    wide = torch.randn(3, whole(draw, 2, 5), 3, 3, generator=draw).relu().movedim(1, -1)
    integers = torch.randint(0, 3, (whole(draw, 20, 50),), generator=draw)
    cases = (matrix, -matrix.T, small, wide, wide.bfloat16(), integers, torch.zeros(whole(draw, 2, 5)))
    return [float(lab.sparsity(case)) for case in cases], matrix


def random_mask(lab, draw):
    """What does not depend on how the places are drawn: the counts, that rows are mixed, which draws are the same."""
    seed, part, broad = whole(draw, 0, 10**9), 0.3 + fraction(draw) / 2, (whole(draw, 20, 30), whole(draw, 80, 99))
    shapes = [(whole(draw, 5, 9), whole(draw, 3, 7)), (whole(draw, 3, 7), 2, 3, 3), (whole(draw, 5, 9),), (1, 1)]
    cases = [(shape, each) for shape in shapes for each in (0.0, 0.5, fraction(draw), 1.0)]
    masks = [lab.random_mask(shape, each, seeded(seed)) for shape, each in cases]
    counts = [(list(mask.shape), str(mask.dtype), int((mask == 0).sum())) for mask in masks]
    first, again, other = (lab.random_mask(broad, part, seeded(number)) for number in (seed, seed, seed + 1))
    source = seeded(seed)
    draws = [first, other, *(lab.random_mask(broad, part, source) for _ in range(2))]
    mixed = [(int((mask == 0).sum()), int((mask.any(1) & ~mask.all(1)).sum())) for mask in draws]
    return counts, mixed, torch.equal(first, again), torch.equal(first, other), torch.equal(*draws[2:])


def masked_linear(lab, draw):
    """Outputs, gradients and state of a layer with and without a bias, before and after its weight and mask change."""
    return [_masked(lab.MaskedLinear, bias, draw) for bias in (True, False)]


def _masked(layer_class: type, bias: bool, draw: torch.Generator) -> dict:
    """What one masked layer does."""
    linear = nn.Linear(whole(draw, 5, 9), whole(draw, 3, 6), bias=bias)
    for parameter in linear.parameters():
        nn.init.normal_(parameter, generator=draw)
    mask, other = (torch.rand(linear.weight.shape, generator=draw) < 0.5 for _ in range(2))
    inputs = torch.randn(whole(draw, 3, 5), linear.in_features, generator=draw)
    layer = layer_class(linear, mask.clone())
    outputs = layer(inputs)
    outputs.square().sum().backward()
    found = {"outputs": outputs.detach(), "gradient": linear.weight.grad.clone(), "names": sorted(layer.state_dict())}
    found["weight"] = linear.weight.detach().clone()
    found["parameters"] = sorted(list(parameter.shape) for parameter in layer.parameters())
    nn.init.normal_(linear.weight, generator=draw)
    found["moved"] = layer(inputs).detach()
    layer.load_state_dict({**layer.state_dict(), "mask": other})
    return found | {"loaded": layer(inputs).detach(), "mask": layer.mask.bool(), "given": linear.weight.detach()}


def storage_bytes(lab, draw):
    """The bytes of matrices in each layout, those of 2:4 for sizes that fill whole bytes."""
    found = {}
    for value_bytes in (1, 2, 4, 8):
        rows, columns = 2 * whole(draw, 1, 20) + 1, 2 * whole(draw, 2, 30) + 1  # bits that fill no whole bytes
        size = (rows, columns, whole(draw, 1, rows * columns))
        found[value_bytes] = [float(lab.storage_bytes(*size, each, value_bytes)) for each in ("dense", *LAYOUTS)]
        groups = (rows, 8 * columns, whole(draw, 1, rows * columns))
        found[value_bytes].append(float(lab.storage_bytes(*groups, "2:4", value_bytes)))
        found[value_bytes].append(float(lab.storage_bytes(*groups, "bitmask")))
    return found


def break_even(lab, draw):
    """The sparsities for matrices of several sizes and values."""
    sizes = [(whole(draw, 3, 40), whole(draw, 5, 60), bytes_) for bytes_ in (1, 2, 4, 8)]
    found = [lab.break_even(rows, columns, each, bytes_) for rows, columns, bytes_ in sizes for each in LAYOUTS]
    found += [lab.break_even(*sizes[0][:2], each) for each in LAYOUTS]
    return [float(number) for number in found]


def csr_encode(lab, draw):
    """Starts, columns and values of matrices with empty rows and columns."""
    matrix = with_zeros(whole(draw, 5, 9), whole(draw, 4, 12), draw)
    cases = (matrix, matrix.T, matrix.double(), torch.zeros(matrix.shape), matrix[:1])
    return [list(lab.csr_encode(case)) for case in cases], matrix


def csr_matvec(lab, draw):
    """Products and numbers of multiplications of random matrices in torch's own CSR."""
    found = []
    for dtype in (torch.float32, torch.float64):
        matrix = with_zeros(whole(draw, 5, 9), whole(draw, 4, 12), draw).to(dtype)
        stored = matrix.to_sparse_csr()
        vector = torch.randn(matrix.shape[1], generator=draw).to(dtype)
        product, count = lab.csr_matvec(stored.crow_indices(), stored.col_indices(), stored.values(), vector)
        found.append((product, int(count), vector))
    return found


def group_mask(lab, draw):
    """Masks of random scores, and the counts where all scores are the same."""
    shape = (whole(draw, 5, 8), whole(draw, 3, 6), whole(draw, 2, 4), whole(draw, 2, 4))
    scores = torch.rand(shape, generator=draw, dtype=torch.float64).square()
    found = []
    for kind in ("weight", "kernel", "filter"):
        found += [lab.group_mask(case, fraction(draw), kind) for case in (scores, scores.transpose(2, 3)) * 4]
        found += [lab.group_mask(scores, whole_share, kind) for whole_share in (0.0, 1.0)]
        found.append(int(lab.group_mask(torch.ones(shape), fraction(draw), kind).sum()))
    return found, scores


def n_m_mask(lab, draw):
    """Masks of random scores, and how many stay in each group where all scores are the same."""
    found = []
    for m in (2, 3, 4, 8):
        n, rows, groups = whole(draw, 1, m - 1), whole(draw, 3, 7), whole(draw, 2, 5)
        scores = torch.rand(groups * m, rows, generator=draw, dtype=torch.float64).T
        equal = lab.n_m_mask(torch.ones(rows, groups * m), n, m)
        found.append((lab.n_m_mask(scores, n, m), equal.reshape(rows, groups, m).sum(-1), scores))
    return found


def fetch_energy(lab, draw):
    """Energies of networks with tens of millions of weights, in millijoules."""
    found = []
    for picojoules in (5.0, 640.0, 100 * fraction(draw)):
        for index_bits in (0, whole(draw, 1, 15), whole(draw, 17, 40)):
            weights = whole(draw, 10**7, 10**8)
            found.append(float(lab.fetch_energy(weights, fraction(draw), index_bits, picojoules)))
    return found
