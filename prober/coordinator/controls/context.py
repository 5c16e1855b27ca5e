"""A check with everything about its way that the snapshot knows: where it starts, and where its
packets end. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from prober.model.check import Check, EndpointKind, Vantage, VantageKind
from prober.model.objects import Pod, Service
from prober.model.prediction import BackendTrail, Prediction
from prober.model.probe import Probe, ProbeKind
from prober.model.protocol import BY_KIND
from prober.model.snapshot import Snapshot

MOST_BACKENDS = 3
"""How many backends of a Service get controls; more would prove little and cost probes each."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where packets of a check end: a pod, or a process on a node's own network."""

    node: str
    address: str
    port: int
    """0 for ICMP."""
    name: str
    """What a person calls it."""
    pod: Pod | None = None
    """None where it is on the node's network: no policy has a say between nodes."""


@dataclass(frozen=True)
class CheckContext:
    """One check, with what the snapshot knows of its way."""

    check: Check
    prediction: Prediction
    snapshot: Snapshot

    @property
    def probe(self) -> Probe:
        return self.check.probe

    @property
    def connects(self) -> bool:
        """Whether it goes over TCP."""
        return BY_KIND[self.probe.kind].connects

    @property
    def protocol(self) -> str:
        """As policies see it: TCP, UDP or ICMP."""
        return str(self.check.flow.protocol).upper()

    @cached_property
    def source(self) -> Pod | None:
        """The pod that it starts from, if that has a network of its own."""
        vantage = self.check.vantage
        if vantage.kind is not VantageKind.POD:
            return None
        pod = self.snapshot.pods.get((vantage.namespace, vantage.name))
        return pod if pod is not None and not pod.host_network else None

    @cached_property
    def node(self) -> str:
        """The node that it starts on; empty for a host outside."""
        return node_of_vantage(self.check.vantage, self.snapshot)

    @property
    def from_outside(self) -> bool:
        return self.check.vantage.kind is VantageKind.OUTSIDE

    @cached_property
    def service(self) -> Service | None:
        """The Service that is asked for, by its object or its name."""
        destination = self.check.flow.destination
        if destination.kind is not EndpointKind.SERVICE:
            return None
        return self.snapshot.services.get((destination.namespace, destination.name))

    @property
    def on_node(self) -> bool:
        """Whether a node's own address is asked: a node port, a host port, or a process there."""
        return self.check.flow.destination.kind is EndpointKind.NODE

    @property
    def translated(self) -> bool:
        """Whether an address that nobody has is turned into a pod's or a node's on the way."""
        virtual = (
            self.service is not None
            and not self.service.headless
            and bool(self.service.cluster_ips)
        )
        return virtual or bool(self.prediction.translation)

    @cached_property
    def family(self) -> str:
        """`ipv4` or `ipv6`; IPv4 where the check leaves it open."""
        known = next(
            (
                text
                for text in (self.probe.address, self.probe.server, self.probe.host)
                if ":" in text
            ),
            "",
        )
        return "ipv6" if known or self.probe.family == "ipv6" else "ipv4"

    @cached_property
    def address(self) -> str:
        """The address that is asked, where the check or the snapshot says it; empty: its name must
        be looked up."""
        asked = (
            self.probe.server
            if self.probe.kind is ProbeKind.DNS
            else self.probe.address or self.probe.host
        )
        if _is_address(asked):
            return asked
        return self.of_family(self.service.cluster_ips) if self.service is not None else ""

    @property
    def looks_up(self) -> bool:
        """Whether its probe turns a name into the address that it connects to."""
        asks = self.probe.kind is not ProbeKind.DNS
        return asks and not _is_address(self.probe.address or self.probe.host)

    @cached_property
    def known_addresses(self) -> frozenset[str]:
        """Every address that the target may have; empty where only its name is known."""
        service, pods = self.service, self.snapshot.pods
        if service is not None and (service.external_name or service.type == "ExternalName"):
            return frozenset()
        if service is not None and not service.headless:
            virtual = (*service.load_balancer_ips, *service.external_ips)
            return (
                frozenset((*service.cluster_ips, *virtual)) if service.cluster_ips else frozenset()
            )
        refs = [item.pod for item in self.prediction.backends if item.pod is not None]
        if not refs or len(refs) < len(self.prediction.backends):
            return frozenset()
        return frozenset(ip for ref in refs for ip in pods[ref.namespace, ref.name].ips)

    def of_family(self, addresses: tuple[str, ...]) -> str:
        """The first address of the check's family; empty where there is none."""
        six = self.family == "ipv6"
        return next((address for address in addresses if (":" in address) is six), "")

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Where its packets may end, at most `MOST_BACKENDS`; empty for hosts outside, and where
        nothing is behind a Service."""
        destination = self.check.flow.destination
        if destination.kind is EndpointKind.NODE and not self.prediction.translation:
            return tuple(self._on_node(destination.name))
        backends = {
            (item.pod, item.port): item for item in self.prediction.backends if item.pod is not None
        }
        places = [place for item in backends.values() if (place := self._behind(item)) is not None]
        if not places and destination.kind is EndpointKind.POD:
            pod = self.snapshot.pods.get((destination.namespace, destination.name))
            places = [place for place in [self._at(pod, self.probe.port)] if place is not None]
        return tuple(places[:MOST_BACKENDS])

    def _behind(self, backend: BackendTrail) -> Place | None:
        pod = (
            self.snapshot.pods.get((backend.pod.namespace, backend.pod.name))
            if backend.pod
            else None
        )
        return self._at(pod, backend.port or self.probe.port)

    def _at(self, pod: Pod | None, port: int) -> Place | None:
        address = self.of_family(pod.ips) if pod is not None else ""
        if pod is None or not pod.node or not address:
            return None
        number = 0 if self.probe.kind is ProbeKind.ICMP else port
        return Place(pod.node, address, number, pod.name, None if pod.host_network else pod)

    def _on_node(self, name: str) -> list[Place]:
        node = self.snapshot.nodes.get(name)
        asked = self.address or (self.of_family(node.addresses) if node is not None else "")
        return (
            [Place(name, asked, self.probe.port, f"node {name}")]
            if node is not None and asked
            else []
        )

    @property
    def away(self) -> tuple[Place, ...]:
        """The places that are pods on another node than the source's."""
        return tuple(
            place for place in self.places if place.pod is not None and place.node != self.node
        )

    @property
    def vantage(self) -> Vantage:
        return self.check.vantage


def node_of_vantage(vantage: Vantage, snapshot: Snapshot) -> str:
    """The node that a vantage is on; empty for a host outside."""
    if vantage.kind is VantageKind.NODE:
        return vantage.name
    pod = snapshot.pods.get((vantage.namespace, vantage.name))
    return pod.node if pod is not None and vantage.kind is VantageKind.POD else ""


def _is_address(text: str) -> bool:
    return bool(text) and (":" in text or text.replace(".", "").isdigit())
