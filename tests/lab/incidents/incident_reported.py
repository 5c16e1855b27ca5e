"""Incidents as they were reported in public: where the API is murky, and where an object is odd."""

from __future__ import annotations

from incident_objects import (
    Object,
    allow,
    block,
    endpoints,
    host,
    lab,
    namespace,
    node,
    pod,
    pods,
    policy,
    service,
    spaces,
)
from incident_policies import DB, DB_SERVICE, DNS, GITHUB, WEB
from incident_running import Incident

from prober.model.run import Confidence

KUBE_SYSTEM = spaces({"kubernetes.io/metadata.name": "kube-system"})
N1, N2 = node("n1", "198.51.100.11"), node("n2", "198.51.100.12")
API_SERVER = pod("kube-system/kube-apiserver", "n1", "https:6443", hostNetwork=True)
WEBHOOK = pod("shop/webhook", "n2", "https:10250")
WEBHOOK_SERVICE = service("shop/webhook", "443->https")
EXPORTER = pod("shop/exporter", "n2", "metrics:9100", hostNetwork=True)
OUTSIDE = lab(host("client.example"))
BALANCED = service("shop/db", "80->9090", type="LoadBalancer", loadBalancerIP="203.0.113.200")


def without_types(name: str, types: list[str], **more: Object | list[Object]) -> Object:
    """A policy whose policyTypes are what they are."""
    made = policy(name)
    made["spec"] |= {"policyTypes": types, **more}
    return made


NODE_NETWORK = (
    Incident(
        name="the API server's webhook call",
        cause="peer-on-node-network",
        says="which never match there: kube-system/kube-apiserver is on the network of the node",
        objects=[
            N1,
            N2,
            API_SERVER,
            WEBHOOK,
            WEBHOOK_SERVICE,
            policy("shop/allow-kube-system", ingress=[allow(frm=[KUBE_SYSTEM])]),
        ],
        checks=["pod/kube-apiserver.kube-system -> tcp://svc/webhook.shop:443"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="an ingress controller on its nodes' network",
        cause="peer-on-node-network",
        objects=[
            N1,
            N2,
            DB,
            DB_SERVICE,
            pod("ingress/controller", "n1", "http:80", hostNetwork=True),
            policy(
                "shop/db",
                {"app": "db"},
                ingress=[allow("http", frm=[spaces({"kubernetes.io/metadata.name": "ingress"})])],
            ),
        ],
        checks=["pod/controller.ingress -> tcp://svc/db.shop:80"],
        enforcement="drop",
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a node that a selector should mean",
        cause="peer-on-node-network",
        says="policies see 198.51.100.11",
        objects=[N1, N2, DB, WEB, policy("shop/db", ingress=[allow(9090, frm=[pods()])])],
        checks=["node/n1 -> tcp://pod/db.shop:9090", "pod/web.shop -> tcp://pod/db.shop:9090"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="an exporter on its node's network",
        cause="peer-on-node-network",
        says="to shop/exporter by selectors",
        objects=[
            N1,
            N2,
            WEB,
            EXPORTER,
            policy("shop/web", {"app": "web"}, egress=[allow(9100, to=[pods(app="exporter")])]),
        ],
        checks=["pod/web.shop -> tcp://pod/exporter.shop:9100"],
    ),
    Incident(
        name="a node that a default deny forgot",
        cause="ingress-default-deny",
        says="nothing allows 9090/TCP from node/n1",
        objects=[N1, N2, DB, policy("shop/deny", ingress=[])],
        checks=["node/n1 -> tcp://pod/db.shop:9090"],
    ),
)

ADDRESSES = (
    Incident(
        name="a load balancer that hides its clients",
        cause="client-address-translated",
        says="instead of the client",
        objects=[
            N1,
            N2,
            lab({"name": "client.example", "addresses": ["203.0.113.7"]}),
            DB,
            BALANCED,
            policy("shop/db", {"app": "db"}, ingress=[allow(9090, frm=[block("203.0.113.7/32")])]),
        ],
        checks=["outside/client.example -> tcp://203.0.113.200:80"],
    ),
    Incident(
        name="a node port that hides its clients",
        cause="client-address-translated",
        says="the pod sees node n1 instead",
        objects=[
            N1,
            N2,
            lab({"name": "client.example", "addresses": ["203.0.113.7"]}),
            DB,
            service("shop/db", "80->9090", type="NodePort"),
            policy("shop/db", {"app": "db"}, ingress=[allow(9090, frm=[block("203.0.113.7/32")])]),
        ],
        checks=[
            "outside/client.example -> tcp://node/n1:30000",
            "outside/client.example -> tcp://node/n2:30000",
        ],
    ),
    Incident(
        name="an ipBlock of a ClusterIP",
        cause="ip-block-names-service",
        says="an address of Service shop/db",
        objects=[
            WEB,
            DB,
            service("shop/db", "80->9090", clusterIP="198.19.0.80"),
            policy("shop/web", {"app": "web"}, egress=[allow(80, to=[block("198.19.0.80/32")])]),
        ],
        checks=["pod/web.shop -> tcp://svc/db.shop:80"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="an ipBlock of a load balancer's address",
        cause="ip-block-names-service",
        objects=[
            WEB,
            DB,
            BALANCED,
            policy("shop/web", {"app": "web"}, egress=[allow(to=[block("203.0.113.200/32")])]),
        ],
        checks=["pod/web.shop -> tcp://203.0.113.200:80"],
    ),
    Incident(
        name="the Internet that holds pods",
        cause="ip-block-holds-pods",
        says="holds the address of shop/db",
        objects=[
            GITHUB,
            WEB,
            DB,
            policy("shop/web", {"app": "web"}, egress=[allow(to=[block("0.0.0.0/0")])]),
        ],
        checks=[
            "pod/web.shop -> tcp://pod/db.shop:9090 = denied",
            "pod/web.shop -> tcp://github.com:443",
        ],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="an ipBlock of pods where none is meant",
        cause="ip-block-not-for-pods",
        says="does not compare ipBlocks with pods",
        objects=[
            WEB,
            DB,
            policy("shop/web", {"app": "web"}, egress=[allow(9090, to=[block("198.18.0.0/15")])]),
        ],
        checks=["pod/web.shop -> tcp://pod/db.shop:9090"],
        faults=["outside-ip-blocks"],
        of_the_engine=True,
        enforcement="drop",
    ),
    Incident(
        name="an exception that cuts out the target",
        cause="ip-block-except",
        says="takes 203.0.113.10 out of it again",
        objects=[
            lab(
                {
                    "name": "git.example",
                    "addresses": ["203.0.113.10"],
                    "listeners": [{"port": 443, "speaks": "tls"}],
                }
            ),
            WEB,
            policy(
                "shop/web",
                {"app": "web"},
                egress=[DNS, allow(443, to=[block("203.0.113.0/24", "203.0.113.0/28")])],
            ),
        ],
        checks=["pod/web.shop -> tcp://git.example:443"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a client outside a load balancer's ranges",
        cause="load-balancer-source-ranges",
        says="admits 203.0.113.0/28 only",
        objects=[
            N1,
            N2,
            lab({"name": "client.example", "addresses": ["203.0.113.77"]}),
            DB,
            service(
                "shop/db",
                "80->9090",
                type="LoadBalancer",
                loadBalancerIP="203.0.113.200",
                loadBalancerSourceRanges=["203.0.113.0/28"],
            ),
        ],
        checks=["outside/client.example -> tcp://203.0.113.200:80"],
        confidence=Confidence.CERTAIN,
    ),
)

WRITING = (
    Incident(
        name="policyTypes without Egress",
        cause="policy-types-forgotten",
        says="its policyTypes name Ingress only",
        objects=[
            GITHUB,
            WEB,
            without_types("shop/lock", ["Ingress"], egress=[DNS], ingress=[allow(frm=[pods()])]),
        ],
        checks=["pod/web.shop -> tcp://github.com:443 = denied"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="policyTypes without Ingress",
        cause="policy-types-forgotten",
        says="so 9090/TCP stays closed",
        objects=[
            WEB,
            DB,
            policy("shop/deny", {"app": "db"}, ingress=[]),
            without_types(
                "shop/db", ["Egress"], egress=[allow()], ingress=[allow(9090, frm=[pods()])]
            ),
        ],
        checks=["pod/web.shop -> tcp://pod/db.shop:9090"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="egress rules that policyTypes leaves out and that are applied",
        cause="unnamed-direction-enforced",
        says="its policyTypes leave out Egress",
        objects=[
            GITHUB,
            WEB,
            without_types("shop/lock", ["Ingress"], egress=[DNS], ingress=[allow(frm=[pods()])]),
        ],
        checks=["pod/web.shop -> tcp://github.com:443"],
        faults=["unnamed-directions"],
        of_the_engine=True,
    ),
    Incident(
        name="ingress rules that policyTypes leaves out and that are applied",
        cause="unnamed-direction-enforced",
        says="its policyTypes leave out Ingress",
        objects=[
            WEB,
            DB,
            pod("shop/other", "n1"),
            policy("shop/deny", {"app": "db"}, ingress=[]),
            without_types(
                "shop/db",
                ["Egress"],
                egress=[allow()],
                ingress=[allow(9090, frm=[pods(app="web")])],
            ),
        ],
        checks=[
            "pod/web.shop -> tcp://pod/db.shop:9090",
            "pod/other.shop -> tcp://pod/db.shop:9090 = denied",
        ],
        faults=["unnamed-directions"],
        of_the_engine=True,
    ),
    Incident(
        name="a range whose end is not known",
        cause="port-range-not-enforced",
        says="as if it allowed 9000 alone",
        objects=[
            WEB,
            DB,
            policy(
                "shop/db",
                {"app": "db"},
                ingress=[{"from": [pods()], "ports": [{"port": 9000, "endPort": 9100}]}],
            ),
        ],
        checks=["pod/web.shop -> tcp://pod/db.shop:9090"],
        faults=["unknown-port-ranges"],
        of_the_engine=True,
    ),
    Incident(
        name="a port's name that pods number differently",
        cause="service-port-differs",
        says="1 of its 2 pods is denied",
        objects=[
            WEB,
            pod("shop/api-a", "n2", "http:8080", labels={"app": "api", "v": "a"}),
            pod("shop/api-b", "n2", "http:9090", labels={"app": "api", "v": "b"}),
            service("shop/api", "80->http"),
            policy("shop/web", {"app": "web"}, egress=[allow(8080, to=[pods(app="api")])]),
        ],
        checks=[
            "pod/web.shop -> tcp://pod/api-a.shop:8080",
            "pod/web.shop -> tcp://pod/api-b.shop:9090",
        ],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a Service of which a part is denied",
        cause="service-port-differs",
        objects=[
            WEB,
            pod("shop/api-a", "n2", "http:8080", labels={"app": "api", "v": "a"}),
            pod("shop/api-b", "n2", "http:9090", labels={"app": "api", "v": "b"}),
            service("shop/api", "80->http"),
            policy("shop/web", {"app": "web"}, egress=[allow(8080, to=[pods(app="api")])]),
        ],
        checks=["pod/web.shop -> tcp://svc/api.shop:80"],
    ),
    Incident(
        name="the port of a headless Service",
        cause="headless-port",
        says="is headless, so its port 80 is not translated",
        objects=[WEB, DB, service("shop/db", "80->http", clusterIP="None")],
        checks=["pod/web.shop -> tcp://db.shop.svc.cluster.local:80"],
        mended_checks=["pod/web.shop -> tcp://db.shop.svc.cluster.local:9090"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="the port of a headless Service, by its object",
        cause="headless-port",
        objects=[WEB, DB, service("shop/db", "80->9090", clusterIP="None")],
        checks=["pod/web.shop -> tcp://svc/db.shop:80"],
        mended_checks=["pod/web.shop -> tcp://svc/db.shop:9090"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a ClusterIP from outside",
        cause="cluster-ip-from-outside",
        says="which exists on the nodes of the cluster alone",
        objects=[
            N1,
            N2,
            OUTSIDE,
            DB,
            service("shop/db", "80->9090", type="NodePort", clusterIP="198.19.0.80"),
        ],
        checks=["outside/client.example -> tcp://198.19.0.80:80"],
        mended_checks=["outside/client.example -> tcp://node/n1:30000"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="another name for a host that policies do not mean",
        cause="external-name",
        says="is another name for github.com",
        objects=[
            GITHUB,
            WEB,
            DB,
            service("shop/git", "443", selector={}, type="ExternalName", externalName="github.com"),
            policy("shop/web", {"app": "web"}, egress=[DNS, allow(443, to=[pods()])]),
        ],
        checks=["pod/web.shop -> tcp://git.shop.svc.cluster.local:443"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="another name for a host that is not there",
        cause="external-name",
        says="there is no such name",
        objects=[
            GITHUB,
            WEB,
            service("shop/git", "443", selector={}, type="ExternalName", externalName="gihub.com"),
        ],
        checks=["pod/web.shop -> tcp://git.shop.svc.cluster.local:443"],
        mend=lambda objects: [
            item
            if item.get("metadata", {}).get("name") != "git"
            else service(
                "shop/git", "443", selector={}, type="ExternalName", externalName="github.com"
            )
            for item in objects
        ],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="endpoints that somebody wrote",
        cause="endpoints-by-hand",
        says="its endpoints are written by hand",
        objects=[
            WEB,
            DB,
            service("shop/old", "80->9090", selector={}, clusterIP="198.19.0.80"),
            endpoints("shop/old", 9090, "198.18.2.200"),
        ],
        checks=["pod/web.shop -> tcp://svc/old.shop:80", "pod/web.shop -> tcp://pod/db.shop:9090"],
        mend=lambda objects: [
            *objects[:2],
            service("shop/old", "80->9090", selector={"app": "db"}),
        ],
    ),
)

LABELS = (
    Incident(
        name="a client that lost its label",
        cause="label-lost",
        says="pod shop/web-2 lacks the label access=db, which shop/web-1 has",
        objects=[
            pod("shop/web-1", "n1", labels={"app": "web", "access": "db"}),
            pod("shop/web-2", "n1", labels={"app": "web"}),
            DB,
            policy("shop/db", {"app": "db"}, ingress=[allow(9090, frm=[pods(access="db")])]),
        ],
        checks=[
            "pod/web-1.shop -> tcp://pod/db.shop:9090",
            "pod/web-2.shop -> tcp://pod/db.shop:9090",
        ],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a server that lost its label",
        cause="label-lost",
        says="asks for of the pods that it is for",
        objects=[
            WEB,
            pod("shop/api-1", "n2", "http:9090", labels={"app": "api", "tier": "back"}),
            pod("shop/api-2", "n2", "http:9090", labels={"app": "api"}),
            policy("shop/deny", ingress=[]),
            policy("shop/back", {"tier": "back"}, ingress=[allow(9090)]),
        ],
        checks=[
            "pod/web.shop -> tcp://pod/api-1.shop:9090",
            "pod/web.shop -> tcp://pod/api-2.shop:9090",
        ],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a namespace that lost its label",
        cause="label-lost",
        says="namespace team-b lacks the label scrape=yes, which team-a has",
        objects=[
            namespace("team-a", scrape="yes"),
            namespace("team-b", owner="b"),
            pod("team-a/agent", "n1"),
            pod("team-b/agent", "n1"),
            DB,
            policy("shop/db", ingress=[allow(9090, frm=[spaces({"scrape": "yes"})])]),
        ],
        checks=[
            "pod/agent.team-a -> tcp://pod/db.shop:9090",
            "pod/agent.team-b -> tcp://pod/db.shop:9090",
        ],
        confidence=Confidence.CERTAIN,
    ),
)

REPORTED = (*NODE_NETWORK, *ADDRESSES, *WRITING, *LABELS)
