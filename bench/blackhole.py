"""Thousands of TCP probes into a black hole, from one process: how much longer than one timeout do
they take?

    python bench/blackhole.py [PROBES] [TIMEOUT]

Makes a network namespace of its own (a user namespace too, for an ordinary user), in which every
address is local and a rule drops what comes in: each SYN really travels, and nothing ever answers.
The figure to look at is the last one, elapsed time / timeout, which must not exceed (timeout + 1 s)
/ timeout.
"""

from __future__ import annotations

import collections
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
INSIDE = "PROBER_BENCH_INSIDE"
SETUP = """
ip link set lo up
ip route add local 198.18.0.0/16 dev lo
nft -f - <<'END'
table inet void {
  chain input {
    type filter hook input priority 0
    ip daddr 198.18.0.0/16 drop
  }
}
END
"""
ALLOWANCE = 1.0
"""Seconds past the timeout that the whole run may take."""


def main() -> int:
    probes, timeout = int((sys.argv[1:] or ["5000"])[0]), float((sys.argv[2:] or ["2.0"])[0])
    if INSIDE not in os.environ:
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        command = ["unshare", *user, "--net", sys.executable, __file__, str(probes), str(timeout)]
        return subprocess.run(command, env={**os.environ, INSIDE: "1"}, check=False).returncode
    subprocess.run(["sh", "-ec", SETUP], check=True)
    return measure(probes, timeout)


def measure(count: int, timeout: float) -> int:
    """Run the agent as a vantage does: its own process, the plan from a file, the lines into a
    pipe."""
    sys.path.insert(0, str(ROOT))
    from agent import wire
    from prober.model.outcome import Observation
    from prober.model.probe import Plan, Probe, ProbeKind

    plan = Plan(
        "bench",
        tuple(
            Probe(
                f"probe-{number}",
                ProbeKind.TCP,
                f"198.18.{1 + number % 250}.{1 + number // 250}",
                80,
                timeout,
            )
            for number in range(count)
        ),
    )
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(wire.encode_plan(plan))
        command = [sys.executable, "-m", "agent.runner", "--plan", file.name]
        started = time.monotonic()
        compiled = {
            name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
        }
        done = subprocess.run(command, stdout=subprocess.PIPE, cwd=ROOT, env=compiled, check=True)
        elapsed = time.monotonic() - started
    lines = [wire.decode_line(line) for line in done.stdout.splitlines()]
    seen = [line for line in lines if isinstance(line, Observation)]
    outcomes = collections.Counter(observation.outcome.value for observation in seen)
    print(f"{len(seen)} probes, timeout {timeout} s: {dict(outcomes)}")
    print(f"slowest probe {max(observation.time_ms for observation in seen):.0f} ms")
    print(f"largest lag of the event loop {max(observation.lag_ms for observation in seen):.0f} ms")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime
    print(f"CPU {cpu:.2f} s, making the namespace included")
    print(f"elapsed {elapsed:.2f} s, start of the interpreter included")
    print(
        f"elapsed / timeout {elapsed / timeout:.2f} (at most {(timeout + ALLOWANCE) / timeout:.2f})"
    )
    return 0 if elapsed <= timeout + ALLOWANCE and outcomes == {"timeout": count} else 1


if __name__ == "__main__":
    sys.exit(main())
