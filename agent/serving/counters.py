"""How much an agent has done. Runs are processes of their own, so they leave their counts in a file
that the long-lived process shows: a socket for it would be one more thing that listens."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import msgspec

from prober.model.decoding import UNREADABLE

FILE = Path("/run/prober-agent/counters.json")
"""In a volume of the pod: the counts outlive a restart of the container."""


@dataclass(frozen=True, slots=True)
class Counters:
    """Counts since the agent's pod was started."""

    runs: int = 0
    """Times that the agent was given something to do."""
    visits: int = 0
    """Plans that were run, each from one pod or from the node."""
    probes: int = 0
    """Observations that were made."""
    failures: int = 0
    """Plans that could not be run, or not to their end."""

    def plus(self, other: Counters) -> Counters:
        """Both together."""
        return Counters(
            **{
                count.name: getattr(self, count.name) + getattr(other, count.name)
                for count in fields(Counters)
            }
        )


def read(file: Path = FILE) -> Counters:
    """What was counted; nothing where there is no file, or none of ours."""
    try:
        return _parsed(file.read_bytes())
    except OSError:
        return Counters()


def add(counts: Counters, file: Path = FILE) -> None:
    """Add to the file. Where it cannot be written nothing is counted: no probe fails for that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
        with os.fdopen(descriptor, "r+b") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            total = _parsed(stream.read()).plus(counts)
            stream.seek(0)
            stream.write(json.dumps(asdict(total)).encode())
            stream.truncate()


def _parsed(content: bytes) -> Counters:
    try:
        return msgspec.json.decode(content, type=Counters)
    except UNREADABLE:
        return Counters()
