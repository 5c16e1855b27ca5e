"""What must be shown before a denial is believed: one table, and why. Pure.

That nothing comes back is what a policy's denial looks like, and what a dead network looks like as
well. A denial is believed when the run itself has shown that *this packet would have been
answered*, had no policy been there. So a control shares everything with the check but what policies
decide about: path, address, translation, name, protocol, payload, size and time. No single probe
can do that: whoever may reach the target is, by definition, somebody else than the one who may not.
So the way is cut into pieces, and each is shown by a probe that policies let pass:

    source ──SOURCE──▶ its node ──PATH, SIZE──▶ target's node ──TARGET──▶ target
       ▲                    │ TRANSLATION            │                       ▲
       └────────────────────┴──◀──────RETURN─────────┘        ELSEWHERE ─────┘

- TARGET. The target answers the check's own probe from its own node. The API guarantees that a node
  reaches its own pods, whatever the policies say (concept page of network policies: "traffic to and
  from the node where a Pod is running is always allowed"). Without it a dead server, or a mistyped
  port, passes every deny test. A host outside and a process on a node are asked by another node: no
  policy selects nodes.
- ELSEWHERE. A target may answer its own node and nobody else: its default route is gone, a firewall
  on its node takes what comes from the wire, the server itself admits only neighbours. So somebody
  away from its node asks as well, if the policies allow anybody. Where they allow nobody, there is
  nothing to ask, and PATH has to do. Where probes run inside pods anyway, the target asks the
  source, too, if it may: a route of its own for the source's network (a VPN, another container
  network with the same addresses) and whatever else concerns these two alone lose the answers to
  nobody else.
- SOURCE. A pod without a network passes every deny test. So the vantage reaches something that it
  may, off its node where possible. A pod that may reach nothing at all is asked for a sign of life
  below policies: a TTL walk, since a kernel drops a packet whose TTL runs out before its forward
  hook, where policies are (ip_forward() in Linux).
- PATH and RETURN. A node whose routes are gone, or whose uplink is, hides behind TARGET, which
  never leaves the target's node. Packets are seen to get from node to node, in both directions: by
  a pod there that may be reached, or by a TTL walk to the target itself. One direction alone would
  not show the answer's way: routes are not symmetrical. And on the check's own port, since
  firewalls between nodes are about ports.
- TRANSLATION. A Service's address is nobody's: without kube-proxy on the source's node a packet to
  it is lost, which TARGET, sent to the pod behind it, never sees. So the same Service address is
  asked from the source's node, or walked to; over UDP, where there is no walk, another Service has
  to show that this node translates at all. What pods send is translated by other rules than what
  the node sends (the hooks prerouting and output), so a pod asks as well. A node port is translated
  by the node that is asked, and refused by it where no rule does.
- SIZE. A path that loses large packets lets small ones through. What is sent with a size is
  controlled with that size between the nodes, whose own addresses no policy guards.
- ADDRESS. A name that led to a wrong address tells about that address. What is looked up must come
  out as one of the Service's own addresses; for hosts outside, the control goes to the very address
  that the check found.

An ICMP error is a denial in writing, but routers, load balancers, kube-proxy without endpoints and
host firewalls write as well. So it proves nothing by itself: from the source's node it is a sign of
life of the source, from the target's node it shows the way there and back, and neither outranks a
control that failed.

Where the policies allow somebody, only that counts; signs of life below policies are for where
nobody is allowed. For a host firewall that takes everything that is forwarded lets a TTL run out
before it, too: only a flow that should pass and does not can tell it from a policy. (If policies
deny every single flow, nothing can: then it does not matter. Nor can anything tell from a policy a
firewall that takes this source's packets to this target alone, where both are sealed; or a source
that hears no datagrams, where it may ask nobody who answers some.)

All controls are sent with the first wave. A run in which everything is as predicted still costs
one timeout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prober.coordinator.controls.candidates import Candidates
from prober.coordinator.controls.context import CheckContext
from prober.coordinator.controls.network import path, source, way_back
from prober.coordinator.controls.service import sent, size, translation
from prober.coordinator.controls.spec import ControlSpec
from prober.coordinator.controls.target import elsewhere, target
from prober.model.run import Shows

Plan = Callable[[CheckContext, Candidates], Iterator[ControlSpec]]


@dataclass(frozen=True, slots=True)
class Need:
    """A piece of the way."""

    shows: Shows
    plan: Plan
    """The controls that can show it, most telling first."""
    applies: Callable[[CheckContext], bool]
    unmade: str
    """What to say where it applies and nobody can make a control of it; empty: then it is not
    needed."""
    unshown: str
    """What its failure leaves open: ends `so this may be …`."""
    advice: str
    """What to do then."""


def controls_for(
    context: CheckContext, candidates: Candidates, shows: frozenset[Shows] = frozenset(Shows)
) -> tuple[ControlSpec, ...]:
    """The controls of one check, most telling first. What nobody can show is in it, too, as one
    without a probe."""
    specs: list[ControlSpec] = []
    for need in NEEDS:
        if need.shows in shows and need.applies(context):
            planned = list(need.plan(context, candidates))
            specs += planned
            if not planned and need.unmade:
                specs.append(ControlSpec(need.unmade, need.shows))
    return tuple(specs)


def _has_a_way(context: CheckContext) -> bool:
    if context.from_outside:
        return bool(context.away)
    return any(place.pod is not None for place in context.places)


NEEDS: tuple[Need, ...] = (
    Need(
        Shows.TARGET,
        target,
        lambda context: True,
        "nobody can ask the target past the policies: nothing is behind it, or no node can probe",
        "so this may be a target that is not there or does not answer",
        "see that it runs, listens and is ready, and that its node can probe; then run again",
    ),
    Need(
        Shows.ELSEWHERE,
        elsewhere,
        lambda context: True,
        "",
        "so this may be a target that answers nobody but its own node",
        "look at its routes, at firewalls on its node, and at whom the server itself admits",
    ),
    Need(
        Shows.SOURCE,
        source,
        lambda context: context.source is not None or context.from_outside,
        "",
        "so this may be a vantage without a network",
        "look at its interface and routes, and at the CNI's agent on its node",
    ),
    Need(
        Shows.PATH,
        path,
        _has_a_way,
        "",
        "so this may be a broken way between the nodes",
        "look at routes, tunnels and firewalls between the nodes, and at the CNI's agents on both",
    ),
    Need(
        Shows.RETURN,
        way_back,
        lambda context: bool(context.away) and context.source is not None,
        "nobody can show that answers get back to the source's node",
        "so this may be a broken way back between the nodes",
        "look at the target's node's routes to the source's, and at the CNI's agents on both",
    ),
    Need(
        Shows.TRANSLATION,
        translation,
        lambda context: context.translated,
        "nobody can show that this address is translated: a ClusterIP is for the cluster only",
        "so this may be a Service that is not translated there",
        "look at kube-proxy (or what stands in for it) there, and ask a pod behind the Service",
    ),
    Need(
        Shows.SIZE,
        size,
        lambda context: sent(context) > 0,
        "",
        "so this may be a path that loses large packets",
        "check with a small size too, and look at the MTU of links and tunnels on the way",
    ),
)
"""In the order in which a doubt is told."""

ADDRESS_ADVICE = (
    "look at what the vantage's DNS servers answer for the name, and check by address too"
)
