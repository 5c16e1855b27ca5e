"""ICMP has no ports, and NetworkPolicies allow ports: they cannot name it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial, not_through
from prober.diagnosis.fixes.patches import patched, policy_of, rules_of
from prober.diagnosis.fixes.policy_fixes import rule_for
from prober.diagnosis.fixes.policy_gap import who
from prober.manifest.writing.encode import rule_manifest
from prober.model.objects import Ref
from prober.model.patches.jsonpatch import Operation
from prober.model.prediction import Direction, Ruling
from prober.model.run import Confidence, Finding, Fix

ID = "icmp-without-ports"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    groups: dict[Ref, list[Denial]] = {}
    for denial in _left_open(case, direction):
        groups.setdefault(denial.trail.policies[0].policy, []).append(denial)
    for policy, group in groups.items():
        yield Finding(
            id=ID,
            cause=f"NetworkPolicy {policy} isolates {group[0].trail.pod} in {direction}, and no "
            f"rule of it can name ICMP {who(group)}: the API does not say what becomes of it, and "
            "this cluster stops it",
            confidence=Confidence.LIKELY,
            evidence=(
                "where implementations let ICMP through, it takes a rule without ports",
                *dict.fromkeys(
                    reason
                    for one in group[:3]
                    for reason in one.record.reasons
                    if "ICMP 3" in reason
                ),
            ),
            fix=_fix(group, policy, case),
            checks=tuple(dict.fromkeys(one.record.check.id for one in group)),
            objects=(policy,),
        )


def _left_open(case: Case, direction: Direction) -> Iterator[Denial]:
    for record in case.troubled_in(direction):
        undefined = record.prediction.verdict is Ruling.UNDEFINED
        if record.check.flow.protocol != "ICMP" or not undefined or not not_through(record):
            continue
        for backend in record.prediction.backends:
            trail = backend.egress if direction == "egress" else backend.ingress
            if trail.ruling is Ruling.UNDEFINED and trail.policies:
                yield Denial(record, backend, trail)


def _fix(group: list[Denial], policy: Ref, case: Case) -> Fix | None:
    """A rule without ports for the other end: it opens all ports as well, which is said."""
    old = policy_of(policy, case)
    if old is None:
        return None
    direction = group[0].direction
    rule = replace(rule_for(group, old, case.snapshot), ports=())
    rules = rules_of(old, direction)
    written = rule_manifest(rule, direction)
    whole: Operation = {"op": "add", "path": f"/spec/{direction}", "value": [written]}
    more: Operation = {"op": "add", "path": f"/spec/{direction}/-", "value": written}
    patch = (more if rules else whole,)
    return Fix(
        summary=f"add a rule without ports to {direction} of NetworkPolicy {policy} {who(group)}: "
        "there is no narrower one, so it opens every port between the two",
        target=policy,
        patch=patch,
        manifest=patched(case.snapshot.sources.get(policy), patch),
        opens=tuple(dict.fromkeys(str(one.record.check.flow) for one in group)),
    )


RULE = Rule(
    id=ID,
    concludes=(
        "A policy isolates the pod, and ICMP is stopped: rules name ports, and ICMP has none."
    ),
    advice="allow the other end by a rule without ports, or probe a port over TCP instead",
    needs="a failed ICMP check, and policies that isolate one of its ends",
    find_in=find,
)
