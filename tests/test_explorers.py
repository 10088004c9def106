"""The Python side of the explorers: exact counts, honest bytes, stills, size."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pytest
import torch
from bs4 import BeautifulSoup
from matplotlib.text import Text
from torch.nn.utils import prune

from prunelab.explorers import (
    CriteriaExplorer,
    HeadExplorer,
    HonestBytes,
    KeptWeights,
    MagnitudeExplorer,
    MaskPainter,
    ParetoExplorer,
    PerplexityExplorer,
    ScheduleDesigner,
    SensitivityExplorer,
    SlimmingExplorer,
    SpeedExplorer,
    StageExplorer,
    TicketExplorer,
    panels,
)
from prunelab.explorers.levels import cut_counts, cut_levels, pattern_levels, plane, window_note
from prunelab.explorers.schedule import FACTORS
from prunelab.explorers.stills import still
from prunelab.explorers.storage import pays_from, stored_bytes

ACCURACY = {0.0: 93.0, 0.5: 92.0, 0.9: 60.0}


def random(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def choice(explorer, name):
    """The levels of one granularity, (height, width)."""
    mask = explorer.data["panels"][0]
    size, index = mask["height"] * mask["width"], explorer.data["menus"][0]["choices"].index(name)
    levels = torch.frombuffer(bytearray(explorer.levels), dtype=torch.uint8)
    return levels[index * size : (index + 1) * size].reshape(mask["height"], mask["width"])


def test_four_weights_by_hand():
    # 4 s / 100 rounds to 1 from 13 % on, to 2 from 38 %, to 3 from 63 %, to 4 from 88 %.
    assert cut_levels(torch.tensor([3.0, 1.0, 2.0, 4.0])).tolist() == [63, 13, 38, 88]


@pytest.mark.parametrize("scores", [random(1), random(7), random(1000), torch.zeros(37), torch.ones(3, 5)])
def test_counts_are_exact_whatever_the_ties(scores):
    levels = cut_levels(scores)
    assert levels.shape == scores.shape
    for percent in range(101):
        assert (levels <= percent).sum() == round(percent / 100 * scores.numel()) == cut_counts(scores.numel())[percent]


@pytest.mark.parametrize("amount", [0.0, 0.1, 0.37, 0.5, 0.99, 1.0])
def test_masks_agree_with_torch_prune(amount):
    layer = torch.nn.Linear(48, 40, bias=False)
    explorer = MaskPainter(layer.weight)
    percent = round(100 * amount)
    single = prune.L1Unstructured(amount).compute_mask(layer.weight, torch.ones_like(layer.weight))
    neurons = prune.LnStructured(amount, n=1, dim=0).compute_mask(layer.weight, torch.ones_like(layer.weight))
    assert torch.equal(choice(explorer, "single weights") > percent, single.bool())
    assert torch.equal(choice(explorer, "neurons") > percent, neurons.bool())


def test_patterns_keep_the_largest_of_each_four_inputs():
    weight = random(6, 8, 3, 3)
    levels = pattern_levels(weight.abs())
    for percent, kept in ((25, 3), (50, 2), (75, 1), (100, 0)):
        groups = weight.abs().reshape(6, 2, 4, 3, 3)
        largest = torch.zeros_like(groups).scatter_(2, groups.topk(kept, dim=2).indices, 1).bool()
        assert torch.equal((levels > percent).reshape(groups.shape), largest)


def test_patterns_are_offered_only_where_four_divides_the_inputs():
    assert "N:M patterns" in MaskPainter(random(4, 8)).data["menus"][0]["choices"]
    assert MaskPainter(random(4, 6)).data["menus"][0]["choices"] == ["single weights", "neurons"]
    assert MaskPainter(random(4, 6, 3, 3)).data["menus"][0]["choices"] == ["single weights", "kernels", "filters"]


def test_a_convolution_lies_flat_with_whole_kernels():
    flat = plane(torch.arange(2 * 3 * 2 * 2).reshape(2, 3, 2, 2))
    assert flat.tolist() == [
        [0, 1, 4, 5, 8, 9],
        [2, 3, 6, 7, 10, 11],
        [12, 13, 16, 17, 20, 21],
        [14, 15, 18, 19, 22, 23],
    ]


def test_the_window_of_a_large_layer_is_named():
    assert plane(torch.zeros(300, 784)).shape == (256, 256)
    assert window_note(torch.Size([300, 784])) == "drawn: neurons 1 to 256 of 300, inputs 1 to 256 of 784"
    assert plane(torch.zeros(96, 20, 3, 3)).shape == (99, 60)
    assert window_note(torch.Size([96, 20, 3, 3])) == "drawn: filters 1 to 33 of 96"
    assert window_note(torch.Size([33, 20, 3, 3])) == ""
    assert plane(torch.zeros(200_000)).numel() <= 256**2
    assert window_note(torch.Size([200_000])) == "one weight in 4 is drawn"


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")  # torch warns once per process
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.int8])
def test_bytes_are_those_that_torch_stores(dtype):
    matrix = (random(12, 40) * 5).to(dtype) * (random(12, 40) > 0.5)
    coo, csr = matrix.to_sparse_coo().coalesce(), matrix.to_sparse_csr()
    kept = int((matrix != 0).sum())
    stored = {
        "dense": [matrix],
        "coo": [coo.indices(), coo.values()],
        "csr": [csr.crow_indices(), csr.col_indices(), csr.values()],
        "csr32": [csr.crow_indices().int(), csr.col_indices().int(), csr.values()],
    }
    for layout, parts in stored.items():
        expected = sum(part.numel() * part.element_size() for part in parts)
        assert stored_bytes(layout, 480, 12, kept, matrix.element_size()) == expected


def test_bitmask_and_two_to_four_by_hand():
    assert stored_bytes("bitmask", 64, 8, 10, 2) == 10 * 2 + 64 // 8
    assert stored_bytes("2:4", 64, 8, 32, 2) == 32 * 2 + 32 * 2 // 8
    assert stored_bytes("2:4", 64, 8, 33, 2) is None


@pytest.mark.parametrize("value", [1, 2, 4])
@pytest.mark.parametrize("layout", ["coo", "csr", "csr32", "bitmask"])
def test_break_even_is_where_the_sizes_cross(layout, value):
    elements, rows = 100_000, 100
    even = pays_from(layout, elements, rows, value)
    below, above = (elements - round((even + step) * elements) for step in (-0.001, 0.001))
    below, above = (stored_bytes(layout, elements, rows, kept, value) for kept in (below, above))
    assert above < elements * value
    assert below is None or below > elements * value


def test_a_format_that_never_pays_has_no_break_even():
    assert pays_from("csr", 10, 10, 4) is None
    HonestBytes(10, 10)


def test_interpolation_is_straight_and_ends_with_the_measurements():
    values = panels.interpolate({0.2: 90.0, 0.4: 80.0}, "accuracy")
    assert values[30] == 85.0
    assert (values[19], values[41]) == (None, None)
    assert panels.interpolate({0.505: 70.0}, "accuracy")[49:53] == [None, 70.0, 70.0, None]


def test_the_most_sensitive_layer_comes_first():
    explorer = SensitivityExplorer({"a": ACCURACY, "b": {0.0: 93.0, 0.9: 20.0}}, 93.0)
    rows = explorer.data["panels"][1]["variants"][0]["rows"]
    assert [row["cells"][0] for row in sorted(rows, key=lambda row: row["key"][90])] == ["b", "a"]
    assert explorer.data["summaries"][0][90] == "At 90 % sparsity, most sensitive b: accuracy 20.0 %, dense 93.0 %."


def test_the_threshold_is_the_largest_weight_cut():
    explorer = MagnitudeExplorer(torch.tensor([[0.1, -0.4], [0.3, -0.2]]), ACCURACY)
    thresholds = explorer.data["panels"][0]["variants"][0]["thresholds"]
    assert [thresholds[percent] for percent in (0, 25, 50, 100)] == pytest.approx([0, 0.1, 0.2, 0.4])


@pytest.mark.parametrize("weight", [torch.zeros(3, 4), torch.ones(1), random(2, 3).half(), random(1, 1, 5, 5).bool()])
def test_odd_weights_can_be_drawn(weight):
    assert "80%" in MagnitudeExplorer(weight, {0.0: 10.0}).alt


def test_views_that_require_gradients_can_be_drawn():
    MaskPainter(torch.nn.Linear(6, 4).weight.t())


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: MaskPainter(torch.zeros(2, 3, 4)), "shape (2, 3, 4)"),
        (lambda: MaskPainter(torch.zeros(0, 3)), "is empty"),
        (lambda: MaskPainter(torch.tensor([[torch.nan, 1.0]])), "nan"),
        (lambda: HonestBytes(10, 3), "10 elements do not fill 3 equal rows"),
        (lambda: HonestBytes(0, 1), "0 elements"),
        (lambda: MagnitudeExplorer(torch.ones(2, 2), {}), "accuracy is empty"),
        (lambda: MagnitudeExplorer(torch.ones(2, 2), {80: 91.0}), "sparsity from 0 to 1"),
        (lambda: MagnitudeExplorer(torch.ones(2, 2, 2), ACCURACY), "shape (2, 2, 2)"),
        (lambda: SensitivityExplorer({}, 93.0), "no curves"),
        (lambda: SensitivityExplorer({"conv1": {}}, 93.0), "The curve of conv1 is empty"),
        (lambda: SensitivityExplorer({"conv1": ACCURACY}, 930.0), "dense accuracy is 930"),
    ],
)
def test_bad_input_gets_one_sentence(make, sentence):
    with pytest.raises(ValueError, match=r"^[^\n]+\.$") as raised:
        make()
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    "explorer",
    [
        MaskPainter(random(512, 512, 3, 3)),
        HonestBytes(512 * 4608, 512),
        MagnitudeExplorer(random(512, 4608), ACCURACY),
        SensitivityExplorer({f"layer {i}": ACCURACY for i in range(16)}, 93.0),
    ],
    ids=lambda explorer: type(explorer).__name__,
)
def test_widget_state_stays_below_one_megabyte(explorer):
    state = explorer.get_state()
    levels = state.pop("levels")
    assert len(json.dumps(state, default=str)) + 4 / 3 * len(levels) < 1e6


@pytest.mark.middle
def test_an_export_shows_a_still_with_alternative_text(tmp_path):
    """nbconvert executes a notebook with the four explorers and exports it; real kernel, real exporter."""
    import jupytext

    nbformat.write(jupytext.read(Path(__file__).parent / "browser" / "explorers.py"), tmp_path / "explorers.ipynb")
    for options in (["notebook", "--execute", "--inplace"], ["html"]):
        command = [sys.executable, "-m", "nbconvert", "--to", *options, "explorers.ipynb"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=600)
    notebook = nbformat.read(tmp_path / "explorers.ipynb", 4)
    assert [output.name for cell in notebook.cells for output in cell.outputs if "name" in output] == []
    page = BeautifulSoup((tmp_path / "explorers.html").read_text(), "html.parser")
    stills = [image["alt"] for image in page.select("img.prunelab-still[src^='data:image/png']")]
    assert len(stills) == 4
    assert stills[0].startswith("Mask painter. Granularity single weights: Sparsity 50.0 %")
    assert stills[3].startswith("Sensitivity of layers. Layer all: At 80 % sparsity, most sensitive features.7")


SHAPES = {
    "halves": lambda sparsity, rounds: [(1 - sparsity) ** (r / rounds) for r in range(1, rounds + 1)],
    "one shot": lambda sparsity, rounds: [1 - sparsity] * rounds,
}


def test_the_designer_says_which_share_of_the_rest_each_round_cuts():
    explorer = ScheduleDesigner(SHAPES)
    kept, cut = (panel["variants"] for panel in explorer.data["panels"])
    twenty, four_rounds = FACTORS.index(20), 3
    assert [bar["values"][twenty] for bar in kept[four_rounds]["bars"]] == [47.29, 22.36, 10.57, 5.0]
    assert [bar["texts"][twenty] for bar in cut[four_rounds]["bars"]] == ["52.7 %"] * 4
    assert [bar["texts"][twenty] for bar in cut[10 + four_rounds]["bars"]] == ["95.0 %", "0.0 %", "0.0 %", "0.0 %"]
    assert explorer.alt.startswith("Schedule designer. Shape halves, Rounds 4: Kept 47.3%, 22.4%, 10.6%, 5.0%;")


@pytest.mark.parametrize("shares", [[0.5, 0.6], [0.5], [1.2, 0.1], [0.5, -0.1]])
def test_the_designer_names_an_invalid_shape(shares):
    with pytest.raises(ValueError, match=r"^crooked gives .* one share of all weights a round"):
        ScheduleDesigner({"crooked": lambda sparsity, rounds: shares})


def pruning_record(tests):
    """A record of two seeds, a network of two layers, two rounds; `tests` are the pruned accuracies [seed][round]."""
    kept = [{"a": 10, "b": 100}, {"a": 8, "b": 47}, {"a": 6, "b": 5}]
    seeds = []
    for values in tests:
        rounds = [{"kept": counts, "test": test} for counts, test in zip(kept, values, strict=True)]
        seeds.append({"pruned": rounds, "random": rounds, "dense": [{"test": 91.0}] * 3})
    return {"settings": {"factors": [2, 10]}, "seeds": seeds}


def test_kept_weights_are_means_over_the_seeds_with_their_interval():
    explorer = KeptWeights({"toy": pruning_record([[90.0, 91.0, 89.0], [90.0, 93.0, 91.0]])})
    bars, lines = (panel["variants"][0] for panel in explorer.data["panels"])
    assert [bar["values"] for bar in bars["bars"]] == [[100, 80, 60], [100, 47, 5]]
    by_magnitude, _, dense = lines["series"]
    assert by_magnitude["values"] == [90, 92, 90]
    assert by_magnitude["spread"] == pytest.approx([0, 12.706, 12.706], abs=1e-3)  # t for one degree of freedom
    assert dense["values"] == [91, 91, 91]
    assert explorer.data["summaries"][0][1].startswith("2x fewer weights: 92.00 ± 12.71 % pruned, ")


def test_records_of_different_lengths_share_no_slider():
    short = pruning_record([[90.0, 91.0, 92.0]] * 2)
    longer = short | {"settings": {"factors": [2, 5, 10]}}
    with pytest.raises(ValueError, match="different numbers of rounds"):
        KeptWeights({"a": short, "b": longer})


def test_tickets_are_compared_seed_by_seed():
    def arm(*tests):
        return [{"test": test} for test in tests]

    seeds = [
        {
            "dense": {"test": 88.0},
            "rewind": {"0": {"ticket": arm(87.0 + d), "re-initialised": arm(86.0 + d), "shuffled": arm(85.0 - d)}},
            "learning rate": arm(88.0),
        }
        for d in (0.0, 2.0)
    ]
    settings = {"rewind": [0], "keep": 0.5, "rounds": 1}
    explorer = TicketExplorer({"settings": settings, "seeds": seeds})
    rows = {row["cells"][0]: row["cells"] for row in explorer.data["panels"][1]["variants"][0]["rows"]}
    assert rows["re-initialised"][2][1] == "-1.00 ± 0.00"  # paired: the seeds' own spread is gone
    assert rows["ticket"][1][1] == "88.00 ± 12.71 %"
    assert explorer.data["slider"]["texts"] == ["100 %", "50 %"]


def slimming_record():
    """A record of two seeds, two penalties, two shares, a network of two layers."""

    def small(channels, parameters, test):
        return {"channels": channels, "parameters": parameters, "macs": 2 * parameters, "test": test}

    seeds = []
    for luck in (0.0, 1.0):
        whole, half = small({"a": 4, "b": 10}, 1000, 90 + luck), small({"a": 1, "b": 6}, 250, 50 + luck)
        cuts = {penalty: {"cut": [whole, half]} for penalty in ("0", "0.001")}
        seeds.append({"penalties": cuts, "retrained": [whole, half | {"test": 89 + luck}], "dense": whole})
    settings = {"penalties": [0, 0.001], "penalty": 0.001, "shares": [0.0, 0.5], "share": 0.5}
    return {"settings": settings, "seeds": seeds}


def test_slimming_shows_the_retrained_network_for_the_main_penalty_alone():
    explorer = SlimmingExplorer(slimming_record())
    lines, bars, table = (panel["variants"] for panel in explorer.data["panels"])
    assert [curve["label"] for curve in lines[0]["series"]] == ["as cut", "dense"]
    cut, retrained, dense = lines[1]["series"]
    assert (cut["values"], retrained["values"], dense["values"]) == ([90.5, 50.5], [90.5, 89.5], [90.5, 90.5])
    assert cut["spread"] == pytest.approx([6.353, 6.353], abs=1e-3)  # t for one degree of freedom
    assert [bar["values"] for bar in bars[1]["bars"]] == [[100, 25], [100, 60]]
    assert [row["cells"][2][1] for row in table[1]["rows"]] == ["25.0 %", "25.0 %"]
    assert explorer.alt.endswith(
        "50 % of the channels cut: 25.0 % of the parameters left, 50.50 % as cut, 89.50 % retrained."
    )


def stages(shares):
    """Two stages: the parameters are the product of the kept fractions, one millisecond per channel of the second."""
    return {
        (first, second): {"parameters": 1000 * first * second, "macs": 1, "predicted": second, "measured": 2 * second}
        for first, second in shares
    }


def test_stages_are_shown_against_the_whole_network():
    explorer = StageExplorer(stages(itertools.product((0.5, 1.0), repeat=2)), name="toy")
    bars, table = (panel["variants"] for panel in explorer.data["panels"])
    assert [bar["values"] for bar in bars[0]["bars"]] == [[25, 50], [100, 100], [50, 100], [50, 100]]
    assert [bar["values"][1] for bar in bars[1]["bars"]] == [100] * 4
    assert [row["cells"][1][0] for row in table[0]["rows"]] == ["250", "1", "500.00 ms", "1000.00 ms"]
    assert explorer.data["menus"][0]["choices"] == explorer.data["slider"]["texts"] == ["50 %", "100 %"]


def test_a_combination_of_stages_that_was_not_measured_is_named():
    with pytest.raises(ValueError, match=r"nothing for \(0.5, 0.5\)"):
        StageExplorer(stages([(0.5, 1.0), (1.0, 0.5), (1.0, 1.0)]), name="toy")


def test_speed_stands_beside_the_promise_of_the_macs():
    one = {"masked": {0.0: 1.0, 0.5: 1.0}, "rows removed": {0.0: 1.0, 0.5: 1.8}}
    many = {"masked": {0.0: 1.0, 0.5: 0.9}, "rows removed": {0.0: 1.0, 0.5: 1.9}}
    explorer = SpeedExplorer({"1": one, "64": many}, name="toy")
    lines, table = explorer.data["panels"]
    promise, masked, removed = lines["variants"][0]["series"]
    assert (promise["values"][25], promise["dashed"]) == (0.1249, True)  # the axis has logarithms: of 100 / 75
    assert promise["values"][90] is None  # out of the picture
    assert (masked["values"][50], removed["values"][25], removed["values"][51]) == (0.0, 0.1461, None)  # 1, 1.4
    assert lines["variants"][0]["series"][2]["values"] != lines["variants"][1]["series"][2]["values"]
    assert [row["cells"][1][50] for row in table["variants"][1]["rows"]] == ["2.0x", "0.90x", "1.90x"]
    assert table["variants"][1]["rows"][2]["cells"][2][50] == "95%"
    assert explorer.data["summaries"][0][50] == "50 % gone: masked 1.00x, rows removed 1.80x; the MACs promise 2.0x."
    assert explorer.data["summaries"][0][60] == "60 % gone: not measured."


def test_every_batch_has_the_same_ways():
    with pytest.raises(ValueError, match=r"Batch 64 has \['CSR'\]"):
        SpeedExplorer({"1": {"masked": {0.0: 1.0}}, "64": {"CSR": {0.0: 1.0}}}, name="toy")


def test_criteria_are_ranked_by_loss_and_by_the_truth():
    weights, truth = torch.tensor([[0.1, -0.4], [0.3, -0.2]]), torch.tensor([0.0, 3.0, 1.0, 2.0])
    scores = {"magnitude": weights.abs().flatten(), "backwards": -truth}
    losses = {"magnitude": [0.5, 0.6, 1.0], "backwards": [0.5, 4.0, 2.0]}
    explorer = CriteriaExplorer(weights, truth, scores=scores, losses=losses, shares=[0.0, 0.5, 0.9])
    lines, picture, table = explorer.data["panels"]
    muted, chosen = lines["variants"][0]["series"]  # magnitude is chosen
    assert (muted["label"], muted["tone"], chosen["tone"]) == ("backwards", "muted", "kept")
    assert chosen["values"][50] == 0.6
    assert (chosen["values"][91], muted["values"][50]) == (None, None)  # not measured, and out of the picture
    assert (picture["height"], picture["width"], len(explorer.levels)) == (2, 2, 2 * 4)
    best, worst = table["variants"][0]["rows"]
    assert [cell if isinstance(cell, str) else cell[50] for cell in best["cells"]] == ["magnitude", "0.600", "0.80"]
    assert [cell if isinstance(cell, str) else cell[91] for cell in worst["cells"]] == [
        "backwards",
        "not measured",
        "-1.00",
    ]
    assert explorer.data["summaries"][1][50] == "50 % cut by backwards: loss 4.000; lowest by magnitude, 0.600."


def test_a_criterion_without_its_losses_is_named():
    weights = torch.ones(1, 2)
    wrong = [
        ({"a": torch.ones(2)}, {"b": [1.0]}, "'a' is not in both"),
        ({"a": torch.ones(3)}, {"a": [1.0]}, "3 scores for 2 weights"),
        ({"a": torch.ones(2)}, {"a": [1.0, 2.0]}, "2 losses for 1 shares"),
    ]
    for scores, losses, sentence in wrong:
        with pytest.raises(ValueError, match=sentence):
            CriteriaExplorer(weights, torch.ones(2), scores=scores, losses=losses, shares=[0.0])


def language_record():
    """Two seeds of a model with two blocks of two heads, pruned by one method, perplexities 10 to 100."""

    def seed(more):
        rows = {
            name: {"perplexity": value + more, "text": f"text {name}"}
            for name, value in (("20 %", 12.0), ("50 %", 30.0), ("2:4", 70.0))
        }
        order = {"scores": [[4.0, 1.0], [2.0, 3.0]], "perplexity": [10.0, 20.0 + more]}
        reverse = {"scores": [[1.0, 4.0], [3.0, 2.0]], "perplexity": [10.0, 100.0 + more]}
        heads = {"least important first": order, "most important first": reverse}
        return {"dense": {"perplexity": 10.0, "text": "whole"}, "sparse": {"Wanda": rows}, "heads": heads}

    patterns = {"20 %": 0.2, "50 %": 0.5, "2:4": [2, 4]}
    settings = {"patterns": patterns, "methods": ["Wanda"], "heads": [0.0, 0.5], "prompt": "A list"}
    return {"settings": settings, "seeds": [seed(0.0), seed(2.0)]}


def test_heads_are_pruned_in_the_order_of_their_scores():
    explorer = HeadExplorer(language_record())
    picture, lines = explorer.data["panels"]
    assert (picture["height"], picture["width"], len(explorer.levels)) == (2, 2, 2 * 4)
    first = torch.frombuffer(bytearray(explorer.levels[:4]), dtype=torch.uint8)
    assert first.tolist() == [88, 13, 38, 63]  # the smallest score is pruned first
    dense, muted, chosen = lines["variants"][0]["series"]
    assert (dense["values"][0], chosen["label"], muted["tone"]) == (1.0, "least important first", "muted")
    # The seeds' means are 10, 11 and 21: the picture has their logarithms, straight lines between them.
    assert [chosen["values"][percent] for percent in (0, 25, 50)] == pytest.approx([1.0, 1.1611, 1.3222], abs=1e-4)
    assert chosen["values"][51] is None  # not measured
    assert lines["variants"][0]["ticks"] == [1, 2, 3]  # an axis of powers of ten
    assert explorer.data["summaries"][1][50] == "50 % of the heads pruned, most important first: perplexity 101.0."


@pytest.mark.parametrize("kind", [HeadExplorer, PerplexityExplorer])
def test_a_still_has_an_axis_of_powers(kind):
    explorer = kind(language_record())
    fig = still(explorer.data, explorer.levels)
    axes = fig.axes[-1]
    assert [label.get_text() for label in axes.get_yticklabels()][:2] == ["10", "100"]
    plt.close(fig)


def test_names_of_many_curves_lie_beside_each_other():
    """Curves that end at the same place, before the end of the axis, at nearly the same height."""
    curves = {f"layer {number}": {0.0: 93.0, 0.9: 90.0 + number / 10} for number in range(13)}
    explorer = SensitivityExplorer(curves, 93.0)
    fig = still(explorer.data, explorer.levels)
    fig.canvas.draw()  # which arranges the panels
    names = [Text.get_window_extent(name) for name in fig.axes[0].texts]  # without the lines to the curves
    title = fig.axes[1].title.get_window_extent()
    table = fig.axes[1].tables[0].get_window_extent(fig.canvas.get_renderer())
    assert len(names) == 14
    assert not any(one.overlaps(other) for one, other in itertools.combinations(names, 2))
    assert not title.overlaps(table)
    plt.close(fig)


def test_a_pruned_language_model_shows_its_words():
    explorer = PerplexityExplorer(language_record())
    lines, table = explorer.data["panels"]
    assert explorer.data["slider"]["texts"] == ["20 %", "50 %"]  # 2:4 is no place on the axis
    assert lines["variants"][0]["series"][1]["values"] == pytest.approx([1.1139, 1.4914], abs=1e-4)  # of 13 and 31
    dense, wanda = table["variants"][0]["rows"]
    assert dense["cells"][0] == ["dense: whole"] * 2
    assert wanda["cells"] == [["Wanda: text 20 %", "Wanda: text 50 %"], ["12.0", "30.0"]]
    assert explorer.alt.endswith("Method Wanda: 50 % of the weights zero, Wanda: perplexity 31.0.")


def test_a_budget_shows_the_best_within_it():
    points = [
        {"label": "weights", "lost": 0.5, "bytes": 100.0, "MACs": None},
        {"label": "weights", "lost": -0.2, "bytes": 1000.0, "MACs": None},
        {"label": "yours", "lost": 1.5, "bytes": 20.0, "MACs": 50.0},
    ]
    explorer = ParetoExplorer(points, ("bytes", "MACs"), mine="yours", start=100)
    texts, start = explorer.data["slider"]["texts"], explorer.data["slider"]["start"]
    assert (texts[0], texts[-1], texts[start]) == ("10", "1,000", "100")
    weights, yours = explorer.data["panels"][0]["variants"][0]["bars"]
    assert [weights["values"][place] for place in (0, start, -1)] == [0.0, 0.5, 0.0]
    assert [weights["texts"][place] for place in (0, start, -1)] == ["nothing fits", "+0.50", "-0.20"]
    assert (yours["texts"][0], yours["texts"][start], yours["tone"]) == ("nothing fits", "+1.50", "pruned")
    by_macs = explorer.data["panels"][0]["variants"][1]["bars"]
    assert set(by_macs[0]["texts"]) == {"nothing fits"}  # masks save no MACs
    assert explorer.data["summaries"][0][0] == "Nothing fits."
    assert explorer.data["summaries"][0][-1] == "2 of 2 fit; weights loses least, -0.20 points."


def test_a_cost_that_no_point_has_is_named():
    with pytest.raises(ValueError, match=r"No point has MACs; give points with every cost\."):
        ParetoExplorer([{"label": "a", "lost": 0.0, "bytes": 5.0, "MACs": None}], ("bytes", "MACs"), mine="a")
