"""The check's own port, on the way between the nodes. Pure.

A firewall between the nodes (a cloud's security group, a host firewall) that takes the check's port
alone hides behind every other port. Where the policies let nobody ask the target on it, a pod
beside the target is asked on the same port: whether anything listens there or not, its kernel
answers.
"""

from __future__ import annotations

from collections.abc import Iterator

from prober.coordinator.controls import probing
from prober.coordinator.controls.candidates import Candidates, Peer
from prober.coordinator.controls.context import CheckContext, Place
from prober.coordinator.controls.spec import Accepts, ControlSpec, control
from prober.model.check import Endpoint, EndpointKind, Vantage
from prober.model.run import Shows

MOST_CLOSED = 3
"""Ports on which nothing listens that one vantage asks over UDP."""


def by_its_port(
    context: CheckContext, candidates: Candidates, asker: Vantage, peer: Peer, place: Place
) -> Iterator[ControlSpec]:
    """Ask a pod that the asker may reach on the check's port, too."""
    number = place.port
    if not number or not _may_ask(candidates, asker, peer, context.protocol, number):
        return
    ask = probing.connect if context.connects else probing.datagram
    probe = ask(peer.address, number, context.probe.timeout)
    name = f"from {asker.id}, {peer.name} on node {place.node} answers on port {number}, too"
    part = f"port {number} to {place.node}"
    yield control(Shows.PATH, name, asker, probe, part=part, accepts=Accepts.ANY_WORD)


def _may_ask(candidates: Candidates, asker: Vantage, peer: Peer, protocol: str, port: int) -> bool:
    """Whether the policies allow it, and something surely answers."""
    if peer.pod is None:
        return False
    to = Endpoint(EndpointKind.POD, peer.pod.namespace, peer.pod.name, peer.address)
    if not candidates.allows(asker, to, protocol, port):
        return False
    # Who listens over UDP may keep silent; where nobody does, the kernel answers.
    listens = any((item.number, item.protocol) == (port, "UDP") for item in peer.pod.ports)
    return protocol == "TCP" or (not listens and _may_ask_closed(candidates, asker, port))


def _may_ask_closed(candidates: Candidates, asker: Vantage, port: int) -> bool:
    """Whether a port on which nothing listens may be asked over UDP: its answer is an ICMP error,
    and a kernel sends the same host six of them at once, then one a second (net.ipv4.icmp_ratelimit
    in ip-sysctl, XRLIM_BURST_FACTOR in Linux). Whatever came late would look like a lost
    datagram."""
    ports = candidates.closed_ports.setdefault(asker, set())
    if len(ports) < MOST_CLOSED:
        ports.add(port)
    return port in ports
