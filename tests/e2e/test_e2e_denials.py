"""Dead networks that look like policies, on a real cluster: through probe pods, agents and ephemeral
containers none of them is green. And the same denials are, while the network lives."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from e2e_agents import installed
from e2e_cluster import Cluster
from e2e_workloads import responding

SHUT, OPEN = "denials-shut", "denials-open"
VIAS = ("pod", "agent", "ephemeral")
SCENARIO = f"""\
apiVersion: prober.dev/v1alpha1
kind: Scenario
metadata: {{name: denials}}
defaults: {{timeout: 2s}}
checks:
  - {{name: denied, from: pod/web.{SHUT}, to: "tcp://pod/db.{SHUT}:8080", expect: denied}}
  - {{name: predicted, from: pod/web.{SHUT}, to: "tcp://svc/db.{SHUT}:80"}}
"""


def pod(space: str, name: str, node: str, image: str) -> dict[str, Any]:
    ports = [{"name": "http", "containerPort": 8080}]
    spec = responding({"containers": [{"name": "server", "ports": ports}]}, image)
    spec.pop("nodeName", None)
    spec["nodeSelector"] = {"kubernetes.io/hostname": node}
    metadata = {"name": name, "namespace": space, "labels": {"app": name}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def world(image: str) -> list[dict[str, Any]]:
    spaces = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        for name in (SHUT, OPEN)
    ]
    policy = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "nobody", "namespace": SHUT},
        "spec": {"podSelector": {"matchLabels": {"app": "db"}}, "policyTypes": ["Ingress"]},
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "db", "namespace": SHUT},
        "spec": {"selector": {"app": "db"}, "ports": [{"port": 80, "targetPort": 8080}]},
    }
    pods = [
        pod(SHUT, "web", "n1", image),
        pod(SHUT, "db", "n2", image),
        pod(OPEN, "here", "n1", image),
        pod(OPEN, "there", "n2", image),
    ]
    return [*spaces, *pods, service, policy]


@pytest.fixture(scope="module")
def shut(cluster: Cluster) -> Iterator[Cluster]:
    """A pod that admits nobody, and agents."""
    if not cluster.is_testbed:
        pytest.skip("only the testbed's network can be broken here")
    cluster.apply(*world(cluster.image))
    for space in (SHUT, OPEN):
        wanted = ("pods", "--all", "-n", space, "--for=condition=Ready", "--timeout=120s")
        cluster.kubectl("wait", *wanted)
    with installed(cluster, "--enter-pods"):
        yield cluster
    cluster.kubectl("delete", "namespace", SHUT, OPEN, "--wait=false")


def run(space: str, command: str) -> str:
    """A command in a network namespace of the testbed."""
    words = ["ip", "netns", "exec", space, "sh", "-ec", command]
    return subprocess.run(words, check=True, text=True, capture_output=True).stdout


def space_of(cluster: Cluster, name: str) -> str:
    """The network namespace of a pod of the world."""
    address = cluster.get("pod", name, "-n", SHUT)["status"]["podIP"]
    listed = subprocess.run(["ip", "netns", "list"], check=True, text=True, capture_output=True)
    for line in listed.stdout.splitlines():
        space = line.split()[0]
        if space.startswith("cni-") and f" {address}/" in run(space, "ip -o addr show"):
            return space
    raise AssertionError(f"nobody has {address}")


NO_FORWARDING = (
    "nft add table inet odd && nft 'add chain inet odd c "
    "{ type filter hook forward priority 50; policy accept; }' && "
    "nft 'add rule inet odd c iifname eth0 drop'"
)


NO_ANSWERS = (
    "nft add table inet odd && nft 'add chain inet odd c "
    "{ type filter hook output priority 50; policy drop; }'"
)


@contextmanager
def broken(cluster: Cluster, what: str) -> Iterator[None]:
    """The network while something is wrong with it."""
    if what == "target-link-down":
        space, breaks, mends = space_of(cluster, "db"), "ip link set eth0 down", None
    elif what == "target-without-route":
        space, breaks, mends = space_of(cluster, "db"), "ip route del default", None
    elif what == "target-answers-nobody":
        space, breaks, mends = space_of(cluster, "db"), NO_ANSWERS, "nft delete table inet odd"
    elif what == "target-node-drops":
        space, breaks, mends = "tb-n2", NO_FORWARDING, "nft delete table inet odd"
    else:
        address = cluster.get("pod", "db", "-n", SHUT)["status"]["podIP"]
        space = "tb-n1"
        breaks, mends = f"ip route add blackhole {address}", f"ip route del blackhole {address}"
    before = run(space, "ip route show default")
    run(space, breaks)
    try:
        yield
    finally:
        if mends:
            run(space, mends)
        else:
            run(space, "ip link set eth0 up")
            for line in before.splitlines():
                run(space, f"ip route replace {line} || true")


def checks(cluster: Cluster, via: str, folder: Path) -> dict[str, dict[str, Any]]:
    """What a run says of each check, by its name."""
    file = folder / "scenario.yaml"
    file.write_text(SCENARIO)
    done = cluster.prober("run", str(file), "--via", via, "-o", "json")
    assert "Traceback" not in done.stderr
    record = json.loads(done.stdout)
    assert record["exitCode"] == done.returncode
    return {check["name"]: check for check in record["checks"]}


@pytest.mark.parametrize("via", VIAS)
@pytest.mark.parametrize(
    "what",
    [
        "target-link-down",
        "target-without-route",
        "target-answers-nobody",
        "target-node-drops",
        "source-node-without-route",
    ],
)
def test_a_dead_network_is_no_denial(shut: Cluster, what: str, via: str, tmp_path: Path) -> None:
    with broken(shut, what):
        seen = checks(shut, via, tmp_path)
    assert {name: check["result"] for name, check in seen.items()} == dict.fromkeys(
        ("denied", "predicted"), "inconclusive"
    )
    assert all(check["reasons"] for check in seen.values())


@pytest.mark.parametrize("via", VIAS)
def test_a_denial_stays_one(shut: Cluster, via: str, tmp_path: Path) -> None:
    seen = checks(shut, via, tmp_path)
    wanted = "fail" if shut.policy == "none" else "pass"
    assert {check["result"] for check in seen.values()} == {wanted}, json.dumps(seen, indent=1)
