"""Ways that are broken for real: firewalls of nodes, one direction, a tunnel, an MTU, an agent that
hangs, addresses that are translated; and two faults at once.

What a firewall or a link does is done in the nodes' own network namespaces; the policy engine's
process is stopped without being ended, so that the kernel keeps what it had.

They run when PROBER_E2E_PATHS=1 asks for them: a slow machine needs minutes for each. `SEEN` says
what was seen to pass, and where.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from e2e_agents import installed
from e2e_broken_ways import firewall, hanging, in_place, real
from e2e_cluster import Cluster, wait
from e2e_enacted import fix_all, wait_for_pods
from incident_objects import allow, namespace, pod, pods, policy, service

Record = dict[str, Any]
SPACE = "paths"
SEEN = {
    "the firewall of a node": ("kube-router", "Cilium"),
    "one direction between two nodes": ("kube-router", "none"),
    "nothing between two nodes": ("kube-router", "Cilium", "none"),
    "an agent that hangs": ("kube-router",),
    "a pod behind the port of another node": ("kube-router",),
    "a peer on the network of its node": ("kube-router", "Cilium"),
    "a way that swallows what is large": ("kube-router", "Cilium"),
    "a policy and the firewall of a node": ("kube-router",),
    "policies that nobody enforces": ("none",),
    "the control plane as a peer": ("kube-router", "Cilium"),
}
"""What passed, and who enforced policies there; docs/incidents.md lists it. Not there yet: under
Cilium the agent that hangs, and a policy and the firewall of a node."""
SHOWN = ("findings", "failures", "checks")
"""Of a record that is not as it should be."""
WEB, DB, DB_1 = f"pod/web.{SPACE}", f"pod/db.{SPACE}", f"pod/db-1.{SPACE}"


@pytest.fixture(scope="module")
def ways(cluster: Cluster) -> Iterator[Cluster]:
    """A testbed with a few pods on two nodes, and agents that enter them."""
    if os.environ.get("PROBER_E2E_PATHS") != "1":
        pytest.skip("PROBER_E2E_PATHS=1 asks for them")
    if not cluster.is_testbed:
        pytest.skip("only the nodes of a testbed can be broken")
    world = [
        namespace(SPACE),
        pod(f"{SPACE}/web", "n1", "http:8080"),
        pod(f"{SPACE}/db", "n2", "http:9090", labels={"tier": "db"}),
        pod(f"{SPACE}/db-1", "n1", "http:9090", labels={"tier": "db", "at": "n1"}),
        pod(f"{SPACE}/free", "n2", "http:8080"),
        pod(f"{SPACE}/exporter", "n2", "metrics:9111", hostNetwork=True),
        pod(f"{SPACE}/large", "n2", "http:9095"),
        service(f"{SPACE}/db-1", "80->9090", selector={"at": "n1"}, type="NodePort"),
    ]
    cluster.apply(*(real(item, cluster.image) for item in world))
    wait_for_pods(cluster, world)
    with installed(cluster, "--enter-pods"):
        yield cluster
    cluster.kubectl("delete", "namespace", SPACE, "--ignore-not-found", "--wait=false")


@pytest.fixture
def asked(ways: Cluster, tmp_path: Path) -> Any:
    """Run checks until the causes are these: what is broken or mended takes a moment to be felt."""

    def ask(causes: set[str], *checks: str) -> Record:
        file = tmp_path / "scenario.yaml"
        head = {
            "apiVersion": "prober.dev/v1alpha1",
            "kind": "Scenario",
            "metadata": {"name": "paths"},
            "defaults": {"expect": "ok", "timeout": "2s"},
        }
        file.write_text(yaml.safe_dump(head | {"checks": list(checks)}))
        last = Record()

        def seen() -> bool:
            done = ways.prober("run", str(file), "-o", "json")
            assert done.stdout, done.stderr
            last.update(json.loads(done.stdout))
            named = {finding["id"] for finding in last["findings"]}
            return named == causes and (last["exitCode"] == 0) is not bool(causes)

        wait(seen, lambda: json.dumps([last[key] for key in SHOWN], indent=1), 90)
        return last

    return ask


@pytest.fixture
def mended(ways: Cluster, asked: Any, tmp_path: Path) -> Any:
    """Apply all that a run offers, find the checks green, and take it back."""

    def mend(record: Record, *checks: str) -> None:
        file = tmp_path / "record.json"
        fix_all(ways, record, file)
        asked(set(), *checks)
        fix_all(ways, record, file, undo=True)

    return mend


def causes(record: Record) -> str:
    return " | ".join(finding["cause"] for finding in record["findings"])


def only(cluster: Cluster, *policies: str) -> None:
    if cluster.policy not in policies:
        pytest.skip(f"it is another story with {cluster.policy}")


def _pod_networks(*nodes: str) -> Sequence[str]:
    from testbed.layout import pod_cidr

    return [pod_cidr(node) for node in nodes]


def test_the_firewall_of_a_node(ways: Cluster, asked: Any) -> None:
    check = f"{WEB} -> tcp://pod/exporter.{SPACE}:9111"
    asked(set(), check)
    with firewall("n2", "iifname eth0 tcp dport 9111 drop", hook="input"):
        record = asked({"node-firewall"}, check)
    assert "n2" in causes(record) and "9111/tcp" in causes(record)
    asked(set(), check)


def test_one_direction_between_two_nodes(ways: Cluster, asked: Any) -> None:
    only(ways, "kube-router", "none")
    check = f"{WEB} -> tcp://{DB}:9090"
    from_n1, to_n2 = _pod_networks("n1", "n2")
    rule = f"ip saddr {from_n1} ip daddr {to_n2} ct state new drop"
    with firewall("n2", rule, hook="prerouting"):
        record = asked({"one-way-blocked"}, check)
    assert "from n1 to n2 are lost" in causes(record)
    asked(set(), check)


def test_nothing_between_two_nodes(ways: Cluster, asked: Any) -> None:
    """Cilium's tunnel is VXLAN; the others route, and the routes' packets are lost."""
    checks = (f"{WEB} -> tcp://{DB}:9090", f"{WEB} -> tcp://pod/free.{SPACE}:8080")
    mine, theirs = _pod_networks("n1", "n2")
    routed = (f"ip saddr {mine} ip daddr {theirs} drop", f"ip saddr {theirs} ip daddr {mine} drop")
    rules = ("udp dport 8472 drop",) if ways.policy == "cilium" else routed
    with firewall("n2", *rules, hook="prerouting"):
        record = asked({"node-unreachable"}, *checks)
    assert "nothing passes between the pods of n1 and n2" in causes(record)
    asked(set(), *checks)


def test_a_way_that_swallows_what_is_large(ways: Cluster, asked: Any) -> None:
    """Nobody asks for large packets: the server's answer is one."""
    check = f"{WEB} -> http://pod/large.{SPACE}:9095/"
    asked(set(), check)
    pods_only = "ip saddr 198.18.0.0/16 ip daddr 198.18.0.0/16 meta length > 1280 drop"
    rule = pods_only if ways.policy != "cilium" else "udp dport 8472 meta length > 1330 drop"
    with firewall("n1", rule, hook="prerouting"), firewall("n2", rule, hook="prerouting"):
        record = asked({"mtu-black-hole"}, check)
    assert "swallows large packets" in causes(record)
    asked(set(), check)


def test_an_agent_that_hangs(ways: Cluster, asked: Any) -> None:
    """It is ready and enforces what it knew: a pod that came since is a stranger."""
    only(ways, "kube-router", "cilium")
    rule = policy(f"{SPACE}/db", {"tier": "db"}, ingress=[allow(9090, frm=[pods(access="db")])])
    old = pod(f"{SPACE}/old", "n1", labels={"app": "old", "access": "db"})
    new = pod(f"{SPACE}/new", "n1", labels={"app": "new", "access": "db"})
    checks = (f"pod/old.{SPACE} -> tcp://{DB}:9090", f"pod/new.{SPACE} -> tcp://{DB}:9090")
    with in_place(ways, old, rule):
        asked(set(), checks[0])
        with hanging(ways, "n2") as wake, in_place(ways, new):
            record = asked({"policy-agent-stale"}, *checks)
            (finding,) = record["findings"]
            assert "n2" in finding["cause"] and f"{SPACE}/new" in finding["cause"]
            assert finding["confidence"] == "likely"
            wake()
            asked(set(), *checks)


def test_a_pod_behind_the_port_of_another_node(ways: Cluster, asked: Any, mended: Any) -> None:
    """The node that takes the connection puts its own address in the place of the pod's."""
    only(ways, "kube-router")
    rule = policy(f"{SPACE}/db", {"tier": "db"}, ingress=[allow(9090, frm=[pods(app="web")])])
    ports = ways.get("service", "-n", SPACE, "db-1")["spec"]["ports"]
    check = f"{WEB} -> tcp://node/n2:{ports[0]['nodePort']}"
    with in_place(ways, rule):
        record = asked({"client-address-translated"}, check)
        assert "the pod sees node n2 instead" in causes(record)
        mended(record, check)


def test_a_policy_and_the_firewall_of_a_node(ways: Cluster, asked: Any, mended: Any) -> None:
    only(ways, "kube-router", "cilium")
    rule = policy(f"{SPACE}/web", {"app": "web"}, egress=[allow("53/UDP")])
    check = f"{WEB} -> tcp://pod/exporter.{SPACE}:9111"
    with in_place(ways, rule):
        with firewall("n2", "iifname eth0 tcp dport 9111 drop", hook="input"):
            record = asked({"egress-policy-missing-port", "node-firewall"}, check)
        mended(record, check)


def test_a_peer_on_the_network_of_its_node(ways: Cluster, asked: Any, mended: Any) -> None:
    """Where Cilium enforces, the offered policy is one of Cilium's own."""
    only(ways, "kube-router", "cilium")
    rule = policy(f"{SPACE}/db", {"at": "n1"}, ingress=[allow(9090, frm=[pods(app="exporter")])])
    check = f"pod/exporter.{SPACE} -> tcp://{DB_1}:9090"
    with in_place(ways, rule):
        record = asked({"peer-on-node-network"}, check)
        (finding,) = record["findings"]
        kind = "CiliumNetworkPolicy" if ways.policy == "cilium" else "NetworkPolicy"
        assert finding["fix"]["target"]["kind"] == kind
        mended(record, check)
        asked({"peer-on-node-network"}, check)


def test_policies_that_nobody_enforces(ways: Cluster, asked: Any) -> None:
    only(ways, "none")
    rule = policy(f"{SPACE}/db", {"tier": "db"}, ingress=[])
    with in_place(ways, rule):
        asked({"policy-not-enforced"}, f"{WEB} -> tcp://{DB}:9090 = denied")


def test_the_control_plane_as_a_peer(ways: Cluster, asked: Any, mended: Any) -> None:
    """What the API server's address is, no selector means: a port is what lets pods out to it."""
    only(ways, "kube-router", "cilium")
    rule = policy(f"{SPACE}/web", {"app": "web"}, egress=[allow(443, "53/UDP")])
    check = f"{WEB} -> tcp://svc/kubernetes.default:443"
    with in_place(ways, rule):
        record = asked({"policy-names-service-port"}, check)
        mended(record, check)
