"""A policy names a port by a name that the pod has not given to any of its ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial, port_is_missing
from prober.diagnosis.facts.port_names import Place, ports_of, unknown_names
from prober.diagnosis.fixes.patches import edit_rule, policy_of, rules_of
from prober.diagnosis.fixes.policy_gap import Group, gap, grouped, who
from prober.model.objects import Ref
from prober.model.prediction import Direction, PolicyTrail
from prober.model.run import Finding, Fix
from prober.model.snapshot import Snapshot

ID = "policy-port-name"


@dataclass(frozen=True, slots=True)
class _Misnomer:
    """A port's name that means nothing on the destination."""

    policy: PolicyTrail
    place: Place
    said: str
    meant: str
    """What the pod calls the port; empty when it has no name."""


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    def blamed(denial: Denial) -> PolicyTrail | None:
        misnomer = _misnomer(denial, case.snapshot)
        return misnomer.policy if misnomer else None

    for (policy, port), group in grouped(case, direction, blamed):
        misnomer = _misnomer(group[0], case.snapshot)
        if misnomer is not None:
            calls = (
                f"calls {port} `{misnomer.meant}`" if misnomer.meant else f"has no name for {port}"
            )
            cause = (
                f"NetworkPolicy {policy} allows port `{misnomer.said}` {who(group)}, and the pod "
                f"{calls}"
            )
            yield gap(case, ID, cause, policy, group, fixes=_fixes(misnomer, group, policy, case))


def _misnomer(denial: Denial, snapshot: Snapshot) -> _Misnomer | None:
    pod = (
        snapshot.pods.get((denial.backend.pod.namespace, denial.backend.pod.name))
        if denial.backend.pod
        else None
    )
    if pod is None:
        return None
    protocol = denial.record.check.flow.protocol
    meant = next(
        (port.name for port in ports_of(pod, protocol) if port.number == denial.backend.port), ""
    )
    for policy, rule in denial.near(port_is_missing):
        for position, said, spoken in unknown_names(rule.rule, pod):
            if spoken == protocol:
                return _Misnomer(policy, Place(denial.direction, rule.index, position), said, meant)
    return None


def _fixes(misnomer: _Misnomer, group: Group, policy: Ref, case: Case) -> Iterator[Fix | None]:
    """The name put right, which leaves nothing behind that means nothing; else both names, where
    other pods that the policy guards call their port as it says."""
    old, place, meant = policy_of(policy, case), misnomer.place, misnomer.meant
    if old is None or not meant:
        return
    rule = rules_of(old, place.direction)[place.rule]
    where = f"in {place.direction} of NetworkPolicy {policy}"
    said = f"write `{meant}` instead of `{misnomer.said}` {where}"
    ports = list(rule.ports)
    right = replace(ports[place.port], port=meant)
    ports[place.port] = right
    yield edit_rule(said, group, policy, place.rule, replace(rule, ports=tuple(ports)), case)
    both = replace(rule, ports=(*rule.ports, right))
    yield edit_rule(
        f"write `{meant}` beside `{misnomer.said}` {where}", group, policy, place.rule, both, case
    )


RULE = Rule(
    id=ID,
    concludes=(
        "A policy names a port by a name that no container of the pod gives to a port: misspelt, "
        "or renamed."
    ),
    advice="write the name that the pod gives the port, or its number",
    needs="the prediction's trail, and the container ports of the destination",
    find_in=find,
)
