"""PURE. Every metric, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a metric grows, in Prometheus' words."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Teller(StrEnum):
    """Who exports it."""

    RUNS = "runs"
    """Whoever knows runs: the page, the operator, and the file of one run (its gauges)."""
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the table."""

    name: str
    """As it is scraped."""
    kind: Kind
    about: str
    """One sentence."""
    labels: tuple[str, ...] = ()
    tellers: tuple[Teller, ...] = (Teller.RUNS,)
    buckets: tuple[float, ...] = ()
    """Upper bounds of a histogram's buckets, in seconds."""


_CHECK = ("scenario", "source_namespace", "source", "namespace", "destination", "protocol", "port")
_BOTH = (Teller.RUNS, Teller.AGENT)
_AGENT = (Teller.AGENT,)
_PROBE = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_ENFORCEMENT = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
C, G, H = Kind.COUNTER, Kind.GAUGE, Kind.HISTOGRAM
_ROWS = (
    Metric(
        "prober_check_success",
        G,
        "1 when every check between these workloads was as expected in the last run, else 0.",
        _CHECK,
    ),
    Metric(
        "prober_check_duration_seconds",
        H,
        "How long the probes of checks took, from the first packet to the outcome.",
        ("scenario", "protocol"),
        buckets=_PROBE,
    ),
    Metric(
        "prober_checks_total",
        C,
        "Checks that were made, by how their probe ended.",
        ("scenario", "outcome"),
    ),
    Metric(
        "prober_policy_mismatch",
        G,
        "Checks of the last run whose flow is not what the policies say: leak or blocked.",
        ("scenario", "kind"),
    ),
    Metric(
        "prober_last_run_checks",
        G,
        "Checks of the last run, by result: pass, fail or inconclusive.",
        ("scenario", "result"),
    ),
    Metric(
        "prober_last_run_exit_code",
        G,
        "0 as expected, 1 not, 3 it could not be found out.",
        ("scenario",),
    ),
    Metric(
        "prober_last_run_timestamp_seconds",
        G,
        "When the last run was started. An old one says nothing about now.",
        ("scenario",),
    ),
    Metric("prober_last_run_duration_seconds", G, "How long the last run took.", ("scenario",)),
    Metric(
        "prober_time_to_enforcement_seconds",
        H,
        "From a change of a policy until a node enforces it.",
        ("node", "change"),
        buckets=_ENFORCEMENT,
    ),
    Metric(
        "prober_series_left_out",
        G,
        "Pairs of workloads in the last run that have no prober_check_success: too many.",
        ("scenario",),
    ),
    Metric("prober_build_info", G, "1, with prober's version.", ("version",), _BOTH),
    Metric(
        "prober_agent_info",
        G,
        "1, with the agent's version, and whether it may enter pods.",
        ("version", "enters_pods"),
        _AGENT,
    ),
    Metric("prober_agent_runs_total", C, "Times that it was given something to do.", (), _AGENT),
    Metric(
        "prober_agent_visits_total", C, "Plans that it ran, from a pod or the node.", (), _AGENT
    ),
    Metric("prober_agent_probes_total", C, "Observations that it made.", (), _AGENT),
    Metric(
        "prober_agent_failures_total", C, "Plans that it could not run to their end.", (), _AGENT
    ),
    Metric(
        "prober_agent_loop_lag_seconds",
        G,
        "How late its event loop was at most in the last minute: its node is short of CPU.",
        (),
        _AGENT,
    ),
    Metric(
        "prober_mesh_success",
        G,
        "1 when what the agent's node reaches by itself answered in its last round, else 0.",
        ("kind", "target"),
        _AGENT,
    ),
    Metric(
        "prober_mesh_seconds",
        G,
        "How long that took, from the first packet to the outcome.",
        ("kind", "target"),
        _AGENT,
    ),
    Metric(
        "prober_mesh_probes_total",
        C,
        "Probes of all rounds: to a node, to cluster DNS, to the API server.",
        ("kind", "outcome"),
        _AGENT,
    ),
    Metric(
        "prober_mesh_last_round_timestamp_seconds",
        G,
        "When the last round ended. An old one says nothing about now.",
        (),
        _AGENT,
    ),
    Metric("process_start_time_seconds", G, "When it was started.", (), _AGENT),
    Metric("process_open_fds", G, "Files that it holds open.", (), _AGENT),
    Metric("process_max_fds", G, "Files that it may open; so may each plan.", (), _AGENT),
)
METRICS: Mapping[str, Metric] = {row.name: row for row in _ROWS}
"""Every metric by its name."""
