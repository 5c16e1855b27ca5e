"""Wire objects of all kinds in, one snapshot out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from prober.manifest.decoding import wire
from prober.manifest.decoding.decode import (
    decode_namespace,
    decode_node,
    decode_policy,
    labels_of,
    named_namespace,
    namespace_of,
)
from prober.manifest.decoding.decode_pod import decode_pod
from prober.manifest.decoding.decode_rights import decode_binding, decode_cluster_role
from prober.manifest.decoding.decode_service import decode_endpoints, decode_service, decode_slice
from prober.manifest.decoding.gathered import Objects
from prober.manifest.workloads.expand import (
    decode_workload,
    expand,
    job_of,
    pod_of_template,
    suitable_nodes,
)
from prober.manifest.workloads.owners import GENERATED_LABELS, Owners, controller_of
from prober.manifest.workloads.placement import Site, site
from prober.model.objects import EndpointSlice, Namespace, Pod, Ref, Workload
from prober.model.snapshot import Snapshot

_FIXED_NAMES = ("StatefulSet", "DaemonSet")
"""Their pods come first, so that the others can evade their names."""


def assemble(
    objects: Objects, *, expand_workloads: bool = True, nodes: Sequence[str] = ()
) -> Snapshot:
    """The snapshot of these objects (without origins and sources).

    `expand_workloads` makes the pods of workloads that have none, as for manifests that nobody
    applied yet; a live cluster's snapshot wants only what is there, and a pod that stands in for
    each CronJob of which none runs now. `nodes` are the names of nodes
    to come, on which DaemonSets run when there is no Node object.
    """
    sites = _sites(objects, nodes)
    owners = Owners(_metas(objects))
    pods = {
        pod.ref: pod
        for pod in (decode_pod(pod, owners.of_pod(pod.metadata)) for pod in objects.pods)
    }
    if expand_workloads:
        _expand(objects, owners, sites, pods)
    else:
        _stand_in(objects, sites, pods)
    workloads = _workloads(objects, owners, sites, pods.values())
    services = [decode_service(service) for service in objects.services]
    slices = _slices(objects)
    policies = tuple(decode_policy(policy) for policy in objects.policies)
    others = tuple(policy for policy in objects.others if policy.kind.namespaced)
    groups = (pods.values(), workloads, services, slices, policies, others)
    return Snapshot(
        namespaces=_namespaces(
            objects.namespaces, (member.namespace for group in groups for member in group)
        ),
        nodes={node.name: node for node in map(decode_node, objects.nodes)},
        pods={(pod.namespace, pod.name): pod for pod in pods.values()},
        workloads={workload.ref: workload for workload in workloads},
        services={(service.namespace, service.name): service for service in services},
        slices=slices,
        policies=policies,
        other_policies=tuple(objects.others),
        service_accounts={
            (
                namespace_of(service_account.metadata),
                service_account.metadata.name or "",
            ): labels_of(service_account.metadata.labels)
            for service_account in objects.service_accounts
        },
        cluster_roles={role.name: role for role in map(decode_cluster_role, objects.cluster_roles)},
        cluster_role_bindings={
            binding.name: binding for binding in map(decode_binding, objects.cluster_role_bindings)
        },
    )


def _sites(objects: Objects, to_come: Sequence[str]) -> list[Site]:
    """The nodes that are written; else those that pods name, and as many of those to come as make
    up their number."""
    if objects.nodes:
        return [site(node.metadata.name or "", node) for node in objects.nodes]
    specs = [pod.spec for pod in objects.pods]
    specs += [
        workload.spec.template.spec
        for _, workload in _makers(objects)
        if workload.spec and workload.spec.template
    ]
    named = dict.fromkeys(spec.node_name for spec in specs if spec and spec.node_name)
    spare = [name for name in to_come if name not in named]
    return [site(name) for name in (*named, *spare[: max(len(to_come) - len(named), 0)])]


def _makers(objects: Objects) -> Iterator[tuple[str, wire.Workload]]:
    """Everything that makes pods, with its kind; a CronJob as the Job that it makes."""
    yield from objects.workloads
    for cron_job in objects.cron_jobs:
        yield "CronJob", job_of(cron_job)


def _metas(objects: Objects) -> Iterator[tuple[Ref, wire.ObjectMeta]]:
    for kind, workload in _makers(objects):
        yield _ref(kind, workload.metadata), workload.metadata


def _ref(kind: str, meta: wire.ObjectMeta) -> Ref:
    return Ref(kind, namespace_of(meta), meta.name or "")


def _expand(objects: Objects, owners: Owners, sites: Sequence[Site], pods: dict[Ref, Pod]) -> None:
    """Add the pods of every workload that no pod belongs to and that no other workload stands
    for."""
    busy = {controller_of(pod.metadata) for pod in objects.pods} | {
        pod.owner for pod in pods.values()
    }
    declared = {ref for ref, _ in _metas(objects)}
    taken = {(pod.namespace, pod.name) for pod in pods.values()}
    for kind, workload in sorted(_makers(objects), key=lambda item: item[0] not in _FIXED_NAMES):
        ref = _ref(kind, workload.metadata)
        top = owners.above(ref)
        if ref in busy or (kind == "ReplicaSet" and top != ref and top in declared):
            continue
        for pod in expand(kind, workload, top, sites, taken):
            pods[pod.ref] = pod
            taken.add((pod.namespace, pod.name))


def _stand_in(objects: Objects, sites: Sequence[Site], pods: dict[Ref, Pod]) -> None:
    """Add a pod for every CronJob of which none runs now: it will be there at another time, and
    policies decide about it then."""
    busy = {pod.owner for pod in pods.values() if pod.running}
    for cron_job in objects.cron_jobs:
        owner = _ref("CronJob", cron_job.metadata)
        if owner not in busy:
            pod = pod_of_template("CronJob", job_of(cron_job), owner, sites)
            node = pod.node or next(iter(suitable_nodes(job_of(cron_job), sites)), "")
            pods[pod.ref] = replace(pod, node=node, stand_in=True)


def _workloads(
    objects: Objects, owners: Owners, sites: Sequence[Site], pods: Collection[Pod]
) -> Iterable[Workload]:
    """The workloads at the top, and those that are only known from the pods they own."""
    workloads: dict[Ref, Workload] = {}
    for kind, workload in _makers(objects):
        ref = _ref(kind, workload.metadata)
        if owners.above(ref) == ref:
            workloads[ref] = decode_workload(kind, workload, sites)
    unknown: dict[Ref, list[Pod]] = {}
    for pod in pods:
        if pod.owner is not None and pod.owner not in workloads:
            unknown.setdefault(pod.owner, []).append(pod)
    for ref, owned in unknown.items():
        common = frozenset.intersection(*(frozenset(pod.labels.items()) for pod in owned))
        labels = {key: value for key, value in sorted(common) if key not in GENERATED_LABELS}
        workloads[ref] = Workload(ref.kind, ref.namespace, ref.name, len(owned), labels)
    return workloads.values()


def _slices(objects: Objects) -> tuple[EndpointSlice, ...]:
    """EndpointSlices, and Endpoints of those Services that have no slice (a cluster keeps the same
    facts in both)."""
    slices = tuple(decode_slice(endpoint_slice) for endpoint_slice in objects.slices)
    covered = {(endpoint_slice.namespace, endpoint_slice.service) for endpoint_slice in slices}
    older = (
        endpoint_slice
        for endpoints in objects.endpoints
        for endpoint_slice in decode_endpoints(endpoints)
    )
    return slices + tuple(
        endpoint_slice
        for endpoint_slice in older
        if (endpoint_slice.namespace, endpoint_slice.service) not in covered
    )


def _namespaces(
    declared: Iterable[wire.Namespace], inhabited: Iterable[str]
) -> Mapping[str, Namespace]:
    namespaces = {namespace.name: namespace for namespace in map(decode_namespace, declared)}
    for name in inhabited:
        if name not in namespaces:
            namespaces[name] = named_namespace(name)
    return namespaces
