"""What containers wrote lately: bounded in time, lines and bytes, a few containers at once."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.testimony.objects import ContainerStatus, PodShape
from prober.fabric.kubernetes.testimony.pods import name_of
from prober.model.testimony import Statement, StatementKind

LINES = 400
BYTES = 256 * 1024
"""Of one container."""
CONTAINERS = 60
"""Are read; the others are counted."""
AT_ONCE = 12
TIME_LIMIT = 8.0
"""Seconds for all logs: those that did not come by then are counted, too."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One container's log."""

    pod: PodShape
    container: str
    previous: bool = False


def wanted(pods: Sequence[PodShape]) -> list[Wanted]:
    """Every container of the pods, and its predecessor where it was restarted."""
    logs: list[Wanted] = []
    for pod in pods:
        for status in _all(pod):
            logs.append(Wanted(pod, status.name))
            if status.restart_count and (status.last_state or {}).get("terminated"):
                logs.append(Wanted(pod, status.name, previous=True))
    return logs


def _all(pod: PodShape) -> list[ContainerStatus]:
    status = pod.status
    if status is None:
        return []
    waiting = [
        container for container in status.init_container_statuses or () if not container.ready
    ]
    return [*(status.container_statuses or ()), *waiting]


@dataclass(slots=True)
class LogLines:
    """What came of it."""

    statements: list[Statement]
    read: int = 0
    problems: list[str] | None = None


async def read_logs(api: Api, pods: Sequence[PodShape], since_s: int) -> LogLines:
    """The lines, the newest last. What could not be read is in `problems`, in sentences."""
    logs = wanted(pods)
    since = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=since_s)
    gate, heard = asyncio.Semaphore(AT_ONCE), LogLines([], 0, [])
    refused: dict[str, int] = {}

    async def one(log: Wanted) -> None:
        try:
            async with gate:
                heard.statements += await _lines(api, log, since)
            heard.read += 1
        except ApiError as error:
            # A container that has not started has no log, which is no gap.
            if error.status not in (400, 404):
                refused[str(error)] = refused.get(str(error), 0) + 1

    tasks = [asyncio.create_task(one(log), name="log") for log in logs[:CONTAINERS]]
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=TIME_LIMIT)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if late:
            refused[f"{len(late)} logs did not come within {TIME_LIMIT:.0f} s"] = 1
    if len(logs) > CONTAINERS:
        refused[f"{len(logs) - CONTAINERS} logs beyond the first {CONTAINERS}"] = 1
    heard.problems = [
        sentence if count == 1 else f"{sentence} (and {count - 1} more)"
        for sentence, count in list(refused.items())[:3]
    ]
    return heard


async def _lines(api: Api, log: Wanted, since: datetime.datetime) -> list[Statement]:
    metadata = log.pod.metadata
    text = await api.past_log(
        metadata.namespace or "",
        metadata.name or "",
        log.container,
        since=since.strftime("%Y-%m-%dT%H:%M:%SZ"),
        lines=LINES,
        most=BYTES,
        previous=log.previous,
    )
    about = name_of(log.pod)
    where = f"{log.container}, before it restarted" if log.previous else log.container
    return [
        Statement(StatementKind.LOG, line, about, about, where, last)
        for last, line in map(_stamped, text.splitlines())
        if line
    ]


def _stamped(line: str) -> tuple[str, str]:
    """The time that the kubelet wrote before a line, to the second, and the line."""
    stamp, _, rest = line.partition(" ")
    if len(stamp) >= 20 and stamp[4:5] == "-" and stamp[10:11] == "T":
        return f"{stamp[:19]}Z", rest
    return "", line
