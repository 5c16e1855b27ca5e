"""What can be chosen about the pods that prober makes, and about API calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

PROBE_NAMESPACE = "prober"

EVERY_TAINT: tuple[Mapping[str, Any], ...] = ({"operator": "Exists"},)


class Via(StrEnum):
    """What runs the probes of a vantage."""

    AUTO = "auto"
    """The agent on its node where there is one that can, else a probe pod."""
    POD = "pod"
    """A probe pod with its identity."""
    AGENT = "agent"
    """The agent on its node, which enters the pod's own network."""
    EPHEMERAL = "ephemeral"
    """An ephemeral container in the pod itself, which Kubernetes never takes away; nodes have probe
    pods."""


@dataclass(frozen=True, slots=True)
class PodSettings:
    """What can be chosen about pods of one kind."""

    pull_policy: str = "IfNotPresent"
    pull_secrets: tuple[str, ...] = ()
    """Names of Secrets in the namespace of each pod."""
    tolerations: tuple[Mapping[str, Any], ...] = ()
    node_selector: Mapping[str, str] = field(default_factory=dict)
    """Not for probe pods: each has its node."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Extra labels. Those that a pod is known by, or has from the pod that it stands for, win."""
    annotations: Mapping[str, str] = field(default_factory=dict)
    requests: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, str] = field(default_factory=dict)

    @property
    def resources(self) -> dict[str, dict[str, str]]:
        """As a container has them."""
        return {"requests": dict(self.requests), "limits": dict(self.limits)}

    @property
    def placement(self) -> dict[str, Any]:
        """What goes into the specification of a pod that may be on several nodes; empty where
        nothing was chosen."""
        chosen = {
            "imagePullSecrets": [{"name": secret} for secret in self.pull_secrets],
            "nodeSelector": dict(self.node_selector),
            "tolerations": [dict(toleration) for toleration in self.tolerations],
        }
        return {key: value for key, value in chosen.items() if value}


PROBE_PODS = PodSettings(
    # All taints: the pod that is stood for runs on that node already.
    tolerations=EVERY_TAINT,
    requests={"cpu": "10m", "memory": "48Mi"},
    # A quota on limits refuses pods without them.
    limits={"cpu": "1", "memory": "256Mi"},
)
"""What suits most clusters."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a run, with the defaults that suit most clusters."""

    image: str
    """The agent's image. Empty: the cluster can be read, and not probed."""
    via: Via = Via.AUTO
    pods: PodSettings = PROBE_PODS
    """Of probe pods; ephemeral containers heed the pull policy."""
    probe_namespace: str = PROBE_NAMESPACE
    """Where probe pods for nodes run, and agents: on the host network, which most namespaces do not
    admit."""
    outside: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Hosts outside the cluster that the machine of this process is, with its addresses as the
    cluster sees them (none: not known, and rules with address blocks are not predicted)."""
    start_timeout: float = 90.0
    """Seconds from a probe pod's creation to its first line, image pull included."""
    request_timeout: float = 15.0
    """Seconds for one API call."""
    retries: int = 4
    """Tries of an API call that may succeed later (429, 5xx, timeouts, broken connections)."""
    page_size: int = 500
    """Objects in one page of a list."""
    warn: Callable[[str], None] = lambda _: None
    """Is told what went wrong beside the results, in a sentence."""
