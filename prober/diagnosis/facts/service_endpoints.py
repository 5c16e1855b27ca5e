"""What the rules about Services share: checks of Services that have nothing behind them, and
why."""

from __future__ import annotations

from collections.abc import Iterator

from prober.diagnosis.facts.case import Case
from prober.model.check import EndpointKind
from prober.model.listing import listed
from prober.model.objects import EndpointSlice, Pod, Service, ServicePort
from prober.model.run import CheckRecord, Result
from prober.model.snapshot import Snapshot


def unserved(
    case: Case, *, unresolved: bool = False
) -> Iterator[tuple[Service, list[CheckRecord]]]:
    """The Services with failed checks for which the prediction found no backend, with these
    checks; `unresolved`: of those whose name got no answer, which has a cause of its own, and would
    not be served if it did."""
    groups: dict[tuple[str, str], list[CheckRecord]] = {}
    for record in case.records:
        destination = record.check.flow.destination
        has_cause = record.check.id in case.explained
        asked_for = has_cause and record.observation.outcome.is_dns if unresolved else not has_cause
        if destination.kind is not EndpointKind.SERVICE or not asked_for:
            continue
        if record.result is not Result.PASS and not record.prediction.backends:
            groups.setdefault((destination.namespace, destination.name), []).append(record)
    for key, records in groups.items():
        service = case.snapshot.services.get(key)
        # An alias in DNS has no endpoints, and wants none.
        if service is not None and service.type != "ExternalName":
            yield service, records


def is_on_the_way(service: Service, record: CheckRecord) -> bool:
    """Whether the check asks for the Service: by its object, or by an address of it."""
    destination = record.check.flow.destination
    if destination.kind is EndpointKind.SERVICE:
        return (destination.namespace, destination.name) == (service.namespace, service.name)
    return f"(Service {service.ref})" in record.prediction.translation


def selected(service: Service, snapshot: Snapshot) -> tuple[Pod, ...]:
    """The running pods that the Service selects, by name."""
    return tuple(
        pod
        for _, pod in sorted(snapshot.pods.items())
        if pod.running and service.selector and _is_selected(pod, service)
    )


def _is_selected(pod: Pod, service: Service) -> bool:
    return (
        pod.namespace == service.namespace
        and (service.selector or {}).items() <= pod.labels.items()
    )


def port_of(service: Service, record: CheckRecord) -> ServicePort | None:
    """The Service's port that a check asks for; None where the Service has no such port."""
    wanted, protocol = record.check.flow.port, record.check.flow.protocol
    return next(
        (
            port
            for port in service.ports
            if wanted in (port.port, port.name) and port.protocol == protocol
        ),
        None,
    )


def why_nobody(service: Service, snapshot: Snapshot) -> str:
    """Why a Service has no ready endpoint, as a clause."""
    if not service.selector:
        return _why_no_slice(service, snapshot)
    pods = selected(service, snapshot)
    over = [
        str(pod.ref)
        for _, pod in sorted(snapshot.pods.items())
        if not pod.running and _is_selected(pod, service)
    ]
    if not pods and over:
        return f"{listed(over)} {'is' if len(over) == 1 else 'are'} over, and nobody else is there"
    if not pods:
        wanted = ",".join(f"{key}={value}" for key, value in sorted(service.selector.items()))
        return f"no pod in {service.namespace} has {wanted}"
    unready = [pod.name for pod in pods if not pod.ready]
    if len(unready) == len(pods):
        said = f": {pods[0].waiting_reason}" if pods[0].waiting_reason else ""
        return f"{', '.join(unready[:3])} {'is' if len(unready) == 1 else 'are'} not ready{said}"
    return "the pods that it selects have no port that it targets"


def slices_of(service: Service, snapshot: Snapshot) -> tuple[EndpointSlice, ...]:
    """The EndpointSlices of a Service."""
    return tuple(
        known
        for known in snapshot.slices
        if (known.namespace, known.service) == (service.namespace, service.name)
    )


def misnamed_ports(service: Service, snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """What the EndpointSlices of a Service without selector call their ports, and what the Service
    calls its own, where none of the names is the same: ports of a slice belong to the Service's
    ports of the same name (API reference, EndpointPort.name)."""
    slices = slices_of(service, snapshot)
    theirs = {port.name for known in slices for port in known.ports}
    own = {port.name for port in service.ports}
    if service.selector or not theirs or theirs & own:
        return ()
    return tuple((name, listed(sorted(own))) for name in sorted(theirs))


def _why_no_slice(service: Service, snapshot: Snapshot) -> str:
    slices = slices_of(service, snapshot)
    if not slices:
        return "it has no selector, and no EndpointSlice has its name in kubernetes.io/service-name"
    name = f"EndpointSlice {slices[0].name}"
    misnamed = misnamed_ports(service, snapshot)
    if misnamed:
        theirs, own = misnamed[0]
        return (
            f"{name} calls its port {_quoted(theirs)} and the Service {_quoted(own)}, and they "
            "belong together by their names"
        )
    if any(endpoint.ready for known in slices for endpoint in known.endpoints):
        return f"{name} has no port for this one"
    return f"{name} has no ready address"


def _quoted(name: str) -> str:
    return f"`{name}`" if name else "by no name"
