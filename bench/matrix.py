"""A whole matrix in the lab: 9 pods, 2 ports, TCP and UDP, 324 probes; as a ratio to one probe's
timeout.

    python bench/matrix.py [--enforcement drop]

Two thirds of the flows are denied, and with `drop` each of them is a timeout. Probes overlap, so
the whole matrix should cost about one timeout.
"""

from __future__ import annotations

import argparse
import asyncio
import time

from prober.coordinator.pairs import pair_checks
from prober.coordinator.run import Request, execute
from prober.fabric.lab import LabFabric
from prober.model.lab import Enforcement, LabSpec
from prober.model.objects import (
    ContainerPort,
    LabelSelector,
    Namespace,
    NetworkPolicy,
    Pod,
    PolicyPeer,
    PolicyRule,
)
from prober.model.run import Verdict
from prober.model.snapshot import Snapshot

TIMEOUT = 2.0
PORTS = tuple(ContainerPort(number, protocol) for number in (80, 81) for protocol in ("TCP", "UDP"))  # type: ignore[arg-type]  # mypy widens the tuple of literals


def world() -> Snapshot:
    """Three namespaces of three pods; in each, only pods of the same namespace may come in."""
    pods = [Pod(ns, name, {"pod": name}, ports=PORTS) for ns in "xyz" for name in "abc"]
    own = PolicyRule(peers=(PolicyPeer(pod_selector=LabelSelector()),))
    policies = tuple(NetworkPolicy(ns, "own-namespace", ingress=(own,)) for ns in "xyz")
    namespaces = {ns: Namespace(ns, {"kubernetes.io/metadata.name": ns}) for ns in "xyz"}
    return Snapshot(
        namespaces=namespaces,
        pods={(pod.namespace, pod.name): pod for pod in pods},
        policies=policies,
    )


async def run(enforcement: Enforcement) -> None:
    """Build the lab, run the matrix, print what it cost."""
    started = time.perf_counter()
    async with LabFabric(world(), LabSpec(), enforcement=enforcement) as fabric:
        built = time.perf_counter()
        wanted = Request(
            "matrix",
            lambda item: pair_checks(
                item, timeout=TIMEOUT, wanted=lambda pod: pod.namespace in "xyz"
            ),
        )
        record = await execute(fabric, wanted)
    total = time.perf_counter()
    probed = record.duration_ms / 1000
    right = sum(check.verdict is Verdict.AS_PREDICTED for check in record.checks)
    denied = sum(check.prediction.verdict == "denied" for check in record.checks)
    print(
        f"{enforcement}: {len(record.checks)} probes, {denied} of them denied, {right} as predicted"
    )
    print(f"  lab up      {built - started:5.2f} s")
    print(
        f"  the matrix  {probed:5.2f} s = {probed / TIMEOUT:.2f} × one timeout of {TIMEOUT:.0f} s"
    )
    print(f"  all         {total - started:5.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enforcement", choices=list(Enforcement), default=None)
    chosen = parser.parse_args().enforcement
    for enforcement in [Enforcement(chosen)] if chosen else [Enforcement.REJECT, Enforcement.DROP]:
        asyncio.run(run(enforcement))


if __name__ == "__main__":
    main()
