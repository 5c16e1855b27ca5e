"""Predictions and their trails."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from msgspec import UNSET, UnsetType

from prober.model.objects import PolicyRule, Ref
from prober.model.prediction import (
    BackendTrail,
    Direction,
    DirectionTrail,
    EngineAnswer,
    Match,
    PolicyTrail,
    Prediction,
    RequestRuling,
    RuleTrail,
    Ruling,
    TierOutcome,
    TierTrail,
)
from prober.model.published.shape import Count, Shape, derived
from prober.model.text.naming import is_ref


class RefShape(Shape[Ref], kw_only=True):
    """The name of an object."""

    model_type: ClassVar = Ref
    kind: str
    namespace: str
    name: str

    def model(self) -> Ref:
        ref = Ref(self.kind, self.namespace, self.name)
        if not is_ref(ref):
            raise ValueError(f"{self.kind!r} {f'{self.namespace}/{self.name}'!r} names no object")
        return ref


class RuleShape(Shape[RuleTrail], kw_only=True):
    """What a rule says. The rule itself is not repeated: policy, direction and index name it."""

    model_type: ClassVar = RuleTrail
    index: Count
    match: Match
    peers: Match
    ports: Match
    reason: str
    action: Literal["allow", "deny", "pass", "log"] | UnsetType = UNSET
    section: str | UnsetType = UNSET
    overridden: bool | UnsetType = UNSET
    requests: tuple[str, ...] | UnsetType = UNSET

    @classmethod
    def attributes(cls, model: RuleTrail) -> dict[str, Any]:
        return {"action": UNSET if model.action == "allow" else model.action}

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        return {**given, "rule": PolicyRule()}


class PolicyTrailShape(Shape[PolicyTrail], kw_only=True):
    model_type: ClassVar = PolicyTrail
    policy: RefShape
    match: Match
    rules: tuple[RuleShape, ...] = ()
    tier: str | UnsetType = UNSET
    place: str | UnsetType = UNSET


class TierShape(Shape[TierTrail], kw_only=True):
    """One tier of several, and what it did."""

    model_type: ClassVar = TierTrail
    name: str
    outcome: TierOutcome
    reason: str


class DirectionShape(Shape[DirectionTrail], kw_only=True):
    """One direction; which one, its place says."""

    model_type: ClassVar = DirectionTrail
    verdict: Ruling
    pod: RefShape | None
    reason: str
    policies: tuple[PolicyTrailShape, ...] = ()
    tiers: tuple[TierShape, ...] | UnsetType = UNSET
    decided_by: tuple[RefShape, ...] | UnsetType = UNSET

    @classmethod
    def attributes(cls, model: DirectionTrail) -> dict[str, Any]:
        return {"verdict": model.ruling}

    def directed(self, direction: Direction) -> DirectionTrail:
        return DirectionTrail(
            direction,
            self.verdict,
            self.pod.model() if self.pod else None,
            self.reason,
            tuple(policy.model() for policy in self.policies),
            tuple(tier.model() for tier in self.tiers or ()),
            tuple(ref.model() for ref in self.decided_by or ()),
        )


class BackendShape(Shape[BackendTrail], kw_only=True):
    model_type: ClassVar = BackendTrail
    destination: str
    port: Count | None
    pod: RefShape | None
    verdict: Ruling
    egress: DirectionShape
    ingress: DirectionShape

    @classmethod
    def attributes(cls, model: BackendTrail) -> dict[str, Any]:
        return {"verdict": model.ruling}

    def model(self) -> BackendTrail:
        return BackendTrail(
            self.destination,
            self.port,
            self.verdict,
            self.egress.directed("egress"),
            self.ingress.directed("ingress"),
            self.pod.model() if self.pod else None,
        )


class RequestShape(Shape[RequestRuling], kw_only=True):
    """What becomes of a request over an allowed connection."""

    model_type: ClassVar = RequestRuling
    ruling: Ruling
    reason: str


class EngineShape(Shape[EngineAnswer], kw_only=True):
    """What the engine in the cluster makes of the flow, where that is not what the API says."""

    model_type: ClassVar = EngineAnswer
    engine: str
    verdict: Ruling
    egress: Ruling
    ingress: Ruling
    reason: str


class PredictionShape(Shape[Prediction], kw_only=True):
    """In `trail` why: for each backend and direction the policies and their rules."""

    model_type: ClassVar = Prediction
    verdict: Ruling
    egress: Ruling
    ingress: Ruling
    reason: str
    translation: str = ""
    policies: tuple[RefShape, ...] = derived(default=())
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] | UnsetType = UNSET
    request: RequestShape | UnsetType = UNSET
    engine: EngineShape | UnsetType = UNSET
    trail: tuple[BackendShape, ...] = ()

    @classmethod
    def attributes(cls, model: Prediction) -> dict[str, Any]:
        return {
            "policies": tuple(RefShape.of(ref) for ref in model.decisive),
            "trail": tuple(BackendShape.of(backend) for backend in model.backends),
        }

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        del given["policies"]
        backends = given.pop("trail")
        return {**given, "backends": backends}
