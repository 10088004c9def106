"""The headline results come from the records, and a claim is met only if the seeds support it."""

import json
from pathlib import Path

import pytest

from prunelab import scoreboard
from prunelab.results import load_results
from prunelab.scoreboard import language, rows, speed, weights

KEYS = ["claim", "ours", "interval", "published", "source", "dataset", "met"]
ROOT = Path(__file__).parents[1]


def every_record_is(record, monkeypatch):
    for module in (rows, weights, language, speed):
        monkeypatch.setattr(module, "load_results", lambda run, kind=None: record)


def test_a_row_by_hand(monkeypatch):
    every_record_is({"dataset": "toys"}, monkeypatch)
    claim = rows.Claim("better", "said so", lambda mean, half: mean > half)
    pairs = [(91.0, 90.0), (92.0, 90.0), (93.0, 90.0)]  # differences 1, 2, 3: 2 ± 4.3027 / sqrt(3)
    row = rows.compare("run", claim, pairs)
    assert (row.ours, row.interval) == ("92.00 against 90.00", "+2.00 ± 2.48 (95 %, 3 seeds)")
    assert (row.source, row.dataset, row.met) == ("data/results/run.json", "toys", False)


@pytest.mark.parametrize(("pruned", "met"), [([92.0, 92.2], True), ([91.8, 92.0], False)])
def test_a_pruned_network_is_compared_with_dense_of_equal_budget(pruned, met, monkeypatch):
    dense = {"dense": [{"test": 99.0}, {"test": 92.0}], "one cycle": {"test": 92.5}}
    seeds = [{"pruned": [{"test": 91.5}, {"test": test}]} | dense for test in pruned]
    record = {"dataset": "toys", "settings": {"factors": [20], "main": 20}, "seeds": seeds}
    every_record_is(record, monkeypatch)
    at_main, smallest, one_cycle, largest, published = scoreboard.pruning_rows("lenet300")
    assert (at_main.met, smallest.met, one_cycle.met) == (met, True, False)  # the second has half a point to spare
    assert (largest.met, largest.ours) == (met, "92.10 against 92.00 at 20x" if met else "91.90 against 92.00 at 20x")
    assert (published.met, published.interval[:5]) == (True, "+0.60" if met else "+0.40")


def test_a_language_model_is_compared_by_the_damage_avoided(monkeypatch):
    """Magnitude costs six doublings; one remains at 50 % and three at 2:4; ADMM leaves half of one."""
    found = {"magnitude": (640, 640), "Wanda": (20, 80), "SparseGPT": (20, 80), "ADMM": (10 * 2**0.5, 80)}
    sparse = {
        method: {pattern: {"perplexity": value} for pattern, value in zip(("50 %", "2:4"), values, strict=True)}
        for method, values in found.items()
    }
    record = {"dataset": "words", "seeds": [{"dense": {"perplexity": 10}, "sparse": sparse}] * 3}
    every_record_is(record, monkeypatch)
    wanda, sparsegpt, wanda_2_4, sparsegpt_2_4, admm = scoreboard.language_rows()
    assert wanda.ours == "83.33 against 78.81"  # the second from README's 6.42, 14.89 and 5.12
    assert (wanda_2_4.ours, sparsegpt_2_4.ours) == ("50.00 against 67.61", "50.00 against 71.00")
    assert [row.met for row in (wanda, sparsegpt, wanda_2_4, sparsegpt_2_4, admm)] == [True, True, False, False, True]
    assert admm.ours == "91.67 against 83.33"


@pytest.mark.parametrize(("accuracy", "met"), [(89.2, [True, False]), (89.0, [False, False])])
def test_speed_counts_at_the_gate(accuracy, met, monkeypatch):
    """40 and 14 times as fast, with 99.1 or 98.9 % of the dense network's 90 %."""
    steps = {"dense": {"test": 90.0}, "stack": {"test": accuracy}}
    seconds = {"SingleStream": {"dense": 8.0, "stack": 0.2}, "Offline": {"dense": 7.0, "half": 3.0, "stack": 0.5}}
    record = {"dataset": "toys", "seeds": [{"seconds a sample": seconds, "accuracy": steps}] * 3}
    every_record_is(record, monkeypatch)
    found = scoreboard.speed_rows()
    assert [row.met for row in found] == met
    assert [row.ours.split()[0] for row in found] == ["40.0x", "14.0x"]


@pytest.mark.middle
def test_the_command_prints_every_row(run_in):
    printed = run_in(ROOT, "prunelab", "scoreboard", "--json")
    assert printed.returncode == 0, printed.stderr
    found = json.loads(printed.stdout)
    assert all(list(row) == KEYS for row in found)
    assert all((ROOT / row["source"]).is_file() for row in found)
    table = run_in(ROOT, "prunelab", "scoreboard", COLUMNS="200").stdout
    assert table.count("yes") + table.count("│ no ") >= len(found)
    assert all(label in table for label in ("AlexNet", "VGG", "LeNet-300-100", "LeNet-5", "SmolLM2"))


def test_the_dense_baseline_trained_as_long_as_the_pruned_network():
    for network in scoreboard.PRUNED:
        record = load_results(f"iterative-{network}")
        number = record["settings"]["factors"].index(record["settings"]["main"]) + 1
        for seed in record["seeds"]:
            rounds = [seed[arm][number]["steps"] for arm in ("pruned", "random", "dense")]
            assert {*rounds, seed["one cycle"]["steps"], seed["small"]["steps"]} == {rounds[0]}
            pruned, random = (sum(seed[arm][number]["kept"].values()) for arm in ("pruned", "random"))
            small = sum(seed["small"]["kept"].values())
            assert pruned == random
            assert abs(small / pruned - 1) < 0.02
