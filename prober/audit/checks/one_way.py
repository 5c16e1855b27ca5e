"""Flows that one end's policies name and the other end's deny."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import PolicyRuleAt, View, by_workload, rules
from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.objects import Pod, PolicyPort
from prober.model.prediction import Ruling


def find(view: View) -> Iterator[Spot]:
    for rule in rules(view):
        for flow in _one_way(view, rule):
            other = "egress" if rule.direction == "ingress" else "ingress"
            blocked = flow.source if rule.direction == "ingress" else flow.destination
            yield Spot(
                rule.policy.ref,
                f"{rule} allows {flow}, but the {other} policies of {blocked} deny it",
                rule.path,
                (
                    f"a flow needs both directions: prober explain {flow.source} "
                    f"{flow.destination}:{flow.port}"
                )
                + ("" if flow.protocol == "TCP" else f"/{flow.protocol.lower()}"),
            )


def _one_way(view: View, rule: PolicyRuleAt) -> Iterator[Flow]:
    """One flow for each pair of workloads that the rule names and the other end denies."""
    subjects = _representatives(view, rule.matcher.subjects)
    for matcher in rule.rule.peers:
        if matcher.peer.pod_selector is None or matcher.peer.pod_selector.empty:
            continue  # whole namespaces are allowed in passing; only pods that are named are meant
        # One pod for each workload: replicas have the same labels, and the finding would be
        # repeated for each pair of them.
        for peer in _representatives(view, matcher.pods):
            for subject in subjects:
                source, target = (peer, subject) if rule.direction == "ingress" else (subject, peer)
                for port in rule.rule.ports:
                    flow = _flow(source, target, port)
                    if (
                        flow is not None
                        and source != target
                        and _denied_elsewhere(view, rule, flow)
                    ):
                        yield flow


def _representatives(view: View, chosen: int) -> list[Pod]:
    return [pods[0] for pods in by_workload(view.pods(chosen & view.governed)).values()]


def _flow(source: Pod, target: Pod, port: PolicyPort) -> Flow | None:
    """The flow on a port of the rule; None for ranges, and for names that the target does not
    have."""
    number = port.port if isinstance(port.port, int) and port.end_port is None else None
    if isinstance(port.port, str):
        number = next(
            (
                declared.number
                for declared in target.ports
                if (declared.name, declared.protocol) == (port.port, port.protocol)
            ),
            None,
        )
    if number is None:
        return None
    start, end = (Endpoint(EndpointKind.POD, pod.namespace, pod.name) for pod in (source, target))
    return Flow(start, end, port.protocol, number)


def _denied_elsewhere(view: View, rule: PolicyRuleAt, flow: Flow) -> bool:
    # The rule alone does not decide: another tier may deny on this side as well. Reported is only
    # what this side allows in the end, and the other side does not.
    rulings = view.predictor.rulings(flow)
    mine, other = (
        (rulings.ingress, rulings.egress)
        if rule.direction == "ingress"
        else (rulings.egress, rulings.ingress)
    )
    return mine is Ruling.ALLOWED and other is Ruling.DENIED


CHECK = Check(
    id="allowed-one-way",
    severity=Severity.WARNING,
    title="One end's policies name a flow that the other end's deny",
    why="A flow passes only if egress of its source and ingress of its destination allow it. "
    "Somebody wrote one half "
    "and forgot the other.",
    find=find,
)
