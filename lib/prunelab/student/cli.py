"""The command `prunelab`."""

import json
import os
import sysconfig
from dataclasses import asdict
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer
from rich import print as show
from rich.markdown import Markdown
from rich.table import Table
from typer.core import TyperGroup

from prunelab import LabError
from prunelab.course import course_folder, find_lab, lab_names

JUPYTER = Path(__file__).parents[1] / "jupyter"  # settings: no news, no updates, no exchange


class Commands(TyperGroup):
    """Commands whose LabErrors, and packages that are not installed, end as one sentence and exit status 1."""

    def invoke(self, ctx):
        """Run the command."""
        try:
            return super().invoke(ctx)
        except LabError as error:
            typer.echo(f"prunelab: {error}", err=True)
            raise typer.Exit(1) from None
        except ModuleNotFoundError as error:
            typer.echo(f"prunelab: {error.name} is missing; `prunelab doctor` says how to get it.", err=True)
            raise typer.Exit(1) from None


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, help=__doc__)


@app.command()
def lab(
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
    port: Annotated[int, typer.Option(help="Port of the server; the next free one is taken.")] = 8888,
) -> None:
    """Open JupyterLab on the course map."""
    course = course_folder()
    if not (course / "labs" / "index.ipynb").is_file():
        raise LabError(f"{course / 'labs' / 'index.ipynb'} is missing; run `prunelab build` or `prunelab reset index`.")
    os.chdir(course)  # nbgrader reads its configuration from here
    os.environ.update(lab_environment())
    from jupyterlab.labapp import LabApp  # takes a second, and reads the environment

    settings = [f"--ServerApp.root_dir={course}", f"--port={port}", "--LabApp.default_url=/lab/tree/labs/index.ipynb"]
    settings += [] if browser else ["--no-browser"]
    root = hasattr(os, "geteuid") and os.geteuid() == 0  # in a container the only user is often root
    settings += ["--allow-root"] if root else []
    LabApp.launch_instance(settings)


def lab_environment() -> dict[str, str]:
    """Return the environment of the Jupyter server: this installation's commands first, prunelab's settings last."""
    paths = {
        "PATH": (sysconfig.get_path("scripts"), os.environ.get("PATH")),
        "JUPYTER_CONFIG_PATH": (os.environ.get("JUPYTER_CONFIG_PATH"), str(JUPYTER)),  # the user's own win
    }
    return os.environ | {name: os.pathsep.join(filter(None, parts)) for name, parts in paths.items()}


@app.command()
def progress(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show which checkpoints pass in the saved notebooks."""
    from prunelab.student import progress as course_progress

    labs = course_progress.progress(course_folder())
    if as_json:
        print(json.dumps(course_progress.as_json(labs), indent=2))
    else:
        show(Markdown(course_progress.as_markdown(labs)))


@app.command()
def scoreboard(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show the course's headline results beside the published ones."""
    from prunelab.scoreboard import scoreboard_rows  # scipy takes a second to import

    if as_json:
        print(json.dumps([asdict(row) for row in scoreboard_rows()], indent=2))
        return
    table = Table(show_lines=True)
    for header in ("claim", "ours (per cent or points)", "difference", "published", "source", "met"):
        table.add_column(header, overflow="fold")
    for row in scoreboard_rows():
        where = f"{row.source}, {row.dataset}"
        table.add_row(row.claim, row.ours, row.interval, row.published, where, "yes" if row.met else "no")
    show(table)


@app.command()
def reset(lab: Annotated[str, typer.Argument(help="Number or name, such as 01; or index.")]) -> None:
    """Put the original of a lab back, forget its predictions and keep a copy of yours."""
    from prunelab.student.reset import reset_lab

    course = course_folder()
    name = find_lab(lab, [*lab_names(course), "index"])
    backup = reset_lab(course, name)
    print(
        f"{name} is the original again, without predictions; if it is open in JupyterLab, close it and open it again."
    )
    if backup:
        print(f"Your copy is now {backup}.")


@app.command()
def doctor() -> None:
    """Show what this machine has, what is missing, and how to fix it."""
    from prunelab.student.doctor import examine, table

    findings = examine()
    show(table(findings))
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(1)


for part in entry_points(group="prunelab.instructor", name="commands"):  # students have none
    part.load()(app)
