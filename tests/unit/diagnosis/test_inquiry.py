"""Rules ask for what they need; the coordinator asks it once, of those who can answer, and in
bounded rounds."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from incident import Seen, pod, record, shop

from prober.coordinator.follow_ups import MOST_ROUNDS, conclude
from prober.coordinator.plan import Wave
from prober.diagnosis import diagnose
from prober.diagnosis.facts.questions import MOST_QUESTIONS, Inquiry
from prober.model.check import Vantage, VantageKind
from prober.model.outcome import Observation, Outcome
from prober.model.probe import Probe, ProbeKind
from prober.policy.predictor import Predictor

WEB, DB = pod("web"), pod("db", "n2")
NODE = Vantage(VantageKind.NODE, "", "n1")
NODES = (NODE, Vantage(VantageKind.NODE, "", "n2"))


def connect(host: str) -> Probe:
    return Probe("whatever", ProbeKind.TCP, host, 80)


def test_the_same_question_of_two_rules_is_asked_once() -> None:
    inquiry = Inquiry({NODE})
    assert inquiry.ask(NODE, connect("198.51.100.1")) is None
    assert inquiry.ask(NODE, connect("198.51.100.1")) is None
    (question,) = inquiry.questions.values()
    answered = Inquiry({NODE}, {question.probe.id: Observation(question.probe.id, Outcome.OK)})
    answer = answered.ask(NODE, connect("198.51.100.1"))
    assert answer is not None and answer.outcome is Outcome.OK
    assert not answered.questions


def test_nobody_is_asked_who_cannot_answer_and_nobody_is_flooded() -> None:
    assert Inquiry(()).ask(NODE, connect("198.51.100.1")) is None
    crowd = Inquiry({NODE})
    for number in range(MOST_QUESTIONS + 10):
        crowd.ask(NODE, connect(f"203.0.113.{number}"))
    assert len(crowd.questions) == MOST_QUESTIONS


def test_without_answers_rules_conclude_less_and_nothing_else() -> None:
    world = shop(WEB, DB)
    predictor = Predictor(world)
    lost = record(world, predictor, Seen("web", "db", 9090, "timeout", control="ok"))
    assert [one.id for one in diagnose([lost], world, predictor).findings] == [
        "blocked-against-policy"
    ]
    asked = diagnose([lost], world, predictor, vantages=NODES)
    assert [one.id for one in asked.findings] == ["blocked-against-policy"]
    assert {one.vantage.name for one in asked.questions} == {"n1"}, (
        "web's own node is asked whether web is alive"
    )


@pytest.mark.parametrize(
    ("outcome", "cause"),
    [(Outcome.TIMEOUT, "pod-network-dead"), (Outcome.REFUSED, "blocked-against-policy")],
)
async def test_the_coordinator_asks_until_nothing_is_left_to_ask(
    outcome: Outcome, cause: str
) -> None:
    world = shop(WEB, DB)
    predictor = Predictor(world)
    lost = record(world, predictor, Seen("web", "db", 9090, "timeout", control="ok"))
    waves: list[Wave] = []

    async def answer(wave: Wave) -> Mapping[str, Observation]:
        waves.append(wave)
        return {
            probe.id: Observation(probe.id, outcome)
            for _, plan in wave.plans
            for probe in plan.probes
        }

    findings = await conclude([lost], world, predictor, NODES, answer)
    assert [one.id for one in findings] == [cause]
    assert len(waves) == 1


async def test_a_question_that_nobody_answers_is_not_asked_again() -> None:
    world = shop(WEB, DB)
    predictor = Predictor(world)
    lost = record(world, predictor, Seen("web", "db", 9090, "timeout", control="ok"))
    waves = 0

    async def silent(_: Wave) -> Mapping[str, Observation]:
        nonlocal waves
        waves += 1
        return {}

    findings = await conclude([lost], world, predictor, NODES, silent)
    assert [one.id for one in findings] == ["blocked-against-policy"]
    assert waves == 1 < MOST_ROUNDS
