"""One node does not enforce what others do: its policy agent has stopped."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.engine import enforcers
from prober.diagnosis.facts.machinery import is_down, state_of
from prober.diagnosis.rules.not_enforced import held
from prober.model.network.components import Component
from prober.model.run import CheckRecord, Confidence, Finding, Verdict
from prober.model.snapshot import Snapshot

ID = "policy-agent-stopped"


def find(case: Case) -> Iterable[Finding]:
    leaks = [
        record
        for record in case.troubled
        if record.verdict is Verdict.LEAK and not _enforces_others(record, case)
    ]
    if not leaks or not (
        held(case.records) or any(_down(record, case.snapshot) for record in leaks)
    ):
        return
    groups: dict[str, list[CheckRecord]] = {}
    for record in leaks:
        node = " and ".join(sorted(set(enforcers(record, case.snapshot)))) or "one node"
        groups.setdefault(node, []).append(record)
    for node, records in groups.items():
        state = state_of(case.snapshot, Component.CNI_AGENT, node)
        yield Finding(
            id=ID,
            cause=f"the policy agent of {node} does not enforce: flows that it should stop get "
            "through, others are "
            "stopped elsewhere",
            confidence=Confidence.CERTAIN
            if is_down(case.snapshot, Component.CNI_AGENT, node)
            else Confidence.LIKELY,
            evidence=(
                *(f"{record.check.name}: {record.observation.outcome}" for record in records[:3]),
                *([state] if state else []),
            ),
            checks=tuple(record.check.id for record in records),
        )


def _enforces_others(record: CheckRecord, case: Case) -> bool:
    """Whether the node's agent is ready and stopped other flows in this run: it works, and reads
    this policy its own way. Rules that a stopped agent left behind stop flows too, so without its
    pod there is no telling."""
    nodes = set(enforcers(record, case.snapshot))
    others = [set(enforcers(record, case.snapshot)) for record in held(case.records)]
    return all(
        {node} in others and is_down(case.snapshot, Component.CNI_AGENT, node) is False
        for node in nodes
    ) and bool(nodes)


def _down(record: CheckRecord, snapshot: Snapshot) -> bool:
    return any(is_down(snapshot, Component.CNI_AGENT, node) for node in enforcers(record, snapshot))


RULE = Rule(
    id=ID,
    concludes=(
        "Flows that one node should stop get through, while other denials hold: its policy agent "
        "has stopped."
    ),
    advice="look at the CNI's agent on that node, and restart it",
    needs="leaks, whether any denial held, and the readiness of the CNI's pods",
    find=find,
)
