"""Mutants: the reference answer to each exercise, changed in one place, and how many of them its checks refuse.

`make mutants` prints a table and writes tests/mutants.json, how many each exercise's visible check refuses, and how
many check and probe refuse together. The operators are mutmut's, and those below for code on tensors.
"""

import json
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import libcst as cst
import libcst.matchers as m
from mutmut.mutation import mutators as library
from rich.console import Console
from rich.table import Table

import bank
from prunelab import checks
from test_answers import agrees

RECORD = Path(__file__).with_suffix(".json")
SECONDS = 5  # that a mutant's call may take
LIBRARY = (
    (cst.BaseNumber, library.operator_number),
    (cst.Name, library.operator_name),
    (cst.AugAssign, library.operator_augmented_assignment),
    (cst.UnaryOperation, library.operator_remove_unary_ops),
    (cst.CSTNode, library.operator_keywords),
    (cst.CSTNode, library.operator_swap_op),
    (cst.IfExp, library.operator_if_exp),
)
OTHER_NAMES = {
    "round": ("int", "math.ceil"),
    "ceil": ("floor",),
    "floor": ("ceil",),
    "argsort": ("sort",),
    "sum": ("mean",),
    "mean": ("sum",),
    "max": ("min",),
    "min": ("max",),
    "argmin": ("argmax",),
    "argmax": ("argmin",),
    "float32": ("float16",),
    "float64": ("float32",),
    "int64": ("int32",),
    "L1": ("L2",),
}
MODULES = (
    m.Name("torch") | m.Name("nn") | m.Name("F") | m.Name("math") | m.Name("np") | m.Name("prune") | m.Name("self")
)
MEMORY = """

def _first_result(function):
    found = []
    def remembers(*args, **kwargs):
        found[:] = found or [function(*args, **kwargs)]
        return found[0]
    remembers.__name__ = function.__name__
    return remembers

{name} = _first_result({name})
"""


class Mutant(NamedTuple):
    """An answer with one change: what was changed, and the code."""

    change: str
    code: str


def dropped_call(call: cst.Call) -> Iterator[cst.BaseExpression]:
    """`x.abs()` and `abs(x)` without the call: x."""
    if isinstance(call.func, cst.Attribute) and not call.args and not m.matches(call.func.value, MODULES):
        yield call.func.value
    if len(call.args) == 1 and not isinstance(call.args[0].value, cst.GeneratorExp):
        yield call.args[0].value


def dropped_method(call: cst.Call) -> Iterator[cst.BaseExpression]:
    """`x.clamp(min=0)` without the call: x; a module such as torch is no value."""
    if isinstance(call.func, cst.Attribute) and call.args and not m.matches(call.func.value, MODULES):
        yield call.func.value


def swapped_arguments(call: cst.Call) -> Iterator[cst.Call]:
    """The first two positional arguments, exchanged."""
    if len(call.args) > 1 and not any(arg.keyword or arg.star for arg in call.args[:2]):
        first, second, *rest = call.args
        yield call.with_changes(
            args=[first.with_changes(value=second.value), second.with_changes(value=first.value), *rest]
        )


def dropped_keyword(call: cst.Call) -> Iterator[cst.Call]:
    """A call without one of its named arguments."""
    for number, arg in enumerate(call.args):
        if arg.keyword:
            yield call.with_changes(args=[*call.args[:number], *call.args[number + 1 :]])


def other_name(name: cst.Name) -> Iterator[cst.BaseExpression]:
    """A function or a dtype that is easily taken for another."""
    for other in OTHER_NAMES.get(name.value, ()):
        yield cst.parse_expression(other)


def short_loop(loop: cst.For) -> Iterator[cst.For]:
    """A loop that ends after its first round."""
    if isinstance(loop.body, cst.IndentedBlock):
        yield loop.with_changes(body=loop.body.with_changes(body=[*loop.body.body, cst.parse_statement("break\n")]))


def dropped_statement(block: cst.IndentedBlock) -> Iterator[cst.IndentedBlock]:
    """A block without one of its expressions, such as `weight.clamp_(0)`."""
    for number, line in enumerate(block.body):
        if m.matches(line, m.SimpleStatementLine(body=[m.Expr(value=~m.SimpleString())])) and len(block.body) > 1:
            yield block.with_changes(body=[*block.body[:number], *block.body[number + 1 :]])


OPERATORS = (
    *LIBRARY,
    (cst.Call, dropped_call),
    (cst.Call, dropped_method),
    (cst.Call, swapped_arguments),
    (cst.Call, dropped_keyword),
    (cst.Name, other_name),
    (cst.For, short_loop),
    (cst.IndentedBlock, dropped_statement),
)


class _Bodies(cst.CSTVisitor):
    """The nodes inside of function bodies, where a change is not one of names or annotations."""

    def __init__(self) -> None:
        self.found: list[cst.CSTNode] = []
        self.depth = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Annotation | cst.Param):
            return False
        self.depth += isinstance(node, cst.FunctionDef)
        if self.depth:
            self.found.append(node)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        self.depth -= isinstance(original_node, cst.FunctionDef)


def mutants(code: str) -> Iterator[Mutant]:
    """Every change of one place by one operator; the same code comes once, and what is no Python is left out."""
    module, seen = cst.parse_module(code), {code}
    module.visit(bodies := _Bodies())
    for node in bodies.found:
        for kind, operator in OPERATORS:
            for changed in operator(node) if isinstance(node, kind) else ():
                try:
                    mutated = module.deep_replace(node, changed).code
                    compile(mutated, "<mutant>", "exec")
                except (cst.CSTValidationError, SyntaxError, TypeError):
                    continue
                if mutated not in seen:
                    seen.add(mutated)
                    yield Mutant(f"{_text(module, node)} -> {_text(module, changed)}", mutated)
    for function in module.body:
        if isinstance(function, cst.FunctionDef):
            name = function.name.value
            yield Mutant(f"{name} returns its first result again", code + MEMORY.format(name=name))


def _text(module: cst.Module, node: cst.CSTNode) -> str:
    return " ".join(module.code_for_node(node).split())[:60]


class Verdict(NamedTuple):
    """What the exercise's checks say of one mutant."""

    change: str
    check: bool  # whether the visible check refuses it
    both: bool  # whether the check with its hidden tests or the probe does


def verdicts(lab: str, exercise: str) -> list[Verdict]:
    """The verdicts on all mutants of one exercise's reference."""
    warnings.simplefilter("ignore")
    checks.SECONDS = SECONDS
    code = next(code for _, name, code in bank.cells(lab, "exercise") if name == exercise)
    return [Verdict(mutant.change, *_verdict(lab, exercise, mutant.code)) for mutant in mutants(code)]


def _verdict(lab: str, exercise: str, answer: str) -> tuple[bool, bool]:
    check = bank.check_of(lab, exercise)
    if _refused(partial(_run, bank.visible_check_of(lab, exercise)), lab, exercise, answer):
        return True, True
    return False, _refused(partial(_run, check), lab, exercise, answer) or _refused(agrees, lab, exercise, answer)


def _run(check: str, lab: str, exercise: str, names: dict) -> bool:
    bank.run(check, f"{exercise} check", names)
    return True


def _refused(judge: Callable[[str, str, dict], bool], lab: str, exercise: str, answer: str) -> bool:
    """Whether a judge, or the answer by itself, fails on the answer."""
    try:
        with redirect_stdout(StringIO()):
            return not judge(lab, exercise, bank.answered(lab, exercise, answer))
    except (Exception, SystemExit):
        return True


def exercises(wanted: list[str]) -> list[tuple[str, str]]:
    """Labs and exercises whose checks take seconds, those of the labs that are named or all."""
    return [(lab, name) for lab in bank.SOURCES if not wanted or lab[:2] in wanted
            for _, name, _ in bank.cells(lab, "exercise") if name not in bank.TRAINS.get(lab, ())]  # fmt: skip


def main() -> None:
    table = Table("exercise", "mutants", "check", "check and probe", "not refused by the check")
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    chosen = exercises(sys.argv[1:])
    with ProcessPoolExecutor() as pool:
        for (lab, name), found in zip(chosen, pool.map(verdicts, *zip(*chosen, strict=True)), strict=True):
            check, both = sum(each.check for each in found), sum(each.both for each in found)
            record[f"{lab}/{name}"] = {"mutants": len(found), "check": check, "both": both}
            left = "\n".join(f"{'' if each.both else '! '}{each.change}" for each in found if not each.check)
            table.add_row(f"{lab[:2]} {name}", str(len(found)), str(check), str(both), left)
    RECORD.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n")
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
