"""A Service of type ExternalName is another name for a host: policies see that host, not pods."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial
from prober.diagnosis.fixes.policy_gap import gap, grouped
from prober.model.check import EndpointKind
from prober.model.objects import Service
from prober.model.outcome import Outcome
from prober.model.prediction import Direction, PolicyTrail
from prober.model.run import CheckRecord, Confidence, Finding, Fix

ID = "external-name"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    if direction == "ingress":
        return
    yield from _denied(case)
    yield from _unresolved(case)


def _denied(case: Case) -> Iterable[Finding]:
    def blamed(denial: Denial) -> PolicyTrail | None:
        alias = _alias(denial.record, case)
        inside = denial.backend.pod is not None  # the name of a Service of the cluster
        return denial.trail.policies[0] if alias and denial.trail.policies and not inside else None

    for (policy, port), group in grouped(case, "egress", blamed):
        service = _alias(group[0].record, case)
        if service is None:
            continue
        yield gap(
            case,
            ID,
            f"Service {service.ref} is another name for {service.external_name} (ExternalName), a "
            f"host outside: NetworkPolicy {policy} has to allow that host, and no selector means "
            f"it; nothing allows {port} there",
            policy,
            group,
            evidence=["the name is an alias (CNAME) in DNS: nothing is translated on the way"],
        )


def _unresolved(case: Case) -> Iterable[Finding]:
    for record in case.troubled:
        service = _alias(record, case)
        if service is not None and record.observation.outcome is Outcome.DNS_NXDOMAIN:
            yield Finding(
                id=ID,
                cause=f"Service {service.ref} is another name for {service.external_name} "
                "(ExternalName), and there is no such name",
                confidence=Confidence.CERTAIN,
                evidence=tuple(filter(None, (record.observation.detail,))),
                fix=Fix(
                    f"put externalName of Service {service.ref} right: it must be a name that DNS "
                    "knows"
                ),
                checks=(record.check.id,),
                objects=(service.ref,),
            )


def _alias(record: CheckRecord, case: Case) -> Service | None:
    """The ExternalName Service that the check's target is, or whose DNS name it asks for."""
    destination, host = record.check.flow.destination, record.check.probe.host.rstrip(".")
    for _, service in sorted(case.snapshot.services.items()):
        if service.type != "ExternalName":
            continue
        itself = (service.namespace, service.name) == (destination.namespace, destination.name)
        named = host == service.name or f"{service.name}.{service.namespace}" in host
        if (destination.kind is EndpointKind.SERVICE and itself) or named:
            return service
    return None


RULE = Rule(
    id=ID,
    concludes=(
        "A Service of type ExternalName stands for a host outside: policies that select pods do "
        "not mean it, or the host's name does not exist."
    ),
    advice="allow the host outside, or put externalName right",
    needs="a failed check of an ExternalName Service, and the prediction's trail",
    find_in=find,
)
