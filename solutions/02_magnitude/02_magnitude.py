# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 02: Magnitude pruning
#
# *About 110 minutes, 20 points.*
#
# Most weights of a trained network can go. The question is: *which ones?* The simplest answer, the weights closest to
# zero, is an old one: in 1990 LeCun, Denker and Solla ("Optimal Brain Damage") and in 1993 Hassibi and Stork ("Optimal
# Brain Surgeon") beat it with second derivatives. In 2015 Han, Pool, Tran and Dally took it to large networks. They
# pruned what lies below a threshold, for each layer a factor times the standard deviation of its weights, **retrained**
# what was left, and did so again: AlexNet lost 54 of its 61 million weights and none of its accuracy. In this lab you
# write one round of it, see where it breaks, repair it, and fit a VGG into a quarter of its bytes.
#
# **You will be able to**
#
# - prune a tensor or a whole model by magnitude, to the exact weight,
# - keep pruned weights at zero while the others train,
# - rank neurons, filters and channels by their norms,
# - find out which layers bear pruning and which do not, without touching the test images,
# - choose a sparsity for each layer that meets a budget in bytes,
# - measure how much the rule is worth, and how much the fraction that each layer loses.
#
# **From earlier labs**
#
# - A **mask** is a tensor of booleans in the shape of a weight, `True` where it is kept; **sparsity** is the share of
#   zeros, from 0 to 1 (lab 01).
# - Bytes are counted with what says where the values belong: a **bitmask** spends one bit on each position, **CSR** an
#   index on each value that is kept (lab 01).

# %% locked="setup"
from copy import deepcopy
from dataclasses import replace
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import prune
from torch.utils.data import TensorDataset

from prunelab import figures, models
from prunelab.checks import check, describe
from prunelab.claims import show_seeds
from prunelab.data import Data, load_data
from prunelab.explorers import MagnitudeExplorer, SensitivityExplorer
from prunelab.live import explore
from prunelab.measure import encoded_bytes
from prunelab.notes import note
from prunelab.predictions import compare_predictions, predict
from prunelab.training import accuracy, fit, seeded

data = load_data()  # train, validation and test images with labels
few = TensorDataset(*(tensor[:1000] for tensor in data.validation.tensors))  # enough images to draw a curve
quick = replace(data, validation=few)  # the same data with these few as its validation split
lenet5 = models.load("lenet5", data)  # LeNet-5: two convolutions and two linear layers, trained
lenet_layers = ["features.0", "features.3", "classifier.1", "classifier.3"]  # their names, from input to output
dense = accuracy(lenet5, few)
networks = {"LeNet-5, dense": lenet5}  # what the last section measures on the test images


def masked(model: nn.Module, masks: dict[str, Tensor]) -> nn.Module:
    """A copy of `model` whose weights are multiplied, once, by `masks` ({layer name: mask of its weight})."""
    weights = {f"{name}.weight": model.get_submodule(name).weight * mask for name, mask in masks.items()}
    twin = deepcopy(model)
    twin.load_state_dict(weights, strict=False)
    return twin


# %% [markdown]
# ## 1 Which weights can go?
#
# Here is the patient: LeNet-5, trained on this lab's images. Look where its weights are.

# %%
total = sum(lenet5.get_submodule(name).weight.numel() for name in lenet_layers)
for name in lenet_layers:
    weight = lenet5.get_submodule(name).weight
    print(f"{name:<14}{tuple(weight.shape)!s:<18}{weight.numel():>8,} weights{weight.numel() / total:>8.1%}")
print(f"validation accuracy: {dense:.1f} %")

# %% [markdown]
# One layer holds over nine tenths of all weights. Remember it; it will matter.
#
# A weight near zero adds little to the sum that its neuron computes. That is the whole argument for magnitude pruning.
# It is a rule of thumb, not a theorem: a small weight on a large input may still matter (lab 07 does it better, and
# pays for it).
#
# ### Exercise 2.1: Magnitude mask
# *3 points, 10 minutes, about 4 lines*
#
# Return a boolean mask of the shape of `weight` that prunes (`False`) the weights of smallest magnitude and keeps
# (`True`) the others:
#
# $$m_i = \begin{cases}\text{False} & \text{for the } k \text{ smallest } |w_i|\\ \text{True} &
# \text{otherwise}\end{cases} \qquad k = \operatorname{round}(s \cdot n)$$
#
# with sparsity $s$ from 0 to 1, $n$ weights and Python's `round` (2.5 becomes 2). Prune **exactly** $k$ weights, even
# where several have the same magnitude; which of those go is up to you. `weight` is a tensor or a parameter of any
# shape, float32 or float64. If it is not contiguous (a transpose), raising an error is fine; a wrong mask is not.
#
# *Example:* `[[0.5, -0.1], [-2.0, 0.3]]` at $s = 0.5$: $k = 2$, the smallest magnitudes are 0.1 and 0.3, so the mask is
# `[[True, False], [True, False]]`.
#
# <details><summary>Hint 1: the idea</summary>
# Do not look for a threshold: it cannot split ties, and there is none for k = 0. Rank the magnitudes of the flattened
# weight, switch off the first k positions of a mask that is all <code>True</code>, and give it the shape back.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>weight.abs().flatten().argsort()</code> lists positions, smallest magnitude first. Index a
# <code>torch.ones(n, dtype=torch.bool)</code> with the first k of them, then <code>reshape</code>.
# </details>


# %% exercise="magnitude_mask"
def magnitude_mask(weight: Tensor, sparsity: float) -> Tensor:
    """Boolean mask of the shape of `weight`, False at its round(sparsity * n) smallest magnitudes."""
    ### BEGIN SOLUTION
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    smallest = weight.abs().flatten().argsort()[: round(sparsity * weight.numel())]
    mask[smallest] = False
    return mask.reshape(weight.shape)
    ### END SOLUTION


# %% check="magnitude_mask" points=3
with check("magnitude_mask", points=3) as c:
    from prunelab.inputs import distinct, fractions, tied, weights

    small = "The mask is boolean: True keeps. Small means close to zero: -2 is larger than 0.5."
    exact = "Prune round(sparsity * n) weights of the whole tensor, neither more nor fewer, whatever the ties."
    example = torch.tensor([[0.5, -0.1], [-2.0, 0.3]])
    c.returns(magnitude_mask, example, 0.5, want=torch.tensor([[True, False], [True, False]]), idea=small)
    c.returns(magnitude_mask, example, 0.25, want=torch.tensor([[True, False], [True, True]]), idea=exact)
    c.returns(magnitude_mask, example, 0.45, want=torch.tensor([[True, False], [True, False]]), idea=exact)
    c.returns(magnitude_mask, torch.tensor([1.0, 2.0, 3.0]), 0.5, want=torch.tensor([False, False, True]), idea=exact)
    c.returns(magnitude_mask, example, 0.0, want=torch.ones(2, 2).bool(), idea="Sparsity 0 prunes nothing.")
    c.returns(magnitude_mask, example, 1.0, want=torch.zeros(2, 2).bool(), idea="Sparsity 1 prunes everything.")
    parameter = nn.Parameter(example)
    c.returns(magnitude_mask, parameter, 0.75, want=torch.tensor([[False, False], [True, False]]), idea=small)

    def in_any_layout(rule, weight, *rest):
        """What `rule` returns for a weight that is not contiguous; it may raise an error, as torch's pruner does."""
        try:
            return rule(weight, *rest)
        except RuntimeError:
            return rule(weight.contiguous(), *rest)

    def smallest_go(weight, *sparsities):
        """The count of pruned weights is exact, and none of them is larger than a kept one."""
        for sparsity in sparsities:
            rule = [magnitude_mask] if weight.is_contiguous() else [in_any_layout, magnitude_mask]
            mask = c.call(*rule, weight, sparsity, idea=small, may="vary")  # which of equal ones go is open
            called = f"magnitude_mask({describe(weight)}, {sparsity})"
            boolean = type(mask) is Tensor and mask.dtype == torch.bool and mask.shape == weight.shape
            c.true(boolean, called=called, idea="A mask is boolean and has the shape of the weight.",
                   expected=f"a boolean mask of shape {tuple(weight.shape)}", got=mask)  # fmt: skip
            count = round(sparsity * weight.numel())
            c.equal(int((~mask).sum()), count, called=f"pruned weights in {called}", idea=exact)
            pruned, kept = weight[~mask].abs(), weight[mask].abs()
            if len(pruned) and len(kept):
                c.true(pruned.max() <= kept.min(), called=called, expected="the smallest magnitudes pruned", idea=small,
                       got=f"{pruned.max():.6g} pruned, {kept.min():.6g} kept")  # fmt: skip

    # Ties, zeros among them; then weights of many shapes, with magnitudes close to each other, small and large.
    smallest_go(torch.tensor([1.0, -1.0, 1.0, 1.0, 2.0]), 0.4)
    smallest_go(torch.tensor([0.0, 0.0, 0.0, 5.0]), 0.25)
    smallest_go(tied((7, 9), seeded(1)), 0.1, 0.9, *fractions(63))
    for count in (5, 6):
        smallest_go(torch.ones(count), *fractions(count))
        smallest_go(torch.zeros(count), *fractions(count))
    for weight in weights(seeded(2)):
        if weight.dtype != torch.bfloat16:
            smallest_go(weight, 0.123, 0.77, *fractions(weight.numel()))
    for seed in (3, 4):
        smallest_go(distinct((5, 7), seeded(seed)), 0.25, 0.9)
    for scale in (1e-4, 1e4):
        smallest_go(scale * distinct((3, 5), seeded(3)), *fractions(15))
    double = distinct((6, 7), seeded(4), torch.float64)
    smallest_go(double.sign() + 2**-30 * double, 0.2, *fractions(42))  # float32 cannot tell them apart
    ### BEGIN HIDDEN TESTS
    for shape, dtype, sparsity, seed in (
        ((4, 3, 5, 5), torch.float32, 0.77, 1),
        ((30, 20), torch.float64, 0.123, 2),
        ((1,), torch.float32, 1.0, 3),
        ((1, 1), torch.float64, 0.0, 4),
        ((7, 11), torch.float32, 0.999, 5),
    ):
        hidden = torch.randn(shape, generator=seeded(seed), dtype=dtype)
        want = prune.L1Unstructured(sparsity).compute_mask(hidden, torch.ones(shape)).bool()
        c.returns(magnitude_mask, hidden, sparsity, want=want, idea=small)
        smallest_go(hidden.movedim(0, -1), sparsity)
    smallest_go(torch.randint(-3, 4, (9, 9), generator=seeded(7)).float(), 0.31)
    ### END HIDDEN TESTS

# %% [markdown]
# Your mask on the network: cut every layer by the same sparsity, without any retraining. Predict first: the result of
# the next cell appears when you lock your prediction in.

# %%
fall = predict("fall", "From which sparsity on has LeNet-5 lost more than five points?", low=0, high=1, step=0.05)

# %%
sparsities = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
uniform_curve = {}
for sparsity in sparsities:
    masks = {name: magnitude_mask(lenet5.get_submodule(name).weight, sparsity) for name in lenet_layers}
    uniform_curve[sparsity] = accuracy(masked(lenet5, masks), few)

weight = lenet5.features[3].weight.detach()
fig, (left, right) = figures.figure(columns=2, width=5)
figures.plot_weights(weight, magnitude_mask(weight, 0.8), left, title="Second convolution at 80 % sparsity")
right.plot(uniform_curve.keys(), uniform_curve.values(), "o-", color=figures.KEPT)
right.axhline(dense - 5, color=figures.REFERENCE, linestyle=":")
right.text(0, dense - 5, "five points lost", va="top", color=figures.REFERENCE)
right.set(xlabel="sparsity of every layer", ylabel="validation accuracy (%)", title="LeNet-5, cut once")
fallen = min((sparsity for sparsity, reached in uniform_curve.items() if reached < dense - 5), default=1.0)
fall.reveal(
    fallen,
    f"Of the sparsities tried, {fallen:g} is the first at which five points are lost.",
    fig,
    alt="Histogram of weights, those near zero pruned; accuracy falling as every layer is cut.",
    mark=lambda guess, ax=right: ax.axvline(guess, color=figures.REFERENCE, linewidth=0.8),
)

# %% [markdown] facts="the definition of the mask"
# **Reading the figure.** The mask takes the heap in the middle and leaves two tails. For how long does that cost
# little? (The curves of this lab read 1,000 images: a difference of less than two points may be chance.)
#
# Now walk down the slope yourself, on the second convolution alone. Histogram, mask, accuracy (measured in this
# notebook) and bytes follow one slider.
#
# **Try:** Where is the threshold at 50 %, and where at 90 %? From which sparsity on is the bitmask smaller than the
# dense layer, and from which is `csr32`, CSR with indices of 32 bits? How many bytes can you save before the accuracy
# bends?

# %%
reached = {}
for sparsity in (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0):
    reached[sparsity] = accuracy(masked(lenet5, {"features.3": magnitude_mask(weight, sparsity)}), few)
MagnitudeExplorer(weight, reached, name="features.3 of LeNet-5")

# %% [markdown]
# ## 2 One threshold for all layers?
#
# "The same share of every layer" is a strange rule. Does a layer of 500 weights have as many to spare as one of
# hundreds of thousands? Nobody asked the weights. So let all of them compete with each other: one ranking for the
# whole model.
#
# ### Exercise 2.2: Global masks
# *3 points, 12 minutes, about 7 lines*
#
# Return a mask for each `nn.Conv2d` and `nn.Linear` of `model`, at any depth, such that of all their weights
# **together** the $k = \operatorname{round}(s \cdot \sum_l n_l)$ smallest magnitudes are pruned:
#
# $$\{(l, i) \text{ pruned}\} = \text{the } k \text{ smallest of } \bigcup_l \{|w_{l,1}|, \dots, |w_{l,n_l}|\}.$$
#
# The keys are the layers' names as in `model.named_modules()`. Biases and batch norm are never pruned: they are few,
# and each of them moves a whole channel; other kinds of layers are left out, too, and frozen weights count like any
# other. `model` stays as it was. (Where it is itself such a layer, `named_modules()` calls it `""`.)
#
# *Example:* layer `a` has the weights 0.1 and -0.2, layer `b` has 0.3 and -4. At $s = 0.5$ both weights of `a` go and
# `b` stays whole: `{"a": [False, False], "b": [True, True]}`.
#
# <details><summary>Hint 1: the idea</summary>
# Collect the layers in a dictionary by name. String all their magnitudes into one long vector, build one long mask as
# in exercise 2.1, then cut it into pieces as long as the layers and give each piece its layer's shape.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>isinstance(module, nn.Conv2d | nn.Linear)</code> picks the layers; <code>torch.cat</code> joins what
# <code>flatten()</code> gives; <code>mask.split(lengths)</code> cuts a vector into pieces of the lengths listed.
# </details>


# %% exercise="global_masks"
def global_masks(model: nn.Module, sparsity: float) -> dict[str, Tensor]:
    """{layer name: boolean mask of its weight}, pruning the smallest magnitudes of all layers together."""
    ### BEGIN SOLUTION
    layers = {name: module for name, module in model.named_modules() if isinstance(module, nn.Conv2d | nn.Linear)}
    magnitudes = torch.cat([layer.weight.detach().abs().flatten() for layer in layers.values()])
    kept = torch.ones(len(magnitudes), dtype=torch.bool)
    kept[magnitudes.argsort()[: round(sparsity * len(magnitudes))]] = False
    pieces = kept.split([layer.weight.numel() for layer in layers.values()])
    return {name: piece.reshape(layers[name].weight.shape) for name, piece in zip(layers, pieces, strict=True)}
    ### END SOLUTION


# %% check="global_masks" points=3
with check("global_masks", points=3) as c:
    from prunelab.inputs import distinct, fractions, nested, tied

    together = "All weights of all layers are ranked together, by magnitude; then round(sparsity * all) of them go."
    which = "A boolean mask for the weight of each nn.Conv2d and nn.Linear, by the layer's name; nothing else counts."
    exact = "Prune round(sparsity * all) weights, as Python rounds, neither more nor fewer, whatever the ties."

    def small_model():
        """A convolution, batch norm and, one level deeper, a linear layer, with weights to do by hand."""
        model = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2), nn.Sequential(nn.Flatten(), nn.Linear(2, 2)))
        values = {"0.weight": [0.1, -0.2], "0.bias": [0.0, 0.0], "1.weight": [0.01, 9.0], "2.1.bias": [0.02, 0.03]}
        values["2.1.weight"] = [-5.0, 0.3, 6.0, -0.15]
        for name, parameter in model.named_parameters():
            parameter.data = torch.tensor(values.get(name, [0.0, 0.0])).reshape(parameter.shape)
        return model

    def bits(*values):
        return torch.tensor(values, dtype=torch.bool)

    first, last = bits(1, 1).reshape(2, 1, 1, 1), bits([1, 1], [1, 1])
    c.returns(global_masks, small_model(), 0.0, want={"0": first, "2.1": last}, idea=which)
    c.returns(global_masks, small_model(), 0.5, want={"0": ~first, "2.1": bits([1, 1], [1, 0])}, idea=together)
    c.returns(global_masks, small_model(), 0.6, want={"0": ~first, "2.1": bits([1, 0], [1, 0])}, idea=exact)
    want = {"0": bits(0, 1).reshape(2, 1, 1, 1), "2.1": bits([1, 1], [1, 0])}
    c.returns(global_masks, small_model(), 0.3, want=want, idea=together)
    c.returns(global_masks, small_model(), 1.0, want={"0": ~first, "2.1": ~last}, idea=together)

    def ranked_together(model, names, *sparsities):
        """Masks for the layers `names`: an exact count of weights goes, and none of them is larger than a kept one."""
        layers = {name: model.get_submodule(name).weight.detach() for name in names}
        for sparsity in sparsities:
            called = f"global_masks({describe(model)}, {sparsity})"
            masks = c.call(global_masks, model, sparsity, idea=which, may="vary")  # which of equal ones go is open
            c.true(isinstance(masks, dict) and set(masks) == set(names), called=called, idea=which,
                   expected=f"a dict with the keys {names}", got=masks)  # fmt: skip
            for name, weight in layers.items():
                mask = masks[name]
                boolean = type(mask) is Tensor and mask.dtype == torch.bool and mask.shape == weight.shape
                c.true(boolean, called=f"{called}[{name!r}]", idea=which, got=mask,
                       expected=f"a boolean mask of shape {tuple(weight.shape)}")  # fmt: skip
            pruned = torch.cat([weight[~masks[name]].abs() for name, weight in layers.items()])
            kept = torch.cat([weight[masks[name]].abs() for name, weight in layers.items()])
            count = round(sparsity * (len(pruned) + len(kept)))
            c.equal(len(pruned), count, called=f"weights pruned by {called}", idea=exact)
            if len(pruned) and len(kept):
                c.true(pruned.max() <= kept.min(), called=called, expected="the smallest magnitudes of all pruned",
                       got=f"{pruned.max():.6g} pruned, {kept.min():.6g} kept", idea=together)  # fmt: skip

    def spread(model, values):
        """The model, its parameters (biases and norms, too) with these values, one after another."""
        nn.utils.vector_to_parameters(values, model.parameters())
        return model

    # Layers at several depths, one of them frozen; their magnitudes, and those of all biases, are close to each other.
    names = ["stem.0", "blocks.wide.0", "fc1", "fc10"]
    for seed in (1, 2):
        deep = nested(seeded(seed))
        deep.fc1.weight.requires_grad_(False)
        entries, count = sum(p.numel() for p in deep.parameters()), 72 + 36 + 1008 + 21
        ranked_together(spread(deep, distinct((entries,), seeded(seed))), names, 0.1, 0.9, *fractions(count))
    double = distinct((entries,), seeded(3), torch.float64)
    double = spread(nested(seeded(3)).double(), double.sign() + 2**-30 * double)  # float32 cannot tell them apart
    ranked_together(double, names, 0.2, *fractions(count))
    ranked_together(spread(nested(seeded(4)), tied((entries,), seeded(4))), names, 0.1, 0.9, *fractions(count))

    # Kinds of layers that have weights, but no mask; and a model that is a layer itself.
    others = [nn.Embedding(3, 2), nn.Linear(2, 3), nn.LayerNorm(3), nn.Conv1d(2, 4, 3), nn.ConvTranspose2d(4, 2, 3)]
    others = nn.Sequential(*others, nn.Conv3d(2, 1, 2), nn.PReLU(), nn.Conv2d(3, 5, (1, 3)))
    entries = sum(p.numel() for p in others.parameters())
    ranked_together(spread(others, distinct((entries,), seeded(5))), ["1", "7"], 0.3, *fractions(6 + 45))
    ranked_together(spread(nn.Linear(5, 3), distinct((18,), seeded(6))), [""], 0.2, *fractions(15))
    ranked_together(spread(nn.Conv2d(2, 3, 1), distinct((9,), seeded(7))), [""], *fractions(6))

    ### BEGIN HIDDEN TESTS
    def as_torch_does(model, sparsity):
        """The masks are those of torch's own pruner."""
        layers = {name: m for name, m in deepcopy(model).named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}
        pairs = [(layer, "weight") for layer in layers.values()]
        prune.global_unstructured(pairs, pruning_method=prune.L1Unstructured, amount=sparsity)
        want = {name: layer.weight_mask.bool() for name, layer in layers.items()}
        c.returns(global_masks, model, sparsity, want=want, idea=together)

    for model, sparsity in ((nested(seeded(8)), 0.37), (models.build("resnet", data), 0.8), (lenet5, 0.5)):
        as_torch_does(model, sparsity)
    ### END HIDDEN TESTS

# %% [markdown]
# One threshold takes 90 % of all weights. Which layer loses most?


# %% locked="first_spared"
def first_spared(model: nn.Module, sparsity: float) -> dict[str, Tensor]:
    """Masks that leave LeNet-5's first layer dense and cut the others alike, so that `sparsity` of all weights go."""
    first, *others = (model.get_submodule(name).weight.detach() for name in lenet_layers)
    rest = sum(weight.numel() for weight in others)
    higher = min(sparsity * (rest + first.numel()) / rest, 1.0)
    return {name: magnitude_mask(weight, higher) for name, weight in zip(lenet_layers[1:], others, strict=True)}


# %%
loser = predict("loser", "Which layer will lose the largest fraction of its weights?", lenet_layers)

# %%
masks = global_masks(lenet5, 0.9)
kept_share = {name: mask.float().mean().item() for name, mask in masks.items()}
global_curve = {sparsity: accuracy(masked(lenet5, global_masks(lenet5, sparsity)), few) for sparsity in sparsities}
spared_curve = {sparsity: accuracy(masked(lenet5, first_spared(lenet5, sparsity)), few) for sparsity in sparsities}

fig, (left, right) = figures.figure(columns=2, width=5)
left.barh(list(kept_share), kept_share.values(), color=figures.KEPT)
left.axvline(0.1, color=figures.REFERENCE, linestyle=":")
left.invert_yaxis()
left.set(xlabel="share of weights kept", title="One threshold, 90 % sparsity (dotted: each layer alike)")
right.plot(global_curve.keys(), global_curve.values(), "o-", color=figures.KEPT, label="one ranking")
right.plot(spared_curve.keys(), spared_curve.values(), "o--", color=figures.REFERENCE, label="first layer spared")
right.plot(uniform_curve.keys(), uniform_curve.values(), "o-", color=figures.PRUNED, label="each layer alike")
right.set(xlabel="sparsity", ylabel="validation accuracy (%)", title="LeNet-5, cut once")
right.legend(frameon=False)
alt = "Fraction of weights kept in each layer; accuracy of global and uniform pruning, and with the first layer spared."
loser.reveal(min(kept_share, key=kept_share.get), "The bars on the left show what each layer keeps.", fig, alt)

# %% [markdown] claims="most_inputs, first_layer"
# **Reading the figure.** One ranking takes from the layers unequally: it spares where weights are large. How many
# inputs has a neuron of the layer that lost most? On the right all three curves have the same number of zeros, in other
# places. The dashed one differs from uniform pruning in a single thing: the first layer, about one weight in a
# thousand, stays dense, and the others are cut alike. How much of the gap at 80 % does that alone close?

# %%
show_seeds("02", "most_inputs", "first_layer")

# %% [markdown]
# ## 3 What keeps a zero at zero?
#
# Where the accuracy slides, cutting alone is not enough. Han et al. (2015) work in three steps: **train**, **prune**,
# **retrain**. But training moves every weight, the pruned ones too. Weight decay $\lambda$ and momentum $v$, here
# Nesterov's, which looks one step ahead, enter each update:
#
# $$g = \frac{\partial L}{\partial w} + \lambda w, \qquad v \leftarrow \mu v + g, \qquad
# w \leftarrow w - \eta\, (g + \mu v).$$
#
# Take a weight that was pruned, $w = 0$, and you even set its gradient to zero, so that $g = 0$. Momentum still holds
# $v = 0.5$ from before. With $\mu = 0.9$ and $\eta = 0.1$ the next step gives $v = 0.9 \cdot 0.5 = 0.45$ and
# $w = 0 - 0.1 \cdot 0.9 \cdot 0.45 = -0.0405$. It lives.
#
# ### Exercise 2.3: A pruner that holds
# *4 points, 15 minutes, about 6 lines*
#
# Write a class whose `apply()` sets the pruned weights of `model` to zero and touches nothing else; creating a `Pruner`
# does so at once, and `fit(model, ..., after_step=pruner.apply)` calls it after each update of the optimizer:
#
# $$w_l \leftarrow w_l \odot m_l \quad \text{for each layer } l \text{ in } \texttt{masks}.$$
#
# The kept weights must go on learning, and so must biases, batch norm and layers without a mask. The model keeps its
# parameters and gets no hooks: `apply()` itself writes the zeros, each pruner those of its own model and masks. `fit`
# may move a weight's data to another place in memory, so look the weight up anew in each `apply()`.
#
# `fit(model, dataset, steps=60, lr=0.02, after_step=...)` is this course's training loop: momentum 0.9, weight decay,
# and a learning rate that rises to `lr` and falls to zero.
#
# *Example:* a step has left $-0.0405$ where the mask says `False`, and $0.3$ beside it where it says `True`. After
# `apply()` they are $0$ and $0.3$.
#
# <details><summary>Hint 1: the idea</summary>
# Remember the model and the masks, and look the weight up anew each time: <code>fit</code> may move a weight's data to
# another place in memory. Change the values <i>inside</i> the parameter; the optimizer holds on to that object, and a
# new <code>nn.Parameter</code> would be a stranger to it.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>model.get_submodule(name).weight</code> finds a layer's weight; <code>mul_(mask)</code> multiplies in place,
# which torch allows on a parameter only under <code>torch.no_grad()</code>.
# </details>


# %% exercise="pruner"
class Pruner:
    """Holds the pruned weights of a model at zero; `masks` is {layer name: boolean mask of its weight}."""

    def __init__(self, model: nn.Module, masks: dict[str, Tensor]) -> None:
        """Remember both and prune at once."""
        ### BEGIN SOLUTION
        self.model, self.masks = model, masks
        self.apply()
        ### END SOLUTION

    def apply(self) -> None:
        """Set the pruned weights to zero, in place."""
        ### BEGIN SOLUTION
        with torch.no_grad():
            for name, mask in self.masks.items():
                self.model.get_submodule(name).weight.mul_(mask)
        ### END SOLUTION


# %% check="pruner" points=4
with check("pruner", points=4) as c:
    from prunelab.inputs import fill, nested

    create = "Creating a Pruner prunes at once, in the model it is given, where the mask says False."
    only = "A pruner writes zeros into the pruned weights of its own layers. All else stays: names, objects, gradients."
    plain = "The model keeps its parameters: no hooks, no parametrization; apply() itself writes the zeros into them."
    moved = "fit moves a weight's data to another place in memory: keep the layer or the parameter, not its data."
    own = "Each Pruner has a model and masks of its own: keep them in self, not in the class, a global or the model."

    def random_masks(model, *names):
        """For each of these layers a mask that prunes about half of its weights, all those of its first unit too."""
        source, masks = seeded(5), {}
        for name in names:
            masks[name] = torch.rand(model.get_submodule(name).weight.shape, generator=source) < 0.5
            masks[name][0] = False
        return masks

    def left_alone(model):
        """What a pruner leaves alone beside values: parameters as objects, their gradients, modes and hooks."""
        parameters = [(name, id(p), p.requires_grad, p.grad) for name, p in model.named_parameters()]
        parameters = [(*known, None if grad is None else grad.tolist()) for *known, grad in parameters]
        return parameters, [(m.training, len(m._forward_hooks), len(m._forward_pre_hooks)) for m in model.modules()]

    def zeros_and_nothing_else(action, model, masks, called, idea):
        """What `action` returns; it sets pruned weights to zero and changes neither model nor masks otherwise."""
        want, kept_masks, before = deepcopy(dict(model.state_dict())), deepcopy(masks), left_alone(model)
        for name, mask in masks.items():
            want[f"{name}.weight"][~mask] = 0
        returned = action()
        c.true(left_alone(model) == before, called=called, idea=plain, got="something else changed",
               expected="the model's parameters, gradients, modes and hooks as they were")  # fmt: skip
        c.equal(dict(model.state_dict()), want, called=f"model.state_dict() after {called}", idea=idea)
        c.equal(masks, kept_masks, called=f"masks after {called}", idea="Work on a copy of the masks, or only read.")
        return returned

    def new_pruner(model, masks):
        """A pruner for a model whose pruned weights it sets to zero at once."""
        for p in model.parameters():
            p.grad = torch.ones_like(p) if p.requires_grad else None
        called, no_grad = f"Pruner(model, {{masks of {', '.join(masks)}}})", "Change weights under torch.no_grad()."
        return zeros_and_nothing_else(lambda: c.call(Pruner, model, masks, idea=no_grad, may="change"),
                                      model, masks, called, f"{create} {only}")  # fmt: skip

    def applied(pruner, model):
        """The state of the model after apply()."""
        pruner.apply()
        return model.state_dict()

    def apply_again(pruner, model, masks, when, idea):
        """All values change, as in a step of training; then apply() sets the pruned ones to zero."""
        fill(model, seeded(6))
        zeros_and_nothing_else(lambda: c.call(applied, pruner, model, may="change"),
                               model, masks, f"apply(), {when}", idea)  # fmt: skip

    # A model with layers at several depths, of which some have masks; then its weights move to another place.
    for names, dtype in ((("stem.0", "fc1"), torch.float32), (("fc10", "blocks.wide.0"), torch.float64)):
        model = nested(seeded(1)).to(dtype)
        masks = random_masks(model, *names)
        pruner = new_pruner(model, masks)
        apply_again(pruner, model, masks, "all values overwritten", f"apply() itself writes the zeros. {only}")
        model.to(memory_format=torch.channels_last)
        apply_again(pruner, model, masks, "the weights moved to channels_last and overwritten", moved)

    def alike():
        """Layers of one shape, whose names begin or end alike."""
        deeper = nn.ModuleDict({"fc1": nn.Linear(5, 5), "norm": nn.LayerNorm((5, 5))})
        layers = nn.ModuleDict({"fc": nn.Linear(5, 5), "fc1": nn.Linear(5, 5), "fc10": nn.Linear(5, 5), "a": deeper})
        fill(layers, seeded(3))
        return layers

    # Two models and, for the second, two pruners: each apply() writes only its own zeros.
    pair = [alike(), alike()]
    jobs = ((pair[0], ("fc1",)), (pair[1], ("fc", "a.fc1")), (pair[1], ("fc10",)))
    jobs = [(model, random_masks(model, *names)) for model, names in jobs]
    for pruner, (model, masks) in zip([new_pruner(*job) for job in jobs], jobs, strict=True):
        other = pair[model is pair[0]]
        fill(other, seeded(7))
        before = deepcopy(dict(other.state_dict()))
        apply_again(pruner, model, masks, "while other pruners exist", own)
        c.equal(dict(other.state_dict()), before, called="a model after another's apply()", idea=own)

    # Training: as with torch's own pruner, pruned weights stay at zero and everything else learns.
    images = torch.randn(256, 2, 6, 6, generator=seeded(0))
    dataset = TensorDataset(images, torch.randint(3, (256,), generator=seeded(1)))

    def as_torch_does(*names):
        """After training, the model computes what the same model held by torch's own pruner computes."""
        model, referee = nested(seeded(4)), nested(seeded(4))
        masks, called = random_masks(model, *names), f"fit with masks for {names}"
        pruner = c.call(Pruner, model, masks, idea=create, may="change")
        for name, m in masks.items():
            prune.custom_from_mask(referee.get_submodule(name), "weight", m)
        for each, after_step in ((model, pruner.apply), (referee, None)):
            fit(each, dataset, steps=20, after_step=after_step)
            each.eval()
        alive = sum(int((model.get_submodule(name).weight[~m] != 0).sum()) for name, m in masks.items())
        c.equal(alive, 0, called=f"pruned weights not zero after {called}", idea="No step may revive a weight.")
        with torch.no_grad():
            c.equal(model(images), referee(images), atol=1e-3, called=f"outputs after {called}",
                    idea="Kept weights, biases and batch norm must learn as if no pruner were there.")  # fmt: skip

    as_torch_does("stem.0", "fc1")
    ### BEGIN HIDDEN TESTS
    as_torch_does("fc10", "blocks.wide.0")
    ### END HIDDEN TESTS

# %% [markdown]
# The proof is in the training. Take 95 % of LeNet-5's weights, then train 60 steps: once with the zeros set and left to
# themselves, once with your pruner.

# %%
zeros = predict("zeros", "What fraction of the weights is zero at the end if nothing holds them?", low=0, high=1)


# %%
def zero_share(model: nn.Module) -> float:
    """Share of zeros among the weights of LeNet-5's layers."""
    return sum((model.get_submodule(name).weight == 0).sum().item() for name in lenet_layers) / total


masks = global_masks(lenet5, 0.95)
cut = masked(lenet5, masks)
left_alone, held = deepcopy(cut), deepcopy(cut)
pruner = Pruner(held, masks)
alone_zeros, held_zeros = [zero_share(cut)], [zero_share(cut)]


def hold_and_count() -> None:
    """After each step: zeros back, then a look at how many there are."""
    pruner.apply()
    held_zeros.append(zero_share(held))


fit(left_alone, data.train, steps=60, lr=0.02, after_step=lambda: alone_zeros.append(zero_share(left_alone)))
fit(held, data.train, steps=60, lr=0.02, after_step=hold_and_count)
networks["LeNet-5, 95 % cut, retrained"] = held.eval()

fig, (ax,) = figures.figure(width=6)
ax.plot(held_zeros, color=figures.KEPT)
ax.text(60, held_zeros[-1] - 0.02, "held by your pruner", ha="right", va="top", color=figures.KEPT)
ax.plot(alone_zeros, color=figures.PRUNED)
ax.text(60, alone_zeros[-1], "zeroed once", ha="right", va="bottom", color=figures.PRUNED)
ax.set(xlabel="step of retraining", ylabel="share of zero weights", ylim=(0, 1.02), title="LeNet-5 after a cut of 95 %")
alt = "Fraction of zeros by training step: constant with the pruner, falling at once without it."
zeros.reveal(alone_zeros[-1], f"If nothing holds them, {alone_zeros[-1]:.1%} of the weights are zero.", fig, alt)
held_accuracy = accuracy(held, few)
print(f"validation accuracy: dense {dense:.1f} %, cut {accuracy(cut, few):.1f} %, held {held_accuracy:.1f} %")

# %% [markdown] claims="zeros_come_back"
# **Reading the figure.** The blue line is flat: your pruner puts every zero back, while the other weights train. Where
# does the orange one go, and how soon? If some weights stayed zero though nothing held them, what must be true of their
# gradients?

# %%
show_seeds("02", "zeros_come_back")

# %% [markdown]
# ### The tool of the trade
#
# You have now written what `torch.nn.utils.prune` does. It keeps the dense weight as `weight_orig`, the mask as
# `weight_mask`, and multiplies them in a **hook**, a function that torch calls before each forward pass, so nothing has
# to be called after a step.
#
# | yours | torch |
# |---|---|
# | `magnitude_mask(layer.weight, s)` | `prune.l1_unstructured(layer, "weight", amount=s)` |
# | `global_masks(model, s)` | `prune.global_unstructured(pairs, pruning_method=prune.L1Unstructured, amount=s)` |
# | `Pruner(model, masks)` | `prune.custom_from_mask(layer, "weight", mask)` |
# | the zeros for good | `prune.remove(layer, "weight")` |
#
# Mind one trap: `amount=1.0` means everything, `amount=1` means a single weight. Do the two of you agree?

# %%
theirs = deepcopy(lenet5)
pairs = [(theirs.get_submodule(name), "weight") for name in lenet_layers]
prune.global_unstructured(pairs, pruning_method=prune.L1Unstructured, amount=0.95)
for name, mask in global_masks(lenet5, 0.95).items():
    same = (theirs.get_submodule(name).weight_mask.bool() == mask).float().mean()
    print(f"{name:<14} masks that agree: {same:.3%}")

# %% [markdown]
# From here on you may use torch's pruner as well. You know what is inside.
#
# ## 4 Which neurons, filters and channels are strong?
#
# Single weights are not the only thing one can remove. A row of a linear weight (out, in) is a **neuron**; an entry
# along the first dimension of a convolution (out, in, kh, kw) is a **filter**; an entry along the second is what all
# filters read from one input **channel**. Take a whole one away and the layer gets truly smaller (lab 06 does). The
# simplest measure of its importance is again its magnitude: the norm of its weights (Li et al. 2017 use L1).
#
# ### Exercise 2.4: Norms of neurons, filters and channels
# *2 points, 6 minutes, about 2 lines*
#
# Return one norm for each output unit (`dim=0`) or each input (`dim=1`) of a linear or convolutional weight:
#
# $$\lVert u \rVert_1 = \sum_i |u_i|, \qquad \lVert u \rVert_2 = \sqrt{\sum_i u_i^2},$$
#
# where $u$ are all weights of that unit and `p` is 1 or 2. The result has shape `(weight.shape[dim],)`.
#
# *Example:* for the linear weight `[[3, -4], [0, 1]]`, `p=2, dim=0` gives `[5, 1]` and `p=1, dim=1` gives `[3, 5]`.
#
# <details><summary>Hint 1: the idea</summary>
# Bring the dimension you want to the front, lay everything else out as one row for each unit, and take the norm of the
# rows. Reshaping alone would mix the units.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>weight.transpose(0, dim).flatten(1)</code> has one row a unit;
# <code>torch.linalg.vector_norm(rows, ord=p, dim=1)</code> takes the norms.
# </details>


# %% exercise="unit_norms"
def unit_norms(weight: Tensor, p: int, dim: int) -> Tensor:
    """Lp norm of each output unit (dim 0) or input (dim 1) of a weight (out, in) or (out, in, kh, kw); p is 1 or 2."""
    ### BEGIN SOLUTION
    rows = weight.transpose(0, dim).flatten(1)
    return torch.linalg.vector_norm(rows, ord=p, dim=1)
    ### END SOLUTION


# %% check="unit_norms" points=2
with check("unit_norms", points=2) as c:
    from prunelab.inputs import distinct, tied

    norm = "L1 sums magnitudes; L2 is the root of the sum of squares."
    unit = "dim=0 is one norm an output (row), dim=1 one norm an input (column); all other dimensions are summed over."
    linear = torch.tensor([[3.0, -4.0], [0.0, 1.0]])
    c.returns(unit_norms, linear, 2, 0, want=torch.tensor([5.0, 1.0]), idea=f"{unit} {norm}")
    c.returns(unit_norms, linear, 1, 0, want=torch.tensor([7.0, 1.0]), idea=norm)
    c.returns(unit_norms, linear, 1, 1, want=torch.tensor([3.0, 5.0]), idea=unit)
    convolution = torch.tensor([[[1.0, -1.0], [2.0, 0.0], [0.0, 0.0]], [[0.0, 3.0], [-6.0, 0.0], [0.0, -2.0]]])
    convolution = convolution.unsqueeze(2)  # (out, in, kh, kw) = (2, 3, 1, 2)
    c.returns(unit_norms, convolution, 1, 0, want=torch.tensor([4.0, 11.0]), idea=unit)
    c.returns(unit_norms, convolution, 1, 1, want=torch.tensor([5.0, 8.0, 2.0]), idea=unit)
    c.returns(unit_norms, convolution, 2, 0, want=torch.tensor([6.0, 49.0]).sqrt(), idea=norm)
    c.returns(unit_norms, convolution, 2, 1, want=torch.tensor([11.0, 40.0, 4.0]).sqrt(), idea=norm)

    def added_up(weight, p, dim):
        """The norms once more, from one weight after another."""
        sums = [0.0] * weight.shape[dim]
        for place in weight.nonzero().tolist():
            sums[place[dim]] += abs(weight[tuple(place)].item()) ** p
        want = torch.tensor(sums, dtype=weight.dtype) ** (1 / p)
        c.returns(unit_norms, weight, p, dim, want=want, idea=f"{unit} {norm}")

    # Linear layers and convolutions, no two sides alike, some with units that are zero, in float32 and float64.
    shapes = [(5, 7), (7, 5), (4, 3, 2, 5), (3, 4, 5, 2), (2, 1, 3, 3), (1, 6, 1, 1), (1, 9), (1, 1)]
    for seed, shape in enumerate(shapes):
        for weight in (distinct(shape, seeded(seed)), 100 * distinct(shape, seeded(seed), torch.float64)):
            for p, dim in ((1, 0), (2, 0), (1, 1), (2, 1)):
                added_up(weight, p, dim)
    for shape in ((6, 2), (5, 2, 1, 2)):
        weight = tied(shape, seeded(9))
        weight[1], weight[:, 1] = 0, 0
        for p, dim in ((1, 0), (2, 0), (1, 1), (2, 1)):
            added_up(weight, p, dim)
    ### BEGIN HIDDEN TESTS
    for shape, dtype in (((6, 4, 3, 3), torch.float32), ((5, 7), torch.float64), ((1, 1), torch.float32)):
        hidden = torch.randn(shape, generator=seeded(8), dtype=dtype)
        for dim in (0, 1):
            units = hidden.unbind(dim)
            c.returns(unit_norms, hidden, 1, dim, want=torch.stack([u.abs().sum() for u in units]), idea=norm)
            c.returns(unit_norms, hidden, 2, dim, want=torch.stack([u.square().sum().sqrt() for u in units]), idea=norm)
    layer = nn.Conv2d(5, 9, 3)
    nn.init.normal_(layer.weight, generator=seeded(9))
    for p, dim in ((1, 0), (2, 0), (1, 1), (2, 1)):
        weakest = int(unit_norms(layer.weight.detach(), p, dim).argmin())
        mask = prune.LnStructured(1, p, dim).compute_mask(layer.weight, torch.ones_like(layer.weight))
        c.equal(
            weakest,
            int(mask.transpose(0, dim).flatten(1).sum(1).argmin()),
            idea=norm,
            called=f"the weakest unit of a random convolution, p={p}, dim={dim}",
        )
    ### END HIDDEN TESTS

# %% [markdown]
# The filters of LeNet-5's first layer, weakest first, all in the same shades of grey.

# %%
filters = lenet5.features[0].weight.detach()  # (out, in, kh, kw)
strength = unit_norms(filters, p=1, dim=0)
tiles = filters.mean(1)[strength.argsort()]  # (out, kh, kw), the input channels averaged
fig, axes = figures.figure(columns=10, rows=(len(tiles) + 9) // 10, width=0.95, height=1.15)
for ax, tile, value in zip(axes, tiles, strength.sort().values, strict=False):
    ax.imshow(tile, cmap="gray", vmin=-tiles.abs().max(), vmax=tiles.abs().max())
    ax.set_title(f"{value:.1f}", fontsize=9)
for ax in axes:
    ax.axis("off")
figures.show(fig, alt="The filters of the first layer ordered by L1 norm, from pale to strong contrasts.")

# %% [markdown]
# The slider below runs **your** `unit_norms` each time you let go of the handle: the weights of so many of the weakest
# filters are set to zero, and the accuracy is measured again.
#
# **Try:** How many filters can go before the accuracy bends? Are the last ones worth more than the first?


# %%
def without_weakest(count: int, ax) -> str:
    """Draw the filters, weakest first, the weakest `count` set to zero; what that costs, in words."""
    order = unit_norms(filters, p=1, dim=0).argsort()
    mask = torch.ones_like(filters, dtype=torch.bool)
    mask[order[:count]] = False
    ax.imshow(torch.cat(list((filters * mask).mean(1)[order]), dim=1), cmap="gray", vmin=-scale, vmax=scale)
    ax.set_axis_off()
    reached = accuracy(masked(lenet5, {"features.0": mask}), few)
    return f"Without the {count} weakest of {len(filters)} filters: {reached:.1f} % right, dense {dense:.1f} %."


scale = filters.mean(1).abs().max().item()
explore(without_weakest, "weakest filters set to zero", list(range(len(filters))), start=len(filters) // 4)

# %%
quarter = len(strength) // 4
weakest = [set(unit_norms(filters, p, 0).argsort()[:quarter].tolist()) for p in (1, 2)]
print(f"of the {quarter} weakest filters, {len(weakest[0] & weakest[1])} are the same by L1 and by L2")

# %% [markdown] undecided="norms_and_losses" refuted="norms_and_outputs" facts="Ye et al. 2018; He et al. 2019"
# **Reading the figure.** The number above a filter is its L1 norm: pale filters are weak ones. Whether weak means
# unimportant is another question, which your slider asks the network itself. A norm knows nothing of what the next
# layer does with the output, and where batch norm follows, the scale of a filter is divided out again (Ye et al. 2018;
# He et al. 2019; lab 05). Nor does it know the signs: what do weights that cancel each other answer to an even patch?
# Six filters a network are few, so look at what is *undecided* below, too: that is no result for either side.

# %%
show_seeds("02", "norms_and_outputs", "norms_and_losses")

# %% [markdown]
# ## 5 Which layer bears pruning?
#
# One sparsity for all was too blunt, and one threshold is still a guess. So ask each layer: cut it **alone** and see
# what happens. Han et al. (2015) call this sensitivity. It is a choice between models, so it reads the *validation*
# images: whoever chooses on the test split no longer has one.
#
# ### Exercise 2.5: Sensitivity scan
# *3 points, 12 minutes, about 9 lines*
#
# For each `nn.Conv2d` and `nn.Linear` and each sparsity, prune that layer alone, its own smallest weights, and
# measure the accuracy in per cent on the `data.validation` that the function is given:
#
# $$\text{curves}[l][s] = \text{accuracy}\big(\text{model with } w_l \odot m_l(s)\big).$$
#
# As in exercise 2.1, exactly $\operatorname{round}(s \cdot n)$ weights of the layer go, whatever the ties. The accuracy
# is that of the model in evaluation mode, over all validation images. Return `{layer name: {sparsity: accuracy}}`.
# Afterwards `model` is as it was: the same parameters and values, no hooks, and in the mode it was in (`accuracy`
# leaves a model in evaluation mode).
#
# *Example:* two layers and the sparsities `(0.0, 1.0)` give four accuracies; the two at 0.0 both equal the dense one.
#
# <details><summary>Hint 1: the idea</summary>
# Two loops, one over the layers and one over the sparsities. A fresh copy of the model in the inner loop keeps the
# layers from adding up, and keeps the original whole.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>copy = deepcopy(model)</code>, then <code>prune.l1_unstructured(copy.get_submodule(name), "weight",
# amount=sparsity)</code>, then <code>accuracy(copy, data.validation)</code>, which is in per cent.
# </details>


# %% exercise="sensitivity_scan"
def sensitivity_scan(model: nn.Module, data: Data, sparsities: tuple[float, ...]) -> dict[str, dict[float, float]]:
    """{layer name: {sparsity: validation accuracy in per cent}} with that layer alone pruned by magnitude."""
    ### BEGIN SOLUTION
    curves = {}
    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            curves[name] = {}
            for sparsity in sparsities:
                copy = deepcopy(model)
                prune.l1_unstructured(copy.get_submodule(name), "weight", amount=sparsity)
                curves[name][sparsity] = accuracy(copy, data.validation)
    return curves
    ### END SOLUTION


# %% check="sensitivity_scan" points=3
with check("sensitivity_scan", points=3) as c:
    from prunelab.inputs import distinct, fractions

    keys = "Scan nn.Conv2d and nn.Linear at any depth, by the layer's name, and nothing else; the keys are sparsities."
    alone = "Each layer is pruned alone, its own round(s * n) smallest weights, from the dense model each time."
    split = "At sparsity 0 the model is dense, and a scan reads data.validation: all four are right, 100 per cent."

    def scan(model, toy_data, sparsities, want, idea):
        """A scan returns the curves `want`, and leaves the model as it was."""
        called = f"sensitivity_scan({describe(model)}, {toy_data.name}, {sparsities})"
        got = c.call(sensitivity_scan, model, toy_data, sparsities, idea=alone, may="draw")
        c.true(isinstance(got, dict) and set(got) == set(want), called=called, got=got, idea=keys,
               expected=f"a dict with the keys {list(want)}")  # fmt: skip
        for name, curve in got.items():
            c.true(isinstance(curve, dict) and set(curve) == set(sparsities), called=f"{called}[{name!r}]", got=curve,
                   expected=f"a dict with the keys {sparsities}", idea=keys)  # fmt: skip
        c.equal(got, want, called=called, idea=idea)

    # Four images with one bright pixel each. Class i is won by the product of the i-th diagonal weights of layers 1 and
    # 3; where one of them is pruned, the last bias wins. All other weights are zero, so 12 of 16 go for nothing.
    toy = nn.Sequential(nn.Flatten(), nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Linear(4, 4)).eval()
    toy[1].weight.data = torch.tensor([-1.0, 2.0, -3.0, 4.0]).diag()
    toy[3].weight.data = torch.tensor([-40.0, 30.0, -20.0, 10.0]).diag()
    toy[1].bias.data, toy[3].bias.data = torch.zeros(4), torch.tensor([0.0, 0.0, 0.0, 5.0])
    pixels, right = torch.eye(4).reshape(4, 1, 2, 2), torch.arange(4)
    splits = {"train": right.roll(1), "validation": right, "test": right.flip(0)}
    toy_data = Data("toy", ("a", "b", "c", "d"), **{name: TensorDataset(pixels, y) for name, y in splits.items()})
    scan(toy, toy_data, (0.0,), {"1": {0.0: 100.0}, "3": {0.0: 100.0}}, split)
    want = {"1": {0.75: 100.0, 0.875: 50.0, 1.0: 25.0}, "3": {0.75: 100.0, 0.875: 75.0, 1.0: 25.0}}
    scan(toy, toy_data, (1.0, 0.75, 0.875), want, alone)

    class Gates(nn.Module):
        """Each image has one bright pixel, which meets one weight of each layer: class 0 if both live, else class 1."""

        def __init__(self, first, last):
            super().__init__()
            count = len(last)
            convolution = nn.Conv2d(count, count, (1, 3), groups=count, bias=False)
            self.stem = nn.ModuleDict({"conv": convolution, "norm": nn.BatchNorm2d(count)})
            self.other = nn.ConvTranspose2d(count, count, 1, groups=count, bias=False)
            self.head = nn.Sequential(nn.Flatten(), nn.Dropout(), nn.Linear(count, 1))
            for parameter, values in zip(
                (convolution.weight, self.other.weight, self.head[2].weight, self.head[2].bias),
                (first, torch.ones(count), last, torch.tensor(0.5)),
                strict=True,
            ):
                parameter.data = values.reshape(parameter.shape)

        def forward(self, images):
            signal = self.head(self.other(self.stem["norm"](self.stem["conv"](images)))) - 0.5
            return torch.cat([signal.abs(), torch.full_like(signal, 0.01)], 1)

    def gates_data(labels, times):
        """The image with bright pixel i, `times[i]` times in each split; the labels are those of validation."""
        images = F.one_hot(torch.arange(len(labels))).float().reshape(len(labels), -1, 1, 3).repeat_interleave(times, 0)
        labels = labels.repeat_interleave(times)
        splits = {"train": torch.zeros_like(labels), "validation": labels, "test": 1 - labels}
        return Data("gates_data", ("alive", "cut"), **{name: TensorDataset(images, y) for name, y in splits.items()})

    def through_gates(count, seed):
        """All weights differ, those of one layer are larger, and images come once, twice and so on: each counts."""
        source = seeded(seed)
        first, last = distinct((3 * count,), source), 8 * distinct((count,), source)
        labels, times = torch.randint(2, (3 * count,), generator=source), torch.arange(1, 3 * count + 1)
        sparsities = (0.9, 0.0, *reversed(fractions(3 * count)), *fractions(count)[1:-1], 0.2)
        want = {"stem.conv": {}, "head.2": {}}
        for name, weight, pixels in (("stem.conv", first, 1), ("head.2", last, 3)):  # that meet each weight
            order = sorted(range(len(weight)), key=weight.abs().tolist().__getitem__)
            for sparsity in sparsities:
                cut = order[: round(sparsity * len(weight))]
                hits = sum(int(times[i]) for i in range(3 * count) if (i // pixels in cut) == bool(labels[i]))
                want[name][sparsity] = 100 * hits / int(times.sum())
        scan(Gates(first, last), gates_data(labels, times), sparsities, want, alone)

    for count, seed in ((15, 1), (10, 2)):
        through_gates(count, seed)
    for count in (5, 6):  # equal weights, each of which matters as much: the count alone decides
        parts, sizes = (0.3, *fractions(3 * count)), {"stem.conv": 3 * count, "head.2": count}
        want = {name: {part: 100 * (1 - round(part * n) / n) for part in parts} for name, n in sizes.items()}
        every = gates_data(torch.zeros(3 * count, dtype=torch.long), torch.ones(3 * count, dtype=torch.long))
        scan(Gates(torch.full((3 * count,), -1.0), torch.ones(count)), every, parts, want, f"{alone} With ties, too.")
    ### BEGIN HIDDEN TESTS
    for count, seed in ((15, 11), (12, 12), (11, 13)):
        through_gates(count, seed)
    ### END HIDDEN TESTS

# %% [markdown]
# Predict before you scan LeNet-5.

# %%
sensitive = predict("sensitive", "Which layer will lose the most accuracy when it alone is cut by 80 %?", lenet_layers)

# %%
lenet_curves = sensitivity_scan(lenet5, quick, (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95))
ranking = sorted(lenet_curves, key=lambda name: lenet_curves[name][0.8])
order = f"From the most sensitive on: {', '.join(ranking)}."
sensitive.reveal(ranking[0], order, SensitivityExplorer(lenet_curves, dense))

# %% [markdown] claims="first_is_sensitive" facts="Han et al. 2015"
# **Reading the figure.** The curves fan out: each layer has a cliff of its own. Han et al. (2015) found the first
# convolution of AlexNet, the one that sees the image itself, to be the most sensitive. Does yours agree?
#
# **Try:** Drag to 80 %: which layers have lost less than a point? How far can you go with `classifier.1` alone? It
# holds over nine tenths of the weights, so what does that mean for the whole network?

# %%
show_seeds("02", "first_is_sensitive")

# %% [markdown]
# ## 6 Can VGG live on a quarter of its bytes?
#
# Now the craft: a VGG with batch norm, a budget in bytes, and one sparsity for each layer, chosen by you. The next cell
# gives you what you need.

# %% locked="budget"
BUDGET = 0.25  # of the dense bytes of all weights, the bits that say where they are counted
TOLERANCE = 0.5  # points of validation accuracy that the budget may cost

vgg = models.load("vgg", data)
vgg_layers = [name for name, module in vgg.named_modules() if isinstance(module, nn.Conv2d | nn.Linear)]
vgg_dense = accuracy(vgg, data.validation)
networks["VGG, dense"] = vgg


def cut_vgg(sparsities: dict[str, float]) -> nn.Module:
    """A copy of VGG pruned by magnitude, each layer by its own sparsity; torch's pruner holds the zeros."""
    twin = deepcopy(vgg)
    for name, sparsity in sparsities.items():
        prune.l1_unstructured(twin.get_submodule(name), "weight", amount=float(sparsity))
    return twin


def byte_share(model: nn.Module) -> float:
    """Bytes of the weights of VGG's layers with bitmasks, as a share of the bytes of the dense weights."""
    weights = [model.get_submodule(name).weight for name in vgg_layers]
    return sum(encoded_bytes(w, "bitmask") for w in weights) / sum(encoded_bytes(w, "dense") for w in weights)


@cache  # the same choice is trained once
def retrained(*choice: tuple[str, float]) -> tuple[nn.Module, float]:
    """VGG cut by (layer, sparsity) pairs and retrained for 60 steps, and its validation accuracy."""
    model = cut_vgg(dict(choice))
    fit(model, data.train, steps=60, lr=0.01)
    return model, accuracy(model, data.validation)


for name in vgg_layers:
    weight = vgg.get_submodule(name).weight
    print(f"{name:<14}{tuple(weight.shape)!s:<18}{encoded_bytes(weight, 'dense'):>10,} bytes")
print(f"validation accuracy: {vgg_dense:.2f} %")

# %%
vgg_curves = sensitivity_scan(vgg, quick, (0.0, 0.5, 0.7, 0.8, 0.9))
SensitivityExplorer(vgg_curves, accuracy(vgg, few))

# %% [markdown]
# **Try:** Which layers have the most bytes, and how do they bear 80 %? Which layer would you spare, and what does
# sparing it cost in bytes?
#
# ### Exercise 2.6: Meet the budget
# *3 points, 15 minutes, about 3 lines*
#
# Choose `vgg_sparsities`, a sparsity from 0 to 1 for each layer name (a layer you leave out stays dense), such that VGG
# takes at most a quarter of its dense bytes and, after 60 steps of retraining, at most half a point of validation
# accuracy is lost:
#
# $$\frac{\sum_l \left(\lceil n_l / 8 \rceil + 4\,(n_l - k_l)\right)}{\sum_l 4\, n_l} \le 0.25, \qquad
# \text{accuracy} \ge \text{accuracy}_\text{dense} - 0.5.$$
#
# A float takes 4 bytes, and the bitmask takes a bit for every weight, pruned or not. The budget counts the weights of
# convolutions and linear layers; what else VGG has is the same before and after. The check runs your choice with
# `cut_vgg`, `byte_share` and `retrained` on all validation images: a minute or two, like the scan. The explorer above
# read only 1,000 images, so its dense accuracy differs a little.
#
# *Example:* 64 weights, half of them pruned: $8 + 4 \cdot 32 = 136$ of 256 bytes. That is 53 %, not 50 %.
#
# <details><summary>Hint 1: the idea</summary>
# If every layer had sparsity s, the share would be 1/32 + (1 - s). Solve for s: the bytes fit, but see what it does to
# the accuracy. Then read the curves. Take little from layers that are sensitive and small, since they cost few bytes,
# and more from the largest, if it bears it.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>dict.fromkeys(vgg_layers, ...)</code> gives all layers the same, and <code>| {"classifier": ...}</code> changes
# one. See what it weighs with <code>byte_share(cut_vgg(vgg_sparsities))</code> before you run the check.
# </details>

# %% exercise="byte_budget"
# vgg_sparsities = {...}: a sparsity for each name in vgg_layers
### BEGIN SOLUTION
vgg_sparsities = {"features.4": 0.3, "features.8": 0.4, "features.11": 0.55, "features.15": 0.75, "features.18": 0.95}
### END SOLUTION

# %% check="byte_budget" points=3
with check("byte_budget", points=3) as c:
    c.true(
        isinstance(vgg_sparsities, dict) and set(vgg_sparsities) <= set(vgg_layers),
        called="vgg_sparsities",
        expected=f"a dict whose keys are among {vgg_layers}",
        got=vgg_sparsities,
        idea="One sparsity a layer, by the layer's name.",
    )
    c.true(all(0 <= sparsity <= 1 for sparsity in vgg_sparsities.values()), called="vgg_sparsities.values()",
           expected="shares from 0 to 1", got=vgg_sparsities, idea="A sparsity is a share: 0.8, not 80.")  # fmt: skip
    share = byte_share(cut_vgg(vgg_sparsities))
    c.true(share <= BUDGET, called="byte_share(cut_vgg(vgg_sparsities))", expected=f"at most {BUDGET:.2%} of dense",
           got=f"{share:.2%}", idea="A bitmask costs a bit for each weight; the rest is for values.")  # fmt: skip
    chosen, chosen_accuracy = retrained(*sorted(vgg_sparsities.items()))
    c.true(
        chosen_accuracy >= vgg_dense - TOLERANCE,
        called="retrained(...)",
        got=f"{chosen_accuracy:.2f} %",
        expected=f"at least {vgg_dense - TOLERANCE:.2f} %, half a point below dense",
        idea="Look at the curves: take less from sensitive layers and keep every layer alive.",
    )
    ### BEGIN HIDDEN TESTS
    weights = [chosen.get_submodule(name).weight for name in vgg_layers]
    stored = sum((w.numel() + 7) // 8 + w.element_size() * int((w != 0).sum()) for w in weights)
    c.true(stored <= BUDGET * sum(w.nbytes for w in weights), called="bytes after retraining", got=f"{stored:,} bytes",
           expected="a budget that still holds", idea="Only a mask that is held saves bytes.")  # fmt: skip
    ### END HIDDEN TESTS

# %%
networks["VGG, your choice, retrained"] = chosen
rival = {name: 1 - mask.float().mean().item() for name, mask in global_masks(vgg, 0.79).items()}
rival_model, rival_accuracy = retrained(*sorted(rival.items()))
dense_kb = [encoded_bytes(vgg.get_submodule(name).weight, "dense") / 1e3 for name in vgg_layers]
stored_kb = [encoded_bytes(chosen.get_submodule(name).weight, "bitmask") / 1e3 for name in vgg_layers]
fig, (ax,) = figures.figure(width=7)
ax.barh(vgg_layers, dense_kb, color="none", edgecolor=figures.REFERENCE, label="dense")
ax.barh(vgg_layers, stored_kb, color=figures.KEPT, label="stored, bitmask counted")
for row, name in enumerate(vgg_layers):
    ax.text(dense_kb[row], row, f" {vgg_sparsities.get(name, 0):.0%} pruned", va="center")
ax.invert_yaxis()
ax.margins(x=0.2)
ax.set(xlabel="kB", title="VGG in your budget")
ax.legend(frameon=False, loc="upper right")
figures.show(fig, alt="Dense and stored bytes of each layer of VGG with the sparsity chosen for it.")
print(f"dense: validation accuracy {vgg_dense:.2f} %")
print(f"your choice: {byte_share(chosen):.1%} of the bytes, {chosen_accuracy:.2f} % after retraining")
print(f"one threshold for all layers: {byte_share(rival_model):.1%} of the bytes, {rival_accuracy:.2f} %")

# %% [markdown] claims="one_threshold_is_enough"
# **Reading the figure.** The bytes lie in the last convolutions, so that is where the budget is won. What the first
# layer keeps hardly shows on this axis, though the curves above may have told you to be careful with it. The last
# line is the rival of every choice by hand: one ranking of all weights, as in exercise 2.2. Did you beat it, or was
# the simple rule good enough? Mind what the curves can tell: they show a cut *without* retraining, and the budget asks
# *after* it.

# %%
show_seeds("02", "one_threshold_is_enough")

# %% [markdown]
# ## 7 Is it the rule, or would any rule do?
#
# A network that survives the loss of most of its weights may just be robust. Perhaps chance would have done as well? A
# method is only as good as the baseline that it beats, so build two: chance, and the exact opposite of the rule.
#
# ### Exercise 2.7: Two baselines and a prediction
# *2 points, 10 minutes, about 7 lines*
#
# Write `largest_mask`, which prunes the $k = \operatorname{round}(s \cdot n)$ **largest** magnitudes, and
# `random_mask`, that of exercise 1.2 for a weight, which prunes exactly $k$ weights drawn from `generator`: each choice
# of $k$ positions has the same chance. What exercise 2.1 says of ties, dtypes and layouts holds for both. Then predict
# the order of the three rules by the accuracy that LeNet-5 keeps when 30 % of every layer go, without retraining:
#
# $$\text{magnitude}, \quad \text{random}, \quad \text{largest}: \qquad \text{best first}.$$
#
# *Example:* for `[[0.5, -0.1], [-2.0, 0.3]]` at $s = 0.5$, `largest_mask` returns `[[False, True], [False, True]]`;
# `random_mask` returns one of the six masks with two `False`.
#
# <details><summary>Hint 1: the idea</summary>
# Largest first is exercise 2.1 with the ranking turned round. A random choice of exactly k positions is the start of a
# random permutation. For the order, think of what a neuron's sum loses in each case.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>argsort(descending=True)</code>; <code>torch.randperm(n, generator=generator)[:k]</code>.
# </details>


# %% exercise="baselines"
def largest_mask(weight: Tensor, sparsity: float) -> Tensor:
    """Boolean mask of the shape of `weight`, False at its round(sparsity * n) largest magnitudes."""
    ### BEGIN SOLUTION
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[: round(sparsity * len(mask))]] = False
    return mask.reshape(weight.shape)
    ### END SOLUTION


def random_mask(weight: Tensor, sparsity: float, generator: torch.Generator) -> Tensor:
    """Boolean mask of the shape of `weight`, False at round(sparsity * n) positions drawn from `generator`."""
    ### BEGIN SOLUTION
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[torch.randperm(len(mask), generator=generator)[: round(sparsity * len(mask))]] = False
    return mask.reshape(weight.shape)
    ### END SOLUTION


# predicted_order = [...]: "magnitude", "random" and "largest", the one that keeps the most accuracy first
### BEGIN SOLUTION
predicted_order = ["magnitude", "random", "largest"]
### END SOLUTION

# %% check="baselines" points=2
with check("baselines", points=2) as c:
    from collections import Counter

    from prunelab.inputs import distinct, fractions, tied, weights

    largest = "Largest first prunes the round(sparsity * n) weights farthest from zero, whatever their sign."
    chance = "Draw exactly round(sparsity * n) positions, each choice as likely, from the generator given."
    example = torch.tensor([[0.5, -0.1], [-2.0, 0.3]])
    c.returns(largest_mask, example, 0.5, want=torch.tensor([[False, True], [False, True]]), idea=largest)
    c.returns(largest_mask, example, 0.25, want=torch.tensor([[True, True], [False, True]]), idea=largest)
    c.returns(largest_mask, torch.tensor([1.0, 2.0, 3.0]), 0.5, want=torch.tensor([True, False, False]), idea=largest)
    c.returns(largest_mask, example, 0.0, want=torch.ones(2, 2).bool(), idea=largest)
    c.returns(largest_mask, torch.ones(4), 1.0, want=torch.zeros(4).bool(), idea=largest)

    def in_any_layout(rule, weight, *rest):
        """What `rule` returns for a weight that is not contiguous; it may raise an error, as torch's pruner does."""
        try:
            return rule(weight, *rest)
        except RuntimeError:
            return rule(weight.contiguous(), *rest)

    def exact_count(rule, weight, sparsity, *rest, idea):
        """The boolean mask that `rule` returns; it prunes an exact count of weights."""
        layout = [] if weight.is_contiguous() else [in_any_layout]
        mask = c.call(*layout, rule, weight, sparsity, *rest, idea=idea, may="vary" if rule is largest_mask else "")
        called = f"{rule.__name__}({', '.join(map(describe, (weight, sparsity, *rest)))})"
        boolean = type(mask) is Tensor and mask.dtype == torch.bool and mask.shape == weight.shape
        c.true(boolean, called=called, idea="A mask is boolean and has the shape of the weight.", got=mask,
               expected=f"a boolean mask of shape {tuple(weight.shape)}")  # fmt: skip
        c.equal(int((~mask).sum()), round(sparsity * weight.numel()), called=f"pruned weights in {called}", idea=idea)
        return mask

    def largest_go(weight, *sparsities):
        """None of the pruned weights is smaller than a kept one."""
        for sparsity in sparsities:
            mask = exact_count(largest_mask, weight, sparsity, idea=largest)
            pruned, kept = weight[~mask].abs(), weight[mask].abs()
            if len(pruned) and len(kept):
                c.true(pruned.min() >= kept.max(), called=f"largest_mask({describe(weight)}, {sparsity})", idea=largest,
                       expected="the largest magnitudes pruned",
                       got=f"{pruned.min():.6g} pruned, {kept.max():.6g} kept")  # fmt: skip

    # Ties, zeros among them; then weights of many shapes, with magnitudes close to each other.
    largest_go(tied((7, 9), seeded(1)), 0.1, 0.9, *fractions(63))
    for equal in (torch.ones(5), torch.zeros(6)):
        largest_go(equal, *fractions(len(equal)))
    for weight in weights(seeded(2)):
        if weight.dtype != torch.bfloat16:
            largest_go(weight, 0.123, 0.77, *fractions(weight.numel()))
            for sparsity in (0.123, 0.9, *fractions(weight.numel())):
                exact_count(random_mask, weight, sparsity, seeded(2), idea=chance)
    for seed in (3, 4):
        largest_go(distinct((5, 7), seeded(seed)), 0.25, 0.9)
    double = distinct((6, 7), seeded(4), torch.float64)
    largest_go(double.sign() + 2**-30 * double, 0.2, *fractions(42))  # float32 cannot tell them apart

    def drawn(weight, sparsity, generator, times):
        """So many random masks, one after another, from one generator."""
        return torch.stack([random_mask(weight, sparsity, generator) for _ in range(times)])

    square = torch.arange(1.0, 101.0).reshape(10, 10)
    square[::2] *= 1e6
    often = (~c.call(drawn, square, 0.3, seeded(1), 400)).float().mean(0)
    c.true(0.15 < often.min() <= often.max() < 0.45, called="random_mask of 100 weights at 0.3, 400 times", idea=chance,
           expected="each of 100 positions pruned in about 30 % of the draws",
           got=f"from {often.min():.0%} to {often.max():.0%}")  # fmt: skip
    # 3 of 6 weights can be chosen in 20 ways, each of which should come about 100 times in 2000 draws.
    masks = c.call(drawn, square[1:3, :3], 0.5, seeded(2), 2000)
    ways = Counter(map(tuple, masks.flatten(1).tolist()))
    c.true(len(ways) == 20 and min(ways.values()) > 50 and max(ways.values()) < 150, idea=chance,
           called="random_mask of 6 weights at 0.5, 2000 times", expected="each of the 20 masks about 100 times",
           got=f"{len(ways)} masks, {min(ways.values())} to {max(ways.values())} times each")  # fmt: skip
    first, again, other = (c.call(random_mask, square, 0.5, seeded(seed)) for seed in (3, 3, 4))
    c.equal(again, first, called="random_mask with a generator of the same seed", idea=chance)
    c.true(not torch.equal(first, other), expected="different masks from different seeds", got="equal masks",
           idea=chance, called="random_mask with two generators")  # fmt: skip

    source = seeded(1)
    rules = {
        "magnitude": lambda weight: prune.L1Unstructured(0.3).compute_mask(weight, torch.ones_like(weight)),
        "random": lambda weight: random_mask(weight, 0.3, source),
        "largest": lambda weight: largest_mask(weight, 0.3),
    }
    kept_accuracy = {}
    for rule, mask_of in rules.items():
        rule_masks = {name: mask_of(lenet5.get_submodule(name).weight.detach()) for name in lenet_layers}
        kept_accuracy[rule] = accuracy(masked(lenet5, rule_masks), few)
    c.true(
        isinstance(predicted_order, list | tuple) and set(predicted_order) == set(rules),
        called="predicted_order",
        expected=f"a list of the three names {list(rules)}",
        got=predicted_order,
        idea="Each name once, as written in the task.",
    )
    c.true(
        list(predicted_order) == sorted(rules, key=kept_accuracy.get, reverse=True),
        called="predicted_order",
        expected="the order that LeNet-5 shows with these masks, best first",
        got=predicted_order,
        idea="What does a neuron's sum lose with its smallest weights, its largest, or some of each?",
    )
    ### BEGIN HIDDEN TESTS
    for shape, dtype, sparsity in (
        ((4, 3, 5, 5), torch.float32, 0.77),
        ((9, 5), torch.float64, 0.35),
        ((1,), torch.float32, 1.0),
    ):
        hidden = torch.randn(shape, generator=seeded(11), dtype=dtype)
        scores = 1 / hidden.abs()  # torch's pruner takes the smallest scores first
        want = prune.L1Unstructured(sparsity).compute_mask(scores, torch.ones(shape)).bool()
        c.returns(largest_mask, hidden, sparsity, want=want, idea=largest)
        largest_go(hidden.movedim(0, -1), sparsity)
        exact_count(random_mask, hidden, sparsity, seeded(12), idea=chance)
    ### END HIDDEN TESTS

# %%
baseline_sparsities = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7)


def baseline_curve(mask_of) -> list[float]:
    """Validation accuracy of LeNet-5 with every layer cut alike by `mask_of(weight, sparsity)`."""
    weights = {name: lenet5.get_submodule(name).weight for name in lenet_layers}
    return [
        accuracy(masked(lenet5, {name: mask_of(weight, sparsity) for name, weight in weights.items()}), few)
        for sparsity in baseline_sparsities
    ]


draws = torch.tensor(
    [
        baseline_curve(lambda weight, sparsity, source=source: random_mask(weight, sparsity, source))
        for source in map(seeded, range(3))
    ]
)  # (draws, sparsities)
random_mean = draws.mean(0)
spread = torch.stack([random_mean - draws.amin(0), draws.amax(0) - random_mean]).clamp_min(0)

fig, (ax,) = figures.figure(width=7.5)
ax.plot(
    baseline_sparsities, baseline_curve(magnitude_mask), "o-", color=figures.KEPT, label="magnitude: smallest first"
)
ax.errorbar(baseline_sparsities, random_mean, spread, color=figures.REFERENCE, capsize=3, label="random, three draws")
ax.plot(baseline_sparsities, baseline_curve(largest_mask), "o-", color=figures.PRUNED, label="largest first")
ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
ax.set(xlabel="sparsity of every layer", ylabel="validation accuracy (%)", title="LeNet-5, cut once by three rules")
figures.show(fig, alt="Accuracy against sparsity for magnitude, random and largest-first pruning.")

# %% [markdown] claims="magnitude_before_random, random_before_largest"
# **Reading the figure.** The same number of zeros, three fates. Bars on the random curve span three draws. How many of
# the largest weights can the network spare, and how many of the smallest?

# %%
show_seeds("02", "magnitude_before_random", "random_before_largest")

# %% [markdown]
# So chance is far worse, **without retraining**. In practice one retrains. And one ranking does two things at once: it
# chooses which weights go *within* a layer, and what fraction *each layer* loses. Take the two apart: keep the
# fractions and draw the weights at random, once with those of one ranking, once with the same for every layer.


# %% locked="four_cuts"
def four_cuts(model: nn.Module, sparsity: float, seed: int) -> dict[str, dict[str, Tensor]]:
    """Masks by magnitude, from one ranking and for each layer alike, and random ones with the same counts by layer."""
    weights = {name: model.get_submodule(name).weight.detach() for name in lenet_layers}
    ranked = global_masks(model, sparsity)
    alike = {name: magnitude_mask(weight, sparsity) for name, weight in weights.items()}
    draw = seeded(seed)

    def at_random(masks: dict[str, Tensor]) -> dict[str, Tensor]:
        return {name: random_mask(weights[name], 1 - mask.double().mean().item(), draw) for name, mask in masks.items()}

    return {
        "one ranking, smallest weights": ranked,
        "its fractions, random weights": at_random(ranked),
        "each layer alike, smallest weights": alike,
        "each layer alike, random weights": at_random(alike),
    }


def retrained_with(model: nn.Module, masks: dict[str, Tensor], seed: int) -> nn.Module:
    """A copy of `model`, cut by `masks` and trained for 60 steps while your pruner holds the zeros."""
    twin = masked(model, masks)
    fit(twin, data.train, steps=60, lr=0.02, seed=seed, after_step=Pruner(twin, masks).apply)
    return twin


# %%
question = "Cut by 90 % and retrained, with the fractions of one ranking: what accuracy (%) do random weights reach?"
by_chance = predict("by_chance", question, low=0, high=100)

# %%
cuts = four_cuts(lenet5, 0.9, seed=0)
arms = {name: accuracy(retrained_with(lenet5, masks, seed=0), data.validation) for name, masks in cuts.items()}
fig, (ax,) = figures.figure(width=7)
ax.barh(list(arms), arms.values(), color=[figures.KEPT, figures.REFERENCE] * 2)
for row, reached in enumerate(arms.values()):
    ax.text(reached, row, f" {reached:.1f}", va="center")
ax.invert_yaxis()
ax.margins(x=0.12)
ax.set(xlabel="validation accuracy (%)", title="LeNet-5, 90 % cut, 60 steps of retraining")
reached = arms["its fractions, random weights"]
alt = "Accuracy after retraining of four cuts: by magnitude and at random, with two ways to divide the zeros."
by_chance.reveal(reached, f"They reach {reached:.1f} %.", fig, alt)

# %% [markdown] claims="fractions_matter, rule_matters, fractions_before_rule" facts="Su et al. 2020; Liu et al. 2022"
# **Reading the figure.** Compare bars that differ in one thing: the first two in *which* weights of a layer go, the
# second and the fourth in *how many* each layer loses. Which of the two is worth more here? Su et al. (2020) and Liu
# et al. (2022) found in larger networks that random weights, with good fractions and enough training, come close to
# rules that choose with care. A new rule has to beat that.

# %%
show_seeds("02", "fractions_matter", "rule_matters", "fractions_before_rule")

# %% [markdown]
# ## What you measured
#
# First your predictions, each beside what came.

# %%
compare_predictions()

# %% [markdown]
# The test images are read here, once, after all choices are made.

# %%
print(f"{'network':<32}{'zeros':>9}{'bytes':>9}{'test accuracy':>16}")
tested = {name: accuracy(network, data.test) for name, network in networks.items()}
for name, network in networks.items():
    weights = [m.weight for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    zeros = sum(int((w == 0).sum()) for w in weights) / sum(w.numel() for w in weights)
    layout = "bitmask" if zeros > 0.1 else "dense"
    stored = sum(encoded_bytes(w, layout) for w in weights) / sum(w.nbytes for w in weights)
    print(f"{name:<32}{zeros:>9.1%}{stored:>9.1%}{tested[name]:>14.2f} %")
print("Bytes are those of the weights, as a share of dense, with a bitmask where there are zeros.")
if name == "VGG, your choice, retrained":  # lab 10 reads them
    note("02 magnitude", compression=1 / stored, accuracy=tested[name], dense=tested["VGG, dense"], steps=60)

# %% [markdown] claims="magnitude_before_random, fractions_before_rule, zeros_come_back" facts="Sun et al. 2024"
# ### Remember
#
# 1. Without retraining the smallest weights cost least; with it, look also at what fraction each layer loses.
# 2. A zero stays zero only if something holds it, after every step.
# 3. Magnitude is the baseline to beat, not the end: in large language models it fails early (Sun et al. 2024; lab 08).
#
# ### Further reading
#
# - Han, Pool, Tran and Dally, [Learning both Weights and Connections](https://arxiv.org/abs/1506.02626), 2015: the
#   method of this lab, and its sensitivity curves.
# - Li, Kadav, Durdanovic, Samet and Graf, [Pruning Filters for Efficient ConvNets](https://arxiv.org/abs/1608.08710),
#   2017: norms of filters.
# - Su, Chen, Cai, Wu, Gao, Wang and Lee, [Sanity-Checking Pruning Methods](https://arxiv.org/abs/2009.11094), 2020;
#   Liu, Chen, Chen, Shen, Mocanu, Wang and Pechenizkiy, [The Unreasonable Effectiveness of Random
#   Pruning](https://arxiv.org/abs/2202.02643), 2022: what the fractions are worth.
# - Lee, Park, Mo, Ahn and Shin, [Layer-adaptive Sparsity for the Magnitude-based
#   Pruning](https://arxiv.org/abs/2010.07611), 2021: fractions from a score (LAMP), beside those of others (ERK).
# - Tanaka, Kunin, Yamins and Ganguli, [Pruning Neural Networks without Any Data](https://arxiv.org/abs/2006.05467),
#   2020: layers that are emptied, and how to avoid it.
# - Blalock, Gonzalez Ortiz, Frankle and Guttag, [What is the State of Neural Network
#   Pruning?](https://arxiv.org/abs/2003.03033), 2020: how to compare, and how few did.
#
# **Next:** you cut once and retrained once. Lab 03 cuts little by little, and gets much further.
