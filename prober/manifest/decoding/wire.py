"""The wire shape of the Kubernetes objects that decide about connectivity: camelCase JSON, only the
fields used.

Everything else is ignored, which is what makes decoding thousands of pods quick:
`msgspec.json.Decoder(List[Pod])` reads a raw page of the API, `msgspec.convert(value, Pod)` the
data of a manifest. Null and absent are the same in the Kubernetes API, so every field is optional.
`prober.manifest.decoding.decode` turns these into the model.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct, field

T = TypeVar("T")
IntOrString = int | str
StrMap = dict[str, str | None]


class Wire(Struct, rename="camel", gc=False):
    """The common shape: camelCase names, unknown fields ignored. Nobody changes one after
    decoding."""


class OwnerReference(Wire):
    kind: str = ""
    name: str = ""
    controller: bool | None = None


class ObjectMeta(Wire):
    name: str | None = None
    generate_name: str | None = None
    namespace: str | None = None
    labels: StrMap | None = None
    owner_references: list[OwnerReference] | None = None


class KubernetesObject(Wire):
    """What every object has."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)


class ListMeta(Wire):
    resource_version: str | None = None
    continue_: str | None = field(name="continue", default=None)
    """The token of the next page; absent or empty on the last one."""


class List(Wire, Generic[T]):
    """A list of one kind, or one page of it."""

    items: list[T] | None = None
    metadata: ListMeta = field(default_factory=ListMeta)


class Requirement(Wire):
    key: str | None = None
    operator: str | None = None
    values: list[str] | None = None


class LabelSelector(Wire):
    match_labels: StrMap | None = None
    match_expressions: list[Requirement] | None = None


class Namespace(KubernetesObject):
    """Of a Namespace only the metadata counts."""


class ClusterRole(KubernetesObject):
    """Of a ClusterRole only the metadata counts."""


class RoleRef(Wire):
    kind: str | None = None
    name: str | None = None


class Subject(Wire):
    kind: str | None = None
    name: str | None = None
    namespace: str | None = None


class ClusterRoleBinding(KubernetesObject):
    role_ref: RoleRef | None = None
    subjects: list[Subject] | None = None


class NodeAddress(Wire):
    type: str = ""
    address: str = ""


class Taint(Wire):
    key: str | None = None
    value: str | None = None
    effect: str | None = None


class NodeSpec(Wire):
    pod_cidr: str | None = field(name="podCIDR", default=None)
    pod_cidrs: list[str] | None = field(name="podCIDRs", default=None)
    taints: list[Taint] | None = None


class Condition(Wire):
    type: str = ""
    status: str = ""
    reason: str | None = None
    message: str | None = None


class NodeStatus(Wire):
    addresses: list[NodeAddress] | None = None
    conditions: list[Condition] | None = None


class Node(KubernetesObject):
    spec: NodeSpec | None = None
    status: NodeStatus | None = None


class ContainerPort(Wire):
    container_port: int | None = None
    protocol: str | None = None
    name: str | None = None
    host_port: int | None = None


class EnvVar(Wire):
    name: str | None = None
    value: str | None = None


class Container(Wire):
    name: str | None = None
    ports: list[ContainerPort] | None = None
    env: list[EnvVar] | None = None
    restart_policy: str | None = None
    """Of an init container: `Always` makes it a sidecar."""


class Toleration(Wire):
    key: str | None = None
    operator: str | None = None
    value: str | None = None
    effect: str | None = None


class PodSpec(Wire):
    containers: list[Container] | None = None
    init_containers: list[Container] | None = None
    node_name: str | None = None
    node_selector: StrMap | None = None
    tolerations: list[Toleration] | None = None
    host_network: bool | None = None
    service_account_name: str | None = None
    service_account: str | None = None
    """The deprecated name of `serviceAccountName`."""


class PodIP(Wire):
    ip: str | None = None


class StateDetail(Wire):
    """Of a waiting or a terminated container."""

    reason: str | None = None
    message: str | None = None
    exit_code: int | None = None


class ContainerState(Wire):
    waiting: StateDetail | None = None
    running: StateDetail | None = None
    terminated: StateDetail | None = None


class ContainerStatus(Wire):
    name: str | None = None
    image: str | None = None
    container_id: str | None = field(name="containerID", default=None)
    """As in `containerd://…`; absent before the container was made."""
    ready: bool | None = None
    state: ContainerState | None = None


class PodStatus(Wire):
    phase: str | None = None
    reason: str | None = None
    message: str | None = None
    container_statuses: list[ContainerStatus] | None = None
    pod_ip: str | None = field(name="podIP", default=None)
    pod_ips: list[PodIP] | None = field(name="podIPs", default=None)
    conditions: list[Condition] | None = None


class Pod(KubernetesObject):
    spec: PodSpec | None = None
    status: PodStatus | None = None


class PodTemplate(Wire):
    metadata: ObjectMeta | None = None
    spec: PodSpec | None = None


class Ordinals(Wire):
    start: int | None = None


class WorkloadSpec(Wire):
    """Of Deployments, StatefulSets, DaemonSets, ReplicaSets and Jobs: the union of what is used of
    them."""

    replicas: int | None = None
    selector: LabelSelector | None = None
    template: PodTemplate | None = None
    ordinals: Ordinals | None = None
    parallelism: int | None = None
    completions: int | None = None
    suspend: bool | None = None


class WorkloadStatus(Wire):
    conditions: list[Condition] | None = None


class Workload(KubernetesObject):
    """A Deployment, StatefulSet, DaemonSet, ReplicaSet or Job: which one, the reader knows."""

    spec: WorkloadSpec | None = None
    status: WorkloadStatus | None = None


Deployment = StatefulSet = DaemonSet = ReplicaSet = Job = Workload


class JobTemplate(Wire):
    spec: WorkloadSpec | None = None


class CronJobSpec(Wire):
    job_template: JobTemplate | None = None


class CronJob(KubernetesObject):
    spec: CronJobSpec | None = None


class ServicePort(Wire):
    port: int | None = None
    protocol: str | None = None
    name: str | None = None
    target_port: IntOrString | None = None
    node_port: int | None = None


class ServiceSpec(Wire):
    type: str | None = None
    cluster_ip: str | None = field(name="clusterIP", default=None)
    cluster_ips: list[str] | None = field(name="clusterIPs", default=None)
    selector: StrMap | None = None
    ports: list[ServicePort] | None = None
    external_traffic_policy: str | None = None
    internal_traffic_policy: str | None = None
    publish_not_ready_addresses: bool | None = None
    load_balancer_ip: str | None = field(name="loadBalancerIP", default=None)
    load_balancer_source_ranges: list[str] | None = None
    external_ips: list[str] | None = field(name="externalIPs", default=None)
    external_name: str | None = None
    session_affinity: str | None = None


class LoadBalancerIngress(Wire):
    ip: str | None = None


class LoadBalancerStatus(Wire):
    ingress: list[LoadBalancerIngress] | None = None


class ServiceStatus(Wire):
    load_balancer: LoadBalancerStatus | None = None


class Service(KubernetesObject):
    spec: ServiceSpec | None = None
    status: ServiceStatus | None = None


class TargetRef(Wire):
    kind: str | None = None
    name: str | None = None


class EndpointConditions(Wire):
    ready: bool | None = None


class Endpoint(Wire):
    addresses: list[str] | None = None
    conditions: EndpointConditions | None = None
    node_name: str | None = None
    target_ref: TargetRef | None = None
    hostname: str | None = None


class EndpointPort(Wire):
    port: int | None = None
    protocol: str | None = None
    name: str | None = None


class EndpointSlice(KubernetesObject):
    address_type: str | None = None
    endpoints: list[Endpoint] | None = None
    ports: list[EndpointPort] | None = None


class EndpointAddress(Wire):
    ip: str | None = None
    hostname: str | None = None
    node_name: str | None = None
    target_ref: TargetRef | None = None


class EndpointSubset(Wire):
    addresses: list[EndpointAddress] | None = None
    not_ready_addresses: list[EndpointAddress] | None = None
    ports: list[EndpointPort] | None = None


class Endpoints(KubernetesObject):
    """The older form of EndpointSlice."""

    subsets: list[EndpointSubset] | None = None


class IPBlock(Wire):
    cidr: str | None = None
    except_: list[str] | None = field(name="except", default=None)


class PolicyPeer(Wire):
    pod_selector: LabelSelector | None = None
    namespace_selector: LabelSelector | None = None
    ip_block: IPBlock | None = None


class PolicyPort(Wire):
    protocol: str | None = None
    port: IntOrString | None = None
    end_port: int | None = None


class IngressRule(Wire):
    from_: list[PolicyPeer] | None = field(name="from", default=None)
    ports: list[PolicyPort | None] | None = None


class EgressRule(Wire):
    to: list[PolicyPeer] | None = None
    ports: list[PolicyPort | None] | None = None


class PolicySpec(Wire):
    pod_selector: LabelSelector | None = None
    ingress: list[IngressRule | None] | None = None
    egress: list[EgressRule | None] | None = None
    policy_types: list[str] | None = None


class ServiceAccount(KubernetesObject):
    """Only its labels count."""


class NetworkPolicy(KubernetesObject):
    spec: PolicySpec | None = None
