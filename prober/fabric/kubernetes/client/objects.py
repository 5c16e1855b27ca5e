"""PURE. The wire shape of what every object has, and of what the API server says about itself.

As everywhere, only the fields that are used; see `prober.manifest.decoding.wire`.
"""

from __future__ import annotations

from msgspec import field

from prober.manifest import wire


class OwnerReference(wire.OwnerReference):
    uid: str = ""


class ObjectMeta(wire.ObjectMeta):
    """With what tells runs apart."""

    uid: str | None = None
    owner_references: list[OwnerReference] | None = None  # type: ignore[assignment]  # with uids; nobody writes to it
    annotations: wire.StrMap | None = None
    deletion_timestamp: str | None = None
    generation: int | None = None


class KubernetesObject(wire.KubernetesObject):
    """Any object of a run."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)


class Version(wire.Wire):
    """What /version says."""

    git_version: str = ""


class Status(wire.Wire):
    """The body of a refusal."""

    message: str = ""
    reason: str = ""
    status: str = ""
    """`Success` or `Failure`."""
