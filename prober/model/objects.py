"""The Kubernetes objects that decide about connectivity, with the few fields that do.

They are independent of the wire shape (camelCase JSON): `prober.manifest` decodes into them. All
are frozen, so that a snapshot can be shared between the predictor, the planner and the diagnosis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Protocol = Literal["TCP", "UDP", "SCTP"]
Operator = Literal["In", "NotIn", "Exists", "DoesNotExist"]
PolicyType = Literal["Ingress", "Egress"]
TrafficPolicy = Literal["Cluster", "Local"]
ServiceType = Literal["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]
Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """The name of an object: `kind`, `namespace` (empty for cluster-wide kinds) and `name`."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


@dataclass(frozen=True, slots=True)
class Namespace:
    name: str
    labels: Labels = field(default_factory=dict)
    """Always includes `kubernetes.io/metadata.name`, as the API server sets it."""


@dataclass(frozen=True, slots=True)
class Node:
    name: str
    addresses: tuple[str, ...] = ()
    """InternalIP first, then ExternalIP; IPv4 and IPv6."""
    labels: Labels = field(default_factory=dict)
    pod_cidrs: tuple[str, ...] = ()
    ready: bool = True


@dataclass(frozen=True, slots=True)
class ContainerPort:
    number: int
    protocol: Protocol = "TCP"
    name: str = ""
    """Empty when the port has no name."""
    host_port: int = 0
    """0 when the port is not published on the node."""


@dataclass(frozen=True, slots=True)
class Pod:
    namespace: str
    name: str
    labels: Labels = field(default_factory=dict)
    node: str = ""
    """Empty while the pod is not scheduled."""
    ips: tuple[str, ...] = ()
    """Every pod IP; empty when the manifest does not say."""
    host_network: bool = False
    ports: tuple[ContainerPort, ...] = ()
    """Of all containers, in the order written; an init container's only when it is a sidecar
    (restartPolicy Always)."""
    ready: bool = True
    """The Ready condition; a manifest without status counts as ready."""
    running: bool = True
    """False once the phase is Succeeded or Failed: such a pod has no network any more."""
    owner: Ref | None = None
    """The workload a person would name: the Deployment, not its ReplicaSet."""
    service_account: str = "default"
    waiting_reason: str = ""
    """Why it does not run, in the cluster's own words: what the scheduler, the kubelet or the CNI
    said. Empty when it runs, or nobody says."""
    env: Labels = field(default_factory=dict)
    """Literal environment values of the first container (proxy settings live here)."""
    stand_in: bool = False
    """Made from a pod template in a cluster where no pod of it runs now: a CronJob between its
    Jobs. It has no address, and can only be probed from."""

    @property
    def ref(self) -> Ref:
        return Ref("Pod", self.namespace, self.name)

    @property
    def without_network(self) -> bool:
        """Is meant to run, and has no address; a stand-in is not meant to."""
        return self.running and not self.ips and not self.stand_in

    @property
    def unscheduled(self) -> bool:
        """Waits for a node, as the cluster says. A manifest without status counts as ready: there
        the node is only not known."""
        return not self.node and not self.ips and not self.ready


@dataclass(frozen=True, slots=True)
class Workload:
    """A Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or CronJob; or an object of another
    kind with a pod template in it."""

    kind: str
    namespace: str
    name: str
    replicas: int = 1
    labels: Labels = field(default_factory=dict)
    """The labels of its pod template."""
    template: Pod | None = field(default=None, compare=False, repr=False)
    """A pod as it would make one; None when only its pods are known."""

    @property
    def ref(self) -> Ref:
        return Ref(self.kind, self.namespace, self.name)


@dataclass(frozen=True, slots=True)
class ServicePort:
    port: int
    protocol: Protocol = "TCP"
    name: str = ""
    target_port: int | str = 0
    """A number, or the name of a container port; never 0 after decoding (it defaults to `port`)."""
    node_port: int = 0
    """0 when there is none."""


@dataclass(frozen=True, slots=True)
class Service:
    namespace: str
    name: str
    type: ServiceType = "ClusterIP"
    cluster_ips: tuple[str, ...] = ()
    """Empty when headless, and when a manifest does not say."""
    headless: bool = False
    """`clusterIP: None`."""
    selector: Labels | None = None
    """None when the endpoints are given by hand."""
    ports: tuple[ServicePort, ...] = ()
    external_traffic_policy: TrafficPolicy = "Cluster"
    internal_traffic_policy: TrafficPolicy = "Cluster"
    publish_not_ready: bool = False
    load_balancer_ips: tuple[str, ...] = ()
    """From status.loadBalancer.ingress, else spec.loadBalancerIP."""
    source_ranges: tuple[str, ...] = ()
    """CIDRs of `loadBalancerSourceRanges`: who may use the load balancer's addresses. Empty:
    everybody."""
    external_ips: tuple[str, ...] = ()
    external_name: str = ""
    session_affinity: bool = False
    labels: Labels = field(default_factory=dict)

    @property
    def ref(self) -> Ref:
        return Ref("Service", self.namespace, self.name)


@dataclass(frozen=True, slots=True)
class SliceEndpoint:
    """One endpoint of an EndpointSlice."""

    addresses: tuple[str, ...]
    ready: bool = True
    node: str = ""
    pod: str = ""
    """The name of the pod in the slice's namespace, from targetRef; empty when it is not a pod."""
    hostname: str = ""


@dataclass(frozen=True, slots=True)
class EndpointSlice:
    namespace: str
    name: str
    service: str
    """From the label kubernetes.io/service-name."""
    endpoints: tuple[SliceEndpoint, ...] = ()
    ports: tuple[ContainerPort, ...] = ()


@dataclass(frozen=True, slots=True)
class ClusterRole:
    """Rights in the whole cluster, by name alone: whether they exist is what decides about a CNI's
    agents."""

    name: str
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClusterRoleBinding:
    name: str
    role: str
    """The name of its ClusterRole, which may not exist."""
    service_accounts: tuple[Ref, ...] = ()
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One matchExpressions item."""

    key: str
    operator: Operator
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelSelector:
    """matchLabels and matchExpressions, all of which must hold. Empty selects everything."""

    match_labels: Labels = field(default_factory=dict)
    match_expressions: tuple[Requirement, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.match_labels and not self.match_expressions


@dataclass(frozen=True, slots=True)
class IPBlock:
    cidr: str
    excepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyPeer:
    """One item of `from` or `to`: either an ipBlock, or selectors that must both hold."""

    pod_selector: LabelSelector | None = None
    namespace_selector: LabelSelector | None = None
    ip_block: IPBlock | None = None


@dataclass(frozen=True, slots=True)
class PolicyPort:
    protocol: Protocol = "TCP"
    port: int | str | None = None
    """A number, the name of a port of the destination pod, or None for every port."""
    end_port: int | None = None


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One ingress or egress rule. An empty tuple means any peer, or any port."""

    peers: tuple[PolicyPeer, ...] = ()
    ports: tuple[PolicyPort, ...] = ()


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    namespace: str
    name: str
    pod_selector: LabelSelector = field(default_factory=LabelSelector)
    types: tuple[PolicyType, ...] = ("Ingress",)
    """After defaulting: Ingress always when it was absent, Egress when it was absent and there are
    egress rules."""
    ingress: tuple[PolicyRule, ...] = ()
    egress: tuple[PolicyRule, ...] = ()

    @property
    def unnamed(self) -> tuple[PolicyType, ...]:
        """The types that have rules though `types` leaves them out. By the API these rules have no
        effect (reference of NetworkPolicySpec, policyTypes); there are engines that apply them."""
        written: tuple[tuple[PolicyType, tuple[PolicyRule, ...]], ...] = (
            ("Ingress", self.ingress),
            ("Egress", self.egress),
        )
        return tuple(kind for kind, rules in written if rules and kind not in self.types)

    def naming_all(self) -> NetworkPolicy:
        """The policy as those engines read it: its types are all that it has rules for."""
        return replace(self, types=self.types + self.unnamed) if self.unnamed else self

    @property
    def ref(self) -> Ref:
        return Ref("NetworkPolicy", self.namespace, self.name)
