"""How a run's objects are known, and when they are stale. Pure, but for what this machine says
about itself.

One label, the same on everything and in every run: a label that is new to Cilium makes a new
identity. Everything that differs between runs is in annotations.
"""

from __future__ import annotations

import datetime
import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LABEL = "prober.dev/probe"
SELECTOR = f"{LABEL}=true"
AGENT = "prober.dev/agent"
"""The label of agents' pods."""
ENTERS_PODS = "prober.dev/enters-pods"
"""An annotation of agents' pods that have the rights to enter the networks of other pods."""
RUN = "prober.dev/run"
VANTAGE = "prober.dev/vantage"
EXPIRES = "prober.dev/expires"
COORDINATOR = "prober.dev/coordinator"
_NUMBER = re.compile(r"[0-9]{1,19}")


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
        machine, _, rest = text.partition(" ")
        numbers = rest.split()
        if len(numbers) != 2 or not all(_NUMBER.fullmatch(number) for number in numbers):
            return None
        return cls(machine, int(numbers[0]), int(numbers[1]))


def is_own(labels: Mapping[str, str | None]) -> bool:
    """Is it a pod of prober's, which is no part of what is looked at."""
    return LABEL in labels or AGENT in labels


def this_process() -> Coordinator:
    """The process that runs this."""
    return Coordinator(_machine(), os.getpid(), _started(os.getpid()) or 0)


def run_marks(run: str, coordinator: Coordinator, expires: datetime.datetime) -> dict[str, str]:
    """What every object of a run carries."""
    return {
        RUN: run,
        COORDINATOR: str(coordinator),
        EXPIRES: expires.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def is_stale(marked: Mapping[str, str | None], now: datetime.datetime) -> bool:
    """Nobody needs the object any more: its coordinator was on this machine and is dead, or its
    time is over.

    An object whose marks cannot be read is stale: something that carries the label is no use
    without them.
    """
    coordinator = Coordinator.parse(marked.get(COORDINATOR) or "")
    if coordinator is not None and coordinator.machine == _machine():
        return _started(coordinator.process) != coordinator.started
    try:
        expires = datetime.datetime.fromisoformat(marked.get(EXPIRES) or "")
    except ValueError:
        return True
    return expires < now


def _machine() -> str:
    """This boot of this machine, or this container: process numbers mean nothing elsewhere."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        boot = space = ""
    return f"{socket.gethostname()}/{boot}/{space}"


def _started(process: int) -> int | None:
    """When the process was started, in clock ticks after boot; None when there is no such
    process."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return None
    return int(
        stat.rpartition(")")[2].split()[19]
    )  # field 22 of proc(5); the name before may hold spaces
