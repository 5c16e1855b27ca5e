"""What people read: short names, and a namespace only where it is not the obvious one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from prober.model.check import Endpoint
from prober.model.objects import Pod
from prober.scenario.protocols import TABLE
from prober.scenario.refs import TargetRef


def pod_labels(pods: Sequence[Pod], *, by_workload: bool) -> tuple[str, ...]:
    """A label for each pod: its workload's name where it is the only one of it here, else its
    own."""
    count = Counter(pod.owner for pod in pods)
    return tuple(
        pod.owner.name if by_workload and pod.owner and count[pod.owner] == 1 else pod.name
        for pod in pods
    )


def home_of(namespace: str, sources: Iterable[Endpoint]) -> str:
    """The namespace that names go without: the scenario's, else the one that all its sources share;
    empty: none."""
    homes = {source.namespace for source in sources if source.namespace}
    return namespace or (homes.pop() if len(homes) == 1 else "")


def qualified(endpoint: Endpoint, home: str) -> Endpoint:
    """The endpoint, with its namespace added to its label unless that is `home`."""
    if not endpoint.namespace or endpoint.namespace == home:
        return endpoint
    return replace(endpoint, label=f"{endpoint.label}.{endpoint.namespace}")


def target_text(target: TargetRef, label: str, port: int | None) -> str:
    """The target in a check's name: `github.com:22/tcp`, `svc/web:80`, `dns github.com`,
    `https://web.shop/health`.

    `label` is the destination's; the protocol is left out for TCP to an object, where nobody would
    ask.
    """
    host = f"[{label}]" if target.place.object is None and ":" in label else label
    return TABLE[target.scheme].name(target, host, port)
