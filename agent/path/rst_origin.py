"""Who said no: the target, or somebody next to the vantage in the target's name? Found out without
privileges.

A RST has no sender but the target, whoever made it, and NAT gives an ICMP error the name of a
Service's address. What cannot be forged by accident is the TTL: a node that rejects sends with 64,
and next door that is what arrives, while each router takes one. So a "no" that arrives with a full
TTL, about a target that is farther than the next hop, is not the target's. Both halves are measured
with ordinary sockets:

- how far the target is: a SYN with TTL 1 that comes back as "time exceeded" has a router before the
  target;
- with which TTL the RST arrives: IP_MINTTL (RFC 5082, ip(7)) has the kernel ignore what comes with
  less than it, so a connect that is still refused at 64, and no longer at 65, was refused with
  exactly 64.

Where any of this stays unanswered (routers limit their ICMP errors), the outcome stays `refused`:
no claim without proof.
"""

from __future__ import annotations

import asyncio
import dataclasses
import errno

from agent.evidence import classify, routes
from agent.net import connect
from agent.result import AttemptResult
from prober.model.outcome import Outcome

_FULL_TTL = 64
"""What Linux sends with, and so what a node's own packet has before any router."""
_EXCEEDED_WAIT = 0.3
"""Seconds for the next hop to say "time exceeded": it is next door."""
_LEAST_WAIT, _MOST_WAIT = 0.05, 0.5
_WORDS = (
    f"the RST came from next to the vantage (TTL {_FULL_TTL}), and the target is farther away: a "
    "rule sent it"
)


class RstOrigin:
    """What is known of the targets' distance. One for a run."""

    def __init__(self) -> None:
        # Tasks and not results, so that a hundred probes of one address that are refused in the
        # same moment share one measurement instead of making a hundred.
        self._beyond: dict[str, asyncio.Task[bool]] = {}

    async def close(self) -> None:
        """Stop what is still being measured."""
        for task in self._beyond.values():
            task.cancel()
        await asyncio.gather(*self._beyond.values(), return_exceptions=True)

    async def is_beyond_next_hop(self, address: str, port: int) -> bool:
        """Is it proven that a router stands before the target? Measured once for each address."""
        if address not in self._beyond:
            self._beyond[address] = asyncio.create_task(
                _time_exceeds(address, port), name=f"distance of {address}"
            )
        # Shielded: a probe that is cancelled must not take away the answer from the others that
        # wait for it.
        return await asyncio.shield(self._beyond[address])

    async def unmask(self, result: AttemptResult) -> AttemptResult:
        """The result of a TCP connect, as `rejected` if its RST is proven not to be the target's.

        Opens one socket at a time, like the probe that has just closed its own.
        """
        # With ICMP evidence there is a sender already, and no RST to be attributed.
        if result.outcome is not Outcome.REFUSED or not result.port or result.evidence.icmp:
            return result
        if not await self.is_beyond_next_hop(result.address, result.port):
            return result
        # Four round trips as the connect itself measured them, within bounds: long enough for a RST
        # that comes the same way again, and short enough that a target which does not answer a
        # second time costs half a second at most.
        wait = min(max(4 * result.phases.get("connect", 0.0) / 1000, _LEAST_WAIT), _MOST_WAIT)
        # An example: the target is three hops away. Its own RST starts at 64 and arrives with 61,
        # so the connect that wants at least 64 hears nothing, and the outcome stays `refused`. A
        # `reject with tcp reset` on the vantage's node starts at 64 and arrives with 64: refused at
        # 64, silence at 65. Windows sends with 128, and is refused at 65 too: no claim. The second
        # connect waits twice as long, because here silence is the proof, and silence must not be
        # mere slowness.
        full = await _is_refused(result.address, result.port, wait, _FULL_TTL)
        if not full or await _is_refused(result.address, result.port, 2 * wait, _FULL_TTL + 1):
            return result
        seen = dataclasses.replace(result.evidence, notes=(*result.evidence.notes, _WORDS))
        return dataclasses.replace(result, outcome=Outcome.REJECTED, evidence=seen, detail=_WORDS)


async def _time_exceeds(address: str, port: int) -> bool:
    if routes.behind_gateway(address) is not True:
        return False
    connection = await connect.over_tcp(address, port, _from_now(_EXCEEDED_WAIT), ttl=1)
    if connection.sock is not None:
        connection.sock.close()
    return any(classify.is_time_exceeded(icmp) for icmp in connection.icmp)


async def _is_refused(address: str, port: int, wait: float, least_ttl: int) -> bool:
    """Does a RST come that arrives with at least this TTL."""
    connection = await connect.over_tcp(address, port, _from_now(wait), least_ttl=least_ttl)
    if connection.sock is not None:
        connection.sock.close()
    return connection.errno == errno.ECONNREFUSED and not connection.icmp


def _from_now(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds
