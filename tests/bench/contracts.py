"""Print what share of the checks' time the contract of a call takes.

All visible checks of a lab with the reference's answers, but for those that train networks, with and without the
contract (inputs unchanged, modes, random state, shared memory, the second call, the time limit), in turn: seconds of
the processor. Run it on an otherwise idle machine: `make bench`.
"""

import contextlib
import io
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bank import SOURCES, TRAINS, cells, run, solved, visible_check_of
from prunelab.checks import Check

ROUNDS, GOAL = 3, 10


def bare(self: Check, function: Callable, *args: object, **_: object) -> object:
    """A call without its contract."""
    return function(*args)


def seconds(checks: list[tuple[str, str]], names: dict, call: Callable) -> float:
    """Of the processor, for all checks of a lab."""
    before, Check.call = Check.call, call
    start = time.process_time()
    try:
        for name, code in checks:
            run(code, name, names)
    finally:
        Check.call = before
    return time.process_time() - start


def main() -> None:
    warnings.simplefilter("ignore")
    whole = Check.call
    for lab in SOURCES:
        with contextlib.redirect_stdout(io.StringIO()):
            names, _ = solved(lab, trained=False)
            left_out = TRAINS.get(lab, ())
            checks = [(name, visible_check_of(lab, name)) for _, name, _ in cells(lab, "check") if name not in left_out]
            rounds = [[seconds(checks, names, call) for call in (whole, bare)] for _ in range(ROUNDS)]
        with_it, without = (statistics.median(took) for took in zip(*rounds, strict=True))
        share = 100 * (1 - without / with_it)
        print(f"{lab:<18} {with_it:6.2f} s, without {without:6.2f} s: {share:3.0f} %   goal: {GOAL} %", flush=True)


if __name__ == "__main__":
    main()
