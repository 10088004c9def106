"""Print the cost of the course: time, memory and disk of each lab, seconds to grade it, and the total size.

Run it on an otherwise idle machine: `make bench`.
"""

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from batches import ROOT, hand_in, make_course, ours
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell
from rich.console import Console
from rich.table import Table

from prunelab.course import lab_names, student_copy
from prunelab.instructor.authoring.bundle import write_bundle

LAB_SECONDS = {"08_language": 120, "09_speed": 90, "10_capstone": 90}  # goals; 60 for all others
LAB_GB = {"08_language": 4}  # 2 for all others
REPOSITORY_MB, BUNDLE_MB = 150, 120
PEAK = "import resource as r; print(max(r.getrusage(who).ru_maxrss for who in (r.RUSAGE_SELF, r.RUSAGE_CHILDREN)))"


def solve(course: Path, lab: str) -> tuple[float, float]:
    """The seconds that a lab's solution takes in a fresh kernel, and its peak memory in GB."""
    path = course / "solutions" / lab / f"{lab}.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells.append(new_code_cell(PEAK))
    settings = {"resources": {"metadata": {"path": str(path.parent)}}, "extra_arguments": ["--log-level=ERROR"]}
    start = time.perf_counter()
    try:
        NotebookClient(notebook, timeout=600, **settings).execute()
    except CellExecutionError as error:
        sys.exit(f"{lab} failed: {error.ename}: {error.evalue}")
    return time.perf_counter() - start, int(notebook.cells[-1].outputs[0].text) * 1024 / 1e9


def labs(course: Path) -> Table:
    """A row for each lab, goals in brackets; grading is one perfect submission, the start of the command included."""
    table = Table("lab", "seconds", "peak GB", "seconds to grade", "notebook kB")
    for lab in lab_names(course):
        took, peak = solve(course, lab)
        hand_in(course, lab, 1)
        cells = f"{took:.1f} ({LAB_SECONDS.get(lab, 60)})", f"{peak:.2f} ({LAB_GB.get(lab, 2)})"
        table.add_row(lab, *cells, f"{ours(course, lab):.1f}", f"{student_copy(course, lab).stat().st_size / 1e3:.0f}")
    return table


def megabytes(folder: Path) -> float:
    """The size of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def sizes(folder: Path) -> str:
    """The size of a fresh clone, history included, and of the students' zip."""
    clone = folder / "clone"
    subprocess.run(("git", "clone", "--quiet", "--no-local", ROOT, clone), check=True)
    history, zipped = megabytes(clone / ".git"), write_bundle(ROOT, folder / "bundle.zip").stat().st_size / 1e6
    return (
        f"repository {megabytes(clone):.0f} MB ({REPOSITORY_MB}), {history:.0f} of them history; "
        f"bundle {zipped:.0f} MB ({BUNDLE_MB})"
    )


def main() -> None:
    with TemporaryDirectory() as folder:
        Console(width=100).print(labs(make_course(Path(folder) / "course", ROOT / "solutions")))
        print(sizes(Path(folder)))


if __name__ == "__main__":
    main()
