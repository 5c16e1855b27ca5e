"""Random worlds of the Admin and Baseline tiers, as the API has them and as the model has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import msgspec
from language_random import Drawn, Words
from random_worlds import NAMESPACES, OUTSIDE, world

from prober.manifest.writing.encode import whole_manifest
from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.languages.kinds import PolicyObject
from prober.model.snapshot import Snapshot

WORDS = Words(
    ("a", "b", "c"),
    NAMESPACES,
    (8080, 8081, 443),
    ("203.0.113.0/24", "0.0.0.0/0", "198.51.100.0/24", "198.18.1.0/24"),
)
_PORTS = ((8080, "TCP"), (8081, "TCP"), (9090, "TCP"), (443, "TCP"), (5353, "UDP"))
_KINDS = {
    "AdminNetworkPolicy": "Admin",
    "BaselineAdminNetworkPolicy": "Baseline",
    "ClusterNetworkPolicy": "Cluster",
}


def drawn(seed: int) -> Snapshot:
    """A world whose policies are of one version of the API, with addresses."""
    base, _ = world(seed)
    pods = {
        key: replace(pod, ips=(f"198.18.{number // 5 + 1}.{number + 10}",))
        for number, (key, pod) in enumerate(sorted(base.pods.items()))
    }
    snapshot = Drawn(Random(seed), WORDS).world(  # noqa: S311 - repeatable worlds, not secrets
        replace(base, pods=pods), "admin"
    )
    cluster = seed % 2 == 0
    chosen = tuple(
        policy
        for policy in snapshot.other_policies
        if (policy.kind.kind == "ClusterNetworkPolicy") is cluster and _is_common(policy)
    )
    both = tuple(replace(policy, types=("Ingress", "Egress")) for policy in snapshot.policies)
    return replace(snapshot, other_policies=chosen, policies=both)


def _is_common(policy: PolicyObject) -> bool:
    """Whether the referee reads it as the API's comments have it. What it does otherwise is in
    `test_e2e_referee.py`."""
    if policy.kind.kind == "ClusterNetworkPolicy":
        return True
    rules = (*(policy.spec.ingress or ()), *(policy.spec.egress or ()))
    return not any(
        any(port.named_port for port in rule.ports or ())
        or any(getattr(peer, "nodes", None) is not None for peer in getattr(rule, "to", None) or ())
        for rule in rules
    )


def flows_of(snapshot: Snapshot) -> list[tuple[Flow, dict[str, Any]]]:
    """Every pair of ends and every port: as the prediction asks, and as the referee does."""
    return list(_flows(snapshot))


def _flows(snapshot: Snapshot) -> Iterator[tuple[Flow, dict[str, Any]]]:
    pods = [
        (Endpoint(EndpointKind.POD, *key), pod.ips[0]) for key, pod in sorted(snapshot.pods.items())
    ]
    outside = (Endpoint(EndpointKind.OUTSIDE, "", OUTSIDE, address=OUTSIDE), OUTSIDE)
    for source, start in (*pods, outside):
        for end, there in (*pods, outside):
            if start == there:
                continue
            for port, protocol in _PORTS:
                flow = Flow(source, end, protocol, port)
                asked = {"From": start, "To": there, "Protocol": protocol, "Port": port}
                yield flow, asked


def as_world(snapshot: Snapshot) -> dict[str, Any]:
    """The objects of the API, without flows."""
    listed: dict[str, Any] = {
        "Namespaces": [
            {"metadata": {"name": name, "labels": dict(space.labels)}}
            for name, space in snapshot.namespaces.items()
        ],
        "Nodes": [
            {
                "metadata": {"name": node.name, "labels": dict(node.labels)},
                "status": {
                    "addresses": [
                        {"type": "InternalIP", "address": address} for address in node.addresses
                    ]
                },
            }
            for node in snapshot.nodes.values()
        ],
        "Pods": [_pod(snapshot, key) for key in sorted(snapshot.pods)],
        "NetworkPolicies": [whole_manifest(policy) for policy in snapshot.policies],
        **{kind: [] for kind in _KINDS.values()},
    }
    for policy in snapshot.other_policies:
        listed[_KINDS[policy.kind.kind]].append(
            {
                "metadata": {"name": policy.name},
                "spec": _as_written(msgspec.to_builtins(policy.spec)),
            }
        )
    return listed


def _pod(snapshot: Snapshot, key: tuple[str, str]) -> Mapping[str, Any]:
    pod = snapshot.pods[key]
    ports = [
        {"name": port.name, "containerPort": port.number, "protocol": port.protocol}
        for port in pod.ports
    ]
    return {
        "metadata": {"namespace": pod.namespace, "name": pod.name, "labels": dict(pod.labels)},
        "spec": {"nodeName": pod.node, "containers": [{"name": "c", "ports": ports}]},
        "status": {"phase": "Running", "podIPs": [{"ip": address} for address in pod.ips]},
    }


def _as_written(value: Any) -> Any:
    """With the defaults that the API server fills in."""
    if isinstance(value, dict):
        filled = {key: _as_written(item) for key, item in value.items() if item is not None}
        if "portNumber" in filled:
            filled["portNumber"].setdefault("protocol", "TCP")
        if "pods" in filled:
            filled["pods"].setdefault("namespaceSelector", {})
            filled["pods"].setdefault("podSelector", {})
        return filled
    return [_as_written(item) for item in value] if isinstance(value, list | tuple) else value
