"""No text of the repository has a banned word, and each pattern catches its bad sense alone."""

from functools import cache
from pathlib import Path

import pytest
from vocabulary import NOT_YET_REVISED, STORED, WORDS, Finding, files, findings

ROOT = Path(__file__).parents[1]
ALLOWED = (*NOT_YET_REVISED, *STORED)


@cache
def in_repository() -> list[Finding]:
    return [found for name in files(ROOT) for found in findings(name, (ROOT / name).read_text(encoding="utf-8"))]


def test_no_banned_word():
    found = [str(finding) for finding in in_repository() if not finding.path.startswith(ALLOWED)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", ALLOWED)
def test_an_exception_is_still_needed(path):
    assert any(found.path.startswith(path) for found in in_repository()), f"{path} has no banned word; remove it."


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.caught[0])
def test_samples(word):
    assert [text for text in word.caught if not list(word.search(text))] == []
    assert [text for text in word.spared if list(word.search(text))] == []


def test_a_finding_names_file_line_word_and_replacement():
    (found,) = findings("docs/page.md", "One\ntwo, chosen by\nchance.\n")
    assert str(found) == 'docs/page.md:2: "by chance"; write at random.'
