"""Each field of each kind replaced by each sort of nonsense: a snapshot or a sentence, never a
traceback."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from prober.manifest import load_manifests
from prober.model.errors import InputError

LABELS = {"app": "web"}
TEMPLATE = {
    "metadata": {"labels": LABELS},
    "spec": {"containers": [{"name": "c", "env": [{"name": "A", "value": "b"}]}]},
}
OBJECTS: list[dict[str, Any]] = [
    {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "p", "namespace": "shop", "labels": LABELS},
        "spec": {
            "podSelector": {
                "matchLabels": LABELS,
                "matchExpressions": [{"key": "x", "operator": "In", "values": ["z"]}],
            },
            "policyTypes": ["Ingress"],
            "ingress": [
                {
                    "from": [
                        {"podSelector": {}},
                        {"ipBlock": {"cidr": "203.0.113.0/24", "except": ["203.0.113.0/25"]}},
                    ],
                    "ports": [{"port": 80, "endPort": 90, "protocol": "TCP"}],
                }
            ],
            "egress": [{"to": [{"namespaceSelector": {}}], "ports": [{"port": "http"}]}],
        },
    },
    {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "p",
            "ownerReferences": [{"kind": "ReplicaSet", "name": "a-b", "controller": True}],
        },
        "spec": {
            "containers": [
                {"name": "c", "ports": [{"containerPort": 80, "name": "x", "hostPort": 80}]}
            ],
            "initContainers": [{"restartPolicy": "Always"}],
            "nodeName": "n1",
            "hostNetwork": True,
        },
        "status": {
            "phase": "Running",
            "podIP": "198.18.0.1",
            "podIPs": [{"ip": "198.18.0.1"}],
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    },
    {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "s"},
        "spec": {
            "type": "LoadBalancer",
            "selector": LABELS,
            "ports": [
                {"name": "a", "port": 80, "targetPort": "x", "nodePort": 30000},
                {"name": "b", "port": 81},
            ],
            "clusterIP": "198.19.0.1",
            "clusterIPs": ["198.19.0.1"],
            "externalIPs": ["203.0.113.1"],
        },
        "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}},
    },
    {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "d"},
        "spec": {"selector": {"matchLabels": LABELS}, "template": TEMPLATE},
    },
    {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "d"},
        "spec": {
            "replicas": 2,
            "ordinals": {"start": 1},
            "selector": {"matchLabels": LABELS},
            "template": TEMPLATE,
        },
    },
    {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "j"},
        "spec": {"parallelism": 2, "template": TEMPLATE},
    },
    {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "c"},
        "spec": {"jobTemplate": {"spec": {"template": TEMPLATE}}},
    },
    {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": "n"},
        "spec": {"taints": [{"key": "a", "effect": "NoSchedule"}], "podCIDRs": ["198.18.0.0/24"]},
        "status": {"addresses": [{"type": "InternalIP", "address": "198.51.100.1"}]},
    },
    {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": {"name": "e"},
        "subsets": [
            {
                "addresses": [{"ip": "198.18.0.1", "targetRef": {"kind": "Pod", "name": "a"}}],
                "ports": [{"port": 80}],
            }
        ],
    },
    {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": "e", "labels": {"kubernetes.io/service-name": "s"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["198.18.0.1"], "conditions": {"ready": True}}],
        "ports": [{"port": 80}],
    },
    {
        "apiVersion": "v1",
        "kind": "PodList",
        "items": [{"metadata": {"generateName": "z"}, "spec": {"containers": [{}]}}],
    },
    {
        "apiVersion": "prober.dev/v1alpha1",
        "kind": "Lab",
        "nodes": 2,
        "ipv6": False,
        "enforcement": "drop",
        "outside": [
            {
                "name": "a",
                "listeners": [{"port": 1, "speaks": "ssh"}],
                "addresses": ["203.0.113.1"],
                "aliases": ["b"],
            }
        ],
        "nodeListeners": [{"node": "n", "listeners": [{"port": 3}]}],
        "faults": ["dead-dns", {"kind": "firewall", "target": "a", "port": 22}],
    },
    {"apiVersion": "cilium.io/v2", "kind": "CiliumNetworkPolicy", "metadata": {"name": "x"}},
]
NONSENSE: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x y",
    "80",
    [],
    {},
    [None],
    [[]],
    {"a": [1]},
    10**30,
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copied = copy.deepcopy(value)
    parent = copied
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = new
    return copied


@pytest.mark.parametrize("value", OBJECTS, ids=[value["kind"] for value in OBJECTS])
def test_nonsense_ends_in_a_sentence(tmp_path: Path, value: dict[str, Any]) -> None:
    file = tmp_path / "m.json"
    refused = 0
    for path in places(value):
        for new in NONSENSE:
            file.write_text(json.dumps(replaced(value, path, new)))
            try:
                load_manifests([file])
            except InputError as error:
                refused += 1
                assert all(mistake.message for mistake in error.mistakes), (path, new)
    assert refused > 0
