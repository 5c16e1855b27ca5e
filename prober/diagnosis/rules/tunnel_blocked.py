"""Two nodes reach each other, and their pods do not: the tunnel or the routes between them."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import listed
from prober.diagnosis.facts.followups import DISCARD, LOST, again_at, asked_port
from prober.diagnosis.facts.machinery import is_down
from prober.diagnosis.facts.node_paths import lost_between_nodes, worked_between_nodes
from prober.diagnosis.facts.reasons import destination_pods
from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.components import Component
from prober.model.objects import Pod
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.probe import Probe, ProbeKind
from prober.model.run import CheckRecord, Confidence, Finding

ID = "tunnel-blocked"


def find(case: Case) -> Iterable[Finding]:
    worked = worked_between_nodes(case)
    groups: dict[tuple[str, ...], list[CheckRecord]] = {}
    for record, nodes in lost_between_nodes(case):
        target, source = nodes[0], nodes[-1]
        passes = (source, target) in worked or (target, source) in worked
        if not passes and _is_alive(record) and _reaches(source, target, record, case):
            groups.setdefault(tuple(sorted((source, target))), []).append(record)
    for (first, second), records in groups.items():
        if not _is_about_nodes(records, case):
            continue
        yield Finding(
            id=ID,
            cause=f"nothing passes between the pods of {first} and {second}, though the nodes "
            "themselves reach each other: the tunnel between them is blocked, or the routes to "
            "their pods are gone",
            confidence=Confidence.LIKELY,
            evidence=(
                f"node {first} and node {second} answer each other by their own addresses",
                f"lost: {listed(record.check.name for record in records)}",
                *(
                    ["the agents of the CNI are ready on both"]
                    if _agents_are_ready((first, second), case)
                    else []
                ),
            ),
            checks=tuple(record.check.id for record in records),
        )


def _is_about_nodes(records: list[CheckRecord], case: Case) -> bool:
    """One pair of pods says as much about these pods as about the way: it takes another target
    there, of the run or one that is asked."""
    ends = {pod.ref for record in records for pod in destination_pods(record, case.snapshot)}
    if len(ends) > 1 or any(record.observation.outcome.is_dns for record in records):
        return True
    record = records[0]
    nodes = {pod.node for pod in destination_pods(record, case.snapshot)}
    for _, pod in sorted(case.snapshot.pods.items()):
        elsewhere = pod.node in nodes and pod.ref not in ends and pod.ips and pod.running
        if elsewhere and not pod.host_network and _is_allowed(record, pod, case):
            answer = again_at(record, pod.ips[0], asked_port(pod), case)
            return answer is not None and answer.outcome in LOST
    return False


def _is_allowed(record: CheckRecord, pod: Pod, case: Case) -> bool:
    end = Endpoint(EndpointKind.POD, pod.namespace, pod.name)
    flow = Flow(record.check.flow.source, end, "TCP", asked_port(pod))
    return case.predictor.rulings(flow).verdict is Ruling.ALLOWED


def _is_alive(record: CheckRecord) -> bool:
    """The target answers on its own node, or is a name server."""
    return record.observation.outcome.is_dns or any(one.passed for one in record.controls)


def _reaches(source: str, target: str, record: CheckRecord, case: Case) -> bool:
    """Whether one node gets an answer of the other, be it a refusal."""
    node = case.snapshot.nodes.get(target)
    if node is None or not node.addresses:
        return False
    probe = Probe("", ProbeKind.TCP, node.addresses[0], DISCARD, record.check.probe.timeout)
    answer = case.ask_node(source, probe)
    return answer is not None and answer.outcome not in (*LOST, Outcome.ERROR)


def _agents_are_ready(nodes: Iterable[str], case: Case) -> bool:
    return all(is_down(case.snapshot, Component.CNI_AGENT, node) is False for node in nodes)


RULE = Rule(
    id=ID,
    concludes=(
        "Between the pods of two nodes nothing passes, though the nodes reach each other: the port "
        "of the tunnel is blocked, or the routes to the pods are gone."
    ),
    mend=(
        "let the tunnel's port through between the nodes (VXLAN 8472/UDP or 4789/UDP, Geneve "
        "6081/UDP, WireGuard 51820/UDP or 51871/UDP, IP-in-IP protocol 4), or look at the routes "
        "to their pods"
    ),
    needs="lost connections between pods of two nodes, whose controls on the target's node passed",
    asks="one of the nodes: the other's own address",
    find=find,
)
