# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 03: Iterative pruning: AlexNet and VGG
#
# *About 90 minutes, 20 points.*
#
# Cut all but a hundredth of a network at once, and no retraining may bring back what it knew. Han, Pool, Tran and Dally
# (2015) made AlexNet nine times and VGG-16 thirteen times smaller without losing accuracy, by doing the same thing
# again and again: **prune a little, retrain, prune again**. *How far does patience carry, and is it the patience that
# does it?* In this lab you write the loop and its schedules, hunt a bug that has spoilt many a retraining, and hold
# your measurements against long runs over several seeds.
#
# **You will be able to**
#
# - plan how hard each round cuts, in rounds or during training,
# - write the loop of pruning and retraining, and keep its zeros,
# - compare two methods that have the same budget of training,
# - find a learning rate that died without a word,
# - say what "20 times fewer weights" is worth in bytes, and what pruning does to overfitting.
#
# **From earlier labs**
#
# - **Magnitude pruning** removes the weights closest to zero. One ranking over all layers decides how much each of them
#   loses (lab 02).
# - A pruned weight stays at zero only if its mask is applied again and again while the others **retrain** (lab 02).
# - A bitmask costs a bit for each weight, pruned or not; CSR costs an index for each that is kept (lab 01).

# %% locked="setup"
from copy import deepcopy
from functools import cache

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import prune
from torch.utils.data import TensorDataset

from prunelab import figures, models
from prunelab.checks import check
from prunelab.data import Data, load_data
from prunelab.explorers import KeptWeights, ScheduleDesigner
from prunelab.inputs import fill, fraction, labelled, nested
from prunelab.live import explore
from prunelab.notes import note
from prunelab.predictions import compare_predictions, predict
from prunelab.results import load_results, mean_interval
from prunelab.training import accuracy, batches, fit, seeded

data = load_data()  # train, validation and test images with labels
lenet300 = models.load("lenet300", data)  # LeNet-300-100: three linear layers, trained
dense = accuracy(lenet300, data.validation)


def layers_of(model: nn.Module) -> dict[str, nn.Module]:
    """The layers that are pruned, by name."""
    return {name: m for name, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}


def kept_share(model: nn.Module) -> float:
    """The share of all weights of these layers that are not pruned."""
    layers = layers_of(model).values()
    kept = sum(int(getattr(layer, "weight_mask", torch.ones_like(layer.weight)).sum()) for layer in layers)
    return kept / sum(layer.weight.numel() for layer in layers)


def prune_to(model: nn.Module, kept: float) -> None:
    """Prune the smallest magnitudes of all layers together, in place, until the share `kept` of all weights is left.

    What was pruned before stays pruned. torch's pruner holds the zeros from then on, whatever the optimizer does.
    """
    layers = layers_of(model).values()
    for layer in filter(prune.is_pruned, layers):
        layer.weight = layer.weight_orig.detach() * layer.weight_mask  # torch renews it at the next forward pass only
    total = sum(layer.weight.numel() for layer in layers)
    left = round(kept_share(model) * total)
    if round(kept * total) > left:
        raise ValueError(f"{left / total:.1%} of the weights are left; pruning cannot bring back {kept:.1%}.")
    pairs = [(layer, "weight") for layer in layers]
    prune.global_unstructured(pairs, prune.L1Unstructured, amount=left - round(kept * total))


# %% [markdown]
# Two tools are given, so that this lab can start where lab 02 ended: `prune_to(model, kept)` is the global pruning of
# exercises 2.2 and 2.3 on top of torch's own pruner, and `fit(model, dataset, steps=...)` trains: momentum, and a
# learning rate that rises to `lr` and falls to zero within these steps. Each call of `fit` is one such rise and fall.
#
# ## 1 What does one cut cost?
#
# LeNet-300-100 is cut once to a hundredth and retrained for a moment. Predict first how much of its validation accuracy
# comes back; the result of the next cell appears when you lock your prediction in.

# %%
question = "What fraction of the accuracy that the cut takes away comes back within 100 steps?"
comes_back = predict("comes_back", question, low=0, high=1)

# %%
once = deepcopy(lenet300)
prune_to(once, 0.01)
after_cut = accuracy(once, data.validation)
fit(once, data.train, steps=100)
after_fit = accuracy(once, data.validation)
back = (after_fit - after_cut) / max(dense - after_cut, 1e-9)
print(f"weights kept: {kept_share(once):.2%}")
dense_cut_back = f"dense {dense:.1f} %, cut {after_cut:.1f} %, retrained {after_fit:.1f} %"
comes_back.reveal(round(back, 3), f"Of the accuracy lost {back:.0%} came back: {dense_cut_back}.")

# %% [markdown]
# However much comes back, retraining has only the survivors to work with, and it was magnitude **before** the cut that
# chose them. In rounds, the network can rearrange itself before the next choice is made.
#
# ## 2 How hard should each round cut?
#
# ### Exercise 3.1: Geometric targets
# *3 points, 8 minutes, about 2 lines*
#
# Return the share of all weights that is kept after each of `rounds` rounds, such that every round cuts the **same
# share of what it finds** and the last one leaves $1 - s$:
#
# $$d_r = (1 - s)^{r / n}, \qquad r = 1, \dots, n$$
#
# with final sparsity $s$ from 0 to 1 and $n$ rounds.
#
# *Example:* $s = 0.75$ in 2 rounds gives `[0.5, 0.25]`: each round halves what is there. Equal steps would be
# `[0.625, 0.25]`, whose second round cuts 60 % of what it finds.
#
# <details><summary>Hint 1: the idea</summary>
# If each round keeps the same factor q of what it finds, n rounds keep q to the power of n. That must be 1 - s.
# </details>
# <details><summary>Hint 2: the call</summary>
# A list comprehension over <code>range(1, rounds + 1)</code>; <code>**</code> takes fractions as exponents.
# </details>


# %% exercise="geometric_targets"
def geometric_targets(final_sparsity: float, rounds: int) -> list[float]:
    """Share of all weights kept after each round, the same share of the rest cut in each."""
    ### BEGIN SOLUTION
    return [(1 - final_sparsity) ** (r / rounds) for r in range(1, rounds + 1)]
    ### END SOLUTION


# %% check="geometric_targets" points=3
with check("geometric_targets", points=3) as c:
    shares = "Shares of all weights that are kept, one after each round; the start, 1.0, is not among them."
    equal = "Each round cuts the same share of what it finds, so each share is the one before times the same number."

    def targets(final_sparsity, rounds, want, idea):
        """The shares agree up to rounding errors."""
        called = f"geometric_targets({final_sparsity}, {rounds})"
        got = c.call(geometric_targets, final_sparsity, rounds, idea=idea)
        c.true(isinstance(got, list) and len(got) == rounds, called=called, expected=f"a list of {rounds} shares",
               got=got, idea=shares)  # fmt: skip
        got, want = (torch.tensor(values, dtype=torch.float64) for values in (got, want))
        c.equal(got, want, atol=1e-9, called=called, idea=idea)

    def rounds_of(final_sparsity, rounds):
        """The shares, each the one before times the same factor."""
        kept, factor = 1.0, (1 - final_sparsity) ** (1 / rounds)
        targets(final_sparsity, rounds, [kept := kept * factor for _ in range(rounds)], equal)

    first = c.call(geometric_targets, 0.75, 2, idea=equal)
    targets(0.75, 2, [0.5, 0.25], equal)
    targets(0.9, 1, [0.1], "One round reaches the final sparsity: it keeps 1 - s.")
    targets(0.875, 3, [0.5, 0.25, 0.125], equal)
    targets(0.36, 2, [0.8, 0.64], "The last share is 1 - s, the share kept, not the share cut.")
    for rounds in (1, 2, 3, 6):
        targets(0.0, rounds, [1.0] * rounds, "Sparsity 0 keeps everything.")
        targets(1.0, rounds, [0.0] * rounds, "Sparsity 1: no factor but 0 gets there; the first round keeps nothing.")
    for rounds in (1, 2, 3, 4, 5, 7, 10, 30):
        rounds_of(fraction(seeded(rounds)), rounds)
    for sparsity in (0.01, 0.95, 0.99, 0.9999, 0.999999):
        rounds_of(sparsity, 4)
    c.equal(first, [0.5, 0.25], called="the list of the first call, geometric_targets(0.75, 2), after other calls",
            idea="Make a new list in each call.")  # fmt: skip
    ### BEGIN HIDDEN TESTS
    for number in range(20, 26):
        rounds_of(fraction(seeded(number)), number // 2)
    ### END HIDDEN TESTS

# %% [markdown]
# ## 3 Could one prune while training?
#
# Rounds are one way. Zhu and Gupta (2017) prune **during** training, every few steps, along a curve: fast at first,
# when many weights can be spared, and ever more slowly, when each one counts.
#
# ### Exercise 3.2: A cubic schedule
# *4 points, 15 minutes, about 5 lines*
#
# Return the sparsity that holds at training step `step`:
#
# $$s_t = s_f + (s_i - s_f)\left(1 - \frac{t - t_0}{t_1 - t_0}\right)^3 \qquad
# \text{at the pruning steps } t = t_0,\ t_0 + \Delta,\ t_0 + 2 \Delta, \dots$$
#
# with begin $t_0$, end $t_1 > t_0$, frequency $\Delta$, initial sparsity $s_i$ and final sparsity $s_f$, which may also
# be the smaller one. **Between two pruning steps the sparsity of the last one holds.** Before $t_0$ it is $s_i$; from
# $t_1$ on it is $s_f$, also where $\Delta$ does not divide $t_1 - t_0$ or is larger.
#
# *Example:* final 0.8, begin 100, end 500, frequency 100. Steps 0 and 100 give 0; step 200 gives
# $0.8 - 0.8 \cdot 0.75^3 = 0.4625$, and so does step 299; step 300 gives 0.7, step 500 and every later one 0.8.
#
# <details><summary>Hint 1: the idea</summary>
# Three cases: before, after, between. Between, first go back to the last pruning step: how many whole frequencies fit
# between begin and now?
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>(step - begin) // frequency * frequency</code> is the distance of the last pruning step from
# <code>begin</code>; divide it by <code>end - begin</code> for the share of the way.
# </details>


# %% exercise="cubic_sparsity"
def cubic_sparsity(step: int, final: float, begin: int, end: int, frequency: int = 1, initial: float = 0.0) -> float:
    """Sparsity at a training step: `initial` before `begin`, `final` from `end` on, a cubic in between."""
    ### BEGIN SOLUTION
    if step < begin:
        return initial
    if step >= end:
        return final
    way = (step - begin) // frequency * frequency / (end - begin)
    return final + (initial - final) * (1 - way) ** 3
    ### END SOLUTION


# %% check="cubic_sparsity" points=4
with check("cubic_sparsity", points=4) as c:
    cubic = "The way left to go, a share from 1 to 0, is cubed; it runs from the initial to the final sparsity."
    holds = "Between two pruning steps the sparsity of the last one holds; count them from begin."
    edges = "Before begin the initial sparsity holds, from end on the final one."

    def sparsity_is(want, idea, *args):
        """The sparsity agrees up to rounding errors."""
        got, called = c.call(cubic_sparsity, *args, idea=cubic), f"cubic_sparsity({', '.join(map(str, args))})"
        c.equal(float(got), want, atol=1e-9, called=called, idea=idea)

    sparsity_is(0.0, edges, 0, 0.8, 100, 500, 100)
    sparsity_is(0.0, cubic, 100, 0.8, 100, 500, 100)
    sparsity_is(0.4625, cubic, 200, 0.8, 100, 500, 100)
    sparsity_is(0.4625, holds, 299, 0.8, 100, 500, 100)
    sparsity_is(0.7, cubic, 300, 0.8, 100, 500, 100)
    sparsity_is(0.8, edges, 500, 0.8, 100, 500, 100)
    sparsity_is(0.8, edges, 10_000, 0.8, 100, 500, 100)
    sparsity_is(0.7875, "The initial sparsity is where the curve starts.", 5, 0.8, 0, 10, 1, 0.7)
    sparsity_is(0.7, edges, 3, 0.8, 4, 10, 1, 0.7)
    sparsity_is(0.9 - 0.9 * 0.4**3, holds, 8, 0.9, 0, 10, 3)
    sparsity_is(0.9, f"{edges} Even where the frequency does not divide the way.", 10, 0.9, 0, 10, 3)
    sparsity_is(0.0, holds, 57, 0.9, 50, 90, 8)
    sparsity_is(0.5 + 0.3 * 0.5**3, "The initial sparsity may be the larger one.", 15, 0.5, 10, 20, 1, 0.8)
    sparsity_is(0.9 - 0.9 * 0.6**3, "frequency is 1 and initial is 0 where they are not given.", 4, 0.9, 0, 10)
    sparsity_is(0.8 - 0.8 * 0.6**3, "initial is 0 where it is not given.", 27, 0.8, 20, 30, 4)

    def follows_curve(final, begin, end, frequency, initial, seed=1):
        """The sparsity of every step before, on and after the curve, the steps in random order."""
        held, want = initial, {}
        for step in range(end + 5):
            if begin <= step < end and (step - begin) % frequency == 0:
                held = final + (initial - final) * ((end - step) / (end - begin)) ** 3
            want[step] = final if step >= end else held
        for step in torch.randperm(end + 5, generator=seeded(seed)).tolist():
            idea = holds if begin <= step < end else edges
            sparsity_is(want[step], idea, step, final, begin, end, frequency, initial)

    follows_curve(0.95, 7, 61, 9, 0.2)
    follows_curve(0.5, 0, 3, 1, 0.0)
    follows_curve(0.99, 20, 40, 50, 0.1)
    follows_curve(0.3, 4, 24, 7, 0.85)
    follows_curve(0.0123, 11, 31, 2, 0.0)
    follows_curve(0.6, 3, 13, 4, 0.6)
    ### BEGIN HIDDEN TESTS
    for number in range(2, 6):
        follows_curve(fraction(seeded(number)), 3 * number, 50, 2 * number, fraction(seeded(-number)), seed=number)
    ### END HIDDEN TESTS

# %% [markdown]
# How often must one prune? The slider below sets the frequency $\Delta$ and runs **your** `cubic_sparsity` for each of
# 600 steps when you let go of the handle: from 0 to 95 % sparsity, between steps 100 and 500. The grey curve is
# that of frequency 1. A cut is hard if it takes much of what it finds.
#
# **Try:** How hard is the hardest cut when one prunes at every step, and how hard at every 100th? From which frequency
# on is the hardest cut the first one?


# %%
def pruned_every(frequency: int, ax) -> str:
    """Draw the weights that your schedule leaves at each step; its cuts and the hardest of them, in words."""
    smooth, kept = (
        [1 - cubic_sparsity(step, 0.95, 100, 500, every) for step in range(600)] for every in (1, frequency)
    )
    cuts = {step: 1 - kept[step] / kept[step - 1] for step in range(1, 600) if kept[step] < kept[step - 1]}
    hardest = max(cuts, key=cuts.get)
    ax.plot([100 * share for share in smooth], color=figures.REFERENCE, linewidth=0.8)
    ax.plot([100 * share for share in kept], color=figures.KEPT)
    ax.plot([hardest, hardest], [100 * kept[hardest - 1], 100 * kept[hardest]], color=figures.PRUNED, linewidth=3)
    ax.set(yscale="log", ylim=(4, 110), xlabel="step of training", ylabel="weights kept (%)")
    ax.set_yticks([5, 10, 20, 50, 100], ["5", "10", "20", "50", "100"])
    ax.minorticks_off()
    ax.set_title(f"95 % sparsity, pruned every {frequency} steps (orange: the hardest cut)")
    return (
        f"Frequency {frequency}, number of cuts: {len(cuts)}. The hardest is at step {hardest} and takes "
        f"{cuts[hardest]:.0%} of the weights that it finds."
    )


explore(pruned_every, "frequency", [1, 5, 10, 20, 40, 50, 80, 100, 150, 200, 300, 400], start=50)

# %% [markdown]
# Both shapes on one slider, with two rivals: equal steps, and everything in the first round.
#
# **Try:** Take 20x in 4 rounds. Which shape cuts hardest in its **last** round, and which in its first? Now take 100x
# in 10 rounds with equal steps: what does the last round do?

# %%
shapes = {
    "geometric": geometric_targets,
    "cubic": lambda s, n: [1 - cubic_sparsity(r, s, 0, n) for r in range(1, n + 1)],
    "equal steps": lambda s, n: [1 - s * r / n for r in range(1, n + 1)],
    "one shot": lambda s, n: [1 - s] * n,
}
ScheduleDesigner(shapes)

# %% [markdown]
# **Reading the figure.** Geometric rounds are equally hard. Equal steps leave the hardest cut to the end, with the
# fewest survivors to bear it. The cubic takes most of *all* weights early and ends gently; how hard its middle is
# depends on the sparsity, as the slider shows. Which of them is best is not for a figure to say: section 5 lets them
# race.
#
# ## 4 How do cuts and training take turns?
#
# ### Exercise 3.3: Prune, retrain, repeat
# *4 points, 12 minutes, about 6 lines*
#
# A plan is a list of rounds `(kept, steps)`. For each round prune `model` in place to the share `kept` **of all
# weights** with `prune_to`, retrain it with `fit` for `steps` batches of `data.train`, and measure it on
# `data.validation`. The seed is yours to choose; the other settings of `fit`, and the masks, stay as they are. Return
# a list of the accuracies:
#
# $$\text{for each } (d_r, T_r):\quad \text{prune to } d_r \to \text{retrain } T_r \text{ steps} \to \text{measure}.$$
#
# *Example:* the plan `[(0.5, 100), (0.25, 200)]` ends with a quarter of all weights, after 300 steps, and returns two
# accuracies. To multiply the shares, and end with an eighth, would be wrong.
#
# <details><summary>Hint 1: the idea</summary>
# One loop, three calls, one list. The order matters: the accuracy of a round is that after its retraining, and the
# next cut needs weights that have healed.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>prune_to(model, kept)</code>, <code>fit(model, data.train, steps=steps)</code>,
# <code>accuracy(model, data.validation)</code>; all three work in place or return a number.
# </details>


# %% exercise="prune_in_rounds"
def prune_in_rounds(model: nn.Module, data: Data, plan: list[tuple[float, int]]) -> list[float]:
    """Prune `model` in place and retrain it, round by round; its validation accuracy in per cent after each."""
    ### BEGIN SOLUTION
    accuracies = []
    for kept, steps in plan:
        prune_to(model, kept)
        fit(model, data.train, steps=steps)
        accuracies.append(accuracy(model, data.validation))
    return accuracies
    ### END SOLUTION


# %% check="prune_in_rounds" points=4
with check("prune_in_rounds", points=4) as c:
    tools = "prune_to takes the share of all weights that is kept; fit takes the steps by name: steps=..."
    order = "In each round: prune, then retrain, then measure; the masks stay."
    in_place = "Go on with the model that you were given; the next round needs the weights of this one."

    def weights_and_mask(model):
        """The weights of all layers, one after the other, zero where they are pruned, and which ones are kept."""
        layers = layers_of(model).values()
        weights = torch.cat([getattr(layer, "weight_orig", layer.weight).detach().flatten() for layer in layers])
        mask = torch.cat([getattr(layer, "weight_mask", torch.ones_like(layer.weight)).flatten() for layer in layers])
        return weights * mask, mask.bool()

    class NotedFit:
        """Stands in for fit: calls it, and notes how, and what the model was before and after."""

        def __init__(self, model, validation):
            self.validation, self.original = validation, fit
            self.calls, self.after, self.accuracies = [], [weights_and_mask(model)], []

        def __enter__(self):
            globals()["fit"] = self
            return self

        def __exit__(self, *_):
            globals()["fit"] = self.original

        def __call__(self, model, *args, **settings):
            start = weights_and_mask(model)
            with torch.random.fork_rng(devices=[]):
                losses = self.original(model, *args, **settings)
            dataset = args[0] if args else settings.pop("dataset")
            self.calls.append((model, dataset, settings, start))
            self.after.append(weights_and_mask(model))
            self.accuracies.append(accuracy(model, self.validation))
            model.train()  # as fit leaves it
            return losses

    def follows(plan):
        """The plan is carried out on the model that was given, in order, and what it returns is what was measured."""
        network, called = nested(seeded(5)), f"prune_in_rounds(model, data, {plan})"
        splits = {"train": 150, "validation": 70, "test": 40}
        small = Data("random", ("a", "b", "c"), **{name: labelled(network, n, seeded(n)) for name, n in splits.items()})
        images = [tensor.clone() for tensor in (*small.train.tensors, *small.validation.tensors)]
        given = list(plan)
        with NotedFit(network, small.validation) as noted:
            got = c.call(prune_in_rounds, network, small, given, idea=tools, may="change")
        c.equal(given, plan, called=f"plan after {called}", idea="Leave the plan as it was.")
        c.equal([*small.train.tensors, *small.validation.tensors], images, called=f"the data after {called}",
                idea="Leave the data as it was.")  # fmt: skip
        c.true(len(noted.calls) == len(plan), called=called, expected=f"{len(plan)} calls of fit", got=len(noted.calls),
               idea="Each round of the plan has one retraining.")  # fmt: skip
        for number, ((kept, steps), call, before) in enumerate(zip(plan, noted.calls, noted.after, strict=False), 1):
            retrained(f"round {number} of {called}", network, small.train, kept, steps, call, *before)
        c.true(isinstance(got, list) and len(got) == len(plan), called=called, got=got, idea="One accuracy a round.",
               expected=f"a list of {len(plan)} accuracies")  # fmt: skip
        c.equal(got, noted.accuracies, called=called,
                idea="An accuracy is in per cent, of data.validation, and measured after the retraining.")  # fmt: skip
        (weights, mask), (last, last_mask) = weights_and_mask(network), noted.after[-1]
        c.true(torch.equal(mask, last_mask) and torch.equal(weights, last), called=f"the model after {called}",
               expected="the weights and masks that the last retraining left", got="others",
               idea="Change nothing after the last retraining; the masks stay.")  # fmt: skip

    def retrained(called, network, train, kept, steps, call, weights, mask):
        """One call of fit, its settings and what was cut before it from the weights that the last round left."""
        model, dataset, settings, (start, start_mask) = call
        c.true(model is network, called=called, expected="the model that was given", got="another", idea=in_place)
        c.true(dataset is train, called=called, expected="fit on data.train", got="fit on another dataset",
               idea="Retrain on the training images.")  # fmt: skip
        c.equal(settings["steps"], steps, called=f"the steps of fit in {called}", idea="Each round has its own steps.")
        free = ("steps", "seed", "progress", "after_step")
        defaults = fit.__kwdefaults__  # of the settings that it takes by name
        changed = [name for name, value in settings.items() if name not in free and value != defaults[name]]
        c.true(not changed, called=f"the settings of fit in {called}", expected="steps, and a seed if you like",
               got=f"another {', '.join(changed)}", idea="Leave the other settings of fit as they are.")  # fmt: skip
        left = int(start_mask.sum())
        c.true(left == round(kept * len(start)), called=f"the weights left as fit begins in {called}",
               expected=f"{round(kept * len(start))} of {len(start)}, the share {kept}", got=f"{left} of {len(start)}",
               idea=f"{order} kept is a share of all weights that the dense network had.")  # fmt: skip
        c.true(torch.equal(start, weights * start_mask), called=f"the weights left as fit begins in {called}",
               expected="the values they had before the cut", got="other values", idea=in_place)  # fmt: skip
        cut = mask & ~start_mask
        c.true(not cut.any() or weights[cut].abs().max() <= weights[start_mask].abs().min(), called=called,
               expected="the smallest magnitudes of all layers together cut", got="a larger one cut",
               idea="prune_to makes this choice for you.")  # fmt: skip

    follows([(0.5, 6), (0.25, 4)])
    follows([(0.125, 3)])
    follows([(1.0, 5)])
    follows([(0.9, 3), (0.5, 4), (0.5, 5), (0.05, 1), (0.01, 7)])
    follows([(0.7, 3), (0.7, 3)])
    ### BEGIN HIDDEN TESTS
    follows([(0.9, 3), (0.5, 4), (0.5, 5), (0.1, 6)])
    ### END HIDDEN TESTS

# %% [markdown]
# Your loop, on the network of the title: this course's trained AlexNet, to a twentieth in four short rounds, and once
# for 60 steps without any cut. (60 steps are a seventh of an epoch. The long runs below had epochs.) Predict what the
# four rounds cost.

# %%
question = "By how many points is the validation accuracy lower after the four rounds than before?"
rounds_cost = predict("rounds_cost", question, low=-5, high=30, step=0.5)

# %%
alexnet, uncut = models.load("alexnet", data), models.load("alexnet", data)
alexnet_dense = accuracy(alexnet, data.validation)
control = prune_in_rounds(uncut, data, [(1.0, 60)])[0]
alexnet_plan = [(kept, 60) for kept in geometric_targets(0.95, 4)]
alexnet_rounds = prune_in_rounds(alexnet, data, alexnet_plan)
print(f"as loaded, trained for {models.record('alexnet', data)['steps']} steps: {alexnet_dense:.2f} %")
print(f"nothing cut, 60 more steps: {control:.2f} %")
cost = alexnet_dense - alexnet_rounds[-1]
after_rounds = (
    f"{reached:.2f} % with {kept:.1%}" for (kept, _), reached in zip(alexnet_plan, alexnet_rounds, strict=True)
)
rounds_cost.reveal(
    round(cost, 1),
    f"The four rounds cost {cost:.1f} points. Accuracy after each, with the weights kept: {', '.join(after_rounds)}.",
)

# %% [markdown]
# **Reading the lines.** Look at the second one first. `fit` begins each round with a high learning rate, which shakes
# the network, and 60 steps are too few to settle again: a part of what you lose here has nothing to do with pruning. A
# **control** that was not cut, trained just as long, is the only way to tell the two apart.
#
# ## 5 Is it the patience, or just more training?
#
# A network that was pruned in rounds has also been **trained longer**. To credit the rounds one must give the rivals as
# many steps: one shot that retrains for all of them, and a dense network that goes on training.
#
# ### Exercise 3.4: Plans of equal budget
# *3 points, 10 minutes, about 5 lines*
#
# Return three plans for `prune_in_rounds` that train for exactly `total` steps each: `"rounds"` goes through `targets`
# in the order given, `"one shot"` cuts to the last target at once, `"dense"` cuts nothing (a share of 1.0). Rounds get
# $\lfloor T/n \rfloor$ or one step more, the longer ones **last**:
#
# $$\sum_r T_r = T, \qquad T_r \in \left\{\lfloor T/n \rfloor,\ \lfloor T/n \rfloor + 1\right\}, \qquad T_1 \le T_2 \le
# \dots \le T_n.$$
#
# *Example:* targets `[0.5, 0.3, 0.1]` and 100 steps: rounds `[(0.5, 33), (0.3, 33), (0.1, 34)]`, one shot
# `[(0.1, 100)]`, dense `[(1.0, 100)]`. Three rounds of 33 would train one step less than their rivals.
#
# <details><summary>Hint 1: the idea</summary>
# Whole division leaves a remainder smaller than the number of rounds. That many rounds, the last ones, get a step more.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>steps, rest = divmod(total, len(targets))</code>; round number r, counted from 0, is among the last
# <code>rest</code> if <code>r >= len(targets) - rest</code>.
# </details>


# %% exercise="equal_plans"
def equal_plans(targets: list[float], total: int) -> dict[str, list[tuple[float, int]]]:
    """Plans "rounds", "one shot" and "dense", each of `total` steps in all."""
    ### BEGIN SOLUTION
    steps, rest = divmod(total, len(targets))
    lengths = [steps + (r >= len(targets) - rest) for r in range(len(targets))]
    rounds = list(zip(targets, lengths, strict=True))
    return {"rounds": rounds, "one shot": [(targets[-1], total)], "dense": [(1.0, total)]}
    ### END SOLUTION


# %% check="equal_plans" points=3
with check("equal_plans", points=3) as c:
    three = 'A dict of "rounds", "one shot" and "dense"; each plan is a list of (share kept, steps).'
    ideas = {
        "rounds": "All targets in their order; what whole division leaves over goes to the last rounds, a step each.",
        "one shot": "A single round, to the last target, with all steps.",
        "dense": "A single round, with all steps, that keeps all weights: a share of 1.0.",
    }
    found = []

    def agree(got, want, called):
        """All three plans are those wanted, and steps are whole numbers."""
        for name, plan in want.items():
            listed = isinstance(got[name], list) and all(isinstance(p, tuple | list) and len(p) == 2 for p in got[name])
            c.true(listed, called=f"{name!r} in {called}", expected=plan, got=got[name], idea=three)
            c.true([tuple(pair) for pair in got[name]] == plan, called=f"{name!r} in {called}", expected=plan,
                   got=got[name], idea=ideas[name])  # fmt: skip
            c.true(all(hasattr(steps, "__index__") for _, steps in got[name]), called=f"{name!r} in {called}",
                   expected=plan, got=got[name], idea="Steps are whole numbers; / gives floats.")  # fmt: skip

    def plans(targets, total, lengths):
        """The rounds have these lengths, the other two plans one round of all steps."""
        got, called = c.call(equal_plans, targets, total, idea=three), f"equal_plans({targets}, {total})"
        rounds = list(zip(targets, lengths, strict=True))
        want = {"rounds": rounds, "one shot": [(targets[-1], total)], "dense": [(1.0, total)]}
        c.true(isinstance(got, dict) and set(got) == set(want), called=called, expected=f"a dict of {list(want)}",
               got=got, idea=three)  # fmt: skip
        agree(got, want, called)
        found.append((got, want, called))

    def dealt(count, total):
        """The lengths of the rounds, the steps dealt out one by one from the last round to the first."""
        lengths = [0] * count
        for step in range(total):
            lengths[-1 - step % count] += 1
        return lengths

    plans([0.5, 0.3, 0.1], 100, [33, 33, 34])
    plans([0.5, 0.2], 11, [5, 6])
    plans([0.4, 0.3, 0.2], 8, [2, 3, 3])
    plans([0.5, 0.4, 0.3, 0.2, 0.1], 7, [1, 1, 1, 2, 2])
    plans([0.1], 7, [7])
    plans([0.6, 0.6, 0.2, 0.2], 12, [3, 3, 3, 3])
    for count in range(1, 10):
        goals = torch.rand(count, generator=seeded(count), dtype=torch.float64).tolist()
        for total in (count, 3 * count + count // 2, 50 * count - 1, 1000):
            plans(goals, total, dealt(count, total))
    for got, want, called in found:
        agree(got, want, f"{called}, after other calls")
    ### BEGIN HIDDEN TESTS
    for count, total in ((7, 601), (4, 603), (12, 17)):
        plans([round(0.9 ** (r + 1), 6) for r in range(count)], total, dealt(count, total))
    ### END HIDDEN TESTS

# %% [markdown]
# Now let them race: LeNet-300-100, 600 steps for everyone, to a twentieth and to a hundredth, with the cubic of
# exercise 3.2 as a fourth runner. All start from the same trained network; three seeds order the images of the
# retraining.
#
# Three seeds give three accuracies. `mean_interval` returns their mean and half the width of its **95 % confidence
# interval**: were the race run again and again with other seeds, about 95 of 100 such intervals would hold the true
# mean. Few seeds that disagree make it wide. (In lab 04 you write it yourself.)
#
# Predict who wins at 20x and who at 100x.

# %%
runners = ["rounds", "cubic", "one shot"]
wins_at_20 = predict("wins_at_20", "Which plan reaches the highest mean accuracy at 20x?", runners)
wins_at_100 = predict("wins_at_100", "Which plan reaches the highest mean accuracy at 100x?", runners)


# %%
def run(plan: list[tuple[float, int]], seed: int) -> float:
    """Validation accuracy after a plan: your loop of exercise 3.3, with a seed."""
    runner = deepcopy(lenet300)
    for kept, steps in plan:
        prune_to(runner, kept)
        fit(runner, data.train, steps=steps, seed=seed)
    return accuracy(runner, data.validation)


race = {("dense", 1): [run([(1.0, 600)], seed) for seed in range(3)]}
for factor in (20, 100):
    plans = equal_plans(geometric_targets(1 - 1 / factor, 7), 600)
    plans["cubic"] = equal_plans(shapes["cubic"](1 - 1 / factor, 7), 600)["rounds"]
    for name in runners:
        race[name, factor] = [run(plans[name], seed) for seed in range(3)]

fig, (ax,) = figures.figure(width=6, height=3.6)
colours = {"rounds": figures.KEPT, "cubic": figures.KEPT, "one shot": figures.PRUNED, "dense": figures.REFERENCE}
for place, ((name, _), values) in enumerate(race.items()):
    mean, half = mean_interval(values)
    ax.errorbar(mean, place, xerr=half, fmt="o", color=colours[name], capsize=4)
ax.set_yticks(range(len(race)), [name if name == "dense" else f"{name}, {factor}x" for name, factor in race])
ax.invert_yaxis()
ax.set(xlabel="validation accuracy (%)", title="600 steps each: means of three seeds, 95 % intervals")
alt = "Validation accuracy of rounds, cubic, one shot and dense with as many training steps."
for factor, asked, shown in ((20, wins_at_20, ()), (100, wins_at_100, (fig, alt))):
    winner, texts = max(runners, key=lambda name, factor=factor: sum(race[name, factor])), []
    for name in ("rounds", "cubic"):
        differences = [a - b for a, b in zip(race[name, factor], race["one shot", factor], strict=True)]
        mean, half = mean_interval(differences)
        texts.append(f"{name} minus one shot is {mean:+.2f} ± {half:.2f} points")
    asked.reveal(winner, f"At {factor}x the highest mean is that of {winner}; {', '.join(texts)}.", *shown)

# %% [markdown]
# **Reading the figure.** At equal budget patience is not free: only the last round trains the network that counts, and
# each round begins with a learning rate that rises again. One shot gives its whole budget to the final network; the
# rounds choose the survivors with more care. Which of the two counts for more where the cut is mild, and which where it
# is brutal? If the interval of a difference spans zero, three seeds cannot tell. "Iterative is better" without a budget
# and an interval is not a result.
#
# ## 6 What if a retraining does not train?
#
# Here is a retraining loop as you will meet it in many notebooks. The author wants the learning rate to fall to a tenth
# **every 2 epochs**. It runs without a complaint, and a good network looks as if it could not be pruned.


# %% locked="suspect"
def suspect(model: nn.Module, dataset: TensorDataset, epochs: int, lr: float) -> list[float]:
    """Retrain `model` in place and return the learning rate of each step. Something is wrong with it."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(optimizer.param_groups[0]["lr"])
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
    return rates


# %% [markdown]
# ### Exercise 3.5: Find and mend it
# *3 points, 12 minutes, about 13 lines, most of them copied*
#
# First predict: with `lr=0.1` and **ten** batches an epoch, at which learning rate does `suspect` run the **last**
# batch of the first epoch? Set `predicted_rate`. Then write `mended`, which takes the same arguments, trains in all
# else as `suspect` does, and returns the learning rate of each step, falling to a tenth every 2 epochs as intended:
#
# $$\eta_e = \eta_0 \cdot 0.1^{\lfloor e / 2 \rfloor} \qquad \text{in every batch of epoch } e = 0, 1, \dots$$
#
# *Example:* with `lr=0.1`, 3 batches an epoch and 3 epochs the rates are 0.1 six times, then 0.01 three times.
#
# <details><summary>Hint 1: the idea</summary>
# A scheduler does not know what an epoch is. It counts how often it is called, and here its unit and the author's
# differ.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>scheduler.step()</code> belongs where an epoch ends; or <code>step_size</code> must be counted in batches.
# </details>


# %% exercise="scheduler_bug"
# predicted_rate = ...: a number, for the tenth batch of suspect with lr=0.1
### BEGIN SOLUTION
predicted_rate = 0.1 * 0.1**4
### END SOLUTION


def mended(model: nn.Module, dataset: TensorDataset, epochs: int, lr: float) -> list[float]:
    """Retrain `model` in place, the learning rate a tenth every 2 epochs; return the rate of each step."""
    ### BEGIN SOLUTION
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
    model.train()
    rates = []
    for _ in range(epochs):
        for images, labels in batches(dataset, len(dataset) // 128):
            rates.append(optimizer.param_groups[0]["lr"])
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()
    return rates
    ### END SOLUTION


# %% check="scheduler_bug" points=3
with check("scheduler_bug", points=3) as c:
    unit = "The rate must fall after every second epoch; step_size counts the calls of scheduler.step()."
    trains = "Change the schedule alone: as many steps as before, each with forward, backward and update."

    def puzzle(count):
        """Images whose label is the sign of their mean, and a network to learn it."""
        images = torch.randn(count, 1, 4, 4, generator=seeded(6))
        with torch.random.fork_rng(devices=[]):
            network = nn.Sequential(nn.Flatten(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 2))
        fill(network, seeded(7))
        return TensorDataset(images, (images.mean((1, 2, 3)) > 0).long()), network

    def rates_of(epochs, lr, network, dataset):
        """The rates that `mended` returns; they fall after every second epoch."""
        called = f"mended(model, {len(dataset)} images, epochs={epochs}, lr={lr})"
        kept = [tensor.clone() for tensor in dataset.tensors]
        got = c.call(mended, network, dataset, epochs, lr, idea=trains, may="change draw")
        c.equal(list(dataset.tensors), kept, called=f"the dataset after {called}", idea="Leave the dataset as it was.")
        each = len(dataset) // 128
        c.true(isinstance(got, list) and len(got) == epochs * each, called=called, idea=trains, got=got,
               expected=f"a list of {epochs * each} learning rates, one for each batch")  # fmt: skip
        want = torch.tensor([lr * 0.1 ** (step // each // 2) for step in range(epochs * each)], dtype=torch.float64)
        c.equal(torch.tensor(got, dtype=torch.float64), want, atol=1e-12, called=called, idea=unit)
        return got

    dataset, network = puzzle(1280)
    rates = suspect(network, dataset, 1, 0.1)
    c.true(isinstance(predicted_rate, float | int), called="predicted_rate", expected="a number", got=predicted_rate,
           idea="Set predicted_rate to a learning rate.")  # fmt: skip
    c.true(
        abs(predicted_rate / rates[-1] - 1) < 1e-6,
        called="predicted_rate",
        got=predicted_rate,
        expected="the rate that the tenth batch of suspect has; run suspect and look",
        idea="The first two batches have lr, the next two a tenth of it, and so on.",
    )
    for count, epochs, lr in ((384, 3, 0.1), (256, 1, 0.05), (500, 5, 0.3), (150, 11, 0.02)):
        dataset, network = puzzle(count)
        rates_of(epochs, lr, network, dataset)

    class Witness(nn.Module):
        """Two logits, the same for every image, so that SGD with momentum can be done by hand; notes what it sees."""

        def __init__(self):
            super().__init__()
            self.logits, self.inner = nn.Parameter(torch.zeros(2)), nn.Identity()
            self.modes, self.seen = [], []

        def forward(self, images):
            """The logits for each image; notes the mode of the model and the numbers of the images."""
            self.modes.append(self.training and self.inner.training)
            self.seen += images.flatten().tolist()
            return (3 * self.logits).expand(len(images), 2)

    def trains_by_hand(count, epochs, lr):
        """Images that are numbers, all of one class: every epoch has them all, and the weights are those by hand."""
        witness, called = Witness().eval(), f"mended(model, {count} images, epochs={epochs}, lr={lr})"
        numbers = TensorDataset(torch.arange(count).float().reshape(-1, 1, 1, 1), torch.zeros(count).long())
        rates = rates_of(epochs, lr, witness, numbers)
        c.equal(len(witness.modes), len(rates), called=f"the number of forward passes in {called}", idea=trains)
        c.true(all(witness.modes), called=f"the mode of the model in {called}", expected="training mode",
               got="evaluation mode", idea="suspect calls model.train() first.")  # fmt: skip
        orders = [witness.seen[start : start + count] for start in range(0, epochs * count, count)]
        c.true(all(sorted(order) == list(range(count)) for order in orders), expected="each of them once",
               called=f"the images of an epoch in {called}", got="some never, or several times",
               idea="Every batch brings other images, until all were seen.")  # fmt: skip
        c.true(len(set(map(tuple, orders))) == epochs, called=f"the order of the images in {called}",
               expected="another one in each epoch", got="the same again",
               idea="batches shuffles the images in each epoch; keep that.")  # fmt: skip
        weight, speed = torch.zeros(2), torch.zeros(2)
        for rate in rates:
            speed = 0.9 * speed + 3 * ((3 * weight).softmax(0) - torch.tensor([1.0, 0.0]))
            weight = weight - rate * speed
        c.equal(witness.logits.detach(), weight, atol=1e-5, called=f"the weights of a tiny model after {called}",
                idea=f"{trains} One optimizer for all epochs keeps its momentum; gradients of one batch must not leak "
                "into the next.")  # fmt: skip

    trains_by_hand(384, 3, 0.1)
    trains_by_hand(256, 5, 0.02)
    dataset, network = puzzle(640)
    rates_of(8, 0.5, network, dataset)
    c.true(accuracy(network, dataset) > 90, called="mended on a simple task", got=f"{accuracy(network, dataset):.0f} %",
           expected="more than 90 % of the training images right", idea=trains)  # fmt: skip
    ### BEGIN HIDDEN TESTS
    for count, epochs, lr in ((128, 7, 0.2), (512, 4, 0.3), (700, 6, 0.07)):
        dataset, network = puzzle(count)
        rates_of(epochs, lr, network, dataset)
    ### END HIDDEN TESTS

# %% [markdown]
# What the bug costs: LeNet-300-100, cut to a hundredth, retrained by both for three epochs of a tenth of the images.

# %%
tenth = TensorDataset(*(tensor[: len(data.train) // 10] for tensor in data.train.tensors))
fig, (left, right) = figures.figure(columns=2, width=5)
for name, retrain, colour in (("as found", suspect, figures.PRUNED), ("mended", mended, figures.KEPT)):
    patient = deepcopy(lenet300)
    prune_to(patient, 0.01)
    rates = retrain(patient, tenth, 3, 0.1)
    reached = accuracy(patient, data.validation)
    left.plot(rates, color=colour, label=name)
    right.bar(name, reached, color=colour)
    right.text(name, reached, f"{reached:.1f} %", ha="center", va="bottom")
left.set(yscale="log", xlabel="step", ylabel="learning rate", title="The learning rate", ylim=(1e-12, 1))
left.legend(frameon=False)
right.margins(y=0.15)
right.axhline(after_cut, color=figures.REFERENCE, linestyle=":")
right.set(ylabel="validation accuracy (%)", title="1 % of the weights, retrained (dotted: not at all)")
figures.show(fig, alt="Learning rate and accuracy of the retraining as found and as mended.")

# %% [markdown]
# **Reading the figure.** No error, no warning: after a few batches the rate is too small to move a weight. Plot the
# learning rate of every training whose result surprises you, and of every one whose result you would like to publish.
#
# ## 7 How far do AlexNet and VGG go?
#
# The long runs, by `recipes/iterative.py`, several seeds of each network: trained, then cut and retrained in rounds.
# Beside the **pruned** network went four others, with as many steps of training:
#
# - **dense**: the same rounds without a cut, the control, which differs in nothing else,
# - **random**: as many weights of each layer, chosen by chance,
# - **one cycle**: a dense network that had all steps up to the ratio of its mark in one rise and fall of the rate,
# - **small**: a narrow dense network with as many weights as that ratio leaves, from scratch, also in one cycle.
#
# Choices were made on the validation split; what you see is the test split.

# %% locked="records"
NETWORKS = {"LeNet-300-100": "lenet300", "LeNet-5": "lenet5", "AlexNet": "alexnet", "VGG": "vgg"}
records = {label: load_results(f"iterative-{name}") for label, name in NETWORKS.items()}


def on_test(record: dict, arm: str, number: int) -> list[float]:
    """The test accuracy of each seed in one arm of a record, after round `number` where the arm has rounds."""
    arms = [seed[arm] for seed in record["seeds"]]
    return [(found[number] if isinstance(found, list) else found)["test"] for found in arms]


# %%
fig, axes = figures.figure(columns=2, rows=2, width=5.5, height=3.8)
for ax, (label, record) in zip(axes, records.items(), strict=True):
    factors, main = record["settings"]["factors"], record["settings"]["main"]
    for arm, style, colour in (
        ("random", "o-", figures.PRUNED),
        ("dense", "--", figures.REFERENCE),
        ("pruned", "o-", figures.KEPT),
    ):
        found = [mean_interval(on_test(record, arm, number)) for number in range(1, len(factors) + 1)]
        means, halves = zip(*found, strict=True)
        ax.errorbar(factors, means, halves, fmt=style, color=colour, capsize=3)
        ax.annotate(arm, (factors[-1], means[-1]), xytext=(7, -3), textcoords="offset points", color=colour)
    for arm, marker in (("one cycle", "D"), ("small", "s")):
        mean, half = mean_interval(on_test(record, arm, 0))
        ax.errorbar([main], [mean], [half], fmt=marker, color=figures.REFERENCE, capsize=3)
        ax.annotate(arm, (main, mean), xytext=(-7, -3), textcoords="offset points", color=figures.REFERENCE, ha="right")
    ax.set(xscale="log", title=label, xlabel="times fewer weights", ylabel="test accuracy (%)")
    ax.set_xticks(factors, [f"{factor}x" for factor in factors])
    ax.minorticks_off()
    ax.margins(x=0.25)
figures.show(fig, alt="Test accuracy by compression: pruned, random, dense, one cycle and small.")
for label, record in records.items():
    print(f"{label}: {len(record['seeds'])} seeds on {record['dataset']}, made by `{record['command']}`")

# %% [markdown]
# **Reading the figure.** Bars are 95 % intervals. Where blue stays on the dashed line or above it, the weights that
# went were not needed. Orange says that it matters *which* of them stay, the square that it pays to have had them once.
# And the diamond is a warning to everybody who compares: with the same steps, another fall of the learning rate may be
# worth more than all that pruning costs.
#
# Which layers pay? Drag the round and watch the layers thin out.
#
# **Try:** In AlexNet and VGG, which layer loses the largest share, and which the smallest? Han et al. kept 84 % of
# AlexNet's first convolution and 9 % of its first linear layer, and 8, 9 and 26 % of the layers of LeNet-300-100. In
# which round does random pruning fall behind?

# %%
KeptWeights(records)

# %% [markdown]
# Now the claim that this lab opened with, in numbers: is the pruned network as good as the dense one after the same
# rounds? And how many bytes is "20 times fewer weights", once each weight that is kept must say where it is? Beside the
# published ratios, which count weights alone, stand those of this course.

# %%
PUBLISHED = {"LeNet-300-100": 12, "LeNet-5": 12, "AlexNet": 9, "VGG": 13}  # Han et al. 2015, table 1; VGG-16
heads = {"2015": 7, "here": 6, "start": 9, "dense": 8, "pruned": 8, "difference": 16, "one cycle": 18}
heads |= {"bitmask": 9, "CSR": 7}
print(f"{'':14}{'weights':^15}{'test accuracy (%)':^59}{'bytes, with':^16}")
print(" " * 14 + "".join(f"{head:>{width}}" for head, width in heads.items()))
for label, record in records.items():
    factors, main = record["settings"]["factors"], record["settings"]["main"]
    for number, factor in enumerate(factors, 1):
        if factor < main:
            continue
        start = on_test(record, "pruned", 0)  # before the first cut
        pruned, control, rival = (on_test(record, arm, number) for arm in ("pruned", "dense", "one cycle"))
        mean, half = mean_interval([ours - theirs for ours, theirs in zip(pruned, control, strict=True)])
        change = f"{mean:+9.2f} ± {half:.2f}  {'kept' if mean >= 0 else 'missed':<7}"
        one_cycle = f"{sum(rival) / len(rival):.2f}" if factor == main else ""
        stored = record["seeds"][0]["pruned"][number]["bytes"]
        bitmask, csr = (stored["dense"] / stored[kind] for kind in ("bitmask", "csr32"))
        accuracies = "".join(f"{sum(arm) / len(arm):8.2f}" for arm in (start, control, pruned))
        print(
            f"{label:14}{PUBLISHED[label]:>6}x{factor:>5}x {accuracies}{change}{one_cycle:>9}"
            f"{bitmask:>8.1f}x{csr:>6.1f}x"
        )

# %% [markdown]
# **Reading the table.** "Missed" stands where the mean of the pruned networks is below that of the control; where the
# interval of the difference contains zero, the seeds cannot tell. "Start" is the network before its first cut, which is
# what Han et al. compared with: then all that the rounds of retraining would have given to a dense network, too, counts
# as a gain of pruning. Which comparison would you publish? Other images and smaller networks than in 2015 make
# the ratios no contest. And count what you ship: a file shrinks by the last two columns, not by the second. A bitmask
# pays a bit for every weight that ever was, CSR pays four bytes for every one that stays: see where they change places.
#
# ## 8 Does pruning fight overfitting?
#
# Fewer weights should overfit less. A fair test needs a network that **can** overfit: LeNet-300-100 on 1,000 images,
# and, to make it worse, half of their labels replaced by chance. Whoever learns those by heart learns nonsense.
#
# ### Exercise 3.6: The gap
# *3 points, 12 minutes, about 3 lines*
#
# Write `gap`, the accuracy on `train` minus that on `validation`, in points. Then choose `my_kept`, the share of
# weights that LeNet-300-100 keeps when `small_network(my_kept)` prunes it once and retrains it on the noisy images.
# Against its dense twin, retrained as long without a cut, its gap must be at most half (or none at all), **and** its
# validation accuracy at most half a point lower:
#
# $$\text{gap} = \text{accuracy}_\text{train} - \text{accuracy}_\text{validation}.$$
#
# *Example:* 99 % on the training images and 81 % on the validation images are a gap of 18 points. On noisy labels a gap
# can be negative: whoever sees an image as what it is gets the wrong label "wrong" in training, and the right one right
# in validation. Pruned to nothing, a network has no gap and no use: the second condition is there for a reason.
#
# <details><summary>Hint 1: the idea</summary>
# A network of 266,200 weights can store 1,000 labels even when nine tenths are gone. Go on until it has to choose what
# to learn, and look at both accuracies for each try.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>accuracy(model, dataset)</code> twice. Then print
# <code>accuracy(small_network(kept), data.validation)</code> for shares between 0.1 and 0.001.
# </details>

# %% locked="noise"
images, labels = (tensor[:1000] for tensor in data.train.tensors)
chance = torch.randint(len(data.classes), labels.shape, generator=seeded(1))
wrong = torch.rand(labels.shape, generator=seeded(0)) < 0.5
noisy = TensorDataset(images, torch.where(wrong, chance, labels))

torch.manual_seed(0)
overfitted = models.build("lenet300", data)
fit(overfitted, noisy, steps=400)


@cache  # the same share is trained once
def small_network(kept: float) -> nn.Module:
    """The overfitted LeNet-300-100, pruned once to the share `kept` and retrained on the noisy images, 400 steps."""
    model = deepcopy(overfitted)
    prune_to(model, kept)
    fit(model, noisy, steps=400)
    return model


twin = small_network(1.0)  # the dense one
print(
    f"dense twin: {accuracy(twin, noisy):.1f} % of the noisy training labels, "
    f"{accuracy(twin, data.validation):.1f} % on the validation images"
)


# %% exercise="gap"
def gap(model: nn.Module, train: TensorDataset, validation: TensorDataset) -> float:
    """Accuracy on `train` minus accuracy on `validation`, in points."""
    ### BEGIN SOLUTION
    return accuracy(model, train) - accuracy(model, validation)
    ### END SOLUTION


# my_kept = ...: a share from 0 to 1
### BEGIN SOLUTION
goal = max(gap(twin, noisy, data.validation) / 2, 0)
shares = (1, 0.1, 0.03, 0.01)
my_kept = next(share for share in shares if gap(small_network(share), noisy, data.validation) <= goal)
### END SOLUTION


# %% check="gap" points=3
with check("gap", points=3) as c:
    points = (
        "The gap is what the network knows of its training images and cannot use elsewhere: train minus validation."
    )
    toy_model = nn.Sequential(nn.Dropout(0.5), nn.Flatten()).train()  # of images that are three logits each

    def toy(right, count):
        """A dataset of `count` images, of which the model in evaluation mode gets `right` right, in random order."""
        logits = torch.randn(count, 3, 1, 1, generator=seeded(count))
        wrong = torch.randperm(count, generator=seeded(right)) >= right
        return TensorDataset(logits, (logits.flatten(1).argmax(1) + wrong) % 3)

    for train, validation in (
        ((40, 40), (30, 40)),
        ((30, 40), (40, 40)),
        ((0, 9), (5, 5)),
        ((17, 23), (11, 37)),
        ((1100, 1500), (20, 70)),
        ((3, 7), (900, 2100)),
        ((500, 997), (506, 1009)),
        ((6, 8), (9, 12)),
        ((1, 1), (0, 1)),
    ):
        got = c.call(gap, toy_model.train(), toy(*train), toy(*validation), idea=points, may="evaluate")
        want = 100 * train[0] / train[1] - 100 * validation[0] / validation[1]
        texts = [f"{right} of {count} right in {name}" for (right, count), name in
                 ((train, "training"), (validation, "validation"))]  # fmt: skip
        c.equal(float(got), want, atol=2e-5, called=f"gap of a model with {' and '.join(texts)}", idea=points)
    c.true(isinstance(my_kept, float | int) and 0 <= my_kept <= 1, called="my_kept", expected="a share from 0 to 1",
           got=my_kept, idea="0.1 keeps a tenth; 10 would keep ten times as much as there is.")  # fmt: skip
    trial = small_network(my_kept)
    gaps = [accuracy(model, noisy) - accuracy(model, data.validation) for model in (trial, twin)]
    most = max(gaps[1] / 2, 0)
    c.true(
        gaps[0] <= most,
        called=f"the gap of small_network({my_kept})",
        got=f"{gaps[0]:.1f} points",
        expected=f"at most {most:.1f} points; the dense twin has {gaps[1]:.1f}",
        idea="It still learns the wrong labels by heart: leave it fewer weights.",
    )
    reached = [accuracy(model, data.validation) for model in (trial, twin)]
    c.true(
        reached[0] >= reached[1] - 0.5,
        called=f"the validation accuracy of small_network({my_kept})",
        got=f"{reached[0]:.1f} %",
        expected=f"at least {reached[1] - 0.5:.1f} %; the dense twin has {reached[1]:.1f} %",
        idea="A network without weights has no gap either: leave it enough to learn what is right.",
    )

# %% [markdown]
# The same with five seeds, from `recipes/gap.py`, with the labels as they are and with half of them replaced.

# %%
chosen = small_network(my_kept)
record = load_results("gap-lenet300")
fig, axes = figures.figure(columns=2, width=5)
for ax, kind, title in zip(axes, ("clean", "noisy"), ("All labels right", "Half of them by chance"), strict=True):
    shares = [100 * share for share in record["settings"]["shares"]]
    for split, colour in (("train", figures.REFERENCE), ("validation", figures.KEPT)):
        by_share = zip(*([entry[split] for entry in seed[kind]] for seed in record["seeds"]), strict=True)
        means, halves = zip(*map(mean_interval, by_share), strict=True)
        ax.errorbar(shares, means, halves, fmt="o-", color=colour, capsize=3)
        ax.annotate(split, (shares[1], means[1]), xytext=(0, 6), textcoords="offset points", color=colour)
    ax.set(xscale="log", xlabel="weights kept (%)", ylabel="accuracy (%)", title=title, ylim=(30, 106))
    ax.set_xticks([100, 10, 1], ["100", "10", "1"])
    ax.invert_xaxis()
figures.show(fig, alt="Training and validation accuracy against the weights kept, with clean and with noisy labels.")
for name, model in (("dense twin", twin), (f"your {my_kept:.2%}", chosen)):
    print(
        f"{name}: gap {gap(model, noisy, data.validation):+.1f} points, "
        f"validation {accuracy(model, data.validation):.1f} %"
    )

# %% [markdown]
# **Reading the figure.** The gap is the distance from the blue curve up to the grey one. With clean labels it closes
# only when the validation accuracy falls as well: the network was not fooled, just full. With noise the validation
# accuracy falls first, too, while the network squeezes the wrong labels into ever fewer weights. Then comes a size that
# cannot hold them, and what is forgotten first is the noise: there pruning helps, and the curves cross. "Sparse
# networks overfit less" is true of some training sets, at some sizes.
#
# ## What you measured
#
# First your predictions, each beside what came.

# %%
compare_predictions()

# %% [markdown]
# For your own networks, the test images are read here, once, after all choices are made.

# %%
print(f"{'network':<44}{'kept':>8}{'test accuracy':>16}")
finalists = {
    "LeNet-300-100, dense": lenet300,
    "LeNet-300-100, one cut, 100 steps": once,
    "AlexNet, your four rounds": alexnet,
    "LeNet-300-100, noisy labels, dense twin": twin,
    "LeNet-300-100, noisy labels, your share": chosen,
}
tested = {name: accuracy(model, data.test) for name, model in finalists.items()}
for name, model in finalists.items():
    print(f"{name:<44}{kept_share(model):>8.1%}{tested[name]:>14.2f} %")
note("03 iterative", compression=1 / kept_share(alexnet), accuracy=tested["AlexNet, your four rounds"], steps=240,
     dense=float(models.record("alexnet", data)["test_accuracy"]))  # lab 10 reads them  # fmt: skip

# %% [markdown]
# ### Remember
#
# 1. Prune, retrain, repeat: rounds that cut the same share of what they find are equally hard.
# 2. A comparison needs the same budget, several seeds and an interval; patience pays where the cut is brutal.
# 3. Surprising retraining? Look at the learning rate first. Impressive ratio? Ask for the bytes with indices.
#
# ### Further reading
#
# - Han, Pool, Tran and Dally, [Learning both Weights and Connections](https://arxiv.org/abs/1506.02626), 2015: the
#   published ratios of this lab.
# - Zhu and Gupta, [To Prune, or Not to Prune](https://arxiv.org/abs/1710.01878), 2017: the cubic schedule, and large
#   sparse networks against small dense ones.
# - Zhang, Bengio, Hardt, Recht and Vinyals, [Understanding Deep Learning Requires Rethinking
#   Generalization](https://arxiv.org/abs/1611.03530), 2017: networks that learn labels drawn by chance.
#
# **Next:** the survivors were trained before they were chosen. Would they have worked alone, from the start? Lab 04
# rewinds them.
