"""In Cilium a pod on its node's network is the node, and no selector or ipBlock names it."""

from __future__ import annotations

from dataclasses import replace

from incident import NODES, Seen, diagnosed, pod, shop

from prober.model.objects import LabelSelector, NetworkPolicy, Pod, PolicyPort, PolicyRule
from prober.model.snapshot import Snapshot

DNS_ALONE = NetworkPolicy(
    "shop",
    "web",
    LabelSelector({"app": "web"}),
    types=("Egress",),
    egress=(PolicyRule(ports=(PolicyPort("UDP", 53),)),),
)
REFUSED = Seen("web", "exporter", 9090, "timeout", control="ok")


def world(agent: str, *, host_network: bool) -> Snapshot:
    exporter = pod("exporter", "n2")
    if host_network:
        exporter = replace(exporter, host_network=True, ips=NODES["n2"].addresses)
    made = shop(pod("web"), exporter, policies=[DNS_ALONE])
    labels = {"k8s-app": agent}
    agents = {
        ("kube-system", f"agent-{node}"): Pod(
            "kube-system", f"agent-{node}", labels=labels, node=node, host_network=True, ready=True
        )
        for node in NODES
    }
    return replace(made, pods={**made.pods, **agents})


def kind_of_the_fix(snapshot: Snapshot) -> str:
    (finding,) = diagnosed(snapshot, REFUSED)
    assert finding.id == "egress-policy-missing-port"
    assert finding.fix is not None and finding.fix.target is not None
    return finding.fix.target.kind


def test_a_pod_on_its_nodes_network_is_named_as_cilium_does() -> None:
    assert kind_of_the_fix(world("cilium", host_network=True)) == "CiliumNetworkPolicy"


def test_other_pods_and_other_engines_have_their_rule() -> None:
    assert kind_of_the_fix(world("cilium", host_network=False)) == "NetworkPolicy"
    assert kind_of_the_fix(world("kube-router", host_network=True)) == "NetworkPolicy"
