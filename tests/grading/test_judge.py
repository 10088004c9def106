"""Verdicts: points only for checks that ran and whose answers gave the right evidence, whatever the notebook claims."""

import nbformat
import pytest
import torch
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from prunelab.instructor.sandbox.evidence import decode, encode
from prunelab.instructor.sandbox.execute import Outcome
from prunelab.instructor.submissions.flags import Flag
from prunelab.instructor.verdict.judge import Oracle, judge, questions, reference

PASSED = new_output("stream", name="stdout", text="Passed: double (12 points)\n")
FAILED = new_output("error", ename="CheckFailed", evalue="\x1b[31mdouble: not yet.\x1b[0m", traceback=["tb"])
RULES = '''
def even(lab, draw):
    """Any even number."""
    return lab.even


def even_holds(evidence, reference):
    """Whether it is even, and at least the reference's."""
    print("said by a rule")
    return evidence % 2 == 0 and evidence >= reference
'''


@pytest.fixture(scope="module")
def oracle(tmp_path_factory) -> Oracle:
    """The right evidence for `double` and a rule for `even`."""
    probes = tmp_path_factory.mktemp("lab") / "probes.py"
    probes.write_text(RULES)
    right = {"double": encode([2.0, torch.ones(2, 3)]), "even": encode(2)}
    return Oracle(right, probes)


def lab_cell(name: str, *outputs, count: int | None = 1, **settings) -> nbformat.NotebookNode:
    """A cell of the lab that was executed."""
    settings = {"grade_id": name, "locked": True, "grade": False, "solution": False} | settings
    return new_code_cell("...", metadata={"nbgrader": settings}, outputs=list(outputs), execution_count=count)


def check(name: str, *outputs, count: int | None = 1) -> nbformat.NotebookNode:
    return lab_cell(f"{name}-check", *outputs, count=count, grade=True, points=12)


def outcome(*cells, flags: tuple = (), **evidence) -> Outcome:
    return Outcome(nbformat.writes(new_notebook(cells=list(cells))), evidence, list(flags))


RIGHT = encode([2.0, torch.ones(2, 3)])


class TestMarks:
    def test_a_check_that_passed_with_the_right_evidence(self, oracle):
        verdict = judge(outcome(check("double", PASSED), double=RIGHT), [], oracle)
        assert (verdict.scores, verdict.failures, verdict.flags) == ({"double": 12}, {}, [])
        assert verdict.notebook.cells[0].outputs == [PASSED]

    def test_a_check_that_failed(self, oracle):
        verdict = judge(outcome(check("double", FAILED)), [], oracle)
        assert (verdict.scores, verdict.failures) == ({"double": 0}, {"double": "double: not yet."})
        assert verdict.flags == []
        assert [output.ename for output in verdict.notebook.cells[0].outputs] == ["CheckFailed"]

    def test_right_evidence_is_worth_nothing_where_the_check_failed(self, oracle):
        assert judge(outcome(check("double", PASSED, FAILED), double=RIGHT), [], oracle).scores == {"double": 0}

    def test_an_error_of_another_kind_is_named(self, oracle):
        errors = (
            [new_output("error", ename="NameError", evalue="x", traceback=[])],
            [new_output("error", ename="KeyboardInterrupt", evalue="", traceback=[])],
        )
        said = [judge(outcome(check("double", *outputs)), [], oracle).failures["double"] for outputs in errors]
        assert said == ["NameError: x", "KeyboardInterrupt"]

    def test_a_long_message_is_cut(self, oracle):
        error = new_output("error", ename="CheckFailed", evalue="x" * 3000, traceback=[])
        assert judge(outcome(check("double", error)), [], oracle).failures == {"double": "x" * 2000}

    def test_a_check_that_did_not_run(self, oracle):
        verdict = judge(outcome(check("double", count=None), double=RIGHT), [], oracle)
        assert verdict.scores == {"double": 0}
        assert verdict.failures["double"].startswith("double: not run.")
        assert verdict.flags == [Flag("unseen", "double")]
        (output,) = verdict.notebook.cells[1].outputs
        assert (output.ename, output.evalue) == ("CheckFailed", verdict.failures["double"])

    @pytest.mark.parametrize(
        ("found", "got"),
        [
            (encode([2.1, torch.ones(2, 3)]), "other values than the reference gives"),
            (encode([2.0, torch.ones(3, 2)]), "other values than the reference gives"),
            (encode(None), "other values than the reference gives"),
            ("forged", "values of another kind (ValueError)"),
        ],
    )
    def test_a_check_that_passed_with_other_evidence(self, oracle, found, got):
        verdict = judge(outcome(check("double", PASSED), double=found), [], oracle)
        assert verdict.scores == {"double": 0}
        assert f"Got       {got}\n" in verdict.failures["double"]
        assert verdict.flags == [Flag("alone", "double")]
        assert verdict.notebook.cells[1].outputs[-1].output_type == "error"

    def test_values_may_differ_as_much_as_rounding(self, oracle):
        close = encode([2.0 + 9e-5, torch.ones(2, 3) - 9e-5])
        assert judge(outcome(check("double", PASSED), double=close), [], oracle).scores == {"double": 12}

    def test_a_check_that_passed_without_evidence(self, oracle):
        verdict = judge(outcome(check("double", PASSED)), [], oracle)
        assert verdict.scores == {"double": 0}
        assert "Got       no values" in verdict.failures["double"]
        assert verdict.flags == [Flag("unseen", "double")]

    def test_without_a_probe_the_check_alone_counts(self, oracle):
        assert judge(outcome(check("other", PASSED)), [], oracle).scores == {"other": 12}

    def test_a_number_of_execution_that_is_none(self, oracle):
        """A kernel may send anything; what never ran cannot have passed."""
        notebook = new_notebook(cells=[check("double", PASSED)])
        notebook.cells[0].execution_count = "9"
        forged = Outcome(nbformat.v4.writes(notebook), {"double": RIGHT})
        assert judge(forged, [], oracle).scores == {"double": 0}


class TestWhatNbgraderReads:
    def test_warnings_take_no_points(self, oracle):
        """To nbgrader a line on stderr is a failed check."""
        warning = new_output("stream", name="stderr", text="careful")
        verdict = judge(outcome(check("double", warning), double=RIGHT), [], oracle)
        assert [output.name for output in verdict.notebook.cells[0].outputs] == ["stdout"]

    def test_outputs_are_cleaned(self, oracle):
        script = new_output("display_data", {"application/javascript": "alert(1)"})
        html = new_output("display_data", {"text/html": "<script>1</script>2"})
        verdict = judge(outcome(new_code_cell("1", outputs=[script, html])), [], oracle)
        assert [output.data for output in verdict.notebook.cells[0].outputs] == [{"text/html": "2"}]

    def test_a_note_to_the_student_is_text_alone(self, oracle):
        verdict = judge(outcome(check("double", FAILED)), [Flag("renamed", "<script>.ipynb")], oracle)
        note = verdict.notebook.cells[0]
        assert (note.cell_type, note.id) == ("markdown", "notes")
        assert note.source.startswith("**Notes of the grader**")
        assert "Your notebook was called &lt;script&gt;.ipynb;" in note.source
        assert "nbgrader" not in note.metadata

    def test_no_note_without_flags(self, oracle):
        verdict = judge(outcome(new_markdown_cell("text"), check("double", FAILED)), [], oracle)
        assert [cell.cell_type for cell in verdict.notebook.cells] == ["markdown", "code"]


class TestFlags:
    def test_those_of_the_run_name_the_last_cell_that_ran(self, oracle):
        cells = lab_cell("setup"), new_code_cell("own", execution_count=2), check("double", count=None)
        verdict = judge(outcome(*cells, flags=["time", "stopped"]), [Flag("tags", "x")], oracle)
        assert verdict.flags == [
            Flag("tags", "x"),
            Flag("time", "setup"),
            Flag("stopped", "setup"),
            Flag("unseen", "double"),
        ]
        nothing = judge(outcome(check("double", count=None), flags=["stopped"]), [], oracle)
        assert Flag("stopped", "the first cell") in nothing.flags

    def test_the_given_flags_are_not_changed(self, oracle):
        judge(outcome(check("double", count=None)), given := [], oracle)
        assert given == []

    def test_a_cell_of_the_labs_own_that_failed(self, oracle):
        cells = (
            lab_cell("setup", FAILED),
            lab_cell("answer", FAILED, locked=False),
            new_code_cell("x", outputs=[FAILED]),
        )
        assert judge(outcome(*cells, lab_cell("data", count=None)), [], oracle).flags == [Flag("own", "setup, data")]

    def test_is_no_riddle_where_the_run_has_a_flag(self, oracle):
        assert judge(outcome(lab_cell("setup", FAILED), flags=["memory"]), [], oracle).flags == [
            Flag("memory", "setup")
        ]

    def test_several_of_a_kind_are_one(self, oracle):
        cells = check("double", PASSED), check("even", PASSED)
        found = judge(outcome(*cells, double=encode(3), even=encode(3)), [], oracle)
        assert found.flags == [Flag("alone", "double, even")]


class TestOracle:
    def test_a_rule_decides_where_many_answers_are_right(self, oracle, capsys):
        assert oracle.difference("even", encode(40)) is None
        for wrong in (3, 0):
            assert oracle.difference("even", encode(wrong)) == "values that do not do what the exercise asks for"
        assert capsys.readouterr().out == ""

    @pytest.mark.parametrize("found", [encode("text"), encode(None), encode({"a": 1}), "", "a.b.c"])
    def test_a_rule_that_forged_values_break(self, oracle, found):
        assert oracle.difference("even", found).startswith("values of another kind (")

    def test_no_evidence_is_needed_without_probes(self, tmp_path):
        assert judge(outcome(check("double", PASSED)), [], Oracle({}, tmp_path / "none.py")).scores == {"double": 12}


class TestReference:
    def test_the_answers_of_the_lab_give_the_right_evidence(self, release, capsys):
        cells, probes, exercises, seed = questions(release, 7)
        assert exercises == ["double", "half"]
        assert probes == release.probes
        assert seed == 7
        assert not any("with check" in source or "model answer" in source for source in cells)
        cells.append("print('said by a cell')")
        doubles, halves = (decode(text) for text in reference(cells, probes, exercises, 7).values())
        draw = torch.Generator().manual_seed(7)
        numbers = torch.randint(1000, (5,), generator=draw).tolist()
        assert doubles == [2 * number for number in numbers]
        assert halves == [number / 2 for number in numbers]
        assert capsys.readouterr().out == ""

    def test_another_seed_asks_for_other_numbers(self, release):
        cells, probes, exercises, _ = questions(release, 1)
        assert reference(cells, probes, exercises, 1) != reference(cells, probes, exercises, 2)
