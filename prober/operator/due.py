"""PURE. Whether a Scenario is to be run now, and why; and whether what its status says is stale.

Everything follows from the object, the clock and the policies, so a replica that takes over decides
as the one before it.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from prober.operator.conditions import Reason, ready_of
from prober.operator.objects import ScenarioObject, parse_time
from prober.scenario.timing import Timing

GRACE = datetime.timedelta(seconds=30)
"""Beyond the times at which it ought to have been run: a run takes a while, and starts late where
several are due."""


class Trigger(StrEnum):
    """Why a Scenario is run."""

    NEW = "New"
    """It never was."""
    CHANGED = "SpecChanged"
    REQUESTED = "Requested"
    POLICIES = "PoliciesChanged"
    """A policy of a namespace that its last run looked at, or one for the whole cluster, is not
    what it was."""
    TIME = "Scheduled"


PROGRESSING = frozenset({Trigger.NEW, Trigger.CHANGED, Trigger.REQUESTED, Trigger.POLICIES})
"""What the last run found says nothing any more: until the next one has ended, nobody knows."""


_LEFT = frozenset({Reason.STALE, Reason.STOPPED, Reason.SUSPENDED})
"""What is said while nobody runs it: whoever does again, does so at once."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a Scenario's status says of its last run."""

    started: datetime.datetime | None
    generation: int
    requested: str
    policies: str
    namespaces: tuple[str, ...]
    """Whose policies `policies` is of."""


def seen_in(item: ScenarioObject) -> Seen:
    """What the status says, as far as it is what the operator writes."""
    status = item.status
    run, scope = status.get("lastRun"), status.get("policies")
    run = run if isinstance(run, dict) else {}
    scope = scope if isinstance(scope, dict) else {}
    spaces = scope.get("namespaces")
    return Seen(
        started=parse_time(run.get("started")),
        generation=status["observedGeneration"]
        if isinstance(status.get("observedGeneration"), int)
        else 0,
        requested=str(status.get("lastHandledReconcileAt") or ""),
        policies=str(scope.get("hash") or ""),
        namespaces=tuple(str(space) for space in spaces) if isinstance(spaces, list) else (),
    )


def trigger(
    item: ScenarioObject, timing: Timing, policies: str, now: datetime.datetime
) -> Trigger | None:
    """Why it is to be run now; None when it is not. `policies` is what those of the last run's
    namespaces are now."""
    seen = seen_in(item)
    if timing.suspended:
        return None
    if seen.started is None:
        return Trigger.NEW
    if seen.generation != item.generation:
        return Trigger.CHANGED
    if item.requested and item.requested != seen.requested:
        return Trigger.REQUESTED
    if policies and policies != seen.policies:
        return Trigger.POLICIES
    if ready_of(item).get("reason") in _LEFT:
        return Trigger.TIME
    # A clock that was set back must not stop it for as long as it was ahead.
    if timing.next_after(seen.started) <= now or seen.started > now + GRACE:
        return Trigger.TIME
    return None


def is_stale(item: ScenarioObject, timing: Timing, now: datetime.datetime) -> bool:
    """Is its last run too old to say anything about now. Not of one that was never run."""
    started = seen_in(item).started
    if started is None or timing.suspended:
        return False
    return now > timing.stale_after(started) + GRACE
