"""PURE. The page of `prober serve` over the runs that the operator keeps: a Deployment that may
read these runs and nothing else, and its Service.

It is not on loopback there, so it asks for a secret, always. Nobody scrapes it: its metrics are
those of the operator, and counted twice they would be wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prober.fabric.kubernetes.installation.names import PAGE, Choices, PageChoices, labelled
from prober.fabric.kubernetes.installation.server_secrets import asked
from prober.fabric.kubernetes.restricted import container_security, pod_security
from prober.web.server_secret import CERTIFICATE, CREDENTIALS, KEY

PORT = 9733
_ADDRESS = "POD_ADDRESS"
_FOLDER = "/run/prober-page"
_PORT_NAME = "page"


def page_manifests(choices: Choices, page: PageChoices) -> Sequence[Mapping[str, Any]]:
    """The Deployment and its Service; the account and its rights are made beside them."""
    return [_deployment(choices, page), _service(choices)]


def _deployment(choices: Choices, page: PageChoices) -> Mapping[str, Any]:
    labels = labelled(PAGE)
    annotations = dict(choices.runs.annotations)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(choices),
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {
                    "labels": {**choices.runs.labels, **labels},
                    **({"annotations": annotations} if annotations else {}),
                },
                "spec": _pod(choices, page),
            },
        },
    }


def _service(choices: Choices) -> Mapping[str, Any]:
    ports = [{"name": _PORT_NAME, "port": PORT, "targetPort": _PORT_NAME}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(choices),
        "spec": {"selector": labelled(PAGE), "ports": ports},
    }


def _metadata(choices: Choices) -> dict[str, Any]:
    return {"name": PAGE, "namespace": choices.runs_namespace, "labels": labelled(PAGE)}


def _pod(choices: Choices, page: PageChoices) -> dict[str, Any]:
    return {
        "serviceAccountName": PAGE,
        "automountServiceAccountToken": True,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 5,
        "securityContext": pod_security(),
        **choices.runs.placement,
        "containers": [_container(choices, page)],
        "volumes": [{"name": "secret", "secret": {"secretName": page.secret}}],
    }


def _container(choices: Choices, page: PageChoices) -> dict[str, Any]:
    tls = ["--tls-cert", f"{_FOLDER}/{CERTIFICATE}", "--tls-key", f"{_FOLDER}/{KEY}"]
    alive = asked("/healthz", _PORT_NAME, tls=page.tls)
    return {
        "name": "page",
        "image": choices.coordinator_image,
        "imagePullPolicy": choices.runs.pull_policy,
        "command": [
            *("python3", "-m", "prober.cli.main", "serve", "--cluster"),
            # `kubectl port-forward` comes from within the pod, everybody else from outside.
            *("--address", f"$({_ADDRESS})", "--address", "127.0.0.1", "--port", str(PORT)),
            *("--credentials", f"{_FOLDER}/{CREDENTIALS}"),
            *(tls if page.tls else []),
            *(part for name in _names(choices, page) for part in ("--host", name)),
        ],
        "env": [{"name": _ADDRESS, "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
        "ports": [{"name": _PORT_NAME, "containerPort": PORT}],
        "livenessProbe": {**alive, "periodSeconds": 20, "failureThreshold": 6},
        "readinessProbe": {**alive, "periodSeconds": 5},
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "resources": choices.runs.resources,
        "securityContext": container_security(),
        "volumeMounts": [{"name": "secret", "mountPath": _FOLDER, "readOnly": True}],
    }


def _names(choices: Choices, page: PageChoices) -> Sequence[str]:
    """By which browsers may ask for it: those of its Service, and those that lead to it from
    outside."""
    service = f"{PAGE}.{choices.runs_namespace}.svc"
    return (service, f"{service}.cluster.local", *page.hosts)
