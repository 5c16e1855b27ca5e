"""From a link to its two directions: every way in which the API lets policies see each direction.

Sources: the concept page of network policies. "NetworkPolicy behaviour for hostNetwork pods is
undefined, but it should be limited to 2 possibilities": the plugin tells their traffic apart and
treats them as pods, or it "ignores hostNetwork pods" and their traffic is node traffic. "Traffic to
and from the node where a Pod is running is always allowed, regardless of the IP address of the Pod
or the node." "A Pod cannot block access to itself."
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from prober.model.prediction import Direction
from prober.policy.deciding.rules.addresses import VERSIONS, format_address
from prober.policy.deciding.rules.interpretations import FlowDirection, Interpretation
from prober.policy.deciding.rules.policies import Applied
from prober.policy.deciding.rules.policy_endpoints import (
    Link,
    PolicyEndpoint,
    PolicyEndpointKind,
    ServiceFrontend,
    Target,
)
from prober.policy.deciding.world import World

_NO_POLICIES: dict[Direction, Applied] = {
    "egress": Applied("egress", (), ()),
    "ingress": Applied("ingress", (), ()),
}

_AS_POD = "where hostNetwork pods count as pods"
_AS_NODE = "where hostNetwork pods count as their node"


@dataclass(frozen=True, slots=True)
class _Seen:
    """The other end as the subject's policies may see it, still before hostNetwork and unknown
    nodes are considered."""

    endpoint: PolicyEndpoint
    target: Target
    frontend: ServiceFrontend | None = None
    reading: str = ""


def flow_directions(
    world: World, source: PolicyEndpoint, link: Link
) -> tuple[FlowDirection, FlowDirection]:
    """Egress from the source and ingress at the destination."""
    # What is left open multiplies: a flow to a Service's load balancer from a pod on the host
    # network may be seen in several ways at egress and in several others at ingress. They are not
    # combined with each other, because the API combines them for us: a flow is allowed if both
    # directions allow it, and each direction is decided on its own node from what that node sees.
    #
    # A worked example. A pod `shop/web` on n1 connects to the node port 30080 of n2, whose Service
    # has one backend, `shop/api-0:8080` on n3:
    #
    #   egress    1. n2 translates: web's policies see node n2, port 30080
    #             2. n1 translates: they see pod api-0, port 8080
    #   ingress   1. web keeps its address: api-0's policies see pod web
    #             2. n2 puts its own address in its place: they see node n2
    #
    # All permitted ways agree, or the direction is undefined (`matching.direction_level`).
    egress = _side(world, "egress", source, link.destination, _egress_views(world, link), link)
    ingress = _side(world, "ingress", link.destination, source, _ingress_views(source, link), link)
    return egress, _within_ranges(source, link, ingress)


def _within_ranges(source: PolicyEndpoint, link: Link, ingress: FlowDirection) -> FlowDirection:
    """The Service's source ranges come before everything else, the policies of the source too;
    where the address of the source is not known, both may be."""
    if not link.keeps_out:
        return ingress
    # kube-proxy drops such packets itself, in the chain KUBE-FW, before any policy could see them;
    # so a source that is kept out is no denial by policies, and is told apart (`barred`).
    inside = [
        any(block.contains(address) for block in link.welcome) for address in source.addresses
    ]
    if inside and all(inside):
        return ingress
    barred = Interpretation(
        source, link.target, barred=f"{link.keeps_out} {source.name}, so kube-proxy drops it"
    )
    interpretations = (
        (barred,) if inside and not any(inside) else (*ingress.interpretations, barred)
    )
    return replace(ingress, interpretations=interpretations)


def _egress_views(world: World, link: Link) -> list[_Seen]:
    # An engine of which it is known that it sees the backend only has one view less: most flows to
    # Services are then decided instead of undefined. `engines.py` has the source for each engine.
    frontend = link.frontend if world.engine.before_translation else None
    after = "if policies come after the translation" if link.early or frontend else ""
    seen = [_Seen(link.destination, link.target, frontend, after)]
    if link.early and link.frontend:
        reading = f"if {link.early.name} translates, after the source's policies"
        seen.append(_Seen(link.early, link.frontend.target, reading=reading))
    return seen


def _ingress_views(source: PolicyEndpoint, link: Link) -> list[_Seen]:
    seen = [
        _Seen(
            source,
            link.target,
            reading="if the source keeps its address" if link.masquerades else "",
        )
    ]
    for endpoint in link.masquerades:
        reading = f"if the source is given the address of {endpoint.name} first"
        seen.append(_Seen(endpoint, link.target, reading=reading))
    return seen


def _side(
    world: World,
    direction: Direction,
    subject: PolicyEndpoint,
    peer: PolicyEndpoint,
    seen: list[_Seen],
    link: Link,
) -> FlowDirection:
    # No policy can select a node or a host outside: `podSelector` selects pods. (Policies of nodes,
    # such as Calico's host endpoints, are named as not evaluated.)
    if subject.pod is None:
        what = "a node" if subject.kind is PolicyEndpointKind.NODE else "outside the cluster"
        exempt = Interpretation(
            peer, link.target, f"{subject.name} is {what}: no {direction} policy selects it"
        )
        return FlowDirection(
            direction, subject, peer, _NO_POLICIES[direction], (exempt,), link.frontend
        )
    applied = world.applied(subject.index, direction)
    # The short way, for most flows of a cluster. It gives what the long way gives; it exists
    # because a matrix of thousands of pods asks for millions of directions.
    if link.frontend is None and _plain(subject, peer):
        return FlowDirection(
            direction, subject, peer, applied, (Interpretation(peer, link.target),)
        )
    interpretations = tuple(
        _Interpretations(
            world, direction, subject, applied, translated=link.frontend is not None
        ).all(seen)
    )
    return FlowDirection(direction, subject, peer, applied, interpretations, link.frontend)


def _plain(subject: PolicyEndpoint, peer: PolicyEndpoint) -> bool:
    """Two different pods, neither on the host network: nothing is left open about whom policies
    see. Most flows."""
    pod, other = subject.pod, peer.pod
    return bool(
        pod
        and other
        and not pod.host_network
        and not other.host_network
        and subject.index != peer.index
    )


@dataclass(frozen=True, slots=True)
class _Interpretations:
    """Makes the interpretations of one direction."""

    world: World
    direction: Direction
    subject: PolicyEndpoint
    applied: Applied
    translated: bool

    def all(self, seen: list[_Seen]) -> Iterator[Interpretation]:
        """Every interpretation, of every way in which the other end may be seen."""
        direction, subject, applied = self.direction, self.subject, self.applied
        # Where nobody restricts, it does not matter how the other end is seen: one interpretation
        # is as good as all of them, and it leaves nothing undefined that is not.
        if not applied.policies:
            yield Interpretation(seen[0].endpoint, seen[0].target)
            return
        if subject.host_network:
            may = "may" if self.world.engine.host_network_as_pod else "do"
            reason = (
                f"{subject.name} is on the host network, where {direction} policies {may} not apply"
            )
            yield Interpretation(
                seen[0].endpoint,
                seen[0].target,
                reason,
                reading="where hostNetwork pods are ignored",
            )
            if not self.world.engine.host_network_as_pod:
                return
        # Only ipBlocks can tell the two apart: selectors need a pod, and the frontend is none. So
        # without an ipBlock among the policies there is no second interpretation.
        for view in seen:
            for interpretation in self.views(view):
                yield interpretation
                if view.frontend and applied.has_blocks and not interpretation.exempt:
                    reading = "if policies come before the translation"
                    yield replace(
                        interpretation,
                        frontend=view.frontend,
                        reading=_join(reading, interpretation.reading.removeprefix(view.reading)),
                    )

    def views(self, view: _Seen) -> Iterator[Interpretation]:
        """One view of the other end, and what the API still leaves open about it."""
        endpoint, subject = view.endpoint, self.subject
        # "A Pod cannot block access to itself" holds where the packet stays inside of the pod.
        # Through a Service it leaves the pod, is translated on the node and comes back (hairpin);
        # whether policies see it then, the sentence does not say.
        if endpoint.index == subject.index and endpoint.pod:
            reason = f"{subject.name} reaches itself: a pod cannot block access to itself"
            yield Interpretation(endpoint, view.target, reason, reading=view.reading)
            if not self.translated:
                return
            view = replace(
                view, reading=_join("if it leaves the pod through the Service", view.reading)
            )
        if endpoint.kind is PolicyEndpointKind.HOST:
            yield from _host_views(subject, view, self.applied)
        elif endpoint.kind is PolicyEndpointKind.NODE:
            yield from self.node_views(view)
        elif not endpoint.host_network:
            yield Interpretation(endpoint, view.target, reading=view.reading)
        elif self.world.engine.host_network_as_pod:
            # Both readings of the documentation, in its own words: the plugin tells hostNetwork
            # traffic apart and applies policies to it as to pods; or it ignores hostNetwork pods,
            # and their traffic is their node's.
            yield Interpretation(endpoint, view.target, reading=_join(view.reading, _AS_POD))
            if (
                not subject.host_network
            ):  # a plugin that ignores hostNetwork pods ignores this subject too
                yield from self.node_views(self.as_node(view, _AS_NODE))
        else:
            yield from self.node_views(self.as_node(view, ""))

    def as_node(self, view: _Seen, reading: str) -> _Seen:
        """The node instead of the hostNetwork pod on it."""
        endpoint = view.endpoint
        node = PolicyEndpoint(
            PolicyEndpointKind.NODE,
            f"{endpoint.name} (as its node)",
            endpoint.addresses,
            endpoint.node,
        )
        # A node has no named ports; for ingress the port is the subject's, which keeps its names.
        target = (
            replace(view.target, names=frozenset()) if self.direction == "egress" else view.target
        )
        return replace(view, endpoint=node, target=target, reading=_join(view.reading, reading))

    def node_views(self, view: _Seen) -> Iterator[Interpretation]:
        """The node may be the subject's own, or not."""
        node, own = view.endpoint.node, self.subject.node
        if view.endpoint.elsewhere:
            yield Interpretation(view.endpoint, view.target, reading=view.reading)
            return
        if node and own:
            yield (
                self.local(view)
                if node == own
                else Interpretation(view.endpoint, view.target, reading=view.reading)
            )
            return
        # Where manifests do not say on which nodes the two run, both are possible, and only the
        # first is exempt from policies: that is one of the two reasons for `undefined` without a
        # cluster.
        name = self.subject.name
        yield replace(self.local(view), reading=_join(view.reading, f"if {name} runs on that node"))
        yield Interpretation(
            view.endpoint,
            view.target,
            reading=_join(view.reading, f"if {name} runs on another node"),
        )

    def local(self, view: _Seen) -> Interpretation:
        """The subject and its own node. NetworkPolicies have no say there; other policies may
        have."""
        subject = self.subject
        reason = (
            f"traffic between {subject.name} and its own node {subject.node}".rstrip()
            + " is always allowed"
        )
        endpoint = replace(view.endpoint, local=True)
        if self.world.own_node_exempt(self.direction):
            return Interpretation(endpoint, view.target, reason, reading=view.reading)
        filtered = self.world.engine.filters_own_node and self.direction == "egress"
        own_node = "" if filtered else reason
        return Interpretation(endpoint, view.target, own_node=own_node, reading=view.reading)


def _host_views(subject: PolicyEndpoint, view: _Seen, applied: Applied) -> Iterator[Interpretation]:
    """One interpretation for each address that the host may be using with this pod."""
    # A pod without IPv6 never reaches the IPv6 address of a host: what a rule says about that
    # address must not make the flow undefined.
    families = subject.families or VERSIONS
    known = view.endpoint.speaking(families)
    if known.addresses:
        for address in known.addresses:
            reading = f"at {format_address(address)}" if len(known.addresses) > 1 else ""
            yield Interpretation(
                known.at(address), view.target, reading=_join(view.reading, reading)
            )
        return
    # The address is not known, so every address is possible. The intervals between the borders of
    # all ipBlocks are finitely many; one sample of each stands for the rest (`addresses.samples`).
    for address in applied.samples:
        if address[0] in families:
            yield Interpretation(
                replace(view.endpoint, addresses=(address,), sampled=True),
                view.target,
                reading=view.reading,
            )


def _join(*parts: str) -> str:
    return " and ".join(part.strip().removeprefix("and ") for part in parts if part.strip())
