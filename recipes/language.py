"""Lab 08: SmolLM2-135M pruned without training, by weights and by heads: `python recipes/language.py`.

A seed draws the calibration rows. Each layer is pruned with the inputs that reach it through the pruned layers before
it. Heads are pruned in the order of their importance, the mean magnitude of the loss's gradient for a gate after the
head (Michel et al. 2019), in the opposite order, and in a random order. The settings are those of the papers; to change
them, measure with "split": "validation". The test text chooses nothing.
"""

import os
import sys
import time
from collections.abc import Callable
from copy import deepcopy
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from prunelab import LabError
from prunelab.language import Language, gated, load_language, paragraphs, perplexity, topic_split
from prunelab.training import seeded
from runs import Advance, Run, run_all

SETTINGS = {
    "seeds": 3,
    "model": "SmolLM2-135M",
    "dataset": "pydoc_data.topics",  # which differ from one Python to the next
    "calibration": (16, 512),  # rows, tokens
    "split": "test",
    "evaluation": (16, 512),
    "evaluation_tokens": 16 * 512,
    "patterns": {**{f"{p} %": p / 100 for p in (20, 30, 40, 50, 60, 70)}, "2:4": (2, 4)},
    "methods": ["magnitude", "Wanda", "SparseGPT", "ADMM"],
    "width": 128,  # columns of a block of SparseGPT
    "damping": {"SparseGPT": 0.01, "ADMM": 0.1},  # share of the Hessian's mean diagonal
    "rounds": {"growing": 15, "fixed": 5},  # of ADMM: with a mask that loses weights, and with the final one
    "heads": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5),  # fractions that are pruned
    "prompt": "In Python, the difference between a list and a tuple is that",
    "tokens": 24,  # that each model generates
}
Pattern = float | tuple[int, int]  # a sparsity, or n of m
Keep = Callable[[Tensor], Tensor]  # from scores, (out, in) or some columns of it, to a mask


def by_group(n: int, m: int, scores: Tensor) -> Tensor:
    """The n largest of every m neighbours of a row."""
    groups = scores.reshape(-1, m)
    return torch.zeros_like(groups, dtype=torch.bool).scatter_(1, groups.topk(n).indices, True).view_as(scores)


def by_row(sparsity: float, scores: Tensor) -> Tensor:
    """All but the fraction `sparsity` of each row; numpy's partition is ten times as fast as torch's topk."""
    gone = round(sparsity * scores.shape[1])
    smallest = torch.from_numpy(np.argpartition(scores.numpy(), gone, axis=1)[:, :gone])
    return torch.ones_like(scores, dtype=torch.bool).scatter_(1, smallest, False)


def by_layer(sparsity: float, scores: Tensor) -> Tensor:
    """All but the fraction `sparsity` of all scores together."""
    return by_row(sparsity, scores.reshape(1, -1)).view_as(scores)


def keeps(pattern: Pattern) -> tuple[Keep, Keep]:
    """The rule for a layer as a whole (or a block of columns), and the one for its rows."""
    if isinstance(pattern, float):
        return partial(by_layer, pattern), partial(by_row, pattern)
    return (partial(by_group, *pattern),) * 2


def damped(inputs: Tensor, damping: float) -> Tensor:
    """The Hessian X^T X of a layer's squared error, (in, in), with a fraction of its mean diagonal added to it."""
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(damping * hessian.diagonal().mean())
    return hessian


def magnitude(weight: Tensor, inputs: Tensor, pattern: Pattern) -> Tensor:
    """The largest weights of the layer."""
    return weight * keeps(pattern)[0](weight.abs())


def wanda(weight: Tensor, inputs: Tensor, pattern: Pattern) -> Tensor:
    """The largest products of weight and norm of input (Sun et al. 2024)."""
    return weight * keeps(pattern)[1](weight.abs() * inputs.norm(dim=0))


def sparsegpt(weight: Tensor, inputs: Tensor, pattern: Pattern) -> Tensor:
    """Sweep over the columns; those to the right compensate for pruned weights (Frantar & Alistarh 2023)."""
    hessian = damped(inputs, SETTINGS["damping"]["SparseGPT"])
    factor = torch.linalg.cholesky(torch.cholesky_inverse(torch.linalg.cholesky(hessian)), upper=True)
    columns, width = weight.T.contiguous(), SETTINGS["width"]  # (in, out): a column is a row in memory
    for start in range(0, len(columns), width):
        part, own = columns[start : start + width], factor[start : start + width, start : start + width]
        pivots = own.diagonal()[:, None]
        gone = ~keeps(pattern)[0]((part / pivots).square().T).T
        errors = torch.zeros_like(part)
        for j, lost in enumerate(gone):
            errors[j] = part[j] / own[j, j] * lost
            part[j:].addr_(own[j, j:], errors[j], alpha=-1)
        part[gone] = 0
        columns[start + width :].addmm_(factor[start : start + width, start + width :].T, errors, alpha=-1)
    return columns.T


def admm(weight: Tensor, inputs: Tensor, pattern: Pattern) -> Tensor:
    """Alternate ridge regressions and cuts; the mask loses weights along a cubic (Boža 2024, arXiv 2401.02938).

    Weights compete within their row, as Wanda's do; Boža lets those of the whole layer compete.
    """
    norms = inputs.norm(dim=0).clamp_min(1e-8)
    hessian = damped(inputs / norms, SETTINGS["damping"]["ADMM"])
    target = weight * norms
    pull = target @ hessian  # (out, in)
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(hessian + torch.eye(len(hessian))))
    free, dual, growing = target.clone(), torch.zeros_like(target), SETTINGS["rounds"]["growing"]
    for step in range(growing + SETTINGS["rounds"]["fixed"]):
        if step < growing:
            mask = part_of(pattern, (step + 1) / growing, (free + dual).abs())
        cut = (free + dual) * mask
        dual += free - cut
        free = (pull + cut - dual) @ inverse
    return (free + dual) * mask / norms


def part_of(pattern: Pattern, share: float, scores: Tensor) -> Tensor:
    """The mask part of the way to a pattern: the sparsity of a row, or of each group of m, follows a cubic."""
    reached = 1 - (1 - share) ** 3
    if isinstance(pattern, float):
        return by_row(reached * pattern, scores)
    n, m = pattern
    return by_group(m - round(reached * (m - n)), m, scores)


METHODS = {"magnitude": magnitude, "Wanda": wanda, "SparseGPT": sparsegpt, "ADMM": admm}


@torch.no_grad()
def pruned(model: nn.Module, rows: Tensor, rule: Callable[[Tensor, Tensor], Tensor], advance: Advance) -> nn.Module:
    """A copy whose linear layers are replaced by `rule(weight, inputs)`, each right before it computes."""
    twin = deepcopy(model)

    def prune(layer: nn.Linear, inputs: tuple[Tensor]) -> None:
        layer.weight.copy_(rule(layer.weight.float(), inputs[0].flatten(0, 1).float()))
        advance()

    layers = [layer for layer in twin.model.modules() if isinstance(layer, nn.Linear)]
    hooks = [layer.register_forward_pre_hook(prune) for layer in layers]
    twin.model(rows, use_cache=False)
    for hook in hooks:
        hook.remove()
    return twin


def texts(language: Language, settings: dict, seed: int) -> tuple[Tensor, Tensor]:
    """Rows of tokens for calibration and for evaluation; calibration, validation and test share no paragraph."""
    names, held, found = topic_split(), set(), {}
    for part in ("test", "validation", "calibration"):
        new = {" ".join(text.split()): text for text in paragraphs(names[part])}
        found[part] = [text for words, text in new.items() if words not in held]
        held |= new.keys()
    calibration = language.rows(found["calibration"], *settings["calibration"], seed=seed)
    return calibration, language.rows(found[settings["split"]], *settings["evaluation"])


def slopes(model: nn.Module, rows: Tensor) -> Tensor:
    """The importance of each query head: the mean over the rows of |dL / d gate| where all gates are 1."""
    gates = torch.ones(model.config.num_hidden_layers, model.config.num_attention_heads, requires_grad=True)
    total = torch.zeros_like(gates)
    for row in rows:
        with gated(model, gates):
            logits = model(row[None], use_cache=False).logits[0, :-1].float()
        (slope,) = torch.autograd.grad(F.cross_entropy(logits, row[1:]), gates)
        total += slope.abs()
    return (total / len(rows)).detach()


def perplexity_curve(model: nn.Module, scores: Tensor, rows: Tensor) -> dict:
    """The perplexity with each fraction of the heads pruned, those with the smallest scores first."""
    found = []
    for share in SETTINGS["heads"]:
        with gated(model, by_layer(share, scores).float()):
            found.append(round(perplexity(model, rows), 3))
    return {"scores": [[float(f"{score:.3g}") for score in block] for block in scores], "perplexity": found}


def results(settings: dict, seed: int, advance: Advance) -> dict:
    """Perplexity and text of the dense model and of every method and pattern, and the seconds that pruning took."""
    language = load_language()
    model = language.model.requires_grad_(False)
    calibration, evaluation = texts(language, settings, seed)

    def measured(model: nn.Module) -> dict:
        text = " ".join(language.generate(model, settings["prompt"], settings["tokens"]).split())
        return {"perplexity": round(perplexity(model, evaluation), 3), "text": text}

    importance = slopes(model, calibration)
    orders = {
        "least important first": importance,
        "by lot": torch.rand(importance.shape, generator=seeded(seed)),
        "most important first": -importance,
    }
    heads = {order: perplexity_curve(model, scores, evaluation) for order, scores in orders.items()}
    sparse = {method: {} for method in settings["methods"]}
    for method in settings["methods"]:
        for name, pattern in settings["patterns"].items():
            start = time.process_time()  # of this process, on one core: another seed beside it does not count
            small = pruned(model, calibration, partial(METHODS[method], pattern=pattern), advance)
            seconds = time.process_time() - start
            sparse[method][name] = {"seconds": round(seconds, 1)} | measured(small)
    return {"dense": measured(model), "sparse": sparse, "heads": heads}


def main() -> None:
    os.environ["PRUNELAB_DEVICE"] = "cpu"  # the seconds in its record are those of one core
    layers = 7 * 30 * len(SETTINGS["methods"]) * len(SETTINGS["patterns"])
    try:
        run_all([Run("language", SETTINGS, results, SETTINGS["seeds"], steps=layers, text=SETTINGS["dataset"])])
    except LabError as error:
        sys.exit(f"language: {error}")


if __name__ == "__main__":
    main()
