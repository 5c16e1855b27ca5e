"""What an agent says about itself, in Prometheus' text format (version 0.0.4). Pure.

Written by hand: it is a dozen lines, and a client library would bring a registry, collectors and a
server.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.serving.counters import Counters

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Metric:
    """One sample with its description."""

    name: str
    kind: str
    """`counter` or `gauge`."""
    about: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """How the long-lived process is."""

    version: str
    enters_pods: bool
    started: float
    """Seconds after the epoch."""
    lag: float
    """Seconds that its event loop was late at most, in the last minute."""
    open_files: int
    file_limit: int


def metrics_of(condition: Condition, counters: Counters) -> Sequence[Metric]:
    """Everything that is shown."""
    labels = {"version": condition.version, "enters_pods": str(condition.enters_pods).lower()}
    return (
        Metric(
            "prober_agent_info",
            "gauge",
            ("The agent's version, and whether it may enter pods."),
            1,
            labels,
        ),
        Metric(
            "prober_agent_runs_total",
            "counter",
            "Times that it was given something to do.",
            counters.runs,
        ),
        Metric(
            "prober_agent_visits_total",
            "counter",
            ("Plans that it ran, from a pod or the node."),
            counters.visits,
        ),
        Metric(
            "prober_agent_probes_total", "counter", "Observations that it made.", counters.probes
        ),
        Metric(
            "prober_agent_failures_total",
            "counter",
            ("Plans that it could not run to their end."),
            counters.failures,
        ),
        Metric(
            "prober_agent_loop_lag_seconds",
            "gauge",
            ("How late its event loop was at most in the last minute: its node is short of CPU."),
            condition.lag,
        ),
        Metric("process_start_time_seconds", "gauge", "When it was started.", condition.started),
        Metric("process_open_fds", "gauge", "Files that it holds open.", condition.open_files),
        Metric(
            "process_max_fds",
            "gauge",
            ("Files that it may open; so may each plan."),
            condition.file_limit,
        ),
    )


def render(metrics: Sequence[Metric]) -> str:
    """The text that is scraped."""
    lines = []
    for metric in metrics:
        labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in metric.labels.items())
        lines += [f"# HELP {metric.name} {metric.about}", f"# TYPE {metric.name} {metric.kind}"]
        labelled = f"{metric.name}{{{labels}}}" if labels else metric.name
        lines.append(f"{labelled} {metric.value:.17g}")
    return "\n".join(lines) + "\n"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
