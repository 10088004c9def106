"""Words that this project does not use, and what to write instead: the field's terms, in plain English.

An ambiguous word has a pattern that matches its bad sense only; `caught` and `spared` are samples of both. A space in a
pattern also matches a line break inside a comment.
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

SUFFIXES = (".cff", ".css", ".jinja", ".j2", ".js", ".md", ".mk", ".py", ".sh", ".toml", ".txt", ".yaml", ".yml")
NAMES = ("Makefile", "run")  # text files without a suffix
LABS = (
    "01_dense_sparse", "02_magnitude", "03_iterative", "04_lottery", "05_slimming",
    "06_surgery", "07_criteria", "08_language", "09_speed", "10_capstone",
)  # fmt: skip

# Each lab's revision shrinks this list: a listed path without a banned word fails the tests.
NOT_YET_REVISED = (
    *(f"solutions/{lab}/" for lab in LABS),
    *(f"tests/checks/{lab}/" for lab in LABS),
    "solutions/index.py",  # the terms of the labs
    "data/SOURCES.md",
    "course.toml",  # the goal of lab 05, which the built index quotes
    "recipes/language.py",  # writes a key that lab 08 shows
    "recipes/speed.py",  # writes the keys that lab 09 reads
    "tests/test_scoreboard.py",  # has the same keys
    "tests/test_surgery.py",  # calls the functions of lab 06
)
# Keys that early files have, and keys of records that only long runs can write again.
STORED = (
    "lib/prunelab/instructor/gradebook/leaderboard.py",
    "lib/prunelab/notes.py",
    "lib/prunelab/records.py",
    "lib/prunelab/scoreboard/speed.py",
    "tests/grading/test_leaderboard_lines.py",
    "tests/test_notes.py",
)
DEFINITION = ("tests/lint/vocabulary.py", "tests/test_vocabulary.py")  # quote banned words

NOUNS = (
    "block|bucket|cell|channel|check|class|column|core|decade|exercise|figure|file|filter|group|image|job|kernel|lab"
    "|layer|model|network|node|notebook|page|process|round|row|sample|seed|step|student|submission|token|value|weight"
    "|worker"
)
UNITS = (
    "bits?|bytes?|colours?|columns?|cores?|digits?|figures?|GB|GiB|goals?|hours?|ideas?|images?|kB|labs?|lines?|masks?"
    "|MB|milliseconds?|minutes?|notebooks?|numbers?|points?|scales?|seconds?|seeds?|steps?|thresholds?|threads?|values?|weights?"
)


@dataclass(frozen=True)
class Word:
    """A banned word: the pattern of its bad sense, what to write instead, samples that it must catch or spare."""

    stems: str  # one of which each match contains: to look for them first saves seconds
    pattern: str
    write: str
    caught: tuple[str, ...]
    spared: tuple[str, ...] = ()

    def search(self, text: str) -> Iterator[re.Match]:
        if any(stem in text.lower() for stem in self.stems.split()):
            yield from re.finditer(self.pattern.replace(" ", r"[\s#]+"), text, re.IGNORECASE)


class Finding(NamedTuple):
    """A banned word in a file."""

    path: str
    line: int
    word: str
    write: str

    def __str__(self) -> str:
        return f'{self.path}:{self.line}: "{self.word}"; write {self.write}.'


def whole(pattern: str) -> str:
    """A pattern for a word that may also be a part of a name, as in `test_by_name`."""
    return rf"(?<![a-z])(?:{pattern})(?![a-z])"


WORDS = (
    Word("chance lot", whole("by (?:chance|lot)"), "at random",
         ("channels chosen by chance", "in the opposite order, and by\n# lot"), ("better than chance", "not by lots")),
    Word("carv", whole("carv(?:e[ds]?|ing)"), "slice, or physically prune",
         ("carve the network", "def carve_layer(", "test_carved_equals_masked"), ("scarves",)),
    Word("knife knives",
         whole("kni(?:fe|ves)"), "what it is: the pruner, the method", ("the knife removes", "knife = (")),
    Word("patient", r"(?<!be.)(?<!is.)" + whole("patients?"), "model, or network",
         ("each patient loses a filter", "@given(patients())"), ("be patient", "impatient readers")),
    Word("bear", whole("bears?") + "(?! in mind| out)", "tolerates",
         ("how much pruning a layer bears",), ("bear in mind", "a bearing")),
    Word("nothing", r"\bfrom nothing\b", "from scratch", ("trained from nothing",), ("trained from scratch",)),
    Word("share", r"\b(?:an?|each|equal|every|its|kept|main|one|same|the|this) shares?\b(?!:| (?:of|values|with)\b)",
         "fraction", ("cut once to each share", "the same share", "The share that stays"),
         ("the share of the class", "the labs share", "# the one\nshare: float", "a shared module", "`share_values`")),
    Word("rival", whole("rivals?"), "baseline", ("the best rival", "and its rivals", "RIVAL = 1"), ("arrivals",)),
    Word("rate", r"\bfall(?:s|ing)? (?:of (?:an?|its|the) (?:learning )?|learning )rate\b", "decay",
         ("one long fall of the learning rate", "the fall of its rate"), ("the learning rate falls to zero",)),
    Word("perceptron", r"(?<!multilayer.)" + whole("perceptrons?"), "MLP",
         ("LeNet-300-100, a perceptron",), ("an MLP (multilayer perceptron)",)),
    Word("strik struck",
         whole("str(?:ikes?|uck)"), "affects", ("pruning strikes late layers", "nothing strikes later"), ("striking",)),
    Word("fours",
         whole("fours"), "groups of four", ("the fours of 2:4", "fours = weight.reshape(4, -1)"), ("groups of four",)),
    Word("deare", whole("dearer|dearest"), "more expensive", ("an activation is dearer",)),
    Word("hum",
         whole("hum(?:s|med|ming)?"), "constant output", ("the channel still hums", "its hum"), ("human", "hummus")),
    Word("silen", whole("silenced?") + "(?=[_.(])"
         + r"|\bsilen(?:t|ced) (?:channel|filter|map|neuron|unit|weight)s?\b"
         + r"|\b(?:channel|filter|map|neuron|unit)s? (?:are|fall|falls|go|goes|is|stay|stays) silent\b", "zeroed",
         ("silent channels", "the channels fall silent", "def silenced(model)"), ("fails silently", "silent=True")),
    Word("customer",
         whole("customers?"), "target", ("three customers", "customer_web", '"customer": "web"'), ("customary",)),
    Word("passed", whole("passed(?: |_)over"), "skipped",
         ("a damaged file is passed over", "test_it_is_passed_over"), ("one pass over the data", "passed on")),
    Word("culprit", whole("culprits?"), "cause", ("errors name the culprit",)),
    Word("way", whole("ways?(?: |_)out"), "fix", ("with the way out", "test_it_names_the_way_out"), ("a way outside",)),
    Word("mend", whole("mend(?:s|ed|ing)?"), "fix", ("mend one of them", "def mend():"), ("recommended", "amend")),
    Word("came come became", r"\bwhat\b[^.\n]{0,30}\b(?:became|come|came|comes) of\b", "result",
         ("what came of it", "What comes of a submission", "what must come of it"), ("what came back", "came off")),
    Word("whoever whosoever", whole("who(?:so)?ever"), "who, or those who", ("Whoever learns alone",)),
    Word("a",
         rf"\b(?:\d[\d.,]*|an?|each|few|five|four|many|n|one|six|ten|three|two) (?:\w+ )?(?:{UNITS}) an? (?:{NOUNS})\b"
         rf"|\b(?:bits|bytes|milliseconds|minutes|points|seconds|steps) an? (?:{NOUNS})\b"
         rf"|\ban? (?:core|process|seed|thread|worker) each\b|(?-i:\b[A-Z]+_AN?_[A-Z]+\b)", "per",
         ("one scale a filter", "3 bits a weight", "about a minute a seed", "300  # seconds a cell", "a thread each",
          "STEPS_A_DECADE = 3", "Students hand in one notebook a lab", "two points a lab"),
         ("the only line a student reads", "60 frames a second", "two at a time", "keep = a_row")),
    Word("believed", r"\bbelieved by nobody\b|\bnothing is believed\b", "untrusted",
         ("its output is believed by nobody",), ("a claim is not believed",)),
    Word("keeper",
         whole("keepers?"), "supervisor", ("the keeper of a process", "keepers = jobs"), ("bookkeeper", "keep")),
    Word("sign",
         r"\b(?:\d+|control|invisible|odd|strange|unprintable) signs\b|(?<![a-z])signs(?: |_)that", "characters",
         ("40 signs", "invisible signs", "test_signs_that_nobody_can_see"), ("the signs of the weights", "x.sign()")),
    Word("head", r"\b(?:column|table)s?(?:'s?)? heads?\b|\bheads? of (?:an?|its|the) (?:columns?|table)\b", "headers",
         ("the table's head", "heads of the columns"), ("attention heads", "the heads of a layer")),
    Word("mark",
         r"\b(?:same|their|his|her|no|a|the|these|honest) marks?\b(?! of)|\bmarks? (?:by|out|rests?|that|waits?)\b",
         "scores, grades or points", ("the same marks", "no mark rests on it", "Marks by hand"),
         ("pytest.mark.middle", "a byte-order mark", "an exclamation mark", "a pytest mark")),
    Word("room",
         whole("rooms") + r"|(?-i:\bROOM\b)|\b(?:a|each|every|its|own|the|this) room\b(?! for)|\.room\b|\broom = ",
         "workdir", ("in a room of its own", "sandboxed(rooms)", "journal.ROOM"), ("has room for it", "roomy")),
    Word("anew", whole("anew"), "again, or reset", ("begins anew", "test_a_file_is_begun_anew"), ("a new file",)),
    Word("head", r"\b(?:closed?|closes|closing) (?:(?:attention|query|the) )*heads?\b"
         r"|(?<![a-z])heads?(?: are | is |_| )close[ds]?(?![a-z])", "pruned heads",
         ("closed heads", "Heads are closed in order", "a slider closes attention heads", "test_heads_close_in_order"),
         ("the file is closed", "headings close the page")),
    Word("told", r"\btold(?:\(| =)", "output, or what it is",
         ("told = run()", "def told(course):"), ("cannot be told apart",)),
    Word("prophet", whole("prophets?"), "what it means", ("1 is a prophet",)),
)  # fmt: skip


def files(root: Path) -> list[str]:
    """The text files of a repository that git does not ignore."""
    git = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(git, check=True, capture_output=True, text=True).stdout.split("\0")
    return sorted(
        name
        for name in set(names) - {"", "requirements.lock", *DEFINITION}
        if (name.endswith(SUFFIXES) or Path(name).name in NAMES) and (root / name).is_file()
    )


def findings(path: str, text: str) -> list[Finding]:
    """The banned words of a text, by line."""
    return sorted(
        Finding(path, text.count("\n", 0, match.start()) + 1, " ".join(match[0].split()), word.write)
        for word in WORDS
        for match in word.search(text)
    )
