"""What the operator's tests put into a cluster, and where they look for its answer: the condition,
Events, reports, metrics of the operator and of agents, the page."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import yaml
from e2e_cluster import Cluster, wait
from e2e_workloads import responding

EVERY = 20
"""Seconds between two runs."""
SOON = 180
"""Seconds that are waited for what is to come by itself, on a machine that has other work."""
SCENARIO = {
    "apiVersion": "prober.dev/v1alpha1",
    "kind": "Scenario",
    "metadata": {"name": "shop", "namespace": "gate"},
    "every": f"{EVERY}s",
    "checks": ["deploy/web -> tcp://svc/db:5432 = ok"],
}
CLOSING = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "closed", "namespace": "gate"},
    "spec": {"podSelector": {"matchLabels": {"app": "db"}}, "policyTypes": ["Ingress"]},
}
REPORTS = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "reports.openreports.io"},
    "spec": {
        "group": "openreports.io",
        "scope": "Namespaced",
        "names": {"kind": "Report", "listKind": "ReportList", "plural": "reports"},
        "versions": [
            {
                "name": "v1alpha1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "x-kubernetes-preserve-unknown-fields": True,
                    }
                },
            }
        ],
    },
}


def report_kinds() -> list[dict[str, Any]]:
    """The kinds of reports: those of PROBER_E2E_REPORTS, a file of the real
    CustomResourceDefinitions, where it names one."""
    if file := os.environ.get("PROBER_E2E_REPORTS"):
        documents = yaml.safe_load_all(Path(file).read_text())
        return [document for document in documents if document]
    return [REPORTS]


def workload(name: str, port: int, image: str, node: str = "") -> list[dict[str, Any]]:
    container = {"name": name, "ports": [{"containerPort": port}]}
    spec = responding({"containers": [container]}, image)
    del spec["nodeName"]
    if node:
        spec["nodeSelector"] = {"kubernetes.io/hostname": node}
    metadata = {"name": name, "namespace": "gate"}
    labels = {"app": name}
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": metadata,
            "spec": {
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": spec},
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata,
            "spec": {"selector": labels, "ports": [{"port": port}]},
        },
    ]


def ready(cluster: Cluster, name: str = "shop") -> tuple[str, str]:
    """Status and reason of the condition."""
    status = cluster.get("scenario", name, "-n", "gate").get("status", {})
    found = [one for one in status.get("conditions", []) if one["type"] == "Ready"]
    return (found[0]["status"], found[0]["reason"]) if found else ("", "")


def waited(cluster: Cluster, wanted: tuple[str, str], seconds: float, name: str = "shop") -> None:
    wait(lambda: ready(cluster, name) == wanted, lambda: described(cluster), seconds)


def described(cluster: Cluster) -> str:
    operator = "app.kubernetes.io/name=prober-operator"
    log = cluster.kubectl("logs", "-n", "prober-runs", "-l", operator, "--tail=20", check=False)
    return cluster.kubectl("describe", "scenarios", "-n", "gate") + log


def gate(cluster: Cluster, seconds: int) -> bool:
    """What a rollout waits for."""
    said = cluster.kubectl(
        "wait",
        "--for=condition=Ready",
        "scenario/shop",
        "-n",
        "gate",
        f"--timeout={seconds}s",
        check=False,
    )
    return "condition met" in said


def report(cluster: Cluster) -> dict[str, Any]:
    found: dict[str, Any] = cluster.get("reports.openreports.io", "prober-shop", "-n", "gate")
    return found


def metric(cluster: Cluster) -> str:
    """What the replica that acts says of the check; empty where it says nothing."""
    asked = (
        "import os, urllib.request as r; "
        "print(r.urlopen(f'http://{os.environ[\"POD_ADDRESS\"]}:9732/metrics').read().decode())"
    )
    pod = holder(cluster)
    text = cluster.kubectl(
        "exec", "-n", "prober-runs", pod, "--", "python3", "-c", asked, check=False
    )
    return value_of("prober_check_success", text)


def agent_metric(address: str) -> str:
    """What an agent says of the check that it repeats; empty where it says nothing."""
    with urlopen(f"http://{address}:9731/metrics", timeout=5) as answer:
        return value_of("prober_agent_check_success", answer.read().decode())


def value_of(name: str, text: str) -> str:
    """The value of the one series of a metric; empty where there is none."""
    found = [line for line in text.splitlines() if line.startswith(f"{name}{{")]
    return found[0].rpartition(" ")[2] if found else ""


@contextmanager
def page(cluster: Cluster) -> Iterator[Callable[[], str]]:
    """The first page of `prober serve` over the runs that the operator keeps."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = cluster.start_prober(
        "serve", "--cluster", "-n", "gate", "--port", str(port), alone=False
    )

    def shown() -> str:
        try:
            with urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
                return str(answer.read().decode())
        except OSError:  # it starts
            return ""

    try:
        yield shown
    finally:
        served.terminate()
        served.communicate()


def events(cluster: Cluster) -> list[str]:
    """The reasons of the Scenario's Events, oldest first."""
    return [event["reason"] for event in _events(cluster)]


def last_event(cluster: Cluster, reason: str) -> str:
    """When the last Event with this reason came; empty when none did."""
    times = [str(event["lastTimestamp"]) for event in _events(cluster) if event["reason"] == reason]
    return times[-1] if times else ""


def _events(cluster: Cluster) -> list[dict[str, Any]]:
    listed = cluster.get("events", "-n", "gate", "--field-selector", "involvedObject.kind=Scenario")
    return sorted(listed["items"], key=lambda event: str(event["lastTimestamp"]))


def holder(cluster: Cluster) -> str:
    """The replica that acts: its pod's name."""
    lease = cluster.get("lease", "prober-operator", "-n", "prober-runs")
    return str(lease["spec"]["holderIdentity"]).rsplit("-", 2)[0]


def assignment(cluster: Cluster) -> str:
    agents = cluster.kubectl("logs", "-n", "prober", "daemonset/prober-agent", check=False)
    held = cluster.kubectl("get", "configmap", "prober-assignment", "-n", "prober", "-o", "yaml")
    return held + agents + described(cluster)
