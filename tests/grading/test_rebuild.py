"""The graded notebook has the instructor's version of the lab's cells, and only the answers from the student."""

from dataclasses import replace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from prunelab import LabError
from prunelab.instructor.authoring.source import KERNEL
from prunelab.instructor.submissions import rebuild as module
from prunelab.instructor.submissions.flags import Flag, Refused
from prunelab.instructor.submissions.rebuild import read_release, rebuild

LAB = "01_tiny"
NAMES = ["setup", "double", "double-check", "half", "half-check", "essay"]
ANSWER = "def double(x):\n    return x + x"
PIXEL = "iVBORw0KGgo="


def sources(rebuilt) -> dict[str, str]:
    """The sources of the lab's cells, in notebook order."""
    cells = [cell for cell in rebuilt.notebook.cells if "nbgrader" in cell.metadata]
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in cells}


def free(rebuilt) -> list[str]:
    return [cell.source for cell in rebuilt.notebook.cells if "nbgrader" not in cell.metadata]


def official(release, **answers: str) -> dict[str, str]:
    """The expected sources of the lab's cells: the instructor's code, and the students' stubs or given answers."""
    found = {name: cell.source for name, cell in release.official.items() if cell.metadata.nbgrader.locked}
    return {name: found.get(name, release.stubs[name]) for name in NAMES} | answers


class TestRelease:
    def test_the_instructors_cells_have_the_hidden_tests(self, release):
        assert list(release.official) == NAMES
        assert "double, -3, want=-6" in release.official["double-check"].source
        assert release.official["double"].source.endswith("### END SOLUTION")
        assert release.official["half-check"].metadata.nbgrader.points == 6

    def test_the_students_cells_have_neither_tests_nor_solutions(self, release):
        assert list(release.stubs) == NAMES
        assert "-3" not in release.stubs["double-check"]
        assert "2 * x" not in release.stubs["double"]
        assert "model answer" not in release.stubs["essay"]

    def test_free_cells_and_probes(self, release):
        assert 'print("free")' in release.free
        assert not release.free & set(release.stubs.values())
        assert "def double(lab, draw)" in release.probes

    def test_no_probes_and_no_build(self, tiny):
        with pytest.raises(LabError, match="run `prunelab build 01_tiny`"):
            read_release(tiny, LAB)
        (tiny / "labs" / ".originals").mkdir(parents=True)
        nbformat.write(new_notebook(), tiny / "labs" / ".originals" / f"{LAB}.ipynb")
        assert read_release(tiny, LAB).probes == ""
        (tiny / "solutions" / LAB / f"{LAB}.py").unlink()
        with pytest.raises(LabError, match="has no source"):
            read_release(tiny, LAB)


class TestLockedCellsAndAnswers:
    def test_an_untouched_notebook(self, notebook, release):
        rebuilt = rebuild(notebook, release)
        assert sources(rebuilt) == official(release)
        assert rebuilt.blank == ("double", "half", "essay")
        assert rebuilt.flags == []
        assert rebuilt.notebook.metadata == KERNEL
        optional = [rebuilt.notebook.cells[number].source for number in rebuilt.optional]
        assert optional == ['print("free")', 'print("free")']

    def test_no_cell_of_the_lab_is_optional(self, notebook, release):
        alike = replace(release, free=release.free | {release.official["setup"].source})
        assert rebuild(notebook, alike).optional == rebuild(notebook, release).optional

    def test_an_answer_is_taken_as_it_is(self, notebook, cell, release):
        cell("double").source = ANSWER
        cell("essay").source = "Mine."
        rebuilt = rebuild(notebook, release)
        assert sources(rebuilt) == official(release, double=ANSWER, essay="Mine.")
        assert rebuilt.blank == ("half",)

    @pytest.mark.parametrize("blank", ["", "  \n\n", "{}\n\n", "{}   "])
    def test_a_blank_answer(self, notebook, cell, release, blank):
        cell("double").source = blank.format(release.stubs["double"])
        assert "double" in rebuild(notebook, release).blank

    def test_changed_locked_cells_are_put_back(self, notebook, cell, release):
        cell("setup").source += "\nimport os"
        cell("half-check").source = 'print("Passed: half (6 points)")'
        rebuilt = rebuild(notebook, release)
        assert sources(rebuilt) == official(release)
        assert rebuilt.flags == [Flag("changed", "setup, half-check")]

    def test_trailing_spaces_are_no_change(self, notebook, release):
        for each in notebook.cells:
            each.source = "\n" + each.source.replace("\n", " \t\n") + "\n\n"
        rebuilt = rebuild(notebook, release)
        assert rebuilt.flags == []
        assert len(rebuilt.optional) == 2
        assert rebuilt.blank == ("double", "half", "essay")

    def test_hidden_tests_that_nbgrader_put_back_are_no_change(self, notebook, cell, release):
        cell("double-check").source = release.official["double-check"].source
        assert rebuild(notebook, release).flags == []

    def test_kind_and_settings_of_a_cell_are_the_labs(self, notebook, cell, release):
        """Points, roles and kinds decide what a verdict is worth."""
        for name in NAMES:
            cell(name).metadata.nbgrader |= {"points": 1000, "locked": False, "solution": True}
        cell("half-check").cell_type = "markdown"
        cell("essay").cell_type = "code"
        rebuilt = rebuild(notebook, release)
        kept = {each.metadata.nbgrader.grade_id: each for each in rebuilt.notebook.cells if "nbgrader" in each.metadata}
        assert {name: each.metadata for name, each in kept.items()} == {
            name: each.metadata for name, each in release.official.items()
        }
        assert [kept[name].cell_type for name in ("half-check", "essay")] == ["code", "markdown"]
        assert sources(rebuilt) == official(release)

    def test_tags_are_removed(self, notebook, cell, release):
        cell("double").metadata.tags = ["raises-exception"]
        cell("setup").metadata.tags = []
        notebook.cells.append(new_code_cell("1", metadata={"tags": ["skip-execution"]}))
        rebuilt = rebuild(notebook, release)
        assert rebuilt.flags == [Flag("tags", "double")]
        assert not any("tags" in each.metadata for each in rebuilt.notebook.cells)

    def test_two_runs_write_the_same(self, notebook, release):
        first, second = (nbformat.writes(rebuild(notebook, release).notebook) for _ in range(2))
        assert first == second
        assert [cell.id for cell in nbformat.reads(first, 4).cells] == [f"cell-{n}" for n in range(len(notebook.cells))]

    def test_no_output_of_the_lab_s_cells_is_kept(self, notebook, cell, release):
        for name in NAMES[:-1]:
            cell(name).outputs = [new_output("stream", text="Passed: double (12 points)\n")]
            cell(name).execution_count = 1
        rebuilt = rebuild(notebook, release)
        assert not any(each.get("outputs") or each.get("execution_count") for each in rebuilt.notebook.cells)


class TestLostLabels:
    @pytest.mark.parametrize(
        "lost", [{}, {"nbgrader": None}, {"nbgrader": "double"}, {"nbgrader": {"grade_id": 5}}, {"nbgrader": {}}]
    )
    def test_a_cell_is_known_by_its_id(self, notebook, cell, release, lost):
        found = cell("double")
        found.metadata, found.source = nbformat.from_dict(lost), ANSWER
        rebuilt = rebuild(notebook, release)
        assert sources(rebuilt) == official(release, double=ANSWER)
        assert rebuilt.flags == [Flag("metadata", "double")]

    def test_or_by_its_first_line(self, notebook, cell, release):
        answer = "def double(x):  \n    return x * 2.0"
        for name, source in {"double": answer, "half-check": cell("half-check").source}.items():
            found = cell(name)
            found.metadata, found.id, found.source = nbformat.from_dict({}), "other", source
        rebuilt = rebuild(notebook, release)
        assert sources(rebuilt) == official(release, double=answer)
        assert rebuilt.flags == [Flag("metadata", "double, half-check")]

    def test_a_name_is_worth_more_than_an_id_and_an_id_more_than_a_first_line(self, notebook, cell, release):
        named, identity = cell("double"), cell("double").id
        named.id, named.source = "other", "# mine\n" + ANSWER
        notebook.cells[:0] = [new_code_cell(release.stubs["double"]), new_code_cell("wrong = 1", id=identity)]
        assert sources(rebuild(notebook, release))["double"] == named.source
        notebook.cells.remove(named)
        assert sources(rebuild(notebook, release))["double"] == "wrong = 1"

    def test_a_cell_stands_for_one_of_the_labs_alone(self, notebook, cell, release):
        notebook.cells.remove(cell("half"))
        cell("double").update(id=release.official["half"].id, source=ANSWER)
        rebuilt = rebuild(notebook, release)
        assert sources(rebuilt) == official(release, double=ANSWER, half="")
        assert rebuilt.flags == [Flag("missing", "half")]

    def test_an_empty_cell_matches_none(self, notebook, cell, release):
        notebook.cells.remove(cell("essay"))
        notebook.cells.append(new_markdown_cell(" \n"))
        stubs = release.stubs | {"essay": ""}
        assert rebuild(notebook, replace(release, stubs=stubs)).flags == [Flag("missing", "essay")]


class TestMissingCells:
    @pytest.mark.parametrize("gone", [["setup"], ["double", "double-check"], ["half-check", "essay"], NAMES[:-1]])
    def test_they_are_restored_in_place_without_an_answer(self, notebook, cell, release, gone):
        for name in gone:
            notebook.cells.remove(cell(name))
        rebuilt = rebuild(notebook, release)
        assert list(sources(rebuilt)) == NAMES
        assert sources(rebuilt) == official(release, **dict.fromkeys({*gone} & {"double", "half", "essay"}, ""))
        assert rebuilt.flags == [Flag("missing", ", ".join(gone))]
        assert rebuilt.blank == ("double", "half", "essay")

    def test_a_missing_cell_is_restored_after_its_predecessor(self, notebook, cell, release):
        notebook.cells.remove(cell("double-check"))
        notebook.cells.insert(notebook.cells.index(cell("double")) + 1, new_code_cell("mine = 1"))
        order = [
            each.metadata.get("nbgrader", {}).get("grade_id", each.source)
            for each in rebuild(notebook, release).notebook.cells
        ]
        at = order.index("double")
        assert order[at : at + 3] == ["double", "double-check", "mine = 1"]

    def test_another_order_is_the_students_own(self, notebook, release):
        notebook.cells.reverse()
        rebuilt = rebuild(notebook, release)
        assert list(sources(rebuilt)) == NAMES[::-1]
        assert rebuilt.flags == []

    @pytest.mark.parametrize(
        ("cells", "said"),
        [
            ([], "it has 0 cells and no heading"),
            ([new_code_cell("# no"), new_markdown_cell("a\n# Lab 7\x1b!")], "it has 2 cells and is headed 'Lab 7!'"),
        ],
    )
    def test_a_notebook_without_any_is_refused_and_its_heading_told(self, release, cells, said):
        with pytest.raises(Refused) as refused:
            rebuild(new_notebook(cells=cells), release)
        assert refused.value.flag == Flag("foreign", said)


class TestCopies:
    def test_the_first_copy_of_an_answer_counts_and_the_other_runs(self, notebook, cell, release):
        copy = nbformat.from_dict(cell("double"))
        cell("double").source = ANSWER
        notebook.cells.append(copy)
        rebuilt = rebuild(notebook, release)
        assert sources(rebuilt) == official(release, double=ANSWER)
        assert free(rebuilt)[-1] == copy.source
        assert rebuilt.flags == [Flag("copies", "double")]

    def test_the_unchanged_copy_of_a_check_counts(self, notebook, cell, release):
        copy = nbformat.from_dict(cell("half-check"))
        cell("half-check").source = "half_check = None"
        notebook.cells.append(copy)
        rebuilt = rebuild(notebook, release)
        assert rebuilt.notebook.cells[-1].metadata.nbgrader.grade_id == "half-check"
        assert rebuilt.notebook.cells[-1].source == release.official["half-check"].source
        assert "half_check = None" in free(rebuilt)
        assert rebuilt.flags == [Flag("copies", "half-check")]

    def test_the_first_of_changed_copies_counts(self, notebook, cell, release):
        copy = nbformat.from_dict(cell("half-check"))
        cell("half-check").source, copy.source = "first = 1", "second = 2"
        notebook.cells.append(copy)
        rebuilt = rebuild(notebook, release)
        assert free(rebuilt)[-1] == "second = 2"
        assert {flag.code for flag in rebuilt.flags} == {"changed", "copies"}

    @pytest.mark.parametrize(("count", "more"), [(8, ""), (9, " and 1 more")])
    def test_a_long_list_of_names_is_cut_without_duplicates(self, release, count, more):
        numbered = {f"cell{number}": nbformat.from_dict(release.official["setup"]) for number in range(count)}
        for name, each in numbered.items():
            each.metadata.nbgrader.grade_id = name
        labels = [{"nbgrader": {"grade_id": name}, "tags": ["t"]} for name in numbered]
        cells = [new_code_cell("x", metadata=label) for label in [*labels, *labels, *labels]]
        rebuilt = rebuild(
            new_notebook(cells=cells), replace(release, official=numbered, stubs=dict.fromkeys(numbered, "x"))
        )
        listed = "cell0, cell1, cell2, cell3, cell4, cell5, cell6, cell7" + more
        assert rebuilt.flags == [Flag("copies", listed), Flag("tags", listed)]


class TestFreeCells:
    def test_kinds_stay_and_unknown_labels_are_removed(self, notebook, release):
        label = {"nbgrader": {"grade_id": "mine", "grade": True, "points": 1000}}
        notebook.cells += [new_code_cell("1", metadata=label), new_markdown_cell("text"), new_raw_cell("raw")]
        rebuilt = rebuild(notebook, release)
        assert [(each.cell_type, each.source) for each in rebuilt.notebook.cells[-3:]] == [
            ("code", "1"),
            ("markdown", "text"),
            ("raw", "raw"),
        ]
        assert not any(each.metadata for each in rebuilt.notebook.cells[-3:])
        assert rebuilt.flags == []

    def test_outputs_stay_where_the_cell_is_as_released(self, notebook, cell, release):
        figure = new_output("display_data", {"image/png": PIXEL, "application/javascript": "alert(1)"})
        cell('print("free")').outputs = [figure]
        notebook.cells.append(new_code_cell("mine", outputs=[figure]))
        cells = rebuild(notebook, release).notebook.cells
        assert [each.outputs for each in cells if each.source == 'print("free")'] == [
            [new_output("display_data", {"image/png": PIXEL})],
            [],
        ]
        assert cells[-1].outputs == []

    def test_outputs_are_limited_to_what_a_page_can_show(self, notebook, cell, release, monkeypatch):
        found = cell('print("free")')
        found.outputs = [new_output("stream", text=f"{number}") for number in range(module.OUTPUTS + 10)]
        kept = next(each for each in rebuild(notebook, release).notebook.cells if each.source == found.source)
        assert [output.text for output in kept.outputs] == [f"{number}" for number in range(module.OUTPUTS)]
        picture = new_output("display_data", {"image/png": "A" * (module.OUTPUTS_SIZE // 2)})
        found.outputs = [picture, picture, new_output("stream", text="end")]
        kept = next(each for each in rebuild(notebook, release).notebook.cells if each.source == found.source)
        assert kept.outputs == [picture]

    @pytest.mark.parametrize("new", [new_markdown_cell, new_raw_cell])
    def test_texts_run_nothing(self, notebook, release, new):
        notebook.cells.append(new("a <script>alert(1)</script> [x](javascript:alert(1))"))
        last = rebuild(notebook, release).notebook.cells[-1]
        assert "<script>" not in last.source
        assert last.source.startswith("<pre>")

    def test_code_is_as_it_was(self, notebook, release):
        source = "display('<script>alert(1)</script>')  # attachment:none.png"
        notebook.cells.append(new_code_cell(source))
        assert rebuild(notebook, release).notebook.cells[-1].source == source

    def test_a_released_text_is_as_it_was(self, notebook, release):
        text = 'Read <a name="here" href="#there">this</a>'
        notebook.cells.append(new_markdown_cell(text))
        assert rebuild(notebook, replace(release, free=release.free | {text})).notebook.cells[-1].source == text
        assert rebuild(notebook, release).notebook.cells[-1].source == "Read <a>this</a>"

    def test_attachments_of_texts_are_pictures(self, notebook, cell, release):
        pictures = {"a.png": {"image/png": PIXEL}, "b.svg": {"image/svg+xml": "<svg/>"}}
        text = "![a](attachment:a.png) ![b](attachment:b.svg)"
        notebook.cells.append(new_markdown_cell(text, attachments=pictures))
        notebook.cells.append(new_raw_cell(text, attachments=pictures))
        cell("essay").update(source=text, attachments=pictures)
        rebuilt = rebuild(notebook, release).notebook.cells
        essay = next(each for each in rebuilt if each.metadata.get("nbgrader", {}).get("grade_id") == "essay")
        for each in (essay, rebuilt[-2]):
            assert each.attachments == {"a.png": {"image/png": PIXEL}}
            assert each.source == "![a](attachment:a.png) ![b](b.svg)"
        assert "attachments" not in rebuilt[-1]
        assert rebuilt[-1].source == "![a](a.png) ![b](b.svg)"
