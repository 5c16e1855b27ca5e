"""What can be chosen about probe pods and API calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prober.fabric.kubernetes.via import Via

PROBE_NAMESPACE = "prober"

_EVERY_TAINT: tuple[Mapping[str, Any], ...] = ({"operator": "Exists"},)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, with the defaults that suit most clusters."""

    image: str
    """The agent's image. Empty: the cluster can be read, and not probed."""
    via: Via = Via.AUTO
    pull_policy: str = "IfNotPresent"
    pull_secrets: tuple[str, ...] = ()
    """Names of Secrets in the namespace of each probe pod."""
    probe_namespace: str = PROBE_NAMESPACE
    """Where probe pods for nodes run, and agents: on the host network, which most namespaces do not admit."""
    outside: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Hosts outside the cluster that the machine of this process is, with its addresses as the cluster sees them (none:
    not known, and rules with address blocks are not predicted)."""
    tolerations: tuple[Mapping[str, Any], ...] = _EVERY_TAINT
    """All taints by default: the pod that is stood for runs on that node already."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Extra labels of probe pods; those of the pod they stand for win, since they are its identity."""
    annotations: Mapping[str, str] = field(default_factory=dict)
    requests: Mapping[str, str] = field(default_factory=lambda: {"cpu": "10m", "memory": "48Mi"})
    limits: Mapping[str, str] = field(default_factory=lambda: {"cpu": "1", "memory": "256Mi"})
    """A quota on limits refuses pods without them."""
    start_timeout: float = 90.0
    """Seconds from a probe pod's creation to its first line, image pull included."""
    request_timeout: float = 15.0
    """Seconds for one API call."""
    retries: int = 4
    """Tries of an API call that may succeed later (429, 5xx, timeouts, broken connections)."""
    page_size: int = 500
    """Objects in one page of a list."""
