"""Policies in a language that the cluster's engine does not know."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import View
from prober.model.languages import Language
from prober.policy import running_engine


def find(view: View) -> Iterator[Spot]:
    engine = running_engine(view.snapshot)
    if engine is None:
        return
    for policy in view.snapshot.other_policies:
        if policy.kind.policy and policy.kind.language not in engine.languages:
            yield Spot(
                policy.ref,
                f"{policy.ref.kind} {policy.ref} decides nothing: {engine.name} enforces here, and "
                f"does not know {policy.kind.language.value} policies",
                (),
                "write it in a language that the engine knows",
            )


CHECK = Check(
    id="policy-of-another-engine",
    severity=Severity.ERROR,
    title="The engine does not know the policy's language",
    why="Its API server accepts the policy, and nobody enforces it.",
    find=find,
    languages=(Language.ADMIN, Language.CLUSTER, Language.CILIUM, Language.CALICO),
)
