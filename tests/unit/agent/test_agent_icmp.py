"""Echo packets."""

from __future__ import annotations

import socket
import struct

from agent.probes.icmp import checksum, is_reply, request

TOKEN = b"12345678"


def test_the_checksum_of_a_whole_packet_is_zero() -> None:
    for payload in (b"", b"odd", TOKEN):
        assert checksum(request(socket.AF_INET, 7, payload)) == 0


def test_the_checksum_of_the_standard() -> None:
    assert (
        checksum(bytes([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7])) == 0xDDF2 ^ 0xFFFF
    )  # RFC 1071 section 3


def test_a_reply_is_ours_only_with_its_number_and_token() -> None:
    reply = struct.pack("!BBHHH", 0, 0, 0, 1, 7) + TOKEN + b"...."
    assert is_reply(socket.AF_INET, reply, 7, TOKEN, with_ip_header=False)
    assert not is_reply(socket.AF_INET, reply, 8, TOKEN, with_ip_header=False)
    assert not is_reply(socket.AF_INET, reply, 7, b"other...", with_ip_header=False)
    assert not is_reply(socket.AF_INET6, reply, 7, TOKEN, with_ip_header=False)
    assert is_reply(socket.AF_INET, b"\x45" + bytes(19) + reply, 7, TOKEN, with_ip_header=True)


def test_the_own_request_is_not_a_reply() -> None:
    assert not is_reply(
        socket.AF_INET, request(socket.AF_INET, 7, TOKEN), 7, TOKEN, with_ip_header=False
    )
    assert not is_reply(socket.AF_INET, b"", 7, TOKEN, with_ip_header=True)
