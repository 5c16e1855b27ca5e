"""Pods that stand for what the testbed runs on its nodes as plain processes: kube-proxy and the
policy engine's agent.

A cluster has these as DaemonSets, and prober reads from them how the machinery is. Each of these
pods only waits; it is ready while the process that it stands for says that it is well. An engine's
pod can be asked as the real one can: it has the machine's own programs, and Cilium's client with
the sockets of the agent on its node.
"""

from __future__ import annotations

import json
from typing import Any

from testbed.layout import BIN, PAUSE_IMAGE, SOCKETS
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
        **_tools(name),
    }
    spec = {
        "hostNetwork": True,
        "serviceAccountName": name,
        "automountServiceAccountToken": False,
        "priorityClassName": "system-node-critical",
        "tolerations": [{"operator": "Exists"}],
        "containers": [container],
        "volumes": _volumes(name),
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


def _mounts(name: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """By volume, what is mounted of the machine into an engine's pod: its folder, and where."""
    if name not in ("kube-router", "cilium"):
        return {}
    mounts: dict[str, tuple[str, dict[str, Any]]] = {
        path.strip("/"): (path, {"mountPath": path, "readOnly": True})
        for path in ("/usr", "/bin", "/sbin", "/lib", "/lib64")
    }
    mounts["alternatives"] = (
        "/etc/alternatives",
        {"mountPath": "/etc/alternatives", "readOnly": True},
    )
    if name == "cilium":
        mounts["programs"] = (str(BIN), {"mountPath": "/testbed", "readOnly": True})
        socket = {"mountPath": "/var/run/cilium", "subPathExpr": "$(NODE)-cilium"}
        mounts["sockets"] = (str(SOCKETS), socket)
    return mounts


def _tools(name: str) -> dict[str, Any]:
    mounts = _mounts(name)
    if not mounts:
        return {}
    node = {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}
    programs = "/testbed:/usr/sbin:/usr/bin:/sbin:/bin"
    return {
        "env": [node, {"name": "PATH", "value": programs}],
        "securityContext": {"privileged": True},
        "volumeMounts": [{"name": volume, **mount} for volume, (_, mount) in mounts.items()],
    }


def _volumes(name: str) -> list[dict[str, Any]]:
    return [
        {"name": volume, "hostPath": {"path": path}} for volume, (path, _) in _mounts(name).items()
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
