"""PURE. The operator: a Deployment of two replicas, one of which acts, and its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.fabric.kubernetes.installation import server_secrets
from prober.fabric.kubernetes.installation.names import OPERATOR, Choices, labelled
from prober.fabric.kubernetes.restricted import container_security, pod_security

PORT = 9732
"""Of its health and metrics."""
REPLICAS = 2
_ADDRESS = "POD_ADDRESS"
_SETTINGS = "settings.yaml"
_MOUNT = "/etc/prober"


def operator_manifests(choices: Choices) -> list[Mapping[str, Any]]:
    """The Deployment, and its settings where a file was given."""
    settings = [_settings(choices)] if choices.settings else []
    return [*settings, deployment(choices)]


def deployment(choices: Choices) -> Mapping[str, Any]:
    """What runs Scenarios."""
    labels = labelled(OPERATOR)
    scraped = {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": str(PORT),
        "prometheus.io/path": "/metrics",
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(choices),
        "spec": {
            "replicas": REPLICAS,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {
                    "labels": {**choices.runs.labels, **labels},
                    "annotations": {**choices.runs.annotations, **scraped},
                },
                "spec": _pod(choices, labels),
            },
        },
    }


def _settings(choices: Choices) -> Mapping[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _metadata(choices),
        "data": {_SETTINGS: choices.settings},
    }


def _metadata(choices: Choices) -> dict[str, Any]:
    return {
        "name": OPERATOR,
        "namespace": choices.runs_namespace,
        "labels": labelled(OPERATOR),
    }


def _pod(choices: Choices, labels: Mapping[str, str]) -> dict[str, Any]:
    apart = {
        "weight": 100,
        "podAffinityTerm": {
            "topologyKey": "kubernetes.io/hostname",
            "labelSelector": {"matchLabels": dict(labels)},
        },
    }
    settings = [{"name": "settings", "configMap": {"name": OPERATOR}}] if choices.settings else []
    volumes = [*settings, *server_secrets.volumes(choices.operator_metrics_secret)]
    return {
        "serviceAccountName": OPERATOR,
        "automountServiceAccountToken": True,
        "enableServiceLinks": False,
        # Long enough to take away what runs made, and to say that nobody runs Scenarios any more.
        "terminationGracePeriodSeconds": 60,
        "securityContext": pod_security(),
        # One node that goes away does not take both.
        "affinity": {
            "podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [apart]}
        },
        **choices.runs.placement,
        "containers": [_container(choices)],
        **({"volumes": volumes} if volumes else {}),
    }


def _container(choices: Choices) -> dict[str, Any]:
    command = ["python3", "-m", "prober.cli.main", "operator", "--address", f"$({_ADDRESS})"]
    settings = {"name": "PROBER_SETTINGS", "value": f"{_MOUNT}/{_SETTINGS}"}
    mount = {"name": "settings", "mountPath": _MOUNT, "readOnly": True}
    mounts = [
        *([mount] if choices.settings else []),
        *server_secrets.mounts(choices.operator_metrics_secret),
    ]
    return {
        "name": "operator",
        "image": choices.coordinator_image,
        "imagePullPolicy": choices.runs.pull_policy,
        "command": [
            *command,
            *("--port", str(PORT)),
            *(["--mesh"] if choices.mesh else []),
            *server_secrets.arguments(choices.operator_metrics_secret),
        ],
        "env": [
            {"name": "PROBER_IMAGE", "value": choices.image},
            {"name": "PROBER_NAMESPACE", "value": choices.namespace},
            {"name": _ADDRESS, "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
            *([settings] if choices.settings else []),
        ],
        "ports": [{"name": "metrics", "containerPort": PORT}],
        "livenessProbe": {
            **_asked(choices, "/healthz"),
            "periodSeconds": 20,
            "failureThreshold": 6,
        },
        "readinessProbe": {**_asked(choices, "/readyz"), "periodSeconds": 5},
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "resources": choices.runs.resources,
        "securityContext": container_security(),
        **({"volumeMounts": mounts} if mounts else {}),
    }


def _asked(choices: Choices, path: str) -> dict[str, Any]:
    return server_secrets.asked(path, "metrics", tls=bool(choices.operator_metrics_secret))
