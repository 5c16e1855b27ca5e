"""What the installed objects are called. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from prober import __version__
from prober.fabric.kubernetes.labels import INSTALLED
from prober.fabric.kubernetes.settings import EVERY_TAINT, PROBE_NAMESPACE, PodSettings

NAME = "app.kubernetes.io/name"
COORDINATOR = "prober"
"""The service account of runs in the cluster, and what their rights are named after."""
OPERATOR = "prober-operator"
"""The operator's Deployment, and its service account."""
PAGE = "prober-page"
"""The page's Deployment, its Service, its service account, and by default its Secret."""


AGENTS = PodSettings(
    tolerations=EVERY_TAINT,
    node_selector={"kubernetes.io/os": "linux"},
    requests={"cpu": "10m", "memory": "64Mi"},
    # Each pod that is visited is a process of some 10 MiB while its plan runs.
    limits={"cpu": "2", "memory": "768Mi"},
)
RUNS = PodSettings(
    requests={"cpu": "50m", "memory": "128Mi"}, limits={"cpu": "1", "memory": "512Mi"}
)


@dataclass(frozen=True, slots=True)
class PageChoices:
    """What can be chosen about the page."""

    secret: str = PAGE
    """A Secret in the namespace of runs, with `credentials`: who may look."""
    tls: bool = False
    """It has `tls.crt` and `tls.key` too, which the page is served with."""
    hosts: tuple[str, ...] = ()
    """Names that lead to it from outside the cluster."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen about the manifests."""

    namespace: str = PROBE_NAMESPACE
    """Of the agents, and of probe pods for nodes."""
    image: str = f"prober-agent:{__version__}"
    """The agent's image."""
    coordinator_image: str = f"prober:{__version__}"
    """The image of runs in the cluster."""
    probe_pods_in: tuple[str, ...] = ()
    """The namespaces in which runs in the cluster may make probe pods."""
    probe_pods_everywhere: bool = False
    """They may in all namespaces."""
    enters_pods: bool = False
    """Agents get the rights to enter the networks of pods. Runs in the cluster then make no
    pods."""
    agents: PodSettings = AGENTS
    """Of the agents' pods."""
    runs: PodSettings = RUNS
    """Of the pods of runs in the cluster, and of the operator."""
    mesh: bool = False
    """Agents probe each other, cluster DNS and the API server by themselves, as the operator
    assigns it."""
    operator: bool = False
    """With the operator, which runs Scenario objects."""
    metrics_secret: str = ""
    """A Secret in the agents' namespace, with `tls.crt`, `tls.key` and `credentials`; empty: their
    metrics are for everybody who reaches them, without TLS."""
    operator_metrics_secret: str = ""
    """The same for the operator, in the namespace of runs."""
    page: PageChoices | None = None
    """With the page over the operator's runs."""
    settings: str = ""
    """The text of a settings file, which runs in the cluster take for theirs; empty: none."""

    @property
    def runs_namespace(self) -> str:
        """Of runs in the cluster. Not that of the agents: whoever is given exec there, to ask
        agents, would be given it into pods that have a token."""
        return f"{self.namespace}-runs"


def labelled(name: str) -> dict[str, str]:
    """The labels of one component."""
    return {**INSTALLED, NAME: name}
