# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 10: The compression challenge
#
# *About 120 minutes, 20 points.*
#
# One network, three targets. A **phone** counts multiplications, because they cost time and battery. A **web page**
# counts the bytes that travel to each visitor. A **microcontroller** has 256 kB of flash for the network and 64 kB of
# memory for everything that the network computes on the way (1 kB of memory is 1,024 bytes). *Which methods of this
# course does each of them need, and in which order?* Nobody tells you this time. You build the measuring tools, then
# you write three functions that compress a network, and the checks run them.
#
# **You will be able to**
#
# - count the bytes of a network that was pruned *and* whose weights share a few values,
# - say how much memory a network needs while it computes, and which layer is to blame,
# - tell which of many networks are worth a second look, and which are beaten on both counts,
# - compose surgery, pruning, retraining and shared values into one function that keeps to a budget,
# - defend the choice with your own numbers from ten labs.
#
# **From earlier labs**
#
# - A bitmask costs a bit for each weight and the values that are kept (lab 01); one ranking over all layers chooses
#   which single weights go (lab 02), and masks hold while the others retrain (lab 03).
# - In `vgg_l1` a penalty has brought scaling factors close to zero, so that their channels can go (lab 05). A channel
#   is cut in all layers that touch it; torch_pruning finds them (lab 06).
# - MACs are a promise, the clock keeps a part of it (labs 06 and 09).

# %% locked="setup"
import math
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy

import numpy as np
import torch
import torch_pruning as tp
from torch import Tensor, nn
from torch.nn.utils import prune
from torch.utils.data import TensorDataset

from prunelab import LabError, figures, models
from prunelab.challenge import trial
from prunelab.challenge.references import course_numbers, references
from prunelab.challenge.targets import NETWORKS, costs, load_targets
from prunelab.checks import check
from prunelab.data import Data, load_data
from prunelab.explorers import ParetoExplorer
from prunelab.inputs import distinct
from prunelab.live import explore
from prunelab.measure import macs, parameters
from prunelab.notes import attempts, forget_attempts, note, noted  # noqa: F401, for you
from prunelab.packing import chain, clustered, pack
from prunelab.predictions import compare_predictions, predict
from prunelab.training import accuracy, fit, seeded

data = load_data()  # train, validation and test images with labels
few = TensorDataset(*(tensor[:1000] for tensor in data.validation.tensors))  # enough images to draw a curve
targets = load_targets(data)  # {"phone": ..., "web": ..., "chip": ...}: what each of them allows
vgg = models.load("vgg", data)  # the dense network that all others are compared with
slim_vgg = models.load("vgg_l1", data)  # the VGG of lab 05: trained with a penalty on its scaling factors
IN_PLACE = (nn.ReLU, nn.BatchNorm1d, nn.BatchNorm2d, nn.Flatten, nn.Dropout)  # need no memory of their own


@contextmanager
def learning_from_training_images(own: Data) -> Iterator[None]:
    """Meanwhile a gradient from validation images, or a network that sees test images, raises LabError."""

    def known(images: Tensor) -> set[int]:
        return {hash(image.tobytes()) for image in images.detach().float().numpy()}

    trained = known(own.train.tensors[0])  # some images come in two of the three sets
    held_out, hidden = (known(each.tensors[0]) - trained for each in (own.validation, own.test))

    def refuse(gradient: Tensor) -> None:
        raise LabError("validation images were trained on; learn from data.train")

    def look(layer: nn.Module, inputs: tuple, output: Tensor) -> None:
        if inputs and isinstance(inputs[0], Tensor) and inputs[0].shape[1:] == own.shape:
            seen = known(inputs[0])
            if seen & (hidden - held_out):
                raise LabError("test images went through a network; use those of data")
            if seen & held_out and isinstance(output, Tensor) and output.requires_grad:
                output.register_hook(refuse)

    handle = nn.modules.module.register_module_forward_hook(look)
    try:
        yield
    finally:
        handle.remove()


# %% [markdown]
# ## 1 What do the targets allow?
#
# Three networks lie ready, all trained: `alexnet`, `vgg`, and `vgg_l1`, the VGG of lab 05 in which a penalty has closed
# many channels. Each target has limits, and allows a loss of accuracy against the **dense VGG** on the validation
# images. What the columns mean:
#
# - **bytes**: the length of a file that holds the whole network. `pack(network)` writes it and `unpack` builds the
#   network again *from this file alone*, so nothing can be forgotten. Each tensor is stored in the smallest layout that
#   gives it back exactly: all values or a bitmask and the values that are not zero; in 32 bits, in 16 if that is exact,
#   or as numbers into a **codebook** where there are at most 256 different values.
# - **MACs**: multiply-accumulate operations for one image. A zero weight is multiplied like any other.
# - **activations**: the most bytes that the network holds at a time for its intermediate results, in float32.

# %%
print(f"{'network':<10}{'bytes':>12}{'MACs':>14}{'activations':>14}{'accuracy on 1,000':>20}")
for name in NETWORKS:
    network = models.load(name, data)
    counted, _ = costs(network, data)
    print(f"{name:<10}" + "".join(f"{counted[cost]:>{width},}" for cost, width in
                                  (("bytes", 12), ("MACs", 14), ("activations", 14)))
          + f"{accuracy(network, few):>18.1f} %")  # fmt: skip
print()
for target in targets.values():
    limits = ", ".join(f"at most {most:,} {cost}" for cost, most in target.limits.items())
    print(f"{target.name:<6} {limits}; at most {target.loss} points below the dense VGG")

# %% [markdown]
# For which of the three targets is a network of half as many channels in each layer, without anything else, small
# enough? Predict first: the result of the next cell appears when you lock your prediction in.

# %%
question = "For which targets is a VGG with half of the channels of each layer small enough?"
half_enough = predict("half_enough", question, ["none", *targets, "two of them", "all"])

# %%
size = len(pack(vgg))
for name in ("web", "chip"):
    print(f"{name}: the file of the dense VGG must become {size / targets[name].limits['bytes']:.0f} times smaller")
halved, _ = costs(models.build("vgg", data, width=0.5), data)
fitting = [name for name, one in targets.items() if all(halved[cost] <= most for cost, most in one.limits.items())]
half_enough.reveal(
    {0: "none", 1: "".join(fitting), 2: "two of them"}.get(len(fitting), "all"),
    f"Small enough for {', '.join(fitting) or 'none of them'}. Half of the channels: {halved['bytes']:,} bytes, "
    f"{halved['MACs']:,} MACs, {halved['activations']:,} bytes of activations.",
)

# %% [markdown]
# **Reading the lines.** Half of the channels: which fraction of the weights and of the MACs is that, and is it enough?
# Budgets like these are not met by doing more of one thing. Song Han's "Deep Compression" (2016) made AlexNet 35 times
# smaller in three steps: prune, let the survivors *share* values, and code what is left. The next section builds the
# second step.
#
# ## 2 How small is a file?
#
# ### Exercise 10.1: Bytes with a codebook
# *2 points, 8 minutes, about 6 lines*
#
# Return the bytes of a pruned `weight` whose values are shared. Three parts are stored, each in whole bytes: a bitmask
# with one bit for each of the $n$ weights, a code of $b$ bits for each of the $k$ weights that are not zero, and a
# codebook that lists the $L$ different values among those, in 4 bytes each:
#
# $$\left\lceil \frac{n}{8} \right\rceil + \left\lceil \frac{k\,b}{8} \right\rceil + 4 L, \qquad
# b = \lceil \log_2 L \rceil.$$
#
# With one value there is nothing to tell apart: $b = 0$. With none ($k = 0$), only the bitmask is left. The weight may
# have any shape and may be a layer's `nn.Parameter`; two values that are not equal are different, however close.
#
# *Example:* 20 weights, of which nine are not zero and take three different values. The bitmask has 20 bits, 3 bytes;
# three values need codes of 2 bits, 18 bits in all, again 3 bytes; the codebook has 12 bytes. Together 18. Zero is not
# in the codebook, since the bitmask knows where the zeros are.
#
# <details><summary>Hint 1: the idea</summary>
# Pick the weights that are not zero first. How many are there, and how many different ones? Round up three times: bits
# of a code to a whole number, and two counts of bits to whole bytes.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>weight[weight != 0]</code>, <code>unique()</code>, <code>len</code>, <code>math.log2</code>,
# <code>math.ceil</code>. The logarithm of 0 does not exist, so look after L = 0.
# </details>


# %% exercise="codebook_bytes"
def codebook_bytes(weight: Tensor) -> int:
    """Bytes of a bitmask, codes for the weights that are not zero, and a codebook of their different values."""
    ### BEGIN SOLUTION
    kept = weight[weight != 0]
    levels = len(kept.unique())
    bits = math.ceil(math.log2(levels)) if levels else 0
    return math.ceil(weight.numel() / 8) + math.ceil(len(kept) * bits / 8) + 4 * levels
    ### END SOLUTION


# %% check="codebook_bytes" points=2
with check("codebook_bytes", points=2) as c:
    parts = "A bit for every weight; a code for each that is not zero; four bytes for each different value but zero."
    codes = "Two values need codes of one bit, three or four values two bits, five values three."
    whole = "Each part is rounded up to whole bytes, and so are the bits of a code."

    def bytes_are(want, values, idea, shape=None):
        """The count for these values is a whole number, and the one wanted."""
        weight = values if isinstance(values, Tensor) else torch.tensor(values, dtype=torch.float32)
        got = c.returns(codebook_bytes, weight.reshape(shape or weight.shape), want=want, idea=idea)
        c.true(isinstance(got, int | np.integer), called=f"codebook_bytes of {weight.numel()} weights",
               expected="a whole number, an int", got=f"{type(got).__name__} {got}", idea=whole)  # fmt: skip

    example = [0.0] * 11 + [0.5] * 4 + [-1.0] * 3 + [2.0] * 2
    bytes_are(2 + 1 + 8, [0.0] * 8 + [0.5, -1.0] * 4, parts)  # nothing is rounded here
    bytes_are(18, example, f"{whole} {parts}", (4, 5))
    bytes_are(18, example, f"{whole} {parts}", (5, 2, 2, 1))
    bytes_are(1 + 1 + 8, [1.0, 2.0, 2.0, 1.0, 0.0, 2.0], codes)
    bytes_are(2 + 2 + 16, [1.0, 2.0, 3.0, 4.0, 0.0, 0.0, 1.0, 2.0, 0.0], codes)
    bytes_are(2 + 6 + 20, [1.0, 2.0, 3.0, 4.0, 5.0] * 3, f"{codes} {whole}")
    bytes_are(1 + 1 + 12, [3.0, -3.0, 1.0], f"3 and -3 are two values. {parts}")
    bytes_are(2 + 0 + 4, [0.0] * 8 + [7.0] * 2, "One value needs no code: the codebook says it all.")
    bytes_are(1 + 0 + 4, [-2.0], "One value needs no code: the codebook says it all.")
    bytes_are(2, [0.0] * 10, "Nothing is left but the bitmask.")
    bytes_are(1, [-0.0], "Nothing is left but the bitmask.")
    close = [1.0, 1.0 + 2**-23, 1e-30, 2e-30, 0.0, -1e-30]
    bytes_are(1 + 2 + 20, close, f"Different is what is not equal, however close, and zero is only zero. {parts}")
    for levels, bits, kept, zeros in (  # levels around powers of two; all remainders when divided by 8
        (1, 0, 13, 5), (2, 1, 9, 31), (3, 2, 21, 0), (4, 2, 18, 7), (8, 3, 41, 11), (9, 4, 33, 46), (16, 4, 75, 64),
        (17, 5, 50, 1), (32, 5, 93, 5), (33, 6, 66, 60), (64, 6, 67, 9), (65, 7, 70, 1), (129, 8, 300, 41),
        (256, 8, 257, 44), (257, 9, 301, 20), (900, 10, 901, 500),
    ):  # fmt: skip
        values = distinct((levels,), seeded(levels))[torch.arange(kept) % levels]
        mixed = torch.cat([values, torch.zeros(zeros)])[torch.randperm(kept + zeros, generator=seeded(kept))]
        want = -(-(kept + zeros) // 8) + -(-kept * bits // 8) + 4 * levels
        bytes_are(want, mixed, f"{levels} values need codes of {bits} bits. {parts} {whole}")
        bytes_are(want, nn.Parameter(mixed[None, :, None]), parts)
    ### BEGIN HIDDEN TESTS
    for shape, bits, sparsity, seed in (((30, 7), 4, 0.8, 1), ((8, 3, 3, 3), 5, 0.3, 2), ((11, 13), 3, 0.0, 3)):
        draw = seeded(seed)
        hidden = torch.randint(1, 2**bits, shape, generator=draw) * (torch.rand(shape, generator=draw) >= sparsity)
        kept = hidden.numpy()[hidden.numpy() != 0]
        book, code = np.unique(kept, return_inverse=True)
        width = next(b for b in range(9) if 2**b >= len(book))
        stored = [np.packbits(hidden.numpy() != 0), np.packbits(code.reshape(-1, 1) >> np.arange(width) & 1)]
        want = sum(len(part) for part in stored) + 4 * len(book)
        c.returns(codebook_bytes, hidden / 8, want=want, idea=f"{parts} {whole}")
        c.returns(codebook_bytes, (hidden / 8).movedim(0, -1).double(), want=want, idea=parts)
    bytes_are(1, [0.0], "Nothing is left but the bitmask.")
    bytes_are(1 + 0 + 4, [-2.0], "One value needs no code: the codebook says it all.")
    ### END HIDDEN TESTS

# %% [markdown]
# But who makes weights share values? Cut each layer's weights to the largest, give each survivor the nearest of $2^b$
# values, and let each value be the mean of the weights that it stands for: **k-means** in one dimension.
#
# ### Exercise 10.2: Share the values
# *3 points, 12 minutes, about 9 lines*
#
# Return a copy of `weight` in which all weights that are not zero share at most $2^b$ values $c_1 < c_2 < \dots$, and
# zeros stay zero. It has the shape and dtype (float32 or float64) of `weight`, which may be an `nn.Parameter`, and
# needs no gradient. The values start at equal distances, from the smallest weight that is not zero, with its sign, to
# the largest. Each of `rounds` rounds has two steps: every weight $w_i$ that is not zero goes to the nearest value, and
# each value becomes the mean of the weights that went to it (a value to which nobody went stays where it is),
#
# $$a_i = \operatorname{arg}\min_j |w_i - c_j|, \qquad c_j \leftarrow \text{mean of all } w_i \text{ with } a_i = j.$$
#
# After the last round each weight takes the value that is nearest *now*. Where two values are equally near, you choose.
#
# *Example:* the weights `[0, 1, 2, 6, 10]` with 1 bit and 1 round. The values start at 1 and 10; 1 and 2 go to the
# first, 6 and 10 to the second, and the values move to 1.5 and 8. Now 6 is nearer to 8, so the result is
# `[0, 1.5, 1.5, 8, 8]`. If zero took part, the values would start at 0 and 10, and end at 1 and 8.
#
# <details><summary>Hint 1: the idea</summary>
# Work on the vector of the weights that are not zero. The distances of all of them to all values are one table, and the
# nearest value is a minimum along one of its sides. At the end, put the values back to the places they came from.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>torch.linspace(low, high, 2**bits)</code>; <code>(kept[:, None] - values).abs().argmin(1)</code>;
# <code>kept[nearest == j].mean()</code>, where there is one; <code>shared = weight.clone()</code> and
# <code>shared[weight != 0] = ...</code>. A weight without any survivor has no smallest one.
# </details>


# %% exercise="share_values"
def share_values(weight: Tensor, bits: int, rounds: int = 10) -> Tensor:
    """A copy of `weight` whose non-zero values are the means of 2 ** bits clusters; zeros stay."""
    ### BEGIN SOLUTION
    shared, kept = weight.detach().clone(), weight.detach()[weight != 0]
    if len(kept):
        values = torch.linspace(kept.min(), kept.max(), 2**bits, dtype=weight.dtype)
        for _ in range(rounds):
            nearest = (kept[:, None] - values).abs().argmin(1)
            for j in nearest.unique():
                values[j] = kept[nearest == j].mean()
        shared[weight != 0] = values[(kept[:, None] - values).abs().argmin(1)]
    return shared
    ### END SOLUTION


# %% check="share_values" points=3
with check("share_values", points=3) as c:
    start = "The values start at equal distances, from the smallest weight that is not zero to the largest."
    move = "In each round: all weights to their nearest values, then all values to the means of their weights."
    last = "After the last round each weight takes the nearest of the values as they are then."
    zeros = "Zeros stay zero, and take no part."
    example = torch.tensor([0.0, 1.0, 2.0, 6.0, 10.0])
    c.returns(share_values, example, 1, 0, want=torch.tensor([0.0, 1, 1, 10, 10]), idea=f"{start} {last} {zeros}")
    c.returns(share_values, example, 1, 1, want=torch.tensor([0.0, 1.5, 1.5, 8, 8]), idea=f"{move} {zeros}")
    c.returns(share_values, -example, 1, 1, want=torch.tensor([0.0, -1.5, -1.5, -8, -8]),
              idea=f"The smallest weight is -10 here. {zeros}")  # fmt: skip
    c.returns(share_values, 1e-8 * example, 1, 1, want=torch.tensor([0.0, 1.5e-8, 1.5e-8, 8e-8, 8e-8]), atol=1e-13,
              idea="Only what is exactly zero stays out.")  # fmt: skip
    drift = torch.tensor([[1.0], [1.0], [1.0], [1.0], [5.0], [6.0], [10.0]])
    once, twice = ([low] * 4 + [high] * 3 for low, high in ((1.8, 8.0), (1.0, 7.0)))
    c.returns(share_values, drift, 1, 1, want=torch.tensor(once)[:, None], idea=last)
    c.returns(share_values, drift, 1, 2, want=torch.tensor(twice)[:, None], idea=move)
    stairs = torch.tensor([0.0, 1.0, 2.6, 2.6, 2.6, 5.4, 10.0])  # nobody goes to 7 in the first round
    c.returns(share_values, stairs, 2, 1, want=torch.tensor([0.0, 1.0, 3.3, 3.3, 3.3, 7.0, 10.0]),
              idea=f"A value to which no weight went stays. {zeros}")  # fmt: skip
    c.returns(share_values, torch.zeros(2, 3), 4, want=torch.zeros(2, 3), idea=f"{zeros} Here nothing else is left.")
    c.returns(share_values, torch.tensor([[0.0], [3.0]]), 2, want=torch.tensor([[0.0], [3.0]]), idea=start)
    nine = torch.tensor([1.0, 2.1, 3.3, 4.4, 5.6, 6.7, 7.8, 8.9, 9.0])  # eight values start at 1, 2.14, ..., 9
    for sign in (1, -1):
        c.returns(share_values, sign * nine, 3, 1, want=sign * torch.tensor([*nine[:7], 8.95, 8.95]),
                  idea=f"Three bits tell eight values apart. {start}")  # fmt: skip

    # Against `clustered`: with weights of both signs it does the same. The first two move for more than ten rounds.
    cube, long, wide = (torch.randn(shape, generator=seeded(seed), dtype=torch.float64) ** 3
                        for shape, seed in (((16, 3, 3, 3), 0), ((16, 3, 3, 3), 2), ((5, 7), 11)))  # fmt: skip
    for number, weight in enumerate((cube, long)):
        weight[torch.rand(weight.shape, generator=seeded(99 + 2 * number)) < 0.3] = 0
    layer = nn.Linear(1, 1)
    for weight, bits, rounds in (
        (cube, 3, ()), (long, 2, ()), *((cube, 3, (rounds,)) for rounds in (0, 1, 2, 3, 5, 9, 10, 11, 14, 20)),
        (long, 1, (4,)), (long, 2, (6,)), (cube, 4, (1,)), (cube, 5, (2,)), (cube, 6, (1,)), (long, 8, (1,)),
        (wide, 2, (1,)), (wide.T, 3, (2,)), (wide[:1], 2, (2,)), (cube.movedim(1, -1), 3, (4,)),
        (wide.float(), 2, (2,)), (wide.float()[:, None].mT, 1, (1,)), (nn.Parameter(cube), 3, (10,)),
        (nn.Parameter(wide.float().T), 2, ()),
    ):  # fmt: skip
        layer.weight = nn.Parameter(weight.detach())
        want = clustered(layer, bits, *rounds).weight.detach()
        got = c.returns(share_values, weight, bits, *rounds, want=want, idea=f"{move} {last} {zeros}")
        called = f"share_values(<{' x '.join(map(str, weight.shape))} weights>, {bits})"
        c.true(got.dtype == weight.dtype, called=called, got=got.dtype, expected=str(weight.dtype),
               idea="The result has the dtype of the weight.")  # fmt: skip
        c.true(len(got[got != 0].unique()) <= 2**bits, called=f"the different values in {called}",
               expected=f"at most {2**bits}", got=len(got[got != 0].unique()),
               idea="b bits tell 2 ** b values apart.")  # fmt: skip
        c.true(not got.requires_grad, called=called, expected="a tensor without gradient", got="one with a gradient",
               idea="Detach the weight first.")  # fmt: skip
    ### BEGIN HIDDEN TESTS
    for shape, bits, rounds, seed in (
        ((40, 9), 2, 3, 1),
        ((7, 5, 3, 3), 4, 10, 2),
        ((50,), 3, 1, 3),
        ((9, 9), 1, 5, 4),
    ):
        hidden = torch.randn(shape, generator=seeded(seed), dtype=torch.float64)
        hidden[hidden.abs() < 0.4] = 0
        own = hidden[hidden != 0].numpy()
        book = np.linspace(own.min(), own.max(), 2**bits)
        for _ in range(rounds):
            code = np.abs(own[:, None] - book).argmin(1)
            book = np.array([own[code == j].mean() if (code == j).any() else book[j] for j in range(len(book))])
        want = hidden.clone()
        want[hidden != 0] = torch.from_numpy(book[np.abs(own[:, None] - book).argmin(1)])
        c.returns(share_values, hidden, bits, rounds, want=want, idea=f"{move} {last}")
        c.returns(share_values, hidden.movedim(0, -1), bits, rounds, want=want.movedim(0, -1), idea=move)
    c.returns(share_values, nn.Parameter(example), 1, 1, want=torch.tensor([0.0, 1.5, 1.5, 8, 8]), idea=move)
    ### END HIDDEN TESTS

# %% [markdown]
# How few values can a layer do with? `clustered(network, bits)` of `prunelab.packing` does the same to every layer of a
# network (and is quicker); use it from here on. With how few bits per weight is the slimmed VGG still within one point
# of itself on the 1,000 images? Predict.

# %%
question = "From how many bits per weight on is the slimmed VGG within one point of itself (7: more than 6)?"
bits_needed = predict("bits_needed", question, low=2, high=7, step=1)

# %%
slim_right = accuracy(slim_vgg, few)
reached = {bits: accuracy(clustered(slim_vgg, bits), few) for bits in (2, 3, 4, 5, 6)}
weight = slim_vgg.features[8].weight.detach()  # (128, 64, 3, 3)
half_layer = weight * (weight.abs() > weight.abs().median())
half_shared = share_values(half_layer, 4)
fig, (left, right) = figures.figure(columns=2, width=5)
left.hist(half_layer[half_layer != 0].tolist(), bins=100, color=figures.KEPT)
for value in half_shared[half_shared != 0].unique():
    left.axvline(value, color=figures.REFERENCE, linewidth=1)
left.set(xlabel="weight", ylabel="count", title="Half of a layer's weights, and the 16 values they share")
right.plot(reached.keys(), reached.values(), "o-", color=figures.KEPT)
right.axhline(slim_right, color=figures.REFERENCE, linestyle=":")
right.set_xticks(list(reached))
right.set(xlabel="bits per weight", ylabel="validation accuracy (%)", title="All layers share values, no retraining")
print(f"bytes of this layer: dense {weight.nbytes:,}, half of it shared by 4 bits {codebook_bytes(half_shared):,}")
enough = min((bits for bits, value in reached.items() if value >= slim_right - 1), default=7)
bits_needed.reveal(
    enough,
    f"Within one point from {enough} bits on." if enough < 7 else "Six bits are not enough.",
    fig,
    alt="Histogram of a layer's weights with shared values; accuracy against the bits per weight.",
    mark=lambda guess, ax=right: ax.axvline(guess, color=figures.REFERENCE, linewidth=0.8),
)

# %% [markdown]
# **Reading the figure.** Each value stands at the mean of the weights around it; as the values began at equal
# distances, a few large weights have values of their own, and the many small ones share. The right curve is flat for a
# while and then falls off: below a few bits the layers can no longer say what they mean. (The thin line is your
# prediction.) Note what sharing does *not* do: the weights are looked up in a table and multiplied as before, so there
# are as many MACs as ever.
#
# How far would you get with single weights and shared values alone? The slider below runs **your** `share_values` and
# `codebook_bytes` each time you let go of the handle: the second convolution of the dense VGG loses this fraction of
# its weights, the smallest, and the others share 16 values.
#
# **Try:** From which fraction on is the bitmask more than half of the bytes? How many times smaller does the layer get
# at most, and is that enough for the web page? What else would have to go?


# %%
def shared_layer(pruned: float, ax) -> str:
    """Draw the bytes of a layer with this fraction of its weights pruned and the rest shared; the same in words."""
    weights = second_convolution.flatten().clone()
    weights[weights.abs().argsort()[: round(pruned * len(weights))]] = 0
    total = codebook_bytes(share_values(weights, 4, 3))
    bitmask = math.ceil(len(weights) / 8)
    ax.barh([0], [bitmask], color=figures.REFERENCE, label="bitmask")
    ax.barh([0], [total - bitmask], left=[bitmask], color=figures.KEPT, label="codes and codebook")
    ax.set(
        xlim=(0, 0.75 * len(weights)), ylim=(-0.6, 1.2), yticks=[], xlabel="bytes", title=f"{pruned:.0%} pruned, 4 bits"
    )
    ax.legend(frameon=False, ncols=2, loc="upper right")
    return (
        f"{pruned:.0%} pruned and the rest in 4 bits: {total:,} bytes, {4 * len(weights) / total:.1f} times smaller "
        f"than in float32. The bitmask takes {bitmask / total:.0%} of them."
    )


second_convolution = vgg.features[4].weight.detach()  # (64, 32, 3, 3)
explore(shared_layer, "fraction pruned", [0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0], start=0.5)

# %% [markdown]
# ## 3 Does it fit while it computes?
#
# Flash holds the network. Working memory holds what it computes: a layer reads its input and writes its output, and for
# that moment both must be there. Some layers can write the result over their input: ReLU, batch norm, dropout, and
# flatten, which only looks at it in another way.
#
# ### Exercise 10.3: The largest moment
# *2 points, 8 minutes, about 7 lines*
#
# Run `image`, a batch of one, through the `layers` one after the other, and return the bytes of the largest moment,
# with `bytes_each` for each number:
#
# $$\max_l \begin{cases} \texttt{bytes\_each} \cdot |x_l| & \text{layer } l \text{ is one of } \texttt{IN\_PLACE},\\
# \texttt{bytes\_each} \cdot (|x_l| + |y_l|) & \text{else,} \end{cases}$$
#
# where $|x_l|$ is how many numbers layer $l$ reads and $|y_l|$ how many it writes. `IN_PLACE` is a tuple of kinds of
# layers from the setup cell. `layers` is an `nn.Sequential` in eval mode.
#
# *Example:* an image of 10 x 10 goes through a convolution with 4 filters of 3 x 3 (no padding), ReLU and a pooling of
# 2 x 2: 100 numbers, then 256, 256, and 64. The three moments hold 356, 256 and 320 numbers. With four bytes each the
# answer is 1,424; the largest map alone would be 1,024.
#
# <details><summary>Hint 1: the idea</summary>
# A loop over the layers that remembers two things: the tensor that comes in, and the largest moment so far.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>with torch.no_grad():</code>; <code>for layer in layers:</code>; <code>isinstance(layer, IN_PLACE)</code>;
# <code>tensor.numel()</code>.
# </details>


# %% exercise="largest_moment"
def largest_moment(layers: nn.Sequential, image: Tensor, bytes_each: int) -> int:
    """The most bytes of activations that a chain of layers holds at a time for one image (1, C, H, W)."""
    ### BEGIN SOLUTION
    most = 0
    with torch.no_grad():
        for layer in layers:
            result = layer(image)
            held = image.numel() + (0 if isinstance(layer, IN_PLACE) else result.numel())
            most, image = max(most, held), result
    return bytes_each * most
    ### END SOLUTION


# %% check="largest_moment" points=2
with check("largest_moment", points=2) as c:
    both = "A layer reads its input and writes its output: both are held, but nothing from before."
    every = "All numbers count, whatever their value."
    place = "A layer of IN_PLACE writes over its input: count that once."
    largest = "The largest of all moments counts, wherever it is."

    def moment_is(numbers, layers, shape, bytes_each=4, idea=both):
        """The largest moment holds so many numbers."""
        network, image = nn.Sequential(*layers).eval(), torch.randn(1, *shape, generator=seeded(1)).relu()
        got = c.call(largest_moment, network, image, bytes_each, idea=both)
        called = f"largest_moment({layers}, image {shape}, {bytes_each})"
        c.equal(got, numbers * bytes_each, called=called, idea=f"{idea} {every}")
        c.true(isinstance(got, int | np.integer), called=called, expected="a whole number, an int",
               got=f"{type(got).__name__} {got}", idea="Bytes are whole.")  # fmt: skip

    moment_is(356, [nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2)], (1, 10, 10), 4, f"{both} {place}")
    moment_is(356, [nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2)], (1, 10, 10), 1, "bytes_each is 1 for int8.")
    moment_is(60, [nn.Linear(10, 20), nn.ReLU(), nn.Linear(20, 40), nn.Linear(40, 3)], (10,), 2, f"{largest} {both}")
    moment_is(108, [nn.ReLU(), nn.BatchNorm2d(3)], (3, 6, 6), 4, place)
    moment_is(120, [nn.Flatten(), nn.Dropout(0.5), nn.Linear(100, 20)], (1, 10, 10), 4, f"{place} {largest}")
    moment_is(324, [nn.AvgPool2d(2), nn.Conv2d(2, 3, 3, padding=1, stride=2)], (2, 11, 12), 4, f"{both} {largest}")
    moment_is(140, [nn.Conv2d(1, 2, 1), nn.Sigmoid(), nn.Conv2d(2, 1, 1)], (1, 5, 7), 4,
              "Sigmoid is not in IN_PLACE here: it needs room for its output.")  # fmt: skip
    for bytes_each in (1, 2, 3, 4, 8):
        moment_is(9, [nn.BatchNorm1d(9)], (9,), bytes_each, f"{place} Count bytes_each for each number.")
        for layer in (nn.ReLU(), nn.BatchNorm2d(3), nn.Dropout(0.5), nn.Flatten()):
            moment_is(105, [layer], (3, 5, 7), bytes_each, f"{place} Count bytes_each for each number.")
    for layer in (
        nn.Identity(), nn.Tanh(), nn.LeakyReLU(), nn.ReLU6(), nn.Dropout2d(0.5), nn.MaxPool2d(1), nn.Linear(7, 7),
        nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 3, padding=1, groups=3), nn.GroupNorm(1, 3), nn.InstanceNorm2d(3),
    ):  # fmt: skip
        moment_is(210, [layer], (3, 5, 7), 4, f"{type(layer).__name__} is not in IN_PLACE. {both}")
    moment_is(45 + 180, [nn.Upsample(scale_factor=2), nn.ReLU(), nn.Conv2d(1, 1, 2, stride=2)], (1, 5, 9), 2, both)
    steps = [nn.Linear(size, after) for size, after in zip((3, 8, 5, 9, 4, 13), (8, 5, 9, 4, 13, 2), strict=True)]
    moment_is(4 + 13, steps, (3,), 4, f"{largest} {both}")  # 11, 13, 14, 13, 17, 15
    moment_is(9 + 5, steps[:4], (3,), 4, f"{largest} {both}")
    moment_is(13 + 2, steps[5:], (13,), 4, f"{largest} {both}")
    ### BEGIN HIDDEN TESTS
    moment_is(8, [nn.Identity()], (2, 2, 1), 3)
    moment_is(320, [nn.MaxPool2d(2)], (4, 8, 8), 4)
    for network in (vgg, models.build("alexnet", data, width=0.5)):
        layers = chain(network)
        sizes = [torch.zeros(1, *data.shape)]
        with torch.no_grad():
            for layer in layers:
                sizes.append(layer.eval()(sizes[-1]))
        pairs = zip(layers, sizes[:-1], sizes[1:], strict=True)
        want = max(x.numel() + y.numel() * (not isinstance(layer, IN_PLACE)) for layer, x, y in pairs)
        moment_is(want, layers, data.shape, 4, f"{both} {place} {largest}")
    ### END HIDDEN TESTS

# %% [markdown]
# At which kind of layer of VGG is the largest moment? And how many channels may the first convolution have if every
# moment must stay within the 64 kB in float32? Predict both.

# %%
question = "At which kind of layer is VGG's largest moment?"
largest_at = predict("largest_at", question, sorted({type(layer).__name__ for layer in chain(vgg)}))
question = "How many channels may VGG's first convolution have for the microcontroller?"
first_channels = predict("first_channels", question, low=1, high=64, step=1)

# %%
image, moments = torch.zeros(1, *data.shape), {}
with torch.no_grad():
    for number, layer in enumerate(chain(vgg)):
        result = layer(image)
        moments[f"{number} {type(layer).__name__}"] = largest_moment(nn.Sequential(layer), image, 4)
        image = result
limit, place = targets["chip"].limits["activations"], max(moments, key=moments.get)
fig, (ax,) = figures.figure(width=8, height=3.8)
colours = [figures.PRUNED if held > limit else figures.KEPT for held in moments.values()]
ax.bar(list(moments), [held / 1024 for held in moments.values()], color=colours)
ax.axhline(limit / 1024, color=figures.REFERENCE, linestyle=":")
ax.text(
    len(moments) - 1, limit / 1024, "the microcontroller's memory", va="bottom", ha="right", color=figures.REFERENCE
)
ax.tick_params(axis="x", rotation=90)
ax.set(ylabel="kB held, float32", title="Memory while VGG computes, one image")
largest_at.reveal(
    place.split()[1],
    f"The largest moment is at layer {place}.",
    fig,
    alt="Bytes of activations at each layer of VGG, with the limit of the microcontroller.",
)
layers = nn.Sequential(*chain(vgg))
print(f"VGG: {largest_moment(layers, torch.zeros(1, *data.shape), 4):,} bytes in float32, "
      f"{largest_moment(layers, torch.zeros(1, *data.shape), 1):,} in int8; allowed {limit:,}")  # fmt: skip
pixels = data.shape[1] * data.shape[2]
allowed = limit // (4 * (pixels + pixels // 4))
first_channels.reveal(
    allowed,
    f"At the largest moment a channel takes {pixels} numbers that are read and {pixels // 4} that are written: at most "
    f"{allowed} channels.",
)

# %% [markdown]
# **Reading the figure.** The first layers have few weights, but the largest maps, so they decide over memory while the
# last ones decide over flash. In int8 the same maps take a quarter; this target's chip computes in float32, so the
# first convolution must lose channels, whether its scaling factors say so or not.
#
# ## 4 Which networks are worth a look?
#
# Somebody offers 20 networks, each with a cost and an accuracy. Whatever the target prefers, one that is beaten by
# another on both counts is out. What remains is the **Pareto front**.
#
# ### Exercise 10.4: The Pareto front
# *2 points, 8 minutes, about 5 lines*
#
# From `points`, pairs of (cost, accuracy), return the numbers of those that no other point **dominates**, in ascending
# order of their numbers. Point $j$ dominates point $i$ if it is at least as good in both, and better in one:
#
# $$\text{cost}_j \le \text{cost}_i \ \text{ and }\ \text{accuracy}_j \ge \text{accuracy}_i, \quad \text{with} <
# \text{ or } > \text{ in at least one of them.}$$
#
# *Example:* `[(30, 92), (10, 90), (20, 92), (20, 91), (10, 90)]`. Number 2 dominates number 0, which costs more for the
# same accuracy, and number 3, which is worse at the same cost. Numbers 1 and 4 are equal, so neither dominates the
# other. The answer is `[1, 2, 4]`.
#
# <details><summary>Hint 1: the idea</summary>
# Write down in words when j dominates i, as a function of its own; then keep each i for which no j does.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>not any(... for other in points)</code>. If two points are not equal and one is at least as good in both, it is
# better in one.
# </details>


# %% exercise="pareto_front"
def pareto_front(points: list[tuple[float, float]]) -> list[int]:
    """Numbers of the (cost, accuracy) points that no other point dominates, in ascending order."""

    ### BEGIN SOLUTION
    def dominates(one: tuple[float, float], other: tuple[float, float]) -> bool:
        return one[0] <= other[0] and one[1] >= other[1] and tuple(one) != tuple(other)

    return [number for number, point in enumerate(points) if not any(dominates(other, point) for other in points)]
    ### END SOLUTION


# %% check="pareto_front" points=2
with check("pareto_front", points=2) as c:
    rule = "Out is who costs as much or more and is as accurate or less, unless it is a tie in both."
    ties = "Equal cost: the less accurate one is out. Equal accuracy: the dearer one is out. Equal in both: both stay."
    c.returns(pareto_front, [(30, 92), (10, 90), (20, 92), (20, 91), (10, 90)], want=[1, 2, 4], idea=f"{rule} {ties}")
    c.returns(pareto_front, [(1, 50), (2, 60), (3, 70)], want=[0, 1, 2], idea="A low cost may excuse low accuracy.")
    c.returns(pareto_front, [(3, 50), (2, 60), (1, 70)], want=[2], idea=rule)
    c.returns(pareto_front, [(5, 80), (5, 90), (5, 85)], want=[1], idea=ties)
    c.returns(pareto_front, [(5, 80), (4, 80), (6, 80)], want=[1], idea=ties)
    c.returns(pareto_front, [(5, 80), (5, 80), (5, 80)], want=[0, 1, 2], idea=ties)
    c.returns(
        pareto_front, [(4, 93), (1, 90), (3, 91), (2, 92)], want=[0, 1, 3], idea="Numbers as in the list, ascending."
    )
    c.returns(pareto_front, [], want=[], idea="Without points there is no front.")
    c.returns(pareto_front, [(7, -3)], want=[0], idea="A single point has no rival.")
    c.returns(pareto_front, [(0, 0), (0, -1), (-1, -1)], want=[0, 2], idea=f"Numbers may be zero or negative. {rule}")

    # Points with a known front: each of the others costs more, or is less accurate, than one of the front.
    draw = seeded(5)
    for low, step in ((0, 1), (-40, 1), (-3.0, 0.125), (90.0, 0.001), (2**24, 1), (-(2**40), 1), (0.0, 2.0**-40)):
        costs_of, rights_of = (torch.randperm(40, generator=draw)[:7].sort().values.tolist() for _ in range(2))
        front = list(zip(costs_of, rights_of, strict=True))
        front += front[::2]  # some come twice
        others = [(cost + more, right - less) for cost, right in front for more, less in ((0, 1), (1, 0), (2, 3))]
        order = torch.randperm(len(front + others), generator=draw).tolist()
        points = [(low + step * cost, low + step * right) for cost, right in ((front + others)[k] for k in order)]
        want = [number for number, k in enumerate(order) if k < len(front)]
        c.returns(pareto_front, points, want=want, idea=f"{rule} {ties}")
    ### BEGIN HIDDEN TESTS
    for seed, count, values in ((1, 30, 6), (2, 40, 40), (3, 25, 3), (4, 1, 5)):
        cost, right = torch.randint(values, (2, count), generator=seeded(seed))
        worse = (cost[:, None] >= cost) & (right[:, None] <= right)  # row number is at best as good as column number
        better = (cost[:, None] > cost) | (right[:, None] < right)
        want = (~(worse & better).any(1)).nonzero().flatten().tolist()
        c.returns(pareto_front, list(zip(cost.tolist(), right.tolist(), strict=True)), want=want, idea=f"{rule} {ties}")
    c.returns(pareto_front, [(-1.5, 0.2), (0.0, 0.2), (-1.5, 0.3)], want=[2], idea=rule)
    ### END HIDDEN TESTS

# %% [markdown]
# Here are the long runs of this course, three seeds each, from `data/results/`: AlexNet and VGG pruned weight by weight
# in rounds (lab 03), VGG slimmed (lab 05) and cut by its filters' norms (lab 06). Because each has its own dense
# network, the picture shows the points of accuracy **lost** against it. These are accuracies on *test* images of
# Fashion-MNIST.

# %%
STYLES = {"AlexNet, weights in rounds": ("o", figures.KEPT), "VGG, weights in rounds": ("s", figures.KEPT),
          "VGG, slimmed": ("^", figures.OTHER), "VGG, L1 filters": ("v", figures.REFERENCE)}  # fmt: skip
RANGES = {"bytes": (2e4, 6e6), "MACs": (6e5, 4e7)}


def draw_references(ax, cost: str) -> None:
    """The course's long runs against a cost, and a line through those that nothing dominates."""
    points = [point for point in references() if point[cost]]
    for label, (marker, colour) in STYLES.items():
        own = [(point[cost], -point["lost"]) for point in points if point["label"] == label]
        if own:
            ax.plot(*zip(*own, strict=True), marker, color=colour, label=label)
    pairs = [(point[cost], -point["lost"]) for point in points]
    front = sorted(pairs[number] for number in pareto_front(pairs))
    ax.plot(*zip(*front, strict=True), ":", color=figures.MUTED, zorder=0)
    ax.set(xscale="log", xlabel=cost, ylabel="points above (+) or below (-) dense", xlim=RANGES[cost])


fig, axes = figures.figure(columns=2, width=5.2)
for ax, cost in zip(axes, ("bytes", "MACs"), strict=True):
    draw_references(ax, cost)
axes[0].legend(frameon=False)
figures.show(fig, alt="Accuracy lost against bytes and against MACs, for the long runs of the course.")
smallest = min(point["bytes"] for point in references())
print(f"the smallest of them has {smallest:,.0f} bytes; the web page allows {targets['web'].limits['bytes']:,}")

# %% [markdown]
# **Reading the figure.** Weights removed one by one do not appear on the right at all: their zeros are multiplied like
# any other number. On the left each point holds what *one* method can do with 32 bits a weight. The web page's budget
# lies to the left of all of them.
#
# ## 5 What may `compress` do?
#
# You will write a function for each target:
#
# `compress_...(networks, data) -> network`
#
# - `networks` is a dictionary with fresh copies of the three starting networks, `"alexnet"`, `"vgg"` and `"vgg_l1"`;
#   take the one you like. `data` has training and validation images, and no test images.
# - Whatever you return must be a **chain of plain layers**: an `nn.Sequential`, a VGG or an AlexNet of convolutions,
#   linear layers, batch norms, ReLU, poolings, flatten and dropout. It is packed into a file, unpacked, and only what
#   comes out of the file is measured.
# - It has two minutes of processor time. Sixty to two hundred steps of `fit` on a *cut* network are plenty.
# - Learn from the training images, choose by the validation images. The hidden tests look at test images.
#
# ```python
# # channels (labs 05 and 06), in place; a layer may have a ratio of its own
# score = tp.importance.BNScaleImportance(normalizer=None)  # or tp.importance.MagnitudeImportance(p=1)
# tp.pruner.BNScalePruner(network, example, score, global_pruning=True, pruning_ratio=0.3,
#                         pruning_ratio_dict={network.features[8]: 0.1}, ignored_layers=[network.classifier]).step()
# # single weights (labs 02 and 03); these masks hold while `fit` trains
# prune.global_unstructured([(layer, "weight"), ...], prune.L1Unstructured, amount=0.3)
# prune.remove(layer, "weight")  # at the end, for each layer: the zeros are plain weights
# # training, and shared values (a copy)
# fit(network, data.train, steps=60, lr=0.03)
# network = clustered(network, bits=8)
# ```
#
# `example` is a batch of one image, `tp.pruner.MagnitudePruner` takes the same arguments as `BNScalePruner`, and the
# classes are no channels to cut, hence `ignored_layers`. With one threshold for all, a layer may be due to lose every
# channel; torch_pruning then leaves it **whole**, and the MACs jump up. `max_pruning_ratio=0.9` prevents that. To try
# lines one by one, take `networks = trial.start_networks(data)`, not the `vgg` and `slim_vgg` of this notebook,
# which later cells need as they are.
#
# First the laziest answers: the dense VGG as it is, with masks on nine of ten weights, and with half of its channels,
# any half; the same three with values of 4 bits; the dense VGG in float16; and AlexNet with values of 3 bits. Predict
# how many of these eight networks meet any target.

# %%
any_target = predict("any_target", "How many of the eight lazy networks meet any target?", low=0, high=8, step=1)

# %%
example = torch.zeros(1, *data.shape)


def halved_by_chance() -> nn.Module:
    """VGG with half of the channels of every layer, any half."""
    small = deepcopy(vgg)
    tp.pruner.MagnitudePruner(small, example, tp.importance.RandomImportance(), pruning_ratio=0.5,
                              ignored_layers=[small.classifier]).step()  # fmt: skip
    return small


def masked_by_magnitude() -> nn.Module:
    """VGG with masks on nine of ten weights."""
    small = deepcopy(vgg)
    layers = [layer for layer in small.modules() if isinstance(layer, nn.Conv2d)]
    prune.global_unstructured([(layer, "weight") for layer in layers], prune.L1Unstructured, amount=0.9)
    for layer in layers:
        prune.remove(layer, "weight")
    return small


torch.manual_seed(0)
chance = halved_by_chance()
lazy = {"VGG as it is": vgg, "90 % masked": masked_by_magnitude(), "half, by chance": chance,
        "4 bits": clustered(vgg, 4), "90 % masked, 4 bits": clustered(masked_by_magnitude(), 4),
        "half, by chance, 4 bits": clustered(chance, 4), "float16": deepcopy(vgg).half().float(),
        "AlexNet, 3 bits": clustered(models.load("alexnet", data), 3)}  # fmt: skip
print(f"{'network':<26}{'bytes':>11}{'MACs':>13}{'activations':>13}{'on 1,000':>11}")
satisfied, verdicts, dense_few = 0, [], accuracy(vgg, few)
for name, network in lazy.items():
    counted, rebuilt = costs(network, data)
    right = accuracy(rebuilt, few)
    refused = [each.name for each in targets.values() if right < dense_few - each.loss
               or any(counted[cost] > most for cost, most in each.limits.items())]  # fmt: skip
    satisfied += len(refused) < len(targets)
    verdicts.append(f"{name} ({', '.join(refused) or 'nobody'})")
    print(f"{name:<26}{counted['bytes']:>11,}{counted['MACs']:>13,}{counted['activations']:>13,}{right:>9.1f} %")
any_target.reveal(satisfied, f"{satisfied} meet a target. Who refuses them: {'; '.join(verdicts)}.")

# %% [markdown]
# **Reading the table.** Look down one column at a time. Masks and shared values shrink bytes and nothing else; fewer
# channels shrink everything, but by chance they cost accuracy. (Nobody has trained yet.) Which columns does each
# target look at?
#
# ## 6 Which network does each target get?
#
# Each check runs your function, prints what was measured beside what is allowed, and remembers the attempt for the
# figure in section 7. It takes as long as your training does, and a few seconds more. Work with fewer steps while you
# try, and cut first: training a small network is quick.
#
# ### Exercise 10.5: The phone
# *3 points, 10 minutes, about 7 lines*
#
# Write `compress_phone` so that the network has at most a sixth of the MACs of the dense VGG, and at most 2.5 points
# less accuracy:
#
# $$\text{MACs} \le \tfrac{1}{6}\,\text{MACs}_{\text{VGG}}, \qquad
# \text{accuracy} \ge \text{accuracy}_{\text{VGG}} - 2.5.$$
#
# *Example:* a layer with 40 instead of 64 outputs and 20 instead of 32 inputs has 39 % of its MACs, whether its maps
# are large or small. But where do most MACs stand? Lab 06 had a table.
#
# <details><summary>Hint 1: the idea</summary>
# Start from the network whose channels are closed already. One threshold for all scaling factors cuts most in the last
# layers, where few MACs are: either go far with it, or give the first convolutions a ratio of their own. Then repair.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>BNScalePruner(..., pruning_ratio=0.74, pruning_ratio_dict={network.features[0]: 0.5, ...})</code>, then
# <code>fit(network, data.train, steps=100, lr=0.03)</code>. <code>macs(network, data.shape)</code> tells where you are.
# </details>


# %% exercise="compress_phone"
def compress_phone(networks: dict[str, nn.Module], data: Data) -> nn.Module:
    """A network for the phone: few MACs."""
    ### BEGIN SOLUTION
    small = networks["vgg_l1"]
    tp.pruner.BNScalePruner(
        small, torch.zeros(1, *data.shape), tp.importance.BNScaleImportance(normalizer=None), global_pruning=True,
        pruning_ratio=0.74, pruning_ratio_dict={small.features[0]: 0.5, small.features[4]: 0.5}, max_pruning_ratio=0.9,
        ignored_layers=[small.classifier],
    ).step()  # fmt: skip
    fit(small, data.train, steps=120, lr=0.03)
    return small
    ### END SOLUTION


# %% check="compress_phone" points=3
with check("compress_phone", points=3) as c:
    with learning_from_training_images(data):
        small = trial.attempt(c, targets["phone"], compress_phone, data)
    ### BEGIN HIDDEN TESTS
    trial.attempt_on_test(c, targets["phone"], small, data)
    ### END HIDDEN TESTS

# %% [markdown]
# MACs are a promise; the clock says what became of it. (A time depends on the machine and on what else it does, so it
# earns no points.) Predict the speed-up for one image.

# %%
phone_speedup = predict("phone_speedup", "Time of the dense VGG divided by that of your network for the phone?")

# %%
if network := trial.latest_fitting("phone"):
    ratio, measured = macs(vgg, data.shape) / macs(network, data.shape), trial.speedup(network, data)
    print(f"the MACs promise {ratio:.1f}x")
    phone_speedup.reveal(round(measured, 1), f"The MACs promise {ratio:.1f}x, the clock says {measured:.1f}x.")

# %% [markdown]
# **Reading the line.** If the two factors differ, lab 09 told you why: a small layer fills the processor less well, and
# each call has its price.
#
# ### Exercise 10.6: The web page
# *3 points, 10 minutes, about 9 lines*
#
# Write `compress_web` so that the file has at most 48,000 bytes, and the network at most 3 points less accuracy than
# the dense VGG:
#
# $$|\texttt{pack(network)}| \le 48{,}000, \qquad \text{accuracy} \ge \text{accuracy}_{\text{VGG}} - 3.$$
#
# *Example:* 120,000 weights of which 70 % are zero, with codes of 5 bits: $120{,}000 / 8 = 15{,}000$ bytes for the
# bitmask and $36{,}000 \cdot 5 / 8 = 22{,}500$ for the codes. The bitmask of the *whole* VGG alone would take 141,000.
#
# <details><summary>Hint 1: the idea</summary>
# The bitmask counts every weight, so cut channels first, then prune single weights, then retrain with the masks held,
# and share values last: training would pull shared values apart again.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>BNScalePruner</code> with <code>pruning_ratio=0.65</code>, <code>prune.global_unstructured</code> with
# <code>amount=0.75</code>, <code>fit</code> for about 200 steps, <code>prune.remove</code> on each layer,
# <code>clustered</code> with five bits. The batch norms are part of the file, too.
# </details>


# %% exercise="compress_web"
def compress_web(networks: dict[str, nn.Module], data: Data) -> nn.Module:
    """A network for the web page: few bytes."""
    ### BEGIN SOLUTION
    small = networks["vgg_l1"]
    tp.pruner.BNScalePruner(
        small, torch.zeros(1, *data.shape), tp.importance.BNScaleImportance(normalizer=None), global_pruning=True,
        pruning_ratio=0.65, max_pruning_ratio=0.9, ignored_layers=[small.classifier],
    ).step()  # fmt: skip
    layers = [layer for layer in small.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    prune.global_unstructured([(layer, "weight") for layer in layers], prune.L1Unstructured, amount=0.75)
    fit(small, data.train, steps=200, lr=0.02)
    for layer in layers:
        prune.remove(layer, "weight")
    return clustered(small, 5)
    ### END SOLUTION


# %% check="compress_web" points=3
with check("compress_web", points=3) as c:
    with learning_from_training_images(data):
        small = trial.attempt(c, targets["web"], compress_web, data)
    ### BEGIN HIDDEN TESTS
    trial.attempt_on_test(c, targets["web"], small, data)
    ### END HIDDEN TESTS

# %% [markdown]
# Where did the bytes go? Step by step, down to the length of your file.

# %%
if network := trial.latest_fitting("web"):
    layers = [layer for layer in chain(network) if isinstance(layer, nn.Conv2d | nn.Linear)]
    weights = sum(layer.weight.numel() for layer in layers)
    kept = sum(int((layer.weight != 0).sum()) for layer in layers)
    dense = len(pack(vgg))
    print(f"the dense VGG              {dense:>12,} bytes")
    print(f"fewer weights: {weights:>9,}   {4 * weights:>12,} in float32")
    print(f"not zero:      {kept:>9,}   {weights // 8 + 4 * kept:>12,} with a bitmask, in float32")
    print(f"your codebooks             {sum(map(codebook_bytes, (layer.weight for layer in layers))):>12,}")
    whole = len(pack(network))
    print(f"the whole file             {whole:>12,}, {dense / whole:.0f} times smaller than dense")

# %% [markdown]
# **Reading the lines.** Each step multiplies the factor of the step before, and none could have done it alone. What
# stands between the codebooks and the file are biases, batch norms, and a few hundred bytes that say how the layers
# follow each other.
#
# ### Exercise 10.7: The microcontroller
# *3 points, 12 minutes, about 10 lines*
#
# Write `compress_chip` so that the file fits into 256 kB of flash, the activations into 64 kB at each moment, and at
# most 2.5 points of accuracy are lost:
#
# $$|\texttt{pack(network)}| \le 262{,}144, \qquad \text{largest moment} \le 65{,}536, \qquad
# \text{accuracy} \ge \text{accuracy}_{\text{VGG}} - 2.5.$$
#
# *Example:* images of 28 x 28: a first convolution with 16 channels writes 12,544 numbers, and the pooling that
# reads them writes 3,136 more: 62,720 bytes in float32. With 17 channels it would be 66,640.
#
# <details><summary>Hint 1: the idea</summary>
# Section 3 says how many channels the first convolution may keep for images of this size. Give that layer a ratio of
# its own, all others one threshold. What is left is too large in float32 and need not be.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>pruning_ratio_dict={network.features[0]: 1 - channels / 32}</code>, <code>fit</code>, <code>clustered</code>
# with six bits. Write the number of channels as a formula of <code>data.shape</code> or as a number.
# </details>


# %% exercise="compress_chip"
def compress_chip(networks: dict[str, nn.Module], data: Data) -> nn.Module:
    """A network for the microcontroller: it fits into 256 kB of flash and 64 kB of memory."""
    ### BEGIN SOLUTION
    small = networks["vgg_l1"]
    pixels = data.shape[1] * data.shape[2]
    first = 64 * 1024 // (4 * (pixels + pixels // 4))  # the first pooling reads and writes so many channels at most
    tp.pruner.BNScalePruner(
        small, torch.zeros(1, *data.shape), tp.importance.BNScaleImportance(normalizer=None), global_pruning=True,
        pruning_ratio=0.6, pruning_ratio_dict={small.features[0]: 1 - first / small.features[0].out_channels},
        max_pruning_ratio=0.9, ignored_layers=[small.classifier],
    ).step()  # fmt: skip
    fit(small, data.train, steps=150, lr=0.03)
    return clustered(small, 6)
    ### END SOLUTION


# %% check="compress_chip" points=3
with check("compress_chip", points=3) as c:
    with learning_from_training_images(data):
        small = trial.attempt(c, targets["chip"], compress_chip, data)
    ### BEGIN HIDDEN TESTS
    trial.attempt_on_test(c, targets["chip"], small, data)
    ### END HIDDEN TESTS

# %% [markdown]
# How many numbers does a file in float32 have room for, and how many does yours have?

# %%
if network := trial.latest_fitting("chip"):
    room = targets["chip"].limits["bytes"]
    first = next(layer for layer in chain(network) if isinstance(layer, nn.Conv2d))
    print(f"float32: room for {room // 4:,} numbers; yours has {parameters(network):,} in {len(pack(network)):,} bytes")
    print(f"first convolution: {first.out_channels} channels of {vgg.features[0].out_channels}")

# %% [markdown]
# **Reading the lines.** Two memories, two cures: the flash asked for fewer or shorter weights, the working memory for
# fewer channels at the very beginning. A method that looks at one number only, such as a single threshold for all
# scaling factors, would have missed the second.
#
# ## 7 Where do you stand?
#
# All your attempts, whether they fitted or not, beside the long runs of the course. Yours are accuracies on
# *validation* images against the dense VGG of this lab; theirs are on *test* images against their own dense networks.
# Your attempts lie in `attempts.json` beside this notebook; to begin anew, run `forget_attempts()` in a cell.

# %%
mine = [attempt for attempt in attempts() if attempt["data"] == data.name]
fig, axes = figures.figure(columns=2, width=5.2)
for ax, cost in zip(axes, ("bytes", "MACs"), strict=True):
    draw_references(ax, cost)
    for fits, style in ((False, "x"), (True, "*")):
        chosen = [(each[cost], each["accuracy"] - each["dense"]) for each in mine if each["fits"] == fits]
        if chosen:
            ax.plot(*zip(*chosen, strict=True), style, color=figures.PRUNED, markersize=10,
                    label="yours, within the budget" if fits else "yours, not within it")  # fmt: skip
    for each in (each for each in mine if each["fits"]):
        ax.annotate(each["target"], (each[cost], each["accuracy"] - each["dense"]), xytext=(6, 4),
                    textcoords="offset points", fontsize=8)  # fmt: skip
    for target in targets.values():
        if cost in target.limits:
            ax.axvline(target.limits[cost], color=figures.MUTED, linewidth=1)
            ax.text(target.limits[cost], 0.02, f" {target.name}", transform=ax.get_xaxis_transform(), rotation=90)
    ax.set_ylim(-6, 1)
axes[1].legend(frameon=False, loc="lower right")
figures.show(fig, alt="Your attempts and the long runs of the course: accuracy lost against bytes and against MACs.")
kept = [each for each in mine if each["fits"]]
front = {kept[number]["target"] for number in pareto_front([(each["bytes"], each["accuracy"]) for each in kept])}
print(f"{len(mine)} attempts, {len(kept)} within the budget; on their front by bytes: {', '.join(sorted(front))}")

# %% [markdown]
# Set a budget with the slider, and see what each method has to offer for it.
#
# **Try:** Choose bytes and go down from the largest budget. Which method is the first with nothing to offer, and what
# is left at the budgets of your targets? Then choose MACs: who has left the table?

# %%
offers = [{"label": "yours", "lost": each["dense"] - each["accuracy"], "bytes": each["bytes"], "MACs": each["MACs"]}
          for each in mine if each["dense"] - each["accuracy"] < 6]  # fmt: skip
ParetoExplorer(references() + offers, ("bytes", "MACs"), mine="yours", start=targets["chip"].limits["bytes"])

# %% [markdown]
# **Reading the pictures.** (Attempts that lost more than six points are left out.) Your stars were trained for a
# hundred steps or two, the reference points for thousands. On top of the weights that they cut, your files count bits,
# not numbers: for which of the two costs does that help? And where would more training help you most?
#
# ## 8 What is each method good for?
#
# The table of the lecture, filled with **your** numbers from the labs. `smaller` is the bytes or the parameters of
# dense over those left, `accuracy` what was gained or lost in points on test images (of the task of that lab),
# `speed-up` the dense time over the small network's, `steps` the training after the cut. A number with `*` is the
# course's own, from `data/results/`, because you have not run the last cell of that lab here; a dash means that nobody
# measured it.
#
# How easy was it? Give each method a mark, from 1 (never again) to 5 (any time).

# %%
my_ease = {"03 iterative": 3}  # your marks: {"02 magnitude": ..., "04 tickets": ..., ...}

METHODS = {"01 dense and sparse": "random weights", "02 magnitude": "smallest weights",
           "03 iterative": "smallest weights in rounds", "04 tickets": "winning tickets",
           "05 slimming": "channels by their factor", "06 surgery": "filters by norm",
           "07 criteria": "curvature (OBS)", "08 language": "Wanda, SparseGPT",
           "09 speed": "the full stack", "10 capstone": "your web page"}  # fmt: skip
course, own = ({lab[:2]: dict(row) for lab, row in table.items()} for table in (course_numbers(), noted()))


if network := trial.latest_fitting("web"):
    own["10"] = {"compression": len(pack(vgg)) / len(pack(network))}


def entry(lab: str, key: str, form: str) -> str:
    """A number of the student's, the course's with a star, or a dash."""
    for numbers, star in ((own.get(lab[:2], {}), ""), (course.get(lab[:2], {}), "*")):
        if key in numbers:
            return f"{numbers[key]:{form}}{star}"
    return "-"


for numbers in (own, course):
    for row in numbers.values():
        if {"accuracy", "dense"} <= row.keys():
            row["gained"] = row["accuracy"] - row["dense"]
print(f"{'lab':<22}{'method':<28}{'smaller':>10}{'accuracy':>10}{'speed-up':>10}{'steps':>8}{'ease':>6}")
for lab, method in METHODS.items():
    cells = [entry(lab, "compression", ".1f"), entry(lab, "gained", "+.2f"), entry(lab, "speedup", ".2f"),
             entry(lab, "steps", ".0f")]  # fmt: skip
    row = "".join(f"{cell:>{width}}" for cell, width in zip(cells, (10, 10, 10, 8), strict=True))
    print(f"{lab:<22}{method:<28}{row}{my_ease.get(lab, '-'):>6}")

# %% [markdown]
# **Reading the table.** Is any row best in every column? The tasks and networks differ from row to row, so compare the
# pattern, not the last digit: which methods make a file small, and which make a network fast?
#
# ### Exercise 10.8: Your conclusion
# *2 points, 8 minutes, about 8 sentences; read by a person*
#
# A colleague has one afternoon and a network that is 20 times too large for a microcontroller. Which two or three
# methods of this course do you recommend, in which order, and what would change your mind? Give for each of them **one
# number of your own** from this notebook and **one thing that it does not help with**. Write into the cell below.
#
# One point: the order and its reasons fit the numbers you quote. One point: you name what each method does *not* save,
# and one measurement that would change your mind.

# %% [markdown] written="conclusion" points=2
# *One good answer of many.* First cut channels by their scaling factors: my VGG for the phone kept its accuracy within
# 2.5 points at a sixth of the MACs, and only smaller layers make it faster. Factors of the first layers say nothing
# about memory, so I gave the first convolution a number of channels of its own. Then let weights share values: six bits
# instead of 32 made the file about five times smaller, but saved not one MAC and no working memory. If that is not
# enough, prune single weights before sharing, as for the web page; that helps the bytes only, and the bitmask has its
# price. Retrain after each cut, not after sharing. I would change my mind if the accuracy on the validation images had
# not come back after a hundred steps: then I would cut less and prune in rounds.

# %% [markdown]
# ## What you measured
#
# First your predictions, each beside what came.

# %%
compare_predictions()

# %% [markdown]
# The test images are read here, once, for your last three networks that kept to their budgets. (In the grader's copy of
# this notebook the checks read them as well.)

# %%
print(f"{'network':<12}{'bytes':>12}{'MACs':>14}{'activations':>14}{'test accuracy':>16}")
finalists = {"dense VGG": vgg, **{name: trial.latest_fitting(name) for name in targets}}
tested = {name: accuracy(network, data.test) for name, network in finalists.items() if network}
for name, right in tested.items():
    counted, _ = costs(finalists[name], data)
    print(f"{name:<12}{counted['bytes']:>12,}{counted['MACs']:>14,}{counted['activations']:>14,}{right:>14.2f} %")
if "web" in tested:
    note("10 capstone", compression=len(pack(vgg)) / len(pack(finalists["web"])), accuracy=tested["web"],
         dense=tested["dense VGG"])  # fmt: skip

# %% [markdown]
# ### Remember
#
# 1. Ask first what the target counts: bytes, MACs, memory and time are four budgets, and each has its own cure.
# 2. Methods multiply: cut channels, prune what is left, retrain, share values last. Count everything, indices too.
# 3. Measure what comes out of the file, on images that chose nothing, against the dense network and the lazy rival.
#
# ### Further reading
#
# - Han, Mao and Dally, [Deep Compression](https://arxiv.org/abs/1510.00149), 2016: prune, share values, code what is
#   left.
# - Lin, Chen, Lin, Cohn, Gan and Han, [MCUNet](https://arxiv.org/abs/2007.10319), 2020: networks made for
#   microcontrollers.
# - Hoefler, Alistarh, Ben-Nun, Dryden and Peste, [Sparsity in Deep Learning](https://arxiv.org/abs/2102.00554), 2021:
#   all that this course left out.
#
# **Next:** your own network. Good luck with it.
