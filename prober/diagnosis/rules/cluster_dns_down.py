"""Names do not resolve because no DNS server is ready."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.dns import asked, dns_service, unanswered
from prober.diagnosis.facts.machinery import parts
from prober.diagnosis.facts.service_endpoints import why_nobody
from prober.model.network.components import Component
from prober.model.run import Confidence, Finding
from prober.policy.deciding import Undecided, endpoints_of

ID = "cluster-dns-down"


def find(case: Case) -> Iterable[Finding]:
    lost, service = unanswered(case), dns_service(case.snapshot)
    port = next((port for port in service.ports if port.port == 53), None) if service else None
    if not lost or service is None or port is None:
        return
    try:
        endpoints_of(case.predictor.world, service, port, 53)
    except Undecided:
        servers = parts(case.snapshot, Component.CLUSTER_DNS)
        yield Finding(
            id=ID,
            cause=f"cluster DNS is down: Service {service.ref} has no ready endpoint: "
            + why_nobody(service, case.snapshot),
            confidence=Confidence.CERTAIN,
            evidence=(
                *asked(lost),
                *(
                    f"pod {pod.ref} on {pod.node} is {'ready' if pod.ready else 'not ready'}"
                    for pod in servers[:3]
                ),
            ),
            checks=tuple(record.check.id for record in lost),
            objects=(service.ref,),
        )


RULE = Rule(
    id=ID,
    concludes="The Service of cluster DNS has no ready endpoint, so no name resolves anywhere.",
    advice="bring its servers back: kubectl -n kube-system get pods -l k8s-app=kube-dns",
    needs="names that got no answer, and the readiness of the DNS servers",
    find=find,
)
