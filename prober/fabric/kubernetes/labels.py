"""How prober's objects are known in a cluster, and when they are stale. Pure, but for what this
machine says about itself.

One label, the same on everything and in every run: a label that is new to Cilium makes a new
identity. Everything that differs between runs is in annotations.

**Labels and annotations are claims.** Whoever may write an object in a namespace can write these,
on any object. So nothing is done to an object for its annotations alone. What a run makes has names
of one grammar (`run_name`), which no object of anybody else has and which cannot be given to one
that exists; `run_of` is the one place that decides whether an object is a run's. What is decided by
annotations is only *when* such an object is stale, and what is done goes to the object that was
read, by its own name and uid.
"""

from __future__ import annotations

import datetime
import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from prober.fabric.kubernetes.client.objects import ObjectMeta

LABEL = "prober.dev/probe"
SELECTOR = f"{LABEL}=true"
AGENT = "prober.dev/agent"
"""The label of agents' pods."""
AGENT_NAME = "prober-agent"
"""The name of the DaemonSet that makes them."""
AGENT_CONTAINER = "agent"
"""Their container."""
PART_OF = "app.kubernetes.io/part-of"
INSTALLED: Mapping[str, str] = {PART_OF: "prober"}
"""On everything that is installed, and on the namespaces that prober makes."""
ENTERS_PODS = "prober.dev/enters-pods"
"""An annotation of agents' pods that have the rights to enter the networks of other pods."""
NEVER_READY = "prober.dev/never-ready"
"""A readiness gate that nobody opens: a probe pod has it, so no Service sends it traffic."""
RUN = "prober.dev/run"
VANTAGE = "prober.dev/vantage"
EXPIRES = "prober.dev/expires"
COORDINATOR = "prober.dev/coordinator"

_RUN_NAME = re.compile(r"prober-[0-9a-f]{8}-[1-9][0-9]{0,5}")
_PART = re.compile(r"-(?:0|[1-9][0-9]{0,5})")
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_TIME_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_COORDINATOR = re.compile(r"(\S{1,400}) ([0-9]{1,10}) ([0-9]{1,20})", re.ASCII)


def run_name(token: str, wave: int) -> str:
    """The name of one wave of a run, which is that of its first object. `token` is eight random
    hexadecimal digits, waves count from 1."""
    name = f"prober-{token}-{wave}"
    if not _RUN_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a run")
    return name


def run_of(metadata: ObjectMeta) -> str:
    """The run that an object belongs to; empty when it is no run's.

    Its name has to be the run's, or that with a number, and its label and its annotation say so as
    well.
    """
    name, run = metadata.name or "", (metadata.annotations or {}).get(RUN) or ""
    if (metadata.labels or {}).get(LABEL) != "true" or not _RUN_NAME.fullmatch(run):
        return ""
    part = name.removeprefix(run)
    return run if name.startswith(run) and (not part or _PART.fullmatch(part)) else ""


@dataclass(frozen=True, slots=True)
class Coordinator:
    """The process that makes a run's objects, so that another one on the same machine can tell that
    it is dead."""

    machine: str
    process: int
    started: int
    """Clock ticks after boot: process numbers are used again."""

    def __str__(self) -> str:
        return f"{self.machine} {self.process} {self.started}"

    @classmethod
    def parse(cls, text: str) -> Coordinator | None:
        """From an annotation; None when it is none."""
        parts = _COORDINATOR.fullmatch(text)
        return cls(parts[1], int(parts[2]), int(parts[3])) if parts else None


def this_process() -> Coordinator:
    """The process that runs this."""
    return Coordinator(_machine(), os.getpid(), _started(os.getpid()) or 0)


def run_annotations(
    run: str, coordinator: Coordinator, expires: datetime.datetime
) -> dict[str, str]:
    """What every object of a run carries."""
    return {
        RUN: run,
        COORDINATOR: str(coordinator),
        EXPIRES: expires.astimezone(datetime.UTC).strftime(_TIME),
    }


def is_stale(annotations: Mapping[str, str | None], now: datetime.datetime) -> bool:
    """Nobody needs an object of a run any more: its coordinator was on this machine and is dead, or
    its time is over.

    One whose annotations cannot be read is stale: an object of a run is no use without them.
    """
    coordinator = Coordinator.parse(annotations.get(COORDINATOR) or "")
    if coordinator is not None and coordinator.machine == _machine():
        return _started(coordinator.process) != coordinator.started
    expires = _time(annotations.get(EXPIRES) or "")
    return expires is None or expires < now


def _time(text: str) -> datetime.datetime | None:
    if not _TIME_SHAPE.fullmatch(text):
        return None
    try:
        return datetime.datetime.strptime(text, _TIME).replace(tzinfo=datetime.UTC)
    except ValueError:
        return None


def _machine() -> str:
    """This boot of this machine, or this container: process numbers mean nothing elsewhere."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        boot = space = ""
    return f"{socket.gethostname()}/{boot}/{space}"


def _started(process: int) -> int | None:
    """When the process was started, in clock ticks after boot; None when there is no such
    process."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # Field 22 of proc(5); the name before may hold spaces.
    return int(stat.rpartition(")")[2].split()[19])
