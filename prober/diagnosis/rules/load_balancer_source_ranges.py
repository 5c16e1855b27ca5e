"""A load balancer admits certain addresses only, and the client has another one."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import denials
from prober.diagnosis.fixes.keeping import choose
from prober.diagnosis.fixes.patches import patched
from prober.model.listing import listed
from prober.model.objects import Ref, Service
from prober.model.run import CheckRecord, Confidence, Finding, Fix

ID = "load-balancer-source-ranges"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[Ref, tuple[Service, list[CheckRecord], list[str]]] = {}
    for denial in denials(case, "ingress"):
        service = _guarding(denial.trail.reason, case)
        if service is not None and not denial.trail.policies:
            known = groups.setdefault(service.ref, (service, [], []))
            known[1].append(denial.record)
            known[2].extend(denial.reading.addresses if denial.reading else ())
    for service, records, addresses in groups.values():
        ranges = listed(service.source_ranges)
        names = listed(str(record.check.flow.source) for record in records)
        yield Finding(
            id=ID,
            cause=f"Service {service.ref} admits {ranges} only (loadBalancerSourceRanges), and "
            f"{names} {'is' if len(set(addresses)) < 2 else 'are'} {listed(addresses)}",
            confidence=Confidence.CERTAIN,
            evidence=(
                *(f"{record.check.name}: {record.observation.outcome}" for record in records[:3]),
                "kube-proxy drops what comes to the load balancer's address from elsewhere; no "
                "NetworkPolicy is involved",
            ),
            fix=choose(case, [_fix(service, addresses, case)]),
            checks=tuple(dict.fromkeys(record.check.id for record in records)),
            objects=(service.ref,),
        )


def _guarding(reason: str, case: Case) -> Service | None:
    """The Service whose source ranges the denial is about."""
    return next(
        (
            service
            for service in case.snapshot.services.values()
            if reason.startswith(f"loadBalancerSourceRanges of Service {service.ref} ")
        ),
        None,
    )


def _fix(service: Service, addresses: list[str], case: Case) -> Fix:
    blocks = [
        f"{address}/{32 if ip_address(address).version == 4 else 128}"
        for address in dict.fromkeys(addresses)
    ]
    path = "/spec/loadBalancerSourceRanges/-"
    patch = tuple({"op": "add", "path": path, "value": block} for block in blocks)
    return Fix(
        summary=f"add {listed(blocks)} to loadBalancerSourceRanges of Service {service.ref}",
        target=service.ref,
        patch=patch,
        manifest=patched(case.snapshot.sources.get(service.ref), patch),
        opens=tuple(f"{block} → the addresses of Service {service.ref}" for block in blocks),
    )


RULE = Rule(
    id=ID,
    concludes="The client's address is not among the loadBalancerSourceRanges of the Service.",
    advice="add the client's address to the ranges, if it is to be let in",
    needs="a lost connection to a load balancer's address, and the Service's source ranges",
    find=find,
    explains="ingress",
)
