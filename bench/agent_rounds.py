"""What an agent that probes by itself costs: its own process, with an assignment of so many probes.

    python bench/agent_rounds.py [--probes 100] [--interval 30] [--seconds 120] [--from-pod]

A responder on loopback answers. `--from-pod` makes them checks of a Scenario, from a pod that the
agent enters: a network namespace of its own, with a container's cgroup (it needs root). CPU is what
the kernel accounts to the agent's process and its ended children after its first round (proc(5)),
memory the most that was resident of it, with what its children had for themselves. It prints one
line.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agent.patrolling.assignment import VERSION

RESPONDER, AGENT = 29_731, 29_732
_TICKS = os.sysconf("SC_CLK_TCK")
_PYTHON = [sys.executable, "-m", "agent"]
_CGROUPS = Path("/sys/fs/cgroup")


def assignment(probes: int, interval: float, container: str) -> str:
    """What the operator would write for a node; with a container, all from its pod."""
    ids = [f"p{number}" for number in range(probes)]
    targets = [{"id": one, "kind": "tcp", "host": "127.0.0.1", "port": RESPONDER} for one in ids]
    plan: Mapping[str, Any] = {"version": 2, "vantage": "bench", "probes": targets}
    body: dict[str, Any] = {"version": VERSION, "interval": interval}
    if container:
        labels = ["bench/bench", "bench", "deploy/web", "bench", "svc/db", "tcp"]
        body |= {
            "plan": {**plan, "probes": []},
            "about": {},
            "visits": [{"container": container, "addresses": ["127.0.0.1"], "plan": plan}],
            "checks": {one: {"labels": [*labels, one], "answers": True} for one in ids},
        }
    else:
        body |= {"plan": plan, "about": {one: ["node", one] for one in ids}}
    return json.dumps(body)


@contextlib.contextmanager
def responder(container: str) -> Iterator[None]:
    """Answers on loopback: this machine's, or that of the container's network."""
    command = [*_PYTHON, "respond", "--echo", str(RESPONDER)]
    if container:
        command = ["unshare", "-n", "sh", "-c", 'ip link set lo up; exec "$@"', "sh", *command]
    process = subprocess.Popen(command)
    hierarchy = _CGROUPS / "pids" if (_CGROUPS / "pids").is_dir() else _CGROUPS
    cgroup = hierarchy / f"bench-{container}"
    try:
        if container:
            cgroup.mkdir()
            (cgroup / "cgroup.procs").write_text(str(process.pid))
        yield
    finally:
        process.terminate()
        process.wait()
        if container:
            _remove(cgroup)


def _remove(cgroup: Path) -> None:
    """The kernel needs a moment to notice that nobody is in it any more."""
    for _ in range(50):
        try:
            cgroup.rmdir()
        except OSError:
            time.sleep(0.1)
        else:
            return


def cpu_seconds(process: int) -> float:
    """User and system time so far, with ended children's (proc(5), fields 14 to 17)."""
    stat = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, stat[11:15])) / _TICKS


def memory_mib(process: int) -> float:
    """What is resident of a process, and what those that it started have for themselves."""
    return (_kib(process, "Rss:") + sum(_kib(one, "Private_") for one in children(process))) / 1024


def _kib(process: int, what: str) -> int:
    """The sum of such lines of its smaps_rollup (proc(5)); 0 when it has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(what))


def children(process: int) -> list[int]:
    """All processes below this one."""
    try:
        numbers = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []
    return [one for number in map(int, numbers) for one in (number, *children(number))]


def most_memory(process: int, seconds: float) -> float:
    """The most that it has while so many seconds pass."""
    most, until = 0.0, time.monotonic() + seconds
    while time.monotonic() < until:
        most = max(most, memory_mib(process))
        time.sleep(0.2)
    return most


def main() -> None:
    """Measure, and print one line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--probes", type=int, default=100)
    parser.add_argument("--interval", type=float, default=30.0)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--from-pod", action="store_true")
    options = parser.parse_args()
    container = secrets.token_hex(32) if options.from_pod else ""
    with tempfile.TemporaryDirectory() as folder, responder(container):
        file = Path(folder) / "bench"
        file.write_text(assignment(options.probes, options.interval, container))
        patrol = ["patrol", "--port", str(AGENT), "--assignment", str(file)]
        agent = subprocess.Popen([*_PYTHON, *patrol])
        try:
            time.sleep(options.interval * 1.5 + 5)  # a random part of an interval, and a round
            before = cpu_seconds(agent.pid)
            most = most_memory(agent.pid, options.seconds)
            share = 100 * (cpu_seconds(agent.pid) - before) / options.seconds
            what = "checks from a pod" if container else "probes"
            print(
                f"{options.probes} {what} every {options.interval:.0f} s: {share:.2f} % of a core, "
                f"{most:.0f} MiB"
            )
        finally:
            agent.terminate()
            agent.wait()


if __name__ == "__main__":
    main()
