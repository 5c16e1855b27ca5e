"""What the rules about ways between nodes share: what is lost between pods of two nodes, against
the policies, and what else passes between these nodes."""

from __future__ import annotations

from collections.abc import Iterator

from prober.diagnosis.facts.case import Case, is_governed
from prober.diagnosis.facts.dns import dns_ruling
from prober.diagnosis.facts.followups import LOST, SERVED, asked_port, name_probe
from prober.diagnosis.facts.machinery import parts
from prober.diagnosis.facts.reasons import destination_pods, source_node
from prober.model.check import Endpoint, EndpointKind, Flow, Vantage, VantageKind
from prober.model.network.components import Component
from prober.model.objects import Pod
from prober.model.outcome import Observation, Outcome
from prober.model.prediction import Ruling
from prober.model.probe import Probe, ProbeKind
from prober.model.run import CheckRecord

MOST_ASKED = 3
"""Other pairs of pods of two nodes that are tried for one check."""


def worked_between_nodes(case: Case) -> dict[tuple[str, str], list[CheckRecord]]:
    """The checks that got from a pod of one node to a pod of another, by both nodes."""
    worked: dict[tuple[str, str], list[CheckRecord]] = {}
    for record in case.records:
        source = source_node(record.check.vantage, case.snapshot)
        targets = {pod.node for pod in destination_pods(record, case.snapshot)}
        if record.observation.outcome.reached and source and len(targets) == 1:
            worked.setdefault((source, *targets), []).append(record)  # type: ignore[arg-type]  # one target
    return worked


def lost_between_nodes(case: Case) -> Iterator[tuple[CheckRecord, tuple[str, ...]]]:
    """The troubled checks whose packets vanished although the policies allow them, with the nodes
    at both ends, the target's first. A name that did not resolve ends at the servers of cluster
    DNS."""
    servers = {pod.node for pod in dns_servers(case)}
    for record in case.troubled:
        if record.observation.outcome not in LOST:
            continue
        source = source_node(record.check.vantage, case.snapshot)
        if record.observation.outcome is Outcome.DNS_TIMEOUT:
            targets = servers if dns_ruling(record, case) is Ruling.ALLOWED else set()
        else:
            allowed = record.prediction.verdict is Ruling.ALLOWED
            targets = (
                {pod.node for pod in destination_pods(record, case.snapshot)} if allowed else set()
            )
        if source and targets and source not in targets:
            yield record, (*sorted(targets), source)


def denied_between_nodes(case: Case) -> Iterator[tuple[CheckRecord, tuple[str, str]]]:
    """The checks that policies deny between pods of two nodes, with the target's node and the
    source's: the way may be broken as well."""
    for record in case.denied:
        source = source_node(record.check.vantage, case.snapshot)
        pods = destination_pods(record, case.snapshot)
        targets = {pod.node for pod in pods if not pod.host_network}
        if source and len(targets) == 1 and source not in targets:
            yield record, (*targets, source)  # type: ignore[misc]  # one target


def dns_servers(case: Case) -> tuple[Pod, ...]:
    """The ready servers of cluster DNS."""
    return tuple(
        pod for pod in parts(case.snapshot, Component.CLUSTER_DNS) if pod.ready and pod.ips
    )


def far_ends(record: CheckRecord, case: Case) -> tuple[Pod, ...]:
    """The pods at which the lost packets should have ended: the destination's, or the servers of
    cluster DNS where the name got no answer."""
    unresolved = record.observation.outcome is Outcome.DNS_TIMEOUT
    return dns_servers(case) if unresolved else destination_pods(record, case.snapshot)


def is_lost_between_nodes(record: CheckRecord, case: Case) -> bool:
    """Whether a question to cluster DNS is lost on the way to the node of its servers, and not by
    these: one of them answers its own node, and what else goes there is lost as well; where nobody
    else can be asked there, whatever comes from there."""
    nodes = next((nodes for lost, nodes in lost_between_nodes(case) if lost is record), ())
    at_home = (
        case.ask_node(server.node, name_probe(record, server.ips[0]))
        for server in dns_servers(case)[:MOST_ASKED]
    )
    if not nodes or not any(answer is not None and answer.outcome in SERVED for answer in at_home):
        return False
    others = [answer for node in nodes[:-1] for _, answer in there(record, node, case)]
    if others:
        return all(map(is_lost, others))
    answers = [answer for _, answer in back(record, case)]
    return bool(answers) and (all(map(is_lost, answers)) or not is_governed(record))


def there(record: CheckRecord, node: str, case: Case) -> Iterator[tuple[str, Observation]]:
    """From the check's vantage to other pods of the node, as far as policies allow it: which, and
    what came of it."""
    ends = {pod.ref for pod in far_ends(record, case)}
    source = record.check.flow.source
    for pod in _pods_of(node, case, MOST_ASKED):
        if pod.ref not in ends and _is_allowed(source, pod, case):
            answer = case.ask(record.check.vantage, _asking(pod, record))
            if answer is not None and answer.outcome is not Outcome.ERROR:
                yield f"{source} → {pod.ref}", answer


def back(record: CheckRecord, case: Case) -> Iterator[tuple[str, Observation]]:
    """The other way round, from the pods at the target's end to the check's source, as far as
    policies allow it: which, and what came of it."""
    source = record.check.flow.source
    pod = case.snapshot.pods.get((source.namespace, source.name))
    if pod is None or source.kind is not EndpointKind.POD or pod.host_network or not pod.ips:
        return
    for other in far_ends(record, case)[:MOST_ASKED]:
        end = Endpoint(EndpointKind.POD, other.namespace, other.name)
        if other.host_network or other.node == pod.node or not _is_allowed(end, pod, case):
            continue
        vantage = Vantage(VantageKind.POD, other.namespace, other.name)
        answer = case.ask(vantage, _asking(pod, record))
        if answer is not None and answer.outcome is not Outcome.ERROR:
            yield f"{other.ref} → {pod.ref}", answer


def is_lost(answer: Observation) -> bool:
    """Whether the packets vanished; a refusal is an answer, too."""
    return answer.outcome in LOST


def _pods_of(node: str, case: Case, most: int) -> Iterator[Pod]:
    on_node = (
        pod
        for _, pod in sorted(case.snapshot.pods.items())
        if pod.node == node and pod.ips and pod.running and not pod.host_network
    )
    yield from (pod for pod, _ in zip(on_node, range(most + 1), strict=False))


def _asking(pod: Pod, record: CheckRecord) -> Probe:
    return Probe("", ProbeKind.TCP, pod.ips[0], asked_port(pod), record.check.probe.timeout)


def _is_allowed(source: Endpoint, pod: Pod, case: Case) -> bool:
    end = Endpoint(EndpointKind.POD, pod.namespace, pod.name)
    flow = Flow(source, end, "TCP", asked_port(pod))
    return case.predictor.rulings(flow).verdict is Ruling.ALLOWED
