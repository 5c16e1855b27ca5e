"""PURE. Can an agent have said this of that probe? What no agent ever says is a forgery or a
defect, and no result.

The rules are those by which the probes work (`agent/probes`): which phases a protocol goes through,
in which order, and which of them an outcome needs or excludes. They hold only for what a line
states; a line without phases or attempts contradicts nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from prober.model.outcome import Evidence, Observation, Outcome
from prober.model.probe import Probe, ProbeKind
from prober.model.protocol import BY_KIND
from prober.model.text.addresses import is_address

_DAY_MS = 86_400_000.0
"""No probe takes a day."""
_SLACK_MS = 5.0
"""By so much may the phases be longer than the try that they are part of: each is rounded by
itself."""
_LEAST_DAYS, _MOST_DAYS = -4_000_000.0, 4_000_000.0
"""Of a certificate's validity: X.509 ends with the year 9999."""


def contradiction(probe: Probe, observation: Observation) -> str:
    """Why no agent can have said this, as a sentence without its subject; empty when one can."""
    # The first is enough: the stream is given up for it. A generator, so that a line with a hundred
    # absurd numbers costs one comparison.
    for reason in _contradictions(probe, observation):
        return reason
    return ""


def _contradictions(probe: Probe, observation: Observation) -> Iterator[str]:
    yield from _times(observation)
    yield from _addresses(observation)
    yield from _numbers(observation.evidence)
    yield from _phases(probe, observation)
    yield from _attempts(probe, observation)
    if observation.outcome is Outcome.OK and observation.evidence.errno:
        yield f"it is ok, and failed with {observation.evidence.errno}"
    if observation.outcome is Outcome.SILENT and probe.kind is not ProbeKind.UDP:
        yield f"{probe.kind} is never silent"


def _times(observation: Observation) -> Iterator[str]:
    times = [observation.time_ms, observation.lag_ms, *observation.phases.values()]
    times += [attempt.time_ms for attempt in observation.attempts]
    times += [hop.time_ms for hop in observation.evidence.hops if hop.time_ms is not None]
    for time in times:
        if not (math.isfinite(time) and 0 <= time <= _DAY_MS):
            yield f"{time} ms is no time that a probe takes"


def _addresses(observation: Observation) -> Iterator[str]:
    evidence = observation.evidence
    given = [observation.address, *(attempt.address for attempt in observation.attempts)]
    given += [icmp.sender for icmp in evidence.icmp]
    given += [hop.sender for hop in evidence.hops]
    for address in given:
        if address and not is_address(address):
            yield f"{address!r} is no address"


def _numbers(evidence: Evidence) -> Iterator[str]:
    bytes_ = [number for icmp in evidence.icmp for number in (icmp.type, icmp.code, icmp.ttl)]
    bytes_ += [hop.ttl for hop in evidence.hops]
    if not _within(bytes_, 0, 255) or not _within(
        [icmp.mtu for icmp in evidence.icmp], 0, 0xFFFFFFFF
    ):
        yield "a number in its ICMP errors is out of range"
    if evidence.http and not 100 <= evidence.http.status <= 599:
        yield f"{evidence.http.status} is no HTTP status"
    days = evidence.tls.days_left if evidence.tls else None
    if days is not None and not _LEAST_DAYS <= days <= _MOST_DAYS:
        yield f"no certificate is valid for {days} days"


def _phases(probe: Probe, observation: Observation) -> Iterator[str]:
    protocol = BY_KIND[probe.kind]
    phases, outcome, order = observation.phases, observation.outcome, protocol.phases
    if unknown := [name for name in phases if name not in order]:
        yield f"{probe.kind} has no phase {unknown[0]!r}"
    if not phases:
        return
    # An agent notes a phase when it has ended. So phases are a prefix of the protocol's own order:
    # what comes later implies what comes before, and an outcome of the connect excludes what comes
    # after it.
    later = {name for name in ("tls", "reply") if name in phases}
    if "connect" in order and later and "connect" not in phases:
        yield "it went on without a connection"
    if outcome is Outcome.OK and protocol.answered not in phases:
        yield f"it is ok, without {protocol.answered}"
    # A DNS probe goes on after a bad answer (it has asked, and reports what it was told); every
    # other one stops there for lack of an address.
    if outcome.is_dns and probe.kind is not ProbeKind.DNS and set(phases) - {"resolve"}:
        yield f"it is {outcome}, and went on without an address"
    if outcome is Outcome.REFUSED and later:
        yield "it is refused, and went on after that"
    if outcome is Outcome.SILENT and "reply" in phases:
        yield "it is silent, with a reply"
    if sum(phases.values()) > observation.time_ms + _SLACK_MS:
        yield "its phases take longer than all of it"


def _attempts(probe: Probe, observation: Observation) -> Iterator[str]:
    attempts = observation.attempts
    if not attempts:
        return
    if len(attempts) > probe.attempts:
        yield f"it has {len(attempts)} attempts, of {probe.attempts} that were asked for"
    if attempts[-1].outcome is not observation.outcome:
        yield f"it is {observation.outcome}, and its last attempt is {attempts[-1].outcome}"
    if any(attempt.outcome is Outcome.OK for attempt in attempts[:-1]):
        yield "it was tried again after it was ok"


def _within(numbers: Sequence[int], least: int, most: int) -> bool:
    return all(least <= number <= most for number in numbers)
