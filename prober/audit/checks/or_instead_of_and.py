"""Two items (OR) where one (AND) was probably meant."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import View, rules
from prober.policy.deciding import describe


def find(view: View) -> Iterator[Spot]:
    for rule in rules(view):
        peers = [matcher.peer for matcher in rule.rule.peers]
        spaces = [
            peer
            for peer in peers
            if peer.namespace_selector is not None and peer.pod_selector is None
        ]
        pods = [
            peer
            for peer in peers
            if peer.pod_selector is not None and peer.namespace_selector is None
        ]
        if len(spaces) != 1 or len(pods) != 1 or len(peers) != 2:
            continue
        space, pod = spaces[0].namespace_selector, pods[0].pod_selector
        if space is None or pod is None or pod.empty:
            continue
        where = f"namespaces with {describe(space)}" if not space.empty else "all namespaces"
        yield Spot(
            rule.policy.ref,
            (
                f"{rule} has two items: every pod of {where}, or pods with {describe(pod)} of "
                f"{rule.policy.namespace} itself"
            ),
            (*rule.path, "from" if rule.direction == "ingress" else "to"),
            "if pods with these labels in those namespaces are meant, put both selectors "
            "into one item (remove one "
            "dash)",
        )


CHECK = Check(
    id="or-instead-of-and",
    severity=Severity.WARNING,
    title="A rule has a namespaceSelector and a podSelector as two items",
    why="Items of a list are alternatives (OR); only selectors in one item must both hold (AND). "
    "One dash too many "
    "opens whole namespaces.",
    find=find,
    needs_pods=False,
)
