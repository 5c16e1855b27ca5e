"""Cilium's policies, trap by trap."""

from __future__ import annotations

import pytest
from language_world import Case, check, matrix_agrees

A, D, U = "allowed", "denied", "undefined"
WEB_API = "shop/web > shop/api:8081"
WEB_LEDGER = "shop/web > pay/ledger:443"
OUT = "shop/web > 203.0.113.5:443"


def web(rules: str, name: str = "shop/p") -> str:
    return f"cilium {name}: {{endpointSelector: {{matchLabels: {{app: web}}}}, {rules}}}\n"


def api(rules: str, name: str = "shop/p") -> str:
    return f"cilium {name}: {{endpointSelector: {{matchLabels: {{app: api}}}}, {rules}}}\n"


def wide(rules: str, selector: str = "{}", name: str = "w") -> str:
    return f"ccnp {name}: {{endpointSelector: {selector}, {rules}}}\n"


FQDN = "egress: [{toFQDNs: [{matchPattern: '*.example.com'}]}"
DNS = (
    ", {toEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: kube-system}}], "
    "toPorts: [{ports: [{port: '53', protocol: ANY}], rules: {dns: [{matchPattern: '*'}]}}]}"
)

CASES = [
    Case("1 an empty rule isolates and admits nobody", api("ingress: [{}]"), WEB_API, A, D),
    Case(
        "1 the opposite of NetworkPolicy",
        "np shop/net: {ingress: [{}]}\n" + web("egress: []"),
        WEB_API,
        A,
        A,
    ),
    Case("2 an empty list does nothing", api("ingress: []"), WEB_API, A, A),
    Case(
        "3 a rule with only ports admits everybody",
        api("ingress: [{toPorts: [{ports: [{port: '8081', protocol: TCP}]}]}]"),
        WEB_API,
        A,
        A,
    ),
    Case(
        "3 the world included",
        api("ingress: [{toPorts: [{ports: [{port: '8081', protocol: TCP}]}]}]"),
        "203.0.113.9 > shop/api:8081",
        A,
        A,
    ),
    Case(
        "3 an explicit empty list admits nobody",
        api("ingress: [{fromEndpoints: [], toPorts: [{ports: [{port: '8081'}]}]}]"),
        WEB_API,
        A,
        D,
    ),
    Case("3 of CIDRs too", api("ingress: [{fromCIDR: []}]"), "203.0.113.9 > shop/api:8081", A, D),
    Case("3 of entities too", api("ingress: [{fromEntities: []}]"), WEB_API, A, D),
    Case(
        "4 an empty selector: the own namespace",
        api("ingress: [{fromEndpoints: [{}]}]"),
        WEB_API,
        A,
        A,
    ),
    Case(
        "4 and no other",
        api("ingress: [{fromEndpoints: [{}]}]"),
        "pay/ledger > shop/api:8081",
        A,
        D,
    ),
    Case(
        "4 clusterwide: every pod",
        wide("ingress: [{fromEndpoints: [{}]}]"),
        "pay/ledger > shop/api:8081",
        A,
        A,
    ),
    Case(
        "4 but no node", wide("ingress: [{fromEndpoints: [{}]}]"), "node/n1 > shop/api:8081", A, D
    ),
    Case(
        "4 nor the world",
        wide("ingress: [{fromEndpoints: [{}]}]"),
        "203.0.113.9 > shop/api:8081",
        A,
        D,
    ),
    Case(
        "5 the policy's namespace is added to peers",
        api("ingress: [{fromEndpoints: [{matchLabels: {app: ledger}}]}]"),
        "pay/ledger > shop/api:8081",
        A,
        D,
    ),
    Case(
        "5 a namespace key lifts it",
        api(
            "ingress: [{fromEndpoints: [{matchLabels: {app: ledger, k8s:io.kubernetes.pod.namespace: pay}}]}]"
        ),
        "pay/ledger > shop/api:8081",
        A,
        A,
    ),
    Case(
        "5 in an expression as well",
        api(
            "ingress: [{fromEndpoints: [{matchExpressions: "
            "[{key: io.kubernetes.pod.namespace, operator: Exists}]}]}]"
        ),
        "pay/ledger > shop/api:8081",
        A,
        A,
    ),
    Case(
        "5 and a label of the namespace",
        api(
            "ingress: [{fromEndpoints: [{matchLabels: {k8s:io.cilium.k8s.namespace.labels.team: pay}}]}]"
        ),
        "pay/ledger > shop/api:8081",
        A,
        A,
    ),
    Case(
        "5 denials, too, mean the own namespace",
        api("ingressDeny: [{fromEndpoints: [{}]}], ingress: [{fromEntities: [all]}]"),
        "pay/ledger > shop/api:8081",
        A,
        A,
    ),
    Case(
        "6 endpointSelector stays in the policy's namespace",
        "cilium shop/p: {endpointSelector: {matchLabels: {k8s:io.kubernetes.pod.namespace: pay}}, "
        "ingress: [{}]}\n",
        "shop/web > pay/ledger:443",
        A,
        A,
    ),
    Case(
        "6 and still selects there",
        "cilium shop/p: {endpointSelector: {matchLabels: {k8s:io.kubernetes.pod.namespace: pay}}, "
        "ingress: [{}]}\n",
        WEB_API,
        A,
        D,
    ),
    Case("7 a CIDR never matches pods", web("egress: [{toCIDR: [0.0.0.0/0]}]"), WEB_API, D, A),
    Case("7 nor nodes", web("egress: [{toCIDR: [0.0.0.0/0]}]"), "shop/web > node/n2:22", D, A),
    Case("7 but the world", web("egress: [{toCIDR: [0.0.0.0/0]}]"), OUT, A, A),
    Case(
        "7 denials included",
        web("egressDeny: [{toCIDR: [0.0.0.0/0]}], egress: [{toEntities: [all]}]"),
        WEB_API,
        A,
        A,
    ),
    Case(
        "7 an ipBlock as well",
        "np shop/net: {policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}\n"
        + web("ingress: [{fromEntities: [all]}]"),
        WEB_API,
        D,
        A,
    ),
    Case("8 world is outside only", web("egress: [{toEntities: [world]}]"), WEB_API, D, A),
    Case("8 world", web("egress: [{toEntities: [world]}]"), OUT, A, A),
    Case(
        "8 cluster includes nodes",
        web("egress: [{toEntities: [cluster]}]"),
        "shop/web > node/n2:22",
        A,
        A,
    ),
    Case("8 and pods", web("egress: [{toEntities: [cluster]}]"), WEB_LEDGER, A, A),
    Case("8 and not the world", web("egress: [{toEntities: [cluster]}]"), OUT, D, A),
    Case(
        "8 host is the own node",
        web("egress: [{toEntities: [host]}]"),
        "shop/web > node/n1:22",
        A,
        A,
    ),
    Case("8 and no other", web("egress: [{toEntities: [host]}]"), "shop/web > node/n2:22", D, A),
    Case(
        "8 remote-node: the others",
        web("egress: [{toEntities: [remote-node]}]"),
        "shop/web > node/n2:22",
        A,
        A,
    ),
    Case(
        "8 and not the own",
        web("egress: [{toEntities: [remote-node]}]"),
        "shop/web > node/n1:22",
        D,
        A,
    ),
    Case("8 from the own node: always", web("ingress: [{}]"), "node/n1 > shop/web:80", A, A),
    Case("8 from another: policy", web("ingress: [{}]"), "node/n2 > shop/web:80", A, D),
    Case("8 to the own node: policy", web("egress: [{}]"), "shop/web > node/n1:22", D, A),
    Case(
        "8 a pod on the host network is its node",
        web("egress: [{toEntities: [remote-node]}]"),
        "shop/web > kube-system/agent:9100",
        A,
        A,
    ),
    Case(
        "8 and no endpoint",
        web("egress: [{toEndpoints: [{matchLabels: {io.kubernetes.pod.namespace: kube-system}}]}]"),
        "shop/web > kube-system/agent:9100",
        D,
        A,
    ),
    Case(
        "8 nor a subject",
        wide("egress: [{}], ingress: [{}]"),
        "kube-system/agent > 203.0.113.5:443",
        A,
        A,
    ),
    Case(
        "9 deny beats allow across kinds",
        web("egressDeny: [{toEndpoints: [{}]}]")
        + "np shop/net: {policyTypes: [Egress], egress: [{}]}\n",
        WEB_API,
        D,
        A,
    ),
    Case(
        "9 a clusterwide denial beats a namespaced allowance",
        wide("egressDeny: [{toEntities: [cluster]}]") + web("egress: [{toEndpoints: [{}]}]"),
        WEB_API,
        D,
        A,
    ),
    Case(
        "9 an allowance of a NetworkPolicy opens an endpoint that Cilium's isolates",
        web("egress: [{}]") + "np shop/net: {policyTypes: [Egress], egress: [{}]}\n",
        WEB_API,
        A,
        A,
    ),
    Case("10 only denials isolate", web("egressDeny: [{toCIDR: [203.0.113.5/32]}]"), WEB_API, D, A),
    Case(
        "11 enableDefaultDeny: false does not isolate",
        web("enableDefaultDeny: {egress: false}, egress: [{toCIDR: [203.0.113.5/32]}]"),
        WEB_API,
        A,
        A,
    ),
    Case(
        "11 denials still bite",
        web("enableDefaultDeny: {egress: false}, egressDeny: [{toEndpoints: [{}]}]"),
        WEB_API,
        D,
        A,
    ),
    Case(
        "11 another policy isolates all the same",
        web("enableDefaultDeny: {egress: false}, egress: [{toCIDR: [203.0.113.5/32]}]")
        + web("egress: [{}]", "shop/q"),
        WEB_API,
        D,
        A,
    ),
    Case(
        "11 true without rules: documentation and code disagree",
        web("enableDefaultDeny: {egress: true}, ingress: [{fromEntities: [all]}]"),
        WEB_API,
        U,
        A,
    ),
    Case(
        "12 ICMP passes rules without ports",
        web("egress: [{toEndpoints: [{}]}]"),
        "shop/web > shop/api|ICMP",
        A,
        A,
    ),
    Case(
        "12 never rules with ports",
        web("egress: [{toEndpoints: [{}], toPorts: [{ports: [{port: '8081'}]}]}]"),
        "shop/web > shop/api|ICMP",
        D,
        A,
    ),
    Case(
        "12 icmps exclude TCP",
        web("egress: [{toEndpoints: [{}], icmps: [{fields: [{type: 8, family: IPv4}]}]}]"),
        WEB_API,
        D,
        A,
    ),
    Case(
        "12 and admit echo requests",
        web("egress: [{toEndpoints: [{}], icmps: [{fields: [{type: EchoRequest}]}]}]"),
        "shop/web > shop/api|ICMP",
        A,
        A,
    ),
    Case(
        "12 not those of another type",
        web("egress: [{toEndpoints: [{}], icmps: [{fields: [{type: 0}]}]}]"),
        "shop/web > shop/api|ICMP",
        D,
        A,
    ),
    Case(
        "12 ICMP under a NetworkPolicy is settled: isolation denies it",
        "np shop/net: {podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]}\n"
        + api("ingress: [{fromEntities: [all]}]"),
        "shop/web > shop/api|ICMP",
        D,
        A,
    ),
    Case(
        "13 an absent protocol is any",
        web("egress: [{toPorts: [{ports: [{port: '53'}]}]}]"),
        "shop/web > kube-system/dns:53|UDP",
        A,
        A,
    ),
    Case(
        "13 with a protocol it is that one",
        web("egress: [{toPorts: [{ports: [{port: '53', protocol: TCP}]}]}]"),
        "shop/web > kube-system/dns:53|UDP",
        D,
        A,
    ),
    Case(
        "14 ports are the backend's",
        web("egress: [{toEndpoints: [{}], toPorts: [{ports: [{port: '80'}]}]}]"),
        "shop/web > svc/shop/api:80",
        D,
        A,
    ),
    Case(
        "14 after translation",
        web("egress: [{toEndpoints: [{}], toPorts: [{ports: [{port: '8081'}]}]}]"),
        "shop/web > svc/shop/api:80",
        A,
        A,
    ),
    Case(
        "15 except belongs to its own entry",
        web(
            "egress: [{toCIDRSet: [{cidr: 203.0.113.0/24, except: [203.0.113.5/32]}, {cidr: 203.0.113.5/32}]}]"
        ),
        OUT,
        A,
        A,
    ),
    Case(
        "15 except in an allowance",
        web("egress: [{toCIDRSet: [{cidr: 203.0.113.0/24, except: [203.0.113.5/32]}]}]"),
        OUT,
        D,
        A,
    ),
    Case(
        "15 in a denial it means not denied",
        web(
            "egressDeny: [{toCIDRSet: [{cidr: 203.0.113.0/24, except: [203.0.113.5/32]}]}], "
            "egress: [{toEntities: [world]}]"
        ),
        OUT,
        A,
        A,
    ),
    Case(
        "15 a CIDR group",
        "cidrs offices: {externalCIDRs: [203.0.113.0/24]}\n"
        + web("egress: [{toCIDRSet: [{cidrGroupRef: offices}]}]"),
        OUT,
        A,
        A,
    ),
    Case(
        "15 a CIDR group that is not there",
        web("egress: [{toCIDRSet: [{cidrGroupRef: offices}]}]"),
        OUT,
        D,
        A,
    ),
    Case(
        "16 toServices: the Service's selector, every port",
        web("egress: [{toServices: [{k8sService: {serviceName: api, namespace: shop}}]}]"),
        "shop/web > shop/api:9000",
        A,
        A,
    ),
    Case(
        "16 and nobody else",
        web("egress: [{toServices: [{k8sService: {serviceName: api, namespace: shop}}]}]"),
        WEB_LEDGER,
        D,
        A,
    ),
    Case(
        "16 without selector: its addresses",
        web("egress: [{toServices: [{k8sService: {serviceName: ext, namespace: shop}}]}]"),
        OUT,
        A,
        A,
    ),
    Case(
        "16 by the Service's labels",
        web(
            "egress: [{toServices: [{k8sServiceSelector: {selector: {matchLabels: {kind: inner}}}}]}]"
        ),
        WEB_API,
        A,
        A,
    ),
    Case("17 a name that was seen", web(FQDN + DNS + "]"), "shop/web > git.example.com:443", A, A),
    Case(
        "17 without a DNS rule no name is ever seen",
        web(FQDN + "]"),
        "shop/web > git.example.com:443",
        D,
        A,
    ),
    Case("17 another name", web(FQDN + DNS + "]"), "shop/web > example.org:443", D, A),
    Case("17 of an address, DNS decides", web(FQDN + DNS + "]"), OUT, U, A, "DNS decides"),
    Case("17 never pods", web(FQDN + DNS + "]"), WEB_API, D, A),
    Case(
        "17 a star is part of one label",
        web(FQDN + DNS + "]"),
        "shop/web > a.git.example.com:443",
        D,
        A,
    ),
    Case(
        "18 requirements grant nothing, and isolate",
        api("ingress: [{fromRequires: [{matchLabels: {app: web}}]}]"),
        WEB_API,
        A,
        D,
    ),
    Case(
        "18 and restrict the endpoints of all the endpoint's rules",
        api("ingress: [{fromRequires: [{matchLabels: {app: web}}]}]")
        + api("ingress: [{fromEndpoints: [{}]}]", "shop/q"),
        "shop/job > shop/api:8081",
        A,
        D,
    ),
    Case(
        "18 which admit those that are required",
        api("ingress: [{fromRequires: [{matchLabels: {app: web}}]}]")
        + api("ingress: [{fromEndpoints: [{}]}]", "shop/q"),
        WEB_API,
        A,
        A,
    ),
    Case(
        "18 entities are not endpoints",
        api("ingress: [{fromRequires: [{matchLabels: {app: web}}]}]")
        + api("ingress: [{fromEntities: [cluster]}]", "shop/q"),
        "shop/job > shop/api:8081",
        A,
        A,
    ),
    Case(
        "19 a named port of the destination",
        web("egress: [{toEndpoints: [{}], toPorts: [{ports: [{port: admin, protocol: TCP}]}]}]"),
        "shop/web > shop/api:9000",
        A,
        A,
    ),
    Case(
        "19 in egress, where pods give one name different numbers, versions differ",
        web("egress: [{toEndpoints: [{}], toPorts: [{ports: [{port: http, protocol: TCP}]}]}]"),
        WEB_API,
        U,
        A,
    ),
    Case(
        "19 in ingress it is the pod's own",
        api("ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: http, protocol: TCP}]}]}]"),
        WEB_API,
        A,
        A,
    ),
    Case(
        "20 a range",
        web("egress: [{toPorts: [{ports: [{port: '8000', endPort: 8100}]}]}]"),
        WEB_API,
        A,
        A,
    ),
    Case(
        "label prefixes: another source",
        api("ingress: [{fromEndpoints: [{matchLabels: {container:app: web}}]}]"),
        WEB_API,
        A,
        D,
    ),
    Case(
        "label prefixes: any",
        api("ingress: [{fromEndpoints: [{matchLabels: {any:app: web}}]}]"),
        WEB_API,
        A,
        A,
    ),
    Case(
        "a service account is a label",
        api(
            "ingress: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.policy.serviceaccount: robot}}]}]"
        ),
        "shop/job > shop/api:8081",
        A,
        A,
    ),
    Case(
        "specs are several policies",
        "cilium shop/p: [{endpointSelector: {matchLabels: {app: web}}, egress: [{}]}, "
        "{endpointSelector: {matchLabels: {app: api}}, ingress: [{}]}]\n",
        WEB_API,
        D,
        D,
    ),
    Case(
        "a nodeSelector is about nodes, and left out",
        "ccnp hosts: {nodeSelector: {}, ingress: [{}]}\n" + web("ingress: [{fromEntities: [all]}]"),
        WEB_API,
        A,
        A,
    ),
    Case(
        "kube-apiserver, not known",
        web("egress: [{toEntities: [kube-apiserver]}]"),
        OUT,
        D,
        A,
    ),
    Case(
        "layer 7: the connection is allowed",
        api(
            "ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: '8081'}], "
            "rules: {http: [{method: GET, path: /public}]}}]}]"
        ),
        WEB_API,
        A,
        A,
    ),
    Case("entity none", web("egress: [{toEntities: [none]}]"), WEB_API, D, A),
    Case("entity all", web("egress: [{toEntities: [all]}]"), "shop/web > node/n2:22", A, A),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("text", sorted({case.policies for case in CASES}))
def test_the_matrix_says_the_same(text: str) -> None:
    matrix_agrees(text)


def test_the_trail_says_which_requests_are_let_through() -> None:
    text = api(
        "ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: '8081'}], "
        "rules: {http: [{method: GET, path: /public}]}}]}]"
    )
    prediction = check(Case("", text, WEB_API, A, A))
    (policy,) = prediction.backends[0].ingress.policies
    assert policy.rules[0].requests == ("GET /public",)
