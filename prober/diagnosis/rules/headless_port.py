"""A headless Service translates nothing: who asks for its port asks the pod for that port."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.dns import LOST
from prober.model.check import Endpoint, EndpointKind
from prober.model.listing import listed
from prober.model.objects import Pod, Service, ServicePort
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.probe import ProbeKind
from prober.model.run import CheckRecord, Confidence, Finding, Fix
from prober.policy.deciding import target_port

ID = "headless-port"


def find(case: Case) -> Iterable[Finding]:
    return _findings(case.troubled, case)


def find_supplementary(case: Case) -> Iterable[Finding]:
    """Where names do not resolve either: then the connection was never tried."""
    unresolved = (
        record
        for record in case.records
        if record.observation.outcome in LOST
        and record.check.id in case.explained
        and record.check.probe.kind is not ProbeKind.DNS
    )
    return _findings(unresolved, case)


def _findings(records: Iterable[CheckRecord], case: Case) -> Iterable[Finding]:
    groups: dict[str, tuple[Service, ServicePort, list[int], list[CheckRecord]]] = {}
    for record in records:
        if record.observation.outcome is Outcome.OK:
            continue
        for service, port, numbers in _asked(record, case):
            key = f"{service.ref}:{port.port}"
            groups.setdefault(key, (service, port, numbers, []))[3].append(record)
            break
    for service, port, numbers, mine in groups.values():
        meant = listed(map(str, numbers))
        denial = _denied_there(mine[0], numbers[0], case)
        yield Finding(
            id=ID,
            cause=f"Service {service.ref} is headless, so its port {port.port} is not translated: "
            f"clients reach the pods themselves, which listen on {meant}",
            confidence=Confidence.CERTAIN,
            evidence=(
                *(f"{record.check.name}: {record.observation.outcome}" for record in mine[:3]),
                f"DNS gives a client the addresses of the pods; targetPort {port.target_port} is "
                "only for those who read the port from SRV records or EndpointSlices",
                *([f"policies stop port {numbers[0]}, too: {denial}"] if denial else []),
            ),
            fix=Fix(
                f"ask for port {meant} of {service.name}.{service.namespace}; or give the Service "
                "an address of its own (remove clusterIP: None), if clients must use its port"
                + (f"; and let policies allow {numbers[0]}" if denial else "")
            ),
            checks=tuple(record.check.id for record in mine),
            objects=(service.ref,),
        )


def _asked(record: CheckRecord, case: Case) -> Iterator[tuple[Service, ServicePort, list[int]]]:
    """The headless Service whose port was asked for as if it were translated, with the numbers of
    its pods' ports."""
    number = record.check.flow.port
    for service in _services(record, case):
        for port in service.ports:
            pods = _pods(record, case)
            numbers = sorted({target for pod in pods if (target := _target(pod, port, case))})
            declared = {port.number for pod in pods for port in pod.ports}
            if port.port == number and numbers and number not in (*numbers, *declared):
                yield service, port, numbers


def _denied_there(record: CheckRecord, number: int, case: Case) -> str:
    """Why policies would stop the right port as well; empty where they allow it."""
    for pod in _pods(record, case)[:1]:
        end = Endpoint(EndpointKind.POD, pod.namespace, pod.name)
        flow = replace(record.check.flow, destination=end, port=number)
        prediction = case.predictor.predict(flow)
        return prediction.reason if prediction.verdict is Ruling.DENIED else ""
    return ""


def _services(record: CheckRecord, case: Case) -> Iterator[Service]:
    """The headless Services that the check's target is, or whose DNS name it has."""
    destination, host = record.check.flow.destination, record.check.probe.host.rstrip(".")
    for _, service in sorted(case.snapshot.services.items()):
        if not service.headless or service.type == "ExternalName":
            continue
        named = f"{service.name}.{service.namespace}"
        itself = (service.namespace, service.name) == (destination.namespace, destination.name)
        by_name = f".{named}.svc" in f".{host}." or host == named
        behind = destination.kind is EndpointKind.POD and _is_behind(record, service, case)
        if (destination.kind is EndpointKind.SERVICE and itself) or by_name or behind:
            yield service


def _is_behind(record: CheckRecord, service: Service, case: Case) -> bool:
    """Whether the pod that is asked is one that the Service selects."""
    chosen = (service.selector or {}).items()
    return bool(chosen) and any(
        pod.namespace == service.namespace and chosen <= pod.labels.items()
        for pod in _pods(record, case)
    )


def _pods(record: CheckRecord, case: Case) -> list[Pod]:
    refs = [backend.pod for backend in record.prediction.backends if backend.pod]
    return [case.snapshot.pods[ref.namespace, ref.name] for ref in refs]


def _target(pod: Pod, port: ServicePort, case: Case) -> int | None:
    world = case.predictor.world
    return target_port(world, world.sets.position[pod.namespace, pod.name], port)


RULE = Rule(
    id=ID,
    concludes=(
        "A headless Service is asked for its own port, which nobody translates to that of its pods."
    ),
    advice="ask for the pods' own port, or give the Service an address",
    needs="a connection that was not made to a headless Service, and the ports of its pods",
    find=find,
    find_supplementary=find_supplementary,
)
