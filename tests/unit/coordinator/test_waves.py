"""How often a run asks its fabric: each time may be the start of a pod on every node."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

import pytest
from test_chunks import numbered
from test_skipped_checks import Answering, check

from prober.coordinator.run import Request, execute
from prober.model.check import Vantage
from prober.model.limits import Limits
from prober.model.outcome import Observation, Outcome
from prober.model.probe import Failure, Observed, Plan
from prober.model.run import Result


@dataclass
class Counting(Answering):
    """Counts its waves; every check comes to `outcome`."""

    outcome: Outcome = Outcome.OK
    waves: list[int] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)

    async def run(
        self, plans: Sequence[tuple[Vantage, Plan]]
    ) -> AsyncGenerator[Observed | Failure, None]:
        self.waves.append(len(plans))
        self.plans += [plan for _, plan in plans]
        for vantage, plan in plans:
            for probe in plan.probes:
                yield Observed(vantage.id, Observation(probe.id, self.outcome, 1.0))


async def test_no_wave_has_more_vantages_or_checks_than_the_limits_say() -> None:
    checks = numbered(60, vantages=12)
    by_vantages = Counting()
    asked = Request("many", lambda _: checks, limits=Limits(vantages=5))
    await execute(by_vantages, asked)
    assert max(by_vantages.waves) == 5
    by_checks = Counting()
    await execute(by_checks, Request("many", lambda _: checks, limits=Limits(checks=7)))
    assert len(by_checks.waves) == 9


async def test_a_plan_has_its_share_of_the_limits() -> None:
    fabric = Counting()
    limits = Limits(rate=100, target_rate=10)
    checks = numbered(40, vantages=4)
    await execute(fabric, Request("many", lambda _: checks, limits=limits))
    assert {(plan.rate, plan.target_rate) for plan in fabric.plans} == {(25, 2.5)}


@pytest.mark.parametrize(
    ("outcome", "waves", "result"),
    [
        (Outcome.OK, 1, Result.PASS),
        # The vantage could not try: nothing that works from elsewhere would tell what it saw.
        (Outcome.ERROR, 1, Result.INCONCLUSIVE),
        (Outcome.REFUSED, 2, Result.FAIL),
    ],
)
async def test_a_second_wave_is_only_for_what_was_seen(
    outcome: Outcome, waves: int, result: Result
) -> None:
    fabric = Counting(outcome=outcome)
    record = await execute(fabric, Request("one", lambda _: [check("web", "api")]))
    assert (len(fabric.waves), record.checks[0].result) == (waves, result)
