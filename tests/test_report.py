"""The instructor's page about a lab."""

import re
import shutil
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from prunelab import LabError

LAB = "01_tiny"
POINTS = {"double": 12, "half": 8}
BLANK = "half: not yet.\n  Expected  a result\n  Got       nothing written yet"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{ 7 * 7 }}"
PLAIN = "html head meta title style body main h1 h2 h3 p img div table tr th td span pre br"  # tags that run nothing
pytestmark = pytest.mark.filterwarnings("default")  # nbgrader's own


def entry(student: str, double: float, half: float, **more):
    """A journal entry with the given scores."""
    from prunelab.instructor.gradebook.journal import Entry

    scores = {"double": double, "half": half}
    said = {
        name: f"{name}: not yet.\n  Got       {len(student)}.5 at 0x7f{len(student)}"
        for name in scores
        if not scores[name]
    }
    failures = more.pop("failures", said)
    seconds = {"double": 0.5 * len(student), "half": 1.0}
    given = {"outcome": "graded", "seconds": seconds, "total": 30.0} | more
    return Entry(LAB, student, "digest", scores=scores, points=POINTS, failures=failures, **given)


@cache
def everyone() -> list:
    """The entries of eight submissions."""
    from prunelab.instructor.submissions.flags import Flag

    return [
        entry("a", 12, 8),
        entry("bb", 12, 8),
        entry("ccc", 12, 0),
        entry("dddd", 0, 0, failures={"double": "double: not yet.\n  Got       7", "half": BLANK}),
        entry("eeeee", 0, 8),
        entry("Jane Doe_1234567", 0, 0, outcome="flagged", flags=[Flag("renamed", "jane_DOE work.ipynb")]),
        entry("gone", 0, 0, outcome="refused", failures={}, seconds={}, total=0.0, flags=[Flag("broken", EVIL)]),
        entry(
            EVIL.replace("/", "|"),
            0,
            0,
            failures={"double": EVIL * 3, "half": f"half: {EVIL}"},
            outcome="flagged",
            flags=[Flag("time")],
        ),
    ]


@pytest.fixture
def journal(tiny):
    """Return a function that makes these entries the journal of a course."""
    from prunelab.instructor.gradebook.journal import folder, keep

    def write(entries: list) -> None:
        shutil.rmtree(folder(tiny) / LAB, ignore_errors=True)
        for each in entries:
            keep(tiny, each)

    return write


@pytest.fixture
def course(tiny, journal) -> Path:
    """A course with a journal of eight submissions."""
    from prunelab.instructor.authoring.build import build_labs

    list(build_labs(tiny, ["01"]))
    journal(everyone())
    return tiny


def write_report(*arguments, **settings) -> Path:
    """Write the page; matplotlib, which draws its pictures, takes seconds to import."""
    from prunelab.instructor.gradebook.report import write_report

    return write_report(*arguments, **settings)


class Page(HTMLParser):
    """The page as parsed by a browser: elements, attributes and text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags, self.attributes, self.texts, self.open = [], [], [], []
        self.source = path.read_text("utf-8")
        self.feed(self.source)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        self.open += [tag] if tag not in ("meta", "img", "br") else []

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        return " ".join(filter(None, self.texts))


@pytest.mark.middle
def test_the_page(course):
    page = Page(write_report(course, LAB))
    assert "8 submissions: 5 graded, 2 graded with flags, 1 refused." in page.text
    assert "Of 20 points, without those given by hand: mean 8.6, median 8, from 0 to 20." in page.text
    assert "3.5 minutes of running submissions, 30.0 seconds for the median one" in page.text
    table = page.text[page.text.index("discrimination double") :]
    assert re.match(r"discrimination double (?:\(hardest\) )?12 43 % 0 % 2 s 0\.\d\d half", table), table
    assert page.text.index("double (hardest)") < page.text.index("half 8 43 % 14 % 1 s")
    assert "jane_DOE work.ipynb" in page.text
    assert "Jane Doe_1234567 flagged" in page.text


@pytest.mark.middle
def test_the_page_runs_and_loads_nothing(course):
    page = Page(write_report(course, LAB))
    assert set(page.tags) <= set(PLAIN.split())
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("href", "srcset", "action")]
    sources = [value for name, value in page.attributes if name == "src"]
    assert len(sources) == 2
    assert all(value.startswith("data:image/png;base64,") for value in sources)
    assert len([value for name, value in page.attributes if name == "alt" and len(value) > 40]) == 2
    assert not re.search(r"https?://|url\(|@import", page.source)
    assert page.text.count("<script>alert(1)</script>") == 5  # as text: messages and a flag
    assert f"{EVIL.replace('/', '|')} flagged" in page.text


@pytest.mark.middle
def test_pseudonyms(course):
    page = Page(write_report(course, LAB, pseudonyms=True))
    shown = f"{page.text} {[value for name, value in page.attributes if name != 'src']}"
    assert not re.search("jane|doe|1234567", shown, re.IGNORECASE)
    assert "(name)_(name) work.ipynb" in page.text
    assert len(set(re.findall("student [0-9a-f]{8}", page.text))) == 3
    assert page.source == write_report(course, LAB, pseudonyms=True).read_text("utf-8")
    assert not re.search("student [0-9a-f]{8}", Page(write_report(course, LAB)).text)


def test_items_by_hand():
    from prunelab.instructor.gradebook.items import analyse, hardest

    double, half = analyse(everyone())
    assert (double.name, double.passed, double.blank) == ("double", pytest.approx(3 / 7), 0)
    assert (half.name, half.passed, half.blank) == ("half", pytest.approx(3 / 7), pytest.approx(1 / 7))
    assert (double.seconds, half.seconds) == (2.0, 1.0)
    assert hardest([double, half]) == "double"
    assert (half.failures[0].count, half.failures[0].student) == (2, "ccc")
    assert not any("nothing written yet" in failure.example for failure in half.failures)


def test_discrimination_by_hand():
    """Both scores have mean 4 of (12, 12, 0, 0, 0...) and (8, 0, 8, 0, 0): phi = (5 * 1 - 2 * 2) / (2 * 3) = 1/6."""
    from prunelab.instructor.gradebook.items import discrimination

    five = [entry("a", 12, 8), entry("b", 12, 0), entry("c", 0, 8), entry("d", 0, 0), entry("e", 0, 0)]
    assert discrimination("double", five) == pytest.approx(1 / 6)
    assert discrimination("half", five) == pytest.approx(1 / 6)
    assert discrimination("double", five[:4]) is None
    assert discrimination("half", [entry(each.student, each.scores["double"], 0) for each in five]) is None
    perfect = [entry("a", 12, 8), entry("b", 12, 8), *five[3:], entry("f", 0, 0)]
    assert discrimination("double", perfect) == pytest.approx(1)


def test_messages_that_differ_in_numbers_are_one():
    from prunelab.instructor.gradebook.items import normalised

    assert normalised("Got  -1.5e-3 at 0x7fAb\n shape (3, 4)") == normalised("Got 2 at 0x1\nshape (10, 1)")
    assert normalised("Got nan") != normalised("Got 1")


@pytest.mark.middle
@pytest.mark.parametrize("which", [slice(6, 7), slice(0, 1), slice(0, 2)])
def test_few_submissions(course, journal, which):
    few = everyone()[which]
    journal(few)
    page = Page(write_report(course, LAB))
    assert f"{len(few)} submission" in page.text
    assert ("not known" in page.text) == (few[0].outcome != "refused")


@pytest.mark.middle
def test_the_command(course, invoke):
    assert invoke(course, "report", "1").stdout == f"{course / 'reports' / '01_tiny.html'}\n"
    invoke(course, "report", "1", "--pseudonyms", "--output", "page.html")
    assert "student " in (course / "page.html").read_text()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["7"], "No lab is called '7'"),
        (["1", "--output", "."], "could not be written"),
        (["1"], "No submission of 01_tiny is graded yet; run `prunelab grade 01_tiny` first."),
    ],
)
def test_bad_input_is_one_sentence(course, refused, words, sentence):
    if words == ["1"]:
        for path in (course / "grading" / LAB).iterdir():
            path.write_text("damaged")
    assert sentence in refused(course, "report", *words)


def test_a_damaged_salt_is_named(course):
    (course / ".leaderboard-salt").write_text("short")
    with pytest.raises(LabError, match="is damaged; delete it"):
        write_report(course, LAB, pseudonyms=True)
