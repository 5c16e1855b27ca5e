"""Several Services share one address, and the policies forgot one of them."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial, denials
from prober.diagnosis.fixes.policy_fixes import open_to_all
from prober.diagnosis.fixes.policy_gap import gap
from prober.model.check import EndpointKind
from prober.model.listing import listed
from prober.model.objects import Ref, Service
from prober.model.run import Finding
from prober.model.snapshot import Snapshot

ID = "shared-vip-forgotten"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[tuple[Ref, str], tuple[Service, str, list[Denial]]] = {}
    for denial in denials(case, "ingress"):
        shared = _shared(denial, case.snapshot)
        if shared and denial.trail.policies:
            service, address = shared
            policy = denial.trail.policies[-1].policy
            groups.setdefault((policy, str(service.ref)), (service, address, []))[2].append(denial)
    for (policy, _), (service, address, group) in groups.items():
        others = listed(
            str(other.ref) for other in _behind(address, case.snapshot) if other is not service
        )
        yield gap(
            case,
            ID,
            f"NetworkPolicy {policy} keeps outside clients from Service {service.ref}, which "
            f"shares {address} with "
            f"{others}: the policies allow those and forgot {group[0].needed} of this one",
            policy,
            group,
            evidence=[
                "only the pod's own node gets through, which no policy can stop; "
                "externalTrafficPolicy is "
                f"{service.external_traffic_policy} and not the cause",
            ],
            fixes=[open_to_all(group, policy, case)],
        )


def _shared(denial: Denial, snapshot: Snapshot) -> tuple[Service, str] | None:
    """The Service that was meant, and the address that it shares with others."""
    address = denial.record.observation.address or denial.record.check.probe.host
    behind = _behind(address, snapshot)
    port = denial.record.check.flow.port
    if len(behind) < 2 or denial.record.check.flow.destination.kind is EndpointKind.POD:
        return None
    return next(
        (
            (service, address)
            for service in behind
            if any(port in (own.port, own.name) for own in service.ports)
        ),
        None,
    )


def _behind(address: str, snapshot: Snapshot) -> list[Service]:
    return [
        service
        for _, service in sorted(snapshot.services.items())
        if address in (*service.load_balancer_ips, *service.external_ips)
    ]


RULE = Rule(
    id=ID,
    concludes=(
        "Of several Services that share a load balancer's address, ingress policies forgot this "
        "one's pods."
    ),
    advice="allow the port to this Service's pods too, by an ingress policy that selects them",
    needs="the prediction's trail, and the Services behind the address",
    find=find,
    explains="ingress",
)
