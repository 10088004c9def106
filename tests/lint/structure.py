"""Rules for every lab beyond those of the build: structure and sizes.

A rule takes a lab and yields the number of a cell, what is wrong with it and how to fix it.
"""

import ast
import re
from collections.abc import Iterator
from symtable import SymbolTable, symtable

from sources import EXERCISE, SOLUTION, Lab, Problems, kind, prose

from prunelab.instructor.authoring.source import HIDDEN

CELL_WORDS, WORDS_PER_CODE_CELL = 400, 120  # formulas and code do not count
LINES = {"code": 40, "locked": 70, "check": 105}  # of a cell, without hidden tests
WORDS_PER_MINUTE = 200
LENGTH_OFF = 3  # lines between the length that an exercise states and that of its solution
HINTS = ["Hint 1: the idea", "Hint 2: the call"]


def opening(lab: Lab) -> Problems:
    """Title, minutes, a question, goals, and what the lab takes from earlier ones, in this order."""
    wanted = [
        (rf"^# Lab {lab.number}: {re.escape(lab.course.titles[lab.number])}", "the title that course.toml has"),
        (rf"^\*About {lab.course.minutes[lab.number]} minutes, 20 points\.\*$", "the minutes that course.toml has"),
        (r"(?<!\*)\*(?!\*)[^*]+\?\*", "the lab's question, in italics"),
        (r"^\*\*You will be able to\*\*\n\n- ", "a list of goals, **You will be able to**"),
        (r"^\*\*From earlier labs\*\*\n\n- ", "a list of what the lab needs, **From earlier labs**"),
    ]
    text, end = lab.cells[0].source, 0
    for pattern, what in wanted[: 4 if lab.number == "01" else 5]:
        if not (found := re.compile(pattern, re.MULTILINE).search(text, end)):
            yield 1, f"the opening lacks {what} in its place; write it there."
            return
        end = found.end()
    for line in re.split(r"^- ", text[end - 2 :], flags=re.MULTILINE)[1:] if lab.number != "01" else ():
        if not re.search(r"\blabs? \d\d", line):
            yield 1, f'the recap "{line[:40]}" does not say which lab taught it; add (lab NN).'


def sections(lab: Lab) -> Problems:
    """Numbered questions, then "What you measured", then three lines to remember, further reading, and what is next."""
    headings = lab.headings(re.compile(r"^(#+) (.+)$", re.MULTILINE))
    for at, heading in headings[1:]:
        if len(heading[1]) not in (2, 3):
            yield at, f'"{heading[0]}" is no heading of a section or a part; give it two # or three.'
    seconds = [(at, heading[2]) for at, heading in headings if len(heading[1]) == 2]
    if not seconds or seconds[-1][1] != "What you measured":
        yield len(lab.cells), 'the last section is not "## What you measured"; add it.'
    for place, (at, text) in enumerate(seconds[:-1], 1):
        if not re.fullmatch(rf"{place} .+\?", text):
            yield at, f'the section "{text}" is not "{place} " and a question; make it one.'
    if not re.search(
        r"^### Remember\n\n1\. .*^3\. .*^### Further reading\n\n- .*\]\(https://.*^\*\*Next:\*\* ",
        lab.cells[-1].source,
        re.MULTILINE | re.DOTALL,
    ):
        yield len(lab.cells), "a lab ends with ### Remember (three lines), ### Further reading (links) and **Next:**."


def exercises(lab: Lab) -> Problems:
    """Each exercise: heading with points, minutes and length, task with an example, two hints, then its cell."""
    headings, graded = lab.headings(EXERCISE), lab.of("exercise", "written")
    if len(headings) != len(graded):
        yield 1, f"{len(headings)} headings of exercises and {len(graded)} cells for answers; each needs the other."
        return
    points = {cell.metadata["check"]: cell.metadata["points"] for _, cell in lab.of("check")}
    for place, ((at, heading), (number, cell)) in enumerate(zip(headings, graded, strict=True), 1):
        name, text = cell.metadata[kind(cell)], lab.cells[at - 1].source[heading.start() :]
        if heading[1] != f"{int(lab.number)}.{place}":
            yield at, f"exercise {heading[1]} is number {place} of the lab; renumber it."
        if at >= number or any(kind(between) != "locked" for between in lab.cells[at : number - 1]):
            yield number, f"the cell of {name} does not follow the text of exercise {heading[1]}; move it there."
        meta = re.fullmatch(r"\*(\d+) points?, (\d+) minutes, .*about (\d+)\b.*\*", heading[2])
        if not meta or int(meta[1]) != points.get(name, cell.metadata.get("points")):
            yield (
                at,
                f'below its heading, {heading[1]} needs "*{points.get(name)} points, M minutes, about N lines*".',
            )
        if kind(cell) == "exercise":
            yield from ((at, f"exercise {heading[1]} {problem}") for problem in _task_problems(text))
            written = sum(bool(line.strip()) for part in SOLUTION.findall(cell.source) for line in part.splitlines())
            if meta and abs(written - int(meta[3])) > LENGTH_OFF:
                yield (
                    at,
                    f"exercise {heading[1]} says about {meta[3]} lines, its solution has {written}; fix one of them.",
                )


def _task_problems(text: str) -> Iterator[str]:
    if re.findall(r"<summary>(.*?)</summary>", text) != HINTS:
        yield f"has not the two hints {HINTS}; fold both below the task."
    elif not 0 < text.find("*Example:*") < text.find("<details>"):
        yield "has no *Example:* before its hints; add one that can be done mentally."


def stubs(lab: Lab) -> Problems:
    """Stubs state their inputs and outputs: types, a docstring, a comment for each value asked for."""
    for number, cell in lab.of("exercise"):
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                if "\n" in (ast.get_docstring(node) or "\n"):
                    yield number, f"{node.name} has no docstring of one line; say what it returns."
                functions = [node] if isinstance(node, ast.FunctionDef) else node.body
                for function in (each for each in functions if isinstance(each, ast.FunctionDef)):
                    if not function.returns or not all(arg.annotation for arg in _arguments(function)):
                        yield number, f"{function.name} has arguments or a result without a type; write them."
        defines = any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.parse(cell.source).body)
        if not defines and not re.search(r"^# \w+ = ", SOLUTION.sub("", cell.source), re.MULTILINE):
            yield number, "the cell asks for a value that no comment names; write `# name = ...: what it is`."


def _arguments(function: ast.FunctionDef) -> list[ast.arg]:
    return [arg for arg in (*function.args.args, *function.args.kwonlyargs) if arg.arg != "self"]


def support(lab: Lab) -> Problems:
    """A probe for each exercise, tests that students do not see or a rule of the probe's own, and a bank of answers."""
    hidden = {cell.metadata["check"] for _, cell in lab.of("check") if HIDDEN.search(cell.source)}
    for number, cell in lab.of("exercise"):
        name = cell.metadata["exercise"]
        if name not in lab.probes:
            yield number, f"{name} has no probe; write the function {name}(lab, draw) into probes.py."
        if name not in hidden and f"{name}_holds" not in lab.probes:
            yield number, f"the check of {name} has no hidden tests; add some, or {name}_holds to probes.py."
        bank = lab.bank.get(name, {})
        if bank.get("wrong", 0) < 5 or bank.get("right", 0) < 2:
            yield number, f"{name} needs five wrong and two right answers in tests/checks/{lab.name}/{name}.py."
    known = {cell.metadata["exercise"] for _, cell in lab.of("exercise")}
    for name in sorted(lab.bank.keys() - known):
        yield 1, f"tests/checks/{lab.name}/{name}.py belongs to no exercise; rename it."


def names(lab: Lab) -> Problems:
    """A check, which runs among the student's names, overwrites none that functions of the lab look up."""
    given = [symtable(cell.source, "cell", "exec") for _, cell in lab.of("locked", "exercise")]
    used = {name for cell in given for name in _assigned(cell)} & {name for cell in given for name in _looked_up(cell)}
    for number, cell in lab.of("check"):
        for name in sorted(used & _assigned(symtable(cell.source, "cell", "exec"))):
            yield number, f"the check overwrites {name}, which functions of the lab use; give it another name."


def _assigned(cell: SymbolTable) -> set[str]:
    return {symbol.get_name() for symbol in cell.get_symbols() if symbol.is_assigned()}


def _looked_up(table: SymbolTable) -> set[str]:
    """The global names that the functions inside of a cell, class or function use."""
    found = set()
    for inner in table.get_children():
        found |= {symbol.get_name() for symbol in inner.get_symbols() if symbol.is_global()} | _looked_up(inner)
    return found


def sizes(lab: Lab) -> Problems:
    """Cells that can be read at a glance, and no more text than the code can balance."""
    words = {number: len(re.findall(r"[^\W\d_][\w'-]*", prose(cell.source))) for number, cell in lab.of("markdown")}
    for number, count in words.items():
        if count > CELL_WORDS:
            yield number, f"the text has {count} words; {CELL_WORDS} are the limit, so split or shorten it."
    codes = lab.of("code", "locked", "exercise", "check")
    if sum(words.values()) > WORDS_PER_CODE_CELL * len(codes):
        yield (
            1,
            f"the lab has over {WORDS_PER_CODE_CELL} words for each code cell; shorten it, or let students do more.",
        )
    for number, cell in codes:
        lines = len(HIDDEN.sub("", cell.source).splitlines())
        if lines > LINES.get(kind(cell), lines):
            yield number, f"the {kind(cell)} cell has {lines} lines; {LINES[kind(cell)]} are the limit, so split it."


def minutes(lab: Lab) -> Problems:
    """The exercises and the reading fit into the lab's minutes."""
    work = sum(
        int(found[1]) for _, heading in lab.headings(EXERCISE) if (found := re.search(r"(\d+) minutes", heading[2]))
    )
    words = sum(len(prose(cell.source).split()) for _, cell in lab.of("markdown"))
    if work + words / WORDS_PER_MINUTE > lab.course.minutes[lab.number]:
        yield 1, f"{work} minutes of exercises and {words} words do not fit into the lab's minutes; raise them."
