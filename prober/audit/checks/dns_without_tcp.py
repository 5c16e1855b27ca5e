"""Pods that may ask cluster DNS over UDP only."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import View, by_workload, workload_text


def find(view: View) -> Iterator[Spot]:
    kept = view.without_dns
    silent = {entry.pod.ref for entry in kept["UDP"]}
    pods = [entry.pod for entry in kept["TCP"] if entry.pod.ref not in silent]
    for workload, owned in by_workload(pods).items():
        yield Spot(
            workload,
            f"{workload_text(workload, owned)} may ask cluster DNS over UDP, but not over TCP",
            hint="add 53/TCP to the rule that allows 53/UDP",
        )


CHECK = Check(
    id="dns-without-tcp",
    severity=Severity.NOTE,
    title="Cluster DNS is allowed over UDP only",
    why="An answer that does not fit into a datagram is asked for again over TCP (RFC 7766): "
    "long answers fail, short "
    "ones work.",
    find=find,
)
