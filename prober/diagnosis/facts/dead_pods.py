"""What the rules about dead pod networks share: whose network is dead, and which checks that
explains.

Dead is also a pod that hears its own node and nobody else. Cilium lets a node reach the pods on it
whatever their identity is (source: Cilium's documentation of `--allow-localhost` and of the
identity reserved:init).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from prober.diagnosis.facts.case import Case
from prober.diagnosis.facts.engine import may_be
from prober.diagnosis.facts.followups import LOST, asked_port, hears_its_node, hears_node
from prober.diagnosis.facts.machinery import parts, without_rights
from prober.diagnosis.facts.reasons import destination_node, destination_pods, source_node
from prober.model.check import Endpoint, EndpointKind, Flow, VantageKind
from prober.model.listing import listed
from prober.model.network.components import Component
from prober.model.objects import Pod, Ref
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord
from prober.model.snapshot import Snapshot

MOST_ASKED = 4
"""Pods of one node that are asked about; when they all are dead, so are the others that nothing
came from."""


def dead_pods(case: Case) -> tuple[Pod, ...]:
    """The pods that nobody reaches, but for their own node at most, and from which nothing gets
    out, by node."""
    # Grouped by node, and only a few of each are asked: when the network of a node dies, hundreds
    # of its pods are suspects, and each question costs a timeout.
    by_node: dict[str, list[Pod]] = {}
    for pod in _suspects(case):
        by_node.setdefault(pod.node, []).append(pod)
    dead: list[Pod] = []
    for pods in by_node.values():
        timeout = case.records[0].check.probe.timeout
        asked = [pod for pod in pods[:MOST_ASKED] if _is_dead(pod, timeout, case)]
        # All who were asked are dead: the rest of the node is dead too, by induction. If one of
        # them lives, nothing is known about those who were not asked, so they are left out.
        dead += pods if len(asked) == min(len(pods), MOST_ASKED) else asked
    return tuple(dead)


def _is_dead(pod: Pod, timeout: float, case: Case) -> bool:
    # Two tests, because CNIs differ. A pod always accepts its own node (concept page: "traffic to
    # and from the node where a Pod is running is always allowed"), so silence towards it is death.
    # Cilium implements this exemption in the datapath by the identity `host`: with Cilium a pod
    # that has lost its own identity still hears its node, and only another node, whose traffic
    # needs that identity, tells.
    hears = _hears_its_node(pod, timeout, case)
    if hears is False or not may_be("Cilium", case.snapshot):
        return hears is False
    return hears is True and _hears_no_other_node(pod, timeout, case)


def _hears_its_node(pod: Pod, timeout: float, case: Case) -> bool | None:
    """As a control showed it already, or as the node says when it is asked."""
    return any(pod.ref in refs for refs in _controls_from_own_node(case)) or hears_its_node(
        pod, timeout, case
    )


def _controls_from_own_node(case: Case) -> Iterator[list[Ref]]:
    for record in case.records:
        passed = {control.vantage for control in record.target_controls if control.passed}
        # With several backends a Service may have sent the control to another pod than the one in
        # question.
        if len(record.prediction.backends) == 1:
            yield [
                pod.ref
                for pod in destination_pods(record, case.snapshot)
                if f"node/{pod.node}" in passed
            ]


def _hears_no_other_node(pod: Pod, timeout: float, case: Case) -> bool:
    """Whether a node from which other traffic reaches the pod's, and which policies allow, gets no
    answer."""
    for node in _nodes_with_a_way_to(pod.node, case):
        flow = Flow(
            Endpoint(EndpointKind.NODE, name=node),
            Endpoint(EndpointKind.POD, pod.namespace, pod.name),
            "TCP",
            asked_port(pod),
        )
        # Silence of a flow that policies deny, or leave open, would prove nothing about the pod.
        if case.predictor.predict(flow).verdict is Ruling.ALLOWED:
            return hears_node(pod, node, timeout, case) is False
    return False


def _nodes_with_a_way_to(node: str, case: Case) -> tuple[str, ...]:
    """The nodes between whose pods and this node's something passed in this run. When the CNI has
    lost its rights, every other node: that is then the cause, whatever else fails."""
    if any(without_rights(case.snapshot)):
        return tuple(other for other in sorted(case.snapshot.nodes) if other != node)
    # A node from which nothing of this run reached the other one may be cut off itself. Asking
    # from there would take a broken path between nodes for a dead pod.
    worked = [record for record in case.records if record.observation.outcome is Outcome.OK]
    pairs = [
        {source_node(record.check.vantage, case.snapshot), destination_node(record, case.snapshot)}
        for record in worked
    ]
    return tuple(sorted({other for pair in pairs if node in pair for other in pair - {node, ""}}))


def witnessed(dead: Collection[Pod], case: Case) -> Iterator[str]:
    """Who gets no answer from the dead pods."""
    timeout = case.records[0].check.probe.timeout
    by_own = [str(pod.ref) for pod in dead if _hears_its_node(pod, timeout, case)]
    silent = [str(pod.ref) for pod in dead if str(pod.ref) not in by_own]
    if silent:
        yield f"not even its own node gets an answer from {listed(silent)}"
    if by_own:
        yield (
            f"its own node, which Cilium lets in whoever a pod is, gets an answer from "
            f"{listed(by_own)}; another node gets none"
        )


def explained_by(dead: Collection[Pod], case: Case) -> Iterator[CheckRecord]:
    """The troubled checks of which a dead pod is an end; and the unresolved names, when DNS is
    among the dead."""
    refs = {pod.ref for pod in dead}
    # All servers have to be dead: a client asks several, and the kube-dns Service balances between
    # them.
    servers = {pod.ref for pod in parts(case.snapshot, Component.CLUSTER_DNS)}
    no_names = bool(servers) and servers <= refs
    for record in case.troubled:
        targets = {backend.pod for backend in record.prediction.backends if backend.pod}
        is_end = _source(record) in refs or (bool(targets) and targets <= refs)
        if is_end or (no_names and record.observation.outcome.is_dns):
            yield record


def _suspects(case: Case) -> Iterator[Pod]:
    """Pods from or to which nothing got although it should; when names fail, also the servers of
    cluster DNS."""
    alive = set(_heard(case))
    seen: dict[Ref, None] = {}
    for record in case.troubled:
        # A refusal, a reset or a reply, even a wrong one, comes from a live network stack. And
        # what the policies deny is silent with good reason.
        if record.observation.outcome not in LOST or record.prediction.verdict is Ruling.DENIED:
            continue
        source = _source(record)
        seen |= dict.fromkeys(ref for ref in (source,) if ref)
        seen |= dict.fromkeys(backend.pod for backend in record.prediction.backends if backend.pod)
        # When a name does not resolve, the packet that was lost was the query: the pods that may
        # be dead are the DNS servers, not the target, which was never contacted.
        if record.observation.outcome is Outcome.DNS_TIMEOUT:
            seen |= dict.fromkeys(pod.ref for pod in parts(case.snapshot, Component.CLUSTER_DNS))
    for ref in seen:
        pod = case.snapshot.pod(ref)
        if (
            pod is not None
            and pod.node
            and pod.running
            and not pod.host_network
            and ref not in alive
        ):
            yield pod


def _heard(case: Case) -> Iterator[Ref]:
    """The pods of which something was heard in this run, or in a control from elsewhere than their
    own node."""
    for record in case.records:
        if (
            record.observation.outcome not in LOST
            and record.observation.outcome is not Outcome.ERROR
        ):
            source = _source(record)
            if source:
                yield source
            if (
                record.check.flow.destination.kind is EndpointKind.POD
                and record.check.flow.destination.ref
            ):
                yield record.check.flow.destination.ref
        pods = destination_pods(record, case.snapshot)
        if len(record.prediction.backends) == 1:
            others = {control.vantage for control in record.target_controls if control.passed}
            yield from (pod.ref for pod in pods if others - {f"node/{pod.node}"})


def _source(record: CheckRecord) -> Ref | None:
    vantage = record.check.vantage
    return Ref("Pod", vantage.namespace, vantage.name) if vantage.kind is VantageKind.POD else None


def works_from_nodes(records: Collection[CheckRecord], snapshot: Snapshot) -> Iterator[str]:
    """What a node reaches where its pods do not: the network of the nodes is fine."""
    for record in records:
        for control in record.target_controls:
            if control.passed and control.vantage.startswith("node/"):
                yield control.name
