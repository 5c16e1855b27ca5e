"""Names do not resolve because egress policies allow cluster DNS, but not the node's cache, which
is who is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import ip_address

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial
from prober.diagnosis.facts.dns import (
    LOST,
    asked,
    asked_node_cache,
    dns_denials,
    server_of,
    sources,
)
from prober.diagnosis.fixes.policy_fixes import allow
from prober.model.objects import IPBlock, PolicyPeer, PolicyPort, PolicyRule, Ref
from prober.model.run import CheckRecord, Confidence, Finding, Fix

ID = "node-dns-denied"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[tuple[Ref, str], tuple[list[CheckRecord], list[Denial]]] = {}
    for record in case.troubled_in("egress"):
        if record.observation.outcome not in LOST or not asked_node_cache(record, case.snapshot):
            continue
        denials = list(dns_denials(record, "egress", case, "UDP", "TCP"))
        if denials:
            policy = denials[0].trail.policies[0].policy
            known = groups.setdefault((policy, server_of(record)), ([], []))
            known[0].append(record)
            known[1].extend(denials)
    for (policy, server), (records, denials) in groups.items():
        yield Finding(
            id=ID,
            cause=f"egress policy {policy} does not allow {server}, the node's DNS cache, which "
            f"{sources(records)} "
            "asks instead of cluster DNS",
            confidence=Confidence.CERTAIN,
            evidence=(
                *asked(records),
                "a rule that selects the pods of cluster DNS does not mean the cache's address",
            ),
            fix=_fix(denials, policy, server, case),
            checks=tuple(record.check.id for record in records),
            objects=(policy,),
        )


def _fix(denials: list[Denial], policy: Ref, server: str, case: Case) -> Fix | None:
    """One rule for this address and port 53."""
    old = next((known for known in case.snapshot.policies if known.ref == policy), None)
    if old is None:
        return None
    cidr = f"{server}/{32 if ip_address(server).version == 4 else 128}"
    rule = PolicyRule(
        (PolicyPeer(ip_block=IPBlock(cidr)),), (PolicyPort("UDP", 53), PolicyPort("TCP", 53))
    )
    fix = allow(denials, old, rule, f"port 53 of {server}", case)
    return replace(fix, opens=_opens(fix, server)) if fix else None


def _opens(fix: Fix, server: str) -> tuple[str, ...]:
    """The same line for both protocols, with the address: it is opened to no other."""
    pods = fix.opens[0].partition(" → ")[0]
    return (f"{pods} → {server}:53/udp and 53/tcp",)


RULE = Rule(
    id=ID,
    concludes=(
        "Egress policies allow cluster DNS by its pods, but not the address of the node's cache "
        "that pods ask."
    ),
    advice="allow port 53 of the cache's address in the egress policy, by an ipBlock",
    needs=(
        "names that got no answer from a node-local DNS cache, and the prediction for its address"
    ),
    find=find,
    explains="egress",
)
