"""Healthy worlds of different shapes: in each, everything is as its policies say, and as somebody
meant it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

WORLDS = Path(__file__).parent / "worlds"


@dataclass(frozen=True)
class Healthy:
    """A world, and what is checked in it besides every pair of pods."""

    name: str
    checks: Sequence[str]
    """As in a scenario."""
    enforcement: str

    @property
    def manifests(self) -> Path:
        return WORLDS / f"{self.name}.yaml"


_CHECKS: Mapping[str, Sequence[str]] = {
    "open": (
        "deploy/client.shop -> http://web.shop.svc.cluster.local:80/",
        "node/n1 -> tcp://svc/web.shop:80 = ok",
    ),
    "default-deny": (
        "deploy/web.shop -> tcp://cart:80",
        "deploy/cart.shop -> tcp://svc/db.shop:5432",
        "deploy/web.shop -> tls://api.example:443?verify=no",
        "deploy/cart.shop -> tcp://other.example:443 = denied",
        "deploy/web.shop -> tcp://svc/db.shop:5432 = denied",
    ),
    "named-ports": (
        "pod/client.shop -> tcp://web.shop.svc:80",
        "pod/client.shop -> tcp://pod/old.shop:http",
        "pod/client.shop -> tcp://pod/new.shop:http",
        "pod/client.shop -> tcp://pod/new.shop:admin = denied",
    ),
    "blocks-except": (
        "deploy/worker.jobs -> tcp://api.example:443",
        "deploy/worker.jobs -> tcp://forbidden.example:443 = denied",
        "deploy/free.jobs -> tcp://forbidden.example:443",
    ),
    "statefulset": (
        "deploy/app.data -> tcp://db-0.db.data.svc.cluster.local:5432 = ok",
        "deploy/app.data -> tcp://db-2.db.data.svc.cluster.local:5432 = ok",
        "deploy/app.data -> tcp://svc/db.data:sql",
        "pod/db-1.data -> tcp://pod/db-2.data:7000",
    ),
    "node-ports": (
        "outside/customer.example -> tcp://node/n1:30080 = ok",
        "outside/customer.example -> tcp://node/n2:30080 = ok",
        "outside/customer.example -> tcp://node/n1:30081 = ok",
        "pod/inside.shop -> tcp://svc/web.shop:80",
    ),
    "load-balancers": (
        "outside/customer.example -> tcp://203.0.113.200:80 = ok",
        "outside/stranger.example -> tcp://203.0.113.200:80 = ok",
        "outside/customer.example -> tcp://203.0.113.200:25 = ok",
        "outside/customer.example -> tcp://203.0.113.201:2525 = ok",
        "outside/stranger.example -> tcp://203.0.113.201:2525 = denied",
    ),
    "host-network": (
        "ds/ingress.edge -> tcp://svc/backend.shop:80 = ok",
        "outside/customer.example -> tcp://node/n1:80 = ok",
        "deploy/stranger.shop -> tcp://svc/backend.shop:80 = denied",
    ),
    "dual-stack": (
        "pod/client.shop -> tcp://web.shop.svc:80?family=ipv6",
        "pod/client.shop -> tcp://web.shop.svc:80?family=ipv4",
        "pod/client.shop -> tcp://api.example:443?family=ipv6",
        "pod/client.shop -> tcp://[2001:db8:ffff::20]:443",
    ),
    "namespaces": (
        "deploy/web.front -> tcp://api.middle:80",
        "deploy/debug.front -> tcp://svc/api.middle:80 = denied",
        "deploy/api.middle -> tcp://db.back:5432",
        "deploy/web.front -> tcp://db.back:5432 = denied",
    ),
    "port-ranges": (
        "pod/client.files -> tcp://svc/ftp.files:a",
        "pod/client.files -> tcp://svc/ftp.files:b = denied",
    ),
    "node-local-dns": (
        "deploy/app.shop -> dns://app.shop.svc.cluster.local",
        "deploy/app.shop -> tcp://api.example:443",
        "deploy/app.shop -> dns://nowhere.shop.svc.cluster.local = dns-nxdomain",
    ),
    "expressions": (
        "pod/a.prod -> tcp://pod/canary.prod:8080 = ok",
        "pod/b.test -> tcp://pod/web.prod:8080 = ok",
        "pod/c.bare -> tcp://pod/web.prod:8080 = denied",
    ),
    "udp": ("pod/app.shop -> udp://svc/syslog.logs:514?payload=hello",),
    "sctp": (
        "pod/oam.mobile -> tcp://svc/core.mobile:oam",
        "pod/peer.mobile -> tcp://svc/core.mobile:oam = denied",
    ),
    "endpoints-by-hand": (
        "deploy/app.shop -> tcp://db:5432",
        "deploy/app.shop -> dns://alias.shop.svc.cluster.local",
        "deploy/app.shop -> tcp://stranger.example:5432 = denied",
    ),
    "same-node": (
        "deploy/app.shop -> tcp://svc/agent.infra:80",
        "node/n1 -> tcp://svc/agent.infra:80 = ok",
    ),
    "replicas": (
        "deploy/client.shop -> tcp://web:80",
        "deploy/client.shop -> tcp://web-all.shop.svc.cluster.local:8080 = ok",
    ),
    "monitoring": (
        "sts/prometheus.monitoring -> tcp://deploy/web.shop:metrics",
        "sts/prometheus.monitoring -> tcp://deploy/web.shop:http = denied",
        "deploy/web.shop -> tcp://deploy/db.data:sql",
    ),
    "isolated-dns": (
        "deploy/app.shop -> dns://app.shop.svc.cluster.local?transport=tcp",
        "deploy/app.shop -> tcp://api.example:443",
        "deploy/app.shop -> tcp://svc/kube-dns.kube-system:9153 = denied",
    ),
    "api-server": (
        "pod/controller.ops -> tcp://kubernetes.default.svc:443 = ok",
        "pod/controller.ops -> tcp://api.example:443 = denied",
        "pod/other.ops -> tcp://api.example:443",
    ),
}
HEALTHY: tuple[Healthy, ...] = tuple(
    Healthy(name, checks, ("reject", "drop")[index % 2])
    for index, (name, checks) in enumerate(_CHECKS.items())
)
