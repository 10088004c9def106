# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 09: Speed: unstructured against structured
#
# *About 120 minutes, 20 points.*
#
# Eight labs made networks smaller. A user feels none of it unless the clock does. Three claims are heard in every
# lecture: structured pruning makes networks faster, unstructured pruning does not without special kernels, and a
# network that is optimised well runs 10 to 100 times faster on the same hardware. Here you measure all three on your
# own machine, with one question in mind: *which zeros does a clock see?*
#
# **You will be able to**
#
# - time two programs such that a colleague believes the ratio,
# - predict from bytes and operations when a sparse layout overtakes the dense one, and check the prediction,
# - say which sparse layouts, number formats and compilers run on a machine, and why the others do not,
# - submit a network to MLPerf's own load generator: accuracy first, speed second,
# - stack pruning, a graph compiler and int8, and say what each of them contributed.
#
# **From earlier labs**
#
# - **CSR** keeps the values that are not zero, with an index for each; **2:4** keeps two of every four neighbours
#   (lab 01).
# - A penalty brings scaling factors, the $\gamma$ of batch norm, close to zero; a channel with a small one is carved
#   out of the network (lab 05).
# - The **roofline**: a layer takes the time of its operations or that of its bytes, whichever is longer. A layer with
#   an awkward number of channels can be slow, hence multiples of 8 (lab 06).

# %% locked="setup"
import math
import shutil
import time
import warnings
from collections.abc import Callable
from copy import deepcopy
from functools import cache, partial
from itertools import pairwise, product
from pathlib import Path
from statistics import mean, median
from tempfile import mkdtemp

import numpy as np
import torch
import torch_pruning as tp
from scipy import stats
from torch import Tensor, nn

from prunelab import deploy, figures, measure, mlperf, models
from prunelab.checks import check, describe
from prunelab.data import load_data
from prunelab.explorers import SpeedExplorer
from prunelab.inputs import distinct, fraction, tied, whole
from prunelab.live import explore
from prunelab.measure import latencies, macs, parameters, speedups
from prunelab.notes import note
from prunelab.predictions import compare_predictions, predict
from prunelab.training import seeded

torch.set_num_threads(1)  # every run of this lab has one thread, whatever library it is from
data = load_data()  # train, validation and test images with labels
vgg = models.load("vgg_l1", data)  # trained with a penalty on the scaling factors of its batch norms, lab 05
images, labels = (tensor[:1000] for tensor in data.validation.tensors)  # for every choice and every clock
folder = Path(mkdtemp())  # exported networks and logs lie here until the last cell
onnx_missing, loadgen_missing = deploy.why_not(), mlperf.why_not()  # empty where the packages are installed
print(onnx_missing or "ONNX Runtime is here", loadgen_missing or "LoadGen is here", sep="\n")


class ToyMachine:
    """A machine with a clock of its own: its n-th call (from 0) takes `slow(n)` times as long as it should."""

    def __init__(self, slow: Callable[[int], float]) -> None:
        self.now, self.calls, self.slow = 0.0, 0, slow

    def program(self, seconds: float) -> Callable[[], None]:
        """A program that takes so long."""

        def run() -> None:
            self.now += seconds * self.slow(self.calls)
            self.calls += 1

        return run

    def clock(self) -> float:
        """The time on this machine."""
        return self.now


# %% [markdown]
# ## 1 Can you trust a clock?
#
# A stopwatch around a function measures the function, and besides: memory that is touched for the first time, the
# processor's clock frequency, which falls as it warms up, and whatever else the machine does meanwhile. `ToyMachine`
# has these three troubles and nothing else, so that you know the truth: `old` takes 2 seconds and `new` takes 1. The
# troubles are "cold", in which the first four calls take eight times as long; "drift", in which each call is a little
# slower than the one before; and "burst", in which one call of many takes thirty times as long.
#
# Four ways to measure the speed-up, 40 calls each. The first times all calls of `old`, then all of `new`, and divides
# the means. The second does the same after a warm-up. The others time the two in pairs and take the mean, or the
# median, of their ratios. Predict which trouble misleads the first way most. The result of the next cell appears when
# you lock your prediction in.

# %%
question = "The mean of 40 calls of old over that of 40 of new: which trouble puts it off by the largest factor?"
misleads_most = predict("misleads_most", question, ["cold", "drift", "burst"])

# %%
troubles = {
    "cold": lambda n: 8.0 if n < 4 else 1.0,  # the first calls are slow
    "drift": lambda n: 1 + n / 40,  # the machine becomes slower and slower
    "burst": lambda n: 30.0 if n == 50 else 1.0,  # somebody else runs something
}


def timed(machine: ToyMachine, run: Callable[[], None]) -> float:
    """Seconds of one call on the toy machine."""
    start = machine.clock()
    run()
    return machine.clock() - start


results = {}  # [trouble]: the speed-up by each of the four ways
for name, slow in troubles.items():
    results[name] = found = []
    for warm, paired, middle in ((0, False, mean), (6, False, mean), (6, True, mean), (6, True, median)):
        toy = ToyMachine(slow)
        old, new = toy.program(2.0), toy.program(1.0)
        for _ in range(warm // 2):
            old(), new()
        if paired:
            found.append(middle([timed(toy, old) / timed(toy, new) for _ in range(40)]))
        else:
            found.append(middle([timed(toy, old) for _ in range(40)]) / middle([timed(toy, new) for _ in range(40)]))
off = {name: max(found[0] / 2, 2 / found[0]) for name, found in results.items()}
fig, (ax,) = figures.figure(width=7)
ways = ["mean of blocks", "after a warm-up", "pairs, mean", "pairs, median"]
for (name, found), colour in zip(results.items(), (figures.KEPT, figures.PRUNED, figures.OTHER), strict=True):
    ax.plot(ways, found, "o--", color=colour, label=name)
ax.axhline(2, color=figures.REFERENCE, linestyle=":")
ax.set(ylabel="speed-up found", ylim=(0, None), title="Four ways to measure a speed-up of 2 (dotted)")
ax.legend(frameon=False)
misleads_most.reveal(
    max(off, key=off.get),
    f"The first way is off by a factor of {', '.join(f'{factor:.2f} under {name}' for name, factor in off.items())}.",
    fig,
    alt="The speed-up that each of four ways of measuring finds under each of three troubles; the truth is 2.",
)

# %% [markdown]
# **Reading the figure.** A warm-up helps against cold memory alone. Pairs, old and new directly after one another, feel
# the same weather. The median of their ratios ignores what strikes one pair in forty, even where it strikes one half of
# it. What is left under drift: `new` always runs a little later than `old`. There is a cure for that, too.
#
# ### Exercise 9.1: A race
# *4 points, 12 minutes, about 11 lines*
#
# Return `rounds` ratios, (seconds of `old`) / (seconds of `new`), one a round, in the order of the rounds. First call
# each of the two three times without timing. Then time each once a round, **taking turns at being first**: `old` in
# rounds 0, 2, 4, ..., `new` in rounds 1, 3, 5, ... Read the time from `clock()` just before and just after each timed
# call, so that nothing else is timed, neither in a round nor between two. `old` and `new` may be the same function.
#
# *Example:* the machine becomes slower by 10 % of its first speed with every call; `old` takes 2 s and `new` 1 s at
# first. The calls of two rounds, after a warm-up that this example leaves out, take 2, 1.1, then (new first) 1.2, 2.6
# seconds: the ratios are `[1.82, 2.17]`. With `old` always first they would be `[1.82, 1.85]`, both too small.
#
# <details><summary>Hint 1: the idea</summary>
# Give the two names and make a list of who runs first in this round. Put the seconds of each into a dictionary, so that
# the ratio does not care about the order.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>pair = {"old": old, "new": new}</code>; <code>order = list(pair)</code>, reversed where
# <code>number % 2</code> is 1; <code>start = clock()</code>, the call, <code>clock() - start</code>.
# </details>


# %% exercise="race"
def race(
    old: Callable[[], object], new: Callable[[], object], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Seconds of `old` over seconds of `new`, one ratio a round, after three calls of each that nobody times."""
    ### BEGIN SOLUTION
    pair, ratios = {"old": old, "new": new}, []
    for _ in range(3):
        old()
        new()
    for number in range(rounds):
        seconds = {}
        for name in list(pair) if number % 2 == 0 else reversed(list(pair)):
            start = clock()
            pair[name]()
            seconds[name] = clock() - start
        ratios.append(seconds["old"] / seconds["new"])
    return ratios
    ### END SOLUTION


# %% check="race" points=4
with check("race", points=4) as c:
    ratio = "One ratio a round, the seconds of old over those of new, read from the clock that you were given."
    pairs = "A slow moment must strike both: time one, then the other, in every round."
    turns = "On a machine that slows down, whoever runs second loses: old is first in even rounds, new in odd ones."

    def noted(name, work, notes):
        """The same work, which also writes its name down, and the real time before and after it."""

        def run():
            begin = time.perf_counter()
            result = work()
            notes.append((name, begin, time.perf_counter()))
            return result

        return run

    def seconds_of_a_small_sum():
        """What this machine takes to add up a thousand numbers, much longer than to read a clock."""
        begin = time.perf_counter()
        sum(range(1000))
        return time.perf_counter() - begin

    def race_is(want, slow, idea, old=2.0, new=1.0):
        """The ratios on a toy machine, and what ran when."""
        toy, notes, rounds = ToyMachine(slow), [], len(want)
        programs = noted("old", toy.program(old), notes), noted("new", toy.program(new), notes)
        got = c.call(race, *programs, rounds, noted("clock", toy.clock, notes), idea=idea)
        called = f"race(a program of {old:g} s, one of {new:g} s, {rounds}, clock)"
        ran = [(name, place) for place, (name, *_) in enumerate(notes) if name != "clock"]
        warm, timed = [name for name, _ in ran[:6]], [name for name, _ in ran[6:]]
        c.true(len(ran) == 2 * rounds + 6, called=called, expected=f"{2 * rounds + 6} calls in all", got=f"{len(ran)}",
               idea="Three calls of each for warming up, then one of each a round.")  # fmt: skip
        c.true(sorted(warm) == ["new"] * 3 + ["old"] * 3, called=called, expected="three calls of each at first",
               got=", ".join(warm), idea="Warm up with three calls of old and three of new.")  # fmt: skip
        in_turns = (["old", "new", "new", "old"] * rounds)[: 2 * rounds]
        c.true(timed == in_turns, called=called, expected=f"after the warm-up {', '.join(in_turns)}",
               got=", ".join(timed), idea=f"{pairs} {turns}")  # fmt: skip
        clock_read_around([place for _, place in ran[6:]], notes, called)
        c.equal(got, want, called=called, idea=idea, atol=1e-9)

    def clock_read_around(places, notes, called):
        """The clock is read just before and just after each timed call, and nothing else is timed."""
        readings = "Read clock() just before and just after each timed call, and let nothing else come between."
        lost = []
        for place in places:
            around = [*notes[place - 1 : place], *notes[place + 1 : place + 2]]
            c.true([name for name, *_ in around] == ["clock"] * 2, called=called, expected="two readings of the clock "
                   "around each timed call", got="another order", idea=readings)  # fmt: skip
            lost.append(notes[place][1] - around[0][2] + around[1][1] - notes[place][2])
        for one, other in zip(places[1::2], places[2::2], strict=False):
            c.true(other - one > 2, called=called, expected="a reading after a round, and a new one before the next",
                   got="one for both", idea=f"Time nothing between two rounds. {readings}")  # fmt: skip
        few = len(places) < 8  # whose median a busy machine may spoil
        limit = 10 * median([seconds_of_a_small_sum() for _ in range(9)])
        c.true(few or median(lost) < limit, called=called, expected="no other work between the readings around a call",
               got=f"{1000 * median(lost):.1f} ms of it", idea=readings)  # fmt: skip

    def race_on_another_machine(seed, rounds, old, new):
        """A race on a machine that has another speed at every call."""
        draw = seeded(seed)
        slow = [fraction(draw) for _ in range(2 * rounds + 6)]
        in_rounds = zip(slow[6::2], slow[7::2], strict=True)
        want = [old * a / (new * b) if n % 2 == 0 else old * b / (new * a) for n, (a, b) in enumerate(in_rounds)]
        race_is(want, lambda n: slow[n % len(slow)], f"{ratio} {turns}", old, new)

    race_is([2.0] * 4, lambda n: 1.0, ratio)
    race_is([0.25] * 3, lambda n: 1.0, ratio, old=0.5, new=2.0)
    race_is([2.0] * 4, lambda n: 9.0 if n < 6 else 1.0, "The first three calls of each are slow; do not time them.")
    race_is([2.0] * 6, lambda n: 9.0 if n in (10, 11) else 1.0, pairs)
    race_is([2.0] * 2 + [20.0] + [2.0] * 3, lambda n: 10.0 if n == 10 else 1.0, "Leave every ratio as it is.")
    race_is([2 * 6 / 7, 2 * 9 / 8, 2 * 10 / 11, 2 * 13 / 12], lambda n: float(n), turns)
    race_is([2 * 6 / 7], lambda n: float(n), "One round: old is first.")
    race_on_another_machine(1, 7, 0.003, 11.0)
    race_on_another_machine(2, 12, 500.0, 0.7)
    toy = ToyMachine(lambda n: float(n))  # the same program twice, on a machine that slows down
    program = toy.program(1.0)
    got = c.call(race, program, program, 3, toy.clock, idea=ratio)
    c.equal(got, [6 / 7, 9 / 8, 10 / 11], called="race(a program, the same program, 3, clock)", atol=1e-9,
            idea="Old and new may be the same function: keep their times by name or by place.")  # fmt: skip
    default = "Where no clock is given, race reads time.perf_counter."
    got = c.call(race, lambda: sum(range(3000)), lambda: sum(range(3000)), 2, idea=default)
    c.true(len(got) == 2 and min(got) > 0, called="race(a program, another, 2)", got=got, idea=default,
           expected="two ratios above 0")  # fmt: skip
    ### BEGIN HIDDEN TESTS
    race_is([3 * 2.0, 3 * 0.5] * 2 + [3 * 2.0], lambda n: 2.0 if n % 2 == 0 else 1.0, turns, old=3.0)
    race_on_another_machine(3, 9, 0.2, 0.1)
    ### END HIDDEN TESTS

# %% [markdown]
# Your race on the real clock: VGG against itself, which must be 1, and against itself twice in a row, which must be 2.

# %%
one = images[:1]
with torch.inference_mode():
    itself = race(partial(vgg, one), partial(vgg, one), 60)
    twice = race(lambda: (vgg(one), vgg(one)), partial(vgg, one), 60)
fig, (ax,) = figures.figure(width=7)
for name, ratios, colour in (("itself", itself, figures.KEPT), ("itself twice", twice, figures.PRUNED)):
    ax.plot(ratios, ".", color=colour)
    ax.axhline(median(ratios), color=colour)
    ax.annotate(name, (60, median(ratios)), xytext=(4, 4), textcoords="offset points", color=colour)
ax.set(xlabel="round", ylabel="ratio", title="VGG against itself, one image", xlim=(0, 70))
ax.set_ylim(0, max(4, 1.5 * median(twice)))
figures.show(fig, alt="The ratios of sixty rounds scatter around 1 and around 2; lines mark their medians.")
print(f"median {median(itself):.3f} and {median(twice):.3f}, mean {mean(itself):.3f} and {mean(twice):.3f}")

# %% [markdown]
# **Reading the figure.** Each dot is a round, each line the median. The dots say how calm your machine is; those that
# lie outside the picture pull at the mean. If the second median is far from 2, something else is running: look for it,
# and run the cell again.
#
# ### Exercise 9.2: How sure is a median?
# *2 points, 8 minutes, about 5 lines*
#
# Return the median of $n$ values with a 95 % interval that asks nothing of their distribution. A value lies below the
# true median with probability one half, as a coin falls. So the number of values below it is binomial, and with the
# values in ascending order, $r_{(1)} \le \dots \le r_{(n)}$, the interval is
#
# $$\big[r_{(j)},\ r_{(n+1-j)}\big], \qquad j = \max\{\,i : P(X \le i - 1) \le 0.025\,\}, \qquad
# X \sim \text{Binomial}(n, \tfrac12).$$
#
# Below six values there is no such $j$: take $j = 1$, the whole range.
#
# *Example:* for $n = 10$ coins, $P(X \le 0) = 0.001$, $P(X \le 1) = 0.011$, $P(X \le 2) = 0.055$. So $i - 1$ may be 1
# but not 2, hence $j = 2$: from the second smallest value to the second largest. The values 1, 2, ..., 9 and 1000 give
# `(5.5, 2, 9)`. Mean and standard deviation would speak of the 1000 alone.
#
# <details><summary>Hint 1: the idea</summary>
# Count how many probabilities P(X ≤ 0), P(X ≤ 1), ... are at most 0.025: that is j. Python counts positions from 0.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>stats.binom.cdf(i, n, 0.5)</code> is P(X ≤ i); <code>ordered[j - 1]</code> and <code>ordered[n - j]</code>.
# </details>


# %% exercise="median_interval"
def median_interval(values: list[float]) -> tuple[float, float, float]:
    """Median, low and high end of its 95 % interval by the order of the values alone."""
    ### BEGIN SOLUTION
    ordered, n = sorted(values), len(values)
    j = max(1, sum(stats.binom.cdf(i, n, 0.5) <= 0.025 for i in range(n)))
    return median(ordered), ordered[j - 1], ordered[n - j]
    ### END SOLUTION


# %% check="median_interval" points=2
with check("median_interval", points=2) as c:
    order = "With the values sorted, the interval runs from the j-th smallest to the j-th largest."
    middle_one = "The median is the middle one of the sorted values, or the mean of the two in the middle."
    count = "j counts how many of P(X <= 0), P(X <= 1), ... are at most 0.025: 1 for 6 to 8 values, 2 for 9 to 11."
    three = "Return the median, the low and the high end, three numbers."

    def interval_is(values, want, idea):
        """Median and interval of some values."""
        got = c.call(median_interval, values, idea=idea)
        called = f"median_interval({values})" if len(values) < 12 else f"median_interval({len(values)} values)"
        c.true(isinstance(got, tuple | list) and len(got) == 3, called=called, expected="three numbers", got=got,
               idea=three)  # fmt: skip
        c.equal(got[0], want[0], called=f"median of {called}", idea=middle_one, atol=1e-12)
        c.equal(got[1:], want[1:], called=f"ends of {called}", idea=idea, atol=1e-12)

    def interval_at(j, values):
        """The interval from the j-th smallest to the j-th largest of values in any order."""
        rising, falling = np.sort(values), np.sort(values)[::-1]
        want = [float(np.median(values)), float(rising[j - 1]), float(falling[j - 1])]
        interval_is(values, want, f"{count} For {len(values)} it is {j}. {order}")

    interval_is([9.0, 3, 1, 1000, 7, 5, 2, 8, 6, 4], [5.5, 2.0, 9.0], f"{order} {count}")
    interval_is([3.0, 1.0, 2.0], [2.0, 1.0, 3.0], "Below six values the interval is the whole range.")
    interval_is([4.0], [4.0, 4.0, 4.0], "One value is its own median and interval.")
    interval_is([0.0004, -0.00031, 0.00002], [0.00002, -0.00031, 0.0004], "Round nothing.")
    interval_at(22, [float(n) for n in range(60, 0, -1)])
    more = (9, 12, 15, 17, 20, 23, 25, 28, 30)  # numbers of values from which on j is 2, 3, ..., as in printed tables
    longer = {43: 15, 44: 16, 66: 25, 67: 26, 93: 37, 94: 38, 150: 63, 333: 149}
    for n, j in ({n: 1 + sum(n >= least for least in more) for n in range(1, 32)} | longer).items():
        interval_at(j, distinct((n,), seeded(n), torch.float64).tolist())
    for n, j in ((5, 1), (14, 3), (20, 6), (31, 10)):
        interval_at(j, tied((n,), seeded(n)).tolist())  # equal values count one by one
    ### BEGIN HIDDEN TESTS
    for n in (2, 5, 6, 9, 11, 12, 25, 101, 211):
        outside = [i for i in range(1, n) if sum(math.comb(n, x) for x in range(i)) / 2**n <= 0.025]
        interval_at(max([1, *outside]), [float(-x * x) for x in range(n)])
    ### END HIDDEN TESTS

# %% [markdown]
# The library has the same method as `speedups(runs, baseline, rounds)`. It also looks at the baseline beside itself: a
# machine on which it mostly takes a tenth more or less than in the round before gets a warning, "noisy machine".

# %%
for name, ratios in (("itself", itself), ("itself twice", twice)):
    print(f"{name:<13} {'{:.3f} ({:.3f} to {:.3f})'.format(*median_interval(ratios))}")
found = speedups({"twice": lambda: (vgg(one), vgg(one)), "once": partial(vgg, one)}, "twice", rounds=40)
print(f"the library: once is {found['once']} as fast as twice; a {'noisy' if found['once'].noisy else 'calm'} machine")

# %% [markdown]
# **Reading the lines.** The interval speaks of the rounds you ran, on this machine, in this minute. It covers neither
# another machine nor tomorrow.
#
# ## 2 Which zeros does a clock see?
#
# One linear layer, 1024 → 1024, 90 % of its weights zero, one input: as a mask, in CSR, in **BSR**, which is CSR with
# blocks of 4 x 4 weights in place of single ones, and half of them in 2:4. Then 90 % of the rows *removed*. Then other
# ways to run the **dense** layer:
#
# - **bf16**: numbers of 16 bits with the range of float32, and fewer digits,
# - a compiled **graph**: ONNX Runtime sees the whole network before it runs, and puts operations together,
# - **int8**: the same graph with whole numbers of 8 bits for weights and activations, and a scale that says what one
#   step is worth.
#
# Whatever does not run here says why. Predict three of the speed-ups over the dense layer.

# %%
masked_speedup = predict("masked_speedup", "90 % of the weights masked: how many times as fast as dense?")
csr_speedup = predict("csr_speedup", "90 % of the weights zero, in CSR: how many times as fast as dense?")
removed_speedup = predict("removed_speedup", "90 % of the rows removed: how many times as fast as dense?")


# %% locked="layouts"
def sparse_product(weight: Tensor, layout: str, inputs: Tensor) -> Callable[[], Tensor]:
    """A function that multiplies `weight` in torch's layout "csr" or "bsr" (blocks of 4 x 4) by (in, batch) inputs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch calls the layout a beta
        stored = weight.to_sparse_csr() if layout == "csr" else weight.to_sparse_bsr((4, 4))
    return partial(torch.matmul, stored, inputs)


def masked_weight(weight: Tensor, sparsity: float, block: int = 1) -> Tensor:
    """A copy whose blocks (block x block) of the smallest norms are zero."""
    sums = weight.abs().unflatten(0, (-1, block)).unflatten(2, (-1, block)).sum((1, 3))
    order = sums.flatten().argsort()
    keep = torch.ones(sums.numel()).index_fill(0, order[: round(sparsity * sums.numel())], 0).view_as(sums)
    return weight * keep.repeat_interleave(block, 0).repeat_interleave(block, 1)


LAYER = 512  # rows and columns of the layer with which the check of exercise 9.3 asks the clock


def kept_weights(percent: int) -> int:
    """How many weights of that layer are not zero."""
    return round(LAYER * LAYER * (1 - percent / 100))


def faster_from(dense: float, csr: list[float]) -> int:
    """The per cent after the last at which CSR is not faster; 101 if it never is."""
    return max((percent for percent, seconds in enumerate(csr) if seconds >= dense), default=-1) + 1


@cache
def clocked_layer() -> tuple[dict[str, float], int, int]:
    """This machine's rates, the measured crossover for one input, and the one that a right roofline predicts."""
    weight, inputs, shares = torch.randn(LAYER, LAYER), torch.randn(LAYER, 1), (0, 30, 50, 70, 80, 90, 95, 100)
    runs = {"dense": partial(torch.matmul, weight, inputs)}
    runs |= {p: sparse_product(masked_weight(weight, p / 100), "csr", inputs) for p in shares}
    taken = {name: median(seconds) for name, seconds in latencies(runs, rounds=30).items()}
    best, both = measure.machine(LAYER * LAYER), 8 * LAYER
    rates = {"bandwidth": best.bandwidth, "flops": best.flops, "csr_flops": 2 * kept_weights(50) / taken[50]}
    dense = max((4 * LAYER**2 + both) / rates["bandwidth"], 2 * LAYER**2 / rates["flops"])
    csr = [max((12 * kept_weights(p) + 8 * (LAYER + 1) + both) / rates["bandwidth"],
               2 * kept_weights(p) / rates["csr_flops"]) for p in range(101)]  # fmt: skip
    measured = faster_from(taken["dense"], np.interp(range(101), shares, [taken[p] for p in shares]).tolist())
    return rates, measured, faster_from(dense, csr)


# %% locked="runners"
def graph(model: nn.Module, shape: tuple[int, ...], inputs: Tensor, name: str, int8: bool = False) -> Callable:
    """A function that runs a model on the inputs in ONNX Runtime."""
    path = deploy.export(model, shape, folder / f"{name}.onnx")
    if int8:
        path = deploy.quantize(path, folder / f"{name}-int8.onnx", inputs)
    return partial(deploy.session(path), inputs)


def weather(found: dict[str, measure.Speedup]) -> str:
    """Whether the machine was calm while these were measured."""
    noisy = any(ratio.noisy or ratio.high > 1.3 * ratio.low for ratio in found.values())
    return "Noisy machine: look at the intervals, or run the cell again." if noisy else "A calm machine."


def compiled(model: nn.Module, inputs: Tensor) -> Callable:
    """What torch.compile makes of a model; RuntimeError with the reason where it is not tried or does not work."""
    if not TRY_COMPILE:
        raise RuntimeError("not tried, it takes up to a minute and needs a C++ compiler; set TRY_COMPILE")
    return partial(torch.compile(model), inputs)


def semi_structured(weight: Tensor, inputs: Tensor) -> Callable:
    """The product with a 2:4 weight by sparse tensor cores."""
    if not torch.cuda.is_available():
        raise RuntimeError("2:4 needs an NVIDIA GPU with sparse tensor cores (Ampere or newer); none is here")
    pattern = torch.tensor([0.0, 0.0, 1.0, 1.0]).repeat(weight.shape[1] // 4)
    stored = torch.sparse.to_sparse_semi_structured((weight * pattern).half().cuda())
    return partial(torch.matmul, stored, inputs.half().cuda().expand(-1, 64).contiguous())


def unstructured(model: nn.Module, sparsity: float) -> nn.Module:
    """A copy whose convolutions and linear layer have so many zeros, the smallest magnitudes of each."""
    twin = deepcopy(model)
    for layer in twin.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            smallest = layer.weight.detach().abs().flatten().argsort()[: round(sparsity * layer.weight.numel())]
            layer.weight.data.view(-1)[smallest] = 0
    return twin


def last(model: nn.Module, inputs: Tensor) -> Callable:
    """A function that runs a copy with channels last in memory."""
    twin = deepcopy(model).to(memory_format=torch.channels_last)
    return partial(twin, inputs.contiguous(memory_format=torch.channels_last))


# %%
TRY_COMPILE = False  # True: torch.compile, too; it writes and compiles C++ for up to a minute

wide = nn.Linear(1024, 1024, bias=False).requires_grad_(False).eval()
weight, row = wide.weight.detach(), torch.randn(1, 1024)
builds = {
    "dense": lambda: partial(nn.functional.linear, row, weight),
    "masked dense, 90 %": lambda: partial(nn.functional.linear, row, masked_weight(weight, 0.9)),
    "CSR, 90 %": lambda: sparse_product(masked_weight(weight, 0.9), "csr", row.T),
    "BSR 4x4, 90 %": lambda: sparse_product(masked_weight(weight, 0.9, 4), "bsr", row.T),
    "2:4, 50 %": lambda: semi_structured(weight, row.T),
    "rows removed, 90 %": lambda: partial(nn.functional.linear, row, weight[:102].clone()),
    "dense, bf16": lambda: partial(nn.functional.linear, row.bfloat16(), weight.bfloat16()),
    "dense, torch.compile": lambda: compiled(wide, row),
    "dense, ONNX Runtime": lambda: graph(wide, (1024,), row, "wide"),
    "dense, int8": lambda: graph(wide, (1024,), row, "wide", int8=True),
}
runs, reasons = deploy.what_runs(builds)
layer = speedups(runs, "dense", rounds=60)
asked = {
    "masked dense, 90 %": masked_speedup,
    "CSR, 90 %": csr_speedup,
    "rows removed, 90 %": removed_speedup,
}
for name in builds:
    if name not in asked:
        print(f"{name:<22}{layer[name] if name in layer else f'not here: {reasons[name]}'}")
print(weather(layer))
for name, prediction in asked.items():
    prediction.reveal(round(layer[name].ratio, 2), f"{name}: {layer[name]}.")

# %% [markdown]
# **Reading the lines.** What does a processor do with a zero in a dense layout? (A small difference may only be who
# runs after whom: a program finds in the cache what the one before it left there.) CSR leaves the zeros out and pays
# for it with an index of eight bytes beside every four-byte weight, and with a walk from place to place. Removed rows
# are not there at all: no index, no walk. A layout is also only as good as the code that somebody wrote for it: if BSR
# is far slower than dense here, nobody has written it for one input on your processor. Some lines are no layout but
# another way to compute, and what they are worth hangs on the units of your processor, and on how much there is to do:
# one input may be too little for bf16. One image is not the same as 64. The next section says why.
#
# ## 3 When does CSR pay?
#
# A layer with $m$ rows and $n$ columns multiplies a batch of $b$ inputs. Dense or not, it must read its inputs and
# write its outputs. With $k$ weights that are not zero, four bytes a number, and 64-bit indices, as in torch:
#
# | | bytes | operations |
# |---|---|---|
# | dense | $4\,(mn + nb + mb)$ | $2mnb$ |
# | CSR | $12\,k + 8\,(m + 1) + 4\,(nb + mb)$ | $2kb$ |
#
# ### Exercise 9.3: Seconds by the roofline
# *3 points, 10 minutes, about 6 lines*
#
# Return the seconds of the layer in both layouts by the roofline that you met in lab 06,
#
# $$t = \max\!\left(\frac{\text{bytes}}{B}, \frac{\text{operations}}{F}\right),$$
#
# where `machine` is a dictionary with the bytes a second $B$, `"bandwidth"`, and the operations a second $F$: `"flops"`
# for dense, `"csr_flops"` for CSR. CSR has a rate of its own, because a processor that gathers numbers from all over
# the inputs cannot use its wide units as well.
#
# *Example:* $m = 2$, $n = 3$, $b = 1$, $k = 2$, with $B = 4$, $F = 2$ and a CSR rate of 1: dense moves 44 bytes in 11 s
# and computes 12 operations in 6 s; CSR moves 68 bytes in 17 s and computes 4 operations in 4 s. The answer is
# `(11, 17)`: two thirds of the weights are gone, and CSR is slower.
#
# <details><summary>Hint 1: the idea</summary>
# Four numbers from the table, two maxima. The batch multiplies the operations and the inputs and outputs, but the
# weights are read once.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>both = 4 * (columns + rows) * batch</code> is what the two layouts share.
# </details>


# %% exercise="layer_seconds"
def layer_seconds(rows: int, columns: int, batch: int, kept: int, machine: dict[str, float]) -> tuple[float, float]:
    """Seconds of a dense layer and of its CSR twin with `kept` weights, by the roofline."""
    ### BEGIN SOLUTION
    both = 4 * (columns + rows) * batch  # inputs and outputs
    dense = 4 * rows * columns + both, 2 * rows * columns * batch
    csr = 12 * kept + 8 * (rows + 1) + both, 2 * kept * batch
    return (
        max(dense[0] / machine["bandwidth"], dense[1] / machine["flops"]),
        max(csr[0] / machine["bandwidth"], csr[1] / machine["csr_flops"]),
    )
    ### END SOLUTION


# %% check="layer_seconds" points=3
with check("layer_seconds", points=3) as c:
    table = "The table has bytes and operations of both layouts; each takes the larger of its two times."

    def seconds_are(want, rows, columns, batch, kept, rates, idea):
        """Both times for (bandwidth, flops, csr_flops)."""
        machine = dict(zip(("bandwidth", "flops", "csr_flops"), rates, strict=True))
        got = c.call(layer_seconds, rows, columns, batch, kept, machine, idea=table)
        called = f"layer_seconds({rows}, {columns}, {batch}, {kept}, {machine})"
        c.true(isinstance(got, tuple | list) and len(got) == 2, called=called, expected="two numbers", got=got,
               idea="First the dense layer, then CSR.")  # fmt: skip
        c.equal(got[0], float(want[0]), called=f"dense of {called}", idea=idea, atol=0)
        c.equal(got[1], float(want[1]), called=f"CSR of {called}", idea=idea, atol=0)

    def near_the_clock(slack=30):
        """The crossover that the student's seconds predict on this machine, beside the measured one."""
        rates, measured, promised = clocked_layer()
        found = [c.call(layer_seconds, LAYER, LAYER, 1, kept_weights(p), rates, idea=table) for p in range(101)]
        predicted = faster_from(found[0][0], [seconds for _, seconds in found])
        print(f"here CSR should overtake dense at {predicted} % of zeros; by the clock it does at {measured} %")
        right = abs(predicted - promised) <= 1  # a right roofline may be far off the clock on this machine
        c.true(abs(predicted - measured) <= slack or right, called="the crossover that your seconds predict",
               expected=f"within {slack} points of {measured} %", got=f"{predicted} %", idea=table)  # fmt: skip

    bound = "Here both wait for arithmetic: two operations a weight, CSR at its own rate."
    seconds_are((11, 17), 2, 3, 1, 2, (4, 2, 1), table)
    seconds_are((44, 68), 2, 3, 1, 2, (1, 1e9, 1e9), f"Here both wait for their bytes. {table}")
    seconds_are((12, 8), 2, 3, 1, 2, (1e9, 1, 0.5), bound)
    seconds_are((84, 108), 2, 3, 3, 2, (1, 1e9, 1e9), "A batch of three: inputs and outputs grow, the weights do not.")
    seconds_are((36, 24), 2, 3, 3, 2, (1e9, 1, 0.5), "Each input of a batch needs its own operations.")
    seconds_are((84, 92), 3, 2, 3, 0, (1, 1e9, 1e9), "Without weights CSR still has m + 1 row starts.")
    seconds_are((84, 116), 3, 2, 3, 2, (1, 1e9, 1e9), f"More rows than columns, and a row start for each. {table}")
    shapes = ((5, 7, 1), (1, 9, 64), (8, 2, 16), (9, 1, 3), (1000, 300, 1), (257, 1024, 33))
    for (m, n, b), share in product(shapes, (0, 0.001, 0.04, 0.5, 1)):
        k = math.ceil(share * m * n)
        moved = 4 * (m * n + n * b + m * b), 4 * k + 8 * k + 8 * m + 8 + 4 * n * b + 4 * m * b
        done = 2 * m * n * b, 2 * k * b
        for paces in product((0.6, 1.7), repeat=2):  # below 1, arithmetic takes longer than the bytes
            flops, csr_flops = (3e6 * pace * max(w, 1) / each for pace, w, each in zip(paces, done, moved, strict=True))
            want = [max(each / 3e6, w / rate) for each, w, rate in zip(moved, done, (flops, csr_flops), strict=True)]
            seconds_are(want, m, n, b, k, (3e6, flops, csr_flops), table)
    near_the_clock()
    ### BEGIN HIDDEN TESTS
    for m, n, b, k in ((5, 7, 1, 0), (5, 7, 4, 35), (1, 9, 64, 3), (8, 2, 16, 9)):
        for rates in ((3.0, 50.0, 7.0), (50.0, 3.0, 0.4)):
            moved = (4 * (m * n + n * b + m * b), 4 * k + 8 * k + 8 * m + 8 + 4 * n * b + 4 * m * b)
            done = (2 * m * n * b / rates[1], 2 * k * b / rates[2])
            seconds_are([max(x / rates[0], y) for x, y in zip(moved, done, strict=True)], m, n, b, k, rates, table)
    ### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 9.4: The crossover
# *2 points, 6 minutes, about 4 lines*
#
# Return the smallest whole per cent of sparsity, 0 to 100, **from which on** CSR is faster than dense at every whole
# per cent up to 100, or `None` if it is not faster even at 100. `dense` is in seconds; `csr(p)` gives the seconds at
# `p` per cent. Faster means less time, however little; a tie is not faster. The curve may rise and fall at any place.
#
# $$p^* = \min\{\,p : \text{csr}(q) < \text{dense for all } q = p, p + 1, \dots, 100\,\}$$
#
# *Example:* dense takes 5 s; CSR takes 9 s at 0 %, 4 s at 1 %, 6 s at 2 %, 5 s at 3 % and 1 s from 4 % on. The
# crossover is 4: at 1 % CSR is faster only by chance, and at 3 % it ties.
#
# <details><summary>Hint 1: the idea</summary>
# Come down from 100 and stop before the first per cent that is not faster.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>slow = [p for p in range(101) if csr(p) >= dense]</code>: the crossover is one above the last of them.
# </details>


# %% exercise="crossover"
def crossover(dense: float, csr: Callable[[int], float]) -> int | None:
    """Whole per cent of sparsity from which on CSR is faster than dense; None if it never is."""
    ### BEGIN SOLUTION
    slow = [percent for percent in range(101) if csr(percent) >= dense]
    first = max(slow, default=-1) + 1
    return first if first <= 100 else None
    ### END SOLUTION


# %% check="crossover" points=2
with check("crossover", points=2) as c:

    def crosses_at(want, dense, csr, told, idea):
        """The crossover of a curve, a function or a list, which has no values outside 0 to 100."""

        def curve(percent):
            """The curve, at whole per cents alone."""
            if percent not in range(101):
                raise ValueError(f"csr({percent}): whole per cents run from 0 to 100")
            return csr[int(percent)] if isinstance(csr, list) else csr(percent)

        got = c.call(crossover, dense, curve, idea=idea, may="nothing")
        c.equal(got, want, called=f"crossover({dense}, {told})", idea=idea, atol=0)

    down = "Below the crossover the last per cent is not faster; above it every one is."
    whole_curve = "One slow per cent counts, wherever it is: look at every whole per cent up to 100."
    crosses_at(61, 40.0, lambda p: 100.0 - p, "100 - p", f"{down} At 60 both take 40 s, and a tie is not faster.")
    crosses_at(4, 5.0, lambda p: [9.0, 4.0, 6.0, 5.0][p] if p < 4 else 1.0, "the example", f"{down} Not the first.")
    crosses_at(None, 1.0, lambda p: 2.0, "always 2", "CSR that is never faster has no crossover: None.")
    crosses_at(0, 3.0, lambda p: 2.0, "always 2", "CSR that is always faster crosses at 0.")
    crosses_at(100, 1.0, lambda p: 0.5 if p == 100 else 2.0, "faster at 100 alone", "100 counts, too.")
    crosses_at(None, 1.0, lambda p: 0.5 if p < 100 else 1.0, "a tie at 100", "At 100 it must be faster, too.")
    for last in range(100):
        crosses_at(last + 1, 5.0, [4.0] * last + [6.0] + [4.0] * 100, f"slower at {last} alone", whole_curve)
        crosses_at(last + 1, 5e-6, [4e-6] * last + [5e-6] + [4e-6] * 100, f"a tie at {last} alone", whole_curve)
    close = "Faster means less time, however little; round nothing, and compare the times as they are."
    crosses_at(31, 2e-5, lambda p: 2e-5 * (1 - 1e-12 * (p - 30)), "1e-12 of it less at each per cent from 31", close)
    for seed in range(10):  # times in any order, some of them ties
        draw = seeded(seed)
        dense = 1e-4 * fraction(draw)
        factors = 1 + tied((101,), draw) / 8 - 0.3 * (torch.arange(101) > whole(draw, 30, 99))
        along = [dense * factor for factor in factors.tolist()]
        want = next((p for p in range(101) if all(each < dense for each in along[p:])), None)
        crosses_at(want, dense, along, "times in any order", f"{down} {whole_curve}")
    ### BEGIN HIDDEN TESTS
    crosses_at(91, 7.0, lambda p: 7.0 if p == 90 else 6.0, "a tie at 90", down)
    crosses_at(1, 7.0, lambda p: 8.0 if p == 0 else 6.0, "slower at 0 alone", down)
    ### END HIDDEN TESTS

# %% [markdown]
# Your roofline predicts, then the clock measures. The roofline knows three numbers of this machine: the bandwidth for a
# block of the layer's size (if that fits into a cache, the cache's), the best rate of a large product, and the rate of
# CSR **at one single sparsity**, 50 %. It has seen nothing of the curve. The check of exercise 9.3 gave you an
# idea for one input and a smaller layer. Predict where CSR overtakes dense if the layer multiplies 64 inputs at once.

# %%
question = "For 64 inputs at once, from what percentage of zeros on is CSR faster than dense (100: never)?"
overtakes = predict("overtakes", question, low=0, high=100, step=1)

# %%
SIDE, SPARSITIES = 1024, (0, 30, 50, 70, 80, 90, 95, 99)
best = measure.machine(SIDE * SIDE)
curves, all_rates, predicted, crossed = {}, {}, {}, {}
for batch in (1, 64):
    inputs = torch.randn(SIDE, batch)
    runs = {"dense": partial(torch.matmul, weight, inputs)}
    runs["half"] = sparse_product(masked_weight(weight, 0.5), "csr", inputs)
    half = min(latencies(runs, rounds=15)["half"])
    rates = {"bandwidth": best.bandwidth, "flops": best.flops, "csr_flops": SIDE * SIDE * batch / half}
    all_rates[batch] = rates

    def promised(percent: int, batch: int = batch, rates: dict = rates) -> tuple[float, float]:
        """Seconds of the dense layer and of CSR at this per cent of zeros."""
        return layer_seconds(SIDE, SIDE, batch, round(SIDE * SIDE * (1 - percent / 100)), rates)

    predicted[batch] = crossover(promised(0)[0], lambda percent, promised=promised: promised(percent)[1])
    runs |= {p: sparse_product(masked_weight(weight, p / 100), "csr", inputs) for p in SPARSITIES}
    curves[batch] = speedups(runs, "dense", rounds=15)
    along = [1 / curves[batch][p].ratio for p in SPARSITIES]  # seconds, in units of the dense layer's
    crossed[batch] = crossover(1.0, lambda percent, along=along: float(np.interp(percent, SPARSITIES, along)))
    print(
        f"batch {batch:>2}: CSR computes {rates['csr_flops'] / 1e9:.1f} of {best.flops / 1e9:.0f} billion operations "
        f"per second. {weather(curves[batch])}"
    )


def at_percent(where: int | None) -> str:
    """A crossover in words."""
    return "never" if where is None else f"at {where} %"


overtakes.reveal(
    100 if crossed[64] is None else crossed[64],
    f"By the roofline CSR overtakes dense {at_percent(predicted[64])}, by the clock {at_percent(crossed[64])}; for one "
    f"input, {at_percent(predicted[1])} and {at_percent(crossed[1])}.",
)

# %% [markdown]
# All sparsities at once, with both crossovers:

# %%
fig, axes = figures.figure(columns=2, width=4.6)
for ax, (batch, ratios) in zip(axes, curves.items(), strict=True):
    ax.plot(SPARSITIES, [ratios[p].ratio for p in SPARSITIES], "o-", color=figures.KEPT, markersize=3)
    ax.fill_between(SPARSITIES, [ratios[p].low for p in SPARSITIES], [ratios[p].high for p in SPARSITIES],
                    color=figures.KEPT, alpha=0.2)  # fmt: skip
    ax.axhline(1, color=figures.REFERENCE, linewidth=0.8)
    for where, colour in ((predicted[batch], figures.REFERENCE), (crossed[batch], figures.KEPT)):
        if where is not None:
            ax.axvline(where, color=colour, linestyle="--")
    found = f"roofline {at_percent(predicted[batch])}, clock {at_percent(crossed[batch])}"
    ax.set(
        xlabel="weights that are zero (%)",
        ylabel="speed-up of CSR over dense",
        yscale="log",
        title=f"Batch {batch}: {found}",
    )
pairs = {batch: (predicted[batch], crossed[batch]) for batch in curves}
apart = {batch: "no distance" if None in pair else f"{abs(pair[0] - pair[1])} points" for batch, pair in pairs.items()}
overtakes.reveal(
    100 if crossed[64] is None else crossed[64],
    f"From the roofline's crossover to the clock's: {apart[64]} for 64 inputs, {apart[1]} for one.",
    fig,
    alt="Speed-up of CSR over the dense layer against sparsity for batch 1 and 64, with both crossovers.",
    mark=lambda guess, ax=axes[1]: ax.axvline(guess, color=figures.MUTED, linewidth=0.8),
)

# %% [markdown]
# **Reading the figure.** The blue curve is CSR, with the interval of its median; at 1 it is as fast as dense. The
# dashed lines are the two crossovers, grey by the roofline and blue by the clock; the thin line is your prediction.
# (There is no distance where one of the two says "never".) Three numbers and a `max` place the crossover only roughly:
# the model knows no cost of a call, no cache that holds half of a matrix, and a rate of CSR that it takes for the same
# at every sparsity. Yet one thing it does say: the batch changes the game.
#
# How does it change, from one input to hundreds? The slider below runs **your** `layer_seconds` and `crossover` each
# time you let go of the handle, on the same layer and with the rates of this machine at 64 inputs. Nothing is timed
# here: this is what your roofline says.
#
# **Try:** Does the crossover move up or down as the batch grows? From which batch on does the dense layer wait for its
# arithmetic, and where is the crossover from there on?


# %%
def by_roofline(batch: int, ax) -> str:
    """Draw the speed-up of CSR by your roofline for this batch; the crossover and who waits for what, in words."""
    kept = [round(SIDE * SIDE * (1 - percent / 100)) for percent in range(101)]
    dense, csr = zip(*(layer_seconds(SIDE, SIDE, batch, count, all_rates[64]) for count in kept), strict=True)
    where = crossover(dense[0], lambda percent: csr[percent])
    ax.plot(range(101), [dense[0] / each for each in csr], color=figures.KEPT)
    ax.axhline(1, color=figures.REFERENCE, linewidth=0.8)
    if where is not None:
        ax.axvline(where, color=figures.REFERENCE, linestyle="--")
    ax.set(
        xlabel="weights that are zero (%)", ylabel="speed-up of CSR over dense", title=f"Your roofline, batch {batch}"
    )
    ax.set(yscale="log", ylim=(0.005, 500))
    ax.set_yticks([0.01, 0.1, 1, 10, 100], ["0.01", "0.1", "1", "10", "100"])
    ax.minorticks_off()
    endless = {**all_rates[64], "flops": math.inf, "csr_flops": math.inf}  # what is left are the bytes
    of_bytes = layer_seconds(SIDE, SIDE, batch, kept[90], endless)
    taken = zip(of_bytes, (dense[90], csr[90]), strict=True)
    waits = ["its bytes" if alone == both else "its arithmetic" for alone, both in taken]
    faster = "never faster" if where is None else f"faster from {where} % of zeros on"
    return f"Batch {batch}: CSR is {faster}. Dense waits for {waits[0]}; CSR with 90 % zeros waits for {waits[1]}."


explore(by_roofline, "inputs at once", [1, 2, 4, 8, 16, 32, 64, 128, 256, 512], start=8)

# %% [markdown]
# A picture of the roofline says why the batch matters. **Arithmetic intensity**, as in lab 06, is the number of
# operations for each byte that is moved. A roof has two lines; left of the corner where they meet a layer waits for its
# bytes, right of it for arithmetic.

# %%
fig, (ax,) = figures.figure(width=6.4, height=3.8)
main = measure.machine()
steps = np.logspace(-2, 3, 100)
for roof, name, colour in (
    (best, "block of the layer's size", figures.REFERENCE),
    (main, "main memory", figures.MUTED),
):
    ax.plot(steps, [1e-9 * min(roof.flops, roof.bandwidth * x) for x in steps], color=colour, label=name)
for batch, marker in ((1, "o"), (64, "s")):
    for name, kept, run, colour in (
        ("dense", SIDE * SIDE, "dense", figures.REFERENCE),
        ("CSR 90 %", round(0.1 * SIDE * SIDE), 90, figures.KEPT),
    ):
        operations = 2 * kept * batch
        moved = 8 * SIDE * batch + (4 * kept if run == "dense" else 12 * kept + 8 * (SIDE + 1))
        rate = 1e-9 * operations / curves[batch][run].seconds
        ax.plot(operations / moved, rate, marker, color=colour)
        ax.annotate(
            f"{name}, batch {batch}", (operations / moved, rate), xytext=(7, -4), textcoords="offset points", fontsize=8
        )
        print(f"{name:<9} batch {batch:>2}: {operations / moved:>5.2f} operations a byte, {rate:>6.1f} billion/s")
ax.set(xscale="log", yscale="log", xlabel="operations for each byte", ylabel="billion operations a second",
       title=f"Roofline of this machine, {best.threads} thread")  # fmt: skip
ax.legend(frameon=False, loc="lower right")
figures.show(fig, alt="Two roofs and, below them, the layer in dense and CSR form at batch 1 and 64.")

# %% [markdown]
# **Reading the figure.** For one input every weight is used once, so both layouts stand far to the left, where bytes
# are what a layer waits for. CSR moves fewer of them; if it stands well below its roof, it waits for something that the
# roofline does not know: the gathering of one number after another. A batch of 64 uses each weight 64 times: dense
# climbs to the right, where arithmetic rules, and there CSR is held to a rate of its own.
#
# ### Drag the zeros
#
# The same layer at every share of weights gone, measured here: by a mask, in CSR, by rows that are removed. The dashed
# line is the promise of the MACs, 1 / (1 - share).
#
# **Try:** At one input, where does CSR overtake dense? And at 64? Where are removed rows furthest from the promise?

# %%
shares, explored = (0.0, 0.25, 0.5, 0.75, 0.875, 0.9375), {}
for batch in (1, 64):
    inputs = torch.randn(batch, SIDE)
    runs = {"dense": partial(nn.functional.linear, inputs, weight)}
    for share in shares:
        zeros = masked_weight(weight, share)
        runs["masked", share] = partial(nn.functional.linear, inputs, zeros)
        runs["CSR", share] = sparse_product(zeros, "csr", inputs.T)
        runs["rows removed", share] = partial(nn.functional.linear, inputs, weight[: round(SIDE * (1 - share))].clone())
    ratios = speedups(runs, "dense", rounds=15)
    explored[f"{batch} inputs" if batch > 1 else "1 input"] = {
        kind: {share: ratios[kind, share].ratio for share in shares} for kind in ("masked", "CSR", "rows removed")
    }
SpeedExplorer(explored, name=f"A linear layer {SIDE} x {SIDE}")

# %% [markdown]
# **Reading the explorer.** Removed rows come nearest to the promise, and fall behind it where calling the layer and
# fetching its inputs cost as much as computing it. A mask stays where it began.
#
# ## 4 How fast is a whole network?
#
# Now VGG. Cut its channels with one threshold on |gamma| over all layers, as in lab 05, and round the number that stays
# in each layer up to a multiple of 8, as in lab 06. No training: the penalty has closed many of them already. The
# **gate** of this lab is MLPerf's: at least 99 % of the accuracy of the dense network. The share to cut is chosen on
# validation images: the largest that passes. Predict its speed-up, as torch runs it.

# %%
question = "Time of the dense VGG divided by that of the chosen one, for one image?"
slim_speedup = predict("slim_speedup", question, low=0, high=20)


# %%
def slim(model: nn.Module, share: float, multiple: int = 8) -> nn.Module:
    """A copy without the `share` of channels whose |gamma| is smallest; the rest of a layer up to a multiple."""
    norms = {name: m.weight.detach().abs() for name, m in model.named_modules() if isinstance(m, nn.BatchNorm2d)}
    bar = torch.cat(list(norms.values())).quantile(share)
    small = deepcopy(model)
    graph = tp.DependencyGraph().build_dependency(small, torch.zeros(1, *data.shape))
    for name, gamma in norms.items():
        kept = min(len(gamma), multiple * math.ceil(max(1, int((gamma > bar).sum())) / multiple))
        cut = gamma.argsort()[: len(gamma) - kept].tolist()
        if cut:
            graph.get_pruning_group(small.get_submodule(name), tp.prune_batchnorm_out_channels, cut).prune()
    return small.eval()


@torch.inference_mode()
def right(predict: Callable[[Tensor], Tensor]) -> float:
    """Share of the validation images of this lab that a function from images to logits gets right, in per cent."""
    return 100 * (predict(images).argmax(1) == labels).float().mean().item()


dense_right = right(vgg)
candidates = {share: slim(vgg, share) for share in (0.0, 0.3, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8)}
print(f"{'cut':>5}{'parameters':>12}{'MACs':>14}{'accuracy':>11}   gate at {0.99 * dense_right:.2f} %")
scores = {share: right(model) for share, model in candidates.items()}
for share, model in candidates.items():
    verdict = "passes" if scores[share] >= 0.99 * dense_right else "fails"
    print(f"{share:>5.0%}{parameters(model):>12,}{macs(model, data.shape):>14,}{scores[share]:>9.2f} %   {verdict}")
best_share = max(share for share, score in scores.items() if score >= 0.99 * dense_right)
small = candidates[best_share]
print(f"chosen: {best_share:.0%} of the channels cut")

# %% [markdown]
# The whole zoo, now for the network: the dense one, the same with as many **single weights** zero as the carving took
# parameters, the carved one, channels-last (pixels before channels in memory), bf16, graph and int8.


# %%
gone = 1 - parameters(small) / parameters(vgg)
zeros, of_small = unstructured(vgg, gone), {}
for batch, rounds in ((1, 30), (64, 6)):
    some = images[:batch]
    builds = {
        "dense": lambda some=some: partial(vgg, some),
        f"{gone:.0%} of weights zero": lambda some=some: partial(zeros, some),
        "carved": lambda some=some: partial(small, some),
        "dense, channels last": lambda some=some: last(vgg, some),
        "carved, channels last": lambda some=some: last(small, some),
        "dense, bf16": lambda some=some: partial(deepcopy(vgg).bfloat16(), some.bfloat16()),
        "dense, torch.compile": lambda some=some: compiled(vgg, some),
        "dense, ONNX Runtime": lambda some=some: graph(vgg, data.shape, some, "dense"),
        "carved, ONNX Runtime": lambda some=some: graph(small, data.shape, some, "carved"),
        "carved, int8": lambda some=some: graph(small, data.shape, some, "carved", int8=True),
    }
    runs, reasons = deploy.what_runs(builds)
    ratios = speedups(runs, "dense", rounds=rounds)
    print(f"batch {batch}, fewer MACs by {macs(vgg, data.shape) / macs(small, data.shape):.1f}x")
    for name in builds:
        if name.startswith("carved") and name in ratios:
            of_small[batch, name] = ratios[name]
        else:
            print(f"  {name:<24}{ratios[name] if name in ratios else f'not here: {reasons[name]}'}")
    print(f"  {weather(ratios)}")
slim_speedup.reveal(
    round(of_small[1, "carved"].ratio, 2),
    f"{'; '.join(f'{name}, batch {batch}: {ratio}' for (batch, name), ratio in of_small.items())}.",
)

# %%
fast = torch.cpu.get_capabilities()
print(
    f"bf16 has units of its own here: {bool(fast.get('amx_bf16') or fast.get('avx512_bf16'))}; "
    f"bytes are added up in 32 bits: {deploy.has_vnni()}"
)
if onnx_missing:
    print(f"No export here: {onnx_missing}.")
else:
    path = deploy.export(small, data.shape, folder / "carved.onnx")
    with torch.inference_mode():
        apart = (deploy.session(path)(images) - small(images)).abs().max().item()
    print(
        f"the logits of {len(images)} images differ by {apart:.0e} at most (1e-04 is allowed); "
        f"the file has {path.stat().st_size:,} bytes, its numbers alone {4 * parameters(small):,}"
    )

# %% [markdown]
# **Reading the lines.** The same number of weights is gone from the network with zeros and from the carved one; the
# clock sees only what is gone from the **shapes**, and of that less than the MACs promise: lab 06 told why. The
# interval tells which of the differences are real. A graph compiler folds batch norm into the convolution before it,
# joins ReLU to it, picks a layout for each layer and asks Python once for the whole network, where torch asks for every
# layer.
#
# The last line compares the exported network with torch's own: both compute in float32, but sum in another order.
#
# ## 5 What would MLPerf say?
#
# Numbers that a vendor measures at home convince nobody. MLPerf Inference (Reddi et al. 2020) therefore has the
# questions asked by a referee, the **LoadGen**: it draws samples, hands them to your system as queries, waits for the
# answers and writes a log. Two of its scenarios:
#
# - **SingleStream**: one sample, the answer, the next sample. Counts: the latency that 90 % of the queries keep.
# - **Offline**: one query with all samples at once. Counts: samples a second.
#
# First comes accuracy mode: every sample once, and the answers are logged. Only a network that reaches the gate may
# show its speed. An official run takes 600 s; these take a second.
#
# ### Exercise 9.5: Answer a query in order
# *3 points, 10 minutes, about 4 lines*
#
# A query is a list of sample numbers, in any order, with repetitions. Return a tensor with the predicted classes, one
# integer for each number of `indices`, in that order. The engine `predict` maps images to logits, (batch, classes), and
# like many compiled engines it takes **exactly** `batch` images at a time: fill the last batch up with anything of the
# right shape, and throw the answers to the filling away. Call it $\lceil n / b \rceil$ times for $n$ numbers, at least
# one, and batches of $b$. Logits may have either sign, and there may be hundreds of classes.
#
# *Example:* `indices = [7, 2, 7, 0, 5]`, `batch = 2`: three calls, with images 7 and 2, then 7 and 0, then 5 and a
# filler; five classes come back, the first for image 7. Whoever sorts answers for image 0 first.
#
# <details><summary>Hint 1: the idea</summary>
# Lengthen the list of numbers, by repeating its last one, to the next multiple of the batch. At the end keep as many
# answers as there were questions.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>-len(indices) % batch</code> is how many are missing; <code>torch.tensor(numbers).split(batch)</code>;
# <code>logits.argmax(1)</code>; <code>torch.cat</code>.
# </details>


# %% exercise="answer_query"
def answer_query(predict: Callable[[Tensor], Tensor], images: Tensor, indices: list[int], batch: int) -> Tensor:
    """Predicted classes of the images with these numbers, in their order, by an engine of a fixed batch size."""
    ### BEGIN SOLUTION
    numbers = [*indices, *[indices[-1]] * (-len(indices) % batch)]
    answers = [predict(images[part]).argmax(1) for part in torch.tensor(numbers).split(batch)]
    return torch.cat(answers)[: len(indices)]
    ### END SOLUTION


# %% check="answer_query" points=3
with check("answer_query", points=3) as c:
    in_order = "One answer for each number, in the order of the query, repetitions included."
    filled = "The last batch is filled up where it is not full, and the answers to the filling are thrown away."
    times = "For n numbers and batches of b the engine runs n / b times, rounded up."
    largest = "An image's class is the position of its largest logit; logits may be of either sign, and classes many."

    def answers_are(indices, batch, idea, count=9, classes=5, size=(1, 2, 3), level=2.0):
        """Answers for random patterns, one a class, by an engine that is strict about the shape of its input."""
        patterns = torch.randn(classes, *size, generator=seeded(classes))
        patterns[1::2] = 1.001 * patterns[:-1:2]  # every other one is a little brighter than the one before it
        truth = torch.arange(count) * 3 % classes
        pictures, calls = patterns[truth], []

        def engine(pack):
            """Logits for exactly `batch` pictures: `level` less the distance to each pattern."""
            if tuple(pack.shape) != (batch, *size):
                raise ValueError(f"this engine takes images of shape {(batch, *size)}, not {tuple(pack.shape)}")
            calls.append(len(pack))
            return level - (pack.flatten(1)[:, None] - patterns.flatten(1)).norm(dim=2)

        called = f"answer_query(predict, {count} images, {describe(indices)}, {batch})"
        got = c.call(answer_query, engine, pictures, indices, batch, idea=f"{filled} {in_order}")
        c.true(isinstance(got, Tensor) and not got.dtype.is_floating_point, called=called, got=got,
               expected="a tensor of integers", idea="argmax(1) gives classes, torch.cat joins them.")  # fmt: skip
        c.equal(got, truth[indices], called=called, idea=idea)
        c.true(len(calls) == math.ceil(len(indices) / batch), called=called, got=f"{len(calls)} calls",
               expected=f"{math.ceil(len(indices) / batch)} calls of the engine", idea=times)  # fmt: skip

    answers_are([4, 1, 2, 8], 2, in_order)
    answers_are([7, 2, 7, 0, 5], 2, f"{in_order} {filled}")
    answers_are([3], 4, filled)
    answers_are([8, 6, 1], 1, in_order)
    answers_are([2, 2, 2, 5], 8, filled)
    answers_are([0], 1, in_order, count=1)
    answers_are([8, 0, 8, 0, 3], 5, in_order)  # as many images in a batch as classes
    for level, classes in product((-3.0, 1.5, 20.0), (2, 10, 300)):  # logits below zero, of both signs, above zero
        answers_are([5, 0, 300, 85, 0, 299, 170, 12], 3, f"{largest} {in_order}", 301, classes, (3, 4, 2), level)
    for seed, batch in enumerate((1, 2, 3, 7, 16, 40, 100)):  # queries of any length, batches full and not
        draw = seeded(seed)
        asked = torch.randint(60, (whole(draw, 17, 50),), generator=draw).tolist()
        answers_are(asked, batch, f"{in_order} {filled}", 60, 11, (2, 5, 3))
        answers_are(asked[:16], batch, f"{in_order} {filled}", 60, 17, (4, 1, 6))
    ### BEGIN HIDDEN TESTS
    answers_are(list(range(8, -1, -1)), 4, f"{in_order} {filled}", classes=7, size=(3, 2, 2))
    answers_are(list(range(9)) * 3, 9, in_order)
    ### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 9.6: Through the gate?
# *3 points, 10 minutes, about 6 lines*
#
# LoadGen logs an answer as the bytes of a 32-bit integer, lowest byte first, written in hexadecimal digits. From the
# entries `{"seq_id": ..., "qsl_idx": ..., "data": ...}`, where `qsl_idx` is the number of the sample, return the
# accuracy in per cent and whether it passes the gate:
#
# $$\text{accuracy} = 100\,\frac{\text{samples with the right answer}}{\text{all samples}}, \qquad
# \text{passed} = \text{accuracy} \ge 0.99 \cdot \text{dense}.$$
#
# `labels` has the true class of every sample, and `dense` is the dense network's accuracy in per cent. A sample that is
# missing in the log is not right. Nor is the special answer `"ffffffff"`, which stands for −1 and is no class. No
# sample is logged twice. Round nothing.
#
# *Example:* `"2c010000"` is 0x12c = 300, not 0x2c010000. Labels `[300, 1, 0, 2]`, and entries for sample 1 with
# `"01000000"`, sample 0 with `"2c010000"`, sample 2 with `"05000000"`: two of four are right, `(50.0, ...)`. Against a
# dense accuracy of 50.5 that passes, because 99 % of it is 49.995; a point less would be 49.5.
#
# <details><summary>Hint 1: the idea</summary>
# Count the entries whose number equals the label of their sample. Divide by the labels, not by the entries.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>int.from_bytes(bytes.fromhex(text), "little")</code>
# </details>


# %% exercise="gate"
def gate(entries: list[dict], labels: Tensor, dense: float) -> tuple[float, bool]:
    """Accuracy in per cent of what LoadGen logged, and whether it is at least 99 % of `dense`."""
    ### BEGIN SOLUTION
    correct = 0
    for entry in entries:
        answer = int.from_bytes(bytes.fromhex(entry["data"]), "little", signed=True)
        correct += answer == int(labels[entry["qsl_idx"]])
    accuracy = 100 * correct / len(labels)
    return accuracy, accuracy >= 0.99 * dense
    ### END SOLUTION


# %% check="gate" points=3
with check("gate", points=3) as c:
    by_number = "qsl_idx is the sample's number, seq_id only counts the answers; a missing sample is not right."
    digits = "Two hexadecimal digits are a byte, and the lowest byte comes first."
    verdict = "The gate is 99 % of the dense accuracy, not one point less; to reach it is enough. Return True or False."

    def gate_is(want, answers, classes, dense, idea):
        """Accuracy and verdict for {sample: hexadecimal text}, logged in this order."""
        entries = [{"seq_id": n, "qsl_idx": i, "data": text} for n, (i, text) in enumerate(answers.items())]
        got = c.call(gate, entries, torch.tensor(classes), dense, idea=f"{digits} {by_number}")
        called = f"gate(entries of (sample, data) {describe(list(answers.items()))}, {describe(classes)}, {dense})"
        c.true(isinstance(got, tuple | list) and len(got) == 2, called=called, expected="accuracy and verdict", got=got,
               idea="Return two things.")  # fmt: skip
        c.equal(got[0], want[0], called=f"accuracy in per cent of {called}", idea=idea)
        c.equal(got[1], want[1], called=f"verdict of {called}", idea=verdict)

    example = {1: "01000000", 0: "2c010000", 2: "05000000"}
    gate_is((100.0, True), {0: "02000000", 1: "03000000"}, [2, 3], 100.0, "Per cent: two right answers of two are 100.")
    gate_is((50.0, True), example, [300, 1, 0, 2], 50.5, f"{digits} {by_number}")
    gate_is((100.0, True), {1: "03000000", 0: "02000000"}, [2, 3], 100.0, by_number)
    gate_is((50.0, False), {0: "00000000", 1: "01000000"}, [0, 2], 50.9, by_number)
    gate_is((50.0, True), {0: "00000000", 1: "07000000"}, [0, 2], 20.0, by_number)
    gate_is((0.0, True), {0: "00010000"}, [1, 0], 0.0, f"{digits} {by_number}")
    gate_is((0.0, False), {}, [0, 1, 2], 40.0, "An empty log has no right answer.")
    gate_is((25.0, False), {3: "10270000"}, [0, 0, 0, 10000], 90.0, f"{digits} {by_number}")
    thirds = {0: "01000000", 1: "01000000", 2: "00000000"}
    gate_is((200 / 3, True), thirds, [1, 1, 1], 67.3, "Two of three are 66.67 %; round nothing before you compare.")
    gate_is((50.0, False), {0: "ffffffff", 1: "00000000"}, [255, 0], 99.0, "ffffffff stands for -1, no class.")
    large = 0x01A2B3C4
    for change in (1, 1 << 4, 1 << 8, 1 << 12, 1 << 16, 1 << 20, 1 << 24, 1 << 28, 0):  # one digit is another, or none
        logged = {1: (large ^ change).to_bytes(4, "little").hex(), 0: "00000000"}
        found = 50.0 if change else 100.0
        gate_is((found, found == 100), logged, [0, large], 100.0, f"All eight digits count. {digits}")
    hundred = {i: ("01000000" if i < 99 else "00000000") for i in reversed(range(100))}
    gate_is((99.0, True), hundred, [1] * 100, 100.0, verdict)
    for seed, correct in enumerate((3, 17, 30, 42)):  # of 43 samples in random order; wrong answers, then missing ones
        order = torch.randperm(43, generator=seeded(seed)).tolist()
        classes = torch.randint(1000, (43,), generator=seeded(seed)).tolist()
        logged = {i: classes[i] + (n >= correct) for n, i in enumerate(order[: correct + 5])}
        logged = {i: answer.to_bytes(4, "little").hex() for i, answer in logged.items()}
        accuracy = 100 * correct / 43
        for off in (0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6):
            gate_is((accuracy, True), logged, classes, accuracy / 0.99 * (1 - off), by_number)
            gate_is((accuracy, False), logged, classes, accuracy / 0.99 * (1 + off), by_number)
    ### BEGIN HIDDEN TESTS
    gate_is((99.0, False), hundred, [1] * 100, 100.0001, by_number)
    ### END HIDDEN TESTS

# %% [markdown]
# The steps from the network as you would run it without a second thought to all that this lab has: torch, float32, one
# image at a time, then the carved network, then the graph, then int8. The ranges for int8 come from training images.
# In the first layer, which reads few channels, int8 gains little and costs a change of layout, so the last step gives
# that one back to float32.


# %%
def ladder(dense: nn.Module, small: nn.Module) -> dict[str, Callable[[Tensor], Tensor]]:
    """The steps as functions from images to logits; fewer where ONNX Runtime is missing."""
    steps = {"dense, torch": dense, "carved": small}
    if not onnx_missing:
        float_file = deploy.export(small, data.shape, folder / "step.onnx")
        calibration = data.train.tensors[0][:300]
        steps["graph"] = deploy.session(float_file)
        for name, first in (("int8", False), ("first layer in float", True)):
            target = folder / f"step-{name.replace(' ', '-')}.onnx"
            steps[name] = deploy.session(deploy.quantize(float_file, target, calibration, first_in_float=first))
    return steps


def referee(answer: Callable[[list[int]], Tensor], scenario: str, logs: Path, accuracy: bool = False):
    """LoadGen's test of a second; without LoadGen, the same questions asked by a loop."""
    if not loadgen_missing:
        return mlperf.load_test(answer, len(images), scenario, logs, accuracy=accuracy, seconds=0.8)
    every = list(range(len(images)))
    if accuracy:
        return [
            {"seq_id": i, "qsl_idx": i, "data": int(label).to_bytes(4, "little", signed=True).hex()}
            for i, label in enumerate(answer(every))
        ]
    asked = [every[:1]] if scenario == "SingleStream" else [every]
    taken = latencies({"answer": partial(answer, asked[0])}, rounds=50 if scenario == "SingleStream" else 3)["answer"]
    return float(np.quantile(taken, 0.9)) if scenario == "SingleStream" else median(taken) / len(every)


def whole_speedup(seconds: dict[str, float]) -> float:
    """The seconds of the first step over those of the last."""
    return next(iter(seconds.values())) / list(seconds.values())[-1]


def in_words(seconds: dict[str, float]) -> str:
    """Microseconds for each sample and the speed-up over the first step, step by step."""
    first = next(iter(seconds.values()))
    return ", ".join(f"{name} {1e6 * taken:.1f} µs ({first / taken:.1f}x)" for name, taken in seconds.items())


# %%
if loadgen_missing:
    print(f"{loadgen_missing}. A loop asks in its place, and what it says is no MLPerf result.")
steps = ladder(vgg, small)
passed = {}
for name, engine in steps.items():
    answer = partial(answer_query, engine, images, batch=50)
    test = referee(answer, "Offline", folder / name / "accuracy", accuracy=True)
    accuracy, passed[name] = gate(test if loadgen_missing else test.entries(), labels, dense_right)
    print(f"{name:<22}{accuracy:>7.2f} %   {'passes' if passed[name] else 'FAILS'}")

# %% [markdown]
# `batch=50` is a batch that every engine here takes. Now speed, with the referee in charge. Offline comes with a step
# of its own at the beginning: the same dense network, but fed with batches. Predict the whole stack's speed-up, from
# the first step to the last, in both scenarios.

# %%
question = "SingleStream: how many times shorter is the 90th percentile of the latency after the last step?"
single_stream = predict("single_stream", question)
question = "Offline: how many times as many samples per second after the last step?"
offline = predict("offline", question)

# %%
seconds, tests = {"SingleStream": {}, "Offline": {}}, {}
for name, engine in {"dense, one by one": vgg, **steps}.items():
    for scenario in seconds:
        alone = scenario == "SingleStream" or name == "dense, one by one"
        if not passed.get(name, True) or (scenario == "SingleStream" and name == "dense, one by one"):
            continue
        answer = partial(answer_query, engine, images, batch=1 if alone else 50)
        test = referee(answer, scenario, folder / name / scenario)
        tests[scenario, name] = test
        seconds[scenario][name] = test if loadgen_missing else test.seconds
typical = dict(seconds)
if not loadgen_missing:
    streams = {name: tests["SingleStream", name] for name in seconds["SingleStream"]}
    typical["SingleStream"] = {name: test.percentile(50) for name, test in streams.items()}
    last_test = list(streams.values())[-1]
    print(f"log of the last step: {sorted(file.name for file in last_test.folder.iterdir())}")
    for line in ("Result is", "90.00 percentile latency (ns)", "Mean latency (ns)"):
        print(f"    {line:<32}{last_test.summary[line]}")
    print([(event["key"], event["value"]) for event in last_test.events() if "min_duration" in event["key"]])
medians = "" if loadgen_missing else f" Median: {in_words(typical['SingleStream'])}."
single_stream.reveal(
    round(whole_speedup(seconds["SingleStream"]), 1),
    f"90th percentile: {in_words(seconds['SingleStream'])}.{medians}",
)
offline.reveal(round(whole_speedup(seconds["Offline"]), 1), f"Offline: {in_words(seconds['Offline'])}.")

# %% [markdown]
# **Reading the lines.** LoadGen tests one system at a time, so the weather may differ from line to line; that is why
# official runs last ten minutes. On a busy machine the 90th percentile of a slow step catches interruptions that a
# quick step escapes: where the medians give a smaller factor, the difference is that, so the medians are what we go on
# with. What LoadGen wrote into its folder is here, too: the verdict of the summary, and lines of the detailed log.
#
# ## 6 Who gets the credit?
#
# ### Exercise 9.7: The waterfall
# *2 points, 8 minutes, about 6 lines*
#
# Steps come one after another; `seconds` maps each to the time with it and all steps before it. For every step but the
# first return its own factor and its share of the whole:
#
# $$f_i = \frac{t_{i-1}}{t_i}, \qquad \text{share}_i = \frac{\log f_i}{\log (t_0 / t_n)},$$
#
# as a dictionary `{step: (factor, share)}` in the same order, where $t_0$ is the first time and $t_n$ the last. Factors
# multiply, so their logarithms add up: the shares make 1. A step that slows down has a negative share. The last time
# always differs from the first.
#
# *Example:* 16, 8 and 2 seconds: factors 2 and 4, their product 8; $\log 2 / \log 8 = 1/3$, and $2/3$. By seconds
# saved, the first step would have 8 of 14, more than half, only because it came first.
#
# <details><summary>Hint 1: the idea</summary>
# Each step is compared with the one before it, not with the first.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>pairwise(names)</code> gives neighbours; <code>math.log</code>.
# </details>


# %% exercise="waterfall"
def waterfall(seconds: dict[str, float]) -> dict[str, tuple[float, float]]:
    """Factor of each step over the one before it, and its share of the whole speed-up by logarithms."""
    ### BEGIN SOLUTION
    names = list(seconds)
    total = math.log(seconds[names[0]] / seconds[names[-1]])
    steps = {}
    for before, name in pairwise(names):
        factor = seconds[before] / seconds[name]
        steps[name] = factor, math.log(factor) / total
    return steps
    ### END SOLUTION


# %% check="waterfall" points=2
with check("waterfall", points=2) as c:
    neighbours = "A step's factor is the time before it over the time with it."
    logs = "A share is the logarithm of the step's factor over that of the whole speed-up; the shares add up to 1."

    def steps_are(want, seconds):
        """Factors and shares by step."""
        got = c.call(waterfall, seconds, idea=neighbours)
        called = f"waterfall({describe(seconds)})"
        right_kind = isinstance(got, dict) and list(got) == list(want)
        c.true(right_kind, called=called, expected=f"a dictionary for {list(want)}", got=got,
               idea="Every step but the first, in order.")  # fmt: skip
        pairs = all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in got.values())
        c.true(pairs, called=called, expected="(factor, share) for each step", got=got, idea="Return both.")
        for place, part, idea in ((0, "factors", neighbours), (1, "shares", logs)):
            found, wanted = ([pair[place] for pair in pairs.values()] for pairs in (got, want))
            c.equal(found, wanted, called=f"{part} of {called}", idea=f"{idea} Round nothing.", atol=1e-7)

    steps_are({"b": (2.0, 1 / 3), "c": (4.0, 2 / 3)}, {"a": 16.0, "b": 8.0, "c": 2.0})
    steps_are({"b": (0.5, -0.5), "c": (8.0, 1.5)}, {"a": 4.0, "b": 8.0, "c": 1.0})
    steps_are({"only": (5.0, 1.0)}, {"start": 1.0, "only": 0.2})
    steps_are({"y": (3.0, 0.5), "x": (1.0, 0.0), "a": (3.0, 0.5)}, {"z": 9.0, "y": 3.0, "x": 3.0, "a": 1.0})
    steps_are({"b": (0.5, 0.5), "c": (0.5, 0.5)}, {"a": 1.0, "b": 2.0, "c": 4.0})
    small_one = {"a": 8.0, "b": 8.0 / 2**0.00013, "c": 1.0}
    steps_are({"b": (2**0.00013, 0.00013 / 3), "c": (2**2.99987, 2.99987 / 3)}, small_one)
    steps_are({"b": (1 / 1024, 10.0), "c": (512.0, -9.0)}, {"a": 1.0, "b": 1024.0, "c": 2.0})
    steps_are({"b": (1024.0, 10.0), "c": (1 / 512, -9.0)}, {"a": 1.0, "b": 1 / 1024, "c": 0.5})
    for seed in range(12):  # two to nine steps, of which factors and shares are given and the times follow
        draw = seeded(seed)
        powers = distinct((1 + seed % 8,), draw, torch.float64).tolist()  # of 2
        names = [f"step {n}" for n in torch.randperm(99, generator=draw)[: len(powers) + 1].tolist()]
        times = [fraction(draw) * 10 ** whole(draw, -6, 2)]
        for power in powers:
            times.append(times[-1] / 2**power)
        want = {name: (2**power, power / sum(powers)) for name, power in zip(names[1:], powers, strict=True)}
        steps_are(want, dict(zip(names, times, strict=True)))
    ### BEGIN HIDDEN TESTS
    steps_are({"y": (9.0, 2.0), "a": (1 / 3, -1.0)}, {"z": 9.0, "y": 1.0, "a": 3.0})
    ### END HIDDEN TESTS

# %% [markdown]
# Your stack. One run a step is not yet a measurement one can trust, so the steps of SingleStream race once more, in
# turn, by `speedups`; this also says what the referee's own work (drawing, logging, `answer_query`) adds.

# %%
fig, axes = figures.figure(columns=2, width=5)
for ax, (scenario, found) in zip(axes, typical.items(), strict=True):
    credit, reached = waterfall(found), 1.0
    for place, (factor, share) in enumerate(credit.values()):
        ax.bar(place, reached * factor - reached, bottom=reached, color=figures.KEPT if factor > 1 else figures.PRUNED)
        reached *= factor
        ax.annotate(f"{factor:.1f}x\n{share:.0%}", (place, reached), ha="center", va="bottom", fontsize=8)
    ax.set_xticks(range(len(credit)), [name.replace(" ", "\n", 1) for name in credit], fontsize=8)
    ax.set(
        yscale="log",
        ylabel="speed-up over the first step",
        title=f"{scenario}: {reached:.1f}x",
        ylim=(0.8, 3 * reached),
    )
figures.show(fig, alt="A waterfall for each scenario: factor and share of each step, up to the whole speed-up.")
ratios = speedups({name: partial(engine, one) for name, engine in steps.items()}, "dense, torch", rounds=40)
for name, ratio in ratios.items():
    print(f"{name:<22}{ratio}")
print(weather(ratios))

# %% [markdown]
# **Reading the figure.** The bars stand on one another, on a scale of logarithms, where equal factors have equal
# heights. Each step's share depends on the order: the graph pays more for a network of small layers, where Python's
# part is large, than it would for the dense one. In the race below the figure the steps take turns and push one another
# out of the cache, as on a phone that does other things, too; under LoadGen each has the processor for itself, but also
# the weather of another second.
#
# ### Exercise 9.8: Energy, estimated
# *1 point, 4 minutes, about 3 lines*
#
# Horowitz (2014), as in lab 01, gives picojoules (10⁻¹² J) for a chip in 45 nm: 32 bits from DRAM 640; float32 addition
# 0.9, multiplication 3.7; int8 addition 0.03, multiplication 0.2. Return the **microjoules** (10⁻⁶ J) of one inference
# that reads `moved` **bytes** from DRAM once and does `macs` multiply-accumulates of `kind`, `"float32"` or `"int8"`.
# Each byte counts a quarter of 32 bits, also where the last bytes do not fill 32; round nothing.
#
# $$E = 10^{-6}\big(\tfrac{640}{4}\,\text{moved} + (e_{+} + e_{\times})\,\text{macs}\big).$$
#
# *Example:* a million MACs and 100,000 bytes in float32: $4.6 + 16 = 20.6$ µJ. In int8, for the same bytes, 16.23; and
# an int8 network has a quarter of the bytes.
#
# <details><summary>Hint 1: the idea</summary>
# A multiply-accumulate is one multiplication and one addition. Memory is charged by 32 bits, which are four bytes.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>{"float32": 0.9 + 3.7, "int8": 0.03 + 0.2}[kind]</code>
# </details>


# %% exercise="energy"
def energy(macs: int, moved: int, kind: str) -> float:
    """Microjoules of an inference by the numbers of Horowitz (2014)."""
    ### BEGIN SOLUTION
    each = {"float32": 0.9 + 3.7, "int8": 0.03 + 0.2}[kind]
    return 1e-6 * (640 / 4 * moved + each * macs)
    ### END SOLUTION


# %% check="energy" points=1
with check("energy", points=1) as c:
    memory = "640 pJ are for 32 bits, and moved counts bytes; the answer is in microjoules."
    arithmetic = "A MAC is a multiplication and an addition of its kind; the answer is in microjoules."
    c.returns(energy, 0, 1_000_000, "float32", want=160.0, idea=memory)
    c.returns(energy, 1_000_000, 0, "float32", want=4.6, idea=arithmetic)
    c.returns(energy, 1_000_000, 0, "int8", want=0.23, idea=arithmetic)
    c.returns(energy, 1_000_000, 100_000, "int8", want=16.23, idea=f"{memory} {arithmetic}")
    c.returns(energy, 1_000_000, 100_000, "float32", want=20.6, idea=f"{memory} {arithmetic}")
    both = f"{memory} {arithmetic} Bytes and MACs may be any whole numbers; round nothing."
    for work, moved in product((0, 1, 37, 12_345, 10**9 + 7), (0, 1, 2, 3, 1_001, 98_765_434)):
        # in picojoules, one byte takes 160, and a MAC 4.60 or 0.23
        c.returns(energy, work, moved, "float32", want=(16000 * moved + 460 * work) / 10**8, idea=both, atol=0)
        c.returns(energy, work, moved, "int8", want=(16000 * moved + 23 * work) / 10**8, idea=both, atol=0)
    ### BEGIN HIDDEN TESTS
    c.returns(energy, 3_000_000, 500_000, "float32", want=93.8, idea=f"{memory} {arithmetic}")
    ### END HIDDEN TESTS

# %%
for name, model, kind, size in (
    ("dense, float32", vgg, "float32", 4),
    ("carved, float32", small, "float32", 4),
    ("carved, int8", small, "int8", 1),
):
    work, moved = macs(model, data.shape), size * parameters(model)
    print(
        f"{name:<18}{work:>12,} MACs {moved:>11,} bytes{energy(work, moved, kind):>10.1f} µJ, "
        f"{energy(0, moved, kind) / energy(work, moved, kind):.0%} of it for memory"
    )

# %% [markdown]
# **Reading the lines.** This is an estimate for a chip of 2014 that reads each weight from DRAM once and finds the maps
# in its caches; nobody measured your processor. What holds for other chips, too, is the order: memory is dear, and
# bytes saved are energy saved.
#
# ## What you measured
#
# First your predictions, each beside what came.

# %%
compare_predictions()

# %% [markdown]
# The first 3,000 test images are read here, once, after all choices are made. (A point less or more on 1,000 or 3,000
# images may be chance.) SingleStream stands for the median latency.

# %%
reached = {}
print(f"{'step':<22}{'SingleStream':>14}{'Offline':>10}{'test accuracy':>16}")
with torch.inference_mode():
    for name, engine in steps.items():
        tested, truth = (tensor[:3000] for tensor in data.test.tensors)
        hits = sum(
            (engine(part).argmax(1) == true).sum().item()
            for part, true in zip(tested.split(500), truth.split(500), strict=True)
        )
        factors = [next(iter(found.values())) / found.get(name, math.nan) for found in typical.values()]
        reached[name] = 100 * hits / len(truth)
        print(f"{name:<22}{factors[0]:>13.1f}x{factors[1]:>9.1f}x{reached[name]:>14.2f} %")
print(f"10 to 100 times, says the lecture; you have measured {factors[0]:.0f}x and {factors[1]:.0f}x")
note("09 speed", compression=parameters(vgg) / parameters(small), speedup=factors[0], steps=0,
     dense=reached["dense, torch"], accuracy=reached[name])  # lab 10 reads them  # fmt: skip
shutil.rmtree(folder)  # to keep the logs of LoadGen, copy the folder before

# %% [markdown]
# ### Remember
#
# 1. A clock sees shapes, bytes and instructions, not zeros: masks are free of charge and free of gain.
# 2. Measure in turns, take the median of ratios, give its interval; and pass the accuracy gate first.
# 3. Pruning, graph and int8 multiply; after each step look again for what is slowest now.
#
# ### Further reading
#
# - Reddi et al., [MLPerf Inference Benchmark](https://arxiv.org/abs/1911.02549), 2020: the rules of the referee.
# - Williams, Waterman and Patterson, [Roofline](https://doi.org/10.1145/1498765.1498785), 2009.
# - Mishra et al., [Accelerating Sparse Deep Neural Networks](https://arxiv.org/abs/2104.08378), 2021: 2:4 where a
#   processor has it.
#
# **Next:** lab 10 gives you a budget, and all ten methods to meet it.
