"""A policy names a port that the pod does not have, and whoever enforces it takes that for every
port."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.engine import may_be
from prober.diagnosis.facts.port_names import (
    Place,
    names_only_unknown,
    naming,
    ports_of,
    unknown_names,
)
from prober.diagnosis.facts.wanted_flows import wanted_by
from prober.diagnosis.fixes.patches import patched
from prober.diagnosis.rules.not_enforced import held
from prober.model.check import Endpoint, EndpointKind, Expectation, Flow, Vantage, VantageKind
from prober.model.listing import listed
from prober.model.objects import ContainerPort, Pod, PolicyRule, Ref
from prober.model.prediction import BackendTrail, DirectionTrail, Match, Ruling
from prober.model.probe import Probe, ProbeKind
from prober.model.run import CheckRecord, Confidence, Finding, Fix, Verdict

ID = "named-port-enforced-as-all-ports"


@dataclass(frozen=True, slots=True)
class _Reading:
    """A rule that should allow nothing on this pod, and seems to allow everything."""

    policy: Ref
    place: Place
    """Of its first name that means nothing."""
    said: str
    protocol: str
    target: Pod
    """The destination, which has no port of the name."""
    guarded: Ref
    """The pod whose policies these are: the destination, or for egress the source."""


def find(case: Case) -> Iterable[Finding]:
    groups: dict[tuple[Ref, Place], tuple[_Reading, list[CheckRecord]]] = {}
    for record in case.troubled:
        if record.verdict is Verdict.LEAK:
            reading = next(_readings(record, case), None)
            if reading is not None and _stops_others(reading, case):
                groups.setdefault((reading.policy, reading.place), (reading, []))[1].append(record)
    for reading, records in groups.values():
        have = listed(
            f"{port.number}{f' ({port.name})' if port.name else ''}"
            for port in reading.target.ports
        )
        yield Finding(
            id=ID,
            cause=f"NetworkPolicy {reading.policy} allows port `{reading.said}`, which "
            f"{reading.target.ref} does not "
            "have, and it is enforced as if it allowed every port",
            confidence=Confidence.CERTAIN,
            evidence=(
                *(
                    f"{record.check.name}: {record.observation.outcome}, and the policies deny it"
                    for record in records[:3]
                ),
                f"{reading.target.ref} has {have or 'no ports that it declares'}",
                (
                    f"the policies of {reading.guarded} are enforced: other flows that they deny "
                    "are stopped"
                ),
                *(
                    [
                        "kube-router is known for this: a port's name that it cannot resolve is "
                        "left out of the rule, and a rule without ports allows all of them"
                    ]
                    if may_be("kube-router", case.snapshot)
                    else []
                ),
            ),
            fix=_fix(reading, records, case),
            checks=tuple(record.check.id for record in records),
            objects=(reading.policy,),
        )


def _readings(record: CheckRecord, case: Case) -> Iterator[_Reading]:
    """One for a backend of which every direction that is denied has such a rule."""
    for backend in record.prediction.backends:
        denied = [
            trail for trail in (backend.egress, backend.ingress) if trail.ruling is Ruling.DENIED
        ]
        readings = [_reading(backend, trail, case) for trail in denied]
        if readings and all(readings):
            yield from (reading for reading in readings if reading)


def _reading(backend: BackendTrail, trail: DirectionTrail, case: Case) -> _Reading | None:
    target = (
        case.snapshot.pods.get((backend.pod.namespace, backend.pod.name)) if backend.pod else None
    )
    if target is None or trail.pod is None:
        return None
    for policy, index, rule in _near(trail, target):
        position, said, protocol = next(unknown_names(rule, target))
        return _Reading(
            policy, Place(trail.direction, index, position), said, protocol, target, trail.pod
        )
    return None


def _near(trail: DirectionTrail, target: Pod) -> Iterator[tuple[Ref, int, PolicyRule]]:
    """The rules that name the other end and, of ports, only such as the target does not have."""
    for policy in trail.policies:
        for rule in policy.rules:
            if (
                rule.peers is Match.YES
                and rule.ports is Match.NO
                and names_only_unknown(rule.rule, target)
            ):
                yield policy.policy, rule.index, rule.rule


def _stops_others(reading: _Reading, case: Case) -> bool:
    """Whether the policies of that pod are enforced otherwise: another flow that they deny was
    stopped, or is when it is tried."""
    for record in held(case.records):
        for backend in record.prediction.backends:
            for trail in (backend.egress, backend.ingress):
                mine = trail.pod == reading.guarded and trail.ruling is Ruling.DENIED
                if mine and _reading(backend, trail, case) is None:
                    return True
    answer = next(
        filter(None, (case.ask(*question) for question in _questions(reading, case))), None
    )
    return answer is not None and answer.outcome.closed


def _questions(reading: _Reading, case: Case) -> Iterator[tuple[Vantage, Probe]]:
    """One flow that the pod's policies deny without any such rule: towards it from somebody else,
    or from it to somebody else."""
    pods = [
        pod
        for _, pod in sorted(case.snapshot.pods.items())
        if pod.running and pod.ips and not pod.host_network
    ]
    for other in pods:
        source, target = (
            (other.ref, reading.target)
            if reading.place.direction == "ingress"
            else (reading.guarded, other)
        )
        port = next((port.number for port in ports_of(target, "TCP")), None)
        if port is None or source == target.ref:
            continue
        flow = Flow(_end(source), _end(target.ref), "TCP", port)
        if _denied_without(flow, reading, target, case):
            vantage = Vantage(VantageKind.POD, source.namespace, source.name)
            yield vantage, Probe("", ProbeKind.TCP, target.ips[0], port)
            return


def _end(ref: Ref) -> Endpoint:
    return Endpoint(EndpointKind.POD, ref.namespace, ref.name)


def _denied_without(flow: Flow, reading: _Reading, target: Pod, case: Case) -> bool:
    """Whether the policies of the pod in question alone deny the flow, and no rule that is read in
    this way is near."""
    for backend in case.predictor.predict(flow).backends:
        mine, other = backend.ingress, backend.egress
        if reading.place.direction == "egress":
            mine, other = other, mine
        if mine.ruling is Ruling.DENIED and other.ruling is Ruling.ALLOWED:
            return next(_near(mine, target), None) is None
    return False


def _fix(reading: _Reading, records: list[CheckRecord], case: Case) -> Fix:
    """The name or the number that was meant, where only one can have been."""
    source, meant = case.snapshot.sources.get(reading.policy), _meant(reading, records)
    place = f"{reading.place.direction} of NetworkPolicy {reading.policy}"
    if source is None or meant is None:
        return Fix(
            f"write the number of the port that is meant, instead of `{reading.said}`, in {place}"
        )
    patch = (naming(reading.place, meant.name or meant.number),)
    flows = [record.check.flow for record in records if _port(record) == meant.number]
    return Fix(
        summary=f"write `{meant.name or meant.number}` instead of "
        f"`{reading.said}` in {place}; then "
        "all other ports "
        "are closed",
        target=reading.policy,
        patch=patch,
        manifest=patched(source, patch),
        opens=tuple(map(str, flows)),
        wanted=wanted_by(records),
    )


def _meant(reading: _Reading, records: list[CheckRecord]) -> ContainerPort | None:
    """The port whose name is nearly what the policy says; else the one that a check wants open;
    else the only one."""
    unwanted = {_port(record) for record in records if record.check.expected is Expectation.DENIED}
    asked = {_port(record) for record in records if record.check.expected is Expectation.OK}
    ports = [
        port for port in ports_of(reading.target, reading.protocol) if port.number not in unwanted
    ]
    near = get_close_matches(reading.said, [port.name for port in ports if port.name], n=1)
    for likely in (
        [port for port in ports if port.name in near],
        [port for port in ports if port.number in asked],
        ports,
    ):
        if likely:
            return likely[0] if len(likely) == 1 else None
    return None


def _port(record: CheckRecord) -> int | None:
    """The pod's port."""
    return next((backend.port for backend in record.prediction.backends), None)


RULE = Rule(
    id=ID,
    concludes="A policy names a port that the pod does not have: it "
    "allows none, and is enforced as if "
    "it allowed all "
    "of them, as kube-router does.",
    advice="write the port's number, or the name that the pod gives it",
    needs=(
        "leaks, the rules whose peers match and whose port names the pod does not have, and "
        "denials that held"
    ),
    asks=(
        "a flow to the same pod (or from it) that is denied without such a rule, where none was "
        "checked"
    ),
    find=find,
)
