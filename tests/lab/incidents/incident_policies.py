"""Incidents whose cause is a NetworkPolicy."""

from __future__ import annotations

from incident_objects import allow, host, lab, pod, policy, service, spaces
from incident_running import Incident

from prober.model.run import Confidence

DNS = allow("53/UDP", "53/TCP", to=[spaces() | {"podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}])
GITHUB = lab(host("github.com", "22:ssh", "443:tls"))
WEB, DB = pod("shop/web", "n1"), pod("shop/db", "n2", "http:9090", "http-prom:8080")
PROMETHEUS = pod("monitoring/prometheus", "n1")

EGRESS = (
    Incident(
        name="egress without SSH",
        cause="egress-policy-missing-port",
        says="lacks 22/TCP to github.com",
        objects=[GITHUB, WEB, policy("shop/allow-egress", egress=[DNS, allow(443, 6443)])],
        checks=[
            "deploy/web.shop -> tcp://github.com:22".replace("deploy", "pod"),
            "pod/web.shop -> tcp://github.com:443",
        ],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="ingress names the port of the Service",
        cause="policy-names-service-port",
        says="9090",
        objects=[WEB, DB, service("shop/db", "80->9090"), policy("shop/db", {"app": "db"}, ingress=[allow(80)])],
        checks=["pod/web.shop -> tcp://svc/db.shop:80"],
        enforcement="drop",
    ),
)

POLICIES: tuple[Incident, ...] = EGRESS
