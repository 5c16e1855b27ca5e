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
        "1 if every check between these workloads was as expected in the last run, else 0.",
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
        "Checks that ran, by the outcome of their probe.",
        ("scenario", "outcome"),
    ),
    Metric(
        "prober_policy_mismatch",
        G,
        "Checks of the last run that contradict the policies, by kind: leak or blocked.",
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
        "Exit code of the last run: 0 as expected, 1 not as expected, 3 unknown.",
        ("scenario",),
    ),
    Metric(
        "prober_last_run_timestamp_seconds",
        G,
        "When the last run started. An old run says nothing about the present.",
        ("scenario",),
    ),
    Metric("prober_last_run_duration_seconds", G, "How long the last run took.", ("scenario",)),
    Metric(
        "prober_time_to_enforcement_seconds",
        H,
        "Time from a change of a policy until a node enforces it.",
        ("node", "change"),
        buckets=_ENFORCEMENT,
    ),
    Metric(
        "prober_series_left_out",
        G,
        "Pairs of workloads of the last run beyond the limit of prober_check_success.",
        ("scenario",),
    ),
    Metric("prober_build_info", G, "1, with prober's version.", ("version",), _BOTH),
    Metric(
        "prober_agent_info",
        G,
        "1, with the agent's version and whether it may enter pods.",
        ("version", "enters_pods"),
        _AGENT,
    ),
    Metric("prober_agent_runs_total", C, "Requests that the agent received.", (), _AGENT),
    Metric(
        "prober_agent_visits_total",
        C,
        "Plans that the agent ran, from a pod or the node.",
        (),
        _AGENT,
    ),
    Metric("prober_agent_probes_total", C, "Observations that the agent made.", (), _AGENT),
    Metric(
        "prober_agent_failures_total", C, "Plans that the agent could not complete.", (), _AGENT
    ),
    Metric(
        "prober_agent_loop_lag_seconds",
        G,
        "Largest lag of the agent's event loop in the last minute: its node is short of CPU.",
        (),
        _AGENT,
    ),
    Metric(
        "prober_mesh_success",
        G,
        "1 if the target answered in the last round that the agent ran by itself, else 0.",
        ("kind", "target"),
        _AGENT,
    ),
    Metric(
        "prober_mesh_seconds",
        G,
        "How long this probe took, from the first packet to the outcome.",
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
        "prober_agent_check_success",
        G,
        "1 if every check of a Scenario between these workloads was answered in the agent's last "
        "round, 0 if one was not, or was although it is denied. A denial that holds has no series: "
        "only a run with its controls proves one.",
        _CHECK,
        _AGENT,
    ),
    Metric(
        "prober_agent_checks_total",
        C,
        "Checks of Scenarios that the agent ran by itself, by the outcome of their probe.",
        ("scenario", "outcome"),
        _AGENT,
    ),
    Metric(
        "prober_mesh_last_round_timestamp_seconds",
        G,
        "When the last round ended. An old round says nothing about the present.",
        (),
        _AGENT,
    ),
    Metric("process_start_time_seconds", G, "When the agent started.", (), _AGENT),
    Metric("process_open_fds", G, "Files that the agent has open.", (), _AGENT),
    Metric(
        "process_max_fds",
        G,
        "Files that the agent may open; the limit applies to each plan too.",
        (),
        _AGENT,
    ),
)
METRICS: Mapping[str, Metric] = {row.name: row for row in _ROWS}
"""Every metric by its name."""
