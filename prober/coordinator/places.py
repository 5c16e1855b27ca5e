"""Where the pods of a run belong: for whoever shows a run by workload and by node. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prober.model.check import Check, EndpointKind
from prober.model.kubernetes import SHORT_KINDS
from prober.model.objects import Pod
from prober.model.run import Place
from prober.model.snapshot import Snapshot


def places_of(checks: Iterable[Check], snapshot: Snapshot) -> Mapping[str, Place]:
    """The place of every pod that is an end of a check, by `NAMESPACE/NAME`."""
    ends = {
        (end.namespace, end.name)
        for check in checks
        for end in (check.flow.source, check.flow.destination)
        if end.kind is EndpointKind.POD
    }
    pods = ((end, snapshot.pods.get(end)) for end in sorted(ends))
    return {f"{namespace}/{name}": _place(pod) for (namespace, name), pod in pods if pod}


def _place(pod: Pod) -> Place:
    owner = pod.owner
    if owner is None:
        return Place("", pod.node)
    return Place(f"{SHORT_KINDS.get(owner.kind, owner.kind.lower())}/{owner.name}", pod.node)
