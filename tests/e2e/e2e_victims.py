"""Objects of somebody else that claim to be prober's: its labels, and annotations that would be
paths.

They are planted before prober runs, and looked at again afterwards: whatever happens to prober's
own, these stay as they are, and so does everything that their annotations point to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from e2e_cluster import Cluster

NAMESPACE = "victim"
LABELS = {"prober.dev/probe": "true", "prober.dev/agent": "true"}
PAST = "2020-01-01T00:00:00Z"
RUNS = (
    "../../victim",
    "../../kube-system/configmaps/coredns",
    "%2e%2e%2f%2e%2e%2fvictim",
    "prober-0a1b2c3d-1",
    "prober-0a1b2c3d-1/../../../victim",
    "app-config?gracePeriodSeconds=0#",
    "",
)
"""What the annotation says that names a run."""
KINDS = "namespaces,configmaps,pods,jobs,services,deployments,statefulsets,daemonsets,networkpolicies,serviceaccounts"


@dataclass(frozen=True)
class Victims:
    """What was there before."""

    cluster: Cluster
    planted: Mapping[str, str]
    """Name to resourceVersion, or to uid for what changes by itself; of the objects that were
    planted."""
    others: frozenset[str]
    """The uids of everything else that lasts."""

    def harm(self) -> list[str]:
        """What is gone, or is not what it was; nothing, if all is well."""
        now = _planted(self.cluster)
        wrong = [name for name, version in self.planted.items() if now.get(name) != version]
        missing = self.others - _lasting(self.cluster)
        return [*wrong, *(f"something with the uid {uid}" for uid in sorted(missing))]


@contextmanager
def victims(cluster: Cluster, *namespaces: str) -> Iterator[Victims]:
    """Plant them in these namespaces and in one of their own; they are taken away in the end."""
    spaces = (NAMESPACE, *namespaces)
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    cluster.apply(*(item for space in spaces for item in _objects(cluster, space)))
    try:
        cluster.kubectl(
            "wait", "-n", NAMESPACE, "--for=condition=Ready", "pod/claims", "--timeout=120s"
        )
        yield Victims(cluster, _planted(cluster), _lasting(cluster))
    finally:
        cluster.kubectl("delete", "namespace", NAMESPACE, "--wait=false")
        for space in namespaces:
            kinds = "configmaps,pods,jobs"
            cluster.kubectl("delete", kinds, "-n", space, "-l", "victim=true", "--wait=false")


def is_victim(name: str) -> bool:
    """Is this one of them, as `kind/namespace/name`."""
    _, namespace, own = name.split("/")
    return namespace == NAMESPACE or own.startswith(("claims", "app-config"))


def _objects(cluster: Cluster, namespace: str) -> Iterator[dict[str, Any]]:
    for number, run in enumerate(RUNS):
        metadata = _metadata(f"app-config-{number}", namespace, run)
        yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "b"}}
    container = {
        "name": "web",
        "image": cluster.image,
        "command": ["python3", "-c", "import time; time.sleep(1e6)"],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    pod = {"terminationGracePeriodSeconds": 1, "containers": [container]}
    claims = _metadata("claims", namespace, "prober-0a1b2c3d-1")
    yield {"apiVersion": "v1", "kind": "Pod", "metadata": claims, "spec": pod}
    job = {"suspend": True, "template": {"spec": {**pod, "restartPolicy": "Never"}}}
    yield {"apiVersion": "batch/v1", "kind": "Job", "metadata": claims, "spec": job}


def _metadata(name: str, namespace: str, run: str) -> dict[str, Any]:
    annotations = {
        "prober.dev/run": run,
        "prober.dev/expires": PAST,
        "prober.dev/coordinator": "gone 1 1",
    }
    labels = {**LABELS, "victim": "true"}
    return {"name": name, "namespace": namespace, "labels": labels, "annotations": annotations}


def _planted(cluster: Cluster) -> dict[str, str]:
    planted = {}
    for item in cluster.get("configmaps,pods,jobs", "-A", "-l", "victim=true")["items"]:
        metadata, kind = item["metadata"], item["kind"]
        stays = metadata["resourceVersion"] if kind == "ConfigMap" else metadata["uid"]
        planted[f"{kind}/{metadata['namespace']}/{metadata['name']}"] = stays
    return planted


def _lasting(cluster: Cluster) -> frozenset[str]:
    """Of all namespaces, but for what runs of prober make and take away."""
    return frozenset(
        item["metadata"]["uid"]
        for item in cluster.get(KINDS, "-A")["items"]
        if not item["metadata"]["name"].startswith("prober-")
    )
