"""Where submissions run: on threads of this process or on the workers of a Dask cluster, each in a new process."""

from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from prunelab.instructor.sandbox.execute import Job, Outcome, execute
from prunelab.instructor.sandbox.isolation import isolation
from prunelab.instructor.sandbox.warm_process import run, threads


def perform(job: Job, course: Path) -> Outcome:
    """Execute a job in a process of its own; raise LabError where nothing isolates, else as `warm_process.run`."""
    if job.isolation == "best":
        job = replace(job, isolation=isolation(course))
    return run(execute, job)


def workers(scheduler: str | None, count: int) -> AbstractContextManager[Executor]:
    """Return the workers of the Dask scheduler at an address, or so many threads here where there is none."""
    if scheduler is None:
        return threads(count)
    from prunelab.instructor.sandbox.cluster import cluster  # Dask is not installed where nobody uses it

    return cluster(scheduler)
