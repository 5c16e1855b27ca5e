"""internalTrafficPolicy Local, and no endpoint on the client's node."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.reasons import source_node
from prober.diagnosis.facts.service_endpoints import port_of, unserved
from prober.diagnosis.fixes.traffic_policy import nodes_with_endpoints, spread
from prober.model.listing import listed
from prober.model.run import CheckRecord, Confidence, Finding

ID = "internal-traffic-policy-local"


def find(case: Case) -> Iterable[Finding]:
    for service, records in unserved(case):
        if service.internal_traffic_policy != "Local":
            continue
        lost: dict[str, list[CheckRecord]] = {}
        having: frozenset[str] = frozenset()
        for record in records:
            port, node = port_of(service, record), source_node(record.check.vantage, case.snapshot)
            having = nodes_with_endpoints(service, port, case) if port else frozenset()
            if having and node not in having:
                lost.setdefault(node, []).append(record)
        if lost:
            yield Finding(
                id=ID,
                cause=f"Service {service.ref} has internalTrafficPolicy Local and no endpoint on "
                f"{listed(sorted(lost))}, so clients there reach nobody",
                confidence=Confidence.CERTAIN,
                evidence=(f"its endpoints are on {listed(sorted(having))}",),
                fix=spread(service, "internalTrafficPolicy", case),
                checks=tuple(record.check.id for group in lost.values() for record in group),
                objects=(service.ref,),
            )


RULE = Rule(
    id=ID,
    concludes="A Service with internalTrafficPolicy Local has no endpoint on the client's node.",
    advice="set internalTrafficPolicy to Cluster, or run a pod of the Service on every node",
    needs="a failed check of such a Service, and the nodes of its endpoints",
    find=find,
)
