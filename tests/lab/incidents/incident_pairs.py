"""Two things are wrong at once, in different layers: each is named, and all fixes are needed."""

from __future__ import annotations

from incident_objects import Object, allow, node, pod, pods, policy, service, spaces
from incident_policies import DB, DB_SERVICE, DNS, GITHUB, OTHER, WEB
from incident_running import Incident

from prober.model.run import Confidence

N1, N2 = node("n1", "198.51.100.11"), node("n2", "198.51.100.12")
CONTROLLER = pod("ingress/controller", "n1", hostNetwork=True)
INGRESS = spaces({"kubernetes.io/metadata.name": "ingress"})
BY_ADDRESS = service("shop/db", "80->9090", clusterIP="198.19.0.80")
GUARDED = policy("shop/db", {"app": "db"}, ingress=[allow(9090, frm=[pods(app="api")])])
TO_8080 = policy("shop/db", {"app": "db"}, ingress=[allow(8081, frm=[pods()])])


def with_ports(objects: list[Object]) -> list[Object]:
    """The pod listens where it is asked."""
    return [
        pod("shop/db", "n2", "http:9090", "9999")
        if item.get("metadata", {}).get("name") == "db" and item["kind"] == "Pod"
        else item
        for item in objects
    ]


PAIRS = (
    Incident(
        name="a targetPort and a policy that both mean another port",
        cause="service-target-port",
        also=["ingress-policy-missing-port"],
        objects=[
            WEB,
            pod("shop/db", "n2", "http:9090"),
            service("shop/db", "80->8081"),
            TO_8080,
        ],
        checks=["pod/web.shop -> tcp://svc/db.shop:80"],
    ),
    Incident(
        name="a targetPort and a policy that allows neither",
        cause="service-target-port",
        also=["policy-names-service-port"],
        objects=[
            WEB,
            pod("shop/db", "n2", "http:9090"),
            service("shop/db", "80->8081"),
            policy("shop/db", {"app": "db"}, ingress=[allow(80, frm=[pods()])]),
        ],
        checks=["pod/web.shop -> tcp://svc/db.shop:80"],
    ),
    Incident(
        name="a selector and a policy",
        cause="service-without-endpoints",
        also=["egress-default-deny"],
        objects=[
            WEB,
            DB,
            service("shop/db", "80->9090", selector={"app": "dbb"}),
            policy("shop/web", {"app": "web"}, egress=[]),
        ],
        checks=["pod/web.shop -> tcp://svc/db.shop:80"],
    ),
    Incident(
        name="names and the port",
        cause="cluster-dns-denied",
        also=["egress-policy-missing-port"],
        objects=[GITHUB, WEB, policy("shop/web", {"app": "web"}, egress=[allow(443)])],
        checks=["pod/web.shop -> tcp://github.com:22"],
    ),
    Incident(
        name="both directions",
        cause="egress-default-deny",
        also=["ingress-default-deny"],
        objects=[
            WEB,
            DB,
            policy("shop/web", {"app": "web"}, egress=[DNS]),
            policy("shop/db", {"app": "db"}, ingress=[]),
        ],
        checks=["pod/web.shop -> tcp://pod/db.shop:9090"],
    ),
    Incident(
        name="a policy, and nothing listens",
        cause="ingress-default-deny",
        also=["nothing-listens"],
        objects=[WEB, DB, policy("shop/db", {"app": "db"}, ingress=[])],
        checks=["pod/web.shop -> tcp://pod/db.shop:9999"],
        mend=with_ports,
    ),
    Incident(
        name="a policy, and kube-proxy",
        cause="egress-default-deny",
        also=["kube-proxy-down"],
        objects=[
            WEB,
            DB,
            OTHER,
            DB_SERVICE,
            policy("shop/web", {"app": "web"}, egress=[]),
        ],
        checks=["pod/web.shop -> tcp://svc/db.shop:80"],
        faults=["kube-proxy-down=node/n1"],
        enforcement="drop",
        confidence=Confidence.LIKELY,
    ),
    Incident(
        name="a Service of nobody, asked from a node's network",
        cause="service-without-endpoints",
        also=["peer-on-node-network"],
        objects=[
            N1,
            N2,
            CONTROLLER,
            DB,
            service("shop/db", "80->9090", selector={"app": "dbb"}),
            policy("shop/db", {"app": "db"}, ingress=[allow(9090, frm=[INGRESS])]),
        ],
        checks=["pod/controller.ingress -> tcp://svc/db.shop:80"],
        confidence=Confidence.POSSIBLE,
    ),
    Incident(
        name="pods that are not ready, and a denial behind them",
        cause="pods-not-ready",
        also=["policy-peer-selects-nothing"],
        objects=[WEB, pod("shop/db", "n2", "http:9090", ready=False), BY_ADDRESS, GUARDED],
        checks=["pod/web.shop -> tcp://svc/db.shop:80"],
        mend=lambda objects: [
            DB if one["metadata"]["name"] == "db" and one["kind"] == "Pod" else one
            for one in objects
        ],
    ),
    Incident(
        name="a denial, and no kube-proxy before it",
        cause="kube-proxy-down",
        also=["policy-peer-selects-nothing"],
        objects=[N1, N2, WEB, DB, BY_ADDRESS, GUARDED],
        checks=["pod/web.shop -> tcp://svc/db.shop:80"],
        faults=["kube-proxy-down=node/n1"],
        enforcement="drop",
    ),
    Incident(
        name="names denied, and the port of a headless Service",
        cause="cluster-dns-denied",
        also=["headless-port"],
        objects=[
            WEB,
            DB,
            service("shop/db", "80->9090", clusterIP="None"),
            policy("shop/web", {"app": "web"}, egress=[allow(9090)]),
        ],
        checks=["pod/web.shop -> tcp://db.shop.svc.cluster.local:80"],
        mended_checks=["pod/web.shop -> tcp://db.shop.svc.cluster.local:9090"],
        confidence=Confidence.CERTAIN,
    ),
)
