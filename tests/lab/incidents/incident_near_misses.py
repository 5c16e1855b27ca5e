"""What looks like an incident and is none of that kind: the rule must stay silent."""

from __future__ import annotations

from incident_objects import (
    allow,
    block,
    deployment,
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
from incident_reported import API_SERVER, BALANCED, KUBE_SYSTEM, WEBHOOK, WEBHOOK_SERVICE
from incident_running import Incident

N1, N2 = node("n1", "198.51.100.11"), node("n2", "198.51.100.12")
CLIENT = lab({"name": "client.example", "addresses": ["203.0.113.7"]})

NEAR_MISSES: tuple[Incident, ...] = (
    Incident(
        name="a webhook whose node is allowed by its address",
        cause="",
        objects=[
            N1,
            N2,
            API_SERVER,
            WEBHOOK,
            WEBHOOK_SERVICE,
            policy("shop/hooks", ingress=[allow(frm=[KUBE_SYSTEM, block("198.51.100.11/32")])]),
        ],
        checks=["pod/kube-apiserver.kube-system -> tcp://svc/webhook.shop:443"],
    ),
    Incident(
        name="a pod of the wrong namespace",
        cause="ingress-policy-missing-peer",
        silent=["peer-on-node-network", "label-lost"],
        objects=[
            pod("team/web", "n1"),
            pod("kube-system/dns", "n1"),
            DB,
            policy("shop/db", ingress=[allow(9090, frm=[KUBE_SYSTEM])]),
        ],
        checks=["pod/web.team -> tcp://pod/db.shop:9090"],
    ),
    Incident(
        name="a load balancer that keeps its clients",
        cause="",
        objects=[
            N1,
            N2,
            CLIENT,
            DB,
            BALANCED | {"spec": BALANCED["spec"] | {"externalTrafficPolicy": "Local"}},
            policy("shop/db", {"app": "db"}, ingress=[allow(9090, frm=[block("203.0.113.7/32")])]),
        ],
        checks=["outside/client.example -> tcp://203.0.113.200:80"],
    ),
    Incident(
        name="a client that no ipBlock holds",
        cause="ingress-policy-missing-peer",
        silent=["client-address-translated", "ip-block-except"],
        objects=[
            N1,
            N2,
            CLIENT,
            DB,
            BALANCED,
            policy("shop/db", {"app": "db"}, ingress=[allow(9090, frm=[block("203.0.113.64/26")])]),
        ],
        checks=["outside/client.example -> tcp://203.0.113.200:80"],
    ),
    Incident(
        name="an ipBlock that holds the pod but not the port",
        cause="egress-default-deny",
        silent=["ip-block-names-service", "ip-block-not-for-pods"],
        objects=[
            WEB,
            DB,
            DB_SERVICE,
            policy("shop/web", {"app": "web"}, egress=[allow(5432, to=[block("198.18.0.0/15")])]),
        ],
        checks=["pod/web.shop -> tcp://svc/db.shop:80"],
    ),
    Incident(
        name="an exception that is about others",
        cause="",
        objects=[
            lab(
                {
                    "name": "git.example",
                    "addresses": ["203.0.113.77"],
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
    ),
    Incident(
        name="a policy that is about ingress on purpose",
        cause="nothing-isolates",
        silent=["policy-types-forgotten"],
        objects=[GITHUB, WEB, policy("shop/lock", ingress=[allow(frm=[pods()])])],
        checks=["pod/web.shop -> tcp://github.com:443 = denied"],
    ),
    Incident(
        name="a range that holds the port and is known",
        cause="",
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
    ),
    Incident(
        name="a headless Service whose pod does not listen",
        cause="nothing-listens",
        silent=["headless-port"],
        objects=[WEB, DB, service("shop/db", "9090", clusterIP="None")],
        checks=["pod/web.shop -> tcp://db.shop.svc.cluster.local:9090"],
        faults=["not-listening=pod/db.shop:9090"],
    ),
    Incident(
        name="a label that nobody of its kind has",
        cause="ingress-policy-missing-peer",
        silent=["label-lost"],
        objects=[
            pod("shop/web-1", "n1", labels={"app": "web"}),
            pod("shop/web-2", "n1", labels={"app": "web"}),
            pod("shop/job", "n1", labels={"app": "job", "access": "db"}),
            DB,
            policy("shop/db", {"app": "db"}, ingress=[allow(9090, frm=[pods(access="db")])]),
        ],
        checks=["pod/web-2.shop -> tcp://pod/db.shop:9090"],
    ),
    Incident(
        name="a namespace that is meant to be left out",
        cause="ingress-policy-missing-peer",
        silent=["label-lost", "policy-namespace-label"],
        objects=[
            namespace("ops", scrape="yes"),
            namespace("dev", scrape="no"),
            pod("ops/agent", "n1"),
            pod("dev/agent", "n1"),
            DB,
            policy("shop/db", ingress=[allow(9090, frm=[spaces({"scrape": "yes"})])]),
        ],
        checks=["pod/agent.dev -> tcp://pod/db.shop:9090"],
    ),
    Incident(
        name="pods that number a port alike",
        cause="egress-policy-missing-port",
        silent=["service-port-differs"],
        objects=[
            WEB,
            pod("shop/api-a", "n2", "http:9090", labels={"app": "api", "v": "a"}),
            pod("shop/api-b", "n2", "http:9090", labels={"app": "api", "v": "b"}),
            service("shop/api", "80->http"),
            policy("shop/web", {"app": "web"}, egress=[allow(8080, to=[pods(app="api")])]),
        ],
        checks=["pod/web.shop -> tcp://svc/api.shop:80"],
    ),
    Incident(
        name="a node on which nothing listens",
        cause="nothing-listens",
        silent=["node-firewall"],
        objects=[N1, N2, WEB, DB],
        checks=["pod/web.shop -> tcp://node/n2:9100"],
    ),
    Incident(
        name="a way that is lost both ways",
        cause="node-unreachable",
        silent=["one-way-blocked", "pod-network-dead", "kube-proxy-down"],
        objects=[N1, N2, WEB, DB, pod("shop/db-2", "n2", "9090"), pod("shop/db-1", "n1", "9090")],
        checks=[
            "pod/web.shop -> tcp://pod/db.shop:9090",
            "pod/web.shop -> tcp://pod/db-2.shop:9090",
            "pod/db.shop -> tcp://pod/db-1.shop:9090",
            "pod/web.shop -> tcp://pod/db-1.shop:9090",
        ],
        faults=["tunnel-blocked=node/n2"],
    ),
    Incident(
        name="a load balanced Service from outside, by its object",
        cause="",
        objects=[N1, N2, CLIENT, DB, BALANCED],
        checks=["outside/client.example -> tcp://svc/db.shop:80"],
    ),
    Incident(
        name="a Service with node ports from outside, by its object",
        cause="",
        objects=[N1, N2, CLIENT, DB, service("shop/db", "80->9090", type="NodePort")],
        checks=["outside/client.example -> tcp://svc/db.shop:80"],
    ),
    Incident(
        name="a client inside the ranges",
        cause="",
        objects=[
            N1,
            N2,
            CLIENT,
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
    ),
    Incident(
        name="another name for a host that is allowed",
        cause="",
        objects=[
            lab(host("github.com", "443:tls")),
            WEB,
            service("shop/git", "443", selector={}, type="ExternalName", externalName="github.com"),
            policy("shop/web", {"app": "web"}, egress=[DNS, allow(443)]),
        ],
        checks=["pod/web.shop -> tcp://git.shop.svc.cluster.local:443"],
    ),
    Incident(
        name="a denial before a Service that works",
        cause="policy-peer-selects-nothing",
        silent=["kube-proxy-down"],
        objects=[
            N1,
            N2,
            WEB,
            DB,
            service("shop/db", "80->9090", clusterIP="198.19.0.80"),
            policy("shop/db", {"app": "db"}, ingress=[allow(9090, frm=[pods(app="api")])]),
        ],
        checks=["pod/web.shop -> tcp://svc/db.shop:80"],
        enforcement="drop",
    ),
    Incident(
        name="parts of one program of which one may not",
        cause="ingress-policy-missing-peer",
        silent=["label-lost"],
        objects=[
            deployment("shop/web-front", {"app": "web", "component": "front", "access": "db"}),
            deployment("shop/web-worker", {"app": "web", "component": "worker"}),
            DB,
            policy("shop/db", {"app": "db"}, ingress=[allow(9090, frm=[pods(access="db")])]),
        ],
        checks=[
            "deploy/web-front.shop -> tcp://pod/db.shop:9090",
            "deploy/web-worker.shop -> tcp://pod/db.shop:9090",
        ],
    ),
    Incident(
        name="a Service with several ports, all of them allowed",
        cause="",
        objects=[
            WEB,
            pod("shop/api", "n2", "http:8080", "management:9000"),
            service("shop/api", "80->http", "9000->management"),
            policy("shop/api", {"app": "api"}, ingress=[allow(8080, 9000, frm=[pods(app="web")])]),
        ],
        checks=["pod/web.shop -> tcp://svc/api.shop:80", "pod/web.shop -> tcp://svc/api.shop:9000"],
    ),
    Incident(
        name="endpoints by hand whose port has the Service's name",
        cause="",
        objects=[
            N1,
            N2,
            lab(nodeListeners=[{"node": "n2", "listeners": [{"port": 3306, "speaks": "echo"}]}]),
            WEB,
            service("shop/old", "80->3306", selector={}),
            endpoints("shop/old", 3306, "198.51.100.12"),
        ],
        checks=["pod/web.shop -> tcp://svc/old.shop:80"],
    ),
)
