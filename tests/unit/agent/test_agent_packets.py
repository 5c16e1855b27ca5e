"""A captured packet in one line."""

from __future__ import annotations

from typing import Any

import pytest
from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import ICMPv6DestUnreach, IPv6
from scapy.layers.l2 import ARP, Ether

from agent.capturing import packets

SYN = IP(src="198.18.0.5", dst="203.0.113.9", ttl=63) / TCP(sport=41022, dport=22, flags="S")
DATAGRAM = IPv6(src="2001:db8::5", dst="2001:db8::9") / UDP(sport=4000, dport=53) / b"x"
ASKED = (
    IP(src="198.18.0.5", dst="198.19.0.10")
    / UDP(sport=4000, dport=53)
    / DNS(qd=DNSQR(qname="a.example"))
)
LINES = [
    (SYN, "198.18.0.5:41022 → 203.0.113.9:22  TCP SYN  ttl 63"),
    (
        IP(src="203.0.113.9", dst="198.18.0.5")
        / TCP(sport=22, dport=41022, flags="PA")
        / b"SSH-2.0",
        "203.0.113.9:22 → 198.18.0.5:41022  TCP PSH ACK 7 bytes  ttl 64",
    ),
    (
        IP(src="198.51.100.11", dst="198.18.0.5") / ICMP(type=3, code=3) / SYN,
        (
            "198.51.100.11 → 198.18.0.5  ICMP 3/3, port unreachable, about 198.18.0.5:41022 → "
            "203.0.113.9:22/tcp  ttl 64"
        ),
    ),
    (
        IPv6(src="2001:db8::1", dst="2001:db8::5") / ICMPv6DestUnreach(code=1) / DATAGRAM,
        "2001:db8::1 → 2001:db8::5  ICMPv6 1/1, administratively prohibited, "
        "about [2001:db8::5]:4000 → [2001:db8::9]:53/udp  ttl 64",
    ),
    (
        IP(src="198.18.0.5", dst="198.18.0.6") / ICMP(),
        "198.18.0.5 → 198.18.0.6  ICMP echo request  ttl 64",
    ),
    (ASKED, "198.18.0.5:4000 → 198.19.0.10:53  DNS asks a.example. A  ttl 64"),
    (
        IP(src="198.19.0.10", dst="198.18.0.5")
        / UDP(sport=53, dport=4000)
        / DNS(qr=1, qd=DNSQR(qname="a.example"), an=DNSRR(rrname="a.example", rdata="203.0.113.9")),
        "198.19.0.10:53 → 198.18.0.5:4000  DNS answers a.example. A: 203.0.113.9  ttl 64",
    ),
    (
        IP(src="198.19.0.10", dst="198.18.0.5")
        / UDP(sport=53, dport=4000)
        / DNS(qr=1, rcode=3, qd=DNSQR(qname="b.example")),
        "198.19.0.10:53 → 198.18.0.5:4000  DNS answers b.example. A: NXDOMAIN  ttl 64",
    ),
]


def received(packet: Any) -> Any:
    """The packet as it is dissected from the wire."""
    return Ether(bytes(Ether() / packet))


@pytest.mark.parametrize(("packet", "line"), LINES, ids=[line for _, line in LINES])
def test_a_packet_in_one_line(packet: Any, line: str) -> None:
    assert packets.describe(received(packet)) == line


def test_what_is_not_ip_is_summed_up() -> None:
    assert "who has 198.18.0.1" in packets.describe(received(ARP(pdst="198.18.0.1")))


@pytest.mark.parametrize("peer", ["198.18.0.5", "203.0.113.9", "203.0.113.9:22", "198.51.100.11"])
def test_an_error_concerns_whom_it_is_about(peer: str) -> None:
    error = received(IP(src="198.51.100.11", dst="198.18.0.5") / ICMP(type=3, code=3) / SYN)
    assert packets.concerns(error, ["198.18.7.7", peer])


@pytest.mark.parametrize("peer", ["203.0.113.9:23", "203.0.113.90", "198.18.0.5:22"])
def test_others_are_left_out(peer: str) -> None:
    assert not packets.concerns(received(SYN), [peer])


def test_without_peers_everything_is_shown() -> None:
    assert packets.concerns(received(ARP()), [])
