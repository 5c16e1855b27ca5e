"""The ends of a flow as policies see them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto

from prober.model.objects import Pod
from prober.policy.deciding.rules.addresses import Address, Block, parse_address

GOVERNED = frozenset({"TCP", "UDP", "SCTP"})
"""The protocols that NetworkPolicy v1 speaks of. "For other protocols, such as ARP or ICMP, the
behaviour is undefined", and so are allow rules about them (concept page, "Network traffic
filtering")."""


class PolicyEndpointKind(Enum):
    POD = auto()
    NODE = auto()
    HOST = auto()
    """Outside the cluster."""


@dataclass(frozen=True, slots=True)
class PolicyEndpoint:
    """A pod, a node (or the address of one after translation), or a host outside."""

    kind: PolicyEndpointKind
    name: str
    """What a person calls it: `shop/web-0`, `node n1`, `github.com`."""
    addresses: tuple[Address, ...] = ()
    """Empty: not known."""
    node: str = ""
    """The node itself, or the pod's; empty: not known."""
    pod: Pod | None = None
    index: int = -1
    """The pod's position among the snapshot's pods."""
    sampled: bool = False
    """The one address is not its own but stands for many that it may have."""
    held: int = 1
    """What an ipBlock with its address in it says of a pod or a node, as a level of `matching`: the
    API leaves it open (1, maybe), and a reading of a flow supposes an answer."""
    elsewhere: bool = False
    """Some node, but not the one of the other end."""
    local: bool = False
    """A node: the one that the subject of the policies runs on."""

    @property
    def host_network(self) -> bool:
        return self.pod is not None and self.pod.host_network

    @property
    def named(self) -> bool:
        """A host outside that is asked for by its name, and not by an address."""
        return (
            self.kind is PolicyEndpointKind.HOST
            and " " not in self.name
            and parse_address(self.name) is None
        )

    @property
    def families(self) -> frozenset[int]:
        """The IP versions it speaks; empty: not known."""
        return frozenset(version for version, _ in self.addresses)

    def at(self, address: Address | None) -> PolicyEndpoint:
        """The same endpoint where a particular one of its addresses is meant."""
        if address is None or self.addresses == (address,):
            return self
        return replace(self, addresses=(address,))

    def speaking(self, families: frozenset[int]) -> PolicyEndpoint:
        """The same endpoint where only these IP versions can be meant, if it speaks any of them."""
        left = tuple(address for address in self.addresses if address[0] in families)
        return replace(self, addresses=left) if left and left != self.addresses else self


@dataclass(frozen=True, slots=True)
class Target:
    """The port at the destination, with everything that a policy may call it."""

    protocol: str
    port: int | None
    """None where the protocol has no ports."""
    names: frozenset[str] = frozenset()
    """The names of the destination pod's container ports with this number and protocol."""
    versions: frozenset[int] = frozenset()
    """Of ICMP: the IP version of the destination's address; empty: not known, or another
    protocol."""

    @property
    def governed(self) -> bool:
        """Whether it is a protocol that NetworkPolicy v1 speaks of."""
        return self.protocol in GOVERNED


@dataclass(frozen=True, slots=True)
class ServiceFrontend:
    """What the client asked for, before a Service translated it."""

    name: str
    """As in `Service shop/web`."""
    addresses: tuple[Address, ...]
    """Empty: not known."""
    target: Target


@dataclass(frozen=True, slots=True)
class Link:
    """One way in which a flow may arrive: one backend of a Service, or the destination itself."""

    destination: PolicyEndpoint
    target: Target
    label: str
    """The backend with its port, as in `shop/web-0:8080`."""
    frontend: ServiceFrontend | None = None
    """None when nothing is translated."""
    early: PolicyEndpoint | None = None
    """Where the translation may happen after the source's node: what the source's egress policies
    may see instead, with the frontend's port."""
    masquerades: tuple[PolicyEndpoint, ...] = ()
    """Whose address the source may have been given before the destination's ingress policies see
    it."""
    caveat: str = ""
    """When a denial may not hold after all; empty: never."""
    keeps_out: str = ""
    """Why the Service itself drops a source that is not one of `welcome`; empty: it lets everybody
    in."""
    welcome: tuple[Block, ...] = ()
    """The Service's source ranges, where `keeps_out` says something."""
