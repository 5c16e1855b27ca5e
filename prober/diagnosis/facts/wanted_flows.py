"""The flows that a check needs, as a policy sees them: between pods after translation, or to
anywhere outside. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from prober.model.check import Endpoint, EndpointKind, Expectation, Flow
from prober.model.run import CheckRecord
from prober.policy import ANYWHERE

OUTSIDE = Endpoint(EndpointKind.OUTSIDE, name=ANYWHERE)
FlowKey = tuple[str, str, str]
"""Source, destination, and port with protocol: what makes two flows the same to a reader."""


def wanted_flows(record: CheckRecord) -> list[Flow]:
    """To each backend, on its port; to a host outside, to anywhere, because its addresses
    change."""
    flow = record.check.flow
    pods = [
        replace(
            flow,
            destination=Endpoint(EndpointKind.POD, backend.pod.namespace, backend.pod.name),
            port=backend.port,
        )
        for backend in record.prediction.backends
        if backend.pod
    ]
    if not pods and flow.destination.kind is EndpointKind.OUTSIDE:
        return [replace(flow, destination=OUTSIDE)]
    return pods


def wanted_by(records: Iterable[CheckRecord]) -> tuple[Flow, ...]:
    """The flows that the checks need, one after the other."""
    return tuple(flow for record in records for flow in wanted_flows(record))


def keys_of(flows: Iterable[Flow]) -> set[FlowKey]:
    """What names the flows. A host outside that is the source is anybody outside: policies cannot
    tell."""
    keys: set[FlowKey] = set()
    for flow in flows:
        keys.add(flow_key(flow))
        if flow.source.kind is EndpointKind.OUTSIDE:
            keys.add(flow_key(replace(flow, source=OUTSIDE)))
    return keys


def asked_for(records: Iterable[CheckRecord]) -> set[FlowKey]:
    """The flows that checks of the run ask to pass."""
    asking = (record for record in records if record.check.expected is Expectation.OK)
    return keys_of(wanted_by(asking))


def flow_key(flow: Flow) -> FlowKey:
    """The same for flows that differ in labels or addresses alone."""
    return str(flow.source), str(flow.destination), port_text(flow)


def port_text(flow: Flow) -> str:
    """`9090/tcp`."""
    return f"{flow.port}/{str(flow.protocol).lower()}"
