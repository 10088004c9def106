"""The experiments behind the conclusions of the labs: `python recipes/claims.py [LAB ...]`, such as 02.

Each claim of solutions/NN_name/claims.py runs with five seeds, on the names that the lab's locked cells and reference
answers define. `prunelab scoreboard` says what the seeds decide.
"""

import contextlib
import importlib.util
import io
from functools import cache, partial
from pathlib import Path
from types import ModuleType

from prunelab.claims import Claim
from prunelab.instructor.authoring.source import read_percent
from runs import Advance, Run, main

SEEDS = 5
FOLDERS = {
    path.parent.name[:2]: path.parent for path in sorted(Path(__file__).parents[1].glob("solutions/*/claims.py"))
}


def claims_of(number: str) -> dict[str, Claim]:
    """The claims of a lab by name."""
    spec = importlib.util.spec_from_file_location(f"claims_{number}", FOLDERS[number] / "claims.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: value for name, value in vars(module).items() if isinstance(value, Claim)}


@cache
def names_of(number: str) -> ModuleType:
    """What a lab's locked cells and reference answers define."""
    (source,) = FOLDERS[number].glob(f"{number}_*.py")
    lab = ModuleType(source.stem)
    for cell in read_percent(source).cells:
        if "locked" in cell.metadata or "exercise" in cell.metadata:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(cell.source, vars(lab))
    return lab


def run_claims(number: str, settings: dict, seed: int, advance: Advance) -> dict:
    """The numbers of all claims of a lab with one seed."""
    found = {}
    for name, each in claims_of(number).items():
        found[name] = {key: float(value) for key, value in each.run(names_of(number), seed).items()}
        advance()
    return {"found": found}


def run(number: str) -> Run:
    """All claims of a lab."""
    rules = {name: {"words": each.words, **each.rule} for name, each in claims_of(number).items()}
    return Run(f"claims-{number}", {"claims": rules}, partial(run_claims, number), SEEDS, len(rules))


if __name__ == "__main__":
    main(__doc__, {number: partial(run, number) for number in FOLDERS})
