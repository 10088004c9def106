"""The records of the long runs are complete, and the numbers derived from them are right."""

import json

import pytest

from prunelab import results
from prunelab.data import DataNotFound

SHIPPED = sorted(path.stem for path in results.PUBLISHED.glob("*.json"))


def test_an_interval_by_hand():
    # Mean 2, standard deviation 1, standard error 1 / sqrt(3); Student's t for two degrees of freedom is 4.3027.
    mean, half = results.mean_interval([1.0, 2.0, 3.0])
    assert (mean, half) == pytest.approx((2.0, 4.3027 / 3**0.5), abs=1e-4)


def test_the_damage_avoided_by_hand():
    # In log perplexity magnitude loses 4 doublings of dense 10, the method one.
    assert results.damage_avoided(20, magnitude=160, dense=10) == pytest.approx(0.75)
    assert results.damage_avoided(10, magnitude=160, dense=10) == 1
    assert results.damage_avoided(160, magnitude=160, dense=10) == 0


def test_one_value_has_no_interval():
    with pytest.raises(ValueError, match="1 value has no interval; give one value per seed"):
        results.mean_interval([1.0])


@pytest.mark.parametrize("name", SHIPPED)
def test_a_record_has_every_seed_and_says_what_made_it(name):
    record = results.load_results(name)
    assert record["dataset"] == (record["settings"].get("dataset") or "fashion_mnist")
    assert record["command"].startswith("python recipes/")
    assert {"python", "torch", "prunelab"} <= record["versions"].keys()
    wanted = record["settings"].get("seeds", 5)
    assert [seed["seed"] for seed in record["seeds"]] == list(range(wanted))
    assert wanted >= (5 if "tickets" in name else 3)
    assert all(seed["date"] >= "2026" and seed["seconds"] > 0 for seed in record["seeds"])


def test_a_missing_and_a_damaged_record_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    with pytest.raises(DataNotFound, match=r"nothing\.json is missing; restore it with `git checkout -- data`"):
        results.load_results("nothing")
    (tmp_path / "broken.json").write_text('{"seeds": [')
    with pytest.raises(DataNotFound, match=r"broken\.json is damaged"):
        results.load_results("broken")


def test_a_record_without_a_field_is_named_with_its_place(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    record = results.load_results("gap-lenet300")
    del record["seeds"][1]["clean"][2]["train"]
    (tmp_path / "gap-lenet300.json").write_text(json.dumps(record))
    with pytest.raises(DataNotFound, match=r"is damaged \(seeds\.1\.clean\.2\.train: Field required\)"):
        results.load_results("gap-lenet300")


def test_own_results_come_before_those_of_the_course(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    mine = results.load_results("gap-lenet300") | {"dataset": "mine"}
    (tmp_path / "gap-lenet300.json").write_text(json.dumps(mine))
    assert results.load_results("gap-lenet300") == mine
