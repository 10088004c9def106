"""A claim holds, fails or stays undecided by what its seeds say."""

import json

import pytest

from prunelab import results
from prunelab.claims import ahead, equal, find, grows
from prunelab.scoreboard import claims as rows


def seeds(*differences: float) -> list[dict[str, float]]:
    return [{"a": 50 + difference, "b": 50.0} for difference in differences]


@pytest.mark.parametrize(
    ("differences", "outcome"),
    [((1, 2, 3), "undecided"), ((2, 2.1, 2.2), "holds"), ((-2, -2.1, -2.2), "fails"), ((-1, 0, 1), "undecided")],
)
def test_ahead_by_the_interval_of_the_differences(differences, outcome):
    assert find(ahead("a", "b"), seeds(*differences)).outcome == outcome


def test_an_interval_by_hand():
    # Mean 2, standard deviation 1, standard error 1 / sqrt(3); Student's t for two degrees of freedom is 4.3027.
    mean, half, _ = find(ahead("a", "b"), seeds(1, 2, 3))
    assert (mean, half) == pytest.approx((2, 4.3027 / 3**0.5), abs=1e-4)


@pytest.mark.parametrize(("by", "outcome"), [(1, "holds"), (2.1, "undecided"), (5, "fails")])
def test_ahead_by_a_margin(by, outcome):
    assert find(ahead("a", "b", by=by), seeds(2, 2.1, 2.2)).outcome == outcome


@pytest.mark.parametrize(
    ("differences", "outcome"),
    [((-0.1, 0, 0.1), "holds"), ((-1, 0, 1), "undecided"), ((2, 2.1, 2.2), "fails"), ((0.4, 0.45, 0.5), "undecided")],
)
def test_equal_within_a_margin_needs_evidence(differences, outcome):
    assert find(equal("a", "b", within=0.5), seeds(*differences)).outcome == outcome


def test_equivalence_takes_the_90_percent_interval():
    # Mean 0.3, standard error 0.05774: t is 2.92 at 90 % and 4.3027 at 95 %, so the ends are 0.469 and 0.548.
    assert find(equal("a", "b", within=0.5), seeds(0.2, 0.3, 0.4)).outcome == "holds"


@pytest.mark.parametrize(("last", "outcome"), [(3.0, "holds"), (-3.0, "fails")])
def test_growth_is_a_slope(last, outcome):
    found = [{"a": 1.0, "b": 1.1 + noise, "c": last} for noise in (0, 0.1, 0.2)]
    assert find(grows("a", "b", "c"), found).outcome == outcome


def test_a_slope_by_hand():
    mean, _, _ = find(grows("a", "b", "c"), [{"a": 1.0, "b": 5.0, "c": 4.0}] * 2)
    assert mean == pytest.approx(1.5)


def test_a_claim_has_a_row(tmp_path, monkeypatch):
    rule = {"words": "a beats b.", "kind": "ahead", "numbers": ["a", "b"], "margin": 0}
    runs = [
        {"seed": n, "date": "2026-12-01", "seconds": 1.0, "found": {"a_beats_b": {"a": 2.0 + n, "b": 1.0}}}
        for n in (0, 1)
    ]
    record = {"dataset": "toys", "command": "", "versions": {}, "bf16": False, "threads": 1, "seeds": runs,
              "settings": {"claims": {"a_beats_b": rule}}}  # fmt: skip
    (tmp_path / "claims-02.json").write_text(json.dumps(record))
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    monkeypatch.setattr(rows, "PUBLISHED", tmp_path)
    (row,) = rows.claim_rows()
    assert (row.claim, row.ours, row.met) == ("lab 02: a beats b.", "2.50 against 1.00", False)
    assert row.interval == "+1.50 ± 6.35 (95 %, 2 seeds)"  # t of one degree of freedom is 12.706, the error 0.5
    assert row.published == "this lab's own conclusion: undecided"


def test_a_reader_folds_out_what_the_seeds_say(monkeypatch):
    from prunelab.claims import show_seeds

    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    show_seeds("02", "rule_matters", "norms_and_losses")
    page = shown[0].data
    assert page.startswith("<details><summary>What 5 other seeds say</summary>")
    assert "<b>It holds</b> (+" in page
    assert "<b>Undecided</b> (" in page
    with pytest.raises(KeyError):
        show_seeds("02", "unknown")
