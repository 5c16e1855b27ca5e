"""What the manifests of one application say about everybody else: pods of other namespaces, and
hosts outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.kubernetes import NAMESPACE_NAME
from prober.model.objects import Namespace, Pod
from prober.model.prediction import Ruling
from prober.model.snapshot import Snapshot
from prober.policy.deciding.world import PortKey
from prober.policy.matrix.matrix import Matrix, reachability
from prober.policy.predictor import Predictor

_NAME = "any-other"
"""Of a namespace and of its one pod, neither of which has a label that a policy could mean."""
USUAL_PORTS: tuple[PortKey, ...] = ((22, "TCP"), (53, "UDP"), (80, "TCP"), (443, "TCP"))
"""What pods want from outside, whether or not a policy names it."""
_SOMEWHERE = "a host outside"


@dataclass(frozen=True, slots=True)
class Strangers:
    """Predictions for those who are in no manifest."""

    inward: Matrix
    """The matrix with one more pod, in a namespace of its own, with no labels."""
    index: int
    """That pod's, among `inward.pods`."""
    outward: Mapping[tuple[str, str], frozenset[Ruling]]
    """What becomes of each pod's connections to a host outside whose address is not known: the
    different answers, over the usual ports and those that its namespace's policies name."""


def strangers(snapshot: Snapshot) -> Strangers:
    """The strangers of a snapshot. Raises `UsageError` for an ipBlock that is not a CIDR."""
    name = _NAME
    while name in snapshot.namespaces:
        name += "-one"
    pod = Pod(name, name)
    inward = reachability(
        replace(
            snapshot,
            namespaces={**snapshot.namespaces, name: Namespace(name, {NAMESPACE_NAME: name})},
            pods={**snapshot.pods, (name, name): pod},
        )
    )
    return Strangers(inward, inward.pods.index(pod), _outward(snapshot))


def _outward(snapshot: Snapshot) -> Mapping[tuple[str, str], frozenset[Ruling]]:
    predictor = Predictor(snapshot)
    known: dict[tuple[object, ...], frozenset[Ruling]] = {}
    answers: dict[tuple[str, str], frozenset[Ruling]] = {}
    for key, pod in snapshot.pods.items():
        # policies tell pods apart by these alone
        alike = (pod.namespace, frozenset(pod.labels.items()), pod.host_network, pod.running)
        if alike not in known:
            known[alike] = _answers(predictor, pod, _ports(snapshot, pod.namespace))
        answers[key] = known[alike]
    return answers


def _answers(predictor: Predictor, pod: Pod, ports: set[PortKey]) -> frozenset[Ruling]:
    start = Endpoint(EndpointKind.POD, pod.namespace, pod.name)
    there = Endpoint(EndpointKind.OUTSIDE, name=_SOMEWHERE)
    return frozenset(
        predictor.rulings(Flow(start, there, protocol, port)).verdict for port, protocol in ports
    )


def _ports(snapshot: Snapshot, namespace: str) -> set[PortKey]:
    named = {
        (port.port, port.protocol)
        for policy in snapshot.policies
        if policy.namespace == namespace
        for rule in policy.egress
        for port in rule.ports
        if isinstance(port.port, int)
    }
    return {*USUAL_PORTS, *named}
