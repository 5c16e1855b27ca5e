"""A ClusterIP is asked for from outside: it exists on the nodes of the cluster alone."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.model.check import EndpointKind, VantageKind
from prober.model.listing import listed
from prober.model.objects import Ref, Service
from prober.model.outcome import Outcome
from prober.model.run import CheckRecord, Confidence, Finding, Fix

ID = "cluster-ip-from-outside"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[Ref, tuple[Service, list[CheckRecord]]] = {}
    for record in case.unmet:
        service = _asked(record, case)
        if service is not None and record.observation.outcome is not Outcome.OK:
            groups.setdefault(service.ref, (service, []))[1].append(record)
    for service, records in groups.values():
        names = listed(str(record.check.flow.source) for record in records)
        yield Finding(
            id=ID,
            cause=f"{names} asks for Service {service.ref} from outside by its cluster address, "
            "which exists on the nodes of the cluster alone",
            confidence=Confidence.CERTAIN,
            evidence=(
                f"Service {service.ref} is of type {service.type}"
                + (
                    f", its ClusterIP is {listed(service.cluster_ips)}"
                    if service.cluster_ips
                    else ""
                ),
                *(f"{record.check.name}: {record.observation.outcome}" for record in records[:3]),
            ),
            fix=Fix(_advice(service)),
            checks=tuple(record.check.id for record in records),
            objects=(service.ref,),
        )


def _asked(record: CheckRecord, case: Case) -> Service | None:
    """The Service whose cluster address a host outside asks for."""
    if record.check.vantage.kind is not VantageKind.OUTSIDE:
        return None
    destination = record.check.flow.destination
    asked = destination.address or record.observation.address or record.check.probe.host
    for _, service in sorted(case.snapshot.services.items()):
        itself = (service.namespace, service.name) == (destination.namespace, destination.name)
        by_object = destination.kind is EndpointKind.SERVICE and itself
        reachable = service.load_balancer_ips or service.external_ips
        if asked in service.cluster_ips or (by_object and not reachable):
            return service
    return None


def _advice(service: Service) -> str:
    addresses = listed((*service.load_balancer_ips, *service.external_ips))
    ports = listed(str(port.node_port) for port in service.ports if port.node_port)
    if addresses:
        return f"ask for {addresses}, its address outside"
    if ports:
        return f"ask for port {ports} of a node, its node port"
    return (
        f"let Service {service.ref} be of type LoadBalancer or NodePort, or put an Ingress or a "
        "Gateway in front of it, if it is meant for clients outside"
    )


RULE = Rule(
    id=ID,
    concludes="A host outside asks for a Service's ClusterIP, which cannot be reached from there.",
    advice="ask for the load balancer's address or a node port, or make the Service have one",
    needs="a check from outside of a Service without an address there",
    find=find,
)
