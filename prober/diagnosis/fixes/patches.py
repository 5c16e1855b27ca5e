"""Edits of one object as a JSON patch: what it would become, and whether prediction says that it
helps. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from prober.diagnosis.facts.case import Case
from prober.diagnosis.facts.denials import Denial
from prober.diagnosis.facts.wanted_flows import wanted_by
from prober.diagnosis.fixes.hypothetical import with_policy
from prober.diagnosis.fixes.own_policy import gains
from prober.diagnosis.fixes.policy_fixes import is_open, opened_by
from prober.manifest.writing.encode import rule_manifest
from prober.model.objects import NetworkPolicy, PolicyRule, Ref
from prober.model.patches.jsonpatch import Operation, apply, pointer
from prober.model.prediction import Direction
from prober.model.run import Fix
from prober.policy import Reference, difference


def edit_policy(
    summary: str,
    old: NetworkPolicy,
    new: NetworkPolicy,
    patch: Sequence[Operation],
    denials: Sequence[Denial],
    case: Case,
) -> Fix | None:
    """The fix that turns the policy `old` into `new`; None when prediction says that a denial would
    stay."""
    after = case.predictor.over(with_policy(case.snapshot, old, new))
    if not all(is_open(denial, after) for denial in denials):
        return None
    return Fix(
        summary=summary,
        target=old.ref,
        patch=tuple(patch),
        manifest=patched(case.snapshot.sources.get(old.ref), patch),
        opens=opened_by(denials, after, case.predictor),
        wanted=wanted_by(denial.record for denial in denials),
    )


def edit_rule(
    summary: str, denials: Sequence[Denial], policy: Ref, index: int, rule: PolicyRule, case: Case
) -> Fix | None:
    """One rule of a policy written anew; None where the flows would stay closed, where it would be
    opened to others too, or where something that the old rule lets through would be closed."""
    old = policy_of(policy, case)
    if old is None:
        return None
    direction = denials[0].direction
    new = with_rule(old, direction, index, rule)
    after = case.predictor.over(with_policy(case.snapshot, old, new))
    if gains(denials, old, case.predictor, after, case.records):
        return None
    if difference(Reference(case.snapshot), with_policy(case.snapshot, old, new)).closed:
        return None
    patch = tuple(_operations(rules_of(old, direction)[index], rule, direction, index))
    return edit_policy(summary, old, new, patch, denials, case)


def policy_of(ref: Ref, case: Case) -> NetworkPolicy | None:
    """The policy of that name; None where there is none."""
    return next((policy for policy in case.snapshot.policies if policy.ref == ref), None)


def rules_of(policy: NetworkPolicy, direction: Direction) -> tuple[PolicyRule, ...]:
    """The rules of one direction."""
    return policy.egress if direction == "egress" else policy.ingress


def with_rule(
    policy: NetworkPolicy, direction: Direction, index: int, rule: PolicyRule
) -> NetworkPolicy:
    """The policy with another rule at this place."""
    rules = list(rules_of(policy, direction))
    rules[index] = rule
    if direction == "egress":
        return replace(policy, egress=tuple(rules))
    return replace(policy, ingress=tuple(rules))


def may_name_hosts(rule: PolicyRule) -> bool:
    """Whether hosts outside can be meant by the rule's peers: what it lets out is never dead."""
    return not rule.peers or any(peer.ip_block for peer in rule.peers)


def patched(source: Mapping[str, Any] | None, patch: Sequence[Operation]) -> dict[str, Any] | None:
    """The object after a patch; None for one that is not known."""
    return None if source is None else apply(source, patch)


def _operations(
    old: PolicyRule, new: PolicyRule, direction: Direction, index: int
) -> Iterator[Operation]:
    """What makes the one of the other: the list of ports, the list of peers, or both."""
    written = rule_manifest(new, direction)
    peers = "to" if direction == "egress" else "from"
    for key, before, after in (("ports", old.ports, new.ports), (peers, old.peers, new.peers)):
        path = pointer("spec", direction, index, key)
        if before and not after:
            yield {"op": "remove", "path": path}
        elif before != after:
            yield {"op": "replace" if before else "add", "path": path, "value": written[key]}
