"""Rules that can never match."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import PolicyRuleAt, View, rules
from prober.policy.deciding import PeerMatcher, PodSet, describe, members


def find(view: View) -> Iterator[Spot]:
    for rule in rules(view):
        if not rule.matcher.subjects:
            continue
        why = _peers(view, rule) or _ports(view, rule)
        if why:
            yield Spot(
                rule.policy.ref,
                f"{rule} can never match: {why}",
                rule.path,
                _hint(view, rule),
            )


def _hint(view: View, rule: PolicyRuleAt) -> str:
    """What to do where only the manifests may be incomplete."""
    blocks = any(peer.ip_block for peer in rule.written.peers)
    if not view.written or blocks:
        return ""
    return "where those pods come from other manifests, give those with -f too"


def _peers(view: View, rule: PolicyRuleAt) -> str:
    """Why no peer can match; empty when one can."""
    if not rule.rule.peers or any(_can_match(view, matcher) for matcher in rule.rule.peers):
        return ""
    return "; ".join(_no_peer(view, matcher, rule.policy.namespace) for matcher in rule.rule.peers)


def _can_match(view: View, matcher: PeerMatcher) -> bool:
    """Namespaces of which no pod is known are not judged: manifests may only leave them out."""
    if matcher.block is not None:
        return not matcher.block.empty
    selector = matcher.peer.namespace_selector
    unknown = selector is not None and not view.predictor.world.sets.select_namespaces(selector)
    return bool(matcher.pods) or unknown


def _no_peer(view: View, matcher: PeerMatcher, namespace: str) -> str:
    peer = matcher.peer
    if peer.ip_block:
        return f"the exceptions of {peer.ip_block.cidr} leave nothing of it"
    where = (
        f"namespaces with {describe(peer.namespace_selector) or 'any labels'}"
        if peer.namespace_selector
        else namespace
    )
    labels = describe(peer.pod_selector) if peer.pod_selector else ""
    if labels:
        return f"no pod{view.where} of {where} has {labels}"
    return f"{where} has no pods{view.where}"


def _ports(view: View, rule: PolicyRuleAt) -> str:
    """Why no port can match: all are names, and no pod at the receiving end has a port of such a
    name."""
    names = [port.port for port in rule.rule.ports if isinstance(port.port, str)]
    if not names or len(names) < len(rule.rule.ports):
        return ""
    receivers = rule.matcher.subjects if rule.direction == "ingress" else _receivers(view, rule)
    declared = {(port.name, port.protocol) for pod in view.pods(receivers) for port in pod.ports}
    if any((port.port, port.protocol) in declared for port in rule.rule.ports):
        return ""
    known = ", ".join(sorted({name for name, _ in declared if name})) or "no names"
    wanted = ", ".join(f"{port.port}/{port.protocol}" for port in rule.rule.ports)
    return f"no pod{view.where} that it is about has a port {wanted} (its pods' ports have {known})"


def _receivers(view: View, rule: PolicyRuleAt) -> PodSet:
    if not rule.rule.peers:
        return view.predictor.world.sets.all
    receivers = 0
    for matcher in rule.rule.peers:
        receivers |= matcher.pods
    return sum(1 << index for index in members(receivers))


CHECK = Check(
    id="rule-never-matches",
    severity=Severity.WARNING,
    title="A rule can never match",
    why="It names peers that do not exist, an ipBlock that its exceptions use up, or a named "
    "port that no pod has. "
    "Whom it was written for stays locked out.",
    find=find,
)
