"""The probes of controls: the check's own, as far as it can be sent from there. Pure."""

from __future__ import annotations

from dataclasses import replace
from zlib import crc32

from prober.coordinator.controls.context import CheckContext, Place
from prober.model.check import Vantage, VantageKind
from prober.model.objects import Node
from prober.model.probe import Probe, ProbeKind
from prober.model.protocol import BY_KIND

WALK_TIMEOUT = 0.1
"""Seconds for the connect before a TTL walk, which is what is wanted."""
CLOSED = 33434
"""The port that traceroute sends to (IANA), since nobody listens there."""
KUBELET = 10250
"""A port on which every node of a cluster answers, if only with a refusal."""
DNS_NAME = "kubernetes.default.svc.cluster.local."
"""A name for which every DNS server has some answer."""


def node_vantage(name: str) -> Vantage:
    return Vantage(VantageKind.NODE, "", name)


def to_place(context: CheckContext, place: Place) -> Probe:
    """The check's own probe to one of the places where its packets end: the same protocol, payload
    and size.

    What policies decide about TLS and HTTP is the connection, so a bare connect stands for them: a
    certificate or a status would only add reasons to fail that have nothing to do with the way.
    """
    probe = context.probe
    if probe.kind is ProbeKind.DNS:
        return replace(probe, id="", server=place.address, port=place.port, attempts=1, address="")
    kind = ProbeKind.TCP if BY_KIND[probe.kind].converses else probe.kind
    payload = probe.datagram if kind is ProbeKind.UDP else ""
    return Probe(
        "", kind, place.address, place.port, probe.timeout, payload=payload, size=probe.size
    )


def from_node_address(probe: Probe, node: Node | None) -> Probe:
    """The probe, sent from the node's own address instead of the one that it has on the link to its
    pods. A pod whose way out is gone still answers on that link, and would count as alive."""
    six = ":" in (probe.server or probe.host)
    addresses = node.addresses if node is not None else ()
    own = next((address for address in addresses if (":" in address) is six), "")
    return replace(probe, source=own)


def to_target(context: CheckContext, address: str = "") -> Probe:
    """The check's own probe to the address that it asks, for another vantage. A name is looked up
    only where its address is not known: nodes do not ask cluster DNS."""
    probe = replace(context.probe, attempts=1, hops=False)
    known = address or context.address
    if not known:
        return probe
    if probe.kind is ProbeKind.DNS:
        return replace(probe, server=known)
    return (
        replace(probe, host=known)
        if not BY_KIND[probe.kind].converses
        else replace(probe, address=known)
    )


def connect(address: str, port: int, timeout: float) -> Probe:
    """A bare TCP connect."""
    return Probe("", ProbeKind.TCP, address, port, timeout)


def echo(address: str, timeout: float, size: int = 0) -> Probe:
    return Probe("", ProbeKind.ICMP, address, timeout=timeout, size=size)


def question(server: str, timeout: float, port: int = 53) -> Probe:
    """A DNS query that any server answers."""
    return Probe("", ProbeKind.DNS, DNS_NAME, port, timeout, server=server)


def datagram(address: str, port: int, timeout: float) -> Probe:
    """A datagram to a port on which nothing listens: the kernel behind the address says so, with an
    ICMP error of its own (RFC 1122 section 4.1.3.1)."""
    return Probe("", ProbeKind.UDP, address, port, timeout)


def walk(address: str, port: int = KUBELET) -> Probe:
    """A TTL walk towards an address: who forwards packets to it says so when the TTL runs out,
    before any policy."""
    return Probe("", ProbeKind.TCP, address, port, WALK_TIMEOUT, hops=True)


def to_node(address: str, timeout: float) -> Probe:
    """A connect to a port of a node on which something answers, if only the kernel."""
    return connect(address, KUBELET, timeout)


def named(vantage: Vantage, probe: Probe) -> Probe:
    """The probe with an id that says what it is: equal controls have equal ids, so that checks
    share them."""
    # Everything that makes the question another one is in the id, and the timeout is not: of two
    # equal probes with different patience one is sent, with the longer.
    parts = [f"{probe.host}:{probe.port}"]
    parts += [f"@{probe.server}"] if probe.server else []
    parts += [f"={probe.address}"] if probe.address else []
    parts += [f" {probe.url}"] if probe.url else []
    parts += [f" {probe.record}/{probe.transport}"] if probe.kind is ProbeKind.DNS else []
    parts += [f" {probe.size} bytes"] if probe.size else []
    parts += [f" payload {crc32(probe.payload.encode()):08x}"] if probe.payload else []
    parts += [" walk"] if probe.hops else []
    parts += [f" from {probe.source}"] if probe.source else []
    return replace(probe, id=f"control/{vantage.id}/{probe.kind}/{''.join(parts)}")
