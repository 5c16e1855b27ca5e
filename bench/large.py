"""Predictions of large clusters: the whole matrix, one answer, one changed policy, one vetted fix.

    python bench/large.py [PODS…] [--worst] [--profile]

By default the curve from 100 to 20,000 pods of `large_worlds.realistic`; with `--worst`, clusters
in which no two pods are alike. Seconds are of CPU. So that they mean the same on every machine,
each row also tells the whole matrix as a ratio to a loop over every pair, extrapolated from single
predictions in the same run, and as the peak of memory above that of the objects themselves. Each
size is measured in a process of its own.

With `--profile` the last lines are the functions that took most of the time of the last size.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parent))

from large_worlds import Size, adversarial, realistic

from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.objects import LabelSelector, PolicyPeer, PolicyRule
from prober.model.snapshot import Snapshot
from prober.policy.matrix.difference import Reference, difference
from prober.policy.matrix.matrix import reachability
from prober.policy.predictor import Predictor

SIZES = (100, 300, 1000, 3000, 10_000, 20_000)
SAMPLE = 300
"""Pairs from which the loop over all pairs is extrapolated."""
HEAD = (
    f"{'pods':>6} {'policies':>8} {'cells':>13} {'matrix':>8} {'memory':>8} {'a loop / it':>11} "
    f"{'explain':>9} {'first edit':>10} {'next edit':>9} {'folds':>7}"
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pods", type=int, nargs="*", default=SIZES)
    parser.add_argument("--worst", action="store_true")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--row", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.row:
        row(options.pods[0], worst=options.worst)
        return
    print(HEAD, flush=True)
    flags = ["--worst"] if options.worst else []
    for pods in options.pods:
        subprocess.run([sys.executable, __file__, str(pods), "--row", *flags], check=True)
    if options.profile:
        profile(options.pods[-1], worst=options.worst)


def world(pods: int, *, worst: bool) -> Snapshot:
    return (adversarial if worst else realistic)(Size.of(pods))


def row(pods: int, *, worst: bool) -> None:
    """One size: measured and printed."""
    snapshot = world(pods, worst=worst)
    resting = peak()
    seconds, matrix = timed(lambda: counted(snapshot))
    memory = peak() - resting
    cells = matrix.counts().total
    loop = pair_by_pair(snapshot) * cells
    explain, _ = timed(lambda: Predictor(snapshot).predict(some_flow(snapshot)))
    before, after = Reference(snapshot), edited(snapshot)
    first, _ = timed(lambda: difference(before, after))
    following, _ = timed(lambda: difference(before, after))
    print(
        f"{pods:>6} {len(snapshot.policies):>8} {cells:>13,} {seconds:>6.2f} s {memory:>5.0f} MB "
        f"{loop / seconds:>10,.0f}× {explain:>7.3f} s {first:>8.3f} s {following:>7.3f} s "
        f"{matrix.folds:>7,}"
    )


def counted(snapshot: Snapshot):  # type: ignore[no-untyped-def]  # benchmarks are not typed
    matrix = reachability(snapshot)
    matrix.counts()
    return matrix


def timed(run: Callable[[], object]) -> tuple[float, object]:
    start = process_time()
    made = run()
    return process_time() - start, made


def peak() -> float:
    """Megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def pair_by_pair(snapshot: Snapshot) -> float:
    """Seconds of one pair, each predicted on its own."""
    predictor = Predictor(snapshot)
    ends = [Endpoint(EndpointKind.POD, *key) for key in snapshot.pods]
    flows = [
        Flow(ends[at * 7 % len(ends)], ends[at * 13 % len(ends)], "TCP", 8080)
        for at in range(SAMPLE)
    ]
    for flow in flows:  # what is worked out once for the whole cluster is no part of the loop
        predictor.rulings(flow)
    seconds, _ = timed(lambda: [predictor.rulings(flow) for flow in flows])
    return seconds / SAMPLE


def some_flow(snapshot: Snapshot) -> Flow:
    first, *_, last = snapshot.pods
    return Flow(Endpoint(EndpointKind.POD, *first), Endpoint(EndpointKind.POD, *last), "TCP", 8080)


def edited(snapshot: Snapshot) -> Snapshot:
    """One policy of an application lets one more tier in."""
    at, policy = next(
        (at, entry) for at, entry in enumerate(snapshot.policies) if entry.name.startswith("app-")
    )
    rule = PolicyRule((PolicyPeer(LabelSelector({"tier": "back"})),))
    changed = replace(policy, ingress=(*policy.ingress, rule))
    policies = (*snapshot.policies[:at], changed, *snapshot.policies[at + 1 :])
    return replace(snapshot, policies=policies)


def profile(pods: int, *, worst: bool) -> None:
    snapshot = world(pods, worst=worst)
    profiler = cProfile.Profile()
    profiler.runcall(counted, snapshot)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(15)


if __name__ == "__main__":
    main()
