"""The pod that runs a piece of a plan. Pure: identity and settings in, a manifest out.

It has the labels, the node and the service account of the pod it stands for, and none of its
duties:

- a controller owner (the run object) and no template hash: otherwise a ReplicaSet adopts it and
  deletes one of its own;
- a readiness gate that nobody ever opens: otherwise Services send it traffic. An exec probe would
  do as well, and costs a process every few seconds;
- a deadline, no restarts, no API token, no sidecars;
- the restricted Pod Security Standard, but for the host network where a node is meant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prober.fabric.kubernetes.labels import LABEL, NEVER_READY
from prober.fabric.kubernetes.probe_pods.identity import PodIdentity
from prober.fabric.kubernetes.probe_pods.payload import Piece
from prober.fabric.kubernetes.restricted import container_security, pod_security
from prober.fabric.kubernetes.settings import Settings
from prober.model.probe import ProbeKind

CONTAINER = "probe"
_MOUNT = "/plan"
_FILE = "plan.json.gz"
_PLAN = ("--plan", f"{_MOUNT}/{_FILE}")
_NO_SIDECARS: Mapping[str, str] = {
    "sidecar.istio.io/inject": "false",
    "linkerd.io/inject": "disabled",
    "kuma.io/sidecar-injection": "disabled",
    "consul.hashicorp.com/connect-inject": "false",
    "vault.hashicorp.com/agent-inject": "false",
}
EVERY_GROUP = {"name": "net.ipv4.ping_group_range", "value": "0 2147483647"}
"""Lets everyone open ICMP sockets, without NET_RAW. A safe sysctl, which the restricted standard
admits."""
_ROUNDS = 3
"""Times that a fresh pod's plan is run, as a rule, until its answers are stable."""
_MARGIN = 45
"""Seconds for the pauses between rounds, and for being slower than the plan says."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The run object of a namespace."""

    name: str
    uid: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a pod finds its piece."""

    config_map: str
    key: str


def deadline(piece: Piece, settings: Settings) -> int:
    """Seconds after which the pod is ended, whatever it does."""
    return math.ceil(settings.start_timeout + _ROUNDS * piece.seconds) + _MARGIN


def probe_pod(
    name: str,
    identity: PodIdentity,
    piece: Piece,
    source: Source,
    owner: Owner,
    settings: Settings,
    marks: Mapping[str, str],
) -> dict[str, Any]:
    """The manifest. `marks` are the annotations that every object of the run carries."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": identity.namespace,
            "labels": {**settings.pods.labels, **identity.labels, LABEL: "true"},
            "annotations": {**_NO_SIDECARS, **settings.pods.annotations, **marks},
            "ownerReferences": [_owner_reference(owner)],
        },
        "spec": {
            **_placement(identity, settings),
            **_network(identity, piece),
            "restartPolicy": "Never",
            "activeDeadlineSeconds": deadline(piece, settings),
            "terminationGracePeriodSeconds": 1,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "readinessGates": [{"conditionType": NEVER_READY}],
            "imagePullSecrets": [{"name": secret} for secret in settings.pods.pull_secrets],
            "containers": [_container(identity, settings)],
            "volumes": [{"name": "plan", "configMap": _volume(source)}],
        },
    }


def _owner_reference(owner: Owner) -> dict[str, Any]:
    # blockOwnerDeletion would need the right to update the owner's finalizers.
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "name": owner.name,
        "uid": owner.uid,
        "controller": True,
        "blockOwnerDeletion": False,
    }


def _placement(identity: PodIdentity, settings: Settings) -> dict[str, Any]:
    """On the node, through the scheduler: setting nodeName would pass it by, and a node without
    room would then fail the pod instead of saying what is missing. A node's name is not always its
    hostname label: match the field."""
    term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [identity.node]}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    return {
        "affinity": {"nodeAffinity": required},
        "tolerations": [dict(toleration) for toleration in settings.pods.tolerations],
    }


def _network(identity: PodIdentity, piece: Piece) -> dict[str, Any]:
    pings = not identity.host_network and any(
        probe.kind is ProbeKind.ICMP for probe in piece.plan.probes
    )
    security = pod_security()
    network: dict[str, Any] = {
        "securityContext": {**security, "sysctls": [EVERY_GROUP]} if pings else security,
        "dnsPolicy": identity.dns_policy,
    }
    if identity.service_account:
        network["serviceAccountName"] = identity.service_account
    if identity.host_network:
        network["hostNetwork"] = True
    if identity.dns_config:
        network["dnsConfig"] = dict(identity.dns_config)
    if identity.host_aliases:
        network["hostAliases"] = [dict(alias) for alias in identity.host_aliases]
    return network


def _container(identity: PodIdentity, settings: Settings) -> dict[str, Any]:
    return {
        "name": CONTAINER,
        "image": settings.image,
        "imagePullPolicy": settings.pods.pull_policy,
        # No policy reaches the host network, so there is nothing to wait for.
        "command": [
            "python3",
            "-m",
            "agent.runner" if identity.host_network else "agent.until_stable",
            *_PLAN,
        ],
        "env": [{"name": key, "value": value} for key, value in sorted(identity.proxies.items())],
        "resources": settings.pods.resources,
        "securityContext": container_security(),
        "volumeMounts": [{"name": "plan", "mountPath": _MOUNT, "readOnly": True}],
    }


def _volume(source: Source) -> dict[str, Any]:
    return {"name": source.config_map, "items": [{"key": source.key, "path": _FILE}]}
