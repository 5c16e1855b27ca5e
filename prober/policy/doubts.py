"""What may change an answer and is not evaluated."""

from __future__ import annotations

from prober.model.check import EndpointKind, Flow
from prober.model.prediction import Prediction, Ruling
from prober.model.snapshot import LeftOut, Snapshot

_MOST = 3


def doubts_about(prediction: Prediction, flow: Flow, snapshot: Snapshot) -> tuple[str, ...]:
    """The objects that are not evaluated and may be about an end of the flow: those of the ends'
    namespaces and of the whole cluster."""
    if not snapshot.left_out or prediction.verdict is Ruling.UNDEFINED:
        return ()
    spaces = {flow.source.namespace, flow.destination.namespace, ""}
    spaces |= {backend.pod.namespace for backend in prediction.backends if backend.pod}
    near = [left_out for left_out in snapshot.left_out if left_out.namespace in spaces]
    if flow.source.kind is EndpointKind.OUTSIDE and flow.destination.kind is EndpointKind.OUTSIDE:
        return ()
    return tuple(_grouped(near))


def _grouped(objects: list[LeftOut]) -> list[str]:
    kinds: dict[tuple[str, str], list[LeftOut]] = {}
    for left_out in objects:
        kinds.setdefault((left_out.kind, left_out.api_version), []).append(left_out)
    return [
        f"{kind} {_names(mine)} ({api_version}) is not evaluated and may change this"
        for (kind, api_version), mine in kinds.items()
    ]


def _names(mine: list[LeftOut]) -> str:
    names = [
        f"{left_out.namespace}/{left_out.name}" if left_out.namespace else left_out.name
        for left_out in mine
    ]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
