"""What a policy leaves out on purpose is not called a mistake in writing it."""

from __future__ import annotations

from dataclasses import replace

from incident import Seen, diagnosed, pod, shop

from prober.model.objects import (
    LabelSelector,
    Namespace,
    NetworkPolicy,
    PolicyPeer,
    PolicyPort,
    PolicyRule,
)
from prober.model.snapshot import Snapshot

WEB, DB = pod("web"), pod("db", "n2")
DENIED = Seen("web", "db", 9090, "timeout", control="ok")
OPEN = Seen("web", "db", 9090, "ok", expected="denied", control="ok")


def ingress(name: str, *peers: PolicyPeer, selects: str = "db") -> NetworkPolicy:
    """Lets peers in on 9090."""
    rule = PolicyRule(peers, (PolicyPort("TCP", 9090),))
    return NetworkPolicy("shop", name, LabelSelector({"app": selects}), ("Ingress",), (rule,))


def space(**labels: str) -> PolicyPeer:
    return PolicyPeer(namespace_selector=LabelSelector(labels))


def with_namespace(snapshot: Snapshot, name: str, **labels: str) -> Snapshot:
    return replace(snapshot, namespaces={**snapshot.namespaces, name: Namespace(name, labels)})


def ids(*seen: Seen, world: Snapshot) -> list[str]:
    return [finding.id for finding in diagnosed(world, *seen)]


def test_a_label_that_no_namespace_has_is_missing_and_one_that_others_have_is_meant() -> None:
    world = shop(WEB, DB, policies=[ingress("db", space(team="ops"))])
    assert ids(DENIED, world=world) == ["policy-namespace-label"]
    ops = with_namespace(world, "ops", team="ops")
    inhabited = replace(
        ops, pods={**ops.pods, ("ops", "probe"): replace(pod("probe"), namespace="ops")}
    )
    assert ids(DENIED, world=inhabited) == ["ingress-policy-missing-peer"]


def test_two_selectors_that_select_somebody_together_mean_both() -> None:
    both = PolicyPeer(LabelSelector({"app": "web"}), LabelSelector({"team": "ops"}))
    world = with_namespace(shop(WEB, DB, policies=[ingress("db", both)]), "ops", team="ops")
    other = replace(pod("web"), namespace="ops")
    meant = replace(world, pods={**world.pods, ("ops", "web"): other})
    assert ids(DENIED, world=meant) == ["ingress-policy-missing-peer"]
    either = replace(world, pods={**world.pods, ("ops", "x"): replace(pod("x"), namespace="ops")})
    assert ids(DENIED, world=either) == ["policy-peers-and-for-or"]


def test_an_idle_policy_is_blamed_when_its_selector_is_nearly_right() -> None:
    deny = NetworkPolicy("shop", "deny")
    near = ingress("allow", PolicyPeer(pod_selector=LabelSelector({"app": "web"})), selects="dbb")
    far = replace(near, pod_selector=LabelSelector({"app": "batch"}))
    assert ids(DENIED, world=shop(WEB, DB, policies=[deny, near])) == ["policy-selects-no-pod"]
    assert ids(DENIED, world=shop(WEB, DB, policies=[deny, far])) == ["ingress-default-deny"]


def test_what_policies_allow_on_purpose_is_named_with_its_rule() -> None:
    world = shop(WEB, DB, policies=[ingress("db")])
    (finding,) = diagnosed(world, OPEN)
    assert finding.id == "policy-allows"
    assert (
        finding.cause
        == "NetworkPolicy shop/db allows 9090/TCP from anyone, and shop/web is among them"
    )
    assert ids(OPEN, world=shop(WEB, DB)) == ["nothing-isolates"]


def test_two_items_that_allow_it_apart_are_joined_only_where_that_denies_it() -> None:
    items = (space(team="ops"), PolicyPeer(pod_selector=LabelSelector({"app": "web"})))
    lonely = shop(WEB, DB, policies=[ingress("db", *items)])
    assert ids(OPEN, world=lonely) == ["policy-allows"], (
        "joined, they would select nobody: that was not meant"
    )
    ops = with_namespace(lonely, "ops", team="ops")
    meant = replace(ops, pods={**ops.pods, ("ops", "web"): replace(pod("web"), namespace="ops")})
    assert ids(OPEN, world=meant) == ["policy-peers-or-for-and"]


def test_a_host_network_pod_is_out_of_reach_of_policies() -> None:
    world = shop(WEB, replace(DB, host_network=True), policies=[NetworkPolicy("shop", "deny")])
    assert ids(OPEN, world=world) == ["host-network-escapes"]
