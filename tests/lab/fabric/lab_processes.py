"""Labs in processes of their own, and what is left of them in the kernel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_MARK = "PROBER_TEST_MARK"
_PATIENCE = 15.0
"""Seconds before a test gives up on something that should happen at once."""

STARTER = """
import asyncio, sys
from pathlib import Path
from prober.fabric.lab import LabFabric
from prober.manifest import load_manifests
from prober.model.lab import LabSpec
from prober.model.probe import Plan, Probe, ProbeKind

async def main():
    loaded = load_manifests([Path(sys.argv[1])])
    async with LabFabric(loaded.snapshot, loaded.lab or LabSpec()) as lab:
        print("up", flush=True)
        vantage = next(one for one in lab.vantages() if one.id == "pod/shop/far")
        probe = Probe("web", ProbeKind.TCP, "web", 80)
        hole = Probe("hole", ProbeKind.TCP, "198.19.9.9", 80, timeout=60.0)
        async for item in lab.run([(vantage, Plan(vantage.id, (probe, hole)))]):
            print(item.observation.outcome.value, flush=True)

asyncio.run(main())
"""
"""Builds a lab, prints `up` and the outcome of a probe, and then probes a black hole for a
minute."""


@dataclass(frozen=True)
class Marked:
    """Finds every process that descends from one that was started with this mark, wherever it
    went."""

    mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, _MARK: self.mark, **more}

    def processes(self) -> list[int]:
        needle = f"{_MARK}={self.mark}".encode()
        processes_seen = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):
                if needle in path.read_bytes():
                    processes_seen.append(int(path.parent.name))
        return processes_seen

    def namespaces(self) -> set[str]:
        """The network namespaces that these processes are in or hold open, without the machine's
        own."""
        own = str(Path("/proc/self/ns/net").readlink())
        return {name for process in self.processes() for name in _namespaces(process)} - {own}


def _namespaces(process: int) -> Iterator[str]:
    for pattern in ("ns/net", "fd/*"):
        for path in Path(f"/proc/{process}").glob(pattern):
            with suppress(OSError):
                target = str(path.readlink())
                if target.startswith("net:["):
                    yield target


def pinned(namespaces: set[str]) -> set[str]:
    """Those of the namespaces that a mount keeps alive without any process, as the names of `ip
    netns` do."""
    return {name for name in namespaces if f" {name} " in Path("/proc/self/mountinfo").read_text()}


def eventually(true: Callable[[], bool], what: str) -> None:
    """Wait until it is true."""
    deadline = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"still not so: {what}"
        time.sleep(0.02)


@dataclass(frozen=True)
class Person:
    """Who runs a command."""

    uid: int | None
    """None: this user."""
    python: str
    path: str
    """PYTHONPATH."""

    def run(self, *arguments: str, runtime: Path) -> subprocess.CompletedProcess[str]:
        """Run `prober ARGUMENTS…` to its end."""
        return subprocess.run(
            self.command(*arguments),
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=self.environment(runtime),
            user=self.uid,
            group=self.uid,
            extra_groups=None if self.uid is None else [],
        )

    def start(self, *arguments: str, runtime: Path) -> subprocess.Popen[str]:
        """Start `prober ARGUMENTS…`, with its output in pipes."""
        return subprocess.Popen(
            self.command(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env=self.environment(runtime),
            user=self.uid,
            group=self.uid,
            extra_groups=None if self.uid is None else [],
        )

    def command(self, *arguments: str) -> Sequence[str]:
        return [self.python, "-m", "prober.cli.main", *arguments]

    def environment(self, runtime: Path) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": self.path,
            "XDG_RUNTIME_DIR": str(runtime),
            "HOME": str(runtime),
        }


ORDINARY_UID = 12345
"""Nobody in particular: the lab needs no account, only a user id that is not 0."""


def ordinary_person() -> Person | None:
    """Somebody who is not root: this user, or else one with a Python that an ordinary user may
    execute; None when there is no such Python."""
    path = os.pathsep.join(entry for entry in sys.path if entry)
    if os.geteuid() != 0:
        return Person(None, sys.executable, path)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, shutil.which(version, path="/usr/bin:/usr/local/bin")):
        if python is None:
            continue
        with suppress(OSError):
            test = subprocess.run(
                [python, "-c", "import prober.fabric.lab.keeper.main, pyroute2"],
                env={**os.environ, "PYTHONPATH": path},
                cwd="/",
                check=False,
                capture_output=True,
                user=ORDINARY_UID,
                group=ORDINARY_UID,
                extra_groups=[],
            )
            if test.returncode == 0:
                return Person(ORDINARY_UID, python, path)
    return None
