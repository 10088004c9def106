# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 04: The lottery ticket
#
# *About 90 minutes, 20 points.*
#
# A pruned network works. *Would it have worked if you had started with it?* For years the answer was no: train a
# sparse network from new random weights, and it ends below the one that was pruned. In 2019 Frankle and Carbin put one
# thing differently. They kept the pruned structure, gave every surviving weight back the value *it had before
# training*, and trained again. The small network now learned as well as the dense one, and in no more steps. They
# called it a **winning ticket**: the dense network had drawn it by chance, among a great many losing ones.
#
# But what makes the ticket win, its structure or its weights? In this lab you find tickets, build the controls that
# take one of the two away, and decide with intervals.
#
# **You will be able to**
#
# - find a ticket by pruning in rounds and rewinding the survivors to any step of training,
# - build its controls: new weights, a shuffled mask, a rewound learning rate,
# - say how fast a network learns, by the step at which one would stop early,
# - decide from a few seeds whether a difference is one, and say so when it is not.
#
# **From earlier labs**
#
# - Pruning in **rounds** cuts, trains and cuts again; each round takes the same share of what it finds (lab 03), by one
#   ranking of the magnitudes of all layers (lab 02).
# - A **control** differs from the network in question in one thing alone, and trains for as many steps (lab 03).
# - `mean_interval` gives the mean of a few seeds and half the width of its 95 % interval (lab 03).

# %% locked="setup"
import math
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import NamedTuple

import torch
from scipy import stats
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import prune, skip_init
from torch.utils.data import TensorDataset

from prunelab import figures, models
from prunelab.checks import check, describe
from prunelab.data import load_data
from prunelab.explorers import TicketExplorer
from prunelab.inputs import distinct, fractions, tied
from prunelab.live import explore
from prunelab.notes import note
from prunelab.predictions import compare_predictions, predict
from prunelab.results import load_results, mean_interval
from prunelab.training import accuracy, autocast, fit, seeded

State = dict[str, Tensor]  # all weights and biases of a network, by name: "1.weight", "1.bias", ...
Masks = dict[str, Tensor]  # a boolean mask for the weight of each layer, by the layer's name: "1", "3", "5"

STEPS, LOOK = 300, 20  # steps of a whole training; steps between two looks at the validation images
data = load_data()  # train, validation and test images with labels
small = TensorDataset(*(tensor[:5000] for tensor in data.train.tensors))  # what this lab trains on

# %% [markdown]
# ## 1 What is left to prune?
#
# The patient is LeNet-300-100, two hidden layers, the network with which Frankle and Carbin begin. To train it dozens
# of times while you wait, this lab uses 5,000 images and 300 steps. Two kinds of values will travel through all your
# functions:
#
# - **weights**, a state dict `{"1.weight": ..., "1.bias": ..., "3.weight": ...}`,
# - **masks**, `{"1": ..., "3": ..., "5": ...}`, boolean, `True` where a weight survives. Biases have no mask.
#
# `trained(weights, masks, start, seed)` trains a network from such values and changes neither of them;
# `snapshot(step, seed)` returns the weights that the dense network of a seed has after so many steps.


# %% locked="training"
class Training(NamedTuple):
    """What a training gave: weights, validation losses {step: loss}, and validation accuracy in per cent."""

    weights: State
    losses: dict[int, float]
    accuracy: float


def new_weights(seed: int) -> State:
    """The weights of a new LeNet-300-100, before any training."""
    torch.manual_seed(seed)
    return dict(models.build("lenet300", data).state_dict())


def network(weights: State) -> nn.Module:
    """A LeNet-300-100 with a copy of `weights`."""
    model = models.build("lenet300", data)
    model.load_state_dict(weights)
    return model


def trained(weights: State, masks: Masks, start: int = 0, seed: int = 0) -> Training:
    """Train from `weights` and step `start` to the last; torch's pruner holds `masks`, `seed` orders the batches."""
    model, losses, step = network(weights), {}, start
    for name, mask in masks.items():
        prune.custom_from_mask(model.get_submodule(name), "weight", mask)

    def look() -> None:
        nonlocal step
        step += 1
        if step % LOOK == 0:
            losses[step] = validation_loss(model)

    fit(model, small, steps=STEPS, lr=0.1, seed=seed, start=start, after_step=look)
    for name in masks:
        prune.remove(model.get_submodule(name), "weight")
    return Training(dict(model.state_dict()), losses, accuracy(model, data.validation))


@torch.no_grad()
def validation_loss(model: nn.Module) -> float:
    """The mean cross-entropy on the validation images."""
    images, labels = data.validation.tensors
    with autocast():
        logits = model(images)
    return F.cross_entropy(logits.float(), labels).item()


def snapshot(step: int, seed: int) -> State:
    """The weights that the dense network of `seed` has after `step` steps of its training."""
    model, weights = network(new_weights(seed)), new_weights(seed)
    done = 0

    def keep() -> None:
        nonlocal done
        done += 1
        if done == step:
            weights.update({name: tensor.clone() for name, tensor in model.state_dict().items()})

    if step:
        fit(model, small, steps=STEPS, lr=0.1, seed=seed, after_step=keep)
    return weights


start = new_weights(0)
layers = [name.removesuffix(".weight") for name in start if name.endswith(".weight")]  # from input to output
full = {name: torch.ones_like(start[f"{name}.weight"], dtype=torch.bool) for name in layers}  # nothing pruned yet
total = sum(mask.numel() for mask in full.values())

# %%
dense = trained(start, full)
for name in layers:
    shape = tuple(start[f"{name}.weight"].shape)
    print(f"layer {name:<4}{shape!s:<14}{math.prod(shape):>9,} weights{math.prod(shape) / total:>8.1%}")
print(f"dense, {STEPS} steps: validation accuracy {dense.accuracy:.1f} %, loss {dense.losses[STEPS]:.3f}")

# %% [markdown]
# Frankle and Carbin do not prune at once. They prune in **rounds**, each time a share of the weights that are still
# there, so that every cut is decided by a network that has adapted to the one before.
#
# ### Exercise 4.1: Prune the survivors
# *3 points, 10 minutes, about 6 lines*
#
# Of the $n$ weights that survive under `masks`, prune exactly the $k$ of smallest magnitude, all layers ranked
# together, and return the new masks:
#
# $$k = \operatorname{round}(p \cdot n), \qquad n = \sum_l \lVert m_l \rVert_0,$$
#
# with the share $p$ from 0 to 1 and Python's `round`; $\lVert m_l \rVert_0$ counts the `True` of layer $l$. What is
# pruned stays pruned, whatever number `weights` holds there. Of equal magnitudes any may go. The two dicts may list the
# layers in different orders, and weights may be tiny or huge. Inputs stay as they are.
#
# *Example:* one layer with weights `[0.1, -0.2, 0.5, 3.0, -4.0, 0.05]` and mask `[1, 1, 1, 0, 1, 0]`. Four survive, so
# $p = 0.5$ takes two of them, 0.1 and -0.2: the new mask is `[0, 0, 1, 0, 1, 0]`. Half of *all six* would have taken
# three; a ranking that forgets the mask would take 0.05, which is gone already, and spare -0.2.
#
# <details><summary>Hint 1: the idea</summary>
# String all masks into one long vector and all magnitudes into another, as in lab 02. A weight that is pruned already
# must never be among the smallest: give it an infinite magnitude. Then switch off the first k of the ranking in the
# long mask, and cut it into layers again.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>torch.cat([mask.flatten() for mask in masks.values()])</code> makes a new vector, which you may change;
# <code>magnitudes[~alive] = torch.inf</code>; <code>alive.split([mask.numel() for mask in masks.values()])</code>.
# </details>


# %% exercise="prune_survivors"
def prune_survivors(weights: State, masks: Masks, share: float) -> Masks:
    """Masks without the round(share * survivors) smallest magnitudes of all surviving weights together."""
    ### BEGIN SOLUTION
    alive = torch.cat([mask.flatten() for mask in masks.values()])
    magnitudes = torch.cat([weights[f"{name}.weight"].abs().flatten() for name in masks])
    magnitudes[~alive] = torch.inf
    alive[magnitudes.argsort()[: round(share * int(alive.sum()))]] = False
    pieces = alive.split([mask.numel() for mask in masks.values()])
    return {name: piece.reshape(masks[name].shape) for name, piece in zip(masks, pieces, strict=True)}
    ### END SOLUTION


# %% check="prune_survivors" points=3
with check("prune_survivors", points=3) as c:
    survivors = "Prune round(share * survivors): the share is one of the weights that still survive."
    together = "Rank the surviving weights of all layers together by magnitude; biases and signs do not count."
    dead = "What is pruned stays pruned, whatever number the weights hold there."

    def bits(*values):
        return torch.tensor(values, dtype=torch.bool)

    def expect(weights, masks, share, want, idea):
        """The new masks are those wanted."""
        called = f"prune_survivors({describe(weights)}, {describe(masks)}, {share})"
        got = c.call(prune_survivors, weights, masks, share, idea=f"{idea} Weights and masks are dicts of tensors.")
        c.equal(got, want, called=called, idea=idea)

    one = {"1.weight": torch.tensor([[0.1, -0.2, 0.5], [3.0, -4.0, 0.05]])}
    all_six, four = {"1": bits([1, 1, 1], [1, 1, 1])}, {"1": bits([1, 1, 1], [0, 1, 0])}
    expect(one, all_six, 0.5, {"1": bits([0, 0, 1], [1, 1, 0])}, f"{together} Masks are boolean.")
    expect(one, four, 0.5, {"1": bits([0, 0, 1], [0, 1, 0])}, f"{survivors} {dead}")
    expect(one, four, 0.25, {"1": bits([0, 1, 1], [0, 1, 0])}, survivors)
    expect(one, four, 0.4, {"1": bits([0, 0, 1], [0, 1, 0])}, f"{survivors} 1.6 rounds to 2.")
    expect(one, four, 0.3, {"1": bits([0, 1, 1], [0, 1, 0])}, f"{survivors} 1.2 rounds to 1.")
    five = {"1.weight": torch.tensor([[5.0, -4.0, 3.0, -2.0, 1.0]])}
    expect(five, {"1": bits([1, 1, 1, 1, 1])}, 0.5, {"1": bits([1, 1, 1, 0, 0])}, f"{survivors} 2.5 rounds to 2.")
    expect(one, four, 0.0, four, f"A share of 0 prunes nothing. {dead}")
    expect(one, four, 1.0, {"1": bits([0, 0, 0], [0, 0, 0])}, "A share of 1 prunes all.")
    expect({"1.weight": one["1.weight"].T}, {"1": four["1"].T}, 0.25, {"1": bits([0, 0], [1, 1], [1, 0])},
           "A tensor may be transposed: flatten() and reshape() cope with it, view() does not.")  # fmt: skip
    two = {
        "a.weight": torch.tensor([[0.15, -0.1]]),
        "a.bias": torch.tensor([0.01]),
        "b.weight": torch.tensor([[2.0], [-0.2], [0.0], [5.0]]),
        "b.bias": torch.tensor([0.0, 0.02, 0.0, 0.01]),
    }
    expect(two, {"a": bits([1, 1]), "b": bits([1], [1], [1], [1])}, 0.5, {"a": bits([0, 0]), "b": bits([1], [1], [0],
           [1])}, together)  # fmt: skip
    expect(two, {"a": bits([1, 1]), "b": bits([0], [1], [1], [0])}, 0.75, {"a": bits([0, 0]), "b": bits([0], [1], [0],
           [0])}, f"{together} {dead}")  # fmt: skip

    def ranked(weights, masks, share, what):
        """As many go as the share says, none of them larger than one that stays, and nothing comes back."""
        called, n = f"prune_survivors({what}, share {share})", sum(int(mask.sum()) for mask in masks.values())
        new = c.call(prune_survivors, weights, masks, share, idea=together)
        kinds = {name: (mask.dtype, tuple(mask.shape)) for name, mask in masks.items()}
        found = {name: (mask.dtype, tuple(mask.shape)) for name, mask in new.items()} if isinstance(new, dict) else new
        c.true(found == kinds, called=called, expected=f"masks with {kinds}", got=found,
               idea="Each layer has a boolean mask of the shape of its weight, by the layer's name.")  # fmt: skip
        back = sum(int((new[name] & ~mask).sum()) for name, mask in masks.items())
        c.equal(back, 0, called=f"how many pruned weights come back in {called}", idea=f"A survivor may be 0. {dead}")
        gone = torch.cat([weights[f"{name}.weight"][mask & ~new[name]].abs() for name, mask in masks.items()])
        left = torch.cat([weights[f"{name}.weight"][new[name]].abs() for name in masks])
        c.equal(len(gone), round(share * n), idea=f"{survivors} So it is where weights are equal, too.",
                called=f"how many of {n} survivors go in {called}")  # fmt: skip
        c.true(not len(gone) or not len(left) or gone.max() <= left.min(), called=called, idea=together,
               expected="none goes that is larger than one that stays", got="a larger one goes")  # fmt: skip

    # Four layers, the last without a survivor, their masks in another order; 41 and 50 survivors
    shapes = {"1": (5, 7), "10": (9, 3), "a.0": (2, 3, 2, 1), "b": (1, 4)}
    sizes = {name: math.prod(shape) for name, shape in shapes.items()}
    for seed, n in enumerate((41, 50)):
        source = seeded(seed)
        alive = (torch.randperm(74, generator=source) < n).split([*sizes.values()][:3])
        masks = {name: mask.reshape(shapes[name]) for name, mask in zip(shapes, alive, strict=False)}
        masks = {"b": torch.zeros(1, 4).bool(), "a.0": masks["a.0"], "10": masks["10"], "1": masks["1"]}
        values = distinct((sum(sizes.values()),), source)
        for what, kind in {"weights": values, "weights in double precision": values.double(), "tiny weights":
                           1e-18 * values, "huge weights": 1e18 * values, "equal weights": tied((78,), source),
                           "zeros": 0 * values}.items():  # fmt: skip
            weights = {}
            for name, piece in zip(shapes, kind.split([*sizes.values()]), strict=True):
                weights |= {f"{name}.weight": piece.reshape(shapes[name]), f"{name}.bias": 1e-3 * kind[:2]}
            for share in fractions(n) if what == "weights" else (0.3, 0.9):
                ranked(weights, masks, share, f"{what} in four layers")
    ### BEGIN HIDDEN TESTS
    for case, (shapes, dtype, share) in enumerate(
        (
            (((30, 20), (7, 30)), torch.float32, 0.37),
            (((5, 4, 3, 3), (2, 20), (1, 1)), torch.float64, 0.911),
            (((1, 1),), torch.float32, 1.0),
        )
    ):
        torch.manual_seed(case)
        hidden, masks, pairs = {}, {}, []
        for number, shape in enumerate(shapes):
            layer = nn.Module()
            layer.weight = nn.Parameter(torch.randn(shape, dtype=dtype))
            masks[f"{number}"] = (torch.rand(shape) > 0.4) | (torch.tensor(shape).prod() == 1)
            hidden[f"{number}.weight"] = layer.weight.detach().clone()
            hidden[f"{number}.bias"] = torch.zeros(shape[0])
            prune.custom_from_mask(layer, "weight", masks[f"{number}"])
            pairs.append((layer, "weight"))
        prune.global_unstructured(pairs, pruning_method=prune.L1Unstructured, amount=share)
        want = {name: layer.weight_mask.bool() for name, (layer, _) in zip(masks, pairs, strict=True)}
        del layer  # a pruned layer cannot be copied
        expect(hidden, masks, share, want, f"{survivors} {together}")
        turned = {name: tensor.movedim(0, -1) for name, tensor in hidden.items()}
        expect(turned, {name: mask.movedim(0, -1) for name, mask in masks.items()}, share,
               {name: mask.movedim(0, -1) for name, mask in want.items()}, together)  # fmt: skip
    ### END HIDDEN TESTS

# %% [markdown]
# With 30 % of the survivors pruned in each round, how long does it take until less than a twentieth of the weights is
# left? Predict first: the result of the next cell appears when you lock your prediction in.

# %%
question = "With 30 % of the survivors pruned per round, after how many rounds is less than 5 % of the weights left?"
rounds_needed = predict("rounds_needed", question, low=1, high=30, step=1)

# %%
masks, left = full, [1.0]
while left[-1] > 0.05 and len(left) < 30:
    masks = prune_survivors(dense.weights, masks, 0.3)
    left.append(sum(int(mask.sum()) for mask in masks.values()) / total)

fig, (ax,) = figures.figure(width=6)
ax.plot([100 * share for share in left], "o-", color=figures.KEPT)
ax.plot([100 * max(0, 1 - 0.3 * number) for number in range(len(left))], color=figures.PRUNED)
ax.text(1.2, 100 * left[1], " 30 % of the survivors", color=figures.KEPT)
ax.text(2, 38, "30 % of all \nweights ", color=figures.PRUNED, ha="right", va="top")
ax.set(xlabel="round", ylabel="weights remaining (%)", title="What is left after each round")
rounds_needed.reveal(
    len(left) - 1,
    f"Less than 5 % is left after {len(left) - 1} rounds: {left[-1]:.1%}.",
    fig,
    alt="Weights remaining by round: a curve that falls by a share each time, and a straight line.",
    mark=lambda guess, ax=ax: ax.axvline(guess, color=figures.REFERENCE, linestyle=":"),
)

# %% [markdown]
# **Reading the figure.** (The dotted line is your prediction.) A share of the survivors takes many weights at first and
# few at the end, when each one counts: after $r$ rounds $(1 - p)^r$ of the weights are left. A share of all weights
# would have nothing left to prune soon.
#
# ## 2 Would it have worked from the start?
#
# Now the idea itself. Take the weights that the dense network had at step $k$, the **snapshot**; $k = 0$ means before
# any training. Then, round after round: train, prune a share of the survivors, and **rewind** those that are left to
# the snapshot. Only the mask carries over from one round to the next.
#
# ### Exercise 4.2: Find a ticket
# *4 points, 15 minutes, about 5 lines*
#
# Do `rounds` rounds and return the ticket, ready to be trained, with its masks:
#
# $$m \leftarrow \text{cut}\big(\text{train}(w_k \odot m,\; m,\; k),\; m,\; p\big) \quad \text{for each round}, \qquad
# \text{ticket} = (w_k \odot m,\; m).$$
#
# - `train(weights, masks, step)` trains from `step` to the last step and returns the trained weights;
# - `cut(weights, masks, share)` returns new masks, as in exercise 4.1;
# - `snapshot` holds $w_k$ and `step` is $k$; `masks` are the masks to begin with, `share` is $p$;
# - $\odot$ multiplies weight by weight, which sets what is pruned to zero.
#
# Use the `train` and `cut` that come as arguments, so that the check can watch them: one training a round, none after
# the last cut. In the ticket, pruned weights are zero; **everything else**, biases included, is that of the snapshot.
# `masks` may have pruned weights already, and `rounds` may be 0. `snapshot` and `masks` stay as they are.
#
# *Example:* one weight is 0.5 in the snapshot and 2.0 after training, another is 0.9 and becomes 0.1. A round with
# $p = 0.5$ keeps the first, since it was larger *after* training, and the ticket holds it as 0.5, not as 2.0.
#
# <details><summary>Hint 1: the idea</summary>
# Three things have to happen in a round, and each has its own weights. Trained from: the snapshot. Judged by: the
# trained weights. Returned to: the snapshot again. The trained weights are forgotten as soon as they have been judged.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>snapshot | {f"{name}.weight": snapshot[f"{name}.weight"] * mask for name, mask in masks.items()}</code> is a new
# dict: the snapshot, with the pruned weights at zero.
# </details>


# %% exercise="find_ticket"
def find_ticket(
    train: Callable, cut: Callable, snapshot: State, masks: Masks, share: float, rounds: int, step: int
) -> tuple[State, Masks]:
    """The snapshot of `step` with the weights left after `rounds` of training and cutting, and their masks."""
    ### BEGIN SOLUTION
    for _ in range(rounds):
        masks = cut(train(snapshot, masks, step), masks, share)  # train holds what is pruned at zero
    zeroed = {f"{name}.weight": snapshot[f"{name}.weight"] * mask for name, mask in masks.items()}
    return snapshot | zeroed, masks
    ### END SOLUTION


# %% locked="referee"
class Referee:
    """Stands in for `train` and `cut` in the checks: weights drift towards fixed targets, calls are written down."""

    def __init__(self, shapes: dict[str, tuple[int, ...]], seed: int = 0, kept: float = 0.8) -> None:
        source = seeded(seed)
        self.targets = {name: torch.randn(shape, generator=source) for name, shape in shapes.items()}
        self.start = {name: torch.randn(shape, generator=source) for name, shape in shapes.items()}
        self.masks = {}  # from the last layer to the first
        for name in [name for name in reversed(shapes) if name.endswith(".weight")]:
            self.start[name][0, 0] = 0.0  # a survivor may be zero
            self.masks[name[:-7]] = torch.rand(shapes[name], generator=source) < kept
            self.masks[name[:-7]][0, 0] = True
        self.trainings, self.cuts = [], []

    def __repr__(self) -> str:
        return "referee"

    def count(self) -> str:
        """How often it was called."""
        return f"trainings: {len(self.trainings)}, cuts: {len(self.cuts)}"

    def train(self, weights, masks, step):
        """Half of the way to the targets, less if training begins late; pruned weights end at zero."""
        self.trainings.append((deepcopy(masked_by(weights, masks)), deepcopy(masks), step))
        pull = (100 - step) / 200
        moved = {name: (1 - pull) * tensor + pull * self.targets[name] for name, tensor in weights.items()}
        return masked_by(moved, masks)

    def cut(self, weights, masks, share):
        """Another rule than that of exercise 4.1: torch's own pruner, each layer by itself."""
        self.cuts.append((deepcopy(weights), deepcopy(masks), share))
        new = {}
        for name, mask in masks.items():
            scores = weights[f"{name}.weight"]
            layer = skip_init(nn.Linear, *scores.T.shape)
            prune.custom_from_mask(layer, "weight", mask)
            prune.l1_unstructured(layer, "weight", amount=float(share), importance_scores=scores)
            new[name] = layer.weight_mask.bool()
        return new


def masked_by(weights, masks):
    """The weights with zeros where the masks are False."""
    return weights | {f"{name}.weight": weights[f"{name}.weight"] * mask for name, mask in masks.items()}


# %% check="find_ticket" points=4
with check("find_ticket", points=4) as c:
    SHAPES = {"1.weight": (4, 5), "1.bias": (4,), "3.weight": (3, 4), "3.bias": (3,)}

    def watch(rounds, step, share, shapes=SHAPES, seed=0, kept=0.8):
        """Every training, every cut and the result are those of the method."""
        ours, referee = Referee(shapes, seed, kept), Referee(shapes, seed, kept)
        masks = referee.masks
        called = f"find_ticket(train, cut, snapshot, masks, {share}, {rounds}, {step})"
        got = c.call(find_ticket, ours.train, ours.cut, ours.start, ours.masks, share, rounds, step, may="share",
                     idea="train(weights, masks, step) returns weights, cut(weights, masks, share) masks.")  # fmt: skip
        c.equal(
            ours.count(),
            f"trainings: {rounds}, cuts: {rounds}",
            called=called,
            idea="One training and one cut a round, by the train and cut that are given as arguments.",
        )
        for number in range(rounds):
            inside = f"round {number + 1} of {called}"
            weights = referee.train(masked_by(referee.start, masks), masks, step)
            trained_from, held, begun = ours.trainings[number]
            c.equal(
                begun,
                step,
                called=f"the step that train was given in {inside}",
                idea="Weights of step k go on with step k of the schedule.",
            )
            c.equal(
                held,
                masks,
                called=f"the masks that train was given in {inside}",
                idea="The first round trains under the masks given, every other one under those of the last cut.",
            )
            c.equal(
                trained_from,
                referee.trainings[-1][0],
                called=f"the weights given to train in {inside}",
                idea="Every round begins at the snapshot, biases included: rewind after each cut.",
            )
            judged, held, part = ours.cuts[number]
            c.equal(
                masked_by(judged, masks),
                weights,
                called=f"the weights given to cut in {inside}",
                idea="A cut judges the weights as they are at the end of the round's training.",
            )
            c.equal(held, masks, called=f"the masks given to cut in {inside}", idea="Cut from those who still survive.")
            c.equal(part, share, called=f"the share given to cut in {inside}", idea="Each round cuts the same share.")
            masks = referee.cut(weights, masks, share)
        c.true(isinstance(got, tuple | list) and len(got) == 2, called=called, expected="a tuple (ticket, masks)",
               got=got, idea="Return the ticket's weights first, then its masks.")  # fmt: skip
        c.equal(
            got[1], masks, called=f"the masks of {called}", idea="Return the ticket, then the masks of the last cut."
        )
        c.equal(
            got[0],
            masked_by(referee.start, masks),
            called=f"the ticket of {called}",
            idea="The ticket is the snapshot, biases too, with the pruned weights at zero.",
        )

    watch(rounds=1, step=0, share=0.5)
    watch(rounds=3, step=0, share=0.3)
    watch(rounds=3, step=40, share=0.4, seed=1)
    watch(rounds=0, step=0, share=0.5, kept=1.0)  # nothing is trained or cut
    watch(rounds=2, step=0, share=0.25, kept=1.0)
    watch(rounds=5, step=7, share=0.2, shapes={"a.weight": (4, 9), "a.bias": (4,)}, seed=2)
    watch(rounds=4, step=99, share=0.1, shapes={"x.1.weight": (3, 2), "x.10.weight": (5, 3), "x.10.bias": (5,)}, seed=3)
    ### BEGIN HIDDEN TESTS
    watch(rounds=2, step=90, share=0.9, shapes={"x.0.weight": (3, 2), "x.1.weight": (5, 3), "x.1.bias": (5,)}, seed=2)
    watch(rounds=2, step=1, share=1.0, seed=3)
    ### END HIDDEN TESTS

# %% [markdown]
# Real tickets now: one for each of five seeds, three rounds that halve the network each time. A seed means new weights
# and a new order of the batches. These are fifteen trainings; a slow laptop may take a minute.

# %%
SEEDS, SHARE, ROUNDS = range(5), 0.5, 3
REWIND = 0  # the step to rewind to

starts = {seed: snapshot(REWIND, seed) for seed in SEEDS}
tickets, rounds = {}, {seed: [] for seed in SEEDS}  # (weights, masks) and the trainings on the way, by seed
for seed in SEEDS:

    def train(weights, masks, step, seed=seed):
        """Train with this seed, write the training down, and return its weights."""
        rounds[seed].append(trained(weights, masks, step, seed))
        return rounds[seed][-1].weights

    tickets[seed] = find_ticket(train, prune_survivors, starts[seed], full, SHARE, ROUNDS, REWIND)

ticket, masks = tickets[0]
kept = {name: mask.float().mean().item() for name, mask in masks.items()}
size = sum(int(mask.sum()) for mask in masks.values()) / total
pixels = masks[layers[0]].float().mean(0).reshape(data.shape).mean(0)  # (height, width), share of weights kept
fig, (left, right) = figures.figure(columns=2)
picture = left.imshow(100 * pixels.numpy(), cmap="Blues")
fig.colorbar(picture, ax=left, label="weights kept (%)")
left.set(title="What the first layer still looks at", xlabel="pixel", ylabel="pixel")
right.barh(list(kept), [100 * share for share in kept.values()], color=figures.KEPT)
right.axvline(100 * size, color=figures.REFERENCE, linestyle=":")
right.invert_yaxis()
right.set(xlabel="weights kept (%)", ylabel="layer", title="The ticket of seed 0 (dotted: all layers)")
figures.show(fig, alt="Share of weights that survive for each input pixel, and for each layer.")
print(f"{size:.1%} of the weights survive")

# %% [markdown]
# **Reading the figure.** Nobody told the mask what an image is. Where the left picture is dark, many neurons still
# listen to that pixel; where it is pale, hardly any: pixels that are the same in every image have nothing to say. On
# the right, one ranking treats the layers unequally, as in lab 02: a layer of few weights keeps more of them.
#
# The mask knows something, then. But does the ticket win because of *which* connections it has, or because of the
# *values* that they start from?
#
# ## 3 Structure or weights?
#
# A claim about a cause needs a control that differs in that cause alone:
#
# | network | mask | starts from |
# |---|---|---|
# | ticket | found | the snapshot |
# | **re-initialised** | found | new random weights |
# | **shuffled** | as many weights in each layer, other places | the snapshot |
#
# ### Exercise 4.3: Two controls
# *3 points, 12 minutes, about 8 lines*
#
# Write `reinitialised`, which draws all weights **and biases** of a state dict of linear layers anew, just as
# `nn.Linear` does, and `shuffled`, which moves the `True` of each mask to other places **of the same layer**:
#
# $$w_l, b_l \sim \mathcal{U}\!\left(-\tfrac{1}{\sqrt{n_l}}, \tfrac{1}{\sqrt{n_l}}\right), \qquad
# m'_l = \pi_l(m_l), \quad \pi_l \text{ a random permutation of all positions of layer } l.$$
#
# $n_l$ is the number of inputs of layer $l$, for its bias as well. All chance comes from `generator`, every value and
# every layer is drawn independently of the others, and inputs stay as they are.
#
# *Example:* a layer with a weight of shape (2, 4) has 4 inputs: its eight weights and two biases lie between -0.5 and
# 0.5. The mask `[[True, True], [False, False]]` can become any of six masks with two `True`, not only
# `[[False, False], [True, True]]`.
#
# <details><summary>Hint 1: the idea</summary>
# A uniform number between 0 and 1, stretched and shifted, lies between -b and b. A weight has the shape (outputs,
# inputs); a bias does not know the inputs, but the weight of its layer does. For the mask, shuffle the flattened layer:
# rows or columns alone would keep part of the structure.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>torch.rand(shape, generator=generator)</code>; <code>name.replace("bias", "weight")</code> finds the weight of a
# bias; <code>mask.flatten()[torch.randperm(mask.numel(), generator=generator)]</code>.
# </details>


# %% exercise="controls"
def reinitialised(weights: State, generator: torch.Generator) -> State:
    """New weights and biases of linear layers, uniform within one over the root of the layer's inputs."""
    ### BEGIN SOLUTION
    new = {}
    for name, tensor in weights.items():
        inputs = weights[name.replace("bias", "weight")].shape[1]
        new[name] = (2 * torch.rand(tensor.shape, generator=generator) - 1) / math.sqrt(inputs)
    return new
    ### END SOLUTION


def shuffled(masks: Masks, generator: torch.Generator) -> Masks:
    """Masks that keep as many weights of each layer, at random places."""
    ### BEGIN SOLUTION
    return {
        name: mask.flatten()[torch.randperm(mask.numel(), generator=generator)].reshape(mask.shape)
        for name, mask in masks.items()
    }
    ### END SOLUTION


# %% check="controls" points=3
with check("controls", points=3) as c:
    every = "A control draws every weight and bias anew; keys and shapes are those of the weights given."
    bound = "Uniform between -1 and 1 over the root of the layer's inputs; a weight has the shape (outputs, inputs)."
    chance = "All chance comes from the generator given: each draw goes on where the last one ended."
    count = "Each layer keeps exactly as many weights as before."
    place = "Shuffle all positions of a layer, each layer by itself: every arrangement has the same chance."

    def draw(shapes, generator):
        """The new weights of layers of these shapes, with their keys and shapes checked."""
        weights = {name: torch.full(shape, 7.0) for name, shape in shapes.items()}
        called = f"reinitialised({describe(weights)}, generator)"
        got = c.call(reinitialised, weights, generator, idea=every)
        sizes = {name: tuple(tensor.shape) for name, tensor in got.items()} if isinstance(got, dict) else got
        c.true(sizes == shapes, called=f"the shapes in {called}", expected=describe(shapes), got=sizes, idea=every)
        return got

    def uniform(shapes, inputs, seed=1):
        """The new values fill their interval evenly."""
        for name, values in draw(shapes, seeded(seed)).items():
            limit, called = inputs[name] ** -0.5, f"{name}, {inputs[name]} inputs, from reinitialised"
            largest, spread, mean = values.abs().max().item(), values.std().item(), values.mean().item()
            c.true(0.99 * limit < largest <= limit * (1 + 1e-6), called=f"the largest magnitude in {called}",
                   expected=f"a little below {limit:.4f}", got=f"{largest:.4f}", idea=f"{bound} {every}")  # fmt: skip
            c.true(0.9 < spread / (limit / 3**0.5) < 1.1, called=f"the standard deviation of {called}", idea=bound,
                   expected=f"about {limit / 3**0.5:.4f}", got=f"{spread:.4f}")  # fmt: skip
            c.true(abs(mean) < 0.1 * limit, called=f"the mean of {called}", expected="about 0", got=f"{mean:.4f}",
                   idea=bound)  # fmt: skip
            below = stats.kstest(values.flatten(), stats.uniform(-limit, 2 * limit).cdf).statistic  # largest deviation
            c.true(below < 2.5 / values.numel() ** 0.5, called=called, idea=bound, got=f"a share is off by {below:.1%}",
                   expected="the same share of values in every part of the interval")  # fmt: skip

    uniform({"1.weight": (2000, 25), "1.bias": (2000,), "3.weight": (600, 200), "3.bias": (600,)},
            {"1.weight": 25, "1.bias": 25, "3.weight": 200, "3.bias": 200})  # fmt: skip
    uniform({"a.0.weight": (2000, 1), "a.0.bias": (2000,), "a.10.weight": (800, 2), "a.10.bias": (800,)},
            {"a.0.weight": 1, "a.0.bias": 1, "a.10.weight": 2, "a.10.bias": 2}, seed=2)  # fmt: skip
    source, shapes = seeded(3), {"1.weight": (200, 49), "1.bias": (200,), "3.weight": (200, 49), "3.bias": (200,)}
    for what, generators in {"one generator": (source, source), "two seeds": (seeded(4), seeded(5))}.items():
        values = torch.cat([new.flatten() for each in generators for new in draw(shapes, each).values()])
        c.true(len(values.unique()) > 0.995 * len(values), called=f"reinitialised, two draws with {what}", idea=chance,
               expected=f"{len(values):,} values, hardly two of them equal",
               got=f"{len(values.unique()):,} different ones")  # fmt: skip

    masks = {f"{number}": torch.tensor([[True, True, False], [False, False, False]]) for number in range(10)}
    draws = [c.call(shuffled, masks, source, idea=place) for _ in range(40)]
    kinds = [[(name, mask.dtype, mask.shape) for name, mask in each.items()] for each in (masks, draws[0])]
    c.true(kinds[0] == kinds[1], called="shuffled", got=draws[0], idea=count,
           expected="a dict of boolean masks with the names and shapes of those given")  # fmt: skip
    each = torch.stack([drawn[name].flatten() for drawn in draws for name in masks])
    c.equal(sorted(set(each.sum(1).tolist())), [2], idea=count, called="how many of 6 weights a layer with 2 keeps")
    found, often = each.unique(dim=0, return_counts=True)
    c.equal(len(found), 15, idea=place, called=f"how many different masks {len(each)} shuffles give, 2 kept of 6")
    c.true(stats.chisquare(often.numpy()).pvalue > 1e-6, called=f"{len(each)} shuffles of a layer, 2 kept of 6",
           expected=f"each of 15 masks about {len(each) / 15:.0f} times", idea=place,
           got=f"from {often.min()} to {often.max()} times")  # fmt: skip
    seeds = [c.call(shuffled, masks, seeded(seed), idea=place) for seed in range(6)]
    for what, pairs in {
        "two equal layers": [(drawn["0"], drawn[name]) for drawn in draws for name in masks if name != "0"],
        "two draws with one generator": [(drawn[name], draws[0][name]) for drawn in draws[1:] for name in masks],
        "two seeds": [(drawn[name], seeds[0][name]) for drawn in seeds[1:] for name in masks],
    }.items():
        same = sum(a.equal(b) for a, b in pairs) / len(pairs)
        c.true(same < 0.4, called=f"shuffled, {what}", expected="the same mask about once in 15 times",
               got=f"the same mask in {same:.0%} of {len(pairs)}", idea=f"{place} {chance}")  # fmt: skip
    blocks = {"1": torch.zeros(40, 60).bool(), "3": torch.zeros(70, 30).bool(), "5": torch.ones(1, 1).bool(),
              "7": torch.zeros(1, 3).bool(), "9": torch.ones(3, 2).bool()}  # fmt: skip
    blocks["1"][:10], blocks["3"][:, 20:] = True, True  # whole rows, whole columns
    new = c.call(shuffled, blocks, seeded(6), idea=place)
    for name, mask in blocks.items():
        share, parts = mask.float().mean().item(), torch.cat([new[name].float().mean(dim) for dim in (0, 1)])
        c.equal(int(new[name].sum()), int(mask.sum()), idea=count, called=f"how many weights a layer of shape "
                f"{tuple(mask.shape)} keeps")  # fmt: skip
        c.true((parts - share).abs().max() < 0.4, called=f"rows and columns of a layer of shape {tuple(mask.shape)}, "
               "shuffled", expected=f"about {share:.0%} kept in each", idea=place,
               got=f"from {parts.min():.0%} to {parts.max():.0%}")  # fmt: skip
        stayed = (new[name] & mask).sum().item() / max(1, mask.sum().item())
        c.true(abs(stayed - share) < 0.15, called=f"kept positions, layer of shape {tuple(mask.shape)}, that stay kept",
               expected=f"about {share:.0%}", got=f"{stayed:.0%}", idea=place)  # fmt: skip
    ### BEGIN HIDDEN TESTS
    uniform({"a.0.weight": (50, 1000), "a.0.bias": (900,)}, {"a.0.weight": 1000, "a.0.bias": 1000}, seed=5)
    uniform({"6.weight": (900, 2), "6.bias": (900,)}, {"6.weight": 2, "6.bias": 2}, seed=6)
    big = torch.rand(30, 70, generator=seeded(7)) > 0.9
    got = shuffled({"x": big, "y": ~big}, seeded(8))
    c.equal(
        [int(got["x"].sum()), int(got["y"].sum())],
        [int(big.sum()), int((~big).sum())],
        idea=count,
        called="how many weights two layers keep",
    )
    hit = (got["x"] & big).sum().item() / big.sum().item()
    c.true(hit < 0.3, called="the places that stay", expected="about a tenth", got=f"{hit:.0%}", idea=place)
    ### END HIDDEN TESTS

# %% [markdown]
# The experiment: every seed trains its ticket and both controls, on the same batches in the same order, fifteen more
# trainings. Whatever differs now, differs because of the weights or the mask. Predict which of the three ends last.

# %%
question = "Which of the three ends with the lowest mean accuracy?"
ends_last = predict("ends_last", question, ["ticket", "re-initialised", "shuffled"])

# %%
COLOURS = {
    "dense": figures.REFERENCE,
    "ticket": figures.KEPT,
    "re-initialised": figures.PRUNED,
    "shuffled": figures.MUTED,
}
runs = {name: [] for name in COLOURS}  # a Training for each seed
for seed in SEEDS:
    ticket, masks = tickets[seed]
    runs["dense"].append(rounds[seed][0])  # the first round trains the dense network
    runs["ticket"].append(trained(ticket, masks, REWIND, seed))
    runs["re-initialised"].append(trained(reinitialised(starts[seed], seeded(1000 + seed)), masks, seed=seed))
    runs["shuffled"].append(trained(starts[seed], shuffled(masks, seeded(seed)), REWIND, seed))

fig, (ax,) = figures.figure(width=6)
finished = {}
for seed in SEEDS:
    ax.plot(list(runs), [arm[seed].accuracy for arm in runs.values()], ":", color=figures.REFERENCE, linewidth=0.8)
for name, arm in runs.items():
    reached = [run.accuracy for run in arm]
    finished[name] = mean, half = mean_interval(reached)
    ax.plot([name] * len(reached), reached, "o", color=COLOURS[name], alpha=0.5)
    ax.errorbar([name], [mean], [half], fmt="_", markersize=22, color=COLOURS[name], capsize=4)
ax.margins(x=0.15)
ax.set(ylabel="validation accuracy (%)", title=f"{size:.1%} of the weights; a dotted line is a seed")
ends_last.reveal(
    min(list(runs)[1:], key=finished.get),
    f"Means: {', '.join(f'{name} {mean:.2f} ± {half:.2f} %' for name, (mean, half) in finished.items())}.",
    fig,
    alt="Validation accuracy of the dense network, the ticket and its two controls, a dot for each seed.",
)

# %% [markdown]
# **Reading the figure.** Each dot is a seed; the bar with its caps is the mean and its 95 % interval, of five seeds. If
# structure were all, the re-initialised network would do as well as the ticket. The shuffled one changes more than it
# seems: at other places, other start values survive. If only the number of weights in a layer counted, it would do as
# well. Intervals that overlap do not settle it, and neither do single dots: section 6 does.
#
# ## 4 Or was it just the learning rate?
#
# There is a third suspect. After a cut one may keep the **trained** weights and rewind nothing but the **schedule** of
# the learning rate, its rise and fall over the steps: train all of them again from where the weights are. Renda,
# Frankle and Carbin (2020) found that this does as well as rewinding the weights, or better. As a way to prune, it is
# the simplest there is. But it cannot tell whether a small network could have been trained *from the start*: what it
# begins from has been trained already.
#
# ### Exercise 4.4: Rewind the learning rate alone
# *2 points, 6 minutes, about 4 lines*
#
# Do `rounds` rounds of training and cutting in which the weights go on from where the last training left them, while
# each training begins with step 0 of the schedule. Return the weights of the last training, and the masks of the last
# cut:
#
# $$w \leftarrow \text{train}(w,\; m,\; 0), \qquad m \leftarrow \text{cut}(w,\; m,\; p).$$
#
# `train` and `cut` are as in exercise 4.2. Whether weights that were cut last are zero in what you return is up to you;
# `train` holds the masks. `masks` may have pruned weights already, and `rounds` may be 0. `weights` and `masks` stay as
# they are.
#
# *Example:* a weight begins at 0.5 and trains to 2.0. If it survives, the second round trains it from 2.0; in exercise
# 4.2 it would have gone back to 0.5.
#
# <details><summary>Hint 1: the idea</summary>
# It is the loop of exercise 4.2 without the way back: what a training returns is what the next one starts from.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>train(weights, masks, 0)</code>, and the name <code>weights</code> may take its result.
# </details>


# %% exercise="rewind_rate"
def rewind_rate(
    train: Callable, cut: Callable, weights: State, masks: Masks, share: float, rounds: int
) -> tuple[State, Masks]:
    """The weights after `rounds` of whole trainings, each from the last one's end, and the masks of the last cut."""
    ### BEGIN SOLUTION
    for _ in range(rounds):
        weights = train(weights, masks, 0)
        masks = cut(weights, masks, share)
    return weights, masks
    ### END SOLUTION


# %% check="rewind_rate" points=2
with check("rewind_rate", points=2) as c:
    SIZES = {"1.weight": (4, 5), "1.bias": (4,), "3.weight": (3, 4), "3.bias": (3,)}

    def follow(rounds, share, shapes=SIZES, seed=0):
        """Every training, every cut and the result are those of the method."""
        ours, referee = Referee(shapes, seed), Referee(shapes, seed)
        weights, masks = referee.start, referee.masks
        called = f"rewind_rate(train, cut, weights, masks, {share}, {rounds})"
        got = c.call(rewind_rate, ours.train, ours.cut, ours.start, ours.masks, share, rounds, may="share",
                     idea="train(weights, masks, step) returns weights, cut(weights, masks, share) masks.")  # fmt: skip
        c.equal(
            ours.count(),
            f"trainings: {rounds}, cuts: {rounds}",
            called=called,
            idea="One training and one cut a round, none after the last cut.",
        )
        for number in range(rounds):
            inside, last = f"round {number + 1} of {called}", masked_by(weights, masks)
            weights = referee.train(last, masks, 0)
            trained_from, held, begun = ours.trainings[number]
            c.equal(
                begun,
                0,
                called=f"the step that train was given in {inside}",
                idea="Rewinding the learning rate means that the schedule begins anew, at step 0.",
            )
            c.equal(
                held,
                masks,
                called=f"the masks that train was given in {inside}",
                idea="The first round trains under the masks given, every other one under those of the last cut.",
            )
            c.equal(
                trained_from,
                last,
                called=f"what survives of the weights given to train in {inside}",
                idea="Weights are not rewound: each training begins where the last one ended.",
            )
            judged, held, part = ours.cuts[number]
            c.equal(
                masked_by(judged, masks),
                weights,
                called=f"the weights given to cut in {inside}",
                idea="A cut judges the weights that the round's training returned.",
            )
            c.equal(
                (held, part),
                (masks, share),
                called=f"masks and share given to cut in {inside}",
                idea="Each round cuts the same share of those who still survive.",
            )
            masks = referee.cut(weights, masks, share)
        c.true(isinstance(got, tuple | list) and len(got) == 2, called=called, expected="a tuple (weights, masks)",
               got=got, idea="Return the weights first, then the masks.")  # fmt: skip
        c.equal(got[1], masks, called=f"the masks of {called}", idea="Return the masks of the last cut.")
        c.true(isinstance(got[0], dict) and got[0].keys() == weights.keys(), called=f"the weights of {called}",
               expected=f"a dict with the keys {list(weights)}", got=got[0],
               idea="Return all weights and biases of the last training.")  # fmt: skip
        c.equal(
            masked_by(got[0], masks),
            masked_by(weights, masks),
            called=f"what survives of the weights of {called}",
            idea="Return the weights as the last training left them.",
        )

    follow(rounds=1, share=0.5)
    follow(rounds=3, share=0.3)
    follow(rounds=0, share=0.5)  # nothing is trained or cut
    follow(rounds=2, share=0.6, seed=1)
    follow(rounds=4, share=0.25, shapes={"a.weight": (4, 9), "a.bias": (4,)}, seed=2)
    follow(rounds=5, share=0.1, shapes={"x.1.weight": (3, 2), "x.10.weight": (5, 3), "x.10.bias": (5,)}, seed=3)
    ### BEGIN HIDDEN TESTS
    follow(rounds=2, share=1.0, seed=2)
    ### END HIDDEN TESTS

# %% [markdown]
# Three more trainings for a seed, and one to finish. Each line below is the same network size after the same last
# training; the way there differs.

# %%
pruned_at_end, masks = rewind_rate(
    lambda weights, masks, step: trained(weights, masks, step).weights, prune_survivors, starts[0], full, SHARE, ROUNDS
)
again = trained(pruned_at_end, masks)
same = torch.cat([(masks[name] & tickets[0][1][name]).flatten() for name in layers]).sum().item()
print(f"learning rate rewound, seed 0: validation accuracy {again.accuracy:.2f} %")
print(f"weights rewound, seed 0:       validation accuracy {runs['ticket'][0].accuracy:.2f} %")
both = same / sum(int(mask.sum()) for mask in masks.values())
print(f"of the weights kept here, the other ticket keeps {both:.0%}; two masks drawn by chance would share {size:.0%}")

# %% [markdown]
# One seed decides nothing; the long runs in section 8 have more.
#
# ## 5 How fast does a ticket learn?
#
# The accuracy at the end is half of Frankle and Carbin's claim. The other half: a winning ticket gets there in **as
# many steps or fewer**. They measure it by the step at which one would have stopped early, where the validation loss is
# lowest. What the network learns after it is of no more use on new images.
#
# ### Exercise 4.5: The early-stop step
# *2 points, 5 minutes, about 2 lines*
#
# Return the step of the lowest validation loss:
#
# $$\text{stop} = \min\big\{s : \ell_s = \min_t \ell_t\big\}.$$
#
# `losses` is `{step: loss}` in any order. Where several steps share the lowest loss, the **earliest** counts; losses
# that differ in their last digit only are not the same. A loss may be 0, negative or infinite. A loss that is not a
# number (`nan`) is no loss; at least one of the losses is a number.
#
# *Example:* `{40: 0.5, 20: 0.7, 80: 0.4, 60: 0.4}` gives 60.
#
# <details><summary>Hint 1: the idea</summary>
# Drop the losses that are <code>nan</code> first: comparing anything with them gives <code>False</code>, and
# <code>min</code> returns whatever came first. Then go by the loss and, between equal ones, by the step.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>math.isnan(loss)</code>; <code>min((loss, step) for step, loss in ...)</code> compares pairs by their first
# entry, then by their second.
# </details>


# %% exercise="early_stop"
def early_stop(losses: dict[int, float]) -> int:
    """The earliest step of the lowest loss that is a number."""
    ### BEGIN SOLUTION
    return min((loss, step) for step, loss in losses.items() if not math.isnan(loss))[1]
    ### END SOLUTION


# %% check="early_stop" points=2
with check("early_stop", points=2) as c:
    lowest = "The key of the lowest loss: a step, not a loss, and not its place in the dict."
    earliest = "Of several steps with the lowest loss the earliest counts, in whatever order they come."
    number = "A loss that is not a number is dropped, wherever it stands."
    nan = float("nan")
    c.returns(early_stop, {20: 0.7, 40: 0.5, 60: 0.6}, want=40, idea=lowest)
    c.returns(early_stop, {40: 0.5, 20: 0.7, 80: 0.4, 60: 0.4}, want=60, idea=earliest)
    c.returns(early_stop, {20: 0.7, 40: 0.5, 60: 0.6, 80: 0.3}, want=80, idea=f"{lowest} It may lie after a rise.")
    c.returns(early_stop, {20: nan, 40: 0.5, 60: 0.4}, want=60, idea=number)
    c.returns(early_stop, {20: 0.3, 40: nan, 60: 0.4}, want=20, idea=number)
    c.returns(early_stop, {100: 2.0}, want=100, idea=lowest)
    c.returns(early_stop, {20: math.inf, 40: nan, 60: 3.0}, want=60, idea=number)
    c.returns(early_stop, {40: math.inf, 20: math.inf}, want=20, idea=f"{earliest} Infinite losses are equal, too.")
    c.returns(early_stop, {300: 0.2, 100: 0.2, 20: 0.2}, want=20, idea=earliest)
    c.returns(early_stop, {5: nan, 3: 0.0, 1: nan, 2: 0.0, 4: 0.1}, want=2, idea=f"{earliest} A loss may be 0.")
    c.returns(early_stop, {8: -1.5, 4: -1.0, 6: -1.5}, want=6, idea=f"{earliest} A loss may be negative.")
    c.returns(early_stop, {0: 0.1, 7: 0.2}, want=0, idea=f"{lowest} A step may be 0.")
    exact = "The lowest loss counts even if another is higher in its last digit only."
    for low in (0.4, 1e-12, 1e12, -3.0):
        above = math.nextafter(low, math.inf)
        c.returns(early_stop, {20: above, 40: low, 60: above}, want=40, idea=exact)
    late = {step: 0.5 + 0.1 * (step % 7) for step in range(1, 200)} | {200: 0.45}
    c.returns(early_stop, late, want=200, idea=f"{lowest} It may come after a long wait.")
    for seed in range(30):  # losses with ties, some of them no numbers, in random order
        source = seeded(seed)
        values = (torch.randint(5, (12,), generator=source) - 1.0).tolist()
        values[seed % 12] = nan
        steps = torch.randint(1, 50, (12,), generator=source).cumsum(0).tolist()
        order = torch.randperm(12, generator=source).tolist()
        best = min(value for value in values if value == value)
        c.returns(early_stop, {steps[i]: values[i] for i in order}, want=steps[values.index(best)], idea=earliest)
    ### BEGIN HIDDEN TESTS
    for seed in range(20):
        values = torch.randint(5, (12,), generator=seeded(seed)).tolist()
        order = torch.randperm(12, generator=seeded(100 + seed)).tolist()
        want = next(step for step in range(12) if values[step] == min(values))
        c.returns(early_stop, {step: float(values[step]) for step in order}, want=want, idea=earliest)
    ### END HIDDEN TESTS

# %% [markdown]
# Here are the validation losses on the way, and the early-stop step of each seed.

# %%
fig, (left, right) = figures.figure(columns=2, width=5)
for name, arm in runs.items():
    losses = {step: sum(run.losses[step] for run in arm) / len(arm) for step in arm[0].losses}
    left.plot(losses.keys(), losses.values(), color=COLOURS[name], label=name)
    stops = [early_stop(run.losses) for run in arm]
    mean, half = mean_interval(stops)
    right.plot(stops, [name] * len(stops), "o", color=COLOURS[name], alpha=0.5)
    right.errorbar([mean], [name], xerr=[half], fmt="|", markersize=18, color=COLOURS[name], capsize=4)
    print(f"{name:<16} early-stop step {mean:.0f} ± {half:.0f}, of the seeds: {', '.join(map(str, stops))}")
left.set(xlabel="step", ylabel="validation loss", title="Mean over the seeds", yscale="log")
ticks = [tick for tick in (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1, 1.5, 2, 3) if tick > 0.9 * min(left.get_ylim())]
left.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
left.minorticks_off()
left.legend(frameon=False)
right.invert_yaxis()
right.margins(y=0.15)
right.set(xlabel="early-stop step", xlim=(0, 1.05 * STEPS), title="A dot is a seed, bars are 95 % intervals")
figures.show(
    fig, alt="Validation loss by step for four networks, and the early-stop step of each seed of each of them."
)

# %% [markdown]
# **Reading the figure.** Left, look at the first steps: which curve begins lower, and who catches up? Right, a dot
# nearer to zero is a seed that was done sooner. One at the last step was still learning when the training ended, so its
# true early-stop step lies beyond. Two networks may well arrive at the same place, one of them early.
#
# ## 6 Is it a winning ticket?
#
# You have a handful of seeds, and their accuracies differ from each other about as much as the networks do. So is the
# ticket ahead? The runs are **paired**: ticket and control of a seed saw the same batches in the same order, and share
# the mask or the snapshot. Compare them seed by seed: what a lucky seed adds to *both* of them drops out.
#
# ### Exercise 4.6: A paired decision
# *4 points, 12 minutes, about 8 lines*
#
# Given one value a seed for the ticket (`ours`) and for its rival, in the same order, return the mean of the
# differences, half the width of its 95 % confidence interval, and the decision:
#
# $$d_i = \text{ours}_i - \text{rival}_i, \qquad \bar d = \frac{1}{n}\sum_i d_i, \qquad
# h = t_{0.975,\,n-1} \cdot \frac{s}{\sqrt n}, \qquad s^2 = \frac{1}{n-1}\sum_i (d_i - \bar d)^2.$$
#
# The decision is `"ahead"` if the whole interval $[\bar d - h, \bar d + h]$ lies above 0, `"behind"` if all of it lies
# below 0, and `"undecided"` if it contains 0, be it at its very end. There are at least two seeds. $t$ is the quantile
# of Student's distribution: with few seeds, $s$ itself is uncertain, and 1.96 would promise too much. (The course's
# `mean_interval` knows all but the pairs and the decision. Write it out once; then use it for the rest of your life.)
#
# *Example:* ours `[90, 91, 92]`, rival `[89, 90.5, 90]`: the differences 1, 0.5, 2 have mean 1.17 and $s = 0.76$, so
# $h = 4.30 \cdot 0.76 / \sqrt 3 = 1.90$: `"undecided"`, although the ticket won three times out of three. With 1.96 it
# would have been `"ahead"`.
#
# <details><summary>Hint 1: the idea</summary>
# Once you have the differences, forget where they came from: it is one sample with one mean. Watch the two places where
# n and n - 1 are not the same: the variance and the degrees of freedom.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>torch.tensor(differences).std()</code> and <code>statistics.stdev</code> divide by n - 1, numpy's
# <code>std</code> by n; <code>stats.t.ppf(0.975, n - 1)</code> is the quantile.
# </details>


# %% exercise="paired_decision"
def paired_decision(ours: list[float], rival: list[float]) -> tuple[float, float, str]:
    """Mean difference, half the width of its 95 % interval, and "ahead", "behind" or "undecided"."""
    ### BEGIN SOLUTION
    differences = [a - b for a, b in zip(ours, rival, strict=True)]
    n = len(differences)
    mean = sum(differences) / n
    variance = sum((d - mean) ** 2 for d in differences) / (n - 1)
    half = float(stats.t.ppf(0.975, n - 1)) * math.sqrt(variance / n)
    if abs(mean) <= half:
        return mean, half, "undecided"
    return mean, half, "ahead" if mean > 0 else "behind"
    ### END SOLUTION


# %% check="paired_decision" points=4
with check("paired_decision", points=4) as c:
    pairs_idea = "Take the difference seed by seed first, ours minus rival; then one sample is left."
    width = "Of the n differences: t(0.975, n - 1) times s over the root of n, where s divides by n - 1."
    rule = "Ahead if the whole interval is above 0, behind if it is below 0, undecided if it contains 0."

    def decide(ours, rival, mean, half, decision, idea=width):
        """Mean, half width and decision, one after the other."""
        called = f"paired_decision({describe(ours)}, {describe(rival)})"
        got = c.call(paired_decision, ours, rival, idea=pairs_idea)
        c.true(isinstance(got, tuple | list) and len(got) == 3, called=called, got=got,
               expected="a tuple of three", idea="Return mean, half the width, decision, in this order.")  # fmt: skip
        c.equal(got[0], mean, called=f"the mean from {called}", idea=pairs_idea)
        c.equal(got[1], half, called=f"half the width from {called}", idea=idea, atol=1e-5)
        c.equal(got[2], decision, called=f"the decision from {called}", idea=rule)

    decide([90.0, 91.0, 92.0], [89.0, 90.5, 90.0], 7 / 6, 1.897264, "undecided")
    decide([90.0, 91.0, 92.0], [89.0, 90.0, 90.5], 7 / 6, 0.717120, "ahead",
           f"{pairs_idea} The order of the seeds counts.")  # fmt: skip
    decide([80.0, 90.0, 70.0], [81.0, 91.5, 71.0], -7 / 6, 0.717120, "behind")
    decide([80.0, 90.0], [79.0, 87.0], 2.0, 12.706205, "undecided")
    decide([85.0, 86.0, 87.0, 88.0], [86.0, 85.0, 88.0, 87.0], 0.0, 1.837386, "undecided")
    decide([70.0, 80.0, 90.0], [69.5, 79.5, 89.5], 0.5, 0.0, "ahead", "Equal differences have no spread.")
    decide([69.5, 79.5, 89.5], [70.0, 80.0, 90.0], -0.5, 0.0, "behind", "Equal differences have no spread.")
    decide([70.0, 80.0], [70.0, 80.0], 0.0, 0.0, "undecided", "No difference, no spread: 0 is in the interval.")
    decide([87.5, 86.0, 88.0, 87.0, 86.5], [87.0, 86.25, 87.0, 86.5, 86.0], 0.45, 0.555289, "undecided")

    def as_scipy(ours, rival, idea=width):
        """As scipy's test for pairs has it, both ways round."""
        low, high = map(float, stats.ttest_rel(ours, rival).confidence_interval(0.95))
        decision = "ahead" if low > 0 else "behind" if high < 0 else "undecided"
        opposite = {"ahead": "behind", "behind": "ahead"}.get(decision, decision)
        decide(ours, rival, (low + high) / 2, (high - low) / 2, decision, idea)
        decide(rival, ours, -(low + high) / 2, (high - low) / 2, opposite, idea)

    # Whole numbers of sixty-fourths, which single precision holds exactly; shifts that put 0 on either side of an end
    for n in (2, 3, 4, 6, 7, 9, 12, 30, 120, 1000):
        luck, noise = (64 * torch.randn(2, n, generator=seeded(n), dtype=torch.float64)).round()
        half = float(stats.t.ppf(0.975, n - 1) * stats.sem(noise))
        for shift in (math.floor(half - noise.mean()) - 2, math.ceil(half - noise.mean()) + 2):
            ours, rival = (85 + (luck + noise + shift) / 64).tolist(), (85 + luck / 64).tolist()
            as_scipy(ours, rival, f"{width} So it is for any number of seeds.")
    tiny = "However small a difference, what counts is whether its interval contains 0."
    for unit in (2.0**-10, 2.0**-40):
        as_scipy([3 * unit, 4 * unit, 2 * unit], [0.0, unit, -unit / 2], tiny)
        as_scipy([3 * unit, 4 * unit, 2 * unit], [0.0, 2 * unit, 2 * unit], tiny)
    ### BEGIN HIDDEN TESTS
    for seed, (n, shift) in enumerate(((2, 0.5), (5, 0.6), (5, -1.0), (10, 0.2), (30, 0.4), (8, -0.5), (3, 3.0))):
        luck = 5 * torch.randn(n, generator=seeded(seed), dtype=torch.float64)
        noise = 0.7 * torch.randn(n, generator=seeded(seed + 50), dtype=torch.float64)
        # sixty-fourths are exact in single precision, too
        ours, rival = ((64 * values).round().div(64).tolist() for values in (85 + luck + shift + noise, 85 + luck))
        as_scipy(ours, rival)
    ### END HIDDEN TESTS

# %% [markdown]
# Is the interval narrower with the pairs, or for two separate samples (unpaired)? Predict, for the re-initialised
# network; the next cell measures both, and has your verdict on the ticket.

# %%
question = "Ticket against re-initialised network: which of the two intervals is narrower?"
narrower = predict("narrower", question, ["paired", "unpaired"])

# %%
reached = {name: [run.accuracy for run in arm] for name, arm in runs.items()}
verdicts = {name: paired_decision(reached["ticket"], reached[name]) for name in ("re-initialised", "shuffled", "dense")}
fig, (ax,) = figures.figure(width=6, height=2.4)
for row, (mean, half, decision) in enumerate(verdicts.values()):
    ax.errorbar([mean], [row], xerr=[half], fmt="o", capsize=4, color=figures.KEPT)
    ax.text(mean, row - 0.15, decision, ha="center", va="bottom", color=figures.KEPT)
ax.axvline(0, color=figures.REFERENCE, linestyle=":")
ax.set_yticks(range(len(verdicts)), [f"against {name}" for name in verdicts])
ax.set(ylim=(2.5, -0.6), xlabel="points of validation accuracy by which the ticket is ahead", title="Paired by seed")
widths = {}
for name, (mean, half, decision) in verdicts.items():
    error = math.hypot(*(stats.sem(reached[each]) for each in ("ticket", name)))
    widths[name] = {"paired": half, "unpaired": stats.t.ppf(0.975, 2 * len(SEEDS) - 2) * error}
    print(f"ticket - {name:<16}{mean:+.2f} points: {decision}")
both_ways = (
    f"{name} ± {pair['paired']:.2f} paired, ± {pair['unpaired']:.2f} unpaired" for name, pair in widths.items()
)
narrower.reveal(
    min(widths["re-initialised"], key=widths["re-initialised"].get),
    f"Half the width in points, against each: {'; '.join(both_ways)}.",
    fig,
    alt="Mean difference of the ticket from each rival with its 95 % interval, and the decision.",
)

# %% [markdown]
# **Reading the figure.** An interval to the right of the dotted line: the ticket is ahead, and five seeds are enough to
# say so. An interval across the line is not a proof that there is no difference; it says that these seeds cannot tell.
# So "undecided" against the *dense* network does not yet make a winning ticket either. It takes an interval whose lower
# end lies above the loss that you would accept.
#
# Were the pairs narrower? They are where luck is shared, with dotted lines in section 3 that run side by side. Where
# those lines cross, a seed that was lucky for one network was not for the other, and the differences spread *more*; and
# the quantile of $n - 1$ degrees of freedom is larger than that of $2n - 2$. One decides for pairs by how the
# experiment was made, before looking at the widths.
#
# ## 7 Does the mask know something before the first step?
#
# A strange question, with which Zhou, Lan, Liu and Yosinski (2019) looked inside the ticket: how good is it **before it
# is trained at all**? Its weights are still the random ones of the start. All that has happened is that most of them
# were set to zero. One more step of thought: setting a weight to zero is itself a move. Where was training going?

# %% [markdown]
# ### Exercise 4.7: Before the first step
# *2 points, 9 minutes, about 6 lines*
#
# Write `shrunk_shares`: of the pruned weights of all layers together, and of the kept ones, the share that training
# brought **closer to zero**:
#
# $$\frac{\#\{i \text{ pruned}: |w_i^{\text{after}}| < |w_i^{\text{before}}|\}}{\#\{i \text{ pruned}\}}, \qquad
# \frac{\#\{i \text{ kept}: |w_i^{\text{after}}| < |w_i^{\text{before}}|\}}{\#\{i \text{ kept}\}}.$$
#
# A share of no weights at all counts as 0, and the dicts may list the layers in different orders. Then predict
# `best_untrained`: which network has by far the best accuracy before any training, more than ten points above all
# others? One of `"dense"`, `"ticket"`, `"re-initialised"`, `"shuffled"`, or `"none"` if none of them is that far ahead.
# The check measures it, which takes a few seconds: it trains a dense network of its own, prunes seven eighths of its
# weights in a single cut, and rewinds to step 0.
#
# *Example:* before `[0.5, -0.4, 0.2, 0.3]`, after `[0.1, 0.3, 0.9, -0.6]`, mask `[False, False, True, True]`: both
# pruned weights shrank (the sign does not matter) and neither of the kept ones: `(1.0, 0.0)`.
#
# <details><summary>Hint 1: the idea</summary>
# Compare magnitudes, not values. String the layers together before you divide, so that a large layer counts for more.
# For the prediction: which of the five has a mask that was chosen by looking at what training did to *these* weights?
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>after[key].abs() &lt; before[key].abs()</code> is a boolean tensor; index it with <code>~mask</code> for the
# pruned weights. <code>.float().mean().item()</code> gives a share, except of an empty tensor, where it is nan.
# </details>


# %% exercise="before_training"
def shrunk_shares(before: State, after: State, masks: Masks) -> tuple[float, float]:
    """Of the pruned and of the kept weights of all layers, the share whose magnitude became smaller in training."""
    ### BEGIN SOLUTION
    keys = [f"{name}.weight" for name in masks]
    shrunk = torch.cat([(after[key].abs() < before[key].abs()).flatten() for key in keys])
    kept = torch.cat([mask.flatten() for mask in masks.values()])
    groups = (shrunk[~kept], shrunk[kept])
    return tuple(group.float().mean().item() if len(group) else 0.0 for group in groups)
    ### END SOLUTION


# best_untrained = "...": "dense", "ticket", "re-initialised", "shuffled" or "none"
### BEGIN SOLUTION
best_untrained = "ticket"
### END SOLUTION


# %% locked="untrained"
@cache  # measured once
def untrained_accuracy() -> dict[str, float]:
    """Validation accuracy in per cent before any training; the mask is that of a single cut by seven eighths."""
    begin = new_weights(0)
    cut, mixed = network(trained(begin, full).weights), network(begin)
    pairs = [(cut.get_submodule(name), "weight") for name in layers]
    prune.global_unstructured(pairs, pruning_method=prune.L1Unstructured, amount=0.875)
    found = {name: cut.get_submodule(name).weight_mask for name in layers}
    torch.manual_seed(1)
    for name in layers:
        prune.random_unstructured(mixed.get_submodule(name), "weight", amount=int((found[name] == 0).sum()))
    return {
        "dense": starting_accuracy(begin, full),
        "ticket": starting_accuracy(begin, found),
        "re-initialised": starting_accuracy(new_weights(1000), found),
        "shuffled": accuracy(mixed, data.validation),
    }


def starting_accuracy(weights: State, masks: Masks) -> float:
    """Validation accuracy in per cent of a network with `weights` under `masks`, as it is."""
    zeroed = {f"{name}.weight": weights[f"{name}.weight"] * mask for name, mask in masks.items()}
    return accuracy(network(weights | zeroed), data.validation)


# %% check="before_training" points=2
with check("before_training", points=2) as c:
    smaller = "Compare magnitudes, not values; one that stayed the same did not shrink."
    split = "First the share of the pruned weights (False in the mask), then that of the kept ones."
    pool = "Count over all layers together, then divide once."

    def expect_shares(before, after, masks, want, idea):
        """The shares are those wanted."""
        called = f"shrunk_shares({describe(before)}, {describe(after)}, {describe(masks)})"
        c.equal(c.call(shrunk_shares, before, after, masks, idea=idea), want, called=called, idea=idea)

    begin, end = torch.tensor([[0.5, -0.4], [0.2, 0.3]]), torch.tensor([[0.1, 0.3], [0.9, -0.6]])
    keep = torch.tensor([[False, False], [True, True]])
    expect_shares({"1.weight": begin}, {"1.weight": end}, {"1": keep}, (1.0, 0.0), f"{smaller} {split}")
    expect_shares({"1.weight": end}, {"1.weight": begin}, {"1": keep}, (0.0, 1.0), f"{smaller} {split}")
    expect_shares({"1.weight": begin}, {"1.weight": end}, {"1": keep.T}, (0.5, 0.5), split)
    expect_shares({"1.weight": begin}, {"1.weight": begin}, {"1": keep}, (0.0, 0.0), smaller)
    one, none = torch.ones(2, 2).bool(), torch.zeros(2, 2).bool()
    expect_shares({"1.weight": begin}, {"1.weight": end}, {"1": one}, (0.0, 0.5), "A share of no weights is 0.")
    expect_shares({"1.weight": begin}, {"1.weight": end}, {"1": none}, (0.5, 0.0), "A share of no weights is 0.")
    long = torch.tensor([[1.0, 1.0, 1.0, 1.0, 1.0, 1.0]])
    start_two = {"1.weight": begin, "1.bias": torch.ones(2), "3.weight": long, "3.bias": torch.ones(1)}
    end_two = {"1.weight": end, "1.bias": torch.zeros(2), "3.weight": long * 2, "3.bias": torch.zeros(1)}
    expect_shares(start_two, end_two, {"1": keep, "3": torch.tensor([[True, False, False, False, False, False]])},
                  (2 / 7, 0.0), f"{pool} Biases do not count.")  # fmt: skip

    def count_shares(seed, kept, scale=1.0):
        """Layers of several sizes, in another order each time; magnitudes that change by the smallest step, or not."""
        source, old, new, masks, counts = seeded(seed), {}, {}, {}, {False: [0, 0], True: [0, 0]}
        for name, shape in {"10": (3, 11), "1": (6, 5), "a.1": (1, 8), "b": (7, 2)}.items():
            first, kind = scale * distinct(shape, source), torch.randint(6, shape, generator=source)
            down, up = first.nextafter(0 * first), first.nextafter(3 * first)
            second = torch.stack((first, -first, down, -down, up, -up)).gather(0, kind[None])[0]
            mask = torch.rand(shape, generator=source) < kept
            old = old | {f"{name}.weight": first, f"{name}.bias": first[0]}
            new = {f"{name}.weight": second, f"{name}.bias": 0 * second[0]} | new
            masks = {name: mask} | masks if shape[0] % 2 else masks | {name: mask}
            for alive, which in zip(mask.flatten().tolist(), kind.flatten().tolist(), strict=True):
                counts[alive][0] += which in (2, 3)  # the kinds that came closer to zero
                counts[alive][1] += 1
        want = tuple(part / max(1, whole) for part, whole in counts.values())
        expect_shares(old, new, masks, want, f"{smaller} {split} {pool} A small change counts, and layers go by name.")

    for seed, kept in enumerate((0.5, 0.2, 0.9, 0.0, 1.0)):
        count_shares(seed, kept)
        count_shares(seed + 10, kept, scale=1e-12)
    zeros = torch.tensor([[0.0, 0.0, 0.5, -0.5]])
    expect_shares({"1.weight": zeros}, {"1.weight": torch.tensor([[0.0, 0.1, 0.0, -0.0]])},
                  {"1": torch.tensor([[True, True, True, False]])}, (1.0, 1 / 3), smaller)  # fmt: skip

    untrained = untrained_accuracy()
    c.true(best_untrained in (*untrained, "none"), called="best_untrained", got=best_untrained,
           expected=f"one of {[*untrained, 'none']}", idea="One of the five names, as in the task.")  # fmt: skip
    ranking = sorted(untrained, key=untrained.get, reverse=True)
    ahead = untrained[ranking[0]] - untrained[ranking[1]] > 10
    c.true(
        best_untrained == (ranking[0] if ahead else "none"),
        called="best_untrained",
        got=best_untrained,
        expected="the network that the measurement puts more than ten points ahead, if there is one",
        idea="Setting a weight to zero is a move. Who made it, and with which weights?",
    )
    ### BEGIN HIDDEN TESTS
    for case in range(4):
        source = seeded(20 + case)
        sizes = {"1.weight": (7, 9), "1.bias": (7,), "3.weight": (40, 7), "3.bias": (40,)}
        first, second = ({name: torch.randn(size, generator=source) for name, size in sizes.items()} for _ in range(2))
        held = {name: torch.rand(sizes[f"{name}.weight"], generator=source) > 0.2 * (case + 1) for name in ("1", "3")}
        counts = {True: [0, 0], False: [0, 0]}
        for name, mask in held.items():
            olds, news = (values[f"{name}.weight"].flatten().tolist() for values in (first, second))
            for alive, old, new in zip(mask.flatten().tolist(), olds, news, strict=True):
                counts[alive][0] += abs(new) < abs(old)
                counts[alive][1] += 1
        want = tuple(counts[alive][0] / counts[alive][1] for alive in (False, True))
        expect_shares(first, second, held, want, f"{smaller} {split} {pool}")
    ### END HIDDEN TESTS

# %%
at_start = {
    "dense": [starting_accuracy(starts[seed], full) for seed in SEEDS],
    "ticket": [starting_accuracy(*tickets[seed]) for seed in SEEDS],
    "re-initialised": [
        starting_accuracy(reinitialised(starts[seed], seeded(1000 + seed)), tickets[seed][1]) for seed in SEEDS
    ],
    "shuffled": [starting_accuracy(starts[seed], shuffled(tickets[seed][1], seeded(seed))) for seed in SEEDS],
}
fig, (ax,) = figures.figure(width=6)
for name, values in at_start.items():
    mean, half = mean_interval(values)
    ax.bar(name, mean, yerr=half, capsize=4, color=COLOURS[name])
ax.axhline(100 / len(data.classes), color=figures.REFERENCE, linestyle=":")
ax.text(
    1.01, 100 / len(data.classes), "chance", color=figures.REFERENCE, va="center", transform=ax.get_yaxis_transform()
)
ax.set(ylabel="validation accuracy (%)", title="Before any training, five seeds")
figures.show(fig, alt="Validation accuracy before any training of the dense network, the ticket and its controls.")
before, after = starts[0], runs["dense"][0].weights
of_all = shrunk_shares(before, after, full)[1]
of_pruned, of_kept = shrunk_shares(before, after, tickets[0][1])
print(
    f"moved towards zero in the dense training: {of_all:.0%} of all weights, {of_pruned:.0%} of the pruned ones and "
    f"{of_kept:.0%} of the kept ones"
)

# %% [markdown]
# **Reading the figure.** The ticket's weights are still the random ones, yet its accuracy is not chance. The three
# shares say why: pruned weights moved towards zero about as often as any, but of the kept ones few did. A cut by size
# keeps, above all, weights that training made **larger**, those that pointed the right way from the beginning. Picking
# them out is a step of learning by itself; Zhou et al. call such a mask a *supermask*. It fits its own weights only:
# new weights under this mask, or these weights under another, know nothing.
#
# Does it need a mask found in rounds, and of this size? The slider below runs **your** `prune_survivors` and `shuffled`
# each time you let go of the handle: the dense network of seed 0, trained, loses this fraction of its weights in one
# cut. The mask that is left goes onto the weights of the start, and so does the same mask shuffled. No training
# follows.
#
# **Try:** At which fraction does the untrained network know most? What happens at either end, and why must it?


# %%
def before_first_step(pruned: float, ax) -> str:
    """Draw the accuracy before any training under the mask of one cut, and under the same shuffled; both in words."""
    found = prune_survivors(dense.weights, full, pruned)
    reached = {}
    for name, held in {"the mask of your cut": found, "shuffled": shuffled(found, seeded(0))}.items():
        reached[name] = accuracy(network(masked_by(starts[0], held)), hundreds)
    ax.bar(list(reached), list(reached.values()), color=[COLOURS["ticket"], COLOURS["shuffled"]])
    ax.axhline(100 / len(data.classes), color=figures.REFERENCE, linestyle=":")
    ax.set(ylim=(0, 100), ylabel="validation accuracy (%)", title="Before any training (dotted: chance)")
    known, mixed = reached.values()
    return (
        f"{pruned:.1%} pruned, {len(hundreds)} images: {known:.1f} % right before any training under the mask of your "
        f"cut, {mixed:.1f} % under the shuffled one."
    )


hundreds = TensorDataset(*(tensor[:500] for tensor in data.validation.tensors))  # few, so that the slider is quick
explore(
    before_first_step, "fraction pruned", [0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.875, 0.9, 0.95, 0.98, 0.99, 1.0], start=0.4
)

# %% [markdown]
# ## 8 Does it hold at all sizes?
#
# Your live experiment was small: one size, a short training. The next record is of a longer run of the same method,
# made once by `recipes/tickets.py`: more images and steps, many sizes, several rewind steps, and the learning rate as a
# fourth curve. Accuracies are those after the last step.

# %% locked="record"
TONES = {
    "ticket": figures.KEPT,
    "re-initialised": figures.PRUNED,
    "shuffled": figures.MUTED,
    "learning rate": figures.OTHER,
}


def arm_of(record: dict, name: str, step: int, value: str) -> list[list]:
    """[round][seed]: `value` ("test", "validation", "losses", ...) of one of the four networks, rewound to `step`."""
    arms = [
        seed["learning rate"] if name == "learning rate" else seed["rewind"][str(step)][name]
        for seed in record["seeds"]
    ]
    return [[entry[value] for entry in entries] for entries in zip(*arms, strict=True)]


def remaining(record: dict) -> list[float]:
    """The share of the weights, in per cent, that remains after each round."""
    return [100 * record["settings"]["keep"] ** number for number in range(1, record["settings"]["rounds"] + 1)]


def about(record: dict) -> str:
    """One line on where the numbers of a record come from."""
    settings = record["settings"]
    measured = record["dataset"].replace("fashion_mnist", "Fashion-MNIST")
    size = f"{len(record['seeds'])} seeds, {settings['images']:,} images, {settings['steps']:,} steps a training"
    network = f"{settings['network']} (width {settings['width']}, learning rate up to {settings['lr']})"
    return f"{network}, measured on {measured}: {size}"


def plot_arms(record: dict, step: int, ax) -> None:
    """Test accuracy against weights remaining, with 95 % bands; the dotted line is the dense network."""
    for name, colour in TONES.items():
        means, halves = zip(*map(mean_interval, arm_of(record, name, step, "test")), strict=True)
        low, high = ([m + sign * h for m, h in zip(means, halves, strict=True)] for sign in (-1, 1))
        dashes = "--" if name == "learning rate" else "-"
        ax.plot(remaining(record), means, dashes, color=colour, label=name)
        ax.fill_between(remaining(record), low, high, color=colour, alpha=0.2, linewidth=0)
    dense_mean = mean_interval([seed["dense"]["test"] for seed in record["seeds"]])[0]
    ax.axhline(dense_mean, color=figures.REFERENCE, linestyle=":")
    ax.set(xscale="log", xlabel="weights remaining (%)", ylabel="test accuracy (%)", title=f"rewound to step {step}")
    ticks = remaining(record)[::2]
    ax.set_xticks(ticks, [f"{share:.2g}" for share in ticks])
    ax.minorticks_off()
    ax.invert_xaxis()


lenet, vgg = load_results("tickets-lenet300"), load_results("tickets-vgg")

# %% [markdown]
# From which size down is the ticket ahead of **both** controls, the re-initialised and the shuffled one, at every
# smaller size, too? Your `paired_decision` judges. Predict the size in per cent of the weights.

# %%
question = "From what percentage of the weights down is the ticket ahead of both controls (0: at no size)?"
ahead_from = predict("ahead_from", question, low=0, high=100)

# %%
first_step = lenet["settings"]["rewind"][0]
ours = arm_of(lenet, "ticket", first_step, "test")
decided = {}  # [round] by network: mean, half, decision
for name in ("re-initialised", "shuffled", "learning rate"):
    theirs = arm_of(lenet, name, first_step, "test")
    decided[name] = [paired_decision(*values) for values in zip(ours, theirs, strict=True)]
parted = 0.0
for number in reversed(range(len(ours))):
    if any(decided[name][number][2] != "ahead" for name in ("re-initialised", "shuffled")):
        break
    parted = remaining(lenet)[number]

fig, (left, right) = figures.figure(columns=2, width=5.5, height=4)
plot_arms(lenet, first_step, left)
for shift, (name, found) in enumerate(decided.items()):
    for share, (mean, half, decision) in zip(remaining(lenet), found, strict=True):
        face = TONES[name] if decision == "ahead" else "none"
        place = share * 1.06 ** (1 - shift)  # side by side
        right.errorbar(place, mean, half, fmt="o", color=TONES[name], markerfacecolor=face, capsize=3)
right.axhline(0, color=figures.REFERENCE, linestyle=":")
right.set(xscale="log", xlabel="weights remaining (%)", ylabel="points", title="ticket minus each (filled: ahead)")
right.set_xticks(remaining(lenet)[::2], [f"{share:.2g}" for share in remaining(lenet)[::2]])
right.minorticks_off()
right.invert_xaxis()
left.legend(frameon=False, loc="lower left", title="dotted: dense")
print(about(lenet))
from_here = (
    f"From {parted:.1f} % of the weights down the ticket is ahead of both controls."
    if parted
    else "At no size does the ticket stay ahead of both."
)
ahead_from.reveal(
    round(parted, 1),
    from_here,
    fig,
    alt="Test accuracy of the ticket and three others by weights remaining, and the differences with 95 % intervals.",
    mark=lambda guess, ax=left: guess and ax.axvline(guess, color=figures.REFERENCE, linewidth=0.8),
)

# %% [markdown]
# **Reading the figure.** (The thin line is your prediction.) The right side is yours: `paired_decision` for the ticket
# against each of the three, from many weights to few, in the colours of the left side. A dot is filled where it says
# "ahead". Bands that overlap may still hide a difference that the pairs show, so go by the decisions. With so many of
# them at 95 %, about one in twenty would be wrong even if nothing differed: a decision that stays from size to size is
# worth more than a single one.
#
# Walk through the same numbers yourself, for every rewind step.
#
# **Try:** Near 17 % of the weights, how far behind is each control? At which size does the mean of the ticket fall
# below the dense network, all weights remaining, and stay there? At the fewest weights, does any rewind step help the
# ticket by more than its interval?

# %%
ahead_from.reveal(round(parted, 1), from_here, TicketExplorer(lenet))

# %% [markdown]
# The same for speed: your `early_stop` on the losses of the record, at the first of its rewind steps.

# %%
stops = {}
for name in ("ticket", "re-initialised", "shuffled"):
    by_round = arm_of(lenet, name, first_step, "losses")
    stops[name] = [[early_stop({int(step): found[step] for step in found}) for found in row] for row in by_round]

fig, (ax,) = figures.figure(width=7)
for name, by_round in stops.items():
    means, halves = zip(*map(mean_interval, by_round), strict=True)
    ax.errorbar(remaining(lenet), means, halves, fmt="o-", color=TONES[name], capsize=3, label=name)
whole = [early_stop({int(step): found for step, found in seed["dense"]["losses"].items()}) for seed in lenet["seeds"]]
ax.axhline(sum(whole) / len(whole), color=figures.REFERENCE, linestyle=":", label="dense")
ax.set(xscale="log", xlabel="weights remaining (%)", ylabel="early-stop step", title="How soon the loss is lowest")
ax.set_xticks(remaining(lenet)[::2], [f"{share:.2g}" for share in remaining(lenet)[::2]])
ax.minorticks_off()
ax.invert_xaxis()
ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
figures.show(fig, alt="Early-stop step against weights remaining for the ticket and two controls, with 95 % intervals.")
print(f"{about(lenet)}; the loss was looked at every {lenet['settings']['look_every']} steps")

# %% [markdown]
# **Reading the figure.** Lower is sooner. Look for the sizes at which the ticket needs fewer steps than both controls:
# there the start values are a head start and not just a better end.
#
# ## 9 Does a larger network need a later step?
#
# LeNet-300-100 is kind. On larger networks, Frankle et al. (2019, 2020) could not find winning tickets at step 0 at the
# usual learning rates: in the first steps, two trainings of the same weights on different batches still drift apart, to
# different solutions. Rewound to a step **a little later**, when training has become stable, tickets win again.
# Strictly speaking they are then no tickets of the initialisation but of a very early training.
#
# This record is of VGG with its batch norm, half as wide, at a learning rate five times that of LeNet-300-100.
# Does this network need a later step, or is it small enough to win from step 0? Predict which step is best for the
# fewest weights.

# %%
rewinds = vgg["settings"]["rewind"]
question = (
    f"VGG at {remaining(vgg)[-1]:.1f} % of its weights: rewound to which step does the ticket have the best mean?"
)
best_step = predict("best_step", question, [f"step {step}" for step in rewinds])


# %%
def gain(record: dict, step: int, number: int) -> str:
    """What the ticket of a round gains if it is rewound to `step` instead of the first step, and the decision."""
    late, early = (arm_of(record, "ticket", each, "test")[number] for each in (step, record["settings"]["rewind"][0]))
    return "{:+.2f} ± {:.2f} {}".format(*paired_decision(late, early))


fig, axes = figures.figure(columns=len(rewinds), width=3.8)
for ax, step in zip(axes, rewinds, strict=True):
    ax.sharey(axes[0])
    plot_arms(vgg, step, ax)
axes[-1].legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5), title="dotted: dense")
print(about(lenet))
later = lenet["settings"]["rewind"][1:]
print(f"{'weights':<8}" + "".join(f"{f'step {step} instead of {first_step}':>28}" for step in later))
for number, share in enumerate(remaining(lenet)):
    print(f"{share:>5.1f} % " + "".join(f"{gain(lenet, step, number):>28}" for step in later))
print(about(vgg))
best = max(rewinds, key=lambda step: sum(arm_of(vgg, "ticket", step, "test")[-1]))
gains = [
    f"at {share:.1f} %, step {step}: {gain(vgg, step, number)}"
    for number, share in enumerate(remaining(vgg))
    for step in rewinds[1:]
]
best_step.reveal(
    f"step {best}",
    f"Best mean: step {best}. Points that VGG's ticket gains over step {rewinds[0]}: {'; '.join(gains)}.",
    fig,
    alt="Test accuracy against weights remaining of VGG, one panel for each rewind step, with 95 % bands.",
)

# %% [markdown]
# **Reading the figure.** At step 0, is the blue line above the orange one, as it was in the small network? Where it is
# not, the first weights were worth no more than any others; where it is, a later step may still add to it, and the
# decisions say whether it did (those of LeNet-300-100 are in the table above it). A published effect need not appear at
# every size: those networks were deeper and trained for about a hundred times as many steps, and a learning rate that
# first rises, as `fit`'s does, is known to make step 0 good enough at times (Frankle & Carbin 2019). Be fair to the
# controls: only the ticket and the shuffled network start from the later step; the re-initialised one never saw it.
# Where **shuffled** rises as well, early training helped everybody; where the ticket alone does, mask and weights
# belong together.
#
# **Try:** For the fewest weights, what does the ticket gain as the rewind step grows? Does the re-initialised network
# change with it, and should it? Where is the ticket ahead of the learning rate's curve, which never rewinds a weight?

# %%
best_step.reveal(f"step {best}", "The same networks, size by size.", TicketExplorer(vgg))

# %% [markdown]
# ## What you measured
#
# First your predictions, each beside what came.

# %%
compare_predictions()

# %% [markdown]
# The test images are read here, once, for the networks of your own experiment.

# %%
columns = ("weights", "before training", "early stop", "test accuracy", "the ticket is")
print(f"{'network':<18}" + "".join(f"{column:>18}" for column in columns))
tested = {name: [accuracy(network(run.weights), data.test) for run in arm] for name, arm in runs.items()}
for name, values in tested.items():
    mean, half = mean_interval(values)
    begun = mean_interval(at_start[name])[0]
    stop = sum(early_stop(run.losses) for run in runs[name]) / len(values)
    verdict = "" if name == "ticket" else paired_decision(tested["ticket"], values)[2]
    weights = 1 if name == "dense" else size
    texts = (f"{weights:.1%}", f"{begun:.1f} %", f"{stop:.0f}", f"{mean:.2f} ± {half:.2f} %", verdict)
    print(f"{name:<18}" + "".join(f"{text:>18}" for text in texts))
print(f"{len(SEEDS)} seeds, {STEPS} steps; the first accuracy is on the validation images.")
note("04 tickets", compression=1 / size, accuracy=mean_interval(tested["ticket"])[0], steps=STEPS,
     dense=mean_interval(tested["dense"])[0])  # lab 10 reads them  # fmt: skip

# %% [markdown]
# ### Remember
#
# 1. A ticket is a mask **and** the weights it was found with: prune the survivors, rewind them, keep only the mask.
# 2. A control changes one thing: new weights, other places, or no rewinding. Without it, "it works" explains nothing.
# 3. Compare seed by seed, give an interval, and say "undecided" when it contains zero.
#
# ### Further reading
#
# - Frankle and Carbin, [The Lottery Ticket Hypothesis](https://arxiv.org/abs/1803.03635), 2019: its section 2 is this
#   lab's experiment.
# - Frankle, Dziugaite, Roy and Carbin, [Linear Mode Connectivity](https://arxiv.org/abs/1912.05671), 2020: why larger
#   networks rewind to a later step.
# - Renda, Frankle and Carbin, [Comparing Rewinding and Fine-tuning](https://arxiv.org/abs/2003.02389), 2020: the
#   learning rate alone.
# - Zhou, Lan, Liu and Yosinski, [Deconstructing Lottery Tickets](https://arxiv.org/abs/1905.01067), 2019: supermasks.
#
# **Next:** single weights leave holes that hardware cannot use. Lab 05 takes whole channels.
