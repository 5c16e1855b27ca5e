"""What of a pod makes it itself for the network. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prober.fabric.kubernetes.reading.objects import Pod, PodSpec, PodStatus
from prober.manifest.decoding.decode import labels_of
from prober.manifest.workloads.owners import GENERATED_LABELS
from prober.model.objects import Pod as ModelPod
from prober.model.text.secrets import PROXY_VARIABLES

_DROPPED = GENERATED_LABELS | {"pod-template-generation"}
"""Without its hash no ReplicaSet, DaemonSet or Job takes the probe pod for its own."""
_INJECTION_LABELS: Mapping[str, str] = {
    "sidecar.istio.io/inject": "false",
    "kuma.io/sidecar-injection": "disabled",
    "azure.workload.identity/use": "false",
}
"""Labels that ask for something to be added to the pod, with the value that asks for nothing."""


@dataclass(frozen=True, slots=True)
class PodIdentity:
    """What a probe pod copies."""

    namespace: str
    node: str
    labels: Mapping[str, str] = field(default_factory=dict)
    service_account: str = ""
    """Empty: the namespace's default."""
    host_network: bool = False
    dns_policy: str = "ClusterFirst"
    dns_config: Mapping[str, Any] | None = None
    host_aliases: Sequence[Mapping[str, Any]] = ()
    addresses: Sequence[str] = ()
    """The pod's own, which its probe pod does not have; empty on the host network, where both have
    the node's."""
    proxies: Mapping[str, str] = field(default_factory=dict)
    """Proxy variables of its first container: an HTTP check may honour them."""


def of_pod(pod: Pod) -> PodIdentity:
    """The identity of a pod."""
    spec = pod.spec or PodSpec()
    labels = {
        key: value for key, value in labels_of(pod.metadata.labels).items() if key not in _DROPPED
    }
    first = next(iter(spec.containers or ()), None)
    return PodIdentity(
        namespace=pod.metadata.namespace or "",
        node=spec.node_name or "",
        labels={key: _INJECTION_LABELS.get(key, value) for key, value in labels.items()},
        service_account=spec.service_account_name or spec.service_account or "",
        host_network=bool(spec.host_network),
        dns_policy=spec.dns_policy or "ClusterFirst",
        dns_config=spec.dns_config,
        host_aliases=tuple(spec.host_aliases or ()),
        addresses=() if spec.host_network else pod_ips(pod.status or PodStatus()),
        proxies={
            item.name: item.value
            for item in (first.env if first else None) or ()
            if item.name and item.value and item.name.lower() in PROXY_VARIABLES
        },
    )


def of_stand_in(pod: ModelPod) -> PodIdentity:
    """The identity of a pod that a template would make: a CronJob's, between its Jobs."""
    labels = {key: value for key, value in pod.labels.items() if key not in _DROPPED}
    return PodIdentity(
        namespace=pod.namespace,
        node=pod.node,
        labels={key: _INJECTION_LABELS.get(key, value) for key, value in labels.items()},
        service_account=pod.service_account,
        host_network=pod.host_network,
        proxies={key: value for key, value in pod.env.items() if key.lower() in PROXY_VARIABLES},
    )


def pod_ips(status: PodStatus) -> tuple[str, ...]:
    """Every address of a pod."""
    addresses = (status.pod_ip, *(item.ip for item in status.pod_ips or ()))
    return tuple(dict.fromkeys(ip for ip in addresses if ip))


def of_node(node: str, namespace: str) -> PodIdentity:
    """The identity of a node: its network, and cluster DNS, so that names of Services can be probed
    from it."""
    return PodIdentity(
        namespace=namespace, node=node, host_network=True, dns_policy="ClusterFirstWithHostNet"
    )
