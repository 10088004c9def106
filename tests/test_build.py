"""What `prunelab build` makes, keeps and refuses."""

import os
import re
import subprocess
from pathlib import Path

import nbformat
import pytest

import bank
from prunelab import LabError
from prunelab.course import course_map
from prunelab.instructor.authoring.build import build_labs
from prunelab.student import progress

REPOSITORY = Path(__file__).parents[1]
FIRST, *OTHERS = bank.SOURCES
of_the_course = pytest.mark.xdist_group("built course")


def contents(course: Path) -> dict[str, bytes]:
    return {str(path.relative_to(course)): path.read_bytes() for path in sorted(course.rglob("*.ipynb"))}


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def source_of(course: Path) -> Path:
    return course / "solutions" / "01_tiny" / "01_tiny.py"


def student_of(course: Path) -> Path:
    return course / "labs" / "01_tiny" / "01_tiny.ipynb"


@pytest.fixture
def built(tiny) -> Path:
    list(build_labs(tiny))
    return tiny


@pytest.fixture(scope="module")
def course(copy_of_course) -> Path:
    return copy_of_course()


def test_files(built):
    assert set(contents(built)) == {
        "solutions/01_tiny/01_tiny.ipynb",
        "labs/01_tiny/01_tiny.ipynb",
        "labs/index.ipynb",
        "labs/.originals/01_tiny.ipynb",
        "labs/.originals/index.ipynb",
    }


def test_metadata_of_each_kind_of_cell(built):
    cells = read(built / "solutions" / "01_tiny" / "01_tiny.ipynb").cells
    graded = {cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader for cell in cells if "nbgrader" in cell.metadata}
    assert list(graded) == ["setup", "double", "double-check", "half", "half-check"]
    facts = {"schema_version": 3, "task": False}
    assert graded["setup"] == facts | {"grade_id": "setup", "grade": False, "solution": False, "locked": True}
    assert graded["double"] == facts | {"grade_id": "double", "grade": False, "solution": True, "locked": False}
    assert graded["half-check"] == facts | {
        "grade_id": "half-check",
        "grade": True,
        "solution": False,
        "locked": True,
        "points": 8,
    }
    assert len({cell.id for cell in cells}) == len(cells)


def test_long_cells_that_are_no_exercise_are_folded(tiny):
    lines = "\n".join(f"x = {number}" for number in range(13))
    source = (
        source_of(tiny)
        .read_text()
        .replace('print("free")', lines, 1)
        .replace('print("free")', f"my_guess = 1\n{lines}")
    )
    source_of(tiny).write_text(source.replace("    return 2 * x", f"    return 2 * x\n{lines}".replace("\n", "\n    ")))
    list(build_labs(tiny))
    cells = read(tiny / "labs" / "01_tiny" / "01_tiny.ipynb").cells
    assert [cell.source for cell in cells if cell.metadata.get("jupyter", {}).get("source_hidden")] == [lines]


WRITTEN = """
# %% [markdown]
# ## Your conclusion

# %% [markdown] written="conclusion" points=3
# Prune a little and measure.
"""


@pytest.fixture
def written(tiny) -> Path:
    """A tiny course with a manually graded text."""
    edit(source_of(tiny), "points=8", "points=5")
    source_of(tiny).write_text(source_of(tiny).read_text() + WRITTEN)
    list(build_labs(tiny))
    return tiny


def test_a_written_text_is_graded_by_hand(written):
    teacher, student = (
        read(path).cells[-1] for path in (source_of(written).with_suffix(".ipynb"), student_of(written))
    )
    assert teacher.cell_type == student.cell_type == "markdown"
    assert teacher.source == "Prune a little and measure."
    assert student.source == "YOUR ANSWER HERE"
    assert {key: teacher.metadata.nbgrader[key] for key in ("grade_id", "grade", "solution", "locked", "points")} == {
        "grade_id": "conclusion",
        "grade": True,
        "solution": True,
        "locked": False,
        "points": 3,
    }
    assert "Prune a little" not in student_of(written).read_text()


WRITTEN_REFUSED = {
    "no points": (" points=3", "", "written 'conclusion' has None points"),
    "total": ("points=3", "points=4", "21 points", "make them 20"),
    "code": ("[markdown] written", "written", "a text if it is written"),
    "same name": ('written="conclusion"', 'written="half"', "both called 'half'"),
    "bad name": ('written="conclusion"', 'written="my end"', "is no name"),
}


@pytest.mark.parametrize("case", WRITTEN_REFUSED)
def test_a_bad_written_text_is_refused(written, case):
    old, new, *parts = WRITTEN_REFUSED[case]
    edit(source_of(written), old, new)
    with pytest.raises(LabError) as caught:
        list(build_labs(written))
    assert all(part in str(caught.value) for part in parts), caught.value


def test_progress_waits_for_the_text_and_the_teacher(written):
    def conclusion() -> progress.Checkpoint:
        return progress.progress(written)[0].checkpoints[-1]

    assert conclusion() == progress.Checkpoint("conclusion", 3, "not written")
    edit(student_of(written), "YOUR ANSWER HERE", "I would prune.")
    assert conclusion() == progress.Checkpoint("conclusion", 3, "written")
    assert conclusion().earned == 0
    table = progress.as_markdown(progress.progress(written))
    assert "| 01_tiny | conclusion | written (graded by hand) | 0 / 3 |" in table


@of_the_course
@pytest.mark.parametrize("lab", bank.SOURCES)
def test_students_notebook_holds_no_answer(course, lab):
    assert not list((course / "labs").rglob("*.py"))
    instructor = {cell.id: cell for cell in read(course / "solutions" / lab / f"{lab}.ipynb").cells}
    student = read(course / "labs" / lab / f"{lab}.ipynb").cells
    assert [cell.id for cell in student] == list(instructor)
    hidden = 0
    for cell in student:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert not re.search("(BEGIN|END) (SOLUTION|HIDDEN)", cell.source)
        for kind in ("SOLUTION", "HIDDEN TESTS"):
            parts = re.split(rf"^ *### (?:BEGIN|END) {kind}\n?", instructor[cell.id].source, flags=re.MULTILINE)
            visible = {line for part in parts[::2] for line in part.splitlines()}
            for line in {line for part in parts[1::2] for line in part.splitlines()} - visible:
                assert line not in cell.source.splitlines()
                hidden += 1
    assert hidden > 20


def test_rebuild_changes_no_byte(built):
    before = contents(built)
    for path in contents(built):
        (built / path).unlink()
    list(build_labs(built))
    assert contents(built) == before


@of_the_course
@pytest.mark.middle
@pytest.mark.parametrize("lab", [FIRST, *(pytest.param(lab, marks=pytest.mark.whole) for lab in OTHERS)])
def test_stock_nbgrader_makes_the_same_bytes(course, run_in, lab):
    ours = contents(course)
    done = run_in(course, "nbgrader", "generate_assignment", lab, "--force")
    assert done.returncode == 0, done.stderr
    assert contents(course) == ours
    assert not list((course / "labs").rglob("*.py"))


@of_the_course
def test_repository_holds_the_built_notebooks(course):
    made = {path: content for path, content in contents(course).items() if path.startswith("labs")}
    listed = subprocess.run(["git", "ls-files", "labs"], cwd=REPOSITORY, capture_output=True, text=True).stdout.split()
    if not listed:
        pytest.skip("the notebooks are not in git here")
    staged = {
        path: subprocess.run(["git", "show", f":{path}"], cwd=REPOSITORY, capture_output=True, check=True).stdout
        for path in listed
    }
    stale = sorted(path for path in staged.keys() | made.keys() if staged.get(path) != made.get(path))
    assert not stale, "run `prunelab build` and `git add labs`"


def test_an_up_to_date_lab_is_not_rebuilt(built):
    ages = {path: os.stat(built / path).st_mtime_ns for path in contents(built)}
    assert list(build_labs(built)) == []
    assert {path: os.stat(built / path).st_mtime_ns for path in contents(built)} == ages


def run_cell(path: Path) -> None:
    notebook = read(path)
    cell = next(cell for cell in notebook.cells if cell.source == 'print("free")')
    cell.outputs, cell.execution_count = [nbformat.v4.new_output("stream", text="free\n")], 1
    nbformat.write(notebook, path)


def test_outputs_stay_while_the_source_is_the_same(built):
    run_cell(student_of(built))
    before = contents(built)
    os.utime(source_of(built))
    assert list(build_labs(built)) == []
    assert contents(built) == before


def test_new_source_replaces_a_notebook_that_was_only_run(built):
    run_cell(student_of(built))
    edit(source_of(built), "A lab of two exercises.", "Two exercises.")
    assert list(build_labs(built)) == ["Built labs/01_tiny/01_tiny.ipynb."]
    assert student_of(built).read_bytes() == (built / "labs" / ".originals" / "01_tiny.ipynb").read_bytes()
    assert b"A lab of two" not in student_of(built).read_bytes()


@pytest.mark.parametrize("damage", [False, True])
def test_students_work_is_kept(built, damage):
    student = student_of(built)
    edit(student, "raise NotImplementedError()", "return x + x")
    if damage:
        student.write_bytes(student.read_bytes()[:-100])
    work = student.read_bytes()
    edit(source_of(built), "A lab of two exercises.", "Two exercises.")
    (sentence,) = build_labs(built)
    assert sentence.startswith("labs/01_tiny/01_tiny.ipynb holds your work and was left as it is; ")
    assert "`prunelab reset 01_tiny`" in sentence
    assert student.read_bytes() == work
    assert b"A lab of two" not in (built / "labs" / ".originals" / "01_tiny.ipynb").read_bytes()
    assert list(build_labs(built)) == []


def test_deleted_notebook_comes_back(built):
    student_of(built).unlink()
    assert list(build_labs(built)) == ["Built labs/01_tiny/01_tiny.ipynb."]


STRAY = '# %% check="x" points=1\nwith check("x", points=1):\n    pass\n\n# %% [markdown]\n# # Tiny'
HALF = 'check="half" points=8\nwith check("half", points=8)'
TWICE = 'check="double" points=8\nwith check("double", points=8)'
ANSWER = "    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION"
CHECK = '# %% check="double" points=12\nwith check("double", points=12) as c:\n'
REFUSED = {
    "header only": ('check="half" points=8\n', "\n", "cell 8", "is no check"),
    "no exercise": ("# %% [markdown]\n# # Tiny", STRAY, "cell 1, check 'x'", "no exercise"),
    "no points": (CHECK, CHECK.replace(" points=12\n", "\n", 1), "cell 4", "has None points"),
    "half points": (CHECK, CHECK.replace("points=12\n", "points=2.5\n", 1), "cell 4", "has 2.5 points", "whole number"),
    "points in quotes": (CHECK, CHECK.replace("points=12\n", 'points="2"\n', 1), "cell 4", "has '2' points"),
    "zero points": (CHECK, CHECK.replace("points=12\n", "points=0\n", 1), "cell 4", "has 0 points"),
    "other points": (CHECK, CHECK.replace("points=12)", "points=11)"), "cell 4", 'check("double", points=12)'),
    "points elsewhere": ('exercise="half"', 'exercise="half" points=8', "cell 7", "belong to a check"),
    "total": ("points=8", "points=9", "21 points", "make them 20"),
    "same name": ('exercise="half"', 'exercise="double"', "cells 3 and 7", "both called 'double'"),
    "name of the setup": ('locked="setup"', 'locked="half"', "cells 2 and 7", "both called 'half'"),
    "same check": (HALF, TWICE, "cells 4 and 8", "both called 'double'"),
    "bad name": ('locked="setup"', 'locked="set up"', "cell 2", "letters"),
    "header": ('locked="setup"', "locked=setup", "cell 2", 'key="value"'),
    "percent in text": ("# A lab of", "# %%A lab of", "cell 1", 'starts with "%%"'),
    "cell in text": ("# A lab of", "# %% A lab of", "cell 2", "starts a new cell"),
    "cell in code": ("    return 2 * x", "    # %% twice\n    return 2 * x", "cell 3", "SOLUTION", "do not pair"),
    "attachment": ("# A lab of", "# ![x](attachment:x.png) A lab of", "cell 1", "attachment"),
    "open solution": (ANSWER, ANSWER[:-20], "cell 7", "END SOLUTION", "pair up"),
    "closed twice": ("    return x / 2\n", "    return x / 2\n    ### END SOLUTION\n", "cell 7", "pair up"),
    "open hidden test": ('2.0, idea="Half.")\n    ### END HIDDEN TESTS', '2.0, idea="Half.")', "cell 8", "pair up"),
    "hidden test elsewhere": ('print("free")', "### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS", "cell 5", "is no check"),
    "solution elsewhere": ('print("free")', "### BEGIN SOLUTION\n### END SOLUTION", "cell 5", "is no exercise"),
    "no solution": (ANSWER, "    return x / 2", "cell 7", "marks no answer"),
    "two roles": ('exercise="half"', 'exercise="half" locked="x"', "cell 7", "split it"),
    "text exercise": ('# %% exercise="half"', '# %% [markdown] exercise="half"', "cell 7", "code cell"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_source_is_refused(built, case):
    old, new, *parts = REFUSED[case]
    before = contents(built)
    source = source_of(built)
    edit(source, old, new)
    with pytest.raises(LabError) as caught:
        list(build_labs(built))
    assert str(caught.value).startswith(str(source))
    assert all(part in str(caught.value) for part in parts), caught.value
    assert contents(built) == before


def test_exercise_without_check_is_refused(built):
    source = source_of(built)
    source.write_text(source.read_text().partition('# %% check="half"')[0])
    with pytest.raises(
        LabError, match="cell 7, exercise 'half', has no check after it; add a cell with check=\"half\""
    ):
        list(build_labs(built))


def test_index_links_the_labs_there_are(built):
    text = (built / "labs" / "index.ipynb").read_text()
    assert "[Dense and sparse layers](01_tiny/01_tiny.ipynb) | 120 |" in text
    assert text.count("(in preparation)") == 9
    assert [lab["number"] for lab in course_map(REPOSITORY)] == [f"{number:02}" for number in range(1, 11)]
    assert all(lab["title"] in text and lab["goal"] in text for lab in course_map(REPOSITORY))


@pytest.mark.parametrize("wanted", ["1", "01", "01_tiny", "solutions/01_tiny/01_tiny.py"])
def test_one_lab_by_number_or_name(tiny, wanted):
    assert list(build_labs(tiny, [wanted])) == ["Built labs/01_tiny/01_tiny.ipynb."]


def test_unknown_lab_names_those_there_are(tiny):
    with pytest.raises(LabError, match="No lab is called '77'; there are index, 01_tiny"):
        list(build_labs(tiny, ["77"]))
