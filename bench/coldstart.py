"""Cold start: commands as whole processes, as ratios to an empty Python in the same run.

    python bench/coldstart.py

CPU time, the least of several rounds: whatever else the machine does makes a process wait, and the
first start after an installation reads files that are in no cache. The agent's first probe is a
connection to a closed port of this machine, from start to exit. All of it needs bytecode, which
set-up writes.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agent import wire
from prober.model.probe import Plan, Probe, ProbeKind

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 12
PROBER = [sys.executable, "-m", "prober.cli.main"]
GOALS = {"prober --version": 3.5, "the agent's first probe": 12.0}
"""Times an empty Python, at most."""


def seconds(command: list[str]) -> float:
    """Of CPU, its children's included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=False, capture_output=True, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    with tempfile.NamedTemporaryFile() as plan:
        probe = Probe("first", ProbeKind.TCP, "127.0.0.1", 9, 1.0)
        Path(plan.name).write_bytes(wire.encode_plan(Plan("bench", (probe,))))
        commands = {
            "empty Python": [sys.executable, "-c", "pass"],
            "prober --version": [*PROBER, "--version"],
            "prober --help": [*PROBER, "--help"],
            "prober check --help": [*PROBER, "check", "--help"],
            "the agent's first probe": [sys.executable, "-m", "agent.runner", "--plan", plan.name],
        }
        # in turns, so that a noisy moment hits all of them
        rounds = [{name: seconds(line) for name, line in commands.items()} for _ in range(ROUNDS)]
    least = {name: min(timing[name] for timing in rounds) for name in commands}
    base = least["empty Python"]
    missed = 0
    for name, taken in least.items():
        goal = GOALS.get(name)
        missed += goal is not None and taken > goal * base
        told = f"   at most {goal:.1f}" if goal else ""
        print(f"{name:<24} {taken * 1e3:5.0f} ms {taken / base:5.1f} × empty{told}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
