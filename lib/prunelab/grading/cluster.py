"""Where submissions run: on threads of this process or on the workers of a Dask cluster, each in a new process."""

import logging
import pkgutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import dask
from dask.distributed import Client, LocalCluster
from distributed.deploy import Cluster

from prunelab import LabError, __version__
from prunelab.grading.execute import Job, Outcome, execute
from prunelab.grading.isolation import isolation
from prunelab.grading.warm_process import run, stopping

SETTINGS = {"distributed.scheduler.allowed-failures": 10}


def perform(job: Job, course: Path) -> Outcome:
    """Execute a job in a process of its own; raise LabError where nothing isolates, else as `warm_process.run`."""
    if job.isolation == "best":
        job = replace(job, isolation=isolation(course))
    return run(execute, job)


@contextmanager
def cluster(scheduler: str | None, workers: int) -> Iterator[Client]:
    """Connect to the Dask scheduler at an address, or start one here; raise LabError if it cannot be reached."""
    with dask.config.set(SETTINGS):
        if scheduler is None:
            here = {"n_workers": 1, "threads_per_worker": workers, "processes": False, "protocol": "inproc://"}
            quiet = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.ERROR}
            with LocalCluster(**here, **quiet) as local, stopping(), Client(local) as client:
                yield client
            return
        try:
            client = Client(scheduler, timeout=20)
        except (OSError, TimeoutError, TypeError, ValueError) as error:  # TypeError: tls:// without certificates
            raise LabError(
                f"No Dask scheduler answers at {scheduler}; see docs/clusters, and check the address."
            ) from error
        with client:
            _check(client, scheduler)
            yield client


def _check(client: Client, scheduler: str) -> None:
    """Raise LabError unless there are workers, all with this prunelab; one without would take jobs and never answer."""
    found = client.run(pkgutil.resolve_name, "prunelab:__version__", on_error="return")
    if not found:
        raise LabError(f"The Dask scheduler at {scheduler} has no workers; start some with `dask worker`.")
    if others := [worker for worker, version in found.items() if version != __version__]:
        raise LabError(
            f"The Dask worker at {others[0]} lacks prunelab {__version__}; install it there, see docs/clusters."
        )


def announce(cluster: Cluster) -> None:
    """Print the address of a cluster that is for others as soon as it has a worker; return at Ctrl-C."""
    cluster.wait_for_workers(1)
    print(cluster.scheduler_address, flush=True)
    with suppress(KeyboardInterrupt):
        signal.pause()
