"""Untrusted JSON becomes what nbformat expects, or is refused with an ordinary error."""

import json

import nbformat
import pytest

from prunelab.plain import plain_notebook

CODE = {"cell_type": "code", "metadata": {}, "source": "1 + 1", "execution_count": None, "outputs": []}
STREAM = {"output_type": "stream", "name": "stdout", "text": "2\n"}
SHOWN = {"output_type": "display_data", "data": {"text/plain": "2"}, "metadata": {}}
ERROR = {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["line"]}


def plain(**change) -> dict:
    """The cell that a code cell becomes after a change."""
    (cell,) = plain_notebook({"cells": [CODE | change]})["cells"]
    return cell


def test_a_well_formed_cell_stays_as_it_is():
    cell = CODE | {"id": "a1", "metadata": {"nbgrader": {"grade_id": "x"}}, "outputs": [STREAM, SHOWN, ERROR]}
    assert plain_notebook({"cells": [cell]})["cells"] == [cell]


def test_other_parts_of_the_notebook_stay_but_its_metadata():
    raw = {"nbformat": 4, "nbformat_minor": 2, "metadata": {"kernelspec": {"name": "julia"}}, "cells": []}
    assert plain_notebook(raw) == raw | {"metadata": {}}


@pytest.mark.parametrize("cells", [None, 5, "cells", {"0": CODE}])
def test_cells_that_are_no_list(cells):
    with pytest.raises(TypeError):
        plain_notebook({"cells": cells})


def test_no_cells_at_all():
    with pytest.raises(KeyError):
        plain_notebook({"nbformat": 4})


def test_what_is_no_cell_is_left_out():
    assert plain_notebook({"cells": ["a text", None, 5, [], CODE]})["cells"] == [CODE]


@pytest.mark.parametrize("kind", ["raw", "query", "heading", None, 5, ["code"]])
def test_another_kind_of_cell_is_raw_text_without_outputs(kind):
    assert plain(cell_type=kind) == {"cell_type": "raw", "metadata": {}, "source": "1 + 1"}


def test_a_text_has_no_outputs():
    assert plain(cell_type="markdown") == {"cell_type": "markdown", "metadata": {}, "source": "1 + 1"}


@pytest.mark.parametrize(
    ("source", "want"),
    [("x", "x"), (["a\n", "b"], "a\nb"), (["a", 1, None, ["c"], "b"], "ab"), (None, ""), (5, ""), ({"a": 1}, "")],
)
def test_the_source_is_one_text(source, want):
    assert plain(source=source)["source"] == want


@pytest.mark.parametrize("wrong", [None, 5, "text", [1]])
def test_parts_of_another_kind_are_left_out(wrong):
    assert plain(metadata=wrong, attachments=wrong, outputs=wrong) == CODE
    if not isinstance(wrong, str):
        assert plain(id=wrong) == CODE


def test_attachments_are_kept():
    pictures = {"a.png": {"image/png": "AAAA"}}
    assert plain(cell_type="markdown", attachments=pictures)["attachments"] == pictures


def test_a_number_of_execution_is_forgotten():
    assert plain(execution_count="7") == CODE


@pytest.mark.parametrize(
    "output",
    [
        STREAM | {"text": ["1\n", "2\n"]},
        STREAM | {"text": 5},
        ERROR | {"traceback": None},
        SHOWN | {"output_type": "execute_result"},
        SHOWN | {"data": {"text/plain": ["1", "2"], "application/json": {"a": 1}}},
        SHOWN | {"data": {}},
        {"output_type": "stream"},
    ],
)
def test_outputs_that_are_kept(output):
    assert plain(outputs=[output])["outputs"] == [output]


@pytest.mark.parametrize(
    "output",
    [
        5,
        None,
        [STREAM],
        {},
        {"output_type": "update_display_data"},
        {"output_type": 5},
        {"output_type": ["stream"]},
        {"output_type": "display_data"},
        SHOWN | {"data": [1]},
        SHOWN | {"data": None},
        SHOWN | {"data": {"text/plain": ["1", 2]}},
        STREAM | {"data": {}},
        STREAM | {"text": ["1", None]},
        ERROR | {"traceback": [["line"]]},
        ERROR | {"data": {"text/plain": "2"}},
    ],
)
def test_outputs_that_are_left_out(output):
    assert plain(outputs=[STREAM, output, SHOWN])["outputs"] == [STREAM, SHOWN]


def test_nbformat_reads_the_oddest_notebook():
    """Whatever is kept is of a form that nbformat can join and number."""
    cells = [
        CODE | {"outputs": [STREAM | {"text": ["a", "b"]}, SHOWN, {"output_type": "error"}]},
        CODE | {"cell_type": "markdown", "attachments": {"a.png": {"image/png": ["AA", "AA"]}}},
        CODE | {"cell_type": "markdown", "attachments": {"a.png": "AAAA", "b.png": None, "c.png": {"image/png": "B"}}},
        {"cell_type": {}, "id": [], "source": {}},
    ]
    raw = plain_notebook({"nbformat": 4, "nbformat_minor": 4, "cells": cells})
    read = nbformat.reads(json.dumps(raw), as_version=4)
    assert [cell.cell_type for cell in read.cells] == ["code", "markdown", "markdown", "raw"]
    assert read.cells[0].outputs[0].text == "ab"
    assert read.cells[2].attachments == {"c.png": {"image/png": "B"}}
