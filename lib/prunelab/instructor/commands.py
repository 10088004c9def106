"""The commands of instructors: `prunelab grade` and what comes after it."""

import json
import re
import sys
from dataclasses import asdict
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich import print as show
from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from prunelab import LabError
from prunelab.course import course_folder, find_lab, lab_names

REFUSED, INTERRUPTED = 3, 130  # exit status if a submission was refused (2 is wrong usage), and after Ctrl-C
COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())


def build(labs: Annotated[list[str] | None, typer.Argument(help="Numbers or names; all if none.")] = None) -> None:
    """Build the notebooks under labs/ from the sources under solutions/."""
    course = course_folder()
    if not (course / "solutions").is_dir():
        print("There is nothing to build: this course has no solutions/.")
        return
    from prunelab.instructor.authoring.build import build_labs  # jupytext takes a second to import

    for sentence in build_labs(course, labs):
        print(sentence)


def leaderboard(
    names: Annotated[bool, typer.Option("--names/--pseudonyms", help="Show who it is, or a stable pseudonym.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Rank the graded submissions of lab 10 by how far they stay below the budgets."""
    from prunelab.instructor.gradebook import leaderboard as board  # nbgrader takes a second to import

    entries = board.leaderboard(course_folder(), names=names)
    if as_json:
        print(json.dumps([asdict(entry) | {"score": entry.score} for entry in entries], indent=2))
    else:
        show(Markdown(board.as_markdown(entries)))


def bundle(
    output: Annotated[Path | None, typer.Argument(help="The zip; dist/prunelab-student.zip if none.")] = None,
) -> None:
    """Write the students' course, without solutions, hidden tests and grader, as one zip."""
    from prunelab.instructor.authoring.bundle import write_bundle

    path = write_bundle(course_folder(), output)
    print(f"{path} ({path.stat().st_size / 1e6:.0f} MB)")


def grade(
    labs: Annotated[list[str] | None, typer.Argument(help="Numbers or names; all that were handed in if none.")] = None,
    student: Annotated[list[str] | None, typer.Option(help="Only this student; can be given several times.")] = None,
    collect: Annotated[
        Path | None, typer.Option("--from", help="First take submissions from this folder or zip of an LMS.")
    ] = None,
    pattern: Annotated[
        str | None,
        typer.Option(help="With --from: a regular expression for whole paths, with a group `student`, maybe `file`."),
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option(help="With --from: CSV of id, name, e-mail, group; the course's roster.csv if none."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --from: only say which students were found, and how.")
    ] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Submissions at a time; one a core if not given.")] = None,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, to grade on its workers.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Grade also what is graded and has not changed.")] = False,
    every_cell: Annotated[
        bool, typer.Option("--every-cell", help="Run also cells that nobody grades, for the figures; slower.")
    ] = False,
    isolated: Annotated[
        bool, typer.Option("--isolated/--not-isolated", help="Keep submissions from your files and the network.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Grade submissions, isolated and in parallel; then nbgrader's formgrader, feedback and export go on as usual.

    Exit status: 0 if all were graded, 3 if some were refused, 1 if the command itself failed.
    """
    _needs_linux()
    if not find_spec("jupytext"):  # of the packages that the extra brings
        raise LabError('Grading needs a few packages more; get them with `pip install -e ".[grading]"`.')
    from prunelab.instructor.gradebook.journal import only_one  # filelock comes with the extra

    course = course_folder()
    names = [find_lab(lab, lab_names(course)) for lab in labs or ()]
    _check_options(names, collect, scheduler, dry_run or pattern or roster)
    if not isolated:
        typer.echo("Warning: submissions run as you; they can read and change your files.", err=True)
    chosen = {key: value for key, value in {"workers": workers, "scheduler": scheduler}.items() if value}
    chosen |= {"isolated": isolated, "again": again, "every_cell": every_cell}
    with only_one(course):
        pass  # what follows takes the lock for itself, but first takes seconds to import
    if collect:
        _collect(collect, course, names[0], pattern=_compiled(pattern), roster=roster, dry_run=dry_run)
    if dry_run:
        return
    entries = _grade(course, names, student, chosen)
    _report(entries, _late(course, entries), as_json)
    raise typer.Exit(REFUSED if any(entry.outcome == "refused" for entry in entries) else 0)


def _check_options(names: list[str], collect: Path | None, scheduler: str | None, reading: object) -> None:
    """Raise LabError for options of `grade` that do not fit together; `reading` says how --from reads names."""
    if collect and len(names) != 1:
        raise LabError("--from needs to know the lab; name one, as in `prunelab grade 02 --from submissions.zip`.")
    if reading and not collect:
        raise LabError("--pattern, --roster and --dry-run say how --from reads names; give --from, too.")
    if scheduler and not find_spec("distributed"):
        raise LabError('--scheduler needs Dask; get it with `pip install -e ".[cluster,grading]"`.')


def feedback(
    lab: Annotated[str, typer.Argument(help="Number or name.")],
    student: Annotated[list[str] | None, typer.Option(help="Only this student; can be given several times.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Pages at a time; one a core if not given.")] = None,
) -> None:
    """Write nbgrader's feedback pages, several at a time; `nbgrader release_feedback` gives them back.

    Exit status: 0 if all were written, 3 if some were not, 1 if the command itself failed.
    """
    _needs_linux()
    from prunelab.instructor.sandbox.warm_process import warm_up

    warm_up(("gradebook.record",))
    from prunelab.instructor.gradebook.feedback import write_feedback  # nbgrader takes a second to import

    course = course_folder()
    name = find_lab(lab, lab_names(course))
    with Progress(*COLUMNS, console=Console(stderr=True)) as progress:
        bar = progress.add_task(name)
        failed = write_feedback(course, name, student, workers, partial(progress.update, bar))
    for who, why in failed.items():
        typer.echo(f"{who}: no page was written ({why}).", err=True)
    raise typer.Exit(REFUSED if failed else 0)


def export(
    kind: Annotated[
        str, typer.Option("--for", help="Who reads it: gradebook (people), canvas or moodle.")
    ] = "gradebook",
    lab: Annotated[list[str] | None, typer.Option(help="Only this lab; can be given several times.")] = None,
    output: Annotated[Path | None, typer.Option(help="The file; grades.csv, grades-canvas.csv, ... if none.")] = None,
) -> None:
    """Write the scores of nbgrader's grade book to a CSV file, for people, Canvas or Moodle.

    For Moodle name one lab with --lab and get its grading worksheet; several make a table for its grade book.
    """
    from prunelab.instructor.gradebook.exports import export_grades

    course = course_folder()
    print(export_grades(course, kind, [find_lab(each, lab_names(course)) for each in lab or ()], output))


def report(
    lab: Annotated[str, typer.Argument(help="Number or name.")],
    output: Annotated[Path | None, typer.Option(help="The file; reports/LAB.html in the course if none.")] = None,
    pseudonyms: Annotated[bool, typer.Option("--pseudonyms/--names", help="Show pseudonyms, or who it is.")] = False,
) -> None:
    """Write a page about a lab for the instructor: scores, checkpoints, what checks said, flags."""
    from prunelab.instructor.gradebook.report import write_report  # matplotlib takes a second to import

    course = course_folder()
    print(write_report(course, find_lab(lab, lab_names(course)), output, pseudonyms))


def add_to(app: typer.Typer) -> None:
    """Add these commands to those of the students."""
    for command in (build, bundle, grade, feedback, export, report, leaderboard):
        app.command()(command)


def _needs_linux() -> None:
    if sys.platform != "linux":
        raise LabError("Submissions are isolated by Linux; grade on Linux, in WSL or in a container.")


def _compiled(pattern: str | None) -> re.Pattern | None:
    """Return the instructor's pattern for names; raise LabError for one that names no student."""
    try:
        found = re.compile(pattern) if pattern else None
    except re.error as error:
        raise LabError(f"--pattern is no regular expression ({error}); correct it.") from error
    if found and "student" not in found.groupindex:
        raise LabError("--pattern names no student; write a group for it, as in '(?P<student>[^/]+)/.*'.")
    return found


def _collect(source: Path, course: Path, lab: str, **options) -> None:
    from prunelab.instructor.collect import collect

    for sentence in collect(source, course, lab, **options):
        typer.echo(sentence, err=True)


def _grade(course: Path, labs: list[str], students: list[str] | None, chosen: dict) -> list:
    """Grade beneath a progress bar for each lab."""
    from prunelab.instructor.sandbox.warm_process import warm_up

    warm_up()  # beside what takes seconds to import here, nbgrader and torch
    from prunelab.instructor.assess import Options
    from prunelab.instructor.grade import grade_labs

    with Progress(*COLUMNS, console=Console(stderr=True)) as progress:
        bars = {}

        def tell(entry, total: int) -> None:
            if entry.lab not in bars:
                bars[entry.lab] = progress.add_task(entry.lab, total=total)
            progress.advance(bars[entry.lab])

        try:
            return grade_labs(course, labs, students, Options(**chosen), tell)
        except KeyboardInterrupt:
            typer.echo("prunelab: stopped; run this again, and it goes on.", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except OSError as error:
            raise LabError(f"The system refused ({error}); fix that, then run this again: it goes on.") from error


def _late(course: Path, entries: list) -> dict[tuple[str, str], str]:
    """Return how late submissions came, by lab and student."""
    from prunelab.instructor.gradebook.record import Recorder

    labs = {entry.lab for entry in entries}
    return {(lab, student): late for lab in labs for student, late in Recorder(course).late(lab).items()}


def _report(entries: list, late: dict[tuple[str, str], str], as_json: bool) -> None:
    """Print one line for each submission."""
    if as_json:
        found = [_as_dict(entry) | {"late": late.get((entry.lab, entry.student), "")} for entry in entries]
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return
    table = Table()
    for header in ("lab", "student", "points", "outcome", "what to know"):
        table.add_column(header, overflow="fold")
    for entry in entries:
        points = f"{sum(entry.scores.values()):g} of {sum(entry.points.values()):g}"
        said = late.get((entry.lab, entry.student))
        sentences = "\n".join([*([f"{said}."] if said else []), *(flag.instructor for flag in entry.flags)])
        table.add_row(*map(escape, (entry.lab, entry.student, points, entry.outcome, sentences)))
    show(table)


def _as_dict(entry) -> dict:
    sentences = [{"code": flag.code, "instructor": flag.instructor, "student": flag.student} for flag in entry.flags]
    kept = {key: value for key, value in asdict(entry).items() if key not in ("digest", "notebook", "recorded")}
    return kept | {"flags": sentences}
