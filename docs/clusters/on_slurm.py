"""Start Dask workers as Slurm jobs, for `prunelab grade LAB --scheduler ADDRESS`; runs on the login node until Ctrl-C.

Needs `pip install dask-jobqueue`. The jobs use this Python, so its folder must be the same on every node.
"""

from typing import Annotated

import dask
import typer
from dask.distributed import Security
from dask_jobqueue import SLURMCluster

from prunelab.instructor.sandbox.cluster import announce


def main(
    jobs: Annotated[int, typer.Option(help="Jobs to keep running; one that ends is replaced.")] = 4,
    cores: Annotated[int, typer.Option(help="Cores per job, and submissions that it runs at a time.")] = 2,
    memory: Annotated[str, typer.Option(help="Memory per job: 6 GiB for each of its cores, and 2 GiB.")] = "14GiB",
    walltime: Annotated[str, typer.Option(help="Time after which Slurm ends a job.")] = "02:00:00",
    queue: Annotated[str | None, typer.Option(help="Partition.")] = None,
    account: Annotated[str | None, typer.Option(help="Account to charge.")] = None,
    interface: Annotated[str | None, typer.Option(help="Network between the nodes, such as eth0 or ib0.")] = None,
    prologue: Annotated[list[str] | None, typer.Option(help="Line to run first, such as `module load python`.")] = None,
) -> None:
    """Start the workers, print the scheduler's address and wait."""
    encrypted = dask.config.get("distributed.comm.tls.ca-file")
    with SLURMCluster(
        cores=cores, processes=1, memory=memory, walltime=walltime, queue=queue, account=account, interface=interface,
        job_name="prunelab", log_directory="grading/slurm", job_script_prologue=prologue or [],
        worker_extra_args=["--no-dashboard"], security=Security() if encrypted else None,
        scheduler_options={"dashboard": False, "dashboard_address": ":0"},
    ) as cluster:  # fmt: skip
        cluster.adapt(minimum_jobs=jobs, maximum_jobs=jobs)
        announce(cluster)


if __name__ == "__main__":
    typer.run(main)
