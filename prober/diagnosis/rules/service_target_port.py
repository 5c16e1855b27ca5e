"""A Service sends to a port of its pods that they do not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import DENIALS
from prober.diagnosis.facts.service_endpoints import port_of, selected, unserved
from prober.diagnosis.fixes.patches import patched
from prober.model.check import EndpointKind
from prober.model.listing import listed
from prober.model.objects import ContainerPort, Pod, Service, ServicePort
from prober.model.outcome import Outcome
from prober.model.patches.jsonpatch import pointer
from prober.model.run import CheckRecord, Confidence, Finding, Fix
from prober.model.snapshot import Snapshot

ID = "service-target-port"


def find(case: Case) -> Iterable[Finding]:
    return _findings((*_nameless(case), *_refused(case)), case)


def find_supplementary(case: Case) -> Iterable[Finding]:
    """Where names do not resolve either."""
    return _findings(_nameless(case, unresolved=True), case)


def _findings(troubles: Iterable[tuple[Service, CheckRecord]], case: Case) -> Iterable[Finding]:
    groups: dict[tuple[str, int], tuple[Service, ServicePort, list[CheckRecord]]] = {}
    for service, record in troubles:
        port = port_of(service, record)
        if port is not None:
            groups.setdefault((str(service.ref), port.port), (service, port, []))[2].append(record)
    for service, port, records in groups.values():
        pods = selected(service, case.snapshot)
        have = listed(
            f"{port.number}{f' ({port.name})' if port.name else ''}"
            for port in _declared(pods, port)
        )
        named = "named " if isinstance(port.target_port, str) else ""
        yield Finding(
            id=ID,
            cause=f"Service {service.ref} sends {port.port} to a port {named}{port.target_port} "
            "that its pods do not "
            f"have: they declare {have or f'no {port.protocol} port'}",
            confidence=Confidence.CERTAIN if named else Confidence.LIKELY,
            evidence=tuple(
                f"{record.check.name}: {record.observation.outcome}" for record in records[:3]
            ),
            fix=_fix(service, port, pods, case.snapshot),
            checks=tuple(record.check.id for record in records),
            objects=(service.ref,),
        )


def _nameless(case: Case, *, unresolved: bool = False) -> Iterator[tuple[Service, CheckRecord]]:
    """Checks of Services whose ready pods have no port of the name that is targeted."""
    for service, records in unserved(case, unresolved=unresolved):
        if any(pod.ready for pod in selected(service, case.snapshot)):
            yield from ((service, record) for record in records)


def _refused(case: Case) -> Iterator[tuple[Service, CheckRecord]]:
    """Checks of Services that the pods themselves refuse, on a port that is none of those that they
    declare."""
    for record in case.troubled:
        destination = record.check.flow.destination
        service = case.snapshot.services.get((destination.namespace, destination.name))
        if destination.kind is EndpointKind.SERVICE and service and _is_refused(record):
            port = port_of(service, record)
            declared = (
                {port.number for port in _declared(selected(service, case.snapshot), port)}
                if port
                else set()
            )
            if (
                port
                and declared
                and isinstance(port.target_port, int)
                and port.target_port not in declared
            ):
                yield service, record


def _is_refused(record: CheckRecord) -> bool:
    """By the pods themselves; where policies deny it before that, by what they tell their node."""
    controls = (control.observation for control in record.target_controls if control.observation)
    said = [record.observation.outcome, *(observation.outcome for observation in controls)]
    return record.check.expected not in DENIALS and Outcome.REFUSED in said


def _declared(pods: Iterable[Pod], port: ServicePort) -> list[ContainerPort]:
    """The pods' ports of the right protocol, each number once."""
    by_number = {
        declared.number: declared
        for pod in pods
        for declared in pod.ports
        if declared.protocol == port.protocol
    }
    return [by_number[number] for number in sorted(by_number)]


def _fix(
    service: Service, port: ServicePort, pods: Iterable[Pod], snapshot: Snapshot
) -> Fix | None:
    """The port that was meant, where only one can have been."""
    declared = _declared(pods, port)
    names = {port.name: port for port in declared if port.name}
    near = get_close_matches(str(port.target_port), names, n=1) or [
        name for name in (port.name,) if name in names
    ]
    if near:
        meant: int | str = near[0]
    elif len(declared) == 1:
        meant = declared[0].number
    else:
        return None
    patch = (
        {
            "op": "add",
            "path": pointer("spec", "ports", service.ports.index(port), "targetPort"),
            "value": meant,
        },
    )
    return Fix(
        summary=(
            f"let port {port.port} of Service {service.ref} go to {meant} instead of "
            f"{port.target_port}"
        ),
        target=service.ref,
        patch=patch,
        manifest=patched(snapshot.sources.get(service.ref), patch),
    )


RULE = Rule(
    id=ID,
    concludes=(
        "A Service's targetPort is a port that its pods do not have: a misspelt name, or a wrong "
        "number."
    ),
    advice="let targetPort name a port that the pods have",
    needs=(
        "a Service without endpoints though its pods are ready, or a refusal on a port that they "
        "do not declare"
    ),
    find=find,
    find_supplementary=find_supplementary,
)
