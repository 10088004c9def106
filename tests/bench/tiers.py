"""Print how long each tier of the tests takes in a ready environment, and on how many cores.

Run it on an otherwise idle machine: `make bench`.
"""

import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from conftest import cores

ROOT = Path(__file__).parents[2]
MINUTES = {"quick": 3, "test": 20, "test-all": 60}  # goals, on two cores


def main() -> None:
    for tier, goal in MINUTES.items():
        start = time.perf_counter()
        done = subprocess.run(["make", tier], cwd=ROOT, capture_output=True, text=True)
        minutes = (time.perf_counter() - start) / 60
        if done.returncode:
            sys.exit(f"make {tier} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        print(f"make {tier:<9} {minutes:5.1f} min on {cores()} cores   goal: {goal} on two", flush=True)


if __name__ == "__main__":
    main()
