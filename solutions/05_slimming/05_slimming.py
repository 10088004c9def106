# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 05: Batch-norm scaling factors: network slimming
#
# *About 90 minutes, 20 points.*
#
# The weights that you cut in labs 01 to 04 left holes, and a processor multiplies by a hole as patiently as by anything
# else. A whole **channel** is different: take it away, and every tensor that it was part of gets smaller. *But which
# channels can go?* Liu and others (2017) noticed that batch norm already has one number for each channel, $\gamma$,
# which multiplies everything the channel says. It is a volume knob. So let the network itself turn the knobs to zero
# while it learns, and then cut out what has fallen silent. They called it **network slimming**.
#
# **You will be able to**
#
# - push the scaling factors of batch norm towards zero during training,
# - rank the channels of a whole network and keep every layer alive,
# - tell a channel that is constant from one that is silent,
# - carve a smaller network out of a large one, and prove that it computes the same,
# - choose how much to cut for a budget, and name the rivals that a slim network has to beat.
#
# **From earlier labs**
#
# - Each filter of a convolution writes one output **channel**, each row of a linear weight one neuron (lab 02).
# - Global masks rank the weights of all layers together and cut an exact count (lab 02).
# - A network that was cut and retrained has rivals with as many steps: the dense control, chance, one cycle (lab 03).
#   Differences are taken seed by seed, with a 95 % interval (lab 04).

# %% locked="setup"
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from numbers import Real

import torch
import torch_pruning as tp
from torch import Tensor, nn
from torch.nn.utils import prune
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.utils.data import TensorDataset

from prunelab import figures, models
from prunelab.checks import check
from prunelab.data import load_data
from prunelab.explorers import SlimmingExplorer
from prunelab.inputs import distinct, fill, fractions, tied
from prunelab.live import explore
from prunelab.measure import latencies, macs, parameters
from prunelab.notes import note
from prunelab.predictions import compare_predictions, predict
from prunelab.results import load_results, mean_interval
from prunelab.training import accuracy, fit, seeded

data = load_data()  # train, validation and test images with labels
part = TensorDataset(*(tensor[:10_000] for tensor in data.train.tensors))  # what the perceptrons here are trained on
few = TensorDataset(*(tensor[:1000] for tensor in data.validation.tensors))  # enough images for a first look
BatchNorm = nn.BatchNorm1d | nn.BatchNorm2d  # for isinstance(module, BatchNorm)


def norms_of(model: nn.Module) -> dict[str, nn.Module]:
    """The batch norms of a model, by name."""
    return {name: module for name, module in model.named_modules() if isinstance(module, BatchNorm)}


def lively(model: nn.Module, seed: int = 0) -> nn.Module:
    """The model itself, in eval mode, its batch norms as if they had seen much: what a check tries an answer on."""
    source = seeded(seed)
    for norm in filter(lambda module: isinstance(module, BatchNorm), model.modules()):
        for tensor in (norm.weight.data, norm.bias.data, norm.running_mean):
            tensor.normal_(generator=source)
        norm.running_var.uniform_(0.2, 2.0, generator=source)
    return model.eval()


# %% [markdown]
# ## 1 What does one knob do?
#
# Batch norm treats each channel $c$ on its own. It takes the channel's mean $\mu_c$ and variance $\sigma_c^2$ away, and
# gives it a new scale and a new shift, which are learned ($\epsilon$ is a tiny number against division by zero):
#
# $$y_c = \gamma_c\, \frac{x_c - \mu_c}{\sqrt{\sigma_c^2 + \epsilon}} + \beta_c.$$
#
# In torch, $\gamma$ is the `weight` of `nn.BatchNorm1d` (after linear layers, where a channel is a neuron) and
# `nn.BatchNorm2d` (after convolutions), $\beta$ its `bias`. Both are vectors with one number for each channel. During
# training $\mu$ and $\sigma^2$ come from the batch; in eval mode they are the averages kept in `running_mean` and
# `running_var`. In front of the knob all channels have the same size, mean 0 and variance 1, so within a layer their
# $|\gamma|$ can be compared. That is more than one can say of weights. Between layers it is a leap, since the weights
# behind can make up for a small $\gamma$; Liu and others take it. Watch what comes of it.
#
# The patient is the perceptron of the paper: 500 and 300 hidden neurons, each layer with batch norm, here trained for
# 400 steps on 10,000 images. `fit(model, dataset, steps=400)` is this course's training: momentum, a little weight
# decay, and a learning rate that rises to `lr` (0.05 if you do not say otherwise) and falls to zero. Every $\gamma$
# starts at 1. Predict what this ordinary training does to them; the result of the next cell appears when you lock your
# prediction in.

# %%
question = "After ordinary training, what fraction of the knobs is below 0.1?"
small_knobs = predict("small_knobs", question, low=0, high=1)

# %%
torch.manual_seed(0)
plain = models.build("mlp", data)
fit(plain, part, steps=400)
gammas = torch.cat([norm.weight.detach().abs() for norm in norms_of(plain).values()])
fig, (ax,) = figures.figure(width=6, height=2.6)
ax.hist(gammas.tolist(), bins=torch.linspace(0, 1.2, 61).tolist(), color=figures.KEPT)
ax.axvline(1, color=figures.REFERENCE, linestyle=":")
ax.text(1, 0.9, " start", color=figures.REFERENCE, transform=ax.get_xaxis_transform())
ax.set(xlabel=r"$|\gamma|$", ylabel="channels", title="An ordinary training")
print(f"validation accuracy {accuracy(plain, data.validation):.1f} %")
low_fraction = (gammas < 0.1).float().mean().item()
small_knobs.reveal(
    round(low_fraction, 3),
    f"Of {len(gammas)} knobs {low_fraction:.1%} are below 0.1.",
    fig,
    alt="Histogram of the scaling factors after ordinary training.",
)

# %% [markdown]
# **Reading the figure.** Where would you cut? Look for a gap, with closed knobs below it and open ones above. If there
# is only one heap, then nothing in it says which channels could go. Has the loss so far given the network any reason to
# close a knob?
#
# ## 2 Can training turn the knobs down?
#
# Add a price to the loss: every knob pays for how far it is open,
#
# $$L_\text{slim} = L + \lambda \sum_{c} |\gamma_c|,$$
#
# with a strength $\lambda$. Such an L1 penalty pulls with the **same force** on a large knob as on a small one. L2, or
# weight decay, pulls with a force of $\gamma$ itself: the nearer to zero, the weaker, so nothing quite arrives there.
# At zero $|\gamma|$ has no slope; any from -1 to 1 fits under it, a *subgradient*. One takes 0, and lets the loss
# decide.
#
# ### Exercise 5.1: The pull
# *3 points, 8 minutes, about 4 lines*
#
# After `loss.backward()`, before the optimizer's step, add the gradient of the penalty to the gradient of the loss, in
# the `weight.grad` of every `nn.BatchNorm1d` and `nn.BatchNorm2d` of `model`, at any depth:
#
# $$\frac{\partial L}{\partial \gamma_c} \leftarrow \frac{\partial L}{\partial \gamma_c} + \lambda
# \operatorname{sign}(\gamma_c), \qquad \operatorname{sign}(0) = 0.$$
#
# A gradient that is still `None` counts as zero. Nothing else changes: no parameter, and no gradient of another one.
# The model may itself be a batch norm, and its numbers may be float32 or float64.
#
# *Example:* $\lambda = 0.1$, $\gamma = [0.5, -2, 0]$ and gradients $[0.1, 0.2, 0.3]$ of the loss: afterwards they are
# $[0.2, 0.1, 0.3]$. Weight decay would give $[0.15, 0, 0.3]$.
#
# <details><summary>Hint 1: the idea</summary>
# Gradients are tensors like others: one may add to them before the optimizer reads them. Walk through all modules, pick
# the batch norms, and think of the one that has no gradient yet.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>model.modules()</code> walks through all depths; <code>isinstance(module, BatchNorm)</code> picks (the setup
# cell has the name); <code>module.weight.detach().sign()</code> is -1, 0 or 1.
# </details>


# %% exercise="add_penalty"
def add_penalty(model: nn.Module, strength: float) -> None:
    """Add strength * sign(gamma) to the gradient of every batch norm's weight."""
    ### BEGIN SOLUTION
    for module in model.modules():
        if isinstance(module, BatchNorm):
            pull = strength * module.weight.detach().sign()
            module.weight.grad = pull if module.weight.grad is None else module.weight.grad + pull
    ### END SOLUTION


# %% check="add_penalty" points=3
with check("add_penalty", points=3) as c:
    added = "Add lambda * sign(gamma) to what the loss has left in weight.grad, and do not replace it."
    sign = "Add lambda times the sign of gamma, the same however large gamma is, and nothing where it is zero."
    where = "The pull goes into weight.grad (gamma moves in the step) of every BatchNorm1d and 2d, at any depth."
    alone = "Only the weight of batch norms is pulled, and only its gradient changes."
    empty = "A gradient that is None counts as zero, so afterwards it is the pull itself."
    precise = "Compute in the dtype of gamma, and pass lambda on as it is."

    def pupil(first, second, dtype=torch.float32):
        """Batch norms `1` and `4.1.0` with these gamma, among other layers; the gradients are 0.1, 0.2, 0.3, ..."""
        torch.manual_seed(0)
        shallow, deep = nn.BatchNorm2d(len(first)), nn.BatchNorm1d(len(second))
        shallow.weight.data, deep.weight.data = torch.as_tensor(first), torch.as_tensor(second)
        others = (nn.LayerNorm(len(second)), nn.PReLU(len(second)))  # vectors, too, but no batch norms
        deeper = nn.Sequential(nn.Linear(len(first), len(second)), nn.Sequential(deep.eval(), *others))
        start = (nn.Conv2d(1, len(first), 1), shallow, nn.InstanceNorm2d(len(first), affine=True), nn.Flatten())
        model = nn.Sequential(*start, deeper).to(dtype)
        for norm in (shallow, deep):
            norm.bias.data.fill_(-0.5)
        for parameter in model.parameters():
            steps = torch.arange(1.0, parameter.numel() + 1, dtype=dtype) / 10
            parameter.grad = steps.reshape(parameter.shape)
        return model

    def expect(model, strength, times=1):
        """The pull is added to the gradients of the batch norms, and all the rest is as it was."""
        gammas = {id(norm.weight) for norm in norms_of(model).values()}
        pulls = {  # torch's own derivative of the penalty
            name: torch.autograd.grad(strength * parameter.abs().sum(), parameter)[0]
            for name, parameter in model.named_parameters()
            if id(parameter) in gammas
        }
        before = dict(model.named_parameters())
        old = {name: None if each.grad is None else each.grad.clone() for name, each in before.items()}
        numbers = {key: value.clone() for key, value in model.state_dict().items()}
        modes = [module.training for module in model.modules()]
        for _ in range(times):
            c.call(add_penalty, model, strength, idea=added, may="change nothing")
        after = f"after {times} x add_penalty(model, {strength:g})"
        parameters_now = dict(model.named_parameters())
        for name, parameter in before.items():
            called = f"the gradient of {name}"
            kept = parameters_now.get(name) is parameter and parameter.requires_grad
            c.true(kept, called=f"{name} {after}", expected="the same parameter", got="another, or one that is frozen",
                   idea=alone)  # fmt: skip
            if name not in pulls:
                c.equal(parameter.grad, old[name], called=f"{called} {after}, no scaling factor", idea=alone)
                continue
            gamma = ", ".join(f"{value:g}" for value in numbers[name].tolist())
            called, got = f"{called}, gamma = [{gamma}], {after}", parameter.grad
            was = torch.zeros_like(pulls[name]) if old[name] is None else old[name]
            want = was + times * pulls[name]
            if got is None or (got.shape == was.shape and got.equal(was)):
                idea = empty if old[name] is None else where
            elif old[name] is None:
                idea = empty
            else:
                idea = added if torch.allclose(got, pulls[name]) else sign
            c.equal(got, want, called=called, idea=idea)
            error, small = (got - want).abs().max(), 8 * torch.finfo(got.dtype).eps * (1 + want.abs().max())
            c.true(error <= small, called=called, expected=f"a value right to {float(small):.0e}",
                   got=f"one that is off by {float(error):.0e}", idea=precise)  # fmt: skip
            c.true(not got.requires_grad, called=called, expected="plain numbers", got="a gradient with a graph",
                   idea="Take the sign of `weight.detach()`.")  # fmt: skip
        for key, value in numbers.items():
            c.equal(model.state_dict()[key], value, called=f"{key} itself {after}", idea=alone)
            c.true(model.state_dict()[key].equal(value), called=f"{key} itself {after}", expected="the old numbers",
                   got="other numbers", idea=alone)  # fmt: skip
        c.equal([module.training for module in model.modules()], modes, called=f"the modes {after}", idea=alone)

    by_hand = [0.5, -2.0, 0.0], [-1.0, 3.0]
    expect(pupil(*by_hand), 0.1)
    expect(pupil(*by_hand), 0.0)
    expect(pupil(*by_hand), 0.5, times=2)
    expect(pupil([1e-6, -1e-4, 0.003, -0.02, -0.0, 7.0, -90.0], [-1e-9, 1e4, 0.0]), 2.0)  # tiny ones and large ones
    for draw, strength in ((seeded(1), 0.007), (seeded(2), 1.5)):
        expect(pupil(distinct((9,), draw), tied((8,), draw)), strength)
        expect(pupil(tied((1,), draw), distinct((6,), draw), torch.float64), strength, times=3)
    for dtype in (torch.float32, torch.float64):
        fresh = pupil(*by_hand, dtype)
        fresh.zero_grad()
        expect(fresh, 0.25)
        expect(fresh, 0.25)  # now there is a gradient
        half_fresh = pupil([0.3, -0.004], [-2.0, 0.0, 5.0], dtype)
        half_fresh[1].weight.grad = half_fresh[0].weight.grad = None
        expect(half_fresh, 0.3, times=2)
    for norm in (nn.BatchNorm1d(3), nn.BatchNorm2d(3).eval()):  # the model itself is a batch norm
        norm.weight.data = torch.tensor([-0.2, 0.0, 4.0])
        norm.bias.grad = torch.ones(3)
        expect(norm, 0.2)
    ### BEGIN HIDDEN TESTS
    for strength, seed in ((0.3, 3), (0.007, 4)):
        draw = seeded(seed)
        expect(pupil(distinct((12,), draw), 0.01 * tied((5,), draw)), strength, times=seed)
    ### END HIDDEN TESTS

# %% [markdown]
# Your function has to run between `backward` and `step`. torch calls a hook there if one asks for it, so this course's
# training can stay as it is.


# %% locked="training"
def trained_mlp(strength: float) -> nn.Module:
    """The perceptron of section 1, trained alike, but with your `add_penalty` before every step of the optimizer."""
    torch.manual_seed(0)
    model = models.build("mlp", data)
    hook = register_optimizer_step_pre_hook(lambda *_: add_penalty(model, strength))
    try:
        fit(model, part, steps=400)
    finally:
        hook.remove()
    return model.eval()


# %% [markdown]
# How strong must it be? Do it in the head. A step moves $\gamma$ by learning rate times gradient; the rate is about
# 0.025 on average, and momentum 0.9 makes ten times as much of every push in the long run. So 400 steps of the pull
# alone move a knob by about $400 \cdot 0.025 \cdot 10\, \lambda = 100\, \lambda$. With $\lambda = 0.01$ it just gets
# from 1 to 0, if the loss does not pull back. (Liu and others trained their VGG for 160 epochs, where $\lambda =
# 0.0001$ was enough.) Predict what $\lambda = 0.03$ does.

# %%
closed_knobs = predict("closed_knobs", "With λ = 0.03, what fraction of the knobs ends below 0.01?", low=0, high=1)

# %%
mlps = {0.0: plain.eval()} | {strength: trained_mlp(strength) for strength in (0.01, 0.03)}
shut = {}
fig, axes = figures.figure(columns=3, width=3.8, height=2.8)
for ax, (strength, model) in zip(axes, mlps.items(), strict=True):
    gammas = torch.cat([norm.weight.detach().abs() for norm in norms_of(model).values()])
    ax.hist(gammas.tolist(), bins=torch.linspace(0, 1.2, 61).tolist(), color=figures.KEPT, log=True)
    ax.set(title=f"λ = {strength:g}", xlabel=r"$|\gamma|$", ylim=(0.5, len(gammas)))
    shut[strength] = (gammas < 0.01).float().mean().item()
    print(f"λ = {strength:<5g} validation accuracy {accuracy(model, data.validation):.1f} %")
axes[0].set(ylabel="channels (log)")
closed_knobs.reveal(
    round(shut[0.03], 3),
    f"Below 0.01 are {', '.join(f'{part:.0%} at λ = {strength:g}' for strength, part in shut.items())}.",
    fig,
    alt="Histograms of the scaling factors for three strengths of the penalty.",
)

# %% [markdown]
# **Reading the figure.** The pull is the same for all, but some knobs resist: their channels earn more than they cost.
# So the one heap falls apart, into a spike of the closed and what is spread out above it, the open, and the accuracy
# tells what the closing has cost. The picture in the middle shows a training that ended on the way, as the sum above
# said it might. No knob is exactly zero: a step of finite size jumps over it, and back. That is why the cell counts
# what is below 0.01.
#
# Which knobs resist? Here are nine without a network. The loss holds each of them at 1 by $\frac{h}{2} (\gamma - 1)^2$,
# the more firmly the larger $h$ is. The slider runs **your** `add_penalty` each time you let go of the handle: 200
# steps with momentum 0.9 and a learning rate that falls from 0.1 to zero, so that the pull alone moves a knob by about
# $100\, \lambda$, as above.
#
# **Try:** With $\lambda = 0.01$, how far does the knob get that nothing holds, $h = 0$? At which $\lambda$ does the one
# with $h = 0.01$ close? Is there a knob that none of these $\lambda$ closes?


# %%
def pulled(strength: float, ax) -> str:
    """Draw where 200 steps with your penalty take the knobs; how many of them close, in words."""
    norm, velocity = nn.BatchNorm1d(len(stiffness)), torch.zeros(len(stiffness))
    for step in range(200):
        norm.weight.grad = stiffness * (norm.weight.detach() - 1)  # what the loss says
        add_penalty(norm, strength)
        velocity = 0.9 * velocity + norm.weight.grad
        norm.weight.data -= 0.1 * (1 - step / 200) * velocity
    ends = norm.weight.detach().abs().tolist()
    ax.bar(range(len(ends)), ends, color=[figures.PRUNED if end < 0.01 else figures.KEPT for end in ends])
    ax.axhline(1, color=figures.REFERENCE, linestyle=":")
    ax.text(len(ends) - 0.5, 1, "start", ha="right", va="bottom", color=figures.REFERENCE)
    ax.set_xticks(range(len(ends)), [f"{h:g}" for h in stiffness.tolist()])
    ax.set(xlabel="h, how firmly the loss holds the knob", ylabel="|gamma| after 200 steps", ylim=(0, 1.15))
    closed = sum(end < 0.01 for end in ends)
    return f"λ = {strength:g}: {closed} of {len(ends)} knobs are below 0.01; the one with h = 0 is at {ends[0]:.2f}."


stiffness = torch.tensor([0, 0.001, 0.003, 0.006, 0.01, 0.02, 0.03, 0.1, 0.3])  # h of each knob
explore(pulled, "λ", [0.0, 0.002, 0.005, 0.007, 0.01, 0.012, 0.015, 0.02, 0.03, 0.04, 0.05, 0.07], start=0.005)

# %% [markdown]
# ## 3 Where is the cut?
#
# Now rank. The knobs of all layers compete with each other, so a layer that is mostly silent loses mostly everything,
# and the network chooses its own shape. One thing must not happen: a layer without any channel would let nothing pass.
#
# ### Exercise 5.2: One threshold for all channels
# *4 points, 12 minutes, about 9 lines*
#
# Return `{name: mask}` with a boolean mask (`True` keeps) of the channels of every `nn.BatchNorm1d` and
# `nn.BatchNorm2d` of `model`, named as in `model.named_modules()`. Of **all channels together** the smallest go:
#
# $$\text{cut} = \text{the } k \text{ smallest of } \bigcup_l \{|\gamma_{l,1}|, \dots, |\gamma_{l,n_l}|\}, \qquad
# k = \operatorname{round}\Big(s \sum_l n_l\Big)$$
#
# with share $s$ from 0 to 1, $n_l$ channels in layer $l$, and Python's `round`. Cut exactly $k$, even where several are
# equal; which of those go is up to you. **Then** look for layers that lost everything: such a layer gets its channel
# with the largest $|\gamma|$ back, so a few less than $k$ are gone. No other layer pays for it. `model` stays as it
# was.
#
# *Example:* `a` has $\gamma = [0.9, -0.5]$, `b` has $[0.1, -0.3, 0.2]$. At $s = 0.4$, two of five go: `{"a": [True,
# True], "b": [False, True, False]}`. At $s = 0.6$, three would go, all of `b`; its $-0.3$ comes back, and the masks are
# the same.
#
# <details><summary>Hint 1: the idea</summary>
# One long vector of all magnitudes, one long mask, switched off at the smallest, and cut into pieces as long as the
# layers: the global masks of lab 02. Then one more loop, for the empty ones.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>torch.cat</code>, <code>argsort()[:k]</code>, <code>mask.split(lengths)</code>; then, for each layer,
# <code>if not mask.any()</code> and <code>gamma.abs().argmax()</code>. The setup cell has
# <code>norms_of(model)</code>.
# </details>


# %% exercise="keep_masks"
def keep_masks(model: nn.Module, share: float) -> dict[str, Tensor]:
    """{batch norm: boolean mask of its channels}, cutting the smallest |gamma| of all; no layer is left empty."""
    ### BEGIN SOLUTION
    sizes = {name: norm.weight.detach().abs() for name, norm in norms_of(model).items()}
    together = torch.cat(list(sizes.values()))
    kept = torch.ones(len(together), dtype=torch.bool)
    kept[together.argsort()[: round(share * len(together))]] = False
    masks = dict(zip(sizes, kept.split([len(size) for size in sizes.values()]), strict=True))
    for name, mask in masks.items():
        if not mask.any():
            mask[sizes[name].argmax()] = True
    return masks
    ### END SOLUTION


# %% check="keep_masks" points=4
with check("keep_masks", points=4) as c:
    together = "Rank |gamma| of all batch norms together; the round(share * all) smallest go. True keeps."
    names = "A dict with one boolean mask for each BatchNorm1d and BatchNorm2d, by its name; nothing else counts."
    guard = "A layer that lost everything gets its channel with the largest |gamma| back; no other layer pays for it."
    exact = "Cut round(share * all) channels, neither more nor fewer, whatever the ties; `round` is Python's."

    def knobs(gammas):
        """Batch norms of these names, at any depth, with these gamma and some gradients, beside other norms."""
        model = nn.Module()
        for number, (name, values) in enumerate(gammas.items()):
            place = model
            for part_of_name in name.split(".")[:-1]:
                if not hasattr(place, part_of_name):
                    place.add_module(part_of_name, nn.Module())
                place = getattr(place, part_of_name)
            values = torch.as_tensor(values)
            norm = (nn.BatchNorm1d, nn.BatchNorm2d)[number % 2](len(values), dtype=values.dtype)
            norm.weight.data, norm.bias.data = values.clone(), torch.arange(len(values)) - values.flip(0)
            place.add_module(name.split(".")[-1], norm.train(number % 3 == 0))
        model.first, model.last = nn.LayerNorm(2), nn.InstanceNorm2d(3, affine=True)
        model.first.weight.data.fill_(0.01)
        model.last.weight.data.fill_(0.02)
        for parameter in model.parameters():
            parameter.grad = torch.ones_like(parameter)
        return model

    def masks_of(gammas, share, idea):
        """What keep_masks returns for a model with these gamma: a dict of boolean vectors."""
        got = c.call(keep_masks, knobs(gammas), share, idea=idea)
        rows = {name: ", ".join([f"{float(value):g}" for value in row[:9]] + ["..."] * (len(row) > 9))
                for name, row in gammas.items()}  # fmt: skip
        called = f"keep_masks of {', '.join(f'{name}: [{row}]' for name, row in rows.items())} at share {share:g}"
        c.true(isinstance(got, dict) and set(got) == set(gammas), called=called, got=got, idea=names,
               expected=f"a dict of {', '.join(gammas)}")  # fmt: skip
        for name, values in gammas.items():
            want = f"a tensor of bool, shape ({len(values)},)"
            mask = got[name]
            right = isinstance(mask, Tensor) and mask.dtype == torch.bool and mask.shape == (len(values),)
            c.true(right, called=f"{name} in {called}", expected=want, got=mask, idea=names)
        return called, got

    def expect(gammas, share, want, idea):
        """The masks are those wanted."""
        called, got = masks_of(gammas, share, idea)
        c.equal(got, {name: torch.tensor(mask).bool() for name, mask in want.items()}, called=called, idea=idea)

    def ranked(gammas, share):
        """All different: the masks are those of a plain list, sorted."""
        order = sorted((abs(float(value)), name, i) for name, row in gammas.items() for i, value in enumerate(row))
        gone = {entry[1:] for entry in order[: round(share * len(order))]}
        want = {name: [(name, i) not in gone for i in range(len(row))] for name, row in gammas.items()}
        emptied = [name for name, mask in want.items() if not any(mask)]
        for name in emptied:
            largest = max(order, key=lambda entry: (entry[1] == name, entry[0]))
            want[name][largest[2]] = True
        expect(gammas, share, want, guard if emptied else together if share in (0, 1) else f"{together} {exact}")

    def counted(gammas, share):
        """With ties, the count is exact, and no channel that went is larger than one that stayed."""
        called, got = masks_of(gammas, share, together)
        gone = ~torch.cat([got[name] for name in gammas])
        sizes = torch.cat([torch.as_tensor(values) for values in gammas.values()]).abs()
        c.equal(int(gone.sum()), round(share * len(sizes)), called=f"channels that go in {called}", idea=exact)
        c.true(not gone.any() or sizes[gone].max() <= sizes[~gone].min(), called=called, got=got, idea=together,
               expected="no channel cut that is larger than one kept")  # fmt: skip

    example = {"a": [0.9, -0.5], "b.1": [0.1, -0.3, 0.2]}
    for share, a, b in ((0.0, [1, 1], [1, 1, 1]), (0.2, [1, 1], [0, 1, 1]), (0.4, [1, 1], [0, 1, 0]),
                        (0.6, [1, 1], [0, 1, 0]), (0.8, [1, 0], [0, 1, 0]), (1.0, [1, 0], [0, 1, 0])):  # fmt: skip
        expect(example, share, {"a": a, "b.1": b}, together if share < 0.5 else guard)
    small_b = {"a": [-1.0, 0.3], "b.1": [-2.0, -3.0]}
    expect(small_b, 0.25, {"a": [1, 0], "b.1": [1, 1]}, "Small means close to zero, whatever the sign.")

    NAMES = ("b.10.norm", "a", "b.1", "c", "b.2")  # not in the order of the alphabet

    def split(values, *lengths):
        """Gamma for as many batch norms as there are lengths."""
        return dict(zip(NAMES, values.split(lengths), strict=False))

    for lengths in ((3, 1, 4, 2), (21, 4, 13, 1, 6), (32, 18), (9,)):  # 10, 45, 50 and 9 channels
        values = distinct((sum(lengths),), seeded(len(lengths)))
        for share in fractions(len(values)):
            ranked(split(values, *lengths), share)
    ranked(split(1 + 1e-9 * distinct((9,), seeded(6), torch.float64), 4, 2, 3), 0.5)  # only double precision tells
    ranked(split(1e-3 * distinct((12,), seeded(7)) ** 9, 5, 1, 6), 0.45)
    for quiet in range(3):  # a layer that is emptied long before the others, wherever it is
        values = split(distinct((13,), seeded(8)), 5, 2, 6)
        values[NAMES[quiet]] = values[NAMES[quiet]] / 100
        for share in (0.3, 0.5, 0.7, 0.9):
            ranked(values, share)
    for seed in (9, 10):
        for share in (0.1, 0.25, 0.35, 0.6, 0.75):  # ties; with a 7 in it, no layer is emptied
            values = split(tied((22,), seeded(seed)), 6, 9, 2, 5)
            counted({name: torch.cat([row, torch.tensor([7.0])]) for name, row in values.items()}, share)
    for share in (0.5, 1.0):  # ties in an emptied layer: one of its largest comes back
        called, got = masks_of({"a": [0.2, -0.3, 0.3, 0.1], "b.1": [4.0, 5.0, -6.0, 7.0]}, share, guard)
        back = got["a"].tolist()
        c.true(back in ([False, True, False, False], [False, False, True, False]), called=called, got=back, idea=guard,
               expected="one of the two largest of a kept, and no other of a")  # fmt: skip
    changing = knobs(example)
    keep_masks(changing, 0.4)
    changing.a.weight.data[1] = 0.05
    want = {"a": torch.tensor([True, False]), "b.1": torch.tensor([False, True, True])}
    c.equal(c.call(keep_masks, changing, 0.4), want, called="keep_masks once more, after a gamma changed",
            idea="Read gamma anew at each call.")  # fmt: skip
    ### BEGIN HIDDEN TESTS
    ranked({"a": [1.0], "b.1": [0.2, 0.1]}, 1.0)
    for share, seed in ((0.37, 1), (0.5, 2), (0.93, 3)):
        ranked(split(torch.randn(40, generator=seeded(seed)), 9, 13, 5, 1, 12), share)
    ### END HIDDEN TESTS

# %% [markdown]
# Four fifths of all hidden neurons, as in the paper, which ended at 784-100-60-10. Where do yours go?

# %%
fig, axes = figures.figure(columns=2, width=5)
strongest = mlps[0.03]
masks = keep_masks(strongest, 0.8)
threshold = min(strongest.get_submodule(name).weight.detach().abs()[mask].min() for name, mask in masks.items())
for ax, (name, mask) in zip(axes, masks.items(), strict=True):
    size, order = (values.flip(0) for values in strongest.get_submodule(name).weight.detach().abs().sort())
    places = torch.arange(len(size))
    for kept, colour, label in ((mask[order], figures.KEPT, "kept"), (~mask[order], figures.PRUNED, "cut")):
        ax.scatter(places[kept], size[kept], s=6, color=colour, label=label)
    ax.set(xlabel=r"neuron, largest $|\gamma|$ first", ylabel=r"$|\gamma|$", title=f"Layer {name}, λ = 0.03")
    ax.set_yscale("symlog", linthresh=1e-6)
    ax.axhline(float(threshold), color=figures.REFERENCE, linestyle=":")
axes[1].sharey(axes[0])
axes[0].legend(frameon=False)
figures.show(fig, alt="Sorted scaling factors of both hidden layers, those above one threshold kept.")
for strength, model in mlps.items():
    kept = [int(mask.sum()) for mask in keep_masks(model, 0.8).values()]
    print(f"λ = {strength:<5g} " + "-".join(map(str, [data.train.tensors[0][0].numel(), *kept, len(data.classes)])))

# %% [markdown]
# **Reading the figure.** Blue ends at the dotted line in both layers, but not after the same share of them: that is one
# threshold for all. If the line lies among knobs that are as good as closed, then which of those stays is luck, and
# nothing is lost either way. A layer with a single neuron left was saved by your guard: where the knobs are still on
# their way, a whole layer may hang lower than the other, and one threshold takes all of it. There the leap between
# layers has failed.
#
# ## 4 When is a channel silent?
#
# Suppose $\gamma_c = 0$. Is channel $c$ gone? Look at the formula again: what is left is $y_c = \beta_c$, the same for
# every image, and where $\beta_c$ is positive, ReLU lets it through. The channel has no voice any more, but it hums.
#
# ### Exercise 5.3: Silence
# *3 points, 8 minutes, about 6 lines*
#
# Return a copy of `model` in which the channels that `keep` cuts are silent: `keep` is `{name of a batch norm: boolean
# mask}`, and for every channel $c$ whose mask is `False`
#
# $$\gamma_c = 0 \quad\text{and}\quad \beta_c = 0.$$
#
# Everything else is as in `model`: the other channels, the running statistics, batch norms that are not in `keep`, the
# names in the `state_dict`, the dtype, and the mode of every layer. `model` itself does not change; all its parameters
# train, and so do those of the copy.
#
# *Example:* $\gamma_c = 0$ and $\beta_c = 0.5$: after ReLU the channel says 0.5 to the next layer, whatever the image.
# With $\beta_c = 0$, too, it says nothing.
#
# <details><summary>Hint 1: the idea</summary>
# Copy first, then multiply two vectors by the mask in each batch norm that <code>keep</code> names. A parameter changes
# in place only where torch records no gradients.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>deepcopy(model)</code>, <code>twin.get_submodule(name)</code>, and under <code>torch.no_grad()</code>
# <code>mul_(mask)</code>.
# </details>


# %% exercise="silenced"
def silenced(model: nn.Module, keep: dict[str, Tensor]) -> nn.Module:
    """A copy of `model` in which gamma and beta of the channels that `keep` cuts are zero."""
    ### BEGIN SOLUTION
    twin = deepcopy(model)
    with torch.no_grad():
        for name, mask in keep.items():
            norm = twin.get_submodule(name)
            norm.weight.mul_(mask)
            norm.bias.mul_(mask)
    return twin
    ### END SOLUTION


# %% check="silenced" points=3
with check("silenced", points=3) as c:
    both = "Where the mask is False gamma = 0 and beta = 0; with one of them left, the channel still says something."
    only = "Only gamma and beta of the channels whose mask is False change, in the batch norms that keep names."
    in_place = "torch changes a parameter in place only under torch.no_grad()."
    plain_copy = "The copy is a plain model: zeros for good, no masks beside them, no hooks."

    def choir(seed, dtype=torch.float32):
        """Batch norms at three depths, most of one size, with numbers and gradients of their own; modes are mixed."""
        torch.manual_seed(1)
        last = nn.Sequential(nn.Flatten(), nn.Linear(64, 4), nn.BatchNorm1d(4), nn.Sequential(nn.BatchNorm1d(4)))
        start = (nn.Conv2d(1, 4, 3, bias=False), nn.BatchNorm2d(4, eps=0.01), nn.ReLU(), last)
        model = nn.Sequential(*start, nn.Linear(4, 7), nn.BatchNorm1d(7, momentum=0.3), nn.Linear(7, 4))
        model.add_module("10", nn.BatchNorm1d(4))  # a name that begins as another one does
        fill(model.to(dtype), seeded(seed))
        for parameter in model.parameters():
            parameter.grad = torch.ones_like(parameter)
        for number, norm in enumerate(norms_of(model).values()):
            norm.num_batches_tracked.fill_(5 + number)
            norm.train(number % 2 == seed % 2)
        return model

    def silent(keep, seed=2, dtype=torch.float32):
        """The copy has the numbers wanted and is else as the model, which c.call compares with what it was."""
        model, keep = choir(seed, dtype), {name: torch.tensor(mask).bool() for name, mask in keep.items()}
        want = {key: value.clone() for key, value in model.state_dict().items()}
        for name, mask in keep.items():
            for key in (f"{name}.weight", f"{name}.bias"):
                want[key] = torch.where(mask, want[key], 0.0)
        called = f"silenced(model, { ({name: mask.tolist() for name, mask in keep.items()}) })"
        got = c.call(silenced, model, keep, idea=f"{in_place} {only}")
        c.true(isinstance(got, nn.Module), called=called, expected="a model", got=got, idea="Return the silenced copy.")
        state = got.state_dict()
        c.true(list(state) == list(want), called=f"the state_dict of {called}", expected=f"{list(want)}",
               got=f"{list(state)}", idea=plain_copy)  # fmt: skip
        for key, value in want.items():
            idea = both if key.rpartition(".")[0] in keep and key.endswith(("weight", "bias")) else only
            c.equal(state[key], value, called=f"{key} in {called}", idea=idea)
            c.true(state[key].dtype == value.dtype and state[key].equal(value), called=f"{key} in {called}", idea=only,
                   expected=f"the old numbers in {value.dtype}", got=f"others, in {state[key].dtype}")  # fmt: skip
        c.equal(str(got), str(model), called=f"the layers of {called}", idea=plain_copy)
        for (name, old), new in zip(model.named_modules(), got.modules(), strict=True):
            c.equal(new.training, old.training, called=f"training of {name or 'the model'} in {called}",
                    idea="The copy, and each layer in it, has the mode of the model.")  # fmt: skip
            hooks = any((new._forward_hooks, new._forward_pre_hooks, new._backward_hooks))
            c.true(not hooks, called=called, expected="no hooks", got=f"hooks at {name!r}", idea=plain_copy)
        for name, parameter in got.named_parameters():
            c.true(parameter.requires_grad, called=f"{name} in {called}", expected="requires_grad is True",
                   got="requires_grad is False", idea="The copy trains as the model does.")  # fmt: skip
        return got

    silent({"1": [1, 0, 1, 0]})
    quiet = silent({"1": [0, 1, 1, 1], "3.2": [1, 0, 0, 1]})
    images = torch.randn(6, 1, 6, 6, generator=seeded(3))
    for mode in (True, False):
        heard = quiet.train(mode)[:2](images)[:, 0].detach().abs().max()
        c.equal(float(heard), 0.0, called="the largest output of a channel that is cut", idea=both)
    # masks in another order than the layers, of three layers with as many channels; and the same masks, other numbers
    for seed, dtype in ((3, torch.float32), (4, torch.float64)):
        silent({"3.3.0": [0, 1, 1, 0], "1": [1, 1, 1, 0], "3.2": [1, 0, 1, 1]}, seed, dtype)
    silent({"5": [0, 0, 1, 0, 1, 1, 0]}, 5)
    silent({"3.2": [1, 1, 1, 1], "5": [1, 1, 1, 1, 1, 1, 1]})
    silent({"3.2": [0, 0, 0, 0], "1": [0, 0, 0, 0]})
    silent({})
    ### BEGIN HIDDEN TESTS
    silent({"3.2": [0, 0, 0, 0], "3.3.0": [0, 0, 0, 1]}, 6)
    silent({"1": [1, 1, 0, 1], "5": [0, 1, 0, 0, 0, 0, 0]}, 7, torch.float64)
    ### END HIDDEN TESTS

# %% [markdown]
# Cut the three perceptrons, without any retraining. Predict how far the one with $\lambda = 0.03$ gets.

# %%
question = "With λ = 0.03, up to which fraction of channels cut does the accuracy fall by less than five points?"
safe_cut = predict("safe_cut", question, low=0, high=1, step=0.05)


# %%
def gamma_only(model: nn.Module, keep: dict[str, Tensor]) -> nn.Module:
    """A copy of the model whose cut channels still hum: only gamma is zero."""
    twin = deepcopy(model)
    for name, mask in keep.items():
        twin.get_submodule(name).weight.data.mul_(mask)
    return twin


shares = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
cut_curves = {
    strength: [accuracy(silenced(model, keep_masks(model, share)), data.validation) for share in shares]
    for strength, model in mlps.items()
}
humming = [accuracy(gamma_only(strongest, keep_masks(strongest, share)), data.validation) for share in shares]
fig, (ax,) = figures.figure(width=6.5, height=3.6)
for (strength, curve), colour in zip(cut_curves.items(), (figures.PRUNED, figures.OTHER, figures.KEPT), strict=True):
    ax.plot(shares, curve, "o-", color=colour, label=f"λ = {strength:g}, silent")
ax.plot(shares, humming, "x:", color=figures.KEPT, label="λ = 0.03, gamma alone")
ax.legend(frameon=False, loc="lower left")
ax.set(xlabel="share of channels cut", ylabel="validation accuracy (%)", title="Cut once, not retrained")
fine = [share for share, reached in zip(shares, cut_curves[0.03], strict=True) if reached > cut_curves[0.03][0] - 5]
safe_cut.reveal(
    max(fine),
    f"Of the fractions tried, {max(fine):g} is the last at which λ = 0.03 loses less than five points. At 90 % the "
    f"accuracy is {cut_curves[0.03][-2]:.1f} % with gamma and beta at zero, {humming[-2]:.1f} % with gamma alone.",
    fig,
    alt="Accuracy against the share of channels cut for three strengths of the penalty.",
    mark=lambda guess, ax=ax: ax.axvline(guess, color=figures.REFERENCE, linewidth=0.8),
)

# %% [markdown]
# **Reading the figure.** (The vertical line is your prediction.) Compare where the dotted curve breaks with the
# fraction of closed knobs in section 2. As far as $\gamma$ is concerned, does what training has closed go for nothing?
# What is still half open may be dearer than ever. The two accuracies at 90 % differ by the worth of the hum. A penalty
# on $\gamma$ leaves $\beta$ free, and the next layer may lean on a constant. Silence is the honest zero, since a
# channel that has been cut out says nothing at all. (In a perceptron one could move the constants into the next layer.
# In a convolution zero padding spoils that at the border.) Retraining will have to repair the difference.
#
# ## 5 How small is it really?
#
# A silenced network is as large as before. Now take the knife. A channel of layer $l$ is a row of its weight, an entry
# in the four vectors of its batch norm, **and** a column of the weight of layer $l + 1$, which reads it.
#
# ### Exercise 5.4: Carve one layer
# *3 points, 12 minutes, about 12 lines*
#
# Return a new, smaller layer of the same kind as `layer` (`nn.Conv2d`, `nn.Linear`, `nn.BatchNorm1d` or
# `nn.BatchNorm2d`), with the outputs that `keep_out` keeps and the inputs that `keep_in` keeps, in their old order:
#
# $$W' = W[\text{keep\_out}][:, \text{keep\_in}], \qquad v' = v[\text{keep\_out}] \ \text{ for the bias and all vectors
# of a batch norm.}$$
#
# Both masks are boolean vectors. Weights have the shapes (out, in) and (out, in, kh, kw), and a layer may have no bias.
# In a batch norm inputs and outputs are the same channels, and `keep_out` alone counts, whatever `keep_in` says. The
# rest comes along: stride, padding and its mode, dilation, `eps`, `momentum`, `num_batches_tracked`, the dtype, and the
# mode (training or eval). The layer's sizes, whole numbers, say what it is now: `in_channels` and `out_channels`,
# `in_features` and `out_features`, `num_features`. `layer` itself does not change. All its parameters train, and
# `groups` is 1.
#
# *Example:* `nn.Linear(3, 2)` with $W = [[1, 2, 3], [4, 5, 6]]$ and bias $[7, 8]$. With `keep_in = [True, False, True]`
# and `keep_out = [False, True]` it becomes `nn.Linear(2, 1)` with $W' = [[4, 6]]$ and bias $[8]$.
#
# <details><summary>Hint 1: the idea</summary>
# A deep copy already has the kind, the stride and the mode. So copy, then go through its parameters and buffers: one
# with at least one dimension loses rows, one with at least two loses columns as well. Last, set the sizes. (A batch
# norm's <code>num_batches_tracked</code> is a buffer without a dimension: a number.)
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>for tensor in (*small.parameters(), *small.buffers())</code>; then <code>tensor.data =
# tensor.data[keep_out]</code> puts other values of another shape into the same parameter, and
# <code>tensor.data[:, keep_in]</code> takes columns. <code>int(keep_in.sum())</code> counts.
# </details>


# %% exercise="carve_layer"
def carve_layer(layer: nn.Module, keep_in: Tensor, keep_out: Tensor) -> nn.Module:
    """A smaller copy of a Conv2d, Linear or batch norm: the outputs and inputs whose masks are True."""
    ### BEGIN SOLUTION
    small = deepcopy(layer)
    for tensor in (*small.parameters(), *small.buffers()):
        if tensor.ndim > 0:
            tensor.data = tensor.data[keep_out]
        if tensor.ndim > 1:
            tensor.data = tensor.data[:, keep_in]
    inputs, outputs = int(keep_in.sum()), int(keep_out.sum())
    if isinstance(layer, nn.Conv2d):
        small.in_channels, small.out_channels = inputs, outputs
    elif isinstance(layer, nn.Linear):
        small.in_features, small.out_features = inputs, outputs
    else:
        small.num_features = outputs
    return small
    ### END SOLUTION


# %% check="carve_layer" points=3
with check("carve_layer", points=3) as c:
    rows = (
        "Outputs are the first dimension of a weight, inputs the second; bias and batch norm have one entry an output."
    )
    same = "The channels that stay are the same ones, in the same order, with the same numbers."
    along = "What is not a channel comes along: kernel, stride, padding, dilation, eps, momentum, dtype, mode, counter."
    sizes = "in_channels and out_channels, in_features and out_features, num_features: each says what the layer is now."
    own = "The small layer is a new one with memory of its own; the old one stays whole."
    SIZES = {"in_channels": 0, "in_features": 0, "out_channels": 1, "out_features": 1, "num_features": 1}
    KEPT_ALONG = ("kernel_size", "stride", "padding", "padding_mode", "dilation", "eps", "momentum", "training")

    def carved_layer(layer, keep_in, keep_out, images=None):
        """Names, numbers, sizes and outputs are those of the layer with its cut inputs at zero."""
        masks = [torch.tensor(mask).bool() for mask in (keep_in, keep_out)]
        called = f"carve_layer({layer}, {keep_in}, {keep_out})"
        before = {key: value.clone() for key, value in layer.state_dict().items()}
        for parameter in layer.parameters():
            parameter.grad = torch.ones_like(parameter)
        small = c.call(carve_layer, layer, *masks, idea=rows, may="draw")  # a new layer draws its first weights
        c.true(type(small) is type(layer), called=called, expected=type(layer).__name__, got=type(small).__name__,
               idea="Carving changes the size of a layer, not its kind.")  # fmt: skip
        got = small.state_dict()
        c.true(got.keys() == before.keys(), called=called, expected=f"tensors {list(before)}", got=f"{list(got)}",
               idea="A layer keeps its bias if it has one, and gets none if not.")  # fmt: skip
        for key, value in before.items():
            want = value
            for side, mask in enumerate((masks[1], masks[0])[: value.ndim]):
                want = want.index_select(side, mask.nonzero().flatten())
            c.true(got[key].shape == want.shape, called=f"the shape of {key} in {called}", expected=tuple(want.shape),
                   got=tuple(got[key].shape), idea=rows)  # fmt: skip
            c.equal(got[key], want, called=f"{key} in {called}", idea=same if value.ndim else along)
            c.true(got[key].dtype == want.dtype and got[key].equal(want), called=f"{key} in {called}", idea=along,
                   expected=f"the old numbers in {want.dtype}", got=f"others, in {got[key].dtype}")  # fmt: skip
        counts = [int(mask.sum()) for mask in masks]
        for name, side in SIZES.items():
            if hasattr(layer, name):
                size = getattr(small, name)
                c.true(not isinstance(size, Tensor), called=f"{name} of {called}", expected=counts[side], got=size,
                       idea="A size is a whole number, not a tensor: `int(mask.sum())`.")  # fmt: skip
                c.equal(size, counts[side], called=f"{name} of {called}", idea=sizes)
        for name in KEPT_ALONG:
            if hasattr(layer, name):
                c.true(getattr(small, name) == getattr(layer, name), called=f"{name} of {called}", idea=along,
                       expected=str(getattr(layer, name)), got=str(getattr(small, name)))  # fmt: skip
        trained = {name for name, parameter in small.named_parameters() if parameter.requires_grad}
        hooks = any((small._forward_hooks, small._forward_pre_hooks, small._backward_hooks))
        c.true(not hooks, called=called, expected="no hooks", got="hooks", idea="A plain layer, cut for good.")
        c.equal(sorted(trained), sorted(dict(layer.named_parameters())), called=f"what trains in {called}",
                idea="Parameters stay parameters, with requires_grad.")  # fmt: skip
        if images is not None:
            images = images.to(layer.weight.dtype)
            zeroed = images * masks[0].reshape(-1, *[1] * (images.ndim - 2))
            with torch.no_grad():
                c.equal(small(images[:, masks[0]]), layer(zeroed)[:, masks[1]], atol=1e-5, idea=same,
                        called=f"outputs of {called}")  # fmt: skip
        for tensor in (*small.parameters(), *small.buffers()):
            tensor.data += 1
        for key, value in layer.state_dict().items():
            c.equal(value, before[key], called=f"{key} of the old layer when the small one learns", idea=own)

    def noise(*shape):
        return torch.randn(*shape, generator=seeded(sum(shape)))

    def seen(norm, seed):
        """The batch norm itself, as if it had seen some batches."""
        fill(norm, seeded(seed))
        norm.num_batches_tracked.fill_(10 + seed)
        return norm

    by_hand = nn.Linear(3, 2)
    by_hand.weight.data, by_hand.bias.data = torch.arange(1.0, 7.0).reshape(2, 3), torch.tensor([7.0, 8.0])
    carved_layer(by_hand, [1, 0, 1], [0, 1])
    torch.manual_seed(4)
    carved_layer(nn.Linear(5, 4, bias=False).eval(), [0, 1, 1, 0, 1], [1, 0, 1, 1], noise(3, 5))
    square = nn.Linear(4, 4, dtype=torch.float64)
    carved_layer(square, [0, 1, 1, 0], [1, 0, 0, 1], noise(3, 4))
    carved_layer(square, [0, 0, 0, 1], [0, 1, 1, 1], noise(3, 4))  # the same layer, cut otherwise
    oblong = nn.Conv2d(3, 5, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2))
    carved_layer(oblong, [0, 1, 1], [1, 0, 0, 1, 1], noise(2, 3, 9, 8))
    carved_layer(nn.Conv2d(4, 2, 3, padding=1, bias=False), [1, 1, 0, 1], [0, 1], noise(2, 4, 5, 6))
    carved_layer(nn.Conv2d(2, 3, 1), [1, 1], [1, 1, 1], noise(2, 2, 4, 4))
    around = nn.Conv2d(3, 3, (1, 3), padding=(0, 2), padding_mode="circular", dtype=torch.float64)
    carved_layer(around.eval(), [1, 0, 1], [0, 1, 1], noise(2, 3, 4, 6))
    carved_layer(nn.Conv2d(3, 4, 3, padding="same", dilation=2), [0, 1, 0], [1, 0, 0, 0], noise(2, 3, 5, 7))
    bits, others = [0, 1, 0, 1, 1], [1, 1, 0, 0, 0]  # of a batch norm `keep_out` alone counts
    carved_layer(seen(nn.BatchNorm2d(5, eps=0.1, momentum=0.3), 5).eval(), bits, bits, noise(3, 5, 2, 2))
    for kind in (nn.BatchNorm1d, nn.BatchNorm2d):
        for number, dtype in enumerate((torch.float32, torch.float64)):
            norm = seen(kind(5, momentum=None, eps=1e-3, dtype=dtype), number).train(number == 0)
            carved_layer(norm, others, bits)
            carved_layer(norm, bits, others)
    carved_layer(seen(nn.BatchNorm1d(4), 7).eval(), [1, 1, 1, 1], [1, 1, 1, 1], noise(3, 4))
    ### BEGIN HIDDEN TESTS
    carved_layer(
        nn.Conv2d(6, 7, (1, 3), stride=2, padding=(0, 2), bias=True).eval(),
        [0, 0, 1, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 1],
        noise(2, 6, 7, 9),
    )
    carved_layer(nn.Linear(7, 3), [0, 1, 1, 0, 0, 1, 0], [0, 1, 1], noise(4, 7))
    carved_layer(seen(nn.BatchNorm2d(6, momentum=0.7), 8), [0, 1, 1, 0, 0, 1], [1, 1, 0, 1, 0, 0])
    ### END HIDDEN TESTS

# %% [markdown]
# ### A whole network
#
# The VGG and the perceptron of this course are **chains**: data goes through one layer after the other, in the order in
# which the model has them, and `chain(model)` lists their names. Lab 06 is about networks with branches, and about
# those whose linear layers read more than one number a channel; here each channel is one number when it reaches the
# first linear layer. `library_layer` cuts a single layer by **torch_pruning**, a library that you will meet below.


# %% locked="chain"
def chain(model: nn.Module) -> list[str]:
    """The names of a chain's convolutions, linear layers and batch norms, from input to output."""
    kinds = nn.Conv2d | nn.Linear | BatchNorm
    return [name for name, module in model.named_modules() if isinstance(module, kinds)]


def library_layer(layer: nn.Module, keep_out: Tensor, keep_in: Tensor | None) -> nn.Module:
    """A layer without some outputs and inputs, by the functions of torch_pruning; ValueError if a mask does not fit."""
    small, weight = deepcopy(layer), layer.weight
    sides = [("keep_out", keep_out, weight.shape[0])]
    sides += [("keep_in", keep_in, weight.shape[1])] if weight.ndim > 1 else []
    for side, mask, count in sides:
        if mask is None or len(mask) != count:
            found = "None" if mask is None else f"{len(mask)} entries"
            raise ValueError(f"{side} has {found}, but {layer} has {count} there")
    cut_out, *cut_in = ((~mask).nonzero().flatten().tolist() for _, mask, _ in sides)
    if isinstance(layer, BatchNorm):
        return tp.prune_batchnorm_out_channels(small, cut_out)
    kind = "conv" if isinstance(layer, nn.Conv2d) else "linear"
    small = getattr(tp, f"prune_{kind}_out_channels")(small, cut_out)
    return getattr(tp, f"prune_{kind}_in_channels")(small, *cut_in)


print("VGG:", ", ".join(chain(models.build("vgg", data))))

# %% [markdown]
# ### Exercise 5.5: Carve the network out
# *5 points, 15 minutes, about 11 lines*
#
# Return a smaller copy of a chain, without the channels that `keep` (`{name of a batch norm: mask}`) cuts. For each
# convolution or linear layer $l$
#
# $$\text{keep\_out}_l = \begin{cases}\texttt{keep}[b] & \text{if the next in the chain is a batch norm } b \text{ of }
# \texttt{keep}\\ \text{all} & \text{otherwise}\end{cases} \qquad \text{keep\_in}_l = \text{keep\_out}_{l-1},$$
#
# and the first layer reads all of its inputs. A batch norm keeps what the layer in front of it keeps. Layers without
# channels (ReLU, pooling, `nn.Flatten`) stay as they are. Names and modes are those of `model`, which does not change;
# all parameters train, as in `model`. The small network must compute the same as the silenced one, up to 0.00001. A
# batch norm behind the last layer is never in `keep`.
#
# Use `carve_layer`. The check puts torch_pruning's (`library_layer` above) in its place, so a mistake in exercise 5.4
# costs no points here; the cells after it use yours.
#
# *Example:* convolution 1 → 4, batch norm, convolution 4 → 6, batch norm, linear 6 → 3. Two of four and five of six
# channels stay: 1 → 2, 2 → 5, linear 5 → 3. The second convolution has 10 kernels left of 24. Whoever cuts only rows
# would keep 20.
#
# <details><summary>Hint 1: the idea</summary>
# Walk the chain with one variable that remembers which channels arrive. At a convolution or linear layer, look one name
# ahead to see which leave, and remember them. At a batch norm, what arrives leaves.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>names = chain(model)</code>; <code>zip(names, [*names[1:], None], strict=True)</code> gives each name and the
# next; <code>keep.get(following, everything)</code>; <code>small.set_submodule(name, layer)</code> puts a layer in
# place. A layer's <code>weight.shape</code> is (out, in, ...).
# </details>


# %% exercise="carve"
def carve(model: nn.Module, keep: dict[str, Tensor]) -> nn.Module:
    """A smaller copy of a chain that computes what `model` does with the cut channels silenced."""
    ### BEGIN SOLUTION
    small, names = deepcopy(model), chain(model)
    arriving = torch.ones(model.get_submodule(names[0]).weight.shape[1], dtype=torch.bool)
    for name, following in zip(names, [*names[1:], None], strict=True):
        layer = model.get_submodule(name)
        leaving = arriving
        if not isinstance(layer, BatchNorm):
            leaving = keep.get(following, torch.ones(len(layer.weight), dtype=torch.bool))
        small.set_submodule(name, carve_layer(layer, arriving, leaving))
        arriving = leaving
    return small
    ### END SOLUTION


# %% check="carve" points=5
with check("carve", points=5) as c:
    walk = "What leaves one layer arrives at the next: its batch norm, and the inputs of the layer after that."
    ahead = "A layer loses what the batch norm right behind it loses; where keep has no such one, nothing."
    equal = "Same channels, same order, same statistics: the small network says what the silenced one says."
    plain_model = "A plain copy: the names and modes of the model, nothing shared with it, no masks and no hooks."

    @contextmanager
    def given_layers():
        """While it lasts, carve_layer is the library's."""
        yours = globals().get("carve_layer")
        globals()["carve_layer"] = lambda layer, keep_in, keep_out: library_layer(layer, keep_out, keep_in)
        try:
            yield
        finally:
            globals()["carve_layer"] = yours

    def traits(module):
        """What a layer keeps beside its channels, as texts, and whether it has hooks."""
        settings = ("training", "eps", "momentum", "num_batches_tracked", "padding", "stride")
        found = {name: str(getattr(module, name, "none")) for name in settings} | {"kind": type(module).__name__}
        found["tensors"] = str([(part.dtype, part.requires_grad) for part in module.parameters(recurse=False)])
        return found | {"hooks": bool(module._forward_hooks or module._forward_pre_hooks)}

    def outputs(network, images):
        """What the network says, in eval mode."""
        with torch.no_grad():
            return network.eval()(images)

    def spoken(network, images, called):
        """The same, with a message where the layers do not fit together."""

        def forward():
            return outputs(network, images)

        forward.__name__ = f"{called}.forward"
        return c.call(forward, idea=walk)

    def same_as_silenced(what, model, keep, images, size=None):
        """The small network is plain, has the sizes that the masks say, and says what the silenced one says."""
        keep = {name: torch.as_tensor(mask).bool() for name, mask in keep.items()}
        called, before = f"carve({what}, keep)", {name: traits(module) for name, module in model.named_modules()}
        for parameter in model.parameters():
            parameter.grad = torch.ones_like(parameter)
        with given_layers():
            small = c.call(carve, model, keep, idea=f"{walk} {ahead}", may="draw")  # a new layer draws first weights
        c.true(isinstance(small, nn.Module), called=called, expected="a model", got=small, idea="Return the copy.")
        c.equal(list(small.state_dict()), list(model.state_dict()), called=f"the names in {called}", idea=plain_model)
        for name, mask in keep.items():
            c.equal(len(small.get_submodule(name).weight), int(mask.sum()), called=f"channels of {name} in {called}",
                    idea="A batch norm keeps what its mask keeps; set_submodule puts it there.")  # fmt: skip
        after = {name: traits(module) for name, module in small.named_modules()}
        c.equal(after, before, called=f"what is no channel in {called}", idea=plain_model)
        silent_model = deepcopy(model)
        for name, mask in keep.items():
            norm = silent_model.get_submodule(name)
            norm.weight.data, norm.bias.data = norm.weight.data * mask, norm.bias.data * mask
        got, want = spoken(small, images, called), outputs(silent_model, images)
        c.equal(got, want, atol=1e-5, called=f"outputs of {called}", idea=equal)
        if size is not None:
            c.equal(parameters(small), size, called=f"parameters of {called}", idea=walk)
        return small

    def pictures(*shape):
        return torch.randn(shape, generator=seeded(len(shape)))

    torch.manual_seed(9)
    example = nn.Sequential(
        nn.Conv2d(1, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3),
    )  # fmt: skip
    example_keep = {"5": [1, 0, 1, 1, 1, 1], "1": [0, 1, 0, 1]}
    same_as_silenced("the example", lively(example), example_keep, pictures(5, 1, 8, 9), size=145)
    same_as_silenced("the example, training", lively(example).train(), example_keep, pictures(5, 1, 8, 9), size=145)
    same_as_silenced("the example, 5 alone", lively(example, 1), {"5": [0, 0, 1, 0, 0, 1]}, pictures(3, 1, 8, 8))
    same_as_silenced("the example, 1 alone", lively(example, 1), {"1": [0, 0, 1, 0]}, pictures(3, 1, 8, 8))
    same_as_silenced("the example, nothing cut", lively(example, 1), {}, pictures(3, 1, 8, 8))
    perceptron = nn.Sequential(
        nn.Flatten(), nn.Linear(12, 5, bias=False), nn.BatchNorm1d(5), nn.ReLU(),
        nn.Linear(5, 7), nn.ReLU(),  # no batch norm behind it
        nn.Linear(7, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 3),
    )  # fmt: skip
    perceptron_keep = {"2": [0, 1, 1, 0, 1], "7": [1, 0, 1, 1]}
    same_as_silenced("a perceptron", lively(perceptron), perceptron_keep, pictures(6, 3, 2, 2))
    deep = nn.Sequential(  # layers at several depths, all of one width, modes mixed, some padding and eps unusual
        nn.Sequential(nn.Conv2d(2, 4, (3, 1), padding=(2, 1)), nn.BatchNorm2d(4, eps=0.1, momentum=0.3), nn.ReLU()),
        nn.Sequential(nn.Conv2d(4, 4, 1), nn.Tanh(), nn.Sequential(nn.Conv2d(4, 4, 2, stride=2, bias=False))),
        nn.BatchNorm2d(4, momentum=None), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4, eps=0.01), nn.ReLU()), nn.Linear(4, 4), nn.BatchNorm1d(4),
    ).double()  # fmt: skip
    deep_keep = {"6.1": [0, 1, 1, 0], "0.1": [1, 0, 0, 0], "2": [1, 0, 1, 1]}
    for seed, missing in ((1, ""), (2, "0.1"), (3, "2"), (4, "6.1")):
        fill(deep, seeded(seed))
        for number, norm in enumerate(norms_of(deep).values()):
            norm.train(number % 2 == seed % 2).num_batches_tracked.fill_(seed + number)
        keep = {name: mask for name, mask in deep_keep.items() if name != missing}
        without = f"a deep network, {missing} not in keep" if missing else "a deep network"
        same_as_silenced(without, deep, keep, pictures(3, 2, 6, 5).double())
    narrow = lively(models.build("vgg", data, width=0.125), 3)
    scattered = {
        name: torch.rand(len(norm.weight), generator=seeded(4)) > 0.4 for name, norm in norms_of(narrow).items()
    }
    scattered = {name: mask if mask.any() else ~mask for name, mask in scattered.items()}
    same_as_silenced("a narrow VGG", narrow, scattered, pictures(4, *data.shape))
    ### BEGIN HIDDEN TESTS
    for name, width, seed in (("mlp", 0.25, 5), ("vgg", 0.25, 6)):
        network = lively(models.build(name, data, width=width), seed)
        odd = {key: torch.arange(len(norm.weight)) % 3 != 1 for key, norm in norms_of(network).items()}
        small = same_as_silenced(f"a narrow {name}", network, odd, pictures(3, *data.shape))
        graph = tp.DependencyGraph().build_dependency(network, torch.zeros(1, *data.shape))
        for key, mask in odd.items():  # the library finds out by itself what belongs to a channel
            cut = (~mask).nonzero().flatten().tolist()
            graph.get_pruning_group(network.get_submodule(key), tp.prune_batchnorm_out_channels, cut).prune()
        for (key, mine), theirs in zip(small.state_dict().items(), network.state_dict().values(), strict=True):
            c.equal(mine, theirs, called=f"{key} of a narrow {name}, against torch_pruning", idea=equal)
    ### END HIDDEN TESTS

# %% [markdown]
# The proof, on real images, for the perceptron with $\lambda = 0.03$ and for this lab's VGG. The silenced and the
# carved network take turns under the clock. A **MAC** (multiply-accumulate) is one multiplication with its addition.
# Predict the factor by which the number of VGG's MACs falls.

# %%
question = "When a third of VGG's channels go, by what factor does the number of its MACs fall?"
fewer_macs = predict("fewer_macs", question, low=1, high=6, step=0.1)

# %%
vgg = models.load("vgg_l1", data)  # trained with a penalty
images, gains = few.tensors[0][:64], {}
for label, model, share in (("perceptron", strongest, 0.8), ("VGG", vgg, 1 / 3)):
    keep = keep_masks(model, share)
    quiet, small = silenced(model, keep).eval(), carve(model, keep).eval()
    with torch.no_grad():
        apart = (quiet(images) - small(images)).abs().max().item()
    times = latencies({"silenced": lambda net=quiet: net(images), "carved": lambda net=small: net(images)}, rounds=10)
    faster = sorted(a / b for a, b in zip(times["silenced"], times["carved"], strict=True))[5]
    fewer = macs(model, data.shape) / macs(small, data.shape)
    print(f"{label}, {share:.0%} of the channels cut: outputs differ by {apart:.0e} at most")
    gains[label] = (
        f"parameters {parameters(model):,} → {parameters(small):,}, {fewer:.1f}x fewer MACs, {faster:.1f}x faster"
    )
print(f"perceptron: {gains['perceptron']}")
fewer_macs.reveal(round(fewer, 1), f"VGG: {gains['VGG']}.")

# %% [markdown]
# **Reading the lines.** The difference is what rounding leaves, so carving costs no accuracy that silence had not cost
# before. And it needs no special format and no index: what you hold is an ordinary network with smaller tensors, so the
# clock can show it, too. Whether it shows the whole factor is a question for lab 06.
#
# ### The tool of the trade
#
# | yours | libraries |
# |---|---|
# | ranking of `keep_masks` | `prune.global_unstructured` on the `weight` of all batch norms |
# | `carve_layer` | `tp.prune_conv_out_channels`, `tp.prune_linear_in_channels`, ... |
# | `carve` | `tp.DependencyGraph`, which finds the layers that share a channel by itself (lab 06) |
# | all of it | `tp.pruner.BNScalePruner` |
#
# Libraries decide the edges for you, so look at them: what becomes of a layer that loses everything?

# %%
theirs = deepcopy(vgg)
score = tp.importance.BNScaleImportance(normalizer=None)  # |gamma| as it is, not divided by the layer's mean
tp.pruner.BNScalePruner(theirs, torch.zeros(1, *data.shape), score, global_pruning=True, pruning_ratio=0.95,
                        ignored_layers=[theirs.classifier]).step()  # fmt: skip
yours = [int(mask.sum()) for mask in keep_masks(vgg, 0.95).values()]
print(f"{'channels of VGG':<34}{[len(norm.weight) for norm in norms_of(vgg).values()]}")
print(f"{'95 % cut by you':<34}{yours}")
print(f"{'95 % cut by BNScalePruner':<34}{[len(norm.weight) for norm in norms_of(theirs).values()]}")

# %% [markdown]
# **Reading the lines.** Where you keep one channel, the pruner of torch_pruning 1.6 leaves a layer whole that would
# lose all; elsewhere it may cut one more, at the threshold itself. Neither is wrong, but "95 %" is not the same
# network.
#
# ## 6 Does the penalty still matter after retraining?
#
# The curves of section 4 were unfair to $\lambda = 0$: nobody had told that network what was coming. So retrain
# everybody for 100 steps, now **without** a penalty. The networks at share 0 are the control: nothing cut, as many
# steps. Predict what is left of the lead.

# %%
question = "With 90 % cut and retrained, by how many points is λ = 0.03 ahead of λ = 0?"
penalty_lead = predict("penalty_lead", question, low=-20, high=60, step=1)

# %%
again = (0.0, 0.5, 0.8, 0.9, 0.95)
healed = {}
for strength in (0.0, 0.03):
    for share in again:
        small = carve(mlps[strength], keep_masks(mlps[strength], share))
        fit(small, part, steps=100, lr=0.02)
        healed[strength, share] = small
reached = {key: accuracy(small, data.validation) for key, small in healed.items()}
fig, (left, right) = figures.figure(columns=2, width=5.2)
for strength, colour in ((0.0, figures.PRUNED), (0.03, figures.KEPT)):
    before = [cut_curves[strength][shares.index(share)] for share in again]
    after = [reached[strength, share] for share in again]
    left.plot(again, before, "o:", color=colour, label=f"λ = {strength:g}, cut")
    left.plot(again, after, "o-", color=colour, label=f"λ = {strength:g}, retrained")
    right.plot([parameters(healed[strength, share]) for share in again], after, "o-", color=colour)
left.legend(frameon=False, loc="lower left")
left.set(xlabel="share of channels cut", ylabel="validation accuracy (%)", title="Carved, retrained for 100 steps")
right.set(xlabel="parameters", xscale="log", title="Retrained, by size")
print(f"{'parameters left':<16}" + "".join(f"{f'λ = {strength:g}':>12}" for strength in (0.0, 0.03)))
for share in again:
    print(f"{f'{share:.0%} cut':<16}" + "".join(f"{parameters(healed[s, share]):>12,}" for s in (0.0, 0.03)))
lead = reached[0.03, 0.9] - reached[0.0, 0.9]
penalty_lead.reveal(
    round(lead, 1),
    f"The penalty leads by {lead:+.1f} points, {reached[0.03, 0.9]:.1f} % against {reached[0.0, 0.9]:.1f} %. With "
    f"nothing cut and as many steps they reach {reached[0.03, 0.0]:.1f} % and {reached[0.0, 0.0]:.1f} %.",
    fig,
    alt="Accuracy of the carved perceptrons before and after retraining, with and without penalty.",
)

# %% [markdown]
# **Reading the figure.** On the left compare the distance between the dotted lines with that between the solid ones:
# how much of what a blind cut has done does a short retraining heal? A small network that will be retrained anyway
# should be judged by the solid lines. The right picture is fairer still: as many channels are not as many parameters,
# and the two networks chose other shapes. Did the penalty find better networks, or larger ones? (One network each: a
# difference of a point may be chance. Section 8 has several seeds.)
#
# ## 7 How much can VGG spare?
#
# Your functions on VGG, from a tenth of the channels on: what is left, and what does it know without retraining, by the
# first 1,000 validation images?

# %%
closed = torch.cat([norm.weight.detach().abs() for norm in norms_of(vgg).values()]) < 0.01
print(f"{closed.float().mean():.0%} of the knobs are below 0.01")
print(f"{'cut':>5}{'parameters':>13}{'MACs':>8}{'accuracy':>11}   channels left")
for share in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
    small = carve(vgg, keep_masks(vgg, share))
    left = parameters(small) / parameters(vgg), macs(small, data.shape) / macs(vgg, data.shape)
    counts = [len(norm.weight) for norm in norms_of(small).values()]
    print(f"{share:>5.0%}{left[0]:>13.1%}{left[1]:>8.1%}{accuracy(small, few):>9.1f} %   {counts}")

# %% [markdown]
# ### Exercise 5.6: Meet a budget
# *2 points, 10 minutes, 1 line by hand, about 3 by search*
#
# Choose `my_share` such that VGG, without this share of its channels and retrained for 60 steps, has at most `BUDGET`
# of its parameters and loses at most `TOLERANCE` points of its validation accuracy:
#
# $$\frac{\text{parameters after}}{\text{parameters before}} \le \texttt{BUDGET}, \qquad
# \text{accuracy after} \ge \text{accuracy before} - \texttt{TOLERANCE}.$$
#
# The next cell sets both, and tools that use the libraries: `library_cut(library_masks(share))` is the small VGG before
# its retraining, `slimmed(share)` the one after it with its accuracy in per cent on all validation images. The
# check calls `slimmed`, which takes some seconds, up to half a minute on a laptop. The grader's processor may round
# differently, so leave the accuracy a little room.
#
# *Example:* if all layers lost half of their channels, the weights between two of them would be a quarter. The layers
# do not all lose the same, so look at the table above instead.
#
# <details><summary>Hint 1: the idea</summary>
# The parameters do not change in retraining, so the table says between which shares the budget is met. Start there:
# once the closed knobs are gone, each channel more costs accuracy.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>parameters(library_cut(library_masks(0.4))) / parameters(vgg)</code> takes no training, so a loop may try many
# shares; <code>model, reached = slimmed(0.4)</code> tells how it ends.
# </details>

# %% locked="budget"
BUDGET = 0.1  # of the parameters
TOLERANCE = 1.0  # points of validation accuracy

original = models.load("vgg_l1", data)
original_accuracy = accuracy(original, data.validation)


def library_cut(keep: dict[str, Tensor]) -> nn.Module:
    """VGG without the channels that `keep` cuts, by torch_pruning."""
    small = deepcopy(original)
    graph = tp.DependencyGraph().build_dependency(small, torch.zeros(1, *data.shape))
    for name, mask in keep.items():
        if not mask.all():
            cut = (~mask).nonzero().flatten().tolist()
            graph.get_pruning_group(small.get_submodule(name), tp.prune_batchnorm_out_channels, cut).prune()
    return small


def library_masks(share: float) -> dict[str, Tensor]:
    """The masks of VGG's channels that `keep_masks` gives, by torch's own pruner."""
    ranked = norms_of(deepcopy(original))
    count = round(share * sum(len(norm.weight) for norm in ranked.values()))
    prune.global_unstructured([(norm, "weight") for norm in ranked.values()], prune.L1Unstructured, amount=count)
    masks = {name: norm.weight_mask.bool() for name, norm in ranked.items()}
    for name, mask in masks.items():
        mask[original.get_submodule(name).weight.abs().argmax()] = True
    return masks


def retrained(small: nn.Module) -> tuple[nn.Module, float]:
    """A small network, retrained in place for 60 steps, and its validation accuracy in per cent."""
    fit(small, data.train, steps=60, lr=0.02)
    return small, accuracy(small, data.validation)


@cache  # the same choice is trained once
def slimmed(share: float) -> tuple[nn.Module, float]:
    """VGG without this share of its channels, retrained for 60 steps, and its validation accuracy in per cent."""
    return retrained(library_cut(library_masks(share)))


print(
    f"at most {BUDGET:.0%} of {parameters(original):,} parameters, "
    f"at least {original_accuracy:.2f} - {TOLERANCE:.1f} % on the validation images"
)

# %% exercise="my_share"
# my_share = ...: a share from 0 to 1
### BEGIN SOLUTION
shares_in_steps = [number / 20 for number in range(20)]
fits = [parameters(library_cut(library_masks(share))) <= BUDGET * parameters(original) for share in shares_in_steps]
my_share = shares_in_steps[fits.index(True)]
### END SOLUTION

# %% check="my_share" points=2
with check("my_share", points=2) as c:
    c.true((BUDGET, TOLERANCE) == (0.1, 1.0), called="BUDGET, TOLERANCE", got=f"{BUDGET}, {TOLERANCE}",
           expected="0.1, 1.0, as the cell above sets them",
           idea="Both are given and only my_share is yours to choose: run the cell above again.")  # fmt: skip
    c.true(
        isinstance(my_share, Real) and 0 <= my_share <= 1,
        called="my_share",
        got=repr(my_share),
        expected="a share from 0 to 1",
        idea="0.3 cuts three tenths of the channels; 30 would cut more than there are.",
    )
    left_over = parameters(library_cut(library_masks(my_share))) / parameters(original)
    c.true(left_over <= BUDGET, called=f"the parameters of slimmed({my_share})", expected=f"at most {BUDGET:.0%}",
           got=f"{left_over:.1%}", idea="The table of this section says from which share on it holds.")  # fmt: skip
    slim_accuracy = slimmed(my_share)[1]
    least = original_accuracy - TOLERANCE
    c.true(
        slim_accuracy >= least,
        called=f"the validation accuracy of slimmed({my_share})",
        expected=f"at least {least:.2f} %",
        got=f"{slim_accuracy:.2f} %",
        idea="Too many channels are gone: go back towards the smallest share that the budget allows.",
    )

# %% [markdown]
# Your slim VGG layer by layer, and a rival: a network with exactly as many channels in each layer, chosen by
# **chance**, and retrained alike.

# %%
chosen, chosen_accuracy = slimmed(my_share)
left = {name: len(norm.weight) for name, norm in norms_of(chosen).items()}
everything = {name: len(norm.weight) for name, norm in norms_of(vgg).items()}
by_chance = {name: torch.randperm(count, generator=seeded(0)) < left[name] for name, count in everything.items()}
random_vgg, random_accuracy = retrained(library_cut(by_chance))

fig, (ax,) = figures.figure(width=7)
ax.barh(list(everything), list(everything.values()), color="none", edgecolor=figures.REFERENCE)
ax.barh(list(left), list(left.values()), color=figures.KEPT)
for row, name in enumerate(left):
    ax.text(everything[name], row, f" {left[name]} of {everything[name]}", va="center")
ax.invert_yaxis()
ax.margins(x=0.2)
ax.set(xlabel="channels", title=f"VGG, {my_share:.0%} of the channels cut")
figures.show(fig, alt="Channels of each layer of VGG before and after slimming.")
for label, model, found in (
    ("before", vgg, original_accuracy),
    ("slimmed, retrained", chosen, chosen_accuracy),
    ("by chance, retrained", random_vgg, random_accuracy),
):
    part_left, macs_left = parameters(model) / parameters(vgg), macs(model, data.shape) / macs(vgg, data.shape)
    print(f"{label:<22}{part_left:>7.1%} of the parameters, {macs_left:>6.1%} of the MACs, validation {found:.2f} %")

# %% [markdown]
# **Reading the figure.** Parameters and MACs do not fall alike. A weight is counted once, but it is used at every place
# of its layer's image: at each pixel in the first convolution, at a few places in the last. So a channel cut late saves
# parameters, and one cut early saves MACs; which of the two you save most depends on where the small knobs are. And
# compare the last two lines: the same shape, the same 60 steps, but no knowledge of any $\gamma$, so that chance keeps
# closed channels, too. The next section gives such a rival more time.
#
# ## 8 Is it the weights, or the shape?
#
# The long runs, by `recipes/slimming.py`, several seeds each of VGG and of the perceptron: trained with several
# $\lambda$ (smaller ones than above, since there are more steps for the pull to add up), cut at many shares, and
# retrained at the main $\lambda$. Five rivals went through as many steps of training:
#
# - **no penalty**: the network trained with $\lambda = 0$, cut by its knobs all the same, and retrained,
# - **random**: as many channels of each layer as the slim network has, but chosen by chance out of the same penalised
#   network, the closed ones among them, and retrained,
# - **scratch**: the small shape of the slim network with new weights, trained in one rise and fall of the rate,
# - **dense**: trained with $\lambda = 0$, then as long again as the others are retrained, but nothing cut: the control,
# - **one cycle**: the dense network with all steps in one rise and fall of the rate, as scratch has them.
#
# Scratch goes back to Liu, Sun and others (2019). They found that the shape which pruning discovers, trained from
# nothing, often does as well as the pruned network. Then what the small network inherits would be a shape, and not
# weights.

# %%
records = {"VGG": load_results("slimming-vgg"), "perceptron": load_results("slimming-mlp")}


def arms_of(record: dict) -> dict[str, list[dict]]:
    """What each seed found, by network: the slim one and its rivals at the main share."""
    main = record["settings"]["shares"].index(record["settings"]["share"])
    rivals = ("no penalty", "random", "scratch", "dense", "one cycle")
    slim = [seed["retrained"][main] for seed in record["seeds"]]
    return {"slim": slim} | {name: [seed[name] for seed in record["seeds"]] for name in rivals}


def cut_tests(record: dict, strength: float) -> list[list[float]]:
    """The test accuracy of each seed for each share cut, not retrained, of the networks trained with one penalty."""
    by_seed = [seed["penalties"][str(strength)]["cut"] for seed in record["seeds"]]
    return [[found["test"] for found in by_share] for by_share in zip(*by_seed, strict=True)]


fig, axes = figures.figure(columns=2, width=5.5, height=3.8)
for ax, (label, record) in zip(axes, records.items(), strict=True):
    settings = record["settings"]
    retrained_tests = [
        [seed["retrained"][n]["test"] for seed in record["seeds"]] for n in range(len(settings["shares"]))
    ]
    for tests, style, colour, name in (
        (cut_tests(record, settings["penalties"][0]), "o:", figures.PRUNED, "λ = 0, cut"),
        (cut_tests(record, settings["penalty"]), "o:", figures.KEPT, f"λ = {settings['penalty']:g}, cut"),
        (retrained_tests, "o-", figures.KEPT, f"λ = {settings['penalty']:g}, retrained"),
    ):
        means, halves = zip(*map(mean_interval, tests), strict=True)
        ax.errorbar(settings["shares"], means, halves, fmt=style, color=colour, capsize=3, label=name)
    dense_mean = mean_interval([found["test"] for found in arms_of(record)["dense"]])[0]
    ax.axhline(dense_mean, color=figures.REFERENCE, linestyle="--")
    ax.text(0, dense_mean, "dense", va="bottom", color=figures.REFERENCE)
    ax.legend(frameon=False, loc="lower left")
    ax.set(xlabel="share of channels cut", ylabel="test accuracy (%)", title=label, ylim=(0, 108))
    print(f"{label}: {len(record['seeds'])} seeds on {record['dataset']}, made by `{record['command']}`")
figures.show(fig, alt="Test accuracy against the share of channels cut, with and without penalty, before and after.")

# %% [markdown]
# **Reading the figure.** Bars are 95 % intervals over the seeds. The dotted curves say how much a network knows at the
# moment of the cut; if a penalty is good for anything, it must show there. The solid one says where retraining takes
# it.
#
# Now the rivals at the main share: how much of the parameters and MACs is gone, and differences taken seed by seed.
# Predict two places among slim, no penalty, random and scratch on VGG.

# %%
contest = ("slim", "no penalty", "random", "scratch")
best_vgg = predict("best_vgg", "Which of the four has the highest mean test accuracy on VGG?", contest)
worst_vgg = predict("worst_vgg", "Which of the four has the lowest mean test accuracy on VGG?", contest)


# %%
def ahead(ours: list[dict], theirs: list[dict]) -> tuple[float, float]:
    """The mean difference of two networks, seed by seed, and half its interval, in points."""
    return mean_interval([a["test"] - b["test"] for a, b in zip(ours, theirs, strict=True)])


fig, axes = figures.figure(columns=2, rows=2, width=5, height=2.6)
for (label, record), sides in zip(records.items(), (axes[:2], axes[2:]), strict=True):
    settings, arms = record["settings"], arms_of(record)
    print(f"{label}, λ = {settings['penalty']:g}, {settings['share']:.0%} of the channels cut")
    print(f"{'removed':<12}{'parameters':>11}{'MACs':>8}")
    for name in arms:
        removed = []
        for kind in ("parameters", "macs"):
            ours, theirs = (sum(found[kind] for found in arms[which]) for which in (name, "dense"))
            removed.append(1 - ours / theirs)
        print(f"{name:<12}{removed[0]:>11.1%}{removed[1]:>8.1%}")
    versus = {name: ahead(arms["slim"], arm) for name, arm in arms.items() if name != "slim"}
    cost = {name: ahead(arm, arms["dense"]) for name, arm in arms.items() if name != "dense"}
    for ax, title, changes in zip(sides, ("slim minus it", "it minus dense"), (versus, cost), strict=True):
        for row, (change, half) in enumerate(changes.values()):
            ax.errorbar(change, row, xerr=half, fmt="o", color=figures.KEPT, capsize=3)
        ax.set_yticks(
            range(len(changes)), [f"{name}  {change:+.2f} ± {half:.2f}" for name, (change, half) in changes.items()]
        )
        ax.axvline(0, color=figures.REFERENCE, linestyle=":")
        ax.invert_yaxis()
        ax.set_xscale("symlog", linthresh=1)
        ax.xaxis.set_major_formatter("{x:g}")
        ax.set(xlabel="points of test accuracy", title=f"{label}: {title}")
print("Liu et al. 2017, VGG on CIFAR-10: 88.5 % of the parameters and 51 % of the MACs removed, no accuracy lost")
print("Liu et al. 2017, perceptron on MNIST: 84.4 % of the parameters removed, 0.06 points of accuracy lost")
means = {name: mean_interval([found["test"] for found in arms_of(records["VGG"])[name]])[0] for name in contest}
order = sorted(means, key=means.get, reverse=True)
best_vgg.reveal(order[0], f"The best mean is that of {order[0]}, {means[order[0]]:.2f} %.")
ranking = f"On VGG, best mean first: {', '.join(f'{name} {means[name]:.2f} %' for name in order)}."
worst_vgg.reveal(
    order[-1], ranking, fig, alt="Differences of six networks in test accuracy with intervals, VGG and perceptron."
)

# %% [markdown]
# **Reading the figure.** An interval that contains zero means that these seeds cannot tell the two apart. (Beyond one
# point the axes are logarithmic.) The left side has slim against each rival. No penalty: was it worth turning the knobs
# down? (Its removed shares differ: where nothing pushed the knobs, one threshold may take nearly a whole layer and
# spare another.) Random: was it worth knowing which channels? Scratch: was it worth having had the large network at
# all? If slim is not ahead of scratch by more than the interval, then what mattered was the **shape**, and the knobs
# were a way to find it. And look at one cycle before you call dense the best that those steps can buy. The published
# networks had other images, and that VGG far more channels to spare, so the ratios are no contest.
#
# Now walk through VGG yourself; the menu "Penalty" is $\lambda$.
#
# **Try:** At $\lambda = 0$, from which share on does the network as cut fall, and how far can you go at the largest
# $\lambda$? Which layer loses most of its channels, and does it stay the same one as the share grows? At which share is
# half of the parameters gone, and at which half of the MACs?

# %%
SlimmingExplorer(records["VGG"])

# %% [markdown]
# ## What you measured
#
# First your predictions, each beside what came.

# %%
compare_predictions()

# %% [markdown]
# The test images are read here, once, for your own networks; this takes a few seconds. The perceptron of the paper
# ended at 784-100-60-10: 84.4 % of its parameters removed, and its error on the digits of MNIST rose by 0.06 points.

# %%
finalists = {
    "perceptron, λ = 0": mlps[0.0],
    "perceptron, λ = 0, 80 % cut, retrained": healed[0.0, 0.8],
    "perceptron, λ = 0.03, 80 % cut, retrained": healed[0.03, 0.8],
    "VGG, before": vgg,
    "VGG, your share, retrained": chosen,
    "VGG, by chance, retrained": random_vgg,
}
print(f"{'network':<44}{'parameters':>12}{'MACs':>13}{'test accuracy':>16}")
tested = {name: accuracy(model, data.test) for name, model in finalists.items()}
for name, model in finalists.items():
    cost = f"{parameters(model):>12,}{macs(model, data.shape):>13,}"
    print(f"{name:<44}{cost}{tested[name]:>14.2f} %")
note("05 slimming", compression=parameters(vgg) / parameters(chosen), accuracy=tested["VGG, your share, retrained"],
     dense=tested["VGG, before"], steps=60)  # lab 10 reads them  # fmt: skip

# %% [markdown]
# ### Remember
#
# 1. An L1 penalty on $\gamma$ lets the network close its own channels; one threshold for all then chooses its shape.
# 2. Silent means $\gamma = \beta = 0$. Then surgery is exact: rows here, columns there, and four vectors of batch norm.
# 3. Judge after retraining, and against two rivals: as many channels by chance, and the small shape from scratch.
#
# ### Further reading
#
# - Liu, Li, Shen, Huang, Yan and Zhang, [Network Slimming](https://arxiv.org/abs/1708.06519), 2017: the method of this
#   lab.
# - Liu, Sun, Zhou, Huang and Darrell, [Rethinking the Value of Network Pruning](https://arxiv.org/abs/1810.05270),
#   2019: the small shape from scratch.
#
# **Next:** a chain is the simplest case. Lab 06 cuts through flattened layers and branches, and asks whether removed
# multiplications are saved time.
