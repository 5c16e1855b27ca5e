"""What Cilium says about pods: the identities of its CiliumEndpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import field

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import CILIUM_ENDPOINTS
from prober.manifest import wire


class IdentityStatus(wire.Wire):
    id: int = 0
    labels: list[str] | None = None


class EndpointStatus(wire.Wire):
    identity: IdentityStatus | None = None


class CiliumEndpoint(wire.KubernetesObject):
    """Named and placed as its pod is."""

    status: EndpointStatus = field(default_factory=EndpointStatus)


@dataclass(frozen=True, slots=True)
class CiliumIdentity:
    """One pod's."""

    number: int
    """0 when there is none."""
    labels: tuple[str, ...]


async def read_identities(api: Api) -> Mapping[tuple[str, str], CiliumIdentity] | None:
    """The identities by (namespace, pod); None in a cluster without Cilium. Raises `ApiError` where
    they may not be read."""
    try:
        endpoints = await api.list_all(CILIUM_ENDPOINTS, CiliumEndpoint)
    except ApiError as error:
        if error.status == 404:
            return None
        raise
    return {
        (endpoint.metadata.namespace or "", endpoint.metadata.name or ""): _identity(endpoint)
        for endpoint in endpoints
    }


def _identity(endpoint: CiliumEndpoint) -> CiliumIdentity:
    identity = endpoint.status.identity or IdentityStatus()
    return CiliumIdentity(identity.id, tuple(identity.labels or ()))
