# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 01: Dense and sparse layers
#
# *About 120 minutes, 20 points.*
#
# A trained network is a pile of numbers that somebody has to store, move and multiply. In the labs that follow you will
# set nine tenths of them to zero and lose next to nothing. But a zero is not free: it saves nothing until somebody
# agrees to *skip* it. *What does a zero really save, and what does it cost to say where it is?* This lab settles the
# accounts, byte by byte.
#
# **You will be able to**
#
# - measure the sparsity of a layer and prune it with a mask that survives training,
# - count the bytes of a sparse matrix in five layouts, indices included, and say where each begins to pay,
# - encode a matrix in CSR by hand and multiply with it,
# - tell unstructured, N:M and structured sparsity apart by looking at a picture,
# - estimate the energy of fetching a network's weights.
#
# **How to work.** Run the cells from top to bottom with Shift+Enter. In each exercise, write your code in place of
# `raise NotImplementedError()`, run the cell, then the check below it. A check that passes prints `Passed`; one that
# does not says what it expected, what it got and what to reread. Hints are folded: open one only when you need it. The
# pictures between the exercises use your functions; those that need one you have not written yet fail, and work later.

# %% locked="setup"
import copy
import math
import time
import warnings

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from prunelab import figures, models
from prunelab.checks import check, describe
from prunelab.data import load_data
from prunelab.explorers import HonestBytes, MaskPainter
from prunelab.inputs import distinct, fill, fractions, tied
from prunelab.live import explore
from prunelab.measure import encoded_bytes
from prunelab.notes import note
from prunelab.predictions import compare_predictions, predict
from prunelab.training import accuracy, seeded

warnings.filterwarnings("ignore", message="Sparse CSR tensor support")  # torch calls its own CSR tensors a beta
data = load_data()  # train, validation and test images with labels
lenet300 = models.load("lenet300", data)  # LeNet-300-100: three linear layers, trained
lenet5 = models.load("lenet5", data)  # LeNet-5: two convolutions and two linear layers, trained


# %% [markdown]
# These are the images that the networks of this course label, one of each class:

# %%
images, labels = data.validation.tensors
examples = [images[labels == label][0] for label in range(len(data.classes))]
fig, axes = figures.figure(columns=len(examples), width=1.1, height=1.3)
for ax, image, name in zip(axes, examples, data.classes, strict=True):
    ax.imshow((image - image.min()).movedim(0, -1) / (image.max() - image.min()), cmap="gray")
    ax.set_title(name, fontsize=9)
    ax.set_axis_off()
figures.show(fig, alt=f"A row of grey images, one of each class: {', '.join(data.classes)}.")

# %% [markdown]
# ## 1 Why would anybody remove weights?
#
# Brains do. A newborn has about 50 trillion synapses, a one-year-old about 1,000 trillion, an adolescent about 500
# trillion (Walsh 2013, in memory of Peter Huttenlocher, who counted them). Growth first, then pruning.
#
# Networks have four reasons of their own:
#
# - **Size.** An app or a microcontroller has room for only so many bytes.
# - **Memory traffic.** A linear layer that labels one image fetches each weight to use it once; fetching takes time.
# - **Energy.** Fetching a number from memory costs over a hundred times as much energy as multiplying with it
#   (section 6).
# - **Latency.** Fewer multiplications *can* be faster. Whether they are depends on the hardware; lab 09 measures it.

# %%
fig, (ax,) = figures.figure()
ages, synapses = ["newborn", "one year", "adolescent"], [50, 1000, 500]
ax.bar(ages, synapses, color=figures.KEPT)
ax.bar_label(ax.containers[0])
ax.margins(y=0.15)
ax.set(ylabel="synapses (trillions)", title="A brain grows, then prunes (Walsh 2013)")
figures.show(fig, alt="Bar chart of synapses by age: newborn 50, one year 1000, adolescent 500 trillion.")

# %% [markdown]
# **Reading the figure.** Half of the connections that a one-year-old has are gone in adolescence: growing up includes
# pruning.
#
# Now look at an artificial one: the first layer of LeNet-300-100, trained on these images. Are any of its weights zero
# already? Predict first: how many are *exactly* zero, and how many have a magnitude (absolute value) below a tenth of
# the largest? Run the next cell, set its sliders and lock your predictions in. You can do so before or after you run
# the cell that measures: its results appear when both are done.

# %%
exact_zeros = predict("exact_zeros", "What fraction of these weights is exactly zero?", low=0, high=1)
near_zeros = predict("near_zeros", "What fraction is below a tenth of the largest in magnitude?", low=0, high=1)

# %%
weight = lenet300[1].weight.detach()  # (300, pixels)
limit = weight.abs().max().item() / 10
fig, (ax,) = figures.figure(width=6)
ax.hist(weight.flatten().tolist(), bins=80, color=figures.KEPT)
ax.axvspan(-limit, limit, color=figures.REFERENCE, alpha=0.15)
ax.text(1.2 * limit, ax.get_ylim()[1] * 0.9, "shaded: below a tenth of the largest", color=figures.REFERENCE)
ax.set(xlabel="weight", ylabel="count", title="First layer of LeNet-300-100")
are_zero, are_near = (found.double().mean().item() for found in (weight == 0, weight.abs() < limit))
exact_zeros.reveal(are_zero, f"Exactly zero: {int((weight == 0).sum()):,} of {weight.numel():,} weights.")
near_zeros.reveal(
    round(are_near, 3),
    f"Below a tenth of the largest: {are_near:.1%} of the weights.",
    fig,
    alt="Histogram of the first layer's weights: a narrow peak around zero, thin tails.",
)

# %% [markdown]
# **Reading the figure.** A weight in the shaded part looks small; but small is not zero. How many exact zeros did
# training make? If they are too few to save anything, pruning has to make the others.
#
# ### Exercise 1.1: Sparsity of a tensor
# *1 point, 4 minutes, about 1 line*
#
# Return the share of the elements of `weight`, of any shape and dtype, that are exactly zero, as a number from 0 to 1:
#
# $$\text{sparsity} = \frac{\text{zeros}}{\text{elements}}, \qquad \text{density} = 1 - \text{sparsity}.$$
#
# *Example:* `[[0, -2, 0], [5, 0, 0]]` has 4 zeros among 6 elements: its sparsity is $4/6 \approx 0.67$.
#
# <details><summary>Hint 1: the idea</summary>
# Compare every element with zero; you get a tensor of booleans. The share of <code>True</code> is a mean.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>(weight == 0)</code> is boolean; <code>mean()</code> needs floats, so convert first. Or count with
# <code>torch.count_nonzero(weight)</code> and divide by <code>weight.numel()</code>.
# </details>


# %% exercise="sparsity"
def sparsity(weight: Tensor) -> float:
    """Share of the elements of `weight` (any shape) that are exactly zero, from 0 to 1."""
    ### BEGIN SOLUTION
    return (weight == 0).double().mean().item()
    ### END SOLUTION


# %% check="sparsity" points=1
with check("sparsity", points=1) as c:
    share = "Sparsity is the share of *zeros* among *all* elements, from 0 to 1, for a tensor of any shape."
    exact = "Only an exact zero is a zero: a small or a negative number is none."
    c.returns(sparsity, torch.tensor([[0.0, -2.0, 0.0], [5.0, 0.0, 0.0]]), want=4 / 6, idea=f"{share} {exact}")
    c.returns(sparsity, torch.tensor([-1.0, -1.0, 0.0, 1e-30]), want=0.25, idea=exact)
    c.returns(sparsity, torch.tensor([0.0, 1e-300, -1e-300], dtype=torch.float64), want=1 / 3, idea=exact)
    c.returns(sparsity, torch.tensor([0.0, -0.0, 0.0]), want=1.0, idea=share)
    c.returns(sparsity, torch.tensor([7]), want=0.0, idea=share)
    for zeros, shape in ((3, (7,)), (5, (1, 8)), (11, (5, 9)), (40, (4, 3, 2, 5)), (1234, (61, 57))):
        full = distinct(shape, seeded(zeros))
        full.view(-1)[torch.randperm(full.numel(), generator=seeded(zeros))[:zeros]] = 0
        for case in (full, full.movedim(0, -1), full.half()):
            c.returns(sparsity, case, want=zeros / full.numel(), idea=share)
    ### BEGIN HIDDEN TESTS
    for seed in range(5):
        w = torch.randn(30, 20, generator=torch.Generator().manual_seed(seed)).relu().T
        want = (w.numel() - len(w.to_sparse_coo().coalesce().values())) / w.numel()
        c.returns(sparsity, w, want=want, idea=share)
    ### END HIDDEN TESTS

# %% [markdown]
# ## 2 How does a layer become sparse?
#
# With a **mask**: a tensor of booleans in the shape of the weight, `True` where the weight is kept. Which weights
# should go? That question fills the rest of the course. Here the worst answer will do, because it makes the best
# baseline: choose at random.
#
# ### Exercise 1.2: A random mask with an exact count
# *2 points, 8 minutes, about 4 lines*
#
# Return a boolean mask of the given shape in which exactly `round(sparsity * n)` of the $n$ positions, drawn at random
# with `generator`, are `False`: every choice of positions is equally likely, and `round` is Python's.
#
# *Example:* shape `(2, 5)` and sparsity 0.3: 3 of the 10 positions are `False`. A coin of 30 % for each position would
# give 3 only on average; comparisons between methods need the exact count.
#
# <details><summary>Hint 1: the idea</summary>
# Shuffle the numbers 0 to n - 1. The first <code>round(sparsity * n)</code> of the shuffled list are the positions to
# prune: random, and none comes twice.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>torch.randperm(n, generator=generator)</code> shuffles. Begin with a flat mask of
# <code>torch.ones(n, dtype=torch.bool)</code>, set the chosen positions to <code>False</code>, then
# <code>reshape(shape)</code>. <code>math.prod(shape)</code> is n.
# </details>


# %% exercise="random_mask"
def random_mask(shape: tuple[int, ...], sparsity: float, generator: torch.Generator) -> Tensor:
    """Boolean mask of `shape` with exactly round(sparsity * n) random positions False."""
    ### BEGIN SOLUTION
    count = math.prod(shape)
    mask = torch.ones(count, dtype=torch.bool)
    mask[torch.randperm(count, generator=generator)[: round(sparsity * count)]] = False
    return mask.reshape(shape)
    ### END SOLUTION


# %% check="random_mask" points=2
with check("random_mask", points=2) as c:
    exact = "The mask has the weight's shape; exactly round(sparsity * n) of its booleans are False: pruned."
    cases = [((2, 5), 0.3), ((10, 10), 0.29)]
    for shape in ((2, 5), (1,), (3, 1), (7,), (4, 3, 3, 3), (50, 60)):
        cases += [(shape, share) for share in fractions(math.prod(shape))]  # products of a half, too: Python's `round`
    cases += [((50, 60), share) for share in (0.1, 0.55, 0.62, 0.69, 0.76, 0.83, 0.97)]
    for shape, share in cases:
        mask = c.call(random_mask, shape, share, seeded(0), idea=exact)
        called, pruned = f"random_mask({shape}, {share}, generator)", round(share * math.prod(shape))
        right_kind = isinstance(mask, Tensor) and mask.dtype == torch.bool and mask.shape == shape
        expected = f"a boolean tensor of shape {shape}"
        c.true(right_kind, expected=expected, got=mask, idea=exact, called=called)
        got = f"{int((~mask).sum())} False"
        c.true((~mask).sum() == pruned, expected=f"{pruned} False", got=got, idea=exact, called=called)
    idea = "The generator alone decides the draw: the same seed gives the same mask, another seed another one."
    first, again, other = (c.call(random_mask, (9, 9), 0.5, seeded(seed)) for seed in (1, 1, 2))
    c.equal(again, first, idea=idea, called="random_mask((9, 9), 0.5, generator), twice from the same seed")
    differ = not torch.equal(first, other)
    c.true(differ, expected="two masks", got="the same mask from two seeds", idea=idea, called="random_mask, two seeds")

    def many_masks(shape: tuple[int, ...], share: float, count: int, generator: torch.Generator) -> Tensor:
        """`count` masks (count, positions), drawn one after the other."""
        return torch.stack([random_mask(shape, share, generator).flatten() for _ in range(count)])

    idea = "Every position has the same chance, whatever happened to the other positions."
    called = "random_mask((4, 3, 2), 0.25, generator), 300 times"
    draws = c.call(many_masks, (4, 3, 2), 0.25, 300, seeded(3)).double()
    pairs = draws.T @ draws / 300  # how often both of two positions are kept; on the diagonal, one position
    kept, both = pairs.diag(), pairs[~torch.eye(24, dtype=torch.bool)]
    got = f"{kept.min():.0%} to {kept.max():.0%}; two positions together {both.min():.0%} to {both.max():.0%}"
    fair = (kept - 0.75).abs().max() < 0.15 and (both - 0.55).abs().max() < 0.18  # six standard deviations
    expected = "each position kept in about 75% of the draws, any two together in about 55%"
    c.true(fair, expected=expected, got=got, idea=idea, called=called)
    draws = c.call(many_masks, (2, 4), 0.5, 3500, seeded(4)).long()
    counts = (draws * 2 ** torch.arange(8)).sum(1).bincount(minlength=256)
    counts = counts[[sum(map(int, f"{code:b}")) == 4 for code in range(256)]].double()  # of the 70 masks with 4 True
    called, got = "random_mask((2, 4), 0.5, generator), 3500 times", f"{counts.min():g} to {counts.max():g} times"
    chi_square = (counts - 50).square().sum() / 50  # 69 on average; above 150 less than once in a million
    expected = "each of the 70 possible masks about 50 times"
    c.true(chi_square < 150, expected=expected, got=got, idea=idea, called=called)
    ### BEGIN HIDDEN TESTS
    for seed, (shape, share) in enumerate((((7, 3), 0.5), ((2, 3, 4, 5), 0.123), ((1, 1), 0.5))):
        mask = c.call(random_mask, shape, share, seeded(seed), idea=exact)
        c.equal(int((~mask).sum()), round(share * math.prod(shape)), called=f"False in a mask of {shape}", idea=exact)
        c.equal(tuple(mask.shape), shape, called=f"the shape of a mask of {shape}", idea=exact)
    ### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 1.3: A masked linear layer
# *2 points, 12 minutes, about 2 lines*
#
# Write a layer that computes $y = x\,(W \odot M)^\top + b$, so that masked weights neither act nor learn, whatever
# training does to $W$. ($\odot$ multiplies weight by weight.)
#
# The layer leaves the given `linear` and its weights as they are. The mask belongs to the layer's *state*, under the
# name `mask` (saved with it, moved with it), but it is no parameter: an optimizer must not change it.
#
# *Example:* $W = [2, 3]$, $M = [1, 0]$, $b = 1$ and $x = [10, 10]$ give $y = 2 \cdot 10 + 0 + 1 = 21$. The gradient of
# the second weight is 0.
#
# <details><summary>Hint 1: the idea</summary>
# Multiply weight and mask anew in every forward pass. Zeroing the weight once in the constructor is not enough: the
# next step of training writes to it.
# </details>
# <details><summary>Hint 2: the call</summary>
# PyTorch's word for state that is not trained is a buffer: <code>self.register_buffer(name, tensor)</code>. The forward
# pass is <code>F.linear(inputs, weight, bias)</code>.
# </details>


# %% exercise="masked_linear"
class MaskedLinear(nn.Module):
    """The layer `linear` without the weights whose `mask` (out, in) is False: (N, in) -> (N, out)."""

    def __init__(self, linear: nn.Linear, mask: Tensor) -> None:
        super().__init__()
        self.linear = linear
        ### BEGIN SOLUTION
        self.register_buffer("mask", mask)
        ### END SOLUTION

    def forward(self, inputs: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        return F.linear(inputs, self.linear.weight * self.mask, self.linear.bias)
        ### END SOLUTION


# %% check="masked_linear" points=2
with check("masked_linear", points=2) as c:
    from torch.nn.utils import prune

    def outputs_of(layer: nn.Module, inputs: Tensor) -> Tensor:
        """The layer's outputs."""
        return layer(inputs)

    product = "y = x (W * M)^T + b: the product with the mask, then the bias if there is one, for each row of x."
    linear = nn.Linear(2, 1)
    linear.weight.data, linear.bias.data = torch.tensor([[2.0, 3.0]]), torch.tensor([1.0])
    layer = c.call(MaskedLinear, linear, torch.tensor([[True, False]]), idea=product, may="share draw")
    outputs = c.call(outputs_of, layer, torch.tensor([[10.0, 10.0], [1.0, 5.0]]), idea=product, may="differentiate")
    called = "MaskedLinear(weight [2, 3], bias 1, mask [1, 0]) of [10, 10] and [1, 5]"
    c.equal(outputs, torch.tensor([[21.0], [3.0]]), called=called, idea=product)

    cases = []  # several layers at a time, each with a mask of its own
    for seed, bias, dtype in ((0, True, torch.float32), (1, False, torch.float32), (2, True, torch.float64)):
        linear = nn.Linear(7, 4, bias=bias, dtype=dtype)
        fill(linear, seeded(seed))
        mask = torch.rand(4, 7, generator=seeded(seed)) < 0.5
        cases.append((linear, mask, c.call(MaskedLinear, linear, mask, idea=product, may="share draw")))

    def compare(layer: nn.Module, linear: nn.Linear, mask: Tensor, rows: int, idea: str) -> None:
        """Check the outputs of `layer` and all gradients against those of torch's own pruned layer."""
        linear.zero_grad()
        oracle = prune.custom_from_mask(copy.deepcopy(linear), "weight", mask)
        inputs = distinct((rows, 7), seeded(rows), linear.weight.dtype).requires_grad_()
        inputs_too = inputs.detach().clone().requires_grad_()
        outputs, want = c.call(outputs_of, layer, inputs, idea=idea, may="differentiate"), oracle(inputs_too)
        what = f"a layer of 7 inputs and 4 outputs, {'without' if linear.bias is None else 'with'} a bias"
        c.equal(outputs, want, called=f"outputs of {what}", idea=idea)
        kept = "The outputs have the dtype of the inputs and the weight."
        c.equal(str(outputs.dtype), str(want.dtype), called=f"dtype of the outputs of {what}", idea=kept)
        c.true(outputs.requires_grad, expected="outputs with a graph", got="none", called=what, idea="Detach nothing.")
        for result in (outputs, want):
            (result * distinct((rows, 4), seeded(5), linear.weight.dtype)).sum().backward()
        learns = "A kept weight of the given layer learns, and its bias; a pruned weight does not: its gradient is 0."
        called = f"gradient of the weight in {what}"
        c.equal(linear.weight.grad, oracle.weight_orig.grad, called=called, idea=learns)
        reaches = "The layers before this one learn, too: through the kept weights the gradient reaches the inputs."
        c.equal(inputs.grad, inputs_too.grad, called=f"gradient of the inputs in {what}", idea=reaches)
        if linear.bias is not None:
            c.equal(linear.bias.grad, oracle.bias.grad, called=f"gradient of the bias in {what}", idea=learns)

    for linear, mask, layer in cases:
        compare(layer, linear, mask, 5, product)
        fill(linear, seeded(9))  # what an optimizer with momentum may do
        compare(layer.eval(), linear, mask, 1, "Training writes to the weight; the mask must hold in every pass.")
        idea = "The mask is saved with the layer, under the name `mask` (look up buffers), but it is not a parameter."
        own = [f"linear.{name}" for name, _ in linear.named_parameters()]
        c.equal(sorted(layer.state_dict()), sorted([*own, "mask"]), called="sorted(layer.state_dict())", idea=idea)
        c.equal(len(list(layer.parameters())), len(own), called="len(list(layer.parameters()))", idea=idea)
        c.equal(layer.state_dict()["mask"].bool(), mask, called='layer.state_dict()["mask"]', idea=idea)
        twin = copy.deepcopy(layer)
        twin.load_state_dict({**layer.state_dict(), "mask": ~mask})
        compare(twin, twin.linear, ~mask, 3, "A mask that is loaded into a copy of the layer takes effect there.")
        compare(layer, linear, mask, 2, "A copy of the layer has a mask of its own.")
    ### BEGIN HIDDEN TESTS
    for seed, bias in ((3, True), (4, False)):
        linear = nn.Linear(7, 4, bias=bias)
        fill(linear, seeded(seed))
        mask = torch.rand(4, 7, generator=seeded(seed)) < 0.5
        compare(MaskedLinear(linear, mask), linear, mask, 3, product)
    ### END HIDDEN TESTS

# %% [markdown]
# What does chance cost? Half of the first layer's weights, chosen at random, are set to zero, with no training
# afterwards. Predict how many of the validation images LeNet-300-100 still labels correctly.

# %%
question = "With half of the first layer's weights zero, what is the validation accuracy (%)?"
half_left = predict("half_left", question, low=0, high=100)


# %%
def accuracy_with_random_mask(share: float, split=data.validation) -> float:
    """Accuracy in per cent of LeNet-300-100 with the given share of its first layer's weights zero."""
    masked = copy.deepcopy(lenet300)
    masked[1] = MaskedLinear(masked[1], random_mask(masked[1].weight.shape, share, seeded(0)))
    return accuracy(masked, split)


shares = [0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0]
random_curve = [accuracy_with_random_mask(share) for share in shares]
fig, (ax,) = figures.figure(width=5.5)
ax.plot(shares, random_curve, "o-", color=figures.KEPT)
ax.axhline(100 / len(data.classes), color=figures.REFERENCE, linestyle=":")
ax.text(0, 100 / len(data.classes), "chance", va="bottom", color=figures.REFERENCE)
ax.set(xlabel="sparsity of the first layer", ylabel="validation accuracy (%)", title="Random masks, no retraining")
ax.set_ylim(0, 100)
half_left.reveal(
    round(random_curve[3], 1),
    f"Dense, {random_curve[0]:.1f} % are right; with half of the weights, {random_curve[3]:.1f} %.",
    fig,
    alt="Validation accuracy against the sparsity of a random mask: a plateau, then a fall to chance.",
    mark=lambda guess, ax=ax: ax.plot(0.5, guess, "x", color=figures.REFERENCE, markersize=10, clip_on=False),
)

# %% [markdown]
# **Reading the figure.** (The cross is your prediction.) With no weight left the network can only guess. From the left,
# how many weights can go, even at random, before the accuracy falls by a few points? The trained layer can spare that
# many.
#
# ## 3 What does a zero save?
#
# The masked layer saves nothing at all: it stores every weight *and* a mask. To save bytes, the zeros must not be
# stored, and then something must say where the other values belong. Dense and five ways to leave zeros out, for a
# matrix of $r$ rows and $c$ columns with $k$ values that are not zero, each of $v$ bytes:
#
# | layout | what is stored |
# |---|---|
# | `dense` | all $rc$ values |
# | `coo` (coordinates) | the $k$ values; a row and a column index of 8 bytes for each |
# | `csr` (compressed rows) | the $k$ values; a column index of 8 bytes for each; $r + 1$ row starts of 8 bytes |
# | `csr32` | the same with indices of 4 bytes |
# | `bitmask` | the $k$ values; one bit for each of the $rc$ positions, rounded up to whole bytes |
# | `2:4` | two of every four neighbours, so $rc/2$ values even if some are zero; 2 bits for each say where it was |
#
# 8-byte indices are PyTorch's default. The 2:4 layout is the one that NVIDIA's sparse tensor cores read (Mishra et al.
# 2021); it holds a matrix only if no four neighbours have more than two values that are not zero. Its positions are
# rounded up to whole bytes, too.
#
# ### Exercise 1.4: Honest bytes
# *3 points, 12 minutes, about 10 lines*
#
# Return the bytes of a `rows` × `columns` matrix with `nonzeros` values that are not zero, in each of the six layouts
# above.
#
# *Example:* a 4 × 4 matrix with 6 values of 4 bytes. Dense: $16 \cdot 4 = 64$. COO: $6 \cdot (4 + 8 + 8) = 120$, more
# than dense. CSR: $6 \cdot (4 + 8) + 5 \cdot 8 = 112$. Bitmask: $6 \cdot 4 + 16/8 = 26$. 2:4 stores 8 values:
# $8 \cdot 4 + 8 \cdot 2/8 = 34$.
#
# <details><summary>Hint 1: the idea</summary>
# For each layout add up two things: the bytes of the stored values, and the bytes that say where they belong. Only the
# second differs between COO, CSR and bitmask.
# </details>
# <details><summary>Hint 2: the call</summary>
# A chain of <code>if layout == "dense": return ...</code> is fine. Whole bytes for n bits are
# <code>math.ceil(n / 8)</code>. For 2:4, half of all positions are stored.
# </details>


# %% exercise="storage_bytes"
def storage_bytes(rows: int, columns: int, nonzeros: int, layout: str, value_bytes: int = 4) -> int:
    """Bytes of a sparse matrix; `layout` is "dense", "coo", "csr", "csr32", "bitmask" or "2:4"."""
    ### BEGIN SOLUTION
    positions, values = rows * columns, nonzeros * value_bytes
    return {
        "dense": positions * value_bytes,
        "coo": values + nonzeros * 2 * 8,
        "csr": values + nonzeros * 8 + (rows + 1) * 8,
        "csr32": values + nonzeros * 4 + (rows + 1) * 4,
        "bitmask": values + math.ceil(positions / 8),
        "2:4": positions // 2 * value_bytes + math.ceil(positions // 2 * 2 / 8),
    }[layout]
    ### END SOLUTION


# %% check="storage_bytes" points=3
with check("storage_bytes", points=3) as c:
    ideas = {
        "dense": "Dense stores every value, zero or not.",
        "coo": "COO stores two indices of 8 bytes beside each value.",
        "csr": "CSR stores one index of 8 bytes beside each value, and one start more than there are rows.",
        "csr32": "csr32 is CSR with every index and every row start in 4 bytes.",
        "bitmask": "A bitmask is one bit a position, in whole bytes, rounded up; then the values.",
        "2:4": "2:4 stores half of all positions, and 2 bits for each stored value, in whole bytes, rounded up.",
    }
    for layout, want in {"dense": 64, "coo": 120, "csr": 112, "csr32": 68, "bitmask": 26, "2:4": 34}.items():
        c.returns(storage_bytes, 4, 4, 6, layout, want=want, idea=ideas[layout])
    for layout, want in {"dense": 32, "coo": 72, "csr": 64, "csr32": 36, "bitmask": 10, "2:4": 18}.items():
        idea = f"{ideas[layout]} A value takes `value_bytes`."
        c.returns(storage_bytes, 2, 8, 4, layout, 2, want=want, idea=idea)
    c.returns(storage_bytes, 3, 3, 1, "bitmask", want=6, idea=ideas["bitmask"])
    # matrices that are really encoded: wide, tall and single ones, of all sizes of values, from empty to full
    types = {1: torch.int8, 2: torch.float16, 4: torch.float32, 8: torch.float64}
    for rows, columns in ((7, 5), (1, 11), (2, 300), (300, 2)):
        for value_bytes, dtype in types.items():
            for kept in (0, rows * columns // 3, rows * columns):
                matrix = torch.zeros(rows, columns, dtype=dtype)
                matrix.view(-1)[torch.randperm(rows * columns, generator=seeded(kept))[:kept]] = 1
                for layout in ("dense", "coo", "csr", "csr32", "bitmask"):
                    want, idea = encoded_bytes(matrix, layout), ideas[layout]
                    c.returns(storage_bytes, rows, columns, kept, layout, value_bytes, want=want, idea=idea)
    for rows, columns in ((1, 4), (3, 12), (2, 300), (300, 4)):
        for value_bytes, dtype in types.items():
            want = encoded_bytes(torch.tensor([0, 1, 1, 0], dtype=dtype).repeat(rows, columns // 4), "2:4")
            for kept in (0, rows * columns // 2):
                c.returns(storage_bytes, rows, columns, kept, "2:4", value_bytes, want=want, idea=ideas["2:4"])
    large = {"dense": 2 * 10**10, "coo": 2 * 10**8, "csr": 120_800_008, "csr32": 80_400_004, "bitmask": 665_000_000}
    for layout, want in (large | {"2:4": 10_625_000_000}).items():
        c.returns(storage_bytes, 100_000, 50_000, 10_000_000, layout, want=want, idea=ideas[layout])
    ### BEGIN HIDDEN TESTS
    stored = torch.eye(6).to_sparse_csr()
    parts = (stored.crow_indices(), stored.col_indices(), stored.values())
    c.returns(storage_bytes, 6, 6, 6, "csr", want=sum(part.nbytes for part in parts), idea=ideas["csr"])
    want = encoded_bytes(torch.tensor([0, 1, 1, 0]).repeat(16, 16).to(torch.int8), "2:4")
    c.returns(storage_bytes, 16, 64, 512, "2:4", 1, want=want, idea=ideas["2:4"])
    c.returns(storage_bytes, 16, 64, 3, "2:4", 1, want=want, idea=ideas["2:4"])
    ### END HIDDEN TESTS

# %% [markdown]
# Is that what a computer really stores? `encoded_bytes` encodes a matrix and counts. Below, the first layer of
# LeNet-300-100 at 90 % sparsity. (2:4 is missing: a mask drawn at random does not keep to its pattern.)

# %%
out_features, in_features = weight.shape
sparse_weight = weight * random_mask((out_features, in_features), 0.9, seeded(0))
print(f"{'layout':<10}{'your formula':>14}{'really stored':>16}{'of dense':>10}")
for layout in ("dense", "coo", "csr", "csr32", "bitmask"):
    yours = storage_bytes(out_features, in_features, int(sparse_weight.count_nonzero()), layout)
    print(f"{layout:<10}{yours:>14,}{encoded_bytes(sparse_weight, layout):>16,}{yours / weight.nbytes:>10.1%}")

# %% [markdown]
# **Reading the table.** Ten times fewer weights is not ten times fewer bytes, in any layout: the indices take their
# share. Reports of "10x compression" that count only values leave this out, so in this course bytes are always reported
# *with* indices.
#
# ### Exercise 1.5: Where does a layout begin to pay?
# *2 points, 10 minutes, about 8 lines*
#
# Return the sparsity $s$ at which the layout takes exactly as many bytes as dense. With $k = (1 - s)\,rc$, solve
#
# $$\text{row starts or bits} + k \cdot (\text{bytes of a value and its indices}) = rc \cdot v .$$
#
# *Example:* COO with $v = 4$ has no fixed part and spends 20 bytes on each value where dense spends 4. It breaks even
# when one value in five is kept: $s = 0.8$. Nothing is rounded here: $k$ need not be a whole number, and the
# bitmask's bits are $rc/8$ bytes.
#
# <details><summary>Hint 1: the idea</summary>
# Write down for each layout the fixed bytes and the bytes for each stored value. Solve for k, then
# s = 1 - k / (rows * columns).
# </details>
# <details><summary>Hint 2: the call</summary>
# For CSR the fixed part is <code>8 * (rows + 1)</code> and each value takes <code>8 + value_bytes</code>. For the
# bitmask they are <code>rows * columns / 8</code> and <code>value_bytes</code>.
# </details>


# %% exercise="break_even"
def break_even(rows: int, columns: int, layout: str, value_bytes: int = 4) -> float:
    """Sparsity at which "coo", "csr", "csr32" or "bitmask" takes as many bytes as dense."""
    ### BEGIN SOLUTION
    positions = rows * columns
    fixed, each = {
        "coo": (0, 16 + value_bytes),
        "csr": (8 * (rows + 1), 8 + value_bytes),
        "csr32": (4 * (rows + 1), 4 + value_bytes),
        "bitmask": (positions / 8, value_bytes),
    }[layout]
    kept = (positions * value_bytes - fixed) / each
    return 1 - kept / positions
    ### END SOLUTION


# %% check="break_even" points=2
with check("break_even", points=2) as c:
    idea = "Bytes of the layout = bytes of dense; solve for the kept values k, then s = 1 - k / (rows * columns)."
    parts = {
        "coo": "Each value has two indices of 8 bytes.",
        "csr": "Each value has an index of 8 bytes; the rows + 1 row starts are fixed bytes.",
        "csr32": "Each value has an index of 4 bytes; the rows + 1 row starts are fixed bytes.",
        "bitmask": "The bitmask itself is fixed bytes: a bit a position.",
    }
    whole = "Round nothing: k need not be a whole number, nor need the bytes of the bitmask."
    for layout, want in {"coo": 0.8, "csr": 0.7, "csr32": 0.525, "bitmask": 1 / 32}.items():
        c.returns(break_even, 4, 25, layout, want=want, idea=f"{idea} {parts[layout]} {whole}")
    c.returns(break_even, 10, 10, "coo", 2, want=8 / 9, idea=f"{idea} Smaller values make indices more expensive.")
    for rows, columns in ((1, 9), (5, 5), (3, 7)):  # bits that do not fill whole bytes
        for value_bytes, want in {1: 1 / 8, 2: 1 / 16, 4: 1 / 32, 8: 1 / 64}.items():
            c.returns(break_even, rows, columns, "bitmask", value_bytes, want=want, idea=f"{idea} {whole}")
    for rows, columns, layout, want in ((1000, 1000, "csr", 0.667334), (1000, 16, "csr32", 0.53128125)):
        c.returns(break_even, rows, columns, layout, want=want, idea=f"{idea} {parts[layout]} {whole}")
    # an empty and a full matrix, really encoded, tell the fixed bytes and those of each value
    types = {1: torch.int8, 2: torch.float16, 4: torch.float32, 8: torch.float64}
    for rows, columns in ((1, 24), (3, 40), (64, 17), (8, 300)):
        for value_bytes, dtype in types.items():
            for layout in ("coo", "csr", "csr32", "bitmask"):
                full = torch.ones(rows, columns, dtype=dtype)
                dense, fixed = encoded_bytes(full, "dense"), encoded_bytes(torch.zeros_like(full), layout)
                want = 1 - (dense - fixed) / (encoded_bytes(full, layout) - fixed)
                reread = f"{idea} {parts[layout]} {whole}"
                c.returns(break_even, rows, columns, layout, value_bytes, want=want, idea=reread)
                if value_bytes == 4:  # what is taken where nothing is said
                    c.returns(break_even, rows, columns, layout, want=want, idea=reread)
    ### BEGIN HIDDEN TESTS
    for value in (torch.float16, torch.float32, torch.float64):
        for layout in ("coo", "csr", "csr32", "bitmask"):
            matrix = torch.zeros(16, 40, dtype=value)
            dense = encoded_bytes(matrix, "dense")
            while encoded_bytes(matrix, layout) <= dense and matrix.count_nonzero() < matrix.numel():
                matrix.view(-1)[int(matrix.count_nonzero())] = 1  # keep one value more
            got = break_even(16, 40, layout, value.itemsize)
            kept = (1 - got) * matrix.numel()
            c.true(
                matrix.count_nonzero() - 1.001 <= kept <= matrix.count_nonzero() + 0.001,
                expected=f"the sparsity at which really encoding in {layout} stops to pay",
                got=got,
                idea=idea,
                called=f"break_even(16, 40, {layout!r}, {value.itemsize})",
            )
    ### END HIDDEN TESTS

# %% [markdown]
# Now play with it. The slider changes the sparsity, the menu the type of the values.
#
# **Try:** Which layout is the smallest at 50 %, at 90 %, at 99 %? What happens to every break-even when the values
# shrink from 4 bytes to 1? At 50 %, 2:4 and the bitmask take the same bytes: why does only one of them shrink from
# there on?

# %%
HonestBytes(elements=weight.numel(), rows=out_features)

# %% [markdown]
# ## 4 How does one multiply with a matrix that is not there?
#
# CSR (compressed sparse rows) is the workhorse of sparse computing. It reads a matrix row by row and keeps three lists:
#
# - `values`: the values that are not zero,
# - `columns`: the column of each,
# - `starts`: where each row starts in these lists, and at the end their length. Row $i$ is
#   `values[starts[i]:starts[i + 1]]`; an empty row starts where the next one does.
#
# ### Exercise 1.6: Encode a matrix in CSR
# *2 points, 10 minutes, about 5 lines*
#
# Return the tensors `(starts, columns, values)` of a matrix; starts and columns hold integers, even if there are none,
# and values keep the dtype of the matrix. Write it without torch's own sparse tensors: they are what the check compares
# with.
#
# *Example:*
#
# $$\begin{pmatrix} 5 & 0 & 0 \\ 0 & 0 & 0 \\ 7 & 0 & 8 \end{pmatrix} \;\rightarrow\; \text{starts} = [0, 1, 1, 3],\;
# \text{columns} = [0, 0, 2],\; \text{values} = [5, 7, 8].$$
#
# <details><summary>Hint 1: the idea</summary>
# How many values does each row have? The running total of these counts, with a 0 in front, is <code>starts</code>.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>(matrix != 0).sum(1).cumsum(0)</code> is the running total; <code>torch.cat</code> with
# <code>torch.zeros(1, dtype=torch.int64)</code> puts a zero in front.
# <code>matrix.nonzero(as_tuple=True)</code> gives the row and column of each value, row by row.
# </details>


# %% exercise="csr_encode"
def csr_encode(matrix: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Row starts (rows + 1,), column indices (k,) and values (k,) of a matrix (rows, columns)."""
    ### BEGIN SOLUTION
    rows, columns = matrix.nonzero(as_tuple=True)
    totals = (matrix != 0).sum(1).cumsum(0)
    starts = torch.cat([torch.zeros(1, dtype=totals.dtype), totals])
    return starts, columns, matrix[rows, columns]
    ### END SOLUTION


# %% check="csr_encode" points=2
with check("csr_encode", points=2) as c:
    ideas = {
        "starts": "starts are integers: a running total of the values in each row, 0 in front, empty rows counted.",
        "columns": "columns are integers: the column of each value, row by row from left to right.",
        "values": "values are those that are not zero, row by row from left to right, small and negative ones too.",
    }

    def compare(matrix: Tensor, *want: Tensor) -> None:
        """Check the three tensors that csr_encode gives for `matrix`."""
        parts = c.call(csr_encode, matrix)
        c.equal(len(parts), 3, called=f"len(csr_encode({describe(matrix)}))", idea="Return starts, columns and values.")
        for (name, idea), part, expected in zip(ideas.items(), parts, want, strict=True):
            c.equal(part, expected, called=f"{name} of csr_encode({describe(matrix)})", idea=idea)
        called, idea = f"dtype of the values of csr_encode({describe(matrix)})", "The values keep the matrix's dtype."
        c.equal(str(parts[2].dtype), str(matrix.dtype), called=called, idea=idea)

    matrix = torch.tensor([[5.0, 0.0, 0.0], [0.0, 0.0, 0.0], [7.0, 0.0, 8.0]])
    compare(matrix, torch.tensor([0, 1, 1, 3]), torch.tensor([0, 0, 2]), torch.tensor([5.0, 7.0, 8.0]))
    matrix = torch.tensor([[0.0, -1.0, 0.0, 1e-30]])
    compare(matrix, torch.tensor([0, 2]), torch.tensor([1, 3]), torch.tensor([-1.0, 1e-30]))
    for seed, (rows, columns) in enumerate(((6, 9), (9, 5), (1, 7), (7, 1), (2, 300), (300, 2), (1, 40_000))):
        matrix = distinct((rows, columns), seeded(seed), torch.float64)
        matrix *= torch.rand(rows, columns, generator=seeded(seed)) < 0.4
        tall = F.pad(matrix, (1, 1, 2, 1))  # the first and the last rows and columns are empty
        for case in (matrix, matrix.float(), matrix.float().T, tall, torch.zeros(rows, columns)):
            stored = case.to_sparse_csr()
            compare(case, stored.crow_indices(), stored.col_indices(), stored.values())
    full = distinct((3, 4), seeded(9))
    compare(full, torch.tensor([0, 4, 8, 12]), torch.arange(4).repeat(3), full.flatten())
    ### BEGIN HIDDEN TESTS
    for seed, shape in enumerate(((6, 9), (1, 1), (9, 2), (4, 4))):
        matrix = torch.randn(shape, generator=seeded(seed)) * (torch.rand(shape, generator=seeded(seed)) < 0.3)
        for case in (matrix, matrix.double().T, torch.zeros(shape)):
            stored = case.to_sparse_csr()
            compare(case, stored.crow_indices(), stored.col_indices(), stored.values())
    ### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 1.7: Multiply, and count
# *2 points, 10 minutes, about 6 lines*
#
# Return the product of a CSR matrix with a dense vector, and the number of multiplications it took:
#
# $$y_i = \sum_{p = \text{starts}[i]}^{\text{starts}[i+1] - 1}
# \text{values}[p] \cdot x[\text{columns}[p]] \qquad (x = \text{vector}).$$
#
# $y$ has the dtype of the values. The columns of a row may come in any order, and one may come twice.
#
# *Example:* the matrix of exercise 1.6 times $x = [1, 10, 100]$ is $y = [5, 0, 807]$, with 3 multiplications; a dense
# product takes 9.
#
# <details><summary>Hint 1: the idea</summary>
# One row at a time: its values, times those elements of the vector that its columns name. Each stored value is used
# exactly once.
# </details>
# <details><summary>Hint 2: the call</summary>
# With <code>part = slice(starts[i], starts[i + 1])</code>, row i is <code>values[part] @ vector[columns[part]]</code>.
# </details>


# %% exercise="csr_matvec"
def csr_matvec(starts: Tensor, columns: Tensor, values: Tensor, vector: Tensor) -> tuple[Tensor, int]:
    """Product (rows,) of a CSR matrix with `vector` (columns,), and its number of multiplications."""
    ### BEGIN SOLUTION
    products = torch.zeros(len(starts) - 1, dtype=values.dtype)
    for row in range(len(products)):
        part = slice(starts[row], starts[row + 1])
        products[row] = values[part] @ vector[columns[part]]
    return products, len(values)
    ### END SOLUTION


# %% check="csr_matvec" points=2
with check("csr_matvec", points=2) as c:
    starts, positions = torch.tensor([0, 1, 1, 3]), torch.tensor([0, 0, 2])
    values, vector = torch.tensor([5.0, 7.0, 8.0]), torch.tensor([1.0, 10.0, 100.0])
    idea = "Row i: sum of values[p] * vector[columns[p]] for p from starts[i] to starts[i + 1] - 1; one product each."
    c.returns(csr_matvec, starts, positions, values, vector, want=(torch.tensor([5.0, 0.0, 807.0]), 3), idea=idea)
    wide = (torch.tensor([0, 2]), torch.tensor([1, 3]), torch.tensor([-1.0, 2.0]), torch.tensor([9.0, 4.0, 9.0, 3.0]))
    c.returns(csr_matvec, *wide, want=(torch.tensor([2.0]), 2), idea=idea)
    wide[3][0] = math.inf
    unread = f"{idea} An element of the vector that no column names is not used."
    c.returns(csr_matvec, *wide, want=(torch.tensor([2.0]), 2), idea=unread)
    twice = (torch.tensor([0, 3, 5]), torch.tensor([2, 0, 2, 1, 1]), torch.tensor([1.0, -2.0, 3.0, 4.0, 5.0]))
    order = f"{idea} Columns come in any order, and one may come twice."
    want = (torch.tensor([398.0, 90.0]), 5)
    c.returns(csr_matvec, *twice, vector, want=want, idea=order)
    for seed, (rows, columns) in enumerate(((6, 9), (9, 5), (1, 7), (7, 1), (2, 300), (300, 2))):
        for dtype in (torch.float32, torch.float64):
            matrix = distinct((rows, columns), seeded(seed), dtype)
            matrix *= torch.rand(rows, columns, generator=seeded(seed)) < 0.4
            vector = distinct((columns,), seeded(seed + 1), dtype)
            vector[::3] = 0  # a product with a zero of the vector counts, too
            for case in (matrix, F.pad(matrix, (0, 0, 2, 1)), torch.zeros_like(matrix)):  # rows that are empty
                stored = case.to_sparse_csr()
                parts = (stored.crow_indices(), stored.col_indices(), stored.values())
                want = (case @ vector, int(case.count_nonzero()))
                product, _ = c.returns(csr_matvec, *parts, vector, want=want, idea=idea)
                called = f"dtype of the product of csr_matvec(..., values of {dtype}, vector of {dtype})"
                c.equal(str(product.dtype), str(dtype), called=called, idea="The product has the dtype of the values.")
    ### BEGIN HIDDEN TESTS
    for seed, shape in enumerate(((6, 9), (1, 1), (9, 2), (4, 4))):
        matrix = torch.randn(shape, generator=seeded(seed), dtype=torch.float64)
        matrix *= torch.rand(shape, generator=seeded(seed)) < 0.4
        stored, vector = matrix.to_sparse_csr(), torch.randn(shape[1], generator=seeded(9), dtype=torch.float64)
        want = (matrix @ vector, int(matrix.count_nonzero()))
        parts = (stored.crow_indices(), stored.col_indices(), stored.values())
        c.returns(csr_matvec, *parts, vector, want=want, idea=idea)
    ### END HIDDEN TESTS

# %% [markdown]
# Ten times fewer multiplications: ten times faster? Predict, then measure your CSR product, torch's and torch's dense
# one at 90 % sparsity. They take turns, so that a busy moment of the machine hits all.

# %%
question = "At 90 % sparsity, how many times as fast as torch's dense product is your CSR product (1: equally fast)?"
csr_speed = predict("csr_speed", question)

# %%
encoded, pixels = csr_encode(sparse_weight), torch.rand(in_features)
torch_csr = sparse_weight.to_sparse_csr()
products = {
    "dense": lambda: sparse_weight @ pixels,
    "your CSR": lambda: csr_matvec(*encoded, pixels),
    "torch's CSR": lambda: torch_csr @ pixels,
}


def seconds(product) -> float:
    """Seconds that one call of `product` takes."""
    begin = time.perf_counter()
    product()
    return time.perf_counter() - begin


rounds = [{name: seconds(product) for name, product in products.items()} for _ in range(15)]
speedups = {name: sorted(one["dense"] / one[name] for one in rounds)[7] for name in products}  # medians
csr_product, multiplications = products["your CSR"]()
print(f"largest difference of the products: {(sparse_weight @ pixels - csr_product).abs().max():.1e}")
print(f"multiplications: {multiplications:,} instead of {weight.numel():,}")
ours, theirs = (speedups[name] for name in ("your CSR", "torch's CSR"))
csr_speed.reveal(round(ours, 4), f"Your CSR is {ours:.3f}x as fast as dense, torch's CSR {theirs:.3f}x.")

# %% [markdown]
# **Reading the numbers.** The multiplications that you save are saved for sure; the time is another matter. Your loop
# runs in Python, row by row, and torch's own CSR kernel, too, must fetch an index before each value and jump about in
# the vector. What does that cost here? Lab 09 measures when sparse code is faster. Until then: *fewer operations is a
# count, faster is a measurement.*
#
# How much time does a zero save in your own loop? The slider below runs **your** `random_mask`, `csr_encode` and
# `csr_matvec` each time you let go of the handle: ten rows of the layer with that fraction of zeros, taking turns with
# the same rows as they are.
#
# **Try:** Which of the two bars follows the zeros? At 100 % nothing is left to multiply: what does your loop still do?


# %%
def csr_cost(zeros: float, ax) -> str:
    """Draw which fraction of its multiplications and its time your CSR product still takes; the same in words."""
    cut = csr_encode(few_rows * random_mask(tuple(few_rows.shape), zeros, seeded(0)))
    whole = csr_encode(few_rows)
    ratios = [
        seconds(lambda: csr_matvec(*cut, pixels)) / seconds(lambda: csr_matvec(*whole, pixels)) for _ in range(31)
    ]
    operations = csr_matvec(*cut, pixels)[1] / csr_matvec(*whole, pixels)[1]
    duration = sorted(ratios)[15]  # the median
    ax.barh(["time", "multiplications"], [duration, operations], color=[figures.PRUNED, figures.KEPT])
    ax.set(
        xlim=(0, 1.5),
        xlabel="fraction of what the rows take as they are",
        title=f"Your CSR product at {zeros:.0%} zeros",
    )
    taken = f"{operations:.0%} of the multiplications and {duration:.0%} of the time"
    return f"At {zeros:.0%} zeros your CSR product takes {taken} that the rows take as they are."


few_rows = weight[:10]
explore(csr_cost, "fraction of zeros", [0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 1.0], start=0.6)

# %% [markdown]
# ## 5 Which shapes can zeros take?
#
# The finer the pattern (its **granularity**), the freer the choice of what to remove; the coarser, the better for
# hardware. For a convolution's weight of shape (out, in, kh, kw):
#
# - **weight**: any single weight may go (*unstructured*),
# - **N:M**: of every M neighbours along the inputs N stay,
# - **kernel**: a whole kh × kw kernel goes, the part of a filter that reads one input channel,
# - **filter**: a whole filter goes, and with it an output channel (*structured*: the tensor really gets smaller).
#
# To choose what goes, give each weight a score and remove the groups with the lowest total. Here the score is the
# magnitude; lab 02 asks whether that is wise.
#
# ### Exercise 1.8: Masks by granularity
# *2 points, 15 minutes, about 8 lines*
#
# Return a boolean mask in the shape of `scores` that removes the `round(sparsity * groups)` groups with the lowest
# sum of scores, over the whole layer. Scores may be negative. Where sums are equal, either group may go, but the count
# stays exact.
#
# *Example:* a layer of two filters, each with one 1 × 2 kernel, has scores `[1, 7]` and `[5, 4]`. At sparsity 0.5,
# granularity `"weight"` removes the scores 1 and 4; `"filter"` removes the first filter, since $1 + 7 < 5 + 4$.
#
# <details><summary>Hint 1: the idea</summary>
# Sum the scores of each group: over the last two dimensions for "kernel", over the last three for "filter"; for
# "weight" there is nothing to sum. Choose the lowest sums, then give every weight the verdict of its group.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>scores.sum((2, 3), keepdim=True)</code> keeps the dimensions, so <code>expand(scores.shape)</code> can spread
# the verdict. For "weight" leave the sum out: a sum over no dimensions is one over all of them.
# <code>groups.flatten().argsort()[:count]</code> are the positions of the lowest groups.
# </details>


# %% exercise="group_mask"
def group_mask(scores: Tensor, sparsity: float, granularity: str) -> Tensor:
    """Mask (out, in, kh, kw) without the lowest-scored "weight", "kernel" or "filter" groups of a layer."""
    ### BEGIN SOLUTION
    dims = {"weight": (), "kernel": (2, 3), "filter": (1, 2, 3)}[granularity]
    sums = scores.sum(dims, keepdim=True) if dims else scores
    kept = torch.ones(sums.numel(), dtype=torch.bool)
    kept[sums.flatten().argsort()[: round(sparsity * sums.numel())]] = False
    return kept.reshape(sums.shape).expand(scores.shape)
    ### END SOLUTION


# %% check="group_mask" points=2
with check("group_mask", points=2) as c:
    scores = torch.tensor([1.0, 7.0, 5.0, 4.0]).reshape(2, 1, 1, 2)
    sums = "A group is judged by the sum of its scores; the lowest go, and every weight shares its group's verdict."
    want = torch.tensor([False, True, True, False]).reshape(2, 1, 1, 2)
    c.returns(group_mask, scores, 0.5, "weight", want=want, idea=sums)
    want = torch.tensor([False, False, True, True]).reshape(2, 1, 1, 2)
    c.returns(group_mask, scores, 0.5, "filter", want=want, idea=sums)
    scores = torch.tensor([[1.0, 2.0], [3.0, 9.0]]).reshape(2, 2, 1, 1).expand(2, 2, 1, 3)
    want = torch.tensor([[False, False], [True, True]]).reshape(2, 2, 1, 1).expand(2, 2, 1, 3)
    across = f"{sums} All groups of the layer compete with each other."
    c.returns(group_mask, scores, 0.5, "kernel", want=want, idea=across)

    def judge(scores: Tensor, share: float, granularity: str, groups: int) -> None:
        """Check the kind of a mask, that its groups are whole, how many go, and that these have the lowest sums."""
        called = f"group_mask({describe(scores)}, {share:.6g}, {granularity!r})"
        mask = c.call(group_mask, scores, share, granularity, idea=sums)
        right_kind = isinstance(mask, Tensor) and mask.dtype == torch.bool and mask.shape == scores.shape
        expected = f"a boolean tensor of shape {tuple(scores.shape)}"
        c.true(right_kind, expected=expected, got=mask, idea=sums, called=called)
        kept, totals = mask.reshape(groups, -1), scores.double().reshape(groups, -1).sum(1)
        parted = int((kept.any(1) & ~kept.all(1)).sum())
        got = f"{parted} groups of which only a part goes"
        c.true(parted == 0, expected="groups that stay or go as a whole", got=got, idea=sums, called=called)
        gone, removed = ~kept.all(1), round(share * groups)
        idea = "Exactly round(sparsity * groups) groups go, as Python's `round` rounds, also when sums are equal."
        expected, got = f"{removed} of {groups} groups removed", f"{int(gone.sum())} removed"
        c.true(gone.sum() == removed, expected=expected, got=got, idea=idea, called=called)
        if 0 < removed < groups:
            lowest, highest = totals[~gone].min(), totals[gone].max()
            expected, got = "no sum removed that is above one that is kept", f"{highest:g} removed, {lowest:g} kept"
            idea = f"{across} A score may be negative."
            c.true(highest <= lowest, expected=expected, got=got, idea=idea, called=called)

    for seed, shape in enumerate(((4, 3, 2, 5), (1, 4, 3, 3), (6, 2, 1, 1))):
        wide, equal = distinct(shape, seeded(seed)), tied(shape, seeded(seed))  # of both signs
        for granularity, groups in {"weight": wide.numel(), "kernel": shape[0] * shape[1], "filter": shape[0]}.items():
            for share in (*fractions(groups), 0.29):
                for scores in (wide, equal):
                    judge(scores, share, granularity, groups)
            negative = -wide.abs() * 2.0**100
            for scores in (wide.double(), wide.transpose(2, 3), wide * 2.0**-20, negative, torch.ones(shape)):
                judge(scores, 0.4, granularity, groups)
    ### BEGIN HIDDEN TESTS
    from torch.nn.utils import prune

    def pruned(method, **options) -> Tensor:
        layer = nn.Conv2d(1, 1, 1)
        layer.weight = nn.Parameter(scores.clone(memory_format=torch.contiguous_format))
        return method(layer, "weight", share, **options).weight_mask.bool()

    cases = ((0.5, (6, 4, 3, 3)), (0.25, (8, 5, 1, 1)), (0.0, (2, 2, 2, 2)), (1.0, (2, 2, 2, 2)))
    for seed, (share, shape) in enumerate(cases):
        scores = torch.rand(shape, generator=seeded(seed), dtype=torch.float64).transpose(2, 3)
        c.returns(group_mask, scores, share, "weight", want=pruned(prune.l1_unstructured), idea=sums)
        c.returns(group_mask, scores, share, "filter", want=pruned(prune.ln_structured, n=1, dim=0), idea=sums)
        ranks = scores.sum((2, 3)).flatten().argsort().argsort().reshape(shape[:2])
        want = (ranks >= round(share * ranks.numel()))[:, :, None, None].expand(scores.shape)
        c.returns(group_mask, scores, share, "kernel", want=want, idea=sums)
    ### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 1.9: N:M masks
# *2 points, 10 minutes, about 4 lines*
#
# Return a mask that keeps the `n` highest scores of every `m` neighbours in a row.
#
# *Example:* 2:4 on the row `[9, 8, 7, 6 | 1, 4, 2, 3]` keeps 9 and 8, then 4 and 3, although 7 and 6 are larger:
# `[True, True, False, False, False, True, False, True]`. The number of columns is a multiple of `m`; ties may fall
# either way, but exactly `n` stay. Scores may be negative.
#
# <details><summary>Hint 1: the idea</summary>
# Give the groups a dimension of their own, choose within it, and undo the reshape.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>scores.reshape(rows, -1, m).topk(n).indices</code> are the winners of each group;
# <code>scatter(-1, indices, True)</code> writes them into a mask of zeros.
# </details>


# %% exercise="n_m_mask"
def n_m_mask(scores: Tensor, n: int, m: int) -> Tensor:
    """Boolean mask (out, in) with the n highest scores of every m neighbours along a row."""
    ### BEGIN SOLUTION
    groups = scores.reshape(len(scores), -1, m)
    kept = torch.zeros(groups.shape, dtype=torch.bool)
    return kept.scatter(-1, groups.topk(n).indices, True).reshape(scores.shape)
    ### END SOLUTION


# %% check="n_m_mask" points=2
with check("n_m_mask", points=2) as c:
    scores = torch.tensor([[9.0, 8.0, 7.0, 6.0, 1.0, 4.0, 2.0, 3.0]])
    want = torch.tensor([[True, True, False, False, False, True, False, True]])
    idea = "Each run of m neighbours in a row keeps its n highest scores, whatever the other groups hold."
    c.returns(n_m_mask, scores, 2, 4, want=want, idea=idea)
    scores = torch.tensor([[4.0, 1.0, 2.0], [0.0, 5.0, 9.0]])
    want = torch.tensor([[True, False, True], [False, True, True]])
    c.returns(n_m_mask, scores, 2, 3, want=want, idea=idea)

    def judge(scores: Tensor, n: int, m: int) -> None:
        """Check the kind of a mask, how many of each group stay, and that these have the highest scores."""
        called = f"n_m_mask({describe(scores)}, {n}, {m})"
        mask = c.call(n_m_mask, scores, n, m, idea=idea)
        right_kind = isinstance(mask, Tensor) and mask.dtype == torch.bool and mask.shape == scores.shape
        expected = f"a boolean tensor of shape {tuple(scores.shape)}"
        c.true(right_kind, expected=expected, got=mask, idea=idea, called=called)
        groups, kept = scores.reshape(-1, m), mask.reshape(-1, m)
        counts, counted = kept.sum(1), "Exactly n of m stay, also when scores are equal or negative."
        got = f"{counts.min()} to {counts.max()} True"
        c.true((counts == n).all(), expected=f"{n} True in every {m} neighbours", got=got, idea=counted, called=called)
        lowest, highest = groups.where(kept, math.inf).amin(1), groups.where(~kept, -math.inf).amax(1)
        wrong = (lowest < highest).nonzero().flatten().tolist()
        got = f"{describe(kept[wrong[0]])} for {describe(groups[wrong[0]])}" if wrong else ""
        c.true(not wrong, expected=f"True for the {n} highest of {m} neighbours", got=got, idea=idea, called=called)

    for seed, (n, m) in enumerate(((2, 4), (1, 4), (3, 4), (1, 2), (2, 3), (4, 8), (4, 4), (1, 1))):
        wide, equal = distinct((5, 3 * m), seeded(seed)), tied((5, 3 * m), seeded(seed))  # of both signs
        for scores in (wide, equal, distinct((3 * m, 5), seeded(seed)).T, wide[:1], wide.double()):
            judge(scores, n, m)
        for scores in (wide * 1e-6, wide * 1e30, -wide.abs() * 1e30, torch.ones(3, 2 * m), torch.zeros(3, 2 * m)):
            judge(scores, n, m)
    ### BEGIN HIDDEN TESTS
    for seed, (n, m, shape) in enumerate(
        ((2, 4, (8, 16)), (1, 4, (5, 8)), (4, 8, (3, 24)), (4, 4, (2, 4)), (1, 1, (3, 3)))
    ):
        scores = torch.rand(shape[::-1], generator=seeded(seed), dtype=torch.float64).T
        want = torch.zeros(shape, dtype=torch.bool)
        for row in range(shape[0]):
            for start in range(0, shape[1], m):
                best = scores[row, start : start + m].argsort(descending=True)[:n]
                want[row, start + best] = True
        c.returns(n_m_mask, scores, n, m, want=want, idea=idea)
    ### END HIDDEN TESTS

# %% [markdown]
# The second convolution of LeNet-5 at 50 % sparsity, in each pattern:

# %%
filters = lenet5.features[3].weight.detach()  # (50, 20, 5, 5)
scores = filters.abs()
patterns = {name: group_mask(scores, 0.5, name) for name in ("weight", "kernel", "filter")}
by_input = scores.movedim(1, -1)  # (50, 5, 5, 20): neighbours are input channels, as hardware wants them
patterns["2:4"] = n_m_mask(by_input.flatten(0, 2), 2, 4).reshape(by_input.shape).movedim(-1, 1)
fig, axes = figures.figure(columns=4, width=3)
for ax, (name, mask) in zip(axes, patterns.items(), strict=True):
    share = 1 - scores[mask].sum() / scores.sum()
    figures.plot_mask(mask[:, :4], ax, title=f"{name}: {share:.0%} of the magnitude lost")
fig.suptitle("Second convolution of LeNet-5, half of it pruned: kept blue, pruned orange")
figures.show(
    fig, alt="Masks of a convolution at 50 % sparsity by weight, kernel, filter and 2:4: from dust to whole rows."
)

# %% [markdown]
# **Reading the figure.** Each mask removes half of the weights (four input channels are shown; a row is a filter), but
# the coarser the pattern, the more magnitude it costs: `weight` may choose freely, `filter` must take the good with the
# bad.
#
# **Try:** Paint the layer yourself. Under "filters", how many of them go at 90 %? Compare the picture of single
# weights at 50 % with that of kernels: what can you still recognise? Step through the N:M patterns: why does the
# achieved sparsity move in jumps?

# %%
MaskPainter(filters)

# %% [markdown]
# ## 6 What does fetching a weight cost?
#
# Energy of one operation on 32 bits in a 45 nm chip (Horowitz 2014; as quoted by Han et al. 2015):
#
# | operation | picojoules |
# |---|---|
# | float addition | 0.9 |
# | float multiplication | 3.7 |
# | fetch from on-chip SRAM (32 kB) | 5 |
# | fetch from DRAM | 640 |
#
# AlexNet has 61 million weights. To label one image each must be fetched at least once. Han et al. (2015) pruned it
# to a ninth, and spent 5 bits on the position of each remaining weight in its linear layers, which hold nearly all of
# them.
#
# ### Exercise 1.10: Energy of fetching a network
# *2 points, 8 minutes, about 2 lines*
#
# Return the energy, in millijoules, of fetching all kept weights once: each is 32 bits and `index_bits` bits that say
# where it belongs, and every 32 bits cost `picojoules`. Round nothing.
#
# *Example:* one million dense weights (`index_bits=0`) from DRAM:
# $10^6 \cdot 640\ \text{pJ} = 6.4 \cdot 10^8\ \text{pJ} = 0.64\ \text{mJ}$.
#
# <details><summary>Hint 1: the idea</summary>
# How many weights are kept? How many bits is that, with their indices? How many times 32 bits?
# </details>
# <details><summary>Hint 2: the call</summary>
# Multiplication and division only. One picojoule is 1e-12 joules, so it is 1e-9 millijoules.
# </details>


# %% exercise="fetch_energy"
def fetch_energy(weights: int, sparsity: float, index_bits: int, picojoules: float) -> float:
    """Millijoules to fetch the kept weights and their indices once, at `picojoules` for 32 bits."""
    ### BEGIN SOLUTION
    kept = weights * (1 - sparsity)
    return kept * (32 + index_bits) / 32 * picojoules * 1e-9
    ### END SOLUTION


# %% check="fetch_energy" points=2
with check("fetch_energy", points=2) as c:
    idea = "How many bits are fetched, indices included? What do 32 of them cost, and how small is a picojoule?"
    c.returns(fetch_energy, 1_000_000, 0.0, 0, 640.0, want=0.64, idea=idea)
    c.returns(fetch_energy, 1_000_000, 0.75, 16, 640.0, want=0.24, idea=f"{idea} Only kept weights have an index.")
    c.returns(fetch_energy, 2_000_000, 0.5, 0, 5.0, want=0.005, idea=f"{idea} SRAM has a price of its own.")
    exact = f"{idea} Round nothing: neither the bits of an index, nor the weights, nor the energy."
    cases = [  # weights, sparsity, bits of an index, picojoules; millijoules
        (1000, 0.5, 8, 32.0, 2e-5),
        (1000, 0.5, 1, 64.0, 3.3e-5),
        (64, 0.875, 13, 4.0, 4.5e-8),
        (10, 0.25, 5, 32.0, 2.775e-7),
        (3, 0.5, 40, 640.0, 2.16e-6),
        (10_000, 0.9, 4, 5.0, 5.625e-6),
        (32_000_000, 0.99, 31, 0.5, 3.15e-4),
        (10**9, 0.9, 64, 640.0, 192.0),
        (10, 1.0, 4, 5.0, 0.0),
    ]
    for *given, want in cases:
        c.returns(fetch_energy, *given, want=want, idea=exact, atol=1e-15)
    ### BEGIN HIDDEN TESTS
    c.returns(fetch_energy, 61_000_000, 1 - 1 / 9, 5, 640.0, want=61e6 / 9 * 37 / 32 * 640e-9, idea=idea)
    ### END HIDDEN TESTS

# %%
alexnet = 61_000_000
energies = {
    "dense, DRAM": fetch_energy(alexnet, 0, 0, 640),
    "9x pruned, DRAM": fetch_energy(alexnet, 1 - 1 / 9, 5, 640),
    "dense, SRAM": fetch_energy(alexnet, 0, 0, 5),
    "9x pruned, SRAM": fetch_energy(alexnet, 1 - 1 / 9, 5, 5),
}
fig, (ax,) = figures.figure(width=7)
bars = ax.barh(list(energies), list(energies.values()), color=[figures.REFERENCE, figures.KEPT] * 2)
ax.bar_label(bars, [f"{value:.3g} mJ" for value in energies.values()], padding=4)
ax.set(xscale="log", xlabel="estimated energy for one image (mJ, logarithmic)", title="Fetching AlexNet's weights")
ax.set_xlim(right=3 * max(energies.values()))
figures.show(fig, alt="Estimated energy of fetching AlexNet's weights, dense and pruned, from DRAM and from SRAM.")

# %% [markdown]
# **Reading the figure.** Pruning saves a factor of nearly eight, but *where* the weights lie is worth a factor of 128.
# No 32 kB hold AlexNet, so the SRAM bars are a promise: pruning's greatest gift is a network small enough for a nearer
# memory. These are estimates from published prices, not measurements.
#
# ## What you measured
#
# First your predictions, each beside what came.

# %%
compare_predictions()

# %% [markdown]
# Then all in one place, from your own functions; the test images are read here and nowhere else.

# %%
test_dense, test_half = accuracy_with_random_mask(0.0, data.test), accuracy_with_random_mask(0.5, data.test)
bitmask_share = encoded_bytes(sparse_weight, "bitmask") / weight.nbytes
measured = [
    ("Weights of the trained first layer that are exactly zero", f"{sparsity(weight):.1%}"),
    ("Test accuracy, dense", f"{test_dense:.1f} %"),
    ("Test accuracy, half of the first layer removed at random", f"{test_half:.1f} %"),
    ("Bytes at 90 % sparsity, bitmask, of dense", f"{bitmask_share:.1%}"),
    ("CSR (64-bit indices) is smaller than dense above", f"{break_even(out_features, in_features, 'csr'):.1%}"),
    ("Multiplications saved at 90 % sparsity", f"{1 - multiplications / weight.numel():.1%}"),
    ("Speed-up of your CSR loop over torch's dense product", f"{speedups['your CSR']:.3f}x"),
    (
        "Energy saved by pruning AlexNet 9x (estimate)",
        f"{1 - energies['9x pruned, DRAM'] / energies['dense, DRAM']:.1%}",
    ),
]
for what, value in measured:
    print(f"{what:<60}{value:>10}")
note("01 dense and sparse", accuracy=test_half, dense=test_dense, speedup=speedups["your CSR"])  # lab 10 reads them

# %% [markdown]
# ### Remember
#
# 1. Sparsity is a share of exact zeros, and a mask is what keeps them zero.
# 2. Count bytes with indices: each layout has a break-even, and smaller values push it up.
# 3. Zeros scattered freely cost the least magnitude; zeros in blocks are the ones that hardware can skip.
#
# ### Further reading
#
# - Hoefler, Alistarh, Ben-Nun, Dryden and Peste, [Sparsity in Deep Learning](https://arxiv.org/abs/2102.00554), 2021:
#   the survey of this course's whole subject.
# - Horowitz, [Computing's Energy Problem](https://doi.org/10.1109/ISSCC.2014.6757323), 2014: where the picojoules come
#   from.
# - Mishra et al., [Accelerating Sparse Deep Neural Networks](https://arxiv.org/abs/2104.08378), 2021: why 2:4, and how
#   processors read it.
#
# **Next:** the mask here was drawn by lot. Lab 02 looks at the weights before it cuts.
