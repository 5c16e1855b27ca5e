"""Policies in a person's words: ports, peers, rules, lists."""

from __future__ import annotations

from collections.abc import Sequence

from prober.model.listing import listed
from prober.model.objects import IPBlock, NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule
from prober.model.prediction import Direction
from prober.policy.deciding.rules.selectors import describe

_MANY = 4
_TOWARDS: dict[Direction, str] = {"egress": "to", "ingress": "from"}


def say_port(port: PolicyPort, *, brief: bool = False) -> str:
    """`443/TCP`, `8000-8080/TCP`, `port http/TCP`; brief leaves TCP out."""
    suffix = "" if brief and port.protocol == "TCP" else f"/{port.protocol}"
    if port.port is None:
        return f"every {port.protocol} port"
    if isinstance(port.port, str):
        return f"port {port.port}{suffix}"
    return (
        f"{port.port}{suffix}" if port.end_port is None else f"{port.port}-{port.end_port}{suffix}"
    )


def say_ports(ports: Sequence[PolicyPort], *, brief: bool = False) -> str:
    return listed(say_port(port, brief=brief) for port in ports) if ports else "every port"


def say_block(block: IPBlock) -> str:
    return block.cidr + (f" except {listed(block.excepts)}" if block.excepts else "")


def say_peer(peer: PolicyPeer, namespace: str) -> str:
    """`pods with app=web in namespace shop`, `all pods in all namespaces`, `203.0.113.0/24`."""
    if peer.ip_block:
        return say_block(peer.ip_block)
    pods = describe(peer.pod_selector) if peer.pod_selector else ""
    subject = f"pods with {pods}" if pods else "all pods"
    if peer.namespace_selector is None:
        return f"{subject} in namespace {namespace}"
    within = describe(peer.namespace_selector)
    return f"{subject} in namespaces with {within}" if within else f"{subject} in all namespaces"


def say_peers(peers: Sequence[PolicyPeer], namespace: str) -> str:
    return listed((say_peer(peer, namespace) for peer in peers), "or") if peers else "anyone"


def say_rule(policy: NetworkPolicy, rule: PolicyRule, direction: Direction) -> str:
    """As a predicate: `allows 443/TCP to anyone`."""
    peers = say_peers(rule.peers, policy.namespace)
    return f"allows {say_ports(rule.ports)} {_TOWARDS[direction]} {peers}"


def say_policies(policies: Sequence[NetworkPolicy], direction: Direction) -> str:
    """`egress policy shop/a`, `egress policies shop/a and shop/b`."""
    noun = "policy" if len(policies) == 1 else "policies"
    return f"{direction} {noun} {listed(str(policy.ref) for policy in policies)}"


def towards(direction: Direction) -> str:
    """The preposition before the other end."""
    return _TOWARDS[direction]
