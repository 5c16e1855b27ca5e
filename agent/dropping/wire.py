"""What an agent is asked about dropped packets, and what it says: JSON, a line each.

stdin    {"seconds": 4.0, "addresses": ["198.18.1.5"]}
stdout   {"type": "ready"}, then {"type": "drop", …} for each, then {"type": "end", "drops": N};
         or {"type": "failure", "message": …, "hint": …}
"""

from __future__ import annotations

import msgspec

LONGEST = 30.0
"""Seconds that a watch may last."""
ADDRESSES_AT_MOST = 64
DROPS_AT_MOST = 512


class Watch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked."""

    seconds: float
    addresses: tuple[str, ...]
    """Packets from or to these are looked at."""


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """From now on nothing is missed."""


class Drop(msgspec.Struct, frozen=True, tag="drop", omit_defaults=True):
    """A packet that the kernel gave up."""

    source: str
    destination: str
    protocol: str
    """`tcp`, `udp`, `icmp`, or its number."""
    source_port: int = 0
    port: int = 0
    reason: str = ""
    """As the kernel calls it, as in `NETFILTER_DROP`; empty where it has no reasons (before
    5.17)."""
    place: str = ""
    """The function of the kernel; empty where that may not be read."""
    here: bool = False
    """In the agent's own network namespace, which is the node's; else in a pod's, or where the
    kernel does not say."""


class End(msgspec.Struct, frozen=True, tag="end"):
    """That was all."""

    drops: int


class Failure(msgspec.Struct, frozen=True, tag="failure"):
    """It could not be watched."""

    message: str
    hint: str = ""


Line = Ready | Drop | End | Failure
