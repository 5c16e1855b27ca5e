"""A finding is held against everything that was seen before it is kept. Pure.

Its checks are those that nothing seen contradicts; a finding whose last check is contradicted is
dropped, and others get their turn. How sure it is follows from what was excluded: where another
cause would show the same and could not be asked about, it is at most likely, and says which.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from prober.diagnosis.facts.case import Aspect, Case, Rule
from prober.diagnosis.facts.exclusion import RULED_OUT_BY, denied_anyway, ruled_out
from prober.diagnosis.facts.questions import Inquiry
from prober.model.run import CheckRecord, Confidence, Finding

NOT_EXCLUDED = "not excluded, because nobody could be asked:"
MOST_WEIGHED = 3
"""Checks of one finding that are looked at: where hundreds have one cause, a few tell as much."""


def held(finding: Finding, case: Case) -> Finding | None:
    """The finding with the checks that it fits; None where it fits none of them."""
    records = {record.check.id: record for record in case.records}
    fitting = tuple(
        check
        for check in finding.checks
        if check not in records or not ruled_out(finding.id, records[check], case)
    )
    return replace(finding, checks=fitting) if fitting else None


def weighed(finding: Finding, rules: Iterable[Rule], case: Case) -> Finding:
    """The finding with the confidence that what was excluded allows, and with what was not: every
    other cause is refuted by what was seen, or named here."""
    rivals = list(dict.fromkeys(_rivals(finding, rules, case)))
    if not rivals:
        return finding
    said = f"{NOT_EXCLUDED} {', '.join(rivals)}"
    sure = finding.confidence
    lowered = Confidence.LIKELY if sure is Confidence.CERTAIN else sure
    return replace(finding, confidence=lowered, evidence=(*finding.evidence, said))


def _rivals(finding: Finding, rules: Iterable[Rule], case: Case) -> Iterable[str]:
    mine = [record for record in case.records if record.check.id in finding.checks]
    for rule in rules:
        # A rule that asks nothing has decided already.
        others = rule.asks and rule.id != finding.id
        if others and any(not against(rule, record, case) for record in mine[:MOST_WEIGHED]):
            yield rule.id


def against(rule: Rule, record: CheckRecord, case: Case) -> str:
    """Why the cause of a rule is not that of a check: what was seen, what the policies say, or what
    the rule found out; empty: it is not known, or not yet, and the question is put."""
    seen = ruled_out(rule.id, record, case)
    if seen:
        return seen
    denied = denied_anyway(record) if rule.id in RULED_OUT_BY else ""
    if denied:
        return denied
    others: dict[str, tuple[Aspect]] = {
        other.check.id: ("flow",) for other in case.records if other is not record
    }
    own = case.inquiry
    inquiry = Inquiry(own.vantages, own.answers, own.questions)
    list(rule.look(replace(case, explained=others, inquiry=inquiry)))
    if inquiry.unanswered:
        return ""
    return f"its rule looked at {rule.needs}, and does not see it"
