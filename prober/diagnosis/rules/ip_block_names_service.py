"""An ipBlock that names a Service's or a load balancer's address: policies see the pods behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import ip_address, ip_network

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial
from prober.diagnosis.facts.service_endpoints import is_on_the_way, selected
from prober.diagnosis.fixes.patches import edit_rule
from prober.diagnosis.fixes.policy_fixes import rule_for
from prober.diagnosis.fixes.policy_gap import Group, gap, grouped, who
from prober.model.listing import listed
from prober.model.objects import IPBlock, PolicyPeer, PolicyRule, Ref, Service
from prober.model.prediction import Direction, PolicyTrail, RuleTrail
from prober.model.run import Finding, Fix

ID = "ip-block-names-service"
MOST_ADDRESSES = 16
"""Of a block that is about a load balancer, rather than about its clients."""


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    def blamed(denial: Denial) -> PolicyTrail | None:
        naming = next(_naming(denial, case), None)
        return naming[0] if naming else None

    for (policy, port), group in grouped(case, direction, blamed):
        _, rule, peer, services = next(_naming(group[0], case))
        cidr = peer.ip_block.cidr if peer.ip_block else ""
        named = listed(f"Service {service.ref}" for service in services)
        yield gap(
            case,
            ID,
            f"NetworkPolicy {policy} allows {cidr}, an address of {named}, {who(group)}; policies "
            f"see the pod and {port} behind it, as this cluster compares them",
            policy,
            group,
            evidence=[
                "the address of a Service is translated before policies see the packet, and "
                "nothing is ever sent from it"
            ],
            fixes=[_fix(group, policy, rule, peer, case)],
        )


def _naming(
    denial: Denial, case: Case
) -> Iterator[tuple[PolicyTrail, RuleTrail, PolicyPeer, list[Service]]]:
    """The rules with an ipBlock that holds addresses of Services and of nobody else, and that is
    about this flow: one of these Services is on its way, or the block is about little else."""
    for policy in denial.trail.policies:
        for rule in policy.rules:
            for peer in rule.rule.peers:
                services = _services_in(peer.ip_block, case) if peer.ip_block else []
                meant = [
                    service
                    for service in services
                    if _is_meant(denial, service, peer.ip_block, case)
                ]
                if meant and not _holds_others(peer.ip_block, case):
                    yield policy, rule, peer, meant


def _services_in(block: IPBlock, case: Case) -> list[Service]:
    return [
        service
        for _, service in sorted(case.snapshot.services.items())
        if any(
            _holds(block, address)
            for address in (
                *service.cluster_ips,
                *service.load_balancer_ips,
                *service.external_ips,
            )
        )
    ]


def _is_meant(denial: Denial, service: Service, block: IPBlock | None, case: Case) -> bool:
    """Whether the Service's address stands for the other end of this flow: it is what the client
    asked for, the pod at the other end is behind it; or the block is for an address or two."""
    if block is None or _has_the_end(denial, block):
        return False
    if is_on_the_way(service, denial.record):
        few = ip_network(block.cidr, strict=False).num_addresses <= MOST_ADDRESSES
        return denial.direction == "egress" or few
    return case.snapshot.pod(denial.other) in selected(service, case.snapshot)


def _has_the_end(denial: Denial, block: IPBlock) -> bool:
    """Whether the other end's own address is in the range, excepted or not: then it is that range
    which is meant."""
    known = denial.reading.addresses if denial.reading else ()
    return any(ip_address(address) in ip_network(block.cidr, strict=False) for address in known)


def _holds_others(block: IPBlock | None, case: Case) -> bool:
    """Whether it is meant for pods or nodes as well; a block of half the world names nobody."""
    if block is None or ip_network(block.cidr, strict=False).prefixlen < 8:
        return True
    pods = (address for pod in case.snapshot.pods.values() for address in pod.ips)
    nodes = (address for node in case.snapshot.nodes.values() for address in node.addresses)
    return any(_holds(block, address) for address in (*pods, *nodes))


def _holds(block: IPBlock, address: str) -> bool:
    parsed = ip_address(address)
    inside = parsed in ip_network(block.cidr, strict=False)
    return inside and not any(
        parsed in ip_network(excepted, strict=False) for excepted in block.excepts
    )


def _fix(group: Group, policy: Ref, rule: RuleTrail, peer: PolicyPeer, case: Case) -> Fix | None:
    """The pods in the place of the address, and their port in the place of the Service's."""
    old = next((known for known in case.snapshot.policies if known.ref == policy), None)
    if old is None:
        return None
    needed = rule_for(group, old, case.snapshot)
    if not needed.peers:
        return None
    kept = tuple(other for other in rule.rule.peers if other is not peer)
    alone = not kept
    ports = needed.ports if alone and rule.rule.ports else _more(rule.rule, needed)
    new = replace(rule.rule, peers=(*kept, *needed.peers), ports=ports)
    cidr = peer.ip_block.cidr if peer.ip_block else ""
    summary = (
        f"write the pods behind the Service instead of {cidr} in {group[0].direction} of "
        f"NetworkPolicy {policy}, with their port"
    )
    return edit_rule(summary, group, policy, rule.index, new, case)


def _more(rule: PolicyRule, needed: PolicyRule) -> tuple:  # type: ignore[type-arg]  # of ports
    return tuple(dict.fromkeys((*rule.ports, *needed.ports))) if rule.ports else ()


RULE = Rule(
    id=ID,
    concludes=(
        "An ipBlock holds the address of a Service or of a load balancer, where policies see the "
        "pods behind it."
    ),
    advice="select the pods behind the Service, and name their port",
    needs="the prediction's trail and readings, and the addresses of all Services",
    find_in=find,
)
