"""From a check spec and one of its destinations to the probe and the flow."""

from __future__ import annotations

from prober.model.check import Endpoint, Flow
from prober.model.probe import Probe
from prober.model.protocol import PROTOCOLS
from prober.scenario.destination import Destination
from prober.scenario.protocols import TABLE
from prober.scenario.refs import TargetRef
from prober.scenario.resolving.destinations import transport_of
from prober.scenario.resolving.requests import request_of
from prober.scenario.spec import CheckSpec

ICMP = "ICMP"
"""What `Flow.protocol` says for echo."""


def flow_of(spec: CheckSpec, source: Endpoint, destination: Destination) -> Flow:
    """What is predicted."""
    if PROTOCOLS[spec.target.scheme].transport == ICMP:
        return Flow(source, destination.endpoint, ICMP)
    target = spec.target
    return Flow(
        source,
        destination.endpoint,
        transport_of(target),
        destination.port,
        request_of(target, destination.host, destination.port),
    )


def unspoken(target: TargetRef) -> str:
    """Why a target cannot be probed at all, from nowhere; empty: it can."""
    return TABLE[target.scheme].never_sent


def probe_of(spec: CheckSpec, destination: Destination, check_id: str) -> Probe:
    """What the vantage is told to do."""
    target = spec.target
    return Probe(
        id=check_id,
        kind=PROTOCOLS[target.scheme].kind,
        timeout=spec.timeout,
        attempts=spec.attempts,
        family=target.family,
        **TABLE[target.scheme].fields(spec, destination),
    )
