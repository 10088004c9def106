"""nbgrader's own steps from a submission to a grade and a feedback page, with one of ours where it would execute."""

from pathlib import Path
from typing import cast

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.preprocessors import ClearHiddenTests, Execute, NbGraderPreprocessor
from traitlets import HasTraits, Unicode
from traitlets.config import Config

from prunelab.course import read_notebook


class Replay(NbGraderPreprocessor):
    """A verdict that is known already, in the place of nbgrader's Execute."""

    path = Unicode(help="The judged notebook.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Return the judged notebook."""
        return with_checksums(read_notebook(Path(self.path)), nb), resources


def use_steps(config: Config, execute: type[NbGraderPreprocessor]) -> None:
    """Have nbgrader's Autograde call `execute` instead of its Execute, and its feedback show no hidden tests."""
    steps = _stock(Autograde, "autograde_preprocessors")
    config.Autograde.autograde_preprocessors = [execute if step is Execute else step for step in steps]
    config.GenerateFeedback.preprocessors = [ClearHiddenTests, *_stock(GenerateFeedback, "preprocessors")]


def _stock(converter: type[HasTraits], setting: str) -> list[type[NbGraderPreprocessor]]:
    """Return the steps that a setting of nbgrader's has where nobody changes it; traitlets knows of no type."""
    return cast(list, converter.class_traits()[setting].default())


def with_checksums(executed: NotebookNode, sanitized: NotebookNode) -> NotebookNode:
    """Return the executed notebook with the checksums by which nbgrader tells an untouched text."""
    named = {cell.metadata.nbgrader.get("grade_id"): cell for cell in sanitized.cells if "nbgrader" in cell.metadata}
    for cell in (cell for cell in executed.cells if "nbgrader" in cell.metadata):
        other = named.get(cell.metadata.nbgrader.grade_id)
        if other is not None and "checksum" in other.metadata.nbgrader:
            cell.metadata.nbgrader.checksum = other.metadata.nbgrader.checksum
    return executed
