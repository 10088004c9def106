"""The long runs that recipes/ made: every seed of them, under data/results/."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, overload

import numpy as np
from pydantic import TypeAdapter, ValidationError

from prunelab import DataNotFound
from prunelab.files import DATA, RESTORE
from prunelab.records import KINDS, Record

Kind = TypeVar("Kind")
RESULTS = DATA / "results"  # where the recipes write
PUBLISHED = Path(__file__).parents[2] / "data" / "results"  # the runs on Fashion-MNIST that the course comes with


@overload
def load_results(name: str) -> dict[str, Any]: ...
@overload
def load_results(name: str, kind: type[Kind]) -> Kind: ...
def load_results(name: str, kind: type | None = None) -> Any:
    """The record of a long run, with the fields that its kind has in `prunelab.records`.

    A run on other data (PRUNELAB_DATA) comes first, then the one that the course has. Raise DataNotFound with the way
    to get it back if it is missing or damaged.
    """
    path = result_file(name) if result_file(name).exists() else PUBLISHED / f"{name}.json"
    shape = TypeAdapter(kind or KINDS.get(name.split("-")[0], Record))
    try:
        content = path.read_bytes()
        shape.validate_json(content)
    except FileNotFoundError as error:
        raise DataNotFound(f"{path} is missing; {RESTORE}.") from error
    except ValidationError as error:
        raise DataNotFound(f"{path} is damaged ({_first(error)}); {RESTORE}.") from error
    return json.loads(content)


def result_file(name: str) -> Path:
    """Where a recipe writes the record of the run called `name`."""
    return RESULTS / f"{name}.json"


def _first(error: ValidationError) -> str:
    """Where the first mistake is, and what it is."""
    found = error.errors()[0]
    return ": ".join(filter(None, (".".join(map(str, found["loc"])), found["msg"])))


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """The mean of at least two values and half the width of its 95 % confidence interval (Student's t)."""
    if len(values) < 2:
        raise ValueError(f"{len(values)} value has no interval; give one value per seed, of two seeds or more.")
    from scipy import special  # takes half a second to import; to read a record needs none of it

    error = np.std(values, ddof=1) / math.sqrt(len(values))  # of the mean
    return float(np.mean(values)), float(special.stdtrit(len(values) - 1, 0.975) * error)


def damage_avoided(perplexity: float, magnitude: float, dense: float) -> float:
    """The fraction of magnitude pruning's damage, in log perplexity, that a method avoids.

    All three are perplexities: of the method, of magnitude pruning at the same pattern, of the dense model. 1 means as
    good as dense, 0 as bad as magnitude. It makes methods comparable across models, perplexities are not.
    """
    return 1 - math.log(perplexity / dense) / math.log(magnitude / dense)
