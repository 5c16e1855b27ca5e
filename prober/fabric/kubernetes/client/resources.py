"""PURE. The kinds that are touched, and where the API has them. All paths are made here."""

from __future__ import annotations

from dataclasses import dataclass

from prober.fabric.kubernetes.client.names import (
    LABEL,
    SEGMENT,
    SUBDOMAIN,
    VERSION,
    Grammar,
    require,
)


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of the API."""

    api_version: str
    """As in `v1` or `apps/v1`."""
    plural: str
    kind: str
    namespaced: bool | None = True
    """None: it is not known, as of kinds of other projects."""
    listed_names: Grammar = SUBDOMAIN
    """What its objects may be called where they are read."""
    asked_for: bool = False
    """Somebody named it on the command line: it may be listed although no table has it."""

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    def collection_path(self, namespace: str = "") -> str:
        """Where the objects of a namespace (empty: of all) are. Raises `FabricError` for a
        namespace that is none."""
        require(VERSION, self.api_version, "version of an API")
        root = f"/apis/{self.api_version}" if self.group else f"/api/{self.api_version}"
        space = f"/namespaces/{require(LABEL, namespace, 'namespace')}" if namespace else ""
        return f"{root}{space}/{self.plural}"

    def object_path(self, namespace: str, name: str, subresource: str = "") -> str:
        """Where one object is. Raises `FabricError` for a namespace or a name that is none; so are
        empty ones, with which the path would be that of the whole collection."""
        if self.namespaced:
            require(LABEL, namespace, "namespace")
        tail = f"/{subresource}" if subresource else ""
        return f"{self.collection_path(namespace)}/{require(SUBDOMAIN, name, self.kind)}{tail}"


_RBAC = "rbac.authorization.k8s.io/v1"

NAMESPACES = Resource("v1", "namespaces", "Namespace", namespaced=False)
NODES = Resource("v1", "nodes", "Node", namespaced=False)
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
CLUSTER_ROLES = Resource(
    _RBAC, "clusterroles", "ClusterRole", namespaced=False, listed_names=SEGMENT
)
CLUSTER_ROLE_BINDINGS = Resource(
    _RBAC, "clusterrolebindings", "ClusterRoleBinding", namespaced=False, listed_names=SEGMENT
)
ROLES = Resource(_RBAC, "roles", "Role")
ROLE_BINDINGS = Resource(_RBAC, "rolebindings", "RoleBinding")
EVENTS = Resource("v1", "events", "Event", listed_names=SEGMENT)
VALIDATING_WEBHOOKS = Resource(
    "admissionregistration.k8s.io/v1",
    "validatingwebhookconfigurations",
    "ValidatingWebhookConfiguration",
    namespaced=False,
)
MUTATING_WEBHOOKS = Resource(
    "admissionregistration.k8s.io/v1",
    "mutatingwebhookconfigurations",
    "MutatingWebhookConfiguration",
    namespaced=False,
)
LEASES = Resource("coordination.k8s.io/v1", "leases", "Lease")
CUSTOM_RESOURCES = Resource(
    "apiextensions.k8s.io/v1",
    "customresourcedefinitions",
    "CustomResourceDefinition",
    namespaced=False,
)
SCENARIOS = Resource("prober.dev/v1alpha1", "scenarios", "Scenario")
SCENARIO_HISTORIES = Resource("prober.dev/v1alpha1", "scenariohistories", "ScenarioHistory")
OPEN_REPORTS = Resource("openreports.io/v1alpha1", "reports", "Report")
POLICY_REPORTS = Resource("wgpolicyk8s.io/v1alpha2", "policyreports", "PolicyReport")
CILIUM_ENDPOINTS = Resource("cilium.io/v2", "ciliumendpoints", "CiliumEndpoint")
CILIUM_POLICIES = Resource("cilium.io/v2", "ciliumnetworkpolicies", "CiliumNetworkPolicy")

READ = (
    NAMESPACES,
    NODES,
    PODS,
    DEPLOYMENTS,
    STATEFUL_SETS,
    DAEMON_SETS,
    REPLICA_SETS,
    CRON_JOBS,
    SERVICES,
    ENDPOINT_SLICES,
    NETWORK_POLICIES,
)
"""What a snapshot consists of."""
