"""A fix keeps what works: what passes now, or is predicted to, is not closed by it, and what is
kept out stays out. Pure.

Where one edit of a policy would close a flow that a check needs, the same edit is completed with a
rule for that flow; where even that does not help, the next candidate is taken, and none is offered
where there is no other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from prober.diagnosis.facts.case import Case
from prober.diagnosis.facts.denials import DENIALS, Denial
from prober.diagnosis.facts.dns import dns_flow
from prober.diagnosis.facts.wanted_flows import flow_key
from prober.diagnosis.fixes.hypothetical import fixed
from prober.diagnosis.fixes.policy_fixes import rule_for
from prober.manifest.writing.encode import rule_manifest
from prober.model.check import EndpointKind, Expectation, Flow
from prober.model.listing import listed
from prober.model.outcome import Outcome
from prober.model.patches.jsonpatch import Operation, apply
from prober.model.patches.rebase import rebased
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, Fix, Result
from prober.model.snapshot import Snapshot
from prober.policy import Predictor

MOST_COMPLETIONS = 3
"""Rounds of rules that are added to one edit: each may show the next flow that it would close."""


def choose(
    case: Case,
    candidates: Iterable[Fix | None],
    *,
    own: Collection[str] = (),
    closes: Iterable[CheckRecord] = (),
) -> Fix | None:
    """The first fix that breaks no check, as it is or completed; none where every one breaks
    something. `own` are the ids of the checks that it is for: those that fail now cannot be broken.
    `closes` are the checks whose flows it must close."""
    wanted = tuple(closes)
    for candidate in candidates:
        fix = completed(candidate, case, own) if candidate is not None else None
        if fix is not None and all(_is_closed(record, fix, case) for record in wanted):
            return fix
    return None


def _is_closed(record: CheckRecord, fix: Fix, case: Case) -> bool:
    """Whether the flow is denied after the fix, or would be if the fix could be predicted."""
    after = fixed(case.snapshot, fix)
    if after is None:
        return True
    return case.predictor.over(after).rulings(flow_of(record)).verdict is Ruling.DENIED


def broken_by(fix: Fix, case: Case, own: Collection[str] = ()) -> tuple[CheckRecord, ...]:
    """The checks that are as they should be and would not be any more."""
    after = fixed(case.snapshot, fix)
    if after is None:
        return ()
    predictor = case.predictor.over(after)
    return tuple(
        record
        for record in case.records
        if _breaks(record, case, predictor)
        and (record.check.id not in own or record.observation.outcome is Outcome.OK)
    )


def completed(fix: Fix, case: Case, own: Collection[str] = ()) -> Fix | None:
    """The edit of a policy with rules for what it would close; None where that does not keep it."""
    for _ in range(MOST_COMPLETIONS):
        broken = broken_by(fix, case, own)
        if not broken:
            return fix
        more = tuple(_rules_for(broken, fix, case))
        whole = _extended(fix, more, broken, case.snapshot) if more else None
        if whole is None or any(record.check.expected in DENIALS for record in broken):
            return None
        fix = whole
    return None


def flow_of(record: CheckRecord) -> Flow:
    """The flow, to the very address that a name turned out to have: an ipBlock may depend on it."""
    flow = record.check.flow
    address = record.observation.address
    if flow.destination.kind is not EndpointKind.OUTSIDE or flow.destination.address or not address:
        return flow
    return replace(flow, destination=replace(flow.destination, address=address))


def needs(record: CheckRecord, case: Case) -> tuple[Flow, ...]:
    """The flows that the check takes: its own, and the question for a name that was answered."""
    evidence = record.observation.evidence.dns
    resolved = any(answer.rcode == "NOERROR" for answer in evidence)
    question = dns_flow(record, case.snapshot) if resolved else None
    return (flow_of(record), *([question] if question is not None else []))


def wants_passage(record: CheckRecord, case: Case) -> bool:
    """Whether the check asks to get through; or does so now as it is predicted to, and no other
    check wants the same flow to be kept out."""
    if record.check.expected is not Expectation.PREDICTED:
        return record.check.expected is Expectation.OK
    key = flow_key(record.check.flow)
    unwanted = (record for record in case.records if record.check.expected in DENIALS)
    works = record.observation.outcome is Outcome.OK
    return works and all(flow_key(record.check.flow) != key for record in unwanted)


def _breaks(record: CheckRecord, case: Case, after: Predictor) -> bool:
    return any(_closes(flow, record, case, after) for flow in needs(record, case))


def _closes(flow: Flow, record: CheckRecord, case: Case, after: Predictor) -> bool:
    old, new = case.predictor.rulings(flow).verdict, after.rulings(flow).verdict
    if record.check.expected in DENIALS:
        return record.result is Result.PASS and old is Ruling.DENIED and new is not Ruling.DENIED
    works = record.observation.outcome is Outcome.OK or old is Ruling.ALLOWED
    lost = old is not Ruling.DENIED and new is Ruling.DENIED
    return works and lost and wants_passage(record, case)


def _rules_for(broken: Iterable[CheckRecord], fix: Fix, case: Case) -> Iterator[Operation]:
    """For each check, the patch that adds a rule for it to the policy that the fix is about."""
    after = fixed(case.snapshot, fix)
    policy = (
        next((policy for policy in after.policies if policy.ref == fix.target), None)
        if after
        else None
    )
    if after is None or policy is None:
        return
    predictor = case.predictor.over(after)
    for record, flow in ((known, flow) for known in broken for flow in needs(known, case)):
        prediction = predictor.predict(flow)
        readings = {
            backend_readings.destination: backend_readings
            for backend_readings in predictor.readings(flow)
        }
        asked = replace(record, check=replace(record.check, flow=flow), prediction=prediction)
        for backend in prediction.backends:
            for trail in (backend.egress, backend.ingress):
                if trail.ruling is not Ruling.DENIED:
                    continue
                known = readings[backend.destination].of(trail.direction)
                denied = next(
                    (reading for reading in known if reading.ruling is Ruling.DENIED), None
                )
                rule = rule_for([Denial(asked, backend, trail, denied)], policy, after)
                written = rule_manifest(rule, trail.direction)
                yield {"op": "add", "path": f"/spec/{trail.direction}/-", "value": written}


def _extended(
    fix: Fix, more: Iterable[Operation], kept: Iterable[CheckRecord], before: Snapshot
) -> Fix | None:
    """The fix with these rules too, each once. None where the object is not known."""
    source = fix.manifest if fix.creates else before.sources.get(fix.target) if fix.target else None
    if source is None:
        return None
    whole = source if fix.creates else apply(source, fix.patch)
    patch = list(fix.patch)
    for operation in more:
        fitting = rebased([operation], whole)
        whole = apply(whole, fitting)
        patch += fitting
    names = listed(record.check.name for record in kept)
    summary = f"{fix.summary}, and keep what else is needed: {names}"
    return replace(fix, summary=summary, patch=() if fix.creates else tuple(patch), manifest=whole)
