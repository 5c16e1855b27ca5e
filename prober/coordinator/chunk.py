"""One chunk of a run: its waves, and the records that they come to."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from prober.coordinator.backends import trials, with_backends
from prober.coordinator.gathering import Gathered, Gathering
from prober.coordinator.judging import Ready, records_of, seen_in
from prober.coordinator.overlapping import Free
from prober.coordinator.plan import Wave, second_wave, wave_of
from prober.coordinator.rates import shared_out
from prober.coordinator.settled import Keep, Settled
from prober.diagnosis.facts.reasons import reasons_for
from prober.fabric.base import Fabric
from prober.model.limits import STANDARD, Limits
from prober.model.outcome import Outcome
from prober.model.run import CheckRecord
from prober.report import Progress

FEW = 0.05
"""The share of a chunk's vantages that the next chunk does not wait for; one at least."""
GRACE = 5.0
"""Seconds that it waits for those few, too: most are slow and not dead, and fewer probes at a time
are better for everybody."""

_NOBODYS: Mapping[str, str] = {}
Ended = Callable[[Gathering, str], None]
"""Told of each vantage that has made its plan, or failed."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What came of it."""

    records: Sequence[CheckRecord]
    gathered: Gathered
    kept: frozenset[str]
    """The checks whose records were kept before the chunk had ended."""


async def run_chunk(
    fabric: Fabric, ready: Ready, progress: Progress, keep: Keep, free: Free
) -> Chunk:
    """All waves of these checks. `keep` is told of records as soon as they are settled; `free` is
    called when only few vantages are waited for."""
    gathered = Gathered()
    settled = Settled(ready, gathered, keep)
    stragglers = _Stragglers(len(ready.wave.plans), free)
    names = {check.id: check.name for check in ready.checks}
    for check in ready.checks:
        if check.skip_reason:
            progress.observed(check.name, Outcome.ERROR)

    def ended(gathering: Gathering, vantage: str) -> None:
        if gathering.has_all(vantage):
            settled.ended(vantage)
        stragglers.ended(vantage)

    try:
        # Three waves at most. The third is separate from the second, because whether backends
        # differ is known only when the second has settled what each check came to.
        limits = ready.limits
        await probe(fabric, ready.wave, gathered, progress, limits, names, ended)
        judged = records_of(ready, (ready.wave,), gathered)
        surprises = [record for record in judged if not record.as_expected]
        seen = seen_in((ready.wave,), gathered)
        follow = second_wave(surprises, ready.wave, seen, ready.candidates)
        await probe(fabric, follow, gathered, progress, limits)
        snapshot = ready.candidates.snapshot
        judged = records_of(ready, (ready.wave, follow), gathered)
        await probe(fabric, wave_of(trials(judged, snapshot)), gathered, progress, limits)
    finally:
        stragglers.forget()
    tried = [with_backends(record, gathered.observations, snapshot) for record in judged]
    records = [replace(record, reasons=reasons_for(record, snapshot)) for record in tried]
    return Chunk(records, gathered, frozenset(settled.kept))


async def probe(
    fabric: Fabric,
    wave: Wave,
    gathered: Gathered,
    progress: Progress,
    limits: Limits = STANDARD,
    names: Mapping[str, str] = _NOBODYS,
    ended: Ended = lambda gathering, vantage: None,
) -> None:
    """Send a wave; what counts of what comes back goes into `gathered`. `names` are those of the
    checks whose progress is told, by the id of the probe."""
    if not wave.plans:
        return
    vantages, made = zip(*wave.plans, strict=True)
    plans = tuple(zip(vantages, shared_out(made, limits), strict=True))
    gathering = Gathering(gathered, plans)
    # aclosing, because an async generator that is left early (an exception here, Ctrl-C) is
    # otherwise finalised whenever the collector gets to it, and until then its probes go on.
    async with aclosing(fabric.run(plans)) as stream:
        async for item in stream:
            observation = gathering.take(item)
            if observation is not None and observation.probe in names:
                progress.observed(names[observation.probe], observation.outcome)
            if gathering.has_ended(item.vantage):
                ended(gathering, item.vantage)


class _Stragglers:
    """Calls `free` when all vantages but a few have ended, and those few had their time."""

    def __init__(self, vantages: int, free: Free) -> None:
        self._few = max(1, math.floor(vantages * FEW))
        self._left = vantages
        self._ended: set[str] = set()
        self._free = free
        self._timer: asyncio.TimerHandle | None = None

    def ended(self, vantage: str) -> None:
        self._ended.add(vantage)
        if self._timer is None and self._left - len(self._ended) <= self._few < self._left:
            self._timer = asyncio.get_running_loop().call_later(GRACE, self._free)

    def forget(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
