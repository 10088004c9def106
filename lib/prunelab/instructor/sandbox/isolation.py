"""Which kind of isolation this machine has: tried by a notebook that does its best to break out."""

import json
import os
import socket
from functools import cache
from pathlib import Path
from threading import Lock

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from prunelab import LabError
from prunelab.course import notebook_of
from prunelab.files import DATA
from prunelab.instructor.sandbox.execute import Job, execute
from prunelab.instructor.sandbox.warm_process import KEPT, Killed, run

_ONE_AT_A_TIME = Lock()
BREAK_OUT = """
import json
from prunelab.files import DATA
from prunelab.instructor.sandbox.break_out import reached, unreadable
print(json.dumps([list(reached(%r, %r, %r)), unreadable(DATA)]))
"""
NONE = (
    "Submissions cannot be isolated here ({}). Install libseccomp (apt install libseccomp2), and allow user namespaces "
    "with Landlock (Linux 5.13 or newer) or install bubblewrap (apt install bubblewrap), or grade on another machine; "
    "--not-isolated runs submissions as you."
)


def isolation(course: Path) -> str:
    """Return the best isolation that holds on this machine; raise LabError with the fix if none does.

    It is tried once in a process, however many threads ask.
    """
    with _ONE_AT_A_TIME:
        return _tried(course)


@cache
def _tried(course: Path) -> str:
    problems = []
    for kind in ("namespaces", "bubblewrap"):
        problem = problem_of(kind, course)
        if problem is None:
            return kind
        problems.append(f"{kind}: {problem}")
    raise LabError(NONE.format("; ".join(problems)))


def problem_of(kind: str, course: Path) -> str | None:
    """Return why a kind of isolation cannot be had or what got through, None if it holds.

    Raise LabError if the course's data cannot be read from inside: a kernel may run as another user than this process.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        forbidden = [str(course / name) for name in ("gradebook.db", "solutions", "submitted")]
        variables = sorted(os.environ.keys() - KEPT - {"PWD"})  # which bubblewrap sets by itself
        code = BREAK_OUT % (forbidden, server.getsockname()[1], variables)
        notebook = nbformat.writes(new_notebook(cells=[new_code_cell(code)]))
        try:
            outcome = run(execute, Job(notebook, isolation=kind))
        except (Killed, RuntimeError) as error:
            return f"{error}"
    outputs = notebook_of(outcome.notebook).cells[0].outputs
    if not outputs or outputs[0].output_type != "stream":
        return "the kernel did not start"
    reached, shut = json.loads(outputs[0].text)
    if shut:
        raise LabError(f"Submissions cannot read {shut[0]}; let them with `chmod -R a+rX {DATA}`.")
    return f"a notebook reached {', '.join(reached)}" if reached else None
