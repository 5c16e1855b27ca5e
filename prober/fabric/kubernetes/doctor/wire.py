"""The wire shape of what `doctor` asks, and nobody else. Pure."""

from __future__ import annotations

from msgspec import field

from prober.fabric.kubernetes.reading.objects import DaemonSetStatus
from prober.manifest import wire


class NodeInfo(wire.Wire):
    kubelet_version: str = ""


class NodeStatus(wire.NodeStatus):
    node_info: NodeInfo = field(default_factory=NodeInfo)


class Node(wire.Node):
    """With what runs on it."""

    status: NodeStatus | None = None


class Image(wire.Wire):
    """Of a container only the image."""

    image: str = ""


class ImageSpec(wire.Wire):
    containers: list[Image] | None = None
    host_network: bool | None = None


class ImageTemplate(wire.Wire):
    metadata: wire.ObjectMeta | None = None
    spec: ImageSpec | None = None


class DaemonSetSpec(wire.Wire):
    template: ImageTemplate = field(default_factory=ImageTemplate)


class DaemonSet(wire.KubernetesObject):
    """What a DaemonSet runs, and on how many nodes."""

    spec: DaemonSetSpec = field(default_factory=DaemonSetSpec)
    status: DaemonSetStatus | None = None


class Group(wire.Wire):
    name: str = ""


class Groups(wire.Wire):
    """What /apis says."""

    groups: list[Group] = field(default_factory=list)


class ReviewStatus(wire.Wire):
    allowed: bool = False


class AccessReview(wire.Wire):
    """The answer to `may I`."""

    status: ReviewStatus = field(default_factory=ReviewStatus)
