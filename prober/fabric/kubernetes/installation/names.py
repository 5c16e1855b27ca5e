"""What the installed objects are called. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prober import __version__
from prober.fabric.kubernetes.settings import PROBE_NAMESPACE

PART_OF = "app.kubernetes.io/part-of"
NAME = "app.kubernetes.io/name"
LABELS: Mapping[str, str] = {PART_OF: "prober"}
"""On everything that is installed: what carries it may be removed."""
COORDINATOR = "prober"
"""The service account of runs in the cluster, and what their rights are named after."""
AGENT = "prober-agent"
CONTAINER = "agent"
"""The container of an agent's pod."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen about the manifests."""

    namespace: str = PROBE_NAMESPACE
    image: str = f"prober-agent:{__version__}"
    """The agent's image."""
    coordinator_image: str = f"prober:{__version__}"
    """The image of runs in the cluster."""
    enters_pods: bool = False
    """Agents get the rights to enter the networks of pods. Runs in the cluster then make no pods."""


def labelled(name: str) -> dict[str, str]:
    """The labels of one component."""
    return {**LABELS, NAME: name}
