"""All pods behind a Service are there, and none is ready."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.service_endpoints import selected, unserved
from prober.model.listing import listed
from prober.model.run import Confidence, Finding, Fix

ID = "pods-not-ready"


def find(case: Case) -> Iterable[Finding]:
    for service, records in unserved(case):
        pods = selected(service, case.snapshot)
        if not pods or any(pod.ready for pod in pods):
            continue
        names = listed(str(pod.ref) for pod in pods)
        yield Finding(
            id=ID,
            cause=(
                f"Service {service.ref} has no ready endpoint: {names} "
                f"{'is' if len(pods) == 1 else 'are'} not ready"
            ),
            confidence=Confidence.CERTAIN,
            evidence=(
                *(f"{record.check.name}: {record.observation.outcome}" for record in records[:3]),
                *(f"{pod.ref}: {pod.waiting_reason}" for pod in pods[:3] if pod.waiting_reason),
            ),
            fix=Fix(
                "see what the readiness probe says, and mend that: "
                f"kubectl -n {pods[0].namespace} describe pod {pods[0].name}"
            ),
            checks=tuple(record.check.id for record in records),
            objects=(service.ref, *(pod.ref for pod in pods)),
        )


RULE = Rule(
    id=ID,
    concludes=(
        "The pods that a Service selects are not ready, so kube-proxy rejects whatever is sent "
        "to it."
    ),
    advice="see what their readiness probe says with kubectl describe pod",
    needs=(
        "a failed check of a Service for which the prediction found no backend, and the "
        "readiness of its pods"
    ),
    find=find,
)
