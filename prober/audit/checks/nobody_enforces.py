"""Policies in a cluster whose CNI does not enforce them."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.agents import agents
from prober.audit.check import Check, Severity, Spot
from prober.audit.view import View
from prober.model.network.cni import PolicySupport


def find(view: View) -> Iterator[Spot]:
    enforcing = agents(view.snapshot)
    if not enforcing or any(plugin.enforcement is not PolicySupport.NO for plugin, _ in enforcing):
        return
    names = " and ".join(dict.fromkeys(plugin.name for plugin, _ in enforcing))
    for policy in view.snapshot.policies:
        yield Spot(
            policy.ref,
            (
                f"nobody enforces NetworkPolicy {policy.ref}: the only CNI that is seen here is "
                f"{names}"
            ),
            hint=(
                "install one that does (Calico beside Flannel, or Cilium); prove it with `prober "
                "matrix`"
            ),
        )


CHECK = Check(
    id="policy-not-enforced",
    severity=Severity.ERROR,
    title="Nobody enforces the policies",
    why="The API server accepts policies whether or not somebody enforces them: everything looks "
    "protected and is "
    "open.",
    find=find,
)
