"""What a weight and a network really cost: encoded, counted and timed, not estimated."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from prunelab.quiet import quiet

FORMATS = ("dense", "coo", "csr", "csr32", "bitmask", "2:4")


def encoded_bytes(weight: Tensor, layout: str) -> int:
    """Bytes of `weight` (out, ...) after really encoding it; tensors of more dimensions are stored as (out, rest).

    `layout` is one of FORMATS: `coo` and `csr` have torch's 64-bit indices, `csr32` 32-bit ones, `bitmask` one bit per
    weight and the values that are not zero, `2:4` two values of every four and two bits of position for each (Mishra
    et al. 2021). ValueError for another layout, or where a weight has not the 2:4 pattern.
    """
    matrix = weight.detach().reshape(len(weight), -1)
    if layout == "dense":
        parts = [matrix]
    elif layout == "coo":
        encoded = matrix.to_sparse_coo().coalesce()
        parts = [encoded.indices(), encoded.values()]
    elif layout in ("csr", "csr32"):
        index = torch.int64 if layout == "csr" else torch.int32
        with quiet():  # torch calls its own layout a beta
            encoded = matrix.to_sparse_csr()
        parts = [encoded.crow_indices().to(index), encoded.col_indices().to(index), encoded.values()]
    elif layout == "bitmask":
        parts = [torch.from_numpy(np.packbits((matrix != 0).numpy())), matrix[matrix != 0]]
    elif layout == "2:4":
        parts = _two_of_four(matrix)
    else:
        raise ValueError(f"No layout is called {layout!r}; choose one of {', '.join(FORMATS)}.")
    return sum(part.numel() * part.element_size() for part in parts)


def _two_of_four(matrix: Tensor) -> list[Tensor]:
    """Two values of every four in reading order, and their positions, two bits each."""
    groups = F.pad(matrix.flatten(), (0, -matrix.numel() % 4)).reshape(-1, 4)
    if ((groups != 0).sum(1) > 2).any():
        raise ValueError("The weight has four neighbours of which more than two are not zero; prune it 2:4 first.")
    kept = (groups != 0).byte().topk(2).indices.sort().values  # (n / 4, 2)
    bits = torch.stack([kept // 2, kept % 2], dim=-1)
    return [groups.gather(1, kept), torch.from_numpy(np.packbits(bits.numpy().astype(bool)))]


def parameters(model: nn.Module) -> int:
    """Number of weights and biases of a model, those of its batch norms included."""
    return sum(parameter.numel() for parameter in model.parameters())


@torch.no_grad()
def macs(model: nn.Module, shape: tuple[int, ...]) -> int:
    """Multiply-accumulate operations of a model for one input of `shape`, without the batch, as torch counts them.

    Convolutions and linear layers count, as in the literature. The model is left in eval mode.
    """
    from torch.utils.flop_counter import FlopCounterMode  # imports triton, too, where torch brings it

    with FlopCounterMode(display=False) as counter:
        model.eval()(torch.zeros(1, *shape))
    return counter.get_total_flops() // 2


@torch.inference_mode()
def latencies(runs: Mapping[str, Callable[[], object]], rounds: int = 30) -> dict[str, list[float]]:
    """Seconds that each of the `runs` took in each round, after three rounds of warm-up.

    All run in turn within a round, so that whatever else the machine does meanwhile affects all of them: compare them
    round by round, by the median of their ratios.
    """
    seconds = {name: [] for name in runs}
    for _ in range(rounds + 3):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return {name: taken[3:] for name, taken in seconds.items()}


@dataclass(frozen=True)
class Speedup:
    """How many times as fast as the baseline: the median of the rounds' ratios and its 95 % interval.

    `seconds` is the median time of a run. `noisy`: on this machine, at this moment, the baseline mostly takes a tenth
    more or less than in the round before.
    """

    ratio: float
    low: float
    high: float
    seconds: float
    noisy: bool

    def __str__(self) -> str:
        return f"{self.ratio:.2f}x ({self.low:.2f} to {self.high:.2f})"


def speedups(runs: Mapping[str, Callable[[], object]], baseline: str, rounds: int = 30) -> dict[str, Speedup]:
    """The speed-up of each of the `runs` over the one called `baseline`, measured as `latencies` does.

    A median has no 95 % interval below six rounds: then low and high are the extremes.
    """
    seconds = latencies(runs, rounds)
    steps = np.abs(np.diff(np.log(seconds[baseline])))  # from round to round
    noisy = bool(len(steps)) and float(np.median(steps)) > 0.1
    found = {name: _median_of(_ratios(seconds[baseline], taken)) for name, taken in seconds.items()}
    return {name: Speedup(*found[name], float(np.median(seconds[name])), noisy) for name in runs}


def _ratios(before: Sequence[float], after: Sequence[float]) -> list[float]:
    return [a / b for a, b in zip(before, after, strict=True)]


def _median_of(values: Sequence[float]) -> tuple[float, float, float]:
    """The median and its 95 % interval from the order of the values alone, whatever their distribution."""
    from scipy import stats  # takes a second to import, and only a timing needs it

    ordered = sorted(values)
    outside = max(0, int(stats.binom.ppf(0.025, len(ordered), 0.5)) - 1)  # values cut off at each end
    return float(np.median(ordered)), ordered[outside], ordered[-1 - outside]


@dataclass(frozen=True)
class Machine:
    """What this machine does at best, with so many threads: floating-point operations and bytes a second."""

    flops: float
    bandwidth: float
    threads: int


@torch.inference_mode()
def machine(size: int = 2**24) -> Machine:
    """Operations of a large product of matrices, and bytes of a copy of `size` floats (64 MB if nothing is said).

    Ask with a `size` that fits into a cache, and you learn the bandwidth of that cache.
    """
    square, source, target = torch.randn(512, 512), torch.randn(size), torch.empty(size)
    best = {
        name: min(latencies({name: run}, rounds=40)[name])
        for name, run in (("product", lambda: square @ square), ("copy", lambda: target.copy_(source)))
    }
    return Machine(2 * 512**3 / best["product"], 2 * source.nbytes / best["copy"], torch.get_num_threads())
