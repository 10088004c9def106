"""The verdict on each check, taken where no student's code runs."""

import contextlib
import html
import importlib.util
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from prunelab.checks import Check, CheckFailed
from prunelab.course import notebook_of
from prunelab.instructor.sandbox import evidence
from prunelab.instructor.sandbox.execute import Outcome, exercise, succeeded
from prunelab.instructor.submissions.flags import Flag
from prunelab.instructor.submissions.rebuild import Release
from prunelab.instructor.submissions.safe import clean_output

TOLERANCE = 1e-4
UNRUN = "{name}: not run.\n  Expected  this check to run to its end\n  Got       {got}"
ALONE = """{name}: not yet.
  Expected  the right result for inputs that the notebook does not show
  Got       {got}
  Reread    the exercise; try your code on other sizes and values than those of the examples."""
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Verdict:
    """What a submission gets: the notebook with the scores that nbgrader reads from it, and why."""

    notebook: NotebookNode
    scores: dict[str, float] = field(default_factory=dict)  # by exercise
    failures: dict[str, str] = field(default_factory=dict)  # what the check said, by exercise
    flags: list[Flag] = field(default_factory=list)


def reference(cells: list[str], probes: str, exercises: list[str], seed: int) -> dict[str, str]:
    """Return the evidence that the reference's `cells` give; for a process of its own, since it runs them."""
    names = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for source in cells:
            exec(compile(source, "<reference>", "exec"), names)
    return {name: evidence.collect(probes, name, seed, names) for name in exercises}


def questions(release: Release, seed: int) -> tuple[list[str], str, list[str], int]:
    """Return the arguments of `reference` for a lab."""
    code = [cell for cell in release.official.values() if cell.cell_type == "code"]
    exercises = [name for name in map(exercise, code) if name]
    return [cell.source for cell in code if not exercise(cell)], release.probes, exercises, seed


class Oracle:
    """What is right: the reference's evidence, and for exercises with more than one right answer a rule."""

    def __init__(self, right: dict[str, str], probes: Path) -> None:
        self.right, self.probes = right, probes

    @cached_property
    def rules(self) -> ModuleType | None:
        """The probes' module, which has the rules."""
        return _module(self.probes) if self.right else None

    def difference(self, name: str, found: str) -> str | None:
        """Return in what the evidence for an exercise is wrong, None if it is right."""
        holds: Callable | None = getattr(self.rules, f"{name}_holds", None)
        try:
            value, right = evidence.decode(found), evidence.decode(self.right[name])
            if holds:
                with contextlib.redirect_stdout(io.StringIO()):
                    return None if holds(value, right) else "values that do not do what the exercise asks for"
            Check(name).equal(value, right, idea="", atol=TOLERANCE)
        except CheckFailed:
            return "other values than the reference gives"
        except Exception as error:  # whatever a forged value brings about
            return f"values of another kind ({type(error).__name__})"
        return None


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"probes_of_{path.parent.name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judge(outcome: Outcome, flags: list[Flag], oracle: Oracle) -> Verdict:
    """Return the verdict on what a submission did; `flags` are those of its files and cells."""
    notebook = notebook_of(outcome.notebook)
    verdict = Verdict(notebook, flags=list(flags))
    codes = {"alone": [], "unseen": [], "own": []}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = cell.execution_count if isinstance(cell.execution_count, int) else None
            cell.outputs = [kept for output in cell.outputs if (kept := clean_output(output))]
        if name := exercise(cell):
            code, message = _decide(cell, name, outcome, oracle)
            codes.get(code, []).append(name)
            verdict.scores[name] = 0 if message else cell.metadata.nbgrader.points
            verdict.failures |= {name: message} if message else {}
            _write(cell, message)
        elif _belongs_to_lab(cell) and not succeeded(cell) and not outcome.flags:
            codes["own"].append(cell.metadata.nbgrader.grade_id)
    last = _last(notebook)
    verdict.flags += [Flag(code, last) for code in outcome.flags]
    verdict.flags += [Flag(code, ", ".join(names)) for code, names in codes.items() if names]
    if verdict.flags:
        notebook.cells.insert(0, _notes(verdict.flags))
    return verdict


def _belongs_to_lab(cell: NotebookNode) -> bool:
    """Whether a cell is code of the lab's own, which no answer can make fail."""
    return cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("locked", False)


def _decide(cell: NotebookNode, name: str, outcome: Outcome, oracle: Oracle) -> tuple[str, str]:
    """Return which flag a check deserves and what it says, both empty where it passed."""
    if not succeeded(cell):
        said = next((_text(output) for output in cell.outputs if output.output_type == "error"), "")
        return ("", said) if said else ("unseen", UNRUN.format(name=name, got="no run, since the kernel had ended"))
    if name not in oracle.right:
        return "", ""
    if name not in outcome.evidence:
        return "unseen", ALONE.format(name=name, got="no values")
    difference = oracle.difference(name, outcome.evidence[name])
    return ("alone", ALONE.format(name=name, got=difference)) if difference else ("", "")


def _text(output: NotebookNode) -> str:
    """What an error says, without colours."""
    said = output.evalue if output.ename == "CheckFailed" else f"{output.ename}: {output.evalue}".removesuffix(": ")
    return ESCAPES.sub("", said)[:2000]


def _write(cell: NotebookNode, message: str) -> None:
    """Let the outputs of a check say the verdict in the way in which nbgrader reads it.

    To nbgrader an error is no points, and so is a line on stderr, a mere warning.
    """
    cell.outputs = [output for output in cell.outputs if message or output.output_type != "error"]
    for output in cell.outputs:
        if output.output_type == "stream":
            output.name = "stdout"
    if message and not any(output.output_type == "error" for output in cell.outputs):
        cell.outputs.append(new_output("error", ename="CheckFailed", evalue=message, traceback=[message]))


def _last(notebook: NotebookNode) -> str:
    """The last cell of the lab that ran."""
    ran = [
        cell.metadata.nbgrader.grade_id
        for cell in notebook.cells
        if cell.get("execution_count") and "nbgrader" in cell.metadata
    ]
    return ran[-1] if ran else "the first cell"


def _notes(flags: list[Flag]) -> NotebookNode:
    """A cell at the top that tells the student what was odd: as text alone, since names of files are the student's."""
    lines = "".join(f"<li>{html.escape(flag.student)}</li>\n" for flag in flags)
    return new_markdown_cell(f'**Notes of the grader**\n\n<ul class="tex2jax_ignore">\n{lines}</ul>', id="notes")
