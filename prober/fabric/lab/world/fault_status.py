"""What the API server shows of a world that is broken: pods that are not ready, roles that are
gone. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from prober.fabric.lab.world.faults import FaultEffects, PodKey
from prober.model.network.components import Component, component_of
from prober.model.objects import Ref
from prober.model.snapshot import Snapshot


def with_fault_status(snapshot: Snapshot, fault_effects: FaultEffects) -> Snapshot:
    """The snapshot as it is read after the faults."""
    unready = {*fault_effects.down, *_behind(snapshot, fault_effects.unready_services)}
    pods = {
        key: replace(pod, ready=False) if key in unready else pod
        for key, pod in snapshot.pods.items()
    }
    slices = tuple(
        replace(
            endpoint_slice,
            endpoints=tuple(replace(item, ready=False) for item in endpoint_slice.endpoints),
        )
        if Ref("Service", endpoint_slice.namespace, endpoint_slice.service)
        in fault_effects.unready_services
        else endpoint_slice
        for endpoint_slice in snapshot.slices
    )
    after = replace(snapshot, pods=pods, slices=slices)
    return _without_rights(after) if fault_effects.no_rights else after


def agents_lack_rights(snapshot: Snapshot) -> bool:
    """Whether there are agents of the CNI, and it is known that they have no rights at the API
    server."""
    accounts = _agents(snapshot)
    return bool(accounts) and all(snapshot.has_rights(account) is False for account in accounts)


def _agents(snapshot: Snapshot) -> frozenset[Ref]:
    """The service accounts of the CNI's agents."""
    return frozenset(
        Ref("ServiceAccount", pod.namespace, pod.service_account)
        for pod in snapshot.pods.values()
        if component_of(pod) is Component.CNI_AGENT
    )


def _behind(snapshot: Snapshot, services: Collection[Ref]) -> Iterator[PodKey]:
    """The pods that the Services select."""
    for ref in services:
        selector = snapshot.services[ref.namespace, ref.name].selector
        for key, pod in snapshot.pods.items():
            if (
                selector
                and pod.namespace == ref.namespace
                and selector.items() <= pod.labels.items()
            ):
                yield key


def _without_rights(snapshot: Snapshot) -> Snapshot:
    """Without the roles and bindings of the CNI's agents."""
    agents = _agents(snapshot)
    gone = {
        name
        for name, role_binding in snapshot.cluster_role_bindings.items()
        if agents & set(role_binding.service_accounts)
    }
    roles = {snapshot.cluster_role_bindings[name].role for name in gone}
    return replace(
        snapshot,
        cluster_roles={
            name: role for name, role in snapshot.cluster_roles.items() if name not in roles
        },
        cluster_role_bindings={
            name: role_binding
            for name, role_binding in snapshot.cluster_role_bindings.items()
            if name not in gone
        },
    )
