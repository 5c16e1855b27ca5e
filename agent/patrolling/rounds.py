"""Probes again and again what is assigned, and takes a new assignment without a restart.

The beginning is a random part of an interval, and so is a little of each pause: agents that were
started together do not probe together. A file that is not there, or has nothing for this node, is
no assignment: the node is cordoned or drained, or nobody wants it probed.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from agent.patrolling.assignment import MOST_BYTES, Assignment, decode
from agent.patrolling.pods import from_pods
from agent.patrolling.tally import Tally
from agent.runner import run_plan
from prober.model.errors import UsageError
from prober.model.outcome import Observation

LOOK = 5.0
"""Seconds between two looks at the file. It is in memory, and nothing is called."""
_JITTER = 0.1
"""Of an interval."""


@dataclass(slots=True)
class Patrol:
    """The rounds of one agent."""

    file: Path
    """The member of the ConfigMap for this node."""
    tell: Callable[[str], None]
    tally: Tally = field(default_factory=Tally)
    _written: bytes = b""
    _assignment: Assignment | None = None

    async def run(self) -> None:
        """For ever."""
        due = time.monotonic() + self._first_pause()
        while True:
            self.reload()
            if self._assignment is None:
                due = time.monotonic() + self._first_pause()
            elif time.monotonic() >= due:
                begun = time.monotonic()
                await self.round(self._assignment)
                due = begun + self._assignment.interval * (1 + _JITTER * (_random() - 0.5))
            await asyncio.sleep(min(max(due - time.monotonic(), 0.1), LOOK))

    async def round(self, assignment: Assignment) -> None:
        """One round; every probe of it has ended."""
        seen: list[Observation] = []
        # One after the other, so that both together start no more probes than one may.
        await run_plan(assignment.plan, seen.append)
        for message in dict.fromkeys(await from_pods(assignment.visits, seen.append)):
            self.tell(message)
        self.tally.take(assignment, seen, time.time())

    def reload(self) -> None:
        """Take what the file says now; what cannot be read is told once, and is no assignment."""
        try:
            with self.file.open("rb") as stream:
                written = stream.read(MOST_BYTES + 1)
        except OSError:
            written = b""
        if written == self._written:
            return
        self._written, self._assignment = written, None
        if written:
            try:
                self._assignment = decode(written)
            except UsageError as error:
                self.tell(f"{error}")
        if self._assignment is None:
            self.tally.forget()
            return
        assigned = self._assignment
        pods = f", from {len(assigned.visits)} pods too" if assigned.visits else ""
        self.tell(f"{assigned.probes} probes are assigned, every {assigned.interval:.0f} s{pods}")

    def _first_pause(self) -> float:
        return _random() * (self._assignment.interval if self._assignment else LOOK)


def _random() -> float:
    return random.random()  # noqa: S311 - nothing secret
