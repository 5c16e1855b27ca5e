"""Incidents of Services, and of what is behind them."""

from __future__ import annotations

from incident_objects import host, lab, pod, service
from incident_policies import DB, DB_SERVICE, WEB
from incident_running import Incident

from prober.model.run import Confidence

SERVICES = (
    Incident(
        name="nothing listens",
        cause="nothing-listens",
        says="shop/db:9090",
        objects=[WEB, DB],
        checks=["pod/web.shop -> tcp://pod/db.shop:9090"],
        faults=["not-listening=pod/db.shop:9090"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a Service that selects nobody",
        cause="service-without-endpoints",
        says="no pod in shop has app=dbb",
        objects=[WEB, DB, service("shop/db", "80->9090", selector={"app": "dbb"})],
        checks=["pod/web.shop -> tcp://svc/db.shop:80"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a target port that is misspelt",
        cause="service-target-port",
        says="a port named htpp",
        objects=[WEB, DB, service("shop/db", "80->htpp")],
        checks=["pod/web.shop -> tcp://svc/db.shop:80"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a target port on which nobody listens",
        cause="service-target-port",
        says="sends 80 to a port 8000",
        objects=[WEB, pod("shop/api", "n2", "http:8080"), service("shop/api", "80->8000")],
        checks=["pod/web.shop -> tcp://svc/api.shop:80"],
        enforcement="drop",
    ),
    Incident(
        name="a port that the Service does not have",
        cause="service-port-unknown",
        says="has no port 8080/TCP; it has 80/TCP",
        objects=[WEB, DB, DB_SERVICE],
        checks=["pod/web.shop -> tcp://db.shop.svc.cluster.local:8080"],
        mend=lambda objects: [*objects[:-1], service("shop/db", "80->9090", "8080->9090")],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="pods that are not ready",
        cause="pods-not-ready",
        says="shop/db is not ready",
        objects=[WEB, DB, DB_SERVICE],
        checks=["pod/web.shop -> tcp://svc/db.shop:80"],
        faults=["no-endpoints=svc/db.shop"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a node port with external traffic kept local",
        cause="external-traffic-policy-local",
        says="no endpoint on n1",
        objects=[
            lab(host("customer.example")),
            pod("shop/app", "n2", "http:8080"),
            service(
                "shop/app",
                "80->8080",
                type="NodePort",
                externalTrafficPolicy="Local",
                clusterIP="198.19.1.1",
            ),
        ],
        checks=[
            "outside/customer.example -> tcp://node/n1:30080",
            "outside/customer.example -> tcp://node/n2:30080",
        ],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a Service with internal traffic kept local",
        cause="internal-traffic-policy-local",
        says="no endpoint on n1",
        objects=[WEB, DB, service("shop/db", "80->9090", internalTrafficPolicy="Local")],
        checks=["pod/web.shop -> tcp://svc/db.shop:80"],
        confidence=Confidence.CERTAIN,
    ),
)
SERVICES[-2].objects[-1]["spec"]["ports"][0]["nodePort"] = 30080
