"""hostNetwork pods in protected namespaces."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import SYSTEM, View, by_workload, workload_text


def find(view: View) -> Iterator[Spot]:
    protected = {policy.namespace for policy in view.snapshot.policies} - SYSTEM
    pods = [
        pod
        for _, pod in sorted(view.snapshot.pods.items())
        if pod.host_network and pod.running and pod.namespace in protected
    ]
    for workload, owned in by_workload(pods).items():
        yield Spot(
            workload,
            f"{workload_text(workload, owned)} is on its node's network, in namespace "
            f"{workload.namespace}, which has "
            "policies",
            hint="if it need not be there, drop `hostNetwork: true`; else protect the node's "
            "ports with a host "
            "firewall",
        )


CHECK = Check(
    id="host-network-pod",
    severity=Severity.WARNING,
    title="A pod on its node's network in a namespace with policies",
    why="The API leaves it open whether policies hold for such pods, and most CNIs ignore them: "
    "it escapes the "
    "namespace's default deny, and shows up as its node to others.",
    find=find,
)
