"""Pods that stand for what the testbed runs on its nodes as plain processes: kube-proxy and the
policy engine's agent.

A cluster has these as DaemonSets, and prober reads from them how the machinery is. Each of these
pods only waits; it is ready while the process that it stands for says that it is well.
"""

from __future__ import annotations

import json
from typing import Any

from testbed.layout import PAUSE_IMAGE
from testbed.shell import kubectl

_KUBE_PROXY_HEALTH = 10256
_RBAC = "rbac.authorization.k8s.io"


def apply_stand_ins(engine: str, health_port: int) -> None:
    """Make those of kube-proxy and, where it has a health port, of the policy engine."""
    objects = _stand_in("kube-proxy", _KUBE_PROXY_HEALTH)
    if health_port:
        objects += _stand_in(engine, health_port)
    if engine == "kube-router":
        objects.append(_as_administrator(engine))
    kubectl(
        "apply",
        "-f",
        "-",
        input_text=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}),
    )


def _stand_in(name: str, health_port: int) -> list[dict[str, Any]]:
    metadata = {"name": name, "namespace": "kube-system"}
    labels = {"k8s-app": name}
    # The chart of Cilium asks its agent with this header, and without it the answer is long.
    get = {
        "host": "127.0.0.1",
        "port": health_port,
        "path": "/healthz",
        "httpHeaders": [{"name": "brief", "value": "1"}],
    }
    container = {
        "name": "process",
        "image": PAUSE_IMAGE,
        "readinessProbe": {"httpGet": get, "periodSeconds": 1, "failureThreshold": 2},
    }
    spec = {
        "hostNetwork": True,
        "serviceAccountName": name,
        "automountServiceAccountToken": False,
        "priorityClassName": "system-node-critical",
        "tolerations": [{"operator": "Exists"}],
        "containers": [container],
    }
    template = {"metadata": {"labels": labels}, "spec": spec}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata},
        {
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "metadata": {**metadata, "labels": labels},
            "spec": {"selector": {"matchLabels": labels}, "template": template},
        },
    ]


def _as_administrator(name: str) -> dict[str, Any]:
    """kube-router acts as the cluster's administrator here; Cilium's rights are in cilium.yaml."""
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": "kube-system"}],
    }
