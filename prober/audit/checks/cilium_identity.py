"""Pods without an identity of Cilium's."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import View

_INIT = 5
"""Cilium's reserved identity `init`: an endpoint whose labels are not known yet."""


def find(view: View) -> Iterator[Spot]:
    if view.identities is None:
        return
    for pod in view.pods(view.governed):
        identity = view.identities.get((pod.namespace, pod.name))
        if identity is None or identity.number == 0:
            why = "has no CiliumEndpoint" if identity is None else "has no identity"
        elif identity.number == _INIT or "reserved:init" in identity.labels:
            why = "is still reserved:init"
        else:
            continue
        yield Spot(
            pod.ref,
            f"pod {pod.ref} {why}: Cilium treats it as nobody that policies name",
            hint=(
                "check the agent's rights and log on its node, then restart the pod: kubectl get "
                "ciliumendpoints -A"
            ),
        )


CHECK = Check(
    id="cilium-identity-missing",
    severity=Severity.ERROR,
    title="A pod has no identity in Cilium",
    why="Cilium matches policies by identity. A pod without one is dropped by every policy that "
    "names pods, while its "
    "node's network works: the cause of seemingly random outages.",
    find=find,
)
