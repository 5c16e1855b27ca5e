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
    if prediction.notes or prediction.doubts:
        trail["notes"] = [*prediction.notes, *prediction.doubts]
    if prediction.engine:
        answer = prediction.engine
        trail["engine"] = {
            "name": answer.engine,
            "verdict": answer.verdict.value,
            "reason": answer.reason,
        }
    if prediction.request:
        ruling = prediction.request
        trail["request"] = {"ruling": ruling.ruling.value, "reason": ruling.reason}
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
    } | plain_tiers(trail)


def _policy(trail: PolicyTrail) -> dict[str, Any]:
    return {
        "policy": str(trail.policy),
        **({"kind": trail.policy.kind} if trail.policy.kind != "NetworkPolicy" else {}),
        "match": trail.match.value,
        "rules": [plain_rule(rule) for rule in trail.rules],
    } | plain_place(trail)


def plain_tiers(trail: DirectionTrail) -> dict[str, Any]:
    """The tiers of a direction, where there are several."""
    tiers = [
        {"name": tier.name, "outcome": tier.outcome.value, "reason": tier.reason}
        for tier in trail.tiers
    ]
    return {"tiers": tiers} if tiers else {}


def plain_place(trail: PolicyTrail) -> dict[str, Any]:
    """Where a policy stands, where that counts."""
    places = {"tier": trail.tier, "place": trail.place}
    return {name: text for name, text in places.items() if text}


def plain_rule(trail: RuleTrail) -> dict[str, Any]:
    """What a rule says. The rule itself is not repeated: policy, direction and index name it."""
    more: dict[str, Any] = {}
    if trail.action != "allow":
        more["action"] = trail.action
    if trail.section:
        more["section"] = trail.section
    if trail.overridden:
        more["overridden"] = True
    if trail.requests:
        more["requests"] = list(trail.requests)
    return {
        "index": trail.index,
        "match": trail.match.value,
        "peers": trail.peers.value,
        "ports": trail.ports.value,
        "reason": trail.reason,
        **more,
    }
