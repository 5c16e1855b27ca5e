"""One question in a datagram (UDP, or ICMP over a ping socket): sent, perhaps sent again, and what
came back."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.evidence import error_queue
from agent.evidence.error_queue import QueuedError
from agent.net import sockets
from prober.model.outcome import IcmpEvidence

_LONGEST = 65535
_FIRST_WAIT = 1.0
"""Seconds until the question is sent again, and twice as long each time after: as the kernel
repeats a SYN (RFC 6298). A packet may be lost, and so may an ICMP error: nodes limit those to about
one a second for each destination."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a reply, an error, or neither."""

    reply: bytes | None
    errno: int = 0
    errors: tuple[QueuedError, ...] = ()

    @property
    def icmp(self) -> tuple[IcmpEvidence, ...]:
        """The errors that came as ICMP."""
        return error_queue.of_icmp(self.errors)


def rounds(start: float, deadline: float) -> list[float]:
    """When to stop listening and send again, from a start until the deadline, which is the last
    (loop times)."""
    moments: list[float] = []
    moment, wait = start + _FIRST_WAIT, _FIRST_WAIT
    while moment < deadline:
        moments.append(moment)
        wait *= 2
        moment += wait
    return [*moments, deadline]


async def converse(
    sock: socket.socket,
    where: tuple[str, int],
    packet: bytes,
    moments: Sequence[float],
    is_reply: Callable[[bytes], bool] = bool,
) -> Answer:
    """Connect the socket, so that it hears only that peer; send at once and after each of the
    moments but the last.

    Datagrams that are not the reply are passed over. The first error ends it.
    """
    try:
        # A connected datagram socket is what makes ICMP errors come back at all: an unconnected one
        # only has them with IP_RECVERR set, and hears datagrams of anybody. It also means that a
        # reply from another address, which a Service whose translation is broken produces, is not
        # taken for an answer.
        sock.connect(where)
        for moment in moments:
            sock.send(packet)
            answer = await _listen(sock, moment, is_reply)
            if answer is not None:
                return answer
    except OSError as error:
        return Answer(None, error.errno or errno.EIO, error_queue.drain(sock))
    return Answer(None)


async def _listen(
    sock: socket.socket, until: float, is_reply: Callable[[bytes], bool]
) -> Answer | None:
    # The deadline is looked at before the last read and not after it: what has arrived in time, and
    # was not read in time because the loop was late, still counts.
    late = False
    while not late and await sockets.readable(sock, until):
        late = (
            time.monotonic() >= until
        )  # whoever floods the vantage gains one more look, and no more time
        errors = error_queue.drain(
            sock
        )  # emptying the queue also clears the errno that recv() would have raised
        if errors:
            return Answer(None, errors[-1].errno, errors)
        try:
            data = sock.recv(_LONGEST)
        except BlockingIOError:
            continue
        if is_reply(data):
            return Answer(data)
    return None
