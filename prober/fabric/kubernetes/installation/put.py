"""Objects into a cluster and out of it, one call each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prober.fabric.kubernetes.client import resources
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.resources import Resource
from prober.fabric.kubernetes.installation.roles import Manifest

_KINDS: Mapping[str, Resource] = {
    item.kind: item
    for item in (
        resources.NAMESPACES,
        resources.SERVICE_ACCOUNTS,
        resources.CLUSTER_ROLES,
        resources.CLUSTER_ROLE_BINDINGS,
        resources.ROLES,
        resources.ROLE_BINDINGS,
        resources.DAEMON_SETS,
        resources.DEPLOYMENTS,
        resources.CUSTOM_RESOURCES,
        resources.SERVICES,
        resources.CONFIG_MAPS,
        resources.JOBS,
        resources.CRON_JOBS,
    )
}


async def apply_all(api: Api, manifests: Iterable[Manifest]) -> None:
    """Make each what its manifest says, in this order. Raises `ApiError` at the first that cannot
    be."""
    for manifest in manifests:
        await api.apply(_KINDS[manifest["kind"]], manifest, _space(manifest))


async def delete_all(api: Api, manifests: Iterable[Manifest]) -> None:
    """Delete each, in this order; it may be gone already. Raises `ApiError`."""
    for manifest in manifests:
        await api.delete(_KINDS[manifest["kind"]], _space(manifest), manifest["metadata"]["name"])


def key(manifest: Manifest) -> tuple[str, str]:
    """What tells the objects of an installation apart."""
    return manifest["kind"], manifest["metadata"]["name"]


def _space(manifest: Manifest) -> str:
    return str(manifest["metadata"].get("namespace", ""))
