"""The smallest policy change that opens a flow, as a patch that can be applied, checked by prediction. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from prober.diagnosis.rules.denials import Denial, listed
from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.objects import (
    LabelSelector,
    NetworkPolicy,
    Pod,
    PolicyPeer,
    PolicyPort,
    PolicyRule,
    Ref,
)
from prober.model.prediction import Direction, Ruling
from prober.model.run import Fix
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

IDENTIFYING = ("app.kubernetes.io/name", "app", "k8s-app", "app.kubernetes.io/component", "component", "name")
"""Labels that name a workload, best first. Hashes that controllers add change with every rollout and name nothing."""

MOST_OPENED = 8
"""How many opened flows a fix spells out before it counts."""


def open_port(denials: Sequence[Denial], policy: Ref, snapshot: Snapshot) -> Fix | None:
    """Add one rule to `policy` that allows the denied flows, and say what else that opens.

    All denials are of one direction and one port number. None when there is no such policy, or when prediction says
    that the change would not open the flows in this direction.
    """
    old = next((found for found in snapshot.policies if found.ref == policy), None)
    if old is None:
        return None
    direction = denials[0].direction
    peers = _distinct(peer for denial in denials for peer in _peers(denial, old, snapshot))
    rule = PolicyRule(peers=peers, ports=_ports(denials))
    new = _with_rule(old, direction, rule)
    after = replace(snapshot, policies=tuple(new if found is old else found for found in snapshot.policies))
    predictor = Predictor(after)
    if not all(is_open(denial, predictor) for denial in denials):
        return None
    patch = (_patch(old, direction, rule_json(rule, direction)),)
    needed = listed(one.needed for one in denials)
    return Fix(
        summary=f"add a rule to {direction} of NetworkPolicy {policy} that allows {needed}",
        target=policy,
        patch=patch,
        manifest=_manifest(snapshot.sources.get(policy), direction, rule_json(rule, direction)),
        opens=opened_by(denials, snapshot, predictor, Predictor(snapshot)),
    )


def _ports(denials: Sequence[Denial]) -> tuple[PolicyPort, ...]:
    """What they need; nothing for a flow without a port, which only a rule for all ports lets through."""
    needed = dict.fromkeys((one.record.check.flow.protocol, one.backend.port) for one in denials)
    return tuple(PolicyPort(protocol, port) for protocol, port in needed if port)  # type: ignore[arg-type]  # ICMP has no port


def rule_json(rule: PolicyRule, direction: Direction) -> dict[str, Any]:
    """A rule as the API writes it."""
    found: dict[str, Any] = {}
    if rule.peers:
        found["from" if direction == "ingress" else "to"] = [_peer_json(peer) for peer in rule.peers]
    if rule.ports:
        found["ports"] = [{"protocol": port.protocol, "port": port.port} for port in rule.ports]
    return found


def _peer_json(peer: PolicyPeer) -> dict[str, Any]:
    selectors = {"namespaceSelector": peer.namespace_selector, "podSelector": peer.pod_selector}
    return {
        key: {"matchLabels": dict(selector.match_labels)} for key, selector in selectors.items() if selector is not None
    }


def _peers(denial: Denial, policy: NetworkPolicy, snapshot: Snapshot) -> tuple[PolicyPeer, ...]:
    """The other end of the flow, as narrowly as labels can say it; nobody in particular for hosts outside, whose
    addresses change."""
    if denial.direction == "egress":
        pod = _pod(denial.backend.pod, snapshot)
    else:
        source = denial.record.check.flow.source
        pod = _pod(source.ref, snapshot) if source.kind is EndpointKind.POD else None
    if pod is None:
        return ()
    elsewhere = {"kubernetes.io/metadata.name": pod.namespace} if pod.namespace != policy.namespace else None
    return (
        PolicyPeer(
            pod_selector=LabelSelector(match_labels=identity(pod)),
            namespace_selector=LabelSelector(match_labels=elsewhere) if elsewhere else None,
        ),
    )


def _distinct(peers: Iterable[PolicyPeer]) -> tuple[PolicyPeer, ...]:
    """Each peer once; selectors hold mappings, so they compare but do not hash."""
    found: list[PolicyPeer] = []
    for peer in peers:
        if peer not in found:
            found.append(peer)
    return tuple(found)


def identity(pod: Pod) -> Mapping[str, str]:
    """The labels that name a pod's workload."""
    for key in IDENTIFYING:
        if key in pod.labels:
            return {key: pod.labels[key]}
    return {key: value for key, value in pod.labels.items() if "hash" not in key}


def _pod(ref: Ref | None, snapshot: Snapshot) -> Pod | None:
    return snapshot.pods.get((ref.namespace, ref.name)) if ref else None


def _with_rule(policy: NetworkPolicy, direction: Direction, rule: PolicyRule) -> NetworkPolicy:
    if direction == "egress":
        return replace(policy, egress=(*policy.egress, rule))
    return replace(policy, ingress=(*policy.ingress, rule))


def is_open(denial: Denial, predictor: Predictor) -> bool:
    """Whether the denied direction of the flow is allowed here."""
    prediction = predictor.predict(denial.record.check.flow)
    ruling = prediction.egress if denial.direction == "egress" else prediction.ingress
    return ruling is Ruling.ALLOWED


def _patch(policy: NetworkPolicy, direction: Direction, rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """Append to the list of rules, or make the list: JSON patch cannot append to what is not there (RFC 6902, 4.1)."""
    if policy.egress if direction == "egress" else policy.ingress:
        return {"op": "add", "path": f"/spec/{direction}/-", "value": rule}
    return {"op": "add", "path": f"/spec/{direction}", "value": [rule]}


def _manifest(
    source: Mapping[str, Any] | None, direction: Direction, rule: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """The object as it was written, with the rule added."""
    if source is None:
        return None
    spec = {**source["spec"], direction: [*(source["spec"].get(direction) or ()), rule]}
    return {**source, "spec": spec}


def opened_by(denials: Sequence[Denial], snapshot: Snapshot, after: Predictor, before: Predictor) -> tuple[str, ...]:
    """What the change opens on this port, by prediction: the wanted flows first, then all else that it lets through."""
    flow, port = denials[0].record.check.flow, denials[0].backend.port
    if denials[0].direction == "egress" and denials[0].backend.pod is None:
        candidates = [replace(flow, source=pod) for pod in _pods(snapshot)]
        count = len(_opened_flows(candidates, before, after))
        return (f"{count} pod{'s' * (count != 1)} → anywhere:{port}/{str(flow.protocol).lower()}",)
    wanted = [str(denial.record.check.flow) for denial in denials]
    listens = [pod for pod in _pods(snapshot) if _declares(snapshot.pods[pod.namespace, pod.name], port)]
    direct = {(d.record.check.flow.source.ref, d.backend.pod) for d in denials}
    candidates = [
        Flow(source, target, flow.protocol, port)
        for source in _pods(snapshot)
        for target in listens
        if source != target and (source.ref, target.ref) not in direct
    ]
    others = [f"also {opened}" for opened in map(str, _opened_flows(candidates, before, after))]
    more = len(others) - MOST_OPENED
    return (*dict.fromkeys(wanted), *others[:MOST_OPENED], *([f"and {more} more"] if more > 0 else []))


def _opened_flows(candidates: Sequence[Flow], before: Predictor, after: Predictor) -> list[Flow]:
    return [
        flow
        for flow in candidates
        if before.rulings(flow).verdict is not Ruling.ALLOWED and after.rulings(flow).verdict is Ruling.ALLOWED
    ]


def _pods(snapshot: Snapshot) -> list[Endpoint]:
    return [Endpoint(EndpointKind.POD, pod.namespace, pod.name) for pod in snapshot.pods.values() if pod.running]


def _declares(pod: Pod, port: int | None) -> bool:
    return any(declared.number == port for declared in pod.ports)
