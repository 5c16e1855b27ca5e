"""What an agent on a node says of the packets that its kernel gave up. Pure.

The reasons are those of include/net/dropreason-core.h. Most are everyday: what waits in a socket
that is closed, duplicates. Those that tell of a flow that cannot be are here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from agent.dropping.wire import DROPS_AT_MOST, Drop, End, Failure, Line, Ready
from prober.model.decoding import UNREADABLE
from prober.model.errors import FabricError

COMMAND = ("python3", "-m", "agent", "watch-drops")
MEANINGS: Mapping[str, str] = {
    "NETFILTER_DROP": "netfilter drops it",
    "NO_SOCKET": "nobody listens there",
    "IP_RPFILTER": "the reverse path filter drops it: the way back leads elsewhere",
    "IP_OUTNOROUTES": "there is no route to it",
    "IP_INNOROUTES": "there is no route to it",
    "IP_NOPROTO": "nobody takes this protocol",
    "NEIGH_FAILED": "the next hop does not answer (ARP, neighbour discovery)",
    "NEIGH_CREATEFAIL": "the next hop cannot be asked for (ARP, neighbour discovery)",
    "NEIGH_QUEUEFULL": "the next hop does not answer (ARP, neighbour discovery)",
    "NEIGH_DEAD": "the next hop does not answer (ARP, neighbour discovery)",
    "TC_INGRESS": "an eBPF program or a filter of tc drops it where it comes in",
    "TC_EGRESS": "an eBPF program or a filter of tc drops it where it goes out",
    "XDP": "an eBPF program drops it at the device (XDP)",
    "BPF_CGROUP_EGRESS": "an eBPF program of its cgroup drops it",
    "SOCKET_FILTER": "a filter of the socket drops it",
    "SECURITY_HOOK": "a security module drops it",
    "XFRM_POLICY": "an IPsec policy drops it",
    "PKT_TOO_BIG": "it is larger than the next link takes",
    "QDISC_DROP": "a queue of the device drops it",
    "QDISC_OVERLIMIT": "a queue of the device is full",
    "CPU_BACKLOG": "the node's receive queue is full",
    "TCP_LISTEN_OVERFLOW": "the listener's queue is full",
    "TCP_CSUM": "its checksum is wrong",
    "UDP_CSUM": "its checksum is wrong",
    "IP_CSUM": "its checksum is wrong",
    "FULL_RING": "a queue of the device is full",
    "IP_LOCAL_SOURCE": "its source is an address of the node itself",
    "IP_INVALID_SOURCE": "its source is no address that can be",
    "OTHERHOST": "it came to the wrong device: its hardware address is another's",
}
"""What is told, by the kernel's word for it."""


def drops(output: bytes) -> Iterator[Drop]:
    """What the agent saw. Raises `FabricError` when it could not look, or broke off."""
    ended = False
    for number, line in enumerate(output.splitlines()):
        if number > DROPS_AT_MOST + 2:
            raise FabricError("the agent says more than it was asked")
        try:
            told: Line = msgspec.json.decode(line, type=Line)
        except UNREADABLE as error:
            raise FabricError("the agent says what cannot be read") from error
        if isinstance(told, Failure):
            raise FabricError(told.message, hint=told.hint)
        if isinstance(told, Drop):
            yield told
        ended = ended or isinstance(told, End)
    if not ended:
        raise FabricError("the agent ended before it had told what it saw")


def is_ready(output: bytes) -> bool:
    """It watches, or has said why it cannot."""
    return b"\n" in output and isinstance(_first(output), Ready | Failure)


def _first(output: bytes) -> object:
    try:
        return msgspec.json.decode(output.split(b"\n", 1)[0], type=Line)
    except UNREADABLE:
        return None
