"""Observations and their evidence as plain data."""

from __future__ import annotations

from typing import Any

from prober.model.outcome import DnsEvidence, Evidence, HttpEvidence, Observation, TlsEvidence
from prober.report.data.plain import rounded
from prober.report.words import ordered_phases


def observation_data(observation: Observation) -> dict[str, Any]:
    """One observation; times in milliseconds, rounded to microseconds."""
    return {
        "outcome": observation.outcome.value,
        "timeMs": rounded(observation.time_ms),
        "address": observation.address,
        "detail": observation.detail,
        "phases": {name: rounded(value) for name, value in ordered_phases(observation.phases)},
        "flaky": observation.flaky,
        "attempts": [
            {
                "outcome": attempt.outcome.value,
                "timeMs": rounded(attempt.time_ms),
                "address": attempt.address,
                "detail": attempt.detail,
            }
            for attempt in observation.attempts
        ],
        "lagMs": rounded(observation.lag_ms),
        "evidence": _evidence(observation.evidence),
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "errno": evidence.errno,
        "icmp": [
            {
                "type": item.type,
                "code": item.code,
                "sender": item.sender,
                "mtu": item.mtu or None,
                "ttl": item.ttl or None,
            }
            for item in evidence.icmp
        ],
        "dns": [_dns(item) for item in evidence.dns],
        "tls": _tls(evidence.tls) if evidence.tls else None,
        "http": _http(evidence.http) if evidence.http else None,
        "hops": [
            {
                "ttl": hop.ttl,
                "sender": hop.sender,
                "kind": hop.kind,
                "timeMs": None if hop.time_ms is None else rounded(hop.time_ms),
            }
            for hop in evidence.hops
        ],
        "banner": evidence.banner,
        "local": evidence.local,
        "notes": list(evidence.notes),
    }


def _dns(item: DnsEvidence) -> dict[str, Any]:
    return {
        "name": item.name,
        "server": item.server,
        "rcode": item.rcode,
        "answers": list(item.answers),
        "truncated": item.truncated,
        "transport": item.transport,
        "error": item.error,
    }


def _tls(item: TlsEvidence) -> dict[str, Any]:
    return {
        "version": item.version,
        "cipher": item.cipher,
        "subject": item.subject,
        "issuer": item.issuer,
        "names": list(item.names),
        "notAfter": item.not_after,
        "daysLeft": None if item.days_left is None else rounded(item.days_left),
        "trusted": item.trusted,
        "nameMatches": item.name_matches,
        "alert": item.alert,
    }


def _http(item: HttpEvidence) -> dict[str, Any]:
    return {
        "status": item.status,
        "reason": item.reason,
        "server": item.server,
        "location": item.location,
        "proxy": item.proxy,
    }
