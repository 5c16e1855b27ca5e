"""CIDR rules of Cilium that are meant for pods or nodes."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.tiers import tiered_rules
from prober.audit.view import View
from prober.model.languages import Language
from prober.policy.deciding import format_address, parse_addresses

_NARROW = {4: 8, 6: 16}
"""A shorter prefix is the whole world rather than the pods."""


def find(view: View) -> Iterator[Spot]:
    own = {
        address: pod.ref
        for pod in view.snapshot.pods.values()
        for address in parse_addresses(pod.ips)
    }
    for rule in tiered_rules(view):
        if rule.matcher.policy.ref.kind not in _KINDS:
            continue
        for block in rule.rule.blocks():
            if int(block.source.cidr.rpartition("/")[2]) < _NARROW[block.cidr.version]:
                continue
            held = next((address for address in own if block.contains(address)), None)
            if held is not None:
                yield Spot(
                    rule.ref,
                    f"{rule} means {block.source.cidr}, which holds the address "
                    f"{format_address(held)} of pod {own[held]}: a CIDR never matches pods here",
                    rule.path,
                    "name pods by endpoints, and nodes by entities",
                )


_KINDS = frozenset(("CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"))

CHECK = Check(
    id="cidr-meant-for-pods",
    severity=Severity.WARNING,
    title="A CIDR of Cilium's is meant for pods",
    why="In Cilium a CIDR is the world outside, denials included. A rule that names the pods' "
    "network by its block does nothing.",
    find=find,
    languages=(Language.CILIUM,),
)
