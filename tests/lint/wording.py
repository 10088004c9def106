"""Rules on the wording of labs, of the same form as those in structure.py."""

import re

from sources import SECTION, Lab, Problems, prose

TELLING = ("simply", "obviously", "clearly", "trivial", "trivially", "basically", "of course")  # that something is easy
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\ufe0f]")


def tone(lab: Lab) -> Problems:
    """No emoji, no exclamation marks, no words that call a task easy."""
    for number, cell in enumerate(lab.cells, 1):
        if found := EMOJI.search(cell.source):
            yield number, f"{found[0]!r} is an emoji; say it in words."
    for number, cell in lab.of("markdown", "written"):
        text = prose(cell.source)
        for word in TELLING:
            if re.search(rf"\b{word}\b", text, re.IGNORECASE):
                yield number, f'"{word}" helps nobody who is stuck; leave it out.'
        if "!" in text.replace("![", ""):
            yield number, "it has an exclamation mark; a full stop will do."


def references(lab: Lab) -> Problems:
    """The labs, sections, exercises and files that a lab mentions exist."""
    count = len(lab.headings(SECTION))
    for number, cell in enumerate(lab.cells, 1):
        for what, there in (
            (r"\bexercises? (\d+\.\d+)(?: (?:and|to) (\d+\.\d+))?", lab.course.exercises),
            (r"\blabs? (\d\d)(?: (?:and|to) (\d\d))?", lab.course.titles),
            (r"\bsections? (\d+)(?: (?:and|to) (\d+))?\b(?!\.\d)", {str(n) for n in range(1, count + 1)}),
        ):
            for found in re.finditer(what, cell.source, re.IGNORECASE):
                if any(name and name not in there for name in found.groups()):
                    yield number, f'there is no "{found[0]}"; name one that exists.'
        if cell.cell_type == "markdown":
            for address in re.findall(r"\]\((?!https://)([^)]+)\)", cell.source):
                yield number, f"the link to {address} leads out of the notebook to a file; name the file in the text."


def new_words(lab: Lab) -> Problems:
    """A term of the index is not used before its lab introduces it, unless the paragraph names that lab."""
    for number, cell in lab.of("markdown"):
        for paragraph in re.split(r"\n\s*\n|\n(?=- )", cell.source):
            for word, home in lab.course.words.items():
                used = re.search(rf"(?<![\w-]){re.escape(word)}s?(?![\w-])", paragraph, re.IGNORECASE)
                if used and lab.number < home and not re.search(rf"\blabs? .*{home}", paragraph):
                    yield number, f'"{word}" is introduced in lab {home}; say so here, or use another word.'
    for word, home in lab.course.words.items():
        if home == lab.number and not any(word.lower() in cell.source.lower() for cell in lab.cells):
            yield 1, f'the index says that this lab introduces "{word}", but it never says the word; correct the index.'
