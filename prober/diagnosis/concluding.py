"""Every rule is asked, in the order of the table; what one explains, later ones do not see.
Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from prober.diagnosis.facts.case import Aspect, Case
from prober.diagnosis.facts.questions import Inquiry, Question
from prober.diagnosis.holding import held, weighed
from prober.diagnosis.rules import RULES
from prober.model.check import Vantage
from prober.model.outcome import Observation
from prober.model.run import CheckRecord, Finding
from prober.model.snapshot import Snapshot
from prober.policy import Predictor


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
        for aspect, said in list(rule.look(case)):
            finding = held(said, case)
            if finding is None:
                continue
            findings.append(finding)
            for check in finding.checks if aspect != "supplementary" else ():
                explained.setdefault(check, set()).add(aspect)
    everything = Case(tuple(records), {}, snapshot, predictor, inquiry)
    return Diagnosis(
        tuple(weighed(finding, RULES, everything) for finding in findings),
        tuple(inquiry.questions.values()),
    )
