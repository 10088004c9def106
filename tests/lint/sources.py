"""A lab's source in the form that the lint rules use."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jupytext
from nbformat import NotebookNode

from bank import answers_in
from prunelab.claims import find
from prunelab.course import course_map
from prunelab.instructor.authoring.source import ROLES

SOLUTION = re.compile(r"^ *### BEGIN SOLUTION\n(.*?)^ *### END SOLUTION\n?", re.MULTILINE | re.DOTALL)
Problems = Iterator[tuple[int, str]]  # number of a cell, what is wrong and how to fix it
FENCED = re.compile(r"```.*?```", re.DOTALL)
EXERCISE = re.compile(r"^### Exercise (\d+\.\d+): .+\n(.*)$", re.MULTILINE)
SECTION = re.compile(r"^## (\d+) (.+)$", re.MULTILINE)
WORD = re.compile(r"^# \| ([^|]+) \| [^|]+ \| (\d\d) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Course:
    """What a lab may refer to: the map, the exercises of all labs, and the terms with the lab that introduces each."""

    titles: dict[str, str]  # by number of the lab
    minutes: dict[str, int]
    exercises: frozenset[str]  # "1.1", "1.2", ...
    words: dict[str, str]  # {"mask": "01"}


@dataclass(frozen=True)
class Lab:
    """The cells of a source, the functions in its probes.py, its bank of answers: {exercise: counts of kinds}, and its
    claims: {name: what the seeds say, "" without a record}."""

    name: str
    cells: list[NotebookNode]
    probes: frozenset[str]
    bank: dict[str, Counter]
    claims: dict[str, str]
    course: Course

    @property
    def number(self) -> str:
        return self.name[:2]

    def of(self, *kinds: str) -> list[tuple[int, NotebookNode]]:
        """The cells of these kinds with their numbers, from 1."""
        return [(number, cell) for number, cell in enumerate(self.cells, 1) if kind(cell) in kinds]

    def headings(self, pattern: re.Pattern) -> list[tuple[int, re.Match]]:
        """The headings of this pattern with the numbers of their cells."""
        texts = (
            (number, FENCED.sub(lambda code: " " * len(code[0]), cell.source)) for number, cell in self.of("markdown")
        )
        return [(number, found) for number, text in texts for found in pattern.finditer(text)]


def kind(cell: NotebookNode) -> str:
    """Its role, or "markdown" for text, or "code" for a free cell."""
    return next((role for role in ROLES if role in cell.metadata), cell.cell_type)


def prose(text: str) -> str:
    """A text without formulas, code, tags and the addresses of links."""
    return re.sub(
        r"\$\$.*?\$\$|\$[^$]*\$|```.*?```|`[^`]*`|<code>.*?</code>|</?\w+[^>]*>|\]\([^)]*\)", " ", text, flags=re.DOTALL
    )


def cells_of(text: str) -> list[NotebookNode]:
    """The cells of a py:percent source."""
    return jupytext.reads(text, fmt="py:percent").cells


def read_course(root: Path) -> Course:
    """The course at `root`, with the table of words in its index."""
    labs = course_map(root)
    found = WORD.findall((root / "solutions" / "index.py").read_text(encoding="utf-8"))
    texts = [path.read_text(encoding="utf-8") for path in root.glob("solutions/[0-9]*/[0-9]*.py")]
    return Course(
        titles={lab["number"]: lab["title"] for lab in labs},
        minutes={lab["number"]: lab["minutes"] for lab in labs},
        exercises=frozenset(
            number for text in texts for number in re.findall(r"^# ### Exercise ([\d.]+):", text, re.M)
        ),
        words={word: lab for words, lab in found for word in words.split(", ")},
    )


def read_lab(root: Path, name: str, course: Course) -> Lab:
    """The lab of this name with its probes and its bank of answers."""
    folder = root / "solutions" / name
    tree = ast.parse((folder / "probes.py").read_text(encoding="utf-8"))
    bank = {
        path.stem: Counter(kind for kind, _, _ in answers_in(path))
        for path in (root / "tests" / "checks" / name).glob("*.py")
    }
    return Lab(
        name,
        cells_of((folder / f"{name}.py").read_text(encoding="utf-8")),
        frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef)),
        bank,
        read_claims(root, name),
        course,
    )


def read_claims(root: Path, name: str) -> dict[str, str]:
    """The claims of the lab of this name, each with what the seeds of its record say, "" without one."""
    path, record = root / "solutions" / name / "claims.py", root / "data" / "results" / f"claims-{name[:2]}.json"
    if not path.exists():
        return {}
    functions = [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)]
    claims = [node.name for node in functions if any("claim(" in ast.unparse(each) for each in node.decorator_list)]
    run = json.loads(record.read_text("utf-8")) if record.exists() else {"settings": {"claims": {}}, "seeds": []}
    rules = run["settings"]["claims"]
    return {
        claim: find(rules[claim], [seed["found"][claim] for seed in run["seeds"]]).outcome if claim in rules else ""
        for claim in claims
    }
