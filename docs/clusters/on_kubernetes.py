"""Start Dask workers as pods, for `prunelab grade LAB --scheduler ADDRESS`; runs beside the grader until Ctrl-C.

Needs `pip install dask-kubernetes`, Dask's operator in the cluster and the settings in README.md. This specification
was built and compared with the operator's schema, and its security settings were tested with runc, but it was never
run on a cluster.
"""

from typing import Annotated

import typer
from dask_kubernetes.operator import KubeCluster, make_cluster_spec

from prunelab.instructor.sandbox.cluster import announce

PER_POD = {"cpu": "2", "memory": "14Gi"}  # 6 GiB for each concurrent submission, and 2 GiB
COMMAND = ["dask", "worker", "--nthreads", PER_POD["cpu"]]
POD = {
    "hostUsers": False,  # the cluster requires it for an unmasked /proc
    "securityContext": {"appArmorProfile": {"type": "Unconfined"}},  # the default one forbids every mount
}
CONTAINER = {
    "runAsNonRoot": True,
    "runAsUser": 1000,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "Unconfined"},  # the default one forbids unshare and mount; see README.md for less
    "procMount": "Unmasked",  # the kernel refuses a new /proc while parts of this one are masked
}


def specification(image: str, pods: int, name: str = "prunelab") -> dict:
    """Return the DaskCluster: a scheduler, and workers that may put submissions into namespaces."""
    spec = make_cluster_spec(name, image, pods, resources={}, env={}, worker_command=COMMAND)
    spec["spec"]["scheduler"]["spec"]["containers"][0]["args"] = ["dask", "scheduler", "--host", "0.0.0.0"]
    pod = spec["spec"]["worker"]["spec"]
    pod.update(POD)
    pod["containers"][0] |= {"securityContext": CONTAINER, "resources": {"requests": PER_POD, "limits": PER_POD}}
    return spec


def main(
    image: Annotated[str, typer.Argument(help="Image with Python, prunelab, its lock file and the data folder.")],
    pods: Annotated[int, typer.Option(help="Pods; one that ends is replaced.")] = 4,
    namespace: Annotated[str, typer.Option(help="Namespace of Kubernetes.")] = "default",
) -> None:
    """Start the workers, forward the scheduler's port to this machine, print its address and wait."""
    spec = specification(image, pods)
    with KubeCluster(custom_cluster_spec=spec, namespace=namespace, port_forward_cluster_ip=True) as cluster:
        announce(cluster)


if __name__ == "__main__":
    typer.run(main)
