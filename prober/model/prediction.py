"""What the policies say should happen, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from prober.model.objects import PolicyRule, PolicyType, Ref

Direction = Literal["ingress", "egress"]
DIRECTIONS: Final[tuple[Direction, ...]] = ("ingress", "egress")
POLICY_TYPES: Final[Mapping[Direction, PolicyType]] = {"ingress": "Ingress", "egress": "Egress"}
"""The directions as a NetworkPolicy's `policyTypes` writes them."""


class Ruling(StrEnum):
    """The answer of a prediction."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNDEFINED = "undefined"
    """The API leaves it to the implementation, or to something that the snapshot does not say."""


class Match(StrEnum):
    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    """It depends on the implementation."""


@dataclass(frozen=True, slots=True)
class RuleTrail:
    """One rule of a policy against one flow."""

    index: int
    """0-based, in the policy's `ingress` or `egress` list."""
    match: Match
    peers: Match
    """Did `from`/`to` match."""
    ports: Match
    """Did `ports` match."""
    reason: str
    """One sentence: what matched, or what was missing."""
    rule: PolicyRule
    """Of a NetworkPolicy, as it was written; of other kinds one that says nothing."""
    action: str = "allow"
    """What it does with what it matches: allow, deny, pass, or log. A rule of a NetworkPolicy
    allows."""
    section: str = ""
    """The list it stands in, where the language has more than one for a direction, as in
    `ingressDeny`."""
    overridden: bool = False
    """It matches, and something before it had decided already."""
    requests: tuple[str, ...] = ()
    """What of the connection is let through on layer 7, as in `GET /public`; empty: all of it."""


@dataclass(frozen=True, slots=True)
class PolicyTrail:
    """One policy that selects the pod, and what each of its rules says."""

    policy: Ref
    match: Match
    """Whether it allows the flow; of other kinds than NetworkPolicy, whether any of its rules
    matches."""
    rules: tuple[RuleTrail, ...] = ()
    tier: str = ""
    """The tier it stands in."""
    place: str = ""
    """Where in the tier, as in `priority 10`; empty where order means nothing."""


class TierOutcome(StrEnum):
    """What a tier did with a flow."""

    ALLOWED = "allowed"
    DENIED = "denied"
    PASSED = "passed"
    """A rule, or the tier's own default, left it to the next tier."""
    UNDECIDED = "undecided"
    """No rule of it matched."""
    UNDEFINED = "undefined"
    NOT_REACHED = "not reached"
    """A tier before it had decided."""


@dataclass(frozen=True, slots=True)
class TierTrail:
    """One tier that has a policy for the pod."""

    name: str
    outcome: TierOutcome
    reason: str
    """One sentence."""


@dataclass(frozen=True, slots=True)
class DirectionTrail:
    """One direction of a flow: who is isolated, which policies speak, what they say."""

    direction: Direction
    ruling: Ruling
    pod: Ref | None
    """The pod whose policies apply; None where that end is not a pod."""
    reason: str
    """One sentence: what decided."""
    policies: tuple[PolicyTrail, ...] = ()
    """Every policy that selects the pod in this direction; empty: none does, so it is not
    isolated."""
    tiers: tuple[TierTrail, ...] = ()
    """Where policies of several tiers or languages had a say: the tiers in their order; else
    empty."""
    decided_by: tuple[Ref, ...] = ()
    """The policies that decided, where tiers tell; else empty."""


@dataclass(frozen=True, slots=True)
class BackendTrail:
    """One backend a Service may send the flow to. A flow to a pod or a host has exactly one."""

    destination: str
    """As in `flux-system/source-controller-0:9090`, or a host."""
    port: int | None
    """The port after translation."""
    ruling: Ruling
    egress: DirectionTrail
    ingress: DirectionTrail
    pod: Ref | None = None
    """The pod it is; None for a node or a host outside."""


@dataclass(frozen=True, slots=True)
class RequestRuling:
    """What becomes of a request over a connection that policies allow."""

    ruling: Ruling
    """Denied: the policies' proxy answers with 403 in the target's stead."""
    reason: str
    """One sentence."""


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """What the engine that runs in the cluster makes of a flow, where that is not what the API
    says."""

    engine: str
    """Its name, as in `kube-router`."""
    verdict: Ruling
    egress: Ruling
    ingress: Ruling
    reason: str
    """One sentence: what decided."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """Both directions and the verdict, with the whole trail."""

    verdict: Ruling
    egress: Ruling
    ingress: Ruling
    reason: str
    """One sentence: what decided, or why it is undefined."""
    backends: tuple[BackendTrail, ...] = ()
    translation: str = ""
    """What a Service did to the destination, as in `80 → 9090 (Service
    flux-system/source-controller)`; else empty."""
    notes: tuple[str, ...] = ()
    """What the snapshot could not say."""
    doubts: tuple[str, ...] = ()
    """Objects that are not evaluated and may change the answer, each a sentence. With one of them
    the answer proves nothing by itself."""

    request: RequestRuling | None = None
    """Of the flow's request, where a rule that allows the connection tells requests apart."""

    engine: EngineAnswer | None = None
    """Where only NetworkPolicies are in the cluster, and the engine there is known to differ."""

    @property
    def decisive(self) -> tuple[Ref, ...]:
        """The policies that decided: those that isolate where it is denied, those that allow where
        it is allowed."""
        refs: dict[Ref, None] = {}
        for backend in self.backends:
            for trail in (backend.egress, backend.ingress):
                refs.update(dict.fromkeys(trail.decided_by))
                for policy in trail.policies if not trail.decided_by else ():
                    allows = policy.match is Match.YES
                    if (trail.ruling is Ruling.DENIED and not allows) or (
                        trail.ruling is Ruling.ALLOWED and allows
                    ):
                        refs[policy.policy] = None
        return tuple(refs)
