"""What an errno and the ICMP errors behind it mean."""

from __future__ import annotations

import errno
import ssl

import pytest

from agent.evidence import classify
from prober.model.outcome import IcmpEvidence, Outcome

TARGET, NODE, OWN = "198.18.0.9", "198.51.100.11", "198.18.0.5"


def connect(number: int, *icmp: IcmpEvidence, after_ms: float = 5.0) -> classify.Reading:
    return classify.of_connect(number, icmp, target=TARGET, own=OWN, after_ms=after_ms)


def datagram(number: int, *icmp: IcmpEvidence, beyond: bool = False) -> classify.Reading:
    return classify.of_datagram(number, icmp, target=TARGET, own=OWN, after_ms=5.0, beyond=beyond)


@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        (0, Outcome.TIMEOUT),
        (errno.ETIMEDOUT, Outcome.TIMEOUT),
        (errno.ECONNREFUSED, Outcome.REFUSED),
        (errno.ECONNRESET, Outcome.RESET),
        (errno.ENETUNREACH, Outcome.UNREACHABLE),
        (errno.EHOSTUNREACH, Outcome.UNREACHABLE),
        (errno.EACCES, Outcome.REJECTED),
        (errno.EPERM, Outcome.REJECTED),
        (errno.EMFILE, Outcome.ERROR),
        (errno.ENOBUFS, Outcome.ERROR),
    ],
)
def test_an_errno_alone(number: int, outcome: Outcome) -> None:
    assert connect(number).outcome is outcome


def test_an_unknown_errno_is_named() -> None:
    assert connect(errno.EMFILE).detail == "EMFILE: Too many open files"


@pytest.mark.parametrize(
    ("kind", "code", "outcome"),
    [
        *((3, code, Outcome.REJECTED) for code in (2, 3, 9, 10, 13, 14, 15)),
        *((3, code, Outcome.UNREACHABLE) for code in (0, 1, 5, 6, 7, 8, 11, 12)),
        (11, 0, Outcome.UNREACHABLE),
        (12, 0, Outcome.REJECTED),
    ],
)
def test_icmp_decides_whatever_the_errno(kind: int, code: int, outcome: Outcome) -> None:
    for number in (0, errno.ECONNREFUSED, errno.EHOSTUNREACH):
        assert connect(number, IcmpEvidence(kind, code, NODE)).outcome is outcome


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        *((code, Outcome.REJECTED) for code in (1, 4, 5, 6)),
        *((code, Outcome.UNREACHABLE) for code in (0, 2, 3)),
    ],
)
def test_icmpv6_has_other_numbers(code: int, outcome: Outcome) -> None:
    assert connect(errno.EACCES, IcmpEvidence(1, code, "2001:db8::1")).outcome is outcome


def test_the_sentence_says_who_and_what() -> None:
    detail = connect(errno.ECONNREFUSED, IcmpEvidence(3, 3, NODE)).detail
    assert detail == f"{NODE} answered ICMP 3/3 (port unreachable)"


def test_a_port_unreachable_in_the_targets_name_is_a_rejection_over_tcp() -> None:
    reading = connect(errno.ECONNREFUSED, IcmpEvidence(3, 3, TARGET))
    assert reading.outcome is Outcome.REJECTED
    assert "a rule sent it" in reading.detail


@pytest.mark.parametrize(
    ("sender", "after_ms", "remark"),
    [
        (NODE, 2.0, "a rule may have sent it"),
        (NODE, 3000.0, ""),
        (OWN, 3000.0, "found no such neighbour"),
    ],
)
def test_host_unreachable_says_whether_it_can_be_a_rule(
    sender: str, after_ms: float, remark: str
) -> None:
    reading = connect(errno.EHOSTUNREACH, IcmpEvidence(3, 1, sender), after_ms=after_ms)
    assert reading.outcome is Outcome.UNREACHABLE
    assert reading.detail.endswith(remark or "(host unreachable)") or remark in reading.detail


def test_silence_over_udp() -> None:
    assert datagram(0).outcome is Outcome.SILENT


@pytest.mark.parametrize(
    ("sender", "ttl", "beyond", "outcome"),
    [
        (TARGET, 62, True, Outcome.REFUSED),
        (TARGET, 64, False, Outcome.REFUSED),  # a neighbour
        (TARGET, 64, True, Outcome.REJECTED),  # it claims to be behind a router, and is not
        (TARGET, 0, True, Outcome.REFUSED),  # the TTL was not seen
        (NODE, 64, True, Outcome.REJECTED),
    ],
)
def test_who_says_port_unreachable_over_udp(
    sender: str, ttl: int, beyond: bool, outcome: Outcome
) -> None:
    icmp = IcmpEvidence(3, 3, sender, ttl=ttl)
    assert datagram(errno.ECONNREFUSED, icmp, beyond=beyond).outcome is outcome


def test_the_mtu_is_said() -> None:
    assert (
        "the next link takes 1400 bytes"
        in connect(errno.EMSGSIZE, IcmpEvidence(3, 4, NODE, mtu=1400)).detail
    )


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (TimeoutError(), Outcome.TIMEOUT),
        (ssl.SSLEOFError(8, "EOF"), Outcome.RESET),
        (ssl.SSLError(1, "wrong version number"), Outcome.ERROR),
        (ConnectionResetError(errno.ECONNRESET, "reset"), Outcome.RESET),
        (OSError(errno.ENOTCONN, "not connected"), Outcome.RESET),
    ],
)
def test_how_a_conversation_breaks_off(error: OSError, outcome: Outcome) -> None:
    assert classify.of_stream(error).outcome is outcome
