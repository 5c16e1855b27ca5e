"""Rules that name the Service's port instead of the pod's."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import PolicyRuleAt, View, rules
from prober.model.objects import Pod, PolicyPort, Service
from prober.policy.deciding import named_port


def find(view: View) -> Iterator[Spot]:
    for rule in rules(view):
        receivers = (
            view.pods(rule.matcher.subjects) if rule.direction == "ingress" else _peers(view, rule)
        )
        for position, port in enumerate(rule.rule.ports):
            confused = _confused(view, receivers, port)
            if confused is not None and not _allows(rule, receivers, port.protocol, confused[1]):
                service, number = confused
                yield Spot(
                    rule.policy.ref,
                    f"{rule} names {port.port}/{port.protocol}, which is the port of Service "
                    f"{service.ref}; policies see the pod's, {number}",
                    (*rule.path, "ports", position),
                    f"write {number} instead of {port.port}",
                )


def _allows(rule: PolicyRuleAt, receivers: list[Pod], protocol: str, number: int) -> bool:
    """Does the rule allow the pods' port as well: whoever wrote both ports was careful, and the
    flow passes."""
    names = {
        declared.name
        for pod in receivers
        for declared in pod.ports
        if (declared.number, declared.protocol) == (number, protocol) and declared.name
    }
    return any(
        port.protocol == protocol
        and (
            port.port in names
            if isinstance(port.port, str)
            else port.port is None or port.port <= number <= (port.end_port or port.port)
        )
        for port in rule.rule.ports
    )


def _peers(view: View, rule: PolicyRuleAt) -> list[Pod]:
    peers = 0
    for matcher in rule.rule.peers:
        peers |= matcher.pods
    return view.pods(peers)


def _confused(view: View, receivers: list[Pod], port: PolicyPort) -> tuple[Service, int] | None:
    """The Service whose port this is, and the port behind it; None where any receiver has such a
    port itself."""
    if not isinstance(port.port, int) or port.end_port is not None or not receivers:
        return None
    if any(
        declared.number == port.port and declared.protocol == port.protocol
        for pod in receivers
        for declared in pod.ports
    ):
        return None
    for _, service in sorted(view.snapshot.services.items()):
        for offered in service.ports:
            if (offered.port, offered.protocol) != (
                port.port,
                port.protocol,
            ) or not service.selector:
                continue
            for pod in receivers:
                if (
                    pod.namespace == service.namespace
                    and service.selector.items() <= pod.labels.items()
                ):
                    target = offered.target_port
                    number = (
                        target
                        if isinstance(target, int)
                        else named_port(pod, target, offered.protocol)
                    )
                    if number and number != port.port:
                        return service, number
    return None


CHECK = Check(
    id="service-port-in-rule",
    severity=Severity.ERROR,
    title="A rule names the Service's port instead of the pod's",
    why="Policies are applied after the Service's translation, so the rule allows a port on "
    "which nobody listens and "
    "forgets the one that is used.",
    find=find,
)
