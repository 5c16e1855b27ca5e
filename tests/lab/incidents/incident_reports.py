"""Incidents as people reported them of their charts and clusters: names between nodes, workloads
without a label, ports of several kinds, and policies in another namespace."""

from __future__ import annotations

from incident_names import COREDNS
from incident_objects import (
    Object,
    allow,
    block,
    deployment,
    endpoints,
    lab,
    namespace,
    node,
    pod,
    pods,
    policy,
    service,
    spaces,
)
from incident_policies import DB, DNS, GITHUB, WEB
from incident_running import Incident

from prober.model.run import Confidence

N1, N2 = node("n1", "198.51.100.11"), node("n2", "198.51.100.12")
API = [
    service("default/kubernetes", "443->6443", selector={}, clusterIP="198.19.0.1"),
    endpoints("default/kubernetes", 6443, "198.51.100.11", called="p443-tcp"),
]
DB_SERVICE = service("shop/db", "80->9090", clusterIP="198.19.0.80")
COREDNS_ADDRESS = "198.19.0.10"


def named_port(number: int, own: str) -> Object:
    """The endpoints of shop/old, whose port has a name of its own."""
    return endpoints("shop/old", number, "198.51.100.12", called=own)


NAMES = (
    Incident(
        name="names that a blocked tunnel swallows",
        cause="node-unreachable",
        says="the pods of n1 and n2",
        objects=[N1, N2, WEB, DB, *COREDNS],
        checks=["pod/web.shop -> dns://kubernetes.default.svc.cluster.local"],
        faults=["tunnel-blocked=node/n2"],
    ),
    Incident(
        name="names that get lost in one direction",
        cause="one-way-blocked",
        objects=[N1, N2, WEB, DB, DB_SERVICE, *COREDNS],
        checks=["pod/web.shop -> tcp://db.shop.svc.cluster.local:80"],
        faults=["no-way-out=node/n1"],
    ),
    Incident(
        name="cluster DNS by its ClusterIP",
        cause="cluster-dns-denied",
        says="keeps shop/web from cluster DNS",
        objects=[
            WEB,
            DB,
            DB_SERVICE,
            *COREDNS,
            policy(
                "shop/web",
                {"app": "web"},
                egress=[
                    allow("53/UDP", "53/TCP", to=[block(f"{COREDNS_ADDRESS}/32")]),
                    allow(9090, to=[pods(app="db")]),
                ],
            ),
        ],
        checks=["pod/web.shop -> tcp://db.shop.svc.cluster.local:80"],
    ),
    Incident(
        name="another name for a Service that is not there",
        cause="external-name",
        says="there is no such name",
        objects=[
            WEB,
            DB,
            service(
                "shop/store",
                "80",
                selector={},
                type="ExternalName",
                externalName="db.shp.svc.cluster.local",
            ),
        ],
        checks=["pod/web.shop -> tcp://store.shop.svc.cluster.local:80"],
        mend=lambda objects: [
            *objects[:2],
            DB_SERVICE,
            service(
                "shop/store",
                "80",
                selector={},
                type="ExternalName",
                externalName="db.shop.svc.cluster.local",
            ),
        ],
        confidence=Confidence.CERTAIN,
    ),
)

OBJECTS = (
    Incident(
        name="endpoints whose port is called otherwise",
        cause="service-without-endpoints",
        says="calls its port `mysql` and the Service `p80-tcp`",
        objects=[
            N1,
            N2,
            lab(nodeListeners=[{"node": "n2", "listeners": [{"port": 3306, "speaks": "echo"}]}]),
            WEB,
            service("shop/old", "80->3306", selector={}),
            named_port(3306, "mysql"),
        ],
        checks=["pod/web.shop -> tcp://svc/old.shop:80"],
        mend=lambda objects: [*objects[:-1], named_port(3306, "p80-tcp")],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a workload that lost its label",
        cause="label-lost",
        says="deployment shop/web-green lacks the label access=db, which shop/web-blue has",
        objects=[
            deployment("shop/web-blue", {"app": "web", "color": "blue", "access": "db"}),
            deployment("shop/web-green", {"app": "web", "color": "green"}),
            DB,
            policy(
                "shop/db",
                {"app": "db"},
                ingress=[
                    allow(
                        9090,
                        frm=[
                            {
                                "podSelector": {
                                    "matchExpressions": [{"key": "access", "operator": "Exists"}]
                                }
                            }
                        ],
                    )
                ],
            ),
        ],
        checks=[
            "deploy/web-blue.shop -> tcp://pod/db.shop:9090",
            "deploy/web-green.shop -> tcp://pod/db.shop:9090",
        ],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a port's name asked of a host outside",
        cause="policy-port-name",
        says="ports have names in pods alone",
        objects=[GITHUB, WEB, policy("shop/web", {"app": "web"}, egress=[DNS, allow("https")])],
        checks=["pod/web.shop -> tcp://github.com:443"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="one port of several that a Service has",
        cause="ingress-policy-missing-port",
        says="lacks 9000/TCP",
        objects=[
            WEB,
            pod("shop/api", "n2", "http:8080", "management:9000"),
            service("shop/api", "80->http", "9000->management"),
            policy("shop/api", {"app": "api"}, ingress=[allow(8080, frm=[pods(app="web")])]),
        ],
        checks=["pod/web.shop -> tcp://svc/api.shop:9000"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a chart that calls its pods otherwise now",
        cause="policy-peer-selects-nothing",
        says="so not from monitoring/prometheus",
        objects=[
            namespace("monitoring"),
            pod("monitoring/prometheus", "n1", labels={"app": "metrics", "name": "prometheus"}),
            DB,
            policy(
                "shop/db",
                {"app": "db"},
                ingress=[
                    allow(9090, frm=[pods(**{"db-client": "true"})]),
                    allow(
                        9090,
                        frm=[
                            spaces({"kubernetes.io/metadata.name": "monitoring"})
                            | pods(app="prometheus")
                        ],
                    ),
                ],
            ),
        ],
        checks=["pod/prometheus.monitoring -> tcp://pod/db.shop:9090"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a policy in another namespace than its pods",
        cause="policy-selects-no-pod",
        says="is in namespace default, where it selects no pod",
        objects=[
            namespace("default"),
            WEB,
            DB,
            policy("shop/deny", ingress=[]),
            policy("default/db", {"app": "db"}, ingress=[allow(9090, frm=[pods(app="web")])]),
        ],
        checks=["pod/web.shop -> tcp://pod/db.shop:9090"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a denial in another namespace than its pods",
        cause="deny-selects-no-pod",
        says="a policy is for pods of its own namespace",
        objects=[namespace("default"), WEB, DB, policy("default/db", {"app": "db"}, ingress=[])],
        checks=["pod/web.shop -> tcp://pod/db.shop:9090 = denied"],
    ),
)

NODES = (
    Incident(
        name="the API server by the namespace of its Service",
        cause="peer-on-node-network",
        says="to svc/default/kubernetes by selectors",
        objects=[
            N1,
            N2,
            *API,
            pod("shop/operator", "n2"),
            policy(
                "shop/operator",
                {"app": "operator"},
                egress=[DNS, allow(6443, to=[spaces({"kubernetes.io/metadata.name": "default"})])],
            ),
        ],
        checks=["pod/operator.shop -> tcp://svc/kubernetes.default:443"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a node's kubelet by the pods of all namespaces",
        cause="peer-on-node-network",
        says="node n2 is a node",
        objects=[
            N1,
            N2,
            lab(nodeListeners=[{"node": "n2", "listeners": [{"port": 10250, "speaks": "https"}]}]),
            WEB,
            policy("shop/web", {"app": "web"}, egress=[allow(10250, to=[spaces()])]),
        ],
        checks=["pod/web.shop -> tcp://node/n2:10250"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a Service that swallows large packets on its way",
        cause="mtu-black-hole",
        objects=[
            N1,
            N2,
            WEB,
            pod("shop/store", "n2", "https:8443"),
            service("shop/store", "443->https"),
        ],
        checks=["pod/web.shop -> https://svc/store.shop:443/"],
        faults=["low-mtu=node/n2:600"],
    ),
)

REPORTS = (*NAMES, *OBJECTS, *NODES)
