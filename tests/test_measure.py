"""Bytes, parameters and MACs against numbers done by hand; latencies in pairs."""

import itertools
import math

import pytest
import torch
from torch import nn

from prunelab import measure
from prunelab.measure import FORMATS, encoded_bytes


def test_bytes_by_hand():
    matrix = torch.tensor([[5.0, 0.0, 0.0], [0.0, 0.0, 0.0], [7.0, 0.0, 8.0]])
    sizes = {layout: encoded_bytes(matrix, layout) for layout in FORMATS if layout != "2:4"}
    assert sizes == {"dense": 36, "coo": 3 * 20, "csr": 4 * 8 + 3 * 12, "csr32": 4 * 4 + 3 * 8, "bitmask": 2 + 3 * 4}


def test_two_of_four_by_hand():
    matrix = torch.tensor([[5.0, 0.0, 0.0, 3.0, 0.0, 0.0, 9.0, 8.0]])
    assert encoded_bytes(matrix, "2:4") == 4 * 4 + 1  # four values, four positions of two bits
    assert encoded_bytes(torch.zeros(3, 8).half(), "2:4") == 12 * 2 + 3
    with pytest.raises(ValueError, match="prune it 2:4 first"):
        encoded_bytes(torch.ones(1, 4), "2:4")


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16])
def test_csr_is_what_torch_stores(dtype):
    weight = torch.randn(6, 4, 3, 3).relu().to(dtype)
    stored = weight.flatten(1).to_sparse_csr()
    parts = (stored.crow_indices(), stored.col_indices(), stored.values())
    assert encoded_bytes(weight, "csr") == sum(part.nbytes for part in parts)


def test_an_unknown_layout_names_the_known_ones():
    with pytest.raises(ValueError, match=r"'zip'.*dense, coo, csr, csr32, bitmask, 2:4"):
        encoded_bytes(torch.ones(1, 1), "zip")


def test_parameters_and_macs_by_hand():
    model = nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(3 * 4 * 5, 7))
    assert measure.parameters(model) == (2 * 3 * 9 + 3) + 2 * 3 + (60 * 7 + 7)
    assert measure.macs(model, (2, 4, 5)) == 2 * 3 * 9 * 4 * 5 + 60 * 7


def test_latencies_run_in_turn_after_a_warm_up():
    order = []
    found = measure.latencies({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=5)
    assert order == ["a", "b"] * 8
    assert {name: len(seconds) for name, seconds in found.items()} == {"a": 5, "b": 5}
    assert all(second >= 0 for seconds in found.values() for second in seconds)


class Clock:
    """Replaces the module `time`: programs advance it, so no test waits."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        return self.now

    def program(self, *seconds):
        """A program that takes these seconds in turn."""
        turns = itertools.cycle(seconds)

        def run():
            self.now += next(turns)

        return run


def test_a_speedup_is_the_median_of_the_rounds_with_its_interval(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(measure, "time", clock)
    runs = {"old": clock.program(4.0), "new": clock.program(2.0), "odd": clock.program(1.0, 1.0, 1.0, *range(1, 11))}
    found = measure.speedups(runs, "old", rounds=10)
    assert found["old"] == measure.Speedup(1.0, 1.0, 1.0, 4.0, False)
    assert found["new"] == measure.Speedup(2.0, 2.0, 2.0, 2.0, False)
    odd = found["odd"]  # 4 / 1, ..., 4 / 10: from the second smallest to the second largest
    assert (odd.ratio, odd.low, odd.high) == pytest.approx(((4 / 5 + 4 / 6) / 2, 4 / 9, 4 / 2))
    assert str(found["new"]) == "2.00x (2.00 to 2.00)"


def test_a_baseline_that_jumps_is_noisy(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(measure, "time", clock)
    found = measure.speedups({"old": clock.program(1.0, 1.2), "new": clock.program(1.0)}, "old", rounds=8)
    assert found["new"].noisy
    assert not measure.speedups({"old": clock.program(1.0, 1.05)}, "old", rounds=8)["old"].noisy
    assert measure.speedups({"old": clock.program(1.0)}, "old", rounds=1)["old"].low == 1.0


@pytest.mark.parametrize("n", [1, 5, 6, 9, 25, 60, 101])
def test_the_interval_covers_the_median_in_95_of_100(n):
    _, low, high = measure._median_of(range(n))
    outside = 2 * sum(math.comb(n, below) for below in range(low + 1)) / 2**n
    assert low + high == n - 1
    assert outside <= 0.05 or low == 0
    assert outside + 2 * math.comb(n, low + 1) / 2**n > 0.05  # one value less would not do


def test_a_machine_has_positive_rates():
    found = measure.machine(size=2**10)
    assert (found.flops > 0, found.bandwidth > 0, found.threads) == (True, True, torch.get_num_threads())
