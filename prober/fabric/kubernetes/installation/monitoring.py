"""PURE. What the Prometheus operator and Grafana are given: who is scraped, what to alert for, a
dashboard."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from prober.fabric.kubernetes.installation.names import NAME, OPERATOR, Choices, labelled
from prober.fabric.kubernetes.installation.server_secrets import scraped
from prober.fabric.kubernetes.labels import AGENT_NAME
from prober.metrics.alerts import rules
from prober.metrics.dashboard import dashboard

MONITOR = "prober"
DASHBOARD = "dashboard.json"
_DASHBOARD_MAP = "prober-dashboard"
DASHBOARD_LABEL = {"grafana_dashboard": "1"}
"""What the sidecar of Grafana's Helm chart looks for, if nobody told it another."""


def monitors(choices: Choices) -> Sequence[Mapping[str, Any]]:
    """Agents and the operator are scraped by pod: neither has a Service."""
    return [
        _pod_monitor(choices.namespace, AGENT_NAME, choices.metrics_secret),
        _pod_monitor(choices.runs_namespace, OPERATOR, choices.operator_metrics_secret),
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": _metadata(MONITOR, choices.runs_namespace),
            "spec": rules(),
        },
    ]


def dashboard_config_map(choices: Choices) -> Mapping[str, Any]:
    """The dashboard as Grafana's sidecar looks for it, by a label."""
    metadata = _metadata(_DASHBOARD_MAP, choices.runs_namespace)
    labels = {**metadata["labels"], **DASHBOARD_LABEL}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {**metadata, "labels": labels},
        "data": {DASHBOARD: dashboard_text()},
    }


def dashboard_text() -> str:
    """The dashboard as a file."""
    return json.dumps(dashboard(), indent=2) + "\n"


def _pod_monitor(namespace: str, name: str, secret: str) -> Mapping[str, Any]:
    asked = {"port": "metrics", "path": "/metrics", "interval": "30s", **scraped(secret, name)}
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": _metadata(name, namespace),
        "spec": {
            "selector": {"matchLabels": {NAME: name}},
            "podMetricsEndpoints": [asked],
        },
    }


def _metadata(name: str, namespace: str) -> dict[str, Any]:
    return {"name": name, "namespace": namespace, "labels": labelled(name)}
