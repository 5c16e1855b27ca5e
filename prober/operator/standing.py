"""PURE. How a Scenario object is now, for the page: its condition Ready, unless that is too old.

When the operator dies, nobody is left to write `Stale`. So whoever reads the status decides again
from the clock whether it says anything about now.
"""

from __future__ import annotations

import datetime

from prober.model.errors import UsageError
from prober.operator.conditions import Reason, ready_of
from prober.operator.due import is_stale
from prober.operator.objects import ScenarioObject
from prober.scenario import Timing, check_schedule, parse_interval
from prober.serve.standing import Standing, State

_STATES: dict[object, State] = {"True": "ok", "False": "fail"}
_WORDS = {
    Reason.PASSED: "As expected",
    Reason.FAILED: "Not as expected",
    Reason.INCONCLUSIVE: "It could not be found out",
    Reason.RUN_FAILED: "The run failed",
    Reason.INVALID: "The Scenario has mistakes",
    Reason.UNRESOLVED: "It names what is not there",
    Reason.PROGRESSING: "A run is on its way",
    Reason.STALE: "Stale: runs that were due did not happen",
    Reason.SUSPENDED: "Suspended",
    Reason.STOPPED: "The operator was stopped",
}


def standing_of(item: ScenarioObject, now: datetime.datetime) -> Standing:
    """What is to be said of it now; never green for what nobody has looked at lately."""
    ready = ready_of(item)
    if not ready:
        return Standing("unsure", "The operator has not run it yet")
    since = str(ready.get("lastTransitionTime") or "")
    if ready.get("observedGeneration") != item.generation:
        return Standing("unsure", "It was changed, and has not run since")
    if is_stale(item, _timing(item), now):
        return Standing("unsure", _WORDS[Reason.STALE], since)
    state = _STATES.get(ready.get("status"), "unsure")
    return Standing(state, _sentence(ready.get("reason"), ready.get("message")), since)


def _sentence(reason: object, message: object) -> str:
    word = next((word for known, word in _WORDS.items() if known.value == reason), str(reason))
    return f"{word}: {message}" if message else word


def _timing(item: ScenarioObject) -> Timing:
    """When it is run, as far as its author wrote that without a mistake: the standard interval
    otherwise."""
    written = item.written
    suspended = written.get("suspend") is True
    try:
        if "schedule" in written:
            schedule = check_schedule(str(written["schedule"]))
            return Timing(schedule=schedule, suspended=suspended)
        if "every" in written:
            return Timing(parse_interval(str(written["every"])), suspended=suspended)
    except UsageError:
        pass
    return Timing(suspended=suspended)
