"""What the rules about Services share: checks of Services that have nothing behind them, and
why."""

from __future__ import annotations

from collections.abc import Iterator

from prober.diagnosis.facts.case import Case
from prober.model.check import EndpointKind
from prober.model.objects import Pod, Service, ServicePort
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
        if service is not None:
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
        return "it has no selector and no EndpointSlice with a ready address"
    pods = selected(service, snapshot)
    if not pods:
        wanted = ",".join(f"{key}={value}" for key, value in sorted(service.selector.items()))
        return f"no pod in {service.namespace} has {wanted}"
    unready = [pod.name for pod in pods if not pod.ready]
    if len(unready) == len(pods):
        said = f": {pods[0].waiting_reason}" if pods[0].waiting_reason else ""
        return f"{', '.join(unready[:3])} {'is' if len(unready) == 1 else 'are'} not ready{said}"
    return "the pods that it selects have no port that it targets"
