"""A fresh pod's answers are believed when two rounds agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from agent import until_stable
from prober.model.outcome import Evidence, IcmpEvidence, Observation, Outcome
from prober.model.probe import Plan, Probe, ProbeKind

PLAN = Plan("pod/shop/web-0", (Probe("a", ProbeKind.TCP, "198.18.1.2", 80),))
TOLD = Evidence(icmp=(IcmpEvidence(3, 3, "198.51.100.11"),))
REJECTED = Observation("a", Outcome.REJECTED, evidence=TOLD)


async def answers(
    monkeypatch: pytest.MonkeyPatch, *rounds: Observation, limit: float = 60
) -> tuple[Observation, int]:
    """What is written when the rounds say this, and how many rounds there were."""
    left = list(rounds)

    async def run_plan(plan: Plan, on_observation: Callable[[Observation], None]) -> None:
        on_observation(left.pop(0))

    monkeypatch.setattr(until_stable, "run_plan", run_plan)
    (observation,) = await until_stable.run_until_stable(PLAN, quiet=0, limit=limit)
    return observation, len(rounds) - len(left)


async def test_two_rounds_that_agree_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    ok = Observation("a", Outcome.OK)
    assert await answers(monkeypatch, ok, ok, ok) == (ok, 2)


async def test_an_answer_that_changes_is_observed_longer_and_the_change_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    last, rounds = await answers(monkeypatch, Observation("a", Outcome.OK), REJECTED, REJECTED)
    assert (last.outcome, rounds) == (Outcome.REJECTED, 3)
    assert "the fresh pod's first answer was ok" in last.evidence.notes[0]


async def test_a_rejection_that_was_not_sent_again_is_still_a_rejection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    last, rounds = await answers(monkeypatch, REJECTED, Observation("a", Outcome.TIMEOUT))
    assert (last, rounds) == (REJECTED, 2)


async def test_an_answer_that_never_settles_ends_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flapping = [Observation("a", Outcome.OK), REJECTED] * 5
    last, rounds = await answers(monkeypatch, *flapping, limit=0)
    assert (last.outcome, rounds) == (Outcome.REJECTED, 2)
    assert last.evidence.notes


async def test_a_network_that_comes_late_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rounds of silence agree, and say nothing: the control is not answered either."""
    plan = replace(PLAN, probes=(*PLAN.probes, replace(PLAN.probes[0], id="b")), awaited=("b",))
    silent, there = Outcome.TIMEOUT, Outcome.OK
    said = [(silent, silent)] * 3 + [(silent, there)] * 2
    left = list(said)

    async def run_plan(plan: Plan, on_observation: Callable[[Observation], None]) -> None:
        for probe, outcome in zip(plan.probes, left.pop(0), strict=True):
            on_observation(Observation(probe.id, outcome))

    monkeypatch.setattr(until_stable, "run_plan", run_plan)
    await until_stable.run_until_stable(plan, quiet=0, limit=60)
    assert not left, "it is believed when the control was answered twice"
