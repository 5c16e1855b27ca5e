"""A Service has nothing behind it."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.case import Case, Rule
from prober.model.check import EndpointKind
from prober.model.objects import Ref, Service
from prober.model.run import CheckRecord, Confidence, Finding, Result
from prober.model.snapshot import Snapshot

ID = "service-without-endpoints"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[tuple[str, str], list[CheckRecord]] = {}
    for record in case.records:
        destination = record.check.flow.destination
        if destination.kind is not EndpointKind.SERVICE or record.check.id in case.explained:
            continue
        if record.result is not Result.PASS and not record.prediction.backends:
            groups.setdefault((destination.namespace, destination.name), []).append(record)
    for key, records in groups.items():
        service = case.snapshot.services.get(key)
        if service is not None:
            yield _finding(service, records, case.snapshot)


def _finding(service: Service, records: list[CheckRecord], snapshot: Snapshot) -> Finding:
    return Finding(
        id=ID,
        cause=f"Service {service.ref} has no ready endpoint: {_why(service, snapshot)}",
        confidence=Confidence.CERTAIN,
        evidence=tuple(f"{record.check.name}: {record.observation.outcome}" for record in records[:3]),
        checks=tuple(record.check.id for record in records),
        objects=(Ref("Service", service.namespace, service.name),),
    )


def _why(service: Service, snapshot: Snapshot) -> str:
    if not service.selector:
        return "it has no selector and no EndpointSlice with a ready address"
    selected = [
        pod
        for pod in snapshot.pods.values()
        if pod.namespace == service.namespace and service.selector.items() <= pod.labels.items()
    ]
    wanted = ",".join(f"{key}={value}" for key, value in sorted(service.selector.items()))
    if not selected:
        return f"no pod in {service.namespace} has {wanted}"
    unready = [pod.name for pod in selected if not pod.ready]
    if len(unready) == len(selected):
        return f"{', '.join(unready[:3])} {'is' if len(unready) == 1 else 'are'} not ready"
    return "the pods that it selects have no port that it targets"


RULE = Rule(
    id=ID,
    concludes="A Service has no ready endpoint, so kube-proxy rejects whatever is sent to it.",
    needs="a failed check of a Service for which the prediction found no backend",
    find=find,
)
