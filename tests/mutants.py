"""Mutants: the reference answer to each exercise, changed in one place, and how many of them its checks refuse.

`make mutants` prints a table and writes, beside a lab's bank of answers, mutants.json: how many mutants each exercise
has, how many its visible check refuses, and how many check and probe refuse together. Mutants that are right answers
are listed, each with the reason, in equivalents.toml and not counted. The operators are mutmut's, and those below for
code on tensors. `python tests/mutants.py 02 pruner` tries one lab, or one exercise.
"""

import json
import sys
import tomllib
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from typing import NamedTuple

import libcst as cst
import libcst.matchers as m
from mutmut.mutation import mutators as library
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import bank
from prunelab import checks
from test_answers import agrees

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
    """Every change of one place by one operator; the same code comes once, and what is no Python is left out.

    Where a change reads the same at several places, the second one is "... (2)", and so on.
    """
    module, seen, places = cst.parse_module(code), {code}, Counter()
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
                    change = f"{_text(module, node)} -> {_text(module, changed)}"
                    places[change] += 1
                    yield Mutant(f"{change} ({places[change]})" if places[change] > 1 else change, mutated)
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
    right = equivalents(lab).get(exercise, {})
    wrong = [mutant for mutant in mutants(code) if mutant.change not in right]
    return [Verdict(mutant.change, *_verdict(lab, exercise, mutant.code)) for mutant in wrong]


def equivalents(lab: str) -> dict[str, dict[str, str]]:
    """The mutants of a lab that are right answers, by exercise: each change and the reason."""
    path = bank.BANK / lab / "equivalents.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


def scores(lab: str) -> dict[str, dict[str, int]]:
    """The recorded scores of a lab's exercises."""
    path = bank.BANK / lab / "mutants.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def record(lab: str, exercise: str, found: list[Verdict]) -> dict[str, int]:
    """Keep the scores of one exercise, and return them."""
    check, both = sum(each.check for each in found), sum(each.both for each in found)
    kept = scores(lab) | {exercise: {"mutants": len(found), "check": check, "both": both}}
    (bank.BANK / lab / "mutants.json").write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    return kept[exercise]


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


def exercises(labs: str = "", exercise: str = "") -> list[tuple[str, str]]:
    """Labs and exercises whose checks take seconds: those of one lab, such as 02, one exercise of it, or all."""
    return [(lab, name) for lab in bank.SOURCES if lab.startswith(labs)
            for _, name, _ in bank.cells(lab, "exercise")
            if name not in bank.TRAINS.get(lab, ()) and exercise in ("", name)]  # fmt: skip


def main() -> None:
    table = Table("exercise", "mutants", "check", "check and probe", "not refused by the check")
    chosen = exercises(*sys.argv[1:])
    with ProcessPoolExecutor() as pool:
        for (lab, name), found in zip(chosen, pool.map(verdicts, *zip(*chosen, strict=True)), strict=True):
            score = record(lab, name, found)
            left = "\n".join(f"{'' if each.both else '! '}{each.change}" for each in found if not each.check)
            table.add_row(f"{lab[:2]} {name}", *map(str, score.values()), escape(left))
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
