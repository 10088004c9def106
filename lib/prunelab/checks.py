"""Instant checks: what a student reads when an answer is not right yet.

A failed check says what was called, what was expected, what came and which idea to reread; it never shows a solution.

    with check("sparsity", points=2) as c:
        c.returns(sparsity, torch.tensor([0.0, 1.0]), want=0.5, idea="Sparsity is the share of zeros.")
"""

import math
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import is_dataclass
from inspect import signature
from numbers import Real
from time import perf_counter
from types import FunctionType
from typing import Any

import torch
from torch import Tensor

from prunelab.contract import VARIED, Contract, again_with, is_data
from prunelab.timelimit import TookTooLong, within

SECONDS, SHORT = 60, 0.05  # that a call may take; below which it is made twice
SHOWN = 32  # elements of a tensor that a message prints
KINDS = {int: "whole number", float: "float", bool: "truth value", str: "text"}
TASK = "The task says what goes in and what comes out; compare shapes, dtypes and names."


class CheckFailed(AssertionError):
    """An answer that is not right yet; Jupyter shows the message alone, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@contextmanager
def check(name: str, points: int) -> Generator["Check"]:
    """Run the checks of one exercise; print `Passed: ...` at the end or raise CheckFailed at the first that fails."""
    c = Check(name)
    try:
        yield c
    except CheckFailed as failure:
        raise failure.with_traceback(None) from None
    except Exception as error:
        raise c.failure(expected="your code to run", got=_where(error), idea=_remedy(error) or TASK) from None
    print(f"Passed: {name} ({points} point{'s' * (points != 1)})")


class Check:
    """The checks that the cell of one exercise makes."""

    def __init__(self, name: str) -> None:
        self.name = name

    def failure(self, expected: str, got: str, idea: str, called: str = "") -> CheckFailed:
        """The exception for one failed check, ready to raise."""
        rows = {"Called": called, "Expected": expected, "Got": got, "Reread": idea}
        lines = [f"  {label:<9} {text}".replace("\n", "\n" + " " * 12) for label, text in rows.items() if text]
        return CheckFailed("\n".join([f"{self.name}: not yet.", *lines]))

    def call(self, function: Callable, *args: Any, idea: str = "", may: str = "", seconds: float | None = None) -> Any:
        """Return `function(*args)`; fail if it raises, returns None, takes too long or breaks the contract of a call.

        `may` names what the task allows all the same, in the words of `prunelab.contract.EXCEPTIONS`.
        """
        called, allowed = _call_text(function, args), frozenset(may.split())
        seconds = seconds or SECONDS
        contract, again = Contract(args, _parameters(function, args), allowed), again_with(args, allowed)
        start = perf_counter()
        got = self._run(function, args, idea, called, seconds)
        took = perf_counter() - start
        if got is None and "nothing" not in allowed:
            raise self.failure("a result", "None", "Does your function end with `return`?", called)
        if breach := contract.breach(got):
            raise self.failure(*breach, called)
        if again is not None and took < SHORT and is_data(got):
            difference = _difference(self._run(function, again, idea, called, seconds), got, 1e-6)
            if difference:
                raise self.failure("the same result from a second call", difference[1], VARIED, called)
        return got

    def _run(self, function: Callable, args: tuple, idea: str, called: str, seconds: float) -> Any:
        try:
            return within(seconds, function, *args)
        except TookTooLong:
            expected, got = f"a result within {seconds:g} seconds", "none yet, so it was stopped"
            raise self.failure(expected, got, "Does every loop come to an end?", called) from None
        except Exception as error:
            raise self.failure("a result", _where(error), _remedy(error) or idea, called) from None

    def returns(self, function: Callable, *args: Any, want: Any, idea: str, atol: float = 1e-6) -> Any:
        """Check what `call(function, *args)` returns, and return it."""
        got = self.call(function, *args, idea=idea)
        self.equal(got, want, called=_call_text(function, args), idea=idea, atol=atol)
        return got

    def equal(self, got: Any, want: Any, *, idea: str, called: str = "", atol: float = 1e-6) -> None:
        """Check that `got` equals `want`: kind, shape and every value, floats to `atol` + 1e-5 of the value."""
        if difference := _difference(got, want, atol):
            raise self.failure(*difference, idea, called)

    def true(self, condition: Any, *, expected: str, got: Any, idea: str, called: str = "") -> None:
        """Check a property that has no single right value."""
        if not bool(condition):
            raise self.failure(expected, got if isinstance(got, str) else describe(got), idea, called)


def _parameters(function: Callable, args: tuple) -> tuple[str, ...]:
    """The names that a function has for its arguments, for messages."""
    numbered = tuple(f"argument {number}" for number in range(1, len(args) + 1))
    try:
        names = tuple(signature(function).parameters)
    except (TypeError, ValueError):
        return numbered
    return (*names, *numbered[len(names) :])[: len(args)]


def _call_text(function: Callable, args: tuple) -> str:
    return f"{getattr(function, '__name__', function)}({', '.join(map(describe, args))})"


def describe(value: Any) -> str:
    """A short text for a value: small tensors in full, large ones by shape and dtype."""
    if isinstance(value, Tensor):
        return _describe_tensor(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, torch.Generator):
        return "generator"
    if isinstance(value, torch.nn.Module) or (is_dataclass(value) and not isinstance(value, type)):
        return f"<{type(value).__name__}>"
    if isinstance(value, FunctionType):
        return value.__name__
    if isinstance(value, list | tuple) and any(isinstance(item, Tensor) for item in value):
        return f"[{', '.join(map(describe, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {describe(item)}" for key, item in value.items()) + "}"
    return repr(value) if len(repr(value)) <= 200 else f"{repr(value)[:200]}..."


def _describe_tensor(tensor: Tensor) -> str:
    special = [] if tensor.is_contiguous() else ["not contiguous"]
    special += ["requires grad"] * tensor.requires_grad
    if 0 < tensor.numel() <= SHOWN:
        return " ".join(repr(tensor.detach()).split()) + f" ({', '.join(special)})" * bool(special)
    kind = [f"tensor of shape {tuple(tensor.shape)}", str(tensor.dtype).removeprefix("torch."), *special]
    return f"<{', '.join(kind)}>"


def _difference(got: Any, want: Any, atol: float) -> tuple[str, str] | None:
    """What was expected and what came, or None where they are equal."""
    if isinstance(want, Tensor):
        return _tensor_difference(got, want, atol)
    if isinstance(want, dict):
        if not isinstance(got, dict):
            return _told_apart(want, got)
        if got.keys() != want.keys():
            return f"the keys {describe(list(want))}", f"the keys {describe(list(got))}"
        return next(filter(None, (_named(key, _difference(got[key], want[key], atol)) for key in want)), None)
    if isinstance(want, list | tuple):
        if not isinstance(got, list | tuple) or len(got) != len(want):
            return f"{len(want)} values: {describe(want)}", describe(got)
        pairs = enumerate(zip(got, want, strict=True))
        return next(filter(None, (_named(f"item {i}", _difference(g, w, atol)) for i, (g, w) in pairs)), None)
    return None if _same_scalar(got, want, atol) else _told_apart(want, got)


def _told_apart(want: Any, got: Any) -> tuple[str, str]:
    """Texts for two values that differ, with their types where these differ."""
    if type(want) in KINDS and type(got) in KINDS and type(want) is not type(got):
        return f"the {KINDS[type(want)]} {want!r}", f"the {KINDS[type(got)]} {got!r}"
    return describe(want), describe(got)


def _named(key: Any, difference: tuple[str, str] | None) -> tuple[str, str] | None:
    return difference and (f"{key}: {difference[0]}", f"{key}: {difference[1]}")


def _same_scalar(got: Any, want: Any, atol: float) -> bool:
    got, want = _plain_number(got), _plain_number(want)
    if isinstance(want, bool | str | None):
        return type(got) is type(want) and got == want
    if type(got) not in (int, float):  # an object of another kind could claim to equal anything
        return False
    if not isinstance(want, Real) or math.isinf(want) or type(got) is type(want) is int:  # no tolerance for these
        return got == want
    return bool(abs(got - want) <= atol + 1e-5 * abs(float(want)))


def _plain_number(value: Any) -> Any:
    """A number of torch or numpy as one of Python's; other values as they are."""
    of_library = type(value).__module__ in ("torch", "numpy") and getattr(value, "ndim", 1) == 0
    return value.item() if of_library else value


def _tensor_difference(got: Any, want: Tensor, atol: float) -> tuple[str, str] | None:
    if type(got) not in (Tensor, torch.nn.Parameter):
        return describe(want), f"{type(got).__name__}: {describe(got)}"
    if got.shape != want.shape:
        return f"shape {tuple(want.shape)}", f"shape {tuple(got.shape)}"
    if (got.dtype == torch.bool) != (want.dtype == torch.bool):
        return f"dtype {want.dtype}", f"dtype {got.dtype}"
    if got.dtype.is_floating_point != want.dtype.is_floating_point:
        return f"dtype {want.dtype}", f"dtype {got.dtype}"
    got, want_values = got.detach().double(), want.detach().double()
    wrong = ~torch.isclose(got, want_values, rtol=1e-5, atol=atol, equal_nan=True)
    if not wrong.any():
        return None
    if want.numel() <= SHOWN:
        return describe(want), describe(got.to(want.dtype))
    first = tuple(wrong.nonzero()[0].tolist())
    count = f"{int(wrong.sum())} of {want.numel()} values differ; the first at {first}"
    return f"{want_values[first]:g} at {first}", f"{got[first]:g} ({count})"


def _where(error: Exception) -> str:
    """The error, with the last line of the notebook that led to it."""
    if isinstance(error, NotImplementedError):
        return "nothing written yet"
    frames = [
        f
        for f in traceback.extract_tb(error.__traceback__)
        if not f.filename.endswith(".py") or "ipykernel" in f.filename
    ]
    place = f", at `{frames[-1].line}`" if frames and frames[-1].line else ""
    return f"{type(error).__name__}: {error}{place}"


def _remedy(error: Exception) -> str:
    if isinstance(error, NotImplementedError):
        return "Replace `raise NotImplementedError()` in the exercise's cell by your code, and run that cell first."
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        return (
            f"Does the exercise's cell set `{error.name}`? Run it, and the setup cell at the top; check the spelling."
        )
    return ""
