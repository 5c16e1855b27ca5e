"""PURE. What the Prometheus operator and Grafana are given: who is scraped, what to alert for, a
dashboard."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from prober.fabric.kubernetes.installation.names import NAME, OPERATOR, Choices, labelled
from prober.fabric.kubernetes.labels import AGENT_NAME
from prober.metrics.alerts import rules
from prober.metrics.dashboard import dashboard

MONITOR = "prober"
DASHBOARD = "dashboard.json"


def monitors(choices: Choices) -> Sequence[Mapping[str, Any]]:
    """Agents and the operator are scraped by pod: neither has a Service."""
    return [
        _pod_monitor(choices.namespace, AGENT_NAME),
        _pod_monitor(choices.runs_namespace, OPERATOR),
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": _metadata(MONITOR, choices.runs_namespace),
            "spec": rules(),
        },
    ]


def dashboard_text() -> str:
    """The dashboard as a file."""
    return json.dumps(dashboard(), indent=2) + "\n"


def _pod_monitor(namespace: str, name: str) -> Mapping[str, Any]:
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": _metadata(name, namespace),
        "spec": {
            "selector": {"matchLabels": {NAME: name}},
            "podMetricsEndpoints": [{"port": "metrics", "path": "/metrics", "interval": "30s"}],
        },
    }


def _metadata(name: str, namespace: str) -> dict[str, Any]:
    return {"name": name, "namespace": namespace, "labels": labelled(name)}
