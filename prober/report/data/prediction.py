"""Predictions and their trails as plain data."""

from __future__ import annotations

from typing import Any

from prober.model.prediction import BackendTrail, DirectionTrail, PolicyTrail, Prediction
from prober.policy.text.as_data import plain_place, plain_rule, plain_tiers
from prober.report.data.plain import optional_ref, ref_data


def prediction_data(prediction: Prediction) -> dict[str, Any]:
    """What the policies say, and in `trail` why: for each backend and direction the policies and
    their rules."""
    return {
        "verdict": prediction.verdict.value,
        "egress": prediction.egress.value,
        "ingress": prediction.ingress.value,
        "reason": prediction.reason,
        "translation": prediction.translation,
        "policies": [ref_data(ref) for ref in prediction.decisive],
        "notes": list(prediction.notes),
        **({"doubts": list(prediction.doubts)} if prediction.doubts else {}),
        "trail": [_backend(backend) for backend in prediction.backends],
    }


def _backend(backend: BackendTrail) -> dict[str, Any]:
    return {
        "destination": backend.destination,
        "port": backend.port,
        "pod": optional_ref(backend.pod),
        "verdict": backend.ruling.value,
        "egress": _direction(backend.egress),
        "ingress": _direction(backend.ingress),
    }


def _direction(trail: DirectionTrail) -> dict[str, Any]:
    return {
        "verdict": trail.ruling.value,
        "pod": optional_ref(trail.pod),
        "reason": trail.reason,
        "policies": [_policy(policy) for policy in trail.policies],
    } | plain_tiers(trail)


def _policy(trail: PolicyTrail) -> dict[str, Any]:
    return {
        "policy": ref_data(trail.policy),
        "match": trail.match.value,
        "rules": [plain_rule(rule) for rule in trail.rules],
    } | plain_place(trail)
