"""Rules that allow everyone everything."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.checks.everywhere import from_everywhere
from prober.audit.view import DIRECTIONS, View


def find(view: View) -> Iterator[Spot]:
    for direction in DIRECTIONS:
        word = "from" if direction == "ingress" else "to"
        for rule, said in from_everywhere(view, direction, ports=False):
            yield Spot(
                rule.policy.ref,
                f"{rule} allows every port {word} {said}",
                rule.path,
                "name the ports, and the peers where they are known",
            )


CHECK = Check(
    id="allow-all",
    severity=Severity.WARNING,
    title="A rule allows every port from or to everywhere",
    why="Its pods are isolated on paper only.",
    find=find,
    needs_pods=False,
)
