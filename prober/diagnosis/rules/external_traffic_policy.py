"""externalTrafficPolicy Local, and no endpoint on the node where the traffic comes in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.fixes.traffic_policy import nodes_with_endpoints, spread
from prober.model.check import EndpointKind, VantageKind
from prober.model.listing import listed
from prober.model.objects import Node, Service, ServicePort
from prober.model.outcome import Outcome
from prober.model.probe import Probe, ProbeKind
from prober.model.run import CheckRecord, Confidence, Finding

ID = "external-traffic-policy-local"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[tuple[str, str], tuple[Service, ServicePort, list[CheckRecord]]] = {}
    for record in case.troubled:
        for service, port in _entered(record, case):
            key = (str(service.ref), record.check.flow.destination.name)
            groups.setdefault(key, (service, port, []))[2].append(record)
    for (name, node), (service, port, records) in groups.items():
        having = nodes_with_endpoints(service, port, case)
        elsewhere = [other for other in sorted(having) if _answers(records[0], other, case)]
        yield Finding(
            id=ID,
            cause=f"Service {name} has externalTrafficPolicy Local and no endpoint on {node}, so "
            f"{node} drops what "
            "comes in from outside; no NetworkPolicy is involved",
            confidence=Confidence.CERTAIN if elsewhere else Confidence.LIKELY,
            evidence=(
                f"its endpoints are on {listed(sorted(having))}",
                *(f"the same port of {other} answers from the same place" for other in elsewhere),
            ),
            fix=spread(service, "externalTrafficPolicy", case),
            checks=tuple(record.check.id for record in records),
            objects=(service.ref,),
        )


def _entered(record: CheckRecord, case: Case) -> Iterator[tuple[Service, ServicePort]]:
    """The Service with policy Local whose node port was asked of a node without an endpoint, from
    outside of it."""
    flow, vantage = record.check.flow, record.check.vantage
    inside = vantage.kind is VantageKind.POD or vantage.name == flow.destination.name
    if (
        flow.destination.kind is not EndpointKind.NODE
        or inside
        or not record.observation.outcome.closed
    ):
        return
    for service in case.snapshot.services.values():
        for port in service.ports:
            if (
                service.external_traffic_policy == "Local"
                and port.node_port
                and port.node_port == flow.port
            ):
                having = nodes_with_endpoints(service, port, case)
                if having and flow.destination.name not in having:
                    yield service, port


def _answers(record: CheckRecord, node: str, case: Case) -> bool:
    """Whether the same node port of a node with an endpoint answers from the same place."""
    other: Node | None = case.snapshot.nodes.get(node)
    if other is None or not other.addresses or not isinstance(record.check.flow.port, int):
        return False
    probe = Probe(
        "", ProbeKind.TCP, other.addresses[0], record.check.flow.port, record.check.probe.timeout
    )
    answer = case.ask(record.check.vantage, probe)
    return answer is not None and answer.outcome is Outcome.OK


RULE = Rule(
    id=ID,
    concludes=(
        "A Service with externalTrafficPolicy Local has no endpoint on the node where the "
        "traffic comes in."
    ),
    advice=(
        "set externalTrafficPolicy to Cluster, or run a pod of the Service on every node that "
        "takes traffic"
    ),
    needs=(
        "a lost connection to a node port from outside that node, and the nodes of the Service's "
        "endpoints"
    ),
    asks="from the same place: the same port of a node that has an endpoint",
    find=find,
)
