"""What would be predicted with one policy changed, or with a fix made. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from prober.manifest import (
    decode_object,
    decode_policy,
    decode_service,
    labels_of,
    named_namespace,
    wire,
)
from prober.model.languages.kinds import BY_NAME
from prober.model.objects import NetworkPolicy, Ref
from prober.model.patches.jsonpatch import PatchError, apply
from prober.model.patches.rebase import rebased
from prober.model.run import Finding, Fix
from prober.model.snapshot import Snapshot
from prober.policy import Predictor

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")
"""Kinds whose pods get other labels when their template does."""
MENDED_BY_HAND = ("pods-not-ready",)
"""Causes without a change of an object, of which it can be told what the world is like without
them: pods become ready."""
TEMPLATE_LABELS = ("spec", "template", "metadata", "labels")


class Supposing:
    """Predictors over changed snapshots. Each index is built once, however many flows it is asked
    about."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self._known: dict[str, Predictor] = {}

    def instead_of(self, old: NetworkPolicy, new: NetworkPolicy) -> Predictor:
        """The predictor with `new` in place of `old`."""
        # Rules try the same edit for each of hundreds of checks. Building the index of a world
        # takes most of the time of a prediction, so each edit is indexed once.
        key = repr(new)  # a policy holds mappings, so it has no hash
        if key not in self._known:
            snapshot = with_policy(self._predictor.world.snapshot, old, new)
            self._known[key] = self._predictor.over(snapshot)
        return self._known[key]


def with_policy(snapshot: Snapshot, old: NetworkPolicy, new: NetworkPolicy) -> Snapshot:
    """The snapshot with one policy in place of another."""
    return replace(
        snapshot, policies=tuple(new if policy is old else policy for policy in snapshot.policies)
    )


def fixed(snapshot: Snapshot, fix: Fix) -> Snapshot | None:
    """The snapshot after a fix, on top of whatever it has already; None for a change that is not
    predicted, and for one that does not fit."""
    target = fix.target
    if target is None:
        return None
    try:
        return _after(snapshot, fix, target)
    # A patch comes from a rule of ours, or from a record that was read from a file: it may not
    # fit, and may make of the object what no API server would accept.
    except (PatchError, msgspec.ValidationError):
        return None


def mended_by_hand(snapshot: Snapshot, finding: Finding) -> Snapshot | None:
    """The snapshot when a person has done what a finding advises; None where that cannot be
    told."""
    if finding.id not in MENDED_BY_HAND:
        return None
    ready = {
        key: replace(pod, ready=True)
        for key, pod in snapshot.pods.items()
        if pod.ref in finding.objects
    }
    return replace(snapshot, pods={**snapshot.pods, **ready}) if ready else None


def _after(snapshot: Snapshot, fix: Fix, target: Ref) -> Snapshot | None:
    changed = _with_source if target.kind == "NetworkPolicy" else _with_other
    is_policy = target.kind in ("NetworkPolicy", *BY_NAME)
    if is_policy and fix.creates and fix.manifest is not None:
        return changed(snapshot, target, fix.manifest)
    if target.kind == "Namespace" and target.name in snapshot.namespaces:
        return _relabelled(snapshot, target.name, fix)
    if target.kind == "Pod" and (target.namespace, target.name) in snapshot.pods:
        return _relabelled_pod(snapshot, target, fix)
    if target.kind in WORKLOADS:
        return _relabelled_template(snapshot, target, fix)
    source = snapshot.sources.get(target)
    if source is None or not fix.patch:
        return None
    if target.kind == "Service":
        return _served(snapshot, target, apply(source, rebased(fix.patch, source)))
    if is_policy:
        return changed(snapshot, target, apply(source, rebased(fix.patch, source)))
    return None


def _relabelled(snapshot: Snapshot, name: str, fix: Fix) -> Snapshot:
    # Only labels of Namespaces and Pods are ever changed by a fix, so the object for the patch is
    # made of them alone. A patch of anything else fails here, and is then not offered.
    whole = apply({"metadata": {"labels": dict(snapshot.namespaces[name].labels)}}, fix.patch)
    changed = named_namespace(name, labels_of(whole["metadata"]["labels"]))
    return replace(snapshot, namespaces={**snapshot.namespaces, name: changed})


def _relabelled_pod(snapshot: Snapshot, ref: Ref, fix: Fix) -> Snapshot:
    key = (ref.namespace, ref.name)
    whole = apply({"metadata": {"labels": dict(snapshot.pods[key].labels)}}, fix.patch)
    pod = replace(snapshot.pods[key], labels=labels_of(whole["metadata"]["labels"]))
    return replace(snapshot, pods={**snapshot.pods, key: pod})


def _relabelled_template(snapshot: Snapshot, ref: Ref, fix: Fix) -> Snapshot | None:
    """The pods of a workload as its changed template makes them."""
    mine = {key: pod for key, pod in snapshot.pods.items() if pod.owner == ref}
    if not mine:
        return None
    changed = {
        key: replace(pod, labels=_template_labels(fix, pod.labels)) for key, pod in mine.items()
    }
    return replace(snapshot, pods={**snapshot.pods, **changed})


def _template_labels(fix: Fix, labels: Mapping[str, str]) -> Mapping[str, str]:
    whole: Any = dict(labels)
    for key in reversed(TEMPLATE_LABELS):
        whole = {key: whole}
    whole = apply(whole, fix.patch)
    for key in TEMPLATE_LABELS:
        whole = whole[key]
    return labels_of(whole)


def _served(snapshot: Snapshot, ref: Ref, source: Mapping[str, Any]) -> Snapshot:
    """The snapshot with this Service. The addresses and node ports that it has are its own, whether
    they are written or the cluster gave them."""
    key = (ref.namespace, ref.name)
    old, new = snapshot.services[key], decode_service(msgspec.convert(source, wire.Service))
    # Node ports and ClusterIPs are allocated by the API server and kept by it when a Service is
    # updated. A manifest usually does not have them; a fix must not lose them.
    given = {(port.port, port.protocol): port.node_port for port in old.ports}
    ports = tuple(
        replace(port, node_port=port.node_port or given.get((port.port, port.protocol), 0))
        for port in new.ports
    )
    service = replace(
        new,
        namespace=ref.namespace,
        cluster_ips=old.cluster_ips,
        load_balancer_ips=old.load_balancer_ips,
        external_ips=old.external_ips,
        ports=ports,
    )
    # A Service with a selector gets the endpoints that it selects then.
    made = service.selector is not None
    slices = tuple(
        endpoint_slice
        for endpoint_slice in snapshot.slices
        if not (made and (endpoint_slice.namespace, endpoint_slice.service) == key)
    )
    return replace(
        snapshot,
        services={**snapshot.services, key: service},
        slices=slices,
        sources={**snapshot.sources, ref: source},
    )


def _with_other(snapshot: Snapshot, ref: Ref, source: Mapping[str, Any]) -> Snapshot:
    """The snapshot with this policy of another language, instead of the one of its name where
    there is one."""
    new = decode_object(BY_NAME[ref.kind], source["apiVersion"], source, ref.namespace)
    known = any(other.ref == ref for other in snapshot.other_policies)
    others = tuple(new if other.ref == ref else other for other in snapshot.other_policies)
    return replace(
        snapshot,
        other_policies=others if known else (*others, new),
        sources={**snapshot.sources, ref: source},
    )


def _with_source(snapshot: Snapshot, ref: Ref, source: Mapping[str, Any]) -> Snapshot:
    """The snapshot with this NetworkPolicy, instead of the one of its name where there is one."""
    decoded = decode_policy(msgspec.convert(source, wire.NetworkPolicy))
    policy = replace(decoded, namespace=ref.namespace)
    known = any(policy.ref == ref for policy in snapshot.policies)
    others = tuple(
        policy if known_policy.ref == ref else known_policy for known_policy in snapshot.policies
    )
    return replace(
        snapshot,
        policies=others if known else (*others, policy),
        sources={**snapshot.sources, ref: source},
    )
