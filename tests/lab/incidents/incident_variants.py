"""The same kinds in other shapes: another direction, another protocol, another way to ask."""

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
from incident_policies import DNS
from incident_running import Incident

from prober.model.run import Confidence

N1, N2 = node("n1", "198.51.100.11"), node("n2", "198.51.100.12")
UI = pod("pay/ui", "n1", "http:8080")
LEDGER, LEDGER_SERVICE = pod("pay/ledger", "n2", "http:8080"), service("pay/ledger", "80->8080")
EXPORTER = pod("pay/exporter", "n2", "9100", hostNetwork=True)
BUYER = lab({"name": "buyer.example", "addresses": ["203.0.113.40"]})
BALANCED = {"type": "LoadBalancer", "loadBalancerIP": "203.0.113.201"}
BANK = lab(host("bank.example", "443:tls", "22:ssh"))
API: list[Object] = [
    lab(api=True),
    service("default/kubernetes", "443->6443", selector={}, clusterIP="198.19.0.1"),
    endpoints("default/kubernetes", 6443, "198.51.100.11"),
]
API[2]["ports"][0]["name"] = "p443-tcp"

ADDRESSES = (
    Incident(
        name="a pod that asks for another node's port",
        cause="client-address-translated",
        says="the pod sees node n1 instead",
        objects=[
            N1,
            N2,
            UI,
            LEDGER,
            service("pay/ledger", "80->8080", type="NodePort"),
            policy("pay/ledger", {"app": "ledger"}, ingress=[allow(8080, frm=[pods(app="ui")])]),
        ],
        checks=[
            "pod/ui.pay -> tcp://node/n2:30000",
            "pod/ui.pay -> tcp://svc/ledger.pay:80",
        ],
    ),
    Incident(
        name="an exception that cuts out a client",
        cause="ip-block-except",
        says="takes 203.0.113.40 out of it again",
        objects=[
            N1,
            N2,
            BUYER,
            LEDGER,
            service("pay/ledger", "443->8080", externalTrafficPolicy="Local", **BALANCED),
            policy(
                "pay/ledger",
                {"app": "ledger"},
                ingress=[allow(8080, frm=[block("203.0.113.0/24", "203.0.113.32/27")])],
            ),
        ],
        checks=["outside/buyer.example -> tcp://203.0.113.201:443"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="an exception that cuts out a node",
        cause="ip-block-except",
        objects=[
            N1,
            N2,
            UI,
            EXPORTER,
            policy(
                "pay/ui",
                {"app": "ui"},
                egress=[allow(to=[block("0.0.0.0/0", "198.51.100.0/24")])],
            ),
        ],
        checks=["pod/ui.pay -> tcp://pod/exporter.pay:9100"],
    ),
    Incident(
        name="an ipBlock of the API server's Service",
        cause="ip-block-names-service",
        says="an address of Service default/kubernetes",
        objects=[
            N1,
            N2,
            *API,
            pod("ops/operator", "n2"),
            policy("ops/operator", egress=[DNS, allow(443, to=[block("198.19.0.1/32")])]),
        ],
        checks=["pod/operator.ops -> tcp://svc/kubernetes.default:443"],
        enforcement="drop",
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="an ipBlock of the client's own Service",
        cause="ip-block-names-service",
        objects=[
            UI,
            service("pay/ui", "80->8080", clusterIP="198.19.4.4"),
            LEDGER,
            policy(
                "pay/ledger",
                {"app": "ledger"},
                ingress=[allow(8080, frm=[block("198.19.4.4/32")])],
            ),
        ],
        checks=["pod/ui.pay -> tcp://pod/ledger.pay:8080"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="another name for a Service of another namespace",
        cause="policy-peer-namespace",
        objects=[
            UI,
            pod("data/pg", "n2", "5432"),
            service("data/pg", "5432"),
            service(
                "pay/db",
                "5432",
                selector={},
                type="ExternalName",
                externalName="pg.data.svc.cluster.local",
            ),
            policy("pay/ui", {"app": "ui"}, egress=[DNS, allow(5432, to=[pods(app="pg")])]),
        ],
        checks=["pod/ui.pay -> tcp://db.pay.svc.cluster.local:5432"],
        confidence=Confidence.CERTAIN,
    ),
)

LABELS = (
    Incident(
        name="a label whose value is misspelt",
        cause="label-lost",
        says="has the label net=allow instead of net=allowed",
        objects=[
            pod("pay/w-1", "n1", labels={"app": "w", "net": "allowed"}),
            pod("pay/w-2", "n1", labels={"app": "w", "net": "allow"}),
            LEDGER,
            policy(
                "pay/ledger", {"app": "ledger"}, ingress=[allow(8080, frm=[pods(net="allowed")])]
            ),
        ],
        checks=["pod/w-2.pay -> tcp://pod/ledger.pay:8080"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a namespace that lost its label, and runs what its sibling runs",
        cause="label-lost",
        says="namespace us lacks the label zone=trusted, which eu has",
        objects=[
            namespace("eu", zone="trusted"),
            namespace("us", region="us"),
            pod("eu/job", "n1"),
            pod("us/job", "n1"),
            LEDGER,
            policy(
                "pay/ledger",
                {"app": "ledger"},
                ingress=[allow(8080, frm=[spaces({"zone": "trusted"}) | pods(app="job")])],
            ),
        ],
        checks=["pod/job.us -> tcp://pod/ledger.pay:8080"],
        confidence=Confidence.CERTAIN,
    ),
)

PROTOCOLS = (
    Incident(
        name="a ping that no rule can name",
        cause="icmp-without-ports",
        objects=[
            UI,
            LEDGER,
            policy("pay/ledger", {"app": "ledger"}, ingress=[allow(8080, frm=[pods(app="ui")])]),
        ],
        checks=["pod/ui.pay -> icmp://pod/ledger.pay"],
    ),
    Incident(
        name="a protocol that nobody probes",
        cause="protocol-not-probed",
        says="the policies allow pay/ui → pay/sig:3868/sctp",
        objects=[UI, pod("pay/sig", "n2", "3868/SCTP", "http:8080")],
        checks=["pod/ui.pay -> sctp://pod/sig.pay:3868"],
        mended_checks=["pod/ui.pay -> tcp://pod/sig.pay:8080"],
    ),
)

PATHS = (
    Incident(
        name="a policy agent that hangs, and no older pod to compare with",
        cause="policy-agent-stale",
        objects=[
            UI,
            LEDGER,
            policy("pay/ledger", {"app": "ledger"}, ingress=[allow(8080, frm=[pods(app="ui")])]),
        ],
        checks=["pod/ui.pay -> tcp://pod/ledger.pay:8080"],
        faults=["unknown-pod=pod/ui.pay"],
        confidence=Confidence.POSSIBLE,
    ),
    Incident(
        name="a firewall in front of the API server",
        cause="node-firewall",
        says="the firewall of node n1 stops 6443/tcp",
        objects=[N1, N2, *API, pod("ops/operator", "n2")],
        checks=["pod/operator.ops -> tcp://svc/kubernetes.default:443"],
        faults=["host-firewall=node/n1:6443"],
    ),
    Incident(
        name="one direction between two nodes, of which nobody asked for the other",
        cause="one-way-blocked",
        says="connections from n2 to n1 are lost",
        objects=[UI, LEDGER],
        checks=["pod/ledger.pay -> tcp://pod/ui.pay:8080"],
        faults=["no-way-out=node/n2"],
    ),
    Incident(
        name="a tunnel that is blocked, for a datagram",
        cause="node-unreachable",
        objects=[N1, N2, UI, pod("pay/log", "n2", "514/UDP")],
        checks=["pod/ui.pay -> udp://pod/log.pay:514"],
        faults=["tunnel-blocked=node/n2"],
    ),
    Incident(
        name="a handshake that a small MTU swallows",
        cause="mtu-black-hole",
        says="swallows large packets",
        objects=[N1, N2, UI, pod("pay/web", "n2", "https:443")],
        checks=["pod/ui.pay -> tls://pod/web.pay:443"],
        faults=["low-mtu=node/n2:600"],
    ),
)

PAIRS = (
    Incident(
        name="a policy, and a node's firewall",
        cause="egress-default-deny",
        also=["node-firewall"],
        objects=[N1, N2, UI, EXPORTER, policy("pay/ui", {"app": "ui"}, egress=[DNS])],
        checks=["pod/ui.pay -> tcp://pod/exporter.pay:9100"],
        faults=["host-firewall=node/n2:9100"],
    ),
    Incident(
        name="a policy, and a tunnel",
        cause="policy-peer-selects-nothing",
        also=["node-unreachable"],
        objects=[
            N1,
            N2,
            UI,
            LEDGER,
            policy("pay/ledger", {"app": "ledger"}, ingress=[allow(8080, frm=[pods(app="uii")])]),
        ],
        checks=["pod/ui.pay -> tcp://pod/ledger.pay:8080"],
        faults=["tunnel-blocked=node/n2"],
    ),
    Incident(
        name="a policy, and a firewall outside",
        cause="egress-policy-missing-port",
        also=["outside-firewall"],
        objects=[BANK, UI, policy("pay/ui", {"app": "ui"}, egress=[DNS, allow(443)])],
        checks=["pod/ui.pay -> tcp://bank.example:22"],
        faults=["firewall=bank.example:22"],
    ),
    Incident(
        name="a label, and a targetPort",
        cause="service-target-port",
        also=["label-lost"],
        objects=[
            pod("pay/w-1", "n1", labels={"app": "w", "db": "yes"}),
            pod("pay/w-2", "n1", labels={"app": "w"}),
            LEDGER,
            service("pay/ledger", "80->9999"),
            policy("pay/ledger", {"app": "ledger"}, ingress=[allow(8080, frm=[pods(db="yes")])]),
        ],
        checks=["pod/w-2.pay -> tcp://svc/ledger.pay:80"],
    ),
)

CHANCE = (
    Incident(
        name="a load balancer that hides its clients from one of two pods",
        cause="client-address-translated",
        objects=[
            N1,
            N2,
            BUYER,
            pod("pay/ledger-0", "n1", "8080", labels={"app": "ledger"}),
            pod("pay/ledger-1", "n2", "8080", labels={"app": "ledger"}),
            service("pay/ledger", "443->8080", **BALANCED),
            policy(
                "pay/ledger",
                {"app": "ledger"},
                ingress=[allow(8080, frm=[block("203.0.113.0/25")])],
            ),
        ],
        checks=["outside/buyer.example -> tcp://svc/ledger.pay:443"],
    ),
    Incident(
        name="names, and a targetPort",
        cause="cluster-dns-denied",
        also=["service-target-port"],
        objects=[
            UI,
            pod("pay/ledger", "n2", "web:8080"),
            service("pay/ledger", "80->http"),
            policy("pay/ui", {"app": "ui"}, egress=[allow(8080)]),
        ],
        checks=["pod/ui.pay -> tcp://ledger.pay.svc.cluster.local:80"],
    ),
    Incident(
        name="a rule for cluster DNS that means a namespace of nobody",
        cause="cluster-dns-denied",
        objects=[
            namespace("kube-system"),
            UI,
            LEDGER,
            LEDGER_SERVICE,
            policy(
                "pay/ui",
                {"app": "ui"},
                egress=[allow("53/UDP", to=[spaces({"name": "kube-system"})]), allow(8080)],
            ),
        ],
        checks=["pod/ui.pay -> tcp://ledger.pay.svc.cluster.local:80"],
    ),
    Incident(
        name="names, and a selector",
        cause="cluster-dns-denied",
        also=["service-without-endpoints"],
        objects=[
            UI,
            LEDGER,
            service("pay/ledger", "80->8080", selector={"app": "ledgr"}),
            policy("pay/ui", {"app": "ui"}, egress=[allow(8080)]),
        ],
        checks=["pod/ui.pay -> tcp://ledger.pay.svc.cluster.local:80"],
    ),
)

VARIANTS = (*CHANCE, *ADDRESSES, *LABELS, *PROTOCOLS, *PATHS, *PAIRS)
