"""The places where nbgrader calls the grader: `nbgrader autograde`, formgrader's button, feedback pages and collect."""

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.preprocessors import Execute as StockExecute
from traitlets import Bool
from traitlets.config import Config

READY: dict[tuple[str, str], str] = {}  # judged notebooks by lab and student, which need no other run


class Execute(StockExecute):
    """nbgrader's Execute in a sandbox, with a verdict that the student's code cannot change."""

    isolated = Bool(True, help="Keep submissions from the instructor's files and the network.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Return the judged notebook."""
        lab, student = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
        if ready := READY.pop((lab, student), None):
            executed = nbformat.reads(ready, as_version=4)
        else:
            from prunelab.grading.grade import Options, judged  # which writes with this module
            from prunelab.grading.limits import Limits

            options = Options(isolated=self.isolated, limits=Limits(cell_seconds=self.timeout))
            executed = judged(nb, lab, student, options)
        return _with_checksums(executed, nb), resources


def _with_checksums(executed: NotebookNode, sanitized: NotebookNode) -> NotebookNode:
    """Return the executed notebook with the checksums by which nbgrader tells an untouched text."""
    named = {cell.metadata.nbgrader.get("grade_id"): cell for cell in sanitized.cells if "nbgrader" in cell.metadata}
    for cell in (cell for cell in executed.cells if "nbgrader" in cell.metadata):
        other = named.get(cell.metadata.nbgrader.grade_id)
        if other is not None and "checksum" in other.metadata.nbgrader:
            cell.metadata.nbgrader.checksum = other.metadata.nbgrader.checksum
    return executed


def use_sandbox(config: Config) -> None:
    """Set the steps of nbgrader's Autograde, its own but for the execution, of its feedback and of its collect."""
    steps = Autograde.class_traits()["autograde_preprocessors"].default()
    config.Autograde.autograde_preprocessors = [Execute if step is StockExecute else step for step in steps]
    config.GenerateFeedback.preprocessors = [
        ClearHiddenTests,
        *GenerateFeedback.class_traits()["preprocessors"].default(),
    ]
    config.ExchangeFactory.collect = "prunelab.grading.exchange.Collect"  # a name, since only Linux has it
