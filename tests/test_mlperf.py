"""LoadGen asks, every query is completed, and its log can be read."""

import sys
import threading

import pytest
import torch

from prunelab import mlperf
from prunelab.deploy import NotAvailable

pytest.importorskip("mlperf_loadgen")
LABELS = torch.arange(40) * 7 % 300


@pytest.mark.parametrize("scenario", mlperf.SCENARIOS)
def test_accuracy_mode_asks_for_every_sample_once(scenario, tmp_path, capfd):
    asked = []

    def answer(indices):
        asked.append(indices)
        return LABELS[indices]

    test = mlperf.load_test(answer, 40, scenario, tmp_path / "new", accuracy=True)
    entries = test.entries()
    assert sorted(entry["qsl_idx"] for entry in entries) == list(range(40))
    logged = [int.from_bytes(bytes.fromhex(entry["data"]), "little") for entry in entries]
    assert logged == [LABELS[entry["qsl_idx"]] for entry in entries]
    queries = asked[3:]  # behind those that estimate the speed
    assert [len(query) for query in queries] == ([1] * 40 if scenario == "SingleStream" else [40])
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("scenario", mlperf.SCENARIOS)
def test_performance_mode_measures(scenario, tmp_path):
    threads = threading.active_count()
    test = mlperf.load_test(lambda indices: LABELS[indices], 40, scenario, tmp_path, seconds=0.1)
    assert test.summary["Scenario"] == scenario
    assert 0 < test.seconds < 0.1
    assert isinstance(test.valid, bool)
    assert any(event["key"] == "effective_min_duration_ms" and event["value"] == 100 for event in test.events())
    assert threading.active_count() == threads


@pytest.mark.parametrize("scenario", mlperf.SCENARIOS)
def test_an_answer_that_raises_ends_the_test_and_comes_out(scenario, tmp_path):
    calls = []

    def answer(indices):
        calls.append(indices)
        if len(calls) > 3:
            raise ZeroDivisionError("mine")
        return LABELS[indices]

    with pytest.raises(ZeroDivisionError, match="mine"):
        mlperf.load_test(answer, 40, scenario, tmp_path, seconds=0.05)
    assert len(calls) == 4


def test_too_few_answers_are_an_error(tmp_path):
    with pytest.raises(ValueError, match="39 answers came for 40 samples"):
        mlperf.load_test(lambda indices: LABELS[indices[:39]], 40, "Offline", tmp_path, accuracy=True)


def test_an_unknown_scenario_names_the_known_ones(tmp_path):
    with pytest.raises(ValueError, match=r"'Server'.*SingleStream, Offline"):
        mlperf.load_test(lambda indices: LABELS[indices], 40, "Server", tmp_path)


def test_without_loadgen_the_lab_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setattr(mlperf.importlib.util, "find_spec", lambda name: None)
    monkeypatch.delitem(sys.modules, "mlperf_loadgen", raising=False)
    assert "pip install mlcommons-loadgen" in mlperf.why_not()
    with pytest.raises(NotAvailable, match="mlperf_loadgen is missing"):
        mlperf.load_test(lambda indices: LABELS[indices], 40, "Offline", tmp_path)
