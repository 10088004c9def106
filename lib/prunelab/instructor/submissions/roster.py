"""Who takes part, a CSV with the columns id, name, e-mail and group, and whose work came under a name."""

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prunelab import LabError
from prunelab.instructor.submissions.layouts import student_id

COLUMNS = {"id": "id", "student": "id", "name": "name", "e-mail": "email", "email": "email", "group": "group"}
NUMBERED = re.compile(r"(?P<name>.*?)_(?P<number>\d+)")  # as Moodle, Canvas and Brightspace export a student


@dataclass(frozen=True)
class Person:
    """One line of the roster; all but the id may be empty."""

    id: str
    name: str = ""
    email: str = ""
    group: str = ""

    def known_as(self) -> Iterator[str]:
        """Yield all that a learning-management system may call this person, in one spelling."""
        yield from (_plain(each) for each in (self.id, self.email, self.email.partition("@")[0], self.name) if each)
        words = re.findall(r"\w+", _plain(self.name))
        yield from (" ".join([*words[turn:], *words[:turn]]) for turn in range(len(words)))  # family name first
        yield from ("".join([*words[turn:], *words[:turn]]) for turn in range(len(words)))  # as Canvas writes it


def read_roster(path: Path) -> list[Person]:
    """Return the lines of a roster; raise LabError, which names the line, for one that is none."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LabError(f"{path} cannot be read ({error}); save it as CSV in UTF-8.") from error
    separator = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    table = csv.reader(lines, delimiter=separator)
    columns = [COLUMNS.get(title.strip().lower(), "") for title in next(table, [])]
    if "id" not in columns:
        raise LabError(f"{path} has no column `id`; its first line should name id, name, e-mail and group.")
    people = {}
    for cells in filter(any, table):
        person = Person(**{name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name})
        if not person.id or person.id in people or person.id != student_id(person.id):
            wrong = "there is no id that can name a folder" if person.id not in people else "the id is there twice"
            raise LabError(f"{path}, line {table.line_num}: {wrong}; correct it.")
        people[person.id] = person
    return list(people.values())


def owners(name: str, roster: list[Person]) -> list[Person]:
    """Return whose work came under a name: one person, all members of a group, nobody; LabError if it is not clear."""
    match = NUMBERED.fullmatch(name)
    names = {_plain(name), *([_plain(match["name"])] if match else [])}
    people = [person for person in roster if names & {*person.known_as()}]
    numbered = names | ({match["number"]} if match else set())  # which tells those of one name apart, and nobody else
    exact = [person for person in people if _plain(person.id) in numbered]
    if len(exact or people) > 1:
        found = " and ".join(person.id for person in exact or people)
        raise LabError(f"{name} may be {found} of the roster; rename the folder or file to the id.")
    return exact or people or [person for person in roster if person.group and _plain(person.group) in names]


def _plain(text: str) -> str:
    """A name without capitals, accents and doubled blanks."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in letters if not unicodedata.combining(sign)).replace(",", " ").split())
