"""A policy allows a range of ports, and whoever enforces it knows the first one only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.fixes.keeping import choose
from prober.diagnosis.fixes.patches import patched
from prober.model.listing import listed
from prober.model.objects import PolicyPort, Ref
from prober.model.patches.jsonpatch import pointer
from prober.model.prediction import BackendTrail, Direction, Match, RuleTrail, Ruling
from prober.model.run import CheckRecord, Confidence, Finding, Fix, Verdict

ID = "port-range-not-enforced"
Place = tuple[Ref, Direction, int]


def find(case: Case) -> Iterable[Finding]:
    groups: dict[Place, list[tuple[CheckRecord, BackendTrail, PolicyPort]]] = {}
    for record in case.troubled:
        if record.verdict is Verdict.BLOCKED and any(
            control.passed for control in record.target_controls
        ):
            for place, backend, port in _by_range_alone(record):
                groups.setdefault(place, []).append((record, backend, port))
    for (policy, direction, index), group in groups.items():
        needed = dict.fromkeys(f"{backend.port}" for _, backend, _ in group)
        port = group[0][2]
        yield Finding(
            id=ID,
            cause=f"NetworkPolicy {policy} allows {listed(needed)} by the range "
            f"{port.port}-{port.end_port} (endPort), and is enforced as if it allowed "
            f"{port.port} alone",
            confidence=Confidence.LIKELY,
            evidence=(
                *(
                    f"{record.check.name}: {record.observation.outcome}"
                    for record, _, _ in group[:3]
                ),
                "a network plugin that does not know endPort takes the first port of the range "
                '(concept page of network policies, "Targeting a range of ports")',
            ),
            fix=choose(case, [_fix(policy, direction, index, group, case)]),
            checks=tuple(dict.fromkeys(record.check.id for record, _, _ in group)),
            objects=(policy,),
        )


def _by_range_alone(record: CheckRecord) -> Iterator[tuple[Place, BackendTrail, PolicyPort]]:
    """The rules that allow the flow, where in one direction all of them do it by a range that the
    port is not the first of."""
    for backend in record.prediction.backends:
        for trail in (backend.egress, backend.ingress):
            allowing = [
                (policy.policy, rule)
                for policy in trail.policies
                for rule in policy.rules
                if rule.match is Match.YES
            ]
            ranges = [_range(rule, backend) for _, rule in allowing]
            if trail.ruling is Ruling.ALLOWED and ranges and all(ranges):
                policy, rule = allowing[0]
                if ranges[0] is not None:
                    yield (policy, trail.direction, rule.index), backend, ranges[0]


def _range(rule: RuleTrail, backend: BackendTrail) -> PolicyPort | None:
    """The range by which the rule allows the port, where nothing else in it does."""
    number = backend.port
    if number is None or not rule.rule.ports:
        return None
    for port in rule.rule.ports:
        if port.port is None or isinstance(port.port, str) or port.port == number:
            return None
        if port.end_port is not None and port.port < number <= port.end_port:
            return port
    return None


def _fix(
    policy: Ref,
    direction: Direction,
    index: int,
    group: list[tuple[CheckRecord, BackendTrail, PolicyPort]],
    case: Case,
) -> Fix:
    ports = dict.fromkeys(
        replace(port, port=backend.port, end_port=None) for _, backend, port in group
    )
    path = pointer("spec", direction, index, "ports", "-")
    patch = tuple(
        {"op": "add", "path": path, "value": {"protocol": port.protocol, "port": port.port}}
        for port in ports
    )
    said = listed(f"{port.port}/{port.protocol}" for port in ports)
    return Fix(
        summary=f"write {said} beside the range in {direction} of NetworkPolicy {policy}",
        target=policy,
        patch=patch,
        manifest=patched(case.snapshot.sources.get(policy), patch),
        opens=("nothing that the range does not allow already",),
    )


RULE = Rule(
    id=ID,
    concludes="A policy allows a range of ports, and whoever enforces it does not know endPort.",
    advice="write the ports one by one, or use a network plugin that knows endPort",
    needs="a blocked check that policies allow by a range alone, with a control that passed",
    find=find,
)
