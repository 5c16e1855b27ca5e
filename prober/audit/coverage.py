"""How much policies cover, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from prober.audit.view import DIRECTIONS, View, rules
from prober.policy.deciding import members


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts over a snapshot, without the pods that policies do not govern: on their node's
    network, or finished."""

    namespaces: int
    """Those with pods, without those of Kubernetes itself."""
    default_deny: int
    """Of these: with a default deny for ingress and for egress."""
    pods: int
    ingress_isolated: int
    """Pods that some policy closes for ingress."""
    egress_isolated: int
    policies: int
    rules: int
    """Of all policies and directions."""
    entries: int
    """Peers × ports of all rules of NetworkPolicies: what they name one by one."""
    largest_node: str
    """The node with the most `node_entries`; empty when no pod with a policy has a node."""
    node_entries: int
    """Entries that this node has to keep: those of every policy for every pod there that it
    selects."""

    @property
    def percent(self) -> float:
        """Pods isolated in both directions would be 100; one direction counts half. 0 without
        pods."""
        return (
            50.0 * (self.ingress_isolated + self.egress_isolated) / self.pods if self.pods else 0.0
        )


def coverage(view: View) -> Coverage:
    """The counts."""
    node, entries = largest_node(view)
    all_rules = list(rules(view))
    return Coverage(
        namespaces=len(view.applications),
        default_deny=sum(
            view.default_deny(name, "ingress") and view.default_deny(name, "egress")
            for name in view.applications
        ),
        pods=view.governed.bit_count(),
        ingress_isolated=(view.governed & view.isolated("ingress")).bit_count(),
        egress_isolated=(view.governed & view.isolated("egress")).bit_count(),
        policies=len({matcher.policy.ref for matcher in view.matchers}),
        rules=sum(
            len({(rule.action, rule.index) for rule in matcher.rules(direction) or ()})
            for matcher in view.matchers
            for direction in DIRECTIONS
        ),
        entries=sum(_entries(len(rule.rule.peers), len(rule.rule.ports)) for rule in all_rules),
        largest_node=node,
        node_entries=entries,
    )


def largest_node(view: View) -> tuple[str, int]:
    """The node whose pods have the most entries, and how many."""
    counts: Counter[str] = Counter()
    for rule in rules(view):
        entries = _entries(len(rule.rule.peers), len(rule.rule.ports))
        for index in members(rule.matcher.subjects & view.governed):
            node = view.predictor.world.sets.pods[index].node
            if node:
                counts[node] += entries
    return max(counts.items(), key=lambda item: (item[1], item[0]), default=("", 0))


def _entries(peers: int, ports: int) -> int:
    return max(peers, 1) * max(ports, 1)
