"""Calico's tiers in the lab. Pure.

Read from Calico's documentation once more, apart from the prediction; the text of selectors is
parsed by the reader of manifests, and evaluated here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prober.fabric.lab.enforcement.calico_selecting import (
    acts_as,
    holds,
    is_meant,
    is_set_meant,
    lacks,
    network_sets,
)
from prober.fabric.lab.enforcement.selectors import networked
from prober.fabric.lab.enforcement.tier_chains import ChainRule, ChainTier, Matching, both, port
from prober.manifest.languages import selector_grammar as grammar
from prober.model.languages import PolicyObject
from prober.model.objects import Pod
from prober.model.snapshot import Snapshot

_ENDLESS = float("inf")
_DEFAULT_ORDER = 1_000_000.0
_NETWORK_POLICY_ORDER = 1000.0


def calico_tiers(
    matching: Matching, network_policies: Mapping[str, Sequence[str]]
) -> list[ChainTier]:
    """The tiers that have a policy for the pod, in their order. `network_policies` are the
    conditions of each NetworkPolicy's allowances, by `namespace/name`."""
    tiers: dict[str, list[tuple[float, str, list[ChainRule]]]] = {}
    for name, conditions in network_policies.items():
        namespace, _, short = name.partition("/")
        entry = (
            _NETWORK_POLICY_ORDER,
            f"{namespace}/knp.default.{short}",
            [ChainRule("allow", conditions)],
        )
        tiers.setdefault("default", []).append(entry)
    for policy in matching.snapshot.other_policies:
        if policy.kind.kind not in ("NetworkPolicy", "GlobalNetworkPolicy"):
            continue
        if not _selects(policy, matching.pod, matching.snapshot):
            continue
        if matching.direction.title() not in _types(policy.spec):
            continue
        tier = policy.spec.tier or "default"
        order = _ENDLESS if policy.spec.order is None else policy.spec.order
        key = f"{policy.namespace}/" if policy.namespace else ""
        rules = [_rule(rule, policy, matching) for rule in _rules(policy.spec, matching)]
        tiers.setdefault(tier, []).append((order, f"{key}{tier}.{policy.name}", rules))
    objects = {
        resource.name: resource.spec
        for resource in matching.snapshot.other_policies
        if resource.kind.kind == "Tier"
    }

    def tier_order(name: str) -> float:
        if name == "default":
            return _DEFAULT_ORDER
        order = objects[name].order if name in objects else None
        return _ENDLESS if order is None else float(order)

    in_order = []
    for name in sorted(tiers, key=lambda tier_name: (tier_order(tier_name), tier_name)):
        ranked = sorted(tiers[name], key=lambda ranked_entry: ranked_entry[:2])
        rules = [rule for _, _, mine in ranked for rule in mine]
        passes = name in objects and objects[name].default_action == "Pass"
        in_order.append(ChainTier(rules, closed=not passes))
    return in_order


def _rules(spec: Any, matching: Matching) -> Sequence[Any]:
    return (spec.ingress if matching.direction == "ingress" else spec.egress) or ()


def _types(spec: Any) -> Sequence[str]:
    if spec.types:
        return tuple(spec.types)
    if spec.ingress and spec.egress:
        return ("Ingress", "Egress")
    return ("Egress",) if spec.egress else ("Ingress",)


def _selects(policy: PolicyObject, pod: Pod, snapshot: Snapshot) -> bool:
    if policy.namespace and pod.namespace != policy.namespace:
        return False
    return is_meant(pod, policy.spec.selector, policy.spec.namespace_selector, snapshot)


def _rule(rule: Any, policy: PolicyObject, matching: Matching) -> ChainRule:
    ingress = matching.direction == "ingress"
    peer, own = (rule.source, rule.destination) if ingress else (rule.destination, rule.source)
    narrow = own is not None and own.selector is not None
    if narrow and not is_meant(
        matching.pod, own.selector, own.namespace_selector, matching.snapshot
    ):
        return ChainRule("log", ())
    parts: list[Sequence[str]] = []
    if peer is not None:
        parts = _end(peer, policy, matching)
    numbers = rule.destination.ports if rule.destination is not None else None
    protocol = str(rule.protocol or "")
    if numbers:
        parts.append([text for number in numbers for text in _port(protocol, number, matching)])
    elif rule.icmp is not None and rule.icmp.type is not None:
        parts.append([f"icmp type {rule.icmp.type}"])
    elif protocol:
        parts.append([port(protocol)])
    return ChainRule(rule.action.lower(), both(*parts) if parts else [""])


def _port(protocol: str, number: int | str, matching: Matching) -> list[str]:
    low, colon, high = str(number).partition(":")
    if not low.isdigit():
        return matching.port_name(low, protocol)
    return [port(protocol, int(low), int(high) if colon else 0)]


def _end(peer: Any, policy: PolicyObject, matching: Matching) -> list[Sequence[str]]:
    """Everything that the rule says about the other end; all of it must hold."""
    parts: list[Sequence[str]] = []
    if peer.nets:
        parts.append([matching.block(net) for net in peer.nets])
    if peer.not_nets:
        parts.append([_not_in(net, matching) for net in peer.not_nets])
    lone = peer.not_selector and policy.namespace
    accounts = peer.service_accounts
    if peer.selector or peer.namespace_selector or lone or accounts is not None:
        here = policy.namespace if not peer.namespace_selector else ""
        pods = [
            pod
            for pod in networked(matching.snapshot.pods.values())
            if is_meant(pod, peer.selector, peer.namespace_selector, matching.snapshot)
            and here in ("", pod.namespace)
            and (accounts is None or acts_as(pod, accounts, matching.snapshot))
        ]
        sets = [
            net
            for space, labels, nets in network_sets(matching.snapshot)
            if here in ("", space)
            and is_set_meant(space, labels, peer, matching.snapshot)
            and (accounts is None or (not accounts.names and lacks(accounts.selector)))
            for net in nets
        ]
        parts.append([*matching.pods(pods), *(matching.block(net) for net in sets)])
    if peer.not_selector is not None:
        others = [
            pod
            for pod in networked(matching.snapshot.pods.values())
            if is_meant(pod, peer.not_selector, None, matching.snapshot)
        ]
        outside = [
            _not_in(net, matching)
            for _, labels, nets in network_sets(matching.snapshot)
            if holds(grammar.parse_selector(peer.not_selector), labels)
            for net in nets
        ]
        conditions = matching.addresses((ip for pod in others for ip in pod.ips), not_in=True)
        parts.append([" ".join((condition, *outside)) for condition in conditions or [""]])
    return parts


def _not_in(net: str, matching: Matching) -> str:
    family = "ip6" if ":" in net else "ip"
    return f"{family} {matching.header} != {net}"
