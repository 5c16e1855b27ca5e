"""A prediction as text for a person: what decided, and in which file or object it is written."""

from __future__ import annotations

from collections.abc import Iterator

from prober.model.check import Flow
from prober.model.prediction import (
    BackendTrail,
    DirectionTrail,
    Match,
    PolicyTrail,
    Prediction,
    RuleTrail,
)
from prober.model.snapshot import Snapshot

_SIGNS = {Match.YES: "✓", Match.NO: "✗", Match.MAYBE: "?"}
_MOST_BACKENDS = 5
"""Beyond, backends with the same answer are only counted."""


def explain(flow: Flow, prediction: Prediction, snapshot: Snapshot) -> str:
    """The whole trail, without colour and without a final line break."""
    return "\n".join(_lines(flow, prediction, snapshot))


def _lines(flow: Flow, prediction: Prediction, snapshot: Snapshot) -> Iterator[str]:
    yield f"{flow}: {prediction.verdict.value}"
    if prediction.reason not in _reasons_below(prediction):
        yield f"  {prediction.reason}"
    if prediction.engine:
        answer = prediction.engine
        yield f"  {answer.engine}: {answer.verdict.value} ({answer.reason})"
    if prediction.request:
        yield f"  request {prediction.request.ruling.value}: {prediction.request.reason}"
    if prediction.translation:
        yield f"  translated: {prediction.translation}"
    yield from (f"  note: {note}" for note in (*prediction.notes, *prediction.doubts))
    shown = prediction.backends[:_MOST_BACKENDS]
    for backend in shown:
        yield ""
        if len(prediction.backends) > 1:
            yield f"backend {backend.destination}: {backend.ruling.value}"
        yield from _backend(backend, snapshot)
    left = prediction.backends[len(shown) :]
    if left:
        counted = ", ".join(
            f"{count} {ruling}"
            for ruling in dict.fromkeys(hidden.ruling.value for hidden in left)
            if (count := sum(hidden.ruling.value == ruling for hidden in left))
        )
        yield ""
        yield f"and {len(left)} more backends: {counted}"


def _reasons_below(prediction: Prediction) -> set[str]:
    """What the directions of an only backend say by themselves: one of them, or both, one after the
    other."""
    if len(prediction.backends) != 1:
        return set()
    each = [
        trail.reason for trail in (prediction.backends[0].egress, prediction.backends[0].ingress)
    ]
    return {*each, "; ".join(each)}


def _backend(backend: BackendTrail, snapshot: Snapshot) -> Iterator[str]:
    for trail in (backend.egress, backend.ingress):
        yield from _direction(trail, snapshot)


def _direction(trail: DirectionTrail, snapshot: Snapshot) -> Iterator[str]:
    whose = f" ({'from' if trail.direction == 'egress' else 'to'} {trail.pod})" if trail.pod else ""
    yield f"{trail.direction}: {trail.ruling.value}{whose}"
    yield f"  {trail.reason}"
    if not trail.tiers:
        for policy in trail.policies:
            yield from _policy(policy, snapshot, "  ")
    for tier in trail.tiers:
        yield f"  {tier.name}: {tier.outcome.value}"
        for policy in (
            policy_trail for policy_trail in trail.policies if policy_trail.tier == tier.name
        ):
            yield from _policy(policy, snapshot, "    ")


def _policy(trail: PolicyTrail, snapshot: Snapshot, indent: str) -> Iterator[str]:
    place = f", {trail.place}" if trail.place else ""
    yield f"{indent}{_SIGNS[trail.match]} {snapshot.describe(trail.policy)}{place}"
    if not trail.rules:
        yield f"{indent}    has no rules for this direction: it allows nothing"
    yield from (f"{indent}  {_rule(rule)}" for rule in trail.rules)


def _rule(trail: RuleTrail) -> str:
    section = f"{trail.section} " if trail.section else ""
    more = " (overridden)" if trail.overridden else ""
    if trail.requests:
        more += f"; of the requests only {', '.join(trail.requests)}"
    return f"{_SIGNS[trail.match]} {section}rule {trail.index + 1}: {trail.reason}{more}"
