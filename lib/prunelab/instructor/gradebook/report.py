"""A page for the instructor about one lab: scores, checkpoints, flags; one file that runs and loads nothing."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from prunelab import LabError
from prunelab.figures import KEPT, PRUNED, figure, picture
from prunelab.files import write
from prunelab.instructor.gradebook import journal, leaderboard
from prunelab.instructor.gradebook.items import FEWEST, Item, analyse, hardest
from prunelab.instructor.gradebook.journal import Entry

BINS = 10
PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def write_report(course: Path, lab: str, output: Path | None = None, pseudonyms: bool = False) -> Path:
    """Write the page about a lab and return where; raise LabError if none of its submissions was graded."""
    entries = list(journal.read(course, lab).values())
    if not entries:
        raise LabError(f"No submission of {lab} is graded yet; run `prunelab grade {lab}` first.")
    path = (output or course / "reports" / f"{lab}.html").resolve()
    from prunelab.instructor.gradebook.record import Recorder  # nbgrader takes a second to import

    late = Recorder(course).late(lab)
    write(path, render(lab, entries, _who(course, pseudonyms), pseudonyms, late).encode())
    return path


def render(
    lab: str,
    entries: list[Entry],
    who: Callable[[str], str],
    pseudonyms: bool = False,
    late: dict[str, str] | None = None,
) -> str:
    """Return the page; `who` names a student, `late` says how late. Whatever a student wrote is escaped."""
    items, graded = analyse(entries), [entry for entry in entries if entry.outcome != "refused"]
    flagged = sorted((entry for entry in entries if entry.flags), key=lambda entry: who(entry.student).casefold())
    hide = _hidden if pseudonyms else lambda student, text: text
    return PAGES.get_template("report.html.jinja").render(
        lab=lab,
        outcomes=Counter(entry.outcome for entry in entries),
        count=len(entries),
        points=max(sum(entry.points.values()) for entry in entries),
        scores=_statistics(graded) if graded else None,
        figures=[Markup(drawn) for drawn in (_histogram(graded), _shares(items))] if graded else [],
        items=items,
        hardest=hardest(items),
        fewest=FEWEST,
        seconds=sum(entry.total for entry in entries),
        typical=median(entry.total for entry in graded) if graded else None,
        flagged=[
            (who(entry.student), entry.outcome, [hide(entry.student, flag.instructor) for flag in entry.flags])
            for entry in flagged
        ],
        late=sorted((who(student), said) for student, said in (late or {}).items()),
        hide=hide,
    )


def _who(course: Path, pseudonyms: bool) -> Callable[[str], str]:
    if not pseudonyms:
        return str
    salt = leaderboard.salt_of(course / leaderboard.SALT)
    return lambda student: leaderboard.pseudonym(student, salt)


def _hidden(student: str, text: str) -> str:
    """A text about a student without the parts of the name, as far as they stand in it as words."""
    parts = sorted({student, *re.split(r"[\W_]+", student)}, key=len, reverse=True)
    name = "|".join(re.escape(part) for part in parts if len(part) > 1)
    return re.sub(rf"(?<![^\W_])(?:{name})(?![^\W_])", "(name)", text, flags=re.IGNORECASE) if name else text


def _total(entry: Entry) -> float:
    return sum(entry.scores.values())


def _statistics(graded: list[Entry]) -> dict[str, float]:
    totals = [_total(entry) for entry in graded]
    return {"mean": sum(totals) / len(totals), "median": median(totals), "lowest": min(totals), "highest": max(totals)}


def _histogram(graded: list[Entry]) -> str:
    """The scores of all that were graded, without those by hand."""
    fig, (ax,) = figure(width=6.4)
    top = max(sum(entry.points.values()) for entry in graded) or 1
    counts, edges, _ = ax.hist([_total(entry) for entry in graded], bins=BINS, range=(0, top), color=KEPT, rwidth=0.95)
    ax.set(xlabel=f"points of {top:g}, without those given by hand", ylabel="submissions", title="Marks")
    ax.locator_params(axis="y", integer=True)
    bars = [f"{left:g} to {right:g}: {count:g}" for left, right, count in zip(edges, edges[1:], counts, strict=False)]
    return picture(fig, f"Histogram of the scores. Points and submissions: {'; '.join(bars)}.")


def _shares(items: list[Item]) -> str:
    """Who passed, failed and left blank, by checkpoint, the first at the top."""
    fig, (ax,) = figure(width=6.4, height=1.2 + 0.32 * len(items))
    names = [item.name for item in items]
    ax.barh(names, [100 * item.passed for item in items], color=KEPT, label="passed")
    ax.barh(
        names,
        [100 * item.blank for item in items],
        left=[100 * (1 - item.blank) for item in items],
        color=PRUNED,
        label="left blank",
    )
    ax.set(xlabel="% of the submissions", xlim=(0, 100), title="Checkpoints")
    ax.invert_yaxis()
    fig.legend(frameon=False, loc="outside lower right", ncols=2)
    bars = [f"{item.name} {item.passed:.0%} passed, {item.blank:.0%} blank" for item in items]
    return picture(fig, f"Bars for each checkpoint: {'; '.join(bars)}.")
