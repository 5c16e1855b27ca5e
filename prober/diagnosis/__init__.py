"""From surprises to causes. Pure: records in, findings out.

- `case`      what a rule sees: the records, the snapshot, the predictor
- `rules`     one rule a file, and `RULES`, the one table of them, in the order in which they explain
- `fixes`     the smallest policy change that opens a flow, checked by prediction
- `vetting`   the last look at a fix: what its patch opens and closes everywhere
- `reasons`   the sentences under a check
- `locate`    whose address is it

A rule's finding explains the checks it names, and later rules do not see them any more: so a run ends with causes and
not with a list of symptoms.
"""

from __future__ import annotations

from collections.abc import Sequence

from prober.diagnosis.case import Aspect, Case, Rule
from prober.diagnosis.rules import RULES
from prober.model.run import CheckRecord, Finding
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

__all__ = ["RULES", "Case", "Rule", "diagnose"]


def diagnose(records: Sequence[CheckRecord], snapshot: Snapshot, predictor: Predictor) -> tuple[Finding, ...]:
    """The causes of everything that went wrong, in the order of the table of rules."""
    findings: list[Finding] = []
    explained: dict[str, set[Aspect]] = {}
    for rule in RULES:
        case = Case(tuple(records), explained, snapshot, predictor)
        found = list(rule.find(case))
        findings += found
        for check in (check for finding in found for check in finding.checks):
            explained.setdefault(check, set()).add(rule.explains)
    return tuple(findings)
