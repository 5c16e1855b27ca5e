"""PURE. A dashboard for Grafana, of panels that name metrics of the table.

Its fields are those of Grafana's dashboard JSON model, schema version 39. Grafana publishes that
as JSON Schema (grafana-foundation-sdk, jsonschema/dashboard.jsonschema.json, on a branch for each
version): those of 10.4, 11.0, 11.3, 11.6 and of June 2026 accept it. A test asks the file that
GRAFANA_SCHEMA names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_WHERE = 'scenario=~"$scenario"'
_RED_ABOVE_ZERO: Sequence[Mapping[str, Any]] = [
    {"color": "green", "value": 0},
    {"color": "red", "value": 1},
]


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel of a row of 24 columns."""

    title: str
    kind: str
    """Grafana's word: `stat`, `timeseries`, `table`, `heatmap`."""
    expression: str
    legend: str = ""
    unit: str = "none"
    width: int = 6
    about: str = ""
    steps: Sequence[Mapping[str, Any]] = ()


PANELS = (
    Panel(
        "Leaks",
        "stat",
        f'sum(prober_policy_mismatch{{kind="leak", {_WHERE}}})',
        about="Flows that pass and that the policies deny, in the last runs.",
        steps=_RED_ABOVE_ZERO,
    ),
    Panel(
        "Blocked",
        "stat",
        f'sum(prober_policy_mismatch{{kind="blocked", {_WHERE}}})',
        about="Flows that do not pass and that the policies allow, in the last runs.",
        steps=_RED_ABOVE_ZERO,
    ),
    Panel(
        "Not as expected",
        "stat",
        # Nothing where there are no checks: a zero would be green.
        f"count(prober_check_success{{{_WHERE}}}) - sum(prober_check_success{{{_WHERE}}})",
        about="Pairs of workloads.",
        steps=_RED_ABOVE_ZERO,
    ),
    Panel(
        "Oldest run",
        "stat",
        f"max(time() - prober_last_run_timestamp_seconds{{{_WHERE}}})",
        unit="s",
        about="An old run says nothing about now.",
        steps=[{"color": "green", "value": 0}, {"color": "orange", "value": 3600}],
    ),
    Panel(
        "What is not as expected",
        "table",
        f"prober_check_success{{{_WHERE}}} == 0",
        width=24,
    ),
    Panel(
        "What agents do not see as expected",
        "table",
        f"prober_agent_check_success{{{_WHERE}}} == 0 or prober_mesh_success == 0",
        width=24,
    ),
    Panel(
        "Policy and network differ",
        "timeseries",
        f"sum by (scenario, kind) (prober_policy_mismatch{{{_WHERE}}})",
        "{{scenario}} {{kind}}",
        width=12,
    ),
    Panel(
        "Checks by outcome",
        "timeseries",
        f"sum by (outcome) (rate(prober_checks_total{{{_WHERE}}}[$__rate_interval]))",
        "{{outcome}}",
        unit="cps",
        width=12,
    ),
    Panel(
        "Time of probes",
        "timeseries",
        "histogram_quantile(0.95, sum by (le, scenario) "
        f"(rate(prober_check_duration_seconds_bucket{{{_WHERE}}}[$__rate_interval])))",
        "{{scenario}}, 95 of 100",
        unit="s",
        width=12,
    ),
    Panel(
        "Time to enforcement",
        "timeseries",
        # Of the last measurement, which a push gateway holds: it is no counter that grows.
        "histogram_quantile(0.95, sum by (le, node, change) "
        "(prober_time_to_enforcement_seconds_bucket))",
        "{{node}} {{change}}, 95 of 100",
        unit="s",
        width=12,
    ),
    Panel(
        "Probes of agents",
        "timeseries",
        "sum by (instance) (rate(prober_agent_probes_total[$__rate_interval]))",
        "{{instance}}",
        unit="cps",
        width=12,
    ),
    Panel(
        "How late agents are",
        "timeseries",
        "prober_agent_loop_lag_seconds",
        "{{instance}}",
        unit="s",
        width=12,
    ),
)


def dashboard() -> dict[str, Any]:
    """The dashboard, as Grafana imports it."""
    return {
        "uid": "prober",
        "title": "prober",
        "description": "Does the network do what the policies say.",
        "tags": ["kubernetes", "network"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "annotations": {"list": []},
        "links": [],
        "templating": {"list": _variables()},
        "panels": _placed(),
    }


def _variables() -> list[dict[str, Any]]:
    return [
        {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"},
        {
            "name": "scenario",
            "label": "Scenario",
            "type": "query",
            "datasource": _SOURCE,
            "query": "label_values(prober_last_run_timestamp_seconds, scenario)",
            "refresh": 2,
            "sort": 1,
            "multi": True,
            "includeAll": True,
            "allValue": ".*",
            "current": {"text": "All", "value": "$__all"},
        },
    ]


def _placed() -> list[dict[str, Any]]:
    """The panels from left to right, from top to bottom."""
    panels, x, y, height = [], 0, 0, 0
    for number, panel in enumerate(PANELS, start=1):
        if x + panel.width > 24:
            x, y = 0, y + height
        height = 4 if panel.kind == "stat" else 8
        place = {"x": x, "y": y, "w": panel.width, "h": height}
        panels.append({"id": number, "gridPos": place, **_panel(panel)})
        x += panel.width
    return panels


def _panel(panel: Panel) -> dict[str, Any]:
    table = panel.kind == "table"
    target = {
        "refId": "A",
        "datasource": _SOURCE,
        "expr": panel.expression,
        "legendFormat": panel.legend or "__auto",
        "instant": table,
        "range": not table,
        **({"format": "table"} if table else {}),
    }
    steps = list(panel.steps) or [{"color": "green", "value": 0}]
    return {
        "title": panel.title,
        "description": panel.about,
        "type": panel.kind,
        "datasource": _SOURCE,
        "targets": [target],
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit,
                "thresholds": {"mode": "absolute", "steps": steps},
            },
            "overrides": [],
        },
        "options": {},
    }
