"""324 probes among nine pods of a real cluster: from nothing to the report, and with agents already
there.

    python bench/cluster.py [--policy kube-router] [--rounds 3]

The world is that of the peers' own tests: nine pods in three namespaces, two ports, TCP and UDP, so
9 × 9 × 4 probes. It boots the testbed (see testbed/README.md; it needs root) and takes it away. Two
times are printed: that of the whole command, with Python's start, the prediction and the report;
and that of the run as the report has it, which is what the peer's figure is about.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "e2e")]

from e2e_agents import SPACES, installed, nine_pods  # noqa: E402 - the path has to be there first
from e2e_cluster import Cluster  # noqa: E402

from testbed import cluster as testbed  # noqa: E402
from testbed.layout import AGENT_IMAGE  # noqa: E402

PEER = {"kube-router": 28.0, "cilium": 50.0}
"""Seconds that cyclonus needs on such a testbed, for the probing alone: an exec a probe."""


def main() -> None:
    """Boot, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--policy", default="kube-router")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with booted(options.policy) as cluster:
        measured = {"probe pods, from nothing": rounds(cluster, "pod", options.rounds)}
        with installed(cluster, "--enter-pods"):
            measured["agents already there"] = rounds(cluster, "agent", options.rounds)
    peer = PEER.get(options.policy)
    for what, times in measured.items():
        whole, run = (statistics.median(part) for part in zip(*times, strict=True))
        ratio = f"   {peer / run:4.1f} times as fast as the peer's {peer:.0f} s" if peer else ""
        print(f"{what:<26} command {whole:5.2f} s   run {run:5.2f} s{ratio}")


@contextmanager
def booted(policy: str) -> Iterator[Cluster]:
    """The testbed with the nine pods in it."""
    try:
        cluster = Cluster(testbed.up(2, policy), AGENT_IMAGE, policy)
        cluster.apply(*nine_pods(cluster.image))
        for space in SPACES:
            cluster.kubectl(
                "wait", "pods", "--all", "-n", space, "--for=condition=Ready", "--timeout=120s"
            )
        yield cluster
    finally:
        testbed.down()


def rounds(cluster: Cluster, via: str, count: int) -> list[tuple[float, float]]:
    """Seconds of each of `count` commands and of the runs in them, in none of which anything was
    missing."""
    spaces = [word for space in SPACES for word in ("-n", space)]
    times = []
    for _ in range(count):
        started = time.monotonic()
        done = cluster.prober("matrix", *spaces, "--timeout", "1s", "--via", via, "-o", "json")
        whole = time.monotonic() - started
        record = json.loads(done.stdout)
        times.append((whole, record["durationMs"] / 1000))
        assert len(record["checks"]) == 324, done.stderr
        assert not record["failures"], record["failures"]
    return times


if __name__ == "__main__":
    main()
