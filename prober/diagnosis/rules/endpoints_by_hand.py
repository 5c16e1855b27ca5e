"""A Service without a selector: its endpoints are written by hand, and nobody answers there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.followups import again_at
from prober.diagnosis.facts.locate import describe
from prober.model.check import EndpointKind
from prober.model.listing import listed
from prober.model.objects import Ref, Service
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, Confidence, Finding, Fix

ID = "endpoints-by-hand"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[Ref, tuple[Service, list[CheckRecord]]] = {}
    for record in case.troubled:
        service = _by_hand(record, case)
        if service is not None and record.prediction.verdict is not Ruling.DENIED:
            groups.setdefault(service.ref, (service, []))[1].append(record)
    for service, records in groups.values():
        listed_ones = list(dict.fromkeys(_addresses(service, case)))
        silent = [endpoint for endpoint in listed_ones if not _answers(records[0], endpoint, case)]
        if not silent:
            continue
        strangers = [
            address for address, _ in silent if describe(address, case.snapshot) == address
        ]
        yield Finding(
            id=ID,
            cause=f"Service {service.ref} has no selector: its endpoints are written by hand, and "
            f"at {listed(f'{address}:{port}' for address, port in silent)} nobody answers"
            + (f"; no pod and no node has {listed(strangers)}" if strangers else ""),
            confidence=Confidence.LIKELY,
            evidence=tuple(
                f"{record.check.name}: {record.observation.outcome}" for record in records[:3]
            ),
            fix=Fix(
                f"put the addresses in the EndpointSlice of Service {service.ref} right, or give "
                "the Service a selector, if pods of this cluster are meant"
            ),
            checks=tuple(record.check.id for record in records),
            objects=(service.ref,),
        )


def _by_hand(record: CheckRecord, case: Case) -> Service | None:
    """The Service without selector that was asked for, if it has endpoints."""
    destination = record.check.flow.destination
    service = case.snapshot.services.get((destination.namespace, destination.name))
    if destination.kind is not EndpointKind.SERVICE or service is None:
        return None
    api_server = (service.namespace, service.name) == ("default", "kubernetes")
    made = service.selector is not None or service.type == "ExternalName" or api_server
    return None if made or not any(True for _ in _addresses(service, case)) else service


def _addresses(service: Service, case: Case) -> Iterator[tuple[str, int]]:
    for endpoint_slice in case.snapshot.slices:
        if (endpoint_slice.namespace, endpoint_slice.service) == (service.namespace, service.name):
            for endpoint in endpoint_slice.endpoints if endpoint_slice.endpoints else ():
                for address in endpoint.addresses if endpoint.ready else ():
                    yield from ((address, port.number) for port in endpoint_slice.ports)


def _answers(record: CheckRecord, end: tuple[str, int], case: Case) -> bool:
    """Whether the endpoint itself answers from the same place."""
    answer = again_at(record, *end, case)
    return answer is None or answer.outcome is Outcome.OK


RULE = Rule(
    id=ID,
    concludes=(
        "A Service without selector has endpoints that somebody wrote, and nobody answers at their "
        "addresses: they are out of date, or misspelt."
    ),
    advice="put the addresses of the EndpointSlice right, or give the Service a selector",
    needs="a failed check of a Service without selector, and its EndpointSlices",
    asks="from the same place: each address that is written there",
    find=find,
)
