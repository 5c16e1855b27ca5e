"""Commands, daemons and waiting."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from testbed.layout import CGROUP, CGROUPS, LOGS, kubeconfig_path

DAEMONS = CGROUPS / "pids" / CGROUP / "daemons"


class TestbedError(Exception):
    """The testbed cannot be built here; the message says why."""


def sh(
    *command: str,
    netns: str = "",
    check: bool = True,
    input_text: str | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run a command (in a network namespace) and return its stdout. Raises `TestbedError` with its
    stderr."""
    inside = ("nsenter", f"--net=/run/netns/{netns}") if netns else ()
    done = subprocess.run(
        [*inside, *command],
        check=False,
        text=True,
        input=input_text,
        capture_output=True,
        cwd=cwd,
        env=env,
    )
    if check and done.returncode:
        raise TestbedError(
            f"{' '.join(command)}: exit code {done.returncode}: {done.stderr.strip()[-2000:]}"
        )
    return done.stdout


def succeeds(*command: str) -> bool:
    """Does the command end with 0."""
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def kubectl(*arguments: str, check: bool = True, input_text: str | None = None) -> str:
    """kubectl as the cluster's administrator."""
    return sh(
        "kubectl",
        f"--kubeconfig={kubeconfig_path()}",
        *arguments,
        check=check,
        input_text=input_text,
    )


def spawn(name: str, *command: str, netns: str, env: Mapping[str, str] | None = None) -> None:
    """Start a daemon in a network namespace, and in a cgroup by which `end_daemon` and
    `end_daemons` find it again.

    A process id in a file would be gone with the file, and a name may belong to somebody else's
    process.
    """
    group = DAEMONS / name
    group.mkdir(parents=True, exist_ok=True)
    enter = f'echo $$ > {group}/cgroup.procs; exec "$@"'
    with (LOGS / f"{name}.log").open("ab") as log:
        subprocess.Popen(
            ["sh", "-c", enter, "sh", "nsenter", f"--net=/run/netns/{netns}", *command],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, **(env or {})},
        )


def end_daemon(name: str) -> None:
    """End one daemon, by the name that `spawn` gave it."""
    _end(DAEMONS / name)


def end_daemons() -> None:
    """End every daemon and every container of the testbed: all of them live in its cgroups."""
    _end(DAEMONS.parent)


def _end(group: Path) -> None:
    for _ in range(50):
        pids = {
            int(pid) for file in group.rglob("cgroup.procs") for pid in file.read_text().split()
        }
        if not pids:
            return
        for pid in pids:
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                continue
        time.sleep(0.1)


def wait(what: str, ready: Callable[[], bool], seconds: float = 90) -> None:
    """Wait until it is ready. Raises `TestbedError` that names the logs."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return
        time.sleep(0.2)
    raise TestbedError(f"{what} did not become ready in {seconds:.0f} s; see {LOGS}")
