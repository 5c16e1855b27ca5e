"""The two ends of a flow, each as one endpoint: for commands that predict, and probe nothing.

A scenario's checks come from the same references by the same look-ups (`sources`, `destinations`);
they differ in that a check may start at many pods, and needs an address to send to.
"""

from __future__ import annotations

from functools import cached_property

from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.errors import UsageError
from prober.model.objects import Pod
from prober.model.protocol import PROTOCOLS
from prober.model.snapshot import Snapshot
from prober.scenario.refs import ObjectRef, Place, RefKind, SourceRef, TargetRef
from prober.scenario.resolving.destinations import transport_of
from prober.scenario.resolving.pods import pods_of, service_of
from prober.scenario.resolving.probes import ICMP
from prober.scenario.resolving.recognise import Recogniser
from prober.scenario.resolving.requests import request_of
from prober.scenario.resolving.sources import inside, nodes_of


class Ends:
    """Looks up the ends of flows in one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @cached_property
    def recogniser(self) -> Recogniser:
        """What a host's name or address means in this snapshot."""
        return Recogniser(self._snapshot)

    def flow(self, source: SourceRef, target: TargetRef) -> Flow:
        """The flow from a source to a target; of several pods the first. Raises `UsageError` for
        what does not exist, and for a target that names no server."""
        if target.place == Place():
            hint = "say which one is asked, as in dns://NAME@svc/kube-dns.kube-system"
            raise UsageError(f"{target} names no server", hint=hint)
        start = self.source(source)
        end = self.destination(target.place, start.namespace)
        request = request_of(target, end.address or end.name, target.place.port)
        return Flow(start, end, protocol_of(target), target.place.port, request)

    def source(self, ref: SourceRef) -> Endpoint:
        """Where a flow starts. A Service stands for a pod behind it. Raises `UsageError` for what
        does not exist."""
        ref = inside(ref, self.recogniser)
        return (
            self.recogniser.endpoint(ref.name, "")
            if ref.kind is RefKind.OUTSIDE
            else self._object(ref)
        )

    def destination(self, place: Place, namespace: str) -> Endpoint:
        """Where a flow goes, as seen from a pod of `namespace` (empty: from elsewhere). Raises
        `UsageError` for what does not exist."""
        if place.object is None:
            return self.recogniser.endpoint(place.host, namespace)
        if place.object.kind is RefKind.SERVICE:
            service = service_of(place.object, self._snapshot)
            return Endpoint(EndpointKind.SERVICE, service.namespace, service.name)
        return self._object(place.object)

    def _object(self, ref: ObjectRef) -> Endpoint:
        if ref.kind is RefKind.NODE:
            return Endpoint(EndpointKind.NODE, name=nodes_of(ref, self._snapshot)[0])
        single = ref.kind in (RefKind.POD, RefKind.NAMED)
        named = self._snapshot.pods.get((ref.namespace, ref.name)) if single else None
        return _pod(named or pods_of(ref, self._snapshot)[0])


def protocol_of(target: TargetRef) -> str:
    """What `Flow.protocol` says for a target."""
    return ICMP if PROTOCOLS[target.scheme].transport == ICMP else transport_of(target)


def _pod(pod: Pod) -> Endpoint:
    return Endpoint(EndpointKind.POD, pod.namespace, pod.name)
