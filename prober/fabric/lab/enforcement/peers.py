"""One rule of a policy as nft conditions: who, and which ports. Pure.

The lab's own reading of NetworkPolicy v1, deliberately not shared with the prediction. What the API
leaves open is read as implementations with packet filters do: ipBlock matches whatever address the
packet has at that point, pods' too; selectors never match pods on their node's network; ICMP is
matched by rules without ports only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import ip_address, ip_network
from typing import Literal

from prober.fabric.lab.enforcement.selectors import networked, pods_selected
from prober.fabric.lab.world.addresses import family_of, in_family
from prober.fabric.lab.world.readdressing import within
from prober.fabric.lab.world.ruleset import ADDRESS_TYPE, IP, braces, named_set
from prober.model.objects import IPBlock, Pod, PolicyPeer, PolicyPort, PolicyRule
from prober.model.prediction import Direction
from prober.model.snapshot import Snapshot

Side = Literal["saddr", "daddr"]
_EVERYONE = PolicyPeer(ip_block=None)


@dataclass(slots=True)
class AddressSets:
    """The named sets of a ruleset: the same addresses are written down once."""

    _names: dict[tuple[str, ...], str] = field(default_factory=dict)

    def name_of(self, addresses: Iterable[str]) -> str:
        """The name of the set with these addresses, all of one family."""
        key = tuple(sorted(set(addresses)))
        return self._names.setdefault(key, f"peers{len(self._names)}")

    def definitions(self) -> Iterator[Iterable[str]]:
        for addresses, name in self._names.items():
            yield named_set(name, ADDRESS_TYPE[family_of(addresses[0])], addresses)


@dataclass(frozen=True, slots=True)
class RuleCompiler:
    """Turns rules into conditions, for one direction at one pod."""

    snapshot: Snapshot
    sets: AddressSets
    direction: Direction
    pod: Pod
    """Whose policies these are."""
    namespace: str
    lax_names: bool = False
    """Names of ports that nobody has are left out, and a rule without ports allows them all."""
    first_port_only: bool = False
    """The end of a range is not known."""
    blocks_outside: bool = False
    """ipBlocks mean hosts outside alone."""

    def conditions(self, rule: PolicyRule) -> Iterator[str]:
        """Each condition by itself allows. None of them: the rule allows nothing."""
        if (
            self.lax_names
            and rule.ports
            and not any(self._means_something(port, rule) for port in rule.ports)
        ):
            rule = replace(rule, ports=())
        # Named and numbered ports go separate ways: a number is a condition on the packet alone,
        # and can be combined with any set of addresses; a name means another number at each pod, so
        # address and port have to be matched together.
        named = [port for port in rule.ports if isinstance(port.port, str)]
        numbers = [port for port in rule.ports if not isinstance(port.port, str)]
        matches = list(self._port_matches(numbers, rule))
        for peer in rule.peers or (_EVERYONE,):
            for who in self._peer_matches(peer):
                yield from (" ".join(part for part in (who, what) if part) for what in matches)
            for port in named:
                yield from self._named_port(peer, port)

    @property
    def _side(self) -> Side:
        """The header field that has the other end's address."""
        return "saddr" if self.direction == "ingress" else "daddr"

    def _port_matches(self, ports: Sequence[PolicyPort], rule: PolicyRule) -> Iterator[str]:
        if not rule.ports:
            yield ""  # every port, and protocols without ports too
            return
        for protocol in dict.fromkeys(port.protocol for port in ports):
            mine = [port for port in ports if port.protocol == protocol]
            head = f"meta l4proto {protocol.lower()}"
            if any(port.port is None for port in mine):
                yield head
                continue
            ranges = ((int(port.port or 0), self._end(port)) for port in mine)
            yield f"{head} th dport {braces(_port_range(*span) for span in _merged(ranges))}"

    def _end(self, port: PolicyPort) -> int:
        first = int(port.port or 0)
        return first if self.first_port_only else port.end_port or first

    def _peer_matches(self, peer: PolicyPeer) -> Iterator[str]:
        """Conditions on the other end's address, one a family; empty text for everyone."""
        if peer.ip_block:
            yield self._block(peer.ip_block)
        elif peer.pod_selector is None and peer.namespace_selector is None:
            yield ""
        else:
            for family in (4, 6):
                addresses = [ip for pod in self._pods(peer) for ip in in_family(pod.ips, family)]
                if addresses:
                    yield f"{IP[family]} {self._side} @{self.sets.name_of(addresses)}"

    def _pods(self, peer: PolicyPeer) -> tuple[Pod, ...]:
        return pods_selected(
            self.snapshot, peer.namespace_selector, peer.pod_selector, self.namespace
        )

    def _block(self, block: IPBlock) -> str:
        network = ip_network(block.cidr, strict=False)
        header = f"{IP[network.version]} {self._side}"
        inside = (
            f"meta nfproto ipv{network.version}"
            if network.prefixlen == 0
            else f"{header} {network}"
        )
        spared = list(_outermost(block.excepts)) if block.excepts else []
        parts = [inside, *([f"{header} != {braces(spared)}"] if spared else [])]
        # As Cilium does it: what has an identity (pods, nodes) is never matched by its address.
        if self.blocks_outside:
            own = f"@{self.sets.name_of(self._inside(network.version))}"
            parts.append(f"{IP[network.version]} {self._side} != {own}")
        return " ".join(parts)

    def _inside(self, family: int) -> Iterator[str]:
        """The addresses of pods and nodes."""
        for pod in networked(self.snapshot.pods.values()):
            yield from in_family(pod.ips, family)
        for node in self.snapshot.nodes.values():
            yield from in_family(node.addresses, family)

    def _named_port(self, peer: PolicyPeer, port: PolicyPort) -> Iterator[str]:
        """A named port is one of the destination pod's: at its own pod for ingress, at each peer
        for egress."""
        if self.direction == "ingress":
            numbers = _numbers(self.pod, port)
            what = (
                f"meta l4proto {port.protocol.lower()} th dport {braces(map(str, numbers))}"
                if numbers
                else ""
            )
            yield from (
                " ".join(filter(None, (who, what))) for who in self._peer_matches(peer) if what
            )
            return
        for family in (4, 6):
            keys = [
                f"{ip} . {port.protocol.lower()} . {number}"
                for pod in self._destinations(peer)
                for ip in in_family(pod.ips, family)
                if peer.ip_block is None or _in_block(ip, peer.ip_block)
                for number in _numbers(pod, port)
            ]
            if keys:
                yield f"{IP[family]} daddr . meta l4proto . th dport {{ {', '.join(keys)} }}"

    def _means_something(self, port: PolicyPort, rule: PolicyRule) -> bool:
        if not isinstance(port.port, str):
            return True
        peers = rule.peers or (_EVERYONE,)
        pods = (
            [self.pod]
            if self.direction == "ingress"
            else [pod for peer in peers for pod in self._destinations(peer)]
        )
        return any(_numbers(pod, port) for pod in pods)

    def _destinations(self, peer: PolicyPeer) -> Sequence[Pod]:
        """The pods whose ports a name may mean: hosts outside have no named ports."""
        if peer.pod_selector is None and peer.namespace_selector is None:
            return networked(self.snapshot.pods.values())
        return self._pods(peer)


def _numbers(pod: Pod, port: PolicyPort) -> tuple[int, ...]:
    return tuple(
        container_port.number
        for container_port in pod.ports
        if (container_port.name, container_port.protocol) == (port.port, port.protocol)
    )


def _in_block(address: str, block: IPBlock) -> bool:
    parsed = ip_address(address)
    return parsed in ip_network(block.cidr, strict=False) and not any(
        parsed in ip_network(text, strict=False) for text in block.excepts
    )


def _outermost(cidrs: Iterable[str]) -> Iterator[str]:
    """Without those inside of others: a set of intervals must not have overlaps."""
    networks = sorted({ip_network(text, strict=False) for text in cidrs}, key=str)
    return (
        str(network)
        for network in networks
        if not any(network != other and within(network, other) for other in networks)
    )


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without overlaps, which a set of intervals must not have."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def _port_range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}-{high}"
