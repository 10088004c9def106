"""Single weights: iterative pruning, overfitting and lottery tickets (labs 03 and 04)."""

from dataclasses import replace

from prunelab.records import Gap, GapPoint, Iterative, Tickets
from prunelab.results import load_results
from prunelab.scoreboard.rows import Claim, Row, ahead, compare

HAN = "Han et al. 2015, table 1"
FRANKLE = "Frankle & Carbin 2019"
FRANKLE_2020 = "Frankle et al. 2020"
PRUNED = {  # the label of each network, and what was published: how many times fewer weights, and the error
    "alexnet": ("AlexNet", 9, f"9x, top-1 error 42.78 to 42.77 % on ImageNet ({HAN})"),
    "vgg": ("VGG", 13, f"VGG-16: 13x, top-1 error 31.50 to 31.34 % on ImageNet ({HAN})"),
    "lenet300": ("LeNet-300-100", 12, f"12x, error 1.64 to 1.59 % on MNIST ({HAN})"),
    "lenet5": ("LeNet-5", 12, f"12x, error 0.80 to 0.77 % on MNIST ({HAN})"),
}


def pruning_rows(network: str) -> list[Row]:
    """Test accuracy against dense networks with as many steps.

    After the same rounds without a cut: at the main size no lower, at the smallest within 0.5 points. And at the main
    size no lower than a dense network that had all these steps with one decay of the learning rate. Last, how small a
    network may be at no loss: against those rounds and, which is what was published, against itself before any cut.
    """
    label, _, published = PRUNED[network]
    run = f"iterative-{network}"
    record = load_results(run, Iterative)
    factors, main = record["settings"]["factors"], record["settings"]["main"]
    goals = [
        (main, "dense", 0.0, "no less accurate than dense after the same rounds"),
        (factors[-1], "dense", -0.5, "within 0.5 points of dense after the same rounds"),
        (main, "one cycle", 0.0, "no less accurate than dense with all steps in one cycle"),
    ]
    rows = []
    for factor, baseline, least, words in goals:
        claim = Claim(f"{label}, {factor}x fewer weights: {words}", published, lambda mean, _, low=least: mean >= low)
        rows.append(compare(run, claim, paired_tests(record, factor, baseline)))
    baselines = {"dense": "dense after the same rounds", "start": "itself before the first cut"}
    return [*rows, *(largest_row(network, *baseline) for baseline in baselines.items())]


def largest_row(network: str, baseline: str, meaning: str) -> Row:
    """How many times fewer weights cost nothing against a baseline: at least the published factor?"""
    label, goal, published = PRUNED[network]
    run = f"iterative-{network}"
    record = load_results(run, Iterative)
    pairs = {factor: paired_tests(record, factor, baseline) for factor in record["settings"]["factors"]}
    kept = [factor for factor, tests in pairs.items() if sum(a - b for a, b in tests) >= 0]
    largest = max(kept, default=min(pairs))
    words = f"{label}, {goal}x fewer weights or more: no less accurate than {meaning}"
    row = compare(run, Claim(words, published, lambda mean, _: mean >= 0 and largest >= goal), pairs[largest])
    return replace(row, ours=f"{row.ours} at {largest}x")


def paired_tests(record: Iterative, factor: int, baseline: str) -> list[tuple[float, float]]:
    """Test accuracies of each seed: pruned by a factor, and its baseline; "start" is the network before any cut."""
    number = record["settings"]["factors"].index(factor) + 1
    pairs = []
    for seed in record["seeds"]:
        others = {"one cycle": seed["one cycle"], "start": seed["pruned"][0], "dense": seed["dense"][number]}
        pairs.append((seed["pruned"][number]["test"], others[baseline]["test"]))
    return pairs


def gap_row() -> Row:
    """Training minus validation accuracy on a small training set, with a hundredth of the weights and with all."""
    record = load_results("gap-lenet300", Gap)
    hundredth, full = (record["settings"]["shares"].index(fraction) for fraction in (0.01, 1.0))

    def gap(point: GapPoint) -> float:
        return point["train"] - point["validation"]

    pairs = [(gap(seed["clean"][hundredth]), gap(seed["clean"][full])) for seed in record["seeds"]]
    words = "LeNet-300-100 on 1,000 images: smaller gap of training to validation with 1 % of the weights"
    return compare("gap-lenet300", Claim(words, "none", lambda mean, half: mean + half < 0), pairs)


def ticket_rows() -> list[Row]:
    """Tickets of 10 to 20 % of the weights against re-initialised ones, and late against early rewinding."""
    record = load_results("tickets-lenet300", Tickets)
    keep, rounds = record["settings"]["keep"], record["settings"]["rounds"]
    published = f"winning tickets of 10 to 20 % of the weights, or fewer ({FRANKLE})"
    rows = []
    for number in (number for number in range(rounds) if 0.1 <= keep ** (number + 1) <= 0.2):
        arms = [seed["rewind"]["0"] for seed in record["seeds"]]
        pairs = [(arm["ticket"][number]["test"], arm["re-initialised"][number]["test"]) for arm in arms]
        words = f"LeNet-300-100, ticket of {keep ** (number + 1):.0%} of the weights: ahead of re-initialised"
        rows.append(compare("tickets-lenet300", Claim(words, published, ahead), pairs))
    return [*rows, late_row()]


def late_row() -> Row:
    """The smallest tickets of VGG, rewound to the latest step of the record and to step 0."""
    record = load_results("tickets-vgg", Tickets)
    settings = record["settings"]
    step, kept = max(settings["rewind"]), settings["keep"] ** settings["rounds"]
    arms = [seed["rewind"] for seed in record["seeds"]]
    pairs = [(arm[f"{step}"]["ticket"][-1]["test"], arm["0"]["ticket"][-1]["test"]) for arm in arms]
    words = f"VGG, ticket of {kept:.1%} of the weights: rewound to step {step}, ahead of step 0"
    return compare("tickets-vgg", Claim(words, f"larger networks need it ({FRANKLE_2020})", ahead), pairs)
