"""prunelab: a teaching lab on pruning and sparsity in neural networks."""

__version__ = "0.1.0"


class LabError(RuntimeError):
    """Something the reader can fix: the message is one sentence that names the cause and the fix."""


class DataNotFound(LabError):
    """A data file is missing or damaged; the message names it and the fix."""
