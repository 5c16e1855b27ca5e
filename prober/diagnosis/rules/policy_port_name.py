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
    at_pod: bool = True
    """The flow goes to a pod; names of ports are of pods alone."""

    @property
    def why(self) -> str:
        """Why the name is not that of the port, with the port for `{port}`."""
        if not self.at_pod:
            return "and ports have names in pods alone"
        if self.meant:
            return f"and the pod calls {{port}} `{self.meant}`"
        return "and the pod has no name for {port}"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    def blamed(denial: Denial) -> PolicyTrail | None:
        misnomer = _misnomer(denial, case.snapshot)
        return misnomer.policy if misnomer else None

    for (policy, port), group in grouped(case, direction, blamed):
        misnomer = _misnomer(group[0], case.snapshot)
        if misnomer is not None:
            cause = (
                f"NetworkPolicy {policy} allows port `{misnomer.said}` {who(group)}, "
                f"{misnomer.why.format(port=port)}"
            )
            yield gap(case, ID, cause, policy, group, fixes=_fixes(misnomer, group, policy, case))


def _misnomer(denial: Denial, snapshot: Snapshot) -> _Misnomer | None:
    pod = (
        snapshot.pods.get((denial.backend.pod.namespace, denial.backend.pod.name))
        if denial.backend.pod
        else None
    )
    protocol = denial.record.check.flow.protocol
    declared = ports_of(pod, protocol) if pod is not None else []
    meant = next((port.name for port in declared if port.number == denial.backend.port), "")
    for policy, rule in denial.near(port_is_missing):
        for position, said, spoken in unknown_names(rule.rule, pod):
            if spoken == protocol:
                place = Place(denial.direction, rule.index, position)
                return _Misnomer(policy, place, said, meant, pod is not None)
    return None


def _fixes(misnomer: _Misnomer, group: Group, policy: Ref, case: Case) -> Iterator[Fix | None]:
    """The name put right, or the number where there is no name, which leaves nothing behind that
    means nothing; else both, where other pods call their port as the policy says."""
    old, place = policy_of(policy, case), misnomer.place
    meant = misnomer.meant or group[0].backend.port
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
