"""A node's policy agent is ready and enforces an old state: new pods are strangers to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from prober.diagnosis.facts.case import Case, Rule, is_governed
from prober.diagnosis.facts.locate import node_of
from prober.diagnosis.facts.machinery import state_of
from prober.diagnosis.facts.node_paths import MOST_ASKED, is_lost, there
from prober.diagnosis.facts.reasons import destination_node, destination_pods, source_node
from prober.model.check import Endpoint, EndpointKind, Vantage, VantageKind
from prober.model.listing import listed
from prober.model.network.components import Component
from prober.model.objects import Pod
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, Confidence, Finding, Verdict
from prober.model.snapshot import Snapshot

ID = "policy-agent-stale"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[str, list[tuple[CheckRecord, str]]] = {}
    alone: dict[str, list[tuple[CheckRecord, str]]] = {}
    for record in case.troubled:
        node = _stopped_at(record, case.snapshot)
        if not node:
            continue
        older = next(_let_through(record, node, case), None)
        said = (
            f"{older.check.name}: {older.observation.outcome}, for which the policies are the same"
            if older is not None
            else next(_passes_for_others(record, case), "")
        )
        if said:
            groups.setdefault(node, []).append((record, said))
        elif _is_enforced_there(record, node, case):
            alone.setdefault(node, []).append((record, next(_way_works(record, node, case), "")))
    for node, pairs in groups.items():
        also = ", and lets the same flow of an older pod through"
        yield _finding(node, pairs, also, Confidence.LIKELY, case)
    for node, pairs in alone.items():
        sure = Confidence.LIKELY if all(said for _, said in pairs) else Confidence.POSSIBLE
        yield _finding(node, pairs, "", sure, case)


def _finding(
    node: str,
    pairs: Sequence[tuple[CheckRecord, str]],
    also: str,
    sure: Confidence,
    case: Case,
) -> Finding:
    records = [record for record, _ in pairs]
    strangers = listed(str(pod.ref) for record in records for pod in _ends(record, case))
    state = state_of(case.snapshot, Component.CNI_AGENT, node)
    unasked = "not excluded, because no other flow of this way could be asked: a firewall on it"
    return Finding(
        id=ID,
        cause=f"the policy agent of {node} enforces an old state: it stops flows of "
        f"{strangers} that the policies allow{also}",
        confidence=sure,
        evidence=(
            *dict.fromkeys(said for _, said in pairs if said),
            *(f"{record.check.name}: {record.observation.outcome}" for record in records[:3]),
            *([f"{state}, which says nothing about how old its rules are"] if state else []),
            *([unasked] if sure is Confidence.POSSIBLE else []),
        ),
        checks=tuple(dict.fromkeys(record.check.id for record in records)),
    )


def _is_enforced_there(record: CheckRecord, node: str, case: Case) -> bool:
    """Whether policies are enforced on that node for this flow, and nothing is wrong with the
    target: it answers on its own node."""
    source = source_node(record.check.vantage, case.snapshot)
    governed = any(
        trail.policies
        for backend in record.prediction.backends
        for trail in (*((backend.egress,) if node == source else ()), backend.ingress)
        if trail.direction == "egress" or node == destination_node(record, case.snapshot)
    )
    return governed and any(control.passed for control in record.target_controls)


def _way_works(record: CheckRecord, node: str, case: Case) -> Iterator[str]:
    """What gets from the same place to the node where the target is: then it is not the way."""
    for name, answer in there(record, destination_node(record, case.snapshot), case):
        if not is_lost(answer):
            yield f"{name} is answered ({answer.outcome}), by the same way"


def _stopped_at(record: CheckRecord, snapshot: Snapshot) -> str:
    """The node that stopped what the policies allow, as the wire says; empty where it does not."""
    if record.verdict is not Verdict.BLOCKED or not is_governed(record):
        return ""
    senders = [error.sender for error in record.observation.evidence.icmp]
    walked = [hop.sender for hop in record.observation.evidence.hops if hop.sender]
    nodes = [node for sender in (*senders, *walked[-1:]) if (node := node_of(sender, snapshot))]
    own = (source_node(record.check.vantage, snapshot), destination_node(record, snapshot))
    return next((node for node in nodes if node in own), "")


def _let_through(record: CheckRecord, node: str, case: Case) -> Iterator[CheckRecord]:
    """Checks that pass the same node by the same policies, from or to another pod."""
    for other in case.records:
        same_port = _port(other) == _port(record)
        ends = {
            destination_node(other, case.snapshot),
            source_node(other.check.vantage, case.snapshot),
        }
        passes = other.observation.outcome is Outcome.OK and is_governed(other)
        if passes and same_port and node in ends and _policies(other) & _policies(record):
            yield other


def _passes_for_others(record: CheckRecord, case: Case) -> Iterator[str]:
    """Another pod beside the client that the same policies allow the same flow, and that gets
    through: it is not the way, and not the target."""
    source, flow = record.check.flow.source, record.check.flow
    if source.kind is not EndpointKind.POD or not _policies(record):
        return
    own = case.snapshot.pods.get((source.namespace, source.name))
    beside = (
        pod
        for _, pod in sorted(case.snapshot.pods.items())
        if own is not None
        and pod.ref != own.ref
        and (pod.namespace, pod.node) == (own.namespace, own.node)
        and pod.running
        and not pod.host_network
    )
    for pod, _ in zip(beside, range(MOST_ASKED), strict=False):
        theirs = replace(flow, source=Endpoint(EndpointKind.POD, pod.namespace, pod.name))
        prediction = case.predictor.predict(theirs)
        decisive = {str(ref) for ref in prediction.decisive}
        if prediction.verdict is Ruling.ALLOWED and decisive & _policies(record):
            vantage = Vantage(VantageKind.POD, pod.namespace, pod.name)
            answer = case.ask(vantage, replace(record.check.probe, hops=False))
            if answer is not None and answer.outcome is Outcome.OK:
                yield f"{pod.ref} gets through, for which the policies are the same"


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
    advice="restart the policy agent of that node, and read its log for when it last synced",
    needs="flows that the policies allow and a node stops, and others of older pods that it lets "
    "through by the same policies",
    asks="from the same place: another pod of that node; a pod beside the client that the same "
    "policies allow: the same flow",
    find=find,
)
