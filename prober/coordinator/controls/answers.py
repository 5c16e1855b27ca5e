"""From what came back to what was shown, and the sentences about what was not. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from prober.coordinator.controls.context import CheckContext, node_of_vantage
from prober.coordinator.controls.needs import ADDRESS_ADVICE, NEEDS
from prober.coordinator.controls.probing import named, to_target
from prober.coordinator.controls.spec import Accepts, ControlSpec
from prober.coordinator.passage import Passage, is_answer, not_a_denial, way_of
from prober.diagnosis.facts.locate import node_of
from prober.model.check import Vantage, VantageKind
from prober.model.outcome import Hop, Observation, Outcome
from prober.model.probe import ProbeKind
from prober.model.run import Control, Shows
from prober.model.snapshot import Snapshot

_UNTOUCHED = frozenset((64, 128, 255))
"""TTLs with which IP stacks send: what arrives with one of these was sent next door."""


@dataclass(frozen=True)
class Seen:
    """What a run has observed so far."""

    observations: Mapping[str, Observation]
    """By the id of the probe."""
    vantages: Mapping[str, Vantage]
    """Who made it, by the id of the probe."""

    @cached_property
    def routers_answer(self) -> bool:
        """Whether anybody ever answered a TTL walk."""
        return any(
            hop.kind == "time-exceeded"
            for observation in self.observations.values()
            for hop in observation.evidence.hops
        )

    @cached_property
    def heard(self) -> Mapping[Vantage, frozenset[str]]:
        """By vantage: who sent it ICMP errors; an empty text for its next router, whatever it calls
        itself."""
        senders: dict[Vantage, set[str]] = {}
        for probe, observation in self.observations.items():
            if (vantage := self.vantages.get(probe)) is not None:
                senders.setdefault(vantage, set()).update(_senders(observation))
        return {vantage: frozenset(heard) for vantage, heard in senders.items()}


def _senders(observation: Observation) -> Iterator[str]:
    own = observation.evidence.local.rpartition(":")[0].strip("[]")
    for icmp in observation.evidence.icmp:
        if icmp.sender != own:
            yield icmp.sender
            if icmp.ttl in _UNTOUCHED:
                yield ""
    for hop in observation.evidence.hops:
        if hop.kind == "time-exceeded":
            yield hop.sender
            if hop.ttl == 1:
                yield ""


def controls_seen(
    specs: Iterable[ControlSpec], context: CheckContext, own: Observation, seen: Seen
) -> tuple[Control, ...]:
    """The controls of a check whose own observation is `own`, with what each showed."""
    controls: list[Control] = []
    for spec in specs:
        # Where eBPF forwards the packets (Cilium's host routing), the kernel's IP stack, which
        # would answer, does not see them. There no walk is ever answered, and silence must not
        # count against the path. So one walk of the run that was answered switches the weaker
        # controls off for all.
        if spec.calibrates or (spec.where_routers_are_mute and seen.routers_answer):
            continue
        if spec.where_routers_answer and not seen.routers_answer:
            continue
        if spec.instead_of and not _could_not_run(seen.observations.get(spec.instead_of)):
            continue
        controls.append(_control(spec, context, own, seen))
    return (*controls, *_address(context, own))


def _could_not_run(observation: Observation | None) -> bool:
    return observation is None or observation.outcome is Outcome.ERROR


def _control(spec: ControlSpec, context: CheckContext, own: Observation, seen: Seen) -> Control:
    if spec.probe is None or spec.vantage is None:
        return Control(spec.name, "", "", None, False, spec.shows, spec.part)
    observation = seen.observations.get(spec.probe.id)
    passed = observation is not None and _passed(spec, context, own, observation)
    # The check's own probe as a control: it did not get through, but who told it so counts.
    if spec.probe.id == own.probe and spec.router:
        passed = _was_heard(spec, context, seen)
    return Control(
        spec.name, spec.vantage.id, spec.probe.id, observation, passed, spec.shows, spec.part
    )


def _passed(
    spec: ControlSpec, context: CheckContext, own: Observation, observation: Observation
) -> bool:
    assert spec.probe is not None  # noqa: S101 - for the type checker: only asked of what was probed
    # A control by name that found another address than the check asked somebody else, so its answer
    # says nothing about the check's target.
    if spec.by_name and own.address and _asked(observation) != _asked(own):
        return False
    if is_answer(spec.probe.kind, observation):
        return spec.probe.id != own.probe
    if spec.accepts is Accepts.AN_ANSWER:
        return False
    if spec.accepts is Accepts.A_ROUTE:
        return observation.outcome is not Outcome.UNREACHABLE and not not_a_denial(observation)
    if observation.outcome is Outcome.REFUSED and spec.probe.id != own.probe:
        return _refusal_counts(spec, context) or _router_spoke(spec, context, observation)
    return spec.accepts is Accepts.A_ROUTER and _router_spoke(spec, context, observation)


def _was_heard(spec: ControlSpec, context: CheckContext, seen: Seen) -> bool:
    """Whether the node that the control names sent an ICMP error to the check's vantage, or to
    anybody on the node where that counts."""
    for vantage, senders in seen.heard.items():
        mine = vantage == context.vantage
        if mine and spec.router == context.node and "" in senders:
            return True
        there = spec.heard_at and node_of_vantage(vantage, context.snapshot) == spec.heard_at
        # For the way back only pods count: an error that reached the node itself has not shown that
        # the node forwards to its pods.
        counts = spec.shows is not Shows.RETURN or vantage.kind is VantageKind.POD
        named = any(_is(sender, spec.router, context.snapshot) for sender in senders)
        if named and (mine or (there and counts)):
            return True
    return False


def _asked(observation: Observation) -> str:
    """The address that was asked, or the DNS server."""
    dns = observation.evidence.dns
    return observation.address or (dns[-1].server if dns else "")


def _router_spoke(spec: ControlSpec, context: CheckContext, observation: Observation) -> bool:
    own = observation.evidence.local.rpartition(":")[0].strip("[]")
    for icmp in observation.evidence.icmp:
        next_door = (
            icmp.ttl in _UNTOUCHED
            and spec.router == context.node
            and spec.vantage == context.vantage
        )
        if icmp.sender != own and (next_door or _is(icmp.sender, spec.router, context.snapshot)):
            return True
    return any(_hop_counts(hop, spec, context, observation) for hop in observation.evidence.hops)


def _refusal_counts(spec: ControlSpec, context: CheckContext) -> bool:
    """A node port that no rule translates is refused by the node itself: nothing listens there."""
    return not (spec.shows is Shows.TRANSLATION and spec.walks and context.on_node)


def _hop_counts(
    hop: Hop, spec: ControlSpec, context: CheckContext, observation: Observation
) -> bool:
    if hop.kind in ("connected", "refused"):
        return hop.kind == "connected" or _refusal_counts(spec, context)
    exceeded = hop.kind == "time-exceeded"
    if not spec.router:
        # Behind a translation, whoever answers does so in the name of the address that was asked.
        known = hop.sender == observation.address or node_of(hop.sender, context.snapshot)
        return exceeded and bool(known)
    at_home = spec.vantage is not None and node_of_vantage(spec.vantage, context.snapshot)
    next_door = hop.ttl == 1 and at_home == spec.router
    return (exceeded and next_door) or _is(hop.sender, spec.router, context.snapshot)


def _is(address: str, node: str, snapshot: Snapshot) -> bool:
    return bool(node) and node_of(address, snapshot) == node


def _address(context: CheckContext, own: Observation) -> Iterator[Control]:
    """Whether the name that was looked up led to what is meant."""
    known = context.known_addresses
    if not context.looks_up or not own.address or not known:
        return
    if own.address not in known:
        whose = f"which is no address of {context.check.flow.destination}"
        name = f"{context.probe.host} leads to {own.address}, {whose}"
        vantage, probe = context.vantage.id, context.check.id
        yield Control(name, vantage, probe, own, passed=False, shows=Shows.ADDRESS)


def later_controls(
    specs: Sequence[ControlSpec], context: CheckContext, own: Observation, seen: Seen
) -> tuple[ControlSpec, ...]:
    """Controls by the address that the check found, for those that found another one, or none: a
    node has not the DNS servers of its pods, and names of hosts outside have several addresses."""
    server = _asked(own)
    return tuple(
        replace(spec, probe=named(spec.vantage, to_target(context, server)), by_name=False)
        for spec in specs
        if spec.by_name and spec.vantage and spec.probe and server and not _same(spec, own, seen)
    )


def _same(spec: ControlSpec, own: Observation, seen: Seen) -> bool:
    observation = seen.observations.get(spec.probe.id) if spec.probe else None
    return observation is not None and _asked(observation) == _asked(own)


def doubts(controls: Sequence[Control]) -> tuple[str, ...]:
    """What is not shown of the way, one sentence a piece: which control failed, what that leaves
    open, what to do.

    Empty: the run itself has shown that the packet would have been answered.
    """
    # Reversed, so that of the controls of one part the first stays: they come most telling first,
    # and its sentence is the one to read.
    parts = {(control.shows, control.part): control for control in reversed(controls)}
    shown = {(control.shows, control.part) for control in controls if control.passed}
    order = [need.shows for need in NEEDS] + [Shows.ADDRESS]
    open_parts = sorted(
        (key for key in parts if key not in shown), key=lambda key: (order.index(key[0]), key[1])
    )
    return tuple(_doubt(parts[key]) for key in open_parts)


def _doubt(control: Control) -> str:
    if control.shows is Shows.ADDRESS:
        return f"{control.name}: {ADDRESS_ADVICE}"
    need = next(need for need in NEEDS if need.shows is control.shows)
    if control.observation is not None:
        detail = (
            f" ({control.observation.detail})"
            if control.observation.outcome is Outcome.ERROR
            else ""
        )
        said = f"{control.observation.outcome}{detail}"
        failed = f"control failed: {control.name} was expected, but it says {said}"
    elif control.vantage:
        failed = f"control not made: {control.name}"
    else:
        failed = f"no control: {control.name}"
    return f"{failed}, {need.unshown}: {need.advice}"


def answered(kind: ProbeKind, observation: Observation) -> bool:
    """Whether an observation says that its target is there and answers."""
    return is_answer(kind, observation) or way_of(kind, observation) is Passage.OPEN
