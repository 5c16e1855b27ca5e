"""Rules of a direction that policyTypes leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import View


def find(view: View) -> Iterator[Spot]:
    engine = view.engine
    for policy in view.snapshot.policies:
        for kind in policy.unnamed:
            said = (
                f"NetworkPolicy {policy.ref} has {kind.lower()} rules, but its policyTypes leave "
                f"out {kind}"
            )
            if engine is not None and engine.applies_unnamed:
                yield Spot(
                    policy.ref,
                    f"{said}: by the API they have no effect, and {engine.name}, which enforces "
                    "policies here, applies them",
                    ("spec", "policyTypes"),
                    f"add {kind} to policyTypes, which keeps what this cluster does, or delete the "
                    "rules: then every engine reads the policy alike",
                )
            else:
                yield Spot(
                    policy.ref,
                    said,
                    ("spec", "policyTypes"),
                    f"add {kind} to policyTypes (that isolates the pods), or delete the rules",
                )


CHECK = Check(
    id="rules-ignored",
    severity=Severity.ERROR,
    title="A policy has rules that its policyTypes leave out",
    why="The API accepts the rules and ignores them: the direction is not isolated by this policy. "
    "Cilium applies them all the same, so that what the policy does depends on who enforces it.",
    find=find,
    needs_pods=False,
)
