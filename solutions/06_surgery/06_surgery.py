# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 06: Channels and filters: structured pruning by surgery
#
# *About 120 minutes, 20 points.*
#
# Lab 05 cut channels out of a network that is a plain chain, where batch norm said it would not hurt. Real networks are
# no chains: AlexNet flattens its channels into a linear layer, ResNet adds two branches, others let every channel pass
# through a filter of its own. To take a channel out you must find **everything that touches it**. *What holds on to a
# channel, and is the network without it really faster?* You cut by hand, prove that the small network computes what the
# masked one computed, meet the tool that does it for you, and then hold a stopwatch to it.
#
# **You will be able to**
#
# - rank channels by the weights that write and read them, and choose how many stay,
# - cut the outputs and inputs of convolutions, batch norms and linear layers, across a flatten, too,
# - find the layers of a residual network that must be cut together, and check them against a dependency graph,
# - prove that a carved network equals the masked one, and that it saves, loads and exports like any other,
# - count parameters, MACs and bytes by formula, and say why the speed-up is not the ratio of the MACs.
#
# **From earlier labs**
#
# - To **carve** a channel out is to cut a row of the weight that writes it, its entries in batch norm, and a column of
#   the weight that reads it. The proof is to compute what the silenced network computes (lab 05). Here all that writes
#   a channel is set to zero, whatever the layer, and the network is called **masked**.
# - L1 and L2 norms measure how strong a filter is (lab 02). MACs count multiplications with their additions (lab 05).
# - Judge after retraining, against chance and a control that was not cut (labs 03 and 05).

# %% locked="setup"
import math
from copy import deepcopy
from functools import partial
from io import BytesIO
from numbers import Integral
from statistics import median

import torch
import torch_pruning as tp
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from prunelab import figures, models
from prunelab.checks import check, describe
from prunelab.data import load_data
from prunelab.explorers import StageExplorer
from prunelab.inputs import distinct, fractions, tied
from prunelab.live import explore
from prunelab.measure import latencies, macs, parameters
from prunelab.notes import note
from prunelab.predictions import compare_predictions, predict
from prunelab.results import load_results, mean_interval
from prunelab.training import accuracy, fit, seeded

data = load_data()  # train, validation and test images with labels
few = TensorDataset(*(tensor[:1000] for tensor in data.validation.tensors))  # enough images to draw a curve
vgg, alexnet, resnet = (models.load(name, data) for name in ("vgg", "alexnet", "resnet"))  # trained
NORMS = nn.BatchNorm1d | nn.BatchNorm2d


def randomised(model: nn.Module, seed: int = 0) -> nn.Module:
    """A copy in double precision and eval mode; weights, biases and the statistics of batch norm are drawn anew."""
    model, draw = deepcopy(model).double().eval(), seeded(seed)
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point():
            tensor.normal_(generator=draw)
        if name.endswith("running_var"):
            tensor.abs_().add_(0.5)
    return model


# %% [markdown]
# ## 1 Who touches a channel?
#
# A channel is one picture among those that a layer hands on. Follow one through VGG: a filter of a convolution
# **writes** it, batch norm scales and shifts it, ReLU and pooling pass it on by itself, and the next convolution
# **reads** it. Take it out, and each of these layers shrinks; ReLU and pooling never knew how many there were.
#
# Call the layers that hold on to the same channels a **group**: `{"writes": [...], "reads": [...]}`, two lists of names
# as in `model.named_modules()`. A layer that has one output, or one number, for each channel writes it: convolution,
# linear layer, batch norm. A layer that has inputs for it reads it. In a chain, the order of the layers tells the
# groups:

# %% locked="groups"
Group = dict[str, list[str]]  # {"writes": names of layers, "reads": names of layers}


def chain_groups(model: nn.Module) -> list[Group]:
    """The groups of a plain chain, from input to output; its last layer writes the classes, which must stay."""
    groups = []
    for name, layer in model.named_modules():
        depthwise = isinstance(layer, nn.Conv2d) and layer.groups > 1  # each channel has a filter of its own
        if depthwise or isinstance(layer, NORMS):
            groups[-1]["writes"].append(name)
        elif isinstance(layer, nn.Conv2d | nn.Linear):
            if groups:
                groups[-1]["reads"].append(name)
            groups.append({"writes": [name], "reads": []})
    return groups[:-1]


def channels_of(model: nn.Module, group: Group) -> int:
    """How many channels a group has."""
    return len(model.get_submodule(group["writes"][0]).weight)


@torch.no_grad()
def masked(model: nn.Module, groups: list[Group], keeps: list[Tensor]) -> nn.Module:
    """A copy in which nothing of the channels outside `keeps` (one tensor of channel numbers a group) gets through.

    All that writes such a channel becomes zero, weight and bias: a convolution's filter, gamma and beta of batch norm.
    """
    twin = deepcopy(model)
    for group, keep in zip(groups, keeps, strict=True):
        cut = torch.ones(channels_of(model, group), dtype=torch.bool)
        cut[keep] = False
        for layer in map(twin.get_submodule, group["writes"]):
            for parameter in layer.parameters():
                parameter[cut] = 0
    return twin


for label, network in (("VGG", vgg), ("AlexNet", alexnet)):
    print(label)
    for group in chain_groups(network):
        writes, reads = (" and ".join(group[side]) for side in ("writes", "reads"))
        print(f"  {channels_of(network, group):>5} channels: {writes:<27} -> {reads}")

# %% [markdown]
# ## 2 Which channels are weak?
#
# Li, Kadav, Durdanovic, Samet and Graf (2017) rank filters by the sum of their absolute weights. They took 64 % of the
# parameters and 34 % of the operations out of a VGG-16 for CIFAR-10 and lost no accuracy. But a channel has two sides:
# a loud filter is of no use if nobody listens. So measure both.
#
# ### Exercise 6.1: Norms of what writes and what reads
# *2 points, 10 minutes, about 4 lines*
#
# Return two tensors with one norm for each of the $C$ channels that `writer` hands to `reader`: of all weights that
# write channel $c$, and of all weights that read it:
#
# $$\text{written}_c = \lVert W^{\text{writer}}_{c,\dots} \rVert_p, \qquad
# \text{read}_c = \lVert W^{\text{reader}}_{\cdot,\,c,\,\dots} \rVert_p, \qquad
# \lVert u \rVert_1 = \sum_i |u_i|, \quad \lVert u \rVert_2 = \sqrt{\textstyle\sum_i u_i^2},$$
#
# where `p` is 1 or 2 and biases do not count. `writer` and `reader` are each an `nn.Conv2d` or an `nn.Linear`. Where a
# linear layer reads a convolution, an `nn.Flatten` stands between them: it lays out $C$ channels of $h \times w$ pixels
# one channel after the other, so that each channel owns $h w$ **neighbouring** columns.
#
# *Example:* two filters `[3, -4]` and `[0, 1]`, then a linear layer with the one row `[1, -2, 0.5, 0]`: four columns
# for two channels, two pixels each. With `p=1` the norms are `[7, 1]` and `[3, 0.5]`. Columns 0 and 2 for the first
# channel would give `[1.5, 2]`.
#
# <details><summary>Hint 1: the idea</summary>
# Lay out each weight such that one dimension is the channel, and take the norm over all the others. For the reader,
# first split its inputs into channels and whatever belongs to each: a convolution's are already split.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>weight.flatten(1)</code> has one row a filter. <code>weight.reshape(outputs, channels, -1)</code> gives (out,
# channel, pixels) for both kinds of reader. <code>torch.linalg.vector_norm(x, ord=p, dim=(0, 2))</code> takes a norm
# over two dimensions.
# </details>


# %% exercise="channel_norms"
def channel_norms(writer: nn.Module, reader: nn.Module, p: int) -> tuple[Tensor, Tensor]:
    """Lp norms of the weights that write each channel and of those that read it, two tensors of shape (channels,)."""
    ### BEGIN SOLUTION
    filters = writer.weight.flatten(1)  # (channels, in * kh * kw)
    inputs = reader.weight.reshape(len(reader.weight), len(filters), -1)  # (out, channels, pixels)
    return (
        torch.linalg.vector_norm(filters, ord=p, dim=1),
        torch.linalg.vector_norm(inputs, ord=p, dim=(0, 2)),
    )
    ### END SOLUTION


# %% check="channel_norms" points=2
with check("channel_norms", points=2) as c:
    norm = "L1 sums magnitudes, L2 is the root of the sum of squares; biases do not count."
    sides = "One number a channel: over its whole filter in the writer, over all that reads it in the reader."
    columns = f"After a flatten a channel owns neighbouring columns, as many as it has pixels. {norm}"

    def with_weight(layer, values):
        """The layer with these weights and, if it has a bias, a large one."""
        layer = layer.to(values.dtype)
        layer.weight.data = values.reshape(layer.weight.shape)
        if layer.bias is not None:
            layer.bias.data.fill_(50.0)
        return layer

    def norms_are(writer, reader, p, written, read, idea):
        """Both norms are those wanted."""
        got = c.call(channel_norms, writer, reader, p, idea=sides, may="differentiate")
        called = f"channel_norms({writer}, {reader}, {p})"
        c.true(isinstance(got, tuple | list) and len(got) == 2, called=called, expected="two tensors", got=got,
               idea="First the norms of what writes, then those of what reads.")  # fmt: skip
        c.equal(got[0], written, called=f"what writes in {called}", idea=f"{sides} {norm}")
        c.equal(got[1], read, called=f"what reads in {called}", idea=idea)

    pair = with_weight(nn.Conv2d(1, 2, (1, 2)), torch.tensor([3.0, -4.0, 0.0, 1.0]))
    flat = with_weight(nn.Linear(4, 1), torch.tensor([1.0, -2.0, 0.5, 0.0]))
    norms_are(pair, flat, 1, torch.tensor([7.0, 1.0]), torch.tensor([3.0, 0.5]), columns)
    norms_are(pair, flat, 2, torch.tensor([5.0, 1.0]), torch.tensor([5**0.5, 0.5]), columns)
    deep = with_weight(nn.Conv2d(2, 3, (1, 2)), torch.tensor([1.0, -1, 2, 0, 0, 3, -6, 0, 0, 0, 0, -2]))
    norms_are(pair, deep, 1, torch.tensor([7.0, 1.0]), torch.tensor([5.0, 10.0]), sides)
    norms_are(pair, deep, 2, torch.tensor([5.0, 1.0]), torch.tensor([11.0**0.5, 44.0**0.5]), f"{sides} {norm}")
    # All pairs of kinds, each layer put together from one random piece for each channel.
    for number, (writer, reader) in enumerate([
        (nn.Conv2d(3, 5, (3, 2), bias=False), nn.Conv2d(5, 4, (1, 5))),
        (nn.Conv2d(4, 4, 3), nn.Conv2d(4, 4, 3, bias=False)),
        (nn.Conv2d(2, 6, 1), nn.Linear(6 * 3 * 4, 7)),
        (nn.Conv2d(2, 3, (1, 2)), nn.Linear(3 * 9, 3, bias=False)),
        (nn.Conv2d(3, 1, 3), nn.Linear(1 * 2 * 3, 2)),
        (nn.Linear(9, 4), nn.Linear(4, 3, bias=False)),
        (nn.Linear(5, 5, bias=False), nn.Linear(5, 5)),
    ]):  # fmt: skip
        drawn, channels = seeded(number), len(writer.weight)
        outputs, inputs, *kernel = reader.weight.shape
        filters = torch.randn(writer.weight.shape, generator=drawn, dtype=torch.float64).unbind(0)
        pieces = [torch.randn(outputs, inputs // channels, *kernel, generator=drawn).double() for _ in filters]
        for dtype, p in ((torch.float32, 1), (torch.float64, 2), (torch.float32, 2)):
            writes, reads = torch.stack(filters).to(dtype), torch.cat(pieces, 1).to(dtype)
            written, read = (torch.stack([part.norm(p) for part in parts]) for parts in (filters, pieces))
            layers = with_weight(writer, writes), with_weight(reader, reads)
            norms_are(*layers, p, written, read, columns if reader.weight.ndim == 2 else f"{sides} {norm}")
    ### BEGIN HIDDEN TESTS
    for writer, reader in (
        (nn.Conv2d(3, 5, 3, bias=False), nn.Conv2d(5, 4, 5)),
        (nn.Conv2d(2, 6, 1), nn.Linear(6 * 5 * 2, 7)),
        (nn.Linear(6, 3), nn.Linear(3, 8, bias=False)),
    ):
        writer, reader = randomised(writer, 1), randomised(reader, 2)
        rows = reader.weight.detach().movedim(1, 0).reshape(len(writer.weight), -1)
        for p in (1, 2):
            want = [unit.detach().abs().pow(p).sum().pow(1 / p) for unit in writer.weight]
            norms_are(writer, reader, p, torch.stack(want), rows.abs().pow(p).sum(1).pow(1 / p), columns)
    ### END HIDDEN TESTS

# %% [markdown]
# The filters of VGG by their L1 norms, strongest first, and for its third convolution both sides of each channel.

# %%
groups = chain_groups(vgg)
fig, (left, right) = figures.figure(columns=2, width=5.2)
for number, group in enumerate(groups):
    writer, reader = (vgg.get_submodule(group[side][0]) for side in ("writes", "reads"))
    written, read = (norms.detach() for norms in channel_norms(writer, reader, 1))
    colour = {0: figures.OTHER, len(groups) - 1: figures.KEPT}.get(number, figures.MUTED)
    place = torch.linspace(0, 100, len(written))
    left.plot(place, written.sort(descending=True).values / written.max(), color=colour, alpha=0.8)
    if colour != figures.MUTED:
        left.annotate(group["writes"][0], (100, written.min() / written.max()), xytext=(4, -3), color=colour,
                      textcoords="offset points")  # fmt: skip
    if number == 2:
        right.scatter(written, read, color=figures.KEPT, s=14)
        both = torch.corrcoef(torch.stack([written, read]))[0, 1]
        right.set(xlabel="L1 of what writes", ylabel="L1 of what reads", title=f"Channels of {group['writes'][0]}")
left.set(xlabel="channels, strongest first (%)", ylabel="L1 norm / largest", title="Filters of VGG", ylim=(0, 1.02))
left.set_xlim(0, 122)
left.set_xticks(range(0, 101, 20))
figures.show(fig, alt="Sorted L1 norms of the filters of each layer; norms of writing against reading weights.")
print(f"correlation of the two sides: {both:.2f}")

# %% [markdown]
# **Reading the figure.** A curve that falls steeply has channels to spare; one that stays flat says that by this
# measure all are alike. The right picture shows whether the two sides agree on who is weak.
#
# One warning before you trust a filter's size. Batch norm follows each of these convolutions, and it divides by
# whatever comes: double a filter, let batch norm measure again, and the output stays the same. The norm means something
# because all filters of a layer had the same start and the same weight decay. Lab 05 read the factor gamma instead.
#
# ## 3 How many, and which?
#
# ### Exercise 6.2: The channels that stay
# *3 points, 10 minutes, about 5 lines*
#
# From one importance for each of $C$ channels, return the numbers of the $n$ channels that stay: the most important
# ones, **in ascending order of their numbers**, as a tensor of integers, with
#
# $$k = \max(1, \operatorname{round}(r\,C)), \qquad n = \min\!\big(C,\ \text{the smallest multiple of } m \text{ that
# is at least } k\big),$$
#
# where $r$ is the keep ratio from 0 to 1, $m$ is `multiple`, and `round` is Python's. Hardware likes multiples of 8 or
# 16, and a layer without channels is no layer. Importances are floats or integers of any sign; where they are equal,
# you choose.
#
# *Example:* importances `[0.1, 0.9, 0.3, 0.7, 0.2]`, ratio 0.3: $k = \operatorname{round}(1.5) = 2$, so
# `[1, 3]` stay. With `multiple=3` it is three channels, `[1, 2, 3]`; with `multiple=4`, four; with `multiple=8` all
# five, because there are no more.
#
# <details><summary>Hint 1: the idea</summary>
# Three steps for the count, in the order of the formula. Then rank the channels, take the best n, and put their numbers
# into order again. "The smallest multiple of m that is at least k" is a division that rounds up.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>math.ceil</code> rounds a quotient up; <code>argsort(descending=True)</code> lists the numbers of the channels,
# most important first; <code>sort().values</code> puts numbers into order.
# </details>


# %% exercise="strongest"
def strongest(importance: Tensor, ratio: float, multiple: int = 1) -> Tensor:
    """Numbers of the most important channels in ascending order: the share `ratio`, up to a multiple, never none."""
    ### BEGIN SOLUTION
    wanted = max(1, round(ratio * len(importance)))
    count = min(len(importance), math.ceil(wanted / multiple) * multiple)
    return importance.argsort(descending=True)[:count].sort().values
    ### END SOLUTION


# %% check="strongest" points=3
with check("strongest", points=3) as c:
    best = "The most important channels stay; they are returned by number, in ascending order."
    count = "First round(ratio * channels), at least one; then up to a multiple; never more than there are."
    numbers = "Return the numbers of the channels as a tensor of integers."

    def stays(importance, *options, channels, idea=best):
        """So many channels stay, by number in ascending order, and none that goes is more important."""
        got = c.call(strongest, importance, *options, idea=count)
        called = f"strongest({', '.join(map(describe, (importance, *options)))})"
        c.true(isinstance(got, Tensor) and got.dtype in (torch.int64, torch.int32), called=called,
               expected="a tensor of integers", got=got, idea=numbers)  # fmt: skip
        c.true(got.shape == (channels,), called=called, expected=f"{channels} channel numbers", got=got, idea=idea)
        kept, values = got.tolist(), importance.tolist()
        gone = set(range(len(values))) - set(kept)
        c.equal(kept, sorted(set(kept)), called=called, idea="Each number comes once, in ascending order.")
        c.equal(len(gone), len(values) - len(kept), called=f"how many channels go by {called}", idea=numbers)
        highest = max((values[channel] for channel in gone), default=-math.inf)
        c.true(all(values[channel] >= highest for channel in kept), called=called, got=got, idea=best,
               expected=f"the channels of the {channels} largest importances")  # fmt: skip

    example = torch.tensor([0.1, 0.9, 0.3, 0.7, 0.2])
    c.returns(strongest, example, 0.4, want=torch.tensor([1, 3]), idea=best)
    c.returns(strongest, example, 0.3, want=torch.tensor([1, 3]), idea=f"{count} Python's round(1.5) is 2.")
    c.returns(strongest, example, 0.5, want=torch.tensor([1, 3]), idea=f"{count} Python's round(2.5) is 2.")
    c.returns(strongest, example, 0.3, 3, want=torch.tensor([1, 2, 3]), idea=count)
    c.returns(strongest, example, 0.5, 4, want=torch.tensor([1, 2, 3, 4]), idea=count)
    c.returns(strongest, example, 0.6, 3, want=torch.tensor([1, 2, 3]), idea="Three is a multiple of 3 already.")
    c.returns(strongest, example, 0.3, 8, want=torch.arange(5), idea="No layer has more channels than it has.")
    c.returns(strongest, example, 0.0, want=torch.tensor([1]), idea="Never prune a layer to zero channels.")
    c.returns(strongest, example, 1.0, want=torch.arange(5), idea="Ratio 1 keeps all.")
    c.returns(strongest, -example, 0.4, want=torch.tensor([0, 4]), idea="Importances may be negative: rank as is.")
    for channels in (1, 2, 5, 12, 13, 50):
        for ratio in fractions(channels):
            kept = max(1, round(ratio * channels))
            stays(distinct((channels,), seeded(channels)), ratio, channels=kept, idea=f"{count} Rounded by Python.")
    multiples = (1, 2, 3, 8, 16, 25)
    for channels, ratio, *counts in (  # that stay with each of these multiples
        (20, 0.0, 1, 2, 3, 8, 16, 20), (20, 0.12, 2, 2, 3, 8, 16, 20), (20, 0.125, 2, 2, 3, 8, 16, 20),
        (20, 0.41, 8, 8, 9, 8, 16, 20), (20, 0.44, 9, 10, 9, 16, 16, 20), (20, 0.8, 16, 16, 18, 16, 16, 20),
        (20, 0.82, 16, 16, 18, 16, 16, 20), (20, 0.9, 18, 18, 18, 20, 20, 20), (20, 0.95, 19, 20, 20, 20, 20, 20),
        (13, 0.01, 1, 2, 3, 8, 13, 13), (13, 0.48, 6, 6, 6, 8, 13, 13), (13, 0.52, 7, 8, 9, 8, 13, 13),
        (13, 0.65, 8, 8, 9, 8, 13, 13), (13, 0.96, 12, 12, 12, 13, 13, 13), (13, 1.0, 13, 13, 13, 13, 13, 13),
        (1, 0.0, 1, 1, 1, 1, 1, 1), (2, 0.3, 1, 2, 2, 2, 2, 2), (50, 0.5, 25, 26, 27, 32, 32, 25),
    ):  # fmt: skip
        for multiple, kept in zip(multiples, counts, strict=True):
            stays(distinct((channels,), seeded(multiple)), ratio, multiple, channels=kept, idea=count)
    for importance in (
        tied((12,), seeded(1)), torch.zeros(12), -torch.arange(12), nn.Parameter(distinct((12,), seeded(2))),
        1 + 1e-12 * distinct((12,), seeded(3), torch.float64), distinct((12, 2), seeded(4))[:, 0],
    ):  # fmt: skip
        for ratio, kept in ((0.0, 1), (0.3, 4), (0.75, 9)):
            stays(importance, ratio, channels=kept)
    ### BEGIN HIDDEN TESTS
    for channels, ratio, multiple, kept in (
        (64, 0.05, 8, 8), (64, 0.3, 8, 24), (20, 0.9, 8, 20), (30, 0.1, 1, 3), (1, 0.0, 4, 1), (13, 0.7, 2, 10),
    ):  # fmt: skip
        stays(torch.randn(channels, generator=seeded(channels)), ratio, multiple, channels=kept, idea=count)
    ### END HIDDEN TESTS

# %% [markdown]
# Five rules, and the same share of every layer masked, without retraining: `L1` is the rule of Li et al., which looks
# at what writes a channel, `readers` looks at what reads it, `weakest` is the opposite of `L1`, `first` keeps the
# channels with the lowest numbers, and `random` any. AlexNet has no batch norm, VGG has it after each convolution.
# Predict where L1 is further ahead of the mean of three random choices; the result appears when you lock your
# prediction in.

# %% locked="rules"
RULES = ("L1", "readers", "weakest", "first", "random")


def group_norms(model: nn.Module, group: Group) -> tuple[Tensor, Tensor]:
    """L1 norms of what writes each channel of a group and of what reads it, added up over the layers."""
    writers = [layer for layer in map(model.get_submodule, group["writes"]) if not isinstance(layer, NORMS)]
    readers = [model.get_submodule(name) for name in group["reads"]]
    written = sum(channel_norms(writer, readers[0], 1)[0].detach() for writer in writers)
    read = sum(channel_norms(writers[0], reader, 1)[1].detach() for reader in readers)
    return written, read


def keeps_by(rule: str, model: nn.Module, groups: list[Group], ratio: float, draw: int = 0) -> list[Tensor]:
    """The channels that each group keeps by one of RULES; another `draw` is another random choice."""
    keeps = []
    for number, group in enumerate(groups):
        written, read = group_norms(model, group)
        importance = {
            "L1": written,
            "readers": read,
            "weakest": -written,
            "first": -torch.arange(len(written)),
            "random": torch.rand(len(written), generator=seeded(100 * draw + number)),
        }
        keeps.append(strongest(importance[rule], ratio))
    return keeps


# %%
question = "With 70 % of the channels kept, in which network does L1 beat random choices by more points?"
better_lead = predict("better_lead", question, ("AlexNet", "VGG"))

# %%
ratios, leads = (0.9, 0.8, 0.7), {}
fig, axes = figures.figure(columns=2, width=5)
styles = {"L1": ("o-", figures.KEPT), "readers": ("o-", figures.OTHER), "weakest": ("o-", figures.PRUNED),
          "first": ("s--", figures.REFERENCE), "random": ("o:", figures.REFERENCE)}  # fmt: skip
for ax, (label, network) in zip(axes, (("AlexNet", alexnet), ("VGG", vgg)), strict=True):
    chain, dense, reached = chain_groups(network), accuracy(network, few), {}
    for rule in RULES:
        draws = range(3 if rule == "random" else 1)
        found = [
            [accuracy(masked(network, chain, keeps_by(rule, network, chain, ratio, draw)), few) for draw in draws]
            for ratio in ratios
        ]
        reached[rule] = [dense, *(sum(values) / len(values) for values in found)]
        style, colour = styles[rule]
        ax.plot([1.0, *ratios], reached[rule], style, color=colour, label=rule)
    lowest, highest = zip(*((min(values), max(values)) for values in found), strict=True)  # of the random choices
    ax.fill_between(ratios, lowest, highest, color=figures.REFERENCE, alpha=0.2, linewidth=0)
    ax.set(xlabel="share of channels kept in every layer", ylabel="validation accuracy (%)", title=f"{label}, masked")
    ax.invert_xaxis()
    leads[label] = reached["L1"][-1] - reached["random"][-1]
axes[0].legend(frameon=False)
better_lead.reveal(
    max(leads, key=leads.get),
    f"L1 leads by {leads['AlexNet']:+.1f} points in AlexNet and by {leads['VGG']:+.1f} points in VGG.",
    fig,
    alt="Accuracy of AlexNet and VGG against the share of channels kept, by five rules.",
)

# %% [markdown]
# **Reading the figure.** (1,000 images: two points may be chance. The band spans three random choices.) With a channel
# go hundreds of weights at once, the good ones among them, so channels fall faster than single weights did in lab 02.
# Is blue far above the band in both networks? What is a filter's size worth where batch norm makes up for it? And
# "first" is one more random choice in disguise: the order of channels means nothing, as the next section will show.
#
# ## 4 How is a channel taken out?
#
# A masked network still multiplies, by zeros. To save the work, build smaller layers. The surgery has two cuts: one
# for layers that write, one for layers that read.
#
# ### Exercise 6.3: Cut the outputs
# *3 points, 12 minutes, about 14 lines*
#
# Return a **new**, smaller layer whose channel $j$ is the channel $\texttt{keep}_j$ of `layer`:
#
# $$\text{small}(x)_j = \text{layer}(x)_{\texttt{keep}_j}, \qquad j = 0, \dots, n - 1$$
#
# (for batch norm and depthwise convolutions, whose inputs are these very channels,
# $\text{small}(x_{\texttt{keep}})_j$). `keep` holds channel numbers in any order, and `layer` is of one of three kinds:
#
# - `nn.Conv2d` with `groups=1`, or `nn.Linear`: the filters in `keep`; the inputs stay,
# - `nn.BatchNorm1d` or `nn.BatchNorm2d`: everything that it has for each channel; its inputs are these channels, too,
# - a **depthwise** convolution, whose `groups` equals its number of channels: filter $c$ reads channel $c$ and writes
#   channel $c$, so inputs, outputs and groups shrink together.
#
# The numbers that the layer holds about itself (`out_channels`, `num_features`, ...) tell the truth. All else stays:
# stride, padding, dilation, eps, momentum, dtype, the count of batches, training or eval mode; parameters stay
# parameters (that train) and buffers stay buffers; without a bias there is none. `layer` itself is left alone and
# shares no memory, also where all channels stay.
#
# *Example:* a batch norm with running means `[5, 6, 7]` and `keep = [2, 0]` becomes one of two channels with running
# means `[7, 5]`. In a convolution, the weight (3, 2, 5, 5) becomes (2, 2, 5, 5).
#
# <details><summary>Hint 1: the idea</summary>
# Copy the layer, then replace what counts channels. Four tensors may have one entry a channel: weight, bias, running
# mean, running variance. Not every layer has all four, and two of them are parameters, the others buffers. Then correct
# what the layer says about its own size; for a depthwise convolution that is more than one number.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>deepcopy(layer)</code>; <code>getattr(layer, name, None)</code>; <code>setattr(small, name, ...)</code>, with
# <code>nn.Parameter(old.detach()[keep])</code> where the old one is an <code>nn.Parameter</code>, and
# <code>old[keep]</code> for a buffer. Then <code>out_channels</code>, <code>out_features</code> or
# <code>num_features</code>.
# </details>


# %% exercise="cut_outputs"
def cut_outputs(layer: nn.Module, keep: Tensor) -> nn.Module:
    """A new layer that hands on only the channels `keep` (their numbers) of a Conv2d, Linear or batch norm."""
    ### BEGIN SOLUTION
    small = deepcopy(layer)
    for name in ("weight", "bias", "running_mean", "running_var"):
        old = getattr(layer, name, None)
        if old is not None:
            new = old.detach()[keep]
            setattr(small, name, nn.Parameter(new) if isinstance(old, nn.Parameter) else new)
    if isinstance(layer, nn.Conv2d):
        small.out_channels = len(keep)
        if layer.groups > 1:
            small.in_channels = small.groups = len(keep)
    elif isinstance(layer, nn.Linear):
        small.out_features = len(keep)
    else:
        small.num_features = len(keep)
    return small
    ### END SOLUTION


# %% check="cut_outputs" points=3
with check("cut_outputs", points=3) as c:
    whole = "Everything with one entry a channel is cut: weight, bias, running mean, running variance."
    ordered = "Channel j of the new layer is channel keep[j] of the old one, in the order of keep."
    kinds = "Parameters stay parameters, buffers stay buffers; without a bias there is none."
    one = "With groups=1 each filter reads all inputs, however many there are: they stay."
    alone = "A depthwise filter goes with its input: inputs, outputs and groups shrink together."
    copied = "Return a new layer and work on a copy, also where all channels stay."
    sizes = ("in_channels", "out_channels", "groups", "in_features", "out_features", "num_features")
    settings = ("kernel_size", "stride", "padding", "dilation", "padding_mode", "eps", "momentum", "training")

    def holds(small, layer, keep, cut, called, idea):
        """The small layer is of the same kind, with the same settings, and has the entries `keep` of each tensor."""
        c.true(type(small) is type(layer), called=called, expected=type(layer).__name__, got=type(small).__name__,
               idea="Return a new layer of the same kind.")  # fmt: skip
        for name in (name for name in (*sizes, *settings) if hasattr(layer, name)):
            want = len(keep) if name in cut else getattr(layer, name)
            about = f"The layer says how large it is. {idea}" if name in sizes else "All settings of the layer stay."
            c.equal(getattr(small, name, None), want, called=f"{name} of {called}", atol=0, idea=about)
        for side in ("parameters", "buffers"):
            got, old = (dict(getattr(each, f"named_{side}")()) for each in (small, layer))
            c.equal(sorted(got), sorted(old), called=f"the names of the {side} of {called}", idea=kinds)
            for name, tensor in old.items():
                want = tensor.detach()[keep] if tensor.ndim else tensor
                c.equal(got[name], want, called=f"{name} of {called}", idea=idea if tensor.ndim else "All else stays.")
                c.equal(str(got[name].dtype), str(want.dtype), called=f"the dtype of {name} of {called}",
                        idea="All else stays, the dtype, too.")  # fmt: skip
        frozen = [name for name, parameter in small.named_parameters() if not parameter.requires_grad]
        c.equal(frozen, [], called=f"parameters without requires_grad in {called}", idea="Parameters can be trained.")
        c.equal(
            sorted(small.state_dict()), sorted(layer.state_dict()), called=f"the state_dict of {called}", idea=kinds
        )

    def outputs_cut(layer, keep, shape, idea=whole, dtype=torch.float64):
        """The small layer computes the channels `keep` of the old one, which stays as it was."""
        layer = randomised(layer).to(dtype).train(layer.training)
        if isinstance(layer, NORMS):
            layer.num_batches_tracked.fill_(7)
        called, before = f"cut_outputs({layer}, {keep})", repr(layer)
        small = c.call(cut_outputs, layer, torch.tensor(keep), idea=idea, may="draw")
        c.equal(repr(layer), before, called=f"the layer after {called}", idea=copied)
        own = isinstance(layer, NORMS) or getattr(layer, "groups", 1) > 1  # it reads the very channels that it writes
        cut = {"out_channels", "out_features", "num_features"} | ({"in_channels", "groups"} if own else set())
        holds(small, layer, keep, cut, called, idea)
        images = torch.randn(shape, generator=seeded(1), dtype=torch.float64)
        with torch.no_grad():
            want = deepcopy(layer).double().eval()(images)[:, keep]
            got = c.call(deepcopy(small).double().eval(), images[:, keep] if own else images, idea=idea)
        c.equal(got, want, called=f"what {called} computes in eval mode", idea=idea, atol=1e-9)

    oblong = {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2)}
    outputs_cut(nn.BatchNorm2d(4, eps=0.1, momentum=0.3).eval(), [2, 0], (2, 4, 3, 5), f"{whole} {ordered}")
    outputs_cut(nn.BatchNorm2d(3, momentum=None), [0, 1, 2], (2, 3, 2, 2), copied)
    outputs_cut(nn.BatchNorm2d(5), [0, 1], (2, 5, 3, 2), dtype=torch.float32)
    outputs_cut(nn.BatchNorm1d(5), [1, 2, 4], (6, 5), dtype=torch.float32)
    outputs_cut(nn.BatchNorm1d(4, eps=0.02, momentum=0.2).eval(), [3], (6, 4), ordered)
    outputs_cut(nn.Conv2d(3, 5, 3).eval(), [4, 1, 2], (2, 3, 7, 6), ordered)
    outputs_cut(nn.Conv2d(3, 5, 3), [1, 2, 3], (2, 3, 7, 6), dtype=torch.float32)
    outputs_cut(nn.Conv2d(2, 6, (3, 2), bias=False, padding_mode="reflect", **oblong), [1, 5], (2, 2, 9, 8))
    outputs_cut(nn.Conv2d(4, 4, 3, padding="same").eval(), [0, 1, 2, 3], (1, 4, 5, 6), copied)
    outputs_cut(nn.Conv2d(1, 4, 3), [3, 1], (2, 1, 7, 6), one)
    outputs_cut(nn.Conv2d(1, 1, (1, 2), bias=False), [0], (2, 1, 7, 6), one)
    outputs_cut(nn.Conv2d(3, 1, 3), [0], (2, 3, 7, 6), one)
    outputs_cut(nn.Linear(7, 4).eval(), [0, 2, 3], (3, 7))
    outputs_cut(nn.Linear(7, 4, bias=False), [3], (3, 7), dtype=torch.float32)
    outputs_cut(nn.Linear(3, 3), [2, 0, 1], (3, 3), ordered)
    outputs_cut(nn.Conv2d(5, 5, 3, groups=5, padding=1), [1, 4], (2, 5, 6, 7), alone)
    outputs_cut(nn.Conv2d(6, 6, (2, 3), groups=6, bias=False, **oblong).eval(), [5, 3, 0], (2, 6, 9, 9), alone)
    outputs_cut(nn.Conv2d(4, 4, 2, groups=4), [2], (2, 4, 6, 7), alone, torch.float32)
    outputs_cut(nn.Conv2d(2, 2, 2, groups=2), [1], (2, 2, 6, 7), alone)
    outputs_cut(nn.Conv2d(3, 3, 2, groups=3, padding_mode="circular", padding=1), [0, 1, 2], (2, 3, 6, 7), copied)
    ### BEGIN HIDDEN TESTS
    for layer, knife in (
        (nn.Conv2d(3, 9, 3), tp.prune_conv_out_channels),
        (nn.BatchNorm2d(9), tp.prune_batchnorm_out_channels),
        (nn.Linear(4, 9), tp.prune_linear_out_channels),
        (nn.Conv2d(9, 9, 3, groups=9), tp.prune_depthwise_conv_out_channels),
    ):
        layer = randomised(layer, 3)
        want = knife(deepcopy(layer), [0, 4, 5]).state_dict()
        got = c.call(cut_outputs, layer, torch.tensor([1, 2, 3, 6, 7, 8]), idea=whole, may="draw").state_dict()
        c.equal(dict(got), dict(want), called=f"cut_outputs({layer}, all but 0, 4, 5)", idea=whole)
    ### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 6.4: Cut the inputs
# *4 points, 12 minutes, about 8 lines*
#
# Return a new, smaller layer for a `layer` that reads `channels` channels of which only `keep` come in, in this order.
# It computes what `layer` computes when the others are zero:
#
# $$\text{small}\big(x_{\texttt{keep}}\big) = \text{layer}(x \odot m), \qquad m_c = 1 \text{ for } c \text{ in }
# \texttt{keep, else } 0.$$
#
# `layer` is an `nn.Conv2d` with `groups=1` or an `nn.Linear`. Before a linear layer there may be an `nn.Flatten`: then
# `in_features` is a multiple of `channels`, and each channel owns its neighbouring columns, as in exercise 6.1. All
# else stays, as in exercise 6.3; `layer` is left alone and shares no memory, also where all channels come in.
#
# *Example:* a linear layer has 6 inputs from 2 channels of $1 \times 3$ pixels. For `keep = [1]` its columns 3, 4 and 5
# stay. Columns 1, 3 and 5 would be right if the channels of each pixel lay together; torch's `Flatten` goes channel by
# channel.
#
# <details><summary>Hint 1: the idea</summary>
# The inputs are the second dimension of a weight. Give the flat columns of a linear layer their two dimensions back,
# (channel, pixel), pick the channels, and flatten again. Who adds the bias: an input or an output?
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>weight.unflatten(1, (channels, -1))[:, keep].flatten(1)</code> for the linear layer; then
# <code>in_features</code>. For the convolution <code>weight[:, keep]</code>; then <code>in_channels</code>.
# </details>


# %% exercise="cut_inputs"
def cut_inputs(layer: nn.Module, keep: Tensor, channels: int) -> nn.Module:
    """A new Conv2d or Linear that reads only the channels `keep` (their numbers) of the `channels` it had."""
    ### BEGIN SOLUTION
    small, weight = deepcopy(layer), layer.weight.detach()
    if isinstance(layer, nn.Conv2d):
        small.weight = nn.Parameter(weight[:, keep])
        small.in_channels = len(keep)
    else:
        small.weight = nn.Parameter(weight.unflatten(1, (channels, -1))[:, keep].flatten(1))
        small.in_features = small.weight.shape[1]
    return small
    ### END SOLUTION


# %% check="cut_inputs" points=4
with check("cut_inputs", points=4) as c:
    second = "The inputs are the second dimension of the weight; outputs and bias stay whole."
    ordered = "Input j of the new layer is channel keep[j] of the old one, in the order of keep."
    pixels = "After a flatten each channel owns neighbouring columns, all its pixels: in_features / channels of them."
    copied = "Return a new layer and work on a copy, also where all channels come in."
    sizes = ("in_channels", "out_channels", "groups", "in_features", "out_features")
    settings = ("kernel_size", "stride", "padding", "dilation", "padding_mode", "training")

    def holds(small, layer, reads, called, idea):
        """The small layer is of the same kind, reads so many inputs, and has the same outputs, bias and settings."""
        c.true(type(small) is type(layer), called=called, expected=type(layer).__name__, got=type(small).__name__,
               idea="Return a new layer of the same kind.")  # fmt: skip
        got, old = (dict(each.named_parameters()) for each in (small, layer))
        c.equal(sorted(got), sorted(old), called=f"the parameters of {called}",
                idea="Without a bias there is none; with one it stays.")  # fmt: skip
        shape = (len(layer.weight), reads, *layer.weight.shape[2:])
        c.equal(tuple(small.weight.shape), shape, called=f"the shape of the weight of {called}", idea=idea)
        if layer.bias is not None:
            c.equal(small.bias, layer.bias, called=f"the bias of {called}", idea=second)
        for name in (name for name in (*sizes, *settings) if hasattr(layer, name)):
            want = reads if name in ("in_channels", "in_features") else getattr(layer, name)
            about = "The layer says how large it is." if name in sizes else "All settings of the layer stay."
            c.equal(getattr(small, name, None), want, called=f"{name} of {called}", idea=about)
        for name, parameter in got.items():
            c.equal(str(parameter.dtype), str(layer.weight.dtype), called=f"the dtype of {name} of {called}",
                    idea="All else stays, the dtype, too.")  # fmt: skip
            c.equal(parameter.requires_grad, True, called=f"requires_grad of {name} of {called}",
                    idea="Parameters can be trained.")  # fmt: skip

    def inputs_cut(layer, keep, shape, idea, dtype=torch.float64):
        """The small layer computes from the channels `keep` what the old one computes when the others are zero."""
        layer = randomised(layer).to(dtype).train(layer.training)
        called, before = f"cut_inputs({layer}, {keep}, {shape[1]})", repr(layer)
        small = c.call(cut_inputs, layer, torch.tensor(keep), shape[1], idea=idea, may="draw")
        c.equal(repr(layer), before, called=f"the layer after {called}", idea=copied)
        images = torch.randn(shape, generator=seeded(1), dtype=torch.float64)
        lost = torch.zeros_like(images)
        lost[:, keep] = images[:, keep]
        inputs, masked_inputs = images[:, keep], lost
        if isinstance(layer, nn.Linear):
            inputs, masked_inputs = inputs.flatten(1), lost.flatten(1)
        holds(small, layer, inputs.shape[1], called, idea)
        with torch.no_grad():
            want = deepcopy(layer).double()(masked_inputs)
            got = c.call(deepcopy(small).double(), inputs, idea=idea)
        c.equal(got, want, called=f"what {called} computes", idea=idea, atol=1e-9)

    oblong = {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2)}
    inputs_cut(nn.Conv2d(4, 6, 3), [0, 3], (2, 4, 7, 6), second)
    inputs_cut(nn.Conv2d(4, 4, 3, stride=2, padding=1).eval(), [3, 1, 2], (2, 4, 7, 6), f"{second} {ordered}")
    inputs_cut(nn.Conv2d(4, 4, 3, stride=2, padding=1, bias=False), [2, 0], (2, 4, 7, 6), f"{second} {ordered}")
    inputs_cut(nn.Conv2d(5, 3, (3, 2), padding_mode="circular", **oblong), [1, 2, 3], (2, 5, 9, 8), second)
    inputs_cut(nn.Conv2d(6, 2, (1, 5), padding="same").eval(), [5], (1, 6, 4, 9), second, torch.float32)
    inputs_cut(nn.Conv2d(3, 5, 2), [0, 1, 2], (2, 3, 4, 4), copied)
    inputs_cut(nn.Conv2d(1, 4, 3, bias=False), [0], (2, 1, 4, 5), copied)
    inputs_cut(nn.Linear(5, 3), [1, 4], (2, 5), second)
    inputs_cut(nn.Linear(4, 4).eval(), [3, 0, 1], (2, 4), f"{second} {ordered}", torch.float32)
    inputs_cut(nn.Linear(2 * 1 * 3, 4), [1], (2, 2, 1, 3), pixels)
    inputs_cut(nn.Linear(4 * 2 * 3, 5).eval(), [0, 2], (3, 4, 2, 3), pixels)
    inputs_cut(nn.Linear(5 * 3 * 2, 30), [1, 2, 3], (3, 5, 3, 2), pixels, torch.float32)
    inputs_cut(nn.Linear(4 * 2 * 1, 4), [3, 0], (3, 4, 2, 1), f"{pixels} {ordered}")
    inputs_cut(nn.Linear(3 * 3 * 3, 5, bias=False), [2, 0], (2, 3, 3, 3), f"{pixels} {ordered}")
    inputs_cut(nn.Linear(6 * 2 * 2, 3).eval(), [0, 1, 5, 3], (2, 6, 2, 2), f"{pixels} {ordered}")
    inputs_cut(nn.Linear(3 * 1 * 2, 4), [0, 1, 2], (2, 3, 1, 2), copied)
    inputs_cut(nn.Linear(1 * 2 * 2, 4), [0], (2, 1, 2, 2), copied)
    ### BEGIN HIDDEN TESTS
    for layer, knife in (
        (nn.Conv2d(9, 4, 3), tp.prune_conv_in_channels),
        (nn.Linear(9, 4), tp.prune_linear_in_channels),
    ):
        layer = randomised(layer, 3)
        want = knife(deepcopy(layer), [0, 4, 5]).state_dict()
        got = c.call(cut_inputs, layer, torch.tensor([1, 2, 3, 6, 7, 8]), 9, idea=second, may="draw").state_dict()
        c.equal(dict(got), dict(want), called=f"cut_inputs({layer}, all but 0, 4, 5)", idea=second)
    ### END HIDDEN TESTS

# %% [markdown]
# With these two cuts, the surgery of any network is a loop over its groups. `carve` puts your small layers in the place
# of the old ones. Half of the channels of every layer go; predict how much of AlexNet is left.


# %% locked="carve"
def carve(model: nn.Module, groups: list[Group], keeps: list[Tensor]) -> nn.Module:
    """The smaller network that has only the channels `keeps` (one tensor of numbers a group); `model` stays."""
    small = deepcopy(model)
    for group, keep in zip(groups, keeps, strict=True):
        for name in group["writes"]:
            small.set_submodule(name, cut_outputs(small.get_submodule(name), keep))
        for name in group["reads"]:
            small.set_submodule(name, cut_inputs(small.get_submodule(name), keep, channels_of(model, group)))
    return small


@torch.no_grad()
def difference(first: nn.Module, second: nn.Module) -> float:
    """The largest difference between the outputs of two networks on 64 validation images, in double precision."""
    images = data.validation.tensors[0][:64].double()
    outputs = [deepcopy(model).double().eval()(images) for model in (first, second)]
    return (outputs[0] - outputs[1]).abs().max().item()


# %%
question = "With half of the channels of every layer, what fraction of AlexNet's parameters is left?"
params_left = predict("params_left", question, low=0, high=1)

# %%
remains = {}
for label, network in (("VGG", vgg), ("AlexNet", alexnet)):
    chain = chain_groups(network)
    keeps = keeps_by("L1", network, chain, 0.5)
    small = carve(network, chain, keeps)
    remains[label] = parameters(small) / parameters(network), macs(small, data.shape) / macs(network, data.shape)
    print(f"{label:<8} carved - masked at most {difference(small, masked(network, chain, keeps)):.1e}")
words = [f"{name} keeps {size:.1%} of its parameters, {work:.1%} of its MACs" for name, (size, work) in remains.items()]
params_left.reveal(round(remains["AlexNet"][0], 3), f"{'; '.join(words)}.")

# %% [markdown]
# **Reading the lines.** The small network *is* the masked one: the difference is rounding. Is half of the channels half
# of the weights? A weight goes with its output or with its input; only the two ends of the network, pixels and classes,
# keep one side whole. So which fraction of a layer in the middle stays?
#
# ### Does the order of the channels matter?
#
# Not at all, as long as writer and reader agree on it. Keep *all* channels, but shuffle them:

# %%
shuffled = carve(vgg, groups, [torch.randperm(channels_of(vgg, g), generator=seeded(3)) for g in groups])
print(f"all channels, shuffled: difference {difference(vgg, shuffled):.1e}")
disagree = deepcopy(vgg)
disagree.set_submodule("features.0", cut_outputs(vgg.features[0], torch.arange(len(vgg.features[0].weight)).flip(0)))
print(f"the first convolution alone turned round: difference {difference(vgg, disagree):.1e}")

# %% [markdown]
# **Reading the lines.** A network does not know its channels by number, so a rule that picks by number knows nothing.
# But a permutation that reaches only one of the layers that touch a channel destroys the network, and no shape
# complains. Equality with the masked network is the test that finds it.
#
# ## 5 What if two layers write the same channel?
#
# A residual network **adds**: $y = x + F(x)$. Channel 3 of the sum has two authors, channel 3 of $x$ and channel 3 of
# $F(x)$. Cut it in one, and the two no longer fit. So all that is ever added together is one group. Here is ResNet-14:
#
# | part | what it computes |
# |---|---|
# | `stem` | convolution `stem.0`, batch norm `stem.1`, ReLU |
# | block `stages.i` | ReLU( `bn2(conv2(` ReLU( `bn1(conv1(x))` ) `))` + `shortcut(x)` ) |
# | `shortcut` of a block | nothing (`nn.Identity`), or convolution `shortcut.0` and batch norm `shortcut.1` |
# | end | pooling and flatten in `stages`, then the linear layer `classifier` |
#
# The stream of channels that runs from sum to sum begins anew where a shortcut has its own convolution.
#
# ### Exercise 6.5: The groups of a residual network
# *4 points, 15 minutes, about 14 lines*
#
# Return all groups of a network of the class `models.ResNet`, but with any number of blocks (none, or more than ten),
# of which any may have a shortcut convolution: at another number of channels, another stride, or both.
# (`print(resnet)` shows the layers.) Each group names **all** layers that write its channels (batch norms, too) and
# **all** that read them, each once; groups and names may stand in any order. The classes are no group: nobody may cut
# them.
#
# $$\text{layers } a \text{ and } b \text{ write in one group} \iff \text{what they write is added, directly or through
# other sums.}$$
#
# *Example:* `conv1` and `bn1` of `stages.0` write channels that only `stages.0.conv2` reads:
# `{"writes": ["stages.0.conv1", "stages.0.bn1"], "reads": ["stages.0.conv2"]}`. The stem is not alone: with an
# `nn.Identity` as its shortcut, block 0 adds what its `bn2` writes to what the stem wrote.
#
# <details><summary>Hint 1: the idea</summary>
# Walk along the stream with one open group, which the stem begins. Each block has an inner group of its own, reads the
# stream at its start, and writes to the stream at its end. What is different if its shortcut is a convolution?
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>model.stages.named_children()</code> gives ("0", block), ("1", block), ..., and at the end pooling and flatten;
# <code>isinstance(block, models.ResidualBlock)</code> and <code>isinstance(block.shortcut, nn.Sequential)</code> tell
# them apart. At a shortcut convolution, both it and <code>conv1</code> read the old stream; then a new group begins.
# </details>


# %% exercise="residual_groups"
def residual_groups(model: models.ResNet) -> list[Group]:
    """All groups of a residual network: {"writes": names, "reads": names} of the layers that share channels."""
    ### BEGIN SOLUTION
    groups, stream = [], {"writes": ["stem.0", "stem.1"], "reads": []}
    for number, block in model.stages.named_children():
        if not isinstance(block, models.ResidualBlock):
            continue
        path = f"stages.{number}"
        groups.append({"writes": [f"{path}.conv1", f"{path}.bn1"], "reads": [f"{path}.conv2"]})
        stream["reads"].append(f"{path}.conv1")
        if isinstance(block.shortcut, nn.Sequential):
            stream["reads"].append(f"{path}.shortcut.0")
            groups.append(stream)
            stream = {"writes": [f"{path}.shortcut.0", f"{path}.shortcut.1"], "reads": []}
        stream["writes"] += [f"{path}.conv2", f"{path}.bn2"]
    stream["reads"].append("classifier")
    return [*groups, stream]
    ### END SOLUTION


# %% check="residual_groups" points=4
with check("residual_groups", points=4) as c:
    form = 'Each group is a dict {"writes": [names], "reads": [names]} of layers that have weights of their own.'
    once = "Each convolution and each batch norm writes the channels of exactly one group; the classes are no group."
    added = "What is added, directly or through other sums, is one group; at a shortcut's convolution a new one begins."
    readers = "Whoever takes in these channels reads them: the next conv1, a shortcut's convolution, the classifier."

    def residual_network(*blocks):
        """A ResNet with a stem of 4 channels and blocks of these (channels, stride)."""
        network, inputs = models.ResNet((2, 9, 7), 3, width=0.25), 4
        stages = []
        for outputs, stride in blocks:
            stages.append(models.ResidualBlock(inputs, outputs, stride))
            inputs = outputs
        network.stages = nn.Sequential(*stages, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        network.classifier = nn.Linear(inputs, 3)
        return randomised(network)

    def groups_are(network, called, may=""):
        """The groups are those that torch_pruning's dependency graph finds from a trace of the network."""
        got = c.call(residual_groups, network, idea=form, may=may)
        right = isinstance(got, list | tuple) and all(
            isinstance(g, dict) and set(g) == {"writes", "reads"} for g in got
        )
        c.true(right, called=called, expected="a list of dicts with the keys writes and reads", got=got, idea=form)
        right = all(isinstance(side, list | tuple) for group in got for side in group.values())
        c.true(right, called=called, expected="lists of names", got=got, idea=form)
        c.true(all(group["writes"] for group in got), called=called, expected="a layer that writes in each group",
               got=got, idea=form)  # fmt: skip
        known = {name for name, module in network.named_modules() if list(module.parameters(recurse=False))}
        strangers = [name for group in got for side in group.values() for name in side if name not in known]
        c.equal(strangers, [], called=f"names in {called} that are no layer with weights", idea=form)
        writing = [name for group in got for name in group["writes"]]
        norms_and_convolutions = sorted(known - {"classifier"})
        c.equal(sorted(writing), norms_and_convolutions, called=f"all layers that write in {called}", idea=once)
        traced, example = deepcopy(network), torch.zeros(1, 2, 9, 7, dtype=torch.float64)
        with torch.enable_grad():
            graph = tp.DependencyGraph().build_dependency(traced, example_inputs=example)
        names = {module: name for name, module in traced.named_modules() if name in known}
        for convolution, name in names.items():
            if not isinstance(convolution, nn.Conv2d):
                continue
            sides = {"out": set(), "in": set()}
            for dependency, _ in graph.get_pruning_group(convolution, tp.prune_conv_out_channels, idxs=[0]):
                if dependency.target.module in names:
                    side = "in" if "in_channels" in dependency.handler.__name__ else "out"
                    sides[side].add(names[dependency.target.module])
            (group,) = [group for group in got if name in group["writes"]]
            for side, part, verb, idea in (("writes", "out", "write", added), ("reads", "in", "read", readers)):
                right = set(group[side]) == sides[part] and len(group[side]) == len(sides[part])
                c.true(right, called=f"the group of {called} that {name} writes in", got=f"{group[side]}", idea=idea,
                       expected=f"{len(sides[part])} layers that {verb}")  # fmt: skip
        return got

    def equals_masked(network, groups):
        """Cut by torch_pruning's knives along these groups, the network computes what the masked one computes."""
        small, keeps = deepcopy(network), []
        for number, group in enumerate(groups):
            channels = channels_of(network, group)
            cut = torch.randperm(channels, generator=seeded(number))[: channels // 2].tolist()
            keeps.append(torch.tensor([channel for channel in range(channels) if channel not in cut]))
            knives = {nn.Conv2d: "conv", nn.BatchNorm2d: "batchnorm", nn.Linear: "linear"}
            for side, direction in (("writes", "out"), ("reads", "in")):
                for layer in map(small.get_submodule, group[side]):
                    getattr(tp, f"prune_{knives[type(layer)]}_{direction}_channels")(layer, cut)
        with torch.no_grad():
            images = torch.randn(2, 2, 9, 7, generator=seeded(1), dtype=torch.float64)
            c.equal(c.call(small, images, idea=added), masked(network, groups, keeps)(images), idea=added, atol=1e-9,
                    called="the network cut along your groups, against the masked one")  # fmt: skip

    groups_are(residual_network(), "residual_groups(a network without blocks)")
    groups_are(residual_network((4, 1)), "residual_groups(a network of one block without a shortcut convolution)")
    turned = residual_network((6, 2))
    groups_are(turned, "residual_groups(a network of one block with a shortcut convolution)")
    groups_are(turned.train(), "residual_groups(a network in train mode)", may="evaluate")
    for blocks in (
        ((4, 1), (4, 1), (6, 2), (6, 1)), ((4, 2), (4, 1), (4, 1)), ((4, 1), (6, 1)), ((6, 1), (4, 1), (4, 2), (4, 2)),
        ((4, 1), (4, 1), (3, 1), *[(3, 1)] * 6, (3, 2), (3, 1), (5, 1), (5, 1)),
    ):  # fmt: skip
        deep = residual_network(*blocks)
        found = groups_are(deep, f"residual_groups(a network of blocks with {blocks})")
        equals_masked(deep, found)
    ### BEGIN HIDDEN TESTS
    for blocks in (((5, 1), (5, 1), (7, 1)), ((4, 1), (6, 2), (8, 2), (8, 1), (8, 1)), ((4, 1), (4, 1), (4, 1))):
        deep = residual_network(*blocks)
        found = groups_are(deep, f"residual_groups(a network of blocks with {blocks})")
        equals_masked(deep, found)
    ### END HIDDEN TESTS

# %% [markdown]
# Your groups on one page: rows are the layers of ResNet-14, columns the groups.

# %%
residual = residual_groups(resnet)
layers = [name for name, module in resnet.named_modules() if list(module.parameters(recurse=False))]
fig, (ax,) = figures.figure(width=6.5, height=6.2)
for column, group in enumerate(residual):
    for side, colour, marker in (("writes", figures.KEPT, "s"), ("reads", figures.OTHER, ">")):
        rows = [layers.index(name) for name in group[side]]
        ax.scatter([column] * len(rows), rows, color=colour, marker=marker, label=side if column == 0 else None)
ax.set_yticks(range(len(layers)), layers, fontsize=8)
ax.set_xticks(range(len(residual)), [f"{channels_of(resnet, group)}" for group in residual])
ax.invert_yaxis()
ax.grid(axis="y", alpha=0.3)
ax.set(xlabel="groups, with their number of channels", title="Who writes and who reads in ResNet-14")
ax.legend(frameon=False, ncols=2, loc="upper right")
figures.show(fig, alt="Layers against groups: inner groups have two writers and one reader, streams have many.")

# %% [markdown]
# **Reading the figure.** The short columns are the inside of a block: as free as in a chain, so Li et al. (2017) cut
# mostly there. The long ones are the streams. To take a channel out of a stream one must cut into every layer that
# touches it, and all of them become smaller.
#
# ### The tool of the trade
#
# Fang et al. (2023) let the machine find the groups: run the network once, follow autograd's graph back from the
# output, and note for each operation which of its channels hang together. `torch_pruning` is that tool.
#
# | yours | torch_pruning |
# |---|---|
# | `residual_groups(model)`, `chain_groups(model)` | `tp.DependencyGraph().build_dependency(model, example_inputs=x)` |
# | one group | `graph.get_pruning_group(conv, tp.prune_conv_out_channels, idxs=cut)` |
# | `carve(model, groups, keeps)` | `.prune()` for each group, in place |
#
# It names the channels that **go**; you name those that stay. Do the two of you build the same network?

# %%
keeps = keeps_by("L1", resnet, residual, 0.5)
half_resnet = carve(resnet, residual, keeps)

theirs = deepcopy(resnet)
graph = tp.DependencyGraph().build_dependency(theirs, example_inputs=torch.zeros(1, *data.shape))
for group, keep in zip(residual, keeps, strict=True):
    writer = next(m for m in map(theirs.get_submodule, group["writes"]) if isinstance(m, nn.Conv2d))
    cut = sorted(set(range(len(writer.weight))) - set(keep.tolist()))
    graph.get_pruning_group(writer, tp.prune_conv_out_channels, idxs=cut).prune()
shapes = [{name: tuple(p.shape) for name, p in model.named_parameters()} for model in (half_resnet, theirs)]
print(f"same shapes: {shapes[0] == shapes[1]}, difference {difference(half_resnet, theirs):.1e}")
print(f"carved - masked at most {difference(half_resnet, masked(resnet, residual, keeps)):.1e}")

# %% [markdown]
# A carved network is nothing special: no masks, no hooks, no library. It saves, loads and exports like any other; only
# its sizes must be known to whoever builds it again.

# %%
again, file = carve(models.build("resnet", data), residual, keeps), BytesIO()  # new weights in the carved sizes
torch.save(half_resnet.state_dict(), file)
file.seek(0)
again.load_state_dict(torch.load(file))
exported = torch.export.export(half_resnet, (torch.zeros(1, *data.shape),))
print(f"saved and loaded: difference {difference(half_resnet, again):.1e}")
print(
    f"exported: {sum(node.op == 'call_function' for node in exported.graph.nodes)} operations, "
    f"{sum(tensor.numel() for tensor in exported.parameters()):,} parameters of {parameters(resnet):,}"
)

# %% [markdown]
# ## 6 Does it heal?
#
# Half of the channels of every layer, by L1 and by number, carved, then retrained for 40 steps. `fit(model, dataset,
# steps=..., lr=...)` trains with momentum and a learning rate that rises to `lr` and falls to zero. Beside the two goes
# the control: nothing cut, as many steps. Predict what the rule is worth *after* retraining.

# %%
question = "In AlexNet, by how many points is L1 ahead of the rule 'first' after retraining?"
lead_after = predict("lead_after", question, low=-20, high=60, step=1)

# %%
RETRAIN = {"steps": 40, "lr": 0.02}
finalists, leads = {}, {}
fig, axes = figures.figure(columns=2, width=5)
for ax, (label, network) in zip(axes, (("AlexNet", alexnet), ("VGG", vgg)), strict=True):
    chain, dense = chain_groups(network), accuracy(network, data.validation)
    reached = {"nothing cut": (deepcopy(network), dense)}
    for rule in ("L1", "first"):
        small = carve(network, chain, keeps_by(rule, network, chain, 0.5))
        reached[rule] = (small, accuracy(small, data.validation))
    for row, (rule, (model, before)) in enumerate(reached.items()):
        fit(model, data.train, **RETRAIN)
        after = accuracy(model, data.validation)
        reached[rule] = (model, after)
        ax.plot([before, after], [row, row], color=figures.REFERENCE, linewidth=1)
        ax.scatter([before, after], [row, row], color=[figures.PRUNED, figures.KEPT], zorder=2)
        ax.text(after, row - 0.15, f"{after:.1f} %", ha="center", color=figures.KEPT)
    ax.set_yticks(range(len(reached)), list(reached))
    ax.margins(x=0.15, y=0.25)
    ax.invert_yaxis()
    ax.set(xlabel="validation accuracy (%)", title=f"{label}: cut (orange), retrained (blue)")
    finalists |= {f"{label}, {rule}, retrained": reached[rule][0] for rule in ("nothing cut", "L1")}
    leads[label] = reached["L1"][1] - reached["first"][1]
lead_after.reveal(
    round(leads["AlexNet"], 1),
    f"After retraining, L1 leads by {leads['AlexNet']:+.1f} points in AlexNet and by {leads['VGG']:+.1f} in VGG.",
    fig,
    alt="Accuracy after the cut and after retraining for two rules and a control, AlexNet and VGG.",
)

# %% [markdown]
# **Reading the figure.** Compare the orange dots, then the blue ones. For how much of a bad choice does retraining make
# up? What is left of the lead, if anything, is all that the rule was worth. This is why a rule must be judged *after*
# retraining, over several seeds and against chance. The long runs do that for VGG, with `recipes/filters.py`: every
# ratio retrained for longer, with L1, by chance and by number (the last channels stay), beside **scratch**, the small
# network of the main ratio from new weights with the same steps. What you see is the test split.

# %%
record = load_results("filters-vgg")
kept = [100 * (1 - share) for share in record["settings"]["shares"]]  # per cent of each layer's channels
fig, axes = figures.figure(columns=2, width=5.2)
styles = {
    "L1": ("l1", "o-", figures.KEPT),
    "last": ("first", "s--", figures.REFERENCE),
    "random": ("random", "o:", figures.REFERENCE),
}
for ax, moment in zip(axes, ("as cut", "retrained"), strict=True):
    for label, (arm, style, colour) in styles.items():
        entries = zip(*(seed[arm] for seed in record["seeds"]), strict=True)  # by share, then by seed
        tests = [[(entry["retrained"] if moment == "retrained" else entry)["test"] for entry in row] for row in entries]
        means, halves = zip(*map(mean_interval, tests), strict=True)
        ax.errorbar(kept, means, halves, fmt=style, color=colour, capsize=3, label=label)
    ax.set(xlabel="channels kept (%)", ylabel="test accuracy (%)", title=f"VGG, {moment}")
    ax.invert_xaxis()
axes[1].axhline(
    mean_interval([seed["dense"]["test"] for seed in record["seeds"]])[0],
    color=figures.REFERENCE,
    linestyle=":",
    label="dense",
)
mean, half = mean_interval([seed["scratch"]["test"] for seed in record["seeds"]])
axes[1].errorbar(
    [100 * (1 - record["settings"]["share"])], [mean], [half], fmt="D", color=figures.OTHER, capsize=3, label="scratch"
)
axes[1].legend(frameon=False)
figures.show(fig, alt="Test accuracy against the share of channels kept, by rule, before and after retraining.")
print(f"{len(record['seeds'])} seeds on {record['dataset']}, made by `{record['command']}`")

# %% [markdown]
# **Reading the figure.** Bars are 95 % intervals over the seeds. On the left, is L1 ahead of chance, and of the
# channels that merely come last, by more than the bars? On the right, how much of any lead survives? Look at the
# diamond, too: where it stands on the blue curve, the weights that were inherited were worth nothing, and only the
# shape was.
#
# ## 7 Is it really faster?
#
# First, what should it save? Three numbers of a layer can be counted without a clock.
#
# ### Exercise 6.6: Parameters, MACs and bytes
# *2 points, 10 minutes, about 5 lines*
#
# For an `nn.Conv2d` or `nn.Linear` and an input of `shape` (batch and channels first), return `{"parameters": ...,
# "macs": ..., "bytes": ...}`, three whole numbers. A MAC is one multiplication with its addition; a weight of a filter
# makes one for each number of the output that its filter computes. Bytes are the traffic with memory, four for each
# number, if inputs, parameters and outputs are each moved once:
#
# $$\text{parameters} = O\,\tfrac{I}{g}\,k_h k_w + b, \qquad
# \text{MACs} = N\,O\,H' W' \cdot \tfrac{I}{g}\,k_h k_w, \qquad
# \text{bytes} = 4\,(\text{inputs} + \text{parameters} + \text{outputs}),$$
#
# with $N$ images, $I$ input and $O$ output channels, $g$ groups, kernels of $k_h \times k_w$, outputs of $H' \times W'$
# and $b = O$ biases, or 0 without; adding a bias counts as nothing, while zeros and frozen weights count like all
# others. A linear layer has $k_h = k_w = H' = W' = g = 1$.
#
# *Example:* `nn.Conv2d(2, 3, 3)` on the shape (4, 2, 5, 6) makes outputs of $3 \times 4$: parameters
# $3 \cdot 2 \cdot 9 + 3 = 57$, MACs $4 \cdot 3 \cdot 12 \cdot 18 = 2592$, bytes $4 \cdot (240 + 57 + 144) = 1764$. Its
# MACs are a multiple of the batch, its parameters are not.
#
# <details><summary>Hint 1: the idea</summary>
# How large is the output? Stride, padding and dilation all have a say: ask the layer itself. How many MACs does one
# number of the output take? As many as one filter has weights, and the weight's own shape knows about groups.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>layer(torch.zeros(shape)).numel()</code> counts the outputs, <code>layer.weight[0].numel()</code> the weights of
# one filter, <code>math.prod(shape)</code> the inputs.
# </details>


# %% exercise="layer_cost"
def layer_cost(layer: nn.Module, shape: tuple[int, ...]) -> dict[str, int]:
    """{"parameters", "macs", "bytes"} of a Conv2d or Linear for an input of `shape`, all numbers of four bytes."""
    ### BEGIN SOLUTION
    outputs = layer(torch.zeros(shape)).numel()
    weights = sum(parameter.numel() for parameter in layer.parameters())
    moved = math.prod(shape) + weights + outputs
    return {"parameters": weights, "macs": outputs * layer.weight[0].numel(), "bytes": 4 * moved}
    ### END SOLUTION


# %% check="layer_cost" points=2
with check("layer_cost", points=2) as c:
    ideas = {
        "parameters": "Weights and biases, once, whatever the batch; with groups a filter sees I / g channels.",
        "macs": "Each number of the output, of every image, takes as many MACs as one filter has weights.",
        "bytes": "Inputs, parameters and outputs, all of the batch, four bytes each.",
    }
    size = "Stride, padding and dilation change the size of the output, each side by its own."

    def costs_are(layer, shape, *want, idea=""):
        """The three counts are those wanted."""
        called = f"layer_cost({layer}, {shape})"
        got = c.call(layer_cost, layer, shape, idea=size)
        c.true(isinstance(got, dict) and set(got) == set(ideas), called=called, expected=f"a dict of {list(ideas)}",
               got=got, idea="Return the three counts by these names.")  # fmt: skip
        for name, count in zip(ideas, want, strict=True):
            whole = isinstance(got[name], Integral) and not isinstance(got[name], bool)
            c.true(whole, called=f"{name} of {called}", expected="a whole number, an int",
                   got=f"{got[name]!r}, a {type(got[name]).__name__}", idea="Use int(...) or //.")  # fmt: skip
            c.true(got[name] == count, called=f"{name} of {called}", expected=f"{count}", got=f"{got[name]}",
                   idea=idea or f"{ideas[name]} {size}")  # fmt: skip

    costs_are(nn.Conv2d(2, 3, 3), (4, 2, 5, 6), 57, 2592, 1764)
    costs_are(nn.Conv2d(2, 3, 3, bias=False), (1, 2, 5, 6), 54, 648, 4 * (60 + 54 + 36))
    costs_are(nn.Conv2d(2, 4, 3, stride=2, padding=1), (2, 2, 5, 6), 76, 2 * 4 * 9 * 18, 4 * (120 + 76 + 72))
    costs_are(nn.Linear(6, 5), (3, 6), 35, 90, 4 * (18 + 35 + 15))
    costs_are(nn.Linear(7, 1, bias=False), (5, 7), 7, 35, 4 * (35 + 7 + 5))
    costs_are(nn.Linear(1, 4), (1, 1), 8, 4, 4 * (1 + 8 + 4))
    costs_are(nn.Conv2d(4, 4, 3, groups=4, padding=1), (1, 4, 3, 3), 40, 4 * 9 * 9, 4 * (36 + 40 + 36))
    costs_are(nn.Conv2d(2, 1, 3, dilation=2), (1, 2, 7, 6), 19, 3 * 2 * 18, 4 * (84 + 19 + 6))
    # Kernels and outputs that are not square, and settings that differ between height and width.
    costs_are(nn.Conv2d(3, 4, (3, 2), stride=(2, 1), padding=(0, 2)), (2, 3, 8, 7), 76, 2 * 4 * 3 * 10 * 18, 2608)
    costs_are(nn.Conv2d(3, 2, (1, 5), (1, 3), dilation=(1, 2), bias=False), (3, 3, 4, 16), 30, 1080, 2712)
    costs_are(nn.Conv2d(1, 2, 2, stride=4), (1, 1, 5, 8), 10, 2 * 1 * 2 * 4, 4 * (40 + 10 + 4))
    costs_are(nn.Conv2d(1, 2, 2, stride=4), (1, 1, 6, 9), 10, 2 * 2 * 2 * 4, 4 * (54 + 10 + 8))
    costs_are(nn.Conv2d(2, 5, 3, padding=(2, 0), dilation=(2, 1)), (1, 2, 6, 7), 95, 5 * 6 * 5 * 18, 1316)
    costs_are(nn.Conv2d(6, 4, (2, 3), groups=2, padding=(1, 0)), (3, 6, 4, 5), 76, 3 * 4 * 5 * 3 * 18, 2464)
    costs_are(nn.Conv2d(2, 6, 3, stride=2, groups=2, bias=False), (2, 2, 7, 10), 54, 2 * 6 * 3 * 4 * 9, 1912)
    costs_are(nn.Conv2d(3, 2, 2, padding=1, padding_mode="reflect"), (2, 3, 4, 3), 26, 2 * 2 * 5 * 4 * 12, 712)
    costs_are(nn.Conv2d(4, 3, 1).eval(), (5, 4, 1, 1), 15, 60, 4 * (20 + 15 + 15))
    costs_are(nn.Conv2d(33, 65, 3), (1, 33, 41, 37), 19370, 65 * 39 * 35 * 297, 632624)
    frozen, zeros = nn.Conv2d(2, 3, 3).requires_grad_(False), nn.Linear(6, 5)
    zeros.weight.data[:3], zeros.bias.data[2:] = 0, 0
    costs_are(frozen, (4, 2, 5, 6), 57, 2592, 1764, idea="Parameters count whether they are trained or not.")
    costs_are(zeros, (3, 6), 35, 90, 4 * (18 + 35 + 15), idea="A zero costs as much as any number.")
    ### BEGIN HIDDEN TESTS
    from torch.utils.flop_counter import FlopCounterMode

    for layer, shape in (
        (nn.Conv2d(6, 4, (1, 5), groups=2, dilation=2, padding=(0, 3)), (3, 6, 4, 11)),
        (nn.Conv2d(3, 8, 7, stride=(2, 3), bias=False), (2, 3, 19, 16)),
        (nn.Linear(7, 1, bias=False), (5, 7)),
    ):
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            outputs = layer(torch.zeros(shape))
        weights = parameters(layer)
        moved = 4 * (math.prod(shape) + weights + outputs.numel())
        costs_are(layer, shape, weights, counter.get_total_flops() // 2, moved)
    ### END HIDDEN TESTS

# %% [markdown]
# VGG and its carved half, layer by layer, for one image. **Arithmetic intensity**, or intensity, is the work that comes
# with each byte: two operations a MAC (a product and a sum), divided by the bytes.


# %% locked="costs"
def layer_inputs(model: nn.Module, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """{name of each convolution and linear layer: the shape of its input} for an input of `shape`."""
    shapes, hooks = {}, []

    def note(name, layer, inputs):
        shapes[name] = tuple(inputs[0].shape)

    for name, layer in model.named_modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            hooks.append(layer.register_forward_pre_hook(partial(note, name)))
    with torch.no_grad():
        model(torch.zeros(shape))
    for hook in hooks:
        hook.remove()
    return shapes


def model_costs(model: nn.Module, batch: int) -> dict[str, dict[str, int]]:
    """{layer name: its layer_cost} for a batch of images."""
    return {
        name: layer_cost(model.get_submodule(name), shape)
        for name, shape in layer_inputs(model, (batch, *data.shape)).items()
    }


# %%
half_vgg = finalists["VGG, L1, retrained"]
dense_costs, half_costs = model_costs(vgg, 1), model_costs(half_vgg, 1)
print(f"{'':<12}{'parameters':>20}{'MACs':>26}{'bytes':>22}{'intensity':>13}")
for name, cost in dense_costs.items():
    small = half_costs[name]
    pairs = "".join(
        f"{cost[key]:>{width},} >{small[key]:>{width},}"
        for key, width in (("parameters", 9), ("macs", 12), ("bytes", 10))
    )
    print(f"{name:<12}{pairs}{2 * cost['macs'] / cost['bytes']:>7.1f} >{2 * small['macs'] / small['bytes']:>5.1f}")
counted = sum(cost["macs"] for cost in dense_costs.values())
print(f"MACs by your formula {counted:,}, by torch's counter {macs(vgg, data.shape):,}")

# %% [markdown]
# **Reading the table.** Parameters live at the end of VGG, while the MACs are spread over its layers: early on there
# are few weights, but large maps to use them on. With both sides of a layer halved, its MACs and weights fall to a
# quarter, its inputs and outputs only to a half. So the intensity falls as well, most where maps are most of the bytes
# (but for the first layer, whose inputs stay whole).
# Remember that for what comes now.
#
# Three networks, one image and 32 images at a time: dense, masked (half the channels are zero), carved. They take turns
# within each round; the speed-up is the median of the rounds' ratios. The carved network has about a quarter of the
# MACs. Predict what the clock says.

# %%
question = "How many times as fast as the dense network is the carved one for one image (dense time / carved time)?"
times_faster = predict("times_faster", question, low=0, high=8, step=0.1)

# %%
keeps = keeps_by("L1", vgg, groups, 0.5)
contest = {"dense": vgg, "masked": masked(vgg, groups, keeps), "carved": half_vgg}
mac_ratio = macs(vgg, data.shape) / macs(half_vgg, data.shape)
speedups = {}
for batch, rounds in ((1, 100), (32, 25)):
    images = data.validation.tensors[0][:batch]
    runs = {name: partial(model.eval(), images) for name, model in contest.items()}
    seconds = latencies(runs, rounds=rounds)
    for name, taken in seconds.items():
        speedups[name, batch] = median(a / b for a, b in zip(seconds["dense"], taken, strict=True))
        if name != "carved":
            times = f"{1e3 * median(taken):>8.2f} ms, {speedups[name, batch]:.2f}x as fast as dense"
            print(f"batch {batch:>2}, {name:<7}{times}")
print(f"ratio of the MACs {mac_ratio:.2f}")
times_faster.reveal(
    round(speedups["carved", 1], 2),
    f"The carved network is {speedups['carved', 1]:.2f} times as fast as the dense one for one image, and "
    f"{speedups['carved', 32]:.2f} times for 32. Its MACs promise {mac_ratio:.2f}.",
)

# %% [markdown]
# **Reading the lines.** The masked network multiplies as often as the dense one, and a zero costs as much as any
# number: what differs between these two is the noise of the clock (on a busy machine, run the cell twice). The carved
# one really has less to do. But is it as much faster as its MACs promise? And if not, why?
#
# ### Exercise 6.7: The roofline
# *2 points, 8 minutes, about 5 lines*
#
# A layer is done when its arithmetic is done **and** its bytes are there. Williams, Waterman and Patterson (2009): with
# $F$ operations a second and $B$ bytes a second at best, it takes at least the larger of two times. Predict the
# speed-up of a network whose layers run one after another:
#
# $$t_l = \max\!\left(\frac{2\,\text{MACs}_l}{F},\ \frac{\text{bytes}_l}{B}\right), \qquad
# \text{speed-up} = \frac{\sum_l t_l^{\text{before}}}{\sum_l t_l^{\text{after}}}.$$
#
# `before` and `after` are lists of costs as `layer_cost` returns them.
#
# *Example:* $F = 100$, $B = 10$. Before: (1000 MACs, 50 bytes) takes $\max(20, 5) = 20$ s, (50 MACs, 40 bytes) takes
# $\max(1, 4) = 4$ s, in all 24. After: (250, 25) takes 5 s and (25, 30) takes 3 s, in all 8. The speed-up is 3. The
# MACs promise $1050 / 275 = 3.8$, and the mean of the two layers' speed-ups, 4 and 1.3, is 2.7.
#
# <details><summary>Hint 1: the idea</summary>
# One time for each layer, then the sum, for both lists. A layer that waits for memory does not get faster by having
# fewer MACs.
# </details>
# <details><summary>Hint 2: the call</summary>
# An inner function <code>seconds(costs)</code> with <code>sum(max(..., ...) for cost in costs)</code>, called twice.
# </details>


# %% exercise="predict_speedup"
def predict_speedup(before: list[dict], after: list[dict], flops: float, bandwidth: float) -> float:
    """Time of the layers `before` over that of `after` by the roofline; flops and bytes a second at best."""

    ### BEGIN SOLUTION
    def seconds(costs: list[dict]) -> float:
        return sum(max(2 * cost["macs"] / flops, cost["bytes"] / bandwidth) for cost in costs)

    return seconds(before) / seconds(after)
    ### END SOLUTION


# %% check="predict_speedup" points=2
with check("predict_speedup", points=2) as c:
    larger = "Each layer takes the larger of its two times: two operations a MAC over flops, bytes over bandwidth."
    one_by_one = f"{larger} Then the times are added up, before and after, and divided once."
    lengths = f"{one_by_one} All layers count, also where one list is longer."

    def speedup_is(want, before, after, flops, bandwidth, idea):
        """The speed-up for lists of (MACs, bytes)."""
        lists = [[{"bytes": b, "macs": m, "parameters": 900 + m} for m, b in costs] for costs in (before, after)]
        got = c.call(predict_speedup, *lists, flops, bandwidth, idea=larger)
        called = f"predict_speedup(layers of (MACs, bytes) {before}, {after}, {flops}, {bandwidth})"
        c.equal(got, want, called=called, idea=idea)

    speedup_is(3.0, [(1000, 50), (50, 40)], [(250, 25), (25, 30)], 100, 10, one_by_one)
    speedup_is(4.0, [(1000, 50)], [(250, 49)], 100, 10, f"{larger} Here arithmetic takes longer.")
    speedup_is(2.0, [(100, 400)], [(25, 200)], 100, 10, f"{larger} Here the bytes take longer.")
    speedup_is(4.0, [(1000, 50)], [(200, 50)], 100, 10, f"{larger} A layer can pass from one to the other.")
    speedup_is(10 / 9, [(200, 50)], [(220, 45)], 100, 10, f"{larger} A layer can pass from one to the other.")
    speedup_is(1.0, [(10, 10)], [(10, 10)], 3, 7, "The same layers are as fast as they were.")
    speedup_is(0.5, [(50, 1)], [(100, 1)], 1e3, 1e3, "A network that grew is slower.")
    speedup_is(9.25 / 2.5, [(30, 3), (7, 1)], [(10, 2)], 8, 2, lengths)  # 7.5 and 1.75 s, then 2.5 s
    speedup_is(28 / 16, [(10, 1), (10, 1), (4, 8)], [(4, 8), (4, 8)], 2, 1, f"{one_by_one} Equal layers, too.")
    speedup_is(10 / 6, [(10, 1)], [(1, 1), (2, 1), (1, 3)], 2, 1, lengths)
    speedup_is(60 / 11, [(100, 10), (300, 5), (0, 20)], [(100, 10), (5, 1)], 20, 1, lengths)
    conv, linear, half_conv, half_linear = (90e7, 40e6), (10e5, 80e5), (225e6, 20e6), (5e5, 4e6)
    speedup_is(4.9 / 1.325, [conv, linear], [half_conv, half_linear], 4e11, 2e10, f"{larger} In fractions of a second.")
    ### BEGIN HIDDEN TESTS
    speedup_is(6 / 7, [(3, 5), (1, 7)], [(9, 2), (2, 5)], 4, 2, one_by_one)
    ### END HIDDEN TESTS

# %% [markdown]
# What is the best this machine does? A large matrix product gives the operations, a large copy the bytes; their ratio
# is the **balance** of the machine. And one more number that the roofline does not know: what it costs to call a
# convolution that has next to nothing to do.

# %%
square, source, target = torch.randn(1024, 1024), torch.randn(2**24), torch.empty(2**24)
speck, tiny = torch.zeros(1, 8, 4, 4), nn.Conv2d(8, 8, 3, padding=1)
best = {}
for name, run in {
    "product": lambda: square @ square,
    "copy": lambda: target.copy_(source),
    "call": lambda: tiny(speck),
}.items():
    best[name] = min(latencies({name: run}, rounds=20)[name])
flops, bandwidth = 2 * 1024**3 / best["product"], 2 * source.nbytes / best["copy"]
balance = flops / bandwidth
print(
    f"{flops / 1e9:.0f} billion operations and {bandwidth / 1e9:.1f} GB a second: balance {balance:.1f} operations "
    f"a byte; a call takes {1e6 * best['call']:.0f} µs"
)
for batch in (1, 32):
    before, after = (list(model_costs(model, batch).values()) for model in (vgg, half_vgg))
    roof = predict_speedup(before, after, flops, bandwidth)
    print(
        f"batch {batch:>2}: the MACs promise {mac_ratio:.2f}x, the roofline {roof:.2f}x, "
        f"measured {speedups['carved', batch]:.2f}x"
    )


# %% [markdown]
# Other machines have another balance. The slider runs **your** `predict_speedup` each time you let go of the handle:
# for each layer of VGG and its carved half, and for all of them, on a machine of that balance. The dotted line is what
# the MACs promise for the whole network.
#
# **Try:** Near the balance of your own machine, how many layers wait for their bytes with one image, and how many with
# 32? As the balance rises, which layers lose most of what their MACs promise? At the right end all of them wait: which
# batch keeps more of the promise, and are most of its bytes weights or maps?


# %%
def on_machine(balance: float, ax) -> str:
    """Draw what the roofline promises each layer on a machine of this balance; the totals, in words."""
    waiting, promised = [], []
    for place, (batch, (before, after)) in enumerate(pairs_of_costs.items()):
        ratios = [predict_speedup([cost], [small], balance, 1.0) for cost, small in zip(before, after, strict=True)]
        at = [row + 0.4 * place - 0.2 for row in range(len(ratios))]
        ax.bar(at, ratios, width=0.38, color=(figures.KEPT, figures.OTHER)[place], label=f"batch {batch}")
        waiting.append(sum(2 * cost["macs"] / cost["bytes"] < balance for cost in before))
        promised.append(predict_speedup(before, after, balance, 1.0))
    ax.axhline(mac_ratio, color=figures.REFERENCE, linestyle=":")
    ax.set_xticks(range(len(dense_costs)), list(dense_costs), fontsize=8)
    ax.set(ylim=(0, 5.5), ylabel="roofline: times as fast")
    ax.legend(frameon=False, ncols=2, loc="upper right")
    return (
        f"At {balance:g} operations per byte, {waiting[0]} of the dense network's {len(dense_costs)} layers wait for "
        f"their bytes with one image, {waiting[1]} with 32. The roofline promises {promised[0]:.2f}x and "
        f"{promised[1]:.2f}x, the MACs {mac_ratio:.2f}x."
    )


pairs_of_costs = {batch: [list(model_costs(model, batch).values()) for model in (vgg, half_vgg)] for batch in (1, 32)}
explore(on_machine, "operations per byte", [1, 2, 5, 10, 20, 30, 50, 70, 100, 150, 200, 300, 500], start=10)

# %% [markdown]
# Now each layer by itself, for one image and for 32. A layer whose intensity is below the balance waits for its bytes,
# and gains by the ratio of the **bytes**, which is smaller than that of the MACs. Where the speed-up stays below 80 %
# of the MACs' ratio, the last column names the first of three reasons that explains it:
#
# - `bytes`: the roofline itself promises less than 80 %,
# - `calls`: without the cost of a call, before and after, it would be 80 %,
# - `rate`: neither, so the small layer does fewer operations a second than the large one. Look at the two rates, in
#   billions of operations a second: fewer channels fill the processor's wide units worse, and a library may copy all
#   numbers into an order that it likes before it begins.

# %%
heads = ("MACs", "bytes", "roofline", "measured")
for batch, rounds in ((1, 50), (32, 10)):
    runs = {}
    for tag, model in (("dense", vgg), ("carved", half_vgg)):
        for name, shape in layer_inputs(model, (batch, *data.shape)).items():
            runs[tag, name] = partial(model.get_submodule(name), torch.zeros(shape))
    seconds, small_costs = latencies(runs, rounds=rounds), model_costs(half_vgg, batch)
    print(f"{f'batch {batch}':<13}{''.join(f'{head:>10}' for head in heads)}{'rates':>16}   below 80 %, because of")
    for name, cost in model_costs(vgg, batch).items():
        small, before, after = small_costs[name], *(median(seconds[tag, name]) for tag in ("dense", "carved"))
        faster = median(a / b for a, b in zip(seconds["dense", name], seconds["carved", name], strict=True))
        ratios = [
            cost["macs"] / small["macs"],
            cost["bytes"] / small["bytes"],
            predict_speedup([cost], [small], flops, bandwidth),
            faster,
        ]
        goal, spared = 0.8 * ratios[0], (before - best["call"]) / max(after - best["call"], 1e-9)
        reasons = {"": faster >= goal, "bytes": ratios[2] < goal, "calls": spared >= goal, "rate": True}
        why = next(reason for reason, holds in reasons.items() if holds)
        rates = f"{2e-9 * cost['macs'] / before:>9.1f} >{2e-9 * small['macs'] / after:>5.1f}"
        print(f"{name:<13}{''.join(f'{ratio:>9.2f}x' for ratio in ratios)}{rates}   {why}")
    print()

# %% [markdown]
# **Reading the tables.** The first four columns are ratios, dense over carved. For one image a linear layer uses each
# weight once, so it waits for its bytes; a batch uses them again and again, so it has more to do for each byte and in
# each call. Does that bring your layers nearer to the ratio of their MACs? The roofline takes main memory for its
# bytes, and what fits into a cache comes faster, so it is a guide, not a law. Where the rate falls, MACs were saved
# that cost little: a layer can even become **slower** if the library has a fast way for the old number of channels and
# none for the new one. That is what `multiple` in exercise 6.2 is for.
#
# Wider layers have more to do as well. The clock asks for no training, so take VGG with new weights at half, the same
# and twice the width, 32 images at a time, and each beside a network of half of its channels. Predict which pair comes
# nearest to the ratio of its MACs.

# %%
WIDTHS = {"half as wide": 0.5, "as wide as above": 1, "twice as wide": 2}
question = "At which width of VGG does halving all channels come nearest to the speed-up that the MACs promise?"
nearest_width = predict("nearest_width", question, tuple(WIDTHS))

# %%
paid, words, images = {}, [], data.validation.tensors[0][:32]
for name, width in WIDTHS.items():
    pair = {"dense": models.build("vgg", data, width=width), "half": models.build("vgg", data, width=width / 2)}
    seconds = latencies({name: partial(model.eval(), images) for name, model in pair.items()}, rounds=15)
    faster = median(a / b for a, b in zip(seconds["dense"], seconds["half"], strict=True))
    promised = macs(pair["dense"], data.shape) / macs(pair["half"], data.shape)
    paid[name] = faster / promised
    words.append(f"{name}, {faster:.2f}x of {promised:.2f}x, which is {paid[name]:.0%}")
nearest_width.reveal(max(paid, key=paid.get), f"Measured, and promised by the MACs: {'; '.join(words)}.")

# %% [markdown]
# **Reading the lines.** The MACs promise the same factor each time. How much of it the clock pays out depends on how
# well the layers that are *left* fill the processor. Lab 09 takes this further.
#
# ### Which stage pays?
#
# The three stages of ResNet have 16, 32 and 64 channels; `stages` holds, for every choice of a keep ratio in each, the
# parameters, the MACs, and the latency of 16 images as predicted and as measured here.
#
# **Try:** Keep half in one stage alone. In which do the parameters fall most, and in which the measured latency? Where
# is the measured latency furthest from the predicted one?

# %%
widths = sorted({channels_of(resnet, group) for group in residual})
crowd = torch.zeros(16, *data.shape)
stages, runs = {}, {}
for first in (0.25, 0.5, 1.0):
    for second in (0.25, 0.5, 1.0):
        for third in (0.25, 0.5, 1.0):
            ratio = dict(zip(widths, (first, second, third), strict=True))
            keeps = [strongest(group_norms(resnet, g)[0], ratio[channels_of(resnet, g)]) for g in residual]
            small = carve(resnet, residual, keeps).eval()
            stages[first, second, third] = {"parameters": parameters(small), "macs": macs(small, data.shape)}
            stages[first, second, third]["costs"] = list(model_costs(small, 16).values())
            runs[first, second, third] = partial(small, crowd)
whole = stages[1.0, 1.0, 1.0]["costs"]
seconds = latencies(runs, rounds=12)
uncut = median(seconds[1.0, 1.0, 1.0])
for ratio, stage in stages.items():
    stage["measured"] = uncut * median(a / b for a, b in zip(seconds[ratio], seconds[1.0, 1.0, 1.0], strict=True))
    stage["predicted"] = uncut / predict_speedup(whole, stage.pop("costs"), flops, bandwidth)
print(f"{'kept':<18}{'parameters':>12}{'MACs':>8}{'predicted':>11}{'measured':>10}")
for ratio in ((0.5, 1.0, 1.0), (1.0, 0.5, 1.0), (1.0, 1.0, 0.5), (0.5, 0.5, 0.5)):
    shares = [
        stages[ratio][key] / stages[1.0, 1.0, 1.0][key] for key in ("parameters", "macs", "predicted", "measured")
    ]
    print(f"{ratio!s:<18}{shares[0]:>12.0%}{shares[1]:>8.0%}{shares[2]:>11.0%}{shares[3]:>10.0%}")

# %%
StageExplorer(stages, name="ResNet-14, 16 images")

# %% [markdown]
# **Reading the explorer.** Parameters, MACs and milliseconds are three different budgets. The last stage holds most
# weights, while all three have about as many MACs; which of them pays in time is up to your machine. Know your budget
# before you decide where to cut.
#
# ## What you measured
#
# First your predictions, each beside what came.

# %%
compare_predictions()

# %% [markdown]
# For your own networks the test images are read here, once, after all choices are made. (The networks take turns and
# push each other out of the cache, so that milliseconds may be more than above.)

# %%
print(f"{'network':<34}{'parameters':>12}{'MACs':>12}{'batch 1':>10}{'test accuracy':>15}")
images = data.test.tensors[0][:1]
seconds = latencies({name: partial(model.eval(), images) for name, model in finalists.items()}, rounds=100)
tested = {name: accuracy(model, data.test) for name, model in finalists.items()}
for name, model in finalists.items():
    print(
        f"{name:<34}{parameters(model):>12,}{macs(model, data.shape):>12,}{1e3 * median(seconds[name]):>7.2f} ms"
        f"{tested[name]:>13.2f} %"
    )
note("06 surgery", compression=parameters(vgg) / parameters(half_vgg), accuracy=tested["VGG, L1, retrained"],
     dense=tested["VGG, nothing cut, retrained"], speedup=speedups["carved", 1],
     steps=RETRAIN["steps"])  # lab 10 reads them  # fmt: skip

# %% [markdown]
# ### Remember
#
# 1. A channel goes with everything that writes it and everything that reads it; what is added together is cut together.
# 2. Trust no surgery that has not been compared with the masked network: wrong columns and wrong order fit any shape.
# 3. Masks make nothing faster, smaller layers do, and seldom by as much as their MACs promise: measure.
#
# ### Further reading
#
# - Li, Kadav, Durdanovic, Samet and Graf, [Pruning Filters for Efficient ConvNets](https://arxiv.org/abs/1608.08710),
#   2017: the rule L1, and the insides of residual blocks.
# - Fang, Ma, Song, Mi and Wang, [DepGraph: Towards Any Structural Pruning](https://arxiv.org/abs/2301.12900), 2023: how
#   a machine finds the groups.
# - Williams, Waterman and Patterson, [Roofline](https://doi.org/10.1145/1498765.1498785), 2009: the model of exercise
#   6.7.
#
# **Next:** so far a weight was important if it was large. Lab 07 asks what the *loss* says.
