"""Where the data lies, and files that are written whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path

from prunelab import LabError

RESTORE = "restore it with `git checkout -- data` or unpack the course again"
DATA = Path(os.environ.get("PRUNELAB_DATA", Path(__file__).parents[2] / "data"))  # datasets, checkpoints and results


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, its folder included; raise LabError where that is impossible."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")  # two processes may write the same file
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        raise LabError(f"{path} could not be written ({error.strerror}); free or unlock its folder.") from error
    finally:
        with suppress(OSError):
            partial.unlink()
