"""The Service exists, and does not have the port that is asked for."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.service_endpoints import port_of, unserved
from prober.model.listing import listed
from prober.model.run import Confidence, Finding

ID = "service-port-unknown"


def find(case: Case) -> Iterable[Finding]:
    for service, records in unserved(case):
        lost = [record for record in records if port_of(service, record) is None]
        if lost and not service.headless:
            flow = lost[0].check.flow
            have = listed(f"{port.port}/{port.protocol}" for port in service.ports) or "none"
            yield Finding(
                id=ID,
                cause=(
                    f"Service {service.ref} has no port {flow.port}/{flow.protocol}; it has {have}"
                ),
                confidence=Confidence.CERTAIN,
                evidence=tuple(
                    f"{record.check.name}: {record.observation.outcome}" for record in lost[:3]
                ),
                checks=tuple(record.check.id for record in lost),
                objects=(service.ref,),
            )


RULE = Rule(
    id=ID,
    concludes="The Service does not have the port that is asked for, so nobody translates it.",
    advice="ask for a port that the Service has, or add the port to it",
    needs="a failed check of a Service, and the Service's ports",
    find=find,
)
