"""What a student's functions returned, as bytes that carry values and no code.

A probe is a function of a lab's `probes.py`: it draws inputs from a seed that is unknown before grading, calls the
student's function and returns tensors, numbers, strings, None, and lists and dicts of them. It runs beside the
student's code, which can therefore change all but one thing: it does not know the right values unless it computes them.
"""

import base64
import contextlib
import io
import json
import random
import types
from typing import Any

import numpy as np
import safetensors.torch
import torch
from torch import Tensor

SIZE = 32 << 20  # bytes; more is no evidence


def encode(value: Any) -> str:
    """Return the text of a value; raise TypeError for an object of another kind."""
    tensors = {}
    tree = json.dumps(_tree(value, tensors)).encode()
    return f"{base64.b64encode(tree).decode()}.{base64.b64encode(safetensors.torch.save(tensors)).decode()}"


def decode(text: str) -> Any:
    """Return the value of a text that `encode` made; raise ValueError for any other."""
    try:
        tree, tensors = (base64.b64decode(part, validate=True) for part in text.split("."))
        return _value(json.loads(tree), safetensors.torch.load(tensors))
    except (KeyError, RecursionError, TypeError, ValueError, safetensors.SafetensorError) as error:
        raise ValueError(f"this is no evidence: {error}") from error


def _tree(value: Any, tensors: dict[str, Tensor]) -> Any:
    if isinstance(value, Tensor):
        tensors[name := str(len(tensors))] = value.detach().to_dense().clone().contiguous()
        return {"tensor": name}
    if isinstance(value, dict):
        return {"dict": [[_tree(key, tensors), _tree(item, tensors)] for key, item in value.items()]}
    if isinstance(value, list | tuple):
        return [_tree(item, tensors) for item in value]
    value = value.item() if isinstance(value, np.generic) else value
    if type(value) in (bool, int, float, str, types.NoneType):
        return value
    raise TypeError(f"{type(value).__name__} is no evidence")


def _value(tree: Any, tensors: dict[str, Tensor]) -> Any:
    if isinstance(tree, list):
        return [_value(item, tensors) for item in tree]
    if isinstance(tree, dict) and tree.keys() == {"dict"}:
        return {_value(key, tensors): _value(item, tensors) for key, item in tree["dict"]}
    return tensors[tree["tensor"]] if isinstance(tree, dict) else tree


def collect(source: str, exercise: str, seed: int, names: dict) -> str:
    """Return the evidence for an exercise that the probe in `source` gathers from a notebook's `names`.

    Generators of random numbers and torch's settings are afterwards as if nothing had happened.
    """
    probes: dict[str, Any] = {"__name__": "probes"}
    exec(compile(source, "<probes>", "exec"), probes)
    kept = random.getstate(), np.random.get_state(), torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)  # the student may prefer another, and the probe draws in this one
    try:
        with torch.enable_grad(), torch.random.fork_rng(), contextlib.redirect_stdout(io.StringIO()):
            draw = torch.Generator().manual_seed(seed)
            return encode(probes[exercise](types.SimpleNamespace(**names), draw))
    finally:
        random.setstate(kept[0])
        np.random.set_state(kept[1])
        torch.set_default_dtype(kept[2])
