"""Raw pages of the API, decoded into the few fields used."""

from __future__ import annotations

import json

import msgspec

from prober.manifest.assemble import assemble
from prober.manifest.decoding import wire
from prober.manifest.decoding.gathered import Objects
from prober.model.objects import Ref

PAGE = {
    "kind": "PodList",
    "apiVersion": "v1",
    "metadata": {"resourceVersion": "7", "continue": "token", "remainingItemCount": 3},
    "items": [
        {
            "metadata": {
                "name": "web-5d4-x",
                "namespace": "shop",
                "uid": "1",
                "labels": {"app": "web", "pod-template-hash": "5d4"},
                "ownerReferences": [
                    {
                        "kind": "ReplicaSet",
                        "name": "web-5d4",
                        "controller": True,
                        "apiVersion": "apps/v1",
                    }
                ],
                "managedFields": [{"manager": "x"}],
            },
            "spec": {
                "containers": [{"name": "c", "image": "i", "ports": [{"containerPort": 80}]}],
                "nodeName": "n1",
            },
            "status": {
                "phase": "Running",
                "podIPs": [{"ip": "198.18.0.1"}],
                "conditions": [{"type": "Ready", "status": "True", "lastProbeTime": None}],
            },
        }
    ],
}


def test_a_page_is_decoded_and_unknown_fields_are_ignored() -> None:
    page = msgspec.json.decode(json.dumps(PAGE), type=wire.List[wire.Pod])
    assert (page.metadata.continue_, page.metadata.resource_version) == ("token", "7")
    assert page.items is not None
    snapshot = assemble(Objects(pods=page.items), expand_workloads=False)
    pod = snapshot.pods["shop", "web-5d4-x"]
    assert (pod.ips, pod.node, pod.owner) == (
        ("198.18.0.1",),
        "n1",
        Ref("Deployment", "shop", "web"),
    )


def test_a_live_clusters_workloads_are_not_expanded() -> None:
    spec = {"template": {"spec": {"containers": [{"name": "c"}]}}}
    deployment = msgspec.convert(
        {"metadata": {"name": "web", "namespace": "shop"}, "spec": spec}, wire.Deployment
    )
    objects = Objects(workloads=[("Deployment", deployment)])
    assert assemble(objects, expand_workloads=False).pods == {}
    assert list(assemble(objects).pods) == [("shop", "web-0")]
