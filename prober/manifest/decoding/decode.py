"""Wire shape to model, with the defaults that the API server sets.

The objects are valid by now: a live cluster only has such, and manifests went through
`prober.manifest.validate`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import cast

from prober.manifest.decoding import wire
from prober.model.kubernetes import NAMESPACE_NAME
from prober.model.objects import (
    IPBlock,
    Labels,
    LabelSelector,
    Namespace,
    NetworkPolicy,
    Node,
    Operator,
    PolicyPeer,
    PolicyPort,
    PolicyRule,
    PolicyType,
    Protocol,
    Requirement,
)

DEFAULT_NAMESPACE = "default"


def namespace_of(meta: wire.ObjectMeta) -> str:
    """The namespace an object lives in."""
    return meta.namespace or DEFAULT_NAMESPACE


def labels_of(labels: wire.StrMap | None) -> dict[str, str]:
    """Labels, where a null value is the empty one (as JSON's null is for Go's maps of strings)."""
    return {key: value or "" for key, value in (labels or {}).items()}


def protocol_of(protocol: str | None) -> Protocol:
    """A protocol, TCP by default."""
    return cast(Protocol, protocol or "TCP")


def decode_namespace(obj: wire.Namespace) -> Namespace:
    """A namespace with the label of its name, which the API server sets on every namespace."""
    return named_namespace(obj.metadata.name or "", labels_of(obj.metadata.labels))


def named_namespace(name: str, labels: Labels | None = None) -> Namespace:
    """A namespace of which perhaps nothing but the name is known."""
    return Namespace(name, {**(labels or {}), NAMESPACE_NAME: name})


def decode_node(obj: wire.Node) -> Node:
    """A node; without a Ready condition it counts as ready."""
    spec = obj.spec or wire.NodeSpec()
    status = obj.status or wire.NodeStatus()
    by_type: dict[str, list[str]] = {"InternalIP": [], "ExternalIP": []}
    for address in status.addresses or ():
        if address.type in by_type:
            by_type[address.type].append(address.address)
    return Node(
        name=obj.metadata.name or "",
        addresses=tuple(dict.fromkeys((*by_type["InternalIP"], *by_type["ExternalIP"]))),
        labels=labels_of(obj.metadata.labels),
        pod_cidrs=tuple(spec.pod_cidrs or filter(None, (spec.pod_cidr,))),
        ready=condition(status.conditions, "Ready") is not False,
    )


def condition(conditions: Iterable[wire.Condition] | None, kind: str) -> bool | None:
    """Is the condition `True`; None when it is not there. `Unknown` is not true."""
    return next(
        (condition.status == "True" for condition in conditions or () if condition.type == kind),
        None,
    )


def decode_selector(selector: wire.LabelSelector) -> LabelSelector:
    """A label selector; one without any requirement selects everything."""
    return LabelSelector(
        match_labels=labels_of(selector.match_labels),
        match_expressions=tuple(
            Requirement(
                requirement.key or "",
                cast(Operator, requirement.operator),
                tuple(requirement.values or ()),
            )
            for requirement in selector.match_expressions or ()
        ),
    )


def _optional_selector(selector: wire.LabelSelector | None) -> LabelSelector | None:
    return None if selector is None else decode_selector(selector)


def decode_policy(obj: wire.NetworkPolicy) -> NetworkPolicy:
    """A NetworkPolicy. An absent podSelector is an empty one: every pod of the namespace."""
    spec = obj.spec or wire.PolicySpec()
    return NetworkPolicy(
        namespace=namespace_of(obj.metadata),
        name=obj.metadata.name or "",
        pod_selector=decode_selector(spec.pod_selector or wire.LabelSelector()),
        types=_policy_types(spec),
        ingress=tuple(
            _rule(rule.from_, rule.ports) if rule else PolicyRule() for rule in spec.ingress or ()
        ),
        egress=tuple(
            _rule(rule.to, rule.ports) if rule else PolicyRule() for rule in spec.egress or ()
        ),
    )


def _policy_types(spec: wire.PolicySpec) -> tuple[PolicyType, ...]:
    """As pkg/apis/networking/v1/defaults.go: an empty list is like an absent one, and so are empty
    egress rules."""
    if spec.policy_types:
        return tuple(
            cast(PolicyType, policy_type) for policy_type in dict.fromkeys(spec.policy_types)
        )
    return ("Ingress", "Egress") if spec.egress else ("Ingress",)


def _rule(
    peers: list[wire.PolicyPeer] | None, ports: list[wire.PolicyPort | None] | None
) -> PolicyRule:
    return PolicyRule(
        peers=tuple(_peer(peer) for peer in peers or ()),
        ports=tuple(_port(port or wire.PolicyPort()) for port in ports or ()),
    )


def _peer(peer: wire.PolicyPeer) -> PolicyPeer:
    return PolicyPeer(
        pod_selector=_optional_selector(peer.pod_selector),
        namespace_selector=_optional_selector(peer.namespace_selector),
        ip_block=_block(peer.ip_block) if peer.ip_block else None,
    )


def _block(block: wire.IPBlock) -> IPBlock:
    return IPBlock(
        canonical_cidr(block.cidr or ""),
        tuple(canonical_cidr(cidr) for cidr in block.except_ or ()),
    )


def _port(port: wire.PolicyPort) -> PolicyPort:
    return PolicyPort(protocol_of(port.protocol), port.port, port.end_port)


def canonical_cidr(text: str) -> str:
    """A block as everyone can compare it: host bits cleared, no leading zeros. Raises ValueError
    when it is none.

    The API server reads blocks with Go's old sloppy parser (ParseCIDRSloppy), which takes
    `198.18.0.010/24` to be decimal where newer parsers refuse it.
    """
    address, slash, length = text.partition("/")
    if not slash or not length.isascii() or not length.isdigit():
        raise ValueError(f"{text} is not a CIDR")
    octets = address.split(".")
    if ":" not in address and all(octet.isascii() and octet.isdigit() for octet in octets):
        address = ".".join(str(int(octet)) for octet in octets)
    return str(ipaddress.ip_network(f"{address}/{int(length)}", strict=False))
