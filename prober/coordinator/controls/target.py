"""TARGET and ELSEWHERE: the target answers where no policy applies, and somebody away from its
node. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from prober.coordinator.controls import probing
from prober.coordinator.controls.situation import Place, Situation
from prober.coordinator.controls.spec import Accepts, ControlSpec, control
from prober.coordinator.controls.surroundings import Surroundings
from prober.model.probe import ProbeKind
from prober.model.protocol import BY_KIND
from prober.model.run import Shows


def target(situation: Situation, around: Surroundings) -> Iterator[ControlSpec]:
    pods = [place for place in situation.places if place.pod is not None]
    for place in pods:
        yield from _from_own_node(situation, around, place)
    if not pods:
        yield from _from_any_node(situation, around)


def _from_own_node(
    situation: Situation, around: Surroundings, place: Place
) -> Iterator[ControlSpec]:
    node = around.node(place.node)
    part = f"{place.name}:{place.port}"
    if node is None:
        yield ControlSpec(
            f"nothing can be probed from node {place.node}, which {place.name} is on",
            Shows.TARGET,
            part=part,
        )
        return
    name = f"from its own node {place.node}, {place.name} {_what(situation, place)} answers"
    probe = probing.from_node_address(
        probing.to_place(situation, place), around.snapshot.nodes.get(place.node)
    )
    spec = control(Shows.TARGET, name, node, probe, part=part)
    yield spec
    yield from _instead_of_echo(spec, situation, place)


def _instead_of_echo(
    spec: ControlSpec, situation: Situation, place: Place
) -> Iterator[ControlSpec]:
    """An unprivileged echo may be refused by the node's kernel; a connect never is."""
    if situation.probe.kind is not ProbeKind.ICMP or spec.vantage is None or spec.probe is None:
        return
    port = next(
        (port.number for port in (place.pod.ports if place.pod else ()) if port.protocol == "TCP"),
        0,
    )
    probe = replace(
        probing.connect(place.address, port or probing.KUBELET, situation.probe.timeout),
        source=spec.probe.source,
    )
    name = f"from its own node {place.node}, {place.name} answers over TCP, in the place of echo"
    other = control(spec.shows, name, spec.vantage, probe, part=spec.part, accepts=Accepts.ANY_WORD)
    yield replace(other, instead_of=spec.probe.id)


def _from_any_node(situation: Situation, around: Surroundings) -> Iterator[ControlSpec]:
    """A host outside or a process on a node, asked by the source's node, else by another one."""
    on_node = {place.node for place in situation.places}
    own = around.node(situation.node)
    usable = own is not None and own != situation.vantage and own.name not in on_node
    asking = own if usable else next(iter(around.other_nodes(situation.node, *on_node)), None)
    if asking is None and on_node:
        asking = around.node(next(iter(on_node)))
    if asking is None or asking == situation.vantage:
        return
    probe = probing.to_target(situation)
    asked = probe.server or probe.address or probe.host
    if BY_KIND[probe.kind].converses and not probe.address:
        asked = probe.host
    where = f"{asked}:{probe.port}" if probe.port else asked
    itself = " itself" if asking.name in on_node else ""
    spec = control(Shows.TARGET, f"from node {asking.name}{itself}, {where} answers", asking, probe)
    yield replace(spec, by_name=not situation.address)


def _what(situation: Situation, place: Place) -> str:
    if situation.probe.kind is ProbeKind.ICMP:
        return "echo" if not situation.probe.size else f"echo of {situation.probe.size} bytes"
    if situation.probe.kind is ProbeKind.DNS:
        return f"its DNS on port {place.port}"
    return f"{place.port}/{'udp' if situation.probe.kind is ProbeKind.UDP else 'tcp'}"


# ELSEWHERE: it answers somebody away from its node, too


def elsewhere(situation: Situation, around: Surroundings) -> Iterator[ControlSpec]:
    itself = {situation.vantage}
    for place in situation.places:
        for asker in around.askers(place, situation.protocol, first=situation.node, besides=itself):
            name = f"from {asker.id}, which may, {place.name} {_what(situation, place)} answers"
            yield control(
                Shows.ELSEWHERE,
                name,
                asker,
                probing.to_place(situation, place),
                part=f"{place.name}:{place.port}",
            )
    if not situation.places:
        yield from _neighbours(situation, around)


def _neighbours(situation: Situation, around: Surroundings) -> Iterator[ControlSpec]:
    """A pod of the source's node that may reach the host outside: it leaves by the same translation
    of its address."""
    flow = situation.check.flow
    for asker in around.users(flow.destination, situation.protocol, flow.port, situation.node):
        if asker in (situation.vantage, around.node(situation.node)) or not situation.address:
            continue
        probe = probing.to_target(situation)
        yield control(
            Shows.ELSEWHERE,
            f"from {asker.id}, which may, {situation.address} answers",
            asker,
            probe,
        )
