"""How a packet reads in one line: who to whom, what of which protocol, and the TTL, which tells how
far it has come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scapy.layers.dns import DNS
from scapy.layers.inet import ICMP, IP, TCP, UDP, IPerror, TCPerror, UDPerror
from scapy.layers.inet6 import IPerror6, IPv6, _ICMPv6Error

from agent.evidence import classify
from prober.model.outcome import IcmpEvidence

_FLAGS: Mapping[str, str] = {"S": "SYN", "F": "FIN", "R": "RST", "P": "PSH", "U": "URG", "A": "ACK"}
_RCODES: Mapping[int, str] = {
    0: "NOERROR",
    1: "FORMERR",
    2: "SERVFAIL",
    3: "NXDOMAIN",
    4: "NOTIMP",
    5: "REFUSED",
}
_DNS_TYPES: Mapping[int, str] = {
    1: "A",
    5: "CNAME",
    12: "PTR",
    15: "MX",
    16: "TXT",
    28: "AAAA",
    33: "SRV",
}
_ECHO: Mapping[int, str] = {8: "echo request", 0: "echo reply"}


def describe(packet: Any) -> str:
    """One line, as in `198.18.0.5:41022 → 203.0.113.9:22  TCP SYN  ttl 64`.

    An ICMP error says what it means and which packet it is about. What is not IP is summed up by
    scapy.
    """
    network = _network(packet)
    if network is None:
        return str(packet.summary())
    source, destination = _ends(network, packet.getlayer(TCP) or packet.getlayer(UDP))
    ttl = network.ttl if isinstance(network, IP) else network.hlim
    return f"{source} → {destination}  {_content(packet, network)}  ttl {ttl}"


def concerns(packet: Any, peers: Sequence[str]) -> bool:
    """Is the packet from, to or about one of `peers` (`ADDRESS` or `ADDRESS:PORT`)? With none,
    every packet is."""
    return not peers or not set(peers).isdisjoint(_names(packet))


def _network(packet: Any) -> Any:
    return packet.getlayer(IP) or packet.getlayer(IPv6)


def _ends(network: Any, transport: Any) -> tuple[str, str]:
    if transport is None:
        return str(network.src), str(network.dst)
    return _with_port(network.src, transport.sport), _with_port(network.dst, transport.dport)


def _with_port(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _content(packet: Any, network: Any) -> str:
    if packet.haslayer(DNS):
        return _dns(packet.getlayer(DNS))
    if packet.haslayer(TCP):
        return _tcp(packet.getlayer(TCP))
    if packet.haslayer(UDP):
        return f"UDP {len(packet.getlayer(UDP).payload)} bytes"
    error = packet.getlayer(_ICMPv6Error, _subclass=True) or packet.getlayer(ICMP)
    if error is not None:
        return _icmp(packet, error, network.src)
    return str(network.payload.summary()) or f"protocol {network.payload.name}"


def _tcp(segment: Any) -> str:
    flags = " ".join(word for letter, word in _FLAGS.items() if letter in str(segment.flags))
    size = len(segment.payload)
    return f"TCP {flags or 'no flags'}" + (f" {size} bytes" if size else "")


def _dns(message: Any) -> str:
    questions = [
        f"{_text(item.qname)} {_DNS_TYPES.get(item.qtype, item.qtype)}" for item in message.qd or ()
    ]
    asked = ", ".join(questions) or "no question"
    if not message.qr:
        return f"DNS asks {asked}"
    answers = ", ".join(_text(item.rdata) for item in message.an or () if hasattr(item, "rdata"))
    return f"DNS answers {asked}: {answers or _RCODES.get(message.rcode, message.rcode)}"


def _text(value: Any) -> str:
    return value.decode("ascii", "backslashreplace") if isinstance(value, bytes) else str(value)


def _icmp(packet: Any, error: Any, sender: str) -> str:
    """An error with its meaning and the packet that it is about, or an echo."""
    six = ":" in sender
    about = packet.getlayer(IPerror6 if six else IPerror)
    if about is None:
        return f"ICMP {_ECHO.get(error.type, f'{error.type}/{error.code}')}"
    meaning = classify.meaning(IcmpEvidence(error.type, error.code, sender))[1]
    transport = packet.getlayer(TCPerror) or packet.getlayer(UDPerror)
    source, destination = _ends(about, transport)
    kind = f"/{transport.name.split()[0].lower()}" if transport is not None else ""
    version = "ICMPv6" if six else "ICMP"
    return f"{version} {error.type}/{error.code}, {meaning}, about {source} → {destination}{kind}"


def _names(packet: Any) -> Iterator[str]:
    """Every address in the packet, also in the one that an ICMP error quotes; with and without its
    port."""
    quoted = packet.getlayer(TCPerror) or packet.getlayer(UDPerror)
    own = packet.getlayer(TCP) or packet.getlayer(UDP)
    for layers, transport in (((IP, IPv6), own), ((IPerror, IPerror6), quoted)):
        for layer in layers:
            if network := packet.getlayer(layer):
                yield from (str(network.src), str(network.dst), *_ends(network, transport))
