"""A node's policy agent is ready and enforces an old state: new pods are strangers to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import listed
from prober.diagnosis.facts.locate import node_of
from prober.diagnosis.facts.machinery import state_of
from prober.diagnosis.facts.reasons import destination_node, destination_pods, source_node
from prober.model.check import EndpointKind
from prober.model.network.components import Component
from prober.model.objects import Pod
from prober.model.outcome import Outcome
from prober.model.run import CheckRecord, Confidence, Finding, Verdict
from prober.model.snapshot import Snapshot

ID = "policy-agent-stale"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[str, list[tuple[CheckRecord, CheckRecord]]] = {}
    for record in case.troubled:
        node = _stopped_at(record, case.snapshot)
        older = next(_let_through(record, node, case), None) if node else None
        if older is not None:
            groups.setdefault(node, []).append((record, older))
    for node, pairs in groups.items():
        records = [record for record, _ in pairs]
        strangers = listed(str(pod.ref) for record, _ in pairs for pod in _ends(record, case))
        older = pairs[0][1]
        state = state_of(case.snapshot, Component.CNI_AGENT, node)
        yield Finding(
            id=ID,
            cause=f"the policy agent of {node} enforces an old state: it stops flows of "
            f"{strangers} that the policies allow, and lets the same flow of an older pod through",
            confidence=Confidence.LIKELY,
            evidence=(
                f"{older.check.name}: {older.observation.outcome}, for which the policies are the "
                "same",
                *(f"{record.check.name}: {record.observation.outcome}" for record in records[:3]),
                *([f"{state}, which says nothing about how old its rules are"] if state else []),
            ),
            checks=tuple(dict.fromkeys(record.check.id for record in records)),
        )


def _stopped_at(record: CheckRecord, snapshot: Snapshot) -> str:
    """The node that stopped what the policies allow, as the wire says; empty where it does not."""
    if record.verdict is not Verdict.BLOCKED or not _governed(record):
        return ""
    senders = [error.sender for error in record.observation.evidence.icmp]
    walked = [hop.sender for hop in record.observation.evidence.hops if hop.sender]
    nodes = [node for sender in (*senders, *walked[-1:]) if (node := node_of(sender, snapshot))]
    own = (source_node(record.check.vantage, snapshot), destination_node(record, snapshot))
    return next((node for node in nodes if node in own), "")


def _governed(record: CheckRecord) -> bool:
    """Whether policies have a say at all: nothing else is enforced from an old state."""
    return any(
        trail.policies
        for backend in record.prediction.backends
        for trail in (backend.egress, backend.ingress)
    )


def _let_through(record: CheckRecord, node: str, case: Case) -> Iterator[CheckRecord]:
    """Checks that pass the same node by the same policies, from or to another pod."""
    for other in case.records:
        same_port = _port(other) == _port(record)
        ends = {
            destination_node(other, case.snapshot),
            source_node(other.check.vantage, case.snapshot),
        }
        passes = other.observation.outcome is Outcome.OK and _governed(other)
        if passes and same_port and node in ends and _policies(other) & _policies(record):
            yield other


def _policies(record: CheckRecord) -> set[str]:
    return {str(ref) for ref in record.prediction.decisive}


def _port(record: CheckRecord) -> int | None:
    return next((backend.port for backend in record.prediction.backends), None)


def _ends(record: CheckRecord, case: Case) -> Iterator[Pod]:
    """The pods that may be new: those of this check that no check which works has."""
    working = [record for record in case.records if record.observation.outcome is Outcome.OK]
    known = {pod.ref for record in working for pod in destination_pods(record, case.snapshot)}
    known |= {record.check.flow.source.ref for record in working if record.check.flow.source.ref}
    source = record.check.flow.source
    pods = list(destination_pods(record, case.snapshot))
    if source.kind is EndpointKind.POD:
        pods.append(case.snapshot.pods[source.namespace, source.name])
    fresh = [pod for pod in pods if pod.ref not in known]
    yield from fresh or pods[-1:]


RULE = Rule(
    id=ID,
    concludes=(
        "A node's policy agent is ready and hangs: it enforces the state of some time ago, and "
        "treats pods that came since as strangers."
    ),
    mend="restart the policy agent of that node, and read its log for when it last synced",
    needs="flows that the policies allow and a node stops, and others of older pods that it lets "
    "through by the same policies",
    find=find,
)
