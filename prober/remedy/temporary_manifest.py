"""Temporary policies as they are created, and how they are found again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.model.objects import LabelSelector, NetworkPolicy, PolicyRule

LABEL = "prober.dev/temporary"
SELECTOR = f"{LABEL}=true"
UNDO = f"kubectl delete networkpolicy -A -l {SELECTOR}"


def manifest(policy: NetworkPolicy) -> dict[str, Any]:
    """The policy as the API takes it, with the label by which it is found again."""
    direction, rules, end = (
        ("egress", policy.egress, "to") if "Egress" in policy.types else ("ingress", policy.ingress, "from")
    )
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": policy.name, "namespace": policy.namespace, "labels": {LABEL: "true"}},
        "spec": {
            "podSelector": _selector(policy.pod_selector),
            "policyTypes": list(policy.types),
            direction: [_rule(rule, end) for rule in rules],
        },
    }


def _rule(rule: PolicyRule, end: str) -> Mapping[str, Any]:
    peers = [
        {"namespaceSelector": _selector(peer.namespace_selector), "podSelector": _selector(peer.pod_selector)}
        for peer in rule.peers
    ]
    return {end: peers, "ports": [{"protocol": port.protocol, "port": port.port} for port in rule.ports]}


def _selector(selector: LabelSelector | None) -> dict[str, Any]:
    """An absent one does not occur here: the rules of temporary policies always have both."""
    if selector is None:
        return {}
    expressions = [
        {"key": one.key, "operator": one.operator, **({"values": list(one.values)} if one.values else {})}
        for one in selector.match_expressions
    ]
    labels = {"matchLabels": dict(selector.match_labels)} if selector.match_labels else {}
    return {**labels, **({"matchExpressions": expressions} if expressions else {})}
