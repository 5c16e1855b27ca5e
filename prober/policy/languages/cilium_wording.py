"""Cilium's rules in a person's words."""

from __future__ import annotations

from collections.abc import Iterator

from prober.model.languages.cilium import ServiceRef
from prober.model.prediction import Direction
from prober.policy.deciding.rules.selectors import describe
from prober.policy.deciding.rules.tiers import Action
from prober.policy.languages.cilium_identities import names_namespace, names_reserved
from prober.policy.languages.cilium_peers import CiliumRule
from prober.policy.languages.cilium_ports import say_ports_of
from prober.policy.languages.saying import say


def say_rule_of(namespace: str, rule: CiliumRule, action: Action, direction: Direction) -> str:
    """What a rule of a policy does; its namespace is empty for a clusterwide one."""
    ported = bool(rule.to_ports or rule.icmps)
    return say(
        action,
        say_ports_of(rule),
        list(_peers(namespace, rule)),
        direction,
        anyone="anyone" if ported and not rule.peers.named else "nobody",
    )


def _peers(namespace: str, rule: CiliumRule) -> Iterator[str]:
    peers = rule.peers
    for selector in peers.endpoints or ():
        labels = describe(selector.model)
        lifted = names_namespace(selector) or names_reserved(selector)
        where = f" in namespace {namespace}" if namespace and not lifted else ""
        yield (f"endpoints with {labels}" if labels else "all endpoints") + where
    yield from peers.cidrs or ()
    for entry in peers.cidr_sets or ():
        group = f"CIDR group {entry.cidr_group_ref or 'by labels'}"
        excepts = f" except {', '.join(entry.except_)}" if entry.except_ else ""
        yield (entry.cidr or group) + excepts
    yield from (f"entity {entity}" for entity in peers.entities or ())
    for name in peers.names or ():
        yield name.match_name or name.match_pattern or "no name"
    yield from (_say_service(service, namespace) for service in peers.services or ())


def _say_service(ref: ServiceRef, namespace: str) -> str:
    if ref.k8s_service is not None:
        within = ref.k8s_service.namespace or namespace
        return f"Service {within}/{ref.k8s_service.service_name}"
    return "Services by labels"
