"""Who owns a pod: the workload that a person would name, not the ReplicaSet or the Job in
between."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from prober.manifest.decoding import wire
from prober.manifest.decoding.decode import namespace_of
from prober.model.kubernetes import SHORT_KINDS
from prober.model.objects import Labels, Pod, Ref

_HASH_LABEL = "pod-template-hash"
GENERATED_LABELS = frozenset(
    (
        _HASH_LABEL,
        "controller-revision-hash",
        "controller-uid",
        "batch.kubernetes.io/controller-uid",
    )
)
"""What controllers add to pods and nobody can know beforehand."""
_OF_ONE_POD = frozenset(("statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"))
_SCHEDULED_JOB = re.compile(r"(.+)-[0-9]{8,10}")
"""The CronJob controller names a Job after the minute (once the second) it was scheduled for."""


def controller_of(meta: wire.ObjectMeta) -> Ref | None:
    """The object's controller. A reference that does not say whether it is one counts when no other
    does."""
    references = meta.owner_references or ()
    for wanted in (True, None):
        for reference in references:
            if reference.controller is wanted and reference.name:
                return Ref(reference.kind, namespace_of(meta), reference.name)
    return None


class Owners:
    """Follows controller references up to the top, over the objects that are known."""

    def __init__(self, workloads: Iterable[tuple[Ref, wire.ObjectMeta]]) -> None:
        self._metas: Mapping[Ref, wire.ObjectMeta] = dict(workloads)

    def of_pod(self, meta: wire.ObjectMeta) -> Ref | None:
        """The top-most workload of a pod; None when it has no controller that is a workload."""
        controller = controller_of(meta)
        if controller is None or controller.kind not in SHORT_KINDS:
            return None
        return self.above(controller, (meta.labels or {}).get(_HASH_LABEL) or "")

    def above(self, ref: Ref, pod_hash: str = "") -> Ref:
        """The top-most workload over this one, itself when there is nothing above.

        Where the ReplicaSet itself is not known, its name is: a Deployment's is NAME-HASH, with the
        hash that its pods have as a label.
        """
        meta = self._metas.get(ref)
        if meta is not None:
            controller = controller_of(meta)
            known = controller is not None and controller.kind in SHORT_KINDS
            return controller if controller is not None and known else ref
        if ref.kind == "ReplicaSet":
            return self._deployment_of(ref, pod_hash)
        if ref.kind == "Job" and (scheduled := _SCHEDULED_JOB.fullmatch(ref.name)):
            cron_job = Ref("CronJob", ref.namespace, scheduled[1])
            return cron_job if cron_job in self._metas else ref
        return ref

    def _deployment_of(self, ref: Ref, pod_hash: str) -> Ref:
        name, _, suffix = ref.name.rpartition("-")
        deployment = Ref("Deployment", ref.namespace, name)
        if name and (suffix == pod_hash or deployment in self._metas):
            return deployment
        return ref


def common_labels(pods: Iterable[Pod]) -> Labels:
    """The labels that all of the pods have, but for those that differ from one rollout, or one pod,
    to the next."""
    common = frozenset.intersection(*(frozenset(pod.labels.items()) for pod in pods))
    return {
        key: value for key, value in sorted(common) if key not in GENERATED_LABELS | _OF_ONE_POD
    }
