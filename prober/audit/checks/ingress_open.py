"""Ingress from everywhere, on named ports."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.checks.everywhere import from_everywhere
from prober.audit.view import View


def find(view: View) -> Iterator[Spot]:
    for rule, said in from_everywhere(view, "ingress", ports=True):
        ports = ", ".join(
            f"{port.port or 'every port'}/{port.protocol}" for port in rule.rule.ports
        )
        yield Spot(
            rule.policy.ref,
            f"{rule} allows {ports} from {said}",
            rule.path,
            "name the peers, if they are known",
        )


CHECK = Check(
    id="ingress-from-everywhere",
    severity=Severity.NOTE,
    title="A rule allows ingress from everywhere",
    why="Right for what serves the public, and a hole for everything else: worth a look each week.",
    find=find,
    needs_pods=False,
)
