"""What `prunelab progress` reports, and what `prunelab reset` keeps."""

import json

import pytest

from prunelab import LabError
from prunelab.student import progress, reset

ERROR = {"output_type": "error", "ename": "CheckFailed", "evalue": "double: not yet.", "traceback": []}


def printed(text: str) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": text}


@pytest.fixture
def course(tiny):
    from prunelab.instructor.authoring.build import build_labs

    list(build_labs(tiny))
    return tiny


@pytest.fixture
def student(course):
    return course / "labs" / "01_tiny" / "01_tiny.ipynb"


def give(student, outputs: list, cell_name: str = "double-check") -> None:
    """Save the student's notebook with these outputs of one check."""
    import nbformat

    notebook = nbformat.read(student, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == cell_name:
            cell.outputs, cell.execution_count = nbformat.from_dict(outputs), 1
    nbformat.write(notebook, student)


@pytest.mark.parametrize(
    ("outputs", "result"),
    [
        ([printed("Passed: double (12 points)\n")], "passed"),
        ([printed("a line of mine\nPassed: double (12 points)\n")], "passed"),
        ([printed("Passed: "), printed("double (12 points)\n")], "passed"),
        ([printed("Passed: double (12 points)\n"), ERROR], "failed"),
        ([printed("Passed: double_extra (12 points)\n")], "failed"),
        ([printed("not Passed: double (12 points)\n")], "failed"),
        ([ERROR], "failed"),
        ([], "failed"),
    ],
)
def test_result_of_a_check(course, student, outputs, result):
    give(student, outputs)
    (lab,) = progress.progress(course)
    earned = 12 if result == "passed" else 0
    assert lab.checkpoints == [progress.Checkpoint("double", 12, result), progress.Checkpoint("half", 8, "not run")]
    assert (lab.earned, lab.points, lab.problem) == (earned, 20, "")


def test_table(course, student):
    give(student, [printed("Passed: double (12 points)\n")])
    give(student, [ERROR], "half-check")
    assert progress.as_markdown(progress.progress(course)).splitlines()[2:] == [
        "| 01_tiny | double | passed | 12 / 12 |",
        "| 01_tiny | half | failed | 0 / 8 |",
        "| **01_tiny** | **together** | | **12 / 20** |",
        "| **all labs** | | | **12 / 20** |",
    ]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b'{"cells": 3}', b'{"cells": [1]}', b"\xff\xfe\x00", None]
)
def test_damaged_notebook_is_reported_and_the_others_shown(course, student, content):
    from prunelab.instructor.authoring.build import build_labs

    student.unlink() if content is None else student.write_bytes(content)
    second = course / "solutions" / "02_tiny" / "02_tiny.py"
    second.parent.mkdir()
    second.write_text((course / "solutions" / "01_tiny" / "01_tiny.py").read_text())
    list(build_labs(course, ["02"]))
    give(course / "labs" / "02_tiny" / "02_tiny.ipynb", [printed("Passed: double (12 points)\n")])
    damaged, whole = progress.progress(course)
    assert damaged.problem.startswith(f"labs/01_tiny/01_tiny.ipynb is {'missing' if content is None else 'damaged'}. ")
    assert "`prunelab reset 01_tiny`" in damaged.problem
    assert damaged.problem in progress.as_markdown([damaged, whole])
    assert (damaged.earned, damaged.points, whole.earned, whole.points) == (0, 20, 12, 20)


def without_metadata(notebook: dict) -> None:
    for cell in notebook["cells"]:
        cell["metadata"] = {"nbgrader": None}


def without_ids(notebook: dict) -> None:
    without_metadata(notebook)
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"other-{number}"


@pytest.mark.parametrize("lose", [without_metadata, without_ids])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_notebook_that_another_program_wrote(course, student, lose, encoding):
    give(student, [printed("Passed: double (12 points)\n"), printed("")])
    notebook = json.loads(student.read_text())
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    outputs[1].pop("text")
    lose(notebook)
    student.write_text(json.dumps(notebook), encoding)
    (lab,) = progress.progress(course)
    assert (lab.earned, lab.points, lab.problem) == (12, 20, "")


def test_cells_that_are_gone_are_named(course, student):
    notebook = json.loads(student.read_text())
    notebook["cells"] = [
        cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") != "half"
    ]
    student.write_text(json.dumps(notebook))
    (lab,) = progress.progress(course)
    assert "lacks cells of the lab: half. `prunelab reset 01_tiny`" in lab.problem


def test_index_shows_the_table(course, student, monkeypatch):
    give(student, [printed("Passed: double (12 points)\n")])
    monkeypatch.chdir(course / "labs")
    assert "| 01_tiny | double | passed | 12 / 12 |" in progress.show().data


def test_reset_keeps_the_students_copy(course, student):
    pristine = student.read_bytes()
    works = [b"first work", b"second work", b"third work"]
    backups = []
    for work in works:
        student.write_bytes(work)
        backups.append(reset.reset_lab(course, "01_tiny"))
        assert student.read_bytes() == pristine
    assert [backup.read_bytes() for backup in backups] == works
    assert len({backup.parent for backup in backups}) == 1
    assert backups[0].parent == course / "labs" / "backups"
    assert backups[0].match("01_tiny-????????-??????.ipynb")


def test_reset_of_a_deleted_notebook(course, student):
    pristine = student.read_bytes()
    student.unlink()
    assert reset.reset_lab(course, "01_tiny") is None
    assert student.read_bytes() == pristine


def test_nothing_is_reset_where_no_copy_can_be_kept(course, student):
    student.write_bytes(b"work")
    (course / "labs" / "backups").write_text("a file where the folder should be")
    with pytest.raises(LabError, match="nothing was reset; free or unlock that folder"):
        reset.reset_lab(course, "01_tiny")
    assert student.read_bytes() == b"work"


def test_json(course, student, invoke):
    give(student, [printed("Passed: double (12 points)\n")])
    done = invoke(course / "labs", "progress", "--json")
    assert json.loads(done.stdout) == {
        "labs": [
            {
                "name": "01_tiny",
                "checkpoints": [
                    {"name": "double", "points": 12, "result": "passed"},
                    {"name": "half", "points": 8, "result": "not run"},
                ],
                "problem": "",
                "earned": 12,
                "points": 20,
            }
        ],
        "earned": 12,
        "points": 20,
    }
