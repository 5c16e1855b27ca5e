"""Rules without ports."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.checks.everywhere import who
from prober.audit.view import View, rules


def find(view: View) -> Iterator[Spot]:
    for rule in rules(view):
        if not rule.rule.ports and not who(tuple(matcher.peer for matcher in rule.rule.peers)):
            yield Spot(
                rule.policy.ref,
                f"{rule} allows its peers every port",
                rule.path,
                "name the ports and protocols that are used",
            )


CHECK = Check(
    id="rule-without-ports",
    severity=Severity.NOTE,
    title="A rule names no ports",
    why=(
        "Least privilege names port and protocol; without them debug and admin ports are open to "
        "the peer as well."
    ),
    find=find,
    needs_pods=False,
)
