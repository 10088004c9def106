"""Libraries that tell too much."""

import logging
import warnings
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def quiet(up_to: int = logging.WARNING) -> Generator[None]:
    """Show no warnings, and nothing that is logged up to a level."""
    level = logging.root.manager.disable
    logging.disable(up_to)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
