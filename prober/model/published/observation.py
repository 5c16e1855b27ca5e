"""Observations and their evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import msgspec

from prober.model.outcome import (
    Attempt,
    DnsEvidence,
    Evidence,
    Hop,
    HttpEvidence,
    IcmpEvidence,
    Observation,
    Outcome,
    TlsEvidence,
    ordered_phases,
)
from prober.model.published.shape import Count, Days, Milliseconds, Shape, derived, rounded


class AttemptShape(Shape[Attempt], kw_only=True):
    model_type: ClassVar = Attempt
    outcome: Outcome
    time_ms: Milliseconds = 0.0
    address: str = ""
    detail: str = ""


class IcmpShape(Shape[IcmpEvidence], kw_only=True):
    model_type: ClassVar = IcmpEvidence
    type: Count
    code: Count
    sender: str
    mtu: Count | None = None
    ttl: Count | None = None

    @classmethod
    def attributes(cls, model: IcmpEvidence) -> dict[str, Any]:
        return {"mtu": model.mtu or None, "ttl": model.ttl or None}

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        return {**given, "mtu": self.mtu or 0, "ttl": self.ttl or 0}


class DnsShape(Shape[DnsEvidence], kw_only=True):
    model_type: ClassVar = DnsEvidence
    name: str
    server: str
    rcode: str
    answers: tuple[str, ...] = ()
    truncated: bool = False
    transport: str = "udp"
    error: str = ""


class TlsShape(Shape[TlsEvidence], kw_only=True):
    model_type: ClassVar = TlsEvidence
    version: str = ""
    cipher: str = ""
    subject: str = ""
    issuer: str = ""
    names: tuple[str, ...] = ()
    not_after: str = ""
    days_left: Days | None = None
    trusted: bool | None = None
    name_matches: bool | None = None
    alert: str = ""


class HttpShape(Shape[HttpEvidence], kw_only=True):
    model_type: ClassVar = HttpEvidence
    status: Count
    reason: str = ""
    server: str = ""
    location: str = ""
    proxy: str = ""


class HopShape(Shape[Hop], kw_only=True):
    model_type: ClassVar = Hop
    ttl: Count
    sender: str
    kind: str
    time_ms: Milliseconds | None = None


class EvidenceShape(Shape[Evidence], kw_only=True):
    model_type: ClassVar = Evidence
    errno: str = ""
    icmp: tuple[IcmpShape, ...] = ()
    dns: tuple[DnsShape, ...] = ()
    tls: TlsShape | None = None
    http: HttpShape | None = None
    hops: tuple[HopShape, ...] = ()
    banner: str = ""
    local: str = ""
    notes: tuple[str, ...] = ()


class ObservationShape(Shape[Observation], kw_only=True):
    """Without the probe's id, which stands beside it."""

    model_type: ClassVar = Observation
    outcome: Outcome
    time_ms: Milliseconds = 0.0
    address: str = ""
    detail: str = ""
    phases: dict[str, Milliseconds] = msgspec.field(default_factory=dict)
    flaky: bool = derived(default=False)
    attempts: tuple[AttemptShape, ...] = ()
    lag_ms: Milliseconds = 0.0
    evidence: EvidenceShape = msgspec.field(default_factory=EvidenceShape)

    @classmethod
    def attributes(cls, model: Observation) -> dict[str, Any]:
        return {"phases": {name: rounded(time) for name, time in ordered_phases(model.phases)}}

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        del given["flaky"]
        return {**given, "probe": ""}


def rounded_observation(observation: Observation) -> Observation:
    """The observation with its times as they are published; itself where they are already."""
    seen = observation
    times = {"time_ms": rounded(seen.time_ms), "lag_ms": rounded(seen.lag_ms)}
    changed: dict[str, Any] = {
        name: time for name, time in times.items() if time != getattr(seen, name)
    }
    phases = {name: rounded(time) for name, time in seen.phases.items()}
    if phases != seen.phases:
        changed["phases"] = phases
    attempts = tuple(
        replace(attempt, time_ms=rounded(attempt.time_ms)) for attempt in seen.attempts
    )
    if attempts != seen.attempts:
        changed["attempts"] = attempts
    evidence = _rounded_evidence(seen.evidence)
    if evidence is not seen.evidence:
        changed["evidence"] = evidence
    return replace(seen, **changed) if changed else seen


def _rounded_evidence(evidence: Evidence) -> Evidence:
    days = evidence.tls.days_left if evidence.tls else None
    if not evidence.hops and days is None:
        return evidence
    hops = tuple(
        hop if hop.time_ms is None else replace(hop, time_ms=rounded(hop.time_ms))
        for hop in evidence.hops
    )
    tls = evidence.tls
    if tls is not None and days is not None:
        tls = replace(tls, days_left=rounded(days))
    return replace(evidence, hops=hops, tls=tls)
