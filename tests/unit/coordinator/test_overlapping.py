"""One that is slow delays no other, what is settled is kept at once, and the order stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

import pytest
from test_chunks import numbered
from test_skipped_checks import Answering

from prober.coordinator import chunk, run, settled
from prober.coordinator.chunks import chunks_of
from prober.coordinator.overlapping import Free, overlapping
from prober.coordinator.run import Request, execute
from prober.model.check import Vantage
from prober.model.outcome import Observation, Outcome
from prober.model.probe import Failure, Observed, Plan
from prober.model.run import CheckRecord, RunRecord

SLOW = "pod/shop/web-1"


@dataclass
class WithOneSlow(Answering):
    """Everybody answers at once, but for one vantage, which waits until all others have."""

    others: int = 0
    """Vantages in all chunks that are to answer first."""
    answered: set[str] = field(default_factory=set)
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: int = 0
    most_at_once: int = 0

    async def run(
        self, plans: Sequence[tuple[Vantage, Plan]]
    ) -> AsyncGenerator[Observed | Failure, None]:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        slow = [(vantage, plan) for vantage, plan in plans if vantage.id == SLOW]
        for vantage, plan in plans:
            if vantage.id == SLOW:
                continue
            for probe in plan.probes:
                yield Observed(vantage.id, Observation(probe.id, Outcome.OK, 1.0))
            self.answered.add(vantage.id)
        if len(self.answered) >= self.others:
            self.enough.set()
        for vantage, _ in slow:
            await self.enough.wait()
            yield Failure(vantage.id, "it was dead")
        self.at_once -= 1


@pytest.fixture
def chunks_of_three_vantages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "chunks_of", lambda checks, **_: chunks_of(checks, vantages=3))
    monkeypatch.setattr(chunk, "GRACE", 0.0)


async def test_a_dead_vantage_delays_no_other(chunks_of_three_vantages: None) -> None:
    """It is in the first chunk, and is given up only when those of all chunks have answered."""
    fabric = WithOneSlow(others=14)
    checks = sorted(numbered(150, vantages=15), key=lambda check: check.vantage)
    record = await execute(fabric, Request("long", lambda _: checks))
    assert [failure.vantage for failure in record.failures] == [SLOW]
    wrong = [one for one in record.checks if not one.as_expected]
    assert {one.check.vantage.id for one in wrong} == {SLOW}
    assert [one.check.id for one in record.checks] == [check.id for check in checks]
    assert fabric.most_at_once == 2


async def test_what_is_settled_is_kept_while_others_are_under_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In one chunk, of which one vantage never ends: when it is interrupted, the others' checks
    are not lost."""
    monkeypatch.setattr(settled, "BATCH", 10)
    kept: list[CheckRecord] = []

    def keep(record: RunRecord) -> None:
        kept.extend(record.checks)

    checks = numbered(60, vantages=3)
    fabric = WithOneSlow(others=99)
    task = asyncio.create_task(execute(fabric, Request("long", lambda _: checks, keep=keep)))
    while len(kept) < 40:
        assert not task.done()
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert {one.check.vantage.id for one in kept} == {"pod/shop/web-0", "pod/shop/web-2"}
    assert len({one.check.id for one in kept}) == 40
    whole = await execute(Answering(), Request("long", lambda _: checks))
    again = await execute(Answering(), Request("long", lambda _: checks, kept=kept))
    assert again.checks == whole.checks


async def test_a_run_of_a_few_checks_keeps_nothing() -> None:
    kept: list[RunRecord] = []
    checks = numbered(60, vantages=3)
    await execute(Answering(), Request("short", lambda _: checks, keep=kept.append))
    assert kept == []


async def test_works_begin_in_their_order_and_only_a_few_are_under_way() -> None:
    under_way, begun, taken, most = 0, [], [], 0
    last = asyncio.Event()

    async def work(item: int, free: Free) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        begun.append(item)
        free()
        if item == 9:
            last.set()
        if item in (1, 2):
            await last.wait()
        under_way -= 1
        return -item

    await overlapping(range(10), work, lambda item, result: taken.append((item, result)), most=3)
    assert begun == list(range(10))
    assert sorted(taken) == [(item, -item) for item in range(10)]
    assert most == 3


async def test_the_next_work_waits_for_the_one_before_it() -> None:
    under_way, most = 0, 0

    async def work(item: int, free: Free) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1

    await overlapping(range(5), work, lambda item, result: None)
    assert most == 1


async def test_what_a_work_raises_ends_all_of_them() -> None:
    cancelled: list[int] = []

    async def work(item: int, free: Free) -> None:
        free()
        if item == 2:
            raise ValueError("two")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(item)
            raise

    with pytest.raises(ValueError, match="two"):
        await overlapping(range(5), work, lambda item, result: None)
    assert cancelled == [0, 1]
