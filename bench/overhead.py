"""What the operator and its agents cost a cluster: CPU, memory, API calls and bytes.

    python bench/overhead.py [--policy kube-router] [--checks 100] [--seconds 180] [--up]

Two nodes; from a pod on each, a Scenario has so many checks every 30 seconds, which the operator
runs and the agents repeat. It boots the testbed (see testbed/README.md; it needs root) and takes it
away, unless it is `--up` already. CPU is what the kernel accounts to the containers, memory the
most that was resident of the long-lived process, with what its children had for themselves, API
calls are what the API server's audit log has of a service account, and bytes are what the
interfaces of pods count, both ways.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench"), str(ROOT / "tests" / "e2e")]

from agent_rounds import children, memory_mib  # noqa: E402 - the path has to be there first
from e2e_agents import installed  # noqa: E402 - the path has to be there first
from e2e_cluster import Cluster, wait  # noqa: E402
from e2e_workloads import responding  # noqa: E402

from testbed import cluster as testbed  # noqa: E402
from testbed.agent_image import write_coordinator_image  # noqa: E402
from testbed.control_plane import restart_api_server  # noqa: E402
from testbed.layout import (  # noqa: E402
    AGENT_IMAGE,
    CGROUP,
    COORDINATOR_IMAGE,
    STATE,
    kubeconfig_path,
)

INTERVAL = 30
ACCOUNTS = ("system:serviceaccount:prober-runs:prober-operator", "system:serviceaccount:prober:")
_FIRST_PORT = 20_000
_LOG = STATE / "audit.log"


@dataclass(frozen=True, slots=True)
class Used:
    """So far."""

    cpu: float
    """Seconds."""
    received: int
    sent: int
    """Bytes of the network that the process is in."""

    @property
    def bytes(self) -> tuple[int, int]:
        """Both ways."""
        return self.received, self.sent

    def since(self, before: Used) -> Used:
        return Used(self.cpu - before.cpu, self.received - before.received, self.sent - before.sent)


def main() -> None:
    """Boot, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--policy", default="kube-router")
    parser.add_argument("--checks", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--up", action="store_true")
    options = parser.parse_args()
    with booted(options.policy, up=options.up) as cluster:
        restart_api_server(*audited())
        cluster.apply(*world(cluster.image, options.checks))
        ready = ("wait", "pods", "--all", "-n", "bench", "--for=condition=Ready", "--timeout=300s")
        cluster.kubectl(*ready)
        chosen = ("--operator", "--mesh", "--enter-pods", "--coordinator-image", COORDINATOR_IMAGE)
        with installed(cluster, *chosen):
            cluster.apply(scenario(options.checks))
            wait(lambda: repeated(cluster) == 2 * options.checks, lambda: told(cluster), 240)
            measure(cluster, options.seconds)
            cluster.kubectl("delete", "scenarios", "--all", "-n", "bench")


@contextmanager
def booted(policy: str, *, up: bool) -> Iterator[Cluster]:
    """The testbed with the images in it."""
    try:
        path = kubeconfig_path("admin") if up else testbed.up(2, policy)
        archive = STATE / "coordinator.tar"
        write_coordinator_image(archive)
        testbed.load(archive)
        yield Cluster(path, AGENT_IMAGE, policy)
    finally:
        if not up:
            testbed.down()


def audited() -> tuple[str, str]:
    """The API server's options for a log of what prober's accounts ask."""
    policy = STATE / "audit.json"
    rules = [
        {"level": "Metadata", "userGroups": ["system:serviceaccounts:prober"]},
        {"level": "Metadata", "userGroups": ["system:serviceaccounts:prober-runs"]},
        {"level": "None"},
    ]
    stages = {"omitStages": ["RequestReceived"], "rules": rules}
    policy.write_text(json.dumps({"apiVersion": "audit.k8s.io/v1", "kind": "Policy", **stages}))
    return f"--audit-policy-file={policy}", f"--audit-log-path={_LOG}"


def world(image: str, checks: int) -> list[dict[str, Any]]:
    """A client on each node, and a server with as many ports of its Service as there are checks."""
    clients = [pod(f"web-{node}", "web", node, image) for node in ("n1", "n2")]
    ports = [
        {"name": f"p{number}", "port": _FIRST_PORT + number, "targetPort": 8080}
        for number in range(checks)
    ]
    service = {"selector": {"app": "db"}, "ports": ports}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "bench"}},
        *clients,
        pod("db", "db", "n2", image),
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "db", "namespace": "bench"},
            "spec": service,
        },
    ]


def pod(name: str, app: str, node: str, image: str) -> dict[str, Any]:
    container = {"name": "main", "ports": [{"containerPort": 8080}]}
    metadata = {"name": name, "namespace": "bench", "labels": {"app": app}}
    spec = {**responding({"containers": [container]}, image), "nodeName": node}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def scenario(checks: int) -> dict[str, Any]:
    flows = [f"pods/app=web -> tcp://svc/db:{_FIRST_PORT + n} = ok" for n in range(checks)]
    return {
        "apiVersion": "prober.dev/v1alpha1",
        "kind": "Scenario",
        "metadata": {"name": "bench", "namespace": "bench"},
        "every": f"{INTERVAL}s",
        "checks": flows,
    }


def repeated(cluster: Cluster) -> int:
    """Checks that agents repeat, as they have it."""
    data = cluster.get("configmap", "prober-assignment", "-n", "prober").get("data") or {}
    return sum(len(json.loads(member).get("checks", ())) for member in data.values())


def told(cluster: Cluster) -> str:
    return cluster.kubectl("logs", "-n", "prober-runs", "deployment/prober-operator")


def measure(cluster: Cluster, seconds: float) -> None:
    """Wait until all is under way, count, and print."""
    time.sleep(90 + INTERVAL)  # a kubelet takes up to a minute to hand the assignment on
    processes = {
        "agent": running("agent", "patrol"),
        "operator": running("prober.cli.main", "operator"),
    }
    pods = running("agent.serving.responder", "--http")
    asked = len(audit())
    told_of = [*processes["agent"], *processes["operator"]]
    before = {number: used(number) for number in [*told_of, *pods]}
    most = watched(told_of, seconds)
    calls = Counter((entry["user"], entry["verb"]) for entry in audit()[asked:])
    for name, numbers in processes.items():
        for number in numbers:
            share = 100 * used(number).since(before[number]).cpu / seconds
            print(f"{name:<9} {share:5.2f} % of a core   {most[number]:4.0f} MiB")
    minutes = seconds / 60
    for account in ACCOUNTS:
        mine = {verb: n for (user, verb), n in calls.items() if user.startswith(account)}
        shown = ", ".join(f"{verb} {n / minutes:.0f}" for verb, n in sorted(mine.items()))
        print(f"API calls a minute of {account}: {sum(mine.values()) / minutes:.0f} {shown}")
    clients = [used(number).since(before[number]) for number in pods]
    for name, shares in (
        ("pods that are probed from and to", clients),
        ("operator", [used(n).since(before[n]) for n in processes["operator"]]),
    ):
        received, sent = (
            sum(column) for column in zip(*(one.bytes for one in shares), strict=True)
        )
        print(f"{name}: {received / seconds:.0f} bytes/s in, {sent / seconds:.0f} bytes/s out")
    print(f"the Scenario: {ready(cluster)}")


def watched(numbers: list[int], seconds: float) -> dict[int, float]:
    """The most memory that each has while so many seconds pass."""
    most = dict.fromkeys(numbers, 0.0)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        most = {number: max(known, memory_mib(number)) for number, known in most.items()}
        time.sleep(0.5)
    return most


def ready(cluster: Cluster) -> str:
    status = cluster.get("scenario", "bench", "-n", "bench")["status"]
    (condition,) = [one for one in status["conditions"] if one["type"] == "Ready"]
    return f"Ready is {condition['status']}: {condition['message']}"


def running(*words: str) -> list[int]:
    """The testbed's processes with these words in their command lines, but for their children."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            line = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            ours = f"/{CGROUP}/" in (entry / "cgroup").read_text()
            if ours and all(word in line for word in words):
                found.append(int(entry.name))
        except OSError:
            continue
    return sorted(set(found) - {child for number in found for child in children(number)})


def used(process: int) -> Used:
    """By its container, with all that was executed in it; and what the interfaces of its network
    have counted."""
    received = sent = 0
    for line in Path(f"/proc/{process}/net/dev").read_text().splitlines()[2:]:
        name, _, counts = line.partition(":")
        if name.strip() != "lo":
            numbers = counts.split()
            received, sent = received + int(numbers[0]), sent + int(numbers[8])
    return Used(cpu_seconds(process), received, sent)


def cpu_seconds(process: int) -> float:
    """Of the process's cgroup (cpuacct.usage of the first version, cpu.stat of the second)."""
    paths = dict(
        line.split(":", 2)[1:] for line in Path(f"/proc/{process}/cgroup").read_text().splitlines()
    )
    for controllers, path in paths.items():
        if "cpuacct" in controllers.split(","):
            usage = Path(f"/sys/fs/cgroup/cpuacct{path}/cpuacct.usage")
            return int(usage.read_text()) / 1e9
    stat = Path(f"/sys/fs/cgroup{paths['']}/cpu.stat").read_text().split()
    return int(stat[stat.index("usage_usec") + 1]) / 1e6


def audit() -> list[dict[str, str]]:
    """What was asked so far."""
    entries = [json.loads(line) for line in _LOG.read_text().splitlines() if line.endswith("}")]
    return [{"user": one["user"]["username"], "verb": one["verb"]} for one in entries]


if __name__ == "__main__":
    main()
