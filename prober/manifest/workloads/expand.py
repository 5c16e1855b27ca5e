"""The pods of workloads that have none yet, as the controllers would make them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import count, islice

from msgspec import structs

from prober.manifest.decoding import wire
from prober.manifest.decoding.decode import condition, labels_of, namespace_of
from prober.manifest.decoding.decode_pod import decode_pod
from prober.manifest.workloads.placement import Site, daemon_nodes, pinned_node
from prober.model.bounds import MOST_PODS
from prober.model.objects import Pod, Ref, Workload

Slot = tuple[str, str]
"""A pod to make: what follows the workload's name and `-`, and its node (empty: not scheduled)."""


def decode_workload(kind: str, obj: wire.Workload, sites: Sequence[Site] = ()) -> Workload:
    """A workload with the number of pods it wants; of a DaemonSet one for each of its nodes, of a
    CronJob none, since it has pods only while a Job of it runs."""
    spec = obj.spec or wire.WorkloadSpec()
    replicas = _replicas(kind, obj)
    if kind == "DaemonSet":
        replicas = len(_daemon_slots(_pod_spec(spec), sites))
    ref = Ref(kind, namespace_of(obj.metadata), obj.metadata.name or "")
    return Workload(
        ref.kind,
        ref.namespace,
        ref.name,
        0 if kind == "CronJob" else replicas,
        _template_labels(spec),
        pod_of_template(kind, obj, ref, sites),
    )


def pod_of_template(kind: str, obj: wire.Workload, owner: Ref, sites: Sequence[Site]) -> Pod:
    """A pod as the workload would make one, whether or not it wants any."""
    template = _pod_spec(obj.spec or wire.WorkloadSpec())
    return _pod(kind, obj, owner, ("0", pinned_node(template, sites)))


def suitable_nodes(obj: wire.Workload, sites: Sequence[Site]) -> Sequence[str]:
    """The nodes on which a pod of the workload may run, in their order."""
    return daemon_nodes(_pod_spec(obj.spec or wire.WorkloadSpec()), sites)


def job_of(obj: wire.CronJob) -> wire.Workload:
    """The Job that a CronJob makes, under the CronJob's own name: a Job's has the minute in it."""
    template = obj.spec.job_template if obj.spec else None
    spec = (template.spec if template else None) or wire.WorkloadSpec()
    return wire.Workload(metadata=obj.metadata, spec=wire.WorkloadSpec(template=spec.template))


def expand(
    kind: str,
    obj: wire.Workload,
    owner: Ref,
    sites: Sequence[Site],
    taken: Collection[tuple[str, str]],
) -> list[Pod]:
    """The pods of a workload: NAME-0, NAME-1, …; of a DaemonSet NAME-NODE, or NAME-0 when no node
    is known.

    `owner` is the workload that a person would name: itself, or the one above it.

    `taken` has the (namespace, name) of the pods that exist. Where the controller would give any
    name, a taken one is passed over; a StatefulSet's or DaemonSet's pod of that name is the one
    that exists.
    """
    spec = obj.spec or wire.WorkloadSpec()
    name, namespace = obj.metadata.name or "", namespace_of(obj.metadata)
    template = _pod_spec(spec)
    daemon = kind == "DaemonSet"
    node = pinned_node(template, sites)
    slots = iter(_daemon_slots(template, sites)) if daemon else _numbered_slots(kind, obj, node)
    free = (slot for slot in slots if (namespace, f"{name}-{slot[0]}") not in taken)
    fixed = daemon or kind == "StatefulSet"
    return [
        _pod(kind, obj, owner, slot)
        for slot in (free if fixed else islice(free, _replicas(kind, obj)))
    ]


def _daemon_slots(template: wire.PodSpec, sites: Sequence[Site]) -> Sequence[Slot]:
    if not sites:
        return [("0", template.node_name or "")]
    return [(node, node) for node in daemon_nodes(template, sites)]


def _numbered_slots(kind: str, obj: wire.Workload, node: str) -> Iterator[Slot]:
    """Endless but for StatefulSets, whose numbers are fixed."""
    if kind != "StatefulSet":
        return ((str(number), node) for number in count())
    ordinals = obj.spec.ordinals if obj.spec else None
    start = (ordinals.start if ordinals else None) or 0
    return ((str(number), node) for number in range(start, start + _replicas(kind, obj)))


def _replicas(kind: str, obj: wire.Workload) -> int:
    """At most `MOST_PODS`: counts of the API's own kinds were checked, those of others were not."""
    return max(0, min(_wanted(kind, obj), MOST_PODS))


def _wanted(kind: str, obj: wire.Workload) -> int:
    spec = obj.spec or wire.WorkloadSpec()
    if kind != "Job":
        return 1 if spec.replicas is None else spec.replicas
    conditions = (obj.status.conditions if obj.status else None) or ()
    if spec.suspend or any(condition(conditions, kind) for kind in ("Complete", "Failed")):
        return 0
    parallelism = 1 if spec.parallelism is None else spec.parallelism
    return parallelism if spec.completions is None else min(parallelism, spec.completions)


def _pod(kind: str, obj: wire.Workload, owner: Ref, slot: Slot) -> Pod:
    suffix, node = slot
    spec = obj.spec or wire.WorkloadSpec()
    workload = obj.metadata.name or ""
    labels = _template_labels(spec) | _controller_labels(kind, workload, suffix)
    meta = wire.ObjectMeta(
        name=f"{workload}-{suffix}", namespace=namespace_of(obj.metadata), labels={**labels}
    )
    return decode_pod(
        wire.Pod(metadata=meta, spec=structs.replace(_pod_spec(spec), node_name=node)), owner
    )


def _controller_labels(kind: str, workload: str, suffix: str) -> dict[str, str]:
    """The labels that the controller adds and that policies can know beforehand (so no hashes and
    no uids)."""
    if kind == "StatefulSet":
        return {
            "statefulset.kubernetes.io/pod-name": f"{workload}-{suffix}",
            "apps.kubernetes.io/pod-index": suffix,
        }
    if kind == "Job":
        return {"batch.kubernetes.io/job-name": workload, "job-name": workload}
    return {}


def _pod_spec(spec: wire.WorkloadSpec) -> wire.PodSpec:
    return (spec.template.spec if spec.template else None) or wire.PodSpec()


def _template_labels(spec: wire.WorkloadSpec) -> dict[str, str]:
    meta = (spec.template.metadata if spec.template else None) or wire.ObjectMeta()
    return labels_of(meta.labels)
