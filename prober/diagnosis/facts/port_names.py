"""What the rules about names of ports share: names that mean nothing on the destination, and
putting them right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from prober.model.objects import ContainerPort, NetworkPolicy, Pod, PolicyRule
from prober.model.patches.jsonpatch import Operation, pointer
from prober.model.prediction import Direction


@dataclass(frozen=True, slots=True)
class Place:
    """Where a policy names a port."""

    direction: Direction
    rule: int
    """The position of the rule."""
    port: int
    """The position in the rule's `ports`."""


def unknown_names(rule: PolicyRule, pod: Pod | None) -> Iterator[tuple[int, str, str]]:
    """The position, the name and the protocol of each port that the rule names and the pod does not
    have; None: what is no pod has no names for its ports."""
    known = {(port.name, port.protocol) for port in pod.ports} if pod is not None else set()
    for position, port in enumerate(rule.ports):
        if isinstance(port.port, str) and (port.port, port.protocol) not in known:
            yield position, port.port, port.protocol


def names_only_unknown(rule: PolicyRule, pod: Pod) -> bool:
    """Whether the rule names ports, and the pod has none of them."""
    return bool(rule.ports) and len(list(unknown_names(rule, pod))) == len(rule.ports)


def ports_of(pod: Pod, protocol: str) -> list[ContainerPort]:
    """The pod's ports of a protocol."""
    return [port for port in pod.ports if port.protocol == protocol]


def naming(place: Place, meant: int | str) -> Operation:
    """The patch that writes another name, or a number, there."""
    path = pointer("spec", place.direction, place.rule, "ports", place.port, "port")
    return {"op": "replace", "path": path, "value": meant}


def renamed(policy: NetworkPolicy, place: Place, meant: int | str) -> NetworkPolicy:
    """The policy after that patch."""
    rules = list(policy.egress if place.direction == "egress" else policy.ingress)
    ports = list(rules[place.rule].ports)
    ports[place.port] = replace(ports[place.port], port=meant)
    rules[place.rule] = replace(rules[place.rule], ports=tuple(ports))
    if place.direction == "egress":
        return replace(policy, egress=tuple(rules))
    return replace(policy, ingress=tuple(rules))
