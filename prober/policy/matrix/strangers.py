"""What the manifests of one application say about everybody else: pods of other namespaces, and
hosts outside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.kubernetes import NAMESPACE_NAME
from prober.model.objects import Namespace, Pod
from prober.model.prediction import Ruling
from prober.model.snapshot import Snapshot
from prober.policy.deciding.rules.pod_sets import members
from prober.policy.deciding.world import PortKey
from prober.policy.matrix.matrix import Matrix, reachability
from prober.policy.predictor import Predictor

PodKey = tuple[str, str]
"""A pod's namespace and name."""

ANY_OTHER = "any other namespace"
OUTSIDE = "outside"
_NAME = "any-other"
"""Of a namespace and of its one pod, neither of which has a label that a policy could mean."""
USUAL_PORTS: tuple[PortKey, ...] = ((22, "TCP"), (53, "UDP"), (80, "TCP"), (443, "TCP"))
"""What pods want from outside, whether or not a policy names it."""
_SOMEWHERE = "a host outside"
OUTSIDE_LEGEND = (
    "outside: a host of unknown address, on 22, 53/udp, 80, 443 and the ports that the policies of "
    "the namespace name"
)


@dataclass(frozen=True, slots=True)
class Strangers:
    """Predictions for those who are in no manifest."""

    inward: Mapping[PodKey, frozenset[Ruling]]
    """What becomes of the connections of a pod without labels, in a namespace of its own, to each
    pod: the different answers, over the ports that it declares. None: it declares no port."""
    outward: Mapping[PodKey, frozenset[Ruling]]
    """What becomes of each pod's connections to a host outside whose address is not known: the
    different answers, over the usual ports and those that its namespace's policies name."""


def strangers(snapshot: Snapshot) -> Strangers:
    """The strangers of a snapshot. Raises `UsageError` for an ipBlock that is not a CIDR."""
    name = _NAME
    while name in snapshot.namespaces:
        name += "-one"
    pod = Pod(name, name)
    matrix = reachability(
        replace(
            snapshot,
            namespaces={**snapshot.namespaces, name: Namespace(name, {NAMESPACE_NAME: name})},
            pods={**snapshot.pods, (name, name): pod},
        )
    )
    return Strangers(_inward(matrix, matrix.pods.index(pod)), _outward(snapshot))


def _inward(matrix: Matrix, stranger: int) -> Mapping[PodKey, frozenset[Ruling]]:
    answers: defaultdict[int, set[Ruling]] = defaultdict(set)
    for port in matrix.ports:
        row = matrix.row(port, stranger)
        for index in members(matrix.destinations[port]):
            answers[index] |= row.rulings(1 << index)
    return {
        (pod.namespace, pod.name): frozenset(answers[index])
        for index, pod in enumerate(matrix.pods)
        if index != stranger
    }


def _outward(snapshot: Snapshot) -> Mapping[PodKey, frozenset[Ruling]]:
    predictor = Predictor(snapshot)
    known: dict[tuple[object, ...], frozenset[Ruling]] = {}
    answers: dict[PodKey, frozenset[Ruling]] = {}
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
