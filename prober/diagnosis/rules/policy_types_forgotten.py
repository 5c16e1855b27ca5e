"""A policy has rules for a direction that its policyTypes do not name: they have no effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial, denials
from prober.diagnosis.facts.unwanted import ends, unwanted
from prober.diagnosis.fixes.hypothetical import Supposing
from prober.diagnosis.fixes.keeping import choose
from prober.diagnosis.fixes.patches import edit_policy, patched
from prober.diagnosis.fixes.policy_fixes import is_open
from prober.diagnosis.fixes.policy_gap import gap
from prober.model.listing import listed
from prober.model.objects import NetworkPolicy, Pod
from prober.model.prediction import POLICY_TYPES, Direction, Ruling
from prober.model.run import CheckRecord, Confidence, Finding, Fix
from prober.policy.deciding import selects

ID = "policy-types-forgotten"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    idle = [
        policy for policy in case.snapshot.policies if POLICY_TYPES[direction] in policy.unnamed
    ]
    if idle:
        yield from _open_findings(idle, direction, case)
        yield from _closed_findings(idle, direction, case)


def _completed(policy: NetworkPolicy, direction: Direction) -> NetworkPolicy:
    return replace(policy, types=(*policy.types, POLICY_TYPES[direction]))


def _open_findings(
    idle: list[NetworkPolicy], direction: Direction, case: Case
) -> Iterator[Finding]:
    """Flows that the rules would keep in, if they counted."""
    supposing = Supposing(case.predictor)
    groups: dict[str, tuple[NetworkPolicy, list[CheckRecord]]] = {}
    for record in unwanted(case):
        for policy in idle:
            if not any(_selects(policy, pod) for pod in ends(record, case.snapshot)):
                continue
            after = supposing.instead_of(policy, _completed(policy, direction))
            if after.rulings(record.check.flow).verdict is Ruling.DENIED:
                groups.setdefault(str(policy.ref), (policy, []))[1].append(record)
                break
    for policy, records in groups.values():
        yield Finding(
            id=ID,
            cause=_cause(policy, direction) + ", so what they should keep in gets out"
            if direction == "egress"
            else _cause(policy, direction) + ", so whom they should keep out gets in",
            confidence=Confidence.CERTAIN,
            evidence=tuple(
                f"{record.check.name}: {record.observation.outcome}" for record in records[:3]
            ),
            fix=choose(case, [_closing(policy, direction, case)], closes=records),
            checks=tuple(record.check.id for record in records),
            objects=(policy.ref,),
        )


def _closed_findings(
    idle: list[NetworkPolicy], direction: Direction, case: Case
) -> Iterator[Finding]:
    """Flows that the rules would let through, if they counted."""
    supposing = Supposing(case.predictor)
    groups: dict[str, tuple[NetworkPolicy, list[Denial]]] = {}
    for denial in denials(case, direction):
        for policy in idle:
            after = supposing.instead_of(policy, _completed(policy, direction))
            if is_open(denial, after):
                groups.setdefault(str(policy.ref), (policy, []))[1].append(denial)
                break
    for policy, group in groups.values():
        needed = listed(denial.needed for denial in group)
        yield gap(
            case,
            ID,
            f"{_cause(policy, direction)}, so {needed} stays closed",
            policy.ref,
            group,
            fixes=[
                edit_policy(
                    _summary(policy, direction),
                    policy,
                    _completed(policy, direction),
                    [_operation(direction)],
                    group,
                    case,
                )
            ],
        )


def _cause(policy: NetworkPolicy, direction: Direction) -> str:
    named = " and ".join(policy.types)
    return (
        f"NetworkPolicy {policy.ref} has {direction} rules, and its policyTypes name {named} only: "
        "they have no effect"
    )


def _selects(policy: NetworkPolicy, pod: Pod) -> bool:
    return pod.namespace == policy.namespace and selects(policy.pod_selector, pod.labels)


def _summary(policy: NetworkPolicy, direction: Direction) -> str:
    return f"add {POLICY_TYPES[direction]} to policyTypes of NetworkPolicy {policy.ref}"


def _operation(direction: Direction) -> dict[str, str]:
    return {"op": "add", "path": "/spec/policyTypes/-", "value": POLICY_TYPES[direction]}


def _closing(policy: NetworkPolicy, direction: Direction, case: Case) -> Fix:
    patch = (_operation(direction),)
    return Fix(
        summary=_summary(policy, direction),
        target=policy.ref,
        patch=patch,
        manifest=patched(case.snapshot.sources.get(policy.ref), patch),
        opens=("nothing: it closes",),
    )


RULE = Rule(
    id=ID,
    concludes=(
        "A policy has rules for a direction that its policyTypes do not name, so these have no "
        "effect: what they should close is open, what they should open is closed."
    ),
    advice="name the direction in policyTypes",
    needs="the policies as they are written, and the prediction with the direction named",
    find_in=find,
)
