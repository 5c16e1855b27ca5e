"""PURE. What to wake somebody for, in Prometheus' rules; tests/data/alerts_test.yaml tries each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Alert:
    """One rule."""

    name: str
    expression: str
    """In PromQL."""
    lasting: str
    """How long it has to hold."""
    severity: str
    summary: str
    """One sentence, with Prometheus' templates."""


STALE_SECONDS = 3600
ALERTS = (
    Alert(
        "ProberLeak",
        'sum by (scenario) (prober_policy_mismatch{kind="leak"}) > 0',
        "0m",
        "critical",
        "{{ $value }} flows of {{ $labels.scenario }} pass that the policies deny.",
    ),
    Alert(
        "ProberBlocked",
        'sum by (scenario) (prober_policy_mismatch{kind="blocked"}) > 0',
        "5m",
        "warning",
        "{{ $value }} flows of {{ $labels.scenario }} do not pass that the policies allow.",
    ),
    Alert(
        "ProberCheckFails",
        "min by (scenario, source_namespace, source, namespace, destination, protocol, port) "
        "(prober_check_success) == 0",
        "5m",
        "warning",
        "{{ $labels.source_namespace }}/{{ $labels.source }} to "
        "{{ $labels.namespace }}/{{ $labels.destination }} port {{ $labels.port }} is not as "
        "expected.",
    ),
    Alert(
        "ProberAgentCheckFails",
        "min by (scenario, source_namespace, source, namespace, destination, protocol, port) "
        "(prober_agent_check_success) == 0",
        "2m",
        "warning",
        "From agents, {{ $labels.source_namespace }}/{{ $labels.source }} to "
        "{{ $labels.namespace }}/{{ $labels.destination }} port {{ $labels.port }} is not as "
        "expected.",
    ),
    Alert(
        "ProberUnknown",
        "prober_last_run_exit_code == 3",
        "15m",
        "warning",
        "It cannot be found out whether {{ $labels.scenario }} is as expected.",
    ),
    Alert(
        "ProberStale",
        f"time() - prober_last_run_timestamp_seconds > {STALE_SECONDS}",
        "5m",
        "warning",
        "{{ $labels.scenario }} last ran {{ $value | humanizeDuration }} ago: nothing is known of "
        "now.",
    ),
    Alert(
        "ProberGone",
        "count(last_over_time(prober_last_run_timestamp_seconds[6h])) "
        "unless count(prober_last_run_timestamp_seconds)",
        "15m",
        "warning",
        "Nobody reports runs any more: the operator, or its scraping, has stopped.",
    ),
    Alert(
        "ProberAgentFails",
        "increase(prober_agent_failures_total[15m]) > 3",
        "0m",
        "warning",
        "The agent {{ $labels.instance }} could not run {{ $value }} plans.",
    ),
    Alert(
        "ProberAgentStarved",
        "prober_agent_loop_lag_seconds > 1",
        "10m",
        "warning",
        "The agent {{ $labels.instance }} gets too little CPU: its times mean nothing.",
    ),
)


def rules() -> dict[str, Any]:
    """The rules as a file of Prometheus' own, and as the specification of a PrometheusRule."""
    return {"groups": [{"name": "prober", "rules": [_rule(alert) for alert in ALERTS]}]}


def _rule(alert: Alert) -> Mapping[str, Any]:
    return {
        "alert": alert.name,
        "expr": alert.expression,
        "for": alert.lasting,
        "labels": {"severity": alert.severity},
        "annotations": {"summary": alert.summary},
    }
