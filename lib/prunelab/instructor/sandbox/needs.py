"""Which cells an answer needs, as far as the names in their text tell."""

import ast
import builtins
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass

# What reaches names that the text does not show: then nobody can say what a cell needs.
HIDDEN = re.compile(r"(?<![.\w])(?:globals|locals|vars|eval|exec|get_ipython)\(|__main__|import \*")
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda


@dataclass(frozen=True)
class Names:
    """The global names of a cell."""

    assigned: frozenset[str]
    defined: frozenset[str]  # by `import`, `def` and `class`: other cells may use them, but hardly change them
    used: frozenset[str]


def needed(sources: list[str], wanted: set[int]) -> set[int] | None:
    """Return the numbers of the cells that some `wanted` ones need, these included; None if the text does not tell.

    A cell is needed if it gives a name a value that a needed cell uses, or if both use a name of something that the
    cell may change, as a network.
    """
    try:
        cells = [names_of(source) for source in sources[: max(wanted) + 1]]
    except (MemoryError, RecursionError, SyntaxError, ValueError):
        return None
    fixed = frozenset().union(*(cell.defined for cell in cells))
    found, before = set(wanted), set()
    while found != before:
        before = set(found)
        used = frozenset().union(*(cells[number].used for number in found))
        found |= {number for number, cell in enumerate(cells) if _gives(cell, used, fixed)}
    return None if any(HIDDEN.search(sources[number]) for number in found) else found


def _gives(cell: Names, used: frozenset[str], fixed: frozenset[str]) -> bool:
    return bool((cell.assigned | cell.defined) & used or cell.used & (used - fixed))


def names_of(source: str) -> Names:
    """Return the global names of a cell; raise SyntaxError for one that is no Python alone."""
    top = symtable.symtable(source, "cell", "exec")
    inner = [symbol for table in _inner(top) for symbol in table.get_symbols() if symbol.is_global()]
    symbols = [*top.get_symbols(), *inner]
    defined = {symbol.get_name() for symbol in symbols if symbol.is_imported() or symbol.is_namespace()}
    assigned = {symbol.get_name() for symbol in symbols if symbol.is_assigned()} - defined
    later = {symbol.get_name() for symbol in inner if symbol.is_referenced()} - assigned - defined
    used = (later | _loaded_first(source)) - set(dir(builtins))
    return Names(frozenset(assigned), frozenset(defined), frozenset(used))


def _inner(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _inner(child)


def _loaded_first(source: str) -> set[str]:
    """Return the names that a cell reads at its top level before it gives them a value."""
    stored, loaded = set(), set()
    for node in _in_order(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            stored.add(node.id)
        elif isinstance(node, ast.Name):
            loaded |= {node.id} - stored
        else:
            stored |= {(each.asname or each.name).partition(".")[0] for each in getattr(node, "names", [])}
            stored |= {node.name} if isinstance(node, SCOPES) and not isinstance(node, ast.Lambda) else set()
    return loaded


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of the top level as they are evaluated, values before targets; functions without their bodies."""
    if isinstance(node, ast.Name | ast.Import | ast.ImportFrom | SCOPES):
        yield node
    if isinstance(node, COMPREHENSIONS):  # scopes of their own but for what they go through
        yield from _in_order(node.generators[0].iter)
        return
    fields = dict(ast.iter_fields(node))
    if isinstance(node, SCOPES):
        fields.pop("body")
    for name in sorted(fields, key=lambda name: name not in ("iter", "value")):
        field = fields[name]
        for child in field if isinstance(field, list) else [field]:
            if isinstance(child, ast.AST):
                yield from _in_order(child)
