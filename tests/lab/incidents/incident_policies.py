"""Incidents whose cause is a NetworkPolicy that allows too little."""

from __future__ import annotations

from incident_objects import allow, host, lab, namespace, pod, pods, policy, service, spaces
from incident_running import Incident

from prober.model.run import Confidence

KUBE_DNS = spaces() | {"podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
DNS = allow("53/UDP", "53/TCP", to=[KUBE_DNS])
GITHUB = lab(host("github.com", "22:ssh", "443:tls"))
WEB, OTHER = pod("shop/web", "n1"), pod("shop/other", "n2")
DB = pod("shop/db", "n2", "http:9090", "http-prom:8080")
DB_SERVICE = service("shop/db", "80->9090")
PROMETHEUS = pod("monitoring/prometheus", "n1")
API = [
    lab(api=True),
    service("default/kubernetes", "443->6443", selector={}, clusterIP="198.19.0.1"),
    {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": "kubernetes",
            "namespace": "default",
            "labels": {"kubernetes.io/service-name": "kubernetes"},
        },
        "addressType": "IPv4",
        "ports": [{"name": "p443-tcp", "port": 6443, "protocol": "TCP"}],
        "endpoints": [{"addresses": ["198.51.100.11"], "conditions": {"ready": True}}],
    },
]

EGRESS = (
    Incident(
        name="egress without SSH",
        cause="egress-policy-missing-port",
        says="lacks 22/TCP to github.com",
        objects=[GITHUB, WEB, policy("shop/allow-egress", egress=[DNS, allow(443, 6443)])],
        checks=["pod/web.shop -> tcp://github.com:22", "pod/web.shop -> tcp://github.com:443"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="egress without HTTPS",
        cause="egress-policy-missing-port",
        says="lacks 443/TCP to github.com",
        objects=[GITHUB, WEB, policy("shop/allow-egress", egress=[DNS, allow(22)])],
        checks=["pod/web.shop -> tcp://github.com:443"],
        enforcement="drop",
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="egress without the API server",
        cause="policy-names-service-port",
        says="the pod's is 6443/TCP",
        objects=[*API, OTHER, policy("shop/allow-egress", egress=[DNS, allow(443)])],
        checks=["pod/other.shop -> tcp://svc/kubernetes.default:443"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="egress to nobody but DNS",
        cause="egress-default-deny",
        says="nothing allows 9090/TCP",
        objects=[WEB, DB, policy("shop/deny", egress=[DNS])],
        checks=["pod/web.shop -> tcp://pod/db.shop:9090"],
        enforcement="drop",
    ),
    Incident(
        name="two flows that a default deny forgot",
        cause="egress-default-deny",
        says="nothing allows",
        objects=[WEB, DB, policy("shop/deny", {"app": "web"}, egress=[])],
        checks=["pod/web.shop -> tcp://pod/db.shop:9090", "pod/web.shop -> tcp://pod/db.shop:8080"],
    ),
    Incident(
        name="a default deny that forgot one of two",
        cause="egress-default-deny",
        says="nothing allows 9090/TCP",
        objects=[WEB, DB, OTHER, policy("shop/deny", egress=[])],
        checks=[
            "pod/web.shop -> tcp://pod/db.shop:9090",
            "pod/other.shop -> tcp://pod/db.shop:9090 = denied",
        ],
    ),
    Incident(
        name="egress to the wrong pods",
        cause="egress-policy-missing-peer",
        says="allows 9090/TCP, but not to shop/db",
        objects=[
            WEB,
            DB,
            OTHER,
            policy("shop/web", {"app": "web"}, egress=[allow(9090, to=[pods(app="other")])]),
        ],
        checks=["pod/web.shop -> tcp://pod/db.shop:9090"],
    ),
)

INGRESS_PORTS = (
    Incident(
        name="ingress names the port of the Service",
        cause="policy-names-service-port",
        says="the pod's is 9090/TCP",
        objects=[WEB, DB, DB_SERVICE, policy("shop/db", {"app": "db"}, ingress=[allow(80)])],
        checks=["pod/web.shop -> tcp://svc/db.shop:80"],
        enforcement="drop",
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="ingress without the port of artifacts",
        cause="ingress-policy-missing-port",
        says="lacks 9090/TCP from shop/web",
        objects=[
            WEB,
            DB,
            DB_SERVICE,
            policy("shop/scraping", ingress=[allow(8080, frm=[spaces()])]),
        ],
        checks=["pod/web.shop -> tcp://svc/db.shop:80", "pod/web.shop -> tcp://pod/db.shop:8080"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a misspelt port name",
        cause="policy-port-name",
        says="the pod calls 9090/TCP `http`",
        objects=[
            WEB,
            DB,
            policy("shop/db", {"app": "db"}, ingress=[allow("htpp", frm=[pods(app="web")])]),
        ],
        checks=["pod/web.shop -> tcp://pod/db.shop:9090"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="the wrong protocol",
        cause="policy-protocol",
        says="not for TCP",
        objects=[
            WEB,
            DB,
            policy("shop/db", {"app": "db"}, ingress=[allow("9090/UDP", frm=[pods(app="web")])]),
        ],
        checks=["pod/web.shop -> tcp://pod/db.shop:9090"],
        enforcement="drop",
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a syslog that is let in over TCP",
        cause="policy-protocol",
        says="not for UDP",
        objects=[
            WEB,
            pod("shop/syslog", "n2", "514/UDP"),
            policy("shop/syslog", {"app": "syslog"}, ingress=[allow(514, frm=[pods(app="web")])]),
        ],
        checks=["pod/web.shop -> udp://pod/syslog.shop:514"],
    ),
)

PEERS = (
    Incident(
        name="a namespace without the label",
        cause="policy-namespace-label",
        says="team=ops",
        objects=[
            namespace("monitoring", purpose="metrics"),
            PROMETHEUS,
            DB,
            policy("shop/db", {"app": "db"}, ingress=[allow(9090, frm=[spaces({"team": "ops"})])]),
        ],
        checks=["pod/prometheus.monitoring -> tcp://pod/db.shop:9090"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a namespace that is called otherwise",
        cause="policy-namespace-label",
        says="kubernetes.io/metadata.name=monitorin",
        objects=[
            PROMETHEUS,
            DB,
            policy(
                "shop/db",
                {"app": "db"},
                ingress=[allow(9090, frm=[spaces({"kubernetes.io/metadata.name": "monitorin"})])],
            ),
        ],
        checks=["pod/prometheus.monitoring -> tcp://pod/db.shop:9090"],
        enforcement="drop",
    ),
    Incident(
        name="both selectors where either was meant",
        cause="policy-peers-and-for-or",
        says="only where both selectors of one item hold",
        objects=[
            namespace("monitoring", team="ops"),
            PROMETHEUS,
            WEB,
            DB,
            policy(
                "shop/db",
                {"app": "db"},
                ingress=[allow(9090, frm=[spaces({"team": "ops"}) | pods(app="web")])],
            ),
        ],
        checks=[
            "pod/prometheus.monitoring -> tcp://pod/db.shop:9090",
            "pod/web.shop -> tcp://pod/db.shop:9090",
        ],
    ),
    Incident(
        name="a selector without its namespace",
        cause="policy-peer-namespace",
        says="which means namespace shop only",
        objects=[
            PROMETHEUS,
            DB,
            policy("shop/db", {"app": "db"}, ingress=[allow(9090, frm=[pods(app="prometheus")])]),
        ],
        checks=["pod/prometheus.monitoring -> tcp://pod/db.shop:9090"],
    ),
    Incident(
        name="a selector of nobody",
        cause="policy-peer-selects-nothing",
        says="select no pod at all",
        objects=[
            WEB,
            DB,
            policy("shop/db", {"app": "db"}, ingress=[allow(9090, frm=[pods(app="wbe")])]),
        ],
        checks=["pod/web.shop -> tcp://pod/db.shop:9090"],
        enforcement="drop",
    ),
    Incident(
        name="a policy of nobody",
        cause="policy-selects-no-pod",
        says="none in shop has app=dbb",
        objects=[
            WEB,
            DB,
            policy("shop/deny", ingress=[]),
            policy("shop/allow-db", {"app": "dbb"}, ingress=[allow(9090, frm=[pods(app="web")])]),
        ],
        checks=["pod/web.shop -> tcp://pod/db.shop:9090"],
    ),
    Incident(
        name="the wrong neighbours",
        cause="ingress-policy-missing-peer",
        says="but not from shop/web",
        objects=[
            WEB,
            OTHER,
            DB,
            policy("shop/db", {"app": "db"}, ingress=[allow(9090, frm=[pods(app="other")])]),
        ],
        checks=[
            "pod/web.shop -> tcp://pod/db.shop:9090",
            "pod/other.shop -> tcp://pod/db.shop:9090",
        ],
    ),
)

FORGOTTEN = (
    Incident(
        name="default deny forgot Prometheus",
        cause="ingress-policy-missing-port",
        says="from monitoring/prometheus",
        objects=[
            PROMETHEUS,
            WEB,
            DB,
            policy("shop/same", {"app": "db"}, ingress=[allow(9090)]),
        ],
        checks=[
            "pod/prometheus.monitoring -> tcp://pod/db.shop:8080",
            "pod/web.shop -> tcp://pod/db.shop:9090",
        ],
        enforcement="drop",
    ),
    Incident(
        name="default deny forgot everybody",
        cause="ingress-default-deny",
        says="nothing allows 9090/TCP from shop/web",
        objects=[WEB, DB, policy("shop/deny", ingress=[])],
        checks=["pod/web.shop -> tcp://pod/db.shop:9090"],
    ),
    Incident(
        name="default deny forgot the webhook",
        cause="ingress-default-deny",
        says="nothing allows 9443/TCP from ingress/nginx",
        objects=[
            pod("ingress/nginx", "n1"),
            pod("shop/webhook", "n2", "https:9443"),
            service("shop/webhook", "443->https"),
            policy("shop/deny", ingress=[]),
        ],
        checks=["pod/nginx.ingress -> tcp://svc/webhook.shop:443"],
        enforcement="drop",
    ),
    Incident(
        name="default deny forgot the health check of the load balancer",
        cause="ingress-policy-missing-port",
        says="from lb.example",
        objects=[
            lab(host("lb.example")),
            pod("shop/app", "n2", "http:8080", "healthz:8081"),
            service(
                "shop/app", "80->8080", "8081", type="LoadBalancer", loadBalancerIP="203.0.113.200"
            ),
            policy("shop/app", {"app": "app"}, ingress=[allow(8080)]),
        ],
        checks=[
            "outside/lb.example -> tcp://203.0.113.200:8081",
            "outside/lb.example -> tcp://203.0.113.200:80",
        ],
    ),
    Incident(
        name="a shared address whose other Service was forgotten",
        cause="shared-vip-forgotten",
        says="shares 203.0.113.201 with test/http",
        objects=[
            lab(host("customer.example")),
            pod("test/http", "n1", "http:8080"),
            pod("test/ssh", "n2", "ssh:2222"),
            service("test/http", "80->8080", type="LoadBalancer", loadBalancerIP="203.0.113.201"),
            service("test/ssh", "22->2222", type="LoadBalancer", loadBalancerIP="203.0.113.201"),
            policy("test/allow-http", {"app": "http"}, ingress=[allow()]),
            policy("test/deny-from-other-namespaces", ingress=[allow(frm=[pods()])]),
        ],
        checks=[
            "outside/customer.example -> tcp://203.0.113.201:22",
            "outside/customer.example -> tcp://203.0.113.201:80",
        ],
    ),
)

POLICIES: tuple[Incident, ...] = (*EGRESS, *INGRESS_PORTS, *PEERS, *FORGOTTEN)
