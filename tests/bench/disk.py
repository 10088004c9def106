"""The disk space of the environment, and how much of it only a GPU needs: the numbers in the READMEs."""

import re
import sys
from importlib.metadata import distributions
from pathlib import Path

GPU = re.compile(r"^(nvidia|cuda|triton)|^torch/lib/.*(cuda|nvshmem)")


def gigabytes(paths: list[Path]) -> str:
    """The size of the files among the paths."""
    return f"{sum(path.stat().st_size for path in paths if path.is_file()) / 1e9:.1f} GB"


def only_for_gpus() -> list[Path]:
    """The files of CUDA and Triton, and those of torch that use them."""
    files = [path for each in distributions() for path in each.files or () if GPU.match(str(path))]
    return [Path(path.locate()) for path in files]


if __name__ == "__main__":
    whole = gigabytes([*Path(sys.prefix).rglob("*")])
    print(f"The environment takes {whole}, of which only a GPU needs {gigabytes(only_for_gpus())}.")
