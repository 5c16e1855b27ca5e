"""Tiers of policies as chains of nft. Pure.

The lab's own reading of the other policy languages, deliberately not shared with the prediction. A
rule becomes conditions with a verdict; a tier becomes a chain that is entered by `goto`, so that
`return` in it leaves the pod's chain: allowed in this direction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from itertools import product
from typing import Literal

from prober.fabric.lab.enforcement.peers import AddressSets
from prober.fabric.lab.enforcement.selectors import networked
from prober.fabric.lab.world.addresses import in_family
from prober.fabric.lab.world.ruleset import IP, braces, chain
from prober.model.objects import ContainerPort, Pod
from prober.model.prediction import Direction
from prober.model.snapshot import Snapshot

Verdict = Literal["allow", "deny", "pass", "log"]
EVERYTHING = ("",)
"""One condition, which always holds."""


@dataclass(frozen=True, slots=True)
class ChainRule:
    """A rule: each condition by itself matches."""

    verdict: Verdict
    conditions: Sequence[str]


@dataclass(frozen=True, slots=True)
class ChainTier:
    """A tier at one pod in one direction."""

    rules: Sequence[ChainRule]
    closed: bool
    """Whether what no rule decides is denied; else the next tier decides."""


def tier_chains(name: str, tiers: Sequence[ChainTier], denial: str) -> Iterator[Iterable[str]]:
    """The pod's chain, and a chain for each tier."""
    yield list(chain(name, [f"goto {name}/t0"] if tiers else ["return"]))
    for number, tier in enumerate(tiers):
        last = number + 1 == len(tiers)
        onward = "return" if last else f"goto {name}/t{number + 1}"
        verdicts = {"allow": "return", "deny": denial, "pass": onward, "log": ""}
        rules = [
            f"{condition} {verdicts[rule.verdict]}".strip()
            for rule in tier.rules
            for condition in rule.conditions
            if verdicts[rule.verdict]
        ]
        yield list(chain(f"{name}/t{number}", [*rules, denial if tier.closed else onward]))


@dataclass(frozen=True, slots=True)
class Matching:
    """Makes conditions for one direction at one pod."""

    snapshot: Snapshot
    sets: AddressSets
    direction: Direction
    pod: Pod

    def pods(self, pods: Iterable[Pod]) -> list[str]:
        """Conditions on the other end: one of these pods."""
        return self.addresses(ip for pod in pods for ip in pod.ips)

    def addresses(self, addresses: Iterable[str], *, not_in: bool = False) -> list[str]:
        """Conditions on the other end's address, one for each family that there is."""
        listed, conditions = list(addresses), []
        for family in (4, 6):
            mine = list(in_family(listed, family))
            if mine:
                sign = "!= " if not_in else ""
                conditions.append(f"{IP[family]} {self.header} {sign}@{self.sets.name_of(mine)}")
        return conditions

    def block(self, cidr: str, excepts: Sequence[str] = (), *, outside: bool = False) -> str:
        """A condition on the other end's block; with `outside`, not one of the cluster's own."""
        network = ip_network(cidr, strict=False)
        header = f"{IP[network.version]} {self.header}"
        whole = f"meta nfproto ipv{network.version}"
        parts = [whole if network.prefixlen == 0 else f"{header} {network}"]
        if excepts:
            parts.append(f"{header} != {braces(excepts)}")
        if outside:
            own = list(in_family(list(self.own_addresses()), network.version))
            parts += [f"{header} != @{self.sets.name_of(own)}"] if own else []
        return " ".join(parts)

    def port_name(self, name: str, protocol: str = "") -> list[str]:
        """Conditions on the destination's port by the name that its pod gives it: this pod for
        ingress, each pod for egress. Without a protocol, the name's own."""
        if self.direction == "ingress":
            return [port(mine.protocol, mine.number) for mine in _named(self.pod, name, protocol)]
        conditions = []
        for family in (4, 6):
            keys = [
                f"{ip} . {named.protocol.lower()} . {named.number}"
                for pod in networked(self.snapshot.pods.values())
                for ip in in_family(pod.ips, family)
                for named in _named(pod, name, protocol)
            ]
            if keys:
                conditions.append(f"{IP[family]} daddr . meta l4proto . th dport {braces(keys)}")
        return conditions

    def outside(self) -> list[str]:
        """Everybody who is neither a pod nor a node."""
        return [self.block("0.0.0.0/0", outside=True), self.block("::/0", outside=True)]

    def own_addresses(self) -> Iterator[str]:
        """The addresses of pods and nodes."""
        for pod in networked(self.snapshot.pods.values()):
            yield from pod.ips
        yield from self.node_addresses(self.snapshot.nodes)

    def node_addresses(self, names: Iterable[str]) -> Iterator[str]:
        """The addresses of nodes by name."""
        for name in names:
            node = self.snapshot.nodes.get(name)
            yield from node.addresses if node is not None else ()

    @property
    def header(self) -> str:
        """The header field that has the other end's address."""
        return "saddr" if self.direction == "ingress" else "daddr"


def _named(pod: Pod, name: str, protocol: str) -> list[ContainerPort]:
    return [
        listed
        for listed in pod.ports
        if listed.name == name.lower() and protocol in ("", listed.protocol)
    ]


def port(protocol: str, low: int = 0, high: int = 0) -> str:
    """A condition on the destination's port; none: every port of the protocol."""
    head = f"meta l4proto {protocol.lower()}"
    if not low:
        return head
    return f"{head} th dport {low}-{high}" if high > low else f"{head} th dport {low}"


def both(*parts: Sequence[str]) -> list[str]:
    """Conditions that hold where one of each part does; none of them is of two IP versions, which
    nft refuses."""
    chosen = (" ".join(filter(None, each)) for each in product(*parts))
    return [text for text in chosen if not {4, 6} <= set(_versions(text))]


_VERSIONS = {"ip": 4, "ipv4": 4, "icmp": 4, "ip6": 6, "ipv6": 6}


def _versions(text: str) -> Iterator[int]:
    """The IP versions that a condition speaks of."""
    return (_VERSIONS[word] for word in text.split() if word in _VERSIONS)
