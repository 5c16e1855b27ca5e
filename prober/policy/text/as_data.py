"""A prediction as plain JSON data, for output lines and reports."""

from __future__ import annotations

from typing import Any

from prober.model.prediction import BackendTrail, DirectionTrail, PolicyTrail, Prediction, RuleTrail


def plain_trail(prediction: Prediction) -> dict[str, Any]:
    """The trail: the reason, then direction → policies → rules, each with its own.

    With one destination `egress` and `ingress` stand in the trail itself; a Service with several
    backends has them in `backends`, once for each.
    """
    trail: dict[str, Any] = {"reason": prediction.reason}
    if prediction.translation:
        trail["translation"] = prediction.translation
    if prediction.notes:
        trail["notes"] = list(prediction.notes)
    if len(prediction.backends) == 1:
        return trail | _directions(prediction.backends[0])
    if prediction.backends:
        trail["backends"] = [_backend(backend) for backend in prediction.backends]
    return trail


def _backend(backend: BackendTrail) -> dict[str, Any]:
    head = {
        "destination": backend.destination,
        "port": backend.port,
        "verdict": backend.ruling.value,
    }
    return head | _directions(backend)


def _directions(backend: BackendTrail) -> dict[str, Any]:
    return {"egress": _direction(backend.egress), "ingress": _direction(backend.ingress)}


def _direction(trail: DirectionTrail) -> dict[str, Any]:
    return {
        "ruling": trail.ruling.value,
        "pod": str(trail.pod) if trail.pod else None,
        "reason": trail.reason,
        "policies": [_policy(policy) for policy in trail.policies],
    }


def _policy(trail: PolicyTrail) -> dict[str, Any]:
    return {
        "policy": str(trail.policy),
        "match": trail.match.value,
        "rules": [plain_rule(rule) for rule in trail.rules],
    }


def plain_rule(trail: RuleTrail) -> dict[str, Any]:
    """What a rule says. The rule itself is not repeated: policy, direction and index name it."""
    return {
        "index": trail.index,
        "match": trail.match.value,
        "peers": trail.peers.value,
        "ports": trail.ports.value,
        "reason": trail.reason,
    }
