"""Which probes must succeed for a denial to be believed. Pure.

A target's own node reaches it whatever the policies say (the API guarantees it), so a probe from
there shows whether the target is alive. For a target outside the cluster the source's node stands
in: it is behind the same uplink and the same firewalls, and no policy selects it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from prober.model.check import Check, EndpointKind, Vantage, VantageKind
from prober.model.objects import Pod
from prober.model.prediction import Prediction
from prober.model.probe import Probe, ProbeKind
from prober.model.protocol import BY_KIND
from prober.model.snapshot import Snapshot

MOST_BACKENDS = 3
"""How many backends of a Service get a control; more would prove little and cost a probe each."""


@dataclass(frozen=True, slots=True)
class ControlSpec:
    """A control before it ran."""

    name: str
    vantage: Vantage
    probe: Probe


def controls_for(
    check: Check, prediction: Prediction, snapshot: Snapshot, vantages: Collection[Vantage]
) -> tuple[ControlSpec, ...]:
    """The controls of one check, most telling first; empty where no vantage can give one.

    Probes of equal controls have equal ids, so that checks share them.
    """
    specs = _of_destination(check, prediction, snapshot)
    return tuple(spec for spec in specs if spec.vantage in vantages)


def _of_destination(
    check: Check, prediction: Prediction, snapshot: Snapshot
) -> Iterator[ControlSpec]:
    destination = check.flow.destination
    if destination.kind is EndpointKind.POD:
        pod = snapshot.pods[destination.namespace, destination.name]
        port = prediction.backends[0].port if prediction.backends else check.probe.port
        yield from _from_own_node(check, pod, port or check.probe.port)
    elif destination.kind is EndpointKind.SERVICE:
        for backend in prediction.backends[:MOST_BACKENDS]:
            backend_pod = (
                snapshot.pods[backend.pod.namespace, backend.pod.name] if backend.pod else None
            )
            if backend_pod is not None and backend.port:
                yield from _from_own_node(check, backend_pod, backend.port)
            elif backend_pod is None:
                yield from _from_source_node(check, snapshot)
                return
    elif destination.kind is EndpointKind.NODE:
        yield from _from_the_node_itself(check, snapshot)
    elif any(backend.pod for backend in prediction.backends):
        # An address outside that is a load balancer's: policies are about the pods behind it.
        yield from _of_backends(check, prediction, snapshot)
    else:
        yield from _from_source_node(check, snapshot)


def _of_backends(check: Check, prediction: Prediction, snapshot: Snapshot) -> Iterator[ControlSpec]:
    for backend in prediction.backends[:MOST_BACKENDS]:
        pod = snapshot.pods[backend.pod.namespace, backend.pod.name] if backend.pod else None
        if pod is not None and backend.port:
            yield from _from_own_node(check, pod, backend.port)


def _node_vantage(name: str) -> Vantage:
    return Vantage(VantageKind.NODE, "", name)


def _from_own_node(check: Check, pod: Pod, port: int) -> Iterator[ControlSpec]:
    if not pod.node or not pod.ips:
        return
    # A policy's port is about transport, so HTTP and TLS are controlled by a bare connect; a name
    # server by its port.
    kind = ProbeKind.TCP if BY_KIND[check.probe.kind].converses else check.probe.kind
    what = (
        "echo" if kind is ProbeKind.ICMP else f"{port}/{'udp' if kind is ProbeKind.UDP else 'tcp'}"
    )
    if kind is ProbeKind.DNS:
        probe = replace(check.probe, server=pod.ips[0], port=port, attempts=1, address="")
        what = f"its DNS on port {port}"
    else:
        probe = Probe(
            id="",
            kind=kind,
            host=pod.ips[0],
            port=0 if kind is ProbeKind.ICMP else port,
            timeout=check.probe.timeout,
        )
    yield _spec(
        f"from its own node {pod.node}, {pod.name} {what} answers", _node_vantage(pod.node), probe
    )


def _from_source_node(check: Check, snapshot: Snapshot) -> Iterator[ControlSpec]:
    node = _source_node(check, snapshot)
    if not node:
        return
    probe = replace(check.probe, attempts=1, hops=False)
    target = f"{probe.host}:{probe.port}" if probe.port else probe.host
    yield _spec(f"from node {node}, {target} answers", _node_vantage(node), probe)


def _from_the_node_itself(check: Check, snapshot: Snapshot) -> Iterator[ControlSpec]:
    node = check.flow.destination.name
    if node in snapshot.nodes:
        probe = replace(check.probe, attempts=1, hops=False)
        yield _spec(
            f"from node {node} itself, port {probe.port} answers", _node_vantage(node), probe
        )


def _source_node(check: Check, snapshot: Snapshot) -> str:
    if check.vantage.kind is VantageKind.POD:
        pod = snapshot.pods.get((check.vantage.namespace, check.vantage.name))
        return pod.node if pod else ""
    # a node or a host outside is its own stand-in: a second probe from there would show nothing new
    return ""


def _spec(name: str, vantage: Vantage, probe: Probe) -> ControlSpec:
    target = f"{probe.host}:{probe.port}" + (f"@{probe.server}" if probe.server else "")
    return ControlSpec(
        name, vantage, replace(probe, id=f"control/{vantage.id}/{probe.kind}/{target}")
    )
