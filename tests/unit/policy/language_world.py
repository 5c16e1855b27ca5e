"""One small world, and one line a case: what the policies of a language say about a flow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from policy_world import flow

from prober.manifest import load_manifests
from prober.model.prediction import Prediction
from prober.model.snapshot import Snapshot
from prober.policy.matrix.matrix import reachability
from prober.policy.predictor import Predictor


def pod(name: str, node: str, ip: str, labels: str, ports: str = "http=80", **spec: Any) -> Any:
    namespace, _, short = name.partition("/")
    listed = []
    for text in ports.split():
        label, _, rest = text.partition("=")
        number, _, protocol = rest.partition("/")
        listed.append({"name": label, "containerPort": int(number), "protocol": protocol or "TCP"})
    chosen = dict(entry.split("=") for entry in labels.split())
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": short, "namespace": namespace, "labels": chosen},
        "spec": {"nodeName": node, "containers": [{"name": "c", "ports": listed}], **spec},
        "status": {"phase": "Running", "podIPs": [{"ip": ip}] if ip else []},
    }


def plain(kind: str, name: str, version: str = "v1", **fields: Any) -> Any:
    namespace, slash, short = name.rpartition("/")
    metadata = {"name": short, **({"namespace": namespace} if slash else {})}
    metadata |= {"labels": fields.pop("labels")} if "labels" in fields else {}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **fields}


def node(name: str, ip: str, **labels: str) -> Any:
    status = {"addresses": [{"type": "InternalIP", "address": ip}]}
    return plain("Node", name, labels=labels, status=status)


OBJECTS: list[Any] = [
    node("n1", "198.51.100.11", zone="a"),
    node("n2", "198.51.100.12", zone="b"),
    plain("Namespace", "shop", labels={"team": "web"}),
    plain("Namespace", "pay", labels={"team": "pay"}),
    plain("Namespace", "bare"),
    plain("Namespace", "kube-system"),
    plain("ServiceAccount", "shop/robot", labels={"role": "batch"}),
    pod("shop/web", "n1", "198.18.1.10", "app=web tier=front", "http=80 alt=8080 dns=53/UDP"),
    pod("shop/api", "n2", "198.18.2.10", "app=api tier=back", "http=8081 admin=9000"),
    pod("shop/job", "n1", "198.18.1.30", "app=job", "http=80", serviceAccountName="robot"),
    pod("pay/ledger", "n2", "198.18.2.30", "app=ledger", "http=443"),
    pod("bare/loner", "n1", "198.18.1.40", "app=loner"),
    pod("kube-system/dns", "n2", "198.18.2.53", "k8s-app=kube-dns", "dns=53/UDP dns-tcp=53"),
    pod("kube-system/agent", "n2", "198.51.100.12", "app=agent", "m=9100", hostNetwork=True),
    pod("shop/noip", "n2", "", "app=noip"),
    plain(
        "Service",
        "shop/api",
        labels={"kind": "inner"},
        spec={
            "clusterIP": "198.19.0.11",
            "selector": {"app": "api"},
            "ports": [{"port": 80, "targetPort": 8081}],
        },
    ),
    plain("Service", "shop/ext", spec={"clusterIP": "198.19.0.12", "ports": [{"port": 443}]}),
    {
        **plain(
            "EndpointSlice",
            "shop/ext-1",
            "discovery.k8s.io/v1",
            labels={"kubernetes.io/service-name": "ext"},
        ),
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["203.0.113.5"]}],
        "ports": [{"name": "", "port": 443}],
    },
]

HOSTS = {"git.example.com": ["203.0.113.5"]}


def load(objects: list[Any]) -> Snapshot:
    with TemporaryDirectory() as directory:
        file = Path(directory) / "world.yaml"
        file.write_text(yaml.safe_dump_all(objects), encoding="utf-8")
        return load_manifests([file]).snapshot


@cache
def base() -> Snapshot:
    return load(OBJECTS)


def objects_of(text: str) -> list[Any]:
    """`KIND NAME: {spec…}` to objects; `VERSION` of the kinds is in the language's table."""
    objects = []
    for name, spec in (yaml.safe_load(text) or {}).items():
        kind, _, full = name.partition(" ")
        version, real = VERSIONS[kind]
        namespace, slash, short = full.rpartition("/")
        metadata = {"name": short, **({"namespace": namespace} if slash else {})}
        more = {}
        if isinstance(spec, dict) and "labels" in spec and kind.endswith("set"):
            metadata["labels"] = spec.pop("labels")
        more = {"specs": spec} if isinstance(spec, list) else {"spec": spec}
        if kind == "np":
            more["spec"] = {"podSelector": {}, **spec}
        objects.append({"apiVersion": version, "kind": real, "metadata": metadata, **more})
    return objects


VERSIONS = {
    "np": ("networking.k8s.io/v1", "NetworkPolicy"),
    "anp": ("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy"),
    "banp": ("policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy"),
    "cnp": ("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy"),
    "cilium": ("cilium.io/v2", "CiliumNetworkPolicy"),
    "ccnp": ("cilium.io/v2", "CiliumClusterwideNetworkPolicy"),
    "cidrs": ("cilium.io/v2", "CiliumCIDRGroup"),
    "calico": ("projectcalico.org/v3", "NetworkPolicy"),
    "gnp": ("projectcalico.org/v3", "GlobalNetworkPolicy"),
    "rawgnp": ("crd.projectcalico.org/v1", "GlobalNetworkPolicy"),
    "tier": ("projectcalico.org/v3", "Tier"),
    "netset": ("projectcalico.org/v3", "NetworkSet"),
    "gnetset": ("projectcalico.org/v3", "GlobalNetworkSet"),
    "staged": ("projectcalico.org/v3", "StagedGlobalNetworkPolicy"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """What it shows, the policies, the flow, and what comes out: egress, ingress."""

    shows: str
    policies: str
    flow: str
    egress: str
    ingress: str
    reason: str = ""

    def __str__(self) -> str:
        return self.shows


@cache
def world(text: str) -> Snapshot:
    added = load(objects_of(text))
    snapshot = base()
    return replace(
        snapshot,
        policies=added.policies,
        other_policies=added.other_policies,
        left_out=added.left_out,
    )


def check(case: Case) -> Prediction:
    """The prediction of a case; the quick way and the matrix must say the same."""
    snapshot = world(case.policies)
    asked = flow(case.flow)
    predictor = Predictor(snapshot, hosts=HOSTS)
    prediction = predictor.predict(asked)
    assert (prediction.egress, prediction.ingress) == (case.egress, case.ingress), prediction.reason
    assert case.reason in prediction.reason
    assert prediction.reason
    quick = predictor.rulings(asked)
    assert (quick.verdict, quick.egress, quick.ingress) == (
        prediction.verdict,
        prediction.egress,
        prediction.ingress,
    )
    return prediction


def matrix_agrees(text: str) -> None:
    """Every cell of the matrix is the prediction of its flow."""
    snapshot = world(text)
    predictor = Predictor(snapshot)
    for cell in reachability(snapshot).cells():
        quick = predictor.rulings(cell.flow)
        assert (cell.egress, cell.ingress) == (quick.egress, quick.ingress), str(cell.flow)
