"""A saved snapshot says what the cluster said, and nothing secret."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from kube_fakes import RUN, Answer, api_of, probe_pod, run_metadata

from prober.fabric.kubernetes.reading.exporting import export
from prober.fabric.kubernetes.reading.listing import read_cluster
from prober.manifest import load_manifests

META = {"resourceVersion": "7", "uid": "u", "managedFields": [{"manager": "kubectl"}]}
RULES = [{"from": [{"podSelector": {}}], "ports": [{"port": 80}]}, {}]
WORLD: dict[str, list[dict[str, Any]]] = {
    "namespaces": [{"metadata": {**META, "name": "shop", "labels": {"team": "a"}}}],
    "nodes": [
        {
            "metadata": {**META, "name": "n1"},
            "spec": {"podCIDR": "198.18.1.0/24"},
            "status": {"addresses": [{"type": "InternalIP", "address": "198.51.100.11"}]},
        }
    ],
    "pods": [
        {
            "metadata": {
                **META,
                "name": "web-5d-x",
                "namespace": "shop",
                "labels": {"app": "web", "pod-template-hash": "5d"},
                "annotations": {"token": "secret"},
                "ownerReferences": [{"kind": "ReplicaSet", "name": "web-5d", "controller": True}],
            },
            "spec": {
                "nodeName": "n1",
                "containers": [
                    {
                        "name": "web",
                        "image": "web:1",
                        "ports": [{"containerPort": 80, "name": "http"}],
                        "env": [
                            {"name": "PASSWORD", "value": "secret"},
                            {"name": "HTTP_PROXY", "value": "http://p:1"},
                        ],
                    }
                ],
            },
            "status": {
                "phase": "Running",
                "podIP": "198.18.1.5",
                "conditions": [{"type": "Ready", "status": "True"}],
            },
        },
        probe_pod(),
    ],
    "deployments": [
        {
            "metadata": {**META, "name": "web", "namespace": "shop"},
            "spec": {
                "selector": {"matchLabels": {"app": "web"}},
                "template": {
                    "metadata": {"labels": {"app": "web"}},
                    "spec": {"containers": [{"name": "web"}]},
                },
            },
        }
    ],
    "replicasets": [
        {
            "metadata": {
                **META,
                "name": "web-5d",
                "namespace": "shop",
                "ownerReferences": [{"kind": "Deployment", "name": "web", "controller": True}],
            },
            "spec": {
                "selector": {"matchLabels": {"app": "web"}},
                "template": {
                    "metadata": {"labels": {"app": "web"}},
                    "spec": {"containers": [{"name": "web"}]},
                },
            },
        }
    ],
    "services": [
        {
            "metadata": {**META, "name": "web", "namespace": "shop"},
            "spec": {
                "clusterIP": "198.19.0.5",
                "selector": {"app": "web"},
                "ports": [{"port": 80, "targetPort": "http"}],
            },
        }
    ],
    "networkpolicies": [
        {
            "metadata": {**META, "name": "np", "namespace": "shop"},
            "spec": {"podSelector": {}, "ingress": RULES},
        }
    ],
}


def answer(_: str, url: str) -> Answer:
    plural = url.partition("?")[0].rpartition("/")[2]
    if plural == RUN:
        return Answer(body={"metadata": run_metadata()})
    return Answer(body={"items": WORLD.get(plural, []), "metadata": {}})


async def saved(*namespaces: str) -> list[dict[str, Any]]:
    api, _ = api_of(answer)
    return [dict(one) for one in await export(api, namespaces)]


async def test_what_is_loaded_again_is_what_was_seen(tmp_path: Path) -> None:
    api, _ = api_of(answer)
    live = (await read_cluster(api)).snapshot
    file = tmp_path / "snapshot.yaml"
    file.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": await saved()}))
    loaded = load_manifests([file]).snapshot
    seen = {
        key: replace(one, env={"HTTP_PROXY": one.env["HTTP_PROXY"]})
        for key, one in live.pods.items()
    }
    assert loaded.pods == seen
    assert loaded.policies == live.policies
    assert loaded.services == live.services
    assert loaded.nodes == live.nodes
    assert loaded.namespaces == live.namespaces
    assert set(loaded.workloads) == set(live.workloads)


async def test_nothing_secret_and_no_bookkeeping_is_written() -> None:
    text = yaml.safe_dump(await saved())
    for word in ("secret", "PASSWORD", "managedFields", "resourceVersion", "annotations", "null"):
        assert word not in text
    assert "HTTP_PROXY" in text


async def test_probe_pods_are_left_out() -> None:
    assert f"{RUN}-0" not in [one["metadata"]["name"] for one in await saved()]


async def test_a_policy_keeps_the_empty_parts_that_mean_everyone() -> None:
    policy = next(one for one in await saved() if one["kind"] == "NetworkPolicy")
    assert policy["spec"] == {"podSelector": {}, "ingress": RULES}


async def test_only_the_namespaces_asked_for() -> None:
    assert {one["kind"] for one in await saved("other")} == {"Node"}


async def test_the_live_snapshot_keeps_the_source_of_policies_for_patches() -> None:
    api, _ = api_of(answer)
    snapshot = (await read_cluster(api)).snapshot
    source = snapshot.sources[snapshot.policies[0].ref]
    assert (source["apiVersion"], source["kind"]) == ("networking.k8s.io/v1", "NetworkPolicy")
    assert "managedFields" not in source["metadata"]
