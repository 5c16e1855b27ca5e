"""The error queue's control messages, as the kernel lays them out."""

from __future__ import annotations

import errno
import socket
import struct

import pytest

from agent.evidence import error_queue
from agent.evidence.error_queue import QueuedError
from prober.model.outcome import IcmpEvidence

V4, V6 = socket.IPPROTO_IP, socket.IPPROTO_IPV6


def extended(number: int, origin: int, kind: int, code: int, info: int = 0) -> bytes:
    return struct.pack("=IBBBxII", number, origin, kind, code, info, 0)


def sender4(address: str) -> bytes:
    return (
        struct.pack("=HH", socket.AF_INET, 0) + socket.inet_pton(socket.AF_INET, address) + bytes(8)
    )


def sender6(address: str) -> bytes:
    return (
        struct.pack("=HHI", socket.AF_INET6, 0, 0)
        + socket.inet_pton(socket.AF_INET6, address)
        + bytes(4)
    )


def test_an_icmp_error_with_its_sender_and_ttl() -> None:
    body = extended(errno.ECONNREFUSED, 2, 3, 3) + sender4("198.51.100.11")
    found = error_queue.parse(
        [(V4, socket.IP_TTL, struct.pack("=i", 64)), (V4, error_queue.IP_RECVERR, body)]
    )
    assert found == QueuedError(errno.ECONNREFUSED, IcmpEvidence(3, 3, "198.51.100.11", ttl=64))


def test_an_icmpv6_error() -> None:
    body = extended(errno.EMSGSIZE, 3, 2, 0, info=1280) + sender6("2001:db8::1")
    found = error_queue.parse(
        [
            (V6, error_queue.IPV6_RECVERR, body),
            (V6, error_queue.IPV6_HOPLIMIT, struct.pack("=i", 63)),
        ]
    )
    assert found == QueuedError(
        errno.EMSGSIZE, IcmpEvidence(2, 0, "2001:db8::1", mtu=1280, ttl=63), mtu=1280
    )


def test_only_the_size_errors_have_an_mtu() -> None:
    body = extended(errno.EHOSTUNREACH, 2, 3, 1, info=7) + sender4("198.51.100.11")
    found = error_queue.parse([(V4, error_queue.IP_RECVERR, body)])
    assert found is not None
    assert found.icmp == IcmpEvidence(3, 1, "198.51.100.11")


def test_an_error_of_the_own_kernel_is_no_icmp() -> None:
    found = error_queue.parse(
        [(V4, error_queue.IP_RECVERR, extended(errno.EMSGSIZE, 1, 0, 0, info=1500))]
    )
    assert found == QueuedError(errno.EMSGSIZE, None, mtu=1500)


@pytest.mark.parametrize(
    "ancillary", [[], [(V4, error_queue.IP_RECVERR, b"short")], [(V4, 99, bytes(32))]]
)
def test_nothing_of_use_is_nothing(ancillary: list[tuple[int, int, bytes]]) -> None:
    assert error_queue.parse(ancillary) is None


def test_a_sender_that_the_kernel_does_not_know_is_empty() -> None:
    found = error_queue.parse([(V4, error_queue.IP_RECVERR, extended(1, 2, 3, 3))])
    assert found is not None
    assert found.icmp == IcmpEvidence(3, 3, "")


def test_an_empty_queue() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        error_queue.watch(sock)
        assert error_queue.drain(sock) == ()


@pytest.mark.parametrize(
    ("release", "blind"),
    [
        ("5.7.19-generic", True),
        ("4.19.0", True),
        ("5.8.0", False),
        ("6.18.1-x", False),
        ("?", False),
    ],
)
def test_old_kernels_are_known_not_to_see(
    monkeypatch: pytest.MonkeyPatch, release: str, blind: bool
) -> None:
    class Name:
        pass

    name = Name()
    name.release = release  # type: ignore[attr-defined]  # as os.uname() has it
    monkeypatch.setattr(error_queue.os, "uname", lambda: name)
    assert bool(error_queue.blind_spot.__wrapped__()) is blind
