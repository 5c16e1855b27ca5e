"""A headless Service translates nothing: who asks for its port asks the pod for that port."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prober.diagnosis.facts.case import Case, Rule
from prober.model.check import EndpointKind
from prober.model.listing import listed
from prober.model.objects import Pod, Service, ServicePort
from prober.model.outcome import Outcome
from prober.model.run import CheckRecord, Confidence, Finding, Fix
from prober.policy.deciding import target_port

ID = "headless-port"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[str, tuple[Service, ServicePort, list[int], list[CheckRecord]]] = {}
    for record in case.troubled:
        if record.observation.outcome is Outcome.OK:
            continue
        for service, port, numbers in _asked(record, case):
            key = f"{service.ref}:{port.port}"
            groups.setdefault(key, (service, port, numbers, []))[3].append(record)
            break
    for service, port, numbers, records in groups.values():
        meant = listed(map(str, numbers))
        yield Finding(
            id=ID,
            cause=f"Service {service.ref} is headless, so its port {port.port} is not translated: "
            f"clients reach the pods themselves, which listen on {meant}",
            confidence=Confidence.CERTAIN,
            evidence=(
                *(f"{record.check.name}: {record.observation.outcome}" for record in records[:3]),
                f"DNS gives a client the addresses of the pods; targetPort {port.target_port} is "
                "only for those who read the port from SRV records or EndpointSlices",
            ),
            fix=Fix(
                f"ask for port {meant} of {service.name}.{service.namespace}; or give the Service "
                "an address of its own (remove clusterIP: None), if clients must use its port"
            ),
            checks=tuple(record.check.id for record in records),
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
)
