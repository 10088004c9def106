"""The headline results of the course beside the published ones, read from data/results/."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from prunelab.results import damage_avoided, load_results, mean_interval

HAN = "Han et al. 2015, table 1"
FRANKLE = "Frankle & Carbin 2019"
FRANKLE_2020 = "Frankle et al. 2020"
PRUNED = {  # the label of each network, and what was published: how many times fewer weights, and the error
    "alexnet": ("AlexNet", 9, f"9x, top-1 error 42.78 to 42.77 % on ImageNet ({HAN})"),
    "vgg": ("VGG", 13, f"VGG-16: 13x, top-1 error 31.50 to 31.34 % on ImageNet ({HAN})"),
    "lenet300": ("LeNet-300-100", 12, f"12x, error 1.64 to 1.59 % on MNIST ({HAN})"),
    "lenet5": ("LeNet-5", 12, f"12x, error 0.80 to 0.77 % on MNIST ({HAN})"),
}
LIU, LI = "Liu et al. 2017, table 1", "Li et al. 2017, table 1"
SUN, BOZA = "README of Sun et al. 2024", "Boža 2024"


@dataclass(frozen=True)
class Row:
    """One claim, and whether it holds; `source` is the file that has every seed."""

    claim: str
    ours: str
    interval: str
    published: str
    source: str
    dataset: str
    met: bool


@dataclass(frozen=True)
class Cut:
    """A network that lost channels: which, where its record is, what was published and how much must be gone.

    `parameters` and `macs` are the shares that must be removed, `loss` the points that it may cost.
    """

    label: str
    run: str
    published: str
    parameters: float
    macs: float
    loss: float = 0.0


PERCEPTRON = "MLP 784-500-300-10, slimmed"
PERCEPTRON_PUBLISHED = f"84.4 % of parameters, error +0.06 points on MNIST ({LIU})"
CUTS = [
    Cut("VGG, slimmed", "slimming-vgg", f"88.5 % of parameters, 51 % of MACs, error -0.14 points on CIFAR-10 ({LIU})",
        0.885, 0.51),
    Cut(PERCEPTRON, "slimming-mlp-mnist", PERCEPTRON_PUBLISHED, 0.844, 0, 0.06),
    Cut(PERCEPTRON, "slimming-mlp", PERCEPTRON_PUBLISHED, 0.844, 0, 0.06),
    Cut("VGG, L1 filters", "filters-vgg", "VGG-16: 64 % of parameters, 34 % of MACs, error -0.15 points on CIFAR-10 "
        f"({LI})", 0.64, 0.34),
]  # fmt: skip
LLAMA_2_7B = {  # perplexity on WikiText, README of the repository of Sun et al. 2024; dense: DENSE_LLAMA_2_7B
    "50 %": {"magnitude": 14.89, "Wanda": 6.42, "SparseGPT": 6.51},
    "2:4": {"magnitude": 54.59, "Wanda": 11.02, "SparseGPT": 10.17},
}
DENSE_LLAMA_2_7B = 5.12


@dataclass(frozen=True)
class Claim:
    """What is to be measured, what was published, and when the claim holds.

    `holds` gets the mean of the paired differences and half the width of their 95 % interval.
    """

    words: str
    published: str
    holds: Callable[[float, float], bool]


def scoreboard() -> list[Row]:
    """All rows; raise DataNotFound if a record is missing."""
    pruned = [row for network in PRUNED for row in pruning_rows(network)]
    cuts = (row for cut in CUTS for row in cut_rows(cut))
    return [*pruned, gap_row(), *ticket_rows(), *cuts, *language_rows()]


def compared(run: str, claim: Claim, pairs: Sequence[tuple[float, float]]) -> Row:
    """The row for a claim about `pairs`, (ours, baseline) of each seed of a run, in per cent or points."""
    record = load_results(run)
    mean, half = mean_interval([ours - baseline for ours, baseline in pairs])
    ours, baseline = (sum(values) / len(values) for values in zip(*pairs, strict=True))
    return Row(
        claim=claim.words,
        ours=f"{ours:.2f} against {baseline:.2f}",
        interval=f"{mean:+.2f} ± {half:.2f} (95 %, {len(pairs)} seeds)",
        published=claim.published,
        source=f"data/results/{run}.json",
        dataset=record["dataset"],
        met=claim.holds(mean, half),
    )


def pruning_rows(network: str) -> list[Row]:
    """Test accuracy against dense networks with as many steps.

    After the same rounds without a cut: at the main size no lower, at the smallest within 0.5 points. And at the main
    size no lower than a dense network that had all these steps in one fall of the learning rate. Last, how small a
    network may be at no loss: against those rounds and, which is what was published, against itself before any cut.
    """
    label, _, published = PRUNED[network]
    run = f"iterative-{network}"
    record = load_results(run)
    factors, main = record["settings"]["factors"], record["settings"]["main"]
    goals = [
        (main, "dense", 0.0, "no less accurate than dense after the same rounds"),
        (factors[-1], "dense", -0.5, "within 0.5 points of dense after the same rounds"),
        (main, "one cycle", 0.0, "no less accurate than dense with all steps in one cycle"),
    ]
    rows = []
    for factor, rival, least, words in goals:
        claim = Claim(f"{label}, {factor}x fewer weights: {words}", published, lambda mean, _, low=least: mean >= low)
        rows.append(compared(run, claim, paired_tests(record, factor, rival)))
    rivals = {"dense": "dense after the same rounds", "start": "itself before the first cut"}
    return [*rows, *(largest_row(network, *rival) for rival in rivals.items())]


def largest_row(network: str, rival: str, meaning: str) -> Row:
    """How many times fewer weights cost nothing against a rival: at least the published factor?"""
    label, goal, published = PRUNED[network]
    run = f"iterative-{network}"
    record = load_results(run)
    pairs = {factor: paired_tests(record, factor, rival) for factor in record["settings"]["factors"]}
    kept = [factor for factor, tests in pairs.items() if sum(a - b for a, b in tests) >= 0]
    largest = max(kept, default=min(pairs))
    words = f"{label}, {goal}x fewer weights or more: no less accurate than {meaning}"
    row = compared(run, Claim(words, published, lambda mean, _: mean >= 0 and largest >= goal), pairs[largest])
    return replace(row, ours=f"{row.ours} at {largest}x")


def paired_tests(record: dict, factor: int, rival: str) -> list[tuple[float, float]]:
    """Test accuracies of each seed: pruned by a factor, and its rival; "start" is the network before any cut."""
    number = record["settings"]["factors"].index(factor) + 1
    pairs = []
    for seed in record["seeds"]:
        others = {"one cycle": seed["one cycle"], "start": seed["pruned"][0], "dense": seed["dense"][number]}
        pairs.append((seed["pruned"][number]["test"], others[rival]["test"]))
    return pairs


def gap_row() -> Row:
    """Training minus validation accuracy on a small training set, with a hundredth of the weights and with all."""
    record = load_results("gap-lenet300")
    hundredth, full = (record["settings"]["shares"].index(share) for share in (0.01, 1.0))

    def gap(point: dict[str, float]) -> float:
        return point["train"] - point["validation"]

    pairs = [(gap(seed["clean"][hundredth]), gap(seed["clean"][full])) for seed in record["seeds"]]
    words = "LeNet-300-100 on 1,000 images: smaller gap of training to validation with 1 % of the weights"
    return compared("gap-lenet300", Claim(words, "none", lambda mean, half: mean + half < 0), pairs)


def ticket_rows() -> list[Row]:
    """Tickets of 10 to 20 % of the weights against re-initialised ones, and late against early rewinding."""
    record = load_results("tickets-lenet300")
    keep, rounds = record["settings"]["keep"], record["settings"]["rounds"]
    published = f"winning tickets of 10 to 20 % of the weights, or fewer ({FRANKLE})"
    rows = []
    for number in (number for number in range(rounds) if 0.1 <= keep ** (number + 1) <= 0.2):
        arms = [seed["rewind"]["0"] for seed in record["seeds"]]
        pairs = [(arm["ticket"][number]["test"], arm["re-initialised"][number]["test"]) for arm in arms]
        words = f"LeNet-300-100, ticket of {keep ** (number + 1):.0%} of the weights: ahead of re-initialised"
        rows.append(compared("tickets-lenet300", Claim(words, published, _ahead), pairs))
    return [*rows, late_row()]


def late_row() -> Row:
    """The smallest tickets of VGG, rewound to the latest step of the record and to step 0."""
    record = load_results("tickets-vgg")
    settings = record["settings"]
    step, share = max(settings["rewind"]), settings["keep"] ** settings["rounds"]
    pairs = [tuple(seed["rewind"][str(k)]["ticket"][-1]["test"] for k in (step, 0)) for seed in record["seeds"]]
    words = f"VGG, ticket of {share:.1%} of the weights: rewound to step {step}, ahead of step 0"
    return compared("tickets-vgg", Claim(words, f"larger networks need it ({FRANKLE_2020})", _ahead), pairs)


def cut_rows(cut: Cut) -> list[Row]:
    """Test accuracy after the retraining against three networks with as many steps: see recipes/channels.py."""
    record = load_results(cut.run)
    small = [_main_cut(seed, record["settings"]) for seed in record["seeds"]]
    gone = {kind: 1 - _mean(one[kind] / seed["dense"][kind] for one, seed in zip(small, record["seeds"], strict=True))
            for kind in ("parameters", "macs")}  # fmt: skip
    enough = gone["parameters"] >= cut.parameters and gone["macs"] >= cut.macs
    size = f"{cut.label}, {gone['parameters']:.1%} of parameters and {gone['macs']:.1%} of MACs removed"
    rivals = {
        "dense": "dense after the same two cycles",
        "one cycle": "dense with all steps in one cycle",
        "scratch": "the small network from scratch",
    }
    rows = []
    for rival, words in rivals.items():
        pairs = [(one["test"], seed[rival]["test"]) for one, seed in zip(small, record["seeds"], strict=True)]
        claim = Claim(
            f"{size}: no less accurate than {words}", cut.published, lambda mean, _: enough and mean >= -cut.loss
        )
        rows.append(compared(cut.run, claim, pairs))
    return rows


def language_rows() -> list[Row]:
    """The share of magnitude's damage that a method avoids on SmolLM2-135M, against that on LLaMA-2-7B, in per cent."""
    seeds = load_results("language")["seeds"]
    rows = []
    for pattern, published in LLAMA_2_7B.items():
        for method in ("Wanda", "SparseGPT"):
            theirs = 100 * damage_avoided(published[method], published["magnitude"], DENSE_LLAMA_2_7B)
            pairs = [(_avoided(seed, method, pattern), theirs) for seed in seeds]
            words = f"SmolLM2-135M, {pattern}: {method} avoids as much of magnitude's damage as on LLaMA-2-7B"
            claim = Claim(words, f"{published[method]} of {published['magnitude']} ({SUN})", lambda mean, _: mean >= 0)
            rows.append(compared("language", claim, pairs))
    pairs = [(_avoided(seed, "ADMM", "50 %"), _avoided(seed, "SparseGPT", "50 %")) for seed in seeds]
    words = "SmolLM2-135M, 50 %: ADMM avoids more of magnitude's damage than SparseGPT"
    return [*rows, compared("language", Claim(words, f"so on LLaMA and LLaMA-2 ({BOZA})", _ahead), pairs)]


def _avoided(seed: dict, method: str, pattern: str) -> float:
    found = [seed["sparse"][name][pattern]["perplexity"] for name in (method, "magnitude")]
    return 100 * damage_avoided(*found, seed["dense"]["perplexity"])


def _main_cut(seed: dict, settings: dict) -> dict:
    """The retrained network of one seed at the record's main share."""
    place = settings["shares"].index(settings["share"])
    return seed["retrained"][place] if "retrained" in seed else seed["l1"][place]["retrained"]


def _mean(values: Iterable[float]) -> float:
    values = list(values)
    return sum(values) / len(values)


def _ahead(mean: float, half: float) -> bool:
    return mean > half
