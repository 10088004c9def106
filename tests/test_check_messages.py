"""The message for a student: called, expected, got, reread; never a traceback, never a solution."""

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from prunelab.checks import Check, CheckFailed, check, describe
from prunelab.data import Data


def message(function, *args, want) -> str:
    with pytest.raises(CheckFailed) as failure, check("density", points=2) as c:
        c.returns(function, *args, want=want, idea="Density is 1 - sparsity.")
    return str(failure.value)


def accepts(got, want) -> bool:
    try:
        with check("any", points=1) as c:
            c.equal(got, want, idea="...")
    except CheckFailed:
        return False
    return True


def test_a_passed_check_prints_only_that(capsys):
    with check("density", points=2) as c:
        c.returns(len, [1, 2], want=2, idea="...")
    with check("sparsity", points=1) as c:
        c.true(True, expected="...", got="...", idea="...")
    assert capsys.readouterr().out == "Passed: density (2 points)\nPassed: sparsity (1 point)\n"


def test_a_failed_check_shows_call_expectation_result_and_idea():
    text = message(torch.sum, torch.tensor([1.0, 0.0]), want=0.5)
    assert text.splitlines() == [
        "density: not yet.",
        "  Called    sum(tensor([1., 0.]))",
        "  Expected  0.5",
        "  Got       tensor(1.)",
        "  Reread    Density is 1 - sparsity.",
    ]


def test_jupyter_shows_the_message_without_a_traceback():
    with pytest.raises(CheckFailed) as failure, check("density", points=2) as c:
        c.equal(1, 2, idea="...")
    assert failure.value._render_traceback_() == [str(failure.value)]


def test_an_unwritten_answer_differs_from_a_wrong_one():
    def stub(weight):
        raise NotImplementedError()

    assert "nothing written yet" in message(stub, torch.ones(2), want=0.5)
    assert "Does your function end with `return`?" in message(lambda weight: None, torch.ones(2), want=0.5)


def test_an_error_in_the_answer_is_named_with_its_line():
    names = {}
    exec(compile("def answer(x):\n    return x / 0", "<cell>", "exec"), names)
    assert "ZeroDivisionError: division by zero" in message(names["answer"], 1, want=1)


def test_an_undefined_name_points_to_the_exercise_cell():
    with pytest.raises(CheckFailed, match="Does the exercise's cell set `density`"), check("density", points=2):
        density(1)  # noqa: F821


def test_a_changed_input_is_refused():
    assert "its arguments left as they were" in message(Tensor.neg_, torch.ones(2), want=-torch.ones(2))


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (torch.ones(2), torch.ones(2, 1)),
        (torch.ones(2), torch.ones(2, dtype=torch.bool)),
        (torch.ones(2), torch.ones(2, dtype=torch.int64)),
        ([1.0, 1.0], torch.ones(2)),
        (torch.tensor([1.0, float("nan")]), torch.ones(2)),
        (float("nan"), 1.0),
        (5.0, float("inf")),
        (float("-inf"), float("inf")),
        (1, True),
        (True, 1),
        ((1, 2), (1, 2, 3)),
        ({"a": 1}, {"b": 1}),
        ("dense", "Dense"),
        (0.5001, 0.5),
        (1_000_001, 1_000_000),
        (None, 0.5),
    ],
)
def test_differences_are_found(got, want):
    assert not accepts(got, want)


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (torch.tensor(0.5), 0.5),
        (np.float64(0.5), 0.5),
        (3.0, 3),
        (float("inf"), float("inf")),
        (torch.ones(2, dtype=torch.int32), torch.ones(2, dtype=torch.int64)),
        (torch.ones(2, dtype=torch.float64), torch.ones(2)),
        (torch.nn.Parameter(torch.ones(2)), torch.ones(2)),
        ([torch.ones(1), 2], (torch.ones(1), 2)),
        ({"a": torch.ones(1)}, {"a": torch.ones(1)}),
    ],
)
def test_equal_values_of_other_kinds_are_accepted(got, want):
    assert accepts(got, want)


def test_an_object_that_equals_everything_is_refused():
    class Anything:
        def __eq__(self, other):
            return True

        def __sub__(self, other):
            return 0

    class AnyTensor(Tensor):
        __torch_function__ = classmethod(lambda *_: torch.ones(2))

    assert not accepts(Anything(), 0.5)
    assert not accepts(Anything(), "text")
    assert not accepts(torch.zeros(2).as_subclass(AnyTensor), torch.ones(2))


def test_large_values_are_shown_short():
    assert describe(torch.zeros(100, 100)) == "<tensor of shape (100, 100), float32>"
    assert len(describe("x" * 10_000)) < 250
    assert describe(Data("random", ("a", "b"), *[TensorDataset(torch.zeros(1))] * 3)) == "<Data>"
    want = torch.zeros(100, 100)
    want[0, 1] = want[5, 5] = 1
    assert "2 of 10000 values differ" in message(lambda: torch.zeros(100, 100), want=want)


def test_types_are_named_where_they_differ():
    for want, got, texts in (
        (684, "684", ("the whole number 684", "the text '684'")),
        (True, 1, ("the truth value True", "the whole number 1")),
        ({"a": 1}, {"b": 1}, ("the keys ['a']", "the keys ['b']")),
    ):
        with pytest.raises(CheckFailed) as failure:
            Check("answer").equal(got, want, idea="")
        assert f"Expected  {texts[0]}\n  Got       {texts[1]}" in str(failure.value)


def test_what_is_special_about_a_tensor_is_said():
    matrix = torch.ones(2, 3)
    assert describe(matrix.T).endswith(" (not contiguous)")
    assert describe(torch.nn.Parameter(matrix)).endswith(" (requires grad)")
    assert describe(torch.ones(9, 8).T) == "<tensor of shape (8, 9), float32, not contiguous>"
    assert "bfloat16" in describe(matrix.bfloat16())
