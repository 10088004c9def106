"""The file itself: encodings, formats, damaged and odd JSON."""

import json

from bestiary import PIXEL, Desk, honest, rebuilt, refused

MERGE = "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> theirs\n"


@honest()
def lines_of_windows(desk: Desk) -> None:
    """And blanks at the ends of lines, as editors leave them."""
    for cell in desk.cells:
        cell["source"] = "".join(cell["source"]).replace("\n", "  \r\n") + "\n\n"
    desk.hand_in(desk.text().replace("\n", "\r\n").encode())


@honest(flags="encoding", tier="middle")
def utf_16(desk: Desk) -> None:
    desk.hand_in(desk.text().encode("utf-16"))


@rebuilt(flags="encoding")
def latin_1(desk: Desk) -> None:
    desk.add("# Äußerst schön: ½ x")
    desk.hand_in(desk.text().encode("latin-1"))


@refused(flags="broken")
def empty_file(desk: Desk) -> None:
    desk.hand_in(b"")


@refused(flags="broken")
def picture(desk: Desk) -> None:
    desk.hand_in(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10)


@refused(flags="broken", tier="middle")
def truncated(desk: Desk) -> None:
    desk.hand_in(desk.text()[:-700].encode())


@refused(flags="broken")
def marks_of_a_merge(desk: Desk) -> None:
    text = desk.text()
    desk.hand_in(text.replace('"nbformat": 4', MERGE.format('"nbformat": 4', '"nbformat": 3')).encode())


@refused(flags="broken")
def nested_too_deeply(desk: Desk) -> None:
    desk.hand_in(b"[" * 100_000 + b"]" * 100_000)


@refused(flags="broken")
def list_of_cells(desk: Desk) -> None:
    desk.hand_in(json.dumps(desk.cells).encode())


@refused(flags="broken")
def cells_are_a_dict(desk: Desk) -> None:
    desk.notebook["cells"] = {str(number): cell for number, cell in enumerate(desk.cells)}


@refused(flags="broken")
def format_5(desk: Desk) -> None:
    desk.notebook |= {"nbformat": 5, "nbformat_minor": 0}


@honest(flags="format", tier="middle")
def format_3(desk: Desk) -> None:
    """As IPython wrote it before there was Jupyter."""
    old = [
        {**cell, "language": "python", "input": cell["source"]} for cell in desk.cells if cell["cell_type"] == "code"
    ]
    for cell in old:
        cell["prompt_number"] = cell.pop("execution_count")
    text = {"cell_type": "heading", "level": 1, "metadata": {}, "source": "Tiny"}
    sheet = {"cells": [text, *old], "metadata": {}}
    desk.hand_in(
        json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [sheet]}).encode()
    )


@rebuilt()
def format_4_0_without_ids(desk: Desk) -> None:
    desk.notebook["nbformat_minor"] = 0
    for cell in desk.cells:
        del cell["id"]
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)


@rebuilt()
def the_same_id_everywhere(desk: Desk) -> None:
    for cell in desk.cells:
        cell["id"] = "x"


@rebuilt()
def metadata_of_another_kind(desk: Desk) -> None:
    """Cells of the student's own with what no schema allows."""
    desk.notebook["metadata"] = {"kernelspec": {"name": "julia-1.9", "language": "julia"}, "language_info": 5}
    for metadata in ([], "none", None, {"nbgrader": []}, {"nbgrader": {"grade_id": ["double"]}}, {"tags": "one"}):
        desk.add("1")["metadata"] = metadata


@honest()
def cells_of_another_kind(desk: Desk) -> None:
    for change in ({"source": None}, {"source": 5}, {"source": [1, 2]}, {"cell_type": "query"}, {"cell_type": None},
                   {"outputs": None}, {"outputs": {}}, {"outputs": [5, None, {}]}, {"id": 7}):  # fmt: skip
        desk.add("1 + 1").update(change)
    del desk.add("2")["source"], desk.add("3")["cell_type"], desk.add("4")["metadata"], desk.add("5")["outputs"]
    desk.cells[:0] = ["a text", None, 5, []]


@rebuilt()
def attachments_of_another_kind(desk: Desk) -> None:
    desk.add("![](attachment:x.png)", kind="markdown")["attachments"] = {"x.png": {"image/png": PIXEL}}
    desk.add("![](attachment:x.png)", kind="markdown")["attachments"] = [1]
    desk.cell("double")["attachments"] = "here"


@honest()
def letters_that_are_none(desk: Desk) -> None:
    """Half a surrogate pair can be written in JSON, and in no encoding."""
    desk.add("# \ud800\nprint('\ud800')")
    desk.add("Text \udfff \0 \f\v\x1b[31m", kind="markdown")
    desk.add("# \0")
    desk.hand_in(json.dumps(desk.notebook).encode())


@refused(flags="foreign", tier="middle")
def another_lab(desk: Desk) -> None:
    desk.notebook["cells"] = [desk.new("import numpy\nnumpy.zeros(3)"), desk.new("# Lab 7", "markdown")]


@refused(flags="large", tier="middle")
def thousands_of_cells(desk: Desk) -> None:
    desk.cells.extend(desk.new("1") for _ in range(3_000))


@honest()
def sixty_megabytes_of_saved_outputs(desk: Desk) -> None:
    text = {"output_type": "stream", "name": "stdout", "text": "x" * 60_000}
    released = next(cell for cell in desk.cells if "".join(cell["source"]) == "print(double(4.0))")
    for cell in (desk.cell("double"), desk.cell("half-check"), released):
        cell["outputs"] = [text] * 350


@honest()
def five_thousand_saved_outputs(desk: Desk) -> None:
    released = next(cell for cell in desk.cells if "".join(cell["source"]) == "print(double(4.0))")
    released["outputs"] = [{"output_type": "stream", "name": "stdout", "text": f"{n}\n"} for n in range(5000)]
    released["outputs"] += [{"output_type": "display_data", "data": {"text/plain": "1"}, "metadata": {}}] * 5000


@rebuilt()
def saved_outputs_that_are_none(desk: Desk) -> None:
    released = next(cell for cell in desk.cells if "".join(cell["source"]) == "print(double(4.0))")
    released["outputs"] = [{"output_type": "stream"}, {"output_type": "display_data", "data": [1]}, {"output_type": 5},
                           {"output_type": "error", "ename": 5, "evalue": [], "traceback": "no list"}, {}]  # fmt: skip
