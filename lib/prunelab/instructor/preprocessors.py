"""Where nbgrader calls the grader: `nbgrader autograde`, formgrader's button, feedback pages and collect."""

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute as StockExecute
from traitlets import Bool
from traitlets.config import Config

from prunelab.instructor.gradebook.pages import use_pages
from prunelab.instructor.gradebook.steps import use_steps, with_checksums


class Execute(StockExecute):
    """nbgrader's Execute in a sandbox, with a verdict that the student's code cannot change."""

    isolated = Bool(True, help="Keep submissions from the instructor's files and the network.").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict | None = None, km: object = None
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Return the judged notebook."""
        from prunelab.instructor.assess import Options, judge_one  # torch and all: nbgrader reads settings without it
        from prunelab.instructor.sandbox.limits import Limits

        assert resources is not None  # nbgrader says there whose work it is
        lab, student = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
        limits = Limits() if self.timeout is None else Limits(cell_seconds=self.timeout)
        options = Options(isolated=self.isolated, limits=limits)
        return with_checksums(judge_one(nb, lab, student, options), nb), resources


def configure(config: Config) -> None:
    """Set how nbgrader grades, collects and shows notebooks, for the course's `nbgrader_config.py`."""
    use_steps(config, Execute)
    use_pages(config)
    # A name, since only Linux has it.
    config.ExchangeFactory.collect = "prunelab.instructor.submissions.exchange.Collect"
