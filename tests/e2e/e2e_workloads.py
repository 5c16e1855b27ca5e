"""Manifests of the lab's world, for a real cluster: what the cluster has is left out, and
containers really listen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

OWN_NAMESPACES = ("default", "kube-system")
"""Their objects are the cluster's own business."""


def real_world(files: Iterable[Path], image: str) -> list[dict[str, Any]]:
    """The objects of the files, with every container replaced by a responder on the ports that it
    declares."""
    objects: list[dict[str, Any]] = []
    for file in files:
        for item in yaml.safe_load_all(file.read_text()):
            if item is None or item["kind"] in ("Node", "Lab") or _space(item) in OWN_NAMESPACES:
                continue
            template = item.get("spec", {}).get("template")
            if template:
                template["spec"] = responding(template["spec"], image)
            objects.append(item)
    return objects


def responding(spec: Mapping[str, Any], image: str) -> dict[str, Any]:
    """The pod spec with containers that answer on the ports they declare, and need no rights."""
    return {
        "nodeName": spec.get("nodeName"),
        "terminationGracePeriodSeconds": 0,
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
            "sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}],
        },
        "containers": [_responder(container, image) for container in spec["containers"]],
    }


def _responder(container: Mapping[str, Any], image: str) -> dict[str, Any]:
    listen = []
    for port in container.get("ports", ()):
        listen += [
            "--udp-echo" if port.get("protocol") == "UDP" else "--http",
            str(port["containerPort"]),
        ]
    return {
        "name": container["name"],
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python3", "-m", "agent.serving.responder", *(listen or ["--http", "8080"])],
        "ports": container.get("ports", []),
        "resources": {
            "requests": {"cpu": "5m", "memory": "24Mi"},
            "limits": {"cpu": "500m", "memory": "128Mi"},
        },
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }


def _space(item: Mapping[str, Any]) -> str:
    metadata = item["metadata"]
    return str(
        metadata["name"] if item["kind"] == "Namespace" else metadata.get("namespace", "default")
    )
