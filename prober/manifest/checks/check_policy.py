"""What the API server rejects in a NetworkPolicy (pkg/apis/networking/validation/validation.go),
completely.

Unknown fields are mistakes, as with kubectl: a policy with `ingres:` would be one that allows
nothing.
"""

from __future__ import annotations

from prober.manifest.checks.check_fields import (
    Network,
    check_cidr,
    check_int_or_name,
    check_port,
    check_protocol,
    check_selector,
)
from prober.manifest.reading.cursor import Cursor

_OBJECT_FIELDS = ("apiVersion", "kind", "metadata", "spec", "status")
_SPEC_FIELDS = ("podSelector", "policyTypes", "ingress", "egress")
_POLICY_TYPES = ("Ingress", "Egress")


def check_policy(policy: Cursor) -> None:
    """A NetworkPolicy, all but its metadata."""
    policy.mapping(_OBJECT_FIELDS)
    spec = policy.field("spec")
    if spec.absent:
        policy.warn(
            "a NetworkPolicy without spec selects every pod of its namespace and allows no ingress"
        )
    if spec.mapping(_SPEC_FIELDS) is None:
        return
    if spec.field("podSelector").absent:
        spec.warn(
            "without podSelector it selects every pod of its namespace; write `podSelector: "
            "{}` if that is meant"
        )
    check_selector(spec.field("podSelector"))
    _check_types(spec)
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for rule in spec.field(direction).items():
            _check_rule(rule, peers)


def _check_types(spec: Cursor) -> None:
    types = spec.field("policyTypes")
    chosen = [item.choice(_POLICY_TYPES) for item in types.items()]
    if len(chosen) > len(_POLICY_TYPES):
        types.wrong("may not have more than two items", "list each type once")
    if not chosen:
        return
    for direction in _POLICY_TYPES:
        rules = spec.field(direction.lower())
        if direction not in chosen and rules.value:
            rules.warn(
                f"these rules have no effect: policyTypes does not include {direction} (Cilium "
                "applies them all the same)"
            )


def _check_rule(rule: Cursor, peers: str) -> None:
    if rule.absent:
        rule.warn("an empty item is the rule `{}`, which allows everything")
    if rule.mapping((peers, "ports")) is None:
        return
    for peer in rule.field(peers).items():
        _check_peer(peer)
    for port in rule.field("ports").items():
        if port.absent:
            port.warn("an empty item is the port `{}`: every TCP port")
        elif port.mapping(("protocol", "port", "endPort")) is not None:
            _check_policy_port(port)


def _check_peer(peer: Cursor) -> None:
    if not peer.absent and peer.mapping(("podSelector", "namespaceSelector", "ipBlock")) is None:
        return
    selectors = [
        name for name in ("podSelector", "namespaceSelector") if not peer.field(name).absent
    ]
    block = peer.field("ipBlock")
    if not selectors and block.absent:
        peer.wrong("must specify a peer", _peer_hint(peer))
    if selectors and not block.absent:
        peer.wrong(
            f"may not specify both ipBlock and {' and '.join(selectors)}",
            "make them two items of the list",
        )
    for name in selectors:
        check_selector(peer.field(name))
    _check_block(block)


def _peer_hint(peer: Cursor) -> str:
    """A selector that was left empty is null, which is no selector at all: the commonest way to get
    here."""
    null = next(iter(peer.value or ()), None)
    if null is not None:
        return f"`{null}:` without a value is null; to match everything write `{null}: {{}}`"
    return (
        "name a podSelector, namespaceSelector or ipBlock; for everyone, leave out "
        f"`{peer.path[-2]}`"
    )


def _check_block(block: Cursor) -> None:
    if block.mapping(("cidr", "except")) is None:
        return
    cidr = block.field("cidr")
    if cidr.value in (None, ""):
        cidr.wrong("is required", "write a block such as 203.0.113.0/24")
    network = check_cidr(cidr)
    for excepted in block.field("except").items():
        inner = check_cidr(excepted)
        if excepted.value in (None, ""):
            excepted.wrong("is empty", "write a block inside of cidr, or remove the item")
        elif network is not None and inner is not None and not _strictly_inside(inner, network):
            excepted.wrong(
                f"{excepted.value} must be a strict subset of cidr {cidr.value}",
                "narrow it, or widen the cidr",
            )


def _strictly_inside(inner: Network, outer: Network) -> bool:
    same_family = inner.version == outer.version
    return same_family and inner.prefixlen > outer.prefixlen and inner.network_address in outer


def _check_policy_port(port: Cursor) -> None:
    check_protocol(port.field("protocol"))
    number, end = port.field("port"), port.field("endPort")
    first, last = check_int_or_name(number), check_port(end)
    if end.absent:
        return
    if number.absent:
        end.wrong(
            "may not be specified when port is not", "add the first port of the range as `port`"
        )
    elif isinstance(number.value, str):
        end.wrong("may not be specified when port is a name", "write port as a number")
    elif isinstance(first, int) and last is not None and last < first:
        end.wrong(f"{last} must be greater than or equal to port {first}", "exchange the two")
