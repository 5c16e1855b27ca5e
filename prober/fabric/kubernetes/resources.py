"""The kinds that are touched, and the verbs used on each: the rights that a run needs. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of the API."""

    api_version: str
    """As in `v1` or `apps/v1`."""
    plural: str
    kind: str
    verbs: tuple[str, ...]
    """Everything that prober does with it, as RBAC calls it."""
    subresources: tuple[tuple[str, str], ...] = ()
    """Further (subresource, verb) pairs, as in `("log", "get")`."""

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


NAMESPACES = Resource("v1", "namespaces", "Namespace", ("list", "get", "create"))
NODES = Resource("v1", "nodes", "Node", ("list",))
PODS = Resource("v1", "pods", "Pod", ("list", "get", "create", "delete"), (("log", "get"),))
SERVICES = Resource("v1", "services", "Service", ("list",))
CONFIG_MAPS = Resource("v1", "configmaps", "ConfigMap", ("list", "create", "delete"))
DEPLOYMENTS = Resource("apps/v1", "deployments", "Deployment", ("list",))
STATEFUL_SETS = Resource("apps/v1", "statefulsets", "StatefulSet", ("list",))
DAEMON_SETS = Resource("apps/v1", "daemonsets", "DaemonSet", ("list",))
REPLICA_SETS = Resource("apps/v1", "replicasets", "ReplicaSet", ("list",))
JOBS = Resource("batch/v1", "jobs", "Job", ("create", "delete"))
ENDPOINT_SLICES = Resource("discovery.k8s.io/v1", "endpointslices", "EndpointSlice", ("list",))
NETWORK_POLICIES = Resource("networking.k8s.io/v1", "networkpolicies", "NetworkPolicy", ("list",))
EVENTS = Resource("v1", "events", "Event", ("list",))
CILIUM_ENDPOINTS = Resource("cilium.io/v2", "ciliumendpoints", "CiliumEndpoint", ("list",))

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
