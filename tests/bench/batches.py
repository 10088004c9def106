"""Print the cost of grading: `prunelab grade` against stock nbgrader on two cores, and how the cost grows.

Run it on an otherwise idle machine: `make bench`. Both graders get the same submissions, in turn.
"""

import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from prunelab.instructor.authoring.build import build_labs
from prunelab.instructor.authoring.source import read_source

sys.path.insert(0, str(Path(__file__).parents[1]))

from bank import BANK, answers_in
from conftest import TINY

ROOT = Path(__file__).parents[2]
LABS = ("01_dense_sparse", "05_slimming", "07_criteria")
TIMES_STOCK, FLAT, SCALING = {"honest": 5, "realistic": 4}, (12, 100, 1000), 1.8  # goals; sizes of light batches
FEEDBACK = 2  # goal: times as fast as stock nbgrader
TURNS, SUBMISSIONS, FEW_AND_MORE = 2, 12, (4, 20)
TINY_LAB = "01_tiny"


def make_course(folder: Path, sources: Path) -> Path:
    """Build a separate course from a folder of sources."""
    shutil.copytree(sources, folder / "solutions", ignore=shutil.ignore_patterns("*.ipynb"))
    for name in ("course.toml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, folder)
    list(build_labs(folder))
    return folder


def hand_in(course: Path, lab: str, count: int, kind: str = "mixed") -> None:
    """Hand in `count` submissions.

    Honest ones are right. Of realistic ones every second has one wrong answer, of the bank and of another exercise each
    time. Of four mixed ones two are right, one is half done and one blank.
    """
    released = course / "labs" / lab / f"{lab}.ipynb"
    solved = read_source(course / "solutions" / lab / f"{lab}.py").cells
    answers = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in solved
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    for number in range(count):
        given = dict(answers)
        if kind == "mixed":
            given = dict(list(answers.items())[: (len(answers), len(answers) // 2, 0, len(answers))[number % 4]])
        elif kind == "realistic" and number % 2:
            name = list(answers)[number // 2 % len(answers)]
            given[name] = next(code for said, _, code in answers_in(BANK / lab / f"{name}.py") if said == "wrong")
        notebook = nbformat.read(released, as_version=4)
        for cell in notebook.cells:
            cell.source = given.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
        target = course / "submitted" / f"student{number:04}" / lab / f"{lab}.ipynb"
        target.parent.mkdir(parents=True)
        nbformat.write(notebook, target)


def seconds_ungraded(course: Path, *command: str, **settings: str) -> float:
    """The seconds that a command takes in a course in which nothing is graded."""
    for name in ("autograded", "grading"):
        shutil.rmtree(course / name, ignore_errors=True)
    return seconds(course, *command, **settings)


def seconds(course: Path, *command: str, **settings: str) -> float:
    """The seconds that a command takes in a course."""
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    start = time.perf_counter()
    environment = os.environ | {"PATH": path} | settings
    run = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{' '.join(command)} failed: {run.stdout}{run.stderr}")
    return time.perf_counter() - start


def ours(course: Path, lab: str, *options: str) -> float:
    """The seconds of `prunelab grade`."""
    return seconds_ungraded(course, sys.executable, "-m", "prunelab", "grade", lab, *options)


def stock(course: Path, lab: str) -> float:
    """The seconds of stock nbgrader."""
    return seconds_ungraded(course, "nbgrader", "autograde", lab, PRUNELAB_STOCK="1")


def against_stock(course: Path, lab: str, kind: str) -> None:
    """Print the seconds per submission of both graders, and the ratio."""
    shutil.rmtree(course / "submitted", ignore_errors=True)
    hand_in(course, lab, SUBMISSIONS, kind)
    seconds(course, "nbgrader", "generate_assignment", lab, "--force")
    turns = [(stock(course, lab), ours(course, lab)) for _ in range(TURNS)]
    compare(f"{lab}, {kind}", turns, TIMES_STOCK[kind])


def feedback(course: Path, lab: str) -> None:
    """Print the seconds for each page of feedback of both."""
    ours(course, lab)
    turns = []
    for _ in range(TURNS):
        theirs = seconds(course, "nbgrader", "generate_feedback", lab, "--force", PRUNELAB_STOCK="1")
        turns.append((theirs, seconds(course, sys.executable, "-m", "prunelab", "feedback", lab)))
    compare(f"{lab}, feedback", turns, FEEDBACK)


def compare(what: str, turns: list[tuple[float, float]], goal: float) -> None:
    """Print the seconds for each submission, nbgrader's and ours, and the ratio."""
    theirs, own = (statistics.median(times) / SUBMISSIONS for times in zip(*turns, strict=True))
    ratio = statistics.median(one / other for one, other in turns)
    print(f"{what:<28} nbgrader {theirs:5.1f} s, prunelab {own:5.1f} s: {ratio:4.1f}x   goal: {goal}x", flush=True)


def scaling(course: Path, lab: str) -> None:
    """Print the cost of one more submission on one core and on two, without the start of the command.

    A worker that has a second core to itself lets the judge and nbgrader work there, so one core is half of two.
    """
    cores = sorted(os.sched_getaffinity(0))[:2]
    half, whole = further(course, lab, cores[:1]), further(course, lab, cores)
    alone = further(course, lab, cores, "--workers", "1")
    print(
        f"{lab:<18} a further one {half:.2f} s with one worker on one core, {whole:.2f} s with two on two: "
        f"{half / whole:.2f}x   goal: {SCALING}x"
    )
    print(f"{'':<18} {alone:.2f} s with one worker on two: {alone / whole:.2f}x   goal: {SCALING}x", flush=True)
    print(f"{'':<18} the notebook alone, without any grader, two at once: {two_at_once(course, lab):.2f}x", flush=True)


def further(course: Path, lab: str, cores: list[int], *options: str) -> float:
    """The seconds that one more submission takes on these cores."""
    before, took = os.sched_getaffinity(0), []
    os.sched_setaffinity(0, cores)  # of the command, too
    for count in FEW_AND_MORE:
        shutil.rmtree(course / "submitted", ignore_errors=True)
        hand_in(course, lab, count)
        took.append(ours(course, lab, *options))
    os.sched_setaffinity(0, before)
    return (took[1] - took[0]) / (FEW_AND_MORE[1] - FEW_AND_MORE[0])


def two_at_once(course: Path, lab: str) -> float:
    """The speed-up of two independent kernels on this machine, which no grader on two cores can beat."""
    run = (f"{sysconfig.get_path('scripts')}/jupyter", "execute", str(course / "solutions" / lab / f"{lab}.ipynb"))
    took = []
    for count in (1, 2):
        start = time.perf_counter()
        settings = {"env": os.environ | {"OMP_NUM_THREADS": "1"}, "stderr": subprocess.DEVNULL}
        kernels = [subprocess.Popen(run, **settings) for _ in range(count)]
        if {kernel.wait() for kernel in kernels} != {0}:
            sys.exit(f"{lab} failed.")
        took.append(time.perf_counter() - start)
    return 2 * took[0] / took[1]


def light(folder: Path) -> None:
    """Print the cost of a submission in small and large batches of a lab that computes nothing."""
    source = folder / "sources" / TINY_LAB / f"{TINY_LAB}.py"
    source.parent.mkdir(parents=True)
    source.write_text(TINY)
    shutil.copy(ROOT / "solutions" / "index.py", folder / "sources")
    for count in FLAT:
        course = make_course(folder / str(count), folder / "sources")
        hand_in(course, TINY_LAB, count)
        took = ours(course, TINY_LAB)
        print(f"{count:>5} light ones     {took:6.1f} s, {1000 * took / count:6.0f} ms each", flush=True)


def main() -> None:
    with TemporaryDirectory() as folder:
        course = make_course(Path(folder) / "course", ROOT / "solutions")
        for lab in LABS:
            against_stock(course, lab, "honest")
            against_stock(course, lab, "realistic")
        feedback(course, lab)
        scaling(course, LABS[1])
        light(Path(folder))


if __name__ == "__main__":
    main()
