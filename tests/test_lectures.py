"""The tables in README.md and docs/lectures.md agree with the labs."""

import re
from pathlib import Path

import pytest

from prunelab.course import course_map

REPOSITORY = Path(__file__).parents[1]
SOURCES = {path.stem[:2]: path.read_text() for path in REPOSITORY.glob("solutions/[0-9][0-9]_*/[0-9][0-9]_*.py")}
LECTURES = (REPOSITORY / "docs" / "lectures.md").read_text()
TOPICS = [row.split("|")[1:-1] for row in re.findall(r"^\|.*\|$", LECTURES.split("## Schedules")[0], re.M)[2:]]


def headings(pattern: str) -> set[str]:
    """The matches of a pattern in the headings of all labs."""
    return {found for text in SOURCES.values() for found in re.findall(rf"^# #+ {pattern}", text, re.M)}


def exercises(where: str) -> set[str]:
    """The exercises that a cell names, ranges such as "1.1 to 1.3" filled in."""
    found = set(re.findall(r"\d+\.\d+", where))
    for first, last in re.findall(r"(\d+\.\d+) to (\d+\.\d+)", where):
        lab, start = first.split(".")
        found |= {f"{lab}.{number}" for number in range(int(start), int(last.split(".")[1]) + 1)}
    return found


def labs(where: str) -> set[str]:
    """The labs that a cell names, by number."""
    return {name.zfill(2) for name in re.findall(r"\b(\d\d) §", where) + re.findall(r"(\d+)\.\d", where)}


def test_the_readme_has_titles_and_minutes_of_the_map():
    rows = re.findall(r"^\| (\d\d) (.+?) \| (\d+) \|", (REPOSITORY / "README.md").read_text(), re.M)
    assert rows == [(lab["number"], lab["title"], str(lab["minutes"])) for lab in course_map(REPOSITORY)]


def test_each_exercise_belongs_to_a_topic():
    assert set().union(*(exercises(where) for _, where, _ in TOPICS)) == headings(r"Exercise (\d+\.\d+)")


@pytest.mark.parametrize(("topic", "where", "beside"), TOPICS, ids=[topic.strip() for topic, _, _ in TOPICS])
def test_a_topic_names_sections_and_references_of_its_labs(topic, where, beside):
    for lab, sections in re.findall(r"(\d\d) ((?:§\d+(?: to |, )?)+)", where):
        for number in re.findall(r"\d+", sections):
            assert re.search(rf"^# ## {number} ", SOURCES[lab], re.M), (lab, number)
    texts = [re.sub(r"\n# ", " ", SOURCES[lab]) for lab in labs(where)]
    for name, year in re.findall(r"(\w+)(?: et al\.| and others)?,? \(?((?:19|20)\d\d)", beside):
        close = rf"{name}\b.{{0,40}}{year}|{year}.{{0,40}}\b{name}\b"
        assert any(re.search(close, text) for text in texts), (name, year)
