"""AdminNetworkPolicy and its kin in the lab: tiers around NetworkPolicy. Pure.

Read from the API's comments once more, apart from the prediction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from prober.fabric.lab.enforcement.selectors import pods_selected, selects
from prober.fabric.lab.enforcement.tier_chains import (
    EVERYTHING,
    ChainRule,
    ChainTier,
    Matching,
    Verdict,
    both,
    port,
)
from prober.model.languages import PolicyObject
from prober.model.objects import LabelSelector, Pod
from prober.model.prediction import Direction
from prober.model.snapshot import Snapshot

_VERDICTS: dict[str, Verdict] = {
    "Allow": "allow",
    "Accept": "allow",
    "Deny": "deny",
    "Pass": "pass",
}
_KINDS = ("AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy")
_LAST = 10_000


def admin_tiers(matching: Matching) -> tuple[list[ChainTier], list[ChainTier]]:
    """What comes before NetworkPolicies, and what comes after them; empty where nothing does."""
    sorted_policies = sorted(
        _policies(matching.snapshot), key=lambda policy: (_priority(policy), policy.name)
    )
    tiers: list[list[ChainTier]] = []
    for baseline in (False, True):
        rules = [
            rule
            for policy in sorted_policies
            if _is_baseline(policy) is baseline
            and _is_about(policy, matching.pod, matching.snapshot)
            for rule in _rules(policy, matching)
        ]
        tiers.append([ChainTier(rules, closed=False)] if rules else [])
    return tiers[0], tiers[1]


def _policies(snapshot: Snapshot) -> Iterator[PolicyObject]:
    return (policy for policy in snapshot.other_policies if policy.kind.kind in _KINDS)


def _priority(policy: PolicyObject) -> int:
    return int(getattr(policy.spec, "priority", _LAST))


def _is_baseline(policy: PolicyObject) -> bool:
    tier = getattr(policy.spec, "tier", "")
    return policy.kind.kind == "BaselineAdminNetworkPolicy" or tier == "Baseline"


def _is_about(policy: PolicyObject, pod: Pod, snapshot: Snapshot) -> bool:
    subject = policy.spec.subject
    return pod in _pods(subject, snapshot)


def _pods(selected: Any, snapshot: Snapshot) -> Sequence[Pod]:
    """Of a subject or a peer: the pods that it means."""
    if selected.namespaces is not None:
        return pods_selected(snapshot, selected.namespaces.model, LabelSelector(), "")
    if selected.pods is not None:
        inner = selected.pods
        return pods_selected(snapshot, inner.namespace_selector.model, inner.pod_selector.model, "")
    return ()


def _rules(policy: PolicyObject, matching: Matching) -> Iterator[ChainRule]:
    direction: Direction = matching.direction
    for rule in getattr(policy.spec, direction) or ():
        peers = (rule.from_ if direction == "ingress" else rule.to) or ()
        verdict = _VERDICTS[rule.action]
        if any(_is_unknown(peer) for peer in peers):
            yield ChainRule("deny", EVERYTHING) if verdict != "allow" else ChainRule("allow", ())
            continue
        who = [condition for peer in peers for condition in _peer(peer, matching)]
        yield ChainRule(verdict, both(who, _ports(rule, matching)))


def _is_unknown(peer: Any) -> bool:
    names = ("namespaces", "pods", "nodes", "networks", "domain_names")
    return all(getattr(peer, name, None) is None for name in names)


def _peer(peer: Any, matching: Matching) -> Iterator[str]:
    yield from matching.pods(_pods(peer, matching.snapshot))
    nodes = getattr(peer, "nodes", None)
    if nodes is not None:
        names = [
            name
            for name, node in matching.snapshot.nodes.items()
            if selects(nodes.model, node.labels)
        ]
        yield from matching.addresses(matching.node_addresses(names))
    for network in getattr(peer, "networks", None) or ():
        yield matching.block(network)


def _ports(rule: Any, matching: Matching) -> list[str]:
    """Conditions on protocol and port; a rule without any matches everything, ICMP too."""
    conditions: list[str] = []
    written = (*(getattr(rule, "ports", None) or ()), *(getattr(rule, "protocols", None) or ()))
    for item in written:
        name = getattr(item, "named_port", None) or getattr(item, "destination_named_port", None)
        conditions += matching.port_name(name) if name else ()
    for item in getattr(rule, "ports", None) or ():
        if item.port_number is not None:
            conditions.append(port(item.port_number.protocol, item.port_number.port))
        if item.port_range is not None:
            conditions.append(
                port(item.port_range.protocol, item.port_range.start, item.port_range.end)
            )
    for item in getattr(rule, "protocols", None) or ():
        for name in ("tcp", "udp", "sctp"):
            transport = getattr(item, name)
            if transport is None:
                continue
            to = transport.destination_port
            if to is None:
                conditions.append(port(name))
            elif to.range is not None:
                conditions.append(port(name, to.range.start, to.range.end))
            else:
                conditions.append(port(name, to.number or 0))
    return conditions if written else [""]
