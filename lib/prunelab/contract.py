"""What every good function keeps to, whatever it computes: its arguments, the random state and its own memory.

`Contract` takes a picture of the arguments and of the global random state before a call, and says afterwards in one
sentence what the call broke: what is different, why that matters, and how to avoid it.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import TensorDataset

LARGE, SAMPLE = 1 << 20, 1000  # elements; of larger tensors a sample and torch's count of changes stand for the values
EXCEPTIONS = ("change", "evaluate", "share", "differentiate", "draw", "vary", "nothing")  # see Contract
PLAIN = (bool, int, float, complex, str, bytes, type(None), torch.dtype, torch.Size)


class Breach(NamedTuple):
    """What a call broke: what was expected, what came, and how to avoid it."""

    expected: str
    got: str
    idea: str


CHANGED = "Work on a copy: `clone()` for a tensor, `copy.deepcopy` for a model, `list(...)` for a list."
STORED = "`torch.autograd.grad` returns gradients and stores none; `backward` stores them in what requires them."
SHARED = "`clone()` it: a change of the result would change the argument, too."
GRAPH = "Wrap the computation in `torch.no_grad()`, or `detach()` the result."
DRAWN = "Draw from the generator that you were given, and seed nothing globally."
VARIED = "Keep nothing between two calls: no global variable, no attribute, no default that is a list."


@dataclass(frozen=True)
class Seen:
    """One thing inside an argument, such as "weight.grad" or "model.training", and what it was."""

    path: str
    value: Any


def parts(value: Any, path: str) -> Iterator[Seen]:
    """Everything inside of a value that a call could change, depth first."""
    if isinstance(value, Tensor):
        yield from _tensor_parts(value, path)
    elif isinstance(value, nn.Module):
        yield from _module_parts(value, path)
    elif isinstance(value, dict):
        yield Seen(f"the keys of {path}", tuple(map(repr, value)))
        for key, item in value.items():
            yield from parts(item, f"{path}[{key!r}]")
    elif isinstance(value, list | tuple):
        yield Seen(f"the length of {path}", len(value))
        for number, item in enumerate(value):
            yield from parts(item, f"{path}[{number}]")
    elif isinstance(value, np.ndarray):
        yield Seen(path, value.copy())
    elif isinstance(value, TensorDataset):
        yield from parts(value.tensors, f"{path}.tensors")
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from parts(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, PLAIN):
        yield Seen(path, value)


def _tensor_parts(tensor: Tensor, path: str) -> Iterator[Seen]:
    yield Seen(f"the dtype and shape of {path}", (tensor.dtype, tensor.shape))
    yield Seen(f"requires_grad of {path}", tensor.requires_grad)
    yield Seen(f"the values of {path}", _values(tensor))
    if tensor.is_leaf and tensor.grad is not None:
        yield Seen(f"{path}.grad", _values(tensor.grad))
    elif tensor.is_leaf:
        yield Seen(f"{path}.grad", None)


def _module_parts(model: nn.Module, path: str) -> Iterator[Seen]:
    for name, module in model.named_modules():
        place = f"{path}.{name}" if name else path
        yield Seen(f"the kind of {place}", type(module))
        yield Seen(f"the mode of {place}", "train" if module.training else "eval")
        hooks = (*module._forward_hooks, *module._forward_pre_hooks, *module._backward_hooks)
        yield Seen(f"the hooks of {place}", hooks)
        tensors = {**module._parameters, **module._buffers}
        yield Seen(f"the parameters and buffers of {place}", {key: id(tensor) for key, tensor in tensors.items()})
        for key, tensor in tensors.items():
            if tensor is not None:
                yield from _tensor_parts(tensor, f"{place}.{key}")


def _values(tensor: Tensor) -> Tensor | tuple[int, Tensor]:
    """A copy, or what stands for one where a copy would take too long."""
    tensor = tensor.detach()
    if tensor.numel() <= LARGE:
        return tensor.clone()
    sample = torch.linspace(0, tensor.numel() - 1, SAMPLE, dtype=torch.float64).long()
    return tensor._version, tensor.take(sample)


def equal(before: Any, after: Any) -> bool:
    """Whether two values of `parts` are the same, NaN equal to itself."""
    if isinstance(before, Tensor):
        same = isinstance(after, Tensor) and before.shape == after.shape and before.dtype == after.dtype
        return same and torch.allclose(before, after, rtol=0, atol=0, equal_nan=before.is_floating_point())
    if isinstance(before, np.ndarray):
        return isinstance(after, np.ndarray) and np.array_equal(before, after)
    if isinstance(before, tuple) and any(isinstance(item, Tensor) for item in before):
        return isinstance(after, tuple) and all(map(equal, before, after))
    return type(before) is type(after) and (before == after or before != before)


def storages(value: Any) -> set[int]:
    """The memory behind all tensors inside of a value."""
    return {tensor.untyped_storage().data_ptr() for tensor in tensors_in(value) if tensor.numel()}


def tensors_in(value: Any) -> Iterator[Tensor]:
    """All tensors inside of a value, those of modules among them."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, nn.Module):
        yield from value.parameters()
        yield from value.buffers()
    elif isinstance(value, dict):
        for item in value.values():
            yield from tensors_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from tensors_in(item)


def random_states() -> tuple:
    """The global random states of torch, numpy and Python."""
    _, keys, position, *_ = np.random.get_state(legacy=True)
    return torch.get_rng_state(), torch.initial_seed(), keys, position, random.getstate()


class Contract:
    """A picture of what a call may not touch; `allowed` are exceptions that the task makes.

    - "change": its arguments may change; "evaluate": models may be left in eval mode,
    - "share": the result may share memory with them; "differentiate": it may carry a graph,
    - "draw": torch's global random state may advance, as it does where a layer is built or a loader read; no new seed,
    - "vary": a second call may give another result, "nothing": the result may be None.
    """

    def __init__(self, args: tuple, names: tuple[str, ...], allowed: frozenset[str]) -> None:
        self.args, self.names, self.allowed = args, names, allowed
        self.before = () if "change" in allowed else tuple(self._parts())
        self.states = random_states()

    def breach(self, got: Any) -> Breach | None:
        """The first thing that the call which returned `got` broke, None if it kept to everything."""
        return self._changed() or self._drew() or self._graph(got) or self._shared(got)

    def _parts(self) -> Iterator[Seen]:
        for name, arg in zip(self.names, self.args, strict=True):
            yield from parts(arg, name)

    def _changed(self) -> Breach | None:
        after = {seen.path: seen.value for seen in self._parts()} if self.before else {}
        for seen in self.before:
            if "evaluate" in self.allowed and seen.path.startswith("the mode of "):
                continue
            if seen.path not in after or not equal(seen.value, after[seen.path]):
                idea = STORED if seen.path.endswith(".grad") or "requires_grad" in seen.path else CHANGED
                return Breach("its arguments left as they were", f"{seen.path} changed", idea)
        return None

    def _drew(self) -> Breach | None:
        wheres = ("torch's state", "torch's seed", "numpy's state", "numpy's state", "Python's state")
        skipped = int("draw" in self.allowed)
        for where, before, after in list(zip(wheres, self.states, random_states(), strict=True))[skipped:]:
            same = equal(before, after) if isinstance(before, Tensor | np.ndarray) else before == after
            if not same:
                return Breach("global random numbers left as they were", f"{where} changed", DRAWN)
        return None

    def _graph(self, got: Any) -> Breach | None:
        graph = any(tensor.grad_fn is not None for tensor in tensors_in(got))
        if graph and "differentiate" not in self.allowed:
            return Breach("a result without a graph", "one that still knows how to differentiate", GRAPH)
        return None

    def _shared(self, got: Any) -> Breach | None:
        shared = storages(got) & storages(list(self.args))
        if shared and "share" not in self.allowed and "change" not in self.allowed:
            return Breach("a result with memory of its own", "one that shares memory with an argument", SHARED)
        return None


def again_with(args: tuple, allowed: frozenset[str]) -> tuple | None:
    """The arguments for a second call, generators as they are now; None if a second call would prove nothing.

    It would where the first may change its arguments, or where one of them is more than data and may remember the call.
    """
    if {"change", "vary"} & allowed or not all(map(is_data, args)):
        return None
    return tuple(arg.clone_state() if isinstance(arg, torch.Generator) else arg for arg in args)


def is_data(value: Any) -> bool:
    """Whether a value is tensors, numbers and the like, which can be compared with those of another call."""
    if isinstance(value, dict):
        return all(map(is_data, value.values()))
    if isinstance(value, list | tuple):
        return all(map(is_data, value))
    return isinstance(value, (Tensor, np.ndarray, torch.Generator, *PLAIN))
