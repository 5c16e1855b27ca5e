"""SOURCE, PATH and RETURN: the network between the two ends. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from prober.coordinator.controls import probing
from prober.coordinator.controls.candidates import Candidates, Peer
from prober.coordinator.controls.context import CheckContext, Place
from prober.coordinator.controls.ports import by_its_port
from prober.coordinator.controls.spec import Accepts, ControlSpec, control, routed
from prober.model.check import Vantage
from prober.model.probe import ProbeKind
from prober.model.run import Shows

MOST_WITNESSES = 3
"""Checks of the run that vouch for a host outside."""


def source(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    if context.from_outside:
        yield from _outside(context, candidates)
        return
    # A word of any kind is enough (`ANY_WORD`): a refusal needs a network as much as an answer
    # does.
    peers = _reachable(context, candidates)
    for peer in peers:
        name = f"from {context.vantage.id}, {peer.name} answers, which it may reach"
        yield control(Shows.SOURCE, name, context.vantage, peer.probe, accepts=Accepts.ANY_WORD)
    yield from _hears_datagrams(context, candidates)
    if peers or not context.node:
        return
    yield from _signs_of_life(context, candidates)


def _hears_datagrams(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    """A datagram that is answered by another, and not by an ICMP error, which comes in by other
    rules: of cluster DNS, the one server that surely answers."""
    if context.protocol != "UDP":
        return
    nodes, own = set(candidates.snapshot.nodes), set(context.source.ips if context.source else ())
    for peer in candidates.peers(context.vantage, "UDP", context.family, nodes, own):
        if peer.probe.kind is ProbeKind.DNS:
            name = f"from {context.vantage.id}, {peer.name} answers, which it may reach"
            yield control(Shows.SOURCE, name, context.vantage, peer.probe, part="datagrams")


def _outside(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    """A host outside: what else it reaches of the cluster in this run, else a node."""
    for check in candidates.witnesses.get(context.vantage, ())[:MOST_WITNESSES]:
        if check.id != context.check.id:
            name = f"{check.name}, which the policies allow, is answered"
            accepts = Accepts.ANY_WORD
            yield ControlSpec(name, Shows.SOURCE, context.vantage, check.probe, accepts=accepts)
    for node in sorted(candidates.snapshot.nodes):
        if address := candidates.address_of(node, context.family):
            probe = probing.to_node(address, context.probe.timeout)
            name = f"from {context.vantage.id}, node {node} answers"
            yield control(Shows.SOURCE, name, context.vantage, probe, accepts=Accepts.ANY_WORD)
            return


def _reachable(context: CheckContext, candidates: Candidates) -> tuple[Peer, ...]:
    """What the vantage may reach: on the target's nodes, else on others, else on its own."""
    ends = {place.address for place in context.places} | set(
        context.source.ips if context.source else ()
    )
    # On the target's node first, for then the same answer shows SOURCE, PATH and RETURN at once,
    # and equal controls are sent once.
    theirs = {place.node for place in context.places}
    others = set(candidates.snapshot.nodes) - {context.node}
    for nodes in (theirs, others, {context.node}):
        if peers := candidates.peers(
            context.vantage, context.protocol, context.family, nodes, ends
        ):
            return peers
    return ()


def _signs_of_life(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    """Of a pod that may reach nothing: its own node answers it, below the policies."""
    node, vantage = context.node, context.vantage
    # `heard_at` empty: what others on this node heard of it says that the node forwards, and
    # nothing about this pod's own interface.
    yield replace(_heard(Shows.SOURCE, context, node), heard_at="")
    yield from _walked_from(context, candidates)
    asking = candidates.node(node)
    address = context.of_family(context.source.ips) if context.source else ""
    if asking is not None and address:
        name = f"from its own node {node}, the source {vantage.name} answers"
        probe = probing.connect(address, _some_port(context), context.probe.timeout)
        spec = control(Shows.SOURCE, name, asking, probe, accepts=Accepts.ANY_WORD)
        yield replace(spec, where_routers_are_mute=True)


def _walked_from(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    """One walk a vantage, whatever its checks go to: nodes limit the ICMP errors that they send."""
    node, vantage = context.node, context.vantage
    others = (
        candidates.address_of(name, context.family)
        for name in sorted(candidates.snapshot.nodes)
        if name != node
    )
    # The walk's target hardly matters: only its first step counts, which is the source's own node.
    # Another node's address comes first, since towards it a packet surely leaves the pod's own
    # network.
    places = (place.address for place in context.places)
    asked = next((address for address in (*others, *places, context.address) if address), "")
    if asked:
        name = f"node {node} answers a TTL walk from {vantage.id}, which may reach nothing"
        yield routed(Shows.SOURCE, name, vantage, probing.walk(asked), node)


def _heard(shows: Shows, context: CheckContext, node: str, part: str = "") -> ControlSpec:
    """ICMP errors: whoever sent them had got a packet, and its word came back."""
    name = f"node {node} itself answers packets from node {context.node}"
    spec = ControlSpec(name, shows, context.vantage, context.probe, part, Accepts.A_ROUTER, node)
    return replace(spec, heard_at=context.node)


def _some_port(context: CheckContext) -> int:
    ports = context.source.ports if context.source else ()
    return next((port.number for port in ports if port.protocol == "TCP"), probing.KUBELET)


def calibration(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    """A walk whose first step is the source's own node: if that is mute, so may others be."""
    if context.source is not None:
        yield from (replace(spec, calibrates=True) for spec in _walked_from(context, candidates))


def path(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    if context.from_outside and context.translated:
        yield from _behind_translation(context, candidates)
        return
    if not context.away:
        yield from _within_node(context, candidates)
    ends = {place.address for place in context.places} | set(
        context.source.ips if context.source else ()
    )
    for place in first_on_each_node(context.away):
        start = candidates.node(context.node) or context.vantage
        # Either or: where the policies allow somebody, a walk would be the weaker witness (a
        # firewall that drops everything forwarded still lets a TTL run out before it), and must not
        # be able to outvote it.
        allowed = list(_allowed_ways(context, candidates, start, place, ends))
        yield from allowed or _walked_ways(context, candidates, start, place)
        yield from _between_pods(context, candidates, place, ends)
    for place in context.away:
        yield from _route(Shows.PATH, candidates.node(context.node), place.address, place.name)


def _between_pods(
    context: CheckContext, candidates: Candidates, place: Place, ends: set[str]
) -> Iterator[ControlSpec]:
    """Where the source may reach nothing on the target's node: a pod beside it. What a node sends
    may take another way than what its pods send, which a CNI may tunnel."""
    family, there = context.family, {place.node}
    if candidates.peers(context.vantage, context.protocol, family, there, ends):
        return
    for asker in candidates.inside_on(context.node):
        peers = candidates.peers(asker, context.protocol, family, there, ends)
        for peer in peers if asker != context.vantage else ():
            name = f"from {asker.id}, on the source's node, {peer.name} on {place.node} answers"
            part, accepts = f"pods to {place.node}", Accepts.ANY_WORD
            yield control(Shows.PATH, name, asker, peer.probe, part=part, accepts=accepts)
        if peers and asker != context.vantage:
            return


def _behind_translation(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    """From outside a packet is translated by the node that it came to, and then goes on to the
    target's: whether that one hands on to its pods what comes from other nodes."""
    for place in first_on_each_node(context.away):
        for start in candidates.other_nodes(place.node)[:1]:
            family, ends = context.family, {place.address}
            for peer in candidates.peers(start, context.protocol, family, {place.node}, ends):
                name = f"from {start.id}, {peer.name} on node {place.node} answers"
                accepts = Accepts.ANY_WORD
                yield control(Shows.PATH, name, start, peer.probe, part=place.node, accepts=accepts)


def _allowed_ways(
    context: CheckContext, candidates: Candidates, start: Vantage, place: Place, ends: set[str]
) -> Iterator[ControlSpec]:
    # First those on the source's own node: they share every piece of the way with the check but its
    # first link.
    for asker in candidates.askers(
        place, context.protocol, first=context.node, besides={context.vantage}
    ):
        if candidates.node_of(asker) == context.node and context.node:
            name = f"from {asker.id}, on the source's node, {place.name} answers"
            yield control(
                Shows.PATH, name, asker, probing.to_place(context, place), part=place.node
            )
    for asker in dict.fromkeys((context.vantage, start)):
        for peer in candidates.peers(asker, context.protocol, context.family, {place.node}, ends):
            name = f"from {asker.id}, {peer.name} on node {place.node} answers"
            spec = control(
                Shows.PATH, name, asker, peer.probe, part=place.node, accepts=Accepts.ANY_WORD
            )
            yield spec
            yield from _instead_of_echo(spec, peer, context)
            yield from by_its_port(context, candidates, asker, peer, place)


def _instead_of_echo(spec: ControlSpec, peer: Peer, context: CheckContext) -> Iterator[ControlSpec]:
    """A node's kernel may refuse to send an unprivileged echo; a connect says as much of the
    way."""
    # net.ipv4.ping_group_range is "1 0" (nobody) by the kernel's default, and container runtimes
    # open it for containers only, so an agent or a node of the lab may not be able to ping.
    if spec.probe is not None and spec.vantage is not None and spec.probe.kind is ProbeKind.ICMP:
        probe = probing.connect(peer.address, probing.KUBELET, context.probe.timeout)
        name = f"{spec.name} over TCP, in the place of echo"
        accepts = Accepts.ANY_WORD
        other = control(spec.shows, name, spec.vantage, probe, part=spec.part, accepts=accepts)
        yield replace(other, instead_of=spec.probe.id)


def _walked_ways(
    context: CheckContext, candidates: Candidates, start: Vantage, place: Place
) -> Iterator[ControlSpec]:
    end = place.node
    # Cheapest first: what the check itself was told costs no probe. Then a walk; last a connect
    # between the nodes' own addresses, which is not the pods' way where the CNI tunnels.
    yield _heard(Shows.PATH, context, end, part=end)
    yield from calibration(context, candidates)
    pod, address = candidates.first_pod(end, context.family) or (place.name, place.address)
    name = f"node {end} answers a TTL walk from {start.id} to {pod}"
    yield routed(Shows.PATH, name, start, probing.walk(address), end, part=end)
    yield from _between_nodes(Shows.PATH, context, candidates, context.node, end)


def way_back(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    source = context.source
    ends = {place.address for place in context.places} | set(source.ips if source else ())
    for place in first_on_each_node(context.away):
        theirs = candidates.peers(
            context.vantage, context.protocol, context.family, {place.node}, ends
        )
        for peer in theirs:
            name = f"from {context.vantage.id}, {peer.name} on node {place.node} answers"
            accepts = Accepts.ANY_WORD
            yield control(
                Shows.RETURN, name, context.vantage, peer.probe, part=place.node, accepts=accepts
            )
        if not theirs and source is not None:
            yield from _back(context, candidates, place)


def _back(context: CheckContext, candidates: Candidates, place: Place) -> Iterator[ControlSpec]:
    """The answer's way, from the target's node to the source's pod."""
    end, part = context.node, place.node
    start = candidates.node(place.node)
    own = set(context.source.ips if context.source else ())
    peers: tuple[Peer, ...] = ()
    if start is not None:
        peers = candidates.peers(start, context.protocol, context.family, {end}, own)
        yield from _answered_back(context, start, peers, part)
    if not peers:
        yield from _walked_back(context, candidates, start, part)
    for address in filter(None, [context.of_family(context.source.ips if context.source else ())]):
        yield from _route(Shows.RETURN, start, address, f"the source {context.vantage.name}")


def _route(shows: Shows, start: Vantage | None, address: str, name: str) -> Iterator[ControlSpec]:
    """Whether the node has a route to this very address: other pods there may have one, and it
    not."""
    if start is not None:
        told = f"node {start.name} has a way to {name}"
        probe = probing.connect(address, probing.KUBELET, probing.WALK_TIMEOUT)
        yield control(shows, told, start, probe, part=f"route to {name}", accepts=Accepts.A_ROUTE)


def _answered_back(
    context: CheckContext, start: Vantage, peers: tuple[Peer, ...], part: str
) -> Iterator[ControlSpec]:
    for peer in peers:
        name = f"from node {part}, {peer.name} on the source's node {context.node} answers"
        accepts = Accepts.ANY_WORD
        spec = control(Shows.RETURN, name, start, peer.probe, part=part, accepts=accepts)
        yield spec
        yield from _instead_of_echo(spec, peer, context)


def _within_node(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    """On one node only the node itself is in between: whether it forwards at all, where the source
    may reach nothing that would say so."""
    if _reachable(context, candidates):
        return
    for start in candidates.other_nodes(context.node)[:1]:
        own = set(context.source.ips if context.source else ())
        here = {context.node}
        for peer in candidates.peers(start, context.protocol, context.family, here, own):
            name = f"from {start.id}, {peer.name} on the source's node {context.node} answers"
            accepts = Accepts.ANY_WORD
            yield control(Shows.PATH, name, start, peer.probe, part=start.name, accepts=accepts)


def _walked_back(
    context: CheckContext, candidates: Candidates, start: Vantage | None, part: str
) -> Iterator[ControlSpec]:
    end = context.node
    yield from calibration(context, candidates)
    yield _heard(Shows.RETURN, context, part, part)
    known = candidates.first_pod(end, context.family)
    if start is not None and known is not None:
        pod, address = known
        name = f"node {end} answers a TTL walk from node {start.name} to {pod}"
        yield routed(Shows.RETURN, name, start, probing.walk(address), end, part)
    yield from _between_nodes(Shows.RETURN, context, candidates, part, end, part=part)


def _between_nodes(
    shows: Shows,
    context: CheckContext,
    candidates: Candidates,
    start: str,
    end: str,
    part: str = "",
) -> Iterator[ControlSpec]:
    """Where routers answer no walk: the nodes reach each other by their own addresses."""
    asking, address = candidates.node(start), candidates.address_of(end, context.family)
    if asking is not None and address:
        probe = probing.to_node(address, context.probe.timeout)
        name = f"from node {start}, node {end} answers"
        spec = control(shows, name, asking, probe, part=part or end, accepts=Accepts.ANY_WORD)
        yield replace(spec, where_routers_are_mute=True)


def first_on_each_node(places: tuple[Place, ...]) -> tuple[Place, ...]:
    return tuple({place.node: place for place in reversed(places)}.values())
