"""The lab's cells moved, changed, removed, copied."""

import copy

from bestiary import WRONG, Desk, case, honest


def strip(desk: Desk) -> None:
    """Remove what nbgrader knows a cell by."""
    for cell in desk.cells:
        cell["metadata"] = {}


@honest(flags="metadata")
def stripped_metadata_and_ids(desk: Desk) -> None:
    strip(desk)
    for number, cell in enumerate(desk.cells):
        cell["id"] = f"new-{number}"


@honest(flags="copies metadata missing", tier="middle")
def changed_names(desk: Desk) -> None:
    desk.cell("double-check")["metadata"]["nbgrader"]["grade_id"] = "half"
    desk.answers["half"] = "".join(desk.cell("half")["source"])  # of two with this name the first; the other runs, too
    desk.cell("rectify")["metadata"]["nbgrader"]["grade_id"] = "'; DROP TABLE grade; --"


@case(answers=WRONG)
def raised_points(desk: Desk) -> None:
    for cell in desk.lab:
        cell["metadata"]["nbgrader"] |= {"points": 1000, "locked": False, "grade": True, "solution": True}


@honest()
def other_schema(desk: Desk) -> None:
    """What other versions of nbgrader wrote, and what none did."""
    for cell, version in zip(desk.lab, (1, 2, 4, "three", None, [], 99), strict=False):
        cell["metadata"]["nbgrader"]["schema_version"] = version
    desk.cell("double")["metadata"]["nbgrader"] = {"grade_id": "double"}
    desk.cell("half-check")["metadata"]["nbgrader"] = {"grade_id": "half-check", "points": "many", "grade": "yes"}


@honest(flags="missing")
def removed_checks(desk: Desk) -> None:
    desk.cells[:] = [cell for cell in desk.cells if "check(" not in "".join(cell["source"])]


@case(earns="double rectify", flags="missing")
def removed_exercise(desk: Desk) -> None:
    desk.answer(half="")
    desk.cells.remove(desk.cell("half"))


@honest(flags="missing")
def answers_alone(desk: Desk) -> None:
    desk.cells[:] = [desk.cell(name) for name in ("double", "half", "rectify")]


@case(earns="half rectify", flags="changed", tier="middle")
def weakened_check(desk: Desk) -> None:
    desk.answer(double=WRONG["double"])
    desk.cell("double-check")["source"] = 'print("Passed: double (8 points)")'


@honest(flags="changed")
def broken_check(desk: Desk) -> None:
    """A student who broke the check has not broken the answer."""
    desk.cell("double-check")["source"] = "w1th check("
    desk.cell("setup")["source"] = "# who needs this?"


@honest(flags="copies")
def copied_answers(desk: Desk) -> None:
    """The last of several answers before the check counts, as in any run from the top."""
    second = copy.deepcopy(desk.cell("double"))
    desk.answer(double="def double(x):\n    return 0")
    desk.cells.insert(desk.cells.index(desk.cell("double-check")), second)


@honest(flags="copies")
def whole_notebook_twice(desk: Desk) -> None:
    desk.cells.extend(copy.deepcopy(desk.cells))


@honest()
def check_tried_above_the_answer(desk: Desk) -> None:
    """The text of a check in a cell of the student's own, before there was anything to check."""
    desk.add("".join(desk.cell("double-check")["source"]))


@case(earns="half rectify")
def check_before_its_answer(desk: Desk) -> None:
    """Run from the top, this check fails, on the student's machine as well."""
    check = desk.cell("double-check")
    desk.cells.remove(check)
    desk.cells.insert(desk.cells.index(desk.cell("double")), check)


@case(earns="half rectify")
def answer_as_text(desk: Desk) -> None:
    """The cell was turned into text, which was not the question, and into code again by the grader."""
    desk.cell("double")["cell_type"] = "markdown"
    desk.answer(double="I would multiply by two.")


@honest()
def answer_as_raw_cell(desk: Desk) -> None:
    desk.cell("double")["cell_type"] = "raw"
    desk.cell("half-check")["cell_type"] = "markdown"


@honest()
def cells_in_between(desk: Desk) -> None:
    for place in ("double", "double-check", "half", "half-check", "rectify", "rectify-check"):
        desk.add("print(1 +", before=place)
        desk.add("# My *notes*", before=place, kind="markdown")
        desk.add("raw", before=place, kind="raw")


@honest(flags="tags", tier="middle")
def tags_on_answers(desk: Desk) -> None:
    desk.cell("double")["metadata"] |= {"tags": ["remove-cell", "skip-execution"], "editable": False}
    desk.cell("half")["metadata"]["tags"] = "not a list"
    desk.add("raise ValueError", before="half")["metadata"]["tags"] = ["raises-exception"]


@case()
def blank(desk: Desk) -> None:
    for name in ("double", "half", "rectify"):
        desk.answer(**{name: f"def {name}(x):\n    raise NotImplementedError()"})


@case(flags="own", tier="middle")
def setup_that_cannot_run(desk: Desk) -> None:
    desk.add("import sys\nsys.modules['torch'] = None", before="setup")
