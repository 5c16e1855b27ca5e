"""The operator's loop: looks, runs what is due, writes what came of it; and again.

Level-triggered: each look decides from what is there now. What is kept in memory only keeps work
from being done twice, and losing it costs a run.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from prober.fabric.kubernetes.client import SCENARIOS, Api, ApiError
from prober.model.errors import InputError, ProberError
from prober.model.run import RunRecord
from prober.operator import status
from prober.operator.conditions import Answer, Reason, ready_of
from prober.operator.due import PROGRESSING, Trigger, is_stale, seen_in, trigger
from prober.operator.grants import Grants
from prober.operator.objects import ScenarioObject, scenario_object
from prober.operator.policies import PolicyWatch, Seen, hash_of
from prober.operator.reading import read
from prober.operator.running import UnresolvedError
from prober.operator.serving import Pulse
from prober.scenario import Scenario, Timing

LOOK = 5.0
"""Seconds between two looks, and so at most from a change to the run that it asks for."""
AT_ONCE = 2
"""Runs at the same time."""
STALE = "the last run is older than two of its intervals: nobody knows how it is now"
STOPPED = "the operator was stopped: nobody runs this any more"
SUSPENDED = "it is suspended, and what its last run found may not be true any more"


class Holder(Protocol):
    """Says whether this replica may act."""

    @property
    def held(self) -> bool:
        """It may, now."""
        ...

    @property
    def waiting(self) -> bool:
        """It may not, and knows that another one holds it."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is told of a run that has ended."""

    item: ScenarioObject
    answer: Answer
    record: RunRecord | None
    """None where there was none."""
    changed: bool
    """It is another answer than that of the run before."""
    at: datetime.datetime


@dataclass(slots=True)
class Work:
    """What the loop is given to work with."""

    api: Api
    lease: Holder
    run: Callable[[Scenario], Awaitable[RunRecord]]
    publish: Callable[[Outcome], Awaitable[None]]
    """Events, reports, history, metrics: whatever follows from an answer beside the status. Raises
    `ProberError`, which is logged and keeps nothing from going on."""
    tell: Callable[[str], None]
    pulse: Pulse
    beside: Callable[[Sequence[ScenarioObject]], Awaitable[None]]
    """What else is looked after in each look, given all Scenarios. Raises `ApiError`."""
    grants: Grants = field(default_factory=Grants)
    now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC)


class Operator:
    """Runs the Scenarios of one cluster, while its replica may act."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._policies = PolicyWatch(work.api)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._begun: dict[str, datetime.datetime] = {}
        """When the last run of each was begun: a list from the API server's memory may be older."""
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def work(self) -> None:
        """For ever. When it is cancelled, the runs under way are ended in order."""
        try:
            while True:
                if self._work.lease.held:
                    await self._look_once()
                else:
                    await self._stop()
                    self._work.pulse.beat(answered=self._work.lease.waiting)
                await asyncio.sleep(LOOK)
        finally:
            await self._stop()

    async def look(self) -> None:
        """One look. Raises `ApiError` when the API server does not answer."""
        seen = await self._policies.look()
        items = await self._scenarios()
        for item in items:
            await self._consider(item, seen)
        try:
            await self._work.beside(items)
        except ApiError as error:  # no Scenario is worse for it
            self._work.tell(f"{error}; {error.hint}" if error.hint else str(error))
        known = {item.key for item in items}
        for key in [key for key in self._running if key not in known]:
            self._running[key].cancel()  # its Scenario was deleted
        self._begun = {key: at for key, at in self._begun.items() if key in known}

    async def settle(self) -> None:
        """Wait for the runs that are under way."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def abandon(self) -> None:
        """Say of all that nobody runs them any more."""
        for item in await self._scenarios():
            await self._say(item, Answer(Reason.STOPPED, STOPPED))

    async def _look_once(self) -> None:
        try:
            await self.look()
        except ProberError as error:
            self._work.pulse.beat(answered=False)
            self._work.tell(f"cannot look: {error}")
        else:
            self._work.pulse.beat(answered=True)

    async def _stop(self) -> None:
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _scenarios(self) -> Sequence[ScenarioObject]:
        listed = await self._work.api.list_all(SCENARIOS, dict[str, Any], cached=True)
        items = []
        for entry in listed:
            with contextlib.suppress(ValueError):
                items.append(scenario_object(entry))
        return items

    async def _consider(self, item: ScenarioObject, seen: Seen) -> None:
        if item.key in self._running or self._is_old_news(item):
            return
        now = self._work.now()
        try:
            scenario = read(item, self._work.grants)
        except InputError as error:
            await self._refuse(item, error, now)
            return
        timing = scenario.timing
        if timing.suspended:
            await self._say(item, Answer(Reason.SUSPENDED, SUSPENDED))
            return
        if is_stale(item, timing, now):
            item = await self._say(item, Answer(Reason.STALE, STALE))
        policies = hash_of(seen, seen_in(item).namespaces)
        why = trigger(item, timing, policies if seen_in(item).policies else "", now)
        if why is not None:
            self._start(
                item,
                scenario,
                status.Start(why, now, item.generation, item.requested, timing),
                seen,
            )

    def _is_old_news(self, item: ScenarioObject) -> bool:
        """Is this what was there before the last run that this replica made."""
        begun, started = self._begun.get(item.key), seen_in(item).started
        return begun is not None and (started is None or started < begun.replace(microsecond=0))

    async def _refuse(
        self, item: ScenarioObject, error: InputError, now: datetime.datetime
    ) -> None:
        """Say once what is wrong with it."""
        known = ready_of(item).get("reason") == Reason.INVALID.value
        if known and trigger(item, Timing(), "", now) in (None, Trigger.TIME):
            return
        start = status.Start(Trigger.CHANGED, now, item.generation, item.requested, Timing())
        body = status.broken(item, start, Reason.INVALID, error, now)
        await self._write(item, body)
        await self._tell_all(item, Answer(Reason.INVALID, str(error)), None, now)

    def _start(
        self, item: ScenarioObject, scenario: Scenario, start: status.Start, seen: Seen
    ) -> None:
        task = asyncio.create_task(self._run(item, scenario, start, seen), name=f"run {item}")
        self._running[item.key] = task
        task.add_done_callback(lambda done: self._ended(item, done))

    def _ended(self, item: ScenarioObject, task: asyncio.Task[None]) -> None:
        self._running.pop(item.key, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._work.tell(f"{item}: {type(error).__name__}: {error}")

    async def _run(
        self, item: ScenarioObject, scenario: Scenario, start: status.Start, seen: Seen
    ) -> None:
        if start.trigger in PROGRESSING:
            await self._write(item, status.begun(item, start))
        record, policies = None, status.Policies((), "")
        async with self._slots:
            try:
                record = await self._work.run(scenario)
                spaces = status.namespaces_of(item, record)
                policies = status.Policies(spaces, hash_of(seen, spaces))
                body = status.ended(item, start, record, policies, self._work.now())
            except UnresolvedError as error:
                body = status.broken(item, start, Reason.UNRESOLVED, error, self._work.now())
            except ProberError as error:
                body = status.broken(item, start, Reason.RUN_FAILED, error, self._work.now())
        await self._write(item, body)
        self._begun[item.key] = start.at  # only what is written can be waited for in a list
        ready = body["conditions"][0]
        answer = Answer(Reason(ready["reason"]), ready["message"])
        await self._tell_all(item, answer, record, self._work.now())

    async def _tell_all(
        self,
        item: ScenarioObject,
        answer: Answer,
        record: RunRecord | None,
        now: datetime.datetime,
    ) -> None:
        changed = _last_answer(item) != answer.reason.value
        await self._publish(Outcome(item, answer, record, changed, now))

    async def _publish(self, outcome: Outcome) -> None:
        answer = outcome.answer
        self._work.tell(f"{outcome.item}: {answer.reason.value}: {answer.message}")
        try:
            await self._work.publish(outcome)
        except ProberError as error:
            self._work.tell(f"{outcome.item}: {error}")

    async def _say(self, item: ScenarioObject, answer: Answer) -> ScenarioObject:
        """What is true without a run, unless it is said already. Returns the object as it is
        then: a run that follows at once changes this answer, and not the one before it."""
        if ready_of(item).get("reason") == answer.reason.value:
            return item
        now = self._work.now()
        body = status.said(item, answer, now)
        await self._write(item, body)
        await self._publish(Outcome(item, answer, None, True, now))
        return replace(item, status={**item.status, **body})

    async def _write(self, item: ScenarioObject, body: Mapping[str, Any]) -> None:
        """Into the status; nothing where the Scenario is gone, or another replica acts by now."""
        if not self._work.lease.held:
            return
        try:
            await self._work.api.merge(
                SCENARIOS, item.namespace, item.name, {"status": body}, subresource="status"
            )
        except ApiError as error:
            if error.status != _NOT_FOUND:
                raise


_NOT_FOUND = 404


def _last_answer(item: ScenarioObject) -> str:
    """What was last said of it, with or without a run; while one is on its way, what the run
    before it found."""
    reason = str(ready_of(item).get("reason") or "")
    if reason not in ("", Reason.PROGRESSING.value):
        return reason
    run = item.status.get("lastRun")
    return str(run.get("outcome") or "") if isinstance(run, dict) else ""
