"""The kinds that are touched, and where the API has them. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of the API."""

    api_version: str
    """As in `v1` or `apps/v1`."""
    plural: str
    kind: str

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """The path of the collection or the object."""
        root = f"/apis/{self.api_version}" if self.group else f"/api/{self.api_version}"
        space = f"/namespaces/{namespace}" if namespace else ""
        tail = "".join(f"/{part}" for part in (self.plural, name, subresource) if part)
        return root + space + tail


_RBAC = "rbac.authorization.k8s.io/v1"

NAMESPACES = Resource("v1", "namespaces", "Namespace")
NODES = Resource("v1", "nodes", "Node")
PODS = Resource("v1", "pods", "Pod")
SERVICES = Resource("v1", "services", "Service")
SERVICE_ACCOUNTS = Resource("v1", "serviceaccounts", "ServiceAccount")
CONFIG_MAPS = Resource("v1", "configmaps", "ConfigMap")
DEPLOYMENTS = Resource("apps/v1", "deployments", "Deployment")
STATEFUL_SETS = Resource("apps/v1", "statefulsets", "StatefulSet")
DAEMON_SETS = Resource("apps/v1", "daemonsets", "DaemonSet")
REPLICA_SETS = Resource("apps/v1", "replicasets", "ReplicaSet")
JOBS = Resource("batch/v1", "jobs", "Job")
CRON_JOBS = Resource("batch/v1", "cronjobs", "CronJob")
ENDPOINT_SLICES = Resource("discovery.k8s.io/v1", "endpointslices", "EndpointSlice")
NETWORK_POLICIES = Resource("networking.k8s.io/v1", "networkpolicies", "NetworkPolicy")
CLUSTER_ROLES = Resource(_RBAC, "clusterroles", "ClusterRole")
CLUSTER_ROLE_BINDINGS = Resource(_RBAC, "clusterrolebindings", "ClusterRoleBinding")
ROLES = Resource(_RBAC, "roles", "Role")
ROLE_BINDINGS = Resource(_RBAC, "rolebindings", "RoleBinding")
EVENTS = Resource("v1", "events", "Event")
CILIUM_ENDPOINTS = Resource("cilium.io/v2", "ciliumendpoints", "CiliumEndpoint")

READ = (
    NAMESPACES,
    NODES,
    PODS,
    DEPLOYMENTS,
    STATEFUL_SETS,
    DAEMON_SETS,
    REPLICA_SETS,
    SERVICES,
    ENDPOINT_SLICES,
    NETWORK_POLICIES,
)
"""What a snapshot consists of."""
