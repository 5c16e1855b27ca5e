"""What a DNS server of the lab knows, and the answers that follow from it. No I/O; dnspython for
the wire format."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from prober.fabric.lab.world.blueprint import Record

if TYPE_CHECKING:
    from dns.message import Message, QueryMessage

_TTL = 5
"""Seconds, CoreDNS's default for cluster names."""
SMALLEST_UDP = 512
"""RFC 1035 section 4.2.1: what a client without EDNS takes."""
_LARGEST_UDP = 1232
"""What is sent over UDP at most, so that nothing is fragmented (DNS flag day 2020)."""


@dataclass(frozen=True, slots=True)
class Zone:
    """The part of the name space that a server answers for by itself."""

    origin: str
    """Without the last dot; empty for everything."""

    def contains(self, name: str) -> bool:
        return not self.origin or name == self.origin or name.endswith(f".{self.origin}")

    def authority(self) -> dns.rrset.RRset:
        """The SOA record that comes with "no such name" and "no such record" (RFC 2308)."""
        origin = f"{self.origin}." if self.origin else "."
        suffix = origin if self.origin else "lab."
        data = f"ns.dns.{suffix} hostmaster.{suffix} 1 7200 1800 86400 {_TTL}"
        return dns.rrset.from_text(origin, _TTL, "IN", "SOA", data)


class Catalogue:
    """Records by name and type."""

    def __init__(self, records: Iterable[Record], zone: Zone) -> None:
        self.zone = zone
        self._records: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._names: set[str] = set()
        for record in records:
            self._records[record.name.lower(), record.type].append(record.data)
            labels = record.name.lower().split(".")
            self._names.update(".".join(labels[start:]) for start in range(len(labels)))

    def find(self, name: str, kind: str) -> dns.rrset.RRset | None:
        """The record set, or None."""
        values = self._records.get((name, kind))
        return dns.rrset.from_text(f"{name}.", _TTL, "IN", kind, *values) if values else None

    def alias(self, name: str) -> str:
        """What the name is another name of (CNAME), or empty."""
        values = self._records.get((name, "CNAME"))
        return values[0].rstrip(".").lower() if values else ""

    def answers_for(self, name: str) -> bool:
        """Is this name the server's own, so that it forwards nothing."""
        return self.zone.contains(name) or name in self._names

    def respond(self, query: Message) -> QueryMessage:
        """The authoritative answer: records, no such record, or no such name."""
        name, kind = question(query)
        response = dns.message.make_response(query, recursion_available=True)
        assert isinstance(response, dns.message.QueryMessage)  # noqa: S101 - for the type checker: we answer queries
        response.flags |= dns.flags.AA
        records = self.find(name, kind)
        if records is None and (target := self.alias(name)):
            response.answer.append(
                dns.rrset.from_text(f"{name}.", _TTL, "IN", "CNAME", f"{target}.")
            )
            records = self.find(target, kind)
        if records is not None:
            response.answer.append(records)
        elif not response.answer:
            if name not in self._names and name != self.zone.origin:
                response.set_rcode(dns.rcode.NXDOMAIN)
            response.authority.append(self.zone.authority())
        return response


def question(query: Message) -> tuple[str, str]:
    """The name (lower case, without the last dot) and the type that are asked for."""
    asked = query.question[0]
    return asked.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(asked.rdtype)


def failure(query: Message) -> QueryMessage:
    """SERVFAIL: the server could not find out."""
    response = dns.message.make_response(query, recursion_available=True)
    assert isinstance(response, dns.message.QueryMessage)  # noqa: S101 - for the type checker, as above
    response.set_rcode(dns.rcode.SERVFAIL)
    return response


def over_udp(response: QueryMessage, query: Message) -> bytes:
    """The response as it fits into a datagram: without its records, and marked as truncated, when
    it does not."""
    room = min(max(query.payload, SMALLEST_UDP), _LARGEST_UDP) if query.edns >= 0 else SMALLEST_UDP
    wire = response.to_wire()
    if len(wire) <= room:
        return wire
    for section in (response.answer, response.authority, response.additional):
        section.clear()
    response.flags |= dns.flags.TC
    return response.to_wire()
