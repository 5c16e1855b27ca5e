"""What the rules about DNS share: which names got no answer, from whom, and whether policies
forbade the question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address

from prober.diagnosis.facts.case import Case
from prober.diagnosis.facts.denials import Denial
from prober.diagnosis.facts.machinery import parts
from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.listing import listed
from prober.model.network.components import Component
from prober.model.objects import Service
from prober.model.outcome import Outcome
from prober.model.prediction import BackendTrail, Direction, Ruling
from prober.model.run import CheckRecord
from prober.model.snapshot import Snapshot

LOST = (Outcome.DNS_TIMEOUT, Outcome.DNS_REFUSED)
CLUSTER_DOMAIN = "cluster.local"
"""The default of every distribution; which one a cluster has, no object says."""


def unanswered(case: Case) -> list[CheckRecord]:
    """The troubled checks whose name got no answer."""
    return [record for record in case.troubled if record.observation.outcome in LOST]


def dns_service(snapshot: Snapshot) -> Service | None:
    """The Service of cluster DNS: by the name that every distribution gives it, else by the pods it
    selects."""
    named = snapshot.services.get(("kube-system", "kube-dns"))
    if named is not None:
        return named
    labels = [pod.labels for pod in parts(snapshot, Component.CLUSTER_DNS)]
    for _, service in sorted(snapshot.services.items()):
        selector = service.selector
        selects = bool(selector) and any(
            (selector or {}).items() <= pod_labels.items() for pod_labels in labels
        )
        if selects and any(port.port == 53 for port in service.ports):
            return service
    return None


def server_of(record: CheckRecord) -> str:
    """The address of the server that was asked last; empty where that is not known."""
    return record.observation.evidence.dns[-1].server if record.observation.evidence.dns else ""


def asked_cluster_dns(record: CheckRecord, snapshot: Snapshot) -> bool:
    """Whether the servers of cluster DNS were asked, by their Service or one of them; where it is
    not known, they were, since a pod asks nobody else by default."""
    server, service = server_of(record), dns_service(snapshot)
    if not server or (service is not None and server in service.cluster_ips):
        return True
    return any(server in pod.ips for pod in parts(snapshot, Component.CLUSTER_DNS))


def asked_node_cache(record: CheckRecord, snapshot: Snapshot) -> bool:
    """Whether a cache on the node was asked: at a link-local address, as NodeLocal DNSCache has by
    default, or at one that nobody else has where such caches run."""
    server = server_of(record)
    if not server or asked_cluster_dns(record, snapshot) or _known(server, snapshot):
        return False
    return ip_address(server).is_link_local or bool(parts(snapshot, Component.NODE_LOCAL_DNS))


def _known(address: str, snapshot: Snapshot) -> bool:
    pods = (pod for pod in snapshot.pods.values() if not pod.host_network)
    services = snapshot.services.values()
    return any(address in pod.ips for pod in pods) or any(
        address in service.cluster_ips for service in services
    )


def dns_flow(record: CheckRecord, snapshot: Snapshot) -> Flow | None:
    """The question as a flow, to whom it was put; None where no cluster DNS is known."""
    asked = record.observation.evidence.dns[-1:]
    protocol = "TCP" if any(answer.transport == "tcp" for answer in asked) else "UDP"
    source, server = record.check.flow.source, server_of(record)
    if server and not asked_cluster_dns(record, snapshot):
        return Flow(
            source, Endpoint(EndpointKind.OUTSIDE, name=server, address=server), protocol, 53
        )
    service = dns_service(snapshot)
    if service is None:
        return None
    return Flow(
        source, Endpoint(EndpointKind.SERVICE, service.namespace, service.name), protocol, 53
    )


def dns_ruling(record: CheckRecord, case: Case) -> Ruling | None:
    """What the policies say about the question; None where no cluster DNS is known."""
    flow = dns_flow(record, case.snapshot)
    return case.predictor.rulings(flow).verdict if flow is not None else None


def dns_denials(
    record: CheckRecord, direction: Direction, case: Case, *protocols: str
) -> Iterator[Denial]:
    """The question as denials of one direction, over each of the protocols that the policies
    deny."""
    flow = dns_flow(record, case.snapshot)
    if flow is None:
        return
    for protocol in protocols:
        asked = replace(flow, protocol=protocol)
        prediction = case.predictor.predict(asked)
        stand_in = replace(record, check=replace(record.check, flow=asked), prediction=prediction)
        for backend in prediction.backends[:1]:
            trail = backend.egress if direction == "egress" else backend.ingress
            if trail.ruling is Ruling.DENIED:
                yield Denial(stand_in, backend, trail)
            elif trail.ruling is Ruling.UNDEFINED:
                yield from _as_observed(stand_in, backend, direction, case)


def _as_observed(
    record: CheckRecord, backend: BackendTrail, direction: Direction, case: Case
) -> Iterator[Denial]:
    """The question got no answer, and the API permits a reading that denies it: that one."""
    for known in case.predictor.readings(record.check.flow):
        denied = [reading for reading in known.of(direction) if reading.ruling is Ruling.DENIED]
        if known.destination == backend.destination and denied:
            yield Denial(record, backend, denied[0].trail, denied[0])


def asked(records: list[CheckRecord]) -> tuple[str, ...]:
    """Who asked whom for what, and what came of it."""
    lines = [
        f"{record.check.flow.source} asked {dns.server} for {dns.name}: {dns.error or dns.rcode}"
        for record in records
        for dns in record.observation.evidence.dns[-1:]
    ]
    return tuple(dict.fromkeys(lines))[:3]


def sources(records: list[CheckRecord]) -> str:
    """The pods that asked, as a sentence wants them."""
    return listed(sorted({str(record.check.flow.source) for record in records}))
