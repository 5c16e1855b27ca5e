"""PURE. The pods that connect and answer, and the policy between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prober.fabric.kubernetes.labels import LABEL
from prober.fabric.kubernetes.probe_pods.manifest import Owner
from prober.fabric.kubernetes.restricted import container_security, pod_security
from prober.fabric.kubernetes.settings import Settings

PORT = 8080
ROLE = "prober.dev/measures"
"""The label by which the policy chooses: nobody else has it."""
CONTAINER = "measure"


def pod(
    name: str,
    namespace: str,
    node: str,
    role: str,
    command: Sequence[str],
    owner: Owner,
    settings: Settings,
    marks: Mapping[str, str],
    seconds: int,
) -> dict[str, Any]:
    """A pod on this node that ends by itself after so many seconds."""
    term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {**settings.pods.labels, LABEL: "true", ROLE: role},
            "annotations": {**settings.pods.annotations, **marks},
            "ownerReferences": [owned_by(owner)],
        },
        "spec": {
            "affinity": {"nodeAffinity": required},
            "restartPolicy": "Never",
            "activeDeadlineSeconds": seconds,
            "terminationGracePeriodSeconds": 1,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": pod_security(),
            "imagePullSecrets": [{"name": secret} for secret in settings.pods.pull_secrets],
            "containers": [
                {
                    "name": CONTAINER,
                    "image": settings.image,
                    "imagePullPolicy": settings.pods.pull_policy,
                    "command": ["python3", "-m", "agent", *command],
                    "resources": settings.pods.resources,
                    "securityContext": container_security(),
                }
            ],
        },
    }


def closing(name: str, namespace: str, owner: Owner, marks: Mapping[str, str]) -> dict[str, Any]:
    """Lets nothing into those that answer."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {LABEL: "true"},
            "annotations": dict(marks),
            "ownerReferences": [owned_by(owner)],
        },
        "spec": {"podSelector": {"matchLabels": {ROLE: "answers"}}, "policyTypes": ["Ingress"]},
    }


def owned_by(owner: Owner) -> dict[str, Any]:
    """Makes an object go with the run's."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "name": owner.name, "uid": owner.uid}
