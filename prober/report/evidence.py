"""What the wire said, in one line."""

from __future__ import annotations

from collections.abc import Mapping

from prober.model.outcome import DnsEvidence, Evidence, Hop, HttpEvidence, IcmpEvidence, TlsEvidence


def evidence_line(evidence: Evidence, addresses: Mapping[str, str]) -> str:
    """A summary such as `ICMP 3/3 from n1 (198.51.100.11)`; empty when nothing was seen.

    `addresses` says who has an address, as `RunRecord.addresses` does.
    """
    parts = list(dict.fromkeys(_icmp(item, addresses) for item in evidence.icmp))
    if evidence.dns:
        parts.append(_dns(evidence.dns[-1]))
    if evidence.tls:
        parts.append(_tls(evidence.tls))
    if evidence.http:
        parts.append(_http(evidence.http))
    if evidence.banner:
        parts.append(f'said "{evidence.banner}"')
    if evidence.hops:
        parts.append("hops " + ", ".join(_hop(hop, addresses) for hop in evidence.hops))
    if evidence.errno and not evidence.icmp:
        parts.append(evidence.errno)
    return "; ".join([*parts, *evidence.notes])


def owner(address: str, addresses: Mapping[str, str]) -> str:
    """`n1 (198.51.100.11)`, or the address alone where nobody is known to have it."""
    name = addresses.get(address)
    return f"{name} ({address})" if name else address


def _icmp(item: IcmpEvidence, addresses: Mapping[str, str]) -> str:
    version = "ICMPv6" if ":" in item.sender else "ICMP"
    mtu = f", MTU {item.mtu}" if item.mtu else ""
    return f"{version} {item.type}/{item.code} from {owner(item.sender, addresses)}{mtu}"


def _dns(item: DnsEvidence) -> str:
    said = item.rcode or item.error or "no answer"
    answers = f" {', '.join(item.answers)}" if item.answers else ""
    return (
        f"DNS {said}{answers} from {item.server}" if item.rcode else f"DNS {said} at {item.server}"
    )


def _tls(item: TlsEvidence) -> str:
    days = f"{item.days_left:.0f} days left" if item.days_left is not None else ""
    return ", ".join(
        part for part in (item.version or "TLS", item.subject, days, item.alert) if part
    )


def _http(item: HttpEvidence) -> str:
    proxy = f" through {item.proxy}" if item.proxy else ""
    return f"HTTP {item.status} {item.reason}".rstrip() + proxy


def _hop(hop: Hop, addresses: Mapping[str, str]) -> str:
    return (
        f"{hop.ttl} {owner(hop.sender, addresses)} {hop.kind}"
        if hop.sender
        else f"{hop.ttl} {hop.kind}"
    )
