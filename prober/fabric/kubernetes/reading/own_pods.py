"""Which pods of a cluster are prober's own, and so no part of what is looked at.

Anybody who may make pods can put prober's labels on them, and a pod that is left out of the
snapshot is a pod that no prediction, audit or matrix sees. And an agent is trusted with plans, and
believed. So a label only makes a candidate; what makes a pod prober's is what its author could not
choose:

- **an agent**: in the namespace that agents are configured to be in, made by the DaemonSet there
  (its controller, by uid), and on the host network of a node that has its address. Who may make
  pods in that namespace may put a privileged pod on any node anyway.
- **a probe pod**: named as a run names its pods, never ready and without a token, as only its
  manifest makes them, and made for a run whose ConfigMap is there and has the uid that the pod's
  owner reference says. It takes more than the right to make pods to pretend that.

Everything else stays what it is: a pod of its namespace, whatever it says about itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.objects import KubernetesObject, OwnerReference
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import CONFIG_MAPS
from prober.fabric.kubernetes.labels import AGENT, AGENT_NAME, NEVER_READY, run_of
from prober.fabric.kubernetes.reading.objects import Pod, PodSpec, PodStatus, Workload
from prober.manifest import wire

PodKey = tuple[str, str]
_Run = tuple[str, str, str]
"""A run's namespace, its name, and the uid of its ConfigMap."""
_MOST_RUNS = 32
"""Runs in the cluster at the same time whose probe pods are told from others. More are somebody's
joke."""


@dataclass(frozen=True, slots=True)
class OwnPods:
    """Prober's own pods in a cluster."""

    agents: Sequence[Pod]
    keys: Collection[PodKey]
    """All of them and the probe pods, by namespace and name."""


def key_of(pod: Pod) -> PodKey:
    """Its namespace and name."""
    return pod.metadata.namespace or "", pod.metadata.name or ""


async def own_pods(
    api: Api, pods: Iterable[Pod], daemon_sets: Iterable[Workload], nodes: Iterable[wire.Node]
) -> OwnPods:
    """Prober's own among the pods of a cluster. Raises `ApiError` when that cannot be asked; where
    it may not be asked, a pod is nobody's but its own."""
    candidates = [pod for pod in pods if pod.metadata.labels]
    probes = {key_of(pod): run for pod in candidates if (run := _run_of(pod))}
    runs = await _runs_there(api, sorted(set(probes.values()))[:_MOST_RUNS])
    agents = agents_among(candidates, daemon_sets, nodes, api.agents_namespace)
    probe_pods = {key for key, run in probes.items() if run in runs}
    return OwnPods(agents, {*probe_pods, *map(key_of, agents)})


def agents_among(
    pods: Iterable[Pod],
    daemon_sets: Iterable[Workload],
    nodes: Iterable[wire.Node],
    namespace: str,
) -> list[Pod]:
    """The pods of the agents' DaemonSet. Pure."""
    uid = next(
        (
            daemon_set.metadata.uid
            for daemon_set in daemon_sets
            if (daemon_set.metadata.namespace, daemon_set.metadata.name) == (namespace, AGENT_NAME)
        ),
        None,
    )
    if not uid:
        return []
    addresses = {node.metadata.name or "": _addresses(node) for node in nodes}
    return [pod for pod in pods if _is_agent(pod, namespace, uid, addresses)]


def _is_agent(pod: Pod, namespace: str, uid: str, addresses: Mapping[str, Collection[str]]) -> bool:
    spec, status = pod.spec or PodSpec(), pod.status or PodStatus()
    owner = _controller(pod)
    made_by = owner is not None and owner.kind == "DaemonSet" and owner.uid == uid
    labelled = (pod.metadata.labels or {}).get(AGENT) == "true"
    known = addresses.get(spec.node_name or "")
    on_its_node = (
        bool(spec.host_network)
        and known is not None
        and (not status.pod_ip or status.pod_ip in known)
    )
    return labelled and made_by and on_its_node and pod.metadata.namespace == namespace


def _run_of(pod: Pod) -> _Run | None:
    """The run that a probe pod claims to be of, if it looks like one."""
    run, spec, owner = run_of(pod.metadata), pod.spec or PodSpec(), _controller(pod)
    if not run or pod.metadata.name == run or owner is None:
        return None
    owned = len(pod.metadata.owner_references or ()) == 1 and owner.kind == "ConfigMap"
    gates = [gate.condition_type for gate in spec.readiness_gates or ()]
    harmless = (
        NEVER_READY in gates
        and spec.automount_service_account_token is False
        and bool(spec.active_deadline_seconds)
    )
    if not (owned and harmless and owner.name == run and owner.uid):
        return None
    return pod.metadata.namespace or "", run, owner.uid


def _controller(pod: Pod) -> OwnerReference | None:
    return next((owner for owner in pod.metadata.owner_references or () if owner.controller), None)


async def _runs_there(api: Api, runs: Sequence[_Run]) -> Collection[_Run]:
    """Those of the runs whose ConfigMap is there, with its uid."""

    async def there(run: _Run) -> bool:
        namespace, name, uid = run
        try:
            config_map = await api.get(
                CONFIG_MAPS, KubernetesObject, namespace, name, metadata_only=True
            )
        except ApiError as error:
            if error.status not in (403, 404):
                raise
            return False
        return config_map.metadata.uid == uid and run_of(config_map.metadata) == name

    answers = await asyncio.gather(*(there(run) for run in runs))
    return {run for run, yes in zip(runs, answers, strict=True) if yes}


def _addresses(node: wire.Node) -> Collection[str]:
    return {address.address for address in (node.status or wire.NodeStatus()).addresses or ()}
