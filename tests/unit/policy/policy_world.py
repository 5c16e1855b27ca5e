"""The world in which the cases of the prediction table happen, and how a case is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from prober.manifest import load_manifests
from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.prediction import Prediction, Ruling
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

WORLD = """
n1, n2 and n3 are the nodes. Namespaces: shop (team=web), pay (team=payments), bare (no labels of its own), kube-system.

pod                 node  addresses                     labels             ports
shop/web            n1    198.18.1.10 2001:db8:1::10    app=web tier=front http=8080 metrics=9090 dns=53/UDP
shop/api            n2    198.18.2.10                   app=api tier=back  http=8081 admin=9000
shop/db             n1    198.18.1.20                   app=db tier=back   pg=5432 dual=7000 dual=7001/UDP diam=3868/SCTP
shop/cart           n2    198.18.2.20                   app=web            http=8080   (a second backend of svc shop/web)
pay/ledger          n2    198.18.2.30                   app=ledger         https=443
bare/loner          n3    198.18.3.10                   -                  http=80
kube-system/dns     n3    198.18.3.53                   k8s-app=kube-dns   dns=53/UDP dns-tcp=53
kube-system/agent1  n1    host network                  app=agent          metrics=9100
kube-system/agent2  n2    host network                  app=agent          metrics=9100
shop/noip           n1    -                             app=noip           http=8080
shop/nonode         -     198.18.9.9                    app=nonode         http=8080
shop/sidecar        n3    198.18.3.20                   app=sidecar        http=8080 proxy=15001 http=8090 (hostPort 8088)
shop/unready        n1    198.18.1.30                   app=slow           http=8080   (not ready)
shop/done, shop/pending: a finished pod, a pod without a node
"""


def _pod(
    name: str, node: str, ips: str, labels: Mapping[str, str], ports: str, **more: Any
) -> dict[str, Any]:
    namespace, _, short = name.partition("/")
    containers = []
    for number, text in enumerate(ports.split()):
        label, _, rest = text.partition("=")
        port, _, protocol = rest.partition("/")
        published = {"hostPort": 8088} if port == "8090" else {}
        port_entry = {
            "name": label,
            "containerPort": int(port),
            "protocol": protocol or "TCP",
            **published,
        }
        containers.append({"name": f"c{number}", "image": "app", "ports": [port_entry]})
    status: dict[str, Any] = {
        "phase": more.pop("phase", "Running"),
        "podIPs": [{"ip": ip} for ip in ips.split()],
    }
    if more.pop("unready", False):
        status["conditions"] = [{"type": "Ready", "status": "False"}]
    spec = {
        "containers": containers or [{"name": "c", "image": "app"}],
        **({"nodeName": node} if node else {}),
        **more,
    }
    meta = {"name": short, "namespace": namespace, "labels": dict(labels)}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec, "status": status}


def _service(name: str, **spec: Any) -> dict[str, Any]:
    namespace, _, short = name.partition("/")
    balancer = spec.pop("vip", None)
    status = {"loadBalancer": {"ingress": [{"ip": balancer}]}} if balancer else {}
    meta = {"name": short, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec, "status": status}


def _slice(
    name: str, service: str, endpoints: list[dict[str, Any]], ports: list[dict[str, Any]]
) -> dict[str, Any]:
    namespace, _, short = name.partition("/")
    labels = {"kubernetes.io/service-name": service}
    meta = {"name": short, "namespace": namespace, "labels": labels}
    more = {"addressType": "IPv4", "endpoints": endpoints, "ports": ports}
    return {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": meta, **more}


def _node(name: str, *addresses: str) -> dict[str, Any]:
    listed = [{"type": "InternalIP", "address": address} for address in addresses]
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name},
        "status": {"addresses": listed},
    }


def _namespace(name: str, **labels: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def port(number: int, target: int | str | None = None, **more: Any) -> dict[str, Any]:
    """One port of a Service."""
    return {"port": number, **({} if target is None else {"targetPort": target}), **more}


OBJECTS: list[dict[str, Any]] = [
    _node("n1", "198.51.100.11", "2001:db8:100::11"),
    _node("n2", "198.51.100.12", "2001:db8:100::12"),
    _node("n3", "198.51.100.13"),
    _namespace("shop", team="web", env="prod"),
    _namespace("pay", team="payments", env="prod"),
    _namespace("bare"),
    _namespace("kube-system"),
    _pod(
        "shop/web",
        "n1",
        "198.18.1.10 2001:db8:1::10",
        {"app": "web", "tier": "front"},
        "http=8080 metrics=9090 dns=53/UDP",
    ),
    _pod("shop/api", "n2", "198.18.2.10", {"app": "api", "tier": "back"}, "http=8081 admin=9000"),
    _pod(
        "shop/db",
        "n1",
        "198.18.1.20",
        {"app": "db", "tier": "back"},
        ("pg=5432 dual=7000 dual=7001/UDP diam=3868/SCTP"),
    ),
    _pod("shop/cart", "n2", "198.18.2.20", {"app": "web"}, "http=8080"),
    _pod("pay/ledger", "n2", "198.18.2.30", {"app": "ledger"}, "https=443"),
    _pod("bare/loner", "n3", "198.18.3.10", {}, "http=80"),
    _pod("kube-system/dns", "n3", "198.18.3.53", {"k8s-app": "kube-dns"}, "dns=53/UDP dns-tcp=53"),
    _pod(
        "kube-system/agent1",
        "n1",
        "198.51.100.11",
        {"app": "agent"},
        "metrics=9100",
        hostNetwork=True,
    ),
    _pod(
        "kube-system/agent2",
        "n2",
        "198.51.100.12",
        {"app": "agent"},
        "metrics=9100",
        hostNetwork=True,
    ),
    _pod("shop/noip", "n1", "", {"app": "noip"}, "http=8080"),
    _pod("shop/nonode", "", "198.18.9.9", {"app": "nonode"}, "http=8080"),
    _pod(
        "shop/sidecar", "n3", "198.18.3.20", {"app": "sidecar"}, "http=8080 proxy=15001 http=8090"
    ),
    _pod("shop/unready", "n1", "198.18.1.30", {"app": "slow"}, "http=8080", unready=True),
    _pod("shop/done", "n1", "", {"app": "done"}, "", phase="Succeeded"),
    _pod("shop/pending", "", "", {"app": "pending"}, "", phase="Pending"),
    _service(
        "shop/web",
        clusterIP="198.19.0.10",
        selector={"app": "web"},
        ports=[port(80, "http", name="http")],
    ),
    _service(
        "shop/api",
        clusterIP="198.19.0.11",
        selector={"app": "api"},
        ports=[
            port(80, "http"),
        ],
    ),
    _service("shop/db", clusterIP="198.19.0.12", selector={"app": "db"}, ports=[port(5432)]),
    _service("shop/noaddr", selector={"app": "api"}, ports=[port(80, 8081)]),
    _service(
        "shop/headless",
        clusterIP="None",
        selector={"app": "api"},
        ports=[port(80, "http", name="www")],
    ),
    _service(
        "shop/local",
        clusterIP="198.19.0.13",
        selector={"app": "web"},
        ports=[port(80, 8080)],
        internalTrafficPolicy="Local",
    ),
    _service(
        "shop/api-local",
        clusterIP="198.19.0.14",
        selector={"app": "api"},
        ports=[port(80, 8081)],
        internalTrafficPolicy="Local",
    ),
    _service(
        "shop/slow", clusterIP="198.19.0.15", selector={"app": "slow"}, ports=[port(80, 8080)]
    ),
    _service(
        "shop/eager",
        clusterIP="198.19.0.16",
        selector={"app": "slow"},
        ports=[port(80, 8080)],
        publishNotReadyAddresses=True,
    ),
    _service(
        "shop/ghost", clusterIP="198.19.0.17", selector={"app": "ghost"}, ports=[port(80, 8080)]
    ),
    _service(
        "shop/misnamed", clusterIP="198.19.0.18", selector={"app": "api"}, ports=[port(80, "htttp")]
    ),
    _service(
        "shop/mixed", clusterIP="198.19.0.19", selector={"tier": "back"}, ports=[port(80, "http")]
    ),
    _service(
        "shop/agents", clusterIP="198.19.0.20", selector={"app": "nobody"}, ports=[port(9100)]
    ),
    _service("shop/byhand", clusterIP="198.19.0.21", ports=[port(443, 8443, name="tls")]),
    _slice(
        "shop/byhand-1", "byhand", [{"addresses": ["203.0.113.5"]}], [{"name": "tls", "port": 8443}]
    ),
    _service("shop/orphan", clusterIP="198.19.0.22", ports=[port(443)]),
    _service("default/kubernetes", clusterIP="198.19.0.1", ports=[port(443, 6443, name="https")]),
    _slice(
        "default/kubernetes",
        "kubernetes",
        [{"addresses": ["198.51.100.11"]}],
        [{"name": "https", "port": 6443}],
    ),
    _service(
        "shop/sliced", clusterIP="198.19.0.23", selector={"app": "web"}, ports=[port(80, 8080)]
    ),
    _slice(
        "shop/sliced-1",
        "sliced",
        [
            {"addresses": ["198.18.2.10"], "targetRef": {"kind": "Pod", "name": "api"}},
            {
                "addresses": ["198.18.1.10"],
                "targetRef": {"kind": "Pod", "name": "web"},
                "conditions": {"ready": False},
            },
        ],
        [{"name": "", "port": 8081}],
    ),
    _service("shop/alias", type="ExternalName", externalName="git.example.com"),
    _service("shop/loop", type="ExternalName", externalName="loop.shop.svc.cluster.local"),
    _service("shop/shortcut", type="ExternalName", externalName="api.shop.svc.cluster.local"),
    _service(
        "shop/np",
        type="NodePort",
        clusterIP="198.19.0.30",
        selector={"app": "api"},
        ports=[port(80, 8081, nodePort=30080)],
    ),
    _service(
        "shop/np-local",
        type="NodePort",
        clusterIP="198.19.0.31",
        selector={"app": "api"},
        ports=[port(80, 8081, nodePort=30081)],
        externalTrafficPolicy="Local",
    ),
    _service(
        "shop/lb",
        type="LoadBalancer",
        clusterIP="198.19.0.32",
        selector={"app": "api"},
        vip="203.0.113.80",
        ports=[port(80, 8081, nodePort=30082)],
    ),
    _service(
        "pay/lb",
        type="LoadBalancer",
        clusterIP="198.19.0.33",
        selector={"app": "ledger"},
        vip="203.0.113.80",
        ports=[port(443, 443, nodePort=30083)],
    ),
    _service(
        "shop/ranged",
        type="LoadBalancer",
        clusterIP="198.19.0.38",
        selector={"app": "api"},
        vip="203.0.113.83",
        loadBalancerSourceRanges=["203.0.113.9/32", "198.18.1.0/24"],
        ports=[port(80, 8081)],
    ),
    _service(
        "shop/lb-local",
        type="LoadBalancer",
        clusterIP="198.19.0.34",
        selector={"app": "api"},
        vip="203.0.113.81",
        ports=[port(80, 8081, nodePort=30084)],
        externalTrafficPolicy="Local",
    ),
    _service(
        "shop/ext",
        clusterIP="198.19.0.35",
        selector={"app": "api"},
        ports=[port(80, 8081)],
        externalIPs=["203.0.113.82"],
    ),
]

HOSTS = {
    "git.example.com": ["203.0.113.5"],
    "dual.example.com": ["203.0.113.7", "2001:db8:ff::7"],
    "two.example.com": ["203.0.113.7", "203.0.113.200"],
    "shop.example.com": ["203.0.113.80"],
}


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the table: what it shows, the policies, the flow, and what must come out."""

    shows: str
    policies: str
    """YAML: `NAMESPACE/NAME` to the policy's spec; a spec without podSelector selects every pod."""
    flow: str
    """`FROM > TO:PORT[/PROTOCOL]`."""
    egress: str
    ingress: str
    reason: str = ""
    """A part of the prediction's reason; empty: not looked at."""
    verdict: str = ""
    """Only where it isn't the weaker of both directions (several backends)."""

    def __str__(self) -> str:
        return self.shows


def load(objects: Sequence[Mapping[str, Any]]) -> Snapshot:
    """Objects through the same loader that users' files take."""
    with TemporaryDirectory() as directory:
        file = Path(directory) / "world.yaml"
        file.write_text(yaml.safe_dump_all(objects), encoding="utf-8")
        return load_manifests([file]).snapshot


@cache
def base() -> Snapshot:
    return load(OBJECTS)


def policies(text: str) -> list[dict[str, Any]]:
    """The NetworkPolicy objects of a case."""
    made = []
    for name, spec in (yaml.safe_load(text) or {}).items():
        namespace, _, short = name.partition("/")
        full = {"podSelector": {}, **spec}
        meta = {"name": short, "namespace": namespace}
        made.append(
            {
                "apiVersion": "networking.k8s.io/v1",
                "kind": "NetworkPolicy",
                "metadata": meta,
                "spec": full,
            }
        )
    return made


def world(text: str) -> Snapshot:
    """The world with the policies of a case."""
    added = policies(text)
    return replace(base(), policies=load(added).policies) if added else base()


def endpoint(text: str) -> Endpoint:
    """`ns/pod`, `svc/ns/name`, `node/n1`, an address or a host's name."""
    kind, _, rest = text.partition("/")
    if kind == "svc":
        namespace, _, name = rest.partition("/")
        return Endpoint(EndpointKind.SERVICE, namespace, name)
    if kind == "node":
        return Endpoint(EndpointKind.NODE, name=rest)
    return (
        Endpoint(EndpointKind.POD, kind, rest)
        if rest
        else Endpoint(EndpointKind.OUTSIDE, name=text)
    )


def flow(text: str) -> Flow:
    """A case's flow."""
    source, _, target = text.partition(" > ")
    target, _, protocol = target.partition("|")
    if protocol == "ICMP":
        return Flow(endpoint(source), endpoint(target), "ICMP")
    name, _, wanted = target.rpartition(":")
    return Flow(
        endpoint(source),
        endpoint(name),
        protocol or "TCP",
        int(wanted) if wanted.isdigit() else wanted,
    )


@cache
def predict(case: Case) -> Prediction:
    """The prediction of a case; the quick way must say the same."""
    predictor = Predictor(world(case.policies), hosts=HOSTS)
    prediction = predictor.predict(flow(case.flow))
    quick = predictor.rulings(flow(case.flow))
    assert (quick.verdict, quick.egress, quick.ingress) == (
        prediction.verdict,
        prediction.egress,
        prediction.ingress,
    )
    return prediction


def weaker(egress: str, ingress: str) -> str:
    """The verdict over two directions."""
    order = [Ruling.DENIED.value, Ruling.UNDEFINED.value, Ruling.ALLOWED.value]
    return min(egress, ingress, key=order.index)
