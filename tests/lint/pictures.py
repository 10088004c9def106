"""Rules on figures, colours and test images, of the same form as those in structure.py."""

import ast
import re

from sources import SECTION, Lab, Problems, kind

from prunelab.instructor.authoring.source import HIDDEN

ALT_LENGTH = range(40, 161)
FORMAT = r"(?=.*[bgrcmykw])[bgrcmykw.,ov^<>spP*hH+xXDd|_:-]{1,4}"  # of a line, with the letter of a colour
COLOUR_NAMES = ("color", "c", "colors", "edgecolor", "facecolor", "ecolor", "markerfacecolor", "markeredgecolor")


def pictures(lab: Lab) -> Problems:
    """Each figure has alternative text; in a section, a sentence that interprets it follows."""
    unread, section = 0, False
    for number, cell in enumerate(lab.cells, 1):
        if cell.cell_type == "markdown":
            section = section or bool(SECTION.search(cell.source))
            unread = 0 if "**Reading the " in cell.source else unread
            if re.search(r"!\[\s*\]\(|<img(?![^>]*alt=)", cell.source):
                yield number, "a picture has no alternative text; say in one sentence what it shows."
            continue
        for alt in (_alt(call) for call in _calls(cell.source, "show") if kind(cell) == "code"):
            if unread:
                yield (
                    number,
                    f"no text interprets the figure of cell {unread}; write **Reading the figure.** before the next.",
                )
            unread = number if section else 0
            if len(alt) not in ALT_LENGTH or not alt.endswith("."):
                yield (
                    number,
                    f'alt="{alt}" is no sentence of {ALT_LENGTH[0]} to {ALT_LENGTH[-1]} characters; make it one.',
                )
    if unread:
        yield unread, "no text interprets this figure; write **Reading the figure.** and one sentence below it."


def _calls(source: str, name: str) -> list[ast.Call]:
    """The calls of `figures.NAME` in a cell."""
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == f"figures.{name}"
    ]


def _alt(call: ast.Call) -> str:
    """The alternative text of a figure, as far as it is written in the source."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "alt"]
    parts = [part for value in given for part in (value.values if isinstance(value, ast.JoinedStr) else [value])]
    return "".join(part.value for part in parts if isinstance(part, ast.Constant))


def colours(lab: Lab) -> Problems:
    """Colours use the names of prunelab.figures, so that each has one meaning in all labs."""
    for number, cell in lab.of("code", "locked"):
        for node in ast.walk(ast.parse(cell.source)):
            for text in _written_colours(node):
                yield number, f'the colour "{text}" is written out; use a name of prunelab.figures, such as KEPT.'


def _written_colours(node: ast.AST) -> list[str]:
    """The colours written in a node of the code: color="red", "#FF0000" anywhere, the "r" of plot(x, y, "r-")."""
    if isinstance(node, ast.keyword) and node.arg in COLOUR_NAMES:
        found, pattern = [node.value], r"(?!none$|#).*"
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("plot", "errorbar")):
        found, pattern = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "fmt")], FORMAT
    else:
        found, pattern = [node], r"#[0-9A-Fa-f]{3,8}"
    texts = [part.value for part in found if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return [text for text in texts if re.fullmatch(pattern, text)]


def held_out(lab: Lab) -> Problems:
    """The test images are read only in the last section, and in hidden tests."""
    last = max((at for at, _ in lab.headings(re.compile(r"^## .+$", re.MULTILINE))), default=0)
    for number, cell in lab.of("code", "locked", "exercise", "check"):
        if number < last and "data.test" in HIDDEN.sub("", cell.source):
            yield number, 'it reads data.test before "What you measured"; use data.validation.'


def guesses(lab: Lab) -> Problems:
    """What `predict` asks is revealed in a later cell, and the end of the lab compares all of it."""
    code = list(lab.of("code"))
    asked = [(at, name) for at, cell in code for name in re.findall(r"^(\w+) = predict\(", cell.source, re.MULTILINE)]
    for number, name in asked:
        if not any(
            re.search(rf"\b{name}\b", cell.source) and ".reveal(" in cell.source for at, cell in code if at > number
        ):
            yield number, f"the prediction {name} is never revealed; call {name}.reveal(...) in the cell that measures."
    for number, cell in code:
        if "# your guess" in cell.source:
            yield number, "a guess that is filled in is no prediction; ask with `predict`."
    if asked and not any("compare_predictions()" in cell.source for _, cell in code):
        yield asked[0][0], "no cell shows the predictions beside what came; end the lab with `compare_predictions()`."
