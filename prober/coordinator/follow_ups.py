"""Asks what the diagnosis wants to know, round by round, until it has no question left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

from prober.coordinator.plan import Wave, wave_of
from prober.diagnosis import diagnose
from prober.model.check import Vantage
from prober.model.outcome import Observation
from prober.model.run import CheckRecord, Finding
from prober.model.snapshot import Snapshot
from prober.policy import Predictor

MOST_ROUNDS = 3
"""An answer may raise the next question: pod, then its node; Service, then endpoint, then the
endpoint's own node."""

Probe = Callable[[Wave], Awaitable[Mapping[str, Observation]]]
"""Sends a wave and gives what came back, by the id of the probe."""


async def conclude(
    records: Sequence[CheckRecord],
    snapshot: Snapshot,
    predictor: Predictor,
    vantages: Collection[Vantage],
    probe: Probe,
) -> tuple[Finding, ...]:
    """The causes, after at most `MOST_ROUNDS` rounds of questions. A question without answer is
    asked once."""
    answers: dict[str, Observation] = {}
    asked: set[str] = set()
    diagnosis = diagnose(records, snapshot, predictor, vantages=vantages)
    # All rules are asked again in each round, not only those that had questions: an answer may take
    # away the ground of a finding that was sure before it.
    for _ in range(MOST_ROUNDS):
        questions = [question for question in diagnosis.questions if question.probe.id not in asked]
        if not questions:
            break
        asked |= {question.probe.id for question in questions}
        answers |= await probe(
            wave_of((question.vantage, question.probe) for question in questions)
        )
        diagnosis = diagnose(records, snapshot, predictor, vantages=vantages, answers=answers)
    return diagnosis.findings
