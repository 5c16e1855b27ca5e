"""A control before it ran."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from prober.coordinator.controls.probing import named
from prober.model.check import Vantage
from prober.model.probe import Probe
from prober.model.run import Shows


class Accepts(StrEnum):
    """Which observations of a control's probe show what it is to show."""

    AN_ANSWER = "an answer"
    """The target answered, in whatever sense its protocol has: a connection, a datagram, a status,
    a DNS response."""
    ANY_WORD = "any word"
    """An answer, or the target's own refusal: enough where only the way to it is in question."""
    A_ROUTE = "a route"
    """Anything but that there is no way for the packet: silence and a rejection are a policy's
    right."""
    A_ROUTER = "a router"
    """Any of these, or an ICMP error by the node that the control names: packets got as far as
    that."""


@dataclass(frozen=True, slots=True)
class ControlSpec:
    """What is to be shown, and the probe that may show it."""

    name: str
    """What it shows, as in `from its own node n2, 9090/tcp answers`."""
    shows: Shows
    vantage: Vantage | None = None
    """None, as `probe`: nobody can make this control, and what it would show stays unknown."""
    probe: Probe | None = None
    part: str = ""
    """Of several backends or nodes, which one; of the controls of one part, one that passes is
    enough."""
    accepts: Accepts = Accepts.AN_ANSWER
    router: str = ""
    """The node whose ICMP errors `Accepts.A_ROUTER` counts."""
    heard_at: str = ""
    """Not its own probe alone: what anybody on this node heard of that router in the whole run
    counts. Routers limit the ICMP errors that they send, so of many probes few are told; one is
    enough."""
    by_name: bool = False
    """Its probe looks a name up, so it is about the check's target only where it found the same
    address."""
    instead_of: str = ""
    """The id of the probe that this one stands in for: it counts only where that one could not be
    run."""
    calibrates: bool = False
    """Shows nothing of the check: its probe finds out whether routers answer TTL walks here."""
    where_routers_are_mute: bool = False
    """Counts only where no router of the run ever answered a TTL walk: some networks translate and
    forward outside of the kernel's IP stack, and then that nobody answered says nothing."""

    where_routers_answer: bool = False
    """The reverse: it counts only where some router of the run answered a TTL walk."""

    @property
    def walks(self) -> bool:
        """Whether it is a TTL walk."""
        return self.probe is not None and self.probe.hops

    @property
    def awaited(self) -> bool:
        """Whether a pod with a network surely gets an answer to it."""
        own = not self.router and not self.where_routers_are_mute
        return own and self.probe is not None and self.accepts is Accepts.ANY_WORD


def control(
    shows: Shows,
    name: str,
    vantage: Vantage,
    probe: Probe,
    *,
    part: str = "",
    accepts: Accepts = Accepts.AN_ANSWER,
) -> ControlSpec:
    """A control with the id by which checks share it."""
    return ControlSpec(name, shows, vantage, named(vantage, probe), part, accepts)


def routed(
    shows: Shows, name: str, vantage: Vantage, probe: Probe, router: str, part: str = ""
) -> ControlSpec:
    """A control that a router's word is enough for."""
    spec = control(shows, name, vantage, probe, part=part, accepts=Accepts.A_ROUTER)
    return replace(spec, router=router)
