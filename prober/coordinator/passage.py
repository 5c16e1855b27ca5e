"""What one observation says about the way to its target, apart from what the target said. Pure."""

from __future__ import annotations

from enum import StrEnum

from prober.model.outcome import Observation, Outcome
from prober.model.probe import ProbeKind
from prober.model.protocol import BY_KIND

_OVER_A_CONNECTION = ("tls", "reply")
"""The phases that a probe over TCP enters only when its connection was made."""
_SAID_BY_A_SERVER = (Outcome.OK, Outcome.DNS_NXDOMAIN, Outcome.DNS_SERVFAIL)
_LOCAL = frozenset(
    (
        "EMSGSIZE",
        "EPERM",
        "EACCES",
        "ENETUNREACH",
        "EHOSTUNREACH",
        "EADDRNOTAVAIL",
        "ENETDOWN",
        "EINVAL",
    )
)
"""Errnos with which the vantage's own kernel gives a packet back, when no ICMP error is behind them
(ip(7), udp(7))."""
_TOO_BIG = frozenset(((3, 4), (2, 0)))
_LOST = frozenset(((11, 0), (3, 0)))
"""ICMP 11/0 and ICMPv6 3/0, time exceeded; ICMP 3/0, no route."""
_NO_ROUTE_6 = (1, 0)


class Passage(StrEnum):
    """Whether packets got to the target and back."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


def way_of(kind: ProbeKind, observation: Observation) -> Passage:
    """The passage as far as the probe alone can say it."""
    # A reset counts as open: somebody who has the connection's sequence numbers ended it, and
    # before it could be ended it had to be made. That is the target, or somebody in its place who
    # let the connection come about: both are past the policies.
    outcome = observation.outcome
    if outcome in (Outcome.OK, Outcome.RESET) or conversed(kind, observation):
        return Passage.OPEN
    if kind is ProbeKind.DNS:
        if outcome in _SAID_BY_A_SERVER:
            return Passage.OPEN
        return (
            Passage.CLOSED
            if outcome in (Outcome.DNS_TIMEOUT, Outcome.DNS_REFUSED)
            else _closed(outcome)
        )
    return _closed(outcome)


def _closed(outcome: Outcome) -> Passage:
    return Passage.CLOSED if outcome.closed else Passage.UNKNOWN


def conversed(kind: ProbeKind, observation: Observation) -> bool:
    """Whether a connection was made, whatever became of it: a handshake that hangs, a certificate
    that is wrong and a status that is not wanted all come from a target that was reached."""
    return BY_KIND[kind].connects and any(
        phase in observation.phases for phase in _OVER_A_CONNECTION
    )


def is_answer(kind: ProbeKind, observation: Observation) -> bool:
    """Whether the target answered as somebody does who listens there."""
    if kind is ProbeKind.DNS:
        return observation.outcome in _SAID_BY_A_SERVER
    return way_of(kind, observation) is Passage.OPEN


def not_a_denial(observation: Observation) -> str:
    """Why a closed way is no policy's doing, by what the wire itself says; empty where it may be
    one."""
    evidence = observation.evidence
    # An ICMP error from the vantage's own address is its own kernel's: it failed to find the
    # neighbour, or a local rule rejected. Such an error never crossed the network, so it says
    # nothing about it.
    own = evidence.local.rpartition(":")[0].strip("[]")
    foreign = [icmp for icmp in evidence.icmp if icmp.sender != own]
    unasked = bool(evidence.dns) and all(item.error == "unreachable" for item in evidence.dns)
    if not foreign and (evidence.errno in _LOCAL or evidence.icmp or unasked):
        return "the packet never left the vantage: look at its own addresses, routes and rules"
    # The last one, because a connect that goes on may have met several: a router's error for the
    # first SYN and a firewall's for the second. The last is the one that ended it.
    last = (foreign[-1].type, foreign[-1].code) if foreign else (0, 0)
    six = bool(foreign) and ":" in foreign[-1].sender
    if last in _TOO_BIG and six is (last == (2, 0)):
        return "the packet is too large for a link on the way, no policy: try a smaller size"
    if (last in _LOST and not (six and last != (3, 0))) or (six and last == _NO_ROUTE_6):
        return "a router had no way for the packet, no policy: look at the routes on the way"
    return ""
