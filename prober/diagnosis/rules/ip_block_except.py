"""An ipBlock holds the other end, and its `except` cuts it out again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import ip_address, ip_network

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial
from prober.diagnosis.fixes.policy_fixes import allow, rule_for
from prober.diagnosis.fixes.policy_gap import Group, gap, grouped, who
from prober.model.objects import IPBlock, PolicyPeer, Ref
from prober.model.prediction import Direction, Match, PolicyTrail, RuleTrail
from prober.model.run import Finding, Fix

ID = "ip-block-except"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    def blamed(denial: Denial) -> PolicyTrail | None:
        cut_out = _cut_out(denial)
        return cut_out[0] if cut_out else None

    for (policy, port), group in grouped(case, direction, blamed):
        cut_out = _cut_out(group[0])
        if cut_out is None:
            continue
        block, excepted, address = cut_out[2:]
        yield gap(
            case,
            ID,
            f"NetworkPolicy {policy} allows {port} {who(group)} by {block.cidr}, and `except` "
            f"{excepted} takes {address} out of it again",
            policy,
            group,
            fixes=[_fix(group, policy, case)],
        )


def _cut_out(denial: Denial) -> tuple[PolicyTrail, RuleTrail, IPBlock, str, str] | None:
    """The policy, its rule and ipBlock, the exception, and the address of the other end."""
    addresses = denial.reading.addresses if denial.reading else ()
    for policy in denial.trail.policies:
        for rule in policy.rules:
            for peer in rule.rule.peers if rule.ports is not Match.NO else ():
                for address in addresses if peer.ip_block else ():
                    excepted = _exception(peer.ip_block, address)
                    if peer.ip_block and excepted:
                        return policy, rule, peer.ip_block, excepted, address
    return None


def _exception(block: IPBlock | None, address: str) -> str:
    parsed = ip_address(address)
    if block is None or parsed not in ip_network(block.cidr, strict=False):
        return ""
    return next(
        (excepted for excepted in block.excepts if parsed in ip_network(excepted, strict=False)), ""
    )


def _fix(group: Group, policy: Ref, case: Case) -> Fix | None:
    """A rule for this other end alone: a pod by its labels, a host by its address. The exception
    stays, because it keeps others out."""
    old = next((known for known in case.snapshot.policies if known.ref == policy), None)
    if old is None:
        return None
    rule = rule_for(group, old, case.snapshot)
    addresses = dict.fromkeys(
        address for denial in group if denial.reading for address in denial.reading.addresses
    )
    if not rule.peers:
        blocks = (
            IPBlock(f"{address}/{32 if ip_address(address).version == 4 else 128}")
            for address in addresses
        )
        rule = replace(rule, peers=tuple(PolicyPeer(ip_block=block) for block in blocks))
    return allow(group, old, rule, f"{group[0].needed} {who(group)} alone", case)


RULE = Rule(
    id=ID,
    concludes="The `except` of an ipBlock takes the other end out of what the block allows.",
    advice="allow the other end by a rule of its own, or narrow the exception",
    needs="the prediction's trail, and the address of the other end",
    find_in=find,
)
