"""What the six rules about gaps in policies share: grouping denials into one finding a policy and port."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prober.diagnosis.case import Case
from prober.diagnosis.fixes import open_port
from prober.diagnosis.reasons import control_sentence
from prober.diagnosis.rules.denials import Denial, denials, listed
from prober.model.objects import Ref
from prober.model.prediction import Direction, PolicyTrail
from prober.model.run import Confidence, Finding


def missing_ports(case: Case, direction: Direction, rule_id: str) -> Iterable[Finding]:
    """One finding for each policy and port that some rule's peers would have allowed."""
    for (policy, port), group in _grouped(case, direction, lambda denial: denial.port_missing).items():
        who = _who(group, direction)
        cause = f"NetworkPolicy {policy} lacks {port} {who}"
        yield _finding(case, rule_id, cause, policy, group)


def missing_peers(case: Case, direction: Direction, rule_id: str) -> Iterable[Finding]:
    """One finding for each policy and port whose rules name the port but leave out the peer."""

    def blamed(denial: Denial) -> PolicyTrail | None:
        return None if denial.port_missing else denial.peer_missing

    for (policy, port), group in _grouped(case, direction, blamed).items():
        who = _who(group, direction)
        cause = f"NetworkPolicy {policy} allows {port}, but not {who}"
        yield _finding(case, rule_id, cause, policy, group)


def default_denies(case: Case, direction: Direction, rule_id: str) -> Iterable[Finding]:
    """One finding for each policy that isolates without a rule that comes near."""

    def blamed(denial: Denial) -> PolicyTrail | None:
        near = denial.port_missing or denial.peer_missing
        return None if near or not denial.trail.policies else denial.trail.policies[0]

    for (policy, port), group in _grouped(case, direction, blamed).items():
        isolating = listed(str(trail.policy) for denial in group for trail in denial.trail.policies)
        who = _who(group, direction)
        cause = f"{direction} of {group[0].trail.pod} is isolated by {isolating}, and nothing allows {port} {who}"
        yield _finding(case, rule_id, cause, policy, group)


def _grouped(
    case: Case, direction: Direction, blamed: Callable[[Denial], PolicyTrail | None]
) -> dict[tuple[Ref, str], list[Denial]]:
    groups: dict[tuple[Ref, str], list[Denial]] = {}
    for denial in denials(case, direction):
        policy = blamed(denial)
        if policy is not None:
            groups.setdefault((policy.policy, denial.needed), []).append(denial)
    return groups


def _who(group: list[Denial], direction: Direction) -> str:
    """The other end: `to github.com`, `from shop/web-0 and shop/web-1`."""
    flows = [denial.record.check.flow for denial in group]
    if direction == "egress":
        return "to " + listed(str(flow.destination) for flow in flows)
    return "from " + listed(str(flow.source) for flow in flows)


def _finding(case: Case, rule_id: str, cause: str, policy: Ref, group: list[Denial]) -> Finding:
    return Finding(
        id=rule_id,
        cause=cause,
        confidence=Confidence.CERTAIN if any(_in_writing(denial) for denial in group) else Confidence.LIKELY,
        evidence=tuple(dict.fromkeys(_evidence(group))),
        fix=open_port(group, policy, case.snapshot),
        checks=tuple(dict.fromkeys(denial.record.check.id for denial in group)),
        objects=(policy,),
    )


def _in_writing(denial: Denial) -> bool:
    """The policies say no and the network said no, and it isn't the target's fault."""
    record = denial.record
    return bool(record.observation.evidence.icmp) or any(control.passed for control in record.controls)


def _evidence(group: list[Denial]) -> Iterator[str]:
    for denial in group[:3]:
        if denial.service_port is not None:
            yield f"{denial.service_port} is the Service's port; policies see the pod's, {denial.needed}"
        if denial.first_to_stop:
            yield from (reason for reason in denial.record.reasons if "ICMP" in reason or "TTL walk" in reason)
        yield from (control_sentence(control) for control in denial.record.controls)
