"""The lines that the leaderboard reads, which a student's code may have printed."""

import json

import pytest

from prunelab.instructor.gradebook.leaderboard import _read

FACTS = {"score": 1.5, "bytes": 10, "MACs": 20, "accuracy": 90.0}


def test_a_result_is_read_under_its_name_of_today_and_of_early_records():
    assert _read(json.dumps(FACTS | {"target": "web"}))["target"] == "web"
    assert _read(json.dumps(FACTS | {"customer": "web"}))["target"] == "web"


@pytest.mark.parametrize(
    "line", ["", "{", "5", "null", "[]", '"text"', "{}", json.dumps(FACTS), json.dumps(FACTS | {"target": ["web"]}),
             json.dumps(FACTS | {"target": "else"}), json.dumps(FACTS | {"target": "web", "bytes": "few"})]
)  # fmt: skip
def test_what_is_no_result_is_none(line):
    assert _read(line) is None
