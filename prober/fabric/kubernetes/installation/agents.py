"""The agents' DaemonSet. Pure.

By default an agent has no rights at all: an ordinary user on a read-only root without capabilities.
It is on the host network, because it probes as its node; that alone is why its namespace has to
admit privileged pods.

The other kind enters the networks of pods. It is root, sees the processes of its node, and has the
three capabilities that `agent.entering.enter` needs; it gives them up before the first packet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.serving.ports import METRICS
from prober.fabric.kubernetes.client.rights import ASSIGNMENT
from prober.fabric.kubernetes.installation import server_secrets
from prober.fabric.kubernetes.installation.names import Choices, labelled
from prober.fabric.kubernetes.labels import AGENT, AGENT_CONTAINER, AGENT_NAME, ENTERS_PODS
from prober.fabric.kubernetes.restricted import container_security, pod_security

_STATE = "/run/prober-agent"
_ASSIGNMENT = "/etc/prober/assignment"
_ADDRESS = "NODE_ADDRESS"
_NODE = "NODE_NAME"
_CAPABILITIES = ("SYS_ADMIN", "SYS_PTRACE", "NET_RAW", "SETPCAP")
"""setns(2); reading other users' processes in /proc; echo requests where ping sockets are not
allowed; emptying the bounding set, so that what is given up before a probe is gone for good."""


def daemon_set(choices: Choices) -> Mapping[str, Any]:
    """An agent on every node."""
    labels = labelled(AGENT_NAME)
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": AGENT_NAME, "namespace": choices.namespace, "labels": labels},
        "spec": {
            "selector": {"matchLabels": labels},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "50%"}},
            "template": {
                "metadata": {
                    "labels": {**choices.agents.labels, **labels, AGENT: "true"},
                    "annotations": {**choices.agents.annotations, **_annotations(choices)},
                },
                "spec": _pod(choices),
            },
        },
    }


def _annotations(choices: Choices) -> dict[str, str]:
    scraped = {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": str(METRICS),
        "prometheus.io/path": "/metrics",
    }
    return {**scraped, **({ENTERS_PODS: "true"} if choices.enters_pods else {})}


def _pod(choices: Choices) -> dict[str, Any]:
    user = pod_security()
    if choices.enters_pods:
        user |= {"runAsNonRoot": False, "runAsUser": 0, "runAsGroup": 0}
    return {
        "hostNetwork": True,
        "dnsPolicy": "ClusterFirstWithHostNet",
        **({"hostPID": True} if choices.enters_pods else {}),
        "serviceAccountName": AGENT_NAME,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 5,
        **choices.agents.placement,
        "securityContext": user,
        "containers": [_container(choices)],
        "volumes": [
            {"name": "state", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
            *_volumes(choices),
        ],
    }


def _container(choices: Choices) -> dict[str, Any]:
    command = [
        "python3",
        "-m",
        "agent",
        "patrol" if choices.mesh else "serve",
        "--address",
        f"$({_ADDRESS})",
        "--port",
        str(METRICS),
    ]
    return {
        "name": AGENT_CONTAINER,
        "image": choices.image,
        "imagePullPolicy": choices.agents.pull_policy,
        "command": [
            *command,
            *(["--enters-pods"] if choices.enters_pods else []),
            *(["--assignment", f"{_ASSIGNMENT}/$({_NODE})"] if choices.mesh else []),
            *server_secrets.arguments(choices.metrics_secret),
        ],
        "env": [_field(_ADDRESS, "status.hostIP"), *_node(choices)],
        "ports": [{"name": "metrics", "containerPort": METRICS}],
        "livenessProbe": {
            **_asked(choices, "/healthz"),
            "periodSeconds": 20,
            "failureThreshold": 6,
        },
        "readinessProbe": {**_asked(choices, "/readyz"), "periodSeconds": 5},
        "resources": choices.agents.resources,
        "securityContext": _rights(choices),
        "volumeMounts": [{"name": "state", "mountPath": _STATE}, *_mounts(choices)],
    }


def _field(name: str, path: str) -> dict[str, Any]:
    return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}


def _node(choices: Choices) -> list[dict[str, Any]]:
    return [_field(_NODE, "spec.nodeName")] if choices.mesh else []


def _volumes(choices: Choices) -> list[dict[str, Any]]:
    """The assignment, which the kubelet keeps up to date: an agent needs no token to read it; and
    what guards its metrics."""
    config_map = {"name": ASSIGNMENT, "optional": True}
    return [
        *([{"name": "assignment", "configMap": config_map}] if choices.mesh else []),
        *server_secrets.volumes(choices.metrics_secret),
    ]


def _mounts(choices: Choices) -> list[dict[str, Any]]:
    assignment = {"name": "assignment", "mountPath": _ASSIGNMENT, "readOnly": True}
    return [*([assignment] if choices.mesh else []), *server_secrets.mounts(choices.metrics_secret)]


def _asked(choices: Choices, path: str) -> dict[str, Any]:
    return server_secrets.asked(path, "metrics", tls=bool(choices.metrics_secret))


def _rights(choices: Choices) -> dict[str, Any]:
    if not choices.enters_pods:
        return container_security()
    return {
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"], "add": list(_CAPABILITIES)},
        # The default profiles keep a container from reading /proc of processes outside it, whatever
        # it may do else.
        "appArmorProfile": {"type": "Unconfined"},
        "seLinuxOptions": {"type": "spc_t"},
    }
