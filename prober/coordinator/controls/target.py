"""TARGET and ELSEWHERE: the target answers where no policy applies, and somebody away from its
node. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from prober.coordinator.controls import probing
from prober.coordinator.controls.candidates import Candidates, vantage_of
from prober.coordinator.controls.context import CheckContext, Place
from prober.coordinator.controls.spec import Accepts, ControlSpec, control, routed
from prober.coordinator.controls.telling import told_by
from prober.model.probe import ProbeKind
from prober.model.protocol import BY_KIND
from prober.model.run import Shows


def target(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    pods = [place for place in context.places if place.pod is not None]
    for place in pods:
        yield from _from_own_node(context, candidates, place)
    if not pods:
        yield from _from_any_node(context, candidates)


def _from_own_node(
    context: CheckContext, candidates: Candidates, place: Place
) -> Iterator[ControlSpec]:
    node = candidates.node(place.node)
    part = f"{place.name}:{place.port}"
    if node is None:
        yield ControlSpec(
            f"nothing can be probed from node {place.node}, which {place.name} is on",
            Shows.TARGET,
            part=part,
        )
        return
    name = f"from its own node {place.node}, {place.name} {_what(context, place)} answers"
    probe = probing.from_node_address(
        probing.to_place(context, place), candidates.snapshot.nodes.get(place.node)
    )
    spec = control(Shows.TARGET, name, node, probe, part=part)
    yield spec
    yield from _instead_of_echo(spec, context, place)


def _instead_of_echo(
    spec: ControlSpec, context: CheckContext, place: Place
) -> Iterator[ControlSpec]:
    """An unprivileged echo may be refused by the node's kernel; a connect never is."""
    if context.probe.kind is not ProbeKind.ICMP or spec.vantage is None or spec.probe is None:
        return
    port = next(
        (port.number for port in (place.pod.ports if place.pod else ()) if port.protocol == "TCP"),
        0,
    )
    probe = replace(
        probing.connect(place.address, port or probing.KUBELET, context.probe.timeout),
        source=spec.probe.source,
    )
    name = f"from its own node {place.node}, {place.name} answers over TCP, in the place of echo"
    other = control(spec.shows, name, spec.vantage, probe, part=spec.part, accepts=Accepts.ANY_WORD)
    yield replace(other, instead_of=spec.probe.id)


def _from_any_node(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    """A host outside or a process on a node, asked by the source's node, else by another one."""
    on_node = {place.node for place in context.places}
    own = candidates.node(context.node)
    usable = own is not None and own != context.vantage and own.name not in on_node
    asking = own if usable else next(iter(candidates.other_nodes(context.node, *on_node)), None)
    if asking is None and on_node:
        asking = candidates.node(next(iter(on_node)))
    if asking is None or asking == context.vantage:
        return
    probe = probing.to_target(context)
    asked = probe.server or probe.address or probe.host
    if BY_KIND[probe.kind].converses and not probe.address:
        asked = probe.host
    where = f"{asked}:{probe.port}" if probe.port else asked
    itself = " itself" if asking.name in on_node else ""
    spec = control(Shows.TARGET, f"from node {asking.name}{itself}, {where} answers", asking, probe)
    yield replace(spec, by_name=not context.address)


def _what(context: CheckContext, place: Place) -> str:
    if context.probe.kind is ProbeKind.ICMP:
        return "echo" if not context.probe.size else f"echo of {context.probe.size} bytes"
    if context.probe.kind is ProbeKind.DNS:
        return f"its DNS on port {place.port}"
    return f"{place.port}/{'udp' if context.probe.kind is ProbeKind.UDP else 'tcp'}"


# ELSEWHERE: it answers somebody away from its node, too


def elsewhere(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    itself = {context.vantage}
    for place in context.places:
        for asker in candidates.askers(place, context.protocol, first=context.node, besides=itself):
            name = f"from {asker.id}, which may, {place.name} {_what(context, place)} answers"
            yield control(
                Shows.ELSEWHERE,
                name,
                asker,
                probing.to_place(context, place),
                part=f"{place.name}:{place.port}",
            )
        yield from _from_itself(context, candidates, place)
    if not context.places:
        yield from _neighbours(context, candidates)


def _from_itself(
    context: CheckContext, candidates: Candidates, place: Place
) -> Iterator[ControlSpec]:
    """The target speaks to the source, where it may: its own routes and firewall lie on the way of
    the answer, and so does whatever concerns these two alone."""
    # The target's own node has another address than the source, and so has whoever else asks. A
    # route of the target's own for the source's network (a VPN, a container network with the same
    # addresses) loses the answers to the source only.
    if place.pod is None or context.source is None:
        return
    asker = vantage_of(place.pod)
    told = told_by(candidates, asker, context.source, context.family)
    if told is None:
        return
    part = f"{place.name} to {told.pod.ref}"
    if told.port:
        probe = probing.connect(told.address, told.port, context.probe.timeout)
        name = f"from the target {asker.id}, {told.name} answers, which it may reach"
        yield control(Shows.ELSEWHERE, name, asker, probe, part=part, accepts=Accepts.ANY_WORD)
    elif place.node != context.node:
        # It may tell nobody anything: so its first step, which its node takes below the policies.
        # On one node there may be none: bridged pods are neighbours, and no router is between them.
        name = f"node {place.node} answers a TTL walk from the target {asker.id} to {told.name}"
        probe = probing.walk(told.address)
        spec = routed(Shows.ELSEWHERE, name, asker, probe, place.node, part)
        yield replace(spec, where_routers_answer=True)


def _neighbours(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    """A pod of the source's node that may reach the host outside: it leaves by the same translation
    of its address."""
    flow = context.check.flow
    for asker in candidates.users(flow.destination, context.protocol, flow.port, context.node):
        if asker in (context.vantage, candidates.node(context.node)) or not context.address:
            continue
        probe = probing.to_target(context)
        yield control(
            Shows.ELSEWHERE,
            f"from {asker.id}, which may, {context.address} answers",
            asker,
            probe,
        )
