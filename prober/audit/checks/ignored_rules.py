"""Rules of a direction that policyTypes leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import View


def find(view: View) -> Iterator[Spot]:
    for policy in view.snapshot.policies:
        for kind, written in (("Ingress", policy.ingress), ("Egress", policy.egress)):
            if written and kind not in policy.types:
                yield Spot(
                    policy.ref,
                    (
                        f"NetworkPolicy {policy.ref} has {kind.lower()} rules, but its "
                        f"policyTypes leave out {kind}"
                    ),
                    ("spec", "policyTypes"),
                    f"add {kind} to policyTypes (that isolates the pods), or delete the rules",
                )


CHECK = Check(
    id="rules-ignored",
    severity=Severity.ERROR,
    title="A policy has rules that its policyTypes leave out",
    why="The API accepts the rules and ignores them: the direction is not isolated by this policy.",
    find=find,
    needs_pods=False,
)
