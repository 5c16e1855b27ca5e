"""PURE. Everything about one check, as lines for people: what a click on it shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prober.model.outcome import ordered_phases
from prober.model.prediction import BackendTrail, DirectionTrail, Match, PolicyTrail, Prediction
from prober.model.run import CheckRecord
from prober.report.evidence import evidence_line
from prober.report.text import printable
from prober.report.words import Mark, explain, flake, mark_of, milliseconds

MOST_TRAIL = 60
"""Lines of a trail; a flow to a Service with many backends repeats itself."""


def detail_of(check: CheckRecord, addresses: Mapping[str, str]) -> dict[str, Any]:
    """Sentences, wire, phases, controls and trail of a check; what says nothing is left out."""
    seen = check.observation
    says = explain(check) if mark_of(check) is not Mark.OK else check.reasons
    phases = (
        f"{name} {milliseconds(time) or '0 ms'}" for name, time in ordered_phases(seen.phases)
    )
    all_parts: dict[str, Any] = {
        "expected": check.check.expected.value,
        "outcome": seen.outcome.value,
        "verdict": check.verdict.value,
        "predicted": check.prediction.verdict.value,
        "vantage": printable(check.check.vantage.id),
        "says": [printable(sentence) for sentence in (*says, *check.doubts)],
        "wire": printable(evidence_line(seen.evidence, addresses)),
        "phases": printable(", ".join(phases)),
        "flaky": flake(seen),
        "controls": [_control(control.name, passed=control.passed) for control in check.controls],
        "trail": _trail(check.prediction),
    }
    return {name: part for name, part in all_parts.items() if part}


def _control(name: str, *, passed: bool) -> str:
    return f"{'passed' if passed else 'failed'}: {printable(name)}"


def _trail(prediction: Prediction) -> list[list[Any]]:
    """Depth and text of each line; the first is the sentence that decided."""
    lines: list[list[Any]] = [[0, prediction.reason]] if prediction.reason else []
    lines += [[0, note] for note in (prediction.translation, *prediction.notes) if note]
    for backend in prediction.backends:
        lines += [[depth, text] for depth, text in _backend(backend)]
    cut = lines[:MOST_TRAIL]
    if len(lines) > MOST_TRAIL:
        cut.append([0, f"and {len(lines) - MOST_TRAIL} lines more, in the JSON report"])
    return [[depth, printable(text)] for depth, text in cut]


def _backend(backend: BackendTrail) -> Iterator[tuple[int, str]]:
    yield 0, f"to {backend.destination}: {backend.ruling.value}"
    for direction in (backend.egress, backend.ingress):
        yield from _direction(direction)


def _direction(direction: DirectionTrail) -> Iterator[tuple[int, str]]:
    yield 1, f"{direction.direction} {direction.ruling.value}: {direction.reason}"
    for tier in direction.tiers:
        yield 2, f"{tier.name}: {tier.outcome.value}, {tier.reason}"
    for policy in direction.policies:
        yield from _policy(policy)


def _policy(policy: PolicyTrail) -> Iterator[tuple[int, str]]:
    match = "matches" if policy.match is Match.YES else policy.match.value
    yield 2, f"{policy.policy.kind} {policy.policy}: {match}"
    for rule in policy.rules:
        yield 3, f"rule {rule.index + 1}, {rule.match.value}: {rule.reason}"
