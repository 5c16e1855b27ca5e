"""What the rules about gaps in policies share: grouping denials into one finding a policy and
port."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prober.diagnosis.facts.case import Case
from prober.diagnosis.facts.denials import Denial, denials
from prober.diagnosis.facts.reasons import control_sentence
from prober.diagnosis.fixes.cilium_entities import entities_policy, names_nodes_by_entities
from prober.diagnosis.fixes.keeping import choose
from prober.diagnosis.fixes.policy_fixes import open_port
from prober.model.listing import listed
from prober.model.objects import Ref
from prober.model.prediction import Direction, PolicyTrail
from prober.model.run import Confidence, Finding, Fix
from prober.model.snapshot import Snapshot

Group = list[Denial]


def grouped(
    case: Case, direction: Direction, blamed: Callable[[Denial], PolicyTrail | None]
) -> Iterator[tuple[tuple[Ref, str], Group]]:
    """The denials that a policy is blamed for, by that policy and the port that is needed; apart
    where one rule for all of them would open flows that nobody asked for, because not all of them
    need the same ends."""
    groups: dict[tuple[Ref, str], Group] = {}
    for denial in denials(case, direction):
        policy = blamed(denial)
        if policy is not None:
            groups.setdefault((policy.policy, denial.needed), []).append(denial)
    for key, group in groups.items():
        yield from ((key, part) for part in _alike(group, case.snapshot))


def _alike(group: Group, snapshot: Snapshot) -> Iterator[Group]:
    """The denials of workloads that need the same other ends."""
    needs: dict[Ref | None, set[Ref | None]] = {}
    for denial in group:
        needs.setdefault(_workload(denial.trail.pod, snapshot), set()).add(
            _workload(denial.other, snapshot)
        )
    parts: dict[frozenset[Ref | None], Group] = {}
    for denial in group:
        parts.setdefault(frozenset(needs[_workload(denial.trail.pod, snapshot)]), []).append(denial)
    yield from parts.values()


def _workload(ref: Ref | None, snapshot: Snapshot) -> Ref | None:
    """Whose pod it is; itself where it is nobody's."""
    pod = snapshot.pod(ref)
    return (pod.owner if pod else None) or ref


def who(group: Group) -> str:
    """The other end: `to github.com`, `from shop/web-0 and shop/web-1`."""
    flows = [denial.record.check.flow for denial in group]
    if group[0].direction == "egress":
        return "to " + listed(str(flow.destination) for flow in flows)
    return "from " + listed(str(flow.source) for flow in flows)


def gap(
    case: Case,
    rule_id: str,
    cause: str,
    policy: Ref,
    group: Group,
    *,
    evidence: Iterable[str] = (),
    fixes: Iterable[Fix | None] = (),
    most: Confidence = Confidence.CERTAIN,
) -> Finding:
    """The finding of a group. The first of `fixes` that keeps what works is offered, and a rule
    that opens the port where none does; `most` is how sure it is when the network's denial is in
    writing."""
    checks = tuple(dict.fromkeys(denial.record.check.id for denial in group))
    return Finding(
        id=rule_id,
        cause=cause,
        confidence=most if any(_in_writing(denial) for denial in group) else Confidence.LIKELY,
        evidence=tuple(dict.fromkeys((*evidence, *_readings(group), *_evidence(group)))),
        fix=choose(case, _candidates(fixes, policy, group, case), own=checks),
        checks=checks,
        objects=(policy,),
    )


def _candidates(
    fixes: Iterable[Fix | None], policy: Ref, group: Group, case: Case
) -> Iterator[Fix | None]:
    """The rule's own fixes, then one that opens the port. Where Cilium has to name nodes, neither
    would: the policy is one of its own, or somebody has to write it."""
    if names_nodes_by_entities(group, case):
        yield entities_policy(group, case)
        return
    yield from fixes
    yield open_port(group, policy, case)


def _readings(group: Group) -> Iterator[str]:
    """How this cluster reads what the API leaves open, as far as the observation shows it."""
    for reading in dict.fromkeys(denial.supposes for denial in group if denial.supposes):
        yield f"the API leaves this open; as was seen, it is so here: {reading}"


def _in_writing(denial: Denial) -> bool:
    """The policies say no and the network said no, and it isn't the target's fault."""
    record = denial.record
    return bool(record.observation.evidence.icmp) or any(
        control.passed for control in record.target_controls
    )


def _evidence(group: Group) -> Iterator[str]:
    for denial in group[:3]:
        if denial.first_to_stop:
            yield from (
                reason
                for reason in denial.record.reasons
                if "ICMP" in reason or "TTL walk" in reason
            )
        yield from (control_sentence(control) for control in denial.record.target_controls)
