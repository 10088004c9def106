"""The shape of every record under data/results/, by the first word of its name; a record may have more than is listed.

Accuracies are in per cent, fractions from 0 to 1, sizes in bytes or counts, times in seconds. `results.load_results`
reads and checks records.
"""

from typing import NotRequired

from typing_extensions import TypedDict  # which pydantic needs before Python 3.12


class Record(TypedDict):
    """What ran, and on what; each kind adds its settings, and what each seed gave."""

    dataset: str
    command: str
    versions: dict[str, str]
    device: NotRequired[str]  # older records, without it, are of the CPU
    bf16: bool
    threads: int


class SeedRun(TypedDict):
    """What all seeds have; `seconds` is how long it took."""

    seed: int
    date: str
    seconds: float


class Accuracies(TypedDict):
    """In per cent, on two splits."""

    validation: float
    test: float


class Masked(Accuracies):
    """A network some of whose weights are zero: weights kept by layer, bytes by layout."""

    steps: int
    kept: dict[str, int]
    bytes: dict[str, int]


class IterativeSettings(TypedDict):
    """`factors` are how many times fewer weights after each round; `main` is the one that claims are about."""

    network: str
    factors: list[int]
    epochs: list[int]
    main: int


MaskedOneCycle = TypedDict("MaskedOneCycle", {"one cycle": Masked})  # keys with blanks have no other form


class IterativeSeed(SeedRun, MaskedOneCycle):
    """One network before the first cut and after each round, beside those that trained as long."""

    pruned: list[Masked]
    dense: list[Masked]
    random: list[Masked]
    small: Masked


class GapSettings(TypedDict):
    """`shares` are the fractions of the weights that are kept."""

    network: str
    images: int
    noise: float
    shares: list[float]


class GapPoint(TypedDict):
    """Accuracies with a fraction of the weights."""

    share: float
    train: float
    validation: float


class GapSeed(SeedRun):
    """One point for each fraction, with clean labels and with noisy ones."""

    clean: list[GapPoint]
    noisy: list[GapPoint]


class Sliced(Accuracies):
    """A network without some of its channels: those left by layer, and what it costs."""

    channels: dict[str, int]
    parameters: int
    macs: int


class Retrained(Sliced):
    """The same before and after it trained again."""

    retrained: Sliced


class SlicedSettings(TypedDict):
    """`shares` are the fractions of the channels that go; `share` is the one that claims are about."""

    network: str
    shares: list[float]
    share: float


class Penalty(TypedDict):
    """The scaling factors by layer after training with a penalty, and the networks cut by them."""

    factors: dict[str, list[float]]
    cut: list[Sliced]


SlicedOneCycle = TypedDict("SlicedOneCycle", {"one cycle": Sliced})
NoPenalty = TypedDict("NoPenalty", {"no penalty": Sliced})


class Controls(SeedRun, SlicedOneCycle):
    """The networks that trained as long as a sliced one."""

    dense: Sliced
    scratch: Sliced


class SlimmingSeed(Controls, NoPenalty):
    """One VGG or MLP: each penalty, and each fraction retrained."""

    penalties: dict[str, Penalty]
    retrained: list[Sliced]
    random: Sliced


class FiltersSeed(Controls):
    """One VGG, cut by each ranking of its filters, for each fraction."""

    l1: list[Retrained]
    largest: list[Retrained]
    first: list[Retrained]
    random: list[Retrained]


class Ticket(Accuracies):
    """A trained subnetwork: validation loss by step, weights kept by layer."""

    losses: dict[str, float]
    kept: dict[str, int]


class TicketSettings(TypedDict):
    """`keep` of the weights stay in each round; `rewind` are the steps gone back to."""

    network: str
    keep: float
    rounds: int
    rewind: list[int]


LearningRate = TypedDict("LearningRate", {"learning rate": list[Ticket]})


class TicketSeed(SeedRun, LearningRate):
    """Tickets of each round by the step of rewinding and by arm: ticket, re-initialised, shuffled."""

    dense: Ticket
    rewind: dict[str, dict[str, list[Ticket]]]


class LanguageSettings(TypedDict):
    """What was pruned: patterns by name, methods."""

    model: str
    methods: list[str]


class Perplexity(TypedDict):
    """On the evaluation text, and what the model writes."""

    perplexity: float
    text: str


class Heads(TypedDict):
    """The score of each head by layer, and the perplexity as heads are removed in one order."""

    scores: list[list[float]]
    perplexity: list[float]


class LanguageSeed(SeedRun):
    """One calibration text: models by method and pattern, and heads removed in several orders."""

    dense: Perplexity
    sparse: dict[str, dict[str, Perplexity]]
    heads: dict[str, Heads]


class SpeedSettings(TypedDict):
    """What was timed."""

    model: str
    gate: float


class Size(TypedDict):
    """Of one network."""

    parameters: int
    macs: int


SecondsPerSample = TypedDict("SecondsPerSample", {"seconds a sample": dict[str, dict[str, float]]})


class SpeedSeed(SeedRun, SecondsPerSample):
    """One repetition: seconds by LoadGen's scenario and by step of the stack, dense first."""

    size: dict[str, Size]
    accuracy: dict[str, Accuracies]


class CapstoneSettings(TypedDict):
    """The targets of lab 10."""

    targets: list[str]


class Packed(Accuracies):
    """What a target's network costs; `score` is the allowed cost over the measured one."""

    bytes: int
    MACs: int
    activations: int
    score: float


class CapstoneSeed(SeedRun):
    """The solution's network for each target."""

    networks: dict[str, Packed]
    dense: Accuracies


class Iterative(Record):
    """Pruned and retrained in rounds (lab 03)."""

    settings: IterativeSettings
    seeds: list[IterativeSeed]


class Gap(Record):
    """Overfitting a small training set (lab 03)."""

    settings: GapSettings
    seeds: list[GapSeed]


class Tickets(Record):
    """Lottery tickets and their controls (lab 04)."""

    settings: TicketSettings
    seeds: list[TicketSeed]


class Slimming(Record):
    """Channels cut by their scaling factors (lab 05)."""

    settings: SlicedSettings
    seeds: list[SlimmingSeed]


class Filters(Record):
    """Filters cut by several rankings (lab 06)."""

    settings: SlicedSettings
    seeds: list[FiltersSeed]


class LanguageRun(Record):
    """A language model pruned without training (lab 08)."""

    settings: LanguageSettings
    seeds: list[LanguageSeed]


class Speed(Record):
    """Each step of the stack, timed by LoadGen (lab 09)."""

    settings: SpeedSettings
    seeds: list[SpeedSeed]


class Capstone(Record):
    """The solution's networks (lab 10)."""

    settings: CapstoneSettings
    seeds: list[CapstoneSeed]


class Rule(TypedDict):
    """How a claim is decided, "ahead", "equal" or "grows", of which numbers, and by what margin; see `claims`."""

    kind: str
    numbers: list[str]
    margin: float


class ClaimRule(Rule):
    """A conclusion of a lab in words, and its rule."""

    words: str


class ClaimsSettings(TypedDict):
    """The claims of a lab by name."""

    claims: dict[str, ClaimRule]


class ClaimsSeed(SeedRun):
    """The numbers of each claim by name."""

    found: dict[str, dict[str, float]]


class Claims(Record):
    """The experiments behind the conclusions of a lab."""

    settings: ClaimsSettings
    seeds: list[ClaimsSeed]


KINDS = {
    "claims": Claims,
    "iterative": Iterative,
    "gap": Gap,
    "tickets": Tickets,
    "slimming": Slimming,
    "filters": Filters,
    "language": LanguageRun,
    "speed": Speed,
    "capstone": Capstone,
}
