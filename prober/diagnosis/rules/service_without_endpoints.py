"""A Service has nothing behind it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.service_endpoints import (
    misnamed_ports,
    selected,
    slices_of,
    unserved,
    why_nobody,
)
from prober.diagnosis.fixes.patches import patched
from prober.model.objects import Service
from prober.model.patches.jsonpatch import pointer
from prober.model.run import CheckRecord, Confidence, Finding, Fix
from prober.model.snapshot import Snapshot

ID = "service-without-endpoints"


def find(case: Case) -> Iterable[Finding]:
    return _findings(unserved(case), case)


def find_supplementary(case: Case) -> Iterable[Finding]:
    """Where names do not resolve either."""
    nobody = (
        (service, records)
        for service, records in unserved(case, unresolved=True)
        if not selected(service, case.snapshot)
    )
    return _findings(nobody, case)


def _findings(
    troubles: Iterable[tuple[Service, list[CheckRecord]]], case: Case
) -> Iterable[Finding]:
    for service, records in troubles:
        yield Finding(
            id=ID,
            cause=(
                f"Service {service.ref} has no ready endpoint: {why_nobody(service, case.snapshot)}"
            ),
            confidence=Confidence.CERTAIN,
            evidence=tuple(
                f"{record.check.name}: {record.observation.outcome}" for record in records[:3]
            ),
            fix=_fix(service, case.snapshot),
            checks=tuple(record.check.id for record in records),
            objects=(service.ref,),
        )


def _fix(service: Service, snapshot: Snapshot) -> Fix | None:
    """The one value of the selector that is nearly one that pods have, put right; without a
    selector, what to do about the endpoints."""
    if not service.selector:
        return _by_hand(service, snapshot)
    pods = [
        pod for pod in snapshot.pods.values() if pod.namespace == service.namespace and pod.running
    ]
    for key, value in (service.selector or {}).items():
        known = sorted({pod.labels[key] for pod in pods if key in pod.labels})
        near = get_close_matches(value, known, n=2)
        if value in known or len(near) != 1:
            continue
        meant = {**(service.selector or {}), key: near[0]}
        if any(meant.items() <= pod.labels.items() and pod.ready for pod in pods):
            patch = ({"op": "replace", "path": pointer("spec", "selector", key), "value": near[0]},)
            return Fix(
                summary=(
                    f"let Service {service.ref} select {key}={near[0]} instead of {key}={value}"
                ),
                target=service.ref,
                patch=patch,
                manifest=patched(snapshot.sources.get(service.ref), patch),
            )
    return None


def _by_hand(service: Service, snapshot: Snapshot) -> Fix:
    """What to do about a Service whose endpoints somebody writes."""
    for theirs, own in misnamed_ports(service, snapshot):
        slices = slices_of(service, snapshot)
        called = f"`{theirs}`" if theirs else "without a name"
        meant = f"`{own}`" if own else "without a name"
        return Fix(
            f"name the port of EndpointSlice {service.namespace}/{slices[0].name} {meant}, as "
            f"Service {service.ref} does, instead of {called}"
        )
    return Fix(
        f"give Service {service.ref} an EndpointSlice with a ready address (labelled "
        f"kubernetes.io/service-name: {service.name}), or a selector of pods that exist"
    )


RULE = Rule(
    id=ID,
    concludes=(
        "A Service has no endpoint: it selects no pod, or has neither selector nor addresses."
    ),
    advice="let the Service's selector choose pods that exist; without a selector, give it an "
    "EndpointSlice whose ports have the names of its own",
    needs="a failed check of a Service for which the prediction found no backend",
    find=find,
    find_supplementary=find_supplementary,
)
