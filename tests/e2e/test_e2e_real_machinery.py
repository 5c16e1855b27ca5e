"""What a network consists of, broken for real: DNS, kube-proxy, the policy engine's agents and
their rights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from e2e_agents import installed
from e2e_cluster import Cluster, wait
from e2e_enacted import wait_for_pods
from e2e_workloads import real_world, responding
from incident_objects import Object, allow, namespace, pod, pods, policy, service

Record = dict[str, Any]
SPACE = "machinery"
LATER = "machinery-later"
"""Pods in it come when something is broken already."""
DENY = policy(f"{SPACE}/db", {"tier": "db"}, ingress=[allow(9090, frm=[pods(app="web")])])
ROLE = "cilium"
SCENARIOS = Path(__file__).parents[2] / "scenarios"


def real(item: Object, image: str) -> Object:
    return {**item, "spec": responding(item["spec"], image)} if item["kind"] == "Pod" else item


@pytest.fixture(scope="module")
def parts(cluster: Cluster) -> Iterator[Cluster]:
    """A testbed with a few pods on two nodes, and agents that enter them."""
    if cluster.policy == "none" or not cluster.is_testbed:
        pytest.skip(
            "only the processes of a testbed can be stopped, and somebody must enforce "
            "policies there"
        )
    world = [
        namespace(SPACE),
        pod(f"{SPACE}/web", "n1"),
        pod(f"{SPACE}/other", "n2"),
        pod(f"{SPACE}/db", "n2", "http:9090", labels={"tier": "db"}),
        pod(f"{SPACE}/db-1", "n1", "http:9090", labels={"tier": "db"}),
        service(f"{SPACE}/db", "80->9090", selector={"tier": "db"}),
    ]
    cluster.apply(*(real(item, cluster.image) for item in world))
    wait_for_pods(cluster, world)
    with installed(cluster, "--enter-pods"):
        yield cluster
    cluster.kubectl("delete", "namespace", SPACE, LATER, "--ignore-not-found", "--wait=false")


@pytest.fixture
def asked(parts: Cluster, tmp_path: Path) -> Any:
    """Run checks until the causes are these, since what is broken or mended takes a moment to be
    felt."""

    def ask(causes: set[str], *checks: str) -> Record:
        file = tmp_path / "scenario.yaml"
        head = {
            "apiVersion": "prober.dev/v1alpha1",
            "kind": "Scenario",
            "metadata": {"name": "machinery"},
        }
        file.write_text(
            yaml.safe_dump(head | {"defaults": {"expect": "ok"}, "checks": list(checks)})
        )
        return until(parts, causes, file)

    return ask


def until(cluster: Cluster, causes: set[str], scenario: Path) -> Record:
    """Run the scenario until it names these causes and no others; green where there are none."""
    last = Record()

    def seen() -> bool:
        done = cluster.prober("run", str(scenario), "-o", "json")
        assert done.stdout, done.stderr
        last.update(json.loads(done.stdout))
        return {finding["id"] for finding in last["findings"]} == causes and (
            last["exitCode"] == 0
        ) is not bool(causes)

    wait(seen, lambda: json.dumps([last["findings"], last["checks"]], indent=1), 120)
    return last


@contextmanager
def stopped(cluster: Cluster, node: str, daemon: str) -> Iterator[None]:
    """One of the node's own processes, stopped for a while; the pod that stands for it says so."""
    from testbed import cluster as testbed

    stands_for_it = f"k8s-app={'kube-proxy' if daemon == 'kube-proxy' else cluster.policy}"

    def is_ready() -> bool:
        pods = cluster.get(
            "pods",
            "-n",
            "kube-system",
            "-l",
            stands_for_it,
            f"--field-selector=spec.nodeName={node}",
        )
        conditions = pods["items"][0]["status"]["conditions"]
        return any(
            condition["type"] == "Ready" and condition["status"] == "True"
            for condition in conditions
        )

    testbed.stop(node, daemon)
    try:
        wait(lambda: not is_ready(), lambda: f"the pod of {daemon} on {node} is still ready", 60)
        yield
    finally:
        testbed.start(node, daemon)
        wait(is_ready, lambda: f"the pod of {daemon} on {node} is not ready again", 60)


@contextmanager
def in_place(cluster: Cluster, *objects: Object) -> Iterator[None]:
    """Objects that are there for a while."""
    cluster.apply(*objects)
    try:
        yield
    finally:
        for item in objects:
            space = item["metadata"].get("namespace", "default")
            cluster.kubectl("-n", space, "delete", item["kind"], item["metadata"]["name"])


def agent_of(cluster: Cluster) -> str:
    from testbed.policy import POLICIES

    return POLICIES[cluster.policy].agent


def test_no_dns_server_is_left(parts: Cluster, asked: Any) -> None:
    checks = (
        f"pod/web.{SPACE} -> dns://db.{SPACE}.svc.cluster.local",
        f"pod/web.{SPACE} -> tcp://pod/db.{SPACE}:9090",
    )
    parts.kubectl("-n", "kube-system", "scale", "deployment", "coredns", "--replicas=0")
    try:
        broken = asked({"cluster-dns-down"}, *checks)
    finally:
        parts.kubectl("-n", "kube-system", "scale", "deployment", "coredns", "--replicas=1")
    assert broken["findings"][0]["confidence"] == "certain"
    asked(set(), *checks)


def test_a_node_whose_policy_agent_has_stopped(parts: Cluster, asked: Any) -> None:
    if parts.policy != "kube-router":
        pytest.skip("what is in the kernel already keeps enforcing")
    checks = [
        f"pod/other.{SPACE} -> tcp://pod/{name}.{SPACE}:9090 = denied" for name in ("db", "db-1")
    ]
    with stopped(parts, "n2", agent_of(parts)), in_place(parts, DENY):
        broken = asked({"policy-agent-stopped"}, *checks)
    assert "n2" in broken["findings"][0]["cause"]
    assert broken["findings"][0]["confidence"] == "certain"
    with in_place(parts, DENY):
        asked(set(), *checks)


def test_an_engine_agent_that_restarts(parts: Cluster, asked: Any) -> None:
    """The doctor sees it stopped; started again it finds what it left in the kernel, and enforces
    what is new."""
    checks = [
        f"pod/other.{SPACE} -> tcp://pod/{name}.{SPACE}:9090 = denied" for name in ("db", "db-1")
    ]
    with stopped(parts, "n2", agent_of(parts)):
        wait(
            lambda: "ready on 1 of 2 nodes" in doctor_on_engine(parts),
            lambda: doctor_on_engine(parts),
            60,
        )
    wait(
        lambda: "ready on all 2 nodes" in doctor_on_engine(parts),
        lambda: doctor_on_engine(parts),
        60,
    )
    with in_place(parts, DENY):
        asked(set(), *checks, f"pod/web.{SPACE} -> tcp://pod/db.{SPACE}:9090")


def doctor_on_engine(cluster: Cluster) -> str:
    """What the doctor says of the policy engine."""
    rows = json.loads(cluster.prober("doctor", "-o", "json").stdout)["checks"]
    return str(next(row["message"] for row in rows if row["name"] == "policy engine"))


def test_a_node_whose_kube_proxy_is_down(parts: Cluster, asked: Any) -> None:
    if parts.policy == "cilium":
        pytest.skip("Cilium translates what pods send by itself")
    check = f"pod/web.{SPACE} -> tcp://svc/new.{SPACE}:80"
    new = service(f"{SPACE}/new", "80->9090", selector={"tier": "db"})
    with in_place(parts, new):
        asked(set(), check)
    with stopped(parts, "n1", "kube-proxy"), in_place(parts, new):
        broken = asked({"kube-proxy-down"}, check, f"pod/other.{SPACE} -> tcp://svc/new.{SPACE}:80")
    assert "n1" in broken["findings"][0]["cause"]
    assert broken["findings"][0]["confidence"] == "certain"


def test_the_role_of_the_cni_is_deleted(parts: Cluster, asked: Any) -> None:
    if parts.policy != "cilium":
        pytest.skip("other agents have other roles")
    world = [
        namespace(LATER),
        pod(f"{LATER}/cut-off", "n1", "http:9090"),
        pod(f"{LATER}/silent", "n2", "http:9090"),
    ]
    checks = (
        f"pod/cut-off.{LATER} -> tcp://pod/db.{SPACE}:9090",
        f"pod/web.{SPACE} -> tcp://pod/silent.{LATER}:9090",
        f"pod/web.{SPACE} -> tcp://pod/db.{SPACE}:9090",
    )
    with deleted_role(parts):
        parts.apply(*(real(item, parts.image) for item in world))
        wait_for_pods(parts, world)
        (finding,) = asked({"cni-lost-rights"}, *checks)["findings"]
    assert finding["confidence"] == "certain"
    assert (
        f"ClusterRole {ROLE}, to which {ROLE} binds kube-system/cilium, does not exist"
        in finding["cause"]
    )
    asked(set(), *checks)


def test_the_story_of_the_lost_identity(parts: Cluster, flux: Cluster) -> None:
    """scenarios/cni-identity.yaml, enacted: what starts after the role is gone, DNS among it, has
    no identity."""
    if parts.policy != "cilium":
        pytest.skip("other agents have other roles")

    scenario = SCENARIOS / "cni-identity.yaml"
    operator = real_world([SCENARIOS / "cni-identity" / "operator.yaml"], flux.image)
    with deleted_role(parts):
        parts.apply(*operator)
        parts.kubectl("-n", "kube-system", "delete", "pod", "-l", "k8s-app=kube-dns")
        parts.kubectl("-n", "monitoring", "delete", "pod", "--all")
        parts.wait_ready("monitoring", "postgres-operator")
        (finding,) = until(parts, {"cni-lost-rights"}, scenario)["findings"]
    assert finding["confidence"] == "certain"
    assert "cluster DNS" in finding["evidence"][0]
    until(parts, set(), scenario)
    parts.kubectl("delete", "namespace", "postgres-operator")


@contextmanager
def deleted_role(cluster: Cluster) -> Iterator[None]:
    """The role of the CNI's agents is gone, and what they watched has ended: until then they know
    new pods."""
    from testbed.control_plane import restart_api_server

    role = cluster.get("clusterrole", ROLE)
    cluster.kubectl("delete", "clusterrole", ROLE)
    try:
        restart_api_server()
        yield
    finally:
        cluster.apply(
            {key: role[key] for key in ("apiVersion", "kind", "rules")}
            | {"metadata": {"name": ROLE}}
        )
