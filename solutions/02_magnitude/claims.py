"""The experiments behind the conclusions of lab 02; a seed trains a LeNet-5 of its own."""

from copy import deepcopy
from functools import cache
from types import ModuleType

import torch
from scipy.stats import spearmanr
from torch import Tensor, nn

from prunelab.claims import ahead, claim, equal
from prunelab.training import BATCH, accuracy, fit, seeded

EPOCHS, LR = 30, 0.02  # as the network of the lab, see recipes/checkpoints.py
Masks = dict[str, Tensor]


@cache
def trained(lab: ModuleType, seed: int) -> nn.Module:
    """A LeNet-5 with first weights and batches of this seed."""
    torch.manual_seed(seed)
    model = lab.models.build("lenet5", lab.data)
    fit(model, lab.data.train, steps=EPOCHS * len(lab.data.train) // BATCH, lr=LR, augment=True, seed=seed)
    return model.eval()


def weights(lab: ModuleType, seed: int) -> dict[str, Tensor]:
    return {name: trained(lab, seed).get_submodule(name).weight.detach() for name in lab.lenet_layers}


def alike(lab: ModuleType, seed: int, sparsity: float, mask_of) -> Masks:
    """Every layer cut by the same sparsity."""
    return {name: mask_of(weight, sparsity) for name, weight in weights(lab, seed).items()}


def cut(lab: ModuleType, seed: int, masks: Masks) -> float:
    """Validation accuracy with these masks, without retraining."""
    return accuracy(lab.masked(trained(lab, seed), masks), lab.data.validation)


@cache
def retrained(lab: ModuleType, seed: int) -> dict[str, float]:
    """Validation accuracy after a cut of 90 % and 60 steps with held masks, by how the masks were chosen."""
    model = trained(lab, seed)
    names = "global", "random, global fractions", "uniform", "random, uniform"
    cuts = zip(names, lab.four_cuts(model, 0.9, seed).values(), strict=True)
    return {name: accuracy(lab.retrained_with(model, masks, seed), lab.data.validation) for name, masks in cuts}


@claim("Retrained, random masks with the layer fractions of global pruning beat random masks with one for all.",
       ahead("random, global fractions", "random, uniform"))  # fmt: skip
def fractions_matter(lab, seed):
    return retrained(lab, seed)


@claim("Retrained, global magnitude pruning beats random masks with its own layer fractions.",
       ahead("global", "random, global fractions"))  # fmt: skip
def rule_matters(lab, seed):
    return retrained(lab, seed)


@claim("The layer fractions bring more than the choice of weights within the layers.", ahead("fractions", "rule"))
def fractions_before_rule(lab, seed):
    found = retrained(lab, seed)
    middle = found["random, global fractions"]
    return {"fractions": middle - found["random, uniform"], "rule": found["global"] - middle}


@claim("At 80 %, without retraining, sparing the first layer closes more than half of the gap from uniform to global.",
       ahead("first layer", "the rest"))  # fmt: skip
def first_layer(lab, seed):
    model = trained(lab, seed)
    masks = alike(lab, seed, 0.8, lab.magnitude_mask), lab.first_spared(model, 0.8), lab.global_masks(model, 0.8)
    uniform, first, everywhere = (cut(lab, seed, each) for each in masks)
    return {"uniform": uniform, "global": everywhere, "first layer": first - uniform, "the rest": everywhere - first}


@claim("Without a pruner more than half of the zeros are gone after 60 steps.", ahead("held", "left alone", by=47.5))
def zeros_come_back(lab, seed):
    masks = lab.global_masks(trained(lab, seed), 0.95)
    found = {}
    for name in ("held", "left alone"):
        model = lab.masked(trained(lab, seed), masks)
        hold = lab.Pruner(model, masks).apply if name == "held" else None
        fit(model, lab.data.train, steps=60, lr=LR, seed=seed, after_step=hold)
        layers = [model.get_submodule(layer).weight for layer in lab.lenet_layers]
        found[name] = 100 * sum(int((w == 0).sum()) for w in layers) / sum(w.numel() for w in layers)
    return found


@cache
def rules(lab: ModuleType, seed: int) -> dict[str, float]:
    """Validation accuracy with 30 % of every layer cut by three rules, without retraining."""
    draw = seeded(seed)
    masks = {
        "magnitude": alike(lab, seed, 0.3, lab.magnitude_mask),
        "random": alike(lab, seed, 0.3, lambda weight, sparsity: lab.random_mask(weight, sparsity, draw)),
        "largest": alike(lab, seed, 0.3, lab.largest_mask),
    }
    return {name: cut(lab, seed, each) for name, each in masks.items()}


@claim("Without retraining, the smallest weights of every layer cost less than random ones.",
       ahead("magnitude", "random"))  # fmt: skip
def magnitude_before_random(lab, seed):
    return rules(lab, seed)


@claim("Without retraining, random weights of every layer cost less than the largest.", ahead("random", "largest"))
def random_before_largest(lab, seed):
    return rules(lab, seed)


@claim("One threshold at 90 % takes the largest fraction from the layer with the most inputs.",
       ahead("most inputs", "others"))  # fmt: skip
def most_inputs(lab, seed):
    gone = {name: 100 * (~mask).float().mean().item() for name, mask in
            lab.global_masks(trained(lab, seed), 0.9).items()}  # fmt: skip
    widest = max(lab.lenet_layers, key=lambda name: weights(lab, seed)[name][0].numel())
    return {"most inputs": gone.pop(widest), "others": max(gone.values())}


@claim("The first layer is the most sensitive: cut alone by 80 %, it costs more than any other.",
       ahead("first", "others"))  # fmt: skip
def first_is_sensitive(lab, seed):
    curves = lab.sensitivity_scan(trained(lab, seed), lab.data, (0.0, 0.8))
    lost = [curve[0.0] - curve[0.8] for curve in curves.values()]
    return {"first": lost[0], "others": max(lost[1:])}


@cache
def filters(lab: ModuleType, seed: int) -> dict[str, float]:
    """Rank correlations over the filters of the first layer: L1 norm with mean output, and with the accuracy lost."""
    model = trained(lab, seed)
    layer = model.features[0]
    norms = lab.unit_norms(layer.weight.detach(), 1, 0)
    with torch.no_grad():
        outputs = layer(lab.few.tensors[0]).abs().mean((0, 2, 3))
    dense, lost = accuracy(model, lab.data.validation), []
    for number in range(len(norms)):
        silent = deepcopy(model)
        with torch.no_grad():
            silent.features[0].weight[number] = silent.features[0].bias[number] = 0
        lost.append(dense - accuracy(silent, lab.data.validation))
    found = {"output": outputs, "loss": lost}
    return {key: float(spearmanr(norms, each).statistic) for key, each in found.items()} | {"none": 0.0}


@claim("Filters of larger L1 norm have larger outputs on average.", ahead("output", "none"))
def norms_and_outputs(lab, seed):
    return filters(lab, seed)


@claim("Filters of larger L1 norm cost more accuracy when they alone are removed.", ahead("loss", "none"))
def norms_and_losses(lab, seed):
    return filters(lab, seed)


@claim("In the budget of VGG, one threshold for all layers reaches what the reference's choice by layer does.",
       equal("one threshold", "by layer", within=0.5))  # fmt: skip
def one_threshold_is_enough(lab, seed):
    one = {name: 1 - mask.float().mean().item() for name, mask in lab.global_masks(lab.vgg, 0.79).items()}
    found = {}
    for name, sparsities in {"one threshold": one, "by layer": lab.vgg_sparsities}.items():
        model = lab.cut_vgg(sparsities)
        fit(model, lab.data.train, steps=60, lr=0.01, seed=seed)
        found[name] = accuracy(model, lab.data.validation)
        found[f"bytes, {name}"] = 100 * lab.byte_share(model)
    return found
