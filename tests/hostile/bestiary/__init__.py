"""Submissions that are broken, hostile or only clumsy, each with the expected result.

A case is a function that prepares what one student hands in. `earns` names the exercises that must get their points,
the others must get none. Without flags and outcome the submission must be graded like any other.
`files` names those of the student's files that are there when the notebook runs.

`tier` says how far it goes. With "quick" it is read and rebuilt, and there is nothing more to see. The others are
graded as well, in that tier: "middle" has a specimen of each kind, flag and limit. "command" is graded by the command
itself, since what it is after is a terminal.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path

LAB = "01_tiny"
POINTS = {"double": 8, "half": 5, "rectify": 7}
ALL = " ".join(POINTS)
SECRET = "a result that only the hidden tests name"
SOURCE = f'''# %% [markdown]
# # Tiny

# %% locked="setup"
import torch

from prunelab.checks import check

# %% exercise="double"
def double(x):
    """Return 2 x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% check="double" points=8
with check("double", points=8) as c:
    c.returns(double, 1.0, want=2.0, idea="Twice.")
    ### BEGIN HIDDEN TESTS
    c.returns(double, -3.0, want=-6.0, idea="{SECRET}")
    ### END HIDDEN TESTS

# %%
print(double(4.0))

# %% exercise="half"
def half(x):
    """Return x / 2."""
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION

# %% check="half" points=5
with check("half", points=5) as c:
    c.returns(half, 1.0, want=0.5, idea="Half.")
    ### BEGIN HIDDEN TESTS
    c.returns(half, -4.0, want=-2.0, idea="{SECRET}")
    ### END HIDDEN TESTS

# %% exercise="rectify"
def rectify(x):
    """Return the tensor x with zeros in place of its negative values."""
    ### BEGIN SOLUTION
    return x.clamp(min=0)
    ### END SOLUTION

# %% check="rectify" points=7
with check("rectify", points=7) as c:
    c.returns(rectify, torch.tensor([-1.0, 2.0]), want=torch.tensor([0.0, 2.0]), idea="Never below zero.")
    ### BEGIN HIDDEN TESTS
    c.returns(rectify, torch.tensor([[3.0, -4.0]]), want=torch.tensor([[3.0, 0.0]]), idea="{SECRET}")
    ### END HIDDEN TESTS
'''
PROBES = '''"""Evidence of the tiny lab: what the student's functions return for random inputs."""

import torch


def numbers(draw):
    """Random numbers, as many as the seed says."""
    count = int(torch.randint(3, 9, (), generator=draw))
    return torch.randn(count, generator=draw, dtype=torch.float64).tolist()


def double(lab, draw):
    return [float(lab.double(number)) for number in numbers(draw)]


def half(lab, draw):
    return {"halves": [lab.half(number) for number in numbers(draw)]}


def rectify(lab, draw):
    given = [torch.randn(4, len(numbers(draw)), generator=draw) for _ in range(2)]
    return [lab.rectify(tensor) for tensor in given], given
'''
RIGHT = {
    "double": "def double(x):\n    return 2 * x",
    "half": "def half(x):\n    return x / 2",
    "rectify": "def rectify(x):\n    return x.clamp(min=0)",
}
WRONG = {  # they fail the visible part of their checks
    "double": "def double(x):\n    return x - 50",
    "half": "def half(x):\n    return x - 50",
    "rectify": "def rectify(x):\n    return x - 50",
}
SESSION = """
kernel = get_ipython().kernel
def forge(kind, content):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
"""
INSIDE = "import os\nassert os.getpid() == 1, 'not in a sandbox'\n"  # what would do harm outside does nothing there


class Desk:
    """A student's workplace: the released notebook, as a dict, and the folder that is handed in."""

    def __init__(self, course: Path, student: str, answers: dict[str, str]) -> None:
        self.course, self.outside = course, course.parent / "outside"
        self.folder = course / "submitted" / student / LAB
        self.folder.mkdir(parents=True)
        self.path = self.folder / f"{LAB}.ipynb"
        self.notebook = json.loads((course / "labs" / LAB / f"{LAB}.ipynb").read_text())
        self.cells = self.notebook["cells"]
        self.lab = [cell for cell in self.cells if "nbgrader" in cell["metadata"]]
        self.answers = {}
        self.answer(**answers)

    def cell(self, name: str) -> dict:
        """Return the cell with a grade_id, as in `double` and `double-check`."""
        return next(cell for cell in self.lab if cell["metadata"]["nbgrader"]["grade_id"] == name)

    def answer(self, **sources: str) -> None:
        """Replace what stands in cells of exercises."""
        self.answers |= sources
        for name, source in sources.items():
            self.cell(name)["source"] = source

    def new(self, source: str, kind: str = "code") -> dict:
        """Return a cell of the student's own."""
        code = {"outputs": [], "execution_count": None} if kind == "code" else {}
        return {"cell_type": kind, "id": f"own-{len(self.cells)}", "metadata": {}, "source": source, **code}

    def add(self, source: str, before: str = "double", kind: str = "code") -> dict:
        """Insert a cell of the student's own before another, and return it."""
        self.cells.insert(self.cells.index(self.cell(before)), cell := self.new(source, kind))
        return cell

    def put(self, name: str, content: str | bytes = "") -> Path:
        """Write a file beside the notebook."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def text(self) -> str:
        """Return the notebook as JSON."""
        return json.dumps(self.notebook, indent=1, ensure_ascii=False)

    def save(self, path: str | Path | None = None) -> None:
        """Write the notebook as it is now, under its name or another, and no other afterwards."""
        if self.notebook is not None:
            self.put(path or self.path, self.text().encode())
        self.notebook = None

    def hand_in(self, content: bytes) -> None:
        """Write bytes in place of the notebook."""
        self.put(self.path, content)
        self.notebook = None


@dataclass(frozen=True)
class Case:
    """One submission and its expected result."""

    student: str
    prepare: Callable[[Desk], None]
    earns: frozenset[str]
    flags: frozenset[str]  # at least these, and none at all where this is empty and the outcome is "graded"
    outcome: str
    answers: dict[str, str]
    files: frozenset[str]
    tier: str

    def hand_in(self, course: Path) -> Desk:
        """Prepare the submission and put it where the grader finds it."""
        desk = Desk(course, self.student, self.answers)
        self.prepare(desk)
        desk.save()
        return desk

    @property
    def scores(self) -> dict[str, float]:
        """The points by exercise."""
        return {name: points * (name in self.earns) for name, points in POINTS.items()}


CASES: dict[str, Case] = {}


def case(earns: str = "", flags: str = "", outcome: str = "", answers: dict[str, str] = RIGHT, student: str = "",
         files: str = "", tier: str = "whole") -> Callable:  # fmt: skip
    """Add the decorated function to the cases."""

    def add(prepare: Callable[[Desk], None]) -> Callable[[Desk], None]:
        name = prepare.__name__
        assert name not in CASES
        expected = outcome or ("flagged" if flags else "graded")
        sets = frozenset(earns.split()), frozenset(flags.split())
        CASES[name] = Case(student or name, prepare, *sets, expected, answers, frozenset(files.split()), tier)
        return prepare

    return add


honest = partial(case, earns=ALL)  # clumsy, maybe, but right
rebuilt = partial(honest, tier="quick")  # nothing about it is odd when it runs
refused = partial(case, outcome="refused", tier="quick")
cheat = partial(case, answers=WRONG)  # earns nothing
PIXEL = base64.b64encode(b"GIF89a").decode()
for module in ("files", "notebooks", "cells", "cheats", "kernels", "resources", "outputs", "clumsy"):
    import_module(f"{__name__}.{module}")
