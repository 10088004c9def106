"""Evidence of lab 08 for the grader: what the student's functions return for inputs that nobody knows beforehand."""

from operator import index

import torch
from torch import Tensor, nn
from transformers import LlamaForCausalLM

from prunelab.inputs import distinct, fraction, fractions, tied, whole
from prunelab.language import tiny_llama

VOCABULARY = 20  # tokens of the tiny models here
BIASES = ("attention_bias", "mlp_bias")


def some(count: int, least: int, draw: torch.Generator) -> Tensor:
    """From `least` to `count` - 1 of the numbers below `count`, in any order."""
    return torch.randperm(count, generator=draw)[: whole(draw, least, count - 1)]


def llama(draw: torch.Generator, **settings) -> LlamaForCausalLM:
    """A tiny Llama with random weights."""
    return tiny_llama(whole(draw, 0, 10**9), vocab_size=VOCABULARY, **settings)


def tokens(draw: torch.Generator, rows: int = 2) -> Tensor:
    """Random tokens (rows, length)."""
    return torch.randint(VOCABULARY, (rows, whole(draw, 6, 9)), generator=draw)


@torch.no_grad()
def logits(model: LlamaForCausalLM, rows: Tensor) -> Tensor:
    """What a model says to some rows of tokens."""
    return model(rows, use_cache=False).logits


def shapes(module: nn.Module) -> dict[str, list[int]]:
    """The shapes of all parameters, by name."""
    return {name: list(parameter.shape) for name, parameter in module.named_parameters()}


def fingerprint(module: nn.Module) -> list:
    """Shapes and sums of all that a module holds, modes and sizes, and which parameters learn and have gradients."""
    held = {name: [list(tensor.shape), float(tensor.sum())] for name, tensor in module.state_dict().items()}
    sizes = [
        [f"{name}.{key}", float(value)]
        for name, part in module.named_modules()
        for key, value in sorted(vars(part).items())
        if isinstance(value, int | float)
    ]
    config = {key: repr(value) for key, value in sorted(module.config.to_dict().items())}
    return [held, sizes, config, [(each.requires_grad, each.grad is not None) for each in module.parameters()]]


def learning(module: nn.Module) -> list[bool]:
    """Which parameters learn."""
    return [parameter.requires_grad for parameter in module.parameters()]


def hold_out(lab, draw):
    """The paragraphs that stay of many that are nearly the same, and both lists afterwards."""
    held = [_words(draw) for _ in range(whole(draw, 12, 16))]
    candidates = [[_words(draw)] * 2 for _ in range(whole(draw, 4, 7))]
    for words in held:
        spaced, other = ["  ".join(words), "\n   ".join(words)], [words[::-1], words[:2], [*words, words[0]]]
        candidates.append([f" {words[0]}\t{' '.join(words[1:])}\n", *spaced, *map(" ".join, other)])
        candidates.append([" ".join(words).capitalize(), "".join(words), " ".join(words), f"{' '.join(words)}."])
        candidates.append(["", "\n ", f"{' '.join(words)} {words[0]}", " ".join(words[1:])])
    far = " ".join(f"{words[0]}{number}" for words in held for number in range(40))  # what differs stands far inside
    candidates.append([f"{far}\n{words[0]}\t{far}" for words in held])
    held = [*held, [*far.split(), held[0][0], *far.split()]]
    mixed = [each if isinstance(each, str) else "  ".join(each) for group in candidates for each in group]
    mixed = [mixed[place] for place in torch.randperm(len(mixed), generator=draw).tolist()]
    lists = mixed, [f"{words[0]}  {' '.join(words[1:])}" for words in held]
    alone = [list(lab.hold_out(mixed, [])), list(lab.hold_out([], lists[1])), list(lab.hold_out(mixed, ["", "a"]))]
    return list(lab.hold_out(*lists)), *lists, *alone


def _words(draw: torch.Generator) -> list[str]:
    """Three to six different random words in small letters."""
    codes = torch.randint(97, 123, (whole(draw, 3, 6), whole(draw, 3, 5)), generator=draw).tolist()
    return ["".join(map(chr, code)) + chr(97 + place) for place, code in enumerate(codes)]


def head_importance(lab, draw):
    """The importances of the heads of two models, for one row and for several, and the models afterwards."""
    found = []
    for settings in ({}, {"num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 4, "head_dim": 6}):
        model = llama(draw, **settings)
        for rows in (1, whole(draw, 3, 5), 2):
            text = tokens(draw, rows)
            importance = lab.head_importance(model, torch.cat([text, text[:1]]) if rows > 1 else text)
            found += [30 * importance.detach(), fingerprint(model)]
            model.requires_grad_(False).train(rows > 1)
        found.append(importance.requires_grad)
    return found


def cut_heads(lab, draw):
    """Shapes, groups and outputs of attentions with fewer heads, and the whole ones afterwards."""
    found = []
    kinds = ((2, 3, 2), (3, 2, 1), (1, 4, 3), (4, 1, 1), (4, 2, 2))  # key-value heads, queries of each, as many stay
    for number, (pairs, group, kept) in enumerate(kinds):
        heads = {"num_attention_heads": pairs * group, "num_key_value_heads": pairs, "head_dim": 2 * whole(draw, 2, 4)}
        model = llama(draw, num_hidden_layers=1, hidden_size=24, attention_bias=number < 2, **heads)
        whole_attention = model.model.layers[0].self_attn
        queries, rows = _queries(pairs, group, kept, draw), tokens(draw)
        small = lab.cut_heads(whole_attention, queries)
        found += [
            shapes(small),
            learning(small),
            index(small.num_key_value_groups),
            fingerprint(whole_attention),
            queries,
        ]
        found += [int(whole_attention.num_key_value_groups), logits(model, rows)]
        model.model.layers[0].self_attn = small
        found.append(logits(model, rows))
    return found


def _queries(pairs: int, group: int, kept: int, draw: torch.Generator) -> Tensor:
    """Query heads in ascending order, `kept` of each key-value head that stays, the last one among them."""
    others = torch.randperm(pairs - 1, generator=draw)[: whole(draw, 0, pairs - 1)]
    heads = [group * pair + torch.randperm(group, generator=draw)[:kept] for pair in (pairs - 1, *others.tolist())]
    return torch.cat(heads).sort().values


def cut_neurons(lab, draw):
    """Shapes and outputs of feed-forward parts with fewer neurons, and the whole ones afterwards."""
    found = []
    for bias in (False, True, False):
        neurons = whole(draw, 8, 20)
        mlp = llama(draw, num_hidden_layers=1, intermediate_size=neurons, mlp_bias=bias).model.layers[0].mlp
        keep, hidden = some(neurons, 3, draw), torch.randn(3, mlp.down_proj.out_features, generator=draw)
        small = lab.cut_neurons(mlp, keep)
        found += [shapes(small), learning(small), small(hidden).detach()]
        found += [fingerprint(mlp), mlp(hidden).detach(), keep]
    return found


def cut_hidden(lab, draw):
    """Shapes, settings and outputs of models with fewer channels, and the whole ones afterwards."""
    found = []
    square = {"intermediate_size": 36, "head_dim": 6}  # linear layers whose sides are all alike
    for layers, settings in (
        (2, {}),
        (1, {"tie_word_embeddings": True}),
        (1, dict.fromkeys(BIASES, True)),
        (1, square),
    ):
        size = {"intermediate_size": whole(draw, 9, 15), "rms_norm_eps": fraction(draw), "num_hidden_layers": layers}
        model, rows = llama(draw, **size | settings), tokens(draw)
        keep = some(model.config.hidden_size, 9, draw).sort().values
        found += [*_thinner(lab.cut_hidden(model, keep), rows), keep]
        found += [fingerprint(model), logits(model, rows), model.config.hidden_size, model.config.rms_norm_eps]
    return found


def _thinner(small: LlamaForCausalLM, rows: Tensor) -> list:
    """Shapes, config and tie of a model, its outputs and those of one that is built from its config."""
    rebuilt = LlamaForCausalLM(small.config).eval()
    rebuilt.load_state_dict(small.state_dict())
    config = [int(small.config.hidden_size), float(small.config.rms_norm_eps)]
    one = small.lm_head.weight is small.model.embed_tokens.weight
    return [shapes(small), learning(small), config, one, logits(small, rows), logits(rebuilt, rows)]


def wanda_mask(lab, draw):
    """Masks for several sparsities, with spikes in the inputs and means that are not zero, and what was given."""
    found = []
    for _ in range(2):
        outputs, width, samples = whole(draw, 6, 9), whole(draw, 11, 15), whole(draw, 7, 20)
        weight = torch.randn(outputs, width, generator=draw, dtype=torch.float64)
        loud = torch.randn(samples, width, generator=draw, dtype=torch.float64) ** 3
        inputs = (loud + torch.randn(width, generator=draw)) * (0.3 + torch.rand(width, generator=draw))
        turned = torch.randn(width, outputs, generator=draw, dtype=torch.float64).T  # not contiguous
        for part in (0.0, 0.5, 1.0, (whole(draw, 2, 8) + 0.3) / width, (whole(draw, 2, 8) + 0.7) / width):
            found += [lab.wanda_mask(values, inputs, part) for values in (weight, turned)]
        equal = lab.wanda_mask(torch.ones(outputs, width), torch.ones(3, width), fraction(draw))
        ties = lab.wanda_mask(tied((outputs, width), draw), torch.ones(3, width), fraction(draw))
        found += [weight, inputs, equal.sum(1), ties.sum(1)]
    for count in (5, 45, whole(draw, 6, 10)):
        scale = 10.0 ** torch.arange(4)[:, None]  # each row is louder than the one before
        for part in fractions(count):
            found.append(lab.wanda_mask(distinct((4, count), draw) * scale, torch.ones(whole(draw, 1, 3), count), part))
    return found


def best_n_of_m(lab, draw):
    """Masks of random scores of both signs, and how many stay of scores that are equal."""
    found = []
    for m in (2, 3, 4, 6, 8):
        rows, groups = whole(draw, 3, 7), whole(draw, 2, 5)
        scores = torch.randn(groups * m, rows, generator=draw, dtype=torch.float64).T  # not contiguous
        for n in (1, whole(draw, 1, m - 1), m):
            equal = lab.best_n_of_m(torch.ones(rows, groups * m), n, m)
            ties = lab.best_n_of_m(tied((rows, groups * m), draw), n, m)
            found += [lab.best_n_of_m(scores, n, m), equal.reshape(rows, groups, m).sum(-1)]
            found += [lab.best_n_of_m(-scores.abs(), n, m), ties.reshape(rows, groups, m).sum(-1)]
        found.append(scores)
    return found


def sparsegpt(lab, draw):
    """New weights with their zeros, the scores that `choose` saw, and what was given, for several widths."""
    found = []
    for columns, width in ((7, 3), (whole(draw, 8, 10), 4), (6, 6), (5, 1), (whole(draw, 4, 6), 9)):
        weight, inputs = torch.randn(whole(draw, 3, 6), columns, generator=draw), _correlated(columns, draw)
        weight[0, 0], weight[1, 0] = 1e-6, 0  # the first column has nothing to its left that could move it
        weight[1:, 2] = 0
        lottery = Lottery(draw)
        new = lab.sparsegpt(weight, inputs, lottery, width)
        found += [new, new == 0, str(new.dtype), lottery.seen, weight, inputs]
    return found


def _correlated(columns: int, draw: torch.Generator) -> Tensor:
    """Inputs (samples, columns) that depend on each other."""
    mixing = torch.eye(columns) + 0.4 / columns**0.5 * torch.randn(columns, columns, generator=draw)
    return 0.5 * torch.randn(whole(draw, 25, 35), columns, generator=draw) @ mixing


class Lottery:
    """A `choose` that writes down the scores and draws what goes by lot, so that no rounding can change the mask."""

    def __init__(self, draw: torch.Generator) -> None:
        self.draw, self.seen = draw, []

    def __call__(self, scores: Tensor) -> Tensor:
        """A random mask, about half of it True."""
        self.seen.append(scores.detach().clone())
        return torch.rand(scores.shape, generator=self.draw) < 0.5
