"""Who dials what a complaint tells of: the places that a check starts from."""

from __future__ import annotations

from dataclasses import dataclass

from prober.model.objects import Pod, Ref
from prober.model.snapshot import Snapshot
from prober.scenario import ObjectRef, Recogniser, RefKind, parse_source
from prober.scenario.errors import BadReference
from prober.symptom import Direction, Symptom
from prober.symptom.controllers import API_SERVER, controller_of
from prober.why.complaints import Complaint

CONTROL_PLANE = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")
_PODS = ("pod", "po", "pods")
_KINDS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob")
SYSTEM = "kube-"
"""How the names of Kubernetes' own namespaces begin; the prefix is reserved (Kubernetes'
documentation, "Namespaces")."""
SOURCES_AT_MOST = 8
"""Workloads that are tried where nobody says which of them wrote a line."""


@dataclass(frozen=True, slots=True)
class Dialler:
    """Finds who dials, in one snapshot."""

    snapshot: Snapshot
    namespace: str = ""
    """Of whoever wrote a line that names nobody."""

    def sources(self, complaint: Complaint) -> tuple[ObjectRef, ...]:
        """Where checks start; empty where nobody is known who could dial."""
        symptom = complaint.symptom
        if symptom.direction is Direction.WEBHOOK:
            return self.api_servers() or self.any_node()
        if symptom.direction is Direction.PROBE:
            node = self._node(complaint)
            return (ObjectRef(RefKind.NODE, node),) if node else ()
        written = complaint.statement.by or complaint.statement.about
        if not written:
            return self.candidates(symptom)
        return self._written(written)

    def is_gone(self, complaint: Complaint) -> bool:
        """It is about a pod that is no more, and of whose workload nothing is left either."""
        about = complaint.statement.about
        if about.partition("/")[0] not in _PODS or complaint.statement.by.startswith("node/"):
            return False
        if self._pods(about):
            return False
        return complaint.symptom.direction is Direction.PROBE or not self._successor(about)

    def api_servers(self) -> tuple[ObjectRef, ...]:
        """A node that an API server runs on; where none is marked, one that has its address."""
        # The API server is a static pod, or no pod at all in managed clusters. What it dials
        # (webhooks, aggregated APIs) starts from its node; where the control plane is hidden,
        # nobody can probe from there.
        nodes = [
            name
            for name, node in sorted(self.snapshot.nodes.items())
            if any(label in node.labels for label in CONTROL_PLANE)
        ]
        if not nodes:
            serving = {
                address
                for endpoint_slice in self.snapshot.slices
                if (endpoint_slice.namespace, endpoint_slice.service) == ("default", "kubernetes")
                for endpoint in endpoint_slice.endpoints
                for address in endpoint.addresses
            }
            nodes = [
                name
                for name, node in sorted(self.snapshot.nodes.items())
                if serving & set(node.addresses)
            ]
        return tuple(ObjectRef(RefKind.NODE, name) for name in nodes[:1])

    def any_node(self) -> tuple[ObjectRef, ...]:
        """Where the API server runs on no node, as in managed clusters: what is wrong at the other
        end is seen from any node. That it works from there says nothing of the API server."""
        names = sorted(name for name, node in self.snapshot.nodes.items() if node.addresses)
        return tuple(ObjectRef(RefKind.NODE, name) for name in names[:1])

    def candidates(self, symptom: Symptom) -> tuple[ObjectRef, ...]:
        """The workloads of the namespace, but for the one that was dialled; of all namespaces but
        the system's where none is known. Those that are configured to dial it come first, then its
        neighbours."""
        dialled = self.pods_dialled(symptom)
        theirs = {pod.owner or pod.ref for pod in dialled}
        homes = {pod.namespace for pod in dialled}
        owners: dict[Ref, Pod] = {}
        for _, pod in sorted(self.snapshot.pods.items()):
            if self._may_have_written(pod) and pod.running and not pod.host_network:
                owners.setdefault(pod.owner or pod.ref, pod)
        place = symptom.host or symptom.address
        writers = sorted(
            (pod for owner, pod in owners.items() if owner not in theirs),
            key=lambda pod: (
                not any(place in value for value in pod.env.values()),
                pod.namespace not in homes,
            ),
        )
        return tuple(as_source(pod) for pod in writers)[:SOURCES_AT_MOST]

    def _may_have_written(self, pod: Pod) -> bool:
        if self.namespace:
            return pod.namespace == self.namespace
        return not pod.namespace.startswith(SYSTEM)

    def pods_dialled(self, symptom: Symptom) -> tuple[Pod, ...]:
        """The pods that a symptom's address or name means, where it means pods by themselves."""
        ref = Recogniser(self.snapshot).endpoint(
            symptom.address or symptom.host, self.namespace, search=True
        )
        pod = self.snapshot.pods.get((ref.namespace, ref.name))
        if pod and ref.kind == "pod":
            return (pod,)
        service = self.snapshot.services.get((ref.namespace, ref.name))
        if service is None or not service.selector or ref.kind != "service":
            return ()
        return tuple(
            pod
            for pod in self.snapshot.pods.values()
            if pod.namespace == service.namespace and service.selector.items() <= pod.labels.items()
        )

    def _node(self, complaint: Complaint) -> str:
        """The node of the pod that the kubelet dials, or dials for."""
        pods = self._pods(complaint.statement.about) or self.pods_dialled(complaint.symptom)
        return pods[0].node if pods else ""

    def _pods(self, written: str) -> tuple[Pod, ...]:
        kind, _, rest = written.partition("/")
        name, _, namespace = rest.rpartition(".")
        if kind in _PODS:
            pod = self.snapshot.pods.get((namespace, name))
            return (pod,) if pod else ()
        return tuple(
            pod
            for _, pod in sorted(self.snapshot.pods.items())
            if pod.owner and pod.namespace == namespace and pod.owner.name == name
        )

    def _written(self, written: str) -> tuple[ObjectRef, ...]:
        """Who wrote it; for an object that cannot dial, its controller; for a pod that is gone,
        nobody."""
        kind, _, rest = written.partition("/")
        controller = controller_of(kind)
        if controller == API_SERVER:
            return self.api_servers() or self.any_node()
        if controller:
            return self._workload(controller, rest.rpartition(".")[2])
        try:
            ref = parse_source(written, self.namespace)
        except BadReference:
            return ()
        if ref.kind is RefKind.POD:
            pod = self.snapshot.pods.get((ref.namespace, ref.name))
            return (as_source(pod),) if pod else self._successor(written)
        return (ref,)

    def _successor(self, written: str) -> tuple[ObjectRef, ...]:
        """The workload of a pod that is gone, by its name: `api-7d9f-x2x4v` was of `api`."""
        name, _, namespace = written.partition("/")[2].rpartition(".")
        # A pod's name is its workload's with one suffix (DaemonSet, StatefulSet, Job) or two
        # (ReplicaSet of a Deployment: template hash and random). The pod is gone, the name in the
        # log is all that is left.
        stems = {name.rpartition("-")[0], name.rpartition("-")[0].rpartition("-")[0]} - {""}
        return tuple(
            ObjectRef(RefKind.WORKLOAD, ref.name, ref.namespace, ref.kind)
            for ref in self.snapshot.workloads
            if ref.namespace == namespace and ref.name in stems and ref.kind in _KINDS
        )[:1]

    def _workload(self, name: str, namespace: str) -> tuple[ObjectRef, ...]:
        """A controller by its name, in the object's namespace before others."""
        refs = [
            ref
            for ref in self.snapshot.workloads
            if ref.name == name and ref.kind in ("Deployment", "StatefulSet")
        ]
        # Controllers (flux, argocd, cert-manager) usually live in a namespace of their own, but a
        # tenant may run one next to its objects; that one is nearer.
        refs.sort(key=lambda ref: (ref.namespace != namespace, ref.namespace))
        return tuple(
            ObjectRef(RefKind.WORKLOAD, ref.name, ref.namespace, ref.kind) for ref in refs[:1]
        )


def as_source(pod: Pod) -> ObjectRef:
    """The workload where there is one, since its pods are the same to policies; else the pod."""
    owner = pod.owner
    if owner and owner.kind in _KINDS:
        return ObjectRef(RefKind.WORKLOAD, owner.name, owner.namespace, owner.kind)
    return ObjectRef(RefKind.POD, pod.name, pod.namespace)
