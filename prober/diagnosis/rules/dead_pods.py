"""What the rules about dead pod networks share: whose network is dead, and which checks that explains."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from prober.diagnosis.case import Case
from prober.diagnosis.machinery import parts
from prober.diagnosis.rules.followups import LOST, hears_its_node
from prober.model.check import EndpointKind, VantageKind
from prober.model.components import Component
from prober.model.objects import Pod, Ref
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord
from prober.model.snapshot import Snapshot

MOST_ASKED = 4
"""Pods of one node that are asked about; when they all are dead, so are the others that nothing came from."""


def dead_pods(case: Case) -> tuple[Pod, ...]:
    """The pods that their own node does not reach and from which nothing gets out, by node and name."""
    by_node: dict[str, list[Pod]] = {}
    for pod in _suspects(case):
        by_node.setdefault(pod.node, []).append(pod)
    found: list[Pod] = []
    for pods in by_node.values():
        timeout = case.records[0].check.probe.timeout
        asked = [pod for pod in pods[:MOST_ASKED] if hears_its_node(pod, timeout, case) is False]
        found += pods if len(asked) == min(len(pods), MOST_ASKED) else asked
    return tuple(found)


def explained_by(dead: Collection[Pod], case: Case) -> Iterator[CheckRecord]:
    """The troubled checks of which a dead pod is an end; and the unresolved names, when DNS is among the dead."""
    refs = {pod.ref for pod in dead}
    servers = {pod.ref for pod in parts(case.snapshot, Component.CLUSTER_DNS)}
    no_names = bool(servers) and servers <= refs
    for record in case.troubled:
        targets = {backend.pod for backend in record.prediction.backends if backend.pod}
        is_end = _source(record) in refs or (bool(targets) and targets <= refs)
        if is_end or (no_names and record.observation.outcome.is_dns):
            yield record


def _suspects(case: Case) -> Iterator[Pod]:
    """Pods from or to which nothing got although it should; when names fail, also the servers of cluster DNS."""
    alive = set(_heard(case))
    seen: dict[Ref, None] = {}
    for record in case.troubled:
        if record.observation.outcome not in LOST or record.prediction.verdict is Ruling.DENIED:
            continue
        source = _source(record)
        seen |= dict.fromkeys(ref for ref in (source,) if ref)
        seen |= dict.fromkeys(backend.pod for backend in record.prediction.backends if backend.pod)
        if record.observation.outcome is Outcome.DNS_TIMEOUT:
            seen |= dict.fromkeys(pod.ref for pod in parts(case.snapshot, Component.CLUSTER_DNS))
    for ref in seen:
        pod = case.snapshot.pods.get((ref.namespace, ref.name))
        if pod is not None and pod.node and pod.running and not pod.host_network and ref not in alive:
            yield pod


def _heard(case: Case) -> Iterator[Ref]:
    """The pods of which something was heard in this run, or in a control."""
    for record in case.records:
        if record.observation.outcome not in LOST and record.observation.outcome is not Outcome.ERROR:
            source = _source(record)
            if source:
                yield source
            if record.check.flow.destination.kind is EndpointKind.POD and record.check.flow.destination.ref:
                yield record.check.flow.destination.ref
        if any(control.passed for control in record.controls) and len(record.prediction.backends) == 1:
            yield from (backend.pod for backend in record.prediction.backends if backend.pod)


def _source(record: CheckRecord) -> Ref | None:
    vantage = record.check.vantage
    return Ref("Pod", vantage.namespace, vantage.name) if vantage.kind is VantageKind.POD else None


def works_from_nodes(records: Collection[CheckRecord], snapshot: Snapshot) -> Iterator[str]:
    """What a node reaches where its pods do not: the network of the nodes is fine."""
    for record in records:
        for control in record.controls:
            if control.passed and control.vantage.startswith("node/"):
                yield control.name
