"""A policy has rules for a direction that its policyTypes leave out, and whoever enforces policies
applies them all the same.

The API ignores such rules (reference of NetworkPolicySpec, policyTypes). Cilium asks for the types
only where a direction has no rules (pkg/k8s/network_policy.go, ParseNetworkPolicy), so there the
rules count, and isolate. A flow then ends otherwise than predicted, in either way: the rules close
what no policy is about, or they open what another policy closes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import DENIALS
from prober.diagnosis.facts.engine import engines, may_be
from prober.diagnosis.fixes.patches import patched
from prober.diagnosis.rules.not_enforced import held
from prober.model.check import Expectation
from prober.model.listing import listed
from prober.model.objects import NetworkPolicy
from prober.model.patches.jsonpatch import Operation
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, Confidence, Finding, Fix, Verdict
from prober.model.snapshot import Snapshot
from prober.policy import Predictor

ID = "unnamed-direction-enforced"
ENGINE = "Cilium"


def find(case: Case) -> Iterable[Finding]:
    idle = [policy for policy in case.snapshot.policies if policy.unnamed]
    if not idle or not may_be(ENGINE, case.snapshot):
        return
    groups: dict[str, tuple[NetworkPolicy, list[CheckRecord]]] = {}
    for record, policies in _explained(case, idle):
        for policy in policies:
            groups.setdefault(str(policy.ref), (policy, []))[1].append(record)
    if not _somebody_enforces(case, groups.values()):
        return
    for policy, records in groups.values():
        yield _finding(policy, records, case)


def _explained(
    case: Case, idle: Sequence[NetworkPolicy]
) -> Iterator[tuple[CheckRecord, list[NetworkPolicy]]]:
    """The checks that end as these rules say and otherwise than predicted, each with the policies
    without whose rules they would not."""
    applied = _applying(case, idle)
    without = [
        (policy, _applying(case, [other for other in idle if other is not policy]))
        for policy in idle
    ]
    for record in case.troubled:
        wanted = _as_observed(record)
        if wanted is None or applied.rulings(record.check.flow).verdict is not wanted:
            continue
        needed = [
            policy
            for policy, rest in without
            if rest.rulings(record.check.flow).verdict is not wanted
        ]
        # Two policies may each suffice alone: then neither is needed, and both have to change.
        yield (
            record,
            needed
            or [
                policy
                for policy in idle
                if _applying(case, [policy]).rulings(record.check.flow).verdict is wanted
            ],
        )


def _applying(case: Case, policies: Sequence[NetworkPolicy]) -> Predictor:
    """What would be predicted if these policies named all directions of which they have rules."""
    chosen = {policy.ref for policy in policies}
    changed = tuple(
        policy.naming_all() if policy.ref in chosen else policy for policy in case.snapshot.policies
    )
    return case.predictor.over(replace(case.snapshot, policies=changed))


def _as_observed(record: CheckRecord) -> Ruling | None:
    """What a prediction would have said that was right; None where this one was not wrong."""
    if record.verdict is Verdict.LEAK:
        return Ruling.ALLOWED
    if record.verdict is Verdict.BLOCKED and any(
        control.passed for control in record.target_controls
    ):
        return Ruling.DENIED
    return None


def _somebody_enforces(
    case: Case, groups: Iterable[tuple[NetworkPolicy, list[CheckRecord]]]
) -> bool:
    """Whether policies are enforced at all: else what gets through needs no such reading. Cilium's
    agents are there, something that is denied is stopped, or these rules stop something."""
    if ENGINE in engines(case.snapshot) or held(case.records):
        return True
    records = [record for _, group in groups for record in group]
    return any(record.verdict is Verdict.BLOCKED for record in records)


def _finding(policy: NetworkPolicy, records: list[CheckRecord], case: Case) -> Finding:
    kinds = listed(policy.unnamed)
    directions = listed(kind.lower() for kind in policy.unnamed)
    known = ENGINE in engines(case.snapshot)
    return Finding(
        id=ID,
        cause=f"NetworkPolicy {policy.ref} has {directions} rules and its policyTypes leave out "
        f"{kinds}: by the API they have no effect, and this cluster applies them",
        confidence=Confidence.CERTAIN if known else Confidence.LIKELY,
        evidence=(
            *(
                f"{record.check.name}: {record.observation.outcome}, as if policyTypes named "
                f"{kinds}"
                for record in records[:3]
            ),
            f"{ENGINE} applies the rules of a direction that policyTypes leaves out"
            + (", and its agents run here" if known else ""),
        ),
        fix=_fix(policy, records, case.snapshot),
        checks=tuple(dict.fromkeys(record.check.id for record in records)),
        objects=(policy.ref,),
    )


def _fix(policy: NetworkPolicy, records: Sequence[CheckRecord], snapshot: Snapshot) -> Fix:
    """What is wanted says which of the two was not meant: the rules, or their absence from
    policyTypes. Either way every engine then does the same."""
    if all(_is_wanted(record) for record in records):
        summary = f"add {listed(policy.unnamed)} to policyTypes of NetworkPolicy {policy.ref}"
        patch: tuple[Operation, ...] = tuple(
            {"op": "add", "path": "/spec/policyTypes/-", "value": kind} for kind in policy.unnamed
        )
        opens = ("nothing here: it says what is done already",)
    else:
        lists = listed(kind.lower() for kind in policy.unnamed)
        summary = f"delete the {lists} rules of NetworkPolicy {policy.ref}"
        patch = tuple({"op": "remove", "path": f"/spec/{kind.lower()}"} for kind in policy.unnamed)
        opens = ("what only these rules close here",)
    return Fix(
        summary=summary,
        target=policy.ref,
        patch=patch,
        manifest=patched(snapshot.sources.get(policy.ref), patch),
        opens=opens,
    )


def _is_wanted(record: CheckRecord) -> bool:
    """Whether what these rules do is what the check asks for."""
    through = record.observation.outcome.reached
    if record.check.expected in DENIALS:
        return not through
    return through and record.check.expected is Expectation.OK


RULE = Rule(
    id=ID,
    concludes="A policy has rules for a direction that its policyTypes leave out, and whoever "
    "enforces it applies them all the same, as Cilium does.",
    advice="name the direction in policyTypes, or delete its rules: then all engines read it alike",
    needs="leaks and blocked checks, and the prediction with these directions named",
    find=find,
)
