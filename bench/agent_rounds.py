"""What an agent that probes by itself costs: its own process, with an assignment of so many probes.

    python bench/agent_rounds.py [--probes 100] [--interval 30] [--seconds 120]

A responder on loopback answers. CPU is what the kernel accounts to the agent's process after its
first round, memory is its resident set at the end. It prints one line.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agent.patrolling.assignment import VERSION

RESPONDER, AGENT = 29_731, 29_732
_TICKS = os.sysconf("SC_CLK_TCK")


def assignment(probes: int, interval: float) -> str:
    """What the operator would write for a node."""
    plan = {
        "version": 2,
        "vantage": "node/bench",
        "probes": [
            {"id": f"p{number}", "kind": "tcp", "host": "127.0.0.1", "port": RESPONDER}
            for number in range(probes)
        ],
    }
    about = {f"p{number}": ["node", f"n{number}"] for number in range(probes)}
    body = {"version": VERSION, "interval": interval, "plan": plan, "about": about}
    return json.dumps(body)


def cpu_seconds(process: int) -> float:
    """User and system time so far (proc(5), fields 14 and 15)."""
    stat = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / _TICKS


def resident_mib(process: int) -> float:
    """Resident memory."""
    status = Path(f"/proc/{process}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """Measure, and print one line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--probes", type=int, default=100)
    parser.add_argument("--interval", type=float, default=30.0)
    parser.add_argument("--seconds", type=float, default=120.0)
    options = parser.parse_args()
    python = [sys.executable, "-m", "agent"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench"
        file.write_text(assignment(options.probes, options.interval))
        responder = subprocess.Popen([*python, "respond", "--echo", str(RESPONDER)])
        agent = subprocess.Popen(
            [*python, "patrol", "--port", str(AGENT), "--assignment", str(file)]
        )
        try:
            time.sleep(options.interval * 1.5 + 5)  # a random part of an interval, and a round
            before = cpu_seconds(agent.pid)
            time.sleep(options.seconds)
            used = cpu_seconds(agent.pid) - before
            share = 100 * used / options.seconds
            print(
                f"{options.probes} probes every {options.interval:.0f} s: {share:.2f} % of a core, "
                f"{resident_mib(agent.pid):.0f} MiB"
            )
        finally:
            for process in (agent, responder):
                process.terminate()
                process.wait()


if __name__ == "__main__":
    main()
