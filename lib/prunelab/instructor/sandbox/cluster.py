"""The workers of a Dask cluster; one machine alone needs neither them nor Dask."""

import pkgutil
import signal
from collections.abc import Generator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress

from dask.distributed import Client
from distributed.deploy import Cluster

from prunelab import LabError, __version__


@contextmanager
def cluster(scheduler: str) -> Generator[Executor]:
    """Connect to the Dask scheduler at an address; raise LabError if it cannot be reached or its workers are wrong."""
    try:
        client = Client(scheduler, timeout=20)
    except (OSError, TypeError, ValueError) as error:  # TypeError: tls:// without certificates
        raise LabError(
            f"No Dask scheduler answers at {scheduler}; see docs/clusters, and check the address."
        ) from error
    with client:
        _check(client, scheduler)
        yield client.get_executor(pure=False)


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
