"""Cilium's policies in the lab: one set with NetworkPolicy, denials first. Pure.

Read from Cilium's documentation once more, apart from the prediction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from prober.fabric.lab.enforcement.selectors import networked, selects
from prober.fabric.lab.enforcement.tier_chains import ChainRule, ChainTier, Matching, both, port
from prober.model.languages.shapes import Selector
from prober.model.objects import LabelSelector, Pod, Requirement
from prober.model.snapshot import Snapshot

_SPACE = "io.kubernetes.pod.namespace"
_ACCOUNT = "io.cilium.k8s.policy.serviceaccount"
_SPACE_LABEL = "io.cilium.k8s.namespace.labels."


def cilium_tier(matching: Matching, network_policies: Sequence[str] | None) -> list[ChainTier]:
    """The set as one tier; empty where nothing is about the pod. `network_policies` are the
    conditions of NetworkPolicies' allowances; None where none isolates the pod."""
    denied: list[str] = []
    allowed = list(network_policies or ())
    closed = network_policies is not None
    mine = list(_mine(matching.snapshot, matching.pod))
    needed = _required(matching, mine, deny=False)
    needed_by_denials = _required(matching, mine, deny=True)
    for namespace, spec in mine:
        rules, denials = _lists(spec, matching.direction)
        said = spec.enable_default_deny
        closing = getattr(said, matching.direction) if said is not None else None
        closed = closed or (bool(rules or denials) if closing is None else closing)
        for rule in rules:
            allowed += _rule(rule, namespace, matching, needed)
        for rule in denials:
            denied += _rule(rule, namespace, matching, needed_by_denials)
    if not closed and not denied:
        return []
    tier = [ChainRule("deny", denied), ChainRule("allow", allowed)]
    return [ChainTier(tier, closed=closed)]


def _mine(snapshot: Snapshot, pod: Pod) -> Iterator[tuple[str, Any]]:
    """The policies that select the pod, with their namespaces."""
    for policy in snapshot.other_policies:
        if not policy.kind.kind.startswith("Cilium") or not policy.kind.policy:
            continue
        for spec in policy.specs:
            if spec.endpoint_selector is None or policy.namespace not in ("", pod.namespace):
                continue
            selector = _plain(spec.endpoint_selector)
            if policy.namespace:
                labels = {k: v for k, v in selector.match_labels.items() if k != _SPACE}
                selector = LabelSelector(labels, selector.match_expressions)
            if selects(selector, _labels(snapshot, pod)):
                yield policy.namespace, spec


def _lists(spec: Any, direction: str) -> tuple[list[Any], list[Any]]:
    rules = getattr(spec, direction) or ()
    denials = getattr(spec, f"{direction}_deny") or ()
    return [rule for rule in rules if rule is not None], [
        rule for rule in denials if rule is not None
    ]


def _required(matching: Matching, mine: Sequence[tuple[str, Any]], *, deny: bool) -> list[Pod]:
    """The pods that all requirements leave."""
    pods = list(networked(matching.snapshot.pods.values()))
    name = "from_requires" if matching.direction == "ingress" else "to_requires"
    for namespace, spec in mine:
        for rule in _lists(spec, matching.direction)[deny]:
            for selector in getattr(rule, name) or ():
                chosen = _endpoints(matching.snapshot, selector, namespace)
                pods = [pod for pod in pods if pod in chosen]
    return pods


def _rule(rule: Any, namespace: str, matching: Matching, needed: Sequence[Pod]) -> list[str]:
    way = "from" if matching.direction == "ingress" else "to"
    restricted = len(needed) < len(networked(matching.snapshot.pods.values()))
    peers: list[str] = []
    lists = {
        name: getattr(rule, f"{way}_{name}")
        for name in ("endpoints", "cidr", "cidr_set", "entities")
    }
    for selector in lists["endpoints"] or ():
        chosen = _endpoints(matching.snapshot, selector, namespace)
        peers += matching.pods(pod for pod in chosen if pod in needed)
        if _means_others(selector) and not restricted:
            peers += [*matching.outside(), *_nodes(matching)]
    for cidr in lists["cidr"] or ():
        peers.append(matching.block(cidr, outside=True))
    for entry in lists["cidr_set"] or ():
        peers.append(matching.block(entry.cidr, entry.except_ or (), outside=True))
    for entity in lists["entities"] or ():
        peers += _entity(entity, matching)
    ports = [
        condition
        for item in rule.to_ports or ()
        for port_protocol in item.ports or ()
        for condition in _port(port_protocol, matching)
    ]
    ports += [_icmp(field) for icmp in rule.icmps or () for field in icmp.fields or ()]
    ported = bool(rule.to_ports or rule.icmps)
    if all(value is None for value in lists.values()):
        peers = [""] if ported else []
    return both(peers, ports if ported else [""])


def _means_others(selector: Selector) -> bool:
    """Whether a selector that names a namespace also holds for what is in none."""
    plain = _plain(selector)
    keys = [*plain.match_labels, *(requirement.key for requirement in plain.match_expressions)]
    return any(key == _SPACE for key in keys) and selects(plain, {})


def _nodes(matching: Matching) -> list[str]:
    return matching.addresses(matching.node_addresses(matching.snapshot.nodes))


def _icmp(field: Any) -> str:
    return f"icmp type {int(field.type)}"


def _entity(entity: str, matching: Matching) -> list[str]:
    own = matching.pod.node
    others = [name for name in matching.snapshot.nodes if name != own]
    if entity == "all":
        return [""]
    if entity == "world":
        return matching.outside()
    if entity == "cluster":
        return matching.addresses(matching.own_addresses())
    if entity == "host":
        return matching.addresses(matching.node_addresses([own]))
    if entity == "remote-node":
        return matching.addresses(matching.node_addresses(others))
    return []


def _port(port_protocol: Any, matching: Matching) -> list[str]:
    text = port_protocol.port or "0"
    if not text.isdigit():
        named = "" if port_protocol.protocol in (None, "ANY") else port_protocol.protocol
        return matching.port_name(text, named)
    low = int(text)
    protocols = (
        ("tcp", "udp", "sctp")
        if port_protocol.protocol in (None, "ANY")
        else (port_protocol.protocol,)
    )
    return [port(protocol, low, port_protocol.end_port or 0) for protocol in protocols]


def _endpoints(snapshot: Snapshot, selector: Selector, namespace: str) -> list[Pod]:
    """Without a word about namespaces: those of the policy's own."""
    plain = _plain(selector)
    keys = [*plain.match_labels, *(requirement.key for requirement in plain.match_expressions)]
    anywhere = not namespace or any(key == _SPACE or key.startswith(_SPACE_LABEL) for key in keys)
    return [
        pod
        for pod in networked(snapshot.pods.values())
        if (anywhere or pod.namespace == namespace) and selects(plain, _labels(snapshot, pod))
    ]


def _plain(selector: Selector) -> LabelSelector:
    model = selector.model
    return LabelSelector(
        {_bare(key): value for key, value in model.match_labels.items()},
        tuple(Requirement(_bare(r.key), r.operator, r.values) for r in model.match_expressions),
    )


def _bare(key: str) -> str:
    for source in ("k8s:", "any:"):
        if key.startswith(source):
            return key[len(source) :]
    return key


def _labels(snapshot: Snapshot, pod: Pod) -> dict[str, str]:
    space = snapshot.namespaces[pod.namespace].labels
    return {
        **pod.labels,
        _SPACE: pod.namespace,
        _ACCOUNT: pod.service_account,
        **{f"{_SPACE_LABEL}{key}": value for key, value in space.items()},
    }
