"""A check has an end that has no network now: no node takes the pod, it does not start, or it
failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.machinery import is_down, state_of
from prober.diagnosis.facts.service_endpoints import selected, unserved
from prober.model.check import EndpointKind
from prober.model.network.components import Component
from prober.model.objects import Pod, Ref
from prober.model.run import CheckRecord, Confidence, Finding, Fix
from prober.model.snapshot import Snapshot

ID = "pod-without-network"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[Ref, tuple[Pod, list[CheckRecord]]] = {}
    for record in (*case.untested, *_unserved(case)):
        for pod in ends_without_network(record, case.snapshot):
            groups.setdefault(pod.ref, (pod, []))[1].append(record)
    for pod, records in groups.values():
        yield Finding(
            id=ID,
            cause=_cause(pod),
            confidence=Confidence.CERTAIN if pod.waiting_reason else Confidence.LIKELY,
            evidence=tuple(_evidence(pod, case.snapshot)),
            fix=Fix(_advice(pod)),
            checks=tuple(record.check.id for record in records),
            objects=(pod.ref,),
        )


def _unserved(case: Case) -> Iterator[CheckRecord]:
    """The failed checks of Services of which no pod has a network: their address rejects, for want
    of these pods."""
    for service, records in unserved(case):
        pods = selected(service, case.snapshot)
        if pods and not any(pod.ips for pod in pods):
            yield from (record for record in records if not record.check.skip_reason)


def ends_without_network(record: CheckRecord, snapshot: Snapshot) -> Iterator[Pod]:
    """The ends of a check that have no network now; of a Service, the pods that it waits for."""
    flow = record.check.flow
    for end in (flow.source, flow.destination):
        if end.kind is EndpointKind.SERVICE:
            service = snapshot.services.get((end.namespace, end.name))
            yield from (
                pod for pod in (selected(service, snapshot) if service else ()) if not pod.ips
            )
        elif end.kind is EndpointKind.POD:
            pod = snapshot.pods.get((end.namespace, end.name))
            if pod is not None and not (pod.running and pod.ips):
                yield pod


def _cause(pod: Pod) -> str:
    where = f" on {pod.node}" if pod.node else ""
    state = "has no address" if pod.running else "does not run"
    return f"pod {pod.ref}{where} {state}: {pod.waiting_reason or 'the cluster does not say why'}"


def _evidence(pod: Pod, snapshot: Snapshot) -> Iterator[str]:
    """What is known of the node's machinery, where it is not as it should be."""
    if pod.node and is_down(snapshot, Component.CNI_AGENT, pod.node):
        yield state_of(snapshot, Component.CNI_AGENT, pod.node)
    if not pod.node and pod.running:
        yield "what is not on a node has no network of its own, whatever policies say"


def _advice(pod: Pod) -> str:
    return (
        f"see what keeps it: kubectl -n {pod.namespace} describe pod {pod.name}; then run the "
        "checks again"
    )


RULE = Rule(
    id=ID,
    concludes=(
        "A pod of a check has no network: no node takes it, its image or sandbox is not made, or "
        "it failed."
    ),
    advice=(
        "see what keeps it with kubectl describe pod, and run the checks again when it has an "
        "address"
    ),
    needs=(
        "checks that could not be tested, and what the scheduler, the kubelet and the CNI say "
        "about the pod"
    ),
    find=find,
)
