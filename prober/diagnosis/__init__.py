"""From surprises to causes. Pure: records in, findings and questions out.

- `case`      what a rule sees: the records, the snapshot, the predictor, the answers to what it
  asked
- `inquiry`   the questions: one more probe that a rule needs to decide
- `rules`     one rule a file, and `RULES`, the one table of them, in the order in which they
  explain
- `fixes`     the smallest policy change that opens a flow, checked by prediction
- `separate`  a policy of their own for the pods that need it; `singling`: the labels that single
  them out
- `wanted`    the flows that a check needs, as policies see them
- `patches`   the same for what is wrong in an object: a selector, a port, a label
- `supposing` what would be predicted with one policy changed, or with a fix made
- `stacking`  the fixes of one object on top of each other
- `vetting`   the last look at a fix: what it opens and closes everywhere
- `machinery` how the parts are that a network consists of: CNI agents, kube-proxy, DNS servers
- `reasons`   the sentences under a check
- `locate`    whose address is it

A rule's finding explains the checks it names, and later rules do not see them any more: so a run
ends with causes and not with a list of symptoms.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from prober.diagnosis.facts.case import Aspect, Case, Rule
from prober.diagnosis.facts.questions import Inquiry, Question
from prober.diagnosis.rules import RULES
from prober.model.check import Vantage
from prober.model.outcome import Observation
from prober.model.run import CheckRecord, Finding
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

__all__ = ["RULES", "Case", "Diagnosis", "Question", "Rule", "diagnose"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is concluded from what is known so far."""

    findings: tuple[Finding, ...]
    """The causes of everything that went wrong, in the order of the table of rules."""
    questions: tuple[Question, ...] = ()
    """What rules would like to know. Without answers they have concluded less, never something
    else."""


def diagnose(
    records: Sequence[CheckRecord],
    snapshot: Snapshot,
    predictor: Predictor,
    *,
    vantages: Collection[Vantage] = (),
    answers: Mapping[str, Observation] | None = None,
) -> Diagnosis:
    """Ask every rule. `vantages` are those that questions may be put to, `answers` those of earlier
    rounds by the id of the question's probe."""
    inquiry = Inquiry(vantages, answers or {})
    findings: list[Finding] = []
    explained: dict[str, set[Aspect]] = {}
    for rule in RULES:
        case = Case(tuple(records), explained, snapshot, predictor, inquiry)
        found = list(rule.look(case))
        findings += [finding for _, finding in found]
        for aspect, finding in found:
            for check in finding.checks:
                explained.setdefault(check, set()).add(aspect)
    return Diagnosis(tuple(findings), tuple(inquiry.questions.values()))
