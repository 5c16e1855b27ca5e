"""From a target to the request that policies may tell apart from others."""

from __future__ import annotations

from prober.model.check import Request
from prober.model.protocol import PROTOCOLS, ProbeKind
from prober.scenario.refs import TargetRef


def request_of(target: TargetRef, host: str, port: int | str | None) -> Request | None:
    """What an HTTP check of a target asks for, with the header Host that its client sends; None of
    other protocols."""
    protocol = PROTOCOLS[target.scheme]
    if protocol.kind is not ProbeKind.HTTP:
        return None
    name = f"[{host}]" if ":" in host else host
    authority = name if port in (None, protocol.port) else f"{name}:{port}"
    return Request(target.method, target.path or "/", authority, tls=protocol.secure)
