"""PURE. When the operator runs a scenario: again and again after an interval, or at the times of a
cron schedule (in UTC)."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from prober.model.errors import UsageError

DEFAULT_INTERVAL = 300.0
"""Seconds, where a scenario says nothing."""
SHORTEST, LONGEST = 10.0, 86_400.0
_INTERVAL = re.compile(r"([1-9][0-9]*)(s|m|h)")
"""The scenario schema has the same pattern; a test holds them together."""
_UNITS = {"s": 1, "m": 60, "h": 3600}
_CRON_HINT = "five fields (minute, hour, day, month, weekday) in UTC, as in '*/15 * * * *'"


@dataclass(frozen=True, slots=True)
class Timing:
    """When a scenario is run."""

    interval: float = DEFAULT_INTERVAL
    """Seconds from the start of a run to that of the next."""
    schedule: str = ""
    """A cron expression, which wins; empty: the interval."""
    suspended: bool = False

    def next_after(self, moment: datetime.datetime) -> datetime.datetime:
        """The first time after `moment` (aware) at which it is run."""
        if not self.schedule:
            return moment + datetime.timedelta(seconds=self.interval)
        return self._times(moment)[0]

    def stale_after(self, moment: datetime.datetime) -> datetime.datetime:
        """When a run that was started at `moment` says nothing about now any more: two further
        runs ought to have been started."""
        if not self.schedule:
            return moment + datetime.timedelta(seconds=2 * self.interval)
        return self._times(moment)[1]

    def _times(self, moment: datetime.datetime) -> tuple[datetime.datetime, datetime.datetime]:
        from cronsim import CronSim

        times = CronSim(self.schedule, moment.astimezone(datetime.UTC))
        return next(times), next(times)


def parse_interval(text: str) -> float:
    """Seconds in `30s`, `5m` or `1h`. Raises `UsageError` when it is none, or not from 10 s to
    24 h."""
    match = _INTERVAL.fullmatch(text)
    seconds = float(match[1]) * _UNITS[match[2]] if match and len(match[1]) < 9 else 0.0
    if not SHORTEST <= seconds <= LONGEST:
        raise UsageError(f"`{text}` is not an interval from 10s to 24h", hint="as in 1m or 30s")
    return seconds


def check_schedule(text: str) -> str:
    """The cron expression. Raises `UsageError` when it is none, or names no time that comes."""
    from cronsim import CronSim, CronSimError

    try:
        times = CronSim(text, datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC))
        next(times), next(times)
    except CronSimError as error:
        raise UsageError(f"`{text}` is no schedule: {error}", hint=_CRON_HINT) from error
    except StopIteration:
        raise UsageError(f"`{text}` names no time that comes", hint=_CRON_HINT) from None
    return text
