"""PURE. What an errno and the ICMP errors behind it mean: the outcome, and a sentence for people.

The ICMP error decides wherever there is one, because one errno stands for several things that
differ: ECONNREFUSED is a closed port or a firewall's "port unreachable", EHOSTUNREACH is a missing
host or a firewall's "prohibited".

Host unreachable (ICMP 3/1, ICMPv6 1/3) stays `unreachable` although a firewall may be told to send
it: the packet is the same when a router gives up looking for a neighbour, and only the time
differs. Neighbour discovery needs about three seconds, so the sentence says so when the error came
sooner.
"""

from __future__ import annotations

import errno
import os
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prober.model.outcome import IcmpEvidence, Outcome

PORT_UNREACHABLE = "port unreachable"
HOST_UNREACHABLE = "host unreachable"
_INITIAL_TTLS = frozenset({64, 128, 255})
"""What stacks send with (Linux and BSD, Windows, network equipment): here, a packet that no router
has touched."""
_SOON_MS = 900.0
"""A router asks for a neighbour three times, one second apart, before it reports that there is
none."""

# What tells the two outcomes apart is whether somebody decided it. A router that has no route, or
# gave up looking for a neighbour, reports a fact (`unreachable`); a router or host that could have
# passed the packet on and was told not to has `rejected` it. The standards name the administrative
# codes 9, 10 and 13 for the second; port and protocol unreachable count to it as well, because no
# TCP stack sends them for TCP: in practice they come from a rule (the default of nft's and
# iptables' `reject`).
_REJECTED, _UNREACHABLE = Outcome.REJECTED, Outcome.UNREACHABLE
_ICMP: Mapping[
    tuple[int, int], tuple[Outcome, str]
] = {  # RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1
    (3, 0): (_UNREACHABLE, "network unreachable"),
    (3, 1): (_UNREACHABLE, HOST_UNREACHABLE),
    (3, 2): (_REJECTED, "protocol unreachable"),
    (3, 3): (_REJECTED, PORT_UNREACHABLE),
    (3, 4): (_REJECTED, "too big, and not to be fragmented"),
    (3, 5): (_UNREACHABLE, "source route failed"),
    (3, 6): (_UNREACHABLE, "network unknown"),
    (3, 7): (_UNREACHABLE, "host unknown"),
    (3, 8): (_UNREACHABLE, "source host isolated"),
    (3, 9): (_REJECTED, "network administratively prohibited"),
    (3, 10): (_REJECTED, "host administratively prohibited"),
    (3, 11): (_UNREACHABLE, "network unreachable for this type of service"),
    (3, 12): (_UNREACHABLE, "host unreachable for this type of service"),
    (3, 13): (_REJECTED, "administratively prohibited"),
    (3, 14): (_REJECTED, "precedence violation"),
    (3, 15): (_REJECTED, "precedence cut off"),
    (11, 0): (_UNREACHABLE, "time exceeded: the route is a loop, or too long"),
}
_ICMP6: Mapping[tuple[int, int], tuple[Outcome, str]] = {  # RFC 4443 section 3
    (1, 0): (_UNREACHABLE, "no route"),
    (1, 1): (_REJECTED, "administratively prohibited"),
    (1, 2): (_UNREACHABLE, "beyond the scope of the source address"),
    (1, 3): (_UNREACHABLE, HOST_UNREACHABLE),
    (1, 4): (_REJECTED, PORT_UNREACHABLE),
    (1, 5): (_REJECTED, "source address failed ingress or egress policy"),
    (1, 6): (_REJECTED, "reject route"),
    (2, 0): (_REJECTED, "too big"),
    (3, 0): (_UNREACHABLE, "hop limit exceeded: the route is a loop, or too long"),
}
_ERRNO: Mapping[int, tuple[Outcome, str]] = {
    errno.ECONNREFUSED: (Outcome.REFUSED, ""),
    errno.ETIMEDOUT: (Outcome.TIMEOUT, ""),
    errno.ECONNRESET: (Outcome.RESET, "the connection was made and then reset"),
    errno.ENOTCONN: (Outcome.RESET, "the connection was made and then reset"),
    errno.EPIPE: (Outcome.RESET, "the connection was made and then closed"),
    errno.ENETUNREACH: (_UNREACHABLE, "the vantage itself has no route"),
    errno.EHOSTUNREACH: (_UNREACHABLE, "the vantage itself has no way to that host"),
    errno.EADDRNOTAVAIL: (_UNREACHABLE, "the vantage has no address or no free port to send from"),
    errno.ENETDOWN: (_UNREACHABLE, "the vantage's network is down"),
    # connect(2) does not mention it. It is what a `blackhole` route gives (fib_props in
    # net/ipv4/fib_semantics.c), and what a link-local IPv6 address without a scope gives
    # (tcp_v6_connect in net/ipv6/tcp_ipv6.c).
    errno.EINVAL: (
        _UNREACHABLE,
        "the vantage's route to it is a black hole, or the address needs a scope",
    ),
    # A `prohibit` route (fib_props); EPERM is what a netfilter rule that drops in the output hook
    # makes of a datagram that is sent.
    errno.EACCES: (
        _REJECTED,
        "the vantage's own kernel forbids it: a prohibit route or a local rule",
    ),
    errno.EPERM: (_REJECTED, "the vantage's own kernel forbids it: a local rule"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """The outcome and a sentence for people; the sentence is empty where the outcome says it
    all."""

    outcome: Outcome
    detail: str = ""


def name_of(number: int) -> str:
    """The symbolic name of an errno, such as ECONNREFUSED; empty for 0."""
    return errno.errorcode.get(number, str(number)) if number else ""


def meaning(icmp: IcmpEvidence) -> tuple[Outcome, str]:
    """What one ICMP error says, whoever asked: the outcome and the standard's words."""
    table = _ICMP6 if ":" in icmp.sender else _ICMP
    return table.get((icmp.type, icmp.code), (_REJECTED, "an ICMP error"))


def is_fresh(icmp: IcmpEvidence) -> bool:
    """No router has taken a hop from it, so its sender is next to the vantage."""
    return icmp.ttl in _INITIAL_TTLS


def is_time_exceeded(icmp: IcmpEvidence) -> bool:
    """A router let the packet's TTL (hop limit) run out."""
    return (icmp.type, icmp.code) == ((3, 0) if ":" in icmp.sender else (11, 0))


def describe(icmp: IcmpEvidence) -> str:
    """As in `198.51.100.11 answered ICMP 3/3 (port unreachable)`."""
    version = "ICMPv6" if ":" in icmp.sender else "ICMP"
    size = f", the next link takes {icmp.mtu} bytes" if icmp.mtu else ""
    return (
        f"{icmp.sender or 'somebody'} answered {version} {icmp.type}/{icmp.code} "
        f"({meaning(icmp)[1]}{size})"
    )


def of_connect(
    number: int, icmp: Sequence[IcmpEvidence], *, target: str, own: str, after_ms: float
) -> Reading:
    """How a TCP connect that failed with errno `number` (0: never) ended.

    A port unreachable is a rejection even when its sender is the target itself: a TCP stack answers
    a closed port with a RST (RFC 9293 section 3.5.2), so a rule sent it, there or (seen through a
    Service's NAT) on the way.
    """
    # Without an ICMP error the errno is all there is. It is trusted because the queue was asked for
    # before the first packet: where the kernel keeps ICMP errors (see `error_queue.blind_spot`), a
    # refusal without one was a RST.
    if not icmp:
        return of_errno(number or errno.ETIMEDOUT)
    outcome, _ = meaning(icmp[-1])
    return Reading(outcome, describe(icmp[-1]) + _remark(icmp[-1], target, own, after_ms))


def of_datagram(
    number: int,
    icmp: Sequence[IcmpEvidence],
    *,
    target: str,
    own: str,
    after_ms: float,
    beyond: bool = False,
) -> Reading:
    """How a datagram that was answered with errno `number`, or by nothing at all (0), ended.

    A port unreachable from the target is how a closed UDP port answers (RFC 1122 section 4.1.3.1).
    But NAT lets a node speak in the name of a Service's address. `beyond` (a router stands before
    the target, as `agent.path.rst_origin` found) unmasks the nearest one: an error that no
    router has taken a hop from cannot come from there.
    """
    if not icmp:
        return of_errno(number) if number else Reading(Outcome.SILENT)
    outcome, words = meaning(icmp[-1])
    if words == PORT_UNREACHABLE and icmp[-1].sender == target:
        # Both halves are needed. A full TTL alone says only that the sender is next door, and a
        # target on the same node is next door as well. `beyond` alone says only that a router is
        # between; the target's own error has then lost a hop on the way.
        if beyond and is_fresh(icmp[-1]):
            masked = (
                f", in the target's name but from next to the vantage (TTL {icmp[-1].ttl}): a "
                "rule sent it"
            )
            return Reading(Outcome.REJECTED, describe(icmp[-1]) + masked)
        return Reading(Outcome.REFUSED, describe(icmp[-1]))
    return Reading(outcome, describe(icmp[-1]) + _remark(icmp[-1], target, own, after_ms))


def of_stream(error: OSError) -> Reading:
    """How a conversation over a connection that had been made broke off: a timeout, a TLS failure,
    a reset.

    A TLS failure is an `error`: the network let everything through, and no outcome of the network
    would be true.
    """
    if isinstance(error, TimeoutError):
        return Reading(Outcome.TIMEOUT, "the connection was made, and then nothing came")
    if isinstance(error, ssl.SSLCertVerificationError):
        return Reading(Outcome.ERROR, f"the certificate is not trusted: {error.verify_message}")
    # A policy at layer 7, or a proxy that does not know the name asked for (SNI), closes a
    # connection in just this way: with a FIN and no alert. It is no `error`: somebody on the
    # network did it.
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Reading(
            Outcome.RESET, "the server closed the connection in the middle of the TLS handshake"
        )
    if isinstance(error, ssl.SSLError):
        return Reading(Outcome.ERROR, f"TLS failed: {alert_of(error)}")
    reading = of_errno(error.errno or 0)
    if (
        reading.outcome is Outcome.REFUSED
    ):  # of a later packet, by an ICMP error: the target itself had answered
        return Reading(
            Outcome.RESET, "the connection was made, and then somebody refused to let it go on"
        )
    return reading


def alert_of(error: OSError) -> str:
    """The alert or the verification error, in the library's words; empty when it is not about
    TLS."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if not isinstance(error, ssl.SSLError):
        return ""
    reason: str | None = getattr(
        error, "reason", None
    )  # there are some that were not raised by OpenSSL
    return reason.lower().replace("_", " ") if reason else str(error.strerror or error)


def of_errno(number: int) -> Reading:
    """What an errno means when no ICMP error is behind it."""
    outcome, detail = _ERRNO.get(
        number, (Outcome.ERROR, f"{name_of(number)}: {os.strerror(number)}")
    )
    return Reading(outcome, detail)


def _remark(icmp: IcmpEvidence, target: str, own: str, after_ms: float) -> str:
    words = meaning(icmp)[1]
    if words == PORT_UNREACHABLE and icmp.sender == target:
        return (
            ", in the target's name: a rule sent it, for a TCP stack answers a closed port with "
            "a RST"
        )
    if words != HOST_UNREACHABLE:
        return ""
    if icmp.sender == own:
        return ": it is the vantage itself, and found no such neighbour"
    return " so soon that a rule may have sent it" if after_ms < _SOON_MS else ""
