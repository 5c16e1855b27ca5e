"""Watch for some seconds which packets the kernel gives up, and why.

    python -m agent watch-drops < REQUEST

A line of JSON in, lines of JSON out: see `agent.dropping.wire`.
"""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from agent.dropping import kernel
from agent.dropping.btf import Types, of_this_kernel
from agent.dropping.packets import Naming, as_key, functions
from agent.dropping.program import ADDRESS, RECORD, Offsets, instructions
from agent.dropping.wire import (
    ADDRESSES_AT_MOST,
    DROPS_AT_MOST,
    LONGEST,
    Drop,
    End,
    Failure,
    Line,
    Ready,
    Watch,
)
from prober.model.decoding import UNREADABLE
from prober.model.errors import ExitCode, FabricError

_REQUEST = 16 * 1024
_TRACEPOINT = "kfree_skb"


def main(argv: Sequence[str] | None = None) -> int:
    """Read the request, watch, and say what was seen. 2: the request is wrong; 3: it cannot be
    watched."""
    line = sys.stdin.buffer.readline(_REQUEST)
    try:
        asked = msgspec.json.decode(line, type=Watch)
        addresses = [as_key(address) for address in asked.addresses[:ADDRESSES_AT_MOST]]
    except UNREADABLE as error:
        return _refused(f"the request cannot be read: {error}")
    except ValueError as error:
        return _refused(f"that is no address: {error}")
    try:
        drops = _watched(addresses, min(max(asked.seconds, 0.1), LONGEST))
    except FabricError as error:
        _say(Failure(str(error), error.hint))
        return int(ExitCode.UNKNOWN)
    for drop in drops:
        _say(drop)
    _say(End(len(drops)))
    return int(ExitCode.OK)


def _refused(message: str) -> int:
    _say(Failure(message, hint="the agents must be of the same release as prober"))
    return int(ExitCode.USAGE)


def _watched(addresses: Sequence[bytes], seconds: float) -> Sequence[Drop]:
    types = of_this_kernel()
    asked = kernel.make_map(kernel.HASH, ADDRESS, 1, max(1, len(addresses)))
    for address in addresses:
        kernel.put(asked, address, b"\1")
    kept = kernel.make_map(kernel.LRU_HASH, RECORD.size, 8, 4 * DROPS_AT_MOST)
    attached = kernel.attach(instructions(_offsets(types), asked, kept), _TRACEPOINT)
    _say(Ready())
    select.select([sys.stdin], [], [], seconds)  # another line, or its end, ends it sooner
    os.close(attached)
    naming = Naming(types.enumerators("skb_drop_reason"), functions(), _own_network())
    drops = (naming.drop(key) for key in kernel.keys(kept, RECORD.size, 4 * DROPS_AT_MOST))
    return tuple(dict.fromkeys(drop for drop in drops if drop))[:DROPS_AT_MOST]


def _offsets(types: Types) -> Offsets:
    return Offsets(
        head=types.offset("sk_buff", "head"),
        network_header=types.offset("sk_buff", "network_header"),
        device=types.offset("sk_buff", "dev"),
        socket=types.offset("sk_buff", "sk"),
        device_net=types.offset("net_device", "nd_net.net"),
        socket_net=types.offset("sock", "__sk_common.skc_net.net"),
        net_number=types.offset("net", "ns.inum"),
    )


def _own_network() -> int:
    return Path("/proc/self/ns/net").stat().st_ino


def _say(line: Line) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
