# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 07: Other criteria: a ladder on one layer
#
# *About 90 minutes, 20 points.*
#
# Magnitude asks how large a weight is. What counts is what the loss does when the weight goes. On a network
# that is small enough this can be measured, one weight at a time: that is the truth. Every published criterion is a
# guess at it that should be cheaper, and nearly all of them come out of one formula, each keeping another part. *How
# good is each guess, and what does it cost?* You climb this ladder on one layer, with the truth at hand. Then a
# surprise waits: the truth about one weight is not the truth about many.
#
# **You will be able to**
#
# - measure by brute force what each weight of a layer is worth,
# - derive first order, OBD, empirical Fisher and OBS from one Taylor expansion, and compute them exactly,
# - remove a weight *and* let the others make up for it, one by one or by least squares,
# - find sleeping and dead neurons with a forward hook,
# - judge a criterion by rank correlation, by seconds, and by what is left when many weights go.
#
# **From earlier labs**
#
# - A criterion gives each weight a score, and the weights with the smallest scores go; magnitude is the cheapest one
#   (lab 02). Norms score filters and channels (labs 02 and 06).
# - Retraining makes up for much of a bad choice (lab 06), so every criterion has a rival: a cheap choice and a few
#   steps of training, as many for everybody (lab 03).

# %% locked="setup"
import time
import warnings
from collections.abc import Callable
from copy import deepcopy

import numpy as np
import torch
from matplotlib.colors import SymLogNorm
from scipy import stats
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F
from torch.utils.data import TensorDataset

from prunelab import figures, models
from prunelab.checks import check, describe
from prunelab.data import load_data
from prunelab.explorers import CriteriaExplorer
from prunelab.inputs import nested, tied, whole
from prunelab.live import explore
from prunelab.notes import note
from prunelab.predictions import compare_predictions, predict
from prunelab.training import accuracy, seeded

warnings.filterwarnings("ignore", "`torch.jit.script` is deprecated")  # torch, when it derives forwards

NEURONS, SIDE, IMAGES = 12, 7, 3000  # hidden neurons, pixels along an image, training images
Loss = Callable[[Tensor], Tensor]  # from a vector of weights to one number
data = load_data()  # train, validation and test images with labels

# %% [markdown]
# ## 1 What is one weight worth?
#
# The patient has two layers: grey images of 7 x 7 pixels, 12 hidden neurons with ReLU, the classes. We prune its
# **first** layer. You meet the patient twice, after ten steps of training (`young`) and after a hundred (`trained`).
# Each step of L-BFGS, a method that estimates the curvature as it goes, saw all images that this lab trains on (the
# first 3,000), so that the end is much nearer to a minimum of *their* loss, though not quite there. It is this loss
# that all criteria of the lab look at.
#
# All weights of the layer stand in one vector $w$ with $n$ entries. A **loss function** takes such a vector and returns
# the mean cross-entropy: `loss_of(weights)`. Everything else in the network stays as it is.


# %% locked="patient"
def reduced(dataset: TensorDataset, count: int) -> tuple[Tensor, Tensor]:
    """The first `count` images as rows of SIDE x SIDE grey pixels in double precision, and their labels."""
    images, labels = (tensor[:count] for tensor in dataset.tensors)
    return F.adaptive_avg_pool2d(images.mean(1, keepdim=True), SIDE).flatten(1).double(), labels


def train(network: nn.Module, steps: int) -> nn.Module:
    """The network after `steps` steps of L-BFGS on all images at once; it is changed in place."""
    optimizer = torch.optim.LBFGS(
        network.parameters(), max_iter=steps, history_size=20, tolerance_grad=1e-5, line_search_fn="strong_wolfe"
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(network(images), labels)
        loss.backward()
        return loss

    optimizer.step(closure)
    return network


def logits(network: nn.Module, weights: Tensor, images: Tensor) -> Tensor:
    """What the network computes with `weights`, one long vector, in its first layer; nothing is changed."""
    return functional_call(network, {"0.weight": weights.view(NEURONS, -1)}, (images,))


def loss_with(network: nn.Module, images: Tensor, labels: Tensor) -> Loss:
    """The mean cross-entropy as a function of the first layer's weights, a vector; all else is fixed."""
    return lambda weights: F.cross_entropy(logits(network, weights, images), labels)


def layer_of(network: nn.Module) -> Tensor:
    """The weights of the first layer, neuron after neuron, as one long vector."""
    return network[0].weight.detach().flatten()


def correlation(guess: Tensor, truth: Tensor) -> float:
    """Spearman's rank correlation: 1 where two vectors put all weights into the same order, 0 by chance."""
    return float(stats.spearmanr(guess.detach().numpy(), truth.numpy()).statistic)


def timed(run: Callable) -> tuple:
    """What `run()` returns, and the seconds it took; what is quick runs three times, and the best one counts."""
    seconds = []
    while not seconds or (len(seconds) < 3 and max(seconds) < 0.2):
        start = time.perf_counter()
        found = run()
        seconds.append(time.perf_counter() - start)
    return found, min(seconds)


images, labels = reduced(data.train, IMAGES)
torch.manual_seed(0)
start = nn.Sequential(nn.Linear(SIDE**2, NEURONS), nn.ReLU(), nn.Linear(NEURONS, len(data.classes))).double()
young = train(start, 10).requires_grad_(False)  # ten steps of training
trained = train(deepcopy(young).requires_grad_(True), 90).requires_grad_(False)  # ninety more

# %%
weights = layer_of(trained)
loss_of, loss_of_young = (loss_with(network, images, labels) for network in (trained, young))
held_out = loss_with(trained, *reduced(data.validation, 2000))
print(f"{len(weights)} weights in the first layer")
for name, network, loss in (("young", young, loss_of_young), ("trained", trained, loss_of)):
    slope = torch.func.grad(loss)(layer_of(network)).norm()
    print(f"{name:<8} loss {loss(layer_of(network)):.3f}, length of the gradient {slope:.3f}")
print(f"loss of `trained` on validation images: {held_out(weights):.3f}")

# %% [markdown]
# ### Exercise 7.1: The truth, by brute force
# *3 points, 8 minutes, about 6 lines*
#
# Return the **true change of the loss** for each weight: what the loss does when this weight alone is set to zero and
# all the others stay,
#
# $$\Delta L_i = L(w - w_i e_i) - L(w), \qquad i = 1, \dots, n,$$
#
# where $e_i$ is the vector that is 1 at $i$ and 0 elsewhere. It keeps its sign: a change below zero says that the
# network is better without this weight. `loss_of` is any function from a vector like `weights` to a tensor with one
# number, with jumps or without; `weights` stays as it is. Compute in the dtype of `weights`: all its digits count.
#
# *Example:* $L(w) = (w_1 + 2 w_2 - 1)^2$ at $w = (1, 2)$, where $L = 16$. Without $w_1$ it is 9, without $w_2$ it is 0:
# the changes are $(-7, -16)$. Who forgets to put $w_1$ back before removing $w_2$ finds $(-7, -15)$. We will come back
# to this example.
#
# <details><summary>Hint 1: the idea</summary>
# Measure the loss once with all weights. Then, for each position, take a fresh copy of all weights, set one entry to
# zero, and measure again.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>without = weights.clone()</code>, <code>without[i] = 0</code> in a loop over
# <code>range(len(weights))</code>; collect the differences in a list and <code>torch.stack</code> it.
# </details>


# %% exercise="true_changes"
def true_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    """The change of the loss, with its sign, when each weight alone is set to zero; the shape of `weights`."""
    ### BEGIN SOLUTION
    whole, changes = loss_of(weights), []
    for i in range(len(weights)):
        without = weights.clone()
        without[i] = 0
        changes.append(loss_of(without) - whole)
    return torch.stack(changes)
    ### END SOLUTION


# %% locked="toys"
class Toy:
    """A loss for the checks, small enough to do by hand, that says what it is."""

    def __init__(self, text: str, formula: Callable) -> None:
        self.text, self.formula = text, formula

    def __call__(self, *args: Tensor) -> Tensor:
        return self.formula(*args)

    def __repr__(self) -> str:
        return self.text


SQUARE = Toy("(w1 + 2 w2 - 1)^2", lambda w: (w[0] + 2 * w[1] - 1) ** 2)
PRODUCT = Toy("w1 w2^2", lambda w: w[0] * w[1] ** 2)
WAVE = Toy("sum of cos(w)", lambda w: w.cos().sum())


def small_loss(seed: int, inputs: int = 3, neurons: int = 2, classes: int = 4) -> tuple[Toy, Tensor]:
    """The loss of a small network on random data as a function of its first layer, a vector, and such a vector."""
    draw = seeded(seed)
    x, out, first = (
        torch.randn(shape, generator=draw, dtype=torch.float64)
        for shape in ((20, inputs), (classes, neurons), (neurons * inputs,))
    )
    y = torch.randint(classes, (20,), generator=draw)
    loss = Toy("loss of a network", lambda w: F.cross_entropy(torch.tanh(x @ w.view(neurons, inputs).T) @ out.T, y))
    return loss, first


def long_loss(seed: int, count: int) -> tuple[Toy, Tensor, Tensor]:
    """A loss of `count` weights, such weights w, one zero and two equal, and v = w / sizes, sizes from 1e-4 to 100.

    Small weights matter as much as large ones, for the loss looks at v alone.
    """
    draw = seeded(seed)
    v = torch.randn(count, generator=draw, dtype=torch.float64)
    sizes = 10 ** torch.randint(-4, 3, (count,), generator=draw).double()
    v[whole(draw, 2, count - 1)] = 0
    v[1], sizes[1] = v[0], sizes[0]

    def formula(w: Tensor) -> Tensor:
        v = w / sizes
        return v.exp().sum().log() + v.cos().sum() + (v * v.roll(1)).sum()

    return Toy("log(sum of exp(v)) + sum of cos(v) + sum of v_i v_(i+1), with v = w / sizes", formula), v * sizes, v


class Guesses:
    """Checks one function of a loss, weights and perhaps images: what it returns, to all digits."""

    def __init__(self, c, function: Callable, trouble: str) -> None:
        self.c, self.function, self.trouble = c, function, trouble

    def are(self, want: Tensor, *args, idea: str) -> None:
        """The function returns `want` for these arguments; an exception is answered by `trouble`."""
        called = f"{self.function.__name__}({', '.join(map(describe, args))})"
        got = self.c.call(self.function, *args, idea=self.trouble)
        plain = isinstance(got, Tensor) and not got.requires_grad
        self.c.true(plain, called=called, expected="a plain tensor", got=describe(got),
                    idea="torch.stack makes one tensor of many; detach() frees it of its gradients.")  # fmt: skip
        self.c.equal(got, want, called=called, idea=idea)
        close = want.dtype != torch.float64 or torch.allclose(got.double(), want, rtol=1e-9, atol=1e-11)
        self.c.true(close, called=called, expected="nine correct digits for weights in double precision",
                    got=f"errors up to {(got - want).abs().max():.1e}",
                    idea="Compute in the dtype of the weights, and approximate nothing.")  # fmt: skip


# %% check="true_changes" points=3
with check("true_changes", points=3) as c:
    alone = "Each weight goes alone: all others are back at their values when the next one goes."
    sign = "Loss without the weight minus loss with all weights: it may be negative, and it is no ratio."
    changes = Guesses(c, true_changes, "`loss_of` takes a vector of all weights, with one of them at zero.")
    changes.are(torch.tensor([-7.0, -16.0]), SQUARE, torch.tensor([1.0, 2.0]), idea=f"{alone} {sign}")
    changes.are(torch.tensor([-4.0, -4.0]), PRODUCT, torch.tensor([1.0, 2.0]), idea=sign)
    changes.are(
        torch.tensor([-3.0, -4.0]), SQUARE, torch.tensor([1.0, 1.0]), idea=f"Equal weights go one by one. {sign}"
    )
    changes.are(torch.tensor([-12.0, -12.0]), PRODUCT, torch.tensor([3.0, -2.0]), idea=sign)
    changes.are(torch.tensor([12.0, 12.0]), PRODUCT, torch.tensor([-3.0, 2.0]), idea=sign)
    nothing = "A weight of zero changes nothing; the other turns the bracket from 1 to -1, which has the same square."
    changes.are(torch.tensor([0.0, 0.0]), SQUARE, torch.tensor([0.0, 1.0]), idea=nothing)
    changes.are(torch.tensor([-25.0]), Toy("w^2", lambda w: w[0] ** 2), torch.tensor([5.0]), idea=sign)
    third = Toy("w1 w2 w3 + 5", lambda w: w.prod() + 5)
    changes.are(torch.tensor([6.0, 6.0, 6.0]), third, torch.tensor([2.0, -1.0, 3.0]), idea=f"{alone} {sign}")
    steps = Toy("3 for each weight that is not zero", lambda w: 3 * (w != 0).sum().to(w.dtype))
    any_loss = "Measure the loss itself: it may be any function, with jumps, too, and slopes say little of it."
    changes.are(torch.tensor([-3.0, 0, -3, -3]), steps, torch.tensor([1e-5, 0, -0.5, 70]), idea=any_loss)
    for seed, count in enumerate((5, 30, 140)):  # small and large weights
        loss, values, v = long_loss(seed, count)
        total, pairs = v.exp().sum(), v * (v.roll(1) + v.roll(-1))
        want = (1 + (1 - v.exp()) / total).log() + 1 - v.cos() - pairs
        changes.are(want, loss, values, idea=f"All weights count, small ones too. {alone} {sign}")
    ### BEGIN HIDDEN TESTS
    for seed in range(3):
        loss, values = small_loss(seed, inputs=4 + seed, neurons=3)
        whole_loss, want = loss(values).item(), []
        for i in range(len(values)):
            others = torch.ones_like(values)
            others[i] = 0
            want.append(loss(values * others).item() - whole_loss)
        changes.are(torch.tensor(want, dtype=torch.float64), loss, values, idea=f"{alone} {sign}")
    ### END HIDDEN TESTS

# %% [markdown]
# Predict how many weights the trained network would rather do without, by its own training loss. The result of the next
# cell appears when you lock your prediction in.

# %%
question = "For what fraction of its weights is the training loss of the trained network lower without the weight?"
better_without = predict("better_without", question, low=0, high=1)

# %%
truth, truth_young = true_changes(loss_of, weights), true_changes(loss_of_young, layer_of(young))


def tiles(values: Tensor) -> np.ndarray:
    """A vector of the layer as a picture: three rows of four neurons, each with its pixels."""
    return values.view(3, 4, SIDE, SIDE).permute(0, 2, 1, 3).reshape(3 * SIDE, 4 * SIDE).numpy()


fig, (left, right) = figures.figure(columns=2, width=5)
limit = float(truth.abs().max())
picture = left.imshow(tiles(truth), cmap="RdBu", norm=SymLogNorm(limit / 1000, vmin=-limit, vmax=limit))
for edge in range(1, 4):
    left.axvline(SIDE * edge - 0.5, color=figures.REFERENCE)
    if edge < 3:
        left.axhline(SIDE * edge - 0.5, color=figures.REFERENCE)
fig.colorbar(picture, ax=left, label="true change of the loss")
left.set(title="Each tile: a neuron and its pixels", xticks=[], yticks=[])
right.scatter(weights.abs(), truth, s=8, color=figures.KEPT)
right.set_yscale("symlog", linthresh=1e-4)
right.set(xlabel="magnitude of the weight", ylabel="true change of the loss", title="Is magnitude a good guess?")
negative = (truth < 0).double().mean().item()
better_without.reveal(
    round(negative, 3),
    f"The loss is lower without {negative:.1%} of the weights, each taken alone.",
    fig,
    alt="True change of the loss for each weight as a picture, and against the weight's magnitude.",
)
print(
    f"rank correlation of magnitude with the truth: young {correlation(layer_of(young).abs(), truth_young):.2f}, "
    f"trained {correlation(weights.abs(), truth):.2f}"
)

# %% [markdown]
# **Reading the figure.** Dark blue weights are those that the network cannot spare; pale ones change next to nothing,
# and without the red ones it would be better off. On the right you see what magnitude misses: weights of one size whose
# removal costs ten times more or less. (Colours and axis are logarithmic away from zero.) **Rank correlation** compares
# orders alone: 1 means that magnitude and truth agree on who goes before whom, 0 that they know nothing of each other.
#
# The truth costs $n + 1$ losses. For this layer that is a matter of a second; for a language model with $10^9$ weights
# it is out of the question. Hence the guesses.
#
# ## 2 What does the slope know?
#
# One formula gives nearly all of them. For a small move $d$ of the weights, the loss changes by
#
# $$\Delta L = L(w + d) - L(w) = g^\top d + \tfrac12\, d^\top H d + \dots$$
#
# The **gradient** $g$ holds the slopes $g_i = \partial L / \partial w_i$; the **Hessian** $H$ holds the curvatures,
# $H_{ij} = \partial^2 L / \partial w_i \partial w_j$. To remove weight $i$ is the move $d = -w_i e_i$: every entry of
# $d$ is zero but the $i$-th. Put it in, and the change is
#
# $$\Delta L_i \approx -g_i w_i + \tfrac12 H_{ii} w_i^2.$$
#
# The cheapest guess stops after the first term. Molchanov et al. (2017, 2019) prune channels by it: one backward pass
# gives all slopes at once.
#
# ### Exercise 7.2: First order
# *2 points, 6 minutes, about 3 lines*
#
# Return the first term for each weight, with its sign:
#
# $$\Delta L_i \approx -g_i w_i.$$
#
# `weights` is a plain tensor and stays one: no gradient may be stored in it. Compute the exact slope, in the dtype of
# `weights`.
#
# *Example:* $L(w) = (w_1 + 2 w_2 - 1)^2$ at $w = (1, 2)$ has $g = 2 \cdot 4 \cdot (1, 2) = (8, 16)$, so the guesses are
# $(-8, -32)$. The truth was $(-7, -16)$: the slope is good for the small move, and far off for the large one.
#
# <details><summary>Hint 1: the idea</summary>
# Ask for the gradient at <code>weights</code>, then multiply entry by entry. The minus comes from the direction: the
# weight moves by minus itself.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>torch.func.grad(loss_of)(weights)</code>. Or the long way: <code>point = weights.clone().requires_grad_()</code>
# and <code>torch.autograd.grad(loss_of(point), point)</code>, which returns a tuple.
# </details>


# %% exercise="first_order"
def first_order_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    """First-order guess of the change of the loss, with its sign, when each weight alone is set to zero."""
    ### BEGIN SOLUTION
    slopes = torch.func.grad(loss_of)(weights)
    return -slopes * weights
    ### END SOLUTION


# %% check="first_order" points=2
with check("first_order", points=2) as c:
    term = "The slope times the move, and the move is minus the weight: it keeps its sign and is not squared."
    guesses = Guesses(
        c, first_order_changes, "Ask a copy of the weights for gradients; torch.autograd.grad returns a tuple."
    )
    guesses.are(torch.tensor([-8.0, -32.0]), SQUARE, torch.tensor([1.0, 2.0]), idea=term)
    guesses.are(torch.tensor([-4.0, -8.0]), PRODUCT, torch.tensor([1.0, 2.0]), idea=term)
    guesses.are(torch.tensor([-12.0, -24.0]), PRODUCT, torch.tensor([3.0, -2.0]), idea=term)
    guesses.are(torch.tensor([12.0, 24.0]), PRODUCT, torch.tensor([-3.0, -2.0]), idea=term)
    guesses.are(
        torch.tensor([0.0, 0.0]),
        SQUARE,
        torch.tensor([1.0, 0.0]),
        idea="At a minimum all slopes are zero, and so are the guesses.",
    )
    guesses.are(torch.tensor([-50.0]), Toy("w^2", lambda w: w[0] ** 2), torch.tensor([5.0]), idea=term)
    for seed, count in enumerate((5, 30, 140)):  # small and large weights; v * dL/dv is w * dL/dw
        loss, values, v = long_loss(seed, count)
        slopes = v.softmax(0) - v.sin() + v.roll(1) + v.roll(-1)
        guesses.are(-slopes * v, loss, values, idea=f"All weights count, small ones too. {term}")
    ### BEGIN HIDDEN TESTS
    for seed in range(3):
        loss, values = small_loss(seed, inputs=5, neurons=2 + seed)
        slopes = torch.func.jacfwd(loss)(values)
        guesses.are(-slopes * values, loss, values, idea=term)
    ### END HIDDEN TESTS

# %% [markdown]
# Predict which of the two networks the slope knows better. (Section 1 printed the length of both gradients.)

# %%
question = "For which network does the first order rank the weights better?"
better_known = predict("better_known", question, ("young", "trained"))


# %%
def scatter(ax, guess: Tensor, truth: Tensor, title: str) -> None:
    """A guess against the truth, with the line on which they would be equal."""
    threshold = max(truth.abs().median().item(), 1e-12)
    ax.scatter(guess, truth, s=8, color=figures.KEPT)
    ax.axline((0, 0), slope=1, color=figures.REFERENCE, linestyle=":")
    for values, scale, ticks in ((guess, ax.set_xscale, ax.set_xticks), (truth, ax.set_yscale, ax.set_yticks)):
        scale("symlog", linthresh=threshold)
        end = float(f"{values.abs().max():.0e}")
        marks = [-end, 0, end] if values.min() < -threshold else [0, end]
        ticks(marks, [f"{mark:g}" for mark in marks])
    ax.minorticks_off()
    ax.set(xlabel="guess", ylabel="true change of the loss", title=f"{title}: {correlation(guess, truth):.2f}")


slope_young, slope = first_order_changes(loss_of_young, layer_of(young)), first_order_changes(loss_of, weights)
fig, (left, right) = figures.figure(columns=2, width=4.6)
scatter(left, slope_young, truth_young, "First order, young")
scatter(right, slope, truth, "First order, trained")
agreement = {"young": correlation(slope_young, truth_young), "trained": correlation(slope, truth)}
better_known.reveal(
    max(agreement, key=agreement.get),
    f"The rank correlation with the truth is {agreement['young']:.2f} for the young network and "
    f"{agreement['trained']:.2f} for the trained one.",
    fig,
    alt="First-order guess against the true change of the loss, for the young and the trained network.",
)

# %% [markdown]
# **Reading the figure.** The number in a title is the rank correlation, the dotted line is "guess = truth", and the
# axes are logarithmic away from zero. Training is the search for a place *without* slope. At a minimum $g$ is zero and
# every direction goes up: what would the first term still say there? In 1990 LeCun, Denker and Solla therefore pruned
# trained networks by the **second** term.
#
# ## 3 What does the curvature know?
#
# ### Exercise 7.3: Optimal Brain Damage
# *3 points, 10 minutes, about 5 lines*
#
# Return OBD's saliency of each weight, the second term with the **exact** diagonal of the Hessian:
#
# $$\Delta L_i \approx \tfrac12\, H_{ii}\, w_i^2, \qquad H_{ii} = \frac{\partial^2 L}{\partial w_i^2}.$$
#
# Again `weights` stays as it is, and the result has its dtype. The Hessian is in general not diagonal; the formula only
# asks for its diagonal.
#
# *Example:* $L(w) = (w_1 + 2 w_2 - 1)^2$ has the Hessian $\begin{pmatrix} 2 & 4 \\ 4 & 8 \end{pmatrix}$, so at
# $w = (1, 2)$ the saliencies are $(1, 16)$. Add them to the first order: $(-7, -16)$, the truth, because this loss has
# no third term. The sums of the rows, 6 and 12, would have given $(3, 24)$.
#
# <details><summary>Hint 1: the idea</summary>
# The slope of a slope. Compute the gradient such that it can be differentiated again. Then differentiate its entry
# <i>i</i>, one entry after the other, and of the vector that comes pick entry <i>i</i>. The gradient of the sum of all
# slopes is cheaper, but it gives the sums of the rows.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>point = weights.clone().requires_grad_()</code>;
# <code>slopes, = torch.autograd.grad(loss_of(point), point, create_graph=True)</code>;
# <code>torch.autograd.grad(slopes[i], point, retain_graph=True)[0][i]</code>. On small problems
# <code>torch.func.hessian(loss_of)(weights)</code> does it at once; on this layer that takes a few seconds and about
# two gigabytes.
# </details>


# %% exercise="obd"
def obd_changes(loss_of: Loss, weights: Tensor) -> Tensor:
    """Half of the Hessian's diagonal times the squared weights: the second term when each weight alone goes."""
    ### BEGIN SOLUTION
    point = weights.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(loss_of(point), point, create_graph=True)
    rows = (torch.autograd.grad(slope, point, retain_graph=True)[0] for slope in slopes)
    curvatures = torch.stack([row[i] for i, row in enumerate(rows)])
    return curvatures * weights**2 / 2
    ### END SOLUTION


# %% check="obd" points=3
with check("obd", points=3) as c:
    diagonal = "Only the diagonal: the slope of slope i along weight i, neither the sum of a row nor a squared slope."
    half = "Half of the curvature times the squared weight; a curvature may be negative or zero."
    trouble = (
        "Ask a copy of the weights for gradients; the first needs create_graph=True, each later one retain_graph=True."
    )
    guesses = Guesses(c, obd_changes, trouble)
    guesses.are(torch.tensor([1.0, 16.0]), SQUARE, torch.tensor([1.0, 2.0]), idea=f"{diagonal} {half}")
    guesses.are(
        torch.tensor([9.0, 16.0]),
        SQUARE,
        torch.tensor([-3.0, 2.0]),
        idea=f"{diagonal} Here all slopes are zero, the curvatures are not.",
    )
    guesses.are(torch.tensor([0.0, 4.0]), PRODUCT, torch.tensor([1.0, 2.0]), idea=f"{diagonal} {half}")
    guesses.are(torch.tensor([0.0, 12.0]), PRODUCT, torch.tensor([3.0, -2.0]), idea=f"{diagonal} {half}")
    guesses.are(torch.tensor([-0.1096978, 0.8322937, -0.2701512]), WAVE, torch.tensor([0.5, -2.0, 1.0]), idea=half)
    guesses.are(torch.tensor([25.0]), Toy("w^2", lambda w: w[0] ** 2), torch.tensor([5.0]), idea=half)
    for seed, count in enumerate((5, 30, 140)):  # small and large weights; v^2 d2L/dv2 is w^2 d2L/dw2
        loss, values, v = long_loss(seed, count)
        curvatures = v.softmax(0) * (1 - v.softmax(0)) - v.cos()
        guesses.are(curvatures * v**2 / 2, loss, values, idea=f"All weights count, small ones too. {diagonal} {half}")
    ### BEGIN HIDDEN TESTS
    for seed in range(3):
        loss, values = small_loss(seed, inputs=4, neurons=2 + seed)
        exact = torch.func.hessian(loss)(values).diagonal()
        guesses.are(exact * values**2 / 2, loss, values, idea=f"{diagonal} {half}")
    ### END HIDDEN TESTS

# %%
obd_young, obd = obd_changes(loss_of_young, layer_of(young)), obd_changes(loss_of, weights)
fig, (left, right) = figures.figure(columns=2, width=4.6)
scatter(left, slope_young + obd_young, truth_young, "Both terms, young")
scatter(right, obd, truth, "OBD, trained")
figures.show(fig, alt="Guesses with the second term against the true change of the loss, young and trained.")
guesses = {
    "first order": (slope_young, slope),
    "OBD": (obd_young, obd),
    "both terms": (slope_young + obd_young, slope + obd),
}
print(f"{'rank correlation':<22}{'young':>8}{'trained':>9}")
for name, (before, after) in guesses.items():
    print(f"{name:<22}{correlation(before, truth_young):>8.3f}{correlation(after, truth):>9.3f}")
print(f"smallest saliency: {obd.min():.1e}")

# %% [markdown]
# **Reading the figure.** The second term takes over where the first gives up. But for rounding, no saliency is
# negative: as long as no ReLU switches, the outputs of the network are linear in the weights of *one* layer, and
# cross-entropy is convex.
#
# The exact diagonal has a price. Each entry needs a backward pass of its own, so $n$ of them, and each costs more than
# a loss: on this layer the guess is **dearer than the truth**. LeCun et al. did not pay it. They sent second
# derivatives backwards in a single pass, by leaving out all terms off the diagonal on the way. There is a second way,
# and most use it today.
#
# ## 4 Curvature from slopes alone?
#
# Take the slopes of **each image** by itself, and square them. This is the **empirical Fisher** information:
#
# $$F_{ii} = \frac1N \sum_{j=1}^N \left( \frac{\partial \ell_j}{\partial w_i} \right)^2,$$
#
# where $\ell_j$ is the loss of image $j$ and $L = \frac1N \sum_j \ell_j$. Why should that be a curvature? Suppose the
# labels were drawn by the network itself, each class as often as the network believes in it. On average over such draws
# the mean of the squared slopes **is** the curvature of the cross-entropy, up to terms that are zero in our layer. The
# *empirical* Fisher puts the real labels in their place.
#
# ### Exercise 7.4: Empirical Fisher
# *3 points, 9 minutes, about 4 lines*
#
# Return OBD's saliency with the empirical Fisher in place of the curvature:
#
# $$\Delta L_i \approx \tfrac12\, F_{ii}\, w_i^2.$$
#
# `loss_of_one(weights, image, label)` is the loss of a single image; `images` has the shape (N, ...), `labels` the
# shape (N,). N may be 1; all images count, and the result has the dtype of `weights`.
#
# *Example:* one weight, $w = 2$, and two images with the slopes 3 and -3. The mean of the squares is 9, and the
# saliency $\frac12 \cdot 9 \cdot 4 = 18$. The square of the mean would be zero: at a minimum the slopes of all images
# cancel, and that is just where you need this criterion.
#
# <details><summary>Hint 1: the idea</summary>
# One gradient for each image, (N, n) numbers in all. Square first, then take the mean over the images.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))(weights, images, labels)</code> computes all
# gradients at once: the weights are shared, images and labels are taken one by one. A loop over
# <code>zip(images, labels)</code> is right, too, and much slower.
# </details>


# %% exercise="fisher"
def fisher_changes(loss_of_one: Callable, weights: Tensor, images: Tensor, labels: Tensor) -> Tensor:
    """Half of the mean squared gradient of single images times the squared weights."""
    ### BEGIN SOLUTION
    each = torch.func.vmap(torch.func.grad(loss_of_one), in_dims=(None, 0, 0))
    slopes = each(weights, images, labels)  # (N, n)
    return (slopes**2).mean(0) * weights**2 / 2
    ### END SOLUTION


# %% check="fisher" points=3
with check("fisher", points=3) as c:
    single = "A gradient for each image by itself; square them first, then take the mean over the images."
    factor = "Half of the mean square times the squared weight."
    guesses = Guesses(c, fisher_changes, "`loss_of_one` takes all weights, one image without N, and one label.")
    line = Toy("(w . image - label)^2 / 2", lambda w, x, y: (w * x).sum().sub(y).square() / 2)
    guesses.are(torch.tensor([12.0]), line, torch.tensor([2.0]), torch.ones(3, 1), torch.tensor([-1.0, 5.0, 2.0]),
                idea=f"{single} {factor} A slope of zero counts, too.")  # fmt: skip
    guesses.are(torch.tensor([18.0]), line, torch.tensor([2.0]), torch.ones(2, 1), torch.tensor([-1.0, 5.0]),
                idea=f"{single} {factor}")  # fmt: skip
    guesses.are(torch.tensor([4.0, 11.25]), line, torch.tensor([1.0, -3.0]), torch.tensor([[2.0, 1.0], [0.0, 1.0]]),
                torch.tensor([1.0, -4.0]), idea=f"{single} {factor}")  # fmt: skip
    guesses.are(torch.tensor([18.0]), line, torch.tensor([3.0]), torch.ones(1, 1), torch.tensor([1.0]),
                idea=f"{factor} With one image the mean is its own square.")  # fmt: skip
    guesses.are(torch.tensor([2.0, 18.0, 0.0]), line, torch.tensor([1.0, -3.0, 0.0]), torch.ones(1, 3),
                torch.tensor([0.0]), idea=f"{factor} With one image the mean is its own square.")  # fmt: skip
    cases = [(7, (3, 2), 4), (1, (5,), 2), (12, (1, 2, 3), 3), (130, (2, 2), 3)]  # images, their shape, classes
    ### BEGIN HIDDEN TESTS
    cases += [(3, (4,), 5), (20, (2, 4), 2)]
    ### END HIDDEN TESTS
    for count, size, classes in cases:  # a linear layer; small weights have steep slopes
        draw = seeded(count)
        x = torch.randn(count, *size, generator=draw, dtype=torch.float64)
        y = torch.randint(classes, (count,), generator=draw)
        flat = x.flatten(1)
        v = torch.randn(classes * flat.shape[1], generator=draw, dtype=torch.float64)
        sizes = 10 ** torch.randint(-4, 3, v.shape, generator=draw).double()
        loss = Toy(
            "cross-entropy of a linear layer",
            lambda w, image, label, sizes=sizes, shape=(classes, *size): F.cross_entropy(
                ((w / sizes).view(shape) * image).flatten(1).sum(1), label
            ),
        )
        errors = (flat @ v.view(classes, -1).T).softmax(1) - F.one_hot(y, classes)  # slopes of the logits
        squares = torch.einsum("jc,jp->cp", errors**2, flat**2).flatten() / count  # slopes along v, by hand
        guesses.are(squares * v**2 / 2, loss, v * sizes, x, y, idea=f"{single} {factor} All images count.")


# %% [markdown]
# How close is it here? The next cell asks twice: with the real labels, and with labels that the network draws itself.


# %%
def drawn_labels(network: nn.Module) -> Tensor:
    """For each image a label drawn by the network's own probabilities."""
    chances = network(images).softmax(1)
    return torch.multinomial(chances, 1, generator=seeded(0))[:, 0]


def single_loss(network: nn.Module) -> Callable:
    """The loss of one image as a function of the first layer's weights."""
    return lambda weights, image, label: F.cross_entropy(logits(network, weights, image), label)


print(f"{'':<10}{'labels':<10}{'correlation with OBD':>22}{'with the truth':>16}{'size, OBD = 1':>16}")
for name, network, exact, true in (("young", young, obd_young, truth_young), ("trained", trained, obd, truth)):
    for kind, chosen in (("real", labels), ("drawn", drawn_labels(network))):
        guess = fisher_changes(single_loss(network), layer_of(network), images, chosen)
        size = guess.sum() / exact.sum() if exact.sum() > 0 else torch.nan
        print(f"{name:<10}{kind:<10}{correlation(guess, exact):>22.3f}{correlation(guess, true):>16.3f}{size:>16.2f}")

# %% [markdown]
# **Reading the table.** With drawn labels the guess is OBD up to chance. With real labels the size may be off as long
# as the network does not fit its data: an image that it gets wrong with confidence has large slopes and little
# curvature. Compare the two rows of `young` with those of `trained`. Kunstner, Hennig and Balles (2019) show how far
# the two can part. For ranking, and at the price of a single pass over the images, the empirical Fisher is hard to
# beat.
#
# ## 5 And if the others may answer?
#
# So far every weight went **alone**. To prune is to remove many. The formula above knows what is missing: in
# $\frac12 d^\top H d$ all pairs of removed weights meet, and the diagonal sees none of them. The cheaper half of the
# weights, by the truth, goes at once. You get the sum of their own changes; predict by how much the loss rises.


# %% locked="hessian"
def full_hessian(loss_of: Loss, weights: Tensor) -> Tensor:
    """The exact Hessian of the loss, (n, n), one row after the other."""
    point = weights.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(loss_of(point), point, create_graph=True)
    return torch.stack([torch.autograd.grad(slope, point, retain_graph=True)[0] for slope in slopes])


# %%
cheaper = truth.sort().values[: round(0.5 * len(truth))]
print(f"the cheaper half of the weights: their own changes add up to {cheaper.sum():+.4f}")
half_rise = predict("half_rise", "When the cheaper half of the weights goes at once, by how much does the loss rise?")

# %%
hessian, hessian_seconds = timed(lambda: full_hessian(loss_of, weights))
gradient, order = torch.func.grad(loss_of)(weights), truth.argsort()
parts = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
rises = {"sum of the truths": [], "with all pairs": [], "measured": []}
for part in parts:
    move = torch.zeros_like(weights)
    gone = order[: round(part * len(weights))]
    move[gone] = -weights[gone]
    rises["sum of the truths"].append(truth[gone].sum().item())
    rises["with all pairs"].append((gradient @ move + move @ hessian @ move / 2).item())
    rises["measured"].append((loss_of(weights + move) - loss_of(weights)).item())

fig, (ax,) = figures.figure(width=6)
for (name, values), colour in zip(rises.items(), (figures.REFERENCE, figures.OTHER, figures.KEPT), strict=True):
    ax.plot([100 * part for part in parts], values, "o-", color=colour, label=name)
ax.legend(frameon=False)
ax.set(xlabel="weights removed, cheapest first by the truth (%)", ylabel="rise of the loss", title="More than a sum")
total, with_pairs, measured = (values[parts.index(0.5)] for values in rises.values())
half_rise.reveal(
    round(measured, 4),
    f"The loss changes by {measured:+.4f}. The weights' own changes add up to {total:+.4f}, and the formula with all "
    f"pairs gives {with_pairs:+.4f}.",
    fig,
    alt="Rise of the loss against the share removed: sum of single changes, quadratic formula, measured.",
)

# %% [markdown]
# **Reading the figure.** Is the sum of the truths a truth? The formula with all pairs of $H$ (it is the full Taylor
# expansion up to the second term) follows the loss for a while. For large moves two terms are not enough, either: ReLUs
# switch, and the formula may even fall below the sum, since pairs count with either sign.
#
# Hassibi and Stork (1993) turned the pairs into a tool, **Optimal Brain Surgeon**. If weights depend on each other, the
# survivors can *make up* for the one that goes. At a minimum ($g = 0$) ask for the best move of all weights that takes
# weight $q$ to zero:
#
# $$\min_d\ \tfrac12\, d^\top H d \quad \text{subject to} \quad w_q + d_q = 0.$$
#
# A Lagrange multiplier solves it in two lines. With $[H^{-1}]_{qq}$ for the entry $(q, q)$ of the inverse and
# $H^{-1} e_q$ for its column $q$, the loss rises by and the weights move by
#
# $$\Delta L_q = \frac{w_q^2}{2\,[H^{-1}]_{qq}}, \qquad d = -\frac{w_q}{[H^{-1}]_{qq}}\, H^{-1} e_q.$$
#
# After that, weight $q$ is fixed at zero, and the next one is removed from a **smaller** problem. Its inverse Hessian
# is not $H^{-1}$ without row and column $q$, but it is just one step away:
#
# $$H^{-1} \leftarrow H^{-1} - \frac{1}{[H^{-1}]_{qq}}\, H^{-1} e_q\, e_q^\top H^{-1}.$$
#
# This **downdate** leaves zeros in row and column $q$: the update of the next weight will not touch what is gone.
#
# ### Exercise 7.5: Optimal Brain Surgeon
# *4 points, 15 minutes, about 8 lines*
#
# Write two functions. `obs_changes` returns $\Delta L_q$ for every $q$. `obs_remove` removes weight number `q` and
# returns the new weights, survivors updated, and the downdated inverse; entry `q` of the weights and row and column `q`
# of the inverse are **exactly** zero. `weights` and `inverse`, which is $H^{-1}$, stay as they are. Its entries may be
# large or tiny: compute the formulas as they are, without damping.
#
# *Example:* $H = \begin{pmatrix} 2 & 1 \\ 1 & 2 \end{pmatrix}$ has the inverse
# $\frac13 \begin{pmatrix} 2 & -1 \\ -1 & 2 \end{pmatrix}$. For $w = (1, 3)$ the changes are $(0.75, 6.75)$; OBD would
# say $(1, 9)$. Removing the first weight moves the second: $w = (0, 3.5)$. The new inverse is
# $\begin{pmatrix} 0 & 0 \\ 0 & 0.5 \end{pmatrix}$, one over the 2 that is left of $H$; the old inverse had
# $\frac23$ there.
#
# <details><summary>Hint 1: the idea</summary>
# All three formulas need column q of the inverse, and its entry q. Compute new weights and new inverse from them as the
# formulas say. Rounding may leave tiny numbers where there must be zeros: write the zeros yourself.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>column = inverse[:, q]</code>; <code>column[q]</code>; <code>torch.outer(column, column)</code> is the matrix
# that the downdate subtracts, up to a factor. <code>inverse.diagonal()</code> holds all entries (q, q).
# </details>


# %% exercise="obs"
def obs_changes(weights: Tensor, inverse: Tensor) -> Tensor:
    """Rise of the loss when each weight alone goes and all others make up for it; `inverse` is that of the Hessian."""
    ### BEGIN SOLUTION
    return weights**2 / (2 * inverse.diagonal())
    ### END SOLUTION


def obs_remove(weights: Tensor, inverse: Tensor, q: int) -> tuple[Tensor, Tensor]:
    """The weights without weight `q`, all others updated, and the inverse Hessian of the problem that is left."""
    ### BEGIN SOLUTION
    column = inverse[:, q]
    weights = weights - weights[q] / column[q] * column
    inverse = inverse - torch.outer(column, column) / column[q]
    weights[q] = 0
    inverse[q], inverse[:, q] = 0, 0
    return weights, inverse
    ### END SOLUTION


# %% check="obs" points=4
with check("obs", points=4) as c:
    price = "The squared weight over twice the entry (q, q) of the inverse Hessian."
    answer = "All survivors move along column q of the inverse, so that the loss rises as little as possible."
    down = "The downdate subtracts the outer product of column q over its entry q: the inverse of a smaller H."

    def removed_is(values, inverse, q, want, idea):
        """The new weights and the new inverse are those wanted, with exact zeros at q."""
        called = f"obs_remove({describe(values)}, {describe(inverse)}, {q})"
        got = c.call(obs_remove, values, inverse, q, idea=answer)
        c.true(isinstance(got, tuple | list) and len(got) == 2, called=called, got=got, expected="two tensors",
               idea="First the new weights, then the new inverse.")  # fmt: skip
        shapes = [tuple(getattr(each, "shape", ())) for each in got]
        c.true(shapes == [tuple(each.shape) for each in want], called=called, expected="their shapes as they were",
               got=f"shapes {shapes}", idea="First the weights, then the inverse; zeros stay in place.")  # fmt: skip
        c.equal(got[0], want[0], called=f"the weights of {called}", idea=answer)
        size = float(inverse.abs().max())
        c.equal(got[1] / size, want[1] / size, called=f"the inverse of {called}, in units of {size:.1e}", idea=idea)
        zeros = got[0][q] == 0 and (got[1][q] == 0).all() and (got[1][:, q] == 0).all()
        c.true(zeros, called=called, expected="exact zeros at q", got="small numbers that are not zero",
               idea="Weight q is gone, and row and column q with it: write the zeros.")  # fmt: skip
        return got

    two = torch.tensor([[2.0, -1.0], [-1.0, 2.0]]) / 3
    c.returns(obs_changes, torch.tensor([1.0, 3.0]), two, want=torch.tensor([0.75, 6.75]), idea=price)
    c.returns(obs_changes, torch.tensor([-2.0, 1.0, 0.0]), torch.diag(torch.tensor([4.0, 0.5, 1.0])), idea=price,
              want=torch.tensor([0.5, 1.0, 0.0]))  # fmt: skip
    removed_is(torch.tensor([1.0, 3.0]), two, 0, (torch.tensor([0.0, 3.5]), torch.tensor([[0, 0], [0, 0.5]])), down)
    removed_is(torch.tensor([1.0, 3.0]), two, 1, (torch.tensor([2.5, 0.0]), torch.tensor([[0.5, 0], [0, 0]])), down)

    def exact(got, want, called):
        """All digits are right, not only the first five."""
        error = ((got - want).abs().max() / want.abs().max()).item()
        c.true(error < 1e-8, called=called, expected="eight correct digits in double precision",
               got=f"a relative error of {error:.1e}",
               idea="Compute the formulas as they are: no damping, no clamping, no float32.")  # fmt: skip

    def surgery(seed, samples, size, removals, scale=1.0):
        """Weight after weight: the changes and survivors are those of constrained least squares."""
        x, values = (torch.randn(s, generator=seeded(seed), dtype=torch.float64) for s in ((samples, size), (size,)))
        x = x * scale**0.5
        values[removals[-1]] = 0
        hessian = x.T @ x  # of the loss |x v - x w|^2 / 2 as a function of v
        now, inverse, alive = values, torch.linalg.inv(hessian), list(range(size))
        for q in removals:
            pairs = [(i, [j for j in alive if j != i]) for i in alive]
            rises, start = [], ((x @ now - x @ values) ** 2).sum() / 2
            for _, others in pairs:  # each weight of those left goes alone, the others are refitted
                fit = torch.linalg.lstsq(x[:, others], x @ values).solution if others else torch.zeros(0).double()
                rises.append(((x[:, others] @ fit - x @ values) ** 2).sum() / 2 - start)
            called = f"the changes of {describe(now)}, weights {alive} are left"
            guess = c.call(obs_changes, now, inverse, idea=price)
            c.true(isinstance(guess, Tensor) and guess.shape == now.shape, called=called, got=guess,
                   expected=f"one change per weight, shape {tuple(now.shape)}", idea=price)  # fmt: skip
            c.equal(guess[alive] / scale, torch.stack(rises) / scale, called=called, idea=f"{price} {down}")
            exact(guess[alive], torch.stack(rises), called)
            alive.remove(q)
            best, smaller = torch.zeros(size).double(), torch.zeros(size, size).double()
            if alive:
                best[alive] = torch.linalg.lstsq(x[:, alive], x @ values).solution
                smaller[np.ix_(alive, alive)] = torch.linalg.inv(hessian[alive][:, alive])
            now, inverse = removed_is(now, inverse, q, (best, smaller), f"{down} What went before stays gone.")
            if alive:
                exact(now, best, f"the weights of obs_remove, {size - len(alive)} of {size} removed")
                exact(inverse, smaller, f"the inverse of obs_remove, {size - len(alive)} of {size} removed")

    surgery(seed=0, samples=12, size=5, removals=(3, 0))
    surgery(seed=1, samples=30, size=9, removals=(8, 2, 5, 0, 7), scale=1e6)
    surgery(seed=2, samples=9, size=3, removals=(1, 2), scale=1e-6)
    removed_is(torch.tensor([4.0]), torch.tensor([[0.25]]), 0, (torch.zeros(1), torch.zeros(1, 1)), down)
    ### BEGIN HIDDEN TESTS
    surgery(seed=2, samples=9, size=7, removals=(1, 4))
    surgery(seed=3, samples=4, size=2, removals=(1,))
    surgery(seed=4, samples=50, size=13, removals=(6, 12, 0, 1, 2, 3), scale=1e4)
    ### END HIDDEN TESTS

# %% [markdown]
# Two weights are enough to see an answer. The slider runs **your** `obs_changes` and `obs_remove` each time you let go
# of the handle: $w = (1, 3)$ is the minimum of a quadratic loss with $H = \begin{pmatrix} 2 & 2c \\ 2c & 2
# \end{pmatrix}$, and the first weight goes. The curves are lines of equal loss. At $c = 0.5$ it is the example of
# exercise 7.5.
#
# **Try:** For which coupling $c$ does the answer save most, and for which does it save nothing? Where does the second
# weight go when $c$ is negative? Does the rise without an answer, which is what OBD says, depend on $c$?


# %%
def one_goes(coupling: float, ax) -> str:
    """Draw the loss of two weights and where your update takes them when the first goes; what it saves, in words."""
    curvature = 2 * torch.tensor([[1, coupling], [coupling, 1]], dtype=torch.float64)
    minimum, inverse = torch.tensor([1.0, 3.0], dtype=torch.float64), torch.linalg.inv(curvature)
    answered = obs_remove(minimum, inverse, 0)[0].tolist()
    first, second = torch.linspace(-0.8, 2.2, 50).double(), torch.linspace(1.5, 4.5, 50).double()
    moves = torch.cartesian_prod(first, second) - minimum  # (2500, 2)
    losses = (moves @ curvature * moves).sum(1).view(50, 50).T / 2
    ax.contour(first, second, losses, levels=[0.1, 0.25, 0.5, 1, 2, 4], colors=figures.MUTED, linewidths=0.8)
    ax.axvline(0, color=figures.REFERENCE, linestyle=":")
    for point, colour, side, label in (
        (minimum.tolist(), figures.REFERENCE, "left", "  minimum"),
        ([0, 3], figures.PRUNED, "left", "  no answer"),
        (answered, figures.KEPT, "right", "answer  "),
    ):
        ax.scatter(*point, color=colour, zorder=3)
        ax.text(*point, label, color=colour, ha=side, va="center")
    ax.set(xlabel="first weight", ylabel="second weight", xlim=(-0.8, 2.2), ylim=(1.5, 4.5))
    rise, without = obs_changes(minimum, inverse)[0].item(), curvature[0, 0].item() * minimum[0].item() ** 2 / 2
    return (
        f"With a coupling of {coupling:g}, the second weight answers by moving from 3 to {answered[1]:.2f}. The loss "
        f"rises by {rise:.2f}; without an answer it rises by {without:.2f}."
    )


explore(one_goes, "coupling c", [number / 10 for number in range(-9, 10)], start=0.5)

# %% [markdown]
# Now on the layer. One thing first: $H$ has directions in which next to nothing curves (the weights of a dead neuron,
# two pixels that are always equal), so it has no inverse, or one with enormous entries. The usual remedy is
# **damping**: add a small number $\lambda$ to the diagonal, here a thousandth of the mean curvature. It makes every
# move a little dearer, and those along flat directions very much so.
#
# `operate` removes weight after weight with your two functions, always the one whose change is smallest *now*. Three
# rivals keep it honest: the same weights without any update; the order of magnitude with your
# updates; and what everybody does in practice, magnitude and a few steps of training (of this layer alone, as in OBS).

# %% locked="operate"
DAMPING = 1e-3  # lambda, as a share of the mean curvature
shares = (0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9)


def damped_inverse(matrix: Tensor) -> Tensor:
    """The inverse of a symmetric matrix with DAMPING times its mean diagonal added to the diagonal."""
    damping = DAMPING * matrix.diagonal().mean() + 1e-12
    return torch.linalg.inv(matrix + damping * torch.eye(len(matrix), dtype=matrix.dtype))


def operate(weights: Tensor, inverse: Tensor, order: Tensor | None = None) -> list[Tensor]:
    """The weights at each of the `shares`, removed one by one by OBS, or in the `order` given, with its updates."""
    gone = torch.zeros(len(weights), dtype=torch.bool)
    found = {0: weights}
    for count in range(1, round(max(shares) * len(weights)) + 1):
        costs = obs_changes(weights, inverse).masked_fill(gone, torch.inf)
        q = int(costs.argmin() if order is None else order[count - 1])
        weights, inverse = obs_remove(weights, inverse, q)
        gone[q] = True
        found[count] = weights
    return [found[round(share * len(gone))] for share in shares]


def cut(weights: Tensor, score: Tensor) -> list[Tensor]:
    """The weights at each of the `shares`, with the smallest scores set to zero at once."""
    ranks = score.argsort().argsort()
    return [weights * (ranks >= round(share * len(weights))) for share in shares]


def retrained(loss_of: Loss, weights: Tensor, steps: int = 20) -> Tensor:
    """The weights after `steps` steps of L-BFGS in which those that are zero stay zero."""
    point, mask = weights.clone().requires_grad_(), weights != 0
    optimizer = torch.optim.LBFGS([point], max_iter=steps, line_search_fn="strong_wolfe", tolerance_grad=1e-5)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = loss_of(point * mask)
        loss.backward()
        return loss

    optimizer.step(closure)
    return point.detach() * mask


def losses_of(versions: list[Tensor]) -> list[float]:
    """The training loss with each of these weights in the layer."""
    return [loss_of(version).item() for version in versions]


# %%
inverse = damped_inverse(hessian)
pruned, operation_seconds = timed(lambda: operate(weights, inverse))
small = cut(weights, weights.abs())
arms = {
    "OBS": pruned,
    "OBS, no update": [weights * (version != 0) for version in pruned],
    "magnitude + updates": operate(weights, inverse, weights.abs().argsort()),
    "magnitude": small,
}
training_seconds = {}
for steps in (20, 100):
    arms[f"magnitude + {steps} steps"], training_seconds[steps] = timed(
        lambda steps=steps: [retrained(loss_of, version, steps) for version in small]
    )

fig, (ax,) = figures.figure(width=7, height=3.6)
styles = {
    "OBS": (figures.KEPT, "o-"),
    "OBS, no update": (figures.KEPT, "o:"),
    "magnitude + updates": (figures.PRUNED, "s-"),
    "magnitude": (figures.PRUNED, "s:"),
    "magnitude + 20 steps": (figures.PRUNED, "^--"),
    "magnitude + 100 steps": (figures.PRUNED, "v--"),
}
for name, (colour, style) in styles.items():
    ax.plot([100 * share for share in shares], losses_of(arms[name]), style, color=colour, label=name)
ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
ax.set(xlabel="weights removed (%)", ylabel="training loss", yscale="log", title="Removed, and made up for")
figures.show(fig, alt="Training loss against the share removed, OBS and magnitude, with updates, training or neither.")
print(f"{'training loss':<24}" + "".join(f"{share:>8.0%}" for share in shares))
for name, found in arms.items():
    print(f"{name:<24}" + "".join(f"{loss:>8.3f}" for loss in losses_of(found)))
trainings = ", ".join(f"{spent / len(shares):.2f} for {steps} steps" for steps, spent in training_seconds.items())
print(f"seconds: {hessian_seconds:.2f} for the Hessian, {operation_seconds:.2f} for the operation; {trainings}")

# %% [markdown]
# **Reading the figure.** A colour is an order of removal, a line what happens to the survivors: dotted nothing, solid
# updates, dashed training. Compare the pairs. From dotted to solid blue only the answer of the survivors is added; from
# solid orange to solid blue only the choice differs. Which of the two makes the difference? The dashed lines are the
# fair rival: at 0 % you see what as many steps do with nothing cut, and that OBS was wrong to take the slope for zero.
# A dotted curve may fall again, because what goes can make up for what went before. And read the seconds. The Hessian
# of $n$ weights has $n^2$ entries and its inverse takes some $n^3$ operations; a step of training needs neither. OBS is
# for places where the Hessian is small and training is dear. Lab 08 finds such a place.
#
# ## 6 Which neurons sleep?
#
# Two more criteria leave the loss alone and look at the **activations**. Hu et al. (2016) noticed that many neurons
# with ReLU give zero for most inputs, and pruned VGG-16 by it, neuron by neuron. Their measure is the **average
# percentage of zeros**, APoZ. A neuron with 100 % is **dead**: it never says anything, whatever its weights.
#
# ### Exercise 7.6: Average percentage of zeros
# *2 points, 8 minutes, about 7 lines*
#
# Return the share of zeros, from 0 to 1, among the outputs of `layer` for each channel $c$ (for linear layers: each
# neuron) when `model` sees `images`:
#
# $$\text{APoZ}_c = \frac{\text{number of zeros in channel } c}{\text{number of outputs in channel } c}.$$
#
# `layer` is any module inside `model`, such as a ReLU; its outputs have the shape (N, C) or (N, C, H, W), and the zeros
# of all images and places count alike. Only exact zeros count, no tiny or negative outputs. Take the outputs with a
# **forward hook**, in one pass over all images, and remove your hook afterwards; hooks that were there before stay.
# Count inside the hook, since a later layer may overwrite the outputs, and change nothing there. The model runs in the
# mode that it has.
#
# *Example:* four images, two neurons, outputs `[[0, 2], [0, 0], [1, 3], [0, 4]]`: three of four zeros, then one of
# four: `[0.75, 0.25]`.
#
# <details><summary>Hint 1: the idea</summary>
# A hook is a function that torch calls with (module, inputs, output) each time the layer has computed. Let it put the
# shares into a list that lives outside. Every dimension but number 1 is averaged away.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>handle = layer.register_forward_hook(hook)</code>, then <code>model(images)</code>, then
# <code>handle.remove()</code>. <code>(output == 0).transpose(0, 1).flatten(1)</code> has one row a channel for both
# shapes; <code>.float().mean(1)</code>.
# </details>


# %% exercise="zero_shares"
def zero_shares(model: nn.Module, layer: nn.Module, images: Tensor) -> Tensor:
    """The share of zeros in each channel of what `layer` computes on `images`, shape (channels,)."""
    ### BEGIN SOLUTION
    found = []

    def hook(module, inputs, output):
        zeros = (output == 0).transpose(0, 1).flatten(1)  # (C, N * H * W)
        found.append(zeros.float().mean(1))

    handle = layer.register_forward_hook(hook)
    with torch.no_grad():
        model(images)
    handle.remove()
    return found[0]
    ### END SOLUTION


# %% check="zero_shares" points=2
with check("zero_shares", points=2) as c:
    zeros = "The share of zeros, from 0 to 1, in each channel of what the layer puts out when the model runs."
    every = "One number a channel: all images and all places are averaged, the channels are not."
    only = "Only exact zeros count, neither negative outputs nor tiny ones, and those of the layer, not of its inputs."

    def shares_are(model, layer, x, want, idea, may=""):
        """The shares are those wanted, after one pass in which the model computes what it always does."""
        passes, results, twin, (*_, last) = [], [], deepcopy(model), model.children()
        with torch.no_grad():
            result = twin(x)
        counting = layer.register_forward_hook(lambda *_: passes.append(1))
        watching = last.register_forward_hook(lambda *call: results.append(call[-1].detach()))
        called = f"zero_shares(model, {layer}, {describe(x)})"
        trouble = "A hook gets (module, inputs, output); outputs have two or four dimensions."
        got = c.call(zero_shares, model, layer, x, idea=trouble, may=may)
        counting.remove()
        watching.remove()
        c.equal(got, want, called=called, idea=idea)
        passes = f"{len(passes)} of the layer, {len(results)} of the model"
        c.true(passes == "1 of the layer, 1 of the model", called=f"passes in {called}", got=passes,
               expected="one pass over all images", idea="Call the model once, with all images.")  # fmt: skip
        c.equal(results[0], result, called=f"what the model computes in {called}",
                idea="A hook changes the output if it returns something or writes into it.")  # fmt: skip
        c.equal(dict(model.state_dict()), dict(twin.state_dict()), called=f"the model after {called}",
                idea="In training mode batch norm moves with each pass; nothing else changes the model.")  # fmt: skip

    def counted(output):
        """The share of zeros in each channel, one channel after the other."""
        return torch.tensor([(output[:, k] == 0).sum().item() / output[:, k].numel() for k in range(output.shape[1])])

    class Turn(nn.Module):
        """Turns the sign in evaluation mode only: what the layer behind it sees is not what the model sees."""

        def forward(self, x):
            return x if self.training else -x

    mode = "The model runs in the mode that it has."
    pass_on = nn.Sequential(Turn(), nn.ReLU(), nn.Linear(2, 3)).eval()
    four = -torch.tensor([[0.0, 2], [-1, 0], [1e-30, 3], [-5, 4]])
    shares_are(pass_on, pass_on[1], four, torch.tensor([0.75, 0.25]), f"{zeros} {every}")
    shares_are(pass_on.train(), pass_on[1], four, torch.tensor([0.5, 1.0]), f"{zeros} {mode}")
    dead = torch.tensor([[1.0, -2, 3], [2, -1, 4]])
    shares_are(nn.Sequential(relu := nn.ReLU()), relu, dead, torch.tensor([0.0, 1.0, 0.0]), zeros)
    maps = tied((3, 4, 5, 2), seeded(0))  # whole numbers from -2 to 2
    maps[0, 0], maps[:, 1], maps[1, 2] = 1e-30, 2.0, -1.0
    front = nn.Sequential(Turn(), nn.Hardshrink(1.5), nn.ReLU(inplace=True))
    deep = nn.Sequential(front, nn.Flatten(), nn.Linear(40, 6), nn.ReLU()).eval()
    deep.register_forward_pre_hook(lambda *_: None)
    shrunk = maps * (maps.abs() > 1.5)  # zero where inputs are not, and negative where the ReLU behind makes zeros
    shares_are(deep, front[1], -maps, counted(shrunk), f"{only} Count inside of the hook: a ReLU follows, in place.")
    shares_are(deep, front[2], -maps, counted(shrunk.relu()), every)
    shares_are(deep, deep[3], -maps, counted(deepcopy(deep)(-maps).detach()), f"{zeros} {every}")
    one = torch.tensor([[[[1.0, -1, 2], [-1, -1, -1]], [[1, 1, 1], [1, 1, -1]]]])
    shares_are(nn.Sequential(relu), relu, one, torch.tensor([4 / 6, 1 / 6]), every)
    network = nested(seeded(1))  # its stem is in evaluation mode, all else in training mode
    pictures = torch.randn(300, 2, 6, 6, generator=seeded(2))
    outputs = deepcopy(network).stem(pictures).detach()
    shares_are(network, network.stem[2], pictures, counted(outputs), f"{every} {mode}")
    shares_are(network, network.fc1, pictures, torch.zeros(7), only)
    network.train()  # now batch norm, which is in front of the ReLU, looks at the images
    outputs = deepcopy(network).stem(pictures).detach()
    shares_are(network, network.stem[2], pictures, counted(outputs), f"{zeros} {mode}", may="change")
    ### BEGIN HIDDEN TESTS
    for seed in range(3, 6):
        network, pictures = nested(seeded(seed)).double(), torch.randn(5, 2, 6, 6, generator=seeded(seed)).double()
        outputs = deepcopy(network).stem(pictures).detach()
        shares_are(network, network.stem[2], pictures, counted(outputs), every)
    ### END HIDDEN TESTS

# %% [markdown]
# Two questions for it. Do small networks that are trained have sleepers, LeNet-5 and the VGG of this course? And does a
# sleeping neuron of our patient matter less to the loss? For the second, each of the 12 neurons is switched off.

# %%
some = data.validation.tensors[0][:200]
fig, (left, right) = figures.figure(columns=2, width=4.8)
for label, colour in (("LeNet-5", figures.REFERENCE), ("VGG", figures.KEPT)):
    network = models.load(label.lower().replace("-", ""), data)
    relus = [module for module in network.modules() if isinstance(module, nn.ReLU)]
    sleep = torch.cat([zero_shares(network, relu, some) for relu in relus]).sort().values
    left.plot(torch.linspace(0, 100, len(sleep)), 100 * sleep, color=colour, label=label)
    dead = int((sleep == 1).sum())
    print(f"{label}: {len(sleep):,} channels and neurons, {dead} of them dead on these {len(some)} images")
left.legend(frameon=False)
left.set(xlabel="channels, busiest first (%)", ylabel="APoZ (%)", title="Who sleeps?")

apoz = zero_shares(trained, trained[1], images)
rows = weights.view(NEURONS, -1)
without = []
for neuron in range(NEURONS):
    twin = deepcopy(trained)
    twin[2].weight[:, neuron] = 0
    without.append(F.cross_entropy(twin(images), labels) - loss_of(weights))
without = torch.stack(without)
right.scatter(100 * apoz, without, color=figures.KEPT)
right.set(xlabel="APoZ (%)", ylabel="rise of the loss", title="The patient's neurons, each switched off")
right.set_yscale("symlog", linthresh=0.01)
figures.show(fig, alt="Sorted APoZ of the channels of two networks; rise of the loss against APoZ for twelve neurons.")
print(
    f"rank correlation with the rise: of APoZ {correlation(apoz, without):.2f} (good is near -1), "
    f"of the norm of a neuron's weights {correlation(rows.norm(dim=1), without):.2f} (good is near 1)"
)

# %% [markdown]
# **Reading the figure.** A dead channel can go for nothing, at least on images like these. Below 100 % look for neurons
# off the trend: one that speaks seldom may say the decisive word, and one that always speaks may add a constant. And
# APoZ ranks **neurons**; of the weights inside one it says nothing, as section 8 will show.
#
# ## 7 What can the others take over?
#
# OBS asked the survivors to make up for the **loss**. It is much cheaper to ask them to make up for the **output of
# their own layer**, by least squares. A linear layer with the weight $W$ (outputs x inputs) turns the inputs $X$
# (samples x inputs) into $X W^\top$. Take inputs away, and the best weights for the others are
#
# $$W' = \operatorname{arg}\min_V\ \lVert X W^\top - X_{\text{kept}} V^\top \rVert^2,$$
#
# where $X_{\text{kept}}$ has the columns that stay and $\lVert \cdot \rVert^2$ is the sum of all squared entries. This
# needs images, but neither labels nor gradients. ThiNet (Luo et al. 2017) chooses the inputs greedily and He et al.
# (2017) by LASSO, a least squares that also pays for every input it uses; both then refit the weights in this way.
#
# ### Exercise 7.7: Choose and reconstruct
# *3 points, 12 minutes, about 9 lines*
#
# Write two functions. `refit` returns $W'$, of shape (outputs, number of kept), for the numbers in `kept`.
# `choose_inputs` returns which `count` inputs stay, as a tensor of numbers in ascending order. It begins with all of
# them and drops **one at a time**: the one without which the squared error, *after a refit of all that are left*, is
# smallest. Inputs may be dead (always zero) or copies of each other, large or tiny; there is no bias and no damping.
#
# *Example:* inputs 0 and 1 are always equal, input 2 is independent; one output with the weights `[1, 2, 0.1]`. Without
# input 0 the refitted weights are `[3, 0.1]` and nothing is lost: input 1 takes over. So `choose_inputs` drops 0 or 1
# first, not the small weight 0.1. Whoever takes all errors at the beginning and drops the two smallest together loses
# both twins.
#
# <details><summary>Hint 1: the idea</summary>
# To refit is one call of a least-squares solver for all outputs together: matrix X of the kept columns, right side the
# outputs that the layer had. To choose, try every input that is left, refit without it, and measure the error; drop the
# best, and begin again.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>torch.linalg.lstsq(A, B).solution</code> minimises |A s - B| and copes with dead inputs and copies, where the
# inverse of A<sup>T</sup>A does not exist; mind the transpose. <code>min(errors, key=errors.get)</code> finds the best
# of a dict {input: error}.
# </details>


# %% exercise="reconstruction"
def refit(inputs: Tensor, weight: Tensor, kept: Tensor) -> Tensor:
    """The weights (out, kept) with which the kept inputs (samples, in) best give what `weight` (out, in) gave."""
    ### BEGIN SOLUTION
    return torch.linalg.lstsq(inputs[:, kept], inputs @ weight.T).solution.T
    ### END SOLUTION


def choose_inputs(inputs: Tensor, weight: Tensor, count: int) -> Tensor:
    """Numbers of the `count` inputs that stay, in ascending order, dropped one by one by the error after a refit."""
    ### BEGIN SOLUTION
    outputs, kept = inputs @ weight.T, list(range(weight.shape[1]))
    while len(kept) > count:
        errors = {}
        for number in kept:
            others = torch.tensor([other for other in kept if other != number])
            lost = inputs[:, others] @ refit(inputs, weight, others).T - outputs
            errors[number] = lost.square().sum().item()
        kept.remove(min(errors, key=errors.get))
    return torch.tensor(kept)
    ### END SOLUTION


# %% check="reconstruction" points=3
with check("reconstruction", points=3) as c:
    least = "Least squares over all samples and outputs together: the kept inputs give what all inputs gave."
    take_over = "Dead inputs and copies are allowed: compare what the layer computes; an inverse does not exist."
    greedy = "Begin with all; drop the one whose absence, after a refit of the rest, leaves the smallest squared error."
    again = f"{greedy} Then measure all errors anew, without those that are gone."

    def refit_is(x, weight, kept, idea):
        """The outputs with the refitted weights are those of numpy's solver."""
        got = c.call(refit, x, weight, torch.tensor(kept), idea=f"{least} {take_over}")
        called = f"refit({describe(x)}, {describe(weight)}, {kept})"
        shape = (len(weight), len(kept))
        c.true(isinstance(got, Tensor) and got.shape == shape, called=called, got=got, expected=f"shape {shape}",
               idea="A weight is (outputs, inputs); a solver of A s = B returns the transpose.")  # fmt: skip
        best = np.linalg.lstsq(x[:, kept].numpy(), (x @ weight.T).numpy(), rcond=None)[0]
        outputs, want = x[:, kept] @ got.detach().to(x.dtype).T, x[:, kept] @ torch.from_numpy(best)
        size = float(want.abs().max())
        c.equal(outputs / size, want / size, called=f"outputs, in units of {size:.1e}, after {called}", idea=idea,
                atol=1e-4 if x.dtype == torch.float32 else 1e-6)  # fmt: skip
        error = float((outputs - want).abs().max()) / size
        c.true(x.dtype == torch.float32 or error < 1e-8, called=f"outputs after {called}",
               expected="eight correct digits in double precision", got=f"a relative error of {error:.1e}",
               idea="Least squares as it is, in the dtype of the inputs: no damping, no float32.")  # fmt: skip

    def stay(x, weight, count):
        """The numbers that `choose_inputs` returns, as a list."""
        got = c.call(choose_inputs, x, weight, count, idea=greedy)
        called = f"choose_inputs({describe(x)}, {describe(weight)}, {count})"
        c.true(isinstance(got, Tensor) and not got.is_floating_point() and got.dtype != torch.bool, called=called,
               expected="a tensor of integers", got=got, idea="The numbers of the inputs that stay.")  # fmt: skip
        numbers = got.flatten().tolist()
        c.true(got.shape == (count,) and numbers == sorted(set(numbers)), called=called, got=got,
               expected=f"{count} numbers in ascending order", idea="One number per input that stays.")  # fmt: skip
        return numbers, called

    def chosen_are(x, weight, count, want, idea):
        """One of the sets wanted stays."""
        got, called = stay(x, weight, count)
        c.true(got in want, called=called, expected=" or ".join(map(str, want)), got=str(got), idea=idea)

    def chosen_one_by_one(x, weight, idea=again):
        """From count to count one input goes, and no other one would have left a smaller error, by numpy's solver."""
        columns, outputs = x.double().numpy(), (x.double() @ weight.double().T).numpy()

        def error_with(some):
            rest = outputs - columns[:, some] @ np.linalg.lstsq(columns[:, some], outputs, rcond=None)[0]
            return float((rest**2).sum() / (outputs**2).sum())

        before, called = stay(x, weight, x.shape[1])
        for count in range(x.shape[1] - 1, 0, -1):
            errors = {str(some): error_with(some) for out in before if (some := [n for n in before if n != out])}
            got, called = stay(x, weight, count)
            c.true(str(got) in errors, called=called, expected=f"{count} of {before}, which stay when one more does",
                   got=str(got), idea=f"Drop one at a time, for good. {idea}")  # fmt: skip
            best, slack = min(errors, key=errors.get), 1e-4 if x.dtype == torch.float32 else 1e-9
            c.true(errors[str(got)] <= errors[best] * (1 + slack) + slack, called=called, idea=idea,
                   expected=f"{best}, with a relative squared error of {errors[best]:.4g}",
                   got=f"{got}, with {errors[str(got)]:.4g}")  # fmt: skip
            before = got

    def doubles(*shape, seed):
        return torch.randn(shape, generator=seeded(seed), dtype=torch.float64)

    x = torch.tensor([[1.0, 1, 0], [-1, -1, 1], [2, 2, 1], [0, 0, -3]]).double()
    twins = torch.tensor([[1.0, 2.0, 0.1]]).double()
    refit_is(x, twins, [1, 2], least)
    c.returns(refit, x, twins, torch.tensor([1, 2]), want=torch.tensor([[3.0, 0.1]]).double(), idea=least)
    c.returns(refit, x, twins, torch.tensor([2]), want=torch.tensor([[3 / 11 + 0.1]]).double(),
              idea=f"{least} What is left answers as far as it can.")  # fmt: skip
    refit_is(x, twins, [0, 1, 2], take_over)
    refit_is(doubles(9, 4, seed=0), doubles(2, 4, seed=1), [3, 0], f"{least} Columns come in the order of kept.")
    refit_is(doubles(5, 1, seed=20), doubles(3, 1, seed=21), [0], least)
    chosen_are(x, twins, 2, ([0, 2], [1, 2]), greedy)
    chosen_are(x, twins, 1, ([0], [1]), again)
    chosen_are(x, twins, 3, ([0, 1, 2],), "With as many as there are, all stay.")
    asleep = doubles(8, 4, seed=2)
    asleep[:, 1] = 0
    large = torch.tensor([[0.3, 50, 0.2, 0.4], [0.1, 90, 0.3, -0.2]]).double()
    refit_is(asleep, large, [1, 3], take_over)
    chosen_are(asleep, large, 3, ([0, 2, 3],), "A dead input goes first, whatever its weights.")
    unequal = doubles(10, 3, seed=3) * torch.tensor([0.01, 1.0, 3.0]).double()
    chosen_are(unequal, torch.tensor([[5.0, 1.0, 0.5], [5.0, 1.0, 0.5]]).double(), 2, ([1, 2],),
               f"{greedy} A large weight on a tiny input does little.")  # fmt: skip

    for seed, scale, outs in ((33, 1.0, 3), (30, 1e-5, 1), (58, 1e5, 4)):  # inputs that depend on each other
        mixed = scale * doubles(30, 6, seed=seed) @ doubles(6, 6, seed=seed + 1)
        matrix = doubles(outs, 6, seed=seed + 2)
        matrix[0] *= 3  # one output is larger than the others
        mixed[:, 3], matrix[:, 3] = mixed[:, 3] / 200, matrix[:, 3] * 200  # a small input with a large weight
        for kept in ([5, 0, 3], [2, 5, 1, 4], [3]):
            refit_is(mixed, matrix, kept, f"{least} Large inputs and small ones are treated alike.")
        chosen_one_by_one(mixed, matrix)
        mixed[:, 4], mixed[:, 2] = 0, mixed[:, 5]  # one dead, two equal
        refit_is(mixed, matrix, [5, 4, 2, 0], take_over)
        chosen_one_by_one(mixed, matrix, f"{take_over} {again}")
    single, matrix = doubles(20, 6, seed=40).float(), doubles(2, 6, seed=41).float()
    refit_is(single, matrix, [5, 0, 3], f"{least} float32 stays float32.")
    chosen_one_by_one(single, matrix)
    ### BEGIN HIDDEN TESTS
    for seed in range(7, 12):
        hidden, matrix = doubles(25, 6, seed=seed) @ doubles(6, 6, seed=seed + 50), doubles(3, 6, seed=seed + 99)
        refit_is(hidden, matrix, [1, 4, 5], least)
        chosen_one_by_one(hidden, matrix)
    ### END HIDDEN TESTS

# %% [markdown]
# First on the patient's **second** layer, whose inputs are the 12 neurons. LASSO needs a few lines; they are given. It
# scales input $i$ by a factor $\beta_i$ and minimises $\frac12 \lVert XW^\top - \sum_i \beta_i X_i W_i^\top \rVert^2 +
# \mu \sum_i |\beta_i|$, with $X_i$ and $W_i$ for column $i$ of each. The larger the price $\mu$, the more of the
# factors are exactly zero.


# %% locked="lasso"
def lasso_inputs(inputs: Tensor, weight: Tensor, count: int) -> Tensor:
    """Numbers of the `count` inputs with the largest factors when the price has brought all others to zero."""
    gram = (inputs.T @ inputs) * (weight.T @ weight)  # (in, in): how the contributions of two inputs overlap
    target, step = gram.sum(1), 1 / torch.linalg.eigvalsh(gram)[-1].clamp_min(1e-12)
    low, high, best = 0.0, target.abs().max().item(), torch.ones_like(target)
    for _ in range(20):  # halve the interval in which the price must be
        price, factors = (low + high) / 2, torch.ones_like(target)
        for _ in range(200):
            factors = F.softshrink(factors - step * (gram @ factors - target), float(step * price))
        if (factors != 0).sum() >= count:
            low, best = price, factors
        else:
            high = price
    return best.abs().argsort(descending=True)[:count].sort().values


# %%
hidden, readout = trained[:2](images), trained[2].weight
outputs = hidden @ readout.T
curves = {"largest norms, no refit": [], "largest norms": [], "LASSO": [], "greedy": []}
counts = range(1, NEURONS + 1)
for count in counts:
    largest = readout.norm(dim=0).argsort(descending=True)[:count].sort().values
    chosen = {
        "largest norms": largest,
        "LASSO": lasso_inputs(hidden, readout, count),
        "greedy": choose_inputs(hidden, readout, count),
    }
    rebuilt = {name: (kept, refit(hidden, readout, kept)) for name, kept in chosen.items()}
    rebuilt["largest norms, no refit"] = (largest, readout[:, largest])
    for name, (kept, version) in rebuilt.items():
        error = (hidden[:, kept] @ version.T - outputs).square().sum() / outputs.square().sum()
        curves[name].append(error.item())

fig, (ax,) = figures.figure(width=6.5)
styles = ((figures.PRUNED, "o:"), (figures.PRUNED, "o-"), (figures.REFERENCE, "s-"), (figures.KEPT, "o-"))
for (name, errors), (colour, style) in zip(curves.items(), styles, strict=True):
    ax.plot(counts, [100 * error for error in errors], style, color=colour, label=name)
ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
ax.set(xlabel="neurons kept", ylabel="squared error of the outputs (%)", title="Whose outputs can be rebuilt?")
ax.set_ylim(0, 110)
figures.show(fig, alt="Squared error of the outputs against the neurons kept for four ways to choose and refit.")

# %% [markdown]
# **Reading the figure.** From the dotted to the solid orange curve the neurons are the same: only the refit is added.
# From orange to blue only the choice differs. LASSO looks at all inputs together, the greedy rule at one after the
# other; neither of them is sure to find the best set.
#
# Now a real layer. The second convolution of LeNet-5 reads 20 channels of 5 x 5 pixels, so that each position of the
# filter is a sample with 500 inputs. We drop half of the **channels** by three rules and do not train at all.

# %%
lenet = models.load("lenet5", data)
probe = data.train.tensors[0][:300]
few = TensorDataset(*(tensor[:1000] for tensor in data.validation.tensors))
front, filters = lenet.features[:3], lenet.features[3].weight.detach()
patches = F.unfold(front(probe).detach(), filters.shape[2:]).transpose(1, 2).flatten(0, 1)  # (samples, inputs)
patches = patches[torch.randperm(len(patches), generator=seeded(0))[:4000]]
channels, taps = filters.shape[1], filters[0, 0].numel()
rules = {
    "APoZ": -zero_shares(lenet, lenet.features[1], probe),
    "L1 norm": filters.abs().sum((0, 2, 3)),
    "random": torch.rand(channels, generator=seeded(1)),
}
print(f"validation accuracy of LeNet-5: {accuracy(lenet, few):.1f} %; with {channels // 2} of {channels} channels:")
print(f"{'rule':<12}{'no refit':>10}{'refit':>10}")
for rule, score in rules.items():
    kept = score.argsort(descending=True)[: channels // 2].sort().values
    columns = (taps * kept[:, None] + torch.arange(taps)).flatten()  # all inputs of the kept channels
    row = f"{rule:<12}"
    for version in (filters.flatten(1)[:, columns], refit(patches, filters.flatten(1), columns)):
        twin = deepcopy(lenet)
        twin.features[3].weight.data.zero_().flatten(1)[:, columns] = version
        row += f"{accuracy(twin, few):>8.1f} %"
    print(row)

# %% [markdown]
# **Reading the table.** (1,000 images: two points may be chance.) No label, no gradient, one call of a solver. Are the
# rules still further apart than chance after it? If not, then the choice hardly mattered, and the refit did.
#
# ## 8 Which rung is worth its price?
#
# Everything together on the first layer of the trained patient. Two criteria need a word before they can rank single
# weights:
#
# - **APoZ** speaks of neurons: every weight gets the share of the time that its neuron is awake.
# - **Reconstruction** is OBS with another loss, the squared error of the layer's own outputs. For one neuron with the
#   weights $u$ and the inputs $X$ ($N$ samples), this loss is $\frac{1}{2N} \lVert X u' - X u \rVert^2$ as a function
#   of $u'$. Its Hessian is $X^\top X / N$, the same small matrix for every neuron, and your `obs_changes` and
#   `obs_remove` apply as they are.
#
# | rung | keeps of the expansion | pays |
# |---|---|---|
# | magnitude | nothing | nothing |
# | APoZ | nothing | one forward pass |
# | reconstruction | $H$ of the layer's outputs | one forward pass, one small inverse |
# | first order, and its magnitude | $g$ | one backward pass |
# | empirical Fisher | $H_{ii}$, roughly | a backward pass for each image, all at once |
# | OBD | $H_{ii}$ | $n$ backward passes |
# | OBS | all of $H$ | $n$ backward passes, one large inverse |
# | brute force | everything, for one weight | $n$ losses |


# %% locked="rungs"
def inputs_inverse(images: Tensor) -> Tensor:
    """The damped inverse Hessian, (inputs, inputs), of the squared error of a neuron's outputs."""
    return damped_inverse(images.T @ images / len(images))


def reconstruction_changes(weights: Tensor, images: Tensor) -> Tensor:
    """For each weight, by how much its neuron's outputs suffer when it goes and the neuron's others are refitted."""
    inverse = inputs_inverse(images)
    return torch.cat([obs_changes(row, inverse) for row in weights.view(NEURONS, -1)])


def reconstructed(weights: Tensor, order: Tensor, images: Tensor) -> list[Tensor]:
    """The weights at each of the `shares`, removed in this order, each neuron refitting its outputs every time."""
    rows, inverses = list(weights.view(NEURONS, -1)), [inputs_inverse(images)] * NEURONS
    found = {0: weights}
    for count in range(1, round(max(shares) * len(weights)) + 1):
        neuron, pixel = divmod(int(order[count - 1]), SIDE**2)
        rows[neuron], inverses[neuron] = obs_remove(rows[neuron], inverses[neuron], pixel)
        found[count] = torch.cat(rows)
    return [found[round(share * len(weights))] for share in shares]


# %%
rungs = {
    "magnitude": lambda: weights.abs(),
    "APoZ": lambda: (1 - zero_shares(trained, trained[1], images)).repeat_interleave(SIDE**2),
    "reconstruction": lambda: reconstruction_changes(weights, images),
    "first order": lambda: first_order_changes(loss_of, weights),
    "|first order|": lambda: first_order_changes(loss_of, weights).abs(),
    "empirical Fisher": lambda: fisher_changes(single_loss(trained), weights, images, labels),
    "OBD": lambda: obd_changes(loss_of, weights),
    "OBS": lambda: obs_changes(weights, damped_inverse(full_hessian(loss_of, weights))),
    "brute force": lambda: true_changes(loss_of, weights),
}
scores, seconds = {}, {}
for name, rung in rungs.items():
    scores[name], seconds[name] = timed(rung)
ranks = {name: correlation(score, truth) for name, score in scores.items()}

fig, (ax,) = figures.figure(width=8, height=4)
places = {"brute force": (-6, 6, "right"), "|first order|": (-6, -4, "right"), "APoZ": (-6, -4, "right")}
for name, rank in ranks.items():
    colour = figures.REFERENCE if name == "brute force" else figures.KEPT
    *place, side = places.get(name, (6, -4, "left"))
    ax.scatter(1000 * seconds[name], rank, color=colour)
    ax.annotate(name, (1000 * seconds[name], rank), xytext=place, textcoords="offset points", color=colour, ha=side)
ax.set(xscale="log", xlabel="milliseconds", ylabel="rank correlation with the truth", title="The ladder")
ax.margins(x=0.15, y=0.1)
figures.show(fig, alt="Rank correlation with the truth against milliseconds, one point for each criterion.")
print(", ".join(f"{name} {ranks[name]:.3f}" for name in sorted(ranks, key=ranks.get, reverse=True)))

# %% [markdown]
# **Reading the figure.** Up is better, right is dearer. Between two rungs of about the same height take the left one.
# The two rightmost guesses cost as much as the truth, or more: on a layer this small they cannot win the race for *one*
# weight. They were not made for it; look at what happens to many.
#
# The same criteria, judged by what counts: the training loss after all weights with the smallest scores have gone at
# once. OBS and reconstruction remove one by one and update the survivors; the others do not. The dashed line is the
# rival from section 5, magnitude and 20 steps of training. Predict the best rung, apart from OBS, whose curve you know.

# %%
question = "Apart from OBS, which rung leaves the lowest training loss when 80 % of the weights go?"
lowest_loss = predict("lowest_loss", question, [name for name in scores if name != "OBS"])

# %%
removed, prices = {name: cut(weights, score) for name, score in scores.items()}, dict(seconds)
removed["OBS"], prices["OBS"] = pruned, seconds["OBS"] + operation_seconds
order = scores["reconstruction"].argsort()
removed["reconstruction"], spent = timed(lambda: reconstructed(weights, order, images))
prices["reconstruction"] += spent
rival = "magnitude + 20 steps"
removed[rival], prices[rival] = arms[rival], training_seconds[20] / len(shares)
losses = {name: losses_of(found) for name, found in removed.items()}

fig, (ax,) = figures.figure(width=7.5, height=4)
highlighted = {"OBS": (figures.KEPT, "o-"), "reconstruction": (figures.KEPT, "s-"),
               "magnitude": (figures.PRUNED, "s:"), "magnitude + 20 steps": (figures.PRUNED, "^--"),
               "brute force": (figures.REFERENCE, "o:"), "empirical Fisher": (figures.OTHER, "o:"),
               "OBD": (figures.OTHER, "s:"), "|first order|": (figures.MUTED, "o:"),
               "first order": (figures.MUTED, "^:"), "APoZ": (figures.MUTED, "s:")}  # fmt: skip
for name, (colour, style) in highlighted.items():
    ax.plot([100 * share for share in shares], losses[name], style, color=colour, label=name)
ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
ax.set(xlabel="weights removed (%)", ylabel="training loss", yscale="log", title="Many at once")
at = shares.index(0.8)
winner = min(scores.keys() - {"OBS"}, key=lambda name: losses[name][at])
lowest_loss.reveal(
    winner,
    f"At 80 % the lowest of them is {winner}, with a loss of {losses[winner][at]:.3f}. OBS reaches "
    f"{losses['OBS'][at]:.3f}, {rival} {losses[rival][at]:.3f}, and the whole layer has {losses['OBS'][0]:.3f}.",
    fig,
    alt="Training loss against the share of weights removed, one curve for each criterion.",
)

# %% [markdown]
# **Reading the figure.** A high rank correlation need not mean a low curve: even at the first mark dozens of weights go
# together, and from then on it counts how they act together. Look at the two first orders. The signed
# one takes those weights first from whose removal it hopes for most, and it hopes too much, since a slope holds for
# small moves only. Molchanov et al. therefore use its magnitude or its square, which says how *sensitive* the
# loss is. And what do the true changes themselves, exact for each weight, promise for hundreds of them together?
#
# **Try:** Which criterion has the highest rank correlation with the truth, and has it the lowest loss at 80 %, too?
# Which neurons lose all their pixels first under APoZ, and does magnitude agree? Is brute force the lowest anywhere?
# Where does the curve of OBS leave the level of the whole layer, and where do the others?

# %%
CriteriaExplorer(
    weights.view(NEURONS, -1),
    truth,
    scores=scores,
    losses={name: losses[name] for name in scores},
    shares=list(shares),
)

# %% [markdown]
# **Reading the explorer.** The picture shows which weights have the smallest scores. (OBS measures its scores anew
# after each removal; the picture has those from before the first. The curves of OBS and of reconstruction include their
# updates of the weights that stay.)
#
# ## 9 How does this reach a language model?
#
# The Hessian of a whole network has no future: $10^9$ weights would need $10^{18}$ numbers. The Hessian of one layer's
# **squared error** is small. For a linear layer with inputs $X$ as columns, as papers on language models write it, the
# error $\lVert W X - W' X \rVert^2$ has the Hessian $2 X X^\top$ for **every** row of $W$: one matrix of (inputs x
# inputs) for the whole layer, the same as in our reconstruction. OBS on it, column by column, is SparseGPT. Keep only
# its diagonal, and OBD's saliency of weight $W_{ij}$ becomes $W_{ij}^2 \lVert X_j \rVert_2^2$, with row $j$ of $X$ as
# $X_j$: the square of $|W_{ij}| \cdot \lVert X_j \rVert_2$, which is Wanda's score. (You will write both in lab 08.) Is
# the cheap one enough on this layer?

# %%
norms = images.norm(dim=0).repeat(NEURONS)  # of the inputs of each weight
for name, score in (
    ("magnitude", weights.abs()),
    ("magnitude x norm of input", weights.abs() * norms),
    ("reconstruction, no update", scores["reconstruction"]),
):
    row = "".join(f"{loss:>8.3f}" for loss in losses_of(cut(weights, score)))
    print(f"{name:<26} rank correlation {correlation(score, truth):.3f}   loss{row}")
print(f"{'reconstruction':<49}   loss" + "".join(f"{loss:>8.3f}" for loss in losses["reconstruction"]))

# %% [markdown]
# **Reading the lines.** The columns are the `shares` from 0 to 90 %. From the first line to the second only the size of
# the inputs is added, from the third to the fourth only the updates. One layer of one small network decides nothing,
# but remember which step helped more; the next lab repeats it where it counts.
#
# ## What you measured
#
# First your predictions, each beside what came.

# %%
compare_predictions()

# %% [markdown]
# The seconds are those of the scores and, where there are any, of the updates or the training. The test images are read
# here, once, for the layer with 80 % of its weights gone.

# %%
tested, answers = reduced(data.test, len(data.test))
test_loss = loss_with(trained, tested, answers)
print(f"{'criterion':<22}{'correlation':>12}{'seconds':>10}{'training loss':>15}{'test loss':>11}{'test accuracy':>15}")
finalists, shares_right = {"whole layer": weights, **{name: found[at] for name, found in removed.items()}}, {}
for name, version in finalists.items():
    rank = f"{ranks[name]:.2f}" if name in ranks else ""
    spent = f"{prices[name]:.4f}" if name in prices else ""
    right = (logits(trained, version, tested).argmax(1) == answers).double().mean()
    shares_right[name] = 100 * right.item()
    print(f"{name:<22}{rank:>12}{spent:>10}{loss_of(version):>15.3f}{test_loss(version):>11.3f}{right:>14.1%}")
note(
    "07 criteria", compression=1 / (1 - shares[at]), accuracy=shares_right["OBS"], dense=shares_right["whole layer"]
)  # lab 10 reads them

# %% [markdown]
# ### Remember
#
# 1. Every criterion is a guess at the change of the loss; on a slope the first order knows it, at a minimum the second.
# 2. Removing many is not removing one many times: pairs count, and letting the survivors answer can beat any ranking.
# 3. Name the price beside the quality. A few steps of training are a rival for every clever criterion.
#
# ### Further reading
#
# - LeCun, Denker and Solla, [Optimal Brain
#   Damage](https://proceedings.neurips.cc/paper/1989/hash/6c9882bbac1c7093bd25041881277658-Abstract.html), 1990: the
#   second term, and one pass for all of it.
# - Hassibi and Stork, [Optimal Brain
#   Surgeon](https://proceedings.neurips.cc/paper/1992/hash/303ed4c69846ab36c2904d3ba8573050-Abstract.html), 1993.
# - Molchanov et al., [Importance Estimation for Neural Network Pruning](https://arxiv.org/abs/1906.10771), 2019: first
#   order, with its magnitude.
# - Kunstner, Hennig and Balles, [Limitations of the Empirical Fisher](https://arxiv.org/abs/1905.12558), 2019.
# - He, Zhang and Sun, [Channel Pruning](https://arxiv.org/abs/1707.06168), 2017: LASSO, then reconstruction.
#
# **Next:** language models have layers too large for gradients, and nobody retrains them lightly. Lab 08 prunes them
# with the squared error of one layer at a time.
