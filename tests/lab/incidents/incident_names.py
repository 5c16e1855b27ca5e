"""Incidents in which names do not resolve."""

from __future__ import annotations

from incident_objects import allow, host, lab, pod, policy, service, spaces
from incident_policies import DB, DB_SERVICE, DNS, GITHUB, KUBE_DNS, OTHER, WEB
from incident_running import Incident

from prober.model.run import Confidence

CACHE = "198.19.255.53"
CACHED = lab(host("github.com", "22:ssh", "443:tls"), nodeLocalDNS=CACHE)
CACHES = [
    pod(
        f"kube-system/node-local-dns-{node}",
        node,
        labels={"k8s-app": "node-local-dns"},
        hostNetwork=True,
    )
    for node in ("n1", "n2")
]
COREDNS = [
    pod("kube-system/coredns", "n2", "dns:53/UDP", "dns-tcp:53", labels={"k8s-app": "kube-dns"}),
    service(
        "kube-system/kube-dns",
        "53/UDP",
        "53",
        selector={"k8s-app": "kube-dns"},
        clusterIP="198.19.0.10",
    ),
]

NAMES = (
    Incident(
        name="egress without DNS",
        cause="cluster-dns-denied",
        says="53/UDP and 53/TCP",
        objects=[GITHUB, WEB, policy("shop/allow-egress", egress=[allow(443)])],
        checks=["pod/web.shop -> tcp://github.com:443"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="egress without DNS, silently",
        cause="cluster-dns-denied",
        says="keeps shop/web from cluster DNS",
        objects=[GITHUB, WEB, policy("shop/allow-egress", egress=[allow(443)])],
        checks=["pod/web.shop -> tcp://github.com:443"],
        enforcement="drop",
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="egress with DNS over UDP alone",
        cause="cluster-dns-denied",
        says="(53/TCP)",
        objects=[
            GITHUB,
            WEB,
            policy("shop/allow-egress", egress=[allow(443), allow("53/UDP", to=[KUBE_DNS])]),
        ],
        checks=[
            "pod/web.shop -> dns://github.com?transport=tcp",
            "pod/web.shop -> tcp://github.com:443",
        ],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="DNS servers that let nobody in",
        cause="cluster-dns-denied",
        says="away from cluster DNS",
        objects=[
            *COREDNS,
            GITHUB,
            WEB,
            policy(
                "kube-system/deny",
                ingress=[allow(frm=[spaces({"kubernetes.io/metadata.name": "kube-system"})])],
            ),
        ],
        checks=["pod/web.shop -> tcp://github.com:443"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="DNS servers that have crashed",
        cause="cluster-dns-down",
        says="coredns is not ready",
        objects=[*COREDNS, GITHUB, WEB],
        checks=["pod/web.shop -> tcp://github.com:443"],
        faults=["dns-down"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="DNS servers that are dead and ready",
        cause="cluster-dns-silent",
        says="run, are ready and dead",
        objects=[*COREDNS, GITHUB, WEB],
        checks=["pod/web.shop -> tcp://github.com:443"],
        faults=["dead-dns"],
    ),
    Incident(
        name="DNS servers that may not ask outside",
        cause="dns-upstream-unreachable",
        says="only names of the cluster resolve",
        objects=[
            *COREDNS,
            GITHUB,
            WEB,
            DB,
            DB_SERVICE,
            policy("kube-system/dns", egress=[allow(6443)]),
        ],
        checks=[
            "pod/web.shop -> dns://github.com",
            "pod/web.shop -> tcp://db.shop.svc.cluster.local:80",
        ],
        enforcement="drop",
        mend=lambda objects: objects[:-1],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="egress without the node's DNS cache",
        cause="node-dns-denied",
        says=f"does not allow {CACHE}",
        objects=[
            *COREDNS,
            *CACHES,
            CACHED,
            WEB,
            policy("shop/allow-egress", egress=[DNS, allow(443)]),
        ],
        checks=["pod/web.shop -> tcp://github.com:443"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a DNS cache that is cut off",
        cause="node-dns-cut-off",
        says="the DNS cache of n1",
        objects=[*COREDNS, *CACHES, CACHED, WEB, DB, DB_SERVICE, OTHER],
        checks=[
            "pod/web.shop -> tcp://db.shop.svc.cluster.local:80",
            "pod/other.shop -> tcp://db.shop.svc.cluster.local:80",
        ],
        faults=["dns-cache-cut-off=node/n1"],
    ),
    Incident(
        name="a host that no Lab document names",
        cause="lab-without-host",
        says="the lab has no host git.example.com",
        objects=[WEB, lab(host("github.com", "22:ssh"))],
        checks=["pod/web.shop -> tcp://git.example.com:22"],
        mend=lambda objects: [WEB, lab(host("git.example.com", "22:ssh"))],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a name that nobody has",
        cause="no-such-name",
        says="did you mean db.shop",
        objects=[WEB, DB, DB_SERVICE],
        checks=["pod/web.shop -> dns://dbs.shop.svc.cluster.local"],
        mend=lambda objects: [*objects, service("shop/dbs", "80->9090", selector={"app": "db"})],
        confidence=Confidence.CERTAIN,
    ),
)
